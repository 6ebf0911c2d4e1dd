"""The flow of one session: a step a line, from its diagnosis to a frozen plan.

Run it again as often as you like: what is frozen stays, what was paid for is used,
and the rest is done again in milliseconds.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from prefect import Flow, flow, get_run_logger, runtime
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import SyncClientContext
from prefect.states import Completed, Failed

from flows import steps
from flows.artifacts import publish_plan
from flows.blocks import load_store_settings
from flows.events import emit_plan_frozen
from flows.pacing import PacedTeacher
from flows.parameters import (
    BlockName,
    LimitName,
    TeacherParameters,
    Url,
    Usd,
    chosen_policy,
    chosen_teacher,
    lowered,
)
from planner.errors import ArtifactMissing, PlannerError, StudentInvalid
from planner.models import Frozen, LearningPlan, Proposal, Student, TeacherReply
from planner.plan import count_tiers, intact_plan, student_fault
from planner.planner import changes_since
from planner.risk import TierPolicy
from planner.session import Inputs, Session
from planner.teacher import AnyTeacher

WAS_FROZEN = "WasFrozen"
"""Name of the state of a run that found the plan frozen already."""


class Distilled(Frozen):
    """What became of one session."""

    session_id: str
    plan_url: str
    digest: str
    edits: dict[str, int]
    """By tier."""
    rejected: int
    cost_usd: float | None
    """Of the plan; None where unknown."""
    was_frozen: bool
    """The plan was there already: nothing was asked, nothing was written."""
    reused_answer: bool
    """The teacher's answer was recorded before this run asked: nothing was paid."""
    changes: tuple[str, ...] = ()
    """Which inputs have changed since the plan was frozen, a sentence each."""

    @property
    def spent_usd(self) -> float | None:
        """What this run itself paid; None where unknown."""
        return 0.0 if self.was_frozen or self.reused_answer else self.cost_usd


