"""What edits do to prompts and to each other: canonical, merged, or rejected by name."""

import random
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.models import (
    Agent,
    FlagCode,
    Proposal,
    ProposedEdit,
    RejectionCode,
    Student,
    sha256,
)
from planner.operations import OPERATIONS, Op, Tier
from planner.patch import Patched, apply_diff, changed_share
from planner.risk import assign_tiers
from tests.builders import PAYLOADS, PROMPT, item, settled, student
from tests.diff_defects import Draft, draw, make_pieces, write


def patch(find: str, replace: str, **fields: Any) -> dict[str, Any]:
    pairs = [{"find": find, "replace": replace}]
    return item(Op.PATCH_SYSTEM_PROMPT, payload={"agent": "coder", "replacements": pairs}, **fields)


def rewrite(text: str, **fields: Any) -> dict[str, Any]:
    payload = {"agent": "coder", "new_content": text}
    return item(Op.REPLACE_SYSTEM_PROMPT, payload=payload, **fields)


def diff(text: str, **fields: Any) -> dict[str, Any]:
    return item(Op.PATCH_SYSTEM_PROMPT, payload={"agent": "coder", "diff": text}, **fields)


def tool(name: str, **fields: Any) -> dict[str, Any]:
    return item(payload={"agent": "coder", "tool_name": name}, **{"id": f"add-{name}", **fields})


def the_edit(*items: Any, **context: Any) -> ProposedEdit:
    proposal = settled(*items, **context)
    assert not proposal.rejected
    (edit,) = proposal.edits
    return edit


def codes(proposal: Proposal) -> list[RejectionCode]:
    return [one.code for one in proposal.rejected]


def flags(edit: ProposedEdit) -> list[str]:
    return [flag.code for flag in edit.flags]


def patched(edit: ProposedEdit, before: str = PROMPT) -> str:
    outcome = apply_diff(before, str(edit.payload["diff"]))
    assert isinstance(outcome, Patched)
    return outcome.text


def with_prompt(prompt: str) -> Student:
    return Student(agents={"coder": Agent(system_prompt=prompt)})


def after_all(proposal: Proposal, before: str) -> str:
    (edit,) = proposal.edits
    whole = edit.payload.get("new_content")
    return patched(edit, before) if whole is None else str(whole)


# --- one patch -------------------------------------------------------------------------


def test_a_patch_becomes_the_canonical_diff_of_the_prompt_it_was_made_for() -> None:
    edit = the_edit(patch("3. Run the tests.", "3. Run all the tests."))
    assert set(edit.payload) == {"agent", "diff"}
    assert patched(edit) == PROMPT.replace("Run the", "Run all the")
    assert edit.prompt_sha256 == sha256(PROMPT)


def test_pairs_and_a_sloppy_diff_of_one_change_carry_the_same_diff() -> None:
    sloppy = "```diff\n@@ -99,9 +1 @@\n 2. Write the smallest change.\n-3. Run the tests.\n"
    sloppy += "+3. Run all the tests.\n 4. Explain what you did.\n```"
    one = the_edit(patch("3. Run the tests.", "3. Run all the tests."))
    assert the_edit(diff(sloppy)).payload == one.payload


def test_a_diff_without_a_last_line_break_is_whole_because_its_string_was_closed() -> None:
    edit = the_edit(diff("@@ -8 +8,2 @@\n 4. Explain what you did.\n+5. Stop."))
    assert patched(edit) == PROMPT + "5. Stop.\n"


@pytest.mark.parametrize(
    ("words", "flagged"),
    [
        ("Apply this to the router agent instead.", True),
        ("Pending review by the safety team.", True),
        ("Here is the updated diff:", False),
        ("", False),
    ],
)
def test_words_around_a_diff_are_for_people(words: str, *, flagged: bool) -> None:
    hunk = "@@ -8 +8,2 @@\n 4. Explain what you did.\n+5. Stop.\n"
    edit = the_edit(diff(f"{words}\n\n```diff\n{hunk}```\n"))
    told = [flag.message for flag in edit.flags if flag.code == FlagCode.WORDS_BESIDE]
    assert bool(told) == flagged
    assert all(words in message for message in told)


