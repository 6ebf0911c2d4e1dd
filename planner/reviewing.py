"""A review in its session: read what is to decide, freeze it, remember, hand over.

Beside `review.json` one file is written for each approved edit, under the edit's digest
in the folder of approvals: a look-up costs one read an edit, however many sessions there
are. That folder is `.approvals` beside the session, or wherever the operator says; it is
the only thing outside a session that this project writes, and only a review does.
Removing a file there withdraws the approval for later nights.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from planner.errors import ArtifactExists, ArtifactMissing, ReviewConflict, ReviewInvalid
from planner.models import LearningPlan
from planner.plan import intact_plan
from planner.review import (
    Choice,
    Decision,
    Review,
    Verdict,
    approval_name,
    decide,
    file_bytes,
    needs_decision,
    queue_files,
    read_approval,
    read_review,
    same_verdicts,
    undecided,
)
from planner.session import PLAN, REVIEW, Session
from planner.store import Store, overlapping

logger = logging.getLogger(__name__)

APPROVALS: Final = ".approvals"


@dataclass(frozen=True)
class OpenReview:
    """A session's plan, what is remembered of its edits, and its review where it is frozen."""

    session: Session
    approvals: Store
    plan: LearningPlan
    approved: Mapping[str, Decision]
    """Remembered approvals of this plan's edits, by edit digest."""
    review: Review | None

    @property
    def waits(self) -> bool:
        """A person has something to decide."""
        return self.review is None and bool(undecided(self.plan, self.approved))


def approvals_of(session: Session, url: str | None = None) -> Store:
    """Return where approvals are remembered: beside the session, or where the operator says.

    Raises:
        SessionUrlInvalid: The place must not be touched.
    """
    parent = session.url.rpartition("/")[0]
    return Store(url or f"{parent}/{APPROVALS}", session.settings)


def open_review(session: Session, approvals_url: str | None = None) -> OpenReview:
    """Read the plan, its review, and what is remembered of its edits.

    Raises:
        ArtifactMissing: The session has no plan.
        ArtifactInvalid: A file was changed after it was frozen.
        StorageError: The store failed.
    """
    found = session.store.read_many([PLAN, REVIEW])
    stored = found[PLAN]
    if stored is None:
        raise ArtifactMissing(f"{session.plan_url} does not exist: plan the session first.")
    plan = intact_plan(stored, where=session.plan_url)
    decided = found[REVIEW]
    approvals = approvals_of(session, approvals_url)
    return OpenReview(
        session=session,
        approvals=approvals,
        plan=plan,
        approved=_remembered(approvals, plan),
        review=None
        if decided is None
        else read_review(decided, plan, where=f"{session.url}/{REVIEW}"),
    )


def _remembered(approvals: Store, plan: LearningPlan) -> dict[str, Decision]:
    names = {edit.digest: approval_name(edit.digest) for edit in needs_decision(plan)}
    found = approvals.read_many(names.values())
    return {
        digest: read_approval(data, digest, where=f"{approvals.url}/{name}")
        for digest, name in names.items()
        if (data := found[name]) is not None
    }


def close_review(
    opened: OpenReview,
    choices: Mapping[str, Choice],
    *,
    decided_by: str,
    decided_at: datetime | None = None,
) -> Review:
    """Freeze the decisions beside the plan, once, and remember the approvals.

    The same verdicts again are success: the stored review is returned.

    Args:
        opened: The plan, and what is remembered of its edits.
        choices: What the person says, by edit id.
        decided_by: The person.
        decided_at: When, with a time zone; now where None.

    Raises:
        ReviewInvalid: A choice names no such edit; an edit is left undecided.
        ReviewConflict: Other decisions are frozen; they stay.
        StorageError: The store failed; the same decisions again complete it.
    """
    review = decide(
        opened.plan,
        choices,
        opened.approved,
        decided_by=decided_by,
        decided_at=decided_at or datetime.now(UTC),
    )
    if review.decisions:
        review = _freeze(opened.session, opened.plan, review)
        remember(opened.approvals, review)
    return review


def _freeze(session: Session, plan: LearningPlan, review: Review) -> Review:
    """Return the review that is frozen now: this one, or a stored one that says the same."""
    try:
        session.freeze_review(file_bytes(review))
    except ReviewConflict:
        stored = session.read_review()
        if stored is None:
            raise
        frozen = read_review(stored, plan, where=f"{session.url}/{REVIEW}")
        if not same_verdicts(frozen, review):
            raise
        return frozen
    logger.info("Froze %s/%s", session.url, REVIEW)
    return review


def remember(approvals: Store, review: Review) -> None:
    """Keep each approval under its edit's digest; the first approval of an edit stays."""
    approved = [one for one in review.decisions if one.verdict is Verdict.APPROVE]
    overlapping(lambda decision: _remember(approvals, decision), approved)


def _remember(approvals: Store, decision: Decision) -> None:
    try:
        approvals.create(approval_name(decision.edit_digest), file_bytes(decision))
    except ArtifactExists:
        logger.info("Approved before by another person: %s", decision.edit_id)


def export_approved(opened: OpenReview, review: Review | None, queue: Store) -> tuple[str, ...]:
    """Hand the approved edits over as files of an executor's queue; return their URLs.

    Each is created once: what an executor has taken and removed is handed over again only
    by another call, and a file with other content stays and is an error.

    Raises:
        ReviewInvalid: The plan has edits to decide and no frozen review.
        ArtifactExists: The queue holds another file of that name.
        StorageError: The store failed; a rerun completes it.
    """
    if review is None:
        if needs_decision(opened.plan):
            raise ReviewInvalid(
                f"{opened.session.url} is not reviewed: nothing was exported; decide first."
            )
        return ()
    files = queue_files(opened.plan, review)
    overlapping(lambda name: queue.create(name, files[name]), files)
    return tuple(f"{queue.url}/{name}" for name in files)
