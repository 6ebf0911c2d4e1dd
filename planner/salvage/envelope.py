"""What was put round an answer on its way: marks of a chat, thinking aloud, quoting."""

import re
from typing import Final

_BLANK: Final = "\ufeff\u200b\u2060"
_THINKING: Final = re.compile(
    r"\s*(?:<(think|thinking|reasoning)>|\[THINK\]|◁think▷)", re.IGNORECASE
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
_CDATA: Final = "<![CDATA["
_QUOTED: Final = re.compile(r"(?:>[^\n]*(?:\n|\Z))+\s*\Z")


def without_envelope(text: str) -> str:
    """Return the last words of the assistant's turn: neither its thoughts nor a turn invented."""
    body = text.strip(_BLANK)
    if "<|channel|>" in body:
        body = _spoken(body)
    begins = _TURN_BEGINS.match(body)
    body = body[begins.end() :] if begins else body
    ends = _TURN_ENDS.search(body)
    return _without_thinking(body[: ends.start()] if ends else body)


def _spoken(text: str) -> str:
    """Return what a Harmony answer says on its final channel, and calls a tool with.

    Where that is nothing, all of it was thinking, and is marked so.
    """
    messages = list(_CHANNEL.finditer(text))
    if not messages:
        return text
    spoken = [one["said"] for one in messages if _is_spoken(one)]
    thought = "\n".join(one["said"] for one in messages)
    return "\n\n".join(spoken) if spoken else f"<analysis>\n{thought}"


def _is_spoken(message: re.Match[str]) -> bool:
    calls = message["caller"] or _CALLS.search(message["header"])
    return message["name"] == "final" or bool(message["name"] == "commentary" and calls)


def without_cdata(text: str) -> str:
    """Return a text of markup without the marks of its only CDATA section."""
    if not text.startswith("<") or text.count(_CDATA) != 1 or text.count("]]>") != 1:
        return text
    return text.replace(_CDATA, "").replace("]]>", "")


def _without_thinking(text: str) -> str:
    """Leave out what a model thought aloud: a draft in it is no answer."""
    found = _THINKING.match(text)
    if not found:
        return text
    closing = f"</{found[1]}>" if found[1] else "[/THINK]" if "[" in found[0] else "◁/think▷"
    return text.partition(closing)[2]


def unquoted_lines(text: str) -> str:
    """Return a text without the `> ` before each of its lines, as mail quotes a whole text."""
    body = text.strip("\n")
    if not body.startswith(">") or not _QUOTED.fullmatch(body):
        return text
    return "\n".join(line[1:].removeprefix(" ") for line in body.split("\n"))
