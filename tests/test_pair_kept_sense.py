"""Pairs: what one changes and another keeps, what JSON ate, what only emphasises or encloses."""

import pytest

from planner.patch import Patched, RefusalCode, Refused, apply_replacements

PROMPT = """You help the guests of a mountain hut.

## Rules
- Answer in at most 4 sentences unless a table is asked for.
- Store the result in C:\\data\\new\\report.txt when all is done.
- Ask for the number of guests before you book a room.
- Quote all prices in francs, breakfast included.

1. Look the room up first.
2. Escalate to a human if the guest speaks of an avalanche.

Be kind, and be brief. Call it "the hut" in \u201eall\u201c answers.
"""


def refused(*pairs: tuple[str, str]) -> Refused:
    outcome = apply_replacements(PROMPT, pairs)
    assert isinstance(outcome, Refused), outcome
    return outcome


def applied(*pairs: tuple[str, str]) -> Patched:
    outcome = apply_replacements(PROMPT, pairs)
    assert isinstance(outcome, Patched), outcome
    text = PROMPT
    for find, replace in pairs:
        text = text.replace(find, replace)
    assert outcome.text == text
    return outcome


PATH = "- Store the result in C:\\data\\new\\report.txt when all is done."


@pytest.mark.parametrize("eaten", [("\\n", "\n"), ("\\r", "\r"), ("\\d", "d")])
def test_a_backslash_that_became_a_control_character_is_refused(eaten: tuple[str, str]) -> None:
    replace = PATH.replace(*eaten).replace("all is", "all of it is")
    outcome = apply_replacements(PROMPT, [(PATH, replace)])
    assert isinstance(outcome, Refused) or outcome.doubts
    if eaten[0] == "\\n":
        assert "its backslash was lost" in refused((PATH, replace)).reason


def test_a_path_may_change_and_a_line_may_end() -> None:
    applied((PATH, PATH.replace("new", "next")))
    applied((PATH, f"{PATH}\n- Name it."))


@pytest.mark.parametrize("sign", ["\x0b", "\x0c", "\x00", "\x7f"])
def test_a_control_character_is_no_text(sign: str) -> None:
    line = "- Quote all prices in francs, breakfast included."
    told = refused((line, line.replace(", ", f",{sign} "))).reason
    assert "the control character" in told
    own = PROMPT.replace("Be kind", f"Be{sign}kind")
    outcome = apply_replacements(own, [(line, line.replace(", ", f",{sign} "))])
    assert isinstance(outcome, Patched)


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85"])
def test_what_ends_lines_elsewhere_is_told(sign: str) -> None:
    line = "- Quote all prices in francs, breakfast included."
    told = applied((line, line.replace("francs, ", f"francs,{sign}"))).doubts
    assert any("it ends lines elsewhere" in one for one in told)


@pytest.mark.parametrize(
    ("find", "replace"),
    [
        (
            "sentences unless a table is asked for.",
            "Answer in at most 6 sentences unless a table is asked for.",
        ),
        (
            "guest speaks of an avalanche.",
            "Escalate to a human at once if the guest speaks of an avalanche.",
        ),
    ],
)
def test_a_sentence_is_not_begun_twice_behind_a_sign_or_number(find: str, replace: str) -> None:
    assert "twice" in refused((find, replace)).reason


GUESTS = "- Ask for the number of guests before you book a room."
PRICES = "- Quote all prices in francs, breakfast included."


@pytest.mark.parametrize("order", [1, -1])
def test_a_line_that_another_pair_changes_is_not_written_as_it_was(order: int) -> None:
    pairs = [
        (GUESTS, GUESTS.replace("a room", "any room")),
        (PRICES, f"{GUESTS}\n{PRICES.replace('francs', 'euros')}"),
    ]
    outcome = refused(*pairs[::order])
    assert outcome.code is RefusalCode.OVERLAPPING
    assert "which pair" in outcome.reason


def test_a_line_may_move_to_where_another_one_stood() -> None:
    moved = [(GUESTS, "- Be on time."), (PRICES, f"{PRICES}\n{GUESTS}")]
    outcome = apply_replacements(PROMPT, moved)
    assert isinstance(outcome, Patched)


