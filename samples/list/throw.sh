#!/bin/sh
# How far an imaginary athlete puts the shot, in metres.
# usage: sh throw.sh ANGLE HEIGHT STYLE GRAVITY
LC_ALL=C awk -v angle="$1" -v height="$2" -v style="$3" -v gravity="$4" 'BEGIN {
    if      (style == "glide") speed = 14.6
    else if (style == "spin")  speed = 15.0 - 0.02 * (angle - 30)
    else exit 2
    speed -= 0.03 * angle + 2 * (height - 2) ^ 2     # steep or stretched throws are slower
    radians = angle * atan2(0, -1) / 180
    across = speed * cos(radians)
    up = speed * sin(radians)
    printf "distance=%.3f\n", across * (up + sqrt(up * up + 2 * gravity * height)) / gravity
}'
