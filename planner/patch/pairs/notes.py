"""Talk about the edit around a pair's text: a note set apart below it, or a line that announces it.

A word of that talk may well stand in a rule. What tells is the place: a block of its own,
at an end, that `find` does not have.
"""

import re
from collections.abc import Sequence

from planner.patch.code import is_fence
from planner.patch.pairs.lines import PairedLines
from planner.patch.pairs.words import BEGINS_ITEM, begins_list_item, words

_LONGEST = 400
"""Characters of a note that are looked at."""
_TEXT = r"(?:wording|phrasing|change|edit|version|replacement)s?"
_PART = rf"(?:{_TEXT}|(?:rule|bullet|item|line|section|sentence|instruction|paragraph|point)s?)"
_DONE = (
    r"(?:unchanged|changed|modified|reworded|rephrased|rewritten|revised|edited|tightened"
    r"|clarified|stricter|clearer|untouched|adjusted)\b"
)
_IS = r"(?: (?:is|was|are|were|has been|have been|now))*"
_HELPS = r"(?:makes?|stops?|avoids?|prevents?|fix(?:es)?|address(?:es)?|removes?|closes?)"
_NOTE = re.compile(
    rf"\b(?:other|remaining|all) {_PART}{_IS} (?:{_DONE}|the same\b|(?:stay|remain|kept)\b)"
    rf"|\b(?:this|one|only|first|second|third|last|new) (?:\w+ )?{_PART}{_IS} {_DONE}"
    rf"|\bnothing(?: else)?{_IS} {_DONE}"
    r"|\b(?:this|the (?:new|updated|revised)) "
    rf"(?:{_PART} {_HELPS}|{_TEXT} (?:is|was|should|will))\b"
    r"|^[^\w\n]{0,8}(?:(?:summary|list) of )?(?:the )?"
    r"(?:changes?|edits?|diff|what (?:i |was |has )?(?:changed|did))\b(?: made)?"
    r"[^\w\n]{0,3}(?::|$)"
    r"|^[^\w\n]{0,8}(?:risk|impact)[^\w\n]{0,3}:[^\w\n]{0,4}(?:low|medium|high|none)\b"
    r"|\b(?:trace|cluster|failure|episode)s?[ _#]c?\d+\b"
    r"|^[^\w\n]{0,8}(?:reason|rationale|why)[^\w\n]{0,3}:"
    r"|\b\d+ (?:of|out of) (?:the )?\d+ (?:traces|runs|cases|episodes|failures)\b"
    r"|^[^\"\u201c:\n]{0,80}\b(?:(?:shall|should) i|(?:like|want) me to|anything else)\b"
    r"[^?\n]{0,80}\?[^\w\n]{0,4}$",
    re.IGNORECASE | re.MULTILINE,
)
"""What speaks of a rule that was changed, of what showed the need, or offers more."""
_ANNOUNCES = re.compile(
    r"(?!#).*:\**$|\*\*.*\b(?:new|updated|revised|replacement|version|wording)\b.*\*\*$",
    re.IGNORECASE,
)


def noted_below(pair: PairedLines) -> str | None:
    """Refuse a last block, set apart, that only `replace` has and that speaks of the edit."""
    if "" not in pair.new_keys or pair.rest:
        return None
    block, text = _last_block(pair.new_keys)
    if not block or block[-1] in pair.old_keys or BEGINS_ITEM.match(block[0]):
        return None
    if is_fence(block[0]):
        return None  # It shows something: `decoration` looks at what stands around it.
    if text[-1][:1] == "#":
        return None
    if not _breaks_list(pair, text, block) and not _speaks(pair, block):
        return None
    return f"{pair.who} would write {block[0][:80]!r}, a note on the edit, below its text."


def _last_block(keys: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return the lines below the last blank one, and the text above it."""
    text = list(keys)
    while text and not text[-1]:
        text.pop()
    start = next((at for at in reversed(range(len(text))) if not text[at]), -1)
    above = [key for key in text[: max(start, 0)] if key]
    return (text[start + 1 :], above) if above else ([], text)


def _speaks(pair: PairedLines, block: Sequence[str]) -> bool:
    text = "\n".join(block)[:_LONGEST]
    return _NOTE.search(text) is not None and _NOTE.search(pair.closed) is None


def _breaks_list(pair: PairedLines, above: Sequence[str], block: Sequence[str]) -> bool:
    """Say whether prose stands in a list that goes on right below it; a label may well do so."""
    below = pair.closed[pair.line_end : pair.closed.find("\n", pair.line_end)]
    prose = block[0][:1].isalnum() and not (": " in block[0] or block[-1][-1] == ":")
    return prose and begins_list_item(above[-1]) and begins_list_item(below)


def announced(pair: PairedLines) -> str | None:
    """Refuse a line set apart above a text like the old one: it announces the text."""
    keys = pair.new_keys
    if len(keys) < 3 or keys[1] or pair.head or not _ANNOUNCES.match(keys[0][:_LONGEST]):
        return None
    if keys[0] in pair.closed or keys[-len(pair.old_keys) :] == pair.old_keys:
        return None
    old, new = (next((key for key in part if key), "") for part in (pair.old_keys, keys[1:]))
    alike = words(old)[:2] == words(new)[:2] or (begins_list_item(old) and begins_list_item(new))
    return f"{pair.who} would write {keys[0][:80]!r} above its text." if alike else None
