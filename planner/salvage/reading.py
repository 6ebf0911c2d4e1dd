"""The whole answer: what counts of it, and what stands beside it."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from itertools import filterfalse
from typing import Any, Final

from pydantic_core import SchemaValidator, core_schema

from planner.models import RejectionCode
from planner.salvage.beside import names_of
from planner.salvage.calls import OF_BARRED_TOOL, are_of_one_tool, are_parts
from planner.salvage.choice import AMBIGUOUS, DIFFER, Chooser
from planner.salvage.documents import Document, documents_in, is_mentioned
from planner.salvage.envelope import unquoted_lines, without_cdata, without_envelope
from planner.salvage.flaws import is_sound, may_be_completed
from planner.salvage.groups import grouped_edits
from planner.salvage.inside import PLAN_INSIDE, GivenInside, holds_plan
from planner.salvage.item import WRAPS_ONE, Doubts, Item, plain_item, representable
from planner.salvage.lists import (
    MAX_ITEMS,
    MAX_RAW_BEYOND,
    NO_EDIT,
    TOO_MANY,
    EditList,
    edits_in_object,
)
from planner.salvage.literal import in_python_argument, unquoted, unwrapped
from planner.salvage.names import differing_ids, ids_for_two_reasons, ids_in
from planner.salvage.naming import FENCE_LINE
from planner.salvage.packing import is_stream, unpacked
from planner.salvage.page import Page
from planner.salvage.programs import from_lines, from_python, with_json_strings
from planner.salvage.remarks import for_people, withdrawn_by_name, withdraws
from planner.salvage.seams import (
    before_next_turn,
    begun_once,
    behind_its_beginning,
    given_in_full,
    is_closed_by_another,
    joined,
    resumed_at_edit,
    without_cut_copy,
    without_quoted_answer,
    without_rules,
    without_words_between,
)
from planner.salvage.tokens import ANY_LIST, LIST, OP, comments_in, extent_of
from planner.salvage.whole import Held, Level, ends_cut, levels_of
from planner.salvage.words import is_barred, is_plainly_another

MAX_CHARACTERS: Final = 1 << 20
"""How much of an answer is read, in characters; the longest outputs in use stay below it."""

_MAX_WRAPPINGS: Final = 4
"""JSON inside of JSON's strings, one in the other."""

_CUT: Final = RejectionCode.CUT_SHORT

_MAX_TEXTS: Final = 20
"""Texts of a provider's reply that are looked into."""

_NAMES_ONE: Final = re.compile(
    r"\W*(?:(?:first|second|third|last|next|new|the) )?(?:edits?|changes?|items?|no\.?|step|plan)?"
    r"(?: (?:\d+|for c\w{0,20}|of \d+))*\W*|[{}\[\]\",].*|[^{}\n]{0,60}: \{[^\n]*\}[,;]?",
    re.IGNORECASE,
)
"""A comment that numbers what follows, or JSON that is commented out."""
_JSON_IN_STRING: Final = re.compile(
    r"(?:\A\s*+(?:```\w*+\s++)?\"?|\b(?:edits|arguments|message\"\s*+:\s*+\{\s*+"
    r"(?:\"role\"\s*+:\s*+\"assistant\"\s*+,\s*+)?\"content)\"\s*+:\s*+\")"
    r'(\s*+(?:\\[nrt]\s*+)*[\[{][^"\\]*+(?:\\(?:u[0-9a-fA-F]{4}|[^u])[^"\\]*+)*)',
    re.DOTALL,
)
"""The answer, a reply's message, a tool's arguments or the list as a string: no edit's text."""


_ONE_EDIT: Final = re.compile(r'\s*+\{\s*+"edit"\s*+:\s*+(\{.*\})\s*+\}\s*+', re.DOTALL)

_OF_SHAPE: Final = frozenset({AMBIGUOUS, DIFFER, NO_EDIT})
"""Reasons that say nothing of the words around the answer."""

_BRACKET: Final = re.compile(r"[\[{]")
_NOT_PROSE: Final = re.compile(r"[\[\]{}<>~]|^\s*(?:[+#>]|//|--)", re.MULTILINE)
"""Brackets, tags, crossed-out and quoted lines, headings: those say more than words do."""

