"""An answer that breaks off and is given again: what certainly stands there twice, or goes on."""

import re
from typing import Final

from planner.salvage.tokens import ITEM_START, extent_of

_IN_FULL: Final = re.compile(
    r"\n[^\n\"{}]{0,200}\b(?:cut (?:off|short)|truncated|incomplete|interrupted)\b[^\n\"{}]{0,100}"
    r"[:.]\s*(?:```\w*\s*)?\n\s*(?=[{\[])",
    re.IGNORECASE,
)
_CONTINUES: Final = re.compile(
    rf"[(\[]?continu(?:ing|ed|ation)\b[^\"\n{{}}\[\]]{{0,60}}[)\]]?[:.]?\s*\n\s*(?={ITEM_START.pattern})",
    re.IGNORECASE,
)
_FENCE: Final = re.compile(r"\s*(?:```\w*\s*\n\s*)?")
_NEXT_TURN: Final = re.compile(
    r"(?<=[}\]`])\s*\n[ \t]*(?:Human|User|###? ?(?:Instruction|Human|User))[ \t]*:"
)
"""Where a model goes on to write the next turn, right behind its answer."""
_FENCED: Final = re.compile(r"\s*```\w*\s*\n(.*\S)\s*```\s*", re.DOTALL)
_BETWEEN_FENCES: Final = re.compile(
    rf"(?<=\}},)[ \t]*\n```[ \t]*\n\s*```\w*[ \t]*\n\s*(?={ITEM_START.pattern})"
)
_BEGUN_TWICE: Final = re.compile(r"\s*(?:\{\s*)?(?:\"edits\"\s*:\s*\[?\s*)?(?=\{\s*\"edits\"\s*:)")
_SAME_BEGINNING: Final = 60


def given_in_full(text: str) -> str | None:
    """Return the answer that words announce in full behind one that was cut, if it begins alike."""
    *_, found = (None, *_IN_FULL.finditer(text))
    opening = _FENCE.match(text)
    if found is None or opening is None:
        return None
    whole = text[found.end() :].strip().removesuffix("```").rstrip()
    alike = text.startswith(whole[:_SAME_BEGINNING], opening.end())
    return whole if alike and len(whole) > _SAME_BEGINNING else None


def joined(text: str) -> str | None:
    """Return an answer that goes on in another fence, behind the comma that an edit ends with."""
    fenced = _FENCED.fullmatch(text)
    if not fenced:
        return None
    body, seams = _BETWEEN_FENCES.subn("\n", fenced[1])
    return body if seams else None


def begun_once(text: str) -> str | None:
    """Return an answer without its own beginning, which was given and is repeated."""
    found = _BEGUN_TWICE.match(text)
    return text[found.end() :] if found and found[0].strip() else None


def before_next_turn(text: str) -> str | None:
    """Return all that stands before a turn that a model invented, out of its fence."""
    found = _NEXT_TURN.search(text)
    if not found:
        return None
    before = text[: found.start()]
    fenced = _FENCED.fullmatch(before)
    return fenced[1] if fenced else before


def without_cut_copy(text: str) -> str | None:
    """Return an answer without the beginning of itself that stands behind it."""
    if not text.startswith(("{", "[")):
        return None
    extent = extent_of(text, 0)
    copy = text[extent.end :].strip()
    return text[: extent.end] if copy and not extent.fault and text.startswith(copy) else None


def continuation_at(text: str, position: int) -> int | None:
    """Return where the next edit opens behind a line that says only that a list goes on."""
    found = _CONTINUES.match(text, position)
    return found.end() if found else None
