"""The teacher's text to items: everything that can be had is had, and nothing is invented."""

import json
import random
import time
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.models import RejectionCode
from planner.operations import OPERATIONS, Op
from planner.salvage import MAX_CHARACTERS, MAX_ITEMS, Item, Salvaged, read_items
from planner.salvage.damage import damage
from planner.salvage.parsing import MAX_DEPTH
from tests import answer_defects_forms as forms
from tests.answer_defects import KINDS, cases
from tests.builders import answer, item

SEEDS = [11, 12, 13]
CASES_A_SEED = 490


def values(read: Salvaged) -> list[Any]:
    return [one.value for one in read.items if one.fault is None]


def faults(read: Salvaged) -> list[RejectionCode]:
    return [one.fault for one in read.items if one.fault is not None]


def is_an_edit(value: dict[str, Any]) -> bool:
    """Tell whether a value would pass the checks of an edit."""
    try:
        row = OPERATIONS[Op(value["op"])]
        row.payload.model_validate(value["payload"])
    except (KeyError, ValueError, ValidationError):
        return False
    if value.get("pillar", row.pillar) != row.pillar:
        return False
    return all(isinstance(one, str) for one in value.get("references", []))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_edit_is_invented_and_nearly_all_that_can_be_had_are_had(seed: int) -> None:
    had = wanted = 0
    for case in cases(seed, CASES_A_SEED):
        read = values(read_items(case.text))
        invented = [one for one in read if is_an_edit(one) and not _is_meant(one, case.meant)]
        assert not invented, (case.kind, invented)
        wanted += len(case.readable)
        had += sum(one in read for one in case.readable)
    assert had >= 0.97 * wanted


def _is_meant(one: dict[str, Any], meant: tuple[dict[str, Any], ...]) -> bool:
    """Tell whether an edit was meant; its tier is nobody's, and its reasons are not applied."""
    nobody_s = {"risk_tier": None, "rationale": None}
    return {**one, **nobody_s} in [{**edit, **nobody_s} for edit in meant]


@pytest.mark.parametrize("seeds", [range(8), range(300, 308)])
def test_no_form_of_an_answer_invents_an_edit(seeds: range) -> None:
    had = wanted = 0
    for case in (forms.draw(name, seed) for name in forms.KINDS for seed in seeds):
        read = values(read_items(case.text))
        invented = [one for one in read if is_an_edit(one) and not _is_meant(one, case.meant)]
        assert not invented, (case.kind, invented)
        if case.promised:
            wanted += len(case.readable)
            had += sum(one in read for one in case.readable)
    assert had >= 0.97 * wanted


@pytest.mark.parametrize("kind", KINDS)
def test_every_item_of_a_defective_answer_has_a_value_or_a_reason(kind: str) -> None:
    place = list(KINDS).index(kind)
    for case in list(cases(5, 4 * len(KINDS)))[place :: len(KINDS)]:
        for one in read_items(case.text).items:
            assert (one.value is not None) != (one.fault is not None and bool(one.reason))


@given(st.text(max_size=300))
def test_any_text_has_an_outcome(text: str) -> None:
    assert isinstance(read_items(text), Salvaged)


sound = st.characters(
    exclude_categories=["Cs", "Cc"], exclude_characters="\ufffd\u00c2\u00c3\u00e2"
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(sound).filter(lambda text: damage({"text": text}) is None),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(sound), inner, max_size=3),
    max_leaves=12,
)
objects = st.dictionaries(st.text(sound, max_size=8), json_values, max_size=4).filter(
    lambda one: damage(one) is None and "edits" not in str(one)  # A plan is no edit.
)


@given(st.lists(objects, max_size=4), st.sampled_from([None, 2]), st.booleans())
def test_a_clean_answer_is_read_as_json_reads_it(
    items: list[dict[str, Any]],
    indent: int | None,
    ascii_only: bool,  # noqa: FBT001
) -> None:
    text = json.dumps({"edits": items}, indent=indent, ensure_ascii=ascii_only)
    assert values(read_items(text)) == items


