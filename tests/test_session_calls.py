"""Calls to the teacher: paid once, by whoever; nothing lost, whatever happens."""

import json
import os
import pickle
import random
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from planner import liveness
from planner.calls import Timing
from planner.errors import StorageError, StoreUnavailable, TeacherBusy
from planner.session import Claim, Recorded, Session
from planner.store import Store
from tests.stores import FaultProxy, Request

LOG = "teacher_traces/plan.jsonl"
QUICK = Timing(beat=0.05, silence=0.5, patience=200, insistence=60)


@pytest.fixture
def session(store: Store) -> Session:
    return Session.under(store.url, "s", store.settings)


@pytest.fixture
def local(tmp_path: Path) -> Session:
    return Session.at(str(tmp_path / "session"))


def claimed(session: Session, **options: Any) -> Claim:
    claim = session.claim("abc", {"timestamp": "1"}, **options)
    assert isinstance(claim, Claim)
    return claim


def log(session: Session) -> list[dict[str, Any]]:
    lines = session.store.read(LOG).decode().splitlines()
    return [json.loads(line) for line in lines]


def outcomes(session: Session) -> list[str]:
    return [str(line.get("outcome")) for line in log(session)]


def test_an_answer_is_recorded_and_found_again(session: Session) -> None:
    assert session.read_reply("abc") is None
    reply = {"content": "käse \ud800 \u2028", "pair": (1, 2), "nan": None}
    with claimed(session) as claim:
        stored = claim.answered(reply, {"timestamp": "1", "tokens": 7})
    assert stored == reply | {"pair": [1, 2]}
    assert session.claim("abc", {}) == Recorded(stored)
    assert session.read_reply("abc") == stored
    assert session.read_reply("other") is None
    assert [line["tokens"] for line in log(session)] == [7]


@pytest.mark.parametrize("size", [10, 100_000])
def test_the_exchange_is_kept_beside_the_line(local: Session, size: int) -> None:
    exchange = {"request": "x" * size}
    with claimed(local) as claim:
        claim.answered({}, {}, exchange)
    [name] = [n for n in local.store.list() if "exchange" in n]
    read = Path(local.url.removeprefix("file://"), name).read_bytes()
    assert name.endswith(".gz") == (size > 20_000)
    assert json.loads(_unpacked(name, read)) == exchange


def _unpacked(name: str, data: bytes) -> bytes:
    import gzip

    return gzip.decompress(data) if name.endswith(".gz") else data


def test_a_failed_call_is_logged_and_the_next_worker_asks_at_once(session: Session) -> None:
    with claimed(session) as first:
        first.failed({"timestamp": "1", "outcome": "503"}, {"raw": "busy"})
    with claimed(session) as second:
        assert second.attempt == 2
        second.answered({}, {"timestamp": "2", "outcome": "answered"})
    assert outcomes(session) == ["503", "answered"]


def test_leaving_a_claim_without_an_outcome_is_a_failed_call(session: Session) -> None:
    with pytest.raises(KeyboardInterrupt), claimed(session):
        raise KeyboardInterrupt
    assert outcomes(session) == ["failed: KeyboardInterrupt"]
    with claimed(session) as claim:
        assert claim.attempt == 2


def test_asking_again_pays_once_for_each_wish(session: Session) -> None:
    with claimed(session) as claim:
        claim.answered({"n": 1}, {"timestamp": "1"})
    for _ in range(2):  # a retry of the same run finds what the run has paid for
        wish = session.claim("abc", {}, ask_again="run 1")
        if isinstance(wish, Claim):
            with wish:
                wish.answered({"n": 2}, {"timestamp": "2"})
    assert session.claim("abc", {}, ask_again="run 1") == Recorded({"n": 2})
    assert session.claim("abc", {}) == Recorded({"n": 2})
    with claimed(session, ask_again="run 2") as claim:
        claim.failed({"timestamp": "3"})
    assert session.claim("abc", {}) == Recorded({"n": 2})
    with claimed(session, ask_again="run 2") as claim:
        claim.answered({"n": 3}, {"timestamp": "4"})
    assert session.read_reply("abc") == {"n": 3}
    assert len(log(session)) == 4


def test_who_comes_second_waits_and_gets_the_answer_of_the_first(session: Session) -> None:
    with ThreadPoolExecutor() as pool, claimed(session) as first:
        second = pool.submit(session.claim, "abc", {}, timing=QUICK)
        first.answered({"n": 1}, {})
        assert second.result() == Recorded({"n": 1})


def test_waiting_has_an_end(local: Session) -> None:
    with claimed(local), pytest.raises(TeacherBusy, match="still asking"):
        local.claim("abc", {}, timing=Timing(patience=0.2))


