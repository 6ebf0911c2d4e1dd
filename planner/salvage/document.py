"""One outermost value of a text, as it could be read: its value, its flaws, where what stands."""

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from planner.models import RejectionCode
from planner.salvage.page import Page


class Fault(NamedTuple):
    """Why what stands at a place of the text is not used."""

    position: int
    code: RejectionCode
    reason: str


class Broken(NamedTuple):
    """Stands in a list for an edit that breaks off."""

    code: RejectionCode
    reason: str
    raw: str


@dataclass
class Document:
    """One outermost value of a text."""

    page: Page
    start: int
    end: int
    value: Any = None
    closed: bool = False
    fault: Fault | None = None
    """Why it breaks off, where it does."""
    is_quoted: bool = False
    """In the quotes of a program, whose escapes may not be JSON's."""
    is_cut_in_edit: bool = False
    """The text ends within an edit, and all of it was read: lists in there are its own."""
    has_dots: bool = False
    """Dots stand where a value could stand."""
    is_too_deep: bool = False
    is_ambiguous: bool = False
    """Two lists of edits stand under one key."""
    flaws: list[Fault] = field(default_factory=list)
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Where each object stands that is closed, by its identity."""
    open_lists: set[int] = field(default_factory=set)
    """The lists that nothing closes, by their identity."""
    comments: list[str] = field(default_factory=list)
    sure_end: int | None = None
    """Where the first broken edit begins."""

    def raw_of(self, value: Any) -> str | None:
        """Return an object as it is written."""
        span = self.spans.get(id(value))
        return None if span is None else self.page.text[slice(*span)]

    def flaw_in(self, value: Any) -> Fault | None:
        """Return the first flaw of an object."""
        start, end = self.spans[id(value)]
        place = bisect_left(self.flaws, (start,))
        found = self.flaws[place : place + 1]
        return found[0] if found and found[0].position < end else None
