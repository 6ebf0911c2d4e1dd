"""The front door of the learning planner, without Prefect.

```python
from planner import LearningPlanner, Teacher

plan = LearningPlanner(
    teacher_engine=Teacher(model="anthropic/claude-opus-4-5"),
    teacher_model="anthropic/claude-opus-4-5",
    session_id="2026-11-21-support-desk",
    session_dir="sessions/2026-11-21-support-desk",
    prompt_reader=lambda target: prompts[target],
).run(diagnosis_md=diagnosis, clusters=clusters)
```
"""

from planner.errors import PlannerError
from planner.models import Diagnosis, Edit, FailureCluster, LearningPlan, Student
from planner.planner import LearningPlanner, Outcome, plan_session
from planner.session import Session
from planner.store import StoreSettings
from planner.student import fetch_student
from planner.teacher import Teacher

__all__ = [
    "Diagnosis",
    "Edit",
    "FailureCluster",
    "LearningPlan",
    "LearningPlanner",
    "Outcome",
    "PlannerError",
    "Session",
    "StoreSettings",
    "Student",
    "Teacher",
    "fetch_student",
    "plan_session",
]
