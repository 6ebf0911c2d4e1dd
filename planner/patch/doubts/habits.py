"""What the lines of a prompt have in common: the yardstick for new ones."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from planner.patch.code import is_fence

SIGNS: Final = frozenset("\\|<>{}[]=+_^~$@#*`")
"""Signs that prose has only where they mean something."""
GLUED: Final = re.compile(
    r"[^\W\d_][^\W\d_A-Z][.!?;:,][A-Z][A-Za-z]|[a-z]{2}[,;!?][a-z]{2}|[^\W\d_]  +[^\W\d_]"
    r"|[^\W\d_] [.,;:!?](?=\s|$)|[a-z]\? [a-z]"
    r"|[a-z]{2}\?[a-z](?![\w=])|[A-Za-z]{26,}"
)
"""A blank too few or too many beside a stop."""
SLOT: Final = re.compile(
    r"\b(?:within|after|up to|at most|at least|more than|less than|fewer than|than|every|about|in"
    r"|max\.?) (?:[NXYZ]|XX+)\b|\b(?:TBD|TBA|XXX+|TKTK|TODO|FIXME|undefined|NaN|None|null)\b"
    r"|(?<![\w%])%[sdif](?!\w)|\{%-? *(?:end)?raw *-?%\}"
    r"|\((?:to be (?:completed|defined|confirmed|added|determined)|tb[cda])\)|\{\{#\w+ "
    r"|(?<![\w`$({])\{\{? ?\}?\}(?![\w`})])"
)
WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_ITEM: Final = re.compile(r"([ \t]*)([-*+\u2022>]|\d{1,3}[.)]|#{1,6})?(?:[ \t]+|$)(?:\[[ xX]\] )?")
_CLOSERS: Final = ")]}\"'\u201d\u201c\u2019\u00bb*_`>|"
_BESIDE_PICTURES: Final = frozenset(" \t\ufe0f\u200d")
_ENDS: Final = (*".!?:;,\u3002\uff01\uff1f\uff1a\u2026",)
_LATIN_ENDS: Final = 0x250
_ONE_SCRIPT: Final = {"HIRAGANA": "CJK", "KATAKANA": "CJK"}
"""Japanese is written in three."""
_FEW: Final = 3
"""Lines of a kind that have no habit yet."""
_MOST: Final = 0.8


class Kind(NamedTuple):
    """How many lines of a kind a prompt has, and how many of them share what."""

    lines: int = 0
    closed: int = 0
    upper: int = 0

    @property
    def ends_closed(self) -> bool:
        """Whether most of its lines end in a stop."""
        return self.lines >= _FEW and self.closed >= _MOST * self.lines

    @property
    def is_always_closed(self) -> bool:
        """Whether all of its lines end in a stop."""
        return self.lines >= _FEW and self.closed == self.lines

    @property
    def is_mostly_closed(self) -> bool:
        """Whether most of its other lines end in a stop, when one of them does not."""
        return self.lines > _FEW and self.closed >= _MOST * (self.lines - 1)

    @property
    def begins_upper(self) -> bool:
        """Whether few of its lines begin with a small letter."""
        return self.lines >= _FEW and self.upper >= _MOST * self.lines


class Habits:
    """What a prompt does; each is looked up once, and only where it is asked for."""

    def __init__(self, prompt: str) -> None:
        self.prompt = prompt
        self._found: dict[Callable[[str], object], bool] = {}

    def has(self, find: Callable[[str], object]) -> bool:
        """Tell whether a search, as `pattern.search`, finds anything in it."""
        if find not in self._found:
            self._found[find] = find(self.prompt) is not None
        return self._found[find]

    @cached_property
    def lines(self) -> frozenset[str]:
        """Its lines, without blanks at their ends."""
        return frozenset(line.rstrip() for line in self.prompt.split("\n"))

    @cached_property
    def signs(self) -> frozenset[str]:
        """The signs that it uses anywhere."""
        return frozenset(sign for sign in SIGNS if sign in self.prompt)

    @cached_property
    def glues(self) -> bool:
        """Whether it has a blank too few or too many itself."""
        return GLUED.search(self.prompt) is not None

    @cached_property
    def has_commas(self) -> bool:
        """Whether lines of it end in a comma, as those of an enumeration do."""
        return ",\n" in self.prompt or ",\r\n" in self.prompt

    @cached_property
    def has_slots(self) -> bool:
        """Whether it speaks of what nobody filled in."""
        return SLOT.search(self.prompt) is not None

    @cached_property
    def scripts(self) -> frozenset[str]:
        """The scripts that it is written in; Latin letters are known to all."""
        return frozenset({script_of("a"), *map(script_of, WORD.findall(self.prompt))})

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """Its kinds of lines outside of code."""
        found: dict[str, Kind] = {}
        inside = False
        for line in self.prompt.split("\n"):
            inside ^= is_fence(line)
            if inside or not line.strip() or line.lstrip()[0] in "|`~":
                continue
            kind, text = parted(line)
            lines, closed, upper = found.get(kind, Kind())
            upper += not text[:1].islower()
            found[kind] = Kind(lines + 1, closed + is_closed(text), upper)
        return found


@lru_cache(maxsize=4)
def habits_of(prompt: str) -> Habits:
    """Return a prompt's habits; several patches of one prompt look at the same."""
    return Habits(prompt)


def parted(line: str) -> tuple[str, str]:
    """Return of which kind a line is, by its sign and its indentation, and its text."""
    found = _ITEM.match(line)
    if not found or not found[2]:
        text = line.strip()
        return f"{len(line) - len(line.lstrip())}", text
    sign = found[2]
    name = sign[0] if sign[0] in "#>" else "1" if sign[0].isdigit() else "-"
    return f"{name}{len(found[1])}", line[found.end() :].strip()


def is_closed(text: str) -> bool:
    """Tell whether a text ends in a stop, a bracket or a quotation mark."""
    text = text if text.isascii() else _without_pictures(text)
    bare = text.rstrip(_CLOSERS)
    return bare != text or bare.endswith(_ENDS)


def _without_pictures(text: str) -> str:
    end = len(text)
    while end and (
        text[end - 1] in _BESIDE_PICTURES or unicodedata.category(text[end - 1]) == "So"
    ):
        end -= 1
    return text[:end]


def script_of(word: str) -> str:
    """Return the script of a word's first letter, by the name that Unicode gives it."""
    if ord(word[0]) < _LATIN_ENDS:
        return "LATIN"
    name = unicodedata.name(word[0], "LATIN").split()[0]
    return _ONE_SCRIPT.get(name, name)
