"""JSON as it was meant: one outermost value, read token by token, whole or up to where it breaks.

What is mended here cannot change a meaning: trailing commas, comments, line breaks inside
strings, bare keys, Python's quotes and words, typographic quotes, other signs for a comma or a
colon, numbers of JSON5, a comma missing before a known field, quotes within an edit's reasons.
Whatever else stands there is a flaw of the edit that it stands in. Where an edit breaks off,
reading goes on with the next one, if it is plain where that begins. Linear, without recursion.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from planner.models import RejectionCode
from planner.salvage.document import Broken, Document, Fault
from planner.salvage.page import Page
from planner.salvage.strings import UNKNOWN, number_or_word, text_of
from planner.salvage.tokens import (
    FIELD,
    ITEM_START,
    KEYS,
    TOKEN,
    VALUE_ENDS,
    VALUES,
    comments_in,
    next_token,
)

MAX_DEPTH: Final = 40
"""Nesting of one value; a valid edit needs 5."""

MAX_RAW: Final = 20_000
"""Characters kept of a broken edit, after the break, where nobody can tell its end."""

_NOTE_TO_THE_END: Final = re.compile(r"(?:\.\.\.|…)?\s*+(?:\Z|[\n\[(<`][^\"{}]*+\Z)")
"""What may follow the last whole edit of a cut answer: fences and remarks, nothing of an edit."""

_CLOSES: Final = {"{": "}", "[": "]"}
_CUT: Final = "the answer ends before its closing brace; nothing was invented to complete it"
_NO_JSON: Final = "it is no JSON, and no mending would leave its meaning beyond doubt"
_TWO_VALUES: Final = "it is no JSON: two values follow each other, or a quote is open"


@dataclass(slots=True)
class _Frame:
    bracket: str
    start: int
    value: Any
    under: str | None
    """The key that it stands under."""
    key: str | None = None
    word: re.Match[str] | None = None
    """What may be a key, where a colon follows."""


def parse(
    page: Page, start: int, *, key: str | None = None, position: int | None = None
) -> Document:
    """Read the value that opens at a place.

    Args:
        page: The text.
        start: Where the value begins.
        key: The first key of an object whose brace is missing.
        position: Where the value of that key begins.
    """
    return _Parser(page, start, key, position).read()


class _Parser:
    """Reads one outermost value from its opening bracket on."""

    def __init__(self, page: Page, start: int, key: str | None, position: int | None) -> None:
        self.text = page.text
        self.document = Document(page, start, start)
        self.frames: list[_Frame] = []
        self.position = start
        self.before = "start"
        self.commas = 0
        self.doubled: list[tuple[dict[str, Any], str, Any, int]] = []
        self.replaced: list[Any] = []
        """Kept, so that nothing else gets their identity."""
        self.first_found_again: int | None = None
        self.is_bare = key is not None
        if key is not None and position is not None:
            self.document.value = {}
            self.frames = [_Frame("{", start, self.document.value, None, key=key)]
            self.before = "colon"
            self.position = position

    def read(self) -> Document:
        """Read until the outermost bracket closes, or nobody knows how the text goes on."""
        document = self.document
        goes_on = True
        while goes_on and not document.closed:
            token = TOKEN.match(self.text, self.position)
            if token is None:
                goes_on = self._recover(self._cut())
            elif token.lastgroup == "space":
                self.position = token.end()
            elif token.lastgroup == "comment":
                document.comments += comments_in(token[0])
                self.position = token.end()
            elif fault := self._fault(token):
                goes_on = self._read_reasons(token) or self._recover(fault)
            else:
                self._follow(token)
        document.end = max(self.position, document.end)
        document.open_lists = {id(one.value) for one in self.frames if one.bracket == "["}
        self._doubt_found_again()
        self._tell_doubled()
        document.flaws.sort(key=lambda one: one.position)
        return document

    # --- one token ---------------------------------------------------------------------

    def _fault(self, token: re.Match[str]) -> Fault | None:
        """Tell why no value goes on with this token, where that is so."""
        kind = token.lastgroup
        if kind == "quote":
            is_cut = token[0] in "\"'" and self.before not in VALUE_ENDS
            return self._cut() if is_cut else _malformed(token)
        if kind == "open" and (fault := self._cannot_open(token)):
            return fault
        top = self.frames[-1].bracket if self.frames else ""
        if kind == "close" and _CLOSES.get(top) != token[0]:
            return _malformed(token, "a bracket closes that was not opened, or one is missing")
        follows = self.before in VALUE_ENDS and (kind == "open" or kind in VALUES)
        lacks_comma = follows and not self._may_lack_comma(token)
        return _malformed(token) if lacks_comma or (kind == "colon" and top == "[") else None

    def _read_reasons(self, token: re.Match[str]) -> bool:
        """Go on with an edit's reasons where quotes in them are not escaped: none is applied."""
        frame = self.frames[-1] if self.frames else None
        if not frame or frame.bracket == "[" or frame.word or self.before != "string":
            return False
        key, above = next(reversed(frame.value.items()), ("", None))
        inner = self.text.rfind('"', 0, token.start())
        rest = _REST_OF_REASONS.match(self.text, inner)
        if key != "rationale" or not isinstance(above, str) or not rest:
            return False
        frame.value[key] = above + rest[0][:-1]
        self.position = rest.end()
        return True

    def _cut(self) -> Fault:
        return Fault(len(self.text), RejectionCode.CUT_SHORT, _CUT)

    def _cannot_open(self, token: re.Match[str]) -> Fault | None:
        """Tell why no bracket can open there, where that is so."""
        if len(self.frames) >= MAX_DEPTH:
            self.document.is_too_deep = True
            return _malformed(token, f"it is nested more than {MAX_DEPTH} levels deep")
        in_object = bool(self.frames) and self.frames[-1].bracket == "{"
        if not in_object or self.before == "colon" or self._list_begins(token):
            return None
        reason = "the next edit begins before its closing brace"
        return Fault(token.start(), RejectionCode.CUT_SHORT, reason)

    def _list_begins(self, token: re.Match[str]) -> bool:
        """Open the list of edits whose bracket is missing: a second edit follows the first."""
        above = self.frames[-1]
        key = next(reversed(above.value), "")
        first = above.value.get(key)
        is_second = self.before == "comma" and token[0] == "{" and isinstance(first, dict)
        if not is_second or key.lower() != "edits":
            return False
        above.value[key] = [first]
        self.frames.append(_Frame("[", token.start(), above.value[key], key))
        return True

    def _may_lack_comma(self, token: re.Match[str]) -> bool:
        """Tell whether a known field begins, an edit behind another one, or a trace's id."""
        frame = self.frames[-1]
        if frame.bracket == "[":
            is_next = token[0] == "{" and isinstance(frame.value[-1], dict | Broken)
            return is_next or (frame.under == "references" and token.lastgroup == "string")
        is_field = FIELD.match(self.text, token.start(), token.end() + 3) is not None
        return token.lastgroup == "string" and is_field

    def _follow(self, token: re.Match[str]) -> None:
        """Go on by one token."""
        kind = token.lastgroup or ""
        self.position = token.end()
        if kind == "open":
            self._open(token)
        elif kind == "close":
            self._close(token.end())
        elif kind == "comma":
            self._finish_field(token.start())
            self.commas += 1
            in_list = self.frames[-1].bracket == "["
            if self.before == "open" or (self.before == "comma" and in_list):
                self._flaw(token.start(), _NO_JSON)
        elif kind == "colon":
            self._name_field(token.start())
        else:
            self._take(token)
        self.commas = self.commas if kind == "comma" else 0
        self.before = kind

    def _open(self, token: re.Match[str]) -> None:
        value: Any = {} if token[0] == "{" else []
        under = self.frames[-1].key if self.frames else None
        if self.frames:
            self._put(value, token.start())
        else:
            self.document.value = value
        self.frames.append(_Frame(token[0], token.start(), value, under))

    def _close(self, end: int) -> None:
        self._finish_field(end - 1)
        if self.commas > 1:
            self._flaw(end - 1, _NO_JSON)
        frame = self.frames.pop()
        self.document.spans[id(frame.value)] = (frame.start, end)
        if not self.frames or (self.is_bare and self._nothing_follows(end)):
            self.document.closed = True

    def _nothing_follows(self, end: int) -> bool:
        """Tell whether an object whose braces are missing ends with the value of its key."""
        is_over = len(self.frames) == 1 and next_token(self.text, end)[0] not in ("comma", "close")
        self.frames = [] if is_over else self.frames
        return is_over

    def _take(self, token: re.Match[str]) -> None:
        """Take a text, a number or a word: a value, or a key until a colon follows."""
        frame = self.frames[-1]
        if token.lastgroup == "word":
            self.document.has_dots |= "..." in token[0] or "…" in token[0]
        if frame.bracket == "{" and self.before != "colon":
            self._finish_field(token.start())
            frame.word = token
            return
        value = _value_of(token)
        if value is UNKNOWN:
            value = token[0]
            if self._edits_frame() != len(self.frames) - 1:
                self._flaw(token.start(), _why_unknown(token))
        self._put(value, token.start())

    def _name_field(self, position: int) -> None:
        frame = self.frames[-1]
        word, frame.word = frame.word, None
        key = None if word is None else _key_of(word)
        if key is None or frame.key is not None:
            self._flaw(position, _NO_JSON)
        frame.key = key or ""

    def _finish_field(self, position: int) -> None:
        """Tell of a key without a value."""
        frame = self.frames[-1]
        if frame.word is not None or frame.key is not None:
            self._flaw(position, _NO_JSON)
        frame.word = frame.key = None

    def _put(self, value: Any, position: int) -> None:
        frame = self.frames[-1]
        if frame.bracket == "[":
            frame.value.append(value)
            return
        key, frame.key = frame.key or "", None
        if key in frame.value:
            self.doubled.append((frame.value, key, frame.value[key], position))
        frame.value[key] = value

    def _flaw(
        self, position: int, reason: str, code: RejectionCode = RejectionCode.MALFORMED
    ) -> None:
        self.document.flaws.append(Fault(position, code, reason))

    def _tell_doubled(self) -> None:
        for holder, key, former, position in self.doubled:
            if repr(former) != repr(holder[key]):
                self.document.is_ambiguous |= key.lower() == "edits"
                reason = f"it has `{key[:40]}` twice: which one counts is unknown"
                self._flaw(position, reason, RejectionCode.DOUBLED_KEYS)

    # --- where an edit breaks off ---------------------------------------------------------

    def _recover(self, fault: Fault) -> bool:
        """Put what is known of a broken edit in its place; tell whether reading goes on."""
        self.document.fault = fault
        place = self._edits_frame()
        if place is None:
            self._break_loose(fault)
            return False
        if place == len(self.frames) - 1:
            # At the greatest depth no edit can open, so that none of the list's is ever read.
            return self._break_behind(place, fault) and len(self.frames) < MAX_DEPTH
        return self._break_within(place, fault)

    def _edits_frame(self) -> int | None:
        """Return which of the open brackets is the list of edits."""
        for place, frame in enumerate(self.frames):
            if frame.bracket == "[" and self._lists_edits(place, frame):
                return place
            if frame.bracket == "{" and _has_op(frame):
                return None
        return None

    def _lists_edits(self, place: int, frame: _Frame) -> bool:
        if frame.under is not None and frame.under.lower() == "edits":
            return True
        below = self.frames[place + 1 : place + 2]
        first = [*frame.value[:1], *(one.value for one in below)]
        if any("op" in one for one in first if isinstance(one, dict)):
            return True
        is_first = place == 0 and bool(below) and ITEM_START.match(self.text, below[0].start)
        return bool(is_first) or any(isinstance(one, Broken) for one in first)

    def _break_loose(self, fault: Fault) -> None:
        """Reject the edit outside of any list that breaks off, where one does."""
        self.position = max(fault.position, self.position)
        for place, frame in enumerate(self.frames):
            if frame.bracket == "{" and _has_op(frame):
                broken = self._broken(frame.start, fault, None)
                self.document.sure_end = frame.start
                if place == 0:
                    self.document.value = broken
                elif (above := self.frames[place - 1]).bracket == "[":
                    above.value[-1] = broken
                else:
                    above.value[frame.under or ""] = broken
                return

    def _break_within(self, place: int, fault: Fault) -> bool:
        """Reject the edit that breaks off, and go on with the next one where that is plain."""
        edits, start = self.frames[place].value, self.frames[place + 1].start
        following = self._next_edit(fault)
        self.replaced.append(edits[-1])
        edits[-1] = self._broken(start, fault, following)
        is_cut = fault.code is RejectionCode.CUT_SHORT and fault.position >= len(self.text)
        self.document.is_cut_in_edit = is_cut and _has_op(self.frames[place + 1])
        return self._resume(place, start, following)

    def _break_behind(self, place: int, fault: Fault) -> bool:
        """Reject an edit behind which stands what cannot follow one."""
        edits = self.frames[place].value
        places = range(len(edits) - 1, -1, -1)
        last = next((at for at in places if isinstance(edits[at], dict)), -1)
        start = end = self.frames[place].start + 1
        if last >= 0:
            start, end = self.document.spans[id(edits[last])]
        is_whole = last < 0 or _WHOLE.issubset(edits[last])
        if is_whole and (between := _BETWEEN.match(self.text, end)):
            del edits[last + 1 :]
            return self._pass_over(between)
        self.position = fault.position
        if self._ends_there(fault.position):
            return False
        if is_whole and self.before in VALUE_ENDS and self.text[fault.position] == "}":
            self.position += 1
            return True
        following = self._next_edit(fault)
        last = max(last, 0)
        self.replaced += edits[last:]
        why = Fault(end, RejectionCode.MALFORMED, "it closes before all of its fields were read")
        edits[last:] = [self._broken(start, why, following)]
        return self._resume(place, start, following)

    def _pass_over(self, between: re.Match[str]) -> bool:
        """Pass over what is no JSON between two edits: words are for people, signs strike out."""
        self.position, self.before = between.end(), "comma"
        if words := between[0].strip(" \t\r\n,"):
            self.document.comments.append(words)
            is_removed = words[-1] == "-" and self.document.page.adds_edits
            if words[-1] in _STRIKES or is_removed:
                self._flaw(self.position, _STRUCK, RejectionCode.NOT_THE_ANSWER)
        return True

    def _ends_there(self, position: int) -> bool:
        """Tell whether only fences and remarks follow the last edit of a cut answer."""
        return position >= len(self.text) or bool(_NOTE_TO_THE_END.match(self.text, position))

    def _next_edit(self, fault: Fault) -> int | None:
        if fault.position >= len(self.text):
            return None
        if ITEM_START.match(self.text, fault.position):
            return fault.position
        return self.document.page.next_item(fault.position)

    def _broken(self, start: int, fault: Fault, following: int | None) -> Broken:
        end = min(fault.position, len(self.text)) + MAX_RAW if following is None else following
        raw = self.document.page.excerpt(start, min(end, start + 2 * MAX_RAW))
        return Broken(fault.code, fault.reason, raw.strip().strip(","))

    def _resume(self, place: int, start: int, following: int | None) -> bool:
        document = self.document
        document.sure_end = start if document.sure_end is None else document.sure_end
        if self.first_found_again is None:
            self.first_found_again = len(self.frames[place].value)
        del self.frames[place + 1 :]
        if following is None:
            self.position = len(self.text)
            return False
        self.position, self.before = following, "comma"
        return True

    def _doubt_found_again(self) -> None:
        """Reject what was found behind a broken edit, where nothing closes the list."""
        place = None if self.first_found_again is None else self._edits_frame()
        edits = [] if place is None else self.frames[place].value[self.first_found_again :]
        for one in edits:
            if isinstance(one, dict):
                reason = "the list breaks off, and it may stand inside a text"
                self._flaw(self.document.spans[id(one)][0], reason)


