"""The arithmetic of people: relief, shrinkage, availability and rotation, exactly.

Numbers are taken as the decimal texts that they print as and stay rational until a person is
counted, so nobody is added or lost to binary rounding.
"""

from __future__ import annotations

import math
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING

from support_model._checks import checked_load, checked_share, checked_whole, exact
from support_model.errors import InvalidShare, InvalidValue

if TYPE_CHECKING:
    from support_model._checks import Number


WEEKS = 52


def relief_factor(coverage_hours: Number, effective_hours: Number) -> Fraction:
    """Return how many people one seat takes: hours to cover over hours one person works.

    Both in hours of the same period. Round up for a headcount.

    Raises:
        InvalidLoad: a number that is negative or not finite.
        InvalidValue: nobody works at all.

    Example:
        >>> relief_factor(168, 33.6)
        Fraction(5, 1)
    """
    checked_load(coverage_hours, "hours to cover")
    if not checked_load(effective_hours, "effective hours"):
        raise InvalidValue(effective_hours, "effective hours must be above zero")
    return exact(coverage_hours) / exact(effective_hours)


def effective_hours(
    contract: Number,
    *,
    leave: Number = 0,
    holidays: Number = 0,
    sick: Number = 0,
    training: Number = 0,
) -> Fraction:
    """Return the hours somebody is really there: contract hours less every paid absence.

    Raises:
        InvalidLoad: a number that is negative or not finite.
        InvalidValue: more absence than contract.

    Example:
        >>> effective_hours(1979, leave=160, sick=48)
        Fraction(1771, 1)
    """
    parts = (contract, leave, holidays, sick, training)
    for hours in parts:
        checked_load(hours, "hours")
    rest = exact(contract) - sum(map(exact, parts[1:]))
    if rest < 0:
        raise InvalidValue(contract, "more hours of absence than of contract")
    return rest


def scheduled(agents: Number, *, shrinkage: Number) -> int:
    """Return how many people to schedule so that `agents` remain after shrinkage, exactly.

    Divides by the share that remains and rounds up the exact quotient of decimal texts.

    Raises:
        InvalidLoad: agents negative or not finite.
        InvalidShare: shrinkage outside [0, 1).

    Example:
        >>> scheduled(21, shrinkage=0.30)
        30
    """
    checked_load(agents, "agents")
    return math.ceil(exact(agents) / (1 - exact(checked_share(shrinkage, "shrinkage"))))


def k_of_n(needed: int, headcount: int, *, availability: Number) -> Fraction:
    """Return the probability that at least `needed` of `headcount` are there, exactly.

    Each is there with probability `availability`, independently.

    Raises:
        InvalidValue: counts that are negative or not whole.
        InvalidShare: availability outside [0, 1].

    Example:
        >>> float(k_of_n(1, 2, availability=0.84))
        0.9744
    """
    checked_whole(needed, "needed")
    checked_whole(headcount, "headcount")
    there = exact(checked_share(availability, "availability", full=True))
    ways = range(needed, headcount + 1)
    each = (comb(headcount, k) * there**k * (1 - there) ** (headcount - k) for k in ways)
    return sum(each, Fraction(0))


def planned_leave_coverage(
    needed: int, headcount: int, *, leave_weeks: Number, sick: Number
) -> Fraction:
    """Return the probability that at least `needed` are there when leave is spread evenly.

    Leave is planned so that it overlaps only when the year is too short for all of it;
    sickness strikes the others independently with probability `sick`.

    Raises:
        InvalidValue: counts that are negative or not whole, more than 52 weeks of leave.
        InvalidShare: sick outside [0, 1].

    Example:
        >>> round(float(planned_leave_coverage(4, 5, leave_weeks=4, sick=0.035)), 4)
        0.9419
    """
    checked_whole(headcount, "headcount")
    checked_share(sick, "sickness", full=True)
    if checked_load(leave_weeks, "weeks of leave") > WEEKS:
        raise InvalidValue(leave_weeks, "a year has 52 weeks of leave at most")
    away, rest = divmod(headcount * exact(leave_weeks), WEEKS)
    there = 1 - exact(sick)
    more = k_of_n(needed, headcount - away - 1, availability=there) if rest else Fraction(0)
    fewer = k_of_n(needed, headcount - away, availability=there)
    return (rest * more + (WEEKS - rest) * fewer) / WEEKS


def rotation_size(simultaneous: int, *, max_share: Number, sites: int = 1) -> int:
    """Return how many people a site's on-call rotation takes.

    `simultaneous` people are on call at any time (two: primary and secondary), nobody for
    more than `max_share` of the time; sites take turns and share the day evenly.

    Source: B. Beyer et al., Site Reliability Engineering, chapter 11 (the 25 % rule).

    Raises:
        InvalidValue: counts that are not whole and above zero.
        InvalidShare: a share that is not above 0 and at most 1.

    Example:
        >>> rotation_size(2, max_share=0.25)
        8
    """
    checked_whole(simultaneous, "people on call", least=1)
    checked_whole(sites, "sites", least=1)
    share = exact(checked_share(max_share, "a share of time on call", full=True))
    if not share:
        raise InvalidShare(max_share, "somebody must be on call some of the time")
    return max(simultaneous, math.ceil(simultaneous / (share * sites)))


def on_call_share(simultaneous: int, *, headcount: int, sites: int = 1) -> Fraction:
    """Return the share of time that each of a site's `headcount` people is on call.

    Raises:
        InvalidValue: counts that are not whole and above zero.

    Example:
        >>> on_call_share(2, headcount=6, sites=2)
        Fraction(1, 6)
    """
    for count, name in ((simultaneous, "people on call"), (headcount, "people"), (sites, "sites")):
        checked_whole(count, name, least=1)
    return Fraction(simultaneous, headcount * sites)
