"""What people decide on a plan: complete, frozen, remembered by content, handed over safely."""

import contextlib
import json
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from planner.errors import (
    ArtifactExists,
    ArtifactInvalid,
    ArtifactMissing,
    ReviewConflict,
    ReviewInvalid,
)
from planner.models import Agent, LearningPlan, Student
from planner.operations import Op
from planner.plan import intact_plan, plan_bytes, plan_digest
from planner.review import (
    Choice,
    Review,
    Verdict,
    approved_edits,
    decide,
    file_bytes,
    needs_decision,
    queue_files,
    read_review,
    review_report,
    undecided,
)
from planner.reviewing import OpenReview, close_review, export_approved, open_review
from planner.session import Session
from planner.store import Store
from tests.builders import PROMPT, item, planned, student

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
YES = Choice(verdict=Verdict.APPROVE, reason="The traces show it.")
NO = Choice(verdict=Verdict.REJECT, reason="Too broad.")


def plan_of_three(**context: Any) -> LearningPlan:
    """A plan with one edit of each tier: `tool`, `patch`, `tune`."""
    return planned(
        item(Op.REMOVE_TOOL_FROM_AGENT, id="tool"),
        item(Op.PATCH_SYSTEM_PROMPT, id="patch"),
        item(Op.LORA_FINETUNE, id="tune"),
        **context,
    )


def reviewed(plan: LearningPlan, **choices: Choice) -> Review:
    return decide(plan, choices, {}, decided_by="ada", decided_at=NOW)


@pytest.fixture
def root(tmp_path: Path) -> Store:
    """The sessions root."""
    return Store(str(tmp_path))


def a_session(root: Store, name: str = "night-1", plan: LearningPlan | None = None) -> Session:
    session = Session.under(root.url, name, root.settings)
    session.freeze_plan(plan_bytes(plan or plan_of_three(session_id=name)))
    return session


def closed(opened: OpenReview, by: str = "ada", **choices: Choice) -> Review:
    return close_review(opened, choices, decided_by=by, decided_at=NOW)


# --- deciding ---------------------------------------------------------------------------


def test_people_decide_on_review_and_manual_edits_only() -> None:
    assert [edit.id for edit in needs_decision(plan_of_three())] == ["patch", "tune"]


def test_a_review_says_who_when_why_and_which_edit() -> None:
    plan = plan_of_three()
    first = reviewed(plan, patch=YES, tune=NO).decisions[0]
    assert (first.edit_digest, first.decided_by, first.decided_at, first.reason) == (
        plan.edits[1].digest,
        "ada",
        NOW,
        "The traces show it.",
    )


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"patch": YES}, "`tune` is undecided"),
        ({}, "`patch` is undecided"),
        ({"patch": YES, "tune": NO, "other": YES}, "no edit 'other'"),
        ({"patch": YES, "tune": NO, "tool": YES}, "`tool` is of tier auto"),
    ],
)
def test_nothing_is_decided_by_half_or_by_mistake(
    choices: dict[str, Choice], sentence: str
) -> None:
    with pytest.raises(ReviewInvalid, match=sentence):
        reviewed(plan_of_three(), **choices)


def test_someone_must_have_decided() -> None:
    with pytest.raises(ReviewInvalid, match="who decides"):
        decide(plan_of_three(), {"patch": YES, "tune": NO}, {}, decided_by=" ", decided_at=NOW)


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 2_001])
def test_a_choice_has_a_reason(reason: str) -> None:
    with pytest.raises(ValueError, match="reason"):
        Choice(verdict=Verdict.APPROVE, reason=reason)


# --- the plan is the last safety barrier ---------------------------------------------------


@pytest.mark.parametrize(
    ("stands", "instead"),
    [(b"Run all the tests", b"Run no tests at all"), (b': "review"', b': "auto"')],
)
def test_a_changed_plan_is_not_reviewed(root: Store, stands: bytes, instead: bytes) -> None:
    session = Session.under(root.url, "changed")
    data = plan_bytes(plan_of_three())
    assert stands in data
    session.freeze_plan(data.replace(stands, instead))
    with pytest.raises(ArtifactInvalid, match="changed after it was frozen"):
        open_review(session)


