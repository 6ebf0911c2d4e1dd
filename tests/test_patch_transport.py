"""What a transport did to a whole diff, or to all pairs: undone where quoted lines prove it."""

import html
from collections.abc import Callable

import pytest

from planner.patch import Patched, RefusalCode, Refused, apply_diff, apply_replacements

PROMPT = """# Desk

<rules>
- Greet the reader by name & title.
- Say "welcome" to the reader's guests.
</rules>

- Keep the reader's card for one day.

- Close the desk at five.
"""
ADDED = '- Say "bye" & smile.'
DIFF = f"""--- a/prompt
+++ b/prompt
@@ -3,4 +3,5 @@
 <rules>
 - Greet the reader by name & title.
 - Say "welcome" to the reader's guests.
+{ADDED}
 </rules>
"""
AFTER = PROMPT.replace("guests.\n", f"guests.\n{ADDED}\n")


def test_the_colours_of_a_terminal_are_no_text() -> None:
    coloured = DIFF.replace(" <rules>", "\x1b[m <rules>").replace(ADDED, f"\x1b[32m{ADDED}\x1b[m")
    outcome = apply_diff(PROMPT, coloured)
    assert isinstance(outcome, Patched)
    assert outcome.text == AFTER


def test_what_was_written_for_markup_is_read_back() -> None:
    outcome = apply_diff(PROMPT, html.escape(DIFF, quote=False))
    assert isinstance(outcome, Patched)
    assert outcome.text == AFTER
    with_quotes = apply_diff(PROMPT, html.escape(DIFF))
    assert isinstance(with_quotes, Patched)
    assert with_quotes.text == AFTER


@pytest.mark.parametrize("line", ["- Write &lt;b&gt; for it & smile.", "- Write <b> for it."])
def test_entities_in_an_added_line_alone_prove_nothing(line: str) -> None:
    escaped = html.escape(DIFF).replace(html.escape(ADDED), line)
    assert isinstance(apply_diff(PROMPT, escaped), Refused)
    outcome = apply_diff(PROMPT, DIFF.replace(ADDED, "- Write &lt;b&gt; for it."))
    assert isinstance(outcome, Refused)


def test_blanks_at_the_end_of_every_line_are_none_of_an_added_one() -> None:
    rows = DIFF.partition("@@ -3,4 +3,5 @@\n")
    padded = rows[0] + rows[1] + rows[2].replace("\n", "  \n")
    outcome = apply_diff(PROMPT, padded)
    assert isinstance(outcome, Patched)
    assert outcome.text == AFTER
    some = DIFF.replace(ADDED, ADDED + "  ").replace("guests.", "guests.  ")
    outcome = apply_diff(PROMPT, some)
    assert isinstance(outcome, Patched)
    assert outcome.text == AFTER.replace(ADDED, ADDED + "  ")
    hard_break = apply_diff(PROMPT, DIFF.replace(ADDED, ADDED + "  "))
    assert isinstance(hard_break, Patched)
    assert hard_break.text == AFTER.replace(ADDED, ADDED + "  ")


def test_a_line_as_wide_as_the_page_is_no_evidence_against_padding() -> None:
    before, at, rows = DIFF.partition("@@ -3,4 +3,5 @@\n")
    for width in (38, 30):
        padded = "".join(f"{line.ljust(width)}\n" for line in rows.splitlines())
        outcome = apply_diff(PROMPT, before + at + padded)
        assert isinstance(outcome, Patched)
        assert outcome.text == AFTER
    one = rows.replace(" <rules>\n", " <rules> \n")
    wide = "".join(f"{line.ljust(45) if 'rules' in line else line}\n" for line in rows.splitlines())
    for some in (one, wide):
        outcome = apply_diff(PROMPT, before + at + some.replace(ADDED, f"{ADDED}  "))
        assert isinstance(outcome, Patched)
        assert outcome.text == AFTER.replace(ADDED, f"{ADDED}  ")


