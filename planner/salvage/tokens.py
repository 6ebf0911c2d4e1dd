"""The words of broken JSON, and where a value ends: linear, without recursion."""

import re
from typing import Final, NamedTuple

from planner.models import RejectionCode

MAX_DEPTH: Final = 40
"""Nesting inside one item; a valid edit needs 5."""

SPACE: Final = r"[\s\ufeff\u200b\u2060]"

TOKEN: Final = re.compile(
    rf"""
      (?P<space>{SPACE}++)
    | (?P<comment>//[^\n]*+ | \#[^\n]*+ | /\*(?:.*?\*/|.*+) | <!--(?:.*?-->|.*+))
    | (?P<open>[\[{{])
    | (?P<close>[\]}}])
    | (?P<comma>[,\uff0c])
    | (?P<colon>[:\uff1a])
    | (?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*")
    | (?P<single>'[^'\\]*+(?:\\.[^'\\]*+)*')
    | (?P<smart>“[^“”"\\]*+(?:\\.[^“”"\\]*+)*”)
    | (?P<quote>["'“”])
    | (?P<word>[^\s\ufeff\u200b\u2060"'“”{{}}\[\],\uff0c:\uff1a]++)
    """,
    re.VERBOSE | re.DOTALL,
)

COLON: Final = rf"[\"'”]?{SPACE}*+[:\uff1a]"

PLAN: Final = re.compile(rf"\{{{SPACE}*+[\"'“]?edits{COLON}", re.IGNORECASE)
"""Where an object opens whose first key is `edits`."""

_KEYS: Final = (
    r"(?:op|id|pillar|target|payload|rationale|expected_improvement|references|risk_tier)"
)
_OPENS: Final = (
    rf"(?:\[{SPACE}*+(?:[\"'“]?\{{|[\[\]./#<…]|\Z)"
    rf"|\{{{SPACE}*+(?:[/#]|[\"'“]?(?:{_KEYS}{COLON}|[\w-]++{COLON}{SPACE}*+\{{)))"
)
"""How a list of edits opens, an edit, or an object of edits; all else behind `edits:` is prose."""
LIST: Final = re.compile(
    rf"\bedits(?:{COLON}{SPACE}*+(?={_OPENS})|[\"'”]{SPACE}*+[:\uff1a]{SPACE}*+(?=\[|\{{))",
    re.IGNORECASE,
)
"""Where a list of edits opens."""

_REMARK: Final = r"(?://[^\n]*+\n|/\*[^*]*+\*/)"
_ITEM: Final = rf"\{{(?:{SPACE}++|{_REMARK})*[\"'“]?{_KEYS}{COLON}"
_FIELD: Final = re.compile(rf'"{_KEYS}" ?:')
ANY_LIST: Final = re.compile(rf"{LIST.pattern}|\[{SPACE}*+(?={_ITEM})", re.IGNORECASE)
"""Where a list of edits opens, under whatever key or none."""
ITEM_START: Final = re.compile(_ITEM)
NEXT_ITEM: Final = re.compile(rf"\}}{SPACE}*+,?{SPACE}*+(?={_ITEM})")
OP: Final = re.compile(rf"\bop{COLON}")

_COMMENT_MARKS: Final = "/*#<!-> \t\r\n"

_VALUES: Final = frozenset({"string", "single", "smart", "word"})
VALUE_ENDS: Final = _VALUES | {"close"}


class Extent(NamedTuple):
    """Where a value ends, or where and why it breaks off."""

    end: int
    fault: RejectionCode | None = None
    reason: str = ""


def next_token(text: str, position: int) -> tuple[str, int, int]:
    """Return the next token that is neither space nor comment: kind, start, end."""
    while token := TOKEN.match(text, position):
        if token.lastgroup not in ("space", "comment"):
            return token.lastgroup or "", token.start(), token.end()
        position = token.end()
    return "end", position, position


def comments_in(text: str) -> list[tuple[int, str]]:
    """Return the comments of a text of tokens that are words: where, and what each says."""
    if not any(mark in text for mark in ("//", "#", "/*", "<!--")):
        return []
    return [
        (token.start(), token[0].strip(_COMMENT_MARKS))
        for token in TOKEN.finditer(text)
        if token.lastgroup == "comment"
    ]


def extent_of(text: str, start: int) -> Extent:
    """Find where the value that opens at `start` closes."""
    stack: list[str] = []
    before = "start"
    position = start
    while token := TOKEN.match(text, position):
        kind = token.lastgroup or ""
        position = token.end()
        if kind in ("space", "comment"):
            continue
        fault = fault_of(text, token, stack, before)
        if fault:
            return fault
        if kind == "open":
            stack.append(text[position - 1])
        elif kind == "close":
            stack.pop()
            if not stack:
                return Extent(position)
        before = kind
    return _cut(text)


def _cut(text: str) -> Extent:
    reason = "the answer ends before its closing brace; nothing was invented to complete it"
    return Extent(len(text), RejectionCode.CUT_SHORT, reason)


def fault_of(text: str, token: re.Match[str], stack: list[str], before: str) -> Extent | None:
    """Tell why no valid JSON goes on with this token, where that is so."""
    kind = token.lastgroup
    start = token.start()
    if kind == "quote":
        return _cut(text) if token[0] in "\"'" and before not in VALUE_ENDS else _broken(start)
    if kind == "close" and (not stack or {"{": "}", "[": "]"}[stack[-1]] != token[0]):
        return _broken(start, "a bracket closes that was not opened, or one is missing")
    if kind == "open" and stack:
        if stack[-1] == "{" and before != "colon":
            reason = "the next edit begins before its closing brace"
            return Extent(start, RejectionCode.CUT_SHORT, reason)
        if len(stack) >= MAX_DEPTH:
            return _broken(start, f"it is nested more than {MAX_DEPTH} levels deep")
    follows = before in VALUE_ENDS and (kind == "open" or kind in _VALUES)
    if follows and not (kind == "string" and begins_field(text, start, token.end())):
        return _broken(start)
    return None


def begins_field(text: str, start: int, end: int) -> bool:
    """Tell whether a field of an edit begins on a line of its own: only a comma can be missing."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    return not line.strip() and _FIELD.match(text, start, end + 3) is not None


def _broken(
    position: int, reason: str = "it is no JSON: two values follow each other, or a quote is open"
) -> Extent:
    return Extent(position, RejectionCode.MALFORMED, reason)
