"""Apply a model's prompt patch exactly, or refuse it with the reason; never guess.

The rules R1 to R12 are in each module: a text that nobody meant is worse than
any number of refusals.
"""

from planner.patch.apply import apply_diff
from planner.patch.canonical import canonical_diff
from planner.patch.outcome import Patched, RefusalCode, Refused
from planner.patch.replacements import apply_replacements
from planner.patch.shape import is_whole_prompt
from planner.patch.share import changed_share

__all__ = [
    "Patched",
    "RefusalCode",
    "Refused",
    "apply_diff",
    "apply_replacements",
    "canonical_diff",
    "changed_share",
    "is_whole_prompt",
]
