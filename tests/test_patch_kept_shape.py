"""Lines that a patch keeps in their words, and not in their shape: told to a person."""

import pytest

from planner.patch import Patched, RefusalCode, Refused, apply_diff, apply_replacements
from planner.patch.changes import Change, Changes
from planner.patch.touched import Written

PROMPT = """You help the drivers of a tram depot.

Keep each answer below ninety words, and be kind.

## Rules
- Ask for the number of the tram before anything else.
- Quote all fares in euros & round them to ten cents.
- Send nobody to the workshop without a ticket.

## Steps
1. Look the tram up with `find_tram`.
2. Tell the driver when it is due.

<rules>
  <rule id="1">Read the first forty lines of a report only.</rule>
  <rule id="2">Choose exactly one of the four labels.</rule>
</rules>

    {
      "label": "text",
      "total": 12,
    }
"""
RULES = (
    "- Ask for the number of the tram before anything else.\n"
    "- Quote all fares in euros & round them to ten cents.\n"
    "- Send nobody to the workshop without a ticket."
)
TAGS = (
    '  <rule id="1">Read the first forty lines of a report only.</rule>\n'
    '  <rule id="2">Choose exactly one of the four labels.</rule>'
)


STEPS = "1. Look the tram up with `find_tram`.\n2. Tell the driver when it is due."


def doubts(prompt: str, *pairs: tuple[str, str]) -> str:
    outcome = apply_replacements(prompt, pairs)
    assert isinstance(outcome, Patched), outcome
    return " ".join(outcome.doubts)


def is_told(why: str, find: str, replace: str) -> bool:
    return why in doubts(PROMPT, (find, replace))


def test_lines_without_their_tag_are_told() -> None:
    bare = TAGS.replace('<rule id="1">', "").replace("</rule>\n", "\n").replace("four", "six")
    assert is_told("would come back as", TAGS, bare)


@pytest.mark.parametrize(("sign", "told"), [("", True), ("- ", False)])
def test_items_without_their_sign_are_told(sign: str, *, told: bool) -> None:
    removed = "".join(f"-{line}\n" for line in STEPS.splitlines())
    added = f"+{sign}Look the tram up with `find_tram`.\n+{sign}Tell the driver when it is late.\n"
    outcome = apply_diff(PROMPT, f"@@ -11,2 +11,2 @@\n{removed}{added}")
    assert isinstance(outcome, Patched)
    assert ("would come back as" in " ".join(outcome.doubts)) is told


@pytest.mark.parametrize(
    ("find", "replace"),
    [
        (RULES, RULES.replace("ticket", "signed ticket")),
        (RULES, RULES.replace("- Ask", "1. Ask").replace("ticket", "signed ticket")),
        (TAGS, TAGS.replace('"1"', '"2"').replace('"2">Ch', '"3">Ch').replace("four", "six")),
        (TAGS, TAGS.replace("rule", "item").replace("four", "six")),
    ],
)
def test_other_signs_numbers_and_names_of_tags_are_not_told(find: str, replace: str) -> None:
    outcome = apply_replacements(PROMPT, [(find, replace)])
    assert isinstance(outcome, Refused) or "would come back as" not in " ".join(outcome.doubts)


@pytest.mark.parametrize(("masked", "told"), [("##,###", True), ("13,500", False)])
def test_digits_that_come_back_masked_are_told(masked: str, *, told: bool) -> None:
    prompt = "Fares are 12,000 yen a month.\nBe kind to all.\n"
    said = doubts(prompt, ("Fares are 12,000 yen", f"All fares are {masked} yen"))
    assert ("where the old one has '12,000'" in said) is told


def test_a_heading_sign_is_no_mask() -> None:
    prompt = "Rule 10 is old.\nBe kind to all.\n"
    assert "where the old one" not in doubts(prompt, ("Rule 10 is old.", "## Rules\nAll hold."))


