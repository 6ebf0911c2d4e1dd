"""Read a model's text as hunks, or say why it is no whole diff."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.patch.blocks import holds_blocks, read_blocks
from planner.patch.bounds import is_signed, own_rows
from planner.patch.extract import Extract, Region, extract
from planner.patch.hunks import Hunk, Row, counts_hold, read_rows
from planner.patch.lines import fold
from planner.patch.outcome import RefusalCode, Refused
from planner.patch.page import Page
from planner.patch.placeholder import is_placeholder
from planner.patch.residue import residue
from planner.patch.sections import Section, sections
from planner.patch.slips import (
    blank_without_sign,
    ends_in_wrapping,
    opens_fence,
    repeated,
    signed_twice,
)

_MARKER = re.compile(r"\\ ?No newline")
_HEADER_REST = re.compile(r"\d+(?:,\d+)?[ \t]*@@")
_LONE_BLANK = re.compile(r" [^ \t\r]")


@dataclass(frozen=True, slots=True)
class Reading:
    """The hunks of a text."""

    hunks: list[Hunk]
    fence_open: bool = False
    """Whether the text ends inside a fence that never closes."""


def read_hunks(page: Page, text: str, *, longest: bool = False) -> Reading | Refused:
    """Return the hunks of a text, in its order.

    `longest` lets a fence close at its last possible line, not at its first.
    """
    lines = text.split("\n")
    if holds_blocks(lines):
        hunks = read_blocks(lines)
        return hunks if isinstance(hunks, Refused) else _checked(page, Reading(hunks))
    found = extract(text, longest=longest)
    return _loose(page, found) or _all_hunks(page, found, text)


def _loose(page: Page, found: Extract) -> Refused | None:
    """Refuse lines that look like changes but stand outside of every hunk."""
    stray = next((line for line in found.prose if _like_change(page, line)), None)
    if stray is None:
        return None
    return Refused(
        RefusalCode.UNCLEAR,
        f"The line {stray[:80]!r} looks like a change, but stands outside of every hunk.",
    )


def _like_change(page: Page, line: str) -> bool:
    """Say whether a line of prose may be a line of a diff; bullets are prose."""
    if line[:1] == "-" and fold(line[1:]) and page.has(fold(line[1:])):
        return True
    return len(line) > 1 and line[0] in "+-" and line[1] not in "+- \t\r"


def _all_hunks(page: Page, found: Extract, text: str) -> Reading | Refused:
    """Read the hunks of all regions."""
    hunks: list[Hunk] = []
    files: set[str] = set()
    for region in found.regions:
        cut = [section for section in sections(region.lines) if _holds_rows(section)]
        files.update(section.path for section in cut if section.path)
        for section in cut:
            hunk = _read(page, section, len(hunks) + 1, fenced=region.fenced)
            if isinstance(hunk, Refused):
                return hunk
            hunks.append(hunk)
        if region.torn and hunks and _goes_on(hunks[-1]):
            return Refused(
                RefusalCode.UNCLEAR,
                f"Hunk {len(hunks)} ends at a fence that may be a line it adds: count its lines.",
            )
    if len(files) > 1:
        return Refused(RefusalCode.SEVERAL_FILES, "The diff changes more than one file.")
    if not hunks:
        return Refused(RefusalCode.NO_HUNKS, "The text holds no hunk of a diff.")
    ends = found.regions[-1]
    refusal = _unfinished(page, found, hunks[-1], text) if ends.last else None
    if refusal:
        return refusal
    if ends.last:
        hunks[-1] = replace(hunks[-1], open_ended=True)
    hunks = _without_fillers(hunks)
    return _checked(page, Reading(hunks, fence_open=ends.last and ends.fenced))


def _goes_on(hunk: Hunk) -> bool:
    """Say whether nothing shows that a hunk ends with its last added line."""
    return hunk.rows[-1].sign == "+" and not counts_hold(hunk)


def _holds_rows(section: Section) -> bool:
    """Say whether a section is a hunk: it has a header, or lines that change something."""
    return section.header.raw is not None or any(
        line[:1] in {"+", "-"} for line in section.lines if line
    )


def _read(page: Page, section: Section, number: int, *, fenced: bool) -> Hunk | Refused:
    """Read one hunk."""
    who = f"Hunk {number}"
    if (section.header.raw or "").startswith("@@@"):
        return Refused(RefusalCode.MALFORMED, f"{who} belongs to a merge of several versions.")
    rows = own_rows(page, section.header, read_rows(section.lines), who, fenced=fenced)
    if isinstance(rows, Refused):
        return rows
    if not rows:
        return Refused(RefusalCode.CUT_SHORT, f"{who} has no lines.")
    if rows[0].sign == "+" and _HEADER_REST.match(rows[0].text):
        return Refused(RefusalCode.MALFORMED, f"{who} has a header that is broken over two lines.")
    if not is_signed(section.header, rows):
        return Refused(
            RefusalCode.UNCLEAR,
            f"{who} has lines without a sign, and its counts do not say whether they are kept.",
        )
    return Hunk(number, section.header, rows)


def _unfinished(page: Page, found: Extract, hunk: Hunk, text: str) -> Refused | None:
    """Refuse a text that breaks off at its last line, or goes on in it."""
    region, last = found.regions[-1], hunk.rows[-1]
    if last.sign == "+" and ends_in_wrapping(page, hunk.rows, fenced=region.fenced):
        return Refused(
            RefusalCode.UNCLEAR, "The diff's last line holds what should stand on a line below it."
        )
    if region.lines and region.lines[-1] == "@":
        return Refused(RefusalCode.CUT_SHORT, "The diff ends inside the header of a hunk.")
    return None if text.endswith("\n") else _cut_in_line(region, hunk)


def _cut_in_line(region: Region, hunk: Hunk) -> Refused | None:
    """Refuse an added line that nothing ends: it may be the start of a longer one."""
    if not region.lines or hunk.rows[-1].sign != "+" or hunk.rows[-1].raw != region.lines[-1]:
        return None
    return Refused(
        RefusalCode.CUT_SHORT,
        "The diff ends inside an added line: end its last line with a newline.",
    )


def _without_fillers(hunks: list[Hunk]) -> list[Hunk]:
    """Drop the line numbers where different hunks all state the same one: it says nothing."""
    stated = {hunk.header.stated for hunk in hunks}
    bodies = {tuple(hunk.rows) for hunk in hunks}
    if len(stated) > 1 or len(bodies) == 1:
        return hunks
    return [replace(hunk, header=replace(hunk.header, stated=None)) for hunk in hunks]


def _blank_is_usual(page: Page, hunk: Hunk) -> bool:
    """Say whether lines beside an added one begin with a lone blank too."""
    return not page.prompt or any(
        _LONE_BLANK.match(row.text) and page.has(row.key) for row in hunk.quoted
    )


def _checked(page: Page, reading: Reading) -> Reading | Refused:
    """Refuse hunks that would write what nobody means."""
    for hunk in reading.hunks:
        added = [row for row in hunk.rows if row.sign == "+"]
        refusal = _miswritten(page, hunk, added)
        for row in added:
            refusal = refusal or _meaningless(page, hunk, row)
        refusal = refusal or _alien(page, hunk, added)
        if refusal:
            return refusal
    return reading


def _alien(page: Page, hunk: Hunk, added: Sequence[Row]) -> Refused | None:
    """Refuse added lines that hold what belongs to the diff, its transport or the talk about it."""
    if not page.prompt:
        return None
    fresh = [row.text.removesuffix("\r") for row in added if not page.has(row.key)]
    removed = [row.text for row in hunk.rows if row.sign == "-"]
    found = residue(page.prompt, fresh, removed, counted=counts_hold(hunk))
    if found is None:
        return None
    return Refused(
        RefusalCode.UNCLEAR,
        f"Hunk {hunk.number} would write {found.line.strip()[:80]!r}: {found.why}.",
    )


def _miswritten(page: Page, hunk: Hunk, added: Sequence[Row]) -> Refused | None:
    """Refuse added lines that were told wrongly, taken together."""
    written = [row for row in added if row.key]
    if written and all(row.key.endswith("\\n") for row in written):
        return _doubtful(hunk, written[0], "its newline is spelt out, and there besides")
    if signed_twice(hunk.rows) and not any(key.startswith("+") for key in page.keys):
        return _doubtful(hunk, written[0], "its sign may stand there twice")
    if counts_hold(hunk):
        return None
    if opens_fence(hunk.rows):
        return Refused(
            RefusalCode.UNCLEAR,
            f"Hunk {hunk.number} adds one end of a code block only, and its counts do not hold: "
            "the other end may have lost its sign.",
        )
    if blank_without_sign(hunk.rows):
        return Refused(
            RefusalCode.UNCLEAR,
            f"Hunk {hunk.number} has a blank line without a sign among its added lines, and its "
            "counts do not say whether it is added.",
        )
    twice = repeated(hunk.rows)
    return _doubtful(hunk, twice, "it stands there twice, and no count says so") if twice else None


def _meaningless(page: Page, hunk: Hunk, row: Row) -> Refused | None:
    """Refuse an added line that leaves text out, or carries what belongs to the diff."""
    if is_placeholder(row.text) and not page.has(row.key):
        return Refused(
            RefusalCode.PLACEHOLDER,
            f"Hunk {hunk.number} would write {row.text.strip()!r}, which stands for text left out.",
        )
    if _LONE_BLANK.match(row.text) and not _blank_is_usual(page, hunk):
        return _doubtful(hunk, row, "the sign may be a bullet, or a blank too many follows it")
    if _MARKER.match(row.text) and not counts_hold(hunk):
        return _doubtful(hunk, row, "the counts do not say that this note is text")
    if row.text.endswith("\r\r"):
        return _doubtful(hunk, row, "it ends in two carriage returns")
    return None


def _doubtful(hunk: Hunk, row: Row, why: str) -> Refused:
    return Refused(RefusalCode.UNCLEAR, f"Hunk {hunk.number} adds {row.raw[:80]!r}: {why}.")
