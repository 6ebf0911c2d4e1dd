# ruff: noqa: RUF001 (other scripts have letters that look alike)
"""One id with two bodies: nobody knows which of the two counts, whatever the words between say."""

import json
from typing import Any

import pytest

from planner.models import RejectionCode
from planner.operations import Op
from planner.salvage import read_items
from tests.builders import answer, ids, item, unattended

A = item(Op.ADD_TOOL_TO_AGENT, id="e1")
B = item(Op.LORA_FINETUNE, id="e2")
B_AGAIN = {**B, "payload": {"model": "qwen3:8b", "notes": "Short proofs."}}
PLAN = answer(A, B)
FENCED = f"```json\n{PLAN}\n```"


@pytest.mark.parametrize(
    "words",
    ["Revised e2:", "Amended:", "e2 的修正版：", "e2 muss so lauten:", "", "Erratum:", "Hm."],
)
def test_an_edit_that_is_given_again_below_does_not_go_unattended(words: str) -> None:
    for shown in (json.dumps(B_AGAIN), f"```json\n{json.dumps(B_AGAIN, indent=1)}\n```"):
        text = f"{FENCED}\n\n{words}\n\n{shown}"
        read = read_items(text)
        assert set(unattended(text)) <= {"e1"}
        assert all(one.fault in (None, RejectionCode.NOT_THE_ANSWER) for one in read.items)


def test_an_edit_that_is_repeated_stays() -> None:
    assert ids(f"{FENCED}\n\ne2 once more, for the record:\n\n{json.dumps(B)}") == ["e1", "e2"]
    assert ids(answer(A, B, B)) == ["e1", "e2", "e2"]


def test_an_edit_given_twice_in_one_list_does_not_go_unattended() -> None:
    """A piece of an answer that is sent twice leaves an edit with the reasons of another."""
    spliced = {**B_AGAIN, "references": ["c9-trace-1"]}
    assert unattended(answer(A, B, spliced)) == ["e1"]


def test_an_edit_given_twice_in_one_list_is_left_to_the_check_for_doubles() -> None:
    """What it changes is clear, or where it is not, the first one stands."""
    assert ids(answer(A, B, B_AGAIN)) == ["e1", "e2", "e2"]
    assert ids(answer(A, B, {**A, "id": "e2"})) == ["e1", "e2", "e2"]


def test_what_a_comment_beside_an_edit_of_the_same_id_corrects_is_unknown() -> None:
    for words in ("// corrected version of e2", "// replaces e2", "/* withdrawn */"):
        listed = f'{{"edits": [{json.dumps(B)},\n {words}\n {json.dumps(B_AGAIN)}]}}'
        assert unattended(listed) == []


def test_an_edit_that_stands_beside_the_list_is_told() -> None:
    assert "e2" not in unattended(json.dumps({"edits": [A, B], "correction": B_AGAIN}))
    assert ids(json.dumps({"edits": [A, B], "rejected": B_AGAIN})) == ["e1", "e2"]


def test_a_draft_above_says_which_one_counts() -> None:
    assert ids(f"<think>\n{json.dumps(B_AGAIN)}\n</think>\n{FENCED}") == ["e1", "e2"]
    draft = f"First draft:\n```json\n{json.dumps(B_AGAIN)}\n```\n"
    assert ids(f"{draft}That was too broad. Final answer:\n{FENCED}") == ["e1", "e2"]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {"type": "object"}},
        {"items": {"type": "object"}, "properties": {"op": {"type": "string"}}},
        {"op": {"type": "string"}, "target": {"type": "string"}},
    ],
)
def test_a_schema_where_the_list_should_stand_is_no_edit(schema: dict[str, Any]) -> None:
    assert ids(json.dumps({"edits": schema})) == []
    assert ids(f"The form:\n\n{json.dumps({'edits': schema}, indent=1)}") == []


def test_one_edit_where_the_list_should_stand_is_an_edit() -> None:
    assert ids(json.dumps({"edits": A})) == ["e1"]
    assert ids(json.dumps({"edits": {"1": A, "2": B}})) == ["e1", "e2"]
