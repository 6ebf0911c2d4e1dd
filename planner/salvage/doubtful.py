"""What makes edits of an answer doubtful that are sound by themselves."""

import json
import re
from dataclasses import replace
from typing import Any, Final

from planner.models import RejectionCode
from planner.salvage.clipping import clipped_at_one_width, texts_in
from planner.salvage.documents import last_list_in
from planner.salvage.item import Item
from planner.salvage.salvaged import Salvaged, outside
from planner.salvage.twice import begun, ids_for_two_reasons
from planner.salvage.withdrawal import may_be_completed

_OTHERWISE: Final = "its id is given again for other clusters or traces: nobody knows which counts"
_PLAN_INSIDE: Final = "a plan stands among the edits: it was begun anew, or tells an example"
_GROWN: Final = "it is the beginning of another edit with its id: it stood there while it grew"
_COMPLETED: Final = (
    "nothing stands below its payload: it may have been cut, and closed by somebody else"
)
_CLIPPED: Final = "a text of it ends in dots behind as many characters as another: both were cut"
_CLOSED_BY_ANOTHER: Final = "its brackets close as no other does: somebody else closed them"

_DOTTED: Final = "its last text ends in dots, and nothing stands below: it may have been cut there"
_TRAILS_OFF: Final = re.compile(r"(?:[^\W\d_]|\w[>)\]]?[ ])(?:\.{3}|\u2026)\Z")
_CLOSED_AT_ONCE: Final = re.compile(r"[^\s}\]][ ]?(?:[}\]][ ]?){3,}\s*(?:```\s*)?\Z")
"""Brackets behind a value."""
_CLOSED_AT_EDGE: Final = re.compile(r"\n[}\]]\n[}\]]\s*(?:```\s*)?\Z")
"""Two brackets at the edge of the page, where only the last one belongs."""
_LIST_AT_EDGE: Final = re.compile(r"^(?:\"edits\"[ ]?:[ ]?\[|\[\n\{)", re.MULTILINE)
"""So it may be where the list opens there, or its edits do."""
_OPENING: Final = re.compile(r"[\[{]")
_FIELD_LINES: Final = re.compile(r"\n[ \t]+\"\w+\"[ \t]*:")
_CLOSES_A_LINE: Final = re.compile(r"\n[ \t]+[}\]],?[ \t]*(?=\n)")
_FEW: Final = 4
_NEAR_END: Final = 200


def without_doubtful(read: Salvaged, text: str) -> Salvaged:
    """Reject edits that stand twice, among plans, or were closed by somebody else.

    Args:
        read: What was read.
        text: The answer.
    """
    read = _without_begun(_without_plans(_without_two_reasons(read)))
    if any(dots in text for dots in ("...", "\u2026", "\\u2026")):
        read = _without_clipped(read)
    last = last_own(read)
    if last is None or read.items[last].fault:
        return read
    if may_be_completed(read.items[last].value):
        return with_last_cut(read, _COMPLETED)
    if _TRAILS_OFF.search(_last_text(read.items[last].value)):
        return with_last_cut(read, _DOTTED)
    return with_last_cut(read, _CLOSED_BY_ANOTHER) if _is_closed_by_another(text) else read


def _last_text(value: Any) -> str:
    """Return the text that an edit ends with, or nothing."""
    while value and isinstance(value, dict | list):
        value = list(value.values())[-1] if isinstance(value, dict) else value[-1]
    return value if isinstance(value, str) else ""


def _without_two_reasons(read: Salvaged) -> Salvaged:
    """Reject edits that stand twice with one change, for other clusters or traces."""
    names = ids_for_two_reasons(one.value for one in read.items)
    if not names:
        return read
    # Each could be read: an answer of such edits only is none that breaks.
    items = (
        outside(one, _OTHERWISE)._replace(is_object=True)
        if isinstance(one.value, dict) and str(one.value.get("id")) in names
        else one
        for one in read.items
    )
    return replace(read, items=tuple(items))


def _without_begun(read: Salvaged) -> Salvaged:
    """Reject edits of which another one in the answer is the whole."""
    places = begun([one.value for one in read.items])
    if not places:
        return read
    items = (_cut(one, _GROWN) if place in places else one for place, one in enumerate(read.items))
    return replace(read, items=tuple(items))


def _without_clipped(read: Salvaged) -> Salvaged:
    """Reject edits whose texts a viewer cut, all at one width, and put dots behind."""
    clipped = clipped_at_one_width(one.value for one in read.items)
    items = (
        _cut(one, _CLIPPED) if clipped and not clipped.isdisjoint(texts_in(one.value)) else one
        for one in read.items
    )
    return replace(read, items=tuple(items)) if clipped else read


def _cut(item: Item, reason: str) -> Item:
    return Item(fault=RejectionCode.CUT_SHORT, reason=reason, raw=item.value, is_object=True)


def _without_plans(read: Salvaged) -> Salvaged:
    """Reject an answer among whose edits a plan stands: nobody knows what it takes the place of."""
    if not any(_holds_plan(one.value) for one in read.items):
        return read
    return replace(read, items=tuple(read.told(_PLAN_INSIDE)))


def _holds_plan(value: Any) -> bool:
    if not isinstance(value, dict) or "op" in value:
        return False
    return "edits" in value or any(
        "edits" in one for one in value.values() if isinstance(one, dict)
    )


def last_own(read: Salvaged) -> int | None:
    """Return the place of the last item of the list that counts."""
    places = (
        place
        for place in range(len(read.items) - 1, -1, -1)
        if read.items[place].fault is not RejectionCode.NOT_THE_ANSWER
    )
    return next(places, None)


def with_last_cut(read: Salvaged, reason: str) -> Salvaged:
    """Reject the last item that has a value."""
    items = list(read.items)
    place = next((at for at in range(len(items) - 1, -1, -1) if not items[at].fault), None)
    if place is not None:
        items[place] = _cut(items[place], reason)
    return replace(read, items=tuple(items))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_closed_by_another(text: str) -> bool:
    """Tell whether an answer that gives each field a line closes all of itself behind a text.

    So a gateway closes what was cut: its writer puts each bracket on a line of its own.
    """
    near = max(0, len(text) - _NEAR_END)
    at_edge = _CLOSED_AT_EDGE.search(text, near) and not _LIST_AT_EDGE.search(text)
    if not at_edge and not _CLOSED_AT_ONCE.search(text, near):
        return False
    written = text[last_list_in(text) :]
    opening = _OPENING.search(text)
    if not opening or not _is_json(text[opening.start() :].rstrip("` \n")):
        return False
    is_list = len(_FIELD_LINES.findall(written)) >= _FEW
    return is_list and _CLOSES_A_LINE.search(written) is not None