_MENDS: Final = (
    given_in_full,
    behind_its_beginning,
    joined,
    begun_once,
    before_next_turn,
    from_python,
    partial(from_lines, wrappers=WRAPS_ONE),
)
"""Each may give an answer that is one JSON value, and then that is the answer."""
_MENDS_AT_WORDS: Final = (resumed_at_edit, without_words_between)
"""Likewise, and the words that stood within it."""

_ESCAPED: Final = re.compile(r"\s*(?:\[(?:\\[nrt]|\s)*)?\{(?:\\[nrt]|\s)*\\\"\w+\\\"\s*:")
"""So begins an answer that was escaped once too often."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What could be read of an answer."""

    items: tuple[Item, ...]
    """In the order of the text; those outside the list that counts come last."""
    closed: bool = False
    """The list of edits is closed in the text."""
    proposes_nothing: bool = False
    """A complete, empty list of edits: the teacher's answer is that there are none."""
    notes: tuple[str, ...] = ()
    remarks: str = ""
    """What the teacher says beside its edits that a person has to read before one is applied."""

    @property
    def says_something(self) -> bool:
        """Tell whether an edit stands in it, or that there is none."""
        return self.proposes_nothing or bool(self.items)


def read_items(text: str, *, max_characters: int = MAX_CHARACTERS) -> Salvaged:
    """Read the items of the teacher's list.

    Args:
        text: The reply's content.
        max_characters: What lies beyond is not read, and told.

    Returns:
        Every item with its value or its fault; never an error, whatever the text.
    """
    if len(text) > max_characters:
        body = without_envelope(text[:max_characters])
        return _with_rest(_read_broken(body), len(text), max_characters)
    return _read(text, 0)


def _read(text: str, wrappings: int) -> Salvaged:
    read = _read_as_it_is(text, wrappings)
    if names := ids_for_two_reasons(one.value for one in read.items):
        # Each could be read: an answer of such edits only is none that breaks.
        items = (
            _outside(one, _OTHERWISE)._replace(is_object=True) if _is_named(one, names) else one
            for one in read.items
        )
        read = replace(read, items=tuple(items))
    if not is_closed_by_another(text):
        return read
    last = _last_of_list(read.items)
    if last is None or last.fault:
        return read
    return _with_last_cut(read, "its brackets close as no other does: somebody else closed them")


def _read_as_it_is(text: str, wrappings: int) -> Salvaged:
    whole = _read_whole(text, wrappings)
    if whole is None:
        text = without_rules(text)
        body = unquoted_lines(without_cdata(without_envelope(text)))
        if mended := _read_mended(body, wrappings):
            return mended
        if (own := without_quoted_answer(body)) and (whole := _read_among_words(own, wrappings)):
            return whole
        if wrappings < _MAX_WRAPPINGS and (written := with_json_strings(body)):
            return _read(written, wrappings + 1)
        body = without_cut_copy(body) or body
        inner = in_python_argument(body)
        inner = unpacked(body) if inner is None else inner
        if inner is not None and wrappings < _MAX_WRAPPINGS:
            return _read(inner, wrappings + 1)
        whole = _read_whole(body, wrappings) if len(body) < len(text) else None
        whole = _read_packed(body) if whole is None else whole
        if all(one.reason in _OF_SHAPE for one in whole.items):
            whole = _read_among_words(body, wrappings) or whole
        rest = text.rpartition(body)[2] if body else ""
        if not whole.closed and _is_given_again(whole.items, rest):
            reason = "it breaks off, and another list begins in the turn behind it"
            return replace(whole, items=tuple(_outside(one, reason) for one in whole.items))
    return _without_completed(_without_plans_inside(whole))


