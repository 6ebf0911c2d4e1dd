"""What the lines that hunks add may not be: told wrongly, left out, or no text at all."""

import re
from collections.abc import Sequence, Set

from planner.patch.code import rows_in_code
from planner.patch.diffs.escapes import joins_lines, newlines_spelt
from planner.patch.diffs.hunks import Hunk, Row, counts_hold
from planner.patch.diffs.page import Page
from planner.patch.diffs.strings import broken_string
from planner.patch.halves import half_written
from planner.patch.outcome import RefusalCode, Refused
from planner.patch.residue.placeholder import is_placeholder
from planner.patch.residue.search import residue
from planner.patch.slips import (
    blank_without_sign,
    breaks_off,
    margin_of,
    opens_fence,
    repeated,
    signed_twice,
    strays,
    told_often,
)

_MARKER = re.compile(r"\\ ?No newline")
_CLOSING_TAG = re.compile(r"[ \t]*</([\w-]+)>[ \t]*\r?")
_SIGN_INSIDE = re.compile(r"(?<=[^\s+])\+[ \t]{0,8}(?:[-*+>#\u2022]|\d{1,3}[.)]|[A-Za-z][.)]) ?\w")
"""A sign that no blank parts from what is before it, and then the beginning of an item."""
_LONE_BLANK = re.compile(r" [^ \t\r]")


def check_added(page: Page, hunks: Sequence[Hunk]) -> Refused | None:
    """Refuse hunks that would write what nobody means."""
    moved = {row.text for hunk in hunks for row in hunk.rows if row.sign == "-"}
    codes = [rows_in_code(page.in_code, hunk.rows) for hunk in hunks]
    for hunk, in_code in zip(hunks, codes, strict=True):
        added = [row for row in hunk.rows if row.sign == "+"]
        often = told_often(page, hunk.rows, in_code)
        refusal = _doubtful(hunk, often, "it stands there more than once") if often else None
        refusal = (
            refusal or _miswritten(page, hunk, added) or _run_together(page, hunk, added, in_code)
        )
        for row in added:
            refusal = refusal or _meaningless(page, hunk, row)
        refusal = refusal or _unopened(page, hunk, hunks, added)
        refusal = refusal or _padded(page, hunk, moved, in_code) or _alien(page, hunk, in_code)
        if refusal:
            return refusal
    half = half_written(page, hunks, codes) or broken_string(page, hunks, codes)
    return half and _doubtful(half[0], half[1], f"nothing closes the {half[2]} in it")


def _unopened(
    page: Page, hunk: Hunk, hunks: Sequence[Hunk], added: Sequence[Row]
) -> Refused | None:
    """Refuse a line that closes a tag which nothing opens, neither the prompt nor the diff."""
    for row in added:
        closes = _CLOSING_TAG.fullmatch(row.text) if "</" in row.text else None
        if closes is None or page.has(row.key) or f"<{closes[1]}" in page.prompt:
            continue
        if not any(f"<{closes[1]}" in one.text for other in hunks for one in other.rows):
            return _doubtful(hunk, row, "it closes a tag that nothing opens")
    return None


def _run_together(
    page: Page, hunk: Hunk, added: Sequence[Row], in_code: Set[int]
) -> Refused | None:
    """Refuse an added line with a newline spelt out that was to be one, or a sign inside."""
    header, (old, new) = hunk.header, hunk.counts
    missing = header.new - new if header.new is not None and header.old == old else 0
    if missing > 0 and (
        glued := next((row for row in added if _SIGN_INSIDE.search(row.text)), None)
    ):
        return _doubtful(
            hunk, glued, "a line that its header counts may stand behind the sign in it"
        )
    spelt = [row for row in added if "\\n" in row.text]
    if not spelt:
        return None
    if 0 < missing <= sum(newlines_spelt(row.text) for row in spelt):
        return _doubtful(hunk, spelt[0], "a newline that its header counts is spelt out")
    code = (hunk.rows[at] for at in sorted(in_code))
    joined = next((row for row in code if joins_lines(row.text)), None)
    if joined is None or any(map(joins_lines, page.lines)):
        return None
    return _doubtful(hunk, joined, "a newline is spelt out between two lines of code")


