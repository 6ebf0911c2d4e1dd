"""The walk without a scheduler: from a diagnosis to a frozen plan, a step a line.

`flows.distillation` walks the same functions as Prefect tasks; both arrive at the
same bytes.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from typing import Any

from pydantic import BaseModel

from planner.asking import ask_teacher_until_answered
from planner.diagnosis import read_diagnosis
from planner.errors import ArtifactMissing, DiagnosisInvalid
from planner.evidence import screen_clusters
from planner.models import (
    Agent,
    Diagnosis,
    FailureCluster,
    LearningPlan,
    Proposal,
    Screening,
    Student,
    TeacherReply,
    prompt_target,
)
from planner.plan import assemble_plan, intact_plan, plan_bytes, what_changed
from planner.request import compose_request
from planner.risk import DEFAULT_POLICY, TierPolicy, assign_tiers
from planner.session import Inputs, Session
from planner.store import StoreSettings
from planner.teacher import AnyTeacher, TeacherEngine, as_teacher

logger = logging.getLogger(__name__)

PromptReader = Callable[[str], str | None]
"""Prompt target, such as `agents.coder.system_prompt`, to the prompt's text."""

_AGENT_NAME = r"[A-Za-z0-9_-]+"
_MENTIONED_AGENT = re.compile(rf'\bagents\.({_AGENT_NAME})\b|"agent"\s*:\s*"({_AGENT_NAME})"')


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one session."""

    plan: LearningPlan
    plan_url: str
    was_frozen: bool
    """The plan was there already: nothing was asked, nothing was written."""
    changes: tuple[str, ...] = ()
    """Which inputs have changed since the plan was frozen, a sentence each."""


def plan_session(
    session: Session,
    *,
    teacher: AnyTeacher,
    student: Student | None = None,
    policy: TierPolicy = DEFAULT_POLICY,
    ask_again: bool = False,
) -> Outcome:
    """Plan one stored session, or return the plan that is frozen there already.

    Args:
        session: Where diagnosis.md (and clusters.json) lie, and plan.json will.
        teacher: Who is asked, once.
        student: The configuration that edits may touch; unknown where None.
        policy: The operator's risk tiers.
        ask_again: Pay for another answer although one is recorded.

    Raises:
        InputError: The inputs cannot be used; nothing was sent or stored.
        TeacherError: The call failed, or its answer cannot be used.
        StorageError: The store failed; a rerun completes the session.
    """
    student = student or Student()
    inputs = session.read_inputs()
    if inputs.plan is not None:
        return _frozen_outcome(session, inputs, inputs.plan, student, policy)
    if inputs.diagnosis is None:
        raise ArtifactMissing(
            f"{session.url}/diagnosis.md does not exist; check the session's URL, "
            "and that the diagnosis flow wrote its files."
        )
    diagnosis = read_diagnosis(inputs.diagnosis, inputs.clusters, where=session.url)
    plan = _walk(
        session,
        session_id=session.id,
        diagnosis=diagnosis,
        teacher=teacher,
        student=student,
        policy=policy,
        ask_again=ask_again,
    )
    session.freeze_plan(plan_bytes(plan))
    logger.info("Froze %s", session.plan_url)
    return Outcome(plan, session.plan_url, was_frozen=False)


class LearningPlanner:
    """Converts a diagnosis into a frozen `LearningPlan` with one teacher call.

    Args:
        teacher_engine: A `planner.Teacher`, or any object with
            `generate(*, messages, model, max_tokens, ...)` that returns a dict with
            `content`, `cost_usd`, `usage` and `finish_reason`.
        teacher_model: The model's name, as the engine knows it.
        session_id: Goes into the plan.
        session_dir: A path or any fsspec URL; created where it does not exist.
        prompt_reader: Prompt target to current text; `None`, or a `LookupError`,
            `OSError` or `ValueError`, says that there is none.
        student: The student's whole configuration, where the caller has it.
        policy: The operator's risk tiers.
        store_settings: How to reach the store, where the environment does not say.
    """

    def __init__(
        self,
        *,
        teacher_engine: TeacherEngine | AnyTeacher,
        teacher_model: str,
        session_id: str,
        session_dir: str | PathLike[str],
        prompt_reader: PromptReader | None = None,
        student: Student | None = None,
        policy: TierPolicy = DEFAULT_POLICY,
        store_settings: StoreSettings | None = None,
    ) -> None:
        self._teacher = as_teacher(teacher_engine, teacher_model)
        self._session = Session.at(_as_url(session_dir), store_settings or StoreSettings())
        self._session_id = session_id
        self._prompt_reader = prompt_reader
        self._student = student or Student()
        self._policy = policy

    def run(
        self, *, diagnosis_md: str, clusters: Sequence[FailureCluster | Mapping[str, Any]]
    ) -> LearningPlan:
        """Plan, freeze `plan.json`, and return the plan.

        The same inputs again return the stored plan and pay nothing.

        Raises:
            InputError: The inputs cannot be used; nothing was sent or stored.
            TeacherError: The call failed, or its answer cannot be used.
            PlanConflict: Other inputs made another plan for this session before.
            StorageError: The store failed; a rerun completes the session.
        """
        diagnosis = read_diagnosis(
            diagnosis_md.encode(), _as_json(clusters), where=f"session {self._session_id}"
        )
        plan = _walk(
            self._session,
            session_id=self._session_id,
            diagnosis=diagnosis,
            teacher=self._teacher,
            student=self._student,
            policy=self._policy,
            prompt_reader=self._prompt_reader,
        )
        self._session.freeze_plan(plan_bytes(plan))
        return plan


def _proposed(
    reply: TeacherReply, screening: Screening, student: Student, diagnosis: Diagnosis
) -> Proposal:
    # Their patterns would be two fifths of `import planner`: a frozen session needs none of them.
    from planner.answer import parse_edits  # noqa: PLC0415
    from planner.settle import settle_patches  # noqa: PLC0415

    return settle_patches(parse_edits(reply, screening, student, diagnosis), student)


def _walk(
    session: Session,
    *,
    session_id: str,
    diagnosis: Diagnosis,
    teacher: AnyTeacher,
    student: Student,
    policy: TierPolicy,
    prompt_reader: PromptReader | None = None,
    ask_again: bool = False,
) -> LearningPlan:
    screening = screen_clusters(diagnosis.clusters)
    student = _with_prompts(student, prompt_reader, diagnosis.model_dump_json())
    composed = compose_request(diagnosis, screening, student, teacher)
    reply = ask_teacher_until_answered(session, teacher, composed, ask_again=ask_again)
    student = _with_prompts(student, prompt_reader, reply.content)
    proposal = (
        Proposal(edits=(), rejected=())
        if composed.request is None
        else _proposed(reply, screening, student, diagnosis)
    )
    return assemble_plan(
        session_id=session_id,
        diagnosis=diagnosis,
        screening=screening,
        student=student,
        composed=composed,
        reply=reply,
        proposal=proposal,
        edits=assign_tiers(proposal.edits, policy),
        policy=policy,
    )


def _frozen_outcome(
    session: Session, inputs: Inputs, stored: bytes, student: Student, policy: TierPolicy
) -> Outcome:
    """Return the stored plan, and what has changed since: it stays whatever has."""
    plan = intact_plan(stored, where=session.plan_url)
    changes = changes_since(plan, inputs, student, policy, where=session.url)
    for change in changes:
        logger.warning("%s", change)
    return Outcome(plan, session.plan_url, was_frozen=True, changes=changes)


def changes_since(
    plan: LearningPlan, inputs: Inputs, student: Student, policy: TierPolicy, *, where: str
) -> tuple[str, ...]:
    """Tell which inputs have changed since the plan was frozen, a sentence each.

    An input that can no longer be read is told as a change: the plan stands.
    """
    if inputs.diagnosis is None:
        return (f"{where}/diagnosis.md is no longer there.",)
    try:
        diagnosis = read_diagnosis(inputs.diagnosis, inputs.clusters, where=where)
    except DiagnosisInvalid as error:
        return (f"The diagnosis can no longer be read: {error.message}",)
    return what_changed(plan, diagnosis, student, policy)


def _with_prompts(student: Student, prompt_reader: PromptReader | None, text: str) -> Student:
    """Add the prompts of agents that a text mentions and the student does not show."""
    if prompt_reader is None:
        return student
    names = {name for pair in _MENTIONED_AGENT.findall(text) for name in pair if name}
    unseen = sorted(names - {target.split(".")[1] for target in student.prompts})
    prompts = {name: _read_prompt(prompt_reader, name) for name in unseen}
    found = {
        name: student.agents.get(name, Agent()).model_copy(update={"system_prompt": prompt})
        for name, prompt in prompts.items()
        if prompt is not None
    }
    return student.model_copy(update={"agents": {**student.agents, **found}})


def _read_prompt(prompt_reader: PromptReader, agent: str) -> str | None:
    try:
        return prompt_reader(prompt_target(agent))
    except (LookupError, OSError, ValueError):
        return None


def _as_url(session_dir: str | PathLike[str]) -> str:
    return session_dir if isinstance(session_dir, str) else fspath(session_dir)


def _as_json(clusters: Sequence[FailureCluster | Mapping[str, Any]]) -> bytes:
    """Clusters of any kind take one way in, so that all are checked alike."""
    return json.dumps(
        [c.model_dump(mode="json") if isinstance(c, BaseModel) else dict(c) for c in clusters]
    ).encode()
