#!/usr/bin/env bash
# Rotates the keys that are due. What has to wait, for example for the end of a broadcast, is done by a later run.
set -euo pipefail

if npx --no-install streamkeys keys --stack "$STACK"; then
  echo "No key is due."
  exit
fi
pulumi up --stack "$STACK" --yes --skip-preview --color never --non-interactive
npx --no-install streamkeys keys --stack "$STACK" || echo "Some keys wait. The next run goes on with them."
