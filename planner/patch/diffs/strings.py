"""Strings in lines of code that a change leaves open, where the line before it had closed them."""

import re
from collections.abc import Iterator, Sequence, Set
from typing import Final

from planner.patch.diffs.hunks import Hunk, Row
from planner.patch.diffs.page import Page

_WHOLE: Final = re.compile(r"\\.|\w\w'\w|s'(?=[\s.,;:)]|$)|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
"""Strings, signs that are escaped, and apostrophes."""
_QUOTE: Final = re.compile(r"[\"']")
_COMMENT: Final = re.compile(r"#|//|--|/\*|<!--")


def broken_string(
    page: Page, hunks: Sequence[Hunk], in_code: Sequence[Set[int]]
) -> tuple[Hunk, Row, str] | None:
    """Return an added line that opens a string which nothing closes, and with which quote.

    It stands for lines that closed theirs; a comment has apostrophes, and a string may go on in
    the next line. `in_code` are the rows of each hunk that stand in blocks of code.
    """
    for hunk, code in zip(hunks, in_code, strict=True):
        for removed, added in _runs(hunk.rows, code) if code else ():
            opened = [(row, quote) for row in added if (quote := _left_open(row.key))]
            if len(opened) != 1 or any(_left_open(row.key) for row in removed):
                continue
            row, quote = opened[0]
            closed = any(quote in one.key for one in removed)
            if closed and not any(_left_open(key) == quote for key in page.in_code):
                return hunk, row, quote
    return None


def _runs(rows: Sequence[Row], code: Set[int]) -> Iterator[tuple[list[Row], list[Row]]]:
    """Yield the removed rows of each change, and the added ones that are code."""
    removed: list[Row] = []
    added: list[Row] = []
    for at, row in enumerate(rows):
        if row.sign == "-":
            removed.append(row)
        elif row.sign == "+":
            added += [row] if at in code else []
        else:
            yield removed, added
            removed, added = [], []
    yield removed, added


def _left_open(key: str) -> str | None:
    """Return the quote of a string that a line opens and does not close."""
    if '"' not in key and "'" not in key:
        return None
    rest = _WHOLE.sub("_", key)
    found = _QUOTE.search(rest)
    return None if found is None or _COMMENT.search(rest[: found.start()]) else found[0]
