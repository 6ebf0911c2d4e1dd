"""Which edits the words outside of an answer take back by their names."""

import re
from collections import Counter
from collections.abc import Iterable, Set
from typing import Any, Final

from planner.salvage.naming import sentences_of
from planner.salvage.retraction import NAME, revoking_clauses

_NEGATIVE: Final = (
    r"(?:wrong|withdrawn|dropped|removed|rejected|discarded|ignored|skipped|mistaken|a mistake"
    r"|invalid|optional|obsolete|superseded|void|cancell?ed|too risky|an? (?:example|draft)"
    r"|(?:only )?for (?:discussion|later|illustration))"
)
_NAMED_NO: Final = re.compile(
    r"\b(?:all|every\w*|anything|each) but(?: edit)?\W{1,3}\x00"
    r"|\b(?:leave|take|hold|keep|pull)(?: edit)?\W{1,3}\x00\W{1,3}(?:out|back|off|away)\b"
    r"|\x00(?:\W{0,3}| \([^()]{0,20}\)) (?:is|was|are|were|(?:should|must|can) be|turned out)"
    rf"(?: \w+){{0,2}}? {_NEGATIVE}\b|\x00\W{{1,4}}(?:no longer|{_NEGATIVE})\b"
    r"|\x00\W{1,4}(?:not|ignore|skip|drop|discard)\b"
    r"|\x00\W{0,2}:\W{1,3}(?:do not|don\W?t|never)\b|\x00.{0,80}\bi meant\b|~~\x00"
    r"|\bi meant\b[^\x00.]{0,40}\x00|\x00\W{0,3} ?should (?:have|read|say)\b"
    r"|\x00.{0,80}\b(?:drop|ignore|skip|disregard|withdraw|discard|omit) (?:it|that|this)\b",
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
_ASCII_WORDS: Final = re.compile(_WORDS.pattern, re.ASCII)
"""In Chinese no blank stands around a name."""
_MAX_REMARK: Final = 400
_MANY: Final = 10


def ids_in(text: str) -> Counter[str]:
    """Count the ids that edits have in a text, be they whole or broken; none inside of a text."""
    return Counter(found[1] for found in _ID.finditer(text))


def differing_ids(edits: Iterable[Any], others: Iterable[Any] = ()) -> set[str]:
    """Return the ids of edits that stand there again, or among others, with another body."""
    known: dict[str, Any] = {}
    differing: set[str] = set()
    for edit in edits:
        name = edit.get("id") if isinstance(edit, dict) else None
        if isinstance(name, str) and known.setdefault(name, edit) != edit:
            differing.add(name)
    for other in others:
        name = other.get("id") if isinstance(other, dict) else None
        if isinstance(name, str) and name in known and known[name] != other:
            differing.add(name)
    return differing


def takes_back_one(remarks: str) -> bool:
    """Tell whether words take back an edit by its place or its kind: nobody knows which it is."""
    return _NAMELESS.search(remarks) is not None


def taken_back_by_name(remarks: str, names: Set[str]) -> set[str]:
    """Return which of the edits named are not meant, by the words outside of the answer."""
    gone: set[str] = set()
    for remark in sentences_of(remarks):
        for part in (remark[at : at + _MAX_REMARK] for at in range(0, len(remark), _MAX_REMARK)):
            named = names & {*_WORDS.findall(part), *_ASCII_WORDS.findall(part)}
            if len(named) > _MANY:
                gone |= named if _is_taken_back(marked(part, named)) else set()
                continue
            for name in named:
                words = marked(part, {name})
                if _ONLY.search(words):
                    gone |= names - named
                if _is_taken_back(words):
                    gone.add(name)
    return gone


def marked(words: str, names: Set[str]) -> str:
    """Return words with a mark in the place of these names."""
    for pattern in (_WORDS, _ASCII_WORDS):
        words = pattern.sub(lambda found: NAME if found[0] in names else found[0], words)
    return words


def _is_taken_back(words: str) -> bool:
    return _NAMED_NO.search(words) is not None or any(
        NAME in clause for clause in revoking_clauses(words)
    )
