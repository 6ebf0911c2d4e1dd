"""What stays of a prompt and comes back otherwise: respelt, spaced oddly, or a second time."""

import pytest

from planner.patch import Patched, apply_diff, apply_replacements

PROMPT = """# Library desk

<role>
You help readers of the town library.
</role>

## Loans
- Call `check_stock` before you promise a book, d'apr\u00e8s l'usage.
- Renewals are possible once, for 21 days at most.
- Fines are 0.20 a day; never waive them yourself.

## Rooms
- Rooms are booked for two hours at the most.
- Groups of more than eight need the large room.
- Food stays outside, and so do animals of any kind.

```python
def rows(path):
    for line in open(path):
        if not line.strip():
            continue
        yield line
```
"""
STOCK = "- Call `check_stock` before you promise a book, d'apr\u00e8s l'usage."


def told(find: str, replace: str) -> str:
    outcome = apply_replacements(PROMPT, [(find, replace)])
    assert isinstance(outcome, Patched), outcome
    assert outcome.text == PROMPT.replace(find, replace)
    return " ".join(outcome.doubts)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("d'apr\u00e8s", "d'\\''apr\u00e8s"),
        ("apr\u00e8s", "aprs"),
        ("`check_stock`", "<code>check_stock</code>"),
        ("check_stock", "check-stock"),
        ("l'usage", "l' usage"),
    ],
)
def test_a_word_that_comes_back_with_other_signs_is_told(old: str, new: str) -> None:
    said = told(STOCK, STOCK.replace("a book", "any book").replace(old, new))
    assert "where the old one has" in said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a book", "any book"),
        ("`check_stock`", "**`check_stock`**"),
        ("book, d'apr", "book; d'apr"),
        ("Call `check_stock`", "Check the stock"),
    ],
)
def test_other_words_and_emphasis_are_no_respelling(old: str, new: str) -> None:
    assert "where the old one has" not in told(STOCK, STOCK.replace(old, new))


def test_numbers_and_short_words_may_change_their_signs() -> None:
    line = "- Fines are 0.20 a day; never waive them yourself."
    assert told(line, line.replace("0.20", "020")) == ""


def test_a_word_that_lost_its_tag_is_not_told() -> None:
    prompt = "Say <b>always</b> and <b>never</b> with care.\nBe kind to all readers.\n"
    line = "Say <b>always</b> and <b>never</b> with care."
    outcome = apply_replacements(prompt, [(line, "Say always and never with care.")])
    assert isinstance(outcome, Patched)
    assert not any("where the old one has" in one for one in outcome.doubts)


@pytest.mark.parametrize(
    ("find", "replace"),
    [("for 21 days", " for 14 days"), ("for 21 days", "for 14 days ")],
)
def test_two_blanks_in_a_row_are_told(find: str, replace: str) -> None:
    assert "Two blanks" in told(find, replace)


@pytest.mark.parametrize(
    ("find", "replace"), [("for 21 days", "for 14 days"), (" for 21 days", " for 14 days")]
)
def test_one_blank_is_none_too_many(find: str, replace: str) -> None:
    assert told(find, replace) == ""


CODE = "    for line in open(path):\n        if not line.strip():\n            continue"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_blank_line_below_each_line_is_told(ending: str) -> None:
    replace = CODE.replace("open(path)", "source(path)").replace("\n", "\n\n")
    outcome = apply_replacements(PROMPT.replace("\n", ending), [(CODE, replace)])
    assert isinstance(outcome, Patched)
    assert any("blank line would part each line" in one for one in outcome.doubts)


def test_a_blank_line_between_two_blocks_is_not_told() -> None:
    replace = CODE.replace("continue", "continue\n\n        count += 1\n        total += 1")
    assert "would part each line" not in told(CODE, replace)


def test_a_tag_that_leaves_its_line_is_told() -> None:
    role = "<role>\nYou help readers of the town library.\n</role>"
    assert "'<role>'" in told(role, role.replace("\n", " "))
    assert "<role>" not in told(role, role.replace("readers", "all readers"))


def test_a_line_that_is_broken_in_two_is_told() -> None:
    line = "- Groups of more than eight need the large room."
    said = told(line, "- Groups of more than eight need\nthe large room.\n- Ask them early.")
    assert "broken in two" in said
    assert "broken in two" not in told(line, f"{line}\n- Ask them early.")


ROOMS = PROMPT[PROMPT.index("## Rooms") : PROMPT.index("\n```python")]


def test_a_part_of_the_prompt_that_is_pasted_elsewhere_is_told() -> None:
    find = "You help readers of the town library."
    said = told(find, f"You help all readers.\n\n{ROOMS.strip()}")
    assert said.startswith("3 lines would stand twice, from '- Rooms are booked")


def test_lines_that_move_or_change_are_no_copies() -> None:
    items = ROOMS.strip().split("\n")[1:]
    pairs = [(f"{ROOMS}\n```python", "```python"), ("## Loans", f"{ROOMS}\n## Loans")]
    outcome = apply_replacements(PROMPT, pairs)
    assert isinstance(outcome, Patched)
    assert not any("stand twice" in one for one in outcome.doubts)
    assert "stand twice" not in told("## Rooms\n", f"## Rooms\n- {items[0][2:8]} are free.\n")


