"""Which of a text's documents is the answer: decided by where each stands, or not at all.

What the words around them say is for people (`remarks`).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from planner.salvage.document import Document
from planner.salvage.item import Item
from planner.salvage.rivals import differ, those_that_count
from planner.salvage.salvaged import Salvaged
from planner.salvage.standing import (
    BEGUN_ANEW,
    OUTSIDE,
    Found,
    is_cut_copy,
    on_lines,
    reasons_against,
    why_not_below,
)
from planner.salvage.twice import differing_ids, ids_in, without_named

CORRECTED: Final = "Several answers differ; the last one counts, which words above it call so."
JOINED: Final = "Several lists stand in the answer, and are read as one: no edit meets another."
DIFFER: Final = "several answers differ, and nobody knows which one counts"
BEGUN_OTHERWISE: Final = "The answer broke off, and began anew with another text."
HOW_READ: Final = frozenset({CORRECTED, JOINED, BEGUN_OTHERWISE})
"""What the reader did, so that a person has to look at it; the teacher said none of these."""
_BESIDE_OTHERS: Final = "it stands within a line, or beside others that differ"


def choose(text: str, found: Sequence[Found]) -> tuple[Salvaged, list[Document]]:
    """Return the answer of a text, and the documents that it stands in.

    Never a guess between two: of several lists that differ none counts, unless no edit of one
    meets an edit of another, or words call the last one the answer. Where no list stands, the
    edits count that stand on lines of their own.
    """
    reasons = reasons_against(text, found)
    free = [place for place, why in enumerate(reasons) if not why]
    lists = [place for place in free if found[place][1].is_list]
    chosen = those_that_count(text, found, lists) if lists else on_lines(text, found, free)
    reason = _BESIDE_OTHERS if not lists else OUTSIDE if chosen else DIFFER
    if chosen and (why := why_not_below(text, found, chosen[-1])):
        chosen, reason = [], why
    reads = [found[place][1] for place in chosen]
    items = _without_doubted(text, found, chosen)
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
    if len(chosen) == 1 and len(lists) > 1 and differ(found, lists):
        said[CORRECTED] = None
    elif len(chosen) > 1 and lists:
        said[JOINED] = None
    return [one for one in said if one]


def _without_doubted(text: str, found: Sequence[Found], chosen: Sequence[int]) -> list[Item]:
    """Return the edits that count, without those that are given again with another body."""
    if not chosen:
        return []
    if _begins_again(text, found, chosen):
        return [item for place in chosen for item in found[place][1].told(BEGUN_ANEW)]
    items = [item for place in chosen for item in found[place][1].items]
    single = {*range(chosen[0], len(found))} - ({*chosen} if len(chosen) == 1 else set())
    loose = [
        item.raw if item.fault else item.value
        for place in sorted(single)
        if not found[place][1].is_list
        for item in found[place][1].items
    ]
    names = differing_ids([one.value for one in items], loose)
    return [without_named(one, names) for one in items]


def _begins_again(text: str, found: Sequence[Found], chosen: Sequence[int]) -> bool:
    """Tell whether what stands behind a broken edit gives an edit above it anew."""
    broken = next((one for one, _ in found if not one.closed), None)
    if broken is None or is_cut_copy(text, broken, found[0][0]):
        return False
    is_own = any(found[place][0] is broken for place in chosen)
    start = broken.end if is_own else broken.start
    start = start if broken.sure_end is None else broken.sure_end
    above = ids_in(text[found[chosen[0]][0].start : start])
    given = ids_in(text[start:])
    is_single = not any(found[place][1].is_list for place in chosen)
    # An edit that stands there again and again is a loop, and its last turn is cut.
    return any(above[name] == 1 for name in given) or (is_single and bool(above) and not given)


def with_remarks(read: Salvaged, said: str) -> Salvaged:
    """Return what was read with more words beside it."""
    return replace(read, remarks="\n".join(filter(None, (read.remarks, said))))
