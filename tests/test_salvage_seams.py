"""An answer that breaks off inside of a text and goes on below: both halves are no text."""

import pytest

from planner.models import RejectionCode
from planner.operations import Op
from planner.salvage import read_items
from tests.builders import answer, item


@pytest.mark.parametrize(
    "note",
    [
        "(continued)",
        "[Continued]",
        "(continuing from above)",
        "[continue]",
        "```\n\nUser: continue\n\nAssistant: ```json",
    ],
)
def test_a_text_that_says_it_is_continued_is_cut_short(note: str) -> None:
    text = answer(item(id="a"), item(id="b", rationale="It checks nothing."))
    half, rest = text.split("checks nothing")
    read = read_items(f"{half}checks\n{note}\n nothing{rest}")
    assert [one.value["id"] for one in read.items if one.value] == ["a"]
    assert [one.fault for one in read.items if one.fault] == [RejectionCode.CUT_SHORT]


@pytest.mark.parametrize(
    "seam",
    [
        "\n\nUser: continue\n\nAssistant: ",
        "\nHuman: please go on\nAI: ",
        "\n\nSorry, continuing:\n\n",
        "\n(Part 2/2)\n",
        "\n\n### Continued\n",
        "\n\n(cont'd)\n\n",
        "\n\n**Part 2**\n\n",
        "\n\nSure, here is the rest:\n\n",
        "\n---\nassistant: ",
        "...\n\n...",
        "\n",
    ],
)
def test_an_edit_whose_only_line_break_stands_within_a_sentence_is_cut_short(seam: str) -> None:
    text = answer(item(id="a"), item(id="b", rationale="It checks nothing at all."))
    half, rest = text.split(" checks nothing")
    read = read_items(f"{half} checks noth{seam}ing{rest}")
    assert [one.value["id"] for one in read.items if one.value] == ["a"]
    assert [one.fault for one in read.items if one.fault] == [RejectionCode.CUT_SHORT]


def test_a_prompt_s_only_line_break_within_a_sentence_is_a_seam() -> None:
    payload = {"agent": "coder", "new_content": "Read the whole file first."}
    one = item(Op.REPLACE_SYSTEM_PROMPT, payload=payload)
    read = read_items(answer(one).replace("the whole file", "the wh\nole file"))
    assert [one.fault for one in read.items] == [RejectionCode.CUT_SHORT]


def test_a_text_may_speak_of_what_is_continued() -> None:
    text = answer(item(id="a", rationale="First\n(continued)\nlast"))
    assert [one.fault for one in read_items(text).items] == [None]
