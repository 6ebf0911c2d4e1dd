"""Documents in a text: each outermost value that holds edits, and what it holds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from planner.salvage.beside import as_read, said_under
from planner.salvage.calls import are_parts, is_argument, proposes_nothing
from planner.salvage.flaws import takes_itself_back
from planner.salvage.item import Item, item_at, representable
from planner.salvage.lists import MAX_ITEMS, MAX_RAW_BEYOND, EditList, ListReader, list_at
from planner.salvage.page import Page, Place
from planner.salvage.tokens import (
    ITEM_START,
    LIST,
    MAX_DEPTH,
    OP,
    PLAN,
    TOKEN,
    Extent,
    comments_in,
    extent_of,
    fault_of,
    next_token,
)
from planner.salvage.words import takes_back_around

_OPENING: Final = re.compile(rf"{LIST.pattern}|[\[{{]", re.IGNORECASE)
_HINT: Final = re.compile(rf"{OP.pattern}|{LIST.pattern}", re.IGNORECASE)
"""No edit stands behind the last of these, nor begins a document there."""

_DOTS: Final = re.compile(r"\[[\s{}]*(?:(?:\.{3}|…)[\s{},]*)+\]")
"""A list whose edits are dots: it is neither an answer nor a broken one."""

_KEYED: Final = re.compile(r"\{\s*[\"“]\w+[\"”]\s*:")
_NO_MARKUP: Final = re.compile(
    r"(?:</[\w:-]+|--|\||[\uff5c])>\Z|<(?:tool_calls?|function(?:_call|=[^<>]*)?|arg_value)>\Z"
)
"""Tags that close, and a model's own marks: in those nothing is escaped."""
_BEFORE_KEY: Final = re.compile(r"(?:\{\s*+)?[\"'“]?\Z")

_FENCE_BEFORE: Final = re.compile(r"(?:`{3,}\w*|\\[nrt]|[ \t])*\Z")
_INLINE: Final = re.compile(r"(?:\A|[.:!?][ \t]*\n\s*)`\Z")
"""Code in a sentence is quoted by what marks it up, not by a language."""

_IN_ARGUMENT: Final = re.compile(r"\w=(?:'[^'\\]*+(?:\\.[^'\\]*+)*|\"[^\"\\]*+(?:\\.[^\"\\]*+)*)\Z")
_HYPOTHETICAL: Final = re.compile(
    r"\bwould (?:be|have been) (?:wrong|a mistake|false)\b|\bcould have\b|\brather than\b",
    re.IGNORECASE,
)
_MAX_MENTION: Final = 200
_MAX_BEFORE: Final = 300

_MAX_SAID: Final = 20_000
_MAX_LISTS_TRIED: Final = 50
"""Lists under other names, or under none, that are looked at."""


@dataclass(frozen=True, slots=True)
class Found:
    """A list of edits, or one edit outside any list, and the keys above it."""

    edits: EditList
    path: tuple[str, ...] = ()
    depth: int = 0
    named: bool = True
    """It stands under `edits`."""
    withdrawn: bool = False
    """The object that holds it says that it is not meant."""
    tool: str | None = None
    """The tool that is called with it."""
    beside: str = ""
    """The texts that stand beside the list, in the object that holds it."""


@dataclass(slots=True)
class Document:
    """One outermost value, whole or broken."""

    start: int
    end: int
    closed: bool = False
    found: list[Found] = field(default_factory=list)
    suspect: bool = False
    """It broke off: what stands behind may stand inside one of its texts."""


@dataclass(slots=True)
class _Frame:
    bracket: str
    start: int
    path: tuple[str, ...]
    found_before: int
    key: str | None = None
    has_op: bool = False
    withdrawn: bool = False
    tool: str | None = None
    said: list[str] = field(default_factory=list)


def documents_in(page: Page) -> Iterator[Document]:
    """Yield the documents of a text in order.

    What holds no edit is passed over; looking inside of it reads its text again,
    and a budget keeps that linear on hostile nesting.
    """
    text = page.text
    last = max((found.end() for found in _HINT.finditer(text)), default=-1)
    budget = 2 * len(text)
    tries = _MAX_LISTS_TRIED
    position = items = 0
    while items <= MAX_ITEMS and (opening := _OPENING.search(text, position)):
        if opening.start() > last:
            return
        reader = _Reader(page, opening, tries)
        document = reader.read()
        tries = reader.tries
        budget -= document.end - opening.start() + reader.looked_ahead
        if document.found or document.suspect:
            items += 1
            document.found = _joined(document.found)
            yield document
        passed_over = document.found or document.closed or budget < 0
        position = max(document.end if passed_over else 0, opening.end(), opening.start() + 1)


