"""Line breaks that stand in texts as they are: the writer's own, or those of a page on the way."""

import re
from typing import Final

from planner.salvage.tokens import TEXTS, TOKEN

_OF_REASONS: Final = re.compile(r"\brationale\W{1,6}\Z")
_FENCE: Final = re.compile(r"^\s*```\w*", re.MULTILINE)
_WITHIN_SENTENCE: Final = re.compile(r"[\w,;=-][ \t]*\r?\n(?:\s*+[^\W\d_A-Z]|[.,;:!?)])|\S \n")
_SEAM: Final = re.compile(r"\n```[ \t]*(?:\n[^\n]*){0,3}?\n```\w")
"""A block of code is closed and opened again: an answer that was cut there, and went on."""


def may_be_rewrapped(raw: str) -> bool:
    """Tell whether line breaks in the texts of an edit may not be its writer's.

    They stand within sentences, or indent all lines. An edit's reasons are not applied: theirs
    are anybody's.

    Args:
        raw: The edit as it is written.
    """
    if "\n" not in raw:
        return False
    return any(
        _is_rewrapped(token[0][1:-1])
        for token in TOKEN.finditer(raw)
        if token.lastgroup in TEXTS
        and "\n" in token[0]
        and not _OF_REASONS.search(raw, max(0, token.start() - 20), token.start())
    )


def _is_rewrapped(text: str) -> bool:
    below = [line for line in text.split("\n")[1:] if line.strip()]
    if below and all(line[0] in " \t" for line in below):
        return True
    return bool(_SEAM.search(text) or _WITHIN_SENTENCE.search(_FENCE.sub("", text)))
