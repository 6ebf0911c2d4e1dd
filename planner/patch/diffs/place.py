"""Find the one place of each hunk (rules R2 to R5); a number only settles a tie."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, islice, pairwise
from typing import NamedTuple

from planner.patch.align import common_lines
from planner.patch.diffs.bullets import as_kept, with_kept_bullets
from planner.patch.diffs.gaps import Span, in_order
from planner.patch.diffs.hunks import Header, Hunk, Row, counts, counts_hold
from planner.patch.diffs.page import Page
from planner.patch.diffs.sections_named import quotes_title, section_named
from planner.patch.lines import fold
from planner.patch.outcome import RefusalCode, Refused

_SHOWN = 8
_WORD = re.compile(r"[^\W\d_]+")
_NEGATIVE = re.compile(r"@@[ \t]*--\d")
_BEYOND = 2
"""Times the prompt's length: who states a line as far as that knows no number."""
_FEWEST = 12
"""Words; fewer stand in many places."""
_NEARLY_ALL = 0.85
"""The share of words that stay where lines are only restyled, or a word is put into each."""


class Placed(NamedTuple):
    """A hunk with its rows as they were read, and the prompt line, from 0, of the first."""

    hunk: Hunk
    rows: Sequence[Row]
    at: int
    end: int
    """The line after its last quoted one."""


class _Sight(NamedTuple):
    """Where a hunk fits, up to a few more places than are shown."""

    hunk: Hunk
    readings: Mapping[int, Sequence[Row]]
    """For each place, the rows as they were read to fit there."""
    span: Span | None = None
    """Between the other parts of its hunk, where only their order leaves out other places."""

    @property
    def rows(self) -> Sequence[Row]:
        """The rows as they were read; they are the same at all places."""
        return next(iter(self.readings.values()))

    @property
    def places(self) -> list[int]:
        """The prompt lines, from 0, in order."""
        return sorted(self.readings)


def place_hunks(page: Page, hunks: Sequence[Hunk]) -> list[Placed] | Refused:
    """Place all hunks, or refuse them all with the reason of the first that has no place.

    Parts of one hunk stand one after another and have the same number.
    """
    sights = [_look(page, hunk) for hunk in hunks]
    for sight in sights:
        if not sight.readings:
            return _missing(page, sight.hunk)
    if any(one.number == other.number for one, other in pairwise(hunks)):
        ordered = _ordered(page, sights)
        if isinstance(ordered, Refused):
            return ordered
        sights = ordered
    drifts = {
        sight.places[0] - sight.hunk.header.stated
        for sight in sights
        if len(sight.places) == 1 and sight.hunk.header.stated is not None
    }
    # A hunk at line 0 counts from 0, or is elsewhere: no number can be believed.
    drifts.update(sight.places[0] + 1 for sight in sights if sight.hunk.header.at_zero)
    if any(_is_nonsense(sight.hunk.header) for sight in sights):
        drifts.add(len(page.keys))
    placed = []
    shift = 0
    for sight in sights:
        if not sight.hunk.changes:
            continue
        at = _choose(page, sight, drifts, shift)
        if isinstance(at, Refused):
            return at
        rows = sight.readings[at]
        old, new = counts(rows)
        placed.append(Placed(sight.hunk, rows, at, at + old))
        shift += new - old
    return _out_of_order(placed) or placed


def _is_nonsense(header: Header) -> bool:
    """Say whether a header has numbers, and none that can be read: nobody counted the others."""
    return header.stated is None and _NEGATIVE.match(header.raw or "") is not None


