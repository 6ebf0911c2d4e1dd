"""The section that a hunk's header names behind its numbers: it may be another than the stated."""

import re
from collections.abc import Sequence

from planner.patch.diffs.page import Page
from planner.patch.lines import fold

_TAIL = re.compile(r"@@[^@]*@@[ \t]+(?:(#{1,6})[ \t]+\S|<[\w-]+>[ \t]*\r?$)")
_TAG = re.compile(r"<[\w-]+>")


def section_named(page: Page, header: str) -> Sequence[bool] | None:
    """Return for each line of the prompt whether it stands in the section that a header names.

    A number chooses between several places only where nothing says otherwise (rule R3). None
    where the header names no section of the prompt.
    """
    tail = _TAIL.match(header)
    if not tail:
        return None
    named = fold(header.split("@@", 2)[2].strip())
    if not page.has(named):
        return None
    begins = _TAG if tail[1] is None else re.compile(rf"#{{1,{len(tail[1])}}}[ \t].*")
    inside = False
    lines: list[bool] = []
    for key in page.keys:
        if begins.fullmatch(key):
            inside = key == named
        lines.append(inside)
    return lines
