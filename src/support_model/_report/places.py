"""Where the time of tickets goes: in which status and group, waiting for whom, how late."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from attrs import define

from support_model import kpi
from support_model._report.blocks import Bounds, Column, Section, Table, Withheld, says
from support_model._report.group_promises import group_promises
from support_model._report.period_names import period_said
from support_model._report.policy_report import metric_name
from support_model._time import MICROSECOND
from support_model.figures import Distribution, Share
from support_model.inference import life_quantiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from support_model._report.blocks import Cell, Kind, OpenTime, Said
    from support_model._report.cycle_rows import CycleRows
    from support_model._report.report import Report
    from support_model._time import Span
    from support_model.kpi import HandOver, PlaceTimes, PlainFacts, TimeIn

Place: TypeAlias = "str | int | None"
Where = Literal["waiting_for", "status", "group"]
WHERE: tuple[Where, ...] = get_args(Where)
FEWEST_FOR_TIME, FEWEST_FOR_SHARE = 5, 10
SHOWN, NAMED = 15, 3
LEAST_NAMED = 0.01
"""Share of the time below which a place is not named in a sentence."""
LATE_HOURS = (1, 4, 24, 72)
"""Hours at which the bins of delays end."""
HOUR = timedelta(hours=1)
WAITS: Mapping[str, str] = MappingProxyType(
    {"us": "places_us", "customer": "places_customer", "others": "places_others"}
)


@define(eq=False, slots=False)
class Places:
    """What a report says of where time goes, asked of its tickets once."""

    report: Report

    @cached_property
    def plain(self) -> PlainFacts:
        """The tickets; of columns another view, so that what it remembers goes with this."""
        own = self.report.plain
        return own if own.columns is None else kpi.plain_facts(own.columns)

    @property
    def span(self) -> Span | None:
        """The period that is reported on; None for the whole log."""
        return None if self.report.periods is None else self.report.periods[1]

    @property
    def before(self) -> Span | None:
        """The period before it."""
        return None if self.report.periods is None else self.report.periods[0]

    @cached_property
    def now(self) -> Mapping[Where, tuple[TimeIn, ...]]:
        """The times in the period, on both clocks."""
        return {where: self._asked(where) for where in WHERE}

    def _asked(self, where: Where) -> tuple[TimeIn, ...]:
        return kpi.time_in(self.plain, where, span=self.span, calendar=self.report.calendar)

    @cached_property
    def earlier(self) -> Mapping[Where, Mapping[Place, float]]:
        """The share of the time in each place in the period before."""
        if self.before is None:
            return {where: {} for where in WHERE}
        plain = self.plain
        return {where: kpi.time_shares(plain, where, span=self.before) for where in WHERE}

    @property
    def groups(self) -> bool:
        """Whether the log names groups."""
        return any(each.place is not None for each in self.now["group"])

    @cached_property
    def within(self) -> timedelta | None:
        """The time that a group's stays are held against: their median in the period before."""
        stays = kpi.held_times(self.plain, span=self.before, calendar=self.report.calendar)
        return stays.quantile(0.5) if stays.n >= FEWEST_FOR_TIME else None

    def held(self, span: Span | None) -> Mapping[Place, Share]:
        """Return the share of stays within that time, by group."""
        if self.within is None:
            return {}
        return kpi.held_within(self.plain, self.within, span=span, calendar=self.report.calendar)

    @cached_property
    def hand_overs(self) -> tuple[HandOver, ...]:
        """The hand-overs of the period."""
        return self._handed(self.span)

    @cached_property
    def earlier_hand_overs(self) -> tuple[HandOver, ...]:
        """Those of the period before."""
        return () if self.before is None else self._handed(self.before)

    def _handed(self, span: Span | None) -> tuple[HandOver, ...]:
        return kpi.hand_overs(self.plain, span=span, calendar=self.report.calendar)

    def length(self, amount: timedelta | None) -> timedelta | OpenTime | None:
        """Return a time on the clock of stays as a cell: in opening hours where there are any."""
        return self.report.clock.length(None if amount is None else amount / MICROSECOND)


