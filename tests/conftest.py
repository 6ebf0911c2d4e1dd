"""What every test gets: fast tests first, and nothing of the home directory."""

import os

import pytest
from hypothesis import settings

pytest_plugins = ["tests.stores", "tests.prefect_server", "tests.browser"]

for name in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "AWS_PROFILE", "PREFECT_API_URL"):
    os.environ.pop(name, None)

# A property is no stopwatch: on a busy machine the first example is slow.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run fast tests first, then those with a server, then slow ones: fail early."""
    order = ("slow", "browser", "server", "s3")
    items.sort(
        key=lambda item: max(
            (order[::-1].index(m) + 1 for m in order if item.get_closest_marker(m)), default=0
        )
    )
