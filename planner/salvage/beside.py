"""Texts that stand beside `edits` in the object of the answer: they are prose of the answer."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from planner.salvage.remarks import sentences_of
from planner.salvage.withdrawal import snake_cased

_OF_OTHERS: Final = re.compile(
    r"(?:.*_)?(?:prompt|system|user|query|input|question|thinking|reasoning(?:_content)?|thoughts?"
    r"|scratchpad|chain_of_thought|drafts?|content|text|edits?)",
    re.IGNORECASE,
)
"""Keys of what somebody else says, or of thoughts, or of an answer."""
_DIAGNOSIS: Final = re.compile(
    r"(?:.*_)?(?:diagnosis|analysis|summary|explanation|overview|findings?|rationale|reasons?"
    r"|context|background|problems?)(?:_.*)?",
    re.IGNORECASE,
)
_OF_ANSWER: Final = re.compile(
    r"\b(?:edits?|plan|these|those|json|answer|proposals?|changes?|above|below|any of (?:this|it)"
    r"|all of (?:this|it)|everything|i (?:withdraw|retract)|(?![ct]\d)[a-z]+[-_]?\d+|änderung\w*"
    r"|vorschl\w+|modifications?|cambios|ediciones|propuesta|edições|proposta|piano|modifiche"
    r"|правк\w*|план\w*)\b|\A\W*(?:please )?(?:ignore|forget|scrap|disregard|cancel"
    r"|discard|skip|drop|never ?mind|withdrawn|retracted|void)(?: \w+)?[.!]*\Z"
    r"|修改|方案|计划|以上|变更|編集|変更|上記|수정|계획",
    re.IGNORECASE,
)
_ASKING: Final = re.compile(
    r"(?:requires?|needs?|await(?:s|ing)?)_.*|pending|on_hold|hold|manual|unsafe|tentative|uncertain"
    r"|human_review|review(?:_first|_required|_needed)?"
)
_LEAVING: Final = re.compile(r"auto(?:_?appl(?:y|ied)|_?approved?)?|safe(?:_to_apply)?|reviewed")
"""What asks for a person where it is true, and where it is not."""
_OF_CLUSTERS: Final = re.compile(r"(?:failure_?|kept_?)?clusters?|coverage", re.IGNORECASE)
"""What a plan says of its clusters names the edits that are meant for each."""
_NAME: Final = re.compile(r"[\w.-]*\w")
_MAX_SHOWN: Final = 500
_MAX_PROSE: Final = 20_000


def _said_under(key: str, text: str) -> str:
    """Return what a text under a key beside the list says of the answer.

    A diagnosis tells of failures: of its sentences those count that speak of the edits.
    """
    if not _is_prose(key, text):
        return ""
    if not _DIAGNOSIS.fullmatch(key):
        return text
    return "\n".join(one for one in sentences_of(text) if _OF_ANSWER.search(one))


def _is_prose(key: str, text: str) -> bool:
    has_words = " " in text.strip() or "~~" in text or not text.isascii()
    return has_words and "{" not in text and not _OF_OTHERS.fullmatch(key)


def prose_beside(value: Mapping[str, Any]) -> str:
    """Return the texts, and lists of texts, that stand in the object that holds the list."""
    texts: list[str] = []
    for key, given in value.items():
        some = given if isinstance(given, list) and key.lower() != "edits" else [given]
        texts += [_said_under(key, one) for one in some if isinstance(one, str)]
    texts += [f"{key}: {json.dumps(given)}" for key, given in value.items() if _asks(key, given)]
    texts += _verdicts(value)
    return "\n".join(filter(None, texts))[:_MAX_PROSE]


def _asks(key: str, given: Any) -> bool:
    """Tell whether a truth value beside the list asks that a person looks at it first."""
    if not isinstance(given, bool):
        return False
    asks = _ASKING if given else _LEAVING
    return asks.fullmatch(snake_cased(key)) is not None


def _verdicts(value: Mapping[str, Any]) -> Iterator[str]:
    """Yield what stands beside the list and names its edits, whatever its shape: `withdrawn`."""
    others = {
        key: given
        for key, given in value.items()
        if isinstance(given, dict | list) and key != "edits" and not _OF_CLUSTERS.fullmatch(key)
    }
    listed = value.get("edits")
    names = _names_of(listed) if others and isinstance(listed, list) else frozenset()
    for key, given in others.items():
        written = json.dumps(given, ensure_ascii=False)
        if not names.isdisjoint(_NAME.findall(written)):
            yield f"{key}: {written[:_MAX_SHOWN]}"


def _names_of(edits: Iterable[Any]) -> set[str]:
    """Return the ids of edits by which words can name them."""
    given = [one.get("id") for one in edits if isinstance(one, dict)]
    # `a` and `1` are words of any sentence.
    return {one for one in given if isinstance(one, str) and len(one) > 1 and not one.isdecimal()}
