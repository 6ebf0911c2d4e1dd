"""Every error this project raises, and whether a retry can help.

```
PlannerError
├── InputError                     what the caller gave cannot be used
│   ├── DiagnosisInvalid
│   ├── StudentInvalid
│   ├── PolicyInvalid
│   ├── SettingsInvalid
│   ├── ReviewInvalid
│   └── SessionUrlInvalid
├── TeacherError                   the call, or its answer, failed
│   ├── TeacherUnavailable         transient
│   ├── TeacherRateLimited         transient
│   ├── TeacherTimeout
│   ├── TeacherAuthFailed
│   ├── TeacherQuotaExhausted
│   ├── TeacherModelUnknown
│   ├── TeacherRequestInvalid
│   ├── TeacherContextOverflow
│   ├── TeacherRefused
│   ├── TeacherGarbled
│   ├── TeacherBusy                transient
│   ├── AnswerUnreadable
│   ├── BudgetExceeded
│   └── PriceUnknown
└── StorageError                   the session's store failed
    ├── StoreUnavailable           transient
    ├── StoreDenied
    ├── StoreNotExclusive
    ├── StoreFull
    ├── ArtifactMissing
    │   └── BucketMissing
    ├── ArtifactInvalid
    ├── ArtifactExists
    ├── PlanConflict
    └── ReviewConflict
```

Each error takes one message, a sentence that says what was wrong, where, and
what to do; all else is on the class. Errors of one message survive pickling,
which Prefect's result storage, process pools and Dask all need.
"""

from typing import ClassVar


class PlannerError(Exception):
    """The root of every error this project raises on purpose."""

    transient: ClassVar[bool] = False
    """Whether the same call may succeed when it is made again."""

    remedy: ClassVar[str] = ""
    """What the on-call engineer does about it: shown in the operations page."""

    retry_after: float | None = None
    """Seconds that the other side asked us to wait, where it did."""

    def __init__(self, message: str) -> None:
        super().__init__(message)

    @property
    def message(self) -> str:
        """The one sentence."""
        return str(self.args[0])


class InputError(PlannerError, ValueError):
    """What the caller gave cannot be used."""

    remedy = "Correct the named input and run again: nothing was sent or stored."


class DiagnosisInvalid(InputError):
    """diagnosis.md or clusters.json is missing, unreadable or contradicts itself."""

    remedy = "Correct the named file, cluster and field in the session, then run again."


class StudentInvalid(InputError):
    """A file of the student's directory cannot be read as what it should be."""

    remedy = "Correct the named file in the student's directory, then run again."


class PolicyInvalid(InputError):
    """The operator's tier policy names an unknown operation, tier or key."""

    remedy = "Correct the named rule of the policy file, then run again."


class SettingsInvalid(InputError):
    """A setting or parameter is out of its bounds, misspelt or contradicts another."""

    remedy = "Correct the named setting, then run again."


class ReviewInvalid(InputError):
    """Decisions on a plan name an unknown edit, contradict each other or leave one out."""

    remedy = "Correct the named decision, then decide again: nothing was frozen."


class SessionUrlInvalid(InputError):
    """A session's URL or id is not safe to touch storage with."""

    remedy = "Give a URL without credentials, `..` or control characters."


class TeacherError(PlannerError):
    """The teacher's call failed, or its answer cannot be used."""

    remedy = "Read the sentence, then the last line of teacher_traces/plan.jsonl."

    http_requests: int | None = None
    """How many HTTP requests the failed call made, where that is known."""


class TeacherUnavailable(TeacherError):
    """The teacher could not be reached or failed on its side (408, 5xx, 529, resets)."""

    transient = True
    remedy = "Usually passes by itself: retried with back-off, then rerun the session."


class TeacherRateLimited(TeacherError):
    """The provider asks for fewer calls (429); its Retry-After is honoured."""

    transient = True
    remedy = "Retried by itself. If it persists, lower the nightly flow's concurrency."


class TeacherTimeout(TeacherError):
    """The request was sent and no whole answer came in time: it may have been billed."""

    remedy = (
        "Check the provider's console for the charge, then rerun; raise the time limit "
        "or allow retries of read time-outs if this model is slow."
    )


