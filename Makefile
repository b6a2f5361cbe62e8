# Everything runs with Go, Node and make; `make help` lists the targets.
SHELL := /bin/bash
SWITCH ?= sim
GO ?= go
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.DEFAULT_GOAL := help
.PHONY: help demo build web lint format test test-go test-web test-browser test-freeswitch bench bench-freeswitch prompts api clean

help: ## List the targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F'\t' '{printf "  make %-18s %s\n", $$1, $$2}'

demo: web ## Run it all on this machine: SQLite, a simulated switch, callers. SWITCH=freeswitch uses a real FreeSWITCH.
	$(GO) run ./cmd/switchdesk demo --switch $(SWITCH)

build: web ## Build bin/switchdesk with the web app inside.
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o bin/switchdesk ./cmd/switchdesk

web/node_modules: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch web/node_modules

web: web/node_modules ## Build the web app into web/dist.
	cd web && npm run --silent build

lint: web/node_modules ## Check format and style of Go and web code.
	@bad=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$bad" ]; then echo "not gofmt'ed:"; echo "$$bad"; exit 1; fi
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	cd web && npm run --silent lint

format: web/node_modules ## Format Go and web code.
	gofmt -w $$(git ls-files '*.go')
	cd web && npm run --silent format

test: ## Install what the tests need where that is allowed, run every check, say what was skipped.
	@scripts/test.sh

test-go: ## Go tests alone.
	$(GO) test ./...

test-web: web/node_modules ## Unit tests of the web app alone.
	cd web && npm run --silent test

test-browser: web ## Browser tests alone; they need Chromium.
	cd web && npm run --silent e2e

test-freeswitch: web ## Tests on a real FreeSWITCH with sipp; FREESWITCH=/path/to/it or in PATH.
	@scripts/test-freeswitch.sh

bench: ## Measure: one line per row of the figures in docs/benchmarks.md.
	@scripts/bench.sh

bench-freeswitch: ## The figures that need a real FreeSWITCH.
	@scripts/bench.sh freeswitch

prompts: ## Speak the built-in prompts again; needs espeak-ng and sox.
	scripts/prompts.sh

api: web/node_modules ## Describe the API again, and the web app's client from it.
	$(GO) run ./api/gen
	cd web && npm run --silent api

clean: ## Remove what was built.
	rm -rf bin web/node_modules
	find web/dist -mindepth 1 ! -name placeholder.html -delete
