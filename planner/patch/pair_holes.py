"""What a pair's text leaves open: a field that something swallowed, a choice that nobody made."""

import re
from itertools import islice

from planner.patch.pair_lines import PairedLines
from planner.patch.pair_words import BEGINS_ITEM, begins_list_item, words

_FIELD = re.compile(r"\{[^{}\n]{1,60}\}|<[^<>\n]{1,60}>")
_BEFORE = re.compile(r"(\S+)[ \t]$")
_AFTER = re.compile(r"[ \t]\S{1,40}|[.,;:!?]")
_BRACKETED = re.compile(r"[\[{<(]((?:[=-]>|[^\[\]{}<>()\n]){3,160})[\]}>)]")
_OPENS = frozenset("([{<")
_BETWEEN_CHOICES = (
    re.compile(r"\s*(?:=>|->|\u2192)\s*"),
    re.compile(r"\s*[/|]\s*"),
    re.compile(r"\s+or\s+", re.IGNORECASE),
)
_GLUED = re.compile(r"[A-Z]?[a-z][a-z,;.'-]{12,400}[.!?]")
_NAMED = re.compile(r"\{{1,2}\s*[A-Za-z_][\w.]*\s*\}{1,2}")
_EMPTY = re.compile(r"(?<![^\s`\"'(])(?:(?:None|undefined|null|NaN|nil)(?!\w)|\[\]|\{\})")
"""What a renderer writes where it has no value."""
_SEVERAL = 4
_NEAR = 40
"""Characters before a field that are looked at."""
_MOST_FIELDS = 40
_HEADING = re.compile(
    r"[ \t]*(?:#{1,6}[ \t]+\S|\*\*[^*\n]+\*\*:?[ \t]*$|[^\W\d_][^\n]{0,60}[:\uff1a][ \t]*$)"
)
_TITLE = re.compile(r"#{1,6}[ \t]+\S")
_NAME = 6
"""Words of a heading; more are a sentence."""
_SECTION = 3
"""Lines with text; a heading and fewer are as soon written anew."""
_MOST = 0.6


def swallows_field(pair: PairedLines) -> str | None:
    """Refuse a text with a hole where `find` has a field or a tag, as a renderer leaves one."""
    if "{" not in pair.find and "<" not in pair.find:
        return None
    for found in islice(_FIELD.finditer(pair.find), _MOST_FIELDS):
        field, near = found[0], pair.find[max(0, found.start() - _NEAR) : found.start()]
        is_kept = field in pair.replace or not _NAMED.fullmatch(field)
        empty = None if is_kept else _EMPTY.search(pair.replace)
        if empty and empty[0] not in pair.closed:
            return f"{pair.who} would write {empty[0]!r} where {field!r} stands."
        before, after = _BEFORE.search(near), _AFTER.match(pair.find, found.end())
        if before and after and field not in pair.replace:
            around = rf"{re.escape(before[1])}[ \t]+{re.escape(after[0].strip())}"
            if re.search(around, pair.replace):
                return f"{pair.who} would leave a hole where {field!r} stands."
    return None


def leaves_choice(pair: PairedLines) -> str | None:
    """Refuse the old words and others to choose from, side by side in brackets."""
    old = set(pair.old_keys)
    for at in pair.added:
        line = pair.new_keys[at]
        if _OPENS.isdisjoint(line):
            continue
        for found in _BRACKETED.finditer(line):
            before, after = line[: found.start()], line[found.end() :]
            if before.count("`") % 2:
                continue
            for between in _BETWEEN_CHOICES:
                choices = between.split(found[1])
                if len(choices) > 1 and any(before + one + after in old for one in choices):
                    return f"{pair.who} would write a choice that nobody made: {found[0]!r}."
    return None


def loses_blanks(pair: PairedLines) -> str | None:
    """Refuse a line of one long word where one of several words stood."""
    for first, last, new_first, new_last in pair.blocks:
        for key in pair.new_keys[new_first:new_last]:
            if key.lstrip().count(" ") > 1:
                continue
            sign = BEGINS_ITEM.match(key)
            if not _GLUED.fullmatch(key[sign.end() if sign else 0 :].strip()):
                continue
            several = [len(old.split()) >= _SEVERAL for old in pair.old_keys[first:last] if old]
            if several and all(several):
                return f"{pair.who} would write words without blanks: {key.strip()[:60]!r}."
    return None


def replaces_section(pair: PairedLines) -> str | None:
    """Refuse one edited item of a section in the place of all of it, heading included."""
    find = [line for line in pair.find_lines if line.strip()]
    replace = [line for line in pair.replace_lines if line.strip()]
    if len(find) < _SECTION or len(replace) != 1 or pair.head or pair.rest:
        return None
    heading, item = BEGINS_ITEM.match(find[0]), replace[0]
    if not (heading and heading[1][0] == "#" and begins_list_item(item)):
        return None
    if any(_shares_most_words(item, line) for line in find[1:]):
        return f"{pair.who} would put {item.strip()[:60]!r} in place of the section {find[0]!r}."
    return None


def loses_heading(pair: PairedLines) -> str | None:
    """Refuse an item in the place of a heading whose section stays."""
    find = [line for line in pair.find_lines if line.strip()]
    replace = [line for line in pair.replace_lines if line.strip()]
    if not (find and replace) or pair.head or pair.rest or not _HEADING.match(find[0]):
        return None
    if any(map(_HEADING.match, replace)) or not begins_list_item(replace[0]):
        return None
    below = pair.closed[pair.line_end :].lstrip()
    if not below or _HEADING.match(below):
        return None
    return f"{pair.who} would put {replace[0].strip()[:60]!r} in place of the heading {find[0]!r}."


def levels_heading(pair: PairedLines) -> str | None:
    """Refuse plain text in the place of a heading, above the text of its section."""
    find, written = pair.find_lines, pair.replace_lines
    name = written[0].strip()
    if pair.head or pair.rest or not (name and _TITLE.match(find[0])):
        return None
    below = next(filter(str.strip, (*find[1:], *pair.closed[pair.line_end :].split("\n", 3))), "")
    kept = any(map(_HEADING.match, written)) or begins_list_item(name) or not name[0].isalnum()
    if kept or not below or _TITLE.match(below) or len(words(name)) > _NAME:
        return None
    return f"{pair.who} would write {name[:60]!r} in place of the heading {find[0]!r}."


def swallows_heading(pair: PairedLines) -> str | None:
    """Refuse the loss of a heading below the first line, where a text of its section stays."""
    if pair.head or pair.rest or "#" not in pair.find:
        return None
    find, written = (
        [line for line in some if line.strip()] for some in (pair.find_lines, pair.replace_lines)
    )
    lost = [at for at, line in enumerate(find) if at and _TITLE.match(line) and line not in written]
    renamed = [line for line in written if _TITLE.match(line) and line not in find]
    bare = [line for at, line in enumerate(find) if at not in lost]
    if not lost or written == bare or renamed:
        return None  # Two sections become one, or a heading another one.
    below = pair.closed[pair.line_end :].lstrip()
    stays = below and not _TITLE.match(below) and lost[-1] == len(find) - 1
    if stays or not set(written).isdisjoint(find[lost[0] + 1 :]):
        return f"{pair.who} would leave a section without its heading {find[lost[-1]]!r}."
    return None


def _shares_most_words(item: str, other: str) -> bool:
    mine, theirs = set(words(item)), set(words(other))
    return len(mine & theirs) >= _MOST * max(len(mine), len(theirs))
