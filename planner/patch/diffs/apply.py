"""Apply a diff by its lines: each hunk goes where its quoted lines stand, or nowhere."""

import re
from collections.abc import Sequence
from functools import partial
from itertools import chain, dropwhile, islice, pairwise, takewhile
from unicodedata import combining, is_normalized

from planner.patch.align import changed_blocks
from planner.patch.balance import unbalanced
from planner.patch.changes import Change, Changes, conflict, joined, line_at, splice
from planner.patch.code import holds_fence
from planner.patch.diffs.bounds import seems_cut
from planner.patch.diffs.escapes import spellings, unquoted, without_colours, without_entities
from planner.patch.diffs.gaps import parts, skips_around, skips_within_change, trails_off
from planner.patch.diffs.hunks import Header, Hunk, Row, counts, counts_hold, row
from planner.patch.diffs.page import Page, page_of
from planner.patch.diffs.place import Placed, place_hunks, twin_elsewhere
from planner.patch.diffs.reading import Reading, read_hunks
from planner.patch.diffs.sequence import written_on_result
from planner.patch.diffs.twins import keeps_twin
from planner.patch.doubts.told import doubts
from planner.patch.lines import BLANKS, CURLY, fold, other_signs
from planner.patch.outcome import Patched, RefusalCode, Refused
from planner.patch.tables import half_row

_MAX_DIFF = 500_000
_MAX_LINES = 20_000
_MAX_PROMPT = 500_000
_MAX_HUNKS = 200
_MAX_PARTS = 2_000
"""Each is looked for in the whole prompt."""
_WORD = re.compile(r"\w+")
_PADDING = tuple(BLANKS)
_SENTENCE = 3
"""Words; rules and signs of fewer stand in many places."""
_IN_MARKUP = {RefusalCode.NO_MATCH, RefusalCode.UNCLEAR}
"""What a diff is refused for that was written for markup."""
_SECOND_READING = {RefusalCode.NO_MATCH, RefusalCode.UNCLEAR, RefusalCode.CUT_SHORT}


def apply_diff(prompt: str, diff: str) -> Patched | Refused:
    """Apply a unified diff, as a model wrote it, to a prompt: all of it or nothing.

    Prose, fences, wrong counts and numbers, lost blanks and line endings are
    forgiven; a quoted line that differs otherwise, a place that is not the only
    one, and an answer cut short are refused (rules R1 to R12).
    """
    changes = read_diff(prompt, diff)
    if isinstance(changes, Refused):
        return changes
    return Patched(splice(prompt, changes), changes.said, partial(doubts, prompt, changes))


def read_diff(prompt: str, diff: str) -> Changes | Refused:
    """Settle a diff against a prompt: what it changes, or why not."""
    if len(diff) > _MAX_DIFF or len(prompt) > _MAX_PROMPT:
        return Refused(
            RefusalCode.TOO_LARGE,
            f"The diff or the prompt is too large: at most {_MAX_DIFF:,} characters on a prompt of "
            f"{_MAX_PROMPT:,}.",
        )
    page = page_of(prompt)
    bare = unquoted(diff)
    if "\r\r\n" in bare and "\r\r\n" not in prompt:
        bare = bare.replace("\r\r\n", "\r\n")
    if "\x1b" in bare and "\x1b" not in prompt:
        bare = without_colours(bare)
    outcomes = [_settle(page, spelling, spelt=spelling != bare) for spelling in spellings(bare)]
    if any(map(_misses, outcomes)) and (plain := without_entities(bare)):
        outcomes = [_settle(page, plain, spelt=False)]
    if not outcomes:
        return Refused(
            RefusalCode.UNCLEAR,
            "The diff spells its newlines out and adds another escape: write real characters.",
        )
    applied = [outcome for outcome in outcomes if isinstance(outcome, Changes)]
    if len(applied) > 1 and len({splice(prompt, changes) for changes in applied}) > 1:
        return Refused(
            RefusalCode.UNCLEAR, "The diff's escapes can be read in two ways: write real newlines."
        )
    return applied[0] if applied else outcomes[0]


def _misses(outcome: Changes | Refused) -> bool:
    return isinstance(outcome, Refused) and outcome.code in _IN_MARKUP


