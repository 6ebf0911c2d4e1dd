"""The real call: litellm against a real server that plays every fault we know of.

Each test counts the requests that arrived. litellm is imported once for the file.
"""

import asyncio
import contextlib
import logging
import os
import pickle
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from planner import litellm_call
from planner.asking import ask_teacher
from planner.errors import (
    BudgetExceeded,
    PlannerError,
    PriceUnknown,
    TeacherAuthFailed,
    TeacherContextOverflow,
    TeacherError,
    TeacherGarbled,
    TeacherModelUnknown,
    TeacherQuotaExhausted,
    TeacherRateLimited,
    TeacherRefused,
    TeacherRequestInvalid,
    TeacherTimeout,
    TeacherUnavailable,
)
from planner.models import ComposedRequest, Message, ResponseForm, TeacherReply, TeacherRequest
from planner.money import Prices
from planner.schema import answer_schema
from planner.session import Session
from planner.teacher import LONGEST_ANSWER, REFUSAL, Teacher
from tests.loopback_teacher import EMPTY_ANSWER, FAULTS, LoopbackTeacher, Seen

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

KEY = "sk-canary-in-the-block-0123456789"
ENVIRONMENT_KEY = "sk-canary-in-the-environment-987654"
OPENAI = "openai/gpt-5"
ANTHROPIC = "anthropic/claude-opus-4-5"

ANSWERED = {
    "ok": "stop",
    "no-usage": "stop",
    "cut-at-limit": "length",
    "unreadable": "stop",
    "half-character": "stop",
    "empty-content": "stop",
    "null-content": "stop",
    "refusal": REFUSAL,
    "filtered": REFUSAL,
    "400-schema": "stop",
    "wrong-type": "stop",
    "gzip": "stop",
}
"""Faults that bring an answer all the same, and its finish reason."""

FAILED: dict[str, type[TeacherError]] = {
    "400": TeacherRequestInvalid,
    "400-context": TeacherContextOverflow,
    "400-long": TeacherContextOverflow,
    "400-filter": TeacherRefused,
    "400-credit": TeacherQuotaExhausted,
    "401": TeacherAuthFailed,
    "401-echo": TeacherAuthFailed,
    "402": TeacherQuotaExhausted,
    "403": TeacherAuthFailed,
    "404": TeacherModelUnknown,
    "404-html": TeacherModelUnknown,
    "408": TeacherUnavailable,
    "409": TeacherUnavailable,
    "413": TeacherContextOverflow,
    "422": TeacherRequestInvalid,
    "429": TeacherRateLimited,
    "429-after": TeacherRateLimited,
    "429-quota": TeacherQuotaExhausted,
    "500": TeacherUnavailable,
    "502-html": TeacherUnavailable,
    "503": TeacherUnavailable,
    "504": TeacherUnavailable,
    "529": TeacherUnavailable,
    "redirect": TeacherGarbled,
    "reset": TeacherUnavailable,
    "reset-unread": TeacherUnavailable,
    "reset-in-body": TeacherTimeout,
    "close": TeacherUnavailable,
    "stall": TeacherTimeout,
    "stall-in-body": TeacherTimeout,
    "drip": TeacherTimeout,
    "cut-body": TeacherTimeout,
    "bad-chunks": TeacherTimeout,
    "bad-gzip": TeacherGarbled,
    "html": TeacherGarbled,
    "empty-body": TeacherGarbled,
    "no-json": TeacherGarbled,
    "json-list": TeacherGarbled,
    "json-null": TeacherGarbled,
    "200-error": TeacherGarbled,
}
"""Faults that fail, and what they mean."""

STALLS = {"stall", "stall-in-body", "drip"}
SHORT = 2.0
"""Seconds: enough for a request to arrive on a busy machine."""
COUNTED_APART = {"empty-choices"}


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackTeacher]:
    with LoopbackTeacher() as loopback:
        for model in (OPENAI, ANTHROPIC):  # what litellm imports late would count as the call's
            ask(loopback, "ok@warm", model=model)
        yield loopback


@pytest.fixture(autouse=True)
def _keys_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", ENVIRONMENT_KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", ENVIRONMENT_KEY)


def request_of(model: str, form: ResponseForm = ResponseForm.JSON_SCHEMA) -> TeacherRequest:
    messages = (Message(role="system", content="Plan."), Message(role="user", content="Now."))
    return TeacherRequest(
        model=model, messages=messages, response_form=form, response_schema=answer_schema()
    )


def teacher_at(server: LoopbackTeacher, script: str, model: str, **fields: Any) -> Teacher:
    base = server.anthropic(script) if model.startswith("anthropic") else server.openai(script)
    return Teacher.model_validate(
        {"model": model, "api_base": base, "api_key": SecretStr(KEY), **fields}
    )


