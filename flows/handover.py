"""One session of a night as one task: planned here, or handed over as a run."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import FlowRun, State, TaskRun
from prefect.deployments import run_deployment

from flows.distillation import WAS_FROZEN, publish
from flows.pacing import PacedTeacher
from flows.session_night import Became, SessionNight
from flows.steps import may_succeed_again, retried
from planner import errors
from planner.errors import ArtifactMissing, PlannerError, StorageError
from planner.models import Student
from planner.planner import plan_session
from planner.risk import TierPolicy
from planner.session import CALL_LOG, Session
from planner.teacher import AnyTeacher, Teacher

MAYBE_BILLED: Final = ("answered", "truncated", "refused", "abandoned", "failed: TeacherTimeout")
"""How the outcome of a call begins whose unknown cost may be more than 0."""


def may_succeed_tonight(step: Task[Any, Any], run: TaskRun, state: State[Any]) -> bool:
    """Tell whether to walk again: where the store failed. The teacher was asked again already."""
    return isinstance(state.data, StorageError) and may_succeed_again(step, run, state)


@retried("plan {session.id}", when=may_succeed_tonight)
def plan_here(
    session: Session,
    teacher: AnyTeacher,
    night_began: datetime,
    *,
    student: Student,
    policy: TierPolicy,
    teacher_limit: str | None,
) -> SessionNight:
    """Plan one session with the library's own walk.

    A retry walks again from the start: what was paid for is recorded, and the rest
    takes milliseconds.

    Raises:
        PlannerError: The session could not be planned.
    """
    paced = PacedTeacher.of(teacher, teacher_limit)
    outcome = plan_session(session, teacher=paced, student=student, policy=policy)
    publish(outcome.plan, outcome.plan_url, outcome.changes)
    became = Became.WAS_FROZEN if outcome.was_frozen else Became.PLANNED
    return _completed(session, became, night_began)


@task(
    task_run_name="hand over {session.id}",
    cache_policy=NO_CACHE,
    persist_result=False,
)
def plan_on_pool(
    session: Session,
    teacher: AnyTeacher,
    night_began: datetime,
    *,
    deployment: str,
    passed_on: Mapping[str, str | None],
    teacher_limit: str | None,
    time_limit_seconds: float,
) -> SessionNight:
    """Start a run of the deployment for one session, and wait for it.

    Raises:
        PlannerError: The run failed; of the class that the run's state names.
    """
    # A sync task gets the run itself; the annotation speaks of both worlds.
    run = cast(
        "FlowRun",
        run_deployment(
            deployment,
            parameters={
                **passed_on,
                "session_url": session.url,
                "teacher": None if passed_on["teacher_block"] else _asked(teacher),
                "max_cost_usd": teacher.max_cost_usd if isinstance(teacher, Teacher) else None,
                "teacher_limit": teacher_limit,
            },
            timeout=time_limit_seconds,
            poll_interval=2,
        ),
    )
    state = run.state
    if state is None or not state.is_final():
        reason = f"Its run {run.name} has not ended after {time_limit_seconds:.0f} s; it goes on."
        return SessionNight.of(session, Became.WAITING, reason, spent_usd=None)
    if not state.is_completed():
        raise _error_of(state, run.name)
    became = Became.WAS_FROZEN if state.name == WAS_FROZEN else Became.PLANNED
    return _completed(session, became, night_began)


def spent_since(session: Session, moment: datetime) -> float | None:
    """Return the USD of the session's calls since a moment; None where one is unknown.

    Read from the session's own log: it knows of every call, whichever worker made it
    and however the run ended. The clocks of the workers must agree to some seconds.
    """
    try:
        log = session.store.read(CALL_LOG)
    except ArtifactMissing:
        return 0.0
    except StorageError:
        return None
    calls = [json.loads(line) for line in log.splitlines()]
    costs = [
        call["cost_usd"]
        for call in calls
        if datetime.fromisoformat(call["timestamp"]) >= moment
        and (call["cost_usd"] is not None or call["outcome"].startswith(MAYBE_BILLED))
    ]
    return None if None in costs else sum(costs)


def _completed(session: Session, became: Became, night_began: datetime) -> SessionNight:
    spent = 0.0 if became is Became.WAS_FROZEN else spent_since(session, night_began)
    return SessionNight.of(session, became, spent_usd=spent)


def _asked(teacher: AnyTeacher) -> dict[str, Any] | None:
    if not isinstance(teacher, Teacher):
        return None
    return teacher.model_dump(mode="json", exclude={"api_key"}, exclude_unset=True)


def _error_of(state: State[Any], run_name: str) -> PlannerError:
    """Return the error that a failed run's state names."""
    kind = getattr(errors, state.name or "", PlannerError)
    return kind(state.message or f"Its run {run_name} ended as {state.name}; see the run's logs.")
