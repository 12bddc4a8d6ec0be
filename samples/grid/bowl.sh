#!/bin/sh
# How high a bowl stands at the point (x, y).
# usage: sh bowl.sh X Y SHAPE
LC_ALL=C awk -v x="$1" -v y="$2" -v shape="$3" 'BEGIN {
    u = x - 1
    v = y - 0.5
    if      (shape == "round")  height = u * u + v * v + 0.5
    else if (shape == "narrow") height = 4 * u * u + v * v + 0.25
    else if (shape == "tilted") height = u * u + u * v + v * v
    else exit 2
    printf "loss: %.4f\n", height
}'