def _settle(page: Page, text: str, *, spelt: bool) -> Changes | Refused:
    """Read a text with its fence closing early, and late only if that does not fit."""
    early = _attempt(page, text, longest=False, spelt=spelt)
    if isinstance(early, Refused) and early.code in _SECOND_READING and holds_fence(text):
        late = _attempt(page, text, longest=True, spelt=spelt)
        if isinstance(late, Changes):
            return late
    return early


def _attempt(page: Page, text: str, *, longest: bool, spelt: bool) -> Changes | Refused:
    """Read, place and join the hunks of one text."""
    if text.count("\n") > _MAX_LINES:
        return Refused(RefusalCode.TOO_LARGE, f"The diff has more than {_MAX_LINES:,} lines.")
    read = read_hunks(page, text, longest=longest)
    if isinstance(read, Refused):
        return read
    pieces = [part for hunk in read.hunks for part in parts(page, hunk)]
    if len(read.hunks) > _MAX_HUNKS or len(pieces) > _MAX_PARTS:
        return Refused(
            RefusalCode.TOO_LARGE,
            f"The diff has more than {_MAX_HUNKS} hunks, or {_MAX_PARTS:,} parts between dots.",
        )
    if spelt and not all(map(_is_whole, read.hunks)):
        return Refused(
            RefusalCode.UNCLEAR,
            "The diff spells its newlines out and its counts do not hold: a newline may be text.",
        )
    placed = _unverified(page, pieces) or place_hunks(page, pieces)
    if isinstance(placed, Refused):
        return placed
    outcome = (
        _retold(placed)
        or _cut(page, placed, read)
        or _frayed(page, placed, read)
        or _recoated(page, placed)
        or _joined(page, placed)
    )
    if isinstance(outcome, Changes):
        whole = [one for one in placed if one.hunk in read.hunks]
        outcome = outcome._replace(said=_said(page, read, whole))
    return outcome


def _is_whole(hunk: Hunk) -> bool:
    """Say whether counts prove a hunk's lines, or nobody counted and each line has its sign."""
    uncounted = hunk.header.old is hunk.header.new is None
    return counts_hold(hunk) or (uncounted and all(row.signed for row in hunk.rows))


def _said(page: Page, read: Reading, placed: Sequence[Placed]) -> str:
    """Return the words around the hunks, and what their counts and places say of them."""
    twins = [_twin_of(page, one) for one in placed]
    composed = _decomposed(page, read.hunks)
    return "\n".join(filter(None, [read.said, *map(_miscounted, read.hunks), *twins, composed]))


def _decomposed(page: Page, hunks: Sequence[Hunk]) -> str:
    """Tell of added letters that stand in parts, as none of the prompt does."""
    texts = (row.text for hunk in hunks for row in hunk.rows if row.sign == "+")
    line = next((one for one in texts if not is_normalized("NFC", one)), None)
    if line is None or not is_normalized("NFC", page.prompt):
        return ""
    return f"Letters stand in parts, as accents apart, in the added line {line.strip()[:60]!r}."


def _twin_of(page: Page, placed: Placed) -> str:
    """Tell of a like place where the prompt may have changed, if no number says which is meant."""
    twin = twin_elsewhere(page, placed)
    if twin is None:
        return ""
    return (
        f"Hunk {placed.hunk.number} states no line of the prompt, and prompt line {twin + 1} has "
        f"nearly the same text as line {placed.at + 1}, where it fits."
    )


def _miscounted(hunk: Hunk) -> str:
    """Tell of a hunk of which one count holds and the other one does not: a sign may be lost.

    Counts are hints (R2), and most writers who count wrongly get both wrong.
    """
    header, (old, new) = hunk.header, hunk.counts
    if header.old is None or header.new is None or (header.old == old) == (header.new == new):
        return ""
    side, stated, found = (
        ("new", header.new, new) if header.old == old else ("old", header.old, old)
    )
    return (
        f"The header of hunk {hunk.number} counts {stated} {side} lines, and there are {found}: "
        "a line may be lost, or have lost its sign."
    )


