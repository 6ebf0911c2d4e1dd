"""What opens and closes must do so after the pairs as before: blocks, tags, braces.

All pairs are looked at together, since one may move what another takes away.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from planner.patch.outcome import RefusalCode, Refused
from planner.patch.pair_lines import PairedLines

_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})", re.MULTILINE)
_TAG = re.compile(r"^[ \t]*<(/?)([A-Za-z][\w-]*)(?:\s[^<>\n]*)?(?<!/)>[ \t]*$", re.MULTILINE)
"""A tag alone on its line; elsewhere a text may speak of one."""
_QUOTED_BRACE = re.compile(r"([\"'`])[{}]\1")
_CLOSING_TAG = re.compile(r"</([\w-]+)>")


def balance_refusal(pairs: Sequence[PairedLines]) -> Refused | None:
    """Refuse pairs that together leave a block of code, a tag or a brace open or without one."""
    finds, replaces = [pair.find for pair in pairs], [pair.replace for pair in pairs]
    if not any(mark in text for text in (*finds, *replaces) for mark in "`~<{}"):
        return None
    if (_fences(finds) - _fences(replaces)) % 2:
        return _refused("one end of a block of code without the other")
    before, after = _tags(pair.old for pair in pairs), _tags(pair.new for pair in pairs)
    uneven = next((tag for tag in sorted({*before, *after}) if before[tag] != after[tag]), None)
    if uneven:
        return _refused(f"one of <{uneven}> and </{uneven}> without the other")
    olds, news = ("\n".join(chain.from_iterable(lines)) for lines in _keys(pairs))
    for tag in sorted(set(_CLOSING_TAG.findall(olds + news))):
        closing = f"</{tag}>"
        if _opens(olds, tag) == olds.count(closing) and _opens(news, tag) != news.count(closing):
            return _refused(f"<{tag}> without its other half")
    if _braces(finds) != _braces(replaces):
        return _refused("a brace without the other one")
    return None


def _keys(pairs: Sequence[PairedLines]) -> tuple[list[Sequence[str]], list[Sequence[str]]]:
    return [pair.old_keys for pair in pairs], [pair.new_keys for pair in pairs]


def _opens(text: str, tag: str) -> int:
    return text.count(f"<{tag}>") + text.count(f"<{tag} ")


def _fences(texts: Iterable[str]) -> int:
    return sum(len(_FENCE.findall(text)) for text in texts)


def _tags(lines: Iterable[Sequence[str]]) -> Counter[str]:
    """Return by how many more tags of each name open than close."""
    counts: Counter[str] = Counter()
    for text in map("".join, lines):
        for closing, name in _TAG.findall(text):
            counts[name] += -1 if closing else 1
    return counts


def _braces(texts: Iterable[str]) -> int:
    """Return by how many more braces open than close; one alone in quotes is spoken of."""
    bare = (_QUOTED_BRACE.sub("", text) for text in texts)
    return sum(text.count("{") - text.count("}") for text in bare)


def _refused(what: str) -> Refused:
    return Refused(RefusalCode.UNCLEAR, f"The pairs would leave {what}.")
