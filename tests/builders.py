"""Small builders of the values that tests speak of; every argument has a harmless default."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from planner.answer import parse_edits
from planner.errors import AnswerUnreadable
from planner.evidence import screen_clusters
from planner.models import (
    Agent,
    ComposedRequest,
    Diagnosis,
    FailureCluster,
    LearningPlan,
    Message,
    Proposal,
    ResponseForm,
    Screening,
    Student,
    TeacherReply,
    TeacherRequest,
    Usage,
    digest_of,
    sha256,
)
from planner.operations import OPERATIONS, Op
from planner.plan import assemble_plan
from planner.risk import BARS_AUTO, DEFAULT_POLICY, TierPolicy, assign_tiers
from planner.salvage import read_items
from planner.settle import settle_patches

PROMPT = """You are a careful coder.

Tools: {tool_descriptions}

1. Read the task twice.
2. Write the smallest change.
3. Run the tests.
4. Explain what you did.
"""

PAYLOADS: Mapping[Op, dict[str, Any]] = {
    Op.SET_MODEL_FOR_QUERY_CLASS: {"query_class": "math", "model": "qwen3:8b"},
    Op.SET_MODEL_PARAM: {"model": "qwen3:8b", "param": "temperature", "value": 0.2},
    Op.SET_AGENT_PARAM: {"agent": "coder", "param": "max_turns", "value": 12},
    Op.SET_AGENT_CLASS: {"agent": "coder", "new_class": "orchestrator"},
    Op.EDIT_FEW_SHOT_EXEMPLARS: {
        "agent": "coder",
        "exemplars": [{"input": "2+2?", "output": "4"}],
    },
    Op.PATCH_SYSTEM_PROMPT: {
        "agent": "coder",
        "replacements": [{"find": "3. Run the tests.", "replace": "3. Run all the tests."}],
    },
    Op.REPLACE_SYSTEM_PROMPT: {
        "agent": "coder",
        "new_content": "You are terse.\n\nTools: {tool_descriptions}\n",
    },
    Op.ADD_TOOL_TO_AGENT: {"agent": "coder", "tool_name": "calculator"},
    Op.REMOVE_TOOL_FROM_AGENT: {"agent": "coder", "tool_name": "web_search"},
    Op.EDIT_TOOL_DESCRIPTION: {
        "tool_name": "web_search",
        "new_description": "Searches the web for a few words.",
    },
    Op.LORA_FINETUNE: {"model": "qwen3:8b", "notes": "Long proofs."},
}
"""A valid payload of every operation, for the student below."""


def cluster(name: str = "c1", **fields: Any) -> FailureCluster:
    """Return a cluster with evidence."""
    return FailureCluster(
        **{
            "id": name,
            "description": f"The student fails at {name}.",
            "student_failure_rate": 0.8,
            "teacher_success_rate": 0.9,
            "skill_gap": "It does not check its work.",
            "sample_trace_ids": (f"{name}-trace-1", f"{name}-trace-2"),
            **fields,
        }
    )


def diagnosis(*clusters: FailureCluster, markdown: str = "# Diagnosis\n") -> Diagnosis:
    """Return a diagnosis of some clusters, `c1` and `c2` where none are given."""
    return Diagnosis(
        markdown=markdown,
        clusters=clusters or (cluster("c1"), cluster("c2")),
        markdown_sha256=sha256(markdown),
    )


def student(**agents: Agent) -> Student:
    """Return a student whose agent `coder` has `PROMPT`, and the agents given."""
    coder = Agent(
        agent_class="native_react",
        system_prompt=PROMPT,
        tools=("web_search", "file_read"),
        params={"max_turns": 8},
    )
    return Student(
        agents={"coder": coder, **agents},
        tool_descriptions={"web_search": "Searches.", "calculator": "Adds."},
        model_params={"qwen3:8b": {"temperature": 0.7}},
        routing={"math": "qwen3:1b"},
    )


def item(op: Op | str = Op.ADD_TOOL_TO_AGENT, /, **fields: Any) -> dict[str, Any]:
    """Return an item as a teacher writes it, with a valid payload of its operation."""
    row = OPERATIONS[Op(op)]
    payload = fields.pop("payload", PAYLOADS[row.op])
    written = {
        "op": row.op.value,
        "id": f"edit-{row.op.value}",
        "pillar": row.pillar.value,
        "target": row.target.format_map({"agent": "coder", **payload, "tool_name": "x"}),
        "payload": payload,
        "rationale": "The traces show it.",
        "expected_improvement": "c1",
        "references": ["c1-trace-1"],
    }
    if "tool_name" in payload:
        written["target"] = row.slot({"agent": "coder", **payload})
    return {key: one for key, one in {**written, **fields}.items() if one is not ...}


def answer(*items: Any) -> str:
    """Return a clean answer with these items."""
    return json.dumps({"edits": list(items)}, ensure_ascii=False, indent=1)


def had(text: str) -> list[Any]:
    """Return the edits that are read out of an answer."""
    return [one.value for one in read_items(text).items if one.fault is None]


def ids(text: str) -> list[Any]:
    """Return the ids of the edits that are read out of an answer."""
    return [one.get("id") for one in had(text)]


def unattended(text: str) -> list[Any]:
    """Return the ids of the edits of an answer that no flag keeps from being applied unattended."""
    found = diagnosis()
    try:
        read = parse_edits(reply(text), screen_clusters(found.clusters), student(), found)
    except AnswerUnreadable:
        return []
    settled = settle_patches(read, student())
    return [
        one.id for one in settled.edits if BARS_AUTO.isdisjoint(flag.code for flag in one.flags)
    ]


def reply(content: str, **fields: Any) -> TeacherReply:
    """Return a reply with this text."""
    return TeacherReply(
        **{
            "request_digest": "a" * 64,
            "content": content,
            "model_asked": "openai/gpt-teacher",
            "answered_at": datetime(2026, 11, 22, 3, 0, 7, tzinfo=UTC),
            "finish_reason": "stop",
            "usage": Usage(prompt_tokens=900, completion_tokens=200, total_tokens=1_100),
            "cost_usd": 0.0123,
            "cost_source": "price list",
            **fields,
        }
    )


def composed(**fields: Any) -> ComposedRequest:
    """Return a request that was sent."""
    request = TeacherRequest(
        model="openai/gpt-teacher",
        messages=(Message(role="user", content="Plan."),),
        response_form=ResponseForm.JSON_SCHEMA,
        response_schema={},
    )
    return ComposedRequest(**{"request": request, **fields})


def parsed(text: str, **context: Any) -> Proposal:
    """Read an answer; `clusters` and `student` may be given."""
    found = diagnosis(*context.get("clusters", ()))
    who = context.get("student", student())
    return parse_edits(reply(text), screen_clusters(found.clusters), who, found)


def settled(*items: Any, **context: Any) -> Proposal:
    """Read and settle these items."""
    who = context.get("student", student())
    return settle_patches(parsed(answer(*items), **{**context, "student": who}), who)


def planned(*items: Any, **context: Any) -> LearningPlan:
    """Walk from these items to a plan."""
    return planned_from(answer(*items), **context)


def planned_from(
    text: str,
    *,
    clusters: Sequence[FailureCluster] = (),
    student: Student | None = None,
    policy: TierPolicy = DEFAULT_POLICY,
    markdown: str = "# Diagnosis\n",
    session_id: str = "2026-11-22",
    request: ComposedRequest | None = None,
    **fields: Any,
) -> LearningPlan:
    """Walk from an answer's text to a plan; further fields go into the reply."""
    found = diagnosis(*clusters, markdown=markdown)
    screening: Screening = screen_clusters(found.clusters)
    who = _student() if student is None else student
    came = reply(text, **fields)
    proposal = settle_patches(parse_edits(came, screening, who, found), who)
    return assemble_plan(
        session_id=session_id,
        diagnosis=found,
        screening=screening,
        student=who,
        composed=request or composed(),
        reply=came,
        proposal=proposal,
        edits=assign_tiers(proposal.edits, policy),
        policy=policy,
    )


_student = student


def fingerprint(value: Any) -> str:
    """Return the digest of any JSON value."""
    return digest_of(value)
