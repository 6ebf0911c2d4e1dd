"""Edits that stand twice in an answer, under one id."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, Final

from planner.salvage.item import Item
from planner.salvage.salvaged import outside

_CHANGE: Final = ("op", "target", "payload")
_ID: Final = re.compile(r"(?<!\\)[\"']?\bid[\"']?\s*+:\s*+[\"']([^\"'\n]{1,200}+)[\"']")
OTHERWISE: Final = "its id is given again with another text: nobody knows which one counts"
_EVIDENCE: Final = ("expected_improvement", "references")


def ids_in(text: str) -> Counter[str]:
    """Count the ids that edits have in a text, be they whole or broken; none inside of a text."""
    return Counter(found[1] for found in _ID.finditer(text))


def differing_ids(edits: Iterable[Any], others: Iterable[Any]) -> set[str]:
    """Return the ids of edits that stand among others with another body."""
    given: dict[str, set[str]] = {}
    for one in others:
        if isinstance(one, dict) and isinstance(name := one.get("id"), str):
            given.setdefault(name, set()).add(json.dumps(one, sort_keys=True))
    return {
        name
        for edit in (edits if given else ())
        if isinstance(edit, dict) and isinstance(name := edit.get("id"), str) and name in given
        if given[name] != {json.dumps(edit, sort_keys=True)}
    }


def without_named(item: Item, names: Set[str]) -> Item:
    """Return an item as one that nobody knows, where its id is among these names."""
    named = isinstance(item.value, dict) and str(item.value.get("id")) in names
    return outside(item, OTHERWISE) if named else item


def ids_for_two_reasons(edits: Iterable[Any]) -> set[str]:
    """Return the ids of edits that stand twice with one change, for other clusters or traces."""
    named = [one for one in edits if isinstance(one, dict) and isinstance(one.get("id"), str)]
    if len({one["id"] for one in named}) == len(named):
        return set()
    known: dict[str, list[dict[str, Any]]] = {}
    for edit in named:
        known.setdefault(edit["id"], []).append(edit)
    return {
        name
        for name, (first, *others) in known.items()
        if any(
            _parts(first, _CHANGE) == _parts(one, _CHANGE)
            and _parts(first, _EVIDENCE) != _parts(one, _EVIDENCE)
            for one in others
        )
    }


def begun(edits: Sequence[Any]) -> set[int]:
    """Return the places of edits of which another one, with the same id, is the whole.

    So stand the states of one edit that an answer is told in while it grows.
    """
    known: dict[tuple[str, ...], list[int]] = {}
    for place, one in enumerate(edits):
        if isinstance(one, dict) and isinstance(one.get("id"), str):
            slot = (one["id"], str(one.get("op")), str(one.get("target")))
            known.setdefault(slot, []).append(place)
    return {
        place
        for places in known.values()
        for place in places
        if any(_is_begun(edits[place], edits[other]) for other in places)
    }


def _is_begun(edit: Mapping[str, Any], whole: Mapping[str, Any]) -> bool:
    """Tell whether a text of an edit's payload is the beginning of the same one of another."""
    given, others = edit.get("payload"), whole.get("payload")
    if not (isinstance(given, dict) and isinstance(others, dict)):
        return False
    return any(
        isinstance(text, str)
        and isinstance(longer := others.get(key), str)
        and len(text) < len(longer)
        and longer.startswith(text)
        for key, text in given.items()
    )


def _parts(edit: Mapping[str, Any], fields: Sequence[str]) -> list[Any]:
    return [edit.get(field) for field in fields]