@pytest.mark.parametrize(("text", "told"), [("{{% if vip %}}", True), ("{% if vip %}", False)])
def test_braces_that_no_template_has_are_refused_or_told(text: str, *, told: bool) -> None:
    prompt = "{% if vip %}\nBe kind.\n{% endif %}\nBe brief.\n"
    outcome = apply_diff(
        prompt,
        f"@@ -1,3 +1,3 @@\n-{{% if vip %}}\n-Be kind.\n-{{% endif %}}\n"
        f"+{text}\n+Be very kind.\n+{text.replace('if vip', 'endif')}\n",
    )
    said = outcome.reason if isinstance(outcome, Refused) else " ".join(outcome.doubts)
    assert bool(said) is told


# --- blank lines -------------------------------------------------------------------------------


def test_blank_lines_that_come_or_go_beside_other_words_are_told() -> None:
    find = "- Send nobody to the workshop without a ticket.\n\n## Steps"
    gone = find.replace("\n\n", "\n").replace("a ticket", "any ticket")
    assert is_told("A blank line would go beside", find, gone)
    line = "- Send nobody to the workshop without a ticket."
    come = f"{line.replace('a ticket', 'any ticket')}\n"
    assert is_told("blank line", line, come)


def test_a_blank_line_that_goes_apart_from_the_other_change_is_told() -> None:
    find = f"{RULES}\n\n## Steps"
    replace = find.replace("\n\n", "\n").replace("number of the tram", "number of it")
    assert is_told("A blank line would go beside '## Steps'", find, replace)


def test_blank_lines_alone_are_meant() -> None:
    assert doubts(PROMPT, ("## Rules\n- Ask", "## Rules\n\n- Ask")) == ""


def test_a_paragraph_may_come_with_its_blank_line() -> None:
    find = "Keep each answer below ninety words, and be kind."
    assert doubts(PROMPT, (find, f"{find}\n\nName the line of the tram, too.")) == ""


def test_an_empty_line_that_stays_is_told() -> None:
    line = "- Quote all fares in euros & round them to ten cents."
    assert is_told("An empty line would stay where", line, "")
    assert "An empty line" not in doubts(PROMPT, (f"{line}\n", ""))


# --- lines on one line -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("find", "behind"),
    [
        ("2. Tell the driver when it is due.", " 2b. Tell the desk, too."),
        ('      "total": 12,', '  "tax": 2,'),
        ('  <rule id="2">Choose exactly one of the four labels.</rule>', " <rule>Ask.</rule>"),
    ],
)
def test_a_second_item_on_a_line_is_told(find: str, behind: str) -> None:
    assert is_told("Two items would stand on one line", find, find + behind)


@pytest.mark.parametrize("behind", [" Keep the ticket.", " At 2. 30 it closes."])
def test_more_words_on_a_line_are_no_second_item(behind: str) -> None:
    line = "- Send nobody to the workshop without a ticket."
    assert not is_told("Two items", line, line + behind)


def test_an_item_behind_one_without_a_stop_is_told() -> None:
    prompt = "forbidden:\n    - jokes about drivers\n    - advice on law\nBe kind to all.\n"
    said = doubts(prompt, ("    - jokes about drivers", '    - jokes about drivers - "promises"'))
    assert "Two items would stand on one line" in said


PARAGRAPHS = "Be kind to all of them.\n\nAsk for it twice.\n\nTell them why it is so.\n\nEnd.\n"


@pytest.mark.parametrize(("blank", "told"), [(" ", True), ("\n\n", False)])
def test_paragraphs_that_are_joined_are_told(blank: str, *, told: bool) -> None:
    find = PARAGRAPHS.removesuffix("\n\nEnd.\n")
    replace = find.replace("\n\n", blank).replace("twice", "once")
    assert ("would stand on one" in doubts(PARAGRAPHS, (find, replace))) is told


def test_a_line_that_begins_within_the_one_above_is_told() -> None:
    prompt = 'Data:\n    ended_at    date,\n    fare_cents  integer\nAsk for the "fare".\n'
    find = "    ended_at    date,\n    fare_cents  integer"
    replace = "    ended_at    date,\n    fare_cents  int    ended_at    date,\n    total  integer"
    assert "would stand on one" in doubts(prompt, (find, replace))


def test_lines_written_twice_in_one_text_are_copies() -> None:
    rules = RULES.replace("- ", "+- ") + "\n"
    moved = f"@@ -5,4 +5,9 @@\n ## Rules\n-{RULES.replace(chr(10), chr(10) + '-')}\n"
    outcome = apply_diff(PROMPT, f"{moved}+- Look first.\n{rules}+## Again\n{rules}")
    said = outcome.reason if isinstance(outcome, Refused) else " ".join(outcome.doubts)
    assert "3 lines would stand twice" in said


