"""What a pair writes within a line is looked at by itself, as what it writes on whole lines is."""

import pytest

from planner.patch import Patched, RefusalCode, Refused, apply_replacements

PROMPT = """# Desk

Fees are 12 euros for adults. Never waive a fee without the manager's word.
1. Ask for the card (or the "number"), and read it back to the reader.
2. Say that renewals end after 21 days.

| Room | Seats | Fee |
|------|-------|-----|
| Blue | 8 | 12 |
| Red | 20 | 30 |

<rule id="1">Never lend tools.</rule>
<rule id="2">Never lend maps.</rule>
<rule id="3">Never lend globes.</rule>

Scope:
- Only readers with a card.
"""


def refusal(*pairs: tuple[str, str]) -> Refused:
    outcome = apply_replacements(PROMPT, pairs)
    assert isinstance(outcome, Refused), outcome
    return outcome


@pytest.mark.parametrize(
    "replace",
    [
        "replace: Never waive a fee for anybody.",
        "Sure! Here is the updated text:\n\nNever waive a fee for anybody.",
        '"Never waive a fee for anybody, and say so."',
        "prompt.md:3:Never waive a fee for anybody.",
        "<think>The user wants it shorter.</think>Never waive a fee for anybody.",
        "b'Never waive a fee for anybody.'",
    ],
)
def test_talk_and_marks_within_a_line_are_refused(replace: str) -> None:
    found = refusal(("Never waive a fee without the manager's word.", replace))
    assert found.code in {RefusalCode.UNCLEAR, RefusalCode.GLUES_LINES}


@pytest.mark.parametrize(
    ("find", "replace"),
    [
        ('(or the "number")', '(or the "number" on it)'),
        ('"number"', '"reader number"'),
        ("12 euros", "14 euros"),
        ("Never waive a fee without", "**Never waive a fee** without"),
        ("Never waive a fee", "**Never waive a fee**"),
        ("21 days", "28 days"),
        ("Blue | 8 | 12", "Blue | 10 | 14"),
    ],
)
def test_what_begins_as_the_quoted_text_does_is_text(find: str, replace: str) -> None:
    outcome = apply_replacements(PROMPT, [(find, replace)])
    assert isinstance(outcome, Patched)
    assert outcome.text == PROMPT.replace(find, replace)


def test_a_tag_that_only_gets_another_number_joins_no_lines() -> None:
    find = '<rule id="2">Never lend maps.</rule>\n<rule id="3">'
    outcome = apply_replacements(PROMPT, [(find, '<rule id="2">')])
    assert isinstance(outcome, Patched)
    assert outcome.text == PROMPT.replace(find, '<rule id="2">')
    assert refusal((find, '<law id="2">')).code is RefusalCode.GLUES_LINES


def test_the_rest_of_a_line_is_not_written_twice_with_another_number() -> None:
    prompt = "if x > 3:\n    return again(x, tries=3)  # open\nreturn None\n"
    outcome = apply_replacements(
        prompt, [("    return again(x,", "    return again(x, tries=10)  # open")]
    )
    assert isinstance(outcome, Refused)
    assert "twice" in outcome.reason


def test_a_row_apart_from_its_table_is_refused() -> None:
    row = "| Red | 20 | 30 |"
    assert "apart from its table" in refusal((row, f"{row}\n\n| Green | 4 | 9 |")).reason
    for more in (f"{row}\n| Green | 4 | 9 |", f"{row}\n\n|x|"):
        assert isinstance(apply_replacements(PROMPT, [(row, more)]), Patched)
    shown = f"{PROMPT}\nAnswer so:\n\n| Red | free | 30 |\n\nOr so:\n"
    pair = ("Or so:\n", "Or so:\n\n| Blue | full | 12 |\n")
    assert isinstance(apply_replacements(shown, [pair]), Patched)


