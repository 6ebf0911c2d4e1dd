"""Fields of a template that come back in a spelling that nothing fills in."""

import re
from collections import Counter
from typing import Final

_WORDED: Final = re.compile(r"\{[A-Za-z][\w -]{1,60}\}")
_JOINTS: Final = re.compile(r"[\s_-]")
_FIELD: Final = re.compile(
    r"(\$?\{{1,3}[ \t]?|\$|%\(?|</?|\[)([A-Za-z_][\w.]{1,60})([ \t]?\}{1,3}|%|\)[sd]|>|\]|\b)"
)
"""What opens it, its name, and what closes it."""


def respelt(prompt: str, written: str, removed: str) -> str | None:
    """Return a field of removed text, `{name}`, that is written as `{{name}}` or `<NAME>` now.

    A spelling that the prompt has itself is its style, a tag that is closed is none, and
    where nothing else changes the spelling was meant.
    """
    if "{" not in removed:
        return None
    fields, old = _FIELD.findall(written), Counter(_FIELD.findall(removed))
    gone = (old - Counter(fields)).keys()
    names = {name.casefold() for opens, name, closes in gone if _encloses(opens, closes)}
    for worded in _WORDED.findall(written):
        if worded not in prompt and _JOINTS.sub("", worded[1:-1]).casefold() in {
            _JOINTS.sub("", name) for name in names
        }:
            return str(worded)
    found = [field for field in fields if field[1].casefold() in names and field not in old]
    if not found or _FIELD.sub(r"\2", written) == _FIELD.sub(r"\2", removed):
        return None
    theirs = _FIELD.findall(prompt)
    tags = {name for opens, name, _ in [*theirs, *fields] if opens == "</"}
    usual = {(opens, closes) for opens, name, closes in theirs if name not in tags}
    for opens, name, closes in found:
        brackets = opens, closes
        if brackets not in usual and name not in tags and opens.count("{") == closes.count("}"):
            return f"{opens}{name}{closes}"
    return None


def _encloses(opens: str, closes: str) -> bool:
    """Say whether braces stand around a name, as many behind it as before."""
    return 0 < opens.count("{") == closes.count("}")


def half_renamed(before: str, after: str) -> str | None:
    """Return a field that took another one's place, while that one still stands elsewhere."""
    if "{" not in before:
        return None
    old, new = (Counter(name for _, name, _ in _FIELD.findall(text)) for text in (before, after))
    halved: list[str] = [name for name, count in old.items() if 0 < new[name] < count]
    fresh: list[str] = [name for name in new if name not in old]
    names, others = "\n".join(halved), "\n".join(fresh)
    longer = next((name for name in halved if name in others), None)
    if longer is not None:
        return next(other for other in fresh if longer in other)
    return next((other for other in fresh if other in names), None)
