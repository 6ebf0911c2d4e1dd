"""Requests to the store: how many a session takes, and how many of them one after the other.

moto in a process of its own, through a proxy that counts and delays every request. The
critical path is told in rounds: seconds gained by 50 ms more for each request, over 50 ms.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import s3fs  # noqa: TID253 - the reference uses it as it comes

from benchmarks.measure import Row, median, timed
from benchmarks.world import ANSWER, STUDENT, diagnosis_of, s3_server
from planner.planner import plan_session
from planner.session import Session
from planner.store import Store
from planner.student import fetch_student
from planner.teacher import ReplayTeacher
from tests.stores import BUCKET, SECRET, FaultProxy, S3Server, fault_proxy

_NAIVE = "fsspec as it comes: inputs read, plan and log written, nothing checked"
_LONGEST = 0.05


@dataclass(frozen=True)
class _Walk:
    """One way through a session, as the proxy saw it."""

    requests: int
    seconds: dict[float, list[float]]

    def rounds(self, slow: float) -> float:
        return (median(self.seconds[slow]) - median(self.seconds[0.0])) / slow


def measure(*, quick: bool) -> Iterator[Row]:
    delays = (0.0, _LONGEST) if quick else (0.0, 0.02, _LONGEST)
    with s3_server() as direct, fault_proxy(direct) as (server, proxy):
        teacher = ReplayTeacher(content=ANSWER.read_text("utf-8"))
        student = fetch_student(str(STUDENT))

        def plan(url: str) -> None:
            plan_session(Session.at(url, server.settings()), teacher=teacher, student=student)

        walks = _walked(
            {
                "planned": (_nothing, plan),
                "run again": (plan, plan),
                "naive": (_nothing, _naive(server)),
            },
            direct,
            proxy,
            delays,
            repeats=2 if quick else 5,
        )
    naive = walks.pop("naive")
    for name, walk in walks.items():
        yield Row(f"a session {name}: requests", walk.requests, "", _NAIVE, naive.requests)
        yield Row(
            f"a session {name}: rounds, one after the other",
            walk.rounds(_LONGEST),
            "",
            _NAIVE,
            naive.rounds(_LONGEST),
        )
        for delay in delays:
            yield Row(
                what=f"a session {name}: seconds at {delay * 1000:.0f} ms a request",
                value=median(walk.seconds[delay]),
                unit="s",
                against=_NAIVE,
                reference=median(naive.seconds[delay]),
                samples=tuple(walk.seconds[delay]),
            )


_Act = Callable[[str], None]


def _nothing(url: str) -> None:
    del url


def _walked(
    acts: dict[str, tuple[_Act, _Act]],
    server: S3Server,
    proxy: FaultProxy,
    delays: tuple[float, ...],
    repeats: int,
) -> dict[str, _Walk]:
    """Walk through fresh sessions, in turns; each act is what goes before, and what is timed."""
    counts: dict[str, list[int]] = {name: [] for name in acts}
    seconds: dict[str, dict[float, list[float]]] = {name: {d: [] for d in delays} for name in acts}
    for repeat in range(repeats + 1):  # the first one makes connections and is left out
        for name, (before, act) in acts.items():
            for delay in delays:
                url = _session(server)
                before(url)
                proxy.counted()
                proxy.delay = delay
                took = timed(partial(act, url))
                proxy.delay = 0.0
                if repeat:
                    seconds[name][delay].append(took)
                    counts[name].append(len(proxy.counted()))
    return {name: _Walk(round(median(counts[name])), seconds[name]) for name in acts}


def _session(server: S3Server) -> str:
    """Make a session that waits, past the proxy; return its URL."""
    url = f"s3://{BUCKET}/{uuid.uuid4().hex}/session-1"
    Store(url, server.settings()).write("diagnosis.md", diagnosis_of(url))
    return url


def _naive(server: S3Server) -> _Act:
    filesystem = s3fs.S3FileSystem(
        key="admin", secret=SECRET, endpoint_url=server.endpoint, skip_instance_cache=True
    )

    def walk(url: str) -> None:
        for name in ("diagnosis.md", "clusters.json"):
            if filesystem.exists(f"{url}/{name}"):
                with filesystem.open(f"{url}/{name}", "rb") as file:
                    file.read()
        for name in ("teacher_traces/plan.jsonl", "plan.json"):
            with filesystem.open(f"{url}/{name}", "wb") as file:
                file.write(b"{}" * 5_000)

    return walk
