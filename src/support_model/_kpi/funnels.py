"""Groups against chance: who differs from the common rate by more than their size explains.

A league table of groups puts the smallest first and last, because three tickets are all or
nothing. In a funnel each group is at its n between the limits that chance alone would keep it
in: exact binomial ones, wide where n is small. One in twenty groups lies beyond 95 % limits by
chance alone, so a second, stricter pair is around them.

Source: D. J. Spiegelhalter 2005.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import field

from support_model._frozen import frozen
from support_model._kpi.measures import check_one_question
from support_model.errors import InvalidValue
from support_model.inference import Limits, funnel_limits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from support_model.figures import Share


FunnelVerdict: TypeAlias = Literal["low", "inside", "high"]
EACH = 60
"""Up to so many cases the limits are given for each n; beyond, for steps of a twentieth."""


@frozen(kw_only=True)
class FunnelGroup:
    """A group and its place in a funnel.

    Attributes:
        name: its name.
        share: its share, with n and interval.
        verdict: "low" or "high" beyond the first limits, else "inside".
        beyond: the strictest level whose limits it leaves; None inside.
    """

    name: str
    share: Share
    verdict: FunnelVerdict
    beyond: float | None


@frozen(kw_only=True)
class Funnel:
    """Groups of one share, and the limits of chance.

    Attributes:
        key: stable name of the figure.
        definition: what is counted, of what, in words.
        center: the common rate; None without cases.
        pooled: whether the center is the rate of all groups together, or was given.
        levels: of the limits, ascending.
        groups: those with cases, by n ascending.
        left_out: the others, with the reason: "no_cases" or "small_n".
        limits: by n, the limits of each level.
    """

    key: str
    definition: str
    center: float | None
    pooled: bool
    levels: tuple[float, ...]
    groups: tuple[FunnelGroup, ...]
    left_out: Mapping[str, str] = field(hash=False)
    limits: Mapping[int, tuple[Limits, ...]] = field(hash=False, repr=False)


def funnel(
    shares: Mapping[str, Share],
    *,
    target: float | None = None,
    levels: tuple[float, ...] = (0.95, 0.998),
) -> Funnel:
    """Return where groups stand in the funnel of a common rate.

    Args:
        shares: of each group, by name; all of one definition. Withheld ones are left out.
        target: the rate to compare with; that of all groups together if None.
        levels: of the limits, ascending; up to three.

    Raises:
        InvalidValue: shares of different definitions, or levels that do not ascend,
            none, or more than three.
        InvalidShare: a target outside [0, 1] or a level outside (0, 1).

    Example:
        >>> from support_model.figures import Share
        >>> met = {"north": (1, 2), "south": (700, 1000), "west": (930, 1000)}
        >>> found = funnel({
        ...     name: Share(key="met", definition="on time", numerator=k, n=n)
        ...     for name, (k, n) in met.items()
        ... })
        >>> [(group.name, group.verdict, group.beyond) for group in found.groups]
        [('north', 'inside', None), ('south', 'low', 0.998), ('west', 'high', 0.998)]
    """
    if not 1 <= len(levels) <= 3 or list(levels) != sorted(set(levels)):
        raise InvalidValue(levels, "a funnel has up to three levels, ascending", "(0.95, 0.998)")
    problem, remedy = "a funnel compares one share", "give groups of one definition"
    check_one_question(shares.values(), problem, remedy)
    known = {name: share for name, share in shares.items() if share.value is not None}
    center = _pooled(known.values()) if target is None else target
    limits = {} if center is None else _limits(known.values(), center, levels)
    groups = sorted(known.items(), key=lambda row: (row[1].n, row[0]))
    key, definition = next(((share.key, share.definition) for share in shares.values()), ("", ""))
    return Funnel(
        key=key,
        definition=definition,
        center=center,
        pooled=target is None,
        levels=levels,
        groups=tuple(_group(name, share, levels, limits[share.n]) for name, share in groups),
        left_out={name: reason for name, share in shares.items() if (reason := share.undefined)},
        limits=limits,
    )


def _pooled(shares: Collection[Share]) -> float | None:
    n = sum(share.n for share in shares)
    return sum(share.numerator for share in shares) / n if n else None


def _limits(
    shares: Collection[Share], center: float, levels: tuple[float, ...]
) -> dict[int, tuple[Limits, ...]]:
    """Return the limits of each level, by every n of a share and those between."""
    sizes = {share.n for share in shares}
    if sizes:
        sizes.update(_grid(max(sizes)))
    return {
        n: tuple(funnel_limits(n, center, level=level) for level in levels) for n in sorted(sizes)
    }


def _grid(largest: int) -> Iterator[int]:
    """Yield the sizes for which a funnel is drawn, up to the largest group and a bit more."""
    size = 1
    while size <= largest:
        yield size
        size += 1 if size < EACH else size // 20
    yield size


def _group(
    name: str, share: Share, levels: tuple[float, ...], limits: tuple[Limits, ...]
) -> FunnelGroup:
    verdicts = [limit.verdict(share.numerator, share.n) or "inside" for limit in limits]
    beyond = [
        level for level, verdict in zip(levels, verdicts, strict=True) if verdict != "inside"
    ]
    return FunnelGroup(
        name=name, share=share, verdict=verdicts[0], beyond=max(beyond, default=None)
    )