def test_what_a_plan_carries_fits_the_payload_of_its_operation() -> None:
    for op in Op:
        edit = the_edit(item(op))
        OPERATIONS[edit.op].payload.model_validate(edit.payload)


@pytest.mark.parametrize(
    ("find", "code"),
    [
        ("5. Sleep.", RejectionCode.PATCH_REFUSED),
        ("the", RejectionCode.PATCH_REFUSED),
        ("3. run the tests.", RejectionCode.PATCH_REFUSED),
    ],
)
def test_a_patch_that_does_not_fit_is_refused_and_never_becomes_a_prompt(
    find: str, code: RejectionCode
) -> None:
    proposal = settled(patch(find, "x"))
    assert (proposal.edits, codes(proposal)) == ((), [code])


def test_patches_that_leave_nothing_of_a_prompt_are_refused() -> None:
    lines = PROMPT.rstrip("\n").split("\n")
    removed = [
        f"@@\n{''.join(f'-{line}{chr(10)}' for line in some)}" for some in (lines, lines[4:])
    ]
    assert codes(settled(diff(removed[0]))) == [RejectionCode.PATCH_REFUSED]
    assert codes(settled(patch(PROMPT.rstrip("\n"), ""))) == [RejectionCode.PATCH_REFUSED]
    rest = patch("\n".join(lines[:4]), "", id="edit-rest")
    both = settled(diff(removed[1]), rest)
    assert [len(both.edits), codes(both)] == [1, [RejectionCode.PATCH_REFUSED]]


def test_a_patch_that_changes_nothing_is_rejected_as_that() -> None:
    same = "3. Run the tests."
    assert codes(settled(patch(same, same))) == [RejectionCode.CHANGES_NOTHING]


def test_a_patch_of_an_unknown_prompt_cannot_be_checked() -> None:
    one = patch("a", "b")
    assert codes(settled(one, student=Student())) == [RejectionCode.PROMPT_UNKNOWN]


def test_a_patch_of_most_lines_becomes_a_replacement_with_the_patched_text() -> None:
    lines = PROMPT.splitlines()
    block = "\n".join(lines[4:])
    edit = the_edit(patch(block, "1. Be brief.\n2. Be right.\n3. Be kind.\n4. Be\n5. done."))
    assert edit.op is Op.REPLACE_SYSTEM_PROMPT
    assert set(edit.payload) == {"agent", "new_content"}
    assert edit.payload["new_content"] == PROMPT.replace(
        block, "1. Be brief.\n2. Be right.\n3. Be kind.\n4. Be\n5. done."
    )
    assert changed_share(PROMPT, str(edit.payload["new_content"])) > 0.5
    assert FlagCode.BECAME_REPLACEMENT in flags(edit)


def test_a_diff_without_any_diff_syntax_is_a_whole_prompt() -> None:
    edit = the_edit(diff("You are terse.\nTools: {tool_descriptions}\n"))
    assert edit.op is Op.REPLACE_SYSTEM_PROMPT
    assert flags(edit) == [FlagCode.BECAME_REPLACEMENT, FlagCode.SHORTENED]


@pytest.mark.parametrize(
    "text",
    [
        "N/A",
        "No change needed.",
        "Add a rule below step 3: be kind.",
        "s/Run the tests/Run all the tests/",
        "3c3\n< 3. Run the tests.\n> 3. Run all the tests.\n",
        '[{"find": "3. Run the tests.", "replace": "3. Run all the tests."}]',
        "\u22123. Run the tests.\n\uff0b3. Run all the tests.\n",
    ],
)
def test_what_is_neither_a_diff_nor_a_version_of_the_prompt_never_becomes_one(text: str) -> None:
    proposal = settled(diff(text))
    assert (proposal.edits, codes(proposal)) == ((), [RejectionCode.PATCH_REFUSED])


