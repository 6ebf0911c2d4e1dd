"""What the counts of a header prove, and what a fence that closes proves without them."""

import pytest

from planner.patch import Patched, RefusalCode, Refused, apply_diff

PROMPT = "# Rules\n\n" + "".join(f"- Rule {n}.\n" for n in range(1, 30)) + "\nThe end.\n"
ROWS = " - Rule 3.\n-- Rule 4.\n+- Rule four.\n - Rule 5.\n - Rule 6.\n"


def refusal(outcome: Patched | Refused) -> RefusalCode:
    assert isinstance(outcome, Refused), outcome
    return outcome.code


@pytest.mark.parametrize("numbers", ["-5,6 +5,6", "-5,9 +5,9", "-5,29 +5,29"])
def test_a_fence_that_closes_below_kept_lines_proves_a_hunk_whole(numbers: str) -> None:
    fenced = f"```diff\n@@ {numbers} @@\n{ROWS}```\n"
    assert apply_diff(PROMPT, fenced) == Patched(PROMPT.replace("Rule 4", "Rule four"))


@pytest.mark.parametrize(
    "diff",
    [
        f"```diff\n@@ -5,9 +5,9 @@\n{ROWS}",
        f"@@ -5,9 +5,9 @@\n{ROWS}",
        f"```diff\n@@ -5,9 +5,10 @@\n{ROWS}```\n",
        "```diff\n@@ -5,9 +5,9 @@\n - Rule 3.\n-- Rule 4.\n+- Rule four.\n```\n",
    ],
)
def test_counts_that_are_too_large_tell_of_a_cut_where_no_fence_closes(diff: str) -> None:
    assert isinstance(apply_diff(PROMPT, diff), Refused)


SHOWN = "# Rules\n\n- One.\n- Two.\n- Three.\n```\nx\n```\n\n- Four.\n- Five.\n- Six.\n"
SHOWN_ROWS = " - One.\n-- Two.\n+- 2.\n - Three.\n"


@pytest.mark.parametrize(
    ("rows", "below"),
    [
        (SHOWN_ROWS, ""),
        (SHOWN_ROWS + " ```\n x\n", ""),
        (SHOWN_ROWS + " ```\n x\n", "\n - Four.\n+- Ask.\n"),
        (SHOWN_ROWS + " ```\n x\n", "\n - Four.\n+- Ask.\n```\n"),
    ],
)
def test_a_fence_that_the_prompt_has_next_may_be_a_kept_line(rows: str, below: str) -> None:
    outcome = apply_diff(SHOWN, f"```diff\n@@ -3,8 +3,8 @@\n{rows}```\n{below}")
    assert isinstance(outcome, Refused)


@pytest.mark.parametrize("below", ["\n- Rule 7.\n", "\n+- Rule 9.\n", "```\n- Rule 7.\n```\n"])
def test_a_fence_with_text_below_it_proves_nothing(below: str) -> None:
    fenced = f"```diff\n@@ -5,29 +5,29 @@\n{ROWS}```\n{below}"
    assert isinstance(apply_diff(PROMPT, fenced), Refused)


ADDED = " - Rule 3.\n+- Ask first.\n"


def test_counts_that_are_met_prove_a_hunk_whole_in_a_fence_that_stays_open() -> None:
    diff = f"```diff\n@@ -5,1 +5,2 @@\n{ADDED}"
    assert apply_diff(PROMPT, diff) == Patched(
        PROMPT.replace("- Rule 3.\n", "- Rule 3.\n- Ask first.\n")
    )
    for cut in (diff[:-1], diff.replace("5,2", "5,3"), diff.replace("-5,1 +5,2", "")):
        assert refusal(apply_diff(PROMPT, cut)) is RefusalCode.CUT_SHORT
    miscounted = "```diff\n@@ -1,9 +1,9 @@\n-# Rules\n+# Our rules\n \n"
    assert isinstance(apply_diff(PROMPT, miscounted + diff.removeprefix("```diff\n")), Refused)


LIKE = "# A\n\nAsk once.\nBe kind.\n\n# B\n\nAsk once.\nBe kind.\n\nEnd.\n"
ONE_MORE = "@@ -1,2 +1,3 @@\n # A\n+Stay calm.\n \n"


