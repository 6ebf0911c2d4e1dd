"""Whether lines that pairs add stand right above or below already.

A model that quotes one line and writes it back with its neighbours leaves those
standing twice. What is compared is what stands there afterwards: a line that
another pair takes away is no neighbour, so a line may move past the next one.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from planner.patch.changes import Change, line_at
from planner.patch.lines import cut_lines, fold, fold_all
from planner.patch.outcome import RefusalCode, Refused
from planner.patch.pairs.edges import splits
from planner.patch.pairs.lines import PairedLines, is_in_code
from planner.patch.pairs.words import BEGINS_ITEM, ENDS, begins_list_item, words

_TWIN_WORDS = 3
_TWIN_SHARE = 0.6
"""Of the longer line's words: as many in common, and one line is the other, edited."""
_VERSIONS = 3
"""Lines in the place of one: the old line, the new one, and a word between them."""
_SEVERAL = 2
_MOST_ITEMS = 20
"""Items of a list that are compared with those beside them."""
_FEW = 8
"""Lines that are worth looking for before their neighbours are read."""
_TELLING = re.compile(r"[\u2e80-\u9fff\u0e00-\u0eff]|[^\W_]+")

_FIELD = re.compile(r"[ \t]*[\w-]{1,40}: \S+(?: \S+)?")
"""A key and its value: another one beside it may have the same."""


def neighbour_refusal(pairs: Sequence[PairedLines], changes: Sequence[Change]) -> Refused | None:
    """Refuse pairs that would let a line stand twice, changes sorted and without overlap."""
    for pair in pairs:
        refusal = _beside(pair, changes) if pair.added else None
        if refusal:
            return refusal
    if len(pairs) == 1:
        return None
    return _kept_and_changed(pairs) or _between(pairs[0].closed, changes)


def _kept_and_changed(pairs: Sequence[PairedLines]) -> Refused | None:
    """Refuse a line that one pair writes as it was, where another one writes it anew (rule R9)."""
    changed = {
        key: (pair, new)
        for pair in pairs
        for first, last, start, end in pair.blocks
        if end - start == last - first
        for key, new in zip(pair.old_keys[first:last], pair.new_keys[start:end], strict=True)
        if len(words(key)) >= _TWIN_WORDS and _tells_half(new, key)
    }
    for pair in pairs:
        for key in (pair.new_keys[at] for at in pair.added if pair.new_keys[at] in changed):
            other, new = changed[key]
            if new not in pair.old_keys:  # Else the two change places.
                reason = f"{pair.who} would write {key.strip()[:80]!r}, which {other.who.lower()} "
                return Refused(RefusalCode.OVERLAPPING, f"{reason}changes.")
    return None


@lru_cache(maxsize=1)
def line_counts(closed: str) -> Counter[str]:
    """Return how often each line stands in the prompt."""
    return Counter(fold_all(cut_lines(closed)))


def _beside(pair: PairedLines, changes: Sequence[Change]) -> Refused | None:
    added = [pair.new_keys[at] for at in pair.added]
    more = len(pair.new) > len(pair.old)
    few = not more and len(added) < _FEW and pair.closed.isascii()
    if few and not any(key in pair.closed for key in added):
        return None
    near = len(added) + 1
    above = _standing(pair, changes, near, up=True)
    below = _standing(pair, changes, near, up=False)
    if not (above or below):
        return None
    beside = {**below, **above}
    is_sibling = any(key not in beside for key in added)
    said = [key for key in added if not (is_sibling and _FIELD.fullmatch(key))]
    twice = next((key for key in said if _stands_once(pair, beside, key)), None)
    if twice is None:
        twice = _shared(pair, list(below), list(above))
    if twice is not None:
        where = f"at prompt line {line_at(pair.closed, beside[twice])}"
        if all(key in beside for key in added):
            reason = f"What {pair.who.lower()} adds stands {where} already."
            return Refused(RefusalCode.ALREADY_APPLIED, reason)
        reason = f"{pair.who} would write {twice.strip()[:80]!r} again, which stands {where}."
        return Refused(RefusalCode.UNCLEAR, reason)
    quoted = [key for key in pair.old_keys if begins_list_item(key)]
    again = _rewritten(added, quoted, below) or _rewritten(added, quoted, above)
    if again:
        reason = (
            f"{pair.who} would write a list beside itself: {again.strip()[:80]!r} stands there."
        )
        return Refused(RefusalCode.UNCLEAR, reason)
    return _twin(pair, list(below), list(above))


def _rewritten(added: Sequence[str], quoted: Sequence[str], beside: Iterable[str]) -> str | None:
    """Return an item where most that are added stand beside them, under any sign or number.

    Those that are quoted ones, edited, are none. Who quotes a heading and writes its whole
    section means to replace that.
    """
    items = [_bare(key) for key in added if begins_list_item(key)][:_MOST_ITEMS]
    olds = [_bare(key) for key in quoted][:_MOST_ITEMS]
    items = [one for one in items if not any(_is_edited(one, old) for old in olds)]
    if len(items) < _SEVERAL:
        return None
    known = [_bare(key) for key in islice(filter(begins_list_item, beside), _MOST_ITEMS)]
    again = [one for one in items if any(one == old or _is_edited(one, old) for old in known)]
    return again[0] if len(again) >= max(_SEVERAL, len(items) / 2) else None


