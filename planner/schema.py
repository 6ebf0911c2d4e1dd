"""What the teacher is asked to write, generated from the table of operations.

The schema is the one shape that the strict modes of the large providers and
grammar-constrained local servers all accept: a root object, references inlined,
`op` first in each branch, `enum` of one instead of `const`, `anyOf`, closed
objects, every field required, nullable instead of optional, and no bounds,
defaults or titles. Bounds are checked when the answer is read.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel, JsonValue

from planner.operations import OPERATIONS, Operation, Payload

EDIT_FIELDS = (
    "op",
    "id",
    "pillar",
    "target",
    "payload",
    "rationale",
    "expected_improvement",
    "references",
)
"""The fields that an edit is asked to have. A risk tier is not asked for: nobody would read it."""

KNOWN_FIELDS = frozenset(EDIT_FIELDS) | {"risk_tier"}
"""The fields that an edit may have: teachers write a risk tier unasked."""


def _fields_of(model: type[BaseModel]) -> Iterator[str]:
    """Yield the fields of a model, and of what stands in its lists."""
    for name, field in model.model_fields.items():
        yield name
        for inner in _models_in(field.annotation):
            yield from _fields_of(inner)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


PAYLOAD_FIELDS = frozenset(name for row in OPERATIONS.values() for name in _fields_of(row.payload))
"""The fields that payloads have, those of their lists' items included."""

LIST_FIELDS = frozenset(
    name
    for row in OPERATIONS.values()
    for name, field in row.payload.model_fields.items()
    if any(_models_in(field.annotation))
)
"""The fields of payloads that hold lists of objects."""

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}


def answer_schema() -> dict[str, JsonValue]:
    """Return the JSON schema of the teacher's answer, `{"edits": [...]}`.

    Returns:
        A fresh dict on every call; about 7,200 characters of compact JSON.
    """
    branches = [_edit_schema(row) for row in OPERATIONS.values()]
    return _closed({"edits": {"type": "array", "items": {"anyOf": branches}}})


def operation_instructions() -> str:
    """Return the operations as the teacher reads them: a markdown list, a line each."""
    return "\n".join(_instruction(row) for row in OPERATIONS.values())


def _edit_schema(row: Operation) -> Schema:
    return _closed(
        {
            "op": {"type": "string", "enum": [row.op.value]},
            "id": _TEXT,
            "pillar": {"type": "string", "enum": [row.pillar.value]},
            "target": _TEXT,
            "payload": payload_schema(row),
            "rationale": _TEXT,
            "expected_improvement": _TEXT,
            "references": {"type": "array", "items": _TEXT},
        }
    )


def payload_schema(row: Operation) -> Schema:
    """Return the schema of an operation's payload, in the shape that all providers take."""
    schema = _pydantic_schema(row.payload)
    return _portable(schema, schema.get("$defs", {}))


@cache
def _pydantic_schema(payload: type[Payload]) -> Schema:
    """Return pydantic's own schema, to be read only: making it took half of a request's time."""
    return payload.model_json_schema()


def _portable(schema: Schema, definitions: Schema) -> Schema:
    if "$ref" in schema:
        return _portable(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
    if "anyOf" in schema:
        return _any_of([_portable(branch, definitions) for branch in schema["anyOf"]])
    if schema["type"] == "object":
        properties = schema.get("properties", {})
        return _closed({name: _portable(one, definitions) for name, one in properties.items()})
    if schema["type"] == "array":
        return {"type": "array", "items": _portable(schema["items"], definitions)}
    return {"type": schema["type"]}


def _any_of(branches: list[Schema]) -> Schema:
    """Join branches; a whole number is a number: providers take no two that overlap."""
    if {branch["type"] for branch in branches} == {"integer", "number"}:
        return {"type": "number"}
    return {"anyOf": branches}


def _closed(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _instruction(row: Operation) -> str:
    target = row.target.replace("{", "<").replace("}", ">")
    return (
        f"- `{row.op}` (pillar `{row.pillar}`, target `{target}`, "
        f"payload `{_sketch(payload_schema(row))}`): {row.instruction}"
    )


def _sketch(schema: Schema) -> str:
    """Draw a payload's shape in a line, for people and models: `{"agent": text}`."""
    if "anyOf" in schema:
        return " or ".join(_sketch(branch) for branch in schema["anyOf"])
    if schema["type"] == "object":
        inner = (f'"{name}": {_sketch(one)}' for name, one in schema["properties"].items())
        return "{" + ", ".join(inner) + "}"
    if schema["type"] == "array":
        return f"[{_sketch(schema['items'])}, ...]"
    return "text" if schema["type"] == "string" else str(schema["type"])
