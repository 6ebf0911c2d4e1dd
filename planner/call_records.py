"""The records of a session's calls: what lies below `teacher_traces/`, and the log of it.

Each object has one writer, or is created exclusively:

```
plan.jsonl                           every finished call, a line each; derived from the others
calls/<request>.claim.<n>.json       attempt n: who is asking; rewritten as a sign of life
calls/<request>.reply.<g>.json       the recorded answer, with its trace line; g > 1: asked again
calls/<request>.call.<n>.json        attempt n ended without becoming the reply
calls/<request>.exchange.<n>.json    the full request and raw answer (.json.gz when large)
```

One listing of `calls/` tells all there is to know.
"""

import json
import random
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from planner.errors import ArtifactInvalid
from planner.store import Store

LOG = "plan.jsonl"
CALLS = "calls"

REQUEST = r"[A-Za-z0-9_-]{1,128}"
_NAME = re.compile(
    rf"{CALLS}/(?P<request>{REQUEST})\.(?P<kind>claim|reply|call|exchange)"
    r"\.(?P<number>[1-9][0-9]*)\.json(\.gz)?"
)


class Record(NamedTuple):
    """One object below `calls/`, by its name."""

    request: str
    kind: str
    number: int

    @property
    def path(self) -> str:
        """Its name below `teacher_traces/`, where it is not compressed."""
        return f"{CALLS}/{self.request}.{self.kind}.{self.number}.json"


class Listing:
    """What `calls/` holds, by its names alone."""

    def __init__(self, traces: Store) -> None:
        found = filter(None, map(_NAME.fullmatch, traces.list(CALLS)))
        self._objects = {Record(m["request"], m["kind"], int(m["number"])) for m in found}

    def last(self, request: str, kind: str) -> int:
        """Return the highest number of this kind; 0 where there is none."""
        numbers = (o.number for o in self._objects if (o.request, o.kind) == (request, kind))
        return max(numbers, default=0)

    def finished(self) -> set[Record]:
        """Return what belongs into the log: answered calls and those that ended otherwise."""
        return {o for o in self._objects if o.kind in {"reply", "call"}}

    def has_ended(self, request: str, attempt: int) -> bool:
        """Tell whether an attempt ended without becoming the reply."""
        return Record(request, "call", attempt) in self._objects


class Reply(NamedTuple):
    """The latest recorded answer to a request."""

    number: int = 0
    attempt: int = 0
    asked_by: str | None = None
    reply: dict[str, Any] | None = None
    is_logged: bool = True
    """Whether the log has this and all other finished calls."""


def latest_reply(traces: Store, request: str, listing: Listing) -> Reply:
    """Read the latest recorded answer to a request. Raises `ArtifactInvalid`."""
    number = listing.last(request, "reply")
    if not number:
        return Reply()
    stored = Record(request, "reply", number)
    found = traces.read_many([stored.path, LOG])
    envelope = parsed(found[stored.path] or b"", traces, stored, "attempt", "asked_by", "reply")
    is_logged = listing.finished() <= _lines_of(found[LOG] or b"").keys()
    return Reply(
        number, envelope["attempt"], envelope["asked_by"], dict(envelope["reply"]), is_logged
    )


def log_call(traces: Store, call: dict[str, Any]) -> None:
    """Add one finished call that needed no claim to the log."""
    record = unique()
    traces.create(record.path, to_json({"call": call}))
    publish(traces, {record: call}, Listing(traces).finished())


def publish(traces: Store, fresh: Mapping[Record, dict[str, Any]], seen: Iterable[Record]) -> None:
    """Derive `plan.jsonl` again, until no finished call is missing from it.

    Args:
        traces: The session's `teacher_traces/`.
        fresh: Trace lines that the caller has just recorded.
        seen: Finished calls that the caller knows of.
    """
    lines = dict(fresh)
    wanted = lines.keys() | set(seen)
    pause = Pause()
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
        wanted = Listing(traces).finished()
        if wanted <= lines.keys():
            return
        pause.take()


@dataclass(slots=True)
class Pause:
    """A random while, longer each time, at most two seconds: workers get out of step."""

    seconds: float = field(default=0.3)

    def take(self) -> None:
        """Wait."""
        time.sleep(random.uniform(0, self.seconds))  # noqa: S311 - spreads out workers
        self.seconds = min(2, self.seconds * 1.5)


def _logged(traces: Store) -> dict[Record, dict[str, Any]]:
    return _lines_of(traces.read_many([LOG])[LOG] or b"")


def _lines_of(log: bytes) -> dict[Record, dict[str, Any]]:
    lines = {}
    for text in log.splitlines():
        with suppress(ValueError, KeyError, TypeError):
            line = json.loads(text)
            if match := _NAME.fullmatch(line.pop("record")):
                record = Record(match["request"], match["kind"], int(match["number"]))
                lines[record] = line
    return lines


def _read_lines(traces: Store, records: set[Record]) -> dict[Record, dict[str, Any]]:
    found = traces.read_many(record.path for record in records)
    return {
        record: _line(data, traces, record)
        for record in records
        if (data := found[record.path]) is not None
    }


def _line(data: bytes, traces: Store, record: Record) -> dict[str, Any]:
    try:
        return dict(parsed(data, traces, record, "call")["call"])
    except (ArtifactInvalid, TypeError, ValueError):
        # A damaged trace is shown, but must not keep a session from its paid answer.
        return {"outcome": "unreadable: the record is damaged"}


def _lines(lines: Mapping[Record, dict[str, Any]]) -> bytes:
    ordered = sorted(lines.items(), key=lambda item: (str(item[1].get("timestamp")), item[0]))
    return b"".join(to_json({**call, "record": record.path}) for record, call in ordered)


def unique() -> Record:
    """Return a name for a finished call that nobody else uses."""
    return Record(secrets.token_hex(16), "call", 1)


def to_json(value: object) -> bytes:
    """Write a value as one canonical line of JSON."""
    # ASCII: half characters and odd line ends in an answer must neither fail nor split a line.
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return f"{text}\n".encode()


def parsed(data: bytes, traces: Store, record: Record, *keys: str) -> dict[str, Any]:
    """Read a stored object that must have these keys. Raises `ArtifactInvalid`."""
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
