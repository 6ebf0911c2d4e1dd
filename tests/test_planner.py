"""The library's front door: one call, a frozen plan, and nothing paid twice."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from planner import LearningPlanner, Session, fetch_student, plan_session
from planner.diagnosis import read_diagnosis
from planner.errors import (
    AnswerUnreadable,
    ArtifactInvalid,
    ArtifactMissing,
    DiagnosisInvalid,
    PlanConflict,
    SettingsInvalid,
    StudentInvalid,
    TeacherError,
)
from planner.models import Agent, CoverageStatus, FailureCluster, Student
from planner.operations import Op, Tier
from planner.plan import plan_bytes, plan_digest
from planner.risk import TierPolicy
from planner.teacher import ReplayTeacher
from tests.builders import PROMPT
from tests.demo_session import DemoSession, copy_demo

CLUSTER: dict[str, Any] = {
    "id": "c1",
    "description": "The coder skips the tests",
    "student_failure_rate": 0.5,
    "teacher_success_rate": 0.9,
    "skill_gap": "testing",
}
PATCH: dict[str, Any] = {
    "id": "e1",
    "pillar": "agent",
    "op": "patch_system_prompt",
    "target": "agents.coder.system_prompt",
    "payload": {
        "agent": "coder",
        "replacements": [{"find": "3. Run the tests.", "replace": "3. Run all the tests."}],
    },
    "rationale": "It skips them.",
    "expected_improvement": "c1",
    "references": [],
}


class Engine:
    """A user's own engine: counts how often it is asked."""

    def __init__(self, *edits: Mapping[str, Any], content: str | None = None) -> None:
        self.content = json.dumps({"edits": edits}) if content is None else content
        self.asked: list[Sequence[Mapping[str, str]]] = []

    def generate(
        self, *, messages: Sequence[Mapping[str, str]], model: str, max_tokens: int, **_: Any
    ) -> dict[str, Any]:
        self.asked.append(messages)
        return {
            "content": self.content,
            "cost_usd": 0.02,
            "usage": {"total_tokens": 900},
            "finish_reason": "stop",
        }


def planner_with(engine: Any, session_dir: object, **more: Any) -> LearningPlanner:
    prompts = {"agents.coder.system_prompt": PROMPT}
    return LearningPlanner(
        teacher_engine=engine,
        teacher_model="my-model",
        session_id="s1",
        session_dir=session_dir,  # type: ignore[arg-type]  # paths and texts both
        **{"prompt_reader": prompts.__getitem__, **more},
    )


def test_an_engine_of_ones_own_plans_a_session(tmp_path: Path) -> None:
    engine = Engine(PATCH)
    plan = planner_with(engine, tmp_path / "s1").run(diagnosis_md="# Night", clusters=[CLUSTER])
    assert [edit.op for edit in plan.edits] == [Op.PATCH_SYSTEM_PROMPT]
    assert plan.failure_clusters[0].addressed_by_edit_ids == ("e1",)
    assert (plan.teacher_model, plan.estimated_cost_usd) == ("my-model", 0.02)
    assert json.loads((tmp_path / "s1" / "plan.json").read_text())["digest"] == plan.digest


def test_the_teacher_sees_prompts_that_the_diagnosis_names(tmp_path: Path) -> None:
    engine = Engine(PATCH)
    named = "agents.coder.system_prompt says nothing of tests."
    planner_with(engine, tmp_path).run(diagnosis_md=named, clusters=[CLUSTER])
    assert "3. Run the tests." in engine.asked[0][-1]["content"]


def test_a_diagnosis_may_name_an_agent_in_any_place(tmp_path: Path) -> None:
    engine = Engine(PATCH)
    for number, text in enumerate(("# N\nagents.coder fails", '# N\n{"agent": "coder"}')):
        planner = planner_with(engine, tmp_path / str(number))
        planner.run(diagnosis_md=text, clusters=[CLUSTER])
        assert "3. Run the tests." in engine.asked[number][-1]["content"]


