"""Added lines that are whole, and those that their writer or their way here left in pieces."""

import pytest

from planner.patch import Patched, RefusalCode, Refused, apply_diff

PROMPT = "# Rules\n\n- Be kind.\n- Be brief.\n- Never guess.\n\nThe end.\n"


def insert(*lines: str, prompt: str = PROMPT) -> Patched | Refused:
    added = "".join(f"+{line}\n" for line in lines)
    count = 3 + len(lines)
    diff = f"@@ -3,3 +3,{count} @@\n - Be kind.\n{added} - Be brief.\n - Never guess.\n"
    return apply_diff(prompt, diff)


def replace(line: str, prompt: str = PROMPT) -> Patched | Refused:
    diff = f"@@ -3,3 +3,3 @@\n - Be kind.\n-- Be brief.\n+{line}\n - Never guess.\n"
    return apply_diff(prompt, diff)


HALVES = [
    *("- Greet {user_na", "- Use the tool `sear", '- Return `{"ok": tr', "- Run `ls -"),
    *("- See [the manual](https://docs.exam", "- **Never reveal the", "- **Important: ask"),
    *("- Use units (km,", "- Accept [yes", '- Say "thank', "- Sage \u201eGuten", "a) Say (once"),
    *("- Start with \u201cLet", '- Reply as {"answer":', "- Say (yes) or (no"),
]


@pytest.mark.parametrize("line", HALVES)
def test_an_added_line_that_opens_what_nothing_closes_is_half_written(line: str) -> None:
    for outcome in (insert(line), insert("- Ask first.", line, "- Retry (once).")):
        assert isinstance(outcome, Refused), line
        assert outcome.code is RefusalCode.UNCLEAR
    marked = PROMPT.replace("brief", '`brief` or **short** ("so")')
    diff = f"@@ -3,2 +3,3 @@\n - Be kind.\n+{line}\n {marked.splitlines()[3]}\n"
    assert isinstance(apply_diff(marked, diff), Refused), line
    usual = f"{PROMPT}{line} more\n"
    assert isinstance(insert(f"{line} less.", prompt=usual), Patched)


@pytest.mark.parametrize(
    "line",
    [
        *('- Print 15" wide.', "- Smile :) and :( at times.", "a) Ask first.", "1) Ask (once)."),
        *("- Take values in [0, 100) or (0, 1].", "- Ask if x < 5.", "- Don't ask the users' age."),
        *(
            "- End with a ( or a {.",
            "- Write `(` for a bracket.",
            '- Say "(" for one.',
            "- 2**8 is.",
        ),
        *(
            "- 2**8 is 256.",
            "- **Ask** **first**.",
            "- Read **/*.py.",
            "- Pass **kwargs on.",
            "- Sort by (a), then b).",
            "- Type ` to open the console.",
        ),
        *(
            "- \u201eJa\u201c und \u201cno\u201d.",
            "- Quote `ls' as GNU does.",
            "- **Ask** **first**.",
        ),
    ],
)
def test_a_sign_that_opens_nothing_is_no_half(line: str) -> None:
    assert isinstance(insert(line), Patched), insert(line)


@pytest.mark.parametrize(
    "lines",
    [
        ("- Say (in one word,", "  or in two) what it is."),
        ('- Say: "I look it up,', '  then I come back."'),
        ("- **Never share", "  the key.**"),
        ("{", '  "a": [', "    1", "  ]", "}"),
        ("```", "f(", "```"),
        ("- Use `git log", "  --oneline` first."),
        ("- Take `dict[str,", "  int]` or `f(x)` (not `g`)."),
        ('- Print (e.g. "v', '  2023"), then "a".'),
        ("- Set ``{`` (or", "  ``[``) first."),
    ],
)
def test_what_goes_on_in_a_line_below_is_whole(lines: tuple[str, ...]) -> None:
    assert isinstance(insert(*lines), Patched), insert(*lines)


