"""An answer that breaks off inside of a text and goes on below: both halves are no text."""

import json

import pytest

from planner.models import RejectionCode
from planner.operations import Op
from planner.salvage import read_items
from tests.builders import answer, item, unattended


def test_a_text_may_speak_of_what_is_continued() -> None:
    text = answer(item(id="a", rationale="First\n(continued)\nlast"))
    assert [one.fault for one in read_items(text).items] == [None]


ALL = answer(item(id="e1"), item(id="e2", rationale="It checks nothing."), item(id="e3"))
RESUMED = answer(item(id="e2", rationale="It checks nothing."), item(id="e3"))


def cut_and_resumed(label: str, *, cut_at: str = "checks", again: str = RESUMED) -> list[str]:
    """Read a list that is cut within its second edit, and goes on in another fence."""
    head = ALL[: ALL.index(cut_at) + len(cut_at)]
    read = read_items(f"```json\n{head}\n```\n\n{label}\n\n```json\n{again}\n```\n")
    return [one.value["id"] for one in read.items if one.value]


@pytest.mark.parametrize(
    ("label", "again"),
    [
        ("That was wrong. Corrected:", RESUMED),
        ("Ignore the edits above. The remaining ones:", RESUMED),
        ("Continuing:", answer(item(id="e2", rationale="It fails."), item(id="e3"))),
        ("Continuing:", answer(item(id="e2", rationale="It checks nothing."), item(id="e1"))),
    ],
)
def test_a_list_that_does_not_go_on_with_it_for_certain_is_not_joined(
    label: str, again: str
) -> None:
    assert "e1" not in cut_and_resumed(label, again=again)


@pytest.mark.parametrize("words", ["And the second one:", "---", "Next, for the dates:\nsee c2."])
def test_words_and_rules_may_stand_between_edits(words: str) -> None:
    comma = "" if words == "---" else ","
    parts = [json.dumps(item(id=name)) for name in ("e1", "e2")]
    text = f"{comma}\n\n{words}\n\n".join(parts)
    read = read_items(text if not comma else f'{{"edits": [\n{text}\n]}}')
    assert [one.value and one.value["id"] for one in read.items] == ["e1", "e2"]
    assert bool(read.remarks) == (words != "---")


def test_rules_may_stand_between_printed_edits() -> None:
    edits = [json.dumps(item(id=name), indent=2) for name in ("e1", "e2", "e3")]
    read = read_items("\n---\n".join(edits))
    assert [one.value and one.value["id"] for one in read.items] == ["e1", "e2", "e3"]


def test_an_order_between_edits_is_for_people() -> None:
    one, two = (json.dumps(item(id=name)) for name in ("e1", "e2"))
    read = read_items(f'{{"edits": [\n{one},\n\nIgnore all of this.\n\n{two}\n]}}')
    assert read.remarks == "Ignore all of this."


def test_plans_in_a_list_are_parts_of_one_where_nothing_clashes() -> None:
    first, second = answer(item(id="e1")), answer(item(id="e2", target="models.other"))
    read = read_items(f"[{first}, {second}]")
    assert [one.value and one.value["id"] for one in read.items] == ["e1", "e2"]
    clash = read_items(f"[{first}, {answer(item(id='e1', rationale='Other.'))}]")
    assert [one.value for one in clash.items if one.value] == []


def test_a_bare_list_that_was_escaped_once_too_often_is_read() -> None:
    escaped = json.dumps([item(id="e1")]).replace('"', '\\"')
    assert [one.value and one.value["id"] for one in read_items(escaped).items] == ["e1"]


PLAN = json.dumps({"edits": [item(Op.ADD_TOOL_TO_AGENT, id="a"), item(Op.LORA_FINETUNE, id="b")]})
ATTEMPT = PLAN.replace('"op":', '"op"', 1)
AGAIN = "Sorry, a colon was missing. The same plan as valid JSON:"


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (ATTEMPT, "And this:"),
        (ATTEMPT, "The same plan again, as the other option:"),
        (ATTEMPT.replace('"a"', '"c"'), AGAIN),
        (ATTEMPT.replace('"references": [', '"references": ["t", '), AGAIN),
        (PLAN.replace('"op":', '// withdrawn\n"op":', 1), AGAIN),
    ],
)
def test_a_broken_attempt_that_differs_is_for_people(attempt: str, words: str) -> None:
    text = f"```json\n{attempt}\n```\n\n{words}\n\n```json\n{PLAN}\n```"
    assert unattended(text) == []


NAMED = item(Op.REMOVE_TOOL_FROM_AGENT, id="b", target="agents.react.tools")
NAMED["expected_improvement"] = "cluster-tool-loops"
NAMED["payload"] = {"agent": "native_coder", "tool_name": "file_read"}


PROMPT = (
    "You are Ada.\n\n## Rules\n- Never invent a result. Ask first.\n- Stop after 12 turns.\n- Go."
)


def prompt_with(note: str, *, behind: str) -> list[RejectionCode | None]:
    """Read a prompt that stands there with its line breaks, and a note within it."""
    one = item(Op.REPLACE_SYSTEM_PROMPT, payload={"agent": "coder", "new_content": PROMPT})
    text = answer(item(id="a"), one).replace("\\n", "\n").replace(behind, f"{behind}{note}")
    return [one.fault for one in read_items(text).items]


@pytest.mark.parametrize(
    "line",
    ["\n\n## Limits\n\n", "\nContinue where you left off.\n", "\n\nIn short:\n\n1. "],
)
def test_a_prompt_has_paragraphs_of_its_own(line: str) -> None:
    assert prompt_with(line, behind="Ask first.\n") == [None, None]


@pytest.mark.parametrize("cut_at", ["checks", '"rationale"', "reference", '"e2"', '"e3", '])
@pytest.mark.parametrize("between", ["", "\n\n"])
@pytest.mark.parametrize("indent", [None, 1, 4])
def test_an_answer_behind_its_own_beginning_counts(
    cut_at: str, between: str, indent: int | None
) -> None:
    plan = json.loads(ALL)
    head = json.dumps(plan)[: json.dumps(plan).index(cut_at)]
    read = read_items(head + between + json.dumps(plan, indent=indent))
    assert [one.value for one in read.items if one.value] == plan["edits"]
    assert read.remarks.startswith("The answer broke off") or cut_at == "checks"


@pytest.mark.parametrize(("old", "new"), [("nothing", "no sum"), ('"e2"', '"e4"')])
def test_an_answer_behind_another_s_beginning_does_not_go_unattended(old: str, new: str) -> None:
    head, whole = json.dumps(json.loads(ALL)), json.dumps(json.loads(ALL), indent=1)
    assert unattended(head[:-20] + "\n\n" + whole.replace(old, new)) == []
