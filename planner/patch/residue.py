r"""What in added text belongs to the diff, to the transport or to the talk around it.

The prompt is the yardstick: a mark that it uses is its style, and one that it
uses nowhere is no text that a careful writer adds. Each mark is a pattern of
its own, so that an arrow in the prompt excuses arrows and nothing else.
"""

import html
import re
from bisect import bisect_left
from collections.abc import Sequence, Set
from itertools import islice
from typing import Final, NamedTuple

from planner.patch.code import holds_fence
from planner.patch.fields import respelt
from planner.patch.garbling import garbled
from planner.patch.lines import fold
from planner.patch.marks import (
    COMPARED,
    ESCAPED,
    LEFT_OUT,
    Mark,
    Marks,
    WholeLine,
    sought_in,
)
from planner.patch.remarks import is_enclosed

_ARROW: Final = re.compile(r"(?:\u2192|\u27f6|\u21d2|[-=]{1,3}>|\u279c|\u2794)")
_QUOTES: Final = "\"'\u201c\u201d\u201e\u2018\u2019"
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
_LOOKED_AT: Final = 50
"""Places at which a mark is looked at: a text that mentions it more often speaks of it."""
_CONTROLS: Final = frozenset("\t\r\x0b\x0c")
"""What is left of an escape that JSON took for its own: nobody speaks of it so."""
_OF_MARKUP: Final = re.compile(r"\b(?:x?html|xml|entit(?:y|ies)|escap\w*)\b", re.IGNORECASE)
_TOLD: Final = re.compile(
    r"\b(?:use|write|insert|type|emit|print|avoid|no|as)[ \t]+\Z", re.IGNORECASE
)
_TELLS_WITHIN: Final = 12
"""Characters; no word of those is longer."""
_FENCE: Final = re.compile(r"[ \t]*(?:`{3,}|~{3,})")
_LABELLED: Final = re.compile(r"[^\w\n]*\w[\w ]{0,20}:\s")
"""What is said or shown behind a name may break off: `User: hmm...`, `Usage: run [file] ...`."""
_COUNTING: Final = re.compile(r"(?:\b(\d{1,3}|[A-Za-z]), ){2}(?:\.{3}|\u2026)[ \t]*\Z")
_COUNTED_IN: Final = 16
"""Characters: `1, 2, 3, ...` leaves nothing out that is not known."""
_LABEL: Final = re.compile(
    r"[ \t]*(?:[-*+] )?(?:after|before|now|result|output|fixed|correct|better|replace|with|to):"
    r"[ \t]+",
    re.IGNORECASE,
)
_LABELLED_BY: Final = 8
"""Characters in common, which tell that a text is another one's new version."""
_URL: Final = 200
_BLANKS: Final = frozenset(" \t")
_LINK: Final = re.compile(r"\bhttps?(?:://[^\s<>()\"'`]*)?")
_PARTS: Final = frozenset({"", "/", "?", "#", "."})
"""What begins another part of a link: it may be left out from there."""
_STOPS: Final = ".,;:!?"
_SPELT: Final = re.compile(r"(?<!\S)\\[nrt](?![a-z])")
_TELLING: Final = 3
"""Characters: what is shorter may end any line."""
_SIGN: Final = re.compile(r"[ \t]*(?:[-*+\u2022][ \t]+|\d{1,3}[.)][ \t]+|#{1,6}[ \t]+|>[ \t]?)")


class Residue(NamedTuple):
    """An added line that is not text of the prompt, and why."""

    line: str
    why: str


def residue(
    prompt: str,
    added: Sequence[str],
    removed: Sequence[str] = (),
    *,
    code: Sequence[str] = (),
    counted: bool = False,
) -> Residue | None:
    """Return the first added line that holds what no prompt of this style does.

    Args:
        prompt: The text as it was given: what it holds itself is no residue.
        added: Lines that are to be written, without their endings.
        removed: Lines that they replace: what abbreviates or repeats one is residue.
        code: Further added lines, which stand in blocks of code.
        counted: Whether counts prove that what looks like a diff's own line is text.
    """
    whole = "\n".join([*added, *code])
    damaged = garbled(prompt, whole)
    if damaged:
        return Residue(_line_at(whole, damaged[0]), damaged[1])
    field = respelt(prompt, whole, "\n".join(removed))
    if field:
        line = _line_at(whole, whole.index(field))
        return Residue(line, f"the prompt spells the field {field!r} otherwise")
    said, shown = added, code
    if holds_fence(whole):
        said = _outside_of_code(added)
        kept = set(said)
        shown = [*code, *(line for line in added if line not in kept)]
    return (
        _held(prompt, shown, Marks.EDITED_CODE if removed else Marks.CODE)
        or _held(prompt, said, Marks.COUNTED if counted else Marks.ALL)
        or (_in_place_of(prompt, said, shown, removed) if removed else None)
    )