@pytest.mark.parametrize(
    ("hunk", "written"),
    [
        (" - Say \u201cwelcome\u201d to the reader\u2019s guests.", "- Say \u201cbye\u201d."),
        (" - Keep the reader\u2019s card for one day.", "- Say \u201cbye\u201d."),
    ],
)
def test_a_typography_that_one_hunk_proves_damaged_is_written_by_none(
    hunk: str, written: str
) -> None:
    below = "@@\n+- Smile.\n" + hunk + "\n"
    diff = f"@@\n+{written}\n - Close the desk at five.\n{below}"
    outcome = apply_diff(PROMPT, diff)
    assert isinstance(outcome, Refused)
    assert "typography" in outcome.reason
    assert isinstance(apply_diff(PROMPT, diff.replace(written, "- Bye.")), Patched)


def test_so_it_is_with_pairs() -> None:
    first = ("- Keep the reader\u2019s card for one day.", "- Keep the reader\u2019s card here.")
    second = ("- Close the desk at five.", "- Close the desk at five.\n- Say \u201cbye\u201d.")
    outcome = apply_replacements(PROMPT, [first, second])
    assert isinstance(outcome, Refused)
    assert "typography" in outcome.reason
    alone = apply_replacements(PROMPT, [second])
    assert isinstance(alone, Patched)
    assert "\u201cbye\u201d" in alone.text


def test_blanks_at_the_ends_of_lines_that_find_shows_are_none_of_replace() -> None:
    find = "- Greet the reader by name & title.  \n- Say"
    replace = "- Greet the reader by name.  \n- Be kind.  \n- Say"
    outcome = apply_replacements(PROMPT, [(find, replace)])
    assert isinstance(outcome, Patched)
    assert outcome.text == PROMPT.replace("by name & title.", "by name.\n- Be kind.")


@pytest.mark.parametrize("stated", [(1, 4), (3, 2), (5, 3)])
def test_a_count_that_holds_beside_one_that_does_not_is_told(stated: tuple[int, int]) -> None:
    old, new = stated
    diff = f"@@ -8,{old} +8,{new} @@\n - Keep the reader's card for one day.\n+- Smile.\n \n"
    diff += " - Close the desk at five.\n"
    outcome = apply_diff(PROMPT, diff)
    if (old == 3) == (new == 4):
        assert isinstance(outcome, Patched)
        assert outcome.said == ""
    else:
        assert isinstance(outcome, Refused) or "counts" in outcome.said


def test_a_count_that_is_off_beside_counts_that_hold_loses_lines() -> None:
    exact = "@@ -1,2 +1,3 @@\n # Desk\n+Be kind.\n \n"
    lost = "@@ -8,3 +9,6 @@\n - Keep the reader's card for one day.\n+- Smile.\n \n"
    lost += " - Close the desk at five.\n"
    below = "@@ -6,1 +7,1 @@\n-</rules>\n+</rules >\n"
    for stated in ("+9,6", "+9,2"):
        outcome = apply_diff(PROMPT, exact + lost.replace("+9,6", stated) + below)
        assert isinstance(outcome, Refused)
        assert "not as many new ones" in outcome.reason
    assert isinstance(apply_diff(PROMPT, exact + lost.replace("+9,6", "+9,4")), Patched)


def test_a_text_that_begins_within_a_hunk_has_lost_its_top() -> None:
    body = "+- Smile.\n \n - Close the desk at five.\n"
    outcome = apply_diff(PROMPT, body)
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.CUT_SHORT
    for whole in (f"```diff\n{body}```\n", f"--- a/p\n+++ b/p\n{body}", f"@@ -9 +9 @@\n{body}"):
        assert isinstance(apply_diff(PROMPT, whole), Patched)
    assert isinstance(apply_diff(PROMPT, "+Be kind.\n # Desk\n \n"), Patched)
    assert isinstance(apply_diff("", "+Be kind.\n # Desk\n"), Refused)


