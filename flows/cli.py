"""The command `learning-planner`: thin doors to the library and to the flows.

Nothing heavy is imported until a command needs it, so that `--help` answers at once.
Exit codes: 0 = a plan is frozen, 1 = the job failed, 2 = bad usage.
"""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

from cyclopts import App, CycloptsError, Parameter

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from planner.errors import PlannerError
    from planner.planner import Outcome
    from planner.teacher import AnyTeacher

FAILED = 1
BAD_USAGE = 2

app = App(
    name="learning-planner",
    help="Turn the nightly diagnosis of a local AI agent into a frozen, risk-tiered plan.",
    version_flags=["--version"],
)

Json = Annotated[bool, Parameter(name="--json", negative="")]


@app.command
def plan(
    session_url: str,
    /,
    *,
    student: str | None = None,
    model: str | None = None,
    api_base: str | None = None,
    replay: Path | None = None,
    policy: Path | None = None,
    max_cost_usd: float | None = 5.0,
    ask_again: Annotated[bool, Parameter(negative="")] = False,
    as_json: Json = False,
) -> int:
    """Plan one session, or show the plan that is frozen there already.

    Args:
        session_url: The session's directory: a path or any fsspec URL, such as s3://b/sessions/ID.
        student: The student's directory, path or URL: without it no prompt can be patched.
        model: The teacher, as a litellm model string, such as anthropic/claude-opus-4-5.
        api_base: The endpoint of a local or private server.
        replay: A recorded teacher's answer to replay: no model is called.
        policy: A TOML file that overrides risk tiers.
        max_cost_usd: Budget for the call in USD: above it nothing is sent.
        ask_again: Pay for another answer although one is recorded.
        as_json: Print one JSON object, for scripts.
    """
    with _reported(as_json=as_json):
        from planner.errors import SettingsInvalid
        from planner.planner import plan_session
        from planner.risk import DEFAULT_POLICY, read_policy
        from planner.session import Session
        from planner.student import fetch_student

        session = Session.at(_as_url(session_url))
        teacher = _teacher(model, api_base, replay, max_cost_usd)
        if policy is not None and not policy.is_file():
            raise SettingsInvalid(f"--policy {policy} is not a file.")
        with _progress(f"Planning {session.url}"):
            outcome = plan_session(
                session,
                teacher=teacher,
                student=None if student is None else fetch_student(_as_url(student)),
                policy=DEFAULT_POLICY
                if policy is None
                else read_policy(policy.read_bytes(), where=str(policy)),
                ask_again=ask_again,
            )
        print_outcome(outcome, as_json=as_json)
        return 0


@app.command
def show(
    session_url: str,
    /,
    *,
    student: str | None = None,
    as_json: Json = False,
) -> int:
    """Print a stored plan as a report; its first line says where it was changed since.

    Args:
        session_url: The session's directory: a path or any fsspec URL.
        student: The student's directory: prompts changed since planning are told by name.
        as_json: Print plan.json itself, for scripts.
    """
    with _reported(as_json=as_json):
        from planner.errors import ArtifactMissing
        from planner.plan import NoPlan, look_at_plan, read_plan, student_changes
        from planner.report import DIGEST_DOES_NOT_FIT, no_plan_report, plan_report
        from planner.session import Session
        from planner.student import fetch_student

        session = Session.at(_as_url(session_url))
        stored = session.read_plan()
        if stored is None:
            raise ArtifactMissing(f"{session.plan_url} does not exist: plan the session first.")
        if as_json:
            if not read_plan(stored, where=session.plan_url).digest_fits:
                print(DIGEST_DOES_NOT_FIT.strip("*"), file=sys.stderr)
            sys.stdout.buffer.write(stored)
            return 0
        read = look_at_plan(stored, where=session.plan_url)
        if isinstance(read, NoPlan):
            _print_markdown(no_plan_report(read.text, read.fault))
            return 0
        changes = (
            () if student is None else student_changes(read.plan, fetch_student(_as_url(student)))
        )
        _print_markdown(plan_report(read.plan, digest_fits=read.digest_fits, changes=changes))
        return 0


@app.command
def review(
    session_url: str,
    /,
    *,
    approve: Annotated[list[str] | None, Parameter(negative="")] = None,
    reject: Annotated[list[str] | None, Parameter(negative="")] = None,
    reason: str = "",
    by: str = "",
    student: str | None = None,
    approvals: str | None = None,
    export: str | None = None,
    as_json: Json = False,
) -> int:
    """Decide on a plan's edits of tier review and manual; asks for each of them on a terminal.

    Decisions are frozen beside the plan, once, all of them together; where all edits were
    approved on other nights, that is frozen at once. Without any decision this only shows
    what waits and what was decided.

    Args:
        session_url: The session's directory: a path or any fsspec URL.
        approve: The id of an edit to approve; give it once for each.
        reject: The id of an edit to reject; give it once for each.
        reason: Why, for all of them.
        by: Who decides.
        student: The student's directory: prompts changed since planning are told by name.
        approvals: Where approvals are remembered, .approvals beside the session by default.
        export: An executor's queue of files, into which approved edits are exported.
        as_json: Print one JSON object, for scripts.
    """
    with _reported(as_json=as_json):
        from flows.review_cli import ask, decide_session, report, summary
        from planner.review import chosen
        from planner.reviewing import open_review
        from planner.session import Session
        from planner.student import fetch_student

        opened = open_review(Session.at(_as_url(session_url)), approvals and _as_url(approvals))
        who = None if student is None else fetch_student(_as_url(student))
        choices = chosen(approve or (), reject or (), reason)
        on_a_terminal = sys.stdin.isatty() and sys.stdout.isatty() and not as_json
        if opened.waits and not choices and on_a_terminal:
            choices, by = ask(opened, who, by, show=_print_markdown)
        done = decide_session(opened, choices, by=by, queue_url=export and _as_url(export))
        if as_json:
            print(json.dumps(summary(done)))
        else:
            _print_markdown(report(done, who))
        return 0


