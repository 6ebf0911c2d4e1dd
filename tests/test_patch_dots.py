"""Dots for skipped context: the parts of a hunk stand in the prompt in the written order."""

import random
import time
from collections.abc import Iterator, Sequence

import pytest

from planner.patch import Patched, RefusalCode, Refused, apply_diff
from planner.patch.diffs.gaps import in_order
from planner.patch.diffs.page import Page

PROMPT = "# One\n\n- a\n- b\n- c\n\n# Two\n\n- d\n- e\n- h\n\n# Three\n\n- f\n- g\n"
CHANGE = " - d\n-- e\n+- E\n - h\n"
TWINS = "# One\n- x\n- y\n- z\n\n# Two\n- x\n- y\n- z\n\n# Three\n- p\n"
TWIN = " - x\n-- y\n+- Y\n - z\n"


def of_parts(*parts: str, header: str = "@@ @@") -> str:
    return header + "\n" + "...\n".join(parts)


def refusal(outcome: Patched | Refused) -> RefusalCode:
    assert isinstance(outcome, Refused), outcome
    return outcome.code


@pytest.mark.parametrize(
    "parts",
    [
        (" # One\n", CHANGE),
        (" # One\n", " # Two\n", CHANGE),
        (CHANGE, " # Three\n"),
        (" # One\n", CHANGE, " # Three\n"),
        (" - c\n \n", " # Two\n \n" + CHANGE),
    ],
)
def test_parts_that_stand_in_the_written_order_are_applied(parts: tuple[str, ...]) -> None:
    assert apply_diff(PROMPT, of_parts(*parts)) == Patched(PROMPT.replace("- e", "- E"))


@pytest.mark.parametrize(
    "parts",
    [
        (" # Three\n", CHANGE),
        (CHANGE, " # One\n"),
        (" # One\n", " # Three\n", CHANGE),
        (" # Two\n", CHANGE, " # One\n"),
        (" # Two\n \n - d\n", CHANGE),
    ],
)
def test_parts_out_of_order_are_refused_though_each_stands_somewhere(
    parts: tuple[str, ...],
) -> None:
    assert refusal(apply_diff(PROMPT, of_parts(*parts))) is RefusalCode.NO_MATCH


@pytest.mark.parametrize("number", [11, 12])
def test_a_number_at_a_part_that_stands_below_its_change_heals_nothing(number: int) -> None:
    diff = of_parts(" # Three\n", CHANGE, header=f"@@ -{number},3 +{number},3 @@")
    assert refusal(apply_diff(PROMPT, diff)) is RefusalCode.NO_MATCH


@pytest.mark.parametrize(
    ("parts", "nth"),
    [((" # Two\n", TWIN), 2), ((TWIN, " # Two\n"), 1), ((" # One\n", TWIN, " # Two\n"), 1)],
)
def test_the_order_settles_which_of_several_places_a_change_has(
    parts: tuple[str, ...], nth: int
) -> None:
    head, first, second = TWINS.split("- y\n")
    changed = ("- Y\n", "- y\n") if nth == 1 else ("- y\n", "- Y\n")
    assert apply_diff(TWINS, of_parts(*parts)) == Patched(
        head + changed[0] + first + changed[1] + second
    )


@pytest.mark.parametrize("parts", [(" # One\n", TWIN), (TWIN, " # Three\n")])
def test_the_nearer_of_two_places_in_order_is_a_guess(parts: tuple[str, ...]) -> None:
    assert refusal(apply_diff(TWINS, of_parts(*parts))) is RefusalCode.AMBIGUOUS


def test_a_number_settles_a_tie_within_the_order_and_never_against_it() -> None:
    in_order = of_parts(TWIN, " # Three\n", header="@@ -7,4 +7,4 @@")
    changed = TWINS[: TWINS.rindex("- y")] + "- Y" + TWINS[TWINS.rindex("- y") + 3 :]
    assert apply_diff(TWINS, in_order) == Patched(changed)
    against = of_parts(TWIN, " # Two\n", header="@@ -7,4 +7,4 @@")
    assert refusal(apply_diff(TWINS, against)) is RefusalCode.NO_MATCH


