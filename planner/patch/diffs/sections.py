"""Cut a diff's lines into hunks, before anybody asks where a hunk ends."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from planner.patch.diffs.hunks import Header, counts, read_header, read_rows

_PATH = re.compile(r"(?:[a-z]/)?(.+?)(?:\t.*)?$")
_GIT = re.compile(
    r"(?:diff --git |Index: |index [0-9a-f]{4,}\.\.|(?:new|deleted) file mode |(?:old|new) mode "
    r"|similarity index |rename (?:from|to) )"
)
_RULED = re.compile(r"={20,}[ \t]*\r?$")
"""What Subversion writes below the name of a file."""
_V4A = re.compile(
    r"\*\*\* (?:Begin Patch|End Patch|End of File|Update File:|Add File:|Delete File:)"
)


class Section(NamedTuple):
    """A hunk's first line, None where it has none, and all lines up to the next cut."""

    header: Header
    lines: Sequence[str]
    path: str | None = None
    """The file that the lines above it name, where they do."""
    named: Sequence[str] = ()
    """These lines, where they stand right above it."""


def sections(lines: Sequence[str]) -> Iterator[Section]:
    """Yield each hunk's lines; those above the first header are a hunk of their own."""
    header, path = Header(), None
    named: Sequence[str] = ()
    start = 0
    for at in [at for at, line in enumerate(lines) if line.startswith(_FIRST)]:
        skip = _cut(lines, at, header, start) if at >= start else 0
        if skip:
            yield Section(header, lines[start:at], path, named)
            named = lines[at : at + skip]
            path = _path(lines[at + skip - 1]) or path
            header = read_header(lines[at]) if lines[at].startswith("@@") else Header()
            start = at + skip
    yield Section(header, lines[start:], path, named)


_FIRST = ("@@", "--- ", "diff", "Index", "index", "new", "deleted", "old", "sim", "rename", "*** ")
"""With what a header's line may begin: most lines are none."""


def _cut(lines: Sequence[str], at: int, header: Header, start: int) -> int:
    """Return how many lines from here are headers, 0 for a hunk's own line."""
    line = lines[at]
    if line.startswith("--- "):
        named = is_file_header(lines, at) and not _is_unfinished(header, lines[start:at])
        return 2 if named else 0
    if line.startswith("Index: ") and lines[at + 1 : at + 2] and _RULED.match(lines[at + 1]):
        return 2
    return 1 if line.startswith("@@") or _GIT.match(line) or _V4A.match(line) else 0


def _is_unfinished(header: Header, lines: Sequence[str]) -> bool:
    """Say whether a hunk's counts leave room for a removed and an added line more."""
    if not header.old or not header.new:
        return False
    old, new = counts(read_rows(lines))
    return old < header.old and new < header.new


def is_file_header(lines: Sequence[str], at: int) -> bool:
    """Say whether two lines name a diff's files, and a hunk follows."""
    if not lines[at].startswith("--- ") or at + 1 >= len(lines):
        return False
    if not lines[at + 1].startswith("+++ "):
        return False
    below = next((line for line in lines[at + 2 : at + 6] if line.strip()), "@@")
    return at == 0 or below.startswith("@@")


def _path(line: str) -> str | None:
    """Return the file that a header's line names."""
    for mark in ("+++ ", "*** Update File: "):
        if line.startswith(mark):
            found = _PATH.match(line.removeprefix(mark).strip().strip('"'))
            return found[1] if found and found[1] != "/dev/null" else None
    return None
