"""The teacher is paid once: what it answered is recorded before anyone reads it.

The record in the session is the only safe for money: a rerun on any machine finds
it by the request's digest and sends nothing, and workers on one session at once
wait for the one that asks.
"""

import uuid
from datetime import UTC, datetime
from typing import Any

import tenacity
from pydantic import ValidationError

from planner.errors import ArtifactInvalid, PlannerError, TeacherRefused
from planner.models import ComposedRequest, TeacherReply, TeacherRequest, digest_of
from planner.retrying import ATTEMPTS, is_worth_retrying, seconds_before_retry
from planner.session import Claim, Recorded, Session, Timing
from planner.teacher import REFUSAL, AnyTeacher

PATIENCE = 60.0
"""Seconds that a worker waits for another's answer beyond the time limit of the call."""


def ask_teacher(
    session: Session,
    teacher: AnyTeacher,
    composed: ComposedRequest,
    *,
    ask_again: bool | str = False,
) -> TeacherReply:
    """Return the teacher's answer: the recorded one, or that of one new call, recorded first.

    Where no cluster is kept nobody is asked; the empty reply is recorded all the same,
    so that the plan's date is the same on every rerun.

    Args:
        session: Where the answer is recorded.
        teacher: Who is asked.
        composed: The request, or none.
        ask_again: Pay for another answer although one is recorded. A text says for whom,
            for example a flow run's id: the same text again finds the answer that it paid for.

    Raises:
        TeacherRefused: The recorded answer is a refusal; it was paid and is not asked again.
        TeacherBusy: Another worker was still asking when its time limit was over.
        TeacherError: The call failed.
        StorageError: The store failed; before the call nothing was sent.
    """
    digest = composed.request.digest if composed.request else _no_call_digest(teacher)
    token = str(uuid.uuid4()) if ask_again is True else ask_again or None
    timing = Timing(patience=teacher.time_limit_seconds + PATIENCE)
    opening = _opening(digest, teacher)
    claimed = session.claim(digest, opening, ask_again=token, timing=timing)
    if isinstance(claimed, Recorded):
        stored = claimed.reply
    else:
        with claimed as claim:
            stored = _ask(claim, teacher, composed, opening)
    return _readable(stored, session)


def ask_teacher_until_answered(
    session: Session,
    teacher: AnyTeacher,
    composed: ComposedRequest,
    *,
    ask_again: bool | str = False,
) -> TeacherReply:
    """Do what `ask_teacher` does, and again where a retry can help; for a walk without Prefect.

    Raises:
        PlannerError: The last attempt's error, as `ask_teacher` raises it.
    """
    token = str(uuid.uuid4()) if ask_again is True else ask_again
    retrying = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(ATTEMPTS),
        retry=tenacity.retry_if_exception(is_worth_retrying),
        wait=_wait,
        reraise=True,
    )
    return retrying(ask_teacher, session, teacher, composed, ask_again=token)


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return seconds_before_retry(error or Exception(), state.attempt_number)


def _ask(
    claim: Claim, teacher: AnyTeacher, composed: ComposedRequest, opening: dict[str, Any]
) -> dict[str, Any]:
    """Make the call and record what became of it; returns the recorded reply."""
    request = composed.request
    if request is None:
        reply = _no_call_reply(teacher)
        return claim.answered(_json(reply), trace_line(opening, reply, composed))
    try:
        reply = teacher.generate(request)
    except PlannerError as error:
        claim.failed(failed_line(opening, error), _exchange(teacher, request))
        raise
    exchange = _exchange(teacher, request, reply)
    return claim.answered(_json(reply), trace_line(opening, reply, composed), exchange)


def trace_line(
    opening: dict[str, Any], reply: TeacherReply, composed: ComposedRequest
) -> dict[str, Any]:
    """Return the line of teacher_traces/plan.jsonl for an answered call."""
    return {
        **opening,
        "outcome": _outcome(reply),
        "answered_at": reply.answered_at.isoformat(),
        "model_answered": reply.model_answered,
        "content_length": len(reply.content),
        "tokens": reply.usage.total_tokens,
        **reply.usage.model_dump(exclude={"total_tokens"}),
        "cost_usd": reply.cost_usd,
        "cost_source": reply.cost_source,
        "latency_seconds": reply.latency_seconds,
        "finish_reason": reply.finish_reason,
        "truncated": reply.truncated,
        "http_requests": reply.attempts,
        "response_form": reply.response_form,
        "masked_secrets": composed.masked_secrets,
        "cuts": [cut.model_dump() for cut in composed.cuts],
        "notes": list(reply.notes),
    }


def failed_line(opening: dict[str, Any], error: PlannerError) -> dict[str, Any]:
    """Return the line of teacher_traces/plan.jsonl for a call that brought no answer."""
    return {
        **opening,
        "outcome": f"failed: {type(error).__name__}",
        "error": error.message,
        "http_requests": getattr(error, "http_requests", None),
        "content_length": 0,
        "tokens": None,
        "cost_usd": None,
    }


def _opening(digest: str, teacher: AnyTeacher) -> dict[str, Any]:
    """Return what the log says of a call whose worker died in it."""
    return {
        "timestamp": datetime.now(UTC).isoformat(),
        "call": "planner",
        "request_digest": digest,
        "model_asked": teacher.model,
    }


def _outcome(reply: TeacherReply) -> str:
    if reply.cost_source == NO_CALL:
        return "no call: no cluster has evidence"
    if reply.finish_reason == REFUSAL:
        return "refused"
    return "truncated" if reply.truncated else "answered"


def _exchange(
    teacher: AnyTeacher, request: TeacherRequest, reply: TeacherReply | None = None
) -> dict[str, Any] | None:
    if not teacher.keep_exchange:
        return None
    answer = None if reply is None else reply.content
    return {"request": request.model_dump(mode="json"), "answer": answer}


NO_CALL = "no call"
"""Where the cost of a reply comes from that nobody was asked for."""


def _no_call_digest(teacher: AnyTeacher) -> str:
    return digest_of({"call": None, "model": teacher.model})


def _no_call_reply(teacher: AnyTeacher) -> TeacherReply:
    return TeacherReply(
        request_digest=_no_call_digest(teacher),
        content="",
        model_asked=teacher.model,
        answered_at=datetime.now(UTC),
        cost_usd=0.0,
        cost_source=NO_CALL,
        attempts=0,
    )


def _json(reply: TeacherReply) -> dict[str, Any]:
    return reply.model_dump(mode="json")


def _readable(stored: dict[str, Any], session: Session) -> TeacherReply:
    reply = _parsed(stored)
    if reply is None:
        raise ArtifactInvalid(
            f"The recorded answer below {session.url}/teacher_traces cannot be read; restore it, "
            "or pay for another one with --ask-again."
        )
    if reply.finish_reason == REFUSAL:
        raise TeacherRefused(
            f"The teacher {reply.model_asked} declined to answer; its words are recorded below "
            f"{session.url}/teacher_traces. Look at what it declined, choose another model, "
            "or ask again with --ask-again."
        )
    return reply


def _parsed(stored: dict[str, Any]) -> TeacherReply | None:
    try:
        return TeacherReply.model_validate(stored)
    except ValidationError:
        return None
