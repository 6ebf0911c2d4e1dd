"""The teacher's text to items, whatever came back: nothing is ever invented.

An item is read only where its closing brace stands in the text. What is mended
cannot change a meaning: fences, prose, thinking aloud, a byte-order mark,
trailing commas, comments, line breaks inside strings, bare keys, Python's quotes
and words, typographic quotes around a string, full-width commas and colons,
escaped apostrophes, lists in lists. All else is rejected with its text.

Which list counts: the last list under an `edits` key that holds an object (a
draft or an example comes before the answer), except that a list nested beside or
below an earlier one does not replace it. Where no such list stands, every object
with an `op` counts. Edits that stand elsewhere are told, not used.

Reading is linear in the text, bounded by `MAX_CHARACTERS`, and never recurses on
the depth of its input.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise
from typing import Any, Final, NamedTuple

import pydantic_core

from planner.models import RejectionCode

MAX_CHARACTERS: Final = 1 << 20
"""How much of an answer is read, in characters; the longest outputs in use stay below it."""

MAX_DEPTH: Final = 40
"""Nesting inside one item; a valid edit needs 5."""

MAX_ITEMS: Final = 50_000
"""How many items are read; the rest is told as one."""

MAX_LISTS: Final = 50
"""How many lists of edits are looked at in one text."""

MAX_RAW_BEYOND: Final = 20_000
"""Characters kept of a broken item, after the break, where nobody can tell its end."""

_SPACE: Final = r"[\s\ufeff\u200b\u2060]"
_TOKEN: Final = re.compile(
    rf"""
      (?P<space>{_SPACE}++)
    | (?P<comment>//[^\n]*+ | \#[^\n]*+ | /\*(?:.*?\*/|.*+))
    | (?P<open>[\[{{])
    | (?P<close>[\]}}])
    | (?P<comma>[,\uff0c])
    | (?P<colon>[:\uff1a])
    | (?P<string>"(?:[^"\\]|\\.)*+")
    | (?P<single>'(?:[^'\\]|\\.)*+')
    | (?P<smart>“(?:[^“”"\\]|\\.)*+”)
    | (?P<quote>["'“”])
    | (?P<word>(?:(?!{_SPACE})[^"'“”{{}}\[\],\uff0c:\uff1a])++)
    """,
    re.VERBOSE | re.DOTALL,
)
_VALUE_ENDS: Final = frozenset({"string", "single", "smart", "word", "close"})
_COLON: Final = rf"[\"'”]?{_SPACE}*+[:\uff1a]"
_LIST: Final = re.compile(rf"\bedits{_COLON}{_SPACE}*+(?=[\[{{])", re.IGNORECASE)
_ITEM: Final = (
    rf"\{{{_SPACE}*+[\"'“]?"
    r"(?:op|id|pillar|target|payload|rationale|expected_improvement|references|risk_tier)"
    rf"{_COLON}"
)
_ITEM_START: Final = re.compile(_ITEM)
_NEXT_ITEM: Final = re.compile(rf"\}}{_SPACE}*+,?{_SPACE}*+(?={_ITEM})")
_OP: Final = re.compile(rf"\bop{_COLON}")
_OBJECT: Final = re.compile(rf"\{{(?={_SPACE}*+[\"'“]?\w++{_COLON})")
_JSON_IN_STRING: Final = re.compile(
    r"(?:\A\s*+(?:```\w*+\s++)?\"?|\b(?:edits|arguments)\"\s*+:\s*+\")"
    r'((?:\s|\\[nrt])*+[\[{](?:[^"\\]|\\u[0-9a-fA-F]{4}|\\[^u])*+)',
    re.DOTALL,
)
"""The whole answer, a tool's arguments or the list as a string: never a text inside an edit."""
_THINKING: Final = re.compile(r"\s*<(think|thinking|reasoning)>")
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_ESCAPED_APOSTROPHE: Final = re.compile(r"(?<!\\)((?:\\\\)*+)\\'")
"""JavaScript, Python and JSON5 agree on what it means; JSON does not know it."""
_ASCII: Final = {"\uff1a": ":"}
_PYTHON_WORDS: Final = {"True": "true", "False": "false", "None": "null"}


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the teacher's list: its value, or why it has none."""

    value: Any = None
    """JSON in Python's types; None where there is a fault."""
    fault: RejectionCode | None = None
    reason: str = ""
    raw: Any = None
    """What stands in the text, where there is a fault."""
    is_object: bool = False
    """A complete object stands in the text, be it ambiguous."""


_TOO_MANY: Final = Item(
    fault=RejectionCode.TOO_LARGE,
    reason=f"only the first {MAX_ITEMS:,} items of an answer are read",
)


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What could be read of an answer."""

    items: tuple[Item, ...]
    """In the order of the text; those outside the list that counts come last."""
    closed: bool = False
    """The list of edits is closed in the text."""
    proposes_nothing: bool = False
    """A complete, empty list of edits: the teacher's answer is that there are none."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _List:
    """A list of edits found in the text."""

    items: tuple[Item, ...]
    start: int
    end: int
    closed: bool

    @property
    def holds_object(self) -> bool:
        return any(item.is_object for item in self.items)


class _Extent(NamedTuple):
    """Where a value ends, or where and why it breaks off."""

    end: int
    fault: RejectionCode | None = None
    reason: str = ""


def read_items(text: str, *, max_characters: int = MAX_CHARACTERS) -> Salvaged:
    """Read the items of the teacher's list.

    Args:
        text: The reply's content.
        max_characters: What lies beyond is not read, and told.

    Returns:
        Every item with its value or its fault; never an error, whatever the text.
    """
    body = _without_thinking(text[:max_characters].lstrip("\ufeff"))
    if len(text) > max_characters:
        return _with_rest(_read_broken(body), len(text), max_characters)
    clean = _read_clean(body)
    return _read_broken(body) if clean is None else clean


def _without_thinking(text: str) -> str:
    """Leave out what a model thought aloud: a draft in it is no answer."""
    found = _THINKING.match(text)
    return text.partition(f"</{found[1]}>")[2] if found else text


def _with_rest(read: Salvaged, length: int, limit: int) -> Salvaged:
    """Tell what was not read: the whole answer is recorded with the session."""
    reason = f"the answer has {length:,} characters; only the first {limit:,} were read"
    rest = Item(fault=RejectionCode.TOO_LARGE, reason=reason)
    return Salvaged((*read.items, rest), notes=(*read.notes, f"{reason}."))


# --- a clean answer: one JSON object with the list under `edits` ---------------


def _read_clean(text: str) -> Salvaged | None:
    """Read an answer without a defect, ten times as fast; None where it has any."""
    if text.count('"edits"') != 1 or _SURROGATE.search(text):
        return None
    doubts = _Doubts([], [])
    try:
        # Its own bound on depth makes it the guard for the standard library's
        # parser, which recurses on the depth of its input.
        pydantic_core.from_json(text, allow_inf_nan=False)
        value = json.loads(text, **doubts.hooks())
    except (ValueError, RecursionError):
        return None
    edits = value.get("edits") if isinstance(value, dict) else None
    if doubts.doubled or doubts.not_finite or not isinstance(edits, list):
        return None
    if len(edits) > MAX_ITEMS or any(isinstance(one, list) for one in edits):
        return None
    items = tuple(_plain_item(one) for one in edits)
    return Salvaged(items, closed=True, proposes_nothing=not items)


def _object(doubled: list[str], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = sorted(key for key, _ in pairs)
        doubled.extend(key for key, following in pairwise(keys) if key == following)
    return made


def _plain_item(value: Any) -> Item:
    if isinstance(value, dict):
        return Item(value, is_object=True)
    if isinstance(value, str) and value.lstrip().startswith("{"):
        return _item_in_string(value)
    return _not_an_object(value)


def _not_an_object(value: Any) -> Item:
    kinds = {str: "text", list: "a list", bool: "a truth value", type(None): "null"}
    kind = kinds.get(type(value), "a number")
    reason = f"an edit must be an object; this item is {kind}"
    return Item(fault=RejectionCode.NOT_AN_OBJECT, reason=reason, raw=value)


def _item_in_string(text: str) -> Item:
    """Read an edit that was written as JSON inside a string."""
    start = text.index("{")
    extent = _extent(text, start)
    if extent.fault or text[extent.end :].strip():
        return _not_an_object(text)
    item = _parse(text[start : extent.end])
    return item if item.is_object else _not_an_object(text)


# --- any other answer ------------------------------------------------------------


def _read_broken(text: str, *, inside_string: bool = False) -> Salvaged:
    chosen = _choose(text, _lists(text, _Marks.of(text)))
    if chosen is None:
        loose = _loose(text, 0, len(text))
        if loose or inside_string:
            return Salvaged(loose)
        return _read_string(text)
    outside = (*_loose(text, 0, chosen.start), *_loose(text, chosen.end, len(text)))
    return Salvaged(
        (*chosen.items, *map(_outside, outside)),
        closed=chosen.closed,
        proposes_nothing=chosen.closed and not chosen.items and text[chosen.start] == "[",
        notes=() if chosen.closed else ("The list of edits is not closed in the answer.",),
    )


def _read_string(text: str) -> Salvaged:
    """Read an answer that was written as JSON inside a JSON string."""
    strings = (found for found in _JSON_IN_STRING.finditer(text) if '\\"' in found[1])
    found = next(strings, None)
    if found is None:
        return Salvaged(())
    try:
        inner = json.loads(f'"{found[1]}"', strict=False)
    except ValueError:
        return Salvaged(())
    return _read_broken(inner, inside_string=True)


def _outside(item: Item) -> Item:
    if item.fault:
        return item
    return Item(
        fault=RejectionCode.NOT_THE_ANSWER,
        reason="it stands outside the list of edits that counts, as a draft or an example would",
        raw=item.value,
        is_object=True,
    )


def _choose(text: str, lists: list[_List]) -> _List | None:
    """Return the last list that holds an object, else the last one."""
    chosen: _List | None = None
    for one in lists:
        replaces = one.holds_object and (chosen is None or not _is_beside(text, chosen, one))
        if replaces or chosen is None or not chosen.holds_object:
            chosen = one
    return chosen


def _is_beside(text: str, first: _List, second: _List) -> bool:
    """Tell whether the object that holds the first list is still open at the second."""
    depth = 0
    position = first.end
    while first.closed and position < second.start and (token := _TOKEN.match(text, position)):
        depth += {"open": 1, "close": -1}.get(token.lastgroup or "", 0)
        position = token.end()
        if depth < 0:
            return False
    return first.closed


class _Marks(NamedTuple):
    """Where reading may go on after a broken item."""

    boundaries: list[tuple[int, int]]
    """Where one edit plainly ends and the next begins: the end, the beginning."""
    lists: list[int]
    """Where a list of edits opens."""

    @classmethod
    def of(cls, text: str) -> "_Marks":
        return cls(
            [found.span() for found in _NEXT_ITEM.finditer(text)],
            [found.start() for found in _LIST.finditer(text)],
        )

    def next_item(self, position: int) -> int | None:
        """Return where the next item begins, unless another list opens before it."""
        place = bisect_left(self.boundaries, (position, 0))
        if place == len(self.boundaries):
            return None
        opens = bisect_left(self.lists, position)
        end, beginning = self.boundaries[place]
        return None if opens < len(self.lists) and self.lists[opens] < end else beginning


def _lists(text: str, marks: _Marks) -> list[_List]:
    lists: list[_List] = []
    position = 0
    while len(lists) < MAX_LISTS and (found := _LIST.search(text, position)):
        start = found.end()
        is_list = text[start] == "["
        read = _ListReader(text, start, marks).read() if is_list else _keyed(text, start, marks)
        lists.append(read)
        position = max(read.end, start + 1)
    return lists


def _keyed(text: str, start: int, marks: _Marks) -> _List:
    """Read `"edits": {...}`: one edit without its list, or edits by their names."""
    extent = _extent(text, start)
    kind, _, end = _next_token(text, extent.end)
    if kind == "comma" and _ITEM_START.match(text, _next_token(text, end)[1]):
        # `"edits": {...}, {...}` is a list whose bracket is missing.
        return _ListReader(text, start - 1, marks).read()
    item = _item_at(text, start, extent)
    values = list(item.value.values()) if isinstance(item.value, dict) else []
    if item.value and "op" not in item.value and all(isinstance(one, dict) for one in values):
        items = tuple(_plain_item(one) for one in values)
    else:
        items = (item,) if item.fault or item.value else ()
    return _List(items, start, extent.end, closed=extent.fault is None)


class _ListReader:
    """Reads one list of edits, from its opening bracket to where it ends."""

    def __init__(self, text: str, start: int, marks: _Marks) -> None:
        self.text = text
        self.marks = marks
        self.start = start
        self.position = start + 1
        self.items: list[Item] = []
        self.item_start = start
        """Where the last item begins."""
        self.resumed = False
        """The last item was found again after a broken one."""
        self.nesting = 0
        """Lists around the items, inside this one."""

    def read(self) -> _List:
        closed: bool | None = None
        while closed is None:
            closed = self._step() if len(self.items) < MAX_ITEMS else self._stop()
        return _List(tuple(self.items), self.start, self.position, closed)

    def _stop(self) -> bool:
        self.items.append(_TOO_MANY)
        self.position = len(self.text)
        return False

    def _step(self) -> bool | None:
        """Read one token or item; tell at the end whether the list was closed."""
        kind, start, end = _next_token(self.text, self.position)
        self.position = end
        match kind:
            case "open":
                return self._open(start)
            case "close":
                return self._close(self.text[start])
            case "comma":
                return None
            case "string" | "single" | "smart":
                return self._read_string(start, end)
            case "word":
                return self._read_word(start, end)
        self.position = start
        return self._resume(start) if kind == "colon" and self.items else False

    def _open(self, start: int) -> bool | None:
        if self.text[start] == "{":
            return self._read_item(start)
        self.nesting += 1
        return None

    def _read_item(self, start: int) -> bool | None:
        self.item_start = start
        extent = _extent(self.text, start)
        if extent.fault is None:
            self.items.append(_item_at(self.text, start, extent))
            self.position = extent.end
            return self._check_what_follows()
        return self._break_off(start, extent)

    def _break_off(self, start: int, extent: _Extent) -> bool | None:
        """Reject a broken item, and go on with the next one where that is plain."""
        if extent.fault is RejectionCode.CUT_SHORT and extent.end == len(self.text):
            self.items.append(_item_at(self.text, start, extent))
            self.position = extent.end
            return False
        self.items.append(Item())
        return self._resume(extent.end, extent.fault, extent.reason)

    def _resume(
        self,
        position: int,
        fault: RejectionCode | None = RejectionCode.MALFORMED,
        reason: str = "it closes before all of its fields have been read",
    ) -> bool | None:
        """Reject the last item, and look for the next one from `position`."""
        at_item = _ITEM_START.match(self.text, position)
        following = position if at_item else self.marks.next_item(position)
        end = position + MAX_RAW_BEYOND if following is None else following
        raw = self.text[self.item_start : end].rstrip().rstrip(",")
        self.items[-1] = Item(fault=fault, reason=reason, raw=representable(raw))
        self.resumed = True
        self.position = position if following is None else following
        return False if following is None else None

    def _check_what_follows(self) -> bool | None:
        """Reject an item that was found again and stands inside a text: a quoted example."""
        kind, start, _ = _next_token(self.text, self.position)
        if self.resumed and kind in ("string", "single", "smart", "word", "quote"):
            return self._resume(start)
        self.resumed = False
        return None

    def _close(self, bracket: str) -> bool | None:
        if bracket == "]":
            self.nesting -= 1
            return True if self.nesting < 0 else None
        following = _next_token(self.text, self.position)[0]
        return None if following in ("comma", "close") else False

    def _read_string(self, start: int, end: int) -> bool | None:
        if self.items and _next_token(self.text, end)[0] == "colon":
            return self._resume(start)
        value = _parse_value(self.text[start:end])
        raw = self.text[start:end] if value is None else value
        self.items.append(_plain_item(representable(raw)))
        return None

    def _read_word(self, start: int, end: int) -> bool | None:
        """Read a bare value; an ellipsis is skipped, prose ends the list."""
        word = self.text[start:end]
        if word in ("...", "…"):
            return None
        value = _parse_value(f"[{word}]")
        if value is None:
            self.position = start
            return False
        self.items.append(_not_an_object(value[0]))
        return None


def _next_token(text: str, position: int) -> tuple[str, int, int]:
    """Return the next token that is neither space nor comment: kind, start, end."""
    while token := _TOKEN.match(text, position):
        if token.lastgroup not in ("space", "comment"):
            return token.lastgroup or "", token.start(), token.end()
        position = token.end()
    return "end", position, position


def _extent(text: str, start: int) -> _Extent:
    """Find where the value that opens at `start` closes."""
    stack: list[str] = []
    before = "start"
    position = start
    while token := _TOKEN.match(text, position):
        kind = token.lastgroup or ""
        position = token.end()
        if kind in ("space", "comment"):
            continue
        fault = _fault(text, token, stack, before)
        if fault:
            return fault
        if kind == "open":
            stack.append(text[position - 1])
        elif kind == "close":
            stack.pop()
            if not stack:
                return _Extent(position)
        before = kind
    return _cut(text)


def _cut(text: str) -> _Extent:
    reason = "the answer ends before its closing brace; nothing was invented to complete it"
    return _Extent(len(text), RejectionCode.CUT_SHORT, reason)


def _fault(text: str, token: re.Match[str], stack: list[str], before: str) -> _Extent | None:
    """Tell why no valid JSON goes on with this token, where that is so."""
    kind = token.lastgroup
    start = token.start()
    if kind == "quote":
        return _cut(text) if token[0] in "\"'" and before not in _VALUE_ENDS else _broken(start)
    if kind == "close" and {"{": "}", "[": "]"}[stack[-1]] != token[0]:
        return _broken(start, "a bracket closes that was not opened, or one is missing")
    if kind == "open" and stack:
        if stack[-1] == "{" and before != "colon":
            reason = "the next edit begins before its closing brace"
            return _Extent(start, RejectionCode.CUT_SHORT, reason)
        if len(stack) >= MAX_DEPTH:
            return _broken(start, f"it is nested more than {MAX_DEPTH} levels deep")
    if before in _VALUE_ENDS and (kind == "open" or (kind in _VALUE_ENDS and kind != "close")):
        return _broken(start)
    return None


def _broken(
    position: int, reason: str = "it is no JSON: two values follow each other, or a quote is open"
) -> _Extent:
    return _Extent(position, RejectionCode.MALFORMED, reason)


def _loose(text: str, start: int, end: int) -> tuple[Item, ...]:
    """Return the edits that stand between two places outside any list, up to the limit."""
    items = tuple(islice(_loose_items(text, start, end), MAX_ITEMS + 1))
    return items if len(items) <= MAX_ITEMS else (*items[:-1], _TOO_MANY)


def _loose_items(text: str, start: int, end: int) -> Iterator[Item]:
    """Yield the objects with an `op` that stand between two places, in any wrapping."""
    if not _OP.search(text, start, end):
        return
    region = text[start:end]
    budget = 4 * len(region)
    position = 0
    while found := _OBJECT.search(region, position):
        extent = _extent(region, found.start())
        item = _item_at(region, found.start(), extent)
        budget -= extent.end - found.start()
        if _is_loose_edit(region, found.start(), item):
            yield item
            position = max(extent.end, found.end())
        else:
            # Looking inside a wrapper reads its text again; the budget keeps
            # that linear on hostile nesting.
            position = found.end() if budget > 0 else max(extent.end, found.end())


def _is_loose_edit(text: str, start: int, item: Item) -> bool:
    if item.fault is None:
        return "op" in item.value
    first = _ITEM_START.match(text, start)
    return first is not None and isinstance(item.raw, str) and bool(_OP.search(item.raw))


# --- one item ----------------------------------------------------------------------


def _item_at(text: str, start: int, extent: _Extent) -> Item:
    raw = text[start : extent.end]
    if extent.fault:
        return Item(fault=extent.fault, reason=extent.reason, raw=representable(raw))
    return _parse(raw)


def _parse(raw: str) -> Item:
    """Read one item whose brackets close, as it stands or mended."""
    doubts = _Doubts([], [])
    value = _load(raw, doubts)
    if value is None and (mended := _mend(raw)) is not None:
        doubts = _Doubts([], [])
        value = _load(mended, doubts)
    if value is None:
        reason = "it is no JSON, and no mending would leave its meaning beyond doubt"
        return Item(fault=RejectionCode.MALFORMED, reason=reason, raw=representable(raw))
    if not isinstance(value, dict):
        return _not_an_object(value if _is_representable(raw) else representable(raw))
    fault = _doubt(raw, doubts)
    if fault:
        return Item(fault=fault[0], reason=fault[1], raw=representable(raw), is_object=True)
    return Item(value, is_object=True)


class _Doubts(NamedTuple):
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


def _doubt(raw: str, doubts: _Doubts) -> tuple[RejectionCode, str] | None:
    if doubts.doubled:
        keys = ", ".join(f"`{key[:40]}`" for key in sorted(set(doubts.doubled))[:5])
        return RejectionCode.DOUBLED_KEYS, f"it has {keys} twice: which one counts is unknown"
    if doubts.not_finite:
        return RejectionCode.MALFORMED, f"{doubts.not_finite[0][:40]} is no JSON number"
    if not _is_representable(raw):
        return RejectionCode.MALFORMED, "it holds half a character, which cannot be written"
    return None


def _load(raw: str, doubts: _Doubts) -> Any:
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


def _parse_value(raw: str) -> Any:
    """Parse a string or a list of one bare word; None where it is neither."""
    doubts = _Doubts([], [])
    value = _load(raw, doubts)
    if value is None and (mended := _mend(raw)) is not None:
        value = _load(mended, doubts)
    return None if doubts.not_finite else value


def _is_representable(raw: str) -> bool:
    """Tell whether all that the text says can be written as UTF-8."""
    if not _SURROGATE.search(raw):
        return True
    try:
        re.sub(r"(?<!\\)((?:\\\\)*+)((?:\\u[0-9a-fA-F]{4})++)", _decode_escapes, raw).encode()
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
        for token in _TOKEN.finditer(raw)
        if token.lastgroup not in ("space", "comment")
    ]
    for (kind, word), (following, _) in pairwise([*tokens, ("end", "")]):
        piece = _mended(kind, word, following)
        if piece is None:
            return None
        pieces.append(piece)
    return "".join(pieces)


def _mended(kind: str, word: str, following: str) -> str | None:
    match kind:
        case "comma":
            return "" if following == "close" else ","
        case "single" | "smart":
            return _as_json_string(word[1:-1])
        case "word":
            return _mended_word(word, following)
        case "quote":
            return None
    return _ESCAPED_APOSTROPHE.sub(r"\1'", word) if kind == "string" else _ASCII.get(word, word)


def _mended_word(word: str, following: str) -> str | None:
    if following == "colon":
        return f'"{word}"' if word.isidentifier() else None
    return _PYTHON_WORDS.get(word, f" {word} ")


def _as_json_string(body: str) -> str:
    """Requote a string; an escape that JSON does not know stays, and fails to parse."""
    return '"' + re.sub(r"\\(.)|\"", _requoted, body, flags=re.DOTALL) + '"'


def _requoted(found: re.Match[str]) -> str:
    return "'" if found[1] == "'" else '\\"' if found[0] == '"' else found[0]
