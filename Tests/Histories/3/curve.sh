# usage: sh curve.sh X KIND STEPS [PAUSE]: a loss for each step, on towards what follows from X and KIND.
first=1
if [ -s "$ATTUNE_CHECKPOINT/step" ]; then first=$(($(cat "$ATTUNE_CHECKPOINT/step") + 1)); fi
awk -v x="$1" -v kind="$2" -v first="$first" -v steps="$3" -v pause="$4" 'BEGIN {
  for (step = first; step <= steps; step++) {
    printf "step=%d loss=%.6f\nwidth=%d\n", step, (x - 0.3) ^ 2 + (kind == "a" ? 0 : 0.1) + 1 / step, 10 * x
    fflush()
    if (pause) system("sleep " pause)
  }
}'
echo "$3" > "$ATTUNE_CHECKPOINT/step"
