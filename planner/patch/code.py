"""Which lines stand in blocks of code: there a comment is code, and dots are an example's."""

import re
from collections.abc import Iterator, Sequence

from planner.patch.diffs.hunks import Row

_SURROUNDINGS = ({"code"}, {"code", "fence"}, {"code", ""})
_MARK = re.compile(r"[ \t>]*(`{3,}|~{3,})(.*)")
_SHORTEST_FENCE = 3
_ABOUT = 2
"""Characters by which a title may be longer or shorter than the line under it."""
_FENCE = re.compile(r"[ \t>]*(?:`{3,}|~{3,})")


def holds_fence(text: str) -> bool:
    """Say whether a text may hold a fence: most hold none, and need not be looked at."""
    return "```" in text or "~~~" in text


def is_fence(line: str) -> bool:
    """Say whether a line opens or closes a block of code."""
    return _FENCE.match(line) is not None


def in_code(text: str, at: int) -> bool:
    """Say whether an odd number of fences stands before a place: it is in a block, or may be."""
    fences = text.count("\n```", 0, at) + text.count("\n~~~", 0, at)
    return (fences + text.startswith(("```", "~~~")) * (at > 0)) % 2 == 1


def keys_in_code(keys: Sequence[str]) -> frozenset[str]:
    """Return the lines with text that stand in blocks of code only, fences left out."""
    inside: set[str] = set()
    outside: set[str] = set()
    at = 0
    for opens, closes in blocks_of(keys):
        outside.update(keys[at : opens + 1])
        inside.update(keys[opens + 1 : closes])
        at = closes
    outside.update(keys[at:])
    return frozenset(inside - outside - {""})


def blocks_of(keys: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where blocks open and close; one that never closes is none."""
    opened = None
    for at in _lines_with_marks(keys):
        found = _MARK.match(keys[at])
        if not found or _is_underline(keys, at):
            continue
        if opened is None:
            opened = at, found[1]
        elif found[1].startswith(opened[1]) and not found[2]:
            yield opened[0], at
            opened = None


def _lines_with_marks(keys: Sequence[str]) -> list[int]:
    """Return the lines that may be fences: two searches of the whole text find the few."""
    text = "\n".join(keys)
    found: set[int] = set()
    for mark in ("```", "~~~"):
        line, start, at = 0, 0, text.find(mark)
        while at >= 0:
            line += text.count("\n", start, at)
            found.add(line)
            start, end = at, text.find("\n", at)
            at = text.find(mark, end) if end >= 0 else -1
    return sorted(found)


def _is_underline(keys: Sequence[str], at: int) -> bool:
    """Say whether a line of tildes stands under a title of its length."""
    line, above = keys[at], keys[at - 1] if at else ""
    if not line or line.strip("~") or not above:
        return False
    return abs(len(above) - len(line)) <= _ABOUT and len(line) > _SHORTEST_FENCE


def rows_in_code(code: frozenset[str], rows: Sequence[Row]) -> frozenset[int]:
    """Return which added rows of a hunk stand in a block of code.

    It is the prompt's where code is the nearest quoted text on one side, and code or a
    fence on the other; or a block that the hunk adds as a whole.
    """
    if not code and not any(is_fence(row.key) for row in rows if row.sign == "+"):
        return frozenset()
    above, below = list(_nearest(rows, code)), list(_nearest(rows[::-1], code))[::-1]
    own = _in_own_blocks(rows)
    return frozenset(
        at
        for at, row in enumerate(rows)
        if row.sign == "+" and (at in own or {above[at], below[at]} in _SURROUNDINGS)
    )


def _nearest(rows: Sequence[Row], code: frozenset[str]) -> Iterator[str]:
    """Yield for each row what the last quoted row with text before it is."""
    last = ""
    for row in rows:
        yield last
        if row.sign != "+" and row.key:
            last = "code" if row.key in code else "fence" if is_fence(row.key) else "text"


def _in_own_blocks(rows: Sequence[Row]) -> set[int]:
    """Return the rows between added fences that come in pairs."""
    fences = [at for at, row in enumerate(rows) if row.sign == "+" and is_fence(row.key)]
    if len(fences) % 2:
        return set()
    return {
        at
        for opens, closes in zip(fences[::2], fences[1::2], strict=True)
        for at in range(opens + 1, closes)
    }
