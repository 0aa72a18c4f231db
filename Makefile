# report · test (unit · editions · browser · faults) · lab · check · bench · evidence · lock · sbom · audit · clean
PYTHON ?= python3
unexport PYTHONDONTWRITEBYTECODE  # otherwise every process would compile the package again
BIN := .venv/bin
# The folder of the partnership: this one, or one that `saferplymouth init` began.
PROJECT := .
HERE = cd "$(PROJECT)" && "$(CURDIR)/$(BIN)"

report: .venv/installed
	$(HERE)/saferplymouth run

lab: not-root .venv/installed filters
	$(HERE)/jupyter lab notebooks $(ARGS)

# JupyterLab would refuse too, in a line of its log.
not-root:
	@[ "$$(id -u)" != 0 ] || [ "$(findstring --allow-root,$(ARGS))" ] || { echo "JupyterLab does not start as root, because\
	 whoever reaches it could change anything here. Run 'make lab' as another user. In a container of its own:\
	 make lab ARGS=--allow-root" >&2; exit 2; }

# Makes git leave notebook outputs out of commits and show changes cell by cell. A download has no git.
filters: GITCONFIG = $(if $(filter .,$(PROJECT)),..,$(CURDIR))/.gitconfig
filters:
	@cd "$(PROJECT)" && { [ ! -e .git ] || git config --get-all include.path | grep -Fqx "$(GITCONFIG)" || \
	  git config --add include.path "$(GITCONFIG)"; }

check: .venv/installed
	$(HERE)/saferplymouth check

test: .venv/tested-with chromium
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/pytest

# One kind of test.
unit editions browser faults: .venv/tested-with chromium
	$(BIN)/pytest tests/$@

# Measures an edition against what else could build it, and writes the table into docs/performance.md:
# about 25 minutes with RUNS=3.
bench: .venv/tested-with
	$(BIN)/python tests/bench/edition.py edition --runs $(or $(RUNS),3)

# Measures speed, memory and false alarms and writes tables into docs: six hours, and about 5 GB of
# disk. One part: see docs/performance.md and docs/signals.md. YEARS=PATH adds real series.
evidence: .venv/tested-with
	$(BIN)/python tests/bench/street.py
	$(BIN)/python tests/bench/edition.py
	$(BIN)/python tests/bench/history.py
	$(BIN)/python tests/bench/preview.py
	$(BIN)/python tests/bench/comments.py
	$(BIN)/python tests/bench/signals.py $(if $(YEARS),--years $(YEARS))

# uv installs the dependencies from lock files with hashes, which include uv's own. The package itself
# is installed editable, without dependencies.
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

# The pages are tested in the system's Chromium; apt installs it if it is missing.
chromium:
	@command -v chromium >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq chromium; }
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

COMPILE = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate \
  --no-header --group build --group lab

lock: .venv/installed
	$(COMPILE) -o requirements.lock pyproject.toml
	$(COMPILE) --group test -o requirements-test.lock pyproject.toml

# The software bill of materials (CycloneDX) of what is installed; audit lists its known vulnerabilities.
sbom: .venv/installed
	sed -n 's/^\([a-z0-9][^\\]*[^ \\]\) *\\*$$/\1/p' requirements.lock | $(BIN)/uv tool run --from 'cyclonedx-bom==7.*' \
	  cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --short-PURLs -o docs/sbom.json -

audit: .venv/installed
	$(BIN)/uv tool run 'pip-audit==2.*' --strict --disable-pip --require-hashes -r requirements.lock

# Keeps the editions: a final one, with the reasons for its corrections, exists nowhere else.
clean:
	rm -rf .venv data/processed/*.parquet data/processed/last-run.json .pytest_cache .ruff_cache .hypothesis

.PHONY: report lab not-root filters check test unit editions browser faults bench evidence chromium lock sbom audit clean
