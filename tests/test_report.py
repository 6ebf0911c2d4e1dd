"""A plan as markdown: readable at seven in the morning, and nothing breaks out of its place."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from planner.markdown import code, fenced, inline, quoted, visible
from planner.models import ComposedRequest, Cut, LearningPlan, RejectionCode
from planner.operations import Op
from planner.patch import canonical_diff
from planner.report import no_plan_report, plan_report
from tests.builders import PROMPT, answer, cluster, composed, item, planned, planned_from

HOSTILE = [
    "```\n# Broken out\n```",
    "~~~~~~\n# Broken out",
    "# Heading",
    "Setext\n===",
    "| a | b |\n|---|---|\n| c | d |",
    "a | b || c",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- hidden --> <details>",
    "[click](https://evil.example)",
    "![pixel](https://evil.example/p.png)",
    "[ref]: https://evil.example\n\n[ref]",
    "https://evil.example and www.evil.example and a@evil.example",
    "<https://evil.example>",
    "javascript:alert(1)",
    "*bold* **strong** _em_ ~~gone~~ `code` ``code`` $x$",
    "- item\n1. item\n> quote\n    indented\n---",
    "```mermaid\ngraph TD; A-->B\n```",
    "note[^1]\n\n[^1]: hidden",
    "&lt;b&gt; &#60;script&#62;",
    "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
    "\u202eright to left\u202c \u2066isolate\u2069 \u200bzero \ufeffbom",
    "line\r\rcarriage\x08\x07 bell \x00 nul",
    "\u2028separator\u2029 \x85 \x0b \x0c",
    "\\` \\\\` \\",
    "`" * 9 + "\n" + "~" * 9,
    "\U000e0041\U000e0042 tags",
    "a\n:-:\nb",
    "a | b\n:-- | --:\nc | d",
]
MARKS = MarkdownIt("commonmark").enable(["table", "strikethrough"])
AUTOLINK = re.compile(r"(?i)\b(?:https?:|ftp:|mailto:|www\.)|\w@\w")
"""What GitHub and others link without any mark, escaped or not, outside of code."""
FORBIDDEN = {"html_inline", "html_block", "link_open", "image", "hr", "code_block", "s_open"}


def tokens(markdown: str) -> Iterator[Token]:
    for token in MARKS.parse(markdown):
        yield token
        yield from token.children or ()


def kinds(markdown: str) -> set[str]:
    return {token.type for token in tokens(markdown)}


def shape(markdown: str) -> list[str]:
    """Return the blocks of a text but for paragraphs: what hostile words must not change."""
    words = {"paragraph_open", "paragraph_close", "inline"}
    return [token.type for token in MARKS.parse(markdown) if token.type not in words]


WORDS = "plain words"


def plain_plan() -> LearningPlan:
    """Return a plan whose every text that we did not write is `WORDS`."""
    hostile = cluster(WORDS, description=WORDS, skill_gap=WORDS, sample_trace_ids=(WORDS,))
    # Half of it gone, with a mark that nobody sees: flags are told too.
    prompt = {"agent": "coder", "new_content": f"{WORDS}\u2063"}
    fields = {"rationale": WORDS, "references": [WORDS, "t"], "expected_improvement": WORDS}
    items: list[Any] = [
        item(Op.REPLACE_SYSTEM_PROMPT, payload=prompt, id="e1", **fields),
        item(Op.LORA_FINETUNE, payload={"notes": WORDS}, id="e2", **fields),
        item(id=WORDS, **fields) | {"op": WORDS},
        WORDS,
    ]
    return planned_from(
        answer(*items),
        clusters=(hostile,),
        session_id=WORDS,
        model_asked=WORDS,
        model_answered=WORDS,
        finish_reason=WORDS,
        notes=(WORDS,),
        cost_source=WORDS,
        request=composed(cuts=(Cut(part=WORDS, kept_tokens=1, cut_tokens=2),)),
    )


PLAIN = plain_plan()


def said(value: Any, text: str) -> Any:
    """Return a JSON value in which a text stands for `WORDS`."""
    if isinstance(value, str):
        return value.replace(WORDS, text)
    if isinstance(value, list):
        return [said(one, text) for one in value]
    return {k: said(one, text) for k, one in value.items()} if isinstance(value, dict) else value


def hostile_plan(text: str) -> LearningPlan:
    """Return the plan with another text for `WORDS`, whoever would have let it through."""
    return LearningPlan.model_validate(said(PLAIN.model_dump(mode="json"), text))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_changes_no_block_of_the_report(text: str) -> None:
    assert shape(plan_report(hostile_plan(text))) == shape(plan_report(PLAIN))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_makes_no_link_image_or_html(text: str) -> None:
    report = plan_report(hostile_plan(text), changes=(text,))
    assert not kinds(report) & FORBIDDEN
    words = re.sub(r"(?ms)^(`{3,}).*?^\1|(`+) .*? \2|`[^`\n]*`", "", report)
    assert not AUTOLINK.search(words.replace("\\", ""))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_moves_no_cursor_and_turns_no_direction(text: str) -> None:
    report = plan_report(hostile_plan(text), changes=(text,))
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]", report
    )
    assert report.encode()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_fence_is_ours_whatever_stands_in_it(text: str) -> None:
    (fence,) = [token for token in MARKS.parse(fenced(text, "diff")) if token.type == "fence"]
    assert fence.info == "diff"
    assert fence.content.rstrip("\n") == visible(text).rstrip("\n")


some_text = st.text(st.sampled_from("`*_[]()<>#|~$&@\\!:-+=.1aB \n\thttps:/w") | st.characters())


@given(some_text)
def test_an_inline_text_is_one_paragraph_of_words(text: str) -> None:
    line = inline(text)
    assert "\n" not in line
    found = [token.type for token in MARKS.parse(f"- {line}\n")]
    assert "heading_open" not in found
    assert found.count("list_item_open") == 1
    assert not kinds(f"Words {line} end.") & (FORBIDDEN | {"em_open", "strong_open"})


@given(some_text)
def test_a_code_span_stays_in_its_cell(text: str) -> None:
    table = f"| a | b |\n|---|---|\n| {code(text)} | x |\n"
    cells = [token.content for token in MARKS.parse(table) if token.type == "inline"]
    assert (len(cells), cells[-1]) == (4, "x")


@given(some_text)
def test_a_fenced_text_stays_in_its_fence(text: str) -> None:
    assert [token.type for token in MARKS.parse(fenced(text) + "\n\nafter")][:2] == [
        "fence",
        "paragraph_open",
    ]


@given(some_text)
def test_a_quotation_stays_a_quotation_of_words(text: str) -> None:
    found = shape(f"{quoted(text)}\n\nafter")
    assert set(found) <= {"blockquote_open", "blockquote_close"}


def test_a_new_prompt_is_told_with_its_diff() -> None:
    whole = planned(item(Op.REPLACE_SYSTEM_PROMPT))
    (edit,) = whole.edits
    assert "-1. Read the task twice." in plan_report(whole)
    assert edit.prompt_diff == canonical_diff(PROMPT, str(edit.payload["new_content"]))
    assert plan_report(planned(item(Op.PATCH_SYSTEM_PROMPT))).count("```diff") == 1


def test_no_line_of_a_quotation_can_be_the_rule_of_a_table() -> None:
    """Some renderers make a table of two lines without any pipe."""
    assert "> \\:-:" in quoted("a\n:-:\nb").splitlines()


def test_plain_words_read_as_they_were_written() -> None:
    text = "The agent `coder` fails at file_read (5 of 9), it's well-known; see max_turns=8."
    assert inline(text) == text


@pytest.mark.parametrize("unit", ["x", "学", "http", "ww.", "`a", "`" * 9, "@", "a\n", "_", "\\"])
def test_a_text_without_blanks_is_told_in_linear_time(unit: str) -> None:
    """A quadratic rule would take minutes and run into the time-out."""
    text = unit * (300_000 // len(unit))
    for told in (inline, code, quoted, fenced):
        told(text, limit=len(text))


# --- what the report tells -------------------------------------------------------------------


def test_the_first_line_says_that_the_digest_does_not_fit() -> None:
    plan = planned(item())
    first = plan_report(plan, digest_fits=False).splitlines()[0]
    assert "digest does not fit" in first
    assert "digest does not fit" not in plan_report(plan)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_plan_is_shown_and_does_not_break_out(text: str) -> None:
    report = no_plan_report(f'{{"id": "{text}"}}', f"`edits.0.op`: {text}")
    assert "digest does not fit" in report.splitlines()[0]
    (fence,) = [token for token in MARKS.parse(report) if token.type == "fence"]
    assert fence.content.startswith(f'{{"id": "{visible(text)}')
    assert not kinds(report) & FORBIDDEN
    assert shape(report) == shape(no_plan_report("{}", WORDS))


def test_what_has_changed_since_stands_before_the_edits() -> None:
    report = plan_report(planned(item()), changes=("The prompt `x` has changed.",))
    assert report.index("The prompt `x` has changed.") < report.index("## Edits")


def test_an_edit_is_told_with_cluster_rates_tier_and_rule() -> None:
    report = plan_report(planned(item(Op.PATCH_SYSTEM_PROMPT)))
    for told in [
        "student fails 80%, teacher solves 90%",
        "tier review (`table`)",
        "> The traces show it.",
        "-3. Run the tests.\n+3. Run all the tests.",
        "```diff",
    ]:
        assert told in report


def test_edits_for_people_come_before_those_applied_unattended() -> None:
    report = plan_report(planned(item(id="a"), item(Op.SET_AGENT_CLASS, id="b"),
                                 item(Op.LORA_FINETUNE, id="c")))  # fmt: skip
    places = [report.index(f"### `{name}`") for name in ("c", "b", "a")]
    assert places == sorted(places)


def test_a_rejected_edit_names_all_clusters_that_it_is_meant_for() -> None:
    both = [cluster("c1"), cluster("c2")]
    report = plan_report(planned(item(expected_improvement=["c1", "c2"]), clusters=both))
    assert "- item 1 for `c1`, `c2`, `several_clusters`" in report


def test_rejected_items_are_told_with_reason_and_text() -> None:
    report = plan_report(planned(item(), "buy a calculator"))
    assert f"`{RejectionCode.NOT_AN_OBJECT}`" in report
    assert "buy a calculator" in report


def test_an_unknown_cost_is_unknown_and_never_zero() -> None:
    report = plan_report(planned_from(answer(item()), cost_usd=None))
    assert "cost: unknown" in report
    assert "$0" not in report


def test_a_cost_and_what_was_cut_or_masked_are_told() -> None:
    request = composed(cuts=(Cut(part="few-shot of coder", kept_tokens=10, cut_tokens=1_500),),
                       masked_secrets=2)  # fmt: skip
    report = plan_report(planned_from(answer(item()), request=request, truncated=True))
    for told in ["$0.0123", "few-shot of coder (1,500 tokens cut, 10 kept)",
                 "2 credentials masked", "cut at the token limit"]:  # fmt: skip
        assert told in report


def test_coverage_tells_the_clusters_that_are_not_addressed() -> None:
    dropped = cluster("c0", student_failure_rate=0, teacher_success_rate=0)
    plan = planned(item(), clusters=(cluster("c1"), cluster("c7"), dropped))
    report = plan_report(plan)
    assert "| `c7` | 80% | 90% | unaddressed: the teacher proposed nothing | none |" in report
    assert "| `c0` | 0% | 0% | dropped: no evidence | none |" in report


def test_an_empty_plan_is_a_diagnosis_and_no_mystery() -> None:
    report = plan_report(planned())
    assert "No edits." in report
    assert "The teacher proposed no edits." in report


def test_a_report_is_bounded_and_counts_what_it_leaves_out() -> None:
    clusters = [cluster(f"c{n}") for n in range(300)]
    items: list[Any] = [
        item(id=f"e{n}", expected_improvement=f"c{n}", rationale="x" * 900,
             payload={"agent": "coder", "tool_name": f"t{n}"})
        for n in range(300)
    ]  # fmt: skip
    items += ["y" * 2_000 for _ in range(300)]
    report = plan_report(planned(*items, clusters=clusters), max_characters=40_000)
    assert len(report) < 60_000
    assert re.search(r"and \d+ more edits", report)
    assert re.search(r"and \d+ more rejected edits", report)


def test_a_report_without_a_call_is_told() -> None:
    plan = planned_from(json.dumps({"edits": [item()]}), request=ComposedRequest(request=None))
    assert "request `none`" in plan_report(plan)