def sections(report: Report) -> Iterator[Section]:
    """Yield where the time of tickets went, what was handed over, and how late what is late is."""
    if report.as_of is None or "status" in report.log.undated:
        return
    places = Places(report)
    told = kpi.tickets_told(places.plain) > 0
    late = () if report.clocks is None else _late_tables(report.clocks.cycles)
    lines = _lines(places) if told else (says("places_none_told"),)
    yield Section(
        key="places",
        title=says("places_title"),
        lines=(*lines, *_late_lines(report)),
        notes=tuple(_notes(places)) if told else (),
        tables=(*(_tables(places) if told else ()), *late[:1], *group_promises(report)),
    )
    yield Section(
        key="places_in_full",
        title=says("places_in_full"),
        tables=(*(_further_tables(places) if told else ()), *late[1:]),
        folded=True,
    )


def _tables(places: Places) -> Iterator[Table]:
    yield _times(places, "waiting_for")
    yield _times(places, "status")
    yield _stages(places, "status")
    if places.groups:
        yield _stages(places, "group")
        yield _handed(places)


def _further_tables(places: Places) -> Iterator[Table]:
    yield _per_ticket(places, "waiting_for")
    yield _per_ticket(places, "status")
    if places.groups:
        yield _times(places, "group")
        yield _per_ticket(places, "group")
        if places.within is not None:
            yield _held(places)
        yield _first_acts(places)


def _shares(times: Iterable[TimeIn]) -> dict[Place, float]:
    return {each.place: each.wall.share or 0.0 for each in times}


def _lines(places: Places) -> Iterator[Said]:
    yield from _waiting_lines(places)
    statuses = [
        says("places_status_share", status=str(each.place), share=each.wall.share)
        for each in places.now["status"][:NAMED]
        if (each.wall.share or 0) >= LEAST_NAMED
    ]
    if statuses:
        yield says("places_statuses", statuses=tuple(statuses))
    if places.groups:
        groups = [
            says("places_group_share", group=_name(each.place), share=each.wall.share)
            for each in places.now["group"][:NAMED]
            if (each.wall.share or 0) >= LEAST_NAMED
        ]
        if groups:
            yield says("places_groups", groups=tuple(groups))
    yield from _growing(places, "status")
    if places.groups:
        yield from _growing(places, "group")
        yield from _hand_over_lines(places)


def _waiting_lines(places: Places) -> Iterator[Said]:
    shares = _shares(places.now["waiting_for"])
    if places.span is None or not any(shares.values()):
        return
    waits = {key: shares.get(key, 0.0) for key in WAITS}
    name = period_said(places.span)
    yield says("places_waiting", period=name, named=_vendors(places), **waits)
    earlier = places.earlier["waiting_for"]
    if places.before is not None and earlier:
        waits = {key: earlier.get(key, 0.0) for key in WAITS}
        yield says("places_waiting_before", period=period_said(places.before), **waits)


def _vendors(places: Places) -> Said:
    """Return the statuses in which others were waited for."""
    named = tuple(
        says("places_status_share", status=str(each.place), share=each.wall.share)
        for each in places.now["status"]
        if each.waiting_for == "others" and (each.wall.share or 0) >= LEAST_NAMED
    )
    if not named:
        return says("places_no_names")
    return says("places_others_named", statuses=named[:NAMED])


def _growing(places: Places, where: Literal["status", "group"]) -> Iterator[Said]:
    """Yield the place in which more came in than went out, beyond chance, and still are there."""
    if places.span is None or places.report.selected:
        return
    piled = [
        each
        for each in places.now[where]
        if each.place is not None
        and each.entered - each.left > 2 * (each.entered + each.left) ** 0.5
        and 2 * each.now >= each.entered - each.left
    ]
    if piled:
        most = max(piled, key=lambda each: each.entered - each.left)
        code = "places_growing" if where == "status" else "places_growing_group"
        yield says(
            code,
            **{where: str(most.place)},
            entered=most.entered,
            left=most.left,
            now=most.now,
            oldest=most.oldest,
            period=period_said(places.span),
        )


