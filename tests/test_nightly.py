"""Many sessions: each gets its due, none stops another, and the budget holds."""

import json
import math
import re
import shutil
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.client.schemas.objects import State

from flows.nightly import SOME_FAILED, Mode, Night, nightly
from flows.purse import Purse
from flows.session_night import Became
from tests.demo_session import DemoSession
from tests.flow_runs import COST_USD, paid_teacher, retry_in_ui, run_as_worker_would
from tests.loopback_teacher import LoopbackTeacher
from tests.prefect_server import Deployed


def sessions_of(demo: DemoSession, count: int) -> Path:
    """A root with so many sessions that wait, besides the demo's own."""
    for number in range(1, count):
        shutil.copytree(demo.session, demo.session.parent / f"session-{number}")
    return demo.session.parent


def a_night(root: Path, **parameters: Any) -> tuple[State[Any], Night]:
    """Run `nightly` to its final state."""
    state = nightly(str(root), **parameters, return_state=True)
    night: Any = state.result(raise_on_failure=False)
    return state, night


def became(night: Night) -> dict[str, Became]:
    """What became of each session, by its id."""
    return {s.session_url.rpartition("/")[2]: s.became for s in night.sessions}


# --- the purse ---------------------------------------------------------------


@given(
    budget=st.floats(0, 50),
    bound=st.floats(0, 10),
    steps=st.lists(st.tuples(st.booleans(), st.floats(0, 1)), max_size=60),
)
def test_whatever_lands_when_no_more_is_spent_than_the_budget(
    budget: float, bound: float, steps: list[tuple[bool, float]]
) -> None:
    purse, reserved = Purse(budget), []
    for begins, share in steps:
        if begins and (granted := purse.reserve(bound)) is not None:
            reserved.append(granted)
        elif reserved:
            granted = reserved.pop()
            purse.settle(granted, granted * share)
    assert purse.spent_usd <= budget + 1e-6


def test_the_remainder_is_given_out_only_when_nothing_can_come_back() -> None:
    purse = Purse(7.0)
    assert purse.reserve(5.0) == 5.0
    assert purse.reserve(5.0) is None
    purse.settle(5.0, 1.0)
    assert purse.reserve(5.0) == 5.0
    purse.settle(5.0, 5.0)
    assert purse.reserve(5.0) == pytest.approx(1.0)
    purse.settle(1.0, None)
    assert purse.reserve(5.0) is None


def test_without_a_budget_everything_is_granted_and_counted() -> None:
    purse = Purse(None)
    assert purse.reserve(math.inf) == math.inf
    purse.settle(math.inf, 0.5)
    assert purse.spent_usd == 0.5


# --- the night ---------------------------------------------------------------

server = pytest.mark.usefixtures("prefect_server")


@pytest.mark.server
@server
def test_one_session_s_failure_never_stops_the_others(demo: DemoSession) -> None:
    root = sessions_of(demo, 4)
    (root / "session-1" / "diagnosis.md").write_text("No clusters here.")
    (root / "session-2" / "plan.json").write_text("{}")
    (root / "no-session").mkdir()
    state, night = a_night(root, replay_url=str(demo.answer), student_url=str(demo.student))
    assert became(night) == {
        demo.session.name: Became.PLANNED,
        "session-1": Became.FAILED,
        "session-3": Became.PLANNED,
    }
    (failed,) = (s for s in night.sessions if s.became is Became.FAILED)
    assert "DiagnosisInvalid" in failed.reason
    assert (state.is_completed(), state.name) == (True, SOME_FAILED)
    assert "2 planned" in str(state.message)
    assert "1 failed" in str(state.message)


@pytest.mark.server
@server
def test_a_night_of_nothing_but_failures_has_failed(demo: DemoSession) -> None:
    (demo.session / "diagnosis.md").write_text("No clusters here.")
    state, night = a_night(demo.session.parent, replay_url=str(demo.answer))
    assert state.is_failed()
    assert night.count(Became.FAILED) == 1


@pytest.mark.server
@server
def test_the_budget_stops_new_calls_says_so_and_the_next_night_goes_on(
    demo: DemoSession, loopback: LoopbackTeacher
) -> None:
    root = sessions_of(demo, 5)
    teacher = paid_teacher(loopback, max_cost_usd=1.0)
    state, night = a_night(root, teacher=teacher, budget_usd=1.3)
    # 1.3, 1.1: a call may cost 1.0 and costs 0.2; 0.9 is too little.
    assert night.spent_usd == pytest.approx(2 * COST_USD)
    assert (night.count(Became.PLANNED), night.count(Became.WAITING)) == (2, 3)
    assert len(loopback.requests()) == 2
    assert all("budget" in s.reason for s in night.sessions if s.became is Became.WAITING)
    assert "3 waiting, 0 failed. Spent 0.4000 USD of a budget of 1.30 USD." in str(state.message)

    _, next_night = a_night(root, teacher=teacher, budget_usd=None)
    assert next_night.count(Became.PLANNED) == len(next_night.sessions) == 3
    assert len(loopback.requests()) == 5


