"""One table, one fact: the eleven operations that an edit may perform.

The teacher's JSON schema, the instructions in its prompt, the parsing of its
answer and the default tiers all come from `OPERATIONS`. A new operation is an
enum member, a payload class and a row. Bounds and patterns are those of the
executor that applies the plan: other values break its files.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, model_validator


class Op(StrEnum):
    """What an edit does."""

    SET_MODEL_FOR_QUERY_CLASS = "set_model_for_query_class"
    SET_MODEL_PARAM = "set_model_param"
    SET_AGENT_PARAM = "set_agent_param"
    SET_AGENT_CLASS = "set_agent_class"
    EDIT_FEW_SHOT_EXEMPLARS = "edit_few_shot_exemplars"
    PATCH_SYSTEM_PROMPT = "patch_system_prompt"
    REPLACE_SYSTEM_PROMPT = "replace_system_prompt"
    ADD_TOOL_TO_AGENT = "add_tool_to_agent"
    REMOVE_TOOL_FROM_AGENT = "remove_tool_from_agent"
    EDIT_TOOL_DESCRIPTION = "edit_tool_description"
    LORA_FINETUNE = "lora_finetune"


class Pillar(StrEnum):
    """Which part of the student an edit belongs to."""

    INTELLIGENCE = "intelligence"
    AGENT = "agent"
    TOOLS = "tools"
    ENGINE = "engine"


class Tier(StrEnum):
    """How an edit may be applied, from the least strict to the strictest."""

    AUTO = "auto"
    REVIEW = "review"
    MANUAL = "manual"

    @property
    def strictness(self) -> int:
        """0 for `auto`, 1 for `review`, 2 for `manual`."""
        return _STRICTNESS[self]


_STRICTNESS = {tier: place for place, tier in enumerate(Tier)}


class Payload(BaseModel):
    """What an operation needs; closed, strict and bounded."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=100)]
"""Safe in a file path, a TOML key and a queue's file name."""
SAFE_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
"""The same, for names that stand in no payload: to be matched in full."""

_SEGMENT = r"[A-Za-z0-9](?:\.?[A-Za-z0-9_:@+-])*"
"""Of a model's name: no dot follows a dot or ends it, so that `..` never gets through."""
Model = Annotated[str, Field(pattern=rf"^{_SEGMENT}(?:/{_SEGMENT})*$", max_length=200)]
ModelWithoutSlash = Annotated[str, Field(pattern=rf"^{_SEGMENT}$", max_length=200)]
Number = Annotated[StrictInt | StrictFloat, Field(allow_inf_nan=False, ge=-1e15, le=1e15)]
OneLine = Annotated[
    str,
    Field(
        pattern=r"^[^\"\\\p{C}\p{Zl}\p{Zp}]*[^\"\\\p{C}\p{Z}][^\"\\\p{C}\p{Zl}\p{Zp}]*$",
        max_length=2_000,
    ),
]
"""The executor keeps one line between double quotes."""
PromptText = Annotated[str, Field(pattern=r"\S", max_length=200_000)]


NAME_FIELDS = frozenset({"agent", "model", "new_class", "param", "query_class", "tool_name"})
"""Payload fields whose pattern is there to keep a name safe."""


class SetModelForQueryClass(Payload):
    """Route a class of queries to a model."""

    query_class: Name
    model: Model


class SetModelParam(Payload):
    """Set a number among a model's parameters."""

    model: ModelWithoutSlash
    param: Name
    value: Number


class SetAgentParam(Payload):
    """Set a number among an agent's parameters."""

    agent: Name
    param: Name
    value: Number

    @model_validator(mode="after")
    def _no_slot_of_others(self) -> Self:
        other = {"class": "set_agent_class", "tools": "add_tool_to_agent"}.get(self.param.lower())
        if other:
            msg = f"`{self.param}` is no parameter: `{other}` changes it"
            raise ValueError(msg)
        return self


class SetAgentClass(Payload):
    """Run an agent by another class."""

    agent: Name
    new_class: Name


class ExemplarPayload(Payload):
    """One worked example."""

    input: Annotated[str, Field(pattern=r"\S", max_length=20_000)]
    output: Annotated[str, Field(pattern=r"\S", max_length=20_000)]


class EditFewShotExemplars(Payload):
    """Replace an agent's worked examples."""

    agent: Name
    exemplars: Annotated[list[ExemplarPayload], Field(min_length=1, max_length=50)]


class Replacement(Payload):
    """`find` stands exactly once in the current prompt; `replace` stands there afterwards."""

    find: Annotated[str, Field(pattern=r"\S", max_length=50_000)]
    replace: Annotated[str, Field(max_length=50_000)]


