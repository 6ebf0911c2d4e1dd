"""Find where the `find` of a pair stands, in one pass over the prompt."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from planner.patch.changes import close
from planner.patch.lines import BLANKS, fold, split_lines
from planner.patch.pairs.edges import extends

Span = tuple[int, int]

SHOWN = 8
_MOST_MARKS = 32
"""Marks on one character; more of them take time that grows with their square."""
_FAR_FROM_LATIN = re.compile(f"[^\x00-\u02ff]{{{_MOST_MARKS + 1}}}")


def places(prompt: str, find: str) -> list[Span]:
    """Return where a text stands, up to a few more places than are shown."""
    return exact(prompt, find) or _forgiving(close(prompt), find)


def exact(text: str, find: str) -> list[Span]:
    """Return where a text stands to the byte, overlaps included."""
    found: list[Span] = []
    at = text.find(find)
    while at >= 0 and len(found) <= SHOWN:
        found.append((at, at + len(find)))
        at = text.find(find, at + 1)
    return found


def has_too_many_marks(text: str) -> bool:
    """Say whether a character has more combining marks than any language writes."""
    if text.isascii() or _FAR_FROM_LATIN.search(text) is None:
        return False
    marks = "".join(char for char in set(text) if char > "\u02ff" and unicodedata.combining(char))
    return bool(marks) and bool(re.search(f"[{re.escape(marks)}]{{{_MOST_MARKS + 1}}}", text))


def ends_in_blanks(text: str) -> bool:
    """Say whether a text's last line has text, and blanks at its end."""
    return text[-1:] in set(BLANKS) and bool(text.rsplit("\n", 1)[-1].strip())


def _forgiving(closed: str, find: str) -> list[Span]:
    """Return where `find` stands, but for line endings, trailing blanks and typography."""
    folded, starts, ends = _folded(closed)
    *whole, last = find.replace("\r\n", "\n").split("\n")
    last = last if last.strip() else ""
    above = "".join(fold(line) + "\n" for line in whole)
    found = _whole_characters(above + _fold_characters(last), folded, starts)
    if not found and ends_in_blanks(last):
        wanted = _whole_characters(above + fold(last), folded, starts)
        found = [(at, end) for at, end in wanted if folded[end] == "\n"]
    return [(starts[at], ends[end - 1]) for at, end in found]


def _whole_characters(wanted: str, folded: str, starts: list[int]) -> list[Span]:
    """Return where a folded text stands without a part of a character at its edges."""
    return [
        (at, end)
        for at, end in exact(folded, wanted)
        if (at == 0 or starts[at - 1] != starts[at])
        and (end == len(starts) or starts[end] != starts[end - 1])
    ]


def _fold_characters(text: str) -> str:
    """Fold a text that may go on: blanks at its end count."""
    return fold(text + "|")[:-1]


@lru_cache(maxsize=1)
def _folded(text: str) -> tuple[str, list[int], list[int]]:
    """Return the folded text, and for each of its characters where it came from."""
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for line in split_lines(text):
        kept = len(line.rstrip(BLANKS + "\r\n"))
        if unicodedata.is_normalized("NFC", line):
            folded.append(_fold_characters(line[:kept]))
            starts += range(at, at + kept)
            ends += range(at + 1, at + kept + 1)
            at += kept
        else:
            for cluster in _clusters(line[:kept]):
                short = _fold_characters(cluster)
                folded.append(short)
                starts += [at] * len(short)
                at += len(cluster)
                ends += [at] * len(short)
        folded.append("\n")
        starts.append(at)
        at += len(line) - kept
        ends.append(at)
    return "".join(folded), starts, ends


def _clusters(text: str) -> Iterator[str]:
    """Cut a line into characters with all that belongs to them."""
    cuts = [at for at, char in enumerate(text) if at == 0 or char.isascii() or not extends(char)]
    for start, end in pairwise([*cuts, len(text)]):
        yield text[start:end]
