"""Sentences, fences and headings of the words around an answer, and labels that call it none."""

import re
from typing import Final

HEADING: Final = re.compile(r"^#{1,6} ", re.MULTILINE)
"""It opens a section about something else."""

FENCE_LINE: Final = re.compile(r"\s*(?:```+|~~~+)[ \t]*(\w*)[^\n`]*")
"""A line that opens a block of code, in a language perhaps, or closes one."""

_NONE: Final = (
    r"(?:examples?|counter-?examples?|samples?|templates?|illustrati\w+|drafts?|sketch"
    r"|placeholders?"
    r"|reject\w*|withdrawn|discarded|declined|superseded|obsolete|deprecated|outdated|cancell?ed"
    r"|reverted|retracted|revoked|void|invalid|wrong|bad|incorrect|broken|mistaken?|hypothetical\w*"
    r"|not\b(?! only)|never|previous\w*|prior|earlier|former|old|original|last|yesterday\w*|current"
    r"|existing|(?:an )?alternativ\w*"
    r"|considered|deferred|later|skipped|ruled out|too risky|reference|comparison|discussion"
    r"|(?:first|rough|initial|possible|one) (?:try|version|cut|shot|plan|answer|idea|attempt)"
    r"|applied|turned down|refused|vetoed|failed|tried|unsafe|no (?:proposal|plan|answer"
    r"|suggestion)"
    r"|(?:one|it|such)(?=\W*\Z)|idea|attempt|snapshot|form|format|shape|structure"
    r"|(?:it )?would|might|could)"
)

_FRAGMENT: Final = re.compile(
    r"\W*(?:(?:it|this|that|these|those|they|all)\b\W*)?(?:(?:is|was|were|are|has|have|been"
    r"|only|just|for"
    rf"|as|an?|the|my|our|your|of|now|already|and)\b\W*)*{_NONE}",
    re.IGNORECASE,
)
_SENTENCE_ENDS: Final = re.compile(r"(?<=[.!?;])\s+|\n+|(?<=[\u3002\uff01\uff1f])")


def sentences_of(words: str) -> list[str]:
    """Return the sentences of a text, its line breaks being ends."""
    return [one for one in _SENTENCE_ENDS.split(words) if one.strip(" \t*_#`>-")]


def is_fragment_about_it(sentence: str) -> bool:
    """Tell whether a sentence with no subject of its own says so, as `Not applied` does."""
    return _FRAGMENT.match(sentence) is not None
