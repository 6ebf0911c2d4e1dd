"""What a team configures once in the UI and never in code: the teacher and the session store.

Flows take a block's name, and load it where they run: secrets stay out of parameters,
which Prefect stores in the open. Without any block the environment speaks.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, Literal, Self, TypeVar, cast

from prefect.blocks.core import Block
from prefect.types import SecretDict
from pydantic import Field, HttpUrl, SecretStr, field_validator, model_validator

from planner.errors import SettingsInvalid
from planner.session import Session
from planner.store import StoreSettings
from planner.teacher import Teacher
from planner.urls import checked_id

B = TypeVar("B", bound=Block)

_PICTURES: Final = (
    "https://raw.githubusercontent.com/PrefectHQ/prefect/"
    "420d0d6a78bb6df1fc18bcf188fdad43c1d22ea9/assets/block-logos"
)
"""Prefect's own: its API takes a picture by http(s) only, and this project runs no web server."""


class TeacherBlock(Block, Teacher):
    """The teacher: any frontier or local model, its key, endpoint, limits and prices.

    Every field of `planner.Teacher`, checked as it is there; the key is kept as a secret.

    Example:
        Load the teacher and ask it nothing yet:
        ```python
        from flows.blocks import TeacherBlock

        teacher_block = TeacherBlock.load("BLOCK_NAME")
        teacher = teacher_block.get_teacher()
        ```
    """

    _block_type_name = "Learning Teacher"
    _block_type_slug = "learning-teacher"
    _logo_url = HttpUrl(f"{_PICTURES}/secret.png")
    _documentation_url = HttpUrl("https://docs.litellm.ai/docs/providers")

    def get_teacher(self) -> Teacher:
        """Return the teacher as a value of the library."""
        return Teacher(**{name: getattr(self, name) for name in Teacher.model_fields})


class SessionStoreBlock(Block):
    """Where sessions lie: local files, S3 and its like, Google Cloud Storage or Azure.

    Credentials are kept as secrets; without any, the environment speaks (`AWS_*` variables,
    profiles, the machine's own role).

    Example:
        Load the store and open one of its sessions:
        ```python
        from flows.blocks import SessionStoreBlock

        store_block = SessionStoreBlock.load("BLOCK_NAME")
        session = store_block.session("2026-11-21-support-desk")
        ```
    """

    _block_type_name = "Learning Session Store"
    _block_type_slug = "learning-session-store"
    _logo_url = HttpUrl(f"{_PICTURES}/filesystem.png")
    _documentation_url = HttpUrl("https://docs.prefect.io/latest/develop/blocks")

    url: str = Field(
        title="Sessions root",
        min_length=1,
        max_length=1000,
        description="Directory of all sessions, a path or URL such as `s3://bucket/sessions`, "
        "without credentials.",
    )
    endpoint_url: str | None = Field(
        default=None,
        description="S3 endpoint other than AWS, such as `https://minio.example.org:9000`.",
    )
    region: str | None = Field(default=None, description="S3 region.")
    addressing_style: Literal["auto", "path", "virtual"] = Field(
        default="auto",
        description="How the bucket stands in S3 URLs; self-hosted servers often need `path`.",
    )
    access_key_id: SecretStr | None = Field(default=None, description="S3 access key id.")
    secret_access_key: SecretStr | None = Field(default=None, description="S3 secret access key.")
    session_token: SecretStr | None = Field(
        default=None, description="S3 session token, with temporary credentials only."
    )
    aws_credentials: str | None = Field(
        default=None,
        title="AWS Credentials block",
        description="Name of an `AwsCredentials` block of prefect-aws to take key, token, region "
        "and endpoint from, where they are not given here.",
    )
    anonymous: bool = Field(default=False, description="Send S3 requests without credentials.")
    connect_timeout: float = Field(default=5, gt=0, description="Seconds to wait for a connection.")
    read_timeout: float = Field(default=30, gt=0, description="Seconds to wait without a byte.")
    total_attempts: int = Field(
        default=3, ge=1, le=10, description="Attempts of each request, the first one included."
    )
    extra: SecretDict = Field(
        default=SecretDict({}),
        title="Options of other protocols",
        description="Options of fsspec for protocols other than S3, such as `token` for gs.",
    )

    @field_validator("extra", mode="before")
    @classmethod
    def _untouched_is_empty(cls, given: object) -> object:
        """Prefect's form sends an empty text, or nothing, where nobody entered options."""
        return given or {}

    @model_validator(mode="after")
    def _one_source_of_credentials(self) -> Self:
        if self.aws_credentials and (self.access_key_id or self.secret_access_key):
            msg = "give either the access keys or an AWS credentials block, and not both"
            raise ValueError(msg)
        return self

    def get_settings(self) -> StoreSettings:
        """Return how to reach the store, as a value of the library.

        Raises:
            SettingsInvalid: The AWS credentials block cannot be used.
        """
        given = {
            name: value
            for name in StoreSettings.model_fields
            if name != "extra" and (value := getattr(self, name)) is not None
        }
        named = _aws_settings(self.aws_credentials) if self.aws_credentials else {}
        return StoreSettings(**(named | given), extra=self.extra.get_secret_value())

    def session(self, session: str) -> Session:
        """Return a session of this store, by its id or by its whole URL.

        Raises:
            SessionUrlInvalid: The URL or id must not be touched.
        """
        if "/" in session:
            return Session.at(session, self.get_settings())
        return Session.under(self.url, checked_id(session), self.get_settings())


def load_teacher(name: str) -> Teacher:
    """Return the teacher of a block.

    Raises:
        SettingsInvalid: There is no such block, or it cannot be used.
    """
    return _loaded(TeacherBlock, name).get_teacher()


def load_store(name: str) -> SessionStoreBlock:
    """Return a session store's block.

    Raises:
        SettingsInvalid: There is no such block, or it cannot be used.
    """
    return _loaded(SessionStoreBlock, name)


def load_store_settings(name: str | None) -> StoreSettings:
    """Return how to reach the store of a block; as the environment says where None is named.

    Raises:
        SettingsInvalid: There is no such block, or it cannot be used.
    """
    return StoreSettings() if name is None else load_store(name).get_settings()


def _loaded(kind: type[B], name: str) -> B:
    # In a flow's event loop `load` would hand out a coroutine.
    load = cast("Callable[..., B]", kind.load)
    try:
        return load(name, _sync=True)
    except ValueError as error:
        # Pydantic's message could repeat a secret; Prefect's own says only what is missing.
        fault = "is not filled in rightly" if hasattr(error, "errors") else "does not exist"
    raise SettingsInvalid(
        f"The block {name!r} of type {kind.get_block_type_name()!r} {fault}: look at it in the "
        "UI under Blocks, or register the types with `prefect block register -m flows.blocks`."
    )


def _aws_settings(name: str) -> dict[str, Any]:
    """Return what an `AwsCredentials` block says, a profile and an assumed role resolved."""
    try:
        kind = import_module("prefect_aws").AwsCredentials
    except ImportError:
        kind = None
    if kind is None:
        raise SettingsInvalid(
            f"The AWS credentials block {name!r} needs prefect-aws: install the extra `aws`."
        )
    block = _loaded(kind, name)
    found = block.get_boto3_session().get_credentials()
    keys = found.get_frozen_credentials() if found else None
    return {
        "access_key_id": keys and keys.access_key,
        "secret_access_key": keys and keys.secret_key,
        "session_token": keys and keys.token,
        "region": block.region_name,
        "endpoint_url": block.aws_client_parameters.endpoint_url,
    }
