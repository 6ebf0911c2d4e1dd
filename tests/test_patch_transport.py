"""What a transport did to a whole diff, or to all pairs: undone where quoted lines prove it."""

import html

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
    hard_break = apply_diff(PROMPT, DIFF.replace(ADDED, ADDED + "  "))
    assert isinstance(hard_break, Patched)
    assert hard_break.text == AFTER.replace(ADDED, ADDED + "  ")


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


def test_a_text_that_begins_within_a_hunk_has_lost_its_top() -> None:
    body = "+- Smile.\n \n - Close the desk at five.\n"
    outcome = apply_diff(PROMPT, body)
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.CUT_SHORT
    for whole in (f"```diff\n{body}```\n", f"--- a/p\n+++ b/p\n{body}", f"@@ -9 +9 @@\n{body}"):
        assert isinstance(apply_diff(PROMPT, whole), Patched)
    assert isinstance(apply_diff(PROMPT, "+Be kind.\n # Desk\n \n"), Patched)


@pytest.mark.parametrize(
    "rows", ["+- Close the desk at five.\n", "+\n+- Close the desk at five.\n"]
)
def test_a_line_that_stands_below_a_blank_one_is_not_added_again(rows: str) -> None:
    outcome = apply_diff(PROMPT, f"@@ -8 +8,2 @@\n - Keep the reader's card for one day.\n{rows}")
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.ALREADY_APPLIED
