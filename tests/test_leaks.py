"""A teacher's key is in no record that Prefect or a session keeps, whatever goes wrong."""

import logging
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId
from prefect.client.schemas.objects import Log
from pydantic import SecretStr

from flows.blocks import TeacherBlock
from flows.distillation import distill
from tests.demo_session import DemoSession
from tests.flow_runs import PRICES, run_as_worker_would
from tests.loopback_teacher import LoopbackTeacher
from tests.prefect_server import HOME, wait_until

pytestmark = [
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.usefixtures("prefect_server"),
]

KEY = "sk-canary-in-a-block-0246813579"
ENVIRONMENT_KEY = "sk-canary-in-the-environment-975310"
SCRIPTS = ("401-echo", "refusal", "unreadable", "ok")


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_key_is_in_any_record(
    script: str,
    demo: DemoSession,
    loopback: LoopbackTeacher,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", ENVIRONMENT_KEY)
    caplog.set_level(logging.DEBUG)
    TeacherBlock(
        model="openai/loopback",
        api_base=loopback.openai(script),
        api_key=SecretStr(KEY),
        max_tokens=1000,
        prices=PRICES,
    ).save("canary", overwrite=True)
    with get_client(sync_client=True) as client:
        parameters = {"session_url": str(demo.session), "teacher_block": "canary"}
        created = client.create_flow_run(distill, parameters=parameters)
        run = run_as_worker_would(distill, created)
        mine = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run.id]))

        def logged() -> list[Log]:
            return client.read_logs(mine)

        logs = wait_until(logged, what="the run's log")
    assert [seen.path for seen in loopback.requests()], "the teacher was asked"
    told = f"{run.model_dump_json()}{[log.message for log in logs]}{caplog.text}"
    assert [key for key in (KEY, ENVIRONMENT_KEY) if key in told] == []
    assert holders(HOME) + holders(demo.session) == []


def holders(place: Path) -> list[Path]:
    """Files below a place, the server's database among them, that hold a key in clear."""
    keys = (KEY.encode(), ENVIRONMENT_KEY.encode())
    files = [path for path in place.rglob("*") if path.is_file()]
    return [path for path in files if any(key in path.read_bytes() for key in keys)]
