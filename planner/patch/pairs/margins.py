"""What one text of a pair has at an edge and the other has not, though it stays in the prompt.

A list's sign, an indentation or a full stop that stands beside `find` and in `replace` would
stand there twice; a line break that only `find` has would glue two lines. No writer means that.
"""

from typing import NamedTuple

from planner.patch.pairs.words import ONLY_MARKERS
from planner.patch.slips import margin_of

_BREAKS = "\r\n"
_STOPS = frozenset(".!?;:\u3002\uff01\uff1f")


class Edges(NamedTuple):
    """A pair at its place."""

    start: int
    end: int
    find: str
    replace: str


def with_like_edges(closed: str, pair: Edges) -> Edges:
    """Return a pair whose texts begin and end with the same of what stays.

    Args:
        closed: The prompt, with an end to its last line.
        pair: The two texts, and from where to where `find` stands.
    """
    if not pair.replace.strip():
        return pair
    return _without_stop(closed, _without_sign(closed, _with_breaks(closed, pair)))


def _with_breaks(closed: str, pair: Edges) -> Edges:
    start, end, find, replace = pair
    if find[-1:] in _BREAKS and not replace[-1:].isspace() and closed[end:].strip():
        kept = len(find) - len(find.rstrip(_BREAKS))
        end -= len(closed[:end]) - len(closed[:end].rstrip(_BREAKS)) if kept else 0
        find = find[:-kept]
    if find[:1] in _BREAKS and not replace[:1].isspace() and closed[:start].strip():
        begun = find.lstrip(_BREAKS)
        start += len(closed[start:end]) - len(closed[start:end].lstrip(_BREAKS))
        find = begun
    return Edges(start, end, find, replace) if find.strip() else pair


def _without_sign(closed: str, pair: Edges) -> Edges:
    """Leave out of `replace` the sign or the indentation that stands before `find` already."""
    head = closed[closed.rfind("\n", 0, pair.start) + 1 : pair.start]
    if not head or not ONLY_MARKERS.fullmatch(head):
        return pair
    sign = head.lstrip(" \t>")
    for twice in (head, sign):
        if twice and pair.replace.startswith(twice) and not pair.find.startswith(twice):
            return pair._replace(replace=pair.replace[len(twice) :])
    if head.strip():
        return pair
    if margin_of(pair.replace) == head + margin_of(pair.find):
        return pair._replace(replace=pair.replace[len(head) :])
    first = pair.replace.partition("\n")[0]
    if first.strip() and first in pair.find.split("\n")[1:]:
        # The line goes of which only the indentation was not quoted.
        return pair._replace(start=pair.start - len(head), find=head + pair.find)
    return pair


def _without_stop(closed: str, pair: Edges) -> Edges:
    stop = closed[pair.end : pair.end + 1]
    is_twice = stop in _STOPS and pair.replace.endswith(stop) and not pair.find.endswith(stop)
    return pair._replace(replace=pair.replace[:-1]) if is_twice else pair
