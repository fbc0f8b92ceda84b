#!/usr/bin/env bash
# After a leak: gives every key of the stack a new one, and ends when no old one is left. A pair of keys that must not move
# together takes two turns; a key on air takes as many as its broadcast lasts. A run that was stopped is started again with
# the same text, so that what is done already is not done twice.
set -euo pipefail

pulumi config set --stack "$STACK" streamkeys:rotateAll "$REASON"
for turn in $(seq 1 "${TURNS:-10}"); do
  echo "Turn $turn"
  pulumi up --stack "$STACK" --yes --skip-preview --color never --non-interactive
  if npx --no-install streamkeys keys --stack "$STACK"; then exit; fi
  sleep "${PAUSE_SECONDS:-60}"
done
echo "Keys are still to be rotated: see above which, and why."
exit 1
