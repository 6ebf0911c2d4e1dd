"""What the patch engine makes of defective diffs: never a text that nobody meant."""

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from planner.patch import Patched, apply_diff
from tests import diff_defects_base as base
from tests import diff_defects_common as common
from tests import diff_defects_context as context
from tests import diff_defects_numbers as numbers
from tests import diff_defects_seams as seams
from tests import diff_defects_slips as slips
from tests import diff_defects_texts as texts
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


HUNK_KINDS = {**numbers.KINDS, **context.KINDS, **seams.HUNKS, **slips.HUNKS}
TEXT_KINDS = {**texts.KINDS, **seams.TEXTS, **slips.TEXTS}


def drawn(seeds: range, pairs: int) -> Iterator[base.Case]:
    """Yield cases with a defect in the hunks, in the text, and some with one in each."""
    rng = random.Random(seeds.start)
    kinds: list[tuple[str, base.Hunkwise | None, base.Textwise | None]] = [
        *((name, make, None) for name, make in HUNK_KINDS.items()),
        *((name, None, make) for name, make in TEXT_KINDS.items()),
    ]
    for _ in range(pairs):
        hunk, text = rng.choice(list(HUNK_KINDS)), rng.choice(list(TEXT_KINDS))
        kinds.append((f"{hunk}+{text}", HUNK_KINDS[hunk], TEXT_KINDS[text]))
    for name, hunkwise, textwise in kinds:
        for seed in seeds:
            case = base.draw_case(name, seed, hunkwise, textwise)
            if case:
                yield case


def check_drawn(cases: Iterator[base.Case]) -> None:
    wrong = []
    decidable: Counter[bool] = Counter()
    for case in cases:
        outcome = apply_diff(case.prompt, case.diff)
        applied = isinstance(outcome, Patched)
        due = [] if case.truth is Truth.REFUSE else case.texts
        if isinstance(outcome, Patched) and outcome.text not in due:
            wrong.append(case.name)
        if case.truth is Truth.APPLY:
            decidable[applied] += 1
    assert wrong == []
    assert decidable[True] >= 0.995 * decidable.total(), decidable


def test_a_defect_of_hunks_or_text_gives_the_intended_text_or_a_refusal() -> None:
    check_drawn(drawn(range(4), pairs=100))


@pytest.mark.slow
def test_defects_of_hunks_and_text_together_give_the_intended_text_or_a_refusal() -> None:
    check_drawn(drawn(range(2_000, 2_005), pairs=600))


def test_a_common_defect_gives_the_intended_text_or_a_refusal() -> None:
    check_drawn(common.drawn(range(12)))


@pytest.mark.slow
def test_common_defects_give_the_intended_text_or_a_refusal_on_many_seeds() -> None:
    check_drawn(common.drawn(range(3_000, 3_040)))
