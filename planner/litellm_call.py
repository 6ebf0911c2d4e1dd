"""The one place that knows litellm: one attempt, one answer or one failure, as values.

litellm and httpx are imported by the first call of a process, litellm fetches nothing
at import, and its retries are off. What it raises never leaves this module: its errors hold
prompts, sometimes keys, and do not unpickle.
"""

import asyncio
import math
import os
import threading
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from planner.models import Frozen, ResponseForm, TeacherRequest, Usage
from planner.provider_errors import Failure, failure_of, retry_after_of, whole_characters

if TYPE_CHECKING:
    import httpx

    from planner.wire import Wire

CONNECT_SECONDS = 15.0
"""How long a connection may take to be made."""

_GRACE_SECONDS = 5.0
"""How long a call may take to end itself when its time is over."""

_SETTINGS = {
    # Else prices and headers are fetched, and a stray `.env` enters the process.
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_MODE": "PRODUCTION",
}
_once = threading.Lock()


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
    cached_input_usd: float | None = None
    """Per million prompt tokens read from a cache."""
    output_usd: float | None = None
    """Per million completion tokens."""
    output_limit: int | None = None
    """The longest answer, in tokens."""


def model_facts(model: str) -> ModelFacts:
    """Return what litellm's list, as shipped with it, says of a model.

    Membership is asked for: litellm's own look-up invents a price of 0.
    """
    table: Mapping[str, Any] = load_litellm().model_cost
    row = table.get(model) or table.get(model.partition("/")[2]) or {}
    return ModelFacts(
        input_usd=_per_million(row.get("input_cost_per_token")),
        cached_input_usd=_per_million(row.get("cache_read_input_token_cost")),
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
    """Send one HTTP request and wait at most the time limit.

    The limit is wall-clock for the whole call, however slowly bytes drip; when it is
    over the connection is closed.
    """
    from planner.wire import one_request  # noqa: PLC0415 - httpx comes with a call, not before

    litellm = load_litellm()
    given = {
        "model": request.model,
        "messages": _messages(request),
        "api_base": api_base,
        "api_key": api_key,
        "max_tokens": max_tokens,
        "temperature": request.temperature,
        "seed": request.seed,
        "reasoning_effort": request.reasoning_effort,
        "response_format": _response_format(request),
        "timeout": _timeout(time_limit_seconds),
    }
    arguments = {name: value for name, value in given.items() if value is not None}

    async def attempt() -> Answer | Failure:
        with one_request() as wire:
            try:
                async with asyncio.timeout(time_limit_seconds):
                    response = await litellm.acompletion(**arguments, num_retries=0, max_retries=0)
                return _answer(response)
            except TimeoutError:
                return _seen_on(wire, _late(time_limit_seconds))
            except Exception as error:  # noqa: BLE001 - litellm raises whatever its providers raise
                return _seen_on(wire, failure_of(error, api_key=api_key))

    return _within(time_limit_seconds + _GRACE_SECONDS, attempt())


def load_litellm() -> ModuleType:
    """Import litellm once, quietly and without the network."""
    with _once:
        os.environ |= {name: os.environ.get(name, value) for name, value in _SETTINGS.items()}
        # Azure's client counts its retries by this alone, whatever the arguments say.
        with _environment("DEFAULT_MAX_RETRIES", "0"):
            import litellm

        litellm.suppress_debug_info = True
        litellm.disable_hf_tokenizer_download = True
        # aiohttp resends a request by itself after a reset, and passes our wire by.
        litellm.disable_aiohttp_transport = True
        return litellm


# --- there -------------------------------------------------------------------


def _messages(request: TeacherRequest) -> list[dict[str, Any]]:
    system, *rest = (message.model_dump() for message in request.messages)
    if _marks_cache_points(request.model):
        mark = {"type": "ephemeral"}
        system["content"] = [{"type": "text", "text": system["content"], "cache_control": mark}]
    return [system, *rest]


def _marks_cache_points(model: str) -> bool:
    """Claude caches only what is marked; other models cache prefixes by themselves."""
    provider = model.partition("/")[0]
    return "claude" in model and provider in {"anthropic", "bedrock", "openrouter", "vertex_ai"}


def _response_format(request: TeacherRequest) -> dict[str, Any] | None:
    if request.response_form is ResponseForm.TEXT:
        return None
    if request.response_form is ResponseForm.JSON_OBJECT:
        return {"type": "json_object"}
    schema = {"name": "edits", "schema": request.response_schema, "strict": True}
    return {"type": "json_schema", "json_schema": schema}


def _timeout(seconds: float) -> "httpx.Timeout":
    import httpx  # noqa: PLC0415 - as above

    return httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))


