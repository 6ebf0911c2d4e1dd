"""The night's budget: what may be spent is reserved before a call, and settled after it.

So many calls may run at once as their upper bounds fit into what is left: the budget
is not overshot, whatever the calls turn out to cost within their bounds.
"""

from dataclasses import dataclass

PENNY = 1e-9
"""USD below which a remainder is rounding and not money."""


@dataclass
class Purse:
    """What is left of a budget in USD; None is no budget."""

    budget_usd: float | None
    spent_usd: float = 0.0
    reserved_usd: float = 0.0
    unknown_costs: int = 0
    """Calls whose cost nobody knows: their whole bound is counted as spent."""

    @property
    def left_usd(self) -> float:
        """What is neither spent nor reserved."""
        if self.budget_usd is None:
            return float("inf")
        return self.budget_usd - self.spent_usd - self.reserved_usd

    def reserve(self, bound_usd: float | None) -> float | None:
        """Reserve the upper bound of one session's cost, or what is left where that is less.

        The remainder is given out only while nothing else is reserved: what comes back
        may make room for a whole bound.

        Args:
            bound_usd: The session's own limit; None is no limit.

        Returns:
            The limit for this session (infinite where there is none), or None: not now.
        """
        bound = float("inf") if bound_usd is None else bound_usd
        if self.left_usd >= bound or self.budget_usd is None:
            granted = bound
        elif self.reserved_usd <= PENNY and self.left_usd > PENNY:
            granted = self.left_usd
        else:
            return None
        self.reserved_usd += granted if self.budget_usd is not None else 0.0
        return granted

    def settle(self, granted_usd: float, spent_usd: float | None) -> None:
        """Give back what was reserved, and count what was spent; None is unknown."""
        if self.budget_usd is not None:
            self.reserved_usd -= granted_usd
        if spent_usd is None:
            self.unknown_costs += 1
        self.spent_usd += (
            (spent_usd or 0.0)
            if self.budget_usd is None
            else (granted_usd if spent_usd is None else spent_usd)
        )
