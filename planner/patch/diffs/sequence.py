"""Hunks that may speak of the text as the others leave it, and not as it was given (rule R9)."""

from collections.abc import Sequence
from itertools import accumulate, islice, pairwise

from planner.patch.changes import Change, Changes, joined, splice
from planner.patch.diffs.page import Page
from planner.patch.diffs.place import Placed
from planner.patch.outcome import RefusalCode, Refused

_LOOKED_AT = 20


def written_on_result(
    page: Page, placed: Sequence[Placed], spans: Sequence[Sequence[Change]]
) -> Refused | None:
    """Refuse a hunk that would fit on lines that the others add, too.

    Args:
        page: The prompt.
        placed: The hunks.
        spans: What each of them changes.
    """
    if len(placed) < 2:
        return None
    added = [{row.key for row in one.rows if row.sign == "+" and row.key} for one in placed]
    for at, one in enumerate(placed):
        quoted = {row.key for row in one.rows if row.sign != "+"}
        others = [other for other in range(len(placed)) if other != at]
        if all(quoted.isdisjoint(added[other]) for other in others):
            continue
        changes = joined(span for other in others for span in spans[other])
        if _fits_on(page, one, changes):
            return Refused(
                RefusalCode.AMBIGUOUS,
                f"Hunk {one.hunk.number} fits on lines that another hunk adds, too: quote the "
                "prompt as it was given.",
            )
    return None


def _fits_on(page: Page, one: Placed, changes: Sequence[Change]) -> bool:
    """Say whether a hunk fits where others add lines; to take a moved block away is no doubt."""
    if any(first.end > second.start for first, second in pairwise(changes)):
        return False
    keys = [row.key for row in one.rows if row.sign != "+"]
    result = Page(splice(page.prompt, Changes(tuple(changes))))
    new = _new_lines(page, changes)
    removes = all(row.sign == "-" for row in one.rows)
    for place in islice(result.places(keys), _LOOKED_AT):
        lines = range(place, place + len(keys))
        touched = [line for line in lines if line in new]
        if touched and not (removes and len(touched) == len(keys)):
            return True
    return False


def _new_lines(page: Page, changes: Sequence[Change]) -> set[int]:
    """Return which lines of the result are added ones."""
    starts = {offset: line for line, offset in enumerate(page.offsets)}
    grown = [
        change.text.count("\n") - (starts[change.end] - starts[change.start]) for change in changes
    ]
    shifts = accumulate(grown, initial=0)
    new: set[int] = set()
    for change, shift in zip(changes, shifts, strict=False):
        start = starts[change.start] + shift
        new.update(range(start, start + change.text.count("\n")))
    return new