@pytest.mark.server
@server
def test_a_retry_of_the_night_has_no_second_budget(
    demo: DemoSession, loopback: LoopbackTeacher
) -> None:
    root = sessions_of(demo, 5)
    teacher = paid_teacher(loopback, max_cost_usd=1.0)
    with get_client(sync_client=True) as client:
        given = {"sessions_root": str(root), "teacher": teacher.model_dump(), "budget_usd": 1.3}
        run = run_as_worker_would(nightly, client.create_flow_run(nightly, parameters=given))
    assert len(loopback.requests()) == 2
    assert re.fullmatch(r"nightly \d{4}-\d\d-\d\d", run.name)
    run = retry_in_ui(nightly, run)
    assert len(loopback.requests()) == 2
    assert run.state is not None
    assert "3 waiting, 0 failed. Spent 0.4000 USD of a budget of 1.30" in str(run.state.message)


@pytest.mark.server
@server
def test_a_paid_answer_that_fails_counts_and_a_recorded_one_does_not(
    demo: DemoSession, loopback: LoopbackTeacher
) -> None:
    teacher = paid_teacher(loopback, "unreadable")
    _, night = a_night(demo.session.parent, teacher=teacher)
    assert night.spent_usd == pytest.approx(COST_USD)
    _, again = a_night(demo.session.parent, teacher=teacher)
    assert (again.spent_usd, again.count(Became.FAILED)) == (0, 1)
    assert len(loopback.requests()) == 1


@pytest.mark.server
@server
def test_a_missing_rate_limit_is_an_error_and_not_a_silent_pass(
    demo: DemoSession, loopback: LoopbackTeacher
) -> None:
    state, _ = a_night(
        demo.session.parent, teacher=paid_teacher(loopback), teacher_limit="no-such-limit"
    )
    assert (state.is_failed(), state.name) == (True, "SettingsInvalid")
    assert "prefect gcl create no-such-limit" in str(state.message)
    assert not loopback.requests()


@pytest.mark.server
@server
def test_a_limit_of_one_lets_one_call_at_a_time_through(demo: DemoSession) -> None:
    with get_client(sync_client=True) as client:
        client.create_global_concurrency_limit(
            GlobalConcurrencyLimitCreate(name="one-at-a-time", limit=1)
        )
    root = sessions_of(demo, 4)
    with LoopbackTeacher(answer=demo.answer.read_text(), delay_seconds=0.1) as loopback:
        teacher = paid_teacher(loopback)
        _, night = a_night(root, teacher=teacher, teacher_limit="one-at-a-time", parallel=4)
        assert night.count(Became.PLANNED) == len(loopback.requests()) == 4
    calls = sorted(map(call_of, root.iterdir()))
    assert all(ended <= begun for (_, ended), (begun, _) in pairwise(calls))


def call_of(session: Path) -> tuple[datetime, datetime]:
    """When the session's call began and ended."""
    plan = json.loads((session / "plan.json").read_text())
    ended = datetime.fromisoformat(plan["created_at"])
    return ended - timedelta(seconds=plan["teacher"]["latency_seconds"] - 0.001), ended


@pytest.mark.slow
@pytest.mark.server
@server
def test_dask_plans_the_same_sessions(demo: DemoSession) -> None:
    root = sessions_of(demo, 3)
    (root / "session-1" / "diagnosis.md").write_text("No clusters here.")
    _, night = a_night(root, replay_url=str(demo.answer), mode=Mode.DASK, parallel=2)
    assert (night.count(Became.PLANNED), night.count(Became.FAILED)) == (2, 1)


@pytest.mark.slow
@pytest.mark.server
def test_a_work_pool_s_workers_share_the_night(demo: DemoSession, deployed: Deployed) -> None:
    root = sessions_of(demo, 2)
    (root / "session-1" / "diagnosis.md").write_text("No clusters here.")
    teacher = paid_teacher(deployed.teacher, "ok@pool")
    options: dict[str, Any] = {"budget_usd": 2.0, "run_time_limit_seconds": 200}
    _, night = a_night(root, teacher=teacher, mode=Mode.WORK_POOL, **options)
    assert became(night) == {demo.session.name: Became.PLANNED, "session-1": Became.FAILED}
    assert night.spent_usd == pytest.approx(COST_USD)
    assert len(deployed.teacher.requests("ok@pool")) == 1
    (failed,) = (s for s in night.sessions if s.became is Became.FAILED)
    assert "DiagnosisInvalid" in failed.reason
