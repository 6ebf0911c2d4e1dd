"""A real teacher on loopback: it speaks OpenAI's and Anthropic's protocol and plays faults.

The first segment of the path says what it does, so that each client chooses by its
`api_base` alone: `{url}/ok/v1`, or a script of several with commas, one step a request
and the last repeating, `{url}/429,503,ok/v1`. A segment `name@label` counts apart.

In a test: `with LoopbackTeacher() as teacher: ... teacher.requests("429,ok")`.
As a process: `python -m tests.loopback_teacher --answer edits.json`, which prints its URL;
`GET {url}/requests` tells the requests so far, as JSON.
"""

import argparse
import gzip
import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

EMPTY_ANSWER = '{"edits": []}'
HALF_ANSWER = '{"edits": [{"op": "add_tool_to_agent", "id": "a", "pay'
DRIP_SECONDS = 0.05
STALL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it arrived."""

    script: str
    fault: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Board:
    """What the server's threads share."""

    answer: str = EMPTY_ANSWER
    delay_seconds: float = 0.0
    seen: list[Seen] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)
    """Faults during which the client closed the connection."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)

    def note(self, script: str, path: str, headers: dict[str, str], body: dict[str, Any]) -> Seen:
        with self.lock:
            steps = script.partition("@")[0].split(",")
            made = sum(seen.script == script for seen in self.seen)
            fault = steps[min(made, len(steps) - 1)]
            self.seen.append(Seen(script, fault, path, headers, body))
            return self.seen[-1]


class Reply(BaseHTTPRequestHandler):
    """One request of one connection."""

    protocol_version = "HTTP/1.1"
    board: Board
    seen: Seen

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        seen = [{"script": s.script, "fault": s.fault, "path": s.path} for s in self.board.seen]
        self.send(200, {"count": len(seen), "requests": seen, "hung_up": self.board.hung_up})

    def do_POST(self) -> None:
        script, _, path = self.path.lstrip("/").partition("/")
        if script.startswith("reset-unread"):
            self.seen = self.board.note(script, path, {}, {})
            return self.reset()
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.seen = self.board.note(script, path, headers, json.loads(raw or b"{}"))
        self.board.ended.wait(self.board.delay_seconds)
        try:
            FAULTS[self.seen.fault](self)
        except OSError:
            self.hang_up()
        return None

    def hang_up(self) -> None:
        self.board.hung_up.append(self.seen.fault)
        self.close_connection = True

    # --- the wire ---

    def send(self, status: int, value: object, **headers: str) -> None:
        self.send_raw(status, json.dumps(value).encode(), "application/json", **headers)

    def send_raw(self, status: int, body: bytes, content_type: str, **headers: str) -> None:
        self.open(status, content_type, len(body), **headers)
        self.wfile.write(body)

    def open(self, status: int, content_type: str, length: int, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close()

    def close(self) -> None:
        self.close_connection = True
        self.connection.close()

    def wait_for_hang_up(self) -> None:
        """Wait until the client has closed the connection, and note that it did."""
        self.connection.settimeout(STALL_SECONDS)
        if not self.connection.recv(1):
            self.hang_up()

    # --- the protocols ---

    @property
    def is_anthropic(self) -> bool:
        return self.path.endswith("/messages")

    @property
    def wants_schema(self) -> bool:
        body = self.seen.body
        form = body.get("response_format") or body.get("output_format")
        schema = isinstance(form, dict) and form.get("type") == "json_schema"
        return schema or "output_config" in body or bool(body.get("tools"))

    def say(self, content: str | None, finish: str = "stop", **more: Any) -> None:
        self.send(200, self.completion(content, finish, **more))

    def completion(self, content: str | None, finish: str = "stop", **more: Any) -> dict[str, Any]:
        make = self._message if self.is_anthropic else self._chat
        return make(content, finish, **more)

    def _chat(
        self, content: str | None, finish: str, *, refusal: str | None = None, usage: bool = True
    ) -> dict[str, Any]:
        message = {"role": "assistant", "content": content, "refusal": refusal}
        counts = {
            "prompt_tokens": 1000,
            "completion_tokens": 200,
            "total_tokens": 1200,
            "prompt_tokens_details": {"cached_tokens": 400},
            "completion_tokens_details": {"reasoning_tokens": 50},
        }
        completion = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": f"{self.seen.body.get('model', 'm')}-2026-11-01",
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        }
        return {**completion, "usage": counts} if usage else completion

    def _message(
        self, content: str | None, finish: str, *, refusal: str | None = None, usage: bool = True
    ) -> dict[str, Any]:
        reasons = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}
        text = refusal if content is None else content
        tools = self.seen.body.get("tools")
        if tools and content is not None:
            block = {"type": "tool_use", "id": "t", "name": tools[0]["name"], "input": _json(text)}
        else:
            block = {"type": "text", "text": text}
        counts = {"input_tokens": 600, "output_tokens": 200, "cache_read_input_tokens": 400}
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": f"{self.seen.body.get('model', 'm')}-20261101",
            "content": [] if text is None else [block],
            "stop_reason": "refusal" if refusal else reasons[finish],
            "stop_sequence": None,
            "usage": counts if usage else {"input_tokens": 0, "output_tokens": 0},
        }

    def refuse(self, status: int, message: str, code: str = "error", **headers: str) -> None:
        error = {"type": code, "code": code, "message": message, "param": None}
        self.send(status, {"type": "error", "error": error}, **headers)


def _json(text: str | None) -> Any:
    try:
        return json.loads(text or "")
    except ValueError:
        return {"edits": text}


# --- the faults --------------------------------------------------------------

Fault = Callable[[Reply], None]


def status(code: int, message: str, kind: str = "error", **headers: str) -> Fault:
    return lambda reply: reply.refuse(code, message, kind, **headers)


def raw(code: int, body: bytes, content_type: str, **headers: str) -> Fault:
    return lambda reply: reply.send_raw(code, body, content_type, **headers)


def only_without_schema(reply: Reply) -> None:
    if reply.wants_schema:
        reply.refuse(400, "Invalid parameter: 'response_format' of type 'json_schema' is unknown.")
    else:
        reply.say(reply.board.answer)


def drip(reply: Reply) -> None:
    reply.open(200, "application/json", 1_000_000)
    while not reply.board.ended.wait(DRIP_SECONDS):
        reply.wfile.write(b" ")


def stall(reply: Reply) -> None:
    reply.wait_for_hang_up()


def stall_in_body(reply: Reply) -> None:
    reply.open(200, "application/json", 1_000)
    reply.wfile.write(b'{"id":')
    reply.wait_for_hang_up()


def cut_body(reply: Reply) -> None:
    body = json.dumps(reply.completion(reply.board.answer)).encode()
    reply.open(200, "application/json", len(body))
    reply.wfile.write(body[: len(body) // 2])
    reply.close()


def reset_in_body(reply: Reply) -> None:
    reply.open(200, "application/json", 1_000)
    reply.wfile.write(b'{"id":')
    reply.reset()


def bad_chunks(reply: Reply) -> None:
    reply.send_response(200)
    reply.send_header("Content-Type", "application/json")
    reply.send_header("Transfer-Encoding", "chunked")
    reply.end_headers()
    reply.wfile.write(b"zz\r\nno chunk\r\n")
    reply.close()


def empty_choices(reply: Reply) -> None:
    completion = reply.completion(EMPTY_ANSWER)
    key = "content" if reply.is_anthropic else "choices"
    reply.send(200, {**completion, key: []})


def echo_secrets(reply: Reply) -> None:
    """The worst of gateways: it repeats what it was sent."""
    sent = {**reply.seen.headers, "body": json.dumps(reply.seen.body)[:200]}
    reply.refuse(401, f"Invalid credentials: {json.dumps(sent)}", "invalid_api_key")


def redirect(reply: Reply) -> None:
    port = reply.headers["Host"].rpartition(":")[2]
    target = f"http://localhost:{port}/ok@redirected/v1/chat/completions"
    reply.send_raw(307, b"", "text/plain", Location=target)


HTML = b"<!doctype html><title>Sign in</title><p>Please sign in to continue."

FAULTS: dict[str, Fault] = {
    "ok": lambda reply: reply.say(reply.board.answer),
    "no-usage": lambda reply: reply.say(reply.board.answer, usage=False),
    "cut-at-limit": lambda reply: reply.say(HALF_ANSWER, finish="length"),
    "unreadable": lambda reply: reply.say("I would rather talk about the weather."),
    "empty-content": lambda reply: reply.say(""),
    "null-content": lambda reply: reply.say(None),
    "half-character": lambda reply: reply.say('{"edits": []} \ud800'),
    "empty-choices": empty_choices,
    "refusal": lambda reply: reply.say(None, refusal="I cannot help with that."),
    "filtered": lambda reply: reply.say("", finish="content_filter"),
    "400": status(400, "The parameter 'frobnicate' is wrong.", "invalid_request_error"),
    "400-schema": only_without_schema,
    "400-context": status(400, "This model's maximum context length is 8192 tokens.",
                          "context_length_exceeded"),
    "400-long": status(400, "prompt is too long: 250000 tokens > 200000 maximum",
                       "invalid_request_error"),
    "400-filter": status(400, "The response was filtered due to the content management policy.",
                         "content_filter"),
    "400-credit": status(400, "Your credit balance is too low to access the API.",
                         "invalid_request_error"),
    "401": status(401, "Incorrect API key provided.", "invalid_api_key"),
    "401-echo": echo_secrets,
    "402": status(402, "Insufficient credits. Add more.", "payment_required"),
    "403": status(403, "You have no access to this model.", "permission_error"),
    "404": status(404, "The model `m` does not exist.", "model_not_found"),
    "404-html": raw(404, HTML, "text/html"),
    "408": status(408, "Request timeout.", "timeout"),
    "409": status(409, "Conflict, try again.", "conflict"),
    "413": status(413, "Request exceeds the maximum size.", "request_too_large"),
    "422": status(422, "messages: field required", "unprocessable"),
    "429": status(429, "Rate limit reached for requests.", "rate_limit_error"),
    "429-after": status(429, "Rate limit reached.", "rate_limit_error", Retry_After="7"),
    "429-quota": status(429, "You exceeded your current quota, check your plan and billing.",
                        "insufficient_quota"),
    "500": status(500, "The server had an error.", "server_error"),
    "502-html": raw(502, b"<h1>Bad Gateway</h1>", "text/html"),
    "503": status(503, "Service unavailable.", "unavailable"),
    "504": status(504, "Gateway timeout.", "timeout"),
    "529": status(529, "Overloaded", "overloaded_error"),
    "redirect": redirect,
    "reset": lambda reply: reply.reset(),
    "reset-unread": lambda reply: reply.reset(),
    "reset-in-body": reset_in_body,
    "close": lambda reply: reply.close(),
    "stall": stall,
    "stall-in-body": stall_in_body,
    "drip": drip,
    "cut-body": cut_body,
    "bad-chunks": bad_chunks,
    "bad-gzip": raw(200, b"no gzip", "application/json", Content_Encoding="gzip"),
    "html": raw(200, HTML, "text/html"),
    "empty-body": raw(200, b"", "application/json"),
    "no-json": raw(200, b'{"id": "x", "choices": [', "application/json"),
    "json-list": raw(200, b"[1, 2]", "application/json"),
    "json-null": raw(200, b"null", "application/json"),
    "200-error": raw(200, b'{"error": {"message": "overloaded", "code": 500}}',
                     "application/json"),
    "wrong-type": lambda reply: reply.send_raw(
        200, json.dumps(reply.completion(reply.board.answer)).encode(), "text/plain"
    ),
    "gzip": lambda reply: reply.send_raw(
        200,
        gzip.compress(json.dumps(reply.completion(reply.board.answer)).encode()),
        "application/json",
        Content_Encoding="gzip",
    ),
}  # fmt: skip
"""By name, what the teacher does with a request that it has read."""


class LoopbackTeacher:
    """The server, on a free port of 127.0.0.1 while the context lasts."""

    def __init__(
        self, *, answer: str = EMPTY_ANSWER, delay_seconds: float = 0.0, port: int = 0
    ) -> None:
        self.board = Board(answer=answer, delay_seconds=delay_seconds)
        handler = type("BoardReply", (Reply,), {"board": self.board})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.board.ended.set()
        self._server.shutdown()
        self._server.server_close()

    def openai(self, script: str = "ok") -> str:
        """`api_base` for `openai/...`, `hosted_vllm/...` and the like."""
        return f"{self.url}/{script}/v1"

    def anthropic(self, script: str = "ok") -> str:
        """`api_base` for `anthropic/...`."""
        return f"{self.url}/{script}"

    def requests(self, script: str | None = None) -> list[Seen]:
        """The requests so far, of one script or of all."""
        return [seen for seen in self.board.seen if script in {None, seen.script}]

    def hung_up_on(self, fault: str, *, within_seconds: float = 10.0) -> bool:
        """Whether the client closed the connection in this fault; waits for the server's thread."""
        deadline = time.monotonic() + within_seconds
        while fault not in self.board.hung_up and time.monotonic() < deadline:
            time.sleep(0.01)
        return fault in self.board.hung_up


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answer", type=Path, help="file with the text to answer")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay-seconds", type=float, default=0.0)
    options = parser.parse_args()
    answer = options.answer.read_text("utf-8") if options.answer else EMPTY_ANSWER
    teacher = LoopbackTeacher(answer=answer, delay_seconds=options.delay_seconds, port=options.port)
    with teacher:
        sys.stdout.write(f"{teacher.url}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
