"""The frozen plan: a pure function with its own digest, read back by whoever needs it."""

import contextlib
import json
import math
import os
import pickle
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import ArtifactInvalid
from planner.models import (
    SCHEMA_VERSION,
    Agent,
    ComposedRequest,
    CoverageStatus,
    Diagnosis,
    Edit,
    LearningPlan,
    Made,
    RejectionCode,
    Student,
    digest_of,
    sha256,
)
from planner.operations import Op, Tier
from planner.plan import (
    NoPlan,
    intact_plan,
    look_at_plan,
    plan_bytes,
    plan_digest,
    read_plan,
    student_changes,
    what_changed,
)
from planner.risk import DEFAULT_POLICY, TierPolicy, edit_digest
from tests.builders import (
    PROMPT,
    answer,
    cluster,
    diagnosis,
    item,
    parsed,
    planned,
    planned_from,
    settled,
    student,
)
from tests.executor import ExecutorPlan

GOLDEN = Path(__file__).parent / "golden" / "plan_schema_1.json"

DROPPED = cluster("c0", student_failure_rate=0, teacher_success_rate=0)
MIXED = [
    *(item(op, id=op.value, expected_improvement=f"c{1 + place // 3}")
      for place, op in enumerate(op for op in Op if op is not Op.REPLACE_SYSTEM_PROMPT)),
    item(expected_improvement="c9"),
    item(expected_improvement="c0"),
    "no object",
]  # fmt: skip
CLUSTERS = tuple(cluster(f"c{n}") for n in range(1, 6))


def mixed() -> LearningPlan:
    return planned(*MIXED, clusters=(*CLUSTERS, DROPPED))


# --- what its readers need ------------------------------------------------------------


def test_the_plan_loads_in_the_executors_models() -> None:
    plan = ExecutorPlan.model_validate_json(plan_bytes(mixed()))
    assert len(plan.edits) == 10
    survivors = [one.id for one in plan.failure_clusters if one.id != "c0"]
    assert all(edit.expected_improvement in survivors for edit in plan.edits)
    assert len({edit.id for edit in plan.edits}) == len(plan.edits)


def test_clusters_name_the_edits_that_address_them() -> None:
    plan = mixed()
    for one in plan.failure_clusters:
        named = [edit.id for edit in plan.edits if edit.expected_improvement == one.id]
        assert list(one.addressed_by_edit_ids) == named


def test_a_dropped_cluster_stays_in_the_plan_and_is_last() -> None:
    last = mixed().failure_clusters[-1]
    assert (last.id, last.addressed_by_edit_ids) == ("c0", ())
    assert last.skill_gap.startswith("dropped: insufficient evidence (original: ")


def test_coverage_tells_what_became_of_every_cluster() -> None:
    plan = planned(
        item(id="a"),
        item(Op.SET_AGENT_CLASS, expected_improvement="c2", payload={"agent": ".."}),
        clusters=(*CLUSTERS[:3], DROPPED),
    )
    assert [(one.cluster_id, one.status) for one in plan.coverage] == [
        ("c1", CoverageStatus.ADDRESSED),
        ("c2", CoverageStatus.ONLY_REJECTED),
        ("c3", CoverageStatus.UNADDRESSED),
        ("c0", CoverageStatus.DROPPED),
    ]
    assert plan.coverage[1].rejected_positions == (1,)


def test_a_cluster_that_a_merged_patch_addresses_too_is_covered() -> None:
    pairs = [{"find": "1. Read the task twice.", "replace": "1. Read."}]
    other = {"agent": "coder", "replacements": pairs}
    plan = planned(
        item(Op.PATCH_SYSTEM_PROMPT, id="a"),
        item(Op.PATCH_SYSTEM_PROMPT, id="b", payload=other, expected_improvement="c2"),
    )
    assert [one.addressed_by_edit_ids for one in plan.failure_clusters] == [("a",), ("a",)]


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(one, id=f"{kind}-{number}")
        for kind, made in (
            (
                "proposed",
                (*settled(*MIXED, clusters=CLUSTERS).edits, *parsed(answer(*MIXED)).edits),
            ),
            ("edit", mixed().edits),
            ("cluster", mixed().failure_clusters),
            ("coverage", mixed().coverage),
        )
        for number, one in enumerate(made)
    ],
)
def test_what_is_made_without_a_second_look_would_stand_it(one: Made) -> None:
    checked = type(one).model_validate(vars(one), strict=True)
    assert checked == one
    assert checked.model_dump_json() == one.model_dump_json()
    assert pickle.loads(pickle.dumps(one)) == one