def test_a_rule_or_two_may_stand_in_two_sections() -> None:
    items = ROOMS.strip().split("\n")[1:3]
    find = "You help readers of the town library."
    assert "stand twice" not in told(find, "\n".join([find, *items]))


def test_a_diff_is_looked_at_alike() -> None:
    lines = [line for line in ROOMS.strip().split("\n") if line]
    added = "".join(f"+{line}\n" for line in lines[1:])
    diff = f"@@ -4,2 +4,5 @@\n You help readers of the town library.\n{added} </role>\n"
    outcome = apply_diff(PROMPT, diff)
    assert isinstance(outcome, Patched)
    assert any("3 lines would stand twice" in one for one in outcome.doubts)


YAML = """Follow this plan:

steps:
  - id: build
    run: make all
  - id: test
    run: make test
"""


@pytest.mark.parametrize(("margin", "count"), [("    ", 1), ("  ", 0)])
def test_an_item_below_the_value_of_a_key_is_told(margin: str, count: int) -> None:
    step = f"{margin}- id: scan\n{margin}  run: make scan\n"
    outcome = apply_replacements(YAML, [("  - id: test", f"{step}  - id: test")])
    assert isinstance(outcome, Patched)
    assert sum("below the value of a key" in one for one in outcome.doubts) == count


def test_a_sign_beside_a_word_is_no_part_of_it() -> None:
    line = "- Fines are 0.20 a day; never waive them yourself."
    assert told(line, line.replace("yourself.", "yourself & others.")) == ""


def test_lines_that_stood_twice_before_are_no_copies() -> None:
    prompt = f"{PROMPT}\n{ROOMS}"
    find = "You help readers of the town library."
    outcome = apply_replacements(prompt, [(find, f"You help all readers.\n\n{ROOMS.strip()}")])
    assert isinstance(outcome, Patched)
    assert not any("stand twice" in one for one in outcome.doubts)


def test_two_blanks_that_the_prompt_has_are_not_told() -> None:
    prompt = "Be kind.  Be brief at the desk.\nKeep the card for one day.\n"
    outcome = apply_replacements(prompt, [(" Be brief at the desk", " Be brief at any desk")])
    assert isinstance(outcome, Patched)
    assert not any("Two blanks" in one for one in outcome.doubts)


def test_a_tag_that_moves_to_the_right_stands_by_itself() -> None:
    role = "<role>\nYou help readers of the town library.\n</role>"
    outcome = apply_replacements(PROMPT, [(role, role.replace("\n", "\n  ").replace("<r", "  <r"))])
    assert not (
        isinstance(outcome, Patched) and any("own any more" in one for one in outcome.doubts)
    )


def test_a_line_that_grows_is_not_broken() -> None:
    line = "- Groups of more than eight need the large room."
    assert "broken in two" not in told(line, f"{line} Ask them.\n- Food is for the yard.")


def test_data_may_be_set_on_several_lines() -> None:
    prompt = 'Answer so:\n\n{"title": "a", "author": "b", "year": 2001}\n\nBe kind.\n'
    find = '{"title": "a", "author": "b", "year": 2001}'
    outcome = apply_replacements(prompt, [(find, find.replace(", ", ",\n "))])
    assert isinstance(outcome, Patched)
    assert not any("broken in two" in one for one in outcome.doubts)


def test_blank_lines_may_stand_where_some_stood() -> None:
    find = "You help readers of the town library.\n</role>\n\n## Loans"
    replace = "You help all readers.\n\n</role>\n\n## Loans"
    outcome = apply_replacements(PROMPT, [(find, replace)])
    assert isinstance(outcome, Patched)
    assert not any("would part each line" in one for one in outcome.doubts)


def test_an_item_that_stood_below_a_value_may_change() -> None:
    prompt = YAML.replace("    run: make test\n", "    run: make test\n    - report\n")
    outcome = apply_replacements(prompt, [("    - report", "    - report it")])
    assert isinstance(outcome, Patched)
    assert not any("below the value" in one for one in outcome.doubts)


def test_one_blank_line_more_parts_no_lines() -> None:
    prompt = "One rule is here.\nTwo rules are there.\n\nThree rules are far.\n"
    find = prompt.strip()
    replace = find.replace("is here.\n", "is near.\n\n").replace("are far", "are near")
    outcome = apply_replacements(prompt, [(find, replace)])
    assert isinstance(outcome, Patched)
    assert not any("would part each line" in one for one in outcome.doubts)


def test_a_word_amid_another_script_is_not_what_is_left_of_all() -> None:
    prompt = "Be kind.\n- \u5fc5\u305a\u51fa\u5178\u306erule\u3092\u793a\u3059\u3002\n- Ask.\n"
    line = prompt.splitlines()[1]
    outcome = apply_replacements(prompt, [(line, "- Name the rule.")])
    assert isinstance(outcome, Patched)
    assert not any("where the old one has" in one for one in outcome.doubts)