ANSWER = json.dumps({"edits": [PATCH]})
PAYLOAD_IN_A_STRING = {**PATCH, "target": None, "payload": json.dumps(PATCH["payload"])}


@pytest.mark.parametrize(
    "content",
    [
        ANSWER.replace("coder", "\\u0063oder"),
        repr({"edits": [{**PATCH, "target": None}]}),
        json.dumps({"edits": [PAYLOAD_IN_A_STRING]}),
    ],
    ids=["escaped", "python", "in a string"],
)
def test_a_prompt_is_read_however_the_answer_writes_its_agent(tmp_path: Path, content: str) -> None:
    planner = planner_with(Engine(content=content), tmp_path)
    plan = planner.run(diagnosis_md="# Night", clusters=[CLUSTER])
    assert ([edit.id for edit in plan.edits], plan.rejected_edits) == (["e1"], ())
    assert list(plan.made_from.prompts_sha256) == ["agents.coder.system_prompt"]


@pytest.mark.parametrize("prompt", [PROMPT.encode(), 5, f"\udce4{PROMPT}"])
def test_a_reader_that_returns_no_text_is_told_in_a_sentence(
    tmp_path: Path, prompt: object
) -> None:
    planner = planner_with(Engine(PATCH), tmp_path, prompt_reader=lambda target: prompt)
    with pytest.raises(SettingsInvalid, match=r"returned .* for `agents\.coder\.system_prompt`"):
        planner.run(diagnosis_md="# Night", clusters=[CLUSTER])
    assert not (tmp_path / "plan.json").exists()


@pytest.mark.parametrize("error", [KeyError, FileNotFoundError, ValueError])
def test_a_prompt_that_nobody_has_is_no_crash(tmp_path: Path, error: type[Exception]) -> None:
    def reader(target: str) -> str:
        raise error(target)

    planner = planner_with(Engine(PATCH), tmp_path, prompt_reader=reader)
    plan = planner.run(diagnosis_md="# Night", clusters=[CLUSTER])
    assert (plan.edits, [r.code for r in plan.rejected_edits]) == ((), ["prompt_unknown"])


def test_the_same_again_pays_nothing_and_returns_the_same(tmp_path: Path) -> None:
    engine = Engine(PATCH)
    first = planner_with(engine, tmp_path).run(diagnosis_md="# N", clusters=[CLUSTER])
    again = planner_with(engine, tmp_path).run(diagnosis_md="# N", clusters=[CLUSTER])
    assert (first, len(engine.asked)) == (again, 1)


OTHER_POLICY = TierPolicy(tiers={Op.SET_AGENT_CLASS: Tier.MANUAL})


@pytest.mark.parametrize(
    ("rerun", "more", "told"),
    [
        ({"diagnosis_md": "# Other"}, {}, "diagnosis has changed"),
        ({"diagnosis_md": ""}, {}, "diagnosis can no longer be read"),
        ({"clusters": [{**CLUSTER, "student_failure_rate": 0.6}]}, {}, "clusters have changed"),
        ({}, {"policy": OTHER_POLICY}, "policy has changed"),
        ({}, {"prompt_reader": lambda target: f"{PROMPT}4. Sleep.\n"},
         "`agents.coder.system_prompt` has changed since the plan was frozen: an edit"),
        ({}, {"prompt_reader": {}.get}, "`agents.coder.system_prompt` is gone"),
        ({}, {"student": Student(routing={"code": "m"})}, "settings beside its prompts"),
    ],
)  # fmt: skip
def test_a_rerun_keeps_the_stored_plan_pays_nothing_and_says_what_changed(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    rerun: dict[str, Any],
    more: dict[str, Any],
    told: str,
) -> None:
    engine = Engine(PATCH)
    given: dict[str, Any] = {"diagnosis_md": "# N", "clusters": [CLUSTER]}
    first = planner_with(engine, tmp_path).run(**given)
    stored = (tmp_path / "plan.json").read_bytes()
    again = planner_with(engine, tmp_path, **more).run(**{**given, **rerun})
    assert (again, len(engine.asked)) == (first, 1)
    assert (tmp_path / "plan.json").read_bytes() == stored
    (warning,) = caplog.messages
    assert told in warning


