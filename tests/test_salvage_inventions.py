"""What a reader must not take for the answer: nearly all of these once gave an edit nobody meant.

`{A}` is an edit, `{B}` another one, `{DOC}` and `{OTHER}` the answers that hold them.
"""

import json
from typing import Any

import pytest

from planner.models import RejectionCode
from planner.operations import Op
from planner.salvage import read_items
from tests.builders import answer, item

A = item(Op.ADD_TOOL_TO_AGENT, id="a")
B = item(Op.LORA_FINETUNE, id="b")
LAST = '"rationale": "r", "expected_improvement": "c1"'


def filled(text: str) -> str:
    """Return a text with the edits and answers that it names."""
    named = {"A": json.dumps(A), "B": json.dumps(B), "DOC": answer(A), "OTHER": answer(B)}
    for name, one in named.items():
        text = text.replace(f"{{{name}}}", one)
    return text


def prompt(written: str) -> str:
    """Return an answer whose only text stands as it is written here, quotes and all."""
    payload = f'{{"agent": "coder", "new_content": {written}}}'
    return f'{{"edits": [{{"op": "replace_system_prompt", "payload": {payload}, {LAST}}}]}}'


def payload_last(written: str) -> str:
    """Return the same with the payload below all other fields."""
    payload = f'{{"agent": "coder", "new_content": {written}}}'
    return f'{{"edits": [{{"op": "replace_system_prompt", {LAST}, "payload": {payload}}}]}}'


def exemplars(written: str) -> str:
    """Return an answer with a list of exemplars that stands as it is written here."""
    payload = f'{{"agent": "coder", "exemplars": [{written}]}}'
    return f'{{"edits": [{{"op": "edit_few_shot_exemplars", "payload": {payload}, {LAST}}}]}}'


def ids(text: str) -> list[Any]:
    return [one.value.get("id") for one in read_items(text).items if one.fault is None]


ONE = '{"input": "q", "output": "a"}'

