"""Clusters in: keep those with evidence, mark those without."""

from collections.abc import Sequence

from planner.models import FailureCluster, Screening


def screen_clusters(clusters: Sequence[FailureCluster]) -> Screening:
    """Split clusters into those with evidence and those without, both in their order.

    A cluster has no evidence when the student never failed and the teacher never
    succeeded on it: there is nothing to learn from. A dropped cluster stays in the
    plan; its `skill_gap` says why it was dropped. Source: the ancestor's planner.
    """
    return Screening(
        kept=tuple(_rebuild(c, c.skill_gap) for c in clusters if has_evidence(c)),
        dropped=tuple(_rebuild(c, dropped_gap(c)) for c in clusters if not has_evidence(c)),
    )


def has_evidence(cluster: FailureCluster) -> bool:
    """Tell whether the student failed or the teacher succeeded at least once."""
    return cluster.student_failure_rate > 0 or cluster.teacher_success_rate > 0


def dropped_gap(cluster: FailureCluster) -> str:
    """Return the `skill_gap` of a dropped cluster, with the original one in it."""
    return f"dropped: insufficient evidence (original: {cluster.skill_gap})"


def _rebuild(cluster: FailureCluster, skill_gap: str) -> FailureCluster:
    return cluster.model_copy(update={"skill_gap": skill_gap, "addressed_by_edit_ids": ()})
