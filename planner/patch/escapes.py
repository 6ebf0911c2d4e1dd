r"""Undo escaped newlines: a diff that arrives as one line with `\n` spelt out."""

import json
import re

_ESCAPED_BODY = re.compile(
    r"^[ \t]*(?:@@|--- |diff --git )[^\n]*?\\n(?:\\r)?[-+ @\\]", re.MULTILINE
)
_DEEPEST = 3


def spellings(text: str) -> list[str]:
    """Return the texts that a diff may stand for: itself, or with its escapes undone.

    Where newlines are spelt out, two writers are possible: one escaped the
    whole text as JSON does, the other only the newlines.
    """
    if "\\n" not in text or not _is_escaped(text):
        return [text]
    decoded = _from_json(text)
    plain = text.replace("\\r\\n", "\n").replace("\\n", "\n")
    return [plain] if decoded in {None, plain} else [plain, str(decoded)]


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
