"""The night's budget: what may be spent is reserved before a call, and settled after it.

So many calls may run at once as their upper bounds fit into what is left: the budget
is not overshot, whatever the calls turn out to cost within their bounds.
"""

import math
from dataclasses import dataclass

PENNY = 1e-9
"""USD below which a remainder is rounding and not money."""


@dataclass
class Purse:
    """What is left of a budget in USD; None is no budget."""

    budget_usd: float | None
    spent_usd: float = 0.0
    reserved_usd: float = 0.0

    @property
    def left_usd(self) -> float:
        """What is neither spent nor reserved."""
        if self.budget_usd is None:
            return math.inf
        return self.budget_usd - self.spent_usd - self.reserved_usd

    def reserve(self, bound_usd: float) -> float | None:
        """Reserve the upper bound of one session's cost, or what is left where that is less.

        The remainder is given out only while nothing else is reserved: what comes back
        may make room for a whole bound.

        Args:
            bound_usd: The session's own limit; infinite where it has none.

        Returns:
            The limit for this session, or None: not now.
        """
        if self.budget_usd is None:
            return bound_usd
        granted = min(bound_usd, self.left_usd)
        if granted < bound_usd and (self.reserved_usd > PENNY or granted <= PENNY):
            return None
        self.reserved_usd += granted
        return granted

    def settle(self, granted_usd: float, spent_usd: float | None) -> None:
        """Give back what was reserved, and count what was spent; None is unknown."""
        if self.budget_usd is None:
            self.spent_usd += spent_usd or 0.0
            return
        self.reserved_usd -= granted_usd
        self.spent_usd += granted_usd if spent_usd is None else spent_usd
