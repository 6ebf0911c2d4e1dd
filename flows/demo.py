"""The demo: the flow `distill` on a session that ships with the project.

Everything lies in one directory: the session, the student, and Prefect's own data,
so that the demo leaves no trace in the user's Prefect.
"""

import asyncio
import os
import re
import shutil
from importlib.resources import as_file, files
from pathlib import Path

from planner.plan import intact_plan
from planner.planner import Outcome
from planner.session import Session

SESSION = "2026-11-21-support-desk"
STUDENT = "student"
ANSWER = "teacher_answer.json"
REPLAY = "replay"

PREFECT_SETTINGS = {
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
    # A fresh database on a busy machine takes longer than the 20 s that are the default.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "ERROR",
    "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
}


def run_demo(
    directory: Path, *, model: str | None, api_base: str | None, max_cost_usd: float | None
) -> Outcome:
    """Plan the demo session as a flow run, and return what is frozen then.

    Args:
        directory: Where everything is put.
        model: Who is asked, a litellm model string; None replays the recorded answer.
        api_base: The endpoint of a local or private server.
        max_cost_usd: Budget for the call, in USD.

    Raises:
        PlannerError: What made the flow run fail.
    """
    home = directory.expanduser().absolute()
    session_directory = lay_out(home, model or REPLAY)
    use_embedded_server(home)
    from flows.distillation import distill
    from flows.parameters import TeacherParameters

    teacher = model and TeacherParameters(model=model, api_base=api_base, max_cost_usd=max_cost_usd)
    done = asyncio.run(
        distill(
            session_url=str(session_directory),
            student_url=str(home / STUDENT),
            teacher=teacher or None,
            replay_url=None if model else str(home / ANSWER),
        )
    )
    session = Session.at(str(session_directory))
    plan = intact_plan(session.read_plan() or b"", where=session.plan_url)
    return Outcome(plan, session.plan_url, was_frozen=done.was_frozen, changes=done.changes)


def lay_out(directory: Path, teacher: str) -> Path:
    """Copy the student, the recorded answer and the session; return the session's directory.

    A session belongs to one teacher: its plan is frozen.
    """
    slug = re.sub(r"[^A-Za-z0-9.]+", "-", teacher)
    session = directory / "sessions" / f"{SESSION}-{slug}"
    with as_file(files("deployments") / "demo") as demo:
        shutil.copytree(demo / STUDENT, directory / STUDENT, dirs_exist_ok=True)
        shutil.copytree(demo / "sessions" / SESSION, session, dirs_exist_ok=True)
        shutil.copyfile(demo / ANSWER, directory / ANSWER)
    return session


def use_embedded_server(directory: Path) -> None:
    """Point Prefect at an embedded server of the demo's own; before Prefect is imported."""
    for name in ("PREFECT_API_URL", "PREFECT_API_KEY", "PREFECT_PROFILE"):
        os.environ.pop(name, None)
    os.environ |= PREFECT_SETTINGS | {"PREFECT_HOME": str(directory / "prefect")}
