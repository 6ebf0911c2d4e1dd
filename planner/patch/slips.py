"""Slips in added lines that no model means as text: a stray closing mark, a line told twice."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence, Set
from itertools import pairwise, takewhile

from planner.patch.diffs.hunks import Row
from planner.patch.diffs.page import Page
from planner.patch.pairs.words import CLOSERS, ENDS, begins_list_item, words

_CLOSING_TAG = re.compile(r"</(\w+)>$")
_ENVELOPE = re.compile(
    r"^[ \t]*(?:<(diff|patch|udiff|code|answer|output|edit|change)\b[^<>\n]*>|(<!\[CDATA\[)"
    r"|\*\*\* Begin Patch)[ \t]*\r?$",
    re.MULTILINE | re.IGNORECASE,
)
_STOP_TOKEN = re.compile(r"<\|\w+\|>$|(?:EOF|EOT|\*\*\* End Patch)$")
_OPENING = {")": "(", "]": "[", "}": "{", "\u00bb": "\u00ab", "\u300d": "\u300c"}
_CLOSING_QUOTE = re.compile(r"(\"|(?<!`)`)[\]})]*,?$")
_LONE = {'"': re.compile('"'), "`": re.compile("(?<!`)`(?!`)")}
_BLANKS = frozenset(" \t")
_SIGNED_NUMBER = re.compile(r"\+\d+(?![\d.):|])")
_PHONE_NUMBER = re.compile(r"\+\d{1,3}(?:[ ./()-]{0,2}\d{2,}){2}")
_OF_SIGNS = re.compile(r"\+\+(?: |\+$)")
"""What a line begins with that is no bullet or number: `++ x`, or a mark by itself, `+++`."""
_ITEM = re.compile(r" *(?:[-*+]|\d{1,3}[.)]) +")
_HANGS = re.compile(r"(?:\w,|[ ](?:the|an?|and|or|https?://))$")
"""How no item ends."""
_TO_NEXT = (",", "and", "or")
"""With these it ends where another one follows: an enumeration goes on there."""
_SENTENCE = 5
"""Words; fewer may be a name."""
_OFTEN = 3
_LONG = 20
"""Characters; shorter lines, such as fences and rules, are often written twice."""


def ends_in_wrapping(page: Page, rows: Sequence[Row], *, fenced: bool) -> bool:
    """Say whether the last line of a diff closes what was opened around the diff, not in it."""
    text = rows[-1].key
    if (fenced and text.endswith(("```", "~~~"))) or _STOP_TOKEN.search(text):
        return True
    tag = _CLOSING_TAG.search(text)
    if tag:
        if any(row.sign == "-" and _CLOSING_TAG.search(row.key) for row in rows):
            return False
        opening = re.compile(rf"<{tag[1]}\b")
        return not any(opening.search(one) for one in [page.prompt, *(row.text for row in rows)])
    changed = "\n".join(row.key for row in takewhile(lambda row: row.sign != " ", reversed(rows)))
    opens = _OPENING.get(text[-1:])
    if opens and changed.count(text[-1]) > changed.count(opens):
        return True
    mark = next((mark for mark in ("**", "'''", '"""') if text.endswith(mark)), None)
    if mark:
        return changed.count(mark) % 2 == 1
    quote = _CLOSING_QUOTE.search(text)
    return quote is not None and len(_LONE[quote[1]].findall(changed)) % 2 == 1


def never_closes(text: str) -> bool:
    """Say whether a diff stands in a tag or an envelope that is not closed."""
    opened = _ENVELOPE.search(text) if "<" in text or "***" in text else None
    if opened is None:
        return False
    closing = f"</{opened[1]}" if opened[1] else "]]>" if opened[2] else "*** End Patch"
    return closing not in text[opened.end() :]


def blank_without_sign(rows: Sequence[Row]) -> bool:
    """Say whether a blank line without a sign stands between added ones: kept, or added."""
    return any(
        above.sign == below.sign == "+" and not row.signed and not row.key
        for above, row, below in zip(rows, rows[1:], rows[2:], strict=False)
    )