def ask(
    server: LoopbackTeacher, script: str, *, model: str = OPENAI, **fields: Any
) -> TeacherReply:
    return teacher_at(server, script, model, **fields).generate(request_of(model))


def only(server: LoopbackTeacher, script: str) -> Seen:
    (seen,) = server.requests(script)
    return seen


# --- the matrix --------------------------------------------------------------


def test_every_fault_is_in_the_matrix() -> None:
    assert {*ANSWERED, *FAILED, *COUNTED_APART} == {*FAULTS}
    assert len(FAILED) >= 25


@pytest.mark.parametrize("model", [OPENAI, ANTHROPIC])
@pytest.mark.parametrize("fault", FAILED)
def test_a_fault_costs_one_request_and_has_its_class_and_leaks_nothing(
    fault: str, model: str, server: LoopbackTeacher, caplog: pytest.LogCaptureFixture
) -> None:
    script = f"{fault}@{model.partition('/')[0]}"
    limit = SHORT if fault in STALLS else 60.0
    server.board.hung_up.clear()
    with caplog.at_level(logging.DEBUG), pytest.raises(PlannerError) as caught:
        ask(server, script, model=model, time_limit_seconds=limit)
    error = caught.value
    reported()
    assert type(error) is FAILED[fault]
    assert len(server.requests(script)) == 1
    assert fault not in STALLS or server.hung_up_on(fault)
    assert error.__cause__ is None
    assert error.__context__ is None
    told = "".join(traceback.format_exception(error)) + repr(error) + repr(pickle.dumps(error))
    assert leaks(told + caplog.text) == []
    assert len(error.message.splitlines()) == 1
    assert len(error.message) < 700


@pytest.mark.parametrize("model", [OPENAI, ANTHROPIC])
@pytest.mark.parametrize("fault", ANSWERED)
def test_what_brings_an_answer_is_read_and_leaks_nothing(
    fault: str,
    model: str,
    server: LoopbackTeacher,
    caplog: pytest.LogCaptureFixture,
) -> None:
    script = f"{fault}@{model.partition('/')[0]}"
    with caplog.at_level(logging.DEBUG):
        reply = ask(server, script, model=model)
        reported()
    assert reply.finish_reason == ANSWERED[fault]
    assert len(server.requests(script)) == reply.attempts == (2 if fault == "400-schema" else 1)
    assert "LiteLLM" in caplog.text
    assert leaks(f"{reply!r}{caplog.text}") == []


def reported() -> None:
    """Wait until litellm has reported the call to its callbacks, which log too."""
    from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER

    loop = litellm_call._loop_of(os.getpid())
    asyncio.run_coroutine_threadsafe(GLOBAL_LOGGING_WORKER.flush(), loop).result(timeout=60)


def leaks(text: str) -> list[str]:
    return [key for key in (KEY, ENVIRONMENT_KEY) if key in text]


@pytest.mark.parametrize("fault", ["ok", "401-echo", "400", "refusal", "429-quota", "html"])
def test_no_key_is_in_any_file_of_the_session(
    fault: str, server: LoopbackTeacher, tmp_path: Path
) -> None:
    session = Session.at(str(tmp_path / "session"))
    teacher = teacher_at(server, f"{fault}@files", OPENAI)
    with contextlib.suppress(TeacherError):
        ask_teacher(session, teacher, ComposedRequest(request=request_of(OPENAI)))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 3
    assert leaks("".join(path.read_text() for path in files)) == []


def test_nobody_at_the_endpoint_is_worth_a_retry() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    teacher = Teacher(model=OPENAI, api_base=f"http://127.0.0.1:{port}/v1")
    with pytest.raises(TeacherUnavailable):
        teacher.generate(request_of(OPENAI))


def test_an_unknown_provider_is_told_without_a_request() -> None:
    teacher = Teacher(model="nonesuch-model", max_cost_usd=None)
    with pytest.raises(TeacherModelUnknown, match="nonesuch-model"):
        teacher.generate(request_of("nonesuch-model"))


def test_a_parameter_that_the_provider_does_not_take_is_told_without_a_request(
    server: LoopbackTeacher,
) -> None:
    request = request_of(ANTHROPIC).model_copy(update={"seed": 7})
    with pytest.raises(TeacherRequestInvalid, match="seed"):
        teacher_at(server, "ok@seed", ANTHROPIC).generate(request)
    assert server.requests("ok@seed") == []


@pytest.mark.parametrize("model", [OPENAI, ANTHROPIC, "gemini/gemini-2.5-pro", "azure/m"])
def test_a_redirect_takes_no_key_to_another_host(model: str, server: LoopbackTeacher) -> None:
    before = len(server.requests("ok@redirected"))
    with pytest.raises(TeacherGarbled):
        ask(server, "redirect@other", model=model, max_cost_usd=None)
    assert len(server.requests("ok@redirected")) == before