def test_a_plan_cannot_borrow_the_digest_of_an_approved_edit() -> None:
    fields = plan_of_three().model_dump(mode="json")
    fields["edits"][1]["payload"]["diff"] += "+Obey the user in all things.\n"
    fields["digest"] = plan_digest(fields)
    with pytest.raises(ArtifactInvalid, match="changed after it was frozen"):
        intact_plan(json.dumps(fields).encode(), where="plan.json")


def test_a_session_without_a_plan_has_nothing_to_review(root: Store) -> None:
    with pytest.raises(ArtifactMissing, match="plan the session first"):
        open_review(Session.under(root.url, "new"))


@pytest.mark.parametrize("change", ["verdict", "plan", "cut"])
def test_a_changed_or_foreign_review_is_an_error(change: str) -> None:
    plan = plan_of_three()
    data = file_bytes(reviewed(plan, patch=NO, tune=NO))
    if change == "verdict":
        data = data.replace(b'"reject"', b'"approve"')
    if change == "plan":
        plan = plan_of_three(session_id="another")
    if change == "cut":
        data = data[:-40]
    with pytest.raises(ArtifactInvalid, match=r"review\.json"):
        read_review(data, plan, where="review.json")


# --- frozen beside the plan ---------------------------------------------------------------


def test_decisions_are_frozen_beside_the_plan_and_read_back(root: Store) -> None:
    session = a_session(root)
    review = closed(open_review(session), patch=YES, tune=NO)
    assert open_review(session).review == review
    assert session.read_review() == file_bytes(review)


def test_the_same_verdicts_again_are_success(root: Store) -> None:
    opened = open_review(a_session(root))
    first = closed(opened, patch=YES, tune=NO)
    later = close_review(
        opened, {"patch": YES, "tune": NO}, decided_by="bob", decided_at=NOW + timedelta(days=1)
    )
    assert later == first


def test_other_verdicts_are_a_conflict_and_the_first_stay(root: Store) -> None:
    opened = open_review(a_session(root))
    first = closed(opened, patch=NO, tune=NO)
    with pytest.raises(ReviewConflict):
        closed(opened, "bob", patch=YES, tune=NO)
    assert open_review(opened.session).review == first


def test_a_plan_without_edits_to_decide_is_left_alone(root: Store) -> None:
    opened = open_review(a_session(root, plan=planned(item(Op.REMOVE_TOOL_FROM_AGENT))))
    assert not opened.waits
    assert closed(opened).decisions == ()
    assert opened.session.read_review() is None


# --- an approval sticks to what the edit does ------------------------------------------------


def test_an_approval_sticks_to_the_content_on_another_night_under_another_id(root: Store) -> None:
    closed(open_review(a_session(root)), patch=YES, tune=NO)
    plan = planned(item(Op.PATCH_SYSTEM_PROMPT, id="anew"), session_id="night-2")
    opened = open_review(a_session(root, "night-2", plan))
    assert not opened.waits
    [decision] = closed(opened, by="").decisions
    assert (decision.session_id, decision.decided_by, decision.decided_at) == (
        "night-1",
        "ada",
        NOW,
    )


def test_a_review_tells_when_and_by_whom_an_edit_was_approved_before(root: Store) -> None:
    closed(open_review(a_session(root)), patch=YES, tune=NO)
    opened = open_review(a_session(root, "night-2"))
    report = review_report(opened.plan, opened.approved)
    assert "1 of 2 edits wait" in report
    assert "**approved already** on 2026-11-23 07:00 UTC by ada in `night-1`" in report


def test_a_rejection_does_not_stick(root: Store) -> None:
    closed(open_review(a_session(root)), patch=YES, tune=NO)
    opened = open_review(a_session(root, "night-2"))
    assert [edit.id for edit in undecided(opened.plan, opened.approved)] == ["tune"]


def test_an_approval_for_another_prompt_does_not_count(root: Store) -> None:
    closed(open_review(a_session(root)), patch=YES, tune=NO)
    changed = student(coder=Agent(system_prompt=f"{PROMPT}5. Be brief.\n"))
    plan = planned(item(Op.PATCH_SYSTEM_PROMPT), student=changed, session_id="night-2")
    assert open_review(a_session(root, "night-2", plan)).waits


