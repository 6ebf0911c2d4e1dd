"""An answer that breaks off and is given again: what certainly stands there twice, or goes on."""

import json
import re
from itertools import islice
from typing import Any, Final

from planner.salvage.tokens import ANY_LIST, ITEM_START, extent_of

_IN_FULL: Final = re.compile(
    r"\n[^\n\"{}]{0,200}\b(?:cut (?:off|short)|truncated|incomplete|interrupted)\b[^\n\"{}]{0,100}"
    r"[:.]\s*(?:```\w*\s*)?\n\s*(?=[{\[])",
    re.IGNORECASE,
)
_CONTINUES: Final = re.compile(
    rf"[(\[]?continu(?:ing|ed|ation)\b[^\"\n{{}}\[\]]{{0,60}}[)\]]?[:.]?\s*\n\s*(?={ITEM_START.pattern})",
    re.IGNORECASE,
)
_FENCE: Final = re.compile(r"\s*(?:```\w*\s*\n\s*)?")
_NEXT_TURN: Final = re.compile(
    r"(?<=[}\]`])\s*\n[ \t]*(?:Human|User|###? ?(?:Instruction|Human|User))[ \t]*:"
)
"""Where a model goes on to write the next turn, right behind its answer."""
_FENCED: Final = re.compile(r"\s*```\w*\s*\n(.*\S)\s*```\s*", re.DOTALL)
_BETWEEN_FENCES: Final = re.compile(
    rf"(?<=\}},)[ \t]*\n```[ \t]*\n\s*```\w*[ \t]*\n\s*(?={ITEM_START.pattern})"
)
_WORDS: Final = r"[ \t]*+(?!//|/\*|[#<>|~])[^\s\"{}\[\]`][^\n\"{}\[\]`]{0,300}"
_WORDS_BETWEEN: Final = re.compile(
    rf"(?<=\}},)[ \t]*\n\s*+({_WORDS}(?:\n{_WORDS}){{0,3}})\n\s*+(?={ITEM_START.pattern})"
)
"""Lines without a mark of JSON where only a comma stands between two edits."""
_RULE: Final = re.compile(r"^[ \t]*(?:-{3,}|\*{3,}|={3,}|_{3,})[ \t]*$", re.MULTILINE)
_RULES: Final = re.compile(
    rf"(?<=\}})[ \t]*\n\s*+(?:-{{3,}}|\*{{3,}}|={{3,}}|_{{3,}})[ \t]*\n\s*(?={ITEM_START.pattern})"
)
_RESUMES: Final = re.compile(
    r"\n```[ \t]*\n\s*(?=[^\n]{0,200}\b(?:continu|resum|remaining|rest\b|picking up))"
    r"([^\n`\"{}\[\]]{1,200})\n\s*```\w*[ \t]*\n\s*(?=[{\[])",
    re.IGNORECASE,
)
"""Between the fence of a list that was cut, and that of one that says that it goes on."""
_BEGUN_TWICE: Final = re.compile(r"\s*(?:\{\s*)?(?:\"edits\"\s*:\s*\[?\s*)?(?=\{\s*\"edits\"\s*:)")
_SAME_BEGINNING: Final = 60
_SAME_START: Final = 20
"""Characters with the id of the first edit, where no blank counts."""
_SIGN: Final = re.compile(r"\S")
_CLOSED_AT_ONCE: Final = re.compile(
    r"[^\s}\]][ ]?(?:[}\]][ ]?){3,}\s*(?:```\s*)?\Z|\n[}\]]\n[}\]]\s*(?:```\s*)?\Z"
)
"""Brackets behind a value, or at the edge of the page where only the last one belongs."""
_FIELD_LINES: Final = re.compile(r"\n[ \t]+\"\w+\"[ \t]*:")
_CLOSES_A_LINE: Final = re.compile(r"\n[ \t]+[}\]],?[ \t]*(?=\n)")
_FEW: Final = 4
_NEAR_END: Final = 200
_OPENS: Final = re.compile(r"[{\[]")


def given_in_full(text: str) -> str | None:
    """Return the answer that words announce in full behind one that was cut, if it begins alike."""
    *_, found = (None, *_IN_FULL.finditer(text))
    opening = _FENCE.match(text)
    if found is None or opening is None:
        return None
    whole = text[found.end() :].strip().removesuffix("```").rstrip()
    alike = text.startswith(whole[:_SAME_BEGINNING], opening.end())
    return whole if alike and len(whole) > _SAME_BEGINNING else None


