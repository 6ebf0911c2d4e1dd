"""Ids of edits, where they stand in a text more than once."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

_ID: Final = re.compile(r"(?<!\\)[\"']?\bid[\"']?\s*+:\s*+[\"']([^\"'\n]{1,200}+)[\"']")


def ids_in(text: str) -> Counter[str]:
    """Count the ids that edits have in a text, be they whole or broken; none inside of a text."""
    return Counter(found[1] for found in _ID.finditer(text))


def differing_ids(edits: Iterable[Any], others: Iterable[Any]) -> set[str]:
    """Return the ids of edits that stand among others with another body."""
    known: dict[str, set[str]] = {}
    for edit in edits:
        if isinstance(edit, dict) and isinstance(name := edit.get("id"), str):
            known.setdefault(name, set()).add(json.dumps(edit, sort_keys=True))
    return {
        name
        for other in others
        if isinstance(other, dict) and isinstance(name := other.get("id"), str) and name in known
        if json.dumps(other, sort_keys=True) not in known[name]
    }


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


_CHANGE: Final = ("op", "target", "payload")
_EVIDENCE: Final = ("expected_improvement", "references")


def _parts(edit: Mapping[str, Any], fields: Sequence[str]) -> list[Any]:
    return [edit.get(field) for field in fields]
