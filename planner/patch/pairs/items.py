"""Whether items of lists keep their signs, their depth, and lines of their own."""

import re
from itertools import islice

from planner.patch.code import is_fence
from planner.patch.lines import body
from planner.patch.pairs.lines import PairedLines, is_in_code
from planner.patch.pairs.words import (
    BEGINS_ITEM,
    CLOSERS,
    ENDS,
    MARKER,
    ONLY_MARKERS,
    begins_list_item,
    words,
)

_LONGEST = 400
"""Characters of a line that are looked at."""

_SENTENCE = 4
"""Words; fewer stand for no rules of a list."""
_LEAST_ROWS = 3
"""A table's header, its rule and a row."""
_EMPTY_ITEM = re.compile(rf"[ \t]*{MARKER}[ \t]*")
_GLUED_ITEM = re.compile(
    rf"(?:[^\W\d_][.!?:;][\"'\u201d\u2019)]?|[\u3002\uff01\uff1f\uff1b\uff1a]){MARKER}[ \t]+\S"
    r"|[\d)`]\.[-*+\u2022][ \t]+[^\W\d_]"
    r"|[^\W\d_](?:[-*\u2022]|#{2,6})[ \t]+(?=[^\W\d_])[^a-z]|[a-z]{2}\d[.)][ \t]+[A-Z][a-z]"
)
"""A sign of a list, or of a heading, right behind a text: its line break was lost."""
_SIGN = re.compile(r"[-*+\u2022#.)](?<!\D[.)])[ \t]")
"""What each of these holds; most lines hold none, which is told in a twentieth of the time."""
_JOINT = re.compile(r"[.!?](?=[^\s.!?,;:)\]}])(?!\[\^?\w{1,8}\])")
"""The end of a sentence with the next one right behind it."""
_MOST_JOINTS = 16
_INNER_SIGN = re.compile(rf"[ \t]+{MARKER}[ \t]+(?=\w)")
_TWO_MARKERS = re.compile(r"[ \t]*([-*+\u2022]|\d{1,3}[.)]|#{1,6})[ \t]+\1[ \t]+(?=\S)")
_SETS = re.compile(r"[-+]?[ \t]*[\w.\[\]]{1,40} [-+*/]?= ")
_SAYS_NEW = re.compile(r"#{1,6} (?:new|added|changed|updated|todo|tbd)(?: \w+)?", re.IGNORECASE)
_OF_TEMPLATE = re.compile(r"[ \t]*(?:\{%[^{}\n]*%\}|<!--[^<>\n]*-->|</?[\w-]+>)[ \t]*")
"""What stands around items, and is none."""
_BELOW_ITEM = re.compile(
    r"^[ \t]*(?:[-*+\u2022]|\d{1,3}[.)])[ \t].*\n(?!\d{1,3}[.)][ \t])\w", re.MULTILINE
)


def glues_items(pair: PairedLines) -> str | None:
    """Refuse a line that holds two: a heading and its first item, or a line that was dropped."""
    dropped: set[str] = set()
    if len(pair.old) > 1 or not pair.rest:
        kept = set(pair.new_keys)
        dropped = {key.strip() for key in pair.old_keys if key not in kept}
    for at in pair.added:
        line = pair.new_keys[at].strip()[:_LONGEST]
        signs = islice(_INNER_SIGN.finditer(line), _MOST_JOINTS) if dropped else ()
        if any(line[: sign.start()] in dropped and not _goes_with(line, sign) for sign in signs):
            return f"{pair.who} would write two lines on one: {line[:80]!r}."
        for joint in islice(_JOINT.finditer(line), _MOST_JOINTS) if dropped else ():
            above, below = line[: joint.end()], line[joint.end() :]
            if above in dropped or below in dropped:
                item = above if above in dropped else below
                return f"{pair.who} would glue text to the line {item[:80]!r}."
        if not _SIGN.search(line):
            continue
        if _glues(line) and not any(map(_GLUED_ITEM.search, pair.old_keys)):
            return f"{pair.who} would write two items on one line: {line[:80]!r}."
    return None


