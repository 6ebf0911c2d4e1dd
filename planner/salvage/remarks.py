"""What the teacher says beside its answer, as far as a person has to read it.

No program understands prose. All that does more than introduce the answer or close the letter
is left to a person: no edit beside it is ever `auto`, and the words are shown.
"""

import re
from typing import Final

_FENCE_LINE: Final = re.compile(r"\s*(?:```+|~~~+)[ \t]*\w*(?=[^`]*\Z)")
"""A line that opens a block of code, in a language perhaps, or closes one."""

_SENTENCE_ENDS: Final = re.compile(r"(?<=[.!?;])\s+|\n+|(?<=[\u3002\uff01\uff1f])")

_INTRODUCES: Final = re.compile(
    r"\W*(?:(?:sure|okay|ok|certainly|of course|understood|thanks|thank you|so|therefore)\b\W*)?"
    r"(?:(?:based on|given) (?:the|your) (?:\w+ ){0,3}?(?:diagnosis|clusters|evidence|traces)\W+)?"
    r"(?:(?:here|below)(?: is|['\u2019]s| are| you (?:will )?(?:find|see)) )?"
    r"(?:(?:the|my|your|this|these|is|are|following|requested|complete|final|learning|proposed"
    r"|valid|json|plan|unified|updated|diff|patch|changes?|edits?|answer|output|result|response"
    r"|proposal|of|for|tonight(?:['\u2019]s)?|run|night(?:ly)?|suggested|recommended"
    r"|address(?:es|ing)?|failures?|clusters?|in|as|with|and|format|you|asked|required|object"
    r"|session|i (?:now )?(?:propose|suggest|recommend))\b[ :.,!*_`-]*)*",
    re.IGNORECASE,
)
"""Words that do nothing but introduce the answer: `Sure, here is the learning plan as JSON:`."""
_CLOSES: Final = re.compile(
    r"\W*(?:please )?(?:let me know|feel free|(?:i )?hope this|happy to)\b[^.;:\n]{0,120}\W*"
    r"|\W*was this (?:response|answer) helpful\W*"
    r"|\W*(?:any|if you have(?: any)?) questions\b[^.;:\n]{0,80}\W*",
    re.IGNORECASE,
)
"""How a letter ends: it offers more, and takes nothing back."""
_FRAMES: Final = re.compile(
    r"[\s#*_]*(?:export default|return|print\(|console\.log\("
    r"|(?:(?:const|let|var|export) )?(?:learning_?)?(?:plan|edits|answer|result|response|output) ?="
    r"|(?:submit|propose|emit|send|return)_?(?:learning_?)?(?:plan|edits|answer)?\("
    r"|assistant:?|(?:edit|part) \d{1,2}(?:(?: of |/)\d{1,2})?:?|JSON)[\s;(\[{*_]*",
    re.IGNORECASE,
)
"""How programs hand an answer on: they take nothing back."""
_OF_ANSWERS: Final = (
    r"(?:answer|edits?|plan|learning|json|output|response|result|final|code|submit|content|message"
    r"|text|solution|proposed|diff|patch|changes?|updates?|files?)"
)
_TAG: Final = re.compile(
    rf"</?(?:ns\d?:)?(?:{_OF_ANSWERS}(?:[_-]{_OF_ANSWERS})*|(?:tool|function)_calls?|function|invoke"
    r"|parameter|tool_use|arg_key|arg_value)\b"
    r"(?![^<>]*=[\"']?(?:\w*example|draft|old|user|reject|previous|system))[^<>\n]{0,80}>"
    r"|<[/|\uff5c][^<>\n]{0,80}[|\uff5c]>|</?s>|<(?:end|start)_of_turn>|<\|[^<>\n]{1,80}>"
    r"|(?-i:\[/?[A-Z_]{3,30}\])",
    re.IGNORECASE,
)
"""Marks round an answer that say nothing of it; `<draft>` says more."""
_LETTER: Final = re.compile(r"[^\W\d_]")


def for_people(words: str) -> str:
    """Return the sentences beside an answer that do more than introduce it, or close the letter."""
    told = [one for one in sentences_of(_prose(words)) if _LETTER.search(_TAG.sub("", one))]
    return "\n".join(
        one.strip()
        for one in told
        if not (
            _CLOSES.fullmatch(one)
            or _FRAMES.fullmatch(one)
            or _INTRODUCES.fullmatch(_TAG.sub("", one))
        )
    )


def _prose(words: str) -> str:
    """Return words without blocks of code, where a prompt may be shown."""
    kept: list[str] = []
    fenced: list[str] = []
    is_open = False
    for line in words.split("\n"):
        if fence := _FENCE_LINE.match(line):
            is_open = not is_open
            fenced = []
            kept.append(line[fence.end() :])
        elif is_open:
            fenced.append(line)
        else:
            kept.append(line)
    # Nobody knows which end of a block a fence is that has no other.
    return "\n".join([*kept, *fenced] if is_open else kept)


def sentences_of(words: str) -> list[str]:
    """Return the sentences of a text, its line breaks being ends."""
    return [one for one in _SENTENCE_ENDS.split(words) if one.strip(" \t*_#`>-")]
