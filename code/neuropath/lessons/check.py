"""The self-check of an exercise: `check("s01c-softmax", softmax)`. It teaches; it does not grade.

Checks are written on the page beside the exercise and compiled to `checks/*.json`, so that a notebook
alone can run them.
"""

import ast
import copy
import difflib
import functools
import hashlib
import json
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np

from neuropath.lessons import expectations
from neuropath.lessons.expectations import NotAttempted, Unmet, describe, plain
from neuropath.lessons.recording import Tape, explain, reader_line, same

NOT_ATTEMPTED, WRONG, RIGHT = "not attempted", "wrong", "right"
_failures: Counter[str] = Counter()  # how often each exercise has failed in this process


@dataclass(frozen=True)
class Result:
    """What a self-check found; shown as text. True in a condition only where the answer is right."""

    outcome: str
    message: str = ""
    misconception: str | None = None
    hint: str | None = None
    id: str = ""

    def __bool__(self) -> bool:
        return self.outcome == RIGHT

    def __str__(self) -> str:
        lines = [f"{self.outcome}: {self.message}" if self.message else self.outcome]
        if self.hint:
            lines.append(f"Hint: {self.hint}")
        return "\n".join(lines)

    __repr__ = __str__


def check(id: str, value: Any, /, **variant: Any) -> Result:
    """Look at the reader's answer to the exercise `id`: not attempted, wrong (and how), or right.

    `variant` names the numbers that were drawn for the reader, `n=31`; those left out are the book's.
    A hint comes with the second wrong answer and each later one. An unknown id raises LookupError, a number
    that the exercise does not offer ValueError.
    """
    entry = find(id)
    _offered(id, entry.get("variant") or {}, variant)
    result = run_check(entry, value, variant=variant, id=id)
    if result.outcome != WRONG:
        return result
    _failures[id] += 1
    hints = entry.get("hints") or []
    number = min(_failures[id] - 1, len(hints))
    hint = hints[number - 1] if number else None
    return Result(WRONG, result.message, result.misconception, hint, id)


def _offered(id: str, choices: Mapping[str, list[Any]], variant: Mapping[str, Any]) -> None:
    """ValueError unless each number of `variant` is one that the exercise offers under that name."""
    for name, value in variant.items():
        if name not in choices:
            has = f"only {', '.join(choices)}" if choices else "no numbers of your own"
            raise ValueError(
                f"exercise {id} has {has}, not {name}: leave the line with `check` as it was given"
            )
        if not any(same(value, choice) for choice in choices[name]):
            offered = ", ".join(map(repr, choices[name]))
            raise ValueError(f"{name} of exercise {id} is one of {offered}; received {describe(value)}")


def run_check(
    entry: Mapping[str, Any],
    value: Any,
    rng: np.random.Generator | None = None,
    *,
    variant: Mapping[str, Any] | None = None,
    id: str = "",
) -> Result:
    """Run one compiled check, without hints or memory; `variant` defaults to the first of each choice."""
    if value is ...:
        return Result(NOT_ATTEMPTED, "replace the `...` by your answer", id=id)
    rng = rng or np.random.default_rng(_seed(id))
    value = plain(value)
    chosen = {name: choices[0] for name, choices in (entry.get("variant") or {}).items()} | dict(
        variant or {}
    )
    tape = Tape()
    outcome, message = _attempt(entry, value, copy.deepcopy(rng), chosen, tape)
    if outcome == RIGHT and _by_spoiling(entry, value, rng, chosen, tape):
        message = "your function changes its argument in place, which is then no longer what was asked about"
        return Result(WRONG, f"{message}: work on a copy of it", id=id)
    if outcome != WRONG:
        return Result(outcome, message, id=id)
    name = _misconception(entry, value, tape, chosen)
    if name is not None:
        return Result(WRONG, entry["misconceptions"][name]["message"], name, id=id)
    if tape.spoiled() and _attempt(entry, value, copy.deepcopy(rng), chosen, Tape(protect=True))[0] == RIGHT:
        message = (
            "the values are right, but your function changes its argument in place: work on a copy of it"
        )
    return Result(WRONG, message, id=id)


def _by_spoiling(
    entry: Mapping[str, Any], value: Any, rng: np.random.Generator, chosen: dict[str, Any], tape: Tape
) -> bool:
    """Is the answer right only since it changed what the check compares with (all zeros, say)?

    A check that calls the answer and leaves what it returns is about such changes, and may judge them.
    """
    if not tape.spoiled() or _for_effect(entry["source"], entry["function"]):
        return False
    return _attempt(entry, value, copy.deepcopy(rng), chosen, Tape(protect=True))[0] != RIGHT


