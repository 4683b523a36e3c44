"""Where the time of tickets goes: in each status, in each group, waiting for whom.

A *stay* is a time in which an open ticket keeps its place: its status, its group, or who is asked
to act. What ends it is another place, a solution, or that it becomes void. Void tickets are left
out, whatever happened before.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from itertools import groupby, pairwise
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, get_args

from attrs import field

from support_model._ascending import ascending
from support_model._frozen import frozen
from support_model._kpi.facts import WAITING_FOR, TimeBy
from support_model._kpi.place_tallies import OnClock, Tally
from support_model._kpi.plain import plain_facts
from support_model._short_texts import fields_html, plain_in_short, short_repr
from support_model._tables import percent
from support_model._time import FIRST, LAST, duration_text, not_negative
from support_model.errors import InvalidValue, nearest
from support_model.figures import Distribution, Share
from support_model.inference import kaplan_meier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from support_model._kpi.facts import WaitingFor
    from support_model._kpi.place_columns import Pieces
    from support_model._kpi.place_tallies import Clock, PlaceName, Stay
    from support_model._kpi.plain import PlainFacts, Tickets
    from support_model._time import Edges, Span
    from support_model.calendars import BusinessCalendar
    from support_model.inference import Survival

TIME_BY: tuple[TimeBy, ...] = get_args(TimeBy)
HOLDERS = ("group", "line", "agent")
CLOCKS = ("calendar", "business")
ALWAYS = (FIRST, LAST + 1)


START, END, STATUS, CATEGORY, GROUP, LINE, AGENT = range(7)
"""What stands where in a piece: a time in which a ticket kept all of its places."""
Piece: TypeAlias = "tuple[Any, ...]"
PLACES: Mapping[str, int] = MappingProxyType(
    {"status": STATUS, "category": CATEGORY, "group": GROUP, "line": LINE, "agent": AGENT}
)


class Life(NamedTuple):
    """The open times of a ticket.

    Attributes:
        pieces: its pieces, in order; instants in microseconds.
        running: whether it is open at the instant of the facts, where the last piece ends.
    """

    pieces: list[Piece]
    running: bool


def lives_of(plain: PlainFacts) -> tuple[Life, ...]:
    """Return the open times of the tickets that are not void and of which a history tells."""
    return plain.once("lives", "", lambda: tuple(_lives(plain)))


def _lives(plain: PlainFacts) -> Iterator[Life]:
    statuses, history, stays = (plain.entries(name) for name in ("statuses", "history", "stays"))
    known = plain.scalar("as_of")
    for place, told in enumerate(plain.entries("stretches").each()):
        if not stays.size_of(place):
            continue
        category = history.last_of(place)[1]
        if category in WAITING_FOR:
            held = statuses.last_of(place)[1], category, *stays.last_of(place)[1:]
            yield _running(told, (known[place], known[place], *held))
        elif category != "void":
            pieces = [piece for piece in told if piece[CATEGORY] in WAITING_FOR]
            if pieces:
                yield Life(pieces, running=False)


def _running(told: Sequence[Piece], now: Piece) -> Life:
    """Return the open times of a ticket that is open; `now` is how it stands at their end."""
    pieces = [piece for piece in told if piece[CATEGORY] in WAITING_FOR]
    if not pieces or pieces[-1][END:] != now[END:]:
        pieces.append(now)  # it became so at that instant
    return Life(pieces, running=True)


def stays_of(life: Life, by: TimeBy) -> list[Stay]:
    """Return the stays of a ticket in each place, in order."""
    stays: list[Stay] = []
    start, end, place = -1, -1, None
    for piece, now in zip(life.pieces, _places(life, by), strict=True):
        if now != place or piece[START] != end:
            if stays or end >= 0:
                stays.append((start, end, place))
            start, place = piece[START], now
        end = piece[END]
    stays.append((start, end, place))
    return stays


def _places(life: Life, by: TimeBy) -> list[PlaceName]:
    """Return the place of each piece."""
    if by == "waiting_for":
        return [WAITING_FOR[piece[CATEGORY]] for piece in life.pieces]
    part = PLACES[by]
    return [piece[part] for piece in life.pieces]


@frozen(kw_only=True)
class PlaceTimes:
    """Times of tickets in one place, on one clock.

    Attributes:
        time: how long tickets were there within the period, all together.
        share: its share of the time in all places; None where there was none.
        ended: how long the stays lasted that began in the period and have ended, in microseconds,
            ascending.
        going_on: how far those have come that go on.
        per_ticket: the time there until the solution of each ticket that was there and was
            solved in the period for good.
    """

    time: timedelta
    share: float | None
    ended: Sequence[int] = field(converter=ascending, repr=False)
    going_on: Sequence[int] = field(converter=ascending, repr=False)
    per_ticket: Distribution

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        share = "" if self.share is None else f", {percent(self.share)} of all"
        return f"{duration_text(self.time)}{share}; {len(self.ended) + len(self.going_on):,} stays"

    @cached_property
    def stays(self) -> Survival:
        """How long stays last, in microseconds, those that go on counted for what they are."""
        observed = [True] * len(self.ended) + [False] * len(self.going_on)
        return kaplan_meier([*self.ended, *self.going_on], observed)


@frozen(kw_only=True)
class TimeIn:
    """The time that tickets spent in one place, within a period.

    Attributes:
        place: the status by name, category, group, line or agent, or who was asked to act; None
            for nobody.
        waiting_for: of a status or category, who is asked to act in it; None for other places,
            and for a status that means several.
        tickets: how many tickets were there within the period.
        entered: how many stays began in the period.
        left: how many ended in it.
        now: how many tickets are there at the instant of the facts.
        oldest: how long the one has been there that came first, in wall time; None without any.
        wall: its times round the clock.
        business: its times in opening hours; None where none were given.
    """

    place: PlaceName
    waiting_for: WaitingFor | None
    tickets: int
    entered: int
    left: int
    now: int
    oldest: timedelta | None
    wall: PlaceTimes
    business: PlaceTimes | None

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        flow = f"{self.entered:,} in, {self.left:,} out, {self.now:,} now"
        name = "nobody" if self.place is None else plain_in_short(str(self.place))
        return f"{name}: {self.wall}; {flow}"

    def row(self) -> dict[str, Any]:
        """Return it as one row of plain values, times in seconds."""
        told = {
            "place": self.place,
            "waiting_for": self.waiting_for,
            "tickets": self.tickets,
            "entered": self.entered,
            "left": self.left,
            "now": self.now,
            "oldest": None if self.oldest is None else self.oldest.total_seconds(),
        }
        for clock, times in (("wall", self.wall), ("business", self.business)):
            stay = None if times is None else times.stays.quantile(0.5)
            each = None if times is None else times.per_ticket.quantile(0.5)
            told |= {
                f"{clock}_time": None if times is None else times.time.total_seconds(),
                f"{clock}_share": None if times is None else times.share,
                f"{clock}_median_stay": None if stay is None else stay / 1_000_000,
                f"{clock}_median_per_ticket": None if each is None else each.total_seconds(),
            }
        return told


def time_in(
    facts: Tickets,
    by: TimeBy,
    *,
    span: Span | None = None,
    calendar: BusinessCalendar | None = None,
) -> tuple[TimeIn, ...]:
    """Return how long tickets were in each status, say, how long at a time, and who is there now.

    Time counts while a ticket is neither done nor void, so the times in all places add up to the
    time that tickets were open. Left out are void tickets, and those of which no history tells.

    Args:
        facts: the tickets, as records, by columns or plain.
        by: a status by name, a category, the group, line or agent that holds a ticket, or who is
            asked to act: us (new, open), the customer (pending), others (on hold).
        span: the period; all time if None.
        calendar: opening hours, for times in these as well.

    Returns:
        One of each place, the longest wall time first.

    Raises:
        InvalidValue: no such kind of place.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.kpi import Facts
        >>> nine, hour = datetime(2026, 3, 2, 9, tzinfo=UTC), timedelta(hours=1)
        >>> facts = Facts(
        ...     ticket_id="T1", as_of=nine + 5 * hour, created=nine, stays=[(nine, "desk")],
        ...     history=[(nine, "new"), (nine + hour, "on_hold")],
        ...     statuses=[(nine, "new"), (nine + hour, "at the vendor")],
        ... )
        >>> [(each.place, str(each.wall.time), each.now) for each in time_in(facts, "status")]
        [('at the vendor', '4:00:00', 1), ('new', '1:00:00', 0)]
    """
    _must_be_kind(by)
    edges = ALWAYS if span is None else span.edges
    tallies = _tallies(plain_facts(facts), by, edges, calendar)
    clocks = range(1 if calendar is None else len(CLOCKS))
    wholes = [sum(each.clocks[n].time for each in tallies.values()) for n in clocks]
    ranked = sorted(tallies.items(), key=_rank)
    return tuple(_time_in(place, tally, wholes) for place, tally in ranked)


def time_shares(
    facts: Tickets, by: TimeBy, *, span: Span | None = None
) -> Mapping[PlaceName, float]:
    """Return the share of each place in the wall time that tickets were open in a period.

    It is the `share` of `time_in`, for the places in which there was any time.

    Args:
        facts: the tickets, as records, by columns or plain.
        by: the kind of place, as of `time_in`.
        span: the period; all time if None.

    Raises:
        InvalidValue: no such kind of place.

    Example:
        >>> time_shares([], "status")
        {}
    """
    _must_be_kind(by)
    edges = ALWAYS if span is None else span.edges
    plain = plain_facts(facts)
    columns = _by_columns(plain)
    times = _times(lives_of(plain), by, edges) if columns is None else columns.times(by, edges)
    whole = sum(times.values())
    return {place: time / whole for place, time in times.items()}


def tickets_told(facts: Tickets) -> int:
    """Return of how many tickets a history tells in which places they were.

    Example:
        >>> tickets_told([])
        0
    """
    plain = plain_facts(facts)
    columns = _by_columns(plain)
    if columns is not None:
        return columns.told
    return sum(start < end for start, end in pairwise(plain.entries("stretches").offsets))


def _times(lives: Iterable[Life], by: TimeBy, edges: Edges) -> dict[PlaceName, int]:
    """Return the wall time of all tickets in each place that any was in."""
    since, until = edges
    times: dict[PlaceName, int] = {}
    for life in lives:
        if life.pieces[-1][END] > since and life.pieces[0][START] < until:
            for piece, place in zip(life.pieces, _places(life, by), strict=True):
                length = min(piece[END], until) - max(piece[START], since)
                if length > 0:
                    times[place] = times.get(place, 0) + length
    return times


def _by_columns(plain: PlainFacts) -> Pieces | None:
    """Return the open times of tickets by columns; None of records."""
    facts = plain.columns
    if facts is None:
        return None
    from support_model._kpi.place_columns import pieces_of  # noqa: PLC0415 - needs numpy

    return plain.once("pieces", "", lambda: pieces_of(facts))


def _must_be_kind(by: str) -> None:
    if by not in TIME_BY:
        raise InvalidValue(by, "no kind of place", nearest(str(by), TIME_BY))


def _tallies(
    plain: PlainFacts, by: TimeBy, edges: Edges, calendar: BusinessCalendar | None
) -> dict[PlaceName, Tally]:
    """Return what is counted of each place, in wall time and in that of a calendar."""
    columns = _by_columns(plain)
    if columns is not None:
        return columns.tallies(by, edges, calendar)
    clocks = (_wall,) if calendar is None else (_wall, _Counts(calendar).__getitem__)
    return _tallied(lives_of(plain), by, edges, clocks)


class _Counts(dict[int, int]):
    """The open time before instants: one stay ends where the next begins, and is asked again."""

    def __init__(self, calendar: BusinessCalendar) -> None:
        self.count = calendar.timeline.open_before

    def __missing__(self, at: int) -> int:
        counted = self[at] = self.count(at)
        return counted


def _tallied(
    lives: Iterable[Life], by: TimeBy, edges: Edges, clocks: Sequence[Clock]
) -> dict[PlaceName, Tally]:
    """Return what is counted of each place."""
    tallies: dict[PlaceName, Tally] = {}
    since, until = edges
    for life in lives:
        if life.running or (life.pieces[0][START] < until and life.pieces[-1][END] >= since):
            _add(tallies, life, by, edges, clocks)
    return tallies


def _rank(item: tuple[PlaceName, Tally]) -> tuple[int, str]:
    place, tally = item
    return -tally.clocks[0].time, "" if place is None else str(place)


def _wall(at: int) -> int:
    return at


def _add(
    tallies: dict[PlaceName, Tally],
    life: Life,
    by: TimeBy,
    edges: Edges,
    clocks: Sequence[Clock],
) -> None:
    """Add a ticket to what is counted."""
    since, until = edges
    stays = stays_of(life, by)
    last = len(stays) - 1 if life.running else -1
    there: set[PlaceName] = set()
    for number, stay in enumerate(stays):
        place = stay[2]
        tally = tallies.get(place)
        if tally is None:
            tally = tallies[place] = Tally([OnClock() for _ in clocks])
        if tally.add(stay, edges, clocks, running=number == last):
            there.add(place)
    for place in there:
        tallies[place].tickets += 1
    if not life.running and since <= stays[-1][1] < until:
        _add_solved(tallies, stays, clocks)
    if by in {"status", "category"}:
        for piece, place in zip(life.pieces, _places(life, by), strict=True):
            if place in tallies:  # not one that no ticket stayed in for any time
                tallies[place].waiting_for.add(WAITING_FOR[piece[CATEGORY]])


def _add_solved(
    tallies: dict[PlaceName, Tally], stays: Sequence[Stay], clocks: Sequence[Clock]
) -> None:
    """Add the time in each place of a ticket that was solved in the period."""
    for number, count in enumerate(clocks):
        lengths: dict[PlaceName, int] = {}
        for start, end, place in stays:
            lengths[place] = lengths.get(place, 0) + count(end) - count(start)
        for place, length in lengths.items():
            tallies[place].clocks[number].per_ticket.append(length)


def _time_in(place: PlaceName, tally: Tally, wholes: Sequence[int]) -> TimeIn:
    oldest = max(tally.running, default=None)
    times = [
        PlaceTimes(
            time=timedelta(microseconds=counted.time),
            share=counted.time / whole if whole else None,
            ended=counted.ended,
            going_on=counted.going_on,
            per_ticket=Distribution(
                key="time_in",
                clock=clock,
                definition="time in a place until the solution, of tickets that were there",
                micros=counted.per_ticket,
            ),
        )
        for clock, counted, whole in zip(CLOCKS, tally.clocks, wholes, strict=False)
    ]
    return TimeIn(
        place=place,
        waiting_for=next(iter(tally.waiting_for)) if len(tally.waiting_for) == 1 else None,
        tickets=tally.tickets,
        entered=len(times[0].ended) + len(times[0].going_on),
        left=tally.left,
        now=len(tally.running),
        oldest=None if oldest is None else timedelta(microseconds=oldest),
        wall=times[0],
        business=times[1] if len(times) > 1 else None,
    )


def held_within(
    facts: Tickets,
    within: timedelta,
    *,
    by: TimeBy = "group",
    span: Span | None = None,
    calendar: BusinessCalendar | None = None,
) -> Mapping[PlaceName, Share]:
    """Return of each group the share of its stays in which it was done within a time.

    What counts is the time in which the ticket waited for us: the clock of an agreement between
    groups (OLA) does not run while the customer or a vendor is asked. A stay is met where it ends
    in the period within the time, and missed where it exceeds the time in the period, whether it
    has ended or not; others are not decided in it. So each stay counts in one period alone.

    Args:
        facts: the tickets, as records, by columns or plain.
        within: the time.
        by: whose stays: those of a group, line or agent.
        span: the period; all time if None.
        calendar: the time in opening hours; wall time if None.

    Raises:
        InvalidValue: another kind of place, or a time below 0.

    Example:
        >>> held_within([], timedelta(hours=8))
        {}
    """
    _must_hold(by)
    limit, edges = not_negative(within), ALWAYS if span is None else span.edges
    plain = plain_facts(facts)
    columns = _by_columns(plain)
    if columns is not None:
        counts = columns.decided(by, limit, edges, calendar)
    else:
        counts = _decided(holdings_of(plain, by), limit, edges, _clock(calendar))
    return {
        holder: Share(
            key="held_within",
            definition="stays in which the ticket waited for us no longer than the time",
            numerator=met,
            n=met + missed,
        )
        for holder, (met, missed) in sorted(counts.items(), key=lambda item: str(item[0]))
    }


def _decided(
    holdings: Iterable[Holding], limit: int, edges: Edges, count: Clock
) -> dict[PlaceName, tuple[int, int]]:
    """Return how many stays with each holder were met, and how many missed."""
    counts: dict[PlaceName, tuple[int, int]] = {}
    for holding in holdings:
        decided = holding.decided(limit, edges, count)
        if decided is not None:
            met, missed = counts.get(holding.holder, (0, 0))
            counts[holding.holder] = met + (decided == "met"), missed + (decided == "missed")
    return counts


def held_times(
    facts: Tickets,
    *,
    by: TimeBy = "group",
    span: Span | None = None,
    calendar: BusinessCalendar | None = None,
) -> Distribution:
    """Return how long tickets waited for us in each stay with a holder that ended in a period.

    It is what `held_within` holds against a time, over all groups.

    Args:
        facts: the tickets, as records, by columns or plain.
        by: whose stays: those of a group, line or agent.
        span: the period; all time if None.
        calendar: the time in opening hours; wall time if None.

    Raises:
        InvalidValue: another kind of place.

    Example:
        >>> held_times([]).n
        0
    """
    _must_hold(by)
    edges = ALWAYS if span is None else span.edges
    plain = plain_facts(facts)
    columns = _by_columns(plain)
    if columns is not None:
        lengths = columns.held(by, edges, calendar)
    else:
        lengths = _held(holdings_of(plain, by), edges, _clock(calendar))
    return Distribution(
        key="held_times",
        clock=CLOCKS[calendar is not None],
        definition="time that a ticket waited for us in a stay with a holder that has ended",
        micros=lengths,
    )


def _held(holdings: Iterable[Holding], edges: Edges, count: Clock) -> Sequence[int]:
    """Return how long tickets waited for us in each stay that ended in a period."""
    since, until = edges
    return [
        holding.waited_for_us(until, count)
        for holding in holdings
        if not holding.running and since <= holding.pieces[-1][END] < until
    ]


def _must_hold(by: str) -> None:
    if by not in HOLDERS:
        raise InvalidValue(by, "no holder of tickets", nearest(str(by), HOLDERS))


def _clock(calendar: BusinessCalendar | None) -> Clock:
    return _wall if calendar is None else calendar.timeline.open_before


class Holding(NamedTuple):
    """A stay with a holder, as its pieces; `running` says that it goes on."""

    holder: PlaceName
    pieces: list[Piece]
    running: bool

    def waited_for_us(self, until: int, count: Clock) -> int:
        """Return how long the ticket waited for us before an instant."""
        return sum(
            count(min(piece[END], until)) - count(piece[START])
            for piece in self.pieces
            if piece[START] < until and WAITING_FOR[piece[CATEGORY]] == "us"
        )

    def decided(self, limit: int, edges: Edges, count: Clock) -> str | None:
        """Return whether it was met or missed in a period; None if neither."""
        (since, until), end = edges, self.pieces[-1][END]
        if end < since or self.pieces[0][START] >= until:
            return None
        if self.waited_for_us(min(end, until), count) > limit:
            return "missed" if self.waited_for_us(since, count) <= limit else None
        return "met" if not self.running and since <= end < until else None


def holdings_of(plain: PlainFacts, by: TimeBy) -> tuple[Holding, ...]:
    """Return each stay of every ticket with a holder."""

    def made() -> tuple[Holding, ...]:
        return tuple(each for life in lives_of(plain) for each in _holdings(life, by))

    return plain.once("holdings", by, made)


def _holdings(life: Life, by: TimeBy) -> Iterator[Holding]:
    """Yield each stay of a ticket with a holder."""
    pieces = life.pieces
    places = _places(life, by)
    begin = 0
    for past in range(1, len(pieces) + 1):
        last = past == len(pieces)
        if last or places[past] != places[begin] or pieces[past][START] != pieces[past - 1][END]:
            if places[begin] is not None:
                yield Holding(places[begin], pieces[begin:past], life.running and last)
            begin = past


@frozen(kw_only=True)
class HandOver:
    """How often tickets went from one group to another in a period.

    Attributes:
        from_: the group that had them.
        to: the group that got them.
        count: how often.
        returned: how many of these went straight back: the next hand-over was the reverse.
        untouched: after how many nothing has been done yet.
        first_act: the time until the first act after the others: a reply, a note, another agent or
            status, or the next hand-over.
    """

    from_: str
    to: str
    count: int
    returned: int
    untouched: int
    first_act: Distribution

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        way = f"{plain_in_short(self.from_)} to {plain_in_short(self.to)}"
        return f"{way}: {self.count:,} times, {self.returned:,} straight back"

    def row(self) -> dict[str, Any]:
        """Return it as one row of plain values, times in seconds."""
        middle = self.first_act.quantile(0.5)
        return {
            "from": self.from_,
            "to": self.to,
            "count": self.count,
            "returned": self.returned,
            "untouched": self.untouched,
            "median_first_act": None if middle is None else middle.total_seconds(),
        }


ACTS = frozenset({"reply", "note", "assigned"})


def hand_overs(
    facts: Tickets, *, span: Span | None = None, calendar: BusinessCalendar | None = None
) -> tuple[HandOver, ...]:
    """Return from which group to which tickets went, how many came straight back, and what then.

    Void tickets are left out, and those of which no history tells. A group that is unknown in
    between is passed over.

    Args:
        facts: the tickets, as records, by columns or plain.
        span: the period of the hand-overs; all time if None.
        calendar: the clock of the time until the first act; wall time if None.

    Returns:
        One of each pair of groups, the most frequent first.

    Example:
        >>> hand_overs([])
        ()
    """
    plain, count = plain_facts(facts), _clock(calendar)
    since, until = ALWAYS if span is None else span.edges
    pairs: dict[tuple[str, str], list[_Move]] = {}
    for move in plain.once("moves", "", lambda: tuple(_moves(plain))):
        if since <= move.at < until:
            pairs.setdefault((move.from_, move.to), []).append(move)
    ranked = sorted(pairs.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(_hand_over(pair, moves, plain, count) for pair, moves in ranked)


class _Move(NamedTuple):
    """A hand-over of a ticket, by its place, and when it was handed over next, where to."""

    ticket: int
    at: int
    from_: str
    to: str
    next_at: int | None
    next_to: str | None

    def acted(self, plain: PlainFacts) -> int | None:
        """Return when something was done next; None if nothing was."""
        acts, statuses = (plain.entries(name).of(self.ticket) for name in ("acts", "statuses"))
        later = [at for at, kind in acts if kind in ACTS and at > self.at]
        later += [at for at, _ in statuses if at > self.at]
        if self.next_at is not None:
            later.append(self.next_at)
        return min(later, default=None)


def _moves(plain: PlainFacts) -> Iterator[_Move]:
    """Yield every hand-over from group to group."""
    history = plain.entries("history")
    for ticket, stays in enumerate(plain.entries("stays").each()):
        held = [(at, group) for at, group, *_ in stays if group is not None]
        if len(held) < 2 or history.last_of(ticket)[1] == "void":
            continue
        groups = [next(same) for _, same in groupby(held, key=itemgetter(1))]
        after: list[tuple[int | None, str | None]] = [*groups[2:], (None, None)]
        for (_, from_), (at, to), later in zip(groups, groups[1:], after, strict=False):
            yield _Move(ticket, at, from_, to, *later)


def _hand_over(
    pair: tuple[str, str], moves: Sequence[_Move], plain: PlainFacts, count: Clock
) -> HandOver:
    acted = [(move.at, move.acted(plain)) for move in moves]
    waits = [count(done) - count(at) for at, done in acted if done is not None]
    return HandOver(
        from_=pair[0],
        to=pair[1],
        count=len(moves),
        returned=sum(move.next_to == move.from_ for move in moves),
        untouched=len(moves) - len(waits),
        first_act=Distribution(
            key="first_act",
            clock=CLOCKS[count is not _wall],
            definition="from a hand-over to the first act after it",
            micros=sorted(waits),
        ),
    )
