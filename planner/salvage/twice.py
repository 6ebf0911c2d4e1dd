"""Edits that stand twice in an answer, under one id."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import pairwise
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
    return {
        name
        for name, ((_, first), *again) in _given_again(edits).items()
        if any(
            _parts(first, _CHANGE) == _parts(one, _CHANGE)
            and _parts(first, _EVIDENCE) != _parts(one, _EVIDENCE)
            for _, one in again
        )
    }


def begun(edits: Sequence[Any]) -> set[int]:
    """Return the places of edits of which another one, with the same id, is the whole.

    So stand the states of one edit that an answer is told in while it grows.
    """
    known: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    for name, given in _given_again(edits).items():
        for place, one in given:
            for key, text in _texts_of(one):
                slot = (name, str(one.get("op")), str(one.get("target")), key)
                known.setdefault(slot, []).append((text, place))
    return {place for texts in known.values() for place in _beginnings(texts)}


def _given_again(edits: Iterable[Any]) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    """Return the edits of each id that stands twice, with their places."""
    named = [
        (name, place, one)
        for place, one in enumerate(edits)
        if isinstance(one, dict) and isinstance(name := one.get("id"), str)
    ]
    if len({name for name, _, _ in named}) == len(named):
        return {}
    known: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for name, place, one in named:
        known.setdefault(name, []).append((place, one))
    return {name: given for name, given in known.items() if len(given) > 1}


def _beginnings(given: Sequence[tuple[str, int]]) -> Iterator[int]:
    """Yield the places of texts with which another one begins."""
    ordered = sorted({text for text, _ in given})
    begun = {one for one, whole in pairwise(ordered) if whole.startswith(one)}
    return (place for text, place in given if text in begun)


def _texts_of(edit: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    payload = edit.get("payload")
    for key, text in payload.items() if isinstance(payload, dict) else ():
        if isinstance(text, str):
            yield key, text


def _parts(edit: Mapping[str, Any], fields: Sequence[str]) -> list[Any]:
    return [edit.get(field) for field in fields]
