"""What comes of a patch: the whole patched prompt, or a refusal that says why."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class RefusalCode(StrEnum):
    """Why a patch was refused, in one word that a report can count."""

    ALREADY_APPLIED = "already_applied"
    AMBIGUOUS = "ambiguous"
    CUT_SHORT = "cut_short"
    GLUES_LINES = "glues_lines"
    MALFORMED = "malformed"
    NO_CHANGE = "no_change"
    NO_HUNKS = "no_hunks"
    NO_MATCH = "no_match"
    NOTHING_TO_VERIFY = "nothing_to_verify"
    OVERLAPPING = "overlapping"
    PLACEHOLDER = "placeholder"
    SEVERAL_FILES = "several_files"
    STALE_TWIN = "stale_twin"
    TOO_LARGE = "too_large"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Patched:
    """The patch fits."""

    text: str
    """The whole patched prompt."""
    said: str = ""
    """What stands around a diff in words: a person has to read it before the text is used."""
    look: Callable[[], Iterable[str]] = field(default=tuple, repr=False, compare=False)
    """Looks for doubts, where somebody asks for them."""

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why the new text may be damaged, a sentence each: a person has to look at it."""
        return tuple(self.look())


@dataclass(frozen=True, slots=True)
class Refused:
    """The patch does not fit, and nothing of it was applied."""

    code: RefusalCode
    reason: str
    """One sentence; an ambiguous one lists the prompt lines where it would fit."""
