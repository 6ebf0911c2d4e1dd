"""One item of an answer: read as it stands, or mended where that has one meaning only."""

import json
import re
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any, Final, NamedTuple

from planner.models import RejectionCode
from planner.salvage.flaws import damage, holds_raw_control, is_plain, is_sound, loss, withdrawal
from planner.salvage.page import SPELT_BREAK, Place
from planner.salvage.tokens import TOKEN, VALUE_ENDS, Extent, comments_in, extent_of
from planner.salvage.words import takes_back_around

_ESCAPED_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")

_ESCAPED: Final = re.compile(r"\\(?:x([0-9a-f]{2})|U([0-9a-f]{8})|(.))|\"", re.DOTALL)
"""Python and JavaScript agree on `\\xe9`, and nobody else knows `\\U0001f600`."""

_OF_REGEX: Final = re.compile(r"\\([dwsDWS])")
_ONLY_OF_REGEX: Final = re.compile(
    r"(?:[^\\]|\\(?:[dwsDWS\"]|u[0-9a-fA-F]{4})"
    r"|(?<=[.!;:,`])(?<!\b[A-Za-z]:)(?:\\n)+(?=[-#A-Z\d`]|\Z))*"
)
"""A text whose `\\d` has one reading: none of its other escapes may be a regex's, too."""

_STRINGS: Final = frozenset({"string", "single", "smart"})
_SEAM: Final = "the answer breaks off and goes on inside of a text"
_FENCE: Final = re.compile(r"\n```[ \t]*+(\w*+)")
_FENCED: Final = re.compile(r"\s*+```\w*+\n(\s*+\{.*\}\s*)```\s*+", re.DOTALL)
_RESUMED: Final = re.compile(
    r"\n[(\[]continu(?:e|ed|ing)\b[^\n]{0,20}[)\]]\s*\n"
    r"|\n```[ \t]*\n\s*(?:User|Human|Assistant)\b"
    r"|(?<=[\w,;])\s*\n\s*\W{0,4}(?:(?:sorry|please|ok|okay)\W+)?(?:continu(?:e|ed|ing|ation)\b"
    r"[^\n]{0,60}|part \d ?(?:/|of) ?\d|fortsetzung|\u7ee7\u7eed)\W*\n"
    r"|(?<=[\w,;])\s*\n\s*\W{0,4}(?:user|human|you(?: said)?)\W{1,4}(?:please )?"
    r"(?:continue|go on)\b"
    r"|\n\W{0,4}(?:(?:sorry|apologies|ok|okay|sure|and)\W{1,3})?(?:i was (?:cut|interrupted)"
    r"|my (?:\w+ )?(?:answer|reply|response|message|output) (?:was|got) (?:cut|trunc|interr)"
    r"|(?:continu|resum|pick)ing\b[^\n]{0,30}\b(?:i|it) (?:left|stopped|broke|ended|was)\b"
    r"|here(?: is|['\u2019]s) the (?:rest|remainder|continuation)\b)[^\n]{0,60}\n",
    re.IGNORECASE,
)
"""A turn or a line that takes up a text where it broke off, or in which its writer says so."""
_PARAGRAPH: Final = re.compile(r"(\S ?)\n\n(?=([^\n]{1,80})\n\n(?!\d+[.)]\s)( ?\S))")
"""A short paragraph, and what it parts."""
_BROKEN_OFF: Final = re.compile(r".[^\n]*(?:[a-z,]\s*\n\s*[a-z]|\d\n\d|\S \n)[^\n]*", re.DOTALL)
"""A text with one break, where no line ends: an answer that was cut there, and taken up."""
_BREAKS_OFF: Final = re.compile(r"(?:[\w,]|\.\.\.|…)\s*\Z")
_GOES_ON: Final = re.compile(r"\s*(?:\w{1,12}: |(?:\.\.\.|…)\s*)?[a-z]")
_KEY: Final = re.compile(r"(\w+)[\"'”]?\s*:\s*\Z")
_OF_ONE_LINE: Final = re.compile(
    r"id|op|pillar|target|expected_improvement|risk_tier"
    r"|agent|tool_name|model|query_class|param|new_class"
)
"""Fields that never hold a line break."""
_OPENING: Final = re.compile(r"\n```\w")
_LEFT_OUT: Final = re.compile(
    r"\A(?:or\b|->|\d+\s*\Z)|\.\.\.|…"
    r"|\b(?:more|(?<!touch the )rest|remaining|unchanged|continu\w*|etc|omitted|snip\w*|truncated"
    r"|same|as (?:above|before)|and so on|others?|elided|abbreviated|shortened)\b",
    re.IGNORECASE,
)
"""What a comment says that stands for what was left out, or for another value."""