def _read_mended(text: str, wrappings: int) -> Salvaged | None:
    """Read an answer that is one JSON value once a seam of it is mended; None where none is."""
    for mend in _MENDS:
        if (again := mend(text)) and (whole := _read_whole(again, wrappings)):
            return _without_plans_inside(_without_completed(whole))
    for mend_at_words in _MENDS_AT_WORDS:
        if (apart := mend_at_words(text)) and (whole := _read_whole(apart[0], wrappings)):
            whole = _without_plans_inside(_without_completed(whole))
            return _unless_told_against(whole, apart[1])
    return None


def _read_among_words(text: str, wrappings: int) -> Salvaged | None:
    """Read an answer that is JSON but for the words around it, as it is read without them.

    None where it is not, where a label sets it aside, or where it holds no edit.
    """
    opening = _BRACKET.search(text)
    extent = extent_of(text, opening.start()) if opening else None
    if opening is None or extent is None or extent.fault:
        return None
    above, below = text[: opening.start()], text[extent.end :]
    line = above.rpartition("\n")[2]
    if line.strip() or _NOT_PROSE.search(above + below):
        return None
    said = "\n".join(one for one in above.split("\n") if not FENCE_LINE.fullmatch(one))
    if is_plainly_another(said):
        return None
    read = _read_whole(text[opening.start() : extent.end], wrappings + 1)
    if read is None or not any(one.value for one in read.items):
        return None
    return _unless_told_against(read, f"{above}\n{below}")


def _is_given_again(items: Sequence[Item], rest: str) -> bool:
    """Tell whether the turns behind an answer give a list, or one of its edits."""
    if not items or not rest.strip():
        return False
    names = ids_in(rest).keys()
    return bool(LIST.search(rest)) or any(_is_named(one, names) for one in items)


def _without_plans_inside(read: Salvaged) -> Salvaged:
    """Reject a plan that stands among the edits, and those edits whose place it may take.

    Where the list ends with it, the whole answer was begun anew there. Where it goes on, what
    the plan does not give again is left to a person.
    """
    plans = [place for place, one in enumerate(read.items) if holds_plan(one.value)]
    if not plans:
        return read
    inside = GivenInside(read.items[place].value for place in plans)
    goes_on = read.closed and any(map(_is_edit, read.items[plans[-1] :]))
    items = (
        one
        if goes_on and not holds_plan(one.value) and not inside.may_replace(one.value)
        else _outside(one, PLAN_INSIDE)
        for one in read.items
    )
    remarks = "\n".join(filter(None, (read.remarks, f"{PLAN_INSIDE.capitalize()}.")))
    return replace(read, items=tuple(items), remarks=remarks if goes_on else read.remarks)


def _is_edit(item: Item) -> bool:
    return isinstance(item.value, dict) and "op" in item.value


def _without_completed(read: Salvaged) -> Salvaged:
    """Reject a last edit whose fields below the payload are missing."""
    last = _last_of_list(read.items)
    # An edit that another one follows is whole, be that one broken.
    if last is None or last.fault or not may_be_completed(last.value):
        return read
    reason = "nothing stands below its payload: it may have been cut, and closed by somebody else"
    return _with_last_cut(read, reason)


def _last_of_list(items: Sequence[Item]) -> Item | None:
    """Return the last item of the list that counts; what stands elsewhere is told behind it."""
    within = (one for one in reversed(items) if one.fault is not RejectionCode.NOT_THE_ANSWER)
    return next(within, None)


def _with_last_cut(read: Salvaged, reason: str) -> Salvaged:
    """Reject the last item that has a value."""
    items = list(read.items)
    for place in range(len(items) - 1, -1, -1):
        if items[place].fault is None:
            raw = items[place].value
            items[place] = Item(
                fault=RejectionCode.CUT_SHORT, reason=reason, raw=raw, is_object=True
            )
            break
    return replace(read, items=tuple(items))


def _with_rest(read: Salvaged, length: int, limit: int) -> Salvaged:
    """Tell what was not read: the whole answer is recorded with the session."""
    reason = f"the answer has {length:,} characters; only the first {limit:,} were read"
    rest = Item(fault=RejectionCode.TOO_LARGE, reason=reason)
    notes = (*read.notes, f"{reason}.")
    return Salvaged((*read.items, rest), notes=notes, remarks=read.remarks)


