"""Ratings by customers: satisfaction, net promoter score, effort, and how many answer at all.

The last answer of a ticket counts, or the last in a period, credited to who held the ticket when
it was given. Answers are read on their scale: boxes are whole steps of it, a net
promoter score is defined on 0 to 10 alone, and a mean is of one scale. What does not fit is left
out by name. Beside every score is the response rate, since those who do not answer are not
random.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, overload

from support_model._frozen import frozen
from support_model._kpi.expressions import Answered, Count, Entries, Reading, Rules, ScaleOf
from support_model._kpi.measures import RateKpi, ShareKpi
from support_model._kpi.sources import Columnar, records_of
from support_model._time import micros
from support_model.errors import InvalidShare, InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from support_model._columns.fact_columns import FactColumns
    from support_model._kpi.facts import Facts
    from support_model._kpi.measures import Scale
    from support_model._kpi.sources import AnyFacts, ArrowStream


Direction = Literal["high_is_easy", "low_is_easy"]
Date = Literal["rated", "solved"]
OTHER_SCALE = "other_scale"
ELEVEN = (0, 10)
"""The only scale of a net promoter score."""
FEWEST_FOR_TWO = 5
"""A scale of so many steps has two top boxes, a shorter one has one."""


def _answers(
    kind: str, since: datetime | None = None, until: datetime | None = None, date: Date = "rated"
) -> Answered:
    """Return the last answer of a ticket, or the last that belongs to a period.

    An answer that is changed later stays the answer of its own period.
    """
    if date not in {"rated", "solved"}:
        raise InvalidValue(date, "unknown date of a rating", "write 'rated' or 'solved'")
    first = None if since is None else micros(since)
    last = None if until is None else micros(until)
    if first is not None and last is not None and first > last:
        raise InvalidValue((since, until), "a period runs forward", "swap the bounds")
    return Answered(kind, first, last, date == "solved")


def _last(since: datetime | None = None, until: datetime | None = None) -> str:
    period = "" if since is None and until is None else " in the period"
    return f"of the last answers by ticket{period}"


@lru_cache(maxsize=1024, typed=True)
def _exact(number: float) -> Fraction:
    return Fraction(str(number))


def _steps(scale: Scale) -> int | None:
    """Return how many whole steps a scale has; None where its ends are no whole numbers."""
    low, high = map(_exact, scale)
    whole = low.denominator == high.denominator == 1
    return int(high - low) + 1 if whole else None


@frozen
class Score:
    """A score as given, exactly."""

    def __call__(self, score: float, _: Scale) -> Fraction:
        """Return it."""
        return _exact(score)


@frozen
class Place:
    """How far a score is from an end of its scale, in [0, 1].

    Attributes:
        highest: whether from the lowest, so that the highest has 1; else the other way around.
    """

    highest: bool = True

    def __call__(self, score: float, scale: Scale) -> Fraction:
        """Return it."""
        low, high = map(_exact, scale)
        place = (_exact(score) - low) / (high - low)
        return place if self.highest else 1 - place


@frozen
class Boxes:
    """Whether a score lies in the boxes at an end of its scale; None without whole steps.

    Attributes:
        usual: how many boxes.
        of: by how many steps of the scale there are other boxes.
        highest: at which end.
    """

    usual: int
    of: Mapping[int, int]
    highest: bool = True

    def __call__(self, score: float, scale: Scale) -> bool | None:
        """Return it."""
        steps = _steps(scale)
        if steps is None:
            return None
        low, high, exact = *map(_exact, scale), _exact(score)
        boxes = self.of.get(steps, self.usual)
        return exact >= high - boxes + 1 if self.highest else exact <= low + boxes - 1


@frozen
class AtLeast:
    """Whether a score is from a share of its scale on.

    Attributes:
        share: the share.
        highest: counted from the lowest end; else from the highest.
    """

    share: Fraction
    highest: bool = True

    def __call__(self, score: float, scale: Scale) -> bool:
        """Return it."""
        return Place(self.highest)(score, scale) >= self.share


@frozen
class Side:
    """1 for a promoter, -1 for a detractor, else 0.

    Attributes:
        least: the share of the scale from which on an answer promotes; of 0 to 10 9 if None.
        most: up to which it detracts; of 0 to 10 6 if None.
    """

    least: Fraction | None = None
    most: Fraction | None = None

    def __call__(self, score: float, scale: Scale) -> Fraction:
        """Return it."""
        if self.least is None or self.most is None:
            return Fraction((score >= 9) - (score <= 6))
        place = Place()(score, scale)
        return Fraction((place >= self.least) - (place <= self.most))


def _checked_scale(scale: Scale | None) -> Scale | None:
    if scale is not None and not scale[0] < scale[1]:
        raise InvalidValue(scale, "no scale", "give (lowest, highest), such as (1, 5)")
    return None if scale is None else (scale[0], scale[1])


def _on(scale: Scale | None) -> str:
    return "" if scale is None else f", on the scale {scale[0]} to {scale[1]}"


def _checked_share(share: float | None) -> Fraction | None:
    if share is None:
        return None
    if not 0 <= share <= 1:
        raise InvalidShare(share, "a share of a scale lies in [0, 1]", "0.8 of 1 to 5 is 4.2")
    return _exact(share)


def satisfied(
    *,
    kind: str = "csat",
    top: int | None = None,
    at_least: float | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    date: Date = "rated",
) -> ShareKpi:
    """Return the share of answers in the top boxes of their scale.

    A box is a whole step of the scale: of 1 to 5 the top two are 4 and 5, and 3.5 is in neither.
    Answers on a scale without whole steps are left out by name, unless `at_least` reads them.

    Args:
        kind: of the survey.
        top: how many boxes; by default two of scales of five or more steps, else one.
        at_least: instead of boxes, the share of the scale from which on an answer is satisfied:
            0.75 of 1 to 5 is 4.
        since: answers from this instant on; all if None.
        until: answers before this instant.
        date: whether an answer belongs to when it was given, or to the solution before it.

    Raises:
        InvalidValue: an unknown date, top below 1, or both top and at_least.
        InvalidShare: at_least outside [0, 1].

    Example:
        >>> satisfied(top=1).key, satisfied(at_least=0.8).key
        ('csat_top_boxes', 'csat_at_least')
    """
    if top is not None and top < 1:
        raise InvalidValue(top, "no top box", "give 1 or more")
    if top is not None and at_least is not None:
        raise InvalidValue((top, at_least), "boxes and a share of the scale", "give one of them")
    find, least = _answers(kind, since, until, date), _checked_share(at_least)
    worth = _top_boxes(top) if least is None else AtLeast(least)
    if at_least is None:
        where, key = f"in the {'top boxes' if top is None else f'top {top}'} of", "top_boxes"
    else:
        where, key = f"at {at_least} or more of", "at_least"
    return ShareKpi(
        key=f"{kind}_{key}",
        definition=f"{kind} answers {where} their scale, {_last(since, until)}",
        judge=Reading(find, worth, None, OTHER_SCALE),
    )


def in_top_boxes(score: float, scale: Scale) -> bool | None:
    """Return whether a score is in the top boxes of its scale; None without whole steps.

    They are two of scales of five or more steps, else one, as `satisfied` has them.

    Example:
        >>> in_top_boxes(4, (1, 5)), in_top_boxes(3.5, (1, 5)), in_top_boxes(1, (0, 1))
        (True, False, True)
    """
    return _top_boxes(None)(score, scale)


def _top_boxes(top: int | None) -> Boxes:
    """Return so many boxes; by default two of scales of five or more steps, else one."""
    if top is not None:
        return Boxes(top, {})
    return Boxes(2, dict.fromkeys(range(1, FEWEST_FOR_TWO), 1))


def _mean(
    key: str,
    definition: str,
    find: Answered,
    worth: Score | Place,
    scale: Scale | None,
) -> RateKpi:
    """Return a mean over answers of one scale: the one that is named, else the one they have."""
    named = _checked_scale(scale)
    return RateKpi(
        key=key,
        definition=f"{definition}{_on(named)}",
        count=Reading(find, worth, named, OTHER_SCALE),
        scale=ScaleOf(find),
    )


def mean_satisfaction(
    *,
    kind: str = "csat",
    scale: Scale | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    date: Date = "rated",
) -> RateKpi:
    """Return the mean score as given: another figure than the share of the top boxes.

    Answers on another scale than (lowest, highest) are left out by name. Without a scale all
    answers count, and over two scales there is no mean ("several_scales"). `since`, `until` and
    `date` are as in `satisfied`.

    Raises:
        InvalidValue: an unknown date, or a scale that does not rise.

    Example:
        >>> mean_satisfaction().of([]).value is None
        True
    """
    definition = f"mean {kind} score as given, {_last(since, until)}"
    return _mean(f"{kind}_mean", definition, _answers(kind, since, until, date), Score(), scale)


def net_promoter_score(
    *,
    kind: str = "nps",
    at_least: float | None = None,
    at_most: float | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    date: Date = "rated",
    adjusted: bool = True,
) -> RateKpi:
    """Return promoters (9, 10) minus detractors (0 to 6) per answer, in [-1, 1].

    The score is defined on 0 to 10 alone; answers on another scale are left out by name, unless
    `at_least` gives the share of any scale from which on an answer promotes (9 of 0 to 10 is
    0.9); then it detracts up to the share `at_most`, by default 0.6. `since`, `until` and `date`
    are as in `satisfied`. The interval is Rocks' (2016) if adjusted, else plain Wald.

    Raises:
        InvalidValue: an unknown date, at_most without at_least, or not below it.
        InvalidShare: a share outside [0, 1].

    Example:
        >>> net_promoter_score().method
        'adjusted_wald'
    """
    most = _checked_share(0.6 if at_most is None else at_most)
    least = _checked_share(at_least)
    if least is None and at_most is not None:
        raise InvalidValue(at_most, "at_most without at_least", "give at_least as well")
    if least is not None and most is not None and most >= least:
        raise InvalidValue((at_least, at_most), "promoters that detract", "give at_most below it")

    promote, detract = "9 and 10", "0 to 6"
    if least is not None and most is not None:
        promote, detract = f"from {float(least)} of the scale on", f"up to {float(most)} of it"
    find = _answers(kind, since, until, date)
    return RateKpi(
        key="net_promoter_score",
        definition=f"promoters ({promote}) less detractors ({detract}), {_last(since, until)}",
        count=Reading(
            find,
            Side() if least is None else Side(least, most),
            ELEVEN if least is None else None,
            OTHER_SCALE,
        ),
        method="adjusted_wald" if adjusted else "wald",
    )


def _easy_end(direction: Direction) -> Literal["high", "low"]:
    if direction not in {"high_is_easy", "low_is_easy"}:
        problem = "unknown direction"
        raise InvalidValue(direction, problem, "write 'high_is_easy' or 'low_is_easy'")
    return "high" if direction == "high_is_easy" else "low"


def effort(*, direction: Direction, kind: str = "ces", scale: Scale | None = None) -> RateKpi:
    """Return the mean effort score as given; versions differ in which end of the scale is easy.

    The scale is as in `mean_satisfaction`.

    Raises:
        InvalidValue: an unknown direction, or a scale that does not rise.

    Example:
        >>> effort(direction="high_is_easy").key
        'ces_mean'
    """
    definition = f"mean {kind} score as given, {_easy_end(direction)} is easy, {_last()}"
    return _mean(f"{kind}_mean", definition, _answers(kind), Score(), scale)


def ease(*, direction: Direction, kind: str = "ces", scale: Scale | None = None) -> RateKpi:
    """Return the mean ease in [0, 1]: scores on their scale, turned where low is easy.

    The scale is as in `mean_satisfaction`.

    Raises:
        InvalidValue: an unknown direction, or a scale that does not rise.

    Example:
        >>> ease(direction="low_is_easy").key
        'ces_ease'
    """
    easy = _easy_end(direction)
    definition = f"mean ease of {kind} answers, 0 hardest to 1 easiest, {easy} is easy, {_last()}"
    place = Place(highest=easy == "high")
    return _mean(f"{kind}_ease", definition, _answers(kind), place, scale)


def low_effort(
    *,
    direction: Direction,
    kind: str = "ces",
    scale: Scale | None = None,
    at_least: float | None = None,
) -> ShareKpi:
    """Return the share of answers in the easy boxes: three of a scale of seven steps, else two.

    Args:
        direction: which end of the scale is easy.
        kind: of the survey.
        scale: (lowest, highest); answers on another one are left out by name. Without it each
            answer is read on its own scale, which must have whole steps.
        at_least: instead of boxes, the share of the scale from the hard end from which on an
            answer is easy.

    Raises:
        InvalidValue: an unknown direction, or a scale that does not rise.
        InvalidShare: at_least outside [0, 1].

    Example:
        >>> low_effort(direction="high_is_easy").key
        'ces_easy'
    """
    easy = _easy_end(direction)
    named, least = _checked_scale(scale), _checked_share(at_least)

    highest = easy == "high"
    worth = Boxes(2, {7: 3}, highest) if least is None else AtLeast(least, highest)
    where = "in the easy boxes" if at_least is None else f"at {at_least} or more"
    definition = f"{kind} answers {where} of their scale, {easy} is easy, {_last()}{_on(named)}"
    judge = Reading(_answers(kind), worth, named, OTHER_SCALE)
    return ShareKpi(key=f"{kind}_easy", definition=definition, judge=judge)


def response_rate(kind: str) -> ShareKpi:
    """Return the share of tickets that answered, of those that were asked.

    An answer that was not requested is an answer, but no response.

    Example:
        >>> response_rate("csat").key
        'csat_response'
    """
    requested = Count(Entries("ratings_requested", "kind", (kind,))).above(0)
    judge = Rules(((~requested, None),), Answered(kind).known)
    definition = f"answered, of tickets asked for {kind}"
    return ShareKpi(key=f"{kind}_response", definition=definition, judge=judge)


@overload
def by_rated_agent(
    facts: Iterable[Facts], kind: str = "csat"
) -> Mapping[str | None, Sequence[Facts]]: ...
@overload
def by_rated_agent(
    facts: FactColumns | ArrowStream, kind: str = "csat"
) -> Mapping[str | None, FactColumns]: ...
def by_rated_agent(
    facts: AnyFacts, kind: str = "csat"
) -> Mapping[str | None, Sequence[Facts] | FactColumns]:
    """Return tickets with an answer by whom they were assigned to when it was given.

    Tickets may be records or columns, and the parts are then, too.

    Example:
        >>> by_rated_agent([])
        {}
    """
    if isinstance(records := records_of(facts), Columnar):
        from support_model._kpi import column_populations  # noqa: PLC0415 - numpy is an extra

        return column_populations.split_by_rating(records.columns(), kind)
    parts: dict[str | None, list[Facts]] = {}
    for ticket in records:
        rating = ticket.rating(kind)
        if rating is not None:
            parts.setdefault(rating.agent, []).append(ticket)
    return parts