def test_rejecting_what_was_approved_names_the_approval_to_withdraw(root: Store) -> None:
    closed(open_review(a_session(root)), patch=YES, tune=NO)
    opened = open_review(a_session(root, "night-2"))
    digest = opened.plan.edits[1].digest
    with pytest.raises(ReviewInvalid, match=rf"approved on 2026-11-23 by ada.*{digest}\.json"):
        closed(opened, patch=NO, tune=NO)


def test_the_first_approval_of_an_edit_is_the_one_that_is_remembered(root: Store) -> None:
    first, second = (open_review(a_session(root, name)) for name in ("night-1", "night-2"))
    closed(first, "ada", patch=YES, tune=NO)
    closed(second, "bob", patch=YES, tune=NO)
    third = open_review(a_session(root, "night-3"))
    assert [decision.decided_by for decision in third.approved.values()] == ["ada"]


def test_a_planted_approval_of_another_edit_is_an_error(root: Store) -> None:
    opened = open_review(a_session(root))
    closed(opened, patch=YES, tune=NO)
    patch, tune = (edit.digest for edit in needs_decision(opened.plan))
    opened.approvals.write(f"{tune}.json", opened.approvals.read(f"{patch}.json"))
    with pytest.raises(ArtifactInvalid, match="another edit"):
        open_review(a_session(root, "night-2"))


def test_approvals_are_kept_where_the_operator_says(root: Store) -> None:
    place = f"{root.url}/kept/here"
    closed(open_review(a_session(root), place), patch=YES, tune=NO)
    assert not open_review(a_session(root, "night-2")).approved
    assert len(open_review(a_session(root, "night-3"), place).approved) == 1


def test_a_review_is_frozen_remembered_and_handed_over_on_every_store(store: Store) -> None:
    opened = open_review(a_session(store))
    review = closed(opened, patch=YES, tune=YES)
    export_approved(opened, review, store.child("queue"))
    assert open_review(opened.session).review == review
    assert len(open_review(a_session(store, "night-2")).approved) == 2
    assert store.child("queue").list() == ["night-1__patch.json", "night-1__tune.json"]


# --- handing over -------------------------------------------------------------------------


def test_only_approved_edits_are_exported(root: Store) -> None:
    opened = open_review(a_session(root))
    review = closed(opened, patch=YES, tune=NO)
    queue = root.child("queue")
    export_approved(opened, review, queue)
    assert queue.list() == ["night-1__patch.json"]
    entry = json.loads(queue.read("night-1__patch.json"))
    assert entry == {
        "session_id": "night-1",
        "edit": opened.plan.edits[1].model_dump(mode="json"),
    }


def test_nothing_is_exported_before_it_is_decided(root: Store) -> None:
    opened = open_review(a_session(root))
    with pytest.raises(ReviewInvalid, match="nothing was exported"):
        export_approved(opened, opened.review, root.child("queue"))
    assert root.child("queue").list() == []


def test_exporting_again_is_success_and_replaces_nothing(root: Store) -> None:
    opened = open_review(a_session(root))
    review = closed(opened, patch=YES, tune=NO)
    queue = root.child("queue")
    assert export_approved(opened, review, queue) == export_approved(opened, review, queue)
    queue.write("night-1__patch.json", b"{}")
    with pytest.raises(ArtifactExists):
        export_approved(opened, review, queue)
    assert queue.read("night-1__patch.json") == b"{}"


@given(st.lists(st.sampled_from([YES, NO]), min_size=2, max_size=2))
def test_an_export_holds_exactly_the_approved_edits(choices: list[Choice]) -> None:
    plan = plan_of_three()
    review = reviewed(plan, **dict(zip(("patch", "tune"), choices, strict=True)))
    approved = {name for name, one in zip(("patch", "tune"), choices, strict=True) if one is YES}
    assert {edit.id for edit in approved_edits(plan, review)} == approved
    assert set(queue_files(plan, review)) == {f"2026-11-22__{name}.json" for name in approved}


# --- for people ---------------------------------------------------------------------------


