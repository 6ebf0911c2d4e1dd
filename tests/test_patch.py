"""The rules of PATCHES, one by one, and the interface that callers use."""

import json
import time
import tomllib
from pathlib import Path

import pytest

from planner.patch import (
    Patched,
    RefusalCode,
    Refused,
    apply_diff,
    apply_replacements,
    canonical_diff,
    changed_share,
    is_whole_prompt,
)

DEMO = Path(__file__).parent.parent / "deployments" / "demo"
PROMPT = "# Rules\n\n- Be kind.\n- Be brief.\n- Never guess.\n\nThe end.\n"
TWINS = "A\nx\ny\n\nB\nx\ny\n\nC\nx\ny\n"


def refusal(outcome: Patched | Refused) -> RefusalCode:
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason.endswith(".")
    assert "\n" not in outcome.reason
    return outcome.code


def text(outcome: Patched | Refused) -> str:
    assert isinstance(outcome, Patched), outcome
    return outcome.text


def test_a_hunk_goes_where_its_lines_stand_whatever_its_numbers_say() -> None:
    diff = "@@ -40,3 +77,9 @@\n - Be kind.\n-- Be brief.\n+- Be very brief.\n - Never guess.\n"
    assert text(apply_diff(PROMPT, diff)) == PROMPT.replace("brief", "very brief")


def test_a_number_settles_a_tie_only_where_it_can_be_believed() -> None:
    one = "@@ -6,2 +6,2 @@\n x\n-y\n+z\n"
    assert text(apply_diff(TWINS, one)) == "A\nx\ny\n\nB\nx\nz\n\nC\nx\ny\n"
    lie = "@@ -3,2 +3,2 @@\n-A\n+D\n x\n"
    assert refusal(apply_diff(TWINS, lie + one)) is RefusalCode.AMBIGUOUS


def test_an_ambiguous_refusal_lists_the_lines_where_the_hunk_fits() -> None:
    outcome = apply_diff(TWINS, "@@ @@\n x\n-y\n+z\n")
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.AMBIGUOUS
    assert "2, 6, 10" in outcome.reason


def test_the_only_fit_is_refused_where_the_stated_line_nearly_fits() -> None:
    prompt = "A\nx\ny changed\nz\n\nfar\naway\n\nA\nx\ny\nz\n"
    diff = "@@ -1,4 +1,4 @@\n A\n x\n-y\n+w\n z\n"
    assert refusal(apply_diff(prompt, diff)) is RefusalCode.STALE_TWIN


def test_a_hunk_that_quotes_nothing_is_refused_unless_the_prompt_is_empty() -> None:
    diff = "@@ -0,0 +1 @@\n+New.\n"
    assert refusal(apply_diff(PROMPT, diff)) is RefusalCode.NOTHING_TO_VERIFY
    assert text(apply_diff("", diff)) == "New.\n"


@pytest.mark.parametrize(
    "changed",
    [
        '-- Be brief.\n+- Say: "I look it up,\n+  then I come back."\n',
        '-  and come back."\n+  and come back soon."\n',
    ],
)
def test_a_quotation_that_goes_over_lines_may_end_a_diff(changed: str) -> None:
    prompt = PROMPT + '- Say: "I look\n  and come back."\n'
    numbers = "-3,2 +3,3" if "brief" in changed else "-8,2 +8,2"
    kept = " - Be kind.\n" if "brief" in changed else ' - Say: "I look\n'
    assert "come back" in text(apply_diff(prompt, f"@@ {numbers} @@\n{kept}{changed}"))


def test_a_quote_that_closes_nothing_at_the_end_of_a_diff_is_refused() -> None:
    diff = '@@ @@\n - Be kind.\n-- Be brief.\n+- Be short."\n'
    assert refusal(apply_diff(PROMPT, diff)) is RefusalCode.UNCLEAR


@pytest.mark.parametrize(
    "line",
    [
        *("...", "1. ...", ". . .", "\u22ee", "# ... existing rules ...", "2. [unchanged]"),
        *("<!-- other sections here -->", "[lines 5-30 remain as is]", "[keep everything else]"),
        *("*no changes to this section*", "_rest of section unchanged_", "(no change)"),
        *(
            "[12 more lines]",
            "(cut for length)",
            "(le reste est inchangé)",
            "\uff08\u7701\u7565\uff09",
        ),
    ],
)
def test_a_line_that_only_stands_for_text_left_out_is_refused(line: str) -> None:
    diff = f"@@ -3,2 +3,3 @@\n - Be kind.\n-- Be brief.\n+- Be short.\n+{line}\n"
    assert refusal(apply_diff(PROMPT, diff)) is RefusalCode.PLACEHOLDER
    assert isinstance(apply_diff(f"{PROMPT}{line}\n", diff), Patched)


@pytest.mark.parametrize(
    "line", ["<rules>", "{content}", "{rest}", "**No code**", "- [x] done", "- [Docs](a.md)"]
)
def test_a_line_of_its_own_is_no_placeholder(line: str) -> None:
    diff = f"@@ -3,2 +3,3 @@\n - Be kind.\n-- Be brief.\n+{line}\n+- Be short.\n"
    assert isinstance(apply_diff(PROMPT, diff), Patched)


@pytest.mark.parametrize("field", ["{{name}}", "{{ name }}", "<name>", "%name%", "${name}"])
def test_a_field_in_a_spelling_that_nothing_fills_in_is_refused(field: str) -> None:
    diff = f"@@ -9 +9 @@\n-- Greet {{name}}.\n+- Greet {field} first.\n"
    assert refusal(apply_diff(f"{PROMPT}- Greet {{name}}.\n", diff)) is RefusalCode.UNCLEAR
    usual = field.replace("name", "date")
    prompt = f"{PROMPT}- Greet {{name}}.\n{usual}\n"
    assert f"{field} first" in text(apply_diff(prompt, diff))


