"""One walk in a process of its own that is killed at a chosen point of it.

A point is a step of the walk and how much has happened since that step began: lines of
our code and calls in everyone else's, in all threads.
"""

import asyncio
import json
import os
import signal
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final, NamedTuple

from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.distillation import distill
from flows.parameters import TeacherParameters
from planner import answer, asking, diagnosis, evidence, litellm_call, plan, request, risk, settle
from planner.planner import plan_session
from planner.session import Claim, Session
from planner.store import StoreSettings
from planner.student import fetch_student
from planner.teacher import Teacher

OUR_CODE = tuple(str(Path(asking.__file__).parent.parent / room) for room in ("planner", "flows"))

STEPS: Final[dict[CodeType, str]] = {
    Session.read_inputs.__code__: "read the inputs",
    diagnosis.read_diagnosis.__code__: "read the diagnosis",
    evidence.screen_clusters.__code__: "screen clusters",
    request.compose_request.__code__: "compose the request",
    asking.ask_teacher.__code__: "claim the call",
    litellm_call.send.__code__: "call the teacher",
    Claim.answered.__code__: "record the answer",
    answer.parse_edits.__code__: "parse edits",
    settle.settle_patches.__code__: "settle patches",
    risk.assign_tiers.__code__: "assign tiers",
    plan.assemble_plan.__code__: "assemble the plan",
    Session.freeze_plan.__code__: "freeze the plan",
}
"""In the order of the walk, by the code that each begins with."""


class Point(NamedTuple):
    """Where to die: so many events after a step began, or as soon as that step is over."""

    step: str
    after: int


@dataclass(frozen=True)
class Walk:
    """One walk: of which session, with which teacher, by the library or, on a server, the flow."""

    session_url: str
    student: Path
    api_base: str
    store: StoreSettings = field(default_factory=StoreSettings)
    prefect_url: str | None = None

    def run(self, meter: "Meter | None" = None) -> None:
        if self.prefect_url is None:
            self._run_library(meter)
        else:
            self._run_flow(self.prefect_url, meter)

    def _run_library(self, meter: "Meter | None") -> None:
        session = Session.at(self.session_url, self.store)
        teacher = Teacher(model="openai/teacher", api_base=self.api_base)
        student = fetch_student(str(self.student))
        if meter:
            meter.start()
        plan_session(session, teacher=teacher, student=student)
        if meter:
            meter.stop()

    def _run_flow(self, prefect_url: str, meter: "Meter | None") -> None:
        teacher = TeacherParameters(model="openai/teacher", api_base=self.api_base)
        metered = distill.with_options(on_running=[meter.start]) if meter else distill
        with temporary_settings({PREFECT_API_URL: prefect_url}):
            asyncio.run(metered(self.session_url, student_url=str(self.student), teacher=teacher))
        if meter:
            meter.stop()


class Meter:
    """Counts what happens in each step, in all threads, and kills the process at a point."""

    def __init__(self, fatal: Point | None = None) -> None:
        self.counted: dict[str, int] = {}
        self._fatal = fatal
        self._step = ""
        self._since = 0
        self._left = -1

    def start(self, flow: object = None, flow_run: object = None, state: object = None) -> None:
        """Begin; also as a flow's hook, so that Prefect's own start is not counted."""
        threading.settrace(self._entered)
        sys.settrace(self._entered)

    def stop(self) -> None:
        sys.settrace(None)
        threading.settrace(None)
        self._begin("")

    def _entered(self, frame: FrameType, event: str, argument: Any) -> Any:
        begun = STEPS.get(frame.f_code, self._step)
        if begun != self._step:
            self._begin(begun)
        return self._moved(frame, event, argument)

    def _moved(self, frame: FrameType, event: str, argument: Any) -> Any:
        self._since += 1
        self._left -= 1
        if not self._left:
            die()
        return self._moved if frame.f_code.co_filename.startswith(OUR_CODE) else None

    def _begin(self, step: str) -> None:
        self.counted[self._step] = self._since
        if self._fatal is not None and self._step == self._fatal.step:
            die()  # the step had less to count than when it was measured
        self._step, self._since = step, 0
        self._left = self._fatal.after if self._fatal and self._fatal.step == step else -1


def die() -> None:
    """End as `kill -9` ends a process: nothing is closed, flushed or told."""
    os.kill(os.getpid(), signal.SIGKILL)


def finish(*walks: Walk) -> None:
    """Walk undisturbed, one after the other."""
    for walk in walks:
        walk.run()


def die_at(point: Point, walk: Walk) -> None:
    """Walk to a point and die there."""
    walk.run(Meter(point))


def measure(walk: Walk, counts: Path) -> None:
    """Walk undisturbed, and write down how much happens in each step."""
    meter = Meter()
    walk.run(meter)
    counts.write_text(json.dumps(meter.counted))
