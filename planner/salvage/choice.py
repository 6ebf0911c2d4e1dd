"""Which of a text's documents is the answer: decided by what stands around each, or not at all."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any, Final

from planner.models import RejectionCode
from planner.salvage.beside import names_of
from planner.salvage.calls import (
    OF_BARRED_TOOL,
    are_parts,
    is_only_marks,
    proposes_nothing,
    tool_before,
)
from planner.salvage.documents import Document, Found
from planner.salvage.lists import EditList
from planner.salvage.names import differing_ids, ids_in
from planner.salvage.naming import FENCE_LINE, HEADING, sentences_of
from planner.salvage.page import COMMENTED_OUT, OUT_OF_USE
from planner.salvage.remarks import withdrawn_by_name, withdraws
from planner.salvage.tokens import ANY_LIST, extent_of
from planner.salvage.words import (
    announces,
    begins_again,
    continues,
    corrects,
    is_barred,
    is_example,
    is_plainly_another,
    is_the_rest,
    is_turned_down,
    offers_several,
    parted,
    sets_aside,
    takes_back,
)

_TAG: Final = re.compile(r"<(/?)([A-Za-z][\w:-]*)(?:\s[^<>]{0,200})?>|[\[◁](/?)(THINK|think)[\]▷]")
_OF_ANSWERS: Final = (
    r"(?:answer|edits?|plan|learning|json|output|response|result|final|code|submit|content|message"
    r"|text|solution|proposed)"
)
_HARMLESS_TAG: Final = re.compile(
    rf"{_OF_ANSWERS}(?:[_-]{_OF_ANSWERS})*|pre|p|div|b|i|em|strong|span|body|html|script|br"
    r"|(?:tool|function)_calls?|function|invoke|parameter|tool_use|details|summary|artifact|arg_key|arg_value"
    r"|document|teacher|syntaxhighlight|source"
)
_OF_ANOTHER: Final = re.compile(
    r"""\b(?:role|from|author|sender)\s*=\s*["']?(?!assistant|model|teacher)"""
    r"""|=\s*["']?(?:\w*example|draft|old|rejected|previous|user)\b""",
    re.IGNORECASE,
)
_LINE_START: Final = re.compile(
    r"\s*(?:[-*•]\s+|\d+[.)]\s+|data:\s*|</?[\w:-]+>\s*|[\[,]\s*|`++\s*|edits:\s*)*"
)
_LINE_END: Final = re.compile(r"[\s,;`\]}]*(?:</?[\w:-]+>\s*)*(?:\n|\Z)")
_CLOSERS_ONLY: Final = re.compile(r"[\s\]};,`]*(?:</[\w:-]+>\s*)*")
_LINE_IS_OVER: Final = re.compile(r"[ \t]*(?:\n|\Z)")
_TEXT_ENDS: Final = re.compile(
    r"[\"'\u201d]\s*[,}\]:]|^[ \t}\],;`]*+(?<=[}\]])[ \t,;`]*$"
    r"|(?<!\s[:;])(?<!, \d)[}\]][\s`]*\Z",
    re.MULTILINE,
)
"""A quote that closes before a mark of JSON, or brackets that close by themselves."""

_FENCE_CLOSES: Final = re.compile(r"\A\s*(?:```+|~~~+)[ \t]*(?=\n|\Z)")
_WORDS: Final = re.compile(r"\w[\w.-]*\w|\w")
_NOTHING_BELOW: Final = re.compile(r"[`\s]*+")
_TITLE: Final = re.compile(r"^#{1,6} [^\n{]{1,200}$", re.MULTILINE)
_STEP: Final = re.compile(r"#+ \W*(?:(?:edit|change|step)\b|\d)", re.IGNORECASE)
_FENCE_BELOW: Final = re.compile(r"\s*(?:```|~~~)\w*\s*\Z")
_BETWEEN: Final = " ,\x1e"
_BRACKET: Final = re.compile(r"[\[\]{}]")
_STARTED: Final = re.compile(r"(?:^|\n)[ \t]*(?:```+\w*[ \t]*\n\s*)?[{\[]")
_IN_PAYLOAD: Final = re.compile(r"\{.*?[\"']payload[\"']\s*:\s*\{", re.DOTALL)
_MAY_BE_ANEW: Final = re.compile(r"^[`{\[]|\]\s*\}\s*\Z", re.MULTILINE)
"""Where a line begins with a bracket, or where the text ends as a whole answer does."""
_NEXT_LINE: Final = re.compile(r"[\s,]*\n\s*\{\s*\"id\"\s*:\s*\"([^\"]+)\"[^{}\[\]]*")
_END_OF_SENTENCE: Final = re.compile(
    r"[`\"']?(?=[^\n]{0,200}?(?:\b(?:too|not|left out|dropped|rejected)\b"
    r"|n.?t\b))[^\n]{0,300}[.!]\n\n"
)
_ADDED_LINE: Final = re.compile(r"^\+\s*[{\[]", re.MULTILINE)

