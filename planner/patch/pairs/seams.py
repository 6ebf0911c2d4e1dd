"""Whether a pair's new text makes sense where it meets what stands beside it.

`find` may be shorter than what `replace` writes again, or longer than what it
gives back. Each check says in a sentence what would come of it.
"""

import re
from collections.abc import Callable
from itertools import pairwise

from planner.patch.halves import INCHES, STRONG
from planner.patch.outcome import RefusalCode, Refused
from planner.patch.pairs.dress import compares, decoration, doubles_braces, quotation, wrapping
from planner.patch.pairs.edges import is_spaceless, splits
from planner.patch.pairs.ends import (
    cut_end,
    cut_in_margin,
    cut_start,
    cut_within,
    doubled_end,
    early_end,
    late_end,
)
from planner.patch.pairs.headings import (
    ends_in_heading,
    loses_heading,
    replaces_section,
    swallows_heading,
    swallows_label,
)
from planner.patch.pairs.holes import leaves_choice, loses_blanks, swallows_field
from planner.patch.pairs.items import (
    dedents,
    doubles_marker,
    drops_marker,
    empties_item,
    glues_items,
    interrupts_list,
    loses_depth,
    loses_indentation,
    sinks_item,
)
from planner.patch.pairs.lines import PairedLines, plain
from planner.patch.pairs.notes import announced, noted_below
from planner.patch.pairs.repeats import doubled, repeats, told_twice
from planner.patch.pairs.words import (
    BEGINS_ITEM,
    CLOSERS,
    ENDS,
    ONLY_MARKERS,
    words,
)
from planner.patch.slips import margin_of

_NEAR = 64
_LONGEST = 400
"""Characters of a line that are compared beside a seam."""
_REST = 8
"""Characters behind `find`; `replace` may end as fewer do by chance."""

_FENCE = "```"
_CLOSED_ROW = re.compile(r"\s*\|.*\|$")
_STOPS = frozenset(".!?")
_PAUSES = _STOPS | set(",;:")
_WORD = re.compile(r"[^\W\d_]")
_SEVERAL = 3
"""Words; a sign may take the place of fewer."""
_RULE = re.compile(r"([-*=_])(?: ?\1){2,}")
_DIGITS = re.compile(r"\d+")
_OPENING = re.compile(r"[(\[{<`\"\u201c*]")
"""What begins a word of its own."""
_NO_EMPHASIS = re.compile(r"`[^`\n]*`|(?<=\d)\*\*(?=\d)|(?<=\s)\*\*(?=\s)")
_LAST_WORD = re.compile(r"(?<![^\W\d_])([^\W\d_]{2,})[-=]?$")
_NEXT_WORD = re.compile(r"[ \t]*([^\W\d_]+)")
_PAIRED = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "\u201c": "\u201d", "`": "`"}
_OPENED_BY = {")": "(", "]": "[", "}": "{"}
_GOES_ON = frozenset(" \t\r\n,.;:!?)]}-/")
"""Before these no blank is missed."""
_BLANK_AFTER = "-/([{\"'`\u201c\u2018\u00ab\u2014"
"""After these no blank is missed."""

Check = Callable[[PairedLines], str | None]


def seam_refusal(pair: PairedLines) -> Refused | None:
    """Refuse a pair whose edges or whose text cannot have been meant, with the first reason."""
    for code, checks in _CHECKS:
        for check in checks:
            reason = check(pair)
            if reason:
                return Refused(code, reason)
    return None


# --- the edges of `find` -------------------------------------------------------------------


def _cut_find(pair: PairedLines) -> str | None:
    for at, verb in ((pair.start, "begins"), (pair.end, "ends")):
        if splits(pair.closed, at):
            near = pair.closed[max(pair.line_start, at - 20) : at + 20].split("\n")[0]
            return (
                f"{pair.who}'s `find` {verb} inside a word, a number or a mark of the prompt, "
                f"in {near!r}."
            )
    return None


