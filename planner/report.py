"""A plan as markdown for people at seven in the morning; it reads as plain text too.

What changes, for which cluster and why; what was rejected, what is not covered,
what it cost. Every text that the teacher or the diagnosis wrote goes through
`planner.markdown`, so that it cannot break out of its place.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from planner.markdown import code, fenced, inline, quoted
from planner.models import (
    Coverage,
    CoverageStatus,
    Edit,
    FailureCluster,
    LearningPlan,
    RejectedEdit,
    TeacherAccount,
)
from planner.operations import Op, Tier

MAX_CHARACTERS: Final = 400_000
"""Size of a report; a plan's edits beyond it are counted, not shown."""

DIGEST_DOES_NOT_FIT: Final = (
    "**WARNING: a digest does not fit what stands in the plan: "
    "it was changed after it was frozen. Do not apply it.**"
)

_CLUSTER_COLUMNS: Final = ("cluster", "student fails", "teacher solves", "status", "edits")
_COVERAGE: Final = {
    CoverageStatus.ADDRESSED: "addressed",
    CoverageStatus.DROPPED: "dropped: no evidence",
    CoverageStatus.UNADDRESSED: "unaddressed: the teacher proposed nothing",
    CoverageStatus.ONLY_REJECTED: "only rejected edits",
}


