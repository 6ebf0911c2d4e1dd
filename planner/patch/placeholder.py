"""Added lines that only stand for text left out (rule R10)."""

import re

_ORNAMENT = " \t#/*-<>!()[]{}`_=~|:;.,\u2026\"'"
_LEFT_OUT = frozenset(
    re.findall(
        r"\w+",
        "rest remaining remainder unchanged omitted existing same before above below previous prior "
        "other others original continues continued etc more snip snipped truncated abbreviated brevity "
        "as here keep kept remains remain stays stay left untouched identical like and of the is are "
        "for in to with no changes change not shown prompt text content contents lines line section "
        "sections rules rule instructions instruction code file document items item part parts system "
        "everything else all it follows following",
    )
)
_TELLING = frozenset(
    re.findall(
        r"\w+",
        "rest remaining remainder unchanged omitted existing same previous original continues "
        "continued etc snip snipped truncated abbreviated brevity untouched identical above below "
        "before remains stays kept",
    )
)
_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")
_LONGEST = 120
"""Characters; a longer line says something of its own."""


def is_placeholder(line: str) -> bool:
    """Say whether a line only stands for text left out, as `... rest unchanged ...` does."""
    core = line.strip()
    if not core or len(core) > _LONGEST:
        return False
    words = _WORD.findall(core.lower())
    if not words:
        return _is_ellipsis(core)
    if not all(word in _LEFT_OUT for word in words):
        return False
    return _has_dots(core) or (core[0] in "[(<{" and not _TELLING.isdisjoint(words))


def _has_dots(core: str) -> bool:
    return "..." in core or "\u2026" in core


def _is_ellipsis(core: str) -> bool:
    """Say whether there are dots and, beside them, nothing but ornament."""
    return _has_dots(core) and not core.strip(_ORNAMENT)
