"""Kept lines that may be ones to remove: an added line beside them is their new version."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from planner.patch.diffs.hunks import Hunk, Row

_WORD = re.compile(r"\w+")
_KEY = re.compile(
    r"[ \t]*(?:\d{1,3}[.)][ \t]"
    r"|(?:[-*+\u2022][ \t]+)?(?:\|[ \t*_`]{0,9}\w[^|]*\||(?:\*\*|__|`)\w[^*_`]*(?:\*\*|__|`)"
    r"|[\"']?\w[\w .-]{0,40}[\"']?[ \t]?:(?=[ \t])))"
)
"""What a line is known by: its number, its first cell, a label in bold or before a colon."""
_LEAST = 3
"""Words, a bullet among them: many lines of a list begin with two alike."""


def keeps_twin(hunk: Hunk) -> bool:
    """Say whether a hunk has new lines too many because kept ones were to be removed."""
    if hunk.header.new is None:
        return False
    surplus = hunk.counts[1] - hunk.header.new
    if surplus < 1 or surplus not in {1, sum(row.sign == "+" for row in hunk.rows)}:
        return False
    return any(_replaces(kept, added) for kept, added in _neighbours(hunk.rows))


def _neighbours(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Yield kept lines with added ones that may take their place.

    They stand side by side, or as many kept ones stand above or below the added ones.
    """
    end = 0
    for sign, run in groupby(rows, key=lambda row: row.sign):
        start, end = end, end + len(list(run))
        if sign != "+":
            continue
        size, added = end - start, rows[start:end]
        above, below = rows[max(0, start - size) : start], rows[end : end + size]
        pairs = [*zip(above[-1:], added[:1], strict=False), *zip(below, added[-1:], strict=False)]
        for block in (above, below):
            if len(block) == size:
                pairs += zip(block, added, strict=True)
        yield from (pair for pair in pairs if pair[0].sign == " ")


def _replaces(kept: Row, added: Row) -> bool:
    """Say whether a kept line has the key or most words of an added one, or lost its blank."""
    if not kept.key:
        return False
    if kept.text == kept.raw or added.key.startswith(kept.key.rstrip(".!?:;")):
        return True
    known = _KEY.match(kept.key)
    if known and added.key.startswith(known[0]):
        return True
    one, other = set(_WORD.findall(kept.key)), set(_WORD.findall(added.key))
    if one and 2 * len(one & other) >= max(len(one), len(other)):
        return True
    words = kept.key.split()
    half = words[: max(_LEAST, len(words) // 2)]
    return len(words) > _LEAST and added.key.split()[: len(half)] == half
