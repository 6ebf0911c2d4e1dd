"""What was put round an answer on its way: marks of a chat, thinking aloud, quoting."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from planner.salvage.page import with_any_numbers
from planner.salvage.tokens import TOKEN

_BLANK: Final = "\ufeff\u200b\u2060"
_BROKEN_BOM: Final = "\u00ef\u00bb\u00bf"
"""A byte order mark that was decoded wrongly."""
_THINKING: Final = re.compile(
    r"\s*(?:<(think\w*|reasoning|thoughts?|draft|scratch_?pad|analysis|reflection)>|\[THINK\]"
    r"|◁think▷)",
    re.IGNORECASE,
)
_CHANNEL: Final = re.compile(
    r"(?P<caller>\bto=functions\.[\w.-]+[^<]{0,40})?<\|channel\|>\s*(?P<name>\w+)"
    r"(?P<header>[^<]{0,200}(?:<\|constrain\|>[^<]{0,40})?)<\|message\|>"
    r"(?P<said>.*?)(?=<\|(?:end|return|call|start|channel)\|>|\Z)",
    re.DOTALL,
)
_CALLS: Final = re.compile(r"\bto=functions\.")
_TURN_BEGINS: Final = re.compile(
    r"\s*(?:<s>\s*)?(?:<\|im_start\|>assistant\s|<\|start_header_id\|>assistant<\|end_header_id\|>"
    r"|<start_of_turn>model\s|<\|assistant\|>\s|\[INST\].*?\[/INST\]|<s>)",
    re.DOTALL,
)
_TURN_ENDS: Final = re.compile(
    r"<\|(?:im_end|eot_id|end|endoftext|end_of_text|return|call|im_start|start)\|>"
    r"|</s>(?=\s*\Z)|<end_of_turn>"
)
_THOUGHT: Final = re.compile(r"</think>")
_OPENS: Final = re.compile(r"[\[{]\s*[\[{\"]")
_CDATA: Final = "<![CDATA["
_ANSWERS: Final = re.compile(r"[^\"\]}]*[\[{]")
"""Text up to the first bracket that opens."""
_QUOTED: Final = re.compile(r"^> ?[^\n]{0,200}[\[{]", re.MULTILINE)
_MARKS: Final = frozenset('[]{}"')
_LINE_MARK: Final = re.compile(
    r"[ \t]*(?:\+|L?\d+[ \t]*[|:)\u2502]?|\d{2,4}[-:/.]\d\d[^\[{\"\n]{0,100}?)(?P<gap>[ \t]*)"
    r"(?=[\[{])"
)
"""What a diff, an editor or a log puts before a line; it rejects nothing, as `#` and `-` do."""
_PREFILLED: Final = re.compile(r"\s*\{\s*\"edits\"\s*:\s*\[?\s*(?=\{\s*\"edits\"\s*:)")
"""What a request had the answer begin with, where it begins so once more."""


def without_envelope(text: str) -> str:
    """Return the last words of the assistant's turn: neither its thoughts nor a turn invented."""
    body = text.strip(_BLANK).removeprefix(_BROKEN_BOM)
    if "<|channel|>" in body:
        body = _spoken(body)
    begins = _TURN_BEGINS.match(body)
    body = body[begins.end() :] if begins else body
    ends = next(_outside_of_texts(_TURN_ENDS, body), None)
    body = _without_thinking(body[: ends.start()] if ends else body)
    body = _unquoted_lines(_unmarked_lines(_without_cdata(body)))
    prefilled = _PREFILLED.match(body)
    return body[prefilled.end() :] if prefilled else body


def _outside_of_texts(mark: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield where a mark stands that no text of an answer speaks of."""
    found = list(mark.finditer(text))
    texts = _texts_in(text) if found else []
    for one in found:
        place = bisect_left(texts, one.span()) - 1
        if place < 0 or texts[place][1] < one.end():
            yield one


def _texts_in(text: str) -> list[tuple[int, int]]:
    """Return where the texts of an answer stand that something closes."""
    first = _OPENS.search(text)
    tokens = TOKEN.finditer(text, first.start() if first else len(text))
    return [token.span() for token in tokens if token.lastgroup == "string"]


def _without_cdata(text: str) -> str:
    """Return a text of markup without the marks of its only CDATA section."""
    if not text.startswith("<") or text.count(_CDATA) != 1 or text.count("]]>") != 1:
        return text
    before, _, rest = text.partition(_CDATA)
    inside, _, behind = rest.partition("]]>")
    return text if "{" in before or "}" in behind else before + inside + behind


def _spoken(text: str) -> str:
    """Return what a Harmony answer says on its final channel, and calls a tool with.

    Where that is nothing, all of it was thinking.
    """
    messages = list(_CHANNEL.finditer(text))
    if not messages:
        return text
    spoken = [one["said"] for one in messages if _is_spoken(one)]
    return "\n\n".join(spoken)


def _is_spoken(message: re.Match[str]) -> bool:
    calls = message["caller"] or _CALLS.search(message["header"])
    return message["name"] == "final" or bool(message["name"] == "commentary" and calls)


def _without_thinking(text: str) -> str:
    """Leave out what a model thought aloud: a draft in it is no answer."""
    found = _THINKING.match(text)
    if not found:
        *_, last = None, *_outside_of_texts(_THOUGHT, text)
        if last is None:
            return text
        # The template opened it: the teacher's turn begins with its thoughts.
        thoughts, said = text[: last.start()], text[last.end() :]
        return said if "<think>" not in thoughts and _ANSWERS.match(said) else text
    closing = f"</{found[1]}>" if found[1] else "[/THINK]" if "[" in found[0] else "◁/think▷"
    return text.partition(closing)[2]


def _unmarked_lines(text: str) -> str:
    """Return a text without the mark before each line of its answer: a number, a time, a `+`."""
    lines = text.split("\n")
    of_answer = _lines_of_answer(lines)
    mark = _LINE_MARK.match(lines[of_answer[0]]) if of_answer else None
    if not mark:
        return text
    written = with_any_numbers(mark[0].strip())
    marked = re.compile(rf"[ \t]*{written}(?:{re.escape(mark['gap'])}|\Z)")
    found = [marked.match(line) for line in lines]
    if not all(found[of_answer[0] : of_answer[-1] + 1]):
        return text
    own = [line[one.end() :] if one else line for one, line in zip(found, lines, strict=True)]
    # Edits that each stand on a line of their own are numbered, and none of a text goes on.
    goes_on = any(own[at].lstrip().startswith('"') for at in of_answer)
    return "\n".join(own) if goes_on else text


def _unquoted_lines(text: str) -> str:
    """Return a text without the `> ` before its lines, as mail quotes.

    Where an answer stands below that is not quoted, the lines above it quote another one.
    """
    if not _QUOTED.search(text):
        return text
    lines = text.split("\n")
    own = next((at for at in _lines_of_answer(lines) if not lines[at].startswith(">")), None)
    if own is None:
        return "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines)
    above = [line for line in lines[:own] if not line.startswith(">")]
    return "\n".join([*above, *lines[own:]])


def _lines_of_answer(lines: Sequence[str]) -> list[int]:
    """Return which lines hold a mark of JSON."""
    return [at for at, line in enumerate(lines) if not _MARKS.isdisjoint(line)]
