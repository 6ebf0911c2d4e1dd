"""Where a quoted text may begin and end: not inside a word, a number, a mark or a character.

A `find` that stands once as characters may still be a part of something else:
`use` in `Misuse`, `10` in `10,000`, `# Safety` in `## Safety`, `e` in an `e` with
an accent. What stands there afterwards is then a text that nobody meant.
"""

import re
import unicodedata

_NEAR = 64
"""Characters around an edge that are looked at; no word is longer."""

_ZERO_WIDTH = "\u200c\u200d"
_FLAGS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
_APOSTROPHES = "'\u2019"
_IN_WORDS = "_-\u2010\u2011./^"
"""Signs within one word, as in `non-refundable`, `Node.js`, `1/2` and `max_turns`."""
_CALL = re.compile(r"[A-Za-z_]\w*\(")
"""What an object does stands behind its dot by itself, as in `cursor.fetch(10)`."""
_MINUS = "-\u2212"
_BETWEEN_DIGITS = f".,:{_APOSTROPHES}\u066b\u066c"
_BLANKS_IN_NUMBERS = " \u00a0\u2007\u2009\u202f"
_BRACKETS = "()[]{}<>"
_GROUP = re.compile(r"\d{3}(?!\d)")
_SUFFIX = re.compile(r"[^\W\d_]{1,2}(?!\w)")
"""What follows an apostrophe inside one word, as in `can't`; `l'heure` is two."""
_CONTRACTED = frozenset(
    ["it", "he", "she", "that", "what", "who", "there", "here", "let", "how", "where", "when"]
)
_PLACEHOLDER = re.compile(r"\{+\s*[\w.$-]+\s*\}+|%\(\w+\)[a-z]?")

_SPACELESS = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x0F00, 0x0FFF),  # Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x9FFF),  # Han, Kana, Bopomofo
    (0xAC00, 0xD7A3),  # Hangul: particles follow a word without a blank
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9D),
    (0x20000, 0x3FFFF),
)


def splits(text: str, at: int) -> bool:
    """Say whether a cut before a character would part what belongs together."""
    if not 0 < at < len(text):
        return False
    left, right = text[at - 1], text[at]
    if not (right.isascii() and left.isascii()) and _splits_character(text, at):
        return True
    if left.isspace() or right.isspace():
        return _splits_digit_groups(text, at)
    words = left.isalnum(), right.isalnum()
    if all(words):
        return not (is_spaceless(left) or is_spaceless(right))
    if any(words) and (_splits_joined(text, at) or _splits_negative(text, at)):
        return True
    return doubles(left, right) or _splits_placeholder(text, at)


def doubles(left: str, right: str) -> bool:
    """Say whether two characters are one mark twice, as in `##`; brackets may well follow."""
    return left == right and left not in _BRACKETS and unicodedata.category(left)[0] in "PS"


def is_spaceless(char: str) -> bool:
    """Say whether a script sets no blanks between words, so that a word may end anywhere."""
    code = ord(char)
    return code >= _SPACELESS[0][0] and any(low <= code <= high for low, high in _SPACELESS)


def extends(char: str) -> bool:
    """Say whether a character belongs to the one before it."""
    code = ord(char)
    return (
        char in _ZERO_WIDTH
        or unicodedata.category(char)[0] == "M"
        or 0x1160 <= code <= 0x11FF  # Hangul vowels and finals
        or 0xD7B0 <= code <= 0xD7FB
        or 0x1F3FB <= code <= 0x1F3FF  # skin tones
        or 0xE0020 <= code <= 0xE007F  # tags in flags
        or code in {0x0E33, 0x0EB3}  # Thai and Lao AM
    )


def _splits_character(text: str, at: int) -> bool:
    left, right = text[at - 1], text[at]
    if extends(right) or left in _ZERO_WIDTH:
        return True
    if left in _FLAGS and right in _FLAGS:
        before = text[max(0, at - _NEAR) : at]
        return (len(before) - len(before.rstrip(_FLAGS))) % 2 == 1
    if "\u0e40" <= left <= "\u0e44" or "\u0ec0" <= left <= "\u0ec4":  # a vowel before its consonant
        return True
    return unicodedata.combining(left) == _VIRAMA and right.isalpha()


_VIRAMA = 9
"""The combining class of signs that bind two consonants."""


def _splits_digit_groups(text: str, at: int) -> bool:
    """Say whether a blank here parts the groups of one number, as in `10 000`."""
    left, right = text[at - 1], text[at]
    if right in _BLANKS_IN_NUMBERS and left.isdecimal():
        return _GROUP.match(text, at + 1) is not None
    if left in _BLANKS_IN_NUMBERS and right.isdecimal():
        return text[max(0, at - 2)].isdecimal() and _GROUP.match(text, at) is not None
    return False


def _splits_joined(text: str, at: int) -> bool:
    """Say whether a word or a number goes on behind the sign on one side of a cut."""
    sign_at = at if text[at - 1].isalnum() else at - 1
    if not 0 < sign_at < len(text) - 1:
        return False
    before, sign, after = text[sign_at - 1], text[sign_at], text[sign_at + 1]
    if not (before.isalnum() and after.isalnum()):
        return False
    if (sign == "/" and _is_in_path(text, sign_at)) or (
        sign == "." and at > sign_at and _CALL.match(text, at)
    ):
        return False
    if sign in _IN_WORDS or (sign in _BETWEEN_DIGITS and before.isdecimal() and after.isdecimal()):
        return True
    if sign in _APOSTROPHES and before.isalpha():
        suffix = _SUFFIX.match(text, sign_at + 1)
        return suffix is not None and (suffix[0] != "s" or _is_contracted(text, sign_at))
    return False


def _splits_negative(text: str, at: int) -> bool:
    """Say whether a cut would part a number from the minus that takes it below zero."""
    return text[at - 1] in _MINUS and text[at].isdecimal()


def _is_in_path(text: str, at: int) -> bool:
    """Say whether a slash stands in a path or a URL, whose parts begin with one."""
    start = max(text.rfind(blank, 0, at) for blank in " \t\n(<\"'`") + 1
    path = text[start : at + _NEAR].split(maxsplit=1)[0]
    return path.count("/") > 1 and any(map(str.isalpha, path)) and text[at + 1 : at + 2].isalnum()


def _is_contracted(text: str, at: int) -> bool:
    """Say whether `'s` stands for a word here, as in `it's`, and not for whose it is."""
    words = text[max(0, at - _NEAR) : at].lower().split()
    return bool(words) and words[-1].strip("\"'(*_") in _CONTRACTED


def _splits_placeholder(text: str, at: int) -> bool:
    near = max(0, at - _NEAR)
    if text.find("{", near, at) < 0 and text.find("%(", near, at) < 0:
        return False
    found = _PLACEHOLDER.finditer(text, near, at + _NEAR)
    return any(one.start() < at < one.end() for one in found)