def _padded(page: Page, hunk: Hunk, moved: Set[str], in_code: Set[int]) -> Refused | None:
    """Refuse added lines that begin with a lone blank, where nothing shows that it is text."""
    rows = list(enumerate(hunk.rows))
    lone = [(at, row) for at, row in rows if row.sign == "+" and _LONE_BLANK.match(row.text)]
    if not lone or _blank_is_usual(page, hunk):
        return None
    # Who writes a blank behind every sign writes it in code, too.
    unpadded = any(row.sign == "+" and row.key and row.text[0] != " " for _, row in rows)
    for at, row in lone:
        if row.text not in moved and not (unpadded and at in in_code):
            return _doubtful(hunk, row, "the sign may be a bullet, or a blank too many follows it")
    return None


def _alien(page: Page, hunk: Hunk, in_code: Set[int]) -> Refused | None:
    """Refuse added lines that hold what belongs to the diff, its transport or the talk about it."""
    if not page.prompt:
        return None
    fresh: tuple[list[str], list[str]] = ([], [])
    for at, row in enumerate(hunk.rows):
        if row.sign == "+" and not page.has(row.key):
            fresh[at in in_code].append(row.text.removesuffix("\r"))
    removed = [row.text for row in hunk.rows if row.sign == "-"]
    text, code = fresh
    typed = "\n".join(row.text for row in hunk.quoted) if not "\n".join(text).isascii() else ""
    counted = counts_hold(hunk)
    found = residue(page.prompt, text, removed, code=code, counted=counted, typed=typed)
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
    counted = counts_hold(hunk)
    doubled = signed_twice(hunk.rows, counted=counted)
    if doubled and not any(_begins_alike(key, doubled.text) for key in page.keys):
        return _doubtful(hunk, doubled, "its sign may stand there twice")
    stump = breaks_off(page, hunk.rows)
    if stump:
        return _doubtful(hunk, stump, "it breaks off")
    strayed = strays(page.keys, hunk.rows, counted=counted) or _overwritten(page, hunk, written)
    if strayed:
        return _doubtful(hunk, strayed, "no line of the prompt is indented like it")
    return None if counted else _uncounted(hunk)


def _begins_alike(key: str, text: str) -> bool:
    """Say whether a line begins with `+` and then with the same sign, or with a word as well."""
    return key[:1] == "+" and (key[1:2] == text[1:2] or (key[1:2] + text[1:2]).isalnum())


def _overwritten(page: Page, hunk: Hunk, written: Sequence[Row]) -> Row | None:
    """Return an added line whose sign stands in its margin, as all signs of kept lines do."""
    deep = [row for row in written if row.text[:1] == " "]
    kept = [row for row in hunk.rows if row.sign == " " and row.key] if deep else []
    if not kept or any(page.has(row.key) for row in kept if row.text[:1] == " "):
        return None
    margins = {margin_of(key) for key in page.keys}
    for row in deep:
        margin = margin_of(row.text)
        if margin not in margins and f" {margin}" in margins:
            return row
    return None


def _uncounted(hunk: Hunk) -> Refused | None:
    """Refuse added lines of which no count says how many there are."""
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
    if not counts_hold(hunk) and _names_file(page, row):
        return _doubtful(hunk, row, "it names a file, as the header of a diff does")
    if _MARKER.match(row.text) and not counts_hold(hunk):
        return _doubtful(hunk, row, "the counts do not say that this note is text")
    if row.text.endswith("\r\r"):
        return _doubtful(hunk, row, "it ends in two carriage returns")
    return None


def _doubtful(hunk: Hunk, row: Row, why: str) -> Refused:
    return Refused(RefusalCode.UNCLEAR, f"Hunk {hunk.number} adds {row.raw[:80]!r}: {why}.")


def _names_file(page: Page, row: Row) -> bool:
    """Say whether three signs stand alone, or before a path with or without a time."""
    path = row.raw[4:].partition("\t")[0].strip()
    if not row.raw.startswith("+++") or row.raw[3:4] not in {" ", ""} or " " in path:
        return False
    return path[1:2] == "/" or not any(key.startswith("++") for key in page.keys)


def _blank_is_usual(page: Page, hunk: Hunk) -> bool:
    """Say whether lines beside an added one begin with a lone blank too."""
    return not page.prompt or any(
        _LONE_BLANK.match(row.text) and page.has(row.key) for row in hunk.quoted
    )