@pytest.mark.parametrize(
    ("numbers", "line"),
    [
        *(("-3,2 +4,3", 3), ("-8,2 +9,3", 8), ("-3 +4", 3), ("-8,2 +8,3", 8)),
        *(("-3,2 +9,3", None), ("-8,2 +4,3", None), ("-3 +9", None)),
    ],
)
def test_both_numbers_of_a_header_must_lead_to_one_of_two_like_places(
    numbers: str, line: int | None
) -> None:
    diff = f"{ONE_MORE}@@ {numbers} @@\n Ask once.\n+Ask for the name.\n Be kind.\n"
    outcome = apply_diff(LIKE, diff)
    if line is None:
        assert refusal(outcome) is RefusalCode.AMBIGUOUS
        return
    assert isinstance(outcome, Patched)
    assert outcome.text.split("\n")[line : line + 2] == ["Ask once.", "Ask for the name."]


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85"])
def test_what_ends_lines_elsewhere_is_content_where_counts_hold(sign: str) -> None:
    added = f"- Ask first.{sign}Be kind."
    diff = f"@@ -5,2 +5,3 @@\n - Rule 3.\n+{added}\n - Rule 4.\n"
    outcome = apply_diff(PROMPT, diff)
    assert isinstance(outcome, Patched)
    assert f"- Rule 3.\n{added}\n- Rule 4.\n" in outcome.text
    assert isinstance(apply_diff(PROMPT, diff.replace("+5,3", "+5,4")), Refused)


def test_the_marker_of_a_missing_newline_is_no_end_of_a_line() -> None:
    diff = "@@ -5,1 +5,2 @@\n - Rule 3.\n+- Ask first.\\ No newline at end of file\n"
    assert refusal(apply_diff(PROMPT, diff)) is RefusalCode.UNCLEAR


NESTED = "# Rules\n\n- a\n  - b\n  - c\n"


@pytest.mark.parametrize(
    ("numbers", "rows", "applies"),
    [
        ("-4,2 +4,4", "+\t- Deep.\n+  - Plain.\n", True),
        ("-4,2 +4,4", "+\t- Deep.\n+\t- Plain.\n", False),
        ("-4,2 +4,3", "+\t- Deep.\n", False),
        ("-4,2 +4,5", "+\t- Deep.\n+  - Plain.\n", False),
    ],
)
def test_a_tab_is_text_where_counts_hold_and_not_every_sign_has_one(
    numbers: str,
    rows: str,
    applies: bool,  # noqa: FBT001
) -> None:
    outcome = apply_diff(NESTED, f"@@ {numbers} @@\n   - b\n{rows}   - c\n")
    assert isinstance(outcome, Patched) is applies


@pytest.mark.parametrize(
    ("new", "rows", "applies"),
    [
        (4, "++1 is a vote.\n+- Count it.\n", True),
        (5, "++1 is a vote.\n+- Count it.\n", False),
        (3, "++1 is a vote.\n", False),
        (4, "++1 is a vote.\n++2 are two.\n", False),
        (5, "++1 is a vote.\n++2 are two.\n+- Count it.\n", False),
        (4, "++1. Count it.\n+- Vote.\n", False),
        (4, "++- Vote.\n+- Count it.\n", False),
    ],
)
def test_a_number_with_a_plus_is_text_where_counts_hold_and_no_other_sign_is_doubled(
    new: int,
    rows: str,
    applies: bool,  # noqa: FBT001
) -> None:
    outcome = apply_diff(PROMPT, f"@@ -5,2 +5,{new} @@\n - Rule 3.\n{rows} - Rule 4.\n")
    assert isinstance(outcome, Patched) is applies


LISTED = (
    "# Rules\n\n- **Tone:** Be kind.\n- Length: At most nine lines of text.\n"
    "- Never share the address of a customer.\n\n| Case | Action |\n|---|---|\n"
    "| late refund | Ask the desk. |\n| lost parcel | Open a ticket. |\n"
)


