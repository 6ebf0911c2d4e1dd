"""Tiers: from the table, raised by what an edit does; the operator's word, loudly checked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import PolicyInvalid
from planner.models import Edit, Flag, FlagCode, ProposedEdit
from planner.operations import OPERATIONS, Op, Tier
from planner.risk import (
    BARS_AUTO,
    DEFAULT_POLICY,
    PayloadRule,
    TierPolicy,
    assign_tiers,
    read_policy,
)
from tests.builders import PAYLOADS


def edit(op: Op = Op.ADD_TOOL_TO_AGENT, *codes: str, **payload: Any) -> ProposedEdit:
    content = {**PAYLOADS[op], **payload}
    return ProposedEdit(
        id="e1",
        pillar=OPERATIONS[op].pillar,
        op=op,
        target=OPERATIONS[op].slot(content),
        payload=content,
        rationale="Because.",
        expected_improvement="c1",
        flags=tuple(Flag(code=code, message="Look.") for code in codes),
    )


def tiered(one: ProposedEdit, policy: TierPolicy = DEFAULT_POLICY) -> Edit:
    return assign_tiers([one], policy)[0]


policies = st.builds(
    TierPolicy,
    tiers=st.dictionaries(st.sampled_from(Op), st.sampled_from(Tier)),
    floors=st.dictionaries(st.sampled_from(PayloadRule), st.sampled_from(Tier)),
)
edits = st.builds(edit, st.sampled_from(Op), st.sampled_from(FlagCode))


@pytest.mark.parametrize("op", [op for op in Op if op is not Op.EDIT_TOOL_DESCRIPTION])
def test_a_harmless_edit_has_the_tier_of_the_table(op: Op) -> None:
    one = tiered(edit(op))
    assert (one.risk_tier, one.tier_rule) == (OPERATIONS[op].tier, "table")
    assert op.value in one.tier_reason


@pytest.mark.parametrize(
    "param",
    ["system_prompt", "prompt", "instructions", "systemPrompt", "SYSTEMPROMPT", "sys-prompt",
     "few_shot", "persona", "message_template", "system"],
)  # fmt: skip
def test_a_parameter_that_holds_text_for_the_model_is_no_parameter(param: str) -> None:
    one = tiered(edit(Op.SET_AGENT_PARAM, param=param))
    assert (one.risk_tier, one.tier_rule) == (Tier.REVIEW, PayloadRule.PROMPT_LIKE_PARAM)


@pytest.mark.parametrize("param", ["max_turns", "temperature", "max_tokens", "top_p", "timeout"])
def test_a_plain_parameter_stays_auto(param: str) -> None:
    assert tiered(edit(Op.SET_AGENT_PARAM, param=param)).risk_tier is Tier.AUTO


@pytest.mark.parametrize(
    "tool",
    ["shell_exec", "http_request", "file_write", "write_file", "ShellExec", "shellexec", "bash",
     "run-command", "python", "code_interpreter", "send_email", "delete_rows", "db_query",
     "browser_click", "git_push", "apply_patch", "read_write_file", "docker", "memory_store",
     "sendmail", "kubectl", "terraform", "rsync", "reboot", "mkdir", "wire_money", "computer_use",
     "unlock_door", "pythonrepl", "stove", "search_and_replace", "docs_insert_text", "get_refund",
     "extract_archive", "diff_apply", "compute_instance_start", "search_and_book", "clock_in",
     "find_user_ban", "get_reset_password", "validate_and_approve", "searchBookings",
     "docs_deletion", "rag_updating", "clock_setter", "wiki_writing", "docs_removal"],
)  # fmt: skip
def test_a_tool_that_acts_on_the_world_is_reviewed(tool: str) -> None:
    one = tiered(edit(tool_name=tool))
    assert (one.risk_tier, one.tier_rule) == (Tier.REVIEW, PayloadRule.ACTING_TOOL)


@pytest.mark.parametrize(
    "tool",
    ["calculator", "web_search", "think", "retrieval", "file_read", "date_calculator", "weather",
     "translate", "get_time", "summarizer", "wikipedia", "unit_converter"],
)  # fmt: skip
def test_a_tool_that_only_reads_or_thinks_stays_auto(tool: str) -> None:
    assert tiered(edit(tool_name=tool)).risk_tier is Tier.AUTO


def test_taking_a_tool_away_stays_auto() -> None:
    one = edit(Op.REMOVE_TOOL_FROM_AGENT, tool_name="shell_exec")
    assert tiered(one).risk_tier is Tier.AUTO


def test_a_tools_description_is_prompt_text() -> None:
    one = tiered(edit(Op.EDIT_TOOL_DESCRIPTION))
    assert (one.risk_tier, one.tier_rule) == (Tier.REVIEW, PayloadRule.TOOL_DESCRIPTION)


# --- laws -------------------------------------------------------------------------------


@given(policies)
def test_replacing_is_never_less_strict_than_patching(policy: TierPolicy) -> None:
    patching = tiered(edit(Op.PATCH_SYSTEM_PROMPT), policy).risk_tier
    replacing = tiered(edit(Op.REPLACE_SYSTEM_PROMPT), policy).risk_tier
    assert replacing.strictness >= patching.strictness


def test_what_a_person_must_look_at_is_never_auto() -> None:
    """Source: the plan's contract, and what an executor would do unattended."""
    assert {code.value for code in BARS_AUTO} == {
        "unknown_agent", "unknown_tool", "unknown_model", "unknown_query_class",
        "unknown_parameter", "parameter_value", "parameter_prefix", "no_tools_left",
        "prompt_unknown", "placeholder_broken", "placeholder_unknown", "placeholder_dropped",
        "old_prompt_no_template", "became_replacement", "shortened", "invisible_characters",
        "form_broken", "unusual_text", "words_beside", "contested", "mended",
    }  # fmt: skip