_FOREIGN_ESCAPE: Final = re.compile(r"\\|''|%%|&#?\w+;")
_ENTITY: Final = re.compile(r"&#?\w+;")
_UNESCAPED: Final = re.compile(r"<|&(?!#?\w+;)")
"""What no markup leaves as it is: where it stands, entities are meant as they are."""

_FEWEST_BREAKS: Final = 3
"""Fewer may have come into a text on its way, where others spell theirs out."""

_SHELL_APOSTROPHE: Final = "'\\''"
"""How a shell writes an apostrophe inside of its quotes."""

_ASCII: Final = {"\uff1a": ":"}

_BARE_NUMBER: Final = re.compile(r"[+-]?(?:0|[1-9]\d*)?\.\d+|\+(?:0|[1-9]\d*)")
"""`.5` and `+3`, as JSON5 writes numbers."""

_WORDS: Final = {
    word: value
    for value, spellings in {
        "true": ("True", "TRUE"),
        "false": ("False", "FALSE"),
        "null": ("None", "NULL", "Null"),
    }.items()
    for word in spellings
}
"""As Python, SQL and others write what JSON knows in small letters only."""


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


def _object(doubled: list[str], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        doubled.extend(key for key, value in pairs if repr(value) != repr(made[key]))
    return made


def holds_surrogate(text: str) -> bool:
    """Tell whether half a character may stand in a text, as it is or escaped."""
    if "\\u" in text and _ESCAPED_SURROGATE.search(text):
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def plain_item(value: Any, *, sound: bool = False) -> Item:
    """Return the item of a value that needed no mending; its texts may be known to be sound."""
    if isinstance(value, dict):
        if sound and is_plain(value):
            return Item(value, is_object=True)
        value = unwrapped_edit(value)
        return _sound_item(value)
    if isinstance(value, str) and value.lstrip().startswith(("{", '"{', "```")):
        fenced = _FENCED.fullmatch(value)
        return _item_in_string(fenced[1] if fenced else value)
    return not_an_object(value)


WRAPS_ONE: Final = frozenset({"edit", "item", "change", "proposal"})


def unwrapped_edit(value: dict[str, Any]) -> dict[str, Any]:
    """Return an edit out of the only key that it stands under, as `{"edit": {...}}` has it."""
    key = next(iter(value)) if len(value) == 1 else ""
    inner = value[key] if key.lower() in WRAPS_ONE else None
    return inner if isinstance(inner, dict) else value


def _sound_item(value: dict[str, Any]) -> Item:
    why = damage(value)
    if why:
        return Item(fault=RejectionCode.MALFORMED, reason=why, raw=value, is_object=True)
    why = loss(value)
    if why:
        return Item(fault=RejectionCode.CUT_SHORT, reason=why, raw=value, is_object=True)
    why = withdrawal(value)
    if why:
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
    text = inner if isinstance(inner := _load(text, Doubts([], [])), str) else text
    if not text.lstrip().startswith("{"):
        return not_an_object(text)
    start = text.index("{")
    extent = extent_of(text, start)
    if extent.fault or text[extent.end :].strip():
        return not_an_object(text)
    item = parse_item(text[start : extent.end])
    return item if item.is_object else not_an_object(text)


def item_at(place: Place, start: int, extent: Extent) -> Item:
    """Read the item that stands at `start`, where it closes."""
    raw = place.page.text[start : extent.end]
    if extent.fault:
        return Item(fault=extent.fault, reason=extent.reason, raw=representable(raw))
    return parse_item(raw, place, start)


def parse_item(raw: str, place: Place | None = None, start: int = 0) -> Item:
    """Read one item whose brackets close, as it stands or mended.

    Args:
        raw: Its text.
        place: Where its answer stands, which tells what breaks and backslashes mean.
        start: Where on the page it stands itself.
    """
    doubts = Doubts([], [])
    value = _load(raw, doubts)
    sound = value is not None and is_sound(raw)
    if value is None and (mended := _mend(raw)) is not None:
        doubts = Doubts([], [])
        value = _load(mended, doubts)
    if value is None:
        reason = "it is no JSON, and no mending would leave its meaning beyond doubt"
        return Item(fault=RejectionCode.MALFORMED, reason=reason, raw=representable(raw))
    if not isinstance(value, dict):
        return not_an_object(value if _is_representable(raw) else representable(raw))
    fault = _doubt(raw, doubts) or (place and _doubt_on(place, start, raw))
    if fault:
        return Item(fault=fault[0], reason=fault[1], raw=representable(raw), is_object=True)
    return plain_item(value, sound=sound)


class Doubts(NamedTuple):
    """What JSON's parser would pass over in silence."""

    doubled: list[str]
    not_finite: list[str]

    def hooks(self) -> dict[str, Any]:
        """Return the parser's arguments that note doubts."""
        return {
            "object_pairs_hook": partial(_object, self.doubled),
            "parse_constant": self.not_finite.append,
            "parse_float": partial(_finite, self.not_finite),
        }


def _doubt(raw: str, doubts: Doubts) -> tuple[RejectionCode, str] | None:
    if doubts.doubled:
        keys = ", ".join(f"`{key[:40]}`" for key in sorted(set(doubts.doubled))[:5])
        return RejectionCode.DOUBLED_KEYS, f"it has {keys} twice: which one counts is unknown"
    if doubts.not_finite:
        return RejectionCode.MALFORMED, f"{doubts.not_finite[0][:40]} is no JSON number"
    if said := _said_against(raw):
        return said
    if _is_typeset(raw):
        reason = "a word processor set its quotes: its apostrophes may have been others, too"
        return RejectionCode.MALFORMED, reason
    if holds_raw_control(raw) or not _is_representable(raw):
        reason = "it holds half a character, or control characters that nobody escaped"
        return RejectionCode.MALFORMED, reason
    return None


def _doubt_on(place: Place, start: int, raw: str) -> tuple[RejectionCode, str] | None:
    """Return what an item's place makes doubtful of it."""
    why = None
    if place.foreign and _FOREIGN_ESCAPE.search(raw):
        why = "the answer stands in the quotes of another language, whose escapes are unknown"
    elif place.tagged and _ENTITY.search(raw) and not _UNESCAPED.search(raw):
        why = "it holds entities and the answer stands in a tag: are they meant?"
    elif "\\\\" in raw and place.page.doubles_backslashes:
        why = "every backslash of the answer is doubled: how often it was escaped is unknown"
    elif texts := _texts_with_breaks(start, raw):
        if any(_OF_ONE_LINE.fullmatch(text.key) or text.holds_note for text in texts):
            return RejectionCode.CUT_SHORT, _SEAM
        if len(texts) == 1 and _BROKEN_OFF.fullmatch(texts[0].written):
            return RejectionCode.CUT_SHORT, "its only line break stands within a sentence"
        if any(text.goes_on_below for text in texts if text.key == "rationale"):
            return RejectionCode.CUT_SHORT, "its reasons break off within a sentence, and go on"
        if place.page.spells_breaks and not all(map(_is_written_so, texts)):
            why = "its texts have line breaks both spelt out and as they are"
        elif place.page.is_wrapped_at([at for text in texts for at in text.breaks]):
            why = "the answer was wrapped to a width: line breaks of its texts may not be meant"
    return (RejectionCode.MALFORMED, why) if why else None


class _Broken(NamedTuple):
    """A string that breaks lines as they are, and where."""

    written: str
    breaks: list[int]
    key: str
    """Where it stands: texts of the payload have lines, reasons are a sentence or two."""

    @property
    def holds_note(self) -> bool:
        """Tell whether a short paragraph stands within a word, a number or a line."""
        return any(
            (left.islower() and right.islower())
            or (left.isdigit() and right.isdigit())
            or (note.endswith(":") and " " in left + right)
            for left, note, right in _PARAGRAPH.findall(self.written)
        )

    @property
    def goes_on_below(self) -> bool:
        """Tell whether it breaks off within a sentence, and a line below goes on with it."""
        lines = self.written[1:-1].split("\n")
        broken_off = next((at for at, line in enumerate(lines) if _BREAKS_OFF.search(line)), None)
        return broken_off is not None and any(map(_GOES_ON.match, lines[broken_off + 1 :]))


def _texts_with_breaks(start: int, raw: str) -> list[_Broken]:
    if "\n" not in raw:
        return []
    return [
        _Broken(
            token[0],
            [start + token.start() + at.start() for at in re.finditer("\n", token[0])],
            (*_KEY.findall(raw[max(0, token.start() - 40) : token.start()]), "")[0],
        )
        for token in TOKEN.finditer(raw)
        if token.lastgroup in _STRINGS and "\n" in token[0]
    ]


def _is_written_so(text: _Broken) -> bool:
    """Tell whether a string breaks its lines in one way only, and often enough to be meant."""
    return len(text.breaks) >= _FEWEST_BREAKS and not SPELT_BREAK.search(text.written)


def _is_typeset(raw: str) -> bool:
    """Tell whether an item stands in typographic quotes and holds typographic apostrophes."""
    return ("\u2018" in raw or "\u2019" in raw) and any(
        token.lastgroup == "smart" for token in TOKEN.finditer(raw)
    )


def _said_against(raw: str) -> tuple[RejectionCode, str] | None:
    """Return what a seam or a comment in an item says against it."""
    if _holds_seam(raw):
        return RejectionCode.CUT_SHORT, _SEAM
    for _, words in comments_in(raw):
        if _LEFT_OUT.search(words):
            return RejectionCode.CUT_SHORT, "a comment in it stands for what was left out"
        if takes_back_around(words):
            return RejectionCode.NOT_THE_ANSWER, "a comment in it takes it back"
    return None


def _holds_seam(raw: str) -> bool:
    """Tell whether a cut answer goes on inside of a text: it says so, or fences close and open."""
    if "\n" in raw and _RESUMED.search(raw):
        return True
    first = _FENCE.search(raw) if "\n```" in raw else None
    return first is not None and not first[1] and _OPENING.search(raw, first.end()) is not None


def _load(raw: str, doubts: Doubts) -> Any:
    """Parse JSON of bounded depth; None where it is none."""
    try:
        return json.loads(raw, strict=False, **doubts.hooks())
    except (ValueError, RecursionError):
        return None


def _finite(not_finite: list[str], digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        not_finite.append(digits)
        return 0.0
    return number


def parse_value(raw: str) -> Any:
    """Parse a string or a list of one bare word; None where it is neither."""
    doubts = Doubts([], [])
    value = _load(raw, doubts)
    if value is None and (mended := _mend(raw)) is not None:
        value = _load(mended, doubts)
    return None if doubts.not_finite else value


def _is_representable(raw: str) -> bool:
    """Tell whether all that the text says can be written as UTF-8."""
    if not holds_surrogate(raw):
        return True
    try:
        re.sub(r"(?<!\\)((?:\\\\)*)((?:\\u[0-9a-fA-F]{4})+)", _decode_escapes, raw).encode()
    except UnicodeEncodeError:
        return False
    return True


def _decode_escapes(found: re.Match[str]) -> str:
    return str(json.loads(f'"{found[2]}"'))


def representable(text: str) -> str:
    r"""Return a text as it can be written: half a character becomes its `\ud800`."""
    return text.encode("utf-8", "backslashreplace").decode()


def _mend(raw: str) -> str | None:
    """Rewrite what is not JSON but can mean one thing only; None where anything else stands."""
    pieces: list[str] = []
    tokens = [
        (token.lastgroup or "", token[0])
        for token in TOKEN.finditer(raw)
        if token.lastgroup not in ("space", "comment")
    ]
    before = ""
    for place, ((kind, word), (following, _)) in enumerate(pairwise([*tokens, ("end", "")])):
        if kind == following == "comma" and _is_key(tokens, place + 2):
            continue
        if kind == "string" and following == "colon" and before in VALUE_ENDS:
            pieces.append(",")
        before = kind
        piece = _mended(kind, word, following)
        if piece is None:
            return None
        pieces.append(piece)
    return "".join(pieces)


def _is_key(tokens: Sequence[tuple[str, str]], place: int) -> bool:
    """Tell whether a key stands there: between two fields nothing can be missing."""
    return [kind for kind, _ in tokens[place : place + 2]] in (
        ["string", "colon"],
        ["word", "colon"],
    )


def _mended(kind: str, word: str, following: str) -> str | None:
    match kind:
        case "comma":
            return "" if following == "close" else ","
        case "string" | "single" | "smart":
            return None if _SHELL_APOSTROPHE in word else _as_json_string(word[1:-1])
        case "word":
            return _mended_word(word, following)
        case "quote":
            return None
    return _ASCII.get(word, word)


def _mended_word(word: str, following: str) -> str | None:
    if following == "colon":
        return f'"{word}"' if word.isidentifier() else None
    if _BARE_NUMBER.fullmatch(word):
        whole, point, rest = word.removeprefix("+").partition(".")
        sign = "-" if whole.startswith("-") else ""
        word = f"{sign}{whole.removeprefix('-') or 0}{point}{rest}"
    return _WORDS.get(word, f" {word} ")


def _as_json_string(body: str) -> str:
    """Requote a string; an escape that JSON does not know stays, and fails to parse."""
    if _ONLY_OF_REGEX.fullmatch(body):
        body = _OF_REGEX.sub(r"\\\\\1", body)
    return '"' + _ESCAPED.sub(_requoted, body) + '"'


def _requoted(found: re.Match[str]) -> str:
    if code := found[1] or found[2]:
        character = chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else found[0]
        return json.dumps(character)[1:-1]
    return "'" if found[3] == "'" else '\\"' if found[0] == '"' else found[0]
