"""What comes of find/replace pairs at their edges: never a text that nobody meant."""

import random
import time
from collections import Counter

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.patch import Patched, Refused, apply_replacements
from planner.patch.lines import fold
from planner.patch.outcome import RefusalCode
from planner.patch.pairs.edges import splits
from tests.pair_defects import KINDS, NEW, Page, draw

SEEDS = 30
LIST = "- Alpha one.\n- Bravo two.\n- Charlie three.\n"


@pytest.mark.parametrize("name", KINDS)
def test_pairs_give_a_text_that_was_meant_or_a_refusal(name: str) -> None:
    became: Counter[str] = Counter()
    for seed in range(SEEDS if name != "heaped_marks" else 2):
        page, pairs, texts = draw(name, seed)
        outcome = apply_replacements(page.text, pairs)
        if isinstance(outcome, Patched):
            assert outcome.text in texts, (seed, pairs)
        became[type(outcome).__name__] += 1
    if name.startswith("sound_"):
        assert became["Refused"] == 0, became


ITEMS = "".join(f"- i{number} x.\n" for number in range(15_000))
WORDS = "".join(f"word{number} abc\n" for number in range(12_000))

FIELDS = " ".join(f"{{f{number}}}" for number in range(12_000))
NAMED = "Context: {context}\n- Greet {user_name} by name.\n"
TOOL = "- Always run `tool --dry-run --limit 5` before you answer the customer.\n"
RULES = "- Ask the user once.\n- Log calls in a base.\n"
SECTIONS = (
    "## Output\n- Answer in one line.\n\n"
    "## Tone\n- Be calm at all times.\n- Be brief where you can.\n"
)
LINK = "https://a.example/health"
TABLE = "| a | b |\n| - | - |\n| c | d |\n"