TRANSPORT = [
    *(
        "- Cr=C3=A8me first.",
        "- Be =E2=80=9Csafe=E2=80=9D.",
        "- Be very brief.\\par",
        "- Ask.\\pard",
    ),
    *(
        "-\u00b7Be\u00b7very\u00b7brief.",
        "Be\u00b7very\u00b7brief\u00b7here.",
        "\u00b7\u00b7-\u00b7Ask.",
    ),
    *("-\u2423Be\u2423brief.", "prompt.md:17:- Be brief now.", "a/prompt.md-17-- Ask now."),
    *("17-- Be brief now.", "{\\rtf1 Be brief now.", "Be brief now.\\b0"),
    *("prompt.md:17:Be brief now.", "prompt.md:17:  - Be brief now."),
]


@pytest.mark.parametrize("line", TRANSPORT)
def test_what_a_transport_left_in_an_added_line_is_no_text(line: str) -> None:
    for outcome in (insert(line), replace(line)):
        assert isinstance(outcome, Refused), line


@pytest.mark.parametrize(
    "line",
    [
        *("- Offer caf\u00e9 \u00b7 bar \u00b7 hotel.", "- Use N\u00b7m and kg\u00b7m\u00b2."),
        *(
            "- Set a=C3 first.",
            "- In col\u00b7lecci\u00f3, keep the dot.",
            "- Read notes.md: 17 rules.",
        ),
        *("- Meet at 10:30:15.", "v1.a-2: the second draft", "- Write \\par in `TeX` only."),
    ],
)
def test_a_sign_that_a_transport_may_leave_is_text_elsewhere(line: str) -> None:
    assert isinstance(insert(line), Patched), insert(line)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "======= base",
            "||||||| base",
            "||||||| 3f2a1bc",
            "|||||||",
            "%%%%%%% Changes from base to side #1",
        ),
        *("+++++++ Contents of side #2", "------- Contents of base"),
    ],
)
def test_the_marks_of_a_merge_are_no_text(line: str) -> None:
    assert isinstance(insert("- Ask first.", line, "- Retry once."), Refused)
    usual = f"{PROMPT}{line}\n"
    assert isinstance(insert("- Ask first.", f"{line}!", "- Retry once.", prompt=usual), Patched)


@pytest.mark.parametrize(
    "line", ["| a ||||||| b |", "||||||| x | y |", "-------", "%%%%%%%%%", "---- x"]
)
def test_signs_in_a_row_are_text_elsewhere(line: str) -> None:
    assert isinstance(insert("- Ask first.", line, "- Retry once."), Patched)


@pytest.mark.parametrize("sign", ["- ", "* ", "> ", "  - ", "a) ", "  2. ", ""])
def test_two_added_lines_glued_with_the_sign_between_them_are_none(sign: str) -> None:
    for counted in (4, 5):
        glued = f"+{sign}Ask first.+{sign}Retry once."
        diff = f"@@ -3,3 +3,{counted} @@\n - Be kind.\n{glued}\n - Be brief.\n - Never guess.\n"
        assert isinstance(apply_diff(PROMPT, diff), Refused)


@pytest.mark.parametrize("sign", ["- ", "> ", "  * ", "2. "])
def test_a_sign_within_a_line_is_one_of_the_diff_where_a_line_is_missing(sign: str) -> None:
    glued = f"+{sign}Ask C++ first+{sign}retry once."
    diff = f"@@ -3,3 +3,5 @@\n - Be kind.\n{glued}\n - Be brief.\n - Never guess.\n"
    assert isinstance(apply_diff(PROMPT, diff), Refused)
    assert isinstance(apply_diff(PROMPT, diff.replace("+3,5", "+3,4")), Patched)


@pytest.mark.parametrize(
    "line", ["- Signs: + - * /", "- Use C++ or C.", "- Ages 18+ only.", "- a+b"]
)
def test_a_plus_within_a_line_is_text(line: str) -> None:
    assert isinstance(insert(line), Patched), insert(line)


