"""One table, one fact: every operation has its row, and rows hold what executors take."""

import typing

import pytest
from pydantic import ValidationError

from planner.operations import NAME_FIELDS, OPERATIONS, Op, Pillar, Tier
from tests.builders import PAYLOADS

UNSAFE = ["", "..", ".", "a/b", "a\\b", "a b", 'a"b', "a'b", "a\nb", "a\n", "\x00", "ä", "a" * 101]

CONTRACT = {
    Op.SET_MODEL_FOR_QUERY_CLASS: (Pillar.INTELLIGENCE, Tier.AUTO),
    Op.SET_MODEL_PARAM: (Pillar.INTELLIGENCE, Tier.AUTO),
    Op.SET_AGENT_PARAM: (Pillar.AGENT, Tier.AUTO),
    Op.SET_AGENT_CLASS: (Pillar.AGENT, Tier.REVIEW),
    Op.EDIT_FEW_SHOT_EXEMPLARS: (Pillar.AGENT, Tier.REVIEW),
    Op.PATCH_SYSTEM_PROMPT: (Pillar.AGENT, Tier.REVIEW),
    Op.REPLACE_SYSTEM_PROMPT: (Pillar.AGENT, Tier.REVIEW),
    Op.ADD_TOOL_TO_AGENT: (Pillar.TOOLS, Tier.AUTO),
    Op.REMOVE_TOOL_FROM_AGENT: (Pillar.TOOLS, Tier.AUTO),
    Op.EDIT_TOOL_DESCRIPTION: (Pillar.TOOLS, Tier.AUTO),
    Op.LORA_FINETUNE: (Pillar.INTELLIGENCE, Tier.MANUAL),
}


def test_the_table_covers_every_operation_as_the_contract_has_it() -> None:
    assert {op: (row.pillar, row.tier) for op, row in OPERATIONS.items()} == CONTRACT


@pytest.mark.parametrize("op", Op)
def test_a_valid_payload_fits(op: Op) -> None:
    OPERATIONS[op].payload.model_validate(PAYLOADS[op])


@pytest.mark.parametrize("op", Op)
def test_a_payload_has_no_field_that_nobody_declared(op: Op) -> None:
    with pytest.raises(ValidationError):
        OPERATIONS[op].payload.model_validate({**PAYLOADS[op], "extra": "x"})


@pytest.mark.parametrize("op", [op for op in Op if op is not Op.LORA_FINETUNE])
def test_every_field_is_required(op: Op) -> None:
    for field in PAYLOADS[op]:
        rest = {key: value for key, value in PAYLOADS[op].items() if key != field}
        with pytest.raises(ValidationError):
            OPERATIONS[op].payload.model_validate(rest)


@pytest.mark.parametrize("op", Op)
@pytest.mark.parametrize("unsafe", UNSAFE)
def test_a_name_is_safe_in_a_path_a_key_and_a_file_name(op: Op, unsafe: str) -> None:
    names = NAME_FIELDS & set(PAYLOADS[op]) - {"model"}
    for field in names:
        with pytest.raises(ValidationError):
            OPERATIONS[op].payload.model_validate({**PAYLOADS[op], field: unsafe})


@pytest.mark.parametrize("model", ['a"b', "a\\b", "a\nb", "a b", "", "-x", "../x", "qwen/3"])
def test_a_model_whose_parameters_are_set_breaks_no_toml(model: str) -> None:
    payload = {**PAYLOADS[Op.SET_MODEL_PARAM], "model": model}
    with pytest.raises(ValidationError):
        OPERATIONS[Op.SET_MODEL_PARAM].payload.model_validate(payload)


@pytest.mark.parametrize("op", [Op.SET_MODEL_PARAM, Op.SET_AGENT_PARAM])
@pytest.mark.parametrize(
    "value", [True, None, "12", {}, [], float("nan"), float("inf"), 1e300, 10**400]
)
def test_a_parameter_is_a_number_that_toml_can_hold(op: Op, value: object) -> None:
    with pytest.raises(ValidationError):
        OPERATIONS[op].payload.model_validate({**PAYLOADS[op], "value": value})


@pytest.mark.parametrize(
    "text", ['"', "\\", "a\nb", "a\u2028b", "\x1b[0m", "\u202e", " ", "", "a\tb", "x" * 2_001]
)
def test_a_description_is_one_line_that_needs_no_escape(text: str) -> None:
    payload = {"tool_name": "calculator", "new_description": text}
    with pytest.raises(ValidationError):
        OPERATIONS[Op.EDIT_TOOL_DESCRIPTION].payload.model_validate(payload)


def test_a_patch_has_one_form() -> None:
    patch = OPERATIONS[Op.PATCH_SYSTEM_PROMPT].payload
    pairs = [{"find": "a", "replace": "b"}]
    forms: list[dict[str, object]] = [
        {},
        {"replacements": pairs, "diff": "@@"},
        {"replacements": []},
        {"diff": " "},
    ]
    for form in forms:
        with pytest.raises(ValidationError):
            patch.model_validate({"agent": "coder", **form})


@pytest.mark.parametrize("op", Op)
def test_the_slot_follows_the_payload(op: Op) -> None:
    slot = OPERATIONS[op].slot(PAYLOADS[op])
    assert "{" not in slot
    if "agent" in PAYLOADS[op]:
        assert slot.startswith(f"agents.{PAYLOADS[op]['agent']}.")


def test_every_text_and_list_of_every_payload_is_bounded() -> None:
    for row in OPERATIONS.values():
        for field in row.payload.model_fields.values():
            assert _is_bounded(field.annotation, tuple(field.metadata)), (row.op, field)


def _is_bounded(annotation: typing.Any, metadata: tuple[typing.Any, ...]) -> bool:
    """Tell whether each text and list below an annotation has an upper bound."""
    inner = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Annotated:
        return _is_bounded(inner[0], (*metadata, *_flattened(inner[1:])))
    if annotation is str or typing.get_origin(annotation) is list:
        has_bound = any(hasattr(one, "max_length") for one in metadata)
        return has_bound and all(_is_bounded(one, ()) for one in inner)
    if hasattr(annotation, "model_fields"):
        fields = annotation.model_fields.values()
        return all(_is_bounded(one.annotation, tuple(one.metadata)) for one in fields)
    return all(_is_bounded(one, metadata) for one in inner)


def _flattened(metadata: tuple[typing.Any, ...]) -> list[typing.Any]:
    return [part for one in metadata for part in getattr(one, "metadata", [one])]
