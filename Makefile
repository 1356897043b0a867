# Everything a newcomer or a machine needs. `make run` and `make test` are the two to know.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check nightly audit bench demo-figures lock clean help

help:            ## this list
	@grep -E '^[a-z-]+: .*##|^[a-z-]+:  *##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

.venv/run.stamp: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m maalem link
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: .venv/run.stamp   ## the whole platform on this machine, with the demo
	@exec $(BIN)/python -m maalem up

check: .venv/dev.stamp   ## format, lint, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

test: check   ## everything a change must pass, browser included
	$(BIN)/python -m maalem doctor --browser
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "not nightly and not browser"
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "not nightly and browser"

nightly: test   ## everything, then what can try more: longer proofs, many times the examples
	MAALEM_NIGHTLY=1 $(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "(nightly or grows) and not browser"

audit: .venv/dev.stamp   ## Lighthouse, the Nu HTML checker and axe on the shop's pages
	.ci/tools chromium node java
	$(BIN)/python -m tests.audit

bench: .venv/dev.stamp   ## us and the peers, side by side, ratios printed
	$(BIN)/python -m bench

lock: .venv/dev.stamp   ## resolve the requirements anew, hashes and no index address
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --extra payments --extra platform pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --extra payments --extra platform --extra dev pyproject.toml -o requirements-dev.lock

clean:           ## what running left behind (the data too)
	rm -rf .venv var build *.egg-info .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
