"""The teacher is paid once: requests are counted at a real server, whatever happens to workers."""

import json
import logging
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from planner.asking import ask_teacher, ask_teacher_until_answered
from planner.errors import (
    ArtifactInvalid,
    TeacherBusy,
    TeacherQuotaExhausted,
    TeacherRefused,
    TeacherUnavailable,
)
from planner.models import (
    ComposedRequest,
    Cut,
    Message,
    ResponseForm,
    TeacherReply,
    TeacherRequest,
    Usage,
)
from planner.session import Claim, Session
from planner.teacher import REFUSAL, AnyTeacher, ScriptedTeacher, Step
from tests import builders
from tests.loopback_teacher import LoopbackTeacher

ANSWER = '{"edits": ["paid"]}'


class WireTeacher(AnyTeacher):
    """Asks the loopback server with nothing between: litellm takes seconds to import."""

    model: str = "wire"
    url: str

    def generate(self, request: TeacherRequest) -> TeacherReply:
        parts = urlsplit(self.url)
        connection = HTTPConnection(str(parts.hostname), parts.port, timeout=60)
        connection.request("POST", f"{parts.path}/chat/completions", json.dumps({"model": "m"}))
        said = json.loads(connection.getresponse().read())
        connection.close()
        return builders.reply(
            said["choices"][0]["message"]["content"], request_digest=request.digest
        )


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session.at(str(tmp_path / "session"))


@pytest.fixture
def server() -> Iterator[LoopbackTeacher]:
    with LoopbackTeacher(answer=ANSWER, delay_seconds=0.2) as loopback:
        yield loopback


def composed(**fields: Any) -> ComposedRequest:
    request = TeacherRequest(
        model="wire",
        messages=(Message(role="system", content="s"), Message(role="user", content="u")),
        response_form=ResponseForm.TEXT,
        response_schema={},
    )
    return ComposedRequest(request=request, **fields)


def log(session: Session) -> list[dict[str, Any]]:
    lines = session.store.read("teacher_traces/plan.jsonl").decode().splitlines()
    return [json.loads(line) for line in lines]


def exchanges(session: Session) -> list[str]:
    return [name for name in session.store.list("teacher_traces") if ".exchange." in name]


# --- once --------------------------------------------------------------------


def test_a_second_run_sends_nothing_and_gives_the_same_reply(session: Session) -> None:
    teacher = ScriptedTeacher()
    first = ask_teacher(session, teacher, composed())
    assert ask_teacher(session, teacher, composed()) == first
    assert len(teacher.asked) == 1


def test_another_request_is_another_call(session: Session) -> None:
    teacher = ScriptedTeacher()
    ask_teacher(session, teacher, composed())
    request = composed().request
    assert request is not None
    warmer = request.model_copy(update={"temperature": 0.5})
    ask_teacher(session, teacher, ComposedRequest(request=warmer))
    assert len(teacher.asked) == 2


def test_threads_of_one_process_pay_once(session: Session, server: LoopbackTeacher) -> None:
    teacher = WireTeacher(url=server.openai())
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask_teacher, session, teacher, composed()) for _ in range(8)]
        replies = [one.result() for one in asked]
    assert len(server.requests()) == 1
    assert replies == [replies[0]] * 8


WORKER = """
import sys
from planner.asking import ask_teacher
from planner.session import Session
from tests.test_asking import WireTeacher, composed
reply = ask_teacher(Session.at(sys.argv[1]), WireTeacher(url=sys.argv[2]), composed())
print(reply.content)
"""


def worker(session: Session, server: LoopbackTeacher) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, session.url, server.openai()],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )


@pytest.mark.slow
def test_eight_processes_at_once_pay_once(session: Session, server: LoopbackTeacher) -> None:
    workers = [worker(session, server) for _ in range(8)]
    assert [one.communicate()[0].strip() for one in workers] == [ANSWER] * 8
    assert len(server.requests()) == 1


