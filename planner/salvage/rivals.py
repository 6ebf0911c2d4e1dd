"""Several lists of edits in one text: the one that all of them are, the final one, all, or none."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from planner.salvage.standing import Found

_SAYS: Final = re.compile(r"[^\W\d_]{3}")
_SEAMS: Final = re.compile(
    r"^[ \t]*```+\w*|^[ \t]*(?:#{1,6} |\*\*)[^\n]*|</?(?:tool|function)_calls?>", re.MULTILINE
)
"""Fences, titles and tags: between two lists they say nothing, unless they offer a choice."""
_FINAL: Final = re.compile(
    r"\b(?:final|correct(?:ed|ion)|revised|fixed|instead|(?:my|right|real) (?:plan|answer))\b",
    re.IGNORECASE,
)
_OFFERS: Final = re.compile(
    r"\b(?:not|\w+n.t|or|options?|alternatives?|candidates?|variants?|versions?|v\d+|attempts?"
    r"|plan \w|input|request|user|human|system|context|previous|earlier|old|original|drafts?"
    r"|examples?|reject\w*|last night\w*)\b",
    re.IGNORECASE,
)
_SLOT: Final = ("agent", "param", "tool_name", "query_class")
_PATCH: Final = "patch_system_prompt"
_NEAR: Final = 300


def those_that_count(text: str, found: Sequence[Found], lists: list[int]) -> list[int]:
    """Return the lists that count: of equal ones the last, the final one, all as parts, or none.

    Args:
        text: The answer.
        found: Its documents.
        lists: The places of those that are lists of edits.
    """
    lists = [*(place for place in lists[:-1] if found[place][1].own), lists[-1]]
    if not differ(found, lists):
        return lists[-1:]
    apart = [place for place in lists if not _is_in_sentence(text, found, place)]
    if apart and apart != lists:
        return those_that_count(text, found, apart)
    if _is_called_final(text[found[lists[-2]][0].end : found[lists[-1]][0].start]):
        return lists[-1:]
    return lists if _are_one_answer(text, found, lists) else []


def differ(found: Sequence[Found], lists: Sequence[int]) -> bool:
    """Tell whether lists of edits differ."""
    last = found[lists[-1]][1].own
    return any(found[place][1].own != last for place in lists[:-1])


def _is_in_sentence(text: str, found: Sequence[Found], place: int) -> bool:
    """Tell whether words stand before a document on its line, and it goes on behind."""
    document = found[place][0]
    above = found[place - 1][0].end if place else 0
    following = found[place + 1][0].start if place + 1 < len(found) else len(text)
    before = text[max(above, document.start - _NEAR) : document.start].rpartition("\n")[2]
    behind = text[document.end : min(following, document.end + _NEAR)].partition("\n")[0]
    return _SAYS.search(before) is not None and behind.strip(" \t`;") != ""


def _lines_of(words: str) -> list[str]:
    """Return the lines that say something; a fence's language says nothing."""
    return [line for line in words.split("\n") if _SAYS.search(line) and "```" not in line]


def _is_called_final(between: str) -> bool:
    """Tell whether the last line of words between two lists calls the second one the answer."""
    said = _lines_of(between)
    is_anothers = any(line.lstrip().lower().startswith(("user", "human")) for line in said)
    if not said or is_anothers or _OFFERS.search(said[-1]):
        return False
    return _FINAL.search(said[-1]) is not None


def _are_one_answer(text: str, found: Sequence[Found], lists: Sequence[int]) -> bool:
    """Tell whether lists follow each other, be it under titles, and no edit meets another."""
    if len(lists) < len(found) or not all(document.closed for document, _ in found):
        return False
    start = found[0][0].start
    above = (_lines_of(text[max(0, start - _NEAR) : start]) or [""])[-1]
    between = [text[first.end : second.start] for (first, _), (second, _) in pairwise(found)]
    if any(map(_OFFERS.search, (above, *between))):
        return False
    is_silent = not any(_SAYS.search(_SEAMS.sub("", one)) for one in between)
    return is_silent and are_parts([edit for _, read in found for edit in read.own])


def are_parts(edits: Iterable[Any]) -> bool:
    """Tell whether edits can be parts of one answer: none has the name of another, or its slot.

    Patches of one prompt can stand beside each other, and are settled against it together.
    """
    seen: set[Any] = set()
    for one in edits:
        if not isinstance(one, dict) or not isinstance(one.get("id"), str):
            return False
        marks = {("id", one["id"])} | ({_slot_of(one)} if one.get("op") != _PATCH else set())
        if marks & seen:
            return False
        seen |= marks
    return True


def _slot_of(edit: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what an edit changes; the model is a value where a class of queries is given one."""
    payload = edit.get("payload")
    given = payload if isinstance(payload, dict) else {}
    names = _SLOT if "query_class" in given else (*_SLOT, "model")
    return tuple(map(str, (edit.get("op"), edit.get("target"), *map(given.get, names))))
