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
_BEFORE_KEY: Final = re.compile(r"(?:\{\s*+)?[\"'“]?\Z")
_NO_MARKUP: Final = re.compile(
    r"(?:</[\w:-]+|--|\||[\uff5c])>\Z|<(?:tool_calls?|function(?:_call|=[^<>]*)?|arg_value)>\Z"
)
"""Tags that close, and a model's own marks: in those nothing is escaped."""
_FENCE_BEFORE: Final = re.compile(r"(?:`{3,}+\w*+|\\[nrt]|[ \t])*\Z")
_INLINE: Final = re.compile(r"(?:\A|[.:!?][ \t]*\n\s*)`\Z")
"""Code in a sentence is quoted by what marks it up, not by a language."""
_KEY_BEFORE: Final = re.compile(r"([\"'])edits\1\Z")
"""The key whose colon is missing."""
_IN_ARGUMENT: Final = re.compile(r"\w=(?:'[^'\\]*+(?:\\.[^'\\]*+)*|\"[^\"\\]*+(?:\\.[^\"\\]*+)*)\Z")
_MAX_BEFORE: Final = 300


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
            _look_around(document)
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


def _look_around(document: Document) -> None:
    """Note what the characters before a document make of its escapes and entities."""
    before = document.page.text[max(0, document.start - _MAX_BEFORE) : document.start]
    found = _FENCE_BEFORE.search(before)
    fence = found[0] if found else ""
    quote = before[: len(before) - len(fence)]
    quoted = (quote.endswith(("'", '"')) and not _KEY_BEFORE.search(quote)) or (
        quote.endswith("`") and not _INLINE.search(quote)
    )
    # A break that is spelt out stands in a text of another language, too.
    document.foreign = quoted or "\\" in fence or _IN_ARGUMENT.search(before) is not None
    tag = before[-80:].rstrip()
    document.tagged = tag.endswith(">") and not _NO_MARKUP.search(tag)


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
