"""The walk without a scheduler: from a diagnosis to a frozen plan, a step a line.

`flows.distillation` walks the same functions as Prefect tasks; both arrive at the
same bytes.
"""

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from os import PathLike, fspath
from typing import Any

from planner.asking import ask_teacher_until_answered
from planner.diagnosis import given_diagnosis, read_diagnosis
from planner.errors import (
    ArtifactMissing,
    DiagnosisInvalid,
    PlanConflict,
    SettingsInvalid,
    StudentInvalid,
)
from planner.evidence import screen_clusters
from planner.invisible import escaped
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
from planner.plan import assemble_plan, intact_plan, plan_bytes, student_fault, what_changed
from planner.provider_errors import whole_characters
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
    inputs = session.read_inputs()
    return _kept_or_made(
        session,
        inputs.plan,
        partial(_stored_diagnosis, inputs, session.url),
        session_id=session.id,
        where=session.url,
        teacher=teacher,
        student=student or Student(),
        policy=policy,
        ask_again=ask_again,
    )


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

    Raises:
        SettingsInvalid: The session's id or the model's name holds half a character.
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
        for name, text in (("session_id", session_id), ("teacher_model", teacher_model)):
            if text != whole_characters(text):
                raise SettingsInvalid(f"`{name}` holds half a character: {escaped(text)!r}.")
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

        Again, whatever has changed since, this returns the stored plan and pays nothing;
        what has changed is logged as warnings, a sentence each.

        Raises:
            InputError: The inputs cannot be used; nothing was sent or stored, unless the
                prompt reader fails on an agent that only the answer names.
            TeacherError: The call failed, or its answer cannot be used.
            PlanConflict: The directory holds another session's plan, or another run froze
                another plan meanwhile.
            StorageError: The store failed; a rerun completes the session.
        """
        where = f"session {self._session_id}"
        plan = _kept_or_made(
            self._session,
            self._session.read_plan(),
            partial(given_diagnosis, diagnosis_md, clusters, where=where),
            session_id=self._session_id,
            where=where,
            teacher=self._teacher,
            student=self._student,
            policy=self._policy,
            prompt_reader=self._prompt_reader,
        ).plan
        if plan.session_id != self._session_id:
            raise PlanConflict(
                f"{self._session.plan_url} is the plan of the session {plan.session_id!r}, not of "
                f"{self._session_id!r}; it stays: give each session a directory of its own."
            )
        return plan


def _kept_or_made(
    session: Session,
    stored: bytes | None,
    diagnosis: Callable[[], Diagnosis],
    *,
    session_id: str,
    where: str,
    teacher: AnyTeacher,
    student: Student,
    policy: TierPolicy,
    prompt_reader: PromptReader | None = None,
    ask_again: bool = False,
) -> Outcome:
    """Keep the plan that is frozen, or make it and freeze it: the rule of every door.

    The diagnosis is read in here: one that cannot be read is no error where a plan is frozen.
    """
    if stored is not None:
        plan = intact_plan(stored, where=session.plan_url)
        student, faults = _with_planned_prompts(student, prompt_reader, plan)
        changes = (*faults, *_changes(plan, diagnosis, student, policy, where=where))
        for change in changes:
            logger.warning("%s The frozen plan stays.", change)
        return Outcome(plan, session.plan_url, was_frozen=True, changes=changes)
    fault = student_fault(student)
    if fault:
        raise StudentInvalid(fault)
    plan = _walk(
        session,
        session_id=session_id,
        diagnosis=diagnosis(),
        teacher=teacher,
        student=student,
        policy=policy,
        prompt_reader=prompt_reader,
        ask_again=ask_again,
    )
    session.freeze_plan(plan_bytes(plan))
    logger.info("Froze %s", session.plan_url)
    return Outcome(plan, session.plan_url, was_frozen=False)


def _proposed(
    reply: TeacherReply,
    screening: Screening,
    student: Student,
    diagnosis: Diagnosis,
    prompt_reader: PromptReader | None,
) -> tuple[Student, Proposal]:
    """Return the settled proposal, and the student with the prompts of all agents it touches."""
    # Their patterns would be two fifths of `import planner`: a frozen session needs none of them.
    from planner.answer import parse_edits  # noqa: PLC0415
    from planner.settle import settle_patches  # noqa: PLC0415

    parsed = parse_edits(reply, screening, student, diagnosis)
    touched = [str(edit.payload["agent"]) for edit in parsed.edits if "agent" in edit.payload]
    seen = _with_prompts(student, prompt_reader, touched)
    if seen is not student:
        parsed = parse_edits(reply, screening, seen, diagnosis)
    return seen, settle_patches(parsed, seen)


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
    student = _with_prompts(student, prompt_reader, _mentioned_agents(diagnosis))
    composed = compose_request(diagnosis, screening, student, teacher)
    reply = ask_teacher_until_answered(session, teacher, composed, ask_again=ask_again)
    proposal = Proposal(edits=(), rejected=())
    if composed.request is not None:
        student, proposal = _proposed(reply, screening, student, diagnosis, prompt_reader)
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


def changes_since(
    plan: LearningPlan, inputs: Inputs, student: Student, policy: TierPolicy, *, where: str
) -> tuple[str, ...]:
    """Tell which inputs have changed since the plan was frozen, a sentence each.

    An input that can no longer be read is told as a change: the plan stands.
    """
    read = partial(_stored_diagnosis, inputs, where)
    return _changes(plan, read, student, policy, where=where)


def _changes(
    plan: LearningPlan,
    diagnosis: Callable[[], Diagnosis],
    student: Student,
    policy: TierPolicy,
    *,
    where: str,
) -> tuple[str, ...]:
    found, fault = _diagnosis_now(diagnosis, where)
    return (*fault, *what_changed(plan, found, student, policy))


def _diagnosis_now(
    diagnosis: Callable[[], Diagnosis], where: str
) -> tuple[Diagnosis | None, tuple[str, ...]]:
    """Return the diagnosis, or why there is none."""
    try:
        return diagnosis(), ()
    except ArtifactMissing:
        return None, (f"{where}/diagnosis.md is no longer there.",)
    except DiagnosisInvalid as error:
        return None, (f"The diagnosis can no longer be read: {error.message}",)


def _stored_diagnosis(inputs: Inputs, where: str) -> Diagnosis:
    if inputs.diagnosis is None:
        raise ArtifactMissing(
            f"{where}/diagnosis.md does not exist; check the session's URL, "
            "and that the diagnosis flow wrote its files."
        )
    return read_diagnosis(inputs.diagnosis, inputs.clusters, where=where)


def _with_planned_prompts(
    student: Student, prompt_reader: PromptReader | None, plan: LearningPlan
) -> tuple[Student, tuple[str, ...]]:
    """Read again the prompts that the plan was made from, and tell those that are no text.

    Where a prompt is gone, or is no text, its agent has none.
    """
    if prompt_reader is None:
        return student, ()
    faults: list[str] = []

    def reader(target: str) -> str | None:
        prompt = prompt_reader(target)
        fault = _prompt_fault(prompt, target)
        if fault:
            faults.append(f"A prompt can no longer be read: {fault}")
        return None if fault else prompt

    names = [
        target.removeprefix("agents.").removesuffix(".system_prompt")
        for target in plan.made_from.prompts_sha256
    ]
    agents = {**dict.fromkeys(names, Agent()), **student.agents}
    seen = _with_prompts(student.model_copy(update={"agents": agents}), reader, names)
    return seen, tuple(faults)


def _mentioned_agents(diagnosis: Diagnosis) -> set[str]:
    texts = [diagnosis.markdown]
    for cluster in diagnosis.clusters:
        texts += [cluster.id, cluster.description, cluster.skill_gap]
    found = _MENTIONED_AGENT.findall("\n".join(texts))
    return {name for pair in found for name in pair if name}


def _with_prompts(
    student: Student, prompt_reader: PromptReader | None, names: Iterable[str]
) -> Student:
    """Add the prompts of agents that the student does not show."""
    if prompt_reader is None:
        return student
    known = student.prompts
    prompts = {
        name: _read_prompt(prompt_reader, name)
        for name in sorted(set(names))
        if prompt_target(name) not in known
    }
    found = {
        name: student.agents.get(name, Agent()).model_copy(update={"system_prompt": prompt})
        for name, prompt in prompts.items()
        if prompt is not None
    }
    if not found:
        return student
    return student.model_copy(update={"agents": {**student.agents, **found}})


def _read_prompt(prompt_reader: PromptReader, agent: str) -> str | None:
    target = prompt_target(agent)
    try:
        prompt = prompt_reader(target)
    except (LookupError, OSError, ValueError):
        return None
    fault = _prompt_fault(prompt, target)
    if fault:
        raise SettingsInvalid(fault)
    return prompt


def _prompt_fault(prompt: object, target: str) -> str:
    """Tell what a reader returned in place of a prompt; empty where it is one, or none."""
    if prompt is None or (isinstance(prompt, str) and prompt == whole_characters(prompt)):
        return ""
    kind = "a text that is not UTF-8" if isinstance(prompt, str) else type(prompt).__name__
    return (
        f"The prompt reader returned {kind} for `{target}`: it must return the prompt's text, "
        "or None where there is none."
    )


def _as_url(session_dir: str | PathLike[str]) -> str:
    return session_dir if isinstance(session_dir, str) else fspath(session_dir)
