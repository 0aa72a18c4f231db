# report · test (unit · editions · browser · faults) · lab · check · evidence · lock · sbom · audit · clean
PYTHON ?= python3
unexport PYTHONDONTWRITEBYTECODE  # the package would be compiled again by every process
BIN := .venv/bin

report: .venv/installed
	$(BIN)/saferplymouth run

lab: .venv/installed filters
	$(BIN)/jupyter lab notebooks

# From then on git keeps no outputs of notebooks, and shows their changes cell by cell. A download has no git.
filters:
	@[ ! -e .git ] || git config --replace-all include.path ../.gitconfig '^\.\./\.gitconfig$$'

check: .venv/installed
	$(BIN)/saferplymouth check

test: .venv/tested-with chromium
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/pytest

# One kind of test alone.
unit editions browser faults: .venv/tested-with chromium
	$(BIN)/pytest tests/$@

# What only measures: two hours, and some 5 GB of disk for the months it makes; writes its tables into docs. One part: see docs/performance.md.
evidence: .venv/tested-with
	$(BIN)/python tests/bench/street.py
	$(BIN)/python tests/bench/edition.py

# Dependencies come from the hashed lock files, by uv, whose own hashes stand there too; the package
# itself is installed editable, without any.
UV = $(BIN)/uv pip install --quiet --python $(BIN)/python
LOCKED = $(UV) --require-hashes --compile-bytecode

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.lock
	$(BIN)/pip install --quiet --require-hashes -r .venv/uv.lock
	$(LOCKED) -r requirements.lock
	$(UV) --no-deps --no-build-isolation --editable .
	touch $@

.venv/tested-with: .venv/installed requirements-test.lock
	$(LOCKED) -r requirements-test.lock
	touch $@

# The pages are tested in the system's own Chromium; where there is none, apt brings it.
chromium:
	@command -v chromium >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq chromium; }
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

COMPILE = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate \
  --no-header --group build --group lab

lock: .venv/installed
	$(COMPILE) -o requirements.lock pyproject.toml
	$(COMPILE) --group test -o requirements-test.lock pyproject.toml

# What is installed, as a software bill of materials (CycloneDX); and what is known against it.
sbom: .venv/installed
	sed -n 's/^\([a-z0-9][^\\]*[^ \\]\) *\\*$$/\1/p' requirements.lock | $(BIN)/uv tool run --from 'cyclonedx-bom==7.*' \
	  cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --short-PURLs -o docs/sbom.json -

audit: .venv/installed
	$(BIN)/uv tool run 'pip-audit==2.*' --strict --disable-pip --require-hashes -r requirements.lock

# Editions stay: a final one, and the reasons it was corrected for, are nowhere else.
clean:
	rm -rf .venv data/processed/*.parquet data/processed/last-run.json .pytest_cache .ruff_cache .hypothesis

.PHONY: report lab filters check test unit editions browser faults evidence chromium lock sbom audit clean
