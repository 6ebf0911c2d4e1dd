"""One item of an answer: its value, or why it is no edit that anybody meant."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from planner.models import RejectionCode
from planner.salvage.damage import damage, holds_raw_control, loss
from planner.salvage.document import Broken, Document
from planner.salvage.page import Page, with_any_numbers
from planner.salvage.parsing import parse
from planner.salvage.tokens import TOKEN, comments_in
from planner.salvage.withdrawal import is_plain, withdrawal

_ESCAPED_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")

_STRINGS: Final = frozenset({"string", "single", "smart"})
_SEAM: Final = "the answer breaks off and goes on inside of a text"
_FENCE: Final = re.compile(r"\n```[ \t]*+(\w*+)")
_FENCED: Final = re.compile(r"\s*+```\w*+\n(\s*+\{.*\}\s*)```\s*+", re.DOTALL)
_RESUMED: Final = re.compile(
    r"\n[(\[]continu(?:e|ed|ing)\b[^\n]{0,20}[)\]]\s*\n"
    r"|\n```[ \t]*\n\s*(?:User|Human|Assistant)\b"
    r"|(?<=[\w,;])[ \t\r]*+\n\s*+\W{0,4}(?:(?:sorry|please|ok|okay)\W+)?"
    r"(?:continu(?:e|ed|ing|ation)\b"
    r"[^\n]{0,60}|part \d ?(?:/|of) ?\d|fortsetzung|\u7ee7\u7eed)\W*\n"
    r"|(?<=[\w,;])[ \t\r]*+\n\s*+\W{0,4}(?:user|human|you(?: said)?)\W{1,4}(?:please )?"
    r"(?:continue|go on)\b"
    r"|\n\W{0,4}(?:(?:sorry|apologies|ok|okay|sure|and)\W{1,3})?(?:i was (?:cut|interrupted)"
    r"|my (?:\w+ )?(?:answer|reply|response|message|output) (?:was|got) (?:cut|trunc|interr)"
    r"|(?:continu|resum|pick)ing\b[^\n]{0,30}\b(?:i|it) (?:left|stopped|broke|ended|was)\b"
    r"|here(?: is|['\u2019]s) the (?:rest|remainder|continuation)\b)[^\n]{0,60}\n"
    r"|\n\s*<(?:think(?:ing)?|reasoning)>"
    r"|\n(?:: ?(?:keep-?alive|ping)\b|event: ?\w+\n|data: ?\{\}|-{2,} ?page \d"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d|\[[^\]\n]{0,60}\bcontinu\w+\])",
    re.IGNORECASE,
)
"""A turn or a line that takes up a text where it broke off, or in which its writer says so."""
_PARAGRAPH: Final = re.compile(r"(\S ?)\n\n(?=([^\n]{1,80})\n\n(?!\d+[.)]\s)( ?\S))")
"""A short paragraph, and what it parts."""
_BROKEN_OFF: Final = re.compile(r".[^\n]*(?:[a-z,-]\s*\n\s*[a-z]|\d\n\d|\S \n)[^\n]*", re.DOTALL)
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
    r"|same|as (?:above|before)|and so on|others?|elided|abbreviated|shortened"
    r"|keep (?:the|all)|existing (?:ones?|exemplars?|items?|entries)"
    r"|hmm+|wait|actually|rather|no(?=[,:]))\b",
    re.IGNORECASE,
)
"""What a comment says that stands for what was left out, or for another value."""

_LONGEST_MARK: Final = 60
_CHUNK: Final = re.compile(r"[0-9a-f]{1,8}", re.IGNORECASE)
"""The size of a chunk, as HTTP writes it on a line of its own."""
_FOREIGN_ESCAPE: Final = re.compile(r"\\|''|%%|&#?\w+;")
_ENTITY: Final = re.compile(r"&#?\w+;")
_UNESCAPED: Final = re.compile(r"<|&(?!#?\w+;)")
"""What no markup leaves as it is: where it stands, entities are meant as they are."""


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


def item_of(document: Document, value: Any) -> Item:
    """Return the item of a value that stands in a document, be it broken or doubtful."""
    if isinstance(value, Broken):
        return Item(fault=value.code, reason=value.reason, raw=representable(value.raw))
    raw = document.raw_of(value) if isinstance(value, dict) else None
    if raw is None:
        return plain_item(value)
    flaw = document.flaw_in(value)
    told = flaw and (flaw.code, flaw.reason)
    told = told or _said_against(raw) or _doubt(raw) or _doubt_on(document, value, raw)
    if told:
        return Item(fault=told[0], reason=told[1], raw=representable(raw), is_object=True)
    return plain_item(value)


def _holds_surrogate(text: str) -> bool:
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
        value = _unwrapped_edit(value)
        return _sound_item(value)
    if isinstance(value, str) and value.lstrip().startswith(("{", '"{', "```")):
        fenced = _FENCED.fullmatch(value)
        return _item_in_string(fenced[1] if fenced else value)
    return not_an_object(value)


def _doubt(raw: str) -> tuple[RejectionCode, str] | None:
    if holds_raw_control(raw) or not _is_representable(raw):
        reason = "it holds half a character, or control characters that nobody escaped"
        return RejectionCode.MALFORMED, reason
    return None


def _doubt_on(document: Document, value: Any, raw: str) -> tuple[RejectionCode, str] | None:
    """Return what the place of an edit makes doubtful of it."""
    page = document.page
    start = document.spans[id(value)][0]
    why = None
    if document.foreign and _FOREIGN_ESCAPE.search(raw):
        why = "the answer stands in the quotes of another language, whose escapes are unknown"
    elif document.tagged and _ENTITY.search(raw) and not _UNESCAPED.search(raw):
        why = "it holds entities and the answer stands in a tag: are they meant?"
    elif "\\\\" in raw and page.doubles_backslashes:
        why = "every backslash of the answer is doubled: how often it was escaped is unknown"
    elif texts := _texts_with_breaks(start, raw):
        if seam := _seam_among(texts):
            return RejectionCode.CUT_SHORT, seam
        why = _doubt_on_breaks(document, texts)
    return (RejectionCode.MALFORMED, why) if why else None


def _seam_among(texts: Sequence["_WithBreaks"]) -> str | None:
    """Return why an answer may have been cut within one of these texts, and have gone on there."""
    if any(_OF_ONE_LINE.fullmatch(text.key) or text.holds_note for text in texts):
        return _SEAM
    if len(texts) == 1 and _BROKEN_OFF.fullmatch(texts[0].written):
        return "its only line break stands within a sentence"
    if any(text.goes_on_below for text in texts if text.key == "rationale"):
        return "its reasons break off within a sentence, and go on"
    return None


def _doubt_on_breaks(document: Document, texts: Sequence["_WithBreaks"]) -> str | None:
    """Return why line breaks that stand in texts as they are may not be their writer's."""
    page = document.page
    if page.spells_breaks:
        return "its texts have line breaks as they are, and the answer spells others out"
    if page.doubles_breaks:
        return "every line break of the answer is doubled, those of its texts too, it seems"
    if _are_indented(texts, document.margin):
        return "the answer is indented, and its texts seem to be indented with it"
    if page.is_wrapped_at([at for text in texts for at in text.breaks]):
        return "the answer was wrapped to a width: line breaks of its texts may not be meant"
    if _are_marked(texts, document.ahead):
        return "lines of its texts begin with what stands before the answer on its first line"
    is_chunked = _CHUNK.fullmatch(document.above) and _hold_chunks(texts)
    return "the sizes of chunks stand in its texts, as above the answer" if is_chunked else None