def _unverified(page: Page, hunks: Sequence[Hunk]) -> Refused | None:
    """Refuse a hunk that quotes nothing (rule R5)."""
    if not page.prompt:
        return None
    for hunk in hunks:
        if not any(row.key for row in hunk.quoted):
            return Refused(
                RefusalCode.NOTHING_TO_VERIFY,
                f"Hunk {hunk.number} quotes no line of the prompt, so its place cannot be checked.",
            )
    return None


def _retold(placed: Sequence[Placed]) -> Refused | None:
    """Refuse a hunk that is told twice, for two places."""
    if len(placed) < 2:
        return None
    seen: dict[tuple[int, tuple[Row, ...]], int | None] = {}
    for one in placed:
        stated = one.hunk.header.stated
        if seen.setdefault((one.at, tuple(one.rows)), stated) != stated:
            return Refused(
                RefusalCode.OVERLAPPING,
                f"Hunk {one.hunk.number} repeats an earlier one for another place, but fits at "
                f"prompt line {one.at + 1} only.",
            )
    return None


def _frayed(page: Page, placed: Sequence[Placed], read: Reading) -> Refused | None:
    """Refuse a hunk of whose lines one may be missing, or have lost its sign.

    The counts of a single hunk are hints (R2). Where those of another hunk hold, somebody
    counted: then a new count that is off beside an old one that holds tells of a line.
    """
    counted = any(counts_hold(one.hunk) for one in placed)
    skipping = {one.number for one in read.hunks if _skips_as_counted(page, placed, one)}
    for one in placed:
        if one.hunk.number in skipping:
            continue
        header, (old, new) = one.hunk.header, one.hunk.counts
        if header.old is None or header.new is None:
            continue
        at_top, at_end = one.at == 0, one.end == len(page.keys)
        edges = (one.rows[0].sign != " " and not at_top, one.rows[-1].sign != " " and not at_end)
        if header.new >= new and header.old > old and any(edges):
            return Refused(
                RefusalCode.UNCLEAR,
                f"Hunk {one.hunk.number} has fewer lines than its header counts, and a change at "
                "its edge: a line around the change may be missing.",
            )
        off = new - header.new if header.old == old else 0
        if (counted and off) or (off > 0 and keeps_twin(one.hunk)):
            return Refused(
                RefusalCode.UNCLEAR,
                f"Hunk {one.hunk.number} has as many old lines as its header counts, but not as "
                "many new ones: a line may be missing, or have lost its sign.",
            )
    return None


def _skips_as_counted(page: Page, placed: Sequence[Placed], hunk: Hunk) -> bool:
    """Say whether a header counts the parts of a hunk, with or without what dots skip."""
    pieces = parts(page, hunk)
    if len(pieces) < 2:
        return False
    shown = counts([row for piece in pieces for row in piece.rows])
    is_shown = shown == (hunk.header.old, hunk.header.new)
    return is_shown or _spans_as_counted(page, placed, hunk)


def _recoated(page: Page, placed: Sequence[Placed]) -> Refused | None:
    """Refuse added lines in a typography that the quoted lines prove to be damaged."""
    strange: set[str] = set()
    for one in placed:
        quoted = [row.text for row in one.rows if row.sign != "+"]
        for text, line in zip(quoted, page.lines[one.at : one.end], strict=True):
            if text.rstrip() != line.rstrip():
                strange |= other_signs(text, line)
    # An accent apart from its letter is the same character, and added as it stands (rule R6).
    strange = {char for char in strange if char != "\r" and not combining(char)}
    if strange & CURLY:
        strange |= CURLY.difference(page.prompt)
    for one in placed if strange else ():
        hit = next((row for row in one.rows if row.sign == "+" and strange & set(row.text)), None)
        if hit:
            return Refused(
                RefusalCode.UNCLEAR,
                f"Hunk {one.hunk.number} quotes the prompt in another typography, and adds "
                f"{hit.raw[:80]!r} in it.",
            )
    return None


