"""The whole answer: what counts of it, and what stands beside it."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from pydantic_core import SchemaValidator, core_schema

from planner.models import RejectionCode
from planner.salvage.choice import DIFFER, JOINED, READ_ANEW, choose, with_remarks
from planner.salvage.document import Document
from planner.salvage.documents import documents_in, last_list_in
from planner.salvage.envelope import unpacked, without_envelope
from planner.salvage.item import Item, item_of, plain_item, representable
from planner.salvage.page import Page
from planner.salvage.parsing import MAX_RAW, parse
from planner.salvage.remarks import for_people
from planner.salvage.rivals import are_parts
from planner.salvage.salvaged import Salvaged, outside
from planner.salvage.standing import BEGUN_ANEW
from planner.salvage.tokens import OP
from planner.salvage.whole import Held, Level, is_edit, levels_of

MAX_CHARACTERS: Final = 1 << 20
"""How much of an answer is read, in characters; the longest outputs in use stay below it."""

MAX_ITEMS: Final = 50_000
"""How many items are read; the rest is told as one."""

_MAX_WRAPPINGS: Final = 4
"""JSON inside of JSON's strings, one in the other."""

_MAX_TEXTS: Final = 20
"""Texts of a provider's reply that are looked into."""

_TOO_MANY: Final = Item(
    fault=RejectionCode.TOO_LARGE,
    reason=f"only the first {MAX_ITEMS:,} items of an answer are read",
)
_NOT_CLOSED: Final = "The list of edits is not closed in the answer."
_BESIDE: Final = "it stands beside the list of edits that counts, or under a key that says no"
_AMBIGUOUS: Final = "several lists of edits stand side by side, and nobody knows which one counts"
_PLAN_INSIDE: Final = "a plan stands among the edits: it was begun anew, or tells an example"
_BEHIND_TURN: Final = "it stands behind a mark that ends the teacher's turn"
_COMMENTED: Final = "it is commented out"
_MISSING: Final = "(nothing follows)"
_JSON_IN_STRING: Final = re.compile(
    r"(?:\A\s*+(?:```\w*+\s++)?\"?|\b(?:edits|arguments|content|text)\"\s*+:\s*+\")"
    r'(\s*+(?:\\[nrt]\s*+)*[\[{][^"\\]*+(?:\\(?:u[0-9a-fA-F]{4}|[^u])[^"\\]*+)*)',
    re.DOTALL,
)
"""The answer, a reply's message, a tool's arguments or the list as a string: no edit's text."""
_ESCAPED: Final = re.compile(r"\s*(?:\[(?:\\[nrt]|\s)*)?\{(?:\\[nrt]|\s)*\\\"\w+\\\"\s*:")
"""So begins an answer that was escaped once too often."""
_JSON: Final = re.compile(r"[{}\[\]\",]")
_NO_WORDS: Final = re.compile(r"[\[\]{}\"]")


def read_items(text: str, *, max_characters: int = MAX_CHARACTERS) -> Salvaged:
    """Read the items of the teacher's list.

    Args:
        text: The reply's content.
        max_characters: What lies beyond is not read, and told.

    Returns:
        Every item with its value or its fault; never an error, whatever the text.
    """
    text = _with_like_breaks(text)
    if len(text) <= max_characters:
        return _read(text, 0)
    read = _read_loosely(without_envelope(text[:max_characters]), 0)
    # All of the answer is recorded with the session.
    reason = f"the answer has {len(text):,} characters; only the first {max_characters:,} were read"
    rest = Item(fault=RejectionCode.TOO_LARGE, reason=reason)
    return replace(read, items=(*read.items, rest), notes=(*read.notes, f"{reason}."))


def _with_like_breaks(text: str) -> str:
    r"""Return an answer of which every line ended in `\r\n`, its texts' own ones too, with `\n`."""
    breaks = text.count("\r\n") if "\r" in text else 0
    return text.replace("\r\n", "\n") if breaks and breaks == text.count("\n") else text


