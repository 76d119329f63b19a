"""Front-end files: npm's by the lock, pinned by hash in the default build, bundled in the offline one."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from sphinx.errors import ConfigError, ExtensionError

from neuropath.publish import offline, vendor

ROOT = Path(__file__).resolve().parents[2]
NAMED = json.loads((ROOT / "package.json").read_text())["dependencies"]  # the one place of a version
PINNED = f"https://cdn.jsdelivr.net/npm/mathjax@{NAMED['mathjax']}/es5/tex-chtml-full.js"
CONF = """
extensions = ["myst_parser", "neuropath.publish.offline"]
html_theme = "sphinx_book_theme"
myst_enable_extensions = ["dollarmath"]
"""
PAGES = {
    "index.md": "# Home\n\n$\\boldsymbol{x}$\n\n```{toctree}\ndeep/page\nplain\n```\n",
    "deep/page.md": "# Deep\n\n$$y = x^2$$\n",
    "plain.md": "# Plain\n\nNo formula; a [link](https://example.org/), which loads nothing.\n",
}


@pytest.fixture(scope="module")
def package():
    """npm's folder of MathJax, fetched once."""
    if not (vendor.is_ready(ROOT) or shutil.which("npm")):
        if os.environ.get("CI") == "true":
            pytest.fail("the offline book needs npm, and CI installs it: npm is not installed", pytrace=False)
        pytest.skip("the offline book is tested with npm's files: npm is not installed")
    return vendor.install(ROOT)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "conf.py").write_text(CONF)
    for name, text in PAGES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


def build(source: Path, out: Path, switch: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", str(source), str(out)]
    environment = os.environ | {"NEUROPATH_OFFLINE": switch}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def default(source):
    out = source / "_default"
    done = build(source, out, "")
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def bundled(source, package):
    out = source / "_bundled"
    done = build(source, out, "yes")
    assert done.returncode == 0, done.stderr
    return out


def pages(out: Path) -> dict[str, str]:
    return {p.relative_to(out).as_posix(): p.read_text() for p in out.rglob("*.html")}


def test_the_default_build_names_one_version_with_its_hash(default):
    for name in ("index.html", "deep/page.html"):
        text = pages(default)[name]
        assert offline.foreign(text) == [PINNED]
        tag = re.search(f'<script [^>]*src="{re.escape(PINNED)}"[^>]*>', text).group()
        assert f'integrity="{vendor.recorded()["files"]["es5/tex-chtml-full.js"]}"' in tag
        assert 'crossorigin="anonymous"' in tag
    assert offline.foreign(pages(default)["plain.html"]) == []
    assert not (default / "_static" / "mathjax").exists()


def test_the_hash_is_that_of_npms_file(package):
    assert vendor.measured(package) == vendor.recorded()
    bytes_ = (package / "es5" / "tex-chtml-full.js").read_bytes()
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the hash is computed a second time by openssl: openssl is not installed")
    command = [openssl, "dgst", "-sha384", "-binary"]
    digest = subprocess.run(command, input=bytes_, capture_output=True, check=True).stdout
    text = subprocess.run([openssl, "base64", "-A"], input=digest, capture_output=True, check=True).stdout
    assert vendor.recorded()["files"]["es5/tex-chtml-full.js"] == f"sha384-{text.decode()}"


def test_an_offline_build_names_no_host_and_brings_what_it_names(bundled, package):
    everything = pages(bundled) | {str(p): p.read_text() for p in bundled.rglob("*.css")}
    assert {name: offline.foreign(text) for name, text in everything.items() if offline.foreign(text)} == {}
    for name in ("index.html", "deep/page.html"):
        (script,) = re.findall(r'<script [^>]*src="([^"?]*mathjax[^"?]*)', pages(bundled)[name])
        file = (bundled / name).parent / script
        assert file.read_bytes() == (package / "es5" / "tex-chtml-full.js").read_bytes()
        assert "integrity=" not in pages(bundled)[name]  # a page that is opened as a file could not load it
    for name, hash_ in vendor.recorded()["files"].items():
        assert vendor.integrity((bundled / "_static" / "mathjax" / name).read_bytes()) == hash_
    for name in (
        "ui/menu.js",
        "a11y/explorer.js",
        "input/mml.js",
        "sre/mathmaps/en.json",
    ):  # the menu's wishes
        assert (bundled / "_static" / "mathjax" / "es5" / name).is_file()
    assert "Apache License" in (bundled / "_static" / "mathjax" / "LICENSE").read_text()


def test_the_script_needs_no_other_for_any_of_its_commands(package):
    """Its smaller siblings fetch extensions when a formula first asks: from the CDN, without a hash."""
    whole = (package / "es5" / "tex-chtml-full.js").read_text()
    part = (package / "es5" / "tex-chtml.js").read_text()
    assert 'preLoad("[tex]/action"' in whole
    assert 'preLoad("[tex]/action"' not in part


def test_without_mathjax_a_page_says_so(default):
    for name in ("index.html", "deep/page.html"):
        text = pages(default)[name]
        assert re.search(r"<noscript><p [^>]*><em>No JavaScript runs here: formulas stand as the TeX", text)
        assert re.search(r'<p class="[^"]*plain-tex-note" role="status" hidden><em>MathJax', text)
        assert re.search(r'<script [^>]*onerror="[^"]*note\.hidden = false', text)
    assert "plain-tex-note" not in pages(default)["plain.html"]


def test_an_offline_build_that_loads_something_from_elsewhere_fails(tmp_path, package):
    (tmp_path / "conf.py").write_text(CONF + 'html_css_files = ["https://fonts.example.org/a.css"]\n')
    (tmp_path / "index.md").write_text("# Home\n")
    assert build(tmp_path, tmp_path / "_a", "no").returncode == 0
    done = build(tmp_path, tmp_path / "_b", "yes")
    assert done.returncode != 0
    assert "index.html: https://fonts.example.org/a.css" in done.stderr


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ('<script defer src="https://a.org/x.js">', ["https://a.org/x.js"]),
        ("<link rel=preload href=//a.org/f.woff>", ["//a.org/f.woff"]),
        ('<img alt="x"\n src="http://a.org/i.png"/>', ["http://a.org/i.png"]),
        ("@font-face{src:url('https://a.org/f.woff')}", ["https://a.org/f.woff"]),
        ('@import "https://a.org/a.css";', ["https://a.org/a.css"]),
        ('<a href="https://a.org/">', []),
        (
            '<link rel="canonical" href="https://a.org/p.html"/>',
            [],
        ),  # says where the page lives, loads nothing
        ('<img src="../_images/a.svg"><script src="/x//y.js"></script>', []),
        ("&lt;script src=&quot;https://a.org/x.js&quot;&gt;", []),
    ],
)
def test_what_counts_as_loaded_from_elsewhere(text, hosts):
    assert offline.foreign(text) == hosts


