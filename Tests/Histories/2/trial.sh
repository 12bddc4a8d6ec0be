# usage: sh trial.sh X KIND
case "$2" in
  fails) echo "no such kind" >&2; exit 3 ;;
  hangs) sleep 30 ;;
  dies) kill -SEGV $$ ;;
  silent) echo "loss is low" ;;
  *) awk -v x="$1" 'BEGIN { printf "loss=%.4f\nspeed=%d\n", (x - 3) ^ 2, 10 - x }' ;;
esac
