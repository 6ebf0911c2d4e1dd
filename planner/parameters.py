"""Numeric parameters: which values a person should look at before they are set."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from planner.names import words_of

_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "min_p": (0, 1),
    "typical_p": (0, 1),
    "frequency_penalty": (-2, 2),
    "presence_penalty": (-2, 2),
    "repetition_penalty": (0, 2),
    "repeat_penalty": (0, 2),
}
"""Source: the request bodies that OpenAI's API, vLLM and llama.cpp accept."""

_COUNTS: Final = frozenset(
    {"max_turns", "max_steps", "max_iterations", "max_tokens", "max_new_tokens", "max_retries"}
    | {"top_k", "num_ctx", "context_length", "timeout", "timeout_seconds"}
)
_COUNTING_WORD: Final = frozenset(
    {"max", "min", "num", "count", "turns", "steps", "tokens", "retries", "limit", "length", "size"}
    | {"timeout"}
)

_GUARDING_STEM: Final = re.compile(
    r"approv|confirm|sandbox|guard|permi(?:t|ssion)|verif|privileg|refund|budget|discount|danger"
    r"|unsafe|autonom|dry.?run|require",
    re.IGNORECASE,
)
_GUARDING_WORD: Final = frozenset(
    {"allow", "allowed", "safe", "safety", "strict", "force", "human", "review", "spend", "cost"}
    | {"price", "usd", "eur", "credit", "network", "shell", "access", "secret", "admin", "root"}
)
"""What bounds an agent's reach or its money, by its name."""

_USUAL_COUNTS: Final[Mapping[str, tuple[float, float]]] = {
    "max_turns": (1, 1_000),
    "max_steps": (1, 1_000),
    "max_iterations": (1, 1_000),
    "max_retries": (0, 1_000),
    "max_tokens": (16, 10_000_000),
    "max_new_tokens": (16, 10_000_000),
    "num_ctx": (256, 10_000_000),
    "context_length": (256, 10_000_000),
    "timeout": (0, 86_400),
    "timeout_seconds": (0, 86_400),
}
"""Turns, tokens, seconds beyond which a number is more likely a slip than a choice."""

_MOST_COUNTED: Final = 10_000_000

COMMON: Final = frozenset({*_RANGES, *_COUNTS, "seed"})
"""Parameters that agents and models commonly know, whether or not the student sets them yet."""

LARGEST_FACTOR: Final = 10.0
"""A value that grows or shrinks by more is more likely a slip than a tuning."""


def value_doubt(name: str, value: float, current: Any) -> str:
    """Return why a person should look at a new value, as a clause; empty where nobody need.

    Args:
        name: The parameter.
        value: What it would be set to.
        current: What it is now; None where that is not known.
    """
    return next(_doubts(name, value, current), "")


def _doubts(name: str, value: float, current: Any) -> Iterator[str]:
    """Yield all that speaks against a value without a look, the strongest first."""
    is_number = isinstance(current, int | float) and not isinstance(current, bool)
    if current is not None and not is_number:
        yield f"it is {_kind(current)} now, and would become a number"
    low, high = _RANGES.get(name.lower(), (value, value))
    if not low <= value <= high:
        yield f"{value:g} is outside of {low:g} to {high:g}"
    if _counts(name) and (value <= 0 or (value < 1e6 and value % 1)):
        yield f"{value:g} is no whole number above 0"
    least, most = _USUAL_COUNTS.get(name.lower(), (value, _MOST_COUNTED))
    if _counts(name) and not least <= value <= most:
        yield f"{value:g} is far from what such a parameter usually is"
    is_whole = _counts(name) or (is_number and isinstance(current, int))
    if is_whole and isinstance(value, float) and not value % 1:
        yield f"{value!r} is written as a fraction where a whole number stands"
    if _bounds_reach(name):
        yield "its name says that it bounds what the agent may do"
    if is_number and current != value:
        yield from _steps(name, value, current)


def _steps(name: str, value: float, current: float) -> Iterator[str]:
    """Yield what is too large a step from a number to another."""
    if {value, current} == {0, 1} and name.lower() not in _RANGES and not _counts(name):
        yield f"it may be a switch, from {current:g} to {value:g}"
    if value * current < 0:
        yield f"its sign changes, from {current:g} to {value:g}"
    small, large = sorted((abs(value), abs(current)))
    if small and large > LARGEST_FACTOR * small:
        yield f"it changes more than {LARGEST_FACTOR:.0f} times, from {current:g} to {value:g}"


@lru_cache(maxsize=4_096)
def _bounds_reach(name: str) -> bool:
    """Tell whether a parameter's name says that it bounds what an agent may do or spend."""
    return _GUARDING_STEM.search(name) is not None or not _GUARDING_WORD.isdisjoint(words_of(name))


@lru_cache(maxsize=4_096)
def _counts(name: str) -> bool:
    """Tell whether a parameter's name says that it counts something; `min_p` is a share."""
    return name.lower() not in _RANGES and not _COUNTING_WORD.isdisjoint(words_of(name))


def _kind(current: Any) -> str:
    kinds = {bool: "a truth value", str: "a text", list: "a list", dict: "a table"}
    return kinds.get(type(current), "no number")
