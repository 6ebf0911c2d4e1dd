"""Teachers are values: litellm, a replay, a script or your own engine, all of one shape.

Each answers one `TeacherRequest` with one `TeacherReply`. None of them records,
retries or waits: `planner.asking` does.
"""

import ipaddress
import math
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Protocol, Self
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, PrivateAttr, SecretStr, field_validator, model_validator

from planner import errors, litellm_call
from planner.errors import PlannerError, SettingsInvalid, TeacherError
from planner.litellm_call import Answer, ModelFacts
from planner.models import Frozen, ResponseForm, TeacherReply, TeacherRequest, Usage
from planner.money import (
    OPERATOR,
    PRICE_LIST,
    SELF_HOSTED,
    UNKNOWN,
    KnownPrices,
    Prices,
    Usd,
    check_budget,
    cost_of,
)
from planner.provider_errors import (
    Failure,
    as_error,
    failure_of,
    one_line,
    speaks_of_schema,
    whole_characters,
)
from planner.request import RequestSettings, in_form, prompt_tokens

LONGEST_ANSWER = 32_000
"""Tokens asked for where a model would write more, which nobody would review."""

ENGINE_ANSWER = 16_000
"""Tokens that a user's own engine is asked for: its model's limits are not known."""

NO_KEY = "no-key"
"""Sent to an endpoint of one's own that needs no key, lest litellm sends it another's."""

REFUSAL = "refusal"
"""Finish reason of a reply in which the model, or a content filter, declined to answer."""

_CUT_AT_LIMIT = {"length", "max_tokens"}
_DECLINED = {"content_filter", "refusal"}
_SELF_HOSTED = {"hosted_vllm", "llamafile", "lm_studio", "ollama", "ollama_chat", "xinference"}
_OLLAMA = {"ollama", "ollama_chat"}
_FREE = KnownPrices(prices=Prices(input=0.0, output=0.0), source=SELF_HOSTED)


class AnyTeacher(RequestSettings):
    """What every teacher has: what it is asked, and how long one waits for it."""

    time_limit_seconds: Annotated[float, Field(gt=0, le=86_400)] = Field(
        default=600.0,
        description="Wall-clock limit of the whole call, in seconds; the connection is closed "
        "when it is over.",
    )
    keep_exchange: bool = Field(
        default=True,
        description="Keep the full request beside the recorded answer, as evidence and as "
        "training data.",
    )

    def generate(self, request: TeacherRequest) -> TeacherReply:
        """Answer one request.

        Raises:
            TeacherError: The call failed.
        """
        raise NotImplementedError


class Teacher(AnyTeacher):
    """Any frontier or local model, by its litellm model string."""

    model_config = ConfigDict(hide_input_in_errors=True)

    api_base: str | None = Field(
        default=None,
        description="URL of the endpoint, without credentials. Empty: the provider's own.",
    )
    api_key: SecretStr | None = Field(
        default=None, description="Key of the endpoint. Empty: see `api_key_env`."
    )
    api_key_env: str | None = Field(
        default=None,
        description="Name of the environment variable that holds the endpoint's key. "
        "Empty: the provider's usual variable, or no key at all where `api_base` is set.",
    )
    retry_read_timeouts: bool = Field(
        default=False,
        description="Retry when no whole answer came in time, although it may be paid twice.",
    )
    max_cost_usd: Usd | None = Field(
        default=5.0,
        description="Nothing is sent when the estimate is above this many USD. Empty: no limit.",
    )
    prices: Prices | None = Field(
        default=None,
        title="Prices",  # a nullable model has no title of its own: Prefect's form says "Field"
        description="USD per million tokens, where litellm's price list is wrong or silent.",
    )

    @field_validator("api_base")
    @classmethod
    def _without_credentials(cls, url: str | None) -> str | None:
        if url is not None and not _is_plain_url(url):
            msg = (
                "api_base must be an http or https URL without credentials, query and fragment; "
                "give the key in api_key or api_key_env"
            )
            raise ValueError(msg)
        return url

    @model_validator(mode="after")
    def _one_source_of_the_key(self) -> Self:
        if self.api_key and self.api_key_env:
            msg = "give either api_key or api_key_env, and not both"
            raise ValueError(msg)
        return self

    def generate(self, request: TeacherRequest) -> TeacherReply:
        """Send one HTTP request, and one more in JSON mode where the schema was refused unpaid.

        Raises:
            BudgetExceeded: The estimate is above `max_cost_usd`; nothing was sent.
            PriceUnknown: A budget is set and the price is unknown; nothing was sent.
            SettingsInvalid: The variable that `api_key_env` names is not set.
            TeacherError: The call failed.
        """
        key = self._key()
        facts = litellm_call.model_facts(request.model)
        known = self._known_prices(facts)
        max_tokens = request.max_tokens or _sane(facts.output_limit)
        check_budget(
            self.max_cost_usd,
            known,
            model=request.model,
            prompt_tokens=prompt_tokens(request),
            answer_tokens=max_tokens or LONGEST_ANSWER,
        )
        call = _Call(self, key, max_tokens)
        outcome = call.send(request)
        if self.response_form == "auto" and isinstance(outcome, Failure):
            outcome = call.send_in_json_mode(request, outcome)
        if isinstance(outcome, Failure):
            raise call.error(outcome)
        return call.reply(request, outcome, known)

    def _key(self) -> str | None:
        """Return the endpoint's key; None leaves it to the provider's own variable."""
        if self.api_key:
            return self.api_key.get_secret_value()
        if not self.api_key_env:
            return NO_KEY if self.api_base else None
        key = os.environ.get(self.api_key_env)
        if not key:
            raise SettingsInvalid(
                f"The environment variable {self.api_key_env}, which api_key_env names, is not "
                "set here; nothing was sent. Set it where this process runs."
            )
        return key

    def _known_prices(self, facts: ModelFacts) -> KnownPrices | None:
        if self.prices is not None:
            return KnownPrices(prices=self.prices, source=OPERATOR)
        if self._is_ones_own():
            return _FREE
        if facts.input_usd is not None and facts.output_usd is not None:
            listed = Prices(
                input=facts.input_usd,
                output=facts.output_usd,
                cached_input=facts.cached_input_usd,
            )
            return KnownPrices(prices=listed, source=PRICE_LIST)
        # A model that no list knows, on this machine; one that is listed may be a gateway's.
        if self.api_base and not self._has_key() and _is_loopback(self.api_base):
            return _FREE
        return None

    def _is_ones_own(self) -> bool:
        """Tell whether the call is on nobody's account: no key, and a server one runs oneself."""
        provider = self.model.partition("/")[0]
        known = _SELF_HOSTED if self.api_base else _OLLAMA
        return provider in known and not self._has_key()

    def _has_key(self) -> bool:
        return bool(self.api_key or self.api_key_env)


