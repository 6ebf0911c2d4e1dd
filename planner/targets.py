"""What the teacher's target names that the payload of its edit does not have.

The slot that an edit changes is made from its payload. The target may spell it in another way,
be shorter, be a sentence or be missing. But where it has a name that is none of the payload's,
nobody knows which of the two was meant.

- What follows `agents`, `tools`, `models` and the like is the payload's name, in a sentence too.
- Behind that name, a word of the path passes that names no other slot, and nothing that the
  student has: `agents.coder.sampling.temperature`. Before it, every word is one for the slot.
- Other words of a sentence pass only beside all names that the slot has, and are for people.
- A name that the student has, and that is not the payload's, passes nowhere, however it is
  written.
- A value that the slot is to get is the payload's.
"""

import json
import re
from collections.abc import Iterator, Mapping, Set
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

from planner.operations import NAME_FIELDS, OPERATIONS, Op, Operation
from planner.salvage.barred import is_barred

Names = Mapping[str, Set[str]]
"""Names that the student has, by the payload's field that holds one."""

_SPELLINGS: Final[Mapping[str, frozenset[str]]] = {
    "agents": frozenset({"agent"}),
    "tools": frozenset(
        {"tool", "enabled_tools", "available_tools", "allowed_tools", "tool_list", "toolset"}
    ),
    "models": frozenset({"model"}),
    "param": frozenset({"params", "parameter", "parameters", "setting", "settings"}),
    "class": frozenset({"agent_class", "agentclass", "class_name", "classname", "type"}),
    "system_prompt": frozenset(
        {"system", "prompt", "prompts", "systemprompt", "system-prompt", "sys_prompt"}
        | {"sysprompt", "instruction", "instructions"}
    ),
    "few_shot": frozenset(
        {"few", "shot", "shots", "fewshot", "few-shot", "few_shots", "exemplar", "exemplars"}
        | {"example", "examples", "few_shot_exemplars", "few_shot_examples"}
        | {"demonstration", "demonstrations", "demos"}
    ),
    "description": frozenset({"descriptions", "tool_description", "tool_descriptions", "desc"}),
    "policy_map": frozenset(
        {"policy", "map", "query", "queries", "class", "classes", "query_classes", "models"}
    ),
}
"""How else the words of a slot are written."""

_PLAIN: Final = frozenset(
    {"a", "an", "the", "and", "of", "for", "in", "to", "on", "its", "new", "current", "existing"}
    | {
        "student",
        "openjarvis",
        "root",
        "config",
        "configs",
        "configuration",
        "toml",
        "json",
        "md",
        "txt",
        "yaml",
        "yml",
        "file",
        "files",
    }
    | {"target", "path", "slot", "field", "key", "name", "payload", "learning", "intelligence"}
)
"""Words that name nothing."""

_ANY: Final = frozenset(
    {"all", "any", "each", "every", "everything", "both", "some", "other", "others", "default"}
    | {"defaults", "none"}
)
"""Words that stand for an agent, and name none."""

_IN_PASSING: Final = frozenset(
    {"currently", "now", "from", "was", "is", "more", "less", "fewer", "higher", "shorter", "as"}
    | {"raise", "lower", "increase", "decrease", "reduce", "set", "change", "value", "with", "by"}
    | {
        "line",
        "lines",
        "section",
        "rule",
        "rules",
        "sampling",
        "it",
        "so",
        "that",
        "at",
        "be",
        "see",
    }
    | {"cluster", "trace", "traces"}
)
"""Words of a sentence that neither restrict what it says nor take it back."""