@pytest.mark.parametrize(
    "line",
    [
        "...",
        "[rest of the prompt unchanged]",
        "# ... existing rules ...",
        "(same as before)",
        "1. Read the task (unchanged)",
    ],
)
def test_a_whole_prompt_that_leaves_text_out_is_rejected(line: str) -> None:
    kept = PROMPT.replace("1. Read the task twice.", line)
    assert codes(settled(rewrite(kept))) == [RejectionCode.TEXT_LEFT_OUT]
    assert codes(settled(diff(kept))) == [RejectionCode.TEXT_LEFT_OUT]
    who = student(coder=Agent(system_prompt=f"{PROMPT}{line}\n"))
    assert settled(rewrite(kept), student=who).edits, "the prompt itself says so"


@pytest.mark.parametrize(
    "line",
    [
        "1. Read the task ...[312 characters truncated]... twice.",
        "1. Read the ta (+134 chars)",
        "1. Read the ta <truncated: 77 bytes>",
    ],
)
def test_a_text_that_was_clipped_on_its_way_is_rejected(line: str) -> None:
    kept = PROMPT.replace("1. Read the task twice.", line)
    assert codes(settled(rewrite(kept))) == [RejectionCode.TEXT_LEFT_OUT]
    assert codes(settled(diff(kept))) == [RejectionCode.TEXT_LEFT_OUT]


@pytest.mark.parametrize(
    "text",
    ["TODO", "str", "<new prompt>", "[INSERT FULL PROMPT]", "{{new_prompt}}", "N/A\n", "see above"],
)
def test_a_whole_prompt_that_only_names_one_is_rejected(text: str) -> None:
    assert codes(settled(rewrite(text))) == [RejectionCode.TEXT_LEFT_OUT]
    assert settled(rewrite("Be brief.")).edits


def test_a_whole_prompt_whose_line_breaks_are_spelt_out_is_rejected() -> None:
    spelt = PROMPT.replace("3. Run", "3. Always run").replace("\n", "\\n")
    assert codes(settled(rewrite(spelt))) == [RejectionCode.MALFORMED]
    assert settled(rewrite(f"{PROMPT}5. Split at \\n.\n")).edits


def test_examples_that_leave_others_out_are_rejected() -> None:
    examples = [
        {"input": "2+2?", "output": "4"},
        {"input": "... (others unchanged)", "output": "4"},
    ]
    one = item(Op.EDIT_FEW_SHOT_EXEMPLARS, payload={"agent": "coder", "exemplars": examples})
    assert codes(settled(one)) == [RejectionCode.TEXT_LEFT_OUT]


