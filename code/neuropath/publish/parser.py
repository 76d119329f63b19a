"""A page's text as typed blocks: a recursive, line-based parser of backtick fences.

CommonMark is left alone except where Jupyter and Colab know less than MyST: fences, displayed equations,
targets, footnotes, comments and headings become blocks of their own; all else stays Markdown in a `Text`.
"""

from __future__ import annotations

import re

from neuropath.publish import options
from neuropath.publish.blocks import Block, Directive, Fence, Footnote, Heading, Math, Target, Text
from neuropath.publish.errors import PageError
from neuropath.publish.syntax import DIRECTIVES, suggest

_LEAD = r"(?P<lead>(?:[ >]|(?:[-*+]|\d{1,9}[.)])(?= ))*)"
FENCE = re.compile(_LEAD + r"(?P<ticks>`{3,})(?P<info>[^`]*)$")
_MATH = re.compile(_LEAD + r"\$\$(?P<rest>.*)$")
_MATH_END = re.compile(r"\$\$\s*(?:\((?P<label>[^()\s]+)\))?\s*$")
_TARGET = re.compile(r"^(?P<lead> {0,3})\((?P<label>[^()\s]+)\)=\s*$")
_HEADING = re.compile(r"^(?P<lead>[ >]*)(?P<level>#{1,6})[ \t]+(?P<text>.*?)\s*#*\s*$")
_FOOTNOTE = re.compile(r"^\[\^(?P<name>[^\]\s]+)\]:\s*(?P<text>.*)$")
_BARE_LATEX = re.compile(r"^\s*\\begin\{(equation|align|gather|multline|eqnarray|alignat|flalign)\*?\}")


