"""What edits do to the prompts and to each other.

A patch is applied to the prompt as it was given; what the plan then carries is a
diff that we generate, or a whole prompt where most of it changes. Patches of one
prompt become one edit where they touch different lines: an executor can apply
one patch a prompt. In all other cases the first edit of a slot stands and later
ones are rejected. At most three items of the answer stand for a cluster, counted
last, so that a rejected one takes nobody's place.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from planner.models import (
    Flag,
    FlagCode,
    Proposal,
    ProposedEdit,
    RejectedEdit,
    RejectionCode,
    Student,
    canonical_json,
    sha256,
)
from planner.operations import Op
from planner.patch import (
    RefusalCode,
    Refused,
    apply_diff,
    apply_replacements,
    canonical_diff,
    changed_share,
    is_whole_prompt,
)
from planner.placeholders import placeholder_flags

MAX_PER_CLUSTER: Final = 3
"""Items of the answer that may stand for one cluster. Source: the teacher's instructions."""

MAX_PATCHED_SHARE: Final = 0.5
"""A patch that changes more of the prompt's lines is a replacement."""

_PROMPT_OPS: Final = frozenset({Op.PATCH_SYSTEM_PROMPT, Op.REPLACE_SYSTEM_PROMPT})


class _Rejected(Exception):
    """A verdict on an edit; never leaves this module."""

    def __init__(self, code: RejectionCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass
class _Standing:
    """An edit that stands, and what it makes of a prompt."""

    edit: ProposedEdit
    before: str | None = None
    after: str | None = None
    flags: tuple[Flag, ...] = ()
    merged: list[ProposedEdit] = field(default_factory=list)


def settle_patches(proposal: Proposal, student: Student) -> Proposal:
    """Apply the patches, and settle what edits do to each other.

    Args:
        proposal: Edits checked one by one, in the teacher's order.
        student: Its prompts are what the patches are applied to.

    Returns:
        Edits of which each has a slot of its own; prompt edits carry a canonical
        `diff` or the whole `new_content`, and the prompt's digest.
    """
    bench = _Bench(student.prompts)
    rejected = list(proposal.rejected)
    raws: Sequence[Any] = proposal.raw_edits or [None] * len(proposal.edits)
    for edit, raw in zip(proposal.edits, raws, strict=True):
        try:
            bench.settle(edit)
        except _Rejected as verdict:
            rejected.append(_rejection(edit, raw, verdict))
    return Proposal(
        edits=tuple(_finished(one) for one in bench.standing.values()),
        rejected=tuple(sorted(rejected, key=lambda one: one.position)),
        notes=proposal.notes,
    )


def _rejection(edit: ProposedEdit, raw: Any, verdict: _Rejected) -> RejectedEdit:
    return RejectedEdit(
        position=edit.positions[0] if edit.positions else 0,
        code=verdict.code,
        reason=verdict.reason,
        raw=edit.model_dump(mode="json") if raw is None else raw,
        cluster_id=edit.expected_improvement,
    )


class _Bench:
    """The edits that stand so far, by the slot they change."""

    def __init__(self, prompts: Mapping[str, str]) -> None:
        self.prompts = prompts
        self.standing: dict[str, _Standing] = {}
        self.seen: dict[tuple[str, bytes], str] = {}
        self.per_cluster: Counter[str] = Counter()

    def settle(self, edit: ProposedEdit) -> None:
        """Let an edit stand, alone or merged into an earlier one."""
        one = _tried(edit, self.prompts) if edit.op in _PROMPT_OPS else _Standing(edit)
        key = (edit.target, canonical_json([edit.op, edit.payload]))
        if key in self.seen:
            raise _Rejected(RejectionCode.DOUBLE, f"it repeats the edit `{self.seen[key]}`")
        first = self.standing.get(edit.target)
        merged = _merged(first, one) if first else None
        if self.per_cluster[edit.expected_improvement] >= MAX_PER_CLUSTER:
            reason = f"{MAX_PER_CLUSTER} edits already stand for its cluster"
            raise _Rejected(RejectionCode.TOO_MANY_FOR_CLUSTER, reason)
        self.per_cluster[edit.expected_improvement] += 1
        self.seen[key] = first.edit.id if first else edit.id
        self.standing[edit.target] = merged or one


def _tried(edit: ProposedEdit, prompts: Mapping[str, str]) -> _Standing:
    """Return what a prompt edit makes of its prompt."""
    before = prompts.get(edit.target)
    if edit.op is Op.REPLACE_SYSTEM_PROMPT:
        return _replaced(edit, before, str(edit.payload["new_content"]))
    diff = edit.payload.get("diff")
    if isinstance(diff, str) and is_whole_prompt(diff):
        message = "The patch held no diff but a whole prompt."
        flag = Flag(code=FlagCode.BECAME_REPLACEMENT, message=message)
        return _replaced(_as_replacement(edit), before, diff, flag)
    if before is None:
        reason = f"the current text of `{edit.target}` is not known, so no patch can be checked"
        raise _Rejected(RejectionCode.PROMPT_UNKNOWN, reason)
    return _Standing(edit, before, _patched(before, edit.payload))


def _replaced(edit: ProposedEdit, before: str | None, after: str, *flags: Flag) -> _Standing:
    if before is None:
        message = f"The current text of `{edit.target}` is not known: placeholders are unchecked."
        return _Standing(
            edit, None, after, (*flags, Flag(code=FlagCode.PROMPT_UNKNOWN, message=message))
        )
    if before == after:
        raise _Rejected(RejectionCode.CHANGES_NOTHING, "the prompt already has this text")
    return _Standing(edit, before, after, flags)


def _as_replacement(edit: ProposedEdit) -> ProposedEdit:
    return edit.model_copy(update={"op": Op.REPLACE_SYSTEM_PROMPT})


def _patched(before: str, payload: Mapping[str, Any]) -> str:
    if "diff" in payload:
        outcome = apply_diff(before, payload["diff"])
    else:
        pairs = [(pair["find"], pair["replace"]) for pair in payload["replacements"]]
        outcome = apply_replacements(before, pairs)
    if isinstance(outcome, Refused):
        nothing = outcome.code is RefusalCode.NO_CHANGE
        code = RejectionCode.CHANGES_NOTHING if nothing else RejectionCode.PATCH_REFUSED
        raise _Rejected(code, outcome.reason)
    return outcome.text


def _merged(first: _Standing, second: _Standing) -> _Standing:
    """Join two patches of one prompt; anything else on one slot is a conflict."""
    both = {first.edit.op, second.edit.op}
    if both != {Op.PATCH_SYSTEM_PROMPT}:
        raise _Rejected(RejectionCode.CONFLICTING_SLOT, _conflict(first.edit))
    raise _Rejected(RejectionCode.CONFLICTING_SLOT, _conflict(first.edit))


def _conflict(first: ProposedEdit) -> str:
    return f"the edit `{first.id}` already changes `{first.target}`, and the first one stands"


# --- what the plan carries ------------------------------------------------------------


def _finished(one: _Standing) -> ProposedEdit:
    edit, before, after = one.edit, one.before, one.after
    if after is None:
        return edit
    flags = (*edit.flags, *one.flags)
    if before is not None:
        flags = (*flags, *placeholder_flags(before, after))
    op, payload, share_flags = _carried(edit, before, after)
    return edit.model_copy(
        update={
            "op": op,
            "payload": payload,
            "flags": (*flags, *share_flags),
            "prompt_sha256": None if before is None else sha256(before),
        }
    )


def _carried(
    edit: ProposedEdit, before: str | None, after: str
) -> tuple[Op, dict[str, Any], tuple[Flag, ...]]:
    """Return the operation and payload that the executor gets."""
    agent = edit.payload["agent"]
    whole = {"agent": agent, "new_content": after}
    if edit.op is Op.REPLACE_SYSTEM_PROMPT or before is None:
        return Op.REPLACE_SYSTEM_PROMPT, whole, ()
    share = changed_share(before, after)
    if share > MAX_PATCHED_SHARE:
        message = f"The patch changes {share:.0%} of the prompt's lines: it became a replacement."
        flag = Flag(code=FlagCode.BECAME_REPLACEMENT, message=message)
        return Op.REPLACE_SYSTEM_PROMPT, whole, (flag,)
    return Op.PATCH_SYSTEM_PROMPT, {"agent": agent, "diff": canonical_diff(before, after)}, ()
