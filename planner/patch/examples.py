"""Whether examples in JSON are JSON afterwards, as all of them were before."""

import json
import re
from collections.abc import Iterator

from planner.patch.code import blocks_of
from planner.patch.lines import cut_lines, fold_all
from planner.patch.outcome import RefusalCode, Refused

_TAGGED = re.compile(r"[`~][ \t]*(?:json\w*)?$", re.IGNORECASE)
_BEGINS = re.compile(r"\s*+(?:\{{1,2}\s*+\"[^\"\n]*\"\s*+:|\[\s*+[{\"])")
_LONGEST = 20_000
"""Characters of an example that is parsed."""


def broken_example(before: str, after: str) -> Refused | None:
    """Refuse an example in a fence that begins as JSON does and is none, where all others are.

    Args:
        before: The prompt, with a final newline.
        after: The same afterwards.
    """
    if not any(mark in after for mark in "{["):
        return None
    known, now = list(_examples(before)), list(_examples(after))
    if not all(map(_parses, filter(_BEGINS.match, known))):
        return None
    same = len(known) == len(now)
    was_json = [_parses(one) for one in known] if same else list(map(bool, map(_BEGINS.match, now)))
    for one, is_json in zip(now, was_json, strict=True):
        if is_json and one not in known and not _parses(one):
            return Refused(
                RefusalCode.UNCLEAR,
                f"An example in JSON would be none afterwards: {one.strip()[:40]!r} begins it.",
            )
    return None


def _examples(text: str) -> Iterator[str]:
    keys = fold_all(cut_lines(text))
    for opens, closes in blocks_of(keys):
        example = "\n".join(keys[opens + 1 : closes])
        if _TAGGED.search(keys[opens]) and len(example) <= _LONGEST:
            yield example


def _parses(example: str) -> bool:
    """Say whether a text is JSON, as it stands or with the doubled braces of a template."""
    return is_json(example) or is_json(example.replace("{{", "{").replace("}}", "}"))


def is_json(text: str) -> bool:
    """Say whether a text is JSON as a whole."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
