"""No credential leaves the machine in a request: what looks like one is masked.

Keys that are known by their form are found by MongoDB's Kingfisher, offline and in
this process. What is known only by its place (a password in a URL, the value of a
setting named `..._TOKEN`, a header, a sentence) is found by the few rules below;
they ask for letters and digits in one word, so that prose, placeholders, counts
and trace ids stay as they are.
"""

import re
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from pydantic import JsonValue

_MASKED = "[masked-secret-"
_MASK = re.compile(rf"{re.escape(_MASKED)}\d+\]")

_NAME = re.compile(
    r"pass(?:word|wd|phrase|code)|pwd|secret[_ -]?key|secret|token|credentials?"
    r"|(?:api|access|auth|account|private|signing|encryption)[_ -]?key"
)
"""What names a credential, in lower case; names may overlap, and the longest at a place counts."""


def _word(least: int, most: int) -> str:
    """Match one word that holds a letter and a digit, as no prose and no count does."""
    char = r"[^\s\"'`,;<>{}$\[\]]"
    holds = "".join(rf"(?={char}{{0,100}}{kind})" for kind in (r"\d", "[A-Za-z]"))
    return rf"{holds}(?P<secret>{char}{{{least},{most}}})"


_BY_PLACE = (
    # A connection string: scheme://user:password@host.
    re.compile(
        r"\b[a-z][a-z0-9+.-]{1,30}://[^\s/:@\"'<>]{0,200}:"
        r"(?!\[masked-)(?P<secret>[^\s/@\"'<>{}$]{3,300})@"
    ),
    # A header: Authorization: Bearer ...
    re.compile(rf"\b(?:Bearer|Basic|Token)[ \t]{{1,5}}{_word(16, 4000)}", re.IGNORECASE),
    # One half of a pair, which Kingfisher reports only beside the other.
    re.compile(r"\b(?P<secret>(?:AKIA|ASIA)[A-Z2-7]{16})\b"),
)
_BEHIND_A_NAME = (
    # A setting: MY_TOKEN=..., "api_key": "...", password: ...
    re.compile(rf"[\"']?[ \t]{{0,5}}:?[:=][ \t]{{0,5}}[\"'`]?{_word(8, 500)}"),
    # A sentence: the password is ...
    re.compile(rf"[ \t]{{1,5}}(?:is|was)[ \t]{{1,5}}[\"'`]?{_word(6, 200)}", re.IGNORECASE),
)
_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----")
_KEY_ENDS = re.compile(r"(?P<end>-----END [A-Z ]{0,30}PRIVATE KEY-----)|[\"'`]|\n[ \t>]*\n|\Z")

_PLACEHOLDERS = {"changeme", "example", "pass", "passwd", "password", "secret", "user"}
"""What examples write where a password would stand."""

_once = threading.Lock()


def holds_mask(text: str) -> bool:
    """Tell whether a text holds the mask of a credential: no new text of an edit may."""
    return _MASKED in text and _MASK.search(text) is not None


class Masker:
    """Masks texts one after the other; equal credentials get equal masks."""

    def __init__(self, *, enabled: bool = True) -> None:
        self._enabled = enabled
        self._masks: dict[str, str] = {}

    @property
    def count(self) -> int:
        """How many different credentials were masked so far."""
        return len(self._masks)

    def mask(self, text: str) -> str:
        """Return the text without what looks like a credential."""
        if not self._enabled:
            return text
        pieces: list[str] = []
        position = 0
        for start, end in _merged(_spans(text)):
            pieces += [text[position:start], self._mask_of(text[start:end])]
            position = end
        return "".join([*pieces, text[position:]])

    def mask_values(self, value: JsonValue) -> JsonValue:
        """Return JSON without what looks like a credential in its texts; keys stay."""
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, list):
            return [self.mask_values(item) for item in value]
        if isinstance(value, dict):
            return {key: self.mask_values(item) for key, item in value.items()}
        return value

    def _mask_of(self, secret: str) -> str:
        return self._masks.setdefault(secret, f"[masked-secret-{len(self._masks) + 1}]")


def _spans(text: str) -> Iterator[tuple[int, int]]:
    yield from _spans_by_form(text)
    yield from _private_keys(text)
    for match in _by_place(text):
        start, end = match.span("secret")
        end -= len(match["secret"]) - len(match["secret"].rstrip(".:)"))
        if match["secret"].lower() not in _PLACEHOLDERS:
            yield start, end


def _by_place(text: str) -> Iterator[re.Match[str]]:
    for rule in _BY_PLACE:
        yield from rule.finditer(text)
    # Ten times as fast as an expression that ignores case; U+0130 alone would grow.
    lowered = text.replace("\u0130", "i").lower()
    name = _NAME.search(lowered)
    while name:
        for rule in _BEHIND_A_NAME:
            if match := rule.match(text, name.end()):
                yield match
        name = _NAME.search(lowered, name.start() + 1)


def _private_keys(text: str) -> Iterator[tuple[int, int]]:
    """Find private keys, whole or cut off, also with their line breaks escaped or quoted."""
    position = 0
    while begin := _KEY_BEGINS.search(text, position):
        end = _KEY_ENDS.search(text, begin.end())
        position = (
            end.end() if end and end[0].startswith("-") else end.start() if end else len(text)
        )
        yield begin.start(), position


def _spans_by_form(text: str) -> Iterator[tuple[int, int]]:
    data = text.encode()
    found = [finding.location for finding in _scanner().scan(data)]
    spans = [(place["start_offset"], place["end_offset"]) for place in found]
    characters = _characters(data, {offset for span in spans for offset in span})
    for start, end in spans:
        if data[start:end].lower().decode() not in _PLACEHOLDERS:
            yield characters[start], characters[end]


def _characters(data: bytes, offsets: Iterable[int]) -> dict[int, int]:
    """Return the place in the text of each place in its UTF-8."""
    places = {0: 0}
    last = 0
    for offset in sorted(offsets):
        places[offset] = places[last] + len(data[last:offset].decode())
        last = offset
    return places


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in order, those that touch as one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@cache
def _compiled() -> Any:
    from kingfisher_sdk import Rules, Scanner

    return Scanner(Rules(), redact=False)


def _scanner() -> Any:
    """Compile the rules once in a process: 6 s on a new machine, half a second after that."""
    with _once:
        return _compiled()
