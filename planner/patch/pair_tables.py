"""Whether the rows of a table have as many cells afterwards as the others of their table."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import groupby
from typing import NamedTuple

from planner.patch.code import keys_in_code
from planner.patch.lines import cut_lines, fold_all
from planner.patch.outcome import RefusalCode, Refused
from planner.patch.pair_lines import PairedLines

_TICKED = re.compile(r"`[^`]*`")
_BAR = re.compile(r"(?<!\\)\|")


class _Line(NamedTuple):
    """A line of a prompt, as it is compared."""

    key: str
    is_row: bool
    in_code: bool


def uneven_row(pairs: Sequence[PairedLines], after: str) -> Refused | None:
    """Refuse a row that lacks a cell of its table, or has one too many; all may change together.

    Args:
        pairs: At their places.
        after: The prompt afterwards.
    """
    added = {pair.new_keys[at] for pair in pairs for at in pair.added}
    rows = {key for key in added if _is_row(key)}
    lines = list(_lines(after))
    if split := _split_table(added - rows, lines):
        reason = f"A pair would write {split.strip()[:60]!r} between two rows of a table."
        return Refused(RefusalCode.UNCLEAR, reason)
    if not rows or any(map(_is_uneven, _tables(_lines(pairs[0].closed)))):
        return None
    for table in _tables(lines):
        usual = max(map(_cells, table), key=[_cells(row) for row in table].count)
        uneven = next((row for row in table if row in rows and _cells(row) != usual), None)
        if uneven:
            reason = f"A pair would write a row with another number of cells: {uneven[:60]!r}."
            return Refused(RefusalCode.UNCLEAR, reason)
    return None


def _split_table(added: Set[str], lines: Sequence[_Line]) -> str | None:
    """Return a line that is no row and stands between two."""
    for above, line, below in zip(lines, lines[1:], lines[2:], strict=False):
        if line.key in added and line.key and not line.in_code and above.is_row and below.is_row:
            return line.key
    return None


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


def _is_row(key: str) -> bool:
    return key.lstrip()[:1] == "|" == key[-1:] and len(key) > 1


def _cells(row: str) -> int:
    return len(_BAR.findall(_TICKED.sub("", row)))
