"""Kept lines of a list whose blank was lost: then the list's own sign looks like a change."""

from collections.abc import Sequence

from planner.patch.diffs.hunks import Row
from planner.patch.diffs.page import Page
from planner.patch.lines import fold


def with_kept_bullets(page: Page, rows: Sequence[Row]) -> list[Row]:
    """Return rows with those kept that only the prompt's lines with `+` or `-` can be."""
    return [as_kept(row) if _is_bullet(page, row) else row for row in rows]


def as_kept(row: Row) -> Row:
    """Return a row as a kept line that has all its signs as text."""
    return row._replace(sign=" ", text=row.raw, key=fold(row.raw))


def _is_bullet(page: Page, row: Row) -> bool:
    if row.sign == "+":
        return page.has(fold(row.raw))
    return not page.has(row.key) and page.has(fold(row.raw))
