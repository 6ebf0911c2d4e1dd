"""What makes an item that parses no edit that anybody meant: damaged texts, withdrawn edits."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from planner.salvage.clipping import hidden_text, is_clipped, may_be_clipped
from planner.salvage.disavowal import disavows
from planner.salvage.tokens import TOKEN
from planner.schema import EDIT_FIELDS

_BROKEN_ESCAPE: Final = re.compile(r"[\x08\x0c\x7f-\x9f]|\r(?!\n)")
r"""What `\b`, `\f` and `\r` of a regex or of LaTeX become, and what a wrong decoding leaves."""

_INVISIBLE: Final = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")

_BROKEN_PATH: Final = re.compile(r"\b[A-Za-z]:\t\w")
r"""What `C:\temp` becomes."""

_WITHIN_SENTENCE: Final = re.compile(
    r"[(\[{`'\"\u201c]\r\n|\r\n[)\]}.,;:!?\u201d]|\r\n['\"`](?!\S)|\w\r\n[a-z]"
    r"|[ \t]\r\n[ \t]?\S|\S\r\n (?! )"
)
"""A line break that what stands beside it would not have."""
_SEVERAL: Final = 2

_RAW_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]|\r(?!\n)")

_TEMPLATE: Final = re.compile(r"<\|\w+\|>|<unk>|<0x[0-9A-F]{2}>|<(?:end|start)_of_turn>")
"""A model's own marks: the text breaks off there, or a character was lost."""

_MOJIBAKE: Final = re.compile(r"[\u00c2\u00c3][\u0080-\u00bf]|\u00e2(?:\u20ac|\u201a|\u0080)")

_MARKS: Final = ("<|", "<unk>", "<0x", "_of_turn>", "</s>")
_ESCAPED_SIGN: Final = re.compile(r"\\(?:[bfr]|(?<=:\\)t|u(?:00(?:[01789]|[c-fC-F])|[fF]{3}))")
_UNUSUAL: Final = re.compile("[\x80-\x9f\ufffd]|[\u00c2-\u00f4][^\x00-\x7f]")

_FIELDS: Final = frozenset(EDIT_FIELDS) | {"risk_tier"}
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


def is_sound(raw: str) -> bool:
    """Tell whether no text of a JSON document can be damaged, without parsing it."""
    return (
        "\x7f" not in raw
        and ("<" not in raw or not any(mark in raw for mark in _MARKS))
        and ("\\" not in raw or not _ESCAPED_SIGN.search(raw))
        and (raw.isascii() or not (_UNUSUAL.search(raw) or _INVISIBLE.search(raw)))
        and not may_be_clipped(raw)
    )


def holds_raw_control(raw: str) -> bool:
    """Tell whether a control character stands in a text as it is; JSON would escape a meant one."""
    if not _RAW_CONTROL.search(raw):
        return False
    # Between the texts it is a blank, or nothing at all.
    return any(
        token.lastgroup != "space" and _RAW_CONTROL.search(token[0])
        for token in TOKEN.finditer(raw)
    )


def damage(value: Mapping[str, Any]) -> str | None:
    """Return why a text or a key of an item cannot be what its writer meant.

    Its risk tier is nobody's concern, whatever it is.
    """
    for text, is_key in _texts({**value, "risk_tier": None}):
        if is_key and "\n" in text:
            return "a line breaks inside of a key"
        if is_key and _INVISIBLE.search(text):
            return "a key of it holds a character that nobody sees"
        if why := _damage_of(text):
            return why
    return None


def _damage_of(text: str) -> str | None:
    if "\r\n" in text and _is_broken_crlf(text):
        return "a text of it holds a line break as a broken `\\r\\n` leaves it"
    if _BROKEN_ESCAPE.search(text) or ("\t" in text and _BROKEN_PATH.search(text)):
        return "a text of it holds a control character, as a broken escape leaves it"
    if "<" in text and (_TEMPLATE.search(text) or ("</s>" in text and "<s>" not in text)):
        return "a text of it holds a model's own mark, where a turn ends or a character was lost"
    if not text.isascii():
        if "\ufffd" in text:
            return "a text of it holds U+FFFD: a character was lost"
        if _is_mojibake(text):
            return "a text of it was decoded wrongly on its way"
    return None


def _is_broken_crlf(text: str) -> bool:
    r"""Tell whether `\r\n` stood in a sentence: of a text's own line breaks most are alike.

    Parts of a text may have been copied from where lines end otherwise: then there are several
    such lines, and none goes on behind its end.
    """
    if " \r\n " in text:
        return True
    endings = text.count("\r\n")
    is_mixed = text.count("\n") > endings
    return is_mixed and (endings < _SEVERAL or _WITHIN_SENTENCE.search(text) is not None)


def _is_mojibake(text: str) -> bool:
    if _MOJIBAKE.search(text):
        return True
    try:
        return text.encode("cp1252").decode() != text
    except UnicodeError:
        return False


def _texts(value: Any) -> Iterator[tuple[str, bool]]:
    """Yield the texts and keys of a value, and whether each is a key."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            yield one, False
        elif isinstance(one, dict):
            yield from ((key, True) for key in one)
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)


def loss(value: Mapping[str, Any]) -> str | None:
    """Return why an item is not whole: something clipped or hid a text of it."""
    if any(is_clipped(text) for text, _ in _texts(value)):
        return "a text of it was clipped: a mark tells how much is missing, or that something is"
    hidden = hidden_text(value.get("payload"))
    return hidden and f"a text of its payload was hidden: `{hidden.strip()[:40]}` stands for it"


def is_plain(value: Mapping[str, Any]) -> bool:
    """Tell whether an item has the fields of an edit only: none of them takes it back."""
    if not value.keys() <= _FIELDS:
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
        if key not in _FIELDS and _refuses(key, given, of_edit=of_edit):
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
