"""Whether what has a form in the prompt still has it: tables, blocks, sections, numbered lists."""

import re

from planner.patch.balance import half_left
from planner.patch.changes import Change, Changes, close, splice
from planner.patch.code import holds_fence, in_code
from planner.patch.examples import broken_block
from planner.patch.fields import half_renamed
from planner.patch.numbering import broken_numbers
from planner.patch.outcome import RefusalCode, Refused
from planner.patch.tables import broken_table

_NUMBERED = re.compile(r"^[ \t]*\d{1,3}[.)][ \t]", re.MULTILINE)


def misshapen(prompt: str, changes: Changes) -> Refused | None:
    """Tell why a table, a block of code or a numbered list has lost its form by changes."""
    closed = close(prompt)
    touched = "".join(closed[one.start : one.end] + one.text for one in changes.spans)
    checks = []
    has_tables = closed.startswith("|") or "\n|" in closed
    if "|" in touched or (has_tables and any(_is_in_table(closed, one) for one in changes.spans)):
        checks.append(broken_table)
    if holds_fence(touched) or _touches_code(closed, changes):
        checks.append(broken_block)
    if holds_fence(touched) or "<" in touched:
        checks.append(half_left)
    if _NUMBERED.search(touched):
        checks.append(broken_numbers)
    if "{" in touched:
        checks.append(_half_renamed)
    if not checks:
        return None
    after = splice(closed, changes)
    found = (check(closed, after) for check in checks)
    return next((refusal for refusal in found if refusal), None)


def _is_in_table(closed: str, change: Change) -> bool:
    """Tell whether the line above a change is a table's row, and the one below it, too."""
    above = closed.rfind("\n", 0, max(0, change.start - 1)) + 1
    below = closed.find("\n", max(0, change.end - 1)) + 1
    return closed.startswith("|", above) and closed.startswith("|", below)


def _half_renamed(before: str, after: str) -> Refused | None:
    field = half_renamed(before, after)
    if field is None:
        return None
    reason = f"The patch would write the field {field!r} where the old name still stands elsewhere."
    return Refused(RefusalCode.UNCLEAR, reason)


def _touches_code(closed: str, changes: Changes) -> bool:
    """Tell whether a change stands in a block of code, or may."""
    return holds_fence(closed) and any(in_code(closed, one.start) for one in changes.spans)
