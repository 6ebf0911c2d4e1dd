"""Paid once, nothing lost: the calls of one session, whoever makes them.

Below `teacher_traces/`, each object has one writer, or is created exclusively:

```
plan.jsonl                           every finished call, a line each; derived from the others
calls/<request>.claim.<n>.json       attempt n: who is asking; rewritten as a sign of life
calls/<request>.reply.<g>.json       the recorded answer, with its trace line; g > 1: asked again
calls/<request>.call.<n>.json        attempt n ended without becoming the reply
calls/<request>.exchange.<n>.json    the full request and raw answer (.json.gz when large)
```

One listing of `calls/` tells all there is to know. Attempt n + 1 is claimed only when n has
ended or its worker is dead; the claim is an exclusive creation, so one worker has it.
"""

import gzip
import json
import random
import re
import secrets
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, NamedTuple, Self

from planner.errors import ArtifactExists, ArtifactInvalid, StorageError, TeacherBusy
from planner.liveness import Pulse, Verdict, verdict
from planner.store import Store, overlapping

LOG = "plan.jsonl"
CALLS = "calls"
_LARGE = 16_384  # bytes; below it, a file that people can read is worth more

_REQUEST = r"[A-Za-z0-9_-]{1,128}"
_NAME = re.compile(
    rf"{CALLS}/(?P<request>{_REQUEST})\.(?P<kind>claim|reply|call|exchange)"
    r"\.(?P<number>[1-9][0-9]*)\.json(\.gz)?"
)


@dataclass(frozen=True, slots=True)
class Timing:
    """How patient workers are with each other, in seconds."""

    beat: float = 5
    """Between two signs of life of the worker that asks."""
    silence: float = 30
    """Without a sign of life, a worker on another machine counts as dead."""
    patience: float = 900
    """How long to wait for another worker's answer before `TeacherBusy`."""
    insistence: float = 300
    """How long to try to store an answer that has been paid for."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer is there already: nothing is to be asked."""

    reply: dict[str, Any]


class _Object(NamedTuple):
    request: str
    kind: str
    number: int

    @property
    def path(self) -> str:
        return f"{CALLS}/{self.request}.{self.kind}.{self.number}.json"


class _Listing:
    """What `calls/` holds, by its names alone."""

    def __init__(self, traces: Store) -> None:
        found = filter(None, map(_NAME.fullmatch, traces.list(CALLS)))
        self._objects = {_Object(m["request"], m["kind"], int(m["number"])) for m in found}

    def last(self, request: str, kind: str) -> int:
        numbers = (o.number for o in self._objects if (o.request, o.kind) == (request, kind))
        return max(numbers, default=0)

    def finished(self) -> set[_Object]:
        return {o for o in self._objects if o.kind in {"reply", "call"}}

    def has_ended(self, request: str, attempt: int) -> bool:
        return _Object(request, "call", attempt) in self._objects


class _Reply(NamedTuple):
    """The latest recorded answer to a request."""

    number: int = 0
    attempt: int = 0
    asked_by: str | None = None
    reply: dict[str, Any] | None = None
    is_logged: bool = True
    """Whether the log has this and all other finished calls."""