RESIDUE = {
    "annotations": [
        *("- Be short.  <-- new", "- Be short.  # changed from 3 to 5", "[NEW] - Be short."),
        *(
            "- Be short.\uff08\u5df2\u4fee\u6539\uff09",
            "- Be short. (\u0438\u0437\u043c\u0435\u043d\u0435\u043d\u043e)",
        ),
        *("- Be short. (ge\u00e4ndert)", "- Be short. [TBD]", "4: - Be short.", "NEW: - Be short."),
        *("- Be short. <-- this is the fix", "- Be short.   <- fix for case 3"),
        *("- Be short. \U0001f195", "- Be short. (?)", "- Be short. OR: - Be long."),
    ],
    "comparisons": [
        *("- Be [-brief-]{+short+}.", "- Be ~~brief~~ **short**.", "- Be {--brief--}{++short++}."),
        *("- Be <del>brief</del><ins>short</ins>.", "- Be brief. \u2192 Be short."),
    ],
    "abbreviations": [
        *("- Be br...", "- Be ...", "- Be [...] short.", "...brief.", "- Be short [...]"),
        "- Be \u2026 short.",
    ],
    "talk": [
        *("[Note to reviewer: the old rule]", "^ changed this line", "Wait, that doubles rule 3."),
        *("Let me know if you'd like more!", "TODO: confirm", "This completes the patch."),
        *("// teacher: added per cluster 3", "Everything else stays as it is."),
    ],
    "remarks in any language": [
        *(
            "[restante inalterado]",
            "(reszta bez zmian)",
            "(\u4ee5\u4e0b\u540c\u69d8)",
            "(geri kalan)",
        ),
        *(
            "\uff08\u5176\u4ed6\u4e0d\u53d8\uff09",
            "\u00abresto igual\u00bb",
            "<!-- rules -->",
            "_as it was_",
        ),
        *("- (r\u00e8gles inchang\u00e9es)", "- Be short. [resten ok]", "## Tools (unchanged)"),
    ],
    "cuts": [
        *(
            "Be short. ...[312 characters truncated]...",
            "Be short (truncated)",
            "Be <snipped> short",
        ),
        *("Be short [continue]", "Be [... 300 chars omitted ...] short"),
    ],
    "damage": [
        *(
            "- Be short.<|im_end|>",
            "- Be short.</tool_call>",
            "- Be short.\x00",
        ),
        *(
            "- Be short.\u200b",
            "- Don\ufffdt.",
            "- Don\u00e2\u20ac\u2122t.",
            "- Be short.\\n- Be kind.",
        ),
        *(
            '- Say \\"ok\\".',
            "- \\u8bf7.",
            "- Be short &amp; kind.",
            "- Don&#39;t.",
            "- Be\u00a0short.",
        ),
        *("- Be short. :contentReference[oaicite:0]{index=0}", "- Be short.<br>", "\\- Be short."),
        *("- B\u0435 short.", "- N\u0435ver guess twice."),
        *("- Be short.\u2028- Be kind.", "- Be short.\u21b5+- Be kind.", "- Be short.\u2588"),
    ],
    "what a chat shows": [
        *("Copy", "Copy code", "markdown", "plaintext", "yamlCopyEdit", "\U0001f44d \U0001f44e"),
        *(
            "Was this helpful?",
            "2/2",
            "ChatGPT said:",
            "Thought for 12s",
            "Good response",
            "- Be <PERSON>.",
        ),
    ],
    "the diff's own": [
        *("<<<<<<< HEAD", "=======", "@@ -8,3 +8,3 @@", "new file mode 100644", "<EOF>"),
        *("No newline at end of file", "- Be short.+- Be kind.", "- Be short.```", "*** End Patch"),
    ],
}


@pytest.mark.parametrize("line", [line for lines in RESIDUE.values() for line in lines])
def test_what_belongs_to_the_diff_or_the_talk_around_it_is_no_text(line: str) -> None:
    diff = f"@@ -3,3 +3,3 @@\n - Be kind.\n-- Be brief.\n+- Stay.\n+{line}\n - Never guess.\n"
    assert isinstance(apply_diff(PROMPT, diff), Refused)


@pytest.mark.parametrize(
    "line",
    [
        *("- Be short (two lines).", "- Mark gaps with `[...]`.", '- Never write "[truncated]".'),
        *("- Use {name} & <b>bold</b>, not \u00abbold\u00bb.", "- Use metric units (kg, cm)"),
        *(
            "- If unclear \u2192 ask.",
            "- Paths: C:\\new\\table",
            "- 50 % off; 10:30 \u2013 11:00",
            "1. First",
        ),
        *(
            "| a | b |",
            "    return x[0]  ",
            "**Tone**",
            "- caf\u00e9 \U0001f44d\U0001f3fd \u2764\ufe0f",
            "TODO lists come last.",
            "- Number the steps 1, 2, 3, ... and stop at 7.",
        ),
    ],
)
def test_text_of_its_own_is_added(line: str) -> None:
    diff = f"@@ -3,3 +3,4 @@\n - Be kind.\n-- Be brief.\n+- Stay.\n+{line}\n - Never guess.\n"
    assert line in text(apply_diff(PROMPT, diff))


def test_a_mark_that_the_prompt_uses_is_its_style() -> None:
    prompt = PROMPT + "See \u2192 there. <!-- one --> (As it was.)\n(A remark.)\nWait...\n"
    for line in ("- Be short. <!-- new -->", "(Another one.)", "- Be short..."):
        diff = f"@@ -4 +4 @@\n-- Be brief.\n+{line}\n - Never guess.\n"
        assert line in text(apply_diff(prompt, diff))


