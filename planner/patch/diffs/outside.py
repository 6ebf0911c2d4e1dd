"""What a text says outside of its hunks: prose may stand there, a change may not.

A hunk in another layout looks like prose to a reader of diffs. But it must quote
the prompt, as every change does: so prose shows no line of the prompt that the
hunks do not speak of, and no syntax of any diff.
"""

import html
import re
from collections.abc import Iterable, Sequence
from typing import Final

from planner.patch.diffs.hunks import Hunk
from planner.patch.diffs.page import Page
from planner.patch.lines import fold

_SYNTAX: Final = re.compile(
    r"@@[ \t]*-\d|^\W*@@|@@\W{0,20}$"
    r"|^[\s>*`#|]*(?:\+\+\+ \S|--- [ab]/|diff --git |Index: \S|\*\*\* (?:\d|Update|Begin|Add"
    r"|Delete)"
    r"|\*{15}|<{5,}|>{5,})"
    r"|^[ \t]*\d+(?:,\d+)?[acd](?:\d+(?:,\d+)?)?[ \t]*$"
    r"|^[\s>*+\-\d.)]*(?:`{3,}|~{3,})[ \t]*(?:diff|patch|udiff|unidiff|git-?diff)\b"
    r"|[\"'](?:diff|patch|find|replace|search|old|new|(?:old|new)_(?:string|str|text)|before|after"
    r"|replacement|original|updated)[\"'][ \t]*:"
    r"|^\W*(?:remove|delete|insert|add|replace|old|new|alt|neu|find|with|before|after|vorher"
    r"|nachher)[ \t]*:"
    r"[ \t]+\S|^[ \t]*[\w-]+:[ \t]*[|>][-+]?[ \t]*$"
    r"|\[-[^\]\n]{1,400}-\]|\{\+[^}\n]{1,400}\+\}|</?(?:del|ins)>|\x1b\["
    r"|^[\s>|*`_~#\d.:)\u2502]*[+\u2795\uff0b](?:[ \t]*[-*+\d#]|[^\s+\d]|[`*_]{1,2}[ \t]"
    r"|[ \t]+\w+(?:[ \t]+\S+){3,}[.!?]$)",
    re.IGNORECASE,
)
_SIGNS: Final = " \t>|*`_~#+-\u2212\u2795\u2796\u2022\u2502\"'"
_NUMBER: Final = re.compile(
    r"(?:\d{1,4}[.):|]?[ \t]+)?[ \t>|*`_~#+\-\u2212\u2795\u2796\u2022\u2502\"']*"
)
_SHORTEST: Final = 12
"""Characters; a shorter line of the prompt may stand in any sentence."""
_UNICODE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")


_HEADER: Final = re.compile(r"(?:---|\+\+\+)(?: \S+(?:\t.*)?)?\r?$|(?:`{3,}|~{3,})[ \t]*\w+")
"""Lines that name a file, or none, and what opens a fence, right above the first hunk."""
_TITLE: Final = re.compile(r"#{1,6}[ \t].*|\*\*[^*]+\*\*:?|[^.!?]{1,60}:|</?[\w-]+>")
"""A section's name: prose that says where a change belongs has it."""
_HEADER_CITED: Final = re.compile(r"`@@ -[^`\n]{1,60} @@`")
_FENCE: Final = re.compile(r"[ \t]*(?:`{3,}|~{3,})")
_ARROW: Final = re.compile(r"[ \t](?:\u2192|=>|->|-->|\u27f6)[ \t]")
_EDITS: Final = re.compile(
    r"\b(?:replace|remove|delete|insert|add|change|append|prepend|reword|rewrite|drop|turn|make"
    r"|ersetze?|l\u00f6sche?|erg\u00e4nze?|\u00e4ndere?)\b",
    re.IGNORECASE,
)
_ORDERS: Final = re.compile(
    r"\W*(?:\d+\W+)?(?:\w+[ ,]+){0,2}(?:replace|remove|delete|insert|add|append|prepend|reword"
    r"|rewrite"
    r"|turn|ersetze?|l\u00f6sche?|erg\u00e4nze?)\b",
    re.IGNORECASE,
)
_BY: Final = re.compile(r"\W*(?:with|by|new|old|neu|alt|find|search)\b", re.IGNORECASE)
_CITED: Final = re.compile(r"[\"\u201c\u201e`]([^\"\u201c\u201d`]{15,})[\"\u201d\u201c`]")


