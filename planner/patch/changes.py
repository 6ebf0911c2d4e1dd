"""Changes of one prompt, all told against the prompt as it was given.

However a patch was written, it ends as a few spans of the prompt and what
stands there afterwards. Spans that do not overlap give the same text in any
order; all others are a conflict.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from planner.patch.lines import ending, split_lines


class Change(NamedTuple):
    """Characters `start` to `end` of the closed prompt become `text`."""

    start: int
    end: int
    text: str


class Changes(NamedTuple):
    """All that one patch does."""

    spans: tuple[Change, ...]
    """In order, without overlap."""
    final_newline: bool | None = None
    """Whether the text ends with a newline afterwards; None: as the prompt does."""
    said: str = ""
    """The words around a diff, a line each."""


def line_ending(prompt: str) -> str:
    r"""Return the ending that most lines of a prompt have, `\n` where it has none."""
    crlf = prompt.count("\r\n") if "\r" in prompt else 0
    return "\r\n" if crlf and 2 * crlf > prompt.count("\n") else "\n"


def only_ending(prompt: str) -> str | None:
    r"""Return what every line of a prompt ends with, `\n` or `\r\n`; None where it mixes them."""
    if "\r" not in prompt:
        return "\n"
    mixed = prompt.count("\r\n") not in {0, prompt.count("\n")}
    return None if mixed else line_ending(prompt)


def close(prompt: str) -> str:
    """Return the prompt with a final newline, so that every line is a whole line."""
    if not prompt or prompt.endswith("\n"):
        return prompt
    return prompt + line_ending(prompt)


def conflict(spans: Sequence[Change]) -> tuple[Change, Change] | None:
    """Return the first two of sorted spans that cannot both be done, or None."""
    for first, second in pairwise(spans):
        inserts_twice = first.start == first.end == second.start == second.end
        if second.start < first.end or inserts_twice:
            return first, second
    return None


def joined(spans: Iterable[Change]) -> list[Change]:
    """Return spans in order, each once."""
    return sorted(set(spans))


def splice(prompt: str, changes: Changes) -> str:
    """Return the prompt with all changes made."""
    closed = close(prompt)
    parts = []
    at = 0
    for change in changes.spans:
        parts += [closed[at : change.start], change.text]
        at = change.end
    return _finish(prompt, "".join([*parts, closed[at:]]), changes.final_newline)


def _finish(prompt: str, text: str, final_newline: bool | None) -> str:  # noqa: FBT001
    """Open or close the last line as the prompt, or the patch's marker, has it."""
    if final_newline is None:
        final_newline = closed_by_nature(prompt)
    if final_newline:
        return close(text)
    last = split_lines(text)[-1:]
    return text.removesuffix(ending(last[0])) if last else text


def closed_by_nature(prompt: str) -> bool:
    """Say whether a prompt ends with a newline; an empty one takes what is added."""
    return not prompt or prompt.endswith("\n")


def line_at(prompt: str, position: int) -> int:
    """Return the number of the line, from 1, on which a character stands."""
    return prompt.count("\n", 0, position) + 1
