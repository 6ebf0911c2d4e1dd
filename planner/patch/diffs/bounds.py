"""Where a hunk ends: what below it is a note, and whether something is missing (R10).

The body is the authority. The counts of a header are never trusted for where
a hunk ends, but they are the only evidence against notes written below it
that look like changes, and for an answer that was cut short.
"""

import re
from collections.abc import Sequence
from itertools import takewhile

from planner.patch.diffs.gaps import skips
from planner.patch.diffs.hunks import Header, Row, counts
from planner.patch.diffs.page import Page
from planner.patch.outcome import RefusalCode, Refused

_JUNK = re.compile(
    r"(?:(?:`{3,}|~{3,})[ \t]*$|-- ?$|\*\*\* |(?:EOF|PATCH|DIFF|END)$|</?\w+>[ \t]*$|[\"'}\]]+,?$)"
)
"""What closes a wrapping; a fence with a language opens one, and is text."""

_USUAL_CONTEXT = 3


def own_rows(
    page: Page, header: Header, rows: Sequence[Row], who: str, *, fenced: bool = False
) -> list[Row] | Refused:
    """Return the rows that belong to a hunk, without the notes below it.

    Nobody expects notes inside of a fence: only exact counts make them some.
    """
    complete = counted(header, rows)
    if complete is None:
        return _by_look(page, rows, who, fenced=fenced)
    tail = rows[complete:]
    goes_on = complete and tail and _reads_on(rows[complete - 1], tail[0], fenced=fenced)
    if goes_on or _has_blank_too_many(rows[:complete], tail):
        return _unclear(who)
    if not any(row.signed and row.raw.strip() for row in tail):
        return list(rows[:complete])
    if tail[0].signed or _quotes(page, tail):
        return _by_look(page, rows, who, fenced=fenced)
    if all(_note_like(row) for row in tail if row.signed):
        return list(rows[:complete])
    return _unclear(who)


def counted(header: Header, rows: Sequence[Row]) -> int | None:
    """Return after how many rows the header's counts are reached exactly; None where never."""
    if header.old is None or header.new is None:
        return None
    old = new = 0
    for at, row in enumerate(rows):
        if (old, new) == (header.old, header.new) and at:
            return at
        old += row.sign != "+"
        new += row.sign != "-"
    return len(rows) if (old, new) == (header.old, header.new) and rows else None


def _reads_on(last: Row, below: Row, *, fenced: bool) -> bool:
    """Say whether a line below a counted hunk may be a note, or the end of its last line."""
    if below.sign == "+":
        return _note_like(below)
    if last.sign == " " or below.signed or not below.key or _JUNK.match(below.raw):
        return False
    return not last.key or (last.sign == "+" and (fenced or _wraps(last.key, below.raw)))


def _has_blank_too_many(rows: Sequence[Row], below: Sequence[Row]) -> bool:
    """Say whether a blank line without a sign took the place of a signed one that ends a hunk."""
    blanks = takewhile(lambda row: not row.key and row.sign == " ", below)
    return any(row.signed for row in blanks) and any(not row.signed and not row.key for row in rows)


def _wraps(line: str, below: str) -> bool:
    """Say whether a line may go on in the one below it, as a width cuts a sentence."""
    ends_open = line[-1].isalnum() or line[-1] == ","
    return below[:1].islower() or (ends_open and re.match(r"[\w(\[\"'`]", below) is not None)


def _quotes(page: Page, rows: Sequence[Row]) -> bool:
    """Say whether any row with a sign quotes a line of the prompt."""
    return any(row.signed and row.sign != "+" and row.key and page.has(row.key) for row in rows)


def _note_like(row: Row) -> bool:
    """Say whether a row reads as a bullet of prose, or a rule, and not as a change."""
    return (
        row.raw.rstrip() == "---"
        or row.raw.startswith("+1 ")
        or (len(row.text) > 1 and row.text[0] == " " and row.text[1] != " ")
    )


def _unclear(who: str) -> Refused:
    return Refused(
        RefusalCode.UNCLEAR,
        f"{who} is followed by lines that may be notes or changes: end it with its last line.",
    )


