"""What logs, viewers and pages do to an answer: never undone, refused or told."""

import html
import json

import pytest

from planner.models import RejectionCode
from planner.operations import Op
from planner.salvage import Salvaged, read_items
from tests.builders import answer, had, item, unattended

TEXT = "You are an agent.\n\n# Rules\n- Use `+` and 12 | 13.\n\nAnswer."
A = item(Op.REPLACE_SYSTEM_PROMPT, id="e1", payload={"agent": "coder", "new_content": TEXT})
B = item(Op.LORA_FINETUNE, id="e2")
PRETTY = json.dumps({"edits": [A, B]}, indent=2)


def faults(read: Salvaged) -> list[RejectionCode]:
    return [one.fault for one in read.items if one.fault]


def marked(mark: str, text: str = PRETTY) -> str:
    """Return a text with a mark before each line, in which `{n}` is the line's number."""
    lines = text.split("\n")
    return "\n".join(mark.format(n=at) + line for at, line in enumerate(lines, start=1))


@pytest.mark.parametrize("mark", ["-", "- ", "# ", "// ", "; ", "~~"])
def test_a_mark_that_rejects_lines_is_not_taken_away(mark: str) -> None:
    assert had(marked(mark)) == []


def test_a_mark_that_some_lines_lack_is_not_taken_away() -> None:
    first, second, *rest = marked("{n:4d} │ ").split("\n")
    assert A not in had("\n".join([first, second[7:], *rest]))


@pytest.mark.parametrize("mark", ["{n}. ", "{n}) "])
def test_edits_on_lines_of_their_own_may_be_numbered(mark: str) -> None:
    assert had(marked(mark, f"{json.dumps(A)}\n{json.dumps(B)}")) == [A, B]


def test_the_words_of_a_log_before_edits_of_one_line_are_told() -> None:
    text = marked("2026-11-22T03:00:0{n}Z rejected: ", f"{json.dumps(A)}\n{json.dumps(B)}")
    assert unattended(text) == []


def test_an_answer_within_a_text_may_end_as_the_one_around_it() -> None:
    inner = answer(B)
    around = '{"edits": [{"op": "x", "payload": {"agent": "a", "new_content": "Say '
    assert unattended(around + inner + inner[-20:]) == []
    assert had(f"The prompt says: {inner}{inner[-20:]}") == []


@pytest.mark.parametrize("sign", ["\u200e", "\u200f"])
def test_signs_of_direction_between_the_words_of_json_are_blanks(sign: str) -> None:
    assert had(PRETTY.replace(",\n", f",{sign}\n").replace("{\n", f"{{{sign}\n")) == [A, B]


@pytest.mark.parametrize("times", [1, 2, 3])
def test_entities_are_undone_as_often_as_they_were_written(times: int) -> None:
    text = answer(item(Op.LORA_FINETUNE, id="e1", rationale='It says <b> & "c".'))
    written = text
    for _ in range(times):
        written = html.escape(written)
    assert had(written) == had(text) != []


def test_a_byte_order_mark_that_was_decoded_wrongly_says_nothing() -> None:
    read = read_items("\ufeff".encode().decode("latin-1") + answer(A, B))
    assert [one.value for one in read.items] == [A, B]
    assert not read.remarks


@pytest.mark.parametrize("text", ["Be kind.</s><s>\nCite.", "Be kind.</s>"])
def test_a_turn_s_end_within_a_text_is_damage(text: str) -> None:
    edit = {**A, "payload": {"agent": "coder", "new_content": text}}
    assert faults(read_items(answer(edit, B))) == [RejectionCode.MALFORMED]


@pytest.mark.parametrize("command", ["\\textbf{no}", "\\texttt{x}", "\\times 3", "\\theta"])
def test_a_command_of_latex_whose_backslash_json_took_is_damage(command: str) -> None:
    written = answer({**A, "payload": {"agent": "coder", "new_content": "Print #."}})
    assert faults(read_items(written.replace("#", command))) == [RejectionCode.MALFORMED]
    assert faults(read_items(written.replace("#", "\\tabs too"))) == []


@pytest.mark.parametrize("key", ["new_content", "agent"])
def test_a_field_of_the_payload_may_lack_its_comma_where_it_begins_a_line(key: str) -> None:
    lines = PRETTY.split("\n")
    at = next(at for at, line in enumerate(lines) if f'"{key}"' in line)
    other = at - 1 if lines[at - 1].endswith(",") else at
    lines[other] = lines[other].removesuffix(",")
    assert had("\n".join(lines)) == [A, B]


def test_a_line_that_begins_with_another_key_does_not_end_a_value() -> None:
    written = PRETTY.replace('"agent": "coder",', '"agent": "coder"\n"else": "x",')
    assert had(written) == [B]


@pytest.mark.parametrize("words", ["hmm, 0.5", "no: 0.5", "wait", "actually lower"])
def test_a_comment_that_corrects_a_value_leaves_none(words: str) -> None:
    edit = json.dumps(item(Op.SET_AGENT_PARAM, id="e1"), indent=1)
    line = next(one for one in edit.split("\n") if '"value"' in one)
    read = read_items(f'{{"edits": [{edit.replace(line, f"{line} // {words}")}]}}')
    assert faults(read) == [RejectionCode.CUT_SHORT]


@pytest.mark.parametrize(
    "around",
    [
        "assistant\n{}",
        "{}</s>",
        "{}<end_of_turn>",
        "Here is the plan for tonight's run:\n{}",
        "These are the suggested edits for the failure clusters:\n{}",
        "{}\n\nWas this response helpful?",
    ],
)
def test_what_a_chat_shows_around_an_answer_says_nothing_of_it(around: str) -> None:
    read = read_items(around.format(PRETTY))
    assert [one.value for one in read.items] == [A, B]
    assert not read.remarks
