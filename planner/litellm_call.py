"""The one place that knows litellm: one attempt is one HTTP request.

litellm is imported by the first call of a process, never fetches anything at
import, and its own retries are off. What it raises never leaves this module:
its errors hold prompts, sometimes keys, and do not unpickle.
"""

import asyncio
import math
import os
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import httpx

from planner.models import Frozen, ResponseForm, TeacherRequest, Usage
from planner.provider_errors import Failure, failure_of, kinds_of

CONNECT_SECONDS = 15.0
"""How long a connection may take to be made."""

_AT_IMPORT = {
    # Else the import fetches price list and header list, and reads a stray `.env`.
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_MODE": "PRODUCTION",
    # Else Azure is asked three times whatever the arguments say.
    "DEFAULT_MAX_RETRIES": "0",
}
_import_lock = threading.Lock()


class Answer(Frozen):
    """What came back from a request that was answered."""

    content: str
    refusal: str | None
    finish_reason: str | None
    model: str | None
    usage: Usage
    listed_cost_usd: float | None
    """By litellm's price list; None where it does not say."""


class ModelFacts(Frozen):
    """What litellm's list says of a model; None is unknown."""

    input_usd: float | None = None
    """Per million prompt tokens."""
    output_usd: float | None = None
    """Per million completion tokens."""
    output_limit: int | None = None
    """The longest answer, in tokens."""


def model_facts(model: str) -> ModelFacts:
    """Return what litellm's own list, shipped with it, says of a model."""
    row = _row(model)
    if row is None:
        return ModelFacts()
    return ModelFacts(
        input_usd=_per_million(row.get("input_cost_per_token")),
        output_usd=_per_million(row.get("output_cost_per_token")),
        output_limit=_whole(row.get("max_output_tokens") or row.get("max_tokens")),
    )


def send(
    request: TeacherRequest,
    *,
    api_base: str | None,
    api_key: str | None,
    max_tokens: int | None,
    time_limit_seconds: float,
) -> Answer | Failure:
    """Send one HTTP request and wait at most the time limit; failures are values.

    The limit is wall-clock for the whole call, however slowly bytes drip; when it
    is over the connection is closed.
    """
    if time_limit_seconds <= 0:
        return Failure(sentence="the time limit was over", kinds=("TimeoutError",), sent=False)
    litellm = _litellm()
    arguments = _arguments(request, api_base, api_key, max_tokens, time_limit_seconds)

    async def attempt() -> Answer | Failure:
        try:
            response = await asyncio.wait_for(litellm.acompletion(**arguments), time_limit_seconds)
            return _answer(response)
        except TimeoutError:
            return _late(time_limit_seconds)
        except Exception as error:  # noqa: BLE001 - litellm raises whatever its providers raise
            return failure_of(error, secrets=[api_key or ""])

    return _within(attempt, time_limit_seconds)


def _within(attempt: Any, time_limit_seconds: float) -> Answer | Failure:
    """Run in a thread of its own: the caller may have a loop, and name look-ups cannot be ended."""
    outcome: Future[Answer | Failure] = Future()

    def run() -> None:
        try:
            outcome.set_result(asyncio.run(attempt()))
        except BaseException as error:  # noqa: BLE001 - the waiting thread must hear of anything
            outcome.set_result(Failure(sentence="the call broke off", kinds=kinds_of(error)))

    threading.Thread(target=run, name="teacher-call", daemon=True).start()
    try:
        return outcome.result(timeout=time_limit_seconds + 5)
    except FutureTimeout:
        return _late(time_limit_seconds)


def _late(seconds: float) -> Failure:
    return Failure(sentence=f"no answer within {seconds:.0f} s", kinds=("TimeoutError",))


def _arguments(
    request: TeacherRequest,
    api_base: str | None,
    api_key: str | None,
    max_tokens: int | None,
    seconds: float,
) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "model": request.model,
        "messages": _messages(request),
        "api_base": api_base,
        "api_key": api_key,
        "max_tokens": max_tokens,
        "temperature": request.temperature,
        "seed": request.seed,
        "reasoning_effort": request.reasoning_effort,
        "response_format": _response_format(request),
    }
    given = {name: value for name, value in arguments.items() if value is not None}
    timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
    return {**given, "timeout": timeout, "num_retries": 0, "max_retries": 0, "stream": False}


def _messages(request: TeacherRequest) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = [message.model_dump() for message in request.messages]
    if _marks_cache_points(request.model):
        mark = {"type": "ephemeral"}
        text = {"type": "text", "text": messages[0]["content"], "cache_control": mark}
        messages[0]["content"] = [text]
    return messages


def _marks_cache_points(model: str) -> bool:
    """Claude caches only what is marked; others cache prefixes by themselves."""
    provider = model.partition("/")[0]
    return "claude" in model and provider in {"anthropic", "bedrock", "openrouter", "vertex_ai"}


def _response_format(request: TeacherRequest) -> dict[str, Any] | None:
    if request.response_form is ResponseForm.TEXT:
        return None
    if request.response_form is ResponseForm.JSON_OBJECT:
        return {"type": "json_object"}
    schema = {"name": "edits", "schema": request.response_schema, "strict": True}
    return {"type": "json_schema", "json_schema": schema}


def _answer(response: Any) -> Answer:
    choice = response.choices[0] if response.choices else None
    message = getattr(choice, "message", None)
    extra = getattr(message, "provider_specific_fields", None) or {}
    return Answer(
        content=getattr(message, "content", None) or "",
        refusal=extra.get("refusal") or None,
        finish_reason=getattr(choice, "finish_reason", None),
        model=response.model or None,
        usage=_usage(getattr(response, "usage", None)),
        listed_cost_usd=_money(response._hidden_params.get("response_cost")),  # noqa: SLF001
    )


def _usage(usage: Any) -> Usage:
    prompt = getattr(usage, "prompt_tokens_details", None)
    completion = getattr(usage, "completion_tokens_details", None)
    return Usage(
        prompt_tokens=_whole(getattr(usage, "prompt_tokens", None)),
        completion_tokens=_whole(getattr(usage, "completion_tokens", None)),
        total_tokens=_whole(getattr(usage, "total_tokens", None)),
        cached_tokens=_whole(getattr(prompt, "cached_tokens", None)),
        reasoning_tokens=_whole(getattr(completion, "reasoning_tokens", None)),
    )


def _row(model: str) -> Mapping[str, Any] | None:
    table: Mapping[str, Any] = _litellm().model_cost
    return table.get(model) or table.get(model.partition("/")[2])


def _per_million(usd: object) -> float | None:
    money = _money(usd)
    return None if money is None else money * 1_000_000


def _money(value: object) -> float | None:
    if isinstance(value, int | float) and math.isfinite(value) and value >= 0:
        return float(value)
    return None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


def _litellm() -> ModuleType:
    """Import litellm once, quietly and without the network."""
    with _import_lock, _environment(_AT_IMPORT):
        import litellm

        litellm.suppress_debug_info = True
        litellm.disable_hf_tokenizer_download = True
        # aiohttp resends a request by itself after a reset; httpx does not.
        litellm.disable_aiohttp_transport = True
        return litellm


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
