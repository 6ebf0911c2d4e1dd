"""A list of edits in a text, however broken it stands."""

import re
from dataclasses import dataclass
from typing import Any, Final

from planner.models import RejectionCode
from planner.salvage.item import (
    Item,
    item_at,
    not_an_object,
    parse_value,
    plain_item,
    representable,
    unwrapped_edit,
)
from planner.salvage.page import Place
from planner.salvage.seams import continuation_at
from planner.salvage.tokens import ITEM_START, Extent, comments_in, extent_of, next_token
from planner.salvage.words import is_barred, is_label, takes_back_beside

MAX_ITEMS: Final = 50_000
"""How many items are read; the rest is told as one."""

MAX_RAW_BEYOND: Final = 20_000
"""Characters kept of a broken item, after the break, where nobody can tell its end."""

_NOTE_TO_THE_END: Final = re.compile(r"(?:\.\.\.|…)?\s*+(?:\Z|[\n\[(<`][^\"{}]*+\Z)")
"""What may follow the last whole item of a cut answer: fences and remarks, nothing of an edit."""

_PROSE_TO_THE_END: Final = re.compile(r"[A-Z][^\"{}\[\]:=]*+[\s\]}]*+\Z")
"""Words that are no field: where the item above ends behind no text, they are none of it."""

_TEXT_ENDS: Final = re.compile(r"[\"'”][\s}\]]*+\Z")

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
    is_list: bool = True
    """It stands in brackets: an empty one proposes nothing."""
    sure_end: int | None = None
    """Where the last item ends before the first broken one."""


def list_at(place: Place, start: int) -> EditList:
    """Read what stands under an `edits` key: a list, one edit, or edits by their names."""
    text = place.page.text
    if text[start] == "[":
        return ListReader(place, start).read()
    extent = extent_of(text, start)
    kind, _, end = next_token(text, extent.end)
    if kind == "comma" and ITEM_START.match(text, next_token(text, end)[1]):
        # `"edits": {...}, {...}` is a list whose bracket is missing.
        return ListReader(place, start - 1).read()
    item = item_at(place, start, extent)
    closed = extent.fault is None
    items = (item,) if item.fault else edits_in_object(item.value)
    return EditList(items, start, extent.end, closed=closed, is_list=False)


NO_EDIT: Final = "it stands where a list of edits should, and has not the fields of an edit"


def edits_in_object(value: dict[str, Any]) -> tuple[Item, ...]:
    """Return the edits of an object that stands where their list should."""
    if value and "op" not in value and all(isinstance(one, dict) for one in value.values()):
        return tuple(
            crossed_out(_edit_in(one)) if is_barred(key) else _edit_in(one)
            for key, one in value.items()
        )
    return (_edit_in(value),) if value else ()


def _edit_in(value: dict[str, Any]) -> Item:
    """Return an edit outside of a list, where it has an edit's fields: a schema has none."""
    edit = unwrapped_edit(value)
    if isinstance(edit.get("op"), str) or ("target" in edit and "payload" in edit):
        return plain_item(value)
    return Item(fault=RejectionCode.NOT_THE_ANSWER, reason=NO_EDIT, raw=value)


def crossed_out(item: Item) -> Item:
    """Return an item that stands in the list, and that words beside it take back."""
    if item.fault:
        return item
    reason = "the words beside it say that it is not meant"
    return Item(fault=RejectionCode.NOT_THE_ANSWER, reason=reason, raw=item.value)


