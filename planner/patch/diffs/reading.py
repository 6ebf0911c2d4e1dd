"""Read a model's text as hunks, or say why it is no whole diff."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from planner.patch.diffs.added import check_added
from planner.patch.diffs.blocks import holds_blocks, read_blocks
from planner.patch.diffs.bounds import counted, is_signed, own_rows
from planner.patch.diffs.bullets import with_kept_bullets
from planner.patch.diffs.extract import Extract, Region, extract
from planner.patch.diffs.frame import beside_language, beside_names, beside_numbers
from planner.patch.diffs.hunks import Header, Hunk, counts_hold, read_rows, with_counts_for_ends
from planner.patch.diffs.outside import change_outside, own_words
from planner.patch.diffs.page import Page
from planner.patch.diffs.sections import Section, sections
from planner.patch.diffs.versions import files_named, rival_label, taken_back, vetoed
from planner.patch.lines import fold
from planner.patch.outcome import RefusalCode, Refused
from planner.patch.slips import ends_in_wrapping, never_closes

_HEADER_REST = re.compile(r"\d+(?:,\d+)?[ \t]*@@")
_RUNS_ON = re.compile(r"@@|\\n(?=[-+ @])")
_GLUED = re.compile(r"[ \t]*([-+].*\w.*?)[ \t]*$")
"""Behind a hunk's header: a line of the hunk, sign and all."""
_CUT_MARK = re.compile(
    r"[ \t.\u2026]*(?:@|\[[^\]]*\]?[ \t.]*$|\[(?:\w+ )?(?:clipped|truncated)\]"
    r"|<(?!/)[^<>]* [^<>]*>?[ \t]*$"
    r"|\([^()]*\b(?:cut|truncat\w*|interrupt\w*|stopped|aborted|incomplete|limit)\b[^()]*\)"
    r"[ \t.]*$)",
    re.IGNORECASE,
)
"""An `@`, or all of a line in brackets: what puts an end to an answer, or goes on with it."""
_RANGES = re.compile(r"[ \t]*-\S*[ \t]+\+\S*[ \t]*$")
"""What stands for numbers that nobody knows."""

_NO_TOP = (
    "The text begins with an added line, within the prompt: what stood above it may be lost. Give "
    "the hunk its header."
)


class Reading(NamedTuple):
    """The hunks of a text."""

    hunks: list[Hunk]
    open_ended: bool = False
    """Whether the text ends with the last one, and nothing proves that it is whole."""
    fence_open: bool = False
    """Whether the text ends inside a fence that never closes."""
    unclosed: bool = False
    """Whether it ends inside a fence, a tag or an envelope that never closes."""
    closed: bool = False
    """Whether a fence closes below the last one, and nothing stands below that."""
    whole_line: bool = False
    """Whether a newline ends the text."""
    said: str = ""
    """The words around the hunks and in the lines that frame them, a line each."""


def read_hunks(page: Page, text: str, *, longest: bool = False) -> Reading | Refused:
    """Return the hunks of a text, in its order.

    `longest` lets a fence close at its last possible line, not at its first.
    """
    lines = text.split("\n")
    if holds_blocks(lines):
        blocks = read_blocks(lines)
        if isinstance(blocks, Refused):
            return blocks
        reading, said = Reading(blocks.hunks), blocks.said
    else:
        read = _all_hunks(page, extract(text, longest=longest), text)
        if isinstance(read, Refused):
            return read
        reading, said = read
    words = own_words(page, said, reading.hunks) if any(map(any, said)) else []
    refusal = _spoken(page, reading.hunks, words) if any(words) else None
    if reading.said and (veto := vetoed(reading.said)):
        return Refused(
            RefusalCode.UNCLEAR, f"A header or a fence takes the diff back: {veto[:40]!r}."
        )
    told = "\n".join([*chain.from_iterable(words), *filter(None, [reading.said])])
    return refusal or check_added(page, reading.hunks) or reading._replace(said=told)


Said = Sequence[Sequence[str]]
"""The lines before the first hunk, between each two, and after the last."""


