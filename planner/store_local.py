"""A local file is seen whole or not at all, and is on disk before anybody hears of it.

fsspec's exclusive creation looks first and opens then, so that two writers can both
win; here the winner is who makes the hard link, which POSIX makes atomic.
"""

import errno
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from planner.errors import StoreNotExclusive

TEMPORARY = ".writing-"


def create(path: str, data: bytes) -> None:
    """Create a file with this content.

    Raises `FileExistsError` when there is one, `StoreNotExclusive` without hard links.
    """
    _publish(path, data, _link)


def write(path: str, data: bytes) -> None:
    """Create or replace a file."""
    _publish(path, data, os.replace)


def pages(path: str) -> Iterator[list[str]]:
    """Yield the paths of all files below a directory, a directory at a time."""
    for directory, _, files in os.walk(path, onerror=_raise_unless_missing):
        if files:
            yield [f"{directory}/{name}" for name in files]


def _raise_unless_missing(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise error


def _publish(path: str, data: bytes, publish: Callable[[Path, Path], None]) -> None:
    target = Path(path)
    _make_directory(target.parent)
    temporary = target.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    try:
        _write_through(temporary, data)
        publish(temporary, target)
        _sync_directory(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _link(temporary: Path, target: Path) -> None:
    try:
        os.link(temporary, target)
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.ENOSYS}:
            raise
    else:
        return
    raise StoreNotExclusive(
        f"The file system of {target.parent} has no hard links, so a frozen plan could be "
        "overwritten there; use another one, or an object store."
    )


def _write_through(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _make_directory(directory: Path) -> None:
    if not directory.is_dir():
        _make_directory(directory.parent)
        directory.mkdir(exist_ok=True)
        _sync_directory(directory.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
