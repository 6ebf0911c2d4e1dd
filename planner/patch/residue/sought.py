"""Which marks, and which kinds of lines, are looked for in a text: few of them can be in it."""

from enum import Enum, auto
from functools import lru_cache
from typing import Final, NamedTuple

from planner.patch.residue.marks import CODE_MARKS, MARKS, Mark
from planner.patch.residue.reasons import LEFT_OUT, SYNTAX, WITHIN_LINE
from planner.patch.residue.whole_lines import CODE_LINES, LINES, NEW_CODE_LINES, WholeLine


class Marks(Enum):
    """Which marks are looked for."""

    ALL = auto()
    COUNTED = auto()
    """Where counts prove that what looks like a diff's own line is text."""
    CODE = auto()
    """In code, where a comment is code."""
    EDITED_CODE = auto()
    """In code that takes the place of other code: dots may stand for what was there."""


class Sought(NamedTuple):
    """The marks, and the kinds of lines, that are looked for in a text."""

    marks: tuple[Mark, ...]
    lines: tuple[WholeLine, ...]


TABLES: Final = {
    Marks.ALL: Sought(MARKS, LINES),
    Marks.COUNTED: Sought(
        tuple(mark for mark in MARKS if mark.why not in (SYNTAX, WITHIN_LINE)),
        tuple(line for line in LINES if line.why is not SYNTAX),
    ),
    Marks.CODE: Sought(CODE_MARKS, NEW_CODE_LINES),
    Marks.EDITED_CODE: Sought(
        (*CODE_MARKS, *(mark for mark in MARKS if mark.why is LEFT_OUT)), CODE_LINES
    ),
}


def sought_in(marks: Marks, text: str) -> Sought:
    """Return the marks that may stand in a text, and the kinds that its lines may be of."""
    bare, whole, holds = _sought_with(marks, _STARTS.intersection(text))
    return whole if any(map(text.__contains__, holds)) else bare


@lru_cache(maxsize=2048)
def _sought_with(
    marks: Marks, characters: frozenset[str]
) -> tuple[Sought, Sought, tuple[str, ...]]:
    """Return what is looked for without marks that hold a text, with them, and these texts."""
    table = TABLES[marks]
    some = tuple(mark for mark in table.marks if not characters.isdisjoint(mark.starts))
    lines = tuple(
        line for line in table.lines if not line.starts or not characters.isdisjoint(line.starts)
    )
    bare = tuple(mark for mark in some if not mark.holds)
    holds = dict.fromkeys(text for mark in some for text in mark.holds)
    return Sought(bare, lines), Sought(some, lines), tuple(holds)


_STARTS: Final = frozenset(
    "".join([*(mark.starts for mark in (*MARKS, *CODE_MARKS)), *(line.starts for line in LINES)])
)
