"""What a program did to all of an answer on its way, undone where it was surely done to all of it.

Each function returns the text as it was before, or None where it was not packed so.
"""

import html
import re
from collections.abc import Callable
from typing import Final

from planner.salvage.tokens import TOKEN

_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,200}>|<!--.{0,200}?-->|<\?xml[^<>]{0,200}\?>")
_ENTITY: Final = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,5}|\w{2,8});")
_QUOTE_ENTITY: Final = re.compile(r"&(?:amp;)*(?:quot|#34|#x22);")
_SPELT: Final = re.compile(r"(?:\\[nrt])+")
_BEGINS_SPELT: Final = re.compile(r"[\[{](?: *+\"edits\" *+: *+[\[{])?(?: *+\\[nrt])+ *+[\"{\[]")
_VALUE_SPELT: Final = re.compile(r"(?:true|false|null|[-+.\deE]+)?(?:\\[nrt])+")
_SINGLE_ESCAPE: Final = re.compile(r"(?<!\\)(?:\\\\)*\\(?!\\)")
_OTHER_UNDERSCORE: Final = re.compile(r"(?<!\\)_|\\\\_")
_HARD_BLANK_IN_JSON: Final = re.compile(r"\":\xa0|,\xa0\"")
_BRACES: Final = re.compile(r"\{+|\}+")


def _without_entities(text: str) -> str | None:
    """Undo the entities of markup, where no quote stands as it is outside of its tags."""
    if not _QUOTE_ENTITY.search(text):
        return None
    outside = _TAG.sub("", text)
    if not {'"', "<", ">"}.isdisjoint(outside) or "&" in _ENTITY.sub("", outside):
        return None
    return html.unescape(text)


def _without_spelt_breaks(text: str) -> str | None:
    r"""Undo `\n` between the words of JSON; those in its texts are its own, unless doubled."""
    body = text.strip()
    if not _BEGINS_SPELT.match(body):
        return None
    tokens = [(token.lastgroup, token[0]) for token in TOKEN.finditer(body)]
    words = (word for kind, word in tokens if kind == "word")
    if any(_SPELT.search(word) and not _VALUE_SPELT.fullmatch(word) for word in words):
        return None  # A quote is missing: texts are taken for words.
    texts = "".join(word for kind, word in tokens if kind == "string")
    if "\\\\" in texts and not _SINGLE_ESCAPE.search(texts):
        return None
    return "".join(_SPELT.sub(" ", word) if kind == "word" else word for kind, word in tokens)


def _without_escaped_underscores(text: str) -> str | None:
    r"""Undo the `\_` of Markdown, where no underscore stands without it."""
    if "\\_" not in text or _OTHER_UNDERSCORE.search(text):
        return None
    return text.replace("\\_", "_")


def _without_doubled_braces(text: str) -> str | None:
    """Undo the doubling of braces in a template, where no text of the answer holds a brace."""
    body = text.strip()
    if not body.startswith("{{") or any(len(run) % 2 for run in _BRACES.findall(body)):
        return None
    halved = body.replace("{{", "{").replace("}}", "}")
    texts = (token[0] for token in TOKEN.finditer(halved) if token.lastgroup == "string")
    return halved if all({"{", "}"}.isdisjoint(one) for one in texts) else None


def _without_hard_blanks(text: str) -> str | None:
    """Undo the blanks of a page that breaks no line at them, where no other blank stands."""
    body = text.strip()
    if not _HARD_BLANK_IN_JSON.search(body) or " " in body:
        return None
    return text.replace("\xa0", " ")


_PACKINGS: Final[tuple[Callable[[str], str | None], ...]] = (
    _without_entities,
    _without_spelt_breaks,
    _without_escaped_underscores,
    _without_doubled_braces,
    _without_hard_blanks,
)


def unpacked(text: str) -> str | None:
    """Return an answer as it was before something was done to all of it; None where nothing was."""
    return next((body for undo in _PACKINGS if (body := undo(text)) is not None), None)