@pytest.mark.parametrize(
    "line",
    [
        *("Okay, now the second hunk.", "Delete the line above.", "Add a rule about refunds here."),
        *("Insert the refund policy after this line.", "Was this response better or worse?"),
        *("--- end of part 1 ---", "- ditto", "1. TBD", "- same as above", "Human: thanks, fine"),
        *("Next hunk:", "Alright, here is the rest.", "Replace the line above with this one."),
        *("Insert here.", "Does this look right?", "--- page 2 ---", "- idem", "Part 1 of 2"),
        *("Remove both rules below.", "OK, so let us go on."),
    ],
)
def test_a_line_in_which_the_writer_speaks_of_the_edit_is_no_text(line: str) -> None:
    assert isinstance(insert("- Ask first.", line, "- Retry once."), Refused)
    assert isinstance(replace(line), Refused)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "- Delete the file when done.",
            "- Add a link to the rule on refunds.",
            "- Okay is fine.",
            "- The last change wins.",
        ),
        *(
            "- Put the answer here: below the table.",
            "## Part 1",
            "- deleted",
            "- none",
            "Human: hello",
        ),
        *(
            "- Follow the rules below it.",
            "- Move on to the next line item.",
            "Insert one example for each rule.",
        ),
    ],
)
def test_a_rule_that_speaks_of_work_like_an_edit_is_text(line: str) -> None:
    assert isinstance(insert("- Ask first.", line, "- Retry once."), Patched)


def test_a_turn_of_a_dialogue_that_the_prompt_has_is_text() -> None:
    dialogue = ("Human: thanks, looks good", "Assistant: You are welcome.")
    assert isinstance(insert(*dialogue, prompt=f"{PROMPT}Human: Hello!\n"), Patched)


SLOTS = {
    "Ask ${name} first.": ("${RULE_TEXT}", "${rule}"),
    "Ask $NAME first.": ("$NEW_LINE", "$rule"),
    "Ask <%= name %> first.": ("<%= rule %>",),
    "Ask __NAME__ first.": ("__NEW_RULE__",),
    "Ask #{name} first.": ("#{rule}",),
    "Ask %NAME% first.": ("%RULE%",),
    "Ask @NAME@ first.": ("@@RULE@@", "@RULE@"),
    "Ask <<name>> first.": ("<<rule>>",),
    "Ask [NAME] first.": ("[RULE]", "[TEXT]"),
    "Ask <NAME> first.": ("<NEW_CONTENT>", "<placeholder>", "<new rule>"),
    "Ask {name of user} first.": ("{a sentence on privacy}",),
    "nan": ("NaN", "{}", "Lorem ipsum dolor sit amet.", "#REF!", "()", "Your text here."),
    "ASK_FIRST": ("NEW_RULE",),
    "Ask {{{name}}} first.": ("{{{rule}}}",),
}


@pytest.mark.parametrize(
    ("usual", "line"), [(usual, line) for usual, lines in SLOTS.items() for line in lines]
)
def test_a_line_that_is_a_slot_which_the_prompt_does_not_use_is_no_text(
    usual: str, line: str
) -> None:
    for added in (line, f"- {line}"):
        for outcome in (replace(added), insert("- Ask first.", added, "- Retry once.")):
            assert isinstance(outcome, Refused), added
        if line[0] not in "[@<":
            assert isinstance(replace(added, prompt=f"{PROMPT}{usual}\n"), Patched)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "{content}",
            "<rules>",
            "[limits]",
            "[TOOLS]",
            "__Tone__",
            "$50 a day",
            "%d of them",
            "{",
        ),
        *(
            "- [ ] Ask first.",
            "<TOOL_RULES>",
            "{% if a %}",
            "{'a': 1}",
            "{a: 1, b: 2}",
            "#5",
            "@team asks first.",
        ),
    ],
)
def test_a_line_that_looks_like_a_slot_may_be_text(line: str) -> None:
    lines = (line, "}") if line == "{" else (line,)
    assert isinstance(insert("- Ask first.", *lines, "- Retry once."), Patched)


