"""What a failing store does to a session: one right sentence, and nothing lost."""

import errno
import gc
import os
import pickle
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from planner.errors import (
    ArtifactInvalid,
    ArtifactMissing,
    BucketMissing,
    PlannerError,
    SessionUrlInvalid,
    StorageError,
    StoreDenied,
    StoreFull,
    StoreNotExclusive,
    StoreUnavailable,
)
from planner.store import Store
from planner.store_faults import translated
from tests.stores import SECRET, FaultProxy, Request, S3Server

pytestmark = pytest.mark.s3


def puts(request: Request) -> bool:
    return request.method == "PUT"


def gets(request: Request) -> bool:
    return request.method == "GET"


def is_one_clean_sentence(error: PlannerError, store: Store) -> bool:
    chained = error.__cause__ or error.__context__
    told = error.message
    return store.url in told and "\n" not in told and SECRET not in told and chained is None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("500", StoreUnavailable),
        ("503", StoreUnavailable),
        ("reset", StoreUnavailable),
        ("swallow", StoreUnavailable),
        ("full", StoreFull),
        ("expired", StoreDenied),
    ],
)
def test_a_put_that_always_fails_is_told_and_a_rerun_completes_it(
    broken: tuple[Store, FaultProxy], kind: str, expected: type[StorageError]
) -> None:
    store, proxy = broken
    proxy.break_with(kind, puts)
    with pytest.raises(expected) as caught:
        store.create("plan.json", b"plan")
    assert is_one_clean_sentence(caught.value, store)
    assert len(proxy.counted()) <= 2 * store.settings.total_attempts
    proxy.heal()
    store.create("plan.json", b"plan")
    assert store.read("plan.json") == b"plan"


@pytest.mark.parametrize("kind", ["500", "503", "reset"])
def test_a_fault_that_passes_is_not_even_noticed(
    broken: tuple[Store, FaultProxy], kind: str
) -> None:
    store, proxy = broken
    for when in (puts, gets):
        proxy.break_with(kind, when, times=1)
    store.write("a", b"1")
    assert store.read("a") == b"1"


def test_the_lost_answer_to_a_successful_creation_is_success(
    broken: tuple[Store, FaultProxy],
) -> None:
    store, proxy = broken
    proxy.break_with("swallow", puts, times=1)
    store.create("plan.json", b"plan")
    assert store.read("plan.json") == b"plan"


@pytest.mark.parametrize("kind", ["truncate", "reset", "503"])
def test_a_get_that_always_breaks_off_is_told(broken: tuple[Store, FaultProxy], kind: str) -> None:
    store, proxy = broken
    store.write("a", b"whole content")
    proxy.break_with(kind, gets)
    with pytest.raises(StoreUnavailable) as caught:
        store.read("a")
    assert is_one_clean_sentence(caught.value, store)
    assert caught.value.transient


def test_a_get_that_breaks_off_once_is_read_again(broken: tuple[Store, FaultProxy]) -> None:
    store, proxy = broken
    store.write("a", b"whole content")
    proxy.break_with("truncate", gets, times=1)
    assert store.read("a") == b"whole content"


