"""Texts written anew: what a patch could not write does not stand in another form."""

import time
from typing import Any

import pytest

from planner.models import Agent, FlagCode, Proposal, RejectionCode, Student
from planner.operations import Op, Tier
from planner.patch import canonical_diff
from planner.risk import assign_tiers, read_policy
from tests.builders import item, settled

PROMPT = """You are a support agent for {company}.

Use these tools:
{tool_descriptions}

Rules:
- Answer in the customer's language.
- Never promise a refund above 50 EUR.
- Escalate angry customers to a person.
- Keep answers below 120 words.
- Close every ticket with a summary.

```json
{{"a": 1}}
```
"""
RULE = "- Escalate angry customers to a person.\n"
KNOWN = Student(agents={"coder": Agent(system_prompt=PROMPT)}, tool_descriptions={"calc": "Adds."})
ALL_AUTO = read_policy(
    b'[tiers]\npatch_system_prompt = "auto"\nreplace_system_prompt = "auto"\n'
    b'edit_few_shot_exemplars = "auto"\n[floors]\ntool_description = "auto"\n',
    where="policy.toml",
)


def written(text: str, student: Student = KNOWN) -> Proposal:
    payload = {"agent": "coder", "new_content": text}
    return settled(item(Op.REPLACE_SYSTEM_PROMPT, payload=payload), student=student)


def outcome(op: Op, payload: dict[str, Any]) -> str:
    """Return `refused`, `review` or `auto`, where a policy opens all operations."""
    proposal = settled(item(op, payload=payload), student=KNOWN)
    if proposal.rejected:
        return "refused"
    (edit,) = assign_tiers(proposal.edits, ALL_AUTO)
    return edit.risk_tier.value


LIKE_A_PATCH = [
    ("talk above", "You are a support", "Here is the new prompt:\n\nYou are a support"),
    ("talk below", RULE, f"{RULE}\nLet me know if you need further changes!\n"),
    ("marks of an edit", RULE, f"<<<<<<< SEARCH\n{RULE}=======\n- Escalate.\n>>>>>>> REPLACE\n"),
    ("a slot", RULE, f"{RULE}- Sign as [YOUR NAME HERE].\n"),
    ("a cut item", RULE, f"{RULE}- When the customer asks for a refund, you must fir\n"),
    ("half a fence", RULE, f"{RULE}```\n"),
    ("broken JSON", '{{"a": 1}}', '{{"a": 1,}}'),
    ("an entity", "customer's", "customer&#39;s"),
    ("a sound rule", RULE, f"{RULE}- Ask for the order number first.\n"),
    ("a sound change", "50 EUR", "30 EUR"),
]


@pytest.mark.parametrize(("find", "replace"), [row[1:] for row in LIKE_A_PATCH])
def test_a_replacement_is_never_less_strict_than_the_patch_that_does_the_same(
    find: str, replace: str
) -> None:
    after = PROMPT.replace(find, replace)
    diff = {"agent": "coder", "diff": canonical_diff(PROMPT, after)}
    strictness = {"auto": 0, "review": 1, "refused": 2}
    patched = outcome(Op.PATCH_SYSTEM_PROMPT, diff)
    replaced = outcome(Op.REPLACE_SYSTEM_PROMPT, {"agent": "coder", "new_content": after})
    assert replaced == patched or strictness[replaced] >= strictness["review"]
    assert (replaced == "auto") == (patched == "auto")


NO_PROMPT = [
    ("a diff", "--- a/prompt\n+++ b/prompt\n@@ -1,3 +1,3 @@\n-a\n+b {company}\n", "malformed"),
    ("a fence round it", f"```markdown\n{PROMPT}```", "malformed"),
    ("quotes round it", f'"{PROMPT.strip()}"', "malformed"),
    ("signs", "".join(f"+{line}\n" for line in PROMPT.splitlines()), "malformed"),
    ("twice", PROMPT + PROMPT, "patch_refused"),
    ("thoughts", f"<think>hm</think>{PROMPT}", "patch_refused"),
    ("a cut in a word", PROMPT[: PROMPT.index("Close") + 8], "cut_short"),
    ("an order", "The system prompt should be changed so that it is polite.", "malformed"),
    ("blanks only", PROMPT.replace("\n", "  \n"), "changes_nothing"),
    ("a stand-in", "<new prompt>", "text_left_out"),
]


@pytest.mark.parametrize(("text", "code"), [row[1:] for row in NO_PROMPT])
def test_what_is_no_prompt_as_a_whole_is_rejected(text: str, code: str) -> None:
    (rejected,) = written(text).rejected
    assert rejected.code == code
    assert rejected.reason


def test_what_the_old_prompt_does_itself_is_no_fault() -> None:
    fenced = f"```markdown\n{PROMPT.partition('```')[0]}```\n"
    student = Student(agents={"coder": Agent(system_prompt=fenced)})
    proposal = written(fenced.replace("50 EUR", "30 EUR"), student)
    assert not proposal.rejected