# --- what only emphasises or encloses ------------------------------------------------------------


@pytest.mark.parametrize("mark", ["**", "_", "*"])
@pytest.mark.parametrize("text", [PRICES.removeprefix("- "), "Be kind, and be brief."])
def test_the_old_words_may_be_emphasised(mark: str, text: str) -> None:
    applied((text, f"{mark}{text}{mark}"))
    other = text.replace("be", "stay").replace("prices", "sums")
    refused((text, f"{mark}{other}{mark}"))


def test_tags_may_enclose_a_rule_that_is_reworded() -> None:
    reworded = GUESTS.replace("a room", "any room")
    applied((GUESTS, f"<important>\n{reworded}\n</important>"))
    assert "is wrapped in <rule>" in refused((GUESTS, f"<rule>\n{reworded}\n</rule>")).reason
    assert "is wrapped in <pre>" in refused((GUESTS, f"<pre>\n{reworded}\n</pre>")).reason
    refused((GUESTS, f"<important>\n{reworded.removeprefix('- ')}\n</important>"))
    other = "- Never speak of the weather outside."
    refused((GUESTS, f"<important>\n{other}\n</important>"))


def test_data_may_follow_behind_a_rule() -> None:
    applied((PRICES, f"{PRICES}\n\n---\nlimits:\n  words: 120\n---"))
    again = PRICES.replace("francs", "euros")
    assert "a sign between them" in refused((PRICES, f"{PRICES}\n\n---\n{again}")).reason


def test_a_table_may_stand_in_place_of_an_item() -> None:
    table = "| what | price |\n|---|---|\n| a room | 60 francs |"
    outcome = apply_replacements(PROMPT, [(PRICES, table)])
    assert isinstance(outcome, Patched)
    refused((PRICES, "| what | price |"))


def test_a_pair_as_json_is_no_text_whatever_quotes_it_holds() -> None:
    line = 'Be kind, and be brief. Call it "the hut" in \u201eall\u201c answers.'
    whole = (
        '{"find": "Be kind in \u201eall\u201c.", "replace": "Be kind in \u201eall\u201c answers."}'
    )
    assert "wrapped in JSON" in refused((line, whole)).reason


# --- fewer needless warnings ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("find", "replace"),
    [
        (PRICES, PRICES[:-1] + ". \u2705"),
        (PRICES, PRICES.replace("francs", "euros") + " \U0001f600"),
        ("1. Look the room up first.", "1. [ ] Look the room up first, please."),
    ],
)
def test_pictures_and_boxes_are_no_defect(find: str, replace: str) -> None:
    outcome = apply_replacements(PROMPT, [(find, replace)])
    assert isinstance(outcome, Patched)
    assert not any("full stop" in one or "come back" in one for one in outcome.doubts)


def test_paragraphs_may_become_a_list() -> None:
    prompt = "Be kind to all of them.\n\nAsk for the key at once.\n\nName the hut.\n"
    find = prompt.rstrip("\n")
    replace = "- " + find.replace("\n\n", "\n- ").replace("at once", "first")
    outcome = apply_replacements(prompt, [(find, replace)])
    assert isinstance(outcome, Patched)
    assert not any("blank line" in one for one in outcome.doubts)


def test_an_order_in_french_is_a_word() -> None:
    prompt = (
        "Vous aidez les clients de la montagne, et vous n'\u00eates pas dans une h\u00e2te.\n"
        "Pour une r\u00e9servation, demande le nom des clients.\n"
    )
    outcome = apply_replacements(prompt, [("demande le nom", "v\u00e9rifie et reformule le nom")])
    assert isinstance(outcome, Patched)
    assert outcome.doubts == ()


@pytest.mark.parametrize(
    "text",
    [
        "Formuliere diese Regel freundlicher.",
        "Reformuler cette r\u00e8gle plus clairement.",
        "Rewrite this to be more polite.",
        "Change '30' to '45' here.",
        "Okay, the user wants me to reword it.",
        "See rationale.",
    ],
)
def test_an_order_to_the_writer_is_refused_or_told(text: str) -> None:
    outcome = apply_replacements(PROMPT, [("Be kind, and be brief.", text)])
    assert isinstance(outcome, Refused) or outcome.doubts


