"""The teacher's schema: the one shape that all providers' strict modes take."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from planner.operations import OPERATIONS, Op
from planner.schema import EDIT_FIELDS, answer_schema, operation_instructions
from tests.builders import PAYLOADS, item

TAKEN = {"type", "properties", "required", "additionalProperties", "items", "anyOf", "enum"}


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema inside a schema."""
    if isinstance(schema, dict) and ("type" in schema or "anyOf" in schema):
        yield schema
        inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
        for one in [*inner, schema.get("items")]:
            yield from nodes(one)


def branches() -> list[dict[str, Any]]:
    root: Any = answer_schema()
    branches: list[dict[str, Any]] = root["properties"]["edits"]["items"]["anyOf"]
    return branches


def test_no_word_is_used_that_a_provider_refuses() -> None:
    for node in nodes(answer_schema()):
        assert set(node) <= TAKEN


def test_every_object_is_closed_and_every_field_required() -> None:
    for node in nodes(answer_schema()):
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])


def test_there_is_a_branch_for_each_operation_and_it_begins_with_op() -> None:
    assert [one["properties"]["op"]["enum"] for one in branches()] == [[op.value] for op in Op]
    assert all(tuple(one["properties"]) == EDIT_FIELDS for one in branches())


def test_nobody_is_asked_for_a_tier() -> None:
    assert "risk_tier" not in json.dumps(answer_schema())
    assert "tier" not in operation_instructions()


@pytest.mark.parametrize("op", Op)
def test_what_the_schema_allows_the_reader_takes(op: Op) -> None:
    nullable = {"replacements": None, "diff": None} if op is Op.PATCH_SYSTEM_PROMPT else {}
    payload = {**nullable, **PAYLOADS[op]}
    jsonschema.validate({"edits": [item(op, payload=payload)]}, answer_schema())
    OPERATIONS[op].payload.model_validate(payload)


@pytest.mark.parametrize("op", Op)
def test_the_instructions_tell_every_operation_and_field(op: Op) -> None:
    line = next(one for one in operation_instructions().splitlines() if f"`{op}`" in one)
    row = OPERATIONS[op]
    assert row.instruction in line
    assert all(f'"{field}"' in line for field in row.payload.model_fields)


def test_the_schema_is_a_fresh_value_of_a_bounded_size() -> None:
    first, second = answer_schema(), answer_schema()
    assert first == second
    assert first is not second
    assert len(json.dumps(first, separators=(",", ":"))) < 8_000