REFUSED = [
    *(
        (NAMED, "- Greet {user_name} by name.", f"- Greet {field} once by name.")
        for field in (
            *("{{user_name}}", "{{ user_name }}", "<user_name>", "%user_name%", "${user_name}"),
            *("[user_name]", "%(user_name)s", "$user_name", "<USER_NAME>"),
        )
    ),
    (NAMED, "Context: {context}\n- Greet", "Context: {{context}}\n- Welcome"),
    ("{{user_name}} writes.\n", "{{user_name}} writes.", "{user_name} asks."),
    *(
        (LIST, "- Alpha one.\n- Bravo two.", f"{label}\n- Alpha one.\n- Bravo nine.")
        for label in (
            *("Copy", "Copy code", "text\nCopy", "markdown", "yaml\nCopy\nEdit", "plaintext"),
            *("yamlCopyEdit", "Markdown", "Edit", "Copied!"),
        )
    ),
    *(
        (LIST, "- Alpha one.", f"- Alpha nine.\n{label}")
        for label in (
            *("\U0001f44d \U0001f44e", "Was this helpful?", "Copy\nShare", "Regenerate response"),
            "ChatGPT can make mistakes. Check important info.",
        )
    ),
    ("```py\nx = 1\n```\n", "x = 1", "Copy code\nx = 2"),
    *(
        (TOOL, TOOL.strip(), f"- {damaged} twice.")
        for damaged in (
            "\uff21\uff4c\uff57\uff41\uff59\uff53 \uff52\uff55\uff4e the tool",
            "Run \uff54\uff57\uff49\uff43\uff45 and read it",
            "Alw\u0430ys call the tool",
            "Run \u0455\u0441\u043ere\u0455 in the t\u03bf\u03bfl",
            "Sl\u0430shes in the tool",
            "\u041f\u0440\u043ep\u0443\u0441\u043a the tool",
            "\U0001d400\U0001d425\U0001d430\U0001d41a\U0001d432\U0001d42c call the tool",
            "Always run `tool \u2014dry-run \u2014limit 5`",
            "Always run `tool \u2013dry-run` or `tool \u2013limit 5`",
            "Call the tool beforeyouanswerthecustomer",
            "Quietlycallitbeforeyouanswerthecustomer",
            "Callthetoolbeforeyouanswerthemanager",
        )
    ),
    *(
        (TOOL, "before you answer the customer", f"before you answer the {mark} quickly")
        for mark in ("<PERSON>", "<EMAIL_ADDRESS>", "[PERSON]", "[NAME_1]", "<PERSON_2>")
    ),
    *(
        (prompt, prompt.split("\n")[-2], damaged)
        for prompt, damaged in (
            ("Greet `{user_name}`.\n", "Greet `{user\\_name}` once."),
            ("Greet `{user_name}`.\n", "Greet `%7Buser_name%7D` once."),
            ("Use `read_file`, not `cat`.\n", "Use `read\\_file`, never `cat`."),
            ("Target version 3.9.\n", "Target version 3\\.12."),
        )
    ),
    ('```\n{\n"q": 1\n}\n```\n', '"q": 1', '\\"q\\": 2'),
    *(
        (prompt, prompt.split("\n")[0], f"{prompt[:11]} now.\n\n{note}")
        for prompt in (LIST, "You are Ada, a clerk.\n\n# T\n- a.\n")
        for note in (
            *("Note: the other rules are unchanged.", "The other bullets remain the same."),
            *("Note that only this rule was modified.", "**Changes:** rule reworded."),
            *("What changed: it is stricter now.", "**What I changed**\n- Wording only"),
            *("This wording is clearer and should hold.", "References: trace_12, trace_40."),
            *("The new rule prevents the student from skipping it.", "Risk: low."),
            *("Shall I continue with the next part?", "Do you want me to revise the tools too?"),
        )
    ),
    (LIST, "- Alpha one.", "- Alpha nine.\n\nDone as agreed."),
    *(
        ("You are Ada.\n", "You are Ada.", f"{line}\n\nYou are Ada, a clerk.")
        for line in ("The section reads:", "**After:**", "**New version**")
    ),
    *(
        (RULES, find, replace)
        for find, replace in (
            (RULES[:20], f"{RULES[:20]}\n- Be kind.\n{RULES[:20]}"),
            (RULES[:43], f"{RULES[:43]}\n- Be kind.\n{RULES[21:43]}"),
            (RULES[:43], f"{RULES[21:43]}\n{RULES[:43]}"),
            (RULES[:43], f"{RULES[:43]}\n\n{RULES[:20]}\n- Log calls in a file.\n- Be kind."),
            (RULES[:20], "- Ask for the date.\n- Be kind.\n- Ask for the date.\n- Be kind."),
        )
    ),
    ("# T\n- a.\n", "# T", "# T\n# T"),
    *(
        ("- Ask once, then log it.\n", find, replace)
        for find, replace in (
            ("Ask once", "Ask twice."),
            ("log it", "log it all!"),
            ("log it", "log it all;"),
            ("log it", "do they agree?"),
        )
    ),
    (
        "```py\nfor x in y:\n    if x:\n        f(x)\n    g(x)\n```\n",
        "    if x:\n        f(x)",
        "if x:\n    f(x)\n    h(x)",
    ),
    (TABLE, "| c | d |", "| c | d |\n| e |"),
    (TABLE, "| c | d |", "| c | d |\n| e | "),
    (TABLE, "| a | b |\n| - | - |\n| c | d |", "| a | b |\n| - | - |\n| e |\n| c | d |"),
    *(
        (RULES, RULES[:43], f"- Ask the user once.\n{mark} - Log it in a file.\n- Be kind.")
        for mark in (">>>", "=>", "->", "\u2192", "\u25b6")
    ),
    ("- Ask for the time zone.\n", "- Ask for the time zone.", "- Ask for the time =\nzone."),
    ("- Check it before you answer.\n", "before you answer.", ".\n- Do so before you answer."),
    ("- a.\n  - Check it twice.\n", " twice.", ".\n- Do so twice."),
    ("- Check it before you answer.\n", " before you answer.", "\n- Do so before you answer."),
    ("- Misuse is reported.\n", "use", "apply"),
    ("Keep 250 rows.\n", "Keep 25", "Keep 30"),
    ("Pay 1 200 000 euros.\n", "000 euros", "500 euros"),
    ("Version 7.7.1 only.\n", "7.7", "8.0"),
    ("You can't pay here.\n", "can", "must"),
    ("Call web_lookup first.\n", "lookup", "search"),
    ("Context: {budget}\n", "budget", "spending limit"),
    ("11. Send it.\n", "1. Send it.", "1. Check it."),
    ("## Safety\n- a\n", "# Safety", "# Preface"),
    ("La fi\u00e8vre monte.\n", "vre", "x"),
    ("Mark e\u0301\u0331 as stressed.\n", "Mark \u00e9", "Note \u00e9"),
    ("\u1112\u1161\u11ab\n", "\u1112\u1161", "\u1100\u1161"),
    (LIST, "- Alpha one.", "- Alpha three.\n- Bravo two."),
    (LIST, "- Bravo two.", "- Alpha one.\n- Bravo nine."),
    (LIST, "- Alpha one.", "- Alpha one.\n- New.\n- Bravo two."),
    ("## T\n- a one.\n- b two.\n", "## T", "## T\n- a one.\n- b nine."),
    ('```json\n{"x": 1}\n```\n', '{"x": 1}', '{"x": 2}\n```'),
    ("- a.\n- X here.\n- b.\n", "- a.", "- a.\n- X here.\n- Y there."),
    ("- a.\n- Don\u2019t guess.\n", "- a.", "- a.\n- Don't guess."),
    ("- a.\n- b.\n- New one.\n", "- a.\n- b.", "- a.\n- New one.\n- b."),
    ('Say "please wait" first.\n', "please wait", '"one moment"'),
    ("Answer within two short paragraphs.\n", "two short", "three short paragraphs"),
    ("Wrap it in <answer>text</answer>.\n", "text</answer>", "<answer>result</answer>"),
    ("Attach logs (as files) now.\n", "as files", ""),
    ("Use at most 31 words.\n", "at most 31 ", "up to 41"),
    ("- a.\n- b c d.\n", "- a.\n- ", "- a.\n- New."),
    ("- a.\n- Bravo two three.\n", "- a.\n- Bravo", "- A."),
    ("- a.\n- b.\n", "- a.", "- a.- New."),
    ("- a.\n\n## T\n", "- a.\n\n## T", "- a.\n- New.## T"),
    ("Be very careful.\n", " very ", ""),
    ("- a one.\n- Convert amounts.\n", "- a one.\n- Convert amounts.", "- a two.\n- Convert amo"),
    ("- Answer in three sentences.\n", "- Answer in three sentences.", "- Answer in five sent"),
    ("- Round to one decimal.\n", "- Round to one decimal.", "- Round to whole numbe"),
    ("- a one.\n", "- a one.", '"- a two."'),
    ("- a one.\n", "- a one.", "```\n- a two.\n```"),
    ("- Check all links.\n", "Check all links.", "12: Check all new links."),
    ("def f(x):\n    y = x + 1\n", "y = x + 1", "y = x + 1\nz = y"),
    ("- Sale items are non-refundable.\n", "refundable", "refundable within 30 days"),
    ("- Use Node.js here.\n", "Use Node", "Use Deno"),
    ("- Allow 3 1/2 hours.\n", "2 hours", "4 hours"),
    (LIST, "- Alpha one.", "Replacement: - Alpha nine."),
    (LIST, "- Alpha one.", "Make this stricter."),
    (LIST, "- Alpha one.", "- Alpha nine.\nOR\n- Be brief."),
    (LIST, "- Alpha one.", "- Alpha nine.\n\nThis makes the rule stricter."),
    (LIST, "- Alpha one.", '- Alpha nine.","replace":"'),
    (LIST, "- Alpha one.", "~~~\n- Alpha nine.\n~~~"),
    (LIST, "- Alpha one.", "- Alpha one.\n- Use `git_diff first."),
    (LIST, "- Alpha one.", "- Alpha one.\n- Ask (if needed for the id."),
    (LIST, "- Alpha one.", "- Alpha one.\n- Ask for the id before you call \u2026(+63)"),
    ("| a | b |\n", "| a | b |", "| a | b |\n| c | d"),
    (LIST, "- Alpha one.", "- Alpha one and more.\nScratch that, the old wording is better."),
    (LIST, "- Alpha one.", "- Alpha one.\n- Retry once, ...<truncated 214 characters>"),
    ("<p>\n- Ask first.\n</p>\n", "- Ask first.\n</p>", "- Ask first.\n- Be kind."),
    ("```json\n[1]\n```\n- b.\n", "[1]\n```", "[2]"),
    ('```json\n{"a": 1}\n```\n', '{"a": 1}', '{"a": 2'),
    (LIST, LIST.strip(), "- Alpha nine.\nSteps 2-3 stay the same."),
    ("Open 9 pages.\n", "Open 9 pages.", "Option 1: Open 9 pages.\nOption 2: Open 8 pages."),
    (LIST, "- Alpha one.", "- {{replacement text}}"),
    ("Never pay in cash.\n", "Never pay in cash.", "After: Never pay in cash at all."),
    ("Never pay in cash.\n", "Never pay in cash.", "Improved version: Never pay in cash at all."),
    (LIST, "- Alpha one.", "- Alpha nine. (or should this be removed entirely?)"),
    ("Never pay in cash.\n", "Never pay in cash.", "No change needed."),
    ("Never pay in cash.\n", "Never pay in cash.", "I cannot help with modifying this prompt."),
    (LIST, LIST.strip(), "- Alpha nine.\n- 2-3: no change"),
    (LIST, "- Alpha one.", "- Never call it twi"),
    (LIST, "- Alpha one.", "- [NEW] Alpha nine."),
    (LIST, "- Alpha one.", "- **[UPDATED]** Alpha nine."),
    ("1. Ask.\n2. Log it.\n", "2. Log it.", "2. [NEW] Log it at once."),
    ("1. Ask.\n2. Log it.\n", "1. Ask.\n2. Log it.", "REPLACE:\n1. Ask.\n2. Log it at once."),
    ("You are Ada.\n", "You are Ada.", "Here's the replacement:\nYou are Ada, the desk."),
    ("You are Ada.\n", "You are Ada.", "The line should read:\nYou are Ada, the desk."),
    (LIST, "- Alpha one.", "- Alpha nine.\nNote: this replaces the former rule."),
    (LIST, "- Alpha one.", "- Alpha nine.\n\nReason: The previous rule was too vague."),
    (LIST, "- Alpha one.", "- Alpha nine.\n\nNote: added to fix the failing tests."),
    (LIST, "- Alpha one.", "- Alpha nine. (this fixes the failing case)"),
    (LIST, "- Alpha one.", "- Alpha nine. (reworded)"),
    (LIST, "- Alpha one.", "- Alpha one.\n- Double-check"),
    (LIST, "- Alpha one.", "- Alpha one. ==> - Alpha nine."),
    ("Run `renew <host>` once.\n", "`renew <host>` once", "`renew &lt;host&gt;` twice"),
    ("You are Ada.\n", "You are Ada.", "Move this line to the top of the section."),
    ("Never promise a date.\n", " promise", "(only) promise"),
    (LIST, "- Alpha one.", "- Alpha comes last.\n- Alpha comes last."),
    (LIST, "- Alpha one.", "- Alpha comes la- Alpha comes last."),
    (LIST, "- Alpha one.", "- Alpha one.\nCorrection:\n- Alpha nine."),
    (LIST, "- Alpha one.", "- Alpha nine.\n\nExpected improvement: fewer failures."),
    (LIST, "- Alpha one.", "- Alpha nine unless"),
    (LIST, "- Alpha one.", "- Alpha nine.\nShow more"),
    (LIST, LIST.strip(), "- Alpha nine.\n. . ."),
    ("- Write to a@b.example daily.\n", "a@b.example", "[email protected]"),
    ("- Write to a@b.example daily.\n", "- Write to a@b.example", "- Write to [REDACTED]"),
    (LIST, "- Alpha one.", "- Write \x0crac{a}{b}."),
    (LIST, "- Alpha one.", "- Alpha nine.\n\ndata: [DONE]"),
    ("You are Ada.\n", "You are Ada.", "You\u0120are\u0120Ada\u0120B."),
    ("- Weigh every crate.\n", "- Weigh every crate.", "- Weigh each cra-\nte twice."),
    ("```py\ndef f():\n    return 1\n```\n", "    return 1", "return 2"),
    (LIST, "- Alpha one.", "New text: - Alpha one.\n- Be brief."),
    (LIST, "- Alpha one.", "**Replace with:**\n- Alpha one.\n- Be brief."),
    (LIST, "- Alpha one.", "Updated version:\n- Alpha one.\n- Be brief."),
    (LIST, "- Alpha one.", "- Alpha one.\n- Be brief.</new_str>"),
    (LIST, "- Alpha one.", "<content>- Alpha one.\n- Be brief.</content>"),
    (LIST, "- Alpha one.", "<new_rule>\n- Alpha one.\n- Be brief.\n</new_rule>"),
    (LIST, "- Alpha one.", "'''- Alpha one.\n- Be brief.'''"),
    (LIST, "- Alpha one.", "- Alpha one.\n->\n- Be brief."),
    ("You are Ada.\n", "You are Ada.", "[DELETE]"),
    ("You are Ada.\n", "You are Ada.", "(remove)"),
    ("You are the first contact.\n", "You are the first", ""),
    ("- a.\n- Read the whole file.\n", "- Read the whole", ""),
    ("- a.\n- Use `rg` for search.\n", "- Use", "- Answer shortly."),
    (LIST, "- Alpha one.", "- Alpha one.\n- Keep the original spelli"),
    ("Intro.\n  Keep it short.\n", "Keep it short.", "Ask first.\nKeep it short."),
    (
        "- \u5148\u6838\u5bf9\u3002\n",
        "- \u5148\u6838\u5bf9\u3002",
        "- \u5148\u6838\u5bf9\u3002- \u4e3b\u52a8\u3002",
    ),
    (
        "2. \u5148\u6838\u5bf9\u3002\n",
        "2. \u5148\u6838\u5bf9\u3002",
        "2. \u5148\u6838\u5bf9\u30023. \u4e3b\u52a8\u3002",
    ),
    ("## \u898f\u5247\n", "## \u898f\u5247", "## Extra\n- \u65b0\u3002## \u898f\u5247"),
    ("- Be brief\n- Be polite\n", "- Be brief", "- Be brief- Ask first"),
    ("- Ask once. Log it all.\n", "Ask once.", "Ask once.Check twice."),
    ("Be calm. Be brief.\n", "Be calm.", "Be calm, even in short answers"),
    ("## Orders\n- Ask first.\n- b.\n", "## Orders\n- Ask first.", "## Orders - Ask twice."),
    (LIST, "- Alpha one.\n- Bravo two.", "Alpha one.\nBravo two of them."),
    (LIST, "- Alpha one.", "- Alpha one.\n# NEW\n- Call back later."),
    ("- a.\n  - Try twice.\n  - Ask.\n", "  - Try twice.", "- Try twice, then log it."),
    (
        "## \u898f\n- \u5148\u9053\u6b49\u3002\n- \u4e0d\u9a82\u4eba\u3002\n",
        "## \u898f",
        "## \u898f\n- \u5148\u9053\u6b49\u3002\n- \u4e0d\u9a82\u4eba\u3002\n- \u5199\u660e\u3002",
    ),
    ("# V\n- Brevity.\n- Honesty.\n", "# V", "# V\n- Brevity.\n- Honesty.\n- Patience."),
    (
        "# V\n1. Greet the user.\n2. Name the price.\n",
        "# V",
        "# V\n1. Read it all.\n2. Greet the user.\n3. Name the price.",
    ),
    (
        "# V\n- Apologise first and then explain.\n- Greet the customer by name.\n",
        "# V",
        "# V\n- Apologise first and then explain briefly.\n- Greet the customer by first name.",
    ),
    (LIST, "- Bravo two.", "- Check the\n- Check the date first.\n- Bravo two."),
    (LIST, "- Bravo two.", "- Check the da\n- Check the date first.\n- Bravo two."),
    ("- Ask once. Log it all.\n", "Log it all.", "Check twice.Log it all."),
    ("Be brief.\n", "Be brief.", "<answer>\nBe brief.\n</answer>"),
    ("Be brief.\n", "Be brief.", "<tone>\nBe kind.\n</tone>"),
    *(
        ("You are a clerk.\n\n- a.\n", "You are a clerk.", f"{label}: You are a senior clerk.")
        for label in ("Changed to", "Becomes", "After", "Should be", "Proposed")
    ),
    (LIST, "- Alpha one.\n- Bravo two.", "  12\u2192- Alpha nine.\n  13\u2192- Bravo nine."),
    ("Be calm.\nBe kind.\n", "Be calm.\nBe kind.", "12\u2192Stay calm.\n13\u2192Stay kind."),
    (LIST, "- Alpha one.", '- Alpha nine.\ndata: {"id": 7}'),
    ("```sql\nSELECT a\n```\n", "SELECT a", "Option 1: SELECT a\nOption 2: SELECT b"),
    ("```sql\nSELECT a\n```\n", "SELECT a", "~~SELECT a~~\nSELECT b"),
    (
        "You are the first contact.\n",
        "You are the first contact.",
        "You are the first contact.\nAvoid all kinds of abbrevi",
    ),
    ("Today is {date} at {time}.\n", "Today is {date} at {time}.", "Today is  at . Be brief."),
    ("- Answer in <a> tags.\n", "Answer in <a> tags", "Always answer in  tags"),
    ("- **Never** tell it.\n", "- **Never** tell it.", "- **Under no terms tell it."),
    ("# A\n- a.\n# B\n", "- a.", "- a.\n\n# Attach"),
    (TABLE, "| c | d |", "| c |"),
    (TABLE, "| c | d |", "| c | d | e |"),
    *(
        ("- Pay up to 40 euros or ask.\n", "40 euros", text)
        for text in ("[40/60] euros", "<40|60> euros", "{40 or 60} euros", "{40 => 60} euros")
    ),
    *(
        (LIST, "- Alpha one.", f"- Alpha one.\n- Call {slot} if a client asks twice.")
        for slot in ("<TODO: desk>", "XXX-XXXX", "[NAME]", "TODO", "us (fill in)")
    ),
    (LIST, "- Alpha one.", "- Alpha one or two. - Alpha one or two."),
    (LIST, "- Alpha one.", "- Alpha one and so on and so on and so on."),
    ("- Do not end it so.\n", "- Do not end it so.", "- Donotendwithajoke."),
    (TABLE + "| e | f |\n", "| c | d |", "| c | d |\n- And so on."),
    (TABLE + "| e | f |\n", "| c | d |", "| c | d |\nx, y"),
    ('```\n{\n"a": [1]\n}\n```\n', '"a": [1]', '"a": [1, 2'),
    (LIST, "- Alpha one.", '- Alpha nine."}, {"find": "'),
    (SECTIONS, "## Tone", "- Greet every guest by name."),
    (SECTIONS, "## Tone\n- Be calm at all times.", "- Be calm and kind at all times."),
    (
        "{% if vip %}\nUse the title of the guest.\n{% endif %}\n- Be brief.\n",
        "Use the title of the guest.\n{% endif %}",
        "Use title and name of the guest.",
    ),
    ("* Do not end so.\n* Be kind.\n", "* Do not end so.", '["* Do not end with a joke."]'),
    ('```\n{{\n"a": 1,\n"b": 2\n}}\n```\n', '"a": 1,', '"a": 3'),
    ('```\n{"a": 1}\n```\n', '{"a"', "{'a'"),
    (LIST, "- Alpha one.", "- Alpha one. Write `\x0crac{a}{b}` for fractions."),
    (LIST, "- Alpha one.", "- Alpha one. Look into `C:\temp` first."),
    (LIST, "- Alpha one.", "- Alpha one. Look into `C:\new` first."),
    (LIST, "- Alpha one.", "- Alpha one. Wait, actually that is wrong. Let me revise."),
    (LIST, "- Alpha one.", "- Alpha one.\n# --- end of new lines ---"),
    (LIST, "- Alpha one.", "- Alpha one.\n**[NEW RULE ABOVE]**"),
    (LIST, "- Alpha one.", '- Alpha nine."],["'),
    (LIST, "- Alpha one.", '{"text": "- Alpha nine."}'),
    *(
        (LIST, "- Alpha one.", f"- Alpha one.\n- Wait {slot} days and then go.")
        for slot in ("XX", "___", "??", "NAME_HERE", "<N>")
    ),
    (LIST, "- Alpha one.", "- Alpha one.\nDelta comes first of all."),
    (
        "# A\n- Be kind to all.\n- Ask.\n- Log.\n",
        "# A\n- Be kind to all.\n- Ask.\n- Log.",
        "- Be very kind to all.",
    ),
    *(
        (LIST, "- Alpha one.", f"- Alpha one, {text}")
        for text in (
            *("that is ##ped off.", "refr@@ esh it.", "+AOk-t+AOk-.", "\u951f\u65a4\u62f7."),
            *("refresh+it+before+use.", 'and say ""thank you"".', "with \u2588\u2588\u2588 left."),
            *("with a **** left.", "with <PERSON_1> there.", "with the {{PII_3}} there."),
            *("open with a [FILTERED] there.", "see [object Object].", "for %!s(<nil>)."),
            *("for undefined.", "with a NaN of them.", "for ${value}.", "as in turn0search3."),
            *("<!here> and there.", "<@U02ABCD> knows.", "see <https://a.b/c|the page>."),
            *("see https://a.b/c?utm_source=chatgpt.com.", ">>older than that<<.", "e.g."),
            *("always. (not sure about this)", "always. -- or better: Delta.", "above!!!!!!!!"),
            *("then\rthen it goes.", "as {new_text}.", "up to XXX EUR."),
            *("ask <TEAM NAME>.", "see part [X].", "use {{TEAM_NAME}}."),
        )
    ),
    *(
        (LIST, "- Alpha one.", f"- Alpha nine.\n{line}")
        for line in (
            *("        ^^^^", "[TOOL_CALLS]", "- =?UTF-8?Q?Be_brief.?=", "-- the rest stays --"),
            *("\x0b\u2022 Delta four.", "- Never_tell_it_to_anyone."),
            *("          - Delta four.\n          - Echo five.",),
        )
    ),
    *(
        (f"See {LINK} first.\n", f"See {LINK} first.", f"Read {cut} first of all.")
        for cut in ("https://a.example/he", "https://a.exam", "https://", "http")
    ),
    *(
        (NAMED, "Context: {context}", f"The context: {field}")
        for field in ("{CONTEXT}", "{Context}", "{con text}")
    ),
    (LIST, "- Alpha one.", "- Alpha one or tAlpha one or two."),
    (LIST, "- Alpha one.", "- pha nine comes first."),
    (LIST, "- Alpha one.", "- Alpha one.\n\nHuman: thanks"),
    (LIST, "- Alpha one.", "- Alpha one or two. (new rule, see rationale)"),
    (LIST, "- Alpha one.", "- Alpha one or two. (see the diagnosis)"),
    ("- Sell in {shop} only.\n", "- Sell in {shop} only.", "- Sell in undefined at once."),
    ("- Sell in `{shop}`.\n", "- Sell in `{shop}`.", "- Sell in `None`, and at once."),
    (SECTIONS, "- Answer in one line.\n\n## Tone", "- Answer in two lines."),
    (SECTIONS, SECTIONS[:-1], SECTIONS[:-1].replace("\n## Tone\n", "").replace("one", "two")),
    (LIST, "- Alpha one.", "- Alpha is the first is the first of all."),
    ("- Sell in {shop} only.\n", "- Sell in {shop} only.", "- Sell there only: {}"),
    (LIST, "- Alpha one.", '- Alpha <a href="b"one</a>.'),
    ("```xml\n<a>1</a>\n```\n", "<a>1</a>", '<a b="c"1</a>'),
    *((LIST, "- Alpha one.", f"- Alpha one or two {mark}.") for mark in ("[cite: 3]", "[source]")),
    (LIST, "- Alpha one.", "- Alpha one.\n\nHappy to refine this further."),
    (LIST, "- Alpha one.", "- Alpha one or two. (as requested)"),
    *((LIST, "- Alpha one.", f"- Alpha nine.\n{tail}") for tail in ("Human: ", "]", ">>>")),
    ("* Be calm.\n* Be kind.\n", "* Be calm.", "* Stay cal* Be brief."),
    (LIST, "- Alpha one.", "- Alpha bri2. Never shout."),
    ("## A\r\n1. b.\r\n2. c.\r\n", "1. b.", "<steps>\n1. b."),
    (SECTIONS, "## Tone", "Tone of voice"),
    (LIST, "- Alpha one.", "- <b>Alpha nine comes first."),
    (LIST, "- Alpha one.\n- Bravo two.", "- Alpha, as in Q3.- Bravo three."),
    (LIST, "- Alpha one.", "- Alpha one or two. (Rationale: clearer for all.)"),
    ("* Be calm.\n* Be kind.\n", "* Be calm.\n* ", "* Stay calm.\n"),
    ("When angry, go out once.\n", " go out once", "leave once"),
]


