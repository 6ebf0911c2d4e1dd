"""Find/replace pairs: each `find` stands exactly once in the prompt as it was given."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise

from planner.patch.align import changed_blocks
from planner.patch.changes import Change, Changes, close, conflict, joined, line_at, splice
from planner.patch.lines import body, fold, is_blank, split_lines
from planner.patch.outcome import Patched, RefusalCode, Refused
from planner.patch.placeholder import is_placeholder

Pair = tuple[str, str]
Span = tuple[int, int]

_MAX_PAIRS = 200
_MAX_CHARACTERS = 500_000
_MAX_PROMPT = 500_000
_SHOWN = 8
_ENDING = re.compile(r"\r?\n")


def apply_replacements(prompt: str, pairs: Sequence[Pair]) -> Patched | Refused:
    """Replace texts of a prompt, all of them or none.

    Each pair is `(find, replace)`; `find` stands exactly once in the prompt as
    it was given, whatever the other pairs do. Pairs whose finds overlap are
    refused. Line endings, blanks at line ends and typographic variants of the
    same character are forgiven in `find`; kept lines keep the prompt's bytes.
    """
    changes = read_replacements(prompt, pairs)
    return changes if isinstance(changes, Refused) else Patched(splice(prompt, changes))


def read_replacements(prompt: str, pairs: Sequence[Pair]) -> Changes | Refused:
    """Settle pairs against a prompt: what they change, or why not."""
    refusal = _unusable(prompt, pairs)
    if refusal:
        return refusal
    spans: list[Span] = []
    changes: list[Change] = []
    for number, (find, replace) in enumerate(pairs, 1):
        span = _place(prompt, find, replace, f"Pair {number}")
        if isinstance(span, Refused):
            return span
        spans.append(span)
        changes += _changes(close(prompt), span, find, replace)
    return _together(prompt, spans, changes)


def _unusable(prompt: str, pairs: Sequence[Pair]) -> Refused | None:
    """Refuse what no prompt could make sense of."""
    if not pairs:
        return Refused(RefusalCode.NO_HUNKS, "There is no find/replace pair.")
    size = sum(len(find) + len(replace) for find, replace in pairs)
    if len(pairs) > _MAX_PAIRS or size > _MAX_CHARACTERS or len(prompt) > _MAX_PROMPT:
        return Refused(
            RefusalCode.TOO_LARGE,
            f"The pairs or the prompt are too large: at most {_MAX_PAIRS} pairs and "
            f"{_MAX_CHARACTERS:,} characters on a prompt of {_MAX_PROMPT:,}.",
        )
    known = {fold(line) for line in split_lines(prompt)}
    for number, (find, replace) in enumerate(pairs, 1):
        refusal = _senseless(find, replace, known, f"Pair {number}")
        if refusal:
            return refusal
    return None


def _senseless(find: str, replace: str, known: set[str], who: str) -> Refused | None:
    """Refuse a pair that says nothing, changes nothing or leaves text out."""
    if all(is_blank(line) for line in split_lines(find)):
        return Refused(RefusalCode.NOTHING_TO_VERIFY, f"{who} has a blank `find`.")
    if _ENDING.sub("\n", find) == _ENDING.sub("\n", replace):
        return Refused(RefusalCode.NO_CHANGE, f"{who} replaces a text with itself.")
    found = {fold(line) for line in split_lines(find)}
    for line in split_lines(replace):
        if is_placeholder(line) and fold(line) not in known | found:
            return Refused(
                RefusalCode.PLACEHOLDER,
                f"{who} would write {body(line).strip()!r}, which stands for text left out.",
            )
    return None


def _place(prompt: str, find: str, replace: str, who: str) -> Span | Refused:
    """Return the one place where `find` stands."""
    places = _exact(prompt, find) or _forgiving(prompt, find)
    if len(places) > 1:
        lines = sorted({line_at(prompt, start) for start, _ in places})
        where = ", ".join(map(str, lines[:_SHOWN])) + (" and more" if len(lines) > _SHOWN else "")
        return Refused(
            RefusalCode.AMBIGUOUS,
            f"{who} fits in several places (prompt lines {where}): `find` must stand exactly once.",
        )
    if not places:
        return _missing(prompt, replace, who)
    if _stands(close(prompt), places[0], find, replace):
        return Refused(
            RefusalCode.ALREADY_APPLIED,
            f"What {who.lower()} adds stands at prompt line "
            f"{line_at(prompt, places[0][0])} already.",
        )
    if _glues(close(prompt), places[0], find, replace):
        return Refused(
            RefusalCode.GLUES_LINES,
            f"{who} would glue two lines together: `find` has a line break at its edge that "
            "`replace` does not have.",
        )
    return places[0]


def _glues(closed: str, span: Span, find: str, replace: str) -> bool:
    """Say whether a line break at an edge of `find` would be lost between two lines."""
    left, right = closed[: span[0]], closed[span[1] :]
    loses_end = find.endswith("\n") and (replace or left)[-1:] not in {"", "\n"}
    opens = find.startswith(("\n", "\r\n"))
    return loses_end or (opens and bool(left) and (replace or right)[:1] not in {"", "\n", "\r"})


def _missing(prompt: str, replace: str, who: str) -> Refused:
    if replace.strip() and replace in prompt:
        return Refused(
            RefusalCode.ALREADY_APPLIED,
            f"{who}'s `find` is not in the prompt, but its `replace` is already.",
        )
    return Refused(RefusalCode.NO_MATCH, f"{who}'s `find` does not stand in the prompt.")


def _exact(text: str, find: str) -> list[Span]:
    """Return where a text stands, overlaps included, up to a few more than are shown."""
    places: list[Span] = []
    at = text.find(find)
    while at >= 0 and len(places) <= _SHOWN:
        places.append((at, at + len(find)))
        at = text.find(find, at + 1)
    return places


def _forgiving(prompt: str, find: str) -> list[Span]:
    """Return where `find` stands, but for line endings, trailing blanks and typography."""
    folded, starts, ends = _folded(close(prompt))
    *whole, last = find.replace("\r\n", "\n").split("\n")
    wanted = "".join(fold(line) + "\n" for line in whole) + _fold_characters(last)
    return [(starts[at], ends[end - 1]) for at, end in _exact(folded, wanted)]


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
        kept = len(line.rstrip(" \t\r\n\u00a0\u2007\u202f"))
        if line.isascii():
            folded.append(line[:kept])
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


def _clusters(text: str) -> list[str]:
    """Cut a line into characters with the marks that combine with them."""
    cuts = [at for at, char in enumerate(text) if at == 0 or not unicodedata.combining(char)]
    return [text[start:end] for start, end in pairwise([*cuts, len(text)])]


def _stands(closed: str, span: Span, find: str, replace: str) -> bool:
    """Say whether a pure insertion has been made before (rule R11)."""
    for at, end in _exact(replace, find):
        before, after = replace[:at], replace[end:]
        ahead = closed[max(0, span[0] - len(before)) : span[0]]
        if ahead == before and closed.startswith(after, span[1]):
            return True
    return False


def _changes(closed: str, span: Span, find: str, replace: str) -> list[Change]:
    """Return the changed lines of a pair; the others keep the prompt's bytes."""
    here = split_lines(closed[span[0] : span[1]])
    wanted = [_with_ending(closed, line) for line in split_lines(replace)]
    edges = [span[0] + length for length in accumulate(map(len, here), initial=0)]
    blocks = changed_blocks(_plain(find), _plain(replace))
    return [
        Change(edges[start], edges[end], "".join(wanted[new:new_end]))
        for start, end, new, new_end in blocks
    ]


def _plain(text: str) -> list[str]:
    return split_lines(text.replace("\r\n", "\n"))


def _with_ending(closed: str, line: str) -> str:
    """Give a line the prompt's ending, where the prompt has only one."""
    crlf = closed.count("\r\n")
    if line.endswith("\n") and crlf in {0, closed.count("\n")}:
        return body(line) + ("\r\n" if crlf else "\n")
    return line


def _together(prompt: str, spans: Sequence[Span], changes: Sequence[Change]) -> Changes | Refused:
    """Refuse pairs that speak of the same characters."""
    for (_, end), (start, _) in pairwise(sorted(spans)):
        if start < end:
            return Refused(
                RefusalCode.OVERLAPPING,
                f"Two pairs speak of the same text at prompt line {line_at(prompt, start)}.",
            )
    together = Changes(tuple(joined(changes)))
    if conflict(together.spans):
        return Refused(RefusalCode.OVERLAPPING, "Two pairs insert text at the same place.")
    if splice(prompt, together) == prompt:
        return Refused(RefusalCode.NO_CHANGE, "The pairs leave the prompt as it is.")
    return together