class TeacherAuthFailed(TeacherError):
    """The provider refused the credentials or the permission (401, 403)."""

    remedy = "Set the key that belongs to this endpoint in the environment or the block."


class TeacherQuotaExhausted(TeacherError):
    """The account has no credit or quota left: waiting does not help."""

    remedy = "Add credit with the provider, or choose another model, then rerun."


class TeacherModelUnknown(TeacherError):
    """The provider does not know the model, or litellm does not know its provider."""

    remedy = "Correct the model string, for example `anthropic/claude-opus-4-5`."


class TeacherRequestInvalid(TeacherError):
    """The provider refused the request as invalid (400, 404, 413, 422)."""

    remedy = "Read the provider's sentence; set another structured-output form if it names one."


class TeacherContextOverflow(TeacherError):
    """The request is larger than the model's context window."""

    remedy = "Lower the request's token budget, or choose a model with a larger window."


class TeacherRefused(TeacherError):
    """The model or the provider's content filter declined to answer."""

    remedy = "Look at the diagnosis for what it declined, or choose another model."


class TeacherGarbled(TeacherError):
    """The endpoint answered with what is no chat completion; it may have been billed."""

    remedy = "Check that api_base is an endpoint of this provider, `/v1` included, then rerun."


class TeacherBusy(TeacherError):
    """Another worker is asking the teacher for this very request right now."""

    transient = True
    remedy = "Wait: the other worker's answer will be used. It is paid once."


class AnswerUnreadable(TeacherError):
    """The answer was paid for and recorded, but holds no readable edit."""

    remedy = (
        "Read the recorded answer beside teacher_traces/plan.jsonl; to pay for another one, "
        "run with --ask-again."
    )


class BudgetExceeded(TeacherError):
    """The estimate for the call is above the budget: nothing was sent."""

    remedy = "Raise max_cost_usd, lower the request's token budget, or choose a cheaper model."


class PriceUnknown(TeacherError):
    """A budget is set, but nobody knows what the model costs: nothing was sent."""

    remedy = "Give the model's prices (USD per million tokens), or lift the budget."


class StorageError(PlannerError):
    """The session's store failed."""

    remedy = "Read the sentence; the session is intact, and a rerun completes it."


class StoreUnavailable(StorageError):
    """The store could not be reached, asked to slow down, or broke off (5xx, resets)."""

    transient = True
    remedy = "Usually passes by itself: retried with back-off, then rerun the session."


class StoreDenied(StorageError):
    """The store refused the credentials or the permission."""

    remedy = "Renew the credentials, or grant read and write below the session's prefix."


class StoreNotExclusive(StorageError):
    """The store ignores exclusive creation: a frozen plan could be overwritten there."""

    remedy = "Use a store that honours `If-None-Match: *` (AWS, MinIO, Ceph, SeaweedFS)."


class StoreFull(StorageError):
    """The store has no space left."""

    remedy = "Free space, then rerun: what was stored before is intact."


class ArtifactMissing(StorageError):
    """A file that the step needs is not in the session (or its bucket does not exist)."""

    remedy = "Check the URL for a typing error, and that the diagnosis flow wrote its files."


class BucketMissing(ArtifactMissing):
    """The bucket or container of the URL does not exist: buckets are never created here."""

    remedy = "Create the bucket, or correct its name in the URL."


class ArtifactInvalid(StorageError):
    """A stored file of ours cannot be read back as what it should be."""

    remedy = "Restore the named file from a backup, or plan the session under a new id."


class ArtifactExists(StorageError):
    """An artifact that is created once is there already, with other content."""

    remedy = "Keep the stored one, or use a new session id."


class PlanConflict(ArtifactExists):
    """Another plan is frozen for this session; the stored one stays."""

    remedy = "Use the stored plan, or plan the changed inputs under a new session id."


class ReviewConflict(ArtifactExists):
    """Other decisions are frozen for this plan; the stored ones stay."""

    remedy = "Use the stored review: decisions are made once per plan."