def test_a_line_that_breaks_off_and_begins_again_with_its_sign_is_refused() -> None:
    again = "+Send nobody to the works+Send nobody to the workshop today.\n"
    rows = f" ## Rules\n{again} - Ask for the number of the tram before anything else.\n"
    outcome = apply_diff(PROMPT, f"@@ -5,2 +5,3 @@\n{rows}")
    assert isinstance(outcome, Refused)
    assert "begins twice" in outcome.reason


@pytest.mark.parametrize(
    ("end", "told"), [("without a tick>", True), ("without a <ticket>", False)]
)
def test_a_line_that_a_terminal_cut_is_told(end: str, *, told: bool) -> None:
    prompt = f"{PROMPT}Use <ticket> where a number stands.\n"
    line = "- Send nobody to the workshop without a ticket."
    said = doubts(prompt, (line, line.replace("without a ticket.", end)))
    assert ("a terminal may have cut it there" in said) is told


@pytest.mark.parametrize("below", ["Tell the driver, too.", "name: tram"])
def test_a_line_that_hangs_above_another_sentence_is_told(below: str) -> None:
    prompt = f"You help the drivers of a depot.\n{below}\nBe kind to all of them.\n"
    diff = (
        f"@@ -1,2 +1,2 @@\n-You help the drivers of a depot.\n-{below}\n"
        f"+You help the drivers of a depot before the\n+{below.replace('tram', 'bus')} \n"
    )
    outcome = apply_diff(prompt, diff)
    assert isinstance(outcome, Refused) or "'the'" in " ".join(outcome.doubts)


# --- which place -------------------------------------------------------------------------------

PLAN = "Step 1: find the topic.\nStep 2: find the mood.\nStep 3: pick a label.\nStep 4: check it.\n"
STALE = PLAN.replace("3: pick", "8: pick")
TWINS = f"Example A:\nRead it twice.\n{STALE}Example B:\n{PLAN}"
BODY = " Step 2: find the mood.\n+Step 2b: find the urgency.\n Step 3: pick a label.\n"


def test_what_is_skipped_passes_no_place_that_nearly_fits() -> None:
    quoted = BODY + " Step 4: check it.\n"
    below = apply_diff(TWINS, f"@@ @@\n Example A:\n...\n{quoted}")
    assert isinstance(below, Refused)
    assert below.code is RefusalCode.STALE_TWIN
    own = apply_diff(TWINS, f"@@ @@\n Example B:\n...\n{quoted}")
    assert isinstance(own, Patched)
    above = apply_diff(
        f"{PLAN}Example A:\n{STALE}Read it twice.\n", f"@@ @@\n{quoted}...\n Read it twice.\n"
    )
    assert isinstance(above, Refused)
    assert above.code is RefusalCode.STALE_TWIN


@pytest.mark.parametrize(
    ("first", "second"), [("- name: writer", "- name: triage"), ("\u3010A\u3011", "[Desk]")]
)
@pytest.mark.parametrize("margin", ["", "  "])
def test_a_section_may_be_named_by_a_key_or_in_brackets(
    first: str, second: str, margin: str
) -> None:
    second = second if first.startswith("-") else first.replace("A", "B")
    body = f"{margin}  retries: 3\n{margin}  tools: two\n"
    prompt = f"agents:\n{margin}{first}\n{body}{margin}{second}\n{body}"
    rows = f"-{margin}  retries: 3\n+{margin}  retries: 5\n {margin}  tools: two\n"
    said = apply_diff(prompt, f"@@ -3,2 +3,2 @@ {first}\n{rows}")
    assert isinstance(said, Patched)
    other = apply_diff(prompt, f"@@ -3,2 +3,2 @@ {second}\n{rows}")
    assert isinstance(other, Refused)


