"""The words, list signs and sentence ends by which pairs' texts are judged."""

import re

MARKER = r"(?:#{1,6}|[-*+\u2022]|\d{1,3}[.)])"
ONLY_MARKERS = re.compile(rf"[ \t>]*(?:{MARKER}[ \t]+)*")
BEGINS_ITEM = re.compile(rf"[ \t]*({MARKER})[ \t]+")
ENDS = frozenset(".!?\u3002\uff01\uff1f")
"""What ends a sentence."""
CLOSERS = "\"'`*_)]}\u201d\u2019\u00bb"
"""What may stand behind the end of one."""
_WORD = re.compile(r"[\w\u0300-\u036f]+")
_WORD_OF_ANY = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff]{1,2}|(?:[^\W\u3040-\u30ff\u3400-\u9fff]|[\u0300-\u036f])+"
)
"""Where no blanks part words, as in Chinese and Japanese, two characters are one at most."""


def words(text: str) -> list[str]:
    """Return the words of a text, numbers too."""
    return (_WORD if text.isascii() else _WORD_OF_ANY).findall(text)


def begins_list_item(line: str) -> bool:
    """Say whether a line begins with a list's sign or number; a heading does not."""
    found = BEGINS_ITEM.match(line)
    return found is not None and found[1][0] != "#"
