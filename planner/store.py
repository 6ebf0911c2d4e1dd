"""Bytes under one URL: created once and whole, the same on every store.

The only module that touches storage. Local files, memory, S3 and what speaks its
language, Google and Azure behave alike: exclusive creation is exclusive, a reader
sees all of an object or nothing, and what fails is told in one sentence of ours.
"""

import builtins
import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import fsspec
from fsspec.implementations.memory import MemoryFile

from planner import store_local, store_s3
from planner.errors import (
    ArtifactExists,
    ArtifactMissing,
    BucketMissing,
    PlannerError,
    StoreNotExclusive,
    StoreUnavailable,
)
from planner.store_faults import is_conflict, translated
from planner.store_settings import StoreSettings
from planner.urls import checked_name, checked_url

__all__ = ["Store", "StoreSettings", "digest", "overlapping"]

_T = TypeVar("_T")
_CONFLICT_ROUNDS = 5
_THREADS = 16

_known_exclusive: set[tuple[StoreSettings, str]] = set()
"""The buckets that have refused a second creation in this process."""


@dataclass(frozen=True)
class Store:
    """A place for bytes: one URL or local path, and how to reach it.

    A value: it holds no connection, so it may go to other threads, processes and machines.
    Making one raises `SessionUrlInvalid` for a URL that must not be touched. Every method
    raises `StoreUnavailable`, `StoreDenied` or `StoreFull` where the world fails, and
    `SessionUrlInvalid` for a name that would leave the store.
    """

    url: str
    settings: StoreSettings = field(default_factory=StoreSettings)

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", checked_url(self.url))

    def child(self, name: str) -> "Store":
        """Return the store one or more segments below."""
        return Store(f"{self.url}/{checked_name(name)}", self.settings)

    def read(self, name: str) -> bytes:
        """Read all bytes of an object. Raises `ArtifactMissing`."""
        path = self._path(name)
        return self._guarded("read", name, lambda: bytes(self._filesystem().cat_file(path)))

    def read_many(self, names: Iterable[str]) -> dict[str, bytes | None]:
        """Read objects in overlapping requests; `None` is what is missing."""
        wanted = list(names)
        return dict(zip(wanted, overlapping(self._read_if_there, wanted), strict=True))

    def create(
        self, name: str, data: bytes, conflict: type[ArtifactExists] = ArtifactExists
    ) -> bool:
        """Create an object, exclusively and atomically.

        Returns `True` when this call created it and `False` when the same bytes were there
        already, which may be our own, where the answer to a successful write was lost.

        Raises `conflict`, naming both digests, when other bytes are there (they stay), and
        `StoreNotExclusive` when the store ignores that creation is exclusive.
        """
        for _ in range(_CONFLICT_ROUNDS):
            if self._guarded("create", name, lambda: self._created(name, data)):
                self._verify_exclusive(name, data)
                return True
            stored = self._read_if_there(name)
            if stored is not None:
                self._trust()
                self._compare(name, data, stored, conflict)
                return False
        raise StoreUnavailable(
            f"Could not create {self.url}/{name}: other writers were in the way each time; "
            "try again."
        )

    def write(self, name: str, data: bytes) -> None:
        """Create or replace an object, atomically."""
        path = self._path(name)
        if self._protocol == "file":
            self._guarded("write", name, lambda: store_local.write(path, data))
        else:
            self._guarded("write", name, lambda: self._filesystem().pipe_file(path, data))

    def list(self, folder: str = "") -> builtins.list[str]:
        """List the names, relative to this store and sorted, of all objects below a folder.

        One request per 1,000 names. A folder that does not exist holds nothing.
        """
        return sorted(self.stream(folder))

    def stream(self, folder: str = "") -> Iterator[str]:
        """Yield what `list` returns as it arrives, page by page, one folder after the other."""
        path = self._path(folder) if folder else self._root
        pages = self._pages(path)
        while page := self._guarded("list", folder, lambda: next(pages, None)):
            found = (name for name in page if name.startswith(f"{path}/") and not _is_stray(name))
            yield from (name.removeprefix(f"{self._root}/") for name in found)

    @property
    def _protocol(self) -> str:
        return self.url.partition("://")[0]

    @property
    def _root(self) -> str:
        path = self.url.partition("://")[2]
        return f"/{path}" if self._protocol == "memory" else path

    def _path(self, name: str) -> str:
        return f"{self._root}/{checked_name(name)}"

    def _filesystem(self) -> Any:
        if self._protocol == "s3":
            return store_s3.filesystem(self.settings)
        # fsspec keeps one instance for each set of options, and none across a fork.
        return fsspec.filesystem(self._protocol, use_listings_cache=False, **self.settings.extra)

    def _read_if_there(self, name: str) -> bytes | None:
        try:
            return self.read(name)
        except BucketMissing:
            raise
        except ArtifactMissing:
            return None

    def _created(self, name: str, data: bytes) -> bool:
        try:
            self._create_exclusively(self._path(name), data)
        except Exception as error:
            if is_conflict(error):
                return False
            raise
        return True

    def _create_exclusively(self, path: str, data: bytes) -> None:
        if self._protocol == "file":
            store_local.create(path, data)
        elif self._protocol == "memory":
            filesystem = self._filesystem()
            new = MemoryFile(filesystem, path, data)
            # fsspec looks first and stores then; this is one step.
            if filesystem.store.setdefault(path, new) is not new:
                raise FileExistsError(path)
        else:
            self._filesystem().pipe_file(path, data, mode="create")

    def _pages(self, path: str) -> Iterator[builtins.list[str]]:
        if self._protocol == "s3":
            return store_s3.pages(self._filesystem(), path)
        if self._protocol == "file":
            return store_local.pages(path)
        return iter([self._filesystem().find(path)])

    def _compare(
        self, name: str, data: bytes, stored: bytes, conflict: type[ArtifactExists]
    ) -> None:
        if data != stored:
            raise conflict(
                f"{self.url}/{name} is frozen with other content (stored sha256 "
                f"{digest(stored)}, given sha256 {digest(data)}); the stored one stays."
            )

    def _verify_exclusive(self, name: str, data: bytes) -> None:
        """Create what we have just created again: a store that agrees is not exclusive.

        The bytes are the same, so nothing is harmed; one request in each process, and none
        on local files, memory and AWS.
        """
        if self._is_trusted():
            return
        if self._guarded("create", name, lambda: self._created(name, data)):
            raise StoreNotExclusive(
                f"{self.url}/{name} could be created twice: this store ignores exclusive "
                "creation, so a frozen plan could be overwritten; use another store."
            )
        self._trust()

    def _is_trusted(self) -> bool:
        if self._protocol in {"file", "memory"} or self._bucket in _known_exclusive:
            return True
        return self._protocol == "s3" and store_s3.is_aws(self._filesystem())

    def _trust(self) -> None:
        _known_exclusive.add(self._bucket)

    @property
    def _bucket(self) -> tuple[StoreSettings, str]:
        return self.settings, "/".join(self.url.split("/")[:3])

    def _guarded(self, act: str, name: str, action: Callable[[], _T]) -> _T:
        try:
            return action()
        except PlannerError:
            raise
        except Exception as error:  # noqa: BLE001 - drivers raise what they like
            failure = translated(error, act, f"{self.url}/{name}".rstrip("/"))
        # Outside the handler: a driver's error may hold secrets, and would be chained.
        raise failure


def overlapping(action: Callable[[Any], _T], arguments: Iterable[Any]) -> list[_T]:
    """Make independent calls at the same time; return their results in order."""
    wanted = list(arguments)
    with ThreadPoolExecutor(max(1, min(_THREADS, len(wanted)))) as pool:
        return list(pool.map(action, wanted))


def _is_stray(path: str) -> bool:
    name = path.rpartition("/")[2]
    return not name or name.startswith(store_local.TEMPORARY)


def digest(data: bytes) -> str:
    """Return the sha256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
