"""The vocabulary: every frozen value that walks from the diagnosis to plan.json.

A value is made once and only read afterwards. Equal inputs make equal values,
and equal values make equal bytes, on any machine.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, Self

import orjson
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from pydantic_core import to_jsonable_python

from planner.floats import writes_alike
from planner.operations import Op, Pillar, Tier

SCHEMA_VERSION = 1
"""Version of plan.json; raised when a reader of the old one would be misled."""

if TYPE_CHECKING:
    Json = JsonValue
else:
    # The values come from a JSON parser: walking through them again in each
    # value that carries them took half of the time of a large plan.
    Json = Any

Rate = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def _fields(value: Any) -> Any:
    """Return a model as the object that it is in JSON; all else as pydantic writes it."""
    # `isinstance` would ask pydantic's metaclass each time, which is written in Python.
    return value.__dict__ if hasattr(value, "__pydantic_fields__") else to_jsonable_python(value)


_CANONICAL = json.JSONEncoder(
    ensure_ascii=False,
    sort_keys=True,
    separators=(",", ":"),
    allow_nan=False,
    default=_fields,
    check_circular=False,  # Nothing that is made once and only read afterwards holds itself.
)


def canonical_json(value: Any) -> bytes:
    """One JSON text for one value: sorted keys, no spaces, UTF-8.

    It is the text of Python's own encoder. orjson writes it in a fifth of the time, where
    it writes the same: it refuses other values by itself (large integers, keys that are no
    plain texts, broken texts, deep nesting), but for floats, which it writes in its own way.
    """
    if writes_alike(value):
        try:
            return orjson.dumps(value, default=_fields, option=_CANONICALLY)
        except orjson.JSONEncodeError:
            pass  # Python's encoder can write it, or says why not.
    return _CANONICAL.encode(value).encode()


_CANONICALLY: Final = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


def sha256(value: bytes | str) -> str:
    """Return the SHA-256 of bytes, or of a text's UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(value.encode() if isinstance(value, str) else value).hexdigest()


