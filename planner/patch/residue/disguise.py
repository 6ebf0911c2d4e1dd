"""Words of the prompt in characters, with escapes or without blanks, as a transport left them."""

import re
import unicodedata
from itertools import islice
from typing import Final
from urllib.parse import unquote

from planner.patch.lines import CURLY, fold

_WORDS: Final = re.compile(r"[^\s.,;:!?()]+")
_CYRILLIC: Final = (
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423\u0406\u0408\u0405"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501"
)
_GREEK: Final = (
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"
)
_ALIKE: Final = f"[{_CYRILLIC}{_GREEK}]"
"""Letters that look like Latin ones."""
_COATED: Final = "\u2018-\u201f\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff"
"""Quotes, and Latin letters and digits in a width or a style of their own."""
_PLAIN: Final = str.maketrans(
    _CYRILLIC + _GREEK, "ABEKMHOPCTXYIJSaeopcyxijshd" + "ABEZHIKMNOPTYXo"
) | {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in (*range(0xFF10, 0xFF5B), *range(0x1D400, 0x1D800))
}
_FOREIGN: Final = re.compile(f"[{_CYRILLIC}{_GREEK}\u03b1-\u03c9{_COATED}]")
_MIXED: Final = re.compile(
    f"[A-Za-z]{_ALIKE}|{_ALIKE}[A-Za-z]|[A-Za-z][\u03b1-\u03c9][A-Za-z]"
    "|[\u0400-\u04ff][A-Za-z][\u0400-\u04ff]|[\uff41-\uff5a]{3}"
)
"""Letters that make no word of a script; `k\u03a9` is one."""
_DISGUISED: Final = re.compile(
    rf"[{_COATED}]|(?<!\w){_ALIKE}{{3,}}(?!\w)|{_MIXED.pattern}",
)
_DASHED: Final = re.compile(r"(?<![\w\u2012-\u2015])[\u2012-\u2015\u2212](\w[\w-]*)")
_OPTION: Final = re.compile(r"(?<![\w-])--?([A-Za-z][\w-]*)")
_RUN: Final = re.compile(r"[A-Za-z\u00c0-\u04ff]{14,140}")
_WINDOW: Final = 14
"""Letters by which words without their blanks are known again."""
_LOOKED_AT: Final = 20
"""Long words; a text that has more of them is of that kind."""
_ESCAPED: Final = re.compile(r"(?<!\S)[^\s\\%]*(?:\\[^\w\s]|\\_|%[2-7][0-9A-F])\S*")
_ESCAPE: Final = re.compile(r"\\(?=[^\w\s]|_)")
_AROUND: Final = ".,;:!?()"


def disguised(prompt: str, text: str, typed: str = "") -> tuple[int, str] | None:
    """Return where a word or an option stands in other characters than the prompt's, and why.

    Who typed straight quotes where the prompt has them means others where they are others.
    """
    own = CURLY if '"' in typed or "'" in typed else frozenset[str]()
    return _recoated(prompt, text, own) or _dashed(prompt, text)


def escaped(prompt: str, text: str) -> tuple[int, str] | None:
    """Return where a word of the prompt comes back with escapes, and why."""
    if "\\" not in text and "%" not in text:
        return None
    for found in islice(_ESCAPED.finditer(text), _LOOKED_AT):
        word = found[0].strip(_AROUND)
        bare = unquote(_ESCAPE.sub("", word))
        told = any(map(str.isalnum, bare)) and bare in prompt and word not in prompt
        if told and bare not in text:
            line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
            if (line.count('"') - line.count('\\"')) % 2 == 0:  # In a string, quotes need them.
                return found.start(), f"it writes {word!r} where the prompt has {bare!r}"
    return None


def run_together(prompt: str, text: str) -> tuple[int, str] | None:
    """Return where three or more words of the prompt lost the blanks between them, and why."""
    if max(map(len, text.split()), default=0) < _WINDOW:
        return None
    runs = [one for one in islice(_RUN.finditer(text), _LOOKED_AT) if one[0] not in prompt]
    bare = "".join(prompt.split()) if runs else ""
    for found in runs:
        for at in range(0, len(found[0]) - _WINDOW + 1, _WINDOW // 2):
            letters = found[0][at : at + _WINDOW]
            words = letters in bare and re.search(r"\s*".join(letters), prompt)
            if words and len(words[0].split()) > 2:
                return found.start(), f"it writes {' '.join(words[0].split())!r} without its blanks"
    return None


def _recoated(prompt: str, text: str, own: frozenset[str]) -> tuple[int, str] | None:
    """Find a word in other characters than the prompt writes it in, or in those of two scripts."""
    if not (_FOREIGN.search(text) and _DISGUISED.search(text)):
        return None
    written = set(_WORDS.findall(prompt))
    for found in _WORDS.finditer(text):
        word = found[0]
        if word in written or not _DISGUISED.search("".join(one for one in word if one not in own)):
            continue
        plain = fold(word).translate(_PLAIN)
        if plain in written:
            return found.start(), f"it writes {word!r} where the prompt has {plain!r}"
        if _MIXED.search(word):
            return found.start(), f"it writes {word!r} with letters that only look like its own"
    return None


def _dashed(prompt: str, text: str) -> tuple[int, str] | None:
    """Find an option of the prompt behind a dash that no program reads."""
    found = [one for one in _DASHED.finditer(text) if one[0] not in prompt]
    options = set(_OPTION.findall(prompt)) if found else set()
    dashed = next((one for one in found if one[1] in options), None)
    return dashed and (dashed.start(), f"it writes {dashed[0]!r} for an option of the prompt")
