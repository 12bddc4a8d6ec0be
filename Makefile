# Two commands do everything: `make quickstart` and `make test`.

PREFIX ?= /usr/local
SWIFT ?= swift

PACKAGES := libsqlite3-dev
ATTUNE := .build/release/attune
# The Swift libraries are linked in, so that the program runs where no Swift is.
RELEASE := -c release --static-swift-stdlib --product attune

.PHONY: quickstart build test setup lint format sample-scikit-learn sample-partial-fit sample-population sample-pytorch sample-ask-tell schemas-check fuzz faults bench bench-search install clean

## Install what is missing, build a release, and tune a real model on a real data set.
quickstart: build
	$(ATTUNE) apply samples/quickstart/experiment.yaml --yes

## Build the program: .build/release/attune
build: setup
	$(SWIFT) build $(RELEASE)

## Build and run the tests.
test: setup
	@scripts/setup libyaml-dev
	$(SWIFT) test

setup:
	@scripts/setup $(PACKAGES)

## Check the layout of the sources.
lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

format:
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift

## Tune scikit-learn models, in a virtual environment of the sample's own.
sample-scikit-learn: build samples/scikit-learn/.venv/ready
	$(ATTUNE) apply samples/scikit-learn/experiment.yaml --yes

## Train a little first, and the best longer, from checkpoints.
sample-partial-fit: build samples/scikit-learn/.venv/ready
	ln -sfn ../scikit-learn/.venv samples/partial-fit/.venv
	$(ATTUNE) apply samples/partial-fit/experiment.yaml --yes

## Train a population, of which the worst go on from the best.
sample-population: build samples/scikit-learn/.venv/ready
	ln -sfn ../scikit-learn/.venv samples/population/.venv
	$(ATTUNE) apply samples/population/experiment.yaml --yes

## The same with PyTorch, which is a large download: in a virtual environment of its own.
sample-pytorch: build samples/pytorch/.venv/ready
	$(ATTUNE) apply samples/pytorch/experiment.yaml --yes

## The same from a program of one's own, by asking and telling.
sample-ask-tell: build samples/scikit-learn/.venv/ready
	cd samples/ask-tell && ATTUNE=$(CURDIR)/$(ATTUNE) ../scikit-learn/.venv/bin/python tune.py

samples/%/.venv/ready: samples/%/requirements.txt
	@python3 -c 'import ensurepip, venv' 2>/dev/null || scripts/setup python3-venv
	python3 -m venv samples/$*/.venv
	samples/$*/.venv/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

## Hold the schemas, the compiler and the documents together.
schemas-check: build .build/schemas-venv/ready
	.build/schemas-venv/bin/python Tests/Schemas/check.py $(ATTUNE)

.build/schemas-venv/ready: Tests/Schemas/requirements.txt
	@python3 -c 'import ensurepip, venv' 2>/dev/null || scripts/setup python3-venv
	python3 -m venv .build/schemas-venv
	.build/schemas-venv/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

## Look for inputs that the compiler cannot bear: `make fuzz SECONDS=3600` looks for an hour, twice.
SECONDS ?= 60
FUZZ := .build/fuzz

fuzz: setup
	ATTUNE_FUZZ=1 $(SWIFT) build -c release --scratch-path $(FUZZ) --product FuzzBytes
	ATTUNE_FUZZ=1 $(SWIFT) build -c release --scratch-path $(FUZZ) --product FuzzStructure
	Tests/Fuzz/run $(FUZZ) bytes $(SECONDS)
	Tests/Fuzz/run $(FUZZ) structure $(SECONDS)

## Kill an apply at each of its system calls, make them fail, fill the disk and cut the power: an hour, as root.
faults: build
	@scripts/setup strace e2fsprogs
	for fault in kill errors random applies full power; do python3 Tests/Faults/faults.py $(ATTUNE) $$fault || exit 1; done

## Measure: docs/benchmarks.md says what the figures mean. Beside Optuna, where it can be had.
bench: build
	-@$(MAKE) --no-print-directory .build/bench-venv/ready
	python3 Benchmarks/run.py $(ATTUNE) $$(test -e .build/bench-venv/ready && echo --optuna .build/bench-venv/bin/python)

.build/bench-venv/ready: Benchmarks/requirements.txt
	@python3 -c 'import ensurepip, venv' 2>/dev/null || scripts/setup python3-venv
	python3 -m venv .build/bench-venv
	.build/bench-venv/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

## Compare the search with Optuna's, Hyperopt's and Nevergrad's on a few problems; docs/benchmarks.md says how to run all.
SEARCH := .build/bench-search/bin/python Benchmarks/search
SEARCH_RUNS := .build/bench-search/runs.jsonl

bench-search: build .build/bench-search/ready
	ATTUNE=$(ATTUNE) $(SEARCH)/run.py --optimisers random,attune,attune-tpe,optuna-tpe,hyperopt,nevergrad --out $(SEARCH_RUNS)
	$(SEARCH)/report.py $(SEARCH_RUNS)

.build/bench-search/ready: Benchmarks/search/requirements.txt
	@python3 -c 'import ensurepip, venv' 2>/dev/null || scripts/setup python3-venv
	python3 -m venv .build/bench-search
	.build/bench-search/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

install: build
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(ATTUNE) $(DESTDIR)$(PREFIX)/bin/attune

clean:
	rm -rf .build
