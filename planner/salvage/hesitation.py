"""How an edit says of itself that it is not meant, or that a person has to agree first."""

import re
from collections.abc import Mapping
from typing import Any, Final

from planner.schema import KNOWN_FIELDS

_TAKEN_BACK: Final = (
    r"(?:(?:considered (?:and|but) )?(?:rejected|dropped)|retract(?:ed|ing|ion)?|withdrawn"
    r"|superseded|cancell?ed|void(?:ed)?|discarded"
    r"|revoked|draft|disregard|obsolete|wip|scrap(?:ped)?|scratch (?:that|this)"
    r"|ignore(?: this| it)?|skip(?:ped)?(?: this| it)?"
    r"|not (?:meant|proposed|intended|final|to be (?:used|applied))"
    r"|(?:an? )?(?:example|sample|illustration|placeholder|template|test) only"
    r"|(?:only|just|merely) an? (?:example|sample|illustration|placeholder|test|draft))"
)
_LABEL: Final = re.compile(
    rf"[^\w\"'`]*+{_TAKEN_BACK}\b(?=\s*+(?:\Z|by\b|[:.,;!()\[\]/\u2014\u2013-]))", re.IGNORECASE
)
"""How reasons begin: `RETRACTED: ...`, `Draft - ...`, `Example only, ...`."""
_OF_ITSELF: Final = (
    r"\b(?:this|the) (?:edit|one|item|proposal|suggestion)(?: above| below)? (?:is|was|has been"
    rf"|should be|must be) (?:now )?(?:wrong|an? mistake|not\b|{_TAKEN_BACK})\b"
    r"|\b(?:do not|don['\u2019]?t|never|not (?:to )?be|not yet) appl(?:y|ied)(?=\W*\Z|[.!;,)]"
    r"| (?:it|this|that|these|the (?:edit|one|change)s?|yet|now)\b)"
    r"|\bi (?:\w+ )?(?:withdraw|retract|take back|no longer (?:propose|think))\b"
    r"|\b(?:ignore|skip|disregard|drop|discard) this (?:edit|change|proposal|one)\b"
    rf"|\bon second thought\b|\bthis is {_TAKEN_BACK}\b"
    r"|\bnicht anwenden\b|\bne pas appliquer\b|\bno (?:lo |la )?aplicar\b"
    rf"|[\[(]{_TAKEN_BACK}\b[^\[\]()\n]{{0,60}}[\])]"
)
_UNSURE: Final = (
    r"\bI(?: am|['\u2019]m| was)? (?:\w+ )?(?:not (?:\w+ )?sure|unsure|uncertain)\b"
    r"|\b(?:not (?:\w+ )?sure|unsure|uncertain) (?:about|of|whether|if|that) "
    r"(?:this|it|the value)\b"
    r"|(?:\A|[.!?;:(\u2014\u2013-]\s*)(?:not (?:\w+ )?sure|unsure|uncertain)\b"
)
_LEFT_TO_PEOPLE: Final = (
    r"\b(?:person|people|human|someone|somebody|reviewer|operator|maintainer) "
    r"(?:should|must|has to|have to|needs? to|ought to) (?:\w+ ){0,2}?"
    r"(?:look|check|review|approve|confirm|verify|decide|sign)\b"
    r"|\bbefore (?:it|this|they|the (?:edit|change)|this (?:edit|change)) (?:is|are|gets) (?:\w+ )?"
    r"applied\b|\bbefore (?:being applied|applying (?:it|this)\b)"
    r"|\bonly (?:if|when|once|after)\b[^.!?;\n]{0,80}?\b(?:agree|approve)[sd]?\b"
    r"|(?:\A|[.!?;:]\s+)(?:please )?(?:only apply|apply (?:(?:it|this) )?only)\b"
    r"|(?:\b(?:edit|change|this|it) |\A|[.!?;:]\s+)(?:needs|requires) "
    r"(?:\w+ )?(?:approval|review)\b"
    r"|\b(?:pending|awaiting|subject to) (?:\w+ )?(?:approval|review)\b"
)
_HESITATES: Final = re.compile(f"{_OF_ITSELF}|{_UNSURE}|{_LEFT_TO_PEOPLE}", re.IGNORECASE)
_SIGNS: Final = (
    *("second th", "his is", "ppl", "wend", "plic", " edit", "is one", "item", "propos"),
    *("uggestion", "ithdraw", "etract", "back", "onger", "(", "[", "sure", "certain", "erson"),
    *("eople", "uman", "ome", "review", "perator", "aintain", "gree", "prov"),
)
"""One of these stands in all of them: a leap over most reasons, which hold none."""


def withdrawal(value: Mapping[str, Any]) -> str | None:
    """Return why an edit is not meant, where its reasons begin so, or a key that no edit has."""
    reasons = value.get("rationale")
    if isinstance(reasons, str) and _LABEL.match(reasons):
        return "its rationale says that it is not meant"
    for key, given in value.items() if not value.keys() <= KNOWN_FIELDS else ():
        name = "" if key in KNOWN_FIELDS else key.lower()
        says_no = given is True and _AGAINST.search(name)
        leaves_out = given is False and name in _IN_FAVOUR
        if says_no or leaves_out or (name in _VERDICTS and _AGAINST.match(str(given).lower())):
            return f"it says of itself that it is not meant: `{key[:40]}` is {str(given)[:40]}"
    return None


_AGAINST: Final = re.compile(
    r"(?:\A|(?<=_))(?:withdrawn|rejected|superseded|draft|discarded|skip(?:ped)?|disabled|deleted"
    r"|cancell?ed|dropped|ignored?|retracted|obsolete|example|do_?not_apply|not)(?:_|\b)"
)
_IN_FAVOUR: Final = frozenset({"apply", "applied", "enabled", "active", "approved", "accepted"})
_VERDICTS: Final = frozenset({"status", "state", "decision", "verdict"})


def hesitates(words: str) -> bool:
    """Tell whether reasons speak against their edit, or say that a person has to agree first."""
    return any(sign in words for sign in _SIGNS) and _HESITATES.search(words) is not None