LONGER = (
    "# Rules\n- Be polite.\n- Cite the source.\n- Use at most 3 tool calls.\n"
    "\n# Output\n- Return JSON.\n- Keep it short.\n- No emoji.\n"
)
LIMIT = (
    "@@ -3,2 +3,2 @@\n - Cite the source.\n"
    "-- Use at most 3 tool calls.\n+- Use at most 5 tool calls.\n"
)
SHORT = (
    "@@ -7,3 +7,3 @@\n - Return JSON.\n"
    "-- Keep it short.\n+- Keep it under 80 words.\n - No emoji.\n"
)
BOTH = LONGER.replace("at most 3", "at most 5").replace("short", "under 80 words")


def fenced(diff: str, margin: str = "") -> str:
    return "".join(f"{margin}{line}\n" for line in f"```diff\n{diff}```".split("\n"))


OUTSIDE = {
    "quoted": LIMIT + "".join(f"> {line}\n" for line in SHORT.splitlines()),
    "indented": LIMIT + "\n" + "".join(f"    {line}\n" for line in SHORT.splitlines()),
    "indented first": "".join(f"    {line}\n" for line in LIMIT.splitlines()) + "\n" + SHORT,
    "in ticks": LIMIT + "\n" + "".join(f"`{line}`\n" for line in SHORT.splitlines()),
    "search and replace": fenced(LIMIT)
    + "\n<<<<<<< SEARCH\n- Keep it short.\n=======\n- Keep it brief.\n>>>>>>> REPLACE\n",
    "json": fenced(LIMIT) + json.dumps({"find": "- Keep it short.", "replace": "- Be short."}),
    "normal diff": "8c8\n< - Keep it short.\n---\n> - Keep it brief.\n\n" + LIMIT,
    "numbered": LIMIT + "\n8: -- Keep it short.\n8: +- Keep it brief.\n",
    "in words": LIMIT + "\nREMOVE: - Keep it short.\nADD: - Keep it brief.\n",
    "in prose": LIMIT + '\nAlso replace the last rule by "Never use any emoji at all."\n',
    "in a header": "--- a/p\n+++ b/p\\n" + LIMIT.replace("\n", "\\n") + "\n" + SHORT,
    "glued to a header": "@@ -3,1 +3,2 @@ +- Be kind.\n - Cite the source.\n" + SHORT,
    "a lone file": LIMIT + "+++ b/p.md\n" + SHORT,
    "hollow": "@@ -3,3 +3,2 @@\n ...\n" + SHORT,
    "a fence without hunks": fenced(LIMIT) + fenced("Keep it brief.\n"),
}


@pytest.mark.parametrize("diff", OUTSIDE.values(), ids=OUTSIDE)
def test_a_hunk_in_another_layout_is_not_left_out(diff: str) -> None:
    assert isinstance(apply_diff(LONGER, diff), Refused)


@pytest.mark.parametrize("margin", ["   ", "\t", "> "])
def test_a_fence_under_an_item_of_a_list_is_read(margin: str) -> None:
    told = f"1. Limit:\n\n{fenced(LIMIT, margin)}\n2. Length:\n\n{fenced(SHORT)}"
    assert text(apply_diff(LONGER, told)) == BOTH


@pytest.mark.parametrize(
    ("before", "between", "after"),
    [
        ("", "Wait, actually that is fine. Use this instead:", ""),
        ("Option A:", "Option B:", ""),
        ("Draft:", "Final:", ""),
        ("## Version 1", "## Version 2", ""),
        ("A bad patch would be:", "The right one:", ""),
        ("<think>", "</think>", ""),
        ("", "Further:", "On second thought, do not apply this."),
        ("### agents/a.md", "### agents/b.md", ""),
        ("Possible patch 1:", "Possible patch 2 (apply only one):", ""),
        ("", "", "... (2 more hunks follow)"),
        ("Part 1 of 2:", "", ""),
        ("I decided against the following change:", "", ""),
        ("", "", "Apply only the first hunk for now; the second needs a test."),
        ("", "", "Hmm, this would also change the refund rule, so better not apply it."),
        ("", "", "(to be continued)"),
        ("This is what NOT to do:", "", ""),
        ("I considered this diff but rejected it:", "", ""),
        ("I considered this:", "The diff to apply:", ""),
        ("**Rejected:**", "", ""),
        ("If (and only if) legal approves, apply:", "", ""),
        ("Apply this only if the agent has web access:", "", ""),
        ("", "", "Hold this back until the pilot has ended."),
        ("", "", "This needs sign-off from support first: wait for their approval."),
        ("Use this one:", "Verworfen:", ""),
        ("Use this one:", "For comparison, the diff of last week:", ""),
        ("The previous teacher tried this, and it failed:", "", ""),
        ("", "", "The above is only an example of the format, not a proposal."),
    ],
)
def test_what_its_writer_takes_back_or_offers_for_choice_is_refused(
    before: str, between: str, after: str
) -> None:
    told = f"{before}\n\n{fenced(LIMIT)}\n{between}\n\n{fenced(SHORT)}\n{after}\n"
    assert isinstance(apply_diff(LONGER, told), Refused)


@pytest.mark.parametrize(
    ("before", "between", "after"),
    [
        ("First place:", "Second place:", ""),
        ("1. Better wording", "2. This rule should be stricter", "That should fix both clusters."),
        ("<think>Not that one. Instead, two.</think>", "Also:", "All other rules are fine."),
        ("The rule `- Use at most 3 tool calls.` was too strict:", "And:", ""),
        ("The old rule was wrong in 4 of 12 runs.", "", "I did not touch the examples."),
        ("The agent never rejected bad input.", "Second change, same idea:", ""),
        ("For c1:", "For c2:", ""),
        ("### Limit", "In the section on length:", ""),
        ("", "", "Let me know if you want more changes."),
        ("If a tool fails, the agent now says so:", "Then, where a limit is unknown:", ""),
        ("", "", "Summary of changes:\n- first hunk: clearer wording\n- second hunk: the same"),
        ("Before:\n\n```\n- Cite the source.\n- No emoji.\n```\n\nThe patch:", "", ""),
    ],
)
def test_prose_around_a_diff_does_no_harm(before: str, between: str, after: str) -> None:
    told = f"{before}\n\n{fenced(LIMIT)}\n{between}\n\n{fenced(SHORT)}\n{after}\n"
    assert text(apply_diff(LONGER, told)) == BOTH


