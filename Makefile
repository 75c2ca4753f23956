# Every target makes its own virtual environment first: Python 3.11+ is all that must be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test lint format bench chaos clean

help:
	@echo "make demo    the main job on the example manifests, against the sandbox"
	@echo "make test    all tests"
	@echo "make lint    ruff, and mypy in strict mode"
	@echo "make format  let ruff format the code"
	@echo "make bench   how fast: validate, a no-op plan, a first apply, as ratios to a floor"
	@echo "make chaos   kill agentops some hundred times, count what is lost or doubled (CHAOS='--trials 20' for less)"

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

bench: $(READY)
	$(BIN)/python -m bench

chaos: $(READY)
	$(BIN)/python -m tests.chaos $(CHAOS)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
