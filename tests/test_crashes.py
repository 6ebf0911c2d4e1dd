"""`kill -9` at any point of a walk, then a rerun: the plan is there, the same, and paid once.

"Paid once", at each point: where the answer was recorded when the process died, the rerun
asks nobody. Where it was not, the rerun asks once, and at most the one answer that was under
way is lost. "The same": an undisturbed walk over the recorded answer freezes the same bytes.
"""

import json
import multiprocessing
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import forkserver
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock
from typing import Any

import certifi
import pytest

from planner.session import Session
from tests.crash_walk import STEPS, Point, Walk, die_at, finish, measure
from tests.demo_session import DEMO, SESSION_ID, copy_demo
from tests.loopback_teacher import LoopbackTeacher
from tests.prefect_server import ROOT, PrefectServer, wait_until
from tests.stores import S3Server

pytestmark = pytest.mark.slow

SEED = 20261121
FLOW_POINTS, LIBRARY_POINTS = 3, 6
"""For each of the twelve steps: 108 in all. A flow's process costs Prefect's second each time."""
AT_ONCE = 3
CALL = "call the teacher"
MAY_LOSE_AN_ANSWER = {CALL, "record the answer"}

# Starting a process also reaps others, whose exit code another thread may be about to read.
one_thread_reaps = Lock()

Start = Callable[..., BaseProcess]
Counts = dict[str, int]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Start a process by forking one that has imported everything and has no thread."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash_warm", "tests.crash_walk"])
    environment = {
        "PYTHONPATH": str(ROOT),
        "PREFECT_API_SSL_CERT_FILE": str(one_authority(tmp_path_factory.mktemp("authority"))),
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_TASKS_DEFAULT_PERSIST_RESULT": "false",  # a cached step would not be walked
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        forkserver.ensure_running()

    def started(target: Callable[..., None], *arguments: Any) -> BaseProcess:
        process = context.Process(target=target, args=arguments, daemon=True)
        with one_thread_reaps:
            process.start()
        return process

    return started


def ended(process: BaseProcess) -> int | None:
    """Wait for the end of a process; returns its exit code."""
    wait([process.sentinel])
    with one_thread_reaps:
        process.join()
    return process.exitcode


def one_authority(directory: Path) -> Path:
    """Prefect reads all authorities anew for each task; one will do to talk to loopback."""
    end = "-----END CERTIFICATE-----\n"
    first, _, _ = Path(certifi.where()).read_text("utf-8").partition(end)
    authority = directory / "one.pem"
    authority.write_text(first + end)
    return authority


@dataclass(frozen=True)
class Scene:
    """One session, the walk that dies in it, and the teacher's count of its requests."""

    walk: Walk
    name: str
    loopback: LoopbackTeacher

    @property
    def session(self) -> Session:
        return Session.at(self.walk.session_url, self.walk.store)

    @property
    def requests(self) -> int:
        return sum(seen.script.endswith(f"@{self.name}") for seen in self.loopback.requests())

    @property
    def is_recorded(self) -> bool:
        return any(".reply." in name for name in self.session.store.list("teacher_traces/calls"))


@dataclass(frozen=True)
class Lab:
    """Where walks die and are walked again."""

    root: Path
    start: Start
    loopback: LoopbackTeacher

    def scene(self, name: str, script: str = "ok", **walk: Any) -> Scene:
        demo = copy_demo(self.root / name)
        api_base = self.loopback.openai(f"{script}@{name}")
        return Scene(Walk(str(demo.session), demo.student, api_base, **walk), name, self.loopback)

    def scene_on(self, server: S3Server, name: str) -> Scene:
        local = self.scene(name)
        store = server.root()
        session = Session.under(store.url, SESSION_ID, store.settings)
        session.store.write("diagnosis.md", local.session.store.read("diagnosis.md"))
        walk = replace(local.walk, session_url=session.url, store=session.settings)
        return replace(local, walk=walk)

    def counts(self, walk: Walk) -> Counts:
        """Measure how much happens in each step of an undisturbed walk."""
        counted = self.root / "counts.json"
        assert self.run(measure, walk, counted) == 0
        counts: Counts = json.loads(counted.read_text())
        assert set(STEPS.values()) <= counts.keys()
        return counts

    def kill(self, point: Point, scene: Scene) -> None:
        assert self.run(die_at, point, scene.walk) == -9, f"{point} was not reached"

    def rerun(self, walk: Walk) -> None:
        assert self.run(finish, walk) == 0

    def run(self, target: Callable[..., None], *arguments: Any) -> int | None:
        return ended(self.start(target, *arguments))

    def undisturbed_plan(self, scene: Scene) -> bytes:
        """Plan a copy of the session, with the answer that is recorded there, and no kill."""
        there = scene.session.store
        copy = Session.under(str(self.root / scene.name / "undisturbed"), SESSION_ID)
        for name in set(there.list()) - {"plan.json"}:
            copy.store.write(name, there.read(name))
        Walk(copy.url, scene.walk.student, scene.walk.api_base).run()
        return copy.read_plan() or b"none"

    def kill_and_rerun(self, point: Point, scene: Scene, *, by: Walk | None = None) -> None:
        """Kill at a point, walk again, and hold the session to all that is promised."""
        self.kill(point, scene)
        was_recorded = scene.is_recorded
        self.rerun(by or scene.walk)
        lost = scene.requests - 1
        assert lost == 0 or (lost == 1 and not was_recorded and point.step in MAY_LOSE_AN_ANSWER)
        assert scene.session.read_plan() == self.undisturbed_plan(scene), point
        assert_every_call_is_told(scene.session)


@pytest.fixture
def lab(tmp_path: Path, start: Start, loopback: LoopbackTeacher) -> Lab:
    return Lab(tmp_path, start, loopback)


def points(counts: Counts, step: str, number: int) -> list[Point]:
    """Seeded points of a step, spread over all that happens in it."""
    seeded = random.Random(f"{SEED} {step}")
    share = counts[step] / number
    return [Point(step, 1 + int(share * (part + seeded.random()))) for part in range(number)]


def assert_every_call_is_told(session: Session) -> None:
    """One call was answered; the log has a line for it, and one for each that a kill ended."""
    names = session.store.list("teacher_traces/calls")
    lines = [
        json.loads(line) for line in session.store.read("teacher_traces/plan.jsonl").splitlines()
    ]
    told = sorted(f"teacher_traces/{line['record']}" for line in lines)
    assert told == sorted(name for name in names if ".reply." in name or ".call." in name)
    assert [line["outcome"] for line in lines].count("answered") == 1


@pytest.fixture(scope="module")
def flow_counts(
    prefect_server: PrefectServer, start: Start, tmp_path_factory: pytest.TempPathFactory
) -> Counts:
    return measured(start, tmp_path_factory.mktemp("flow"), prefect_url=prefect_server.api_url)


@pytest.fixture(scope="module")
def library_counts(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Counts:
    return measured(start, tmp_path_factory.mktemp("library"))


def measured(start: Start, root: Path, **walk: Any) -> Counts:
    with LoopbackTeacher(answer=(DEMO / "teacher_answer.json").read_text("utf-8")) as loopback:
        lab = Lab(root, start, loopback)
        return lab.counts(lab.scene("measured", **walk).walk)


@pytest.mark.server
@pytest.mark.parametrize("step", STEPS.values())
def test_a_killed_flow_is_completed_by_a_rerun_to_the_same_bytes_and_paid_once(
    step: str, lab: Lab, flow_counts: Counts, prefect_server: PrefectServer
) -> None:
    def kill(number: int, point: Point) -> None:
        scene = lab.scene(f"point-{number}", prefect_url=prefect_server.api_url)
        # Whoever comes next completes the session: the flow, or a walk without a scheduler.
        library = replace(scene.walk, prefect_url=None)
        lab.kill_and_rerun(point, scene, by=library if number else scene.walk)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(kill, range(FLOW_POINTS), points(flow_counts, step, FLOW_POINTS)))


@pytest.mark.parametrize("step", STEPS.values())
def test_a_killed_walk_without_a_scheduler_is_completed_as_the_flow_is(
    step: str, lab: Lab, library_counts: Counts
) -> None:
    def kill(number: int, point: Point) -> None:
        lab.kill_and_rerun(point, lab.scene(f"point-{number}"))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(kill, range(LIBRARY_POINTS), points(library_counts, step, LIBRARY_POINTS)))


