"""What a reader must not take for the answer: nearly all of these once gave an edit nobody meant.

`{A}` is an edit, `{B}` another one, `{DOC}` and `{OTHER}` the answers that hold them.
"""

import json
import re
import time

import pytest

from planner.models import RejectionCode
from planner.operations import Op
from planner.salvage import read_items
from tests.builders import answer, ids, item, unattended

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


ONE = '{"input": "q", "output": "a"}'

NOTHING = {
    # A text that holds an answer, its quotes not escaped.
    "an answer in a text": prompt('"Answer with {DOC} only."'),
    "an edit in a text": prompt('"Answer with {A} only."'),
    "a list in a text": prompt('"Answer with [{A}, {A}] only."'),
    "edits in a text": prompt('"Answer with {A}, {A}, {A} only."'),
    "an answer between three quotes, with an escape": prompt('"""Say \\d like\n{DOC}\n"""'),
    "an answer between backticks, with a field": prompt("`Say ${x} like\n{DOC}\n`"),
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
    "the end of it is missing": (
        '{"edits": [{"op": "replace_system_prompt", "id": "x",'
        ' "payload": {"agent": "a", "new_content": "Be"}}]}'
    ),
    # A draft that was set aside, and the answer is missing.
    "a draft, then the final one is cut": (
        '```json\n{DOC}\n```\n\nThat draft is wrong. Final answer:\n\n```json\n{"ed'
    ),
    "a draft, then a final one is announced": "{DOC}\n\nThat draft is wrong. Final answer:\n",
    "a final one is only announced": "{DOC}\n\nFinal answer:\n",
    "a draft in a clause": (
        '{DOC}\nThat was only a draft, here is the final:\n{"edits": [{"op": "x'
    ),
    "two drafts": "{DOC}\nWait, a correction:\n{OTHER}\nThat one is wrong, too.",
    "a wrong plan, then an older one": (
        "{DOC}\nThat plan is wrong. For comparison, last night's plan:\n{OTHER}"
    ),
    "a final one in the form of an example": (
        "{DOC}\nFinal answer, in the form of the example:\n{OTHER}"
    ),
    "a draft in Chinese": (
        "{DOC}\n\u4e0a\u9762\u6709\u9519\u8bef\u3002\u6700\u7ec8\u7b54\u6848\uff1a\n"
    ),
    "a draft in German": "{DOC}\nDas ist falsch. Endg\u00fcltige Antwort:\n```json\n{",
    "a plan, and a list that was rather meant": (
        '{DOC}\nOn reflection I would rather return {"edits": []}.'
    ),
    "nothing, then an idea": (
        'I propose {"edits": []} tonight.\n\nFor the record, an earlier idea:\n{DOC}'
    ),
    "an example with a mention of its form": (
        'An example in the form `{"edits": [...]}`:\n\n{DOC}'
    ),
    # What a log or a filter left of a text.
    "clipped by a log": prompt('"Be kind and...<truncated 812 chars>"'),
    "spliced with dots": prompt('"Be ki\u2026ways answer."'),
    "spliced with escaped dots": prompt('"Be ki\\u2026ways answer."'),
    "clipped in the middle": prompt('"Be kind [... 2048 characters omitted ...] now."'),
    "clipped with a count": prompt('"Be kind... 812 more characters"'),
    "clipped with an escaped sign": prompt('"Be kind\\u2026 812 more characters"'),
    "clipped in brackets": prompt('"Be kind [truncated]"'),
    "clipped beside a bracket": prompt('"Keep {tool... (812 more characters)"'),
    "clipped in Python": "{'edits': [{'op': 'x', 'payload': {'new_content': 'Be [snip] so'}}]}",
    "redacted": prompt('"[REDACTED]"'),
    "stars": prompt('"***"'),
    "a kind and a length": prompt('"<string, 812 chars>"'),
    # Words of the edit itself, and comments.
    "reasons that retract": '{"edits": [{"op": "x", "rationale": "RETRACTED: misread."}]}',
    "reasons that ask not to apply": (
        '{"edits": [{"op": "x", "rationale": "It helps. Please do not apply this yet."}]}'
    ),
    "reasons of an example": (
        '{"edits": [{"op": "x", "rationale": "EXAMPLE ONLY, not a proposal."}]}'
    ),
    "a comment about the edit above": '{"edits": [{A},\n// do not apply the edit above\n]}',
    "a comment between two": '{"edits": [{A},\n// scratch that one\n{B}]}',
    "a comment that corrects": '{"edits": [{A},\n// wait, use this one instead\n{B}]}',
    "a comment in an edit": '{"edits": [{ // EXAMPLE, not meant:\n"op": "x", "payload": {}}]}',
    "a comment in a plan": '{ // draft, do not use\n"edits": [{A}]}',
    "a comment behind a list": '{"edits": [{A}] /* retracted: the trace was misread */}',
    # Packed, and not wholly.
    "printed bytes": "Response(body=b'" + prompt('"One\\nTwo"') + "')",
    "a printed text beside another": "M(text='hi', data='" + prompt('"One\\nTwo"') + "')",
    "another's message, printed": "HumanMessage(content='{DOC}')",
    "a template's text": "const plan =\n`" + prompt('"One\\nTwo"') + "`",
    "braces doubled in a text": prompt('"Use {x}"').replace("{", "{{").replace("}", "}}"),
    "a comparison of two files": '--- a/p\n+++ b/p\n@@ -1,2 +1,2 @@\n+{"edits": [\n+{A}]}',
    "a new file that is cut": '--- /dev/null\n+++ b/p\n@@ -0,0 +1,9 @@\n+{"edits": [\n+{A}]}',
    # Several, and no word says that they are one.
    "options in a list": '{"options": [{DOC}, {OTHER}]}',
    "clusters with one edit twice": (
        '{"clusters": [{"id": "c1", "edits": [{A}]}, {"id": "c2", "edits": [{A}, {B}]}]}'
    ),
    "a cluster that is rejected": '{"clusters": [{"status": "rejected", "edits": [{A}]}]}',
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


NOT_THE_TEACHERS_WORD = {
    "a channel", "a thought that is cut", "the user's message",
    "a conversation that ends with the user", "a scratchpad", "a reflection",
}  # fmt: skip
"""Of thoughts and of others' messages nothing is told."""


@pytest.mark.parametrize("name", NOTHING)
def test_what_nobody_meant_is_told_and_does_not_go_unattended(name: str) -> None:
    text = filled(NOTHING[name])
    assert unattended(text) == []
    assert not read_items(text).items if name in NOT_THE_TEACHERS_WORD else read_items(text).items


@pytest.mark.parametrize("written", ["He said \u201eyes\u201c once", "It\u2019s so"])
def test_typographic_quotes_are_undone_only_where_each_pair_is_a_text(written: str) -> None:
    text = answer(item(id="a", rationale="R")).replace('"', "\x00").replace("R", written)
    pairs = re.sub("\x00([^\x00]*)\x00", "\u201e\\1\u201c", text)
    assert ids(pairs) == []


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
def test_of_several_at_most_what_was_meant_goes_unattended(text: str) -> None:
    text = filled(text)
    assert unattended(text) in ([], ["b"])
    told = [one for one in read_items(text).items if one.fault]
    assert all(one.fault is RejectionCode.NOT_THE_ANSWER for one in told)


def encoded(text: str, times: int) -> str:
    for _ in range(times):
        text = json.dumps(text)
    return text


BOTH = answer(A, B)
PRETTY = json.dumps(json.loads(BOTH), indent=1)
READABLE = {
    "a draft crossed out": f"~~{answer(A)}~~\n\n{BOTH}",
    "a lone bracket in prose": f"```json\n{BOTH}\n```\nI keep the lone }} in line 4, and a ] too.",
    "a mention of the form": f'As asked I return an object `{{"edits": [...]}}`:\n\n{BOTH}',
    "a mention of an empty list": (
        f'An empty list, `{{"edits": []}}`, would be wrong here, so:\n\n```json\n{BOTH}\n```'
    ),
    "a missing comma": PRETTY.replace('",\n   "pillar"', '"\n   "pillar"'),
    "clusters": json.dumps({"clusters": [{"id": "c1", "edits": [A]}, {"id": "c2", "edits": [B]}]}),
    "pillars": json.dumps({"edits": {A["pillar"]: [A], B["pillar"]: [B]}}),
    "each under a key": json.dumps({"edits": [{"edit": A}, {"edit": B}]}),
    "calls side by side": json.dumps(
        {
            "tool_calls": [
                {"function": {"name": "propose", "arguments": json.dumps(one)}} for one in (A, B)
            ]
        }
    ),
    "entities": f"<body>{BOTH.replace(chr(34), '&quot;')}</body>",
    "encoded twice without quotes": encoded(BOTH, 2)[3:-3],
    "a response": f"HTTP/1.1 200 OK\r\nx-id: {{a}}\r\n\r\n{BOTH}",
    "a script's call": f"/**/callback({PRETTY})",
    "semicolons": BOTH.replace("}, {", "}; {"),
    "a number without a zero": BOTH.replace('"op"', '"weight": .5, "op"'),
    "prose and a fence in a message": json.dumps(
        {"choices": [{"message": {"content": f"Here is my plan:\n```json\n{BOTH}\n```"}}]}
    ),
    "a tool's result": json.dumps({"result": {"content": [{"type": "text", "text": BOTH}]}}),
    "encoded three times": encoded(BOTH, 3),
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


NESTED = ', {"id": "e2", "op": "x", "payload": {"agent": "coder", '


@pytest.mark.parametrize(
    "cut",
    [
        '"edits": [{"find": "a", "replace": "b"}, {"find": "a',
        '"exemplars": [{"output": {"edits": [{"id": "e7", "op": "y"}]}}, {"out',
        '"exemplars": [\n    {\n      "output": {\n        "edits": [\n          {"id": "e7',
    ],
)
def test_a_list_within_an_open_payload_is_no_new_beginning(cut: str) -> None:
    text = answer(item(id="e1"))
    read = read_items(text[: text.rindex("]")] + NESTED + cut)
    assert [one.value["id"] for one in read.items if one.value] == ["e1"]


@pytest.mark.parametrize(
    "cut",
    [
        '"output": {"edits": [{"id": "e1", "op": "y"',
        '"output":\n{"edits": [{"id": "e7", "op": "y"',
        '"output": \n```json\n{"edits": [{"id": "e7", "op": "y"',
        '"output": "It lo\n\n{"edits": [{"id": "e7", "op": "y"',
    ],
)
def test_a_list_that_may_begin_the_answer_anew_is_none_of_a_payload(cut: str) -> None:
    text = answer(item(id="e1"))
    read = read_items(text[: text.rindex("]")] + NESTED + cut)
    assert [one.value["id"] for one in read.items if one.value] == []


def test_a_key_that_says_counterexample_proposes_nothing() -> None:
    assert ids(json.dumps({"counterexample": {"edits": [item(id="a")]}})) == []


def test_what_stands_behind_a_broken_edit_may_be_part_of_one_of_its_texts() -> None:
    inner = json.dumps(item(id="b"))
    begun = f'{{"op": "x", "note": "He wrote "this:\n{inner}'
    assert ids(begun) == ids(f'{begun}\n and left."}}') == []


def test_an_answer_that_ends_inside_of_a_text_is_none() -> None:
    assert ids(f'{answer(item(id="a"))} and so on", "id": "z"}}]}}') == []


def test_two_whole_answers_with_one_beginning_are_two() -> None:
    first, second = (answer(item(id="a"), item(id=one)) for one in "bc")
    assert ids(f"{first}\n\n{second}") == []


def test_what_is_shown_of_broken_edits_is_bounded() -> None:
    text = '{"id":"' * 20_000
    shown = sum(len(str(one.raw or "")) for one in read_items(text).items)
    assert shown < 100 * len(text)


@pytest.mark.parametrize("unit", ["`", "```json ", "\\n", " "])
def test_fences_before_an_answer_take_no_longer_than_their_length(unit: str) -> None:
    start = time.process_time()
    read_items(unit * 2_000 + '.{"edits": []}')
    assert time.process_time() - start < 5


@pytest.mark.parametrize("unit", ["\n", " \n", "\r\n", "```\n"])
def test_blank_lines_within_a_text_take_no_longer_than_their_length(unit: str) -> None:
    start = time.process_time()
    read_items(f'{{"edits": [{{"id": "a", "op": "x", "rationale": "It is{unit * 30_000}so."}}]}}')
    assert time.process_time() - start < 5
