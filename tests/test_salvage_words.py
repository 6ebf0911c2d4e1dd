"""What the words, keys and turns around a plan say of it."""

import json
from typing import Any

import pytest

from planner.operations import Op
from planner.salvage import read_items
from tests.builders import answer, ids, item, unattended

A = item(Op.ADD_TOOL_TO_AGENT, id="e1")
B = item(Op.LORA_FINETUNE, id="e2")
PLAN = answer(A, B)


ABORTED = {
    "after an edit": "",
    "after a comma": ", ",
    "in a key": ', {"op": "set_mod',
    "after a colon": ', {"op": ',
    "in a payload": ', {"op": "set_model_param", "payload": ',
    "in a text": ', {"op": "replace_system_prompt", "payload": {"new_content": "You are',
    "in a list": ', {"op": "set_agent_class", "references": ["trace-1',
}
SEAMS = [
    "", "\n", "\n\n", "<|im_end|>\n<|im_start|>assistant\n", "\n\n--- attempt 2 ---\n\n",
    "\n```\n\n```json\n", '\n{"error": {"type": "overloaded"}}\n',
    "\n\n[connection lost, retrying]\n\n", "\n\nSorry, let me restart.\n\n",
]  # fmt: skip


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("seam", SEAMS)
@pytest.mark.parametrize("aborted", ABORTED.values(), ids=ABORTED)
def test_of_an_answer_that_was_begun_anew_the_first_try_never_counts(
    aborted: str, seam: str, indent: int | None
) -> None:
    begun = '{"edits": [' + json.dumps({**A, "id": "first"}) + aborted
    read = ids(begun + seam + json.dumps({"edits": [B]}, indent=indent))
    assert read in ([], ["e2"])


OTHER_SHAPES = {
    "a bare list": ("[{}", "[{}]"),
    "another key": ('{{"proposed_edits": [{}', '{{"proposed_edits": [{}]}}'),
    "a key above": ('{{"plan": {{"edits": [{}', '{{"plan": {{"edits": [{}]}}}}'),
    "Python": ("{{'edits': [{}", "{{'edits': [{}]}}"),
}


@pytest.mark.parametrize("seam", SEAMS)
@pytest.mark.parametrize("shape", OTHER_SHAPES.values(), ids=OTHER_SHAPES)
def test_the_first_try_counts_in_no_other_shape(shape: tuple[str, str], seam: str) -> None:
    first, second = json.dumps({**A, "why": "x"}), json.dumps(A)
    for aborted in (*ABORTED.values(),)[1:]:
        text = shape[0].format(first) + aborted + seam + shape[1].format(second)
        for one in (text, json.dumps(text), json.dumps({"message": {"content": text}})):
            assert not [
                item for item in read_items(one).items if item.value and "why" in item.value
            ]


def test_of_a_loop_that_breaks_off_the_edit_is_read() -> None:
    one = json.dumps(A)
    assert ids(f'{{"edits": [{one}, {one}, {one[:60]}') == ["e1", "e1"]


def test_a_plan_is_no_edit() -> None:
    assert ids(json.dumps({"edits": [A, {"edits": [B]}]})) == []


@pytest.mark.parametrize(
    "words",
    [
        "On reflection, please drop edit e2: its evidence is one trace.",
        "Edit: e2 is wrong, sorry. The other one stands.",
        "I withdraw `e2`.",
        "Don't apply e2 yet.",
        "Use e1 but not e2.",
        "e2: ignore",
        "Apply everything except e2.",
        "Apply only e1.",
        "Edit e2 no longer applies.",
        "Typo in e2: the value must be 7.",
        "Sorry, e2 should have another value.",
        "Bitte e2 weglassen.",
        "Nur e1 anwenden.",
        "Ne pas appliquer e2.",
        "~~e2~~",
    ],
)
def test_no_edit_goes_unattended_where_words_below_take_one_back(words: str) -> None:
    assert unattended(f"{PLAN}\n\n{words}") == []


@pytest.mark.parametrize(
    "words",
    [
        "Apply only the first edit.",
        "Please ignore the second edit.",
        "Edit 2 is wrong, drop it.",
        "Please drop the lora_finetune edit.",
        "Actually, leave out the last one.",
    ],
)
def test_no_edit_goes_unattended_where_words_take_one_back_without_its_name(words: str) -> None:
    assert unattended(f"{PLAN}\n\n{words}") == []