class _Call:
    """One call of `Teacher.generate`: its deadline, and how many requests it took."""

    def __init__(self, teacher: Teacher, key: str | None, max_tokens: int | None) -> None:
        self._teacher = teacher
        self._key = key
        self._max_tokens = max_tokens
        self._started = time.monotonic()
        self._attempts = 0
        self._notes: tuple[str, ...] = ()
        self._form: ResponseForm | None = None

    def send(self, request: TeacherRequest) -> Answer | Failure:
        self._form = request.response_form
        elapsed = time.monotonic() - self._started
        outcome = litellm_call.send(
            request,
            api_base=self._teacher.api_base,
            api_key=self._key,
            max_tokens=self._max_tokens,
            time_limit_seconds=self._teacher.time_limit_seconds - elapsed,
        )
        self._attempts += not isinstance(outcome, Failure) or outcome.sent
        return outcome

    def send_in_json_mode(self, request: TeacherRequest, refused: Failure) -> Answer | Failure:
        """Send again where the provider refused the schema; else return the failure."""
        if not speaks_of_schema(refused):
            return refused
        self._notes = (f"The provider refused the schema ({refused.sentence}); JSON mode served.",)
        return self.send(in_form(request, ResponseForm.JSON_OBJECT))

    def error(self, failure: Failure) -> TeacherError:
        teacher = self._teacher
        retried = teacher.retry_read_timeouts
        error = as_error(failure, model=teacher.model, retry_read_timeouts=retried)
        error.http_requests = self._attempts
        return error

    def reply(
        self, request: TeacherRequest, answer: Answer, known: KnownPrices | None
    ) -> TeacherReply:
        cost, source = cost_of(answer.usage, known, listed_cost_usd=answer.listed_cost_usd)
        declined = answer.refusal is not None or answer.finish_reason in _DECLINED
        reply = TeacherReply(
            request_digest=request.digest,
            content=answer.content or answer.refusal or "",
            model_asked=request.model,
            model_answered=answer.model,
            answered_at=datetime.now(UTC),
            finish_reason=REFUSAL if declined else answer.finish_reason,
            usage=answer.usage,
            cost_usd=cost,
            cost_source=source,
            latency_seconds=round(time.monotonic() - self._started, 3),
            attempts=self._attempts,
            response_form=self._form,
            notes=self._notes,
        )
        return reply.model_copy(update={"truncated": is_truncated(reply, self._max_tokens)})


# --- teachers without litellm ------------------------------------------------


class ReplayTeacher(AnyTeacher):
    """Gives a recorded answer to whatever it is asked, for nothing."""

    model: str = "replay"
    content: str = Field(description="The recorded answer, as raw text.")

    def generate(self, request: TeacherRequest) -> TeacherReply:
        """Return the recorded answer."""
        return _without_call(request, self.content, source="replay")


class Step(Frozen):
    """What a scripted teacher does on one call: answer, or fail."""

    content: str = '{"edits": []}'
    finish_reason: str | None = "stop"
    truncated: bool = False
    usage: Usage = Usage()
    cost_usd: float | None = None
    fails_with: str | None = None
    """Name of a `TeacherError` class to raise instead."""


