"""What has a form in a prompt keeps it: tables, blocks of code, numbered lists."""

import pytest

from planner.models import Agent, FlagCode, Student
from planner.operations import Op
from planner.patch import Patched, Refused, apply_diff, apply_replacements
from planner.risk import DEFAULT_POLICY, assign_tiers
from tests.builders import item, settled

TABLE = "| a | b |\n|---|---|\n| c | d |\n| e | f |\n"
STEPS = "1. Read.\n2. Think.\n3. Write.\n"
PYTHON = "```python\nfor row in rows:\n    total += row\nprint(total)\n```\n"
JSON = '```json\n{\n  "a": 1,\n  "b": 2\n}\n```\n'
SHELL = "- Be brief in all that you say.\n\n```bash\ndf -h\nls\n```\n"

FIELDS = "You work for {company}.\n- Ask {company} first.\n"

LOST = [
    ("a row above the rule", TABLE, "| a | b |", "| a | b |\n| x | y |"),
    ("no rule", TABLE, "|---|---|\n| c | d |", "| c | d |"),
    ("a line between rows", TABLE, "| c | d |", "| c | d |\nA rule."),
    ("no body of a loop", PYTHON, "    total += row", "total += row"),
    ("quotes that JSON does not know", JSON, '  "a": 1,', "  \u201ca\u201d: 1,"),
    ("a comma too few", JSON, '  "a": 1,', '  "a": 1'),
    ("a rule in code", SHELL, "ls\n```", "ls\n- Leave the last word to the user.\n```"),
    ("a field half renamed", FIELDS, "- Ask {company} first.", "- Ask {company_name} first."),
    ("a heading in code", SHELL, "ls\n```", "ls\n## Handover\n```"),
]
CELL_TOO_FEW = ("a cell too few", TABLE, "| c | d |", "| c |")
"""Of a diff it is refused, too."""
KEPT = [
    ("another cell", TABLE, "| c | d |", "| c | g |"),
    ("one more row", TABLE, "| c | d |", "| c | d |\n| x | y |"),
    ("a column more", TABLE, TABLE, "| a | b | x |\n|---|---|---|\n| c | d | y |\n"),
    ("no table", f"{TABLE}\nEnd.\n", TABLE, "A text.\n"),
    ("a line of the loop", PYTHON, "    total += row", "    total += row\n    count += 1"),
    ("an escape that Python does not know", PYTHON, "print(total)", 'print("\\d")'),
    ("a value", JSON, '"a": 1', '"a": 3'),
    ("a comment in code", SHELL, "ls\n```", "ls\n# list it\n```"),
    ("another field", FIELDS, "Ask {company} first.", "Ask {customer} first."),
    ("a step more", STEPS, "2. Think.", "2. Think.\n2. Plan."),
    ("a step less", STEPS, "2. Think.\n", ""),
]


@pytest.mark.parametrize(("prompt", "find", "replace"), [row[1:] for row in [*LOST, CELL_TOO_FEW]])
def test_pairs_that_break_a_form_are_refused(prompt: str, find: str, replace: str) -> None:
    assert isinstance(apply_replacements(prompt, [(find, replace)]), Refused)


@pytest.mark.parametrize(("prompt", "find", "replace"), [row[1:] for row in KEPT])
def test_pairs_that_keep_the_form_are_applied(prompt: str, find: str, replace: str) -> None:
    outcome = apply_replacements(prompt, [(find, replace)])
    assert isinstance(outcome, Patched)
    assert outcome.text == prompt.replace(find, replace)


def test_steps_that_are_all_shifted_but_for_the_last_are_refused() -> None:
    pairs = [("1. Read.", "2. Read."), ("2. Think.", "3. Think.")]
    outcome = apply_replacements(STEPS, pairs)
    assert isinstance(outcome, Refused)
    assert "2, 3, 3" in outcome.reason


def test_a_form_that_the_prompt_does_not_have_itself_is_not_asked_for() -> None:
    broken = PYTHON.replace("    total", "total")
    outcome = apply_replacements(broken, [("print(total)", "print(total, end='')")])
    assert isinstance(outcome, Patched)


@pytest.mark.parametrize(("prompt", "find", "replace"), [row[1:] for row in LOST])
def test_a_diff_that_breaks_a_form_is_for_people(prompt: str, find: str, replace: str) -> None:
    """Its quoted lines prove that it was meant for this place, so it is shown, not refused."""
    start = prompt[: prompt.index(find)].count("\n") + 1
    old, new = find.removesuffix("\n").split("\n"), replace.removesuffix("\n").split("\n")
    rows = [f"-{line}" for line in old] + [f"+{line}" for line in new]
    hunk = f"@@ -{start},{len(old)} +{start},{len(new)} @@\n" + "\n".join(rows) + "\n"
    assert isinstance(apply_diff(prompt, hunk), Patched)
    patch = item(Op.PATCH_SYSTEM_PROMPT, payload={"agent": "coder", "diff": hunk})
    proposal = settled(patch, student=Student(agents={"coder": Agent(system_prompt=prompt)}))
    (edit,) = assign_tiers(proposal.edits, DEFAULT_POLICY)
    assert FlagCode.FORM_BROKEN in [flag.code for flag in edit.flags]
    assert edit.risk_tier != "auto"
