"""Human decisions on a plan's edits: one for each that needs one, frozen, never guessed.

An edit of tier `review` or `manual` is applied by nobody until a person approved it.
An approval belongs to what the edit does (its digest), not to its id or session: the
same edit on another night is approved already, with when and by whom.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AwareDatetime, Field, ValidationError

from planner.errors import ArtifactInvalid, ReviewInvalid
from planner.markdown import code, inline
from planner.models import Edit, Frozen, LearningPlan, Sha256, Student, digest_of, sha256
from planner.operations import Tier
from planner.report import edit_section
from planner.urls import checked_id

REVIEW_VERSION: Final = 1
"""Version of review.json; raised when a reader of the old one would be misled."""

MAX_CHARACTERS: Final = 400_000
"""Size of a review shown as markdown; what is beyond it is counted, not shown."""

_PAST: Final = {"approve": "approved", "reject": "rejected"}

LONGEST_REASON: Final = 2_000
"""Characters."""

Said = Annotated[str, Field(pattern=r"\S", max_length=LONGEST_REASON)]
Person = Annotated[str, Field(pattern=r"\S", max_length=200)]


class Verdict(StrEnum):
    """What a person says to an edit."""

    APPROVE = "approve"
    REJECT = "reject"


class Choice(Frozen):
    """A person's verdict on one edit, and why."""

    verdict: Verdict
    reason: Said


class Decision(Frozen):
    """A verdict on what an edit does: who, when and why."""

    edit_digest: Sha256
    edit_id: str
    verdict: Verdict
    reason: Said
    decided_by: Person
    decided_at: AwareDatetime
    session_id: str
    """Where it was decided: another session's id is an approval that stuck."""


class Review(Frozen):
    """The frozen decisions on one plan: what review.json holds."""

    schema_version: int = REVIEW_VERSION
    session_id: str
    plan_digest: Sha256
    decisions: tuple[Decision, ...]
    """One for each edit of tier `review` or `manual`, in the plan's order."""
    digest: Sha256
    """SHA-256 of the canonical JSON of all other fields."""


def needs_decision(plan: LearningPlan) -> tuple[Edit, ...]:
    """Return the edits that a person decides on."""
    return tuple(edit for edit in plan.edits if edit.risk_tier is not Tier.AUTO)


def undecided(plan: LearningPlan, approved: Mapping[str, Decision]) -> tuple[Edit, ...]:
    """Return the edits that nobody has approved yet, on this night or another.

    Args:
        plan: The plan.
        approved: Remembered approvals, by edit digest.
    """
    return tuple(edit for edit in needs_decision(plan) if edit.digest not in approved)


def chosen(approve: Iterable[str], reject: Iterable[str], reason: str) -> dict[str, Choice]:
    """Return choices by edit id, all with one reason.

    Raises:
        ReviewInvalid: An edit is in both lists, or the reason is empty or too long.
    """
    verdicts = dict.fromkeys(approve, Verdict.APPROVE)
    both = [edit_id for edit_id in reject if verdicts.get(edit_id) is Verdict.APPROVE]
    verdicts |= dict.fromkeys(reject, Verdict.REJECT)
    if both:
        raise ReviewInvalid(f"Nothing was decided: {both[0]!r} is both approved and rejected.")
    if verdicts and not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise ReviewInvalid(
            f"Nothing was decided: give a reason, of at most {LONGEST_REASON} characters."
        )
    return {one: Choice(verdict=verdict, reason=reason) for one, verdict in verdicts.items()}


def decide(
    plan: LearningPlan,
    choices: Mapping[str, Choice],
    approved: Mapping[str, Decision],
    *,
    decided_by: str,
    decided_at: datetime,
) -> Review:
    """Put choices and remembered approvals together: one decision for each edit.

    Args:
        plan: The plan.
        choices: What the person says, by edit id.
        approved: Remembered approvals, by edit digest; they keep their date and person.
        decided_by: The person.
        decided_at: When, with a time zone.

    Raises:
        ReviewInvalid: A choice names no such edit or contradicts an approval; an edit is
            left undecided; the reason or the person is empty.
    """
    faults = [*_misnamed(plan, choices), *_contradictions(plan, choices, approved)]
    faults += [
        f"`{edit.id}` is undecided" for edit in undecided(plan, approved) if edit.id not in choices
    ]
    if choices and not decided_by.strip():
        faults.append("who decides is not said")
    if faults:
        raise ReviewInvalid(f"Nothing was decided on {plan.session_id}: {'; '.join(faults)}.")
    decisions = tuple(
        approved.get(edit.digest)
        or _decision(plan, edit, choices[edit.id], decided_by=decided_by, decided_at=decided_at)
        for edit in needs_decision(plan)
    )
    return _frozen(plan, decisions)


