"""Whether what stands around a mark makes it text: quoted, named, told to be used, in a path."""

import html
import re
import unicodedata
from typing import Final

from planner.patch.lines import line_around
from planner.patch.residue.reasons import ESCAPED, HIDDEN, LEFT_OUT, NOTED, OF_DIFF, SLOT

_QUOTES: Final = "\"'\u201c\u201d\u201e\u2018\u2019"
_CONTROLS: Final = frozenset("\t\r\x0b\x0c")
"""What is left of an escape that JSON took for its own: nobody speaks of it so."""
_OF_MARKUP: Final = re.compile(r"\b(?:x?html|xml|entit(?:y|ies)|escap\w*)\b", re.IGNORECASE)
_TOLD: Final = re.compile(
    r"\b(?:use|write|insert|type|emit|print|show|avoid|replace|remove|strip|convert|no|as|such as)"
    r"[ \t]+\Z",
    re.IGNORECASE,
)
_TITLE_UPDATED: Final = re.compile(
    r"#{1,6} [^\n()]+ \((?i:updated|revised|new)\)[ \t]*\r?(?:\n|\Z)"
)
"""A section may be called so; it is told to a person."""
_COMMENT_WITHIN: Final = re.compile(r"\w \w+ <!--[^<>]*--> \w+")
NAMED: Final = re.compile(
    r"\b(?:such as|like|e\.g\.|for example|named|called|ends? (?:with|in)|(?:ignore|treat) any"
    r"|(?:never|not) (?:print|write|output|emit|show|include|echo|repeat|expose|add|send))"
    r"(?![^\W_])",
    re.IGNORECASE,
)
"""What a sentence says before an example, or before what nobody is to write."""
_NAMED_BEFORE: Final = re.compile(rf"{NAMED.pattern}[ \t,:]*[\"'\u201c`(]?\Z", re.IGNORECASE)
_GOES_ON: Final = re.compile(r"[\"'\u201d`)]?(?:[,;:]?[ \t]+\w|[.!?])")
_NAMED_WITHIN: Final = 20
"""Characters before a mark in which that stands."""
_OF_OTHERS: Final = frozenset({HIDDEN, OF_DIFF, SLOT})
"""Marks that a rule may name, where they belong to others' texts."""
_OF_TEXT: Final = frozenset({HIDDEN, SLOT})
_OF_MASKING: Final = re.compile(
    r"\b(?:mask|redact|anonymi[sz]e|shorten|abbreviate|truncate)\b|\breplace\b[^\n]{1,60}\b(?:by|with)\b",
    re.IGNORECASE,
)
_TELLS_TO_WRITE: Final = re.compile(r"\b(?:write|insert|put|as in)[ \t]+\Z", re.IGNORECASE)
_TELLS_WITHIN: Final = 12
"""Characters; no word of those is longer."""
_LABELLED: Final = re.compile(r"[^\w\n]*\w[\w ]{0,20}:\s")
"""What is said or shown behind a name may break off: `User: hmm...`, `Usage: run [file] ...`."""
_COUNTING: Final = re.compile(
    r"(?:\b(\d{1,3}(?:\.\d{1,3})?|[A-Za-z]|one|two|three|four|five|six|ten), ){2}"
    r"(?:\.{3}|\u2026)[ \t]*\Z"
)
_SPOKEN_OF: Final = re.compile(
    r"\b(?:with|use|write|type|avoid|no|as)[ \t]+[\[(]?(?:\.{3}|\u2026)[\])]? [a-z]", re.IGNORECASE
)
_TOLD_IN: Final = 12
_COUNTED_IN: Final = 20
"""Characters: `1, 2, 3, ...` leaves nothing out that is not known."""
_URL: Final = 200
_BLANKS: Final = frozenset(" \t")
_SPELT: Final = re.compile(r"(?<!\S)\\[nrt](?![a-z])")


def is_meant(prompt: str, why: str, found: re.Match[str]) -> bool:
    """Say whether what stands around a mark makes it text."""
    text = found.string
    if why is LEFT_OUT and _leaves_nothing_out(text, found):
        return True
    if why is ESCAPED and (found[0] in _CONTROLS or _is_encoded(prompt, found)):
        return False
    if why is ESCAPED and (_is_unescaped(text, found) or _is_in_path(prompt, found)):
        return True
    is_title = why is NOTED and _TITLE_UPDATED.match(line_around(text, found.start())) is not None
    spoken_of = is_title or (why in _OF_TEXT and _is_spoken_of(text, found))
    if spoken_of or (why in _OF_OTHERS and is_named(found)):
        return True
    if found[0] == "<!--" and _COMMENT_WITHIN.search(line_around(text, found.start())):
        return True
    return _mentions(found)


