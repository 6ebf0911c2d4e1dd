"""What a text of an item has lost, or got, on its way: nobody knows what was written."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from planner.salvage.clipping import hidden_text, is_clipped, may_be_clipped
from planner.salvage.tokens import TOKEN

_BROKEN_ESCAPE: Final = re.compile(r"[\x08\x0c\x7f-\x9f]|\r(?!\n)")
r"""What `\b`, `\f` and `\r` of a regex or of LaTeX become, and what a wrong decoding leaves."""

_INVISIBLE: Final = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")

_BROKEN_NAME: Final = re.compile(r"\b[A-Za-z]:\t\w|\t(?:ext[a-z]{2}\{|imes\b|heta\b)")
r"""What `C:\temp` becomes, and what `\textbf{`, `\times` and `\theta` do."""

_WITHIN_SENTENCE: Final = re.compile(
    r"[(\[{`'\"\u201c]\r\n|\r\n[)\]}.,;:!?\u201d]|\r\n['\"`](?!\S)|\w\r\n[a-z]"
    r"|[ \t]\r\n[ \t]?\S|\S\r\n (?! )"
)
"""A line break that what stands beside it would not have."""
_SEVERAL: Final = 2

_RAW_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]|\r(?!\n)")

_LOST_BREAK: Final = re.compile(r"[.!?:]n{1,2}(?:[-*] |#{1,6} |\d+[.)] |[A-Z][a-z]+ )")
_ASKED: Final = re.compile(r"\?(?:\?|(?<=[A-Za-z\s\"'(].)[a-z])")
_TWO_IN_WORD: Final = re.compile(r"[A-Za-z]\?\?[a-z]")
_ONE_IN_WORD: Final = re.compile(r"(?<![^\s\"'(])(?:[A-Za-z]+\?|\?)[a-z]{2,}(?=[\s\"').,;:!]|\Z)")
_STOPS: Final = "?.,! \n"
_LOST: Final = re.compile(r"<unk>|<0x[0-9A-F]{2}>|<extra_id_\d{1,3}>|<mask>|\[(?:UNK|PAD)\]")
_TEMPLATE: Final = re.compile(r"<\|\w+\|>|<(?:end|start)_of_turn>")
"""A model's own marks: the text breaks off there."""
_MENTIONED: Final = re.compile(
    r"(?:\b(?:and|or|at|with|as|like|on|of|to|the|by|before|after|behind|contains?|holds?|treat"
    r"|ignore|write|emit|print|see|never|tokens?|marks?|tags?|strings?|und|oder|mit|et|ou|y|o)"
    r",?[ ]+"
    r"|[`\"'(])(?:<\|\w+\|>|<(?:end|start)_of_turn>|</s>)\w*"
    r"(?=[`\"')]|[ ,;]+[\w`\"'(]|[.!?](?:\s|\Z))",
    re.IGNORECASE,
)
"""A mark that a sentence speaks of."""

_MOJIBAKE: Final = re.compile(r"[\u00c2\u00c3][\u0080-\u00bf]|\u00e2(?:\u20ac|\u201a|\u0080)")

_MARKS: Final = ("<|", "<unk>", "<0x", "_of_turn>", "</s>", "<extra_id", "<mask>")
_ESCAPED_SIGN: Final = re.compile(
    r"\\(?:[bfr]|(?<=:\\)t|t(?:ext|imes|heta)|u(?:00(?:[01789]|[c-fC-F])|[fF]{3}))"
)
_UNUSUAL: Final = re.compile("[\x80-\x9f\ufffd]|[\u00c2-\u00f4][^\x00-\x7f]")


def is_sound(raw: str) -> bool:
    """Tell whether no text of a JSON document can be damaged, without parsing it."""
    return (
        "\x7f" not in raw
        and ("<" not in raw or not any(mark in raw for mark in _MARKS))
        and "[UNK]" not in raw
        and "[PAD]" not in raw
        and ("\\" not in raw or not _ESCAPED_SIGN.search(raw))
        and (raw.isascii() or not _UNUSUAL.search(raw))
        and not _LOST_BREAK.search(raw)
        and not ("?" in raw and _ASKED.search(raw))
        and not may_be_clipped(raw)
    )