_MENTIONED: Final = re.compile(r"'edits': *\[[.\u2026 ]*\]")
"""An empty list as Python writes it begins no answer anew: a text speaks of it."""

_OWN: Final = re.compile(
    r"(?<=[.!?] )(?:my|the final)(?: own)? (?:plan|edits|answer|proposal)s?:\W*\Z", re.IGNORECASE
)
"""A sentence that introduces what follows, whatever the one before it speaks of."""

_ANNOUNCED: Final = re.compile(
    r"\b(?:final|corrected|revised|fixed|new)\b[^.\n]{0,40}:[\s`]*(?:json\s*)?\Z", re.IGNORECASE
)

_SAYS_WHAT_FOR: Final = re.compile(
    r"\W*(?:this (?:edit )?)?(?:address|fix|correct|stop|prevent|resolv)(?:es|s) (?:the|an?)"
    r" [\w ]{1,40}\.?\Z"
    r"|\W*(?:the (?:student|agent|cheaper model)|in \d+ of \d+ traces it|according to t-?\d+)\b"
    r"(?!.*\b(?:this|that|these|those|above|below|following|next|here|edits?|plan|ones?|reference"
    r"|example|draft|previous|last|earlier|would|could|might|propos\w+)\b)[^:]{1,200}\.\Z",
    re.IGNORECASE,
)
"""What the edit below is for: it sets nothing aside."""

_DECORATION: Final = " \t#*_:"
_TITLE_WORDS: Final = 6
_RESTART_WORDS: Final = 200
_SAME_BEGINNING: Final = 60
_MAX_INTRODUCTION: Final = 300
_MAX_BETWEEN: Final = 2_000
_MAX_TOLD: Final = 600


@dataclass(frozen=True, slots=True)
class Choice:
    """The answer, and why all else is not."""

    found: tuple[Found, ...]
    """One list, or all edits outside any list; nothing where nobody knows."""
    reasons: tuple[tuple[Found, str], ...]
    """What stands elsewhere, in order, with the reason why it does not count."""
    taken_back: frozenset[str] = frozenset()
    """The edits that the words outside take back by their names."""
    given_again: frozenset[str] = frozenset()
    """The edits that what is broken, or stands behind, may give anew."""
    given_otherwise: frozenset[str] = frozenset()
    """The edits whose ids stand elsewhere with another text."""
    remarks: str = ""
    """The words outside of the answer, and beside its list."""