# --- pairs that meet, and places that are not one -------------------------------------------------


def test_what_two_pairs_insert_at_one_place_stands_in_their_order() -> None:
    above, below = f"{PATH}\n", f"{GUESTS}"
    pairs = [(above, f"{above}- Name it.\n"), (below, f"- Be on time.\n{below}")]
    for order in (1, -1):
        outcome = apply_replacements(PROMPT, pairs[::order])
        assert isinstance(outcome, Patched)
        assert f"{PATH}\n- Name it.\n- Be on time.\n{GUESTS}" in outcome.text


def test_two_lines_may_change_places() -> None:
    other = "- Ask for the number of guests before you quote a price."
    prompt = PROMPT.replace(PRICES, other)
    outcome = apply_replacements(prompt, [(GUESTS, other), (other, GUESTS)])
    assert isinstance(outcome, Patched)


@pytest.mark.parametrize(
    ("prompt", "find"),
    [
        ("- Be kind.\n- End.\r\n- Be kind.\r\n", "- Be kind.\n"),
        ("```\nsql\n```\nText.\n```", "```\nText.\n```"),
        ("Say it.\nBe brief.\nSay it.", "Say it.\n"),
    ],
)
def test_places_that_only_line_ends_tell_apart_are_several(prompt: str, find: str) -> None:
    outcome = apply_replacements(prompt, [(find, "- Be calm.\n")])
    if find.startswith("```"):
        assert isinstance(outcome, Patched) or outcome.code is not RefusalCode.AMBIGUOUS
        return
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.AMBIGUOUS


def test_a_word_does_not_go_with_both_its_blanks() -> None:
    prompt = "Write in a calm, friendly voice.\nBe brief.\n"
    outcome = apply_replacements(prompt, [(" friendly ", "")])
    assert isinstance(outcome, Refused)
    assert "both blanks" in outcome.reason
    outcome = apply_replacements(prompt, [(" friendly", "")])
    assert isinstance(outcome, Patched)


@pytest.mark.parametrize(
    "text",
    [
        "Hier ist die verbesserte Fassung:\n- Quote all prices in euros.",
        "Reword to be clearer.", "Move this to the top of the prompt.", "Remove these rules.",
        "Keep this, but shorten it.",
    ],
)  # fmt: skip
def test_words_to_the_writer_are_no_rule(text: str) -> None:
    refused(("Be kind, and be brief.", text))


@pytest.mark.parametrize("text", ["Remove these fields first.", "Keep this in mind."])
def test_orders_to_the_reader_are(text: str) -> None:
    outcome = apply_replacements(PROMPT, [("Be kind, and be brief.", text)])
    assert isinstance(outcome, Patched) or "speaks of the edit" not in outcome.reason


def test_values_that_changed_places_are_refused_though_they_grew() -> None:
    prompt = "- Approve when only nits are left.\n- Ask for a test when a bug is fixed.\n- End.\n"
    first, second, _ = prompt.splitlines()
    swapped = [
        (first, "- Ask for a regression test when a bug is fixed, and name what it covers."),
        (second, "- Approve when only nits are left, and prefix each of them with nit."),
    ]
    outcome = apply_replacements(prompt, swapped)
    assert isinstance(outcome, Refused)
    assert "looks like the new text of" in outcome.reason
    words = (
        "Read all of it, and then read it once more from the end, line by line, with great care."
    )
    merged = f"- Approve when only small nits are left. {words} Ask for a test when a bug is fixed."
    longer = [(first, merged), (second, "- Name the bug that is fixed, and the test for it.")]
    assert isinstance(apply_replacements(prompt, longer), Patched)


