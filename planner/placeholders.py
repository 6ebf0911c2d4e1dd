"""Prompts are `str.format` templates: what a new one would break there.

A literal `{"a": 1}` or a lone `{` crashes the agent, and a dropped
`{tool_descriptions}` hides its tools without a word. Source: the executor's
agents, which call `prompt.format(...)`.
"""

from collections.abc import Iterator
from functools import lru_cache
from string import Formatter

from planner.models import Flag, FlagCode

_PARSER = Formatter()


def fields_of(prompt: str) -> frozenset[str] | str:
    """Return a template's fields, their conversions and formats included, or why it is none.

    A format that fails, or that renders nothing, breaks the agent as a name does.
    """
    return _fields_of(prompt) if "{" in prompt or "}" in prompt else frozenset()


@lru_cache(maxsize=256)
def _fields_of(prompt: str) -> frozenset[str] | str:
    try:
        return frozenset(_fields(prompt))
    except ValueError as error:
        return str(error)


def _fields(template: str, *, inner: bool = False) -> Iterator[str]:
    """Yield every field, those inside another one's format included."""
    for _, name, format_spec, conversion in _PARSER.parse(template):
        if name is not None:
            yield name + (f"!{conversion}" if conversion else "") + f":{format_spec}".rstrip(":")
        if conversion not in (None, "r", "s", "a"):
            raise ValueError(f"unknown conversion {conversion!r}")
        if format_spec and inner and "{" in format_spec:
            raise ValueError("fields are nested too deeply")
        if format_spec:
            yield from _fields(format_spec, inner=True)


def placeholder_flags(old: str | None, new: str) -> tuple[Flag, ...]:
    """Return what a new prompt does to the placeholders of the old one.

    Args:
        old: The student's current prompt; None where it is not known.
        new: The prompt that an edit would write.
    """
    before, after = None if old is None else fields_of(old), fields_of(new)
    if isinstance(before, str):
        return (_old_is_none(before),)
    if isinstance(after, str):
        return (_broken(after),)
    if before is None:
        return ()
    return (*_unknown(after - before), *_dropped(before - after))


def _old_is_none(fault: str) -> Flag:
    return Flag(
        code=FlagCode.OLD_PROMPT_NO_TEMPLATE,
        message=f"The current prompt is itself no valid template ({fault}): whether this edit "
        "keeps its placeholders cannot be told.",
    )


def _broken(fault: str) -> Flag:
    return Flag(
        code=FlagCode.PLACEHOLDER_BROKEN,
        message=f"The new prompt is no valid template ({fault}): it would crash the agent; "
        "literal braces must be doubled.",
    )


def _unknown(names: frozenset[str]) -> Iterator[Flag]:
    if names:
        yield Flag(
            code=FlagCode.PLACEHOLDER_UNKNOWN,
            message=f"The new prompt has placeholders that the old one did not have: "
            f"{_listed(names)}; nothing fills them.",
        )


def _dropped(names: frozenset[str]) -> Iterator[Flag]:
    if names:
        yield Flag(
            code=FlagCode.PLACEHOLDER_DROPPED,
            message=f"The new prompt drops placeholders of the old one: {_listed(names)}.",
        )


def _listed(names: frozenset[str]) -> str:
    told = ", ".join("{" + name[:60] + "}" for name in sorted(names)[:10])
    return told + (", ..." if len(names) > 10 else "")
