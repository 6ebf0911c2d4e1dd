"""Lines that only stand for removed ones: abbreviated, masked, cut, or beside their new text."""

import re
from bisect import bisect_left
from collections.abc import Sequence, Set
from typing import Final, NamedTuple

from planner.patch.lines import fold
from planner.patch.residue.reasons import COMPARED, LEFT_OUT
from planner.patch.residue.remarks import is_enclosed

_ARROW: Final = re.compile(r"(?:\u2192|\u27f6|\u21d2|[-=]{1,3}>|\u279c|\u2794)")
_REDACTED: Final = re.compile(
    r"\[[^\]\n]{0,20}(?:protected|redacted|removed|filtered|masked|hidden)[^\]\n]{0,20}\]|<redacted>"
    r"|\*{4,}|\u2588{2,}",
    re.IGNORECASE,
)
_MASKED: Final = re.compile(
    r"<[A-Z][A-Z_]+\d*>"
    r"|\[(?:PERSON|NAME|EMAIL|PHONE|ADDRESS|LOCATION|ORG|SSN|IBAN|PII)[A-Z_]*\d*\]"
)
"""What is said to stand there; where a prompt has the like, it is a field."""
_HIDES: Final = "it hides a text that the prompt shows"
_DOTS: Final = re.compile(r"[\[(<]?(?:\.{3,}|[\u2026\u22ef])[ \t]*[\])>]?")
_IN_PLACE: Final = (
    (_DOTS, ("...", "\u2026", "\u22ef"), LEFT_OUT),
    (_ARROW, (">", "\u2192", "\u27f6", "\u21d2", "\u279c", "\u2794"), COMPARED),
    (_REDACTED, ("[", "<", "*", "\u2588"), _HIDES),
    (_MASKED, ("[", "<"), _HIDES),
)
"""What stands for a text of a removed line, or between it and its new text.

With texts of which each match holds one, so that most texts need no search.
"""
_LABEL: Final = re.compile(
    r"[ \t]*(?:[-*+] )?(?:after|before|now|result|output|fixed|correct|better|replace|with|to"
    r"|ai|assistant|model|bot):[ \t]+",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"`[^`\n]+`")
_LABELLED_BY: Final = 8
"""Characters in common, which tell that a text is another one's new version."""
_LINK: Final = re.compile(r"\bhttps?(?:://[^\s<>()\"'`]*)?")
_PARTS: Final = frozenset({"", "/", "?", "#", "."})
"""What begins another part of a link: it may be left out from there."""
_STOPS: Final = ".,;:!?"
_LOOKED_AT: Final = 50
"""Links that begin alike."""
_LONGEST_WORD: Final = 64
_TELLING: Final = 3
"""Characters: what is shorter may end any line."""
_SIGN: Final = re.compile(r"[ \t]*(?:[-*+\u2022][ \t]+|\d{1,3}[.)][ \t]+|#{1,6}[ \t]+|>[ \t]?)")
_BEGINS_SMALL: Final = re.compile(r"[ \t]*(?:[-*+\u2022#>]+[ \t]+|\d{1,3}[.)][ \t]+)?[^\W\d_A-Z]")


class Residue(NamedTuple):
    """An added line that is not text of the prompt, and why."""

    line: str
    why: str


def in_place_of(
    prompt: str, said: Sequence[str], shown: Sequence[str], removed: Sequence[str]
) -> Residue | None:
    """Return a line that only stands for removed ones, or shows them beside their new text."""
    return (
        _shrinking(prompt, said, removed)
        or _replacing(prompt, said, removed)
        or _labelled([*said, *shown], removed)
        or _cut_link([*said, *shown], removed)
        or _beheaded(said, removed)
        or _respelt(said, removed)
    )


def _shrinking(prompt: str, added: Sequence[str], removed: Sequence[str]) -> Residue | None:
    """Return a line in brackets where fewer lines take the place of more: it may stand for them."""
    if sum(map(bool, map(str.strip, added))) >= sum(map(bool, map(str.strip, removed))):
        return None
    if any(map(is_enclosed, removed)):
        return None
    tags = {line.strip() for line in added if line.lstrip().startswith("<")}
    lines = (
        line
        for line in added
        if is_enclosed(line) and line.strip() not in prompt and not _is_in_pair(line.strip(), tags)
    )
    line = next((line for line in lines if '"' not in line), None)
    return None if line is None else Residue(line, LEFT_OUT)