# --- the whole text is one JSON value -----------------------------------------------


_STRICT_JSON: Final = SchemaValidator(
    core_schema.with_default_schema(
        core_schema.typed_dict_schema({}), default=None, on_error="default"
    )
)
"""Takes any JSON and makes nothing of it.

Its bound on depth makes it the guard for the standard library's parser, which recurses
on the depth of its input; it takes no half characters.
"""


def _read_whole(text: str, wrappings: int) -> Salvaged | None:
    """Read an answer that is strict JSON, ten times as fast; None where it is not."""
    doubts = Doubts([], [])
    try:
        _STRICT_JSON.validate_json(text.encode())
        value = json.loads(text, **doubts.hooks())
    except (ValueError, RecursionError):
        return None
    if doubts.doubled or doubts.not_finite:
        return None
    return _read_value(value, wrappings, sound=is_sound(text))


def _read_value(value: Any, wrappings: int, *, sound: bool) -> Salvaged:
    if not _is_plain(value) and (edits := grouped_edits(value)) is not None:
        return _read_candidate(edits, wrappings, sound=sound, is_answer=True)
    levels = list(levels_of(value))
    lists = next((level.lists for level in levels if level.lists), [])
    loose = next((level.loose for level in levels if level.loose), [])
    candidates = lists or loose
    answer = candidates[0].value if candidates else None
    if any(one.value != answer for one in candidates):
        answer = _of_calls(candidates)
        if answer is None:
            reason = "several lists of edits stand side by side, and no word says which one counts"
            return Salvaged(tuple(_told(levels, (), reason)))
    if candidates:
        read = _read_candidate(answer, wrappings, sound=sound, is_answer=bool(lists))
    else:
        read = _read_texts(levels, wrappings)
    beside = [one.beside for one in lists if one.beside]
    if said := "\n".join([*beside, *(text for level in levels for text in level.said)]):
        read = _unless_told_against(read, said)
    last = _last_of_list(read.items)
    cut_by_itself = _NOT_CLOSED in read.notes or (last is not None and last.fault is _CUT)
    told = tuple(_told(levels, candidates, _BESIDE))
    if told:
        read = _without_those_beside(read, levels)
        read = replace(read, items=(*read.items, *told))
    if answer is not value and not cut_by_itself and not _is_plain(value) and ends_cut(value):
        return _with_last_cut(read, "the provider says that the answer did not end by itself")
    return read


def _unless_told_against(read: Salvaged, said: str) -> Salvaged:
    """Reject what the words beside the list withdraw, and keep what a person has to read."""
    names = names_of(item.value for item in read.items)
    if withdraws(said, names):
        return replace(read, items=tuple(_outside(one, _SAID_BESIDE) for one in read.items))
    gone = withdrawn_by_name(said, names)
    remarks = "\n".join(filter(None, (for_people(said), read.remarks)))
    return replace(_without_named(read, gone, _SAID_BESIDE), remarks=remarks)


def _of_calls(candidates: Sequence[Held]) -> list[Any] | None:
    """Return the edits of several calls of one tool that are the parts of one answer."""
    if not are_of_one_tool([one.call for one in candidates]):
        return None
    given = [one.value if isinstance(one.value, list) else [one.value] for one in candidates]
    edits = [edit for some in given for edit in some]
    return edits if are_parts(edits) else None


def _is_plain(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("edits"), list)


def _read_candidate(value: Any, wrappings: int, *, sound: bool, is_answer: bool) -> Salvaged:
    if isinstance(value, list):
        items = tuple([plain_item(one, sound=sound) for one in _flat(value)])
        if len(items) > MAX_ITEMS:
            items = (*items[:MAX_ITEMS], TOO_MANY)
        return Salvaged(items, closed=True, proposes_nothing=is_answer and not items)
    if isinstance(value, dict):
        return Salvaged(edits_in_object(value), closed=True)
    if isinstance(value, str) and wrappings < _MAX_WRAPPINGS:
        return _read(value, wrappings + 1)
    return Salvaged(())


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