@pytest.mark.parametrize(
    "diff",
    [
        f"  ```diff\n{LIMIT}{SHORT}  ```\n",
        LIMIT.replace("@@ -3,2 +3,2 @@", "@@@@") + SHORT,
        "---\n+++\n" + LIMIT + SHORT,
        f"Index: prompt.md\n{'=' * 67}\n--- prompt.md\n+++ prompt.md\n{LIMIT}{SHORT}",
        "@@\n" + LIMIT.split("\n", 1)[1] + "...\n" + SHORT.split("\n", 1)[1],
        "@@ -1,9 +1,9 @@\n ...\n" + LIMIT.split("\n", 1)[1] + "...\n" + SHORT.split("\n", 1)[1],
        "@@ ... @@\n...\n" + LIMIT.split("\n", 1)[1] + "...\n@@\n" + SHORT.split("\n", 1)[1],
    ],
)
def test_headers_fences_and_dots_that_say_nothing_do_no_harm(diff: str) -> None:
    assert text(apply_diff(LONGER, diff)) == BOTH


@pytest.mark.parametrize(
    ("header", "applies"), [("@@ -1,5 +1,5 @@", True), ("@@ -1,6 +1,7 @@", False)]
)
def test_counts_that_span_the_context_left_out_prove_a_hunk_whole(
    header: str,
    applies: bool,  # noqa: FBT001
) -> None:
    prompt = "# Task\n\nSort mail.\n\n- Be kind.\n- Be brief.\n- Ask first.\n\n# End\n\nBye.\n"
    diff = f"{header}\n # Task\n...\n-- Be kind.\n+- Be safe.\n"
    assert isinstance(apply_diff(prompt, diff), Patched) is applies


@pytest.mark.parametrize(
    ("rows", "applies"),
    [
        ('+```json\n+{"a": 1,\n+ "b": 2}\n+```\n', True),
        ('+ ```json\n+ {"a": 1}\n+ ```\n', False),
        ("+ - Be safe.\n", False),
        ("+- Be safe.\n+ - Be sound.\n", False),
    ],
)
def test_a_lone_blank_is_text_in_code_whose_writer_leaves_no_blank_behind_signs(
    rows: str,
    applies: bool,  # noqa: FBT001
) -> None:
    count = rows.count("\n")
    diff = f"@@ -3,2 +3,{count + 2} @@\n - Be kind.\n{rows} - Be brief.\n"
    assert isinstance(apply_diff(PROMPT, diff), Patched) is applies


def test_a_lone_blank_of_a_writer_who_pads_signs_is_none_of_the_code() -> None:
    diff = "@@ -4,3 +4,4 @@\n def f(x):\n     log(x)\n+ y = 1\n     return x\n"
    assert isinstance(apply_diff(CODE, diff), Refused)


def test_a_lone_blank_is_text_where_the_line_is_moved_with_it() -> None:
    prompt = "# A\n\n- Be kind.\n import os\n- Be brief.\n\n# B\n\n- Ask first.\n- Log it.\n"
    away = "@@ -3,3 +3,2 @@\n - Be kind.\n- import os\n - Be brief.\n"
    there = "@@ -9,2 +8,3 @@\n - Ask first.\n+ import os\n - Log it.\n"
    moved = prompt.replace(" import os\n", "").replace("- Log", " import os\n- Log")
    assert text(apply_diff(prompt, away + there)) == moved
    assert isinstance(apply_diff(prompt, there.replace("+8", "+9")), Refused)


@pytest.mark.parametrize(("line", "applies"), [(0, False), (3, False), (4, True)])
def test_a_number_that_says_0_discredits_the_others(line: int, applies: bool) -> None:  # noqa: FBT001
    prompt = "Hi.\n\nBe calm.\n# A\n- Be brief.\n\n# B\n- Be kind.\n\n# C\n- Be brief.\n- End.\n"
    first = f"@@ -{line},2 +{line},2 @@\n-# A\n+# AA\n - Be brief.\n"
    outcome = apply_diff(prompt, f"{first}@@ -11 +11,2 @@\n - Be brief.\n+- Ask first.\n")
    assert isinstance(outcome, Patched) is applies


@pytest.mark.parametrize(("end", "applies"), [("</rules>", True), ("", False)])
def test_a_tag_that_closes_stands_for_nothing_left_out(end: str, applies: bool) -> None:  # noqa: FBT001
    removed = "".join(f"-{line}\n" for line in PROMPT.splitlines())
    added = "".join(f"+{line}\n" for line in ("You help.", "<rules>", "- Be kind.", end) if line)
    count = added.count("\n")
    diff = f"@@ -1,{len(PROMPT.splitlines())} +1,{count} @@\n{removed}{added}"
    assert isinstance(apply_diff(PROMPT, diff), Patched) is applies


@pytest.mark.parametrize(("count", "applies"), [(3, False), (4, True)])
def test_a_line_broken_off_and_begun_anew_is_told_twice_unless_a_count_says_so(
    count: int,
    applies: bool,  # noqa: FBT001
) -> None:
    rows = "+- Check the da\n+- Check the date first.\n"
    diff = f"@@ -3,2 +3,{count} @@\n - Be kind.\n{rows} - Be brief.\n"
    assert isinstance(apply_diff(PROMPT, diff), Patched) is applies


@pytest.mark.parametrize("glued", ["- \u092f\u092e\u0964+- Check it.", "Check it.+\tAgain."])
def test_two_lines_that_lost_the_break_between_them_are_no_line(glued: str) -> None:
    diff = f"@@ -3,2 +3,4 @@\n - Be kind.\n+{glued}\n - Be brief.\n"
    assert isinstance(apply_diff(PROMPT, diff), Refused)


