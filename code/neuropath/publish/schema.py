"""The metadata of exercises: which keys, of which shape, on which kind of cell."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from neuropath.publish import variants
from neuropath.publish.blocks import Directive
from neuropath.publish.errors import PageError
from neuropath.publish.page import Page
from neuropath.publish.syntax import suggest

if TYPE_CHECKING:
    from neuropath.publish.exercises import Cell, Exercise

KINDS = ("starter", "solution", "check", "hidden", "manual")
KEYS = {
    "id": str,
    "kind": str,
    "answer": str,
    "points": int | float,
    "tolerance": dict,
    "hints": list,
    "misconceptions": dict,
    "variant": dict,
    "rubric": list,
}
HINTS, MISCONCEPTIONS = 2, 1  # the least a self-check offers


def cell_errors(page: Page, block: Directive, meta: Any) -> list[PageError]:
    """What is wrong with one cell's `exercise:` entry by itself."""
    if not isinstance(meta, dict):
        return [page.error(block.line, f"`exercise:` is a mapping {{id: …, kind: …}}, received {meta!r}.")]
    found = [f"`exercise:` needs `{key}:`." for key in ("id", "kind") if not meta.get(key)]
    for key, value in meta.items():
        if key not in KEYS:
            found.append(f"`exercise:` has no entry `{key}`. {suggest(str(key), tuple(KEYS))}")
        elif not isinstance(value, KEYS[key]) or isinstance(value, bool):
            found.append(
                f"`{key}` of exercise {meta.get('id')} should be {_name(KEYS[key])}, received {value!r}."
            )
    if not found and meta["kind"] not in KINDS:
        found.append(f"`kind` is one of {', '.join(KINDS)}, received {meta['kind']!r}.")
    if not found and meta["kind"] == "hidden" and not page.private:
        found.append(
            "`kind: hidden` never stands on a public page; it belongs into the instructor's own file."
        )
    if not found:
        found = [*_shapes(meta), *_code(meta, block)]
    return [page.error(block.line, message) for message in found]


def _name(kind: Any) -> str:
    return {str: "a text", dict: "a mapping", list: "a list"}.get(kind, "a number")


def _shapes(meta: dict[str, Any]) -> list[str]:
    found = []
    if any(not isinstance(hint, str) for hint in meta.get("hints", [])):
        found.append("each of `hints` is a text; quote it.")
    for name, wrong in meta.get("misconceptions", {}).items():
        if not isinstance(wrong, dict) or set(wrong) != {"code", "message"}:
            found.append(f"misconception `{name}` is {{code: …, message: …}}, received {wrong!r}.")
        elif not all(isinstance(text, str) and text.strip() for text in wrong.values()):
            found.append(f"misconception `{name}`: code and message are texts.")
    for name, choices in meta.get("variant", {}).items():
        if not isinstance(choices, list) or not choices:
            found.append(f"variant `{name}` is a list of choices, the first one being the default.")
    for key, value in meta.get("tolerance", {}).items():
        if key not in ("rtol", "atol") or not isinstance(value, int | float):
            found.append(
                "`tolerance` is {rtol: number, atol: number}; YAML reads 1e-7 as a text: write 1.0e-7."
            )
    for row in meta.get("rubric", []):
        if (
            not isinstance(row, dict)
            or set(row) != {"points", "text"}
            or not isinstance(row["points"], int | float)
        ):
            found.append(f"each line of `rubric` is {{points: …, text: …}}, received {row!r}.")
    return found


def _code(meta: dict[str, Any], block: Directive) -> list[str]:
    """The cell's own code compiles, and the misconceptions' code defines the answer."""
    sources = {"this cell": block.content}
    sources |= (
        {f"misconception `{n}`": wrong["code"] for n, wrong in meta.get("misconceptions", {}).items()}
        if not _shapes(meta)
        else {}
    )
    found = []
    for name, source in sources.items():
        try:
            ast.parse(source)
        except SyntaxError as error:
            found.append(f"{name} is not valid Python: {error.msg} in its line {error.lineno}.")
    return found


def function_of(source: str) -> ast.FunctionDef:
    """The one function `check_…` that a check cell defines; ValueError otherwise."""
    body = ast.parse(source).body
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef) or not body[0].name.startswith("check_"):
        raise ValueError("a check cell defines one function `check_…(answer, rng)` and nothing else.")
    return body[0]


def names_defined(source: str) -> set[str]:
    """Names that a piece of code binds at its top level."""
    found: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        for target in ast.walk(node) if isinstance(node, ast.Assign | ast.AnnAssign) else ():
            if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store):
                found.add(target.id)
    return found


# -- one exercise as a whole --------------------------------------------------------------------------------


