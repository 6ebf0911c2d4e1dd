"""What in new lines is unlike the prompt: no proof of damage, so that a person looks at it.

What proves damage is refused elsewhere (see `residue`). Here
stands what sound text has at times, too: an end without a full stop where all others
have one, a sign that the prompt uses nowhere, a bracket that nothing closes.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

from planner.patch.code import in_code, is_fence
from planner.patch.doubts.artefacts import artefact, may_hold_artefact
from planner.patch.doubts.habits import (
    GLUED,
    SIGNS,
    SLOT,
    WORD,
    Habits,
    Kind,
    habits_of,
    is_closed,
    parted,
    script_of,
)
from planner.patch.doubts.vocabulary import are_ordinary, misread_word, unknown_word
from planner.patch.residue.garbling import mojibake
from planner.patch.residue.meant import NAMED, is_named
from planner.patch.residue.sought import Marks, sought_in
from planner.patch.touched import Written

_LOOKED_AT: Final = 500
"""New lines of a patch that are looked at; whoever writes more is told to a person anyway."""
_SUSPECT: Final = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"  | [.,;:!?]|[a-z](?:[.!?;:,][A-Za-z]|\? [a-z])",
        r"[^.!?:;,)\"'`*\]}>|\n]$",
        r"^[ \t]*(?:(?:[-+*>]|\d{1,3}[.)])[ \t]+)?[a-z]",
        r"[NXYZT](?:\b|X|B[DA]\b|KTK|ODO\b)",
        r"[A-Za-z][01|]+[A-Za-z|]",
        r"^(?:\*\*)?(?:AI|Assistant|Human|User|System|Model):",
    )
)
"""What odd texts have, beside signs and what is open, and most sound ones have not."""
_SIGNED: Final = re.compile(r"[^A-Za-z0-9 .,;:!?'\n/-]")
_SIGNALS: Final = (
    *("...", "%", "student", "trace", "cluster", "diagnosis", " rule", " instruction", " prompt"),
    *(" line", "undefined", "NaN", "None", "null", "FIXME", "{}", "{ }", "to be ", "{{#"),
    *(" diff", " patch", " hunk", " edit", "ame as "),
)
_LONG: Final = 25
"""Letters; no word of prose is longer."""
_OF_CODE: Final = re.compile(r'[ \t]*(?:"[^"\n]{1,80}":|[\]}|])')
_TAGS: Final = re.compile(r"^[ \t]*</?([\w-]+)(?: [^<>\n]*)?>[ \t]*$", re.MULTILINE)
_RULE: Final = re.compile(r"[ \t]*([-*_=~])(?:[ \t]*\1){2,}")
_WHOLE: Final = re.compile(
    r"(`{1,3})[^`\n]+\1|<?https?://[^\s)>\]]+>?|\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]+"
    r"|\{\{[^{}\n]+\}\}|\{%(?!-? *(?:end)?raw)[^{}\n]+%\}|\{\w+\}"
)
"""What is a word of its own, whatever signs it has."""
_FORMED: Final = re.compile(
    r"\*{2,3}[^*\n]+\*{2,3}|(?<![\w*])\*[^*\s][^*\n]*\*(?!\w)|(?<!\w)_{1,2}[^_\n]+_{1,2}(?!\w)"
    r"|\[[^\[\]\n]+\]\([^()\n]+\)|\[\d[\d, ]*\]|\$\d[\d.,]*|\w?#\w|[<>]=? ?\d[\d.,]*"
    r"|\w [<>=]=? \w|\+\d|\w\+(?=\w|\s|$|\))|[~^]\d|@\w+|[:;]-?[()]"
)
"""Emphasis, links, amounts, comparisons: signs in their usual place."""
_AGAIN: Final = re.compile(
    r"(?<!\S)(?!\S+ (?:and|or|by|after|to|und|y|et) )(\S+ \S+(?: \S+)?) \1(?!\w)"
)
"""Two or three words, and the same right behind them; but `step by step by step`."""
_TWICE: Final = re.compile(
    r"\b([^\W\d_]{2,}|a) \1\b(?![-\u2019'])|\b([^\W\d_]{4,})[;,] \2\b", re.IGNORECASE
)
_DOUBLED_BY_RULE: Final = frozenset({"that", "had", "so", "very", "no"})
_HANGING: Final = re.compile(
    r" (?:an?|the|and|or|but|nor|of|to|in|on|at|for|with|from|by|as|than|because|their"
    r"|your|its|his|my|our|these|those|into|about|via|any|each|every|if|when|while"
    r"|which|who)$",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"[a-z]+(?:[A-Z_./\d]|: )")
"""A name as code has it, or a key."""
_FIELD: Final = re.compile(r"[ \t]*[\w-]{1,40}:(?:[ \t]|$)")
"""A line of its own, with a key."""
_DIFF: Final = re.compile(r"@@ |(?:---|\+\+\+) [ab]/|diff --git |\\ No newline at end of file")
_WHO: Final = r"\**(?:AI|Assistant|Human|User|System|Model):(?:\*\*)?(?= )"
_SPEAKER: Final = re.compile(_WHO, re.IGNORECASE)
_SPEAKERS: Final = re.compile(rf"^\W{{0,4}}({_WHO})", re.IGNORECASE | re.MULTILINE)
_REFERRING: Final = re.compile(
    r"\b(?:other|previous|existing|remaining|old|earlier) (?:rules?|instructions?|prompt|lines?)\b"
    r"|\b(?:this|the rest of the) (?:diff|patch|hunk|edit)\b|^same as (?:above|before)\b"
    r"|^(?:re(?:write|phrase|word)|change|formuliere|reformule[rz]?|reescrib\w+)\b[^\n]{0,40}"
    r"\b(?:this(?: rule| line| sentence)?|diese[rn]? (?:regel|zeile|satz)|esta regla|here"
    r"|cette (?:r\u00e8gle|ligne))\b|\bthe user wants me to\b"
    r"|^(?:see|siehe) (?:rationale|oben|above)\b"
    r"|\bthe student\b|\btraces? [\w-]{0,8}\d|\b(?:failure )?cluster\b|\bdiagnosis\b",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile('"[^"\n]*"|[\u201c\u201e][^\u201c\u201d\n]*[\u201c\u201d]')
_SPOKEN_OF: Final = re.compile(
    rf"\"[^\"\s]{{1,20}}\"|(?<!\w)'[^'\s]{{1,20}}'(?!\w)|{NAMED.pattern}[ \t]\S{{1,40}}"
)
"""A sign in quotes, or an example."""
_WITH_BACKSLASH: Final = re.compile(r"(?<!\S)[^\s\\]*\\\S*\w")
_COMPARED: Final = 10
"""Old lines with backslashes that a new one is compared with."""
_DIGIT: Final = re.compile(r"\d")
_TELLING: Final = 4
"""Characters; a shorter word may stand in a line by chance."""
_SLOT_OF_TEMPLATE: Final = re.compile(r"\{\{[^{}\n]{1,80}\}\}|\$\{\w[\w.]*\}")
"""Those of `str.format` are looked at in the whole plan."""
_LOST_SIGNS: Final = ("{{", "${", "@")
_ADDRESS: Final = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]*\w")
"""What an edited line still has, as a rule."""
_BRACKETS: Final = ("()", "[]", "{}")
_ENUMERATED: Final = re.compile(r"(?<!\S)(?:\d{1,2}|[a-h])\)")
"""A point within a sentence: `first 1) the date, then 2) the place`."""
_SHORT: Final = 3
"""Words that need no full stop."""
_UNCASED: Final = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "ARABIC", "HEBREW"})
_NAME_WITHIN: Final = 30
_LETTER: Final = re.compile(r"[^\W\d_]")
_FOREIGN: Final = 0.34
"""The share of words in another script that a line in the prompt's own has at most."""