@pytest.mark.parametrize(
    "rows", ["+- Close the desk at five.\n", "+\n+- Close the desk at five.\n"]
)
def test_a_line_that_stands_below_a_blank_one_is_not_added_again(rows: str) -> None:
    outcome = apply_diff(PROMPT, f"@@ -8 +8,2 @@\n - Keep the reader's card for one day.\n{rows}")
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.ALREADY_APPLIED


SECTIONS = """# Plans

## Free plan
- Greet the reader after the first question.
- Sum up loans in three sentences.
- Close with a link.

## Pro plan
- Greet the reader after the first question.
- Sum up recent loans in three sentences.
- Close with a link.
"""
IN_A_SECTION = """@@ ... @@ {}
 - Greet the reader after the first question.
-- Sum up loans in three sentences.
+- Sum up loans in one sentence.
 - Close with a link.
"""


def test_a_fit_outside_of_the_section_that_a_header_names_may_be_the_wrong_twin() -> None:
    outcome = apply_diff(SECTIONS, IN_A_SECTION.format("## Pro plan"))
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.STALE_TWIN
    anchor = IN_A_SECTION.replace("... @@ {}", "## Pro plan @@")
    assert isinstance(apply_diff(SECTIONS, anchor), Refused)
    for section in ("## Free plan", "", "## Team plan", "# Plans"):
        assert isinstance(apply_diff(SECTIONS, IN_A_SECTION.format(section)), Patched)
    below = "@@ ... @@ ## Pro plan\n - Close with a link.\n \n+Ask first.\n ## Pro plan\n"
    assert isinstance(apply_diff(SECTIONS, below), Patched)


@pytest.mark.parametrize(("numbers", "is_applied"), [("-4,3 +9,3", False), ("-4,3 +4,3", True)])
def test_two_numbers_for_two_places_choose_none(numbers: str, *, is_applied: bool) -> None:
    twins = SECTIONS.replace("recent ", "")
    outcome = apply_diff(twins, IN_A_SECTION.replace("...", numbers).format(""))
    assert isinstance(outcome, Patched) is is_applied


def test_bullets_that_lost_their_blank_are_kept_where_counts_say_so() -> None:
    bare = """@@ -4,3 +4,3 @@
- Greet the reader after the first question.
-- Sum up loans in three sentences.
+- Sum up loans in one sentence.
- Close with a link.
"""
    outcome = apply_diff(SECTIONS, bare)
    assert isinstance(outcome, Patched)
    assert outcome.text == SECTIONS.replace("loans in three sentences", "loans in one sentence", 1)
    assert isinstance(apply_diff(SECTIONS, bare.replace("+4,3", "+4,2")), Refused)


def test_line_endings_that_were_written_twice_are_one() -> None:
    outcome = apply_diff(PROMPT, DIFF.replace("\n", "\r\r\n"))
    assert isinstance(outcome, Patched)
    assert outcome.text == AFTER


def test_a_message_that_was_clipped_is_no_whole_diff() -> None:
    diff = f"{DIFF.partition(' </rules>')[0]}\n[Message clipped]  View entire message\n"
    outcome = apply_diff(PROMPT, diff)
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.CUT_SHORT


def test_a_line_that_stands_above_a_blank_one_is_not_added_again() -> None:
    diff = "@@ -10 +10,2 @@\n+- Keep the reader's card for one day.\n - Close the desk at five.\n"
    outcome = apply_diff(PROMPT, diff)
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.ALREADY_APPLIED
    ruled = PROMPT.replace("- Close", "---\n- Close")
    rule = apply_diff(ruled, "@@ -8 +8,2 @@\n - Keep the reader's card for one day.\n+---\n")
    assert isinstance(rule, Patched)