def test_a_slot_for_data_is_text_in_a_template_of_another_style() -> None:
    template = f"{PROMPT}Today is {{date}}.\n"
    for line in ("${surname}", "%(time)s", "$name"):
        assert isinstance(replace(line), Refused)
        assert isinstance(replace(line, prompt=template), Patched)
    assert isinstance(replace("${RULE_TEXT}", prompt=template), Refused)


OPEN_POINTS = [
    *(
        "- Use at most TBD results.",
        "- Call the tool <tool name TBD>.",
        "- Wait (seconds TBD) first.",
    ),
    *(
        "- Greet [insert name] first.",
        "- Use three [or five?] results.",
        "- Use 3 (5?) of them.",
        "- Use at most ? of them.",
        "- Use at most __ of them.",
        "- Ask at most [choose].",
    ),
    "- Reply in {short|medium} form.",
]


@pytest.mark.parametrize("line", OPEN_POINTS)
def test_a_point_that_an_added_line_leaves_open_makes_it_no_text(line: str) -> None:
    assert isinstance(replace(line), Refused)
    assert isinstance(replace(f"{line[:-1]}!", prompt=f"{PROMPT}{line}\n"), Patched)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "- Write TBD where nothing is known.",
            "- Choose [a tool](tools.md).",
            "- Ask (or guess?) once.",
        ),
        *(
            "- Fill {name|upper} in.",
            "- Keep {{name|title}}.",
            "- Ask (why?) once.",
            "- Sign as [your name].",
            "- a|b",
        ),
        *("- Ask `[insert name]` first.", '- Never write "[choose]".'),
    ],
)
def test_a_line_that_speaks_of_an_open_point_is_text(line: str) -> None:
    prompt = f"{PROMPT}Hello {{{{name}}}}, {{name|lower}}!\n" if "name|" in line else PROMPT
    assert isinstance(replace(line, prompt=prompt), Patched), replace(line, prompt=prompt)


@pytest.mark.parametrize(
    "line",
    [
        *("- Use <br> for a line break in tables.", "- Use &nbsp; between number and unit."),
        *("- Write \u00e9 as \\u00e9 in JSON.", "- End the block with ```.", "retry: [1, 2]"),
        *("- Never open with ```, but with a word.", "  codes: [a, b, c]", '- "tags": ["a", "b"]'),
    ],
)
def test_a_sign_that_a_sentence_speaks_of_is_text(line: str) -> None:
    prompt = PROMPT.replace("- Never guess.", "- Never guess.\n  At all.")
    assert isinstance(insert(line, prompt=prompt), Patched), insert(line, prompt=prompt)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "- Be kind. <br> Be brief.",
            "- Ask for 10&nbsp;kg.",
            "- Use caf\\u00e9 as it is.",
            "- Use &amp; first.",
        ),
        *("- Use \\u2713 for done.", "- Be short. ```", "- Be short [to be checked]"),
        *("- Reply with &quot;yes&quot;.", "- Be short.<br>"),
    ],
)
def test_a_sign_that_was_left_by_a_transport_is_none_that_a_sentence_speaks_of(line: str) -> None:
    assert isinstance(insert(line), Refused)


def test_what_begins_under_the_text_of_an_added_item_is_nested_in_it() -> None:
    prompt = PROMPT.replace("- Never guess.", "  - Never guess.")
    diff = (
        "@@ -3,3 +3,6 @@\n - Be kind.\n - Be brief.\n+1. Search\n+   - local\n+   - web\n"
        "   - Never guess.\n"
    )
    assert isinstance(apply_diff(prompt, diff), Patched)
    assert isinstance(apply_diff(prompt, diff.replace("1. Search", "Search")), Refused)


LONG = "# Rules\n\n- Be kind.\n- Be brief, in all of your answers.\n- Never guess.\n\nThe end.\n"


@pytest.mark.parametrize(
    "line", ["- Be brief", "- Be brief, in all of", "- Be brief, in all of you"]
)
def test_the_start_of_a_removed_line_is_half_of_it(line: str) -> None:
    diff = f"@@ -3,3 +3,3 @@\n - Be kind.\n-{LONG.splitlines()[3]}\n+{line}\n - Never guess.\n"
    assert isinstance(apply_diff(LONG, diff), Refused)


