"""The demo: the flow `distill` on a session that ships with the project.

Everything lies in one directory: the session, the student, and Prefect's own data,
so that the demo leaves no trace in the user's Prefect.
"""

import os
import re
import shutil
from importlib.resources import as_file, files
from pathlib import Path

SESSION = "2026-11-21-support-desk"
REPLAY = "replay"

PREFECT_SETTINGS = {
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
    # A fresh database on a busy machine takes longer than the 20 s that are the default.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "ERROR",
    "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
}


def lay_out(directory: Path, teacher: str) -> tuple[Path, Path]:
    """Copy the demo session and its student; what is there already stays.

    A session belongs to one teacher: its plan is frozen.

    Returns:
        The session's and the student's directories.
    """
    session = directory / "sessions" / f"{SESSION}-{re.sub(r'[^A-Za-z0-9.]+', '-', teacher)}"
    with as_file(files("deployments") / "demo") as demo:
        shutil.copytree(demo / "student", directory / "student", dirs_exist_ok=True)
        shutil.copytree(demo / "sessions" / SESSION, session, dirs_exist_ok=True)
    return session, directory / "student"


def use_embedded_server(directory: Path) -> None:
    """Point Prefect at an embedded server of the demo's own; before Prefect is imported."""
    for name in ("PREFECT_API_URL", "PREFECT_API_KEY", "PREFECT_PROFILE"):
        os.environ.pop(name, None)
    os.environ |= PREFECT_SETTINGS | {"PREFECT_HOME": str(directory / "prefect")}
