"""Calls of a tool: several of one message, each with some of the edits, are one answer."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from planner.salvage.words import is_barred

ARGUMENTS: Final = frozenset({"arguments", "parameters", "input", "args"})
"""Where the call of a tool has what it is called with, beside the tool's name."""

_NAME: Final = r"([A-Za-z_][\w.-]{0,80})"
_OPENS: Final = re.compile(
    rf"(?:\b{_NAME}\((?:edits?\s?=\s?)?|<\uff5ctool\u2581sep\uff5c>{_NAME}\s*(?:```\w*\s*)?"
    rf"|\bfunctions\.{_NAME}:\d+<\|tool_call_argument_begin\|>|\[TOOL_CALLS\]\s*{_NAME}(?:\[ARGS\])?"
    rf"|<function={_NAME}>\s*(?:<parameter=edits?>\s*)?"
    rf"|<(?:\w+:)?invoke name=\"{_NAME}\">\s*<(?:\w+:)?parameter name=\"edits?\">\s*"
    rf"|<tool_call>{_NAME}\s*<arg_key>edits?</arg_key>\s*<arg_value>\s*)\Z"
)
"""How a call opens that is no JSON itself."""
_MAX_OPENING: Final = 200

_MARKS: Final = re.compile(
    r"<[^<>\n]{0,80}>|\[(?:TOOL_CALLS|ARGS)\]|```\w*|\bfunctions?\b|\bedits?\b|\d"
)
_SLOT: Final = ("agent", "param", "tool_name", "query_class")
_PATCH: Final = "patch_system_prompt"


OF_BARRED_TOOL: Final = "the tool that is called with it proposes nothing"


class Call(NamedTuple):
    """What a value is called with."""

    tool: str
    message: int
    """Tells the calls of one message from those of another."""

    @property
    def is_barred(self) -> bool:
        """Tell whether the tool does not propose what it is called with."""
        return proposes_nothing(self.tool)


def call_with(key: str, value: Mapping[str, Any], message: int) -> Call | None:
    """Return the call that an object is, where a tool is called with what stands under a key."""
    tool = value.get("name")
    return Call(tool, message) if key in ARGUMENTS and isinstance(tool, str) else None


def proposes_nothing(tool: str) -> bool:
    """Tell whether a tool, by its name, does not propose what it is called with."""
    return is_barred(tool.rpartition(".")[2])


def is_argument(path: Sequence[str]) -> bool:
    """Tell whether keys below a call lead to all that it is called with."""
    return path[:1] != () and path[0] in ARGUMENTS and tuple(path[1:]) in ((), ("edit",))


def tool_before(text: str, position: int) -> str | None:
    """Return the tool whose call opens right before a place, as other languages write it."""
    found = _OPENS.search(text, max(0, position - _MAX_OPENING), position)
    return next((one for one in found.groups() if one), None) if found else None


def is_only_marks(between: str, tool: str) -> bool:
    """Tell whether nothing stands between two calls of a tool but the marks of calls."""
    return not re.search(r"\w", _MARKS.sub(" ", between).replace(tool, ""))


def are_of_one_tool(calls: Sequence[Call | None]) -> bool:
    """Tell whether these are calls of one tool in one message."""
    return len(set(calls)) == 1 and calls[0] is not None


def are_parts(edits: Iterable[Any]) -> bool:
    """Tell whether edits can be parts of one answer: none has the name of another, or its slot.

    Patches of one prompt can stand beside each other, and are settled against it together.
    """
    seen: set[Any] = set()
    for one in edits:
        if not isinstance(one, dict) or not isinstance(one.get("id"), str):
            return False
        marks = {("id", one["id"])} | ({slot_of(one)} if one.get("op") != _PATCH else set())
        if marks & seen:
            return False
        seen |= marks
    return True


def slot_of(edit: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what an edit changes; the model is a value where a class of queries is given one."""
    payload = edit.get("payload")
    given = payload if isinstance(payload, dict) else {}
    names = _SLOT if "query_class" in given else (*_SLOT, "model")
    return tuple(map(str, (edit.get("op"), edit.get("target"), *map(given.get, names))))
