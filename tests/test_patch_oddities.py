"""New lines that are unlike the prompt: applied, and told to a person."""

import pytest

from planner.models import Agent, FlagCode, Student
from planner.operations import Op, Tier
from planner.patch import Patched, Refused, apply_diff, apply_replacements
from planner.risk import assign_tiers, read_policy
from tests.builders import item, settled

PROMPT = """You help the guests of a hotel. You are brief and friendly.

# Rules
- Greet the guest by name.
- Ask for the room number.
- Call the desk after {minutes} minutes.
- Answer in the guest's language.

```sh
ls -l
```
"""
RULE = "- Ask for the room number."

ODD = [
    ("a sign that stands nowhere else", "- Refund up to $AMOUNT per stay.", "$"),
    ("a slot", "- Reply within N days.", "within N"),
    ("a word twice", "- Ask for the the room number.", "the the"),
    ("no blank after a stop", "- Ask for the room.Then call.", "blank"),
    ("a blank before a stop", "- Ask for the room , then call.", "blank"),
    ("a bracket that nothing closes", "- Ask for the room or the name).", "()"),
    ("a quotation mark that nothing closes", '- Say welcome" to the guest.', "quotation"),
    ("a backtick that nothing closes", "- Write ls` to the guest.", "backtick"),
    ("a small letter where all have a capital", "- sk for the room number.", "small letter"),
    (
        "a word of another script",
        "- Ask for the \u043d\u043e\u043c\u0435\u0440 of the room.",
        "script",
    ),
]
USUAL = [
    "- Ask for the room number and the name.",
    "- **Never** ask for a card number.",
    "- Write `$HOME` for the guest.",
    "- Ask for $20 at most (see https://example.com/a_b?c=d).",
    "- Send complaints to desk@example.com.",
    "- Say that that room is taken.",
    "- \u0421\u043f\u0440\u043e\u0441\u0438 \u043d\u043e\u043c\u0435\u0440.",
    "- Ask twice where {minutes} < 5.",
    "- [ ] Ask for the room number.",
    "## Names",
]


def diff_of(line: str) -> str:
    above, below = f" {RULE}", " - Call the desk after {minutes} minutes."
    return f"@@ -5,2 +5,3 @@\n{above}\n+{line}\n{below}\n"


@pytest.mark.parametrize(("line", "told"), [row[1:] for row in ODD])
def test_what_is_unlike_the_prompt_is_applied_and_told(line: str, told: str) -> None:
    outcomes = [
        apply_replacements(PROMPT, [(RULE, f"{RULE}\n{line}")]),
        apply_diff(PROMPT, diff_of(line)),
    ]
    applied = [outcome for outcome in outcomes if isinstance(outcome, Patched)]
    assert applied
    for outcome in applied:
        assert outcome.text == PROMPT.replace(RULE, f"{RULE}\n{line}")
        assert told in " ".join(outcome.doubts)


@pytest.mark.parametrize(
    ("text", "told"),
    [("You are brief, and never rude to any", "'any'"), ("You are brief and fri", "full stop")],
)
def test_a_paragraph_that_breaks_off_is_told(text: str, told: str) -> None:
    prompt = "You help.\n\nYou are brief.\n\nYou are friendly.\n\nYou know the house.\n"
    old = "You are brief."
    diff = f"@@ -3 +3 @@\n-{old}\n+{text}\n"
    outcome = apply_diff(prompt, diff)
    assert isinstance(outcome, Patched)
    assert told in " ".join(outcome.doubts)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("diff --git a/rules.md b/rules.md.", "a diff has such lines"),
        ("AI: Be kind to all of the guests.", "who speaks"),
        ("End no line with ... but with a full stop.", "dots"),
    ],
)
def test_lines_of_diffs_speakers_and_dots_are_told(line: str, told: str) -> None:
    diff = f"@@ -1 +1,2 @@\n {PROMPT.splitlines()[0]}\n+{line}\n"
    outcome = apply_diff(PROMPT, diff)
    assert isinstance(outcome, Patched)
    assert told in " ".join(outcome.doubts)


