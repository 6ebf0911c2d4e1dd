"""What a line opens and no line below it closes: a bracket, a quotation, code or emphasis.

Who breaks off within a line leaves such a half. Smileys, intervals, inches and signs that a
text speaks of are no halves, nor is what goes on in a line below.
"""

import re
from collections.abc import Sequence, Set
from itertools import chain
from typing import Final

from planner.patch.code import is_fence
from planner.patch.diffs.hunks import Hunk, Row
from planner.patch.diffs.page import Page

INCHES: Final = re.compile(r"(?<![^\s(])(?:\d+'\s?)?\d+\"(?=[\s.,;)]|$)", re.MULTILINE)
STRONG: Final = re.compile(r"(?<![*/])\*\*(?![*/])")
_OPENING: Final = {")": "(", "]": "[", "}": "{"}
_BRACKETS: Final = frozenset(_OPENING.values())
_SIGN: Final = re.compile(r"[()\[\]{}]")
_ALIKE: Final = {"`": re.compile("`"), '"': re.compile('"'), "**": re.compile(r"(?<!\*)\*\*(?!\*)")}
"""Marks that close as they open: they are left open where a line has an odd number of them."""
_OPENERS: Final = (*_BRACKETS, *_ALIKE)
_SIGNS: Final = (*_OPENERS, *_OPENING)
_ITEM: Final = re.compile(r"[ \t>]*\(?\w{1,3}\)[ \t]")
"""`a)` and `(2)` number an item."""
_SPOKEN_OF: Final = re.compile(
    r"\\.|``[^`]+``|`{2,}|`[^`]*`|(?<![^\s(\[{])\"[^\"]*\"(?!\w)|(?<!\w)'[^\w\s]{1,3}'|`[^`'\s]*'(?!\w)"
    r"|(?<!\w)[:;=8]['-]?[(\[{](?=[\s.,!?]|$)"
    r"|[(\[\]][ \t]*[-+]?[\w.\u221e]+[ \t]*[,;][ \t]*[-+]?[\w.\u221e]+[ \t]*[)\]\[]"
    r"|(?<!\S)[(\[{\"`](?=[.,;:]?[ \t]|[.,;:!?]$)|(?<![^\s(])\*\*(?=\s|/|kwargs\b)|\w\*\*\w"
)
"""Signs in code and in quotes, escaped ones, smileys, intervals, and a sign between blanks."""
_BEFORE_OPENING: Final = frozenset(" \t([{:=*_>|-\u2014")


def half_written(
    page: Page, hunks: Sequence[Hunk], in_code: Sequence[Set[int]]
) -> tuple[Hunk, Row, str] | None:
    """Return an added line that opens what nothing below it closes, and with which mark.

    A line of the prompt that is left open in the same way shows that this is its style.
    `in_code` are the rows of each hunk that stand in blocks of code.
    """
    added = [row.key for hunk in hunks for row in hunk.rows if row.sign == "+"]
    if not (_holds_opener("\n".join(added)) and any(map(_may_open, added))):
        return None
    found = [one for one in _left_open(hunks, in_code) if not page.has(one[1].key)]
    if not found:
        return None
    usual = set(
        chain.from_iterable(map(_kinds, (key for key in page.keys if key not in page.in_code)))
    )
    return next((one for one in found if _kind(one[2], one[1].key) not in usual), None)


def _holds_opener(text: str) -> bool:
    return any(map(text.__contains__, _OPENERS))


def _may_open(key: str) -> bool:
    """Say whether a line has more of an opening mark than of its closing one, or an odd mark."""
    item = _ITEM.match(key) if ")" in key else None
    text = key[item.end() :] if item else key
    return any(text.count(mark) % 2 for mark in _ALIKE) or any(
        text.count(mark) > text.count(close) for close, mark in _OPENING.items()
    )


def _kind(mark: str, key: str) -> tuple[str, bool]:
    """Return a mark, and whether the line ends with it, as code does that goes on below."""
    return mark, key.endswith(mark)


def _kinds(key: str) -> set[tuple[str, bool]]:
    """Return the kinds of marks that a line opens and does not close."""
    if not (_holds_opener(key) and _may_open(key)):
        return set()
    opened: dict[str, list[int]] = {}
    _read(key, 0, opened)
    return {_kind(mark, key) for mark, ones in opened.items() if ones}


def _left_open(hunks: Sequence[Hunk], in_code: Sequence[Set[int]]) -> list[tuple[Hunk, Row, str]]:
    """Return the added rows that open a mark which no row below them closes."""
    opened: dict[str, list[int]] = {}
    added: list[tuple[Hunk, Row]] = []
    for hunk, code in zip(hunks, in_code, strict=True):
        for at, row in enumerate(hunk.rows):
            if row.sign == "-" or at in code or is_fence(row.key):
                continue
            who = _KEPT
            if row.sign == "+":
                who = len(added)
                added.append((hunk, row))
            _read(row.key, who, opened)
    return [(*added[one], mark) for mark, ones in opened.items() for one in ones if one != _KEPT]


_KEPT: Final = -1
"""A row that is not added, and may stand within what goes on outside of its hunk."""


def _read(key: str, who: int, opened: dict[str, list[int]]) -> None:
    """Note for each mark of a line who opens it, or that it is closed."""
    if not any(map(key.__contains__, _SIGNS)):
        return
    item = _ITEM.match(key)
    text = key[item.end() :] if item else key
    if opened.get("`") and text.count("`") % 2:  # What stands before it is code that goes on.
        opened["`"].pop()
        text = "_" + text[text.index("`") + 1 :]
    text = _SPOKEN_OF.sub(_kept_blank, text)
    text = text if opened.get('"') else INCHES.sub("", text)
    for mark, pattern in _ALIKE.items():
        found = list(pattern.finditer(text))
        ones = opened.setdefault(mark, [])
        if len(found) % 2 and ones:
            ones.pop()
        elif len(found) % 2 and any(_opens(text, *one.span()) for one in found):
            ones.append(who)
            if mark == "`":
                text = text[: found[-1].start()]  # What stands behind it is code.
    for sign in _SIGN.findall(text):
        ones = opened.setdefault(_OPENING.get(sign, sign), [])
        if sign in _BRACKETS:
            ones.append(who)
        elif ones:
            ones.pop()


def _kept_blank(found: re.Match[str]) -> str:
    """Return a blank where what is taken out has one at its edge, so that neighbours stay apart."""
    return " " if found[0][:1].isspace() else "_"


def _opens(text: str, start: int, end: int) -> bool:
    """Say whether a mark stands where one opens: before a word, and behind none."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return (not before or before in _BEFORE_OPENING) and bool(after.strip())
