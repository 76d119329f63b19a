"""Pages of explorers with the book's loader, served on 127.0.0.1, and one browser for all tests."""

import json
import os
import re
import shutil

import pytest
from built import BOOK, BUDGET, MODULES, SHOTS, is_offline, pages, table
from cdn import answering
from chromium import absent, browser
from harness import LOADER, is_lack, lacking, page, serving, unbuilt, wake
from probes import probes
from xdist.scheduler import LoadScopeScheduling

from neuropath.publish import vendor
from neuropath.publish.explorer_scripts import write_scripts
from neuropath.widgets import EXPLORERS, write_modules

PARTS = BUDGET.with_suffix("")  # what each worker measures, until the end


class ByPage(LoadScopeScheduling):
    """A worker takes a whole page of the book, or a whole file of other tests."""

    def _split_scope(self, nodeid):
        file, _, test = nodeid.partition("::")
        page = re.search(r"\[(.+\.html)", test)
        return page[1] if page and file.endswith("test_browser_book.py") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """For `--dist loadgroup`: with pytest 9.2 xdist 3.8 cannot write a group into a test's name any more."""
    return ByPage(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Under CI a skip of these tests is a failure, whoever skips."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple) and is_lack(report.longrepr[2]):
        report.outcome = "failed"
        report.longrepr = f"CI tests everything, and this was skipped: {report.longrepr[2]}"
    return report


def pytest_terminal_summary(terminalreporter):
    """The page budget as a file, and as a table below the tests."""
    if "PYTEST_XDIST_WORKER" in os.environ:  # the one that started the workers tells
        return
    rows = {}
    for part in sorted(PARTS.glob("*.json")):
        rows |= json.loads(part.read_text(encoding="utf-8"))
    shutil.rmtree(PARTS, ignore_errors=True)
    if rows:
        rows = {page: rows[page] for page in pages() if page in rows}
        BUDGET.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        terminalreporter.section("page budget: 4 x slower processor, empty cache")
        terminalreporter.write_line(table(rows))
        terminalreporter.write_line(f"pictures: {SHOTS}")


@pytest.fixture(scope="session")
def measured():
    """Takes what was measured on a page; kept for the summary."""
    rows = {}
    yield rows
    if rows:
        PARTS.mkdir(parents=True, exist_ok=True)
        worker = os.environ.get("PYTEST_XDIST_WORKER", "all")
        (PARTS / f"{worker}.json").write_text(json.dumps(rows), encoding="utf-8")


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Address of a folder with `_static/` as the built book has it, and pages of explorers.

    `index.html` has all, `three.html` the first three, `<module>.html` one as it starts and at its probes.
    """
    folder = tmp_path_factory.mktemp("site")
    write_scripts(folder / "_static" / "explorers")
    write_modules(folder / "modules")
    (folder / "_static" / "explorers.mjs").write_bytes(LOADER.read_bytes())
    made = {"index": [cls() for cls in EXPLORERS], "three": [cls() for cls in EXPLORERS[:3]]}
    made |= {cls.module: [cls(), *(cls(**probe.traits) for probe in probes(cls))] for cls in EXPLORERS}
    for name, explorers in made.items():
        (folder / f"{name}.html").write_text(page(explorers), encoding="utf-8")
    with serving(folder) as address:
        yield address


@pytest.fixture(scope="session")
def one_browser(tmp_path_factory):
    if absent():
        lacking(f"the browser tests need Chromium and its driver: {absent()}")
    with browser(tmp_path_factory.mktemp("chromium")) as session:
        yield session


@pytest.fixture(scope="module")
def chromium(one_browser):
    """The browser, left with an empty page and an empty console to the next file of tests."""
    yield one_browser
    one_browser.get("about:blank")
    one_browser.complaints()


@pytest.fixture
def open_page(chromium, site):
    """Open a page afresh in a viewport and theme; all its explorers are alive when this returns."""

    def open_(width=900, theme=None, name="index", **media):
        chromium.emulate(width, 900, **media)
        chromium.complaints()  # what an earlier test's page complained of is not this one's
        chromium.get(f"{site}/{name}.html")
        chromium.run("document.documentElement.dataset.theme = arguments[0] ?? ''", theme)
        wake(chromium)
        return chromium

    return open_


@pytest.fixture(scope="session")
def book():
    """Address of the built book; which build it is, `is_offline` tells."""
    if missing := [page for page in pages() if not (BOOK / page).is_file()]:
        unbuilt(missing[0])
    with serving(BOOK) as address:
        yield address


@pytest.fixture(scope="module")
def outside(book, chromium):
    """What stands for the world outside: the CDN, answered from npm's files, or nothing at all."""
    if is_offline():
        yield None
        return
    if not (MODULES / vendor.PACKAGE).is_dir():
        lacking("the CDN is answered from npm's files: run `neuropath vendor` first")
    with answering(chromium, MODULES) as cdn:
        yield cdn