def test_a_default_build_drops_what_an_offline_one_left(bundled, source, package):
    again = source / "_again"
    shutil.copytree(bundled, again)
    assert build(source, again, "no").returncode == 0
    assert not (again / "_static" / "mathjax").exists()
    assert offline.foreign(pages(again)["index.html"]) == [PINNED]


def test_an_offline_build_before_the_files_are_there_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(offline, "ROOT", tmp_path)
    monkeypatch.setenv("NEUROPATH_OFFLINE", "yes")
    shutil.copy(ROOT / "package-lock.json", tmp_path)
    with pytest.raises(ConfigError, match="run `neuropath vendor` first"):
        offline.choose(None, SimpleNamespace())


@pytest.mark.parametrize(
    ("word", "meant"), [("yes", True), ("1", True), ("", False), ("no", False), (" Yes ", True)]
)
def test_the_switch(word, meant):
    assert offline.is_offline({"NEUROPATH_OFFLINE": word}) is meant
    assert offline.is_offline({}) is False
    with pytest.raises(ConfigError, match="should be yes or no and is 'perhaps'"):
        offline.is_offline({"NEUROPATH_OFFLINE": "perhaps"})


def test_a_failed_build_is_left_as_it_is(tmp_path):
    kept = tmp_path / "_static" / "mathjax"
    kept.mkdir(parents=True)
    app = SimpleNamespace(outdir=tmp_path, builder=SimpleNamespace(format="html"))
    offline.hold_to_it(app, ExtensionError("something else"))
    assert kept.exists()


def test_the_book_loads_jupyter_books_extensions_less_the_button_that_cannot_work():
    from jupyter_book.config import get_default_sphinx_config

    ours = yaml.safe_load((ROOT / "_config.yml").read_text())["sphinx"]["config"]["extensions"]
    assert set(get_default_sphinx_config()["extensions"]) - set(ours) == {"sphinx_thebe"}
