"""Keys of an edit that no edit has."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from planner.schema import KNOWN_FIELDS

NOTHING: Final[tuple[Any, ...]] = (None, "", [], {})
"""What says nothing under a key that nobody asked for."""
_GRADES: Final = ("auto", "review", "manual")
"""What the teacher thinks of a risk, under however misspelt a key, is nobody's concern."""


def further_keys(value: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of an edit that a person has to see before it is applied, and their values.

    Args:
        value: The edit, as the teacher wrote it.
        payload: Its payload, as it was read; what is said again says nothing more.
    """
    if KNOWN_FIELDS.issuperset(value):
        return {}
    return {
        key: given
        for key, given in value.items()
        if key not in KNOWN_FIELDS
        and given not in (*NOTHING, *_GRADES)
        and payload.get(key) != given
    }


def edits_within(further: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the edits that stand inside of an edit, under keys that it should not have."""
    for given in further.values():
        listed = given if isinstance(given, list) else [given]
        yield from (one for one in listed if isinstance(one, dict) and "op" in one)
