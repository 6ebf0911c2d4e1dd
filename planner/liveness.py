"""A worker that died is known to be dead at once, by whoever shares its machine.

The kernel drops a file lock the moment its holder dies, however that happens. So a
worker holds a lock on a file in the machine's temporary directory whose random name
stands in what it claims: who finds that file and gets its lock has proof. Who does not
find it is on another machine (or in another container) and must judge by silence.
No process ids, which are used again, and no clocks.
"""

import contextlib
import fcntl
import os
import re
import secrets
import tempfile
from enum import Enum
from pathlib import Path


class Verdict(Enum):
    """What can be proven about a worker from here."""

    ALIVE = "alive"
    DEAD = "dead"
    UNKNOWN = "unknown"


class Pulse:
    """A sign of life that ends with this process, however it ends."""

    def __init__(self) -> None:
        self.token = secrets.token_hex(16)
        self._path = _pulse_path(self.token)
        self._descriptor = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def stop(self) -> None:
        """End the sign of life and leave nothing behind."""
        self._path.unlink(missing_ok=True)
        self.drop()

    def drop(self) -> None:
        """End the sign of life and leave the proof, as death does."""
        os.close(self._descriptor)


def verdict(token: str) -> Verdict:
    """Whether the holder of a `Pulse` with this token lives."""
    if not re.fullmatch(r"[0-9a-f]{32}", token):
        return Verdict.UNKNOWN
    try:
        descriptor = os.open(_pulse_path(token), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return Verdict.UNKNOWN
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return Verdict.ALIVE
    finally:
        os.close(descriptor)
    with contextlib.suppress(OSError):
        _pulse_path(token).unlink()
    return Verdict.DEAD


def _pulse_path(token: str) -> Path:
    return Path(tempfile.gettempdir()) / f"learning-planner-{token}.lock"
