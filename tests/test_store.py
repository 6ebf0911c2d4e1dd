"""The contract of a store: written once, run against every kind."""

import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.errors import ArtifactExists, ArtifactMissing, SessionUrlInvalid
from planner.store import Store, StoreSettings, digest
from tests.stores import SECRET, S3Server

ODD = ["a b", "50%", "%20", "#1", "what?", "a+b", "käse", "日本", "~x", "a&b=c", "*", "[a]", "'q'"]
UNSAFE = ["..", "../x", "a/../x", "/etc/x", "a//b", "a/", "a\\b", "a\nb", "a\x00b", ".", "a::b"]
UNSAFE += ["x?versionId=1", "e\u0301", "x" * 256, "x/" * 450 + "x", "\ud800"]
BAD_URLS = ["s3://key:secret@bucket/x", "s3://b/x?X-Amz-Signature=abc", "s3://b/x?token=abc"]
BAD_URLS += ["https://bucket/x", "file://host/x", "s3:/b/x", "s3://b//x", "s3://", ""]
BAD_URLS += ["memory://a/../b", "file:///a/%2e%2e/../b"]


def test_what_is_written_is_read(store: Store) -> None:
    store.write("a/b.bin", b"\x00\xff")
    assert store.read("a/b.bin") == b"\x00\xff"


def test_writing_replaces(store: Store) -> None:
    store.write("a", b"long old content")
    store.write("a", b"new")
    assert store.read("a") == b"new"


def test_what_is_missing_is_told_with_its_url(store: Store) -> None:
    with pytest.raises(ArtifactMissing, match="does not exist") as caught:
        store.read("none.json")
    assert f"{store.url}/none.json" in caught.value.message


def test_reading_many_tells_what_is_missing(store: Store) -> None:
    store.write("a", b"1")
    store.write("empty", b"")
    assert store.read_many(["a", "none", "empty"]) == {"a": b"1", "none": None, "empty": b""}


def test_creating_twice_with_the_same_bytes_is_success(store: Store) -> None:
    assert store.create("plan", b"1") is True
    assert store.create("plan", b"1") is False


@pytest.mark.parametrize("first", [b"1", b""])
def test_creating_over_other_bytes_names_both_digests_and_keeps_the_stored(
    store: Store, first: bytes
) -> None:
    store.create("plan", first)
    with pytest.raises(ArtifactExists) as caught:
        store.create("plan", b"2")
    assert digest(first) in caught.value.message
    assert digest(b"2") in caught.value.message
    assert store.read("plan") == first


def test_listing_is_sorted_relative_and_below_the_folder_only(store: Store) -> None:
    for name in ["z", "calls/2", "calls/1", "calls/deep/3", "calls-old/4"]:
        store.write(name, b"")
    assert store.list("calls") == ["calls/1", "calls/2", "calls/deep/3"]
    assert store.list() == ["calls-old/4", "calls/1", "calls/2", "calls/deep/3", "z"]


def test_a_folder_that_does_not_exist_holds_nothing(store: Store) -> None:
    assert store.list("none") == []


def test_a_listing_sees_what_another_worker_wrote_since(store: Store) -> None:
    store.write("calls/1", b"")
    store.list("calls")
    script = "import pickle, sys; pickle.load(sys.stdin.buffer).write('calls/2', b'')"
    if store.url.startswith("memory:"):
        store.write("calls/2", b"")  # not shared between processes
    else:
        subprocess.run([sys.executable, "-c", script], input=pickle.dumps(store), check=True)
    assert store.list("calls") == ["calls/1", "calls/2"]
    assert store.read("calls/2") == b""


def test_odd_but_legal_names_are_kept_apart(store: Store) -> None:
    for name in ODD:
        store.child(name).create("x", name.encode())
    assert {name: store.child(name).read("x") for name in ODD} == {n: n.encode() for n in ODD}
    assert store.list() == sorted(f"{name}/x" for name in ODD)


@pytest.mark.parametrize("act", ["read", "child", "list", "write", "create"])
def test_unsafe_names_never_reach_storage(store: Store, act: str) -> None:
    for name in UNSAFE:
        with pytest.raises(SessionUrlInvalid):
            getattr(store, act)(name, *[b""] * (act in {"write", "create"}))
    assert store.list() == []


def test_a_store_is_a_value(store: Store) -> None:
    copy = pickle.loads(pickle.dumps(store))
    assert copy == store
    assert hash(copy) == hash(store)
    copy.write("a", b"1")
    assert store.read("a") == b"1"


def test_a_store_works_in_a_forked_child(store: Store) -> None:
    store.write("a", b"1")
    child = os.fork()
    if child == 0:
        os._exit(0 if store.read("a") == b"1" else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_many_threads_share_a_store(store: Store) -> None:
    names = [f"n{number}" for number in range(40)]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda name: store.write(name, name.encode()), names))
        assert list(pool.map(store.read, names)) == [name.encode() for name in names]


@pytest.mark.parametrize("url", BAD_URLS)
def test_unsafe_urls_are_refused_without_repeating_them(url: str) -> None:
    with pytest.raises(SessionUrlInvalid) as caught:
        Store(url)
    assert "secret" not in caught.value.message
    assert "abc" not in caught.value.message


def test_a_plain_path_is_a_file_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Store(str(tmp_path / "s")).url == f"file://{tmp_path}/s"
    assert Store("s/1").url == f"file://{tmp_path}/s/1"


def test_a_url_has_one_form() -> None:
    assert Store("memory:///a/b/") == Store("memory://a/b")


@given(st.text(min_size=1, max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_any_name_is_refused_or_stays_below_its_root(tmp_path: Path, name: str) -> None:
    root = Store(f"file://{tmp_path}")
    try:
        path = Path(root.child(name).url.removeprefix("file://"))
    except SessionUrlInvalid:
        return
    assert Path(os.path.normpath(path)) == path
    assert tmp_path in path.parents


def test_secrets_show_in_no_text_of_a_store(moto: S3Server) -> None:
    store = Store("s3://b/x", moto.settings(session_token=SECRET, extra={"token": SECRET}))
    for text in (
        repr(store),
        str(store.settings),
        store.settings.model_dump_json(exclude={"extra"}),
    ):
        assert SECRET not in text


def test_settings_that_do_not_fit_do_not_repeat_a_secret() -> None:
    with pytest.raises(ValueError, match="secret_access_key") as caught:
        StoreSettings.model_validate({"secret_access_key": [SECRET]})
    assert SECRET not in str(caught.value)


def test_the_environment_is_enough(moto: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "admin")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    script = "from planner.store import Store; Store('s3://sessions/env').write('x', b'1')"
    subprocess.run([sys.executable, "-c", script], check=True)
    assert Store("s3://sessions/env", moto.settings()).read("x") == b"1"


def test_importing_the_store_is_light() -> None:
    heavy = "{'s3fs', 'botocore', 'aiohttp', 'litellm', 'prefect'}"
    script = f"import sys, planner.session; assert not {heavy} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", script], check=True)
