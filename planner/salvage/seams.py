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
