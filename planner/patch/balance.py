"""What opens and closes in a prompt must do so after a diff as before: blocks, tags, templates.

The whole prompt is looked at, since one hunk may move what another takes away. What does not
come out even before is left alone, and so is a fence or a tag that goes: it may be cut out on
purpose, and `form` tells people of it.
"""

import re
from collections import Counter
from collections.abc import Set

from planner.patch.changes import Changes, close, splice
from planner.patch.code import holds_fence, is_fence
from planner.patch.counterparts import open_blocks, open_tags, tags_anywhere
from planner.patch.outcome import RefusalCode, Refused

_SECTION_END = re.compile(r"^[ \t]*</\w[\w-]*>[ \t]*\r?$", re.MULTILINE)


def unbalanced(prompt: str, changes: Changes) -> Refused | None:
    """Refuse changes that leave one end of a block, a tag or a template's block by itself."""
    closed = close(prompt)
    removed = "".join([closed[one.start : one.end] for one in changes.spans])
    added = "".join([one.text for one in changes.spans])
    both = removed + added
    if not (holds_fence(both) or "<" in both or "{%" in both or "{{" in both):
        return None
    half = (
        _half_block(prompt, changes, (removed, added))
        or _half_tag(prompt, changes, (removed, added))
        or _half_template(prompt, changes, (removed, added))
    )
    return Refused(RefusalCode.UNCLEAR, f"The diff would leave {half}.") if half else None


def half_left(before: str, after: str) -> Refused | None:
    """Tell of a fence, or of a section's tag, that has lost its other half."""
    half = _odd_fence(before, after) or _odd_tag(before, after)
    return Refused(RefusalCode.UNCLEAR, f"The patch would leave {half}.") if half else None


def _half_block(prompt: str, changes: Changes, touched: tuple[str, str]) -> str | None:
    """Tell of a fence that is added, where all come in pairs."""
    removed, added = map(_fences, touched)
    return None if removed or added % 2 == 0 else _odd_fence(prompt, splice(prompt, changes))


def _odd_fence(before: str, after: str) -> str | None:
    odd = _fences(before) % 2 == 0 and _fences(after) % 2
    return "one end of a block of code without the other" if odd else None


def _fences(text: str) -> int:
    return sum(map(is_fence, text.split("\n"))) if holds_fence(text) else 0


def _half_tag(prompt: str, changes: Changes, touched: tuple[str, str]) -> str | None:
    """Tell of a tag that is added and begins or ends a section, where the prompt has sections."""
    if not any("<" in text for text in touched):
        return None
    removed, added = map(open_tags, touched)
    names = added.keys() - removed.keys()
    return _odd_tag(prompt, splice(prompt, changes), names) if names else None


def _odd_tag(before: str, after: str, names: Set[str] | None = None) -> str | None:
    """Tell of a tag, one of these names where some are given, in a prompt with sections."""
    if not _SECTION_END.search(before):
        return None
    known, then = tags_anywhere(before), tags_anywhere(after)
    for name in _lost(open_tags(before), open_tags(after)):
        # A tag alone on its line may open what closes behind text.
        if (names is None or name in names) and known[name] != then[name]:
            return f"one of <{name}> and </{name}> without the other"
    return None


def _lost(before: Counter[str], after: Counter[str]) -> list[str]:
    """Return the names that came out even, and do no more."""
    return [name for name in sorted(after) if after[name] and not before[name]]


def _half_template(prompt: str, changes: Changes, touched: tuple[str, str]) -> str | None:
    """Tell of a template's block that the prompt has; of others an added line may speak."""
    removed, added = map(open_blocks, touched)
    if removed == added:
        return None
    before = open_blocks(prompt)
    if "<!--" not in prompt:
        before.pop("<!--", None)  # Elsewhere its end is an arrow.
    lost = _lost(before, open_blocks(splice(prompt, changes)))
    return next((f"one end of {name!r} without the other" for name in lost if name in before), None)
