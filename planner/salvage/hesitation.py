"""Words by which the teacher leaves an edit to a person, or to what is not yet so."""

import re
from typing import Final

_UNSURE: Final = (
    r"\bI(?: am|['\u2019]m| was)? (?:\w+ )?(?:not (?:\w+ )?sure|unsure|uncertain)\b"
    r"|\b(?:not (?:\w+ )?sure|unsure|uncertain) (?:about|of|whether|if|that) "
    r"(?:this|it|the value)\b"
    r"|(?:\A|[.!?;:(\u2014\u2013-]\s*)(?:not (?:\w+ )?sure|unsure|uncertain)\b"
)
_PEOPLE: Final = (
    r"\b(?:person|people|human|someone|somebody|reviewer|operator|maintainer) "
    r"(?:should|must|has to|have to|needs? to|ought to) (?:\w+ ){0,2}?"
    r"(?:look|check|review|approve|confirm|verify|decide|sign)\b"
)
_NOT_YET: Final = (
    r"\bbefore (?:it|this|they|the (?:edit|change)|this (?:edit|change)) (?:is|are|gets) (?:\w+ )?"
    r"applied\b|\bbefore (?:being applied|applying (?:it|this)\b)"
    r"|\bonly (?:if|when|once|after)\b[^.!?;\n]{0,80}?\b(?:agree|approve)[sd]?\b"
    r"|(?:\A|[.!?;:]\s+)(?:please )?(?:only apply|apply (?:(?:it|this) )?only)\b"
    r"|(?:\b(?:edit|change|this|it) |\A|[.!?;:]\s+)(?:needs|requires) "
    r"(?:\w+ )?(?:approval|review)\b"
    r"|\b(?:pending|awaiting|subject to) (?:\w+ )?(?:approval|review)\b"
)
_IN_OTHER_LANGUAGES: Final = (
    r"\bnicht (?:anwenden|umsetzen|\u00fcbernehmen|an(?:ge)?wend\w+)\b|\bne pas appliquer\b"
    r"|\bn['\u2019]appliqu\w+ (?:pas|plus)\b|\bno (?:se |lo |la )?apli(?:car|que)\w*\b"
    r"|\bnon applicar\w+\b|\bn\u00e3o (?:se )?apli(?:car|que)\w*\b|\u4e0d\u8981\u5e94\u7528"
    r"|\u9069\u7528\u3057\u306a\u3044"
)
"""What takes an edit back, in the languages of those who wrote the prompts."""
_ABROAD: Final = ("\u00fcberneh", "\u5e94\u7528", "\u9069\u7528")
_HESITATES: Final = re.compile(
    f"{_UNSURE}|{_PEOPLE}|{_NOT_YET}|{_IN_OTHER_LANGUAGES}", re.IGNORECASE
)


def hesitates(words: str) -> bool:
    """Tell whether words say that their writer is unsure, or that a person has to agree first."""
    return _may_hesitate(words) and _HESITATES.search(words) is not None


def _may_hesitate(words: str) -> bool:
    """Tell whether one of the signs that all of these sentences have stands in a text."""
    return (
        "sure" in words
        or "ppl" in words
        or "ome" in words
        or "erson" in words
        or "uman" in words
        or "eople" in words
        or "eview" in words
        or "prov" in words
        or "gree" in words
        or "tain" in words
        or "perator" in words
        or "wend" in words
        or "umsetz" in words
        or "plic" in words
        or "pliq" in words
        or (not words.isascii() and any(map(words.__contains__, _ABROAD)))
    )