@pytest.mark.s3
def test_a_walk_killed_in_a_bucket_is_completed_as_on_a_disk(lab: Lab, seaweedfs: S3Server) -> None:
    counts = lab.counts(lab.scene_on(seaweedfs, "measured").walk)
    planned = [point for step in STEPS.values() for point in points(counts, step, 1)]

    def kill(number: int) -> None:
        lab.kill_and_rerun(planned[number], lab.scene_on(seaweedfs, f"point-{number}"))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(kill, range(len(planned))))


def test_a_session_whose_every_rerun_is_killed_a_step_further_is_completed_in_the_end(
    lab: Lab, library_counts: Counts
) -> None:
    scene = lab.scene("unlucky")
    for step in STEPS.values():
        lab.kill(points(library_counts, step, 1)[0], scene)
    lab.rerun(scene.walk)
    assert scene.requests <= 1 + len(MAY_LOSE_AN_ANSWER)
    assert scene.session.read_plan() == lab.undisturbed_plan(scene)
    assert_every_call_is_told(scene.session)


def test_a_kill_while_the_teacher_thinks_costs_that_one_answer(lab: Lab) -> None:
    scene = lab.scene("thinking", script="stall,ok")
    process = lab.start(finish, scene.walk)
    wait_until(lambda: scene.requests, what="the request")
    process.kill()
    ended(process)
    lab.rerun(scene.walk)
    assert scene.requests == 2
    assert scene.session.read_plan() == lab.undisturbed_plan(scene)
    log = scene.session.store.read("teacher_traces/plan.jsonl").decode()
    assert "abandoned: its worker was gone" in log