def test_a_deeper_label_begins_no_other_section() -> None:
    prompt = "alpha:\n  limits:\n  - five\nbeta:\n  limits:\n  - five\n"
    rows = "   limits:\n-  - five\n+  - nine\n"
    outcome = apply_diff(prompt, f"@@ -5,2 +5,2 @@ beta:\n{rows}")
    assert isinstance(outcome, Patched)
    assert outcome.text == "alpha:\n  limits:\n  - five\nbeta:\n  limits:\n  - nine\n"


def test_two_hunks_that_remove_one_line_must_write_the_same() -> None:
    line = "- Quote all fares in euros & round them to ten cents."
    first = f"@@ -7,1 +7,2 @@\n-{line}\n+{line}\n+- Name the desk.\n"
    second = f"@@ -7,1 +7,2 @@\n-{line}\n+- Be calm with all.\n+- Name the desk.\n"
    outcome = apply_diff(PROMPT, first + second)
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.OVERLAPPING
    assert isinstance(apply_diff(PROMPT, first + first), Patched)


def test_letters_in_parts_are_told_in_any_script() -> None:
    prompt = "\ub2f5\ubcc0\uc740 \uc9e7\uac8c.\n\uce5c\uc808\ud558\uac8c.\n"
    added = "\u1103\u1161\u11b8\u1107\u1167\u11ab"
    outcome = apply_diff(prompt, f"@@ -2 +2,2 @@\n {prompt.splitlines()[1]}\n+{added}.\n")
    assert isinstance(outcome, Patched)
    assert "Letters stand in parts" in outcome.said


def test_a_paragraph_may_become_an_item() -> None:
    first = "Keep each answer below ninety words, and be kind."
    outcome = apply_diff(
        PROMPT, f"@@ -3 +3,2 @@\n-{first}\n+- {first}\n+- Name the line of the tram, too.\n"
    )
    assert isinstance(outcome, Patched)
    assert "would come back as" not in " ".join(outcome.doubts)


def test_doubled_braces_beside_new_words_are_told() -> None:
    block = '{% if vip %}\nSay "member" & help.\n{% else %}\nBe kind.\n{% endif %}'
    prompt = f"Greet {{{{ name }}}}.\n\n{block}\n\nEnd.\n"
    replace = block.replace("{%", "{{%").replace("%}", "%}}").replace(" & help", ", help & ask")
    assert "a template has no such braces" in doubts(prompt, (block, replace))


def test_short_lines_may_be_told_in_one_sentence() -> None:
    prompt = "Colours:\n- red\n- blue\n- green\n\nBe kind to all of them.\n"
    removed = "-- red\n-- blue\n-- green\n"
    outcome = apply_diff(prompt, f"@@ -2,3 +2 @@\n{removed}+All of - red - blue - green.\n")
    assert isinstance(outcome, Patched)
    assert "would stand on one" not in " ".join(outcome.doubts)


def test_another_item_as_long_as_the_old_one_is_no_second_one() -> None:
    prompt = "Rules:\n- Quote.\n- Be kind to all of them.\n"
    outcome = apply_diff(prompt, "@@ -2 +2 @@\n-- Quote.\n+- Answer - Yes or No - first.\n")
    assert isinstance(outcome, Patched)
    assert "Two items" not in " ".join(outcome.doubts)


def test_a_rule_of_dashes_needs_no_full_stop() -> None:
    prompt = "Be kind to all.\nAsk for the card.\nName the desk.\nTell them why.\n"
    outcome = apply_diff(prompt, "@@ -2,2 +2,3 @@\n Ask for the card.\n+---\n Name the desk.\n")
    assert isinstance(outcome, Patched)
    assert outcome.doubts == ()


@pytest.mark.parametrize(("new", "told"), [("la carte a lire", False), ("la carte des the", True)])
def test_a_lone_letter_has_lost_no_accent(new: str, *, told: bool) -> None:
    prompt = "Donnez la carte \u00e0 lire des th\u00e9.\nSoyez bref.\n"
    said = doubts(prompt, ("la carte \u00e0 lire des th\u00e9", f"{new} puis"))
    assert ("may be" in said) is told


def test_usual_words_of_any_language_are_words() -> None:
    prompt = (
        "You are the desk, and you help with all of the questions that are not for others.\n"
        "Ask for the card before you begin with it.\n"
    )
    said = doubts(prompt, ("Ask for the card", "Ask for the card und the number"))
    assert "is no word" not in said


