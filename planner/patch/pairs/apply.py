"""Find/replace pairs: each `find` stands exactly once in the prompt as it was given."""

import re
from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from planner.patch.changes import (
    Change,
    Changes,
    close,
    closed_by_nature,
    conflict,
    line_at,
    splice,
)
from planner.patch.doubts.told import doubts
from planner.patch.form import misshapen
from planner.patch.lines import CURLY, body, fold, other_signs
from planner.patch.outcome import Patched, RefusalCode, Refused
from planner.patch.pairs.balance import balance_refusal
from planner.patch.pairs.lines import (
    PairedLines,
    changes_of,
    in_typography_of,
    is_in_code,
    pair_lines,
)
from planner.patch.pairs.margins import Edges, with_like_edges
from planner.patch.pairs.neighbours import line_counts, neighbour_refusal
from planner.patch.pairs.places import SHOWN, ends_in_blanks, exact, has_too_many_marks, places
from planner.patch.pairs.seams import seam_refusal
from planner.patch.pairs.swaps import mixed_up
from planner.patch.pairs.transport import (
    ended_once,
    escapes_in,
    spells_breaks,
    without_transport,
)
from planner.patch.residue.placeholder import is_placeholder
from planner.patch.residue.search import residue

Pair = tuple[str, str]

_MAX_PAIRS = 200
_MAX_CHARACTERS = 500_000
_MAX_PROMPT = 500_000
_BREAKS = ("\n", "\r\n")
_LONE_CR = re.compile(r"\r(?!\n)")
_ODD_BREAK = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_EATEN = re.compile(r"(\S{1,3})\\([nrtfbva])(\w{1,2})")
_AMOUNT = re.compile(r"(\S*[ ]?)\$\d(\d*)(?!\d)([^\w$][^$\n]{2,6})")
_CONTROLS = dict(zip("nrtfbva", "\n\r\t\f\b\v\a", strict=True))
_COMMENTS = (("<!--", "-->"), ("{#", "#}"))
_EMPHASIS = re.compile(r"[*_]")
_LAST_MARGIN = re.compile(r"(?<=\n)[ \t]+\Z")
_BLANKS_AT_ENDS = re.compile(r"(?<=\S)[ \t]+(?=\r?\n)")
"""Two are a hard break where the prompt has them, too."""
_BESIDE = 400
"""Characters beside a pair, on its lines, that are looked at with what it writes."""


def apply_replacements(prompt: str, pairs: Sequence[Pair]) -> Patched | Refused:
    """Replace texts of a prompt, all of them or none.

    Each pair is `(find, replace)`; `find` stands exactly once in the prompt as
    it was given, whatever the other pairs do. Pairs whose finds overlap are
    refused. Line endings, blanks at line ends and typographic variants of the
    same character are forgiven in `find`; kept lines keep the prompt's bytes.
    """
    changes = read_replacements(prompt, pairs)
    if isinstance(changes, Refused):
        return changes
    return Patched(splice(prompt, changes), look=partial(doubts, prompt, changes))


def read_replacements(prompt: str, pairs: Sequence[Pair]) -> Changes | Refused:
    """Settle pairs against a prompt: what they change, or why not."""
    refusal = _unusable(prompt, pairs)
    if refusal:
        return refusal
    placed: list[PairedLines] = []
    finds = [find for find, _ in pairs]
    spelt, shown = spells_breaks(prompt, finds), escapes_in(prompt, finds)
    for number, (find, replace) in enumerate(pairs, 1):
        if (find, replace) in pairs[: number - 1]:
            continue  # Said twice, it is done once.
        written = ended_once(prompt, replace)
        texts = without_transport(prompt, find, written, spelt=spelt, shown=shown)
        pair = _place(prompt, *texts, number)
        if isinstance(pair, Refused):
            return pair
        placed.append(pair)
    return _together(prompt, placed)


def _unusable(prompt: str, pairs: Sequence[Pair]) -> Refused | None:
    """Refuse what no prompt could make sense of."""
    if not pairs:
        return Refused(RefusalCode.NO_HUNKS, "There is no find/replace pair.")
    if not all(isinstance(text, str) for pair in pairs for text in pair):
        return Refused(RefusalCode.MALFORMED, "A pair is two texts, `find` and `replace`.")
    size = sum(len(find) + len(replace) for find, replace in pairs)
    if len(pairs) > _MAX_PAIRS or size > _MAX_CHARACTERS or len(prompt) > _MAX_PROMPT:
        return Refused(
            RefusalCode.TOO_LARGE,
            f"The pairs or the prompt are too large: at most {_MAX_PAIRS} pairs and "
            f"{_MAX_CHARACTERS:,} characters on a prompt of {_MAX_PROMPT:,}.",
        )
    for number, (find, replace) in enumerate(pairs, 1):
        refusal = _senseless(find, replace, f"Pair {number}")
        if refusal:
            return refusal
    if has_too_many_marks(prompt):
        return Refused(RefusalCode.UNCLEAR, "The prompt heaps combining marks on a character.")
    return None


