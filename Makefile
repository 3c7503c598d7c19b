# Everything here works on a fresh Debian 12 as root with Go, Node.js 20, npm and Python; Node.js 24 comes from npm.
SHELL := /bin/bash
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
STAMP := node_modules/.installed-$(shell sha256sum package-lock.json | cut -c1-16)

.PHONY: demo test check matrix bench lint build release-files clean

demo: $(STAMP) ## A three-node cluster in the test bed, by the action's bundle. KEEP=1 keeps it.
	@node scripts/demo.ts

test: $(STAMP) ## All checks and all tests, end-to-end ones included.
	@scripts/test.sh

check: $(STAMP) ## What of it needs neither root nor a test bed.
	@scripts/test.sh checks

matrix: $(STAMP) ## Every CNI and Kubernetes version in the test bed, into docs/compatibility.md; CELLS=flannel/1.36.3/kind limits it.
	@node scripts/matrix.ts

bench: $(STAMP) ## How long a bootstrap takes.
	@node bench/index.ts

lint: $(STAMP)
	@npm run --silent lint

build: $(STAMP) ## dist/, which is committed.
	@npm run --silent build

release-files: export TAG := $(TAG)
release-files: $(STAMP) ## What release.yml publishes, into release/: TAG=v1.2.3.
	@node scripts/release-files.ts "$$TAG"

clean: ## Test bed, compiled files and installed packages; the test bed's caches stay.
	@if [ -e node_modules ]; then testbed/testbed down; fi
	rm -rf lib coverage release .tmp .testbed node_modules

$(STAMP):
	@echo '== Installing packages'
	npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