def _is_in_pair(tag: str, tags: Set[str]) -> bool:
    """Say whether a tag on its line has its other half among these."""
    name = tag.strip("</>")
    return name.replace("_", "").replace("-", "").isalnum() and {f"<{name}>", f"</{name}>"} <= tags


def _replacing(prompt: str, added: Sequence[str], removed: Sequence[str]) -> Residue | None:
    """Return a line that is a removed one abbreviated, masked, or written beside its new text."""
    holds = "\n".join(added).__contains__
    for pattern, signs, why in _IN_PLACE:
        if not any(map(holds, signs)):
            continue
        lines = [(line, found) for line in added if (found := pattern.search(line))]
        if not lines or (pattern is _MASKED and pattern.search(prompt)):
            continue
        olds = sorted(_squeezed(old) for old in removed if old.strip() and not pattern.search(old))
        backwards = sorted(old[::-1] for old in olds)
        for line, found in lines:
            left, right = _squeezed(line[: found.start()]), _squeezed(line[found.end() :])
            bare = left.replace("(", "").replace("[", "")
            if pattern is _DOTS and right.startswith(("?", "!")):
                continue
            if any(one and _begins(olds, one, more=pattern is _DOTS) for one in (left, bare)):
                return Residue(line, why)
            if pattern is not _ARROW and len(right) > _TELLING and _begins(backwards, right[::-1]):
                return Residue(line, why)
    return None


def _labelled(added: Sequence[str], removed: Sequence[str]) -> Residue | None:
    """Return a line that is a removed one, or begins as one, behind a label."""
    labels = [(line, label) for line in added if (label := _LABEL.match(line))]
    begins = {_squeezed(old)[:_LABELLED_BY] for old in removed} if labels else set()
    for line, label in labels:
        begun = _squeezed(line[label.end() :])[:_LABELLED_BY]
        if len(begun) == _LABELLED_BY and begun in begins:
            return Residue(line, "a label stands before the new text")
    return None


def _cut_link(added: Sequence[str], removed: Sequence[str]) -> Residue | None:
    """Return a line with a link that is a removed one, cut within a word."""
    text = "\n".join(removed)
    links = set(_LINK.findall(text)) if "http" in text else set()
    olds = sorted(links)
    for line in added if olds else ():
        for link in _LINK.findall(line):
            cut = link.rstrip(_STOPS)
            at = bisect_left(olds, cut)
            longer = [old for old in olds[at : at + _LOOKED_AT] if old.startswith(cut)]
            if link not in links and any(old[len(cut) :][:1] not in _PARTS for old in longer):
                return Residue(line, f"its link {cut!r} is cut short")
    return None


def _beheaded(added: Sequence[str], removed: Sequence[str]) -> Residue | None:
    """Return a line whose first word is the end of a removed one's: `tels` for `Hotels`."""
    small = [line for line in added if _BEGINS_SMALL.match(line)]
    firsts = set(map(_first_word, removed)) if small else set()
    names = [one for one in firsts if one[:1].isupper() and len(one) <= _LONGEST_WORD]
    ends = {one[at:] for one in names for at in range(1, len(one) - 1)}
    for line in small if ends else ():
        word = _first_word(line)
        if word.islower() and word in ends:
            return Residue(line, f"it begins with {word!r}, the end of a word")
    return None


def _respelt(added: Sequence[str], removed: Sequence[str]) -> Residue | None:
    """Return a line with a name of code whose underscores were read as emphasis."""
    lines = [line for line in added if "`" in line and "*" in line]
    names = set(_CODE.findall("\n".join(removed))) if lines else set()
    for line in lines:
        for name in _CODE.findall(line):
            meant = name.replace("*", "_")
            if name not in names and meant in names and meant != name:
                return Residue(line, f"the prompt spells {meant!r} otherwise")
    return None


def _first_word(line: str) -> str:
    return next(iter(_without_sign(line).split(maxsplit=1)), "")


def _begins(lines: Sequence[str], start: str, *, more: bool = False) -> bool:
    """Say whether the next of sorted lines begins with a text, and has `more` than signs behind."""
    at = bisect_left(lines, start)
    if at == len(lines) or not lines[at].startswith(start):
        return False
    return not more or any(map(str.isalnum, lines[at][len(start) :]))


def _squeezed(line: str) -> str:
    return "".join(_without_sign(fold(line)).split()).casefold()


def _without_sign(line: str) -> str:
    sign = _SIGN.match(line)
    return line[sign.end() :] if sign else line
