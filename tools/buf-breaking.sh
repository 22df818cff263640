#!/usr/bin/env bash
# The schemas must stay compatible with those of main, or on main itself with those of the commit before.
set -euo pipefail
cd "$(dirname "$0")/.."
head=$(git rev-parse HEAD)
base=$(git rev-parse --verify --quiet "origin/main^{commit}" || echo "$head")
if [ "$base" = "$head" ]; then base=$(git rev-parse --verify --quiet "HEAD~1^{commit}" || true); fi
if [ -z "$base" ] || ! git cat-file -e "$base:proto/buf.yaml" 2>/dev/null; then
  echo "SKIPPED: no earlier schemas to compare with"
  exit 0
fi
npx --no-install buf breaking proto --against ".git#ref=$base,subdir=proto"