def test_a_line_may_be_shortened_to_a_sentence_or_parted_in_two() -> None:
    prompt = LONG.replace(", in", ". Do so in")
    for lines in (["- Be brief."], ["- Be brief", "- Do so in all of your answers."]):
        added = "".join(f"+{line}\n" for line in lines)
        rows = f" - Be kind.\n-{prompt.splitlines()[3]}\n{added} - Never guess.\n"
        diff = f"@@ -3,3 +3,{2 + len(lines)} @@\n{rows}"
        assert isinstance(apply_diff(prompt, diff), Patched)


@pytest.mark.parametrize("end", ["the", "a", "and", "https://", "cities,"])
def test_an_item_that_goes_on_nowhere_is_half_of_one(end: str) -> None:
    assert isinstance(insert(f"- Ask first for {end}"), Refused)
    goes_on = insert(f"- Ask first for {end}", "  names of all.")
    assert isinstance(goes_on, Patched), goes_on


def test_an_item_may_end_as_the_one_that_it_replaces() -> None:
    prompt = "1. stop,\n2. ask a colleague,\n3. go on.\n"
    diff = "@@ -1,3 +1,3 @@\n 1. stop,\n-2. ask a colleague,\n+2. ask two colleagues,\n 3. go on.\n"
    assert isinstance(apply_diff(prompt, diff), Patched)


@pytest.mark.parametrize(
    "line",
    [
        "Ask at most two questions in one mtions in one message.",
        "Offer a summary at the end of a long conversatlong conversation.",
        "Use simple words for children under ten.dren under ten.",
    ],
)
def test_a_run_that_stands_twice_in_a_row_was_sent_twice(line: str) -> None:
    prompt = "You help.\n\nBe brief.\n"
    diff = f"@@ -3 +3,2 @@\n Be brief.\n+{line}\n"
    assert isinstance(apply_diff(prompt, diff), Refused)
    said_before = f"{prompt}{line}\n"
    again = f"@@ -4 +4 @@\n-{line}\n+{line} Always.\n"
    assert isinstance(apply_diff(said_before, again), Patched)


def test_a_sentence_that_stands_twice_on_a_line_was_sent_twice() -> None:
    line = "Stop as soon as it is settled. Stop as soon as it is settled."
    diff = f"@@ -3 +3,2 @@\n Be brief.\n+{line}\n"
    assert isinstance(apply_diff("You help.\n\nBe brief.\n", diff), Refused)


@pytest.mark.parametrize("line", ["Ask step by step by step.", "Tone: friendly, friendly, clear."])
def test_what_people_say_twice_is_text(line: str) -> None:
    diff = f"@@ -3 +3,2 @@\n Be brief.\n+{line}\n"
    assert isinstance(apply_diff("You help.\n\nBe brief.\n", diff), Patched)


def test_items_of_an_enumeration_end_in_commas() -> None:
    assert isinstance(insert("- names,", "- cities, and", "- countries."), Patched)


@pytest.mark.parametrize(
    "line",
    [
        *("- Schreibe Betr?ge aus.", "- Ask ?ber alles.", "? Ask first.", "- It costs 5 ?."),
        *("- Ask [PERSON_NAME] first.", "- Write to [email protected].", "- Ask <PHONE_NUMBER>."),
        *("- [Your company name] asks.", "- The fee is [TO BE DEFINED].", "- Ask <YOUR_NAME>."),
        *("- Placeholder: tell how.", "- It costs 5 EUR (to be confirmed).", "- Call ______."),
        *("- Ask after <NUMBER> days.", "- Sign as [Company Name].", "- Take XX% off."),
        *("- Write to [EMAIL_REDACTED].", "- It ends on (insert date)."),
        *("As requested, the rule is stricter now.", "Now the second change:"),
        *("- Call {{PHONE - fill in}} first.", "# NOTE: changed as requested"),
        *("Changes made: one rule.", "- Never send more than Never send more than one."),
    ],
)
def test_what_no_writer_leaves_in_a_rule_is_no_text(line: str) -> None:
    assert isinstance(insert(line), Refused), line


