r"""Words of the replaced text that come back with other signs in them: `open\_case`, `l 'eau`.

Who rewords a line seldom respells its words; a transport does, and lets their letters be.
"""

import html
import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import Final

from planner.patch.touched import Written

_FEWEST: Final = 3
"""Letters and digits of a word that is compared."""
_SENTENCE: Final = 4
"""Words; a title of fewer may get another form."""
_LONG_LINE: Final = 8
"""Letters and digits of a line that is known by them."""
_LONGEST: Final = 64
_LOOKED_AT: Final = 400
"""Words of either text."""
_NO_LETTERS: Final = re.compile(r"[\W_]+")
_TAG: Final = re.compile(r"</?(?:code|kbd|tt|b|i|u|em|strong|span|p|a)>")
_LIST_SIGN: Final = re.compile(r"^[ \t]*(?:[-*+\u2022]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
"""What an item of a list begins with; an indentation alone is none."""
_TAG_OF_LINE: Final = re.compile(r"</?[\w-]+(?: [^<>\n]{0,200})?>")
_DIGIT: Final = re.compile(r"\d")
_MASK: Final = re.compile(r"[#*xX]")
_EDGES: Final = (
    " \t.,;:!?\"'`*_()[]{}<>|/-\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e\u2026"
    "\u3001\u3002\uff01\uff1f\uff0c\uff1a\u30fb"
)


def respelt_word(written: Written) -> str | None:
    """Return which word comes back with other signs, as one sentence.

    Args:
        written: The prompt, and what is to be done to it.
    """
    for change in written.changes.spans:
        if change.start == change.end or not change.text:
            continue
        old, new = written.closed[change.start : change.end].split(), change.text.split()
        gone, come = _but(old, set(new)), _but(new, set(old))
        found = _respelt(gone, come) if gone and come else None
        if found:
            return f"The new text has {found[1][:60]!r} where the old one has {found[0][:60]!r}."
    return None


def redressed_line(written: Written) -> str | None:
    """Return which line comes back with its letters, and other signs or blanks, as one sentence.

    A patch that does nothing else means that; beside other words, a transport did it.

    Args:
        written: The prompt, and what is to be done to it.
    """
    spans = written.changes.spans
    if len(spans) == 1 and "\n" not in spans[0].text.strip("\n"):
        return None
    olds: dict[str, str] = {}
    news: dict[str, str] = {}
    for touched in written.touched[:_LOOKED_AT]:
        olds.update(_by_letters(touched.old))
        news.update(_by_letters(touched.new))
    if news.keys() <= olds.keys():
        return None
    for letters, line in news.items():
        old = olds.get(letters, line)
        if _dress(old) != _dress(line) or (_is_item(old) and not _is_item(line)):
            return f"The line {old.strip()[:60]!r} would come back as {line.strip()[:60]!r}."
    return None


def _by_letters(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line in lines[:_LOOKED_AT]:
        text = _TAG_OF_LINE.sub("", _LIST_SIGN.sub("", line, count=1))
        letters = _NO_LETTERS.sub("", text).casefold()
        if len(letters) >= _LONG_LINE and len(text.split()) >= _SENTENCE and "=" not in text:
            yield letters, line


def _dress(line: str) -> str:
    """Return a line without its place in a list, and with tags that have no names."""
    return _TAG_OF_LINE.sub("<>", _LIST_SIGN.sub("", line, count=1)).rstrip(" \t\r.,;:")


def _is_item(line: str) -> bool:
    return _LIST_SIGN.match(line) is not None


def _but(words: list[str], others: set[str]) -> list[str]:
    return [word for word in islice(words, _LOOKED_AT) if word not in others]


def _respelt(gone: list[str], come: list[str]) -> tuple[str, str] | None:
    """Return an old word and what it has become."""
    known = {letters: word for word in gone if (letters := _letters(word))}
    ascii_of = {_letters(_ascii(word)): word for word in gone if not word.isascii()}
    for letters, word in _in_pieces(come):
        old = known.get(letters)
        if old and _core(old) != _core(word) and not _only_untagged(old, word):
            return old, word
    masks = {_DIGIT.sub("#", word): word for word in gone if _DIGIT.search(word)}
    for word in come if masks else ():
        old = masks.get(_MASK.sub("#", word))
        if old and _MASK.sub("", word):
            return old, word
    escaped = [word for word in come if "&" in word and html.unescape(word) != word]
    for word in escaped:
        if html.unescape(word) in gone:
            return html.unescape(word), word
    for word in come:
        letters = _letters(word) if word.isascii() else ""
        old = ascii_of.get(letters) if letters else None
        if old and len(letters) < len(_letters(old)) < 2 * len(letters):
            return old, word
    return None


def _only_untagged(old: str, word: str) -> bool:
    """Say whether a word has lost a tag around it, and nothing else."""
    bare = _TAG.sub("", old)
    return bare != old and _core(bare) == _core(word)


def _in_pieces(words: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the letters of each word, and of each two that may have been one, with both."""
    for word in words:
        if letters := _letters(word):
            yield letters, word
    for first, second in pairwise(words):
        both = first + second
        if len(both) <= _LONGEST and _has_letters(first) and _has_letters(second):
            letters = _letters(both)
            yield letters, f"{first} {second}"


def _letters(word: str) -> str:
    """Return a word's letters and digits, one digit like another; nothing where it has few."""
    if len(word) > _LONGEST:
        return ""
    bare = _NO_LETTERS.sub("", _TAG.sub("", word)).casefold()
    return _DIGIT.sub("0", bare) if len(bare) >= _FEWEST and not bare.isdecimal() else ""


def _has_letters(word: str) -> bool:
    return any(map(str.isalpha, word))


def _core(word: str) -> str:
    return _DIGIT.sub("0", word.strip(_EDGES)).casefold()


def _ascii(word: str) -> str:
    return "".join(filter(str.isascii, word))
