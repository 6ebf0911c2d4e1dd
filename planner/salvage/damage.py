"""What a text of an item has lost, or got, on its way: nobody knows what was written."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from planner.salvage.tokens import TOKEN

_DAMAGES: Final = (
    (
        re.compile(
            r"[\x08\x0c\x7f-\x9f]|\r(?!\n)"
            r"|\t(?:imes\b|heta\b|ext\w\w\{)|\b[A-Za-z]:\t\w"
        ),
        r"a text of it holds a control character, as the `\b` of a regex or a `\times` leaves it",
    ),
    (
        re.compile(
            r"(?<=[^\s`\"'(])(?:<\|\w+\|>|<(?:end|start)_of_turn>|</s>)"
            r"|(?:<\|\w+\|>|<(?:end|start)_of_turn>|</s>)\s*(?:\Z|[\x00<])|<unk>|<0x[0-9A-F]{2}>"
        ),
        "a text of it ends with a model's own mark, or a character was lost",
    ),
    (
        re.compile("(?<=\\w)[\u0120\u010a\u2581](?=\\w)"),
        "a text of it holds a tokenizer's own signs for blanks and line breaks",
    ),
    (re.compile("\ufffd"), "a text of it holds U+FFFD: a character was lost"),
    (
        re.compile(r"[.!?:]n{1,2}(?:[-*] |#{1,6} |\d+[.)] |[A-Z][a-z]+ )"),
        "a text of it has an `n` where a line break has lost its backslash",
    ),
    (
        re.compile("[\u00c2\u00c3][\u0080-\u00bf]|\u00e2(?:\u20ac|\u201a|\u0080)"),
        "a text of it was decoded wrongly on its way",
    ),
)
_SIGN_OF_ANY: Final = re.compile(
    "[\x08\x0c\r\x7f-\x9f\u00c2\u00c3\u00e2\u0120\u010a\u2581\ufffd<\t]|[.!?:]n"
)
"""One of these stands in all of them: one pass over most texts, which hold none."""
OF_THE_ANSWER: Final = frozenset(why for _, why in _DAMAGES[-2:])
"""What befalls a whole answer, so that its other edits may have suffered, too."""
_IN_KEY: Final = re.compile(r"[\n\u00ad\u200b-\u200f\u2060\ufeff]")
_RAW_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]|\r(?!\n)")


def holds_raw_control(raw: str) -> bool:
    """Tell whether a control character stands in a text as it is; JSON would escape a meant one."""
    if not _RAW_CONTROL.search(raw):
        return False
    # Between the texts it is a blank, or nothing at all.
    return any(
        token.lastgroup != "space" and _RAW_CONTROL.search(token[0])
        for token in TOKEN.finditer(raw)
    )


def damage(value: Mapping[str, Any]) -> str | None:
    """Return why a text or a key of an item cannot be what its writer meant.

    Its risk tier is nobody's concern, whatever it is.
    """
    keys: list[str] = []
    text = "\x00".join(_texts({**value, "risk_tier": None}, keys))
    if any(map(_IN_KEY.search, keys)):
        return "a line breaks inside of a key, or a character of it is one that nobody sees"
    if not _SIGN_OF_ANY.search(text):
        return None
    return next((why for pattern, why in _DAMAGES if pattern.search(text)), None)


def _texts(value: Any, keys: list[str]) -> Iterator[str]:
    """Yield the texts of a value, however deep, and note its keys."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            keys.extend(one)
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)
