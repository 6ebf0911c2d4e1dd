"""What makes an item that parses no edit that anybody meant: damaged texts, withdrawn edits."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_BROKEN_ESCAPE: Final = re.compile(r"[\x08\x0c\x7f-\x9f]|\r(?!\n)")
r"""What `\b`, `\f` and `\r` of a regex or of LaTeX become, and what a wrong decoding leaves."""

_BROKEN_PATH: Final = re.compile(r"\b[A-Za-z]:\t\w")
r"""What `C:\temp` becomes."""

_RAW_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]|\r(?!\n)")

_TEMPLATE: Final = re.compile(r"<\|\w+\|>|<unk>|<0x[0-9A-F]{2}>|<(?:end|start)_of_turn>")
"""A model's own marks: the text breaks off there, or a character was lost."""

_MOJIBAKE: Final = re.compile(r"[\u00c2\u00c3][\u0080-\u00bf]|\u00e2(?:\u20ac|\u201a|\u0080)")

_MARKS: Final = ("<|", "<unk>", "<0x", "_of_turn>", "</s>")
_ESCAPED_SIGN: Final = re.compile(r"\\(?:[bfr]|(?<=:\\)t|u(?:00(?:[01789]|[c-fC-F])|[fF]{3}))")
_UNUSUAL: Final = re.compile("[\x80-\x9f\ufffd]|[\u00c2-\u00f4][^\x00-\x7f]")

_FIELDS: Final = frozenset(
    ("op", "id", "pillar", "target", "payload", "rationale", "expected_improvement")
) | {"references", "risk_tier"}
_WITHDRAWN: Final = re.compile(
    r"withdrawn|rejected|discarded|skip(?:ped)?|do_?not_?apply|disabled|deprecated|obsolete"
    r"|superseded|cancell?ed|dropped|deferred|draft|example|ignored?"
)
_STANDING: Final = frozenset({"apply", "enabled", "active", "accepted", "approved", "selected"})
_VERDICTS: Final = frozenset({"status", "decision", "state", "verdict", "kind", "type"})


def is_sound(raw: str) -> bool:
    """Tell whether no text of a JSON document can be damaged, without parsing it."""
    return (
        "\x7f" not in raw
        and ("<" not in raw or not any(mark in raw for mark in _MARKS))
        and ("\\" not in raw or not _ESCAPED_SIGN.search(raw))
        and (raw.isascii() or not _UNUSUAL.search(raw))
    )


def holds_raw_control(raw: str) -> bool:
    """Tell whether a control character stands in a text as it is; JSON would escape a meant one."""
    return _RAW_CONTROL.search(raw) is not None


def damage(value: Mapping[str, Any]) -> str | None:
    """Return why a text or a key of an item cannot be what its writer meant.

    Its risk tier is nobody's concern, whatever it is.
    """
    for text, is_key in _texts({**value, "risk_tier": None}):
        if is_key and "\n" in text:
            return "a line breaks inside of a key"
        if why := _damage_of(text):
            return why
    return None


def _damage_of(text: str) -> str | None:
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


def is_plain(value: Mapping[str, Any]) -> bool:
    """Tell whether an item has the fields of an edit only: none of them takes it back."""
    return value.keys() <= _FIELDS


def withdrawal(value: Mapping[str, Any]) -> str | None:
    """Return why an edit is not meant to be applied, where it says so itself."""
    for key, given in value.items():
        name = key.lower()
        if given is True and _WITHDRAWN.fullmatch(name):
            return f"it says of itself that it is not meant: `{key}` is true"
        if given is False and name in _STANDING:
            return f"it says of itself that it is not meant: `{key}` is false"
        if name in _VERDICTS and isinstance(given, str) and _WITHDRAWN.match(given.lower()):
            return f"it says of itself that it is not meant: `{key}` is {given[:40]!r}"
    return None


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