@pytest.mark.parametrize(
    "words",
    [
        "e1 adds a tool; e2 trains on the wrong answers.",
        "- e1: the agent doesn't cite sources\n- e2: it ignores dates",
        "Apply e1 first, then e2; e2 does not touch the prompt.",
    ],
)
def test_words_that_describe_an_edit_do_not_take_it_back(words: str) -> None:
    assert ids(f"{PLAN}\n\n{words}") == ["e1", "e2"]


@pytest.mark.parametrize(
    "reasons",
    [
        "Rejected refunds were answered anyway in 4 traces.",
        "The student did not apply the rule in 5 traces.",
        "Example: in trace 3 the model guessed.",
        "For reference, see trace 3.",
        "The output was truncated in 3 traces (max 200 tokens).",
        'Logs hold "[... 20 lines omitted ...]" then.',
        "On second thought the student often gave up; more turns help.",
        "The agent considered and rejected the right tool.",
    ],
)
def test_reasons_may_speak_of_drafts_and_cuts(reasons: str) -> None:
    assert ids(answer({**A, "rationale": reasons})) == ["e1"]
    assert ids(f"{PLAN}\n\nLet me know if that does not work.") == ["e1", "e2"]


REFUSING: list[dict[str, Any]] = [
    {"decision": "do not apply"}, {"note": "do not apply"}, {"comment": "not to be applied"},
    {"dry_run": True}, {"include": False}, {"state": "rolled back"}, {"superseded_by": "e9"},
    {"apply": "no"}, {"apply": "later"}, {"enabled": 0}, {"isDraft": True}, {"is_wrong": True},
    {"status": "retracted"}, {"verified": False}, {"safe_to_apply": False},
]  # fmt: skip
HARMLESS: list[dict[str, Any]] = [
    {"confidence": 0.8}, {"priority": "high"}, {"category": "prompt"}, {"status": "proposed"},
    {"notes": "does not touch the tools"}, {"apply": True}, {"enabled": "yes"},
    {"rollback": "set it back to 0.7"}, {"effort": None}, {"is_new": True}, {"checked": True},
    {"needs_restart": False}, {"verified": True}, {"seen_before": False},
]  # fmt: skip


@pytest.mark.parametrize("extra", REFUSING, ids=str)
def test_an_edit_that_says_that_it_is_not_meant_is_not_read(extra: dict[str, Any]) -> None:
    assert unattended(answer({**A, **extra}, B)) == ["e2"]


@pytest.mark.parametrize("extra", HARMLESS, ids=str)
def test_an_edit_may_have_other_keys(extra: dict[str, Any]) -> None:
    assert ids(answer({**A, **extra}, B)) == ["e1", "e2"]


