#!/usr/bin/env bash
# Previews, and writes preview.md: the body of a comment on the pull request. The engine masks every key as [secret].
set -euo pipefail

status=0
pulumi preview --stack "$STACK" --diff --color never --non-interactive > preview.txt 2>&1 || status=$?
{
  if [ "$status" -eq 0 ]; then echo "### Preview of $STACK"; else echo "### The preview of $STACK failed"; fi
  echo
  echo '~~~~diff'
  # A comment may have 65,536 characters.
  head -c 60000 preview.txt
  echo
  echo '~~~~'
} > preview.md
cat preview.md
exit "$status"
