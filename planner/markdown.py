"""Untrusted text in markdown and on a terminal: it cannot break out of its place.

What the teacher and the diagnosis wrote is data. Inline, every character with a
meaning in markdown or HTML is escaped and line breaks become blanks; in a fence,
the fence is longer than any inside. Control characters, which move a terminal's
cursor, and the marks that turn the direction of text are shown as escapes.
"""

import re
from typing import Final

from planner.invisible import escaped

_MEANINGFUL: Final = re.compile(r"([\\`*\[\]<>|~$&@]|(?<![^\W_])_|_(?![^\W_]))")
"""An underscore inside a word means nothing, and names read better without escapes."""
_BLOCK_START: Final = re.compile(r"^(\d{1,9}(?=[.)])|(?=[#+=:-]))(.)")
_WORDS: Final = re.compile(r"(`[\w.:/-]{1,200}`)|[^\s`]+")
"""Code spans that our own sentences name edits with, and runs without a blank. A run is taken
whole and looked into afterwards: no character is read again from each place before it."""
_LINKED: Final = re.compile(r"(?:https?|ftp|mailto|xmpp):|www\.|@", re.IGNORECASE)
"""What makes a run a code span: renderers make a link or a mention of it by themselves,
whatever is escaped in it."""


def visible(text: str) -> str:
    r"""Return a text with control and direction marks shown as `\x1b` and `\u202e`."""
    return escaped(text.replace("\r\n", "\n").replace("\t", "    "))


def shortened(text: str, limit: int) -> str:
    """Return at most `limit` characters of a text, and how many were left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]} [... {len(text) - limit:,} more characters]"


def inline(text: str, *, limit: int = 500) -> str:
    """Return a text that stands as plain words in a paragraph, a heading, a list or a table cell.

    Args:
        text: Anything.
        limit: Characters of it that are shown.
    """
    line = " ".join(visible(shortened(text, limit)).split())
    parts, at = [], 0
    for found in _WORDS.finditer(line):
        if found[1] or _LINKED.search(found[0]):
            parts += [_escaped(line[at : found.start()]), found[1] or code(found[0], limit=limit)]
            at = found.end()
    return _BLOCK_START.sub(r"\1\\\2", "".join([*parts, _escaped(line[at:])]))


def _escaped(text: str) -> str:
    return _MEANINGFUL.sub(r"\\\1", text)


def code(text: str, *, limit: int = 200) -> str:
    """Return a text as a code span of one line, also inside a table cell."""
    line = " ".join(visible(shortened(text, limit)).split()).replace("|", "¦")
    fence = "`" * (_longest_run(line) + 1)
    return f"{fence} {line} {fence}" if "`" in line else f"`{line or ' '}`"


def fenced(text: str, language: str = "", *, limit: int = 20_000) -> str:
    """Return a text as a code block, in a fence longer than any fence inside.

    Args:
        text: Anything.
        language: Ours, never the text's: a renderer may run what it knows.
        limit: Characters of it that are shown.
    """
    shown = visible(shortened(text, limit)).rstrip("\n")
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def quoted(text: str, *, limit: int = 4_000) -> str:
    """Return a text as a quotation whose lines are plain words."""
    lines = visible(shortened(text, limit)).strip().split("\n")
    return "\n".join(f"> {inline(line, limit=limit)}".rstrip() for line in lines)


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
