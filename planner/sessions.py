"""Which sessions wait: a diagnosis is there, a plan is not.

Told by names alone, in one listing that is read page by page: 10,000 waiting sessions are
20 requests to S3 and no object is read. Listing folders first would cost a request each.
"""

from collections.abc import Iterator
from itertools import groupby

from planner.errors import SessionUrlInvalid
from planner.session import DIAGNOSIS, PLAN, Session
from planner.store import Store, StoreSettings


def find_waiting(root_url: str, settings: StoreSettings | None = None) -> Iterator[Session]:
    """Yield the sessions under a root that have a diagnosis.md and no plan.json.

    Lazily, a page of 1,000 names at a time; what is no session is passed over.

    Raises:
        SessionUrlInvalid: The root must not be touched.
        StorageError: The store failed.
    """
    root = Store(root_url, settings or StoreSettings())
    for session_id, names in groupby(root.stream(), lambda name: name.partition("/")[0]):
        if _waits(session_id, set(names)) and (session := _session(root, session_id)):
            yield session


def _waits(session_id: str, names: set[str]) -> bool:
    return f"{session_id}/{DIAGNOSIS}" in names and f"{session_id}/{PLAN}" not in names


def _session(root: Store, session_id: str) -> Session | None:
    try:
        return Session.under(root.url, session_id, root.settings)
    except SessionUrlInvalid:
        return None