def signed_twice(rows: Sequence[Row], *, counted: bool) -> Row | None:
    """Return an added line that begins with one more `+`: all of them do, or it is no bullet.

    An added code block may show a diff, and one line of several a number with
    its sign, where counts tell that the others have theirs; a line by itself,
    a telephone's. Where a blank line has one sign, or the prompt's own line has two, the signs
    stand there once.
    """
    if any(row.raw == "+" or (row.sign == "-" and row.text.startswith("-- ")) for row in rows):
        return None
    written = [row for row in rows if row.sign == "+" and row.key]
    doubled = [row for row in written if row.text.startswith("+")]
    if doubled:
        headers = {below for above, below in pairwise(rows) if above.raw.startswith("+--- ")}
        doubled = [row for row in doubled if row not in headers]
    if not doubled or any(row.key.startswith(("```", "~~~")) for row in written):
        return None
    if counted and all(_OF_SIGNS.match(row.text) for row in doubled):
        return None  # Nobody writes a sign three times.
    number = _SIGNED_NUMBER if len(doubled) < len(written) else _PHONE_NUMBER
    if counted and len(doubled) == 1 and number.match(doubled[0].text):
        return None
    if len(doubled) == len(written):
        return doubled[0]
    return next((row for row in doubled if not row.text.startswith("+ ")), None)


def breaks_off(page: Page, rows: Sequence[Row]) -> Row | None:
    """Return an added line that is the start of a removed one, or an item that goes on nowhere.

    Or an item without an end, where all items beside it have one.
    """
    open_ended = [
        (at, row)
        for at, row in enumerate(rows)
        if row.sign == "+" and row.key[-1:] not in ENDS and row.key[-1:].strip("`*_:;)\"'")
    ]
    if not open_ended:
        return None
    removed = sorted(row.key for row in rows if row.sign == "-")
    added = "\n".join([row.key for row in rows if row.sign == "+"] if removed else []).casefold()
    items = Counter(
        (margin_of(row.key), row.key.rstrip(CLOSERS)[-1:] in ENDS)
        for row in rows
        if begins_list_item(row.key)
    )
    for at, row in open_ended:
        if _is_start(row.key, removed, added):
            return row
        below = rows[at + 1] if at + 1 < len(rows) else None
        if not begins_list_item(row.key) or (below and _is_text_of_item(below.key)):
            continue
        margin = margin_of(row.key)
        is_alone = items[margin, True] > 1 and items[margin, False] == 1
        if is_alone and _is_sentence(row.key) and not page.has(row.key):
            return row
        hangs = _HANGS.search(row.key)
        goes_on = hangs and hangs[0].endswith(_TO_NEXT)
        if hangs and not (goes_on and (_is_added_item(below) or _ends_alike(rows, row))):
            return row
    return None


def _is_start(key: str, removed: Sequence[str], added: str) -> bool:
    """Say whether a line is the start of one of sorted sentences, and no other line goes on."""
    at = bisect_right(removed, key)
    begun = removed[at] if at < len(removed) and removed[at].startswith(key) else ""
    if begun[-1:] not in ENDS or len(words(key)) < 2:
        return False
    rest = begun[len(key) :]
    next_words = " ".join(rest.strip(" .,;:").split()[:2]).casefold()
    return rest[0].isalnum() or next_words not in added  # Else one line was parted in two.


def _is_text_of_item(line: str) -> bool:
    """Say whether a line below an item may belong to it."""
    return bool(line) and line[0] != "#" and not begins_list_item(line)


def _is_sentence(item: str) -> bool:
    """Say whether an item ends in a word, and is neither a name nor what a name stands for."""
    is_named = ":" in item or "\u2192" in item
    return not is_named and item.rpartition(" ")[2].isalpha() and len(words(item)) >= _SENTENCE


def _is_added_item(row: Row | None) -> bool:
    return row is not None and row.sign == "+" and begins_list_item(row.key)


def _ends_alike(rows: Sequence[Row], item: Row) -> bool:
    """Say whether another item of the hunk, which is not new, ends as this one does."""
    last = item.key.rpartition(" ")[2]
    end = last[-1] if last[-1] == "," else last
    return any(
        row.sign != "+" and row.key.endswith(end) and begins_list_item(row.key) for row in rows
    )


