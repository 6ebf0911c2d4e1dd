"""What an edit would change in the student, as far as the student is known.

Prompts are not judged here: `planner.settle` looks at them line by line.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from planner.models import Flag, FlagCode, Student
from planner.operations import OPERATIONS, Op
from planner.parameters import COMMON, value_doubt

Payload = Mapping[str, Any]


def changes_nothing(op: Op, payload: Payload, student: Student) -> str:
    """Return why the edit changes nothing, as a clause; empty where it may change something."""
    test = _TESTS.get(op)
    return test(payload, student) if test else ""


def known_tools(student: Student) -> frozenset[str] | None:
    """Return the tools that the student's files name; None where nothing can be told of tools."""
    listed = [agent.tools for agent in student.agents.values() if agent.tools is not None]
    if not listed and not student.tool_descriptions:
        return None
    return frozenset(student.tool_descriptions).union(*listed)


def known_models(student: Student) -> frozenset[str]:
    """Return the models that the student's files name; empty where they name none."""
    return frozenset(student.model_params).union(student.routing.values())


def doubts(
    op: Op,
    payload: Payload,
    student: Student,
    *,
    tools: frozenset[str] | None,
    models: frozenset[str],
) -> tuple[Flag, ...]:
    """Return what a reviewer should know: names that the student's files do not know.

    Args:
        op: What the edit does.
        payload: Checked against the operation.
        student: The configuration that the edit touches.
        tools: `known_tools` of the student, gathered once for all edits.
        models: `known_models`, likewise.
    """
    of_parameter = _parameter_doubts(op, payload, student) if op in _SETTING else ()
    of_model = _model_doubts(payload, student, models) if op in _NAMING_MODEL else ()
    return (
        *_agent_doubts(payload, student),
        *of_model,
        *_tool_doubts(op, payload, tools),
        *of_parameter,
    )


_SETTING: Final = frozenset({Op.SET_MODEL_PARAM, Op.SET_AGENT_PARAM})
"""The operations that set a parameter."""
_NAMING_MODEL: Final = frozenset(
    op
    for op, row in OPERATIONS.items()
    if not row.payload.model_fields.keys().isdisjoint(("model", "query_class"))
)
"""Those that name a model, or a class of queries that is routed to one."""


def _same(current: Any, new: Any) -> bool:
    """Tell whether two settings are equal; `true` is not 1."""
    return isinstance(current, bool) == isinstance(new, bool) and bool(current == new)


def _model_for_query_class(payload: Payload, student: Student) -> str:
    same = student.routing.get(payload["query_class"]) == payload["model"]
    return "the query class is already routed to that model" if same else ""


def _model_param(payload: Payload, student: Student) -> str:
    return _param(student.model_params.get(payload["model"], {}), payload)


def _agent_param(payload: Payload, student: Student) -> str:
    agent = student.agents.get(payload["agent"])
    return _param(agent.params if agent else {}, payload)


def _param(params: Mapping[str, Any], payload: Payload) -> str:
    name = payload["param"]
    same = name in params and _same(params[name], payload["value"])
    return f"`{name}` already has that value" if same else ""


def _agent_class(payload: Payload, student: Student) -> str:
    agent = student.agents.get(payload["agent"])
    same = agent is not None and agent.agent_class == payload["new_class"]
    return "the agent already has that class" if same else ""


def _few_shot(payload: Payload, student: Student) -> str:
    agent = student.agents.get(payload["agent"])
    if agent is None or agent.few_shot is None:
        return ""
    current = [(one.input, one.output) for one in agent.few_shot]
    new = [(one["input"], one["output"]) for one in payload["exemplars"]]
    return "the agent already has these examples" if current == new else ""


def _tools(payload: Payload, student: Student) -> tuple[str, ...] | None:
    agent = student.agents.get(payload["agent"])
    return agent.tools if agent else None


def _add_tool(payload: Payload, student: Student) -> str:
    tools = _tools(payload, student)
    has = tools is not None and payload["tool_name"] in tools
    return "the agent already has that tool" if has else ""


