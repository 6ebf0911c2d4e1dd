"""New text that says nothing or says it twice, or loses lines, blanks and slots of the old one."""

import pytest

from planner.patch import Patched, RefusalCode, Refused, apply_diff, apply_replacements

PROMPT = """# Harbour desk

Greet the caller by name. Send a note to {{caller_email}}.
Ask for the berth number. Read it back once.

## Fees
- Berths cost 12 euros a night for small boats.
- Power costs 4 euros a night; water is free.
- Never waive a fee without the harbour master.

```yaml
desk:
  hours: 8 to 18
  text: Stay below the budget of the day.
  steps:
    - open the gate
    - count the boats
```

Samstag: 10 bis 13 Uhr.
"""


def outcome(*pairs: tuple[str, str]) -> Patched | Refused:
    return apply_replacements(PROMPT, pairs)


def told(*pairs: tuple[str, str]) -> str:
    applied = outcome(*pairs)
    assert isinstance(applied, Patched), applied
    return " ".join(applied.doubts)


@pytest.mark.parametrize("sign", ["\u2014", "-", "...?", "*", "(!)"])
def test_a_sign_in_place_of_words_is_refused(sign: str) -> None:
    assert isinstance(outcome(("Read it back once.", sign)), Refused)


@pytest.mark.parametrize(
    ("find", "replace"), [("Read it back once.", "---"), ("a night;", "\u2014"), (" once.", ".")]
)
def test_a_rule_or_a_sign_for_a_word_or_two_is_text(find: str, replace: str) -> None:
    prompt = PROMPT.replace("Ask for the berth number. ", "")
    assert "would write only" not in str(apply_replacements(prompt, [(find, replace)]))


@pytest.mark.parametrize("gap", ["\n", " ", ", ", ";\n", "\r\n"])
def test_a_text_that_is_another_twice_is_refused(gap: str) -> None:
    half = "Read it back twice, and slowly."
    found = outcome(("Read it back once.", half + gap + half))
    assert isinstance(found, Refused)


@pytest.mark.parametrize("replace", ["Very, very slowly.", "Read it; read it back slowly."])
def test_a_text_that_only_repeats_some_words_is_none(replace: str) -> None:
    assert isinstance(outcome(("Read it back once.", replace)), Patched)


def test_a_line_of_code_that_is_written_again_and_again_is_refused() -> None:
    line = "    - count the boats\n"
    for times in (4, 25):
        assert isinstance(outcome((line, "    - count all the boats\n" * times)), Refused)
    assert isinstance(outcome((line, line + "    - close the gate\n")), Patched)


def test_the_rest_of_a_quoted_line_does_not_stand_alone() -> None:
    prompt = PROMPT.replace("Samstag", "Freitag: 8 bis 18 Uhr.\nSamstag")
    find = "Freitag: 8 bis 18 Uhr.\nSamstag: 10"
    found = apply_replacements(prompt, [(find, "Freitag: 8 bis 19 Uhr.\n")])
    assert isinstance(found, Refused)
    assert found.code is RefusalCode.GLUES_LINES
    kept = apply_replacements(prompt, [(find, "Freitag: 8 bis 19 Uhr.\nSamstag: 11")])
    assert isinstance(kept, Patched)


def test_a_slot_that_somebody_filled_is_told() -> None:
    find = "Send a note to {{caller_email}}."
    assert "{{caller_email}}" in told((find, "Send a note to Anna and read it out."))
    assert told((find, "Send a short note to {{caller_email}}.")) == ""


@pytest.mark.parametrize(
    ("find", "replace", "why"),
    [
        ("  text: Stay below the budget of the day.", "\ttext: Stay below the budget.", "a tab"),
        ("  text: Stay below the budget of the day.", "text: Stay below it.", "less indented"),
        (
            "    - open the gate\n    - count the boats",
            "- open the gates\ncount the boats",
            "less indented",
        ),
        (
            "  text: Stay below the budget of the day.\n  steps:\n    - open the gate",
            "  text: Stay below it.\nsteps:\n    - open the gate",
            "lose its indentation",
        ),
    ],
)
def test_lines_that_lose_their_margin_are_refused_or_told(
    find: str, replace: str, why: str
) -> None:
    applied = outcome((find, replace))
    assert isinstance(applied, Refused) or any(why in one for one in applied.doubts)


