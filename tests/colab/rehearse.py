"""Colab rehearsal: Colab's own package set on Python 3.13, each notebook alone in an empty folder.

The environment holds what Colab holds (colab-*.txt), not our package. Each notebook's setup cell installs it
from a `file://` clone of this tree. Afterwards the environment must differ from before by our package alone.

    python tests/colab/rehearse.py [--all] [NOTEBOOK ...]

Without names: the notebooks changed since the last commit but one, and a rotating sixth of the rest. Where no
Python 3.13 runs, says so and skips, which counts as a failure when CI is set.
"""

from __future__ import annotations

import argparse
import glob
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = max(Path(__file__).parent.glob("colab-*.txt"))
CANDIDATES = ("python3.13", *sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/3.13*/bin/python"))))


def main() -> int:
    """Rehearse the chosen notebooks; 0 when all pass, or when nothing can be rehearsed outside CI."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--all", action="store_true", help="every notebook")
    args = parser.parse_args()
    python = find_python()
    if python is None:
        print(f"colab rehearsal: skipped, no Python 3.13 runs here (tried {', '.join(CANDIDATES)}).")
        return 1 if os.environ.get("CI") else 0
    everything = sorted((ROOT / "sessions").rglob("*.ipynb"))
    chosen = [n.resolve() for n in args.notebooks] or (everything if args.all else choose(everything))
    print(f"colab rehearsal: {len(chosen)} of {len(everything)} notebooks on {PACKAGES.stem}", flush=True)
    environment = build_environment(python)
    with tempfile.TemporaryDirectory() as folder:
        clone = clone_tree(Path(folder) / "clone")
        failed = [n for n in chosen if not rehearse(n, environment, clone, Path(folder))]
    print(f"colab rehearsal: {len(chosen) - len(failed)} of {len(chosen)} as they should be")
    return 1 if failed else 0


def find_python() -> str | None:
    """The first candidate that really runs Python 3.13: a shim of that name may exist and exit 127."""
    for candidate in CANDIDATES:
        try:
            done = subprocess.run([candidate, "--version"], capture_output=True, text=True)
        except OSError:
            continue
        if done.returncode == 0 and done.stdout.startswith("Python 3.13."):
            return candidate
    return None


def build_environment(python: str) -> Path:
    """A virtual environment with Colab's packages and pip; made once for each list."""
    key = hashlib.sha256(PACKAGES.read_bytes() + python.encode()).hexdigest()[:12]
    home = ROOT / "_build" / "colab" / key
    if not (home / "ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        uv = ["-m", "uv"]
        run(
            [
                sys.executable,
                *uv,
                "venv",
                "--quiet",
                "--seed",
                "--no-python-downloads",
                "--python",
                python,
                home,
            ]
        )
        install = ["pip", "install", "--quiet", "--compile-bytecode", "--python", home / "bin" / "python"]
        run([sys.executable, *uv, *install, "-r", PACKAGES])
        (home / "ready").touch()
    return home / "bin" / "python"


def clone_tree(target: Path) -> Path:
    """A git repository that holds the working tree as it stands, uncommitted edits included."""
    files = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = run(files, cwd=ROOT, env=without_git(), capture_output=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    # The user's own settings stay out of it: signing would ask for a passphrase, hooks would run.
    environ = without_git() | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    identity = ["-c", "user.name=rehearsal", "-c", "user.email=rehearsal@localhost"]
    run(["git", "init", "--quiet", "."], cwd=target, env=environ)
    run(["git", "add", "--all"], cwd=target, env=environ)
    run(["git", *identity, "commit", "--quiet", "-m", "the tree under rehearsal"], cwd=target, env=environ)
    return target


def without_git() -> dict[str, str]:
    """The environment, less GIT_DIR and the like, which git hands to hooks: they name the real repository."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def choose(everything: list[Path]) -> list[Path]:
    """Changed notebooks, and those of the rest whose turn it is: every one comes up within six commits."""
    diff = subprocess.run(["git", "diff", "--name-only", "HEAD~1"], cwd=ROOT, capture_output=True, text=True)
    changed = {ROOT / line for line in diff.stdout.splitlines()}
    count = subprocess.run(["git", "rev-list", "--count", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    sixth = -(-len(everything) // 6)  # rounded up: at least one notebook is rehearsed every time
    turn = int(count.stdout or 0) * sixth
    due = {everything[(turn + k) % len(everything)] for k in range(sixth)}
    return [n for n in everything if n in changed | due or diff.returncode]


def rehearse(notebook: Path, python: Path, clone: Path, scratch: Path) -> bool:
    """Run one notebook alone in an empty folder; print what happened."""
    begin = time.perf_counter()
    run([python, "-m", "pip", "uninstall", "--quiet", "--yes", "neuropath"], stderr=subprocess.DEVNULL)
    before = freeze(python)
    folder = Path(tempfile.mkdtemp(dir=scratch))
    shutil.copy(notebook, folder / "notebook.ipynb")
    environ = {
        k: v for k, v in without_git().items() if not k.startswith(("PYTHON", "NEUROPATH", "VIRTUAL_ENV"))
    }
    environ |= {
        "NEUROPATH_REPOSITORY": clone.as_uri(),
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
    }
    command = [python, "-m", "jupyter", "execute", "--timeout=300", "notebook.ipynb"]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True)
    changed = freeze(python) ^ before
    strangers = sorted(line for line in changed if not line.startswith("neuropath"))
    name = notebook.relative_to(ROOT)
    problem = done.stderr[-3000:] if done.returncode else ""
    if not problem and not changed:
        problem = "the setup cell did not install the package"
    if strangers:
        problem += f"\nthe setup cell changed what Colab has preinstalled: {strangers}"
    print(f"  {name}: {'FAILED' if problem else 'ok'}, {time.perf_counter() - begin:.0f} s", flush=True)
    if problem:
        print(problem, file=sys.stderr)
    return not problem


def freeze(python: Path) -> set[str]:
    """What is installed, a line a package."""
    done = run([python, "-m", "pip", "freeze", "--all"], capture_output=True)
    return set(done.stdout.decode().splitlines())


def run(command: list, **options) -> subprocess.CompletedProcess:
    """subprocess.run that raises when the command fails."""
    return subprocess.run([str(part) for part in command], check=True, **options)


if __name__ == "__main__":
    raise SystemExit(main())
