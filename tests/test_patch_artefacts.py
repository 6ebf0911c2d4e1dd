"""What programs leave in new lines is told; a rule that speaks of it is applied."""

import re
import time

import pytest

from planner.patch import Patched, Refused, apply_diff, apply_replacements
from planner.patch.doubts.habits import Habits

PROMPT = """You help the readers of a library on <b>two</b> floors. You have {fields} and | signs.

# Rules
- Greet the reader by name = first name.
- Call `find_book` when a title is named, and log $20 or 50% in C#.
- Give ☂ to a reader without an umbrella *at once*.
- Read C:\\temp\\new\\list.txt, and match \\d{5}-\\w+ in it.
- Tell the reader when the books are due.
"""
RULE = "- Tell the reader when the books are due.\n"
LAST = "- Read C:\\temp\\new\\list.txt, and match \\d{5}-\\w+ in it."

LEFT = [
    ("- Treat the account 1.23457E+11 as a test account.", "1.23457E+11"),
    ("- 5. Tell the reader when the books are due.", "within another"),
    ("- ## Tell the reader when the books are due.", "within another"),
    ("- See [https://lumen.example](https://lumen.example) for more.", "shows a link"),
    ("- Mail to [desk@lumen.example](mailto:desk@lumen.example) for more.", "shows a link"),
    ("- See hxxps://lumen[.]example for more.", "made harmless"),
    ("-Tell the reader when the books are due.", "sign of a diff"),
    ("- Tell the reader when the books are due\uff0c and where\u3002", "another script"),
    ("- Tell the reader when the books are due \u8bf7\u6ce8\u610f.", "mixes these scripts"),
    ("\\| title \\| The name of the book. \\|", "Markdown is escaped"),
    ("- Tell the reader wh?n the books are due.", "wh?n"),
    ("- Lend at most ######## books to a reader.", "########"),
    ("- Lend at most #N/A books to a reader.", "#N/A"),
    ("- Wait 3-May days before the reminder.", "3-May"),
    ("- Wait 29.999999999999996 days before the reminder.", "29.999999999999996"),
    ("- Wait 0.30000000000000004 days before the reminder.", "0.30000000000000004"),
    ("- Waive a fee below 00 at once.", "'00'"),
    ("- Lend at most Some(5) books to a reader.", "Some(5)"),
    ("- Waive at most Decimal('30') per year.", "Decimal("),
    ("- b'Be kind to all of the readers.'", "names a value"),
    ("- Thank the ${1} for the hint.", "${1}"),
    ("- Thank the reader before the $1 reply.", "$1"),
    ("- Call `\\g<1>_book` twice.", "g<1>"),
    ("- Lend at most %(limit)d books to a reader.", "%(limit)d"),
    ("- ??rules.greeting.short??", "??rules"),
    ("- MISSING_MESSAGE: rules.greeting.", "MISSING_MESSAGE"),
    ("- Send the reader to https://help.lumen.exa\u2026 for more.", "shortened"),
    (
        "- Send the reader to https://eur01.safelinks.example/?url=https%3A%2F%2Fa.example now.",
        "gateway",
    ),
    ("- Reply with `{\u201cstatus\u201d: \u201cdone\u201d}` only.", "straight quotes"),
    ("- Write the title to `********` first.", "masked"),
    ("- Tell side e*****s before the reader agrees.", "masked"),
    ("- 8aefb0f0 (J. Doe 2024-05-22 11) Greet the reader.", "beside a line"),
    ("-   38 | Greet the reader once.", "beside a line"),
    ("- It''s fine not to know the title.", "doubled"),
    ('"Never say ""simply"" or ""just"" to a reader."', "doubled"),
    ("- Waive 70%% of the fee.", "doubled"),
    ("- Waive $$5 of the fee.", "doubled"),
    ("- Log sh: line 1: title: command not found first.", "a program failed"),
    ('- {"error":{"message":"Rate limit","code":429}}', "a program failed"),
    ('"rules.md" 48L, 2210B written', "an editor"),
    ("10:42 AM \u2713\u2713", "a chat"),
    ("- Give :umbrella: to the reader.", ":umbrella:"),
    ("- Call `find _ book` twice.", "apart"),
    ("- Greet the reader. - Name the title. - Log it.", "within another"),
    ("- * Greet the reader once.", "within another"),
    ("- |-", "YAML"),
    ("- QXNrIHdoZXRoZXIgYSBzdW1tYXJ5IGJ5IGUtbWFpbCBpcyB3YW50ZWQu", "encoded"),
    ("- Lend at most {{limit}} books to a reader.", "{{limit}}"),
    ("<li>Greet the reader once.</li>", "a page"),
    ("- Give \u25a1 to a reader with an umbrella.", "a lost sign"),
    ("- Tell the reader what is \u2047 today.", "a lost sign"),
    ("- Tell the reader what is due.\u010a", "encoding"),
    ("- Say caf\u251c\u2310 to the reader.", "encoding"),
    ("- Greet the \ufb01rst reader.", "several letters"),
    ("\u2022\tGreet the reader once.", "bullets"),
    ("- Gr33t the reader bef0re you cl0se.", "'before'"),
    ("- Ca|| the reader twice.", "'Call'"),
    ("- Reply within 55 words 55 words and stop.", "the same words twice"),
    ("- Reply when the when the reader asks.", "the same words twice"),
    ("- I cannot go on with this diff.", "this diff"),
    ("Here is the rest of the diff:", "the rest of the diff"),
    ("- Be kind. (skip this edit if already present)", "this edit"),
    ("Same as above but stricter.", "Same as above"),
    ("{% if strict %}Greet the reader once.", "template's block"),
    ("- Greet the ${undefined} first.", "did not fill"),
    ("- Wrap the title in `` and log it.", "holds nothing"),
    ("- Save the list under `C:tempbot` first.", "backslashes"),
    ("- Waive the feeciteturn0search2.", "a chat cites"),
    ("- Greet the reader. (NEW LINE)", "what is new"),
    ("- Tell the reader'seader's name to nobody.", "run together"),
    ("- gREET THE READER BY NAME.", "the other way round"),
    ("- Reply within 30 minutes; minutes; then stop.", "one word twice"),
    ("- When you ton't know, say so.", "ton't"),
]


