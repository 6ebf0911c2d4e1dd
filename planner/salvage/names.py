# ruff: noqa: RUF001 (other scripts have letters that look alike)
"""Which edits the words outside of an answer take back by their names."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Set
from typing import Any, Final

from planner.salvage.naming import sentences_of
from planner.salvage.retraction import NAME, revoking_clauses

_NEGATIVE: Final = (
    r"(?:wrong|withdrawn|dropped|removed|rejected|discarded|ignored|skipped|mistaken|a mistake"
    r"|invalid|optional|obsolete|superseded|void|cancell?ed|too risky|an? (?:example|draft)"
    r"|unnecessary|redundant|not needed|pointless|retracted|revoked|struck"
    r"|(?:only )?for (?:discussion|later|illustration))"
)
_NAMED_NO: Final = re.compile(
    r"\b(?:all|every\w*|anything|each) but(?: edit)?\W{1,3}\x00"
    r"|\b(?:leave|take|hold|keep|pull)(?: edit)?\W{1,3}\x00\W{1,3}(?:out|back|off|away)\b"
    r"|\x00(?:\W{0,3}| \([^()]{0,20}\)) (?:is|was|are|were|(?:should|must|can) be|turned out)"
    rf"(?: \w+){{0,2}}? {_NEGATIVE}\b|\x00\W{{1,4}}(?:no longer|{_NEGATIVE})\b"
    r"|\x00\W{1,4}(?:not(?! (?:an? )?(?:mistake|error|wrong|risky|problem))|ignore|skip|drop"
    r"|discard)\b"
    r"|\x00\W{0,2}:\W{1,3}(?:do not|don\W?t|never)\b|\x00.{0,80}\bi meant\b|~~\x00"
    r"|\bi meant\b[^\x00.]{0,40}\x00|\x00\W{0,3} ?should (?:have|read|say)\b"
    r"|\x00.{0,80}\b(?:cancel it|should go|it is (?:withdrawn|void|dropped)|disregard)\b"
    r"|\bhold off (?:on|with)(?: edit)?\W{1,3}\x00|\x00.{0,80}\bleave (?:it|that|this) out\b"
    r"|\x00\W{1,3}(?:entfällt|entfallen|(?:нужно|надо|лучше|следует) убрать)\b"
    r"|\b(?:supprime[rz]?|retire[rz]|enleve[rz]|elimin(?:a|e|en|ar|ate)|quit(?:a|e|ar)|borr(?:a|e|ar)"
    r"|remov(?:a|er)|rimuov\w+|уберите|удалите|исключите)(?: (?:el|la|le|l['’]|o|a))?\W{1,3}\x00"
    r"|(?:删除|去掉|移除|删掉)\s?\W?\x00|\x00 ?(?:を|は)(?:削除|除外)"
    r"|\x00.{0,80}\b(?:drop|ignore|skip|disregard|withdraw|discard|omit) (?:it|that|this)\b",
    re.IGNORECASE,
)
_ONLY: Final = re.compile(
    r"\b(?:only|just|nur|seulement)(?: \w+){0,2}[^\w\x00]{1,4}\x00|\x00\W{1,3}(?:only"
    r"|alone(?! (?:is|does|would|will)\b))\b",
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
_EARLIER: Final = re.compile(
    r"\b(?:an?|the|my) (?:earlier|previous|older|first|former) (?:version|draft|form) of \x00"
    r"|\bif (?:edit )?\W?\x00 (?:is|was|gets|were)\b[^,;]*",
    re.IGNORECASE,
)
"""Another version of it, or what may become of it."""
_DOES: Final = re.compile(
    r"\x00[*`'\"]{0,3}:? (?:(?:and|und|et|y) \S+ )?(?:also |then |only )?"
    r"(?:(?:fix|address)(?:es)?|(?:correct|replace|remove|stop|tell|keep|add|prevent|avoid|change|lower|raise|handle|target|cover"
    r"|ensure|update|clarify|clarifie|forbid|instruct|resolve|solve)s?|undo(?:es)?"
    r"|corrige|évite|evita|elimina|supprime|remplace|reemplaza|ändert|behebt|korrigiert|ersetzt"
    r"|verhindert|исправляет|заменяет|убирает)\b"
    r"(?! (?:nothing|no\b|none|it\b|(?:the )?(?:plan|answer|edit)|this|that\b|only))"
    r"|\x00 makes sure that\b"
    r"|\x00\s?(?:は[^。、]*を(?:修正|防|追加|置き換|改善)|用于|防止)|\x00 ?は[^。、]*を防",
    re.IGNORECASE,
)
"""What an edit does, whatever it does it to."""
_ASKED: Final = re.compile(r"\A\W*(?:is|are|was|did|does) [^?]*\?\W*\Z", re.IGNORECASE)
_NONE_BUT: Final = re.compile(r"\bn['’](?:appliqu|utilis)(?:ez|er?|ons) que\b", re.IGNORECASE)
_MAX_REMARK: Final = 400
_MANY: Final = 10


def ids_in(text: str) -> Counter[str]:
    """Count the ids that edits have in a text, be they whole or broken; none inside of a text."""
    return Counter(found[1] for found in _ID.finditer(text))


def differing_ids(edits: Iterable[Any], others: Iterable[Any]) -> set[str]:
    """Return the ids of edits that stand among others with another body."""
    known: dict[str, set[str]] = {}
    for edit in edits:
        if isinstance(edit, dict) and isinstance(name := edit.get("id"), str):
            known.setdefault(name, set()).add(json.dumps(edit, sort_keys=True))
    return {
        name
        for other in others
        if isinstance(other, dict) and isinstance(name := other.get("id"), str) and name in known
        if json.dumps(other, sort_keys=True) not in known[name]
    }


def takes_back_one(remarks: str) -> bool:
    """Tell whether words take back an edit by its place or its kind: nobody knows which it is."""
    return _NAMELESS.search(remarks) is not None


def taken_back_by_name(remarks: str, names: Set[str]) -> set[str]:
    """Return which of the edits named are not meant, by the words outside of the answer."""
    gone: set[str] = set()
    remarks = _NONE_BUT.sub("only apply", remarks)
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
    if _ASKED.match(words):
        return False
    words = _EARLIER.sub(lambda found: "" if " of " in found[0] else NAME, words)
    return _NAMED_NO.search(words) is not None or any(
        NAME in clause and not _DOES.search(clause) for clause in revoking_clauses(words)
    )
