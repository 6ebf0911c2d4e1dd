"""Whether examples in JSON are JSON afterwards, as all of them were before."""

import json
import re
from collections.abc import Iterator

from planner.patch.code import blocks_of, holds_fence
from planner.patch.lines import cut_lines, fold_all
from planner.patch.outcome import RefusalCode, Refused

_TAGGED = re.compile(r"[`~][ \t]*(?:json\w*)?$", re.IGNORECASE)
_BEGINS = re.compile(r"\s*+(?:\{\s*+\"[^\"\n]*\"\s*+:|\[\s*+[{\"])")
_LONGEST = 20_000
"""Characters of an example that is parsed."""


def broken_example(before: str, after: str) -> Refused | None:
    """Refuse an example in a fence that begins as JSON does and is none, where all others are.

    Args:
        before: The prompt, with a final newline.
        after: The same afterwards.
    """
    if not holds_fence(after) or not any(mark in after for mark in "{["):
        return None
    known = set(_examples(before))
    broken = next((one for one in _examples(after) if one not in known and not _parses(one)), None)
    if broken is None or not all(map(_parses, known)):
        return None
    return Refused(
        RefusalCode.UNCLEAR,
        f"An example in JSON would be none afterwards: it begins with {broken.strip()[:40]!r}.",
    )


def _examples(text: str) -> Iterator[str]:
    keys = fold_all(cut_lines(text))
    for opens, closes in blocks_of(keys):
        example = "\n".join(keys[opens + 1 : closes])
        if _TAGGED.search(keys[opens]) and _BEGINS.match(example) and len(example) <= _LONGEST:
            yield example


def _parses(example: str) -> bool:
    try:
        json.loads(example)
    except (ValueError, RecursionError):
        return False
    return True
