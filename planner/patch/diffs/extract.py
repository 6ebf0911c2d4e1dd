"""Find the diff in a model's text: fences, prose around it, an indented or quoted whole.

Prose is left out only where it cannot be part of the diff. A line that looks
like a change but stands outside every hunk makes the text unclear.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from planner.patch.code import holds_fence
from planner.patch.diffs.hunks import counts, read_header, read_rows

_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*([^`~\s]*)(?:[ \t][^`]*)?\r?$")
_MARKS = frozenset("`~")
"""With what a fence begins: most lines are none."""
_LANGUAGES = frozenset({"diff", "patch", "udiff", "unidiff", "gitdiff", "git-diff"})
_START = re.compile(r"@@|diff --git |--- \S|Index: |\*\*\* (?:Begin Patch|Update File)")
_MAX_FENCES = 50
"""More fences without one diff among them are no answer: this bounds the search."""
_MAX_FENCE_LINES = 200
"""Lines with fences: the end of each is looked for."""
_VERSION = re.compile(r"\d+\.\d+")
_MARGINS = frozenset(" \t>")
_MARGIN = re.compile(r"(?:  |\t|>)[ \t>]*")
_DRESSED_HEADER = re.compile(r"[ \t]?(\*\*|__|`|)(@@ -\d[^@\n]*@@[^`*\n]*?)\1[ \t]*\r?$")
_SHIFTED = re.compile(r"([ \t>]+)@@ -\d")


class Region(NamedTuple):
    """Lines of a text in which a diff stands."""

    lines: Sequence[str]
    fenced: bool
    closed: bool
    """Whether a closing fence proves that nothing is missing at the end."""
    last: bool
    """Whether the text ends with it."""
    torn: bool = False
    """Whether its closing fence may be one that the diff adds: text and a fence stand below."""
    info: str = ""
    """What stands behind the mark of the fence that opens it."""


class Extract(NamedTuple):
    """The regions of a text, and the lines outside of them."""

    regions: Sequence[Region]
    prose: Sequence[Sequence[str]]
    """The lines before each region, and those after the last."""


def extract(text: str, *, longest: bool = False) -> Extract:
    """Cut a text into regions with a diff and the prose around them.

    `longest` lets a fence close at its last possible line: a prompt may have
    fences of its own.
    """
    lines = _unsigned(text.removeprefix("\ufeff").split("\n"))
    is_bounded = holds_fence(text) and sum(map(holds_fence, lines)) <= _MAX_FENCE_LINES
    lines = _dedented(_undressed(_without_margins(lines) if is_bounded else lines))
    found = _cut(lines, _opens_diff, longest=longest)
    if not found.regions and sum(1 for line in lines if _fence(line)) <= _MAX_FENCES:
        found = _cut(lines, _opens_changes, longest=longest)
    if not found.regions and any(line[:1] in {"+", "-"} for line in lines if line):
        return Extract([Region(lines, fenced=False, closed=False, last=True)], [[], []])
    return found


def _cut(
    lines: list[str], opens: Callable[[Sequence[str], int], bool], *, longest: bool
) -> Extract:
    """Walk through the lines, from region to region."""
    regions: list[Region] = []
    prose: list[list[str]] = [[]]
    at = 0
    while at < len(lines):
        end = at
        if lines[at][:1] in _MARKS and opens(lines, at):
            end, region = _fenced(lines, at, longest=longest)
        elif _starts_diff(lines, at):
            end, region = _unfenced(lines, at)
        if end > at:
            regions.append(region)
            prose.append([])
        else:
            prose[-1].append(lines[at])
            end = at + 1
        at = end
    return Extract(regions, prose)


def _unsigned(lines: list[str]) -> list[str]:
    """Take off the signature that `git format-patch` writes below a patch."""
    if not lines[-1]:
        lines.pop()
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    if end > 1 and lines[end - 2].rstrip() == "--" and _VERSION.match(lines[end - 1]):
        return lines[: end - 2]
    return lines


def _undressed(lines: list[str]) -> list[str]:
    """Take emphasis, backticks and a blank off the headers of hunks, where none stands without."""
    starts = {line[:1] for line in lines}
    if any(line.startswith("@@") for line in lines) or starts.isdisjoint("+-"):
        return lines  # There is one, or all of the diff is indented.
    found = {at: one[2] for at, line in enumerate(lines) if (one := _DRESSED_HEADER.match(line))}
    return [found.get(at, line) for at, line in enumerate(lines)] if found else lines


def _without_margins(lines: list[str]) -> list[str]:
    """Take off what stands before each fence under an item of a list, or in a quotation.

    Within a diff an indented fence is a line of the prompt: so this ends where one begins.
    """
    found: list[str] = []
    at = 0
    while at < len(lines):
        fence = _fence(lines[at])
        if fence:
            end = next((n for n in range(at + 1, len(lines)) if _closes(lines[n], fence[1])), at)
            found += lines[at : end + 1]
            at = end + 1
            continue
        if _starts_diff(lines, at):
            break
        block = _margined(lines, at) if lines[at][:1] in _MARGINS else []
        found += block or lines[at : at + 1]
        at += len(block) or 1
    return found + lines[at:]


def _margined(lines: Sequence[str], at: int) -> list[str]:
    """Return the lines of a fence with a diff that stands behind a margin, without it."""
    opened = _MARGIN.match(lines[at])
    fence = opened and _fence(lines[at][opened.end() :])
    if not opened or not fence:
        return []
    margin = opened[0]
    if at + 1 < len(lines) and _starts_diff(lines, at + 1):
        return _behind_marks(lines, at, margin, fence[1])
    block = [lines[at][len(margin) :]]
    for line in lines[at + 1 :]:
        if not line.startswith(margin) and line.strip() and line != margin.rstrip():
            return []
        block.append(line[len(margin) :])
        if _closes(block[-1], fence[1]):
            return block if _opens_diff(block, 0) else []
    return []


def _behind_marks(lines: Sequence[str], at: int, margin: str, mark: str) -> list[str]:
    """Return a fence's lines where a margin stands before its two marks only."""
    ends = [n for n in range(at + 1, len(lines)) if lines[n].rstrip() == margin + mark]
    if len(ends) != 1:
        return []
    return [lines[at][len(margin) :], *lines[at + 1 : ends[0]], mark]