NOTHING = {
    # A text that holds an answer, its quotes not escaped.
    "an answer in a text": prompt('"Answer with {DOC} only."'),
    "an edit in a text": prompt('"Answer with {A} only."'),
    "a list in a text": prompt('"Answer with [{A}, {A}] only."'),
    "edits in a text": prompt('"Answer with {A}, {A}, {A} only."'),
    "an answer between three quotes": prompt('"""Answer like\n{DOC}\n"""'),
    "an answer between backticks": prompt("`Answer like\n{DOC}\n`"),
    "an answer between apostrophes": prompt("'Answer like\n{DOC}\n don't'"),
    "an answer in a block": prompt("|\n  Answer like {DOC}\n"),
    "an answer in arguments": '{"name": "f", "arguments": "Like {DOC} only", "x": 1}',
    # A text that ends too early.
    "braces end a text": payload_last('"Be kind. End with "}} always."'),
    "all brackets end a text": payload_last('"Be kind. Close with "}}]} and stop."'),
    "an edit begins in a text": payload_last('"Be kind. Never "}}, {"op" again."'),
    "a brace ends a rationale": (
        '{"edits": [{"op": "lora_finetune", "payload": {}, "rationale": "It ends "}, so",'
        ' "id": "x"}]}'
    ),
    "a brace ends a rationale before a text": (
        '{"edits": [{"op": "lora_finetune", "payload": {}, "rationale": "It ends "}, "so",'
        ' "id": "x"}]}'
    ),
    "brackets end the exemplars": exemplars('{"input": "q", "output": "Say "}]}} x"}, ' + ONE),
    # Something was left out.
    "a line says more": exemplars(ONE + ", // ... 2 more\n"),
    "a comment says unchanged": exemplars(ONE + " /* remaining items unchanged */"),
    "a line says the same way": exemplars(ONE + ", # continue in the same way\n"),
    "a comment has another value": '{"edits": [{"op": "x", "n": 1 // or 2\n}]}',
    # How often it was escaped is unknown.
    "Python's text": "answer = " + repr(prompt('"one\\ntwo"')),
    "JavaScript's text": "JSON.parse(`" + prompt('"one\\\\ntwo"') + "`)",
    "SQL's quotes": "INSERT INTO t VALUES ('" + prompt("\"don''t\"") + "');",
    "YAML's quotes": "answer: '" + prompt("\"don''t\"") + "'",
    "XML's entities": "<plan>" + prompt('"&lt;b&gt;"') + "</plan>",
    "printf": "printf '" + prompt('"100%% sure"') + "'",
    "backslashes doubled": "Answer: " + prompt('"One.\\\\nTwo"'),
    # It was wrapped to a width.
    "a mail": (
        '{"edits": [{"op": "replace_system_prompt", "payload": {"agent": "a",\n'
        '"new_content": "You are a careful agent that answers the\n'
        "question with one short sentence and cites\n"
        'every source that was used."}, "id": "e1"}]}'
    ),
    "a key": '{"edits": [{"op": "lora_finetune", "payload": {}, "ratio\nnale": "r"}]}',
    # Thoughts.
    "a scratchpad": "<scratchpad>Draft: {DOC} hm</scratchpad>\nI propose no edit.",
    "a channel": "<|channel|>analysis<|message|>{DOC}<|end|><|channel|>final<|message|>None.",
    "a thought that is cut": "[THINK]Maybe\n```json\n{DOC}\n```\nNo, better would be",
    "a reflection": "<reflection>{DOC}</reflection>",
    "a thought whose tag is lost": "Maybe {DOC} or not.\n</think>\n\nI propose no edit.",
    # Not the answer, and there is none.
    "an example, then a broken answer": (
        'Example of the format:\n{DOC}\nMy answer:\n{"edits": [{"op": "set_agent_param", "payl'
    ),
    "an example, then an empty answer": 'Example: {DOC}\n\nAnswer: {"edits": []}',
    "an example, then words": "An answer would look like: {DOC}\n\nBut there is no evidence.",
    "an earlier plan, then a cut answer": (
        'Your earlier plan was:\n{DOC}\nIt failed. New plan:\n{"edits": [{"op": "set_ag'
    ),
    "a draft, then a cut answer": (
        '{DOC}\nWait, that is wrong. Corrected:\n{"edits": [{"op": "x", "p'
    ),
    "a quoted plan": "> {DOC}\n\nI would not do that. No edits.",
    "a refusal": "I cannot yet. Later I would answer in the form:\n\n```json\n{DOC}\n```\nBye.",
    "rejected edits": "<rejected_edits>{DOC}</rejected_edits>\nNothing else.",
    "attempts": "attempt 1: {DOC}\n -> ValidationError\nattempt 2: (timeout)\nno valid answer",
    # Under a key that says no.
    "rejected": '{"edits": [], "rejected": {DOC}}',
    "a previous plan": '{"previous_plan": {DOC}, "summary": "keep"}',
    "a list of rejected edits": '{"rejected_edits": [{A}], "summary": "none fit"}',
    "a schema": '{"properties": {"edits": {"type": "array"}}, "examples": [{DOC}]}',
    "the user's message": json.dumps([{"role": "user", "content": f"My plan: {answer(A)}"}]),
    # Several, and nobody knows which.
    "an example in the fence's line": '```json title="example.json"\n{DOC}\n```',
    "an example in another language": "Beispiel:\n{DOC}",
    "an edit beside its verdict": '{"edit": {A}, "verdict": "rejected"}',
    "a plan beside its status": '{"status": "rejected", "edits": [{A}]}',
    "a plan that words below take back": "{DOC}\n\nOn second thought, I propose nothing.",
    "an answer in a text, then the end": (
        '{"edits": [{"op": "x", "note": "Say "hi". The final answer:\n\n{DOC}\n\nand stop.'
    ),
    "two plans": '{"plan_a": {DOC}, "plan_b": {OTHER}, "chosen": "plan_a"}',
    "two candidates": "Candidate 1:\n{DOC}\n\nCandidate 2:\n{OTHER}\n\nI choose candidate 1.",
    "two fences": "```json\n{DOC}\n```\n```json\n{OTHER}\n```",
    "two keys": '{"edits": [{A}], "edits": [{B}]}',
    # Taken back.
    "withdrawn": '{"edits": [{"op": "lora_finetune", "payload": {}, "withdrawn": true}]}',
    "a status": '{"edits": [{"op": "lora_finetune", "payload": {}, "status": "rejected"}]}',
    "not enabled": '{"edits": [{"op": "lora_finetune", "payload": {}, "enabled": false}]}',
    "commented out": "# {A}\n",
    "a remark between two edits": '{"edits": [{A}, // rejected\n{B}]}',
    "a comparison": "-{A}\n+{B}\n",
    "the end of it is missing": (
        '{"edits": [{"op": "replace_system_prompt", "id": "x",'
        ' "payload": {"agent": "a", "new_content": "Be"}}]}'
    ),
    "the provider says that it was cut": json.dumps(
        {"choices": [{"finish_reason": "length", "message": {"content": answer(A)}}]}
    ),
    # Damaged texts.
    "a regex": prompt('"Use \\bword\\b"'),
    "a path": prompt('"Look in C:\\temp"'),
    "LaTeX": prompt('"Use \\frac{1}{2}"'),
    "a colour": prompt('"a \x1b[31mred\x1b[0m b"'),
    "a lost character": prompt('"caf\ufffd"'),
    "a wrong decoding": prompt('"Don\u00e2\u20ac\u2122t guess"'),
    "a turn's end": prompt('"Be <|im_end|> kind"'),
    "resumed": '{"edits": [{"op": "lora_finetune", "rationale": "a\n[continue]\nb", "x": 1}]}',
}