def _senseless(find: str, replace: str, who: str) -> Refused | None:
    """Refuse a pair that says nothing or changes nothing."""
    if not find.strip():
        return Refused(RefusalCode.NOTHING_TO_VERIFY, f"{who} has a blank `find`.")
    if find.replace("\r\n", "\n") == replace.replace("\r\n", "\n"):
        return Refused(RefusalCode.NO_CHANGE, f"{who} replaces a text with itself.")
    if has_too_many_marks(find) or has_too_many_marks(replace):
        return Refused(RefusalCode.UNCLEAR, f"{who} heaps combining marks on a character.")
    return None


def _leaves_out(pair: PairedLines) -> Refused | None:
    """Refuse a line that only stands for text left out, unless the prompt has such lines there."""
    for at in pair.added:
        line = body(pair.new[at])
        if (
            is_placeholder(line)
            and pair.new_keys[at] not in line_counts(pair.closed)
            and not any(map(is_placeholder, pair.old_keys))
        ):
            return Refused(
                RefusalCode.PLACEHOLDER,
                f"{pair.who} would write {line.strip()!r}, which stands for text left out.",
            )
    return None


def _alien(prompt: str, pair: PairedLines) -> Refused | None:
    """Refuse lines that hold what belongs to the pair, its transport or the talk about it."""
    if not pair.added:
        return None
    kept = set(pair.new_keys)
    removed = [
        body(line) for line, key in zip(pair.old, pair.old_keys, strict=True) if key not in kept
    ]
    added = [_near(pair, at) for at in pair.added]
    if {_EMPHASIS.sub("", line) for line in added} <= {_EMPHASIS.sub("", line) for line in removed}:
        return None  # What it does is to emphasise.
    parts = _parts_of_lines(pair)
    added += parts
    text, code = ([], added) if is_in_code(pair) else (added, [])
    found = residue(prompt, text, removed, code=code)
    if found is None:
        return None
    return Refused(
        RefusalCode.UNCLEAR, f"{pair.who} would write {found.line.strip()[:80]!r}: {found.why}."
    )


def _parts_of_lines(pair: PairedLines) -> list[str]:
    """Return what a pair writes beside text on its first and last line, where it looks new.

    What begins with the sign or number that the quoted text begins with is told as that was.
    """
    lines, quoted = pair.replace_lines, pair.find_lines
    first = lines[0] if pair.head.strip() and not _begins_alike(lines[0], quoted[0]) else ""
    last = lines[-1] if pair.rest and not _begins_alike(lines[-1], quoted[-1]) else ""
    return [line for line in {first, last} if line.strip() and line not in quoted]


def _begins_alike(line: str, quoted: str) -> bool:
    sign, other = line.lstrip()[:1], quoted.lstrip()[:1]
    return (sign == other and not sign.isalpha()) or (sign.isdecimal() and other.isdecimal())


def _near(pair: PairedLines, at: int) -> str:
    """Return a line that a pair writes, with the beginning of what stands beside it there."""
    line = body(pair.new[at])
    if at == 0 and len(pair.head) > _BESIDE:
        line = line[len(pair.head) - _BESIDE :]
    if at == len(pair.new) - 1 and len(pair.rest) > _BESIDE:
        line = line[: len(line) - len(pair.rest) + _BESIDE]
    return line


def _place(prompt: str, find: str, replace: str, number: int) -> PairedLines | Refused:
    """Return a pair at the one place where its `find` stands."""
    who = f"Pair {number}"
    found = places(prompt, find)
    if len(found) == 1 and _stands_again(prompt, find):
        reason = f"{who} fits in several places, but for how their lines end."
        return Refused(RefusalCode.AMBIGUOUS, reason)
    if len(found) > 1:
        lines = sorted({line_at(prompt, start) for start, _ in found})
        where = ", ".join(map(str, lines[:SHOWN])) + (" and more" if len(lines) > SHOWN else "")
        return Refused(
            RefusalCode.AMBIGUOUS,
            f"{who} fits in several places (prompt lines {where}): `find` must stand exactly once.",
        )
    if not found:
        return _missing(prompt, replace, who)
    below = prompt[found[0][1] :]
    is_open = not below and not closed_by_nature(prompt)
    if (is_open or below in _BREAKS) and not find.endswith("\n"):
        replace = replace.rstrip("\r\n")  # The final newline stays as it is (rule R8).
    pair = _between_endings(close(prompt), found[0], find, replace, number)
    miswritten = _eaten(find, replace) or _odd_sign(prompt, pair, replace)
    if miswritten:
        return Refused(RefusalCode.UNCLEAR, f"{who} would write {miswritten}.")
    if _stands(pair):
        return Refused(
            RefusalCode.ALREADY_APPLIED,
            f"What {who.lower()} adds stands at prompt line {line_at(prompt, pair.start)} already.",
        )
    return pair


