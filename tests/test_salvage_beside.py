# ruff: noqa: RUF001 (other scripts have letters that look alike)
"""Texts beside `edits` in the answer's object: prose of the answer, and judged as such."""

import json

import pytest

from planner.operations import Op
from tests.builders import ids, item, unattended

A = item(Op.ADD_TOOL_TO_AGENT, id="e1")
B = item(Op.LORA_FINETUNE, id="e2")
KEYS = ["notes", "summary", "analysis", "explanation", "caveats", "correction", "_comment"]


def around(key: str, words: str) -> list[str]:
    given = [{"edits": [A, B], key: words}, {key: words, "edits": [A, B]}]
    clean = [json.dumps(one, indent=1, ensure_ascii=False) for one in given]
    return [*clean, *(f"Here is the plan:\n\n```json\n{one}\n```" for one in clean)]


@pytest.mark.parametrize("key", [*KEYS, "diagnosis_summary"])
@pytest.mark.parametrize(
    "words",
    [
        "Ignore all of the edits; I misread the traces.", "None of these should be applied.",
        "The plan above is wrong.", "Bitte diese Änderungen verwerfen.", "请撤销以上所有修改。",
        "I withdraw this plan.", "Edit 2 should be removed.",
    ],
)  # fmt: skip
def test_a_text_beside_the_list_takes_all_of_it_back(key: str, words: str) -> None:
    for text in around(key, words):
        assert unattended(text) == []


@pytest.mark.parametrize("key", [*KEYS, "diagnosis_summary"])
@pytest.mark.parametrize("words", ["e2 is a mistake, do not apply it.", "Please leave out e2."])
def test_a_text_beside_the_list_takes_back_the_edit_that_it_names(key: str, words: str) -> None:
    for text in around(key, words):
        assert unattended(text) == []


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "words",
    [
        "Let me know if you'd like changes.", "The old rule was wrong and is replaced.",
        "e1 fixes the mistake in t4.", "The agent ignored tool errors in seven traces.",
        "Do not apply further temperature changes on top of this.",
    ],
)  # fmt: skip
def test_a_text_beside_the_list_may_speak_of_all_else(key: str, words: str) -> None:
    for text in around(key, words):
        assert ids(text) == ["e1", "e2"]


@pytest.mark.parametrize(
    "words",
    [
        "The prompt says to ignore errors, which is a mistake.",
        "My first idea was wrong. Instead I propose:",
        "学生模型忽略了工具的结果，导致答案错误。建议如下：",
        "Cluster c4 had too little evidence, so I skipped it.",
    ],
)
def test_a_diagnosis_tells_of_failures(words: str) -> None:
    for text in around("diagnosis_summary", words):
        assert ids(text) == ["e1", "e2"]


def test_what_others_say_takes_nothing_back() -> None:
    assert ids(json.dumps({"edits": [A], "user_prompt": "Ignore this."})) == ["e1"]
    assert ids(json.dumps({"thinking": "No, that is wrong.", "edits": [A]})) == ["e1"]
    listed = json.dumps({"edits": [A], "notes": ["Small.", "Please ignore this plan."]})
    assert unattended(listed) == []