def test_other_requests_do_not_wait(local: Session) -> None:
    with claimed(local), local.claim("other", {}) as other:  # type: ignore[union-attr]
        assert other.attempt == 1


WORKER = """
import pickle, sys
session, timing = pickle.load(sys.stdin.buffer)
with session.claim("abc", {"timestamp": "0", "model": "m"}, timing=timing) as claim:
    print("asking", flush=True)
    sys.stdin.readline()
    claim.answered({"from": "worker"}, {"timestamp": "0"})
"""


class Worker:
    """Another process that asks until it is told to answer, or is killed."""

    def __init__(self, session: Session, *, temporary: Path | None = None) -> None:
        environment = os.environ | ({"TMPDIR": str(temporary)} if temporary else {})
        self._process = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        assert self._process.stdin
        assert self._process.stdout
        pickle.dump((session, QUICK), self._process.stdin)
        self._process.stdin.flush()
        assert self._process.stdout.readline() == b"asking\n"

    def answer(self) -> None:
        self._process.communicate(b"\n")

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def test_a_worker_killed_on_this_machine_is_replaced_without_waiting(local: Session) -> None:
    Worker(local).kill()
    with claimed(local, timing=Timing(silence=1_000, patience=0)) as claim:
        claim.answered({}, {"timestamp": "1", "outcome": "answered"})
    assert outcomes(local) == ["abandoned: its worker was gone", "answered"]
    assert log(local)[0]["model"] == "m"


def test_a_worker_killed_on_another_machine_is_replaced_after_its_silence(
    local: Session, tmp_path: Path
) -> None:
    Worker(local, temporary=tmp_path).kill()
    with pytest.raises(TeacherBusy):
        local.claim("abc", {}, timing=Timing(silence=1_000, patience=0.5))
    with claimed(local, timing=QUICK) as claim:
        assert claim.attempt == 2


def test_a_worker_that_lives_on_another_machine_is_waited_for(
    local: Session, tmp_path: Path
) -> None:
    worker = Worker(local, temporary=tmp_path)
    with pytest.raises(TeacherBusy):
        local.claim("abc", {}, timing=Timing(silence=1.5, patience=3))
    worker.answer()
    assert local.claim("abc", {}) == Recorded({"from": "worker"})


def test_a_late_answer_of_a_worker_taken_for_dead_changes_and_loses_nothing(
    session: Session,
) -> None:
    with claimed(session, timing=Timing(beat=1_000)) as late:
        liveness._pulse_path(late._pulse.token).unlink()  # as seen from another machine
        with claimed(session, timing=Timing(silence=0)) as second:
            assert second.answered({"n": 2}, {"timestamp": "2"}) == {"n": 2}
        assert late.answered({"n": 1}, {"timestamp": "3", "cost_usd": 1}) == {"n": 2}
    assert session.read_reply("abc") == {"n": 2}
    assert [line.get("cost_usd") for line in log(session)] == [None, None, 1]
    assert any(b'"superseded":{"n":1}' in session.store.read(n) for n in session.store.list())


def test_a_log_that_was_not_finished_is_completed_by_the_next_worker(session: Session) -> None:
    with claimed(session) as claim:
        claim.failed({"timestamp": "1", "outcome": "503"})
    before = session.store.read(LOG)
    with claimed(session) as claim:
        claim.answered({}, {"timestamp": "2", "outcome": "answered"})
    session.store.write(LOG, before[:-3])  # killed before the log was written; half a line, too
    session.claim("abc", {})
    assert outcomes(session) == ["503", "answered"]


def test_a_damaged_trace_is_shown_and_keeps_nobody_from_the_answer(session: Session) -> None:
    with claimed(session) as claim:
        claim.answered({"n": 1}, {"timestamp": "1"})
    session.store.write("teacher_traces/calls/x.call.1.json", b"{")
    assert session.claim("abc", {}) == Recorded({"n": 1})
    assert outcomes(session) == ["None", "unreadable: the record is damaged"]


def test_calls_without_a_claim_are_logged_in_the_order_of_their_time(session: Session) -> None:
    for timestamp in ["2", "1", "3"]:
        session.log_call({"timestamp": timestamp})
    assert [line["timestamp"] for line in log(session)] == ["1", "2", "3"]


@pytest.mark.s3
def test_a_paid_answer_is_stored_however_long_the_store_stumbles(
    broken: tuple[Store, FaultProxy],
) -> None:
    store, proxy = broken
    session = Session.at(store.url, store.settings)
    with claimed(session, timing=QUICK) as claim:
        proxy.break_with("503", _is_reply, times=10)
        claim.answered({"paid": 1}, {})
    assert session.read_reply("abc") == {"paid": 1}


def _is_reply(request: Request) -> bool:
    return request.method == "PUT" and ".reply." in request.key