class _Line(NamedTuple):
    """A new line, as it is looked at."""

    habits: Habits
    kind: str
    whole: str
    """The line as it is written."""
    text: str
    """Without the sign with which it begins."""
    plain: str
    """The text without code, links and what else stands in its usual form."""
    words: Sequence[str]
    beside: Sequence[str]
    """The lines that it replaces, without their signs."""
    written: str
    """All that the change writes."""
    goes_on: bool
    """Whether text follows on the next line."""
    follows: bool
    """Whether it goes on with the line above."""
    is_code: bool
    """Whether it stands in a block of code."""

    @property
    def usual(self) -> Kind:
        """What the prompt's lines of its kind do."""
        return self.habits.kinds.get(self.kind, Kind())


def oddity(written: Written) -> str | None:
    """Return what is unlike the prompt in the first new line that is, as one sentence.

    Args:
        written: The prompt, and what is to be done to it.
    """
    prompt, spans = written.prompt, written.changes.spans
    habits = habits_of(prompt)
    escapes = "\\" in prompt
    suspects = [
        at
        for at, one in enumerate(spans)
        if escapes
        or _may_lose(prompt[one.start : one.end], one.text)
        or _is_suspect(habits, one.text)
    ]
    if not suspects:
        return None
    tags = Counter(found[1] for one in spans for found in _TAGS.finditer(one.text))
    lines = (line for at in suspects for line in _new_lines(habits, written, at, tags))
    for line in islice(lines, _LOOKED_AT):
        checks = (_respelt,) if line.is_code else _CHECKS
        why = next((told for check in checks if (told := check(line))), None)
        if why:
            return f"The new line {line.text[:80]!r} is unlike the prompt: {why}."
    return None if next(lines, None) is None else f"It has more than {_LOOKED_AT} new lines."