@dataclass(eq=False)
class Claim:
    """The right to ask one request, and the duty to say what became of it.

    A context manager: inside, signs of life are given from a thread; who leaves without an
    outcome has failed, and the next worker may ask at once.
    """

    _traces: Store
    _attempt: _Object
    _reply: _Object
    _opening: dict[str, Any]
    _seen: set[_Object]
    _timing: Timing
    _pulse: Pulse = field(default_factory=Pulse)
    _done: threading.Event = field(default_factory=threading.Event)

    @property
    def attempt(self) -> int:
        """The number of this attempt at this request, from 1."""
        return self._attempt.number

    def answered(
        self,
        reply: dict[str, Any],
        call: dict[str, Any],
        exchange: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Record the answer before anyone reads it; returns the answer to use.

        That is another worker's where ours came too late to be the first: all workers go on
        with the same one. Tries for `Timing.insistence` seconds: the answer is paid for.

        Args:
            reply: The answer, as JSON.
            call: The trace line: time, tokens, cost, ...
            exchange: The full request and raw answer, where they are kept.
        """
        envelope = {
            "attempt": self.attempt,
            "asked_by": self._opening["asked_by"],
            "call": call,
            "reply": reply,
        }
        data = _json(envelope)
        try:
            self._insist({self._reply.path: data, **self._exchange(exchange)})
        except ArtifactExists:
            self._end(call, superseded=reply)
            data = self._traces.read(self._reply.path)
        else:
            self._finish(self._reply, call)
        return dict(_parsed(data, self._traces, self._reply, "reply")["reply"])

    def failed(self, call: dict[str, Any], exchange: dict[str, Any] | None = None) -> None:
        """Record that the call brought no answer; the next worker may ask at once."""
        self._insist(self._exchange(exchange))
        self._end(call)

    def is_won(self) -> bool:
        """Claim; returns whether this worker was the first to."""
        try:
            self._traces.create(self._attempt.path, self._sign_of_life(0))
        except BaseException as error:
            self._stop()
            if isinstance(error, ArtifactExists):
                return False
            raise
        return True

    def __enter__(self) -> Self:
        threading.Thread(target=self._beat, name="claim", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._done.is_set():
            outcome = f"failed: {kind.__name__}" if kind else "failed: no outcome"
            with suppress(StorageError):  # the error on its way out says more
                self._end({**self._opening["call"], "outcome": outcome})
        self._stop()

    def _end(self, call: dict[str, Any], superseded: dict[str, Any] | None = None) -> None:
        ended = _Object(self._attempt.request, "call", self.attempt)
        data = _json({"call": call, "superseded": superseded} if superseded else {"call": call})
        try:
            self._insist({ended.path: data})
        except ArtifactExists:  # another worker took us for dead and said so
            ended = _unique()
            self._insist({ended.path: data})
        self._finish(ended, call)

    def _finish(self, record: _Object, call: dict[str, Any]) -> None:
        self._stop()
        publish(self._traces, {record: call}, self._seen)

    def _stop(self) -> None:
        if not self._done.is_set():
            self._done.set()
            self._pulse.stop()

    def _exchange(self, exchange: dict[str, Any] | None) -> dict[str, bytes]:
        if exchange is None:
            return {}
        path, data = _Object(self._attempt.request, "exchange", self.attempt).path, _json(exchange)
        if len(data) < _LARGE:
            return {path: data}
        return {f"{path}.gz": gzip.compress(data, mtime=0)}

    def _insist(self, objects: Mapping[str, bytes]) -> None:
        deadline = time.monotonic() + self._timing.insistence
        pause = _Pause()
        while True:
            try:
                overlapping(lambda path: self._traces.create(path, objects[path]), objects)
            except StorageError as error:
                if not error.transient or time.monotonic() > deadline:
                    raise
            else:
                return
            pause.take()

    def _beat(self) -> None:
        beats = 0
        while not self._done.wait(self._timing.beat):
            beats += 1
            with suppress(StorageError):  # the next beat may come through
                self._traces.write(self._attempt.path, self._sign_of_life(beats))

    def _sign_of_life(self, beats: int) -> bytes:
        return _json({**self._opening, "pulse": self._pulse.token, "beats": beats})


def claim(
    traces: Store,
    request: str,
    call: dict[str, Any],
    *,
    ask_again: str | None,
    timing: Timing,
) -> Claim | Recorded:
    """Get the recorded answer to a request, or the right to ask; see `Session.claim`."""
    if not re.fullmatch(_REQUEST, request):
        raise ValueError("A request digest is made of letters, digits, `-` and `_`.")
    watch = _Watch(traces, timing)
    while True:
        listing = _Listing(traces)
        latest = _latest(traces, request, listing)
        if latest.reply is not None and ask_again in {None, latest.asked_by}:
            if not latest.is_logged:  # a worker was killed between recording and logging
                publish(traces, {}, listing.finished())
            return Recorded(latest.reply)
        attempt = _Object(request, "claim", listing.last(request, "claim"))
        if _is_open(attempt, latest, listing):
            if not watch.saw_end_of(attempt):
                continue
            watch.abandon(attempt)
        claimed = Claim(
            traces,
            attempt._replace(number=attempt.number + 1),
            _Object(request, "reply", latest.number + 1),
            {"asked_by": ask_again, "call": call},
            listing.finished(),
            timing,
        )
        if claimed.is_won():
            return claimed


def read_reply(traces: Store, request: str) -> dict[str, Any] | None:
    """Read the latest recorded answer to a request, if there is one."""
    return _latest(traces, request, _Listing(traces)).reply


def log_call(traces: Store, call: dict[str, Any]) -> None:
    """Add one finished call that needed no claim to the log."""
    record = _unique()
    traces.create(record.path, _json({"call": call}))
    publish(traces, {record: call}, _Listing(traces).finished())


def publish(
    traces: Store, fresh: Mapping[_Object, dict[str, Any]], seen: Iterable[_Object]
) -> None:
    """Derive `plan.jsonl` again, until no finished call is missing from it.

    Args:
        traces: The session's `teacher_traces/`.
        fresh: Trace lines that the caller has just recorded.
        seen: Finished calls that the caller knows of.
    """
    lines = dict(fresh)
    wanted = lines.keys() | set(seen)
    pause = _Pause()
    while True:
        if wanted - lines.keys():
            logged = _logged(traces)
            if wanted <= logged.keys():  # others have been faster
                return
            lines = {**logged, **lines}
            lines |= _read_lines(traces, wanted - lines.keys())
        traces.write(LOG, _lines(lines))
        # Our log may have replaced a newer one. Whoever writes looks again afterwards, so the
        # last one to write has looked last, and nothing is missing then.
        wanted = _Listing(traces).finished()
        if wanted <= lines.keys():
            return
        pause.take()


class _Watch:
    """Waits for another worker's attempt to end, or to be provably dead."""

    def __init__(self, traces: Store, timing: Timing) -> None:
        self._traces = traces
        self._timing = timing
        self._deadline = time.monotonic() + timing.patience
        self._pause = _Pause()
        self._content: bytes | None = None
        self._changed = 0.0
        self._dead: _Object | None = None

    def saw_end_of(self, attempt: _Object) -> bool:
        """Whether its worker was dead before the last listing; else waits a little."""
        if self._dead == attempt:
            return True
        if self._is_dead(attempt):
            # Its last act may have been an outcome: list once more before believing it.
            self._dead = attempt
            return False
        if time.monotonic() > self._deadline:
            raise TeacherBusy(
                f"Another worker is still asking for {self._traces.url}/{attempt.path} after "
                f"{self._timing.patience:.0f} s; run again later: its answer will be used."
            )
        self._pause.take()
        return False

    def abandon(self, attempt: _Object) -> None:
        """Write the trace line that the dead worker could not write."""
        opening = _parsed(self._content or b"", self._traces, attempt, "call")
        call = {**opening["call"], "outcome": "abandoned: its worker was gone"}
        with suppress(ArtifactExists):
            ended = attempt._replace(kind="call")
            self._traces.create(ended.path, _json({"call": call}))

    def _is_dead(self, attempt: _Object) -> bool:
        content = self._traces.read(attempt.path)
        if content != self._content:
            self._content, self._changed = content, time.monotonic()
        token = str(_parsed(content, self._traces, attempt).get("pulse"))
        proof = verdict(token)
        silent = time.monotonic() - self._changed > self._timing.silence
        return proof is Verdict.DEAD or (proof is Verdict.UNKNOWN and silent)


@dataclass(slots=True)
class _Pause:
    """A random while, longer each time, at most two seconds: workers get out of step."""

    seconds: float = field(default=0.3)

    def take(self) -> None:
        time.sleep(random.uniform(0, self.seconds))  # noqa: S311 - spreads out workers
        self.seconds = min(2, self.seconds * 1.5)


def _is_open(attempt: _Object, latest: _Reply, listing: _Listing) -> bool:
    ended = listing.has_ended(attempt.request, attempt.number)
    return attempt.number > latest.attempt and not ended


def _latest(traces: Store, request: str, listing: _Listing) -> _Reply:
    number = listing.last(request, "reply")
    if not number:
        return _Reply()
    stored = _Object(request, "reply", number)
    found = traces.read_many([stored.path, LOG])
    envelope = _parsed(found[stored.path] or b"", traces, stored, "attempt", "asked_by", "reply")
    is_logged = listing.finished() <= _lines_of(found[LOG] or b"").keys()
    return _Reply(
        number, envelope["attempt"], envelope["asked_by"], dict(envelope["reply"]), is_logged
    )


def _logged(traces: Store) -> dict[_Object, dict[str, Any]]:
    return _lines_of(traces.read_many([LOG])[LOG] or b"")


def _lines_of(log: bytes) -> dict[_Object, dict[str, Any]]:
    lines = {}
    for text in log.splitlines():
        with suppress(ValueError, KeyError, TypeError):
            line = json.loads(text)
            if match := _NAME.fullmatch(line.pop("record")):
                record = _Object(match["request"], match["kind"], int(match["number"]))
                lines[record] = line
    return lines


def _read_lines(traces: Store, records: set[_Object]) -> dict[_Object, dict[str, Any]]:
    found = traces.read_many(record.path for record in records)
    return {
        record: _parsed(data, traces, record, "call")["call"]
        for record in records
        if (data := found[record.path]) is not None
    }


def _lines(lines: Mapping[_Object, dict[str, Any]]) -> bytes:
    ordered = sorted(lines.items(), key=lambda item: (str(item[1].get("timestamp")), item[0]))
    return b"".join(_json({**call, "record": record.path}) for record, call in ordered)


def _unique() -> _Object:
    return _Object(secrets.token_hex(16), "call", 1)


def _json(value: object) -> bytes:
    # ASCII: half characters and odd line ends in an answer must neither fail nor split a line.
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return f"{text}\n".encode()


def _parsed(data: bytes, traces: Store, record: _Object, *keys: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError:
        value = None
    if not isinstance(value, dict) or not value.keys() >= set(keys):
        raise ArtifactInvalid(
            f"{traces.url}/{record.path} is not the JSON object that was stored there; "
            "restore it, or plan the session under a new id."
        )
    return value
