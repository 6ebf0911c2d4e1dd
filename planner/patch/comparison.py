"""Two texts beside each other: the share of lines that differ, and the diff, aligned once."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from planner.patch.align import changed_blocks, common_lines, is_aligned
from planner.patch.canonical import Block, diff_of_blocks
from planner.patch.lines import split_lines


class Comparison(NamedTuple):
    """What became of a text, line by line."""

    first: Sequence[str]
    second: Sequence[str]
    blocks: Sequence[Block]

    @property
    def changed_share(self) -> float:
        """The share of lines that differ, see `planner.patch.changed_share`."""
        longest = max(len(self.first), len(self.second))
        if not longest:
            return 0.0
        if is_aligned(self.first, self.second):
            common = len(self.first) - sum(end - start for start, end, _, _ in self.blocks)
        else:
            common = common_lines(self.first, self.second)
        return 1 - common / longest

    @property
    def diff(self) -> str:
        """The canonical diff, see `planner.patch.canonical_diff`."""
        return diff_of_blocks(self.first, self.second, self.blocks)


def compare(before: str, after: str) -> Comparison:
    """Align two texts."""
    first, second = _lines_of(before), split_lines(after)
    return Comparison(first, second, changed_blocks(first, second))


@lru_cache(maxsize=4)
def _lines_of(before: str) -> Sequence[str]:
    """Return a prompt's lines; several patches of one prompt look at the same."""
    return split_lines(before)