class ListReader:
    """Reads one list of edits, from its opening bracket to where it ends."""

    def __init__(self, place: Place, start: int) -> None:
        self.place = place
        self.text = place.page.text
        self.start = start
        self.position = start + 1
        self.items: list[Item] = []
        self.opened: list[int] = []
        """How many items stood before each list in the list that is open."""
        self.item_start = start
        self.item_end = start + 1
        self.last_object: int | None = None
        self.after_value = False
        self.turned_down = False
        self.overclosed = False
        """A bracket closes behind the last item that none opened: somebody guessed how many."""
        self.sure_end: int | None = None
        self.found_again: int | None = None
        """The first item that was found again behind a broken one, until one is sure."""

    def read(self) -> EditList:
        """Read on until the list ends or breaks off."""
        closed: bool | None = None
        while closed is None:
            closed = self._step() if len(self.items) < MAX_ITEMS else self._stop()
        if not closed:
            self._doubt_found_again("the list breaks off, and it may stand inside a text")
        elif self.overclosed:
            self._doubt_completed()
        sure_end = self.item_end if self.sure_end is None else self.sure_end
        return EditList(tuple(self.items), self.start, self.position, closed, sure_end=sure_end)

    def _stop(self) -> bool:
        self.items.append(TOO_MANY)
        self.position = len(self.text)
        return False

    def _step(self) -> bool | None:
        """Read one token or item; tell at the end whether the list was closed."""
        kind, start, end = next_token(self.text, self.position)
        self.position = end
        if kind == "comma":
            self.after_value = False
            return None
        if kind == "close":
            return self._close(self.text[start])
        if kind == "open" and self.text[start] == "{":
            return self._read_item(start)
        if kind == "word":
            return self._read_word(start, end)
        return self._break_after_item(start) if self.after_value else self._read(kind, start, end)

    def _read(self, kind: str, start: int, end: int) -> bool | None:
        """Read a list in the list, or a string; anything else breaks it off."""
        if kind == "open":
            self.opened.append(len(self.items))
            return None
        if kind in ("string", "single", "smart"):
            return self._read_string(start, end)
        return self._break_after_item(start)

    def _doubt_completed(self) -> None:
        """Reject a last item that ends above a field that all others have."""
        fields = [list(one.value) for one in self.items if isinstance(one.value, dict)]
        if len(fields) < 2 or not self.items[-1].value:
            return
        *others, last = fields
        below = [set(one[one.index(last[-1]) :]) for one in others if last[-1] in one]
        missing = set.intersection(*below).difference(last) if len(below) == len(others) else ()
        if missing:
            reason = f"it ends without `{min(missing)[:40]}`, and too many brackets close behind it"
            self._doubt(len(self.items) - 1, reason, RejectionCode.CUT_SHORT)

    def _read_item(self, start: int) -> bool | None:
        self.overclosed = False
        extent = extent_of(self.text, start)
        self._read_words_beside(start)
        self.item_start = start
        if extent.fault:
            return self._break_off(start, extent)
        self.last_object = len(self.items)
        item = item_at(self.place, start, extent)
        self.items.append(crossed_out(item) if self.turned_down else item)
        self.position = self.item_end = extent.end
        self.after_value = True
        return None

    def _read_words_beside(self, start: int) -> None:
        """See whether comments between two items take one of them back, or may do so."""
        self.turned_down = False
        between = self.text[self.item_end : start]
        for at, words in comments_in(between):
            if not takes_back_beside(words):
                continue
            beside_last = "\n" not in between[:at] and bool(self.items)
            self.turned_down = True
            if self.items and (beside_last or not is_label(words)):
                # Nobody knows which of the two it means.
                self.items[-1] = crossed_out(self.items[-1])

    def _break_off(self, start: int, extent: Extent) -> bool | None:
        """Reject a broken item, and go on with the next one where that is plain."""
        if extent.fault is RejectionCode.CUT_SHORT and extent.end == len(self.text):
            self.items.append(item_at(self.place, start, extent))
            self.sure_end = start if self.sure_end is None else self.sure_end
            self.position = extent.end
            return False
        before, before_end = self.last_object, self.item_end
        self.last_object = len(self.items)
        self.items.append(Item())
        goes_on = self._resume(extent.end, extent.fault, extent.reason)
        if before is not None and self._ends_in_a_text(before_end, start):
            reason = "a text of it may end too early: brackets close behind it that none opened"
            self._doubt(before, reason)
        return goes_on

    def _ends_in_a_text(self, end: int, start: int) -> bool:
        """Tell whether a broken item may be the rest of a text of the item before it."""
        if not _TEXT_ENDS.search(self.text, max(0, end - 40), end):
            return False
        rest = self.text[start : min(self.position, start + MAX_RAW_BEYOND)]
        if self.position <= start or not ITEM_START.match(self.text, self.position):
            rest = self.text[start : start + MAX_RAW_BEYOND].rpartition("]")[0]
        closing = rest.count("}") + rest.count("]")
        return closing > rest.count("{") + rest.count("[")

    def _break_after_item(self, start: int) -> bool | None:
        """Reject an item that closes where none can end; the list ends where none is open."""
        self.position = start
        if self.last_object is None or next_token(self.text, start)[0] == "end":
            return False
        if _NOTE_TO_THE_END.match(self.text, start):
            return False
        last = self.text[max(0, self.item_end - 40) : self.item_end].rstrip("} \n\t")[-1:]
        if last not in "\"'”" and _PROSE_TO_THE_END.match(self.text, start):
            return False
        self._doubt_found_again("it stands inside a text of a broken item")
        return self._resume(start)

    def _resume(
        self,
        position: int,
        fault: RejectionCode | None = RejectionCode.MALFORMED,
        reason: str = "it closes before all of its fields have been read",
    ) -> bool | None:
        """Reject the last object and what follows it, and look for the next one."""
        if self.sure_end is None:
            self.sure_end = self.item_start
        at_item = ITEM_START.match(self.text, position)
        following = position if at_item else self.place.page.next_item(position)
        end = position + MAX_RAW_BEYOND if following is None else following
        raw = self.text[self.item_start : end].rstrip().rstrip(",")
        if self.last_object is not None:
            item = Item(fault=fault, reason=reason, raw=representable(raw))
            self.items[self.last_object :] = [item]
        if self.found_again is None:
            self.found_again = len(self.items)
        self.after_value = False
        self.position = self.item_end = position if following is None else following
        return False if following is None else None

    def _doubt_found_again(self, reason: str) -> None:
        if self.found_again is not None:
            for place in range(self.found_again, len(self.items)):
                self._doubt(place, reason)

    def _doubt(
        self, place: int, reason: str, fault: RejectionCode = RejectionCode.MALFORMED
    ) -> None:
        item = self.items[place]
        if item.fault is None:
            self.items[place] = Item(fault=fault, reason=reason, raw=item.value, is_object=True)

    def _close(self, bracket: str) -> bool | None:
        if bracket == "]":
            self._read_words_beside(self.position)
            self.item_end = self.position
            return self._close_list()
        self.overclosed = True
        following = next_token(self.text, self.position)[0]
        return None if following in ("comma", "close") else False

    def _close_list(self) -> bool | None:
        """Close the list, or one in it: that is an item where it holds none."""
        if not self.opened:
            return True
        if self.opened.pop() == len(self.items):
            self.items.append(not_an_object([]))
        return None

    def _read_string(self, start: int, end: int) -> bool | None:
        following = next_token(self.text, end)[0]
        if self.last_object is not None and following not in ("comma", "close", "end"):
            return self._break_after_item(start)
        value = parse_value(self.text[start:end])
        raw = self.text[start:end] if value is None else value
        item = plain_item(representable(raw))
        if item.is_object:
            self.last_object = len(self.items)
            self.item_start = start
        self.items.append(item)
        self.after_value = True
        return None

    def _read_word(self, start: int, end: int) -> bool | None:
        """Read a bare value; an ellipsis is skipped, prose ends the list."""
        word = self.text[start:end]
        if not self.after_value and (following := continuation_at(self.text, start)):
            self.position = following
            return None
        if word == ";" and self.after_value:
            self.after_value = False
            return None
        if word in ("...", "…") and not _NOTE_TO_THE_END.match(self.text, start):
            return None
        value = None if self.after_value else parse_value(f"[{word}]")
        if value is None:
            return self._break_after_item(start)
        self.items.append(not_an_object(value[0]))
        self.after_value = True
        return None
