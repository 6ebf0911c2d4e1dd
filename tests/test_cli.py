"""The command's promises: exit codes, one sentence for an error, one object for a script."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from planner.plan import plan_digest
from tests.demo_session import DemoSession, copy_demo

COMMAND = (sys.executable, "-c", "from flows.cli import main; main()")


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> DemoSession:
    demo = copy_demo(tmp_path_factory.mktemp("demo"))
    done = run("plan", demo.session, "--student", demo.student, "--replay", demo.answer, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["outcome"], told["plan_url"]) == ("planned", demo.plan.as_uri())
    assert told["digest"] == json.loads(demo.plan.read_text())["digest"]
    return demo


def test_help_needs_nothing_heavy() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "plan" in done.stdout
    heavy = {"prefect", "litellm", "pydantic", "s3fs", "fsspec"}
    probe = "import sys, flows.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert not heavy & set(done.stdout.split())


def test_a_frozen_session_is_shown_again_without_heavy_imports(planned: DemoSession) -> None:
    before = planned.plan.read_bytes()
    probe = (
        "import sys; from flows.cli import app\n"
        f"app(['plan', {str(planned.session)!r}, '--replay', {str(planned.answer)!r}, '--json'],"
        " result_action='return_value')\n"
        "print([m for m in ('prefect', 'litellm', 's3fs', 'kingfisher_sdk') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    told, heavy = done.stdout.strip().splitlines()
    assert json.loads(told)["outcome"] == "was_frozen"
    assert heavy == "[]"
    assert planned.plan.read_bytes() == before


def test_show_prints_the_report(planned: DemoSession) -> None:
    done = run("show", planned.session, "--student", planned.student)
    assert done.returncode == 0
    assert done.stdout.startswith("# Learning plan")
    assert "edit-13" in done.stdout


def test_show_as_json_is_the_stored_plan(planned: DemoSession) -> None:
    assert run("show", planned.session, "--json").stdout == planned.plan.read_text()


def test_show_tells_a_tampered_plan_in_its_first_line(tmp_path: Path, planned: DemoSession) -> None:
    session = tmp_path / "s"
    session.mkdir()
    fields = json.loads(planned.plan.read_text())
    fields["edits"][1]["risk_tier"] = "auto"
    (session / "plan.json").write_text(json.dumps(fields))
    done = run("show", session)
    assert done.returncode == 0
    assert "digest" in done.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("stands", "instead", "shown"),
    [
        ('"digest": "', '"was": "', "## Edits"),
        ('"risk_tier": "review"', '"risk_tier": "none"', '"risk_tier": "none"'),
        ('"student_failure_rate": ', '"student_failure_rate": 2, "x": ', '"skill_gap": '),
        ('"created_at": "', '"created_at": "yesterday', '"created_at": "yesterday'),
    ],
    ids=["digest", "tier", "rate", "date"],
)
def test_show_shows_a_plan_that_fails_its_model_with_a_warning_in_its_first_line(
    tmp_path: Path, planned: DemoSession, stands: str, instead: str, shown: str
) -> None:
    tampered = planned.plan.read_text().replace(stands, instead)
    (tmp_path / "plan.json").write_text(tampered)
    done = run("show", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "digest does not fit" in done.stdout.splitlines()[0]
    assert shown in done.stdout


def test_show_tells_an_edit_changed_under_a_new_digest_in_its_first_line(
    tmp_path: Path, planned: DemoSession
) -> None:
    fields = json.loads(planned.plan.read_text())
    fields["edits"][0]["digest"] = "0" * 64
    fields["digest"] = plan_digest(fields)
    (tmp_path / "plan.json").write_text(json.dumps(fields))
    assert "digest does not fit" in run("show", tmp_path).stdout.splitlines()[0]
    assert "digest does not fit" in run("show", tmp_path, "--json").stderr


def test_show_as_json_prints_nothing_that_is_no_plan(tmp_path: Path, planned: DemoSession) -> None:
    tampered = planned.plan.read_text().replace('"risk_tier": "auto"', '"risk_tier": "none"')
    (tmp_path / "plan.json").write_text(tampered)
    done = run("show", tmp_path, "--json")
    assert (done.returncode, json.loads(done.stdout)["error"]) == (1, "ArtifactInvalid")


def test_show_names_a_prompt_that_has_changed(tmp_path: Path, planned: DemoSession) -> None:
    student = copy_demo(tmp_path).student
    with (student / "agents" / "triage" / "system_prompt.md").open("a") as prompt:
        prompt.write("One more rule.\n")
    assert (
        "agents.triage.system_prompt"
        in run("show", planned.session, "--student", student).stdout.split("## ")[0]
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan",),
        ("bogus",),
        ("plan", "/nowhere"),
        ("plan", "/nowhere", "--model", "m", "--replay", "f"),
        ("plan", "/nowhere", "--replay", "/nowhere/answer"),
        ("plan", "s3://key:secret@bucket/s", "--replay", __file__),
        ("plan", "/nowhere", "--model", "m", "--api-base", "ftp://x"),
        ("plan", "/nowhere", "--replay", __file__, "--policy", "/nowhere/policy.toml"),
        ("plan", "/nowhere", "--model", "m", "--max-cost-usd", "-1"),
        ("show", "x/../y"),
    ],
)
def test_bad_usage_leaves_with_two_and_one_sentence(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2, done
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr + done.stdout


@pytest.mark.parametrize("arguments", [("show",), ("plan", "--replay", __file__)])
def test_a_failed_job_leaves_with_one(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run(arguments[0], tmp_path / "none", *arguments[1:])
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert str(tmp_path) in done.stderr


def test_a_failed_job_tells_scripts_its_error(tmp_path: Path) -> None:
    done = run("show", tmp_path / "none", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"] == "ArtifactMissing"


def test_it_is_quiet_in_a_pipe_and_shows_progress_on_a_terminal(tmp_path: Path) -> None:
    demo = copy_demo(tmp_path)
    arguments = ["plan", demo.session, "--student", demo.student, "--replay", demo.answer]
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        env={**os.environ, "TERM": "xterm"},  # a dumb terminal, as CI's may be, shows no progress
        stdout=subprocess.DEVNULL,
        stderr=slave,
    )
    os.close(slave)
    shown = b""
    while True:
        try:
            chunk = os.read(master, 4096)
        except OSError:  # Linux ends a pseudo-terminal so
            break
        if not chunk:
            break
        shown += chunk
    assert process.wait(60) == 0
    assert b"Planning" in shown
    assert run(*arguments).stderr == ""