def _eaten(find: str, replace: str) -> str | None:
    """Tell of what a program took for an escape, as in a path, or for a slot, `$4` in `$40`."""
    for word in _EATEN.finditer(find) if "\\" in find else ():
        became = word[1] + _CONTROLS[word[2]] + word[3]
        if became in replace:
            return f"{became!r}, where the prompt has {word[0]!r}: its backslash was lost"
    for amount in _AMOUNT.finditer(find) if "$" in find else ():
        became = amount[1] + amount[2] + amount[3]
        if became in replace and became not in find:
            return f"{became!r}, where the prompt has {amount[0]!r}: a program filled in a slot"
    return None


def _odd_sign(prompt: str, pair: PairedLines, replace: str) -> str | None:
    """Tell of a sign that ends lines elsewhere, or controls a terminal."""
    lone = _LONE_CR.search(pair.replace) if "\r" in replace else None
    if lone and lone[0] not in prompt:
        return "a carriage return that ends no line"
    odd = _ODD_BREAK.search(pair.replace) if pair.find.count("\n") > replace.count("\n") else None
    if odd and odd[0] not in prompt:
        return f"{odd[0]!r} where lines end, and no line break"
    control = _CONTROL.search(replace)
    if control and control[0] not in prompt:
        return f"the control character {control[0]!r}, which the prompt has nowhere"
    return None


def _stands_again(prompt: str, find: str) -> bool:
    """Say whether a text stands twice where lines may end as they like, or not at all."""
    if prompt.endswith("\n") and "\r" not in prompt:
        return False
    closed = close(prompt).replace("\r\n", "\n")
    return closed.count(find.replace("\r\n", "\n")) > 1


def _between_endings(
    closed: str, span: tuple[int, int], find: str, replace: str, number: int
) -> PairedLines:
    r"""Put a pair at its place, with no edge within an `\r\n` and no blanks that are not there."""
    start, end = span
    start -= closed.startswith("\r\n", start - 1) and start > 0
    if closed.startswith(_BREAKS, end):
        replace = replace.removesuffix("\r")
    if closed.startswith("\r\n", end - 1):
        end -= 1
        find, replace = find.removesuffix("\r"), replace.removesuffix("\r")
    margin = find.rpartition("\n")[2] if "\n" in find else ""
    if margin and not margin.strip() and not closed[start:end].endswith(margin):
        # So the quotes that close a text are indented; the next line is as it was.
        find, replace = find.removesuffix(margin), _LAST_MARGIN.sub("", replace)
    if ends_in_blanks(find) and not closed[start:end].endswith((" ", "\t", find[-1])):
        find = find.rstrip()
        replace = replace.rstrip() if ends_in_blanks(replace) else replace
    while find.startswith(_BREAKS) and replace.startswith(_BREAKS):
        below, written = find.split("\n", 1)[1], replace.split("\n", 1)[1]
        if below.startswith(_BREAKS) and not written.startswith(_BREAKS):
            break  # The blank line below goes, or moves: `find` still begins at the one above.
        # What both begin with is no edge: the change begins on the line below.
        start = closed.index("\n", start) + 1
        find, replace = below, written
    start, end, find, replace = with_like_edges(closed, Edges(start, end, find, replace))
    if _BLANKS_AT_ENDS.search(find) and not _BLANKS_AT_ENDS.search(closed[start:end]):
        find, replace = (_BLANKS_AT_ENDS.sub("", text) for text in (find, replace))
    replace = in_typography_of(closed[start:end], find, replace)
    return pair_lines(number, closed, (start, end), find.replace("\r\n", "\n"), replace)


def _missing(prompt: str, replace: str, who: str) -> Refused:
    if replace.strip() and replace in prompt:
        return Refused(
            RefusalCode.ALREADY_APPLIED,
            f"{who}'s `find` is not in the prompt, but its `replace` is already.",
        )
    return Refused(RefusalCode.NO_MATCH, f"{who}'s `find` does not stand in the prompt.")


def _stands(pair: PairedLines) -> bool:
    """Say whether a pure insertion has been made before (rule R11)."""
    for at, end in exact(pair.replace, pair.find):
        before, after = pair.replace[:at], pair.replace[end:]
        if not (before + after).strip():
            continue  # A blank line beside the quoted one is none that stands there.
        ahead = pair.closed[max(0, pair.start - len(before)) : pair.start]
        if ahead == before and pair.closed.startswith(after, pair.end):
            return True
    return False