def _spoken(page: Page, hunks: Sequence[Hunk], said: Said) -> Refused | None:
    """Refuse hunks that the text around them takes back, or goes on in another layout."""
    stray = next((line for block in said for line in block if _like_change(page, line)), None)
    stray = stray or change_outside(page, said, hunks)
    if stray:
        return Refused(
            RefusalCode.UNCLEAR,
            f"The line {stray.strip()[:80]!r} looks like a change, but stands outside of every "
            "hunk.",
        )
    words = taken_back(said) or rival_label(said, hunks)
    if words:
        return Refused(
            RefusalCode.UNCLEAR,
            f"The text around the diff says {words[:40]!r}: it may take the diff back, offer "
            "another one, or announce more of it.",
        )
    if len(files_named(said)) > 1:
        return Refused(RefusalCode.SEVERAL_FILES, "The text speaks of more than one file.")
    return None


def _like_change(page: Page, line: str) -> bool:
    """Say whether a line of prose may be a line of a diff; bullets are prose."""
    if line[:1] == "-" and fold(line[1:]) and page.has(fold(line[1:])):
        return True
    return len(line) > 1 and line[0] in "+-" and line[1] not in "+- \t\r"


def _all_hunks(page: Page, found: Extract, text: str) -> tuple[Reading, Said] | Refused:
    """Read the hunks of all regions, and what stands around them."""
    hunks: list[Hunk] = []
    said = [list(found.prose[0])]
    files: set[str] = set()
    frame: list[str] = []
    for region, prose in zip(found.regions, found.prose[1:], strict=True):
        frame.append(beside_language(region.info) if region.info else "")
        refusal = _region(page, region, hunks, said, files, frame=frame)
        if refusal:
            return refusal
        said[-1] += prose
    if len(files) > 1:
        return Refused(RefusalCode.SEVERAL_FILES, "The diff changes more than one file.")
    if not hunks:
        return Refused(RefusalCode.NO_HUNKS, "The text holds no hunk of a diff.")
    ends = found.regions[-1]
    refusal = _unfinished(page, found, hunks[-1], text) if ends.last else None
    if refusal:
        return refusal
    fence_open = ends.last and ends.fenced
    cut = next((line for line in said[-1] if _CUT_MARK.match(line)), None)
    if cut:
        reason = (
            f"The line {cut.strip()[:80]!r} below the last hunk may say that the answer was cut."
        )
        return Refused(RefusalCode.CUT_SHORT, reason)
    unclosed = fence_open or (ends.last and never_closes(text))
    closed = ends.closed and not any(map(str.strip, found.prose[-1]))
    reading = Reading(
        _without_fillers(hunks),
        ends.last,
        fence_open,
        unclosed,
        closed,
        text.endswith("\n"),
        "\n".join(filter(None, frame)),
    )
    return reading, said


def _region(
    page: Page,
    region: Region,
    hunks: list[Hunk],
    said: list[list[str]],
    files: set[str],
    *,
    frame: list[str],
) -> Refused | None:
    """Add the hunks of a region, the lines around them, the files that it names, and its frame."""
    before = len(hunks)
    parts = list(sections(region.lines))
    for section, below in zip(parts, [*parts[1:], None], strict=True):
        lone = _lone_name(page, section, below)
        frame += map(beside_names, [*section.named, *([lone] if lone else [])])
        frame.append(beside_numbers(page, section.header.raw))
        if section.path and _RUNS_ON.search(section.path):
            return Refused(
                RefusalCode.MALFORMED, f"The file {section.path[:80]!r} holds a hunk's header."
            )
        if lone:
            continue
        if not _holds_rows(section):
            said[-1] += section.lines
            continue
        read = _read(page, section, len(hunks) + 1, fenced=region.fenced)
        if isinstance(read, Refused):
            return read
        opens = region.fenced or section.path or hunks or any(map(str.strip, said[0]))
        if not opens and _lacks_top(page, read[0]):
            return Refused(RefusalCode.CUT_SHORT, _NO_TOP)
        hunks.append(read[0])
        said.append(read[1])
        files.update([section.path] if section.path else [])
    if region.fenced and len(hunks) == before and any(map(str.strip, region.lines)):
        return Refused(RefusalCode.UNCLEAR, "A fence for a diff holds no hunk of one.")
    if region.torn and len(hunks) > before and _goes_on(hunks[-1]):
        return Refused(
            RefusalCode.UNCLEAR,
            f"Hunk {len(hunks)} ends at a fence that may be a line it adds: count its lines.",
        )
    return None


