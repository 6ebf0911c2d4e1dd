"""Where the documents of a text stand: what of it makes them none of the answer."""

import re
from collections.abc import Sequence
from typing import Final

from planner.salvage.document import Document
from planner.salvage.documents import last_list_in
from planner.salvage.page import COMMENTED_OUT, OUT_OF_USE
from planner.salvage.salvaged import Salvaged
from planner.salvage.twice import ids_in

_BEHIND_BROKEN: Final = "it stands behind what broke off, and may be part of one of its texts"
BEGUN_ANEW: Final = "it breaks off, and another list begins behind it: it was begun anew"
_COPY: Final = "it is the beginning of what stands above it"
_IN_A_TEXT: Final = "brackets close behind it that none opened: it ends inside a text"
_GOES_ON: Final = "another answer begins below it and breaks off"
_NO_EDITS: Final = "below it stands an answer whose list of edits is null"
_NULL: Final = re.compile(r"\bedits[\"']?\s*:\s*(?:null|None)\b")
OUTSIDE: Final = "it stands outside of the list of edits"
_LINE_START: Final = re.compile(
    r"\s*(?:[-*•]\s+|\d+[.)]\s+|data:\s*|</?[\w:-]+>\s*|\[[A-Z_]+\]\s*|[\[,]\s*|`++\s*|edits:\s*)*"
    r"(?:[A-Za-z_][\w.]{0,80}\((?:edits?\s?=\s?)?)?"
)
_LINE_END: Final = re.compile(r"[\s,;`\]})]*(?:</?[\w:-]+>\s*)*(?:\n|\Z)")
_CLOSERS_ONLY: Final = re.compile(r"[\s\]};,`]*(?:</[\w:-]+>\s*)*")
_LINE_IS_OVER: Final = re.compile(r"[ \t]*(?:\n|\Z)")
_TEXT_ENDS: Final = re.compile(
    r"[\"'\u201d]\s*[,}\]:]|^[ \t}\],;`]*+(?<=[}\]])[ \t,;`]*$"
    r"|(?<!\s[:;])(?<!, \d)[}\]][\s`]*\Z",
    re.MULTILINE,
)
"""A quote that closes before a mark of JSON, or brackets that close by themselves."""
_MAY_BE_ANEW: Final = re.compile(r"^[`{\[]|\]\s*\}\s*\Z", re.MULTILINE)
"""Where a line begins with a bracket, or where the text ends as a whole answer does."""
_BRACKET: Final = re.compile(r"[\[\]{}]")
_STARTED: Final = re.compile(r"(?:^|\n)[ \t]*(?:```+\w*[ \t]*\n\s*)?[{\[]")
_FENCES: Final = re.compile(r"```+(?:json)?")
_MARKUP_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_MAX_COMMENTS: Final = 20
_NEXT_LINE: Final = re.compile(r"[\s,]*\n\s*\{\s*\"id\"\s*:\s*\"([^\"]+)\"[^{}\[\]]*")
"""The beginning of the next edit on a line of its own."""
_BETWEEN: Final = " ,;\x1e"
_MAX_LINE: Final = 300

Found = tuple[Document, Salvaged]
"""A document, and what it says."""


def reasons_against(text: str, found: Sequence[Found]) -> list[str | None]:
    """Return for each document why it is no answer, by the place that it stands at."""
    last_list = last_list_in(text)
    out_of_use = [one.span() for one in _MARKUP_COMMENT.finditer(text)]
    broken = False
    reasons: list[str | None] = []
    for document, read in found:
        sure = document.end if document.sure_end is None else document.sure_end
        if broken:
            reason: str | None = _BEHIND_BROKEN
        elif COMMENTED_OUT.match(_line_before(text, document.start)) or any(
            start < document.start < end for start, end in out_of_use[:_MAX_COMMENTS]
        ):
            reason = OUT_OF_USE
        elif is_cut_copy(text, document, found[0][0]):
            reason = _COPY
        elif read.is_list and not read.closed and last_list >= max(sure, document.start + 1):
            is_own = document.is_cut_in_edit and not _MAY_BE_ANEW.search(text, sure + 1)
            reason = None if is_own else BEGUN_ANEW
        else:
            reason = None if read.says_something else OUTSIDE
        reasons.append(reason)
        broken |= not document.closed
    return reasons


def is_cut_copy(text: str, document: Document, first: Document) -> bool:
    """Tell whether a document is the beginning of the first one, given twice and cut then."""
    copy = text[document.start :].rstrip("` \n")
    is_other = not document.closed and document is not first
    return is_other and first.closed and text.startswith(copy, first.start)


def is_in_sentence(text: str, found: Sequence[Found], place: int) -> bool:
    """Tell whether words stand before a document on its line, and go on behind it."""
    document = found[place][0]
    above = found[place - 1][0].end if place else 0
    following = found[place + 1][0].start if place + 1 < len(found) else len(text)
    before = text[max(above, document.start - _MAX_LINE) : document.start].rpartition("\n")[2]
    behind = text[document.end : following][:_MAX_LINE].partition("\n")[0]
    return not _LINE_START.fullmatch(before) and behind.strip(" \t`*") != ""


def on_lines(text: str, found: Sequence[Found], usable: list[int]) -> list[int]:
    """Return the edits outside of any list that stand on lines of their own, or follow another."""
    chosen: list[int] = []
    follows = True
    for place in usable:
        document = found[place][0]
        glued = place > 0 and _is_glued(text, found, place)
        begins = (glued and follows) or _LINE_START.fullmatch(_line_before(text, document.start))
        ends = _LINE_END.match(text, document.end) or (
            place + 1 < len(found) and _is_glued(text, found, place + 1)
        )
        follows = bool(begins) and (document.closed or place == len(found) - 1)
        if begins and ends:
            chosen.append(place)
    return chosen


def _is_glued(text: str, found: Sequence[Found], place: int) -> bool:
    return not text[found[place - 1][0].end : found[place][0].start].strip(_BETWEEN)


def why_not_below(text: str, found: Sequence[Found], place: int) -> str | None:
    """Return why what stands below an answer makes it none."""
    document, read = found[place]
    following = found[place + 1][0].start if place + 1 < len(found) else len(text)
    rest = text[document.end : following]
    if following == len(text) and _is_tail_again(text, document):
        return None
    if read.closed and _closes_more(rest) and not _CLOSERS_ONLY.fullmatch(text, document.end):
        ends_line = document.closed and _LINE_IS_OVER.match(text, document.end)
        if not (ends_line and not _TEXT_ENDS.search(text, document.end)):
            return _IN_A_TEXT
    if _NULL.search(rest):
        return _NO_EDITS
    last_closed = max(rest.rfind("}"), rest.rfind("]"), 0)
    fresh = None if read.is_list else _NEXT_LINE.fullmatch(rest)
    is_next = fresh is not None and fresh[1] not in ids_in(text[: document.end])
    if following == len(text) and not is_next and _STARTED.search(rest, last_closed):
        return _GOES_ON
    return None


def _is_tail_again(text: str, document: Document) -> bool:
    """Tell whether a whole answer, which nothing stands before, is followed by its end again."""
    is_first = document.closed and not _FENCES.sub("", text[: document.start]).strip()
    return is_first and text[: document.end].endswith(text[document.end :].strip("` \n"))


def _closes_more(text: str) -> bool:
    """Tell whether a bracket closes in a text that none opened there."""
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth < 0:
            return True
    return False


def _line_before(text: str, position: int) -> str:
    start = max(text.rfind("\n", 0, position) + 1, position - _MAX_LINE)
    return text[start:position]
