"""Every error is in the drawn tree, has a remedy, and survives a trip to another process."""

import pickle
import re
from collections.abc import Iterator

import pytest

from planner import errors
from planner.errors import PlannerError


def tree(error: type[PlannerError]) -> Iterator[type[PlannerError]]:
    yield error
    for child in error.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from tree(child)


ALL = [*tree(PlannerError)]
DRAWING = str(errors.__doc__).split("```")[1]


def test_the_drawing_is_the_tree() -> None:
    drawn = re.findall(
        r"^[│├└─ ]*([A-Z]\w+)(?:\s|$)", str(errors.__doc__).split("```")[1], re.MULTILINE
    )
    assert sorted(drawn) == sorted(error.__name__ for error in ALL)


def test_the_drawing_tells_which_are_transient() -> None:
    drawn = re.findall(r"(\w+)\s+transient", DRAWING)
    assert sorted(drawn) == sorted(error.__name__ for error in ALL if error.transient)


@pytest.mark.parametrize("error", ALL)
def test_an_error_survives_pickling(error: type[PlannerError]) -> None:
    one = error("The store at x is full; free space.")
    one.retry_after = 3.5
    back = pickle.loads(pickle.dumps(one))
    assert (type(back), back.message, back.retry_after) == (error, one.message, 3.5)


@pytest.mark.parametrize("error", ALL[1:])
def test_an_error_tells_what_it_means_and_what_to_do(error: type[PlannerError]) -> None:
    assert error.__doc__
    assert error.remedy.endswith(".")