def _may_lose(old: str, text: str) -> bool:
    """Tell whether an old text has slots, addresses or accents that the new one may lack."""
    if any(map(old.__contains__, _LOST_SIGNS)):
        return True
    return text.isascii() and not old.isascii()


def _is_suspect(habits: Habits, text: str) -> bool:
    """Tell whether a text may be odd: most are not, and need no second look."""
    if _SIGNED.search(text) and _is_signed_oddly(habits, text):
        return True
    words = text.split()
    return (
        any(map(text.__contains__, _SIGNALS))
        or text.endswith((",", ",\n"))
        or max(map(len, words), default=0) > _LONG
        or (len(set(words)) < len(words) and _repeats(text, words))
        or may_hold_artefact(text)
        or any(one.search(text) for one in _SUSPECT)
        or not are_ordinary(words)
    )


def _repeats(text: str, words: Sequence[str]) -> bool:
    """Tell whether a word, or several, may stand twice in a row."""
    return any(map(str.__eq__, words, words[1:])) or _AGAIN.search(text) is not None


def _is_signed_oddly(habits: Habits, text: str) -> bool:
    """Tell whether signs of a text are none of the prompt's, or have no other half."""
    return (
        not text.isascii()
        or not habits.signs.issuperset(SIGNS.intersection(text))
        or any(text.count(mark) % 2 for mark in '"`')
        or any(text.count(opens) != text.count(closes) for opens, closes in _BRACKETS)
    )


def _new_lines(
    habits: Habits, written: Written, at: int, tags: Mapping[str, int]
) -> Iterator[_Line]:
    """Yield the lines that a change writes."""
    touched = written.touched[at]
    old, new = touched.old, touched.new
    kept, stay = Counter(old), set(new)
    removed = [parted(line)[1] for line in old if line and line not in stay][:_LOOKED_AT]
    are_closed = bool(removed) and all(map(is_closed, removed))
    inside = in_code(written.closed, touched.start)
    beside = zip(["", *new], new, [*new[1:], ""], strict=False)
    for above, line, below in beside:
        inside ^= is_fence(line)
        if kept[line]:
            kept[line] -= 1
        elif line in habits.lines:
            continue  # It moves, or stands there as it stands elsewhere.
        elif line and not is_fence(line) and (inside or not _has_form(habits, line, tags)):
            kind, told = parted(line)
            plain = _FORMED.sub(_brackets, _WHOLE.sub("0", told))
            begins = _FIELD.match(below) or (below[:1].isupper() and are_closed)
            goes_on = bool(below) and parted(below)[0][0].isdigit() and "|" not in below
            yield _Line(
                habits=habits,
                kind=kind,
                whole=line,
                text=told,
                plain=plain,
                words=WORD.findall(told),
                beside=removed,
                written=written.changes.spans[at].text,
                goes_on=goes_on and not begins,
                follows=bool(above) and kind[0].isdigit() and not is_closed(above),
                is_code=inside,
            )


def _has_form(habits: Habits, line: str, tags: Mapping[str, int]) -> bool:
    """Tell whether a line is code, a rule, or a tag that the prompt or the patch has twice."""
    if _OF_CODE.match(line) or _RULE.fullmatch(line):
        return True
    tag = _TAGS.fullmatch(line)
    return tag is not None and (tags[tag[1]] > 1 or tag[1] in habits.prompt)


def _brackets(found: re.Match[str]) -> str:
    """Return what of a form counts as brackets still: none does that it opens and closes."""
    return "0" if found[0].count("(") == found[0].count(")") else found[0].strip(":;-")


# --- what is odd ----------------------------------------------------------------------------


def _of_diff(line: _Line) -> str | None:
    found = _DIFF.match(line.text)
    return "a diff has such lines" if found and found[0] not in line.habits.prompt else None


