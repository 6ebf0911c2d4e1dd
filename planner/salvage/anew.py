"""An answer that breaks off and is given again from its beginning."""

import re
from typing import Final

from planner.salvage.page import Page
from planner.salvage.parsing import parse

_BRACKET: Final = re.compile(r"[\[{]")
_JSON: Final = re.compile(r"[\[\]{}\"]")
_SPACE: Final = re.compile(r"\s+")
_FIRST_ID: Final = re.compile(
    r"[\[{].{0,10000}?[\"']id[\"']\s*:\s*[\"'][^\"'\n]{1,100}[\"']", re.DOTALL
)
"""An answer up to its first edit's id: no text within an edit begins so."""
_MAX_BETWEEN: Final = 10
"""Lines of words before the new beginning."""


def is_beginning(broken: str, whole: str) -> bool:
    """Tell whether a broken answer is the beginning of a whole one, in whatever layout."""
    written = _SPACE.sub("", broken).strip("`").removeprefix("json").rstrip("`")
    return _SPACE.sub("", whole).startswith(written)


def begun_anew(text: str) -> tuple[str, str, str] | None:
    """Part a text where its answer begins once more, after it broke off; None elsewhere.

    Returns:
        The broken answer, the words between as far as they are plain, and the new answer.
    """
    first = _BRACKET.search(text)
    if not first:
        return None
    opening = _FIRST_ID.match(text, first.start())
    beginning = _SPACE.sub("", opening[0]) if opening else ""
    if not beginning:
        return None
    written = re.compile(r"\s*+".join(map(re.escape, beginning)))
    *_, last = (one.start() for one in written.finditer(text, first.start()))
    if last == first.start():
        return None
    document = parse(Page(text), first.start())
    if document.closed and document.end <= last:
        return None
    lines = text[:last].split("\n")
    place = len(lines)
    while place and len(lines) - place < _MAX_BETWEEN and not _JSON.search(lines[place - 1]):
        place -= 1
    return "\n".join(lines[:place]), "\n".join(lines[place:]), text[last:]