def _cut(page: Page, placed: Sequence[Placed], read: Reading) -> Refused | None:
    """Refuse a diff whose last hunk may have lost its end (rule R10)."""
    hollow = next((hunk for hunk in read.hunks if _is_hollow(page, hunk)), None)
    hollow = hollow or _short_of_shift(read.hunks)
    hollow = hollow or next((one for one in read.hunks if skips_within_change(page, one)), None)
    if hollow:
        return _cut_short(hollow)
    last = read.hunks[-1]
    ends_in_added = read.unclosed and last.rows[-1].sign == "+"
    if trails_off(page, last) or (ends_in_added and not _counted_out(read)):
        cut = True
    elif last.changes:
        honest = all(counts_hold(hunk) for hunk in read.hunks[:-1])
        header = last.header if honest else Header()
        cut = (
            (read.open_ended or header.old is not None)
            and seems_cut(page, header, last.rows, placed[-1].end, fence_open=read.fence_open)
            and not (read.closed and _ends_kept(page, last, placed[-1].end))
            and not (skips_around(page, last) or _spans_as_counted(page, placed, last))
        )
    else:
        counted = last.header.old is not None
        cut = bool(placed) and (read.open_ended or counted) and not counts_hold(last)
    return _cut_short(last) if cut else None


def _short_of_shift(hunks: Sequence[Hunk]) -> Hunk | None:
    """Return a hunk with fewer lines than counted, where the next one stands as far as counted."""
    stated = grown = 0
    for hunk, below in pairwise(hunks):
        header, after = hunk.header, below.header
        if header.old is None or header.new is None:
            return None
        stated += header.new - header.old
        grown += hunk.counts[1] - hunk.counts[0]
        if after.stated is None or after.restated is None:
            return None
        is_short = header.old > hunk.counts[0] and header.new > hunk.counts[1]
        if is_short and after.restated - after.stated == stated != grown:
            return hunk
    return None


def _counted_out(read: Reading) -> bool:
    """Say whether counts prove the hunks whole in a fence that stays open."""
    return read.fence_open and read.whole_line and all(map(counts_hold, read.hunks))


def _ends_kept(page: Page, hunk: Hunk, end: int) -> bool:
    """Say whether a hunk has kept lines around its changes, and misses as many old as new ones.

    Where the prompt goes on with a fence, that may be the one which seems to close the diff.
    """
    header, (old, new) = hunk.header, hunk.counts
    if header.old is None or header.new is None or header.old - old != header.new - new:
        return False
    goes_on = any(key.lstrip().startswith(("```", "~~~")) for key in page.keys[end : end + 1])
    return hunk.rows[0].sign == hunk.rows[-1].sign == " " and not goes_on


def _spans_as_counted(page: Page, placed: Sequence[Placed], hunk: Hunk) -> bool:
    """Say whether a hunk with context left out reaches as far as its header counts."""
    header, pieces = hunk.header, parts(page, hunk)
    ours = [one for one in placed if one.hunk.number == hunk.number]
    if len(pieces) < 2 or not ours or header.old is None:
        return False
    # A part that changes nothing is not placed: it must stand where the header says.
    start = ours[0].at if pieces[0].changes else header.stated
    if start is None or not (pieces[0].changes or page.fits(_quoted_keys(pieces[0]), start)):
        return False
    end = start + header.old
    below = _quoted_keys(pieces[-1])
    reaches = ours[-1].end == end if pieces[-1].changes else page.fits(below, end - len(below))
    grown = sum((one.sign == "+") - (one.sign == "-") for one in hunk.rows)
    return reaches and header.new == header.old + grown


def _quoted_keys(hunk: Hunk) -> list[str]:
    return [row.key for row in hunk.quoted]


def _is_hollow(page: Page, hunk: Hunk) -> bool:
    """Say whether a hunk changes nothing, and dots or its counts tell of a change."""
    if hunk.changes or hunk.header.old is None:
        return False
    return hunk.header.old != hunk.header.new or trails_off(page, hunk)


def _cut_short(hunk: Hunk) -> Refused:
    return Refused(
        RefusalCode.CUT_SHORT,
        f"Hunk {hunk.number} ends before it is whole: the diff seems cut short.",
    )


