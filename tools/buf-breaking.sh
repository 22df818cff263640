#!/usr/bin/env bash
# The schemas must stay compatible with those of main's first parent; a clone without history has nothing to compare.
set -euo pipefail
cd "$(dirname "$0")/.."
base=$(git rev-parse --verify --quiet "origin/main^{commit}" || git rev-parse --verify --quiet "HEAD~1^{commit}" || true)
if [ -z "$base" ] || ! git cat-file -e "$base:proto/buf.yaml" 2>/dev/null; then
  echo "SKIPPED: no earlier schemas to compare with"
  exit 0
fi
npx --no-install buf breaking proto --against ".git#ref=$base,subdir=proto"
