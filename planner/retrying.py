"""Which failed attempts are made again, and when: one policy for the library and for Prefect."""

import random

from planner.errors import PlannerError

ATTEMPTS = 4
"""How often a step is tried in all."""

FIRST_WAIT_SECONDS = 2.0
LONGEST_BACKOFF_SECONDS = 60.0
LONGEST_WAIT_SECONDS = 600.0
"""Who asks us to wait longer than this is not waited for: the run fails and says so."""


def is_worth_retrying(error: BaseException) -> bool:
    """Tell whether the same attempt may succeed when it is made again, within minutes."""
    if not isinstance(error, PlannerError) or not error.transient:
        return False
    return error.retry_after is None or error.retry_after <= LONGEST_WAIT_SECONDS


def seconds_before_retry(error: BaseException, attempt: int) -> float:
    """Return how long to wait after the failure of an attempt, counted from 1.

    Exponential with jitter, so that many workers do not come back at once; never
    shorter than the other side asked for.
    """
    backoff = min(FIRST_WAIT_SECONDS * 2 ** (attempt - 1), LONGEST_BACKOFF_SECONDS)
    asked_for = getattr(error, "retry_after", None) or 0.0
    return float(max(backoff, asked_for) * random.uniform(1.0, 1.5))  # noqa: S311 - no secret
