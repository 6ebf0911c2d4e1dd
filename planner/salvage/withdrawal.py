"""How an item says of itself that nobody means it: by its reasons, or by a key that no edit has."""

import re
from collections.abc import Mapping
from typing import Any, Final

from planner.salvage.disavowal import disavows
from planner.schema import KNOWN_FIELDS

_STANDING: Final = re.compile(
    r"(?:is_?|to_?be_?|should_?|(?:ok|safe|ready|cleared)_?(?:to|for)_?)?(?:appl(?:y|ied)|enabled?|active|accept(?:ed)?"
    r"|approved?|selected|included?|final|valid|confirmed|recommended|keep|use|ok|correct|proposed"
    r"|meant|intended|wanted|verified|chosen|ready)"
)
"""Keys of what holds where they are true."""
_ANSWERED: Final = re.compile(
    r"(?:is_?|to_?be_?)?(?:appl(?:y|ied)|enabled?|active|included?|approved?)"
)
_YES: Final = re.compile(
    r"\s*(?:y|yes|true|on|ok|now|auto\w*|always|tonight|immediately|approved)\b", re.IGNORECASE
)
_VERDICTS: Final = frozenset({"status", "decision", "state", "verdict", "kind", "type"})
_REMARKS: Final = frozenset(
    {"note", "notes", "comment", "comments", "remark", "remarks", "warning", "disclaimer"}
)
_NAMES_NO: Final = re.compile(
    r"(?:^|_)(?:not|withdrawn|rejected|superseded|replaced|draft|discarded|skip(?:ped)?|disabled"
    r"|deprecated|obsolete|cancell?ed|dropped|deferred|ignored?|rolled|reverted|dry|undone|retracted"
    r"|revoked|void(?:ed)?|wrong|invalid|incorrect|mistaken?|bad|hold|held|pending|excluded?|removed"
    r"|deleted|struck|crossed|denied|declined|blocked|unsafe|tentative|hypothetical|fake|dummy"
    r"|placeholder|sample|template|illustration|duplicate|alternative|simulated?|wip"
    r"|example)(?:_|$)"
)
_SAYS_NO: Final = re.compile(
    r"\b(?:not|don.?t|never|withdrawn?|superseded|draft|roll(?:ed|ing)?[ -]?back|dry[ -]?run"
    r"|reject(?:ed)?|declined|obsolete|deprecated|skip(?:ped)?|ignored?|discard(?:ed)?|dropped"
    r"|retract(?:ed)?|revoked?|void(?:ed)?|removed?|deleted?|excluded?|invalid|wrong|tentative"
    r"|pending|blocked|denied|undone"
    r"|cancell?ed|on hold|deferred|disabled|reverted|no|false|hypothetical|example)\b",
    re.IGNORECASE,
)
_NOT_TO_APPLY: Final = re.compile(
    r"\b(?:not|n.t|never)(?: (?:be|being|to|an?|the|yet))* (?:appl\w+|approved"
    r"|included?|meant|intended|final|part of)\b|\b(?:withdrawn|superseded|rolled back|dry[ -]run"
    r"|(?:just|only|merely) an? (?:draft|example)"
    r"|please (?:skip|ignore|drop))\b|^\W*(?:draft|example|rejected|obsolete|skip)\b",
    re.IGNORECASE,
)
_MAX_VERDICT: Final = 80
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|[-\s]+")


def is_plain(value: Mapping[str, Any]) -> bool:
    """Tell whether an item has the fields of an edit only: none of them takes it back."""
    if not value.keys() <= KNOWN_FIELDS:
        return False
    reasons = value.get("rationale")
    return not isinstance(reasons, str) or not disavows(reasons)


def withdrawal(value: Mapping[str, Any], *, of_edit: bool = True) -> str | None:
    """Return why an edit, or what holds a list of them, is not meant, where it says so itself."""
    of_edit = of_edit and "op" in value
    reasons = value.get("rationale")
    if of_edit and isinstance(reasons, str) and disavows(reasons):
        return "its rationale says that it is not meant"
    for key, given in value.items():
        if key not in KNOWN_FIELDS and _refuses(key, given, of_edit=of_edit):
            shown = "true" if given is True else "false" if given is False else repr(given)[:60]
            return f"it says of itself that it is not meant: `{key[:40]}` is {shown}"
    return None


def _refuses(key: str, given: Any, *, of_edit: bool) -> bool:
    """Tell whether a key that is none of an edit's own takes back what it stands beside."""
    if given is None or isinstance(given, dict | list):
        return False
    name = snake_cased(key)
    stands = _STANDING.fullmatch(name) is not None
    if isinstance(given, bool):
        return given != stands and (stands or _NAMES_NO.search(name) is not None)
    if isinstance(given, str):
        return bool(given) and _says_no(name, given, stands=stands, of_edit=of_edit)
    return stands and not given


def snake_cased(key: str) -> str:
    """Return a key as `needs_approval`, however it is spelt: `needsApproval`, `Needs approval`."""
    return _HUMP.sub("_", key).lower()


def _says_no(name: str, given: str, *, stands: bool, of_edit: bool) -> bool:
    if _NAMES_NO.search(name) or (_ANSWERED.fullmatch(name) and not _YES.match(given)):
        return True
    if (stands or name in _VERDICTS) and len(given) <= _MAX_VERDICT:
        return _SAYS_NO.search(_HUMP.sub(" ", given.replace("_", " "))) is not None
    if not of_edit:
        # What stands beside a list is judged as prose is (`beside`).
        return name in _REMARKS and disavows(given)
    return _NOT_TO_APPLY.search(given) is not None or disavows(given)


def may_be_completed(value: Mapping[str, Any]) -> bool:
    """Tell whether an answer's last edit ends with its payload, and says nothing below it.

    Gateways close the brackets of what was cut; the fields that are asked for below the
    payload are missing then.
    """
    return (
        bool(value.get("payload"))
        and list(value)[-1] == "payload"
        and value.keys().isdisjoint(("rationale", "expected_improvement", "references"))
    )