def test_an_unknown_cost_is_told_as_unknown() -> None:
    plan = planned(item())
    assert (plan.estimated_cost_usd, plan.teacher.cost_known) == (0.0123, True)
    unknown = planned_from(json.dumps({"edits": [item()]}), cost_usd=None)
    assert (unknown.estimated_cost_usd, unknown.teacher.cost_known) == (0.0, False)
    assert unknown.teacher.cost_usd is None


def test_the_file_is_utf8_with_two_spaces_and_a_final_newline() -> None:
    data = plan_bytes(planned(item(rationale="Grüße, 你好")))
    assert data.decode().startswith('{\n  "schema_version": 1,\n')
    assert "Grüße, 你好" in data.decode()
    assert data.endswith(b"}\n")


def test_the_plan_pins_what_it_was_made_from() -> None:
    plan = mixed()
    made = plan.made_from
    assert made.diagnosis_sha256 == sha256("# Diagnosis\n")
    assert made.prompts_sha256 == {"agents.coder.system_prompt": sha256(PROMPT)}
    assert made.policy_sha256 == digest_of(DEFAULT_POLICY)
    assert plan.created_at == datetime(2026, 11, 22, 3, 0, 7, tzinfo=UTC)


def test_a_plan_without_a_call_has_no_request_and_no_reply() -> None:
    plan = planned(item(), request=ComposedRequest(request=None))
    assert (plan.made_from.request_sha256, plan.made_from.reply_sha256) == (None, None)


# --- the same inputs, the same bytes -----------------------------------------------------


@given(st.lists(st.sampled_from([one for one in MIXED if isinstance(one, dict)]), max_size=4))
def test_the_same_inputs_give_the_same_bytes(items: list[Any]) -> None:
    assert plan_bytes(planned(*items)) == plan_bytes(planned(*items))


def test_one_edit_given_for_two_clusters_stands_for_the_first_and_the_plan_tells_of_both() -> None:
    plan = planned(item(), item(expected_improvement="c2"))
    assert [one.expected_improvement for one in plan.edits] == ["c1"]
    assert [one.code for one in plan.rejected_edits] == [RejectionCode.DOUBLE]
    told = {one.cluster_id: one.status for one in plan.coverage}
    assert told == {"c1": CoverageStatus.ADDRESSED, "c2": CoverageStatus.ONLY_REJECTED}


@pytest.mark.slow
def test_the_bytes_are_the_same_in_every_process() -> None:
    code = "import tests.test_plan as t; print(t.sha256(t.plan_bytes(t.mixed())))"
    found = {_run(code, hash_seed) for hash_seed in ("0", "1", "4711")}
    assert found == {sha256(plan_bytes(mixed()))}


def _run(code: str, hash_seed: str) -> str:
    path = os.pathsep.join(sys.path)
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


# --- read back ------------------------------------------------------------------------------


def test_a_plan_is_read_back_as_it_was() -> None:
    stored = read_plan(plan_bytes(mixed()), where="plan.json")
    assert stored.plan == mixed()
    assert stored.digest_fits


@pytest.mark.parametrize(
    "change",
    [
        {"session_id": "other"},
        {"notes": ["x"]},
        {"edits": []},
        {"a_later_field": 1},
        {"digest": "0" * 64},
        {"estimated_cost_usd": 0.5},
    ],
)
def test_a_changed_plan_is_read_and_its_digest_does_not_fit(
    change: dict[str, Any],
) -> None:
    fields = {**json.loads(plan_bytes(mixed())), **change}
    assert not read_plan(json.dumps(fields).encode(), where="plan.json").digest_fits


def test_a_single_changed_payload_does_not_fit() -> None:
    fields = json.loads(plan_bytes(mixed()))
    fields["edits"][0]["risk_tier"] = "auto"
    fields["edits"][3]["risk_tier"] = "auto"
    assert not read_plan(json.dumps(fields).encode(), where="plan.json").digest_fits


def test_an_edit_changed_under_a_new_digest_of_the_plan_does_not_fit() -> None:
    fields = json.loads(plan_bytes(mixed()))
    fields["edits"][0]["payload"]["model"] = "another"
    fields["digest"] = plan_digest(fields)
    assert not read_plan(json.dumps(fields).encode(), where="plan.json").digest_fits


