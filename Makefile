# MemOS Desktop. `make run` is all a stranger needs; CONTRIBUTING.md tells the rest.
PYTHON ?= python3
PY := .venv/bin/python
NAME ?= retrieval
ARGS ?=

.PHONY: run setup setup-dev setup-train test test-train lint bench adapter screenshots settings-table lock clean help

run: setup  ## Set up what is missing, then open the window (the terminal chat where there is no display)
	@$(PY) -m app $(ARGS)

setup:  ## Virtual environment, libraries, system packages, weights; does nothing when nothing changed
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is missing: sudo apt-get install python3" >&2; exit 1; }
	@$(PYTHON) packaging/set_up.py

setup-dev:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is missing: sudo apt-get install python3" >&2; exit 1; }
	@$(PYTHON) packaging/set_up.py --dev

setup-train:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is missing: sudo apt-get install python3" >&2; exit 1; }
	@$(PYTHON) packaging/set_up.py --train

test: setup-dev  ## The whole test suite
	@$(PY) -m pytest $(ARGS)

test-train: setup-dev setup-train  ## The tests of training, which `make test` leaves out: they need torch
	@.venv-train/bin/python -m pytest tests/parametric/training $(ARGS)

lint: setup-dev  ## ruff, mypy --strict, import contracts
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench: setup-dev  ## make bench NAME=retrieval ARGS="--data FOLDER"
	@$(PY) -m memos_engine bench $(NAME) $(ARGS)

adapter: setup-train  ## Train the adapter that the default model answers with (an hour or more; goes on where it stopped)
	@.venv-train/bin/python -m memos_engine.parametric.training --work .adapter --out resources/adapters/grounding.gguf $(ARGS)

screenshots: setup-dev  ## Take the README's screenshots from the running program
	@$(PY) packaging/screenshots.py

settings-table: setup-dev  ## Draw the README's table of settings from their declarations
	@$(PY) packaging/settings_table.py

lock:  ## Resolve the exact, hashed locks again (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -q pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -q --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -q --extra train -c requirements.lock pyproject.toml -o requirements-train.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -q --group build -c requirements.lock -o requirements-build.lock

clean:  ## Remove what set-up and the tools made (not the weights)
	rm -rf .venv .setup build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

help:  ## This list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/'
