"""Words by which an edit takes itself back: in its reasons, or in a comment inside of it."""

import re
from typing import Final

_GONE: Final = (
    r"(?:retract(?:ed|ing|ion)?|withdrawn|superseded|cancell?ed|void(?:ed)?|rejected|discarded"
    r"|dropped|revoked|drafts?|disregard|obsolete|wip|scrap(?:ped)?|scratch (?:that|this)|ignore"
    r"(?: this| it| that)?|skip(?:ped)?(?: this| it)?|taken back"
    r"|not (?:meant|proposed|intended|final|for use|real|to be (?:used|applied))"
    r"|not (?:an? |my |really )+(?:edit|proposal|suggestion|recommendation)"
    r"|(?:do not|don['\u2019]?t|never) (?:apply|use)"
    r"|(?:an? )?(?:example|sample|illustration|placeholder|template|test)s? only"
    r"|(?:only|just|merely) (?:an? )?(?:example|sample|illustration|placeholder|test|draft)"
    r"|for (?:illustration|discussion|reference) only"
    r"|zur\u00fcckgezogen|verworfen|entwurf|nicht anwenden|brouillon|borrador|retir\u00e9e?)"
)
_LABEL: Final = re.compile(
    rf"[^\w\"'`]*+(?:{_GONE}\b(?=\s*+(?:\Z|[:.,;!()\[\]/\u2014\u2013-]|th(?:is|e) (?:edit|one)\b))"
    r"|\u8349\u7a3f|\u4f5c\u5e9f)",
    re.IGNORECASE,
)
"""How a remark begins: `RETRACTED: ...`, `Draft - ...`, `Example only, ...`."""

_SAYS_SO: Final = re.compile(
    r"(?:\A|[.!?:;(\u2014\u2013-]\s*)(?:please )?(?:do not|don['\u2019]?t|never) apply"
    r"(?=\W*\Z|[.!;,)]| (?:it|this|that|these|the (?:edit|one|change)s?|yet|now)\b)"
    r"|\b(?:this|the) (?:edit|one|item|proposal|suggestion)(?: above| below)? (?:is|was|has been"
    r"|should be|must be) (?:now )?(?:not (?:meant|proposed|intended|to be)|wrong|an? mistake"
    rf"|{_GONE})\b"
    r"|\bnot (?:an? |my |really )+(?:proposal|suggestion|recommendation)\b"
    r"|(?:\A|[.!?]\s+)considered (?:and|but) (?:rejected|dropped|discarded)(?=\W*\Z|[.!;])"
    r"|\bon second thoughts?,? (?:this|it|that)\b[\w ]{0,12} (?:is|was) (?:wrong|not|a mistake)\b"
    r"|\bkept for the record\b|\bthis is only an? (?:example|sample) of\b"
    r"|[\[(](?:retracted|superseded|withdrawn|obsolete|revoked|taken back|not (?:meant|final)|wip)"
    r"\b[^\[\]()\n]{0,60}[\])]"
    r"|\bnot (?:really )?meant(?=\W*\Z|[.!;,:)])|\bnot (?:to be|meant to be|yet) applied\b"
    r"|(?:\A|[.,;:!-]\s*)(?:please )?(?:ignore|skip|disregard|drop|discard) this"
    r" (?:edit|change|proposal|one)\b"
    r"|\b(?:this|the) edit should not be (?:applied|used)\b|(?:\A|[.!?]\s+)superseded by\b"
    r"|\bi no longer think (?:this|it) is right\b"
    r"|\bi (?:hereby )?(?:withdraw|retract|take back|no longer propose) (?:this|it)\b",
    re.IGNORECASE,
)


def disavows(words: str) -> bool:
    """Tell whether words take back the edit that they stand in or beside."""
    if _LABEL.match(words):
        return True
    return _may_say_so(words) and _SAYS_SO.search(words) is not None


def _may_say_so(words: str) -> bool:
    """Tell whether one of the signs that all of these sentences have stands in a text."""
    return (
        "not " in words
        or "ppl" in words
        or " edit" in words
        or "is one" in words
        or "I " in words
        or "onsidered" in words
        or "second th" in words
        or "uperseded" in words
        or "his one" in words
        or "for the record" in words
        or "nly a" in words
        or "(" in words
        or "[" in words
    )
