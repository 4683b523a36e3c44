"""What customers say: satisfaction, net promoter score, effort, and how many answer at all.

The last answer of a ticket counts, to the credit of whoever held the ticket when it was given.
Beside every score stands the response rate, since those who do not answer are not random.

Before this: `support_model.kpis.money`. Next: `support_model.kpis.topics`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from support_model.errors import InvalidValue
from support_model.kpis.measures import RateKpi, ShareKpi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from support_model.kpis.facts import Facts, Rating

__all__ = [
    "Direction",
    "by_rated_agent",
    "ease",
    "effort",
    "low_effort",
    "mean_satisfaction",
    "net_promoter_score",
    "response_rate",
    "satisfied",
]

Direction = Literal["high_is_easy", "low_is_easy"]


def _answers(
    kind: str, since: datetime | None, until: datetime | None, date: Literal["rated", "solved"]
) -> Callable[[Facts], Rating | None]:
    if date not in {"rated", "solved"}:
        raise InvalidValue(date, "unknown date of a rating", "say 'rated' or 'solved'")

    def find(fact: Facts) -> Rating | None:
        rating = fact.rating(kind)
        if rating is None or (since is None and until is None):
            return rating
        at = rating.at if date == "rated" else rating.solved
        inside = (
            at is not None and (since is None or since <= at) and (until is None or at < until)
        )
        return rating if inside else None

    return find


def satisfied(
    *,
    kind: str = "csat",
    top: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    date: Literal["rated", "solved"] = "rated",
) -> ShareKpi:
    """Return the share of answers in the top boxes of their scale.

    Args:
        kind: of the survey.
        top: how many boxes; by default two of scales of five or more points, else one.
        since: answers from this instant on; all if None.
        until: answers before this instant.
        date: whether an answer belongs to when it was given, or to the solution before it.

    Raises:
        InvalidValue: an unknown date, or top below 1.

    Example:
        >>> satisfied(top=1).key
        'csat_top_boxes'
    """
    if top is not None and top < 1:
        raise InvalidValue(top, "no top box", "give 1 or more")
    find = _answers(kind, since, until, date)

    def judge(fact: Facts) -> bool | None:
        rating = find(fact)
        if rating is None:
            return None
        low, high = rating.scale
        boxes = top or (2 if high - low + 1 >= 5 else 1)
        return rating.score > high - boxes

    boxes = "top boxes" if top is None else f"top {top}"
    return ShareKpi(
        key=f"{kind}_top_boxes",
        definition=f"{kind} answers in the {boxes} of their scale, of the last answers by ticket",
        judge=judge,
    )


def _mean(
    key: str,
    definition: str,
    find: Callable[[Facts], Rating | None],
    value: Callable[[Rating], Fraction],
    method: str = "normal",
) -> RateKpi:
    def count(fact: Facts) -> Fraction | None:
        rating = find(fact)
        return None if rating is None else value(rating)

    return RateKpi(key=key, definition=definition, count=count, method=method)


def _score(rating: Rating) -> Fraction:
    return Fraction(str(rating.score))


def mean_satisfaction(
    *,
    kind: str = "csat",
    since: datetime | None = None,
    until: datetime | None = None,
    date: Literal["rated", "solved"] = "rated",
) -> RateKpi:
    """Return the mean score as given: another figure than the share of the top boxes.

    Example:
        >>> mean_satisfaction().of([]).value is None
        True
    """
    find = _answers(kind, since, until, date)
    definition = f"mean {kind} score as given, over the last answers by ticket"
    return _mean(f"{kind}_mean", definition, find, _score)


def net_promoter_score(
    *,
    kind: str = "nps",
    since: datetime | None = None,
    until: datetime | None = None,
    date: Literal["rated", "solved"] = "rated",
    adjusted: bool = True,
) -> RateKpi:
    """Return promoters (9, 10) minus detractors (0 to 6) per answer, in [-1, 1].

    Args:
        kind: of the survey, on a scale from 0 to 10.
        since: answers from this instant on; all if None.
        until: answers before this instant.
        date: whether an answer belongs to when it was given, or to the solution before it.
        adjusted: the interval; see `inference.net_promoter`.

    Example:
        >>> net_promoter_score().method
        'adjusted_wald'
    """

    def side(rating: Rating) -> Fraction:
        return Fraction((rating.score >= 9) - (rating.score <= 6))

    return _mean(
        "net_promoter_score",
        "promoters (9 and 10) less detractors (0 to 6), of the last answers by ticket",
        _answers(kind, since, until, date),
        side,
        "adjusted_wald" if adjusted else "wald",
    )


def _checked(direction: Direction) -> bool:
    if direction not in {"high_is_easy", "low_is_easy"}:
        raise InvalidValue(direction, "unknown direction", "say 'high_is_easy' or 'low_is_easy'")
    return direction == "high_is_easy"


def effort(*, direction: Direction, kind: str = "ces") -> RateKpi:
    """Return the mean effort score as given; say which end is easy, as versions differ.

    Example:
        >>> effort(direction="high_is_easy").key
        'ces_mean'
    """
    easy = "high" if _checked(direction) else "low"
    definition = f"mean {kind} score as given, {easy} is easy, over the last answers by ticket"
    return _mean(f"{kind}_mean", definition, _answers(kind, None, None, "rated"), _score)


def ease(*, direction: Direction, kind: str = "ces") -> RateKpi:
    """Return the mean ease in [0, 1]: scores on their scale, turned where low is easy.

    Example:
        >>> ease(direction="low_is_easy").key
        'ces_ease'
    """
    high_is_easy = _checked(direction)

    def place(rating: Rating) -> Fraction:
        low, high = (Fraction(str(end)) for end in rating.scale)
        at = (_score(rating) - low) / (high - low)
        return at if high_is_easy else 1 - at

    definition = f"mean ease of {kind} answers, 0 hardest to 1 easiest, last answers by ticket"
    return _mean(f"{kind}_ease", definition, _answers(kind, None, None, "rated"), place)


def low_effort(*, direction: Direction, kind: str = "ces") -> ShareKpi:
    """Return the share of answers in the easy boxes: three of a 7-point scale, else two.

    Example:
        >>> low_effort(direction="high_is_easy").key
        'ces_easy'
    """
    high_is_easy = _checked(direction)

    def judge(fact: Facts) -> bool | None:
        rating = fact.rating(kind)
        if rating is None:
            return None
        low, high = rating.scale
        boxes = 3 if high - low + 1 == 7 else 2
        return rating.score > high - boxes if high_is_easy else rating.score < low + boxes

    definition = f"{kind} answers in the easy boxes of their scale, of the last answers by ticket"
    return ShareKpi(key=f"{kind}_easy", definition=definition, judge=judge)


def response_rate(kind: str) -> ShareKpi:
    """Return the share of tickets that answered, of those that were asked.

    An answer that nobody asked for is an answer, but no response.

    Example:
        >>> response_rate("csat").key
        'csat_response'
    """

    def judge(fact: Facts) -> bool | None:
        return fact.rating(kind) is not None if kind in fact.asked else None

    definition = f"answered, of tickets asked for {kind}"
    return ShareKpi(key=f"{kind}_response", definition=definition, judge=judge)


def by_rated_agent(facts: Iterable[Facts], kind: str = "csat") -> dict[str | None, list[Facts]]:
    """Return tickets with an answer by whom they were assigned to when it was given.

    Example:
        >>> by_rated_agent([])
        {}
    """
    parts: dict[str | None, list[Facts]] = {}
    for fact in facts:
        rating = fact.rating(kind)
        if rating is not None:
            parts.setdefault(rating.agent, []).append(fact)
    return parts
