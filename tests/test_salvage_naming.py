"""Words above the only plan: whether they introduce it as none, or speak of something else."""

import pytest

from planner.operations import Op
from tests.builders import answer, ids, item, unattended

PLAN = answer(item(Op.ADD_TOOL_TO_AGENT, id="e1"))

NONE = [
    "The plan below was rejected.", "Do not apply this:", "Last night's plan was:", "Example:",
    "Do NOT apply the following.", "Here is last night's plan.",
    "What follows is the old plan; it failed.", "This was rejected by the gate.",
    "Rejected by the gate.", "The following edits were withdrawn.", "A counter-example:",
    "Counter-example: what not to do.", "This is a bad plan.", "A draft.",
    "First draft, not final:", "The student proposed this:", "Bob wrote the following:",
    "The previous teacher proposed these edits.", "Someone else's plan.",
    "Below is what the user proposed.", "These edits are from last week's session.",
    "The plan below comes from another agent.", "I rejected the edits below.",
    "I do not propose this:", "I don't recommend the following:",
    "I would not propose these edits.", "If there were more evidence, I would propose this.",
    "This would have been the plan.", "For reference, the plan of last night.",
    "I include it for reference only.", "Please ignore this.", "Ignore the block below.",
    "Please don't run this.", "Never apply these.", "Not to be applied.", "It was superseded.",
    "Here is an example.", "An example of the format.", "Here is what I considered and dropped:",
    "Considered and rejected.", "Alternatives I ruled out:", "The current configuration is:",
    "Existing edits:", "This is not a proposal.", "This is no proposal but an illustration.",
    "Dies ist ein Beispiel.", "Der folgende Plan wurde abgelehnt.", "Bitte nicht anwenden.",
    "Das war der alte Plan:", "Ceci est un exemple.", "Le plan ci-dessous a été rejeté.",
    "Ne pas appliquer.", "Voici l'ancien plan.", "Esto es un ejemplo.",
    "El siguiente plan fue rechazado.", "No aplicar.", "Questo è un esempio.",
    "Il piano seguente è stato respinto.", "Isto é um exemplo.",
    "\u4ee5\u4e0b\u662f\u793a\u4f8b\u3002", "\u8fd9\u662f\u8349\u7a3f\u3002",
    "\u8bf7\u52ff\u5e94\u7528\u4ee5\u4e0b\u65b9\u6848\u3002",
    "\u6628\u665a\u7684\u65b9\u6848\uff1a", "\u4ee5\u4e0b\u306f\u4f8b\u3067\u3059\u3002",
    "Это пример.", "Черновик:",
    "The plan below was rejected.\nIt touched the prompt of another agent.",
    "Do not apply the plan below. I only show its shape.",
    "The edits below are wrong; they would drop {goal}.",
    "You asked what a bad plan looks like. This is one.", "My colleague suggested these changes.",
    "The list below has been deprecated.", "I withdraw the plan below.", "Last week's answer:",
    "The plan of yesterday:", "Yesterday's edits.", "Old version:", "(rejected)", "DRAFT",
    "Obsolete.", "Template:", "Placeholder plan:", "Here is the plan (from last night):",
    "Here are the proposed edits (rejected):", "Here are the edits (do not apply):",
    "Here is the plan that I rejected:", "This one failed yesterday:", "Not my plan:",
    "The user wants me to check this plan:", "What a wrong answer looks like:",
    "The plan that was tried before:", "These were the edits of session 12.",
    "Session 12 proposed:", "The gate turned down this plan:", "Already applied:",
    "These have already been applied.", "Unsafe, for demonstration:",
]  # fmt: skip

OWN = [
    "I considered a lower temperature but rejected it.",
    "The previous plan was rejected, so this one is smaller.",
    "I don't propose to change the tools.",
    "I should patch the prompt; maybe also lower the temperature.",
    "Note: I avoided changes that might be risky.",
    "Here are the proposed edits (previously edit e1 failed):",
    "I considered a lower temperature but rejected it. Here is my plan:",
    "The tools are not changed.", "The old prompt was too long, so the new one is short.",
    "I did not touch the tools.",
    ("Based on the traces, c1 fails because the agent never cites.\nI would not "
     "change the temperature."),
    "Here is the plan.", "These edits address c1.", "The edits below fix c1 and c2.",
    "The student ignores the tool. The plan:", "Voici le plan demandé :",
    "\u597d\u7684\uff0c\u4ee5\u4e0b\u662f\u4fee\u6539\u65b9\u6848\uff1a", "Hier ist der Plan:",
    "Aquí está el plan:", "Ecco il piano:",
    "Last night's run failed twice; the edits below address it.",
    "Rejected refunds were answered anyway in 4 traces.", "The agent could not find the file.",
    "I rejected two ideas for lack of evidence.", "Plan:", "Edits:",
    "The examples in c1 show that dates are missing.", "I don't use the old tools any more.",
]  # fmt: skip


FORMS = {
    "plain": "{}\n\n{}",
    "fenced": "{}\n```json\n{}\n```",
    "between": "Analysis: the agent guesses.\n\n{}\n\n{}\n\nLet me know.",
    "bold": "**{}**\n\n{}",
}


@pytest.mark.parametrize("words", NONE)
def test_no_edit_of_a_plan_that_is_introduced_as_none_goes_unattended(words: str) -> None:
    for form in (*FORMS.values(), "{} {}"):
        assert unattended(form.format(words, PLAN)) == []


@pytest.mark.parametrize("words", OWN)
def test_a_plan_is_read_where_the_words_above_speak_of_something_else(words: str) -> None:
    for form in FORMS.values():
        assert ids(form.format(words, PLAN)) == ["e1"]
