"""Nothing unsafe reaches storage: every URL and name is checked before it is used.

The rules are those that behave alike on local files, memory and object stores:
what one of them would cut off, decode, fold or resolve is refused on all.
Refusals never repeat what was given, because it may hold a secret.
"""

import re
import unicodedata
from pathlib import Path

from planner.errors import SessionUrlInvalid

PROTOCOLS = ("file", "memory", "s3", "gs", "abfs")

_URL = re.compile(r"(?P<protocol>[A-Za-z][A-Za-z0-9+.-]*):/(?P<rest>.*)", re.DOTALL)
_SECRET_QUERY = re.compile(
    r"[?&](x-amz-[a-z-]+|awsaccesskeyid|signature|sig|token|key|secret|password|credential)[^=/]*=",
    re.IGNORECASE,
)
_SEGMENT_BYTES = 255  # NAME_MAX of local file systems
_PATH_BYTES = 900  # S3 keys end at 1,024 bytes, and the session's own names need room


def checked_url(url: str) -> str:
    """Return the URL in its one canonical form: `protocol://path`, no slash at the end.

    A plain local path becomes a `file://` URL. Nothing is decoded: `%20` is three characters.

    Raises `SessionUrlInvalid` for another protocol, credentials, `..`, control characters, and
    whatever else does not mean the same on every store.
    """
    protocol, path = _split(url)
    if protocol not in PROTOCOLS:
        raise SessionUrlInvalid(
            f"The protocol of the URL is not supported; use one of {', '.join(PROTOCOLS)}, "
            "or a local path."
        )
    _refuse_credentials(path)
    root, relative = _rooted(protocol, path.rstrip("/"))
    return f"{protocol}://{root}{checked_name(relative)}"


def checked_name(name: str) -> str:
    """Return a relative name of one or more segments as it was given: safe below any root.

    Raises `SessionUrlInvalid`.
    """
    reason = _length_fault(name) or next(filter(None, map(_segment_fault, name.split("/"))), None)
    if reason:
        raise SessionUrlInvalid(f"A part of the URL or name {reason}; give one without.")
    return name


def checked_id(session_id: str) -> str:
    """Return a session's id, one safe segment. Raises `SessionUrlInvalid`."""
    if "/" in session_id:
        raise SessionUrlInvalid("A session id holds a slash; give the last part of the URL only.")
    return checked_name(session_id)


def _split(url: str) -> tuple[str, str]:
    match = _URL.match(url)
    if match is None:
        # Absolute without resolving: `..` must stay visible to the check.
        return "file", str(Path.cwd() / url) if url else ""
    if not match["rest"].startswith("/"):
        raise SessionUrlInvalid("The URL has one slash after its protocol; write `protocol://`.")
    return match["protocol"].lower(), match["rest"][1:]


def _rooted(protocol: str, path: str) -> tuple[str, str]:
    if protocol == "file":
        if not path.startswith("/"):
            raise SessionUrlInvalid("A file URL needs an absolute path: `file:///path`.")
        return "/", path[1:]
    return "", path.removeprefix("/") if protocol == "memory" else path


def _refuse_credentials(path: str) -> None:
    if "@" in path.partition("/")[0] or _SECRET_QUERY.search(path):
        raise SessionUrlInvalid(
            "The URL holds what looks like credentials, which would be stored in the open; "
            "give them through the environment or a block."
        )


def _length_fault(name: str) -> str | None:
    if any("\ud800" <= char <= "\udfff" for char in name):
        return "holds half a character (a lone surrogate)"
    if len(name.encode()) > _PATH_BYTES:
        return f"is longer than {_PATH_BYTES} bytes"
    return None


def _segment_fault(segment: str) -> str | None:
    faults = {
        "is empty (two slashes in a row, or nothing at all)": not segment,
        "is `.` or `..`": segment in {".", ".."},
        "holds a backslash": "\\" in segment,
        "holds a control character or line break": any(map(_is_control, segment)),
        "is longer than 255 bytes": len(segment.encode()) > _SEGMENT_BYTES,
        "is not in Unicode's composed form (NFC), which some stores fold": (
            not unicodedata.is_normalized("NFC", segment)
        ),
        "holds `::` or `?versionId=`, which some stores cut off": (
            "::" in segment or "?versionId=" in segment
        ),
    }
    return next((reason for reason, found in faults.items() if found), None)


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Zl", "Zp"} or char in "\ufffe\uffff"
