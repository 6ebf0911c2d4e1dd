"""Which of a text's documents is the answer: decided by where each stands, or not at all.

What the words around them say is for people (`remarks`).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from planner.salvage.document import Document
from planner.salvage.rivals import differ, those_that_count
from planner.salvage.salvaged import Salvaged
from planner.salvage.standing import (
    BEGUN_ANEW,
    OUTSIDE,
    Found,
    is_cut_copy,
    reasons_against,
    why_not_below,
)

JOINED: Final = "Several lists stand in the answer, and are read as one: no edit meets another."
CORRECTED: Final = "Several answers differ: the last one is read, which words above it call final."
DIFFER: Final = "several answers differ, and nobody knows which one counts"
READ_ANEW: Final = "The answer broke off, and began anew: the last one is read."
HOW_READ: Final = frozenset({JOINED, CORRECTED, READ_ANEW})
"""What the reader did, so that a person has to look at it; the teacher said none of these."""

_ID: Final = re.compile(r"(?<!\\)[\"']?\bid[\"']?\s*+:\s*+[\"']([^\"'\n]{1,200}+)[\"']")
"""The id of an edit, be it whole or broken; none inside of a text."""


def choose(text: str, found: Sequence[Found]) -> tuple[Salvaged, list[Document]]:
    """Return the answer of a text, and the documents that it stands in.

    Never a guess between two: of several lists that differ none counts, unless no edit of one
    meets an edit of another, or words call the last one final. Where no list stands, all edits
    count. Words beside any of them are for people.
    """
    reasons = reasons_against(text, found)
    free = [place for place, why in enumerate(reasons) if not why]
    lists = [place for place in free if found[place][1].is_list]
    chosen = those_that_count(text, found, lists) if lists else free
    reason = OUTSIDE if chosen else DIFFER
    if chosen and (why := why_not_below(text, found, chosen[-1])):
        chosen, reason = [], why
    reads = [found[place][1] for place in chosen]
    is_anew = bool(chosen) and _begins_again(text, found, chosen)
    items = [one for read in reads for one in (read.told(BEGUN_ANEW) if is_anew else read.items)]
    counting = set(chosen)
    told = [
        item
        for place, (_, read) in enumerate(found)
        if place not in counting
        for item in read.told(reasons[place] or reason)
    ]
    answer = Salvaged(
        (*items, *told),
        closed=bool(lists and reads) and all(read.closed for read in reads),
        is_list=bool(lists and reads),
        proposes_nothing=bool(reads) and all(read.proposes_nothing for read in reads),
        notes=tuple(dict.fromkeys(note for read in reads for note in read.notes)),
        remarks="\n".join(_remarks(found, lists, chosen)),
    )
    return answer, [found[place][0] for place in chosen]


def _remarks(found: Sequence[Found], lists: Sequence[int], chosen: Sequence[int]) -> Sequence[str]:
    """Return what a person has to know of a choice among several lists, and of their words."""
    said = dict.fromkeys(found[place][1].remarks for place in chosen)
    if len(chosen) > 1 and lists:
        said[JOINED] = None
    elif chosen and len(lists) > 1 and differ(found, lists):
        said[CORRECTED] = None
    return [one for one in said if one]


def _begins_again(text: str, found: Sequence[Found], chosen: Sequence[int]) -> bool:
    """Tell whether what stands behind a broken edit gives an edit above it anew."""
    broken = next((one for one, _ in found if not one.closed), None)
    if broken is None or is_cut_copy(text, broken, found[0][0]):
        return False
    is_own = any(found[place][0] is broken for place in chosen)
    start = broken.end if is_own else broken.start
    start = start if broken.sure_end is None else broken.sure_end
    above = _ID.findall(text[found[chosen[0]][0].start : start])
    given = _ID.findall(text[start:])
    is_single = not any(found[place][1].is_list for place in chosen)
    # An edit that stands there again and again is a loop, and its last turn is cut.
    is_anew = above.count(above[0]) == 1 and above[0] in given if above else False
    return is_anew or (is_single and bool(above) and not given)


def with_remarks(read: Salvaged, said: str) -> Salvaged:
    """Return what was read with more words beside it."""
    return replace(read, remarks="\n".join(filter(None, (read.remarks, said))))
