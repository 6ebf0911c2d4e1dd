"""Edits that an answer groups, by cluster or by pillar, in several lists that are one."""

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, Final

from planner.salvage.flaws import withdrawal

_GROUPS: Final = re.compile(
    r"(?:failure_?|kept_?|edits_?by_?)?(?:clusters?|pillars?|groups?|agents?)", re.IGNORECASE
)


def grouped_edits(value: Any) -> list[Any] | None:
    """Return all edits of an answer that groups them, none with another's id; None elsewhere."""
    if not isinstance(value, dict) or withdrawal(value, of_edit=False):
        return None
    lists = _by_field(value["edits"]) if "edits" in value else _by_object(value)
    edits = list(chain.from_iterable(lists))
    return edits if edits and are_distinct(edits) else None


def _by_field(edits: Any) -> list[list[Any]]:
    """Return the groups of `{"agent": [...], "tools": [...]}`: each edit has the key as a field."""
    if not isinstance(edits, dict):
        return []
    fits = all(
        isinstance(group, list) and all(_is_of_group(one, key) for one in group)
        for key, group in edits.items()
    )
    return list(edits.values()) if fits else []


def _is_of_group(edit: Any, key: str) -> bool:
    return (
        isinstance(edit, dict)
        and "op" in edit
        and key in (edit.get("pillar"), edit.get("expected_improvement"))
    )


def _by_object(value: Mapping[str, Any]) -> list[list[Any]]:
    """Return the groups of `{"failure_clusters": [{"id": "c1", "edits": [...]}, ...]}`."""
    found = [one for key, one in value.items() if isinstance(one, list) and _GROUPS.fullmatch(key)]
    if len(found) != 1:
        return []
    groups = found[0]
    whole = all(
        isinstance(one, dict)
        and isinstance(one.get("edits"), list)
        and not withdrawal(one, of_edit=False)
        for one in groups
    )
    return [one["edits"] for one in groups] if whole else []


def are_distinct(edits: Iterable[Any]) -> bool:
    """Tell whether each edit has an id, and none that of another."""
    names = [one.get("id") if isinstance(one, dict) else None for one in edits]
    return all(isinstance(one, str) for one in names) and len(set(names)) == len(names)
