"""Texts, numbers and words of nearly JSON: what each says, where that is beyond doubt."""

import json
import re
from typing import Any, Final

UNKNOWN: Final = object()
"""No reading of it is beyond doubt."""

_ESCAPED: Final = re.compile(r"\\(?:x([0-9a-f]{2})|U([0-9a-f]{8})|(.))|\"", re.DOTALL)
"""Python and JavaScript agree on `\\xe9`, and nobody else knows `\\U0001f600`."""

_OF_REGEX: Final = re.compile(r"\\([dwsDWS])")
_ONLY_OF_REGEX: Final = re.compile(
    r"(?:[^\\]|\\(?:[dwsDWS\"]|u[0-9a-fA-F]{4})"
    r"|(?<=[.!;:,`])(?<!\b[A-Za-z]:)(?:\\n)+(?=[-#A-Z\d`]|\Z))*"
)
"""A text whose `\\d` has one reading: none of its other escapes may be a regex's, too."""

_BARE_NUMBER: Final = re.compile(r"[+-]?(?:0|[1-9]\d*)?\.\d+|\+(?:0|[1-9]\d*)")
"""`.5` and `+3`, as JSON5 writes numbers."""

_WORDS: Final = {
    word: value
    for value, spellings in {
        True: ("true", "True", "TRUE"),
        False: ("false", "False", "FALSE"),
        None: ("null", "None", "NULL", "Null"),
    }.items()
    for word in spellings
}
"""As Python, SQL and others write what JSON knows in small letters only."""


def text_of(written: str) -> Any:
    """Return what a text in whatever quotes says, or `UNKNOWN`."""
    try:
        if written[0] == '"':
            return json.loads(written, strict=False)
    except ValueError:
        pass
    try:
        return json.loads(_as_json_string(written[1:-1]), strict=False)
    except ValueError:
        return UNKNOWN


def number_or_word(written: str) -> Any:
    """Return what a number or a word outside of quotes says, or `UNKNOWN`."""
    if written in _WORDS:
        return _WORDS[written]
    if _BARE_NUMBER.fullmatch(written):
        whole, point, rest = written.removeprefix("+").partition(".")
        sign = "-" if whole.startswith("-") else ""
        written = f"{sign}{whole.removeprefix('-') or 0}{point}{rest}"
    try:
        number = json.loads(written, parse_constant=_refuse)
    except ValueError:
        return UNKNOWN
    return UNKNOWN if number in (float("inf"), float("-inf")) else number


def _refuse(written: str) -> Any:
    raise ValueError(written)


def _as_json_string(body: str) -> str:
    """Requote a string; an escape that JSON does not know stays, and fails to parse."""
    if _ONLY_OF_REGEX.fullmatch(body):
        body = _OF_REGEX.sub(r"\\\\\1", body)
    return '"' + _ESCAPED.sub(_requoted, body) + '"'


def _requoted(found: re.Match[str]) -> str:
    if code := found[1] or found[2]:
        character = chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else ""
        # A control character that is spelt so may be meant as it is spelt, in code.
        return json.dumps(character)[1:-1] if character.isprintable() and character else found[0]
    return "'" if found[3] == "'" else '\\"' if found[0] == '"' else found[0]
