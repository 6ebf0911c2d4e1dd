"""What a transport put round both texts of a pair is no text of it."""

import pytest

from planner.patch import Patched, RefusalCode, Refused, apply_replacements

PROMPT = """You help readers.

- Greet the reader by name, once a day.
- Answer {"status": "open"} when asked <for> it.
- 常に丁寧な言葉で答えてください。
"""
OLD = "- Greet the reader by name, once a day."
NEW = "- Greet the reader by the first name, once a day."
DRESSES = [
    '"{}"',
    "'{}'",
    "`{}`",
    '"""{}"""',
    '"""\n{}\n"""',
    "\u201c{}\u201d",
    "\u00ab{}\u00bb",
    "<![CDATA[{}]]>",
    "<pre>{}</pre>",
    "\ufeff{}",
    "\n\n{}\n\n",
    "```\n{}\n```",
]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("dress", DRESSES)
def test_what_dresses_both_texts_is_taken_off(dress: str, ending: str) -> None:
    prompt = PROMPT.replace("\n", ending)
    outcome = apply_replacements(prompt, [(dress.format(OLD), dress.format(NEW))])
    assert isinstance(outcome, Patched)
    assert outcome.text == prompt.replace(OLD, NEW)


@pytest.mark.parametrize("dress", DRESSES[:-1])
def test_what_dresses_one_text_stays_a_difference(dress: str) -> None:
    assert isinstance(apply_replacements(PROMPT, [(dress.format(OLD), NEW)]), Refused)


def test_a_fence_round_find_alone_shows_it() -> None:
    outcome = apply_replacements(PROMPT, [(f"```\n{OLD}\n```", NEW)])
    assert isinstance(outcome, Patched)
    assert outcome.text == PROMPT.replace(OLD, NEW)


@pytest.mark.parametrize("marks", [("'", '"'), ("<a>", "</a>"), ("`", "'")])
def test_two_dresses_are_a_difference(marks: tuple[str, str]) -> None:
    first, second = marks
    pair = (f"{first}{OLD}{first}", f"{second}{NEW}{second}")
    assert isinstance(apply_replacements(PROMPT, [pair]), Refused)


def test_a_quoted_name_is_a_text_of_the_prompt_that_may_have_changed() -> None:
    refused = apply_replacements(PROMPT, [('"by name"', '"by first name"')])
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.NO_MATCH


def test_a_line_in_japanese_has_words() -> None:
    old, new = "- 常に丁寧な言葉で答えてください。", "- 常に簡潔な言葉で答えてください。"
    outcome = apply_replacements(PROMPT, [(f"'{old}'", f"'{new}'")])
    assert isinstance(outcome, Patched)
    assert outcome.text == PROMPT.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('\\"status\\": \\"open\\"', '\\"status\\": \\"shut\\"'),
        ("&quot;status&quot;: &quot;open&quot;", "&quot;status&quot;: &quot;shut&quot;"),
    ],
)
def test_escapes_of_both_texts_are_undone(old: str, new: str) -> None:
    outcome = apply_replacements(PROMPT, [(old, new)])
    assert isinstance(outcome, Patched)
    assert outcome.text == PROMPT.replace("open", "shut")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('\\"status\\": \\"open\\"', '"status": \\"shut\\"'),
        ("asked &lt;for&gt; it", "asked <for> it &amp; once"),
    ],
)
def test_texts_that_are_escaped_in_parts_are_a_difference(old: str, new: str) -> None:
    assert isinstance(apply_replacements(PROMPT, [(old, new)]), Refused)


def test_the_same_pair_said_twice_is_done_once() -> None:
    outcome = apply_replacements(PROMPT, [(OLD, NEW), (OLD, NEW)])
    assert isinstance(outcome, Patched)
    assert outcome.text == PROMPT.replace(OLD, NEW)
    assert isinstance(apply_replacements(PROMPT, [(OLD, NEW), (OLD, f"{NEW} ")]), Refused)