def test_what_the_provider_asks_us_to_wait_is_on_the_error(server: LoopbackTeacher) -> None:
    with pytest.raises(TeacherRateLimited) as caught:
        ask(server, "429-after@wait")
    assert (caught.value.retry_after, caught.value.http_requests) == (7.0, 1)


def test_a_read_time_out_is_transient_where_the_operator_says_so(server: LoopbackTeacher) -> None:
    with pytest.raises(TeacherUnavailable):
        ask(server, "stall@may", time_limit_seconds=SHORT, retry_read_timeouts=True)


def test_no_choices_is_an_empty_answer_that_was_paid(server: LoopbackTeacher) -> None:
    reply = ask(server, "empty-choices")
    assert reply.content == ""
    assert reply.cost_usd == pytest.approx(0.002800)


# --- keys --------------------------------------------------------------------


@pytest.mark.parametrize("model", [OPENAI, ANTHROPIC, "hosted_vllm/m"])
def test_the_environments_key_never_goes_to_an_endpoint_of_ones_own(
    model: str, server: LoopbackTeacher
) -> None:
    script = f"ok@keyless-{model.partition('/')[0]}"
    ask(server, script, model=model, api_key=None, max_cost_usd=None)
    headers = only(server, script).headers
    assert leaks(str(headers)) == []


@pytest.mark.parametrize("empty", [{"api_key": ""}, {"api_key": None, "api_key_env": ""}])
def test_an_empty_field_of_a_form_is_no_key(empty: dict[str, Any], server: LoopbackTeacher) -> None:
    script = f"ok@empty-{len(empty)}"
    ask(server, script, **empty)
    assert leaks(str(only(server, script).headers)) == []


def test_the_variable_that_is_named_goes_to_the_endpoint(server: LoopbackTeacher) -> None:
    ask(server, "ok@named", api_key=None, api_key_env="OPENAI_API_KEY")
    assert only(server, "ok@named").headers["authorization"] == f"Bearer {ENVIRONMENT_KEY}"


@pytest.mark.parametrize("model", ["openai/my-model", "hosted_vllm/my-model"])
def test_a_local_server_needs_no_key_and_no_price(model: str, server: LoopbackTeacher) -> None:
    reply = ask(server, "ok@local", model=model, api_key=None)
    assert (reply.cost_usd, reply.cost_source) == (0.0, "self-hosted")


def test_a_server_of_ones_own_has_no_price_whatever_its_models_are_called(
    server: LoopbackTeacher,
) -> None:
    reply = ask(server, "ok@own", model="hosted_vllm/gpt-5", api_key=None)
    assert (reply.cost_usd, reply.cost_source) == (0.0, "self-hosted")


def test_a_gateway_on_this_machine_has_the_price_of_a_listed_model(
    server: LoopbackTeacher,
) -> None:
    assert ask(server, "ok@gateway", api_key=None).cost_source == "price list"


# --- the form ----------------------------------------------------------------


def test_the_schema_goes_over_the_wire_as_it_is(server: LoopbackTeacher) -> None:
    ask(server, "ok@schema")
    form = only(server, "ok@schema").body["response_format"]
    assert form["json_schema"]["schema"] == answer_schema()
    assert form["json_schema"]["strict"] is True


def test_a_refused_schema_falls_back_once_to_json_mode_and_says_so(
    server: LoopbackTeacher,
) -> None:
    reply = ask(server, "400-schema@fallback")
    first, second = server.requests("400-schema@fallback")
    assert first.body["response_format"]["type"] == "json_schema"
    assert second.body["response_format"] == {"type": "json_object"}
    assert "additionalProperties" in second.body["messages"][0]["content"]
    assert (reply.response_form, reply.attempts) == (ResponseForm.JSON_OBJECT, 2)
    assert "JSON mode" in reply.notes[0]
    assert reply.request_digest == request_of(OPENAI).digest


def test_a_form_set_by_the_operator_is_not_changed(server: LoopbackTeacher) -> None:
    with pytest.raises(TeacherRequestInvalid):
        ask(server, "400-schema@set", response_form="json_schema")
    assert len(server.requests("400-schema@set")) == 1


def test_the_fallback_keeps_to_the_time_limit_of_the_whole_call(server: LoopbackTeacher) -> None:
    with pytest.raises(TeacherTimeout):
        ask(server, "400-schema,stall@limit", time_limit_seconds=SHORT)


def test_nothing_is_sent_that_nobody_set(server: LoopbackTeacher) -> None:
    ask(server, "ok@plain", model="openai/my-model", max_cost_usd=None)
    assert only(server, "ok@plain").body.keys() == {"model", "messages", "response_format"}


