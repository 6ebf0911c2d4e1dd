"""A run of characters that stands twice in a row: a chunk of a stream that was sent again."""

import re
from collections.abc import Iterator
from typing import Final

from planner.patch.lines import line_around

_WORD: Final = re.compile(r"\w{2,}")
_CHUNK: Final = 10
"""Characters; shorter runs are repeated by people, as in `step by step by step`."""
_LETTERS: Final = 6
_WORDS: Final = 3
_STUMP: Final = 3
_GLUED: Final = 8
"""Letters; a shorter word holds no other behind the stump of one."""
_LONGEST: Final = 4_000
"""Characters of a text that are looked at."""


def stutter(prompt: str, text: str) -> tuple[str, str] | None:
    """Return the line, and the run in it, that stands twice in a row and not so in the prompt.

    Only where a word comes back can a run of words do so, and the way between both is its length.
    """
    text = text[:_LONGEST]
    for before, at in _returns(text):
        start, end = _alike(text, before, at)
        size = at - before
        run = text[start : start + size]
        told = run.rstrip()
        if end - start < size + len(told) or "\n" in run or f"{run}{told}" in prompt:
            continue
        if _is_cut(text, start + size, max(start + size, end - size)) or _is_sentence(run):
            return line_around(text, at), told
    return None


def _returns(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a word stood before, and where it comes back, by itself or behind a stump."""
    last: dict[str, int] = {}
    for found in _WORD.finditer(text):
        word, at = found[0], found.start()
        within = range(_STUMP, len(word) - _STUMP + 1) if len(word) >= _GLUED else ()
        for ahead in (0, *within):
            before = last.get(word[ahead:])
            if before is not None and at + ahead - before >= _CHUNK:
                yield before, at + ahead
        last[word] = at


def _alike(text: str, first: int, second: int) -> tuple[int, int]:
    """Return from where to where each character is the one that stands a run before it."""
    size = second - first
    start, end = first, second
    while start > max(0, first - size) and text[start - 1] == text[start - 1 + size] != "\n":
        start -= 1
    while end < min(len(text), second + size) and text[end] == text[end - size]:
        end += 1
    return start, end


def _is_cut(text: str, first: int, last: int) -> bool:
    """Say whether a run can begin again only where no blank is: no writer repeats himself so."""
    return not any(map(str.isspace, text[first - 1 : last + 1]))


def _is_sentence(run: str) -> bool:
    """Say whether a run has more words than people say twice in a row, a blank for each."""
    return run.count(" ") >= _WORDS and sum(map(str.isalpha, run)) >= _LETTERS
