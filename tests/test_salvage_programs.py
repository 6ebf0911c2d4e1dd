"""Answers that stand there as a program writes or prints them."""

import json
from pprint import pformat
from typing import Any

import pytest

from planner.operations import Op
from planner.salvage import read_items
from tests.builders import answer, had, item, unattended

TEXT = "You are brief.\nSay 'no' where \"yes\" would be wrong, and {user} why.\n"
PROMPT = item(
    Op.REPLACE_SYSTEM_PROMPT,
    id="e1",
    payload={"agent": "coder", "new_content": TEXT * 3},
    rationale="It says what to do, and no more than that: " * 4,
)
TOOL = item(id="e2", references=["c1-trace-1", "c1-trace-2"])
PLAN = {"edits": [PROMPT, TOOL]}


PRINTED = pformat(PLAN, sort_dicts=False)


@pytest.mark.parametrize("text", ["{}", "```python\n{}\n```", "plan = {}"])
def test_a_literal_of_python_is_read_as_python_reads_it(text: str) -> None:
    assert had(text.format(PLAN)) == [PROMPT, TOOL]


@pytest.mark.parametrize(
    "text",
    [
        PRINTED.replace("'c1-trace-1', 'c1-trace-2'", "'c1-trace-1' 'c1-trace-2'"),
        PRINTED.replace("'id': 'e1'", "'id': 'e1', 'id': 'e9'"),
        PRINTED.replace("You are brief", "You are \\d brief"),
    ],
)
def test_a_literal_that_python_reads_otherwise_than_meant_is_none(text: str) -> None:
    assert text != PRINTED
    assert [one for one in had(text) if one not in (PROMPT, TOOL)] == []


@pytest.mark.parametrize("name", ["old_plan = ", "reject_edits"])
def test_a_literal_that_its_name_sets_aside_does_not_go_unattended(name: str) -> None:
    assert unattended(f"{name}{ {'edits': [TOOL]}!r}") == []


def test_what_a_comment_says_in_a_literal_is_not_lost() -> None:
    text = PRINTED.replace("{'edits':", "{# not meant\n'edits':")
    assert had(text) == [] or read_items(text).remarks


@pytest.mark.parametrize("damage", ["\\n", "${name}", "\n    - calm\n    -"])
def test_a_backslash_or_a_field_in_backticks_may_mean_two_things(damage: str) -> None:
    given = json.dumps(PROMPT["payload"]["new_content"])
    text = answer(PROMPT).replace(given, f"`You are{damage} brief.`")
    assert had(text) == []


def test_backticks_within_a_string_are_text() -> None:
    one = item(id="e1", rationale="It runs: `make`, then `test`.")
    assert had(answer(one)) == [one]
    assert had(answer(one).replace("]\n}", "],\n}")) == [one]


@pytest.mark.parametrize("key", ["edit", "proposal"])
def test_edits_wrapped_each_on_a_line_are_read(key: str) -> None:
    lines = [json.dumps({key: one}) for one in (PROMPT, TOOL)]
    assert had("\n".join(lines)) == [PROMPT, TOOL]
    assert had("\n".join(["```json", *lines, "```"])) == [PROMPT, TOOL]


@pytest.mark.parametrize(
    "plan",
    [
        {"edits": {"high": [PROMPT], "low": [TOOL]}},
        {"auto": [PROMPT], "review": [TOOL]},
        {"edit_1": PROMPT, "edit_2": TOOL},
        {"edits": {"edit": [PROMPT, TOOL]}},
    ],
)
def test_edits_in_groups_of_any_importance_are_read(plan: dict[str, Any]) -> None:
    assert had(json.dumps(plan)) == [PROMPT, TOOL]


def test_edits_in_a_group_of_rejected_ones_are_not_read() -> None:
    assert had(json.dumps({"high": [PROMPT], "rejected": [TOOL]})) != [PROMPT, TOOL]


@pytest.mark.timeout(10)
def test_blank_lines_in_a_text_in_three_quotes_take_linear_time() -> None:
    lines = "\n \t " * 20_000
    assert len(read_items(f'{{"edits": [{{"op": "x", "note": """a{lines}b"""}}]}}').items) == 1