def test_another_version_of_the_planner_returns_the_stored_plan_and_says_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = Engine(PATCH)
    first = planner_with(engine, tmp_path).run(diagnosis_md="# N", clusters=[CLUSTER])
    made_from = first.made_from.model_copy(update={"planner_version": "0.0.1"})
    older = first.model_copy(update={"made_from": made_from})
    older = older.model_copy(update={"digest": plan_digest(vars(older))})
    (tmp_path / "plan.json").write_bytes(plan_bytes(older))
    again = planner_with(engine, tmp_path).run(diagnosis_md="# N", clusters=[CLUSTER])
    assert (again, len(engine.asked), caplog.messages) == (older, 1, [])


def test_a_directory_of_another_session_is_a_conflict_before_anything_is_paid(
    tmp_path: Path,
) -> None:
    engine = Engine(PATCH)
    planner_with(engine, tmp_path).run(diagnosis_md="# N", clusters=[CLUSTER])
    other = LearningPlanner(
        teacher_engine=engine, teacher_model="my-model", session_id="s2", session_dir=tmp_path
    )
    with pytest.raises(PlanConflict, match="session 's1', not of 's2'"):
        other.run(diagnosis_md="# Other", clusters=[CLUSTER])
    assert len(engine.asked) == 1


def test_memory_is_a_session_directory_too() -> None:
    url = "memory://test-planner/s1"
    plan = planner_with(Engine(PATCH), url).run(diagnosis_md="# N", clusters=[CLUSTER])
    assert json.loads(Session.at(url).read_plan() or b"")["digest"] == plan.digest


def test_nothing_is_asked_when_no_cluster_has_evidence(tmp_path: Path) -> None:
    engine = Engine(PATCH)
    nothing = {**CLUSTER, "student_failure_rate": 0, "teacher_success_rate": 0}
    plan = planner_with(engine, tmp_path).run(diagnosis_md="# N", clusters=[nothing])
    assert (engine.asked, plan.edits, plan.estimated_cost_usd) == ([], (), 0.0)
    assert plan.failure_clusters[0].skill_gap.startswith("dropped: insufficient evidence")
    assert plan.coverage[0].status is CoverageStatus.DROPPED
    again = planner_with(engine, tmp_path).run(diagnosis_md="# N", clusters=[nothing])
    assert again == plan


def test_clusters_may_be_values(tmp_path: Path) -> None:
    cluster = FailureCluster(**CLUSTER)
    plan = planner_with(Engine(PATCH), tmp_path).run(diagnosis_md="# N", clusters=[cluster])
    assert plan.failure_clusters[0].id == "c1"


def test_bad_clusters_are_refused_before_anything_is_paid(tmp_path: Path) -> None:
    engine = Engine(PATCH)
    with pytest.raises(DiagnosisInvalid, match="used 2 times"):
        planner_with(engine, tmp_path).run(diagnosis_md="# N", clusters=[CLUSTER, CLUSTER])
    assert (engine.asked, list(tmp_path.iterdir())) == ([], [])


