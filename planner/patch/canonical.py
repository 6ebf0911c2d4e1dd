r"""The diff that plan.json carries, written by us from the two texts.

Numbers are exact, context is three lines, and `\ No newline at end of file`
stands where it must: GNU patch, `git apply` and a naive line-number applier
all arrive at the same bytes.
"""

from collections.abc import Iterator, Sequence

from planner.patch.align import changed_blocks
from planner.patch.lines import split_lines

_CONTEXT = 3
_PATH = "system_prompt.md"

Block = tuple[int, int, int, int]


def canonical_diff(before: str, after: str, path: str = _PATH) -> str:
    """Return the unified diff from one text to another; nothing where they are equal."""
    first, second = split_lines(before), split_lines(after)
    return diff_of_blocks(first, second, changed_blocks(first, second), path)


def diff_of_blocks(
    first: Sequence[str], second: Sequence[str], blocks: Sequence[Block], path: str = _PATH
) -> str:
    """Return the unified diff of two lists of lines whose changed blocks are known."""
    hunks = "".join(_hunk(first, second, group) for group in _grouped(blocks))
    return f"--- a/{path}\n+++ b/{path}\n{hunks}" if hunks else ""


def _grouped(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield blocks that share a hunk: their contexts touch."""
    group: list[Block] = []
    for block in blocks:
        if group and block[0] - group[-1][1] > 2 * _CONTEXT:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _hunk(first: Sequence[str], second: Sequence[str], group: Sequence[Block]) -> str:
    """Write one hunk."""
    start = max(0, group[0][0] - _CONTEXT)
    end = min(len(first), group[-1][1] + _CONTEXT)
    new_start = group[0][2] - (group[0][0] - start)
    new_end = group[-1][3] + (end - group[-1][1])
    rows = []
    at = start
    for old, old_end, new, new_end_of_block in group:
        rows += _rows(" ", first[at:old])
        rows += _rows("-", first[old:old_end])
        rows += _rows("+", second[new:new_end_of_block])
        at = old_end
    rows += _rows(" ", first[at:end])
    numbers = f"-{_span(start, end)} +{_span(new_start, new_end)}"
    return f"@@ {numbers} @@\n" + "".join(rows)


def _rows(sign: str, lines: Sequence[str]) -> list[str]:
    """Write lines of a hunk; only a text's last one may have no newline."""
    rows = [sign + line for line in lines]
    if rows and not rows[-1].endswith("\n"):
        rows[-1] += "\n\\ No newline at end of file\n"
    return rows


def _span(start: int, end: int) -> str:
    """Write a range as diff does: an empty one is named by the line before it."""
    return f"{start + (end > start)},{end - start}"
