"""A night of many sessions: how fast, in how much memory, and with how many requests.

1,000 sessions in threads of this process, beside as many plain calls of the library in as
many threads; then the second night, and a night whose plans were lost. On the work pool,
where each session is a process, fewer of them, beside as many plain processes.
"""

import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from prefect.deployments.runner import RunnerDeployment
from prefect.types.entrypoint import EntrypointType

from benchmarks.measure import ROOT, Row, run_python, slope, timed
from benchmarks.world import (
    TeacherProcess,
    copy_student,
    diagnosis_of,
    make_sessions,
    prefect_server,
    s3_server,
    teacher_fields,
    teacher_process,
    workshop,
)
from flows.distillation import distill
from flows.nightly import Mode, Night, nightly
from flows.parameters import TeacherParameters
from flows.session_night import Became
from planner.planner import plan_session
from planner.session import Session
from planner.store import Store
from planner.student import fetch_student
from planner.teacher import Teacher
from tests.stores import BUCKET, SECRET, fault_proxy

PARALLEL = 4
BARE = 300
"""Plain calls beside the night: enough for their rate, which does not change with their number."""

_POOL = "benchmark"
_STATM = Path("/proc/self/statm")


@dataclass(frozen=True)
class _Place:
    """Where the nights are spent."""

    directory: Path
    student: Path
    teacher: TeacherProcess

    def night(self, root: str, **options: Any) -> Night:
        """Run the flow; every session that waits must be planned."""
        found: Night = nightly(
            root,
            student_url=str(self.student),
            teacher=TeacherParameters.model_validate(teacher_fields(self.teacher)),
            budget_usd=None,
            **options,
        )
        if found.count(Became.PLANNED) != len(found.sessions):
            reasons = {session.reason for session in found.sessions}
            raise RuntimeError(f"Not every session was planned: {reasons}")
        return found


def measure(*, quick: bool) -> Iterator[Row]:
    with workshop() as directory, teacher_process() as teacher, prefect_server():
        place = _Place(directory, copy_student(directory), teacher)
        place.night(str(_root(place, "warm-up", 2)), parallel=PARALLEL)
        yield from _in_threads(place, 8 if quick else 1_000)
        if not quick:
            yield from _on_pool(place, 4)
        yield from _on_s3(place, 3 if quick else 50)


# --- threads ---------------------------------------------------------------------


def _in_threads(place: _Place, count: int) -> Iterator[Row]:
    bare_count = min(count, BARE)
    bare, root = _root(place, "bare", bare_count), _root(place, "night", count)
    bare_seconds = timed(lambda: _plan_all(bare, place))
    asked = place.teacher.requests()
    with _watched(root) as memory:
        seconds = timed(lambda: place.night(str(root), parallel=PARALLEL))
    first = place.teacher.requests() - asked
    yield Row(
        what=f"{count:,} sessions in {PARALLEL} threads, sessions a second",
        value=count / seconds,
        unit="",
        against=f"{bare_count} `plan_session` in as many threads",
        reference=bare_count / bare_seconds,
        note="higher is better",
    )
    yield Row("peak memory of that night", memory.peak_mb, "MB", "before it", memory.before_mb)
    yield Row("memory gained by a session, after the first third", memory.slope_kb, "KB")
    yield Row("requests to the teacher, a session, first night", first / count, "")
    asked = place.teacher.requests()
    second = place.night(str(root), parallel=PARALLEL)
    assert not second.sessions
    yield Row("requests to the teacher, second night", place.teacher.requests() - asked, "")
    lost = sorted(root.glob("*/plan.json"))[:50]
    for plan in lost:
        plan.unlink()
    asked = place.teacher.requests()
    third = place.night(str(root), parallel=PARALLEL)
    assert len(third.sessions) == len(lost)
    paid = place.teacher.requests() - asked
    yield Row(
        f"requests to the teacher, where {len(lost)} plans were lost and made again", paid, ""
    )


def _root(place: _Place, name: str, count: int) -> Path:
    make_sessions(place.directory / name, count)
    return place.directory / name


def _plan_all(root: Path, place: _Place) -> None:
    teacher = Teacher.model_validate(teacher_fields(place.teacher))
    student = fetch_student(str(place.student))

    def plan(path: Path) -> None:
        plan_session(Session.at(str(path)), teacher=teacher, student=student)

    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(plan, sorted(root.iterdir())))