RULES = [
    "- When the reader is angry, give the number of the desk.",
    "- When a card was lost, ask for the name of its owner.",
    "- When a book is late, say how much it costs each day.",
    "- When the desk is closed, tell when it opens again.",
]
OTHERS = [f"- Rule {number} of the house is told at the door." for number in range(12)]
IN_PRO = "@@ -19,3 +19,3 @@\n {}\n-{}\n+- Be kind.\n {}\n".format(*RULES[:3])
RESTYLES = {
    "stars": lambda line: f"* {line[2:]}",
    "indented": lambda line: f"  {line}",
    "capitals": str.upper,
    "no full stop": lambda line: line[:-1],
    "numbered": lambda line: f"1. {line[2:]}",
    "quoted": lambda line: f"> {line}",
    "bold": lambda line: f"- **{line[2:]}**",
    "a word put in": lambda line: line.replace("When", "Please, when"),
}


@pytest.mark.parametrize("restyled", RESTYLES.values(), ids=RESTYLES)
def test_a_fit_is_the_wrong_twin_where_the_stated_lines_were_only_restyled(
    restyled: Callable[[str], str],
) -> None:
    pro = ["## Pro", *map(restyled, RULES)]
    prompt = "\n".join(["## Free", *RULES, *OTHERS, "", *pro]) + "\n"
    outcome = apply_diff(prompt, IN_PRO)
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.STALE_TWIN
    here = apply_diff(prompt, IN_PRO.replace("-19,3 +19,3", "-2,3 +2,3"))
    assert isinstance(here, Patched)
    elsewhere = "\n".join(["## Free", *RULES, *OTHERS, "", "## Pro", *OTHERS]) + "\n"
    assert isinstance(apply_diff(elsewhere, IN_PRO), Patched)


def test_a_hunk_does_not_leave_the_lines_between_two_that_stand_where_they_say() -> None:
    prompt = "\n".join(["## Free", *RULES, "", *OTHERS, "", "## Pro", RULES[3], ""]) + "\n"
    first = "@@ -7,2 +7,2 @@\n-{}\n+- Be kind.\n {}\n".format(*OTHERS[:2])
    last = "@@ -17,2 +17,2 @@\n {}\n-{}\n+- Be kind.\n".format(*OTHERS[10:])
    middle = "@@ -12,2 +12,2 @@\n {}\n-{}\n+- Ask once.\n".format(*RULES[:2])
    outcome = apply_diff(prompt, first + middle + last)
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.STALE_TWIN
    at_top = middle.replace("-12,2 +12,2", "-2,2 +2,2")
    assert isinstance(apply_diff(prompt, at_top + first + last), Patched)
    assert isinstance(apply_diff(prompt, first + at_top + last), Patched)


@pytest.mark.parametrize("drift", [0, 3])
def test_a_hunk_does_not_leave_the_lines_between_two_that_moved_as_far(drift: int) -> None:
    head = ["## News", "None yet.", ""][:drift]
    prompt = "\n".join([*head, "## Free", *OTHERS, "", "## Pro", *RULES, ""])
    numbers = (2, 5, 8)
    first, middle, last = (
        "@@ -{0},2 +{0},2 @@\n-{1}\n+- Be kind.\n {2}\n".format(number, *lines)
        for number, lines in zip(numbers, [OTHERS[:2], RULES[:2], OTHERS[6:8]], strict=True)
    )
    outcome = apply_diff(prompt, first + middle + last)
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.STALE_TWIN
    upwards = apply_diff(prompt, middle.replace("-5,2 +5,2", "-1,2 +1,2") + first)
    assert isinstance(upwards, Refused) is (drift == 0)


def test_words_above_a_diff_may_name_a_section() -> None:
    diff = IN_A_SECTION.format("").replace("...", "-4,3 +4,3")
    outcome = apply_diff(SECTIONS, f'In the section "Free plan" one rule has to change:\n\n{diff}')
    assert isinstance(outcome, Patched)
    assert "Free plan" in outcome.said
    rule = "- Sum up recent loans in three sentences."
    assert isinstance(apply_diff(SECTIONS, f'Also change "{rule}":\n\n{diff}'), Refused)