REFUSED += [
    (
        "- a b.\r\n- c d.\r\n",
        "- a b.",
        "- a\rb c.",
    ),
    (LIST, "- Alpha one.", "- - Alpha nine."),
    ("1. Alpha one.\n2. Bravo two.\n", "2. Bravo two.", "2. 2. Bravo nine."),
    (LIST, "- Alpha one.", "- Alpha nine.\n\nReason: the agent failed here in 3 of 5 traces."),
    (LIST, "- Alpha one.", "- Alpha <pad> nine."),
    (LIST, "- Alpha one.", "AI: - Alpha nine."),
    (LIST, "- Alpha one.", "- Say at most two questions in one mtions in one message."),
    ("Go on 2024/05/06 at noon.\n", "05/06", "07/08"),
    ("- Take 180 grams of it.\n", " Take 180 grams", "Take 200 grams"),
    ("- [ ] Serve it.\n", " [ ] Serve", "[x] Serve"),
    ("## Kitchen rules\n", " Kitchen rules", "Kitchen and bar rules"),
    ("- Call `get_x` first.\n", "Call `get_x` first.", "Call `get*x` first of all."),
    (LIST, "- Alpha one.", "`- Alpha one, and two, and three.`"),
    (LIST, "- Alpha one.", "- Write to purchasing@ex"),
    (LIST, "- Alpha one.", "- Read https://urldefense.com/v3/__https://a.example__;!!Ab first."),
    (LIST, "- Alpha one.", "- Run `git log \u2014oneline` before you answer."),
    (LIST, "- Alpha one.", "- The r\u221a\u00a9sum\u221a\u00a9 is final."),
    (LIST, "- Alpha one.", "- Ring [EMAIL_1] when the lift is stuck."),
    (LIST, "- Alpha one.", "502 Bad Gateway"),
    (LIST, "- Alpha one.", "Which wording do you prefer?"),
    (LIST, "- Alpha one.", "- Ask one question at a time.  (new!)"),
    (LIST, "- Alpha one.", "- Ask when t: keep-alivehe headset beeps."),
    (LIST, "- Alpha one.", "N/A"),
]


