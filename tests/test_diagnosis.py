"""The diagnosis is read correctly, or refused with one clear sentence."""

import json
import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.diagnosis import read_diagnosis
from planner.errors import DiagnosisInvalid
from planner.models import Diagnosis

CLUSTER: dict[str, Any] = {
    "id": "c1",
    "description": "Dates are wrong",
    "student_failure_rate": 0.75,
    "teacher_success_rate": 0.9,
    "skill_gap": "calendar arithmetic",
    "sample_trace_ids": ["t1"],
}


def read(markdown: str = "# Night", clusters: Any = None) -> Diagnosis:
    data = None if clusters is None else json.dumps(clusters).encode()
    return read_diagnosis(markdown.encode(), data, where="memory://s/1")


def refusal(markdown: str | bytes = "# Night", clusters: Any = None) -> str:
    raw = markdown if isinstance(markdown, bytes) else markdown.encode()
    data = clusters if isinstance(clusters, bytes | None) else json.dumps(clusters).encode()
    with pytest.raises(DiagnosisInvalid) as caught:
        read_diagnosis(raw, data, where="memory://s/1")
    return caught.value.message


def fenced(*clusters: Any) -> str:
    return f"# Night\n\n```json\n{json.dumps(list(clusters))}\n```\n"


def test_clusters_come_from_their_file() -> None:
    (cluster,) = read(clusters=[CLUSTER]).clusters
    assert cluster.id == "c1"
    assert cluster.sample_trace_ids == ("t1",)


@pytest.mark.parametrize("key", ["failure_clusters", "clusters"])
def test_the_list_may_stand_under_its_key(key: str) -> None:
    assert len(read(clusters={key: [CLUSTER]}).clusters) == 1


def test_without_the_file_the_last_json_fence_counts() -> None:
    first = {**CLUSTER, "id": "example"}
    markdown = f"{fenced(first)}\n```python\nx = 1\n```\n{fenced(CLUSTER)}\nGood night."
    assert [c.id for c in read(markdown).clusters] == ["c1"]


def test_the_file_wins_over_the_fence() -> None:
    assert [c.id for c in read(fenced({**CLUSTER, "id": "x"}), [CLUSTER]).clusters] == ["c1"]


def test_a_night_without_failures_is_no_error() -> None:
    assert read(clusters=[]).clusters == ()


def test_a_byte_order_mark_is_no_content() -> None:
    assert read("\ufeff# Night", [CLUSTER]).markdown == "# Night"


@pytest.mark.parametrize(
    ("value", "share"),
    [(0.75, 0.75), ("75%", 0.75), ("0.75", 0.75), (0, 0.0), (1, 1.0), ("100 %", 1.0), ("0%", 0.0)],
)
def test_a_rate_is_a_share_or_a_percentage(value: Any, share: float) -> None:
    (cluster,) = read(clusters=[{**CLUSTER, "student_failure_rate": value}]).clusters
    assert cluster.student_failure_rate == share


def test_bare_numbers_over_one_make_the_file_a_file_of_percentages() -> None:
    percent = {**CLUSTER, "student_failure_rate": 75, "teacher_success_rate": 1.5}
    (cluster,) = read(clusters=[percent]).clusters
    assert (cluster.student_failure_rate, cluster.teacher_success_rate) == (0.75, 0.015)


def test_scales_are_never_guessed_when_mixed() -> None:
    mixed = [{**CLUSTER, "student_failure_rate": 75, "teacher_success_rate": 0.9}]
    assert "beside numbers of another scale" in refusal(clusters=mixed)


@pytest.mark.parametrize(
    "value", [-0.1, 101, "120%", "often", None, True, [], math.nan, math.inf, "nan", "", 10**400]
)
def test_a_bad_rate_names_file_cluster_and_field(value: Any) -> None:
    said = refusal(clusters=[{**CLUSTER, "student_failure_rate": value}])
    assert "memory://s/1/clusters.json" in said
    assert "'c1'" in said
    assert "`student_failure_rate`" in said


