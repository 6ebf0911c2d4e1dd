"""Whether blocks of code are what they say they are afterwards, as all of them were before."""

import ast
import json
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from textwrap import dedent
from typing import Final, NamedTuple

from planner.patch.code import blocks_of
from planner.patch.lines import cut_lines, fold_all
from planner.patch.outcome import RefusalCode, Refused

_JSON: Final = re.compile(r"\s*+(?:\{{1,2}\s*+\"[^\"\n]*\"\s*+:|\[\s*+[{\"])")
_LANGUAGE: Final = re.compile(r"[`~]{3,}[ \t]*([a-z]*)", re.IGNORECASE)
_PROSE: Final = re.compile(
    r"(?:[-*\u2022]|\d{1,3}[.)]) \w+(?: \S+){3,}[.!]|#{2,} [A-Z]\w*(?: \w+)*"
)
"""A rule of the prompt, or a heading."""
_OF_TEXT: Final = frozenset({"", "md", "markdown", "text", "txt", "yaml", "yml", "diff", "plain"})
"""Languages of blocks in which such a line may stand."""
_LONGEST: Final = 20_000
"""Characters of a block that is parsed."""


class _Block(NamedTuple):
    """A block of code in a prompt."""

    language: str
    lines: Sequence[str]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def broken_block(before: str, after: str) -> Refused | None:
    """Refuse a block that does not parse, or takes in a rule, where all others do not.

    Args:
        before: The prompt, with a final newline.
        after: The same afterwards.
    """
    known, now = list(_blocks(before)), list(_blocks(after))
    texts = {block.text for block in known}
    then = known if len(known) == len(now) else now
    changed = [pair for pair in zip(now, then, strict=True) if pair[0].text not in texts]
    fresh = [block for block, _ in changed]
    for kind in _KINDS:
        if not fresh or not all(kind.is_sound(block.text) for block in known if kind.is_one(block)):
            continue
        for block, was in changed:
            if kind.is_one(was) and not kind.is_sound(block.text):
                return _refused(f"would not be {kind.name} afterwards", block)
    return _with_prose(known, fresh)


def _with_prose(known: Sequence[_Block], fresh: Sequence[_Block]) -> Refused | None:
    """Refuse a rule of the prompt in a block of code, where no block has one."""
    if any(map(_prose_in, known)):
        return None
    for block in fresh:
        if block.language not in _OF_TEXT and _prose_in(block):
            return _refused("would hold a rule of the prompt", block)
    return None


def _prose_in(block: _Block) -> bool:
    return any(map(_PROSE.fullmatch, block.lines))


def _refused(why: str, block: _Block) -> Refused:
    reason = f"The block of code that begins with {block.text.strip()[:40]!r} {why}."
    return Refused(RefusalCode.UNCLEAR, reason)


def _blocks(text: str) -> Iterator[_Block]:
    lines = cut_lines(text)
    keys = fold_all(lines)
    for opens, closes in blocks_of(keys):
        found = _LANGUAGE.search(keys[opens])
        text = dedent("\n".join(lines[opens + 1 : closes]))
        within = [line.rstrip() for line in text.split("\n")]
        if sum(map(len, within)) <= _LONGEST:
            yield _Block(found[1].lower() if found else "", within)


def is_json(text: str) -> bool:
    """Say whether a text is JSON as a whole."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_json_example(text: str) -> bool:
    """Say whether a text is JSON, as it stands or with the doubled braces of a template."""
    return is_json(text) or is_json(text.replace("{{", "{").replace("}}", "}"))


def _is_python(text: str) -> bool:
    try:
        with warnings.catch_warnings(action="ignore"):  # Of escapes that Python does not know.
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


class _Kind(NamedTuple):
    """What the text of a block can be."""

    name: str
    is_one: Callable[[_Block], object]
    """Whether a block says of itself that it is one."""
    is_sound: Callable[[str], bool]


_KINDS: Final = (
    _Kind(
        "JSON",
        lambda block: (
            block.language in {"", "json", "jsonc"} and _JSON.match(block.text) is not None
        ),
        _is_json_example,
    ),
    _Kind("Python", lambda block: block.language in {"python", "py"}, _is_python),
)
