"""Many sessions: find those that wait, plan each, and say what became of all.

Every session is one task; the mode says what that task does, and where.

| mode | a session is | choose it for |
|---|---|---|
| `threads` | planned in a thread of this process | one machine |
| `work_pool` | a run of the `distill` deployment, a process of its own | a fleet of workers |
| `dask` | planned on a Dask cluster | a cluster that is there already |

A call to the teacher is waiting and not work, so threads are enough for thousands of
sessions, while a subflow for each would cost up to a second each. Sessions are handed
over as places become free, so that memory does not grow with their number. The
sessions' root is the queue: whatever stops a night, the next one finds what waits.
"""

import math
import os
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from queue import SimpleQueue
from typing import Annotated, Any, Final, cast
from uuid import UUID

from prefect import Task, flow, get_run_logger, runtime
from prefect.context import FlowRunContext
from prefect.futures import PrefectFuture
from prefect.states import Completed, Failed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from pydantic import Field

from flows.artifacts import publish_night, publish_progress
from flows.blocks import load_store_settings
from flows.distillation import failed, tell_unknown_parameters
from flows.handover import plan_here, plan_on_pool, spent_since
from flows.pacing import slots_decay
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
from flows.purse import Purse
from flows.session_night import Became, SessionNight
from flows.steps import KEEP_RESULTS
from planner.errors import BudgetExceeded, PlannerError, SettingsInvalid, TeacherBusy
from planner.models import Frozen, Student
from planner.session import Session
from planner.sessions import find_asked, find_waiting
from planner.store import StoreSettings, overlapping
from planner.student import fetch_student
from planner.teacher import AnyTeacher, Teacher

SOME_FAILED: Final = "SomeFailed"
"""Name of the state of a night in which some sessions failed and others did not."""


class Mode(StrEnum):
    """Where sessions are planned."""

    THREADS = "threads"
    WORK_POOL = "work_pool"
    DASK = "dask"


class Night(Frozen):
    """What became of every session that waited."""

    sessions: tuple[SessionNight, ...]
    spent_usd: float
    """In all; where a cost is unknown, the session's whole bound is counted."""
    budget_usd: float | None

    def count(self, became: Became) -> int:
        """Return how many sessions became this."""
        return sum(session.became is became for session in self.sessions)


def night_name() -> str:
    """Return the run's name: the flow and the day, by the worker's clock, for which it is due."""
    due: datetime = runtime.flow_run.scheduled_start_time
    return f"nightly {due.astimezone():%Y-%m-%d}"