@pytest.mark.parametrize(
    ("kept", "added"),
    [
        ("- **Tone:** Be kind.", "- **Tone:** Use short and plain sentences everywhere."),
        ("- Length: At most nine lines of text.", "- Length: Stop when all is said."),
        ("- Never share the address of a customer.", "- Never share the name, nor any other data."),
        ("| late refund | Ask the desk. |", "| late refund | Escalate it within one day. |"),
    ],
)
def test_a_line_that_is_kept_beside_its_new_version_may_have_lost_its_sign(
    kept: str, added: str
) -> None:
    lines = LISTED.split("\n")
    at = lines.index(kept)
    for rows in ([f" {kept}", f"+{added}"], [f"+{added}", f" {kept}"]):
        body = "\n".join([f" {lines[at - 1]}", *rows, f" {lines[at + 1]}", ""])
        lost = apply_diff(LISTED, f"@@ -{at},3 +{at},3 @@\n{body}")
        assert refusal(lost) is RefusalCode.UNCLEAR
        assert isinstance(apply_diff(LISTED, f"@@ -{at},3 +{at},4 @@\n{body}"), Patched)


def test_two_lines_that_lost_their_signs_are_told_by_the_two_beside_them() -> None:
    body = (
        " - **Tone:** Be kind.\n - Length: At most nine lines of text.\n"
        "+- **Tone:** Use plain words everywhere.\n+- Length: Stop when all is said.\n"
        " - Never share the address of a customer.\n"
    )
    assert refusal(apply_diff(LISTED, f"@@ -3,3 +3,3 @@\n{body}")) is RefusalCode.UNCLEAR
    assert isinstance(apply_diff(LISTED, f"@@ -3,3 +3,5 @@\n{body}"), Patched)


def test_an_added_line_like_no_other_is_added_whatever_the_new_count_says() -> None:
    body = " - Length: At most nine lines of text.\n+- Ask first.\n"
    body += " - Never share the address of a customer.\n"
    assert isinstance(apply_diff(LISTED, f"@@ -4,2 +4,2 @@\n{body}"), Patched)


CODE = '# Rules\n\n```\ncall_a("x")\ncall_b("y")\n```\n\nThe end.\n'
JOINED = '+call_c("p")\\ncall_d("q")\n'
TEXTUAL = '+call_c("first\\nsecond")\n'


@pytest.mark.parametrize("numbers", ["-4,2 +4,3", "-4,2 +4,4", ""])
def test_a_newline_spelt_out_between_two_lines_of_code_was_one(numbers: str) -> None:
    diff = f'@@ {numbers} @@\n call_a("x")\n{JOINED} call_b("y")\n'
    assert refusal(apply_diff(CODE, diff)) is RefusalCode.UNCLEAR


def test_a_newline_spelt_out_in_a_string_is_text_unless_the_header_counts_it() -> None:
    diff = f'@@ -4,2 +4,3 @@\n call_a("x")\n{TEXTUAL} call_b("y")\n'
    added = CODE.replace('("x")\n', '("x")\n' + TEXTUAL[1:])
    assert apply_diff(CODE, diff) == Patched(added)
    lost = apply_diff(CODE, diff.replace("+4,3", "+4,4"))
    assert refusal(lost) is RefusalCode.UNCLEAR


@pytest.mark.parametrize(
    "line",
    [
        're.split(r"(a)\\n(b)", text)',
        "printf '%d)\\nnext' 1  # don't flush",
        'log("it\'s (done)\\nnow")',
        "path = C:\\new\\names",
        "x = `a)\\nb`",
    ],
)
def test_a_newline_in_a_string_of_code_is_text_where_nobody_counted(line: str) -> None:
    outcome = apply_diff(CODE, f'@@ @@\n call_a("x")\n+{line}\n call_b("y")\n')
    assert outcome == Patched(CODE.replace('("x")\n', f'("x")\n{line}\n'))


def test_a_newline_is_spelt_out_between_lines_where_the_prompt_does_so() -> None:
    prompt = CODE.replace('call_a("x")', 'call_a("x")\\ncall_a("z")')
    diff = f'@@ -5 +5,2 @@\n call_b("y")\n{JOINED} ```\n'
    assert isinstance(apply_diff(prompt, diff), Patched)


PAGE = "# R\n* A.\n* B.\n\n```json\n{}\n```\n\n- C.\n- D.\n- E.\n"
SECOND = "@@ -9,3 +9,3 @@\n - C.\n-- D.\n+- F.\n - E.\n"


