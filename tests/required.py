"""What a test needs besides Python: without it the test is skipped, and fails in CI."""

import os
import shutil
from typing import NoReturn

import pytest

REQUIRE_ALL = "LEARNING_PLANNER_REQUIRE_ALL_TESTS"
"""Set to 1 by `.ci/run`: there a test that did not run is a test that failed."""


def do_without(what: str, remedy: str) -> NoReturn:
    """Skip this test, or fail it where every test is required; says what to do."""
    sentence = f"{what} is not here: {remedy}"
    if os.environ.get(REQUIRE_ALL) == "1":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def program(name: str, remedy: str) -> str:
    """The path of a program that a test runs for real."""
    return shutil.which(name) or do_without(name, remedy)