class Chooser:
    """Chooses among the documents of one text."""

    def __init__(self, text: str, documents: Sequence[Document]) -> None:
        self.text = text
        self.documents = documents
        self.starts = [one.start for one in documents]
        broken = (place for place, one in enumerate(documents) if one.suspect)
        self.first_broken = next(broken, len(documents))

    def choose(self) -> Choice:
        """Return the answer: never a guess between two."""
        barred: dict[int, str] = {}
        usable: list[tuple[int, Found]] = []
        for place, document in enumerate(self.documents):
            why = _SET_ASIDE if self._is_set_aside(place) else self._why_not(place)
            own, ambiguous = _own(document) if why is None else (None, False)
            if own is not None and self._begins_anew_behind(own):
                barred[place] = _BEGUN_ANEW
            elif own is not None:
                usable.append((place, own))
            elif document.found:
                barred[place] = why or (AMBIGUOUS if ambiguous else _SIDE)
        lists = [(place, one) for place, one in usable if one.edits.is_list or one.named]
        chosen: tuple[Found, ...] = ()
        reason = _OUTSIDE
        if lists:
            chosen, reason = self._last_word(lists)
            if chosen and self._may_be_outdone(lists[-1][0], barred):
                chosen, reason = (), "what stands below it may be what is meant"
        elif usable:
            if self._are_calls(usable):
                chosen, reason = self._unless_taken_back(usable)
            else:
                chosen, reason = self._loose([one for one in usable if not one[1].path])
        if chosen and withdraws("\n".join(one.beside for one in chosen)):
            chosen, reason = (), "a text beside the list takes it back"
        said = self._said_of(chosen) if chosen else ""
        counting = set(map(id, chosen))
        reasons = [
            (found, barred.get(place, reason))
            for place, document in enumerate(self.documents)
            for found in document.found
            if id(found) not in counting
        ]
        return Choice(
            chosen,
            tuple(reasons),
            frozenset(withdrawn_by_name(said, _names_of(chosen))),
            self._given_again(chosen),
            self._given_otherwise(chosen, barred),
            said,
        )

    def _may_be_outdone(self, chosen: int, barred: Mapping[int, str]) -> bool:
        """Tell whether a later list was announced as the answer, or took this one's place."""
        return any(
            place > chosen and (why == _SET_ASIDE or announces(self._introduction(place)[0]))
            for place, why in barred.items()
        )

    def _is_set_aside(self, place: int) -> bool:
        """Tell whether the words between a list and the next document say that it is none."""
        lists = any(one.named or one.edits.is_list for one in self.documents[place].found)
        return lists and place + 1 < len(self.documents) and parted(self._above(place + 1))[0] != ""

    def _above(self, place: int) -> str:
        """Return the words between a document and the one above it."""
        begin = self.documents[place - 1].end if place else 0
        return self.text[begin : self.documents[place].start][-_MAX_BETWEEN:]

    def _begins_anew_behind(self, found: Found) -> bool:
        """Tell whether another list opens behind one that never closes: a restart, or a quote."""
        edits = found.edits
        sure = edits.start + 1 if edits.sure_end is None else edits.sure_end
        return not edits.closed and self._last_list >= sure and not self._is_cut_at(sure, edits)

    def _is_cut_at(self, start: int, edits: EditList) -> bool:
        """Tell whether the edit that opens there is cut in its payload, and all behind is its."""
        if edits.end < len(self.text):
            return False
        rest = self.text[start:]
        return (
            _IN_PAYLOAD.match(rest) is not None
            and extent_of(self.text, start)[:2] == (len(self.text), RejectionCode.CUT_SHORT)
            and not _MAY_BE_ANEW.search(rest, 1)
            and ids_in(rest).keys().isdisjoint(ids_in(self.text[edits.start : start]))
        )

    @cached_property
    def _last_list(self) -> int:
        """Return where the last list of edits opens."""
        starts = (
            found.start()
            for found in ANY_LIST.finditer(self.text)
            if not _MENTIONED.match(self.text, found.start() - 1)
        )
        return max(starts, default=-1)

    def _given_again(self, chosen: Sequence[Found]) -> frozenset[str]:
        """Return the names that stand more often where nothing closes than edits could be read."""
        if not chosen or all(one.edits.closed and one.edits.is_list for one in chosen):
            return frozenset()
        read: dict[str, list[Any]] = {}
        for found in chosen:
            for item in found.edits.items:
                if isinstance(item.value, dict) and isinstance(name := item.value.get("id"), str):
                    read.setdefault(name, []).append(item.value)
        given = ids_in(self.text[chosen[0].edits.start :])
        return frozenset(
            name
            for name, values in read.items()
            if given[name] > len(values) + (len(values) > 1)  # A loop breaks off, too.
            or any(one != values[0] for one in values)
        )

    def _said_of(self, chosen: Sequence[Found]) -> str:
        """Return all words outside of the answer, and in texts beside its list."""
        first = next(one for one in self.documents if chosen[0] in one.found)
        said = [one.beside for one in chosen if one.beside]
        return "\n".join([self._remarks(first), *said])

    def _given_otherwise(
        self, chosen: Sequence[Found], barred: Mapping[int, str]
    ) -> frozenset[str]:
        """Return the ids of the edits that stand elsewhere in the text with another body.

        A list above was replaced as a whole, and a draft above by the list; an edit by itself may
        replace one of the list, in whatever words, and so may a list below.
        """
        if not chosen:
            return frozenset()
        counting = set(map(id, chosen))
        others = [
            one
            for place, document in enumerate(self.documents)
            for one in document.found
            if id(one) not in counting
            and not (self.in_strange_tag[place] or any(map(is_barred, one.path)))
            and (
                one.edits.start > chosen[0].edits.start
                or not (one.named or one.edits.is_list or place in barred)
            )
        ]
        return frozenset(
            differing_ids(
                [item.value for one in chosen for item in one.edits.items],
                [item.value for one in others for item in one.edits.items]
                # Words beside these took them back, and the one that they are to give way to.
                + [item.raw for one in chosen for item in one.edits.items],
            )
        )

    def _remarks(self, first: Document) -> str:
        """Return what stands outside of all documents, but for the thoughts above the answer."""
        ends = [0, *(one.end for one in self.documents)]
        outside = zip(ends, [*self.starts, len(self.text)], strict=True)
        thought = self._thought_before(first.start)
        return "\n".join(self.text[max(start, thought) : end] for start, end in outside)

    # --- each document by itself -----------------------------------------------------

    def _why_not(self, place: int) -> str | None:
        """Return why a document is no answer, by what stands around it."""
        return self._why_not_there(place) or self._why_not_by_words(place)

    def _why_not_there(self, place: int) -> str | None:
        """Return why a document is no answer, by the place that it stands at."""
        start = self.documents[place].start
        if self._stands_in_broken_text(place):
            return "it stands behind a broken edit, and may be part of one of its texts"
        if self.in_strange_tag[place]:
            return "it stands in a tag that holds no answer"
        line = self._line_before(start)
        if COMMENTED_OUT.match(line) or self._in_markup_comment(start):
            return OUT_OF_USE
        tool = tool_before(self.text, start)
        return OF_BARRED_TOOL if tool and proposes_nothing(tool) else None

    def _why_not_by_words(self, place: int) -> str | None:
        """Return why a document is no answer, by what the words above it say."""
        document = self.documents[place]
        said, fence, heading = self._introduction(place)
        gives_reasons = said.rstrip().endswith(".") and self._are_steps
        if gives_reasons or self._is_the_only_plan(document):
            barred = not gives_reasons and (
                is_plainly_another(said)
                or withdraws(self._told_above(place), _names_of(document.found))
            )
            words = f"{fence}\n{heading}"
        else:
            barred = False
            said = "" if _SAYS_WHAT_FOR.match(said) else said
            words = f"{said}\n{fence}\n{heading}"
        if barred or is_turned_down(words):
            return "the words above it say that it is not what is proposed"
        if is_example(words):
            return "it is introduced as an example, a form or a draft"
        return None

    @cached_property
    def _are_steps(self) -> bool:
        """Tell whether all that stands there are single edits, each below its own heading."""
        found = [one for document in self.documents for one in document.found]
        headings = {self._heading(start) for start in self.starts}
        return (
            len(found) == len(self.documents) == len(headings)
            and all(_STEP.match(one) for one in headings)
            and all(one.closed for one in self.documents)
            and not any(one.named or one.edits.is_list for one in found)
            and _never_meet(found)
        )

    def _is_the_only_plan(self, document: Document) -> bool:
        """Tell whether an answer holds one plan, whole and balanced."""
        return (
            document.closed
            and not self._unbalanced(document.end)
            and _holds_list(document)
            and not any(
                _holds_list(one) or not one.closed for one in self.documents if one is not document
            )
        )

    def _stands_in_broken_text(self, place: int) -> bool:
        """Tell whether an earlier document broke off, and this one is no new beginning."""
        return place > self.first_broken and not self._is_new_beginning(place)

    def _is_new_beginning(self, place: int) -> bool:
        before, document = self.documents[place - 1], self.documents[place]
        line = self._line_before(document.start)
        if line.strip() and not _LINE_START.fullmatch(line):
            return False
        if self._unbalanced(document.end):
            return False
        first = self.documents[self.first_broken]
        beginning = _FENCE_BELOW.sub("", self.text[first.start : document.start][:_SAME_BEGINNING])
        if self.text.startswith(beginning.rstrip(), document.start):
            return True
        words = self.text[max(before.start, document.start - _RESTART_WORDS) : document.start]
        paragraphs = words.rstrip("`jsonJSON \n").rpartition("\n\n")
        ends = _NOTHING_BELOW.fullmatch(self.text, document.end) is not None
        return ends and begins_again(paragraphs[2]) and '"' not in paragraphs[2]

    @cached_property
    def in_strange_tag(self) -> list[bool]:
        """Tell for each document whether it stands in a tag that holds no answer."""
        strange = [False] * len(self.documents)
        open_tags: Counter[str] = Counter()
        tags = self._tags
        closed_last = {name: start for start, name, closes in tags if closes}
        marks = sorted([*tags, *((start, "", False) for start in self.starts)])
        place = 0
        for start, name, closes in marks:
            if not name:
                strange[place] = open_tags.total() > 0
                place += 1
            elif not closes:
                begins = not self._line_before(start).strip()
                open_tags[name] += begins or closed_last.get(name, 0) > start
            elif open_tags[name]:
                open_tags[name] -= 1
            elif "think" in name:
                # The tag that opened it was lost: all that stands before was thinking.
                strange[:place] = [True] * place
        return strange

    @cached_property
    def _tags(self) -> list[tuple[int, str, bool]]:
        """Return the strange tags outside of all documents: where, its name, it closes."""
        tags = []
        for tag in _TAG.finditer(self.text) if self.documents else ():
            place = bisect_left(self.starts, tag.start()) - 1
            prefix, _, name = (tag[2] or tag[4]).lower().rstrip(":").rpartition(":")
            name = f"{prefix}:{name}" if is_barred(prefix) else name
            inside = place >= 0 and tag.start() < self.documents[place].end
            if not inside and (not _HARMLESS_TAG.fullmatch(name) or _OF_ANOTHER.search(tag[0])):
                tags.append((tag.start(), name, bool(tag[1] or tag[3])))
        return tags

    def _line_before(self, position: int) -> str:
        start = max(self.text.rfind("\n", 0, position) + 1, position - _MAX_INTRODUCTION)
        return self.text[start:position]

    def _in_markup_comment(self, position: int) -> bool:
        place = bisect_left(self._markup_comments, (position, position)) - 1
        return place >= 0 and position < self._markup_comments[place][1]

    @cached_property
    def _markup_comments(self) -> list[tuple[int, int]]:
        return [found.span() for found in re.finditer(r"<!--.*?(?:-->|\Z)", self.text, re.DOTALL)]

    def _introduction(self, place: int) -> tuple[str, str, str]:
        """Return the last words before a document: its line or the last one, fence and heading."""
        start = self.documents[place].start
        begin = self._words_begin(place)
        above = _TAG.sub("", self.text[max(begin, start - _MAX_INTRODUCTION) : start])
        lines = [line for line in above.split("\n") if line.strip()]
        said = next((line for line in reversed(lines) if not FENCE_LINE.fullmatch(line)), "")
        fence = lines[-1] if lines and lines[-1] is not said else ""
        if place:
            said = parted(said)[1]
            own = _OWN.search(said)
            said = own[0] if own else said
        return said, fence, self._heading(start)

    def _words_begin(self, place: int) -> int:
        """Return where the words about a document begin."""
        start = self.documents[place].start
        begin = self.documents[place - 1].end if place else 0
        if self.text.startswith("~~", begin) and not self.text.startswith("~~~", begin):
            begin += 2  # It crosses out what stands above.
        if place and not _holds_list(self.documents[place - 1]):
            # The end of a sentence about one edit says nothing of the plan below.
            ends = _END_OF_SENTENCE.match(self.text, begin, start)
            begin = ends.end() if ends else begin
        return max(begin, self._thought_before(start))

    def _told_above(self, place: int) -> str:
        """Return what may be said of a document above it."""
        start = self.documents[place].start
        return self.text[max(self._words_begin(place), start - _MAX_TOLD) : start]

    def _thought_before(self, position: int) -> int:
        """Return where the last strange tag before a place closes: what it holds is no remark."""
        place = bisect_left(self._closing_tags, position) - 1
        return self._closing_tags[place] if place >= 0 else 0

    @cached_property
    def _closing_tags(self) -> list[int]:
        return [start for start, _, closes in self._tags if closes]

    def _heading(self, position: int) -> str:
        """Return the heading of the section that a place is in."""
        place = bisect_left(self._headings, (position, "")) - 1
        return self._headings[place][1] if place >= 0 else ""

    @cached_property
    def _headings(self) -> list[tuple[int, str]]:
        return [(found.start(), found[0]) for found in _TITLE.finditer(self.text)]

    # --- several of them ---------------------------------------------------------------

    def _last_word(self, lists: Sequence[tuple[int, Found]]) -> tuple[tuple[Found, ...], str]:
        """Return the list that counts: the only one, the one that corrects, or all its parts."""
        place, last = lists[-1]
        # What stands behind a broken answer and still counts is that answer, begun again.
        others = [
            one
            for one, found in lists[:-1]
            if one != self.first_broken and found.edits.items != last.edits.items
        ]
        chosen = lists[-1:]
        parted = (self._are_parts, self._are_calls, self._are_sections, self._are_lines)
        if others and any(are_one(lists) for are_one in parted):
            chosen = lists
        elif others:
            between = self.text[self.documents[others[-1]].end : self.documents[place].start]
            between = between[-_MAX_BETWEEN:]
            if self._are_apart(lists):
                chosen = lists
            elif not (corrects(between) or self._is_given_whole(lists, between)):
                return (), DIFFER
        return self._unless_taken_back(chosen)

    def _is_given_whole(self, lists: Sequence[tuple[int, Found]], between: str) -> bool:
        """Tell whether words announce the same again, and all of a broken list stands below."""
        if len(lists) != 2 or not begins_again(between) or offers_several(between):
            return False
        (_, attempt), (_, last) = lists
        broken = [item.value for item in attempt.edits.items]
        whole = [item.value for item in last.edits.items]
        told = ids_in(self.text[attempt.edits.start : attempt.edits.end])
        faults = {item.fault for item in attempt.edits.items}
        return (
            last.edits.closed
            and faults - {None} == {RejectionCode.MALFORMED}
            and None not in whole
            and told.total() == len(broken)
            and told.keys() <= {str(one.get("id")) for one in whole}
            and not differing_ids(whole, broken)
        )

    def _are_parts(self, lists: Sequence[tuple[int, Found]]) -> bool:
        """Tell whether several lists are the parts of one answer: it says so, and none meet."""
        if not self._are_all(lists):
            return False
        words = [self._introduction(place)[0] for place, _ in lists]
        if not all(map(continues, words[1:])) or any(map(offers_several, words)):
            return False
        fields = ("id",) if all(map(is_the_rest, words[1:])) else ("id", "target")
        return _never_meet([found for _, found in lists], fields)

    def _are_calls(self, found: Sequence[tuple[int, Found]]) -> bool:
        """Tell whether all that stands there is calls of one tool, with parts of one answer."""
        tools = {self._tool(place, one) for place, one in found}
        tool = tools.pop()
        return (
            tool is not None
            and not tools
            and self._are_all(found)
            and (
                len(found) == 1
                or are_parts(item.value for _, one in found for item in one.edits.items)
            )
            and all(is_only_marks(self._above(place), tool) for place, _ in found[1:])
        )

    def _are_sections(self, lists: Sequence[tuple[int, Found]]) -> bool:
        """Tell whether each list stands below the name of the cluster that its edits improve."""
        items = [(place, item.value) for place, one in lists for item in one.edits.items]
        return (
            self._are_all(lists)
            and are_parts(edit for _, edit in items)
            and all(
                str(edit.get("expected_improvement", " "))
                in _WORDS.findall(self._heading(self.documents[place].start))
                for place, edit in items
            )
        )

    def _are_apart(self, lists: Sequence[tuple[int, Found]]) -> bool:
        """Tell whether each list stands below a title of its own, and nothing offers a choice.

        What the titles say is for people: no edit of such an answer goes unattended.
        """
        titles = [self._introduction(place)[0].strip(_DECORATION) for place, _ in lists]
        return (
            self._are_all(lists)
            and len(set(titles)) == len(titles)
            and all(0 < len(one.split()) <= _TITLE_WORDS for one in titles)
            and not any(
                offers_several(one) or sets_aside(one) or corrects(one) or announces(one)
                for one in titles
            )
            and are_parts(item.value for _, one in lists for item in one.edits.items)
        )

    def _are_lines(self, lists: Sequence[tuple[int, Found]]) -> bool:
        """Tell whether nothing stands there but lists of one edit, one behind the other."""
        return (
            self._are_all(lists)
            and _are_single(lists)
            and not self._remarks(self.documents[0]).strip()
            and "\n" not in self.text[self.starts[0] : self.documents[0].end]
        )

    def _are_all(self, lists: Sequence[tuple[int, Found]]) -> bool:
        return len(lists) == len(self.documents) and all(one.edits.closed for _, one in lists)

    def _tool(self, place: int, found: Found) -> str | None:
        """Return the tool that is called with what was found in a document."""
        if found.tool or found.path:
            return found.tool
        return tool_before(self.text, self.documents[place].start)

    def _unless_taken_back(
        self, chosen: Sequence[tuple[int, Found]]
    ) -> tuple[tuple[Found, ...], str]:
        """Return what is chosen, unless what stands below makes it none, and the reason."""
        found = tuple(one for _, one in chosen)
        reason = self._why_not_below(self.documents[chosen[-1][0]], found) if found else None
        return ((), reason) if reason else (found, _OUTSIDE)

    def _why_not_below(self, document: Document, chosen: Sequence[Found]) -> str | None:
        """Return why what stands below an answer makes it none."""
        rest = self.text[document.end : self._next_start(document)]
        closes = self._unbalanced(document.end)
        goes_on = closes and not _CLOSERS_ONLY.fullmatch(self.text, document.end)
        if chosen[-1].edits.closed and goes_on and not self._ends_for_sure(document):
            return "brackets close behind it that none opened: it ends inside a text"
        last_closed = max(rest.rfind("}"), rest.rfind("]"), 0)
        following = None if chosen[-1].edits.is_list else _NEXT_LINE.fullmatch(rest)
        is_next = following and following[1] not in ids_in(self.text[: document.end])
        if not is_next and _STARTED.search(rest, last_closed):
            return "another answer begins below it and breaks off"
        if self._next_start(document) < len(self.text):
            # The last line belongs to the document that follows.
            rest = rest.rstrip().removesuffix("```json").rstrip().rpartition("\n")[0]
        remarks = _FENCE_CLOSES.sub("", rest)
        heading = HEADING.search(rest)
        rest = rest[: heading.start()] if heading else rest
        # Behind what never closes stand texts of edits.
        if withdraws(remarks, _names_of(chosen)) if document.closed else takes_back(rest):
            return "the words below it take it back"
        if _ANNOUNCED.search(rest):
            return "another answer is announced below it, and missing"
        return None

    def _ends_for_sure(self, document: Document) -> bool:
        """Tell whether only prose stands below: a text that went on would close a quote there."""
        ends_line = _LINE_IS_OVER.match(self.text, document.end) is not None
        return document.closed and ends_line and not _TEXT_ENDS.search(self.text, document.end)

    def _next_start(self, document: Document) -> int:
        place = bisect_left(self.starts, document.start) + 1
        return self.starts[place] if place < len(self.starts) else len(self.text)

    def _unbalanced(self, position: int) -> bool:
        """Tell whether a bracket closes behind a place that none opened there."""
        places, depths, lowest = self._brackets
        place = bisect_left(places, position)
        before = depths[place - 1] if place else 0
        return place < len(places) and lowest[place] < before

    @cached_property
    def _brackets(self) -> tuple[list[int], list[int], list[int]]:
        """Return all brackets, the depth behind each, and the lowest depth from each on."""
        places = [found.start() for found in _BRACKET.finditer(self.text)]
        depths = list(accumulate(1 if self.text[one] in "[{" else -1 for one in places))
        lowest = list(accumulate(reversed(depths), min))[::-1]
        return places, depths, lowest

    def _loose(self, usable: Sequence[tuple[int, Found]]) -> tuple[tuple[Found, ...], str]:
        """Return the edits that stand outside any list, where they are all there is."""
        if not usable:
            return (), _SIDE
        if _ADDED_LINE.search(self.text):
            return (), "it stands in a comparison of two plans"
        chosen: list[tuple[int, Found]] = []
        follows = True
        for place, found in usable:
            document = self.documents[place]
            line = self._line_before(document.start)
            glued = place > 0 and not self.text[
                self.documents[place - 1].end : document.start
            ].strip(_BETWEEN)
            whole = found.edits.closed or place == len(self.documents) - 1
            begins = (glued and follows) or _LINE_START.fullmatch(line)
            ends = _LINE_END.match(self.text, document.end) or self._is_glued_to_next(place)
            follows = bool(begins and whole)
            if begins and ends:
                chosen.append((place, found))
            if place != usable[0][0] and self._is_choice_between(place):
                return (), "several edits stand side by side, and the words between offer a choice"
        return self._unless_taken_back(chosen)

    def _is_glued_to_next(self, place: int) -> bool:
        if place + 1 == len(self.documents):
            return False
        between = self.text[self.documents[place].end : self.documents[place + 1].start]
        return not between.strip(_BETWEEN)

    def _is_choice_between(self, place: int) -> bool:
        between = self.text[self.documents[place - 1].end : self.documents[place].start]
        told = [one for one in sentences_of(between) if not _SAYS_WHAT_FOR.match(one)]
        return offers_several(between) or sets_aside("\n".join(told))


