"""One attempt is one HTTP request: a second one is refused where it would leave the process.

Client libraries resend a request by themselves after some connection errors, and
follow redirects with the key in a header of their own, so that switching off their
retries is not enough. The last door before the network is httpx's transport. It is
watched here, for our own calls only: elsewhere in the process httpx does what it did.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Final

import httpx


class SecondRequest(httpx.TransportError):
    """A client library wanted to send another request for the same attempt."""


@dataclass(slots=True)
class Wire:
    """What one attempt did on the network."""

    requests: int = 0
    status: int | None = None
    """Of the answer's first line; None while there is no answer."""
    headers: dict[str, str] = field(default_factory=dict)
    """Of the answer, names in lower case."""
    is_over: bool = False
    """The attempt has ended: what is sent later, by a library's own reporting, is not its."""

    async def carry(
        self, transport: httpx.AsyncHTTPTransport, request: httpx.Request
    ) -> httpx.Response:
        """Carry the first request, refuse any other."""
        if self.is_over:
            return await _unwatched(transport, request)
        if self.requests:
            raise SecondRequest("the library wanted to send the request again", request=request)
        self.requests += 1
        response = await _unwatched(transport, request)
        self.status = response.status_code
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        return response


_current: ContextVar[Wire | None] = ContextVar("wire", default=None)
_unwatched: Final = httpx.AsyncHTTPTransport.handle_async_request


@wraps(_unwatched)
async def _watched(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
    wire = _current.get()
    if wire is None:
        return await _unwatched(transport, request)
    return await wire.carry(transport, request)


@contextmanager
def one_request() -> Iterator[Wire]:
    """Let one HTTP request through in this context, and tell what came of it."""
    wire = Wire()
    token = _current.set(wire)
    try:
        yield wire
    finally:
        wire.is_over = True
        _current.reset(token)


# Once, when this module is imported by the first call: who wraps it later keeps his wrapping.
httpx.AsyncHTTPTransport.handle_async_request = _watched  # type: ignore[method-assign,assignment]
