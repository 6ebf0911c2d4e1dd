"""Several lists of edits in one text: which of them counts, all of them, or none."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from planner.salvage.item import Item
from planner.salvage.parts import are_parts
from planner.salvage.remarks import sentences_of
from planner.salvage.salvaged import Salvaged
from planner.salvage.standing import Found, is_in_sentence

_CORRECTS: Final = re.compile(
    r"\b(?:final|correct(?:ed|ion)|revised|fixed|improved|better|right|instead|redo|start over"
    r"|korrektur|stattdessen"
    r"|now|my (?:own )?(?:plan|answer|edits|proposal)|(?:the|actual|real) (?:plan|answer|edits)"
    r"|here (?:is|are)|(?:i|we) (?:now )?propose|korrigierte?|endg\u00fcltige?|corrig\w+|finale)\b"
    r"|\u6700\u7d42|\u6700\u7ec8|\u4fee\u6b63|\u66f4\u6b63",
    re.IGNORECASE,
)
_OFFERS: Final = re.compile(
    r"\b(?:not|\w+n.t|never|or|either|example|format|alternative\w*|option|candidate|variant"
    r"|previous\w*|original|earlier|old|later|reject\w*|discard\w*|supersed\w*"
    r"|withdrawn|obsolete|for reference|revert\w*|undo|roll\w*|user|human"
    r"|comparison|draft)\b|\u8349\u7a3f|\u4e0b\u66f8\u304d|\u4f8b|\u6216|\u307e\u305f\u306f",
    re.IGNORECASE,
)
_NEXT_TURN: Final = re.compile(
    r"^[ \t]*(?:Human|User|###? ?(?:Instruction|Human|User))[ \t]*:", re.MULTILINE
)
"""Where somebody else speaks, or a model goes on to write the next turn."""
_SAYS: Final = re.compile(r"(?!\s*(?:```|~~~))[^\n]*[^\W\d_]{3}")
_ID: Final = re.compile(r"\bid[\"']?\s*:\s*[\"']([^\"']{1,200})[\"']")
_MAX_WORDS: Final = 2_000


def those_that_count(text: str, found: Sequence[Found], lists: list[int]) -> list[int]:
    """Return the list that counts: the only one, all as parts of one answer, or the corrected.

    Words never choose an edit that is applied unattended: what they call corrected is flagged.

    Args:
        text: The answer.
        found: Its documents.
        lists: The places of those that are lists of edits.
    """
    if not differ(found, lists):
        return lists[-1:]
    apart = [place for place in lists if not is_in_sentence(text, found, place)]
    if apart and apart != lists:
        return those_that_count(text, found, apart)
    begin, end = found[lists[-2]][0].end, found[lists[-1]][0].start
    between = text[begin:end][-_MAX_WORDS:]
    last = found[lists[-1]][1]
    is_answer = _calls_it_the_answer(between) or all(
        _is_given_whole(found[place][1], last) for place in lists[:-1]
    )
    if is_answer and not _NEXT_TURN.search(between):
        return lists[-1:]
    return lists if _are_one_answer(text, found, lists) else []


def _are_one_answer(text: str, found: Sequence[Found], lists: Sequence[int]) -> bool:
    """Tell whether lists are the parts of one answer: nothing offers a choice, none meet."""
    between = "\n".join(_between(text, found))
    if len(lists) < len(found) or _NEXT_TURN.search(between) or _OFFERS.search(between):
        return False
    return all(document.closed for document, _ in found) and are_parts(
        edit for _, read in found for edit in read.own
    )


def _between(text: str, found: Sequence[Found]) -> Iterator[str]:
    """Yield the words between the documents, as far as they are near."""
    for (above, _), (below, _) in pairwise(found):
        yield text[above.end : below.start][-_MAX_WORDS:]


def _calls_it_the_answer(between: str) -> bool:
    """Tell whether words between two lists, or the last line of them, call the second the answer.

    It may have been chosen wrongly: that is why nothing of it goes unattended.
    """
    said = [one for one in between.split("\n") if _SAYS.match(one)]
    nearest = sentences_of(said[-1])[-1] if said else ""
    return any(_CORRECTS.search(one) and not _OFFERS.search(one) for one in (between, nearest))


def _is_given_whole(read: Salvaged, again: Salvaged) -> bool:
    """Tell whether a list stands again, and edits that could not be read are whole there.

    One that could be read, and is rejected for what it says, is as good as any other here: which
    answer counts must not depend on what is wrong with an edit of it.
    """
    if len(read.own) != len(again.own) or any(one.fault for one in again.items):
        return False
    return all(
        _is_broken_off(item, value) if item.fault else item.value == value
        for item, value in zip(read.items, again.own, strict=False)
    )


def _is_broken_off(item: Item, value: Any) -> bool:
    """Tell whether an item is no complete object, and begins as a value does that is one."""
    named = None if item.is_object else _ID.search(str(item.raw))
    return named is not None and isinstance(value, dict) and value.get("id") == named[1]


def differ(found: Sequence[Found], lists: Sequence[int]) -> bool:
    """Tell whether lists of edits differ."""
    last = found[lists[-1]][1].own
    return any(found[place][1].own != last for place in lists[:-1])