@given(st.lists(objects, min_size=1, max_size=4), st.booleans())
def test_the_fast_way_and_the_careful_way_agree(
    items: list[dict[str, Any]],
    ascii_only: bool,  # noqa: FBT001
) -> None:
    text = json.dumps({"edits": items}, ensure_ascii=ascii_only)
    assume("\\\\" not in text)  # In prose it is unknown how often a backslash was escaped.
    assert values(read_items(f"Here:\n```json\n{text}\n```")) == values(read_items(text))


@given(st.lists(objects.filter(bool), min_size=1, max_size=3), st.data())
def test_a_cut_answer_holds_whole_items_only(
    items: list[dict[str, Any]], data: st.DataObject
) -> None:
    text = json.dumps({"edits": items})
    cut = text[: data.draw(st.integers(0, len(text) - 3))]
    read = values(read_items(cut))
    assert all(one in items for one in read if "op" in one)
    assert len(read) <= len(items)


def test_an_edit_without_its_closing_brace_is_rejected_as_cut_with_its_text() -> None:
    text = answer(item(id="a"), item(id="b"))
    read = read_items(text[:-40])
    assert [one.value["id"] for one in read.items if one.value] == ["a"]
    assert faults(read) == [RejectionCode.CUT_SHORT]
    assert text.startswith(read.items[1].raw[:30], text.index(read.items[1].raw[:30]))


@pytest.mark.parametrize(
    "text",
    [
        '{"edits": null}', "", "null", "[]", "{}", "I cannot help.", '{"edits": "none"}',
        '{"edits": {}}', '"edits"', "{edits", '{"edits": [',
    ],
)  # fmt: skip
def test_a_text_without_an_edit_has_no_object(text: str) -> None:
    read = read_items(text)
    assert not any(one.is_object for one in read.items)
    assert not read.proposes_nothing


@pytest.mark.parametrize(
    "text", ['{"edits": []}', '```json\n{"edits": []}\n```', '{"edits":[ ]} ok']
)
def test_a_complete_empty_list_says_that_nothing_is_proposed(text: str) -> None:
    assert read_items(text).proposes_nothing


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ('"add a tool"', RejectionCode.NOT_AN_OBJECT),
        ("7", RejectionCode.NOT_AN_OBJECT),
        ("[1]", RejectionCode.NOT_AN_OBJECT),
        ("[]", RejectionCode.NOT_AN_OBJECT),
        ("[[]]", RejectionCode.NOT_AN_OBJECT),
        ("null", RejectionCode.NOT_AN_OBJECT),
        ('{"op": "a", "op": "b"}', RejectionCode.DOUBLED_KEYS),
        ('{"op": "a", "payload": {"x": 1, "x": 2}}', RejectionCode.DOUBLED_KEYS),
        ('{"op": "a", "payload": {"x": 1, "x": true}}', RejectionCode.DOUBLED_KEYS),
        ('{"op": NaN}', RejectionCode.MALFORMED),
        ('{"op": -Infinity}', RejectionCode.MALFORMED),
        ('{"op": 1e999}', RejectionCode.MALFORMED),
        ('{"op": "\\ud800"}', RejectionCode.MALFORMED),
        ('{"op": "x\ud800"}', RejectionCode.MALFORMED),
        ('{"op": "say "hi" now"}', RejectionCode.MALFORMED),
        ('{"op": "\\$"}', RejectionCode.MALFORMED),
        ('{"op": "a" "b"}', RejectionCode.MALFORMED),
        ('{"op": }', RejectionCode.MALFORMED),
        ('{"op": "a", ...}', RejectionCode.MALFORMED),
        ('{"op": ' + "[" * 5_000 + "]" * 5_000 + "}", RejectionCode.MALFORMED),
        ('{"op": "a", "payload": {"x": 1}', RejectionCode.CUT_SHORT),
    ],
)
def test_a_broken_item_is_rejected_with_its_code_and_the_others_are_had(
    broken: str, code: RejectionCode
) -> None:
    text = f'{{"edits": [{json.dumps(item(id="a"))}, {broken}, {json.dumps(item(id="b"))}]}}'
    read = read_items(text)
    assert [one["id"] for one in values(read)] == ["a", "b"]
    assert faults(read) == [code]
    assert json.dumps(read.items[1].raw, ensure_ascii=False).encode()