@app.command
def demo(
    *,
    directory: Path = Path("learning-planner-demo"),
    model: str | None = None,
    api_base: str | None = None,
    max_cost_usd: float | None = 5.0,
    as_json: Json = False,
) -> int:
    """Plan the demo session under Prefect, in an embedded server, with local files.

    Without --model, a teacher's recorded answer is replayed: no model is called.

    Args:
        directory: Where the demo's session, student and Prefect data are put.
        model: Ask this teacher for real, a litellm model string; its key from the environment.
        api_base: The endpoint of a local or private server.
        max_cost_usd: Budget for the call in USD: above it nothing is sent.
        as_json: Print one JSON object, for scripts.
    """
    with _reported(as_json=as_json):
        from flows.demo import run_demo

        with _progress("Planning the demo session under Prefect (starting its embedded server)"):
            outcome = run_demo(directory, model=model, api_base=api_base, max_cost_usd=max_cost_usd)
        print_outcome(outcome, as_json=as_json)
        return 0


def main() -> NoReturn:
    """Run the command and leave with its exit code."""
    try:
        code = app(exit_on_error=False, print_error=True, result_action="return_value")
    except CycloptsError:
        code = BAD_USAGE
    raise SystemExit(code if isinstance(code, int) else 0)


def print_outcome(outcome: "Outcome", *, as_json: bool) -> None:
    """Print what became of a session: a report for people, or one JSON object."""
    if as_json:
        print(json.dumps(_summary(outcome)))
        return
    from planner.report import plan_report

    _print_markdown(plan_report(outcome.plan, changes=outcome.changes))
    state = "was frozen already" if outcome.was_frozen else "is frozen"
    print(f"\nThe plan {state}: {outcome.plan_url}")


def _print_markdown(text: str) -> None:
    """Render for a terminal; leave the markdown as it is in a pipe."""
    if not sys.stdout.isatty():
        print(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))


def _summary(outcome: "Outcome") -> dict[str, object]:
    from planner.plan import count_tiers

    plan = outcome.plan
    return {
        "outcome": "was_frozen" if outcome.was_frozen else "planned",
        "session_id": plan.session_id,
        "plan_url": outcome.plan_url,
        "digest": plan.digest,
        "edits": count_tiers(plan),
        "rejected": len(plan.rejected_edits),
        "cost_usd": plan.teacher.cost_usd,
        "changes": list(outcome.changes),
    }


def _teacher(
    model: str | None, api_base: str | None, replay: Path | None, max_cost_usd: float | None
) -> "AnyTeacher":
    from pydantic import ValidationError

    from planner.errors import SettingsInvalid
    from planner.teacher import ReplayTeacher, Teacher

    if (model is None) is (replay is None):
        raise SettingsInvalid(
            "Give the teacher: either --model, such as anthropic/claude-opus-4-5, "
            "or --replay with a recorded answer."
        )
    if replay is None:
        try:
            return Teacher(model=str(model), api_base=api_base, max_cost_usd=max_cost_usd)
        except ValidationError as error:
            faults = error.errors()
        raise SettingsInvalid(" ".join(map(_told, faults)))
    try:
        return ReplayTeacher(content=replay.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        fault = type(error).__name__
    raise SettingsInvalid(f"--replay {replay} cannot be read ({fault}).")


def _told(fault: "ErrorDetails") -> str:
    option = "--" + "-".join(str(part) for part in fault["loc"]).replace("_", "-")
    return f"{option}: {fault['msg']}."


def _as_url(text: str) -> str:
    """Expand a local path, so that the plan's place is told in full."""
    return text if "://" in text else str(Path(text).expanduser().absolute())


@contextmanager
def _reported(*, as_json: bool) -> Iterator[None]:
    """Turn an error of ours into one sentence and an exit code."""
    from planner.errors import PlannerError

    try:
        yield
    except PlannerError as error:
        if as_json:
            kind = type(error).__name__
            print(json.dumps({"outcome": "failed", "error": kind, "message": error.message}))
        else:
            told = () if error.remedy in error.message else (error.remedy,)
            print(error.message, *told, sep="\n", file=sys.stderr)
        raise SystemExit(_exit_code(error)) from None


def _exit_code(error: "PlannerError") -> int:
    from planner.errors import PolicyInvalid, ReviewInvalid, SessionUrlInvalid, SettingsInvalid

    usage = (PolicyInvalid, ReviewInvalid, SessionUrlInvalid, SettingsInvalid)
    return BAD_USAGE if isinstance(error, usage) else FAILED


class _StatusLine(logging.Handler):
    """Shows the latest log line as the state of the work."""

    def __init__(self, update: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self._update = update

    def emit(self, record: logging.LogRecord) -> None:
        self._update(record.getMessage())


@contextmanager
def _progress(title: str) -> Iterator[None]:
    """Show on a terminal what is going on; stay quiet in a pipe."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(title) as status:
        handler = _StatusLine(status.update)
        logger = logging.getLogger("planner")
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        try:
            yield
        finally:
            logger.removeHandler(handler)
