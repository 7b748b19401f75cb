# make run      everything, on this machine: real Slack with tokens in .env, otherwise a local one
# make chat     talk to the running playground from this terminal
# make test     every test
# make test-fast   the tests that start no process, no Temporal server and no browser, with fewer examples of each property
# make eval     tries the agent with the cases in agents/cases: make eval ARGS="--only ticket --junit report.xml"
# make check    formatting, lint, types, import order, Dockerfile, and every test
# make chaos    a crowd talks while N things break at random, and every loss is counted: make chaos N=1000 SEED=1
# make storm    many questions, kills and lost replies within a minute, and how long the answers take: make storm SEED=1
# make soak     one conversation of a thousand turns: what the turns cost, and how long they take
# make bench    the numbers, beside two references: three quarters of an hour; make bench QUICK=1 is a look in six
#               minutes; WORKLOAD=fast with models that answer at once, WORKLOAD=real at the speed of real ones
# make record   the histories of a release, which later code has to replay: make record NAME=0.2.0
# make doctor   checks the set-up for the real Slack and Gemini, and says how to mend it
# make settings docs/settings.md and .env.example, made anew from the settings classes
# make install  all that these need, into .venv; without it, each installs what it needs itself
# make lock     the pinned requirements, made anew from pyproject.toml by the uv that is pinned, too
# make lock-uv  pins another uv: make lock-uv UV=0.13.9

PYTHON ?= python3
BIN := .venv/bin
# What running needs and, on top of it, what tests and checks need. Each is installed when its file has changed.
INSTALLED := .venv/installed
INSTALLED_ALL := .venv/installed-dev
N ?= 1000
SEED ?= 1
TURNS ?= 1000

.PHONY: run chat doctor test test-fast eval chaos storm soak bench record settings lint check install lock lock-uv format

run: $(INSTALLED)
	@$(BIN)/python -m playground

chat: $(INSTALLED)
	@$(BIN)/python -m playground.chat

doctor: $(INSTALLED)
	@$(BIN)/python -m slackbot doctor

test: $(INSTALLED_ALL)
	$(BIN)/pytest -n auto

test-fast: $(INSTALLED_ALL)
	FAST_TESTS=1 $(BIN)/pytest -n auto -m "not processes"

eval: $(INSTALLED)
	@$(BIN)/python -m agent_worker.evaluate $(ARGS)

chaos: $(INSTALLED_ALL)
	$(BIN)/python -m tests.durability.chaos --faults $(N) --seed $(SEED)

storm: $(INSTALLED_ALL)
	$(BIN)/python -m tests.durability.storm --seed $(SEED)

soak: $(INSTALLED_ALL)
	SOAK_TURNS=$(TURNS) $(BIN)/pytest -s --timeout 1800 tests/durability/test_long_conversations.py -k turns_cost

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(if $(WORKLOAD),--workload $(WORKLOAD))

record: $(INSTALLED_ALL)
	$(BIN)/python -m tests.durability.record $(NAME)

settings: $(INSTALLED)
	$(BIN)/python -m playground.settings_reference

lint: $(INSTALLED_ALL)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile

check: lint test

format: $(INSTALLED_ALL)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

install: $(INSTALLED_ALL)

$(INSTALLED): requirements-playground.txt $(BIN)/python
	@$(BIN)/python -I playground/installation.py requirements-playground.txt "what running needs"
	@touch $(INSTALLED)

$(INSTALLED_ALL): requirements-dev.txt $(INSTALLED)
	@$(BIN)/python -I playground/installation.py requirements-dev.txt "what tests and checks need"
	@touch $(INSTALLED_ALL)

# A link to the Python from which it was made: if that Python is gone, so is this file, and it is made anew.
$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON): install Python 3.11 or newer, or say where it is: make PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	@echo "Making .venv, a Python for this project alone"
	@$(PYTHON) -m venv --clear .venv

COMPILE := uv pip compile --universal --generate-hashes --no-header --no-annotate --no-strip-extras --python-version 3.11 --quiet
LOCK := $(COMPILE) pyproject.toml
lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-lock.txt
	.venv-lock/bin/$(LOCK) -o requirements.txt
	.venv-lock/bin/$(LOCK) --extra playground -c requirements.txt -o requirements-playground.txt
	.venv-lock/bin/$(LOCK) --extra playground --extra dev -c requirements-playground.txt -o requirements-dev.txt
	rm -r .venv-lock

lock-uv:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-lock.txt
	echo "uv==$(UV)" | .venv-lock/bin/$(COMPILE) -o requirements-lock.txt -
	rm -r .venv-lock