def _misnamed(plan: LearningPlan, choices: Mapping[str, Choice]) -> Iterator[str]:
    known = {edit.id: edit for edit in plan.edits}
    for edit_id in choices:
        if edit_id not in known:
            yield f"the plan has no edit {edit_id!r}"
        elif known[edit_id].risk_tier is Tier.AUTO:
            yield f"`{edit_id}` is of tier auto, which nobody decides on"


def _contradictions(
    plan: LearningPlan, choices: Mapping[str, Choice], approved: Mapping[str, Decision]
) -> Iterator[str]:
    for edit in needs_decision(plan):
        choice, before = choices.get(edit.id), approved.get(edit.digest)
        if choice and before and choice.verdict is Verdict.REJECT:
            yield (
                f"`{edit.id}` was approved on {before.decided_at:%Y-%m-%d} by {before.decided_by} "
                f"in {before.session_id}; to reject it, first remove the remembered approval "
                f"{approval_name(edit.digest)}"
            )


def _decision(
    plan: LearningPlan, edit: Edit, choice: Choice, *, decided_by: str, decided_at: datetime
) -> Decision:
    return Decision(
        edit_digest=edit.digest,
        edit_id=edit.id,
        verdict=choice.verdict,
        reason=choice.reason.strip(),
        decided_by=decided_by.strip(),
        decided_at=decided_at,
        session_id=plan.session_id,
    )


def _frozen(plan: LearningPlan, decisions: tuple[Decision, ...]) -> Review:
    review = Review(
        session_id=plan.session_id, plan_digest=plan.digest, decisions=decisions, digest="0" * 64
    )
    return review.model_copy(update={"digest": _digest(review)})


def _digest(review: Review) -> str:
    return digest_of(review.model_dump(mode="json", exclude={"digest"}))


def same_verdicts(one: Review, other: Review) -> bool:
    """Tell whether two reviews say the same of the same edits, whoever decided and when."""
    return one.plan_digest == other.plan_digest and _verdicts(one) == _verdicts(other)


def _verdicts(review: Review) -> dict[str, Verdict]:
    return {decision.edit_digest: decision.verdict for decision in review.decisions}


# --- files ------------------------------------------------------------------------------


def file_bytes(value: Frozen) -> bytes:
    """Return a review's or a decision's file: UTF-8, indented by two spaces, a final newline."""
    text = json.dumps(value.model_dump(mode="json"), ensure_ascii=False, indent=2)
    return text.encode() + b"\n"


def read_review(data: bytes, plan: LearningPlan, *, where: str) -> Review:
    """Read review.json, which must fit its plan.

    Raises:
        ArtifactInvalid: It is no review, was changed, or belongs to another plan.
    """
    try:
        review = Review.model_validate_json(data)
    except ValidationError as error:
        faults = [f"is no review ({error.errors(include_input=False)[0]['msg']})"]
    else:
        faults = list(_faults(review, plan))
        if not faults:
            return review
    raise ArtifactInvalid(f"{where} {' and '.join(faults)}. Restore it from a backup.")


def _faults(review: Review, plan: LearningPlan) -> Iterator[str]:
    if review.digest != _digest(review):
        yield "was changed after it was frozen (its digest does not fit)"
    if review.plan_digest != plan.digest:
        yield f"belongs to the plan {review.plan_digest}, and this is {plan.digest}"
    elif set(_verdicts(review)) != {edit.digest for edit in needs_decision(plan)}:
        yield "does not decide on the edits of its plan"


def approval_name(digest: str) -> str:
    """Return the file name under which an approval of this edit digest is remembered."""
    return f"{digest}.json"