def test_a_short_text_that_stands_in_another_tells_nothing() -> None:
    prompt = "- Quote the price in euros.\n- Be kind.\n- End.\n"
    pairs = [
        ("- Quote the price in euros.", "- Always stay calm and be kind to guests."),
        ("- Be kind.", "- Ask for the name first."),
    ]
    assert isinstance(apply_replacements(prompt, pairs), Patched)


@pytest.mark.parametrize(
    "text",
    [
        "Ignore any <|im_end|> that stands inside of a letter.",
    ],
)
def test_a_mark_that_a_sentence_names_is_told_only(text: str) -> None:
    outcome = apply_replacements(PROMPT, [("Be kind, and be brief.", text)])
    assert isinstance(outcome, Patched)
    assert outcome.doubts


# --- what a program ate, and what lost its beginning ----------------------------------------------


def test_an_amount_that_a_program_took_for_a_slot_is_refused() -> None:
    prompt = "The fee is $40 plus 20% for all orders.\nBe kind.\n"
    find = "The fee is $40 plus 20% for all orders."
    outcome = apply_replacements(prompt, [(find, find.replace("$4", "").replace("all", "most"))])
    assert isinstance(outcome, Refused)
    assert "a program filled in a slot" in outcome.reason
    phrase = apply_replacements(prompt, [("$40 plus 20%", "$50 plus 20% or more")])
    assert isinstance(phrase, Patched)
    for amount in ("$45", "40", "0.40"):
        replace = find.replace("$40", amount).replace("all", "most")
        assert isinstance(apply_replacements(prompt, [(find, replace)]), Patched)


def test_braces_of_data_that_are_all_doubled_are_refused() -> None:
    data = '{\n  "intent": "ask",\n  "score": 3\n}'
    prompt = f"Answer so:\n\n{data}\n\nBe kind.\n"
    replace = data.replace("{", "{{").replace("}", "}}").replace("3", "4")
    outcome = apply_replacements(prompt, [(data, replace)])
    assert isinstance(outcome, Refused)
    assert "double the braces" in outcome.reason
    own = apply_replacements(f"{prompt}Use {{{{ name }}}}.\n", [(data, replace)])
    assert not isinstance(own, Refused) or "double the braces" not in own.reason
    assert isinstance(apply_replacements(prompt, [(data, data.replace("3", "4"))]), Patched)
    slot = apply_replacements(prompt, [(data, data.replace('"ask"', '"{{ name }}"'))])
    assert isinstance(slot, Patched) or "double the braces" not in slot.reason


@pytest.mark.parametrize(
    "replace",
    [
        GUESTS.removeprefix("- Ask").replace("a room", "any room"),
        GUESTS.removeprefix("- Ask for ").replace("a room", "any room"),
    ],
)
def test_a_text_that_lost_its_first_words_and_its_sign_is_refused(replace: str) -> None:
    assert "lacks the beginning" in refused((GUESTS, f"{replace}\n{PRICES}"), (PRICES, "")).reason


def test_a_sentence_may_begin_with_its_second_word() -> None:
    prompt = "Please always ask for the number of guests.\nBe kind.\n"
    find = "Please always ask for the number of guests."
    assert isinstance(apply_replacements(prompt, [(find, find[7:].capitalize())]), Patched)
    within = apply_replacements(prompt, [("always ask for the number", "ask for the number")])
    assert isinstance(within, Patched)
    kindly = prompt.replace("always", "do kindly")
    within = apply_replacements(kindly, [("kindly ask for the number", "ask for the number")])
    assert isinstance(within, Patched)
    labelled = "Rule: Ask for the number of all guests.\nBe kind.\n"
    bare = apply_replacements(labelled, [(labelled[:39], labelled[6:39])])
    assert isinstance(bare, Patched) or "lacks the beginning" not in bare.reason
    deep = "Rules:\n    ask for the number of guests\nBe kind.\n"
    moved = apply_replacements(
        deep, [("    ask for the number of guests", " ask for the number of all guests")]
    )
    assert isinstance(moved, Patched) or "lacks the beginning" not in moved.reason