@dataclass
class _Memory:
    """The resident memory of this process while a night goes on."""

    before_mb: float
    points: list[tuple[float, float]] = field(default_factory=list)
    """Sessions planned, and megabytes."""

    @property
    def peak_mb(self) -> float:
        return max(self.before_mb, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MAXRSS_MB)

    @property
    def slope_kb(self) -> float:
        settled = self.points[len(self.points) // 3 :]
        return slope(settled) * 1024


_MAXRSS_MB = 1024 if sys.platform == "linux" else 1024 * 1024


@contextmanager
def _watched(root: Path) -> Iterator[_Memory]:
    memory, over = _Memory(_resident_mb()), threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            planned = sum(1 for _ in root.glob("*/plan.json"))
            memory.points.append((planned, _resident_mb()))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        over.set()
        thread.join()


def _resident_mb() -> float:
    """Return what is resident now; where the system does not tell, the peak so far."""
    if _STATM.exists():
        return int(_STATM.read_text().split()[1]) * resource.getpagesize() / 1024**2
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MAXRSS_MB


# --- the work pool -----------------------------------------------------------------


def _on_pool(place: _Place, count: int) -> Iterator[Row]:
    processes = os.cpu_count() or 1
    bare, root = _root(place, "bare-processes", count), _root(place, "pool", count)
    seconds = timed(lambda: _plan_in_processes(bare, place, processes))
    with _worker(processes):
        _deploy()
        asked = place.teacher.requests()
        options = {"mode": Mode.WORK_POOL, "parallel": processes}
        pool_seconds = timed(lambda: place.night(str(root), **options))
        first = place.teacher.requests() - asked
    yield Row(
        what=f"{count} sessions on a work pool of {processes}, sessions a second",
        value=count / pool_seconds,
        unit="",
        against="as many processes of `learning-planner plan`",
        reference=count / seconds,
        note="higher is better",
    )
    yield Row("requests to the teacher, a session, on the work pool", first / count, "")


def _plan_in_processes(root: Path, place: _Place, processes: int) -> None:
    fields = teacher_fields(place.teacher)
    asked = ("--model", fields["model"], "--api-base", fields["api_base"])
    command = ("-c", "from flows.cli import main; main()", "plan")

    def plan(path: Path) -> None:
        run_python(*command, str(path), "--student", str(place.student), *asked)

    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(plan, sorted(root.iterdir())))


def _deploy() -> None:
    # Both are sync here; their annotations speak of both worlds.
    deployment = cast(
        "RunnerDeployment",
        distill.to_deployment(
            "distill", work_pool_name=_POOL, entrypoint_type=EntrypointType.MODULE_PATH
        ),
    )
    deployment.apply()


@contextmanager
def _worker(limit: int) -> Iterator[None]:
    from prefect.settings import get_current_settings  # noqa: PLC0415 - as they are in the harness

    settings = get_current_settings().to_environment_variables(exclude_unset=True)
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT)}
    prefect = [sys.executable, "-m", "prefect"]
    create = [*prefect, "work-pool", "create", _POOL, "--type", "process"]
    subprocess.run(create, env=environment, check=True, capture_output=True)
    command = [*prefect, "worker", "start", "--pool", _POOL, "--limit", str(limit)]
    with subprocess.Popen(command, env=environment, cwd=ROOT) as process:
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


# --- S3 -----------------------------------------------------------------------------


def _on_s3(place: _Place, count: int) -> Iterator[Row]:
    with s3_server() as direct, fault_proxy(direct) as (server, proxy):
        root = f"s3://{BUCKET}/night"
        for number in range(count):
            session = f"session-{number}"
            Store(f"{root}/{session}", direct.settings()).write(
                "diagnosis.md", diagnosis_of(session)
            )
        os.environ |= {
            "AWS_ENDPOINT_URL": server.endpoint,
            "AWS_ACCESS_KEY_ID": "admin",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        place.night(root, parallel=PARALLEL)
        requests = proxy.counted()
        place.night(root, parallel=PARALLEL)
        second = proxy.counted()
    yield Row(f"requests to S3, a session, a night of {count}", len(requests) / count, "")
    yield Row(f"requests to S3, the second night, all {count}", len(second), "")