def is_named(found: re.Match[str]) -> bool:
    """Say whether a sentence names a mark as an example, and goes on behind it or ends."""
    start, end = found.span()
    named = _NAMED_BEFORE.search(found.string, max(0, start - _NAMED_WITHIN), start)
    return named is not None and _GOES_ON.match(found.string, end) is not None


def _leaves_nothing_out(text: str, found: re.Match[str]) -> bool:
    """Say whether dots end a label's text or a row of numbers, or are what a sentence speaks of."""
    start, end = found.span()
    return bool(
        _LABELLED.match(line_around(text, end - 1))
        or _SPOKEN_OF.search(text, max(0, start - _TOLD_IN), end + _TOLD_IN)
        or _COUNTING.search(text, max(0, start - _COUNTED_IN), end)
    )


def _is_spoken_of(text: str, found: re.Match[str]) -> bool:
    """Say whether a sentence tells to write a mask or a slot, or how something is masked."""
    start = found.start()
    told = _TELLS_TO_WRITE.search(text, max(0, start - _TELLS_WITHIN), start)
    return told is not None or _OF_MASKING.search(line_around(text, start)) is not None


def _is_encoded(prompt: str, found: re.Match[str]) -> bool:
    """Say whether a word of the prompt comes back with its signs as entities."""
    text = found.string
    start = max(text.rfind(blank, 0, found.start()) for blank in " \t\n") + 1
    word = next(iter(text[start:].split(maxsplit=1)), "")
    return "&" in found[0] and len(html.unescape(word)) > 1 and html.unescape(word) in prompt


def _is_unescaped(text: str, found: re.Match[str]) -> bool:
    """Say whether a text that was escaped on its way would have no such neighbours."""
    if _is_subject(found):
        return True
    if found[0][0] == "&":
        return "<" in text or ">" in text or _names_entity(found)
    if found[0][0] == "%":
        return "://" in text[max(0, found.start() - _URL) : found.start()]
    return found[0][0] == "<" and (
        "</" in text or line_around(text, found.start()).lstrip()[:1] == "|"
    )


def _names_entity(found: re.Match[str]) -> bool:
    """Say whether a line that speaks of markup names an entity, as a word of its own."""
    return (
        _is_word(found) and _OF_MARKUP.search(line_around(found.string, found.start())) is not None
    )


def _is_word(found: re.Match[str]) -> bool:
    text = found.string
    before, behind = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    return not (before.strip() or behind.isalnum())


def _is_subject(found: re.Match[str]) -> bool:
    """Say whether a sentence tells to use an escape: where it came undone, it would tell nothing.

    So it is with a blank or a line break, or where the character, or its name, stands beside it.
    """
    text = found.string
    line = line_around(text, found.start())
    start = found.start() - text.rfind("\n", 0, found.start()) - 1
    if not (_is_word(found) and _TOLD.search(line, max(0, start - _TELLS_WITHIN), start)):
        return False
    plain = _unescaped(found[0])
    others = line[:start] + line[start + len(found[0]) :]
    return not plain.strip() or plain in others or _name_of(plain) in others.upper()


def _name_of(sign: str) -> str:
    """Return how Unicode calls a sign; no line has what is returned for more, or for none."""
    return unicodedata.name(sign, "\n") if len(sign) == 1 else "\n"


def _unescaped(mark: str) -> str:
    """Return the character that an escape stands for, nothing for a line break."""
    if mark[:2] in {"\\u", "\\x"}:
        return mark.encode("ascii").decode("unicode_escape")
    return "" if mark[0] == "<" else html.unescape(mark)


def _is_in_path(prompt: str, found: re.Match[str]) -> bool:
    r"""Say whether a backslash goes on what the prompt writes with one, as in `C:\new\*.csv`.

    Or whether the text speaks of `\n` as the prompt does, in a word of its own.
    """
    start = max(found.string.rfind(blank, 0, found.start()) for blank in " \t\n") + 1
    if found.string.startswith("\\", start) and found.string[start - 1 : start] in _BLANKS:
        return _SPELT.search(prompt) is not None
    before, backslash, _ = found.string[start : found.start() + 1].rpartition("\\")
    begun, backslash, _ = before.rpartition("\\")
    return bool(backslash) and begun + backslash in prompt


def _mentions(found: re.Match[str]) -> bool:
    """Say whether a mark stands in quotes or in code: then the text speaks of it."""
    text, start = found.string, found.start()
    line = text.rfind("\n", 0, start) + 1
    ends = text.find("\n", start)
    behind_it = text[found.end() : ends if ends >= 0 else len(text)]
    if any(text.count(one, line, start) % 2 == 1 and one in behind_it for one in '`"'):
        return True
    before, behind = text[line:start][-1:], text[found.end() : found.end() + 1]
    return bool(before and behind) and before in _QUOTES and behind in _QUOTES
