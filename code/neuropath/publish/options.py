"""Options of a directive: `:key: value` lines, or a YAML block between `---` lines."""

from __future__ import annotations

import re
from typing import Any

import yaml

from neuropath.publish.errors import PageError
from neuropath.publish.syntax import DIRECTIVES, suggest

_OPTION = re.compile(r"^\s*:([\w-]+):(?:\s+(.*?))?\s*$")
_QUOTED = re.compile(r"""^(["'])(.*)\1$""")


def split(name: str, lines: list[str], file: str, line: int) -> tuple[dict[str, Any], int]:
    """(options, number of lines they take) at the head of `lines`, the first of which is file line `line`."""
    if lines and re.fullmatch(r"-{3,}\s*", lines[0]):
        end = next((i for i, text in enumerate(lines[1:], 1) if re.match(r"-{3,}\s*$", text)), None)
        if end is None:
            raise PageError(
                file, line, f"the option block of {{{name}}} opened by --- is not closed by a second ---."
            )
        options, used = read_yaml("\n".join(lines[1:end]), file, line + 1), end + 1
    else:
        used = next((i for i, text in enumerate(lines) if not text.lstrip().startswith(":")), len(lines))
        options = _colon_options(name, lines[:used], file, line)
    _check_names(name, options, file, line)
    return options, used


def read_yaml(text: str, file: str, line: int) -> dict[str, Any]:
    """A YAML mapping; `line` is where `text` begins in the file."""
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = line + (mark.line if mark else 0)
        problem = getattr(error, "problem", None) or str(error)
        raise PageError(
            file,
            at,
            f"this is not valid YAML ({problem}); quote texts that hold a colon, a # or a bracket.",
        ) from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise PageError(file, line, f"options should be `key: value` pairs, received {type(value).__name__}.")
    return value


def _colon_options(name: str, lines: list[str], file: str, line: int) -> dict[str, Any]:
    if name == "code-cell":  # MyST-NB reads these as YAML: lists and mappings are allowed
        return read_yaml("\n".join(text.lstrip()[1:] for text in lines), file, line)
    options = {}
    for number, text in enumerate(lines, line):
        match = _OPTION.match(text)
        if not match:
            raise PageError(file, number, f"options look like `:key: value`, received {text.strip()!r}.")
        value = match[2] or ""
        quoted = _QUOTED.match(value)
        options[match[1]] = quoted[2] if quoted else value
    return options


def _check_names(name: str, options: dict[str, Any], file: str, line: int) -> None:
    spec = DIRECTIVES[name]
    for key in options:
        if key not in spec.options:
            known = tuple(sorted(spec.options))
            advice = suggest(str(key), known) if known else "It takes no options."
            raise PageError(file, line, f"{{{name}}} has no option `{key}`. {advice}")
    for key in spec.needs:
        if not options.get(key):
            raise PageError(file, line, f"{{{name}}} needs a line `:{key}: …` below its first line.")