@pytest.mark.parametrize(("below", "told"), [("Berlin or Bonn.", True), ("berlin or Bonn.", False)])
def test_a_hanging_word_goes_on_where_no_sentence_begins(below: str, *, told: bool) -> None:
    prompt = "You help the drivers of a depot.\nBe kind to all.\n"
    rows = f"-You help the drivers of a depot.\n+You help the drivers of the\n+{below}\n"
    outcome = apply_diff(prompt, f"@@ -1 +1,2 @@\n{rows}")
    assert isinstance(outcome, Patched)
    assert ("it ends in" in " ".join(outcome.doubts)) is told


def test_a_wrapped_line_goes_on_with_a_capital() -> None:
    prompt = "Du hilfst den Fahrern der\nWerkstatt am Tag.\nSei nett zu allen.\n"
    rows = "-Du hilfst den Fahrern der\n-Werkstatt am Tag.\n+Hilf allen, the\n+Werkstatt auch.\n"
    outcome = apply_diff(prompt, f"@@ -1,2 +1,2 @@\n{rows}")
    assert isinstance(outcome, Refused) or "it ends in" not in " ".join(outcome.doubts)


@pytest.mark.parametrize(("kept", "told"), [("\t", True), (" ", False)])
def test_one_blank_for_a_tab_or_a_tab_for_one_blank_is_told(kept: str, *, told: bool) -> None:
    margin = "\t" if kept == "\t" else " "
    prompt = f"Rules:\n{margin}Write fractions as a/b only.\n{margin}Use no other signs.\n"
    said = doubts(prompt, ("Write fractions as a/b only.", "Write all fractions as a/b only."))
    assert said == ""
    find = f"{margin}Write fractions as a/b only."
    other = " " if margin == "\t" else "\t"
    said = doubts(prompt, (find, f"{other}Write all fractions as a/b only."))
    assert "where" in said, told


# --- a part that fits once, and like places that nothing skips ----------------------------------


def test_a_like_place_that_is_not_skipped_says_nothing() -> None:
    quoted = BODY + " Step 4: check it.\n"
    above = apply_diff(
        f"Example A:\nRead it twice.\n{PLAN}Example B:\n{STALE}",
        f"@@ @@\n Example A:\n...\n{quoted}",
    )
    assert isinstance(above, Patched)
    below = apply_diff(f"{STALE}Example B:\n{PLAN}Read it.\n", f"@@ @@\n{quoted}...\n Read it.\n")
    assert isinstance(below, Patched)


def test_a_number_that_holds_may_skip_a_like_place() -> None:
    quoted = BODY + " Step 4: check it.\n"
    prompt = f"{PLAN}Example A:\n{STALE}Read it twice.\n"
    outcome = apply_diff(prompt, f"@@ -2,9 +2,10 @@\n{quoted}...\n Read it twice.\n")
    assert isinstance(outcome, Patched)


def test_lines_that_a_change_joins_are_touched_both() -> None:
    prompt = "Be kind.\nAsk first.\nEnd.\n"
    (lines,) = Written(prompt, Changes((Change(0, 9, "Be kind and "),))).touched
    assert (lines.old, lines.new, lines.below) == (
        ["Be kind.", "Ask first."],
        ["Be kind and Ask first."],
        "End.",
    )
    (lines,) = Written(prompt, Changes((Change(9, 9, "Name it.\n"),))).touched
    assert (lines.above, lines.old, lines.new, lines.below) == (
        "Be kind.",
        [],
        ["Name it."],
        "Ask first.",
    )


# --- sections that are named, or quoted -----------------------------------------------------------


