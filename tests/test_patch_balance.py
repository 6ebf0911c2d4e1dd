"""What opens and closes in a prompt does so after a diff."""

import pytest

from planner.models import Agent, FlagCode, Student
from planner.operations import Op
from planner.patch import Patched, Refused, apply_diff
from tests.builders import item, settled

SECTIONS = "<rules>\n- Answer briefly.\n- Be polite.\n</rules>\n\n<tone>\n- Warm.\n</tone>\n"
TEMPLATE = "- Start.\n{% if vip %}\n- Greet.\n{% endif %}\n- End.\n"
SAMPLE = 'Sample:\n```json\n{\n  "a": [1],\n  "b": 2\n}\n```\n- Check it.\n- End.\n'


@pytest.mark.parametrize(
    ("prompt", "diff"),
    [
        (SECTIONS, "@@ -5,2 +5,4 @@\n \n+<limits>\n+- At most 3 links.\n <tone>\n"),
        (SECTIONS, "@@ -8,1 +8,4 @@\n </tone>\n+\n+<limits>\n+- At most 3 links.\n"),
        (TEMPLATE, "@@ -3,3 +3,2 @@\n - Greet.\n-{% endif %}\n - End.\n"),
        (TEMPLATE, "@@ -2,4 +2,3 @@\n {% if vip %}\n-- Greet.\n-{% endif %}\n+- Hail.\n - End.\n"),
    ],
)
def test_one_end_does_not_come_without_the_other(prompt: str, diff: str) -> None:
    outcome = apply_diff(prompt, diff)
    assert isinstance(outcome, Refused)
    assert "without the other" in outcome.reason


def told(prompt: str, diff: str) -> str:
    """Return what a person is told of the form that a diff breaks."""
    patch = item(Op.PATCH_SYSTEM_PROMPT, payload={"agent": "coder", "diff": diff})
    (edit,) = settled(patch, student=Student(agents={"coder": Agent(system_prompt=prompt)})).edits
    return " ".join(one.message for one in edit.flags if one.code == FlagCode.FORM_BROKEN)


@pytest.mark.parametrize(
    ("prompt", "diff"),
    [
        (SECTIONS, "@@ -3,4 +3,3 @@\n - Be polite.\n-</rules>\n \n <tone>\n"),
        (SECTIONS, "@@ -1,2 +1,1 @@\n-<rules>\n - Answer briefly.\n"),
        (SAMPLE, "@@ -6,3 +6,2 @@\n }\n-```\n - Check it.\n"),
        (SAMPLE, "@@ -6,3 +6,2 @@\n-}\n-```\n+}\n - Check it.\n"),
        (SAMPLE, "@@ -1,3 +1,2 @@\n Sample:\n-```json\n {\n"),
    ],
)
def test_one_end_that_goes_is_for_people(prompt: str, diff: str) -> None:
    """It may be cut out on purpose."""
    assert isinstance(apply_diff(prompt, diff), Patched)
    assert "without the other" in told(prompt, diff)


@pytest.mark.parametrize(
    ("prompt", "diff"),
    [
        (
            SECTIONS,
            "@@ -3,2 +3,1 @@\n-- Be polite.\n </rules>\n@@ -7,1 +6,2 @@\n - Warm.\n+- Kind.\n",
        ),
        (SECTIONS, "@@ -3,3 +3,3 @@\n-- Be polite.\n </rules>\n+- Be polite.\n \n"),
        (SECTIONS, "@@ -5,4 +5,2 @@\n \n-<tone>\n - Warm.\n-</tone>\n"),
        (SECTIONS, "@@ -5,2 +5,5 @@\n \n+<limits>\n+- At most 3 links.\n+</limits>\n <tone>\n"),
        (SECTIONS, "@@ -5,2 +5,4 @@\n \n+<limits>\n+At most 3 links.</limits>\n <tone>\n"),
        (
            SECTIONS,
            "@@ -3,2 +3,1 @@\n - Be polite.\n-</rules>\n@@ -7,1 +6,2 @@\n - Warm.\n+</rules>\n",
        ),
        (TEMPLATE, "@@ -1,5 +1,3 @@\n - Start.\n-{% if vip %}\n - Greet.\n-{% endif %}\n - End.\n"),
        ("- Start.\n- End.\n", "@@ -1,2 +1,3 @@\n - Start.\n+- Leave `{% if %}` alone.\n - End.\n"),
        (SAMPLE, "@@ -6,4 +6,4 @@\n }\n-```\n - Check it.\n+```\n - End.\n"),
        (
            SAMPLE,
            "@@ -1,3 +1,3 @@\n Sample:\n-```json\n+~~~json\n {\n@@ -6,2 +6,2 @@\n }\n-```\n+~~~\n",
        ),
        ("Say:\n```\nHello.\n", "@@ -1,3 +1,2 @@\n Say:\n-```\n Hello.\n"),
        ("<a>\nOne.\n", "@@ -1,2 +1,1 @@\n-<a>\n One.\n"),
    ],
)
def test_what_moves_or_was_uneven_before_is_left_alone(prompt: str, diff: str) -> None:
    assert isinstance(apply_diff(prompt, diff), Patched)
    assert "without the other" not in told(prompt, diff)