def test_a_prompt_of_less_than_half_is_flagged() -> None:
    text = "Be kind to all of the users. " * 20
    short, long = text[: len(PROMPT) // 2 - 1], text[: len(PROMPT) // 2 + 1]
    assert FlagCode.SHORTENED in flags(the_edit(rewrite(short)))
    assert FlagCode.SHORTENED not in flags(the_edit(rewrite(long)))


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\U000e0049", "\x1b[2J", "\x00", "\u2800"])
def test_characters_that_nobody_sees_are_flagged_where_they_are_new(hidden: str) -> None:
    edit = the_edit(rewrite(f"You are care{hidden}ful.\n\nTools: {{tool_descriptions}}\n"))
    assert FlagCode.INVISIBLE_CHARACTERS in flags(edit)
    who = student(coder=Agent(system_prompt=f"{PROMPT}{hidden}\n"))
    edit = the_edit(patch("careful", f"care{hidden}ful"), student=who)
    assert FlagCode.INVISIBLE_CHARACTERS not in flags(edit)


def test_emoji_and_joined_letters_are_seen() -> None:
    text = PROMPT.replace("careful", "careful \u26a0\ufe0f \u0646\u200c\u0627")
    assert FlagCode.INVISIBLE_CHARACTERS not in flags(the_edit(rewrite(text)))


def test_a_whole_prompt_for_an_unknown_agent_is_kept_and_flagged() -> None:
    edit = the_edit(rewrite("Be brief."), student=Student())
    assert (flags(edit), edit.prompt_sha256) == ([FlagCode.PROMPT_UNKNOWN], None)
    broken = the_edit(rewrite("A lone { brace."), student=Student())
    assert flags(broken) == [FlagCode.PROMPT_UNKNOWN, FlagCode.PLACEHOLDER_BROKEN]


def test_a_replacement_with_the_current_text_changes_nothing() -> None:
    assert codes(settled(rewrite(PROMPT))) == [RejectionCode.CHANGES_NOTHING]


# --- what edits do together ------------------------------------------------------------------


def test_a_parameter_that_begins_one_of_another_edit_is_flagged() -> None:
    def setting(param: str) -> dict[str, Any]:
        payload = {"agent": "coder", "param": param, "value": 3}
        return item(Op.SET_AGENT_PARAM, payload=payload, id=param, target=...)

    proposal = settled(setting("depth"), setting("depth_first"), setting("width"))
    assert [edit.id for edit in proposal.edits if FlagCode.PARAMETER_PREFIX in flags(edit)] == [
        "depth"
    ]


def test_a_parameter_that_begins_several_is_flagged_once_for_the_one_in_the_plan() -> None:
    def setting(param: str) -> dict[str, Any]:
        payload = {"agent": "coder", "param": param, "value": 3}
        return item(Op.SET_AGENT_PARAM, payload=payload, id=param, target=...)

    proposal = settled(setting("max"), setting("max_depth"))
    (flag,) = [f for f in proposal.edits[0].flags if f.code == FlagCode.PARAMETER_PREFIX]
    assert "`max` begins the name of `max_depth`" in flag.message


def test_taking_all_tools_of_an_agent_is_flagged() -> None:
    def taking(name: str) -> dict[str, Any]:
        payload = {"agent": "coder", "tool_name": name}
        return item(Op.REMOVE_TOOL_FROM_AGENT, payload=payload, id=name)

    one, both = settled(taking("web_search")), settled(taking("web_search"), taking("file_read"))
    assert [flags(edit) for edit in one.edits] == [[]]
    assert [flags(edit) for edit in both.edits] == [[FlagCode.NO_TOOLS_LEFT]] * 2


# --- placeholders ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('Answer {"a": 1}. {tool_descriptions}', FlagCode.PLACEHOLDER_UNKNOWN),
        ("Answer {name}. {tool_descriptions}", FlagCode.PLACEHOLDER_UNKNOWN),
        ("Answer {}. {tool_descriptions}", FlagCode.PLACEHOLDER_UNKNOWN),
        ("Answer {0}. {tool_descriptions}", FlagCode.PLACEHOLDER_UNKNOWN),
        ("{tool_descriptions:{width}}", FlagCode.PLACEHOLDER_UNKNOWN),
        ("A lone { here. {tool_descriptions}", FlagCode.PLACEHOLDER_BROKEN),
        ("A lone } here. {tool_descriptions}", FlagCode.PLACEHOLDER_BROKEN),
        ("{tool_descriptions!z}", FlagCode.PLACEHOLDER_BROKEN),
        ("{a:{b:{c}}} {tool_descriptions}", FlagCode.PLACEHOLDER_BROKEN),
        ("{tool_descriptions:d}", FlagCode.PLACEHOLDER_UNKNOWN),
        ("{tool_descriptions:.0}", FlagCode.PLACEHOLDER_DROPPED),
        ("{tool_descriptions!r}", FlagCode.PLACEHOLDER_UNKNOWN),
        ("No tools at all.", FlagCode.PLACEHOLDER_DROPPED),
        ("Doubled {{tool_descriptions}}.", FlagCode.PLACEHOLDER_DROPPED),
    ],
)
def test_what_would_crash_or_blind_the_agent_is_flagged(text: str, code: FlagCode) -> None:
    assert code in flags(the_edit(rewrite(text)))


