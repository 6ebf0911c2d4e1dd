"""Answers that came as calls of a tool: several of one message may be the parts of one answer."""

import json
from typing import Any

import pytest

from planner.operations import Op
from planner.salvage import read_items
from tests.builders import item

A = item(Op.ADD_TOOL_TO_AGENT, id="e1")
B = item(Op.LORA_FINETUNE, id="e2")
C = item(Op.SET_AGENT_CLASS, id="e3")
SAME_ID = {**B, "id": "e1"}
SAME_SLOT = {**A, "id": "e2"}


def ids(text: str) -> list[Any]:
    return [one.value.get("id") for one in read_items(text).items if one.fault is None]


def call(arguments: Any, tool: str = "propose_edits", key: str = "arguments") -> dict[str, Any]:
    return {"name": tool, key: arguments}


def blocks(*given: Any, tool: str = "propose_edits") -> str:
    return json.dumps(
        [{"type": "tool_use", "id": "t", **call(one, tool, "input")} for one in given]
    )


def tool_calls(*given: Any, tool: str = "propose_edits") -> str:
    calls = [{"id": "c", "function": call(json.dumps(one), tool)} for one in given]
    return json.dumps({"role": "assistant", "content": None, "tool_calls": calls})


def parts(*given: Any, tool: str = "propose_edits") -> str:
    return json.dumps({"parts": [{"functionCall": call(one, tool, "args")} for one in given]})


def tagged(*given: Any, tool: str = "propose_edits") -> str:
    return "\n".join(f"<tool_call>\n{json.dumps(call(one, tool))}\n</tool_call>" for one in given)


def listed(*given: Any, tool: str = "propose_edits") -> str:
    return "[TOOL_CALLS] " + json.dumps([call(one, tool) for one in given])


def with_semicolons(*given: Any, tool: str = "propose_edits") -> str:
    return "; ".join(json.dumps(call(one, tool, "parameters")) for one in given)


JSON = {"blocks": blocks, "tool calls": tool_calls, "parts": parts, "a list": listed}
TEXT = {"tags": tagged, "semicolons": with_semicolons}


@pytest.mark.parametrize("form", [*JSON, *TEXT])
def test_several_calls_of_one_tool_are_one_answer(form: str) -> None:
    written = {**JSON, **TEXT}[form]
    assert ids(written({"edits": [A]}, {"edits": [B, C]})) == ["e1", "e2", "e3"]
    assert ids(written({"edits": [A, B]}, {"edits": [C]})) == ["e1", "e2", "e3"]


@pytest.mark.parametrize("form", [*JSON, *TEXT])
def test_a_call_may_be_given_one_edit(form: str) -> None:
    written = {**JSON, **TEXT}[form]
    assert ids(written(A)) == ["e1"]
    assert ids(written(A, B, tool="add_edit")) == ["e1", "e2"]
    assert ids(written({"edit": A}, {"edit": B}, tool="add_edit")) == ["e1", "e2"]
    assert ids(written(A, tool="reject_edit")) == []
    assert ids(written({"edits": [A]}, tool="discarded")) == []
    assert ids(written({"edit": A, "verdict": "rejected"})) == []


@pytest.mark.parametrize("form", [*JSON, *TEXT])
@pytest.mark.parametrize("other", [SAME_ID, SAME_SLOT, {"op": "lora_finetune"}])
def test_calls_that_may_be_rivals_are_not_read(form: str, other: dict[str, Any]) -> None:
    written = {**JSON, **TEXT}[form]
    assert ids(written({"edits": [A]}, {"edits": [other]})) == []
    assert ids(written(A, other)) == []


def test_calls_of_two_messages_are_not_one_answer() -> None:
    choices = [{"message": {"function_call": call({"edits": [one]})}} for one in (A, B)]
    assert ids(json.dumps({"choices": choices})) == []
    choices = [{"message": json.loads(tool_calls({"edits": [one]}))} for one in (A, B)]
    assert ids(json.dumps({"choices": choices})) == []
    assert ids(json.dumps({"first": call({"edits": [A]}), "second": call({"edits": [B]})})) == []


OPENED: dict[str, str] = {
    "a function": "propose_edits(edits={})",
    "an argument": "propose_edits({})",
    "DeepSeek's marks": "<\uff5ctool\u2581call\u2581begin\uff5c>function<\uff5ctool\u2581sep\uff5c>"
    "propose_edits\n```json\n{}\n```<\uff5ctool\u2581call\u2581end\uff5c>",
    "Kimi's marks": "<|tool_call_begin|>functions.propose_edits:0<|tool_call_argument_begin|>{}"
    "<|tool_call_end|>",
    "Mistral's marks": "[TOOL_CALLS]propose_edits[ARGS]{}",
    "Llama's tags": "<function=propose_edits>{}</function>",
    "Qwen's tags": "<tool_call>\n<function=propose_edits>\n<parameter=edits>\n{}\n</parameter>\n"
    "</function>\n</tool_call>",
    "GLM's tags": "<tool_call>propose_edits\n<arg_key>edits</arg_key>\n<arg_value>{}</arg_value>\n"
    "</tool_call>",
    "an invocation": '<invoke name="propose_edits">\n<parameter name="edits">{}</parameter>\n'
    "</invoke>",
}


@pytest.mark.parametrize("form", OPENED.values(), ids=OPENED)
def test_calls_that_are_no_json_themselves_are_one_answer(form: str) -> None:
    one, other = json.dumps([A]), json.dumps([B, C])
    assert ids(form.format(one)) == ["e1"]
    assert ids(form.format(one) + "\n" + form.format(other)) == ["e1", "e2", "e3"]
    rival = form.format(json.dumps([SAME_ID]))
    assert ids(form.format(one) + "\n" + rival) == []
    assert ids(form.format(one) + "\nOr rather:\n" + form.format(other)) == []
    assert ids(form.format(one).replace("propose_edits", "reject_edits")) == []


def test_calls_in_one_list_are_one_answer() -> None:
    assert ids(f"[propose_edits(edits={[A]!r})]") == ["e1"]
    assert ids(f"[propose_edits(edits={[A]!r}), propose_edits(edits={[B]!r})]") == ["e1", "e2"]
    assert ids(f"add_edit({A!r})\nadd_edit({B!r})") == ["e1", "e2"]
