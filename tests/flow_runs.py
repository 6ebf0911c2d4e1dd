"""Runs of the flows in this process, as the engine of a worker runs them."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.flow_engine import run_flow
from prefect.states import Scheduled

from flows.distillation import distill
from flows.parameters import TeacherParameters
from planner.money import Prices
from tests.loopback_teacher import LoopbackTeacher

PRICES = Prices(input=0.0, output=1000.0)
"""USD per million tokens: the loopback teacher's 200 tokens cost 0.20 USD."""

COST_USD = 0.2


def paid_teacher(loopback: LoopbackTeacher, script: str = "ok", **fields: Any) -> TeacherParameters:
    """The loopback teacher as a flow's parameter; a call may cost 1 USD and costs 0.20 USD."""
    return TeacherParameters(
        model="openai/loopback",
        api_base=loopback.openai(script),
        max_tokens=1000,
        prices=PRICES,
        **fields,
    )


def state_of(session: Path | str, **parameters: Any) -> State[Any]:
    """Run `distill` to its final state."""

    async def run() -> State[Any]:
        return await distill(str(session), **parameters, return_state=True)

    return asyncio.run(run())


def run_as_worker_would(flow: Flow[..., Any], flow_run: FlowRun) -> FlowRun:
    """Run a flow run that the server holds, with the parameters that it holds."""
    outcome = run_flow(flow, flow_run=flow_run, return_type="state")
    if asyncio.iscoroutine(outcome):
        asyncio.run(outcome)
    return read_run(flow_run)


def read_run(flow_run: FlowRun) -> FlowRun:
    """The flow run as the server knows it now."""
    with get_client(sync_client=True) as client:
        return client.read_flow_run(flow_run.id)


def retry_in_ui(flow: Flow[..., Any], flow_run: FlowRun) -> FlowRun:
    """Do what the button Retry does, and run it."""
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(flow_run.id, Scheduled(name="AwaitingRetry"), force=True)
        again = client.read_flow_run(flow_run.id)
    return run_as_worker_would(flow, again)


def unplanned_copy(session: Path, root: Path) -> Path:
    """Copy a session with its recorded calls, but without its plan."""
    ignore = shutil.ignore_patterns("plan.json")
    return Path(shutil.copytree(session, root / session.name, ignore=ignore))
