"""Pairs whose values were mixed up: each `replace` is the new version of another one's `find`."""

from collections.abc import Sequence

from planner.patch.outcome import RefusalCode, Refused
from planner.patch.pairs.lines import PairedLines
from planner.patch.pairs.words import words

_SEVERAL = 2
_LOOKED_AT = 100
"""Words of a text that are looked at."""
_UNLIKE, _ALIKE = 0.3, 0.6
"""Shares of common words."""
_HALF, _MOST = 0.5, 0.75
"""Shares of an old text's words that stand in a new one, which may be far longer."""
_FEWEST = 4
"""Words; fewer stand in many texts."""


def mixed_up(pairs: Sequence[PairedLines]) -> Refused | None:
    """Refuse a text that is nothing like the one it replaces, and nearly another one's.

    Where it is that one to the letter, texts change places; where its own stays, another moves
    beside it.
    """
    if len(pairs) < _SEVERAL:
        return None
    finds = [_words_of(pair.find) for pair in pairs]
    for pair, find in zip(pairs, finds, strict=True):
        new = _words_of(pair.replace)
        is_own = _share(new, find) > _UNLIKE or _held(find, new) >= _HALF
        if not new or pair.find.strip() in pair.replace or is_own:
            continue
        for other, words_of_other in zip(pairs, finds, strict=True):
            is_alike = _share(new, words_of_other) >= _ALIKE or (
                len(words_of_other) >= _FEWEST and _held(words_of_other, new) >= _MOST
            )
            if other is not pair and is_alike and pair.replace.strip() != other.find.strip():
                reason = f"{pair.who}'s `replace` looks like the new text of {other.who.lower()}."
                return Refused(RefusalCode.UNCLEAR, reason)
    return None


def _words_of(text: str) -> frozenset[str]:
    return frozenset(words(text.lower())[:_LOOKED_AT])


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one), len(other), 1)


def _held(old: frozenset[str], new: frozenset[str]) -> float:
    return len(old & new) / max(len(old), 1)