def _goes_with(line: str, sign: re.Match[str]) -> bool:
    """Say whether a sign within a line adds or takes away there, or begins a comment on code."""
    return _SETS.match(line) is not None or sign[0].startswith("  #")


def _glues(line: str) -> bool:
    """Say whether an item begins right behind a text; a star may close what another one opens."""
    found = _GLUED_ITEM.search(line)
    if found is None or "*" not in found[0]:
        return found is not None
    sign = BEGINS_ITEM.match(line)
    return line.count("*", sign.end() if sign else 0, found.end()) % 2 == 1


def doubles_marker(pair: PairedLines) -> str | None:
    """Refuse an item that begins inside a line, or behind another sign."""
    line = pair.replace_lines[0]
    twice = _TWO_MARKERS.match(line)
    if twice and not pair.head.strip() and not _TWO_MARKERS.match(pair.find_lines[0]):
        return f"{pair.who} would give a line two markers: {line.strip()[:80]!r}."
    written = BEGINS_ITEM.match(line)
    if not written or not pair.head.strip() or BEGINS_ITEM.match(pair.find_lines[0]):
        return None
    shown = f"{(pair.head + line).strip()[-80:]!r}"
    marked = BEGINS_ITEM.match(pair.head)
    if not ONLY_MARKERS.fullmatch(pair.head):
        begins = line[written.end() : written.end() + 1].isupper()
        return f"{pair.who} would begin an item inside a line: {shown}." if begins else None
    if marked and (marked[1][0] == "#") == (written[1][0] == "#"):
        return f"{pair.who} would give a line two markers: {shown}."
    return None


def drops_marker(pair: PairedLines) -> str | None:
    """Refuse new lines without list signs for as many of a list: they may be labels or orders."""
    if pair.head.strip() or pair.rest or pair.find in pair.replace:
        return None
    find = [line for line in pair.find_lines if line.strip()]
    written = [line for line in pair.replace_lines if line.strip()]
    replace = [line.lstrip() for line in written if not _OF_TEMPLATE.fullmatch(line)]
    if not replace or not all(map(begins_list_item, find)):
        return None
    is_fragment = len(replace) == 1 and len(words(replace[0])) < _SENTENCE
    if (
        len(find) > 1
        and not is_fragment
        and (len(replace) != len(find) or not all(map(_is_bare, replace)))
    ):
        return None
    is_table = len(replace) >= _LEAST_ROWS and all(line[0] == "|" for line in replace)
    if is_table or BEGINS_ITEM.match(replace[0]):
        return None
    return f"{pair.who} would put {replace[0].strip()[:60]!r} in place of an item of a list."


def interrupts_list(pair: PairedLines) -> str | None:
    """Refuse a line without a sign right below an item, where no other line is so.

    A sentence may stand below the last item. And refuse a heading there that only says that
    the item below it is new.
    """
    for at in pair.added:
        line = pair.new_keys[at]
        if at and _SAYS_NEW.fullmatch(line) and begins_list_item(pair.new_keys[at - 1]):
            return f"{pair.who} would write {line[:60]!r}, a remark, between items of a list."
        if not (at and line[:1].isalnum()) or BEGINS_ITEM.match(line):
            continue
        if line[-1] in ENDS and not _stands_between_items(pair, at):
            continue
        if _goes_on_below(pair, at):
            continue
        if begins_list_item(pair.new_keys[at - 1]):
            usual = _BELOW_ITEM.search(pair.closed)
            why = f"{pair.who} would write {line[:60]!r} right below an item of a list."
            return None if usual else why
    return None


def _goes_on_below(pair: PairedLines, at: int) -> bool:
    """Say whether a line introduces the code below it, or the one above it ends in a hard break."""
    below = pair.new_keys[at + 1 : at + 2]
    introduces = pair.new_keys[at].endswith(":") and any(map(is_fence, below))
    return introduces or body(pair.new[at - 1]).endswith("  ")


def _stands_between_items(pair: PairedLines, at: int) -> bool:
    """Say whether a line has a whole item above it and another one right below."""
    end = pair.closed.find("\n", pair.line_end)
    below = (
        pair.new_keys[at + 1] if at + 1 < len(pair.new_keys) else pair.closed[pair.line_end : end]
    )
    return pair.new_keys[at - 1].rstrip(CLOSERS)[-1:] in ENDS and begins_list_item(below)


