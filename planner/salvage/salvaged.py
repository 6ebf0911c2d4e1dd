"""What could be read of an answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from planner.models import RejectionCode
from planner.salvage.item import Item


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What could be read of an answer."""

    items: tuple[Item, ...]
    """In the order of the text; those outside the list that counts come last."""
    closed: bool = False
    """The list of edits is closed in the text."""
    is_list: bool = False
    """The edits stand in a list, and not by themselves."""
    proposes_nothing: bool = False
    """A complete, empty list of edits: the teacher's answer is that there are none."""
    notes: tuple[str, ...] = ()
    remarks: str = ""
    """What the teacher says beside its edits that a person has to read before one is applied."""

    @property
    def says_something(self) -> bool:
        """Tell whether an edit stands in it, or that there is none."""
        return self.proposes_nothing or bool(self.items)

    @property
    def own(self) -> list[Any]:
        """The values of the items that count, or what stands in the text for those with a fault."""
        return [
            one.raw if one.fault else one.value
            for one in self.items
            if one.fault is not RejectionCode.NOT_THE_ANSWER
        ]

    def told(self, reason: str) -> Iterator[Item]:
        """Yield all items as such that do not count."""
        return (outside(one, reason) for one in self.items)


def outside(item: Item, reason: str) -> Item:
    """Return an item as one that stands outside of the answer."""
    if item.fault:
        return item
    return Item(fault=RejectionCode.NOT_THE_ANSWER, reason=reason, raw=item.value)
