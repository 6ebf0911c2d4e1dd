"""A plan that stands among the edits of a list: it was begun anew there, or tells an example."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from planner.salvage.calls import slot_of

PLAN_INSIDE: Final = "a plan stands among the edits: it was begun anew, or tells an example"


def holds_plan(value: Any) -> bool:
    """Tell whether an item of a list is no edit but a plan, or an object with one."""
    return isinstance(value, dict) and "op" not in value and any(True for _ in _lists_in(value))


class GivenInside:
    """What plans among the edits give, to compare the edits beside them with."""

    def __init__(self, plans: Iterable[Any]) -> None:
        lists = [edits for plan in plans for edits in _lists_in(plan)]
        self.is_readable = all(map(_is_list_of_objects, lists))
        """Of all else nobody knows what it gives."""
        edits = [edit for one in lists for edit in one] if self.is_readable else []
        self.written = set(map(_written, edits))
        self.marks = {mark for edit in edits for mark in _marks_of(edit)}

    def may_replace(self, edit: Any) -> bool:
        """Tell whether an edit may be given anew inside: under its id or for its slot."""
        if not self.is_readable:
            return True
        if not isinstance(edit, dict) or self.marks.isdisjoint(_marks_of(edit)):
            return False
        return _written(edit) not in self.written


def _lists_in(value: dict[str, Any]) -> Iterator[Any]:
    if "edits" in value:
        yield value["edits"]
    else:
        inner = (one for one in value.values() if isinstance(one, dict))
        yield from (one["edits"] for one in inner if "edits" in one)


def _is_list_of_objects(edits: Any) -> bool:
    return isinstance(edits, list) and all(isinstance(one, dict) for one in edits)


def _marks_of(edit: dict[str, Any]) -> Sequence[tuple[str, ...]]:
    name = edit.get("id")
    return [("id", name), slot_of(edit)] if isinstance(name, str) else [slot_of(edit)]


def _written(edit: dict[str, Any]) -> str:
    return json.dumps(edit, sort_keys=True)