def behind_its_beginning(text: str) -> str | None:
    """Return the answer that stands behind its own beginning, cut and in whatever layout."""
    text = _unfenced(text)
    written = _squeezed(text)
    again = written.find(written[:_SAME_START], 1)
    if again < 0 or not written.startswith(written[:again], again):
        return None
    return next(text[one.start() :] for one in islice(_SIGN.finditer(text), again, None))


def joined(text: str) -> str | None:
    """Return an answer that goes on in another fence, behind the comma that an edit ends with."""
    fenced = _FENCED.fullmatch(text)
    if not fenced:
        return None
    body, seams = _BETWEEN_FENCES.subn("\n", fenced[1])
    return body if seams else None


def without_quoted_answer(text: str) -> str | None:
    """Return an answer without the lines that quote another one, as mail does; None without any."""
    lines = text.split("\n")
    own = [line for line in lines if not line.startswith(">")]
    quoted = [line for line in lines if line.startswith(">")]
    return "\n".join(own) if any("{" in line for line in quoted) else None


def without_rules(text: str) -> str:
    """Return an answer without the rules, as Markdown draws them, between its edits."""
    return _RULES.sub("\n", text) if _RULE.search(text) else text


def without_words_between(text: str) -> tuple[str, str] | None:
    """Return an answer without the lines of words between its edits, and those words."""
    words = [found[1] for found in _WORDS_BETWEEN.finditer(text)]
    if not words:
        return None
    return _unfenced(_WORDS_BETWEEN.sub("\n", text)), "\n".join(words)


def resumed_at_edit(text: str) -> tuple[str, str] | None:
    """Return a list that was cut within an edit and goes on with it, and the words between.

    What stands of the cut one is the beginning of the one told in full, and no edit has the id
    of another: it is one list.
    """
    seams = list(_RESUMES.finditer(text))
    opening = _FENCE.match(text)
    if len(seams) != 1 or opening is None:
        return None
    head, tail = text[opening.end() : seams[0].start()], text[seams[0].end() :]
    tail = tail.rstrip().removesuffix("```")
    *_, cut = (None, *ITEM_START.finditer(head))
    again = ITEM_START.search(tail)
    if not (cut and again) or not _squeezed(tail[again.start() :]).startswith(
        _squeezed(head[cut.start() :])
    ):
        return None
    goes_on = tail[again.start() : tail.rfind("]")]
    whole = f"{head[: cut.start()]}{goes_on}]{'}' if head.startswith('{') else ''}"
    return (whole, seams[0][1]) if _is_list(tail) and _has_own_ids(whole) else None


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _is_list(text: str) -> bool:
    return isinstance(_edits(text), list)


def _has_own_ids(text: str) -> bool:
    ids = [edit.get("id") for edit in _edits(text) or () if isinstance(edit, dict)]
    return bool(ids) and None not in ids and len(set(map(str, ids))) == len(ids)


def _edits(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value.get("edits") if isinstance(value, dict) else value


def begun_once(text: str) -> str | None:
    """Return an answer without its own beginning, which was given and is repeated."""
    found = _BEGUN_TWICE.match(text)
    return text[found.end() :] if found and found[0].strip() else None


def before_next_turn(text: str) -> str | None:
    """Return all that stands before a turn that a model invented, out of its fence."""
    found = _NEXT_TURN.search(text)
    if not found:
        return None
    return _unfenced(text[: found.start()])


def _unfenced(text: str) -> str:
    fenced = _FENCED.fullmatch(text)
    return fenced[1] if fenced else text


def is_closed_by_another(text: str) -> bool:
    """Tell whether an answer that gives each field a line closes all of itself behind a text.

    So a gateway closes what was cut: its writer puts each bracket on a line of its own.
    """
    if not _CLOSED_AT_ONCE.search(text, max(0, len(text) - _NEAR_END)):
        return False
    *_, opening = (None, *ANY_LIST.finditer(text))
    bracket = _OPENS.search(text)
    body = text[bracket.start() :].rstrip().removesuffix("```") if bracket else ""
    return (
        opening is not None
        and _edits(body) is not None
        and len(_FIELD_LINES.findall(text, opening.end())) >= _FEW
        and _CLOSES_A_LINE.search(text, opening.end()) is not None
    )


def without_cut_copy(text: str) -> str | None:
    """Return an answer without the beginning of itself that stands behind it."""
    if not text.startswith(("{", "[")):
        return None
    extent = extent_of(text, 0)
    copy = text[extent.end :].strip()
    return text[: extent.end] if copy and not extent.fault and text.startswith(copy) else None


def continuation_at(text: str, position: int) -> int | None:
    """Return where the next edit opens behind a line that says only that a list goes on."""
    found = _CONTINUES.match(text, position)
    return found.end() if found else None