def added(line: str, prompt: str = PROMPT) -> list[Patched]:
    """Return what comes of a pair, and of a diff, that add a line at the end, where it is applied.

    A line that is no item is refused of a pair; the quoted lines of a diff prove its place.
    """
    diff = f"@@ -8,2 +8,3 @@\n {LAST}\n {RULE}+{line}\n"
    outcomes = apply_replacements(prompt, [(RULE, f"{RULE}{line}\n")]), apply_diff(prompt, diff)
    applied = [outcome for outcome in outcomes if isinstance(outcome, Patched)]
    assert applied, outcomes
    assert all(outcome.text == f"{prompt}{line}\n" for outcome in applied)
    return applied


@pytest.mark.parametrize(("line", "told"), LEFT)
def test_what_a_program_leaves_is_told(line: str, told: str) -> None:
    for outcome in added(line):
        assert told in " ".join(outcome.doubts)


@pytest.mark.parametrize(("line", "told"), [row for row in LEFT if "%}" not in row[0]])
def test_what_the_prompt_has_is_its_style(line: str, told: str) -> None:
    for outcome in added(line, f"{line}\n\n{PROMPT}"):
        assert not any(why in " ".join(outcome.doubts) for why in (told, "may be no text"))


@pytest.mark.parametrize(
    "line",
    [
        "- Wait until 14:30, or 2024-05-22, or v1.0.0.",
        "- Beyond 2 000 books call the desk, and at 100 or 2,000 too.",
        "- Read https://help.lumen.example/?page=2&sort=url first.",
        "- Call `find_book` or `find_book(3)`, and take section B2 for l10n and a11y.",
        "- Put the total in $20 steps at most.",
        "- Put the name in col1, and x1y in sol0.",
        "- Ask again and again, and step by step.",
        "- Write ### before a title.",
    ],
)
def test_usual_lines_are_not_told(line: str) -> None:
    for outcome in added(line):
        assert outcome.doubts == ()


@pytest.mark.parametrize(
    ("new", "is_told"),
    [
        ("- Read C:tempnewlist.txt, and match \\d{5}-\\w+ in it twice.", True),
        ("- Read C:\\temp\\new\\list.txt, and match d{2}-w+ in it.", True),
        ("- Read C:\\temp\\new\\list.txt, and match \\\\d{2}-\\\\w+ in it.", True),
        ("- Read C:\\temp\\new\\list.txt, and match \\d{2}-\\w+ in it.", False),
    ],
)
def test_backslashes_of_the_old_line_that_are_lost_or_doubled_are_told(
    new: str, *, is_told: bool
) -> None:
    for outcome in (
        apply_replacements(PROMPT, [(LAST, new)]),
        apply_diff(PROMPT, f"@@ -7,2 +7,2 @@\n-{LAST}\n+{new}\n {RULE}"),
    ):
        if isinstance(outcome, Patched):
            assert ("backslashes" in " ".join(outcome.doubts)) is is_told
        else:
            assert is_told


@pytest.mark.parametrize(
    ("block", "is_told"),
    [
        ("{% if strict %}\n- Be kind.\n{% endif %}", False),
        ("{% for one in all %}- Name it.{% endfor %}", False),
        ("- Be kind.\n{% endif %}", True),
    ],
)
def test_a_block_of_a_template_is_whole(block: str, *, is_told: bool) -> None:
    outcome = apply_replacements(PROMPT, [(RULE, f"{RULE}{block}\n")])
    assert isinstance(outcome, Patched)
    assert ("template's block" in " ".join(outcome.doubts)) is is_told