def sinks_item(pair: PairedLines) -> str | None:
    """Refuse an item so deep below another that it is text of that one.

    Source: CommonMark, where four blanks more than an item's text begins with are no new level.
    """
    for at in pair.added:
        line = pair.new_keys[at]
        above = BEGINS_ITEM.match(pair.new_keys[at - 1]) if at and line[0] in " \t" else None
        if above and begins_list_item(line):
            text = len(above[0].expandtabs(4))
            if len(_indent(line).expandtabs(4)) >= text + 4 and not is_in_code(pair):
                return f"{pair.who} would write {line.strip()[:60]!r} too deep to be an item."
    return None


def loses_depth(pair: PairedLines) -> str | None:
    """Refuse a first line less indented than its old one: in code, or above lines as deep."""
    old, new = pair.find_lines[0], pair.replace_lines[0]
    if pair.head or not new.strip() or len(_indent(new)) >= len(_indent(old)):
        return None
    if new in pair.find_lines:
        return None  # The lines above it go.
    if _is_out_of_step(pair, old) or (
        old.strip() != new.strip()
        and len(pair.find_lines) == len(pair.replace_lines)
        and (_is_among_items(pair, old) or is_in_code(pair))
    ):
        return f"{pair.who} would write {new.strip()[:60]!r} without its indentation."
    return None


def _is_out_of_step(pair: PairedLines, old: str) -> bool:
    """Say whether the lines below a first one keep the depth that it loses."""
    new, *below = pair.replace_lines
    following = next(filter(None, below), None)
    if following is not None and len(_indent(following)) >= len(_indent(old)):
        return True
    kept = set(filter(None, pair.find_lines[1:]))
    return new.strip() == old.strip() and not kept.isdisjoint(below)


def _is_among_items(pair: PairedLines, old: str) -> bool:
    """Say whether a line is an item of a list, and an item as deep stands below the pair."""
    below = pair.closed[pair.line_end : pair.closed.find("\n", pair.line_end)]
    return begins_list_item(old) and begins_list_item(below) and _indent(below) == _indent(old)


def dedents(pair: PairedLines) -> str | None:
    """Refuse several lines of code that come back with the edge of their block moved left."""
    if len(pair.old) < 2 or not pair.old_keys[0][:1].isspace() or not is_in_code(pair):
        return None
    old = {line.strip(): len(_indent(line)) for line in pair.old_keys if line}
    kept = [line for line in pair.new_keys if old.get(line.strip(), 0) > len(_indent(line))]
    edge = min((len(_indent(line)) for line in pair.new_keys if line), default=0)
    if len(kept) < 2 or edge >= min(old.values()):
        return None
    return f"{pair.who} would write {kept[0].strip()[:60]!r} without its indentation."


def empties_item(pair: PairedLines) -> str | None:
    """Refuse a sign of a list with nothing behind it."""
    for at in pair.added:
        if _EMPTY_ITEM.fullmatch(pair.new_keys[at]):
            return f"{pair.who} would leave {pair.new_keys[at].strip()!r} alone on its line."
    return None


def loses_indentation(pair: PairedLines) -> str | None:
    """Refuse added lines without what `find` left out at the start of its first line."""
    if not pair.head or not ONLY_MARKERS.fullmatch(pair.head) or "#" in pair.head:
        return None
    allowed = {_indent(line) for line in pair.find_lines[1:] if line}
    margin = _indent(pair.head + pair.find_lines[0])
    marked = pair.head.strip() and not any(map(_is_bare, pair.find_lines[1:]))
    for at in pair.added:
        line = pair.new_keys[at]
        lower = len(_indent(line)) < len(margin) and _indent(line) not in allowed
        bare = marked and pair.new_keys[at - 1] and _is_bare(line)
        if at > 0 and (lower or bare):
            return f"{pair.who} would write {line.strip()[:60]!r} without its indentation."
    return None


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _is_bare(line: str) -> bool:
    """Say whether a line has text at its very start, without a marker."""
    return line[:1].isalnum() and not BEGINS_ITEM.match(line)
