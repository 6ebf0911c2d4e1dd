"""Sentences that name the document itself, and say that it is not proposed."""

import re
from typing import Final

HEADING: Final = re.compile(r"^#{1,6} ", re.MULTILINE)
"""It opens a section about something else."""

FENCE_LINE: Final = re.compile(r"\s*(?:```+|~~~+)[ \t]*(\w*)[^\n`]*")
"""A line that opens a block of code, in a language perhaps, or closes one."""

_NOUN: Final = (
    r"(?:plan|edits?|json|answer|list|document|block|object|changes?|version|proposal|output"
    r"|suggestions?|configuration|code)"
)
_ANY: Final = r"(?: (?!(?:previous|prior|earlier|old|last|former|original|current|existing)\b)\w+)?"
_IT: Final = (
    rf"(?:(?:the|this|these){_ANY} {_NOUN}(?: below| here| that follows?)?|this|these"
    rf"|(?:the )?following(?: {_NOUN})?|what (?:follows|you see(?: below)?|comes next)|here"
    rf"|(?:{_NOUN}|everything|anything|all|those|that|shown|one) below|below)"
)
_IS: Final = (
    r"(?:\s+(?:is|are|was|were|has|have|had|would be|would have been|could be|should be"
    r"|must be|comes? from|came from|belongs? to|shows?|shall be|stays?|remains?|dates? from)"
    r"|['\u2019]s)"
)
_BETWEEN: Final = (
    r"(?:\s+(?:just|only|merely|an?|the|my|our|your|their|still|already|all|simply|from|for"
    r"|what|how"
    r"|part|of|to|be|meant|intended|as|by|in|was|were|been|purely|now|no longer|explicitly|both))*"
)
_NONE: Final = (
    r"(?:examples?|counter-?examples?|samples?|templates?|illustrati\w+|drafts?|sketch"
    r"|placeholders?"
    r"|reject\w*|withdrawn|discarded|declined|superseded|obsolete|deprecated|outdated|cancell?ed"
    r"|reverted|retracted|revoked|void|invalid|wrong|bad|incorrect|broken|mistaken?|hypothetical\w*"
    r"|not\b(?! only)|never|previous\w*|prior|earlier|former|old|original|last|yesterday\w*|current"
    r"|existing|another|somebody|someone|(?:the )?users?\b|students?|colleagues?"
    r"|(?:an )?alternativ\w*"
    r"|considered|deferred|later|skipped|ruled out|too risky|reference|comparison|discussion"
    r"|(?:first|rough|initial|possible|one) (?:try|version|cut|shot|plan|answer|idea|attempt)"
    r"|applied|turned down|refused|vetoed|failed|tried|unsafe|no (?:proposal|plan|answer"
    r"|suggestion)"
    r"|(?:one|it|such)(?=\W*\Z)|idea|attempt|snapshot|form|format|shape|structure"
    r"|(?:it )?would|might|could)"
)
_SAID_OF_IT: Final = re.compile(
    rf"\b{_IT}(?:{_IS}{_BETWEEN}\s+{_NONE}\b|\s+(?:was|were)\s+(?:an?|the|my|our|your|their)\b)",
    re.IGNORECASE,
)

