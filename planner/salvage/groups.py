"""Edits that an answer groups or wraps, by cluster or one by one, in several lists that are one."""

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, Final

from planner.salvage.calls import are_parts
from planner.salvage.flaws import withdrawal

_HOLDS: Final = frozenset(
    {"plan", "learning_plan", "answer", "result", "output", "response", "data"}
)
_INNER: Final = frozenset({"edits", "items", "edit", "item", "list"})
_PRIORITY: Final = re.compile(
    r"(?:critical|urgent|high|medium|normal|low|p\d|auto|review|manual)(?:_?(?:priority|risk))?"
    r"|(?:priority|tier)_?\w{1,8}",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"(?:edit|change|item)[_-]?\d{1,3}", re.IGNORECASE)
_GROUPS: Final = re.compile(
    r"(?:failure_?|kept_?|edits_?by_?)?(?:clusters?|pillars?|groups?|agents?)", re.IGNORECASE
)


def grouped_edits(value: Any) -> list[Any] | None:
    """Return all edits of an answer that groups them, none with another's id; None elsewhere."""
    edits = list(chain.from_iterable(_groups_of(value)))
    return edits if edits and are_distinct(edits) else None


def _groups_of(value: Any) -> list[list[Any]]:
    if isinstance(value, list):
        return _wrapped(value) or _listed(value) or _of_objects(value) or _parts(value)
    if not isinstance(value, dict) or withdrawal(value, of_edit=False):
        return []
    if len(value) == 1 and (inner := next(iter(value.items())))[0] in _HOLDS:
        return _groups_of(inner[1]) if isinstance(inner[1], dict) else []
    if "edits" in value:
        return _grouped_within(value["edits"])
    return (
        _wrapped([value])
        or _by_object(value)
        or _by_field(value)
        or _by_priority(value)
        or _by_number(value)
    )


def _grouped_within(edits: Any) -> list[list[Any]]:
    if not isinstance(edits, dict):
        return []
    return _inner(edits) or _by_field(edits) or _by_priority(edits)


def _inner(edits: Mapping[str, Any]) -> list[list[Any]]:
    """Return the list of `{"edits": {"edits": [...]}}`, or of `{"edits": {"edit": [...]}}`."""
    if not edits.keys() <= _INNER or len(edits) != 1:
        return []
    ((_, inner),) = edits.items()
    return [inner] if isinstance(inner, list) and all(map(_is_edit, inner)) else []


def _wrapped(values: list[Any]) -> list[list[Any]]:
    """Return the edits of `[{"edit": {...}}, ...]`."""
    if not all(isinstance(one, dict) and one.keys() == {"edit"} for one in values):
        return []
    edits = [one["edit"] for one in values]
    return [edits] if all(map(_is_edit, edits)) else []


def _listed(values: list[Any]) -> list[list[Any]]:
    """Return the groups of `[[...], [...]]`."""
    fits = all(isinstance(one, list) and one and all(map(_is_edit, one)) for one in values)
    return values if fits else []


def _of_objects(values: list[Any]) -> list[list[Any]]:
    """Return the groups of `[{"cluster": "c1", "edits": [...]}, ...]`: each edit has its name."""
    fits = all(
        isinstance(one, dict)
        and isinstance(one.get("edits"), list)
        and not withdrawal(one, of_edit=False)
        and all(any(_is_of_group(edit, key) for key in one.values()) for edit in one["edits"])
        for one in values
    )
    return [one["edits"] for one in values] if fits else []


def _parts(values: list[Any]) -> list[list[Any]]:
    """Return the lists of `[{"edits": [...]}, {"edits": [...]}]`: parts of one, not a choice."""
    if not all(isinstance(one, dict) and one.keys() == {"edits"} for one in values):
        return []
    lists = [one["edits"] for one in values]
    fits = all(isinstance(one, list) and all(map(_is_edit, one)) for one in lists)
    return lists if fits and are_parts(chain.from_iterable(lists)) else []


def _is_edit(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("op"), str)


def _by_field(edits: Mapping[str, Any]) -> list[list[Any]]:
    """Return the groups of `{"agent": [...], "tools": [...]}`: each edit has the key as a field."""
    fits = all(
        isinstance(group, list) and all(_is_of_group(one, key) for one in group)
        for key, group in edits.items()
    )
    return list(edits.values()) if fits else []


def _by_priority(value: Mapping[str, Any]) -> list[list[Any]]:
    """Return the groups of `{"high": [...], "medium": [...]}`, or by the tier of a risk."""
    fits = all(
        _PRIORITY.fullmatch(key) and isinstance(group, list) and all(map(_is_edit, group))
        for key, group in value.items()
    )
    return list(value.values()) if fits else []


def _by_number(value: Mapping[str, Any]) -> list[list[Any]]:
    """Return the edits of `{"edit_1": {...}, "edit_2": {...}}`."""
    fits = all(_NUMBERED.fullmatch(key) and _is_edit(one) for key, one in value.items())
    return [list(value.values())] if fits else []


def _is_of_group(edit: Any, key: Any) -> bool:
    return (
        isinstance(edit, dict)
        and "op" in edit
        and isinstance(key, str)
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