def _dedented(lines: list[str]) -> list[str]:
    """Take off what stands before every line of a diff that is indented or quoted as a whole."""
    if any(line.startswith("@@") for line in lines):
        return lines
    shift = next((found[1] for line in lines if (found := _SHIFTED.match(line))), "")
    return [line.removeprefix(shift) for line in lines] if shift else lines


def _starts_diff(lines: Sequence[str], at: int) -> bool:
    """Say whether a diff without a fence begins here."""
    line = lines[at]
    if not _START.match(line):
        return False
    return not line.startswith("--- ") or _is_file_header(lines, at)


def _is_file_header(lines: Sequence[str], at: int) -> bool:
    """Say whether two lines name the files of a diff."""
    return (
        lines[at].startswith("--- ")
        and lines[at + 1 : at + 2] != []
        and (lines[at + 1].startswith("+++ "))
    )


def _opens_diff(lines: Sequence[str], at: int) -> bool:
    """Say whether a fence opens here that holds a diff."""
    found = _fence(lines[at])
    if not found:
        return False
    if found[2].lower() in _LANGUAGES:
        return True
    first = next((n for n in range(at + 1, len(lines)) if lines[n].strip()), None)
    return first is not None and _starts_diff(lines, first)


def _fence(line: str) -> re.Match[str] | None:
    """Read a line as a fence; most lines are none."""
    return _FENCE.match(line) if line[:1] in _MARKS else None


def _opens_changes(lines: Sequence[str], at: int) -> bool:
    """Say whether a fence opens here that holds added or removed lines."""
    fence = _fence(lines[at])
    if not fence:
        return False
    close = next((n for n in range(at + 1, len(lines)) if _closes(lines[n], fence[1])), len(lines))
    return any(line[:1] in {"+", "-"} for line in lines[at + 1 : close] if line)


def _fenced(lines: Sequence[str], at: int, *, longest: bool) -> tuple[int, Region]:
    """Return where a fenced diff ends, and the diff."""
    fence = _fence(lines[at])
    mark = fence[1] if fence else ""
    info = lines[at][len(mark) :].strip()
    later = range(at + 1, len(lines))
    ends = (n for n in (reversed(later) if longest else later) if _closes(lines[n], mark))
    end = next(ends, None)
    if end is None:
        return len(lines), Region(lines[at + 1 :], fenced=True, closed=False, last=True, info=info)
    torn = _goes_on(lines, end)
    inside = lines[at + 1 : end]
    region = Region(inside, fenced=True, closed=True, last=False, torn=torn, info=info)
    return end + 1, region


def _goes_on(lines: Sequence[str], end: int) -> bool:
    """Say whether text stands right below a closing fence, and another closing one below it."""
    if not any(line.strip() for line in lines[end + 1 : end + 2]):
        return False
    below = next((found for n in range(end + 1, len(lines)) if (found := _fence(lines[n]))), None)
    return below is not None and not below[2]


def _closes(line: str, mark: str) -> bool:
    """Say whether a line closes a fence that was opened with a mark."""
    found = _fence(line)
    return found is not None and not found[2] and found[1].startswith(mark)


def _unfenced(lines: Sequence[str], at: int) -> tuple[int, Region]:
    """Return where a diff without a fence ends, and the diff."""
    marks = [n for n, line in enumerate(lines) if n > at and line[:1] in _MARKS]
    opening = (n for n in marks if _opens_diff(lines, n) and not _completes_hunk(lines, at, n))
    end = next(opening, len(lines))
    return end, Region(lines[at:end], fenced=False, closed=False, last=end == len(lines))


def _completes_hunk(lines: Sequence[str], start: int, at: int) -> bool:
    """Say whether a fence is the last line that a hunk counts, right above another hunk.

    It is a line of the prompt that lost its blank, though a diff stands below it as in a fence.
    """
    if not any(line.startswith("@@") for line in lines[at + 1 : at + 2]):
        return False
    above = next((n for n in range(at - 1, start - 1, -1) if lines[n].startswith("@@")), None)
    if above is None:
        return False
    header = read_header(lines[above])
    return counts(read_rows(lines[above + 1 : at + 1])) == (header.old, header.new)