def plan_report(
    plan: LearningPlan,
    *,
    digest_fits: bool = True,
    changes: Sequence[str] = (),
    max_characters: int = MAX_CHARACTERS,
) -> str:
    """Tell a plan as markdown.

    Args:
        plan: The plan, frozen or as read back.
        digest_fits: False puts a warning into the first line.
        changes: Which inputs have changed since, a sentence each.
        max_characters: About the size of the report; what is left out is counted.
    """
    room = max(2_000, max_characters // 4)
    parts = [
        *([] if digest_fits else [DIGEST_DOES_NOT_FIT]),
        f"# Learning plan {inline(plan.session_id)}",
        *_stale(changes),
        _summary(plan),
        "## Edits",
        *_within(2 * room, _edits(plan), len(plan.edits), "edits"),
        "## Clusters",
        _table(room, _CLUSTER_COLUMNS, _rows(plan)),
        *_rejected(plan.rejected_edits, room),
        "## The teacher's call",
        _call(plan.teacher),
        *_notes(plan),
        "## Made from",
        _made_from(plan),
    ]
    return "\n\n".join(parts) + "\n"


def no_plan_report(text: str, fault: str) -> str:
    """Tell what stands in place of a plan: what is wrong with it, and its text as it is."""
    warning = (
        "**WARNING: a digest does not fit what stands here, for it is no whole plan: "
        f"{inline(fault)}. It was changed after it was frozen. Do not apply it.**"
    )
    shown = fenced(text, "json", limit=MAX_CHARACTERS)
    return f"{warning}\n\n# What stands in plan.json\n\n{shown}\n"


def _stale(changes: Sequence[str]) -> Iterator[str]:
    if changes:
        yield "**WARNING: this plan is older than what it was made from:**"
        yield _bullets(inline(change) for change in changes)


def _summary(plan: LearningPlan) -> str:
    tiers = Counter(edit.risk_tier for edit in plan.edits)
    told = ", ".join(f"{tiers[tier]} {tier}" for tier in Tier if tiers[tier])
    covered = Counter(one.status for one in plan.coverage)
    return _bullets(
        [
            f"**{_count(len(plan.edits), 'edit')}**" + (f": {told}" if told else ""),
            (
                f"{covered[CoverageStatus.ADDRESSED]} of {_count(len(plan.coverage), 'cluster')} "
                f"addressed, {covered[CoverageStatus.DROPPED]} dropped"
            ),
            f"{_count(len(plan.rejected_edits), 'rejected edit')}",
            f"cost: {_cost(plan.teacher)}, teacher {code(plan.teacher_model)}",
            f"planned {plan.created_at:%Y-%m-%d %H:%M} UTC",
        ]
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _within(room: int, parts: Iterable[str], total: int, noun: str) -> Iterator[str]:
    """Yield parts while there is room, then how many are left out."""
    shown = 0
    for part in parts:
        room -= len(part)
        if room < 0 and shown:
            break
        shown += 1
        yield part
    if not total:
        yield f"No {noun}."
    elif shown < total:
        yield f"... and {total - shown:,} more {noun}: not shown here, all in plan.json."


# --- edits -----------------------------------------------------------------------------


def _edits(plan: LearningPlan) -> Iterator[str]:
    clusters = {cluster.id: cluster for cluster in plan.failure_clusters}
    order = {tier: place for place, tier in enumerate(reversed(Tier))}
    for edit in sorted(plan.edits, key=lambda one: order[one.risk_tier]):
        yield edit_section(edit, clusters)


def edit_section(edit: Edit, clusters: dict[str, FailureCluster]) -> str:
    """Tell one edit: for which clusters (by id), its tier and the rule, why, and what changes."""
    lines = [
        f"for {_cluster(one, clusters)}" for one in (edit.expected_improvement, *edit.also_improves)
    ]
    lines.append(f"tier {edit.risk_tier} ({code(edit.tier_rule)}): {inline(edit.tier_reason)}")
    lines += [f"note ({code(flag.code)}): {inline(flag.message)}" for flag in edit.flags]
    if edit.references:
        shown = ", ".join(code(one) for one in edit.references[:10])
        lines.append(f"traces: {shown}" + (", ..." if len(edit.references) > 10 else ""))
    return "\n\n".join(
        [
            f"### {code(edit.id)}: {edit.op} on {code(edit.target)} ({edit.risk_tier})",
            _bullets(lines),
            quoted(edit.rationale or "(no rationale given)"),
            _change(edit),
        ]
    )


def _cluster(name: str, clusters: dict[str, FailureCluster]) -> str:
    cluster = clusters.get(name)
    if cluster is None:
        return code(name)
    return (
        f"{code(name)} (student fails {_percent(cluster.student_failure_rate)}, teacher solves "
        f"{_percent(cluster.teacher_success_rate)}): {inline(cluster.description)}"
    )


def _percent(rate: float) -> str:
    return f"{rate:.0%}"


def _change(edit: Edit) -> str:
    payload = edit.payload
    if edit.op is Op.PATCH_SYSTEM_PROMPT:
        return fenced(str(payload.get("diff", "")), "diff")
    if edit.op is Op.REPLACE_SYSTEM_PROMPT:
        whole = f"The whole new prompt:\n\n{fenced(str(payload.get('new_content', '')))}"
        return (
            whole if edit.prompt_diff is None else f"{fenced(edit.prompt_diff, 'diff')}\n\n{whole}"
        )
    return fenced(_json(payload), "json")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


# --- clusters, rejected edits, the call --------------------------------------------------


def _table(room: int, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_row(header), _row(["---"] * len(header))]
    listed = [_row(row) for row in rows]
    shown = list(_within(room, listed, len(listed), "rows"))
    more = [] if not listed or len(shown) == len(listed) else ["", shown.pop()]
    return "\n".join([*lines, *(shown if listed else []), *more])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rows(plan: LearningPlan) -> Iterator[Sequence[str]]:
    clusters = {cluster.id: cluster for cluster in plan.failure_clusters}
    for one in plan.coverage:
        cluster = clusters.get(one.cluster_id)
        yield [
            code(one.cluster_id),
            _percent(cluster.student_failure_rate) if cluster else "?",
            _percent(cluster.teacher_success_rate) if cluster else "?",
            _COVERAGE[one.status],
            _covering(one),
        ]


def _covering(one: Coverage) -> str:
    return ", ".join(code(name) for name in one.edit_ids) or "none"


def _rejected(rejected: Sequence[RejectedEdit], room: int) -> Iterator[str]:
    if rejected:
        yield "## Rejected edits"
        yield from _within(room, map(_rejection, rejected), len(rejected), "rejected edits")


def _rejection(one: RejectedEdit) -> str:
    named = [name for name in (one.cluster_id, *one.also_meant) if name]
    meant = f" for {', '.join(map(code, named))}" if named else ""
    raw = one.raw if isinstance(one.raw, str) else _json(one.raw)
    shown = "" if one.raw is None else "\n\n" + fenced(raw, limit=1_500)
    return f"- item {one.position + 1}{meant}, {code(one.code)}: {inline(one.reason)}{shown}"


def _cost(teacher: TeacherAccount) -> str:
    if teacher.cost_usd is None:
        return "unknown"
    return f"${teacher.cost_usd:.4f} ({inline(teacher.cost_source)})"


def _call(teacher: TeacherAccount) -> str:
    usage = teacher.usage
    lines = [
        f"asked {code(teacher.model_asked)}, answered by {code(teacher.model_answered or '?')}",
        f"cost: {_cost(teacher)}",
        (
            f"tokens: {_known(usage.prompt_tokens)} in, {_known(usage.completion_tokens)} out, "
            f"{_known(usage.total_tokens)} in all"
        ),
        f"finished: {code(teacher.finish_reason or 'not said')}"
        + (", **cut at the token limit**" if teacher.truncated else ""),
        f"{_count(teacher.attempts, 'HTTP request')}, {teacher.latency_seconds:.1f} seconds",
    ]
    lines += [
        f"left out of the request: {inline(cut.part)} ({cut.cut_tokens:,} tokens cut, "
        f"{cut.kept_tokens:,} kept)"
        for cut in teacher.cuts
    ]
    if teacher.masked_secrets:
        lines.append(f"{_count(teacher.masked_secrets, 'credential')} masked in the request")
    return _bullets([*lines, *map(inline, teacher.notes)])


def _known(number: int | None) -> str:
    return "unknown" if number is None else f"{number:,}"


def _notes(plan: LearningPlan) -> Iterator[str]:
    if plan.notes:
        yield "## Notes"
        yield _bullets(map(inline, plan.notes))


def _made_from(plan: LearningPlan) -> str:
    made = plan.made_from
    return _bullets(
        [
            (
                f"plan {code(plan.digest)}, schema version {plan.schema_version}, "
                f"planner {inline(made.planner_version)}"
            ),
            f"diagnosis {code(made.diagnosis_sha256)}",
            f"clusters {code(made.clusters_sha256)}",
            f"student {code(made.student_sha256)}, {_count(len(made.prompts_sha256), 'prompt')}",
            f"policy {code(made.policy_sha256)}",
            f"request {code(made.request_sha256 or 'none')}",
            f"reply {code(made.reply_sha256 or 'none')}",
        ]
    )
