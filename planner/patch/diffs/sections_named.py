"""The section that a hunk's header names behind its numbers: it may be another than the stated."""

import re
from collections.abc import Sequence

from planner.patch.diffs.page import Page
from planner.patch.lines import fold

_NAME = re.compile(r"@@(?:[^@#<]*@@)?[ \t]+((#{1,6})[ \t]+\S.*?|<[\w-]+>)[ \t]*(?:@@)?[ \t]*\r?$")
_TAG = re.compile(r"<[\w-]+>")


def section_named(page: Page, header: str) -> Sequence[bool] | None:
    """Return for each line of the prompt whether it stands in the section that a header names.

    A number chooses between several places only where nothing says otherwise (rule R3). None
    where the header names no section of the prompt.
    """
    found = _NAME.match(header)
    named = fold(found[1]) if found else ""
    if not found or not page.has(named):
        return None
    begins = re.compile(rf"#{{1,{len(found[2])}}}[ \t].*") if found[2] else _TAG
    inside = False
    lines: list[bool] = []
    for key in page.keys:
        if begins.fullmatch(key):
            inside = key == named
        lines.append(inside)
    return lines
