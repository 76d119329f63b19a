"""Run the notebooks that use PyTorch in an environment that has it: the course's own packages, plus torch."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "_build" / "torch"
TORCH = "torch==2.13.0"


def main() -> int:
    """Install torch once, then execute every notebook that mentions it with nbval."""
    python, ready = HOME / "bin" / "python", HOME / f"ready-{TORCH}"
    if not ready.exists():
        shutil.rmtree(HOME, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
        # Behind torch's own folder come the course's packages, its editable install included.
        (site,) = HOME.glob("lib/python*/site-packages")
        line = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
        (site / "course.pth").write_text(line)
        subprocess.run([python, "-m", "pip", "install", "--quiet", TORCH], check=True)
        ready.touch()
    books = [
        n for n in (ROOT / "sessions").rglob("*.ipynb") if "import torch" in n.read_text(encoding="utf-8")
    ]
    if not books:
        print("no notebook imports torch: Part D of Session 01 should", file=sys.stderr)
        return 1
    options = ["-c", ROOT / "tests/notebooks/pytest.ini", "--nbval-lax", "--nbval-current-env"]
    return subprocess.run([python, "-m", "pytest", *options, *books], cwd=ROOT).returncode


if __name__ == "__main__":
    raise SystemExit(main())
