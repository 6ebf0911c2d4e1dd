"""An answer that is one JSON value: which of its lists is the answer, without any pattern."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from planner.salvage.barred import is_barred
from planner.salvage.document import Broken
from planner.salvage.further import NOTHING

_TEXT: Final = re.compile(
    r"content|text|arguments|input|output(?:_text)?|response|answer|result|message|completion"
    r"|generated_text|refusal|body|msg|plan|failed_generation|args|parameters|final"
)
"""Keys of texts that may say more than an answer."""
_JSON: Final = re.compile(r"\s*(?:```\w*\s)?\s*[\[{].*\bedits\b.*[\]}]\s*(?:```\s*)?", re.DOTALL)
"""A text that is an answer, whatever its key."""
_OF_EDIT: Final = re.compile(
    r"new_\w+|diff|find|replace|value|rationale|target|id|exemplars|expected_improvement|references"
    r"|system_prompt|description|diagnosis\w*|summary|explanation"
)


@dataclass(slots=True)
class Level:
    """What stands at one depth of a value."""

    lists: list["Held"] = field(default_factory=list)
    """Under an `edits` key."""
    loose: list["Held"] = field(default_factory=list)
    """Lists of edits under other keys, and edits by themselves."""
    texts: list["Held"] = field(default_factory=list)
    barred: list["Held"] = field(default_factory=list)
    """Of all these, what is told of, not proposed."""
    said: list[str] = field(default_factory=list)
    """Texts that hold no answer, such as a message's words beside its calls of a tool."""

    @property
    def all(self) -> Iterator["Held"]:
        """All edits and lists of them, whether they count or not."""
        yield from (*self.lists, *self.loose, *self.barred)


class Held(NamedTuple):
    """A value, and what is said of it above."""

    value: Any
    barred: bool = False
    path: tuple[str | int, ...] = ()
    """The keys, and the places in lists, that lead to it."""
    beside: str = ""
    """The texts beside a list of edits, in the object that holds it."""

    @property
    def key(self) -> str:
        """The key that it stands under, or that its list does."""
        return next((one for one in reversed(self.path) if isinstance(one, str)), "")

    @property
    def own_key(self) -> str:
        """The key that it stands under itself."""
        return one if self.path and isinstance(one := self.path[-1], str) else ""


def levels_of(value: Any) -> Iterator[Level]:
    """Yield what stands at each depth, the outermost first; below edits nobody looks."""
    ahead = [Held(value)]
    while ahead:
        level = Level()
        below: list[Held] = []
        for one in ahead:
            _sort(one, level, below)
        yield level
        ahead = below


def _sort(held: Held, level: Level, below: list[Held]) -> None:
    value, barred, path, _ = held
    if is_edit(value):
        (level.barred if barred else level.loose).append(held)
    elif held.own_key.lower() == "edits" and isinstance(value, list | str):
        (level.barred if barred else level.lists).append(held)
    elif held.own_key.lower() == "edits" and _is_map_of_edits(value):
        named = {key: one for key, one in value.items() if not is_barred(key)}
        level.barred += [
            Held(one, barred=True, path=(*path, key))
            for key, one in value.items()
            if key not in named
        ]
        level.lists.append(held._replace(value=[*named.values()]))
    elif _is_list_of_edits(value):
        (level.barred if barred else level.loose).append(held)
    elif isinstance(value, str):
        _sort_text(held, level)
    elif isinstance(value, list):
        below.extend(Held(one, barred, (*path, place)) for place, one in enumerate(value))
    elif isinstance(value, dict):
        below.extend(_fields_of(held))


def _is_map_of_edits(value: Any) -> bool:
    return isinstance(value, dict) and value != {} and all(map(is_edit, value.values()))


def _sort_text(held: Held, level: Level) -> None:
    key, value = held.key if held.own_key else "", held.value
    is_json = not _OF_EDIT.fullmatch(key) and _JSON.fullmatch(value) is not None
    is_text = not key or _TEXT.fullmatch(key)
    if not held.barred and (is_json or is_text):
        if "{" in value or "[" in value:
            level.texts.append(held)
        elif " " in value.strip() or "~~" in value:
            level.said.append(value)


def _fields_of(held: Held) -> Iterator[Held]:
    value = held.value
    others = {key: one for key, one in value.items() if not is_edit(one)}
    of_list = _said_beside(value) if any(key.lower() == "edits" for key in value) else ""
    of_edits = _said_beside(others) if len(others) < len(value) else ""
    for name, one in value.items():
        barred = held.barred or (name != "edits" and is_barred(name))
        beside = of_list if name.lower() == "edits" else of_edits if is_edit(one) else ""
        yield Held(one, barred, (*held.path, name), beside)


def _said_beside(value: Mapping[str, Any]) -> str:
    """Return all that stands beside a list of edits and may speak of it: all but numbers."""
    return "\n".join(
        f"{key}: {_written(given)[:_MAX_SHOWN]}"
        for key, given in value.items()
        if key.lower() != "edits"
        and given not in NOTHING
        and (isinstance(given, bool) or not isinstance(given, int | float))
    )


_MAX_SHOWN: Final = 500
"""Characters of each value beside the list of edits that are shown."""


def _written(given: Any) -> str:
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False, default=str)


def is_edit(value: Any) -> bool:
    """Tell whether a value is an edit, be it broken."""
    return isinstance(value, Broken) or (
        isinstance(value, dict)
        and "op" in value
        and "edits" not in value
        and not isinstance(value["op"], dict)
    )


def _is_list_of_edits(value: Any) -> bool:
    """Tell whether a list holds an edit, or nothing but edits that are written as texts."""
    if not isinstance(value, list):
        return False
    return any(map(is_edit, value)) or (value != [] and all(map(_is_written_edit, value)))


def _is_written_edit(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip().startswith("{") and '"op"' in value