def _attempt(
    entry: Mapping[str, Any], value: Any, rng: np.random.Generator, variant: dict[str, Any], tape: Tape
) -> tuple[str, str]:
    """Outcome and message of the check function alone. Nothing of its own text or traceback gets out."""
    function, wants_call = _compiled(entry["source"], entry["function"])
    if wants_call and not callable(value):
        return WRONG, f"the check needs {entry['answer']} itself, to call it; it received {describe(value)}"
    is_function = callable(value) and not isinstance(value, type)
    answer = tape.wrap(value) if is_function else value
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")  # a warning is reported below; it never decides
        outcome, message = _judged(lambda: function(answer, rng, **variant), value)
    if outcome == WRONG and is_function and not wants_call and not tape.calls:
        message = f"the check needs a value; it received {describe(value)}: was it meant to be called?"
    if outcome == WRONG and caught:
        message += f" (on the way, a warning: {caught[0].message})"
    return outcome, message


def _judged(run: Callable[[], Any], value: Any) -> tuple[str, str]:
    try:
        run()
    except NotAttempted:
        return NOT_ATTEMPTED, "replace the `...` by your answer"
    except Unmet as unmet:
        return WRONG, str(unmet)
    except (Exception, SystemExit) as error:  # the check tripped over a value of a kind it did not foresee
        if reader_line(error):
            return WRONG, explain(error)
        kind = type(error).__name__
        shown = "what your function returned" if callable(value) else describe(value)
        return WRONG, f"the check could not work with {shown} ({kind}): is it of the kind that was asked for?"
    return RIGHT, ""


def _misconception(entry: Mapping[str, Any], value: Any, tape: Tape, chosen: Mapping[str, Any]) -> str | None:
    """The first listed misconception that gives the reader's very outputs (or the very value).

    Its code sees NumPy and the numbers of the variant under their names.
    """
    for name, wrong in (entry.get("misconceptions") or {}).items():
        space: dict[str, Any] = {"np": np, "__name__": "misconception", **chosen}
        with warnings.catch_warnings(record=True):
            warnings.simplefilter("always")
            exec(compile(wrong["code"], f"<misconception {name}>", "exec"), space)
            typical = space[entry["answer"]]
            hit = tape.matches(typical) if callable(typical) else not callable(value) and same(value, typical)
        if hit:
            return name
    return None


@functools.lru_cache(maxsize=64)
def _compiled(source: str, name: str) -> tuple[Callable[..., Any], bool]:
    """The check function, and whether it calls its first argument."""
    tree = ast.parse(source)
    definition = _definition(tree, name)
    parameter = definition.args.args[0].arg
    calls = (node.func for node in ast.walk(definition) if isinstance(node, ast.Call))
    wants_call = any(isinstance(func, ast.Name) and func.id == parameter for func in calls)
    space: dict[str, Any] = {"np": np, "__name__": "self_check"}
    for helper in ("expect", "expect_shape", "expect_close", "expect_type"):
        space[helper] = getattr(expectations, helper)
    exec(compile(tree, "<self-check>", "exec"), space)
    return space[name], wants_call


@functools.lru_cache(maxsize=64)
def _for_effect(source: str, name: str) -> bool:
    """Does the check call its first argument as a statement of its own?"""
    definition = _definition(ast.parse(source), name)
    alone = (node.value for node in ast.walk(definition) if isinstance(node, ast.Expr))
    calls = (node.func for node in alone if isinstance(node, ast.Call))
    return any(isinstance(func, ast.Name) and func.id == definition.args.args[0].arg for func in calls)


def _definition(tree: ast.Module, name: str) -> ast.FunctionDef:
    return next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)


def find(id: str) -> dict[str, Any]:
    """The compiled check of this id, from the package's data."""
    entries = load_checks()
    if id in entries:
        return entries[id]
    if not entries:
        raise LookupError(
            "no self-checks are installed with this package: `make notebooks` compiles them from the pages"
        )
    near = difflib.get_close_matches(str(id), entries, n=3, cutoff=0.3)
    raise LookupError(
        f"there is no self-check {id!r}" + (f"; the nearest are {', '.join(near)}" if near else "")
    )


def load_checks() -> dict[str, dict[str, Any]]:
    """All compiled checks by id. Read anew when asked: they are small, and authors recompile them."""
    folder = resources.files("neuropath.lessons") / "checks"
    entries: dict[str, dict[str, Any]] = {}
    if folder.is_dir():
        for file in sorted(folder.iterdir(), key=lambda item: item.name):
            if file.name.endswith(".json"):
                entries |= json.loads(file.read_text(encoding="utf-8"))
    return entries


def _seed(id: str) -> int:
    return int.from_bytes(hashlib.sha256(id.encode()).digest()[:4], "big")
