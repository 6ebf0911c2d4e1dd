"""The student is read whole, or the file that cannot be read is named."""

from pathlib import Path

import pytest

from planner.errors import StudentInvalid
from planner.models import Exemplar
from planner.student import fetch_student, read_student
from tests.demo_session import DEMO


def test_the_demo_student_is_read_whole() -> None:
    student = fetch_student(str(DEMO / "student"))
    assert sorted(student.agents) == ["coder", "researcher", "triage"]
    assert set(student.prompts) == {f"agents.{name}.system_prompt" for name in student.agents}
    assert student.routing
    assert student.model_params
    assert all(agent.tools and agent.few_shot for agent in student.agents.values())
    assert {tool for a in student.agents.values() for tool in a.tools or ()} <= set(
        student.tool_descriptions
    )


def test_prompts_keep_their_bytes() -> None:
    text = "\ufeffa\r\nb\x0cc\u2028d"
    student = read_student({"agents/x/system_prompt.md": text.encode()}, where="w")
    assert student.prompts == {"agents.x.system_prompt": text}


def test_what_is_missing_is_unknown() -> None:
    agent = read_student({"config.toml": b"[agents.x]\nmax_turns = 3"}, where="w").agents["x"]
    assert (agent.tools, agent.system_prompt, agent.few_shot, agent.agent_class) == (None,) * 4
    assert agent.params == {"max_turns": 3}


def test_tools_may_be_one_text_with_commas() -> None:
    config = b'[agents.x]\ntools = "a, b,"'
    assert read_student({"config.toml": config}, where="w").agents["x"].tools == ("a", "b")


def test_exemplars_may_have_keys_of_the_students_own() -> None:
    files = {"agents/x/few_shot.json": b'[{"input": "i", "output": "o", "note": 1}]'}
    assert read_student(files, where="w").agents["x"].few_shot == (Exemplar(input="i", output="o"),)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("config.toml", b"[agents"),
        ("config.toml", b"\xff"),
        ("config.toml", b"agents = 3"),
        ("config.toml", b"[agents.x]\ntools = 3"),
        ("tools/descriptions.toml", b"= 1"),
        ("agents/x/few_shot.json", b"{"),
        ("agents/x/few_shot.json", b'[{"input": 1}]'),
        ("agents/x/system_prompt.md", b"\xff\xfe"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(name: str, data: bytes) -> None:
    with pytest.raises(StudentInvalid, match=f"w/{name}"):
        read_student({name: data}, where="w")


def test_an_empty_place_is_no_student(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(StudentInvalid, match="holds no student"):
        fetch_student(str(tmp_path))


def test_stray_files_are_no_agents(tmp_path: Path) -> None:
    (tmp_path / "agents" / "a b").mkdir(parents=True)
    (tmp_path / "agents" / "a b" / "system_prompt.md").write_text("x")
    (tmp_path / "config.toml").write_text("")
    assert fetch_student(str(tmp_path)).agents == {}