def _spoken(line: _Line) -> str | None:
    found = _SPEAKER.match(line.text)
    if found is None or found[0] in line.habits.prompt:
        return None
    is_dialogue = len({one.lower() for one in _SPEAKERS.findall(line.written)}) > 1
    return None if is_dialogue else f"{found[0]!r} is who speaks in a chat"


def _refers(line: _Line) -> str | None:
    """Tell of words on the edit, or on a text that is not there."""
    found = _REFERRING.search(line.plain)
    if found and found[0].lower() not in line.habits.prompt.lower():
        return f"it speaks of {found[0]!r}"
    return None


def _dots(line: _Line) -> str | None:
    """Tell of dots that may stand for what was left out."""
    told = _QUOTED.sub("", line.plain)
    dots = next((one for one in ("...", "\u2026") if one in told), None)
    if dots is None or dots in line.habits.prompt:
        return None
    return "dots stand nowhere else"


def _foreign_sign(line: _Line) -> str | None:
    if not line.habits.prompt:
        return None
    strange = SIGNS.intersection(line.plain) - line.habits.signs
    signs = sorted(strange.intersection(_SPOKEN_OF.sub("", line.plain)) if strange else ())
    return f"it has {' '.join(signs)}, which stands nowhere else" if signs else None


def _left_by_a_program(line: _Line) -> str | None:
    return artefact(line.habits, line.whole)


def _speaks_of_damage(line: _Line) -> str | None:
    """Tell of a mark that is refused where nothing says that the line speaks of it."""
    if not NAMED.search(line.text):
        return None
    if mojibake(line.text) is not None and not line.habits.has(mojibake):
        return "it speaks of characters in a wrong encoding"
    for mark in sought_in(Marks.ALL, line.text).marks:
        found = mark.pattern.search(line.text)
        if found and is_named(found) and not line.habits.has(mark.pattern.search):
            return f"it speaks of {found[0][:40]!r}"
    return None


def _respelt(line: _Line) -> str | None:
    """Tell of a word of the old line that comes back without its backslashes, or with more."""
    beside = [text for text in line.beside if "\\" in text or "\\" in line.text][:_COMPARED]
    old = _DIGIT.sub("0", "\n".join(beside))
    new = _DIGIT.sub("0", line.text) if old else ""
    for word in _WITH_BACKSLASH.findall(old):
        bare, doubled = word.replace("\\", ""), word.replace("\\", "\\\\")
        if doubled in new or (len(bare) >= _TELLING and bare in new and word not in new):
            return f"{word[:40]!r} may have lost its backslashes, or have too many"
    for word in _WITH_BACKSLASH.findall(new) if "\\" in new else ():
        bare = word.replace("\\", "")
        if len(bare) >= _TELLING and bare in old and word not in old:
            return f"{word[:40]!r} may have backslashes too many"
    return None


def _drops_slot(line: _Line) -> str | None:
    """Tell of a slot, or of an address, that the old lines have and nothing of the new ones."""
    if len(line.beside) > line.written.count("\n") + 1:
        return None  # Lines were left out, with what they had.
    old = "\n".join(line.beside)
    for kind in (_SLOT_OF_TEMPLATE, _ADDRESS):
        had = kind.findall(old)
        written = f"{line.whole}\n{line.written}"
        lost = [one for one in had if one not in written and _is_reworded(line, one)]
        if lost and len(set(kind.findall(written))) < len(had):
            return f"{lost[0][:40]!r} of the old line is missing"
    return None


def _is_reworded(line: _Line, slot: str) -> bool:
    """Tell whether a line has half of the words of the old one in which a slot stands."""
    old = next((text for text in line.beside if slot in text), "")
    words = WORD.findall(old.replace(slot, ""))
    return 2 * sum(word in line.words for word in words) >= len(words)


def _drops_accents(line: _Line) -> str | None:
    """Tell of a word of the old line that comes back without its accents."""
    old = [word for text in line.beside if not text.isascii() for word in WORD.findall(text)]
    new = frozenset(line.words)
    for word in old:
        bare = "" if word.isascii() else _bare(word)
        if len(bare) > 1 and bare.isascii() and bare in new and word not in new:
            return f"{bare!r} may be {word!r}"
    return None


def _bare(word: str) -> str:
    """Return a word without its accents; what has none keeps its letters."""
    return "".join(
        one for one in unicodedata.normalize("NFD", word) if not unicodedata.combining(one)
    )


