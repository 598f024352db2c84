# Every target makes and keeps up its own environment in .venv; nothing needs to be installed before but Python >= 3.10.
# make PYTHON=/path/to/python3 …      start from another interpreter
# make TORCH_INDEX_URL=… …            take PyTorch from a package index of your own

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := .venv/bin
WORKERS ?= 3
export PYTHON TORCH_INDEX_URL
# Tests and benches start hundreds of processes: each would compile PyTorch and all that it imports anew, 6 s of a core.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo docs serve test lint types unit panel slurm slurm-programs test-long coverage format bench-api bench-recovery bench-faults \
	bench-throughput bench-accuracy bench-ablation bench-gpu bench-labels bench-loop bench doctor lock runtime tools clean clean-all

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

demo: bench ## the whole loop on generated scans; writes demo/report.html
	$(BIN)/dualnetssl demo --output demo

docs: ## the documentation as a site, with a reference of the code: build/docs/README.html
	@scripts/setup.sh docs
	.venv-docs/bin/sphinx-build --fail-on-warning --keep-going --quiet -c docs/site -b html . build/docs
	@echo "build/docs/README.html"

serve: runtime ## the training server on this computer; prints what to paste into Slicer
	$(BIN)/dualnetssl serve

doctor: runtime ## what this computer can do: devices, memory, versions
	$(BIN)/dualnetssl doctor

bench-api: bench ## how fast the server answers while a job trains and clients upload or poll
	$(BIN)/dualnetssl bench api

bench-recovery: bench ## time and steps lost when the worker or the server is killed
	$(BIN)/dualnetssl bench recovery

bench-faults: bench ## real servers under kills, full disks, damaged stores, wrong clocks; who survives
	$(BIN)/dualnetssl bench faults --output bench/faults

bench-throughput: bench ## steps a second and prediction, beside a plain loop, on the best device there is
	$(BIN)/dualnetssl bench throughput --output bench/throughput

# make bench-accuracy DATA=FOLDER PROTOCOL=left-atrium …   hours on a CPU; run again, it goes on where it stopped
PROTOCOL ?= hippocampus
ON_DATA = $(BIN)/dualnetssl bench $(@:bench-%=%) --data "$(DATA)" --protocol $(PROTOCOL) \
	--output bench/$(PROTOCOL)-$(@:bench-%=%)

bench-accuracy: bench ## what unlabelled scans bring, on DATA=FOLDER [PROTOCOL=left-atrium]
	$(ON_DATA)

bench-ablation: bench ## which term does it, on the same
	$(ON_DATA)

bench-loop: bench ## Dice against a clinician's effort, on the same
	$(ON_DATA)

bench-labels: bench ## Dice against an expert's minutes, by how the first labels are painted, on the same
	$(ON_DATA)

# make bench-gpu DATA="PART1 PART2" [HIPPOCAMPUS=FOLDER]   all that is worth a GPU, in the MINUTES (8) that it can be had
MINUTES ?= 8
bench-gpu: bench ## speed of a GPU and, on DATA=FOLDER, the literature's left atrium
	$(BIN)/dualnetssl bench gpu --together --minutes $(MINUTES) $(if $(DATA),--data $(DATA)) \
		$(if $(HIPPOCAMPUS),--hippocampus $(HIPPOCAMPUS)) --output bench/gpu

test: lint types coverage unit ## everything that must hold: style, types, tests, coverage

lint: tools ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# Once more as the oldest Python sees it: what came later is not there. Both at once, each with a core.
types: tools ## mypy, strict
	$(BIN)/mypy & \
	$(BIN)/mypy --python-version 3.10 --no-warn-return-any --cache-dir .mypy_cache/oldest; \
	wait $$!

# Files are begun in the order of server/tests/conftest.py: xdist's own has those of few tests, often the longest, last.
PYTEST = OMP_NUM_THREADS=1 $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=10
SAFE_TESTS := server/tests/server server/tests/contract server/tests/volumes server/tests/cli/test_user.py

# What keeps data and jobs safe is covered whole, by its own tests: the others take half as long again under coverage.
SAFE := server/store/* server/supervisor/* server/engines/* server/engines/slurm/* server/blobs.py \
	contract/schema.py contract/jobdir.py contract/jobspec.py
comma := ,
empty :=
coverage: tools ## tests of what keeps data and jobs safe, with its coverage
	rm -f .coverage .coverage.*
	$(PYTEST) -m "not long" --cov --cov-report= $(SAFE_TESTS)
	$(BIN)/coverage report --fail-under=100 --precision=1 \
		--include='$(subst $(empty) $(empty),$(comma),$(addprefix server/src/dualnetssl/,$(SAFE)))'

unit: tools ## all other tests, and the examples in docstrings
	$(PYTEST) -m "not long" $(SAFE_TESTS:%=--ignore-glob='%')

panel: tools ## tests of the panel in the headless host of Slicer, which unit has too
	$(PYTEST) -m "not long" Testing/Python/panel Testing/Python/common Testing/Python/module Testing/Python/host

# On Debian, as root. make test runs the test of a real cluster where its programs are, and installs none.
SLURM_PACKAGES := slurmctld slurmd slurm-client munge
slurm-programs:
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $(SLURM_PACKAGES)

slurm: tools slurm-programs ## the engine for Slurm with a real cluster of one node, which it installs
	$(PYTEST) -n 0 -rs server/tests/server/test_slurm_cluster.py

test-long: tools ## tests that take most of a minute each; make test leaves them out
	$(PYTEST) -m long

format: tools ## put the code into its standard form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.10 --no-python-downloads --no-config \
	--generate-hashes --no-annotate --custom-compile-command "make lock" --override requirements/without-torch.txt
lock: tools ## newest versions into requirements/*.lock, with their hashes
	$(COMPILE) --upgrade requirements/setup.in -o requirements/setup.lock
	$(COMPILE) --upgrade server/dependencies.txt requirements/runtime.in -o requirements/runtime.lock
	$(COMPILE) --upgrade requirements/bench.in -c requirements/runtime.lock -o requirements/bench.lock
	$(COMPILE) --upgrade requirements/test.in -c requirements/runtime.lock -c requirements/bench.lock -o requirements/test.lock
	$(COMPILE) --upgrade requirements/docs.in -o requirements/docs.lock

runtime:
	@scripts/setup.sh runtime

bench:
	@scripts/setup.sh bench

tools:
	@scripts/setup.sh test

clean: ## remove what tests and the demo wrote
	rm -rf demo .pytest_cache .mypy_cache .ruff_cache .coverage .coverage.* htmlcov
	find server DualNetSSL DualNetSSLLib Testing -name __pycache__ -type d -prune -exec rm -rf {} +

clean-all: clean ## … and the environment
	rm -rf .venv
