"""The trust boundary: every item becomes an edit, or is rejected with a code and a sentence."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.answer import MAX_RATIONALE, MAX_REFERENCE, MAX_REFERENCES, parse_edits
from planner.errors import AnswerUnreadable
from planner.evidence import screen_clusters
from planner.models import (
    Agent,
    CoverageStatus,
    Exemplar,
    FlagCode,
    Proposal,
    ProposedEdit,
    RejectedEdit,
    RejectionCode,
    Student,
)
from planner.operations import OPERATIONS, Op, Tier
from planner.risk import assign_tiers
from planner.salvage.choice import JOINED
from tests.builders import (
    PAYLOADS,
    answer,
    cluster,
    diagnosis,
    item,
    parsed,
    planned,
    planned_from,
    reply,
    student,
)


def the_edit(*items: Any, **context: Any) -> ProposedEdit:
    """Return the one edit of an answer without rejected items."""
    proposal = parsed(answer(*items), **context)
    assert not proposal.rejected
    (edit,) = proposal.edits
    return edit


def rejection(one: Any, **context: Any) -> RejectedEdit:
    """Return why an item is rejected, beside a good one."""
    proposal = parsed(answer(item(id="good"), one), **context)
    (rejected,) = proposal.rejected
    assert [edit.id for edit in proposal.edits] == ["good"]
    assert rejected.position == 1
    assert len(rejected.reason) > 10
    return rejected


def flags(edit: ProposedEdit) -> list[str]:
    return [flag.code for flag in edit.flags]


@pytest.mark.parametrize("op", Op)
def test_a_valid_item_of_every_operation_becomes_an_edit(op: Op) -> None:
    edit = the_edit(item(op))
    assert (edit.op, edit.payload) == (op, PAYLOADS[op])
    assert edit.expected_improvement == "c1"
    assert edit.flags == ()


@given(
    st.sampled_from([*Op]),
    st.sampled_from([*Tier, ...]) | st.text() | st.integers() | st.none() | st.lists(st.text()),
)
def test_the_teachers_tier_is_read_by_nobody(op: Op, tier: Any) -> None:
    assert planned(item(op, risk_tier=tier)).edits == planned(item(op)).edits


@pytest.mark.parametrize(
    "broken",
    [
        lambda text: text.replace("12", "NaN"),
        lambda text: text.replace('"op":', '"op": "x", "op":', 1),
        lambda text: text[:-20],
    ],
)
def test_a_broken_item_counts_for_the_cluster_that_it_names(broken: Callable[[str], str]) -> None:
    good = item(Op.ADD_TOOL_TO_AGENT, expected_improvement="c1")
    bad = item(Op.SET_AGENT_PARAM, expected_improvement="c2")
    bad = {"expected_improvement": bad.pop("expected_improvement"), **bad}
    text = answer(good, bad)
    start = text.index('"c2"')
    plan = planned_from(text[:start] + broken(text[start:]))
    assert [(one.cluster_id, one.status) for one in plan.coverage] == [
        ("c1", CoverageStatus.ADDRESSED),
        ("c2", CoverageStatus.ONLY_REJECTED),
    ]


@pytest.mark.parametrize(
    ("written", "met"),
    [
        (["c1", "c2"], {"c1", "c2"}),
        ("c1 and c2", {"c1", "c2"}),
        ("c1,c2", {"c1", "c2"}),
        (["c1", "c1"], {"c1"}),
        (["c1", "c9"], {"c1"}),
        (["c1, c2"], {"c1", "c2"}),
        ("cluster c1", {"c1"}),
        ("c1: The student fails.", {"c1"}),
        ("`c2`", {"c2"}),
        ({"id": "c2"}, {"c2"}),
        ("c12", set()),
        (None, set()),
    ],
)
def test_a_rejected_edit_counts_for_all_clusters_that_it_names(written: Any, met: set[str]) -> None:
    whole = planned(item(expected_improvement=written))
    cut = planned_from(answer(item(expected_improvement=written)).replace('"calculator"', "NaN"))
    for plan in (whole, cut):
        assert len(plan.rejected_edits) == 1
        only = [one for one in plan.coverage if one.status is CoverageStatus.ONLY_REJECTED]
        assert {one.cluster_id for one in only} == met
        assert all(one.rejected_positions == (0,) for one in only)


def test_a_cluster_with_blanks_in_its_id_is_met_by_a_rejected_edit() -> None:
    spaced = (cluster("slow tests"), cluster("c2"))
    plan = planned(item(expected_improvement=["slow tests", "c2"]), clusters=spaced)
    assert {one.status for one in plan.coverage} == {CoverageStatus.ONLY_REJECTED}


def test_a_cluster_is_met_by_a_rejected_edit_once() -> None:
    plan = planned(item(expected_improvement=["c1", "c1"]), item(expected_improvement="c1", op="x"))
    assert plan.coverage[0].rejected_positions == (0, 1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"op": ...}, RejectionCode.MISSING_FIELD),
        ({"op": "reboot"}, RejectionCode.UNKNOWN_OPERATION),
        ({"op": ["add_tool_to_agent"]}, RejectionCode.UNKNOWN_OPERATION),
        ({"pillar": "engine"}, RejectionCode.WRONG_PILLAR),
        ({"pillar": {"a": 1}}, RejectionCode.WRONG_PILLAR),
        ({"payload": ...}, RejectionCode.MISSING_FIELD),
        ({"payload": "coder"}, RejectionCode.INVALID_PAYLOAD),
        ({"payload": []}, RejectionCode.INVALID_PAYLOAD),
        ({"payload": {"agent": "coder"}}, RejectionCode.INVALID_PAYLOAD),
        ({"payload": {"agent": "coder", "tool_name": 5}}, RejectionCode.INVALID_PAYLOAD),
        (
            {"payload": {"agent": "coder", "tool_name": "x", "shell": "rm"}},
            RejectionCode.INVALID_PAYLOAD,
        ),
        ({"payload": {"agent": "..", "tool_name": "x"}}, RejectionCode.UNSAFE_NAME),
        ({"payload": {"agent": "coder", "tool_name": "a/b"}}, RejectionCode.UNSAFE_NAME),
        ({"payload": {"agent": "coder", "tool_name": 'a"'}}, RejectionCode.UNSAFE_NAME),
        ({"payload": {"agent": "coder", "tool_name": "a\n"}}, RejectionCode.UNSAFE_NAME),
        ({"target": "agents.other.tools.x"}, RejectionCode.TARGET_MISMATCH),
        ({"target": "agents...tools"}, RejectionCode.TARGET_MISMATCH),
        ({"target": "agents/other/tools"}, RejectionCode.TARGET_MISMATCH),
        ({"target": "student.agents.other.tools"}, RejectionCode.TARGET_MISMATCH),
        ({"target": "$.agents['other'].tools"}, RejectionCode.TARGET_MISMATCH),
        ({"target": "agents.coder2.tools"}, RejectionCode.TARGET_MISMATCH),
        ({"expected_improvement": ...}, RejectionCode.MISSING_FIELD),
        ({"expected_improvement": []}, RejectionCode.MISSING_FIELD),
        ({"expected_improvement": "c9"}, RejectionCode.UNKNOWN_CLUSTER),
        ({"expected_improvement": "The student fails at c1."}, RejectionCode.UNKNOWN_CLUSTER),
        ({"expected_improvement": 1}, RejectionCode.UNKNOWN_CLUSTER),
        ({"expected_improvement": ["c1", "c2"]}, RejectionCode.SEVERAL_CLUSTERS),
        ({"expected_improvement": "c1, c2"}, RejectionCode.SEVERAL_CLUSTERS),
        ({"expected_improvement": "c1 and c2"}, RejectionCode.SEVERAL_CLUSTERS),
        ({"rationale": ["a"]}, RejectionCode.MISSING_FIELD),
        ({"rationale": "x" * (MAX_RATIONALE + 1)}, RejectionCode.TOO_LARGE),
        ({"references": [{"op": "x"}]}, RejectionCode.MALFORMED),
    ],
)
def test_a_fault_has_its_own_code_and_keeps_the_item(
    change: dict[str, Any], code: RejectionCode
) -> None:
    written = item(id="bad")
    written.update(change)
    written = {key: value for key, value in written.items() if value is not ...}
    rejected = rejection(written)
    assert rejected.code is code
    assert rejected.raw == written


@pytest.mark.parametrize(("payload", "kept"), [({}, True), (None, True), (..., False)])
def test_a_lora_edit_may_have_an_empty_payload_and_not_none(payload: Any, *, kept: bool) -> None:
    written = {**item(Op.LORA_FINETUNE), "payload": payload}
    written = {key: value for key, value in written.items() if value is not ...}
    plan = planned(written)
    assert len(plan.edits) == kept
    assert [one.code for one in plan.rejected_edits] == [RejectionCode.MISSING_FIELD] * (not kept)


def test_an_item_that_is_no_edit_is_rejected_as_it_stands() -> None:
    rejected = rejection("add a calculator")
    assert (rejected.code, rejected.raw) == (RejectionCode.NOT_AN_OBJECT, "add a calculator")


def test_a_dropped_cluster_has_its_own_code() -> None:
    dropped = cluster("c0", student_failure_rate=0, teacher_success_rate=0)
    rejected = rejection(item(expected_improvement="c0"), clusters=(cluster("c1"), dropped))
    assert rejected.code is RejectionCode.DROPPED_CLUSTER


@pytest.mark.parametrize("written", [["c1"], " c1 "])
def test_a_list_of_one_cluster_is_that_cluster(written: Any) -> None:
    assert the_edit(item(expected_improvement=written)).expected_improvement == "c1"


def test_a_cluster_whose_id_has_a_comma_is_one_cluster() -> None:
    edit = the_edit(item(expected_improvement="c1, c2"), clusters=(cluster("c1, c2"),))
    assert edit.expected_improvement == "c1, c2"


# --- agent, target and slot ------------------------------------------------------------


def test_an_agent_that_the_payload_does_not_name_is_taken_from_the_target() -> None:
    written = item(payload={"tool_name": "calculator"}, target="agents.coder.tools")
    edit = the_edit(written)
    assert edit.payload == {"agent": "coder", "tool_name": "calculator"}
    assert edit.target == "agents.coder.tools.calculator"


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("agents.../etc.tools", RejectionCode.UNSAFE_NAME),
        ("agents.a/b.tools", RejectionCode.UNSAFE_NAME),
        ("coder.tools", RejectionCode.INVALID_PAYLOAD),
        (..., RejectionCode.INVALID_PAYLOAD),
        (7, RejectionCode.INVALID_PAYLOAD),
    ],
)
def test_an_agent_is_not_taken_from_an_unsafe_or_missing_target(
    target: Any, code: RejectionCode
) -> None:
    written = item(payload={"tool_name": "calculator"})
    written["target"] = target
    assert rejection({k: v for k, v in written.items() if v is not ...}).code is code


@pytest.mark.parametrize(
    "target",
    [
        "agents/coder/max_turns",
        "agent.coder.max_turns",
        "agent/coder",
        "coder",
        " coder ",
        {"agent": "coder"},
        {"agent": "coder", "param": "max_turns"},
    ],
)
def test_an_agent_of_the_student_is_taken_from_other_targets(target: Any) -> None:
    written = item(
        Op.SET_AGENT_PARAM, id="bad", payload={"param": "max_turns", "value": 12}, target=target
    )
    edit = the_edit(written)
    assert (edit.payload["agent"], edit.flags) == ("coder", ())
    for who in (Student(), student(), student(reviewer=Agent())):
        other = json.loads(json.dumps(written).replace("coder", "nobody"))
        assert rejection(other, student=who).code is RejectionCode.INVALID_PAYLOAD


@pytest.mark.parametrize(
    ("op", "target"),
    [
        (Op.SET_AGENT_PARAM, "agents.max_turns"),
        (Op.SET_AGENT_PARAM, "agents.Max_Turns"),
        (Op.SET_AGENT_PARAM, "agents.params.max_turns"),
        (Op.SET_AGENT_PARAM, "agents.all.max_turns"),
        (Op.SET_AGENT_PARAM, "agents.every.max_turns"),
        (Op.SET_AGENT_PARAM, "agents.config.max_turns"),
        (Op.SET_AGENT_PARAM, "agents.temperature.max_turns"),
        (Op.REMOVE_TOOL_FROM_AGENT, "agents.tools.web_search"),
        (Op.REMOVE_TOOL_FROM_AGENT, "agents.web_search"),
        (Op.PATCH_SYSTEM_PROMPT, "agents.system_prompt"),
        (Op.PATCH_SYSTEM_PROMPT, "agents.prompt"),
        (Op.SET_AGENT_CLASS, "agents.class"),
        (Op.EDIT_FEW_SHOT_EXEMPLARS, "agents.few_shot"),
    ],
)
def test_no_agent_is_made_of_a_word_for_the_slot(op: Op, target: str) -> None:
    payload = {key: one for key, one in PAYLOADS[op].items() if key != "agent"}
    for who in (Student(), student()):
        rejected = rejection(item(op, id="bad", payload=payload, target=target), student=who)
        assert rejected.code is RejectionCode.INVALID_PAYLOAD
        assert "names the agent" in rejected.reason


@pytest.mark.parametrize("target", ["agents.coder.prompt", "agents.coder", "coder", "", ...])
def test_the_slot_is_ours_however_the_teacher_spells_it(target: Any) -> None:
    edit = the_edit(item(Op.PATCH_SYSTEM_PROMPT, target=target))
    assert edit.target == "agents.coder.system_prompt"


def researched() -> Student:
    """Return a student with a second agent, model and class of queries."""
    known = student(researcher=Agent(tools=("arxiv",), params={"vigour": 3}))
    return known.model_copy(
        update={
            "model_params": {**known.model_params, "llama": {"temperature": 0.1}},
            "routing": {**known.routing, "code": "llama"},
        }
    )


SPELT: dict[Op, list[Any]] = {
    Op.SET_AGENT_PARAM: [
        "agents.coder", "coder", "max_turns", "agents.coder.params", "coder.max_turns",
        "Agents.coder.max_turns", "/agents/coder/max_turns", "$.agents.coder.max_turns",
        "config['agents']['coder']['max_turns']", "student.agents.coder.params.max_turns",
        "agents . coder . max_turns", "agents->coder->max_turns", "agents.coder.max_turns: 8 -> 12",
        "coder's max_turns", "the max_turns of coder", "the coder agent's max_turns",
        "more max_turns for coder, as it stops too early", "config.toml: agents.coder.max_turns",
        ["agents.coder.max_turns"], ["agents", "coder", "max_turns"], {"agent": "coder"},
        {"agent": "coder", "param": "max_turns"}, "agents.coder.max_turns=12", "",
        None, 7, "-", [[]],
    ],
    Op.PATCH_SYSTEM_PROMPT: [
        "agents.coder.prompt", "agents/coder/system_prompt.md", "prompts/coder.md",
        "coder's prompt", "coder\u2019s system prompt", "system prompt of coder", "agent coder",
        "agents.coder.systemPrompt", "agents.coder.system_prompt (the rule on tests)",
        "agents.coder.system_prompt[3]", "coder.system-prompt", "System prompt (coder)",
        "agents.coder.agents.coder.system_prompt",
    ],
    Op.EDIT_FEW_SHOT_EXEMPLARS: ["agents.coder.exemplars", "agents/coder/few_shot.json",
        "coder: few-shot examples", "agents.coder.few_shot[]"],
    Op.SET_AGENT_CLASS: ["agents.coder.agent_class", "agents.coder.class.orchestrator",
        "class of coder", "agents.coder"],
    Op.ADD_TOOL_TO_AGENT: ["agents.coder.tools", "agents.coder.tools[calculator]",
        "tools.calculator", "calculator", "tools of coder", "agents.coder.tools += calculator"],
    Op.EDIT_TOOL_DESCRIPTION: ["tools.web_search", "tools.descriptions", "web_search.description",
        "tools/descriptions.toml", "the description of the tool web_search"],
    Op.SET_MODEL_PARAM: ["models.qwen3:8b", "models.params", "models.qwen3:8b.params.temperature",
        "models['qwen3:8b'].temperature", "temperature of qwen3:8b", "intelligence.params"],
    Op.SET_MODEL_FOR_QUERY_CLASS: ["routing.math", "learning.routing", "routing.query_class",
        "models.math", "models.qwen3:8b.routing", "policy_map.math -> qwen3:8b", "math"],
    Op.LORA_FINETUNE: ["models.lora", "models.qwen3:8b.lora", "anything"],
}  # fmt: skip


@pytest.mark.parametrize("op", SPELT)
def test_a_target_may_spell_its_slot_in_other_ways(op: Op) -> None:
    for target in SPELT[op]:
        for who in (researched(), Student()):
            edit = the_edit(item(op, target=target), student=who)
            assert edit.target == OPERATIONS[op].slot(edit.payload)


OF_OTHERS: dict[Op, list[Any]] = {
    Op.SET_AGENT_PARAM: [
        "other.max_turns", "other/max_turns", "agents . other . max_turns", "agents->other",
        "agents=other", "config['agents']['other']", "agents\\other\\max_turns", "agent other",
        "agents.coder.max_turns, agents.other.max_turns", "agents.coder other.max_turns",
        "agents.coder:other", "the other agent's max_turns", "agents.coder.temperature",
        "agents.coder.vigour", "agents.coder.system_prompt", "agents.coder.class",
        "agents.2.max_turns", "models.qwen3:8b.temperature", "agents.*.max_turns",
        "agents[].max_turns", "other", "agents['']['max_turns']", "max_turns of other",
        "agents.agent.max_turns", "agents.öther",
        "agents.coder-2", "agents.coder_2", "agents.o\u200bther.max_turns",
        "coder. other.max_turns",
        ["agents.other.max_turns"], ["other"], {"agent": "other"}, {"other": ["max_turns"]},
        {"agents": {"coder": 1, "other": 2}}, ["agents.coder.max_turns", "agents.other.max_turns"],
    ],
    Op.PATCH_SYSTEM_PROMPT: ["agents.coder.few_shot", "prompts/other.md", "agents.other",
        "other's prompt", "the prompt of other", "agents.coder.max_turns",
        "agents...system_prompt"],
    Op.EDIT_FEW_SHOT_EXEMPLARS: ["agents.coder.system_prompt", "agents.other.examples"],
    Op.SET_AGENT_CLASS: ["agents.orchestrator.class", "agents.coder.tools", "class of other"],
    Op.ADD_TOOL_TO_AGENT: ["agents.coder.tools.other", "tools.web_search",
        "agents.calculator.tools",        "tools.coder", "agents.coder.tools[0]"],
    Op.REMOVE_TOOL_FROM_AGENT: ["agents.coder.tools.calculator", "agents.coder.tools.other"],
    Op.EDIT_TOOL_DESCRIPTION: ["tools.calculator", "agents.coder.tools.web_search", "calculator"],
    Op.SET_MODEL_PARAM: ["models.qwen3:8b.top_p", "models.qwen3.temperature", "models.8b",
        "models.qwen3:8b-q4.temperature", "models.x/qwen3:8b.temperature", "models.qwen3:8b.5"],
    Op.SET_MODEL_FOR_QUERY_CLASS: ["policy_map.code", "learning.routing.policy_map.other",
        "routing.code", "policy_map.qwen3:8b", "models.other.routing"],
}  # fmt: skip


@pytest.mark.parametrize("op", OF_OTHERS)
def test_a_target_that_names_what_the_payload_does_not_is_rejected(op: Op) -> None:
    for target in OF_OTHERS[op]:
        for who in (researched(), Student()):
            rejected = rejection(item(op, target=target, id="bad"), student=who)
            assert rejected.code is RejectionCode.TARGET_MISMATCH, target


@pytest.mark.parametrize(
    ("op", "target"),
    [
        (Op.SET_AGENT_PARAM, "max_turns of coder and researcher"),
        (Op.SET_AGENT_PARAM, "max_turns of coder, and its vigour"),
        (Op.PATCH_SYSTEM_PROMPT, "prompt of coder as researcher has it"),
        (Op.PATCH_SYSTEM_PROMPT, "agents.coder.system_prompt researcher"),
        (Op.SET_MODEL_PARAM, "temperature of qwen3:8b and llama"),
        (Op.SET_MODEL_FOR_QUERY_CLASS, "math and code"),
        (Op.SET_MODEL_FOR_QUERY_CLASS, "routing of math to llama"),
        (Op.ADD_TOOL_TO_AGENT, "arxiv and calculator for coder"),
    ],
)
def test_a_name_that_the_student_has_is_none_of_a_sentence(op: Op, target: str) -> None:
    rejected = rejection(item(op, target=target, id="bad"), student=researched())
    assert rejected.code is RejectionCode.TARGET_MISMATCH


UNUSUAL: list[tuple[Op, Any]] = [
    (Op.SET_AGENT_PARAM, "agents.coder.sampling.max_turns"),
    (Op.SET_AGENT_PARAM, "agents/coder/generation/max_turns"),
    (Op.SET_AGENT_PARAM, "agents['coder']['options'].max_turns"),
    (Op.SET_AGENT_PARAM, "coder (native_react)"),
    (Op.SET_AGENT_PARAM, "agents.coder.native_react.max_turns"),
    (Op.SET_AGENT_PARAM, "Coder"),
    (Op.SET_AGENT_PARAM, "agents.coder.Max_Turns"),
    (Op.SET_AGENT_PARAM, "agents.coder.max_turns (currently 8)"),
    (Op.SET_AGENT_PARAM, "agents.coder.max_turns (8) for cluster c1, see trace c1-trace-1"),
    (Op.SET_AGENT_PARAM, "agents.coder.max_turns -> 12.0"),
    (Op.SET_AGENT_PARAM, "max_turns of coder, from 8 to 12"),
    (Op.SET_AGENT_PARAM, {"agent": "coder", "param": "max_turns", "value": 12}),
    (Op.SET_MODEL_PARAM, "models.qwen3:8b.options.temperature"),
    (Op.SET_MODEL_PARAM, "models.qwen3:8b.generation_config.temperature"),
    (Op.SET_MODEL_PARAM, "temperature of qwen3:8b = 0.2"),
    (Op.REMOVE_TOOL_FROM_AGENT, "agents.coder.enabled_tools"),
    (Op.REMOVE_TOOL_FROM_AGENT, "agents.coder.tools[0]"),
    (Op.PATCH_SYSTEM_PROMPT, "agents.coder.instructions"),
    (Op.PATCH_SYSTEM_PROMPT, "agents.coder.system_prompt.rules"),
    (Op.PATCH_SYSTEM_PROMPT, "agents.coder.system_prompt.txt"),
    (Op.PATCH_SYSTEM_PROMPT, "agents.coder.sys_prompt"),
    (Op.SET_AGENT_CLASS, "agents.coder.type"),
    (Op.SET_AGENT_CLASS, "agents.coder.class_name"),
    (Op.SET_AGENT_CLASS, "agents.coder.class: native_react -> orchestrator"),
    (Op.EDIT_FEW_SHOT_EXEMPLARS, "agents.coder.demonstrations"),
    (Op.EDIT_TOOL_DESCRIPTION, "tools.web_search.desc"),
]


@pytest.mark.parametrize(("op", "target"), UNUSUAL)
def test_a_word_that_nobody_has_as_a_name_is_no_disagreement(op: Op, target: Any) -> None:
    edit = the_edit(item(op, target=target), student=researched())
    assert (edit.target, edit.flags) == (OPERATIONS[op].slot(edit.payload), ())


@pytest.mark.parametrize(
    ("op", "target"),
    [
        (Op.SET_AGENT_PARAM, "agents.coder.researcher.max_turns"),
        (Op.SET_AGENT_PARAM, "agents.coder.Researcher.max_turns"),
        (Op.SET_AGENT_PARAM, "agents.coder.vigour.max_turns"),
        (Op.SET_AGENT_PARAM, "agents.coder.top_p.max_turns"),
        (Op.SET_AGENT_PARAM, "agents.coder.tools.max_turns"),
        (Op.SET_AGENT_PARAM, "Researcher's max_turns, as for coder"),
        (Op.SET_AGENT_PARAM, "coder/reviewer max_turns"),
        (Op.SET_AGENT_PARAM, "agents.coder,reviewer.max_turns"),
        (Op.SET_AGENT_PARAM, "agents.reviewer.coder.max_turns"),
        (Op.SET_AGENT_PARAM, "agents.coder.max_turns = 9"),
        (Op.SET_AGENT_PARAM, "agents.coder.max_turns=9"),
        (Op.SET_AGENT_PARAM, "agents.coder.max_turns -> 9"),
        (Op.SET_AGENT_PARAM, "agents.coder.max_turns: 12 -> 9"),
        (Op.SET_AGENT_PARAM, "agents.coder.max_turns: 9"),
        (Op.SET_AGENT_PARAM, "agents.coder.max_turns (raise to 9)"),
        (Op.SET_AGENT_PARAM, {"agent": "coder", "param": "max_turns", "value": 9}),
        (Op.SET_MODEL_PARAM, "models.qwen3:8b.temperature = 0.9"),
        (Op.SET_MODEL_PARAM, "models.qwen3:8b.temperature = -0.2"),
        (Op.ADD_TOOL_TO_AGENT, "agents.coder.tools[0]"),
        (Op.REMOVE_TOOL_FROM_AGENT, "agents.coder.tools[1]"),
        (Op.SET_AGENT_CLASS, "agents.coder.class -> worker"),
    ],
)
def test_another_name_or_value_in_a_target_is_a_disagreement(op: Op, target: Any) -> None:
    rejected = rejection(item(op, target=target, id="bad"), student=researched())
    assert rejected.code is RejectionCode.TARGET_MISMATCH


def test_a_name_of_the_student_counts_before_a_plain_word() -> None:
    who = student(file=Agent())
    for target in ("coder file max_turns", "agents.coder.file.max_turns", "agents.coder File"):
        rejected = rejection(item(Op.SET_AGENT_PARAM, target=target, id="bad"), student=who)
        assert rejected.code is RejectionCode.TARGET_MISMATCH, target


@pytest.mark.parametrize(
    "target",
    [
        "do not touch agents.coder.max_turns",
        "NOT agents.coder.max_turns",
        "example only: agents.coder.max_turns",
        "agents.coder.max_turns if the tests fail",
        "agents.coder.max_turns (only at night)",
        "agents.coder.deprecated.max_turns",
        "agents.coder.max_turns (9)",
    ],
)
def test_words_of_a_target_that_name_nothing_keep_the_edit_from_auto(target: str) -> None:
    (told,) = told_of({"target": target})
    assert target in told


PIECES = ["agents", "coder", "x", "2", "tools", "the", *".*[]{}'-=>/: "]


@given(st.lists(st.sampled_from(PIECES)).map("".join) | st.text(), st.sampled_from([*Op]))
def test_any_target_has_an_outcome(target: str, op: Op) -> None:
    proposal = parsed(answer(item(op, target=target), item(id="good")))
    assert len(proposal.edits) + len(proposal.rejected) == 2


@pytest.mark.parametrize(
    "piece",
    ["[]", ".", "a.", "coder-", "a ", "= => ", "a = ", "a..", "\u2019s", "agent ", "1 ", "[ "],
)
def test_a_hostile_target_is_compared_in_linear_time(piece: str) -> None:
    long = item(Op.SET_AGENT_PARAM, target=piece * (200_000 // len(piece)))
    start = time.process_time()
    parsed(answer(long))
    assert time.process_time() - start < 2


def test_an_agent_that_has_the_name_of_a_slot_or_a_tool_is_an_agent() -> None:
    who = student(prompt=Agent(), calculator=Agent(), orchestrator=Agent())
    for op, target in (
        (Op.PATCH_SYSTEM_PROMPT, "agents.prompt"),
        (Op.PATCH_SYSTEM_PROMPT, "prompt.system_prompt"),
        (Op.ADD_TOOL_TO_AGENT, "calculator.tools"),
        (Op.SET_AGENT_CLASS, "orchestrator.class"),
    ):
        rejected = rejection(item(op, target=target, id="bad"), student=who)
        assert rejected.code is RejectionCode.TARGET_MISMATCH, target


def test_a_tool_in_payload_and_target_must_agree() -> None:
    written = item(Op.EDIT_TOOL_DESCRIPTION, target="tools.calculator.description")
    assert rejection(written).code is RejectionCode.TARGET_MISMATCH


def test_a_model_in_payload_and_target_must_agree() -> None:
    written = item(Op.SET_MODEL_PARAM, target="models.other.temperature")
    assert rejection(written).code is RejectionCode.TARGET_MISMATCH
    assert the_edit(item(Op.SET_MODEL_PARAM, target="models.qwen3:8b.temperature"))
    assert the_edit(item(Op.LORA_FINETUNE, target="models.lora"))


@pytest.mark.parametrize("model", ["a/../b", "x/..", "a//b", "a..", "../a", "a/", "a/.b", "a."])
def test_a_model_that_could_leave_its_directory_is_unsafe(model: str) -> None:
    routed = item(Op.SET_MODEL_FOR_QUERY_CLASS, payload={"query_class": "math", "model": model})
    tuned = {"model": model.replace("/", ""), "param": "temperature", "value": 0.2}
    assert rejection(routed).code is RejectionCode.UNSAFE_NAME
    if ".." in str(tuned["model"]):
        assert rejection(item(Op.SET_MODEL_PARAM, payload=tuned, target=...)).code is (
            RejectionCode.UNSAFE_NAME
        )


def test_a_payload_s_pattern_is_told_in_words() -> None:
    payload = {"tool_name": "web_search", "new_description": 'Say "yes".'}
    told = rejection(item(Op.EDIT_TOOL_DESCRIPTION, payload=payload)).reason
    assert told.endswith("one line without double quotes, backslashes and control characters")
    payload = {"agent": "coder", "new_content": " \n"}
    assert rejection(item(Op.REPLACE_SYSTEM_PROMPT, payload=payload)).reason.endswith("is blank")


def test_a_payload_written_as_json_in_a_string_is_read() -> None:
    edit = the_edit(
        item(payload={}, target=...) | {"payload": json.dumps(PAYLOADS[Op.ADD_TOOL_TO_AGENT])}
    )
    assert edit.payload == PAYLOADS[Op.ADD_TOOL_TO_AGENT]


WRITTEN = json.dumps(PAYLOADS[Op.REMOVE_TOOL_FROM_AGENT])


def with_payload(written: str, op: Op = Op.REMOVE_TOOL_FROM_AGENT) -> dict[str, Any]:
    """Return an item whose payload is this text."""
    return item(op, id="bad") | {"payload": written}


@pytest.mark.parametrize(
    "written",
    [
        json.dumps(WRITTEN),
        f"```json\n{WRITTEN}\n```",
        f" {WRITTEN},\n",
        WRITTEN.replace('"', "'"),
        WRITTEN.replace("}", ",}"),
        f"# ---\n{WRITTEN}",
        f"/* */\n{WRITTEN}",
        f"+{WRITTEN}",
    ],
)
def test_a_payload_in_a_string_is_read_however_it_is_dressed(written: str) -> None:
    edit = the_edit(with_payload(written))
    assert (edit.payload, edit.flags) == (PAYLOADS[Op.REMOVE_TOOL_FROM_AGENT], ())


@pytest.mark.parametrize(
    "written",
    [
        f"{WRITTEN} // do not apply this edit, it is only an example",
        f"{WRITTEN}, // do not apply",
        f"{WRITTEN} # DO NOT APPLY",
        f"{WRITTEN}\nDo not apply this edit.",
        f"{WRITTEN} /* withdrawn */",
        f"Do not apply this: {WRITTEN}",
        f"```\nwithdrawn\n```\n{WRITTEN}",
        f"{WRITTEN}\n```\nIgnore this edit.\n```",
        WRITTEN.replace("}", " /* that was wrong */}"),
        WRITTEN.replace("{", "{ // a draft only\n"),
    ],
)
def test_words_in_a_payload_s_string_that_take_it_back_are_for_people(written: str) -> None:
    assert planned(with_payload(written)).edits[0].tier_rule == "flag_words_beside"


def test_a_payload_s_string_may_take_itself_back() -> None:
    written = WRITTEN.replace("}", ', "status": "withdrawn"}')
    assert rejection(with_payload(written)).code is RejectionCode.NOT_THE_ANSWER


@pytest.mark.parametrize(
    "written",
    [
        f"// {WRITTEN}",
        f"# {WRITTEN}",
        f"/* {WRITTEN} */",
        f"/*\n{WRITTEN}\n*/",
        f"<!-- {WRITTEN} -->",
        f"<!--\nthe old one\n{WRITTEN}\n-->",
        f"~~{WRITTEN}~~",
        f"-{WRITTEN}",
        f"- {WRITTEN}",
        f"> {WRITTEN}",
        f"-- {WRITTEN}",
        f"The payload:\n// {WRITTEN}",
        json.dumps(f"// {WRITTEN}"),
        "// " + json.dumps(json.loads(WRITTEN), indent=1).replace("\n", "\n// "),
    ],
)
def test_a_payload_that_is_commented_or_crossed_out_is_not_applied(written: str) -> None:
    rejected = rejection(with_payload(written))
    assert rejected.code is RejectionCode.NOT_THE_ANSWER
    assert "crossed out" in rejected.reason


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (WRITTEN.replace("}", " /* wrong, calculator is right */}"), "calculator is right"),
        (WRITTEN.replace(",", ",/* 9 was wrong, ignore */"), "9 was wrong"),
        (f"{WRITTEN} // Bob knows more", "Bob knows more"),
        (f"{WRITTEN}\n\nI am not sure of it.", "not sure"),
        (f"Here it is: {WRITTEN}", "Here it is"),
        (f"```\nBob knows\n```\n{WRITTEN}", "Bob knows"),
    ],
)
def test_words_in_a_payload_s_string_keep_the_edit_from_auto(written: str, words: str) -> None:
    other = item(Op.SET_MODEL_PARAM)
    edit, plain = planned(with_payload(written), other).edits
    assert (edit.risk_tier, edit.tier_rule) == (Tier.REVIEW, "flag_words_beside")
    assert [words in flag.message for flag in edit.flags] == [True]
    assert (plain.risk_tier, plain.flags) == (Tier.AUTO, ())


@pytest.mark.parametrize("op", [Op.REMOVE_TOOL_FROM_AGENT, Op.LORA_FINETUNE])
@pytest.mark.parametrize(
    ("written", "code"),
    [
        ('{"model": "qwen3:8b", "notes": "Train on the fai', RejectionCode.CUT_SHORT),
        ('{"model": "qwen3:8b"', RejectionCode.CUT_SHORT),
        ('{"model": "a", "model": "b"}', RejectionCode.DOUBLED_KEYS),
        ('{"model": "a"', RejectionCode.CUT_SHORT),
        ('{"model": "a", ...}', RejectionCode.MALFORMED),
        ('{"model": "a"} {"model": "b"}', RejectionCode.MALFORMED),
        ('{"model": "a"}]}, {"edits": [', RejectionCode.MALFORMED),
        ('"{\\"model\\": \\"a\\"}" // do not apply', RejectionCode.MALFORMED),
        ('[{"model": "a"}]', RejectionCode.INVALID_PAYLOAD),
        ("null", RejectionCode.INVALID_PAYLOAD),
        ("the usual one", RejectionCode.INVALID_PAYLOAD),
        ("", RejectionCode.INVALID_PAYLOAD),
    ],
)
def test_a_payload_s_string_that_is_broken_is_told_as_such(
    op: Op, written: str, code: RejectionCode
) -> None:
    rejected = rejection(with_payload(written, op))
    assert rejected.code is code
    assert rejected.raw == with_payload(written, op)
    assert "payload" in rejected.reason


def test_nulls_of_a_strict_schema_are_no_fields() -> None:
    payload = {**PAYLOADS[Op.PATCH_SYSTEM_PROMPT], "diff": None}
    assert "diff" not in the_edit(item(Op.PATCH_SYSTEM_PROMPT, payload=payload)).payload


# --- ids ---------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", ["../x", "a/b", "", "a b", "a\n", "x" * 101, 7, ["a"]])
def test_an_unsafe_id_becomes_ours_and_the_original_is_kept(bad: Any) -> None:
    edit = the_edit(item(id=bad))
    assert edit.id == "e1"
    assert edit.original_id == (bad if isinstance(bad, str) else json.dumps(bad))
    assert flags(edit) == [FlagCode.ID_REPLACED]


def test_a_missing_id_becomes_ours_without_a_word() -> None:
    edit = the_edit(item(id=...))
    assert (edit.id, edit.original_id, edit.flags) == ("e1", None, ())


@given(st.lists(st.sampled_from(["e1", "E1", "e2", "e3", "e2-1", "a/b", None, "x"]), max_size=8))
def test_ids_are_unique_as_file_names_on_any_system(ids: list[str | None]) -> None:
    items = [
        item(id=name, payload={"agent": "coder", "tool_name": f"t{place}"})
        for place, name in enumerate(ids)
    ]
    edits = parsed(answer(*items)).edits
    assert len({edit.id.lower() for edit in edits}) == len(ids)


# --- what is flagged, and what changes nothing -----------------------------------------------


def test_traces_that_the_diagnosis_does_not_know_are_kept_and_flagged() -> None:
    edit = the_edit(item(references=["c2-trace-1", "t-77"]))
    assert edit.references == ("c2-trace-1", "t-77")
    assert flags(edit) == [FlagCode.UNKNOWN_REFERENCE]


def test_traces_that_the_diagnosis_speaks_of_are_known() -> None:
    found = diagnosis(markdown="See trace t-77, and (run/8.b).\n")
    text = answer(item(references=["t-77", "run/8.b"]))
    proposal = parse_edits(reply(text), screen_clusters(found.clusters), student(), found)
    assert proposal.edits[0].flags == ()


@pytest.mark.parametrize(
    "word", ["Diagnosis", "See", "trace", "qwen3:8b", "c1", "0.8", "student_failure_rate", "coder"]
)
def test_a_word_of_the_diagnosis_that_names_no_trace_is_none(word: str) -> None:
    markdown = f"# Diagnosis\nSee the trace t-77: {word} of c1, coder and qwen3:8b fails.\n"
    (edit,) = planned(item(references=[word, "t-77"]), markdown=markdown).edits
    (flag,) = edit.flags
    assert (flag.code, edit.references) == (FlagCode.UNKNOWN_REFERENCE, (word, "t-77"))
    assert f"'{word}'" in flag.message
    assert "t-77" not in flag.message


def test_a_trace_of_a_cluster_is_known_whatever_it_is_called() -> None:
    traces = ("alpha", "12", "c1")
    edit = the_edit(
        item(references=["alpha", 12, "c1"]), clusters=(cluster("c1", sample_trace_ids=traces),)
    )
    assert (edit.references, edit.flags) == (traces, ())


@pytest.mark.parametrize(
    ("written", "references"),
    [
        (None, ()),
        ([None], ()),
        ([None, "c1-trace-1"], ("c1-trace-1",)),
        (12, ("12",)),
        ([12], ("12",)),
        ("c1-trace-1", ("c1-trace-1",)),
    ],
)
def test_a_reference_is_read_as_its_text(written: Any, references: tuple[str, ...]) -> None:
    edit = the_edit(item(references=written))
    assert edit.references == references
    assert flags(edit) == [FlagCode.UNKNOWN_REFERENCE] * ("12" in references)


@pytest.mark.parametrize(
    ("written", "references"),
    [
        (["c1-trace-1, c1-trace-2"], ("c1-trace-1", "c1-trace-2")),
        ("c1-trace-1; c2-trace-1", ("c1-trace-1", "c2-trace-1")),
        ("c1-trace-1 and c2-trace-1", ("c1-trace-1", "c2-trace-1")),
        (["trace c1-trace-1"], ("c1-trace-1",)),
        (["Traces: c1-trace-1, c1-trace-2", "c2-trace-1"],
         ("c1-trace-1", "c1-trace-2", "c2-trace-1")),
        ([" c1-trace-1 "], ("c1-trace-1",)),
    ],
)  # fmt: skip
def test_references_are_the_traces_that_they_name(written: Any, references: tuple[str]) -> None:
    edit = the_edit(item(references=written))
    assert (edit.references, edit.flags) == (references, ())


@pytest.mark.parametrize(
    "written", ["c1-trace-1, c9", "c1-trace-1 fails", "trace", "not c1-trace-1"]
)
def test_a_reference_that_names_something_else_is_kept_as_it_is(written: str) -> None:
    edit = the_edit(item(references=[written]))
    assert (edit.references, flags(edit)) == ((written,), [FlagCode.UNKNOWN_REFERENCE])


@pytest.mark.parametrize("written", [[True], [1.5], [["c1-trace-1"]], {"a": 1}, [{}]])
def test_a_reference_of_another_kind_is_malformed(written: Any) -> None:
    assert rejection(item(references=written)).code is RejectionCode.MALFORMED


def test_references_beyond_the_bounds_are_told() -> None:
    known = cluster("c1", sample_trace_ids=("t", "x" * MAX_REFERENCE))
    many = the_edit(item(references=["t"] * (MAX_REFERENCES + 3)), clusters=(known,))
    assert many.references == ("t",) * MAX_REFERENCES
    assert "203" in many.flags[0].message
    long = the_edit(item(references=["t", "x" * (MAX_REFERENCE + 1)]), clusters=(known,))
    assert long.references == ("t", "x" * MAX_REFERENCE)
    assert [flag.code for flag in long.flags] == [FlagCode.UNKNOWN_REFERENCE] * 2
    assert f"the first {MAX_REFERENCE}" in long.flags[1].message


@pytest.mark.parametrize("written", ["", None, ...])
def test_an_edit_without_a_rationale_is_kept_and_flagged(written: Any) -> None:
    edit = the_edit(item(rationale=written))
    assert (edit.rationale, flags(edit)) == ("", [FlagCode.NO_RATIONALE])


def test_an_agent_or_tool_that_no_file_names_is_flagged() -> None:
    payload = {"agent": "codre", "tool_name": "calculatr"}
    edit = the_edit(item(payload=payload))
    assert flags(edit) == [FlagCode.UNKNOWN_AGENT, FlagCode.UNKNOWN_TOOL]
    assert flags(the_edit(item(payload=payload), student=Student())) == []


def test_a_parameter_that_begins_another_ones_name_is_flagged() -> None:
    payload = {"agent": "coder", "param": "max", "value": 3}
    one = item(Op.SET_AGENT_PARAM, payload=payload)
    assert FlagCode.PARAMETER_PREFIX in flags(the_edit(one))
    assert FlagCode.PARAMETER_PREFIX in flags(the_edit(one, student=Student()))


def set_agent_param(param: str, value: float) -> dict[str, Any]:
    return item(
        Op.SET_AGENT_PARAM, payload={"agent": "coder", "param": param, "value": value}, target=...
    )


@pytest.mark.parametrize(
    ("param", "value", "told"),
    [
        ("max_turns", -1, "no whole number above 0"),
        ("max_turns", 0, "no whole number above 0"),
        ("max_turns", 9.5, "no whole number above 0"),
        ("max_turns", 100, "more than 10 times"),
        ("temperature", 3, "outside of 0 to 2"),
        ("top_p", -0.1, "outside of 0 to 1"),
        ("sandbox", 0, "a truth value now"),
        ("mode", 1, "a text now"),
        ("bias", -3, "its sign changes"),
        ("max_turns", 12.0, "written as a fraction"),
        ("max_tokens", 999_999_999_999, "far from what such a parameter usually is"),
        ("ask_first", 0, "it may be a switch"),
        ("allow_shell", 3, "bounds what the agent may do"),
        *((name, 55, "bounds") for name in ("max_refund_eur", "maxRefund", "require-approval")),
        ("max_turns", 1_000_000, "far from what such a parameter usually is"),
    ],
)
def test_a_value_that_is_more_likely_a_slip_is_flagged(param: str, value: float, told: str) -> None:
    params = {
        "max_turns": 8,
        "sandbox": True,
        "mode": "strict",
        "bias": 2.0,
        "ask_first": 1,
        "allow_shell": 2,
        **dict.fromkeys(("max_refund_eur", "maxRefund", "require-approval"), 50),
        "max_tokens": None,
    }
    who = Student(agents={"coder": Agent(params=params)})
    (flag,) = the_edit(set_agent_param(param, value), student=who).flags
    assert flag.code == FlagCode.PARAMETER_VALUE
    assert told in flag.message


@pytest.mark.parametrize(
    ("param", "value"),
    [
        *(("max_turns", 12), ("temperature", 0), ("top_p", 0.9), ("seed", 7)),
        *(("min_p", 0.05), ("repeat_penalty", 1.1)),
    ],
)
def test_a_common_parameter_in_its_bounds_has_no_flag(param: str, value: float) -> None:
    assert flags(the_edit(set_agent_param(param, value))) == []


def test_a_parameter_that_the_agent_does_not_set_is_flagged() -> None:
    assert flags(the_edit(set_agent_param("vigour", 3))) == [FlagCode.UNKNOWN_PARAMETER]
    assert flags(the_edit(set_agent_param("vigour", 3), student=Student())) == [
        FlagCode.UNKNOWN_PARAMETER
    ]


@pytest.mark.parametrize("param", ["class", "tools", "Class"])
def test_a_slot_of_another_operation_is_no_parameter(param: str) -> None:
    assert rejection(set_agent_param(param, 1)).code is RejectionCode.INVALID_PAYLOAD


def test_models_and_query_classes_that_the_student_does_not_know_are_flagged() -> None:
    routed = {"query_class": "poetry", "model": "evil/none"}
    one = item(Op.SET_MODEL_FOR_QUERY_CLASS, payload=routed)
    assert flags(the_edit(one)) == [FlagCode.UNKNOWN_MODEL, FlagCode.UNKNOWN_QUERY_CLASS]
    assert flags(the_edit(one, student=Student())) == []
    tuned = {"model": "none", "param": "temperature", "value": 0.2}
    assert flags(the_edit(item(Op.SET_MODEL_PARAM, payload=tuned))) == [FlagCode.UNKNOWN_MODEL]


UNCHANGED = {
    Op.SET_MODEL_FOR_QUERY_CLASS: {"query_class": "math", "model": "qwen3:1b"},
    Op.SET_MODEL_PARAM: {"model": "qwen3:8b", "param": "temperature", "value": 0.7},
    Op.SET_AGENT_PARAM: {"agent": "coder", "param": "max_turns", "value": 8.0},
    Op.SET_AGENT_CLASS: {"agent": "coder", "new_class": "native_react"},
    Op.EDIT_FEW_SHOT_EXEMPLARS: {"agent": "shy", "exemplars": [{"input": "a", "output": "b"}]},
    Op.ADD_TOOL_TO_AGENT: {"agent": "coder", "tool_name": "web_search"},
    Op.REMOVE_TOOL_FROM_AGENT: {"agent": "coder", "tool_name": "calculator"},
    Op.EDIT_TOOL_DESCRIPTION: {"tool_name": "web_search", "new_description": "Searches."},
}


@pytest.mark.parametrize("op", UNCHANGED)
def test_an_edit_that_changes_nothing_is_rejected_where_the_value_is_known(op: Op) -> None:
    shy = Agent(few_shot=(Exemplar(input="a", output="b"),))
    known = student(shy=shy)
    assert rejection(item(op, payload=UNCHANGED[op]), student=known).code is (
        RejectionCode.CHANGES_NOTHING
    )
    assert the_edit(item(op, payload=UNCHANGED[op]), student=Student()).op is op


def test_true_is_not_one() -> None:
    known = Student(agents={"coder": Agent(params={"max_turns": True})})
    payload = {"agent": "coder", "param": "max_turns", "value": 1}
    assert the_edit(item(Op.SET_AGENT_PARAM, payload=payload), student=known)


# --- the answer as a whole ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "   ", "I cannot.", '{"edits": null}', '{"edits": ["a", "b"]}', "[]", "[[[[", "{}",
     '{"edits": [{"op": "add_tool_to_agent", "payl', '{"edits": {}}', '{"edits": ['],
)  # fmt: skip
def test_an_answer_without_a_readable_edit_is_an_error(text: str) -> None:
    with pytest.raises(AnswerUnreadable, match="edit"):
        parsed(text)


def test_a_complete_empty_list_is_an_answer() -> None:
    assert parsed('{"edits": []}') == Proposal(
        edits=(), rejected=(), notes=("The teacher proposed no edits.",)
    )


@pytest.mark.parametrize(
    "written",
    ["/* {} */", "// {}\n", "\n<!-- {} -->\n", "\n# {}\n", "\n// Edit 1:\n// {},\n"],
)
def test_an_edit_that_is_commented_out_is_told(written: str) -> None:
    out, kept = item(Op.REMOVE_TOOL_FROM_AGENT, id="out", expected_improvement="c2"), item()
    commented = written.replace("{}", json.dumps(out))
    plan = planned_from(f'{{"edits": [{commented}]}}')
    assert plan.edits == ()
    for came in (plan, planned_from(f'{{"edits": [{commented} {json.dumps(kept)}]}}')):
        (rejected,) = came.rejected_edits
        assert rejected.code is RejectionCode.NOT_THE_ANSWER
        assert "commented out" in rejected.reason
        assert rejected.raw == out
        assert came.coverage[1].status is CoverageStatus.ONLY_REJECTED


def test_an_edit_that_is_commented_out_line_by_line_is_told_once() -> None:
    lines = json.dumps(item(), indent=1).replace("\n", "\n// ")
    (rejected,) = planned_from(f'{{"edits": [\n// {lines}\n]}}').rejected_edits
    assert rejected.raw == item()


@pytest.mark.parametrize(
    "piece", ["// {}\n", "// op: 1\n", '// {"op"\n', '// "op": {},\n', "// {\n"]
)
def test_hostile_comments_are_read_in_linear_time(piece: str) -> None:
    text = '{"edits": [\n' + piece * 40_000 + '// "op": 1\n' + json.dumps(item()) + "]}"
    start = time.process_time()
    parsed(text)
    assert time.process_time() - start < 3


def test_a_comment_behind_a_cut_edit_keeps_nobody_from_rejecting_it() -> None:
    found = diagnosis()
    text = answer(item(id="a"), item(id="b")).replace("[", f"[ /* {json.dumps(item())} */", 1)
    came = reply(text, truncated=True)
    proposal = parse_edits(came, screen_clusters(found.clusters), student(), found)
    assert [edit.id for edit in proposal.edits] == ["a"]


def test_a_cut_answer_says_so_and_names_the_remedy() -> None:
    found = diagnosis()
    came = reply('{"edits": [{"op": "add', truncated=True)
    with pytest.raises(AnswerUnreadable, match="raise max_tokens"):
        parse_edits(came, screen_clusters(found.clusters), student(), found)


def test_an_answer_that_was_cut_and_closed_by_somebody_loses_its_last_edit() -> None:
    found = diagnosis()
    came = reply(answer(item(id="a"), item(id="b")), truncated=True)
    proposal = parse_edits(came, screen_clusters(found.clusters), student(), found)
    assert [edit.id for edit in proposal.edits] == ["a"]
    assert [one.code for one in proposal.rejected] == [RejectionCode.CUT_SHORT]


@pytest.mark.parametrize(
    ("below", "ids"),
    [("\n```", ["a"]), ("\n``", ["a", "b"]), ("\n```\n\nThe first edit", ["a", "b"])],
)
def test_a_whole_fence_at_the_end_of_a_cut_answer_may_be_somebody_elses(
    below: str, ids: list[str]
) -> None:
    found = diagnosis()
    fenced = reply(f"```json\n{answer(item(id='a'), item(id='b'))}{below}", truncated=True)
    proposal = parse_edits(fenced, screen_clusters(found.clusters), student(), found)
    assert [edit.id for edit in proposal.edits] == ids


@given(st.lists(st.sampled_from([item(), "x", 1, None, {}, {"op": "x"}, item(Op.LORA_FINETUNE)])))
def test_every_item_is_an_edit_or_rejected(items: list[Any]) -> None:
    if not any(isinstance(one, dict) for one in items):
        return
    proposal = parsed(answer(*items))
    places = [place for edit in proposal.edits for place in edit.positions]
    assert sorted([*places, *(one.position for one in proposal.rejected)]) == [*range(len(items))]


def test_words_beside_an_answer_keep_its_edits_from_auto_and_are_shown() -> None:
    words = "I am not sure about the second one, and Bob knows."
    text = answer(item(Op.REMOVE_TOOL_FROM_AGENT))
    plain, doubted = (
        planned_from(f"Here is the plan:\n\n{text}"),
        planned_from(f"{text}\n\n{words}"),
    )
    assert [edit.risk_tier for edit in plain.edits] == [Tier.AUTO]
    (edit,) = doubted.edits
    assert (edit.risk_tier, edit.tier_rule) == (Tier.REVIEW, "flag_words_beside")
    assert any(words in flag.message for flag in edit.flags)
    assert any(words in note for note in doubted.teacher.notes + doubted.notes)


def test_what_the_reader_did_is_not_said_to_be_the_teachers() -> None:
    first, second = item(Op.SET_AGENT_PARAM, id="e1"), item(Op.REMOVE_TOOL_FROM_AGENT, id="e2")
    plan = planned_from(f"{answer(first)}\n\n{answer(second)}")
    told = [flag.message for flag in plan.edits[0].flags if flag.code == FlagCode.WORDS_BESIDE]
    assert told == [JOINED]
    noted = planned_from(f"{answer(first)}\n\n{answer(second)}\n\nBob knows more of it.")
    flags = noted.edits[0].flags if noted.edits else ()
    assert not any("teacher wrote" in one.message and JOINED in one.message for one in flags)


# --- what an edit says beside its fields -----------------------------------------------


def told_of(change: dict[str, Any], **context: Any) -> list[str]:
    """Return what is told of words beside an edit that would be `auto` without them."""
    (edit,) = planned(item(Op.SET_AGENT_PARAM) | change, **context).edits
    told = [flag.message for flag in edit.flags if flag.code == FlagCode.WORDS_BESIDE]
    assert edit.risk_tier is (Tier.REVIEW if told else Tier.AUTO)
    return told


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("condition", "only if the reviewer agrees"),
        ("requires_review", True),
        ("requiresReview", True),
        ("needs_approval", True),
        ("approval", "pending"),
        ("auto_apply", False),
        ("safe", False),
        ("//", "disabled for now"),
        ("apply_after", "2030-01-01"),
        ("warning", "This may break the refund flow."),
        ("comment", "I am not sure about this one."),
        ("note", "Only during business hours."),
        ("alternative", {"value": 0.9}),
        ("value", 9),
        ("value", True),
        ("param", "temperature"),
        ("tool_name", "calculator"),
        ("new_content", "You are terse."),
        ("rollback", "0.5"),
        ("clusters", ["c1", "c2"]),
        ("cluster_id", "c2"),
        ("confidence", 0.2),
        ("confidence", "low"),
        ("risk", "It may break the refund flow."),
        ("title", "Not sure about this"),
        ("evidence", ["c1-trace-1", "A person should look at this first."]),
        ("impact", {"value": 9}),
    ],
)
def test_a_key_that_no_edit_has_is_told_and_keeps_the_edit_from_auto(key: str, given: Any) -> None:
    (told,) = told_of({key: given})
    assert key in told
    assert (given if isinstance(given, str) else json.dumps(given)) in told


@pytest.mark.parametrize(
    "further",
    [
        {"risk_tier": "manual", "tier": "review", "risk_teir": "auto"},
        {"condition": None, "new_content": None, "alternative": {}, "note": "", "edits": []},
        {"agent": "coder", "param": "max_turns", "value": 12},
        {"risk": "auto", "tier": "auto"},
    ],
)
def test_keys_that_say_nothing_or_grade_the_risk_cost_nothing(
    further: dict[str, Any],
) -> None:
    assert told_of(further) == []


def test_an_agent_beside_the_payload_that_is_another_is_rejected() -> None:
    written = item(Op.SET_AGENT_PARAM, id="bad", agent="reviewer")
    assert rejection(written).code is RejectionCode.TARGET_MISMATCH
    taken = written | {"payload": {"param": "max_turns", "value": 12}}
    assert rejection(taken).code is RejectionCode.TARGET_MISMATCH


def test_edits_inside_of_an_edit_are_told_as_rejected() -> None:
    inner = item(Op.ADD_TOOL_TO_AGENT, id="inner", expected_improvement="c2")
    plan = planned(item(Op.SET_AGENT_PARAM, edits=[inner]), item(Op.SET_MODEL_PARAM))
    (rejected,) = plan.rejected_edits
    assert (rejected.position, rejected.code) == (2, RejectionCode.NOT_THE_ANSWER)
    assert (rejected.raw, rejected.cluster_id) == (inner, "c2")
    assert [edit.risk_tier for edit in plan.edits] == [Tier.REVIEW, Tier.AUTO]


@pytest.mark.parametrize(
    "rationale",
    [
        "I am not sure; a person should look at this before it is applied.",
        "I'm not entirely sure that this helps.",
        "Unsure whether this is enough.",
        "It helps. Not sure about the value.",
        "A human should review the new value.",
        "Someone must approve this.",
        "Check the logs before this is applied.",
        "To be used only if the operator agrees.",
        "Only when the team lead approves.",
        "Apply only after the new model is deployed.",
        "It helps, subject to human review.",
        "Requires approval by the operator.",
    ],
)
def test_a_rationale_that_asks_for_a_person_keeps_the_edit_from_auto(rationale: str) -> None:
    (told,) = told_of({"rationale": rationale})
    assert rationale in told
    assert ",," not in told


@pytest.mark.parametrize(
    "rationale",
    [
        "The agent is not sure which tool to use, and guesses when unsure.",
        "The traces show that a person has to ask twice.",
        "It applies the rule before the tool is called.",
        "It makes sure that the tests are run, and applies only what passed.",
        "The student did not look at the file.",
    ],
)
def test_a_rationale_that_speaks_of_the_student_costs_nothing(rationale: str) -> None:
    assert told_of({"rationale": rationale}) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [("One.n- Two.", 1), ("Sk\u00c3\u00b6n.", 1), ("A\bB", 0)],
)
def test_damage_of_a_whole_answer_is_told_of_its_other_edits_too(text: str, told: int) -> None:
    found = diagnosis()
    payload = {"agent": "coder", "new_content": text}
    damaged = item(Op.REPLACE_SYSTEM_PROMPT, id="b", payload=payload)
    came = reply(answer(item(id="a"), damaged))
    proposal = parse_edits(came, screen_clusters(found.clusters), student(), found)
    assert [edit.id for edit in proposal.edits] == ["a"]
    codes = [flag.code for flag in proposal.edits[0].flags]
    assert codes.count(FlagCode.UNUSUAL_TEXT) == told


@pytest.mark.parametrize(
    ("rationale", "told"),
    [
        ("Diese \u00c4nderung bitte nicht anwenden, sie war ein Irrtum.", 1),
        ("Bitte nicht anwenden.", 1),
        ("Ne pas appliquer : c'\u00e9tait une erreur.", 1),
        ("No aplicar este cambio.", 1),
        ("Der Sch\u00fcler wendet die Regel nicht an.", 0),
        ("L'\u00e9l\u00e8ve n'explique pas.", 0),
    ],
)
def test_reasons_may_take_an_edit_back_in_other_languages(rationale: str, told: int) -> None:
    found = diagnosis()
    came = reply(answer(item(id="a", rationale=rationale)))
    (edit,) = parse_edits(came, screen_clusters(found.clusters), student(), found).edits
    assert len([flag for flag in edit.flags if flag.code == FlagCode.WORDS_BESIDE]) == told


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        (answer(item(id="a")), False),
        (f"```json\n{answer(item(id='a'))}\n```", False),
        (answer(item(id="a")).replace("}", "},"), False),
        (answer(item(id="a"))[:-3], False),
        (f"{{'edits': [{item(id='a')!r}]}}", True),
        (answer(item(id="a")).replace('"op"', "op"), True),
        (answer(item(id="a", rationale="One.\nTwo.")).replace("\\n", "\n"), True),
        (answer(item(id="a")).replace(" ", "\u00a0"), True),
        (answer(item(id="a")).replace('"', "&quot;"), True),
        (json.dumps(answer(item(id="a")))[1:-1], True),
        (json.dumps(answer(item(id="a"))), False),
    ],
)
def test_what_is_no_json_as_it_stands_is_left_to_people(written: str, *, mended: bool) -> None:
    """A bracket or a comma more or less changes no word: the others are this reader's reading."""
    found = diagnosis()
    (edit,) = parse_edits(reply(written), screen_clusters(found.clusters), student(), found).edits
    assert (FlagCode.MENDED in [flag.code for flag in edit.flags]) is mended
    assert assign_tiers([edit])[0].risk_tier is (Tier.REVIEW if mended else Tier.AUTO)


