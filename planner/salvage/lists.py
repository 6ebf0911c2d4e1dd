"""Lists of edits in a text, and edits outside any list, however broken they stand."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from planner.models import RejectionCode
from planner.salvage.item import (
    Item,
    item_at,
    not_an_object,
    parse_value,
    plain_item,
    representable,
)
from planner.salvage.tokens import COLON, SPACE, Extent, extent_of, next_token

MAX_ITEMS: Final = 50_000
"""How many items are read; the rest is told as one."""

MAX_LISTS: Final = 50
"""How many lists of edits are looked at in one text."""

MAX_RAW_BEYOND: Final = 20_000
"""Characters kept of a broken item, after the break, where nobody can tell its end."""

LIST: Final = re.compile(rf"\bedits{COLON}{SPACE}*+(?=[\[{{])", re.IGNORECASE)

_ITEM: Final = (
    rf"\{{{SPACE}*+[\"'“]?"
    r"(?:op|id|pillar|target|payload|rationale|expected_improvement|references|risk_tier)"
    rf"{COLON}"
)

ITEM_START: Final = re.compile(_ITEM)

_NEXT_ITEM: Final = re.compile(rf"\}}{SPACE}*+,?{SPACE}*+(?={_ITEM})")

_OP: Final = re.compile(rf"\bop{COLON}")

_OBJECT: Final = re.compile(rf"\{{(?={SPACE}*+[\"'“]?\w++{COLON})")

TOO_MANY: Final = Item(
    fault=RejectionCode.TOO_LARGE,
    reason=f"only the first {MAX_ITEMS:,} items of an answer are read",
)


@dataclass(frozen=True, slots=True)
class EditList:
    """A list of edits found in the text."""

    items: tuple[Item, ...]
    start: int
    end: int
    closed: bool

    @property
    def holds_object(self) -> bool:
        """Tell whether one of its items is an object."""
        return any(item.is_object for item in self.items)


class Marks(NamedTuple):
    """Where reading may go on after a broken item."""

    boundaries: list[tuple[int, int]]
    """Where one edit plainly ends and the next begins: the end, the beginning."""
    lists: list[int]
    """Where a list of edits opens."""

    @classmethod
    def of(cls, text: str) -> "Marks":
        """Find the marks of a text, once for all of its items."""
        return cls(
            [found.span() for found in _NEXT_ITEM.finditer(text)],
            [found.start() for found in LIST.finditer(text)],
        )

    def next_item(self, position: int) -> int | None:
        """Return where the next item begins, unless another list opens before it."""
        place = bisect_left(self.boundaries, (position, 0))
        if place == len(self.boundaries):
            return None
        opens = bisect_left(self.lists, position)
        end, beginning = self.boundaries[place]
        return None if opens < len(self.lists) and self.lists[opens] < end else beginning


def lists_in(text: str, marks: Marks) -> list[EditList]:
    """Return the lists under an `edits` key, in order."""
    lists: list[EditList] = []
    position = 0
    while len(lists) < MAX_LISTS and (found := LIST.search(text, position)):
        start = found.end()
        is_list = text[start] == "["
        read = ListReader(text, start, marks).read() if is_list else _keyed(text, start, marks)
        lists.append(read)
        position = max(read.end, start + 1)
    return lists


def _keyed(text: str, start: int, marks: Marks) -> EditList:
    """Read `"edits": {...}`: one edit without its list, or edits by their names."""
    extent = extent_of(text, start)
    kind, _, end = next_token(text, extent.end)
    if kind == "comma" and ITEM_START.match(text, next_token(text, end)[1]):
        # `"edits": {...}, {...}` is a list whose bracket is missing.
        return ListReader(text, start - 1, marks).read()
    item = item_at(text, start, extent)
    values = list(item.value.values()) if isinstance(item.value, dict) else []
    if item.value and "op" not in item.value and all(isinstance(one, dict) for one in values):
        items = tuple(plain_item(one) for one in values)
    else:
        items = (item,) if item.fault or item.value else ()
    return EditList(items, start, extent.end, closed=extent.fault is None)


class ListReader:
    """Reads one list of edits, from its opening bracket to where it ends."""

    def __init__(self, text: str, start: int, marks: Marks) -> None:
        self.text = text
        self.marks = marks
        self.start = start
        self.position = start + 1
        self.items: list[Item] = []
        self.item_start = start
        """Where the last item begins."""
        self.resumed = False
        """The last item was found again after a broken one."""
        self.nesting = 0
        """Lists around the items, inside this one."""

    def read(self) -> EditList:
        """Read to the end of the list, or of what can be told of it."""
        closed: bool | None = None
        while closed is None:
            closed = self._step() if len(self.items) < MAX_ITEMS else self._stop()
        return EditList(tuple(self.items), self.start, self.position, closed)

    def _stop(self) -> bool:
        self.items.append(TOO_MANY)
        self.position = len(self.text)
        return False

    def _step(self) -> bool | None:
        """Read one token or item; tell at the end whether the list was closed."""
        kind, start, end = next_token(self.text, self.position)
        self.position = end
        match kind:
            case "open":
                return self._open(start)
            case "close":
                return self._close(self.text[start])
            case "comma":
                return None
            case "string" | "single" | "smart":
                return self._read_string(start, end)
            case "word":
                return self._read_word(start, end)
        self.position = start
        return self._resume(start) if kind == "colon" and self.items else False

    def _open(self, start: int) -> bool | None:
        if self.text[start] == "{":
            return self._read_item(start)
        self.nesting += 1
        return None

    def _read_item(self, start: int) -> bool | None:
        self.item_start = start
        extent = extent_of(self.text, start)
        if extent.fault is None:
            self.items.append(item_at(self.text, start, extent))
            self.position = extent.end
            return self._check_what_follows()
        return self._break_off(start, extent)

    def _break_off(self, start: int, extent: Extent) -> bool | None:
        """Reject a broken item, and go on with the next one where that is plain."""
        if extent.fault is RejectionCode.CUT_SHORT and extent.end == len(self.text):
            self.items.append(item_at(self.text, start, extent))
            self.position = extent.end
            return False
        self.items.append(Item())
        return self._resume(extent.end, extent.fault, extent.reason)

    def _resume(
        self,
        position: int,
        fault: RejectionCode | None = RejectionCode.MALFORMED,
        reason: str = "it closes before all of its fields have been read",
    ) -> bool | None:
        """Reject the last item, and look for the next one from `position`."""
        at_item = ITEM_START.match(self.text, position)
        following = position if at_item else self.marks.next_item(position)
        end = position + MAX_RAW_BEYOND if following is None else following
        raw = self.text[self.item_start : end].rstrip().rstrip(",")
        self.items[-1] = Item(fault=fault, reason=reason, raw=representable(raw))
        self.resumed = True
        self.position = position if following is None else following
        return False if following is None else None

    def _check_what_follows(self) -> bool | None:
        """Reject an item that was found again and stands inside a text: a quoted example."""
        kind, start, _ = next_token(self.text, self.position)
        if self.resumed and kind in ("string", "single", "smart", "word", "quote"):
            return self._resume(start)
        self.resumed = False
        return None

    def _close(self, bracket: str) -> bool | None:
        if bracket == "]":
            self.nesting -= 1
            return True if self.nesting < 0 else None
        following = next_token(self.text, self.position)[0]
        return None if following in ("comma", "close") else False

    def _read_string(self, start: int, end: int) -> bool | None:
        if self.items and next_token(self.text, end)[0] == "colon":
            return self._resume(start)
        value = parse_value(self.text[start:end])
        raw = self.text[start:end] if value is None else value
        self.items.append(plain_item(representable(raw)))
        return None

    def _read_word(self, start: int, end: int) -> bool | None:
        """Read a bare value; an ellipsis is skipped, prose ends the list."""
        word = self.text[start:end]
        if word in ("...", "…"):
            return None
        value = parse_value(f"[{word}]")
        if value is None:
            self.position = start
            return False
        self.items.append(not_an_object(value[0]))
        return None


def loose_items(text: str, start: int, end: int) -> tuple[Item, ...]:
    """Return the edits that stand between two places outside any list, up to the limit."""
    items = tuple(islice(_each_loose(text, start, end), MAX_ITEMS + 1))
    return items if len(items) <= MAX_ITEMS else (*items[:-1], TOO_MANY)


def _each_loose(text: str, start: int, end: int) -> Iterator[Item]:
    """Yield the objects with an `op` that stand between two places, in any wrapping."""
    if not _OP.search(text, start, end):
        return
    region = text[start:end]
    budget = 4 * len(region)
    position = 0
    while found := _OBJECT.search(region, position):
        extent = extent_of(region, found.start())
        item = item_at(region, found.start(), extent)
        budget -= extent.end - found.start()
        if _is_loose_edit(region, found.start(), item):
            yield item
            position = max(extent.end, found.end())
        else:
            # Looking inside a wrapper reads its text again; the budget keeps
            # that linear on hostile nesting.
            position = found.end() if budget > 0 else max(extent.end, found.end())


def _is_loose_edit(text: str, start: int, item: Item) -> bool:
    if item.fault is None:
        return "op" in item.value
    first = ITEM_START.match(text, start)
    return first is not None and isinstance(item.raw, str) and bool(_OP.search(item.raw))
