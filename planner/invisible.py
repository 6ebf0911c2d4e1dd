"""Characters that people do not see: a model reads them, a reviewer does not."""

import re
from typing import Final

from planner.models import Flag, FlagCode

_CHARACTERS: Final = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffc\ud800-\udfff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Controls, marks that turn the direction of text, blanks that are none, tags."""

INVISIBLE: Final = re.compile(f"[{_CHARACTERS}]")

_IN_WORDS_AND_EMOJI: Final = frozenset("\r\u200c\u200d\ufe0f")
"""A line ending's, and those that several scripts and most emoji need."""


def escaped(text: str) -> str:
    r"""Return a text with its invisible characters shown as `\x1b` and `\u202e`."""
    return INVISIBLE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def invisible_flags(old: str, new: str) -> tuple[Flag, ...]:
    """Return a flag where a new text has invisible characters that the old one has not."""
    if new.isascii() and new.replace("\n", "").replace("\t", "").isprintable():
        return ()
    characters = "".join(set(new).difference(old, _IN_WORDS_AND_EMOJI))
    added = INVISIBLE.findall(characters)
    if not added:
        return ()
    told = ", ".join(f"`{escaped(one)}`" for one in sorted(added)[:10])
    message = f"The new text has characters that nobody sees: {told}."
    return (Flag(code=FlagCode.INVISIBLE_CHARACTERS, message=message),)
