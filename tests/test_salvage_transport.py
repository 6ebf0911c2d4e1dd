"""What came into the texts of an answer on its way: margins, breaks, blanks, other lines."""

from typing import Any

import pytest

from planner.operations import Op
from planner.salvage import read_items
from tests.builders import answer, item


def read(text: str) -> list[Any]:
    return [one.value.get("id") for one in read_items(text).items if one.fault is None]


LONG = "You are a coder.\n\nAnswer in JSON.\n\nBe brief.\n\nAsk once."
WITH_LINES = item(
    Op.REPLACE_SYSTEM_PROMPT, id="e1", payload={"agent": "coder", "new_content": LONG}
)
OTHER = item(Op.LORA_FINETUNE, id="e2", rationale="Two tasks failed. Both need it.")


def raw_breaks(*items: dict[str, Any]) -> str:
    """Return an answer whose texts break their lines as they are."""
    return answer(*items).replace("\\n", "\n")


def test_texts_may_break_their_lines_as_they_are() -> None:
    assert read(raw_breaks(WITH_LINES, OTHER)) == ["e1", "e2"]


def test_what_breaks_a_line_where_others_are_spelt_came_on_the_way() -> None:
    spelt = item(Op.LORA_FINETUNE, id="e2", payload={"notes": "One.\nTwo."})
    text = answer(WITH_LINES, spelt)
    first, rest = text.split("Answer in", 1)
    keepalive = f"{first}Answer\n: PROCESSING\n\n: PROCESSING\n\n in{rest}"
    assert read(keepalive) == ["e2"]


@pytest.mark.parametrize("margin", ["  ", "    ", "\t", "\u3000"])
def test_the_margin_of_an_indented_answer_is_no_text(margin: str) -> None:
    text = raw_breaks(WITH_LINES, OTHER)
    indented = "\n".join(margin + line for line in text.split("\n"))
    for before in ("", "Plan:\n\n", f"1. Plan:\n{margin}```json\n"):
        assert read(before + indented) == ["e2"]
    first = text.split("\n")[0]
    assert read(margin + first + text.removeprefix(first)) == ["e1", "e2"]


def test_breaks_that_are_doubled_everywhere_are_none_of_a_text() -> None:
    text = raw_breaks(WITH_LINES, OTHER)
    assert read(text.replace("\n", "\n\n")) == ["e2"]


def test_blanks_that_break_no_line_are_blanks_where_there_are_no_others() -> None:
    text = answer(WITH_LINES, OTHER).replace(" ", "\xa0")
    assert read(text) == ["e1", "e2"]
    assert [one.value for one in read_items(text).items] == [WITH_LINES, OTHER]
    kept = answer({**OTHER, "rationale": "10\xa0000 tasks failed."})
    assert read_items(kept).items[0].value["rationale"] == "10\xa0000 tasks failed."


def test_of_an_edit_told_while_it_grows_the_whole_counts() -> None:
    begun = {**WITH_LINES, "payload": {"agent": "coder", "new_content": LONG[:25]}}
    for order in ((begun, WITH_LINES), (WITH_LINES, begun)):
        whole = [one.value for one in read_items(answer(*order)).items if one.fault is None]
        assert whole == [WITH_LINES]
    other = {**begun, "id": "e7"}
    assert read(answer(other, WITH_LINES)) == ["e7", "e1"]


def test_a_key_with_a_sign_that_nobody_sees_is_another_key() -> None:
    odd = {("paylo\u200bad" if key == "payload" else key): text for key, text in OTHER.items()}
    assert read(answer(odd)) == []


def test_markup_within_a_text_is_its_own() -> None:
    tagged = {**OTHER, "rationale": "It writes <![CDATA[x]]> at its end."}
    items = read_items(f"<answer>{answer(tagged)}</answer>").items
    assert items[0].value == tagged
    items = read_items(f"<answer><![CDATA[{answer(OTHER)}]]></answer>").items
    assert items[0].value == OTHER


@pytest.mark.parametrize("mark", ["Write [...]the name.", "Write so [\u2026]and ask."])
def test_dots_in_brackets_glued_to_a_word_stand_for_what_was_left_out(mark: str) -> None:
    clipped = {**WITH_LINES, "payload": {"agent": "coder", "new_content": mark}}
    assert read(answer(clipped)) == []
