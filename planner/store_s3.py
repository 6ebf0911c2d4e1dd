"""S3 with a bounded number of requests: no hidden HEAD, no bucket checks, no retries in retries.

The settings were measured: with s3fs's defaults a throttled PUT sends 25 requests
in 37 seconds and a missing key costs two; with these at most six, and one.
"""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import fsspec

from planner.store_settings import StoreSettings

_alive: dict[int, Any] = {}
"""Every instance ever made, by its id: none may be collected in a forked child.

There s3fs would close connections that are its parent's too, and the parent would wait
for answers that its event loop no longer hears: each request after a fork stalled until
the read time-out (measured).
"""

_AWS_HOSTS = (".amazonaws.com", ".amazonaws.com.cn")


def filesystem(settings: StoreSettings) -> Any:
    """Return the shared s3fs instance of this process for these settings."""
    instance = fsspec.filesystem(
        "s3",
        use_listings_cache=False,
        max_concurrency=1,
        anon=settings.anonymous,
        endpoint_url=settings.endpoint_url,
        client_kwargs={"region_name": settings.region} if settings.region else {},
        config_kwargs=_config(settings),
        **_credentials(settings),
    )
    # Not a constructor argument. One would not repeat a GET that was cut off.
    instance.retries = 2
    _alive[id(instance)] = instance
    return instance


def pages(instance: Any, path: str) -> Iterator[list[str]]:
    """Yield the paths of all objects below a folder, 1,000 a request."""
    bucket, _, folder = path.partition("/")
    wanted = {"Bucket": bucket, "Prefix": f"{folder}/" if folder else ""}
    while True:
        page = instance.call_s3("list_objects_v2", **wanted)
        if names := [f"{bucket}/{item['Key']}" for item in page.get("Contents", ())]:
            yield names
        if not page.get("IsTruncated"):
            return
        wanted["ContinuationToken"] = page["NextContinuationToken"]


def is_aws(instance: Any) -> bool:
    """Tell whether the endpoint is Amazon's own, known to honour exclusive creation."""
    host = urlsplit(instance.s3.meta.endpoint_url).hostname or ""
    return host.endswith(_AWS_HOSTS)


def _credentials(settings: StoreSettings) -> dict[str, str]:
    secrets = {
        "key": settings.access_key_id,
        "secret": settings.secret_access_key,
        "token": settings.session_token,
    }
    return {name: value.get_secret_value() for name, value in secrets.items() if value}


def _config(settings: StoreSettings) -> dict[str, Any]:
    config: dict[str, Any] = {
        "connect_timeout": settings.connect_timeout,
        "read_timeout": settings.read_timeout,
        "max_pool_connections": 50,
        "retries": {"mode": "standard", "total_max_attempts": settings.total_attempts},
        "s3": {"addressing_style": settings.addressing_style},
    }
    if _is_look_alike(settings):
        # Older servers refuse botocore's extra checksums; the signature covers the payload anyway.
        config["request_checksum_calculation"] = "when_required"
        config["response_checksum_validation"] = "when_required"
    return config


def _is_look_alike(settings: StoreSettings) -> bool:
    names = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")
    endpoint = settings.endpoint_url or next(filter(None, map(os.environ.get, names)), None)
    return endpoint is not None and "AWS_REQUEST_CHECKSUM_CALCULATION" not in os.environ
