"""What opens and closes must do so after the pairs as before: blocks, tags, braces.

All pairs are looked at together, since one may move what another takes away.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from planner.patch.counterparts import open_blocks, open_tags, tags_anywhere
from planner.patch.outcome import RefusalCode, Refused
from planner.patch.pairs.lines import PairedLines

_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})", re.MULTILINE)
_QUOTED_BRACE = re.compile(r"([\"'`])[{}]\1")
_BLOCK = re.compile(r"\{%-? *(?:if|unless|case|for)\b|\{\{-? *#")
_BRANCH = re.compile(r"\{%-? *(?:else|elif|elsif)\b|\{\{-? *else\b")
_BOLD = re.compile(r"(?<![\w*/])\*\*(?=[^\s*/])|(?<=[^\s*/])\*\*(?![\w*/])")
_CLOSING_TAG = re.compile(r"</([\w-]+)>")


def balance_refusal(pairs: Sequence[PairedLines]) -> Refused | None:
    """Refuse pairs that together leave a block of code, a tag or a brace open or without one."""
    finds, replaces = [pair.find for pair in pairs], [pair.replace for pair in pairs]
    if not any(mark in text for text in (*finds, *replaces) for mark in (*"`~<{}", "-->", "**")):
        return None
    half = _half_of(pairs, finds, replaces)
    if half is None:
        return None
    return Refused(RefusalCode.UNCLEAR, f"The pairs would leave {half}.")


def _half_of(
    pairs: Sequence[PairedLines], finds: Sequence[str], replaces: Sequence[str]
) -> str | None:
    """Return what loses its other half."""
    if half := _half_mark(finds, replaces):
        return half
    before, after = (_sum(open_tags("\n".join(lines)) for lines in some) for some in _keys(pairs))
    if uneven := _uneven(before, after):
        return f"one of <{uneven}> and </{uneven}> without the other"
    quoted, written = _sum(map(open_blocks, finds)), _sum(map(open_blocks, replaces))
    same_blocks = _count(_BLOCK, finds) == _count(_BLOCK, replaces)
    if same_blocks and _count(_BRANCH, finds) > _count(_BRANCH, replaces):
        return "a block of a template without one of its branches"
    if "<!--" not in pairs[0].closed:
        quoted.pop("<!--", None)  # Elsewhere its end is an arrow.
    if uneven := _uneven(quoted, Counter({name: written[name] for name in quoted})):
        return f"one end of {uneven!r} without the other"
    olds, news = ("\n".join(chain.from_iterable(lines)) for lines in _keys(pairs))
    before, after = tags_anywhere(olds), tags_anywhere(news)
    for tag in sorted(set(_CLOSING_TAG.findall(olds + news))):
        if not before[tag] and after[tag]:
            return f"<{tag}> without its other half"
    return "a brace without the other one" if _braces(finds) != _braces(replaces) else None


def _half_mark(finds: Sequence[str], replaces: Sequence[str]) -> str | None:
    """Return a mark that opens and closes with the same signs, where one end of it is lost."""
    if _half_fence(finds, replaces):
        return "one end of a block of code without the other"
    lost = _count(_BOLD, finds) - _count(_BOLD, replaces)
    return "one end of '**' without the other" if lost > 0 and lost % 2 else None


def _uneven(before: Counter[str], after: Counter[str]) -> str | None:
    """Return a name whose balance changes."""
    return next((name for name in sorted({*before, *after}) if before[name] != after[name]), None)


def _keys(pairs: Sequence[PairedLines]) -> tuple[list[Sequence[str]], list[Sequence[str]]]:
    return [pair.old_keys for pair in pairs], [pair.new_keys for pair in pairs]


def _count(pattern: re.Pattern[str], texts: Iterable[str]) -> int:
    return sum(len(pattern.findall(text)) for text in texts)


def _half_fence(finds: Sequence[str], replaces: Sequence[str]) -> bool:
    """Tell of a fence without another, or of two that pairs add at one and the same edge.

    One pair may open a block and another one close it; two that each have a fence left over
    from what was put round their texts have it at the same edge.
    """
    odd = [
        (find, replace)
        for find, replace in zip(finds, replaces, strict=True)
        if (len(_FENCE.findall(find)) - len(_FENCE.findall(replace))) % 2
    ]
    if len(odd) % 2:
        return True
    edges = [_fence_at_edge(find, replace) for find, replace in odd]
    return any(edge and edges.count(edge) > 1 for edge in edges)


def _fence_at_edge(find: str, replace: str) -> str | None:
    """Return at which end of `replace` a fence stands that `find` does not have there."""
    lines, quoted = replace.strip().split("\n"), find.strip().split("\n")
    if _FENCE.match(lines[-1]) and not _FENCE.match(quoted[-1]):
        return "end"
    return "start" if _FENCE.match(lines[0]) and not _FENCE.match(quoted[0]) else None


def _sum(counts: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return total


def _braces(texts: Iterable[str]) -> int:
    """Return by how many more braces open than close; one alone in quotes is spoken of."""
    bare = (_QUOTED_BRACE.sub("", text) for text in texts)
    return sum(text.count("{") - text.count("}") for text in bare)
