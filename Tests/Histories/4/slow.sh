sleep 0.4
echo "loss=$(( ($1 - 4) * ($1 - 4) ))"
echo "score=$1"