# --- lines and words that would be glued ---------------------------------------------------


def _loses_line_break(pair: PairedLines) -> str | None:
    closed, find, replace = pair.closed, pair.find, pair.replace
    lost = False
    # Whole lines at the prompt's end have nothing to be glued to.
    if find.endswith("\n") and (pair.head or pair.end < len(closed)):
        lost = (replace or closed[: pair.start])[-1:] not in {"", "\n"}
    if find.startswith("\n") and pair.start:
        lost = lost or (replace or closed[pair.end :])[:1] not in {"", "\n", "\r"}
    if lost:
        return (
            f"{pair.who} would glue two lines together: `find` has a line break at its edge that "
            "`replace` does not have."
        )
    return None


def _loses_blank(pair: PairedLines) -> str | None:
    replace, find = pair.replace, pair.find
    begins = _OPENING if pair.head[-1:].isalnum() else _WORD if pair.head[-1:] in _PAUSES else None
    on_sign = not pair.head[-1:].isspace() and pair.head[-1:] not in _BLANK_AFTER[1:]
    if replace and pair.head and find[:1] == " " and on_sign and replace[0] not in _GOES_ON:
        return f"{pair.who}'s `find` begins with a blank that `replace` lacks."
    if replace and find[:1] == " " and begins and begins.match(replace):
        return f"{pair.who}'s `find` begins with a blank that `replace` lacks."
    if not (replace and pair.rest and find[-1:] in {" ", "\t"}):
        return None
    last, following = replace[-1], pair.rest[0]
    if last.isspace() and last != "\n":
        return None
    if last == "\n":
        marks_item = BEGINS_ITEM.fullmatch(find.rpartition("\n")[2])
        kept = not marks_item and find.rstrip()[-1:] in ENDS | set(CLOSERS)
    else:
        kept = last in _BLANK_AFTER or is_spaceless(last) or is_spaceless(following)
    if kept or following.isspace():
        return None
    return f"{pair.who}'s `find` ends with a blank that `replace` lacks before {pair.rest[:20]!r}."


def _takes_both_blanks(pair: PairedLines) -> str | None:
    """Refuse a deletion within a line that leaves no blank between what stood around it."""
    find = pair.find
    if pair.replace or not (pair.head and pair.rest) or not find[0] == find[-1] == " ":
        return None
    return f"{pair.who} would take both blanks beside {find.strip()[:40]!r} away."


def _glues_words(pair: PairedLines) -> str | None:
    before = pair.closed[max(0, pair.start - _NEAR) : pair.start]
    after = pair.closed[pair.end : pair.end + _NEAR]
    replace = pair.replace.replace("\r\n", "\n")
    opened = before + (replace[:_NEAR] if len(replace) >= _NEAR else replace + after)
    closed = (before + replace)[-_NEAR:] if replace else before
    for text, at in ((opened, len(before)), (closed + after, len(closed))):
        if splits(text, at):
            near = text[max(0, at - 15) : at + 15]
            return f"{pair.who} would glue its text to what stands beside it: {near!r}."
    return None


def _glues_sentences(pair: PairedLines) -> str | None:
    """Refuse a sentence right behind the quoted one, or right before it."""
    find, replace = pair.find, pair.replace
    for seam in (len(find) if replace.startswith(find) else 0, _start_of_end(replace, find)):
        left, right = replace[seam - 1 : seam], replace[seam : seam + 1]
        if seam and left in _STOPS and right.isalpha() and not is_spaceless(right):
            near = replace[max(0, seam - 15) : seam + 15]
            return f"{pair.who} would glue two sentences together: {near!r}."
    return None


def _start_of_end(text: str, end: str) -> int:
    """Return where a text's end begins, 0 where it ends otherwise."""
    return len(text) - len(end) if text.endswith(end) else 0


