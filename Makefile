# voldesk: every target works on a bare machine with Python 3.11, git and make.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
DATA   ?= ../shared/data
WORKERS ?= 2
PAGE    := src/voldesk/gateways/static/index.html
MODULES := web/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fmt bench conformance docs web clean

help: ## Say what each target does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: $(STAMP) ## Create .venv and install voldesk with everything its tests need

$(STAMP): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "$(PYTHON) is not on the PATH: install Python 3.11, or say 'make setup PYTHON=python3.12'."; exit 3; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: setup ## Open the page on a simulated market: whole chains moving, no account
	@if command -v npm >/dev/null 2>&1; then $(MAKE) --no-print-directory web; else \
	  echo "npm is not on the PATH: the API runs without its page. Install Node 20, then 'make web'."; fi
	@$(BIN)/voldesk demo

fmt: setup ## Format and mend what can be mended
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix --quiet .

check: setup ## Format, lint, types, walls, spelling (under two minutes)
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/codespell src tests tools benchmarks docs *.md

test: check web ## Everything CI runs
	@cd web && npm run --silent check && npm test --silent
	@$(BIN)/pytest -n $(WORKERS) --cov --cov-report=term:skip-covered
	@cd web && npm run --silent test:e2e
	@$(MAKE) --no-print-directory conformance

conformance: setup ## Drive the simulated venues with client libraries that others wrote
	@bash tests/conformance/install.sh
	@$(BIN)/pytest tests/conformance -n $(WORKERS) -p no:randomly

bench: setup ## Print our kernels' figures and ratios against the peers
	@bash benchmarks/run.sh

docs: setup ## Rewrite the parts of docs/ that are made from the code
	@$(BIN)/python tools/make_docs.py

web: $(PAGE) ## Build the page into the package

$(PAGE): $(MODULES) $(shell find web/src web/public -type f) web/index.html web/vite.config.ts
	@cd web && npm run --silent build
	@touch $@

$(MODULES): web/package.json web/package-lock.json
	@command -v npm >/dev/null 2>&1 || { echo "npm is not on the PATH: install Node 20, then 'make web'."; exit 3; }
	@cd web && npm ci --silent --no-audit --no-fund
	@touch $@

clean: ## Remove the environment and every cache
	rm -rf $(VENV) .venv-peers .venv-clients web/node_modules tests/conformance/clients/stoqey/node_modules src/voldesk/gateways/static build dist .mypy_cache .ruff_cache .pytest_cache .coverage .hypothesis