def _lacks_top(page: Page, hunk: Hunk) -> bool:
    """Say whether a text begins with an added line of a hunk: lines above it may be lost."""
    quoted = hunk.quoted
    begins = hunk.header.raw is None and hunk.rows[0].sign == "+" and bool(quoted)
    return begins and page.keys[:1] != [quoted[0].key]


def _lone_name(page: Page, section: Section, below: Section | None) -> str | None:
    """Return a line above a hunk's header that names one file of two, and is no line of a hunk."""
    if section.header.raw is not None or below is None or below.header.raw is None:
        return None
    lines = [line for line in section.lines if line.strip()]
    if len(lines) != 1 or not lines[0].startswith(("--- ", "+++ ")):
        return None
    return None if page.has(fold(lines[0][1:])) else lines[0]


def _goes_on(hunk: Hunk) -> bool:
    """Say whether nothing shows that a hunk ends with its last added line."""
    return hunk.rows[-1].sign == "+" and not counts_hold(hunk)


def _holds_rows(section: Section) -> bool:
    """Say whether a section is a hunk: it has a header, or lines that change something."""
    return section.header.raw is not None or any(
        line[:1] in {"+", "-"} for line in section.lines if line
    )


def _read(
    page: Page, section: Section, number: int, *, fenced: bool
) -> tuple[Hunk, list[str]] | Refused:
    """Read one hunk, and the lines below it that are none of its own."""
    who = f"Hunk {number}"
    marks = (section.header.raw or "").strip()
    if marks.startswith("@@@") and marks != "@@@@":
        return Refused(RefusalCode.MALFORMED, f"{who} belongs to a merge of several versions.")
    written = read_rows(section.lines)
    if counted(section.header, written) is None:
        bullets = with_kept_bullets(page, written)
        written = bullets if counted(section.header, bullets) else written
    rows = own_rows(page, section.header, written, who, fenced=fenced)
    if isinstance(rows, Refused):
        return rows
    hunk = Hunk(number, with_counts_for_ends(section.header, rows), rows)
    return _misread(page, hunk, who) or (hunk, [row.raw for row in written[len(rows) :]])


def _misread(page: Page, hunk: Hunk, who: str) -> Refused | None:
    """Refuse a hunk whose lines do not all stand where lines of a hunk do."""
    if _runs_on(page, hunk.header) and not counts_hold(hunk):
        return Refused(RefusalCode.MALFORMED, f"{who} has a line of its own in its header.")
    if not hunk.rows:
        return Refused(RefusalCode.CUT_SHORT, f"{who} has no lines.")
    if hunk.rows[0].sign == "+" and _HEADER_REST.match(hunk.rows[0].text):
        return Refused(RefusalCode.MALFORMED, f"{who} has a header that is broken over two lines.")
    if not is_signed(page, hunk.header, hunk.rows):
        return Refused(
            RefusalCode.UNCLEAR,
            f"{who} has lines without a sign, and its counts do not say whether they are kept.",
        )
    return None


def _runs_on(page: Page, header: Header) -> bool:
    """Say whether the hunk's first line stands in its header; a prompt's line is a heading."""
    parts = (header.raw or "").split("@@")
    if len(parts) == 2 and (header.stated is not None or _RANGES.match(parts[-1])):
        return False
    glued = _GLUED.match(parts[-1])
    return glued is not None and not any(key.startswith(fold(glued[1])) for key in page.keys)


def _unfinished(page: Page, found: Extract, hunk: Hunk, text: str) -> Refused | None:
    """Refuse a text that breaks off at its last line, or goes on in it."""
    region, last = found.regions[-1], hunk.rows[-1]
    stands = counts_hold(hunk) and page.has(last.key) and not region.fenced
    if last.sign == "+" and not stands and ends_in_wrapping(page, hunk.rows, fenced=region.fenced):
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
    if len(hunks) < 2:
        return hunks
    stated = {hunk.header.stated for hunk in hunks}
    bodies = {tuple(hunk.rows) for hunk in hunks}
    if len(stated) > 1 or len(bodies) == 1:
        return hunks
    return [replace(hunk, header=hunk.header._replace(stated=None)) for hunk in hunks]
