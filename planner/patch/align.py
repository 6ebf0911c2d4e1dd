"""Align two texts line by line: the longest common subsequence, in linear memory steps.

Bit-parallel after Hyyrö (2004): one big integer holds a whole row of the
dynamic programme, so 5,000 lines against 5,000 take milliseconds where
`difflib` needs minutes on repetitive text.
"""

from collections.abc import Iterator, Sequence

_MAX_COUNTED = 4_000_000_000
"""Cells that are counted, in half a second. Above it, the changed middle is all different."""
_MAX_CELLS = 100_000_000
"""Rows kept for the way back, in bits: 12 MB. Above it, the changed middle is one block."""


def _masks(first: Sequence[str]) -> dict[str, int]:
    """Return for each line the set of its positions, as bits."""
    positions: dict[str, list[int]] = {}
    for at, line in enumerate(first):
        positions.setdefault(line, []).append(at)
    return {line: sum(1 << at for at in ats) for line, ats in positions.items()}


def _rows(first: Sequence[str], second: Sequence[str]) -> Iterator[int]:
    """Yield a row for each line of `second`; a zero bit is where the subsequence grows."""
    masks = _masks(first)
    full = (1 << len(first)) - 1
    row = full
    for line in second:
        met = row & masks.get(line, 0)
        row = ((row + met) | (row - met)) & full
        yield row


def _shared_ends(first: Sequence[str], second: Sequence[str]) -> tuple[int, int]:
    """Return how many lines are equal at the start and at the end."""
    shortest = min(len(first), len(second))
    head = 0
    while head < shortest and first[head] == second[head]:
        head += 1
    tail = 0
    while tail < shortest - head and first[-1 - tail] == second[-1 - tail]:
        tail += 1
    return head, tail


def common_lines(first: Sequence[str], second: Sequence[str]) -> int:
    """Return the length of the longest common subsequence of two lists of lines.

    Where more than 60,000 changed lines stand against as many, those count as different.
    """
    head, tail = _shared_ends(first, second)
    middle = first[head : len(first) - tail]
    other = second[head : len(second) - tail]
    both = set(middle).intersection(other)
    middle = [line for line in middle if line in both]
    other = [line for line in other if line in both]
    if len(middle) * len(other) > _MAX_COUNTED:
        return head + tail
    row = (1 << len(middle)) - 1
    for row in _rows(middle, other):  # noqa: B007
        pass
    return head + tail + len(middle) - row.bit_count()


def _matches(first: Sequence[str], second: Sequence[str]) -> list[tuple[int, int]]:
    """Return the aligned pairs of positions, in order."""
    if set(first).isdisjoint(second) or not is_aligned(first, second):
        return []
    rows = list(_rows(first, second))
    at, row = len(first), len(second)
    found = []
    while at and row:
        bit = 1 << (at - 1)
        if rows[row - 1] & bit:
            at -= 1
            continue
        row -= 1
        if row == 0 or rows[row - 1] & bit:
            at -= 1
            found.append((at, row))
    return found[::-1]


def is_aligned(first: Sequence[str], second: Sequence[str]) -> bool:
    """Say whether `changed_blocks` of two lists of lines are surely the fewest."""
    return len(first) * len(second) <= _MAX_CELLS


def changed_blocks(first: Sequence[str], second: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Return what differs as blocks `(start, end, new_start, new_end)`, in order.

    `first[start:end]` became `second[new_start:new_end]`; all else is equal. The
    blocks are the fewest lines possible, up to about 10,000 lines against 10,000.
    """
    head, tail = _shared_ends(first, second)
    middle = first[head : len(first) - tail]
    other = second[head : len(second) - tail]
    edges = [*_matches(middle, other), (len(middle), len(other))]
    blocks = []
    start = new_start = 0
    for at, new_at in edges:
        if (at, new_at) != (start, new_start):
            blocks.append((head + start, head + at, head + new_start, head + new_at))
        start, new_start = at + 1, new_at + 1
    return blocks
