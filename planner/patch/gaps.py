"""Dots that stand for skipped context cut a hunk into parts, in order."""

from planner.patch.hunks import Header, Hunk, Row
from planner.patch.page import Page
from planner.patch.placeholder import is_ellipsis


def parts(page: Page, hunk: Hunk) -> list[Hunk]:
    """Return a hunk cut at its dots; dots that the prompt really has cut nothing."""
    if not any(_skips(page, row) for row in hunk.rows):
        return [hunk]
    groups: list[list[Row]] = [[]]
    for row in hunk.rows:
        if _skips(page, row):
            groups.append([])
        else:
            groups[-1].append(row)
    first, *others = groups
    cut = [Hunk(hunk.number, hunk.header, first)]
    cut += [Hunk(hunk.number, Header(), group) for group in others]
    return [part for part in cut if part.changes or any(row.key for row in part.rows)]


def _skips(page: Page, row: Row) -> bool:
    return row.sign == " " and is_ellipsis(row.text) and not page.has(row.key)