def test_placeholders_of_a_patch_are_looked_at_in_the_whole_prompt() -> None:
    edit = the_edit(patch("Tools: {tool_descriptions}\n", "Tools: none\n"))
    assert flags(edit) == [FlagCode.PLACEHOLDER_DROPPED]
    edit = the_edit(patch("3. Run the tests.", "3. Run {tests}."))
    assert flags(edit) == [FlagCode.PLACEHOLDER_UNKNOWN]


def test_doubled_braces_are_literal_and_fine() -> None:
    assert flags(the_edit(rewrite(f'{PROMPT}Answer {{{{"a": 1}}}}.'))) == []


def test_an_old_prompt_that_is_no_template_is_told() -> None:
    broken = Student(agents={"coder": Agent(system_prompt='Answer {"a": 1\n')})
    edit = the_edit(rewrite("Be brief."), student=broken)
    assert flags(edit) == [FlagCode.OLD_PROMPT_NO_TEMPLATE]


# --- several edits ---------------------------------------------------------------------------

ONE = patch("1. Read the task twice.", "1. Read the task.", id="p1")
TWO = patch("2. Write the smallest change.", "2. Write it.", id="p2", expected_improvement="c2")
FOUR = patch("4. Explain what you did.", "4. Explain.", id="p4", references=["c1-trace-2"])


def test_patches_of_one_prompt_become_one_edit_in_any_order() -> None:
    edits = [the_edit(*order) for order in permutations([ONE, TWO, FOUR])]
    assert len({str(edit.payload) for edit in edits}) == 1
    wanted = PROMPT.replace("task twice", "task").replace("the smallest change", "it")
    assert patched(edits[0]) == wanted.replace(" what you did", "")


def test_a_merged_edit_names_all_that_it_holds() -> None:
    edit = the_edit(ONE, TWO, FOUR)
    assert (edit.id, edit.positions) == ("p1", (0, 1, 2))
    assert (edit.expected_improvement, edit.also_improves) == ("c1", ("c2",))
    assert edit.references == ("c1-trace-1", "c1-trace-2")
    assert flags(edit) == [FlagCode.MERGED]


def test_of_two_patches_of_the_same_lines_the_first_stands() -> None:
    other = patch("1. Read the task twice.", "1. Skim the task.", id="other")
    proposal = settled(ONE, other)
    assert [edit.id for edit in proposal.edits] == ["p1"]
    assert codes(proposal) == [RejectionCode.CONFLICTING_SLOT]
    assert "`p1`" in proposal.rejected[0].reason


def test_two_insertions_at_one_place_depend_on_their_order_and_conflict() -> None:
    line = "4. Explain what you did."
    one, other = (patch(line, f"{line}\n5. {end} now.", id=end) for end in ("log", "stop"))
    proposal = settled(one, other)
    assert [edit.id for edit in proposal.edits] == ["log"]
    assert codes(proposal) == [RejectionCode.CONFLICTING_SLOT]


@pytest.mark.parametrize("first", [0, 1])
def test_a_patch_and_a_replacement_of_one_prompt_conflict(first: int) -> None:
    items = [ONE, rewrite("Be brief. {tool_descriptions}", id="r")]
    proposal = settled(items[first], items[1 - first])
    assert [edit.id for edit in proposal.edits] == [items[first]["id"]]
    assert codes(proposal) == [RejectionCode.CONFLICTING_SLOT]


def test_a_refused_patch_takes_nobodys_place() -> None:
    proposal = settled(patch("no such line", "x"), rewrite("Brief. {tool_descriptions}", id="r"))
    assert [edit.id for edit in proposal.edits] == ["r"]