@pytest.mark.parametrize(("prompt", "find", "replace"), REFUSED)
def test_a_pair_that_leaves_nonsense_at_an_edge_is_refused(
    prompt: str, find: str, replace: str
) -> None:
    outcome = apply_replacements(prompt, [(find, replace)])
    assert isinstance(outcome, Refused)
    assert outcome.reason.endswith(".")


GIVEN = [
    ("Use {{date}} or {user}.\n", "{user}", "{{user}}", None),
    ("Greet {user} first.\n", "{user}", "{user} ({{user}} in JSON)", None),
    ("- Greet {user}.\n", "- Greet {user}.", "- Greet {customer} and <b>smile</b>.", None),
    ("{context}\n- a.\n", "{context}", "<context>\n{context}\n</context>", None),
    (NAMED, "{context}", "{{context}}", None),
    ("{{ t.name }}: {{ t.a }}\n", "{{ t.a }}", "{{ t.a | trim }} ({{ t.b }})", None),
    ("\\begin{items}\n\\end{items}\na.\n", "\\end{items}\na.", "\\textbf{\\end{items}}", None),
    ("text\nyaml\n", "text\nyaml", "text\nmarkdown\nyaml", None),
    ("Press\nCopy\n", "Press", "Press\nCopy\nor press", None),
    (LIST, "- Alpha one.", "- Alpha one.\n- Copy\n- Edit", None),
    *(
        (LIST, "- Alpha one.", f"- Alpha one, {text}", None)
        for text in (
            *("in C++, or C#.", "as snake_case_names_are.", "and write [REDACTED] for names."),
            *("with user+tag@a.example.", 'and say "thank you".', "**always**, or *never*."),
            *("at https://a.example/c?q=1.", "in undefined cases.", "so: {json}."),
            *(
                "as in `a >>> b << c`.",
                "e.g. by mail.",
                "where \u03b1 is 5 \u00b5m.",
                "(maybe) later.",
            ),
            *("in \u65e5\u672c\u8a9e.", "-- as ever -- at once."),
        )
    ),
    (f"See {LINK} first.\n", f"See {LINK} first.", "See https://a.example first.", None),
    ("- Ask them for an authorization.\n", "Ask them for an", "Ask for", None),
    ("- Ask why they do so.\n", "Ask why they do so.", "Avoid misunderstandings.", None),
    (LIST, "- Alpha one.", "- Alpha one.\n- Give sources (papers, books, etc.).", None),
    ("{% if a %}\nb\n{% endif %}\n- c.\n", "- c.", "{% if vip %}\n- c.\n{% endif %}", None),
    (LIST, "- Alpha one.", "- Wait `2 ** attempt` seconds, or 2**10 of them.", None),
    (LIST, "- Alpha one.", "- Alpha one.\n- Read src/**/*.py first.", None),
    (LIST, "- Alpha one.", "- Alpha one.\n\n  ```python\n  answer(text)\n  ```", None),
    (LIST, "- Alpha one.", "- Alpha one. *Exception:* test accounts.", None),
    (LIST, "- Alpha one.", "- Alpha one, at https://a.example/b?utm_source=bot.", None),
    (LIST, "- Alpha one.", "- Alpha one, and escape `$` and `\\` always.", None),
    (SECTIONS, "line.\n\n## Tone\n", "line.\n", None),
    (SECTIONS, "## Tone", "---\n\n## Tone", None),
    (SECTIONS, "## Tone", "# Tone of voice", None),
    (LIST, "- Alpha one.", "- <b>Alpha</b> one, and ask for the <order_id> first.", None),
    (LIST, "- Alpha one.", "- Alpha one.\n- Everything else is out of scope.", None),
    ("Ann: hi\nBob: hi\n", "Bob: hi", "Bob: hi\nAnn: bye", None),
    (f"See {LINK} first.\n", f"See {LINK} first.", f"See {LINK}/live first.", None),
    (LIST, "- Alpha one.", "- Alpha one.\n    - Delta four.", None),
    (NAMED, "Context: {context}", "Context and date: {context}, {date}", None),
    (LIST, "- Alpha one.", "- Alpha one.\n\n```text\nyaml\n```", None),
    (TOOL, "before you", "\u2014 always \u2014 before you", None),
    (TOOL, "before you answer", "within 5 \u03bcs at 2 k\u03a9, and \u0394t = 0", None),
    (
        TOOL,
        "customer",
        "customer in Russian, as in \u201c\u0414\u0430, \u0430 \u043a\u0430\u043a?\u201d",
        None,
    ),
    ("Set the back end up.\n", "the back end", "the backend", None),
    ("Use <HOST>.\nUse port A.\n", "port A.", "port <PORT>.", None),
    (LIST, "- Alpha one.", "- Alpha one.\n- Tag it [URGENT] at once.", None),
    *(
        ("- Check it before you answer. Keep it short.\n", find, replace, None)
        for find, replace in (
            (". Keep", ".\n- Keep"),
            ("answer. Keep it short.", "answer.\n- Keep it short."),
            (" Keep it short.", "\n\nKeep it short."),
            (" Keep it short.", "\n- Keep it very short."),
        )
    ),
    ("- Check it before you answer.\n", " before you answer.", ".\n- Do so before you do.", None),
    ("  - Check it twice.\n", " twice.", ".\n  - Do so twice.", None),
    ("| a | b |\n", "| a | b |", "| a | b<br>c |", None),
    ("- Be kind.\n", "- Be kind.", "- Be kind.\n- Use $1 and $& literally.", None),
    ("In: a\nOut: x y z\n", "Out: x y z", "Out: x y z\n\nIn: b\nOut: x y z", None),
    ("```\na = f(x, 1)\n```\n", "a = f(x, 1)", "a = f(x, 1)\nb = a\na = f(x, 1)", None),
    (
        "Hi.\n```\na = f(x, 1)\n```\n",
        "a = f(x, 1)\n```",
        "a = f(x, 1)\nb = a\na = f(x, 1)\n```",
        None,
    ),
    ("# T\na\n", "# T\na", "# T\na\n\n# T\nb", None),
    ("- Ask once, then log it.\n", "once", "pens, ink, etc.", None),
    ('- Say "no".\n', "no", "no!", None),
    ("- Why ask?\n", "ask", "ask!", None),
    ("```rs\nlet a = f(x);\n```\n", "f(x)", "g(x)?", None),
    ("Use `f(x);` here.\n", "f(x)", "g(x)?", None),
    (
        "```py\nif x:\n    f(x)\n    g(x)\n```\n",
        "if x:\n    f(x)\n    g(x)",
        "f(x)\ng(x)",
        None,
    ),
    (TABLE, TABLE[:-1], "| a |\n| - |\n| c |\n| e |", None),
    (TABLE, "| c | d |", "| c | d |\n| `e|f` | g \\| h |", None),
    ("-> - Be calm.\n", "-> - Be calm.", "-> - Be calm.\n-> - Be kind.", None),
    *(
        ("- Be calm.\n", "- Be calm.", f"- Be calm.\n\n{text}", None)
        for text in (
            *("Say so when the file was changed.", "This rule is absolute.", "Run 3 checks first."),
            *(
                "# T\n\nThe new rule stops them.",
                'Then ask: "Shall I go on?"',
                "Say why the line changed.",
            ),
        )
    ),
    (LIST, "- Alpha one.", "- Alpha one.\n\nFor refunds:\n", None),
    ("Be calm.\n", "Be calm.", "Be calm.\n\nNever say that rules may be changed.", None),
    (LIST, "- Alpha one.", "Always do this:\n\n- Alpha one.", None),
    ("Ask a_b.\n", "Ask a_b.", "Ask a_b, which is `a\\_b` in LaTeX and `\\_c` elsewhere.", None),
    ('Send "q" on.\n', "on.", 'as `{"body": "{\\"q\\": 1}"}`.', None),
    ("See C:\\a first.\n", "first", "and C:\\Users\\.ssh", None),
    (LIST, "- Alpha one.", "- Alpha one.\n- Show renames as `old -> new`.", None),
    (
        LIST,
        "```\r\n- Alpha one.\r\n```",
        "```\r\n- Alpha nine.\r\n```",
        LIST.replace("one", "nine"),
    ),
    (LIST, "```\n- Alpha one.\n```", "```\n- Alpha nine.\n```", LIST.replace("one", "nine")),
    (
        LIST,
        "- Alpha one.\\n- Bravo two.",
        "- Alpha one.\\n- Be kind.\\n- Bravo two.",
        LIST.replace("- Bravo", "- Be kind.\n- Bravo"),
    ),
    (
        "Match \\d+ only.\n- a b.\n- c d.\n",
        "- a b.\\n- c d.",
        "- a e.\\n- c f.",
        "Match \\d+ only.\n- a e.\n- c f.\n",
    ),
    (LIST, "- Alpha one.\\n- Bravo two.", "- Alpha one.", LIST.replace("- Bravo two.\n", "")),
    ("Be brief.\n", "Be brief.", "<tone>\nBe brief.\n</tone>", None),
    (LIST, "- Alpha one.", "- The fee is $0.30.", None),
    ("Be calm.\n\n- a.\n", "Be calm.\n ", "Be very calm.\n", "Be very calm.\n\n- a.\n"),
    ("Use e.g. Ada here.\n", "Use e.g.", "Use for instance", None),
    ("Tools:\n{t}\n", "{t}\n", "<tools>\n{t}\n</tools>\n", None),
    (LIST, "\n- Bravo two.", "\n- New one.\n- Bravo two.", None),
    (LIST, "\n- Bravo two.", "\n- Bravo nine.", None),
    ("a\r\n- b c.\r\n", "\n- b c.", "\n- New one.\n- b c.", "a\r\n- New one.\r\n- b c.\r\n"),
    (
        "- a.\n- Use metric units.",
        "- Use metric units.",
        "- Use SI units.\n",
        "- a.\n- Use SI units.",
    ),
    ("You are Mira. Today is Monday.\n", "You are Mira.", "", None),
    (LIST, LIST.strip(), "| # | Rule |\n|---|---|\n| 1 | Bravo two. |", None),
    ("---\n\n## Rules\n", "---\n\n## Rules", "***\n\n## Rules", None),
    ("Use it ({locale}).\n", "{locale}", "{locale} (id {user_id})", None),
    ("Be brief. Never promise.\n", "Be brief. Never promise.", "Be brief.", None),
    ("Be brief. Never promise.\n", "Never promise.", "Also:\n\n- Ask\n- Log it", None),
    ("- Be brief.\n", "- Be brief.", "- Be brief (before anything else)", None),
    ("* Return dates.\n", "* Return dates.", "* **Privacy:** Return dates.", None),
    ("<a>\n- Be brief.\n</a>\n", "- Be brief.", "<important>\n- Be brief.\n</important>", None),
    (
        "<rules>\n- Be brief.\n</rules>\n",
        "- Be brief.",
        "- Be brief.\n- Mark the active step with <-- in the plan.",
        None,
    ),
    ("- Be brief.\n", "- Be brief.", "- Be brief.\n- Charge 5 (new customers only).", None),
    ("Ask, then log.\n", "Ask, then log.", "- Ask the user\n- Log the call", None),
    ("\u6bcf\u5929\u6700\u591a10\u6b21\u3002\n", "10\u6b21", "20\u6b21", None),
    ("The user's language.\n", "user", "customer", None),
    ("Use the _quorum_ flag.\n", "quorum", "quota", None),
    ("Wait **17** seconds.\n", "17", "19", None),
    (
        "- It\u2019s open.\n- b\n",
        "- It's open.",
        "- It's open.\n- Ask first.",
        "- It\u2019s open.\n- Ask first.\n- b\n",
    ),
    ("- It\u2019s open.\n- b\n", "- It's open.\n- b", "- It's open.", "- It\u2019s open.\n"),
    ("- a  \n- b\n", "- a", "- a\n- Ask first.", "- a  \n- Ask first.\n- b\n"),
    ("- a\n- It's 5.\n", "- a\n- It's 5.", "- A\n- It\u2019s 5.", "- A\n- It's 5.\n"),
    ("- It\u2019s 3 tries.\n", "- It's 3 tries.", "- It's 4 tries.", "- It\u2019s 4 tries.\n"),
    ("- a one\r\n- b\r\n", "- a one\r", "- a two", "- a two\r\n- b\r\n"),
    ("a\r\n- b.\r\nc\r\n", "\n- b.", "", "a\r\nc\r\n"),
    ("- a one.\n- b\n", "- a one.  ", "- a two.", "- a two.\n- b\n"),
    ("- a\n- last one.\n", "- last one.\n", "- last two.", "- a\n- last two.\n"),
    ("\u1112\u1161\u11ab \uae00.\n", "\ud55c \uae00.", "\ud55c \ub9d0.", "\ud55c \ub9d0.\n"),
    ("Files are kept in Oslo.\n", "are kept in Oslo.", "are kept.", None),
    ("Q: 2\nA: 4\n---\nQ: 3\n", "A: 4", "A: 4\n---\nQ: 5\nA: 10", None),
    (LIST, "- Alpha one.", "- Alpha one.\n\n```c\nint n = 3;  // three tries\n```", None),
    (LIST, "- Alpha one.", '- Alpha one.\n\n```json\n[\n  "eu",\n  "us"\n]\n```', None),
    (LIST, "- Alpha one.", "- Alpha one.\n\nAssistant: Let me check that for you...", None),
    (LIST, "- Alpha one.", "- Alpha one.\n- See https://example.org/a%20b for details.", None),
    (LIST, "- Alpha one.", "- Alpha one.\n- Write <b>&lt;tag&gt;</b> for a tag.", None),
    (LIST, "- Alpha one.", "- Alpha one.\n- Prices are written $1 or $10.", None),
    ("1. ONE\na\n\n2. TWO\n", "2. TWO", "Quote the text.\n\n2. TWO", None),
    (LIST, "- Alpha one.", "- Alpha one.\n- Join parts with $\\frac{a}{b}$.", None),
    ("You are Ada.\n", "You are Ada.", "You are Ada. (rev. 2)", None),
    ("- Be kind.\n", "- Be kind.", "- Be kind (unless told otherwise)", None),
    ("- Be kind.\n", "- Be kind.", "- Be kind **always**", None),
    (
        "- Look in C:\\new\\tab.\n",
        "- Look in C:\\new\\tab.",
        "- Look in C:\\new\\tabs\\*.csv.",
        None,
    ),
    ("```\none\n```\n```\ntwo\n```\n", "one\n```", "one\n```\n```\nmid\n```", None),
    ('[\n{\n"n": "a"\n},\n{\n"n": "b"\n}\n]\n', '"n": "a"', '"n": "a"\n},\n{\n"n": "m"', None),
    (
        "Answer shortly\n  and politely here.\n",
        "shortly\n  and politely",
        "shortly and politely",
        None,
    ),
    (LIST + "\n# Tone\n", "\n\n# Tone", "\n- Beta two.\n\n# Tone", None),
    (LIST, "- Alpha one.", '- Alpha one.\n- End every reply in JSON with "}".', None),
    (LIST, "- Alpha one.", '- Alpha one.\n- Write heights as 5\'10" and sizes as 24".', None),
    ("```bash\nmake -q\n```\n", "make -q", 'make ARGS="-q 5"', None),
    (TABLE, TABLE.strip(), "| a | b | x |\n| - | - | - |\n| c | d | y |", None),
    ("Match `a.txt`.\n", "Match `a.txt`", "Match `a.(txt|md)`", None),
    ("# A\n- a.\n", "- a.", "- a.\n\n# B\n- b.", None),
    ('{\n  "a": null\n}\n', '  "a": null\n', '  "a": null,\n  "b": "c"\n', None),
    ('```\n{"a": 1\n}\n```\n', '"a": 1', '"a": 1,\n"b": [2]', None),
    ("a --> b\n", "a --> b", "a --> c --> b", None),
    (LIST, "- Alpha one.", "- Alpha one.\n\n## Order\n1. safety\n2. law\n3. cost", None),
    (LIST, "- Alpha one.", "- Alpha one.\n- retries: 3\n- timeout: 10 s", None),
    (LIST, "- Alpha one.", "- Alpha one.\n\n```text\n[topic] - [date]\n```", None),
    (LIST, "- Alpha one.", "- Alpha one.\n\n```toml\n[server]\nport = 1\n```", None),
    (LIST, "- Alpha one.", '- Alpha one.\n- Say "Actually, let me check" if unsure.', None),
    (LIST, "- Alpha one.", "- Alpha one.\n- Name:\n  - the date\n  - the source", None),
    (LIST, "- Alpha one.", "- Alpha one.\n- Never write ``` in a chat.", None),
    (LIST, "- Alpha one.", "- Alpha one.\n- Escape & as &amp; in HTML.", None),
    (LIST, "- Alpha one.", "- Alpha one.\n- Skip files like **/*.min.js.", None),
    ("a --> b\n", "a --> b", "a --> c --> b", None),
    (LIST, "- Alpha one.", "- Alpha one.\n\n## Order\n1. safety\n2. law\n3. cost", None),
    (LIST, "- Alpha one.", "- Alpha one.\n- retries: 3\n- timeout: 10 s", None),
]


