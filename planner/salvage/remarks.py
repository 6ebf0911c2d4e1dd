"""What the teacher says beside its answer: what withdraws it, and what a person has to read.

No program understands prose. Plain orders to drop the answer, or one of its edits, are obeyed.
All else that does more than introduce the answer or close the letter is left to a person: no
edit beside it is ever `auto`, and the words are shown.
"""

import re
from collections.abc import Set
from typing import Final

from planner.salvage.naming import FENCE_LINE, sentences_of

_NAME: Final = "\x00"
"""Stands for the name of an edit in a sentence."""

_CLAUSE: Final = (
    r"(?:\A\W*|[,.;:!?()\u2014\u2013]\W*|\s-\s"
    r"|\b(?:so|and|but|then|please|just|kindly|simply|actually|better|to|must|should|now|hereby"
    r"|i|we)\s+)"
)
"""What stands before an order or a promise."""
_THIS: Final = r"(?:this|that|it|these|those|them|the above)"
_ANSWER: Final = (
    r"(?:above|below|following|plan|edits?|json|answer|changes?|list|proposals?|message|output)"
)
_MINE: Final = (
    rf"(?:{_THIS}|all|everything|both|(?:any|all|none|each) of {_THIS}(?: {_ANSWER})?"
    rf"|(?:the|my|this|that|these|those)(?: whole| entire| above| json| proposed)* {_ANSWER}"
    r"(?: above| below)?)"
)
_DROP: Final = (
    r"(?:ignore|disregard|discard|forget|scrap|cancel|scratch|strike|drop|skip|undo|revert|withdraw"
    r"|retract|revoke|rescind|delete|abandon|take back|hold off on)"
)
_APPLY: Final = (
    r"(?:do not|don['\u2019]?t|never) (?:apply|use|run|execute|submit|deploy|adopt|merge)"
)
_GONE: Final = (
    r"(?:wrong|withdrawn|rejected|discarded|dropped|ignored|skipped|retracted|revoked|cancell?ed"
    r"|obsolete|superseded|void|invalid"
    r"|(?:an? |my )?(?:\w+ )?(?:mistake|draft|example|template|illustration|test))"
)
_ENDS: Final = (
    r"(?=\W*\Z|\W*[.,;:!\u2014\u2013-]"
    r"|\s+(?:as|since|because|for now|yet|now|again|i|it|they|please|completely|entirely)\b)"
)
"""What follows goes on about something else."""
_WITHDRAWS: Final = re.compile(
    rf"{_CLAUSE}(?:{_DROP}|{_APPLY}) {_MINE}{_ENDS}|{_CLAUSE}(?:{_DROP}|{_APPLY})\W*\Z"
    rf"|{_CLAUSE}take {_MINE} back\b|{_CLAUSE}never ?mind(?=\W*\Z|\s*[,.;:!])"
    rf"|\b(?:none|nothing) of {_THIS} (?:should|must|may|is to)\b"
    rf"|\b(?:{_THIS}|(?:this|that|these|those|the|my)(?: above)? {_ANSWER}(?: above| below)?)"
    r" (?:is|was|are|were|should be|must be)(?: (?:all|now|just|only|simply|hereby|entirely))*"
    rf" {_GONE}\b",
    re.IGNORECASE,
)
_WITHDRAWS_NAMED: Final = re.compile(
    rf"{_CLAUSE}(?:{_DROP}|{_APPLY}|leave out|omit|remove)(?: the)?(?: edit)?\W{{1,4}}\x00"
    r"(?!.*\b(?:without|before|until|unless|after|first)\b)"
    rf"|(?<!of )\x00\W{{0,3}} (?:is|was|(?:should|must) be)(?: \w+)? {_GONE}\b|~~\W?\x00"
    r"|\x00\W{0,2}:\W{1,3}(?:ignore|skip|drop|discard|withdrawn|rejected|do not apply)\b",
    re.IGNORECASE,
)
_ALONE: Final = re.compile(
    r"\b(?:apply|use|take|keep) only(?: edit)?\W{1,4}\x00"
    r"|\b(?:only|just) (?:apply|use|take|keep)(?: edit)?\W{1,4}\x00"
    r"|\bonly(?: edit)?\W{1,4}\x00\W{1,3}(?:is|should|must|shall)\b",
    re.IGNORECASE,
)
_IF: Final = re.compile(r"\b(?:if|unless|when|whether)\b", re.IGNORECASE)

