"""The directives and roles a page may use. Anything else is an error with file and line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spec:
    """What one directive accepts.

    argument: "none", "optional", "required", or "text" (text on the first line belongs to the body);
    body: "blocks" (Markdown, parsed recursively), "raw" (read by its own renderer) or "none";
    needs: options that must be given.
    """

    argument: str = "none"
    body: str = "blocks"
    options: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    top_level: bool = False


def _spec(argument: str, body: str, options: str = "", needs: str = "", top_level: bool = False) -> Spec:
    return Spec(argument, body, frozenset(options.split()), tuple(needs.split()), top_level)


CLAIMS = ("theorem", "proposition", "lemma", "corollary")
NOTES = ("note", "tip", "warning", "important", "hint", "seealso")
# Cards are for front pages, which become no notebook.
FRONT_ONLY = ("grid", "grid-item-card", "card", "session-cards")
GATES = ("exercise", "solution")

_PICTURE = "name alt width height align class scale"
_CARD = (
    "link link-type link-alt text-align class class-card class-header class-body class-footer "
    "columns shadow padding margin"
)

DIRECTIVES: dict[str, Spec] = {
    "code-cell": _spec("required", "raw", "tags verifies check exercise mystnb", top_level=True),
    **{f"prf:{kind}": _spec("optional", "blocks", "label class nonumber", "label") for kind in CLAIMS},
    **{
        f"prf:{kind}": _spec("optional", "blocks", "label class nonumber")
        for kind in ("definition", "remark", "example", "algorithm")
    },
    "prf:proof": _spec("text", "blocks", "class"),
    "exercise-start": _spec("optional", "blocks", "label class nonumber", "label", top_level=True),
    "exercise-end": _spec("none", "none", top_level=True),
    "solution-start": _spec("required", "blocks", "label class", top_level=True),
    "solution-end": _spec("none", "none", top_level=True),
    "exercise": _spec("optional", "blocks", "label class nonumber", "label"),
    "solution": _spec("required", "blocks", "label class"),
    "admonition": _spec("required", "blocks", "class name"),
    **{kind: _spec("text", "blocks", "class name") for kind in NOTES},
    "dropdown": _spec(
        "optional", "blocks", "open color icon animate name margin class-container class-title"
    ),
    "margin": _spec("optional", "blocks", "class"),
    "figure": _spec("required", "blocks", _PICTURE + " target figclass figwidth", "alt"),
    "image": _spec("required", "none", _PICTURE + " target", "alt"),
    "viz": _spec("required", "blocks", "name width", "name"),
    "math": _spec("text", "raw", "label class nowrap"),
    "table": _spec("optional", "blocks", "name class align widths width"),
    "list-table": _spec("optional", "raw", "name header-rows stub-columns widths width class align"),
    "tab-set": _spec("none", "blocks", "class sync-group"),
    "tab-item": _spec("required", "blocks", "sync selected name class-container class-label class-content"),
    "literalinclude": _spec(
        "required", "none", "pyobject lineno-match language caption name emphasize-lines"
    ),
    "glossary": _spec("none", "raw", "sorted"),
    "bibliography": _spec("optional", "raw", "filter style list all cited notcited labelprefix keyprefix"),
    "grid": _spec("optional", "blocks", "gutter margin padding class-container class-row outline reverse"),
    "grid-item-card": _spec("optional", "blocks", _CARD),
    "card": _spec("optional", "blocks", _CARD + " img-top img-bottom width"),
    "part-facts": _spec("none", "none"),
    "session-cards": _spec("none", "none"),
    "quiz": _spec("required", "raw", "label", "label"),
    "nb-exec-table": _spec("none", "none"),
    "checked-table": _spec("none", "none"),
    "twins-table": _spec("required", "none"),
    "benchmarks-table": _spec("required", "none"),
    "project-files": _spec("required", "none"),
    "project-layers": _spec("none", "none"),
}

ROLES = ("doc", "ref", "numref", "prf:ref", "eq", "cite:p", "cite:t", "term", "variant")


def suggest(word: str, known: tuple[str, ...] | dict[str, Spec]) -> str:
    """' Did you mean `x`?' for a slip of the pen, else the whole list."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), n=1)
    return f"Did you mean {close[0]}?" if close else f"Allowed are: {', '.join(known)}."
