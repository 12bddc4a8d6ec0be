#!/bin/sh
# Reviews the experiments that a change touches: in any CI, or by hand.
#
#   review.sh BASE [POLICY]
#
# BASE is the revision that the change is compared with, such as origin/main. Writes review.md, a comment for the pull
# request, and prints annotations where GITHUB_ACTIONS is set. Exit codes: 0 good, 1 a policy or a mistake stands against
# it. ATTUNE names the program.
set -u

base=${1:?the revision to compare with}
policy=${2:-}
attune=${ATTUNE:-attune}
failed=0
: > review.md

# Every mistake in experiments that the change touches, then what the change means.
changed=$(mktemp)
git diff -z --name-only --diff-filter=AMR "$base...HEAD" -- '*.yaml' '*.yml' | tr '\0' '\n' > "$changed"
while IFS= read -r file; do
  grep -q '^attune: *1' "$file" || continue
  format=text
  [ -z "${GITHUB_ACTIONS:-}" ] || format=github
  "$attune" check --format "$format" "$file" || { failed=1; continue; }
  "$attune" plan ${policy:+--policy "$policy"} "$file" > plan.txt || failed=1
  if ! git cat-file -e "$(git merge-base "$base" HEAD):$file" 2> /dev/null; then
    { echo "### New: $file"; echo; echo '```text'; cat plan.txt; echo '```'; echo; } >> review.md
    continue
  fi
  code=0
  "$attune" diff "$base...HEAD" ${policy:+--policy "$policy"} --format markdown -- "$file" >> review.md || code=$?
  # 1 is a difference, which is what there is to review.
  [ "$code" -le 1 ] || failed=1
  [ -z "${GITHUB_ACTIONS:-}" ] || "$attune" diff "$base...HEAD" --format github -- "$file" || true
done < "$changed"
rm -f "$changed" plan.txt

# Every manifest that is committed verifies, and follows from its experiment.
"$attune" check --manifests || failed=1

exit $failed