_IT: Final = re.compile(rf"(?:{_DROP}|{_APPLY}) it\b", re.IGNORECASE)
_INTRODUCES: Final = re.compile(
    r"\W*(?:(?:sure|okay|ok|certainly|of course|understood|thanks|thank you|so|therefore)\b\W*)?"
    r"(?:(?:based on|given) (?:the|your) (?:\w+ ){0,3}?(?:diagnosis|clusters|evidence|traces)\W+)?"
    r"(?:(?:here|below)(?: is|['\u2019]s| are) )?"
    r"(?:(?:the|my|your|these|following|requested|complete|final|learning|proposed|valid|json|plan"
    r"|unified|updated|diff|patch|change|edits?|answer|output|result|response|proposal|changes|of|for|tonight|in|as|with|and|format"
    r"|you|asked|required|object|session|i (?:now )?(?:propose|suggest|recommend))\b[ :.,!*_`-]*)*",
    re.IGNORECASE,
)
"""Words that do nothing but introduce the answer: `Sure, here is the learning plan as JSON:`."""
_CLOSES: Final = re.compile(
    r"\W*(?:please )?(?:let me know|feel free|(?:i )?hope this|happy to)\b[^.;:\n]{0,120}\W*"
    r"|\W*(?:any|if you have(?: any)?) questions\b[^.;:\n]{0,80}\W*",
    re.IGNORECASE,
)
"""How a letter ends: it offers more, and takes nothing back."""
_NAMED_PLAN: Final = r"(?:learning[ _-]?)?(?:plan|edits|answer|response|result|output)"
_OF_PROGRAMS: Final = re.compile(
    r"(?:\w{1,20}@\w{1,20}:~?(?:/?(?:home|work|tmp|plans?))*)?[$%]"
    rf"(?: (?:cat|less|jq \.) {_NAMED_PLAN}(?:\.json)?)?"
    rf"|(?:>>>|In \[\d+\]:) (?:print\()?{_NAMED_PLAN}\)?|Out\[\d+\]:"
    r"|Content-Length: \d+|Content-Type: (?:application/json|text/(?:plain|markdown));?"
    r"|(?:charset=)?utf-8|data: ?\[DONE\]"
    rf"|(?:\d{{4}}-\d\d-\d\d[T ][\d:.,]+Z? )?(?:INFO|DEBUG)[: ](?:teacher|planner|root):"
    rf"(?: ?{_NAMED_PLAN}=)?"
    rf"|(?:const|let|var) {_NAMED_PLAN} =|title: {_NAMED_PLAN}|date: \d{{4}}-\d\d-\d\d"
    r"|(?:\.\. )?code-block:: json|\[source, ?json\]|\{code(?::json)?\}|\[/?code\]|assistant:",
    re.IGNORECASE,
)
"""Whole lines that a shell, a log, a header or a page of documentation puts round an answer."""
_TAG: Final = re.compile(r"<[^<>\n]{1,80}>|\[/?[A-Z_]{3,30}\]")
_LETTER: Final = re.compile(r"[^\W\d_]")
_WORDS: Final = re.compile(r"\w[\w.-]*\w")
_MAX_SENTENCE: Final = 1_000
_MANY: Final = 10


def withdraws(words: str, names: Set[str] = frozenset()) -> bool:
    """Tell whether words are a plain order, or a promise, to drop the answer they stand beside.

    A sentence that speaks of an edit by its name says nothing of the others, nor does the next
    one where it says `it`.
    """
    of_one = False
    for sentence in sentences_of(_prose(words)):
        said = sentence[:_MAX_SENTENCE]
        if not names.isdisjoint(_WORDS.findall(said)):
            of_one = True
        elif not (of_one and _IT.search(said)):
            of_one = False
            if _WITHDRAWS.search(said):
                return True
    return False


def withdrawn_by_name(words: str, names: Set[str]) -> set[str]:
    """Return which of the edits named are to be dropped, in plain words."""
    gone: set[str] = set()
    for sentence in sentences_of(_prose(words)):
        said = sentence[:_MAX_SENTENCE]
        named = names & set(_WORDS.findall(said))
        for name in sorted(named)[:_MANY]:
            marked = re.sub(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", _NAME, said)
            if _IF.search(marked):
                continue
            if _ALONE.search(marked):
                gone |= names - named
            elif _WITHDRAWS_NAMED.search(marked):
                gone.add(name)
    return gone


def for_people(words: str) -> str:
    """Return the sentences beside an answer that do more than introduce it, or close the letter."""
    told = [one for one in sentences_of(_prose(words)) if _LETTER.search(_TAG.sub("", one))]
    return "\n".join(
        one.strip()
        for one in told
        if not (
            _CLOSES.fullmatch(one)
            or _INTRODUCES.fullmatch(_TAG.sub("", one))
            or _OF_PROGRAMS.fullmatch(one.strip())
        )
    )


def _prose(words: str) -> str:
    """Return words without blocks of code, where a prompt may be shown."""
    kept: list[str] = []
    fenced: list[str] = []
    is_open = False
    for line in words.split("\n"):
        if FENCE_LINE.match(line):
            is_open = not is_open
            fenced = []
        elif is_open:
            fenced.append(line)
        else:
            kept.append(line)
    # Nobody knows which end of a block a fence is that has no other.
    return "\n".join([*kept, *fenced] if is_open else kept)
