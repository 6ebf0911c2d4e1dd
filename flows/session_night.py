"""What became of one session in a night: planned, was frozen, waiting, or failed and why."""

from enum import StrEnum
from typing import Self

from planner.models import Frozen
from planner.session import Session


class Became(StrEnum):
    """What became of one session."""

    PLANNED = "planned"
    WAS_FROZEN = "was_frozen"
    WAITING = "waiting"
    FAILED = "failed"


class SessionNight(Frozen):
    """One session's night."""

    session_url: str
    became: Became
    reason: str = ""
    """Why it waits or failed."""
    spent_usd: float | None = 0.0
    """What this night paid for it; None where unknown."""

    @classmethod
    def of(
        cls, session: Session, became: Became, reason: str = "", *, spent_usd: float | None = 0.0
    ) -> Self:
        """Return a session's night."""
        return cls(session_url=session.url, became=became, reason=reason, spent_usd=spent_usd)

    @property
    def line(self) -> str:
        """The session's night as one line."""
        spent = "cost unknown" if self.spent_usd is None else f"{self.spent_usd:.4f} USD"
        return f"{self.session_url} | {self.became} | {spent} | {self.reason}"