@pytest.mark.parametrize("digest", [None, "x", 5, ["0"]])
@pytest.mark.parametrize("path", [(), ("edits", 0)], ids=["plan", "edit"])
def test_a_digest_that_is_none_does_not_fit_and_all_else_is_read(
    path: tuple[Any, ...], digest: Any
) -> None:
    fields = json.loads(plan_bytes(mixed()))
    part = fields
    for key in path:
        part = part[key]
    part["digest"] = digest
    data = json.dumps(fields).encode()
    del part["digest"]
    for changed in (data, json.dumps(fields).encode()):
        stored = read_plan(changed, where="plan.json")
        assert not stored.digest_fits
        assert [edit.payload for edit in stored.plan.edits] == [e.payload for e in mixed().edits]
        with pytest.raises(ArtifactInvalid, match="changed after it was frozen"):
            intact_plan(changed, where="plan.json")


def test_an_infinite_number_has_no_digest_and_does_not_fit() -> None:
    data = plan_bytes(mixed()).replace(b'"value": 12', b'"value": 1e999', 1)
    assert not read_plan(data, where="plan.json").digest_fits
    with pytest.raises(ArtifactInvalid):
        intact_plan(data, where="plan.json")


def test_what_does_not_fit_the_model_is_no_plan_and_can_be_looked_at() -> None:
    data = plan_bytes(mixed()).replace(b'"risk_tier": "review"', b'"risk_tier": "none"', 1)
    found = look_at_plan(data, where="plan.json")
    assert isinstance(found, NoPlan)
    assert (found.text, "risk_tier" in found.fault) == (data.decode(), True)
    with pytest.raises(ArtifactInvalid, match="risk_tier"):
        read_plan(data, where="plan.json")


@pytest.mark.parametrize(
    ("stands", "instead"), [(b"{\n", b"\xef\xbb\xbf{\n"), (b'"c1"', b'"\\ud800"')]
)
def test_a_fault_of_the_whole_file_names_no_place(stands: bytes, instead: bytes) -> None:
    found = look_at_plan(plan_bytes(mixed()).replace(stands, instead, 1), where="plan.json")
    assert isinstance(found, NoPlan)
    assert found.fault.startswith("Invalid JSON: ")


def test_a_fault_is_told_in_one_line_whatever_the_file_holds() -> None:
    name = b'"made_from": {"prompts_sha256": {"x\\n\\u001b[31m": 5},'
    data = plan_bytes(mixed()).replace(b'"made_from": {', name, 1)
    with pytest.raises(ArtifactInvalid) as caught:
        read_plan(data.replace(b'"prompts_sha256": {\n', b'"x": {\n'), where="plan.json")
    assert caught.value.message.isprintable()


def test_a_nested_file_is_told_and_never_crashes() -> None:
    whole = plan_bytes(mixed())
    for depth in (150, 300, *range(850, 1_000), 5_000):
        nested = b"[" * depth + b"]" * depth
        data = whole.replace(b'"digest": "', b'"digest": ' + nested + b', "x": "')
        with contextlib.suppress(ArtifactInvalid):
            assert not read_plan(data, where="plan.json").digest_fits


def test_a_key_given_twice_does_not_fit() -> None:
    data = plan_bytes(mixed()).replace(b'"op": ', b'"op": "lora_finetune",\n      "op": ', 1)
    assert not read_plan(data, where="plan.json").digest_fits


def test_a_number_that_json_does_not_know_does_not_fit() -> None:
    data = plan_bytes(mixed()).replace(b'"value": 12', b'"value": NaN', 1)
    assert b"NaN" in data
    assert not read_plan(data, where="plan.json").digest_fits


def test_a_number_that_json_does_not_know_is_never_taken_for_null() -> None:
    data = plan_bytes(mixed()).replace(b'"value": 12', b'"value": null', 1)
    fields = json.loads(data)
    for one in fields["edits"]:
        one["digest"] = edit_digest(Edit.model_validate(one))
    fitting = json.dumps({**fields, "digest": plan_digest(fields)})
    assert read_plan(fitting.encode(), where="plan.json").digest_fits
    forged = fitting.replace('"value": null', '"value": NaN', 1)
    assert not read_plan(forged.encode(), where="plan.json").digest_fits


def test_fields_of_a_later_minor_version_are_passed_over() -> None:
    fields = json.loads(plan_bytes(mixed()))
    fields["a_later_field"] = {"x": 1}
    fields["edits"][0]["a_later_field"] = 1
    fields["teacher"]["usage"]["a_later_field"] = 1
    fields["digest"] = digest_of({k: v for k, v in fields.items() if k != "digest"})
    stored = read_plan(json.dumps(fields).encode(), where="plan.json")
    assert stored.digest_fits
    assert stored.plan.edits == mixed().edits