@pytest.mark.parametrize("text", ["30 days", "two sentences"])
def test_a_few_words_stand_for_no_two_rules(text: str) -> None:
    refused((f"{GUESTS}\n{PRICES}", text))
    told = "Notes:\nBe on time, and be kind to all.\nName the hut in each of the answers."
    outcome = apply_replacements(PROMPT, [(f"{GUESTS}\n{PRICES}", told)])
    assert isinstance(outcome, Patched) or "in place of an item" not in outcome.reason


@pytest.mark.parametrize("marks", [("<!-- ", " -->"), ("{# ", " #}"), ("<!--\n", "\n-->")])
def test_the_very_text_may_be_commented_out(marks: tuple[str, str]) -> None:
    opens, closes = marks
    applied((GUESTS, f"{opens}{GUESTS}{closes}"))
    other = GUESTS.replace("a room", "any room")
    refused((GUESTS, f"<!-- {other} -->"))


def test_a_line_that_loses_the_tag_around_it_is_told() -> None:
    prompt = (
        "<example>\n  <query>When do you open?</query>\n  <reply>At nine.</reply>\n</example>\n"
    )
    line = "  <query>When do you open?</query>"
    outcome = apply_replacements(prompt, [(line, "  When do you open today?")])
    assert isinstance(outcome, Refused) or any("<query>" in one for one in outcome.doubts)
    kept = apply_replacements(prompt, [(line, line.replace("open", "close"))])
    assert isinstance(kept, Patched)
    assert not any("would go" in one for one in kept.doubts)


def test_a_section_may_be_added_below_the_last_item() -> None:
    line = "2. Escalate to a human if the guest speaks of an avalanche."
    outcome = apply_replacements(PROMPT, [(line, f"{line}\n\n## Weather\n\nName its source.")])
    assert isinstance(outcome, Patched)
    assert not any("would part each line" in one for one in outcome.doubts)


@pytest.mark.parametrize(
    ("text", "applies"),
    [("Call it with limit=20 at first.", True), ("Be kind=20", False), ("Be =20 kind.", False)],
)
def test_an_argument_is_no_escape_of_mail(text: str, *, applies: bool) -> None:
    outcome = apply_replacements(PROMPT, [("Be kind, and be brief.", f"{text}\nBe brief.")])
    assert isinstance(outcome, Patched) is applies


@pytest.mark.parametrize("text", ["As discussed, make it stricter.", "See the previous edit."])
def test_words_on_the_edit_stand_for_no_rule(text: str) -> None:
    refused((f"{GUESTS}\n{PRICES}", text))


BOLD = "**Never share passwords.** This holds for all guests.\n- Use **two** beds, or 2**3.\n"


def test_emphasis_does_not_lose_one_of_its_ends() -> None:
    outcome = apply_replacements(BOLD, [("passwords.** This", "passwords or codes. This")])
    assert isinstance(outcome, Refused)
    assert "without the other" in outcome.reason


@pytest.mark.parametrize(
    ("find", "replace"),
    [
        ("passwords.** This", "passwords or codes.** This"),
        ("**Never share passwords.** This", "Never share passwords. This"),
        ("or 2**3", "or 8"),
        ("This holds for all guests.", "This holds for **all** guests."),
        ("This holds for all guests.", "This holds for all guests. Call `book(**beds)` once."),
    ],
)
def test_emphasis_may_go_as_a_whole(find: str, replace: str) -> None:
    assert isinstance(apply_replacements(BOLD, [(find, replace)]), Patched)


def test_signs_of_repetition_are_no_text() -> None:
    assert (
        "\u3003"
        in refused(("- Quote all prices in francs, breakfast included.", "- \u3003")).reason
    )


def test_a_rule_may_name_the_marks_that_it_is_about() -> None:
    prompt = "You review code.\n\n- Treat a comment that says TODO as a defect.\n"
    find = "- Treat a comment that says TODO as a defect."
    replace = "- Treat a comment that says TODO, FIXME or XXX as a defect, and quote it."
    assert isinstance(apply_replacements(prompt, [(find, replace)]), Patched)
    unfilled = replace.replace("or XXX as", "XXX times as")
    assert isinstance(apply_replacements(prompt, [(find, unfilled)]), Refused)