@pytest.mark.s3
@pytest.mark.parametrize("kind", ["503", "swallow"])
def test_a_store_that_fails_for_good_is_told_and_a_rerun_goes_on(
    broken: tuple[Store, FaultProxy], kind: str
) -> None:
    store, proxy = broken
    session = Session.at(store.url, store.settings)
    proxy.break_with(kind, _is_reply)
    claim = claimed(session, timing=Timing(insistence=0))
    with pytest.raises(StoreUnavailable), claim:
        claim.answered({"n": 1}, {})
    proxy.heal()
    rerun = session.claim("abc", {})
    if kind == "swallow":  # it had arrived
        assert rerun == Recorded({"n": 1})
    else:
        assert isinstance(rerun, Claim)
        with rerun:
            assert rerun.answered({"n": 2}, {}) == {"n": 2}


@pytest.mark.s3
def test_a_store_that_fails_before_the_call_leaves_nothing_asked(
    broken: tuple[Store, FaultProxy],
) -> None:
    store, proxy = broken
    session = Session.at(store.url, store.settings)
    for kind, method in [("503", "PUT"), ("swallow", "PUT"), ("503", "GET")]:
        proxy.break_with(kind, lambda request, method=method: request.method == method)  # type: ignore[misc]
        with pytest.raises(StorageError):
            session.claim("abc", {})
        proxy.heal()
    with claimed(session) as claim:
        claim.answered({}, {})


PAYING = """
import os, pickle, sys, time
session, timing, till, seconds = pickle.load(sys.stdin.buffer)
claim = session.claim("abc", {"timestamp": "0"}, timing=timing)
if hasattr(claim, "reply"):
    reply = claim.reply
else:
    with claim:
        with open(till, "a") as file:
            file.write("paid\\n")
        time.sleep(seconds)
        reply = claim.answered({"by": os.getpid()}, {"timestamp": "1"})
print(reply["by"])
"""


def paying(session: Session, till: Path, seconds: float) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", PAYING], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin
    pickle.dump((session, QUICK, till, seconds), process.stdin)
    process.stdin.flush()
    return process


@pytest.fixture
def shared(session: Session) -> Session:
    if session.url.startswith("memory:"):
        pytest.skip("processes do not share memory")
    return session


@pytest.mark.slow
def test_eight_processes_at_once_pay_once_and_use_one_answer(
    shared: Session, tmp_path: Path
) -> None:
    till = tmp_path / "till"
    workers = [paying(shared, till, seconds=0.5) for _ in range(8)]
    told = {worker.communicate()[0] for worker in workers}
    assert till.read_text().count("paid") == 1
    assert len(told) == 1
    assert len(log(shared)) == 1


@pytest.mark.slow
def test_a_worker_killed_at_any_moment_costs_at_most_one_answer(
    local: Session, tmp_path: Path
) -> None:
    till = tmp_path / "till"
    kills = 12
    for _ in range(kills):
        worker = paying(local, till, seconds=0.1)
        threading.Timer(random.uniform(0.2, 0.8), worker.send_signal, [signal.SIGKILL]).start()
        worker.communicate()
    paid_by_killed = till.read_text().count("paid") if till.exists() else 0
    assert paid_by_killed <= kills
    recorded = local.read_reply("abc")
    told = [paying(local, till, seconds=0).communicate()[0] for _ in range(2)]
    assert told[0] == told[1]
    assert till.read_text().count("paid") == paid_by_killed + (recorded is None)
    finished = [name for name in local.store.list() if ".call." in name or ".reply." in name]
    assert len(log(local)) == len(finished) >= till.read_text().count("paid")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("store", "records"),
    [("file", 8), ("memory", 8), pytest.param("seaweedfs", 4, marks=pytest.mark.s3)],
    indirect=["store"],
)
def test_sixteen_writers_lose_no_record_and_the_log_reads_at_every_moment(
    session: Session, records: int
) -> None:
    done = threading.Event()

    def write(writer: int) -> None:
        for number in range(records):
            session.log_call({"timestamp": f"{number:02}", "writer": writer})

    def read() -> int:
        reads = 0
        while not done.wait(0.05):
            found = session.store.read_many([LOG])[LOG] or b""
            assert all(isinstance(json.loads(line), dict) for line in found.splitlines())
            reads += 1
        return reads

    with ThreadPoolExecutor(17) as pool:
        reader = pool.submit(read)
        try:
            list(pool.map(write, range(16)))
        finally:
            done.set()
        assert reader.result() > 0
    written = {(line["writer"], line["timestamp"]) for line in log(session)}
    assert written == {
        (writer, f"{number:02}") for writer in range(16) for number in range(records)
    }
    assert len(log(session)) == 16 * records