def test_a_prompt_of_another_kind_is_for_people_where_a_patch_would_be_refused() -> None:
    text = (
        "# Support\n\nYou serve {company} with {tool_descriptions}.\n\nSign as [YOUR NAME HERE].\n"
    )
    (edit,) = written(text).edits
    assert FlagCode.UNUSUAL_TEXT in [flag.code for flag in edit.flags]
    (sound,) = written(text.replace("[YOUR NAME HERE]", "the team")).edits
    assert FlagCode.UNUSUAL_TEXT not in [flag.code for flag in sound.flags]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("TODO", RejectionCode.TEXT_LEFT_OUT), ("same as before", RejectionCode.TEXT_LEFT_OUT)),
        ("(as in edit 1)", RejectionCode.TEXT_LEFT_OUT),
        ("Computes. (rest unchanged)", RejectionCode.TEXT_LEFT_OUT),
        *((text, RejectionCode.TEXT_LEFT_OUT) for text in ("<new description>", "[description]")),
        *((text, RejectionCode.TEXT_LEFT_OUT) for text in ("[Adds numbers]", "string")),
        *(("Here is the new description: adds.", None), ("Adds \u3164 two numbers.", None)),
        *(("Adds <= 2 numbers, h&#246;flich.", None), ("A \ufb01ne tool.", None)),
    ],
)
def test_a_tool_description_that_is_none_never_goes_unseen(
    text: str, code: RejectionCode | None
) -> None:
    payload = {"tool_name": "calc", "new_description": text}
    proposal = settled(item(Op.EDIT_TOOL_DESCRIPTION, payload=payload), student=KNOWN)
    assert [one.code for one in proposal.rejected] == ([code] if code else [])
    tiers = [edit.risk_tier for edit in assign_tiers(proposal.edits, ALL_AUTO)]
    assert tiers == ([] if code else [Tier.REVIEW])


@pytest.mark.parametrize(
    "output",
    [
        *("TODO", "\u202etxt", "a\U000e0041b", "<answer here>", "[expected output]", "a\\nb\\nc"),
        *("Say &quot;yes&quot;.", "H&#246;flich", "<U+00A7> 12", "caf\\u00e9", "One.\u00b6Two."),
        *("Two.\u00a5nThree.", "One./nTwo.", "\ufb01nd it", "caf=C3=A9", "caf%C3%A9"),
    ],
)
def test_a_worked_example_that_hides_or_lacks_its_text_is_for_people(output: str) -> None:
    payload = {"agent": "coder", "exemplars": [{"input": "2+2?", "output": output}]}
    assert outcome(Op.EDIT_FEW_SHOT_EXEMPLARS, payload) == "review"
    payload["exemplars"] = [{"input": "2+2?", "output": "4"}, {"input": "A or B?", "output": "A"}]
    assert outcome(Op.EDIT_FEW_SHOT_EXEMPLARS, payload) == "auto"


NEW = "# Support\n\nServe {company} with {tool_descriptions}.\n\n- Be kind to all of them.\n"
ASKS = "- Ask for the order number.\n- Answer within a day.\n- Name the next step.\n"


@pytest.mark.parametrize(
    "more",
    [
        "- Keep the other rules as they are.\n",
        "- In trace t1 the agent promised a refund.\n",
        "- Offer a callb",
        "- Offer a call",
        NEW.partition("- ")[2] + ASKS + ASKS,
    ],
)
def test_what_nobody_means_in_a_whole_new_prompt_is_for_people(more: str) -> None:
    sound = f"{NEW}{ASKS}"
    assert outcome(Op.REPLACE_SYSTEM_PROMPT, {"agent": "coder", "new_content": sound}) == "auto"
    doubtful = {"agent": "coder", "new_content": f"{sound}{more}"}
    assert outcome(Op.REPLACE_SYSTEM_PROMPT, doubtful) == "review"


@pytest.mark.parametrize("unit", ["\n", "+a\n", '"a\n', "```\n", " \n", "- a b c d\n", "--- a\n"])
def test_a_hostile_new_prompt_takes_no_longer_than_its_length(unit: str) -> None:
    start = time.process_time()
    written("a" + unit * (60_000 // len(unit)) + "x {company} {tool_descriptions}")
    written(unit * (60_000 // len(unit)) + "x {company} {tool_descriptions}")
    assert time.process_time() - start < 5


def test_a_whole_new_prompt_of_many_lines_takes_no_longer_than_its_length() -> None:
    rules = "".join(f"Rule {number}: do it.\n" for number in range(2_000))
    student = Student(agents={"coder": Agent(system_prompt=f"You are an agent.\n{rules}")})
    start = time.process_time()
    written("ab\n" * 60_000, student)
    assert time.process_time() - start < 5
