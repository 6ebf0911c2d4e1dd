"""What ships to run the flows: deployed to a real server, or held to its tool's own rules."""

import subprocess
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import PrefectHTTPStatusError

from tests.flow_runs import read_run
from tests.prefect_server import ROOT, Deployed, wait_until

DEPLOYMENTS = ROOT / "deployments"
BERLIN = ZoneInfo("Europe/Berlin")


def deployment(name: str) -> DeploymentResponse:
    """A deployment as the server holds it."""
    with get_client(sync_client=True) as client:
        return client.read_deployment_by_name(name)


def start(name: str, parameters: dict[str, Any]) -> FlowRun:
    """Press "Run" with these parameters."""
    with get_client(sync_client=True) as client:
        return client.create_flow_run_from_deployment(deployment(name).id, parameters=parameters)


@pytest.mark.server
@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "last"), [("2027-03-26", "2027-03-31"), ("2027-10-29", "2027-11-03")]
)
def test_nights_begin_at_three_by_the_local_clock_also_when_it_is_changed(
    deployed: Deployed, first: str, last: str
) -> None:
    nightly = deployment("nightly/nightly")
    span = {"start_time": f"{first}T12:00:00Z", "end_time": f"{last}T12:00:00Z"}
    asked = {**span, "min_runs": 5, "max_runs": 5}
    url = f"{deployed.server.api_url}/deployments/{nightly.id}/schedule"
    # A server on SQLite may be busy for a moment, and says so (503).
    wait_until(lambda: httpx.post(url, json=asked, timeout=30).is_success, what="the schedule")
    nights = scheduled_between(deployed, nightly, span["start_time"], span["end_time"])
    assert [night.astimezone(BERLIN).hour for night in nights] == [3] * 5
    assert len({night.utcoffset() for night in (n.astimezone(BERLIN) for n in nights)}) == 2


def scheduled_between(
    deployed: Deployed, of: DeploymentResponse, first: str, last: str
) -> list[datetime]:
    """When the runs of a deployment are scheduled, in a time span."""
    asked = {
        "deployments": {"id": {"any_": [str(of.id)]}},
        "flow_runs": {"expected_start_time": {"after_": first, "before_": last}},
        "sort": "EXPECTED_START_TIME_ASC",
    }
    answer = httpx.post(f"{deployed.server.api_url}/flow_runs/filter", json=asked, timeout=30)
    return [
        datetime.fromisoformat(run["expected_start_time"])
        for run in answer.raise_for_status().json()
    ]


@pytest.mark.server
@pytest.mark.slow
def test_the_schedule_creates_runs_and_they_never_overlap(deployed: Deployed) -> None:
    nightly = deployment("nightly/nightly")
    now = datetime.now(BERLIN)
    nights = wait_until(
        lambda: scheduled_between(deployed, nightly, now.isoformat(), "2100-01-01T00:00:00Z"),
        what="the scheduler's first runs",
    )
    assert {night.astimezone(BERLIN).hour for night in nights} == {3}
    assert nightly.global_concurrency_limit is not None
    assert nightly.global_concurrency_limit.limit == 1
    assert nightly.concurrency_options is not None
    assert nightly.concurrency_options.collision_strategy == "ENQUEUE"


@pytest.mark.server
@pytest.mark.slow
def test_no_event_can_be_dropped_by_a_limit_on_distill(deployed: Deployed) -> None:
    assert deployment("distill/distill").global_concurrency_limit is None


@pytest.mark.server
@pytest.mark.slow
@pytest.mark.parametrize(
    "wrong",
    [
        {"session_url": 5},
        {"session_url": ""},
        {"ask_again": "perhaps"},
        {"teacher": {"model": "openai/any", "api_key": "stored in the open"}},
        {"teacher": {"model": "openai/any", "max_cost_usd": -1}},
        {"teacher": {"model": "openai/any", "temprature": 1}},
    ],
)
def test_a_bad_value_is_refused_before_anything_runs(
    deployed: Deployed, wrong: dict[str, Any]
) -> None:
    with pytest.raises(PrefectHTTPStatusError, match="409"):
        start("distill/distill", {"session_url": str(deployed.demo.session), **wrong})


@pytest.mark.server
@pytest.mark.slow
def test_an_unknown_parameter_fails_with_a_sentence(deployed: Deployed) -> None:
    given = {"distill": {"session_url": "/any"}, "nightly": {}, "review": {"session_url": "/any"}}
    runs = {
        name: start(f"{name}/{name}", {**parameters, "sesion": "/any"})
        for name, parameters in given.items()
    }
    for name, run in runs.items():
        message = wait_until(partial(failure_of, run), what=f"the failed state of {name}")
        assert f"{name} has no parameter `sesion`" in message


def failure_of(run: FlowRun) -> str | None:
    """What a failed run's state says, once it has failed."""
    state = read_run(run).state
    return state.message if state is not None and state.is_failed() else None


# --- what cannot run without Docker or a cluster -----------------------------


def check(*command: str) -> None:
    """Run a tool's own check of a file; its complaints are the failure."""
    tool = Path(sys.executable).parent / command[0]
    done = subprocess.run(
        [tool, *command[1:]], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dockerfile_passes_its_linter() -> None:
    check("hadolint", str(DEPLOYMENTS / "Dockerfile"))


def test_the_compose_file_fits_the_compose_specification() -> None:
    compose = str(DEPLOYMENTS / "compose.yaml")
    check("check-jsonschema", "--builtin-schema", "vendor.compose-spec", compose)


def test_the_kubernetes_manifests_fit_their_schemas() -> None:
    check("kubernetes-validate", "--strict", str(DEPLOYMENTS / "kubernetes.yaml"))