def _splits_line(pair: PairedLines) -> str | None:
    """Refuse a line cut in two or drawn into another where a part of it was not quoted."""
    opening = pair.head.strip() and not ONLY_MARKERS.fullmatch(pair.head)
    if not (opening or pair.rest):
        return None
    find, replace = pair.find_lines, pair.replace_lines
    begun = find[-1].strip() if len(find) > 1 and replace[-1] == "" else ""
    if pair.rest and begun:
        return f"{pair.who} would leave {pair.rest.strip()[:40]!r} of a line that it quotes."
    if len(find) == len(replace) or _parts_sentences(pair):
        return None
    why = f"{pair.who} quotes only a part of a line and changes how many lines there are"
    after = _edge(find[0], 0) != _edge(replace[0] or "".join(replace[1:2]), 0)
    broken = not replace[0] and find[0] and pair.head.rstrip()[-1:].isalnum()
    if opening and (after or broken) and pair.replace and not _ends_above(pair):
        return f"{why}: {pair.head.strip()[-40:]!r} would stand before other text."
    renumbered = _DIGITS.sub("0", find[-1]) == _DIGITS.sub("0", replace[-1])
    before = _edge(find[-1], -1) != _edge(replace[-1], -1) and not renumbered
    if pair.rest and pair.replace and before and not (find[-1] == "" == replace[-1]):
        return f"{why}: {pair.rest.strip()[:40]!r} would stand after other text."
    return None


def _parts_sentences(pair: PairedLines) -> bool:
    """Say whether a line is only broken behind a whole sentence of it."""
    if pair.replace.split() != pair.find.split() or not pair.replace.endswith("\n"):
        return False
    return pair.find.rstrip()[-1:] in ENDS and pair.rest[:1].isupper()


def _ends_above(pair: PairedLines) -> bool:
    """Say whether what stays ahead is a sentence as a whole, and the text below it as deep."""
    first, *below = pair.replace_lines
    if first[:1] in ENDS and pair.head[-1:].isspace():
        return False
    ahead = (pair.head.rstrip(), pair.head + first.rstrip())
    margin = margin_of(pair.head)
    return any(text.rstrip(CLOSERS)[-1:] in ENDS for text in ahead) and all(
        line.startswith(margin) for line in below if line
    )


def _edge(text: str, at: int) -> str:
    """Return the first or the last word of a text, one character of a script without blanks."""
    found = words(text)
    word = found[at] if found else text.strip()
    return word[at] if word and is_spaceless(word[at]) else word


# --- text that would stand twice -----------------------------------------------------------


def _restates(pair: PairedLines) -> str | None:
    head, rest = plain(pair.head), plain(pair.rest)
    find, replace = pair.find_lines, pair.replace_lines
    twice = ""
    if rest:
        twice = _twice_after(replace[-1][-_LONGEST:], rest[:_LONGEST], find[-1])
    if head and not twice:
        twice = _twice_before(head[-_LONGEST:], replace[0][:_LONGEST], find[0])
    if twice:
        return f"{pair.who} would write {twice[:80]!r} twice: it stands beside `find` already."
    return None


def _twice_after(written: str, rest: str, find: str) -> str:
    """Return what `replace` ends with and stands behind `find` as well."""
    at = written.find(rest[0])
    while at >= 0:
        text = written[at:]
        if (
            rest.startswith(text)
            and text.strip()
            and not find.endswith(text)
            and not _closes_own(written, text)
            and not (splits(rest, len(text)) or splits(written, at))
        ):
            return text
        at = written.find(rest[0], at + 1)
    text = rest.strip()
    if len(text) >= _REST and _DIGITS.sub("0", written).endswith(_DIGITS.sub("0", text)):
        return text
    ends = words(rest)[-2:]
    if len(ends) == 2 and ends == words(written)[-2:] != words(find)[-2:]:
        return " ".join(ends)
    return ""