@pytest.mark.parametrize("named", ["## Tools", "## Scope"])
@pytest.mark.parametrize("twice", [False, True])
def test_a_section_is_named_above_a_hunk_that_begins_with_the_next_one(
    named: str, *, twice: bool
) -> None:
    scope = "## Scope\n\nLook at the order first.\nBe kind to all.\n"
    prompt = f"# Desk\n\n## Tools\nUse none of them.\n\n{scope}"
    prompt += f"\n## More\nUse all of them.\n\n{scope}" if twice else ""
    rows = " ## Scope\n \n Look at the order first.\n+Name it.\n Be kind to all.\n"
    outcome = apply_diff(prompt, f"@@ -6,4 +6,5 @@ {named}\n{rows}")
    assert isinstance(outcome, Patched)
    assert outcome.text == prompt.replace("first.\n", "first.\nName it.\n", 1)
    other = apply_diff(prompt, f"@@ -6,4 +6,5 @@ # Desk\n{rows}")
    assert isinstance(other, Patched)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("def billing(ticket):", "def refunds(ticket):"),
        ("== Billing ==", "== Refunds =="),
        ('"billing": {', '"refunds": {'),
        ('<team name="billing">', '<team name="refunds">'),
    ],
)
def test_code_and_keys_name_sections(first: str, second: str) -> None:
    body = "    retries = 3\n    Look at the order.\n    Ask for its number.\n"
    stale = body.replace("Ask for its", "Ask for any")
    prompt = f"{first}\n{stale}{second}\n{body}"
    rows = "-    retries = 3\n+    retries = 5\n     Look at the order.\n     Ask for its number.\n"
    assert isinstance(apply_diff(prompt, f"@@ {second} @@\n{rows}"), Patched)
    assert isinstance(apply_diff(prompt, f"@@ {first} @@\n{rows}"), Refused)


@pytest.mark.parametrize(
    ("title", "told"),
    [("## Second", False), ('<team name="b">', False), ('<cut after="3"/>', True), ("", True)],
)
def test_who_quotes_a_title_that_stands_once_means_no_like_place(title: str, *, told: bool) -> None:
    body = "Look at the order.\nAsk for its number.\nName it at once.\n"
    prompt = f"## First\nBe kind.\n{body}{title}\n{body}Be brief.\n"
    rows = " Look at the order.\n Ask for its number.\n+Be calm.\n Name it at once.\n"
    quoted = f" {title}\n{rows}" if title else f"{rows} Be brief.\n"
    outcome = apply_diff(prompt, f"@@ @@\n{quoted}")
    assert isinstance(outcome, Patched)
    assert ("nearly the same text" in outcome.said) is told


def test_a_title_that_stands_twice_tells_no_places_apart() -> None:
    body = "Look at the order.\nAsk for its number.\nName it at once.\n"
    prompt = f"## Part\n{body}Be kind.\n## Part\n{body}Be brief.\n"
    rows = " ## Part\n Look at the order.\n Ask for its number.\n+Be calm.\n"
    outcome = apply_diff(prompt, f"@@ @@\n{rows} Name it at once.\n Be brief.\n")
    assert isinstance(outcome, Patched)
    assert "nearly the same text" in outcome.said


def test_a_title_behind_what_is_skipped_may_stand_below_a_like_part() -> None:
    prompt = f"Example A:\nRead it twice.\n{STALE}### Example B\n{PLAN}"
    rows = BODY + " Step 4: check it.\n"
    rows = f" ### Example B\n Step 1: find the topic.\n{rows}"
    outcome = apply_diff(prompt, f"@@ @@\n Example A:\n...\n{rows}")
    assert isinstance(outcome, Patched)


LINE = "- Ask for the number of the tram before anything else."


@pytest.mark.parametrize(("times", "applies"), [(2, True), (3, False)])
def test_a_whole_rewrite_may_have_lines_twice_that_stood_twice(
    times: int, *, applies: bool
) -> None:
    prompt = f"# A\n{LINE}\n- Be kind.\n# B\n{LINE}\n- Be kind.\n"
    removed = "".join(f"-{line}\n" for line in prompt.splitlines())
    added = removed.replace("\n-", "\n+").replace("-# A", "+# A").replace("kind.", "calm.", 1)
    more = f"+# C\n+{LINE}\n" if times > 2 else ""
    outcome = apply_diff(prompt, f"```diff\n@@\n{removed}{added}{more}```\n")
    assert isinstance(outcome, Patched) is applies


def test_what_one_block_removed_excuses_nothing_in_the_next() -> None:
    prompt = f"# A\n{LINE}\n# B\n{LINE}\n# C\n- Be kind.\n"
    rows = f" # A\n-{LINE}\n # B\n-{LINE}\n # C\n+{LINE}\n+- Be calm.\n+{LINE}\n"
    assert isinstance(apply_diff(prompt, f"@@\n{rows} - Be kind.\n"), Refused)


