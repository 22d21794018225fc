# voldesk: every target works on a bare machine with Python 3.11, git and make.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
DATA   ?= ../shared/data
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fmt bench docs web clean

help: ## Say what each target does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: $(STAMP) ## Create .venv and install voldesk with everything its tests need

$(STAMP): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "$(PYTHON) is not on the PATH: install Python 3.11, or say 'make setup PYTHON=python3.12'."; exit 3; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: setup ## Analyze an option chain and draw it in the terminal
	@$(BIN)/voldesk analyze examples/spx_demo.csv

fmt: setup ## Format and mend what can be mended
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix --quiet .

check: setup ## Format, lint, types, walls, spelling (under two minutes)
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/codespell src tests tools benchmarks docs *.md

test: check ## Everything CI runs
	@$(BIN)/pytest -n $(WORKERS) --cov --cov-report=term:skip-covered

bench: setup ## Print our kernels' figures and ratios against the peers
	@bash benchmarks/run.sh

docs: setup ## Rewrite the parts of docs/ that are made from the code
	@$(BIN)/python tools/make_docs.py

web: ## The dashboard arrives with the live engine
	@echo "There is no dashboard in this version yet; 'voldesk analyze FILE --plot OUT.png' draws smiles and open interest."

clean: ## Remove the environment and every cache
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .coverage .hypothesis