def test_a_forked_child_never_closes_the_connections_of_its_parent(seaweedfs: S3Server) -> None:
    store = seaweedfs.root()
    store.write("a", b"1")
    parents = weakref.ref(store._filesystem())
    if (child := os.fork()) == 0:
        store.read("a")
        gc.collect()
        os._exit(0 if parents() else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert store.read("a") == b"1"


def test_a_store_that_does_not_answer_is_given_up(broken: tuple[Store, FaultProxy]) -> None:
    store, proxy = broken
    once = store.settings.model_copy(update={"total_attempts": 1, "read_timeout": 0.2})
    proxy.break_with("hang", gets)
    with pytest.raises(StoreUnavailable):
        Store(store.url, once).read("a")


def test_a_listing_that_fails_is_told(broken: tuple[Store, FaultProxy]) -> None:
    store, proxy = broken
    proxy.break_with("503", gets)
    with pytest.raises(StoreUnavailable):
        store.list("calls")


def test_a_store_that_ignores_exclusive_creation_is_found_out_before_it_matters(
    broken: tuple[Store, FaultProxy],
) -> None:
    store, proxy = broken
    proxy.break_with("not-exclusive", puts)
    with pytest.raises(StoreNotExclusive, match="created twice"):
        store.create("plan.json", b"plan")
    assert store.read("plan.json") == b"plan"


def test_a_store_is_checked_once_in_a_process(broken: tuple[Store, FaultProxy]) -> None:
    store, proxy = broken
    for number in range(3):
        store.create(f"plan{number}", b"")
    assert proxy.counted() == ["PUT plan0", "PUT plan0", "PUT plan1", "PUT plan2"]


@pytest.mark.parametrize(("key", "secret"), [("nobody", SECRET), ("admin", "wrong")])
def test_wrong_credentials_are_denied(seaweedfs: S3Server, key: str, secret: str) -> None:
    store = Store("s3://sessions/x", seaweedfs.settings(key, secret))
    with pytest.raises(StoreDenied) as caught:
        store.read("a")
    assert is_one_clean_sentence(caught.value, store)


def test_no_credentials_are_denied(seaweedfs: S3Server, tmp_path: Path) -> None:
    store = Store("s3://sessions/x", seaweedfs.settings())
    bare = store.settings.model_copy(update={"access_key_id": None, "secret_access_key": None})
    script = """
import pickle, sys
try:
    pickle.load(sys.stdin.buffer).read("a")
except Exception as error:
    print(type(error).__name__, error)
"""
    environment = {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true", "PYTHONPATH": "."}
    told = subprocess.run(
        [sys.executable, "-c", script],
        input=pickle.dumps(Store(store.url, bare)),
        env=environment,
        capture_output=True,
        check=True,
    )
    assert told.stdout.startswith(b"StoreDenied")
    assert b"no credentials were found" in told.stdout


def test_a_read_only_key_reads_and_is_denied_to_write(seaweedfs: S3Server) -> None:
    writer = seaweedfs.root()
    writer.write("a", b"1")
    reader = Store(writer.url, seaweedfs.settings("reader"))
    assert reader.read("a") == b"1"
    for act in (reader.write, reader.create):
        with pytest.raises(StoreDenied):
            act("a", b"2")
    assert writer.read("a") == b"1"


def test_a_missing_bucket_is_told_and_never_created(moto: S3Server) -> None:
    store = Store("s3://nowhere/x", moto.settings())
    acts: list[Callable[[], object]] = [
        lambda: store.read("a"),
        lambda: store.read_many(["a"]),
        lambda: store.write("a", b""),
        lambda: store.create("a", b""),
    ]
    for act in acts:
        with pytest.raises(BucketMissing) as caught:
            act()
        assert is_one_clean_sentence(caught.value, store)


def test_an_endpoint_where_nobody_listens_is_unavailable() -> None:
    store = Store("s3://b/x", S3Server("http://127.0.0.1:1").settings(total_attempts=1))
    with pytest.raises(StoreUnavailable) as caught:
        store.read("a")
    assert is_one_clean_sentence(caught.value, store)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A tmpfs of 64 KiB."""
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting needs root")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_full_disk_keeps_what_was_stored(small_disk: Path) -> None:
    store = Store(str(small_disk))
    store.write("plan.jsonl", b"old")
    for act in (store.write, store.create):
        with pytest.raises(StoreFull) as caught:
            act("plan.jsonl", b"x" * 100_000)
        assert is_one_clean_sentence(caught.value, store)
    assert store.read("plan.jsonl") == b"old"
    assert [path.name for path in small_disk.iterdir()] == ["plan.jsonl"]
    store.write("plan.jsonl", b"new")


def test_a_read_only_file_system_is_denied(small_disk: Path) -> None:
    store = Store(str(small_disk))
    store.write("a", b"1")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StoreDenied, match="read-only"):
        store.create("plan.json", b"")
    assert store.read("a") == b"1"


def test_a_directory_in_a_files_place_is_told(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    (tmp_path / "plan.json").mkdir()
    (tmp_path / "file").write_bytes(b"")
    for act in (
        lambda: store.read("plan.json"),
        lambda: store.create("plan.json", b""),
        lambda: store.create("file/plan.json", b""),
        lambda: store.read("file/plan.json"),
    ):
        with pytest.raises((ArtifactInvalid, ArtifactMissing)):
            act()


def test_a_writer_killed_in_the_middle_leaves_nothing_that_is_seen(tmp_path: Path) -> None:
    script = f"""
import os
from planner import store_local
from planner.store import Store
store_local._sync_directory = lambda directory: None
os.link = lambda *paths: os.kill(os.getpid(), 9)
Store({str(tmp_path)!r}).create("plan.json", b"half")
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    store = Store(str(tmp_path))
    assert store.list() == []
    assert store.create("plan.json", b"whole") is True


def test_a_file_system_without_hard_links_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*paths: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(StoreNotExclusive, match="hard links"):
        Store(str(tmp_path)).create("plan.json", b"")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENAMETOOLONG, SECRET), SessionUrlInvalid),
        (OSError(errno.ENOSPC, SECRET), StoreFull),
        (OSError(errno.EDQUOT, SECRET), StoreFull),
        (OSError(errno.ESTALE, SECRET), StoreUnavailable),
        (ConnectionResetError(SECRET), StoreUnavailable),
        (TimeoutError(SECRET), StoreUnavailable),
        (RuntimeError(SECRET), StorageError),
    ],
)
def test_every_error_becomes_ours_without_its_text(
    error: Exception, expected: type[PlannerError]
) -> None:
    ours = translated(error, "read", "s3://b/x")
    assert type(ours) is expected
    assert SECRET not in ours.message
