"""The public address of the repository: `repository.url` in _config.yml is the one place that names it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import yaml

# The host of a remote: ssh (its port is not the web's), git's short form, https with its port if it has one.
FORMS = (
    r"ssh://(?:[\w.-]+@)?([\w.-]+)(?::\d+)?/",
    r"[\w.-]+@([\w.-]+):/?",
    r"https?://(?:[^@/]+@)?([\w.-]+(?::\d+)?)/",
)
PATH = r"([\w.~+-]+(?:/[\w.~+-]+?)+?)(?:\.git)?/?"  # owner/repository, or GitLab's group/subgroup/repository
BLOCK = re.compile(r"<!-- colab:start -->.*?<!-- colab:end -->", re.S)
FIRST = "sessions/session01_neural_networks/part_a_geometric_intuition.ipynb"


def repository(root: Path) -> dict[str, str]:
    """`repository` of _config.yml: {"url": "" or the public address, "branch": "main"}."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    found = config.get("repository") or {}
    return {"url": (found.get("url") or "").rstrip("/"), "branch": found.get("branch") or "main"}


def colab_url(root: Path, notebook: str) -> str:
    """Address that opens `notebook` (a path in the repository) in Colab; "" while none is known."""
    where = repository(root)
    match = re.fullmatch(r"https://github\.com/([^/]+/[^/]+)", where["url"])
    if not match:
        return ""
    return f"https://colab.research.google.com/github/{match[1]}/blob/{where['branch']}/{notebook}"


def normalise(url: str) -> str:
    """git@github.com:me/it.git, ssh://… or https://… → https://github.com/me/it (no user, no .git)."""
    url = url.strip()
    match = next((found for form in FORMS if (found := re.fullmatch(form + PATH, url))), None)
    if not match:
        raise ValueError(
            f"the address should look like https://github.com/NAME/REPOSITORY, received {url!r}. "
            "Give it by hand: neuropath publish-url https://github.com/NAME/REPOSITORY"
        )
    return f"https://{match[1]}/{match[2]}"


def main(root: Path, url: str | None = None) -> int:
    """Set the address (`url`, else the git remote's), then regenerate the notebooks and README's link."""
    from neuropath.publish import sync

    address = normalise(url or _remote(root))
    config = root / "_config.yml"
    text, count = re.subn(
        r"(?m)^(  url: ).*$", rf'\g<1>"{address}"', config.read_text(encoding="utf-8"), count=1
    )
    if count != 1:
        raise ValueError('_config.yml should hold a line `  url: "…"` under `repository:`; put it back.')
    _replace(config, text)
    print(f"_config.yml: repository.url is {address}")
    readme = root / "README.md"
    _replace(readme, BLOCK.sub(lambda _: _badge(root), readme.read_text(encoding="utf-8")))
    return sync.main(root, check=False)


def _badge(root: Path) -> str:
    link = colab_url(root, FIRST)
    line = f"[Open Session 01 in Colab]({link})" if link else f"The notebooks are in [`sessions/`]({FIRST})."
    return f"<!-- colab:start -->{line}<!-- colab:end -->"


def _remote(root: Path) -> str:
    done = subprocess.run(["git", "remote", "get-url", "origin"], cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise ValueError(
            "no git remote 'origin' to take the address from. Add one (git remote add origin URL), "
            "or give the address: neuropath publish-url https://github.com/NAME/REPOSITORY"
        )
    return done.stdout


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(path.name + ".tmp")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)
