"""Slips in added lines that no model means as text: a stray closing mark, a line told twice."""

import re
from collections.abc import Sequence
from itertools import takewhile

from planner.patch.hunks import Row
from planner.patch.page import Page

_CLOSING_TAG = re.compile(r"</(\w+)>$")
_STOP_TOKEN = re.compile(r"<\|\w+\|>$")
_CLOSING_QUOTE = re.compile(r"(\"|(?<!`)`)[\]})]*,?$")
_LONE = {'"': re.compile('"'), "`": re.compile("(?<!`)`(?!`)")}
_LONG = 20
"""Characters; shorter lines, such as fences and rules, are often written twice."""


def ends_in_wrapping(page: Page, rows: Sequence[Row], *, fenced: bool) -> bool:
    """Say whether the last line of a diff closes what was opened around the diff, not in it."""
    text = rows[-1].key
    if (fenced and text.endswith(("```", "~~~"))) or _STOP_TOKEN.search(text):
        return True
    tag = _CLOSING_TAG.search(text)
    if tag:
        opening = re.compile(rf"<{tag[1]}\b")
        return not any(opening.search(one) for one in [page.prompt, *(row.text for row in rows)])
    quote = _CLOSING_QUOTE.search(text)
    return quote is not None and _count(quote[1], rows) % 2 == 1


def _count(mark: str, rows: Sequence[Row]) -> int:
    """Count a mark in the last lines that change: a quotation may go over several, as before."""
    changed = takewhile(lambda row: row.sign != " ", reversed(rows))
    return sum(len(_LONE[mark].findall(row.key)) for row in changed)


def blank_without_sign(rows: Sequence[Row]) -> bool:
    """Say whether a blank line without a sign stands between added ones: kept, or added."""
    return any(
        above.sign == below.sign == "+" and not row.signed and not row.key
        for above, row, below in zip(rows, rows[1:], rows[2:], strict=False)
    )


def signed_twice(rows: Sequence[Row]) -> bool:
    """Say whether all added lines with text begin with one more `+` as their own."""
    written = [row.key for row in rows if row.sign == "+" and row.key]
    return bool(written) and all(key.startswith("+ ") for key in written)


def opens_fence(rows: Sequence[Row]) -> bool:
    """Say whether added lines hold one end of a code block without the other."""
    signs = [row.sign for row in rows if row.key.lstrip().startswith(("```", "~~~"))]
    return signs.count("+") % 2 == 1 and signs.count("-") % 2 == 0


def repeated(rows: Sequence[Row]) -> Row | None:
    """Return an added line that is told twice: the last one, or a long one, as in a restart."""
    if len(rows) > 1 and rows[-1] == rows[-2] and rows[-1].sign == "+" and rows[-1].key:
        return rows[-1]
    run: set[str] = set()
    for row in rows:
        if row.sign == " ":
            run.clear()
        elif row.sign == "+" and len(row.key) >= _LONG:
            if row.key in run:
                return row
            run.add(row.key)
    return None