def test_context_may_be_left_out_on_both_sides_of_a_change() -> None:
    body = "{}\n{}".format(*IN_A_SECTION.partition("\n")[::2])
    dotted = body.replace("@@ ... @@ {}", "@@ -1,11 +1,11 @@\n ...").rstrip("\n") + "\n ...\n"
    outcome = apply_diff(SECTIONS, dotted)
    assert isinstance(outcome, Patched)
    fewer = dotted.replace("+- Sum up loans in one sentence.\n", "")
    without = apply_diff(SECTIONS, fewer.replace("-1,11 +1,11", "-1,9 +1,8"))
    assert isinstance(without, Patched)
    cut = dotted.replace(" - Close with a link.\n", "")
    assert isinstance(apply_diff(SECTIONS, cut), Refused)


def test_hunks_that_say_that_they_go_upwards_may_do_so() -> None:
    prompt = "\n".join([*OTHERS, "", *RULES, ""])
    first = "@@ -14,2 +14,2 @@\n {}\n-{}\n+- Ask once.\n".format(*RULES[:2])
    second = "@@ -9,2 +9,2 @@\n {}\n-{}\n+- Be kind.\n".format(*RULES[2:])
    assert isinstance(apply_diff(prompt, first + second), Patched)
    assert isinstance(apply_diff(prompt, second + first), Refused)


def test_a_few_words_stand_in_many_places() -> None:
    few = ["- Be kind.", "- Be brief.", "- Ask once."]
    prompt = "\n".join(["## Free", *few, *OTHERS, "", "* Be kind. Be brief.", "* Ask once."]) + "\n"
    diff = "@@ -15,3 +15,3 @@\n {}\n-{}\n+- Be short.\n {}\n".format(*few)
    assert isinstance(apply_diff(prompt, diff), Patched)


def test_a_heading_above_a_diff_is_none_of_it() -> None:
    prompt = SECTIONS.replace("## Free plan", "## Free plan for readers")
    diff = IN_A_SECTION.format("").replace("...", "-4,3 +4,3")
    said = "One rule below Free plan for readers has to change:\n\n"
    assert isinstance(apply_diff(prompt, said + diff), Patched)


@pytest.mark.parametrize(
    ("rows", "written"),
    [
        ("+\n++ Smile.\n++ Be brief.\n", "\n+ Smile.\n+ Be brief.\n"),
        ("++ Smile.\n+\n++ Be brief.\n", "+ Smile.\n\n+ Be brief.\n"),
        ("++ Smile.\n++ Be brief.\n", None),
    ],
)
def test_a_list_of_plus_signs_may_be_added_where_signs_stand_once(
    rows: str, written: str | None
) -> None:
    count = 1 + rows.count("\n")
    outcome = apply_diff(PROMPT, f"@@ -10 +10,{count} @@\n - Close the desk at five.\n{rows}")
    if written is None:
        assert isinstance(outcome, Refused)
    else:
        assert isinstance(outcome, Patched)
        assert outcome.text == PROMPT + written
    dashes = PROMPT.replace("- Close", "-- Close")
    other = "@@ -9,2 +9,2 @@\n \n--- Close the desk at five.\n+++ Close the desk at six.\n"
    assert isinstance(apply_diff(dashes, other), Patched)


FRENCH = "Soyez bref.\n- Saluez le caf\u00e9.\n- Fermez \u00e0 cinq heures.\n"


def test_accents_apart_from_their_letters_are_added_as_they_stand() -> None:
    rows = " - Saluez le cafe\u0301.\n+- Servez le the\u0301.\n - Fermez a\u0300 cinq heures.\n"
    outcome = apply_diff(FRENCH, f"@@ -2,2 +2,3 @@\n{rows}")
    assert isinstance(outcome, Patched)
    assert outcome.text == FRENCH.replace("caf\u00e9.\n", "caf\u00e9.\n- Servez le the\u0301.\n")