def _joined(found: list[Found]) -> list[Found]:
    """Return what several calls of one tool are given as one, where those are parts of one answer.

    Each of the calls is an item of the document, or the next field of one.
    """
    first = found[0] if found else None
    if first is None or first.tool is None or len(found) == 1:
        return found
    alike = all(
        (one.tool, one.path, one.depth, one.withdrawn)
        == (first.tool, first.path, first.depth, False)
        for one in found
    )
    items = tuple(item for one in found for item in one.edits.items)
    if not alike or not are_parts(item.value for item in items):
        return found
    last = found[-1].edits
    closed = all(one.edits.closed for one in found)
    return [replace(first, edits=EditList(items, first.edits.start, last.end, closed=closed))]


def is_mentioned(document: Document, text: str) -> bool:
    """Tell whether a sentence only speaks of a list: its edits are dots, or it would be wrong."""
    if not document.closed or document.end - document.start > _MAX_MENTION:
        return False
    if any(item.value is not None for found in document.found for item in found.edits.items):
        return False
    written = text[document.start : document.end]
    before = text[max(0, document.start - _MAX_BEFORE) : document.start].rpartition("\n")[2]
    after = text[document.end : document.end + _MAX_BEFORE].partition("\n")[0]
    if "\n" in written or not before.strip(" \t`>*-"):
        return False
    return (
        "..." in written
        or "\u2026" in written
        or _HYPOTHETICAL.search(f"{before} {after}") is not None
    )