_DONE_TO_IT: Final = re.compile(
    r"(?:\A|[,;:\u2014\u2013-]\s*|\b(?:please|so|but|and|you (?:must|should|may)) )"
    r"(?:do not|don['\u2019]?t|never|not) (?:apply|use|run|submit|execute|copy|adopt|take)\b"
    r"|\b(?:ignor\w+|disregard\w*|skip\w*|discard\w*|reject\w*|withdr[ae]w\w*|retract\w*|revert\w*"
    r"|turned down|refused?|vetoed|(?:wants?|wanted|asked|told|asks) (?:me|us) to \w+"
    r"|(?:not|n['\u2019]t|never|against|instead of|rather than|without)(?: \w+){0,2}?"
    r" (?:propos|apply|use|us|includ|recommend|suggest|submit|want|mean)\w*)"
    rf" (?:this|these|that|those|the following|(?:the|all){_ANY} {_NOUN}|what follows"
    r"|(?:\w+ )?\w+ below)\b"
    r"|\b(?:would|could|might)\b[^.,;]{0,40} (?:this|these|the following|(?:\w+ )?\w+ below)\b"
    r"|\b(?:he|she|they|you|someone|somebody|who|(?-i:[A-Z])\w+|(?:the|an?|my|your"
    r"|another)(?: \w+){1,2})"
    r"(?: had| has| have)? (?:proposed|wrote|suggested|sent|gave|submitted|pasted"
    r"|asked (?:about|for"
    r"|whether))(?: me| us)? (?:this|these|the following|(?:\w+ )?\w+ below)\b"
    r"|\b(?:proposed|wrote|suggested|submitted|tried) (?:this|these|the following"
    r"|(?:\w+ )?\w+ below)\b"
    r"[^.]{0,40}\b(?:last|yesterday|earlier|before|previously|ago)\b"
    rf"|\bnot (?:my|the|an?) (?:\w+ )?{_NOUN}\b"
    r"|(?:\A\W*|[,(]\s*|\b(?:this|it|them|these|here|below|shown|given|included?"
    r"|repeated)\b[^.,;]{0,20} )"
    r"for (?:reference|comparison|illustration|discussion|context|completeness|demonstration)\b",
    re.IGNORECASE,
)
_ELSEWHERE: Final = re.compile(
    r"\b(?:das|dies\w*|folgend\w*|unten\w*|hier"
    r"|nachstehend\w*)\b[^.,:;()]{0,40}\b(?:(?<!kein )beispiel"
    r"|(?<!kein )entwurf|abgelehnt\w*|verworfen\w*|nicht|alte[rsn]?\b|bisherig\w*|fr\u00fcher\w*"
    r"|vorherig\w*|zur\u00fcckgezogen\w*|\u00fcberholt|ung\u00fcltig|letzte\w*)"
    r"|\bnicht (?:anwenden|verwenden|\u00fcbernehmen)\b"
    r"|\b(?:ceci|cet(?:te)?|ces?|voici|ci-dessous|suivante?s?|voil\u00e0)\b[^.,:;()]{0,40}"
    r"\b(?:exemple|brouillon|rejet\w*|refus\w*|ancien\w*|pas\b|pr\u00e9c\u00e9dent\w*|abandonn\w*)"
    r"|\bne (?:pas|jamais|l['\u2019]|les?) ?(?:pas )?(?:appliqu|utilis)\w*"
    r"|\b(?:est[eao]s?|siguientes?|abajo|aqu\u00ed|lo que sigue)\b[^.,:;()]{0,40}"
    r"\b(?:ejemplo|borrador|rechaz\w*|antigu\w*|anterior\w*|descartad\w*|no (?:se |debe\w*)+)"
    r"|\bno (?:se )?(?:debe\w* )?(?:apliqu|aplic|us)\w*"
    r"|\b(?:quest[oiae]|seguent[ei]|sotto|ecco)\b[^.,:;()]{0,40}"
    r"\b(?:esempio|bozza|rifiutat\w*|respint\w*|vecchi\w*|precedent\w*|scartat\w*|non\b)"
    r"|\bnon applicar\w*"
    r"|\b(?:est[eaes]+|isto|seguintes?|abaixo|aqui)\b[^.,:;()]{0,40}"
    r"\b(?:exemplo|rascunho|rejeitad\w*|antig\w*|anterior\w*|descartad\w*|n\u00e3o\b)"
    r"|\bn\u00e3o apli\w*"
    r"|(?:\u4ee5\u4e0b|\u4e0b\u9762|\u4e0b\u5217|\u8fd9|\u6b64|\u4e0a\u6b21|\u4e4b\u524d"
    r"|\u65e7|\u6628)"
    r"[^\u3002\uff0c]{0,20}(?:\u793a\u4f8b|\u4f8b\u5b50|\u8349\u7a3f|\u8349\u6848"
    r"|\u62d2\u7edd|\u5426\u51b3"
    r"|\u65e7|\u4e0d|\u8bf7\u52ff|\u4f5c\u5e9f|\u4e0a\u6b21|\u4e4b\u524d|\u53c2\u8003)"
    r"|(?:\u4e0a\u6b21|\u4e4b\u524d|\u65e7|\u6628\u5929|\u6628\u665a)\u7684?"
    r"[^\u3002\uff0c]{0,6}(?:\u65b9\u6848|\u8ba1\u5212|\u4fee\u6539)"
    r"|\u8bf7\u52ff|\u4e0d\u8981\u5e94\u7528|\u4e0d\u8981\u4f7f\u7528|\u4f8b\u3067\u3059"
    r"|\u4e0b\u66f8\u304d"
    r"|\u5374\u4e0b|\u524d\u56de|\u9069\u7528\u3057\u306a\u3044"
    r"|\b(?:\u043f\u0440\u0438\u043c\u0435\u0440|\u0447\u0435\u0440\u043d\u043e\u0432\u0438\u043a"
    r"|\u043e\u0442\u043a\u043b\u043e\u043d|\u043d\u0435 \u043f\u0440\u0438\u043c\u0435\u043d"
    r"|\u043f\u0440\u043e\u0448\u043b|\u043f\u0440\u0435\u0434\u044b\u0434\u0443\u0449"
    r"|\u0441\u0442\u0430\u0440\u044b)",
    re.IGNORECASE,
)
"""The same in other languages; there the words need not stand as close."""

_FRAGMENT: Final = re.compile(
    r"\W*(?:(?:it|this|that|these|those|they|all)\b\W*)?(?:(?:is|was|were|are|has|have|been"
    r"|only|just|for"
    rf"|as|an?|the|my|our|your|of|now|already|and)\b\W*)*(?:{_NONE}|{_NOUN} (?:of|by|from)\b)",
    re.IGNORECASE,
)
_SENTENCE_ENDS: Final = re.compile(r"(?<=[.!?;])\s+|\n+|(?<=[\u3002\uff01\uff1f])")


def sentences_of(words: str) -> list[str]:
    """Return the sentences of a text, its line breaks being ends."""
    return [one for one in _SENTENCE_ENDS.split(words) if one.strip(" \t*_#`>-")]


def names_it_as_none(words: str) -> bool:
    """Tell whether a sentence names the document beside it, and says that it is not proposed."""
    return any(
        _SAID_OF_IT.search(one) or _DONE_TO_IT.search(one) or _ELSEWHERE.search(one)
        for one in sentences_of(words)
    )


def is_fragment_about_it(sentence: str) -> bool:
    """Tell whether a sentence with no subject of its own says so, as `Not applied` does."""
    return _FRAGMENT.match(sentence) is not None
