"""A run of characters that stands twice in a row: a chunk of a stream that was sent again."""

import re
from collections.abc import Iterator
from typing import Final

from planner.patch.lines import line_around

_WORD: Final = re.compile(r"\w{2,}")
_CHUNK: Final = 10
"""Characters; shorter runs are repeated by people, as in `step by step by step`."""
_LETTERS: Final = 6
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
        start = _start_of_run(text, before, at)
        run = text[start : start + at - before]
        again = start + len(run)
        told = run.rstrip()
        if text.startswith(told, again) and _is_told(run) and f"{run}{told}" not in prompt:
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


def _start_of_run(text: str, first: int, second: int) -> int:
    """Return where two places begin to be alike, no farther back than the way between them."""
    start = first
    while start and first - start < second - first:
        if text[start - 1] != text[start - 1 + second - first] or text[start - 1] == "\n":
            break
        start -= 1
    return start


def _is_told(run: str) -> bool:
    """Say whether a run is of one line, of several words, and no ornament."""
    return "\n" not in run and " " in run.strip() and sum(map(str.isalpha, run)) >= _LETTERS
