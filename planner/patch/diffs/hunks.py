"""Hunks as they stand in a diff: a header with hints, and rows that are the authority."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from planner.patch.lines import fold

_NUMBERS = re.compile(
    r"@@[ \t]*-[ \t]*(\d{1,18})(?:[ \t]*,[ \t]*(\d{1,18}))?"
    r"(?:[ \t]+\+[ \t]*(\d{1,18})(?:[ \t]*,[ \t]*(\d{1,18}))?)?(?!\d)"
)

_FAR = 15
"""Lines above a hunk; with fewer, counts that are as much too high may tell of a cut."""
_MARKER = re.compile(r"\\ ?(?:No newline| )", re.IGNORECASE)
"""A note that no newline follows the line above."""


class Row(NamedTuple):
    r"""One line of a hunk, without its `\n`."""

    sign: str
    """A blank (kept), `-` or `+`."""
    text: str
    raw: str
    """As it stood in the diff, sign included."""
    key: str
    """The text folded: what is compared."""
    signed: bool = True
    """False where the line has no sign: a kept line that lost its blank, or prose."""
    open: bool = False
    """A marker says that no newline follows it."""


def row(sign: str, text: str) -> Row:
    """Make a row from a sign and a text."""
    return Row(sign, text, sign + text, fold(text))


class Header(NamedTuple):
    """What a hunk's first line says of it: hints."""

    raw: str | None = None
    stated: int | None = None
    """The line, from 0, at which it claims to stand."""
    old: int | None = None
    new: int | None = None
    restated: int | None = None
    """The line, from 0, at which it claims to stand after the patch."""
    at_zero: bool = False
    """Whether it claims to stand at line 0, where no line is."""


@dataclass(frozen=True)
class Hunk:
    """A header and its rows."""

    number: int
    """From 1, as it is named in a refusal."""
    header: Header
    rows: Sequence[Row]

    @cached_property
    def counts(self) -> tuple[int, int]:
        """How many lines it has on the old side and on the new side."""
        return counts(self.rows)

    @property
    def quoted(self) -> list[Row]:
        """The rows that stand in the prompt: kept and removed ones."""
        return [row for row in self.rows if row.sign != "+"]

    @property
    def changes(self) -> bool:
        """Whether any row is added or removed."""
        return any(row.sign != " " for row in self.rows)


def read_header(line: str) -> Header:
    """Read a line that begins with `@@`; what it does not say is None.

    A single count left out is 1, as diff tools write it; where both are left
    out, nobody counted.
    """
    found = _NUMBERS.match(line)
    if not found:
        return Header(line)
    stated, old, start, new = (int(part) if part else None for part in found.groups())
    if old is None and new is not None:
        old = 1
    if new is None and old is not None and start is not None:
        new = 1
    at = [number - 1 if number else None for number in (stated, start)]
    return Header(line, at[0], old, new, at[1], stated == 0)


def read_rows(lines: Sequence[str]) -> list[Row]:
    """Read lines below a header; a marker for a missing newline goes to the row above it."""
    rows: list[Row] = []
    for line in lines:
        sign = line[:1]
        if sign and sign in "+- ":
            text = line[1:]
            rows.append(Row(sign, text, line, fold(text)))
        elif sign == "\\" and _MARKER.match(line):
            if rows:
                rows[-1] = rows[-1]._replace(open=True)
        else:
            rows.append(Row(" ", line, line, fold(line), signed=False))
    return rows


def counts(rows: Sequence[Row]) -> tuple[int, int]:
    """Return how many lines rows have on the old side and on the new side."""
    signs = [row.sign for row in rows]
    return len(signs) - signs.count("+"), len(signs) - signs.count("-")


def with_counts_for_ends(header: Header, rows: Sequence[Row]) -> Header:
    """Return a header with counts where it has the last line on each side: `-29,35` for 7 lines."""
    old, new = counts(rows)
    stated, restated = header.stated, header.restated
    if stated is None or restated is None or stated < _FAR:
        return header
    ends = (stated + old, restated + new)
    return header._replace(old=old, new=new) if (header.old, header.new) == ends else header


def counts_hold(hunk: Hunk) -> bool:
    """Say whether a hunk's lines are as many as its header counts."""
    return hunk.counts == (hunk.header.old, hunk.header.new)
