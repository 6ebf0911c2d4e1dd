"""Apply a diff by its lines: each hunk goes where its quoted lines stand, or nowhere."""

from planner.patch.changes import Change, Changes, close, conflict, joined, line_ending, splice
from planner.patch.hunks import Row, read_hunks
from planner.patch.lines import fold, split_lines
from planner.patch.outcome import Patched, RefusalCode, Refused


def apply_diff(prompt: str, diff: str) -> Patched | Refused:
    """Apply a unified diff to a prompt, all of it or nothing."""
    changes = read_diff(prompt, diff)
    return changes if isinstance(changes, Refused) else Patched(splice(prompt, changes))


def read_diff(prompt: str, diff: str) -> Changes | Refused:
    """Settle a diff against a prompt: what it changes, or why not."""
    lines = split_lines(close(prompt))
    keys = [fold(line) for line in lines]
    spans: list[Change] = []
    hunks = read_hunks(diff)
    if not hunks:
        return Refused(RefusalCode.NO_HUNKS, "The diff has no hunk.")
    for number, (_, rows) in enumerate(hunks, 1):
        quoted = [fold(row.text) for row in rows if row.sign != "+"]
        if not any(quoted) and prompt:
            return Refused(
                RefusalCode.NOTHING_TO_VERIFY, f"Hunk {number} quotes no line of the prompt."
            )
        size = len(quoted)
        places = [at for at in range(len(keys) - size + 1) if keys[at : at + size] == quoted]
        if len(places) != 1:
            code = RefusalCode.AMBIGUOUS if places else RefusalCode.NO_MATCH
            where = ", ".join(str(at + 1) for at in places[:8])
            return Refused(code, f"Hunk {number} fits in {len(places)} places ({where}).")
        spans += _spans(prompt, lines, places[0], rows)
    together = Changes(tuple(joined(spans)))
    if conflict(together.spans):
        return Refused(RefusalCode.OVERLAPPING, "Two hunks change the same lines.")
    if splice(prompt, together) == prompt:
        return Refused(RefusalCode.NO_CHANGE, "The diff leaves the prompt as it is.")
    return together


def _spans(prompt: str, lines: list[str], at: int, rows: list[Row]) -> list[Change]:
    position = sum(map(len, lines[:at]))
    spans = []
    for row in rows:
        if row.sign == "+":
            spans.append((position, position, row.text + line_ending(prompt)))
            continue
        end = position + len(lines[at])
        if row.sign == "-":
            spans.append((position, end, ""))
        position, at = end, at + 1
    return _merged(spans)


def _merged(spans: list[tuple[int, int, str]]) -> list[Change]:
    merged: list[Change] = []
    for start, end, text in spans:
        if merged and merged[-1].end == start:
            merged[-1] = Change(merged[-1].start, end, merged[-1].text + text)
        else:
            merged.append(Change(start, end, text))
    return merged