@pytest.mark.parametrize(
    "line",
    [
        *("- Is it angry? Hand over.", "- Match `colou?r`.", "- Read https://a.example/b?c=d."),
        *("- Sign as [your name].", "- NOTE: never quote it.", "- Call again and again, or again."),
    ],
)
def test_what_looks_like_it_may_be_text(line: str) -> None:
    assert isinstance(insert(line), Patched), insert(line)


@pytest.mark.parametrize("line", ["- **Be brief.**", "- *Be brief.*", "- __Be brief.__"])
def test_emphasis_on_a_removed_line_is_the_change(line: str) -> None:
    assert isinstance(replace(line), Patched), replace(line)


@pytest.mark.parametrize("line", ["- Warn them before a step that ca", "- Shorten all of it to"])
def test_an_item_without_an_end_among_items_that_have_one_breaks_off(line: str) -> None:
    assert isinstance(insert(line), Refused)
    for line_or_more in ([f"{line}:"], [line, "- Ask for"], [f"  {line}"]):
        assert isinstance(insert(*line_or_more), Patched), line_or_more
    fragments = PROMPT.replace(".", "")
    diff = f"@@ -3,3 +3,4 @@\n - Be kind\n+{line}\n - Be brief\n - Never guess\n"
    assert isinstance(apply_diff(fragments, diff), Patched)


def test_another_backslash_of_the_prompt_excuses_no_escapes() -> None:
    shell = f"{PROMPT}```bash\ncurl x \\\n  -s\n```\n"
    assert isinstance(insert('- Say \\"hello\\" first.', prompt=shell), Refused)
    assert isinstance(insert("- Sage Betr\\u00e4ge an.", prompt=shell), Refused)


NUMBERS = ["+49 30 1234567 is the hotline.", "+1 (800) 555-0199 is free.", "+493012345 is, too."]


@pytest.mark.parametrize("item", ["", "- ", "3. ", "a) ", "Hotline: "])
@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_with_its_sign_is_text(item: str, number: str) -> None:
    for outcome in (insert(item + number), replace(item + number)):
        assert isinstance(outcome, Patched)
        assert f"\n{item}{number}\n" in outcome.text


@pytest.mark.parametrize(
    "line",
    ["+- Ask first.", "+3. Ask first.", "+Ask first.", "- Ask. +2. Retry.", "- Ask.+2 tries."],
)
def test_a_sign_before_an_item_or_a_word_is_none_of_a_number(line: str) -> None:
    assert isinstance(insert(line), Refused)
    assert isinstance(insert("+12 is a code."), Refused)
    assert isinstance(insert("+49 30 12345 is free.", "+49 30 12346, too."), Refused)


TABLE = "# Prices\n\n| Tier | Off |\n|---|--:|\n| Basic | 0 |\n| Gold | `a|b` |\n\nThe end.\n"


def in_table(old: str, new: str, prompt: str = TABLE) -> Patched | Refused:
    rows = old.count("\n")
    removed = "".join(f"-{line}\n" for line in old.split("\n")[:-1])
    added = "".join(f"+{line}\n" for line in new.split("\n")[:-1])
    start = prompt[: prompt.index(old)].count("\n")
    above = prompt.split("\n")[start - 1]
    count = new.count("\n") + 1
    return apply_diff(
        prompt, f"@@ -{start},{rows + 1} +{start},{count} @@\n {above}\n{removed}{added}"
    )


