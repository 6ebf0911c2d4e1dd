"""The section that a hunk's header names behind its numbers: it may be another than the stated."""

import re
from collections.abc import Sequence

from planner.patch.diffs.page import Page
from planner.patch.lines import fold

_NAME = re.compile(
    r"@@(?:[^@#<]*@@)?[ \t]+((#{1,6})[ \t]+\S.*?|<([\w-]+)(?:[ ][^<>]*)?>|[^\W\d_][\w -]{0,40}:)"
    r"[ \t]*(?:@@)?[ \t]*\r?$"
)
_TAG = re.compile(r"<[\w-]+>")
_LABEL = re.compile(r"[^\W\d_][\w -]{0,40}:")


def section_named(page: Page, header: str) -> Sequence[bool] | None:
    """Return for each line of the prompt whether it stands in the section that a header names.

    A number chooses between several places only where nothing says otherwise (rule R3). None
    where the header names no section of the prompt.
    """
    found = _NAME.match(header)
    named = fold(found[1]) if found else ""
    titles = _titles_of(page, named) if found else frozenset()
    if not found or not titles:
        return None
    begins = _begins(found)
    inside = False
    lines: list[bool] = []
    for key in page.keys:
        if begins.fullmatch(key):
            inside = key in titles
        lines.append(inside)
    return lines


def _begins(found: re.Match[str]) -> re.Pattern[str]:
    """Return with what another section begins: a title as high, a like tag or label."""
    if found[2]:
        return re.compile(rf"#{{1,{len(found[2])}}}[ \t].*")
    if " " in found[1] and found[3]:
        return re.compile(rf"<{found[3]}\b[^<>]*>")
    return _TAG if found[3] else _LABEL


def _titles_of(page: Page, named: str) -> frozenset[str]:
    """Return the lines that a name stands for: that very line, or titles that begin with it."""
    if page.has(named) or not named.startswith("#"):
        return frozenset({named} if page.has(named) else ())
    longer = (key for key in page.keys if key.startswith(named))
    return frozenset(key for key in longer if not key[len(named)].isalnum())
