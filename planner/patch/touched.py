"""The whole lines that changes touch: as they are, as they would be, and those beside them."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from planner.patch.changes import Change, Changes, close


class Touched(NamedTuple):
    """The lines of a change, without endings and blanks at their ends."""

    start: int
    """Where the first one starts in the prompt."""
    above: str
    old: Sequence[str]
    new: Sequence[str]
    below: str


class Written:
    """A prompt and what is to be done to it; its lines are cut once, and only where asked for."""

    def __init__(self, prompt: str, changes: Changes) -> None:
        self.prompt = prompt
        self.changes = changes
        self.closed = close(prompt)

    @cached_property
    def touched(self) -> Sequence[Touched]:
        """The lines of each change."""
        return [_touched_lines(self.closed, one) for one in self.changes.spans]


def _touched_lines(closed: str, change: Change) -> Touched:
    start = closed.rfind("\n", 0, change.start) + 1
    end = change.end
    ends_line = closed.startswith("\n", end - 1) and change.text[-1:] in {"", "\n"}
    if not ends_line:
        end = closed.find("\n", end) + 1 or len(closed)
    text = closed[start : change.start] + change.text + closed[change.end : end]
    above = closed.rfind("\n", 0, max(0, start - 1)) + 1
    below = closed.find("\n", end)
    return Touched(
        start,
        closed[above : max(0, start - 1)].rstrip(),
        _whole_lines(closed[start:end]),
        _whole_lines(text),
        closed[end : below if below >= 0 else len(closed)].rstrip(),
    )


def _whole_lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.split("\n")]
    return lines if lines[-1] else lines[:-1]
