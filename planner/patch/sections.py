"""Cut a diff's lines into hunks, before anybody asks where a hunk ends."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_PATH = re.compile(r"(?:[a-z]/)?(.+?)(?:\t.*)?$")
_GIT = re.compile(
    r"(?:diff --git |Index: |index [0-9a-f]{4,}\.\.|(?:new|deleted) file mode |(?:old|new) mode "
    r"|similarity index |rename (?:from|to) )"
)
_V4A = re.compile(
    r"\*\*\* (?:Begin Patch|End Patch|End of File|Update File:|Add File:|Delete File:)"
)


@dataclass(frozen=True, slots=True)
class Section:
    """A hunk's first line, None where it has none, and all lines up to the next cut."""

    header: str | None
    lines: Sequence[str]


def paths(lines: Sequence[str]) -> set[str]:
    """Return the files that a diff's lines change."""
    names = [lines[at + 1][4:] for at in range(len(lines) - 1) if is_file_header(lines, at)]
    names += [line[17:] for line in lines if line.startswith("*** Update File: ")]
    found = {match[1] for name in names if (match := _PATH.match(name.strip().strip('"')))}
    return found - {"/dev/null"}


def is_file_header(lines: Sequence[str], at: int) -> bool:
    """Say whether two lines name a diff's files, and a hunk follows."""
    if not lines[at].startswith("--- ") or at + 1 >= len(lines):
        return False
    if not lines[at + 1].startswith("+++ "):
        return False
    below = next((line for line in lines[at + 2 : at + 6] if line.strip()), "@@")
    return at == 0 or below.startswith("@@")


def sections(lines: Sequence[str]) -> Iterator[Section]:
    """Yield each hunk's lines; those above the first header are a hunk of their own."""
    header: str | None = None
    start = at = 0
    while at < len(lines):
        skip = _cut(lines, at)
        if skip:
            yield Section(header, lines[start:at])
            header = lines[at] if lines[at].startswith("@@") else None
            start = at + skip
        at += skip or 1
    yield Section(header, lines[start:])


def _cut(lines: Sequence[str], at: int) -> int:
    """Return how many lines from here are headers, 0 for a hunk's own line."""
    line = lines[at]
    if line.startswith("@@") or _GIT.match(line) or _V4A.match(line):
        return 1
    return 2 if is_file_header(lines, at) else 0
