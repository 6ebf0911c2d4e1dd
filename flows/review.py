"""The flow of a review: show what is to decide, wait for a person, freeze the decisions.

It waits suspended: no worker is held, for days if need be. The Resume button of the UI
asks for one decision and reason an edit. What a person answered stays with the run, so
that a Retry after a fault asks nobody again, and one after the time-out asks anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal, cast
from uuid import UUID

from prefect import flow, runtime
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from prefect.states import Completed
from pydantic import BaseModel, ConfigDict, Field, create_model

from flows.artifacts import artifact_key, link, publish_markdown
from flows.blocks import load_store_settings
from flows.distillation import failed, run_name, tell_unknown_parameters
from flows.parameters import Url
from flows.steps import retried
from planner.errors import PlannerError, SettingsInvalid
from planner.markdown import code
from planner.models import Edit, Frozen, LearningPlan, Student
from planner.review import (
    Choice,
    Person,
    Review,
    Said,
    Verdict,
    needs_decision,
    review_report,
    undecided,
)
from planner.reviewing import OpenReview, close_review, export_approved, open_review
from planner.session import Session
from planner.store import Store, StoreSettings
from planner.student import fetch_student

NOTHING_TO_DECIDE: Final = "NothingToDecide"
"""Name of the state of a run whose plan has no edit that needs a decision."""

SECONDS_A_DAY: Final = 86_400


class Reviewed(Frozen):
    """What became of one review."""

    session_id: str
    review_digest: str | None
    """None where the plan has no edit that needs a decision."""
    approved: tuple[str, ...]
    """Edit ids."""
    rejected: tuple[str, ...]
    exported: tuple[str, ...] = ()
    """URLs of the files handed over to an executor's queue."""


class EditDecision(BaseModel):
    """What a person says to one edit."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["approve", "reject"] = Field(description="Approve or reject this edit.")
    reason: Said = Field(description="Why, in a sentence: it is kept for later nights.")


@flow(
    name="review",
    flow_run_name=run_name,
    result_serializer="json",
    on_crashed=[tell_unknown_parameters],
)
def review(
    session_url: Url,
    *,
    student_url: Url | None = None,
    wait_days: Annotated[float, Field(gt=0, le=365)] = 7.0,
    approvals_url: Url | None = None,
    queue_url: Url | None = None,
    store_block: Annotated[str, Field(min_length=1, max_length=200)] | None = None,
) -> Reviewed:
    """Let a person decide on a plan's edits of tier review and manual, and freeze what they say.

    Args:
        session_url: The session's directory: a path or URL, such as s3://bucket/sessions/ID.
        student_url: The student's directory: prompts changed since planning are told.
        wait_days: How long the run waits for a person, in days. Afterwards: Retry, or a new run.
        approvals_url: Where approvals are remembered. Empty: `.approvals` beside the session.
        queue_url: An executor's queue of files, into which approved edits are exported.
        store_block: A Learning Session Store block with the credentials of the store.
    """
    try:
        settings = load_store_settings(store_block)
        opened = read(Session.at(session_url, settings), approvals_url)
        done = _decided(opened, _student(student_url, settings), wait_days)
        queue = None if queue_url is None else Store(queue_url, settings)
        exported = () if queue is None else export(opened, done, queue)
        return _ended(opened, done, exported)
    except PlannerError as error:
        return cast("Reviewed", failed(error))


def _decided(opened: OpenReview, student: Student | None, wait_days: float) -> Review | None:
    """Return the frozen review, after a person answered where one must; None: nothing to decide."""
    answer = read_answer()
    if answer is None and (opened.review or not needs_decision(opened.plan)):
        _show(opened, opened.review, student)
        return opened.review
    if answer is None and opened.waits:
        _show(opened, None, student)
        _wait(opened, wait_days)
    frozen = freeze(opened, answer or Answer({}, "", None))
    _show(opened, frozen, student)
    return frozen


@dataclass(frozen=True)
class Answer:
    """What a person entered into the form of this run, and when."""

    fields: Mapping[str, Any]
    decided_by: str
    decided_at: datetime | None

    def choices(self, plan: LearningPlan) -> dict[str, Choice]:
        """Return the choices by edit id."""
        return {
            edit.id: Choice(verdict=Verdict(said["decision"]), reason=said["reason"])
            for name, edit in _fields(plan).items()
            if (said := self.fields.get(name))
        }


def read_answer() -> Answer | None:
    """Return what a person answered in this run, at any attempt; None where nobody has."""
    with get_client(sync_client=True) as client:
        kept = client.filter_flow_run_input(
            flow_run_id=UUID(runtime.flow_run.id),
            key_prefix="suspended-",
            limit=100,
            exclude_keys=set(),
        )
    answers = [one for one in kept if one.key.endswith("-response")]
    if not answers:
        return None
    fields = dict(answers[-1].decoded_value)
    return Answer(fields, str(fields.pop("decided_by")), answers[-1].created)


def decision_form(opened: OpenReview) -> type[RunInput]:
    """Return the form that the Resume button shows: a decision and a reason an edit, and who.

    Nothing in it has a default, so that nobody approves by pressing a button.
    """
    waiting = {edit.id for edit in undecided(opened.plan, opened.approved)}
    fields: dict[str, Any] = {
        name: (EditDecision, Field(title=f"{edit.id}: {edit.op}", description=_asked(edit)))
        for name, edit in _fields(opened.plan).items()
        if edit.id in waiting
    }
    who = Field(description="Your name: Prefect's own server knows no users.")
    form = create_model("Decisions", __base__=RunInput, **fields, decided_by=(Person, who))
    return form.with_initial_data(description=_explained(opened))


def _fields(plan: LearningPlan) -> dict[str, Edit]:
    """Return the form's names for all edits that need a decision: the same at every attempt."""
    return {f"edit_{place}": edit for place, edit in enumerate(needs_decision(plan), 1)}


