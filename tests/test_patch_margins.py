"""Where new lines begin: tabs, indentation, blank lines in lists; and which place is meant."""

import time

import pytest

from planner.patch import Patched, RefusalCode, Refused, apply_diff, apply_replacements

PROMPT = """# Desk
Fields:
\tname\t20\tThe reader's name.
\tcard\t12\tThe number of the card.
\tdate\t10\tThe day of the loan.

- Greet the reader by name.
  - Use the first name only.
  - Ask for it once.
- Tell the reader when the books are due.

config:
  limits:
    turns: 19
    words: 300
"""

TOLD = [
    ("\tcard\t12\tThe number of the card.", "    card    12    The card's number.", "tabs"),
    ("\tcard\t12\tThe number of the card.", "  card 12 The card's number.", "tabs"),
    ("  - Ask for it once.", "- Ask for it once a day.", "less indented"),
    ("    turns: 19", "  turns: 20", "less indented"),
    ("- Greet the reader by name.", "  - Greet the reader by a name.", "more indented"),
    ("- Tell the reader", "\n- Tell the reader", "blank line"),
    ("  - Ask for it once.", "  - Ask for it once.\n\n  - Ask at the desk.", "blank line"),
]


@pytest.mark.parametrize(("find", "replace", "why"), TOLD)
def test_an_odd_margin_is_told(find: str, replace: str, why: str) -> None:
    outcome = apply_replacements(PROMPT, [(find, replace)])
    assert isinstance(outcome, Refused) or any(why in one for one in outcome.doubts)


@pytest.mark.parametrize(("more", "told"), [("", False), (" a day", True)])
def test_a_patch_that_only_shifts_lines_means_that(more: str, *, told: bool) -> None:
    rows = "-- Greet the reader by name.\n+  - Greet the reader by name.\n"
    other = "- Tell the reader when the books are due"
    below = f"@@ -11 +11 @@\n-{other}.\n+  {other}{more}.\n"
    outcome = apply_diff(PROMPT, f"@@ -8 +8 @@\n{rows}{below}")
    assert isinstance(outcome, Patched)
    assert any("more indented" in one for one in outcome.doubts) is told


def test_diffs_are_told_so_too() -> None:
    outcome = apply_diff(
        PROMPT,
        "@@ -4 +4 @@\n-\tcard\t12\tThe number of the card.\n+    card    12    Its number.\n",
    )
    assert isinstance(outcome, Patched)
    assert any("tabs" in one for one in outcome.doubts)


@pytest.mark.parametrize(
    ("find", "replace"),
    [
        ("\tcard\t12\tThe number of the card.", "\tcard\t14\tThe number of the card."),
        ("  - Ask for it once.", "  - Ask for it once a day."),
        ("  - Ask for it once.\n", ""),
        ("    turns: 19", "    turns: 20"),
        (
            "- Tell the reader when the books are due.\n",
            "- Tell the reader the date.\n\nBe kind.\n",
        ),
    ],
)
def test_margins_as_they_are_are_not_told(find: str, replace: str) -> None:
    outcome = apply_replacements(PROMPT, [(find, replace)])
    assert isinstance(outcome, Patched)
    assert outcome.doubts == ()


# --- which of two places ---------------------------------------------------------------------

ADD = """ - Greet the reader by name.
+- Ask for the card.
 - Tell the reader when the books are due.
"""
TEAM = "\n- Greet the reader by name.\n- Tell the reader when the books are due.\n- End.\n"
DONE = TEAM.replace("name.\n", "name.\n- Ask for the card.\n")


def test_a_change_that_stands_at_the_twin_already_is_refused_without_a_number() -> None:
    prompt = f"## Alpha{DONE}\n## Beta{TEAM}"
    refused = apply_diff(prompt, f"@@ @@\n{ADD}")
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.ALREADY_APPLIED
    assert "line 8" in refused.reason
    assert "line 2" in refused.reason


def test_with_the_number_of_the_other_it_is_applied_there() -> None:
    prompt = f"## Alpha{DONE}\n## Beta{TEAM}"
    outcome = apply_diff(prompt, f"@@ -8,2 +8,3 @@\n{ADD}")
    assert isinstance(outcome, Patched)
    assert outcome.text == f"## Alpha{DONE}\n## Beta{DONE}"


def test_a_removal_leads_to_what_may_well_stand_elsewhere() -> None:
    prompt = f"## Alpha{DONE}\n## Beta{TEAM}"
    outcome = apply_diff(prompt, "@@ @@\n" + ADD.replace("+", "-"))
    assert isinstance(outcome, Patched)
    assert outcome.text == f"## Alpha{TEAM}\n## Beta{TEAM}"


