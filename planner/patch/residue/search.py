"""What in added text belongs to the diff, to the transport or to the talk around it.

The prompt is the yardstick: a mark that it uses is its style, and one that it
uses nowhere is no text that a careful writer adds. Each mark is a pattern of
its own, so that an arrow in the prompt excuses arrows and nothing else.
"""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from planner.patch.code import holds_fence
from planner.patch.fields import respelt
from planner.patch.lines import line_around
from planner.patch.residue.garbling import garbled
from planner.patch.residue.marks import Mark
from planner.patch.residue.meant import is_meant
from planner.patch.residue.sought import Marks, sought_in
from planner.patch.residue.stand_ins import Residue, in_place_of
from planner.patch.residue.stutters import stutter
from planner.patch.residue.whole_lines import WholeLine

_LOOKED_AT: Final = 50
"""Places at which a mark is looked at: a text that mentions it more often speaks of it."""
_EMPHASIS: Final = re.compile(r"[*_]{1,3}(?! )")
_COMMENT: Final = re.compile(r"[ \t]*<!--(.*)-->[ \t]*")
_FENCE: Final = re.compile(r"[ \t]*(?:`{3,}|~{3,})")


def residue(
    prompt: str,
    added: Sequence[str],
    removed: Sequence[str] = (),
    *,
    code: Sequence[str] = (),
    counted: bool = False,
    typed: str = "",
) -> Residue | None:
    """Return the first added line that holds what no prompt of this style does.

    Args:
        prompt: The text as it was given: what it holds itself is no residue.
        added: Lines that are to be written, without their endings.
        removed: Lines that they replace: what abbreviates or repeats one is residue.
        code: Further added lines, which stand in blocks of code.
        typed: What was typed of the prompt beside them, to the letter.
        counted: Whether counts prove that what looks like a diff's own line is text.
    """
    whole = "\n".join([*added, *code])
    damaged = garbled(prompt, whole, typed)
    if damaged:
        return Residue(line_around(whole, damaged[0]), damaged[1])
    field = respelt(prompt, whole, "\n".join(removed))
    if field:
        line = line_around(whole, whole.index(field))
        return Residue(line, f"the prompt spells the field {field!r} otherwise")
    said, shown = added, code
    if removed and ("*" in whole or "_" in whole or "<!--" in whole):
        said = _but_redressed(added, removed)
    if holds_fence(whole):
        said = _outside_of_code(said)
        kept = set(said)
        shown = [*code, *(line for line in added if line not in kept)]
    again = stutter(prompt, "\n".join(said))
    if again and not any(again[1] * 2 in line for line in removed):
        return Residue(again[0], f"{again[1]!r} stands twice in a row in it")
    return (
        _held(prompt, shown, Marks.EDITED_CODE if removed else Marks.CODE)
        or _held(prompt, said, Marks.COUNTED if counted else Marks.ALL)
        or (in_place_of(prompt, said, shown, removed) if removed else None)
    )


def _but_redressed(added: Sequence[str], removed: Sequence[str]) -> Sequence[str]:
    """Return the lines but for those that only put emphasis on removed ones, or comment them out.

    That is the change.
    """
    plain = {_bare(line) for line in removed}
    return [line for line in added if _bare(line) not in plain]


def _bare(line: str) -> str:
    comment = _COMMENT.fullmatch(line)
    return _EMPHASIS.sub("", comment[1] if comment else line).strip()


def _held(prompt: str, lines: Sequence[str], marks: Marks) -> Residue | None:
    """Return the first line with a mark, or of a kind, that the prompt does not have."""
    if not lines:
        return None
    text = "\n".join(lines)
    sought = sought_in(marks, text)
    found = _marked(prompt, text, sought.marks)
    if found:
        return Residue(line_around(text, found[0]), found[1])
    for line in lines:
        why = _spoken(prompt, line, sought.lines)
        if why:
            return Residue(line, why)
    return None


def _outside_of_code(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines but those within code blocks that open and close among them.

    In code a comment, an arrow or a sign is code.
    """
    fences = [at for at, line in enumerate(lines) if _FENCE.match(line)]
    if not fences or len(fences) % 2:
        return lines
    kept: list[str] = []
    start = 0
    for opens, closes in zip(fences[::2], fences[1::2], strict=True):
        kept += lines[start : opens + 1]
        start = closes
    return [*kept, *lines[start:]]


def _marked(prompt: str, text: str, marks: Sequence[Mark]) -> tuple[int, str] | None:
    """Find a mark that the prompt does not use."""
    holds = text.__contains__
    for mark in marks:
        if (mark.holds and not any(map(holds, mark.holds))) or not mark.pattern.search(text):
            continue
        places = islice(mark.pattern.finditer(text), _LOOKED_AT)
        found = next((one for one in places if not is_meant(prompt, mark.why, one)), None)
        if found and not mark.pattern.search(prompt):
            return found.end() if text[found.start()] == "\n" else found.start(), mark.why
    return None


def _spoken(prompt: str, line: str, kinds: Sequence[WholeLine]) -> str | None:
    """Say why a whole line is talk, a remark or a diff's own, and not text."""
    if not line or line.isspace():
        return None
    for kind in kinds:
        found = kind.is_one(line)
        if not found:
            continue
        excuses = kind.excuses or kind.is_one
        if not any(_is_alike(found, excuses(other)) for other in prompt.split("\n")):
            return kind.why
    return None


def _is_alike(found: object, other: object) -> bool:
    """Say whether a line of the prompt is of the same kind, where there are several."""
    if isinstance(other, frozenset):
        return found in other
    return bool(other) and (not isinstance(found, str) or found == other)