def _out_of_order(placed: Sequence[Placed]) -> Refused | None:
    """Refuse a hunk that leaves the lines between two others which stand where they say.

    Or as far off as another one. Hunks are written from the top to the bottom: then it stands
    in the wrong one of two twins.
    """
    stated = [one.hunk.header.stated for one in placed]
    known = [line for line in stated if line is not None]
    if not known or len(known) < len(placed) or known != sorted(known):
        return None
    drifts = Counter(one.at - line for one, line in zip(placed, known, strict=True))
    steady, hunks = (0, drifts[0]) if drifts[0] else drifts.most_common(1)[0]
    if steady and hunks == 1:
        return None
    sure = {
        line: line + steady
        for one, line in zip(placed, known, strict=True)
        if one.at - line == steady
    }
    for one, line in zip(placed, known, strict=True):
        above = max((at for other, at in sure.items() if other < line), default=-1)
        below = min((at for other, at in sure.items() if other > line), default=one.at + 1)
        if one.at - line != steady and not above < one.at < below:
            return Refused(
                RefusalCode.STALE_TWIN,
                f"Hunk {one.hunk.number} fits at prompt line {one.at + 1} only, beyond another "
                "hunk that stands where it says: the prompt may have changed where it belongs.",
            )
    return None


def _ordered(page: Page, sights: Sequence[_Sight]) -> list[_Sight] | Refused:
    """Leave each part of a hunk the places where it stands in order with the others."""
    ordered: list[_Sight] = []
    for _, parts in groupby(sights, key=lambda sight: sight.hunk.number):
        whole = list(parts)
        if len(whole) == 1:
            ordered += whole
            continue
        spans = in_order(page, [_keys(sight.rows) for sight in whole])
        if spans is None:
            return _disordered(whole[0].hunk)
        for sight, span in zip(whole, spans, strict=True):
            narrowed = _within(sight, span)
            stated = sight.hunk.header.stated
            if stated in sight.readings and stated not in narrowed.readings:
                return _disordered(sight.hunk)
            ordered.append(narrowed)
    return ordered


def _within(sight: _Sight, span: Span) -> _Sight:
    """Leave a part the places within its span."""
    if len(sight.readings) == 1:
        # What lies between it and the part above is skipped, or the part below the first one.
        at = sight.places[0]
        skipped = span._replace(before=at) if span.after else span._replace(after=at)
        return sight if sight.hunk.header.stated == at else sight._replace(span=skipped)
    within = [at for at in sight.readings if span.first < at < span.last]
    return _Sight(sight.hunk, dict.fromkeys([span.first, *within, span.last], sight.rows), span)


def _disordered(hunk: Hunk) -> Refused:
    return Refused(
        RefusalCode.NO_MATCH,
        f"The parts of hunk {hunk.number} do not stand in the prompt in the written order.",
    )


def _look(page: Page, hunk: Hunk) -> _Sight:
    """Find where a hunk fits, as it stands or with the blanks put back that it lost."""
    found: dict[int, Sequence[Row]] = {}
    for rows in _readings(page, hunk):
        for at in islice(page.places(_keys(rows)), _SHOWN + 1):
            found.setdefault(at, rows)
        stated = hunk.header.stated
        if stated is not None and page.fits(_keys(rows), stated):
            found.setdefault(stated, rows)
        if found:
            break
    return _Sight(hunk, found)


def _keys(rows: Sequence[Row]) -> list[str]:
    return [row.key for row in rows if row.sign != "+"]


def _readings(page: Page, hunk: Hunk) -> Iterator[Sequence[Row]]:
    """Yield a hunk's rows as they stand, then with lost leading blanks put back."""
    yield hunk.rows
    if not counts_hold(hunk):
        yield from _trimmed(hunk.rows)
    healed = [as_kept(row) if _lost_blank(page, row) else row for row in hunk.rows]
    if healed != list(hunk.rows):
        yield healed
        return
    bullets = with_kept_bullets(page, hunk.rows)
    if bullets != list(hunk.rows) and counts(bullets) == (hunk.header.old, hunk.header.new):
        yield bullets