def strays(known: Sequence[str], rows: Sequence[Row], *, counted: bool) -> Row | None:
    """Return an added line with a margin that the prompt's lines do not have.

    It has tabs where the prompt has blanks only, or one blank more than a line
    beside it: that may be left of the sign. Who counts the lines and leaves no
    tab behind other signs writes it as text, and so does who adds the item above
    it, under whose text it begins.
    """
    moved = {row.key.lstrip() for row in rows if row.sign == "-"}
    margined = [
        row
        for row in rows
        if row.sign == "+" and row.text[:1] in _BLANKS and row.key and row.key.lstrip() not in moved
    ]
    if not margined:
        return None
    usual = {margin_of(line) for line in known} | _nested(rows)
    beside = {margin_of(row.text) for row in rows if row.sign != "+" and row.key}
    tabs_are_new = any(beside) and not any("\t" in margin for margin in usual)
    if tabs_are_new and counted:
        tabs_are_new = all(row.text[0] == "\t" for row in rows if row.sign == "+" and row.key)
    for row in margined:
        margin = margin_of(row.text)
        if margin in usual:
            continue
        if ("\t" in margin and tabs_are_new) or (margin[0] == " " and margin[1:] in beside - {""}):
            return row
    return None


def _nested(rows: Sequence[Row]) -> set[str]:
    """Return the margins of added lines that begin under the text of an added item above them."""
    return {
        " " * item.end()
        for above, below in pairwise(rows)
        if above.sign == below.sign == "+" and (item := _ITEM.match(above.text))
        if margin_of(below.text) == " " * item.end()
    }


def margin_of(line: str) -> str:
    """Return the blanks and tabs that a line begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def opens_fence(rows: Sequence[Row]) -> bool:
    """Say whether added lines hold one end of a code block without the other."""
    signs = [row.sign for row in rows if row.key.lstrip().startswith(("```", "~~~"))]
    return signs.count("+") % 2 == 1 and signs.count("-") % 2 == 0


def is_begun_anew(line: str, below: str) -> bool:
    """Say whether a line without an end is the beginning of the one below it."""
    if not line or len(below) <= len(line) or not below.startswith(line):
        return False
    inside_word = line[-1].isalnum() and below[len(line)].isalnum()
    return inside_word or (line[-1] not in ENDS and len(words(line)) > 1)


def told_often(page: Page, rows: Sequence[Row], in_code: Set[int]) -> Row | None:
    """Return an item that is added twice in a row, or a line that is added three times.

    Not one that stands there already, or moves.
    """
    added = [
        row
        for at, row in enumerate(rows)
        if row.sign == "+" and len(row.key) >= _LONG and at not in in_code and row.key[0] != "|"
    ]
    if len(added) < 2:
        return None
    removed = [row.key for row in rows if row.sign == "-"]
    moved = set(removed)
    if len(moved) < len(removed):
        return None  # What stood there twice may do so afterwards.
    fresh = [row for row in added if row.key not in moved and not page.has(row.key)]
    counts = Counter(row.key for row in fresh)
    twice = (row for row, below in pairwise(fresh) if row.key == below.key)
    item = next((row for row in twice if begins_list_item(row.key)), None)
    return item or next((row for row in fresh if counts[row.key] >= _OFTEN), None)


def repeated(rows: Sequence[Row]) -> Row | None:
    """Return an added line that is told twice, as in a restart: whole, or broken off."""
    if len(rows) > 1 and rows[-1] == rows[-2] and rows[-1].sign == "+" and rows[-1].key:
        return rows[-1]
    for row, below in pairwise(rows):
        if row.sign == below.sign == "+" and is_begun_anew(row.key, below.key):
            return row
    run: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    for row in rows:
        if row.sign == " ":
            run.clear()
            removed.clear()
        elif row.sign == "-":
            removed[row.key] += 1
        elif len(row.key) >= _LONG:
            run[row.key] += 1
            if run[row.key] > max(1, removed[row.key]):
                return row
    return None
