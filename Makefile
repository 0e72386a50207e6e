# Depthcue: `make help` says what there is.
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench bench-review bench-capture bench-streaming bench-panel screenshots train-review

# More for the program: make demo ARGS=--realtime      make test ARGS="tests/models -k hub"
ARGS =
export PYTHON

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv with the program, its model and the system libraries (the others do it too)
	@scripts/setup.sh demo

demo: setup ## play the bundled interview through the whole program; files go to demo-output/
	@.venv/bin/depthcue demo --out demo-output $(ARGS)

test: ## pass all tests
	@scripts/setup.sh test
	@.venv/bin/pytest -n 2 --dist loadfile $(ARGS)

lint: ## check style, types and the import rules
	@scripts/setup.sh test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: ## measure word errors, speed and memory (the interview; ARGS may be folders of calls)
	@scripts/setup.sh test
	@.venv/bin/python -m benchmarks.words $(ARGS)

bench-capture: ## measure capture and recording on a virtual sound card (ARGS="--minutes 1 --kills 20 --hours 0.5 --events 10")
	@scripts/setup.sh test
	@.venv/bin/python -m benchmarks.capture $(ARGS)

bench-streaming: ## measure live text in real time (the interview; ARGS may be folders of calls, --models tiny.en,base, --long 3)
	@scripts/setup.sh test
	@.venv/bin/python -m benchmarks.streaming $(ARGS)

bench-review: ## score the claim review: ARGS="FOLDER" with gold*.jsonl, dialogues_dev*.jsonl, *_qa.jsonl
	@scripts/setup.sh test
	@.venv/bin/python -m benchmarks.review $(ARGS)

bench-panel: ## measure the panel: window up, a long transcript, memory, blocks of the UI, CPU (ARGS="--only up,long")
	@scripts/setup.sh test
	@.venv/bin/python -m benchmarks.panel $(ARGS)

screenshots: ## draw the panel in all its states to screenshots/ (ARGS=--readme: docs/panel.png)
	@scripts/setup.sh test
	@.venv/bin/python scripts/screenshots.py $(ARGS)

train-review: ## train the review's sentence encoder anew (minutes on a GPU; needs 3 GB) into training/output/
	@training/run.sh $(ARGS)