@given(policies)
def test_a_prompt_in_a_parameter_is_never_less_strict_than_replacing_it(
    policy: TierPolicy,
) -> None:
    if policy.floor_of(PayloadRule.PROMPT_LIKE_PARAM) is Tier.AUTO:
        return
    setting = tiered(edit(Op.SET_AGENT_PARAM, param="system_prompt"), policy).risk_tier
    replacing = tiered(edit(Op.REPLACE_SYSTEM_PROMPT), policy).risk_tier
    assert setting.strictness >= replacing.strictness


@given(policies, st.sampled_from(Op), st.sampled_from(sorted(BARS_AUTO)))
def test_no_policy_makes_a_flagged_edit_auto(policy: TierPolicy, op: Op, code: str) -> None:
    assert tiered(edit(op, code), policy).risk_tier is not Tier.AUTO


@given(policies, edits, st.sampled_from(FlagCode))
def test_another_flag_never_lowers_a_tier(
    policy: TierPolicy, one: ProposedEdit, code: FlagCode
) -> None:
    flagged = edit(one.op, *(flag.code for flag in one.flags), code)
    assert tiered(flagged, policy).risk_tier.strictness >= tiered(one, policy).risk_tier.strictness


@given(policies, edits, st.sampled_from(Op), st.sampled_from(Tier))
def test_a_stricter_table_never_lowers_a_tier(
    policy: TierPolicy, one: ProposedEdit, op: Op, tier: Tier
) -> None:
    if tier.strictness < policy.tier_of(op).strictness:
        return
    stricter = policy.model_copy(update={"tiers": {**policy.tiers, op: tier}})
    assert tiered(one, stricter).risk_tier.strictness >= tiered(one, policy).risk_tier.strictness


@given(policies, edits, st.sampled_from(PayloadRule), st.sampled_from(Tier))
def test_a_higher_floor_never_lowers_a_tier(
    policy: TierPolicy, one: ProposedEdit, rule: PayloadRule, tier: Tier
) -> None:
    if tier.strictness < policy.floor_of(rule).strictness:
        return
    stricter = policy.model_copy(update={"floors": {**policy.floors, rule: tier}})
    assert tiered(one, stricter).risk_tier.strictness >= tiered(one, policy).risk_tier.strictness


@given(policies, st.lists(edits, max_size=5), st.randoms())
def test_a_tier_depends_on_its_edit_alone(
    policy: TierPolicy, several: list[ProposedEdit], rng: Any
) -> None:
    shuffled = rng.sample(several, len(several))
    by_edit = dict(zip(map(repr, several), assign_tiers(several, policy), strict=True))
    assert [by_edit[repr(one)] for one in shuffled] == list(assign_tiers(shuffled, policy))


def test_the_digest_is_of_what_an_edit_does() -> None:
    one = edit()
    other = one.model_copy(update={"id": "x", "rationale": "Else.", "expected_improvement": "c2"})
    assert tiered(one).digest == tiered(other).digest
    assert tiered(one).digest != tiered(edit(tool_name="think")).digest


# --- the operator's policy -------------------------------------------------------------------


def policy(text: str) -> TierPolicy:
    return read_policy(text.encode(), where="policy.toml")


def test_the_operator_may_override_the_table_in_either_direction() -> None:
    mine = policy('[tiers]\nset_agent_class = "auto"\nadd_tool_to_agent = "manual"\n')
    one = tiered(edit(Op.SET_AGENT_CLASS), mine)
    assert (one.risk_tier, one.tier_rule) == (Tier.AUTO, "operator_policy")
    assert tiered(edit(), mine).risk_tier is Tier.MANUAL