def test_three_lines_that_come_back_on_one_are_told() -> None:
    prompt = "[BUDGET]\nSingle item: max 60 euros\nWhole basket: max 90 euros\nOthers: never\n"
    replace = "[BUDGET] Single item: max 40 euros Whole basket: max 90 euros Others: never"
    applied = apply_replacements(prompt, [(prompt.strip(), replace)])
    assert isinstance(applied, Refused) or any("stand on one" in one for one in applied.doubts)


def test_a_line_that_comes_back_behind_another_with_its_indentation_is_told() -> None:
    find = "  hours: 8 to 18\n  text: Stay below the budget of the day."
    applied = outcome((find, "  hours: 8 to 19  text: Stay below the budget of the day."))
    assert isinstance(applied, Refused) or any("stand on one" in one for one in applied.doubts)


def test_two_sentences_may_be_joined() -> None:
    lines = "Ask for the berth number. Read it back once."
    prompt = PROMPT.replace(lines, lines.replace(". ", ".\n"))
    applied = apply_replacements(prompt, [(lines.replace(". ", ".\n"), lines)])
    assert isinstance(applied, Patched)
    assert applied.doubts == ()


def test_blank_lines_in_a_row_are_told() -> None:
    line = "- Never waive a fee without the harbour master."
    assert "in a row" in told((line, f"{line}\n"))
    double = PROMPT.replace("## Fees", "\n## Fees")
    applied = apply_replacements(double, [(line, f"{line}\n")])
    assert isinstance(applied, Patched)
    assert not any("in a row" in one for one in applied.doubts)


def test_a_paragraph_that_goes_leaves_its_blank_lines() -> None:
    prompt = "One rule is here.\n\nTwo rules are there.\n\nThree rules are far.\n"
    applied = apply_replacements(prompt, [("Two rules are there.\n", "")])
    assert isinstance(applied, Patched)
    assert applied.doubts == ()


def test_a_blank_line_may_be_added_below_a_line_that_has_none() -> None:
    line = "Ask for the berth number. Read it back once."
    prompt = PROMPT.replace(f"{line}\n\n", f"{line}\n")
    applied = apply_replacements(prompt, [(line, f"{line}\n")])
    assert isinstance(applied, Patched)
    assert applied.text == PROMPT


def test_entities_in_place_of_their_signs_are_told_or_refused() -> None:
    prompt = PROMPT.replace("8 to 18", "'x > 20 & y'")
    applied = apply_replacements(prompt, [("'x > 20 & y'", "'x &gt; 30 &amp; y > 1'")])
    assert isinstance(applied, Refused) or applied.doubts


def test_tags_around_a_list_are_no_choice() -> None:
    prompt = "Be kind.\n\nRules\n* Ask once.\n* Ask twice.\n\nBe brief.\n"
    find = "* Ask once.\n* Ask twice."
    applied = apply_replacements(prompt, [(find, f"<important>\n{find}\n</important>")])
    assert isinstance(applied, Patched)


def test_a_text_to_be_continued_is_refused() -> None:
    find = "Read it back once."
    assert isinstance(outcome((find, "Read it back, and then (to be continued)")), Refused)


def test_what_compares_code_is_refused_in_code() -> None:
    find = "  hours: 8 to 18"
    assert isinstance(outcome((find, "  hours: <del>8 to 18</del><ins>8 to 19</ins>")), Refused)
    assert isinstance(outcome((find, "null")), Refused)


