"""Which sessions wait (a diagnosis is there, a plan is not), and which have asked the teacher.

Told by names alone, in one listing that is read page by page: 10,000 waiting sessions are
20 requests to S3 and no object is read. Listing folders first would cost a request each.
"""

from collections.abc import Callable, Iterator
from itertools import groupby

from planner.errors import SessionUrlInvalid
from planner.session import CALL_LOG, DIAGNOSIS, PLAN, Session
from planner.store import Store, StoreSettings


def find_waiting(root_url: str, settings: StoreSettings | None = None) -> Iterator[Session]:
    """Yield the sessions under a root that have a diagnosis.md and no plan.json.

    Lazily, a page of 1,000 names at a time; what is no session is passed over.

    Raises:
        SessionUrlInvalid: The root must not be touched.
        StorageError: The store failed.
    """
    return _found(root_url, settings, _waits)


def find_asked(root_url: str, settings: StoreSettings | None = None) -> Iterator[Session]:
    """Yield the sessions under a root whose call log is there, whatever became of the calls.

    Raises:
        SessionUrlInvalid: The root must not be touched.
        StorageError: The store failed.
    """
    return _found(root_url, settings, lambda names: CALL_LOG in names)


def _found(
    root_url: str, settings: StoreSettings | None, is_one: Callable[[set[str]], bool]
) -> Iterator[Session]:
    root = Store(root_url, settings or StoreSettings())
    for session_id, names in groupby(root.stream(), lambda name: name.partition("/")[0]):
        inside = {name.partition("/")[2] for name in names}
        if is_one(inside) and (session := _session(root, session_id)):
            yield session


def _waits(names: set[str]) -> bool:
    return DIAGNOSIS in names and PLAN not in names


def _session(root: Store, session_id: str) -> Session | None:
    try:
        return Session.under(root.url, session_id, root.settings)
    except SessionUrlInvalid:
        return None