def test_dots_between_two_changed_lines_may_stand_for_a_change() -> None:
    diff = "@@\n # Rules\n-- Be polite.\n...\n-- Use at most 3 tool calls.\n+- Be safe.\n \n"
    assert isinstance(apply_diff(LONGER, diff), Refused)


def test_blank_context_that_was_stripped_from_the_end_is_no_cut() -> None:
    prompt = "# T\n- Be kind.\n- Be brief.\n- Ask first.\n- Log it.\n\n# End\n\nBye.\n"
    above = " - Be kind.\n - Be brief.\n - Ask first.\n"
    diff = f"@@ -2,7 +2,7 @@\n{above}-- Log it.\n+- Log all.\n \n # End\n"
    assert text(apply_diff(prompt, diff)) == prompt.replace("Log it", "Log all")


def test_counts_that_tell_of_a_lost_minus_are_believed_where_one_line_extends_the_other() -> None:
    longer = (
        "@@ -2,3 +2,3 @@\n - Be polite.\n - Cite the source.\n"
        "+- Cite the source and the page where it stands in full.\n"
    )
    diff = f"{longer} - Use at most 3 tool calls.\n"
    assert isinstance(apply_diff(LONGER, diff), Refused)


def test_an_underline_of_tildes_opens_no_code() -> None:
    prompt = "Title\n~~~~~\nUse tools.\n- one\n- two\n\nOther\n~~~~~\n- three\n"
    for line in ("7| - ask twice", "- ask the ord... (truncated)", "- <your rule here>"):
        diff = f"@@ -3,3 +3,4 @@\n Use tools.\n - one\n+{line}\n - two\n"
        assert isinstance(apply_diff(prompt, diff), Refused)
        assert isinstance(apply_replacements(prompt, [("- one", f"- one\n{line}")]), Refused)


def test_an_insertion_of_which_a_part_stands_there_is_refused() -> None:
    above = "@@ -2,1 +2,3 @@\n - Be polite.\n+- Cite the source.\n+- Be brief.\n"
    below = "@@ -3,1 +3,3 @@\n+- Ask one question.\n+- Be very polite.\n - Cite the source.\n"
    assert refusal(apply_diff(LONGER, above)) is RefusalCode.ALREADY_APPLIED
    assert refusal(apply_diff(LONGER.replace("Be polite", "Be very polite"), below)) is (
        RefusalCode.ALREADY_APPLIED
    )


@pytest.mark.parametrize("line", ["[idem]", "{rest}", "(igual que antes)", "2.-4. unchanged"])
def test_a_line_that_may_stand_for_more_than_it_replaces_is_refused(line: str) -> None:
    prompt = PROMPT.replace("The end.", "(Keep this short.)\n<!-- a remark -->")
    diff = f"@@ -3,3 +3,2 @@\n-- Be kind.\n-- Be brief.\n-- Never guess.\n+- Stay.\n+{line}\n \n"
    assert isinstance(apply_diff(prompt, diff), Refused)


CODE = "# Task\n\n```python\ndef f(x):\n    log(x)\n    return x\n```\n\nThe end.\n"


@pytest.mark.parametrize(
    ("line", "applies"),
    [
        ("    x += 1  # count", True),
        ("    # See the handbook.", True),
        ("    x += 1  # new", False),
        ("    x += 1  # changed from 2", False),
        ("    # ... rest of the code unchanged", False),
        ("<<<<<<< HEAD", False),
        ("    x += 1   <- fix for case 3", False),
        ("    total <- 5", True),
    ],
)
def test_in_code_a_comment_is_code(line: str, applies: bool) -> None:  # noqa: FBT001
    diff = f"@@ -4,3 +4,3 @@\n def f(x):\n-    log(x)\n+{line}\n     return x\n"
    assert isinstance(apply_diff(CODE, diff), Patched) is applies
    outcome = apply_replacements(CODE, [("    log(x)", line)])
    assert isinstance(outcome, Patched) is applies


def test_an_example_that_is_added_as_a_block_may_have_dots() -> None:
    example = '```json\n{"tool": "...", "args": {...}, "items": [...]}\n```'
    added = "".join(f"+{line}\n" for line in example.split("\n"))
    diff = f"@@ -4,2 +4,5 @@\n - Be brief.\n{added} - Never guess.\n"
    assert example in text(apply_diff(PROMPT, diff))


def test_a_backslash_that_the_prompt_writes_is_text() -> None:
    prompt = "- Join lines with \\n only.\n- Files lie in C:\\new\\table.\n- Be kind.\n"
    for line in ("- Join paragraphs with \\n\\n only.", "- Files lie in C:\\new\\tables\\*.csv."):
        diff = f"@@ -3,1 +3,2 @@\n - Be kind.\n+{line}\n"
        assert line in text(apply_diff(prompt, diff))
        assert isinstance(apply_diff("- Be kind.\n", diff), Refused)


def test_a_hunk_written_on_the_result_of_another_is_refused_but_a_move_is_not() -> None:
    one = "@@ -3,2 +3,2 @@\n - Cite the source.\n-- Use at most 3 tool calls.\n+- Return JSON.\n"
    two = "@@ -4,1 +4,2 @@\n - Return JSON.\n+- Validate it.\n"
    assert refusal(apply_diff(LONGER, one + two)) is RefusalCode.AMBIGUOUS
    move = (
        "@@ -2,2 +2,3 @@\n - Be polite.\n+- No emoji.\n - Cite the source.\n"
        "@@ -9,1 +10,0 @@\n-- No emoji.\n"
    )
    assert text(apply_diff(LONGER, move)) == LONGER.replace("- No emoji.\n", "").replace(
        "- Cite", "- No emoji.\n- Cite"
    )