def _read_texts(levels: Sequence[Level], wrappings: int) -> Salvaged:
    """Read the only text of a provider's reply that holds an answer."""
    texts = [text for level in levels for text in level.texts]
    if wrappings >= _MAX_WRAPPINGS or len(texts) > _MAX_TEXTS:
        return Salvaged(())
    answers = [(one.call, _read(_argument(one), wrappings + 1)) for one in texts]
    answers = [(call, read) for call, read in answers if read.says_something]
    reads = [read for _, read in answers]
    calls = [call for call, _ in answers]
    barred = any(call.is_barred for call in calls if call)
    remarks = "\n".join(dict.fromkeys(read.remarks for read in reads if read.remarks))
    if not barred and all(read == replace(reads[0], remarks=read.remarks) for read in reads):
        return replace(reads[0], remarks=remarks) if reads else Salvaged(())
    items = tuple(item for read in reads for item in read.items)
    parts = are_of_one_tool(calls) and are_parts(item.value for item in items)
    if parts and not barred and all(read.closed for read in reads):
        return Salvaged(items, closed=True, remarks=remarks)
    reason = OF_BARRED_TOOL if barred else DIFFER
    return Salvaged(tuple(_outside(item, reason) for item in items))


def _argument(text: Held) -> str:
    """Return a text without the only key that an edit stands under which a tool is called with."""
    found = _ONE_EDIT.fullmatch(text.value) if text.call else None
    return found[1] if found else text.value


_NOT_CLOSED: Final = "The list of edits is not closed in the answer."
_BESIDE: Final = "it stands beside the list of edits that counts, or under a key that says no"


def _told(levels: Sequence[Level], counting: Sequence[Held], reason: str) -> Iterator[Item]:
    """Yield the items of all lists that do not count."""
    known = {id(one.value) for one in counting}
    for level in levels:
        for one in (*level.lists, *level.loose, *level.barred):
            if id(one.value) not in known:
                values = _flat(one.value) if isinstance(one.value, list) else [one.value]
                yield from (_outside(plain_item(value), reason) for value in values if value)


def _without_those_beside(read: Salvaged, levels: Sequence[Level]) -> Salvaged:
    """Reject the edits of which one with another body stands beside the list, under no other key.

    A key that says no tells which of the two counts.
    """
    others = [
        one.value
        for level in levels
        for one in level.barred
        if isinstance(one.value, dict) and not is_barred(one.key)
    ]
    mine = [item.value for item in read.items if not item.fault]
    return _without_named(read, differing_ids(mine, others), _OTHERWISE)


def _without_named(read: Salvaged, names: Set[str], reason: str) -> Salvaged:
    """Reject the edits that have one of these names."""
    items = (_outside(one, reason) if _is_named(one, names) else one for one in read.items)
    return replace(read, items=tuple(items))


def _outside(item: Item, reason: str) -> Item:
    if item.fault:
        return item
    return Item(fault=RejectionCode.NOT_THE_ANSWER, reason=reason, raw=item.value)


# --- any other answer ------------------------------------------------------------------


def _read_packed(text: str) -> Salvaged:
    """Read an answer that is not clean, out of the quotes and the width it was put in."""
    body = unquoted(unwrapped(text))
    if body is None:
        reason = "the whole answer stands in quotes, and its escapes can be read in two ways"
        return _nothing_read(text, reason)
    read = _read_broken(body)
    if not read.says_something and is_stream(body):
        return _nothing_read(text, "it is a raw stream of events, whose pieces a client joins")
    return read


def _nothing_read(text: str, reason: str) -> Salvaged:
    item = Item(fault=RejectionCode.MALFORMED, reason=reason, raw=representable(text))
    return Salvaged((item,), notes=(f"Nothing was read: {reason}.",))