def test_a_bracket_that_the_prompt_ends_with_is_no_wrapping() -> None:
    prompt = 'Answer so:\n{\n  "a": 1,\n  "b": 2\n}\n'
    diff = '@@ -3,3 +3,3 @@\n-  "a": 1,\n-  "b": 2\n-}\n+  "a": 1,\n+  "b": 3\n+}\n'
    outcome = apply_diff(prompt, diff)
    assert isinstance(outcome, Patched)
    assert outcome.text == prompt.replace("2", "3")
    cut = diff.replace("+}", "+]")
    assert isinstance(apply_diff(prompt, cut), Refused)


def test_letters_in_parts_are_told() -> None:
    rows = " - Saluez le caf\u00e9.\n+- Servez le the\u0301.\n - Fermez \u00e0 cinq heures.\n"
    outcome = apply_diff(FRENCH, f"@@ -2,2 +2,3 @@\n{rows}")
    assert isinstance(outcome, Patched)
    assert "Letters stand in parts" in outcome.said
    own = apply_diff(FRENCH + "Cafe\u0301.\n", f"@@ -2,2 +2,3 @@\n{rows}")
    assert isinstance(own, Patched)
    assert own.said == ""


DEEP = "<desk>\n  <rules>\n    Ask for the card.\n    Read it back.\n  </rules>\n</desk>\n"


def test_signs_that_stand_in_the_margin_leave_a_line_too_far_left() -> None:
    rows = "   <rules>\n    Ask for the card.\n+   Smile at them.\n    Read it back.\n   </rules>\n"
    over = apply_diff(DEEP, f"@@ -2,4 +2,5 @@\n{rows.replace('   <', '  <')}")
    assert isinstance(over, Refused)
    right = (
        "   <rules>\n     Ask for the card.\n+    Smile at them.\n     Read it back.\n   </rules>\n"
    )
    outcome = apply_diff(DEEP, f"@@ -2,4 +2,5 @@\n{right}")
    assert isinstance(outcome, Patched)
    assert outcome.text == DEEP.replace("card.\n", "card.\n    Smile at them.\n")


def test_a_prompt_with_signs_of_one_kind_excuses_no_others() -> None:
    prompt = "* Ask once.\n* Close it.\n\n+1 for each kind word.\n"
    rows = " * Ask once.\n * Close it.\n++* Smile at them.\n \n +1 for each kind word.\n"
    assert isinstance(apply_diff(prompt, f"@@ -1,4 +1,5 @@\n{rows}"), Refused)
    scores = rows.replace("++* Smile", "++2 for a smile")
    assert isinstance(apply_diff(prompt, f"@@ -1,4 +1,5 @@\n{scores}"), Patched)


def test_a_line_that_stands_between_two_depths_is_the_writers_where_signs_stand_right() -> None:
    prompt = "one:\n    two: a b c\n        three: d e f\n        four: g h i\nend: x\n"
    rows = "     two: a b c\n         three: d e f\n+       five: j k l\n         four: g h i\n"
    outcome = apply_diff(prompt, f"@@ -2,3 +2,4 @@\n{rows}")
    assert isinstance(outcome, Patched)


@pytest.mark.parametrize("blank", ["\u00a0", "\u2007", "\u202f", " \u00a0", "\u00a0 "])
def test_blanks_of_any_kind_that_end_every_line_are_no_text(blank: str) -> None:
    prompt = "# Desk\n- Be kind.\n- Be brief.\n- End.\n"
    rows = " # Desk\n-- Be kind.\n+- Be calm.\n - Be brief.\n".replace("\n", f"{blank}\n")
    outcome = apply_diff(prompt, f"@@ -1,3 +1,3 @@\n{rows}")
    assert isinstance(outcome, Patched)
    assert outcome.text == prompt.replace("kind", "calm")