AROUND = {
    "clean, above": lambda extra: json.dumps({**extra, "edits": [A]}),
    "clean, below": lambda extra: json.dumps({"edits": [A], **extra}),
    "in a fence, above": lambda extra: f"```\n{json.dumps({**extra, 'edits': [A]})}\n```",
    "in a fence, below": lambda extra: f"```\n{json.dumps({'edits': [A], **extra})}\n```",
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_a_plan_may_say_that_it_is_not_meant(around: Any) -> None:
    for extra in ({"is_final": False}, {"dry_run": True}, {"status": "draft"}, {"approved": False}):
        assert unattended(around(extra)) == []
    assert unattended(around({"version": 2})) == ["e1"]


ANOTHERS = [
    "Example of the format:", "An answer would look like:", "Here is an example, as requested:",
    "Your earlier plan was:", "Last night you proposed:", "attempt 1:", "Here is my draft:",
    "For comparison, here is what the previous night's teacher proposed:", "Voici un exemple :",
    "For reference, here is the current plan as it stands in the repo:",
    "Here is how an answer in the format of the examples could look:",
    "The user pasted the following plan and asked whether it is good:",
    "If the evidence were stronger I would propose these edits to the agent:",
    "The teacher of last week wrote:", "Someone else's plan:", "The edits I rejected so far:",
]  # fmt: skip
OWN = [
    "Below are the edits, in the JSON format you asked for.",
    "Based on the failing examples, I propose:",
    "As requested, I followed your schema and the example you gave:",
    "The plan below replaces the previous one.",
    "Unlike the previous plan, this one touches no tools.",
    "I first made a draft, compared it with the previous plan, and then wrote these edits...",
    "My earlier edits didn't help. New ones:",
    "Voici les modifications proposées, d'après l'exemple fourni :",
    "Gemäß Ihrem Beispiel hier der fertige Plan (kein Entwurf):",
    'The tool\'s schema is {"type": "object"}. A set like {x | x > 0} is fine :-}',
    "Sure! I've read it. My edits:",
]


@pytest.mark.parametrize("words", ANOTHERS)
def test_the_only_plan_does_not_go_unattended_where_the_words_above_call_it_another(
    words: str,
) -> None:
    assert unattended(f"{words}\n\n{PLAN}") == []
    assert unattended(f"{words}\n```json\n{PLAN}\n```") == []


@pytest.mark.parametrize("words", OWN)
def test_the_only_plan_is_read_whatever_else_the_words_above_speak_of(words: str) -> None:
    below = "Let me know if you'd like me to adjust anything!"
    assert ids(f"{words}\n\n{PLAN}\n\n{below}") == ["e1", "e2"]
    assert ids(f"{words}\n\n```json\n{PLAN}\n```\n\n{below}") == ["e1", "e2"]


def fenced(*edits: dict[str, Any]) -> str:
    return f"```json\n{answer(*edits)}\n```\n"


TOOL = item(Op.ADD_TOOL_TO_AGENT, id="x")
STEP = "### Edit {}\n\n{}\n\n```json\n{}\n```\n"
READ = {
    "edits as texts in a bare list": json.dumps([json.dumps(A), json.dumps(B)]),
    "a bare list with remarks behind braces": (
        f"[\n{json.dumps(A)},\n{json.dumps(B)}\n]".replace('{"op"', '{ // small\n"op"')
    ),
    "an edit that was considered": (
        f"I considered `{json.dumps(TOOL)}` but it is too risky.\n\n{fenced(A, B)}"
    ),
    "a solution": f"<solution>\n{PLAN}\n</solution>",
    "a log's record": json.dumps({"level": "info", "msg": "teacher answer", "body": PLAN}),
    "steps with reasons": STEP.format(1, "It fails (see the examples in c2).", json.dumps(A))
    + STEP.format(2, "The previous plan missed it.", json.dumps(B)),
    "a comment about the rest": PLAN.replace('"op"', "// don't touch the rest, it's fine\n\"op\""),
    "another correction word": f"{fenced(TOOL)}\nOops. Scratch that. The right plan is:\n\n{PLAN}",
    "a limit that is told": json.dumps(
        {"choices": [{"finish_reason": "length", "message": {"content": PLAN.rstrip()[:-2]
         .rstrip().removesuffix("]").rstrip() + ', {"op": "se'}}]}
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", READ.values(), ids=READ)
def test_what_is_certain_is_read(text: str) -> None:
    assert ids(text) == ["e1", "e2"]


SAME = item(Op.ADD_TOOL_TO_AGENT, id="e3")
NOT_READ = {
    "parts that meet": f"Part 1:\n{fenced(A)}Part 2:\n{fenced(SAME)}",
    "a log of a request": json.dumps({"msg": "request sent", "body": PLAN}),
    "a log of a rejected plan": json.dumps({"msg": "plan rejected", "body": PLAN}),
    "a log that quotes": json.dumps({"msg": "prompt", "body": f"Answer like {PLAN}"}),
    "an example by its tag": f'<content type="example">{PLAN}</content>',
    "another's message": f'<message role="user">{PLAN}</message>',
}


@pytest.mark.parametrize(
    "titles", [("**Cluster c1**", "**Cluster c2**"), ("## Tools", "## Next, prompts")]
)
def test_lists_below_titles_of_their_own_are_read_together_and_never_unattended(
    titles: tuple[str, str],
) -> None:
    text = "".join(f"{title}\n{fenced(one)}" for title, one in zip(titles, (A, B), strict=True))
    assert ids(text) == ["e1", "e2"]
    assert unattended(text) == []
    same = "".join(f"{title}\n{fenced(A)}" for title in titles)
    assert len(ids(same)) <= 1


@pytest.mark.parametrize("text", NOT_READ.values(), ids=NOT_READ)
def test_what_is_in_doubt_does_not_go_unattended(text: str) -> None:
    assert unattended(text) == []


@pytest.mark.parametrize(
    "reasons",
    [
        "The agent loops. [retracted, see the next edit]",
        "It fails. On second thought this is wrong.",
        "It fails (superseded by e3).",
        "Obsolete, kept for the record.",
        "Considered and rejected.",
        "This is only an example of the form.",
        "On reflection this edit should not be applied. The agent loops.",
        "Discard this edit.",
        "Superseded by e3.",
    ],
)
def test_reasons_that_take_their_edit_back_are_heard(reasons: str) -> None:
    assert unattended(answer({**A, "rationale": reasons}, B)) == ["e2"]


@pytest.mark.parametrize(
    "comment", ["// scratch this one", "# not this one after all", "/* maybe, not sure */"]
)
def test_what_a_comment_within_the_list_says_is_for_people(comment: str) -> None:
    text = f'{{"edits": [{json.dumps(A)},\n{comment}\n{json.dumps(B)}]}}'
    assert unattended(text) == []


@pytest.mark.parametrize("comment", ["// Edit 2", "// 2.", "<!-- edit 2 -->"])
def test_a_comment_that_numbers_an_edit_says_nothing_more(comment: str) -> None:
    text = f'{{"edits": [{json.dumps(A)},\n{comment}\n{json.dumps(B)}]}}'
    assert unattended(text) == ["e1", "e2"]


@pytest.mark.parametrize(
    "words",
    [
        "I withdraw e2; please do not apply it.",
        "Please ignore e1.",
        "e1 is fine. Ignore all of this.",
        "Only e1 should be applied now; the other is for discussion.",
    ],
)
def test_an_order_that_names_an_edit_is_for_people(words: str) -> None:
    assert unattended(f"{PLAN}\n\n{words}") == unattended(f"{words}\n\n{PLAN}") == []


@pytest.mark.parametrize("reason", ["stop", "end_turn", "tool_calls", "STOP", "COMPLETE"])
def test_an_answer_that_ended_by_itself_is_whole(reason: str) -> None:
    text = json.dumps({"message": {"content": PLAN}, "finish_reason": reason})
    assert ids(text) == ["e1", "e2"]


@pytest.mark.parametrize("mark", ["fi[REDACTED BY GATEWAY]", "it. [blocked: policy]"])
def test_a_text_that_a_filter_cut_is_not_read(mark: str) -> None:
    one = item(Op.REPLACE_SYSTEM_PROMPT, payload={"agent": "a", "new_content": f"Cite {mark}"})
    assert unattended(answer(one)) == []


def test_a_prompt_may_speak_of_what_is_redacted() -> None:
    payload = {"agent": "a", "new_content": "Replace each name with [REDACTED] and go on."}
    assert ids(answer(item(Op.REPLACE_SYSTEM_PROMPT, id="e1", payload=payload))) == ["e1"]


@pytest.mark.parametrize(
    "beside",
    [
        {"withdrawn_ids": ["e2"]},
        {"self_check": {"e1": "keep", "e2": "reject"}},
        {"review": [{"id": "e2", "verdict": "reject"}]},
        {"final_selection": ["e1"]},
    ],
)
def test_verdicts_beside_the_list_are_for_people_whatever_their_shape(
    beside: dict[str, Any],
) -> None:
    assert unattended(json.dumps({"edits": [A, B], **beside})) == []


@pytest.mark.parametrize("label", ["According to the schema:", "Valid against your JSON schema:"])
def test_the_schema_that_an_answer_follows_makes_it_no_example(label: str) -> None:
    assert ids(f"{label}\n\n```json\n{PLAN}\n```") == ["e1", "e2"]


def test_groups_may_stand_in_a_plan() -> None:
    text = json.dumps({"plan": {"edits": {"tools": [A], "model": [B | {"pillar": "model"}]}}})
    assert ids(text) == ["e1", "e2"]


@pytest.mark.parametrize("label", ["I propose the following edits:", "Edits:", "## Edits:"])
@pytest.mark.parametrize(
    "written",
    [
        "\n\n[source,json]\n----\n{}\n----\n",
        "\n\n{{code:json}}\n{}\n{{code}}\n",
        " [e1, e2]\n\n{}",
        "\n\n{}\n\n-- \nSent from the nightly job, 3/12\n",
    ],
)
def test_a_word_and_a_colon_are_no_key_of_a_list(label: str, written: str) -> None:
    plan = json.dumps({"diagnosis_summary": "Loops.", "edits": [item(id="e1"), item(id="e2")]})
    assert ids(label + written.format(plan)) == ["e1", "e2"]


def test_a_bare_key_of_a_list_is_one() -> None:
    listed = json.dumps([item(id="e1"), item(id="e2")])
    named = json.dumps({"first": item(id="e1"), "second": item(id="e2")})
    for text in (f"edits: {listed}", f"The edits: {listed}", f"{{edits: {named}}}"):
        assert ids(text) == ["e1", "e2"]
    assert ids(f"The edit. Edits: {json.dumps(item(id='e1'))}") == ["e1"]
    assert read_items("edits: []").proposes_nothing


@pytest.mark.parametrize("tag", ["syntaxhighlight", "source"])
def test_a_tag_that_sets_code_holds_an_answer(tag: str) -> None:
    plan = answer(item(id="e1"))
    assert ids(f'The plan.\n\n<{tag} lang="json">\n{plan}\n</{tag}>\n') == ["e1"]


def test_what_is_said_behind_another_s_turn_is_no_correction() -> None:
    first = answer(item(id="old"))
    assert ids(f"{first}\n\nUser: That is wrong.\nAssistant: Here is the final plan:\n{PLAN}") == []


def test_a_broken_list_is_not_given_whole_by_a_longer_one() -> None:
    bad = json.dumps(item(id="e0")).replace('"pillar":', '"pillar"')
    first = f'{{"edits": [{bad}, {bad}, {json.dumps(A)}]}}'
    assert ids(f"{first}\n\nAnd this:\n\n{PLAN}") == []


OFFERED = {
    "before and after": f"Before:\n{answer(A)}\n\nAfter:\n{answer(B)}",
    "versions": f"v1\n{answer(A)}\n\nv2\n{answer(B)}",
    "a context": f"<context>\n{answer(A)}\n</context>\n\n{answer(B)}",
    "a document": f"<document>{answer(A)}</document>\n{answer(B)}",
    "a deletion": f"<del>{answer(A)}</del>\n<ins>{answer(B)}</ins>",
    "a conflict": f"<<<<<<< HEAD\n{answer(A)}\n=======\n{answer(B)}\n>>>>>>> teacher",
    "rejected edits": f"# Rejected edits\n{answer(A)}\n\n# Edits\n{answer(B)}",
    "a negation": f"Do not apply this:\n{answer(A)}\n\nApply this:\n{answer(B)}",
    "a tool's error": f"Tool error: edits invalid: {answer(A)}\nRetrying:\n{answer(B)}",
    "a first attempt": f"<details><summary>First attempt</summary>\n\n{answer(A)}\n\n</details>\n\n"
    f"{answer(B)}",
    "words of one's own": f"Tonight:\n{fenced(A)}The next night:\n{fenced(B)}",
}


@pytest.mark.parametrize("text", OFFERED.values(), ids=OFFERED)
def test_lists_beside_words_that_may_choose_are_not_read_as_one(text: str) -> None:
    assert set(unattended(text)) <= {"e2"}


STRUCK = ["~~{}~~", "**{}**", "#{}", ">{}"]


@pytest.mark.parametrize("above", ["", f"{json.dumps(A)},\n"])
@pytest.mark.parametrize("signs", STRUCK)
def test_an_edit_with_signs_around_it_may_be_struck_out(signs: str, above: str) -> None:
    struck = signs.replace("{}", json.dumps(B))
    for below in ("", f",\n{json.dumps({**B, 'id': 'e3'})}"):
        assert "e2" not in ids(f'{{"edits": [\n{above}{struck}{below}\n]}}')


FIRST, LAST = answer(item(id="e7")), answer(B)


def test_an_empty_list_above_an_answer_is_no_rival_and_one_below_takes_it_back() -> None:
    assert ids(f'The form is:\n{{"edits": []}}\n\nHere it is:\n{PLAN}') == ["e1", "e2"]
    assert ids(f'{PLAN}\n\nOn reflection:\n{{"edits": []}}') == []


@pytest.mark.parametrize("words", ["Final plan:", "Corrected:", "My plan:", "Use this instead:"])
def test_a_list_that_is_called_final_counts_and_a_person_looks_first(words: str) -> None:
    fenced = f"```json\n{FIRST}\n```\n{words}\n```\n{LAST}\n```"
    for text in (f"{FIRST}\n\n{words}\n{LAST}", fenced):
        assert ids(text) == ["e2"]
        assert unattended(text) == []


@pytest.mark.parametrize(
    "words",
    [
        "Not the final plan:",
        "Final draft:",
        "Or instead:",
        "The original plan was corrected:",
        "User: go on\nAssistant: the final plan:",
        "Well then.",
    ],
)
def test_a_list_below_any_other_words_leaves_none(words: str) -> None:
    assert ids(f"{FIRST}\n\n{words}\n{LAST}") == []


def test_lists_under_titles_are_one_answer_unless_a_title_offers_a_choice() -> None:
    def titled(first: str, second: str) -> str:
        return f"{first}\n```json\n{FIRST}\n```\n\n{second}\n```json\n{LAST}\n```"

    joined = titled("## Tools", "## Models")
    assert ids(joined) == ["e7", "e2"]
    assert unattended(joined) == []
    for second in ("## Option B", "## Alternative", "## Old plan", "And these:"):
        assert ids(titled("## Tools", second)) == []
    assert ids(titled("## Input", "## Models")) == []
    assert ids(titled("## Tools", "## Models").replace('"e2"', '"e7"')) == []
