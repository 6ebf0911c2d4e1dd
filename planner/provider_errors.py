"""What a failed call means: a pure function from what the provider said to one of our errors.

Status codes and the classes of client libraries mislead (a full context is a 400,
an exhausted quota a 429), so the provider's sentence is read as well.
"""

import json
import math
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from planner.errors import (
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
from planner.models import Frozen


class Failure(Frozen):
    """What is known of a request that brought no answer; holds no secret."""

    sentence: str
    """What the provider or the client library said, on one line."""
    status: int | None = None
    """HTTP status, as the client library tells it."""
    kinds: tuple[str, ...] = ()
    """Class names of the error and its causes."""
    retry_after: float | None = None
    """Seconds that the provider asked us to wait."""
    sent: bool = True
    """Whether an HTTP request was made at all."""


_QUOTA = re.compile(
    r"insufficient_quota|exceeded your current quota|credit balance|out of credit|"
    r"insufficient (credit|fund|balance)|billing (hard )?limit|payment required",
    re.IGNORECASE,
)
_OVERFLOW = re.compile(
    r"context.?(length|window|size)|prompt is too long|input (is|was) too long|"
    r"maximum context|too many (input )?tokens|input token count|request_too_large|"
    r"exceeds? the (maximum|max|available) (number of )?(tokens|context)",
    re.IGNORECASE,
)
_FILTERED = re.compile(
    r"content.?(filter|policy)|content management policy|responsible.?ai|safety (system|filter)|"
    r"usage polic",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"llm provider not provided|model.{0,80}(not found|does not exist|not exist|unknown)|"
    r"(unknown|invalid|no such) model|not a valid model",
    re.IGNORECASE,
)
_SCHEMA = re.compile(
    r"response_?format|json_?schema|schema|structured.?output|output_?(format|config)|"
    r"\bformat\b|json.?mode|grammar",
    re.IGNORECASE,
)

_SECRET_NAMES = ("KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL")
_WRAPPING = re.compile(r"^((litellm\.)?\w+(Error|Exception)( \w+Error)?(:| -) *|Timeout Error: )+")

_CONNECT_TIMEOUTS = {"ConnectTimeout", "PoolTimeout"}
_READ_TIMEOUTS = {"ReadTimeout", "WriteTimeout"}
_BROKEN_OFF = {
    "CloseError",
    "ConnectError",
    "ConnectionError",
    "ConnectionResetError",
    "ProxyError",
    "ReadError",
    "RemoteProtocolError",
    "WriteError",
}


def speaks_of_schema(failure: Failure) -> bool:
    """Tell whether the provider refused the request, unpaid, for the form of its answer."""
    refused = failure.status in {400, 422} and error_class(failure) is TeacherRequestInvalid
    return refused and _SCHEMA.search(failure.sentence) is not None


def as_error(failure: Failure, *, model: str, retry_read_timeouts: bool = False) -> TeacherError:
    """Return the error to raise for a failure.

    A read time-out may already be billed: it is transient only where the operator
    says that it may be paid twice.
    """
    kind = error_class(failure)
    if kind is TeacherTimeout and retry_read_timeouts:
        kind = TeacherUnavailable
    error = kind(f"{_OPENING[kind].format(model=model)}{_said(failure)} {kind.remedy}")
    error.retry_after = failure.retry_after
    return error


def error_class(failure: Failure) -> type[TeacherError]:
    """Return what a failure means."""
    return _by_kind(failure) or _by_sentence(failure) or _by_status(failure)


def _by_kind(failure: Failure) -> type[TeacherError] | None:
    kinds = set(failure.kinds)
    if kinds & _CONNECT_TIMEOUTS:
        return TeacherUnavailable
    if kinds & _READ_TIMEOUTS:
        return TeacherTimeout
    begun = failure.status is not None and failure.status < 400
    if kinds & _BROKEN_OFF:
        return TeacherTimeout if begun else TeacherUnavailable
    return TeacherGarbled if begun else None


def _by_sentence(failure: Failure) -> type[TeacherError] | None:
    status, said = failure.status, failure.sentence
    if status is not None and status >= 500:
        return None
    if status == 402 or (_QUOTA.search(said) and not _asks_to_wait(failure)):
        return TeacherQuotaExhausted
    return None if status in {401, 403, 408, 429} else _by_refusal(status, said)


def _by_refusal(status: int | None, said: str) -> type[TeacherError] | None:
    if status == 413 or _OVERFLOW.search(said):
        return TeacherContextOverflow
    if _FILTERED.search(said):
        return TeacherRefused
    if status == 404 or _NO_MODEL.search(said):
        return TeacherModelUnknown
    return None


def _asks_to_wait(failure: Failure) -> bool:
    return failure.retry_after is not None or "retry in" in failure.sentence.lower()


def _by_status(failure: Failure) -> type[TeacherError]:
    status = failure.status
    if status in {401, 403}:
        return TeacherAuthFailed
    if status == 429:
        return TeacherRateLimited
    if status is None:
        return TeacherError
    if status >= 500 or status in {408, 409}:
        return TeacherUnavailable
    return TeacherRequestInvalid


def _said(failure: Failure) -> str:
    status = f" (HTTP {failure.status})" if failure.status else ""
    return f"{status}: {failure.sentence or 'no reason was given'}."


_OPENING: dict[type[TeacherError], str] = {
    TeacherError: "The call to the teacher {model} failed",
    TeacherUnavailable: "The teacher {model} could not be reached or failed",
    TeacherRateLimited: "The teacher {model} asks for fewer calls",
    TeacherTimeout: "The teacher {model} sent no whole answer, which may be billed all the same",
    TeacherAuthFailed: "The teacher {model} refused the credentials",
    TeacherQuotaExhausted: "The account for the teacher {model} has no quota left",
    TeacherModelUnknown: "The teacher {model} is not known there",
    TeacherRequestInvalid: "The teacher {model} refused the request as invalid",
    TeacherContextOverflow: "The request is too large for the teacher {model}",
    TeacherRefused: "The teacher {model} declined to answer",
    TeacherGarbled: "The endpoint of the teacher {model} answered with what is no chat completion",
}


def failure_of(error: Exception, *, api_key: str | None = None) -> Failure:
    """Return what is known of a client library's error, without keys."""
    text = _plain(str(getattr(error, "message", None) or error))
    for secret in secrets_at_hand(api_key):
        text = text.replace(secret, "[key]")
    status = getattr(error, "status_code", None)
    return Failure(
        sentence=one_line(text),
        status=status if isinstance(status, int) else None,
        kinds=kinds_of(error),
        retry_after=retry_after_of(getattr(error, "litellm_response_headers", None)),
    )


def secrets_at_hand(api_key: str | None) -> tuple[str, ...]:
    """Return what no sentence may hold: the key, and what the environment keeps under such names.

    A provider may repeat a key that the client library found in the environment by itself.
    """
    named = (
        value
        for name, value in os.environ.items()
        if len(value) >= 8 and any(word in name.upper() for word in _SECRET_NAMES)
    )
    return tuple(sorted({*named, *filter(None, [api_key])}, key=len, reverse=True))


def _plain(text: str) -> str:
    """Return the provider's own sentence, without the client library's wrapping."""
    text = _WRAPPING.sub("", text)
    try:
        said = json.loads(text)["error"]["message"]
    except (ValueError, LookupError, TypeError):
        return text
    return said if isinstance(said, str) else text


def one_line(text: str, *, limit: int = 300) -> str:
    """Return a text on one line without control characters, cut at `limit` characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def whole_characters(text: str) -> str:
    """Return a text with `?` for lone surrogates, which no UTF-8 can hold."""
    return text.encode("utf-8", "replace").decode()


def kinds_of(error: BaseException) -> tuple[str, ...]:
    """Return the class names of an error and of what caused it, at most twenty."""
    names: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(names) < 20:
        names.append(type(seen).__name__)
        seen = seen.__cause__ or seen.__context__
    return tuple(names)


def retry_after_of(headers: object) -> float | None:
    """Return the seconds that HTTP headers ask us to wait, in any of the forms in use."""
    if not isinstance(headers, Mapping):
        return None
    lower = {str(name).lower(): str(value) for name, value in headers.items()}
    if "retry-after-ms" in lower:
        return _seconds(lower["retry-after-ms"], unit=0.001)
    return _seconds(lower.get("retry-after", ""))


def _seconds(text: str, *, unit: float = 1.0) -> float | None:
    try:
        seconds = float(text) * unit
    except ValueError:
        seconds = _seconds_until(text)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(date: str) -> float:
    try:
        return (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return math.nan