# --- and back ----------------------------------------------------------------


def _answer(response: Any) -> Answer:
    choice = response.choices[0] if response.choices else None
    message = getattr(choice, "message", None)
    extra = getattr(message, "provider_specific_fields", None) or {}
    return Answer(
        content=_text(getattr(message, "content", None)) or "",
        refusal=_text(extra.get("refusal")),
        finish_reason=_text(getattr(choice, "finish_reason", None)),
        model=_text(response.model),
        usage=_usage(getattr(response, "usage", None)),
        listed_cost_usd=_money(getattr(response, "_hidden_params", {}).get("response_cost")),
    )


def _usage(usage: object) -> Usage:
    """Return the tokens of a call; litellm says 0 and 0 where the provider said nothing."""
    prompt = _whole(getattr(usage, "prompt_tokens", None))
    completion = _whole(getattr(usage, "completion_tokens", None))
    if not prompt and not completion:
        return Usage()
    prompt_details = getattr(usage, "prompt_tokens_details", None)
    completion_details = getattr(usage, "completion_tokens_details", None)
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=_whole(getattr(usage, "total_tokens", None)),
        cached_tokens=_whole(getattr(prompt_details, "cached_tokens", None)),
        reasoning_tokens=_whole(getattr(completion_details, "reasoning_tokens", None)),
    )


def _seen_on(wire: "Wire", failure: Failure) -> Failure:
    """Correct what litellm says of a failure by what was seen on the wire."""
    if not wire.requests:
        return failure.model_copy(update={"sent": False})
    retry_after = failure.retry_after or retry_after_of(wire.headers)
    return failure.model_copy(update={"status": wire.status, "retry_after": retry_after})


def _late(seconds: float) -> Failure:
    return Failure(sentence=f"no whole answer within {seconds:g} s", kinds=("ReadTimeout",))


def _within(seconds: float, attempt: Coroutine[Any, Any, Answer | Failure]) -> Answer | Failure:
    """Wait for an attempt in the loop's thread: some waits, as for names, cannot be ended."""
    with _once:
        loop = _loop_of(os.getpid())
    outcome = asyncio.run_coroutine_threadsafe(attempt, loop)
    try:
        return outcome.result(timeout=seconds)
    except FutureTimeout:
        return _late(seconds)
    finally:
        outcome.cancel()  # also where the caller is interrupted: the connection is closed


@cache
def _loop_of(pid: int) -> asyncio.AbstractEventLoop:
    """Return the one loop of this process, which litellm's clients and reporting belong to.

    The caller may run a loop of its own, and a forked process has none of its parent's threads.
    """
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name=f"teacher-calls-{pid}", daemon=True).start()
    return loop


def _text(value: object) -> str | None:
    """Return a text that can be stored: half characters must not lose a paid answer."""
    return whole_characters(value) if isinstance(value, str) and value else None


def _per_million(usd: object) -> float | None:
    money = _money(usd)
    return None if money is None else money * 1_000_000


def _money(value: object) -> float | None:
    if isinstance(value, int | float) and math.isfinite(value) and value >= 0:
        return float(value)
    return None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]
        if before is not None:
            os.environ[name] = before
