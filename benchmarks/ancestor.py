"""A reference for the core that checks nothing: the ancestor's plan phase, stated anew.

Not its code, which is not here, but its documented behaviour: the list of edits read
with one search and `json.loads`, a model made of each item, the tier from a table by
operation, a patch applied by the line numbers of its headers and compared line i against
line i, clusters linked by id. Context, payloads, slots and placeholders are not looked
at. Where the documentation leaves a choice, the faster one is taken: clusters are linked
through a dict.
"""

import json
import re
from collections import defaultdict
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from benchmarks.cases import Case

TIERS = {
    "set_model_for_query_class": "auto",
    "set_model_param": "auto",
    "set_agent_param": "auto",
    "set_agent_class": "review",
    "edit_few_shot_exemplars": "review",
    "patch_system_prompt": "review",
    "replace_system_prompt": "review",
    "add_tool_to_agent": "auto",
    "remove_tool_from_agent": "auto",
    "edit_tool_description": "auto",
    "lora_finetune": "manual",
}
_HEADER = re.compile(r"@@ -(\d+)")


class AncestorEdit(BaseModel):
    """The ancestor's edit: any payload will do."""

    id: str
    pillar: Literal["intelligence", "agent", "tools", "engine"]
    op: str
    target: str
    payload: dict[str, Any]
    rationale: str
    expected_improvement: str
    risk_tier: str
    references: list[str]


class AncestorCluster(BaseModel):
    """The ancestor's cluster."""

    id: str
    description: str
    student_failure_rate: float
    teacher_success_rate: float
    skill_gap: str
    sample_trace_ids: list[str]
    addressed_by_edit_ids: list[str]


class AncestorPlan(BaseModel):
    """The ancestor's plan."""

    session_id: str
    diagnosis_summary: str
    failure_clusters: list[AncestorCluster]
    edits: list[AncestorEdit]
    teacher_model: str
    estimated_cost_usd: float
    created_at: datetime


def plan_without_checks(case: Case) -> AncestorPlan:
    found = re.search(r"\{.*\}", case.reply.content, re.DOTALL)
    items = json.loads(found[0])["edits"] if found else []
    edits = [_downgraded(_tiered(AncestorEdit(**item)), case) for item in items]
    by_cluster = defaultdict(list)
    for edit in edits:
        by_cluster[edit.expected_improvement].append(edit.id)
    clusters = [
        AncestorCluster(
            **{
                **cluster.model_dump(),
                "sample_trace_ids": list(cluster.sample_trace_ids),
                "addressed_by_edit_ids": by_cluster[cluster.id],
            }
        )
        for cluster in case.screening.kept
    ]
    return AncestorPlan(
        session_id="benchmark",
        diagnosis_summary=case.diagnosis.markdown,
        failure_clusters=clusters,
        edits=edits,
        teacher_model=case.reply.model_asked,
        estimated_cost_usd=case.reply.cost_usd or 0.0,
        created_at=case.reply.answered_at,
    )


def _tiered(edit: AncestorEdit) -> AncestorEdit:
    return edit.model_copy(update={"risk_tier": TIERS[edit.op]})


def _downgraded(edit: AncestorEdit, case: Case) -> AncestorEdit:
    if edit.op != "patch_system_prompt":
        return edit
    agent = case.student.agents[edit.payload["agent"]]
    before = agent.system_prompt or ""
    after = _applied(before, edit.payload)
    if _positional_share(before, after) <= 0.5:
        return edit
    payload = {"agent": edit.payload["agent"], "new_content": after}
    return edit.model_copy(update={"op": "replace_system_prompt", "payload": payload})


def _applied(before: str, payload: dict[str, Any]) -> str:
    """Apply what the patch says; pairs, which the ancestor did not know, by one replace."""
    if "diff" not in payload:
        for pair in payload["replacements"]:
            before = before.replace(pair["find"], pair["replace"])
        return before
    lines, at, out = before.splitlines(), 0, []
    for line in payload["diff"].splitlines():
        if header := _HEADER.match(line):
            start = int(header[1]) - 1
            out += lines[at:start]
            at = start
        elif line.startswith("+"):
            out.append(line[1:])
        elif line.startswith("-"):
            at += 1
        else:
            out.append(lines[at])
            at += 1
    return "\n".join([*out, *lines[at:]]) + "\n"


def _positional_share(before: str, after: str) -> float:
    old, new = before.splitlines(), after.splitlines()
    longest = max(len(old), len(new), 1)
    equal = sum(one == other for one, other in zip(old, new, strict=False))
    return 1 - equal / longest
