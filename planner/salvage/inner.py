"""An object that an edit gives as JSON in a text: some schemas know no free objects."""

import re
from typing import Final

from planner.models import RejectionCode
from planner.salvage.item import Item, item_of, not_an_object, unquoted
from planner.salvage.page import OUT_OF_USE, Page
from planner.salvage.parsing import parse
from planner.salvage.tokens import TOKEN

_FENCE: Final = re.compile(r"```+(?:json[5c]?|python|javascript|js)?|~~~+")
_BRACKET: Final = re.compile(r"[\[\]{}]")
_MARKS: Final = "/*#<!->,;` \t\r\n"
_STRUCK_OUT: Final = re.compile(r"[-;%>~*][ \t]*+(?=\{)")
"""What comments out or crosses out what follows, beside what a comment is in JSON5 or Python."""


def read_object(text: str) -> tuple[Item, str]:
    """Read the only object of a text, and the words beside it and in its comments, for people."""
    text = unquoted(text)
    start = text.find("{")
    if start < 0:
        return not_an_object(text), ""
    comments = (one.span() for one in TOKEN.finditer(text) if one.lastgroup == "comment")
    is_commented = any(begin < start < end for begin, end in comments)
    if is_commented or _STRUCK_OUT.search(text, 0, start + 1):
        return Item(fault=RejectionCode.NOT_THE_ANSWER, reason=OUT_OF_USE), ""
    document = parse(Page(text), start)
    if document.fault and not document.closed:
        return Item(fault=document.fault.code, reason=document.fault.reason), ""
    item = item_of(document, document.value)
    around = f"{text[:start]}\n{text[document.end :]}"
    if not item.fault and _BRACKET.search(around):
        return _unless_list(text), ""
    return item, "\n".join([*_lines_of(around), *filter(None, document.comments)])


def _unless_list(text: str) -> Item:
    if text.strip().startswith("["):
        return not_an_object([])
    return Item(fault=RejectionCode.MALFORMED, reason="something else stands beside its object")


def _lines_of(around: str) -> list[str]:
    """Return the lines that say something, without the marks of comments and of code."""
    lines = (line.strip(_MARKS) for line in _FENCE.sub("\n", around).split("\n"))
    return [line for line in lines if any(map(str.isalnum, line))]
