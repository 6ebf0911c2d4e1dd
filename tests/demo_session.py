"""The demo session as test material: a realistic student, diagnosis and answer."""

import shutil
from dataclasses import dataclass
from pathlib import Path

DEMO = Path(__file__).parent.parent / "deployments" / "demo"
SESSION_ID = "2026-11-21-support-desk"


@dataclass(frozen=True)
class DemoSession:
    """Paths of a private copy of the demo."""

    session: Path
    student: Path
    answer: Path

    @property
    def plan(self) -> Path:
        """Where its plan will be."""
        return self.session / "plan.json"


def copy_demo(directory: Path) -> DemoSession:
    """Copy the demo into a directory of the test's own."""
    copy = DemoSession(
        session=directory / "sessions" / SESSION_ID,
        student=directory / "student",
        answer=directory / "teacher_answer.json",
    )
    shutil.copytree(DEMO / "sessions" / SESSION_ID, copy.session)
    shutil.copytree(DEMO / "student", copy.student)
    shutil.copyfile(DEMO / "teacher_answer.json", copy.answer)
    return copy
