#!/usr/bin/env bash
# Looks for drift, and writes drift.txt: status 0 none, 1 drift, 2 could not tell. Changes nothing.
set -euo pipefail

status=0
npx --no-install streamkeys drift --stack "$STACK" > drift.txt || status=$?
cat drift.txt
# Node ends with 1 too where the command is not even there. Drift is never without words.
if [ "$status" -eq 1 ] && [ ! -s drift.txt ]; then status=2; fi
exit "$status"