def exercise_errors(exercise: Exercise) -> list[PageError]:
    """What is wrong with an exercise as a whole."""
    page = exercise.page
    if not exercise.solutions:
        return [
            page.error(
                exercise.line,
                f"exercise `{exercise.label}` has no solution: add {{solution-start}} {exercise.label}.",
            )
        ]
    ids = {cell.meta["id"] for cell in exercise.cells}
    if len(ids) > 1:
        return [page.error(exercise.line, f"the cells of one exercise share one id, received {sorted(ids)}.")]
    manual, starters = exercise.of_kind("manual"), exercise.of_kind("starter")
    if manual:
        return [*_manual_errors(exercise, manual), *(_coding_errors(exercise) if starters else [])]
    if exercise.cells:
        return _coding_errors(exercise)
    if not exercise.gated:  # {exercise} holds no cells: for practice only
        return []
    message = "has neither a starter nor a cell of kind manual with its rubric: it could not be graded."
    return [page.error(exercise.line, f"exercise `{exercise.label}` {message}")]


def _manual_errors(exercise: Exercise, cells: list[Cell]) -> list[PageError]:
    rubric = cells[0].meta.get("rubric") or []
    total, points = sum(row["points"] for row in rubric), cells[0].meta.get("points")
    found = []
    if not rubric:
        found.append("a manual exercise needs `rubric: [{points: …, text: …}]`.")
    elif points is not None and points != total:
        found.append(f"`points: {points}` differs from the sum of the rubric, {total}.")
    if len(cells) > 1:
        found.append("an exercise has one cell of kind manual.")
    return [exercise.page.error(cells[0].line, message) for message in found]


def _coding_errors(exercise: Exercise) -> list[PageError]:
    found: list[tuple[int, str]] = []
    private = exercise.page.private
    for kind in ("starter", "check"):
        number = len(exercise.of_kind(kind))
        if number != 1 and not (private and kind == "check" and number == 0):
            found.append(
                (exercise.line, f"a coding exercise has one cell of kind {kind}, received {number}.")
            )
    if not exercise.of_kind("solution"):
        found.append((exercise.line, f"exercise `{exercise.label}` has no code cell of kind solution."))
    if private and not exercise.check and not exercise.of_kind("hidden"):
        found.append((exercise.line, "it needs a cell of kind check or hidden: nothing would decide."))
    if not found:
        starter = exercise.of_kind("starter")[0]
        found = [*_starter_errors(exercise, starter), *_variant_errors(exercise)]
        for check in (*exercise.of_kind("check"), *exercise.of_kind("hidden")):
            found += _check_errors(exercise, starter, check)
    return [exercise.page.error(line, message) for line, message in found]


def _starter_errors(exercise: Exercise, starter: Cell) -> list[tuple[int, str]]:
    answer = starter.meta.get("answer")
    if not answer or not str(answer).isidentifier():
        return [(starter.line, "a starter needs `answer:`, the name of the function or variable to write.")]
    found = []
    if answer not in names_defined(starter.code):
        found.append((starter.line, f"the starter does not define `{answer}`; leave it as `...`."))
    call = f'check("{exercise.id}", {answer})'
    sources = [cell.content for cell in exercise.plain_cells]
    if exercise.page.private:
        sources += [cell.code for cell in exercise.cells]
        if any("check(" in source for source in sources):
            message = "calls check(…): no package carries the check of an own page, so leave that out."
            found.append((exercise.line, f"exercise `{exercise.label}` {message}"))
    elif not any(call in source for source in sources):
        found.append((exercise.line, f"no cell of exercise `{exercise.label}` calls {call}."))
    last = exercise.of_kind("solution")[-1]
    if not any(answer in names_defined(cell.code) for cell in exercise.of_kind("solution")):
        found.append((last.line, f"the solution does not define `{answer}`."))
    return found


def _check_errors(exercise: Exercise, starter: Cell, check: Cell) -> list[tuple[int, str]]:
    whole = exercise.merged()
    found = []
    if not exercise.page.private and len(whole.get("hints", [])) < HINTS:
        found.append((check.line, f"a self-check needs at least {HINTS} `hints:`."))
    if not exercise.page.private and len(whole.get("misconceptions", {})) < MISCONCEPTIONS:
        found.append(
            (check.line, f"a self-check needs at least {MISCONCEPTIONS} entry in `misconceptions:`.")
        )
    listed = whole.get("misconceptions", {}) if check.kind == "check" else {}
    for name, wrong in listed.items():
        if starter.meta.get("answer") not in names_defined(wrong["code"]):
            found.append(
                (check.line, f"misconception `{name}` does not define `{starter.meta.get('answer')}`.")
            )
    try:
        function = function_of(check.code)
    except ValueError as error:
        return [*found, (check.line, str(error))]
    names = [argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)]
    if names[1:2] != ["rng"] or set(names[2:]) != set(whole.get("variant", {})):
        expected = ", ".join(["answer", "rng", *whole.get("variant", {})])
        found.append(
            (check.line, f"the check's parameters should be ({expected}), received ({', '.join(names)}).")
        )
    return found


def _variant_errors(exercise: Exercise) -> list[tuple[int, str]]:
    """Lines marked `# yours` that hold no variant, in any cell of the exercise."""
    choices = exercise.merged().get("variant", {})
    blocks = [*exercise.plain_cells, *(cell.block for cell in exercise.cells)]
    return [
        (block.content_line + number, message)
        for block in blocks
        for number, message in variants.slips(block.content, choices)
    ]