def test_an_exact_double_is_rejected_as_that() -> None:
    again = item(id="again", rationale="Other words.", expected_improvement="c2")
    assert codes(settled(item(), again)) == [RejectionCode.DOUBLE]
    assert codes(settled(ONE, {**ONE, "id": "again"})) == [RejectionCode.DOUBLE]
    assert codes(settled(ONE, TWO, {**TWO, "id": "again"})) == [RejectionCode.DOUBLE]


@pytest.mark.parametrize("op", [op for op in Op if op is not Op.PATCH_SYSTEM_PROMPT])
def test_a_second_edit_on_the_same_slot_is_rejected(op: Op) -> None:
    other: dict[str, Any] = {
        "model": "other", "value": 5, "new_class": "simple", "new_content": "x",
        "exemplars": [{"input": "a", "output": "b"}], "new_description": "Other.", "notes": "x",
    }  # fmt: skip
    changed = {k: other.get(k, v) if k != "model" or op is Op.SET_MODEL_FOR_QUERY_CLASS else v
               for k, v in PAYLOADS[op].items()}  # fmt: skip
    if op in (Op.ADD_TOOL_TO_AGENT, Op.REMOVE_TOOL_FROM_AGENT):
        unknown_tools = student().model_copy(update={"agents": {"coder": Agent()}})
        second = Op.REMOVE_TOOL_FROM_AGENT if op is Op.ADD_TOOL_TO_AGENT else Op.ADD_TOOL_TO_AGENT
        proposal = settled(item(op), item(second, payload=PAYLOADS[op]), student=unknown_tools)
    else:
        proposal = settled(item(op), item(op, payload=changed))
    assert codes(proposal) == [RejectionCode.CONFLICTING_SLOT]


def test_an_edit_beside_which_another_one_of_its_slot_was_given_is_for_people() -> None:
    first = item(Op.SET_AGENT_PARAM, id="a")
    second = {**first, "id": "b", "payload": {**first["payload"], "value": 5}}
    (edit,) = settled(first, second).edits
    assert flags(edit) == [FlagCode.CONTESTED]
    assert "`b`" in edit.flags[0].message
    (decided,) = assign_tiers((edit,))
    assert (decided.risk_tier, decided.tier_rule) == (Tier.REVIEW, "flag_contested")
    again = {**first, "id": "again", "rationale": "Once more."}
    assert [flags(one) for one in settled(first, again).edits] == [[]]


@pytest.mark.parametrize("order", [1, -1])
def test_an_edit_whose_id_another_item_has_may_be_taken_back(order: int) -> None:
    edit = item(id="a")
    taken_back = {"id": "a", "op": "retract", "rationale": "It must not be applied."}
    proposal = settled(*[edit, taken_back][::order])
    assert codes(proposal) == [RejectionCode.UNKNOWN_OPERATION]
    assert [flags(one) for one in proposal.edits] == [[FlagCode.CONTESTED]]
    superseded = {**edit, "rationale": "The first try.", "status": "superseded"}
    assert [flags(one) for one in settled(*[edit, superseded][::order]).edits] == [[]]
    other = {**taken_back, "id": "b"}
    assert [flags(one) for one in settled(edit, other).edits] == [[]]


def test_different_tools_of_one_agent_are_different_slots() -> None:
    assert len(settled(tool("a"), tool("b"), tool("c")).edits) == 3


# --- three for a cluster ------------------------------------------------------------------------


def test_the_fourth_edit_for_a_cluster_is_rejected() -> None:
    proposal = settled(*map(tool, "abcd"), tool("e", expected_improvement="c2"))
    assert [edit.id for edit in proposal.edits] == ["add-a", "add-b", "add-c", "add-e"]
    assert codes(proposal) == [RejectionCode.TOO_MANY_FOR_CLUSTER]
    assert proposal.rejected[0].cluster_id == "c1"


