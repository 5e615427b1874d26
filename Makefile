# Two commands do everything: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
MODEL ?= embedded
USERS ?= 200
INSTALLED := $(VENV)/.installed

.PHONY: demo test check install bench books spark

demo: $(INSTALLED)  ## run the three paradigms on the sample world and open the dashboard
	$(BIN)/recaudit demo --model "$(MODEL)" --users $(USERS)

test: $(INSTALLED)  ## all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(INSTALLED)  ## format, lint, types, import contracts, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist loadfile

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

books: $(INSTALLED)  ## ChatGPT's published answers on Facebook Books, in the folder DATA: imported, grounded, audited
	RECAUDIT_HOME=.recaudit-books PATH="$(BIN):$$PATH" sh tests/benchmarks/books.sh "$(DATA)"

bench: $(INSTALLED)  ## long runs: kill a writer a thousand times, grounding, import and audits at scale
	$(BIN)/python tests/benchmarks/runlog.py 1000
	$(BIN)/python tests/benchmarks/grounding.py
	$(BIN)/python tests/benchmarks/import_log.py 1000000 10
	$(BIN)/python -m tests.benchmarks.scale

spark: $(INSTALLED)  ## every named query in DuckDB and in a local Spark session; needs Java 17
	$(BIN)/python -m tests.benchmarks.spark