class _Reader:
    """Reads one document from its opening bracket, or from its key, to where it ends."""

    def __init__(self, page: Page, opening: re.Match[str], tries: int) -> None:
        self.text = page.text
        self.opening = opening
        self.tries = tries
        self.frames: list[_Frame] = []
        self.before = "start"
        self.word = ""
        self.position = opening.start()
        start = self.position
        if opening.end() > start + 1:
            self.frames.append(_Frame("{", start, (), 0, key="edits"))
            self.before = "colon"
            self.position = opening.end()
            brace = _BEFORE_KEY.search(self.text, max(0, start - 60), start)
            start = brace.start() if brace else start
        self.looked_ahead = 0
        """Characters behind the document that were looked at for a closing quote."""
        self.document = Document(start, start)
        self.page = page

    @cached_property
    def place(self) -> Place:
        """Return where it stands: only what holds an edit needs to know."""
        return _place_of(self.page, self.document.start)

    def read(self) -> Document:
        """Read until the outermost bracket closes, or the text is no JSON any more."""
        while token := TOKEN.match(self.text, self.position):
            if token.lastgroup not in ("space", "comment"):
                fault = self._fault(token)
                if fault or not self._follow(token):
                    return self._broken(fault or Extent(self.position))
                if not self.frames:
                    self.document.end, self.document.closed = self.position, True
                    return self.document
            else:
                self.position = token.end()
                if token.lastgroup == "comment" and self.frames:
                    said = [words for _, words in comments_in(token[0])]
                    self.frames[-1].withdrawn |= any(map(takes_back_around, said))
        return self._broken(extent_of(self.text, len(self.text)))

    def _fault(self, token: re.Match[str]) -> Extent | None:
        if token.lastgroup == "quote":
            self.looked_ahead = len(self.text) - token.start()
        if len(self.frames) > MAX_DEPTH:
            return Extent(token.start())
        if not self.frames:
            return None
        return fault_of(self.text, token, [self.frames[-1].bracket], self.before)

    def _follow(self, token: re.Match[str]) -> bool:
        """Go on by one token, or by a list of edits; tell whether reading goes on."""
        kind = token.lastgroup or ""
        if kind == "open":
            return self._open(token.start())
        self.position = token.end()
        if self.before == "colon" and kind in ("string", "single", "smart", "word"):
            frame = self.frames[-1]
            frame.withdrawn |= frame.key is not None and takes_itself_back(frame.key, token[0])
            if frame.bracket == "{" and frame.key and len(token[0]) < _MAX_SAID and kind != "word":
                said = said_under(frame.key, as_read(token[0]))
                frame.said += [said] if said else []
            frame.tool = token[0].strip("\"'“”") if frame.key == "name" else frame.tool
        if kind == "close":
            self._close(token.end())
        elif kind == "colon" and self.frames[-1].bracket == "{":
            key = self.word.strip("\"'“”")
            self.frames[-1].key = key
            self.frames[-1].has_op |= key == "op"
        self.before = kind
        self.word = token[0]
        return True

    def _open(self, start: int) -> bool:
        """Go into a bracket, or read the list of edits that opens; tell whether reading goes on."""
        frame = self.frames[-1] if self.frames else None
        key = frame.key if frame and self.before == "colon" else None
        path = (*(frame.path if frame else ()), *((key,) if key else ()))
        if key and key.lower() == "edits" and (dots := _DOTS.match(self.text, start)):
            self.position, self.before = dots.end(), "close"
            return True
        if key and key.lower() == "edits" and not PLAN.match(self.text, start):
            return self._take(list_at(self.place, start), path[:-1], named=True)
        if self.text[start] == "[" and self._may_list_edits(start):
            self.tries -= 1
            edits = ListReader(self.place, start).read()
            if any(_has_op(item) for item in edits.items):
                return self._take(edits, path, named=False)
        self.frames.append(_Frame(self.text[start], start, path, len(self.document.found)))
        self.position = start + 1
        self.before = "open"
        return True

    def _may_list_edits(self, start: int) -> bool:
        kind, first, _ = next_token(self.text, start + 1)
        if kind != "open" or self.tries <= 0 or any(frame.has_op for frame in self.frames):
            return False
        return ITEM_START.match(self.text, first) is not None

    def _take(self, edits: EditList, path: tuple[str, ...], *, named: bool) -> bool:
        self.document.found.append(Found(edits, path, len(self.frames), named))
        self.position = max(edits.end, self.position + 1)
        self.before = "close"
        return edits.closed

    def _close(self, end: int) -> None:
        frame = self.frames.pop()
        self._withdraw(frame)
        self._call(frame)
        if frame.has_op and len(self.document.found) == frame.found_before:
            item = item_at(self.place, frame.start, Extent(end))
            self._take_item(item, frame, end, closed=True)

    def _call(self, frame: _Frame) -> None:
        """Mark what a tool is called with, where an object is a call."""
        found = self.document.found
        for place in range(frame.found_before, len(found) if frame.tool else 0):
            one = found[place]
            if is_argument(one.path[len(frame.path) :]):
                barred = one.withdrawn or proposes_nothing(frame.tool or "")
                found[place] = replace(one, tool=frame.tool, withdrawn=barred)

    def _withdraw(self, frame: _Frame) -> None:
        """Mark what stands in an object that takes itself back."""
        found = self.document.found
        for place in range(frame.found_before, len(found) if frame.said else 0):
            if found[place].named and found[place].path == frame.path:
                found[place] = replace(found[place], beside="\n".join(frame.said))
        if frame.withdrawn:
            found[frame.found_before :] = [
                replace(one, withdrawn=True) for one in found[frame.found_before :]
            ]

    def _take_item(self, item: Item, frame: _Frame, end: int, *, closed: bool) -> None:
        edits = EditList((item,), frame.start, end, closed=closed, is_list=False)
        self.document.found.append(Found(edits, frame.path, len(self.frames), named=False))

    def _broken(self, extent: Extent) -> Document:
        document = self.document
        document.end = max(extent.end, self.position)
        for frame in self.frames:
            self._withdraw(frame)
        item = next((one for one in self.frames if one.has_op), None)
        if not document.found and item is not None:
            end = min(extent.end, item.start + MAX_RAW_BEYOND)
            raw = representable(self.text[item.start : end])
            cut = extent if extent.fault else extent_of(self.text, len(self.text))
            self._take_item(
                Item(fault=cut.fault, reason=cut.reason, raw=raw), item, extent.end, closed=False
            )
        document.suspect = bool(document.found) or bool(_KEYED.match(self.text, document.start))
        return document


def _place_of(page: Page, start: int) -> Place:
    before = page.text[max(0, start - _MAX_BEFORE) : start]
    found = _FENCE_BEFORE.search(before)
    fence = found[0] if found else ""
    quote = before[: len(before) - len(fence)]
    quoted = quote.endswith(("'", '"')) or (quote.endswith("`") and not _INLINE.search(quote))
    # A break that is spelt out stands in a text of another language, too.
    foreign = quoted or "\\" in fence or _IN_ARGUMENT.search(before) is not None
    tag = before[-80:].rstrip()
    tagged = tag.endswith(">") and not _NO_MARKUP.search(tag)
    return Place(page, foreign=foreign, tagged=tagged)


def _has_op(item: Item) -> bool:
    if isinstance(item.value, dict):
        return "op" in item.value
    if isinstance(item.raw, dict):
        return "op" in item.raw
    return isinstance(item.raw, str) and OP.search(item.raw) is not None
