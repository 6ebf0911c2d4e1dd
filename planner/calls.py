"""Paid once, whoever asks: one worker has the right to ask, the others wait for its answer.

Attempt n + 1 at a request is claimed only when attempt n has ended or its worker is dead;
the claim is an exclusive creation, so one worker has it. The answer is recorded before
anyone reads it, so a worker killed at any moment costs at most an answer that had not
reached it.
"""

import gzip
import re
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from planner.call_records import (
    REQUEST,
    Listing,
    Pause,
    Record,
    Reply,
    latest_reply,
    parsed,
    publish,
    to_json,
    unique,
)
from planner.errors import ArtifactExists, StorageError, TeacherBusy
from planner.liveness import Pulse, Verdict, verdict
from planner.store import Store, overlapping

_LARGE = 16_384  # bytes; below it, a file that people can read is worth more


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


@dataclass(eq=False)
class Claim:
    """The right to ask one request, and the duty to say what became of it.

    A context manager: inside, signs of life are given from a thread; who leaves without an
    outcome has failed, and the next worker may ask at once.
    """

    _traces: Store
    _attempt: Record
    _reply: Record
    _opening: dict[str, Any]
    _seen: set[Record]
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
        data = to_json(envelope)
        try:
            self._insist({self._reply.path: data, **self._exchange(exchange)})
        except ArtifactExists:
            self._end(call, superseded=reply)
            data = self._traces.read(self._reply.path)
        else:
            self._finish(self._reply, call)
        return dict(parsed(data, self._traces, self._reply, "reply")["reply"])

    def failed(self, call: dict[str, Any], exchange: dict[str, Any] | None = None) -> None:
        """Record that the call brought no answer; the next worker may ask at once."""
        self._insist(self._exchange(exchange))
        self._end(call)

    def take(self) -> bool:
        """Create the claim; returns whether this worker was the first to."""
        try:
            self._traces.create(self._attempt.path, self._sign_of_life(0))
        except ArtifactExists:
            self._stop()
            return False
        except BaseException:
            self._give_up()  # the claim may have arrived all the same
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
        self._give_up()

    def _end(self, call: dict[str, Any], superseded: dict[str, Any] | None = None) -> None:
        ended = Record(self._attempt.request, "call", self.attempt)
        kept = {} if superseded is None else {"superseded": superseded}
        data = to_json({"call": call, **kept})
        try:
            self._insist({ended.path: data})
        except ArtifactExists:  # another worker took us for dead and said so
            ended = unique()
            self._insist({ended.path: data})
        self._finish(ended, call)

    def _finish(self, record: Record, call: dict[str, Any]) -> None:
        self._stop()
        publish(self._traces, {record: call}, self._seen)

    def _stop(self) -> None:
        self._done.set()
        self._pulse.stop()

    def _give_up(self) -> None:
        if not self._done.is_set():
            self._done.set()
            self._pulse.drop()

    def _exchange(self, exchange: dict[str, Any] | None) -> dict[str, bytes]:
        if exchange is None:
            return {}
        path, data = Record(self._attempt.request, "exchange", self.attempt).path, to_json(exchange)
        if len(data) < _LARGE:
            return {path: data}
        return {f"{path}.gz": gzip.compress(data, mtime=0)}

    def _insist(self, objects: Mapping[str, bytes]) -> None:
        deadline = time.monotonic() + self._timing.insistence
        pause = Pause()
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
        return to_json({**self._opening, "pulse": self._pulse.token, "beats": beats})


def claim(
    traces: Store,
    request: str,
    call: dict[str, Any],
    *,
    ask_again: str | None,
    timing: Timing,
) -> Claim | Recorded:
    """Get the recorded answer to a request, or the right to ask; see `Session.claim`."""
    if not re.fullmatch(REQUEST, request):
        raise ValueError("A request digest is made of letters, digits, `-` and `_`.")
    watch = _Watch(traces, timing)
    while True:
        listing = Listing(traces)
        latest = latest_reply(traces, request, listing)
        if latest.reply is not None and ask_again in {None, latest.asked_by}:
            if not latest.is_logged:  # a worker was killed between recording and logging
                publish(traces, {}, listing.finished())
            return Recorded(latest.reply)
        attempt = Record(request, "claim", listing.last(request, "claim"))
        if _is_open(attempt, latest, listing):
            if not watch.saw_end_of(attempt):
                continue
            watch.abandon(attempt)
        claimed = Claim(
            traces,
            attempt._replace(number=attempt.number + 1),
            Record(request, "reply", latest.number + 1),
            {"asked_by": ask_again, "call": call},
            listing.finished(),
            timing,
        )
        if claimed.take():
            return claimed


class _Watch:
    """Waits for another worker's attempt to end, or to be provably dead."""

    def __init__(self, traces: Store, timing: Timing) -> None:
        self._traces = traces
        self._timing = timing
        self._deadline = time.monotonic() + timing.patience
        self._pause = Pause()
        self._content: bytes | None = None
        self._changed = 0.0
        self._dead: Record | None = None

    def saw_end_of(self, attempt: Record) -> bool:
        """Tell whether its worker was dead before the last listing; else wait a little."""
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

    def abandon(self, attempt: Record) -> None:
        """Write the trace line that the dead worker could not write."""
        opening = parsed(self._content or b"", self._traces, attempt, "call")
        call = {**opening["call"], "outcome": "abandoned: its worker was gone"}
        with suppress(ArtifactExists):
            ended = attempt._replace(kind="call")
            self._traces.create(ended.path, to_json({"call": call}))

    def _is_dead(self, attempt: Record) -> bool:
        content = self._traces.read(attempt.path)
        if content != self._content:
            self._content, self._changed = content, time.monotonic()
        token = str(parsed(content, self._traces, attempt).get("pulse"))
        proof = verdict(token)
        silent = time.monotonic() - self._changed > self._timing.silence
        return proof is Verdict.DEAD or (proof is Verdict.UNKNOWN and silent)


def _is_open(attempt: Record, latest: Reply, listing: Listing) -> bool:
    ended = listing.has_ended(attempt.request, attempt.number)
    return attempt.number > latest.attempt and not ended