def _closes_own(written: str, text: str) -> bool:
    """Say whether a bracket at the end of a text closes one that was opened there."""
    opening = _OPENED_BY.get(text)
    return opening is not None and written.count(opening) == written.count(text)


def _twice_before(head: str, written: str, find: str) -> str:
    """Return what `replace` begins with and stands before `find` as well."""
    if not written:
        return ""
    if not head.strip():
        return written[:1] if written[0] in " \t" and find[:1] not in {" ", "\t"} else ""
    at = head.find(written[0])
    while at >= 0:
        text = head[at:]
        if (
            written.startswith(text)
            and text.strip()
            and not find.startswith(text)
            and not (splits(written, len(text)) or splits(head, at))
        ):
            return text
        at = head.find(written[0], at + 1)
    mine, theirs = words(written)[:2], words(ONLY_MARKERS.sub("", head, count=1))[:2]
    if len(theirs) < 2 or not mine or mine[0] != theirs[0] or words(find)[:1] == mine[:1]:
        return ""
    return " ".join(theirs) if mine == theirs else mine[0] if mine[0][0].isupper() else ""


def _doubles_brackets(pair: PairedLines) -> str | None:
    before, after = pair.head[-1:], pair.rest[:1]
    text = pair.replace.strip()
    if before and text and _PAIRED.get(before) == after:
        wrapped = text[0] == before and text[-1] == after and len(text) > 1
        if wrapped and not pair.find.startswith(before):
            return f"{pair.who} would write {before!r} and {after!r} twice."
    return None


def _doubles_colon(pair: PairedLines) -> str | None:
    """Refuse a value behind a key that was quoted without its colon and its own value."""
    key, found, _ = pair.replace_lines[-1].partition(":")
    if not found or key.strip() != pair.find_lines[-1].strip() or not pair.rest.startswith(":"):
        return None
    return f"{pair.who} would write a value before {pair.rest.strip()[:40]!r}, and a colon twice."


def _leaves_nothing_between(pair: PairedLines) -> str | None:
    """Refuse a deletion that leaves two marks with nothing between them."""
    if pair.replace.strip():
        return None
    before, after = pair.head.rstrip()[-1:], pair.rest.lstrip()[:1]
    empty = before in _PAIRED and _PAIRED[before] == after
    if empty or (before in {",", ";", "("} and after in {",", ";", ".", ":", ")"}):
        return f"{pair.who} would leave {before + after!r} with nothing between."
    if pair.replace and "\n" not in pair.replace and not (before or after):
        return f"{pair.who} would leave blanks alone on a line."
    return None


def _unbalances_quotes(pair: PairedLines) -> str | None:
    for quote in ('"', "`"):
        if quote not in pair.find and quote not in pair.replace:
            continue
        old, new = "\n".join(pair.old_keys), "\n".join(pair.new_keys)
        before, after = old.count(quote), new.count(quote)
        if after % 2 and INCHES.sub("", new).count(quote) % 2 == 0:
            continue
        if before % 2 == 0 and after % 2 and (before or quote == '"'):
            return f"{pair.who} would leave a {quote} without its other half."
    return None


def _opens_mark(pair: PairedLines) -> str | None:
    """Refuse an added line with a mark that the whole of the new text does not close."""
    text = "\n".join(pair.replace_lines)
    if _FENCE in text:
        return None
    bare = _NO_EMPHASIS.sub("", text) if "**" in text else text
    old, rows = "\n".join(pair.old_keys), any(map(_CLOSED_ROW.match, pair.new_keys))
    bracket = text.count("(") > text.count(")") and old.count("(") <= old.count(")")
    strong = (
        "**" in bare and len(STRONG.findall(bare)) % 2 and len(STRONG.findall(pair.find)) % 2 == 0
    )
    tick = text.count("`") % 2 and old.count("`") % 2 == 0
    for at in pair.added:
        line = pair.new_keys[at]
        opened = (
            ("`" if tick and line.count("`") % 2 else "")
            or ("(" if bracket and line.count("(") > line.count(")") else "")
            or ("**" if strong and len(STRONG.findall(line)) % 2 else "")
            or ("|" if rows and line.lstrip()[:1] == "|" != line[-1:] else "")
        )
        if opened:
            return f"{pair.who} would open a {opened} that nothing closes: {line.strip()[:60]!r}."
    return None


