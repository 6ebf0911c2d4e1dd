"""White space around and between new texts: too many blanks, or a blank line below each line."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from planner.patch.changes import Change, Changes, splice
from planner.patch.touched import Touched, Written

_FEWEST: Final = 2
"""Lines with text; one has nothing to be apart from."""
_LOOKED_AT: Final = 200
"""Changes that are looked at."""
_BEGIN: Final = re.compile(r"[ \t]*\S+(?: \S+){0,2}")
"""What a line is known by, with its indentation and its sign."""
_SHORT: Final = 8
"""Characters of a beginning; a shorter one may well stand in another line."""
_ITEM: Final = re.compile(
    r"[ \t]*(?:[-*+\u2022\u2013][ \t]|[a-z]?\d{0,3}[a-z]?[.)][ \t]|\"[^\"\n]{1,80}\":|<\w)"
)
_SECOND_ITEM: Final = re.compile(
    r"[ \t]+[-*+\u2022\u2013][ \t]+[^a-z\s]|[ \t]*[a-z]?\d{1,3}[a-z]?[.)][ \t]"
    r"|[ \t]*\"[^\"\n]{1,80}\":|[ \t]*<\w"
)
_LONG: Final = 20
"""Characters; a shorter line may be made of what stands on two."""
_IN_TAG: Final = re.compile(r"[ \t]*<([\w-]+)(?: [^<>]*)?>.*</\1>")
_TAG_ALONE: Final = re.compile(r"[ \t]*</?[\w-]+>$")


def odd_spacing(written: Written) -> str | None:
    """Return what is odd about the white space of new text, as one sentence.

    Args:
        written: The prompt, and what is to be done to it.
    """
    closed, changes = written.closed, written.changes
    for change, touched in zip(changes.spans[:_LOOKED_AT], written.touched, strict=False):
        told = _two_blanks(closed, change) or next(
            filter(None, (check(touched) for check in _CHECKS)), None
        )
        if told:
            return told
    return (
        _two_blank_lines(closed, changes)
        or _blank_lines(closed, changes)
        or _other_blank_lines(written)
    )


def _two_blanks(closed: str, change: Change) -> str | None:
    """Tell of a blank beside one that the prompt has there, within a line."""
    new, old = change.text, closed[change.start : change.end]
    if not (new.strip() and old.strip()):
        return None
    before, after = closed[change.start - 1 : change.start], closed[change.end : change.end + 1]
    at_start = before == " " and new[:1] == " " and old[:1] != " "
    at_end = after == " " and new[-1:] == " " and old[-1:] != " "
    if at_start or at_end:
        return f"Two blanks would stand beside {new.strip()[:60]!r}."
    return None


def _lost_tag(lines: Touched) -> str | None:
    """Tell of a line that comes back in other words, and without the tag around it."""
    if len(lines.old) != len(lines.new):
        return None
    for old, new in zip(lines.old, lines.new, strict=True):
        tagged = _IN_TAG.fullmatch(old) if "</" in old else None
        if tagged and new and "<" not in new:
            return f"The tag <{tagged[1]}> around {old.strip()[:60]!r} would go."
    return None


def _tag_in_line(lines: Touched) -> str | None:
    """Tell of a tag with text behind it that stood on a line of its own."""
    alone = [line.strip() for line in lines.old if _TAG_ALONE.match(line)]
    if not alone:
        return None
    stay = {line.strip() for line in lines.new}
    for tag in alone:
        if tag not in stay and any(tag in line for line in lines.new):
            return f"The tag {tag!r} would not stand on a line of its own any more."
    return None


def _two_blank_lines(closed: str, changes: Changes) -> str | None:
    """Tell of blank lines in a row, where the prompt has none."""
    begin, end = ("\n", "\r\n"), ("\n\n", "\n\r\n")
    blank = [one for one in changes.spans if one.text.startswith(begin) or one.text.endswith(end)]
    if not blank or "\n\n\n" in closed.replace("\r", ""):
        return None
    for one in blank[:_LOOKED_AT]:
        above, below = closed[max(0, one.start - 4) : one.start], closed[one.end : one.end + 4]
        if "\n\n\n" in (above + one.text + below).replace("\r", ""):
            return "Two blank lines would stand in a row."
    return None


def _broken_line(lines: Touched) -> str | None:
    """Tell of an old line with text that comes back on two, whether within a word or not."""
    if len(lines.new) < _FEWEST:
        return None
    new = list(map(_squeezed, lines.new))
    whole = "".join(new)
    for line in lines.old[:_LOOKED_AT]:
        told = _squeezed(line)
        if told.startswith(("{", "[")):
            continue  # Data may be set on as many lines as it likes.
        if len(told) >= _LONG and told in whole and not any(told in one for one in new):
            return f"The line {line.strip()[:60]!r} would be broken in two."
    return None


def _joined_lines(lines: Touched) -> str | None:
    """Tell of old lines that come back on one: three of them, or one with its indentation.

    Two sentences may well be joined.
    """
    beside = [lines.above, *lines.old[:_LOOKED_AT], lines.below]
    within = "\n".join(line.lstrip() for line in beside)
    found = filter(None, map(_BEGIN.match, beside))
    begins = dict.fromkeys(begin[0] for begin in found if len(begin[0]) >= _SHORT)
    own = [begin for begin in begins if within.count(begin.strip()) == 1]
    deep = [begin for begin in own if begin.startswith("  ") and begin not in within]
    for line in lines.new[:_LOOKED_AT]:
        bare = line.strip()
        joined = [begin for begin in map(str.strip, own) if begin in bare]
        if len(joined) > _FEWEST or any(begin in bare for begin in deep):
            return f"Lines of the prompt would stand on one: {bare[:60]!r}."
    return None


def _glued_item(lines: Touched) -> str | None:
    """Tell of an old item that comes back with another one behind it, on its line."""
    olds = [line for line in lines.old[:_LOOKED_AT] if _ITEM.match(line)]
    for line in lines.new[:_LOOKED_AT] if olds else ():
        for old in olds:
            second = _SECOND_ITEM.match(line, len(old)) if line.startswith(old) else None
            if second and _kind(second[0]) == _kind(old):
                return f"Two items would stand on one line: {line.strip()[:80]!r}."
    return None


def _kind(item: str) -> str:
    """Return what an item begins with: a sign, a quote, a tag, or any number or letter."""
    sign = item.lstrip()[0]
    return "1" if sign.isalnum() else sign


def _left_empty(lines: Touched) -> str | None:
    """Tell of a line that goes with its text only, so that an empty one stays."""
    if len(lines.old) == 1 and lines.old[0] and not any(lines.new) and lines.new:
        return f"An empty line would stay where {lines.old[0].strip()[:60]!r} stood."
    return None


def _other_blank_lines(written: Written) -> str | None:
    """Tell of blank lines that come or go among as many lines of text.

    A patch that does nothing else means that.
    """
    several = len(written.touched) > 1
    for lines in written.touched[:_LOOKED_AT]:
        old, new = list(filter(None, lines.old)), list(filter(None, lines.new))
        more = len(lines.new) - len(lines.old)
        if more < 0 and new and all(map(_ITEM.match, new)) and not any(map(_ITEM.match, old)):
            continue  # Paragraphs become a list.
        if more and len(old) == len(new) and (several or old != new):
            beside = next(filter(None, [*new, lines.below, lines.above]), "")
            done = "come" if more > 0 else "go"
            return f"A blank line would {done} beside {beside.strip()[:60]!r}."
    return None


def _squeezed(line: str) -> str:
    return "".join(line.split())


def _blank_lines(closed: str, changes: Changes) -> str | None:
    """Tell of lines with a blank one between all of them, where some of the old ones have none."""
    if not any("\n\n" in f"\n{one.text}".replace("\r", "") for one in changes.spans):
        return None
    first, last = changes.spans[0], changes.spans[-1]
    start, end = closed.rfind("\n", 0, first.start) + 1, closed.find("\n", last.end)
    old = closed[start:end].replace("\r", "").strip("\n").split("\n")
    new = splice(closed[:end], changes)[start:].replace("\r", "").strip("\n").split("\n")
    stood_together = any(line and below for line, below in pairwise(old))
    if sum(map(bool, new)) <= _FEWEST or not stood_together:
        return None
    if new.count("") < old.count("") + _FEWEST:
        return None
    if all(not (line and below) for line, below in pairwise(new)):
        return f"A blank line would part each line from the next, from {new[0].strip()[:40]!r}."
    return None


_CHECKS: Final[Sequence[Callable[[Touched], str | None]]] = (
    _lost_tag,
    _tag_in_line,
    _broken_line,
    _joined_lines,
    _glued_item,
    _left_empty,
)