def test_what_the_order_leaves_is_refused_where_a_nearer_place_was_reworded() -> None:
    prompt = TWINS + "\n# Four\n- x\n- y\n- z\n"
    assert refusal(apply_diff(prompt, of_parts(" # Two\n", TWIN))) is RefusalCode.AMBIGUOUS
    reworded = prompt.replace("# Two\n- x\n- y\n", "# Two\n- x\n- y now\n")
    assert refusal(apply_diff(reworded, of_parts(" # Two\n", TWIN))) is RefusalCode.STALE_TWIN
    assert isinstance(apply_diff(reworded, of_parts(" # Three\n", TWIN)), Patched)


def arrangements(page: Page, parts: Sequence[str], start: int = 0) -> Iterator[list[int]]:
    """Yield all ways to place parts in order, by trying every line."""
    if not parts:
        yield []
        return
    for at in range(start, len(page.keys)):
        if page.fits(list(parts[0]), at):
            for below in arrangements(page, parts[1:], at + len(parts[0])):
                yield [at, *below]


def test_the_span_of_a_part_is_what_trying_all_arrangements_finds() -> None:
    rng = random.Random(7)
    found = 0
    for _ in range(600):
        page = Page("".join(rng.choices(("a\n", "b\n", "\n"), (5, 3, 1), k=rng.randint(1, 9))))
        keys = ("a", "b", "aa", "ab", "ba", "aba")
        parts = rng.choices(keys, k=rng.randint(1, 4))
        ways = list(arrangements(page, parts))
        spans = in_order(page, [list(part) for part in parts])
        if not ways:
            assert spans is None
            continue
        found += len(ways) > 1
        assert spans is not None
        assert [(span.first, span.last) for span in spans] == [
            (min(places), max(places)) for places in zip(*ways, strict=True)
        ]
    assert found > 50


def test_a_hostile_hunk_of_many_parts_is_answered_by_its_size() -> None:
    prompt = "a\n" * 5_000 + "b\n" + "a\n" * 5_000
    parts = [" a\n a\n"] * 4 + ["-b\n+c\n"] + [" a\n a\n"] * 4
    many = "".join(of_parts(*parts) for _ in range(200))
    start = time.perf_counter()
    assert apply_diff(prompt, many) == Patched(prompt.replace("b", "c"))
    assert time.perf_counter() - start < 2


def test_more_parts_than_anyone_writes_are_refused() -> None:
    prompt = "a\n" * 240_000 + "b\n"
    diff = of_parts(*[" b\n"] * 9_000, "-b\n+c\n")
    start = time.perf_counter()
    assert refusal(apply_diff(prompt, diff)) is RefusalCode.TOO_LARGE
    assert time.perf_counter() - start < 2


SKIPPED = (
    "# Desk\n- Greet all readers.\n- Ask for the card.\n- Name the desk.\n"
    "- Say goodbye at last.\n- End.\n"
)


@pytest.mark.parametrize(
    ("counts", "applies"),
    [("1,5 +1,5", True), ("1,4 +1,4", False), ("1,3 +1,3", True), ("1,7 +1,7", False)],
)
def test_counts_may_hold_with_or_without_what_dots_skip(counts: str, *, applies: bool) -> None:
    rows = " # Desk\n-- Greet all readers.\n+- Greet each reader.\n ...\n"
    last = "-- Say goodbye at last.\n+- Say goodbye.\n"
    outcome = apply_diff(SKIPPED, f"@@ -{counts} @@\n{rows}{last}")
    assert isinstance(outcome, Patched) is applies
    if isinstance(outcome, Patched):
        changed = SKIPPED.replace("all readers", "each reader").replace(
            "goodbye at last", "goodbye"
        )
        assert outcome.text == changed


def test_dots_between_a_removed_line_and_an_added_one_stand_for_more_than_context() -> None:
    rows = " # Desk\n-- Greet all readers.\n [...]\n+- Say goodbye.\n - End.\n"
    assert refusal(apply_diff(SKIPPED, f"@@ @@\n{rows}")) is RefusalCode.CUT_SHORT
    replaced = rows.replace(" [...]\n", "+- Greet each reader.\n [...]\n")
    assert isinstance(apply_diff(SKIPPED, f"@@ @@\n{replaced}"), Patched)
