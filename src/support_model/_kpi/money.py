"""What tickets cost and what avoiding them brings: cost per ticket, expense, return.

Fixed cost makes every cost per ticket fall with volume, so the marginal one is beside it,
and an avoided ticket saves no more than that.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, inf
from typing import TYPE_CHECKING

from support_model._checks import check_level, check_numbers
from support_model._frozen import frozen
from support_model._kpi.expressions import NOT_SOLVED, POPULATION, SOLVED, LineCosts, Rules
from support_model._kpi.measures import RateKpi, tallied
from support_model.errors import InvalidValue
from support_model.figures import Rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from random import Random

    from support_model._kpi.sources import AnyFacts


def cost_per_ticket(line_cost: Mapping[int, float]) -> RateKpi:
    """Return the cost of a solved ticket along the lines that held it.

    Every distinct line is charged once: a line's cost per ticket spreads all its work already,
    so coming back is not charged again. A ticket merged into it costs what its own lines do.

    Args:
        line_cost: cost of a ticket on each line, in any currency.

    Raises:
        InvalidValue: a cost that is no finite number; when asked, a line without a cost.

    Example:
        >>> cost_per_ticket({1: 22, 2: 62}).key
        'cost_per_ticket'
    """
    costs = {line: _exact(cost) for line, cost in line_cost.items()}

    count = Rules(((~SOLVED, NOT_SOLVED),), LineCosts(costs, _costless), unknown="no_line")
    definition = (
        "cost of all distinct lines that held it, and of each ticket merged into it, per solved "
        "ticket with a known line"
    )
    return RateKpi(key="cost_per_ticket", definition=definition, count=count, history=True)


def _costless(line: int) -> InvalidValue:
    return InvalidValue(line, "a line without a cost", "give the cost of every line")


def _exact(amount: float) -> int | Fraction:
    """Return the decimal that an amount is written as; whole ones as int, which adds faster."""
    check_numbers((amount,))
    exact = Fraction(str(amount))
    return exact.numerator if exact.denominator == 1 else exact


def expense_per_ticket(facts: AnyFacts, *, variable: float, fixed: float = 0.0) -> Rate:
    """Return the operating expense per solved ticket; without `fixed` it is the marginal one.

    Fixed cost makes the figure fall with volume, so quote the marginal one beside it.

    Raises:
        InvalidValue: an expense that is no finite number.

    Example:
        >>> expense_per_ticket([], variable=200, fixed=1000).value is None
        True
    """
    kinds = tallied(facts, Rules(POPULATION, SOLVED))
    return Rate(
        key="expense_per_ticket" if fixed else "marginal_expense_per_ticket",
        definition=f"{'fixed and ' if fixed else ''}variable expense per solved ticket",
        numerator=Fraction(_exact(fixed) + _exact(variable)),
        denominator=kinds[True],
        n=kinds[True],
        excluded={"unsolved": kinds[False], "void": kinds["void"]},
    )


@frozen(kw_only=True)
class InvestmentReturn:
    """What an investment brings.

    Attributes:
        ratio: (benefit - cost) / cost over the horizon; None at cost 0.
        payback: after how many periods the benefit has paid the cost; `inf` if never.
    """

    ratio: float | None
    payback: float

    def __str__(self) -> str:
        ratio = "not defined" if self.ratio is None else f"{100 * self.ratio:,.1f}%"
        return f"return {ratio}, paid back after {self.payback:,.4g} periods"


def return_on_investment(
    *, avoided: Iterable[float], marginal_cost: float, investment: float, running: float = 0.0
) -> InvestmentReturn:
    """Return what avoiding tickets brings; an avoided ticket saves its marginal cost only.

    Args:
        avoided: tickets avoided in each period of the horizon, so that a ramp is stated.
        marginal_cost: what one ticket more costs.
        investment: what is paid at the start.
        running: what is paid in every period.

    Raises:
        InvalidValue: a number that is not finite.

    Example:
        >>> return_on_investment(avoided=[50, 100, 100], marginal_cost=20, investment=2500)
        InvestmentReturn(ratio=1.0, payback=1.75)
    """
    avoided = tuple(avoided)
    check_numbers((*avoided, marginal_cost, investment, running))
    cost, benefit, payback = investment, 0.0, inf
    for number, saved in enumerate(avoided):
        before = benefit - cost
        cost += running
        benefit += saved * marginal_cost
        if payback == inf and benefit >= cost and benefit - cost > before:
            payback = number + max(-before, 0.0) / (benefit - cost - before)
    return InvestmentReturn(ratio=(benefit - cost) / cost if cost else None, payback=payback)


def return_interval(
    draw: Callable[[Random], InvestmentReturn],
    *,
    rng: Random,
    level: float = 0.95,
    draws: int = 2000,
) -> tuple[InvestmentReturn, InvestmentReturn] | None:
    """Return the worst and the best return that the uncertainty of its inputs leaves.

    Ratio and payback are bounded apart, each by its equal-tailed quantiles; the worse bound of
    the payback is the longer one.

    Args:
        draw: from the dice to a return, by `return_on_investment` of inputs drawn from what is
            known of them.
        rng: the dice.
        level: how much of what was drawn lies between the bounds.
        draws: how often to draw.

    Returns:
        None where a draw has no ratio, as nothing was paid.

    Raises:
        InvalidValue: draws below 1.
        InvalidShare: a level outside (0, 1).

    Example:
        >>> from random import Random
        >>> def draw(rng):
        ...     avoided = [rng.uniform(50, 150) for _ in range(12)]
        ...     return return_on_investment(avoided=avoided, marginal_cost=20, investment=16000)
        >>> worst, best = return_interval(draw, rng=Random(1))
        >>> 0.2 < worst.ratio < 0.5 < best.ratio < 0.8, worst.payback > best.payback
        (True, True)
    """
    check_level(level)
    if draws < 1:
        raise InvalidValue(draws, "nothing is drawn", "give 1 or more")
    drawn = [draw(rng) for _ in range(draws)]
    ratios = sorted(each.ratio for each in drawn if each.ratio is not None)
    if len(ratios) < draws:
        return None
    paybacks = sorted(each.payback for each in drawn)
    tail = (1 - Fraction(str(level))) / 2
    low, high = floor(tail * (draws - 1)), ceil((1 - tail) * (draws - 1))
    return (
        InvestmentReturn(ratio=ratios[low], payback=paybacks[high]),
        InvestmentReturn(ratio=ratios[high], payback=paybacks[low]),
    )
