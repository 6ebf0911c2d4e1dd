"""What stands round, behind or between the edits of an answer, in both directions."""

import json
from typing import Any

import pytest

from planner.operations import Op
from planner.salvage import read_items
from tests.builders import answer, ids, item, unattended

A = item(Op.ADD_TOOL_TO_AGENT, id="e1")
B = item(Op.LORA_FINETUNE, id="e2")
P, Q = answer(A), answer(B)
H = "<|channel|>"
L = json.dumps({"diagnosis_summary": "The agent guesses where it should search.", "edits": [A, B]})
N = "ns:"


NOT = {
    "analysis": f"{H}analysis<|message|>{P}<|end|>",
    "analysis json": f"{H}analysis <|constrain|>json<|message|>{P}<|end|>",
    "commentary w/o call": f"{H}commentary<|message|>{P}<|end|>",
    "two finals": (
        f"{H}final<|message|>{P}<|end|><|start|>assistant{H}final<|message|>{Q}<|return|>"
    ),
    "call then taken back": (
        f"{H}commentary to=functions.submit<|message|>{P}<|call|><|start|>assistant{H}fina"
        "l<|message|>On second thought, disregard this.<|return|>"
    ),
    "final none": (
        f"{H}analysis<|message|>{P}<|end|><|start|>assistant{H}final <|constrain|>json<|me"
        "ssage|>No edits.<|return|>"
    ),
    "tool to assistant": (
        f"<|start|>functions.get_plan to=assistant{H}commentary<|message|>{P}<|end|>"
    ),
    "wrapper draft": json.dumps({"draft_json": P}),
    "wrapper old": json.dumps({"old_answer": P}),
    "wrapper example": json.dumps({"example_output": P}),
    "wrapper two": json.dumps({"final_answer": P, "json_output": Q}),
    "wrapper new_content": json.dumps({"operation": "replace", "new_content": P}),
    "wrapper prose": json.dumps({"whatever": "Do not apply: " + P}),
    "wrapper summary": json.dumps({"summary": P}),
    "corrected wrong": f"First attempt:\n{P}\n\nWait, edit 1 is wrong. I give up.",
    "no correction": f"{P}\n\nWait, edit 1 is wrong.\n\n{Q}\n\nIgnore that.",
    "corrected then old": (
        f"{P}\n\nEdit 1 is wrong. The corrected plan of last night was rejected:\n{Q}"
    ),
    "schema": json.dumps(
        {"type": "object", "properties": {"edits": {"type": "array", "items": {"op": "x"}}}}
    ),
    "schema examples": json.dumps(
        {"type": "object", "properties": {"edits": {"type": "array"}}, "examples": [{"edits": [A]}]}
    ),
    "properties nested in schema key": json.dumps({"schema": {"properties": {"edits": [A]}}}),
    "placeholder only": '{"edits": [...]}',
    "placeholder then none": 'The schema wants {"edits": [...]}. I propose nothing.',
    "ns": f"<example:plan>{P}</example:plan>",
    "think closing": f"Maybe:\n{P}\n</think>\nNo.",
    "thought": f"<thought>\n{P}\n</thought>\nNothing.",
    "not now inline": f"Last night's plan {P} was rejected by the gate.",
    "edit inline then none": (
        f"Last night's edit {json.dumps(A)} was rejected by the gate, so I do not repeat it."
    ),
    "edit inline, old plan": (
        f"Last night's edit {json.dumps(B)} was rejected.\n\nLast night's whole plan:\n{P}"
    ),
    "edit inline, not this": (
        f"I considered {json.dumps(B)} but it is too risky.\n\nDo not apply this:\n\n{P}"
    ),
    "retracted below 1": f"{P}\n\nOn reflection this is wrong.",
    "retracted below 2": f"Plan:\n{P}\n\nDisregard that, it was only a draft.",
    "TODO remove": P.replace('"op"', '// TODO: remove this edit\n"op"'),
    "TODO reject": P.replace('"op"', '// TODO: rejected, drop\n"op"'),
    "doubled comma in list": json.dumps({"edits": [{**A, "references": ["a", "b"]}]}).replace(
        '"a", "b"', '"a",, "b"'
    ),
    "escaped underscores mixed": P.replace("tool_name", "tool\\_name"),
    "python mention": '{"edits": [{"op": "x", "pay\n\n{\'edits\': []}',
    "quoted words, then a key": answer(item(id="e1", rationale="@")).replace(
        "@", 'It says "a", "id": "b" now.'
    ),
    "one line break where others are spelt": answer(item(id="e1", rationale="@")).replace(
        "@", "One\\nand\nmore."
    ),
    "raw and spelt breaks in one text": answer(item(id="e1", rationale="@")).replace(
        "@", "1\n2\n3\n4\\n5"
    ),
}