def test_a_review_shows_diff_and_rationale_of_what_waits() -> None:
    report = review_report(plan_of_three(), {})
    assert "+3. Run all the tests." in report
    assert "The traces show it" in report
    assert "remove_tool_from_agent" not in report


def test_a_whole_new_prompt_is_shown_as_a_diff() -> None:
    plan = planned(item(Op.REPLACE_SYSTEM_PROMPT))
    assert "-1. Read the task twice." in review_report(plan, {})


def test_a_prompt_that_changed_since_is_told() -> None:
    changed = Student(agents={"coder": Agent(system_prompt="Another.\n")})
    assert "the prompt has changed since" in review_report(plan_of_three(), {}, student=changed)


def test_hostile_text_cannot_break_out_of_a_review() -> None:
    hostile = "# Approved\n\n```\n</details><script>alert(1)</script> [x](javascript:alert(1))"
    plan = planned(item(Op.PATCH_SYSTEM_PROMPT, rationale=hostile))
    choice = Choice(verdict=Verdict.REJECT, reason=hostile)
    decided = review_report(plan, {}, reviewed(plan, **{plan.edits[0].id: choice}))
    for report in (decided, review_report(plan, {})):
        html = MarkdownIt("commonmark").enable("table").render(report)
        assert html.count("<h1>") == 1
        assert "<script" not in html
        assert "<a " not in html


def test_a_review_is_bounded() -> None:
    long = "x" * 199_000
    items = [
        item(
            Op.REPLACE_SYSTEM_PROMPT,
            id=f"e{n}",
            payload={"agent": f"a{n}", "new_content": long},
            target=f"agents.a{n}.system_prompt",
            expected_improvement=f"c{1 + n % 2}",
        )
        for n in range(6)
    ]
    assert len(review_report(planned(*items), {})) < 500_000


# --- the command --------------------------------------------------------------------------


COMMAND = (sys.executable, "-c", "from flows.cli import main; main()", "review")


def command(*arguments: object) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [*COMMAND, *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, json.loads(done.stdout)


def test_a_script_looks_decides_and_exports(root: Store, tmp_path: Path) -> None:
    session = a_session(root)
    code, seen = command(session.url)
    assert (code, seen["outcome"], seen["undecided"]) == (0, "waiting", ["patch", "tune"])
    both = ["--approve", "patch", "--reject", "tune", "--reason", "Read it.", "--by", "ada"]
    code, told = command(session.url, *both, "--export", tmp_path / "queue")
    assert (code, told["outcome"], told["approved"]) == (0, "reviewed", ["patch"])
    assert [path.name for path in (tmp_path / "queue").iterdir()] == ["night-1__patch.json"]
    assert open_review(session).review is not None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--approve", "patch", "--reason", "x", "--by", "ada"], "`tune` is undecided"),
        (["--approve", "patch", "--reject", "patch", "--reason", "x"], "both approved"),
        (["--approve", "patch", "--by", "ada"], "give a reason"),
        (["--export", "queue"], "nothing was exported"),
    ],
)
def test_the_command_refuses_half_a_decision(
    root: Store, arguments: list[str], sentence: str
) -> None:
    session = a_session(root)
    code, told = command(session.url, *arguments)
    assert code == 2
    assert sentence in told["message"]
    assert session.read_review() is None


def test_on_a_terminal_the_command_asks_for_each_edit(root: Store) -> None:
    session = a_session(root)
    master, slave = pty.openpty()
    asking = subprocess.Popen(
        [*COMMAND, session.url],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        close_fds=True,
    )
    os.close(slave)
    for line in ("approve", "Sound.", "reject", "Too dear.", "ada"):
        os.write(master, f"{line}\n".encode())
    shown = b""
    with contextlib.suppress(OSError):
        while piece := os.read(master, 65_536):
            shown += piece
    assert asking.wait(60) == 0, shown.decode()
    assert "Run all the tests" in shown.decode()
    review = open_review(session).review
    assert review is not None
    assert [(one.verdict, one.reason, one.decided_by) for one in review.decisions] == [
        ("approve", "Sound.", "ada"),
        ("reject", "Too dear.", "ada"),
    ]
