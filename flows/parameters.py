"""What a person fills in when a flow is run: typed, bounded, and without a secret.

Prefect stores parameters in the open and shows them to everyone, so no field here
takes a key: keys come from the workers' environment, or from a block by its name.
"""

import math
from typing import Annotated

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from flows.blocks import load_teacher
from planner.errors import SettingsInvalid
from planner.risk import DEFAULT_POLICY, TierPolicy, read_policy
from planner.store import Store, StoreSettings
from planner.teacher import AnyTeacher, ReplayTeacher, Teacher

Url = Annotated[str, Field(min_length=1, max_length=1000)]
LimitName = Annotated[str, Field(min_length=1, max_length=200)]
BlockName = Annotated[str, Field(pattern=r"^[a-z0-9-]+$", max_length=200)]
Usd = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class TeacherParameters(Teacher):
    """Any frontier or local model, by its litellm model string; the key from the environment."""

    api_key: SkipJsonSchema[None] = Field(
        default=None, description="Never here: parameters are stored in the open."
    )


def chosen_teacher(
    teacher: TeacherParameters | None,
    teacher_block: str | None,
    replay_url: str | None,
    settings: StoreSettings,
) -> AnyTeacher:
    """Return the one teacher that the parameters name.

    Raises:
        SettingsInvalid: None is named, or two are, or there is no such block.
        ArtifactMissing: There is no file to replay.
    """
    if sum(one is not None for one in (teacher, teacher_block, replay_url)) != 1:
        raise SettingsInvalid(
            "Give one of `teacher`, with a model such as anthropic/claude-opus-4-5, "
            "`teacher_block`, with the name of a block, and `replay_url`, with a recorded answer."
        )
    if teacher_block is not None:
        return load_teacher(teacher_block)
    return teacher or ReplayTeacher(content=_read_file(str(replay_url), settings).decode())


def lowered(teacher: AnyTeacher, max_cost_usd: float | None) -> AnyTeacher:
    """Return the teacher with a lower budget for its call, in USD; never with a higher one."""
    if not isinstance(teacher, Teacher) or max_cost_usd in (None, math.inf):
        return teacher
    if teacher.max_cost_usd is not None and teacher.max_cost_usd <= max_cost_usd:
        return teacher
    return teacher.model_copy(update={"max_cost_usd": max_cost_usd})


def chosen_policy(policy_url: str | None, settings: StoreSettings) -> TierPolicy:
    """Return the operator's tier policy, or ours.

    Raises:
        PolicyInvalid: Names the rule.
        ArtifactMissing: There is no such file.
    """
    if policy_url is None:
        return DEFAULT_POLICY
    return read_policy(_read_file(policy_url, settings), where=policy_url)


def _read_file(url: str, settings: StoreSettings) -> bytes:
    folder, _, name = url.rpartition("/")
    return Store(folder or ".", settings).read(name)
