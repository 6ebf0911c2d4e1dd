"""A run of characters that stands twice in a row: a chunk of a stream that was sent again."""

from typing import Final

from planner.patch.lines import line_around

_CHUNK: Final = 10
"""Characters; shorter runs are repeated by people, as in `step by step by step`."""
_PIECE: Final = 5
"""Characters: every run that long and its repetition hold a piece that begins at a multiple."""
_LETTERS: Final = 6
_WORDS: Final = 3
_LONGEST: Final = 4_000
"""Characters of a text that are looked at."""
_FARTHEST: Final = 400
"""Characters from a run to its repetition."""


def stutter(prompt: str, text: str) -> tuple[str, str] | None:
    """Return the line, and the run in it, that stands twice in a row and not so in the prompt."""
    text = text[:_LONGEST]
    for at in range(0, len(text) - _PIECE, _PIECE):
        again = text.find(text[at : at + _PIECE], at + _CHUNK, at + _FARTHEST)
        run = _run(text, at, again) if again >= 0 else ""
        told = run.rstrip()
        if told and f"{run}{told}" not in prompt:
            return line_around(text, again), told
    return None


def _run(text: str, first: int, second: int) -> str:
    """Return what stands from before one place up to before the other, and right behind that again.

    Nothing where it may well do so: a few whole words, an ornament, several lines.
    """
    size = second - first
    start, end = _alike(text, first, second)
    run = text[start : start + size]
    if end - start < size + len(run.rstrip()) or "\n" in run:
        return ""
    is_cut = not any(map(str.isspace, text[start + size - 1 : max(start + size, end - size) + 1]))
    is_sentence = run.count(" ") >= _WORDS
    has_words = " " in run.strip() and sum(map(str.isalpha, run)) >= _LETTERS
    # No writer begins again in the middle of a word.
    return run if has_words and (is_cut or is_sentence) else ""


def _alike(text: str, first: int, second: int) -> tuple[int, int]:
    """Return from where to where each character is the one that stands a run before it."""
    size = second - first
    start, end = first, second
    while start > max(0, first - size) and text[start - 1] == text[start - 1 + size] != "\n":
        start -= 1
    while end < min(len(text), second + 2 * size) and text[end] == text[end - size]:
        end += 1
    return start, end
