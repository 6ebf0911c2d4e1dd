"""The real things that a flow needs, each in a process of its own: Prefect, a teacher, S3."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT
from tests.stores import S3Server, free_port

DEMO = ROOT / "deployments" / "demo"
ANSWER = DEMO / "teacher_answer.json"
STUDENT = DEMO / "student"
_DIAGNOSIS = DEMO / "sessions" / "2026-11-21-support-desk" / "diagnosis.md"
MODEL = "openai/benchmark-teacher"


@dataclass(frozen=True)
class TeacherProcess:
    """A teacher on loopback that answers at once, for nothing."""

    url: str

    @property
    def api_base(self) -> str:
        return f"{self.url}/ok/v1"

    def requests(self) -> int:
        """How many HTTP requests have come so far."""
        with urllib.request.urlopen(f"{self.url}/requests") as answer:
            return int(json.load(answer)["count"])


@contextmanager
def teacher_process() -> Iterator[TeacherProcess]:
    command = [sys.executable, "-m", "tests.loopback_teacher", "--answer", str(ANSWER)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield TeacherProcess(process.stdout.readline().strip())
        finally:
            process.terminate()


@contextmanager
def prefect_server() -> Iterator[str]:
    """A fresh Prefect server, which this process talks to; yields its API's URL."""
    from prefect.settings import PREFECT_API_URL  # noqa: PLC0415 - two seconds
    from prefect.testing.utilities import prefect_test_harness  # noqa: PLC0415

    with prefect_test_harness(server_startup_timeout=180):
        yield str(PREFECT_API_URL.value())


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """moto, the imitation of S3, with one bucket."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **quiet) as process:  # type: ignore[call-overload]
        server = S3Server(f"http://127.0.0.1:{port}")
        try:
            _await_http(server.endpoint)
            server.create_bucket()
            yield server
        finally:
            process.terminate()


def _await_http(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


@contextmanager
def workshop() -> Iterator[Path]:
    """A directory that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as path:
        yield Path(path)


def make_sessions(root: Path, count: int) -> list[Path]:
    """Make sessions that wait: each has a diagnosis like the demo's, and no plan."""
    made = [root / f"session-{number:05}" for number in range(count)]
    for session in made:
        session.mkdir(parents=True)
        (session / "diagnosis.md").write_bytes(diagnosis_of(session.name))
    return made


def diagnosis_of(session_id: str) -> bytes:
    """Return the demo's diagnosis as another night's."""
    return _DIAGNOSIS.read_bytes().replace(b"\n", f" ({session_id})\n".encode(), 1)


def copy_student(directory: Path) -> Path:
    return Path(shutil.copytree(STUDENT, directory / "student"))


def teacher_fields(teacher: TeacherProcess) -> dict[str, Any]:
    """What makes a `Teacher` that asks it: no key, and nobody bills."""
    return {"model": MODEL, "api_base": teacher.api_base, "max_cost_usd": None}