def _hand_over_lines(places: Places) -> Iterator[Said]:
    if places.span is None or not places.hand_overs:
        return
    count, back = _returned(places.hand_overs)
    most = places.hand_overs[0]
    yield says(
        "places_hand_overs",
        period=period_said(places.span),
        n=count,
        back=back / count,
        from_=most.from_,
        to=most.to,
        most=most.count,
    )
    if places.before is not None and places.earlier_hand_overs:
        count, back = _returned(places.earlier_hand_overs)
        name = period_said(places.before)
        yield says("places_hand_overs_before", period=name, n=count, back=back / count)


def _returned(every: Iterable[HandOver]) -> tuple[int, int]:
    pairs = [(each.count, each.returned) for each in every]
    return sum(n for n, _ in pairs), sum(n for _, n in pairs)


def _notes(places: Places) -> Iterator[Said]:
    if places.span is None or places.before is None:
        yield says("places_whole_log")
    else:
        names = {"period": period_said(places.span), "before": period_said(places.before)}
        yield says("places_period", **names)
    untold = sum(places.plain.scalar("snapshot"))  # one that has just come is none of them
    if untold:
        yield says("places_untold", n=untold, total=places.plain.size)
    yield says("places_means_waiting")


def _column(key: str, kind: Kind = "count", title: str = "") -> Column:
    return Column(key=key, title=says(f"places_col_{title or key}"), kind=kind)


def _name(place: object) -> Said | str:
    return says("places_nobody") if place is None else str(place)


def _place(each: TimeIn, where: Where) -> Cell:
    return says(WAITS[str(each.place)]) if where == "waiting_for" else _name(each.place)


def _waiting(each: TimeIn) -> Said:
    return says("places_several" if each.waiting_for is None else WAITS[each.waiting_for])


def _median(times: Distribution) -> tuple[timedelta | Withheld | None, Bounds | None]:
    """Return a median and its interval; withheld where it is of too few."""
    if 0 < times.n < FEWEST_FOR_TIME:
        return Withheld(FEWEST_FOR_TIME), None
    return times.quantile(0.5), Bounds(*times.interval(0.5)) if times.n else None


def _share(figure: Share | None) -> tuple[float | Withheld | None, Bounds | None]:
    if figure is None or figure.interval is None:
        return None, None
    if figure.n < FEWEST_FOR_SHARE:
        return Withheld(FEWEST_FOR_SHARE), None
    return figure.value, Bounds(*figure.interval)


def _there(places: Places, where: Where) -> list[TimeIn]:
    return [each for each in places.now[where] if each.tickets or each.now]


def _times(places: Places, where: Where) -> Table:
    """Return the time in each place, all together."""
    status, before = where == "status", places.before is not None
    clocks = places.report.calendar is not None
    columns = (
        _column(where, "word", f"place_{where}"),
        *((_column("waiting_for", "word"),) if status else ()),
        _column("tickets"),
        _column("time", "duration"),
        _column("share", "share"),
        *((_column("share_before", "share"),) if before else ()),
        *((_column("open_time", "duration"), _column("open_share", "share")) if clocks else ()),
    )

    def row(each: TimeIn) -> tuple[Cell, ...]:
        open_ = each.business
        return (
            _place(each, where),
            *((_waiting(each),) if status else ()),
            each.tickets,
            each.wall.time,
            each.wall.share,
            *((places.earlier[where].get(each.place),) if before else ()),
            *(() if open_ is None else (places.length(open_.time), open_.share)),
        )

    return Table(
        key=f"time_by_{where}",
        title=says(f"places_by_{where}"),
        columns=columns,
        rows=tuple(map(row, _there(places, where))),
        shown=SHOWN,
    )


def _per_ticket(places: Places, where: Where) -> Table:
    """Return the time in each place until the solution of a ticket, on both clocks."""
    clocks = places.report.calendar is not None
    open_columns = _column("open_per_ticket", "duration"), _column("open_interval", "range")
    columns = (
        _column(where, "word", f"place_{where}"),
        _column("solved"),
        _column("per_ticket", "duration"),
        _column("interval", "range"),
        *(open_columns if clocks else ()),
    )

    def row(each: TimeIn) -> tuple[Cell, ...]:
        return (
            _place(each, where),
            each.wall.per_ticket.n,
            *_median(each.wall.per_ticket),
            *(() if each.business is None else _open_median(places, each.business.per_ticket)),
        )

    return Table(
        key=f"per_ticket_by_{where}",
        title=says(f"places_per_ticket_{where}"),
        columns=columns,
        rows=tuple(map(row, _there(places, where))),
        notes=(says("places_means_per_ticket"),) if where == "waiting_for" else (),
        shown=SHOWN,
    )


