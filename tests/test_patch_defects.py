"""What the patch engine makes of defective diffs: never a text that nobody meant."""

from collections import Counter

import pytest

from planner.patch import Patched, apply_diff
from tests.diff_defects import FIRST, FOURTH, SECOND, THIRD, Case, Kind, Truth, draw_case

KINDS: dict[str, Kind] = {**FIRST, **SECOND, **THIRD, **FOURTH}


def judge(case: Case) -> str:
    """Return what the engine made of a case: right, refused or wrong."""
    outcome = apply_diff(case.prompt, case.diff)
    if not isinstance(outcome, Patched):
        return "refused"
    meant = case.truth is not Truth.REFUSE and outcome.text == case.intended
    return "right" if meant else "wrong"


def run(seeds: range) -> tuple[list[str], Counter[str]]:
    """Judge all kinds; return the wrong ones by name, and what became of the decidable."""
    wrong = []
    decidable: Counter[str] = Counter()
    for name, make in KINDS.items():
        for seed in seeds:
            case = draw_case(name, make, seed)
            verdict = judge(case)
            if verdict == "wrong":
                wrong.append(f"{name}/{seed}")
            if case.truth is Truth.APPLY:
                decidable[verdict] += 1
    return wrong, decidable


def check(seeds: range) -> None:
    wrong, decidable = run(seeds)
    assert wrong == []
    assert decidable["right"] >= 0.995 * decidable.total(), decidable


def test_there_are_more_than_a_hundred_kinds_of_defects() -> None:
    assert len(KINDS) >= 100


def test_a_defective_diff_gives_the_intended_text_or_a_refusal() -> None:
    check(range(4))


@pytest.mark.slow
def test_a_defective_diff_gives_the_intended_text_or_a_refusal_on_many_seeds() -> None:
    check(range(1_000, 1_012))
