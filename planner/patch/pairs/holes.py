"""What a pair's text leaves open: a field that something swallowed, a choice that nobody made."""

import re
from itertools import islice

from planner.patch.pairs.lines import PairedLines
from planner.patch.pairs.words import BEGINS_ITEM

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
                made = {before + one + after for one in choices if one.strip()}
                if len(choices) > 1 and not made.isdisjoint(old):
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
