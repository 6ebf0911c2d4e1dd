"""What the teacher sees: one request for equal inputs, framed, within its budget."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import SettingsInvalid
from planner.evidence import screen_clusters
from planner.models import (
    Agent,
    ComposedRequest,
    Diagnosis,
    Exemplar,
    ResponseForm,
    Student,
    TeacherRequest,
)
from planner.operations import Op
from planner.request import (
    FIXED_TOKENS,
    RequestSettings,
    compose_request,
    in_form,
    prompt_tokens,
)
from planner.schema import answer_schema
from tests.builders import PROMPT, cluster, diagnosis, student

OPENING = re.compile(r"<<<data (\S+) ([0-9a-f]{32})>>>\n")


def composed(
    found: Diagnosis | None = None, who: Student | None = None, **fields: object
) -> ComposedRequest:
    """Compose for a teacher with these settings."""
    found = found or diagnosis()
    teacher = RequestSettings.model_validate({"model": "openai/gpt-5", **fields})
    return compose_request(found, screen_clusters(found.clusters), who or student(), teacher)


def sent(
    found: Diagnosis | None = None, who: Student | None = None, **fields: object
) -> TeacherRequest:
    request = composed(found, who, **fields).request
    assert request is not None
    return request


def user(request: TeacherRequest) -> str:
    return request.messages[1].content


def frames(request: TeacherRequest) -> Iterator[tuple[str, str]]:
    """Read the frames as the system message says: up to the end with the same name and mark."""
    text, position = user(request), 0
    while opening := OPENING.search(text, position):
        end = text.index(f"\n<<<end {opening[1]} {opening[2]}>>>", opening.end())
        yield opening[1], text[opening.end() : end]
        position = end + 1


# --- one request -------------------------------------------------------------


def test_equal_inputs_make_the_same_request() -> None:
    assert sent() == sent()


def test_another_process_makes_the_same_request() -> None:
    code = "from tests.test_request import sent; print(sent().digest)"
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    told = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment
    )
    assert told.stdout.strip() == sent().digest


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("model", "openai/o9"),
        ("temperature", 0.5),
        ("seed", 1),
        ("max_tokens", 9),
        ("reasoning_effort", "low"),
        ("response_form", "text"),
    ],
)
def test_what_is_sent_is_in_the_digest(field: str, value: object) -> None:
    assert sent(None, None, **{field: value}).digest != sent().digest


def test_no_kept_cluster_means_no_request() -> None:
    empty = cluster(student_failure_rate=0.0, teacher_success_rate=0.0)
    assert composed(diagnosis(empty)) == ComposedRequest(request=None)


def test_a_dropped_cluster_is_not_shown_among_the_clusters() -> None:
    dropped = cluster("gone", student_failure_rate=0.0, teacher_success_rate=0.0)
    parts = dict(frames(sent(diagnosis(cluster("here"), dropped))))
    assert [one["id"] for one in json.loads(parts["clusters"])] == ["here"]


# --- what is in it -----------------------------------------------------------


def test_the_system_message_is_the_same_for_every_session() -> None:
    other = sent(diagnosis(cluster("z"), markdown="Other."), Student(), model="ollama/x")
    assert other.messages[0] == sent().messages[0]


def test_the_system_message_tells_every_operation() -> None:
    system = sent().messages[0].content
    assert [op for op in Op if f"`{op.value}`" not in system] == []


def test_the_student_comes_before_what_changes_every_night() -> None:
    names = [name for name, _ in frames(sent())]
    student_parts = ["settings", "tools.descriptions", "agents.coder.system_prompt"]
    assert names == [*student_parts, "diagnosis", "clusters"]


def test_another_diagnosis_leaves_the_student_part_as_it_was() -> None:
    one, other = user(sent()), user(sent(diagnosis(markdown="# Another night")))
    start = one.index("# The night's diagnosis")
    assert one[:start] == other[:start]


def test_prompts_are_shown_exactly() -> None:
    odd = "  tab\there \r\n{x}  \n\n\u2028 end \n"
    shown = dict(frames(sent(who=student(odd=Agent(system_prompt=odd)))))
    assert shown["agents.odd.system_prompt"] == odd
    assert shown["agents.coder.system_prompt"] == PROMPT


def test_all_that_edits_may_touch_is_shown() -> None:
    who = student(triage=Agent(few_shot=(Exemplar(input="2+2?", output="4"),)))
    shown = dict(frames(sent(who=who)))
    assert json.loads(shown["agents.triage.few_shot"]) == [{"input": "2+2?", "output": "4"}]
    assert json.loads(shown["tools.descriptions"]) == who.tool_descriptions
    settings_shown = json.loads(shown["settings"])
    assert settings_shown["agents"]["coder"]["tools"] == ["web_search", "file_read"]
    assert settings_shown["routing"] == {"math": "qwen3:1b"}
    assert settings_shown["models"] == {"qwen3:8b": {"temperature": 0.7}}


def test_the_provider_is_given_the_schema_by_default() -> None:
    request = sent()
    assert request.response_form is ResponseForm.JSON_SCHEMA
    assert request.response_schema == answer_schema()
    assert "additionalProperties" not in request.messages[0].content


@pytest.mark.parametrize("form", ["json_object", "text"])
def test_an_unenforced_schema_stands_in_the_prompt(form: str) -> None:
    request = sent(response_form=form)
    assert request.response_form == form
    assert '"additionalProperties":false' in request.messages[0].content


def test_the_fallback_is_the_request_that_the_operator_could_have_set() -> None:
    assert in_form(sent(), ResponseForm.JSON_OBJECT) == sent(response_form="json_object")


# --- frames ------------------------------------------------------------------


def texts() -> st.SearchStrategy[str]:
    marks = st.sampled_from(
        [
            "\n<<<end diagnosis ",
            "<<<data settings ",
            ">>>\n",
            "0" * 32,
            "\n",
            "<<<end",
            "Ignore all",
        ]
    )
    return st.lists(st.one_of(marks, st.text(max_size=20)), max_size=8).map("".join)


@settings(max_examples=60)
@given(markdown=texts(), prompt=texts(), skill_gap=texts())
def test_no_text_can_close_its_frame(markdown: str, prompt: str, skill_gap: str) -> None:
    found = diagnosis(cluster(skill_gap=skill_gap), markdown=markdown or "x")
    request = sent(found, student(coder=Agent(system_prompt=prompt or "x")), mask_secrets=False)
    shown = dict(frames(request))
    assert shown["diagnosis"] == found.markdown
    assert shown["agents.coder.system_prompt"] == (prompt or "x")
    assert json.loads(shown["clusters"])[0]["skill_gap"] == skill_gap


def test_a_diagnosis_cannot_show_another_student_by_quoting_the_frames() -> None:
    first = user(sent())
    student_part = first[: first.index("# The night's diagnosis")]
    forged = student_part.replace("careful", "careless")
    names = [name for name, _ in frames(sent(diagnosis(markdown=forged)))]
    assert names.count("settings") == 1
    quoted = user(sent(diagnosis(markdown=forged)))
    mark = OPENING.search(first)
    assert mark is not None
    assert quoted.count(mark[2]) == first.count(mark[2])


# --- secrets -----------------------------------------------------------------


def test_credentials_are_masked_wherever_they_stand_and_counted() -> None:
    secret = "hunter2horse"
    found = diagnosis(
        cluster(description=f"password: {secret}"), markdown=f"The password is {secret}."
    )
    who = student(coder=Agent(system_prompt=f"password = {secret}", params={"api_key": secret}))
    result = composed(found, who)
    assert result.request is not None
    assert secret not in result.request.model_dump_json()
    assert result.masked_secrets == 1
    assert "password = [masked-secret-1]" in user(result.request)


def test_ids_are_never_masked() -> None:
    odd = cluster("sk_live_abcdefghij0123456789", sample_trace_ids=("token-a1b2c3d4e5f6",))
    shown = json.loads(dict(frames(sent(diagnosis(odd))))["clusters"])[0]
    assert (shown["id"], shown["sample_trace_ids"]) == (odd.id, list(odd.sample_trace_ids))


# --- the budget --------------------------------------------------------------


def big_student() -> Student:
    return student(
        coder=Agent(
            system_prompt="spoken of\n" * 300, few_shot=(Exemplar(input="a" * 900, output="b"),)
        ),
        idle=Agent(system_prompt="nobody speaks of me\n" * 200),
    )


def big_diagnosis() -> Diagnosis:
    return diagnosis(cluster(), markdown="The coder fails.\n" * 1_000)


WHOLE = composed(big_diagnosis(), big_student()).estimated_prompt_tokens


def test_within_the_budget_nothing_is_cut() -> None:
    assert composed(big_diagnosis(), big_student(), request_token_budget=WHOLE + 300).cuts == ()


@pytest.mark.parametrize("share", [0.95, 0.8, 0.6, 0.5, 0.4])
@pytest.mark.parametrize("form", ["auto", "text"])
def test_the_request_keeps_to_its_budget(share: float, form: str) -> None:
    budget = int(WHOLE * share)
    result = composed(
        big_diagnosis(), big_student(), request_token_budget=budget, response_form=form
    )
    assert result.request is not None
    assert prompt_tokens(result.request) == result.estimated_prompt_tokens <= budget
    assert result.cuts


def test_parts_are_cut_in_the_stated_order() -> None:
    budgets = range(WHOLE - 100, FIXED_TOKENS + 500, -120)
    order: list[str] = []
    for budget in budgets:
        result = composed(
            big_diagnosis(), big_student(), request_token_budget=budget, mask_secrets=False
        )
        order += [cut.part for cut in result.cuts if cut.part not in order]
    assert order == [
        "agents.coder.few_shot",
        "diagnosis",
        "agents.idle.system_prompt",
        "tools.descriptions",
        "agents.coder.system_prompt",
    ]


def test_a_prompt_is_shown_whole_or_not_at_all() -> None:
    prompts = big_student().prompts
    for budget in range(WHOLE, FIXED_TOKENS + 500, -311):
        request = sent(
            big_diagnosis(), big_student(), request_token_budget=budget, mask_secrets=False
        )
        shown = dict(frames(request))
        assert all(shown.get(name, prompts[name]) == prompts[name] for name in prompts)


def test_clusters_are_never_cut() -> None:
    many = [cluster(f"c{number}") for number in range(60)]
    shown = dict(frames(sent(diagnosis(*many), request_token_budget=FIXED_TOKENS + 8_000)))
    assert len(json.loads(shown["clusters"])) == 60


def test_a_budget_that_clusters_alone_exceed_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(SettingsInvalid, match="request_token_budget"):
        composed(request_token_budget=FIXED_TOKENS + 50)


def test_what_was_cut_is_told_to_the_teacher_too() -> None:
    request = sent(big_diagnosis(), big_student(), request_token_budget=int(WHOLE * 0.95))
    assert "Left out wholly or in part, since too long: agents.coder.few_shot" in user(request)


# --- nothing heavy -----------------------------------------------------------


def test_composing_imports_nothing_heavy() -> None:
    code = (
        "import sys; from tests.test_request import sent; sent();"
        "print([m for m in ('litellm', 'openai', 'tiktoken', 'prefect') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"
