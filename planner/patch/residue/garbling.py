"""Characters that a transport damaged or put in, where the prompt has none like them."""

import re
import unicodedata
from typing import Final

from planner.patch.residue.disguise import disguised, escaped, run_together
from planner.patch.residue.meant import is_named

_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2069\ufeff\ufff0-\uffff\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff]"
    "|(?<![^\x00-\x7f])[\u200c\u200d\ufe0e\ufe0f](?!\u20e3)",
    re.MULTILINE,
)
"""Controls, characters of no width, halves of one, and those that stand for none.

What other programs take for the end of a line is content.

Joiners belong to emoji and some scripts: only behind ASCII they are put in.
"""
_ANSI: Final = re.compile(r"\x1b\[|\^\[\[|\[\d{1,3}(?:;\d{1,3})*m")
_COATS: Final = (
    ("(?<!\u00ab)[\u00a0\u2000-\u200a\u202f\u205f](?![\u00bb:;!?%\u20ac])(?=\\S)", " "),
    ("[\u2010\u2011](?=\\S)", "-"),
)
"""In French a blank of that kind stands within quotes, and before some signs."""
_COAT: Final = [(re.compile(coats), plain) for coats, plain in _COATS]
_CP1252: Final = "".join(bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0))
_HIGH: Final = re.compile(f"[\\x80-\\xff{_CP1252}]{{2,}}")
_TO_BYTE: Final = {
    **{bytes([code]).decode("cp1252", "ignore") or chr(code): code for code in range(0x80, 0x100)},
    **{chr(code): code for code in range(0x80, 0xA0)},
}


def garbled(prompt: str, text: str, typed: str = "") -> tuple[int, str] | None:
    """Return where a text holds characters of a kind that the prompt does not, and why.

    What was typed beside it shows which characters its writer has.
    """
    found = _invisible(prompt, text) or escaped(prompt, text) or run_together(prompt, text)
    if found or text.isascii():
        return found
    return _coated(prompt, text) or disguised(prompt, text, typed) or _misread(prompt, text)


def _invisible(prompt: str, text: str) -> tuple[int, str] | None:
    plain = text.isascii() and text.replace("\n", "").isprintable()
    for found in () if plain else _INVISIBLE.finditer(text):
        if found[0] not in prompt:
            name = unicodedata.name(found[0], f"U+{ord(found[0]):04X}")
            return found.start(), f"it holds a character that is no text ({name})"
    ansi = _ANSI.search(text) if "[" in text else None
    if ansi and not _ANSI.search(prompt):
        return ansi.start(), "it holds the codes of a terminal"
    return None


def _coated(prompt: str, text: str) -> tuple[int, str] | None:
    """Find a blank or a hyphen of another kind than the prompt's."""
    for pattern, plain in _COAT:
        coat = pattern.search(text)
        if coat and plain in prompt and not pattern.search(prompt):
            return coat.start(), f"it writes {coat[0]!r} where the prompt has {plain!r}"
    return None


def _misread(prompt: str, text: str) -> tuple[int, str] | None:
    at = mojibake(text, or_named=False)
    if at is None or mojibake(prompt) is not None:
        return None
    return at, "its characters were read in a wrong encoding"


def mojibake(text: str, *, or_named: bool = True) -> int | None:
    """Return where UTF-8 was read as a Western encoding, if anywhere.

    Args:
        text: What is looked at.
        or_named: Whether an example counts too, as in: Report words such as "\u00c3\u00a9".
    """
    for found in _HIGH.finditer(text):
        if not or_named and is_named(found):
            continue
        for at in range(found.start(), found.end() - 1):
            if _decodes(text, at, found.end()):
                return at
    return None


def _decodes(text: str, at: int, end: int) -> bool:
    """Say whether the characters from here are the bytes of one of UTF-8."""
    lead = _TO_BYTE.get(text[at], 0)
    length = (
        2 if 0xC2 <= lead < 0xE0 else 3 if 0xE0 <= lead < 0xF0 else 4 if 0xF0 <= lead < 0xF5 else 0
    )
    if not length or at + length > end:
        return False
    return all(0x80 <= _TO_BYTE.get(char, 0) < 0xC0 for char in text[at + 1 : at + length])
