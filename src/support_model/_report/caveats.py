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
from support_model._report.blocks import says
from support_model.figures import Distribution, Share, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from support_model._report.blocks import Said
    from support_model.figures import Figure


HOUR = timedelta(hours=1)
FEWEST = 20
"""Tickets that show how a log is closed; a few show nothing."""


@frozen
class Caveat:
    """Something to know before quoting a figure.

    Attributes:
        said: the note, one or two sentences.
        about: the keys of the figures that it qualifies; empty where it is of the whole log.
    """

    said: Said
    about: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """Stable name of the kind of note."""
        return self.said.code.removeprefix("note_")


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
        yield Caveat(says("note_no_first_response"), ("acknowledgement",))
    if taken.n and taken.zeros >= taken.n / 2:
        said = says("note_acknowledged_at_once", share=taken.zeros / taken.n)
        yield Caveat(said, ("acknowledgement",))
    if (
        find(made, "first_resolution", "calendar") is not None
    ):  # a system without statuses has none
        yield from _solution_notes(made, groups, timed)
    stated = find(made, "stated_within_sla")
    if isinstance(stated, Share) and stated.value is not None and rows:
        met = sum(rows)
        said = says(
            "note_by_case_not_by_row",
            share=stated.value,
            by_row=met / len(rows),
            met=met,
            rows=len(rows),
        )
        yield Caveat(said, ("stated_within_sla",))


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
        said = says(
            "note_no_average_of_averages",
            mean=solved.mean,
            n=solved.n,
            groups=len(means),
            of_means=sum(means, timedelta()) / len(means),
        )
        yield Caveat(said, ("first_resolution",))


def _closing_notes(
    solved: Distribution, closed: Distribution, delay: Distribution, timed: Figure | None
) -> Iterable[Caveat]:
    """Yield the note that closing is not resolving, where it is not."""
    later = _positive(delay)
    low, middle, high = (later.quantile(q) for q in (0.25, 0.5, 0.75))
    if low is None or middle is None or high is None or middle < 24 * HOUR or later.n < FEWEST:
        return
    timer = isinstance(timed, Distribution) and _is_timer(_positive(timed), later)
    said = says(
        "note_closed_by_a_timer" if timer else "note_closing_is_not_resolving",
        share=later.n / delay.n,
        middle=middle,
        low=low,
        high=high,
        closed=closed.quantile(0.5),
        solved=solved.quantile(0.5),
    )
    yield Caveat(said, ("time_to_close", "close_delay"))


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
        said = says("note_first_solution_untold", untold=untold, total=total)
        yield Caveat(said, ("first_resolution", "full_resolution"))
    if unrecorded:
        said = says("note_no_solution_recorded", unrecorded=unrecorded, total=total)
        yield Caveat(said, ("first_resolution", "time_to_close"))
    rest = total - untold
    if rest >= 100 and unsolved < rest / 100:
        some = says("note_selected_by_completion", unsolved=unsolved, total=rest)
        said = some if unsolved else says("note_all_complete", total=rest)
        yield Caveat(said, ("backlog_age", "solved_per_created"))
    elif unsolved:
        said = says("note_unsolved_left_out", unsolved=unsolved, total=total)
        yield Caveat(said, ("first_resolution",))


def _time(made: Iterable[Figure], key: str) -> Distribution:
    figure = find(made, key, "calendar")
    assert isinstance(figure, Distribution)  # noqa: S101 - it is always measured
    return figure
