"""The documents of a text: each outermost value that holds edits, and where it stands."""

import re
from collections.abc import Iterator
from typing import Any, Final

from planner.salvage.document import Broken, Document
from planner.salvage.page import Page
from planner.salvage.parsing import parse
from planner.salvage.tokens import ANY_LIST, COLON, LIST, OP, SPACE
from planner.salvage.whole import levels_of

MAX_DOCUMENTS: Final = 50_000

_OPENING: Final = re.compile(rf"{LIST.pattern}|[\[{{]", re.IGNORECASE)
_HINT: Final = re.compile(
    rf"{OP.pattern}|{LIST.pattern}|\{{{SPACE}*+[\"'“]?id{COLON}", re.IGNORECASE
)
"""No edit stands behind the last of these, nor begins a document there."""

_MENTIONED: Final = re.compile(r"'edits': *\[[.\u2026 ]*\]")
"""An empty list as Python writes it begins no answer anew: a text speaks of it."""
_KEYED: Final = re.compile(r"\{\s*[\"“]\w+[\"”]\s*:")
_QUOTES: Final = ("'", '"')
_BEFORE_KEY: Final = re.compile(r"(?:\{\s*+)?[\"'“]?\Z")


def documents_in(page: Page) -> Iterator[Document]:
    """Yield the documents of a text in order, and what may be the broken beginning of one.

    What holds no edit is passed over; looking inside of it reads its text again, and a budget
    keeps that linear on hostile nesting.
    """
    text = page.text
    last = max((found.end() for found in _HINT.finditer(text)), default=-1)
    budget = 2 * len(text)
    position = count = 0
    while count <= MAX_DOCUMENTS and (opening := _OPENING.search(text, position)):
        if opening.start() > last:
            return
        document = _document_at(page, opening)
        budget -= document.end - opening.start()
        is_found = _holds_edits(document.value)
        if is_found or (not document.closed and _KEYED.match(text, document.start)):
            count += 1
            document.is_quoted = text[max(0, document.start - 1) : document.start] in _QUOTES
            yield document
        passed_over = is_found or document.closed or document.is_too_deep or budget < 0
        position = max(document.end if passed_over else 0, opening.end(), opening.start() + 1)


def _document_at(page: Page, opening: re.Match[str]) -> Document:
    start = opening.start()
    if opening.end() == start + 1:
        return parse(page, start)
    brace = _BEFORE_KEY.search(page.text, max(0, start - 60), start)
    start = brace.start() if brace else start
    return parse(page, start, key="edits", position=opening.end())


def _holds_edits(value: Any) -> bool:
    return isinstance(value, Broken) or any(
        level.lists or level.loose or level.barred for level in levels_of(value)
    )


def last_list_in(text: str) -> int:
    """Return where the last list of edits opens."""
    lists = (
        found.start()
        for found in ANY_LIST.finditer(text)
        if not _MENTIONED.match(text, found.start() - 1)
    )
    return max(lists, default=-1)