class ScriptedTeacher(AnyTeacher):
    """Follows a script, a step a call; the last step repeats. Counts its calls in this process."""

    model: str = "scripted"
    steps: Annotated[tuple[Step, ...], Field(min_length=1)] = (Step(),)
    _asked: list[TeacherRequest] = PrivateAttr(default_factory=list)

    @property
    def asked(self) -> tuple[TeacherRequest, ...]:
        """The requests of all calls made so far, in this process."""
        return tuple(self._asked)

    def generate(self, request: TeacherRequest) -> TeacherReply:
        """Do the script's next step.

        Raises:
            TeacherError: The step says so.
        """
        step = self.steps[min(len(self._asked), len(self.steps) - 1)]
        self._asked.append(request)
        if step.fails_with is not None:
            kind: type[TeacherError] = getattr(errors, step.fails_with)
            raise kind(f"The script says {step.fails_with}.")
        reply = _without_call(request, step.content, source="script")
        said = step.model_dump(exclude={"content", "fails_with"})
        return TeacherReply.model_validate({**reply.model_dump(), **said})


class TeacherEngine(Protocol):
    """A user's own engine, as `LearningPlanner` takes it."""

    def generate(
        self, *, messages: list[dict[str, str]], model: str, max_tokens: int
    ) -> Mapping[str, Any]:
        """Return `content`, and where known `cost_usd`, `usage`, `finish_reason`."""
        ...


class EngineTeacher(AnyTeacher):
    """A user's own engine as a teacher; the schema stands in the prompt."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    engine: Any = Field(repr=False, exclude=True)
    response_form: Literal["auto", "json_schema", "json_object", "text"] = "text"

    def generate(self, request: TeacherRequest) -> TeacherReply:
        """Ask the engine.

        Raises:
            TeacherUnavailable: The engine raised; its own error is not passed on.
            TeacherGarbled: What it returned has no text in `content`.
        """
        started = time.monotonic()
        max_tokens = request.max_tokens or ENGINE_ANSWER
        outcome = self._ask(request, max_tokens)
        if isinstance(outcome, Failure):
            raise as_error(outcome, model=request.model)
        cost = _number(outcome.get("cost_usd")) or None
        usage = _usage_of(outcome.get("usage"))
        finish_reason = outcome.get("finish_reason")
        reply = TeacherReply(
            request_digest=request.digest,
            content=whole_characters(outcome["content"]),
            model_asked=request.model,
            answered_at=datetime.now(UTC),
            finish_reason=None if finish_reason is None else one_line(str(finish_reason)),
            usage=usage,
            cost_usd=cost,
            cost_source=UNKNOWN if cost is None else "engine",
            latency_seconds=round(time.monotonic() - started, 3),
            response_form=request.response_form,
        )
        return reply.model_copy(update={"truncated": is_truncated(reply, max_tokens)})

    def _ask(self, request: TeacherRequest, max_tokens: int) -> Mapping[str, Any] | Failure:
        try:
            outcome = self.engine.generate(
                messages=[message.model_dump() for message in request.messages],
                model=request.model,
                max_tokens=max_tokens,
            )
        except PlannerError:
            raise
        except Exception as error:  # noqa: BLE001 - an engine raises whatever it likes
            return failure_of(error)
        if isinstance(outcome, Mapping) and isinstance(outcome.get("content"), str):
            return outcome
        sentence = "generate() did not return a mapping with a text in `content`"
        return Failure(sentence=sentence, kinds=("TypeError",))


def as_teacher(engine: TeacherEngine | AnyTeacher, model: str) -> AnyTeacher:
    """Return an engine of any kind as a teacher of this model."""
    if isinstance(engine, AnyTeacher):
        return engine.model_copy(update={"model": model})
    return EngineTeacher(engine=engine, model=model)


# --- shared ------------------------------------------------------------------


def is_truncated(reply: TeacherReply, max_tokens: int | None) -> bool:
    """Tell whether an answer was cut at its limit, also where the finish reason hides it."""
    used = reply.usage.completion_tokens
    at_limit = max_tokens is not None and used is not None and used >= max_tokens
    return reply.finish_reason in _CUT_AT_LIMIT or at_limit


def _without_call(request: TeacherRequest, content: str, *, source: str) -> TeacherReply:
    return TeacherReply(
        request_digest=request.digest,
        content=content,
        model_asked=request.model,
        model_answered=request.model,
        answered_at=datetime.now(UTC),
        finish_reason="stop",
        cost_usd=0.0,
        cost_source=source,
        attempts=0,
        response_form=request.response_form,
    )


def _usage_of(said: object) -> Usage:
    counts = said if isinstance(said, Mapping) else {}
    known = {name: counts.get(name) for name in Usage.model_fields}
    return Usage(**{k: v for k, v in known.items() if isinstance(v, int) and v >= 0})


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _sane(limit: int | None) -> int | None:
    return None if limit is None else min(limit, LONGEST_ANSWER)


def _is_plain_url(url: str) -> bool:
    parts = urlsplit(url)
    extras = parts.username or parts.password or parts.query or parts.fragment
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not extras


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