def _remove_tool(payload: Payload, student: Student) -> str:
    tools = _tools(payload, student)
    lacks = tools is not None and payload["tool_name"] not in tools
    return "the agent does not have that tool" if lacks else ""


def _tool_description(payload: Payload, student: Student) -> str:
    same = student.tool_descriptions.get(payload["tool_name"]) == payload["new_description"]
    return "the tool already has that description" if same else ""


_TESTS: Final[Mapping[Op, Callable[[Payload, Student], str]]] = {
    Op.SET_MODEL_FOR_QUERY_CLASS: _model_for_query_class,
    Op.SET_MODEL_PARAM: _model_param,
    Op.SET_AGENT_PARAM: _agent_param,
    Op.SET_AGENT_CLASS: _agent_class,
    Op.EDIT_FEW_SHOT_EXEMPLARS: _few_shot,
    Op.ADD_TOOL_TO_AGENT: _add_tool,
    Op.REMOVE_TOOL_FROM_AGENT: _remove_tool,
    Op.EDIT_TOOL_DESCRIPTION: _tool_description,
}


def _agent_doubts(payload: Payload, student: Student) -> tuple[Flag, ...]:
    """Flag, not reject: a student may have agents that no file of its names."""
    agent = payload.get("agent")
    if agent is None or agent in student.agents or not student.agents:
        return ()
    message = f"The student's files name no agent `{agent}`: check the name."
    return (Flag(code=FlagCode.UNKNOWN_AGENT, message=message),)


def _tool_doubts(op: Op, payload: Payload, tools: frozenset[str] | None) -> tuple[Flag, ...]:
    tool = payload.get("tool_name")
    if tool is None or tools is None or tool in tools or op is Op.REMOVE_TOOL_FROM_AGENT:
        return ()
    message = f"The student's files name no tool `{tool}`: check the name."
    return (Flag(code=FlagCode.UNKNOWN_TOOL, message=message),)


def _model_doubts(payload: Payload, student: Student, models: frozenset[str]) -> Iterator[Flag]:
    model = payload.get("model")
    if model is not None and models and model not in models:
        yield Flag(
            code=FlagCode.UNKNOWN_MODEL,
            message=f"The student's files name no model `{model}`: check the name.",
        )
    routed = payload.get("query_class")
    if routed is not None and student.routing and routed not in student.routing:
        yield Flag(
            code=FlagCode.UNKNOWN_QUERY_CLASS,
            message=f"The student routes no query class `{routed}` yet: check the name.",
        )


def _parameter_doubts(op: Op, payload: Payload, student: Student) -> Iterator[Flag]:
    if op is Op.SET_MODEL_PARAM:
        params: Mapping[str, Any] = student.model_params.get(payload["model"], {})
    else:
        agent = student.agents.get(payload["agent"])
        params = agent.params if agent else {}
    name = payload["param"]
    doubt = value_doubt(name, payload["value"], params.get(name))
    if doubt:
        yield Flag(code=FlagCode.PARAMETER_VALUE, message=f"Look at `{name}`: {doubt}.")
    if name not in params and name not in COMMON:
        seen = "sets no parameter" if params else "may have no parameter"
        yield Flag(
            code=FlagCode.UNKNOWN_PARAMETER,
            message=f"The student {seen} `{name}` there: check the name.",
        )
    others = (*begun_by(name, params), *_lines_begun_by(name))
    if others:
        yield prefix_flag(name, min(others))


_LINES: Final = COMMON | {"class", "tools"}
"""What may begin a line of an agent's or a model's table, whether or not it is seen there."""


@lru_cache(maxsize=4_096)
def _lines_begun_by(name: str) -> tuple[str, ...]:
    return tuple(begun_by(name, _LINES))


def begun_by(name: str, others: Iterable[str]) -> list[str]:
    """Return those that an executor that looks for a line's start would take for `name`."""
    return [other for other in others if other.startswith(name) and other != name]


def prefix_flag(name: str, other: str) -> Flag:
    """Return the flag of a name that begins another one."""
    return Flag(
        code=FlagCode.PARAMETER_PREFIX,
        message=f"`{name}` begins the name of `{other}`: an executor that looks for the "
        "start of a line would overwrite that one.",
    )
