"""Each step of the walk as a task: options beside a call, and nothing else.

| kind | tasks | retried | reused |
|---|---|---|---|
| storage | `read_inputs`, `read_student`, `freeze_plan` | where the error says so | never |
| teacher | `ask_teacher` | where the error says so | from the session's own record |
| pure | the others | never: they would fail the same way | where results are kept |

**Where results are kept** is the deployment's business: pure steps are cached as soon
as `PREFECT_RESULTS_PERSIST_BY_DEFAULT` (or `PREFECT_TASKS_DEFAULT_PERSIST_RESULT`) is
true. It is off by default, because a pure step takes a millisecond, a look-up in a
bucket twenty, and a miss sixty; a rerun without it is as free and faster.

Our own flows run these, without tags: Prefect asks its server about every tagged run of a
task, and one on SQLite answers "busy, in two seconds" while it records other runs. For
flows of your own the same steps stand in `flows.tasks`, with tags.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import INPUTS, NO_CACHE, CachePolicy
from prefect.client.schemas.objects import State, TaskRun
from prefect.context import TaskRunContext
from prefect.settings import get_current_settings
from prefect.tasks import RetryConditionCallable, exponential_backoff

import planner
from planner import answer, asking, diagnosis, evidence, plan, request, risk, settle, student
from planner.errors import PlannerError
from planner.models import LearningPlan, digest_of, sha256
from planner.retrying import ATTEMPTS, FIRST_WAIT_SECONDS, is_worth_retrying
from planner.session import Inputs, Session

P = ParamSpec("P")
R = TypeVar("R")

KEEP_RESULTS: Final = get_current_settings().results.persist_by_default
"""Whether a flow's own result is kept; said aloud, since naming a serializer alone keeps it."""


def may_succeed_again(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    """Tell whether to retry, as the library does, after the wait that the other side asks for.

    Prefect takes plain functions only here; a partial or a method means never. The
    back-off is Prefect's own, so that the UI shows it.
    """
    error = state.data
    if not (isinstance(error, PlannerError) and is_worth_retrying(error)):
        return False
    time.sleep(error.retry_after or 0.0)
    return True


def source_digest(root: Path) -> str:
    """Return the SHA-256 of all Python source below a directory."""
    return digest_of(
        {str(path.relative_to(root)): sha256(path.read_bytes()) for path in root.rglob("*.py")}
    )


@cache
def library_digest() -> str:
    """Return the digest of the library's own source: another library, another key."""
    return source_digest(Path(planner.__file__).parent)


@dataclass
class PureStep(CachePolicy):
    """Keys a step by its name, its inputs and the library's source, where results are kept.

    Not by run, flow or clock: equal inputs find their result in any run and on any
    worker. No key, and so no request to the store, where results are not kept.
    """

    def compute_key(
        self,
        task_ctx: TaskRunContext,
        inputs: dict[str, Any],
        flow_parameters: dict[str, Any],
        **kwargs: Any,
    ) -> str | None:
        """Return the key, or None for "run it"."""
        if not results_are_kept():
            return None
        hashed = INPUTS.compute_key(task_ctx, inputs, flow_parameters, **kwargs)
        return f"{task_ctx.task.name}-{digest_of([hashed, library_digest()])}"


def results_are_kept() -> bool:
    """Tell what Prefect's settings say of the results of tasks."""
    settings = get_current_settings()
    if settings.tasks.default_persist_result is not None:
        return settings.tasks.default_persist_result
    return settings.results.persist_by_default


def _pure(step: Callable[P, R], run_name: str) -> Task[P, R]:
    return task(
        name=step.__name__,
        task_run_name=run_name,
        cache_policy=PureStep(),
        result_serializer="json",
    )(step)


def retried(
    run_name: str, *, name: str | None = None, when: RetryConditionCallable = may_succeed_again
) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Return the decorator of a task that touches the world: retried, and never cached."""
    return task(
        name=name,
        task_run_name=run_name,
        retries=ATTEMPTS - 1,
        retry_delay_seconds=exponential_backoff(FIRST_WAIT_SECONDS),
        retry_jitter_factor=0.5,
        retry_condition_fn=when,
        cache_policy=NO_CACHE,
        persist_result=False,
    )


@retried("read {session.id}")
def read_inputs(session: Session) -> Inputs:
    """Read the diagnosis, the clusters and a plan that is frozen already, in one round."""
    return session.read_inputs()


@retried("freeze {learning_plan.session_id}")
def freeze_plan(session: Session, learning_plan: LearningPlan) -> str:
    """Create plan.json, once, and return its URL; the same plan again is success.

    Raises:
        PlanConflict: Another plan is frozen for this session; it stays.
    """
    session.freeze_plan(plan.plan_bytes(learning_plan))
    return session.plan_url


read_student = retried("read the student", name="read_student")(student.fetch_student)
read_diagnosis = _pure(diagnosis.read_diagnosis, "read the diagnosis")
screen_clusters = _pure(evidence.screen_clusters, "screen clusters")
compose_request = _pure(request.compose_request, "compose the request")
ask_teacher = retried("ask {teacher.model}")(asking.ask_teacher)
parse_edits = _pure(answer.parse_edits, "parse edits")
settle_patches = _pure(settle.settle_patches, "settle patches")
assign_tiers = _pure(risk.assign_tiers, "assign tiers")
assemble_plan = _pure(plan.assemble_plan, "assemble the plan")