def test_the_operator_may_set_the_floor_of_a_rule_and_name_further_tools() -> None:
    mine = policy(
        '[floors]\ntool_description = "auto"\nacting_tool = "manual"\n'
        '[names]\nacting_tools = ["Calculator"]\nprompt_params = ["mood"]\n'
        'harmless_tools = ["city_guide", "http_request"]\n'
    )
    assert tiered(edit(Op.EDIT_TOOL_DESCRIPTION), mine).risk_tier is Tier.AUTO
    assert tiered(edit(tool_name="shell_exec"), mine).risk_tier is Tier.MANUAL
    assert tiered(edit(tool_name="calculator"), mine).risk_tier is Tier.MANUAL
    assert tiered(edit(tool_name="city_guide"), mine).risk_tier is Tier.AUTO
    assert tiered(edit(tool_name="HTTP_request"), mine).risk_tier is Tier.AUTO
    assert tiered(edit(Op.SET_AGENT_PARAM, param="mood"), mine).risk_tier is Tier.REVIEW


@pytest.mark.parametrize(
    "text",
    ['[names]\nacting_tools = ["shell exec!!"]', '[tiers]\nedit_tool_description = "auto"\n'],
)
def test_a_rule_that_could_never_apply_is_a_fault(text: str) -> None:
    with pytest.raises(PolicyInvalid):
        policy(text)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ('replace_system_prompt = "auto"', "set patch_system_prompt = 'auto' too"),
        ('patch_system_prompt = "manual"\nreplace_system_prompt = "review"',
         "set patch_system_prompt = 'review' too"),
        ('edit_tool_description = "review"\n[floors]\ntool_description = "manual"',
         "set [floors] tool_description = 'review' too"),
    ],
)  # fmt: skip
def test_a_tier_that_would_be_raised_again_is_a_fault(text: str, remedy: str) -> None:
    with pytest.raises(PolicyInvalid, match="has no effect") as caught:
        policy(f"[tiers]\n{text}\n")
    assert remedy in str(caught.value)


def test_replacing_may_be_as_lax_as_patching_or_stricter() -> None:
    both = policy('[tiers]\npatch_system_prompt = "auto"\nreplace_system_prompt = "auto"\n')
    assert tiered(edit(Op.REPLACE_SYSTEM_PROMPT), both).risk_tier is Tier.AUTO
    stricter = policy('[tiers]\nreplace_system_prompt = "manual"\n')
    assert tiered(edit(Op.REPLACE_SYSTEM_PROMPT), stricter).risk_tier is Tier.MANUAL


def test_a_tool_cannot_be_both_acting_and_harmless() -> None:
    with pytest.raises(PolicyInvalid, match="acting_tools and harmless_tools both name `stove`"):
        policy('[names]\nacting_tools = ["Stove", "oven"]\nharmless_tools = ["stove"]\n')


@pytest.mark.parametrize(
    ("names", "rule"),
    [("acting_tools", "acting_tool"), ("prompt_params", "prompt_like_param")],
)
def test_names_for_a_rule_that_is_switched_off_are_a_fault(names: str, rule: str) -> None:
    listed, off = f'[names]\n{names} = ["x"]\n', f'[floors]\n{rule} = "auto"\n'
    with pytest.raises(PolicyInvalid, match="has no effect") as caught:
        policy(listed + off)
    assert f"[names] {names} has no effect while [floors] {rule} = 'auto'" in str(caught.value)
    assert policy(listed).floor_of(PayloadRule(rule)) is Tier.REVIEW
    assert policy(f"[names]\n{names} = []\n{off}").floor_of(PayloadRule(rule)) is Tier.AUTO


def test_every_fault_of_a_policy_is_told_at_once() -> None:
    wrong = (
        'colour = "red"\n[tier]\nx = 1\n'
        '[tiers]\nadd_tool_to_agnet = "auto"\nset_agent_class = "Auto"\n'
        '[floors]\nactingtool = "review"\n[names]\nacting_tool = ["x"]\nprompt_params = "persona"\n'
    )
    with pytest.raises(PolicyInvalid) as caught:
        policy(wrong)
    for told in [
        "policy.toml", "`colour`", "did you mean `tiers`?", "did you mean `add_tool_to_agent`?",
        "set_agent_class = 'Auto'", "did you mean `acting_tool`?", "did you mean `acting_tools`?",
        "prompt_params must be a list",
    ]:  # fmt: skip
        assert told in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"\xff", b"tiers = 1", b"[tiers", b"tiers = [1]", b"[[tiers]]\n", b"a=" + b"[" * 9_000]
)
def test_a_file_that_is_no_policy_is_an_error_with_its_name(data: bytes) -> None:
    with pytest.raises(PolicyInvalid, match=r"policy\.toml"):
        read_policy(data, where="policy.toml")


def test_an_empty_policy_is_the_default() -> None:
    assert policy("") == policy("\ufeff[tiers]\r\n") == DEFAULT_POLICY
