"""A session's own files: read in one round, frozen once."""

import pickle

import pytest

from planner.errors import (
    ArtifactInvalid,
    PlanConflict,
    ReviewConflict,
    SessionUrlInvalid,
)
from planner.session import Claim, Inputs, Session
from planner.store import Store, digest
from tests.stores import FaultProxy


@pytest.fixture
def session(store: Store) -> Session:
    return Session.under(store.url, "2026-11-21 käse#1", store.settings)


def test_inputs_tell_what_is_not_there(session: Session) -> None:
    session.store.write("diagnosis.md", b"text")
    assert session.read_inputs() == Inputs(diagnosis=b"text", clusters=None, plan=None)


def test_the_same_plan_again_is_success(session: Session) -> None:
    assert session.read_plan() is None
    assert session.freeze_plan(b"plan") is True
    assert session.freeze_plan(b"plan") is False
    assert session.read_plan() == session.read_inputs().plan == b"plan"


def test_another_plan_is_a_conflict_and_the_stored_one_stays(session: Session) -> None:
    session.freeze_plan(b"plan")
    with pytest.raises(PlanConflict) as caught:
        session.freeze_plan(b"other")
    for part in (session.plan_url, digest(b"plan"), digest(b"other")):
        assert part in caught.value.message
    assert session.read_plan() == b"plan"


def test_a_review_is_frozen_too(session: Session) -> None:
    assert session.read_review() is None
    session.freeze_review(b"yes")
    session.freeze_review(b"yes")
    with pytest.raises(ReviewConflict):
        session.freeze_review(b"no")
    assert session.read_review() == b"yes"


def test_a_session_is_a_value(session: Session) -> None:
    copy = pickle.loads(pickle.dumps(session))
    assert copy == session
    assert hash(copy) == hash(session)
    assert copy.plan_url == f"{session.url}/plan.json"


@pytest.mark.parametrize("session_id", ["..", "a/b", "/etc", "", "a\x00", "a\nb", "x" * 300])
def test_an_unsafe_id_never_becomes_a_session(session_id: str) -> None:
    with pytest.raises(SessionUrlInvalid):
        Session.under("memory://root", session_id)


@pytest.mark.parametrize("request_digest", ["../../plan", "a/b", "", "a.claim.1", "a b"])
def test_an_unsafe_request_digest_never_reaches_storage(request_digest: str) -> None:
    session = Session.at("memory://root/digest")
    with pytest.raises(ValueError, match="request digest"):
        session.claim(request_digest, {})
    assert session.store.list() == []


def test_a_record_that_somebody_damaged_is_told(session: Session) -> None:
    session.store.write("teacher_traces/calls/abc.reply.1.json", b'{"reply": {')
    with pytest.raises(ArtifactInvalid, match=r"abc\.reply\.1"):
        session.read_reply("abc")


def plan_once(session: Session) -> None:
    session.read_inputs()
    claimed = session.claim("abc", {"timestamp": "1"})
    if isinstance(claimed, Claim):
        with claimed as claim:
            claim.answered({"content": "x"}, {"timestamp": "1"}, {"request": "y"})
    session.freeze_plan(b"plan")


@pytest.fixture
def counting(broken: tuple[Store, FaultProxy]) -> tuple[Session, FaultProxy]:
    """A session on a real server that has shown already that it is exclusive."""
    store, proxy = broken
    store.create("another session", b"")
    proxy.counted()
    return Session.under(store.url, "s", store.settings), proxy


@pytest.mark.s3
def test_a_session_needs_no_more_requests_than_its_artifacts(
    counting: tuple[Session, FaultProxy],
) -> None:
    session, proxy = counting
    plan_once(session)
    told = proxy.counted()
    assert sorted(told[:3]) == ["GET clusters.json", "GET diagnosis.md", "GET plan.json"]
    assert told[3:5] == ["LIST calls", "PUT abc.claim.1.json"]
    assert sorted(told[5:7]) == ["PUT abc.exchange.1.json", "PUT abc.reply.1.json"]
    assert told[7:] == ["PUT plan.jsonl", "LIST calls", "PUT plan.json"]


@pytest.mark.s3
def test_a_rerun_finds_the_record_and_writes_nothing_new(
    counting: tuple[Session, FaultProxy],
) -> None:
    session, proxy = counting
    plan_once(session)
    proxy.counted()
    plan_once(session)
    told = proxy.counted()
    assert told[3] == "LIST calls"
    assert sorted(told[4:6]) == ["GET abc.reply.1.json", "GET plan.jsonl"]
    assert told[6:] == ["PUT plan.json", "GET plan.json"]  # refused, and found to be the same


@pytest.mark.s3
def test_independent_requests_overlap(counting: tuple[Session, FaultProxy]) -> None:
    session, proxy = counting
    proxy.meet(3)
    session.read_inputs()
    claimed = session.claim("abc", {})
    assert isinstance(claimed, Claim)
    with claimed as claim:
        proxy.meet(2)
        claim.answered({}, {}, {})