@pytest.mark.parametrize("field", ["replacements", "exemplars"])
def test_a_list_of_a_payload_may_be_given_as_text(field: str) -> None:
    op = Op.PATCH_SYSTEM_PROMPT if field == "replacements" else Op.EDIT_FEW_SHOT_EXEMPLARS
    whole = item(op)
    written = item(op, payload={**whole["payload"], field: json.dumps(whole["payload"][field])})
    (edit,) = planned(written).edits
    assert edit.payload == planned(whole).edits[0].payload
    cut = item(op, payload={**whole["payload"], field: json.dumps(whole["payload"][field])[:-1]})
    assert rejection(cut).code is RejectionCode.INVALID_PAYLOAD
    deep = item(op, payload={**whole["payload"], field: "[" * 100_000})
    assert rejection(deep).code is RejectionCode.INVALID_PAYLOAD


@pytest.mark.parametrize(("ends", "stands"), [("f...", False), ("f\u2026", False), ("on.", True)])
def test_a_last_text_that_trails_off_within_a_word_is_cut(ends: str, *, stands: bool) -> None:
    last = item(Op.EDIT_TOOL_DESCRIPTION, id="b")
    last["payload"] = {**last.pop("payload"), "new_description": f"Searches the web {ends}"}
    found = diagnosis()
    came = reply(answer(item(id="a"), last))
    read = parse_edits(came, screen_clusters(found.clusters), student(), found)
    assert [one.id for one in read.edits] == (["a", "b"] if stands else ["a"])
    assert [one.code for one in read.rejected] == ([] if stands else [RejectionCode.CUT_SHORT])


def test_an_answer_that_goes_on_with_blanks_to_its_limit_was_closed_by_its_writer() -> None:
    found = diagnosis()
    whole = answer(item(id="a"), item(Op.SET_AGENT_PARAM, id="b"))
    for text, had in ((whole, ["a"]), (f"{whole}\n", ["a"]), (whole + "\n" * 80, ["a", "b"])):
        came = reply(text, truncated=True, finish_reason="length")
        read = parse_edits(came, screen_clusters(found.clusters), student(), found)
        assert [one.id for one in read.edits] == had