def own_words(page: Page, said: Iterable[Sequence[str]], hunks: Sequence[Hunk]) -> list[list[str]]:
    """Return the lines around the hunks without blank ones, a lone header and quotations."""
    blocks = [[line for line in block if line and not line.isspace()] for block in said]
    for _ in range(2):
        if blocks[0] and _HEADER.match(blocks[0][-1]):
            blocks[0].pop()
    if not any(_FENCE.match(line) for block in blocks for line in block):
        return blocks
    known = {row.key for hunk in hunks for row in hunk.rows}
    return [_without_quotations(page, known, block) for block in blocks]


def change_outside(page: Page, said: Sequence[Sequence[str]], hunks: Sequence[Hunk]) -> str | None:
    """Return a line outside of all hunks that may be part of a change."""
    lines = [line for block in said for line in block]
    if not lines:
        return None
    shown = next((line for line in lines if _SYNTAX.search(_HEADER_CITED.sub("", line))), None)
    return shown or _quoting(page, lines, hunks)


def _quoting(page: Page, lines: Sequence[str], hunks: Sequence[Hunk]) -> str | None:
    """Return a line that quotes what the hunks do not change."""
    changed = {row.key for hunk in hunks for row in hunk.rows if row.sign != " "}
    quoted = {row.key for hunk in hunks for row in hunk.rows}
    plain = [fold(_plain(line)) for line in lines]
    whole = {
        _core(part): at
        for at, line in enumerate(plain)
        for part in (line, *_ARROW.split(line)[:-1])
    }
    ordered = _ordered(plain, "\n".join(changed))
    if ordered is not None:
        return lines[ordered]
    text = "\n".join(plain)
    for key in dict.fromkeys(page.keys):
        core = _core(key)
        if not (core in whole or (len(core) >= _SHORTEST and core in text)):
            continue
        if key in changed or _FENCE.match(key):
            continue
        if core in whole and any(char.isalnum() for char in core):
            return lines[whole[core]]
        if len(core) >= _SHORTEST and key not in quoted and not _TITLE.fullmatch(key):
            return lines[text.count("\n", 0, text.index(core))]
    return None


def _ordered(lines: Sequence[str], changed: str) -> int | None:
    """Return which line tells a change in words, with a text that no hunk changes."""
    for at, line in enumerate(lines):
        if _EDITS.search(line) and any(text not in changed for text in _CITED.findall(line)):
            return at
    return None


def _without_quotations(page: Page, known: set[str], lines: list[str]) -> list[str]:
    """Leave out fences that only show the prompt, before or after, where nothing is to be done."""
    edges = [at for at, line in enumerate(lines) if _FENCE.match(line)]
    if len(edges) % 2:
        return lines
    kept: list[str] = []
    start = 0
    for opened, closed in zip(edges[::2], edges[1::2], strict=True):
        shown = [fold(line) for line in lines[opened + 1 : closed]]
        label = lines[opened - 1] if opened > start else ""
        told = (
            _ORDERS.match(label)
            or _BY.match(label)
            or not shown
            or _SYNTAX.search(lines[opened])
            or _SYNTAX.search(lines[closed])
            or not all(key in known or page.has(key) for key in shown)
        )
        kept += lines[start : closed + 1 if told else opened]
        start = closed + 1
    return [*kept, *lines[start:]]


def _core(line: str) -> str:
    """Return a line without list signs, numbers and quotes around it."""
    bare = line.strip(_SIGNS)
    if not bare[:1].isdecimal():
        return bare
    found = _NUMBER.match(line)
    return line[found.end() if found else 0 :].rstrip(_SIGNS)


def _plain(line: str) -> str:
    """Undo the escapes of JSON and of a page."""
    if "\\" in line:
        line = _UNICODE.sub(lambda found: chr(int(found[1], 16)), line)
        line = line.replace('\\"', '"').replace("\\\\", "\\")
    return html.unescape(line) if "&" in line else line
