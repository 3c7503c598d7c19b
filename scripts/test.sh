#!/usr/bin/env bash
# Everything there is to check, the test bed's end-to-end tests included; all stages run, the last line counts.
# usage: test.sh [checks]   checks: only what needs no test bed
set -u
# What the test bed's tests run with: the first version by default, the last one where another is wanted.
kubernetes=1.37.2,1.34.4
cd "$(dirname "$0")/.." || exit 1
PATH="$PWD/node_modules/.bin:$PATH"
results=$(mktemp -d)
bed=down
lint=
finish() {
  [ -n "$lint" ] && kill "$lint"
  [ "$bed" = up ] && testbed/testbed down
  rm -rf "$results"
}
trap finish EXIT
trap 'exit 130' INT TERM

failed_stages=0
stage() {
  local name=$1
  shift
  echo "== $name"
  if ! "$@"; then
    echo "== $name: FAILED"
    failed_stages=$((failed_stages + 1))
    return 1
  fi
}
# A test that fails may leave something open, and that must not hold up everything that is still to be said.
jest() {
  node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js --forceExit "$@"
}

stage 'Tools' node scripts/build-tools.ts
# What has one thread runs beside what has one thread as well; it is shown when the others are done.
npm run --silent lint >"$results/lint.log" 2>&1 &
lint=$!
stage 'Types' npm run --silent typecheck
stage 'The bundle is what the sources make' npm run --silent check-dist
stage 'README agrees with action.yml' npm run --silent docs:check
stage 'Workflows' npm run --silent lint:workflows
linted() {
  wait "$lint"
  local status=$?
  lint=
  cat "$results/lint.log"
  return $status
}
stage 'Lint' linted
# A test that fails is counted by itself, not as a stage; the coverage threshold is the exit status left over.
echo '== Unit tests'
if ! jest --selectProjects=unit --coverage --json --outputFile="$results/unit.json" >"$results/unit.log"; then
  grep -q '"success":true' "$results/unit.json" 2>/dev/null && failed_stages=$((failed_stages + 1))
fi
sed '/^{"numFailedTestSuites"/d' "$results/unit.log" | tail -n 25
echo '== The action in workflows that need no cluster'
jest --selectProjects=act --json --outputFile="$results/act.json" >/dev/null

if [ "${1:-}" = checks ]; then
  node scripts/count-tests.ts "$failed_stages" "$results"/{unit,act}.json
  exit
fi
bed=up
if stage 'Test bed' testbed/testbed up --kind --kubernetes "$kubernetes" --cni flannel,cilium; then
  echo '== End-to-end tests'
  jest --selectProjects=e2e --runInBand --json --outputFile="$results/e2e.json" >/dev/null
fi
echo '== Test bed down'
testbed/testbed down
bed=down
node scripts/count-tests.ts "$failed_stages" "$results"/{unit,act,e2e}.json
