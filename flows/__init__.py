"""The learning planner under Prefect: flows, and each step as a task for flows of your own.

```python
from prefect import flow
from flows import ask_teacher, compose_request, screen_clusters
```

The flows `flows.nightly.nightly` and `flows.review.review` have their modules' names.
Prefect is imported when a name is first asked for, not when the package is.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.blocks import SessionStoreBlock, TeacherBlock
    from flows.distillation import Distilled, distill
    from flows.events import emit_diagnosis_completed, emit_plan_frozen
    from flows.pacing import PacedTeacher
    from flows.parameters import TeacherParameters
    from flows.tasks import (
        ask_teacher,
        assemble_plan,
        assign_tiers,
        compose_request,
        freeze_plan,
        parse_edits,
        read_diagnosis,
        read_inputs,
        read_student,
        screen_clusters,
        settle_patches,
    )

_ROOMS = {
    "flows.blocks": ("SessionStoreBlock", "TeacherBlock"),
    "flows.distillation": ("Distilled", "distill"),
    "flows.events": ("emit_diagnosis_completed", "emit_plan_frozen"),
    "flows.pacing": ("PacedTeacher",),
    "flows.parameters": ("TeacherParameters",),
    "flows.tasks": (
        "ask_teacher",
        "assemble_plan",
        "assign_tiers",
        "compose_request",
        "freeze_plan",
        "parse_edits",
        "read_diagnosis",
        "read_inputs",
        "read_student",
        "screen_clusters",
        "settle_patches",
    ),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "Distilled",
    "PacedTeacher",
    "SessionStoreBlock",
    "TeacherBlock",
    "TeacherParameters",
    "ask_teacher",
    "assemble_plan",
    "assign_tiers",
    "compose_request",
    "distill",
    "emit_diagnosis_completed",
    "emit_plan_frozen",
    "freeze_plan",
    "parse_edits",
    "read_diagnosis",
    "read_inputs",
    "read_student",
    "screen_clusters",
    "settle_patches",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module 'flows' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
