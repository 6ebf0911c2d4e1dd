"""Dots that stand for skipped context cut a hunk into parts, in order."""

import re

from planner.patch.hunks import Header, Hunk, Row, counts
from planner.patch.page import Page

_DOTS = re.compile(
    r"\s*(?:#{1,6}|//|/\*|<!--|[\[(])?\s*(?:\.{3,10}|\u2026)\s*(?:\*/|-->|[\])])?\s*$"
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


def trails_off(page: Page, hunk: Hunk) -> bool:
    """Say whether a hunk ends in dots, and its counts say that more was meant."""
    if hunk.header.old is None or hunk.header.new is None or not skips(page, hunk.rows[-1]):
        return False
    old, new = counts([row for row in hunk.rows if not skips(page, row)])
    return old < hunk.header.old or new < hunk.header.new


def skips(page: Page, row: Row) -> bool:
    """Say whether a row is dots that stand for context left out, with or without a sign."""
    if row.sign != " " or not ("..." in row.text or "\u2026" in row.text):
        return False
    return bool(_DOTS.match(row.text)) and not page.has(row.key)
