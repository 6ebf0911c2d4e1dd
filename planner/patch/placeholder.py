"""Added lines that only stand for text left out (rule R10)."""

import re

_DOTS = re.compile(r"\.{3,}|\u2026")
_WORD = re.compile(r"[a-z]+")
_MARKS = " \t#/*-<>!()[]{}`_=~|:;,\"'+%"
_TELLING = frozenset(
    {
        *("rest", "remaining", "remainder", "unchanged", "omitted", "existing", "same", "previous"),
        *("original", "continues", "continued", "etc", "snip", "snipped", "truncated", "untouched"),
        *("abbreviated", "brevity", "above", "below", "before", "remains", "kept", "unmodified"),
    }
)
_FILLING = frozenset(
    {
        *("other", "others", "more", "prior", "as", "here", "keep", "remain", "stays", "stay"),
        *("left", "identical", "like", "and", "of", "the", "is", "are", "for", "in", "to", "with"),
        *("no", "changes", "change", "not", "shown", "prompt", "text", "content", "contents"),
        *("lines", "line", "section", "sections", "rules", "rule", "instructions", "code", "file"),
        *("document", "items", "part", "parts", "system", "everything", "else", "all", "it", "out"),
    }
)
_LONGEST = 120
"""Characters; a longer line says something of its own."""


def is_placeholder(line: str) -> bool:
    """Say whether a line only stands for text left out, as `... rest unchanged ...` does."""
    if len(line) > _LONGEST:
        return False
    words = _WORD.findall(line.lower())
    if not words or _TELLING.isdisjoint(words):
        return is_ellipsis(line)
    core = line.strip(_MARKS)
    return _edged(core) or _bracketed(line.strip()) or _TELLING.union(_FILLING).issuperset(words)


def is_ellipsis(line: str) -> bool:
    """Say whether dots, and nothing but ornament beside them, stand on a line."""
    if "..." not in line and "\u2026" not in line:
        return False
    return not _DOTS.sub("", line).strip(_MARKS + ".")


def _edged(core: str) -> bool:
    """Say whether dots open or close a line."""
    return core.startswith(("...", "\u2026")) or core.endswith(("...", "\u2026"))


def _bracketed(text: str) -> bool:
    return text[:1] in "[(<{" and text[-1:] in "])>}"