def _slot(line: _Line) -> str | None:
    found = SLOT.search(line.plain)
    if found and not line.habits.has_slots:
        return f"{found[0]!r} may be a slot that nobody filled"
    return None


def _stutters(line: _Line) -> str | None:
    again = _AGAIN.search(line.text)
    if again and again[0] not in line.habits.prompt and any(map(str.isalpha, again[0])):
        return f"{again[0][:80]!r} is the same words twice"
    found = _TWICE.search(line.text)
    if (
        found
        and (found[1] or "").lower() not in _DOUBLED_BY_RULE
        and found[0] not in line.habits.prompt
    ):
        return f"{found[0]!r} is one word twice"
    return None


def _run_together(line: _Line) -> str | None:
    found = GLUED.search(line.plain)
    if found and not line.habits.glues:
        return f"a blank may lack, or be too many, in {found[0]!r}"
    return None


def _hangs(line: _Line) -> str | None:
    if line.text.endswith(",") and not line.goes_on and not line.habits.has_commas:
        return "it ends in a comma"
    found = _HANGING.search(line.text) if line.kind[0] != "#" else None
    if found is None or line.goes_on or any(map(_HANGING.search, line.beside)):
        return None
    return f"it ends in {found[0].strip()!r}"


def _unbalanced(line: _Line) -> str | None:
    for opens, closes in _BRACKETS:
        over = line.plain.count(closes) - line.plain.count(opens)
        if over == len(_ENUMERATED.findall(line.plain)) and closes == ")":
            continue
        if over and line.text[1:2] != closes:
            return f"its brackets {opens}{closes} do not match"
    if line.plain.count('"') % 2 and not re.search(r'\d"', line.plain):
        return "one of its quotation marks has no other"
    return "one of its backticks has no other" if line.text.count("`") % 2 else None


def _open_end(line: _Line) -> str | None:
    is_short = len(line.words) < _SHORT and not line.usual.is_always_closed
    if is_short or line.kind[0] == "#" or is_closed(line.text) or line.goes_on:
        return None
    if not all(map(is_closed, line.beside)) or _are_open(line):
        return None
    return "its end has no full stop" if line.beside or line.usual.ends_closed else None


def _are_open(line: _Line) -> bool:
    """Tell whether all new items of this kind, and there are several, have no full stop."""
    return line.kind in _open_kinds(line.written)


@lru_cache(maxsize=4)
def _open_kinds(written: str) -> frozenset[str]:
    lines = [(kind, text) for kind, text in map(parted, written.split("\n")) if text]
    counts = Counter(kind for kind, _ in lines)
    closed = {kind for kind, text in lines if is_closed(text)}
    return frozenset(kind for kind, count in counts.items() if count > 1 and kind not in closed)


def _small_start(line: _Line) -> str | None:
    if not line.words or not line.text[:1].islower() or _NAME.match(line.text) or line.follows:
        return None
    if not _UNCASED.isdisjoint(map(script_of, line.text[:_NAME_WITHIN])):
        return None  # A name of another language begins it.
    usual = line.usual.begins_upper and not any(text[:1].islower() for text in line.beside)
    return "it begins with a small letter" if usual else None


def _foreign_word(line: _Line) -> str | None:
    """Tell of a word or two of another script: a whole line in another language is meant."""
    if line.text.isascii():
        return None
    known = line.habits.scripts
    tokens = [token for token in line.text.split() if any(map(str.isalpha, token))]
    foreign = [one for one in tokens if not known.issuperset(map(script_of, _LETTER.findall(one)))]
    if foreign and len(foreign) <= _FOREIGN * len(tokens):
        return f"{foreign[0][:40]!r} is of another script"
    return None


def _no_word(line: _Line) -> str | None:
    text = _WHOLE.sub("0", line.text)
    misread = misread_word(line.habits.prompt, text)
    if misread:
        return f"{misread[0][:40]!r} may be {misread[1][:40]!r}"
    word = unknown_word(line.habits.prompt, text)
    return f"{word[:40]!r} is no word that it, or its language, has" if word else None


_CHECKS: Final[Sequence[Callable[[_Line], str | None]]] = (
    _of_diff,
    _spoken,
    _refers,
    _dots,
    _left_by_a_program,
    _speaks_of_damage,
    _respelt,
    _drops_slot,
    _drops_accents,
    _foreign_sign,
    _slot,
    _stutters,
    _run_together,
    _hangs,
    _unbalanced,
    _open_end,
    _small_start,
    _foreign_word,
    _no_word,
)
