"""The request: how many tokens it has, and what they are spent on.

Counted by the encoding that litellm ships for OpenAI's models. Bytes of a shared prefix
are what a provider's prompt cache can hold from one session to the next.
"""

import os
from collections.abc import Callable, Iterator

from benchmarks.cases import make_diagnosis
from benchmarks.measure import Row
from benchmarks.world import STUDENT, diagnosis_of
from planner.diagnosis import read_diagnosis
from planner.evidence import screen_clusters
from planner.models import Diagnosis, Student, TeacherRequest, canonical_json
from planner.request import compose_request
from planner.student import fetch_student
from planner.teacher import ReplayTeacher

_WHOLE = "the whole request"


def measure(*, quick: bool) -> Iterator[Row]:
    del quick
    count = _counter()
    student = fetch_student(str(STUDENT))
    demo = read_diagnosis(diagnosis_of("demo"), None, where="the demo")
    request, estimate = _request(demo, student)
    schema = canonical_json(request.response_schema).decode()
    whole = count(_text(request)) + count(schema)
    words = count(demo.markdown) + sum(map(count, student.prompts.values()))
    yield _row("the demo session's request", whole, "its diagnosis and prompts alone", words)
    yield _row("our own estimate of it, which budgets use", estimate, "tokens counted", whole)
    yield _row(
        "of it, the system message: the same in every session",
        count(request.messages[0].content),
        _WHOLE,
        whole,
    )
    yield _row("of it, the schema", count(schema), _WHOLE, whole)
    night = _request(make_diagnosis(3), student)[0]
    shared = count(_shared(_text(request), _text(night)))
    yield _row("prefix shared with another night of the same student", shared, _WHOLE, whole)
    other = _request(demo, Student())[0]
    shared = count(_shared(_text(request), _text(other)))
    yield _row("prefix shared with another student", shared, _WHOLE, whole)


def _counter() -> Callable[[str], int]:
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import litellm

    return lambda text: len(litellm.encode(model="gpt-4o", text=text))


def _request(diagnosis: Diagnosis, student: Student) -> tuple[TeacherRequest, int]:
    teacher = ReplayTeacher(model="openai/gpt-4o", content="")
    composed = compose_request(diagnosis, screen_clusters(diagnosis.clusters), student, teacher)
    assert composed.request is not None
    return composed.request, composed.estimated_prompt_tokens


def _text(request: TeacherRequest) -> str:
    return "".join(message.content for message in request.messages)


def _shared(first: str, second: str) -> str:
    pairs = enumerate(zip(first, second, strict=False))
    end = next((at for at, (one, other) in pairs if one != other), min(len(first), len(second)))
    return first[:end]


def _row(what: str, value: int, against: str, reference: int) -> Row:
    return Row(what=what, value=value, unit="tokens", against=against, reference=reference)
