# CareHub. 'make run' from a fresh clone serves it; 'make test' proves it. Both make what they need (.venv, var/).

PYTHON ?= python3
# Words for what is run: make test ARGS="tests/clients -k consent"
ARGS ?=
# The launcher ends with make, however make ends.
launch = exec env CAREHUB_STOP_WITH_MAKE=$$PPID $(PYTHON) -m carehub.embedded

.DEFAULT_GOAL := help
.PHONY: help run manage test check fix proof bench vendor lock
.NOTPARALLEL:

help: ## these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: export PORT := $(PORT)
run: export CAREHUB_DEMO ?= 1
run: ## CareHub with a database of its own and the demonstration in it: make run PORT=8123
	@$(launch) run

manage: ## manage.py on that database: make manage ARGS="shell"
	@$(launch) manage $(ARGS)

test: ## all tests, in a database that is thrown away; ARGS go to pytest
	@$(launch) test $(ARGS)

check: ## lint, format, types, templates, migrations, system check, architecture; changes nothing
	@$(launch) check

fix: ## format, and the lint that mends itself
	@$(launch) fix

proof: ## every promise at its full count (long)
	@$(launch) proof $(ARGS)

bench: ## the speed table, printed and written as JSON
	@$(launch) bench $(ARGS)

vendor: ## static/vendor and tests/vendor anew from npm (developers, with Node.js)
	@bin/vendor

lock: ## the lock files anew from requirements*.txt (developers)
	@bin/lock