def _bare(item: str) -> str:
    return BEGINS_ITEM.sub("", item, count=1)


def _stands_once(pair: PairedLines, beside: dict[str, int], key: str) -> bool:
    """Say whether a line with words stands beside the pair, and nowhere else."""
    return key in beside and len(words(key)) > 1 and line_counts(pair.closed)[key] == 1


def _shared(pair: PairedLines, below: list[str], above: list[str]) -> str | None:
    """Return the line that the pair ends or begins with and that goes on beside it."""
    known = set(pair.old_keys)
    keys = [key for key in pair.new_keys if key]
    for mine, others in ((keys, below), (keys[::-1], above)):
        for size in range(1, min(len(mine), len(others)) + 1):
            if mine[-size] in known:
                break
            if mine[-size] == others[0] and mine[-size:] == others[:size]:
                return others[0]
    return None


def _twin(pair: PairedLines, below: list[str], above: list[str]) -> Refused | None:
    """Refuse an added line that is a line beside it, edited or cut short."""
    old, new = ([key for key in keys if key] for keys in (pair.old_keys, pair.new_keys))
    if len(new) <= len(old) or is_in_code(pair):
        return None  # Commands and rows of data are alike by nature.
    known = set(old)
    candidates: list[tuple[str, str]] = []
    if new[-1] not in known and below:
        candidates.append((new[-1], below[0]))
    if new[0] not in known and above:
        candidates.append((new[0], above[0]))
    if len(old) == 1 and len(new) <= _VERSIONS and old[0] in new:
        candidates += [(line, old[0]) for line in new if line != old[0]]
    for line, other in candidates:
        if _is_edited(line, other):
            return Refused(
                RefusalCode.UNCLEAR,
                f"{pair.who} would add {line.strip()[:80]!r} beside {other.strip()[:80]!r}, "
                "which it may have meant to change.",
            )
    return None


def _is_edited(line: str, other: str) -> bool:
    """Say whether two lines share most of the words that tell something."""
    if other.startswith(line) and splits(other, len(line)):
        return True
    if line.startswith(other) and other[-1] in ENDS and len(words(other)) >= _TWIN_WORDS:
        return True
    mine, theirs = _telling(line), _telling(other)
    common = (Counter(mine) & Counter(theirs)).total()
    return common >= _TWIN_WORDS and common >= _TWIN_SHARE * max(len(mine), len(theirs))


def _tells_half(line: str, old: str) -> bool:
    """Say whether a line has half of the words of an old one that tell something."""
    theirs = _telling(old)
    return bool(theirs) and 2 * (Counter(_telling(line)) & Counter(theirs)).total() >= len(theirs)


def _telling(line: str) -> list[str]:
    """Return the words of a line but for short ones and numbers; in Chinese, its characters."""
    return [
        word
        for word in _TELLING.findall(line.lower())
        if (len(word) > 3 or not word.isascii()) and not word.isdecimal()
    ]


def _standing(
    pair: PairedLines, changes: Sequence[Change], near: int, *, up: bool
) -> dict[str, int]:
    """Return the next lines with text that no pair changes, nearest first, and where they are."""
    found: dict[str, int] = {}
    for start, end in _lines(pair, near, up=up):
        if key := fold(pair.closed[start:end]):
            if _is_changed(changes, start, end):
                continue
            found.setdefault(key, start)
            if len(found) == near:
                break
    return found


def _lines(pair: PairedLines, near: int, *, up: bool) -> Iterator[tuple[int, int]]:
    closed = pair.closed
    at = pair.line_start if up else pair.line_end
    for _ in range(2 * near + 4):
        if up and at > 0:
            start = closed.rfind("\n", 0, at - 1) + 1
            yield start, at
            at = start
        elif not up and at < len(closed):
            end = closed.find("\n", at) + 1
            yield at, end
            at = end
        else:
            return


def _is_changed(changes: Sequence[Change], start: int, end: int) -> bool:
    at = bisect_right(changes, end - 1, key=_start_of) - 1
    while at >= 0 and changes[at].end > start:
        if changes[at].start < changes[at].end:
            return True
        at -= 1
    return at >= 0 and changes[at].start < start < changes[at].end


def _start_of(change: Change) -> int:
    return change.start


def _between(closed: str, changes: Sequence[Change]) -> Refused | None:
    """Refuse two changes that write the same line, one right below the other."""
    above = ""
    at = 0
    for change in changes:
        if closed[at : change.start].strip():
            above = ""
        lines = [key for key in fold_all(change.text.strip("\r\n").split("\n")) if key]
        if not lines:
            continue
        if above and lines[0] == above and words(above):
            return Refused(
                RefusalCode.UNCLEAR, f"Two pairs would write {above.strip()[:80]!r} twice."
            )
        above, at = lines[-1], change.end
    return None