ITSELF: dict[str, Any] = {**CLUSTER}
ITSELF["itself"] = ITSELF
NO_DIAGNOSIS: list[tuple[dict[str, Any], str]] = [
    ({"diagnosis_md": "# N \ud800"}, r"holds half a character, `\ud800`, at place 4: write it"),
    ({"diagnosis_md": None}, "must be a text, not None"),
    ({"diagnosis_md": b"# N"}, "must be a text, not bytes"),
    ({"clusters": None}, "must be a list, not None"),
    ({"clusters": "c1"}, "must be a list, not str"),
    ({"clusters": {"clusters": [CLUSTER]}}, "must be a list, not dict"),
    ({"clusters": [5]}, "cluster 1 is a number, not an object"),
    ({"clusters": [CLUSTER, None]}, "cluster 2 is null, not an object"),
    ({"clusters": [CLUSTER, object()]}, "cluster 2 cannot be written as JSON: Object of type obj"),
    ({"clusters": [{**CLUSTER, "sample_trace_ids": {"t"}}]},
     "cluster 'c1': `sample_trace_ids` cannot be written as JSON: Object of type set"),
    ({"clusters": [{**CLUSTER, "student_failure_rate": 10**5_000}]},
     "cluster 'c1': `student_failure_rate` cannot be written as JSON: "),
    ({"clusters": [ITSELF]}, "cluster 'c1': `itself` cannot be written as JSON: Circular"),
    ({"clusters": [{**CLUSTER, "description": "x\ud800"}]}, "'c1': `description` holds half a"),
    ({"clusters": [FailureCluster(**{**CLUSTER, "sample_trace_ids": ("\ud800",)})]},
     "'c1': `sample_trace_ids.0` holds half a character"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "told"), NO_DIAGNOSIS)
def test_what_is_no_diagnosis_is_told_in_a_sentence_before_anything_is_paid(
    tmp_path: Path, given: dict[str, Any], told: str
) -> None:
    engine = Engine(PATCH)
    with pytest.raises(DiagnosisInvalid, match="session s1") as caught:
        planner_with(engine, tmp_path).run(
            **{"diagnosis_md": "# N", "clusters": [CLUSTER], **given}
        )
    assert told in caught.value.message
    assert caught.value.message.isprintable()
    assert (engine.asked, list(tmp_path.iterdir())) == ([], [])


@pytest.mark.parametrize("prompt", [PROMPT.encode(), 5, f"\udce4{PROMPT}"])
def test_a_rerun_whose_reader_returns_no_text_keeps_the_stored_plan(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, prompt: object
) -> None:
    engine = Engine(PATCH)
    given: dict[str, Any] = {"diagnosis_md": "# N agents.other", "clusters": [CLUSTER]}
    prompts = {"agents.coder.system_prompt": PROMPT, "agents.other.system_prompt": "Be brief."}
    first = planner_with(engine, tmp_path, prompt_reader=prompts.get).run(**given)
    now = {"agents.coder.system_prompt": prompt, "agents.other.system_prompt": "Be kind."}
    again = planner_with(engine, tmp_path, prompt_reader=now.get, policy=OTHER_POLICY).run(**given)
    assert (again, len(engine.asked)) == (first, 1)
    broken, gone, other, policy = caplog.messages
    assert "can no longer be read: The prompt reader returned" in broken
    assert "`agents.coder.system_prompt`" in broken
    assert "`agents.coder.system_prompt` is gone since the plan was frozen: an edit" in gone
    assert "`agents.other.system_prompt` has changed" in other
    assert "policy has changed" in policy


HALF_A_PROMPT = Student(agents={"coder": Agent(system_prompt="x\ud800")})
NO_STUDENT = [
    (HALF_A_PROMPT, "`agents.coder` holds half a character"),
    (Student(tool_descriptions={"search": "x\ud800"}), "`tool_descriptions.search` holds half a"),
    (Student(routing={"x\ud800": "m"}), r"`routing.x\ud800` holds half a character"),
    (Student(model_params={"m": {"top_p": math.nan}}), "`model_params.m` holds a number that is"),
]


@pytest.mark.parametrize(("student", "told"), NO_STUDENT)
def test_a_student_that_no_plan_can_hold_is_told_before_anything_is_paid(
    tmp_path: Path, student: Student, told: str
) -> None:
    engine = Engine(PATCH)
    with pytest.raises(StudentInvalid) as caught:
        planner_with(engine, tmp_path, student=student).run(diagnosis_md="# N", clusters=[CLUSTER])
    assert told in caught.value.message
    assert caught.value.message.isprintable()
    assert (engine.asked, list(tmp_path.iterdir())) == ([], [])


