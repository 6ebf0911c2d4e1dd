"""Clusters without evidence are dropped and marked, never lost."""

from hypothesis import given
from hypothesis import strategies as st

from planner.evidence import screen_clusters
from planner.models import FailureCluster

RATES = st.sampled_from([0.0, 0.1, 1.0])


def cluster(name: str, failure: float, success: float) -> FailureCluster:
    return FailureCluster(
        id=name,
        description="d",
        student_failure_rate=failure,
        teacher_success_rate=success,
        skill_gap="gap",
        addressed_by_edit_ids=("stale",),
    )


def test_no_evidence_is_when_both_rates_are_zero() -> None:
    screening = screen_clusters([cluster("a", 0, 0), cluster("b", 0.1, 0), cluster("c", 0, 0.1)])
    assert [c.id for c in screening.kept] == ["b", "c"]
    assert [c.id for c in screening.dropped] == ["a"]


def test_a_dropped_cluster_says_so_and_keeps_its_gap() -> None:
    (dropped,) = screen_clusters([cluster("a", 0, 0)]).dropped
    assert dropped.skill_gap == "dropped: insufficient evidence (original: gap)"
    assert dropped.addressed_by_edit_ids == ()


@given(st.lists(st.tuples(RATES, RATES)))
def test_every_cluster_is_kept_or_dropped_in_order(rates: list[tuple[float, float]]) -> None:
    clusters = [cluster(str(i), *pair) for i, pair in enumerate(rates)]
    screening = screen_clusters(clusters)
    names = [c.id for c in screening.kept] + [c.id for c in screening.dropped]
    assert sorted(names, key=int) == [c.id for c in clusters]
    assert all(c.student_failure_rate or c.teacher_success_rate for c in screening.kept)