def _by_look(page: Page, rows: Sequence[Row], who: str, *, fenced: bool) -> list[Row] | Refused:
    """Return the rows up to the last with a sign, where the counts prove nothing."""
    end = max((at + 1 for at, row in enumerate(rows) if row.signed), default=0)
    if _trails_off(page, rows[:end]):
        return _unclear(who)
    while end < len(rows) and rows[end].key and page.has(rows[end].key):
        end += 1
    beside = rows[end] if end < len(rows) else None
    if beside is not None and beside.key and not _is_wrapping(page, beside):
        return Refused(
            RefusalCode.NO_MATCH,
            f"{who} ends with {beside.raw[:80]!r}, which is not a line of the prompt.",
        )
    strange = any(row.key and not _is_wrapping(page, row) for row in rows[end:])
    if strange and end and (fenced or _introduces(rows[end - 1])):
        return _unclear(who)
    return list(rows[:end])


def _is_wrapping(page: Page, row: Row) -> bool:
    """Say whether a line below a hunk closes what is around it, or stands for context left out."""
    return _JUNK.match(row.raw) is not None or skips(page, row)


def _introduces(row: Row) -> bool:
    """Say whether an added line is a heading, or announces the text below it."""
    return row.sign == "+" and (row.key.startswith("#") or row.key.endswith((":", "**")))


def _trails_off(page: Page, rows: Sequence[Row]) -> bool:
    """Say whether bullets that may be notes stand below the last line that is verified."""
    verified = max(
        (at for at, row in enumerate(rows) if row.sign != "+" and row.key and page.has(row.key)),
        default=-1,
    )
    loose = rows[verified + 1 :]
    parted = next((at for at, row in enumerate(loose) if not row.signed), None)
    return parted is not None and any(_note_like(row) for row in loose[parted:] if row.sign == "+")


def is_signed(page: Page, header: Header, rows: Sequence[Row]) -> bool:
    """Say whether no line without a sign can be a change that lost it.

    Kept lines lose their blank all together, or the counts still hold: else a
    line without a sign beside a change may be one that was to be removed.
    """
    bare = sum(
        not row.signed and bool(row.key) and not (skips(page, row) and _is_in_context(rows, at))
        for at, row in enumerate(rows)
    )
    if not bare or counts(rows) == (header.old, header.new):
        return True
    if header.old is not None:
        return False
    mixed = any(row.signed and row.sign == " " and row.key for row in rows)
    return (not mixed and bare > 1) or not any(_may_be_removed(rows, at) for at in range(len(rows)))


def _may_be_removed(rows: Sequence[Row], at: int) -> bool:
    """Say whether a line without a sign stands where one that is removed may: by a change."""
    if rows[at].signed or not rows[at].key:
        return False
    above = rows[at - 1].sign if at else " "
    below = rows[at + 1].sign if at + 1 < len(rows) else " "
    return below == "+" or "-" in {above, below}


def _is_in_context(rows: Sequence[Row], at: int) -> bool:
    """Say whether a row stands beside a kept one, or at the edge: else it may be in a change."""
    return not (0 < at < len(rows) - 1 and rows[at - 1].sign != " " and rows[at + 1].sign != " ")


def seems_cut(
    page: Page, header: Header, rows: Sequence[Row], end: int, *, fence_open: bool
) -> bool:
    """Say whether the last hunk of a text may have lost changes at its end.

    `end` is the prompt's line after the hunk's last one. The counts are short
    of a whole hunk only if what they miss could hold a change: with as much
    context below it as above, or at the prompt's end.
    """
    if header.old is None or header.new is None:
        return fence_open or _breaks_off(page, rows, end)
    old, new = counts(rows)
    missing = (header.old - old, header.new - new)
    if min(missing) < 0 or max(missing) == 0:
        return False
    if missing[0] == missing[1] and not any(page.keys[end : end + missing[0]]):
        return fence_open
    left = len(page.keys) - end
    if missing[0] > left:
        return fence_open
    return fence_open or missing[0] == left or _hides_change(missing, rows, end)


def _breaks_off(page: Page, rows: Sequence[Row], end: int) -> bool:
    """Say whether context stands above the changes, but none below them."""
    return rows[0].sign == " " and rows[-1].sign != " " and end < len(page.keys)


def _hides_change(missing: tuple[int, int], rows: Sequence[Row], end: int) -> bool:
    """Say whether missing lines may be the context that ends a hunk, and changes above it.

    Where context is missing, whole hunks may be missing below it.
    """
    above, below = _leading(rows), _leading(rows[::-1])
    starts_page = end == counts(rows)[0]
    width = max(above, _USUAL_CONTEXT) if starts_page else above
    ends_in_context = missing[0] == missing[1] and below + missing[0] <= width
    return below < above or ends_in_context or (min(missing) >= width and max(missing) > width)


def _leading(rows: Sequence[Row]) -> int:
    """Return how many kept lines open a hunk."""
    return next((at for at, row in enumerate(rows) if row.sign != " "), len(rows))
