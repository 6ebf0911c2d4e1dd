"""Events: a diagnosis starts a plan, once; a frozen plan is told; none is lost."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName
from prefect.client.schemas.objects import FlowRun
from prefect.events.worker import EventsWorker

from flows.distillation import WAS_FROZEN, distill
from flows.events import DIAGNOSIS_COMPLETED, PLAN_FROZEN, emit_diagnosis_completed
from planner.errors import SessionUrlInvalid
from tests.flow_runs import run_as_worker_would
from tests.prefect_server import Deployed, wait_until

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(1200)]


def new_session(deployed: Deployed, directory: Path, name: str) -> Path:
    """A session of the test's own that waits."""
    return Path(shutil.copytree(deployed.demo.session, directory / name))


def emit(session: Path) -> None:
    """Emit as a diagnosis flow does; returns when the event is on its way."""
    emit_diagnosis_completed(str(session))
    EventsWorker.instance().wait_until_empty()


def runs_for(*sessions: Path) -> list[FlowRun]:
    """The runs of the deployment for these sessions."""
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(
            deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=["distill"]))
        )
    urls = {f"file://{session}" for session in sessions}
    return [run for run in runs if run.parameters["session_url"] in urls]


def more_runs(*, than: int, sessions: list[Path]) -> list[FlowRun]:
    """The runs for these sessions, once there are more than so many."""

    def found() -> list[FlowRun] | None:
        runs = runs_for(*sessions)
        return runs if len(runs) > than else None

    return wait_until(found, every=2, what=f"run {than + 1} of {len(sessions)}")


def ended(count: int, *sessions: Path) -> list[FlowRun] | None:
    """The runs for these sessions, once so many have ended."""
    runs = [run for run in runs_for(*sessions) if run.state and run.state.is_final()]
    return runs if len(runs) >= count else None


def told_of(deployed: Deployed, session: Path) -> list[dict[str, Any]]:
    """The payloads of the events that tell of a session's plan."""
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    asked = {"filter": {"event": {"name": [PLAN_FROZEN]}, "occurred": {"since": since}}}
    answer = httpx.post(f"{deployed.server.api_url}/events/filter", json=asked, timeout=30)
    payloads = [event["payload"] for event in answer.raise_for_status().json()["events"]]
    return [payload for payload in payloads if payload["session_url"] == f"file://{session}"]


@contextmanager
def paused_pool(deployed: Deployed) -> Iterator[None]:
    """Let no worker take a run; what was not begun meanwhile is taken back at the end."""
    deployed.server.cli("work-pool", "pause", "planner")
    try:
        yield
    finally:
        # Whatever went wrong above: a pool left paused would hold up every later test.
        try:
            cancel_scheduled(deployed)
        finally:
            wait_until(lambda: is_resumed(deployed), every=2, what="the pool's resumption")


def is_resumed(deployed: Deployed) -> bool:
    """Resume the pool; a server that is too busy to do it now is asked again."""
    try:
        deployed.server.cli("work-pool", "resume", "planner")
    except AssertionError:
        return False
    return True


def cancel_scheduled(deployed: Deployed) -> None:
    """Take back the runs of `distill` that nobody has begun."""
    asked = {
        "deployments": {"name": {"any_": ["distill"]}},
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
    }
    cancelled = {"state": {"type": "CANCELLED", "name": "Cancelled"}, "force": True}

    def are_none_left() -> bool:
        url = f"{deployed.server.api_url}/flow_runs"
        try:
            found = httpx.post(f"{url}/filter", json=asked, timeout=60).raise_for_status().json()
            for run in found:
                set_state = f"{url}/{run['id']}/set_state"
                httpx.post(set_state, json=cancelled, timeout=60).raise_for_status()
        except httpx.HTTPError:  # busy: what is left is taken back the next time
            return False
        return not found

    wait_until(are_none_left, every=1, what="the cancelling")


def emit_by_http(deployed: Deployed, session: Path) -> None:
    """Emit as anything that is not Python does."""
    event = {
        "event": DIAGNOSIS_COMPLETED,
        "occurred": datetime.now(UTC).isoformat(),
        "resource": {"prefect.resource.id": "learning.diagnosis.by-hand"},
        "payload": {"session_url": f"file://{session}"},
        "id": str(uuid4()),
    }
    httpx.post(f"{deployed.server.api_url}/events", json=[event]).raise_for_status()


def test_a_diagnosis_is_planned_once_however_often_and_by_whomever_it_is_told(
    deployed: Deployed, tmp_path: Path
) -> None:
    session = new_session(deployed, tmp_path, "von außen; 'quoted'")
    emit(session)
    (run,) = wait_until(lambda: ended(1, session), what="the run that the event starts")
    assert run.state is not None
    assert (run.state.is_completed(), run.state.name) == (True, "Completed"), run.state.message
    frozen = (session / "plan.json").read_bytes()
    (told,) = wait_until(lambda: told_of(deployed, session), what="the second event")
    assert told["plan_url"] == f"file://{session}/plan.json"
    assert told["edits"] == {"auto": 5, "review": 5, "manual": 1}
    assert told["cost_usd"] == pytest.approx(0.2)

    paid = len(deployed.teacher.requests("ok"))
    emit_by_http(deployed, session)
    runs = wait_until(lambda: ended(2, session), what="the run that the same event starts")
    assert {str(run.state.name) for run in runs if run.state} == {"Completed", WAS_FROZEN}
    assert (session / "plan.json").read_bytes() == frozen
    assert len(deployed.teacher.requests("ok")) == paid


def test_a_burst_of_fifty_events_loses_none(deployed: Deployed, tmp_path: Path) -> None:
    sessions = [new_session(deployed, tmp_path, f"burst-{n}") for n in range(50)]
    with paused_pool(deployed):
        for session in sessions:
            emit_diagnosis_completed(str(session))
        runs: list[FlowRun] = []
        while len(runs) < 50:  # slow is not lost: only a standstill is
            runs = more_runs(than=len(runs), sessions=sessions)
        assert len({run.parameters["session_url"] for run in runs}) == len(runs) == 50
        # Three of them, in this process: what a run does is told by other tests.
        states = [run_as_worker_would(distill, run).state for run in runs[:3]]
    assert all(state is not None and state.is_completed() for state in states)
    assert sum((session / "plan.json").exists() for session in sessions) == 3


def test_an_unsafe_url_is_refused_before_anything_is_told() -> None:
    with pytest.raises(SessionUrlInvalid):
        emit_diagnosis_completed("s3://key:secret@bucket/session")
