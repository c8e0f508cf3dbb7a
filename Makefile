# Fengsui.  `make` alone prints the verbs; each does its own set-up first, once.

PYTHON ?= python3
DIR ?= build/demo
BOARD ?= pico_box

PY = .venv/bin/python
TWO_AT_ONCE = -n 2 --dist loadfile
THREE_VILLAGES = -n 3 --dist loadfile --no-loadscope-reorder
TYPES = .venv/bin/basedpyright --level error
MICROPYTHON = MICROPYPATH=.:tests/micropython:.frozen timeout --foreground 600 .tools/bin/micropython -X heapsize=16M

.DEFAULT_GOAL = help
.PHONY: help setup demo test test-shared test-shared32 test-host test-sim test-emulator test-chip \
	firmware firmware-twice images text emu emu-hour powercut prove chaos outage bench-wire bench-chip check format schema \
	constants vectors fuzz fuzz-modems fuzz-coverage draw-boards audit mutants page-picture lock clean
.NOTPARALLEL:

help:  ## print the verbs
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

setup:  ## install what is missing into .venv and .tools (nothing system-wide)
	@$(PYTHON) -m host_tools.setup

demo: setup text  ## a village and its county on this machine (CHECK=1: unattended; KEEP=dir: artefacts; ROADS=udp,beidou; PLAY=file)
	@.venv/bin/fengsui demo $(if $(filter 1,$(CHECK)),--check) $(if $(KEEP),--keep $(KEEP)) \
		$(if $(ROADS),--roads $(ROADS)) $(if $(PLAY),--play $(PLAY))

test: check test-shared test-host test-sim images test-shared32 test-emulator  ## what a change must pass
	@echo "All passed.  \`make emu\` (which CI runs too), \`make emu-hour\`, \`make test-chip\` and \`make mutants\` run by themselves."

test-shared: setup  ## the device code's tests, on MicroPython and on CPython
	$(MICROPYTHON) tests/run_shared.py
	$(PY) -m pytest --no-header tests/shared

test-shared32: setup  ## the same on 32-bit words with the heap of a small board
	@$(PY) -m host_tools.build shared32

test-host: setup text  ## the tests that need CPython
	$(PY) -m pytest --no-header $(TWO_AT_ONCE) tests/host

test-sim: setup text  ## the real Box process on pseudo-terminals; the demo, unattended
	$(PY) -m pytest --no-header $(THREE_VILLAGES) tests/sim

test-emulator: setup  ## the real UF2 on the emulated RP2040: wires, flash, technician, village
	$(PY) -m pytest --no-header $(TWO_AT_ONCE) --ignore tests/emulator/test_hour.py tests/emulator

test-chip: setup  ## tests/shared on the emulated RP2040, two chips at once; what an hour brings to the heap
	@$(PY) -m tests.emulator.shared_suite
	$(PY) -m pytest --no-header tests/emulator/test_hour.py

firmware: setup  ## build a board's UF2 (text tables in it) and slot image: make firmware BOARD=pico2_box
	@$(PY) -m host_tools.build firmware $(BOARD)

images: setup  # both boards
	@$(PY) -m host_tools.build firmware pico_box
	@$(PY) -m host_tools.build firmware pico2_box

firmware-twice: setup  ## build a board's images in two places and compare every byte
	@$(PY) -m host_tools.build reproducible $(BOARD)

text: setup  ## build the text tables of all languages into build/text, once
	@$(PY) -m host_tools.text

emu: setup  ## an evening of a Pico Box on the emulated chip, judged and held to its budget
	@$(PY) -m tests.emulator $(if $(KEEP),--keep $(KEEP))

powercut: setup  ## cut the power at every flash operation of 400 records; nothing kept is lost
	@$(PY) -m tests.powercut

prove: setup  ## every interleaving of Box, roads and county, within bounds: nothing lost, unproven or untrue
	@$(PY) -m tests.prove

chaos: setup  ## a bad road and restarts: make chaos SEED=1 MESSAGES=10000 LOSS=30 DUP=20 REORDER=50 RESTARTS=20
	@$(PY) -m tests.chaos $(if $(SEED),--seed $(SEED)) $(if $(MESSAGES),--messages $(MESSAGES)) \
		$(if $(LOSS),--loss $(LOSS)) $(if $(DUP),--dup $(DUP)) $(if $(REORDER),--reorder $(REORDER)) \
		$(if $(RESTARTS),--restarts $(RESTARTS))

outage: setup  ## days without a road, a satellite alone, calls behind all that waits: make outage HOURS=72
	@$(PY) -m tests.outage $(if $(HOURS),--hours $(HOURS))

emu-hour: setup  ## an hour on the emulated chip: is its memory as full after it? (up to an hour)
	@PYTHONPATH=tests/stand_ins $(PY) -m tests.emulator.hour

bench-wire: setup text  ## bytes and times of our messages beside JSON, CBOR, protobuf, COSE, BPv7 and CAP
	@$(PY) -m tests.bench_wire

fuzz: setup  ## broken frames through both interpreters: make fuzz N=200000 SEED=7
	@$(PY) -m tests.fuzz $(or $(N),20000) $(or $(SEED),1)

fuzz-modems: setup  ## broken lines through every modem's parser: make fuzz-modems N=1000000 SEED=7
	@$(PY) -m tests.fuzz.modems $(or $(N),1000000) $(or $(SEED),1)

fuzz-coverage: setup  ## look for new ways through the decoders: make fuzz-coverage MINUTES=10
	@$(PY) -m tests.fuzz.coverage $(or $(MINUTES),10) $(or $(SEED),1)

bench-chip: setup  ## how fast the emulated chip is on this machine
	@$(PY) -m tests.emulator.speed

check: setup  ## lint, layout and types
	.venv/bin/ruff check --quiet
	.venv/bin/ruff format --check --quiet
	$(TYPES) --project pyrightconfig.json
	$(TYPES) --project boards/pyrightconfig.json
	$(TYPES) --project boards/rp2/pyrightconfig.json
	$(TYPES) --project host_tools/pyrightconfig.json

format: setup  ## put the layout of the code right
	.venv/bin/ruff check --quiet --fix-only
	.venv/bin/ruff format --quiet

schema: setup  ## print protocol/messages.cddl and messages.pyi from the table
	$(PY) -m host_tools.print_schema

constants: setup  ## print the tables that a Box reads in its flash
	@$(PY) -m host_tools.print_constants

vectors: setup  ## write protocol/vectors.json anew: bytes, verdicts, meanings
	@$(PY) -m tests.vectors

draw-boards: setup  ## draw the wiring diagrams and pin tables of boards/ from the pin table
	$(PY) -m host_tools.draw_boards

audit: setup  ## judge kept artefacts again: make audit DIR=build/demo
	@$(PY) -m tests.audit $(DIR)

page-picture: setup  ## take the README's picture of the county's page (needs Chromium)
	$(PY) -m host_tools.demo.picture

mutants: setup text  ## break the code in many small ways; each must turn a named test red
	$(PY) -m tests.mutants

lock: setup  ## choose the newest Python dependencies and pin them again
	$(PYTHON) -m host_tools.setup.lock

clean:  ## remove what was built or cached; .venv and .tools stay
	rm -rf build .hypothesis .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path './.venv/*' -not -path './.tools/*' -prune -exec rm -rf {} +
