"""What a call may cost, and what it did cost; an unknown price is unknown, never 0."""

from typing import Annotated

from pydantic import Field

from planner.errors import BudgetExceeded, PriceUnknown
from planner.models import Frozen, Usage

Usd = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]

MILLION = 1_000_000


class Prices(Frozen):
    """What a model costs, in USD per million tokens."""

    input: Usd = Field(description="USD per million prompt tokens.")
    output: Usd = Field(description="USD per million completion tokens, reasoning included.")
    cached_input: Usd | None = Field(
        default=None,
        description="USD per million prompt tokens read from a cache. Empty: as other input.",
    )


class KnownPrices(Frozen):
    """Prices, and who says so."""

    prices: Prices
    source: str
    """`operator's prices`, `price list` or `self-hosted`."""


OPERATOR = "operator's prices"
PRICE_LIST = "price list"
SELF_HOSTED = "self-hosted"
UNKNOWN = "unknown"


def estimated_cost(prices: Prices, *, prompt_tokens: int, answer_tokens: int) -> float:
    """Return the USD of a call whose prompt is not cached and whose answer is as long as it may."""
    return (prompt_tokens * prices.input + answer_tokens * prices.output) / MILLION


def check_budget(
    budget_usd: float | None,
    known: KnownPrices | None,
    *,
    model: str,
    prompt_tokens: int,
    answer_tokens: int,
) -> None:
    """Refuse a call that may cost more than the budget, before anything is sent.

    Raises:
        BudgetExceeded: The estimate is above the budget.
        PriceUnknown: There is a budget, and nobody knows the price.
    """
    if budget_usd is None:
        return
    if known is None:
        raise PriceUnknown(
            f"Nobody knows what {model} costs, and the budget is {budget_usd:.2f} USD; nothing "
            "was sent. Give its prices in USD per million tokens (0 where nobody bills them), "
            "or lift the budget."
        )
    estimate = estimated_cost(
        known.prices, prompt_tokens=prompt_tokens, answer_tokens=answer_tokens
    )
    if estimate > budget_usd:
        raise BudgetExceeded(
            f"The call to {model} may cost {estimate:.2f} USD ({prompt_tokens} tokens in, up to "
            f"{answer_tokens} out), and the budget is {budget_usd:.2f} USD; nothing was sent. "
            "Raise max_cost_usd, lower max_tokens or request_token_budget, or choose a cheaper "
            "model."
        )


def cost_of(
    usage: Usage, known: KnownPrices | None, *, listed_cost_usd: float | None
) -> tuple[float | None, str]:
    """Return what a call cost in USD, and where that comes from.

    The operator's prices win. A listed cost of 0 for a model that has a price means that
    the list does not know the dated name that answered, or that the usage is missing.
    """
    if known is None:
        return None, UNKNOWN
    if known.prices.input == known.prices.output == 0.0:
        return 0.0, known.source
    listed = listed_cost_usd if known.source == PRICE_LIST else None
    cost = listed or _multiplied(usage, known.prices)
    return (None, UNKNOWN) if cost is None else (cost, known.source)


def _multiplied(usage: Usage, prices: Prices) -> float | None:
    if usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    cached = min(usage.cached_tokens or 0, usage.prompt_tokens)
    cached_price = prices.input if prices.cached_input is None else prices.cached_input
    prompt = (usage.prompt_tokens - cached) * prices.input + cached * cached_price
    return (prompt + usage.completion_tokens * prices.output) / MILLION