_REST_OF_REASONS: Final = re.compile(
    r"\"(?=\w)(?:(?!\" ?:)[^\n{}\[\]\\]){1,1000}?"
    rf"\"(?=\s*(?:,\s*\"{KEYS}\"\s*:|\}}\s*(?:[,\]]|\Z)))"
)
"""Up to the quote behind which another field of the edit begins, or its end stands."""
_WHOLE: Final = frozenset({"op", "payload", "rationale", "expected_improvement"})
"""All fields without which an edit would be rejected: one that has them lacks nothing."""
_BETWEEN: Final = re.compile(rf"[^\"{{}}\[\]]{{1,300}}(?={ITEM_START.pattern})")
_STRIKES: Final = "~>*_%#"
_STRUCK: Final = "signs stand right before it: it may be struck out"


def _has_op(frame: _Frame) -> bool:
    return "op" in frame.value or frame.key == "op"


def _malformed(token: re.Match[str], reason: str = _TWO_VALUES) -> Fault:
    return Fault(token.start(), RejectionCode.MALFORMED, reason)


def _value_of(token: re.Match[str]) -> Any:
    if token.lastgroup != "word":
        return text_of(token[0])
    return number_or_word(token[0])


def _key_of(token: re.Match[str]) -> str | None:
    """Return what a key says, where that is beyond doubt."""
    if token.lastgroup == "word":
        return token[0] if token[0].isidentifier() else None
    key = text_of(token[0])
    return key if isinstance(key, str) else None


def _why_unknown(token: re.Match[str]) -> str:
    is_number = (
        token[0].lstrip("+-").lower() in ("nan", "infinity", "inf") or token[0][-1:].isdigit()
    )
    return f"{token[0][:40]} is no JSON number" if is_number else _NO_JSON
