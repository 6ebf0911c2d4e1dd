"""Remarks in brackets: what a writer says of a text, not what the text says."""

import re
from typing import Final

_PAIRS: Final = {
    "(": ")",
    "[": "]",
    "{": "}",
    "<": ">",
    "\uff08": "\uff09",
    "\u3010": "\u3011",
    "\u300c": "\u300d",
    "\u300e": "\u300f",
    "\u3014": "\u3015",
    "\u27e8": "\u27e9",
    "\u2329": "\u232a",
    "\u3008": "\u3009",
    "\u300a": "\u300b",
    "\uff3b": "\uff3d",
    "\u00ab": "\u00bb",
    "\u2039": "\u203a",
}
_SIGN: Final = re.compile(r"\s*(?:(?:[-*+\u2022]|#{1,6}|\d{1,3}(?:[.)]|(?:\.\d{1,3})+[.)]?))\s+)?")
_BOX: Final = re.compile(r"\[[ xX]?\]")
_TAG: Final = re.compile(r"</?[\w:.-]+(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))*\s*/?>$")
_FIELD: Final = re.compile(r"\{+[\w.!:\[\]\-]*\}+$")
_COMMENT: Final = re.compile(r"(?:<!--.*-->|/\*.*\*/|//.*)$", re.DOTALL)
_EMPHASIS: Final = re.compile(
    r"(?:\*(?![*\s])[^*]+\*|_(?![_\s])[^_]+_|\*{3,}[ \t][^*]+[ \t]\*{3,})$"
)
BEGINS: Final = frozenset({*_PAIRS, "/", "*", "_"})
"""With what a remark begins, be it a bracket, a comment or emphasis: most lines are none."""
CLOSES: Final = frozenset("]\u3011\uff3d\u300d\u27e9")
"""With what a remark ends that stands behind a text."""
_VALUES: Final = re.compile(
    r"\s*(?:[-*+]\s+)?[\w.\"'-]+\s*[:=]\s+\[\s*[^\s,\[\]]+(?:\s*,\s*[^\s,\[\]]+)+(?:\s*,)?\s*\]"
)
_LINK: Final = re.compile(r"\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\]|:)")


def remark(line: str) -> str:
    """Return with what a line begins that is wholly a remark: a bracket, a comment, emphasis.

    Nothing where it is none: tags, {placeholders}, links, boxes to tick and code.
    """
    text = _SIGN.sub("", line, count=1).rstrip().rstrip(".!")
    if len(text) < 3 or text[0] not in BEGINS:
        return ""
    comment = _COMMENT.match(text)
    if comment or _EMPHASIS.match(text):
        return text[:2] if comment else text[:1]
    return text[:1] if _enclosed(text) and _says(text) else ""


def is_enclosed(line: str) -> bool:
    """Say whether brackets hold all of a line but its sign, be it a word, a field or a remark."""
    return _enclosed(_SIGN.sub("", line, count=1).rstrip().rstrip(".!"))


def has_remark(line: str) -> bool:
    """Say whether a line with text of its own ends in a remark in square brackets.

    A list of values behind a name, as in `retry: [1, 2]`, is none.
    """
    text = line.rstrip()
    if text[-1:] not in CLOSES or len(text) < 4:
        return False
    at = max(text.rfind(mark) for mark in "[\u3010\uff3b\u300c\u27e8")
    if at <= 0 or not text[at - 1].isspace() or not text[:at].strip(" \t-*+#>"):
        return False
    return _says(text[at:]) and not (text[at] == "[" and _VALUES.fullmatch(text))


def _says(text: str) -> bool:
    """Say whether brackets hold several words, and are no tag, field, box, link or code.

    A word alone may be a heading, as `[limits]` is; what it may say is known by its word.
    """
    if _TAG.match(text) or _FIELD.match(text) or _BOX.match(text) or _LINK.match(text):
        return False
    inner = text[1:-1]
    if text[0] in "[{<" and (text[0] == "{" or '"' in inner or "=" in inner):
        return False
    return " " in inner.strip() or any(ord(char) > 0x2E7F for char in inner)


def _enclosed(text: str) -> bool:
    """Say whether one pair of brackets holds the whole text."""
    close = _PAIRS.get(text[:1])
    if close is None or not text.endswith(close):
        return False
    depth = 0
    for at, char in enumerate(text):
        depth += (char == text[0]) - (char == close)
        if depth == 0:
            return at == len(text) - 1
    return False
