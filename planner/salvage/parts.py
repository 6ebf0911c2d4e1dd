"""Several lists of edits that are the parts of one answer, and no choice."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from planner.salvage.whole import Held

_OF_PARTS: Final = re.compile(
    r"edits?|items?|list|(?:learning_)?plan|answer|result|output|response|data|arguments|parameters"
    r"|input|args|parts?|function(?:_?call)?|tool_calls?|tools?|content|message|calls?|proposal|changes?"
    r"|(?:failure_?|kept_?|edits_?by_?)?(?:clusters?|pillars?|groups?|agents?)"
    r"|(?:edit|change|item|part)[_-]?\d{1,3}"
    r"|(?:critical|urgent|high|medium|normal|low|p\d|auto|review|manual)(?:_?(?:priority|risk))?"
    r"|(?:priority|tier)_?\w{1,8}|\d{1,4}",
    re.IGNORECASE,
)
"""Keys above lists that are parts of one answer: they sort edits, and choose none."""
_CHOICES: Final = frozenset({"choices", "candidates", "options", "variants", "outputs"})
"""Of what stands in these one is meant."""
_SLOT: Final = ("agent", "param", "tool_name", "query_class")
_PATCH: Final = "patch_system_prompt"


def parts(candidates: Sequence[Held]) -> list[Any] | None:
    """Return the edits of several lists that are the parts of one answer.

    Each is an item of a list, or stands under a key that all of its edits have in a field, as
    their pillar or their cluster, and no two edits have an id or a slot in common. None where
    they may be a choice.
    """
    given = [one.value if isinstance(one.value, list) else [one.value] for one in candidates]
    if any(isinstance(one.value, str) for one in candidates):
        return None
    if not _are_sorted([one.path for one in candidates], given):
        return None
    edits = [edit for some in given for edit in some]
    return edits if are_parts(edits) else None


def _are_sorted(paths: Sequence[Sequence[str | int]], given: Sequence[Sequence[Any]]) -> bool:
    """Tell whether the keys by which several lists differ sort edits, and offer no choice."""
    shared = 0
    while all(len(one) > shared and one[shared] == paths[0][shared] for one in paths):
        shared += 1
    above = paths[0][shared - 1] if shared else ""
    return above not in _CHOICES and all(
        isinstance(key, int)
        or (key not in _CHOICES and _OF_PARTS.fullmatch(key))
        or all(key in _marks_of(edit) for edit in some)
        for path, some in zip(paths, given, strict=True)
        for key in path[shared:]
    )


def _marks_of(edit: Any) -> Sequence[Any]:
    if not isinstance(edit, dict):
        return ()
    return [edit.get(key) for key in ("pillar", "expected_improvement", "op", "id")]


def are_parts(edits: Iterable[Any]) -> bool:
    """Tell whether edits can be parts of one answer: none has the name of another, or its slot.

    Patches of one prompt can stand beside each other, and are settled against it together.
    """
    seen: set[Any] = set()
    for one in edits:
        if not isinstance(one, dict) or not isinstance(one.get("id"), str):
            return False
        marks = {("id", one["id"])} | ({_slot_of(one)} if one.get("op") != _PATCH else set())
        if marks & seen:
            return False
        seen |= marks
    return True


def _slot_of(edit: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what an edit changes; the model is a value where a class of queries is given one."""
    payload = edit.get("payload")
    given = payload if isinstance(payload, dict) else {}
    names = _SLOT if "query_class" in given else (*_SLOT, "model")
    return tuple(map(str, (edit.get("op"), edit.get("target"), *map(given.get, names))))
