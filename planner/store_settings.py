"""How a store is reached: a value of its own, never part of a URL or a flow's parameter."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class StoreSettings(BaseModel):
    """How to reach a store; never part of a URL or a flow's parameter.

    Without any setting the environment speaks: the `AWS_*` variables that botocore reads,
    `AWS_ENDPOINT_URL` among them, profiles, and the machine's own role.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    endpoint_url: str | None = Field(
        default=None, description="Endpoint of an S3-compatible server. Empty: AWS."
    )
    region: str | None = Field(default=None, description="Region of the bucket.")
    addressing_style: Literal["auto", "path", "virtual"] = Field(
        default="auto", description="Whether the bucket stands in the URL's path or host."
    )
    access_key_id: SecretStr | None = Field(
        default=None, description="Access key. Empty: as the environment says."
    )
    secret_access_key: SecretStr | None = Field(
        default=None, description="The secret that belongs to the access key."
    )
    session_token: SecretStr | None = Field(
        default=None, description="Token of temporary credentials."
    )
    anonymous: bool = Field(default=False, description="Send no credentials at all.")
    connect_timeout: float = Field(
        default=5, gt=0, description="Seconds until a connection must stand."
    )
    read_timeout: float = Field(default=30, gt=0, description="Seconds without a byte.")
    total_attempts: int = Field(
        default=3, ge=1, le=10, description="How often one storage request is sent at most."
    )
    extra: dict[str, Any] = Field(
        default={},
        repr=False,
        exclude=True,
        description="Options of fsspec's other protocols.",
    )

    def __hash__(self) -> int:
        return hash((self.endpoint_url, self.region, self.access_key_id, self.secret_access_key))