def _open_median(places: Places, times: Distribution) -> tuple[Cell, Bounds | None]:
    """Return a median and its interval on the clock of stays."""
    median, bounds = _median(times)
    if isinstance(median, Withheld):
        return median, None
    return places.length(median), _open_bounds(places, bounds)


def _open_bounds(places: Places, bounds: Bounds | None) -> Bounds | None:
    if bounds is None:
        return None
    low, high = (
        places.length(each) if isinstance(each, timedelta) else None
        for each in (bounds.low, bounds.high)
    )
    return Bounds(low, high)


def _stages(places: Places, where: Literal["status", "group"]) -> Table:
    """Return how many tickets are in each place, came in and went out, and how long they stay."""
    status = where == "status"
    columns = (
        _column(where, "word", f"place_{where}"),
        *((_column("waiting_for", "word"),) if status else ()),
        _column("now"),
        _column("oldest", "duration"),
        _column("entered"),
        _column("left"),
        _column("share", "share"),
        _column("stay", "duration"),
        _column("interval", "range"),
    )

    def row(each: TimeIn) -> tuple[Cell, ...]:
        times = each.wall if each.business is None else each.business
        return (
            _place(each, where),
            *((_waiting(each),) if status else ()),
            each.now,
            each.oldest,
            each.entered,
            each.left,
            each.wall.share,
            *_stay(places, times, each.entered),
        )

    return Table(
        key=f"stages_by_{where}",
        title=says(f"places_stages_{where}"),
        columns=columns,
        rows=tuple(map(row, sorted(_there(places, where), key=lambda each: -each.now))),
        notes=(says("places_means_stays"),) if status else (),
        shown=SHOWN,
    )


def _held(places: Places) -> Table:
    """Return the share of each group's stays within a time: of the period, and of that before."""
    held, earlier = (places.held(span) for span in (places.span, places.before))
    before = places.before is not None
    columns = (
        _column("group", "word", "place_group"),
        _column("decided"),
        _column("held", "share"),
        _column("interval", "range"),
        *((_column("decided_before"), _column("held_before", "share")) if before else ()),
    )

    def row(place: Place) -> tuple[Cell, ...]:
        now, then = held.get(place), earlier.get(place)
        past = (0 if then is None else then.n, _share(then)[0]) if before else ()
        return (_name(place), 0 if now is None else now.n, *_share(now), *past)

    groups = (each.place for each in _there(places, "group") if each.place is not None)
    stated = says("places_of_whole_log")
    if places.before is not None:
        stated = says("places_of_period", before=period_said(places.before))
    return Table(
        key="held_by_group",
        title=says("places_held", within=places.length(places.within)),
        columns=columns,
        rows=tuple(row(place) for place in groups if place in held),
        notes=(says("places_means_held", within=places.length(places.within), stated=stated),),
        shown=SHOWN,
    )


def _stay(places: Places, times: PlaceTimes, n: int) -> tuple[Cell, Bounds | None]:
    if n < FEWEST_FOR_TIME:
        return Withheld(FEWEST_FOR_TIME) if n else None, None
    lengths = [*times.ended, *times.going_on]
    observed = [True] * len(times.ended) + [False] * len(times.going_on)
    (stays,) = life_quantiles(lengths, observed, [0.5])
    median, low, high = (
        None if micros is None else places.length(timedelta(microseconds=micros))
        for micros in (stays.value, stays.low, stays.high)
    )
    return median, Bounds(low, high)