@pytest.mark.parametrize("word", ["Bootsliegeplatz", "Hafenmeister", "Tagesgeb\u00fchr"])
def test_a_compound_of_known_words_is_a_word(word: str) -> None:
    prompt = (
        "Du bist der Assistent am Hafen und hilfst den Leuten.\n"
        "- Nenne die Uhrzeit nicht ohne den Tag.\n- Sag mit Namen, wer du bist und was du willst.\n"
    )
    line = "- Nenne die Uhrzeit nicht ohne den Tag."
    applied = apply_replacements(prompt, [(line, f"{line}\n- Nenne den {word} und den Preis.")])
    assert isinstance(applied, Patched)
    assert not any(word in one and "no word" in one for one in applied.doubts)


def test_short_lines_need_a_stop_where_all_others_have_one() -> None:
    prompt = "Fin :\n- Remercie.\n- Rappelle l'heure.\n- Ferme la porte.\n"
    diff = "@@ -3,2 +3,3 @@\n - Rappelle l'heure.\n - Ferme la porte.\n+- Signa\n"
    applied = apply_diff(prompt, diff)
    assert isinstance(applied, Refused) or any("full stop" in one for one in applied.doubts)


LINES = "Ask for the berth number. Read it back once.\n\n## Fees\n- Berths cost 12 euros a night"


@pytest.mark.parametrize("between", [" \u2192 ", "\n---\n", " => ", "\n\u2192 "])
def test_the_old_text_beside_the_new_one_is_refused(between: str) -> None:
    find = "Read it back once."
    assert isinstance(outcome((find, f"{find}{between}Read it back twice.")), Refused)
    used = PROMPT + "\nGate \u2192 berth => pier\n---\nThe end.\n"
    shown = apply_replacements(used, [(find, f"{find}{between}Read it back twice.")])
    assert "the old text and the new one" not in str(shown)


@pytest.mark.parametrize("last", ["- Ber", "## Fe", "Ask for the be"])
def test_a_text_that_ends_within_a_quoted_line_is_refused(last: str) -> None:
    found = outcome((LINES, f"Ask for the name at once.\n{last}"))
    assert isinstance(found, Refused)


def test_a_text_may_end_as_a_quoted_line_does_at_a_word() -> None:
    found = outcome((LINES, "Ask for the berth number twice.\n\n## Fees\n- Berths cost 12"))
    assert "breaks off in" not in str(found)


@pytest.mark.parametrize(
    "line",
    [
        "I would remove this line.",
        "Same, but with 3 instead of 5.",
        "Same as find, with the limit doubled.",
        "Use the text from the previous suggestion.",
        "- Read it back three times. Or leave it.",
        "- Read it back, see the card etc. (see original)",
        "owner: <team> [previous content]",
        "- Magda the Younger % rest unchanged",
        '- Name the signature. """ existing text """',
        "(supprim\u00e9)",
    ],
)
def test_notes_in_place_of_text_are_refused(line: str) -> None:
    assert isinstance(outcome(("Read it back once.", line)), Refused)


def test_a_comparison_is_no_arrow() -> None:
    prompt = "SELECT a FROM b\nWHERE a.day <  '2024-04-01';\nBe brief.\n"
    find = "WHERE a.day <  '2024-04-01';"
    found = apply_replacements(prompt, [(find, "WHERE a.day <= '2024-03-31';")])
    assert isinstance(found, Patched)
    note = apply_replacements(prompt, [("Be brief.", "Be brief. <= changed")])
    assert isinstance(note, Refused)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(the `berth` number)", '(the "berth" number)'),
        ("{total}", "{{total}}"),
        ("Read it Back", "read it back"),
    ],
)
def test_a_line_in_another_dress_beside_a_real_change_is_told(old: str, new: str) -> None:
    prompt = PROMPT.replace(
        "Read it back once.", "Read it Back once (the `berth` number): {total}."
    )
    line = next(one for one in prompt.split("\n") if "Back once" in one)
    find = f"{line}\n\n## Fees"
    beside = apply_replacements(
        prompt, [(find, f"{line.replace(old, new)}\n\n## Fees of the year")]
    )
    assert isinstance(beside, Refused) or any("come back as" in one for one in beside.doubts)
    alone = apply_replacements(prompt, [(line, line.replace(old, new))])
    assert isinstance(alone, Refused) or not any("come back as" in one for one in alone.doubts)


