"""MathJax for the book: from npm by package-lock.json, and the hashes that pin the copy on the CDN to it.

Nothing of it is committed. `book/vendor.json` records the SHA-384 of each file that a page may load; the
default build asks browsers to compare the script, so that the CDN can hand out npm's file or none.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

RECORD = Path(__file__).resolve().parents[3] / "book" / "vendor.json"
PACKAGE = "mathjax"
# Every TeX extension in one file: the smaller bundles fetch `\boldsymbol` and others later, without a hash.
SCRIPT = "es5/tex-chtml-full.js"
# Bundled: the script, its fonts, and what its menu can switch on (speech, formulas explored by keys).
PINNED = (SCRIPT, "es5/output/chtml/fonts/woff-v2/*")
BUNDLED = (
    *PINNED,
    "es5/a11y/*",
    "es5/input/mml.js",
    "es5/input/mml/**/*",
    "es5/sre/**/*",
    "es5/ui/*",
    "LICENSE",
)
SECONDS = 600  # for npm, which tries again when a network is slow
ADVICE = "Is the network there? Without one, build without OFFLINE: only such a book's readers need one."
NPM_FILES = ("package.json", "package-lock.json", ".npmrc")


def integrity(data: bytes) -> str:
    """The `integrity` attribute of a file with these bytes."""
    return "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()


def recorded() -> dict[str, Any]:
    """The committed record: `package`, `version`, `script`, and `files` (path in the package → integrity)."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def url(record: dict[str, Any]) -> str:
    """Where the default build takes the script from: this very version, no other."""
    return f"https://cdn.jsdelivr.net/npm/{record['package']}@{record['version']}/{record['script']}"


def folder(root: Path) -> Path:
    """Where the bundled files wait, laid out as in the built book: what `html_extra_path` names."""
    return root / "_build" / "vendor" / "html"


def local(record: dict[str, Any]) -> str:
    """The script's place below `_static` in a book that bundles it."""
    return f"{record['package']}/{record['script']}"


def is_ready(root: Path) -> bool:
    """Whether the files that package-lock.json names now are in place, each as it was when it was fetched."""
    stage = folder(root).parent
    stamp = stage / "ready"
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == _key(root, stage)


def install(root: Path) -> Path:
    """Fetch what package-lock.json names, once, and lay out what is bundled; return npm's folder of it.

    Raises FileNotFoundError where npm is needed and missing, ValueError where it fails.
    """
    stage = folder(root).parent
    package = stage / "npm" / "node_modules" / PACKAGE
    if is_ready(root):
        return package
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError(
            "OFFLINE=yes bundles MathJax, which npm fetches once, and npm is not installed. Install Node.js "
            "(its npm comes with it), or build without OFFLINE: such pages take MathJax from its public CDN."
        )
    draft = stage.with_name(f"vendor.{os.getpid()}")
    try:
        print("vendor: fetching what package-lock.json names from npm, once", flush=True)
        _fetch(npm, root, draft / "npm")
        _lay_out(draft / "npm" / "node_modules" / PACKAGE, draft / "html" / "_static" / PACKAGE)
        (draft / "ready").write_text(_key(root, draft), encoding="utf-8")
        shutil.rmtree(stage, ignore_errors=True)
        os.replace(draft, stage)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return package


def measured(package: Path) -> dict[str, Any]:
    """The record as it should be for an installed package."""
    files = sorted(f for pattern in PINNED for f in package.glob(pattern) if f.is_file())
    return {
        "package": PACKAGE,
        "version": json.loads((package / "package.json").read_text(encoding="utf-8"))["version"],
        "script": SCRIPT,
        "files": {f.relative_to(package).as_posix(): integrity(f.read_bytes()) for f in files},
    }


def main(root: Path, *, write: bool = False) -> int:
    """Fetch the files and compare them with the record, or with `write` make the record anew."""
    now = measured(install(root))
    if write:
        draft = RECORD.with_name(RECORD.name + ".tmp")
        draft.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8", newline="\n")
        os.replace(draft, RECORD)
    elif now != recorded():
        raise ValueError(
            f"{RECORD.relative_to(root)} does not describe the files that package-lock.json names: "
            "run `neuropath vendor --write` and commit it."
        )
    count = sum(f.is_file() for f in folder(root).rglob("*"))
    print(f"vendor: {now['package']} {now['version']}, {count} files ready to be bundled")
    return 0


def _fetch(npm: str, root: Path, where: Path) -> None:
    """`npm ci` in a folder of its own: the checkout gets no node_modules."""
    where.mkdir(parents=True)
    for name in NPM_FILES:
        shutil.copy(root / name, where / name)
    environment = os.environ | {"NO_UPDATE_NOTIFIER": "1"}
    failed = "`npm ci` could not fetch what package-lock.json names"
    try:
        done = subprocess.run(
            [npm, "ci"], cwd=where, env=environment, capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        raise ValueError(f"{failed} within {SECONDS / 60:.0f} minutes. {ADVICE}") from None
    if done.returncode:
        told = "\n".join(line for line in done.stderr.splitlines() if "error" in line.lower())
        raise ValueError(f"{failed}:\n{told or done.stderr.strip()}\n{ADVICE}")


def _lay_out(package: Path, target: Path) -> None:
    """Copy what is bundled of a package to where the book will have it."""
    for file in (f for pattern in BUNDLED for f in package.glob(pattern) if f.is_file()):
        place = target / file.relative_to(package)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, place)


def _key(root: Path, stage: Path) -> str:
    """Changes with the lock, with what is bundled of it, and with every byte of that."""
    digest = hashlib.sha256((root / "package-lock.json").read_bytes() + repr(BUNDLED).encode())
    package = stage / "npm" / "node_modules" / PACKAGE
    kept = {f for pattern in BUNDLED for f in package.glob(pattern)} | set((stage / "html").rglob("*"))
    for file in sorted(f for f in kept if f.is_file()):
        digest.update(
            file.relative_to(stage).as_posix().encode() + hashlib.sha256(file.read_bytes()).digest()
        )
    return digest.hexdigest()