class PatchSystemPrompt(Payload):
    """Change some lines of an agent's prompt, by pairs or by a unified diff."""

    agent: Name
    replacements: Annotated[list[Replacement], Field(min_length=1, max_length=50)] | None = None
    diff: Annotated[str, Field(pattern=r"\S", max_length=400_000)] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.replacements is None) == (self.diff is None):
            msg = "give either `replacements` or `diff`, and not both"
            raise ValueError(msg)
        return self


class ReplaceSystemPrompt(Payload):
    """Write an agent's prompt anew."""

    agent: Name
    new_content: PromptText


class AddToolToAgent(Payload):
    """Give an agent a tool."""

    agent: Name
    tool_name: Name


class RemoveToolFromAgent(Payload):
    """Take a tool from an agent."""

    agent: Name
    tool_name: Name


class EditToolDescription(Payload):
    """Describe a tool anew."""

    tool_name: Name
    new_description: OneLine


class LoraFinetune(Payload):
    """Ask people for a fine-tune; no executor applies it."""

    model: Model | None = None
    notes: Annotated[str, Field(max_length=20_000)] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the table."""

    op: Op
    pillar: Pillar
    tier: Tier
    """The default; the policy may raise it by payload, an operator may override it."""
    payload: type[Payload]
    target: str
    """Dotted path of the slot it changes, with the payload's fields in braces."""
    instruction: str
    """One line for the teacher."""

    def slot(self, payload: Mapping[str, object]) -> str:
        """Return the dotted path that an edit with this payload changes."""
        return self.target.format_map(payload)


OPERATIONS: Mapping[Op, Operation] = {
    row.op: row
    for row in (
        Operation(
            Op.SET_MODEL_FOR_QUERY_CLASS,
            Pillar.INTELLIGENCE,
            Tier.AUTO,
            SetModelForQueryClass,
            "learning.routing.policy_map.{query_class}",
            "Route a class of queries to one of the student's models.",
        ),
        Operation(
            Op.SET_MODEL_PARAM,
            Pillar.INTELLIGENCE,
            Tier.AUTO,
            SetModelParam,
            "models.{model}.{param}",
            "Set one numeric parameter of a model, such as temperature.",
        ),
        Operation(
            Op.SET_AGENT_PARAM,
            Pillar.AGENT,
            Tier.AUTO,
            SetAgentParam,
            "agents.{agent}.{param}",
            "Set one numeric parameter of an agent, such as max_turns; never its prompt.",
        ),
        Operation(
            Op.SET_AGENT_CLASS,
            Pillar.AGENT,
            Tier.REVIEW,
            SetAgentClass,
            "agents.{agent}.class",
            "Run an agent by another agent class.",
        ),
        Operation(
            Op.EDIT_FEW_SHOT_EXEMPLARS,
            Pillar.AGENT,
            Tier.REVIEW,
            EditFewShotExemplars,
            "agents.{agent}.few_shot",
            "Replace an agent's worked examples: give the whole new list.",
        ),
        Operation(
            Op.PATCH_SYSTEM_PROMPT,
            Pillar.AGENT,
            Tier.REVIEW,
            PatchSystemPrompt,
            "agents.{agent}.system_prompt",
            "Change some lines of an agent's prompt: give `replacements`, each with `find` "
            "(text copied exactly, that stands once in the current prompt) and `replace` "
            "(what stands there afterwards), and `diff` null.",
        ),
        Operation(
            Op.REPLACE_SYSTEM_PROMPT,
            Pillar.AGENT,
            Tier.REVIEW,
            ReplaceSystemPrompt,
            "agents.{agent}.system_prompt",
            "Write an agent's prompt anew, whole; keep every {placeholder} of the old one. "
            "Prefer a patch.",
        ),
        Operation(
            Op.ADD_TOOL_TO_AGENT,
            Pillar.TOOLS,
            Tier.AUTO,
            AddToolToAgent,
            "agents.{agent}.tools.{tool_name}",
            "Give an agent one of the student's tools.",
        ),
        Operation(
            Op.REMOVE_TOOL_FROM_AGENT,
            Pillar.TOOLS,
            Tier.AUTO,
            RemoveToolFromAgent,
            "agents.{agent}.tools.{tool_name}",
            "Take a tool from an agent.",
        ),
        Operation(
            Op.EDIT_TOOL_DESCRIPTION,
            Pillar.TOOLS,
            Tier.AUTO,
            EditToolDescription,
            "tools.{tool_name}.description",
            "Describe a tool anew, in one line without double quotes and backslashes.",
        ),
        Operation(
            Op.LORA_FINETUNE,
            Pillar.INTELLIGENCE,
            Tier.MANUAL,
            LoraFinetune,
            "models.lora",
            "Propose a fine-tune to people; never applied by itself.",
        ),
    )
}
"""Every operation, by its name. Source: PLAN_CONTRACT of the executor, OpenJarvis' spec search."""
