"""Which edits the words outside of an answer take back by their names."""

import re
from collections import Counter
from collections.abc import Set
from typing import Final

_NEGATIVE: Final = (
    r"(?:wrong|withdrawn|dropped|removed|rejected|discarded|ignored|skipped|mistaken|a mistake"
    r"|invalid|not|optional|obsolete|superseded|void|cancell?ed|too risky|an? (?:example|draft)"
    r"|(?:only )?for (?:discussion|later|illustration))"
)
_TAKES_ONE: Final = re.compile(
    r"\b(?:drop|remove|ignore|skip|withdraw|discard|omit|disregard|cancel|delete|reject|undo|revert"
    r"|exclude|except|without|instead|but|forget|hold|leave|take|keep|pull|only|just|alone|not"
    r"|never"
    r"|no longer|\w+n['\u2019]t|meant|wrong|void|mistaken?|invalid|optional|obsolete|superseded"
    r"|risky"
    r"|example|draft|discussion|later|withdrawn|dropped|removed|rejected|discarded|ignored|skipped"
    r"|cancell?ed|typo|mistake|error|bug|should|weglassen|falsch|ignorieren|streichen?|verworfen"
    r"|nicht|ohne|au\u00dfer|sans|sauf|ignorer|pas|ignoriere|nur|seulement)\b|~~",
    re.IGNORECASE,
)
_MARK: Final = "\x00"

_NAMED_NO: Final = re.compile(
    r"\b(?:drop|remove|ignore|skip|withdraw|discard|omit|disregard|cancel|delete|reject|undo|revert"
    r"|exclude|leave out|never apply|not (?:apply|use|include)|except|without|instead of|i meant)\b"
    r"[^\x00.]{0,40}\x00|n['\u2019]t (?:apply|use|include)\b[^\x00.]{0,20}\x00"
    r"|\b(?:not|forget|(?:all|every\w*|anything|each) but)(?: edit)?\W{1,3}\x00"
    r"|\b(?:leave|take|hold|keep|pull)(?: edit)?\W{1,3}\x00\W{1,3}(?:out|back|off|away)\b"
    r"|\x00(?:\W{0,3}| \([^()]{0,20}\)) (?:is|was|are|were|(?:should|must|can) be|turned out)"
    r"(?: \w+){0,2}? " + _NEGATIVE + r"\b|\x00\W{0,3} (?:isn|wasn|shouldn|should not|must not)\b"
    r"|\x00\W{1,4}(?:no longer|" + _NEGATIVE[3:] + r"\b"
    r"|\b(?:typo|mistake|error|bug) in(?: edit)?\W{1,3}\x00|\x00\W{1,3} ?should (?:have|read|say)\b"
    r"|\x00.{0,40}\b(?:weglassen|falsch|ignorieren|streichen|verworfen|nicht anwenden)\b"
    r"|\b(?:ohne|au\u00dfer|sans|sauf|ignorer|pas appliquer|streiche|ignoriere)\W{1,3}\x00|~~\x00"
    r"|\x00\W{1,4}(?:ignore|skip|drop|discard)\b"
    r"|\x00.{0,80}\b(?:(?:drop|ignore|skip|disregard|withdraw|discard|omit) (?:it|that|this)\b"
    r"|i meant\b)",
    re.IGNORECASE,
)
_ONLY: Final = re.compile(
    r"\b(?:only|just|nur|seulement)(?: \w+){0,2}[^\w\x00]{1,4}\x00|\x00\W{1,3}(?:only"
    r"|alone)\b",
    re.IGNORECASE,
)
_NAMELESS: Final = re.compile(
    r"\b(?:only|just)(?: apply| use| take)? (?:the )?(?:first|second|third|last|edit \W?\d)\b"
    r"|\b(?:drop|ignore|skip|disregard|withdraw|discard|omit|leave out|remove|delete)"
    r" (?:(?:the|that|this|my) (?:\w+ ){0,2}(?:edit|one|item)|(?:edit|item) \W?\d)\b"
    r"|\b(?:edit|item) \W?\d+ (?:is|was|should|must)(?: \w+)? " + _NEGATIVE + r"\b",
    re.IGNORECASE,
)
_ID: Final = re.compile(r"(?<!\\)[\"']?\bid[\"']?\s*+:\s*+[\"']([^\"'\n]{1,200}+)[\"']")
_WORDS: Final = re.compile(r"\w[\w.-]*\w")
_REMARK: Final = re.compile(r"(?<=[.!?])\s+|\n+")
_MAX_REMARK: Final = 400
_MANY: Final = 10


def ids_in(text: str) -> Counter[str]:
    """Count the ids that edits have in a text, be they whole or broken; none inside of a text."""
    return Counter(found[1] for found in _ID.finditer(text))


def takes_back_one(remarks: str) -> bool:
    """Tell whether words take back an edit by its place or its kind: nobody knows which it is."""
    return _NAMELESS.search(remarks) is not None


def taken_back_by_name(remarks: str, names: Set[str]) -> set[str]:
    """Return which of the edits named are not meant, by the words outside of the answer."""
    gone: set[str] = set()
    for remark in _REMARK.split(remarks):
        if not _TAKES_ONE.search(remark):
            continue
        for part in (remark[at : at + _MAX_REMARK] for at in range(0, len(remark), _MAX_REMARK)):
            named = names & set(_WORDS.findall(part))
            if len(named) > _MANY:
                gone |= named
                continue
            for name in named:
                marked = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", _MARK, part)
                if _ONLY.search(marked):
                    gone |= names - named
                if _NAMED_NO.search(marked):
                    gone.add(name)
    return gone
