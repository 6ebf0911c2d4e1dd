"""Exclusive creation under race: one winner, whole bytes, and losers who are told the truth."""

import multiprocessing
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier

import pytest

from planner.errors import ArtifactExists
from planner.store import Store, digest

pytestmark = pytest.mark.slow

PAYLOAD = 4_096  # writers of one byte each, repeated: a torn file mixes or cuts them
Outcome = tuple[str, str]


def compete(store: Store, key: str, writer: int) -> Outcome:
    """Create with this writer's bytes; tell whether it won, and the digest that it was told."""
    data = content(writer)
    try:
        created = store.create(key, data)
    except ArtifactExists as error:
        return "lost", next(d for d in map(digest, map(content, range(50))) if d in told(error))
    return ("won" if created else "same"), digest(data)


def content(writer: int) -> bytes:
    return bytes([writer + 1]) * PAYLOAD


def told(error: ArtifactExists) -> str:
    return error.message.partition("given")[0]


def has_one_winner(outcomes: list[Outcome], stored: bytes) -> bool:
    won = Counter(outcome for outcome, _ in outcomes)
    return won["won"] == 1 and won["same"] == 0 and {d for _, d in outcomes} == {digest(stored)}


@pytest.mark.parametrize("rounds", [3])
def test_fifty_threads_have_one_winner_and_readers_see_all_or_nothing(
    store: Store, rounds: int
) -> None:
    keys = [f"plan{number}.json" for number in range(rounds)]
    start, done = threading.Barrier(50), threading.Event()

    def race(writer: int) -> list[Outcome]:
        outcomes = []
        for key in keys:
            start.wait()
            outcomes.append(compete(store, key, writer))
        return outcomes

    def watch() -> set[int]:
        seen: set[int] = set()
        while not done.wait(0.005):
            seen |= {len(data) for data in store.read_many(keys).values() if data is not None}
        return seen

    with ThreadPoolExecutor(51) as pool:
        reader = pool.submit(watch)
        try:
            results = list(pool.map(race, range(50)))
        finally:
            done.set()
        assert reader.result() <= {PAYLOAD}
    for number, key in enumerate(keys):
        assert has_one_winner([outcomes[number] for outcomes in results], store.read(key))


def race_in_process(store: Store, keys: list[str], writer: int, start: Barrier) -> list[Outcome]:
    outcomes = []
    for key in keys:
        start.wait()
        outcomes.append(compete(store, key, writer))
    return outcomes


@pytest.mark.parametrize(
    "store", ["file", "moto", pytest.param("seaweedfs", marks=pytest.mark.s3)], indirect=True
)
def test_eight_processes_have_one_winner(store: Store) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["s3fs", "tests.test_store_races"])
    keys = [f"plan{number}.json" for number in range(10)]
    with context.Manager() as manager, context.Pool(8) as pool:
        start = manager.Barrier(8)
        arguments = [(store, keys, writer, start) for writer in range(8)]
        results = pool.starmap(race_in_process, arguments, chunksize=1)
    for number, key in enumerate(keys):
        assert has_one_winner([outcomes[number] for outcomes in results], store.read(key))


def test_a_race_that_looks_first_and_writes_then_is_noticed() -> None:
    """The check of this file, checked: two winners are seen."""
    stored = content(1)
    assert not has_one_winner([("won", digest(stored)), ("won", digest(content(2)))], stored)
    assert not has_one_winner([("won", digest(stored)), ("lost", digest(content(2)))], stored)
