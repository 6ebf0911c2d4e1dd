"""Ids of edits, where they stand in a text more than once."""

import json
import re
from collections import Counter
from collections.abc import Iterable
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
