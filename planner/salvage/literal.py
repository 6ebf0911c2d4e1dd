"""Take an answer out of what was put round all of it: a fixed width, a program's quotes."""

import json
import re
from typing import Any, Final

_NARROWEST: Final = 40
_FEWEST_LINES: Final = 3

_QUOTED: Final = re.compile(r"\s*+(b?)'(\s*+[\[{].*[\]}]\s*+)'\s*", re.DOTALL)
"""As Python writes text or bytes, or as a shell quotes an argument."""

_ARGUMENT: Final = re.compile(
    r"\b(?:content|text|output|completion)="
    r"('[^'\\]*+(?:\\.[^'\\]*+)*'|\"[^\"\\]*+(?:\\.[^\"\\]*+)*\")",
    re.DOTALL,
)
"""`AIMessage(content='...', ...)`"""

_ANOTHERS: Final = re.compile(
    r"\b(?:Human|User|System|Tool|Function)\w*\(|\brole='(?!assistant|model)"
)

_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))", re.DOTALL)
_LETTERS: Final = {"n": "\n", "r": "\r", "t": "\t"}


def unwrapped(text: str) -> str:
    """Return a text without the line breaks of a fixed width: all lines but the last are full."""
    *full, last = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    widths = {len(line) for line in full}
    if len(full) < _FEWEST_LINES or len(widths) != 1 or all(one.endswith("=") for one in full):
        return text
    width = widths.pop()
    return "".join([*full, last]) if width >= max(_NARROWEST, len(last)) else text


def unquoted(text: str) -> str | None:
    """Return what stands between the quotes of a whole answer; None where that is in doubt.

    A shell means what it quotes as it stands, Python escapes it once more: where
    both give JSON and not the same, nobody knows which. SQL doubles apostrophes.
    """
    found = _QUOTED.fullmatch(text)
    if not found:
        return text
    if not found[1] and "''" in found[2]:
        return None
    plain, meant = found[2], _unescaped(found[2], as_bytes=bool(found[1]))
    if found[1] or plain == meant:
        return meant
    first, second = _value(plain), _value(meant)
    if first is not None and second is not None and first != second:
        return None
    return plain if second is None else meant


def in_python_argument(text: str) -> str | None:
    """Return what the only text says that a printed Python object holds, its escapes undone.

    Of another's message it is nothing.
    """
    found = _ARGUMENT.search(text)
    if not found or not {"{", '"'}.isdisjoint(text[: found.start()]) or "edits" not in found[1]:
        return None
    beside = text[found.end() :]
    if _ANOTHERS.search(text[: found.start()] + beside):
        return ""
    if "edits" in beside or '"op"' in beside:
        return None
    return _unescaped(found[1][1:-1], as_bytes=False)


def _unescaped(text: str, *, as_bytes: bool) -> str:
    written = _ESCAPE.sub(_character, text)
    if not as_bytes:
        return written
    try:
        return written.encode("latin-1").decode()
    except UnicodeError:
        return written


def _character(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code is None:
        return _LETTERS.get(found[4], found[4])
    return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else found[0]


def _value(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