@pytest.mark.parametrize(
    "row", ["| VIP | 9", "| VIP", "| VIP |", "| VIP | 9 | 8 |", "| VIP | 9 \\|"]
)
def test_a_row_has_its_end_and_all_cells_where_the_other_rows_have_them(row: str) -> None:
    assert isinstance(in_table("| Basic | 0 |\n", f"{row}\n"), Refused)
    assert isinstance(in_table("| Basic | 0 |\n", f"{row}\n| Basic | 0 |\n"), Refused)
    below = f"@@ -6,2 +6,3 @@\n | Gold | `a|b` |\n+{row}\n \n"
    assert isinstance(apply_diff(TABLE, below), Refused)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("| Basic | 0 |\n", "| Basic | 5 |\n| VIP | 9 |\n"),
        (
            TABLE[TABLE.index("| Tier") : TABLE.index("\nThe")],
            "| Tier | Off | For |\n|---|---|---|\n| Basic | 0 | all |\n| Gold | 5 | few |\n",
        ),
        ("|---|--:|\n", "|:--|--:|\n"),
        ("| Basic | 0 |\n", "| Basic | 0 | (in the first year)\n"),
        ("The end.\n", "| A | B | C |\n|---|---|---|\n| 1 | 2 | 3 |\n"),
        ("The end.\n", "```\n| a\n| b\n```\n"),
    ],
)
def test_whole_rows_and_other_tables_are_as_wide_as_they_like(old: str, new: str) -> None:
    assert isinstance(in_table(old, new), Patched)


@pytest.mark.parametrize(
    "table",
    ["A | B\n--|--\n1 | 2\n3 | 4\n", "| A | B\n|--|--\n| 1 | 2\n| 3 | 4\n", "| A\n| B |\n| C\n"],
)
def test_tables_without_outer_bars_or_with_uneven_rows_are_left_alone(table: str) -> None:
    old = table.split("\n")[-2] + "\n"
    assert isinstance(in_table(old, "| 5 | 6\n", f"# T\n\n{table}"), Patched)


CODE = "# Code\n\n```python\n# Look it up.\nname = 'Ann'\nsay(\"Hi\", name)\n```\n\nThe end.\n"


@pytest.mark.parametrize(
    "line", ["name = 'Bo", "name = '", "name = it['a'] + 'b", "who = f'Ann {x}"]
)
def test_a_string_that_a_line_of_code_closed_is_closed_afterwards(line: str) -> None:
    for below in ("", "+age = 3\n"):
        count = 3 + bool(below)
        diff = f"@@ -4,3 +4,{count} @@\n # Look it up.\n-name = 'Ann'\n+{line}\n{below}"
        outcome = apply_diff(CODE, f'{diff} say("Hi", name)\n')
        assert isinstance(outcome, Refused)
        assert "nothing closes" in outcome.reason
    said = '@@ -5,3 +5,3 @@\n name = \'Ann\'\n-say("Hi", name)\n+say("H\n ```\n'
    assert isinstance(apply_diff(CODE, said), Refused)


@pytest.mark.parametrize(
    "lines",
    [
        ("# don't guess", "name = 'Bo'"),
        ("name = 'Bo'  # the users' names",),
        ('name = "Bo\'s"',),
        ("name = 'Bo\\'s'",),
        ("name = it  # it's so",),
        ("name = 'Ann", "  and Bo'"),
        ('name = """', "Ann", '"""'),
    ],
)
def test_apostrophes_and_strings_of_several_lines_are_no_open_strings(
    lines: tuple[str, ...],
) -> None:
    added = "".join(f"+{line}\n" for line in lines)
    diff = f"@@ -4,3 +4,{2 + len(lines)} @@\n # Look it up.\n-name = 'Ann'\n{added}"
    assert isinstance(apply_diff(CODE, f'{diff} say("Hi", name)\n'), Patched)


def test_an_open_string_is_left_alone_where_the_code_has_the_like_or_in_text() -> None:
    shell = "# Shell\n```sh\necho 'a\nb'\necho 'c'\n```\n"
    assert isinstance(apply_diff(shell, "@@ -4,2 +4,2 @@\n b'\n-echo 'c'\n+echo 'd\n"), Patched)
    text = "# Names\n- Say 'Ann'.\n- Be kind.\n"
    sound = "@@ -2,2 +2,2 @@\n-- Say 'Ann'.\n+- Say 'n Ann.\n - Be kind.\n"
    assert isinstance(apply_diff(text, sound), Patched)
