"""Finding the sessions that wait: by names, in pages, whatever else lies around."""

from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import pytest

from planner.errors import BucketMissing, SessionUrlInvalid
from planner.session import Session
from planner.sessions import find_waiting
from planner.store import Store
from tests.stores import BUCKET, S3Server, fault_proxy


def waiting(root: Store) -> list[str]:
    return sorted(session.id for session in find_waiting(root.url, root.settings))


def test_a_session_waits_with_a_diagnosis_and_without_a_plan(store: Store) -> None:
    for name in ["new/diagnosis.md", "new/clusters.json", "old/diagnosis.md", "old/plan.json"]:
        store.write(name, b"")
    for name in ["empty/clusters.json", "new/teacher_traces/plan.jsonl", "new-1/diagnosis.md"]:
        store.write(name, b"")
    assert waiting(store) == ["new", "new-1"]


def test_stray_objects_are_passed_over(store: Store) -> None:
    for name in ["diagnosis.md", "plan.json", "deep/er/diagnosis.md", "a/diagnosis.md.bak"]:
        store.write(name, b"")
    store.write("odd #1 käse?/diagnosis.md", b"")
    assert waiting(store) == ["odd #1 käse?"]


def test_a_folder_whose_name_could_not_be_a_session_is_passed_over(moto: S3Server) -> None:
    root = moto.root()
    root.write("fine/diagnosis.md", b"")
    filesystem = root._filesystem()
    for stray in ["a::b/diagnosis.md", "/diagnosis.md", "a\\b/diagnosis.md", "folder/"]:
        filesystem.call_s3(
            "put_object", Bucket=BUCKET, Key=f"{root.url.partition('://sessions/')[2]}/{stray}"
        )
    assert waiting(root) == ["fine"]


def test_a_found_session_can_be_read(store: Store) -> None:
    store.write("s/diagnosis.md", b"text")
    [session] = find_waiting(store.url, store.settings)
    assert session == Session.under(store.url, "s", store.settings)
    assert session.read_inputs().diagnosis == b"text"


def test_a_root_that_holds_nothing_has_no_sessions(store: Store) -> None:
    assert waiting(store) == []


def test_a_wrong_root_is_told(moto: S3Server) -> None:
    with pytest.raises(BucketMissing):
        list(find_waiting("s3://nowhere", moto.settings()))
    with pytest.raises(SessionUrlInvalid):
        list(find_waiting("s3://key:secret@b", moto.settings()))


@pytest.mark.slow
def test_ten_thousand_sessions_take_a_request_a_page(moto: S3Server) -> None:
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends

    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    for number in range(10_000):
        for name in ["clusters.json", "diagnosis.md"] + ["plan.json"] * (number % 4 == 0):
            backend.put_object(BUCKET, f"many/{number:05}/{name}", b"")
    with fault_proxy(moto) as (server, proxy):
        found = find_waiting(f"s3://{BUCKET}/many", server.settings())
        assert len(list(islice(found, 10))) == 10
        assert len(proxy.counted()) == 1
        assert sum(1 for _ in find_waiting(f"s3://{BUCKET}/many", server.settings())) == 7_500
        assert len(proxy.counted()) == 23


@pytest.mark.s3
@pytest.mark.slow
def test_sessions_across_pages_of_a_real_server_are_found_once_each(seaweedfs: S3Server) -> None:
    root = seaweedfs.root()
    names = [f"s{number}/{name}" for number in range(700) for name in ("diagnosis.md", "x/y")]
    names += [
        f"s{number}-done/{name}" for number in range(10) for name in ("diagnosis.md", "plan.json")
    ]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda name: root.write(name, b""), names))
    assert waiting(root) == sorted(f"s{number}" for number in range(700))
