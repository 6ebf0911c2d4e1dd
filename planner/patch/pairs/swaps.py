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
        if not new or pair.find.strip() in pair.replace or _share(new, find) > _UNLIKE:
            continue
        for other, words_of_other in zip(pairs, finds, strict=True):
            is_alike = other is not pair and _share(new, words_of_other) >= _ALIKE
            if is_alike and pair.replace.strip() != other.find.strip():
                reason = f"{pair.who}'s `replace` looks like the new text of {other.who.lower()}."
                return Refused(RefusalCode.UNCLEAR, reason)
    return None


def _words_of(text: str) -> frozenset[str]:
    return frozenset(words(text.lower())[:_LOOKED_AT])


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one), len(other), 1)