@pytest.mark.parametrize("end", ["]}", ",]}"])
@pytest.mark.parametrize("empty", ["[]", "[[]]", "[ [ ] ]", "[[], []]", "[[], [[]]]"])
def test_an_empty_list_among_the_edits_is_an_item(empty: str, end: str) -> None:
    text = f'{{"edits": [{json.dumps(item(id="a"))}, {empty}, {json.dumps(item(id="b"))}{end}'
    read = read_items(text)
    assert [one["id"] for one in values(read)] == ["a", "b"]
    assert faults(read) == [RejectionCode.NOT_AN_OBJECT] * max(1, empty.count("[]"))
    assert read.items[-1].value["id"] == "b"
    assert all(one.raw == [] for one in read.items if one.fault)


@pytest.mark.parametrize("text", ['{"edits": [[]]}', '{"edits": [[],]}'])
def test_a_list_of_empty_lists_does_not_say_that_there_are_no_edits(text: str) -> None:
    read = read_items(text)
    assert (read.proposes_nothing, faults(read)) == (False, [RejectionCode.NOT_AN_OBJECT])


def test_a_pair_of_surrogates_is_a_character() -> None:
    assert values(read_items('{"edits": [{"op": "\\ud83d\\ude00"}]}')) == [{"op": "😀"}]


def test_an_item_that_closes_too_early_is_not_read_without_its_last_fields() -> None:
    text = '{"edits": [{"op": "x", "payload": {}}, "rationale": "r"}, {"op": "y"}]}'
    read = read_items(text)
    assert values(read) == [{"op": "y"}]
    assert faults(read) == [RejectionCode.MALFORMED]


@pytest.mark.parametrize("before", ["never write {}, ", 'say "no" to {}, '])
def test_an_example_inside_a_broken_string_is_not_read_as_an_edit(before: str) -> None:
    example = json.dumps(item(id="example"))
    broken = f'{{"op": "x", "rationale": "{before}{example} again", "id": "b"}}'
    text = f'{{"edits": [{broken}, {json.dumps(item(id="c"))}]}}'
    assert [one["id"] for one in values(read_items(text))] == ["c"]


def test_a_text_inside_an_edit_is_never_read_as_the_answer() -> None:
    inner = answer(item(id="inner"))
    outer = json.dumps({"edit": [{"op": "replace_system_prompt", "new_content": inner}]})
    read = read_items(outer.replace('"op"', '"operation"'))
    assert values(read) == []


def test_the_final_list_counts_and_the_others_are_told() -> None:
    text = f"Draft: {answer(item(id='draft'))}\nFinal: {answer(item(id='final'))}"
    read = read_items(text)
    assert [one["id"] for one in values(read)] == ["final"]
    assert faults(read) == [RejectionCode.NOT_THE_ANSWER]
    assert read.items[1].raw["id"] == "draft"
    assert "the last one is read" in read.remarks


def test_of_two_lists_that_differ_none_counts_and_both_are_told() -> None:
    text = f"One: {answer(item(id='a'))}\nAnother: {answer(item(id='b'))}"
    read = read_items(text)
    assert faults(read) == [RejectionCode.NOT_THE_ANSWER] * 2
    assert [one.raw["id"] for one in read.items] == ["a", "b"]


def test_a_list_beside_the_answer_does_not_replace_it() -> None:
    text = json.dumps({"edits": [item(id="a")], "alternatives": {"edits": [item(id="b")]}})
    assert [one["id"] for one in values(read_items(text))] == ["a"]


def test_a_plan_among_the_edits_takes_all_with_it() -> None:
    for inner in ([], [item(Op.LORA_FINETUNE, id="same")]):
        plan = {"edits": inner}
        read = read_items(answer(item(id="good"), plan, item(Op.SET_AGENT_CLASS, id="last")))
        assert faults(read) == [RejectionCode.NOT_THE_ANSWER] * 3
        assert read.items[1].raw == plan


def test_a_plan_among_the_edits_that_cannot_be_read_takes_all_with_it() -> None:
    for inner in ("[{...}]", {"a": item(id="good")}, None):
        read = read_items(answer({"edits": inner}, item(id="good")))
        assert values(read) == []


