# The two commands: `make run` shows the demo hospital, `make test` proves the house.

PYTHON ?= python3
PORT ?= 8000
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --quiet

.DEFAULT_GOAL := help
.PHONY: help run setup test bench evaluate screenshots translations format constraints clean

help:
	@echo "make run          the demo hospital on http://localhost:$(PORT) (PORT=… for another)"
	@echo "make test         lint, types and every test whose components are found"
	@echo "make bench        how fast pictures are sealed, verified and viewed"
	@echo "make evaluate     what the detectors find in labelled pictures, and what watermarks survive"
	@echo "make format       format the code"
	@echo "make screenshots  draw the pictures of the documentation anew"
	@echo "make translations bring the catalogues of the patient's pages up to date"
	@echo "make constraints  pin the dependencies anew (needs uv)"
	@echo "make clean        remove the virtual environment, the demo hospital and caches"

run: $(VENV)/.can-run
	@exec $(BIN)/safelight demo --port $(PORT)

setup: $(VENV)/.can-test

test: setup
	@exec $(BIN)/python -m tests.run

bench: setup
	@exec $(BIN)/python -m bench

evaluate: setup
	@$(BIN)/python -m tests.evaluation --write
	@exec $(BIN)/python -m tests.evaluation.watermarks --write

screenshots: setup
	@exec $(BIN)/python -m tests.screenshots

translations: setup
	@exec $(BIN)/python -m tests.house.make_translations

format: setup
	@$(BIN)/ruff check --fix src tests
	@$(BIN)/ruff format src tests

constraints:
	@$(COMPILE) --all-extras pyproject.toml requirements/build.in \
		--output-file requirements/constraints.txt
	@$(COMPILE) --constraints requirements/constraints.txt pyproject.toml requirements/build.in \
		--output-file requirements/runtime.txt

clean:
	@rm -rf $(VENV) var/demo build dist src/*.egg-info
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Each stamp is newer than the pins it was installed from, so that a second call does nothing.

$(VENV)/.can-run: requirements/runtime.txt pyproject.toml
	@PYTHON="$(PYTHON)" sh requirements/make-venv.sh "$(VENV)"
	@echo "Installing Safelight into $(VENV) (once) …"
	@$(PIP) install --require-hashes --no-deps -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.can-test: requirements/constraints.txt $(VENV)/.can-run
	@echo "Installing what the tests need into $(VENV) (once) …"
	@$(PIP) install --require-hashes --no-deps -r requirements/constraints.txt
	@touch $@