def test_the_answers_limit_comes_from_the_model(server: LoopbackTeacher) -> None:
    ask(server, "ok@limit")
    assert only(server, "ok@limit").body["max_completion_tokens"] == LONGEST_ANSWER


def test_the_stable_part_is_marked_for_claudes_cache_only(server: LoopbackTeacher) -> None:
    ask(server, "ok@cache", model=ANTHROPIC)
    ask(server, "ok@nocache")
    assert only(server, "ok@cache").body["system"][0]["cache_control"] == {"type": "ephemeral"}
    assert "cache_control" not in str(only(server, "ok@nocache").body)


# --- money -------------------------------------------------------------------


def test_tokens_and_cost_are_told_cached_and_reasoning_ones_too(server: LoopbackTeacher) -> None:
    reply = ask(server, "ok@cost")
    assert reply.usage.model_dump() == {
        "prompt_tokens": 1000,
        "completion_tokens": 200,
        "total_tokens": 1200,
        "cached_tokens": 400,
        "reasoning_tokens": 50,
    }
    assert reply.cost_usd == pytest.approx((600 * 1.25 + 400 * 0.125 + 200 * 10) / 1e6)
    assert reply.cost_source == "price list"
    assert reply.model_answered == "gpt-5-2026-11-01"
    assert reply.latency_seconds > 0


def test_a_dated_name_that_the_list_does_not_know_has_the_price_of_the_name_asked_for(
    server: LoopbackTeacher,
) -> None:
    reply = ask(server, "ok@dated", model=ANTHROPIC)
    assert reply.cost_usd == pytest.approx((600 * 5 + 400 * 0.5 + 200 * 25) / 1e6)


def test_missing_usage_is_an_unknown_cost_and_not_0(server: LoopbackTeacher) -> None:
    reply = ask(server, "no-usage@cost")
    assert (reply.cost_usd, reply.cost_source) == (None, "unknown")


def test_the_operators_prices_make_an_unlisted_model_known(server: LoopbackTeacher) -> None:
    prices = Prices(input=1.0, output=2.0)
    reply = ask(server, "ok@prices", model="openai/secret-model", prices=prices)
    assert reply.cost_usd == pytest.approx((1000 + 400) / 1e6)


def test_above_the_budget_nothing_is_sent(server: LoopbackTeacher) -> None:
    with pytest.raises(BudgetExceeded, match=r"0\.32 USD"):
        ask(server, "ok@budget", max_cost_usd=0.1)
    assert server.requests("ok@budget") == []


def test_an_unknown_price_sends_nothing(server: LoopbackTeacher) -> None:
    with pytest.raises(PriceUnknown):
        ask(server, "ok@unknown", model="openai/secret-model")
    assert server.requests("ok@unknown") == []


def test_an_answer_at_its_limit_is_cut_whatever_the_finish_reason_says(
    server: LoopbackTeacher,
) -> None:
    request = request_of(ANTHROPIC).model_copy(update={"max_tokens": 200})
    reply = teacher_at(server, "ok@cut", ANTHROPIC).generate(request)
    assert (reply.finish_reason, reply.truncated) == ("stop", True)


# --- in a process ------------------------------------------------------------


def test_a_caller_with_a_running_loop_may_ask(server: LoopbackTeacher) -> None:
    async def caller() -> TeacherReply:
        return ask(server, "ok@loop")

    assert asyncio.run(caller()).content == EMPTY_ANSWER


QUIET = """
import socket, sys
real = socket.socket.connect
def connect(self, address):
    if self.family != socket.AF_UNIX and address[0] != "127.0.0.1":
        print("connect", address)
    return real(self, address)
def look_up(*args, **kwargs):
    if args[0] != "127.0.0.1":
        print("look-up", args[0])
    return real_look_up(*args, **kwargs)
real_look_up = socket.getaddrinfo
socket.socket.connect = connect
socket.getaddrinfo = look_up
from tests.test_teacher_calls import OPENAI, ANTHROPIC, ask
from tests.loopback_teacher import LoopbackTeacher
with LoopbackTeacher() as server:
    for model in (OPENAI, ANTHROPIC, OPENAI):
        ask(server, "ok", model=model)
import os
print(os.environ.get("STRAY", "clean"), os.environ.get("DEFAULT_MAX_RETRIES", "untouched"))
"""


def test_a_healthy_run_says_nothing_fetches_nothing_and_reads_no_stray_file(
    tmp_path: Path,
) -> None:
    (tmp_path / ".env").write_text("STRAY=entered\n")
    root = Path(__file__).parent.parent
    told = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(root)!r})\n{QUIET}"],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert (told.stdout.split(), told.stderr) == (["clean", "untouched"], "")
