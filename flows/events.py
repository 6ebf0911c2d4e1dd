"""Two events: one starts a plan, the other says that it is frozen.

`learning.diagnosis.completed` is what a diagnosis flow emits; the deployment of
`distill` is triggered by it. `learning.plan.frozen` is what executors downstream
wait for. Delivery is Prefect's: sent in the background, drained when the process
ends, possibly twice. A plan is made once however often its event comes.
"""

from typing import Final

from prefect.events import Event, emit_event

from planner.models import LearningPlan
from planner.plan import count_tiers
from planner.session import Session

DIAGNOSIS_COMPLETED: Final = "learning.diagnosis.completed"
PLAN_FROZEN: Final = "learning.plan.frozen"


def emit_diagnosis_completed(session_url: str) -> Event | None:
    """Tell Prefect that a session has its diagnosis, so that it is planned now.

    Call it at the end of a diagnosis flow, or from any Python process that reaches
    the Prefect API.

    Args:
        session_url: The session's directory, as `distill` will read it: a URL that the
            workers can reach, without credentials.

    Returns:
        The event, or None where this process is set up to emit none.

    Raises:
        SessionUrlInvalid: The URL is not safe to touch storage with.
    """
    session = Session.at(session_url)
    return emit_event(
        event=DIAGNOSIS_COMPLETED,
        resource={
            "prefect.resource.id": f"learning.diagnosis.{session.id}",
            "prefect.resource.name": session.id,
            "learning.session.url": session.url,
        },
        payload={"session_url": session.url},
    )


def emit_plan_frozen(plan: LearningPlan, plan_url: str) -> Event | None:
    """Tell executors that a plan is frozen: where, its digest, counts by tier, cost in USD."""
    session_url = plan_url.rpartition("/")[0]
    return emit_event(
        event=PLAN_FROZEN,
        resource={
            "prefect.resource.id": f"learning.plan.{plan.digest}",
            "prefect.resource.name": plan.session_id,
            "learning.session.url": session_url,
        },
        payload={
            "session_id": plan.session_id,
            "session_url": session_url,
            "plan_url": plan_url,
            "digest": plan.digest,
            "edits": count_tiers(plan),
            "rejected": len(plan.rejected_edits),
            "cost_usd": plan.teacher.cost_usd,
        },
    )
