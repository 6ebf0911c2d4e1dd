"""What the lines that frame a diff say beside names, numbers and times.

The tail of a hunk's header, the lines that name the files and what stands behind a fence's
language are words beside the diff, as prose around it is: `@@ -3 +3 @@ do not apply`.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from planner.patch.diffs.page import Page
from planner.patch.lines import fold

_NAMED: Final = re.compile(
    r"(?:---|\+\+\+|Index:|\*\*\* Update File:|diff --git \S+|index (?=\S+\.\.))[ \t]*"
    r"(?:.*?\.[A-Za-z]\w{0,7}\"?(?!\S)|[^\s/]*/\S*|\S+\.\.\S+|\S+(?=\t|[ \t]*\(|[ \t]*$))?"
    r"[ \t]*(.*)"
)
"""A line that names a file: what stands behind the name."""
_NUMBERS: Final = re.compile(
    r"@@+(?:[ \t]*-\S{1,40}[ \t]+\+\S{1,40})?|[-+][ \t]*\d+(?:[ \t]*,[ \t]*\d+)?"
)
"""Of the lines at which a hunk stands, or what is written for those that nobody knows."""
_ONLY_NUMBERS: Final = re.compile(r"@@[-+, \d]*@@\s*\Z")
_SETTING: Final = re.compile(r"\{[^{}]*\}|(?<![\w-])[\w-]+=|(?<![^\s\"'=])[^\s\"'=]+\.[A-Za-z]\w*")
"""Behind the language of a fence: attributes, what a value is called by, and names of files."""
_LANGUAGE: Final = re.compile(r"\A[\w+-]*")
_WORD: Final = re.compile(r"[^\W\d_]+")
_CODE: Final = re.compile(
    r"(?:async|class|const|def|export|fn|func|function|impl|import|interface|let|module|namespace"
    r"|private|public|static|struct|sub|type|var)[ \t]+\S|[\w.]+\("
)
"""With what git shows the function that a hunk stands in."""
_AROUND: Final = " \t#*_>+-:[]()`\"'.\u2026"
_SHORTEST: Final = 20
"""Characters; what is shorter may be words of its own, with which a line of the prompt begins."""
_SECTION: Final = re.compile(r"\b(?:section|heading)\b[ \t]*:?")
_USUAL: Final = frozenset(
    {
        *("mon", "tue", "wed", "thu", "fri", "sat", "sun", "utc", "gmt", "am", "pm", "t", "z", "v"),
        *("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        *("revision", "rev", "working", "copy", "version", "nonexistent", "file", "text", "agent"),
        *("current", "original", "old", "before", "previous", "existing", "system", "prompt"),
        *("new", "after", "proposed", "updated", "modified", "patched", "revised", "edited"),
        *("changed", "improved", "a", "b", "the", "with", "without", "true", "false", "on", "off"),
        *("l", "line", "lines", "around", "near", "about", "at", "from", "to", "of", "onwards"),
    }
)
"""What diff tools and writers call the two sides of a diff, and its places, by."""


@lru_cache(maxsize=256)
def beside_names(line: str) -> str:
    """Return what a line that names a file says beside its name, time and side."""
    found = _NAMED.match(line)
    return _words(found[1]) if found else ""


def beside_numbers(page: Page, header: str | None) -> str:
    """Return what a hunk's header says beside its numbers, where no line of the prompt begins so.

    Tools write there in which section, or function, a hunk stands.
    """
    if header is None or _ONLY_NUMBERS.match(header):
        return ""
    tail = _NUMBERS.sub(" ", header).strip()
    if not _words(tail) or _CODE.match(tail):
        return ""
    lines, cores = _sorted_lines(page)
    core = _core(tail)
    begun = _next(cores, core)[: max(len(core), _SHORTEST)]
    return "" if begun == core or _next(lines, fold(tail)).startswith(fold(tail)) else tail


def beside_language(info: str) -> str:
    """Return what a fence says beside its language, attributes and names of files."""
    rest = _LANGUAGE.sub("", info, count=1)
    return rest.strip() if _words(_SETTING.sub("", rest)) else ""


@lru_cache(maxsize=4)
def _sorted_lines(page: Page) -> tuple[list[str], list[str]]:
    """Return a prompt's lines, and their own words, in order: so that one is found at once."""
    return sorted(map(str.lstrip, page.keys)), sorted(map(_core, page.keys))


def _next(lines: Sequence[str], text: str) -> str:
    """Return the first of sorted lines that does not come before a text."""
    at = bisect_left(lines, text)
    return lines[at] if at < len(lines) else ""


def _words(text: str) -> str:
    """Return a text that has a word which says more than which side, or place, this is."""
    words = _WORD.findall(text.lower())
    return "" if _USUAL.issuperset(words) else text.strip()


def _core(line: str) -> str:
    """Return a line's own words, without what makes it a heading or an item."""
    return _SECTION.sub("", fold(line).casefold()).strip(_AROUND)
