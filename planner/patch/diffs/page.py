"""A prompt as hunks look at it: lines folded for comparison, found in linear time."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate

from planner.patch.changes import close, only_ending
from planner.patch.code import holds_fence, keys_in_code
from planner.patch.lines import cut_lines, fold_all

_TELLING = 50
"""A line that stands more often than this is no evidence of a place."""


class Page:
    """A prompt's lines, from 0, and where others stand among them."""

    def __init__(self, prompt: str) -> None:
        self.prompt = prompt
        self.lines: Sequence[str] = cut_lines(close(prompt))
        r"""Without their `\n`; a `\r` before it is kept."""
        self.keys: Sequence[str] = fold_all(self.lines)
        self._known = frozenset(self.keys)
        self._text = _between_newlines(self.keys)

    @cached_property
    def offsets(self) -> Sequence[int]:
        """Where each line starts, and where the last one ends, in characters."""
        return list(accumulate([len(line) + 1 for line in self.lines], initial=0))

    @cached_property
    def ending(self) -> str | None:
        r"""What every line ends with, `\n` or `\r\n`; None where the prompt mixes them."""
        return only_ending(self.prompt)

    @cached_property
    def in_code(self) -> frozenset[str]:
        """The folded lines that stand in blocks of code only."""
        return keys_in_code(self.keys) if holds_fence(self.prompt) else frozenset()

    @cached_property
    def _positions(self) -> Mapping[str, Sequence[int]]:
        """Where each line with text stands; a line that stands often tells nothing."""
        found: dict[str, list[int]] = {}
        for at, key in enumerate(self.keys):
            if key:
                found.setdefault(key, []).append(at)
        return {key: ats for key, ats in found.items() if len(ats) <= _TELLING}

    def votes(self, keys: Sequence[str]) -> Counter[int]:
        """Return how many lines are equal for each place where some of them stand."""
        return Counter(
            at - offset for offset, key in enumerate(keys) for at in self._positions.get(key, ())
        )

    def has(self, key: str) -> bool:
        """Say whether a folded line stands anywhere."""
        return key in self._known

    def stands_once(self, key: str) -> bool:
        """Say whether a folded line stands in one place."""
        return len(self._positions.get(key, ())) == 1

    def fits(self, keys: Sequence[str], at: int) -> bool:
        """Say whether folded lines stand at a line, one after another."""
        return at >= 0 and list(self.keys[at : at + len(keys)]) == list(keys)

    def places(self, keys: Sequence[str]) -> Iterator[int]:
        """Yield every line at which folded lines stand, one after another."""
        wanted = _between_newlines(keys)
        at, line, start = self._text.find(wanted), 0, 0
        while at >= 0:
            line += self._text.count("\n", start, at)
            yield line
            start = at
            at = self._text.find(wanted, at + 1)

    def first_place(self, keys: Sequence[str], start: int) -> int | None:
        """Return the first line from `start` on at which folded lines stand."""
        at = self._text.find(_between_newlines(keys), self._starts[start])
        return bisect_left(self._starts, at) if at >= 0 else None

    def last_place(self, keys: Sequence[str], end: int) -> int | None:
        """Return the last line at which folded lines stand that end before the line `end`."""
        after = len(self._text) - self._starts[end] - 1
        # Only a search from the front is linear on every text.
        at = self._reversed.find(_between_newlines(keys)[::-1], after)
        return bisect_left(self._starts, len(self._text) - at - 1) - len(keys) if at >= 0 else None

    @cached_property
    def _starts(self) -> Sequence[int]:
        """Where the newline before each folded line stands, and the one behind the last."""
        return list(accumulate([len(key) + 1 for key in self.keys], initial=0))

    @cached_property
    def _reversed(self) -> str:
        return self._text[::-1]


def _between_newlines(keys: Sequence[str]) -> str:
    """Write folded lines so that one search finds whole lines one after another."""
    return "\n".join(["", *keys, ""])


@lru_cache(maxsize=4)
def page_of(prompt: str) -> Page:
    """Return a prompt's page; several patches of one prompt look at the same."""
    return Page(prompt)