class Parser:
    """`Parser(file).blocks(lines, first)` reads lines, the first of which is line `first` of `file`."""

    def __init__(self, file: str):
        self.file = file

    def error(self, line: int, message: str) -> PageError:
        return PageError(self.file, line, message)

    def blocks(self, lines: list[str], first: int) -> list[Block]:
        """Typed blocks, in order."""
        found: list[Block] = []
        i = start = 0
        while i < len(lines):
            block, used = self._special(lines, i, first)
            if not used:
                i += 1
                continue
            self._text(lines[start:i], first + start, found)
            if block:
                found.append(block)
            start = i = i + used
        self._text(lines[start:], first + start, found)
        return found

    def _text(self, lines: list[str], first: int, found: list[Block]) -> None:
        while lines and not lines[0].strip():
            lines, first = lines[1:], first + 1
        if any(line.strip() for line in lines):
            found.append(Text(line=first, text="\n".join(lines).rstrip()))

    def _special(self, lines: list[str], i: int, first: int) -> tuple[Block | None, int]:
        """The block that begins on line i and the lines it takes; (None, 0) where only text begins."""
        text, number = lines[i], first + i
        if match := FENCE.match(text):
            return self._fence(lines, i, first, match)
        if match := _MATH.match(text):
            return self._math(lines, i, first, match)
        if match := _TARGET.match(text):
            return Target(line=number, label=match["label"]), 1
        if match := _HEADING.match(text):
            lead = match["lead"]
            return Heading(
                line=number, lead=lead, hang=lead, level=len(match["level"]), text=match["text"]
            ), 1
        if match := _FOOTNOTE.match(text):
            return self._footnote(lines, i, first, match)
        if re.match(r"\s*%|\+\+\+", text):
            return None, 1
        self._refuse(text, number)
        return None, 0

    def _refuse(self, text: str, number: int) -> None:
        stripped = text.lstrip()
        if stripped.startswith("```{"):
            raise self.error(
                number, "no backtick may follow ``` on its line; put the text with code into the body."
            )
        if stripped.startswith((":::", "~~~")):
            raise self.error(
                number, f"only backtick fences are used here; write ``` instead of {stripped[:3]}."
            )
        if re.match(r"\s*:\s+\S", text):
            raise self.error(
                number, "definition lists do not render in notebooks; use a list with bold terms."
            )
        if _BARE_LATEX.match(text):
            raise self.error(number, "put displayed equations between $$ lines, several lines in aligned.")

    # -- fences ---------------------------------------------------------------------------------------------

    def _fence(self, lines: list[str], i: int, first: int, match: re.Match) -> tuple[Block, int]:
        hang = re.sub(r"[^ >]", " ", match["lead"])
        name = re.match(r"\{(?P<name>[^}]*)\}\s*(?P<argument>.*)$", match["info"].strip())
        what = f"{{{name['name']}}}" if name else "code listing"
        body: list[str] = []
        for line in lines[i + 1 :]:
            inner = self._unhang(line, hang, first + i + 1 + len(body), what)
            if re.fullmatch(rf" {{0,3}}`{{{len(match['ticks'])},}}\s*", inner):
                break
            body.append(inner)
        else:
            raise self.error(
                first + i,
                f"{what} opened with {match['ticks']} is not closed. End it by a line {match['ticks']}; "
                "if it holds other fences, its own needs more backticks than theirs.",
            )
        place = {"line": first + i, "lead": match["lead"], "hang": hang}
        if not name:
            return Fence(**place, info=match["info"].strip(), text="\n".join(body)), len(body) + 2
        block = self._directive(name["name"].strip(), name["argument"].strip(), body, place)
        return block, len(body) + 2

    def _unhang(self, line: str, hang: str, number: int, what: str) -> str:
        """`line` without the indentation or quote marks of the fence it stands in."""
        rest = line
        for part in re.findall(r">| +", hang):
            if part == ">":
                match = re.match(r" {0,3}>", rest)
                if not match:
                    raise self.error(
                        number, f"{what} began in a quotation; each of its lines needs the `>` too."
                    )
                rest = rest[match.end() :]
            elif rest[: len(part)].strip():
                raise self.error(
                    number, f"this line is indented less than the {what} it stands in; align them."
                )
            else:
                rest = rest[len(part) :]
        return rest if rest.strip() else ""

    def _directive(self, name: str, argument: str, body: list[str], place: dict) -> Block:
        line = place["line"]
        if name not in DIRECTIVES:
            raise self.error(line, f"unknown directive {{{name}}}. {suggest(name, DIRECTIVES)}")
        self._check_argument(name, argument, line)
        spec = DIRECTIVES[name]
        chosen, used = options.split(name, body, self.file, line + 1)
        rest = body[used:]
        if spec.body == "none" and any(text.strip() for text in rest):
            raise self.error(
                line + 1 + used, f"{{{name}}} has no body; move this text below its closing fence."
            )
        start = line + 1 + used
        if argument and spec.argument == "text":  # a note may begin on its first line
            rest, start, argument = [argument, *[""] * used, *rest], line, ""
        content = "\n".join(rest)
        if name == "math":
            return Math(**place, tex=content.strip("\n"), label=str(chosen.get("label", "")))
        inner = self.blocks(rest, start) if spec.body == "blocks" else []
        return Directive(
            **place,
            name=name,
            argument=argument,
            options=chosen,
            content=content,
            content_line=start,
            body=inner,
        )

    def _check_argument(self, name: str, argument: str, line: int) -> None:
        expected = DIRECTIVES[name].argument
        if argument and expected == "none":
            raise self.error(line, f"{{{name}}} takes nothing on its first line, received {argument!r}.")
        if not argument and expected == "required":
            raise self.error(line, f"{{{name}}} needs an argument on its first line.")

    # -- equations and footnotes ----------------------------------------------------------------------------

    def _math(self, lines: list[str], i: int, first: int, match: re.Match) -> tuple[Block | None, int]:
        hang = re.sub(r"[^ >]", " ", match["lead"])
        place = {"line": first + i, "lead": match["lead"], "hang": hang}
        rest = match["rest"]
        if end := _MATH_END.search(rest):
            return Math(**place, tex=rest[: end.start()].strip(), label=end["label"] or ""), 1
        if "$$" in rest:
            return None, 0  # an equation that stands inside a paragraph
        body = [rest] if rest.strip() else []
        for used, line in enumerate(lines[i + 1 :], 2):
            inner = self._unhang(line, hang, first + i + used - 1, "equation")
            if not inner.strip():
                raise self.error(
                    first + i + used - 1, "an equation may hold no empty line (is its $$ closed?)."
                )
            if "$$" in inner:
                end = _MATH_END.search(inner)
                if not end or "$$" in inner[: end.start()]:
                    raise self.error(
                        first + i + used - 1, "only a (label) may follow the $$ that ends an equation."
                    )
                body.append(inner[: end.start()])
                tex = "\n".join(line for line in body if line.strip())
                return Math(**place, tex=tex, label=end["label"] or ""), used
            body.append(inner)
        raise self.error(first + i, "this equation is not closed; end it by a line $$.")

    def _footnote(self, lines: list[str], i: int, first: int, match: re.Match) -> tuple[Block, int]:
        body = [match["text"]]
        for k, line in enumerate(lines[i + 1 :], i + 1):
            indented = line.startswith(("    ", "\t"))
            begins_other = FENCE.match(line) or _FOOTNOTE.match(line) or _HEADING.match(line)
            if not indented and (begins_other or not line.strip()):
                later = next((text for text in lines[k:] if text.strip()), "")
                if begins_other or not later.startswith("    "):
                    break
            body.append(line[4:] if indented else line)
        inner = self.blocks(body, first + i)
        return Footnote(line=first + i, name=match["name"], body=inner), len(body)
