"""Whether the rows of a table have as many cells afterwards as the others of their table."""

import re
from collections.abc import Iterator, Sequence, Set
from itertools import groupby

from planner.patch.code import keys_in_code
from planner.patch.lines import cut_lines, fold_all
from planner.patch.outcome import RefusalCode, Refused
from planner.patch.pair_lines import PairedLines

_TICKED = re.compile(r"`[^`]*`")
_BAR = re.compile(r"(?<!\\)\|")


def uneven_row(pairs: Sequence[PairedLines], after: str) -> Refused | None:
    """Refuse a row that lacks a cell of its table, or has one too many; all may change together.

    Args:
        pairs: At their places.
        after: The prompt afterwards.
    """
    added = {pair.new_keys[at] for pair in pairs for at in pair.added}
    rows = {key for key in added if _is_row(key)}
    if split := _split_table(added - rows, after):
        reason = f"A pair would write {split.strip()[:60]!r} between two rows of a table."
        return Refused(RefusalCode.UNCLEAR, reason)
    if not rows or any(len(set(map(_cells, table))) > 1 for table in _tables(pairs[0].closed)):
        return None
    for table in _tables(after):
        usual = max(map(_cells, table), key=[_cells(row) for row in table].count)
        uneven = next((row for row in table if row in rows and _cells(row) != usual), None)
        if uneven:
            reason = f"A pair would write a row with another number of cells: {uneven[:60]!r}."
            return Refused(RefusalCode.UNCLEAR, reason)
    return None


def _split_table(added: Set[str], after: str) -> str | None:
    """Return a line that is no row and stands between two."""
    if not added or "|\n" not in after:
        return None
    keys = fold_all(cut_lines(after))
    code = keys_in_code(keys)
    for above, key, below in zip(keys, keys[1:], keys[2:], strict=False):
        if key in added and key and _is_row(above) and _is_row(below) and key not in code:
            return key
    return None


def _tables(text: str) -> Iterator[list[str]]:
    """Yield the rows of each table, one right below the other, outside of code."""
    keys = fold_all(cut_lines(text))
    code = keys_in_code(keys)
    for is_table, rows in groupby(keys, lambda key: _is_row(key) and key not in code):
        if is_table:
            yield list(rows)


def _is_row(key: str) -> bool:
    return key.lstrip()[:1] == "|" == key[-1:] and len(key) > 1


def _cells(row: str) -> int:
    return len(_BAR.findall(_TICKED.sub("", row)))
