"""What went wrong in a store, as one sentence of ours.

Drivers raise `OSError`, botocore's and aiohttp's own classes, and more. Their texts
may carry keys or addresses, so only their codes and class names are repeated.
"""

import errno
import re
from collections.abc import Iterator

from planner.errors import (
    ArtifactInvalid,
    ArtifactMissing,
    BucketMissing,
    SessionUrlInvalid,
    StorageError,
    StoreDenied,
    StoreFull,
    StoreUnavailable,
)

_CONFLICT = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409", "OperationAborted"}
_NO_BUCKET = {"NoSuchBucket", "ContainerNotFound"}
_DENIED = {
    "AccessDenied",
    "403",
    "401",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
    "TokenRefreshRequired",
    "RequestTimeTooSkewed",
    "AllAccessDisabled",
    "AuthorizationHeaderMalformed",
    "PermanentRedirect",
    "301",
    "NoCredentialsError",
    "PartialCredentialsError",
    "CredentialRetrievalError",
    "TokenRetrievalError",
    "SSOTokenLoadError",
    "UnauthorizedSSOTokenError",
    "ProfileNotFound",
    "ClientAuthenticationError",
    "RefreshError",
    "DefaultCredentialsError",
}
_FULL = {"QuotaExceeded", "XMinioStorageFull", "InsufficientCapacity", "507", "ENOSPC", "EDQUOT"}
_UNAVAILABLE = {
    "SlowDown",
    "ServiceUnavailable",
    "InternalError",
    "RequestTimeout",
    "Throttling",
    "ThrottlingException",
    "TooManyRequests",
    "BandwidthLimitExceeded",
    "429",
    "500",
    "502",
    "503",
    "504",
    "EBUSY",
    "EREMOTEIO",
    "EIO",
    "ETIMEDOUT",
    "ESTALE",
    "TimeoutError",
    "ConnectionError",
    "IncompleteRead",
    "IncompleteBody",
    "ResponseParserError",
    "HTTPClientError",
    "ClientPayloadError",
    "ClientConnectionError",
    "ServiceRequestError",
    "ServiceResponseError",
}
_HINTS = {
    "AccessDenied": "; S3 answers so for a missing file, too, where s3:ListBucket is not granted",
    "ExpiredToken": "; the session token has expired",
    "PermanentRedirect": "; the bucket is in another region, set that one",
    "AuthorizationHeaderMalformed": "; the bucket is in another region, set that one",
    "RequestTimeTooSkewed": "; this machine's clock is wrong",
    "NoCredentialsError": "; no credentials were found in the environment or the settings",
    "EROFS": "; it is mounted read-only",
}


def is_conflict(error: BaseException) -> bool:
    """Whether an exclusive creation failed because the object is there, or being made."""
    return isinstance(error, FileExistsError) or not _CONFLICT.isdisjoint(_codes(error))


def is_missing_bucket(error: BaseException) -> bool:
    """Whether the bucket or container, not only the object, is missing."""
    return not _NO_BUCKET.isdisjoint(_codes(error))


def translated(error: BaseException, act: str, where: str) -> StorageError | SessionUrlInvalid:
    """Our error for a driver's: what was wrong, where, and what to do.

    Args:
        error: whatever the driver raised.
        act: what was tried, as in `read`.
        where: the URL of the object.
    """
    codes = list(_codes(error))
    kind, advice = _verdict(error, codes)
    hint = next((_HINTS[code] for code in codes if code in _HINTS), "")
    return kind(f"Could not {act} {where}: {advice} ({codes[0]}{hint}).")


def _verdict(
    error: BaseException, codes: list[str]
) -> tuple[type[StorageError] | type[SessionUrlInvalid], str]:
    if is_missing_bucket(error):
        return BucketMissing, "the bucket does not exist; create it, or correct the URL"
    if isinstance(error, FileNotFoundError):
        return ArtifactMissing, "it does not exist; check the URL"
    if isinstance(error, PermissionError) or not _DENIED.isdisjoint({*codes, *_errno(error)}):
        return StoreDenied, "the store refused; check credentials, region and permissions"
    return _other_verdict(codes)


def _other_verdict(
    codes: list[str],
) -> tuple[type[StorageError] | type[SessionUrlInvalid], str]:
    verdicts: list[tuple[set[str], type[StorageError] | type[SessionUrlInvalid], str]] = [
        (_FULL, StoreFull, "the store is full; free space and run again"),
        (_UNAVAILABLE, StoreUnavailable, "the store did not answer as it should; try again"),
        ({"EROFS"}, StoreDenied, "the store refused; make it writable"),
        ({"ENAMETOOLONG", "KeyTooLongError"}, SessionUrlInvalid, "the name is too long"),
        (
            {"EISDIR", "ENOTDIR", "IsADirectoryError", "NotADirectoryError"},
            ArtifactInvalid,
            "a directory and a file are in each other's place; move one away",
        ),
    ]
    found = (verdict for table, *verdict in verdicts if not table.isdisjoint(codes))
    kind, advice = next(found, (StorageError, "the store failed in an unknown way"))
    return kind, advice  # type: ignore[return-value]


def _errno(error: BaseException) -> set[str]:
    name = errno.errorcode.get(getattr(error, "errno", None) or 0)
    return {name} if name else set()


def _codes(error: BaseException) -> Iterator[str]:
    """Service code, HTTP status, errno and class names, the most telling first."""
    seen: BaseException | None = error
    while seen is not None:
        yield from _service_codes(seen)
        seen = seen.__cause__
    yield from sorted(_errno(error))
    yield from (kind.__name__ for kind in type(error).__mro__ if kind not in {object, OSError})


def _service_codes(error: BaseException) -> Iterator[str]:
    response = getattr(error, "response", None)
    told = response if isinstance(response, dict) else {}
    candidates = (
        told.get("Error", {}).get("Code"),  # S3
        told.get("ResponseMetadata", {}).get("HTTPStatusCode"),
        getattr(error, "error_code", None),  # Azure
        getattr(error, "status_code", None),
        getattr(error, "code", None),  # Google
    )
    texts = map(str, filter(None, candidates))
    yield from (text for text in texts if re.fullmatch(r"[A-Za-z0-9.]{1,64}", text))