@pytest.mark.parametrize(
    "lines",
    [
        "You are brief, and you call the\ndesk where that is of any help.",
        "Name: what the guest is called\nRoom: where the guest sleeps now",
        "User: I cannot find my key.\nAssistant: I call the desk for you.",
    ],
)
def test_lines_that_go_on_and_lists_of_another_kind_are_usual(lines: str) -> None:
    prompt = "You help.\n\nYou are brief.\n\nYou are friendly.\n\nYou know the house.\n"
    outcome = apply_replacements(prompt, [("You help.\n", f"You help.\n\n{lines}\n")])
    assert isinstance(outcome, Patched)
    assert outcome.doubts == ()


@pytest.mark.parametrize("line", USUAL)
def test_what_a_prompt_of_this_kind_says_is_not_told(line: str) -> None:
    outcome = apply_replacements(PROMPT, [(RULE, f"{RULE}\n{line}")])
    assert isinstance(outcome, Patched)
    assert outcome.doubts == ()


def test_the_prompt_itself_is_the_yardstick() -> None:
    prompt = PROMPT.replace(RULE, "- Refund up to $AMOUNT per stay")
    outcome = apply_replacements(
        prompt, [("- Greet the guest by name.", "- Greet $AMOUNT guests.")]
    )
    assert isinstance(outcome, Patched)
    assert outcome.doubts == ()


def test_a_line_of_code_is_not_looked_at() -> None:
    outcome = apply_replacements(PROMPT, [("ls -l", "ls -l | sort > $OUT")])
    assert isinstance(outcome, Patched)
    assert outcome.doubts == ()


def test_no_policy_makes_it_auto() -> None:
    policy = read_policy(b'[tiers]\npatch_system_prompt = "auto"\n', where="policy.toml")
    student = Student(agents={"coder": Agent(system_prompt=PROMPT)})
    for line, code, tier in (
        ("- Refund up to $AMOUNT per stay.", FlagCode.UNUSUAL_TEXT, Tier.REVIEW),
        ("- Ask for the name.", None, Tier.AUTO),
    ):
        payload = {"agent": "coder", "diff": diff_of(line)}
        (edit,) = settled(item(Op.PATCH_SYSTEM_PROMPT, payload=payload), student=student).edits
        (tiered,) = assign_tiers([edit], policy)
        assert [flag.code for flag in tiered.flags] == ([code] if code else [])
        assert tiered.risk_tier is tier


def test_half_a_block_of_a_template_is_told_in_the_plan() -> None:
    student = Student(agents={"coder": Agent(system_prompt=PROMPT)})
    payload = {"agent": "coder", "diff": diff_of("- Ask for {% if strict %}the name.")}
    (edit,) = settled(item(Op.PATCH_SYSTEM_PROMPT, payload=payload), student=student).edits
    assert "template's block" in " ".join(flag.message for flag in edit.flags)


def test_a_patch_of_very_many_lines_is_for_people() -> None:
    many = "\n".join(f"- Ask for the number {at}" for at in range(2_000))
    prompt = "- Ask for a number\n- Call the desk\n- Greet the guest\n"
    outcome = apply_replacements(prompt, [("- Call the desk", many)])
    assert isinstance(outcome, Patched)
    assert outcome.doubts == ("It has more than 500 new lines.",)


