"""What opens and closes in a prompt must do so after a diff as before: blocks, tags, templates.

The whole prompt is looked at, since one hunk may move what another takes away. What does not
come out even before is left alone, and so is a fence or a tag that goes together with text, or
gives way to some: it may be cut out on purpose.
"""

import re
from collections import Counter

from planner.patch.changes import Changes, close, splice
from planner.patch.code import holds_fence, is_fence
from planner.patch.counterparts import open_blocks, open_tags, opened
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
    gone = removed if _is_one_line(removed, added) else ""
    half = (
        _half_block(prompt, changes, (removed, added, gone))
        or _half_tag(prompt, changes, (removed, added, gone))
        or _half_template(prompt, changes, (removed, added))
    )
    return Refused(RefusalCode.UNCLEAR, f"The diff would leave {half}.") if half else None


def _is_one_line(removed: str, added: str) -> bool:
    """Say whether a diff takes one line out, and does nothing else."""
    return not added and removed.count("\n") == 1


def _half_block(prompt: str, changes: Changes, touched: tuple[str, str, str]) -> str | None:
    """Tell of a fence that is added or goes, where all come in pairs."""
    removed, added, gone = map(_fences, touched)
    if not gone and (removed or added % 2 == 0):
        return None
    odd = _fences(prompt) % 2 == 0 and _fences(splice(prompt, changes)) % 2
    return "one end of a block of code without the other" if odd else None


def _fences(text: str) -> int:
    return sum(map(is_fence, text.split("\n"))) if holds_fence(text) else 0


def _half_tag(prompt: str, changes: Changes, touched: tuple[str, str, str]) -> str | None:
    """Tell of a tag that begins or ends a section, where the prompt has sections."""
    if not any("<" in text for text in touched):
        return None
    removed, added, gone = map(open_tags, touched)
    names = {*(added.keys() - removed.keys()), *gone}
    if not names or not _SECTION_END.search(prompt):
        return None
    after = splice(prompt, changes)
    for name in _lost(open_tags(prompt), open_tags(after)):
        # A tag alone on its line may open what closes behind text.
        if name in names and _excess(prompt, name) != _excess(after, name):
            return f"one of <{name}> and </{name}> without the other"
    return None


def _lost(before: Counter[str], after: Counter[str]) -> list[str]:
    """Return the names that came out even, and do no more."""
    return [name for name in sorted(after) if after[name] and not before[name]]


def _excess(text: str, tag: str) -> int:
    """Return by how many more tags of a name open than close, wherever they stand."""
    return opened(text, tag) - text.count(f"</{tag}>")


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