def _joined(page: Page, placed: Sequence[Placed]) -> Changes | Refused:
    """Join the changes of all hunks."""
    if _is_padded(page, placed):
        placed = [one._replace(rows=[_without_padding(row) for row in one.rows]) for one in placed]
    spans: list[list[Change]] = []
    for one in placed:
        blocks = _blocks(one)
        refusal = _doubtful(page, one, blocks)
        if refusal:
            return refusal
        spans.append([_change(page, one, block) for block in blocks])
    refusal = written_on_result(page, placed, spans)
    if refusal:
        return refusal
    together = Changes(tuple(joined(chain.from_iterable(spans))), _final_newline(page, placed))
    clash = conflict(together.spans)
    line = line_at(page.prompt, clash[1].start) if clash else _removed_twice(placed, spans)
    if line:
        return Refused(
            RefusalCode.OVERLAPPING, f"Two hunks change prompt line {line} in different ways."
        )
    if (
        not (page.ending and _changes_length(together))
        and splice(page.prompt, together) == page.prompt
    ):
        return Refused(RefusalCode.NO_CHANGE, "The diff leaves the prompt as it is.")
    return unbalanced(page.prompt, together) or half_row(page.prompt, together) or together


def _removed_twice(placed: Sequence[Placed], spans: Sequence[Sequence[Change]]) -> int | None:
    """Return a prompt line that two hunks remove and do not both write anew alike (rule R9)."""
    known: dict[int, Sequence[Change]] = {}
    for one, changes in zip(placed, spans, strict=True) if len(placed) > 1 else ():
        quoted = (row.sign for row in one.rows if row.sign != "+")
        for at, sign in enumerate(quoted, one.at):
            if sign == "-" and known.setdefault(at, changes) != changes:
                return at + 1
    return None


def _is_padded(page: Page, placed: Sequence[Placed]) -> bool:
    """Say whether quoted lines end in blanks that the prompt has not: added ones do, too.

    All of them do, or all that are shorter than the width to which they are padded.
    """
    lines = [
        (row.text.rstrip("\r"), page.lines[at].rstrip("\r"))
        for one in placed
        for at, row in enumerate((row for row in one.rows if row.sign != "+"), one.at)
        if row.key
    ]
    padded = {
        text for text, line in lines if text.endswith(_PADDING) and not line.endswith(_PADDING)
    }
    others = [len(text) for text, _ in lines if text not in padded]
    widths = {len(text) for text in padded}
    if not padded or len(lines) < 2:
        return False
    return not others or (len(padded) > 1 and len(widths) == 1 and min(others) >= max(widths))


def _without_padding(row: Row) -> Row:
    bare = row.text.rstrip(f"{BLANKS}\r") + ("\r" if row.text.endswith("\r") else "")
    return row._replace(text=bare) if row.sign == "+" else row


def _changes_length(changes: Changes) -> bool:
    """Say whether the text becomes longer or shorter: then nobody needs to compare it."""
    grown = sum(len(span.text) - (span.end - span.start) for span in changes.spans)
    return bool(grown) and changes.final_newline is None


Block = tuple[int, int, Sequence[Row]]
"""Prompt lines `start` to `end`, from 0, become these rows."""


_BELOW = row(" ", "")
"""A kept row, which ends the change above it."""


def _blocks(placed: Placed) -> list[Block]:
    """Return what a hunk changes; rows removed and added alike are kept."""
    blocks: list[Block] = []
    at = placed.at
    removed: list[Row] = []
    added: list[Row] = []
    for one in [*placed.rows, _BELOW]:
        if one.sign == "-":
            removed.append(one)
        elif one.sign == "+":
            added.append(one)
        else:
            if removed or added:
                blocks += _fewest(at, removed, added)
                at += len(removed)
                removed, added = [], []
            at += 1
    return blocks


def _fewest(at: int, removed: Sequence[Row], added: Sequence[Row]) -> list[Block]:
    """Cut a run of removed and added rows down to those that differ."""
    if not removed or not added:
        return [(at, at + len(removed), added)]
    found = changed_blocks([_bare(row) for row in removed], [_bare(row) for row in added])
    return [(at + start, at + end, added[new:new_end]) for start, end, new, new_end in found]


def _bare(row: Row) -> str:
    return row.text.removesuffix("\r")


