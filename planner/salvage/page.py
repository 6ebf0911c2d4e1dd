"""The text that is read, and what is true of all of it."""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from planner.salvage.tokens import LIST, NEXT_ITEM

COMMENTED_OUT: Final = re.compile(
    r"\s*(?:#(?!#)|//|--|;|%|<!--|/\*(?!\*/)|\*\s*/|REM\b|>|~~|[-+]\s*~~)"
)
"""How a line begins that is quoted, commented out or crossed out."""
OUT_OF_USE: Final = "it stands on a line that is quoted, commented out or crossed out"
_ADDED: Final = re.compile(r"^[ \t]*\+[ \t]*\{", re.MULTILINE)
_LEAST_SHOWN: Final = 200
"""Characters of each broken edit, however many there are."""


@dataclass(frozen=True)
class Page:
    """A text to be read; what concerns the whole of it is found once."""

    text: str
    _shown: Counter[str] = field(default_factory=Counter, repr=False, compare=False)

    def excerpt(self, start: int, end: int) -> str:
        """Return a part of the text that is to be shown; little of it, once much was.

        Thousands of broken edits may each be followed by all that is left of a text.
        """
        allowed = max(4 * len(self.text) - self._shown["characters"], _LEAST_SHOWN)
        excerpt = self.text[start : min(end, start + allowed)]
        self._shown["characters"] += len(excerpt)
        return excerpt

    @cached_property
    def adds_edits(self) -> bool:
        """Tell whether it compares: an edit behind a `-` is removed then, and no item of a list."""
        return _ADDED.search(self.text) is not None

    @cached_property
    def boundaries(self) -> list[tuple[int, int]]:
        """Return where one edit plainly ends and the next begins: the end, the beginning."""
        return [found.span() for found in NEXT_ITEM.finditer(self.text)]

    @cached_property
    def lists(self) -> list[int]:
        """Return where a list of edits opens."""
        return [found.start() for found in LIST.finditer(self.text)]

    def next_item(self, position: int) -> int | None:
        """Return where the next item begins, unless another list opens before it."""
        place = bisect_left(self.boundaries, (position, 0))
        if place == len(self.boundaries):
            return None
        opens = bisect_left(self.lists, position)
        end, beginning = self.boundaries[place]
        return None if opens < len(self.lists) and self.lists[opens] < end else beginning