_FIELD: Final = re.compile(r"\{(\w+)\}")
_CONTAINED: Final = re.compile(r"(\w+)\.\{(\w+)\}")
_POSSESSIVE: Final = re.compile(r"(?<=\w)['\u2019]s\b")
_WORD: Final = r"\w+(?:-+\w+)*"
_IN_PATH: Final = re.compile(r"\S*|\s+(?:[.:/\\|=]|[-=]>)+\s+")
"""What stands between two words of one path; a sentence has blanks there."""
_NAMELESS: Final = re.compile(
    r"[./:\[>]\s*+[\"']?\*|\w\s*+\.\s*+\.+\s*+\w|[\[{<(]\s*+([\"']?)\1\s*+[\]}>)](?=\W{0,40}+\w)"
)
"""A place of a path that names all, or nothing."""
_STEPS: Final = re.compile(r"[.\[\]\"']*")
_STEPS_AND_SLASHES: Final = re.compile(r"[./\\\[\]\"']*")
"""What parts the words of a path from outer to inner; a slash may part two of a kind, too."""
_MARKED: Final = re.compile(r"\s*(?:[!-]\s*\w|~~|//|#(?![#/])|--|<!--|/\*)")
"""How a target begins that is turned round, commented or crossed out."""
_NUMBER: Final = re.compile(r"(?<![\w.-])-?\d+(?:\.\d+)?(?![\w.]*\w)")
_ASSIGNS: Final = re.compile(r"(?:=|[-=]>|\u2192|:|\b(?:to|at|as))[\s\"'(]*\Z", re.IGNORECASE)
_TURNS_INTO: Final = re.compile(r"\s*(?:[-=]>|\u2192|to\b)", re.IGNORECASE)
_AS_IT_WAS: Final = re.compile(r"\b(?:from|currently|was|is|now)[\s:=]*\Z", re.IGNORECASE)
_NEAR: Final = 16
"""Characters before a number that may say what it is."""

_AGENT: Final = re.compile(r"agents\.([^.]*)(?:\.|\Z)")
_AGENT_OTHERWISE: Final = re.compile(r"(?:agents?[./])?([\w-]+)\Z|agents?[./]([\w-]+)[./]")


class Reading(NamedTuple):
    """What a target says that the payload does not."""

    other: str | None = None
    """A name or a value that is none of the payload's."""
    is_for_people: bool = False
    """It has words that a person has to read before the edit is applied."""


class _Form(NamedTuple):
    """What an operation's target consists of."""

    fields: tuple[str, ...]
    """Of the payload, whose names stand in it."""
    holders: Mapping[str, str]
    """Words that the name of a field follows."""
    words: frozenset[str]
    """All that are no names."""
    contained: frozenset[str]
    """The fields whose names stand in a container: the slot's other words stand behind them."""


def _form_of(row: Operation) -> _Form:
    fields = tuple(_FIELD.findall(row.target))
    spelt = _spelt({*_words_of_slot(row), *row.payload.model_fields})
    holders = {field: field for field in fields}
    for word, field in _CONTAINED.findall(row.target):
        holders[word] = holders[word.removesuffix("s")] = field
    contained = frozenset(field for _, field in _CONTAINED.findall(row.target))
    return _Form(fields, holders, spelt, contained)


def _words_of_slot(row: Operation) -> set[str]:
    return {*_FIELD.sub("", row.target).split(".")} - {""}


def _spelt(words: Set[str]) -> frozenset[str]:
    return frozenset(words).union(*(_SPELLINGS.get(word, ()) for word in words))


_FORMS: Final[Mapping[Op, _Form]] = {op: _form_of(row) for op, row in OPERATIONS.items()}
_OF_SLOTS: Final = _spelt(set().union(*map(_words_of_slot, OPERATIONS.values())))
"""Words for any slot."""


class _Word(NamedTuple):
    text: str
    holder: str
    """The field whose name has to follow the word before it; empty where none has."""
    is_joined: bool
    """It stands in one path with the word before it."""
    in_path: bool
    """Likewise with that or the next, or all alone."""
    is_within: bool
    """It stands in one path behind the name of what the payload changes something of."""

    @property
    def spelt(self) -> str:
        return self.text.casefold()