def _read(text: str, wrappings: int) -> Salvaged:
    read = _read_strictly(text, wrappings)
    if read is None:
        body = without_envelope(text)
        inner = unpacked(body) if wrappings < _MAX_WRAPPINGS else None
        if inner is not None:
            return _mended(_read(inner, wrappings + 1))
        read = _read_strictly(body, wrappings) if body != text else None
        read = _read_loosely(body, wrappings) if read is None else read
        behind = text.rpartition(body)[2] if body and body in text else ""
        if not read.closed and last_list_in(behind) >= 0:
            read = replace(read, items=tuple(read.told(BEGUN_ANEW)))
        elif not read.closed and OP.search(behind) and wrappings < _MAX_WRAPPINGS:
            told = _read_loosely(behind, wrappings + 1).told(_BEHIND_TURN)
            read = replace(read, items=(*read.items, *told))
        read = with_remarks(read, for_people(behind))
    return read


# --- one value ---------------------------------------------------------------------------


_STRICT_JSON: Final = SchemaValidator(
    core_schema.with_default_schema(
        core_schema.typed_dict_schema({}), default=None, on_error="default"
    )
)
"""Takes any JSON and makes nothing of it.

Its bound on depth makes it the guard for the standard library's parser, which recurses
on the depth of its input; it takes no half characters.
"""


def _read_strictly(text: str, wrappings: int) -> Salvaged | None:
    """Read an answer that is strict JSON, ten times as fast; None where it is not."""
    doubled: list[str] = []
    try:
        _STRICT_JSON.validate_json(text.encode())
        value = json.loads(
            text,
            object_pairs_hook=partial(_object, doubled),
            parse_constant=doubled.append,
            parse_float=partial(_finite, doubled),
        )
    except (ValueError, RecursionError):
        return None
    if doubled:
        return None
    return _read_value(value, plain_item, wrappings)