def _asked(edit: Edit) -> str:
    # Prefect's newer UI shows this as it is, the older one as markdown: code suits both.
    said = edit.rationale.replace("`", "'")
    return f"{edit.risk_tier}, on {code(edit.target)}: {code(said, limit=500)}"


def _explained(opened: OpenReview) -> str:
    key = artifact_key("review", opened.session.url)
    count = len(undecided(opened.plan, opened.approved))
    return (
        f"**{count} edits of {code(opened.plan.session_id)} wait for your decision.** Read their "
        f"diffs and rationales in the artifact {code(key)} of this run first. "
        f"{link('The plan', opened.session.plan_url)} has the digest "
        f"{code(opened.plan.digest[:12])}."
    )


def _wait(opened: OpenReview, wait_days: float) -> None:
    """Suspend the run until a person has answered; it then begins again from the top.

    Raises:
        SettingsInvalid: The run has no deployment, so that no worker could resume it.
    """
    if runtime.deployment.id is None:
        raise SettingsInvalid(
            "A review waits suspended, which takes a deployment: deploy the flow `review`, or "
            f"decide with `learning-planner review {opened.session.url}`."
        )
    # Another key at each attempt: a form is saved once, and a Retry asks anew.
    suspend_flow_run(
        wait_for_input=decision_form(opened),
        timeout=max(1, round(wait_days * SECONDS_A_DAY)),
        key=f"review-{runtime.flow_run.run_count}",
    )


def _show(opened: OpenReview, frozen: Review | None, student: Student | None) -> None:
    """Publish what is to decide, or what was decided, under the session's key."""
    report = review_report(opened.plan, opened.approved, frozen, student=student)
    url = opened.session.plan_url
    told = f"The review of {link('the plan', url)} {code(url)}"
    publish_markdown(artifact_key("review", opened.session.url), report, told)


def _student(student_url: str | None, settings: StoreSettings) -> Student | None:
    return None if student_url is None else fetch_student(student_url, settings)


def _ended(opened: OpenReview, done: Review | None, exported: tuple[str, ...]) -> Reviewed:
    decisions = done.decisions if done else ()
    outcome = Reviewed(
        session_id=opened.plan.session_id,
        review_digest=done.digest if done else None,
        approved=tuple(one.edit_id for one in decisions if one.verdict is Verdict.APPROVE),
        rejected=tuple(one.edit_id for one in decisions if one.verdict is Verdict.REJECT),
        exported=exported,
    )
    state: State[Any] = Completed(
        name=None if done else NOTHING_TO_DECIDE, message=told(outcome), data=outcome
    )
    return cast("Reviewed", state)


def told(outcome: Reviewed) -> str:
    """Return what became of a review, in a sentence."""
    if outcome.review_digest is None:
        return f"No edit of {outcome.session_id} needs a decision."
    exported = f", {len(outcome.exported)} exported" if outcome.exported else ""
    return f"{len(outcome.approved)} approved, {len(outcome.rejected)} rejected{exported}."


@retried("read the plan of {session.id}")
def read(session: Session, approvals_url: str | None) -> OpenReview:
    """Read the plan, its review, and what is remembered of its edits."""
    return open_review(session, approvals_url)


@retried("freeze the review")
def freeze(opened: OpenReview, answer: Answer) -> Review:
    """Freeze the decisions beside the plan, once, and remember the approvals."""
    return close_review(
        opened,
        answer.choices(opened.plan),
        decided_by=answer.decided_by,
        decided_at=answer.decided_at,
    )


@retried("export approved edits")
def export(opened: OpenReview, done: Review | None, queue: Store) -> tuple[str, ...]:
    """Hand the approved edits over as files of an executor's queue."""
    return export_approved(opened, done, queue)
