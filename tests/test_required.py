"""A missing program skips a test with a sentence; where every test is required, it fails it."""

import pytest

from tests.required import REQUIRE_ALL, program

REMEDY = "apt-get install no-such-package"


@pytest.mark.parametrize(
    ("required", "outcome"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)]
)
def test_what_is_missing_is_told_and_is_a_failure_in_ci(
    monkeypatch: pytest.MonkeyPatch, required: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv(REQUIRE_ALL, required)
    with pytest.raises(outcome, match=f"no-such-program is not here: {REMEDY}"):
        program("no-such-program", REMEDY)


def test_what_is_there_is_found() -> None:
    assert program("sh", REMEDY).endswith("/sh")
