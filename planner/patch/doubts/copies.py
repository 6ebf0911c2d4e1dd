"""Lines that new text writes again though they stay where they are: a pasted part of a prompt."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from planner.patch.touched import Written

_SEVERAL: Final = 3
"""Lines; a rule that stands in two sections is no copy of one of them."""
_SHORTEST: Final = 20
"""Characters; shorter lines may well stand twice, as headings and ends of blocks do."""


def copied(written: Written) -> str | None:
    """Return which lines stand twice afterwards and stood once before, as one sentence.

    Args:
        written: The prompt, and what is to be done to it.
    """
    spans, closed = written.changes.spans, written.closed
    if sum(one.text.count("\n") for one in spans) < _SEVERAL - 1:
        return None
    new = [line for one in spans for line in _long_lines(one.text)]
    if len(set(new)) < _SEVERAL:
        return None
    stood = Counter(_long_lines(closed))
    gone = {line for one in spans for line in _long_lines(closed[one.start : one.end])}
    again = [line for line in dict.fromkeys(new) if stood[line] == 1 and line not in gone]
    if len(again) < _SEVERAL:
        return None
    return f"{len(again)} lines would stand twice, from {again[0].strip()[:80]!r} on."


def _long_lines(text: str) -> Iterator[str]:
    return (line.rstrip("\r") for line in text.split("\n") if len(line) >= _SHORTEST)