@flow(
    name="nightly",
    flow_run_name=night_name,
    persist_result=KEEP_RESULTS,
    result_serializer="json",
    on_crashed=[tell_unknown_parameters],
)
def nightly(
    sessions_root: Url,
    *,
    student_url: Url | None = None,
    teacher: TeacherParameters | None = None,
    teacher_block: BlockName | None = None,
    replay_url: Url | None = None,
    store_block: BlockName | None = None,
    policy_url: Url | None = None,
    teacher_limit: LimitName | None = None,
    budget_usd: Usd | None = 20.0,
    mode: Mode = Mode.THREADS,
    parallel: Annotated[int, Field(ge=1, le=100)] = 4,
    deployment: Annotated[str, Field(pattern=r"^[^/]+/[^/]+$")] = "distill/distill",
    run_time_limit_seconds: Annotated[float, Field(gt=0)] = 4 * 3600.0,
    dask_address: Annotated[str, Field(max_length=200)] | None = None,
) -> Night:
    """Plan every session under a root that has a diagnosis and no plan.

    Args:
        sessions_root: The directory above the sessions: a path or URL, such as s3://b/sessions.
        student_url: The student's directory. Without it no prompt can be patched.
        teacher: Who is asked, once a session. The key comes from the workers' environment.
        teacher_block: The name of a teacher's block to use instead, with its key.
        replay_url: A file with a recorded answer to use instead: no model is called.
        store_block: The name of a session store's block. Empty: as the environment says.
        policy_url: A TOML file that overrides risk tiers.
        teacher_limit: A global concurrency limit of Prefect that all calls share.
        budget_usd: Budget for the night in USD. What does not fit waits. Empty: no limit.
        mode: Where sessions are planned: in threads here, by a work pool, or on Dask.
        parallel: How many sessions at once.
        deployment: In mode work_pool: the deployment whose runs plan the sessions.
        run_time_limit_seconds: In mode work_pool: how many seconds to wait for a run.
        dask_address: In mode dask: the scheduler's address. Empty: a cluster on this machine.
    """
    began = datetime.now(UTC)
    try:
        settings = load_store_settings(store_block)
        asked = chosen_teacher(teacher, teacher_block, replay_url, settings)
        policy = chosen_policy(policy_url, settings)
        if teacher_limit is not None:
            slots_decay(teacher_limit)  # a missing limit is told before the first session
        waiting = sorted(find_waiting(sessions_root, settings), key=lambda session: session.url)
        step: Task[..., SessionNight] = plan_on_pool if mode is Mode.WORK_POOL else plan_here
        options: dict[str, Any] = {"night_began": began, "teacher_limit": teacher_limit}
        if mode is Mode.WORK_POOL:
            options |= {
                "deployment": deployment,
                "passed_on": {
                    "student_url": student_url,
                    "teacher_block": teacher_block,
                    "replay_url": replay_url,
                    "store_block": store_block,
                    "policy_url": policy_url,
                },
                "time_limit_seconds": run_time_limit_seconds,
            }
        else:
            student = fetch_student(student_url, settings) if student_url else Student()
            options |= {"student": student, "policy": policy}
        with _runner(mode, parallel, dask_address) as runner:
            coordinator = Coordinator(
                begin=lambda session, bounded: runner.submit(
                    step, {"session": session, "teacher": bounded, **options}
                ),
                teacher=asked,
                purse=Purse(budget_usd, spent_before(sessions_root, settings, _bound(asked))),
                parallel=parallel,
                began=began,
            )
            sessions = coordinator.plan(waiting)
    except PlannerError as error:
        return cast("Night", failed(error))
    night = Night(sessions=sessions, spent_usd=coordinator.purse.spent_usd, budget_usd=budget_usd)
    return _ended(night, sessions_root)


def spent_before(sessions_root: str, settings: StoreSettings, bound_usd: float) -> float:
    """Return what earlier attempts of this run paid, in USD: a Retry has no second budget.

    Read from the call logs of all sessions, on a Retry only; a cost that nobody knows
    counts as a session's whole bound.
    """
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    if run is None or run.run_count < 2 or run.start_time is None:
        return 0.0
    first = run.start_time
    costs = overlapping(
        lambda session: spent_since(session, first), find_asked(sessions_root, settings)
    )
    return sum(bound_usd if cost is None else cost for cost in costs)


@dataclass(frozen=True)
class Flight:
    """A session that was handed over, and what was reserved for it."""

    session: Session
    granted_usd: float
    future: PrefectFuture[SessionNight]


