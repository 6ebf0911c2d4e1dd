"""Dots that stand for skipped context cut a hunk into parts, in order."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from planner.patch.diffs.hunks import Header, Hunk, Row, counts
from planner.patch.diffs.page import Page

_DOTS = re.compile(
    r"\s*+(?:(?:#{1,6}|//|/\*|<!--|[\[(])\s*+)?(?:\.{3,10}|\u2026)\s*(?:\*/|-->|[\])])?\s*$"
)


def parts(page: Page, hunk: Hunk) -> list[Hunk]:
    """Return a hunk cut at its dots; dots that the prompt really has cut nothing."""
    if not any(skips(page, row) for row in hunk.rows):
        return [hunk]
    groups: list[list[Row]] = [[]]
    for row in hunk.rows:
        if skips(page, row):
            groups.append([])
        else:
            groups[-1].append(row)
    first, *others = groups
    cut = [Hunk(hunk.number, hunk.header, first)]
    cut += [Hunk(hunk.number, Header(), group) for group in others]
    return [part for part in cut if part.changes or any(row.key for row in part.rows)]


class Span(NamedTuple):
    """Where a part can stand with all parts of its hunk in order."""

    first: int
    last: int
    after: int
    """The line after the parts above it, where those stand as high as they can."""
    before: int
    """The first line of the parts below it, where those stand as low as they can."""


def in_order(page: Page, parts: Sequence[Sequence[str]]) -> list[Span] | None:
    """Return where the folded lines of each part can stand, in order and without overlap.

    As high as possible from the top and as low as possible from the bottom: what
    stands in both lists at the same line has one place only.
    """
    highest = list(_highest(page, parts))
    lowest = list(_lowest(page, parts))
    if len(highest) < len(parts):
        return None
    ends = [first + len(keys) for first, keys in zip(highest, parts, strict=True)]
    lowest.reverse()
    return [
        Span(first, last, after, before)
        for first, last, after, before in zip(
            highest, lowest, [0, *ends[:-1]], [*lowest[1:], len(page.keys)], strict=True
        )
    ]


def _highest(page: Page, parts: Sequence[Sequence[str]]) -> Iterable[int]:
    """Yield the first line of each part from the top, as long as there is one."""
    start = 0
    for keys in parts:
        at = page.first_place(keys, start)
        if at is None:
            return
        yield at
        start = at + len(keys)


def _lowest(page: Page, parts: Sequence[Sequence[str]]) -> Iterable[int]:
    """Yield the last line of each part from the bottom, as long as there is one."""
    end = len(page.keys)
    for keys in reversed(parts):
        at = page.last_place(keys, end)
        if at is None:
            return
        yield at
        end = at


def trails_off(page: Page, hunk: Hunk) -> bool:
    """Say whether a hunk ends in dots, and its counts say that more was meant."""
    if hunk.header.old is None or hunk.header.new is None or not skips(page, hunk.rows[-1]):
        return False
    if skips_around(page, hunk):
        return False
    old, new = counts([row for row in hunk.rows if not skips(page, row)])
    return old < hunk.header.old or new < hunk.header.new


def skips_within_change(page: Page, hunk: Hunk) -> bool:
    """Say whether dots stand between a removed line and an added one: both lost their others."""
    rows = hunk.rows
    return any(
        above.sign == "-" and below.sign == "+" and skips(page, row)
        for above, row, below in zip(rows, rows[1:], rows[2:], strict=False)
    )


def skips_around(page: Page, hunk: Hunk) -> bool:
    """Say whether context is left out above and below the lines around a change: it is whole."""
    first, last, beside = hunk.rows[0], hunk.rows[-1], hunk.rows[-2:][0]
    return skips(page, first) and skips(page, last) and beside.sign == " " and bool(beside.key)


def skips(page: Page, row: Row) -> bool:
    """Say whether a row is dots that stand for context left out, with or without a sign."""
    if row.sign != " " or not ("..." in row.text or "\u2026" in row.text):
        return False
    return bool(_DOTS.match(row.text)) and not page.has(row.key)