READ = {
    "a list as a text, in a fence": (
        f"```json\n{json.dumps({'edits': json.dumps([A])})}\n```\nDone."
    ),
    "lists by cluster, in a fence": (
        f"Here it is:\n```json\n{json.dumps({'edits': {A['expected_improvement']: [A]}})}\n```"
    ),
    "a fence of four tildes": f"~~~~json\n{P}\n~~~~",
    "a statement about a placeholder": f"The placeholder is kept.\n\n{P}",
    "an edit alone in its key": json.dumps({"edit": A}),
    "edits each in a key": json.dumps([{"edit": A}]),
    "lists in a list": json.dumps([[A], []][:1]),
    "an item in its key": json.dumps({"edits": [{"item": A}]}),
    "a plan in a plan": json.dumps({"edits": {"edits": [A]}}),
    "lists by cluster": json.dumps({A["expected_improvement"]: [A]}),
    "objects by cluster": json.dumps([{"cluster": A["expected_improvement"], "edits": [A]}]),
    "harmony": (
        f"{H}analysis<|message|>Hm {P}<|end|><|start|>assistant{H}final <|constrain|>json<"
        f"|message|>{P}<|return|>"
    ),
    "harmony call": (
        f"<|start|>assistant{H}commentary to=functions.submit_plan <|constrain|>json<|mess"
        f"age|>{P}<|call|>"
    ),
    "harmony call first": (
        f"<|start|>assistant to=functions.submit_plan{H}commentary json<|message|>{P}<|call|>"
    ),
    "call, words": (
        f"{H}commentary to=functions.submit<|message|>{P}<|call|><|start|>assistant{H}fina"
        "l<|message|>I have submitted the plan.<|return|>"
    ),
    "placeholder above": f'The rule "edits": [...] is what you asked for.\n\n{P}\n\nDone.',
    "placeholder below": f'{P}\n\nThe form {{"edits": [...]}} is kept.',
    "corrected": f"First attempt:\n{Q}\n\nWait, edit 1 is wrong. Corrected answer:\n{P}",
    "corrected fenced": (
        f"First attempt:\n```json\n{Q}\n```\n\nWait, edit 1 is wrong. Corrected answer:\n`"
        f"``json\n{P}\n```"
    ),
    "revised": (
        f"Here is my plan:\n{Q}\n\nOn reflection, the value in edit 1 is too high. Revised"
        f" plan:\n{P}"
    ),
    "in full": L[:200] + "\n\nThe answer was cut off. Here it is in full:\n\n" + L,
    "in full fenced": "```json\n"
    + L[:200]
    + "\n```\n\nSorry, that was cut off. Again:\n\n```json\n"
    + L
    + "\n```",
    "continuing": '{"edits": [' + json.dumps(A) + ",\n\nContinuing:\n\n" + json.dumps(B) + "]}",
    "wrapper": json.dumps({"final_answer": P}),
    "wrapper2": json.dumps({"json_output": "```json\n" + P + "\n```"}),
    "wrapper3": json.dumps({"tool_input": P}),
    "wrapper4": json.dumps({"input": P}),
    "underscores": P.replace("_", "\\_"),
    "doubled": P.replace('", "', '",, "', 1),
    "ns tags": (
        f"<{N}function_calls>\n<{N}invoke name='x'>\n<{N}parameter name='edits'>"
        f"{json.dumps([A])}</{N}parameter>\n</{N}invoke>\n</{N}function_calls>"
    ),
    "python word": '{"edits": ['
    + json.dumps(A)
    + ', {"op": "x", "note": "Say \'edits\': [] to mean',
    "todo": P.replace('"op"', '// TODO: check {goal}\n"op"'),
    "raw lines beside spelt ones": answer(A, item(id="x", rationale="@"))
    .replace("@", "One.\nTwo of it.\n\nThree.")
    .replace("The traces show it.", "It\\nis."),
    "text of the answer in another style": '{"edits": ['
    + json.dumps(A)
    + ', {"op": "x", "note": "Say \'edits\': [] to',
}


