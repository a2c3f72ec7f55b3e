# What a working copy can do. Needs make and Python >= 3.11 only; `make` alone lists the targets.
# Another interpreter: make test PYTHON=python3.13 (after `make clean`).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
LOCK := .venv-lock
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check
CHECKED := $(wildcard src tests scripts bench examples)
QUICK := not process and not slow
# These alone hold every branch of core and guard; counting branches is slow, so the others run without it.
HELD := tests/unit/core tests/unit/guard tests/unit/effects

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check bench ui pictures requirements clean python

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 22

demo: $(VENV)/.run ## book a trip over three services, kill the worker midway, recover, audit
	$(BIN)/podium demo

test: $(VENV)/.dev ## run every test
	$(BIN)/python scripts/system_parts.py
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.dev ## format, lint, types, layers and the quick tests, in about two minutes
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/ruff check $(CHECKED)
	$(BIN)/mypy $(CHECKED)
	$(BIN)/lint-imports
	$(BIN)/coverage run -m pytest -m "$(QUICK)" $(HELD) $(ARGS)
	$(BIN)/coverage report --fail-under=100
	$(BIN)/python -m pytest -m "$(QUICK)" $(addprefix --ignore=,$(HELD)) $(ARGS)

ui: $(VENV)/.dev ## build the dashboard from ui/ into src/podium/server/assets
	$(BIN)/python scripts/ui_sources.py
	$(BIN)/python scripts/build_ui.py

pictures: $(VENV)/.dev ## make the pictures of docs/images anew: dashboard, terminal, orchestra
	$(BIN)/python -m scripts.pictures

bench: $(BENCH)/.bench ## measure, side by side with LangGraph
	$(BENCH)/bin/python -m bench $(ARGS)

requirements: $(LOCK)/.lock ## pin requirements/*.txt anew from pyproject.toml; UPGRADE=--upgrade takes newer versions
	$(call pin,run,pyproject.toml --extra demo --group build)
	$(call pin,dev,pyproject.toml --all-extras --group build --group dev --constraint requirements/run.txt)
	$(call pin,bench,pyproject.toml --extra demo --extra multilingual --extra minilm --extra agents --extra temporal --group build --group bench --constraint requirements/run.txt)
	$(call pin,bare,--no-deps --group bare)
	$(call pin,lock,--group lock)

clean: ## remove environments, caches and what the demo left behind
	rm -rf $(VENV) $(BENCH) $(LOCK) build dist podium-demo .coverage
	rm -rf ui/node_modules podium-shots
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

pin = $(LOCK)/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 $(UPGRADE) \
	--custom-compile-command 'make requirements' --output-file requirements/$(1).txt $(2)

# Environments. The stamp is the last thing made, so a broken installation is tried again.
$(VENV)/.run: requirements/run.txt pyproject.toml | python
	$(call environment,$(VENV),run)
	$(VENV)/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt requirements/bare.txt pyproject.toml | python
	$(call environment,$(VENV),dev)
	$(call bare,$(VENV))
	$(VENV)/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.run

$(BENCH)/.bench: requirements/bench.txt requirements/bare.txt pyproject.toml | python
	$(call environment,$(BENCH),bench)
	$(call bare,$(BENCH))
	$(BENCH)/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(LOCK)/.lock: requirements/lock.txt | python
	$(call environment,$(LOCK),lock)
	@touch $@

define environment
	@test -x $(1)/bin/python || $(PYTHON) -m venv $(1)
	$(1)/bin/python $(PIP_INSTALL) --require-hashes -r requirements/$(2).txt
endef

# The public benchmarks, without the model clients that they ask for.
bare = $(1)/bin/python $(PIP_INSTALL) --no-deps --require-hashes -r requirements/bare.txt

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Podium needs Python 3.11 or newer, and '$(PYTHON)' is not: $$($(PYTHON) --version 2>&1)."; \
		echo "Name another one: make $(or $(MAKECMDGOALS),test) PYTHON=python3.12"; exit 1; } >&2
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' can not make virtual environments: its module venv or ensurepip is missing."; \
		echo "On Debian and Ubuntu: apt-get install python3-venv"; exit 1; } >&2
