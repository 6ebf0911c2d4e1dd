"""One value, one JSON text: that of Python's own encoder, whichever one writes it."""

import json
import math
import sys
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from planner.floats import float_fields, may_hold_float, writes_alike
from planner.models import (
    Coverage,
    Edit,
    FailureCluster,
    Frozen,
    ProposedEdit,
    Rate,
    Sha256,
    canonical_json,
    sha256,
)
from planner.operations import Op, Tier
from planner.plan import plan_bytes
from tests.builders import item, planned

texts = st.text(st.characters(exclude_categories=()))
"""Halves of pairs included, which no UTF-8 has."""
ties = st.builds(math.ldexp, st.integers(1, 2**20), st.integers(-80, 60))
"""Numbers that often stand right between two of the shortest texts."""
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ties | texts | st.sampled_from(Op),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(texts, inner),
)


def by_python(value: Any) -> bytes:
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def outcome(encode: Any, value: Any) -> Any:
    """Return the bytes, or what kind of fault the value has."""
    try:
        return encode(value)
    except ValueError as error:
        return type(error)


@given(values)
@example(1e-05)
@example(0.00001234)
@example([1e16, -1e16, 9999999999999998.0, 1e22, 5e-324, -0.0, 1e-4])
@example({"a": math.nan})
@example([math.inf])
@example([2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1])
@example({"\ud800": 1})
@example(["\ud800"])
@example("".join(map(chr, [*range(0x100), 0x2028, 0x2029, 0xFFFF, 0x10FFFF])))
@example({"\U00010000": 1, "\uffff": 2, "\ue000": 3, "é": 4, "e": 5, "": 6})
def test_a_value_has_the_text_of_pythons_own_encoder(value: Any) -> None:
    assert outcome(canonical_json, value) == outcome(by_python, value)


@given(st.dictionaries(st.sampled_from(Op) | st.integers() | st.booleans(), values))
def test_keys_that_are_no_plain_texts_are_written_as_python_writes_them(value: Any) -> None:
    try:
        expected = outcome(by_python, value)
    except TypeError:  # Keys of several kinds have no order.
        return
    assert outcome(canonical_json, value) == expected


def test_a_value_may_be_as_deep_as_pythons_own_encoder_goes() -> None:
    deep: Any = "end"
    for _ in range(sys.getrecursionlimit() // 2):
        deep = [deep]
    assert canonical_json(deep) == by_python(deep)


def test_only_floats_that_both_write_alike_are_left_to_the_faster_encoder() -> None:
    assert writes_alike({"a": [0.2, 1.0, -0.0, 1e-4, 123456.75]})
    for one in (math.nan, math.inf, -math.inf):
        assert not writes_alike({"a": [0.2, {"b": (one,)}]})


def test_what_is_not_known_may_hold_a_float() -> None:
    assert not writes_alike({"a": {1, 2}})
    assert not writes_alike([object()])


@pytest.mark.parametrize("kind", [ProposedEdit, Edit, FailureCluster, Coverage])
def test_a_field_that_is_passed_over_can_hold_no_float(kind: Any) -> None:
    """All but these are texts, whole numbers, and tuples of them."""
    known = {
        ProposedEdit: {"payload", "flags"},
        Edit: {"payload", "flags"},
        FailureCluster: {"student_failure_rate", "teacher_success_rate"},
        Coverage: set(),
    }
    assert set(float_fields(kind) or ()) == known[kind]


def test_on_doubt_a_declared_type_may_hold_a_float() -> None:
    for declared in (float, Any, object, dict[str, Any], tuple[float, ...], list[Rate], Frozen):
        assert may_hold_float(declared), declared
    harmless: list[Any] = [str, int, bool, Tier, tuple[str, ...], tuple[int, ...], Sha256 | None]
    for kind in harmless:
        assert not may_hold_float(kind), kind


@pytest.mark.parametrize("value", [0.2, 1e-05, 1e14, 1.5e-7])
def test_a_plans_digest_is_of_the_text_that_python_writes(value: float) -> None:
    payload = {"agent": "coder", "param": "temperature", "value": value}
    plan = planned(item(Op.SET_AGENT_PARAM, payload=payload))
    assert plan.edits[0].payload["value"] == value
    fields = json.loads(plan_bytes(plan))
    assert fields.pop("digest") == sha256(by_python(fields))
