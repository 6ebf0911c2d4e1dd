"""Keys of an edit that no edit has: which of them change nothing of what it asks for."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from planner.salvage.hesitation import hesitates
from planner.salvage.withdrawal import snake_cased
from planner.schema import KNOWN_FIELDS

_HARMLESS: Final = frozenset(
    {"priority", "rank", "order", "index", "number", "weight", "score", "effort"}
    | {"title", "name", "label", "labels", "tag", "tags", "summary", "description"}
    | {"category", "type", "kind", "severity", "tier", "risk_tier", "evidence", "evidence_traces"}
    | {"trace_ids", "traces", "sample_trace_ids", "source", "sources", "skill_gap"}
    | {"reason", "reasons", "reasoning", "explanation", "justification", "rationale"}
    | {"impact", "effect", "benefit", "expected_effect", "expected_impact", "expected_outcome"}
    | {"expected_benefit", "expected_result", "hypothesis", "root_cause", "problem"}
)
"""What teachers add to an edit to explain, to sort or to name it."""
_ONE_OF: Final = {
    "status": "proposed|new|active|final|ready|approved|accepted|open",
    "confidence": r"(?:very[ _-])?high|medium|moderate|0?\.[5-9]\d*|[1-9][\d.]*\s*%?",
}
_ONE_OF["risk"] = _ONE_OF["risk_level"] = (
    "none|(?:very[ _-])?low|minimal|small|medium|moderate|auto|review|manual"
)
_SAID: Final = {key: re.compile(words, re.IGNORECASE) for key, words in _ONE_OF.items()}
"""What is harmless under keys that say more than a name does."""
_YES: Final = frozenset({"apply", "enabled", "active", "approved", "safe", "reversible"})
_CLUSTER: Final = frozenset({"cluster", "clusters", "cluster_id", "cluster_ids"})


def further_keys(value: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of an edit that a person has to see before it is applied, and their values.

    Args:
        value: The edit, as the teacher wrote it.
        payload: Its payload, as it was read.
    """
    if KNOWN_FIELDS.issuperset(value):
        return {}
    meant = {**payload, **dict.fromkeys(_CLUSTER, value.get("expected_improvement"))}
    return {
        key: given
        for key, given in value.items()
        if key not in KNOWN_FIELDS and given not in _NOTHING and not _is_harmless(key, given, meant)
    }


_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {})


def _is_harmless(key: str, given: Any, meant: Mapping[str, Any]) -> bool:
    name = snake_cased(key)
    if name in meant:
        return _same(given, meant[name])
    if isinstance(given, bool):
        return given and name in _YES
    if name in _SAID:
        return isinstance(given, str | int | float) and bool(_SAID[name].fullmatch(str(given)))
    return name in _HARMLESS and all(map(_says_nothing_against, _listed(given)))


def _same(given: Any, meant: Any) -> bool:
    """Tell whether two values are equal, one perhaps in a list; `true` is not 1."""
    (one, *others), (other, *more) = _listed(given), _listed(meant)
    alike = isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
    return alike and others == more


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) and given else [given]


def _says_nothing_against(one: Any) -> bool:
    if isinstance(one, str):
        return not hesitates(one)
    return isinstance(one, int | float) and not isinstance(one, bool)


def edits_within(further: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the edits that stand inside of an edit, under keys that it should not have."""
    for given in further.values():
        yield from (one for one in _listed(given) if isinstance(one, dict) and "op" in one)
