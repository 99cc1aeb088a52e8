# The front door of the workspace; see README.md.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test app bench chaos postgres redis format lint bootstrap clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

bootstrap: ## Install the system packages that are missing; silent when nothing is
	@Tools/bootstrap

run: bootstrap ## Start the API server on its embedded store, in release mode
	@Tools/run-server

test: bootstrap ## Run all tests; PACKAGE=X for one package, LONG=1 for the full counts in release mode
	@Tools/run-tests $(if $(PACKAGE),--package $(PACKAGE)) $(if $(LONG),--long)

app: bootstrap ## Build one program in release mode: make app APP=api-server puts it at bin/api-server
	@test -n "$(APP)" || { echo "make app needs APP, one of: api-server limiter-node migrator secret-scan" >&2; exit 2; }
	@Tools/build-app "$(APP)"

bench: bootstrap ## Print the benchmarks' ratio tables
	@Tools/run-benchmarks $(BENCH)

chaos: bootstrap ## Run the fault suites in full
	@Tools/run-chaos

postgres: bootstrap ## Start an empty PostgreSQL until Ctrl-C and print its URL
	@Tools/throwaway-server postgres

redis: bootstrap ## Start an empty Redis until Ctrl-C and print its URL
	@Tools/throwaway-server redis

format: ## Format all Swift sources in place
	@Tools/swift-sources | xargs -0 swift format format --in-place --parallel

lint: bootstrap ## Check format, scripts, manifests and the ladder
	@Tools/run-lint

clean: ## Remove everything that was built
	rm -rf .build bin