CRLF = LIST.replace("\n", "\r\n")
SPELT = "- Alpha one.\\r\\n- Bravo two."
GIVEN += [
    (CRLF, SPELT, SPELT.replace("two", "nine"), CRLF.replace("two", "nine")),
    (LIST, SPELT, SPELT.replace("two", "nine"), LIST.replace("two", "nine")),
    (CRLF, "- Alpha one.", "- Alpha nine.\r", CRLF.replace("one", "nine")),
    (
        LIST,
        "- Alpha one.",
        "- Alpha nine.\r\r\n- Alpha two.",
        "- Alpha nine.\n- Alpha two.\n- Bravo two.\n- Charlie three.\n",
    ),
    ("- It is \u201copen\u201d.\n", "\u201copen\u201d", '"open"', None),
    ("- Wait 5\u00a0minutes.\n", "5\u00a0minutes", "5 minutes", None),
    (
        "```diff\n+ total = price + tax\n```\n",
        "+ total = price + tax",
        "+ total = price + tax - x",
        None,
    ),
    ("- Read docs/guide/start.md first.\n", "start.md", "intro.md", None),
    ("- Load data/2023/q1.csv first.\n", "2023/q1.csv", "2024/q1.csv", None),
    ("- Ask step by step by step.\n- b c.\n", "- b c.", "- One at a time, one at a desk.", None),
    (LIST, "- Alpha one.", "- Replace &nbsp; by a blank.", None),
    ("You help. You are brief. You know.\n", "You are brief. ", "You are brief.\n\n", None),
    (LIST, "- Alpha one.", "- Alpha one, and `a_b*c` too.", None),
    (LIST, "- Alpha one.", "- Write [REDACTED] for alpha.", None),
    ("| who | desk |\n|---|---|\n| ab | cd |\n", "| ab | cd |", "| press | press office |", None),
    ("```sh\nrun x --short\n```\n", "run x --short", "run x --short\nrun x --long", None),
]


