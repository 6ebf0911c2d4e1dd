"""The review on the command line: asks on a terminal, or takes what a script decided."""

import getpass
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rich.prompt import Prompt

from planner.errors import ReviewInvalid
from planner.markdown import code
from planner.models import Student
from planner.review import Choice, Verdict, edit_report, needs_decision, review_report, undecided
from planner.reviewing import OpenReview, close_review, export_approved
from planner.session import REVIEW
from planner.store import Store

Show = Callable[[str], None]


@dataclass(frozen=True)
class Done:
    """What the command did: the review as it is now, and what it handed over."""

    opened: OpenReview
    exported: tuple[str, ...] = ()


def ask(
    opened: OpenReview, student: Student | None, by: str, *, show: Show
) -> tuple[dict[str, Choice], str]:
    """Show each edit that waits, and ask for a decision, a reason and a name.

    Raises:
        ReviewInvalid: The person broke off; nothing was decided.
    """
    try:
        choices = {
            edit.id: _asked(edit_report(edit, opened.plan, student), show)
            for edit in undecided(opened.plan, opened.approved)
        }
        return choices, by or _required("Your name", default=getpass.getuser())
    except (EOFError, KeyboardInterrupt):
        fault = "broken off"
    raise ReviewInvalid(f"Nothing was decided on {opened.plan.session_id}: {fault}.")


def _asked(report: str, show: Show) -> Choice:
    show(report)
    verdict = Prompt.ask("Decide", choices=[*Verdict])
    return Choice(verdict=Verdict(verdict), reason=_required("Why"))


def _required(question: str, **options: Any) -> str:
    while not (answer := str(Prompt.ask(question, **options)).strip()):
        pass
    return answer


def decide_session(
    opened: OpenReview, choices: Mapping[str, Choice], *, by: str, queue_url: str | None
) -> Done:
    """Freeze the choices, where there are some, and export what is approved, where it is asked.

    Raises:
        ReviewInvalid: A choice is wrong, an edit is left undecided, or nothing is decided yet.
        ReviewConflict: Other decisions are frozen; they stay.
        StorageError: The store failed; a rerun completes it.
    """
    remembered = opened.review is None and not opened.waits and needs_decision(opened.plan)
    if choices or remembered:
        opened = replace(opened, review=close_review(opened, choices, decided_by=by))
    if queue_url is None:
        return Done(opened)
    queue = Store(queue_url, opened.session.settings)
    return Done(opened, export_approved(opened, opened.review, queue))


def report(done: Done, student: Student | None) -> str:
    """Tell what waits, what was decided and what was handed over, as markdown."""
    opened = done.opened
    text = review_report(opened.plan, opened.approved, opened.review, student=student)
    exported = "\n".join(f"- exported {code(url, limit=1_000)}" for url in done.exported)
    return f"{text}\n{exported}\n" if exported else text


def summary(done: Done) -> dict[str, object]:
    """Return the same as one JSON object, for scripts."""
    opened = done.opened
    decisions = opened.review.decisions if opened.review else ()
    return {
        "outcome": _outcome(opened),
        "session_id": opened.plan.session_id,
        "review_url": f"{opened.session.url}/{REVIEW}" if opened.review else None,
        "digest": opened.review.digest if opened.review else None,
        "undecided": [edit.id for edit in undecided(opened.plan, opened.approved)]
        if opened.waits
        else [],
        "approved": [one.edit_id for one in decisions if one.verdict is Verdict.APPROVE],
        "rejected": [one.edit_id for one in decisions if one.verdict is Verdict.REJECT],
        "exported": list(done.exported),
    }


def _outcome(opened: OpenReview) -> str:
    if opened.review is not None:
        return "reviewed"
    return "waiting" if needs_decision(opened.plan) else "nothing_to_decide"