FOR_PEOPLE = {
    "corrected then nameless below": (
        f"First attempt:\n{P}\n\nWait, edit 1 is wrong. Corrected answer:\n{Q}\n\nEdit 1 i"
        "s still wrong."
    ),
    "retracted below 3": (
        f"I considered a lower temperature but rejected it.\n\n{P}\n\nActually, no."
    ),
}


@pytest.mark.parametrize("text", FOR_PEOPLE.values(), ids=FOR_PEOPLE)
def test_what_only_prose_takes_back_does_not_go_unattended(text: str) -> None:
    assert unattended(text) == []


@pytest.mark.parametrize("text", NOT.values(), ids=NOT)
def test_what_is_no_proposal_does_not_go_unattended(text: str) -> None:
    assert unattended(text) == []
    assert not read_items(text).proposes_nothing


@pytest.mark.parametrize("text", READ.values(), ids=READ)
def test_what_is_certain_is_read(text: str) -> None:
    assert "e1" in ids(text)


def test_a_list_of_dots_does_not_say_that_there_are_no_edits() -> None:
    for text in (
        '{"edits": [...]}',
        '{"summary": "s", "edits": [\u2026]}',
        '"edits": [{...}, ...]',
    ):
        assert not read_items(text).proposes_nothing


@pytest.mark.parametrize(
    ("call", "read"),
    [
        ({"name": "propose_edit", "arguments": A}, ["e1"]),
        ({"type": "tool_use", "name": "propose_edit", "input": A}, ["e1"]),
    ],
)
def test_an_edit_is_read_that_a_tool_is_called_with(call: Any, read: list[str]) -> None:
    assert ids(json.dumps(call)) == read


def with_backslashes_as_they_are(text: str) -> list[object]:
    """Read the description of a tool whose writer doubled no backslash."""
    payload = {"tool_name": "grep", "new_description": "TEXT"}
    one = answer(item(Op.EDIT_TOOL_DESCRIPTION, payload=payload)).replace("TEXT", text)
    return [
        edit.value and edit.value["payload"]["new_description"] for edit in read_items(one).items
    ]


@pytest.mark.parametrize("text", [r"Match \d{4}-\d{2}.", r"Find \w+@\w+ or \S.", r"^\s+\D\W$"])
def test_a_class_of_a_regex_has_one_reading(text: str) -> None:
    assert with_backslashes_as_they_are(text) == [text]
    assert with_backslashes_as_they_are(rf"{text}:\n- \"a\"") == [f'{text}:\n- "a"']


@pytest.mark.parametrize(
    "text",
    [
        r"Costs \$5, \d",
        r"\bword\w+",
        r"\s*\n",
        r"[^\n]\w",
        r"\d\/\d",
        r"\d\t",
        r"\\\d",
        r"C:\new\data",
    ],
)
def test_no_other_escape_beside_a_regex_is_guessed(text: str) -> None:
    assert with_backslashes_as_they_are(text) == [None]