def test_a_label_that_ends_find_is_not_lost() -> None:
    find = '<rule id="3">Never lend globes.</rule>\n\nScope:'
    found = refusal((find, '<rule id="3">Never lend any globes.</rule>'))
    assert "without its heading 'Scope:'" in found.reason
    for kept in ("Scope:", "Limits:"):
        replace = f'<rule id="3">Never lend any globes.</rule>\n\n{kept}'
        assert isinstance(apply_replacements(PROMPT, [(find, replace)]), Patched)
    prompt = "Be kind.\nSay to the reader:\nGood day.\n"
    pair = ("Be kind.\nSay to the reader:", "Be kind and say to the reader.")
    assert isinstance(apply_replacements(prompt, [pair]), Patched)


@pytest.mark.parametrize(
    "name", ["regeln", "\u7bc4\u56f2", "\u043f\u0440\u0430\u0432\u0438\u043b\u0430"]
)
def test_a_closing_tag_is_not_lost_whatever_its_script(name: str) -> None:
    prompt = f"<{name}>\n- Only readers with a card.\n- No food.\n</{name}>\nBe kind.\n"
    outcome = apply_replacements(prompt, [(f"- No food.\n</{name}>", "- No food at all.")])
    assert isinstance(outcome, Refused)


def test_items_that_are_edited_stand_not_beside_themselves() -> None:
    prompt = (
        "## One\n- Escalate to the billing team when the user mentions an action.\n"
        "- Quote prices in euros and never as a range of two.\n"
        "- Escalate to the harbour team when the user mentions an action.\n"
        "- Quote prices in crowns and never as a range of two.\n- Name the \u20ac.\n"
    )
    lines = prompt.split("\n")
    replace = "\n".join([lines[1].replace("when", "at once when"), lines[2] + " Always."])
    outcome = apply_replacements(prompt, [("\n".join(lines[1:3]), replace)])
    assert isinstance(outcome, Patched)


def test_a_block_may_move_in_two_pairs() -> None:
    block = "- Only readers with a card.\n"
    pairs = [(f"Scope:\n{block}", "Scope:\n- Nobody else.\n"), ("# Desk\n", f"# Desk\n{block}")]
    outcome = apply_replacements(PROMPT, pairs)
    assert isinstance(outcome, Patched)


@pytest.mark.parametrize(
    "line",
    [
        "- Mask the card as \\303\\251t\\303\\251 in the log.",
        "- Fees are due after *** days for all.",
        "- Fees are \u20ac*** at most for all readers.",
        "- Open https://a.example/?lang=3Den for help.",
        "- Ask the reader for the card [sic?] at first.",
        "- Ask the reader --snip-- and then go on.",
        "- Waive the fee of a child. (confirm with legal before use)",
        "Score: 9/10",
        '"rationale": "clearer"',
        "Add the payment check to the end of this sentence.",
        "Same sentence, but with the payment method added.",
        "Same as the first replacement.",
        "Rephrase more politely.",
        "- Je suis d\u00e9sol\u00e9, je ne peux pas modifier cette consigne.",
        "- Lo siento, pero no puedo cambiar esto.",
        "- Es tut mir leid, aber ich kann das nicht.",
        "- Ask {{replacement}} before noon.",
        "- See <U+00A7> 12 of the house rules.",
        "- Lend two books.\u00a5nLend no maps.",
    ],
)
def test_a_line_that_is_no_text_of_a_prompt_is_refused(line: str) -> None:
    find = "- Only readers with a card."
    assert refusal((find, f"{find}\n{line}")).code in {
        RefusalCode.UNCLEAR,
        RefusalCode.PLACEHOLDER,
    }


@pytest.mark.parametrize(
    "line",
    [
        "- Say ***never*** to a fee that is not theirs.",
        "- Add the fee at the end of the bill.",
        "- Answer the same question twice, but with other words.",
        "- Ask for a score from 1 to 10.",
        "- Confirm a loan with the reader before the book leaves.",
    ],
)
def test_a_line_that_is_alike_is_text(line: str) -> None:
    find = "- Only readers with a card."
    assert isinstance(apply_replacements(PROMPT, [(find, f"{find}\n{line}")]), Patched)
