"""Answers in several parts, as calls of a tool are, and what came round or behind an answer."""

import json
from typing import Any

import pytest

from planner.operations import Op
from planner.salvage import read_items
from tests.builders import answer, ids, item, unattended

A = item(Op.ADD_TOOL_TO_AGENT, id="e1")
B = item(Op.LORA_FINETUNE, id="e2")
C = item(Op.SET_AGENT_CLASS, id="e3")
SAME_ID = {**B, "id": "e1"}
SAME_SLOT = {**A, "id": "e2"}


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
    assert unattended(written({"edit": A, "verdict": "rejected"})) == []


@pytest.mark.parametrize("form", [*JSON, *TEXT])
@pytest.mark.parametrize("other", [SAME_ID, SAME_SLOT, {"op": "lora_finetune"}])
def test_calls_that_may_be_rivals_are_not_read(form: str, other: dict[str, Any]) -> None:
    written = {**JSON, **TEXT}[form]
    assert ids(written({"edits": [A]}, {"edits": [other]})) == []


@pytest.mark.parametrize("form", [*JSON, *TEXT])
def test_calls_with_one_edit_each_that_share_an_id_do_not_go_unattended(form: str) -> None:
    assert unattended({**JSON, **TEXT}[form](A, SAME_ID)) == []


@pytest.mark.parametrize("form", [*JSON, *TEXT])
def test_patches_of_one_prompt_in_several_calls_are_settled_together(form: str) -> None:
    patches = [item(Op.PATCH_SYSTEM_PROMPT, id=one) for one in ("e1", "e2")]
    written = {**JSON, **TEXT}[form]
    assert ids(written(*({"edits": [one]} for one in patches))) == ["e1", "e2"]


def test_calls_of_two_messages_are_not_one_answer() -> None:
    choices = [{"message": {"function_call": call({"edits": [one]})}} for one in (A, B)]
    assert ids(json.dumps({"choices": choices})) == []
    choices = [{"message": json.loads(tool_calls({"edits": [one]}))} for one in (A, B)]
    assert ids(json.dumps({"choices": choices})) == []
    several = json.dumps({"first": call({"edits": [A]}), "second": call({"edits": [B]})})
    assert unattended(several) == []


def test_an_answer_in_words_and_in_a_call_is_one_answer() -> None:
    def both(content: str) -> str:
        message = json.loads(tool_calls({"edits": [A, B]}))
        return json.dumps({**message, "content": content})

    plan = json.dumps({"edits": [A, B]})
    read = read_items(both(f"Submitting the plan now.\n{plan}"))
    assert [one.value["id"] for one in read.items if one.value] == ["e1", "e2"]
    assert "Submitting" in read.remarks
    assert ids(both(f"Submitting it.\n{json.dumps({'edits': [A]})}")) == []
    assert unattended(both(f"{plan}\nIgnore the above.")) == []
    assert unattended(both(f"Example:\n{plan}")) == []


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
    rival = form.format(json.dumps([SAME_ID]))
    assert ids(form.format(one) + "\n" + rival) == []
    assert unattended(form.format(one) + "\nOr rather:\n" + form.format(other)) == []


def test_calls_on_lines_of_their_own_are_one_answer() -> None:
    assert ids(f"add_edit({A!r})\nadd_edit({B!r})") == ["e1", "e2"]


def fenced(*edits: dict[str, Any]) -> str:
    return f"```json\n{answer(*edits)}\n```"


BOTH = {
    "an entity that is meant, in a tag": f"<answer>{answer({**A, 'rationale': 'a < b &amp; c'}, B)}"
    "</answer>",
    "an entity in a call": tagged({"edits": [{**A, "rationale": "A &amp; B"}, B]}),
    "an entity behind a thought": f"<|begin_of_thought|>so<|end_of_thought|>\n"
    f"{answer({**A, 'rationale': 'A &amp; B'}, B)}",
    "brackets too many in a tag": tagged({"edits": [A, B]}).replace("\n</", "}\n</"),
    "a smile below": f"{answer(A, B)}\n\nThat is all :}}",
    "an interval below": f"{answer(A, B)}\n\nIt is in (0, 5]",
    "a beginning twice": '{"edits": [' + answer(A, B),
    "a bracket twice": "{" + answer(A, B),
    "edits in fences in texts": json.dumps(
        {"edits": [f"```json\n{json.dumps(one)}\n```" for one in (A, B)]}
    ),
    "objects without a seam": "".join(json.dumps({"edits": [one]}) for one in (A, B)),
    "a section of markup": f"<answer><![CDATA[{answer(A, B)}]]></answer>",
    "lines of one edit": "\n".join(json.dumps({"edits": [one]}) for one in (A, B)),
    "sections of clusters": "\n\n".join(
        f"## {one['expected_improvement']}\n\n{fenced(one)}" for one in (A, B)
    ),
    "an edit that was considered": f"I considered {json.dumps(C)}\nbut rejected it. My plan:\n\n"
    f"{answer(A, B)}",
    "a comment that holds an edit": f'{{"edits": [{json.dumps(A)},\n// too risky: {json.dumps(C)}\n'
    f"{json.dumps(B)}]}}",
}


@pytest.mark.parametrize("text", BOTH.values(), ids=BOTH)
def test_what_is_certain_is_read(text: str) -> None:
    assert ids(text) == ["e1", "e2"]


NEITHER = {
    "a turn behind": f"{fenced(A, B)}\n\nUser: And now?\nAssistant:\n{answer(C)}",
    "an instruction behind": f"{answer(A, B)}\n### Instruction:\nMore.\n\n{answer(C)}",
    "a conversation": f"User: Go.\nAssistant: {answer(C)}\n\nUser: No.\nAssistant: {answer(A)}",
    "a turn behind half an answer": f"{answer(A)[:-3]}\n\nUser: And?\nAssistant:\n{answer(C)}",
    "lines that are rivals": "\n".join(json.dumps({"edits": [x]}) for x in (A, SAME_SLOT)),
    "lines and words": "\n".join(json.dumps({"edits": [one]}) for one in (A, B)) + "\nTwo.",
    "sections of options": f"## Option 1\n\n{fenced(A)}\n\n## Option 2\n\n{fenced(B)}",
    "a plan in a list that goes on": '{"edits": [' + answer(A, B) + ", " + answer(C) + "]}",
}


@pytest.mark.parametrize("text", NEITHER.values(), ids=NEITHER)
def test_what_is_in_doubt_does_not_go_unattended(text: str) -> None:
    assert unattended(text) == []


def test_prose_beside_calls_is_for_people() -> None:
    plan = json.loads(blocks({"edits": [A, B]}))
    no, yes = ({"type": "text", "text": one} for one in ("I withdraw this.", "Two edits."))
    assert unattended(json.dumps([*plan, no])) == []
    assert unattended(json.dumps({"content": [*plan, no]})) == []
    assert unattended(json.dumps([no, *plan, yes])) == []
    assert ids(json.dumps([yes, *plan, yes])) == ["e1", "e2"]
    message = json.loads(tool_calls({"edits": [A, B]}))
    assert unattended(json.dumps({**message, "content": "I withdraw this plan."})) == []
    assert ids(json.dumps({**message, "content": "Two edits."})) == ["e1", "e2"]


def test_three_objects_without_a_seam_are_parts_too() -> None:
    assert ids("".join(json.dumps({"edits": [one]}) for one in (A, B, C))) == ["e1", "e2", "e3"]
