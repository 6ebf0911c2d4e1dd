"""Why a person should look at what a patch writes, though nothing proves that it is wrong."""

from collections.abc import Iterator

from planner.patch.changes import Changes
from planner.patch.form import misshapen
from planner.patch.oddities import oddity


def doubts(prompt: str, changes: Changes) -> Iterator[str]:
    """Yield what is doubtful about the new text, a sentence each.

    Pairs that break a form are refused; of a diff, whose quoted lines prove its place, it is told.
    """
    broken = misshapen(prompt, changes)
    if broken:
        yield broken.reason
    odd = oddity(prompt, changes)
    if odd:
        yield odd
