"""Read search/replace blocks, the other form that models are trained on.

They say what find/replace pairs say, in whole lines, and are held to the same:
the searched lines stand in one place. So they are read, not refused.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from planner.patch.diffs.hunks import Header, Hunk, Row, row
from planner.patch.outcome import RefusalCode, Refused

_OPEN = re.compile(r"<{5,9}[ \t]*(?:SEARCH|ORIGINAL|FIND)?[ \t]*\r?$")
_MIDDLE = re.compile(r"={5,9}[ \t]*\r?$")
_CLOSE = re.compile(r">{5,9}[ \t]*(?:REPLACE|UPDATED)?[ \t]*\r?$")
_FENCE = re.compile(r"[ \t]*(?:`{3,}|~{3,})[ \t]*[\w-]*[ \t]*\r?$")


class Blocks(NamedTuple):
    """Search/replace blocks as hunks, and the lines before, between and after them."""

    hunks: list[Hunk]
    said: Sequence[Sequence[str]]


def holds_blocks(lines: Sequence[str]) -> bool:
    """Say whether a text is written in search/replace blocks."""
    first = next((line for line in lines if line.startswith(("<<<<<", "@@ -"))), "")
    return bool(_OPEN.match(first))


def read_blocks(lines: Sequence[str]) -> Blocks | Refused:
    """Return each block as a hunk that removes the searched lines and adds the others."""
    hunks: list[Hunk] = []
    said: list[list[str]] = [[]]
    at = 0
    while at < len(lines):
        if not _OPEN.match(lines[at]):
            if not _FENCE.match(lines[at]):
                said[-1].append(lines[at])
            at += 1
            continue
        end = next((n for n in range(at + 1, len(lines)) if _CLOSE.match(lines[n])), None)
        number = len(hunks) + 1
        if end is None:
            return Refused(RefusalCode.CUT_SHORT, f"Search/replace block {number} never closes.")
        rows = _rows(lines[at + 1 : end])
        if rows is None:
            return Refused(
                RefusalCode.UNCLEAR,
                f"Search/replace block {number} needs one line of equals signs between its halves.",
            )
        hunks.append(Hunk(number, Header(), rows))
        said.append([])
        at = end + 1
    return Blocks(hunks, said)


def _rows(lines: Sequence[str]) -> list[Row] | None:
    """Return a block's rows, or None where its halves cannot be told apart."""
    cuts = [at for at, line in enumerate(lines) if _MIDDLE.match(line)]
    if len(cuts) != 1 or any(_OPEN.match(line) for line in lines):
        return None
    removed = [row("-", line) for line in lines[: cuts[0]]]
    return removed + [row("+", line) for line in lines[cuts[0] + 1 :]]