@pytest.mark.parametrize("words", [', I say "go".', ', "risk_tier": "auto"', ", rationale: none"])
def test_what_may_be_a_field_or_a_text_continues_it(words: str) -> None:
    text = answer(A, item(id="e2", references=["t-1"]))
    read = read_items(text[: text.rindex("]")] + words)
    assert [one.value["id"] for one in read.items if one.value] == ["e1"]


def test_prose_behind_a_quote_may_be_the_rest_of_its_text() -> None:
    text = answer(A, {**item(id="e2"), "rationale": "END"})
    read = read_items(text[: text.index("END")] + 'It prints "}, I am sorry.')
    assert [one.value["id"] for one in read.items if one.value] == ["e1"]


@pytest.mark.parametrize(
    ("cut", "ids"),
    [
        ('{"id": "e3", "pil', ["e1", "e2"]),
        ('{"id": "e1", "pil', []),
        ('{"id": "e', []),
        ('{"op": "e', []),
    ],
)
def test_a_fresh_id_on_the_line_below_is_the_next_edit_and_no_new_beginning(
    cut: str, ids: list[str]
) -> None:
    read = read_items(f"{json.dumps(A)}\n{json.dumps(B)}\n{cut}")
    assert [one.value["id"] for one in read.items if one.value] == ids
    assert unattended(f"{json.dumps(A)}\nI start over:\n{cut}") == []


@pytest.mark.parametrize("role", ['"role": "assistant", ', ""])
def test_a_reply_s_message_that_is_cut_is_read_as_far_as_it_goes(role: str) -> None:
    said = json.dumps(answer(A, B))
    for cut in (said.index("e2") + 8, said.index("e2") - 6):
        read = read_items(f'{{"choices": [{{"message": {{{role}"content": {said[:cut]}')
        assert [one.value["id"] for one in read.items if one.value] == ["e1"]
        assert not read.closed


@pytest.mark.parametrize("holder", ['"role": "user", "content"', '"reasoning_content"', '"draft"'])
def test_a_cut_text_that_is_no_message_of_the_assistant_is_none(holder: str) -> None:
    read = read_items(f'{{"choices": [{{"message": {{{holder}: {json.dumps(P)[:-60]}')
    assert [one.value for one in read.items if one.value] == []


@pytest.mark.parametrize("line", ["> [a note] in a prompt", "> {field} stays"])
def test_quoted_lines_of_a_text_are_never_lost(line: str) -> None:
    edit = item(Op.REPLACE_SYSTEM_PROMPT, id="e1", payload={"agent": "coder", "new_content": "@"})
    text = (
        answer(edit)
        .replace("@", f"Be brief.\n\n{line}\nAsk first.\n\nStop.")
        .replace("]\n}", "],}")
    )
    read = [one.value for one in read_items(text).items if one.value]
    assert all(line in one["payload"]["new_content"] for one in read)


def test_the_tag_of_thoughts_in_a_text_hides_no_edit() -> None:
    edits = item(id="e1", rationale="It writes </think> twice."), item(id="e2")
    text = answer(*edits).replace("]\n}", "],}")
    assert ids(text) == ["e1", "e2"]
    thought = "Let me see {...}.\n</think>\n"
    assert ids(f"{thought}{answer(item(id='e3'))}") == ["e3"]


def test_answers_that_are_written_as_texts_are_told_in_their_order() -> None:
    given = [json.dumps(json.dumps({"edits": [item(id=f"e{n}")]})) for n in range(8)]
    read = read_items("\n".join(f'call "arguments": {one}' for one in given))
    told = [json.loads(f'"{one.raw}"') for one in read.items]
    assert [json.loads(one)["edits"][0]["id"] for one in told] == [f"e{n}" for n in range(8)]


# --- whole edits beside damage ---------------------------------------------------------------

WHOLE_ITEMS = [item(Op.ADD_TOOL_TO_AGENT, id="e1"), item(Op.LORA_FINETUNE, id="e2")]


