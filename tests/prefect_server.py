"""One real Prefect server and one real process worker for all tests of a session.

Importing this puts Prefect's home and its result storage below a temporary path, before
Prefect is imported: a test never reads or leaves anything in the home directory.
"""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

import pytest

from tests.demo_session import DemoSession, copy_demo
from tests.loopback_teacher import LoopbackTeacher

T = TypeVar("T")

ROOT = Path(__file__).parent.parent
OWN_HOME = "LEARNING_PLANNER_TESTS_PREFECT_HOME"
if OWN_HOME not in os.environ:  # a process that a test starts shares it, and leaves it alone
    os.environ[OWN_HOME] = tempfile.mkdtemp(prefix="learning-planner-prefect-")
    atexit.register(shutil.rmtree, os.environ[OWN_HOME], ignore_errors=True)
HOME = Path(os.environ[OWN_HOME])

SETTINGS = {
    "PREFECT_HOME": str(HOME),
    "PREFECT_LOCAL_STORAGE_PATH": str(HOME / "results"),
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    "PREFECT_SERVER_API_HOST": "127.0.0.1",
    "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "1",
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_CLI_COLORS": "false",
}
os.environ.update(SETTINGS)


@dataclass(frozen=True)
class PrefectServer:
    """A server on loopback, and what a process needs to reach it."""

    api_url: str

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that talks to this server."""
        return {**os.environ, "PREFECT_API_URL": self.api_url, "PYTHONPATH": str(ROOT)}

    def cli(self, *arguments: str, cwd: Path = ROOT) -> str:
        """Run the real `prefect` command; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "prefect", *arguments],
            env={**self.environment, "COLUMNS": "500"},
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def wait_until(
    condition: Callable[[], T | None],
    *,
    within: float = 240,
    every: float = 0.2,
    what: str = "it",
) -> T:
    """Return the condition's first truthy value; all times in seconds."""
    deadline = time.monotonic() + within
    while not (value := condition()):
        assert time.monotonic() < deadline, f"{what} did not happen within {within} s"
        time.sleep(every)
    return value


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[PrefectServer]:
    """Start a server, and let this process use it."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker
    from prefect.settings import PREFECT_API_URL, temporary_settings

    port = _free_port()
    server = PrefectServer(f"http://127.0.0.1:{port}/api")
    environment = {
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_API_URL": server.api_url,
        # A run that an event starts is a request of the server to itself. On SQLite another
        # write answers it with 503, and when the last retry does, the event has started nothing.
        "PREFECT_CLIENT_MAX_RETRIES": "10",
    }
    with (
        _process("server", "server", "start", environment=environment) as process,
        temporary_settings({PREFECT_API_URL: server.api_url}),
    ):
        wait_until(lambda: _answers(port, process), within=240, what="the server's start")
        yield server
        # What this process has still to tell is told now: at its exit the server is gone, and
        # Prefect would try for a minute.
        APILogWorker.drain_all(timeout=30)
        EventsWorker.drain_all(timeout=30)


@dataclass(frozen=True)
class Deployed:
    """Both deployments of `deployments/prefect.yaml`, with a worker that runs them."""

    server: PrefectServer
    teacher: LoopbackTeacher
    demo: DemoSession

    def script(self, name: str) -> str:
        """`api_base` of a teacher whose requests are counted apart."""
        return self.teacher.openai(f"ok@{name}")


@pytest.fixture(scope="session")
def deployed(
    prefect_server: PrefectServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployed]:
    """Deploy what ships, from elsewhere and with its own values, and start a process worker."""
    demo = copy_demo(tmp_path_factory.mktemp("deployed"))
    pool = ("work-pool", "create", "planner", "--type", "process")
    worker = ("worker", "start", "--pool", "planner", "--limit", "2")
    with LoopbackTeacher(answer=demo.answer.read_text()) as teacher:
        values = HOME / "prefect.yaml"
        values.write_text(deployments_with_values(demo, teacher))
        prefect_server.cli(*pool, cwd=HOME)
        prefect_server.cli(
            "--no-prompt", "deploy", "--all", "--prefect-file", str(values), cwd=HOME
        )
        with _process("worker", *worker, environment=prefect_server.environment):
            yield Deployed(prefect_server, teacher, demo)


def deployments_with_values(demo: DemoSession, teacher: LoopbackTeacher) -> str:
    """`deployments/prefect.yaml` with the lines edited that a team makes its own."""
    text = (ROOT / "deployments" / "prefect.yaml").read_text()
    for line, ours in {
        "&sessions_root s3://learning/sessions": f"&sessions_root {demo.session.parent}",
        "&student_url s3://learning/student": f"&student_url {demo.student}",
        "model: anthropic/claude-opus-4-5": (
            f"{{model: openai/any, api_base: '{teacher.openai()}', max_tokens: 1000,"
            " prices: {input: 0, output: 1000}}"
        ),
        "    max_cost_usd: 5.0\n": "",
        "&timezone UTC": "&timezone Europe/Berlin",
    }.items():
        assert line in text, line
        text = text.replace(line, ours)
    return text


@pytest.fixture
def demo(tmp_path: Path) -> DemoSession:
    """A private copy of the demo session."""
    return copy_demo(tmp_path)


@pytest.fixture
def loopback(demo: DemoSession) -> Iterator[LoopbackTeacher]:
    """A teacher on loopback that gives the demo's answer."""
    with LoopbackTeacher(answer=demo.answer.read_text()) as teacher:
        yield teacher


@contextmanager
def _process(
    name: str, *arguments: str, environment: dict[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    with (HOME / f"{name}.log").open("wb") as log:
        process = _started(arguments, environment, log)
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)


def _started(
    arguments: tuple[str, ...], environment: dict[str, str], log: IO[bytes]
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "prefect", *arguments],
        env={**os.environ, **environment},
        cwd=HOME,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _answers(port: int, process: "subprocess.Popen[bytes]") -> bool:
    import httpx

    assert process.poll() is None, (HOME / "server.log").read_text()
    try:
        return httpx.get(f"http://127.0.0.1:{port}/api/health", timeout=5).is_success
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