def test_a_quoted_example_is_taken_once_at_most() -> None:
    one = json.dumps(item(id="a"))
    read = read_items(f"For example {one}.\n" + answer(item(id="a")))
    assert len(values(read)) == 1


def test_an_answer_over_the_bound_keeps_what_stands_before_it() -> None:
    items = [item(id=f"e{n}", rationale="x" * 1_000) for n in range(1_200)]
    read = read_items(answer(*items))
    assert 0 < len(values(read)) < len(items)
    assert values(read) == items[: len(values(read))]
    assert faults(read)[-1] is RejectionCode.TOO_LARGE
    assert len(values(read_items(answer(*items), max_characters=10**7))) == len(items)


HOSTILE = {
    "brackets": "[" * MAX_CHARACTERS,
    "brackets in a list": '{"edits": ' + "[" * MAX_CHARACTERS,
    "objects": '{"a":' * (MAX_CHARACTERS // 5),
    "edits in edits": '{"op":' * (MAX_CHARACTERS // 6),
    "lists in lists": '"edits": [{' * (MAX_CHARACTERS // 11),
    "open comments": '{"edits": [' + "/* " * (MAX_CHARACTERS // 3),
    "open quotes": '{"edits": [' + '{"op":"\\"' * (MAX_CHARACTERS // 9),
    "open typographic quotes": '{"edits": [' + "{“op”: “" * (MAX_CHARACTERS // 8),
    "single quotes": '{"edits": [' + "{'op': '\\'" * (MAX_CHARACTERS // 10),
    "blanks": '{"edits": [{"op" a}' + " " * MAX_CHARACTERS + "x",
    "bare keys and comments": "edits:{//" * (MAX_CHARACTERS // 9),
    "closing brackets": '{"edits": [' + "} " * (MAX_CHARACTERS // 2),
    "numbers": '{"edits": [' + "1," * (MAX_CHARACTERS // 2),
    "empty objects": '{"edits": [' + "{}," * (MAX_CHARACTERS // 3),
    "backslashes": '{"edits": [{"op": "' + "\\" * MAX_CHARACTERS,
    "escapes": '"' + '{\\"edits\\": [' * (MAX_CHARACTERS // 13),
    "digits": '{"edits": [{"op": ' + "9" * MAX_CHARACTERS + "}]}",
    "lists that break off": '{"edits":[{"op":"x"},{"id":"e2" "\n' * (MAX_CHARACTERS // 34),
    "two megabytes of prose": "word {x} [1] " * 160_000,
    "edits under keys of their own": json.dumps(
        {f"k{at}": {"op": str(at)} for at in range(50_000)}
    ),
    "the middle of a megabyte": '{"edits": [' + "[" * 5_000 + "]" * 5_000 + "]}",
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_megabyte_has_an_outcome(name: str) -> None:
    read = read_items(HOSTILE[name])
    assert len(read.items) <= 3 * MAX_ITEMS
    assert not [one for one in read.items if one.value]


MARKS = (
    *"{}[]\"':,<>/\\\n \t#-~`()=.er1\u201c\u201d\ufeff\ud800",
    *("edits", "op", "id", "think", '{"edits": [', '{"op": "x"', '"id": "e1"', "}]}", "edits="),
    *("</think>", "<r:>", "```json\n", "//", "/*", "*/", "\u2026", "&quot;", "&amp;", "\\n"),
    *("<tool_call>", "</tool_call>", '{"name": "f", "arguments": ', "<|im_end|>", "[TOOL_CALLS]"),
    *("<arg_value>", "<|channel|>final<|message|>", "<![CDATA[", "]]>", "drop e1", "data: "),
)


def test_no_text_of_the_marks_of_an_answer_is_an_error() -> None:
    assert not read_items("data: op]\n\ndata: }").items
    chance = random.Random(3)
    for length in (4, 8, 16, 40) * 1_000:
        read_items("".join(chance.choices(MARKS, k=length)))


def test_an_id_that_a_list_gives_twice_is_left_to_the_plan() -> None:
    """There it gets a name of its own, or the first edit of a slot stands."""
    edits = [item(id="e1", rationale="First."), item(id="e1", rationale="Second.")]
    assert values(read_items(json.dumps({"edits": edits}))) == edits


def test_any_amount_of_prose_beside_an_answer_is_kept_for_people_in_linear_time() -> None:
    edit = '{"id": "e1", "op": "x", "payload": {}, "rationale": "a", "expected_improvement": "c"}'
    answer = f'{{"edits": [{edit}]}}'
    prose = "e1 is fine. " * 80_000
    start = time.process_time()
    for text in (f"{answer}\n\n{prose}", f"{prose}\n\n{answer}"):
        read = read_items(text)
        assert read.items[0].value
        assert read.remarks.count("e1 is fine.") == 80_000
    assert time.process_time() - start < 5


def test_items_beyond_the_limit_are_told_as_one() -> None:
    read = read_items('{"edits": [' + "{}," * (MAX_ITEMS + 5) + "]}")
    assert len(read.items) == MAX_ITEMS + 1
    assert read.items[-1].fault is RejectionCode.TOO_LARGE


def test_reading_deep_in_a_stack_works() -> None:
    def at(depth: int) -> Salvaged:
        return read_items(answer(item())) if depth == 0 else at(depth - 1)

    assert [type(one) for one in at(500).items] == [Item]


@pytest.mark.parametrize("opens", ["[", '{"a":'])
@pytest.mark.parametrize("depth", range(MAX_DEPTH - 5, MAX_DEPTH + 5))
def test_an_answer_at_the_greatest_depth_comes_to_an_end(depth: int, opens: str) -> None:
    for text in (answer(item()), '{"edits": [{"op"', "[{}, {"):
        assert isinstance(read_items(opens * depth + text), Salvaged)
        assert isinstance(read_items(opens * (depth + 4 * MAX_DEPTH) + text), Salvaged)


SOUP = [
    "[", "{", '{"a":', '{"edits": [', "]", "}", ",", ":", '"', '\\"', "...", "// x\n", "```",
    "\n", "1",
    "[[", "}}", '{"op": "x"', answer(item()), json.dumps(item()), json.dumps(item())[:60],
]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(SOUP), st.sampled_from([1, 2, 38, 39, 78])), max_size=6))
def test_a_soup_of_brackets_comes_to_an_end(parts: list[tuple[str, int]]) -> None:
    assert isinstance(read_items("".join(text * times for text, times in parts)), Salvaged)


def test_a_value_that_may_be_missing_makes_an_edit_malformed() -> None:
    text = answer(item(id="a"), item(id="b"))
    assert faults(read_items(text.replace("]\n  }", "],,\n  }"))) == [RejectionCode.MALFORMED] * 2


def test_what_stands_above_all_edits_as_no_edit_can_is_told() -> None:
    read = read_items(f'{{"edits": ["y": 1}}, {json.dumps(item(id="b"))}]}}')
    assert [one["id"] for one in values(read)] == ["b"]
    assert faults(read) == [RejectionCode.MALFORMED]
    assert str(read.items[0].raw).startswith('"y": 1')


def test_a_key_that_is_given_twice_with_one_value_is_no_doubt() -> None:
    doubled = json.dumps(item(id="a")).replace('"id": "a"', '"id": "a", "id": "a"')
    text = f'{{"edits": [{doubled},]}}'
    assert [one["id"] for one in values(read_items(text))] == ["a"]


def test_an_edit_found_behind_a_broken_one_is_sure_only_where_the_list_ends() -> None:
    bad = json.dumps(item(id="a")).replace('"op":', '"op"')
    good, found = (json.dumps(item(id=one)) for one in "gf")
    listed = f'{{"edits": [{good}, {bad}, {found}'
    assert [one["id"] for one in values(read_items(f"{listed}]}}"))] == ["g", "f"]
    for text in (listed, f"{listed}, {bad}", f"{listed}, {good[:40]}"):
        assert [one["id"] for one in values(read_items(text))] in (["g"], [])
    assert [one["id"] for one in values(read_items(f"{listed}, {bad}"))] == ["g"]