@pytest.mark.parametrize(
    "rows",
    [
        " - Cite the source.\n - Use at most 3 tool calls.\n+- Use at most 5 tool calls.\n",
        " - Cite the source.\n+- Use at most 3 tool calls.\n+- Use at most 5 tool calls.\n",
    ],
)
def test_an_old_count_that_holds_proves_a_sign_lost_where_the_new_one_does_not(rows: str) -> None:
    assert isinstance(apply_diff(LONGER, "@@ -3,2 +3,2 @@\n" + rows), Refused)
    assert text(apply_diff(LONGER, SHORT.replace("-7,3 +7,3", "-7,5 +7,4")))


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        ("```diff\n", ""),
        ("<diff>\n", ""),
        ("*** Begin Patch\n*** Update File: p\n", ""),
        ("", " EOF"),
        ("", "}"),
        ("", "*** End Patch"),
        ("", "**"),
        ("", "'''"),
    ],
)
def test_a_last_added_line_may_be_cut_or_hold_the_end_of_a_wrapping(head: str, tail: str) -> None:
    diff = "@@ -8,2 +8,2 @@\n - Keep it short.\n-- No emoji.\n+- No emo"
    assert isinstance(apply_diff(LONGER, f"{head}{diff}{tail}\n"), Refused)


def test_a_quoted_line_in_another_typography_proves_the_added_one_damaged() -> None:
    prompt = 'Say "no" first.\nReturn {"a": 1}.\n'
    diff = "@@ -2 +2 @@\n-Return {\u201ca\u201d: 1}.\n+Return {\u201ca\u201d: 2}.\n"
    assert isinstance(apply_diff(prompt, diff), Refused)
    assert text(apply_diff(prompt, diff.replace("\u201ca\u201d: 2", "b"))).endswith("{b}.\n")


def test_an_added_line_that_breaks_off_within_a_word_of_a_removed_one_is_refused() -> None:
    diff = "@@ -4 +4 @@\n-- Use at most 3 tool calls.\n+- Use at most 3 to\n"
    assert refusal(apply_diff(LONGER, diff)) is RefusalCode.UNCLEAR


def test_a_diff_in_a_json_fence_is_read() -> None:
    told = json.dumps({"why": "Too strict.", "diff": LIMIT + SHORT}, indent=2)
    assert text(apply_diff(LONGER, f"```json\n{told}\n```\n")) == BOTH


def test_a_flood_of_combining_marks_takes_no_time() -> None:
    flood = "e" + "\u0327\u0301" * 100_000
    assert isinstance(apply_diff(LONGER, LIMIT.replace("source.\n", f"source.{flood}\n")), Refused)


@pytest.mark.parametrize("line", ["- Be Kind.", "- Be kind", "  - Be kind.", "- Be kinder."])
def test_a_quoted_line_that_differs_is_refused(line: str) -> None:
    diff = f"@@ -3,2 +3,2 @@\n {line}\n-- Be brief.\n+- Be long.\n"
    assert refusal(apply_diff(PROMPT, diff)) is RefusalCode.NO_MATCH


def test_kept_lines_keep_their_bytes_and_added_lines_get_the_prompts_ending() -> None:
    prompt = "It\u2019s so.  \r\nCafe\u0301\r\nold\r\n"
    diff = "@@ -1,3 +1,4 @@\n It's so.\n Caf\u00e9\n-old\n+new\n+more  \n"
    assert text(apply_diff(prompt, diff)) == "It\u2019s so.  \r\nCafe\u0301\r\nnew\r\nmore  \r\n"


def test_a_line_ends_at_a_newline_only() -> None:
    prompt = "a\x0cb\u2028c\x85d\n\x1ce\rf\n"
    diff = "@@ -1,2 +1,2 @@\n a\x0cb\u2028c\x85d\n-\x1ce\rf\n+g\n"
    assert text(apply_diff(prompt, diff)) == "a\x0cb\u2028c\x85d\ng\n"


