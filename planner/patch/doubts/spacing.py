"""White space around and between new texts: too many blanks, or a blank line below each line."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from planner.patch.changes import Changes, close, splice

_FEWEST: Final = 2
"""Lines with text; one has nothing to be apart from."""
_LOOKED_AT: Final = 200
"""Changes that are looked at."""
_BEGIN: Final = re.compile(r"[ \t]*\S{4,}(?: \S+)?")
"""What a line is known by, with its indentation."""
_LONG: Final = 20
"""Characters; a shorter line may be made of what stands on two."""
_TAG_ALONE: Final = re.compile(r"^[ \t]*(</?[\w-]+>)[ \t]*$", re.MULTILINE)


class _Text(NamedTuple):
    """What a change takes away and writes, and the characters beside it."""

    before: str
    old: str
    new: str
    after: str


def odd_spacing(prompt: str, changes: Changes) -> str | None:
    """Return what is odd about the white space of new text, as one sentence.

    Args:
        prompt: The text as it was given.
        changes: What is to be done to it.
    """
    closed = close(prompt)
    for one in changes.spans[:_LOOKED_AT]:
        text = _Text(
            closed[max(0, one.start - 1) : one.start],
            closed[one.start : one.end],
            one.text,
            closed[one.end : one.end + 1],
        )
        told = next(filter(None, (check(text) for check in _CHECKS)), None)
        if told:
            return told
    return _two_blank_lines(closed, changes) or _blank_lines(closed, changes)


def _two_blanks(text: _Text) -> str | None:
    """Tell of a blank beside one that the prompt has there, within a line."""
    new, old = text.new, text.old
    if not (new.strip() and old.strip()):
        return None
    at_start = text.before == " " and new[:1] == " " and old[:1] != " "
    at_end = text.after == " " and new[-1:] == " " and old[-1:] != " "
    if at_start or at_end:
        return f"Two blanks would stand beside {new.strip()[:60]!r}."
    return None


def _tag_in_line(text: _Text) -> str | None:
    """Tell of a tag with text behind it that stood on a line of its own."""
    if "<" not in text.new or "<" not in text.old:
        return None
    for tag in _TAG_ALONE.findall(text.old):
        if tag in text.new and tag not in _TAG_ALONE.findall(text.new):
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


def _broken_line(text: _Text) -> str | None:
    """Tell of an old line with text that comes back on two, whether within a word or not."""
    if "\n" not in text.new.strip("\n"):
        return None
    lines = list(map(_squeezed, text.new.split("\n")))
    whole = "".join(lines)
    for line in text.old.split("\n")[:_LOOKED_AT]:
        told = _squeezed(line)
        if told.startswith(("{", "[")):
            continue  # Data may be set on as many lines as it likes.
        if len(told) >= _LONG and told in whole and not any(told in one for one in lines):
            return f"The line {line.strip()[:60]!r} would be broken in two."
    return None


def _joined_lines(text: _Text) -> str | None:
    """Tell of old lines that come back on one: three of them, or one with its indentation.

    Two sentences may well be joined.
    """
    if "\n" not in text.old.strip("\n"):
        return None
    olds = text.old.split("\n")[:_LOOKED_AT]
    begins = {begin[0] for line in olds if (begin := _BEGIN.match(line))}
    within = "\n".join(line.lstrip() for line in olds)
    deep = [begin for begin in begins if begin.startswith("  ") and begin not in within]
    for line in text.new.split("\n")[:_LOOKED_AT]:
        bare = line.strip()
        joined = sum(begin.strip() in bare for begin in begins)
        if joined > _FEWEST or any(begin in bare for begin in deep):
            return f"Lines of the prompt would stand on one: {bare[:60]!r}."
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
    if sum(map(bool, new)) <= _FEWEST:
        return None
    if new.count("") < old.count("") + _FEWEST:
        return None
    if all(not (line and below) for line, below in pairwise(new)):
        return f"A blank line would part each line from the next, from {new[0].strip()[:40]!r}."
    return None


_CHECKS: Final[Sequence[Callable[[_Text], str | None]]] = (
    _two_blanks,
    _tag_in_line,
    _broken_line,
    _joined_lines,
)
