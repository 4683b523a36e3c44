"""Do groups differ by more than chance: the spread of their rates beyond it.

Groups of a desk are no copies of each other: their customers and their work differ. Where they
do by far more than chance, limits of chance alone call half of them a signal, as the size of a
group makes any difference certain. The spread that is usual among them belongs into the limits.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

from support_model._checks import checked_share
from support_model._frozen import frozen
from support_model._short_texts import (
    fields_html,
    fields_row,
    number_text,
    points_text,
    short_repr,
)
from support_model._statistics.intervals import check_counts
from support_model.errors import InvalidShare

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST = 10
"""Of fewer groups the usual spread cannot be told from what a few of them do."""
WINSORIZED = 0.1
HALVINGS = 60
STANDARD_NORMAL = NormalDist()


@frozen(kw_only=True)
class Overdispersion:
    """How much more than by chance the rates of groups differ.

    Attributes:
        groups: how many groups have cases.
        phi: mean square of their scores, the extreme ones pulled in, over what chance gives; 1
            is chance alone. None where undefined.
        spread: standard deviation of the rates of groups beyond chance; 0 where phi is at most
            1, None where undefined.
        undefined: why there is none: "few_groups" or "nothing_varies"; else None.
    """

    groups: int
    phi: float | None = None
    spread: float | None = None
    undefined: str | None = None

    __repr__ = short_repr
    row = fields_row
    _repr_html_ = fields_html

    def __str__(self) -> str:
        if self.phi is None or self.spread is None:
            return f"spread of {self.groups:,} groups not defined, {self.undefined}".replace(
                "_", " "
            )
        spread = points_text(self.spread).lstrip("+")
        return f"spread of {self.groups:,} groups {spread}, phi {number_text(self.phi)}"


def overdispersion(
    units: Sequence[tuple[int, int]],
    target: float | None = None,
    *,
    winsorized: float = WINSORIZED,
) -> Overdispersion:
    """Return how much more than by chance groups (k, n) differ from a common rate.

    The scores (k/n - target) / s, s the deviation by chance, have a mean square of 1 where chance
    alone acts. The largest and the smallest tenth of them are set to the next one inside, so a
    few groups that really differ do not hide themselves in the spread; what that takes from the
    mean square of normal scores is given back. The spread t is the one with which the scores
    (k/n - target) / sqrt(s^2 + t^2) are as chance gives. One step from phi to t, as is usual, is
    too small where groups differ in size: the pulled-in scores are then those of the large ones.

    Args:
        units: how many of how many, by group; those without cases take no part.
        target: the common rate; that of all groups together if None.
        winsorized: which part of the scores on each side is set to the next one.

    Raises:
        InvalidValue: not 0 <= k <= n.
        InvalidShare: a target outside [0, 1], or a part outside [0, 0.5).

    Source: Spiegelhalter (2005), Statistics in Medicine 24, for phi and the additive model;
        Paule and Mandel (1982), Journal of Research of the NBS 87, for the spread.

    Example:
        >>> overdispersion([(80 + k % 3, 100) for k in range(20)]).spread
        0.0
        >>> found = overdispersion([(700 + 20 * k, 1000) for k in range(10)])
        >>> round(found.phi, 1), round(found.spread, 3)
        (23.6, 0.061)
    """
    check_counts(units)
    if not 0 <= winsorized < 0.5:
        raise InvalidShare(winsorized, "a part of the scores lies in [0, 0.5)", "give 0.1")
    known = [(k, n) for k, n in units if n]
    cases = sum(n for _, n in known)
    if target is None:
        center = sum(k for k, _ in known) / cases if cases else 0.0
    else:
        center = float(checked_share(target, "a common rate", full=True))
    if len(known) < FEWEST:
        return Overdispersion(groups=len(known), undefined="few_groups")
    alone = center * (1 - center)
    if not alone:
        return Overdispersion(groups=len(known), undefined="nothing_varies")
    rows = [(k / n - center, alone / n) for k, n in known]
    phi = _phi(rows, 0.0, winsorized)
    return Overdispersion(groups=len(known), phi=phi, spread=_spread(rows, phi, winsorized))


def _phi(rows: Sequence[tuple[float, float]], between: float, winsorized: float) -> float:
    """Return the mean square of scores with a variance between groups, 1 as chance gives."""
    scores = sorted(off / sqrt(variance + between) for off, variance in rows)
    cut = int(winsorized * len(scores))
    inside = scores[cut : len(scores) - cut]
    squares = sum(score * score for score in inside)
    squares += cut * (inside[0] ** 2 + inside[-1] ** 2)
    return squares / len(scores) / _of_chance(cut / len(scores))


def _of_chance(part: float) -> float:
    """Return the mean square of standard normal scores of which a part is set inside."""
    if not part:
        return 1.0
    edge = STANDARD_NORMAL.inv_cdf(1 - part)
    inside = 1 - 2 * part - 2 * edge * STANDARD_NORMAL.pdf(edge)
    return inside + 2 * part * edge * edge


def _spread(rows: Sequence[tuple[float, float]], phi: float, winsorized: float) -> float:
    """Return the spread that explains what chance does not."""
    if phi <= 1:
        return 0.0
    low, high = 0.0, max(off * off for off, _ in rows) * phi
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _phi(rows, middle, winsorized) > 1 else (low, middle)
    return sqrt(high)