def _doubtful(page: Page, placed: Placed, blocks: Sequence[Block]) -> Refused | None:
    """Refuse what has been applied before, and a kept `+` bullet that reads as an addition."""
    number, line = placed.hunk.number, placed.at + 1
    added = [(start, rows) for start, end, rows in blocks if start == end]
    pure = len(added) == len(blocks) or not counts_hold(placed.hunk)
    if pure and any(_stands(page, start, rows) for start, rows in added):
        return Refused(
            RefusalCode.ALREADY_APPLIED,
            f"The lines that hunk {number} adds stand at prompt line {line} already.",
        )
    moved = {row.key for row in placed.rows if row.sign == "-"}
    twice = next((row for block in blocks if (row := _half_there(page, *block))), None)
    if twice and twice.key not in moved:
        return Refused(
            RefusalCode.ALREADY_APPLIED,
            f"Hunk {number} adds {twice.text[:80]!r}, which stands right beside it already.",
        )
    if not counts_hold(placed.hunk) and any(_is_beside(page, *block) for block in blocks):
        return Refused(
            RefusalCode.UNCLEAR,
            f"Hunk {number} may quote the line beside its change, or add it again.",
        )
    return None


def _stands(page: Page, at: int, rows: Sequence[Row]) -> bool:
    """Say whether the lines of an insertion stand right there already (rule R11).

    Sentences stand there, too, where only blank lines are between.
    """
    keys = [row.key for row in rows]
    if page.fits(keys, at) or page.fits(keys, at - len(keys)):
        return True
    while keys and not keys[-1]:
        keys.pop()
    keys = list(dropwhile(_is_blank, keys))
    if len(_WORD.findall(" ".join(keys))) < _SENTENCE:
        return False
    below = at + sum(1 for _ in takewhile(_is_blank, islice(page.keys, at, None)))
    above = at - sum(1 for _ in takewhile(_is_blank, reversed(page.keys[:at])))
    return page.fits(keys, below) or page.fits(keys, above - len(keys))


def _is_blank(key: str) -> bool:
    return not key


def _half_there(page: Page, start: int, end: int, rows: Sequence[Row]) -> Row | None:
    """Return the first or the last line of an insertion that stands right behind or before it."""
    if start != end or not all(row.key for row in rows):
        return None
    below = zip(rows, islice(page.keys, start, None), strict=False)
    above = zip(reversed(rows), reversed(page.keys[:start]), strict=False)
    for beside in (below, above):
        for one, key in takewhile(lambda pair: pair[0].key == pair[1], beside):
            if len(_WORD.findall(key)) > 2:
                return one
    return None


def _is_beside(page: Page, start: int, end: int, rows: Sequence[Row]) -> bool:
    """Say whether an added row, with or without its sign, is the prompt's line beside it."""
    if not rows:
        return False
    above = page.keys[start - 1] if start else ""
    below = page.keys[end] if end < len(page.keys) else ""
    beside = {above, below} - {""}
    return any(row.key in beside or fold(row.raw) in beside for row in rows)


def _change(page: Page, placed: Placed, block: Block) -> Change:
    """Write a block as characters, with the prompt's line endings."""
    start, end, rows = block
    endings = _endings(page, placed, start, rows)
    text = "".join([_bare(row) + ending for row, ending in zip(rows, endings, strict=True)])
    return Change(page.offsets[start], page.offsets[end], text)


def _endings(page: Page, placed: Placed, at: int, rows: Sequence[Row]) -> list[str]:
    """Return the added rows' endings: the prompt's, or where it mixes them, the neighbours'."""
    if page.ending is not None:
        return [page.ending] * len(rows)
    quoted = [row for row in placed.rows if row.sign != "+"]
    here = page.lines[placed.at : placed.end]
    if all(
        row.text.endswith("\r") == line.endswith("\r")
        for row, line in zip(quoted, here, strict=True)
    ):
        return ["\r\n" if row.text.endswith("\r") else "\n" for row in rows]
    beside = page.lines[at - 1 if at else 0]
    return ["\r\n" if beside.endswith("\r") else "\n"] * len(rows)


def _final_newline(page: Page, placed: Sequence[Placed]) -> bool | None:
    """Return what a marker in a hunk that reaches the end says of the final newline (R8)."""
    for one in placed:
        if one.end < len(page.keys):
            continue
        old = next((row.open for row in reversed(one.rows) if row.sign != "+"), False)
        new = next((row.open for row in reversed(one.rows) if row.sign != "-"), False)
        if old != new:
            return old
    return None