@pytest.mark.parametrize("first", ["* A.\n-* B.\n+* G.\n\n", " * A.\n-* B.\n+* G.\n \n"])
@pytest.mark.parametrize("names", ["", "--- a/p.md\n+++ b/p.md\n"])
def test_a_fence_of_the_prompt_that_completes_a_hunk_opens_no_other_diff(
    first: str, names: str
) -> None:
    outcome = apply_diff(PAGE, f"{names}@@ -2,4 +2,4 @@\n{first}```json\n{SECOND}")
    assert isinstance(outcome, Patched)
    assert outcome.text == PAGE.replace("B.", "G.").replace("D.", "F.")


def test_a_fence_that_no_count_takes_in_is_none_of_the_prompt() -> None:
    first = "@@ -1,3 +1,3 @@\n # R\n * A.\n-* B.\n+* G.\n"
    outcome = apply_diff(PAGE, f"{first}```diff\n{SECOND}```\n")
    assert isinstance(outcome, Patched)
    assert outcome.text == PAGE.replace("B.", "G.").replace("D.", "F.")
    short = apply_diff(PAGE, f"@@ -2,5 +2,5 @@\n * A.\n-* B.\n+* G.\n \n```json\n{SECOND}")
    assert isinstance(short, Refused)


@pytest.mark.parametrize("digits", [7, 8, 13, 18])
def test_a_large_number_costs_no_count(digits: int) -> None:
    far = "9" * digits
    diff = f"@@ -{far},4 +{far},4 @@\n{ROWS}"
    assert apply_diff(PROMPT, diff) == Patched(PROMPT.replace("Rule 4", "Rule four"))
    off = apply_diff(PROMPT, f"@@ -{far},4 +{far},3 @@\n{ROWS}")
    assert isinstance(off, Refused)
    assert "not as many new ones" in off.reason


def test_a_number_that_nobody_can_count_to_is_none() -> None:
    for numbers in (f"-{'9' * 5000},4 +5,4", f"-5,4 +{'9' * 5000},4"):
        outcome = apply_diff(PROMPT, f"@@ {numbers} @@\n{ROWS}")
        assert outcome == Patched(PROMPT.replace("Rule 4", "Rule four"))


def test_an_added_line_may_begin_with_two_plus_signs_where_counts_hold() -> None:
    rows = " - Rule 3.\n+++ Rule 3 goes first.\n - Rule 4.\n"
    outcome = apply_diff(PROMPT, f"@@ -5,2 +5,3 @@\n{rows}")
    assert isinstance(outcome, Patched)
    assert "- Rule 3.\n++ Rule 3 goes first.\n- Rule 4.\n" in outcome.text
    assert isinstance(apply_diff(PROMPT, f"@@ -5,2 +5,5 @@\n{rows}"), Refused)
    mark = rows.replace("+++ Rule 3 goes first.", "++++")
    outcome = apply_diff(PROMPT, f"@@ -5,2 +5,3 @@\n{mark}")
    assert isinstance(outcome, Patched)
    assert "- Rule 3.\n+++\n- Rule 4.\n" in outcome.text
    assert isinstance(apply_diff(PROMPT, f"@@ -5,2 +5,3 @@\n{mark.replace('++++', '++')}"), Refused)
    doubled = rows.replace("+++ ", "++ ")
    assert isinstance(apply_diff(PROMPT, f"@@ -5,2 +5,3 @@\n{doubled}"), Refused)


@pytest.mark.parametrize("header", ["@@ -5 +5 @@", "@@ @@"])
def test_newlines_that_are_spelt_out_need_signs_or_counts(header: str) -> None:
    spelt = f"{header}\n{ROWS}".replace("\n", "\\n")
    assert apply_diff(PROMPT, spelt) == Patched(PROMPT.replace("Rule 4", "Rule four"))
    unsigned = spelt.replace("\\n - Rule 6", "\\n- Rule 6")
    assert isinstance(apply_diff(PROMPT, unsigned.replace(" - Rule 5", "- Rule 5")), Refused)
    lost = f"{header}\n{ROWS}".replace("Rule four.", "Rule four.\nAnd more.")
    assert isinstance(apply_diff(PROMPT, lost.replace("\n", "\\n")), Refused)