@pytest.mark.parametrize(
    ("prompt", "diff", "after"),
    [
        ("a\nb", "@@ -1,2 +1,2 @@\n a\n-b\n+c\n", "a\nc"),
        ("a\nb", "@@ -1,2 +1,3 @@\n a\n b\n+c\n", "a\nb\nc"),
        ("a\nb", "@@ -1,2 +1 @@\n a\n-b\n", "a"),
        ("a\n", "@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n", "b"),
        ("a", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n", "a\n"),
        ("a\nb\n", "@@ -1 +1 @@\n-a\n+c\n\\ No newline at end of file\n b\n", "c\nb\n"),
    ],
)
def test_the_final_newline_stays_unless_a_marker_at_the_end_says_otherwise(
    prompt: str, diff: str, after: str
) -> None:
    assert text(apply_diff(prompt, diff)) == after


def test_hunks_that_change_one_line_differently_are_refused() -> None:
    hunk = "@@ -4 +4 @@\n-- Be brief.\n+- Be {}.\n"
    both = hunk.format("long") + hunk.format("short")
    assert refusal(apply_diff(PROMPT, both)) is RefusalCode.OVERLAPPING
    assert text(apply_diff(PROMPT, hunk.format("long") * 2)) == PROMPT.replace("brief", "long")


@pytest.mark.parametrize(
    "diff",
    [
        "@@ -3,2 +3,2 @@\n - Be kind.\n-- Be brief.\n+- Be bri",
        "```diff\n@@ -3,3 +3,3 @@\n - Be kind.\n-- Be brief.\n+- Be long.\n",
        "@@ -2,4 +2,5 @@\n \n - Be kind.\n-- Be brief.\n",
        "@@ -3,2 +3,2 @@\n - Be kind.\n-- Be brief.\n+- Be long.\n@@ -6,",
        *(
            f"```diff\n@@ -4,2 +4,2 @@\n-- Be brief.\n+- Be long.\n - Never guess.\n{mark}\n"
            for mark in ("[cut]", "@... [response cut off]", "(was cut off here)", "<12 chars cut>")
        ),
    ],
)
def test_an_answer_cut_short_is_no_diff(diff: str) -> None:
    assert refusal(apply_diff(PROMPT, diff)) is RefusalCode.CUT_SHORT


@pytest.mark.parametrize("line", ["...", "[rest of the rules unchanged]", "# ... existing rules"])
def test_a_line_that_stands_for_text_left_out_is_refused(line: str) -> None:
    diff = f"@@ -4 +4,2 @@\n-- Be brief.\n+- Be long.\n+{line}\n"
    assert refusal(apply_diff(PROMPT, diff)) is RefusalCode.PLACEHOLDER
    assert f"{line}\n" in text(apply_diff(PROMPT + f"{line}\n", diff))
    pair = ("- Be brief.", f"- Be long.\n{line}")
    assert refusal(apply_replacements(PROMPT, [pair])) is RefusalCode.PLACEHOLDER


def test_what_was_applied_before_and_what_changes_nothing_is_refused() -> None:
    insertion = "@@ -3 +3,2 @@\n - Be kind.\n+- Be brief.\n"
    assert refusal(apply_diff(PROMPT, insertion)) is RefusalCode.ALREADY_APPLIED
    assert refusal(apply_diff(PROMPT, "@@ -3 +3 @@\n - Be kind.\n")) is RefusalCode.NO_CHANGE
    done = "@@ -4 +4 @@\n-- Be rude.\n+- Be brief.\n"
    assert refusal(apply_diff(PROMPT, done)) is RefusalCode.ALREADY_APPLIED


def test_one_refused_hunk_refuses_the_diff() -> None:
    good = "@@ -4 +4 @@\n-- Be brief.\n+- Be long.\n"
    assert refusal(apply_diff(PROMPT, good + "@@ -7 +7 @@\n-The ending.\n+Bye.\n")) is (
        RefusalCode.NO_MATCH
    )


@pytest.mark.parametrize("line", ["x{}", "option 1 {}", "y{} = 1"])
def test_a_hostile_insertion_takes_no_longer_than_its_length(line: str) -> None:
    added = "".join(f"+{line.format(number)}\n" for number in range(18_000))
    start = time.process_time()
    apply_diff(PROMPT, f"@@ -3,1 +3,18003 @@\n - Be kind.\n+```\n{added}+```\n")
    apply_diff(PROMPT, f"@@ -3,1 +3,18001 @@\n - Be kind.\n{added}")
    assert time.process_time() - start < 10


def test_a_hostile_diff_is_answered_by_its_size() -> None:
    assert refusal(apply_diff(PROMPT, "@@ -1 +1 @@\n" * 170_000)) is RefusalCode.TOO_LARGE
    assert refusal(apply_replacements("a", [("a", "b" * 10**6)])) is RefusalCode.TOO_LARGE


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ([], RefusalCode.NO_HUNKS),
        ([(" \n", "x")], RefusalCode.NOTHING_TO_VERIFY),
        ([("Be", "Stay")], RefusalCode.AMBIGUOUS),
        ([("Be rude", "Be mean")], RefusalCode.NO_MATCH),
        ([("be kind", "be good")], RefusalCode.NO_MATCH),
        ([("kind", "kind")], RefusalCode.NO_CHANGE),
        ([("Be kind.\n- Be", "x"), ("Be brief", "y")], RefusalCode.OVERLAPPING),
        ([("- Be kind.", "- Be kind.\n- Be brief.")], RefusalCode.ALREADY_APPLIED),
        ([("kind", "good"), ("Never ever", "x")], RefusalCode.NO_MATCH),
    ],
)
def test_pairs_are_held_to_one_exact_place(pairs: list[tuple[str, str]], code: RefusalCode) -> None:
    assert refusal(apply_replacements(PROMPT, pairs)) is code


def test_all_pairs_speak_of_the_prompt_as_it_was_given() -> None:
    pairs = [("kind", "brief-ish"), ("brief", "kind")]
    assert text(apply_replacements(PROMPT, pairs)) == (
        PROMPT.replace("brief", "KIND").replace("kind", "brief-ish").replace("KIND", "kind")
    )


def test_pairs_forgive_line_endings_and_typography_and_keep_the_prompts_bytes() -> None:
    prompt = "Don\u2019t stop.  \r\nGo on.\r\nThe end.\r\n"
    pair = ("Don't stop.\nGo on.", "Don't stop.\nGo far.\nVery far.")
    assert text(apply_replacements(prompt, [pair])) == (
        "Don\u2019t stop.  \r\nGo far.\r\nVery far.\r\nThe end.\r\n"
    )


TIGHTENED = "@@ -3,1 +3,1 @@\n-- Be kind.\n+- Be very kind.\n"


@pytest.mark.parametrize(
    "words",
    [
        "I would NOT change the prompt here. A patch such as\n\n{}\nwould make things worse.\n",
        "{}\nOn reflection I withdraw this patch.\n",
        "Here is what you should avoid:\n\n{}",
        "This edit was already rolled back on Monday:\n\n{}",
        "Ich w\u00fcrde das nicht \u00e4ndern. Ein Patch wie\n\n{}",
    ],
)
def test_words_that_propose_something_else_take_a_diff_back(words: str) -> None:
    fenced = f"```diff\n{TIGHTENED}```\n"
    assert isinstance(apply_diff(PROMPT, f"Tighten the second rule:\n\n{fenced}"), Patched)
    assert refusal(apply_diff(PROMPT, words.format(fenced))) is RefusalCode.UNCLEAR


@pytest.mark.parametrize("end", ["^M", "\u240d", " \ue200citeturn0file2", " [^1]", "[0;32m"])
def test_what_a_terminal_or_a_chat_leaves_behind_a_line_is_no_text(end: str) -> None:
    diff = TIGHTENED.replace("very kind.", f"very kind.{end}")
    assert isinstance(apply_diff(PROMPT, diff), Refused)