def _object(doubled: list[str], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        doubled.extend(key for key, value in pairs if repr(value) != repr(made[key]))
    return made


def _finite(not_finite: list[str], digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        not_finite.append(digits)
    return number


def _read_value(value: Any, item: Callable[[Any], Item], wrappings: int) -> Salvaged:
    """Read the answer that one value holds: the shallowest list of edits that counts."""
    levels = list(levels_of(value))
    lists = next((level.lists for level in levels if level.lists), [])
    loose = next((level.loose for level in levels if level.loose), [])
    candidates = lists or loose
    edits = candidates[0].value if candidates else None
    differ = any(one.value != edits for one in candidates)
    if differ:
        edits = _joined(candidates)
    if candidates and edits is None:
        return Salvaged(tuple(_told(levels, (), item, _AMBIGUOUS)))
    if candidates:
        is_named = candidates[0].own_key.lower() == "edits"
        is_list = is_named or len(candidates) > 1 or isinstance(edits, list)
        read = _read_edits(edits, item, wrappings, is_answer=bool(lists))
        read = replace(read, is_list=is_list)
    else:
        read = _read_texts([text for level in levels for text in level.texts], wrappings)
    beside = dict.fromkeys(one.beside for one in candidates if one.beside)
    said = "\n".join([*beside, *(text for level in levels for text in level.said)])
    read = with_remarks(read, for_people(said))
    read = with_remarks(read, JOINED) if differ else read
    return replace(read, items=(*read.items, *_told(levels, candidates, item, _BESIDE)))


def _joined(candidates: Sequence[Held]) -> list[Any] | None:
    """Return the edits of lists that stand side by side, where no edit meets another."""
    if any("choices" in one.path for one in candidates):
        return None
    given = (one.value if isinstance(one.value, list) else [one.value] for one in candidates)
    edits = [edit for some in given for edit in some]
    return edits if are_parts(edits) else None


def _read_edits(
    edits: Any, item: Callable[[Any], Item], wrappings: int, *, is_answer: bool
) -> Salvaged:
    if isinstance(edits, str):
        return _read(edits, wrappings + 1) if wrappings < _MAX_WRAPPINGS else Salvaged(())
    listed = _flat(edits if isinstance(edits, list) else [edits])
    items = tuple([item(one) for one in listed])
    if any(map(_is_plan, items)):
        return Salvaged(tuple(outside(one, _PLAN_INSIDE) for one in items))
    texts = (one.raw for one in items if one.fault is RejectionCode.NOT_AN_OBJECT)
    said = "\n".join(one for one in texts if isinstance(one, str))
    if len(items) > MAX_ITEMS:
        items = (*items[:MAX_ITEMS], _TOO_MANY)
    nothing = is_answer and not items
    return Salvaged(items, closed=True, proposes_nothing=nothing, remarks=for_people(said))


def _is_plan(item: Item) -> bool:
    value = item.value
    return isinstance(value, dict) and "edits" in value and "op" not in value


def _flat(values: Sequence[Any]) -> Iterable[Any]:
    """Return the items of a list, lists in it resolved; one that is empty is an item."""
    if not any(isinstance(one, list) for one in values):
        return values
    return _flattened(values)


def _flattened(values: Sequence[Any]) -> Iterator[Any]:
    ahead = [iter(values)]
    while ahead:
        for one in ahead[-1]:
            if one and isinstance(one, list):
                ahead.append(iter(one))
                break
            yield one
        else:
            ahead.pop()


def _told(
    levels: Sequence[Level], counting: Sequence[Held], item: Callable[[Any], Item], reason: str
) -> Iterator[Item]:
    """Yield the items of all lists that do not count."""
    known = {id(one.value) for one in counting}
    for level in levels:
        for one in level.all:
            if id(one.value) not in known:
                values = _flat(one.value) if isinstance(one.value, list) else [one.value]
                yield from (outside(item(value), reason) for value in values if value)


def _read_texts(texts: Sequence[Held], wrappings: int) -> Salvaged:
    """Read the texts of a provider's reply: the only answer, or the calls of a tool as one."""
    if wrappings >= _MAX_WRAPPINGS or len(texts) > _MAX_TEXTS:
        return Salvaged(())
    reads = [(one, _read(one.value, wrappings + 1)) for one in texts]
    reads = [(one, read) for one, read in reads if read.says_something]
    if not reads:
        return Salvaged(())
    remarks = "\n".join(dict.fromkeys(read.remarks for _, read in reads if read.remarks))
    if all(read.own == reads[0][1].own for _, read in reads):
        return replace(reads[0][1], remarks=remarks)
    if _joined([one._replace(value=read.own) for one, read in reads]) and all(
        read.closed for _, read in reads
    ):
        items = tuple(item for _, read in reads for item in read.items)
        return with_remarks(Salvaged(items, closed=True, is_list=True, remarks=remarks), JOINED)
    return Salvaged(tuple(told for _, read in reads for told in read.told(DIFFER)))


# --- any other answer ------------------------------------------------------------------


def _read_loosely(text: str, wrappings: int) -> Salvaged:
    if _ESCAPED.match(text):
        return _read_escaped(text, wrappings)
    if place := _begins_anew(text):
        read = _read_documents(text[place:], wrappings)
        if read.closed:
            told = _read_documents(text[:place], wrappings).told(BEGUN_ANEW)
            return with_remarks(replace(read, items=(*read.items, *told)), READ_ANEW)
    return _read_documents(text, wrappings)


_BRACKET: Final = re.compile(r"[\[{]")
_FIRST_ID: Final = re.compile(
    r"[\[{].{0,10000}?[\"']id[\"']\s*:\s*[\"'][^\"'\n]{1,100}[\"']", re.DOTALL
)
"""An answer up to its first edit's id: no text within an edit begins so."""


def _begins_anew(text: str) -> int:
    """Return where an answer that broke off is given again from its beginning, or 0."""
    first = _BRACKET.search(text)
    opening = _FIRST_ID.match(text, first.start()) if first else None
    if opening is None:
        return 0
    beginning = re.compile(r"\s*+".join(map(re.escape, "".join(opening[0].split()))))
    *_, last = (one.start() for one in beginning.finditer(text, opening.start()))
    document = parse(Page(text), opening.start()) if last > opening.start() else None
    is_broken = document is not None and not (document.closed and document.end <= last)
    return last if is_broken else 0


def _read_documents(text: str, wrappings: int) -> Salvaged:
    page = Page(text)
    found = [(one, _read_document(one, wrappings)) for one in documents_in(page)]
    if not any(read.items or read.proposes_nothing for _, read in found) or _is_packed(found, text):
        return _read_escaped(text, wrappings)
    read, chosen = choose(text, found)
    comments = [words for one in chosen for words in one.comments]
    told = _commented_out([one for one in comments if _JSON.match(one)], wrappings)
    words = [one for one in comments if not _JSON.match(one)]
    said = "\n".join([*_around(text, [one for one, _ in found]), *words])
    return with_remarks(replace(read, items=(*read.items, *told)), for_people(said))


def _is_packed(found: Sequence[tuple[Document, Salvaged]], text: str) -> bool:
    """Tell whether all edits of a text are escaped: those of a provider's reply that was cut."""
    is_broken = all(one.value is None for _, read in found for one in read.items)
    return is_broken and '\\"op\\"' in text and '"op"' not in text


def _commented_out(comments: Sequence[str], wrappings: int) -> Iterator[Item]:
    """Yield the edits that stand in comments, one behind the other or line by line."""
    text = "\n".join(comments)
    if OP.search(text) and wrappings < _MAX_WRAPPINGS:
        yield from _read_loosely(text, wrappings + 1).told(_COMMENTED)


def _around(text: str, documents: Sequence[Document]) -> Iterator[str]:
    """Yield the words outside of all documents."""
    end = 0
    for one in documents:
        yield text[end : one.start]
        end = one.end
    # What is introduced at the end is missing.
    below = text[end:].rstrip()
    yield f"{below} {_MISSING}" if below.endswith(":") else below


def _read_document(document: Document, wrappings: int) -> Salvaged:
    read = _read_value(document.value, partial(item_of, document), wrappings)
    if document.has_dots and all(one.fault for one in read.items):
        return Salvaged(())  # It is mentioned: a sentence speaks of its form.
    if document.is_ambiguous:
        return Salvaged(tuple(read.told(_AMBIGUOUS)))
    if document.closed:
        return read
    if not read.items:
        return Salvaged(())
    closed = read.is_list and not _is_open(document)
    notes = read.notes if closed else (*read.notes, _NOT_CLOSED)
    return replace(read, closed=closed, notes=notes)


def _is_open(document: Document) -> bool:
    """Tell whether the list of edits is one that nothing closes."""
    lists = (one.value for level in levels_of(document.value) for one in level.all)
    return any(id(one) in document.open_lists or is_edit(one) for one in lists)


def _read_escaped(text: str, wrappings: int) -> Salvaged:
    """Read an answer that was written as JSON inside a JSON string."""
    found = (one[1] for one in _JSON_IN_STRING.finditer(text))
    strings = dict.fromkeys(one for one in found if '\\"' in one)  # In order, on any machine.
    if not strings or wrappings >= _MAX_WRAPPINGS:
        return Salvaged(())
    if len(strings) > 1:
        told = (
            Item(fault=RejectionCode.NOT_THE_ANSWER, reason=DIFFER, raw=_raw(one))
            for one in strings
        )
        return Salvaged(tuple(told))
    (written,) = strings
    try:
        inner = json.loads(f'"{written}"', strict=False)
    except ValueError:
        return Salvaged(())
    lines = text.replace(written, "", 1).split("\n")
    said = "\n".join(line for line in lines if not _NO_WORDS.search(line))
    return with_remarks(_mended(_read(inner, wrappings + 1)), for_people(said))


def _mended(read: Salvaged) -> Salvaged:
    return replace(read, items=tuple(one._replace(is_mended=True) for one in read.items))


def _raw(text: str) -> str:
    return representable(text[:MAX_RAW])
