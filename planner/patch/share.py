"""How much of a prompt a change touches, counted by alignment and not by position."""

from planner.patch.comparison import compare


def changed_share(before: str, after: str) -> float:
    """Return the share of lines that differ, 0.0 (none) to 1.0 (all).

    1 - LCS(lines) / max(lines of before, lines of after): one line inserted at
    the top of a long prompt is one line changed. 0.0 for two empty texts, 1.0
    when one of them is empty.
    """
    return compare(before, after).changed_share