def _handed(places: Places) -> Table:
    earlier = {(each.from_, each.to): each.count for each in places.earlier_hand_overs}
    before = places.before is not None
    columns = (
        _column("from", "word"),
        _column("to", "word"),
        _column("count"),
        *((_column("count_before"),) if before else ()),
        _column("back", "share"),
        _column("interval", "range"),
    )

    def row(each: HandOver) -> tuple[Cell, ...]:
        back = Share(key="back", definition="straight back", numerator=each.returned, n=each.count)
        past = (earlier.get((each.from_, each.to), 0),) if before else ()
        return (each.from_, each.to, each.count, *past, *_share(back))

    return Table(
        key="hand_overs",
        title=says("places_hand_over_table"),
        columns=columns,
        rows=tuple(map(row, places.hand_overs)),
        notes=(says("places_means_back"),),
        shown=SHOWN,
    )


def _first_acts(places: Places) -> Table:
    columns = (
        _column("from", "word"),
        _column("to", "word"),
        _column("acted"),
        _column("untouched"),
        _column("first_act", "duration"),
        _column("interval", "range"),
    )
    return Table(
        key="first_acts",
        title=says("places_first_acts"),
        columns=columns,
        rows=tuple(
            (
                each.from_,
                each.to,
                each.first_act.n,
                each.untouched,
                *_open_median(places, each.first_act),
            )
            for each in places.hand_overs
        ),
        notes=(says("places_means_first_act"),),
        shown=SHOWN,
    )


def _delays(cycles: CycleRows) -> dict[tuple[str, str], list[tuple[int, bool]]]:
    """Return by how much each late cycle exceeded its target, and whether it goes on."""
    delays: dict[tuple[str, str], list[tuple[int, bool]]] = {}
    for place, allowed in enumerate(cycles.allowed):
        if allowed is not None and cycles.outcome(place) == "missed":
            key = cycles.policy[place], cycles.metric[place]
            late = max(cycles.elapsed[place] - allowed, 0)
            delays.setdefault(key, []).append((late, cycles.state[place] != "missed"))
    return delays


def _distribution(delays: Sequence[tuple[int, bool]]) -> Distribution:
    return Distribution(
        key="late_by",
        clock="business",
        definition="counted time beyond the target, of cycles missed or past due",
        micros=sorted(late for late, _ in delays),
    )


def _late_lines(report: Report) -> Iterator[Said]:
    if report.clocks is None:
        return
    every = [each for delays in _delays(report.clocks.cycles).values() for each in delays]
    times = _distribution(every)
    if times.n >= FEWEST_FOR_SHARE:
        median, most = times.quantile(0.5), times.quantile(0.9)
        yield says("places_late", n=times.n, median=median, most=most)
    elif every:
        yield says("places_one_late", n=times.n)


def _named(key: tuple[str, str]) -> tuple[Cell, Cell]:
    policy, metric = key
    return policy, metric_name(metric)


def _late_tables(cycles: CycleRows) -> tuple[Table, Table]:
    """Return by how much what is late exceeded its target: in figures, and in bins."""
    delays = _delays(cycles)
    clock = _column("policy", "word"), _column("metric", "word")
    names = [
        says("places_late_below", to=LATE_HOURS[0]),
        *(says("places_late_between", from_=a, to=b) for a, b in pairwise(LATE_HOURS)),
        says("places_late_above", from_=LATE_HOURS[-1]),
    ]
    edges = [hours * HOUR for hours in LATE_HOURS]

    def row(key: tuple[str, str], late: Sequence[tuple[int, bool]]) -> tuple[Cell, ...]:
        times, running = _distribution(late), sum(going_on for _, going_on in late)
        most = timedelta(microseconds=times.micros[-1])
        return (*_named(key), times.n, running, *_median(times), most)

    figures = Table(
        key="overdue",
        title=says("places_overdue"),
        columns=(
            *clock,
            _column("late"),
            _column("running"),
            _column("late_by", "duration"),
            _column("interval", "range"),
            _column("late_most", "duration"),
        ),
        rows=tuple(row(key, late) for key, late in delays.items()),
        notes=(says("places_means_overdue"),),
        by_row=True,
    )
    bins = Table(
        key="overdue_bins",
        title=says("places_overdue_bins"),
        columns=(*clock, *(Column(key=f"late_{n}", title=each) for n, each in enumerate(names))),
        rows=tuple(
            (*_named(key), *_distribution(late).histogram(edges)) for key, late in delays.items()
        ),
    )
    return figures, bins
