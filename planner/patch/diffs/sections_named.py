"""The section that a hunk's header names behind its numbers: it may be another than the stated."""

import re

from planner.patch.diffs.page import Page
from planner.patch.lines import fold

_TAIL = re.compile(r"@@[^@]*@@[ \t]+(?:(#{1,6})[ \t]+\S|<[\w-]+>[ \t]*\r?$)")
_HEADING = re.compile(r"(#{1,6})[ \t]")
_TAG = re.compile(r"<[\w-]+>")


def names_another_section(page: Page, header: str, stated: int) -> bool:
    """Tell whether a header names a heading of the prompt that is not the one above a line.

    A number chooses between several places only where nothing says otherwise (rule R3).
    """
    tail = _TAIL.match(header)
    if not tail:
        return False
    named = fold(header.split("@@", 2)[2].strip())
    if not page.has(named):
        return False
    above = (page.keys[at] for at in range(stated, -1, -1))
    if tail[1] is None:
        return next(filter(_TAG.fullmatch, above), None) != named
    levels = ((key, found[1]) for key in above if (found := _HEADING.match(key)))
    return next((key for key, marks in levels if len(marks) <= len(tail[1])), None) != named
