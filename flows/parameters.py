"""What a person fills in when a flow is run: typed, bounded, and without a secret.

Prefect stores parameters in the open and shows them to everyone, so no field here
takes a key: keys come from the workers' environment.
"""

from typing import Annotated

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from planner.errors import SettingsInvalid
from planner.risk import DEFAULT_POLICY, TierPolicy, read_policy
from planner.store import Store
from planner.teacher import AnyTeacher, ReplayTeacher, Teacher

Url = Annotated[str, Field(min_length=1, max_length=1000)]
LimitName = Annotated[str, Field(min_length=1, max_length=200)]


class TeacherParameters(Teacher):
    """Any frontier or local model, by its litellm model string; the key from the environment."""

    api_key: SkipJsonSchema[None] = Field(
        default=None, description="Never here: parameters are stored in the open."
    )


def chosen_teacher(teacher: TeacherParameters | None, replay_url: str | None) -> AnyTeacher:
    """Return the one teacher that the parameters name.

    Raises:
        SettingsInvalid: None is named, or two are.
        ArtifactMissing: There is no file to replay.
    """
    if (teacher is None) == (replay_url is None):
        raise SettingsInvalid(
            "Give either `teacher`, with a model such as anthropic/claude-opus-4-5, "
            "or `replay_url`, with a recorded answer."
        )
    return teacher or ReplayTeacher(content=_read_file(str(replay_url)).decode())


def chosen_policy(policy_url: str | None) -> TierPolicy:
    """Return the operator's tier policy, or ours.

    Raises:
        PolicyInvalid: Names the rule.
        ArtifactMissing: There is no such file.
    """
    if policy_url is None:
        return DEFAULT_POLICY
    return read_policy(_read_file(policy_url), where=policy_url)


def _read_file(url: str) -> bytes:
    folder, _, name = url.rpartition("/")
    return Store(folder or ".").read(name)
