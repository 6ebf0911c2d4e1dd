"""What was put round an answer: marks of a chat, thinking aloud; and what was done to all of it."""

import html
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Final

from planner.salvage.tokens import TEXTS, TOKEN

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
_BRACKET: Final = re.compile(r"[\[{]")
_TURN_ENDS: Final = re.compile(
    r"<\|(?:im_end|eot_id|end|endoftext|end_of_text|return|call|im_start|start)\|>"
    r"|</s>(?=\s*\Z)|<end_of_turn>"
)
_THOUGHT: Final = re.compile(r"</think>")
_OPENS: Final = re.compile(r"[\[{]\s*[\[{\"]")
_ANSWERS: Final = re.compile(r"[^\"\]}]*[\[{]")
"""Text up to the first bracket that opens."""
_PREFILLED: Final = re.compile(r"\s*\{\s*\"edits\"\s*:\s*\[?\s*(?=\{\s*\"edits\"\s*:)")
"""What a request had the answer begin with, where it begins so once more."""
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,200}>|<!--.{0,200}?-->|<\?xml[^<>]{0,200}\?>")
_ENTITY: Final = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,5}|\w{2,8});")
_QUOTE_ENTITY: Final = re.compile(r"&(?:amp;)*(?:quot|#34|#x22);")
_OTHER_UNDERSCORE: Final = re.compile(r"(?<!\\)_|\\\\_")


def without_envelope(text: str) -> str:
    """Return the last words of the assistant's turn: neither its thoughts nor a turn invented."""
    body = text.strip(_BLANK).removeprefix(_BROKEN_BOM)
    first = _BRACKET.search(body)
    if "<|channel|>" in body[: first.start() if first else len(body)]:
        body = _spoken(body)
    begins = _TURN_BEGINS.match(body)
    body = body[begins.end() :] if begins else body
    ends = next(_outside_of_texts(_TURN_ENDS, body), None)
    body = _without_thinking(body[: ends.start()] if ends else body)
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
    return [token.span() for token in tokens if token.lastgroup in TEXTS]


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


def _without_entities(text: str) -> str | None:
    """Undo the entities of markup, where no quote stands as it is outside of its tags."""
    if not _QUOTE_ENTITY.search(text):
        return None
    outside = _TAG.sub("", text)
    if not {'"', "<", ">"}.isdisjoint(outside) or "&" in _ENTITY.sub("", outside):
        return None
    return html.unescape(text)


def _without_escaped_underscores(text: str) -> str | None:
    r"""Undo the `\_` of Markdown, where no underscore stands without it."""
    if "\\_" not in text or _OTHER_UNDERSCORE.search(text):
        return None
    return text.replace("\\_", "_")


_PACKINGS: Final[tuple[Callable[[str], str | None], ...]] = (
    _without_entities,
    _without_escaped_underscores,
)


def unpacked(text: str) -> str | None:
    """Return an answer as it was before something was done to all of it; None where nothing was."""
    return next((body for undo in _PACKINGS if (body := undo(text)) is not None), None)