def agent_named(
    target: Any, row: Operation, payload: Mapping[str, Any], known: Names
) -> str | None:
    """Return the agent that a target names where the payload does not; None where it names none.

    Args:
        target: As the teacher wrote it.
        row: The operation.
        payload: As the teacher wrote it, without an agent.
        known: Names that the student has; a name that is written in an unusual place counts only
            where it is one of them.
    """
    if isinstance(target, dict):
        target = target.get("agent")
    if not isinstance(target, str):
        return None
    text = target.strip()
    found = _AGENT.match(text)
    otherwise = None if found else _AGENT_OTHERWISE.match(text)
    if not (found or otherwise):
        return None
    name = found[1] if found else otherwise[1] or otherwise[2] if otherwise else ""
    is_known = name in known["agent"]
    if not (found or is_known) or _may_be_other(name, row, payload):
        return None
    spelt = name.casefold()
    is_doubtful = spelt in _PLAIN or spelt in _ANY or spelt in known["param"]
    return name if is_known or not is_doubtful else None


def _may_be_other(name: str, row: Operation, payload: Mapping[str, Any]) -> bool:
    """Tell whether what stands where an agent should is a word for a slot, or another name."""
    spelt = name.casefold()
    names = {one.casefold() for one in payload.values() if isinstance(one, str)}
    return spelt in _OF_SLOTS or spelt in _FORMS[row.op].words or spelt in names


def read_target(
    target: Any,
    row: Operation,
    payload: Mapping[str, Any],
    known: Names,
    *,
    value_now: Any = None,
    in_passing: Set[str] = frozenset(),
) -> Reading:
    """Return what a target says and its payload does not.

    Args:
        target: As the teacher wrote it: a text, or other JSON, whose texts are looked at.
        row: The operation.
        payload: Checked against the operation.
        known: Names that the student has, as they are and casefolded.
        value_now: What the student has where the payload sets a value; None where that is unknown.
        in_passing: Further names that it may have: they say nothing of what is changed.
    """
    form = _FORMS[row.op]
    text = _text_of(target)
    if not form.fields or text is None:
        return Reading()
    if nameless := _NAMELESS.search(text):
        return Reading(nameless[0])
    return _Comparison(form, payload, known, value_now, in_passing).read(text)


def _text_of(target: Any) -> str | None:
    if isinstance(target, dict | list):
        target = json.dumps(target, ensure_ascii=False, separators=(",", ":"))
    return _POSSESSIVE.sub("", target) if isinstance(target, str) else None


