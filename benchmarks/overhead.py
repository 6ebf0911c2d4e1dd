"""What Prefect adds to a session: the flow beside the library, and beside a flow of nothing.

The teacher is a process on loopback that answers at once, asked through litellm over HTTP.
"""

import asyncio
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.client.orchestration import get_client

from benchmarks.measure import Row, in_turns, median, run_python
from benchmarks.world import (
    TeacherProcess,
    copy_student,
    make_sessions,
    prefect_server,
    teacher_fields,
    teacher_process,
    workshop,
)
from flows.distillation import distill
from flows.parameters import TeacherParameters
from planner.models import Message, ResponseForm, TeacherRequest
from planner.planner import plan_session
from planner.session import Session
from planner.student import fetch_student
from planner.teacher import Teacher

_FLOW = "a bare flow of as many empty tasks"
_LIBRARY = "`plan_session`, without Prefect"

_LITELLM = "from planner.litellm_call import load_litellm; load_litellm()"


@task
def nothing() -> None:
    """Do nothing."""


@flow
async def bare(tasks: int) -> None:
    """Run empty tasks, one after the other."""
    for _ in range(tasks):
        nothing()


def run_bare(tasks: int) -> None:
    asyncio.run(bare(tasks))


def run_distill(session: Path, student: Path, teacher: dict[str, Any]) -> None:
    asyncio.run(
        distill(
            session_url=str(session),
            student_url=str(student),
            teacher=TeacherParameters.model_validate(teacher),
        )
    )


def run_library(session: Path, student: Path, teacher: dict[str, Any]) -> None:
    plan_session(
        Session.at(str(session)),
        teacher=Teacher.model_validate(teacher),
        student=fetch_student(str(student)),
    )


def measure(*, quick: bool) -> Iterator[Row]:
    with workshop() as directory, teacher_process() as teacher, prefect_server() as api_url:
        student = copy_student(directory)
        sessions = iter(make_sessions(directory / "sessions", 200))
        fields = teacher_fields(teacher)
        run_distill(next(sessions), student, fields)
        tasks = _tasks_of_distill()
        yield Row("tasks in a run of `distill`", tasks, "")
        yield from _warm(sessions, student, fields, tasks, rounds=3 if quick else 5)
        if not quick:
            yield from _cold(directory, student, teacher, tasks=tasks, api_url=api_url)


def _tasks_of_distill() -> int:
    with get_client(sync_client=True) as client:
        return len(client.read_task_runs())


def _warm(
    sessions: Iterator[Path], student: Path, fields: dict[str, Any], tasks: int, rounds: int
) -> Iterator[Row]:
    numbers = count()
    seconds = in_turns(
        {
            "flow": lambda: run_distill(next(sessions), student, fields),
            "bare": lambda: run_bare(tasks),
            "library": lambda: run_library(next(sessions), student, fields),
            "call": lambda: Teacher.model_validate(fields).generate(_request(next(numbers))),
        },
        rounds,
    )
    flow_seconds = median(seconds["flow"])
    samples = tuple(seconds["flow"])
    for against, name in ((_FLOW, "bare"), (_LIBRARY, "library")):
        what = "`distill`, warm"
        yield Row(what, flow_seconds, "s", against, median(seconds[name]), samples=samples)
    told = {"Prefect's own engine (the bare flow)": "bare", "the library's own walk": "library"}
    for what, name in told.items():
        yield Row(f"of `distill`, {what}", median(seconds[name]), "s", "`distill`", flow_seconds)
    yield Row(
        "of the library's walk, the call by litellm on loopback",
        median(seconds["call"]),
        "s",
        _LIBRARY,
        median(seconds["library"]),
    )


def _request(number: int) -> TeacherRequest:
    return TeacherRequest(
        model="openai/benchmark-teacher",
        messages=(
            Message(role="system", content="Plan."),
            Message(role="user", content=f"Night {number}."),
        ),
        response_form=ResponseForm.JSON_SCHEMA,
        response_schema={"type": "object"},
    )


def _cold(
    directory: Path,
    student: Path,
    teacher: TeacherProcess,
    *,
    tasks: int,
    api_url: str,
) -> Iterator[Row]:
    """Time whole processes, once: most of one is importing Prefect and litellm."""
    sessions = iter(make_sessions(directory / "cold", 20))
    plan = ("--student", str(student), "--model", "openai/benchmark-teacher")
    library = "from flows.cli import main; main()"
    bare_code = f"from benchmarks.overhead import run_bare; run_bare({tasks})"
    flow_code = (
        "import sys; from pathlib import Path; from benchmarks.overhead import run_distill; "
        "run_distill(Path(sys.argv[1]), Path(sys.argv[2]), "
        "{'model': sys.argv[3], 'api_base': sys.argv[4], 'max_cost_usd': None})"
    )
    model, base = "openai/benchmark-teacher", teacher.api_base
    seconds = in_turns(
        {
            "flow": lambda: run_python(
                "-c", flow_code, str(next(sessions)), str(student), model, base,
                PREFECT_API_URL=api_url,
            ),
            "bare": lambda: run_python("-c", bare_code, PREFECT_API_URL=api_url),
            "library": lambda: run_python(
                "-c", library, "plan", str(next(sessions)), *plan, "--api-base", base
            ),
            "prefect": lambda: run_python("-c", "import flows.distillation"),
            "litellm": lambda: run_python("-c", _LITELLM),
        },
        rounds=1,
    )  # fmt: skip
    flow_seconds = median(seconds["flow"])
    samples = tuple(seconds["flow"])
    for against, name in ((_FLOW, "bare"), (_LIBRARY, "library")):
        what = "`distill`, cold: a new process"
        yield Row(what, flow_seconds, "s", against, median(seconds[name]), samples=samples)
    for what, name in (("Prefect and the flow", "prefect"), ("litellm", "litellm")):
        yield Row(
            f"of that, importing {what}",
            median(seconds[name]),
            "s",
            "`distill`, cold",
            flow_seconds,
        )
