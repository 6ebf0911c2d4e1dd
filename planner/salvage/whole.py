"""An answer that is one JSON value: which of its lists is the answer, without any pattern."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from planner.salvage.barred import is_barred
from planner.salvage.beside import prose_beside
from planner.salvage.document import Broken
from planner.salvage.withdrawal import withdrawal

_OTHER_ROLES: Final = frozenset({"user", "system", "tool", "developer", "human", "function"})
_ASSISTANTS: Final = frozenset({"assistant", "model", "ai"})
_ASKING: Final = frozenset({"user", "human"})
_THOUGHTS: Final = frozenset({"thinking", "reasoning", "redacted_thinking", "tool_result"})
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
_OF_ONE_EDIT: Final = re.compile(
    r"edits?|item|change|proposal|arguments|parameters|input|args|(?:edit|change|item)[_-]?\d{1,3}"
)
_ARGUMENTS: Final = frozenset({"arguments", "parameters", "input", "args"})
"""Where the call of a tool has what it is called with, beside the tool's name."""
_SHORT_TEXT: Final = 100
_LOGGED: Final = frozenset({"body", "msg"})
"""What a log's record says: an answer only where it is one, and the record does not reject it."""
_LOGS_ANOTHER: Final = re.compile(
    r"\b(?:request|prompt|send|sending|sent|input|invalid|fail\w*|error|reject\w*|old|previous)\b",
    re.IGNORECASE,
)
_ENDS: Final = frozenset(
    {"finish_reason", "stop_reason", "finishReason", "stopReason", "done_reason", "stop_type"}
    | {"native_finish_reason"}
)
_ENDED: Final = frozenset(
    {"stop", "end_turn", "tool_calls", "tool_call", "tool_use", "function_call", "stop_sequence"}
    | {"eos", "eos_token", "word", "complete", "completed", "finish_reason_stop", "end_of_turn"}
    | {"", "null", "none", "success", "finished", "load"}
)
"""How an answer ends by itself, as providers call it; all else makes its end doubtful."""


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
        alone = _stands_alone(path)
        (level.barred if barred or alone else level.loose).append(held)
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
        last = _last_of_assistant(value)
        below.extend(
            Held(one, barred or place < last, (*path, place)) for place, one in enumerate(value)
        )
    elif isinstance(value, dict):
        below.extend(_fields_of(held))


def _is_map_of_edits(value: Any) -> bool:
    return isinstance(value, dict) and value != {} and all(map(is_edit, value.values()))


def _stands_alone(path: Sequence[str | int]) -> bool:
    """Tell whether an edit stands under a key that says nothing of edits, as `rejected` does not.

    Of such a key nobody knows what it says of the edit.
    """
    if not path or isinstance(path[-1], int):
        return False
    above = [one for one in path[:-1] if isinstance(one, str)]
    if any(one.lower() == "edits" for one in above):
        return False
    return not _OF_ONE_EDIT.fullmatch(path[-1])


def _sort_text(held: Held, level: Level) -> None:
    key, value = held.key if held.own_key else "", held.value
    is_json = not _OF_EDIT.fullmatch(key) and _JSON.fullmatch(value) is not None
    is_text = not key or (_TEXT.fullmatch(key) and key not in _LOGGED)
    if not held.barred and (is_json or is_text):
        if "{" in value or "[" in value:
            level.texts.append(held)
        elif " " in value.strip() or "~~" in value:
            level.said.append(value)


def _fields_of(held: Held) -> Iterator[Held]:
    value = held.value
    mine = held.barred or _is_anothers(value)
    for name, one in value.items():
        barred = (
            mine
            or (name != "edits" and is_barred(name) and not _are_values(name, one))
            or (name in _ARGUMENTS and _is_barred_tool(value.get("name")))
            or _is_given(name, value)
        )
        beside = prose_beside(value) if name.lower() == "edits" else ""
        yield Held(one, barred, (*held.path, name), beside)


def _is_barred_tool(name: Any) -> bool:
    """Tell whether a tool, by its name, does not propose what it is called with."""
    return isinstance(name, str) and is_barred(name.rpartition(".")[2])


def _last_of_assistant(messages: Sequence[Any]) -> int:
    """Return where the assistant's last message stands in a conversation: it alone counts."""
    if not all(isinstance(one, dict) and isinstance(one.get("role"), str) for one in messages):
        return 0
    roles = [one["role"] for one in messages]
    if roles and roles[-1] in _ASKING:
        return len(roles)  # Nobody knows what was said to them.
    return max((place for place, one in enumerate(roles) if one in _ASSISTANTS), default=0)


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


def _is_anothers(value: Mapping[str, Any]) -> bool:
    """Tell whether a value takes itself back, or is a thought or another's message."""
    role, kind = value.get("role"), value.get("type")
    return (
        withdrawal(value, of_edit=False) is not None
        or (isinstance(role, str) and role in _OTHER_ROLES)
        or (isinstance(kind, str) and kind in _THOUGHTS)
        or value.get("thought") is True
        or (not _LOGGED.isdisjoint(value) and any(map(_logs_another, value.values())))
    )


def _logs_another(said: Any) -> bool:
    """Tell whether a short text of a log's record says that its body is no answer, or a bad one."""
    return isinstance(said, str) and len(said) < _SHORT_TEXT and bool(_LOGS_ANOTHER.search(said))


def _are_values(name: str, value: Any) -> bool:
    """Tell whether an answer copies the form of its schema: there no list of edits can stand."""
    edits = value.get("edits") if name == "properties" and isinstance(value, dict) else None
    return isinstance(edits, list) and all(map(is_edit, edits))


def _is_given(name: str, value: Mapping[str, Any]) -> bool:
    """Tell whether an `input` is what somebody was given, and not a tool's."""
    return name == "input" and len(value) > 1 and "name" not in value and "tool" not in value


def _ended_early(said: Mapping[str, Any]) -> bool:
    if said.get("truncated") is True or said.get("done") is False:
        return True
    if said.get("status") == "incomplete":
        return True
    reasons = (said[name] for name in said.keys() & _ENDS)
    return any(isinstance(one, str) and one.lower() not in _ENDED for one in reasons)


def ends_cut(value: Any) -> bool:
    """Tell whether a provider's reply says that it did not end by itself: at a limit, say."""
    ahead = [value]
    for _ in range(4):
        for one in ahead:
            if isinstance(one, dict) and _ended_early(one):
                return True
        ahead = [
            inner
            for one in ahead
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return False