def test_other_list_signs_and_stops_are_no_dress() -> None:
    boats, power = "Berths cost 12 euros a night for small boats", "a night; water is free."
    find = f"- {boats}.\n- Power costs 4 euros {power}"
    new = f"* {boats};\n- Power costs 5 euros {power}"
    found = outcome((find, new))
    assert isinstance(found, Refused) or not any("come back as" in one for one in found.doubts)


def test_a_line_that_says_something_else_needs_no_slot() -> None:
    find = "Greet the caller by name. Send a note to {{caller_email}}."
    assert "caller_email" not in told((find, "Ring the bell twice at noon."))


YAML = """agent:
  instructions: |
    You plan the orders of the day.
    Be brief at the desk, and kind.
  rules:
    - name: pets
      text: Live fish need a tank of their own.
end: true
"""


def yaml_told(find: str, replace: str) -> str:
    applied = apply_replacements(YAML, [(find, replace)])
    assert isinstance(applied, Patched), applied
    return " ".join(applied.doubts)


BODY = "    You plan the orders of the day.\n    Be brief at the desk, and kind."


def test_a_block_that_lost_its_indentation_is_told() -> None:
    written = "You plan the orders of the day.\nBe brief at any desk, and kind."
    assert "lose its indentation" in yaml_told(BODY, written)


def test_a_block_that_got_tabs_is_told() -> None:
    written = BODY.replace("    ", "\t").replace("the desk", "any desk")
    assert "begins with a tab" in yaml_told(BODY, written)


def test_a_key_that_moved_to_the_left_is_told() -> None:
    find = "      text: Live fish need a tank of their own."
    assert "less indented" in yaml_told(find, "text: Live fish and shrimps need a tank.")


def test_a_turn_that_is_cut_in_its_name_is_refused() -> None:
    prompt = "User: May I?\nAssistant: Of course, today.\n\nDo NOT discuss pay with them.\n"
    find = prompt.strip()
    cut = apply_replacements(prompt, [(find, "User: May I, please?\nAs")])
    assert isinstance(cut, Refused)
    assert "breaks off in 'Assistant" in cut.reason


def test_tags_with_a_blank_line_among_the_quoted_ones_are_no_choice() -> None:
    prompt = "Be kind to all.\n\nBe brief with all.\n\nThe end is near.\n"
    find = "Be kind to all.\n\nBe brief with all."
    written = "Be kind to all.\n\n<note>\nCall them once.\n</note>\n\nBe brief with all."
    assert isinstance(apply_replacements(prompt, [(find, written)]), Patched)


def test_two_lines_of_prose_may_come_back_on_one() -> None:
    lines = ["Never order more than two weeks of demand.", "Prefer suppliers with short ways."]
    prompt = "\n".join([*lines, "Close the books.", ""])
    applied = apply_replacements(prompt, [("\n".join(lines), " ".join(lines))])
    assert isinstance(applied, Patched)
    assert not any("stand on one" in one for one in applied.doubts)


def test_a_section_that_is_written_again_and_again_is_refused() -> None:
    block = "## Rooms\nRooms carry a warranty of two years.\n\n## Fees"
    found = outcome(("## Fees\n", block + f"\n {block} ".join([""] * 7) + "\n"))
    assert isinstance(found, Refused)


def test_an_order_in_place_of_a_query_is_refused() -> None:
    prompt = "Use it:\n\n```sql\nSELECT name\nFROM berths\nWHERE free;\n```\n\nBe brief.\n"
    found = apply_replacements(prompt, [("SELECT name\nFROM berths\nWHERE free;", "DELETE")])
    assert isinstance(found, Refused)


def test_an_adverb_of_french_is_a_word() -> None:
    prompt = (
        "Vous aidez les gens du port dans une langue simple.\n- Ne dites pas le prix des places.\n"
    )
    line = "- Ne dites pas le prix des places."
    applied = apply_replacements(prompt, [(line, f"{line}\n- Dites toujours les heures.")])
    assert isinstance(applied, Patched)
    assert not any("no word" in one for one in applied.doubts)
