"""A business calendar: one value that knows when time counts, and counts it exactly.

A `BusinessCalendar` wraps a form (hours on a local clock, always open, or an expression over
other calendars) and reads everything off one coordinate C(t), the open time before t. So
`elapsed` is a subtraction, `add` one inverse look-up, and they agree by construction:
for t >= a, `elapsed(a, t) >= d` if and only if `t >= add(a, d)`.

Before this: `support_model._calendar.timeline`, `support_model._calendar.forms`.
Next: `support_model.opening_hours`, `support_model.sla`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import field

from support_model._calendar import day_rules
from support_model._calendar.day_rules import Dates, WorkingDays
from support_model._calendar.forms import (
    CLOSED_SPAN,
    Always,
    Combined,
    Form,
    Versions,
    Without,
    settled,
)
from support_model._calendar.lint import lint_form
from support_model._calendar.local_hours import LocalHours, read_hours
from support_model._calendar.timeline import (
    CutTimeline,
    DayRow,
    Timeline,
    YearTimeline,
    day_table,
)
from support_model._frozen import frozen
from support_model._hours import WEEKDAYS, ranges_text, read_date, reading
from support_model._time import (
    EPOCH,
    FIRST,
    LAST,
    MICROSECOND,
    Span,
    clock_text,
    instant,
    instant_of_reading,
    micros,
    micros_of,
    timezone,
    union,
)
from support_model.errors import InvalidValue, NoOpenTime, OutOfRange
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import tzinfo
    from zoneinfo import ZoneInfo

    from numpy.typing import ArrayLike, NDArray

    from support_model._calendar.day_rules import DayRule
    from support_model._calendar.forms import Operation
    from support_model._calendar.local_hours import ClosuresLike, Overnight
    from support_model._hours import HoursLike, RangesLike

__all__ = ["BusinessCalendar", "ExplainRow", "Explanation", "Timeline", "WorkingDays"]


@frozen(kw_only=True)
class ExplainRow:
    """A stretch [start, end), in the zone of the calendar, that counts wholly or not at all.

    `counted` is its absolute length where it counts, else zero; `reason` is why.
    """

    start: datetime
    end: datetime
    counted: timedelta
    reason: Reason


@frozen
class Explanation:
    """Rows that tile a span in order; their counted time sums to the elapsed time."""

    rows: tuple[ExplainRow, ...]

    @property
    def total(self) -> timedelta:
        """The counted time of all rows."""
        return sum((row.counted for row in self.rows), timedelta())

    def __iter__(self) -> Iterator[ExplainRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        return self.text()

    def _table(self, catalogue: Mapping[str, str] | None) -> list[tuple[str, str, str, str]]:
        return [
            (
                _local_text(row.start, catalogue),
                _local_text(row.end, catalogue),
                clock_text(row.counted) if row.counted else "-",
                row.reason.text(catalogue),
            )
            for row in self.rows
        ]

    def text(self, catalogue: Mapping[str, str] | None = None) -> str:
        """Return one line a row and the total, in the words of a catalogue."""
        total = Reason.of("in_all").text(catalogue)
        table = [*self._table(catalogue), ("", "", clock_text(self.total), total)]
        widths = [max(len(row[i]) for row in table) for i in range(3)]
        return "\n".join(
            f"{start:<{widths[0]}}  {end:<{widths[1]}}  {counted:>{widths[2]}}  {why}"
            for start, end, counted, why in table
        )

    def _repr_html_(self) -> str:
        names = (Reason.of(f"head_{name}").text() for name in ("start", "end", "counted", "why"))
        head = f"<tr>{''.join(f'<th>{escape(name.lower())}</th>' for name in names)}</tr>"
        rows = [*self._table(None), ("", "", clock_text(self.total), Reason.of("in_all").text())]
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
        )
        return f"<table>{head}{body}</table>"


def explained(rows: Iterable[tuple[int, int, bool, Reason]], tz: ZoneInfo) -> Explanation:
    """Return rows of microseconds as an explanation, neighbours of one reason joined."""
    joined: list[tuple[int, int, bool, Reason]] = []
    for row in rows:
        if joined and joined[-1][2:] == row[2:] and joined[-1][1] == row[0]:
            joined[-1] = (joined[-1][0], *row[1:])
        else:
            joined.append(row)
    return Explanation(
        tuple(
            ExplainRow(
                start=instant(opens, tz),
                end=instant(closes, tz),
                counted=timedelta(microseconds=closes - opens if opened else 0),
                reason=why,
            )
            for opens, closes, opened, why in joined
        )
    )


def _local_text(at: datetime, catalogue: Mapping[str, str] | None) -> str:
    return Reason.of("at", reading=at).text(catalogue)


_Start = TypeVar("_Start", date, datetime)


@frozen(repr=False, init=False)
class BusinessCalendar:
    """When time counts: opening hours of a zone, or any combination of calendars.

    Make one with `weekly`, `rotating`, `always` or `opening_hours.parse`, combine them with
    `|`, `&`, `-`. Equal calendars have equal forms. Methods that take an instant raise
    `NaiveDatetime` for one without a zone and answer in the zone of the one they were given.

    Example:
        >>> cal = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
        >>> friday = datetime(2026, 3, 27, 15, 0, tzinfo=cal.tz)
        >>> print(cal.add(friday, timedelta(hours=4)))  # on Monday, after a clock change
        2026-03-30 11:00:00+02:00
    """

    form: Form
    name: str = field(eq=False)
    timeline: Timeline = field(eq=False)

    def __init__(self, form: Form, name: str = "", timeline: Timeline | None = None) -> None:
        set_ = object.__setattr__
        set_(self, "form", form)
        set_(self, "name", name)
        set_(self, "timeline", _timeline(form) if timeline is None else timeline)

    def __reduce__(self) -> tuple[type[BusinessCalendar], tuple[Form, str]]:
        return BusinessCalendar, (self.form, self.name)

    def __repr__(self) -> str:
        name = f"{self.name!r}, " if self.name else ""
        return f"<BusinessCalendar {name}{_summary(self.form)}>"

    @classmethod
    def weekly(
        cls,
        hours: HoursLike,
        *,
        tz: str | tzinfo,
        holidays: ClosuresLike = None,
        dates: Mapping[date, RangesLike] | None = None,
        breaks: Mapping[date | str, RangesLike] | None = None,
        overnight: Overnight = "date",
        name: str = "",
    ) -> BusinessCalendar:
        """Return the calendar of one week's hours, with holidays, own dates and breaks.

        Args:
            hours: weekdays to ranges, as {"mon-fri": "09:00-12:00, 13:00-17:00"}; an end at
                or before its start is the next day's.
            tz: the IANA zone of the clock.
            holidays: closed dates: `Closures`, a mapping from dates to names, or dates.
            dates: hours of single dates; they replace the week's, and beat holidays.
            breaks: weekdays or dates to ranges that are never open.
            overnight: "date" cuts a range at midnight, so a holiday closes its local date;
                "start" leaves it whole with the date on which it begins.
            name: a label; no part of equality.

        Raises:
            InvalidHours: hours that cannot be read.
            UnknownZone: no such zone.

        Example:
            >>> shop = BusinessCalendar.weekly({"fri-sat": "22:00-02:00"}, tz="Europe/Madrid")
            >>> shop.open_time_on(date(2026, 3, 29))  # Sunday's share, while clocks change
            datetime.timedelta(seconds=7200)
        """
        return cls.rotating(
            [hours],
            tz=tz,
            holidays=holidays,
            dates=dates,
            breaks=breaks,
            overnight=overnight,
            name=name,
        )

    @classmethod
    def rotating(
        cls,
        weeks: Iterable[HoursLike],
        *,
        tz: str | tzinfo,
        anchor: date | str | None = None,
        holidays: ClosuresLike = None,
        dates: Mapping[date, RangesLike] | None = None,
        breaks: Mapping[date | str, RangesLike] | None = None,
        overnight: Overnight = "date",
        name: str = "",
    ) -> BusinessCalendar:
        """Return the calendar of weeks that take turns without end, also across years.

        `anchor` is any date of a week that follows the first of `weeks`; the other arguments
        and errors are those of `weekly`.

        Example:
            >>> shifts = BusinessCalendar.rotating(
            ...     [{"mon-fri": "06:00-14:00"}, {"mon-fri": "14:00-22:00"}],
            ...     anchor=date(2026, 1, 5), tz="Europe/Paris",
            ... )
            >>> shifts.is_open(datetime(2026, 1, 13, 15, tzinfo=shifts.tz))
            True
        """
        form = read_hours(
            weeks, timezone(tz), anchor, holidays, dates or {}, breaks or {}, overnight
        )
        return cls(form, name)

    @classmethod
    def always(cls, tz: str | tzinfo = UTC, *, name: str = "") -> BusinessCalendar:
        """Return the calendar that never closes; the zone says only what a date is.

        Example:
            >>> BusinessCalendar.always().next_close(datetime(2026, 1, 1, tzinfo=UTC))
        """
        return cls(Always(timezone(tz)), name)

    @property
    def title(self) -> str:
        """The name; where there is none, the hours in a few words."""
        return self.name or _summary(self.form)

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which dates are meant."""
        return self.form.tz

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time from `start` to `end`: absolute, exact, negative if reversed.

        Example:
            >>> cal = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
            >>> cal.elapsed(
            ...     datetime(2026, 1, 5, 16, tzinfo=UTC), datetime(2026, 1, 6, 10, tzinfo=UTC)
            ... )
            datetime.timedelta(seconds=7200)
        """
        try:
            a, b = start - EPOCH, end - EPOCH
        except TypeError:
            a = b = None  # type: ignore[assignment]
        if type(a) is type(b) is timedelta:  # what `micros` does; two calls would cost a tenth
            first = (a.days * 86_400 + a.seconds) * 1_000_000 + a.microseconds
            last = (b.days * 86_400 + b.seconds) * 1_000_000 + b.microseconds
        else:
            first, last = micros(start), micros(end)  # raises for the one at fault
        count = self.timeline.open_before
        return (count(last) - count(first)) * MICROSECOND

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """Return the earliest instant with so much open time since `start`.

        It may be a closing instant. Adding nothing is the identity; a negative amount
        subtracts.

        Raises:
            NoOpenTime: it is proven that there is not so much open time.
            OutOfRange: it lies beyond the year 9999.

        Example:
            >>> cal = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
            >>> print(cal.add(datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(hours=8)))
            2026-01-05 17:00:00+00:00
        """
        return self._move(start, micros(start), micros_of(amount))

    def subtract(self, start: datetime, amount: timedelta) -> datetime:
        """Return the latest instant with so much open time until `start`.

        The mirror of `add`, with the same errors; it may be an opening instant.

        Example:
            >>> cal = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
            >>> print(cal.subtract(datetime(2026, 1, 5, 17, tzinfo=UTC), timedelta(hours=8)))
            2026-01-05 09:00:00+00:00
        """
        return self._move(start, micros(start), -micros_of(amount))

    def _move(self, start: datetime, at: int, amount: int) -> datetime:
        if not amount:
            return start
        count = self.timeline.open_before(at) + amount
        landing = (
            self.timeline.earliest(count, at) if amount > 0 else self.timeline.latest(count, at)
        )
        if landing is None:
            raise NoOpenTime(self, start)
        return _in_zone(landing, start)

    def is_open(self, at: datetime) -> bool:
        """Return whether time counts at an instant; an opening is open, a close is not."""
        t = micros(at)
        return self.timeline.open_before(t + 1) > self.timeline.open_before(t)

    def next_open(self, at: datetime) -> datetime | None:
        """Return the first open instant at or after `at`; None if proven never."""
        t = micros(at)
        run = next(self.timeline.runs(t), None)
        return None if run is None else at if run[0] <= t else _in_zone(run[0], at)

    def prev_open(self, at: datetime) -> datetime | None:
        """Return the latest instant at or before `at` that ends open time; None if never."""
        t = micros(at)
        run = next(self.timeline.runs_back(t), None)
        return None if run is None else at if run[1] >= t else _edge(run[1], at)

    def next_opening(self, at: datetime) -> datetime | None:
        """Return the first opening strictly after `at`; None if never."""
        t = micros(at)
        return _edge(next((s for s, _ in self.timeline.runs(t) if s > t), None), at)

    def next_close(self, at: datetime) -> datetime | None:
        """Return the first close strictly after `at`; None if never."""
        return _edge(next((e for _, e in self.timeline.runs(micros(at))), None), at)

    def prev_opening(self, at: datetime) -> datetime | None:
        """Return the latest opening strictly before `at`; None if never."""
        return _edge(next((s for s, _ in self.timeline.runs_back(micros(at))), None), at)

    def prev_close(self, at: datetime) -> datetime | None:
        """Return the latest close strictly before `at`; None if never."""
        t = micros(at)
        return _edge(next((e for _, e in self.timeline.runs_back(t) if e < t), None), at)

    def periods(self, start: datetime, end: datetime, *, reverse: bool = False) -> Iterator[Span]:
        """Yield the maximal open spans within [start, end), the latest first if reversed.

        Raises:
            InvalidValue: the end lies before the start.
        """
        first, last = micros(start), micros(end)
        if last < first:
            raise InvalidValue((start, end), "a window runs forward", "swap, or reverse=True")
        open_runs = self.timeline.stretches(first, last, reverse=reverse)
        tz = start.tzinfo or UTC
        return (Span(instant(opens, tz), instant(closes, tz)) for opens, closes in open_runs)

    def open_time_on(self, day: date) -> timedelta:
        """Return the open time of a local date, from its midnight to the next."""
        dates = Dates.of(self)
        ordinal = read_date(day).toordinal()
        start, end = dates.midnight(ordinal), dates.midnight(ordinal + 1)
        return timedelta(
            microseconds=self.timeline.open_before(end) - self.timeline.open_before(start)
        )

    def resolve(self, day: date, at: str) -> datetime:
        """Return the first instant at which the local clock shows a reading, or later.

        Example:
            >>> cal = BusinessCalendar.always("Europe/Berlin")
            >>> cal.resolve(date(2026, 3, 29), "02:30").strftime("%H:%M")  # jumped over
            '03:00'
        """
        return instant(
            instant_of_reading(self.tz, read_date(day).toordinal(), reading(at)), self.tz
        )

    def add_days(self, start: _Start, n: int, *, rule: DayRule) -> _Start:
        """Return the date, or the instant, n working dates on, by a rule of `day_rules`.

        Raises:
            InvalidValue: an unknown rule, or `n` is no integer.
            NoOpenTime: it is proven that there are not so many working dates.

        Example:
            >>> cal = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
            >>> cal.add_days(date(2026, 1, 9), 2, rule="keep_time")
            datetime.date(2026, 1, 13)
        """
        dates = Dates.of(self)
        if isinstance(start, datetime):
            landing = day_rules.add_days(dates, micros(start), n, rule)
            if landing is None:
                raise NoOpenTime(self, start)
            return _in_zone(landing, start)
        day = day_rules.add_dates(dates, read_date(start).toordinal(), n, rule)
        if day is None:
            raise NoOpenTime(self, self.resolve(start, "00:00"))
        if not 1 <= day <= date.max.toordinal():
            raise OutOfRange(n, "that many working dates lead beyond the years 1 to 9999")
        return date.fromordinal(day)

    def working_days(self, start: date, end: date) -> int:
        """Return how many working dates lie in (start, end], negative if reversed."""
        dates = Dates.of(self)
        return day_rules.working_days(
            dates, read_date(start).toordinal(), read_date(end).toordinal()
        )

    def __or__(self, other: BusinessCalendar) -> BusinessCalendar:
        return self._combined("union", other)

    def __and__(self, other: BusinessCalendar) -> BusinessCalendar:
        return self._combined("intersection", other)

    def __sub__(self, other: BusinessCalendar | Iterable[Span]) -> BusinessCalendar:
        if isinstance(other, BusinessCalendar):
            return self._combined("difference", other)
        return self.without(other)

    def _combined(self, operation: Operation, other: BusinessCalendar) -> BusinessCalendar:
        if not isinstance(other, BusinessCalendar):
            return NotImplemented
        return BusinessCalendar(Combined(operation, self.form, other.form))

    def without(
        self, spans: Iterable[Span], *, reason: Reason | str = CLOSED_SPAN
    ) -> BusinessCalendar:
        """Return the calendar minus absolute spans; `cal - spans` gives "taken out" as the reason.

        It shares the compiled years of this calendar. Spans taken out one after the other, for
        one reason, are as good as all at once.

        Example:
            >>> start = datetime(2026, 1, 5, 12, tzinfo=UTC)
            >>> cal = BusinessCalendar.always() - [Span(start, start + timedelta(hours=2))]
            >>> cal.elapsed(start, start + timedelta(hours=3))
            datetime.timedelta(seconds=3600)
        """
        if isinstance(spans, Span) or not isinstance(spans, Iterable):
            raise InvalidValue(spans, "spans are several", "give a list of them")
        closed = tuple(spans)
        for span in closed:
            if not isinstance(span, Span):
                raise InvalidValue(span, "not a span", "give Span(start, end)")
        cuts = tuple(union(span.edges for span in closed))
        why = Reason.of("closed_span", name=reason) if isinstance(reason, str) else reason
        form, timeline = self.form, self.timeline
        if isinstance(form, Without) and isinstance(timeline, CutTimeline) and form.reason == why:
            cuts = tuple(union([*form.spans, *cuts]))  # one cut more, not one calendar more
            form, timeline = form.base, timeline.base
        return BusinessCalendar(Without(form, cuts, why), self.name, CutTimeline(timeline, cuts))

    def replaced(self, from_: datetime | date, new: BusinessCalendar) -> BusinessCalendar:
        """Return the calendar that is this one before an instant and another one from then.

        A date means its midnight in the zone of the new calendar.

        Example:
            >>> old = BusinessCalendar.weekly({"mon": "09:00-17:00"}, tz="UTC")
            >>> cal = old.replaced(date(2026, 1, 1), BusinessCalendar.always())
            >>> cal.open_time_on(date(2025, 12, 31)), cal.open_time_on(date(2026, 1, 1))
            (datetime.timedelta(0), datetime.timedelta(days=1))
        """
        if not isinstance(new, BusinessCalendar):
            raise InvalidValue(new, "not a calendar", "make one with BusinessCalendar.weekly")
        if isinstance(from_, datetime):
            since = micros(from_)
        else:
            since = instant_of_reading(new.tz, read_date(from_).toordinal(), 0)
        parts = self.form.parts if isinstance(self.form, Versions) else ((2 * FIRST, self.form),)
        kept = tuple((at, form) for at, form in parts if at < since)
        return BusinessCalendar(Versions((*kept, (since, new.form))), new.name or self.name)

    def explain(self, start: datetime, end: datetime) -> Explanation:
        """Return rows that cover [start, end) and add up to `elapsed`, each with its reason.

        Raises:
            InvalidValue: the end lies before the start.

        Example:
            >>> cal = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
            >>> print(cal.explain(
            ...     datetime(2026, 1, 5, 16, tzinfo=UTC), datetime(2026, 1, 6, 10, tzinfo=UTC)
            ... ))
            Mon 2026-01-05 16:00  Mon 2026-01-05 17:00  1:00:00  weekly hours, Monday
            Mon 2026-01-05 17:00  Tue 2026-01-06 09:00        -  outside the hours
            Tue 2026-01-06 09:00  Tue 2026-01-06 10:00  1:00:00  weekly hours, Tuesday
                                                        2:00:00  in all
        """
        first, last = micros(start), micros(end)
        if last < first:
            raise InvalidValue((start, end), "an explanation runs forward", "swap the instants")
        return explained(self.form.why(first, last), self.tz)

    def lint(self, start: datetime, end: datetime) -> tuple[Reason, ...]:
        """Return what looks wrong between two instants; nothing found is an empty tuple."""
        return lint_form(self.form, self.timeline, micros(start), micros(end))

    def day_table(self, start: datetime, end: datetime) -> tuple[DayRow, ...]:
        """Return the UTC days that cover [start, end), each with its open stretches.

        Joined on `epoch_seconds // 86400`, it gives C(t) in any engine: `open_before` plus
        what of the day's intervals lies before t.
        """
        return day_table(self.timeline, micros(start), micros(end))

    def elapsed_array(self, starts: ArrayLike, ends: ArrayLike) -> NDArray[Any]:
        """Return `elapsed` of whole arrays, exactly; see `support_model.arrays.elapsed`."""
        from support_model import arrays  # noqa: PLC0415 - numpy is an extra

        return arrays.elapsed(self, starts, ends)

    def add_array(self, starts: ArrayLike, amounts: ArrayLike) -> NDArray[Any]:
        """Return `add` of whole arrays, exactly; see `support_model.arrays.add`."""
        from support_model import arrays  # noqa: PLC0415 - numpy is an extra

        return arrays.add(self, starts, amounts)

    def to_data(self) -> dict[str, Any]:
        """Return the calendar as a dict of JSON types, with its holidays as resolved dates."""
        from support_model._calendar.data import to_data  # noqa: PLC0415 - a fifth of the import

        return to_data(self.form, self.name)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> BusinessCalendar:
        """Return the calendar that `to_data` wrote.

        Warns `DataDrift` when the installed holiday data would resolve other dates.

        Raises:
            InvalidDocument: the data is no such calendar; with the path to the fault.
        """
        from support_model._calendar.data import from_data  # noqa: PLC0415 - likewise

        return cls(*from_data(data))

    @property
    def fingerprint(self) -> str:
        """A digest of what the calendar means, stable across processes and versions."""
        from support_model._calendar.data import fingerprint  # noqa: PLC0415 - likewise

        return fingerprint(self.form)


def _summary(form: Form) -> str:
    """Return a form in a few words, for `repr`."""
    match form:
        case LocalHours():
            first = enumerate(form.weeks[0])
            week = {WEEKDAYS[i]: ranges_text(ranges) for i, ranges in first if ranges}
            parts = [f"{day} {','.join(ranges)}" for day, ranges in _grouped(week)]
            if len(form.weeks) > 1:
                parts.append(f"and {len(form.weeks) - 1} more weeks")
            if dated := len(form.closures.holidays) + len(form.dates):
                parts.append(f"{dated} own dates and holidays")
            return "; ".join([*(parts or ["no weekly hours"]), form.tz.key])
        case Combined():
            sign = {"union": "|", "intersection": "&", "difference": "-"}[form.operation]
            return f"({_summary(form.left)}) {sign} ({_summary(form.right)})"
        case Without():
            return f"({_summary(form.base)}) - {len(form.spans)} spans"
        case Versions():
            return f"{len(form.parts)} versions, now {_summary(form.parts[-1][1])}"
    return f"always open; {form.tz.key}"


def _grouped(week: Mapping[str, list[str]]) -> list[tuple[str, list[str]]]:
    """Return weekdays with the same ranges as one entry where they follow each other."""
    groups: list[tuple[list[str], list[str]]] = []
    for day, ranges in week.items():
        follows = groups and WEEKDAYS.index(day) == WEEKDAYS.index(groups[-1][0][-1]) + 1
        if follows and groups[-1][1] == ranges:
            groups[-1][0].append(day)
        else:
            groups.append(([day], ranges))
    return [(days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}", r) for days, r in groups]


def _timeline(form: Form) -> Timeline:
    if isinstance(form, Without):
        return CutTimeline(_timeline(form.base), form.spans)
    return YearTimeline(form.stretches, form.regular(), partial(settled, form))


def _in_zone(at: int, like: datetime) -> datetime:
    return instant(at, like.tzinfo or UTC)


def _edge(at: int | None, like: datetime) -> datetime | None:
    """Return an edge as a datetime; the ends of the world are no edges."""
    return None if at is None or at <= FIRST or at > LAST else _in_zone(at, like)
