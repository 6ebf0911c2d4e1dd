"""Teachers as values: settings, keys, money, errors and retries, without a network."""

import pickle
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from planner import errors
from planner.errors import (
    BudgetExceeded,
    PriceUnknown,
    SettingsInvalid,
    TeacherAuthFailed,
    TeacherContextOverflow,
    TeacherError,
    TeacherGarbled,
    TeacherQuotaExhausted,
    TeacherRateLimited,
    TeacherRequestInvalid,
    TeacherTimeout,
    TeacherUnavailable,
)
from planner.models import Message, ResponseForm, TeacherRequest, Usage
from planner.money import (
    OPERATOR,
    PRICE_LIST,
    SELF_HOSTED,
    KnownPrices,
    Prices,
    check_budget,
    cost_of,
    estimated_cost,
)
from planner.provider_errors import (
    Failure,
    as_error,
    error_class,
    failure_of,
    retry_after_of,
    speaks_of_schema,
)
from planner.retrying import LONGEST_WAIT_SECONDS, is_worth_retrying, seconds_before_retry
from planner.teacher import (
    EngineTeacher,
    ReplayTeacher,
    ScriptedTeacher,
    Step,
    Teacher,
    as_teacher,
)

CANARY = "sk-canary-0123456789abcdef"
REQUEST = TeacherRequest(
    model="openai/m",
    messages=(Message(role="system", content="s"), Message(role="user", content="u")),
    response_form=ResponseForm.TEXT,
    response_schema={},
)


# --- settings ----------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        f"https://user:{CANARY}@host/v1",
        f"https://{CANARY}@host/v1",
        f"https://host/v1?key={CANARY}",
        f"https://host/v1#{CANARY}",
        f"ftp://{CANARY}",
        CANARY,
    ],
)
def test_an_endpoint_with_credentials_is_refused_without_repeating_them(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Teacher(model="openai/m", api_base=url)
    assert CANARY not in str(caught.value)
    assert "api_key_env" in str(caught.value)


def test_a_key_shows_in_no_text_of_a_teacher() -> None:
    teacher = Teacher(model="openai/m", api_key=SecretStr(CANARY))
    assert CANARY not in f"{teacher!r}{teacher}{teacher.model_dump_json()}{teacher.model_dump()}"


def test_two_sources_of_a_key_contradict_each_other() -> None:
    with pytest.raises(ValidationError, match="not both"):
        Teacher(model="openai/m", api_key=SecretStr("k"), api_key_env="K")


def test_a_missing_variable_for_the_key_is_told_before_anything_is_sent() -> None:
    with pytest.raises(SettingsInvalid, match="NO_SUCH_VARIABLE"):
        Teacher(model="openai/m", api_key_env="NO_SUCH_VARIABLE").generate(REQUEST)


@pytest.mark.parametrize("kind", [Teacher, ReplayTeacher, ScriptedTeacher, EngineTeacher])
def test_every_setting_is_described(kind: type[Teacher]) -> None:
    silent = [name for name, field in kind.model_fields.items() if not field.description]
    assert set(silent) <= {"model", "steps", "engine", "response_form"}


# --- money -------------------------------------------------------------------

DEAR = KnownPrices(prices=Prices(input=10.0, output=50.0), source=PRICE_LIST)
USED = Usage(prompt_tokens=1_000, completion_tokens=200, total_tokens=1_200, cached_tokens=400)


def budget(usd: float | None, known: KnownPrices | None) -> None:
    check_budget(usd, known, model="m", prompt_tokens=100_000, answer_tokens=20_000)


def test_an_estimate_above_the_budget_is_refused_and_told() -> None:
    with pytest.raises(BudgetExceeded, match=r"2\.00 USD .*budget is 1\.99 USD"):
        budget(1.99, DEAR)


def test_an_estimate_within_the_budget_passes() -> None:
    budget(2.0, DEAR)


def test_an_unknown_price_fails_closed() -> None:
    with pytest.raises(PriceUnknown, match="prices"):
        budget(5.0, None)


def test_no_budget_lifts_both() -> None:
    budget(None, None)
    budget(None, DEAR)


def test_the_estimate_counts_the_longest_answer() -> None:
    assert estimated_cost(DEAR.prices, prompt_tokens=1_000_000, answer_tokens=1_000_000) == 60.0


def test_the_operators_prices_win_over_the_list() -> None:
    known = KnownPrices(prices=Prices(input=1.0, output=2.0, cached_input=0.5), source=OPERATOR)
    cost, source = cost_of(USED, known, listed_cost_usd=99.0)
    assert cost == pytest.approx((600 * 1 + 400 * 0.5 + 200 * 2) / 1e6)
    assert source == OPERATOR


def test_cached_tokens_cost_as_other_input_where_nobody_says() -> None:
    known = KnownPrices(prices=Prices(input=1.0, output=2.0), source=OPERATOR)
    assert cost_of(USED, known, listed_cost_usd=None)[0] == pytest.approx(1_400 / 1e6)


@pytest.mark.parametrize("listed", [None, 0.0])
def test_a_list_that_does_not_know_the_dated_name_is_multiplied(listed: float | None) -> None:
    assert cost_of(USED, DEAR, listed_cost_usd=listed)[0] == pytest.approx(0.02)


def test_a_listed_cost_is_taken() -> None:
    assert cost_of(USED, DEAR, listed_cost_usd=0.0123) == (0.0123, PRICE_LIST)


@pytest.mark.parametrize("known", [None, DEAR])
def test_a_cost_that_nobody_can_tell_is_unknown_and_never_0(known: KnownPrices | None) -> None:
    assert cost_of(Usage(), known, listed_cost_usd=0.0) == (None, "unknown")


def test_a_server_of_ones_own_costs_nothing() -> None:
    free = KnownPrices(prices=Prices(input=0.0, output=0.0), source=SELF_HOSTED)
    assert cost_of(Usage(), free, listed_cost_usd=None) == (0.0, SELF_HOSTED)


# --- errors ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (Failure(sentence="You exceeded your current quota", status=429), TeacherQuotaExhausted),
        (
            Failure(sentence="You exceeded your current quota", status=429, retry_after=3.0),
            TeacherRateLimited,
        ),
        (
            Failure(sentence="exceeded your current quota. Please retry in 9s", status=429),
            TeacherRateLimited,
        ),
        (Failure(sentence="input token count exceeds", status=400), TeacherContextOverflow),
        (Failure(sentence="maximum context length", status=500), TeacherUnavailable),
        (Failure(sentence="x", status=403), TeacherAuthFailed),
        (Failure(sentence="x", kinds=("Timeout", "ConnectTimeout")), TeacherUnavailable),
        (Failure(sentence="x", kinds=("Timeout", "ReadTimeout")), TeacherTimeout),
        (Failure(sentence="x", kinds=("ReadError",)), TeacherUnavailable),
        (Failure(sentence="x", kinds=("ReadError",), status=200), TeacherTimeout),
        (Failure(sentence="x", status=200), TeacherGarbled),
        (Failure(sentence="x", status=418), TeacherRequestInvalid),
        (Failure(sentence="Something else."), TeacherError),
    ],
)
def test_what_a_failure_means(failure: Failure, kind: type[TeacherError]) -> None:
    assert error_class(failure) is kind