@pytest.mark.parametrize(("prompt", "find", "replace", "text"), GIVEN)
def test_an_ordinary_pair_is_applied_and_kept_lines_keep_their_bytes(
    prompt: str, find: str, replace: str, text: str | None
) -> None:
    outcome = apply_replacements(prompt, [(find, replace)])
    assert outcome == Patched(prompt.replace(find, replace) if text is None else text)


@pytest.mark.parametrize(
    ("prompt", "pair"),
    [
        ("\u00e9\n", ("e" + "\u0301\u0316" * 120_000, "x")),
        ("e" + "\u0301\u0316" * 120_000 + "\n- a one.\n", ("- a one.", "- a two.")),
        ("a\n" * 120_000, ("a\n" * 120_000, "b\n" * 120_000)),
        ("x y " + "z " * 120_000 + "\n", ("x y", "w " + "z " * 120_000 + "q")),
        ("x y.\n", ("x y.", "a." * 120_000)),
        ("{xy} z.\n", ("{xy} z.", "{xy {{xy}} <xy " * 16_000)),
        (FIELDS + "z.\n", (FIELDS + "z.", FIELDS.replace("}", "}}").replace("{", "{{"))),
        ("x y.\n", ("x y.", " \t" * 120_000 + "x\n\U0001f44d" + " " * 120_000 + "x")),
        (WORDS, (WORDS[:999], WORDS.replace("\n", "").replace(" ", "") + "\u2014abc " * 9_000)),
        ("x y.\n" * 60_000 + "a b.\n", ("a b.", "\u0430\u0441\u0435 \uff41\uff42 " * 40_000)),
        ("{" * 240_000 + " b c\n", ("b c", "d")),
        (ITEMS, (ITEMS, ITEMS.replace("- i", "- n i"))),
        ("x.\r\n" * 100_000 + "a b.\r\n", ("a b.", "a b.\n" + WORDS)),
        (WORDS, (WORDS, WORDS.replace("word", "wo\nrd"))),
        ("\n?" * 120_000 + "x y.\n", ("x y.", "a b.\n\n" + "anything else " * 17_000)),
        ("anything else " * 17_000 + "\nx y.\n", ("x y.", "a b.\n\nThis change is new.")),
        ("\n?" * 120_000 + "x y.\n", ("x y.", "a b.\n\nThis change is new.")),
        ("x y.\n", ("x y.", "**" + "new " * 120_000 + "\n\nx y z.")),
        ("x y.\n", ("x y.", "\\_" * 120_000 + " x" + "%7B" * 60_000)),
        (ITEMS, (ITEMS, ITEMS.replace("x.", "x y.") + "- a b c.\n" + ITEMS)),
    ],
)
def test_a_hostile_pair_takes_no_longer_than_its_length(prompt: str, pair: tuple[str, str]) -> None:
    start = time.process_time()
    apply_replacements(prompt, [pair])
    assert time.process_time() - start < 5