def tell_unknown_parameters(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Say in the run's state which parameter is unknown, where Prefect's engine only crashes."""
    del state
    known = flow.parameters.properties
    unknown = ", ".join(f"`{name}`" for name in flow_run.parameters if name not in known)
    if unknown:
        message = f"{flow.name} has no parameter {unknown}. It takes: {', '.join(known)}."
        with get_client(sync_client=True) as client:
            client.set_flow_run_state(flow_run.id, Failed(message=message), force=True)


def run_name() -> str:
    """Return the run's name: the flow and the session's id."""
    url = str(runtime.flow_run.parameters["session_url"])
    return f"{runtime.flow_run.flow_name} {url.rstrip('/').rpartition('/')[2]}"


@flow(
    name="distill",
    flow_run_name=run_name,
    persist_result=steps.KEEP_RESULTS,
    result_serializer="json",
    on_crashed=[tell_unknown_parameters],
)
async def distill(
    session_url: Url,
    *,
    student_url: Url | None = None,
    teacher: TeacherParameters | None = None,
    teacher_block: BlockName | None = None,
    replay_url: Url | None = None,
    store_block: BlockName | None = None,
    policy_url: Url | None = None,
    teacher_limit: LimitName | None = None,
    max_cost_usd: Usd | None = None,
    ask_again: bool = False,
) -> Distilled:
    """Turn the diagnosis of one session into a frozen, risk-tiered plan.

    Args:
        session_url: The session's directory: a path or URL, such as s3://bucket/sessions/ID.
        student_url: The student's directory. Without it no prompt can be patched.
        teacher: Who is asked, once. The key comes from the workers' environment.
        teacher_block: The name of a teacher's block to use instead, with its key.
        replay_url: A file with a recorded answer to use instead: no model is called.
        store_block: The name of a session store's block. Empty: as the environment says.
        policy_url: A TOML file that overrides risk tiers.
        teacher_limit: A global concurrency limit of Prefect that all calls share.
        max_cost_usd: Lowers the teacher's own budget for this call, in USD.
        ask_again: Pay for another answer although one is recorded.
    """
    try:
        settings = load_store_settings(store_block)
        session = Session.at(session_url, settings)
        policy = chosen_policy(policy_url, settings)
        asked = chosen_teacher(teacher, teacher_block, replay_url, settings)
        paced = PacedTeacher.of(lowered(asked, max_cost_usd), teacher_limit)
        return _ended(_distilled(session, paced, student_url, policy, ask_again=ask_again))
    except PlannerError as error:
        return cast("Distilled", failed(error))


def _distilled(
    session: Session,
    teacher: AnyTeacher,
    student_url: str | None,
    policy: TierPolicy,
    *,
    ask_again: bool,
) -> Distilled:
    reading = steps.read_inputs.submit(session)
    student = steps.read_student(student_url, session.settings) if student_url else Student()
    inputs = reading.result()
    # One client for all that follows: in an async flow each task would make its own, and load
    # the machine's certificates for it, which takes longer than most steps.
    with SyncClientContext.get_or_create():
        if inputs.plan is not None:
            return _was_frozen(session, inputs, inputs.plan, student, policy)
        asked_at = datetime.now(UTC)
        plan, reply = _walk(session, inputs, teacher, student, policy, ask_again=ask_again)
        steps.freeze_plan(session, plan)
        publish(plan, session.plan_url)
        return _outcome(session, plan, reused_answer=reply.answered_at < asked_at)


def _walk(
    session: Session,
    inputs: Inputs,
    teacher: AnyTeacher,
    student: Student,
    policy: TierPolicy,
    *,
    ask_again: bool,
) -> tuple[LearningPlan, TeacherReply]:
    if inputs.diagnosis is None:
        raise ArtifactMissing(
            f"{session.url}/diagnosis.md does not exist; check the session's URL, "
            "and that the diagnosis flow wrote its files."
        )
    fault = student_fault(student)
    if fault:
        raise StudentInvalid(fault)
    diagnosis = steps.read_diagnosis(inputs.diagnosis, inputs.clusters, where=session.url)
    screening = steps.screen_clusters(diagnosis.clusters)
    composed = steps.compose_request(diagnosis, screening, student, teacher)
    # A Retry of this run finds the answer that its first attempt paid for.
    again = ask_again and str(runtime.flow_run.id)
    reply = steps.ask_teacher(session, teacher, composed, ask_again=again)
    proposal = Proposal(edits=(), rejected=())
    if composed.request is not None:
        proposal = steps.parse_edits(reply, screening, student, diagnosis)
        proposal = steps.settle_patches(proposal, student)
    edits = steps.assign_tiers(proposal.edits, policy)
    plan = steps.assemble_plan(
        session_id=session.id,
        diagnosis=diagnosis,
        screening=screening,
        student=student,
        composed=composed,
        reply=reply,
        proposal=proposal,
        edits=edits,
        policy=policy,
    )
    return plan, reply


def publish(plan: LearningPlan, plan_url: str, changes: Sequence[str] = ()) -> None:
    """Show a frozen plan to people and executors; the one place where this happens."""
    publish_plan(plan, plan_url, changes=changes)
    emit_plan_frozen(plan, plan_url)


def _was_frozen(
    session: Session, inputs: Inputs, stored: bytes, student: Student, policy: TierPolicy
) -> Distilled:
    plan = intact_plan(stored, where=session.plan_url)
    changes = changes_since(plan, inputs, student, policy, where=session.url)
    # Told again: the run that froze it may have died before it could tell.
    publish(plan, session.plan_url, changes)
    return _outcome(session, plan, was_frozen=True, changes=changes)


def _outcome(
    session: Session,
    plan: LearningPlan,
    *,
    was_frozen: bool = False,
    reused_answer: bool = False,
    changes: tuple[str, ...] = (),
) -> Distilled:
    return Distilled(
        session_id=session.id,
        plan_url=session.plan_url,
        digest=plan.digest,
        edits=count_tiers(plan),
        rejected=len(plan.rejected_edits),
        cost_usd=plan.teacher.cost_usd,
        was_frozen=was_frozen,
        reused_answer=reused_answer,
        changes=changes,
    )


def _ended(outcome: Distilled) -> Distilled:
    """End the run with a state that says what it made and what it reused."""
    logger = get_run_logger()
    for change in outcome.changes:
        logger.warning("%s The frozen plan stays.", change)
    message = told(outcome)
    logger.info("%s", message)
    name = WAS_FROZEN if outcome.was_frozen else None
    # Prefect unwraps a returned state: who calls the flow gets its data.
    return cast("Distilled", Completed(name=name, message=message, data=outcome))


def failed(error: PlannerError) -> State[Any]:
    """Return the state of a run that an error of ours ended: named for it, in its sentence.

    The name is what automations match, and what the UI shows in place of "Failed".
    """
    return Failed(name=type(error).__name__, message=error.message, data=error)


def told(outcome: Distilled) -> str:
    """Return what became of a session, in a few sentences."""
    tiers = ", ".join(f"{count} {tier}" for tier, count in outcome.edits.items())
    cost = "cost unknown" if outcome.cost_usd is None else f"{outcome.cost_usd:.4f} USD"
    plan = f"{tiers}; {outcome.rejected} rejected; {cost}. {outcome.plan_url}"
    if outcome.was_frozen:
        return f"Was frozen already, nothing was asked, paid or written: {plan}"
    if outcome.reused_answer:
        return f"Frozen, with the answer recorded earlier, nothing was paid now: {plan}"
    return f"Frozen: {plan}"
