"""Several lists of edits in one text: which of them counts, all of them, or none."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile
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
    r"|comparison|draft|v\d+|versions?|attempts?|tries|try)\b|\u8349\u7a3f|\u4e0b\u66f8\u304d|\u4f8b|\u6216|\u307e\u305f\u306f",
    re.IGNORECASE,
)
_NEXT_TURN: Final = re.compile(
    r"^[ \t]*(?:Human|User|###? ?(?:Instruction|Human|User))[ \t]*:", re.MULTILINE
)
"""Where somebody else speaks, or a model goes on to write the next turn."""
_CUT_OFF: Final = re.compile(r"\A(?:[^<>\n]*>|\w+)")
"""Half a tag, or half a word; a whole one stands behind the beginning of its line."""
_DIGITS: Final = re.compile(r"\d+")
_WORD: Final = re.compile(r"[^\W\d_]+(?:[-_]\w+)*|<{2,}|={3,}|~~")
_OF_PARTS: Final = re.compile(
    r"edits?|changes?|items?|lists?|plans?|parts?|steps?|clusters?|agents?|pillars?|tools?|prompts?"
    r"|first|second|third|fourth|fifth|next|then|and|also|finally|now|another|more|further|last|rest|with|others?|remaining|remainder|continued|continuing|of"
    r"|the|for|my|is|are|these|this|here|its?|all|in|as|a|an|to|each|one|two|three|sure|learning"
    r"|propose[ds]?|i|answers?|json[5c]?|jsonl|ndjson|python|js|javascript|text|plaintext|xml"
    r"|tool[-_]?calls?|function[-_]?calls?|learning[-_]plan|data|event|message|output|response|result"
)
"""What words beside the parts of one answer say; any other may offer a choice."""
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
    if len(lists) < len(found) or not all(document.closed for document, _ in found):
        return False
    edits = [edit for _, read in found for edit in read.own]
    named = {word.lower() for edit in edits for word in _names_in(edit)}
    above, *between, below = (_DIGITS.sub("0", f"\n{words}") for words in _beside(text, found))
    backwards = [words[::-1] for words in (above, *between)]
    opening = _CUT_OFF.sub("", _shared_beginning(backwards)[::-1])
    closing = _shared_beginning([*between, below])
    told = [words.removesuffix(opening).removeprefix(closing) for words in between]
    told.append(above.removesuffix(opening).rpartition("\n")[2])
    said = {word.lower() for words in told for word in _WORD.findall(words)}
    is_offer = any(map(_OFFERS.search, between))
    return not is_offer and all(map(_OF_PARTS.fullmatch, said - named)) and are_parts(edits)


def _shared_beginning(texts: Sequence[str]) -> str:
    """Return what all texts begin with."""
    least, most = min(texts), max(texts)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(least, most, strict=False))
    return "".join(one for one, _ in same)


def _names_in(edit: Any) -> Iterator[str]:
    """Yield the words by which a part of an answer may be called: its cluster, its agent."""
    if isinstance(edit, dict):
        names = (edit.get(key) for key in ("id", "op", "pillar", "target", "expected_improvement"))
        yield from _WORD.findall(" ".join(map(str, names)))


def _beside(text: str, found: Sequence[Found]) -> Iterator[str]:
    """Yield the words before the first document, between all, and behind, as far as near."""
    yield text[: found[0][0].start].rstrip("` \n\t")[-_MAX_WORDS:]
    for (first, _), (second, _) in pairwise(found):
        yield text[first.end : second.start].strip("` \n\t")[-_MAX_WORDS:]
    yield text[found[-1][0].end :].strip("` \n\t")[:_MAX_WORDS]


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