def test_nothing_is_unlike_an_empty_prompt() -> None:
    outcome = apply_diff("", "@@ -0,0 +1,2 @@\n+<rules> a = b </rules>\n+Be kind to all.\n")
    assert isinstance(outcome, Patched)
    assert outcome.doubts == ()


def test_codes_of_languages_are_words() -> None:
    prompt = "name: desk\nYou are kind to all, and you ask for the card with the number.\n"
    outcome = apply_diff(prompt, "@@ -1 +1,2 @@\n name: desk\n+language: uk\n")
    assert isinstance(outcome, Patched)
    assert not any("is no word" in one for one in outcome.doubts)


def test_a_colon_above_items_is_no_other_dress() -> None:
    line = "- Quote all fares in euros & round them to ten cents"
    outcome = apply_diff(
        PROMPT,
        f"@@ -7 +7,3 @@\n-{line}.\n+{line}:\n+  - Those in cash.\n+  - Those by card, too.\n",
    )
    assert isinstance(outcome, Patched)
    assert not any("come back" in one for one in outcome.doubts)


def test_items_may_become_boxes() -> None:
    rows = "".join(f"-{line}\n" for line in STEPS.splitlines())
    added = "+- [ ] Look the tram up with `find_tram`.\n+- [ ] Tell the driver twice a day.\n"
    outcome = apply_diff(PROMPT, f"@@ -11,2 +11,2 @@\n{rows}{added}")
    assert isinstance(outcome, Patched)
    assert not any("come back" in one for one in outcome.doubts)


def test_a_tag_behind_an_item_is_no_second_one() -> None:
    line = "- Quote all fares in euros & round them to ten cents"
    outcome = apply_diff(PROMPT, f"@@ -7 +7 @@\n-{line}.\n+{line}. <fare_id>.\n")
    assert isinstance(outcome, Patched)
    assert not any("Two items" in one for one in outcome.doubts)


# --- what is told and no longer refused -----------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "applies"), [("## Rules (updated)", True), ("Rules: all (updated)", False)]
)
def test_a_section_may_be_called_updated(title: str, *, applies: bool) -> None:
    outcome = apply_diff(PROMPT, f"@@ -5 +5 @@\n-## Rules\n+{title}\n")
    assert isinstance(outcome, Patched) is applies
    if isinstance(outcome, Patched):
        assert any("what is new" in one for one in outcome.doubts)


@pytest.mark.parametrize(("quote", "applies"), [('"', True), ("\u201c", False)])
def test_who_types_straight_quotes_means_the_others(quote: str, *, applies: bool) -> None:
    prompt = 'Say "hold on" to all.\nBe brief.\n'
    old = f"-Say {quote}hold on{quote} to all.\n"
    outcome = apply_diff(prompt, f"@@ -1 +1 @@\n{old}+Say \u201chold on\u201d to each of them.\n")
    assert isinstance(outcome, Patched) is applies


def test_who_types_no_quotes_at_all_may_have_no_others() -> None:
    prompt = 'Say "hold on" to all.\nBe brief.\n'
    added = "+Write \u201chold it.\u201d\n"
    assert isinstance(apply_diff(prompt, f"@@ -2 +2,2 @@\n Be brief.\n{added}"), Refused)


def test_the_words_of_another_style_stand_in_their_order() -> None:
    first, second = "one two three four five six", "seven eight nine ten eleven twelve"
    line, other = f"Name {first} {second}.", f"Name {second} {first}."
    for there, applies in ((other, True), (f"* **{line}**", False)):
        prompt = f"# A\n{line}\n# B\nx\ny\nz\n# C\n{there}\n# D\n"
        outcome = apply_diff(prompt, f"@@ -8 +8 @@\n-{line}\n+Name none.\n")
        assert isinstance(outcome, Patched) is applies


def test_a_line_that_names_other_lines_joins_none() -> None:
    prompt = (
        "Ask for the form.\nIt says: Ask for the form. Name the desk. Then stop.\nName the desk.\n"
    )
    line = prompt.splitlines()[1]
    assert "would stand on one" not in doubts(prompt, (line, line.replace("stop", "go on")))