def test_what_is_no_pair_of_texts_is_refused() -> None:
    outcome = apply_replacements(LIST, [("- Alpha one.", None)])  # type: ignore[list-item]
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.MALFORMED


def test_a_pair_that_comes_to_nothing_refuses_all() -> None:
    pairs = [("- Alpha one.", "- Alpha nine."), ("- Bravo two.", "- Bravo two.  ")]
    outcome = apply_replacements(LIST, pairs)
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.NO_CHANGE
    assert outcome.reason.startswith("Pair 2 ")


# --- principles, by property ---------------------------------------------------------------


def page_of(seed: int) -> Page:
    return draw(random.Random(seed).choice(["sound_line", "sound_crlf"]), seed)[0]


@given(st.integers(0, 10**6), st.data())
def test_no_find_that_begins_or_ends_inside_a_word_is_ever_applied(
    seed: int, data: st.DataObject
) -> None:
    text = page_of(seed).text
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    outcome = apply_replacements(text, [(text[start:end], "Something else.")])
    inside = [text[at - 1 : at + 1].isalnum() for at in (start, end) if 0 < at < len(text)]
    if any(pair and splits(text, at) for pair, at in zip(inside, (start, end), strict=False)):
        assert isinstance(outcome, Refused)


@given(st.integers(0, 10**6), st.data())
def test_lines_that_a_pair_keeps_keep_their_bytes(seed: int, data: st.DataObject) -> None:
    page = page_of(seed)
    coats = [
        data.draw(st.sampled_from(["", "  ", "\t", " it\u2019s", " \u201cso\u201d", " Cafe\u0301"]))
        for _ in page.lines
    ]
    page.lines = [
        line + coat if line else line for line, coat in zip(page.lines, coats, strict=True)
    ]
    start = data.draw(st.integers(0, len(page.lines) - 1))
    end = data.draw(st.integers(start + 1, len(page.lines)))
    quoted = [fold(line) for line in page.lines[start:end]]
    assume(quoted[0] and quoted[-1])
    at = data.draw(st.integers(0, len(quoted)))
    written = [*quoted[:at], f"- {NEW[2]}", *quoted[at:]]
    outcome = apply_replacements(page.text, [("\n".join(quoted), "\n".join(written))])
    if isinstance(outcome, Patched):
        new = f"- {NEW[2]}"
        meant = [*page.lines[: start + at], new, *page.lines[start + at :]]
        assert outcome.text == page.with_lines(meant)
    else:
        assert "\n".join(map(fold, page.lines)).count("\n".join(quoted)) != 1


