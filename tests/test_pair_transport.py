"""What a transport put round both texts of a pair is no text of it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize("dress", DRESSES)
def test_what_dresses_find_alone_shows_it(dress: str) -> None:
    outcome = apply_replacements(PROMPT, [(dress.format(OLD), NEW)])
    assert isinstance(outcome, Patched)
    assert outcome.text == PROMPT.replace(OLD, NEW)


@pytest.mark.parametrize("dress", [one for one in DRESSES if "\n\n" not in one])
def test_what_dresses_replace_alone_would_be_written(dress: str) -> None:
    outcome = apply_replacements(PROMPT, [(OLD, dress.format(NEW))])
    assert isinstance(outcome, Refused) or outcome.doubts


@pytest.mark.parametrize("marks", [("'", '"'), ("<a>", "</a>"), ("`", "'")])
def test_two_dresses_are_a_difference(marks: tuple[str, str]) -> None:
    first, second = marks
    pair = (f"{first}{OLD}{first}", f"{second}{NEW}{second}")
    assert isinstance(apply_replacements(PROMPT, [pair]), Refused)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("12: {}", "12: {}"),
        ("L12| {}", "L12| {}"),
        ("  12\t{}", "  12\t{}"),
        ("> {}", "> {}"),
        ("-{}", "+{}"),
        ("FIND: {}", "REPLACE: {}"),
        ("**Old:**\n{}", "**New:**\n{}"),
        ("<find>{}</find>", "<replace>{}</replace>"),
        ("<<<<<<< SEARCH\n{}\n=======", "{}\n>>>>>>> REPLACE"),
        ("  {}  ", "  {}  "),
        ("  {}  ", "{}"),
    ],
)
def test_what_stands_before_the_lines_of_both_is_taken_off(old: str, new: str) -> None:
    outcome = apply_replacements(PROMPT, [(old.format(OLD), new.format(NEW))])
    assert isinstance(outcome, Patched)
    assert outcome.text == PROMPT.replace(OLD, NEW)


@pytest.mark.parametrize(
    ("find", "replace"),
    [
        (f"{OLD}\n", NEW),
        (f"\n{OLD}", NEW),
        (f"\n{OLD}\n", NEW),
        (OLD[2:], NEW),
        (OLD[2:-1], NEW),
        (OLD[:-1], NEW),
        (OLD, NEW),
    ],
)
def test_an_edge_that_only_one_text_has_stays_in_the_prompt(find: str, replace: str) -> None:
    outcome = apply_replacements(PROMPT, [(find, replace)])
    assert isinstance(outcome, Patched)
    assert outcome.text == PROMPT.replace(OLD, NEW)


@pytest.mark.parametrize("replace", ["", "- Greet all, "])
def test_a_line_break_may_be_meant_to_go(replace: str) -> None:
    outcome = apply_replacements(
        "- a.\n- Greet all\nby name.\n- b.\n", [("- Greet all\n", replace)]
    )
    assert isinstance(outcome, Refused) or outcome.text.count("\n") == 3


@pytest.mark.parametrize(
    ("find", "replace", "after"),
    [
        ("## Tone\n", "## Voice", "## Voice\nx\n"),
        ("Tone", "## Voice", "## Voice\nx\n"),
        ("Tone", "Voice", "## Voice\nx\n"),
    ],
)
def test_so_it_is_with_headings(find: str, replace: str, after: str) -> None:
    outcome = apply_replacements("## Tone\nx\n", [(find, replace)])
    assert isinstance(outcome, Patched)
    assert outcome.text == after


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


def test_values_that_were_mixed_up_are_refused() -> None:
    lines = [
        "- Greet the reader by name at the desk.",
        "- Tell all readers when their books are due.",
        "- Never lend a book that someone has reserved.",
    ]
    new = [line.replace(".", ", always.") for line in lines]
    prompt = "".join(f"{line}\n" for line in lines)
    outcome = apply_replacements(prompt, list(zip(lines, new[1:] + new[:1], strict=True)))
    assert isinstance(outcome, Refused)
    assert "looks like the new text of pair 2" in outcome.reason
    assert isinstance(apply_replacements(prompt, list(zip(lines, new, strict=True))), Patched)


def test_texts_may_change_places() -> None:
    one, other = "- Greet the reader by name.", "- Tell when books are due."
    outcome = apply_replacements(f"{one}\n{other}\n", [(one, other), (other, one)])
    assert isinstance(outcome, Patched)
    assert outcome.text == f"{other}\n{one}\n"


def test_an_indentation_in_a_marked_replace_is_kept() -> None:
    prompt = "- a one.\n  - Greet the reader by name.\n  - b two.\n"
    find = "<<<<<<< SEARCH\n  - Greet the reader by name.\n======="
    outcome = apply_replacements(prompt, [(find, "  - Greet all by name.\n>>>>>>> REPLACE")])
    assert isinstance(outcome, Patched)
    assert outcome.text == prompt.replace("the reader", "all")


def test_a_list_s_sign_before_plain_text_is_no_sign_of_a_diff() -> None:
    assert isinstance(
        apply_replacements(
            "Greet the reader by name.\n", [("- Greet the reader by name.", "- Greet all by name.")]
        ),
        Refused,
    )


@pytest.mark.parametrize(
    "unit",
    [" ", "\n", '"', "`", "<a>", "</a>", "> ", "1: ", "- ", "\\", "&lt;", "\\u00e4", "= ", "a "],
)
@pytest.mark.parametrize(
    "start", ["", '"', "<a>", "<<<<<<< SEARCH\n", "Find: ", "```\n", "  x", "\ufeff"]
)
def test_a_hostile_pair_takes_no_longer_than_its_length(start: str, unit: str) -> None:
    text = start + unit * (100_000 // len(unit)) + "b"
    begun = time.process_time()
    apply_replacements(PROMPT, [(text, f"{text} c")])
    apply_replacements(PROMPT, [(OLD, text)])
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("spelt", "written"), [("\\ud83d\\ude42", "\U0001f642"), ("\\ud83d", None)]
)
def test_characters_that_both_texts_spell_are_written_whole(
    spelt: str, written: str | None
) -> None:
    prompt = "- Gr\u00fc\u00dfe alle Leser am Morgen.\n"
    find = "- Gr\\u00fc\\u00dfe alle Leser am Morgen."
    outcome = apply_replacements(prompt, [(find, f"{find} {spelt}")])
    if isinstance(outcome, Patched):
        assert outcome.text.encode()
    if written:
        assert isinstance(outcome, Patched)
        assert outcome.text == prompt.replace("n.", f"n. {written}")


INDENTED = """rules:
  - Greet the reader.
    - Say "welcome" first.
    - Use the first name.
  - Close the desk at five.
