"""What the edits of one plan do together, that none of them does alone."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from planner.effects import begun_by, prefix_flag
from planner.models import Flag, FlagCode, ProposedEdit, Student
from planner.operations import Op

_SETS_PARAM = frozenset({Op.SET_AGENT_PARAM, Op.SET_MODEL_PARAM})


def with_joint_flags(edits: Sequence[ProposedEdit], student: Student) -> tuple[ProposedEdit, ...]:
    """Return the edits, those flagged that overwrite another's parameter or take all tools."""
    flags: dict[str, list[Flag]] = defaultdict(list)
    for edit_id, flag in (*_prefixes(edits), *_emptied(edits, student)):
        flags[edit_id].append(flag)
    if not flags:
        return tuple(edits)
    return tuple(
        edit.model_copy(update={"flags": _joined(edit.flags, flags[edit.id])})
        if edit.id in flags
        else edit
        for edit in edits
    )


def _joined(own: Sequence[Flag], joint: Sequence[Flag]) -> tuple[Flag, ...]:
    """Return both, each code once: of one code, what names another edit of the plan stands."""
    codes = {flag.code for flag in joint}
    return (*(flag for flag in own if flag.code not in codes), *joint)


def _prefixes(edits: Sequence[ProposedEdit]) -> Iterator[tuple[str, Flag]]:
    """Yield edits whose parameter begins one that another edit sets.

    In the order of their targets, what begins with a text follows right after it.
    """
    setting = sorted(
        (edit for edit in edits if edit.op in _SETS_PARAM), key=lambda edit: edit.target
    )
    for one, other in pairwise(setting):
        name, longer = str(one.payload["param"]), str(other.payload["param"])
        if begun_by(one.target, [other.target]) and begun_by(name, [longer]):
            yield one.id, prefix_flag(name, longer)


def _emptied(edits: Sequence[ProposedEdit], student: Student) -> Iterator[tuple[str, Flag]]:
    """Yield the edits that together take every tool of an agent."""
    removing = defaultdict(list)
    for edit in edits:
        if edit.op is Op.REMOVE_TOOL_FROM_AGENT:
            removing[str(edit.payload["agent"])].append(edit)
    for agent, removed in removing.items():
        known = student.agents[agent].tools if agent in student.agents else None
        if known and {edit.payload["tool_name"] for edit in removed} >= set(known):
            message = f"Of the tools that `{agent}` has now, this plan leaves none."
            for edit in removed:
                yield edit.id, Flag(code=FlagCode.NO_TOOLS_LEFT, message=message)