PLAIN = "# Desk\n\nGreet the reader.\nAsk for the card.\nRead it back.\n\nClose at five.\n"


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (" # Desk\n\nGreet the reader.\n Ask for the card.\n+Smile.\n Read it back.\n", Patched),
        (" Greet the reader.\nAsk for the card.\n+Ask for it twice.\n Read it back.\n", Refused),
        (" Greet the reader.\n-Ask for the card.\nRead it back.\n \n Close at five.\n", Refused),
    ],
)
def test_a_line_without_a_sign_is_kept_unless_it_stands_where_one_goes(
    rows: str, kind: type
) -> None:
    outcome = apply_diff(PLAIN, f"@@ @@\n{rows}")
    assert isinstance(outcome, kind), outcome
    spelt = f"@@ @@\n{rows}".replace("\n", "\\n")
    assert isinstance(apply_diff(PLAIN, spelt), Refused)


TWINS = "".join(
    f"## {name}\n- Keep the {tone} tone.\n- Ask once.\n- Close the case.\n- Say goodbye.\n\n"
    for name, tone in (("Gold", "warm"), ("Silver", "calm"))
)


def test_a_like_place_is_told_where_no_number_chooses() -> None:
    rows = " - Keep the calm tone.\n - Ask once.\n-- Close the case.\n+- Close.\n - Say goodbye.\n"
    outcome = apply_diff(TWINS, f"@@ ... @@\n{rows}")
    assert isinstance(outcome, Patched)
    assert "line 2 has nearly the same text as line 8" in outcome.said
    numbered = apply_diff(TWINS, f"@@ -8,4 +8,4 @@\n{rows}")
    assert isinstance(numbered, Patched)
    assert numbered == Patched(outcome.text)
    few = apply_diff(TWINS, "@@ ... @@\n - Keep the calm tone.\n+- Smile.\n - Ask once.\n")
    assert isinstance(few, Patched)
    assert few.said == ""


def test_counts_may_be_the_last_lines() -> None:
    rows = " - Rule 19.\n-- Rule 20.\n+- Rule twenty.\n - Rule 21.\n"
    for header in ("@@ -21,23 +21,23 @@", "@@ -21,23 +40,42 @@"):
        changed = PROMPT.replace("Rule 20.", "Rule twenty.")
        assert apply_diff(PROMPT, f"{header}\n{rows}") == Patched(changed)
    assert isinstance(apply_diff(PROMPT, f"@@ -21,7 +21,7 @@\n{rows}"), Refused)


def test_counts_near_the_top_that_are_too_large_tell_of_a_cut() -> None:
    rows = " - Rule 3.\n-- Rule 4.\n+- Rule four.\n - Rule 5.\n"
    assert isinstance(apply_diff(PROMPT, f"@@ -5,7 +5,7 @@\n{rows}"), Refused)


def test_a_number_that_is_none_takes_the_others_their_word() -> None:
    twins = "".join(f"## {name}\n- Ask once.\n- Close it.\n\n" for name in ("One", "Two", "Three"))
    second = "@@ -7,2 +7,2 @@\n - Ask once.\n-- Close it.\n+- Close the case.\n"
    first = "-# Top\n+# The top\n"
    assert isinstance(apply_diff(f"# Top\n{twins}", f"@@ -1,1 +1,1 @@\n{first}{second}"), Patched)
    for header in ("@@ --4,1 +-4,1 @@", "@@ -0,1 +0,1 @@"):
        outcome = apply_diff(f"# Top\n{twins}", f"{header}\n{first}{second}")
        assert isinstance(outcome, Refused)
        assert outcome.code is RefusalCode.AMBIGUOUS


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("## Desk Two", Patched),
        ("## Desk Two (TWO)", Patched),
        ("## Desk One", Refused),
        ("## Desk O", Patched),
        ("## Desk", Patched),
        ("## Hall", Patched),
    ],
)
def test_a_section_name_may_be_cut_at_a_word(name: str, kind: type) -> None:
    desks = "".join(
        f"## Desk {one} ({one.upper()})\n- Ask once.\n- Close it.\n\n" for one in ("One", "Two")
    )
    diff = f"@@ -6,2 +6,2 @@ {name}\n - Ask once.\n-- Close it.\n+- Close the case.\n"
    assert isinstance(apply_diff(desks, diff), kind)


