"""How evenly work was shared out: the least, the most, and one number between 1/n and 1."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import field

from support_model._checks import checked_load, exact
from support_model._frozen import frozen
from support_model._short_texts import fields_html, short_repr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from support_model._checks import Number


@frozen(kw_only=True)
class Fairness:
    """How evenly shares are spread.

    Attributes:
        shares: by agent.
        least, most, mean: of the shares; None without agents.
        index: Jain's index, (sum x)^2 / (n sum x^2): 1 when all shares are equal, 1/n when one
            has everything, None when there is nothing to share.
    """

    shares: Mapping[str, Number] = field(hash=False)
    least: Number | None
    most: Number | None
    mean: Fraction | None
    index: Fraction | None

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        if self.index is None:
            return f"nothing to share among {len(self.shares):,} agents"
        return f"fairness {float(self.index):.3f} among {len(self.shares):,} agents"


def fairness(shares: Mapping[str, Number]) -> Fairness:
    """Return how evenly work is shared, by counts, units or hours; count those with none too.

    Divide by the time that each was there first where people work different hours.

    Source: Jain, Chiu, Hawe (1984), "A quantitative measure of fairness", DEC-TR-301.

    Raises:
        InvalidLoad: a share that is negative or not finite.

    Example:
        >>> spread = fairness({"ann": 3, "bob": 3, "cid": 0})
        >>> spread.least, spread.most, spread.index
        (0, 3, Fraction(2, 3))
    """
    for agent, share in shares.items():
        checked_load(share, f"the share of {agent!r}")
    values = [exact(share) for share in shares.values()]
    total, squares = (
        sum(values, Fraction(0)),
        sum((value * value for value in values), Fraction(0)),
    )
    return Fairness(
        shares=dict(sorted(shares.items())),
        least=min(shares.values(), default=None),
        most=max(shares.values(), default=None),
        mean=total / len(values) if values else None,
        index=total * total / (len(values) * squares) if squares else None,
    )


def tally(assigned: Iterable[str | None], agents: Iterable[str]) -> Mapping[str, int]:
    """Return how many assignments each agent got, 0 for none; None among them is left out.

    Example:
        >>> tally(["ann", None, "ann"], ["ann", "bob"])
        {'ann': 2, 'bob': 0}
    """
    counted = Counter(agent for agent in assigned if agent is not None)
    return {agent: counted[agent] for agent in sorted({*agents, *counted})}
