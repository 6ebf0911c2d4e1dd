"""One rate for all workers: a teacher that waits for its turn before it is asked.

The turn is a slot of one of Prefect's global concurrency limits, so that it is shared
by every thread, process and machine. A recorded answer needs no turn.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from prefect.client.orchestration import get_client
from prefect.concurrency.sync import concurrency, rate_limit
from prefect.exceptions import ObjectNotFound

from planner.errors import SettingsInvalid
from planner.models import TeacherReply, TeacherRequest
from planner.teacher import AnyTeacher


class PacedTeacher(AnyTeacher):
    """A teacher, and the global concurrency limit that its calls share."""

    teacher: AnyTeacher
    limit: str

    @classmethod
    def of(cls, teacher: AnyTeacher, limit: str | None) -> AnyTeacher:
        """Return the teacher as it is where there is no limit."""
        if limit is None:
            return teacher
        shared = {name: getattr(teacher, name) for name in AnyTeacher.model_fields}
        return cls(**shared, teacher=teacher, limit=limit)

    def generate(self, request: TeacherRequest) -> TeacherReply:
        """Wait for a turn, then answer one request.

        Raises:
            SettingsInvalid: The limit does not exist; nothing was sent.
            TeacherError: The call failed.
        """
        with turn(self.limit):
            return self.teacher.generate(request)


@contextmanager
def turn(limit: str) -> Iterator[None]:
    """Hold a slot during the call; where slots decay, take one and let it decay."""
    if slots_decay(limit):
        rate_limit(limit, strict=True)
        yield
    else:
        with concurrency(limit, strict=True):
            yield


def slots_decay(limit: str) -> bool:
    """Tell whether a limit is a rate (calls a second) and not a width (calls at once).

    Raises:
        SettingsInvalid: There is no such limit: Prefect itself would let everyone pass.
    """
    with get_client(sync_client=True) as client:
        try:
            found = client.read_global_concurrency_limit_by_name(limit)
        except ObjectNotFound:
            found = None
    if found is None:
        raise SettingsInvalid(
            f"The global concurrency limit {limit!r} does not exist; nothing was sent. Create it: "
            f"prefect gcl create {limit} --limit 10 --slot-decay-per-second 0.5"
        )
    return found.slot_decay_per_second > 0