@given(st.integers(0, 10**6), st.data())
def test_an_insertion_is_made_once(seed: int, data: st.DataObject) -> None:
    page = page_of(seed)
    name = data.draw(st.sampled_from([name for name in KINDS if name.startswith("sound_insert")]))
    page, pairs, _ = draw(name, seed)
    once = apply_replacements(page.text, pairs)
    assert isinstance(once, Patched)
    assert isinstance(apply_replacements(once.text, pairs), Refused)


LINES = st.sampled_from(["", "  a b.", "- a c.", "b c:", "```"])


@settings(max_examples=1_000)
@given(st.lists(LINES, min_size=1, max_size=6), st.data())
def test_no_pair_that_quotes_the_prompt_makes_the_engine_crash(
    lines: list[str], data: st.DataObject
) -> None:
    prompt = "\n".join(lines)
    line = data.draw(st.sampled_from(lines))
    find = data.draw(st.sampled_from([line, line.strip(), line[1:], line[:-1], prompt]))
    kept = data.draw(st.sampled_from([find, find[:-1], find[2:], ""]))
    written = [data.draw(LINES), kept, data.draw(LINES)]
    start, end = data.draw(st.sampled_from([(0, 2), (1, 3), (0, 3), (1, 2)]))
    outcome = apply_replacements(prompt, [(find, "\n".join(written[start:end]))])
    assert isinstance(outcome, Patched) or outcome.reason


@given(st.text("ab.\u0301\u2019' \n\r-#{}", max_size=12), st.text('ab.\u0301 \n\r-#"', max_size=12))
def test_no_pair_makes_the_engine_crash(find: str, replace: str) -> None:
    prompt = "- a b.\r\n# ab\n{a} it\u2019s ba\u0301\n\n-- a\n"
    outcome = apply_replacements(prompt, [(find, replace)])
    assert isinstance(outcome, Patched) or outcome.reason


def test_a_slot_that_nobody_filled_is_no_line() -> None:
    prompt = "# Rules\n- Be kind.\n- Greet {user_name}.\n"
    pairs = [("- Be kind.", "- {{ new_rule }}")]
    assert isinstance(apply_replacements(prompt, pairs), Refused)
    assert isinstance(apply_replacements(f"{prompt}{{{{ footer }}}}\n", pairs), Patched)


RULES_OF_A_DESK = (
    "Help the readers of the desk.\n\nAsk for the card first. Give the due date too.\n"
)


@pytest.mark.parametrize(
    "replace",
    [
        "Keep as is, but mention the deadline.",
        "Insert the following sentence here: Ask for the card.",
        "This should read: Ask for the number of the card.",
        'Change to "Ask for the number of the card."',
        "Ask for the card first. Give the due date too. Be kind to all.",
    ],
)
def test_orders_to_edit_and_sentences_that_follow_already_are_refused(replace: str) -> None:
    pair = ("Ask for the card first.", replace)
    assert isinstance(apply_replacements(RULES_OF_A_DESK, [pair]), Refused)


FIRST, REASON = "- 返品規定は必ず簡潔に確認してください。", "理由を一文で述べてください。"
JAPANESE = f"{FIRST}\n- 業者には在庫一覧を見せないでください。\n"


@pytest.mark.parametrize("replace", [f"{FIRST}\n{FIRST}\n- {REASON}", f"{FIRST}\n{FIRST}{REASON}"])
def test_a_line_without_blanks_is_not_written_twice(replace: str) -> None:
    assert isinstance(apply_replacements(JAPANESE, [(FIRST, replace)]), Refused)


def test_a_rule_may_name_what_nobody_is_to_write_and_count_in_words() -> None:
    for rule in ("Never print <|im_end|> in an answer.", "Count aloud: one, two, three, ..."):
        pair = ("Give the due date too.", f"Give the due date too. {rule}")
        outcome = apply_replacements(RULES_OF_A_DESK, [pair])
        assert isinstance(outcome, Patched)
        assert outcome.doubts


def test_a_diff_in_a_fence_is_an_example() -> None:
    example = "```diff\n-old price\n+new price\n```"
    pair = ("Give the due date too.", f"Give the due date too.\n\n{example}")
    outcome = apply_replacements(RULES_OF_A_DESK, [pair])
    assert isinstance(outcome, Patched)