def test_an_empty_prompt_has_no_style() -> None:
    text = "\u2022 Greet {{reader}} once.\n<p>Name the title.</p>\n"
    diff = "@@ -0,0 +1,2 @@\n" + "".join(f"+{line}\n" for line in text.splitlines())
    outcome = apply_diff("", diff)
    assert isinstance(outcome, Patched)
    assert not any("may be no text" in told for told in outcome.doubts)


MENTIONS = [
    "- Remove tokens such as <|im_end|> from the export.",
    "- Strip citation marks such as 【1†source】 from the report.",
    '- Report mojibake such as "\u00c3\u00a9" in the export.',
    "- Never leave a TODO or TBD in the report.",
    "- Mark open points with TODO in the summary.",
    "- Write the euro sign as \\u20ac in the JSON.",
    "- Show only the last four digits, as in **** 1234.",
]


@pytest.mark.parametrize("line", MENTIONS)
def test_a_rule_that_speaks_of_damage_is_applied(line: str) -> None:
    assert len(added(line)) == len(("a pair", "a diff"))


@pytest.mark.parametrize("line", MENTIONS[:3])
def test_damage_that_a_rule_names_is_told(line: str) -> None:
    for outcome in added(line):
        assert "it speaks of" in " ".join(outcome.doubts)


@pytest.mark.parametrize(
    "line",
    [
        "- Greet the reader with tokens such as <|im_end|>",
        "- Greet the <|im_end|> reader once.",
        '- Say "caf\u00c3\u00a9" to the reader, such as it is.',
        "- Call TODO if a reader asks twice.",
        "- Write the sum as \\u20ac20 in the JSON.",
        "- Send **** the list.",
        "1. I'm sorry, but I can't help with that request.",
    ],
)
def test_damage_that_no_rule_speaks_of_is_refused(line: str) -> None:
    outcome = apply_replacements(PROMPT, [(RULE, f"{RULE}{line}\n")])
    assert isinstance(outcome, Refused), outcome


def test_french_puts_blanks_of_its_own_before_signs() -> None:
    added("- Dis \u00ab\u00a0bonjour\u00a0\u00bb, puis demande\u00a0: quel titre\u202f?")
    outcome = apply_replacements(PROMPT, [(RULE, f"{RULE}- Greet the\u00a0reader.\n")])
    assert isinstance(outcome, Refused)


@pytest.mark.parametrize("line", ['- Put "@" before names.', "- Mark gaps with signs such as ~."])
def test_a_sign_that_a_rule_speaks_of_need_not_stand_elsewhere(line: str) -> None:
    for outcome in added(line):
        assert outcome.doubts == ()


def test_a_prompt_is_searched_once_for_many_lines() -> None:
    searched: list[str] = []

    def find(text: str) -> None:
        searched.append(text)

    habits = Habits(PROMPT)
    assert not any(habits.has(find) for _ in range(3))
    assert searched == [PROMPT]
    assert habits.has(re.compile("library").search)


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "https://",
            "a0",
            "`\u201c",
            "\\a",
            "{{a",
            "{%if",
            "??a",
            "A('",
            "''",
            '""a',
            "a b ",
            "0.",
        ),
        *("sh: ", "#### ", "a***", ":aaa", " such as", "\u00c3", "A1a", "[(", ". - A", "$1", "%("),
    ],
)
def test_hostile_lines_take_no_longer_than_others(piece: str) -> None:
    line = "- Greet " + piece * (100_000 // len(piece))
    start = time.process_time()
    outcome = apply_replacements(PROMPT, [(LAST, line)])
    if isinstance(outcome, Patched):
        assert outcome.doubts is not None
    assert time.process_time() - start < 5


def test_the_end_of_a_shell_s_text_is_told() -> None:
    diff = f"@@ -8,2 +8,4 @@\n {LAST}\n+- Ask for the card first.\n+EOF\n {RULE}"
    outcome = apply_diff(PROMPT, diff)
    assert isinstance(outcome, Patched)
    assert any("a shell ends a text so" in one for one in outcome.doubts)


@pytest.mark.parametrize(
    ("slot", "applies"),
    [("search_results", True), ("search_mode", True), ("search", False), ("search_text", False)],
)
def test_a_variable_of_a_search_is_no_slot_for_the_text_that_is_searched(
    slot: str, *, applies: bool
) -> None:
    prompt = "# Desk\n\n{{card_number}}: Ask first.\n{{result_limit}}: Then act.\n"
    rows = f" {{{{card_number}}}}: Ask first.\n+{{{{{slot}}}}}: Name the source.\n"
    last = " {{result_limit}}: Then act.\n"
    assert isinstance(apply_diff(prompt, f"@@ -3,2 +3,3 @@\n{rows}{last}"), Patched) is applies