@pytest.mark.parametrize("field", ["id", "description", "student_failure_rate"])
def test_a_missing_field_is_named(field: str) -> None:
    said = refusal(clusters=[{k: v for k, v in CLUSTER.items() if k != field}])
    assert f"`{field}`" in said


def test_the_gap_and_the_traces_may_be_missing() -> None:
    few = {k: v for k, v in CLUSTER.items() if k not in ("skill_gap", "sample_trace_ids")}
    (cluster,) = read(clusters=[few]).clusters
    assert (cluster.skill_gap, cluster.sample_trace_ids) == ("", ())


HALF = "x\ud800"


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("id", HALF, "`id` must be one printable line"),
        ("description", HALF, r"`description` holds half a character, `\ud800`"),
        ("skill_gap", HALF, r"`skill_gap` holds half a character, `\ud800`"),
        ("sample_trace_ids", ["t1", HALF], r"`sample_trace_ids.1` holds half a character"),
    ],
)
def test_half_a_character_is_refused_with_its_place(field: str, value: Any, place: str) -> None:
    said = refusal(clusters=[{**CLUSTER, field: value}])
    assert place in said
    assert said.isprintable()


@pytest.mark.parametrize("value", [5, True, "t1, t2", {"t1": 1}])
def test_trace_ids_that_are_no_list_are_refused(value: Any) -> None:
    said = refusal(clusters=[{**CLUSTER, "sample_trace_ids": value}])
    assert re.search("'c1': `sample_trace_ids` is an? .*, not a list", said)


def test_a_number_without_end_is_refused() -> None:
    assert "not valid JSON" in refusal(clusters=b"[" + b"9" * 5_000 + b"]")


def test_doubled_ids_are_told_once() -> None:
    assert "'c1': `id` is used 3 times" in refusal(clusters=[CLUSTER] * 3)


def test_every_fault_is_told_at_once() -> None:
    said = refusal(clusters=[{**CLUSTER, "description": ""}, {**CLUSTER, "id": "a\nb"}, 7])
    assert "`description`" in said
    assert "`id` must be one printable line" in said
    assert "cluster 3 is a number, not an object" in said


@pytest.mark.parametrize("clusters", [{"c1": CLUSTER}, "text", 3, None])
def test_clusters_that_are_no_list_are_refused(clusters: Any) -> None:
    assert "must be a list" in refusal(clusters=json.dumps(clusters).encode())


def test_a_diagnosis_without_clusters_is_refused() -> None:
    assert "holds no clusters" in refusal("# Night\n\nAll quiet. `json`")


@pytest.mark.parametrize("text", ["", "  \n\t\n"])
def test_an_empty_diagnosis_is_refused(text: str) -> None:
    assert "memory://s/1/diagnosis.md is empty" in refusal(text)


def test_text_that_is_not_utf8_is_refused_with_the_byte() -> None:
    assert "diagnosis.md is not UTF-8: byte 4" in refusal(b"# N\n\xff\xfe")
    assert "clusters.json is not UTF-8: byte 0" in refusal("# N", b"\xff")


def test_a_fence_cut_short_is_refused_with_its_line() -> None:
    assert "not valid JSON" in refusal(fenced(CLUSTER)[:-30])


def test_deep_nesting_is_refused() -> None:
    assert "nested too deeply" in refusal(clusters=b"[" * 200_000)


@given(st.binary(max_size=200), st.none() | st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(markdown: bytes, clusters: bytes | None) -> None:
    try:
        read_diagnosis(markdown, clusters, where="x")
    except DiagnosisInvalid as error:
        assert error.message.startswith(("x/", "The clusters in"))


@given(st.floats(0, 1), st.floats(0, 1))
def test_shares_are_read_as_they_are(failure: float, success: float) -> None:
    rates = {"student_failure_rate": failure, "teacher_success_rate": success}
    (cluster,) = read(clusters=[{**CLUSTER, **rates}]).clusters
    assert (cluster.student_failure_rate, cluster.teacher_success_rate) == (failure, success)
