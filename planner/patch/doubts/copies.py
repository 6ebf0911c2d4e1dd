"""Lines that new text writes again though they stay where they are: a pasted part of a prompt."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from planner.patch.changes import Changes, close

_SEVERAL: Final = 3
"""Lines; a rule that stands in two sections is no copy of one of them."""
_SHORTEST: Final = 20
"""Characters; shorter lines may well stand twice, as headings and ends of blocks do."""


def copied(prompt: str, changes: Changes) -> str | None:
    """Return which lines stand twice afterwards and stood once before, as one sentence.

    Args:
        prompt: The text as it was given.
        changes: What is to be done to it.
    """
    if sum(one.text.count("\n") for one in changes.spans) < _SEVERAL - 1:
        return None
    written = [line for one in changes.spans for line in _long_lines(one.text)]
    if len(set(written)) < _SEVERAL:
        return None
    closed = close(prompt)
    stood = Counter(_long_lines(closed))
    gone = {line for one in changes.spans for line in _long_lines(closed[one.start : one.end])}
    again = [line for line in dict.fromkeys(written) if stood[line] == 1 and line not in gone]
    if len(again) < _SEVERAL:
        return None
    return f"{len(again)} lines would stand twice, from {again[0].strip()[:80]!r} on."


def _long_lines(text: str) -> Iterator[str]:
    return (line.rstrip("\r") for line in text.split("\n") if len(line) >= _SHORTEST)
