"""An object that an edit gives as JSON in a text: some schemas know no free objects."""

import json
import re
from typing import Final

from planner.models import RejectionCode
from planner.salvage.item import Item, item_at, not_an_object
from planner.salvage.page import COMMENTED_OUT, OUT_OF_USE, Page, Place
from planner.salvage.remarks import withdraws
from planner.salvage.tokens import comments_in, extent_of
from planner.salvage.words import takes_back_beside

_FENCE: Final = re.compile(r"```+(?:json[5c]?|python|javascript|js)?|~~~+")
_BRACKET: Final = re.compile(r"[\[\]{}]")
_MARKS: Final = "/*#<!->,;` \t\r\n"

_REMOVED: Final = re.compile(r"\s*-\s*\Z")
"""What stands before an object on a line that a diff removes."""

_TAKEN_BACK: Final = "the words beside it take it back"


def read_object(text: str) -> tuple[Item, str]:
    """Read the only object of a text, and the words beside it and in its comments.

    Words that take it back reject it, as they do around an answer; all others are for people.
    """
    text = _unquoted(text)
    start = text.find("{")
    if start < 0:
        return not_an_object(text), ""
    if _is_out_of_use(text[:start]):
        return Item(fault=RejectionCode.NOT_THE_ANSWER, reason=OUT_OF_USE), ""
    extent = extent_of(text, start)
    item = item_at(Place(Page(text)), start, extent)
    around = f"{text[:start]}\n{text[extent.end :]}"
    if not item.fault and _BRACKET.search(around):
        return _unless_list(text), ""
    beside = _lines_of(around)
    if not item.fault and (any(map(takes_back_beside, beside)) or withdraws("\n".join(beside))):
        return Item(fault=RejectionCode.NOT_THE_ANSWER, reason=_TAKEN_BACK), ""
    inside = [words for _, words in comments_in(text[start : extent.end])]
    return item, "\n".join(filter(None, (*beside, *inside)))


def _is_out_of_use(before: str) -> bool:
    """Tell whether what follows these characters is commented or crossed out."""
    line = before.rpartition("\n")[2]
    return (
        COMMENTED_OUT.match(line) is not None
        or _REMOVED.match(line) is not None
        or line.count("~~") % 2 == 1
        or before.rfind("/*") > before.rfind("*/")
        or before.rfind("<!--") > before.rfind("-->")
    )


def _unquoted(text: str) -> str:
    """Return a text out of the quotes that were put round all of it once more."""
    try:
        inner = json.loads(text, strict=False) if text.lstrip().startswith('"') else text
    except ValueError:
        return text
    return str(inner)


def _unless_list(text: str) -> Item:
    if text.strip().startswith("["):
        return not_an_object([])
    return Item(fault=RejectionCode.MALFORMED, reason="something else stands beside its object")


def _lines_of(around: str) -> list[str]:
    """Return the lines that say something, without the marks of comments and of code."""
    lines = (line.strip(_MARKS) for line in _FENCE.sub("\n", around).split("\n"))
    return [line for line in lines if any(map(str.isalnum, line))]
