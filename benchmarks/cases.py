"""Made-up sessions of any size: a student, its diagnosis, and a teacher's answer to it.

Every edit of an answer is sound and has a slot of its own, so that nothing is cheap to
reject; of ten, one patches a prompt by pairs and one by a diff.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from planner.evidence import screen_clusters
from planner.models import (
    Agent,
    ComposedRequest,
    Diagnosis,
    FailureCluster,
    Message,
    ResponseForm,
    Screening,
    Student,
    TeacherReply,
    TeacherRequest,
    sha256,
)

EDITS_PER_CLUSTER = 3

_Kind = tuple[str, str]
"""An operation and its pillar."""


@dataclass(frozen=True)
class Case:
    """All that stands before the pure core."""

    diagnosis: Diagnosis
    screening: Screening
    student: Student
    composed: ComposedRequest
    reply: TeacherReply
    edits: int


def make_case(edits: int, prompt_lines: int) -> Case:
    """Return a session with this many edits; each agent's prompt has this many lines."""
    student = make_student(agents=max(1, -(-edits // 5)), prompt_lines=prompt_lines)
    items = [_item(number, prompt_lines) for number in range(edits)]
    return _case(student, items)


def make_patches(patches: int, prompt_lines: int) -> Case:
    """Return a session whose edits all patch one and the same prompt, at different lines."""
    student = make_student(agents=1, prompt_lines=prompt_lines)
    step = prompt_lines // patches
    items = [
        _written(number, "patch_system_prompt", "agent", _pairs("agent0", number * step))
        for number in range(patches)
    ]
    return _case(student, items)


def make_student(*, agents: int, prompt_lines: int) -> Student:
    prompt = "".join(f"{_line(number)}\n" for number in range(prompt_lines))
    one = Agent(
        agent_class="native_react",
        system_prompt=prompt,
        tools=("web_search", "file_read"),
        params={"max_turns": 8},
    )
    return Student(
        agents={f"agent{number}": one for number in range(agents)},
        tool_descriptions={"calculator": "Adds.", "web_search": "Searches."},
    )


def make_diagnosis(clusters: int) -> Diagnosis:
    markdown = "# Diagnosis\n\nThe student fails at these tasks.\n"
    return Diagnosis(
        markdown=markdown,
        clusters=tuple(_cluster(number) for number in range(clusters)),
        markdown_sha256=sha256(markdown),
    )


def _case(student: Student, items: list[dict[str, Any]]) -> Case:
    diagnosis = make_diagnosis(-(-len(items) // EDITS_PER_CLUSTER))
    request = TeacherRequest(
        model="teacher",
        messages=(Message(role="user", content="Plan."),),
        response_form=ResponseForm.TEXT,
        response_schema={},
    )
    reply = TeacherReply(
        request_digest=request.digest,
        content=json.dumps({"edits": items}, indent=1),
        model_asked="teacher",
        answered_at=datetime(2026, 11, 22, 3, tzinfo=UTC),
        cost_usd=0.01,
    )
    screening = screen_clusters(diagnosis.clusters)
    composed = ComposedRequest(request=request)
    return Case(diagnosis, screening, student, composed, reply, len(items))


def _cluster(number: int) -> FailureCluster:
    return FailureCluster(
        id=f"cluster-{number}",
        description=f"The student fails at tasks of the kind {number}.",
        student_failure_rate=0.8,
        teacher_success_rate=0.9,
        skill_gap="It does not check its work before it answers.",
        sample_trace_ids=(f"trace-{number}-a", f"trace-{number}-b"),
    )


def _line(number: int) -> str:
    return f"Rule {number}: when the task is of the kind {number * 7}, check step {number} twice."


def _item(number: int, prompt_lines: int) -> dict[str, Any]:
    """Return an edit whose slot no other edit has; the same ten operations again and again."""
    ten, place = divmod(number, 10)
    agent = f"agent{2 * ten + place % 2}"
    line = number % prompt_lines
    example = {"input": "What is 2 + 2?", "output": "4, checked twice."}
    set_param: _Kind = ("set_agent_param", "agent")
    add_tool: _Kind = ("add_tool_to_agent", "tools")
    patch: _Kind = ("patch_system_prompt", "agent")
    kinds: list[tuple[_Kind, dict[str, Any]]] = [
        (patch, _pairs(agent, line)),
        (patch, {"agent": agent, "diff": _diff(line, prompt_lines)}),
        (set_param, {"agent": agent, "param": "max_turns", "value": 12}),
        (set_param, {"agent": agent, "param": "max_turns", "value": 12}),
        (add_tool, {"agent": agent, "tool_name": "calculator"}),
        (add_tool, {"agent": agent, "tool_name": "calculator"}),
        (("edit_few_shot_exemplars", "agent"), {"agent": agent, "exemplars": [example]}),
        (
            ("edit_tool_description", "tools"),
            {"tool_name": f"tool{ten}", "new_description": "Searches, and says where."},
        ),
        (
            ("set_model_param", "intelligence"),
            {"model": f"model{ten}", "param": "temperature", "value": 0.2},
        ),
        (
            ("set_model_for_query_class", "intelligence"),
            {"query_class": f"class{ten}", "model": "qwen3:8b"},
        ),
    ]
    (op, pillar), payload = kinds[place]
    return _written(number, op, pillar, payload)


def _written(number: int, op: str, pillar: str, payload: dict[str, Any]) -> dict[str, Any]:
    cluster = number // EDITS_PER_CLUSTER
    return {
        "op": op,
        "id": f"edit-{number}",
        "pillar": pillar,
        "target": "",
        "payload": payload,
        "rationale": "The traces show that the step is skipped when the task looks familiar.",
        "expected_improvement": f"cluster-{cluster}",
        "risk_tier": "auto",
        "references": [f"trace-{cluster}-a"],
    }


def _pairs(agent: str, line: int) -> dict[str, Any]:
    pair = {"find": _line(line), "replace": f"{_line(line)} Then say so."}
    return {"agent": agent, "replacements": [pair]}


def _diff(line: int, prompt_lines: int) -> str:
    first, last = max(0, line - 3), min(prompt_lines - 1, line + 3)
    body = []
    for number in range(first, last + 1):
        if number == line:
            body += [f"-{_line(number)}", f"+{_line(number)} Then say so."]
        else:
            body.append(f" {_line(number)}")
    size = last - first + 1
    return "\n".join([f"@@ -{first + 1},{size} +{first + 1},{size} @@", *body, ""])
