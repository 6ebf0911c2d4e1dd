r"""Lines as a patch means them: they end at `\n` and nowhere else.

`str.splitlines` would also cut at form feeds, U+2028 and six more, which are
content. A `\r` right before the `\n` belongs to the line's ending.
"""

import re
import unicodedata
from collections.abc import Sequence

_COATS = {
    "\u2018": "'",
    "\u2019": "'",
    "\u201a": "'",
    "\u201b": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u201f": '"',
    "\u2010": "-",
    "\u2011": "-",
    "\u00a0": " ",
    "\u2007": " ",
    "\u202f": " ",
}
"""The same character in another typographic coat. Dashes are other characters."""
BLANKS = " \t\u00a0\u2007\u202f"
"""Blanks of any kind that a line may end with."""
CURLY = frozenset("\u2018\u2019\u201c\u201d")
"""Where a program wrote one of these quotes, it wrote all of them."""

_RUN = 60
_DENSE = re.compile(rf"[^\x00-\u02ff]{{{_RUN},}}")
"""Where many marks may combine with one character; people write three or four."""


def split_lines(text: str) -> list[str]:
    """Split a text into lines that keep their endings; the last may have none."""
    lines = text.split("\n")
    last = lines.pop()
    kept = [line + "\n" for line in lines]
    return [*kept, last] if last else kept


def body(line: str) -> str:
    r"""Return a line without its ending, `\n` or `\r\n`."""
    return line[:-2] if line.endswith("\r\n") else line.removesuffix("\n")


def ending(line: str) -> str:
    r"""Return a line's ending: `\n`, `\r\n` or nothing."""
    return line[len(body(line)) :]


def other_signs(quoted: str, own: str) -> set[str]:
    """Return the signs of a quoted text that the prompt's own text does not have."""
    return {char for char in set(quoted).difference(own) if not char.isalnum()}


def fold(line: str) -> str:
    """Return what is compared of a line when a hunk is looked for (rules R6 and R7).

    Forgiven are trailing blanks and variants of the same character; a word, a
    number, the case of a letter and leading blanks are not.
    """
    return (line if line.isascii() else _bare(line)).rstrip(" \t\r\n")


def cut_lines(text: str) -> list[str]:
    r"""Return the lines, without their `\n`, of a text that ends with one, or is empty."""
    return text.split("\n")[:-1]


def fold_all(lines: Sequence[str]) -> list[str]:
    r"""Fold lines that stand without their `\n`: all at once, which is faster."""
    text = "\n".join(lines)
    bare = text if text.isascii() else _bare(text)
    return [line.rstrip(" \t\r") for line in (lines if bare is text else bare.split("\n"))]


def _bare(text: str) -> str:
    """Return a text without typographic coats; a search for each is ten times as fast as for any.

    A run of marks that no script has would take quadratic time to be put in order.
    """
    if not unicodedata.is_normalized("NFC", text) and not _is_flooded(text):
        text = unicodedata.normalize("NFC", text)
    for coat, bare in _COATS.items():
        if coat in text:
            text = text.replace(coat, bare)
    return text


def _is_flooded(text: str) -> bool:
    """Say whether more marks combine with one character than people write."""
    return any(
        sum(map(bool, map(unicodedata.combining, run[0]))) > _RUN // 2
        for run in _DENSE.finditer(text)
    )


def line_around(text: str, at: int) -> str:
    """Return the line of a text in which a place is."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", max(at, start))
    return text[start : len(text) if end < 0 else end]