def test_rejected_edits_do_not_use_up_the_three() -> None:
    bad = [patch("no such line", "x"), tool("a", id="double"), item(op="add_tool_to_agent") | {
        "payload": {"agent": "..", "tool_name": "x"}}]  # fmt: skip
    proposal = settled(tool("a"), *bad, tool("b"), tool("c"))
    assert [edit.id for edit in proposal.edits] == ["add-a", "add-b", "add-c"]


def test_merged_patches_count_one_by_one() -> None:
    five = patch("You are a careful coder.", "You code.", id="p5")
    three = patch("3. Run the tests.", "3. Test.", id="p3")
    proposal = settled(ONE, five, FOUR, three)
    assert proposal.edits[0].positions == (0, 1, 2)
    assert codes(proposal) == [RejectionCode.TOO_MANY_FOR_CLUSTER]


# --- laws -----------------------------------------------------------------------------------------

LINES = [line for line in PROMPT.splitlines() if line and "{" not in line]
some_patches = st.lists(
    st.tuples(st.sampled_from(LINES), st.sampled_from(["x.", "y.", "", "x.\ny."])), max_size=6
)


@given(some_patches)
def test_every_item_stands_or_is_rejected_and_a_slot_has_one_edit(
    changes: list[tuple[str, str]],
) -> None:
    items = [patch(find, replace, id=f"p{n}") for n, (find, replace) in enumerate(changes)]
    proposal = settled(*items, "no object", item())
    places = [place for edit in proposal.edits for place in edit.positions]
    rejected = [one.position for one in proposal.rejected]
    assert sorted([*places, *rejected]) == [*range(len(items) + 2)]
    assert len({edit.target for edit in proposal.edits}) == len(proposal.edits)


@given(some_patches)
def test_the_plan_changes_the_lines_that_standing_patches_name_and_no_others(
    changes: list[tuple[str, str]],
) -> None:
    items = [patch(find, replace, id=f"p{n}") for n, (find, replace) in enumerate(changes)]
    for edit in settled(*items, item()).edits:
        if edit.op is Op.ADD_TOOL_TO_AGENT:
            continue
        after = edit.payload.get("new_content") or patched(edit)
        wanted = PROMPT
        for place in edit.positions:
            wanted = wanted.replace(*changes[place])
        assert after == wanted


@given(st.integers(0, 10**6))
def test_the_hunks_of_one_diff_merge_as_patches_of_their_own_in_either_order(seed: int) -> None:
    draft = draw(random.Random(f"merge/{seed}"))
    pieces = [Draft(draft.rng, draft.before, draft.after, [piece]) for piece in draft.pieces]
    diffs = [diff(write(piece), id=f"p{n}") for n, piece in enumerate(pieces)]
    for order in (diffs, diffs[::-1]):
        proposal = settled(*order, student=with_prompt(draft.prompt))
        if not proposal.rejected:
            assert after_all(proposal, draft.prompt) == draft.intended


@given(st.integers(0, 10**6))
def test_two_random_edits_merge_only_where_they_do_not_overlap(seed: int) -> None:
    rng = random.Random(f"clash/{seed}")
    before = [f"{n} line" for n in range(12)]
    starts = rng.randrange(12), rng.randrange(12)
    edits = [
        (start, start + rng.randint(0, 2), [text]) for start, text in zip(starts, "xy", strict=True)
    ]
    drafts = [Draft(rng, before, before, make_pieces(before, [edit])) for edit in edits]
    items = [diff(write(draft), id=f"p{n}") for n, draft in enumerate(drafts)]
    proposal = settled(*items, student=with_prompt(drafts[0].prompt))
    first, second = (set(range(start, min(12, end))) for start, end, _ in edits)
    if first & second:
        assert [one.position for one in proposal.rejected] == [1]
    elif not proposal.rejected:
        wanted = list(before)
        for start, end, lines in sorted(edits, reverse=True):
            wanted[start:end] = lines
        assert after_all(proposal, drafts[0].prompt).split() == " ".join(wanted).split()
