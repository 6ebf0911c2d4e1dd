"""The frozen plan: a pure function of the session's inputs and the recorded reply.

The same inputs give the same bytes on any machine: the only clock is the reply's,
and the plan's own digest covers everything else that stands in it.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from pydantic import ValidationError

from planner.errors import ArtifactInvalid
from planner.invisible import escaped
from planner.models import (
    SCHEMA_VERSION,
    Agent,
    ComposedRequest,
    Coverage,
    CoverageStatus,
    Diagnosis,
    Edit,
    FailureCluster,
    Frozen,
    LearningPlan,
    Proposal,
    Provenance,
    RejectedEdit,
    Screening,
    Student,
    TeacherAccount,
    TeacherReply,
    digest_of,
    sha256,
)
from planner.operations import Tier
from planner.risk import TierPolicy, edit_digest

DISTRIBUTION: Final = "prefect-learning-planner"


class StoredPlan(Frozen):
    """A plan as read back, and whether its digest and its edits' fit what stands in it."""

    plan: LearningPlan
    digest_fits: bool


class NoPlan(Frozen):
    """What stands in place of a plan and does not fit its model: to be looked at, no more."""

    text: str
    fault: str


def assemble_plan(
    *,
    session_id: str,
    diagnosis: Diagnosis,
    screening: Screening,
    student: Student,
    composed: ComposedRequest,
    reply: TeacherReply,
    proposal: Proposal,
    edits: Sequence[Edit],
    policy: TierPolicy,
) -> LearningPlan:
    """Link edits to clusters, tell what became of each, and freeze the plan.

    Args:
        session_id: Goes into the plan as it is.
        diagnosis: What the night found.
        screening: Its clusters, with and without evidence.
        student: The configuration that the edits were checked against.
        composed: What was sent, cut and masked.
        reply: What came back; its clock becomes the plan's date.
        proposal: The settled proposal: its rejected items and notes.
        edits: Its edits, with their tiers.
        policy: What decided the tiers.
    """
    by_cluster = _edits_by_cluster(edits)
    plan = LearningPlan(
        session_id=session_id,
        created_at=reply.answered_at,
        teacher_model=reply.model_asked,
        estimated_cost_usd=reply.cost_usd or 0.0,
        diagnosis_summary=diagnosis.markdown,
        failure_clusters=(
            *(_linked(cluster, by_cluster) for cluster in screening.kept),
            *screening.dropped,
        ),
        edits=tuple(edits),
        rejected_edits=proposal.rejected,
        coverage=tuple(_coverage(screening, by_cluster, proposal.rejected)),
        teacher=_account(composed, reply),
        made_from=_provenance(diagnosis, student, composed, reply, policy),
        notes=proposal.notes,
        digest=_NO_DIGEST,
    )
    return plan.model_copy(update={"digest": plan_digest(vars(plan))})


