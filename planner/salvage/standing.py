"""Where the documents of a text stand: what of it makes them none of the answer."""

import re
from collections.abc import Sequence
from typing import Final

from planner.salvage.document import Document
from planner.salvage.documents import last_list_in
from planner.salvage.page import COMMENTED_OUT, OUT_OF_USE
from planner.salvage.salvaged import Salvaged

_BEHIND_BROKEN: Final = "it stands behind what broke off, and may be part of one of its texts"
BEGUN_ANEW: Final = "it breaks off, and another list begins behind it: it was begun anew"
_COPY: Final = "it is the beginning of what stands above it"
_IN_A_TEXT: Final = "brackets close behind it that none opened: it ends inside a text"
OUTSIDE: Final = "it stands outside of the list of edits"
_CLOSERS_ONLY: Final = re.compile(r"[\s\]};,`>]*(?:</[\w:-]+>\s*)*")
_ENDS_A_TEXT: Final = re.compile(r"[\"'\u201d]\s*[,}\]:]|[}\]][\s,;`]*[}\]]|^[}\]]", re.MULTILINE)
"""A quote or a bracket behind which another bracket closes, or one at the edge of the page."""
_MAY_BE_ANEW: Final = re.compile(r"^[`{\[]|\]\s*\}\s*\Z", re.MULTILINE)
"""Where a line begins with a bracket, or where the text ends as a whole answer does."""
_BRACKET: Final = re.compile(r"[\[\]{}]")
_MARKUP_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_MAX_COMMENTS: Final = 20
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
    """Tell whether a document is the beginning of the first one, which a loop gives again."""
    if document.closed or document is first or not first.closed:
        return False
    return text.startswith(text[document.start :].rstrip("` \n"), first.start)


def why_not_below(text: str, found: Sequence[Found], place: int) -> str | None:
    """Return why what stands below an answer makes it none."""
    document, read = found[place]
    following = found[place + 1][0].start if place + 1 < len(found) else len(text)
    rest = text[document.end : following]
    closes = read.closed and _closes_more(rest) and _ENDS_A_TEXT.search(rest)
    return _IN_A_TEXT if closes and not _CLOSERS_ONLY.fullmatch(text, document.end) else None


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