_WRAPS_ONE: Final = frozenset({"edit", "item", "change", "proposal"})


def _unwrapped_edit(value: dict[str, Any]) -> dict[str, Any]:
    """Return an edit out of the only key that it stands under, as `{"edit": {...}}` has it."""
    key = next(iter(value)) if len(value) == 1 else ""
    inner = value[key] if key.lower() in _WRAPS_ONE else None
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


class _WithBreaks(NamedTuple):
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


def _texts_with_breaks(start: int, raw: str) -> list[_WithBreaks]:
    if "\n" not in raw:
        return []
    return [
        _WithBreaks(
            token[0],
            [start + token.start() + at.start() for at in re.finditer("\n", token[0])],
            (*_KEY.findall(raw[max(0, token.start() - 40) : token.start()]), "")[0],
        )
        for token in TOKEN.finditer(raw)
        if token.lastgroup in _STRINGS and "\n" in token[0]
    ]


def _are_indented(texts: Sequence[_WithBreaks], margin: str) -> bool:
    """Tell whether all lines below the first begin with the blanks that the answer begins with."""
    below = [line for text in texts for line in text.written.split("\n")[1:] if line.strip()]
    return bool(margin) and all(line.startswith(margin) for line in below)


def _are_marked(texts: Sequence[_WithBreaks], ahead: str) -> bool:
    """Tell whether all lines below the first begin with a mark, as a log has it, or a number."""
    mark = re.compile(r"\s*" + with_any_numbers(ahead[:_LONGEST_MARK]))
    below = [line for text in texts for line in text.written.split("\n")[1:]]
    return bool(ahead) and all(map(mark.match, below))


def _hold_chunks(texts: Sequence[_WithBreaks]) -> bool:
    return any(
        _CHUNK.fullmatch(line.strip()) for text in texts for line in text.written.split("\n")
    )


def _said_against(raw: str) -> tuple[RejectionCode, str] | None:
    """Return what a seam or a comment in an item says against it."""
    if _holds_seam(raw):
        return RejectionCode.CUT_SHORT, _SEAM
    for words in comments_in(raw):
        if _LEFT_OUT.search(words):
            return RejectionCode.CUT_SHORT, "a comment in it stands for what was left out"
    return None


def _holds_seam(raw: str) -> bool:
    """Tell whether a cut answer goes on inside of a text: it says so, or fences close and open."""
    if "\n" in raw and _RESUMED.search(raw):
        return True
    first = _FENCE.search(raw) if "\n```" in raw else None
    return first is not None and not first[1] and _OPENING.search(raw, first.end()) is not None


def _is_representable(raw: str) -> bool:
    """Tell whether all that the text says can be written as UTF-8."""
    if not _holds_surrogate(raw):
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
