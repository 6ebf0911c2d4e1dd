"""The flow of a review on a real server: it waits suspended, asks a person, and freezes."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import FlowPauseTimeout, NotPausedError, Pause
from prefect.flow_runs import resume_flow_run

from flows.artifacts import artifact_key
from flows.review import review
from planner.plan import intact_plan, plan_bytes
from planner.review import Verdict, read_review
from planner.reviewing import close_review, open_review
from planner.session import Session
from tests.flow_runs import read_run, retry_in_ui, run_as_worker_would
from tests.prefect_server import PrefectServer, wait_until
from tests.test_review import NO, NOW, YES, plan_of_three

pytestmark = pytest.mark.server

APPROVE_PATCH = {
    "edit_1": {"decision": "approve", "reason": "Sound."},
    "edit_2": {"decision": "reject", "reason": "Too dear."},
    "decided_by": "ada",
}


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return frozen_session(tmp_path, "night-1")


def frozen_session(root: Path, name: str) -> Session:
    found = Session.at(str(root / "sessions" / name))
    found.freeze_plan(plan_bytes(plan_of_three(session_id=name)))
    return found


def begun(session: Session, **parameters: Any) -> FlowRun:
    """A run of the deployed flow, as far as it goes without a person."""
    with get_client(sync_client=True) as client:
        deployment = client.create_deployment(
            flow_id=client.create_flow(review),
            name="review",
            parameter_openapi_schema=review.parameters.model_dump(),
        )
        run = client.create_flow_run_from_deployment(
            deployment, parameters={"session_url": session.url, **parameters}
        )
    return worked_on(run)


def worked_on(run: FlowRun) -> FlowRun:
    """The run after a worker has had it: ended, or suspended."""
    with suppress(Pause):
        run_as_worker_would(review, run)
    return read_run(run)


def retried(run: FlowRun) -> FlowRun:
    with suppress(Pause):
        retry_in_ui(review, run)
    return read_run(run)


def answered(run: FlowRun, answer: dict[str, Any]) -> FlowRun:
    """Do what the button Resume does, and run it."""
    resume_flow_run(run.id, run_input=answer)
    return worked_on(read_run(run))


def state(run: FlowRun) -> tuple[str, str]:
    assert run.state is not None
    return run.state.name or "", run.state.message or ""


def artifact(server: PrefectServer, session: Session) -> str:
    """The latest version of what the review shows."""
    found = httpx.get(f"{server.api_url}/artifacts/{artifact_key('review', session.url)}/latest")
    return str(found.json()["data"])


def frozen(session: Session) -> dict[str, Verdict]:
    plan = intact_plan(session.read_plan() or b"", where="plan.json")
    stored = read_review(session.read_review() or b"", plan, where="review.json")
    return {decision.edit_id: decision.verdict for decision in stored.decisions}


@pytest.fixture
def server(prefect_server: PrefectServer) -> PrefectServer:
    return prefect_server


def test_a_review_waits_suspended_and_shows_what_is_to_decide(
    server: PrefectServer, session: Session
) -> None:
    run = begun(session)
    assert state(run)[0] == "Suspended"
    assert session.read_review() is None
    shown = artifact(server, session)
    assert "2 of 2 edits wait" in shown
    assert "+3. Run all the tests." in shown


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"decided_by": "ada"},
        {**APPROVE_PATCH, "decided_by": " "},
        {**APPROVE_PATCH, "edit_1": {"decision": "maybe", "reason": "?"}},
        {**APPROVE_PATCH, "edit_1": {"decision": "approve"}},
        {**APPROVE_PATCH, "edit_9": APPROVE_PATCH["edit_1"]},
    ],
)
def test_nobody_decides_by_pressing_a_button(
    server: PrefectServer, session: Session, answer: dict[str, Any]
) -> None:
    run = begun(session)
    with pytest.raises(RuntimeError, match="Cannot resume this run"):
        resume_flow_run(run.id, run_input=answer)
    assert state(read_run(run))[0] == "Suspended"


def test_an_answer_is_frozen_remembered_shown_and_exported(
    server: PrefectServer, session: Session, tmp_path: Path
) -> None:
    run = answered(begun(session, queue_url=str(tmp_path / "queue")), APPROVE_PATCH)
    assert state(run) == ("Completed", "1 approved, 1 rejected, 1 exported.")
    assert frozen(session) == {"patch": Verdict.APPROVE, "tune": Verdict.REJECT}
    assert "**approved** on" in artifact(server, session)
    assert [path.name for path in (tmp_path / "queue").iterdir()] == ["night-1__patch.json"]
    next_night = begun(frozen_session(tmp_path, "night-2"))
    assert asked_for(next_night) == ["decided_by", "edit_2"]


def asked_for(run: FlowRun) -> list[str]:
    """The fields that the Resume dialog asks for."""
    with get_client(sync_client=True) as client:
        kept = client.filter_flow_run_input(run.id, "suspended-", 10, set())
    [schema] = [one for one in kept if one.key.endswith("-schema")]
    return sorted(schema.decoded_value["required"])


def test_when_somebody_decided_is_when_they_answered(
    server: PrefectServer, session: Session
) -> None:
    run = answered(begun(session), APPROVE_PATCH)
    stored = session.read_review()
    Path(session.url.removeprefix("file://"), "review.json").unlink()
    assert state(retried(run))[0] == "Completed"
    assert session.read_review() == stored


def test_a_review_that_is_frozen_is_shown_and_stays(
    server: PrefectServer, session: Session
) -> None:
    close_review(open_review(session), {"patch": YES, "tune": NO}, decided_by="bob", decided_at=NOW)
    stored = session.read_review()
    assert state(begun(session)) == ("Completed", "1 approved, 1 rejected.")
    assert session.read_review() == stored


def test_an_answer_that_came_too_late_is_a_conflict(
    server: PrefectServer, session: Session
) -> None:
    run = begun(session)
    close_review(open_review(session), {"patch": NO, "tune": NO}, decided_by="bob", decided_at=NOW)
    assert state(answered(run, APPROVE_PATCH))[0] == "ReviewConflict"
    assert frozen(session)["patch"] is Verdict.REJECT


def test_a_review_in_which_all_was_approved_before_asks_nobody(
    server: PrefectServer, session: Session, tmp_path: Path
) -> None:
    close_review(open_review(session), {"patch": YES, "tune": YES}, decided_by="bob")
    later = frozen_session(tmp_path, "night-2")
    assert state(begun(later)) == ("Completed", "2 approved, 0 rejected.")
    assert "**approved already** on" in artifact(server, later)


def test_a_timed_out_review_is_taken_up_again(server: PrefectServer, session: Session) -> None:
    run = begun(session, wait_days=1 / 86_400)

    def timed_out() -> bool:
        """Resume with an answer that is refused while the run still waits."""
        try:
            resume_flow_run(run.id, run_input={})
        except FlowPauseTimeout:
            return True
        except (RuntimeError, NotPausedError):  # the second where the server saw it first
            return state(read_run(run))[0] == "Failed"
        return False

    wait_until(timed_out, what="the time-out")
    assert state(retried(read_run(run)))[0] == "Suspended"
    assert state(answered(begun(session), APPROVE_PATCH))[0] == "Completed"


def test_a_changed_plan_fails_before_anybody_is_asked(
    server: PrefectServer, session: Session
) -> None:
    data = (session.read_plan() or b"").replace(b"Run all the tests", b"Run nothing")
    session.store.write("plan.json", data)
    name, message = state(begun(session))
    assert name == "ArtifactInvalid"
    assert "changed after it was frozen" in message


def test_a_run_without_a_deployment_says_how_to_decide(
    server: PrefectServer, session: Session
) -> None:
    outcome = review(session.url, return_state=True)
    assert outcome.name == "SettingsInvalid"
    assert "learning-planner review" in (outcome.message or "")