@pytest.mark.parametrize(("student", "told"), NO_STUDENT)
def test_a_rerun_with_a_student_that_no_plan_can_hold_keeps_the_stored_plan(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, student: Student, told: str
) -> None:
    engine = Engine(PATCH)
    given: dict[str, Any] = {"diagnosis_md": "# N", "clusters": [CLUSTER]}
    first = planner_with(engine, tmp_path).run(**given)
    again = planner_with(engine, tmp_path, student=student, policy=OTHER_POLICY).run(**given)
    assert (again, len(engine.asked)) == (first, 1)
    broken, policy = caplog.messages
    assert told in broken
    assert "policy has changed" in policy


@pytest.mark.parametrize("name", ["session_id", "teacher_model"])
def test_a_name_with_half_a_character_is_refused_at_once(tmp_path: Path, name: str) -> None:
    given: dict[str, Any] = {"session_id": "s1", "teacher_model": "my-model", name: "x\ud800"}
    with pytest.raises(SettingsInvalid, match=f"`{name}` holds half a character"):
        LearningPlanner(teacher_engine=Engine(PATCH), session_dir=tmp_path, **given)


@pytest.mark.parametrize(("given", "told"), NO_DIAGNOSIS)
def test_a_rerun_with_what_is_no_diagnosis_keeps_the_stored_plan(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, given: dict[str, Any], told: str
) -> None:
    engine = Engine(PATCH)
    usual: dict[str, Any] = {"diagnosis_md": "# N", "clusters": [CLUSTER]}
    first = planner_with(engine, tmp_path).run(**usual)
    again = planner_with(engine, tmp_path).run(**{**usual, **given})
    assert (again, len(engine.asked)) == (first, 1)
    (warning,) = caplog.messages
    assert warning.startswith("The diagnosis can no longer be read: ")
    assert told in warning


def test_an_unreadable_answer_is_paid_once_and_told_each_time(tmp_path: Path) -> None:
    engine = Engine(content="I would rather not write JSON.")
    for _ in range(2):
        with pytest.raises(AnswerUnreadable):
            planner_with(engine, tmp_path).run(diagnosis_md="# N", clusters=[CLUSTER])
    assert len(engine.asked) == 1
    assert not (tmp_path / "plan.json").exists()


@pytest.mark.parametrize("answer", [None, "text", {}, {"content": None}, {"content": 3}])
def test_an_engine_that_answers_nonsense_fails_in_our_words(tmp_path: Path, answer: object) -> None:
    class Broken:
        def generate(self, **_: Any) -> Any:
            return answer

    with pytest.raises(TeacherError):
        planner_with(Broken(), tmp_path).run(diagnosis_md="# N", clusters=[CLUSTER])


# --- stored sessions ---------------------------------------------------------------------


@pytest.fixture
def demo(tmp_path: Path) -> DemoSession:
    return copy_demo(tmp_path)


def replay(demo: DemoSession) -> ReplayTeacher:
    return ReplayTeacher(content=demo.answer.read_text("utf-8"))


def test_the_demo_session_exercises_what_it_promises(demo: DemoSession) -> None:
    outcome = plan_session(
        Session.at(str(demo.session)),
        teacher=replay(demo),
        student=fetch_student(str(demo.student)),
    )
    plan = outcome.plan
    assert {e.id for e in plan.edits} == {f"edit-{n:02}" for n in range(1, 12)}
    assert {(r.position, r.code.value) for r in plan.rejected_edits} == {
        (11, "patch_refused"),
        (12, "dropped_cluster"),
    }
    ops = {e.id: e.op for e in plan.edits}
    assert len(set(ops.values())) >= 8
    assert ops["edit-04"] == ops["edit-10"] == Op.PATCH_SYSTEM_PROMPT
    assert ops["edit-07"] == Op.REPLACE_SYSTEM_PROMPT
    tiers = {e.id: e.risk_tier.value for e in plan.edits}
    assert tiers["edit-07"] == "review", "the teacher called it auto: nobody reads that"
    assert [f.code for e in plan.edits if e.id == "edit-09" for f in e.flags] == [
        "unknown_reference"
    ]


