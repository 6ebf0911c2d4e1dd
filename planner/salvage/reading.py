"""The whole answer: which list counts, and what stands beside it."""

import json
import re
from dataclasses import dataclass
from typing import Final

import pydantic_core

from planner.models import RejectionCode
from planner.salvage.item import Doubts, Item, holds_surrogate, plain_item, representable
from planner.salvage.lists import MAX_ITEMS, EditList, Marks, lists_in, loose_items
from planner.salvage.literal import unquoted, unwrapped
from planner.salvage.tokens import TOKEN

MAX_CHARACTERS: Final = 1 << 20
"""How much of an answer is read, in characters; the longest outputs in use stay below it."""

_JSON_IN_STRING: Final = re.compile(
    r"(?:\A\s*+(?:```\w*+\s++)?\"?|\b(?:edits|arguments)\"\s*+:\s*+\")"
    r'((?:\s|\\[nrt])*+[\[{](?:[^"\\]|\\u[0-9a-fA-F]{4}|\\[^u])*+)',
    re.DOTALL,
)
"""The whole answer, a tool's arguments or the list as a string: never a text inside an edit."""

_THINKING: Final = re.compile(r"\s*<(think|thinking|reasoning)>")


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What could be read of an answer."""

    items: tuple[Item, ...]
    """In the order of the text; those outside the list that counts come last."""
    closed: bool = False
    """The list of edits is closed in the text."""
    proposes_nothing: bool = False
    """A complete, empty list of edits: the teacher's answer is that there are none."""
    notes: tuple[str, ...] = ()


def read_items(text: str, *, max_characters: int = MAX_CHARACTERS) -> Salvaged:
    """Read the items of the teacher's list.

    Args:
        text: The reply's content.
        max_characters: What lies beyond is not read, and told.

    Returns:
        Every item with its value or its fault; never an error, whatever the text.
    """
    body = _without_thinking(text[:max_characters].lstrip("\ufeff"))
    if len(text) > max_characters:
        return _with_rest(_read_broken(body), len(text), max_characters)
    clean = _read_clean(body)
    return _read_packed(body) if clean is None else clean


def _read_packed(text: str) -> Salvaged:
    """Read an answer that is not clean, out of the quotes and the width it was put in."""
    body = unquoted(unwrapped(text))
    if body is not None:
        return _read_broken(body)
    reason = "the whole answer stands in quotes, and its escapes can be read in two ways"
    item = Item(fault=RejectionCode.MALFORMED, reason=reason, raw=representable(text))
    return Salvaged((item,), notes=(f"Nothing was read: {reason}.",))


def _without_thinking(text: str) -> str:
    """Leave out what a model thought aloud: a draft in it is no answer."""
    found = _THINKING.match(text)
    return text.partition(f"</{found[1]}>")[2] if found else text


def _with_rest(read: Salvaged, length: int, limit: int) -> Salvaged:
    """Tell what was not read: the whole answer is recorded with the session."""
    reason = f"the answer has {length:,} characters; only the first {limit:,} were read"
    rest = Item(fault=RejectionCode.TOO_LARGE, reason=reason)
    return Salvaged((*read.items, rest), notes=(*read.notes, f"{reason}."))


# --- a clean answer: one JSON object with the list under `edits` ---------------


def _read_clean(text: str) -> Salvaged | None:
    """Read an answer without a defect, ten times as fast; None where it has any."""
    if text.count('"edits"') != 1 or holds_surrogate(text):
        return None
    doubts = Doubts([], [])
    try:
        # Its own bound on depth makes it the guard for the standard library's
        # parser, which recurses on the depth of its input.
        pydantic_core.from_json(text, allow_inf_nan=False)
        value = json.loads(text, **doubts.hooks())
    except (ValueError, RecursionError):
        return None
    edits = value.get("edits") if isinstance(value, dict) else None
    if doubts.doubled or doubts.not_finite or not isinstance(edits, list):
        return None
    if len(edits) > MAX_ITEMS or any(isinstance(one, list) for one in edits):
        return None
    items = tuple(plain_item(one) for one in edits)
    return Salvaged(items, closed=True, proposes_nothing=not items)


# --- any other answer ------------------------------------------------------------


def _read_broken(text: str, *, inside_string: bool = False) -> Salvaged:
    chosen = _choose(text, lists_in(text, Marks.of(text)))
    if chosen is None:
        loose = loose_items(text, 0, len(text))
        if loose or inside_string:
            return Salvaged(loose)
        return _read_string(text)
    outside = (*loose_items(text, 0, chosen.start), *loose_items(text, chosen.end, len(text)))
    return Salvaged(
        (*chosen.items, *map(_outside, outside)),
        closed=chosen.closed,
        proposes_nothing=chosen.closed and not chosen.items and text[chosen.start] == "[",
        notes=() if chosen.closed else ("The list of edits is not closed in the answer.",),
    )


def _read_string(text: str) -> Salvaged:
    """Read an answer that was written as JSON inside a JSON string."""
    strings = (found for found in _JSON_IN_STRING.finditer(text) if '\\"' in found[1])
    found = next(strings, None)
    if found is None:
        return Salvaged(())
    try:
        inner = json.loads(f'"{found[1]}"', strict=False)
    except ValueError:
        return Salvaged(())
    return _read_broken(inner, inside_string=True)


def _outside(item: Item) -> Item:
    if item.fault:
        return item
    return Item(
        fault=RejectionCode.NOT_THE_ANSWER,
        reason="it stands outside the list of edits that counts, as a draft or an example would",
        raw=item.value,
        is_object=True,
    )


def _choose(text: str, lists: list[EditList]) -> EditList | None:
    """Return the last list that holds an object, else the last one."""
    chosen: EditList | None = None
    for one in lists:
        replaces = one.holds_object and (chosen is None or not _is_beside(text, chosen, one))
        if replaces or chosen is None or not chosen.holds_object:
            chosen = one
    return chosen


def _is_beside(text: str, first: EditList, second: EditList) -> bool:
    """Tell whether the object that holds the first list is still open at the second."""
    depth = 0
    position = first.end
    while first.closed and position < second.start and (token := TOKEN.match(text, position)):
        depth += {"open": 1, "close": -1}.get(token.lastgroup or "", 0)
        position = token.end()
        if depth < 0:
            return False
    return first.closed