NOT_THE_TEACHERS_WORD = {"a channel", "a thought that is cut", "the user's message"}
"""Of thoughts and of others' messages nothing is told."""


@pytest.mark.parametrize("name", NOTHING)
def test_what_nobody_meant_is_told_and_not_read(name: str) -> None:
    read = read_items(filled(NOTHING[name]))
    assert [one.value for one in read.items if one.fault is None] == []
    assert not read.items if name in NOT_THE_TEACHERS_WORD else read.items


THE_OTHER = {
    "a plan, then how to undo it": "My plan:\n{OTHER}\n\nTo roll this back, apply:\n{DOC}",
    "a plan, then what not to do": "{OTHER}\n\nDo NOT apply this:\n{DOC}",
    "a plan, then a turn that was invented": (
        "{OTHER}<|im_end|>\n<|im_start|>user\nMore<|im_end|>\n<|im_start|>assistant\n{DOC}"
    ),
    "new and old": '{"new": {OTHER}, "old": {DOC}}',
    "an edit commented out": "{B}\n// {A}\n",
    "an edit in a comment": "{B}\n<!-- {A} -->\n",
    "an edit crossed out": "- ~~{A}~~\n- {B}",
    "an edit whose heading rejects it": (
        "### Edit 1\n```json\n{B}\n```\n### Edit 2 (rejected: too risky)\n```json\n{A}\n```"
    ),
    "an edit that a comment rejects": '{"edits": [{B},\n// Edit 2, rejected: too risky\n{A}]}',
    "a section of rejected ideas": "## Plan\n{OTHER}\n\n## Rejected\n\nThe first:\n{DOC}",
    "edits, then rejected ones": "<edits>[{B}]</edits>\n<rejected_edits>[{A}]</rejected_edits>",
}


@pytest.mark.parametrize("text", THE_OTHER.values(), ids=THE_OTHER)
def test_what_was_meant_is_read_and_the_rest_is_told(text: str) -> None:
    text = filled(text)
    assert ids(text) == ["b"]
    told = [one for one in read_items(text).items if one.fault]
    assert all(one.fault is RejectionCode.NOT_THE_ANSWER for one in told)
    assert told or "<|im_end|>" in text


def encoded(text: str, times: int) -> str:
    for _ in range(times):
        text = json.dumps(text)
    return text


BOTH = answer(A, B)
READABLE = {
    "prose and a fence in a message": json.dumps(
        {"choices": [{"message": {"content": f"Here is my plan:\n```json\n{BOTH}\n```"}}]}
    ),
    "a tool's result": json.dumps({"result": {"content": [{"type": "text", "text": BOTH}]}}),
    "encoded three times": encoded(BOTH, 3),
    "quoted lines": "\n".join(
        f"> {line}" for line in json.dumps(json.loads(BOTH), indent=1).split("\n")
    ),
    "a key doubled with the same value": BOTH.replace('"op"', '"id": "a", "op"', 1),
    "begun again": f"{BOTH[:90]}\n\nLet me start over:\n\n```json\n{BOTH}\n```",
    "corrected": f"{answer(A)}\n\nWait, I made a mistake. Corrected answer:\n{BOTH}",
    "an example before": f"The format is:\n{answer(A)}\n\nMy plan:\n{BOTH}",
    "a draft in a strange tag": f"<draft>{answer(A)}</draft>\n{BOTH}",
    "more brackets than needed": f"{BOTH}}}]",
    "a note that the form is as asked": f"Here is my plan in the requested format:\n{BOTH}",
    "a comment that explains": BOTH.replace('"op"', '/* why: it helps */ "op"'),
}


@pytest.mark.parametrize("text", READABLE.values(), ids=READABLE)
def test_what_is_certain_is_read(text: str) -> None:
    assert ids(text) == ["a", "b"]