@pytest.mark.parametrize(
    "between",
    [
        " and ",
        " | ",
        "\u060c ",
        "\u3001",
        ", Next, the second one: ",
        ",\n```\n\n```json\n",
        "\n- ",
    ],
)
def test_words_between_two_edits_that_lack_nothing_are_for_people(between: str) -> None:
    first, second = map(json.dumps, WHOLE_ITEMS)
    assert ids(f'{{"edits": [{first}{between}{second}]}}') == ["e1", "e2"]


@pytest.mark.parametrize("between", [" and ", " | "])
def test_an_edit_that_lacks_a_field_is_not_whole_before_words(between: str) -> None:
    short = {key: value for key, value in WHOLE_ITEMS[0].items() if key != "rationale"}
    text = f'{{"edits": [{json.dumps(short)}{between}{json.dumps(WHOLE_ITEMS[1])}]}}'
    assert "e1" not in ids(text)


def test_both_sides_of_a_merge_conflict_are_no_two_edits() -> None:
    first, second = map(json.dumps, WHOLE_ITEMS)
    text = f'{{"edits": [\n<<<<<<< ours\n{first}\n=======\n{second}\n>>>>>>> theirs\n]}}'
    assert unattended(text) == []


def test_an_edit_that_lacks_a_field_is_not_whole_above_a_lost_brace() -> None:
    short = {key: value for key, value in WHOLE_ITEMS[0].items() if key != "rationale"}
    second = json.dumps(WHOLE_ITEMS[1])
    assert "e1" not in ids(f'{{"edits": [{json.dumps(short)}, {second[1:]}]}}')


@pytest.mark.parametrize("end", ['"ratio', '"rationale": "half a'])
def test_lists_in_the_payload_of_a_cut_edit_are_its_own(end: str) -> None:
    inner = {"id": "e2", "op": "lora_finetune", "payload": {"edits": [{"op": "x", "id": "y"}]}}
    cut = json.dumps(inner)[:-1]
    assert ids(f'{{"edits": [{json.dumps(A)}, {cut}, {end}') == ["e1"]


def test_a_list_in_single_quotes_within_a_text_of_a_cut_edit_is_its_own() -> None:
    cut = (
        '{"id": "e2", "op": "lora_finetune", "rationale": "Say {\'edits\': [{\'id\': 1}]} only", "p'
    )
    assert ids(f'{{"edits": [{json.dumps(A)}, {cut}') == ["e1"]


@pytest.mark.parametrize("name", ["For reference, discarded:", "Option B:", "Rejected:"])
def test_a_rejected_edit_does_not_let_another_answer_count(name: str) -> None:
    final = item(Op.ADD_TOOL_TO_AGENT, id="e1", rationale="A \\d that was lost: \x08.")
    assert ids(f"Final answer:\n{answer(final)}\n\n{name}\n{answer(B)}") == []


def test_a_lost_quote_does_not_turn_a_text_s_breaks_into_layout() -> None:
    code = item(Op.LORA_FINETUNE, id="e2", rationale="Begin:\n```python\nx = 1\n```\nThat is it.")
    first = json.dumps(WHOLE_ITEMS[0]).replace('"rationale": "', '"rationale": ', 1)
    read = read_items(f'{{\\n"edits": [{first}, {json.dumps(code)}]}}')
    assert [one.value for one in read.items if not one.fault and one.value != code] == []


def test_an_answer_without_the_colon_of_its_list_is_read() -> None:
    quoting = item(Op.LORA_FINETUNE, id="e1", rationale='It says "no" to all.')
    assert ids(answer(quoting).replace('"edits":', '"edits"')) == ["e1"]


def test_lines_from_a_prompt_of_windows_may_stand_among_others() -> None:
    mixed = item(
        Op.LORA_FINETUNE, rationale="Step 1: ask.\r\nStep 2: search.\r\nStep 3: tell.\n\nEnd."
    )
    assert len(ids(answer(mixed))) == 1
