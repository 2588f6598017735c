# `make run` and `make test` install what they need. Settings come from the environment, see README.md.
PYTHON ?= python3
VENV ?= .venv
export VENV

PY := $(VENV)/bin/python
LOCK := $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	--custom-compile-command "make lock" $(UPGRADE)

.DEFAULT_GOAL := help
.PHONY: help setup run test lint race forge machine snoop simulate herd bench growth memory billing pushes kills lock catalog screenshots

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## serve on HOST:PORT (127.0.0.1:8000) with sample data kept in DATA_DIR (var)
	@$(PYTHON) tools/setup.py runtime
	@exec $(PY) tools/run.py

test: setup ## all checks and tests, on SQLite and on PostgreSQL, with a real browser
	@$(PY) tools/check.py

lint: setup ## the checks that run nothing
	@$(PY) tools/check.py lint

setup: ## install what development needs
	@$(PYTHON) tools/setup.py development

race: setup ## a million attempts on few seats, on both databases (takes long)
	@$(PY) -m tests.race --long

forge: setup ## try to pass a million forged passes, in both languages (takes minutes)
	@$(PY) -m tests.forge --long

machine: setup ## two thousand runs of anything in any order, on both databases (takes long)
	@$(PY) -m tests.machine

snoop: setup ## read all that an employer can, in a thousand pairs of worlds, on both databases (takes long)
	@$(PY) -m tests.snoop

simulate: setup ## two thousand phones and a million events on a bad day, on both databases (takes long)
	@$(PY) -m tests.crowd --long

herd: setup ## ten thousand phones send within a minute, on both databases (takes minutes)
	@$(PY) -m tests.crowd herd

bench: ## measure speed as ratios within one run, and pages on a slow phone
	@$(PYTHON) tools/setup.py bench
	@$(PY) -m bench

growth: setup ## speed with 10 thousand and with 10 million bookings, on both databases (takes long, 12 GB of disk)
	@$(PY) -m bench --growth

memory: setup ## memory of the web server over 100,000 requests, on both databases (takes long)
	@$(PY) -m bench --memory

billing: setup ## a month of 1,000 employers from the first statement to the last invoice, on both databases
	@$(PY) -m bench --billing

pushes: setup ## 10,000 reminders to phones in the same minute, on both databases
	@$(PY) -m bench --pushes

kills: setup ## 500 workers killed between sending a push and writing it down (takes long)
	@PUSH_KILLS=500 timeout 3600 $(PY) -m pytest -q -s tests/browser/test_kills.py

lock: setup ## compile the locks again; UPGRADE=--upgrade also takes newer versions
	@$(LOCK) requirements.in --output-file requirements.txt
	@$(LOCK) requirements-dev.in --output-file requirements-dev.txt
	@$(LOCK) requirements-node.in --output-file requirements-node.txt
	@npm install --package-lock-only --silent
	@cd bench && npm install --package-lock-only --silent

catalog: setup ## collect the texts and compile the translations
	@mkdir -p .cache
	@$(VENV)/bin/pybabel --quiet extract -F pyproject.toml --sort-by-file --add-location=file \
		--project Nahplatz --copyright-holder "the Nahplatz maintainers" -o .cache/messages.pot app templates
	@$(VENV)/bin/pybabel --quiet update --init-missing --locale en --no-fuzzy-matching --ignore-obsolete \
		--ignore-pot-creation-date -i .cache/messages.pot -d translations
	@$(VENV)/bin/pybabel compile --statistics -d translations

screenshots: setup ## pictures of every screen, phone and desktop, for README and install dialog
	@$(PY) -m tools.screenshots