def _read_broken(text: str, *, inside_string: bool = False) -> Salvaged:
    documents = [one for one in documents_in(Page(text)) if one.found or one.suspect]
    answers = [one for one in documents if not is_mentioned(one, text)]
    documents = answers if any(one.found for one in answers) else documents
    if not any(one.found for one in documents):
        return Salvaged(()) if inside_string else _read_string(text)
    if not inside_string and _ESCAPED.match(text):
        return _read_string(text)
    choice = Chooser(text, documents).choose()
    edits = [found.edits for found in choice.found]
    items = [
        _outside(item, _BY_NAME)
        if _is_named(item, choice.taken_back)
        else _outside(item, _AGAIN)
        if _is_named(item, choice.given_again)
        else _outside(item, _OTHERWISE)
        if _is_named(item, choice.given_otherwise)
        else item
        for one in edits
        for item in one.items
    ]
    told = [_outside(item, why) for found, why in choice.reasons for item in found.edits.items]
    comments = [*_comments(text, documents, edits)]
    told += _commented_out(comments)
    closed = bool(edits) and all(one.closed for one in edits)
    said = filterfalse(_NAMES_ONE.fullmatch, comments)
    if len(items) > MAX_ITEMS:
        items = [*items[:MAX_ITEMS], TOO_MANY]
    return Salvaged(
        (*items, *told),
        closed=closed and edits[0].is_list,
        proposes_nothing=closed and not items and edits[0].is_list,
        notes=() if closed or not edits else (_NOT_CLOSED,),
        remarks=for_people("\n".join([choice.remarks, *said])),
    )


def _comments(text: str, documents: Sequence[Document], edits: Sequence[EditList]) -> Iterator[str]:
    """Yield what comments within the answer say."""
    starts = {one.start for one in edits}
    for document in documents:
        if starts.isdisjoint(found.edits.start for found in document.found):
            continue
        yield from (words for _, words in comments_in(text[document.start : document.end]))


def _commented_out(comments: Sequence[str]) -> Iterator[Item]:
    """Yield what stands in comments as edits do, one behind the other or in lines of one edit."""
    text = "\n".join(one for one in comments if _JSON.match(one))
    end = 0
    for op in OP.finditer(text):
        while end <= op.start() and (start := text.find("{", end, op.start())) >= 0:
            extent = extent_of(text, start)
            end = len(text) if extent.fault else extent.end
            if end > op.start():
                raw = representable(text[start : min(end, start + MAX_RAW_BEYOND)])
                yield Item(fault=RejectionCode.NOT_THE_ANSWER, reason=_COMMENTED, raw=raw)
        end = max(end, op.end())


_JSON: Final = re.compile(r"[{}\[\]\",]")
_COMMENTED: Final = "it is commented out"
_SAID_BESIDE: Final = "the words beside the list take it back"
_OTHERWISE: Final = "its id is given again with another text: nobody knows which one counts"
_AGAIN: Final = "its id is given again where the answer breaks off: it was begun anew"
_BY_NAME: Final = "the words outside of the answer take it back by its name"


def _is_named(item: Item, names: Set[str]) -> bool:
    """Tell whether an edit has one of these names."""
    return bool(names) and isinstance(item.value, dict) and str(item.value.get("id")) in names


def _read_string(text: str, wrappings: int = 0) -> Salvaged:
    """Read an answer that was written as JSON inside a JSON string."""
    strings = [one[1] for one in _JSON_IN_STRING.finditer(text) if '\\"' in one[1]]
    if len(set(strings)) > 1:
        reason = "several answers are written as texts, and no word says which one counts"
        return Salvaged(tuple(_string_told(one, reason) for one in strings))
    try:
        inner = json.loads(f'"{strings[0]}"', strict=False) if strings else ""
    except ValueError:
        return Salvaged(())
    if wrappings < _MAX_WRAPPINGS and not ANY_LIST.search(inner):
        return _read_string(inner, wrappings + 1)
    read = _read_broken(inner, inside_string=True)
    lines = text.replace(strings[0], "", 1).split("\n") if strings else []
    said = "\n".join(line for line in lines if not _NOT_PROSE.search(line) and '"' not in line)
    return _unless_told_against(read, said) if said.strip() else read


def _string_told(text: str, reason: str) -> Item:
    raw = representable(text[:MAX_RAW_BEYOND])
    return Item(fault=RejectionCode.NOT_THE_ANSWER, reason=reason, raw=raw)
