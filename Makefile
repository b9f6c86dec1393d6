# Everything a person does with this repository. `make` alone says what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test test-cluster sure bench assets setup setup-dev format lint types contracts browser fuzz services services-stop lock shots

help: ## say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/made:
	@echo "making a Python environment in $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version). Set PYTHON=python3.12, say."; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "cure: install your system's package for venv (Debian: apt install python3-venv), then repeat."; exit 1; }
	@touch $@

$(VENV)/run: requirements.txt $(VENV)/made
	@echo "installing what the portal needs (a minute the first time) …"
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar on --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/run
	@echo "installing what tests and checks need …"
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar on --require-hashes -r requirements-dev.txt
	@touch $@

setup: $(VENV)/run ## set up what running needs

setup-dev: $(VENV)/dev ## set up what tests and checks need

assets: $(VENV)/run ## fetch front-end packages with npm, by the lock file (optional)
	@$(BIN)/python -m portal assets

run: $(VENV)/run ## set everything up and serve the demonstration district
	@$(BIN)/python -m portal assets || true
	@$(BIN)/python -m portal init
	@$(BIN)/python -m portal demo
	@$(BIN)/python -m portal run

test: $(VENV)/dev ## set everything up and run the tests
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "not browser"

test-cluster: TESTS ?= tests
test-cluster: $(VENV)/dev services ## the tests again on PostgreSQL, S3, OpenSearch
	@PORTAL_TEST_SIZE=cluster $(BIN)/python -m pytest -n 2 --dist worksteal -m "not browser" $(TESTS)

browser: $(VENV)/dev ## tests in a real browser (needs Chromium)
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m browser

format: $(VENV)/dev ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: $(VENV)/dev ## style
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: $(VENV)/dev ## types, strictly
	@$(BIN)/mypy

contracts: $(VENV)/dev ## who may import whom
	@$(BIN)/lint-imports

sure: lint types contracts test browser ## all of it

fuzz: $(VENV)/dev ## 100 000 damaged photos through the intake (COUNT=, SEED=)
	@$(BIN)/python -m tests.imaging.fuzz --count $(or $(COUNT),100000) --seed $(or $(SEED),1)

bench: $(VENV)/dev ## measure; ratios to floors of the same run
	@$(BIN)/python -m benchmarks

services: ## start PostgreSQL, S3, OpenSearch, Redis on loopback, for tests against the real ones
	@$(PYTHON) -m services start

services-stop: ## stop them
	@$(PYTHON) -m services stop

shots: $(VENV)/dev ## contact sheets of every page in every look, into instance/shots (ONLY=, IN=)
	@$(BIN)/python -m tests.browser.shots $(if $(ONLY),--only $(ONLY)) $(if $(IN),--in $(IN))

lock: ## pin requirements with hashes again (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements.in -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements-dev.in -o requirements-dev.txt