CODE = """Run this when a reader asks for a code:

```python
import re
NUMBER = re.compile(r"\\d{5}-\\w+")
PATH = open("C:/temp/list.txt")
```

Then tell the reader what you found in it.
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('NUMBER = re.compile(r"\\d{5}-\\w+")', 'NUMBER = re.compile(r"d{6}-w+")'),
        ('NUMBER = re.compile(r"\\d{5}-\\w+")', 'NUMBER = re.compile(r"\\\\d{6}-\\\\w+")'),
        ('PATH = open("C:/temp/list.txt")', 'PATH = open(\\"C:/temp/list.txt\\")  # all'),
    ],
)
def test_backslashes_that_were_lost_or_added_in_code_are_told(old: str, new: str) -> None:
    outcome = apply_diff(CODE, f"@@ @@\n-{old}\n+{new}\n")
    assert isinstance(outcome, Refused) or any("backslashes" in one for one in outcome.doubts)


def test_code_that_keeps_its_backslashes_is_not_told() -> None:
    diff = '@@ @@\n-NUMBER = re.compile(r"\\d{5}-\\w+")\n+NUMBER = re.compile(r"\\d{6}-\\w+")\n'
    outcome = apply_diff(CODE, diff)
    assert isinstance(outcome, Patched)
    assert outcome.doubts == ()


FRENCH = """Vous aidez les lecteurs de la biblioth\u00e8que dans une ville.

- Ne donnez pas de conseils pour les achats.
- Saluez les clients et dites quand les livres sont dus.
- Une question est pos\u00e9e par message dans le chat.
"""


@pytest.mark.parametrize("word", ["poliment", "pr\u00e9cis\u00e9ment", "couramment"])
def test_french_adverbs_are_words(word: str) -> None:
    old = "- Saluez les clients et dites quand les livres sont dus."
    new = f"- Saluez {word} les clients et dites quand les livres sont dus."
    outcome = apply_replacements(FRENCH, [(old, new)])
    assert isinstance(outcome, Patched)
    assert outcome.doubts == ()


SLOTS = """Greet the reader, {{first_name}}, and give the number {{card}} of the card.

- Gr\u00fc\u00dfe alle Leser h\u00f6flich.
- Send the form to desk@lumen.example when it is asked for.
"""


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("reader, {{first_name}}, and", "reader, Anna, and", "first_name"),
        ("to desk@lumen.example when", "to the desk when", "desk@lumen"),
        ("h\u00f6flich", "immer hoflich", "h\u00f6flich"),
    ],
)
def test_what_an_edited_line_lost_is_told(old: str, new: str, why: str) -> None:
    outcome = apply_replacements(SLOTS, [(old, new)])
    assert isinstance(outcome, Patched)
    assert any(why in one for one in outcome.doubts)


def test_a_line_that_moves_is_not_unlike_the_prompt() -> None:
    prompt = "Rules for all\n\n- limits: none given\n- Be kind.\n- Be brief.\n- Be true.\n"
    moved = "- limits: none given\n"
    diff = f"@@ @@\n-{moved} - Be kind.\n - Be brief.\n+{moved} - Be true.\n"
    outcome = apply_diff(prompt, diff)
    assert isinstance(outcome, Patched)
    assert outcome.doubts == ()


@pytest.mark.parametrize(
    ("line", "is_told"),
    [
        ("- Ask for 1) the room, 2) the name and 3) the day.", False),
        ("- Ask for a) the room and b) the name.", False),
        ("- Ask for the room) and the name.", True),
        ("- Ask (see item 2) for the room.", False),
    ],
)
def test_points_within_a_sentence_need_no_opening_bracket(line: str, is_told: object) -> None:
    outcome = apply_replacements(PROMPT, [(RULE, f"{RULE}\n{line}")])
    assert isinstance(outcome, Patched)
    assert any("do not match" in one for one in outcome.doubts) is is_told


def test_a_name_may_begin_a_line_of_a_script_without_capitals() -> None:
    prompt = PROMPT + "- \u5e38\u306b\u4e01\u5be7\u306a\u8a00\u8449\u3067\u7b54\u3048\u308b\u3002\n"
    rule = prompt.splitlines()[-1]
    line = "- invoice\u306e\u4ef6\u306f\u5fc5\u305a\u78ba\u8a8d\u3059\u308b\u3002"
    outcome = apply_replacements(prompt, [(rule, f"{rule}\n{line}")])
    assert isinstance(outcome, Patched)
    assert not any("small letter" in one for one in outcome.doubts)
    english = apply_replacements(prompt, [(RULE, f"{RULE}\n- invoice checks are for the desk.")])
    assert isinstance(english, Patched)
    assert any("small letter" in one for one in english.doubts)