def _held(prompt: str, lines: Sequence[str], marks: Marks) -> Residue | None:
    """Return the first line with a mark, or of a kind, that the prompt does not have."""
    if not lines:
        return None
    text = "\n".join(lines)
    sought = sought_in(marks, text)
    found = _marked(prompt, text, sought.marks)
    if found:
        return Residue(_line_at(text, found[0]), found[1])
    for line in lines:
        why = _spoken(prompt, line, sought.lines)
        if why:
            return Residue(line, why)
    return None


def _in_place_of(
    prompt: str, said: Sequence[str], shown: Sequence[str], removed: Sequence[str]
) -> Residue | None:
    """Return a line that only stands for removed ones, or shows them beside their new text."""
    return (
        _shrinking(prompt, said, removed)
        or _replacing(prompt, said, removed)
        or _labelled([*said, *shown], removed)
        or _cut_link([*said, *shown], removed)
        or _beheaded(said, removed)
    )


def _outside_of_code(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines but those within code blocks that open and close among them.

    In code a comment, an arrow or a sign is code.
    """
    fences = [at for at, line in enumerate(lines) if _FENCE.match(line)]
    if not fences or len(fences) % 2:
        return lines
    kept: list[str] = []
    start = 0
    for opens, closes in zip(fences[::2], fences[1::2], strict=True):
        kept += lines[start : opens + 1]
        start = closes
    return [*kept, *lines[start:]]


def _line_at(text: str, at: int) -> str:
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", max(at, start))
    return text[start : len(text) if end < 0 else end]


def _marked(prompt: str, text: str, marks: Sequence[Mark]) -> tuple[int, str] | None:
    """Find a mark that the prompt does not use."""
    holds = text.__contains__
    for mark in marks:
        if (mark.holds and not any(map(holds, mark.holds))) or not mark.pattern.search(text):
            continue
        places = islice(mark.pattern.finditer(text), _LOOKED_AT)
        found = next((one for one in places if not _is_meant(prompt, mark.why, one)), None)
        if found and not mark.pattern.search(prompt):
            return found.end() if text[found.start()] == "\n" else found.start(), mark.why
    return None


def _is_meant(prompt: str, why: str, found: re.Match[str]) -> bool:
    """Say whether what stands around a mark makes it text."""
    text = found.string
    if why is LEFT_OUT and _LABELLED.match(_line_at(text, found.end() - 1)):
        return True
    if why is LEFT_OUT and _COUNTING.search(text, max(0, found.start() - _COUNTED_IN), found.end()):
        return True
    if why is ESCAPED and (found[0] in _CONTROLS or _is_encoded(prompt, found)):
        return False
    if why is ESCAPED and (_is_unescaped(text, found) or _is_in_path(prompt, found)):
        return True
    return _mentions(found)


def _is_encoded(prompt: str, found: re.Match[str]) -> bool:
    """Say whether a word of the prompt comes back with its signs as entities."""
    text = found.string
    start = max(text.rfind(blank, 0, found.start()) for blank in " \t\n") + 1
    word = next(iter(text[start:].split(maxsplit=1)), "")
    return "&" in found[0] and len(html.unescape(word)) > 1 and html.unescape(word) in prompt


def _is_unescaped(text: str, found: re.Match[str]) -> bool:
    """Say whether a text that was escaped on its way would have no such neighbours."""
    if _is_subject(found):
        return True
    if found[0][0] == "&":
        return "<" in text or ">" in text or _names_entity(found)
    if found[0][0] == "%":
        return "://" in text[max(0, found.start() - _URL) : found.start()]
    return found[0][0] == "<" and (
        "</" in text or _line_at(text, found.start()).lstrip()[:1] == "|"
    )


def _names_entity(found: re.Match[str]) -> bool:
    """Say whether a line that speaks of markup names an entity, as a word of its own."""
    return _is_word(found) and _OF_MARKUP.search(_line_at(found.string, found.start())) is not None


def _is_word(found: re.Match[str]) -> bool:
    text = found.string
    before, behind = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    return not (before.strip() or behind.isalnum())


def _is_subject(found: re.Match[str]) -> bool:
    """Say whether a sentence tells to use an escape: where it came undone, it would tell nothing.

    So it is with a blank or a line break, or where the character stands beside it.
    """
    text = found.string
    line = _line_at(text, found.start())
    start = found.start() - text.rfind("\n", 0, found.start()) - 1
    if not (_is_word(found) and _TOLD.search(line, max(0, start - _TELLS_WITHIN), start)):
        return False
    plain = _unescaped(found[0])
    return not plain.strip() or plain in line[:start] + line[start + len(found[0]) :]


def _unescaped(mark: str) -> str:
    """Return the character that an escape stands for, nothing for a line break."""
    if mark[:2] in {"\\u", "\\x"}:
        return mark.encode("ascii").decode("unicode_escape")
    return "" if mark[0] == "<" else html.unescape(mark)


def _is_in_path(prompt: str, found: re.Match[str]) -> bool:
    r"""Say whether a backslash goes on what the prompt writes with one, as in `C:\new\*.csv`.

    Or whether the text speaks of `\n` as the prompt does, in a word of its own.
    """
    start = max(found.string.rfind(blank, 0, found.start()) for blank in " \t\n") + 1
    if found.string.startswith("\\", start) and found.string[start - 1 : start] in _BLANKS:
        return _SPELT.search(prompt) is not None
    before, backslash, _ = found.string[start : found.start() + 1].rpartition("\\")
    begun, backslash, _ = before.rpartition("\\")
    return bool(backslash) and begun + backslash in prompt


def _mentions(found: re.Match[str]) -> bool:
    """Say whether a mark stands in quotes or in code: then the text speaks of it."""
    text, start = found.string, found.start()
    line = text.rfind("\n", 0, start) + 1
    ends = text.find("\n", start)
    behind_it = text[found.end() : ends if ends >= 0 else len(text)]
    if any(text.count(one, line, start) % 2 == 1 and one in behind_it for one in '`"'):
        return True
    before, behind = text[line:start][-1:], text[found.end() : found.end() + 1]
    return bool(before and behind) and before in _QUOTES and behind in _QUOTES


def _spoken(prompt: str, line: str, kinds: Sequence[WholeLine]) -> str | None:
    """Say why a whole line is talk, a remark or a diff's own, and not text."""
    if not line or line.isspace():
        return None
    for kind in kinds:
        found = kind.is_one(line)
        if not found:
            continue
        excuses = kind.excuses or kind.is_one
        if not any(_is_alike(found, excuses(other)) for other in prompt.split("\n")):
            return kind.why
    return None


def _is_alike(found: object, other: object) -> bool:
    """Say whether a line of the prompt is of the same kind, where there are several."""
    if isinstance(other, frozenset):
        return found in other
    return bool(other) and (not isinstance(found, str) or found == other)


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
    for line in added:
        label = _LABEL.match(line)
        begun = _squeezed(line[label.end() :])[:_LABELLED_BY] if label else ""
        if len(begun) == _LABELLED_BY and any(_squeezed(old).startswith(begun) for old in removed):
            return Residue(line, "a label stands before the new text")
    return None


def _cut_link(added: Sequence[str], removed: Sequence[str]) -> Residue | None:
    """Return a line with a link that is a removed one, cut within a word."""
    olds = set(_LINK.findall("\n".join(removed)))
    if not olds:
        return None
    for line in added:
        for link in set(_LINK.findall(line)) - olds:
            cut = link.rstrip(_STOPS)
            if any(old.startswith(cut) and old[len(cut) :][:1] not in _PARTS for old in olds):
                return Residue(line, f"its link {cut!r} is cut short")
    return None


def _beheaded(added: Sequence[str], removed: Sequence[str]) -> Residue | None:
    """Return a line whose first word is the end of a removed one's: `tels` for `Hotels`."""
    firsts = [word for line in removed if (word := _first_word(line))[:1].isupper()]
    for line in added if firsts else ():
        word = _first_word(line)
        is_end = len(word) > 1 and word.islower() and any(one.endswith(word) for one in firsts)
        if is_end and word not in firsts:
            return Residue(line, f"it begins with {word!r}, the end of a word")
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
