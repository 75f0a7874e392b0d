# Everything that a person or CI does here; `make help` lists it. Needs Python >= 3.10, make and PyPI.
# Another Python than `python3`: `make test PYTHON=python3.12`, or `export PYTHON=python3.12` for all that follows.
PYTHON ?= python3
VENV ?= .venv
REFERENCE ?= .reference
OSS ?= .reference-oss
TEMPLATE ?= .reference-template
ENGINES ?= .engines
BIN := $(VENV)/bin
PY := $(BIN)/python
REFERENCE_VERSION := 0.0.8
OSS_VERSION := 0.0.11
# A package whose data holds the chat template of gpt-oss. Its code is not run, so that any Python will do.
TEMPLATE_PACKAGE := trl==1.16.0
# The versions of engines that servers still use; the newest ones are in the environment.
ENGINE_PACKAGES := llguidance==1.7.6 xgrammar==0.2.7
HARMONY_MAX_EXAMPLES ?=
export HARMONY_MAX_EXAMPLES

.DEFAULT_GOAL := help

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# These run in any Python, however old. The version is as an environment notes it.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 10))
WHICH := import sys; print(sys.base_prefix + " " + sys.version)
VERSION := import sys; print("%d.%d.%d" % sys.version_info[:3])

# The environment of another Python, or of another version of it, is made anew. No file's age tells: it is looked at each
# time. `rm` takes away a link and not what it leads to.
$(VENV)/pyvenv.cfg: FORCE
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { echo "'$(PYTHON)' is not Python 3.10 or newer. Name one that is:" \
		"make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@if [ -e $@ ]; then \
		[ "$$($(PY) -c '$(WHICH)' 2>&1)" = "$$($(PYTHON) -c '$(WHICH)')" ] \
			&& grep -q "^version.* = $$($(PYTHON) -c '$(VERSION)')" $@ && exit; \
		echo "$(VENV) is of another Python than '$(PYTHON)' is now, and is made anew"; rm -rf $(VENV); \
	fi; $(PYTHON) -m venv $(VENV)

# The demonstration needs the package alone; everything else needs the tools of a maintainer too.
$(VENV)/.package: pyproject.toml $(VENV)/pyvenv.cfg
	$(PY) -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# xgrammar says that it needs torch and more, which are large, and which nothing here uses.
$(VENV)/.dev: $(VENV)/.package
	$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --upgrade xgrammar
	@touch $@

# The reference library has the same import name, and so a folder of its own.
$(REFERENCE)/.installed: $(VENV)/.package
	$(PY) -m pip install --quiet --disable-pip-version-check --target $(REFERENCE) --upgrade openai-harmony==$(REFERENCE_VERSION)
	@touch $@

# What the styles are compared with: a fork, which has the same import name too, and a chat template.
$(OSS)/.installed: $(VENV)/.package
	$(PY) -m pip install --quiet --disable-pip-version-check --target $(OSS) --upgrade oss-harmony==$(OSS_VERSION)
	@touch $@

$(TEMPLATE)/.installed: $(VENV)/.package
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --ignore-requires-python --target $(TEMPLATE) --upgrade $(TEMPLATE_PACKAGE)
	@touch $@

# Engines of constrained decoding, for the grammars: older versions than those of the environment.
$(ENGINES)/.installed: $(VENV)/.package
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --target $(ENGINES) --upgrade $(ENGINE_PACKAGES)
	@touch $@

demo: $(VENV)/.package ## render a conversation with tools, read a completion back, and show both
	$(PY) examples/demo.py

test: $(VENV)/.dev $(REFERENCE)/.installed $(OSS)/.installed $(TEMPLATE)/.installed $(ENGINES)/.installed ## all that CI checks
	$(MAKE) --no-print-directory check lint
	$(PY) -m pytest -n auto --dist worksteal tests
	$(PY) -m tests.conformance
	$(PY) -m tests.conformance --reference $(REFERENCE)

test-format: $(VENV)/.dev ## what must hold for every format: all but the tests that pin the shipped one
	$(MAKE) --no-print-directory check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(PY) -m tests.typed --package
	$(PY) -m pytest -n auto --dist worksteal -m "not shipped" tests

# Its packages are as large as all others together, so that other targets do without them.
record: $(VENV)/.dev $(REFERENCE)/.installed ## write anew what follows from a change of the format that is meant
	$(PY) -m tests.record

generate: $(VENV)/.dev ## write the generated files from spec/
	$(PY) -m codegen generate

check: $(VENV)/.dev ## fail if a generated file is not what spec/ says
	$(PY) -m codegen check

lint: $(VENV)/.dev ## format, style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(PY) -m tests.typed

# Material's notice about the end of its updates is answered in mkdocs.yml.
docs: $(VENV)/.dev ## build the documentation as a site, in build/site; a broken link fails
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --quiet

docs-serve: $(VENV)/.dev ## show the documentation at http://127.0.0.1:8000 while pages are written
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs serve

bench: $(VENV)/.dev $(REFERENCE)/.installed ## measure against the reference library, side by side
	$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(PY) -m benchmarks --reference $(REFERENCE)

dist: $(VENV)/.dev ## build the sdist and the wheel, and check them
	$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[dist]'
	rm -rf dist
	$(PY) -m build
	$(PY) -m twine check --strict dist/*
	$(PY) -m pytest tests/package/test_sdist.py tests/package/test_wheel.py tests/package/test_index_page.py
	@! grep -q '^Source = .*/OWNER/' pyproject.toml || echo "Not for an index yet: [project.urls] names no repository"

fuzz: $(VENV)/.dev ## search for inputs that the parser gets wrong
	$(PY) -m openai_harmony fuzz --runs 20000 --seconds 300

clean: ## remove what the other targets made
	rm -rf $(VENV) $(REFERENCE) $(OSS) $(TEMPLATE) $(ENGINES) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

FORCE:

.PHONY: FORCE help demo test test-format record generate check lint docs docs-serve bench dist fuzz clean
