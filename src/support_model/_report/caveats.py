"""What to know before quoting a figure: the traps that a log sets for a hasty reader.

Each note is found in the figures of the very log, with its numbers: what the first time is
not, where closing is not resolving, whom the resolution times leave out, what the row is not
the unit of, and what an average of averages would have said.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import evolve

from support_model._frozen import frozen
from support_model.figures import Distribution, Share, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from support_model.figures import Figure


HOUR = timedelta(hours=1)
FEWEST = 20
"""Tickets that show how a log is closed; a few show nothing."""


@frozen
class Caveat:
    """Something to know before quoting a figure.

    Attributes:
        code: stable name of the kind of note.
        text: the note, one or two sentences.
    """

    code: str
    text: str


def hours_text(amount: timedelta | None) -> str:
    """Write a duration for a person: seconds, minutes or hours, never days; "-" for None.

    Days are avoided because in opening hours a day has no fixed length.

    Example:
        >>> [hours_text(timedelta(minutes=m)) for m in (0, 0.5, 22, 1341, 10705)]
        ['0', '30 s', '22 min', '22.4 h', '178.4 h']
    """
    if amount is None:
        return "-"
    if not amount:
        return "0"
    if abs(amount) < timedelta(minutes=1):
        return f"{amount / timedelta(seconds=1):.0f} s"
    if abs(amount) < HOUR:
        return f"{amount / timedelta(minutes=1):.0f} min"
    return f"{amount / HOUR:,.1f} h"


def span_text(low: timedelta | None, high: timedelta | None) -> str:
    """Write a pair of bounds for a person, the unit once where it is the same; "-" for None.

    Example:
        >>> span_text(timedelta(minutes=20), timedelta(minutes=24))
        '20 to 24 min'
    """
    if low is None and high is None:
        return "-"
    first, last = hours_text(low), hours_text(high)
    number, _, unit = first.partition(" ")
    return f"{number if unit and last.endswith(unit) else first} to {last}"


def notes(
    made: Sequence[Figure],
    groups: Mapping[str, Sequence[Figure]],
    *,
    rows: Sequence[bool] = (),
    messages: bool = False,
    timed: Figure | None = None,
) -> Iterable[Caveat]:
    """Yield what to know before quoting the figures of a log, and of its groups.

    `rows` is what the ticket system states of its SLA, row by row; `timed` is the time from
    solution to close where a timer may have closed.
    """
    taken = _time(made, "acknowledgement")
    if not messages:
        yield Caveat(
            "no_first_response",
            "This log holds no customer messages. Its first figure is acknowledgement (somebody "
            "took the ticket), which is not first response (somebody answered the customer).",
        )
    if taken.n and taken.zeros >= taken.n / 2:
        yield Caveat(
            "acknowledged_at_once",
            f"{taken.zeros / taken.n:.1%} of acknowledgements took no time: whoever opened the "
            "ticket took it at once. Quote that share; mean and median say little here.",
        )
    if (
        find(made, "first_resolution", "calendar") is not None
    ):  # a system without statuses has none
        yield from _solution_notes(made, groups, timed)
    stated = find(made, "stated_within_sla")
    if isinstance(stated, Share) and stated.value is not None and rows:
        yield Caveat(
            "by_case_not_by_row",
            f"Within SLA (stated by the ticket system) are {stated.value:.1%} of tickets. "
            f"Counted by row it would read {sum(rows) / len(rows):.1%} ({sum(rows):,} of "
            f"{len(rows):,} rows), which is wrong: the flag starts as met and turns late, and "
            "busy tickets have more rows.",
        )


def _solution_notes(
    made: Sequence[Figure], groups: Mapping[str, Sequence[Figure]], timed: Figure | None
) -> Iterable[Caveat]:
    """Yield what to know of times of resolution."""
    solved = _time(made, "first_resolution")
    closed, delay = _time(made, "time_to_close"), _time(made, "close_delay")
    yield from _closing_notes(solved, closed, delay, timed)
    yield from _gap_notes(solved)
    means = [mean for part in groups.values() if (mean := _time(part, "first_resolution").mean)]
    if len(means) > 1:
        yield Caveat(
            "no_average_of_averages",
            f"The mean resolution is {hours_text(solved.mean)} over the {solved.n:,} resolved "
            f"tickets. The average of the {len(means)} group means is "
            f"{hours_text(sum(means, timedelta()) / len(means))}, which is the mean of no "
            "tickets: groups differ in size. Never average averages.",
        )


def _closing_notes(
    solved: Distribution, closed: Distribution, delay: Distribution, timed: Figure | None
) -> Iterable[Caveat]:
    """Yield the note that closing is not resolving, where it is not."""
    later = _positive(delay)
    low, middle, high = (later.quantile(q) for q in (0.25, 0.5, 0.75))
    if low is None or middle is None or high is None or middle < 24 * HOUR or later.n < FEWEST:
        return
    timer = isinstance(timed, Distribution) and _is_timer(_positive(timed), later)
    yield Caveat(
        "closing_is_not_resolving",
        f"{later.n / delay.n:.1%} of tickets close some time after they are resolved, half of "
        f"these {hours_text(middle)} later or more (quartiles {hours_text(low)} and "
        f"{hours_text(high)}){': closed by a timer, it seems' if timer else ''}. To the close the "
        f"median is {hours_text(closed.quantile(0.5))}, to the resolution "
        f"{hours_text(solved.quantile(0.5))}. Quote resolution, never the close in its place.",
    )


def _positive(delay: Distribution) -> Distribution:
    return evolve(delay, micros=filter(None, delay.micros))


def _is_timer(timed: Distribution, every: Distribution) -> bool:
    """Return whether most delays could be those of a timer, and are much the same."""
    low, middle, high = (timed.quantile(q) for q in (0.25, 0.5, 0.75))
    if low is None or middle is None or high is None or timed.n < FEWEST:
        return False
    return 4 * timed.n >= 3 * every.n and high - low <= middle / 4


def _gap_notes(solved: Distribution) -> Iterable[Caveat]:
    """Yield what the tickets without a resolution do to the figures."""
    total = solved.n + sum(solved.excluded.values())
    unrecorded = solved.excluded.get("no_solution_recorded", 0)
    unsolved = solved.excluded.get("unsolved", 0)
    untold = solved.excluded.get("not_stated", 0)
    if untold:
        yield Caveat(
            "first_solution_untold",
            f"Of {untold:,} of {total:,} tickets the history is not told, or not in full: when "
            "they were first resolved is not known, and times to it leave them out. Resolved for "
            "good is their last solution, where that is told.",
        )
    if unrecorded:
        yield Caveat(
            "no_solution_recorded",
            f"{unrecorded:,} of {total:,} tickets ended without a recorded time of resolution. "
            "Resolution times leave them out; close times include them.",
        )
    if total - untold >= 100 and unsolved < (total - untold) / 100:
        yield Caveat(
            "selected_by_completion",
            f"{f'Only {unsolved:,}' if unsolved else 'None'} of {total - untold:,} tickets "
            f"{'is' if unsolved == 1 else 'are'} unsolved at the end of the log: it was probably "
            "selected by completion. Its backlog, and arrivals and trends near its end, are "
            "artifacts of that choice; months whose tickets had time to close compare well.",
        )
    elif unsolved:
        yield Caveat(
            "unsolved_left_out",
            f"{unsolved:,} of {total:,} tickets are unsolved at the end of the log. Resolution "
            "times leave them out and are therefore too short.",
        )


def _time(made: Iterable[Figure], key: str) -> Distribution:
    figure = find(made, key, "calendar")
    assert isinstance(figure, Distribution)  # noqa: S101 - it is always measured
    return figure