@pytest.mark.parametrize("named", ["## Alpha", "## Beta"])
@pytest.mark.parametrize(("line", "under"), [(2, "## Alpha"), (7, "## Beta")])
def test_a_number_and_a_heading_that_disagree_choose_no_place(
    named: str, line: int, under: str
) -> None:
    prompt = f"## Alpha{TEAM}\n## Beta{TEAM}"
    outcome = apply_diff(prompt, f"@@ -{line},2 +{line},3 @@ {named}\n{ADD}")
    assert isinstance(outcome, Patched) == (named == under)


def test_a_heading_that_the_prompt_does_not_have_says_nothing() -> None:
    prompt = f"## Alpha{TEAM}\n## Beta{TEAM}"
    outcome = apply_diff(prompt, f"@@ -2,2 +2,3 @@ ## Gamma\n{ADD}")
    assert isinstance(outcome, Patched)


def test_a_deeper_heading_above_the_place_is_within_the_section() -> None:
    part = TEAM.replace("\n", "\n### Part\n", 1)
    prompt = f"## Alpha{part}\n## Beta{part}"
    outcome = apply_diff(prompt, f"@@ -3,2 +3,3 @@ ## Alpha\n{ADD}")
    assert isinstance(outcome, Patched)


def test_a_lone_indented_line_may_become_an_item_like_those_beside_it() -> None:
    prompt = "- Greet the reader by name.\n  - Ask for the card first.\n- Be kind to all of them.\n"
    outcome = apply_diff(prompt, "@@ @@\n-  - Ask for the card first.\n+- Ask for the card.\n")
    assert isinstance(outcome, Patched)
    assert outcome.doubts == ()


def test_a_row_of_a_table_that_lost_its_first_sign_is_told() -> None:
    table = "| Place | Days |\n|---|---|\n| Desk | 5 |\n| Hall | 6 |\n"
    outcome = apply_diff(table, "@@ @@\n-| Desk | 5 |\n+Desk | 7\n")
    assert isinstance(outcome, Refused) or outcome.doubts


def test_a_blank_line_in_a_list_is_told_whatever_ends_lines() -> None:
    prompt = PROMPT.replace("\n", "\r\n")
    pair = ("  - Ask for it once.", "\n  - Ask for it once a day.")
    outcome = apply_replacements(prompt, [pair])
    assert isinstance(outcome, Patched)
    assert any("blank line" in one for one in outcome.doubts)


# --- headers and counts ----------------------------------------------------------------------


@pytest.mark.parametrize("dress", ["**{}**", "`{}`", "__{}__", " {}"])
def test_a_header_in_bold_or_backticks_is_a_header(dress: str) -> None:
    prompt = f"## Alpha{TEAM}"
    outcome = apply_diff(prompt, f"{dress.format('@@ -2,2 +2,3 @@')}\n{ADD}")
    assert isinstance(outcome, Patched)
    assert outcome.text == f"## Alpha{DONE}"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (ADD.replace("+", "-"), True),
        (ADD, True),
        (ADD.replace("+", "-").replace("card.", "card.\n+- Ask for it."), False),
    ],
)
def test_a_count_that_only_the_old_side_keeps_is_told(body: str, *, told: bool) -> None:
    old = body.count("\n") - body.count("+")
    outcome = apply_diff(
        f"## Alpha{DONE if '-- ' in body else TEAM}", f"@@ -2,{old} +2,{old} @@\n{body}"
    )
    assert isinstance(outcome, Patched)
    assert bool(outcome.said) is told


@pytest.mark.parametrize(("line", "under"), [(2, "<alpha>"), (7, "<beta>")])
@pytest.mark.parametrize("named", ["<alpha>", "<beta>"])
def test_a_section_may_be_a_tag(named: str, line: int, under: str) -> None:
    prompt = f"<alpha>{TEAM}</alpha>\n<beta>{TEAM}</beta>\n"
    at = prompt[: prompt.index(under)].count("\n") + 2
    outcome = apply_diff(prompt, f"@@ -{at},2 +{at},3 @@ {named}\n{ADD}")
    assert isinstance(outcome, Patched) == (named == under)


@pytest.mark.parametrize("unit", ["```x\n", "  ```x\n", "```\n", "> ```diff\n", " " * 40 + "\n"])
def test_a_hostile_diff_takes_no_longer_than_its_length(unit: str) -> None:
    start = time.process_time()
    apply_diff(PROMPT, unit * 9_000 + "@@ @@\n-x\n+y\n")
    apply_diff(PROMPT, "@@ @@\n-x\n+y" + unit.rstrip("\n") * 9_000 + "\n")
    assert time.process_time() - start < 10