"""
LINE, BELOW = '    - Say "welcome" first.', "    - Be kind."
NUMBERS = ["{}\t", "{:6}\t", "{:4}\u2192", "{}: ", "{}:", "{:4} | ", "L{}: ", "> ", ">"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("is_shown_in_find_alone", [False, True])
def test_a_number_before_a_line_takes_no_blank_of_its_indentation(
    number: str, *, is_shown_in_find_alone: bool
) -> None:
    starts = [number.format(at) for at in (3, 4)]
    replace = (
        f"{LINE}\n{BELOW}" if is_shown_in_find_alone else f"{starts[0]}{LINE}\n{starts[1]}{BELOW}"
    )
    outcome = apply_replacements(INDENTED, [(starts[0] + LINE, replace)])
    assert isinstance(outcome, Patched)
    assert outcome.text == INDENTED.replace(LINE, f"{LINE}\n{BELOW}")


@pytest.mark.parametrize(
    ("find", "replace"),
    [
        (LINE.replace('"', '\\"'), f"{LINE}\n{BELOW}".replace('"', '\\"')),
        (LINE.replace('"', '\\"'), f"{LINE}\n{BELOW}"),
        (LINE[1:], f"{LINE}\n{BELOW}"),
        (LINE[3:], f"{LINE}\n{BELOW}"),
        (LINE.lstrip(), f"{LINE}\n{BELOW}"),
    ],
)
def test_a_blank_that_find_lost_is_none_of_new_lines(find: str, replace: str) -> None:
    outcome = apply_replacements(INDENTED, [(find, replace)])
    assert isinstance(outcome, Patched)
    assert outcome.text == INDENTED.replace(LINE, f"{LINE}\n{BELOW}")


def test_a_sign_before_the_first_lines_alone_is_taken_off() -> None:
    outcome = apply_replacements(INDENTED, [(f"> {LINE}", f"> {BELOW}\n{LINE}")])
    assert isinstance(outcome, Patched)
    assert outcome.text == INDENTED.replace(LINE, f"{BELOW}\n{LINE}")


def test_numbers_before_some_lines_of_replace_are_a_difference() -> None:
    for replace in (f"3: {LINE}\n4: {BELOW}\n    - x", f"{LINE}\n4: {BELOW}"):
        outcome = apply_replacements(INDENTED, [(f"3: {LINE}", replace)])
        assert isinstance(outcome, Refused)
        assert outcome.code is RefusalCode.NO_MATCH


def test_line_breaks_that_one_pair_spells_are_spelt_in_all() -> None:
    first = ("- Greet the reader.\\n    - Say", "- Greet all.\\n    - Say")
    second = ("  - Close the desk at five.", "  - Close the desk at five.\\n  - Lock it at night.")
    outcome = apply_replacements(INDENTED, [first, second])
    assert isinstance(outcome, Patched)
    assert outcome.text.endswith("at five.\n  - Lock it at night.\n")
    alone = apply_replacements(INDENTED, [second])
    assert isinstance(alone, Refused) or alone.doubts


@pytest.mark.parametrize(
    ("first", "second"),
    [("{}\n```", "{}\n```"), ("```\n{}", "```\n{}"), ("```text\n{}", "```text\n{}")],
)
def test_a_fence_left_over_in_each_of_two_pairs_makes_no_block(first: str, second: str) -> None:
    lines = ("  - Greet the reader.", "  - Close the desk at five.")
    new = ("  - Greet the readers.", "  - Close the desk at six.")
    pairs = [(lines[0], first.format(new[0])), (lines[1], second.format(new[1]))]
    assert isinstance(apply_replacements(INDENTED, pairs), Refused)


def test_one_pair_may_open_a_block_that_another_one_closes() -> None:
    prompt = "Answer so:\n{answer}\nAnd no more.\n"
    pairs = [("Answer so:", "Answer so:\n```text"), ("And no more.", "```\nAnd no more.")]
    outcome = apply_replacements(prompt, pairs)
    assert isinstance(outcome, Patched)
    assert outcome.text == "Answer so:\n```text\n{answer}\n```\nAnd no more.\n"


@pytest.mark.parametrize("number", ["-5", "(-5", "\u22125"])
def test_a_number_is_not_quoted_without_its_minus(number: str) -> None:
    prompt = f"Keep it at {number} degrees at most.\n"
    pair = ("5 degrees at most", "6 degrees at most")
    assert isinstance(apply_replacements(prompt, [pair]), Refused)
    between = apply_replacements(prompt.replace(number, "3 - 5"), [pair])
    assert isinstance(between, Patched)


@pytest.mark.parametrize(
    "below", ['\nFor instance:\n```json\n{"ok": true}\n```', "  \nOne object is enough."]
)
def test_code_or_a_line_below_a_hard_break_may_stand_right_below_an_item(below: str) -> None:
    prompt = "- Answer in JSON.\n- Be brief.\n"
    written = "- Answer in plain JSON." + below
    outcome = apply_replacements(prompt, [("- Answer in JSON.", written)])
    assert isinstance(outcome, Patched)
    assert outcome.text == prompt.replace("- Answer in JSON.", written)
    bare = apply_replacements(prompt, [("- Answer in JSON.", written.replace("  \n", "\n"))])
    assert isinstance(bare, Patched) is below.startswith("\n")


@pytest.mark.parametrize("margin", ["    ", "\t", "  "])
def test_the_indentation_of_quotes_that_close_a_text_is_none_of_the_next_line(margin: str) -> None:
    pair = (f"rules:\n  - Greet the reader.\n{margin}", f"rules:\n  - Greet all.\n{margin}")
    prompt = INDENTED.replace('    - Say "welcome" first.', "  - Say so.")
    outcome = apply_replacements(prompt, [pair])
    assert isinstance(outcome, Patched)
    assert outcome.text == prompt.replace("Greet the reader", "Greet all")


REFUSED_MARGINS = {
    "half of it lost": (LINE[2:], f"{LINE[2:]}\n{BELOW[2:]}"),
    "lost in replace": (LINE, f"{LINE.lstrip()}\n{BELOW}"),
    "lost in replace, by a new line": (LINE, f"{BELOW.lstrip()}\n{LINE}"),
    "lost in replace, with more below": (
        f"{LINE}\n    - Use the first name.\n  - Close",
        f"{LINE.lstrip()}\n    - Use the first name.\n    - Be kind.\n  - Close",
    ),
    "shifted in find": (f"  {LINE}\n      - Use the first name.", f"  {LINE}\n  {BELOW}"),
    "shifted in both": (f"  {LINE}", f"  {LINE}\n  {BELOW}"),
    "cut in it": (f"{LINE}\n    - Use the first name.", f"{LINE}\n    "),
    "quoted": (LINE, f"> {LINE}\n> {BELOW}"),
}


@pytest.mark.parametrize("pair", REFUSED_MARGINS.values(), ids=REFUSED_MARGINS)
def test_an_indentation_that_only_some_lines_have_is_refused(pair: tuple[str, str]) -> None:
    assert isinstance(apply_replacements(INDENTED, [pair]), Refused)


@pytest.mark.parametrize(
    ("find", "replace"),
    [
        (f"{LINE}\n    - Use the first name.", "    - Use the first name."),
        (f"{LINE.lstrip()}\n    - Use the first name.", "    - Use the first name."),
        ("  - Greet the reader.\n    - Say", "  - Greet all.\n    - Say"),
        ("    - Use the first name.\n  - Close", "  - Close"),
    ],
)
def test_lines_may_go_above_others_of_another_depth(find: str, replace: str) -> None:
    outcome = apply_replacements(INDENTED, [(find, replace)])
    assert isinstance(outcome, Patched)
    whole = find if find.startswith(" ") else f"    {find}"
    assert outcome.text == INDENTED.replace(whole, replace)


def test_a_label_takes_no_indentation_of_its_text() -> None:
    for label in ("FIND:\n", "Find: ", "OLD:\n"):
        pair = (f"{label}{LINE}", f"{label.replace('FIND', 'REPLACE')}{BELOW}")
        new = {"FIND:\n": "REPLACE:\n", "Find: ": "Replace: ", "OLD:\n": "NEW:\n"}[label]
        outcome = apply_replacements(INDENTED, [(pair[0], f"{new}{BELOW}")])
        assert isinstance(outcome, Patched)
        assert outcome.text == INDENTED.replace(LINE, BELOW)


def test_the_prompt_s_last_line_ends_once() -> None:
    last = "  - Close the desk at five."
    outcome = apply_replacements(INDENTED, [(last, f"{last}\n  - Lock it at night.\n")])
    assert isinstance(outcome, Patched)
    assert outcome.text == f"{INDENTED}  - Lock it at night.\n"


def test_a_branch_of_a_template_is_not_lost() -> None:
    prompt = "{% if gold %}\nBe kind.\n{% else %}\nBe brief.\n{% endif %}\nAsk once.\n"
    pair = ("Be kind.\n{% else %}", "Be kind.\nOffer help.")
    assert isinstance(apply_replacements(prompt, [pair]), Refused)
    kept = apply_replacements(prompt, [("Be kind.\n{% else %}", "Offer help.\n{% else %}")])
    assert isinstance(kept, Patched)
    whole = "{% if gold %}\nBe kind.\n{% else %}\nBe brief.\n{% endif %}\n"
    gone = apply_replacements(prompt, [(whole, "")])
    assert isinstance(gone, Patched)


def test_a_comment_may_follow_code_on_its_line() -> None:
    prompt = "Run it so:\n\n```python\nfor one in all:\n    continue\n```\n"
    outcome = apply_replacements(prompt, [("    continue", "    continue  # nothing to do")])
    assert isinstance(outcome, Patched)
    assert "    continue  # nothing to do\n" in outcome.text


@pytest.mark.parametrize("start", ["[3] ", "0003  | ", "0003\t"])
def test_numbers_may_stand_in_brackets_or_be_padded(start: str) -> None:
    pair = (start + LINE, f"{start}{LINE}\n{start}{BELOW}")
    outcome = apply_replacements(INDENTED, [pair])
    assert isinstance(outcome, Patched)
    assert outcome.text == INDENTED.replace(LINE, f"{LINE}\n{BELOW}")


def test_a_tab_that_both_texts_spell_is_one() -> None:
    prompt = "Hours:\n\tSaturday: ten to two\n"
    outcome = apply_replacements(prompt, [("\\tSaturday: ten", "\\tSaturday: nine")])
    assert isinstance(outcome, Patched)
    assert outcome.text == "Hours:\n\tSaturday: nine to two\n"


QUOTED = (
    "# Mail\n\n> Dear reader,\n> the desk is closed at five,\n> so come before.\n\n- Be kind.\n"
)


def test_a_line_amid_quoted_ones_is_quoted() -> None:
    find = "> the desk is closed at five,"
    bare = apply_replacements(QUOTED, [(find, f"{find}\nin summer at six,")])
    assert isinstance(bare, Refused)
    quoted = apply_replacements(QUOTED, [(find, f"{find}\n> in summer at six,")])
    assert isinstance(quoted, Patched)
    below = apply_replacements(QUOTED, [("> so come before.", "> so come before.\n\nBe brief.")])
    assert isinstance(below, Patched)


def test_mail_s_quotation_of_replace_alone_is_no_text() -> None:
    prompt = "# Rules\n\n- Never name a dose.\n- Never share a card.\n- Be kind.\n"
    find, replace = (
        "- Never name a dose.\n- Never share a card.",
        "{0}- Name no dose.\n{0}- Ask once.",
    )
    assert isinstance(apply_replacements(prompt, [(find, replace.format("> "))]), Refused)
    assert isinstance(apply_replacements(prompt, [(find, replace.format(""))]), Patched)


@pytest.mark.parametrize("find", ["fetch(10)", "rows.fetch(10)"])
def test_a_call_may_be_quoted_without_its_object(find: str) -> None:
    prompt = "```python\nfor row in rows.fetch(10):\n    print(row)\n```\n"
    outcome = apply_replacements(prompt, [(find, find.replace("10", "20"))])
    assert isinstance(outcome, Patched)
    assert outcome.text == prompt.replace("10", "20")
    number = apply_replacements("Use v1.10 of it.\n", [("10 of it", "20 of it")])
    assert isinstance(number, Refused)


def test_a_line_may_be_commented_out() -> None:
    prompt = "<rules>\n  Limit the summary to ten words.\n  Be kind.\n</rules>\n"
    line = "Limit the summary to ten words."
    outcome = apply_replacements(prompt, [(f"  {line}", f"  <!-- {line} -->")])
    assert isinstance(outcome, Patched)
    assert f"  <!-- {line} -->\n" in outcome.text
    note = apply_replacements(prompt, [(f"  {line}", "  <!-- Removed the limit. -->")])
    assert isinstance(note, Refused)


@pytest.mark.parametrize(
    "order",
    ["Change the number as described above.", "Replace with a stricter version of the rule."],
)
def test_an_order_is_no_text(order: str) -> None:
    assert isinstance(apply_replacements(QUOTED, [("- Be kind.", f"- {order}")]), Refused)


def test_what_stays_beside_a_pair_on_its_line_is_not_missing() -> None:
    prompt = "Today is ${TODAY}; it ends at %(end)s.\nWrite to desk@library.example as well.\n"
    prompt += "Match `\\d+` once.\n"
    for pair in (("%(end)s", "%(end)s or when the queue is empty"), (" as well", "")):
        outcome = apply_replacements(prompt, [pair])
        assert isinstance(outcome, Patched)
        assert not any("missing" in one for one in outcome.doubts)
    gone = apply_replacements(prompt, [("Today is ${TODAY}; it", "It")])
    assert isinstance(gone, Refused) or any("missing" in one for one in gone.doubts)


STEPS = """steps:
  - id: test
    run: make test
    on_fail: stop
  - id: ship
    run: make ship
