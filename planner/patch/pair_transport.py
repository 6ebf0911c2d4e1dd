"""What a transport put around or into both texts of a pair, and took nothing away by it."""

import html
import re
from collections.abc import Callable

from planner.patch.pair_words import words

_TWICE = re.compile(r"\r{2,}\n")
_FENCED = re.compile(r"\s*(`{3,}|~{3,})\w*\r?\n(.*?)\r?\n\1\s*", re.DOTALL)
_DRESSED = (
    re.compile(r"\s*(?P<mark>\"{3}|'{3}|[\"'`])\n?(?P<text>.+?)\n?(?P=mark)\s*", re.DOTALL),
    re.compile(r"\s*\u201c(?P<text>.+)\u201d\s*", re.DOTALL),
    re.compile(r"\s*\u00ab\s?(?P<text>.+?)\s?\u00bb\s*", re.DOTALL),
    re.compile(r"\s*<!\[CDATA\[\n?(?P<text>.+?)\n?\]\]>\s*", re.DOTALL),
    re.compile(r"\s*<(?P<mark>[\w-]{1,30})>\n?(?P<text>.+?)\n?</(?P=mark)>\s*", re.DOTALL),
    re.compile(r"\ufeff(?P<text>.+)", re.DOTALL),
    re.compile(r"\n{2}(?P<text>[^\n].*[^\n])\n{2}", re.DOTALL),
)
"""Each the whole of a text; where both texts have the same, neither has it."""
_ENTITY = re.compile(r"&(?:lt|gt|quot|apos|amp|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_BARE = re.compile(r"[<>\"]|&(?!(?:\w+|#\w+);)")
"""What no markup leaves as it is."""
_FEWEST_WORDS = 4
"""A name of fewer is quoted in a prompt itself, and may have lost its quotes since."""


def without_transport(prompt: str, find: str, replace: str) -> tuple[str, str]:
    r"""Return a pair without what is put round both its texts, and with its `\n` as line breaks.

    Only where `find` does not stand in the prompt as it is: then it is no text of it.
    """
    if _holds(prompt, find):
        return find, replace
    fenced = _FENCED.fullmatch(find), _FENCED.fullmatch(replace)
    if fenced[0] and fenced[1]:
        find, replace = fenced[0][2], fenced[1][2]
    elif fenced[0] and _holds(prompt, fenced[0][2]) and "```" not in replace:
        find = fenced[0][2]
    else:
        find, replace = _undressed(prompt, find, replace)
    if "\\n" not in find or "\n" in find or "\\n" in prompt:
        return _unescaped(prompt, find, replace)
    broken = _broken(find), replace if "\n" in replace else _broken(replace)
    return (find, replace) if "\\" in "".join(broken) else broken


def _undressed(prompt: str, find: str, replace: str) -> tuple[str, str]:
    """Return both texts out of the same quotes or marks, where the prompt has what is in them."""
    for dress in _DRESSED:
        old, new = dress.fullmatch(find), dress.fullmatch(replace)
        if not (old and new) or len(words(old["text"])) < _FEWEST_WORDS:
            continue
        same = old.groupdict().get("mark") == new.groupdict().get("mark")
        if same and (_holds(prompt, old["text"]) or _holds(prompt, _broken(old["text"]))):
            return old["text"], new["text"]
    return find, replace


def _unescaped(prompt: str, find: str, replace: str) -> tuple[str, str]:
    """Return both texts as they were before all of them was escaped once, for JSON or markup."""
    if _holds(prompt, find):
        return find, replace
    ways: tuple[tuple[bool, Callable[[str], str]], ...] = (
        ('\\"' in find and '"' not in replace.replace('\\"', ""), _without_backslashes),
        (bool(_ENTITY.search(find)) and not _BARE.search(find + replace), html.unescape),
    )
    for is_escaped, undo in ways:
        if is_escaped and _holds(prompt, undo(find)):
            return undo(find), undo(replace)
    return find, replace


def _holds(prompt: str, text: str) -> bool:
    """Say whether a text stands in a prompt, line endings being what they are."""
    if text in prompt:
        return True
    return "\r" in prompt and text.replace("\r\n", "\n") in prompt.replace("\r\n", "\n")


def _without_backslashes(text: str) -> str:
    return text.replace('\\"', '"')


def ended_once(prompt: str, text: str) -> str:
    r"""Return a text whose lines end once each: `\r\r\n` is an ending that was written twice."""
    return _TWICE.sub("\n", text) if "\r\r\n" in text and "\r\r\n" not in prompt else text


def _broken(text: str) -> str:
    return text.replace("\\r\\n", "\n").replace("\\n", "\n").replace('\\"', '"')