@dataclass
class Coordinator:
    """Hands sessions over while there are places and money, and collects what became of them."""

    begin: Callable[[Session, AnyTeacher], PrefectFuture[SessionNight]]
    teacher: AnyTeacher
    purse: Purse
    parallel: int
    began: datetime
    flying: dict[UUID, Flight] = field(default_factory=dict)
    landed: SimpleQueue[UUID] = field(default_factory=SimpleQueue)
    budget_is_used_up: bool = False

    def plan(self, waiting: Sequence[Session]) -> tuple[SessionNight, ...]:
        """Plan the sessions in their order, as far as the budget goes."""
        queue = deque(waiting)
        told = []
        while True:
            while queue and self._hand_over(queue[0]):
                queue.popleft()
            if not self.flying:
                break
            told.append(self._collect())
            show_progress(told[-1], done=len(told), total=len(waiting))
        reason = "The night's budget is used up; the next night goes on."
        left = (SessionNight.of(session, Became.WAITING, reason) for session in queue)
        return (*told, *left)

    def _hand_over(self, session: Session) -> bool:
        """Begin one session, where there is a place and money for it."""
        if len(self.flying) >= self.parallel or self.budget_is_used_up:
            return False
        granted = self.purse.reserve(_bound(self.teacher))
        if granted is None:
            return False
        future = self.begin(session, lowered(self.teacher, granted))
        self.flying[future.task_run_id] = Flight(session, granted, future)
        future.add_done_callback(lambda done: self.landed.put(done.task_run_id))
        return True

    def _collect(self) -> SessionNight:
        """Wait for any session to land, and settle what it cost."""
        flight = self.flying.pop(self.landed.get())
        night = self._night(flight)
        self.purse.settle(flight.granted_usd, night.spent_usd)
        return night

    def _night(self, flight: Flight) -> SessionNight:
        outcome: object = flight.future.result(raise_on_failure=False)
        if isinstance(outcome, SessionNight):
            return outcome
        became, reason = Became.FAILED, f"{type(outcome).__name__}: {outcome}"
        if isinstance(outcome, BudgetExceeded) and flight.granted_usd < _bound(self.teacher):
            self.budget_is_used_up = True
            became = Became.WAITING
        elif isinstance(outcome, TeacherBusy):
            became = Became.WAITING
        spent = spent_since(flight.session, self.began)
        return SessionNight.of(flight.session, became, reason, spent_usd=spent)


def show_progress(latest: SessionNight, *, done: int, total: int) -> None:
    """Show how far the night is; the one place where this happens."""
    publish_progress(done, total)
    get_run_logger().info(
        "%d of %d: %s %s %s", done, total, latest.session_url, latest.became, latest.reason
    )


def told(night: Night) -> str:
    """Return the night in two sentences."""
    counts = ", ".join(f"{night.count(became)} {became.replace('_', ' ')}" for became in Became)
    budget = "no budget" if night.budget_usd is None else f"a budget of {night.budget_usd:.2f} USD"
    return f"{len(night.sessions)} sessions: {counts}. Spent {night.spent_usd:.4f} USD of {budget}."


def _ended(night: Night, sessions_root: str) -> Night:
    """End the run with a state that says what became of the sessions.

    Failed where nothing but failures came of the night: then it is not the sessions.
    """
    logger = get_run_logger()
    for session in night.sessions:
        logger.info("%s", session.line)
    message = told(night)
    publish_night(night.sessions, sessions_root, message)
    logger.info("%s", message)
    failures = night.count(Became.FAILED)
    if failures and failures == len(night.sessions):
        return cast("Night", Failed(message=message, data=night))
    return cast(
        "Night", Completed(name=SOME_FAILED if failures else None, message=message, data=night)
    )


def _runner(mode: Mode, parallel: int, dask_address: str | None) -> TaskRunner[Any]:
    if mode is not Mode.DASK:
        return ThreadPoolTaskRunner(max_workers=parallel)
    try:
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise SettingsInvalid(
            "Mode dask needs prefect-dask: pip install 'prefect-learning-planner[dask]'."
        ) from None
    if dask_address is not None:
        return DaskTaskRunner(address=dask_address)
    workers = min(parallel, os.cpu_count() or 1)
    threads = -(-parallel // workers)
    return DaskTaskRunner(cluster_kwargs={"n_workers": workers, "threads_per_worker": threads})


def _bound(teacher: AnyTeacher) -> float:
    """Return what one session may cost at most, in USD: a replay costs nothing."""
    if not isinstance(teacher, Teacher):
        return 0.0
    return math.inf if teacher.max_cost_usd is None else teacher.max_cost_usd