def _each(prompt: str, pairs: Sequence[PairedLines]) -> Refused | None:
    for pair in pairs:
        if _comments_out(pair):
            continue
        refusal = _leaves_out(pair) or seam_refusal(pair) or _alien(prompt, pair)
        if refusal:
            return refusal
    return None


def _comments_out(pair: PairedLines) -> bool:
    """Say whether a pair puts the very text that it quotes in a comment: that is the change."""
    text = pair.replace.strip()
    return any(
        text.startswith(opens)
        and text.endswith(closes)
        and text[len(opens) : -len(closes)].strip() == pair.find.strip()
        for opens, closes in _COMMENTS
    )


def _recoated(prompt: str, pairs: Sequence[PairedLines]) -> Refused | None:
    """Refuse new lines in a typography that the quoted texts prove to be damaged."""
    strange: set[str] = set()
    for pair in pairs:
        found = pair.closed[pair.start : pair.end]
        if pair.find != found and not pair.find.isascii():
            strange |= other_signs(pair.find, found)
        if not pair.replace.isascii():
            strange |= _signs_of_kept(pair)
    if strange & CURLY:
        strange |= CURLY
    strange = {char for char in strange - {"\r"} if char not in prompt}
    for pair in pairs if strange else ():
        lines = (body(pair.new[at]) for at in pair.added)
        hit = next((line for line in lines if not strange.isdisjoint(line)), None)
        if hit is not None:
            return Refused(
                RefusalCode.UNCLEAR,
                "The pairs quote the prompt in another typography, and "
                f"{pair.who.lower()} writes {hit.strip()[:80]!r} in it.",
            )
    return None


def _signs_of_kept(pair: PairedLines) -> set[str]:
    """Return the signs with which `replace` writes lines that stay, and the prompt does not."""
    own = dict(zip(pair.old_keys, pair.old, strict=True))
    lines = ((line, own.get(fold(line))) for line in pair.replace.split("\n"))
    return {sign for line, kept in lines if kept for sign in other_signs(line, kept)}


def _share_kept_lines(first: PairedLines, second: PairedLines) -> bool:
    """Say whether what two finds have in common is whole lines that both keep, as hunks may."""
    if second.head or first.rest or second.start == first.start or second.end <= first.end:
        return False
    shared = range(second.start, first.line_end)
    return not any(
        change.start < shared.stop and shared.start < change.end
        for pair in (first, second)
        for change in changes_of(pair)
    )


def _met(pairs: Sequence[PairedLines], changes: Sequence[Sequence[Change]]) -> list[Change]:
    """Return all changes in order; what one pair adds at its end stands before the next pair's."""
    owner = {one: pair for pair, found in zip(pairs, changes, strict=True) for one in found}
    met: list[Change] = []
    above: PairedLines | None = None
    for one in sorted(owner, key=lambda one: (one.start, one.end, owner[one].start)):
        inserts = bool(met) and met[-1].start == met[-1].end == one.start == one.end
        if inserts and above and above.end <= owner[one].start:
            met[-1] = met[-1]._replace(text=met[-1].text + one.text)
        else:
            met.append(one)
        above = owner[one]
    return met


def _together(prompt: str, pairs: Sequence[PairedLines]) -> Changes | Refused:
    """Refuse pairs that speak of the same characters, or whose texts do not get along."""
    for first, second in pairwise(sorted(pairs, key=lambda pair: (pair.start, pair.end))):
        if second.start < first.end and not _share_kept_lines(first, second):
            return Refused(
                RefusalCode.OVERLAPPING,
                f"Two pairs speak of the same text at prompt line {line_at(prompt, second.start)}.",
            )
    refusal = (
        _each(prompt, pairs)
        or _recoated(prompt, pairs)
        or balance_refusal(pairs)
        or mixed_up(pairs)
    )
    if refusal:
        return refusal
    changes = [changes_of(pair) for pair in pairs]
    idle = next((pair for pair, found in zip(pairs, changes, strict=True) if not found), None)
    if idle:
        return Refused(RefusalCode.NO_CHANGE, f"{idle.who} leaves the prompt as it is.")
    together = Changes(tuple(_met(pairs, changes)))
    if conflict(together.spans):
        return Refused(RefusalCode.OVERLAPPING, "Two pairs insert text at the same place.")
    sure = len(together.spans) == 1 and prompt.endswith("\n")
    if not sure and splice(prompt, together) == prompt:
        return Refused(RefusalCode.NO_CHANGE, "The pairs leave the prompt as it is.")
    return neighbour_refusal(pairs, together.spans) or misshapen(prompt, together) or together
