"""The section that a hunk's header names behind its numbers: it may be another than the stated."""

import re
from collections.abc import Sequence

from planner.patch.diffs.page import Page
from planner.patch.lines import fold

_TITLE = (
    r"(?P<signs>#{1,6})[ \t]+\S.*?|<(?P<tag>[\w-]+)(?:[ ][^<>]*[^<>/])?>|[^\W\d_][\w -]{0,40}:"
    r"|(?P<key>- [\w-]{1,40}:)[ ]\S.*?|(?P<code>(?:async )?(?:def|class|function) )\w.*?"
    r"|(?P<bars>={1,4}) \S.*? (?P=bars)"
    r"|(?P<field>\"[^\"]{1,60}\": [{\[])|(?P<opens>[\[\u3010])[^\[\]\u3010\u3011]+[\]\u3011]"
)
_ALONE = re.compile(rf"[ \t]*(?:{_TITLE})[ \t]*")
_NAME = re.compile(rf"@@(?:[^@#<]*@@)?[ \t]+(?P<title>{_TITLE})[ \t]*(?:@@)?[ \t]*\r?$")
_TAG = re.compile(r"<[\w-]+>")
_FIELD = re.compile(r"\"[^\"]{1,60}\": [{\[]")
_LABEL = re.compile(r"[^\W\d_][\w -]{0,40}:")


def section_named(page: Page, header: str) -> Sequence[bool] | None:
    """Return for each line of the prompt whether it stands in the section that a header names.

    A number chooses between several places only where nothing says otherwise (rule R3). None
    where the header names no section of the prompt.
    """
    found = _NAME.match(header)
    named = fold(found["title"]) if found else ""
    titles = _titles_of(page, named) if found else frozenset()
    if not found or not titles:
        return None
    begins = _begins(found)
    margin = max(_margin(key) for key in page.keys if key.lstrip() in titles)
    inside = False
    lines: list[bool] = []
    for key in page.keys:
        if _margin(key) <= margin and begins.fullmatch(key.lstrip()):
            inside = key.lstrip() in titles
        lines.append(inside)
    return lines


def quotes_title(page: Page, keys: Sequence[str]) -> bool:
    """Tell whether folded lines hold a title that stands once: like places cannot be meant."""
    return any(page.stands_once(key) and _ALONE.fullmatch(key) for key in keys)


def _begins(found: re.Match[str]) -> re.Pattern[str]:
    """Return with what another section begins: a title as high, a like tag, key or label."""
    if found["signs"]:
        return re.compile(rf"#{{1,{len(found['signs'])}}}[ \t].*")
    for like in ("bars", "key", "code", "opens"):
        if found[like]:
            return re.compile(re.escape(found[like]) + r".*")
    if found["field"]:
        return _FIELD
    if " " in found["title"] and found["tag"]:
        return re.compile(rf"<{found['tag']}\b[^<>]*>")
    return _TAG if found["tag"] else _LABEL


def _margin(key: str) -> int:
    return len(key) - len(key.lstrip())


def _titles_of(page: Page, named: str) -> frozenset[str]:
    """Return the lines that a name stands for: that very line, or titles that begin with it.

    A name is written without the line's indentation.
    """
    titles = frozenset(key.lstrip() for key in page.keys if named in key)
    if named in titles or not named.startswith("#"):
        return frozenset({named}).intersection(titles)
    longer = (key for key in titles if key.startswith(named))
    return frozenset(key for key in longer if not key[len(named)].isalnum())