def plan_digest(fields: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of all fields but `digest`."""
    return digest_of({key: value for key, value in fields.items() if key != "digest"})


def plan_bytes(plan: LearningPlan) -> bytes:
    """Return plan.json: UTF-8, indented by two spaces, with a final newline."""
    return plan.model_dump_json(indent=2).encode() + b"\n"


# --- the parts of a plan ------------------------------------------------------------


def _edits_by_cluster(edits: Sequence[Edit]) -> Mapping[str, tuple[str, ...]]:
    by_cluster: dict[str, list[str]] = defaultdict(list)
    for edit in edits:
        by_cluster[edit.expected_improvement].append(edit.id)
        for cluster in edit.also_improves:
            by_cluster[cluster].append(edit.id)
    return {cluster: tuple(ids) for cluster, ids in by_cluster.items()}


def _linked(cluster: FailureCluster, by_cluster: Mapping[str, tuple[str, ...]]) -> FailureCluster:
    ids = by_cluster.get(cluster.id, ())
    return FailureCluster.made_of({**cluster.__dict__, "addressed_by_edit_ids": ids})


def _coverage(
    screening: Screening,
    by_cluster: Mapping[str, tuple[str, ...]],
    rejected: Sequence[RejectedEdit],
) -> Iterator[Coverage]:
    positions: dict[str, list[int]] = defaultdict(list)
    for one in rejected:
        for cluster_id in (one.cluster_id, *one.also_meant):
            if cluster_id is not None:
                positions[cluster_id].append(one.position)
    for cluster in screening.kept:
        ids, missed = by_cluster.get(cluster.id, ()), tuple(positions.get(cluster.id, ()))
        yield Coverage.model_construct(
            cluster_id=cluster.id,
            status=_status(ids, missed),
            edit_ids=ids,
            rejected_positions=missed,
        )
    for cluster in screening.dropped:
        yield Coverage.model_construct(cluster_id=cluster.id, status=CoverageStatus.DROPPED)


def _status(ids: tuple[str, ...], missed: tuple[int, ...]) -> CoverageStatus:
    if ids:
        return CoverageStatus.ADDRESSED
    return CoverageStatus.ONLY_REJECTED if missed else CoverageStatus.UNADDRESSED


def _account(composed: ComposedRequest, reply: TeacherReply) -> TeacherAccount:
    return TeacherAccount(
        model_asked=reply.model_asked,
        model_answered=reply.model_answered,
        finish_reason=reply.finish_reason,
        truncated=reply.truncated,
        usage=reply.usage,
        cost_usd=reply.cost_usd,
        cost_known=reply.cost_usd is not None,
        cost_source=reply.cost_source,
        latency_seconds=reply.latency_seconds,
        attempts=reply.attempts,
        response_form=reply.response_form,
        cuts=composed.cuts,
        masked_secrets=composed.masked_secrets,
        notes=reply.notes,
    )


def _provenance(
    diagnosis: Diagnosis,
    student: Student,
    composed: ComposedRequest,
    reply: TeacherReply,
    policy: TierPolicy,
) -> Provenance:
    asked = composed.request is not None
    return Provenance(
        planner_version=planner_version(),
        diagnosis_sha256=diagnosis.markdown_sha256,
        clusters_sha256=_clusters_digest(diagnosis),
        student_sha256=digest_of(student),
        settings_sha256=_settings_digest(student),
        prompts_sha256=_prompt_digests(student),
        policy_sha256=digest_of(policy),
        request_sha256=composed.request.digest if composed.request else None,
        reply_sha256=digest_of(reply) if asked else None,
    )


@cache
def planner_version() -> str:
    """Return the installed version of this project; it does not change while it runs."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"


def _clusters_digest(diagnosis: Diagnosis) -> str:
    return digest_of(diagnosis.clusters)


def _prompt_digests(student: Student) -> dict[str, str]:
    return {target: sha256(prompt) for target, prompt in sorted(student.prompts.items())}


def _settings_digest(student: Student) -> str:
    """Return the digest of all but the prompts; an agent that has no more than one is left out."""
    agents = {
        name: agent.model_copy(update={"system_prompt": None})
        for name, agent in student.agents.items()
    }
    settled = {name: agent for name, agent in agents.items() if agent != Agent()}
    return digest_of(student.model_copy(update={"agents": settled}))


# --- reading a plan back ---------------------------------------------------------------


def read_plan(data: bytes, *, where: str) -> StoredPlan:
    """Read plan.json, of this or an earlier schema version.

    Fields that a later minor version added are passed over, but the digest covers
    them. A digest that does not fit is told, not raised: the plan is still shown.

    Args:
        data: The file's bytes.
        where: Its URL, for the error's sentence.

    Raises:
        ArtifactInvalid: The file is no plan, or of a later schema version.
    """
    found = look_at_plan(data, where=where)
    if isinstance(found, StoredPlan):
        return found
    raise ArtifactInvalid(f"{where} is not a plan: {found.fault}. Restore it from a backup.")


def look_at_plan(data: bytes, *, where: str) -> StoredPlan | NoPlan:
    """Read plan.json as `read_plan` does, or return as text what does not fit a plan.

    Raises:
        ArtifactInvalid: The file holds no object of JSON, or is of a later schema version.
    """
    doubts: list[str] = []
    fields = _parse(data, where, doubts)
    _require_version(fields, where)
    try:
        plan = LearningPlan.model_validate_json(_with_digests(data, fields), extra="ignore")
    except (ValidationError, RecursionError) as error:
        return NoPlan(text=data.decode("utf-8", "replace"), fault=_fault(error))
    return StoredPlan(plan=plan, digest_fits=not doubts and _digests_fit(plan, fields))


def _with_digests(data: bytes, fields: Mapping[str, Any]) -> bytes:
    """Put zeros, which fit nothing, for a digest that is none: all else can be shown."""
    whole = _with_digest(fields)
    if isinstance(fields.get("edits"), list):
        whole = {**whole, "edits": [*map(_with_digest, fields["edits"])]}
    return data if whole == fields else json.dumps(whole).encode()


def _with_digest(one: Any) -> Any:
    given = one.get("digest") if isinstance(one, dict) else _NO_DIGEST
    if isinstance(given, str) and _DIGEST.fullmatch(given):
        return one
    return {**one, "digest": _NO_DIGEST}


_DIGEST: Final = re.compile("[0-9a-f]{64}")
_NO_DIGEST: Final = "0" * 64


def _fault(error: ValidationError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    told = f"`{place}`: {first['msg']}" if place else first["msg"]
    return escaped(" ".join(told.split()))


def _digests_fit(plan: LearningPlan, fields: Mapping[str, Any]) -> bool:
    try:
        whole = plan.digest == plan_digest(fields)
        return whole and all(edit.digest == edit_digest(edit) for edit in plan.edits)
    except (ValueError, RecursionError):
        return False  # an infinite number, half a character or deep nesting has no digest


def intact_plan(data: bytes, *, where: str) -> LearningPlan:
    """Return a stored plan that may be acted on: it is as it was frozen.

    Raises:
        ArtifactInvalid: It is no plan, or its digest or an edit's does not fit.
    """
    stored = read_plan(data, where=where)
    if stored.digest_fits:
        return stored.plan
    raise ArtifactInvalid(
        f"{where} was changed after it was frozen: a digest does not fit what stands in it. "
        "Nothing of it is used; look at it with `learning-planner show`, and restore it from a "
        "backup."
    )


def _parse(data: bytes, where: str, doubts: list[str]) -> dict[str, Any]:
    try:
        fields = json.loads(
            data, object_pairs_hook=partial(_object, doubts), parse_constant=doubts.append
        )
        if isinstance(fields, dict):
            return fields
        fault = "it holds no object"
    except (ValueError, RecursionError) as error:
        fault = str(error)
    raise ArtifactInvalid(f"{where} is not a plan: {fault}. Restore it from a backup.")


def _object(doubts: list[str], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Note doubled keys: two readers could take different values for one name."""
    made = dict(pairs)
    if len(made) < len(pairs):
        doubts.append("a doubled key")
    return made


def _require_version(fields: Mapping[str, Any], where: str) -> None:
    found = fields.get("schema_version", SCHEMA_VERSION)
    if not isinstance(found, int) or not 1 <= found <= SCHEMA_VERSION:
        raise ArtifactInvalid(
            f"{where} has the schema version {found!r}; this version reads 1 to {SCHEMA_VERSION}: "
            "upgrade the planner to read it."
        )


def what_changed(
    plan: LearningPlan, diagnosis: Diagnosis | None, student: Student, policy: TierPolicy
) -> tuple[str, ...]:
    """Tell which inputs have changed since the plan was frozen, a sentence each.

    Prompts are told by name. Nothing is said of a diagnosis that is None, and of a
    student that is not given (that is empty).
    """
    made_from = plan.made_from
    changes = []
    if diagnosis and diagnosis.markdown_sha256 != made_from.diagnosis_sha256:
        changes.append("The diagnosis has changed since the plan was frozen.")
    if diagnosis and _clusters_digest(diagnosis) != made_from.clusters_sha256:
        changes.append("The failure clusters have changed since the plan was frozen.")
    changes.extend(student_changes(plan, student))
    if digest_of(policy) != made_from.policy_sha256:
        changes.append("The tier policy has changed since the plan was frozen.")
    return tuple(changes)


def student_changes(plan: LearningPlan, student: Student) -> tuple[str, ...]:
    """Tell prompts that have changed since the plan was frozen, by name; the rest as one.

    Nothing is said of a student that is not given (that is empty).
    """
    fault = student_fault(student)
    if fault:
        return (f"The student can no longer be read: {fault}",)
    return tuple(_student_changes(plan, student)) if student != Student() else ()


def student_fault(student: Student) -> str:
    """Tell what of a student no plan can be made from; empty where there is nothing of the kind."""
    try:
        digest_of(student)
    except ValueError:
        faults = "; ".join(_without_digest(student))
        return f"The student cannot be used: {faults}. Correct it, or leave it out."
    return ""


def _without_digest(student: Student) -> Iterator[str]:
    for part, named in student:
        for name, value in named.items():
            place = escaped(f"{part}.{name}")
            try:
                digest_of({name: value})
            except UnicodeEncodeError:
                yield f"`{place}` holds half a character"
            except ValueError:
                yield f"`{place}` holds a number that is none (NaN) or infinite"


def _student_changes(plan: LearningPlan, student: Student) -> Iterator[str]:
    then, now = plan.made_from.prompts_sha256, _prompt_digests(student)
    edited = {edit.target for edit in plan.edits if edit.prompt_sha256}
    for target in sorted({*then, *now}):
        if then.get(target) == now.get(target):
            continue
        verb = "is gone" if target not in now else "is new" if target not in then else "has changed"
        stale = ": an edit of this plan was made for the old one" if target in edited else ""
        yield f"The prompt `{target}` {verb} since the plan was frozen{stale}."
    if _settings_have_changed(plan.made_from, student, same_prompts=then == now):
        yield "The student's settings beside its prompts have changed since the plan was frozen."


def _settings_have_changed(made_from: Provenance, student: Student, *, same_prompts: bool) -> bool:
    if same_prompts:
        return digest_of(student) != made_from.student_sha256
    return made_from.settings_sha256 not in (None, _settings_digest(student))


def count_tiers(plan: LearningPlan) -> dict[str, int]:
    """Return the number of edits by tier, `auto`, `review` and `manual`, zeros included."""
    counts = Counter(edit.risk_tier for edit in plan.edits)
    return {tier.value: counts[tier] for tier in Tier}