@pytest.mark.parametrize(
    "lines",
    [
        "+<<<<<<< HEAD\n+- Ask.\n+=======\n+- Retry.\n+>>>>>>> teacher\n",
        "+2.1 TODO: write the rule\n",
        "+2.1 <same text as above>\n",
    ],
)
def test_marks_of_a_merge_and_of_what_is_still_to_be_written_are_no_text(lines: str) -> None:
    count = 3 + lines.count("\n")
    diff = f"@@ -3,3 +3,{count} @@\n - Be kind.\n{lines} - Be brief.\n - Never guess.\n"
    assert isinstance(apply_diff(PROMPT, diff), Refused)


LINE_TOO_MANY = "@@ -3,3 +3,3 @@\n - Be kind.\n+- Ask first.\n - Be brief.\n - Never guess.\n"


def test_a_count_that_is_off_is_a_hint_unless_more_tells_of_a_lost_sign() -> None:
    """Source: rules R2 and R6; and what must not be, an old rule that stays beside its new one."""
    assert isinstance(apply_diff(PROMPT, LINE_TOO_MANY), Patched)
    honest = "@@ -1,1 +1,1 @@\n-# Rules\n+# Our rules\n"
    assert isinstance(apply_diff(PROMPT, honest), Patched)
    assert refusal(apply_diff(PROMPT, honest + LINE_TOO_MANY)) is RefusalCode.UNCLEAR
    twin = LINE_TOO_MANY.replace("Ask first", "Be very kind")
    assert refusal(apply_diff(PROMPT, twin)) is RefusalCode.UNCLEAR


@pytest.mark.parametrize(
    ("candidate", "whole"),
    [
        ("You are an agent.\n\n1. Be kind.\n", True),
        ("", False),
        ("@@ -1 +1 @@\n", False),
        ("--- a/x\n", False),
        ("You are.\n- Be kind.\n", False),
        ("You are.\n+ Be kind.\n", False),
        ("<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n", False),
        ("@@ -1 +1 @@\\n-a\\n+b", False),
        ("diff --git a/x b/x\n", False),
    ],
)
def test_a_whole_prompt_has_no_diff_syntax_at_all(candidate: str, whole: bool) -> None:  # noqa: FBT001
    assert is_whole_prompt(candidate) is whole


def test_one_line_at_the_top_is_one_line_changed() -> None:
    lines = [f"line {n}\n" for n in range(99)]
    assert changed_share("".join(lines), "".join(["new\n", *lines])) == pytest.approx(0.01)


def test_a_prompt_of_many_lines_stays_cheap() -> None:
    before = "x\n\n" * 2_500
    after = "\ny\n\n" * 1_700
    assert changed_share(before, after) > 0.2
    diff = canonical_diff(before, after)
    assert diff.count("\n-") + diff.count("\n+") < 6_000


def demo() -> list[tuple[str, str, Patched | Refused]]:
    """Return each prompt patch of the demo: its id, the prompt, the outcome."""
    answer = json.loads((DEMO / "teacher_answer.json").read_text())
    assert tomllib.loads((DEMO / "student" / "config.toml").read_text())
    outcomes = []
    for edit in answer["edits"]:
        payload = edit["payload"]
        if edit["op"] != "patch_system_prompt":
            continue
        file = DEMO / "student" / "agents" / payload["agent"] / "system_prompt.md"
        prompt = file.read_text()
        if "diff" in payload:
            outcome = apply_diff(prompt, payload["diff"])
        else:
            pairs = [(pair["find"], pair["replace"]) for pair in payload["replacements"]]
            outcome = apply_replacements(prompt, pairs)
        outcomes.append((edit["id"], prompt, outcome))
    return outcomes


def test_the_demo_applies_what_fits_and_refuses_what_misquotes() -> None:
    outcomes = {edit: outcome for edit, _, outcome in demo()}
    assert {edit for edit, outcome in outcomes.items() if isinstance(outcome, Patched)} == {
        "edit-04",
        "edit-07",
        "edit-10",
    }
    assert refusal(outcomes["edit-12"]) is RefusalCode.NO_MATCH
    shares = {
        edit: changed_share(prompt, outcome.text)
        for edit, prompt, outcome in demo()
        if isinstance(outcome, Patched)
    }
    assert shares["edit-04"] == pytest.approx(0.1, abs=0.01)
    assert shares["edit-07"] == pytest.approx(0.53, abs=0.01)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Apply this to the router agent.", "Apply this to the router agent."),
        ("The patch:", "The patch:"),
        ("", ""),
    ],
)
def test_what_is_said_around_a_diff_comes_with_the_text(said: str, told: str) -> None:
    outcome = apply_diff(LONGER, f"{said}\n\n{fenced(LIMIT)}")
    assert isinstance(outcome, Patched)
    assert outcome.said == told


@pytest.mark.parametrize(
    "line",
    [
        "```",
        "</answer>",
        '- Report it at once.",',
        '- Report it at once."}]}',
        "- Be kind. -- no, scrap that, keep the old wording.",
        "- Be kind. (Actually no: drop this.)",
    ],
)
def test_what_an_added_line_leaves_open_or_takes_back_is_no_text(line: str) -> None:
    outcome = apply_diff(PROMPT, f"@@ -3,2 +3,3 @@\n - Be kind.\n+{line}\n - Be brief.\n")
    assert refusal(outcome) is RefusalCode.UNCLEAR


def test_a_tag_that_another_hunk_opens_is_closed() -> None:
    opens = "@@ -3,2 +3,3 @@\n+<rules>\n - Be kind.\n - Be brief.\n"
    closes = "@@ -5,3 +6,4 @@\n - Never guess.\n+</rules>\n \n The end.\n"
    outcome = apply_diff(PROMPT, opens + closes)
    assert isinstance(outcome, Patched)
