"""What the executor's models require of a plan, restated from its contract.

Source: OpenJarvis' spec search (`LearningPlan`, `Edit`, `FailureCluster`); further
keys are ignored there, as here.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

Rate = Annotated[float, Field(ge=0.0, le=1.0)]


class ExecutorCluster(BaseModel):
    """A failure cluster."""

    id: str
    description: str
    student_failure_rate: Rate
    teacher_success_rate: Rate
    skill_gap: str
    sample_trace_ids: list[str]
    addressed_by_edit_ids: list[str]


class ExecutorEdit(BaseModel):
    """An edit."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
    pillar: Literal["intelligence", "agent", "tools", "engine"]
    op: str
    target: str
    payload: dict[str, Any]
    rationale: str
    expected_improvement: str
    risk_tier: Literal["auto", "review", "manual"]
    references: list[str]


class ExecutorPlan(BaseModel):
    """A plan."""

    session_id: str
    diagnosis_summary: str
    teacher_model: str
    estimated_cost_usd: Annotated[float, Field(ge=0.0)]
    created_at: datetime
    failure_clusters: list[ExecutorCluster]
    edits: list[ExecutorEdit]
