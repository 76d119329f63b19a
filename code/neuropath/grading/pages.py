"""What the pages for people are made of: one HTML file each, without scripts or anything from elsewhere."""

from __future__ import annotations

import html
import re

from neuropath.grading.results import (
    CRASHED,
    GRADED,
    NEEDS_A_PERSON,
    NOT_ATTEMPTED,
    TIMED_OUT,
    QuestionResult,
    number,
)

__all__ = ["MARKS", "badge", "bar", "counted", "document", "escaped", "points", "prose", "verdict"]

# A mark and a hue for each state: never colour alone.
MARKS = {
    GRADED: ("●", "part"),
    NOT_ATTEMPTED: ("○", "none"),
    CRASHED: ("✕", "bad"),
    TIMED_OUT: ("◷", "bad"),
    NEEDS_A_PERSON: ("…", "wait"),
}
# Nothing may be loaded or run, whatever a submission smuggles into a text.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
:root { color-scheme: light dark;
  --paper: #fff; --ink: #1f2328; --muted: #57606a; --line: #d9dce1; --soft: #f5f6f8; --accent: #14608c;
  --good: #0a6b4f; --bad: #b04a00; --wait: #7d3a6b; --none: #57606a; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #121212; --ink: #e6e8eb; --muted: #a3adba; --line: #343a42; --soft: #1b1e22; --accent: #7cbbe6;
  --good: #4fc7a1; --bad: #f08a4b; --wait: #dba0c8; --none: #a3adba; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system,
  "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; overflow-wrap: break-word; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
main.wide { max-width: 64rem; }
h1, h2 { font-family: "Iowan Old Style", "Palatino Linotype", "URW Palladio L", P052, Georgia, serif;
  line-height: 1.25; font-weight: 600; }
h1 { font-size: 1.75rem; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1.05rem; margin: 0 0 .25rem; }
p { margin: .5rem 0; max-width: 65ch; }
a { color: var(--accent); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--accent);
  outline-offset: 2px; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: .875em; }
code { background: var(--soft); padding: .1em .3em; border-radius: .2rem; }
pre { white-space: pre-wrap; background: var(--soft); border: 1px solid var(--line); border-radius: .3rem;
  padding: .7rem .9rem; margin: .5rem 0; }
ul { padding-left: 1.25rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem .4rem 0; font-weight: 400;
  border-bottom: 1px solid var(--line); }
thead th { color: var(--muted); font-size: .875rem; white-space: nowrap; }
td.n, th.n { text-align: right; white-space: nowrap; padding-right: .6rem; }
table.narrow { max-width: 26rem; } table.narrow th { width: 11rem; }
.scroll { overflow-x: auto; }
td svg { margin-top: .4rem; }
.muted { color: var(--muted); }
.small { font-size: .875rem; }
.score { font-size: 2.25rem; line-height: 1.1; font-variant-numeric: tabular-nums; margin: 1rem 0 .25rem; }
.score small { font-size: 1.1rem; color: var(--muted); }
.said, pre, code { overflow-wrap: anywhere; }
.badge { white-space: nowrap; } .summary .badge { white-space: normal; }
.summary th[scope=row] { width: 50%; }
.good { color: var(--good); } .bad { color: var(--bad); }
.wait { color: var(--wait); } .none { color: var(--none); } .part { color: var(--accent); }
.question { border: 1px solid var(--line); border-left: 3px solid var(--hue, var(--line));
  border-radius: .3rem; padding: .85rem 1.1rem; margin: 1.25rem 0; scroll-margin-top: 1rem; }
.question.good { --hue: var(--good); } .question.bad { --hue: var(--bad); }
.question.wait { --hue: var(--wait); } .question.none { --hue: var(--none); }
.question.part { --hue: var(--accent); }
.question { color: var(--ink); }
.question > h2, .question > h3 { margin-top: 0; }
.question > h2 { font-size: 1.15rem; }
.said { border-left: 2px solid var(--hue, var(--line)); padding-left: .8rem; margin: .6rem 0;
  white-space: pre-wrap; }
.facts { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .25rem 0 .75rem; }
details { margin: .5rem 0; } summary { cursor: pointer; color: var(--accent); }
svg { display: block; max-width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--muted); }
.track { fill: var(--soft); stroke: var(--line); } .fill { fill: var(--accent); }
.skip { position: absolute; left: -100vw; } .skip:focus { position: static; }
@media (max-width: 30rem) { th, td { padding-right: .4rem; } .question { padding-inline: .8rem; } }
@media print { .question { break-inside: avoid; } details > * { display: block; } }
"""


def document(title: str, body: str, *, wide: bool = False) -> str:
    """A whole page around `body` (HTML); `title` is text."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escaped(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main{' class=wide' * wide}>\n{body}\n</main>\n</body>\n</html>\n"
    )


def escaped(text: str) -> str:
    """Text as HTML, quotes too, so that it may stand in an attribute."""
    return html.escape(text, quote=True)


def prose(text: str) -> str:
    """Text as HTML, with what stands between backticks as code."""
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", escaped(text))


def verdict(result: QuestionResult) -> tuple[str, str, str]:
    """(mark, hue, words) of a result: its state, and of a graded one how much of it was right."""
    if result.state != GRADED:
        return (*MARKS[result.state], result.state)
    if result.full:
        return "✓", "good", "graded: full points"
    return ("◐", "part", "graded: part of the points") if result.points else ("✕", "bad", "graded: no points")


def badge(mark: str, hue: str, words: str) -> str:
    """A verdict in a line: `✓ graded: full points`."""
    return f'<span class="badge {hue}"><span aria-hidden="true">{mark}</span> {escaped(words)}</span>'


def points(result: QuestionResult) -> str:
    """`1.5 of 2 points`, or that they are open."""
    if result.points is None:
        return f"open, of {counted(result.out_of)}"
    return f"{number(result.points)} of {counted(result.out_of)}"


def counted(amount: float, what: str = "point") -> str:
    """`1 point`, `2 points`."""
    return f"{number(amount)} {what}{'' if amount == 1 else 's'}"


def bar(share: float, label: str, width: int = 120) -> str:
    """A share from 0 to 1 as a bar; `label` says it in words."""
    inner = max(0.0, min(share, 1.0)) * (width - 2)
    return (
        f'<svg role="img" aria-label="{escaped(label)}" width="{width}" height="12" viewBox="0 0 {width} 12">'
        f'<rect class="track" x=".5" y=".5" width="{width - 1}" height="11" rx="2"/>'
        f'<rect class="fill" x="1" y="1" width="{inner:.1f}" height="10" rx="2"/></svg>'
    )