def test_layout_does_not_matter_to_the_digest() -> None:
    compact = json.dumps(json.loads(plan_bytes(mixed()))).encode()
    assert read_plan(compact, where="plan.json").digest_fits


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b"{}", b'{"session_id": "x"}',
     b'{"schema_version": 99}', b'{"schema_version": "1"}', b'{"schema_version": true}'],
)  # fmt: skip
def test_a_file_that_is_no_plan_is_an_error_with_its_name(data: bytes) -> None:
    with pytest.raises(ArtifactInvalid, match=r"plan\.json"):
        read_plan(data, where="plan.json")


def test_a_plan_of_schema_version_1_is_read_for_ever() -> None:
    stored = read_plan(GOLDEN.read_bytes(), where=GOLDEN.name)
    assert stored.digest_fits
    assert stored.plan.schema_version == 1
    assert [edit.op for edit in stored.plan.edits] == [
        op for op in Op if op is not Op.REPLACE_SYSTEM_PROMPT
    ]
    assert {edit.risk_tier for edit in stored.plan.edits} == set(Tier)


def test_what_a_plan_says_does_not_change_without_a_new_version() -> None:
    """A field may be added; one that is gone or renamed misleads a reader."""
    golden, today = json.loads(GOLDEN.read_bytes()), json.loads(plan_bytes(mixed()))
    assert golden["schema_version"] == SCHEMA_VERSION
    assert _missing(golden, today) == []


def _missing(old: Any, new: Any, path: str = "") -> list[str]:
    if isinstance(old, list) and isinstance(new, list) and old and new:
        return _missing(old[0], new[0], f"{path}[]")
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return []
    gone = [f"{path}.{key}" for key in old if key not in new]
    shared = [key for key in old if key in new]
    return gone + [one for key in shared for one in _missing(old[key], new[key], f"{path}.{key}")]


# --- what has changed since --------------------------------------------------------------------


def changes(
    found: Diagnosis | None = None,
    who: Student | None = None,
    policy: TierPolicy = DEFAULT_POLICY,
) -> tuple[str, ...]:
    plan = planned(item(Op.PATCH_SYSTEM_PROMPT))
    return what_changed(plan, found or diagnosis(), student() if who is None else who, policy)


def coder(**fields: Any) -> Agent:
    return student().agents["coder"].model_copy(update=fields)


def test_nothing_has_changed_where_nothing_has() -> None:
    assert changes() == ()
    assert changes(who=Student()) == ()


def test_every_changed_input_is_told_by_name() -> None:
    assert "diagnosis" in changes(diagnosis(markdown="# Other\n"))[0]
    assert "clusters" in changes(diagnosis(cluster("c1")))[0]
    assert "policy" in changes(policy=TierPolicy(tiers={Op.SET_AGENT_CLASS: Tier.AUTO}))[0]


def test_a_changed_prompt_is_told_by_name_and_what_it_means() -> None:
    (told,) = changes(who=student(coder=coder(system_prompt=PROMPT + "5. Sleep.\n")))
    assert "`agents.coder.system_prompt` has changed" in told
    assert "an edit of this plan was made for the old one" in told


def test_a_prompt_that_came_or_went_is_told() -> None:
    grown = student(new=Agent(system_prompt="x"))
    (new,) = changes(who=grown)
    assert "`agents.new.system_prompt` is new" in new
    (gone,) = changes(who=student(coder=coder(system_prompt=None)))
    assert "is gone" in gone


def test_other_settings_of_the_student_are_told_as_one() -> None:
    (told,) = changes(who=student(idle=Agent(params={"a": 1})))
    assert "settings" in told


@pytest.mark.parametrize("prompt", [f"{PROMPT}5. Sleep.\n", None])
def test_changed_settings_are_told_beside_changed_prompts(prompt: str | None) -> None:
    both = student(coder=coder(system_prompt=prompt, params={"max_turns": 6}))
    told_prompt, told_settings = changes(who=both)
    assert "`agents.coder.system_prompt`" in told_prompt
    assert "settings" in told_settings


def test_settings_of_an_older_plan_are_told_where_its_prompts_are_the_same() -> None:
    plan = planned(item(Op.PATCH_SYSTEM_PROMPT))
    made_from = plan.made_from.model_copy(update={"settings_sha256": None})
    older = plan.model_copy(update={"made_from": made_from})
    (told,) = student_changes(older, student(coder=coder(params={"max_turns": 6})))
    assert "settings" in told
    (told,) = student_changes(older, student(coder=coder(system_prompt="x", params={})))
    assert "`agents.coder.system_prompt`" in told


def test_a_student_that_no_plan_can_be_made_from_is_told_as_a_change() -> None:
    (told,) = changes(who=student(coder=coder(params={"top_p": math.nan})))
    assert "student can no longer be read" in told
    assert "`agents.coder` holds a number" in told
