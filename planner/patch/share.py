"""How much of a prompt a change touches, counted by alignment and not by position."""

from planner.patch.align import common_lines
from planner.patch.lines import split_lines


def changed_share(before: str, after: str) -> float:
    """Return the share of lines that differ, 0.0 (none) to 1.0 (all).

    1 - LCS(lines) / max(lines of before, lines of after): one line inserted at
    the top of a long prompt is one line changed. 0.0 for two empty texts, 1.0
    when one of them is empty.
    """
    first, second = split_lines(before), split_lines(after)
    longest = max(len(first), len(second))
    return 1 - common_lines(first, second) / longest if longest else 0.0
