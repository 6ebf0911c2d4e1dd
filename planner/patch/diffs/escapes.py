r"""Undo quoting: a diff that arrives as a JSON value, in markup, or with `\n` spelt out."""

import html
import json
import re

_ESCAPED_BODY = re.compile(
    r"^[ \t]*(?:@@|--- |diff --git )[^\n]*?\\n(?:\\r)?[-+ @\\]", re.MULTILINE
)
_ADDED_ESCAPE = re.compile(r"^\+.*\\[\"'\\/bfnrtux]", re.MULTILINE)
_BROKEN_ESCAPE = re.compile(r"^\+.*\\$", re.MULTILINE)
_DEEPEST = 3
_FENCED = re.compile(r"```(?:json)?[ \t]*\n(\s*[\"{].*)```", re.DOTALL)
_NAMES = frozenset({"diff", "patch", "unified_diff"})
_SPELT = re.compile(r"(?<!\\)\\n")
_LITERAL = re.compile(r"(\\[^n])|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`")
"""A string, or a lone escape: else each escaped quote would be looked at as a string's start."""
_BETWEEN_LINES = re.compile(r"[)\]};\"](?:\\n)+[ \t]*[\w@#/$\"{(\[<]")
"""A newline spelt out that no string holds: a line of code ends before it, one begins after it."""
_COLOUR = re.compile(r"\x1b\[[\d;]*[mK]")
_ENTITY = re.compile(
    r"^[- ][^\n&]*&(?:lt|gt|amp|quot|apos|#\d{1,6}|#x[0-9a-fA-F]{1,5});", re.MULTILINE
)
_BARE_MARKUP = re.compile(r"^[-+ ][^\n]*?(?:[<>]|&(?!\w{2,8};|#\w{1,6};))", re.MULTILINE)
"""A sign on a line of a hunk that markup would spell."""
_QUOTED = re.compile(r"([\"'`]{1,3})((?:@@|--- |diff --git ).*)\1", re.DOTALL)


def unquoted(text: str) -> str:
    """Return the diff that a text quotes: as a JSON string, as a field of an object, in ticks."""
    for _ in range(_DEEPEST):
        bare = text.strip()
        fenced = _FENCED.fullmatch(bare) if bare[:3] == "```" else None
        if fenced:
            bare = fenced[1].strip()
        inner = _json_value(bare) if bare[:1] in {'"', "{"} else None
        if inner is None:
            found = _QUOTED.fullmatch(bare)
            return found[2] if found else text
        text = inner
    return text


def without_colours(text: str) -> str:
    """Return a text without the colours of a terminal, as `git diff --color` writes them."""
    return _COLOUR.sub("", text)


def without_entities(text: str) -> str | None:
    """Return a diff as it was before all of it was written for markup; None where it was not.

    A kept or a removed line has an entity then, and none a sign that no markup leaves as it is.
    """
    if not _ENTITY.search(text) or _BARE_MARKUP.search(text):
        return None
    return html.unescape(text)


def _json_value(text: str) -> str | None:
    """Read a text as a JSON string, or as an object that holds one, or one called a diff.

    What else an object says stands before the diff then, as prose does.
    """
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        value = _field(value)
    return value if isinstance(value, str) else None


def _field(fields: dict[str, object]) -> object:
    if len(fields) == 1:
        (value,) = fields.values()
        return value
    named = [name for name in fields if name in _NAMES]
    texts = [value for value in fields.values() if isinstance(value, str)]
    if len(named) != 1 or len(texts) != len(fields):
        return None
    others = [str(value) for name, value in fields.items() if name not in _NAMES]
    return "\n\n".join([*others, str(fields[named[0]])])


def spellings(text: str) -> list[str]:
    """Return the texts that a diff may stand for: itself, or with its escapes undone.

    Where newlines are spelt out, two writers are possible: one escaped the
    whole text as JSON does, the other only the newlines. None is left where an
    added line has another escape that JSON cannot read.
    """
    if "\\n" not in text or not _is_escaped(text):
        return [text]
    decoded = _from_json(text)
    plain = text.replace("\\r\\n", "\n").replace("\\n", "\n")
    spelt = [] if _BROKEN_ESCAPE.search(plain) else [plain]
    if decoded is None:
        return [] if _ADDED_ESCAPE.search(plain) else spelt
    return spelt if decoded == plain else [*spelt, decoded]


def _is_escaped(text: str) -> bool:
    return "\n" not in text.strip() or bool(_ESCAPED_BODY.search(text))


def _from_json(text: str) -> str | None:
    """Read a text as the inside of a JSON string, once or more; None where it is none."""
    for _ in range(_DEEPEST):
        try:
            text = json.loads(f'"{text}"', strict=False)
        except ValueError:
            return None
        if "\\n" not in text or not _is_escaped(text):
            return text
    return None


def newlines_spelt(text: str) -> int:
    """Return how many newlines a line spells out."""
    return len(_SPELT.findall(text)) if "\\n" in text else 0


def joins_lines(code: str) -> bool:
    """Say whether a line of code spells a newline out between two lines, and not in a string."""
    if "\\n" not in code:
        return False
    return bool(_BETWEEN_LINES.search(_LITERAL.sub(lambda found: found[1] or '""', code)))
