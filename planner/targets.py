"""What the teacher's target names that the payload of its edit does not have.

The slot that an edit changes is made from its payload. The target may spell it in another way,
be shorter, be a sentence or be missing. But where it has a name that is none of the payload's,
nobody knows which of the two was meant.

- In a path, every word is one of the payload's names or a word for the slot.
- So is what follows `agents`, `tools`, `models` and the like, in a sentence too.
- Other words of a sentence pass only beside all names that the slot has.
- A name that the student has, and that is not the payload's, passes nowhere.
"""

import json
import re
from collections.abc import Iterator, Mapping, Set
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

from planner.operations import NAME_FIELDS, OPERATIONS, Op, Operation

Names = Mapping[str, Set[str]]
"""Names that the student has, by the payload's field that holds one."""

_SPELLINGS: Final[Mapping[str, frozenset[str]]] = {
    "agents": frozenset({"agent"}),
    "tools": frozenset({"tool"}),
    "models": frozenset({"model"}),
    "param": frozenset({"params", "parameter", "parameters", "setting", "settings"}),
    "class": frozenset({"agent_class", "agentclass"}),
    "system_prompt": frozenset({"system", "prompt", "prompts", "systemprompt", "system-prompt"}),
    "few_shot": frozenset(
        {"few", "shot", "shots", "fewshot", "few-shot", "few_shots", "exemplar", "exemplars"}
        | {"example", "examples", "few_shot_exemplars", "few_shot_examples"}
    ),
    "description": frozenset({"descriptions", "tool_description", "tool_descriptions"}),
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
        "file",
        "files",
    }
    | {"target", "path", "slot", "field", "key", "name", "payload", "learning", "intelligence"}
)
"""Words that name nothing."""

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


class _Form(NamedTuple):
    """What an operation's target consists of."""

    fields: tuple[str, ...]
    """Of the payload, whose names stand in it."""
    holders: Mapping[str, str]
    """Words that the name of a field follows."""
    words: frozenset[str]
    """All that are no names."""


def _form_of(row: Operation) -> _Form:
    fields = tuple(_FIELD.findall(row.target))
    words = {*_FIELD.sub("", row.target).split("."), *row.payload.model_fields} - {""}
    spelt = words.union(*(_SPELLINGS.get(word, ()) for word in words))
    holders = {field: field for field in fields}
    for word, field in _CONTAINED.findall(row.target):
        holders[word] = holders[word.removesuffix("s")] = field
    return _Form(fields, holders, frozenset(spelt))


_FORMS: Final[Mapping[Op, _Form]] = {op: _form_of(row) for op, row in OPERATIONS.items()}


class _Word(NamedTuple):
    text: str
    holder: str
    """The field whose name has to follow the word before it; empty where none has."""
    is_joined: bool
    """It stands in one path with the word before it."""
    in_path: bool
    """Likewise with that or the next, or all alone."""

    @property
    def spelt(self) -> str:
        return self.text.casefold()


def other_name(target: Any, row: Operation, payload: Mapping[str, Any], known: Names) -> str | None:
    """Return what a target names and its payload does not; None where they agree.

    Args:
        target: As the teacher wrote it: a text, or other JSON, whose texts are looked at.
        row: The operation.
        payload: Checked against the operation.
        known: Names that the student has.
    """
    form = _FORMS[row.op]
    text = _text_of(target)
    if not form.fields or text is None:
        return None
    if nameless := _NAMELESS.search(text):
        return nameless[0]
    return _Comparison(form, payload, known).read(text)


def _text_of(target: Any) -> str | None:
    if isinstance(target, dict | list):
        target = json.dumps(target, ensure_ascii=False, separators=(",", ":"))
    return _POSSESSIVE.sub("", target) if isinstance(target, str) else None


class _Comparison:
    """Compares the words of one target with the names of its payload."""

    def __init__(self, form: _Form, payload: Mapping[str, Any], known: Names) -> None:
        self.form = form
        self.known = known
        self.mine: dict[str, set[str]] = {}
        for field in NAME_FIELDS & payload.keys():
            self.mine.setdefault(payload[field], set()).add(field)
        self.fields = frozenset(form.fields).union(*self.mine.values())
        self.named: set[str] = set()
        self.doubtful: list[str] = []
        """Words that pass beside all of the slot's names only."""
        self.of_others: dict[str, str] = {}
        """By field, names that the student has and that pass where the payload's is named, too."""

    def read(self, text: str) -> str | None:
        """Return the first name that is none of the payload's."""
        for word in self._words(text):
            if not self._passes(word):
                return word.text
        unnamed = [field for field in self.form.fields if field not in self.named]
        others = [self.of_others[field] for field in unnamed if field in self.of_others]
        return next(iter((*others, *(self.doubtful if unnamed else ()))), None)

    def _words(self, text: str) -> Iterator[_Word]:
        found = list(_words_of(tuple(sorted(self.mine, key=len, reverse=True))).finditer(text))
        gaps = [text[one.end() : other.start()] for one, other in pairwise(found)]
        joins = [False, *(_IN_PATH.fullmatch(gap) is not None for gap in gaps), False]
        holder = last = ""
        for one, (joined, joins_next) in zip(found, pairwise(joins), strict=False):
            yield _Word(one[0], holder, joined, joined or joins_next or len(found) == 1)
            holder = "" if one[0] in self.mine else self.form.holders.get(one[0].casefold(), "")
            if not joined and holder in self.mine.get(last, ()):
                holder = ""  # `the coder agent`
            last = one[0]

    def _passes(self, word: _Word) -> bool:
        """Tell whether a word may stand where it does, and keep what depends on the others."""
        fields = self.mine.get(word.text)
        if fields is None:
            return self._passes_behind(word) if word.holder else self._passes_as_word(word)
        if word.holder:
            self.named |= fields
            return word.holder in fields
        self._note_others(word.text, fields)
        self.named |= fields
        return True

    def _note_others(self, text: str, but: Set[str] = frozenset()) -> bool:
        """Keep of which fields the student has a name like this; tell whether there is one."""
        others = [one for one in self.fields - but if text in self.known.get(one, ())]
        self.of_others.update(dict.fromkeys(others, text))
        return bool(others)

    def _passes_behind(self, word: _Word) -> bool:
        """Tell whether what stands where a name should is a word for the slot."""
        is_word = word.spelt in self.form.words or (not word.is_joined and word.spelt in _PLAIN)
        is_name = word.text in self.known.get(word.holder, ())
        return is_word and not is_name and self.form.holders.get(word.spelt) != word.holder

    def _passes_as_word(self, word: _Word) -> bool:
        is_others = self._note_others(word.text)
        if word.spelt in self.form.words or word.spelt in _PLAIN:
            return True
        is_number = word.text.isdecimal()
        if is_others or (word.in_path and not is_number):
            return False
        if not (is_number and self.named.issuperset(self.form.fields)):
            self.doubtful.append(word.text)
        return True


@lru_cache(maxsize=1_024)
def _words_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a word, where these names are one each."""
    alternatives = "|".join(map(re.escape, names))
    return re.compile(rf"(?<![\w-])(?:{alternatives})(?!-*\w)|{_WORD}")