def holds_raw_control(raw: str) -> bool:
    """Tell whether a control character stands in a text as it is; JSON would escape a meant one."""
    if not _RAW_CONTROL.search(raw):
        return False
    # Between the texts it is a blank, or nothing at all.
    return any(
        token.lastgroup != "space" and _RAW_CONTROL.search(token[0])
        for token in TOKEN.finditer(raw)
    )


def damage(value: Mapping[str, Any]) -> str | None:
    """Return why a text or a key of an item cannot be what its writer meant.

    Its risk tier is nobody's concern, whatever it is.
    """
    for text, is_key in _texts({**value, "risk_tier": None}):
        if is_key and "\n" in text:
            return "a line breaks inside of a key"
        if is_key and _INVISIBLE.search(text):
            return "a key of it holds a character that nobody sees"
        if why := _damage_of(text):
            return why
    return None


def _damage_of(text: str) -> str | None:
    return next((why for is_so, why in _DAMAGES if is_so(text)), None)


def _holds_broken_escape(text: str) -> bool:
    if _BROKEN_ESCAPE.search(text):
        return True
    return "\t" in text and _BROKEN_NAME.search(text) is not None


def _is_encoded_away(text: str) -> bool:
    """Tell whether question marks stand in words, as a program writes what it cannot encode."""
    if "?" not in text or not text.isascii():
        return False
    if _TWO_IN_WORD.search(text) or ("????" in text and not text.strip(_STOPS)):
        return True
    return len(set(_ONE_IN_WORD.findall(text))) >= _SEVERAL


def _is_broken_off(text: str) -> bool:
    """Tell whether a model's own mark stands where a text ends, or a character was lost.

    Within a line, and apart from its words, a text speaks of the mark.
    """
    if "<" not in text and "[" not in text:
        return False
    if _LOST.search(text):
        return True
    bare = _MENTIONED.sub("", text)
    return _TEMPLATE.search(bare) is not None or "</s>" in bare.partition("<s>")[0]


def _is_broken_crlf(text: str) -> bool:
    r"""Tell whether `\r\n` stood in a sentence: of a text's own line breaks most are alike.

    Parts of a text may have been copied from where lines end otherwise: then there are several
    such lines, and none goes on behind its end.
    """
    if "\r\n" not in text:
        return False
    if " \r\n " in text:
        return True
    endings = text.count("\r\n")
    is_mixed = text.count("\n") > endings
    return is_mixed and (endings < _SEVERAL or _WITHIN_SENTENCE.search(text) is not None)


def _is_mojibake(text: str) -> bool:
    if text.isascii():
        return False
    if _MOJIBAKE.search(text):
        return True
    try:
        return text.encode("cp1252").decode() != text
    except UnicodeError:
        return False


_DAMAGES: Final[Sequence[tuple[Callable[[str], object], str]]] = (
    (_is_broken_crlf, "a text of it holds a line break as a broken `\\r\\n` leaves it"),
    (_holds_broken_escape, "a text of it holds a control character, as a broken escape leaves it"),
    (
        _is_broken_off,
        "a text of it holds a model's own mark, where a turn ends or a character was lost",
    ),
    (_LOST_BREAK.search, "a text of it has an `n` where a line break has lost its backslash"),
    (_is_encoded_away, "a text of it has question marks where letters stood"),
    (lambda text: "\ufffd" in text, "a text of it holds U+FFFD: a character was lost"),
    (_is_mojibake, "a text of it was decoded wrongly on its way"),
)


OF_THE_ANSWER: Final = frozenset(
    why
    for is_one, why in _DAMAGES
    if is_one in (_LOST_BREAK.search, _is_encoded_away, _is_mojibake)
)
"""What befalls a whole answer, so that its other edits may have suffered, too."""


def _texts(value: Any) -> Iterator[tuple[str, bool]]:
    """Yield the texts and keys of a value, and whether each is a key."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            yield one, False
        elif isinstance(one, dict):
            yield from ((key, True) for key in one)
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)


def loss(value: Mapping[str, Any]) -> str | None:
    """Return why an item is not whole: something clipped or hid a text of it."""
    if any(is_clipped(text) for text, _ in _texts(value)):
        return "a text of it was clipped: a mark tells how much is missing, or that something is"
    hidden = hidden_text(value.get("payload"))
    return hidden and f"a text of its payload was hidden: `{hidden.strip()[:40]}` stands for it"
