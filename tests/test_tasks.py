"""The steps as tasks: named, retried as the error says, cached as designed, for anyone's flow."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from prefect import Flow, Task, flow
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.settings import PREFECT_LOCAL_STORAGE_PATH, temporary_settings
from prefect.settings import PREFECT_RESULTS_PERSIST_BY_DEFAULT as KEEP
from prefect.states import Failed

import flows
from flows import tasks
from flows.distillation import distill
from flows.nightly import nightly
from flows.parameters import TeacherParameters
from flows.steps import PureStep, may_succeed_again, source_digest
from planner.diagnosis import read_diagnosis
from planner.errors import AnswerUnreadable, TeacherRateLimited, TeacherUnavailable
from planner.evidence import screen_clusters
from planner.models import Screening, Student, TeacherReply
from planner.request import compose_request
from planner.retrying import LONGEST_WAIT_SECONDS
from planner.session import Session
from tests.builders import cluster
from tests.demo_session import DEMO, SESSION_ID, DemoSession
from tests.flow_runs import paid_teacher, state_of
from tests.loopback_teacher import LoopbackTeacher
from tests.prefect_server import ROOT

STORAGE = {"read_inputs", "read_student", "freeze_plan"}
TEACHER = {"ask_teacher"}

ALL: dict[str, Task[..., Any]] = {
    name: step for name, step in vars(tasks).items() if isinstance(step, Task)
}


def test_every_step_can_be_imported_from_the_front_door() -> None:
    assert len(ALL) == 11
    assert all(getattr(flows, name) is step for name, step in ALL.items())


@pytest.mark.parametrize("name", ALL)
def test_every_step_has_the_options_of_its_kind(name: str) -> None:
    step = ALL[name]
    assert step.name == name
    assert step.tags == {"learning-planner", *({"teacher-call"} if name in TEACHER else ())}
    assert step.task_run_name
    assert step.description
    if name in STORAGE | TEACHER:
        assert (step.cache_policy, step.persist_result) == (NO_CACHE, False)
        assert step.retries > 0
        assert step.retry_condition_fn is may_succeed_again
    else:
        assert isinstance(step.cache_policy, PureStep)
        assert (step.retries, step.result_serializer) == (0, "json")


def test_prefect_is_not_loaded_before_a_name_is_asked_for() -> None:
    code = "import sys, flows, flows.cli; assert 'prefect' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


# --- retries -----------------------------------------------------------------


def retried(error: Exception) -> bool:
    run = TaskRun(task_key="ask", dynamic_key="0")
    return may_succeed_again(tasks.ask_teacher, run, Failed(data=error))


def test_only_errors_that_say_so_are_tried_again() -> None:
    assert retried(TeacherUnavailable("It broke."))
    assert not retried(AnswerUnreadable("It is paid."))
    assert not retried(RuntimeError("Who knows."))


def test_a_wait_that_is_too_long_is_not_waited_for() -> None:
    limited = TeacherRateLimited("Later.")
    limited.retry_after = LONGEST_WAIT_SECONDS + 1
    assert not retried(limited)


@flow
def ask(demo: DemoSession, teacher: TeacherParameters) -> State[TeacherReply]:
    """Ask with the task, which tries again at once."""
    markdown = (demo.session / "diagnosis.md").read_bytes()
    diagnosis = read_diagnosis(markdown, None, where="here")
    composed = compose_request(diagnosis, screen_clusters(diagnosis.clusters), Student(), teacher)
    at_once = tasks.ask_teacher.with_options(retry_delay_seconds=0)
    return at_once(Session.at(str(demo.session)), teacher, composed, return_state=True)


@pytest.mark.server
@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize(("script", "requests"), [("503,ok", 2), ("401,ok", 1)])
def test_a_call_is_sent_again_only_where_that_can_help(
    demo: DemoSession, loopback: LoopbackTeacher, script: str, requests: int
) -> None:
    state = ask(demo, paid_teacher(loopback, script), return_state=True)
    assert (state.is_completed(), len(loopback.requests())) == (requests == 2, requests)


# --- caching -----------------------------------------------------------------


@flow(persist_result=False)
def screen_twice() -> tuple[State[Screening], State[Screening]]:
    """Screen equal clusters in two task runs."""
    first = tasks.screen_clusters((cluster(),), return_state=True)
    return first, tasks.screen_clusters((cluster(),), return_state=True)


def kept(results: Path) -> dict[str, dict[str, Any]]:
    """The stored results of steps by file; all that is stored is JSON, outcomes of runs too."""
    stored = {f.name: json.loads(f.read_bytes()) for f in results.rglob("*") if f.is_file()}
    return {name: record for name, record in stored.items() if name.partition("-")[0] in ALL}


@pytest.mark.server
@pytest.mark.usefixtures("prefect_server")
def test_pure_steps_are_kept_only_where_the_settings_say_so(tmp_path: Path) -> None:
    with temporary_settings({PREFECT_LOCAL_STORAGE_PATH: tmp_path}):
        names = [state.name for state in screen_twice()]
    assert (names, kept(tmp_path)) == (["Completed", "Completed"], {})


@pytest.mark.server
@pytest.mark.usefixtures("prefect_server")
def test_kept_results_are_found_by_any_run_and_are_json(
    demo: DemoSession, loopback: LoopbackTeacher, tmp_path: Path
) -> None:
    results = tmp_path / "results"
    settings = {KEEP: True, PREFECT_LOCAL_STORAGE_PATH: results}
    with temporary_settings(settings):
        state_of(demo.session, teacher=paid_teacher(loopback, "unreadable"))
        before = len(kept(results))
        state_of(demo.session, teacher=paid_teacher(loopback, "unreadable"))
        names = [state.name for state in screen_twice()]
    records = kept(results)
    assert names == ["Completed", "Cached"]
    # The second run of the flow found all its steps; the screening of another cluster is new.
    assert (before, len(records)) == (3, 4)
    assert {record["metadata"]["serializer"]["type"] for record in records.values()} == {"json"}


@pytest.mark.server
@pytest.mark.usefixtures("prefect_server")
def test_another_policy_re_tiers_a_recorded_answer_without_paying(
    demo: DemoSession, loopback: LoopbackTeacher, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('[tiers]\nadd_tool_to_agent = "manual"\nset_agent_param = "manual"\n')
    settings = {KEEP: True, PREFECT_LOCAL_STORAGE_PATH: tmp_path / "results"}
    with temporary_settings(settings):
        first = state_of(demo.session, teacher=paid_teacher(loopback)).result()
        demo.plan.unlink()
        second = state_of(
            demo.session, teacher=paid_teacher(loopback), policy_url=str(policy)
        ).result()
    assert second.edits["manual"] > first.edits["manual"]
    assert len(loopback.requests()) == 1


def test_a_line_of_the_library_changes_every_key(tmp_path: Path) -> None:
    module = tmp_path / "risk.py"
    module.write_text("LIMIT = 1\n")
    before = source_digest(tmp_path)
    assert source_digest(tmp_path) == before
    module.write_text("LIMIT = 2\n")
    assert source_digest(tmp_path) != before


# --- a flow of one's own -----------------------------------------------------


@pytest.mark.server
def test_the_example_of_a_flow_of_one_s_own_runs(prefect_server: Any) -> None:
    session = DEMO / "sessions" / SESSION_ID
    done = subprocess.run(
        [sys.executable, "examples/own_flow.py", str(session)],
        env=prefect_server.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "'clusters with evidence': 4, 'clusters without': 1" in done.stdout


@pytest.mark.server
@pytest.mark.usefixtures("prefect_server")
def test_tasks_work_in_sync_and_async_flows(demo: DemoSession) -> None:
    @flow
    def plain() -> str | None:
        inputs = tasks.read_inputs(Session.at(str(demo.session)))
        return (inputs.diagnosis or b"").decode()[:1]

    @flow
    async def asynchronous() -> str | None:
        return plain.fn()

    assert plain() == asyncio.run(as_coroutine(asynchronous)) == "#"


async def as_coroutine(of: Any) -> Any:
    """Await a flow, whatever its annotations say."""
    return await of()


@pytest.mark.parametrize("of", [distill, nightly])
def test_a_flow_s_own_result_is_json_and_kept_only_where_the_settings_say_so(
    of: Flow[..., Any],
) -> None:
    assert (of.result_serializer, of.persist_result) == ("json", False)