def digest_of(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON."""
    return sha256(canonical_json(value))


class Frozen(BaseModel):
    """A value: it cannot change, and it has no field that nobody declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Made(Frozen):
    """A value of which a plan makes thousands, of fields that we have just checked ourselves.

    They are taken as they are: nothing is looked at again and nothing is copied. mypy holds
    those of `model_construct` to their types, as it holds all of our own values.
    """

    _defaults: ClassVar[Mapping[str, Any]]
    """Of all fields, in the order in which they are written; undefined where one must be given."""
    _names: ClassVar[set[str]]

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Look up the fields once; pydantic's own `model_construct` does it for each value."""
        cls._defaults = {name: field.get_default() for name, field in cls.model_fields.items()}
        cls._names = set(cls._defaults)

    @classmethod
    def model_construct(  # type: ignore[override]  # pydantic's plugin gives each class its own
        cls, _fields_set: set[str] | None = None, **values: Any
    ) -> Self:
        """Make a value of fields that are known to be right."""
        return cls.made_of({**cls._defaults, **values})

    @classmethod
    def made_of(cls, fields: dict[str, Any]) -> Self:
        """Make a value of all of its fields, in their order: those of another one, and new ones."""
        made: Self = _new(cls)
        _set_fields(made, fields)
        _set_names(made, cls._names)
        _set_extra(made, None)
        _set_private(made, None)
        return made


_new: Final = object.__new__
_set_fields, _set_names, _set_extra, _set_private = (
    BaseModel.__dict__[slot].__set__ for slot in BaseModel.__slots__
)
"""What sets the four slots of a model, whatever is frozen: by name it takes twice as long."""


# --- what comes in -----------------------------------------------------------


class FailureCluster(Made):
    """Failures of the student with one cause, as the diagnosis grouped them."""

    id: str
    description: str
    student_failure_rate: Rate
    """Share of the cluster's tasks that the student failed, 0..1."""
    teacher_success_rate: Rate
    """Share of the same tasks that the teacher solved, 0..1."""
    skill_gap: str
    sample_trace_ids: tuple[str, ...] = ()
    addressed_by_edit_ids: tuple[str, ...] = ()


class Diagnosis(Frozen):
    """The diagnosis of one night: what it says, and the clusters it found."""

    markdown: str
    clusters: tuple[FailureCluster, ...]
    markdown_sha256: Sha256
    """Of the bytes of diagnosis.md."""
    clusters_sha256: Sha256 | None = None
    """Of the bytes of clusters.json; None where the clusters stand in the diagnosis."""


class Screening(Frozen):
    """Clusters with evidence, and those without, marked as dropped."""

    kept: tuple[FailureCluster, ...]
    dropped: tuple[FailureCluster, ...]


class Exemplar(Frozen):
    """One worked example in an agent's few-shot list."""

    input: str
    output: str


class Agent(Frozen):
    """What the student's files say of one agent; None is unknown, not empty."""

    agent_class: str | None = None
    system_prompt: str | None = None
    tools: tuple[str, ...] | None = None
    params: dict[str, JsonValue] = {}
    few_shot: tuple[Exemplar, ...] | None = None


class Student(Frozen):
    """The student's configuration that edits may touch, as it is before planning."""

    agents: dict[str, Agent] = {}
    tool_descriptions: dict[str, str] = {}
    model_params: dict[str, dict[str, JsonValue]] = {}
    routing: dict[str, str] = {}
    """Query class -> model."""

    @property
    def prompts(self) -> dict[str, str]:
        """Current prompt by target, `agents.<name>.system_prompt`."""
        return {
            prompt_target(name): agent.system_prompt
            for name, agent in self.agents.items()
            if agent.system_prompt is not None
        }


def prompt_target(agent: str) -> str:
    """Return the dotted path of an agent's system prompt."""
    return f"agents.{agent}.system_prompt"


# --- the teacher's call ------------------------------------------------------


class Message(Frozen):
    """One chat message."""

    role: Literal["system", "user"]
    content: str


class ResponseForm(StrEnum):
    """How the teacher is held to its schema."""

    JSON_SCHEMA = "json_schema"
    """The provider enforces the schema."""
    JSON_OBJECT = "json_object"
    """The provider enforces JSON; the schema stands in the prompt."""
    TEXT = "text"
    """Nothing is enforced; the schema stands in the prompt."""


class Cut(Frozen):
    """A part of the request that the token budget left out."""

    part: str
    kept_tokens: int
    cut_tokens: int


class TeacherRequest(Frozen):
    """Everything that is sent, and nothing else: its digest keys the recorded reply."""

    model: str
    messages: tuple[Message, ...]
    response_form: ResponseForm
    response_schema: dict[str, JsonValue]
    max_tokens: int | None = None
    """Upper bound on the reply, in tokens; None leaves it to the model."""
    temperature: float | None = None
    seed: int | None = None
    reasoning_effort: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical request: no clock, id or endpoint is in it."""
        return digest_of(self)


class ComposedRequest(Frozen):
    """The request, and what was left out or masked to make it; None when no call is needed."""

    request: TeacherRequest | None
    cuts: tuple[Cut, ...] = ()
    masked_secrets: int = 0
    """How many credentials were masked before the text leaves the machine."""
    estimated_prompt_tokens: int = 0


class Usage(Frozen):
    """Tokens of one call; None where the provider did not say."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


class TeacherReply(Frozen):
    """One answer of the teacher, as recorded before anyone reads it."""

    request_digest: Sha256
    content: str
    model_asked: str
    model_answered: str | None = None
    answered_at: datetime
    """UTC; the only clock of the walk."""
    finish_reason: str | None = None
    truncated: bool = False
    """The answer was cut at the token limit."""
    usage: Usage = Usage()
    cost_usd: float | None = None
    """None is unknown, never 0."""
    cost_source: str = "unknown"
    """Where the cost comes from: provider, price list, operator's prices, replay, no call."""
    latency_seconds: float = 0.0
    attempts: int = 1
    """How many HTTP requests it took, refused ones included."""
    response_form: ResponseForm | None = None
    """The form that the provider took."""
    notes: tuple[str, ...] = ()


# --- edits -------------------------------------------------------------------


class RejectionCode(StrEnum):
    """Why an item of the teacher's answer is not in the plan."""

    NOT_AN_OBJECT = "not_an_object"
    CUT_SHORT = "cut_short"
    MALFORMED = "malformed"
    DOUBLED_KEYS = "doubled_keys"
    TOO_LARGE = "too_large"
    UNKNOWN_OPERATION = "unknown_operation"
    WRONG_PILLAR = "wrong_pillar"
    INVALID_PAYLOAD = "invalid_payload"
    MISSING_FIELD = "missing_field"
    UNSAFE_NAME = "unsafe_name"
    TARGET_MISMATCH = "target_mismatch"
    UNKNOWN_CLUSTER = "unknown_cluster"
    DROPPED_CLUSTER = "dropped_cluster"
    SEVERAL_CLUSTERS = "several_clusters"
    TOO_MANY_FOR_CLUSTER = "too_many_for_cluster"
    DOUBLE = "double"
    CONFLICTING_SLOT = "conflicting_slot"
    CHANGES_NOTHING = "changes_nothing"
    PROMPT_UNKNOWN = "prompt_unknown"
    PATCH_REFUSED = "patch_refused"
    TEXT_LEFT_OUT = "text_left_out"
    MASKED_SECRET = "masked_secret"  # noqa: S105 - no secret
    NOT_THE_ANSWER = "not_the_answer"


class FlagCode(StrEnum):
    """What a reviewer should know about an edit that stands."""

    UNKNOWN_REFERENCE = "unknown_reference"
    NO_RATIONALE = "no_rationale"
    ID_REPLACED = "id_replaced"
    UNKNOWN_AGENT = "unknown_agent"
    UNKNOWN_TOOL = "unknown_tool"
    UNKNOWN_MODEL = "unknown_model"
    UNKNOWN_QUERY_CLASS = "unknown_query_class"
    UNKNOWN_PARAMETER = "unknown_parameter"
    PARAMETER_VALUE = "parameter_value"
    PARAMETER_PREFIX = "parameter_prefix"
    NO_TOOLS_LEFT = "no_tools_left"
    PROMPT_UNKNOWN = "prompt_unknown"
    PLACEHOLDER_BROKEN = "placeholder_broken"
    PLACEHOLDER_UNKNOWN = "placeholder_unknown"
    PLACEHOLDER_DROPPED = "placeholder_dropped"
    OLD_PROMPT_NO_TEMPLATE = "old_prompt_no_template"
    BECAME_REPLACEMENT = "became_replacement"
    SHORTENED = "shortened"
    FORM_BROKEN = "form_broken"
    UNUSUAL_TEXT = "unusual_text"
    INVISIBLE_CHARACTERS = "invisible_characters"
    MERGED = "merged"
    WORDS_BESIDE = "words_beside"
    CONTESTED = "contested"
    MENDED = "mended"


class Flag(Frozen):
    """Something a reviewer should know about an edit that stands."""

    code: str
    """A `FlagCode`; plain text so that a plan with a later code can be read."""
    message: str


class ProposedEdit(Made):
    """An edit as the teacher proposed it, checked, before our policy saw it."""

    id: str
    pillar: Pillar
    op: Op
    target: str
    """Dotted path of what changes, for example `agents.coder.system_prompt`."""
    payload: dict[str, Json]
    rationale: str
    expected_improvement: str
    """The id of the one surviving cluster it addresses."""
    references: tuple[str, ...] = ()
    """Trace ids."""
    flags: tuple[Flag, ...] = ()
    original_id: str | None = None
    """The teacher's id, where ours replaced it."""
    prompt_sha256: Sha256 | None = None
    """Of the prompt that a prompt edit was made for."""
    prompt_diff: str | None = None
    """From that prompt, where the payload holds the whole new one: for people, not executors."""
    positions: tuple[int, ...] = ()
    """Places in the teacher's list, from 0: several where patches of one prompt were merged."""
    also_improves: tuple[str, ...] = ()
    """Further surviving clusters, where a merged patch addresses them too."""


class Edit(ProposedEdit):
    """An edit with its risk tier: its operation never changes after this."""

    risk_tier: Tier
    tier_rule: str
    """Name of the rule that decided the tier."""
    tier_reason: str
    """The rule in one sentence."""
    digest: Sha256
    """Of what the edit does (op, target, payload, prompt): the same on every night."""


class RejectedEdit(Frozen):
    """An item of the answer that is not in the plan, and why."""

    position: int
    """Place in the teacher's list, from 0."""
    code: RejectionCode
    reason: str
    raw: Json = None
    cluster_id: str | None = None
    """The surviving cluster that it meant to address, where that can be told."""
    also_meant: tuple[str, ...] = ()
    """Further surviving clusters that it names."""


class Proposal(Frozen):
    """Edits that stand so far, and those that do not."""

    edits: tuple[ProposedEdit, ...]
    rejected: tuple[RejectedEdit, ...]
    notes: tuple[str, ...] = ()
    raw_edits: tuple[Json, ...] = ()
    """The teacher's items that the edits were read from, in their order, until settled."""


# --- what comes out ----------------------------------------------------------


class CoverageStatus(StrEnum):
    """What became of a cluster."""

    ADDRESSED = "addressed"
    DROPPED = "dropped"
    UNADDRESSED = "unaddressed"
    ONLY_REJECTED = "only_rejected"


class Coverage(Made):
    """What the plan does about one cluster."""

    cluster_id: str
    status: CoverageStatus
    edit_ids: tuple[str, ...] = ()
    rejected_positions: tuple[int, ...] = ()


class TeacherAccount(Frozen):
    """What the call was and cost, for the plan's readers."""

    model_asked: str
    model_answered: str | None
    finish_reason: str | None
    truncated: bool
    usage: Usage
    cost_usd: float | None
    cost_known: bool
    cost_source: str
    latency_seconds: float
    attempts: int
    response_form: ResponseForm | None
    cuts: tuple[Cut, ...]
    masked_secrets: int
    notes: tuple[str, ...]


class Provenance(Frozen):
    """Digests of all that the plan was made from."""

    planner_version: str
    diagnosis_sha256: Sha256
    clusters_sha256: Sha256
    """Of the clusters as read, in canonical JSON."""
    student_sha256: Sha256
    settings_sha256: Sha256 | None = None
    """Of the student beside its prompts; None where an earlier version made the plan."""
    prompts_sha256: dict[str, Sha256]
    """By prompt target."""
    policy_sha256: Sha256
    request_sha256: Sha256 | None
    reply_sha256: Sha256 | None


class LearningPlan(Frozen):
    """The frozen plan of one session: what plan.json holds."""

    schema_version: int = SCHEMA_VERSION
    session_id: str
    created_at: datetime
    """UTC, taken from the teacher's reply, so that a rerun gives the same bytes."""
    teacher_model: str
    estimated_cost_usd: Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
    """USD; 0.0 where unknown: `teacher.cost_known` tells."""
    diagnosis_summary: str
    failure_clusters: tuple[FailureCluster, ...]
    """Surviving clusters, then dropped ones."""
    edits: tuple[Edit, ...]
    rejected_edits: tuple[RejectedEdit, ...]
    coverage: tuple[Coverage, ...]
    teacher: TeacherAccount
    made_from: Provenance
    notes: tuple[str, ...] = ()
    digest: Sha256
    """SHA-256 of the canonical JSON of all other fields."""