def test_the_demo_diagnosis_is_of_real_size(demo: DemoSession) -> None:
    markdown = (demo.session / "diagnosis.md").read_bytes()
    diagnosis = read_diagnosis(markdown, None, where="demo")
    assert 900 <= len(diagnosis.markdown.split()) <= 1_200
    assert len(diagnosis.clusters) == 5
    lines = [p.count("\n") for p in fetch_student(str(demo.student)).prompts.values()]
    assert all(40 <= count <= 150 for count in lines)


def test_a_frozen_session_is_returned_and_says_what_changed(demo: DemoSession) -> None:
    session, student = Session.at(str(demo.session)), fetch_student(str(demo.student))
    first = plan_session(session, teacher=replay(demo), student=student)
    (demo.session / "diagnosis.md").write_text("# Something else")
    again = plan_session(session, teacher=replay(demo), student=student)
    assert (again.was_frozen, again.plan) == (True, first.plan)
    assert "diagnosis" in again.changes[0].lower()


@pytest.mark.parametrize("diagnosis", [None, b"", b"\xff", b"# No clusters"])
def test_a_diagnosis_that_is_gone_hides_no_other_change(
    demo: DemoSession, diagnosis: bytes | None
) -> None:
    session, student = Session.at(str(demo.session)), fetch_student(str(demo.student))
    plan_session(session, teacher=replay(demo), student=student)
    (demo.session / "diagnosis.md").unlink()
    if diagnosis is not None:
        (demo.session / "diagnosis.md").write_bytes(diagnosis)
    agents = {**student.agents, "new": Agent(system_prompt="You are new.")}
    again = plan_session(
        session,
        teacher=replay(demo),
        student=student.model_copy(update={"agents": agents}),
        policy=OTHER_POLICY,
    )
    missing, prompt, policy = again.changes
    assert "no longer" in missing
    assert "`agents.new.system_prompt` is new" in prompt
    assert "policy has changed" in policy


def test_a_plan_changed_after_it_was_frozen_is_never_returned(demo: DemoSession) -> None:
    session, student = Session.at(str(demo.session)), fetch_student(str(demo.student))
    plan_session(session, teacher=replay(demo), student=student)
    forged = demo.plan.read_text().replace('"risk_tier": "review"', '"risk_tier": "auto"')
    demo.plan.write_text(forged)
    with pytest.raises(ArtifactInvalid, match="changed after it was frozen"):
        plan_session(session, teacher=replay(demo), student=student)
    assert demo.plan.read_text() == forged


def test_a_session_without_a_diagnosis_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArtifactMissing, match=r"diagnosis\.md does not exist"):
        plan_session(Session.at(str(tmp_path)), teacher=ReplayTeacher(content="{}"))


def test_a_plan_is_the_same_bytes_wherever_its_session_lies(demo: DemoSession) -> None:
    student, bytes_of = fetch_student(str(demo.student)), []
    for root in (demo.session.parent, "memory://test-planner"):
        session = Session.at(f"{root}/{demo.session.name}")
        session.store.write("diagnosis.md", (demo.session / "diagnosis.md").read_bytes())
        plan = plan_session(session, teacher=replay(demo), student=student).plan
        bytes_of.append(plan.model_dump(exclude={"created_at", "made_from", "digest"}))
    assert bytes_of[0] == bytes_of[1]


def test_the_mask_of_a_credential_never_becomes_the_students_text(tmp_path: Path) -> None:
    pair = {"find": "3. Run the tests.", "replace": "3. Run them with [masked-secret-1]."}
    masked = {**PATCH, "payload": {"agent": "coder", "replacements": [pair]}}
    plan = planner_with(Engine(masked), tmp_path).run(diagnosis_md="# N", clusters=[CLUSTER])
    assert (plan.edits, [r.code for r in plan.rejected_edits]) == ((), ["masked_secret"])
