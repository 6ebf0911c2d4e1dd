"""The flow of one session: the same plan as the library's, paid once, told in its state."""

import json
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun

from flows.distillation import WAS_FROZEN, distill
from flows.parameters import TeacherParameters
from planner.planner import plan_session
from planner.session import Session
from planner.student import fetch_student
from planner.teacher import ReplayTeacher
from tests.demo_session import DemoSession
from tests.flow_runs import (
    COST_USD,
    paid_teacher,
    retry_in_ui,
    run_as_worker_would,
    state_of,
    unplanned_copy,
)
from tests.loopback_teacher import LoopbackTeacher

pytestmark = [pytest.mark.server, pytest.mark.usefixtures("prefect_server")]


def created_run(session: Path, **parameters: Any) -> FlowRun:
    """A run that the server holds and nobody has begun."""
    with get_client(sync_client=True) as client:
        values = {"session_url": str(session), **parameters}
        return client.create_flow_run(distill, parameters=values)


def test_flow_and_library_freeze_the_same_bytes(demo: DemoSession, tmp_path: Path) -> None:
    plan_session(
        Session.at(str(demo.session)),
        teacher=ReplayTeacher(content=demo.answer.read_text()),
        student=fetch_student(str(demo.student)),
    )
    copy = unplanned_copy(demo.session, tmp_path / "elsewhere")
    state_of(copy, student_url=str(demo.student), replay_url=str(demo.answer))
    assert (copy / "plan.json").read_bytes() == demo.plan.read_bytes()


def test_a_new_run_pays_nothing_twice_and_says_so(
    demo: DemoSession, loopback: LoopbackTeacher
) -> None:
    first = state_of(demo.session, teacher=paid_teacher(loopback))
    assert first.message is not None
    assert first.message.startswith("Frozen: ")
    assert first.result().spent_usd == pytest.approx(COST_USD)
    frozen = demo.plan.read_bytes()
    demo.plan.unlink()
    again = state_of(demo.session, teacher=paid_teacher(loopback))
    assert "with the answer recorded earlier, nothing was paid now" in str(again.message)
    assert again.result().spent_usd == 0
    assert (len(loopback.requests()), demo.plan.read_bytes()) == (1, frozen)


def test_a_frozen_session_ends_at_once_with_that_plan_whatever_was_changed(
    demo: DemoSession, loopback: LoopbackTeacher
) -> None:
    first = state_of(demo.session, replay_url=str(demo.answer)).result()
    diagnosis = demo.session / "diagnosis.md"
    diagnosis.write_text(diagnosis.read_text().replace("triage", "router"))
    again = state_of(demo.session, teacher=paid_teacher(loopback))
    assert (again.is_completed(), again.name) == (True, WAS_FROZEN)
    assert again.result().digest == first.digest
    assert again.result().changes
    assert not loopback.requests()


def test_a_plan_changed_after_it_was_frozen_fails_the_run(demo: DemoSession) -> None:
    assert state_of(demo.session, replay_url=str(demo.answer)).is_completed()
    text = demo.plan.read_text()
    demo.plan.write_text(text.replace('"risk_tier": "review"', '"risk_tier": "auto"'))
    again = state_of(demo.session, replay_url=str(demo.answer))
    assert (again.is_failed(), again.name) == (True, "ArtifactInvalid")


def test_nothing_is_sent_above_the_session_s_budget(
    demo: DemoSession, loopback: LoopbackTeacher
) -> None:
    state = state_of(demo.session, teacher=paid_teacher(loopback, max_cost_usd=0.5))
    assert (state.name, loopback.requests()) == ("BudgetExceeded", [])
    assert "1.00 USD" in str(state.message)


def test_an_answer_that_cannot_be_read_is_paid_for_again_only_when_asked(
    demo: DemoSession, loopback: LoopbackTeacher
) -> None:
    teacher = paid_teacher(loopback, "unreadable,ok").model_dump(mode="json", exclude={"api_key"})
    run = run_as_worker_would(distill, created_run(demo.session, teacher=teacher))
    again = retry_in_ui(distill, run)
    assert again.run_count == 2
    assert again.state is not None
    assert (again.state.name, len(loopback.requests())) == ("AnswerUnreadable", 1)

    asked = run_as_worker_would(distill, created_run(demo.session, teacher=teacher, ask_again=True))
    assert asked.state is not None
    assert (asked.state.is_completed(), len(loopback.requests())) == (True, 2)
    demo.plan.unlink()
    retry_in_ui(distill, asked)
    assert (demo.plan.exists(), len(loopback.requests())) == (True, 2)


def test_a_failed_run_is_named_for_its_error_and_says_one_sentence(demo: DemoSession) -> None:
    state = state_of(demo.session / "typo", replay_url=str(demo.answer))
    assert (state.is_failed(), state.name) == (True, "ArtifactMissing")
    assert "diagnosis.md does not exist" in str(state.message)


def test_a_student_that_no_plan_can_be_made_from_is_told_in_a_sentence(demo: DemoSession) -> None:
    config = demo.student / "config.toml"
    config.write_text(f"{config.read_text()}\n[models.odd]\ntemperature = nan\n")
    state = state_of(demo.session, replay_url=str(demo.answer), student_url=str(demo.student))
    assert (state.is_failed(), state.name) == (True, "StudentInvalid")
    assert "`model_params.odd` holds a number that is none (NaN)" in str(state.message)


@pytest.mark.parametrize("both", [True, False])
def test_exactly_one_teacher_is_named(demo: DemoSession, *, both: bool) -> None:
    teacher = TeacherParameters(model="openai/any") if both else None
    replay = str(demo.answer) if both else None
    state = state_of(demo.session, teacher=teacher, replay_url=replay)
    assert state.name == "SettingsInvalid"
    assert not (demo.session / "teacher_traces").exists()


def test_every_parameter_is_described_and_no_field_takes_a_key() -> None:
    schema = distill.parameters.model_dump()
    fields = schema["definitions"]["TeacherParameters"]["properties"]
    undescribed = [
        name
        for name, field in [*schema["properties"].items(), *fields.items()]
        if "description" not in field
    ]
    assert not undescribed
    assert "api_key" not in fields
    assert '"password"' not in json.dumps(schema)
