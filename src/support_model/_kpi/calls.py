"""Calls and paid time: service level, abandonment, occupancy, utilization.

These come from the telephone system and the roster, not from ticket events: plain records and
durations in. A wait equal to the threshold is in time; an abandon is short strictly below it.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, get_args

from attrs import field

from support_model._checks import of_kind, valid
from support_model._frozen import frozen
from support_model._time import micros_of, not_negative, term_text
from support_model.errors import InvalidValue, nearest
from support_model.figures import Rate, Share

if TYPE_CHECKING:
    from collections.abc import Iterable


CallDenominator = Literal["offered", "answered", "exclude_early_abandons", "early_abandons_met"]


@frozen(kw_only=True)
class Call:
    """A call offered.

    Attributes:
        wait: until it was answered or given up.
        answered: which of the two.

    Raises:
        InvalidValue: a negative wait, or a value of another type.
    """

    wait: timedelta = field(validator=valid(not_negative))
    answered: bool = field(
        validator=of_kind(bool, InvalidValue, "answered is True or False", "give a bool")
    )


def abandonment(calls: Iterable[Call], *, short: timedelta | None = None) -> Share:
    """Return the share of calls given up, of those offered.

    Args:
        calls: the calls.
        short: abandons sooner than this leave numerator and denominator.

    Raises:
        InvalidValue: `short` is negative, or no duration.

    Example:
        >>> given_up = Call(wait=timedelta(seconds=9), answered=False)
        >>> abandonment([given_up, Call(wait=timedelta(), answered=True)]).value
        0.5
    """
    if short is not None:
        not_negative(short)
    offered = abandoned = early = 0
    for call in calls:
        if short is not None and not call.answered and call.wait < short:
            early += 1
            continue
        offered += 1
        abandoned += not call.answered
    less = "" if short is None else f", without abandons under {short}"
    return Share(
        key="abandonment",
        definition=f"abandoned, of calls offered{less}",
        numerator=abandoned,
        n=offered,
        excluded={"short_abandon": early},
    )


def service_level(
    calls: Iterable[Call], *, within: timedelta, of: CallDenominator = "offered"
) -> Share:
    """Return the share of calls answered within a threshold; four figures share that name.

    Args:
        calls: the calls.
        within: the threshold.
        of: all offered; only those answered; offered without those abandoned within the
            threshold; or offered, those abandoned within it counted as met.

    Raises:
        InvalidValue: an unknown population, or a negative threshold.

    Example:
        >>> quick = Call(wait=timedelta(seconds=20), answered=True)
        >>> service_level([quick], within=timedelta(seconds=20)).value
        1.0
    """
    if of not in get_args(CallDenominator):
        raise InvalidValue(of, "unknown population", nearest(str(of), get_args(CallDenominator)))
    not_negative(within)
    met = early = late = answered = 0
    for call in calls:
        in_time = call.wait <= within
        answered += call.answered
        met += call.answered and in_time
        early += not call.answered and in_time
        late += not call.answered and not in_time
    excluded = {"abandoned": early + late} if of == "answered" else {}
    if of == "exclude_early_abandons":
        excluded = {"early_abandon": early}
    return Share(
        key="service_level",
        definition=f"answered within {term_text(within)}, of: {of.replace('_', ' ')}",
        numerator=met + early if of == "early_abandons_met" else met,
        n=answered + early + late - sum(excluded.values()),
        excluded=excluded,
    )


def _share_of_time(
    key: str, definition: str, parts: tuple[timedelta, ...], paid: timedelta
) -> Rate:
    for amount in (*parts, paid):
        not_negative(amount)
    busy = sum(parts, timedelta())
    return Rate(
        key=key,
        definition=definition,
        numerator=Fraction(micros_of(busy), 1_000_000),
        denominator=Fraction(micros_of(paid), 1_000_000),
        n=0 if not paid else 1,
    )


def occupancy(*, talk: timedelta, hold: timedelta, wrap: timedelta, available: timedelta) -> Rate:
    """Return the share of logged-in time that was work; seconds per second.

    Not a target: above 0.85 or 0.9 waiting explodes.

    Raises:
        InvalidValue: a negative time.

    Example:
        >>> hour = timedelta(hours=1)
        >>> occupancy(talk=2 * hour, hold=0 * hour, wrap=hour, available=hour).value
        0.75
    """
    definition = "talk, hold and wrap-up time, of that and available time"
    parts = (talk, hold, wrap)
    if available < timedelta():
        raise InvalidValue(available, "a time is negative", "give 0 or more")
    return _share_of_time("occupancy", definition, parts, sum(parts, available))


def utilization(*, talk: timedelta, hold: timedelta, wrap: timedelta, paid: timedelta) -> Rate:
    """Return contact time per paid time; seconds per second.

    Raises:
        InvalidValue: a negative time.

    Example:
        >>> hour = timedelta(hours=1)
        >>> utilization(talk=5 * hour, hold=0 * hour, wrap=hour, paid=8 * hour).value
        0.75
    """
    definition = "talk, hold and wrap-up time, of paid time"
    return _share_of_time("utilization", definition, (talk, hold, wrap), paid)
