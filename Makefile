# make run    everything on this machine: database, web, workers (Ctrl-C stops all)
# make test   all tests; make lint: style, types, floors
# make help   the rest

.DEFAULT_GOAL := help
.PHONY: help install install-dev run demo sandbox test soak lint format bench bench-desk bench-city bench-indicators lock clean

VENV_PYTHON := .venv/bin/python

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z-]+):.*## /  make \1	/' | expand -t 20

install: ## make .venv for running
	@./scripts/setup.sh run

install-dev: ## make .venv for running and testing
	@./scripts/setup.sh dev

run: install ## start database, web and workers on this machine; first start loads the demo city
	@exec $(VENV_PYTHON) -m web.cli run

demo: install ## load the demo city (LOTS=300) into the database of `make run`
	@exec $(VENV_PYTHON) -m web.cli demo $(if $(LOTS),--lots $(LOTS))

sandbox: install ## serve a training sandbox in which a day passes in a minute (SPEED=1440 LOTS=8)
	@exec $(VENV_PYTHON) -m web.cli demo --speed $(or $(SPEED),1440) $(if $(LOTS),--lots $(LOTS))

test: install-dev ## all tests; ARGS="tests/auction -k bid" for some
	@exec $(VENV_PYTHON) scripts/run_tests.py $(ARGS)

soak: install-dev ## kills for as long as wanted; ARGS="--seeds 1000 --minutes 60"
	@exec $(VENV_PYTHON) -m tests.faults.soak $(ARGS)

lint: install-dev ## style, types, and who imports whom
	@$(VENV_PYTHON) -m ruff check .
	@$(VENV_PYTHON) -m ruff format --check .
	@.venv/bin/lint-imports
	@$(VENV_PYTHON) -m mypy

format: install-dev ## put the style right
	@$(VENV_PYTHON) -m ruff check --fix --quiet . || true
	@$(VENV_PYTHON) -m ruff format .

bench: install-dev ## measure; results go to benchmarks/RESULTS.md
	@exec $(VENV_PYTHON) -m benchmarks $(ARGS)

bench-desk: install-dev ## measure the court's desk with a million instructions and deadlines in it
	@exec $(VENV_PYTHON) -m benchmarks.instruction_desk $(ARGS)

bench-city: install-dev ## measure a team's desk and the nightly scans with 100,000 assets and a million deadlines in the city
	@exec $(VENV_PYTHON) -m benchmarks.city_desk $(ARGS)

bench-indicators: install-dev ## measure what a refresh of the indicators costs
	@exec $(VENV_PYTHON) -m benchmarks.indicators $(ARGS)

LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

lock: install ## bring requirements/*.txt up to requirements/*.in (UPGRADE=--upgrade for newer versions)
	@cd requirements && for name in tools runtime dev; do ../$(LOCK) $(UPGRADE) $$name.in -o $$name.txt || exit 1; done

clean: ## remove .venv, the database and the caches
	@for python in python3 python3.11 python3.12 python3.13 python3.14 $(VENV_PYTHON); do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then exec "$$python" -B scripts/clean.py; fi; done; \
	    rm -rf .venv var
