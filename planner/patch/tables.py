"""Whether each table still has its head, its rule, and as many cells in each row."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from planner.patch.changes import Changes, close, splice
from planner.patch.code import keys_in_code
from planner.patch.lines import cut_lines, fold_all
from planner.patch.outcome import RefusalCode, Refused

_TICKED = re.compile(r"`[^`]*`")
_BAR = re.compile(r"(?<!\\)\|")
_FIRST_BAR = re.compile(r"^[ \t]*\|", re.MULTILINE)
_RULE = re.compile(r"[|: \t]*-[-|: \t]*")
"""What stands between a table's head and its other rows."""
_CELLS_OF_TEXT = 2
"""Bars of a line that may be an example of its own."""


class _Line(NamedTuple):
    """A line of a prompt, as it is compared."""

    key: str
    is_row: bool
    in_code: bool


def broken_table(before: str, after: str) -> Refused | None:
    """Refuse tables that lose their form, where those of the prompt have one.

    A row that lacks a cell, or has one too many (all may change together), a line between two
    rows, a head without its rule or with a row between the two.
    """
    old, lines = list(_lines(before)), list(_lines(after))
    known = {line.key for line in old}
    if split := _split_table(known, lines):
        return _refused(f"{split!r} between two rows of a table")
    tables, now = list(_tables(old)), list(_tables(lines))
    long, long_now = ([one for one in some if len(one) > 1] for some in (tables, now))
    if long and all(map(_is_headed, long)) and not all(map(_is_headed, long_now)):
        return _refused("a table without its rule, or with a row above it")
    lone = next((one[0] for one in now if len(one) == 1), None)
    if lone and long and len(long) == len(tables) and _cells(lone) > _CELLS_OF_TEXT:
        return _refused(f"{lone!r}, a row apart from its table")
    if any(map(_is_uneven, tables)):
        return None
    for table in now:
        usual = Counter(map(_cells, table)).most_common(1)[0][0]
        for row in table:
            if row not in known and _cells(row) != usual:
                return _refused(f"{row!r}, a row with another number of cells")
    return None


def half_row(prompt: str, changes: Changes) -> Refused | None:
    """Refuse a row that lacks its end or a cell, where all rows that the table keeps have both.

    A table of which every row is new may have other columns, and one may stand without outer bars.
    A note behind a whole row is no part of it.
    """
    if not any(_FIRST_BAR.search(one.text) for one in changes.spans if "|" in one.text):
        return None
    before = close(prompt)
    after = splice(before, changes)
    known = {line.key for line in _lines(before)}
    for is_table, lines in groupby(_lines(after), lambda line: _begins_row(line.key)):
        rows = [line.key for line in lines if not line.in_code] if is_table else []
        kept = [row for row in rows if row in known and not _RULE.fullmatch(row)]
        if not all(map(_is_row, kept)) or len(widths := set(map(_cells, kept))) != 1:
            continue
        for row in rows:
            over = _cells(row) - max(widths)
            if row not in known and (over < 0 or (over and _is_row(row))):
                return _refused(f"{row!r}, a row without its end, or with another number of cells")
    return None


def _refused(what: str) -> Refused:
    return Refused(RefusalCode.UNCLEAR, f"The patch would leave {what[:160]}.")


def _split_table(known: set[str], lines: Sequence[_Line]) -> str | None:
    """Return a new line that is no row and stands between two."""
    for above, line, below in zip(lines, lines[1:], lines[2:], strict=False):
        is_text = line.key and not line.in_code and not line.is_row
        if is_text and above.is_row and below.is_row and line.key not in known:
            return line.key.strip()[:60]
    return None


def _is_headed(table: Sequence[str]) -> bool:
    """Tell whether a table has one rule, below its first row."""
    return [at for at, row in enumerate(table) if _RULE.fullmatch(row)] == [1]


def _tables(lines: Iterable[_Line]) -> Iterator[list[str]]:
    """Yield the rows of each table, one right below the other."""
    for is_table, rows in groupby(lines, lambda line: line.is_row and not line.in_code):
        if is_table:
            yield [row.key for row in rows]


def _is_uneven(table: Sequence[str]) -> bool:
    return len(set(map(_cells, table))) > 1


def _lines(text: str) -> Iterator[_Line]:
    keys = fold_all(cut_lines(text))
    code = keys_in_code(keys)
    return (_Line(key, _is_row(key), key in code) for key in keys)


def _begins_row(key: str) -> bool:
    return key.lstrip()[:1] == "|"


def _is_row(key: str) -> bool:
    return _begins_row(key) and key[-1] == "|" and len(key) > 1


def _cells(row: str) -> int:
    return len(_BAR.findall(_TICKED.sub("", row)))
