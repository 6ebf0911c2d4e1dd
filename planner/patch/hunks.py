"""Read the hunks of a unified diff."""

import re
from dataclasses import dataclass

from planner.patch.lines import body

_HEADER = re.compile(r"@@+[ \t]*-(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a hunk: its sign (blank, `-`, `+`) and its text."""

    sign: str
    text: str


def read_hunks(diff: str) -> list[tuple[int | None, list[Row]]]:
    """Return the stated line and the rows of each hunk."""
    hunks: list[tuple[int | None, list[Row]]] = []
    for line in map(body, diff.split("\n")):
        if line.startswith("@@"):
            found = _HEADER.match(line)
            hunks.append((int(found[1]) if found else None, []))
        elif hunks and line[:1] in {" ", "-", "+"} and line:
            hunks[-1][1].append(Row(line[0], line[1:]))
    return hunks
