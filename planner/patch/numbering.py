"""Whether numbered lists still count up afterwards, where all of them did before."""

import re
from collections.abc import Iterator
from itertools import pairwise

from planner.patch.outcome import RefusalCode, Refused

_ITEM = re.compile(r"([ \t]*)(\d{1,3})([.)])[ \t]")


def broken_numbers(before: str, after: str) -> Refused | None:
    """Refuse a list in which one number stands twice and another is missing.

    So it is where each step of a list was shifted by one, and the last was left as it is. A step
    that goes, or comes, without new numbers for the others may be meant.
    """
    old = list(_lists(before))
    if not old or any(map(_is_broken, old)):
        return None
    for numbers in _lists(after):
        if _is_broken(numbers):
            told = ", ".join(map(str, numbers[:20]))
            reason = f"The patch would leave a list that is numbered {told}."
            return Refused(RefusalCode.UNCLEAR, reason)
    return None


def _is_broken(numbers: list[int]) -> bool:
    steps = {second - first for first, second in pairwise([0, *numbers])}
    return 0 in steps and max(steps) > 1


def _lists(text: str) -> Iterator[list[int]]:
    """Yield the numbers of lists, each of which ends at other text or where another begins."""
    numbers: list[int] = []
    kind = ("", "")
    for line in text.split("\n"):
        found = _ITEM.match(line)
        if not found:
            if numbers and line[:1].strip():
                yield numbers
                numbers = []
            continue
        number, now = int(found[2]), (found[1], found[3])
        if numbers and (now != kind or number < numbers[-1]):
            yield numbers
            numbers = []
        kind = now
        numbers.append(number)
    if numbers:
        yield numbers