@pytest.mark.slow
def test_a_worker_killed_at_any_moment_costs_at_most_the_answer_that_did_not_reach_it(
    tmp_path: Path, server: LoopbackTeacher
) -> None:
    moments = random.Random(5)
    for round_ in range(6):
        session = Session.at(str(tmp_path / f"session-{round_}"))
        before = len(server.requests())
        victim = worker(session, server)
        wait_until_sent(server, before, victim)
        try:
            victim.wait(timeout=moments.uniform(0.0, 0.5))
        except subprocess.TimeoutExpired:
            os.kill(victim.pid, signal.SIGKILL)
        victim.communicate()
        recorded = session.read_reply(request_digest())
        reply = ask_teacher(session, WireTeacher(url=server.openai()), composed())
        sent = len(server.requests()) - before
        assert reply.content == ANSWER
        assert sent == (1 if recorded else 2)
        assert [line["outcome"] for line in log(session)][-1] == "answered"


def wait_until_sent(server: LoopbackTeacher, before: int, victim: "subprocess.Popen[str]") -> None:
    while len(server.requests()) == before and victim.poll() is None:
        try:
            victim.wait(timeout=0.01)
        except subprocess.TimeoutExpired:
            continue


def request_digest() -> str:
    request = composed().request
    assert request is not None
    return request.digest


def test_asking_again_pays_again_and_the_new_answer_counts(session: Session) -> None:
    teacher = ScriptedTeacher(steps=(Step(content="1"), Step(content="2")))
    ask_teacher(session, teacher, composed())
    assert ask_teacher(session, teacher, composed(), ask_again=True).content == "2"
    assert ask_teacher(session, teacher, composed()).content == "2"
    assert len(teacher.asked) == 2


def test_asking_again_for_the_same_run_pays_once(session: Session) -> None:
    teacher = ScriptedTeacher(steps=(Step(content="1"), Step(content="2"), Step(content="3")))
    ask_teacher(session, teacher, composed())
    replies = [ask_teacher(session, teacher, composed(), ask_again="run-7") for _ in range(3)]
    assert [reply.content for reply in replies] == ["2"] * 3


def test_a_worker_waits_no_longer_than_its_patience(session: Session) -> None:
    claim = session.claim(request_digest(), {"timestamp": "1"})
    assert isinstance(claim, Claim)
    impatient = ScriptedTeacher(time_limit_seconds=0.2)
    with claim, pytest.MonkeyPatch.context() as patch:
        patch.setattr("planner.asking.PATIENCE", 0.0)
        with pytest.raises(TeacherBusy):
            ask_teacher(session, impatient, composed())
    assert impatient.asked == ()


# --- what is recorded --------------------------------------------------------


def test_an_answer_is_recorded_before_anyone_reads_it(session: Session) -> None:
    """Unreadable answers too: they are paid for, and not asked again by themselves."""
    teacher = ScriptedTeacher(steps=(Step(content="I'd rather not."),))
    ask_teacher(session, teacher, composed())
    stored = session.read_reply(request_digest())
    assert stored is not None
    assert stored["content"] == "I'd rather not."


def test_a_refusal_is_recorded_and_fails_now_and_later_for_one_payment(session: Session) -> None:
    teacher = ScriptedTeacher(steps=(Step(content="No.", finish_reason=REFUSAL),))
    for _ in range(2):
        with pytest.raises(TeacherRefused, match="ask-again"):
            ask_teacher(session, teacher, composed())
    assert len(teacher.asked) == 1
    assert [line["outcome"] for line in log(session)] == ["refused"]


def test_a_call_leaves_one_line_that_tells_all(session: Session) -> None:
    usage = Usage(
        prompt_tokens=10, completion_tokens=5, total_tokens=15, cached_tokens=4, reasoning_tokens=2
    )
    teacher = ScriptedTeacher(steps=(Step(content="abc", usage=usage, cost_usd=0.25),))
    cut = Cut(part="diagnosis", kept_tokens=1, cut_tokens=2)
    reply = ask_teacher(session, teacher, composed(masked_secrets=3, cuts=(cut,)))
    (line,) = log(session)
    assert line.pop("timestamp") <= line.pop("answered_at") == reply.answered_at.isoformat()
    assert line.pop("latency_seconds") >= 0
    assert line.pop("record").endswith(".reply.1.json")
    assert line == {
        "call": "planner",
        "outcome": "answered",
        "request_digest": request_digest(),
        "model_asked": "scripted",
        "model_answered": "wire",
        "content_length": 3,
        "tokens": 15,
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "cached_tokens": 4,
        "reasoning_tokens": 2,
        "cost_usd": 0.25,
        "cost_source": "script",
        "finish_reason": "stop",
        "truncated": False,
        "http_requests": 0,
        "response_form": "text",
        "masked_secrets": 3,
        "cuts": [cut.model_dump()],
        "notes": [],
    }