def test_a_read_time_out_is_retried_only_if_the_operator_says_so() -> None:
    late = Failure(sentence="late", kinds=("ReadTimeout",))
    assert not is_worth_retrying(as_error(late, model="m"))
    assert is_worth_retrying(as_error(late, model="m", retry_read_timeouts=True))


def test_a_refused_schema_is_told_from_a_wrong_parameter() -> None:
    assert speaks_of_schema(Failure(sentence="'response_format' is not supported", status=400))
    assert not speaks_of_schema(Failure(sentence="'frobnicate' is wrong", status=400))
    assert not speaks_of_schema(Failure(sentence="'response_format' failed", status=500))


def test_an_error_survives_pickling_with_what_it_carries() -> None:
    error = as_error(Failure(sentence="slow", status=429, retry_after=7.0), model="m")
    error.http_requests = 1
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is TeacherRateLimited
    assert (back.message, back.retry_after, back.http_requests) == (error.message, 7.0, 1)


def test_an_error_says_what_to_do_and_holds_no_percent_of_the_provider() -> None:
    error = as_error(Failure(sentence="{model} %s {0}", status=401), model="openai/m")
    assert "openai/m" in error.message
    assert "{model} %s {0}" in error.message
    assert error.remedy in error.message


def test_a_providers_sentence_is_one_bounded_line() -> None:
    sentence = failure_of(ValueError("a\r\nb\x1b[31m\u2028c" + "x" * 9_999)).sentence
    assert len(sentence) == 300
    assert sentence.isprintable()


def test_a_providers_own_sentence_is_unwrapped() -> None:
    wrapped = 'litellm.BadRequestError: AnthropicException - {"error": {"message": "No."}}'
    assert failure_of(ValueError(wrapped)).sentence == "No."


def test_no_secret_at_hand_stands_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", CANARY)
    failure = failure_of(ValueError(f"key {CANARY} and other-key-1"), api_key="other-key-1")
    assert failure.sentence == "key [key] and [key]"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0.0),
        ({}, None),
        (None, None),
    ],
)
def test_retry_after_in_all_its_forms(headers: object, seconds: float | None) -> None:
    assert retry_after_of(headers) == seconds


def test_retry_after_as_a_date() -> None:
    later = datetime.now(UTC) + timedelta(seconds=100)
    seconds = retry_after_of({"Retry-After": format_datetime(later, usegmt=True)})
    assert seconds is not None
    assert 90 < seconds <= 100


