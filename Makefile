# Every target is a line or two that also works typed by hand (README.md shows them for Windows).
RIGHT := import sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,13))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c "$(RIGHT)" 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PY := $(BIN)/python
READY := .venv/ready
# Two kernels or test workers share two cores: BLAS threads of each would only fight over them.
export OPENBLAS_NUM_THREADS ?= 1
UV := $(shell command -v uv 2>/dev/null)
# OFFLINE=yes: the book brings MathJax along (from npm, once) instead of naming its public CDN.
ifdef OFFLINE
export NEUROPATH_OFFLINE := $(OFFLINE)
endif

# SOLUTIONS=no: the book for a class. What works on the built book then works in a copy without solutions.
ifneq ($(filter-out yes no,$(SOLUTIONS)),)
$(error SOLUTIONS should be yes or no and is $(SOLUTIONS))
endif
ifeq ($(SOLUTIONS),no)
HOME_OF_BOOK := $(CURDIR)/_build/class
else
HOME_OF_BOOK := $(CURDIR)
endif
IN_BOOK = cd "$(HOME_OF_BOOK)" && "$(CURDIR)/$(BIN)"

.PHONY: book pdf test browse check notebooks figures lab serve lock publish-url vendor clean

book: $(READY)  ## execute the pages, build the book; OFFLINE=yes: one that names no other host; SOLUTIONS=no: for a class
	$(if $(filter yes 1 true on,$(NEUROPATH_OFFLINE)),$(PY) -m neuropath.cli vendor)
	$(PY) -m neuropath.visualizations
	$(if $(filter no,$(SOLUTIONS)),$(PY) -m neuropath.publish.classroom)
	$(IN_BOOK)/python -m neuropath.cli execute
	$(IN_BOOK)/jupyter-book build . -q -W -n --keep-going
	$(if $(filter no,$(SOLUTIONS)),$(PY) -m neuropath.publish.classroom --check)
	@echo "The book is ready in $(HOME_OF_BOOK)/_build/html: open index.html there, or type 'make serve$(if $(filter no,$(SOLUTIONS)), SOLUTIONS=no)'."

pdf: book  ## the whole book as one PDF (needs Chromium or Chrome; without a network add OFFLINE=yes)
	$(IN_BOOK)/python -m neuropath.cli pdf

test: check  ## everything: formatting, types, unit tests, every notebook, the Colab rehearsal
	$(PY) -m pytest -n 2 --dist loadfile
	$(PY) -m pytest -c tests/notebooks/pytest.ini --nbval-lax -n 2 --dist loadfile sessions
	$(PY) tests/colab/rehearse.py

browse: $(READY)  ## every page of the book as built last, in a real browser; its page budget and pictures
	-$(PY) -m neuropath.cli vendor
	NEUROPATH_BROWSE=yes $(PY) -m pytest -n 2 --dist loadgroup tests/browser/test_browser_book.py tests/browser/test_browser_book_features.py tests/browser/test_browser_text.py tests/browser/test_browser_as_a_file.py

check: $(READY)  ## the fast part: formatting, types, notebooks in step with their pages
	$(BIN)/ruff format --check . && $(BIN)/ruff check .
	$(BIN)/mypy
	$(PY) -m neuropath.cli notebooks --check

vendor: $(READY)  ## after an edit of package.json: its lock and the hashes in book/vendor.json anew
	npm install --package-lock-only
	$(PY) -m neuropath.cli vendor --write

notebooks: $(READY)  ## write sessions/*.ipynb and the self-checks from the pages
	$(PY) -m neuropath.cli notebooks

figures: $(READY)  ## render the figures to SVG
	$(PY) -m neuropath.visualizations

lab: $(READY)  ## open the notebooks in JupyterLab
	$(BIN)/jupyter-lab sessions

serve: $(READY)  ## serve the built book on 127.0.0.1 and open it
	$(IN_BOOK)/python -m neuropath.cli serve

lock: $(READY)  ## resolve requirements.lock anew
	$(BIN)/uv pip compile pyproject.toml --extra app --extra book --extra test --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements.lock

publish-url: $(READY)  ## write the repository's address (git remote) into _config.yml, notebooks and README
	$(PY) -m neuropath.cli publish-url

clean:  ## remove everything that was built (the environment stays; remove .venv by hand)
	rm -rf _build book/_static/figures book/_static/explorers .pytest_cache .mypy_cache .ruff_cache

$(READY): requirements.lock pyproject.toml
	@"$(PYTHON)" -c "$(RIGHT)" 2>/dev/null || { echo "The course needs Python 3.11, 3.12 or 3.13 and found $(or $(PYTHON),none). Install one, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; }
ifdef UV
	$(UV) venv --quiet --allow-existing --no-python-downloads --python "$(PYTHON)" .venv
	$(UV) pip install --quiet --python $(PY) --compile-bytecode --require-hashes -r requirements.lock
	$(UV) pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
else
	"$(PYTHON)" -m venv .venv
	$(PY) -m pip install --quiet --require-hashes -r requirements.lock
	$(PY) -m pip install --quiet --no-deps --no-build-isolation --editable .
endif
	@touch $(READY)