def _trimmed(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Yield rows without the blank lines that part a hunk from what stands around it."""
    loose = [not row.signed and not row.key for row in rows]
    end = len(loose) - next((at for at, one in enumerate(reversed(loose)) if not one), 0)
    start = next((at for at, one in enumerate(loose) if not one), 0)
    if end < len(loose):
        yield rows[:end]
    if start:
        yield rows[start:end]


def _lost_blank(page: Page, row: Row) -> bool:
    """Say whether a kept line stands in the prompt only with the blank taken as its sign."""
    return row.sign == " " and row.signed and not page.has(row.key) and page.has(fold(row.raw))


def _choose(page: Page, sight: _Sight, drifts: set[int], shift: int) -> int | Refused:
    """Return the one place, or the stated one among several where numbers can be believed.

    `shift` is how many lines the hunks above add: where it is none, a header's two
    numbers are the same.
    """
    header = sight.hunk.header
    if len(sight.places) == 1:
        return _unless_twin(page, sight, sight.places[0], drifts)
    if header.stated not in sight.places or not drifts <= {0}:
        return _ambiguous(sight)
    section = section_named(page, header.raw or "")
    if section and not any(section[max(0, header.stated - 1) : header.stated + 1]):
        return _ambiguous(sight)
    exact = [at for at in sight.places if _is_exact(page, sight.readings[at], at)]
    if exact and header.stated not in exact:
        return _ambiguous(sight)
    # The second number is meant for the patched text, and so may both be where they are the same.
    restated = header.stated if header.restated is None else header.restated - shift
    if restated != header.stated and restated in sight.places:
        return _ambiguous(sight)
    return header.stated


def _is_exact(page: Page, rows: Sequence[Row], at: int) -> bool:
    """Say whether lines stand at a place with the very same characters."""
    quoted = [row.text.rstrip() for row in rows if row.sign != "+"]
    return [line.rstrip() for line in page.lines[at : at + len(quoted)]] == quoted


def _unless_twin(page: Page, sight: _Sight, at: int, drifts: set[int]) -> int | Refused:
    """Refuse the only fit where the text meant seems to have changed (rule R4)."""
    stated = sight.hunk.header.stated
    keys = _keys(sight.readings[at])
    if sight.span:
        twin = None if quotes_title(page, keys) else _twin_within(page, keys, sight.span, at)
        if twin is not None:
            return _stale(sight, at, twin, "between the parts of the hunk around it")
    section = section_named(page, sight.hunk.header.raw or "")
    # A title is named above the hunk, though another may stand on its first line.
    if section and not any(section[max(0, at - 1) : at + len(keys)]):
        return Refused(
            RefusalCode.STALE_TWIN,
            f"Hunk {sight.hunk.number} fits at prompt line {at + 1} only, which is not in the "
            "section that its header names: the prompt may have changed there.",
        )
    done = _done_elsewhere(page, sight.readings[at]) if stated is None else None
    if done is not None:
        return _already_done(sight, at, done)
    if stated is None or stated == at:
        return at
    steady = {stated + drift for drift in drifts} if len(drifts) == 1 else set()
    for expected in sorted({stated} | steady):
        twin = _near_twin(page, keys, expected, at)
        if twin is not None:
            return _stale(sight, at, twin, "nearer to where it says it belongs")
    return at


def _done_elsewhere(page: Page, rows: Sequence[Row]) -> int | None:
    """Return where a change stands already between the very lines that the hunk has around it.

    Where no number says which of two like places is meant, it may be that one (rule R11).
    """
    kept = [at for at, row in enumerate(rows) if row.sign == " " and row.key]
    changed = [at for at, row in enumerate(rows) if row.sign != " "]
    is_framed = bool(kept and changed) and kept[0] < changed[0] and changed[-1] < kept[-1]
    if not is_framed or not any(rows[at].sign == "+" and rows[at].key for at in changed):
        return None
    return next(page.places([row.key for row in rows if row.sign != "-"]), None)


def _already_done(sight: _Sight, at: int, done: int) -> Refused:
    return Refused(
        RefusalCode.ALREADY_APPLIED,
        f"Hunk {sight.hunk.number} fits at prompt line {at + 1}, but the text it leads to stands "
        f"at line {done + 1} already, and no line number says which is meant.",
    )


def _stale(sight: _Sight, at: int, twin: int, where: str) -> Refused:
    return Refused(
        RefusalCode.STALE_TWIN,
        f"Hunk {sight.hunk.number} fits at prompt line {at + 1} only, but line {twin + 1}, "
        f"{where}, has nearly the same text: the prompt may have changed there.",
    )


def _twin_within(page: Page, keys: Sequence[str], span: Span, at: int) -> int | None:
    """Return a place that nearly fits between the parts above and below."""
    wanted = sum(map(bool, keys))
    for twin, equal in page.votes(keys).items():
        inside = span.after <= twin and twin + len(keys) <= span.before
        if inside and 2 * equal > wanted and abs(twin - at) >= len(keys):
            return twin
    return None


def twin_elsewhere(page: Page, placed: Placed) -> int | None:
    """Return another place that nearly fits, where no number says which is meant."""
    keys = _keys(placed.rows)
    wanted = sum(map(bool, keys))
    stated = placed.hunk.header.stated
    if stated is not None and stated <= _BEYOND * len(page.keys):
        return None
    if quotes_title(page, keys):
        return None
    for twin, equal in page.votes(keys).items():
        if twin >= 0 and 2 * equal > wanted and abs(twin - placed.at) >= len(keys):
            return twin
    return None


def _near_twin(page: Page, keys: Sequence[str], expected: int, at: int) -> int | None:
    """Return a place that nearly fits, at the expected line or nearer to it than the fit."""
    if expected == at or expected > _BEYOND * len(page.keys):
        return None
    if expected >= 0 and _nearly_fits(page, keys, expected, at):
        return expected
    wanted = sum(map(bool, keys))
    for twin, equal in page.votes(keys).items():
        nearer = abs(twin - expected) < abs(at - expected)
        if nearer and 2 * equal > wanted and abs(twin - at) >= len(keys):
            return max(twin, 0)
    return None


def _nearly_fits(page: Page, keys: Sequence[str], expected: int, at: int) -> bool:
    """Say whether at least half of the lines with text are equal at the stated line.

    So are those in another style, and those whose words stand there in other lines.
    """
    here = page.keys[expected : expected + len(keys)]
    wanted = sum(map(bool, keys))
    if abs(expected - at) >= len(keys):
        equal = common_lines([key for key in keys if key], [key for key in here if key])
        end = expected + 2 * len(keys)
        if _is_restyled(keys, page.keys[expected : end if expected > at else min(end, at)]):
            return True
    else:
        equal = sum(bool(key) and key == other for key, other in zip(keys, here, strict=False))
    return bool(equal) and 2 * equal >= wanted


def _is_restyled(keys: Sequence[str], around: Sequence[str]) -> bool:
    """Say whether nearly all words of some lines stand among others."""
    wanted = [word for key in keys for word in _WORD.findall(key.casefold())]
    if len(set(wanted)) < _FEWEST:
        return False
    there = [word for key in around for word in _WORD.findall(key.casefold())]
    return common_lines(wanted, there) >= _NEARLY_ALL * len(wanted)


def _ambiguous(sight: _Sight) -> Refused:
    """Refuse a hunk that fits in several places, and list them."""
    shown = ", ".join(str(at + 1) for at in sight.places[:_SHOWN])
    more = " and more" if len(sight.places) > _SHOWN else ""
    return Refused(
        RefusalCode.AMBIGUOUS,
        f"Hunk {sight.hunk.number} fits at prompt lines {shown}{more}, and its line number does "
        "not settle which: quote more lines around the change.",
    )


def _missing(page: Page, hunk: Hunk) -> Refused:
    """Refuse a hunk that fits nowhere, and name the first line that the prompt does not have."""
    after = [row.key for row in hunk.rows if row.sign != "-"]
    if any(after) and next(page.places(after), None) is not None:
        return Refused(
            RefusalCode.ALREADY_APPLIED,
            f"Hunk {hunk.number} does not fit, but the text it leads to is in the prompt already.",
        )
    strange = next((row for row in hunk.quoted if not page.has(row.key)), None)
    why = (
        f"the prompt has no line {strange.text.strip()[:80]!r}"
        if strange
        else "its lines do not stand one after another in the prompt"
    )
    return Refused(RefusalCode.NO_MATCH, f"Hunk {hunk.number} does not fit: {why}.")