"""


def test_a_block_of_code_may_go() -> None:
    prompt = "Run:\n\n```python\nfor one in all:\n    if one:\n        break\n    use(one)\n```\n"
    block = "    if one:\n        break\n"
    outcome = apply_replacements(prompt, [(block, "")])
    assert isinstance(outcome, Patched)
    assert outcome.text == prompt.replace(block, "")


def test_a_step_may_have_a_value_that_the_one_beside_it_has() -> None:
    new = "  - id: scan\n    run: make scan\n    on_fail: stop\n"
    outcome = apply_replacements(STEPS, [("  - id: ship\n", f"{new}  - id: ship\n")])
    assert isinstance(outcome, Patched)
    assert outcome.text == STEPS.replace("  - id: ship\n", f"{new}  - id: ship\n")
    again = ("    run: make test\n", "    on_fail: stop\n    run: make test\n")
    assert isinstance(apply_replacements(STEPS, [again]), Refused)


def test_a_key_keeps_one_value() -> None:
    assert isinstance(apply_replacements(STEPS, [("on_fail", "on_fail: report")]), Refused)
    renamed = apply_replacements(STEPS, [("on_fail", "on_error")])
    assert isinstance(renamed, Patched)
    assert "    on_error: stop\n" in renamed.text


_PIECES = st.sampled_from(
    [
        *("\n", " ", "- ", "> ", "    ", "```\n", "a b c.\n", "x: y\n", "<t>\n", "...", "12: "),
        *("{% if x %}\n", "{% else %}\n", "\\n", "&lt;", "\u201c", "'", "-5", "\r\n", "# c", ""),
        *("1. a\n", "}", "|a|b|\n"),
    ]
)


@given(st.lists(_PIECES, max_size=8), st.lists(_PIECES, max_size=4), st.lists(_PIECES, max_size=4))
def test_no_pair_raises_on_any_prompt(
    prompt: list[str], find: list[str], replace: list[str]
) -> None:
    outcome = apply_replacements("".join(prompt), [("".join(find), "".join(replace))])
    assert isinstance(outcome, Patched | Refused)
    assert isinstance(outcome, Refused) or list(outcome.doubts) is not None


OWN = "- Store it in C:\\exports\\new\\day.\n- Greet the reader.\n- Close the desk at five.\n"


def test_line_breaks_are_spelt_though_the_prompt_spells_some_of_its_own() -> None:
    find = "- Greet the reader.\\n- Close the desk at five."
    outcome = apply_replacements(OWN, [(find, find.replace("five", "six"))])
    assert isinstance(outcome, Patched)
    assert outcome.text == OWN.replace("five", "six")


def test_what_the_prompt_spells_itself_is_no_line_break() -> None:
    find = "- Greet the reader.\\n- Close the desk at five."
    for replace in (f"{find} See C:\\exports\\new.", f"{find} Use \\w{{4}}."):
        outcome = apply_replacements(OWN, [(find, replace)])
        assert isinstance(outcome, Refused)
        assert outcome.code is RefusalCode.NO_MATCH


MARKED = "- Call check_stock first.\n- Greet the reader by name.\n- Close the desk at five.\n"


def test_underscores_that_one_pair_marks_are_marked_in_all() -> None:
    first = ("- Call check\\_stock first.", "- Call check\\_stock at first.")
    second = ("- Greet the reader by name.", "- Greet the reader by name.\n- Call `open\\_case`.")
    outcome = apply_replacements(MARKED, [first, second])
    assert isinstance(outcome, Patched)
    assert "- Call check_stock at first.\n" in outcome.text
    assert "- Call `open_case`.\n" in outcome.text
    alone = apply_replacements(MARKED, [second])
    assert isinstance(alone, Refused) or "open\\_case" in alone.text
    prompt = MARKED.replace("the desk at", "the desk_at")
    third = ("- Close the desk_at five.", "- Close the desk_at five.\n- Use `a\\_b` there.")
    kept = apply_replacements(prompt, [first, third])
    assert isinstance(kept, Refused) or "`a\\_b`" in kept.text


SHOWN = (
    '- Say "good day" to all readers.\n- Keep x < 3 & y > 2 in mind.\n- Close the desk at five.\n'
    "\n\tid\tname\n"
)
PLAIN = ("- Close the desk at five.", "- Close the desk at five.\n- Write {} there.")


@pytest.mark.parametrize(
    ("first", "written", "meant"),
    [
        (('- Say \\"good day\\" to all', '- Say \\"good day\\" to most'), '\\"a\\"', '"a"'),
        (("- Keep x &lt; 3 &amp; y", "- Keep x &lt; 4 &amp; y"), "&lt;a&gt;", "<a>"),
        (("\\tid\\tname", "\\tid\\ttitle"), "a\\tb", "a\tb"),
    ],
)
def test_escapes_that_one_pair_shows_are_undone_in_all(
    first: tuple[str, str], written: str, meant: str
) -> None:
    second = (PLAIN[0], PLAIN[1].format(written))
    outcome = apply_replacements(SHOWN, [first, second])
    assert isinstance(outcome, Patched)
    assert PLAIN[1].format(meant) in outcome.text
    alone = apply_replacements(SHOWN, [second])
    assert isinstance(alone, Refused) or written in alone.text


def test_escapes_stay_where_the_other_pair_quotes_such_signs_plainly() -> None:
    first = ("- Keep x &lt; 3 &amp; y", "- Keep x &lt; 4 &amp; y")
    prompt = SHOWN + "- Ask if a > b holds.\n"
    second = ("- Ask if a > b holds.", "- Ask if a > b holds, or `&gt;`.")
    outcome = apply_replacements(prompt, [first, second])
    assert isinstance(outcome, Refused) or "`&gt;`" in outcome.text


def test_new_lines_in_a_typography_that_kept_lines_prove_to_be_damaged_are_refused() -> None:
    prompt = '<rule id="1">Greet.</rule>\n<rule id="2">Ask once.</rule>\nBe kind.\n'
    find = '<rule id="1">Greet.</rule>\n<rule id="2">Ask once.</rule>'
    curly = find.replace(' id="', " id=\u201c").replace('">', "\u201d>")
    outcome = apply_replacements(prompt, [(find, f"{curly}\n<rule id=\u201c3\u201d>Close.</rule>")])
    assert isinstance(outcome, Refused)
    kept = apply_replacements(prompt, [(find, f'{curly}\n<rule id="3">Close.</rule>')])
    assert isinstance(kept, Patched)
    assert kept.text == prompt.replace(find, f'{find}\n<rule id="3">Close.</rule>')


@pytest.mark.parametrize("signs", ["\u00ab\u00bb", "\u201c\u201d", '""'])
def test_signs_around_several_lines_are_refused(signs: str) -> None:
    find = "- Greet the reader by name.\n- Close the desk at five."
    new = "- Greet the reader.\n- Close the desk at six."
    for text in (f"{signs[0]}{new}{signs[1]}", f"{signs[0]}{new}\n{signs[1]}"):
        assert isinstance(apply_replacements(MARKED, [(find, text)]), Refused)
    quoted = f"{signs[0]}Greet{signs[1]} the reader.\n- Close at {signs[0]}six{signs[1]}"
    assert "wrapped" not in str(apply_replacements(MARKED, [(find[2:], quoted)]))


@pytest.mark.parametrize("sign", ["\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_other_characters_that_end_lines_are_no_line_breaks(sign: str) -> None:
    find = "- Call check_stock first.\n- Greet the reader by name."
    replace = find.replace("by name", "by the first name").replace("\n", sign)
    outcome = apply_replacements(MARKED, [(find, replace)])
    assert isinstance(outcome, Refused)
    prompt = MARKED + f"- One{sign}line.\n"
    used = apply_replacements(prompt, [(find, replace)])
    assert "no line break" not in str(used)
    points = "Wenn jemand anruft:\na) Frage nach dem Namen.\nb) Schicke den Brief ab.\n"
    quoted = "a) Frage nach dem Namen.\nb) Schicke den Brief ab."
    written = quoted.replace("dem Namen", "Namen und Ort").replace("\n", sign)
    refused = apply_replacements(points, [(quoted, written)])
    assert isinstance(refused, Refused)
    assert "no line break" in refused.reason