def read_approval(data: bytes, digest: str, *, where: str) -> Decision:
    """Read a remembered approval.

    Raises:
        ArtifactInvalid: It is none, or one of another edit.
    """
    try:
        decision = Decision.model_validate_json(data)
    except ValidationError as error:
        fault = error.errors(include_input=False)[0]["msg"]
    else:
        if decision.edit_digest == digest and decision.verdict is Verdict.APPROVE:
            return decision
        fault = "it belongs to another edit, or is no approval"
    raise ArtifactInvalid(f"{where} is no remembered approval: {fault}. Remove or restore it.")


def approved_edits(plan: LearningPlan, review: Review) -> tuple[Edit, ...]:
    """Return the edits that a person approved; never one that was rejected or not decided."""
    verdicts = _verdicts(review)
    return tuple(
        edit for edit in needs_decision(plan) if verdicts.get(edit.digest) is Verdict.APPROVE
    )


def queue_files(plan: LearningPlan, review: Review) -> dict[str, bytes]:
    """Return the approved edits as files of an executor's queue, by name.

    A file `<session id>__<edit id>.json` holds `session_id` and `edit`, as OpenJarvis'
    executor reads them.

    Raises:
        SessionUrlInvalid: The plan's session id is not safe as a file name.
    """
    session_id = checked_id(plan.session_id)
    return {
        f"{session_id}__{edit.id}.json": _queue_file(session_id, edit)
        for edit in approved_edits(plan, review)
    }


def _queue_file(session_id: str, edit: Edit) -> bytes:
    entry = {"session_id": session_id, "edit": edit.model_dump(mode="json")}
    return json.dumps(entry, ensure_ascii=False, indent=2).encode() + b"\n"


# --- for people -------------------------------------------------------------------------


def review_report(
    plan: LearningPlan,
    approved: Mapping[str, Decision],
    review: Review | None = None,
    *,
    student: Student | None = None,
) -> str:
    """Tell what is to decide, what was approved before, and what was decided, as markdown.

    Args:
        plan: The plan.
        approved: Remembered approvals, by edit digest.
        review: The frozen decisions, where there are some.
        student: The student as it is now: a prompt that has changed since the plan is told.
    """
    decided = approved if review is None else {one.edit_digest: one for one in review.decisions}
    edits = needs_decision(plan)
    waiting = [edit for edit in edits if edit.digest not in decided]
    told = [_told(edit, decided[edit.digest], plan) for edit in edits if edit.digest in decided]
    parts = [f"# Review of {inline(plan.session_id)}", _state(len(waiting), len(edits))]
    parts += ["\n".join(told)] if told else []
    parts += _sections(waiting, plan, student)
    return "\n\n".join(parts) + "\n"


def _state(waiting: int, total: int) -> str:
    if not total:
        return "No edit of this plan needs a decision."
    return f"**{waiting} of {total} edits wait for a decision.**"


def _told(edit: Edit, decision: Decision, plan: LearningPlan) -> str:
    before = decision.session_id != plan.session_id
    told = "approved already" if before else _PAST[decision.verdict]
    where = f" in {code(decision.session_id)}" if before else ""
    return (
        f"- {code(edit.id)} ({edit.op} on {code(edit.target)}): **{told}** on "
        f"{decision.decided_at:%Y-%m-%d %H:%M %Z} by {inline(decision.decided_by)}{where}: "
        f"{inline(decision.reason)}"
    )


def _sections(edits: list[Edit], plan: LearningPlan, student: Student | None) -> Iterator[str]:
    room = MAX_CHARACTERS
    for place, edit in enumerate(edits):
        section = edit_report(edit, plan, student)
        room -= len(section)
        if room < 0 and place:
            yield f"... and {len(edits) - place} more edits, not shown here: see plan.json."
            return
        yield section


def edit_report(edit: Edit, plan: LearningPlan, student: Student | None = None) -> str:
    """Tell one edit as markdown: for which cluster, why, and what it changes."""
    clusters = {cluster.id: cluster for cluster in plan.failure_clusters}
    prompts = student.prompts if student else {}
    return "\n\n".join([edit_section(edit, clusters), *_stale(edit, prompts)])


def _stale(edit: Edit, prompts: Mapping[str, str]) -> Iterator[str]:
    """Tell where the prompt of an edit is no longer the one that it was made for."""
    now = prompts.get(edit.target)
    if None not in (edit.prompt_sha256, now) and sha256(str(now)) != edit.prompt_sha256:
        yield "**WARNING: the prompt has changed since: this edit was made for the old one.**"