def test_a_failed_call_leaves_a_line_too(session: Session) -> None:
    teacher = ScriptedTeacher(steps=(Step(fails_with="TeacherUnavailable"), Step()))
    with pytest.raises(TeacherUnavailable):
        ask_teacher(session, teacher, composed())
    ask_teacher(session, teacher, composed())
    first, second = log(session)
    assert first["outcome"] == "failed: TeacherUnavailable"
    assert "TeacherUnavailable" in first["error"]
    assert (first["cost_usd"], first["tokens"], first["content_length"]) == (None, None, 0)
    assert second["outcome"] == "answered"


def test_the_full_request_and_answer_are_kept_beside_it(session: Session) -> None:
    ask_teacher(session, ScriptedTeacher(steps=(Step(content="abc"),)), composed())
    (name,) = exchanges(session)
    kept = json.loads(session.store.read(name))
    request = composed().request
    assert request is not None
    assert kept == {"request": request.model_dump(mode="json"), "answer": "abc"}


def test_an_operator_can_leave_the_request_out(session: Session) -> None:
    ask_teacher(session, ScriptedTeacher(keep_exchange=False), composed())
    assert exchanges(session) == []
    assert session.read_reply(request_digest()) is not None


def test_no_request_means_no_call_and_a_date_that_stays(session: Session) -> None:
    teacher = ScriptedTeacher()
    nothing = ComposedRequest(request=None)
    first = ask_teacher(session, teacher, nothing)
    assert ask_teacher(session, teacher, nothing) == first
    assert (first.content, first.cost_usd, first.attempts) == ("", 0.0, 0)
    assert teacher.asked == ()
    assert [line["outcome"] for line in log(session)] == ["no call: no cluster has evidence"]


def test_a_record_that_is_no_reply_is_told_in_one_sentence(session: Session) -> None:
    with session.claim(request_digest(), {"timestamp": "1"}) as claim:  # type: ignore[union-attr]
        claim.answered({"content": 3}, {"timestamp": "1"})
    with pytest.raises(ArtifactInvalid, match="ask-again"):
        ask_teacher(session, ScriptedTeacher(), composed())


def test_a_recorded_reply_needs_no_litellm(session: Session) -> None:
    ask_teacher(session, ScriptedTeacher(), composed())
    code = (
        "import sys; from planner import Teacher; from planner.asking import ask_teacher;"
        "from planner.session import Session; from tests.test_asking import composed;"
        "ask_teacher(Session.at(sys.argv[1]), Teacher(model='wire'), composed());"
        "print([m for m in ('litellm', 'openai', 'httpx', 'kingfisher_sdk') if m in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, session.url], check=True, capture_output=True, text=True
    )
    assert told.stdout.strip() == "[]"


# --- retries without Prefect -------------------------------------------------


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.asking.seconds_before_retry", lambda *_: 0.0)


@pytest.mark.usefixtures("_at_once")
def test_what_may_pass_is_asked_again_with_a_line_for_each_attempt(session: Session) -> None:
    step = Step(fails_with="TeacherRateLimited")
    teacher = ScriptedTeacher(steps=(step, step, Step(content="at last")))
    assert ask_teacher_until_answered(session, teacher, composed()).content == "at last"
    assert [line["outcome"] for line in log(session)] == [
        "failed: TeacherRateLimited",
        "failed: TeacherRateLimited",
        "answered",
    ]


@pytest.mark.usefixtures("_at_once")
def test_what_does_not_pass_is_not_asked_again(session: Session) -> None:
    teacher = ScriptedTeacher(steps=(Step(fails_with="TeacherQuotaExhausted"),))
    with pytest.raises(TeacherQuotaExhausted):
        ask_teacher_until_answered(session, teacher, composed())
    assert len(teacher.asked) == 1


@pytest.mark.usefixtures("_at_once")
def test_retries_end(session: Session) -> None:
    teacher = ScriptedTeacher(steps=(Step(fails_with="TeacherUnavailable"),))
    with pytest.raises(TeacherUnavailable):
        ask_teacher_until_answered(session, teacher, composed())
    assert len(teacher.asked) == 4


def test_a_healthy_run_logs_nothing(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        ask_teacher_until_answered(session, ScriptedTeacher(), composed())
    assert caplog.text == ""
