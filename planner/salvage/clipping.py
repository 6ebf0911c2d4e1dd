"""Texts that a log, a viewer or a filter clipped or hid: what is left is not what was written."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final

_PLAINLY: Final = frozenset(
    {"truncated", "clipped", "snip", "snipped", "elided", "abridged", "gekürzt", "tronqué"}
)
_LEFT_OUT: Final = frozenset({"omitted", "skipped", "trimmed", "hidden", "cut", "shown", "more"})
_AT_AN_END: Final = frozenset({"reached", "exceeded"})
_UNITS: Final = frozenset(
    {"char", "chars", "character", "characters", "byte", "bytes", "kb", "mb", "token", "tokens"}
    | {"word", "words", "line", "lines", "rows", "item", "items", "entries", "zeichen", "zeilen"}
)
_OTHERS: Final = frozenset(
    {"total", "in", "of", "the", "for", "length", "brevity", "here", "text", "output", "content"}
    | {"response", "rest", "remaining", "not", "off", "out", "left", "weitere", "this", "due", "to"}
    | {"max", "maximum", "limit"}
)
_KNOWN: Final = _PLAINLY | _LEFT_OUT | _AT_AN_END | _UNITS | _OTHERS
"""All that a mark says: where another word stands in the brackets, it is a text of its own."""

_MARKS: Final = (
    re.compile(
        r"(?P<dots>(?:\.{3}|\u2026|\\u2026)\s*)?[\[(<{](?P<said>[^\[\](){}<>\n\"]{1,80})[\])>}]"
    ),
    re.compile(
        r"(?P<dots>(?:\.{3}|\u2026|\\u2026)\s*)"
        r"(?P<said>\+?\d[\d,.]* (?:more \w+|\w+ more|\w+ (?:omitted|truncated|skipped))\b)"
    ),
)
_FILTERED: Final = re.compile(
    r"\[(?:blocked|content (?:removed|filtered|blocked|hidden)|(?:redacted|filtered|removed) by"
    r"|(?<=[^\W\d_]\[)(?:redacted|filtered|removed|censored))\b[^\]\n\"]{0,40}\]",
    re.IGNORECASE,
)
"""What a filter puts in a text's place, by its own words or glued to a word that it cut."""
_GLUED: Final = re.compile(r"[\[(<](?:\.{3}|\u2026|\\u2026)[\])>]\w")
"""Dots in brackets, with a word right behind; it begins with what is rare, to pass in leaps."""
_SPLICED: Final = re.compile(r"(?<=[^\W\d_])(?:\u2026|\\u2026)[^\W\d_]{2}")
"""Dots within a word: the beginning of one text, and the end of another."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_OPENING: Final = ("[", "(", "<", "..", "\u2026", "{")
_AROUND: Final = "[]()<>. \u2026"
_QUOTES: Final = {"`": "`", '"': '"', "'": "'", "\u201c": "\u201d"}

_AT_A_WIDTH: Final = re.compile(
    r"(.{60,})(?:\.{3}|\u2026)(?: ?(?:show|see|read|view) (?:more|all))?\s*",
    re.IGNORECASE | re.DOTALL,
)
"""Enough characters that two texts of one answer end behind as many by no accident."""
_HIDDEN_TEXT: Final = (
    r"(?:[\[(<{]+\s*(?:redacted|filtered|masked|hidden|removed|omitted|scrubbed|censored"
    r"|truncated|unchanged|str(?:ing)?|text|object|array)\b[^\])>}\n]{0,40}[\])>}]+"
    r"|\*{3,}|[\u2588\u25a0]{2,}|\.{3,}|\u2026)"
)
_HIDDEN: Final = re.compile(rf"\s*{_HIDDEN_TEXT}\s*", re.IGNORECASE)
_HIDDEN_RAW: Final = re.compile(rf'"\s*(?:{_HIDDEN_TEXT}|\\u2026)\s*"', re.IGNORECASE)
_TOLD: Final = (
    r"(?:\.*\"|[^\"\n()\[\]<>*]{0,40}?(?:truncat|omit|redact|skipp|filter|remov|mask|snip|clipp|elid|abridg"
    r"|scrub|censor|hidden|gek|tronqu|trimm|shown|cut|more|reached|exceed|char|byte"
    r"|unchanged|\bstr|text|obj|array))"
)
_ROUND: Final = r"\((?=[\W\d]|truncat|omitt|snip|clip|elid|abridg|skipp|cut|trim|gek|\w+ truncat)"
_SIGNS: Final = tuple(
    (sign, re.compile(opening + _TOLD))
    for sign, opening in (
        *(("(", _ROUND), ("<", "<"), ("[", r"\[(?![\"{\]])"), (".", r"\.\.\."), ("\\", r"\\u2026")),
        *(("\u2026", "\u2026"), ("*", r"\*\*\*"), ("\u2588", "\u2588")),
    )
)
"""Each begins with one sign, so that most of a document is passed over in a leap, if not all."""


def may_be_clipped(raw: str) -> bool:
    """Tell whether a text of a JSON document may be clipped or hidden, without parsing it."""
    if ("[" in raw and _FILTERED.search(raw)) or _holds_glued(raw) or _is_spliced(raw):
        return True
    small = raw.lower()
    if not any(sign in small and told.search(small) for sign, told in _SIGNS):
        return False
    return any(map(_tells, _marks_in(raw))) or _HIDDEN_RAW.search(raw) is not None


def is_clipped(text: str) -> bool:
    """Tell whether a text holds a mark of what was left out there, and does not quote it."""
    if not any(sign in text for sign in _OPENING):
        return False
    if _holds_glued(text) or _is_spliced(text):
        return True
    filtered = _FILTERED.search(text)
    if filtered and not _is_quoted(text, filtered):
        return True
    return any(_tells(mark) and not _is_quoted(text, mark) for mark in _marks_in(text))


def _holds_glued(text: str) -> bool:
    """Tell whether dots in brackets stand within a word, or square ones before one."""
    for found in _GLUED.finditer(text):
        before = text[found.start() - 1 : found.start()]
        if before.isalnum() or (
            found[0][0] == "[" and before not in _QUOTES and found[0][-1].isalpha()
        ):
            return True
    return False


def _is_spliced(text: str) -> bool:
    holds = "\u2026" in text or "\\u2026" in text
    return holds and _SPLICED.search(text) is not None


def _marks_in(text: str) -> Iterator[re.Match[str]]:
    return chain.from_iterable(mark.finditer(text) for mark in _MARKS)


def _tells(mark: re.Match[str]) -> bool:
    said = mark["said"]
    words = set(_WORD.findall(said.lower()))
    if not words <= _KNOWN:
        return False
    counted = any(one.isdigit() for one in said) and not words.isdisjoint(_UNITS)
    dotted = bool(mark["dots"]) or said.startswith("+") or "..." in said or "\u2026" in said
    if words & _PLAINLY:
        return "to" not in words or "due" in words or dotted
    if words & _AT_AN_END:
        return not words.isdisjoint(_UNITS)
    left_out = not words.isdisjoint(_LEFT_OUT)
    return (left_out and (counted or dotted)) or (counted and dotted)


def _is_quoted(text: str, mark: re.Match[str]) -> bool:
    start, end = mark.span()
    while start and text[start - 1] in _AROUND:
        start -= 1
    while text[end : end + 1] and text[end] in _AROUND:
        end += 1
    quote = _QUOTES.get(text[start - 1 : start])
    return quote is not None and text.startswith(quote, end)


def clipped_at_one_width(values: Iterable[Any]) -> frozenset[str]:
    """Return the texts of values that end in dots behind as many characters: a viewer cut them."""
    texts = {text for value in values for text in texts_in(value)}
    ending: dict[int, set[str]] = {}
    for text in texts:
        if ("..." in text or "\u2026" in text) and (found := _AT_A_WIDTH.fullmatch(text)):
            ending.setdefault(len(found[1]), set()).add(text)
    return frozenset(one for some in ending.values() if len(some) > 1 for one in some)


def hidden_text(value: Any) -> str | None:
    """Return a text of a payload that stands for another, as `[REDACTED]` does."""
    return next((one for one in texts_in(value) if one and _HIDDEN.fullmatch(one)), None)


def texts_in(value: Any) -> Iterator[str]:
    """Yield the texts of a value, however deep."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)