class _Comparison:
    """Compares the words of one target with the names of its payload."""

    def __init__(
        self,
        form: _Form,
        payload: Mapping[str, Any],
        known: Names,
        value_now: Any,
        in_passing: Set[str],
    ) -> None:
        self.form = form
        self.known = known
        self.value = payload.get("value")
        self.value_now = value_now
        self.in_passing = in_passing
        self.mine: dict[str, set[str]] = {}
        for field in NAME_FIELDS & payload.keys():
            self.mine.setdefault(payload[field], set()).add(field)
        self.mine_folded = {name.casefold(): fields for name, fields in self.mine.items()}
        self.fields = frozenset(form.fields).union(*self.mine.values())
        self.named: set[str] = set()
        self.doubtful: list[str] = []
        """Words that pass beside all of the slot's names only."""
        self.of_others: dict[str, str] = {}
        """By field, names that the student has and that pass where the payload's is named, too."""
        self.is_for_people = False

    def read(self, text: str) -> Reading:
        """Return the first name that is none of the payload's, or else the first such value."""
        for word in self._words(text):
            if not self._passes(word):
                return Reading(word.text)
        unnamed = [field for field in self.form.fields if field not in self.named]
        others = [self.of_others[field] for field in unnamed if field in self.of_others]
        other = next(iter((*others, *(self.doubtful if unnamed else ()))), None)
        if other is None and self.value is not None:
            other = self._other_value(self._pattern.sub(self._without_names, text))
        return Reading(other, self.is_for_people or _MARKED.match(text) is not None)

    @property
    def _pattern(self) -> re.Pattern[str]:
        return _words_of(tuple(sorted(self.mine, key=len, reverse=True)))

    def _without_names(self, found: re.Match[str]) -> str:
        return "x" * len(found[0]) if found[0] in self.mine else found[0]

    def _other_value(self, text: str) -> str | None:
        """Return the first value that is to be set and is not the payload's."""
        for found in _NUMBER.finditer(text):
            before = text[max(0, found.start() - _NEAR) : found.start()]
            number = float(found[0])
            is_old = _TURNS_INTO.match(text, found.end()) or _AS_IT_WAS.search(before)
            if is_old or number == self.value:
                continue
            if _ASSIGNS.search(before):
                return found[0]
            if number != self.value_now:
                self.is_for_people = True
        return None

    def _names(self, text: str) -> Set[str] | None:
        """Return the payload's fields that hold this name, be it in other letters."""
        fields = self.mine.get(text)
        if fields is None and (fields := self.mine_folded.get(text.casefold())):
            is_another = any(text in self.known.get(field, ()) for field in fields)
            return None if is_another else fields
        return fields

    def _words(self, text: str) -> Iterator[_Word]:
        found = list(self._pattern.finditer(text))
        gaps = [text[one.end() : other.start()] for one, other in pairwise(found)]
        joins = [False, *(_IN_PATH.fullmatch(gap) is not None for gap in gaps), False]
        holder = last = ""
        steps: re.Pattern[str] | None = None
        for one, gap, (joined, joins_next) in zip(
            found, ["", *gaps], pairwise(joins), strict=False
        ):
            if not (joined and steps and steps.fullmatch(gap)):
                steps = None
            in_path = joined or joins_next or len(found) == 1
            yield _Word(one[0], holder, joined, in_path, steps is not None)
            fields = self._names(one[0])
            if fields and not self.form.contained.isdisjoint(fields):
                steps = _STEPS_AND_SLASHES if holder else _STEPS
            holder = "" if fields else self.form.holders.get(one[0].casefold(), "")
            if not joined and holder in (self._names(last) or ()):
                holder = ""  # `the coder agent`
            last = one[0]

    def _passes(self, word: _Word) -> bool:
        """Tell whether a word may stand where it does, and keep what depends on the others."""
        fields = self._names(word.text)
        if fields is None:
            return self._passes_behind(word) if word.holder else self._passes_as_word(word)
        if word.holder:
            self.named |= fields
            return word.holder in fields
        self._note_others(word, fields)
        self.named |= fields
        return True

    def _note_others(self, word: _Word, but: Set[str] = frozenset()) -> bool:
        """Keep of which fields the student has a name like this; tell whether there is one."""
        others = [one for one in self.fields - but if word.spelt in self.known.get(one, ())]
        self.of_others.update(dict.fromkeys(others, word.text))
        return bool(others)

    def _passes_behind(self, word: _Word) -> bool:
        """Tell whether what stands where a name should is a word for the slot."""
        is_word = word.spelt in self.form.words or (not word.is_joined and word.spelt in _PLAIN)
        is_name = word.spelt in self.known.get(word.holder, ())
        return is_word and not is_name and self.form.holders.get(word.spelt) != word.holder

    def _passes_as_word(self, word: _Word) -> bool:
        is_others = self._note_others(word)
        if word.spelt in self.form.words:
            return True
        if is_others:
            return False
        if word.spelt in _PLAIN or word.text in self.in_passing:
            return True
        if word.text.isdecimal():
            if not self.named.issuperset(self.form.fields):
                self.doubtful.append(word.text)
            return True
        return self._passes_where_all_are_named(word)

    def _passes_where_all_are_named(self, word: _Word) -> bool:
        """Tell whether a word passes beside all of the slot's names, and keep it."""
        self.doubtful.append(word.text)
        if word.is_within:
            self.is_for_people |= is_barred(word.text)
            is_known = any(word.spelt in names for names in self.known.values())
            return word.spelt not in _OF_SLOTS and not is_known
        self.is_for_people |= word.spelt not in _IN_PASSING
        return not word.in_path


@lru_cache(maxsize=1_024)
def _words_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a word, where these names are one each."""
    alternatives = "|".join(map(re.escape, names))
    return re.compile(rf"(?<![\w-])(?:{alternatives})(?!-*\w)|{_WORD}")