_OUTSIDE: Final = "it stands outside the list of edits that counts, as a draft or an example would"
_SET_ASIDE: Final = "the words below it say that it is wrong, or was a draft"
_SIDE: Final = "a key above or beside it says that it is not what is proposed"
DIFFER: Final = "several answers differ, and no word says which one counts"
AMBIGUOUS: Final = "several lists of edits stand side by side, and no word says which one counts"


_BEGUN_ANEW: Final = "it breaks off, and another list begins behind it: it was begun anew"


def _never_meet(lists: Sequence[Found], fields: Sequence[str] = ("id", "target")) -> bool:
    """Tell whether no edit has the name or the target of one in another list."""
    for field in fields:
        seen: set[str] = set()
        for found in lists:
            values = [item.value for item in found.edits.items]
            given = [one.get(field) if isinstance(one, dict) else None for one in values]
            names = {one for one in given if isinstance(one, str)}
            if None in given or names & seen:
                return False
            seen |= names
    return True


def _are_single(lists: Sequence[tuple[int, Found]]) -> bool:
    """Tell whether each list holds one edit, and none of them meet."""
    return all(len(one.edits.items) == 1 for _, one in lists) and are_parts(
        one.edits.items[0].value for _, one in lists
    )


def _names_of(lists: Sequence[Found]) -> set[str]:
    """Return the ids of all edits by which words can name them."""
    return names_of(item.value for found in lists for item in found.edits.items)


def _holds_list(document: Document) -> bool:
    return any(one.named or one.edits.is_list for one in document.found)


def _own(document: Document) -> tuple[Found | None, bool]:
    """Return a document's own list, the shallowest; and whether nobody knows which that is."""
    free = [one for one in document.found if not (one.withdrawn or any(map(is_barred, one.path)))]
    named = [one for one in free if one.named]
    candidates = named or free
    if not candidates:
        return None, False
    depth = min(one.depth for one in candidates)
    shallowest = [one for one in candidates if one.depth == depth]
    first = shallowest[0]
    if any(one.edits.items != first.edits.items for one in shallowest[1:]):
        return None, True
    return first, False
