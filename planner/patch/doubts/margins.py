"""Where new lines begin: tabs that became blanks, an indentation that was lost, a list torn apart.

Each may be meant, so that it is told to a person.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from planner.patch.changes import Change
from planner.patch.doubts.habits import parted
from planner.patch.touched import Touched, Written

_BLANKS = re.compile(r"^ |\S {3,}\S")
_FIELD = re.compile(r"[ \t]+[\w-]+: \S")
_SEVERAL_LETTERS = 8
_LOOKED_AT = 200
"""Changes that are looked at."""


def odd_margin(written: Written) -> str | None:
    """Return what is odd about where a new line begins, as one sentence.

    Args:
        written: The prompt, and what is to be done to it.
    """
    prompt, spans = written.prompt, written.changes.spans
    if "\t" not in prompt and not any(_may_shift(prompt, one) for one in spans):
        return None
    if all(map(_only_shifts, written.touched)):
        return None  # A patch that does nothing else means that.
    for lines in written.touched[:_LOOKED_AT]:
        told = next(filter(None, (check(lines) for check in _CHECKS)), None)
        if told:
            return told
    return None


def _may_shift(prompt: str, change: Change) -> bool:
    """Tell whether a change touches an indented line, or writes a blank one: most do not."""
    written = f"\n{change.text}\n".replace("\r", "")
    if "\n " in prompt[change.start : change.end] + change.text or "\n\n" in written:
        return True
    start = prompt.rfind("\n", 0, change.start) + 1
    return prompt.startswith((" ", "|"), start) or change.text.startswith(" ")


def _only_shifts(lines: Touched) -> bool:
    return list(map(str.strip, lines.old)) == list(map(str.strip, lines.new)) != []


def _blanks_for_tabs(lines: Touched) -> str | None:
    beside = [line for line in lines.old if line] or [lines.above, lines.below]
    if not all("\t" in line for line in beside):
        return None
    for line in _added(lines):
        if "\t" not in line and _BLANKS.search(line):
            return f"The new line {line.strip()[:80]!r} has blanks where those beside it have tabs."
    return None


def _further_left(lines: Touched) -> str | None:
    kept = set(lines.old)
    beside = max(map(_margin, (lines.above, lines.below)))
    for old, line in _replaced(lines):
        is_less = line not in kept and _margin(line) < _margin(old)
        if is_less and (_margin(old) <= beside or _have_one_key(old, line)):
            return f"The new line {line.strip()[:80]!r} is less indented than the one it replaces."
    return None


def _have_one_key(old: str, line: str) -> bool:
    key = line.split(maxsplit=1)[0]
    return key.endswith(":") and old.lstrip().startswith(key)


def _dedented(lines: Touched) -> str | None:
    """Tell of old lines that come back with less indentation, where nothing shows why."""
    margins = {line.strip(): _margin(line) for line in lines.old if line}
    for line in lines.new:
        if len(line) >= _SEVERAL_LETTERS and _margin(line) < margins.get(line.strip(), 0):
            return f"The line {line.strip()[:80]!r} would lose its indentation."
    return None


def _tabs_for_blanks(lines: Touched) -> str | None:
    beside = [line for line in (*lines.old, lines.above, lines.below) if line.startswith(" ")]
    if not beside or any("\t" in line for line in lines.old):
        return None
    line = next((line for line in lines.new if line.startswith("\t")), None)
    return (
        line and f"The new line {line.strip()[:80]!r} begins with a tab, where others have blanks."
    )


def _further_right(lines: Touched) -> str | None:
    """Tell of an item that would belong to another one."""
    for old, line in _replaced(lines):
        is_item = parted(old)[0][:1] == parted(line)[0][:1] in {"-", "1"}
        if is_item and _margin(line) > _margin(old):
            return f"The new line {line.strip()[:80]!r} is more indented than the one it replaces."
    return None


def _loses_cell(lines: Touched) -> str | None:
    for old, line in _replaced(lines):
        if "|" in line and old.startswith("|") and not line.startswith("|"):
            return f"The new line {line[:80]!r} is a row of a table without its first sign."
    return None


def _parts_list(lines: Touched) -> str | None:
    if "" in lines.old or "" not in lines.new:
        return None
    every = [lines.above, *lines.new, lines.below]
    for (above, blank), (_, below) in pairwise(pairwise(every)):
        kind = parted(above)[0][:1] if above else ""
        if not blank and below and kind in {"-", "1"} and parted(below)[0][:1] == kind:
            return f"A blank line would part the items of a list, above {below.strip()[:80]!r}."
    return None


def _below_value(lines: Touched) -> str | None:
    """Tell of an item as deep as a key above it that has a value: YAML has no such list."""
    usual = {_margin(line) for line in lines.old if line.lstrip().startswith("- ")}
    for above, line in pairwise([lines.above, *lines.new]):
        is_new = line.lstrip().startswith("- ") and _margin(line) not in usual
        if is_new and _margin(line) == _margin(above) and _FIELD.match(above):
            return f"The new item {line.strip()[:80]!r} stands below the value of a key."
    return None


def _replaced(lines: Touched) -> Iterator[tuple[str, str]]:
    """Yield each old line with text and the one in its place, where they are as many."""
    if len(lines.old) == len(lines.new):
        pairs = zip(lines.old, lines.new, strict=True)
        yield from ((old, line) for old, line in pairs if old and line and old != line)


def _added(lines: Touched) -> Iterator[str]:
    kept = set(lines.old)
    yield from (line for line in lines.new if line and line not in kept)


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


_CHECKS = (
    _blanks_for_tabs,
    _tabs_for_blanks,
    _dedented,
    _further_left,
    _further_right,
    _loses_cell,
    _parts_list,
    _below_value,
)
