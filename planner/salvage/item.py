"""One item of an answer: its value, or why it is no edit that anybody meant."""

import json
import re
from typing import Any, Final, NamedTuple

from planner.models import RejectionCode
from planner.salvage.breaks import may_be_rewrapped
from planner.salvage.damage import damage, holds_raw_control
from planner.salvage.document import Broken, Document
from planner.salvage.hesitation import withdrawal
from planner.salvage.page import Page
from planner.salvage.parsing import parse
from planner.salvage.tokens import comments_in

_FENCED: Final = re.compile(r"\s*+```\w*+\n(\s*+\{.*\}\s*)```\s*+", re.DOTALL)
_WRAPS_ONE: Final = frozenset({"edit", "item", "change", "proposal"})
_LEFT_OUT: Final = re.compile(
    r"\A(?:or\b|->|\d+\s*\Z)|\.\.\.|…"
    r"|\b(?:more|(?<!touch the )rest|remaining|unchanged|continu\w*|etc|omitted|snip\w*|truncated"
    r"|same|as (?:above|before)|and so on|others?|elided|abbreviated|shortened"
    r"|keep (?:the|all)|existing (?:ones?|exemplars?|items?|entries)"
    r"|hmm+|wait|actually|rather|no(?=[,:]))\b",
    re.IGNORECASE,
)
"""What a comment says that stands for what was left out, or for another value."""
_ESCAPED_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPES: Final = re.compile(r"(?<!\\)((?:\\\\)*)((?:\\u[0-9a-fA-F]{4})+)")
_OF_JSON: Final = re.compile(
    r"(?:[\[\]{}:, \t\r\n]++"
    r"|\"[^\"\\\x00-\x1f]*+(?:\\(?:[\"\\/bfnrt]|u[0-9a-fA-F]{4})[^\"\\\x00-\x1f]*+)*\""
    r"|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)\b)*"
)
"""The words of JSON, in whatever order: a bracket or a comma is mended without reading one anew."""


class Item(NamedTuple):
    """One item of the teacher's list: its value, or why it has none."""

    value: Any = None
    """JSON in Python's types; None where there is a fault."""
    fault: RejectionCode | None = None
    reason: str = ""
    raw: Any = None
    """What stands in the text, where there is a fault."""
    is_object: bool = False
    """A complete object stands in the text, be it ambiguous."""
    is_mended: bool = False
    """Its words are not those of JSON as they stand: what they say is this reader's reading."""


def item_of(document: Document, value: Any) -> Item:
    """Return the item of a value that stands in a document, be it broken or doubtful."""
    if isinstance(value, Broken):
        return Item(fault=value.code, reason=value.reason, raw=representable(value.raw))
    raw = document.raw_of(value) if isinstance(value, dict) else None
    if raw is None:
        return plain_item(value)
    flaw = document.flaw_in(value)
    told = (flaw.code, flaw.reason) if flaw else _doubt(raw, is_quoted=document.is_quoted)
    if told:
        return Item(fault=told[0], reason=told[1], raw=representable(raw), is_object=True)
    return plain_item(value)._replace(is_mended=not _OF_JSON.fullmatch(raw))


def _doubt(raw: str, *, is_quoted: bool) -> tuple[RejectionCode, str] | None:
    """Return what makes doubtful how an edit is written."""
    if any(map(_LEFT_OUT.search, comments_in(raw))):
        return RejectionCode.CUT_SHORT, "a comment in it stands for what was left out"
    why = None
    if holds_raw_control(raw) or not _is_representable(raw):
        why = "it holds half a character, or control characters that nobody escaped"
    elif is_quoted and ("\\" in raw or "''" in raw):
        why = "the answer stands in the quotes of a program, whose escapes may not be JSON's"
    elif may_be_rewrapped(raw):
        why = "line breaks stand in its texts as they are, and may be a page's, not the writer's"
    return (RejectionCode.MALFORMED, why) if why else None


def plain_item(value: Any) -> Item:
    """Return the item of a value that needed no mending."""
    if isinstance(value, dict):
        key = next(iter(value)) if len(value) == 1 else ""
        wraps = key.lower() in _WRAPS_ONE and isinstance(value[key], dict)
        return _sound_item(value[key] if wraps else value)
    if isinstance(value, str) and value.lstrip().startswith(("{", '"{', "```")):
        fenced = _FENCED.fullmatch(value)
        return _item_in_string(fenced[1] if fenced else value)
    return not_an_object(value)


def _sound_item(value: dict[str, Any]) -> Item:
    if why := damage(value):
        return Item(fault=RejectionCode.MALFORMED, reason=why, raw=value, is_object=True)
    if why := withdrawal(value):
        return Item(fault=RejectionCode.NOT_THE_ANSWER, reason=why, raw=value, is_object=True)
    return Item(value, is_object=True)


def not_an_object(value: Any) -> Item:
    """Return the item of a value that cannot be an edit."""
    kinds = {str: "text", list: "a list", bool: "a truth value", type(None): "null"}
    kind = kinds.get(type(value), "a number")
    reason = f"an edit must be an object; this item is {kind}"
    return Item(fault=RejectionCode.NOT_AN_OBJECT, reason=reason, raw=value)


def _item_in_string(text: str) -> Item:
    """Read an edit that was written as JSON inside a string, or inside of that one's string."""
    text = unquoted(text)
    if not text.lstrip().startswith("{"):
        return not_an_object(text)
    document = parse(Page(text), text.index("{"))
    if not document.closed or text[document.end :].strip():
        return not_an_object(text)
    item = item_of(document, document.value)
    return item if item.is_object else not_an_object(text)


def unquoted(text: str) -> str:
    """Return a text out of the quotes that were put round all of it once more."""
    try:
        inner = json.loads(text, strict=False) if text.lstrip().startswith('"') else text
    except ValueError:
        return text
    return str(inner)


def _is_representable(raw: str) -> bool:
    """Tell whether all that the text says can be written as UTF-8: no half of a character."""
    try:
        raw.encode()
        if "\\u" in raw and _ESCAPED_SURROGATE.search(raw):
            _ESCAPES.sub(lambda found: str(json.loads(f'"{found[2]}"')), raw).encode()
    except UnicodeEncodeError:
        return False
    return True


def representable(text: str) -> str:
    r"""Return a text as it can be written: half a character becomes its `\ud800`."""
    return text.encode("utf-8", "backslashreplace").decode()