def test_a_line_far_beyond_the_prompt_is_no_number() -> None:
    kept = " - Keep the calm tone.\n - Ask once.\n"
    rows = f"\n{kept}-- Close the case.\n+- Close.\n - Say goodbye.\n"
    far = apply_diff(TWINS, f"@@ -9114,4 +9114,4 @@{rows}")
    assert isinstance(far, Patched)
    assert "states no line of the prompt" in far.said
    assert isinstance(apply_diff(TWINS, f"@@ -2,4 +2,4 @@{rows}"), Refused)


def test_counts_that_are_last_lines_tell_of_no_cut() -> None:
    prompt = "# Rules\n\n" + "".join(f"- Rule {n}.\n" for n in range(1, 200))
    rows = " - Rule 19.\n-- Rule 20.\n+- Rule twenty.\n"
    changed = prompt.replace("Rule 20.", "Rule twenty.")
    assert apply_diff(prompt, f"@@ -21,22 +21,22 @@\n{rows}") == Patched(changed)
    assert isinstance(apply_diff(prompt, f"@@ -21,24 +21,24 @@\n{rows}"), Refused)


def test_a_like_place_near_the_end_is_no_nearer_to_a_line_far_beyond_it() -> None:
    rows = " - Keep the warm tone.\n - Ask once.\n-- Close the case.\n+- Close.\n - Say goodbye.\n"
    far = apply_diff(TWINS, f"@@ -9114,4 +9114,4 @@\n{rows}")
    assert isinstance(far, Patched)
    assert isinstance(apply_diff(TWINS, f"@@ -8,4 +8,4 @@\n{rows}"), Refused)


NIGHTS = "".join(
    f"{name}:\n  check: doors\n  wait: 10\n  report: short\n" for name in ("evening", "night")
)
AGENTS = (
    '<agent name="judge">\nAsk once.\nClose it.\n</agent>\n'
    '<agent name="seller">\nAsk once.\nClose it.\n</agent>\n'
)


@pytest.mark.parametrize(
    ("prompt", "at", "name", "kind"),
    [
        (NIGHTS, 2, "night:", Refused),
        (NIGHTS, 2, "evening:", Patched),
        (NIGHTS, 6, "night:", Patched),
        (NIGHTS, 6, "evening:", Refused),
        (NIGHTS, 6, "morning:", Patched),
        (AGENTS, 2, '<agent name="seller">', Refused),
        (AGENTS, 2, '<agent name="judge">', Patched),
        (AGENTS, 6, '<agent name="seller">', Patched),
        (AGENTS, 6, '<agent name="judge">', Refused),
    ],
)
def test_a_label_or_a_tag_behind_the_numbers_names_a_section(
    prompt: str, at: int, name: str, kind: type
) -> None:
    lines = prompt.splitlines()[at - 1 : at + 1]
    diff = f"@@ -{at},2 +{at},2 @@ {name}\n {lines[0]}\n-{lines[1]}\n+{lines[1]} now\n"
    assert isinstance(apply_diff(prompt, diff), kind)


def test_a_hunk_that_is_shorter_than_the_next_one_is_shifted_was_cut() -> None:
    second = "@@ -20,3 +{},3 @@\n - Rule 18.\n-- Rule 19.\n+- Rule nineteen.\n - Rule 20.\n"
    cut = f"@@ -5,5 +5,6 @@\n{ROWS}"
    outcome = apply_diff(PROMPT, cut + second.format(21))
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.CUT_SHORT
    assert isinstance(apply_diff(PROMPT, cut + second.format(20)), Patched)


def test_a_change_that_follows_from_another_is_no_announcement() -> None:
    second = "@@ -20,3 +20,3 @@\n - Rule 18.\n-- Rule 19.\n+- Rule nineteen.\n - Rule 20.\n"
    first = f"@@ -5,4 +5,4 @@\n{ROWS}"
    said = "\nThe second change follows from the first:\n\n"
    assert isinstance(apply_diff(PROMPT, first + said + second), Patched)
    more = "\nThe second change follows.\n"
    assert isinstance(apply_diff(PROMPT, first + more), Refused)
