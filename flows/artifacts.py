"""What a person meets in the UI: the report, the table of edits, the night.

Keys are stable, so that the UI shows a session's history under one name. Sizes are
bounded and untrusted text is neutralised. Outside of a run nothing is published; where
publishing fails, the run's log says so and the run goes on: the plan is what counts.
"""

import json
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import quote
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    ArtifactFilterKey,
)
from prefect.exceptions import PrefectException
from prefect.logging.loggers import get_logger
from prefect.utilities.context import get_task_and_flow_run_ids

from flows.pictures import as_markdown, clusters_picture, tiers_picture
from flows.session_night import SessionNight
from planner.markdown import code, shortened, visible
from planner.models import Edit, LearningPlan, sha256
from planner.operations import Tier
from planner.report import plan_report

MAX_CHARACTERS: Final = 200_000
"""Size of a markdown artifact: browsers show it without a wait."""

MAX_ROWS: Final = 1_000
"""Rows of a table; further ones are counted in the last."""

PROGRESS_KEY: Final = "nightly-progress"

Row = Mapping[str, str]


def artifact_key(kind: str, url: str) -> str:
    """Return the stable key of something at a URL: letters, digits and dashes.

    The end of the URL is there to be read; the digest of the whole keeps keys apart.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", url.rstrip("/").rpartition("/")[2].lower()).strip("-")
    return f"{kind}-{slug[:40]}-{sha256(url)[:12]}".replace("--", "-")


def publish_plan(plan: LearningPlan, plan_url: str, *, changes: Sequence[str] = ()) -> None:
    """Publish a plan's report and the flat table of its edits, each under its session's key."""
    session_url = plan_url.rpartition("/")[0]
    report = plan_report(plan, changes=changes, max_characters=MAX_CHARACTERS)
    told = f"The plan of {code(plan.session_id)}: {code(plan_url)}"
    publish_markdown(
        artifact_key("plan", session_url), illustrated(report, plan, plan_url), description=told
    )
    publish_table(artifact_key("edits", session_url), map(_edit_row, _strictest_first(plan)), told)


def illustrated(report: str, plan: LearningPlan, plan_url: str) -> str:
    """Return a report with a link to its plan and pictures after its summary."""
    summary, heading, rest = report.partition("\n\n## Edits\n\n")
    tiers = Counter(edit.risk_tier for edit in plan.edits)
    shown = [summary, f"Frozen at {link('plan.json', plan_url)} {code(plan_url, limit=1000)}"]
    if plan.failure_clusters:
        shown.append(as_markdown(clusters_picture(plan.failure_clusters), "Failure clusters"))
    if plan.edits:
        shown.append(as_markdown(tiers_picture(tiers), "Edits by tier"))
    return "\n\n".join(shown) + heading + rest


def link(text: str, url: str) -> str:
    """Return a link; nothing in the URL can end it, and it means the same everywhere."""
    return f"[{text}]({quote(url, safe=':/')})"


def publish_progress(done: int, total: int) -> None:
    """Show in one bar how far a night is; asks the API once a percent, not once a session."""
    percent = 100 * done // total if total else 100
    if done > 1 and percent == 100 * (done - 1) // total:
        return
    _publish(
        ArtifactCreate(
            type="progress",
            key=PROGRESS_KEY,
            data=float(percent),
            description=f"{done:,} of {total:,} sessions",
        ),
        replace=True,
    )


def publish_night(sessions: Sequence[SessionNight], sessions_root: str, told: str) -> None:
    """Publish the table of a night's sessions: outcome, reason and cost; failed ones first.

    Args:
        sessions: What became of each.
        sessions_root: Gives the table its key: one history a root.
        told: The night in one or two sentences of ours.
    """
    order = ("failed", "waiting", "planned", "was_frozen")
    ranked = sorted(sessions, key=lambda one: order.index(one.became))
    publish_table(artifact_key("nightly", sessions_root), map(_session_row, ranked), told)


def publish_markdown(key: str, markdown: str, description: str) -> None:
    """Publish markdown; what is beyond the bound is left out and counted."""
    _publish(
        ArtifactCreate(
            type="markdown",
            key=key,
            data=shortened(markdown, 2 * MAX_CHARACTERS),
            description=description,
        )
    )


def publish_table(key: str, rows: Iterable[Row], description: str) -> None:
    """Publish a flat table; rows beyond the bound are counted in the last one."""
    shown = list(_bounded(list(rows)))
    _publish(ArtifactCreate(type="table", key=key, data=json.dumps(shown), description=description))


def _bounded(rows: Sequence[Row]) -> Iterator[Row]:
    yield from rows[:MAX_ROWS]
    if len(rows) > MAX_ROWS:
        first = next(iter(rows[0]))
        yield {**dict.fromkeys(rows[0], ""), first: f"... {len(rows) - MAX_ROWS} more"}


def _strictest_first(plan: LearningPlan) -> list[Edit]:
    order = {tier: place for place, tier in enumerate(reversed(Tier))}
    return sorted(plan.edits, key=lambda edit: order[edit.risk_tier])


def _edit_row(edit: Edit) -> Row:
    return {
        "tier": str(edit.risk_tier),
        "id": edit.id,
        "operation": str(edit.op),
        "target": _cell(edit.target),
        "cluster": _cell(edit.expected_improvement),
        "rule": edit.tier_rule,
        "notes": ", ".join(flag.code for flag in edit.flags),
        "rationale": _cell(edit.rationale),  # last: the UI wraps no cell
    }


def _session_row(night: SessionNight) -> Row:
    return {
        "session": _cell(night.session_url.rpartition("/")[2]),
        "outcome": str(night.became),
        "cost USD": "unknown" if night.spent_usd is None else f"{night.spent_usd:.4f}",
        "reason": _cell(night.reason, 500),
        "url": _cell(night.session_url, 1000),
    }


def _cell(text: str, limit: int = 200) -> str:
    return visible(shortened(" ".join(text.split()), limit))


def _publish(artifact: ArtifactCreate, *, replace: bool = False) -> None:
    """Create an artifact of this run, or replace the one that it has under the key."""
    task_run_id, flow_run_id = get_task_and_flow_run_ids()
    if flow_run_id is None:
        return
    try:
        with get_client(sync_client=True) as client:
            earlier = _earlier(client, artifact.key, flow_run_id) if replace else None
            if earlier:
                new = artifact.model_dump(include={"data", "description"})
                client.update_artifact(earlier, ArtifactUpdate(**new))
                return
            run = {"flow_run_id": flow_run_id, "task_run_id": task_run_id}
            client.create_artifact(artifact.model_copy(update=run))
    except (PrefectException, httpx.HTTPError) as error:
        logger: logging.Logger = get_logger("flow_runs")
        logger.warning("The artifact %s was not published: %s", artifact.key, error)


def _earlier(client: SyncPrefectClient, key: str | None, flow_run_id: UUID) -> UUID | None:
    found = client.read_artifacts(
        artifact_filter=ArtifactFilter(
            key=ArtifactFilterKey(any_=[str(key)]),
            flow_run_id=ArtifactFilterFlowRunId(any_=[flow_run_id]),
        ),
        limit=1,
    )
    return found[0].id if found else None