# --- retries -----------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n in dir(errors) if n.startswith("Teacher")])
def test_only_what_is_worth_it_is_retried(name: str) -> None:
    worth = {"TeacherUnavailable", "TeacherRateLimited", "TeacherBusy"}
    assert is_worth_retrying(getattr(errors, name)("x")) == (name in worth)


def test_a_wait_beyond_patience_is_no_retry() -> None:
    error = TeacherRateLimited("x")
    error.retry_after = LONGEST_WAIT_SECONDS + 1
    assert not is_worth_retrying(error)
    assert not is_worth_retrying(ValueError("x"))


def test_waits_grow_with_jitter_up_to_a_bound() -> None:
    waits = [seconds_before_retry(TeacherUnavailable("x"), n) for n in range(1, 12)]
    assert all(2 * 2**n <= wait <= 3 * 2**n for n, wait in enumerate(waits[:4]))
    assert max(waits) <= 90
    assert len(set(waits)) == len(waits)


def test_a_retry_never_comes_before_the_provider_allows_it() -> None:
    error = TeacherRateLimited("x")
    error.retry_after = 45.0
    assert seconds_before_retry(error, 1) >= 45.0


# --- other teachers ----------------------------------------------------------


def test_a_replay_gives_the_recorded_answer_for_nothing() -> None:
    reply = ReplayTeacher(content="{}").generate(REQUEST)
    assert (reply.content, reply.cost_usd, reply.cost_source) == ("{}", 0.0, "replay")
    assert reply.request_digest == REQUEST.digest


def test_a_script_is_followed_step_by_step() -> None:
    teacher = ScriptedTeacher(
        steps=(Step(fails_with="TeacherRateLimited"), Step(content="a", truncated=True), Step())
    )
    with pytest.raises(TeacherRateLimited):
        teacher.generate(REQUEST)
    assert teacher.generate(REQUEST).truncated
    assert [teacher.generate(REQUEST).content for _ in range(2)] == ['{"edits": []}'] * 2
    assert teacher.asked == (REQUEST,) * 4


class Engine:
    """An engine as users of the ancestor have it."""

    def __init__(self, said: object) -> None:
        self.said = said
        self.asked: dict[str, Any] = {}

    def generate(
        self, *, messages: list[dict[str, str]], model: str, max_tokens: int
    ) -> Mapping[str, Any]:
        self.asked = {"messages": messages, "model": model, "max_tokens": max_tokens}
        if isinstance(self.said, Exception):
            raise self.said
        return self.said  # type: ignore[return-value]


def test_a_users_engine_is_asked_by_the_ancestors_names() -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
    engine = Engine({"content": "c", "cost_usd": 0.5, "usage": usage, "finish_reason": "stop"})
    reply = as_teacher(engine, "my-model").generate(REQUEST)
    assert engine.asked["messages"] == [
        {"role": "system", "content": "s"},
        {"role": "user", "content": "u"},
    ]
    assert (engine.asked["model"], engine.asked["max_tokens"]) == ("openai/m", 16_000)
    assert (reply.content, reply.cost_usd, reply.cost_source) == ("c", 0.5, "engine")
    assert (reply.usage.total_tokens, reply.finish_reason, reply.truncated) == (7, "stop", False)


def test_half_a_character_does_not_lose_a_paid_answer() -> None:
    assert as_teacher(Engine({"content": "a\ud800"}), "m").generate(REQUEST).content == "a?"


def test_an_engine_that_says_little_is_enough() -> None:
    reply = as_teacher(Engine({"content": "c"}), "m").generate(REQUEST)
    assert (reply.cost_usd, reply.cost_source, reply.usage) == (None, "unknown", Usage())


@pytest.mark.parametrize(
    "said",
    [
        {"content": "c", "finish_reason": "length"},
        {"content": "c", "finish_reason": "stop", "usage": {"completion_tokens": 16_000}},
    ],
)
def test_an_answer_cut_at_the_limit_is_recognised(said: dict[str, Any]) -> None:
    assert as_teacher(Engine(said), "m").generate(REQUEST).truncated


@pytest.mark.parametrize("said", [None, "text", {}, {"content": None}, {"content": 3}])
def test_an_engine_that_returns_no_text_is_told_so(said: object) -> None:
    with pytest.raises(TeacherError, match="content"):
        as_teacher(Engine(said), "m").generate(REQUEST)


def test_an_engines_error_is_translated_and_not_chained() -> None:
    with pytest.raises(TeacherError, match="boom") as caught:
        as_teacher(Engine(RuntimeError("boom")), "m").generate(REQUEST)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_an_engine_may_raise_our_own_errors() -> None:
    with pytest.raises(TeacherRateLimited):
        as_teacher(Engine(TeacherRateLimited("slow")), "m").generate(REQUEST)


def test_a_teacher_given_as_an_engine_stays_a_teacher() -> None:
    teacher = as_teacher(ScriptedTeacher(), "named")
    assert isinstance(teacher, ScriptedTeacher)
    assert teacher.model == "named"
