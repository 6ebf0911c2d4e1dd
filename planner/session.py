"""A session's artifacts under one URL: inputs read, outcomes frozen, calls recorded.

```
<sessions root>/<session id>/
    diagnosis.md  clusters.json     the inputs, written by the diagnosis phase
    plan.json  review.json          frozen: created once, never replaced
    teacher_traces/                 the calls to the teacher (`planner.call_records`)
```

Bytes and JSON only: what they mean is the business of others. Nothing outside this
prefix is written, nothing is ever deleted, and no bucket is created.
"""

from dataclasses import dataclass, field
from typing import Any

from planner import call_records, calls
from planner.calls import Claim, Recorded, Timing
from planner.errors import PlanConflict, ReviewConflict
from planner.store import Store, StoreSettings
from planner.urls import checked_id

__all__ = ["Claim", "Inputs", "Recorded", "Session", "Timing"]

DIAGNOSIS = "diagnosis.md"
CLUSTERS = "clusters.json"
PLAN = "plan.json"
REVIEW = "review.json"
TRACES = "teacher_traces"
CALL_LOG = f"{TRACES}/{call_records.LOG}"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a session holds before it is planned; `None` is what it does not hold."""

    diagnosis: bytes | None
    clusters: bytes | None
    plan: bytes | None


@dataclass(frozen=True)
class Session:
    """One session: `<sessions root>/<session id>` and how to reach it.

    A value; see `Store` for the errors that every method may raise.
    """

    url: str
    settings: StoreSettings = field(default_factory=StoreSettings)

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", Store(self.url, self.settings).url)

    @classmethod
    def at(cls, url: str, settings: StoreSettings | None = None) -> "Session":
        """Return the session at a URL or local path.

        Raises `SessionUrlInvalid` before anything is touched.
        """
        return cls(url, settings or StoreSettings())

    @classmethod
    def under(
        cls, root_url: str, session_id: str, settings: StoreSettings | None = None
    ) -> "Session":
        """Return the session with this id under a sessions root. Raises `SessionUrlInvalid`."""
        return cls.at(f"{root_url.rstrip('/')}/{checked_id(session_id)}", settings)

    @property
    def id(self) -> str:
        """The last part of the URL."""
        return self.url.rpartition("/")[2]

    @property
    def plan_url(self) -> str:
        """Where the frozen plan is, or will be."""
        return f"{self.url}/{PLAN}"

    @property
    def store(self) -> Store:
        """The bytes below this session."""
        return Store(self.url, self.settings)

    def read_inputs(self) -> Inputs:
        """Read the diagnosis, the clusters and a plan that is frozen already, in one round."""
        found = self.store.read_many([DIAGNOSIS, CLUSTERS, PLAN])
        return Inputs(found[DIAGNOSIS], found[CLUSTERS], found[PLAN])

    def read_plan(self) -> bytes | None:
        """Read the frozen plan, if there is one."""
        return self.store.read_many([PLAN])[PLAN]

    def freeze_plan(self, data: bytes) -> bool:
        """Create plan.json, once. The same bytes again are success.

        Returns whether this call created it. Raises `PlanConflict`, naming both sha256 digests,
        where another plan is frozen (it stays), and `StoreNotExclusive`.
        """
        return self.store.create(PLAN, data, PlanConflict)

    def read_review(self) -> bytes | None:
        """Read the frozen decisions on the plan, if there are any."""
        return self.store.read_many([REVIEW])[REVIEW]

    def freeze_review(self, data: bytes) -> bool:
        """Create review.json, once, like `freeze_plan`. Raises `ReviewConflict`."""
        return self.store.create(REVIEW, data, ReviewConflict)

    def read_reply(self, request_digest: str) -> dict[str, Any] | None:
        """Read the latest recorded answer to a request, if there is one.

        Raises `ArtifactInvalid`.
        """
        listing = call_records.Listing(self._traces)
        return call_records.latest_reply(self._traces, request_digest, listing).reply

    def claim(
        self,
        request_digest: str,
        call: dict[str, Any],
        *,
        ask_again: str | None = None,
        timing: Timing | None = None,
    ) -> Claim | Recorded:
        """Get the recorded answer to a request, or the sole right to ask for it.

        While another worker asks, this waits for its answer; when that worker has failed or is
        dead, the right passes on. A dead one is noticed at once on the same machine, after
        `Timing.silence` from another.

        Args:
            request_digest: What makes the request this one: letters, digits, `-` and `_`.
            call: The trace line as far as it is known before the call (timestamp, model, ...);
                it is what the log shows if this worker dies.
            ask_again: Pay for another answer although one is recorded. The token says for whom
                (a flow run's id): the same token again finds the answer it paid for.
            timing: How patient workers are with each other.

        Raises:
            TeacherBusy: Another worker was still asking after `Timing.patience`.
            ArtifactInvalid: A record cannot be read.
            StorageError: The store failed; nothing was asked.
        """
        return calls.claim(
            self._traces, request_digest, call, ask_again=ask_again, timing=timing or Timing()
        )

    def log_call(self, call: dict[str, Any]) -> None:
        """Add the trace line of a finished call that needed no claim to the log."""
        call_records.log_call(self._traces, call)

    @property
    def _traces(self) -> Store:
        return self.store.child(TRACES)
