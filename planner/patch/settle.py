"""Several patches of one prompt, all settled against the prompt as it was given."""

from collections.abc import Sequence
from dataclasses import dataclass

from planner.patch.apply import read_diff
from planner.patch.changes import Change, Changes, conflict, joined, line_at, splice
from planner.patch.outcome import Patched, RefusalCode, Refused
from planner.patch.replacements import Pair, read_replacements

Patch = str | Sequence[Pair]
"""A unified diff, or find/replace pairs."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What several patches make of one prompt."""

    text: str
    """The merged text; the prompt itself where nothing was accepted."""
    outcomes: tuple[Patched | Refused, ...]
    """One for each patch, in order; an accepted one holds the prompt with it alone."""


def apply_all(prompt: str, patches: Sequence[Patch]) -> Settled:
    """Apply several patches of one prompt, each settled against the prompt as given.

    They are merged where the text is the same in either order. The first
    stands: a later patch that changes the same text is refused, and says where.
    """
    accepted = Changes(())
    outcomes: list[Patched | Refused] = []
    for patch in patches:
        changes = _read(prompt, patch)
        if isinstance(changes, Refused):
            outcomes.append(changes)
            continue
        merged = _merge(prompt, accepted, changes)
        if isinstance(merged, Refused):
            outcomes.append(merged)
            continue
        accepted = merged
        outcomes.append(Patched(splice(prompt, changes)))
    return Settled(splice(prompt, accepted), tuple(outcomes))


def _read(prompt: str, patch: Patch) -> Changes | Refused:
    if isinstance(patch, str):
        return read_diff(prompt, patch)
    return read_replacements(prompt, patch)


def _merge(prompt: str, accepted: Changes, changes: Changes) -> Changes | Refused:
    """Add a patch's changes to those accepted, or refuse it."""
    if set(changes.spans) <= set(accepted.spans) and changes.final_newline is None:
        return Refused(RefusalCode.NO_CHANGE, "An earlier patch of this prompt does the same.")
    spans = joined([*accepted.spans, *changes.spans])
    clash = conflict(spans)
    if clash:
        return _clashing(prompt, clash)
    if None not in {accepted.final_newline, changes.final_newline} and (
        accepted.final_newline != changes.final_newline
    ):
        return Refused(
            RefusalCode.OVERLAPPING, "An earlier patch settles the final newline differently."
        )
    newline = accepted.final_newline if changes.final_newline is None else changes.final_newline
    return Changes(tuple(spans), newline)


def _clashing(prompt: str, clash: tuple[Change, Change]) -> Refused:
    return Refused(
        RefusalCode.OVERLAPPING,
        "An earlier patch of this prompt changes the same text at prompt line "
        f"{line_at(prompt, clash[1].start)}.",
    )
