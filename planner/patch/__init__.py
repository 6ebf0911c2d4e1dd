"""Apply a model's prompt patch exactly, or refuse it with the reason; never guess.

The rules R1 to R12 are in each module: a text that nobody meant is worse than
any number of refusals.

- `diffs` reads the hunks of a text and finds the one place of each; `pairs` does so for
  search/replace pairs. Both end in `changes`.
- `residue` refuses new lines that hold what belongs to the diff or to its transport; `form` and
  `balance`, what leaves a block, a table or a list broken.
- `doubts` tells people what in new text is unlike the prompt.
- `canonical` writes the diff that the plan carries; `share` counts how much changed.
"""

from planner.patch.canonical import canonical_diff
from planner.patch.diffs.apply import apply_diff
from planner.patch.outcome import Patched, RefusalCode, Refused
from planner.patch.pairs.apply import apply_replacements
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
