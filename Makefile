# Frontdesk. `make help` lists the commands.

UV := $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
RUN := tools/step

.PHONY: help setup run train test lint bench bench-screening lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 26

run: setup ## Start everything: simulator, desk, health; Ctrl-C stops it
	@exec .venv/bin/frontdesk run

setup: .venv/.ready .venv-rasa/.ready ## Make both environments from their locks

train: setup ## Train the language model if its files have changed
	@.venv/bin/frontdesk train --if-stale

test: setup ## Everything that CI checks
	@tools/test

lint: setup ## Formatting, types and import contracts only
	@tools/lint

bench: setup ## Measure this assistant against a stock one, and the webhook's latency
	@.venv/bin/python -m bench.assistant

bench-screening: setup .venv-presidio/.ready ## Measure screening beside Presidio: what it finds, what it flags wrongly
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 .venv/bin/python -m bench.screening_comparison

lock: $(UV) ## Bring the locks up to date with pyproject.toml and requirements-*.in
	$(UV) lock
	$(UV) pip compile -q -p 3.10 requirements-rasa.in --override requirements-rasa-overrides.txt \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header -o requirements-rasa.txt
	$(UV) pip compile -q -p 3.11 requirements-uv.in \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header -o requirements-uv.txt
	$(UV) pip compile -q -p 3.11 requirements-presidio.in \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header -o requirements-presidio.txt

clean: ## Remove the environments, the models and the data folder
	rm -rf .venv .venv-rasa .venv-presidio .tools models var .rasa results

.tools/uv/bin/uv: requirements-uv.txt
	@$(RUN) "installer" bash -c 'python3 -m venv --clear .tools/uv && .tools/uv/bin/pip install -q --require-hashes -r requirements-uv.txt'

.venv/.ready: pyproject.toml uv.lock | $(filter .tools/%,$(UV))
	@$(RUN) "main environment (Python 3.11)" $(UV) sync -q --frozen -p 3.11
	@touch $@

.venv-rasa/.ready: requirements-rasa.txt | $(filter .tools/%,$(UV))
	@$(RUN) "Rasa environment (Python 3.10)" bash -c '$(UV) venv -q --clear -p 3.10 .venv-rasa && $(UV) pip sync -q -p .venv-rasa/bin/python --require-hashes requirements-rasa.txt'
	@rm -rf .venv-rasa/lib/python3.10/site-packages/rasa/cli/initial_project/tests # `rasa test` would take these for the project's own
	@touch $@

.venv-presidio/.ready: requirements-presidio.txt | $(filter .tools/%,$(UV))
	@$(RUN) "Presidio's environment, for the comparison alone" bash -c '$(UV) venv -q --clear -p 3.11 .venv-presidio && $(UV) pip sync -q -p .venv-presidio/bin/python --require-hashes requirements-presidio.txt'
	@touch $@