def _says_nothing(pair: PairedLines) -> str | None:
    """Refuse a sign by itself in the place of words: it only stands for nothing."""
    text = pair.replace.strip()
    if not text or words(text) or len(words(pair.find)) < _SEVERAL or _RULE.fullmatch(text):
        return None
    return f"{pair.who} would write only {text[:20]!r} in place of {pair.find.strip()[:40]!r}."


def _splits_code(pair: PairedLines) -> str | None:
    """Refuse two added lines of which each holds one end of a piece of code."""
    keys = pair.new_keys
    for at, below in pairwise(pair.added):
        odd = keys[at].count("`") % 2 and keys[below].count("`") % 2
        if odd and below == at + 1 and _FENCE not in keys[at] + keys[below]:
            return f"{pair.who} would break code over two lines: {keys[at].strip()[-40:]!r}."
    return None


def _breaks_word(pair: PairedLines) -> str | None:
    """Refuse a line break within a word that `find` has."""
    if len(pair.new_keys) < 2:
        return None
    quoted, kept = set(words(pair.find)), set(pair.old_keys)
    for above, below in pairwise(pair.new_keys):
        head, tail = _LAST_WORD.search(above), _NEXT_WORD.match(below)
        if head and tail and head[1] + tail[1] in quoted and below not in kept:
            return f"{pair.who} would break the word {head[1] + tail[1]!r} over two lines."
    return None


def _orphans_rest(pair: PairedLines) -> str | None:
    """Refuse a deletion of a line's first half, sign and all or without the blank behind it."""
    if pair.replace.strip() or not pair.rest or not ONLY_MARKERS.fullmatch(pair.head):
        return None
    last = pair.find_lines[-1]
    if last.rstrip(CLOSERS)[-1:] in ENDS and pair.rest.lstrip()[:1].isupper():
        return None
    marked = BEGINS_ITEM.match(last)
    if (marked and last[marked.end() :].strip()) or pair.rest[:1].isspace():
        return f"{pair.who} would leave {pair.rest.strip()[:40]!r} without its beginning."
    return None


_CHECKS: tuple[tuple[RefusalCode, tuple[Check, ...]], ...] = (
    (RefusalCode.UNCLEAR, (_cut_find,)),
    (RefusalCode.GLUES_LINES, (_loses_line_break, _loses_blank, _takes_both_blanks)),
    (
        RefusalCode.UNCLEAR,
        (
            _restates,
            doubles_marker,
            _doubles_brackets,
            _doubles_colon,
            _leaves_nothing_between,
        ),
    ),
    (RefusalCode.GLUES_LINES, (_glues_words, _glues_sentences, glues_items, _splits_line)),
    (
        RefusalCode.CUT_SHORT,
        (cut_in_margin, cut_start, cut_end, cut_within, early_end, late_end, doubled_end),
    ),
    (
        RefusalCode.UNCLEAR,
        (
            wrapping,
            compares,
            doubles_braces,
            decoration,
            quotation,
            noted_below,
            announced,
            drops_marker,
            _unbalances_quotes,
            _opens_mark,
            empties_item,
            _says_nothing,
            _orphans_rest,
            interrupts_list,
            told_twice,
            doubled,
            repeats,
            _breaks_word,
            _splits_code,
            loses_depth,
            loses_indentation,
            sinks_item,
            dedents,
            swallows_field,
            leaves_choice,
            loses_blanks,
            loses_heading,
            swallows_heading,
            swallows_label,
            replaces_section,
            ends_in_heading,
        ),
    ),
)
