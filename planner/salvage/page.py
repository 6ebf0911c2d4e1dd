"""The text that is read, and what is true of all of it."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from planner.salvage.tokens import LIST, NEXT_ITEM

SPELT_BREAK: Final = re.compile(r"(?<!\\)(?:\\\\)*\\n")
COMMENTED_OUT: Final = re.compile(
    r"\s*(?:#(?!#)|//|--|;|%|<!--|/\*(?!\*/)|\*\s*/|REM\b|>|~~|[-+]\s*~~)"
)
"""How a line begins that is quoted, commented out or crossed out."""
OUT_OF_USE: Final = "it stands on a line that is quoted, commented out or crossed out"
_DIGITS: Final = re.compile(r"\d+")
_SINGLE_BACKSLASH: Final = re.compile(r"(?<!\\)(?:\\\\)*\\(?!\\)")
_ESCAPED_ESCAPE: Final = re.compile(
    r"(?:[.!;?,]|\\\\n)\\\\n|(?<![:\\])\\\\n(?=[A-Z0-9-])|\\\\\"(?=\w)|\\\\u[0-9a-fA-F]{4}"
)
_DOUBLE_BREAK: Final = re.compile(r"\"[\]},]*(?:\r?\n){2}[ \t]*\"")
_SINGLE_BREAK: Final = re.compile(r"(?<!\n)(?<!\n\r)\r?\n(?!\r?\n)")
_WORD: Final = re.compile(r"\s{0,60}+([^\s]{0,60})")

_WIDEST: Final = 200
"""No mail, terminal or page wraps wider."""

_LEAST_SHOWN: Final = 200
"""Characters of each broken edit, however many there are."""

_NEARLY_FULL: Final = 0.8


def with_any_numbers(mark: str) -> str:
    """Return a pattern of a mark before lines, in each of which other numbers stand."""
    return _DIGITS.sub(r"\\d+", re.escape(mark))


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
    def spells_breaks(self) -> bool:
        """Tell whether a writer spells line breaks out: one that stands as it is came otherwise."""
        return SPELT_BREAK.search(self.text) is not None

    @cached_property
    def doubles_breaks(self) -> bool:
        """Tell whether a blank line stands below every line, between the edits' fields, too."""
        return _DOUBLE_BREAK.search(self.text) is not None and not _SINGLE_BREAK.search(self.text)

    @cached_property
    def doubles_backslashes(self) -> bool:
        """Tell whether every backslash is doubled, those of escapes too, it seems."""
        return bool(_ESCAPED_ESCAPE.search(self.text)) and not _SINGLE_BACKSLASH.search(self.text)

    @cached_property
    def last_mark(self) -> int:
        """Return where the last mark of JSON stands that does not only close."""
        return max(map(self.text.rfind, '"{[:='))

    @cached_property
    def width(self) -> int:
        """Return the length of the longest line."""
        return max(map(len, self.text.split("\n")))

    def is_wrapped_at(self, breaks: Sequence[int]) -> bool:
        """Tell whether most of these line breaks stand where a line of the text was full."""
        if self.width > _WIDEST:
            return False
        full = sum(map(self._is_full, breaks))
        return 2 * full >= len(breaks)

    def _is_full(self, position: int) -> bool:
        length = position - self.text.rfind("\n", 0, position) - 1
        following = _WORD.match(self.text, position)
        word = len(following[1]) if following else 0
        return length >= _NEARLY_FULL * self.width or length + 1 + word > self.width

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
