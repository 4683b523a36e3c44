"""Where time goes: laws of times in places, and a twin that looks at every stretch anew."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

import pytest
from frames.histories import drawn_log
from hypothesis import assume, given
from hypothesis import strategies as st
from kpi.drawn_logs import GRID, START, events, logs

from support_model import frames, kpi
from support_model._columns import fact_tables
from support_model._kpi import place_columns
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue
from support_model.instants import Span

MICRO = timedelta(microseconds=1)
SLOT = timedelta(seconds=GRID)
HOUR = timedelta(hours=1)
HOURS = BusinessCalendar.weekly({"mon-fri": "09:00-10:30"}, tz="UTC")
BY = ("waiting_for", "status", "category", "group")
WAITS = {"new": "us", "open": "us", "pending": "customer", "on_hold": "others"}


def last_of(log):
    """The instant of facts: that of the last event, or an hour later."""
    last = max(event.at for event in log)
    return last if len(log) % 2 else last + HOUR


def both(log):
    end = last_of(log)
    columns = fact_tables.from_arrow(frames.facts(frames.events(log), as_of=end))
    return kpi.case_table(log, as_of=end), columns


def is_open_slot(at):
    """Whether the desk is open for the ten minutes from an instant on the grid."""
    return at.weekday() < 5 and (9 * 60 <= at.hour * 60 + at.minute < 10 * 60 + 30)


def length(start, end, *, business):
    """How long a stretch is: grid cells that lie in it, one by one."""
    if not business:
        return end - start
    at, total = start, timedelta()
    while at < end:
        total += SLOT * is_open_slot(at)
        at += SLOT
    return total


def pieces(own, end):
    """The stretches of one ticket between instants at which anything happens."""
    instants = sorted({event.at for event in own})
    for start, until in pairwise([*instants, end]):  # the last may be empty
        fields = {}
        for event in own:
            if event.at <= start:
                fields |= dict(getattr(event, "fields", ()))
        status = fields["status"]
        yield start, until, {
            "status": status.name,
            "category": status.category,
            "group": fields.get("group"),
            "waiting_for": WAITS.get(status.category),
        }  # fmt: skip


def stays(own, end, by):
    """The stays of one ticket: (start, end, place, goes on)."""
    made = []
    waiting_for = None
    for start, until, held in pieces(own, end):
        waiting_for = held["waiting_for"]
        if waiting_for is None:
            continue
        if made and made[-1][1] == start and made[-1][2] == held[by]:
            made[-1][1] = until
        else:
            made.append([start, until, held[by]])
    last = len(made) - 1 if waiting_for is not None else None
    return [(*each, place == last) for place, each in enumerate(made)]


def tickets_of(log):
    own = defaultdict(list)
    for event in log:
        own[event.ticket_id].append(event)
    return own


def twin(log, by, span):
    """What is counted of each place, by place."""
    end = last_of(log)
    times, business = Counter(), Counter()
    there, entered, left, now = (defaultdict(list) for _ in "1234")
    lasted, per_ticket = defaultdict(list), defaultdict(list)
    for ticket, own in tickets_of(log).items():
        if [*pieces(own, end)][-1][2]["category"] == "void":
            continue
        every = stays(own, end, by)
        for start, until, place, going_on in every:
            if span.start <= start < span.end:
                entered[place].append(ticket)
                lasted[place].append((until - start, not going_on))
            if going_on:
                now[place].append(until - start)
            elif span.start <= until < span.end:
                left[place].append(ticket)
            low, high = max(start, span.start), min(until, span.end)
            if low < high or span.start <= start < span.end:
                there[place].append(ticket)
                times[place] += (high - low) // MICRO
                business[place] += length(low, high, business=True) // MICRO
        if every and not every[-1][3] and span.start <= every[-1][1] < span.end:
            for place in {each[2] for each in every}:
                lengths = [until - start for start, until, held, _ in every if held == place]
                per_ticket[place].append(sum(lengths, timedelta()))
    return {
        place: (
            times[place] * MICRO,
            business[place] * MICRO,
            len({*there[place]}),
            len(entered[place]),
            len(left[place]),
            len(now[place]),
            max(now[place], default=None),
            sorted(lasted[place]),
            sorted(per_ticket[place]),
        )
        for place in {*times, *entered, *left, *now, *per_ticket}
    }


def told(made):
    return {
        each.place: (
            each.wall.time,
            each.business.time,
            each.tickets,
            each.entered,
            each.left,
            each.now,
            each.oldest,
            sorted(
                (n * MICRO, over)
                for over, every in ((True, each.wall.ended), (False, each.wall.going_on))
                for n in every
            ),
            [n * MICRO for n in each.wall.per_ticket.micros],
        )
        for each in made
    }  # fmt: skip


@st.composite
def spans(draw, log):
    """A period whose ends lie on the grid, at instants of the log and beside them."""
    start = START + SLOT * draw(st.integers(-2, 30))
    end = start + SLOT * draw(st.integers(1, 30))
    return Span(min(start, last_of(log) - SLOT), end if end > start else start + SLOT)


EMPTY = (timedelta(), timedelta(), 0, 0, 0, 0, None, [], [])


@given(st.data(), st.sampled_from(BY))
def test_times_are_those_of_a_replay(data, by):
    log = events(data.draw(logs()))
    span = data.draw(spans(log))
    assume(span.start < span.end)
    facts, columns = both(log)
    made = kpi.time_in(facts, by, span=span, calendar=HOURS)
    assert made == kpi.time_in(columns, by, span=span, calendar=HOURS)
    expected = twin(log, by, span)
    counted = {place: each for place, each in told(made).items() if each != EMPTY}
    assert counted == expected


@given(st.data())
def test_times_in_places_add_up_to_the_time_that_tickets_were_open(data):
    log = events(data.draw(logs()))
    span = data.draw(spans(log))
    assume(span.start < span.end)
    facts, _ = both(log)
    whole = timedelta()
    for ticket in facts:
        if ticket.category != "void":
            for start, end in ticket.spells(WAITS, until=ticket.as_of):
                whole += max(min(end, span.end) - max(start, span.start), timedelta())
    for by in ("waiting_for", "status", "category", "group", "line", "agent"):
        made = kpi.time_in(facts, by, span=span)
        assert sum((each.wall.time for each in made), timedelta()) == whole
        if whole:
            assert sum(each.wall.share for each in made) == pytest.approx(1)
        shares = {each.place: each.wall.share for each in made if each.wall.time}
        assert kpi.time_shares(facts, by, span=span) == shares
        assert sum(each.now for each in made) == sum(ticket.category in WAITS for ticket in facts)


@given(st.data(), st.sampled_from(BY))
def test_periods_that_follow_each_other_add_up(data, by):
    log = events(data.draw(logs()))
    facts, _ = both(log)
    cut = START + SLOT * data.draw(st.integers(1, 40))
    first, last = START - HOUR, max(last_of(log), cut) + HOUR
    whole = {each.place: each for each in kpi.time_in(facts, by, span=Span(first, last))}
    parts = [kpi.time_in(facts, by, span=Span(*edges)) for edges in ((first, cut), (cut, last))]
    for place, each in whole.items():
        own = [part for made in parts for part in made if part.place == place]
        assert each.wall.time == sum((part.wall.time for part in own), timedelta())
        assert each.entered == sum(part.entered for part in own)
        assert each.left == sum(part.left for part in own)
        assert each.wall.per_ticket.n == sum(part.wall.per_ticket.n for part in own)
        assert each.entered == each.left + each.now


@pytest.mark.parametrize("seed", range(10))
def test_records_and_columns_agree_on_merges_and_present_values(seed, monkeypatch):
    monkeypatch.setattr(place_columns, "AT_ONCE", 4)
    log = [*drawn_log(seed, 15)]
    facts, columns = both(log)
    told = sum(bool([*each.stretches(until=each.as_of)]) for each in facts)
    assert kpi.tickets_told(facts) == kpi.tickets_told(columns) == told
    first = min(event.at for event in log)
    span = Span(first + timedelta(days=1), first + timedelta(days=20))
    for by in ("waiting_for", "status", "category", "group", "line", "agent"):
        made = kpi.time_in(facts, by, span=span, calendar=HOURS)
        assert made == kpi.time_in(columns, by, span=span, calendar=HOURS)
        assert kpi.time_in(facts, by) == kpi.time_in(columns, by)
        shares = kpi.time_shares(columns, by, span=span)
        assert kpi.time_shares(facts, by, span=span) == shares
        assert all(share.__class__ is float for share in shares.values())
    for by in ("group", "line", "agent"):
        options = {"by": by, "span": span, "calendar": HOURS}
        assert kpi.held_within(facts, HOUR, **options) == kpi.held_within(columns, HOUR, **options)
        assert kpi.held_times(facts, **options) == kpi.held_times(columns, **options)
        assert kpi.held_times(facts, by=by) == kpi.held_times(columns, by=by)
    assert kpi.hand_overs(facts, span=span) == kpi.hand_overs(columns, span=span)


def test_of_no_tickets_by_columns_nothing_is_told():
    _, columns = both([*drawn_log(1, 2)])
    none = columns.at_places([])
    for by in BY:
        assert kpi.time_in(none, by, calendar=HOURS) == ()
        assert kpi.time_shares(none, by) == {}
    assert kpi.held_within(none, HOUR, calendar=HOURS) == {}
    assert kpi.held_times(none).n == 0


def held(own, end, *, business=False):
    """Of each stay with a group: the group, how long it waited for us, whether it goes on."""
    for start, until, group, going_on in stays(own, end, "group"):
        if group is not None:
            waited = sum(
                (
                    length(low, high, business=business)
                    for low, high, at in pieces(own, end)
                    if start <= low and high <= until and at["waiting_for"] == "us"
                ),
                timedelta(),
            )
            yield group, waited, going_on


@given(logs(), st.integers(0, 5), st.booleans())
def test_stays_within_a_time_are_those_that_waited_for_us_no_longer(rows, limit, business):
    log = events(rows)
    facts, columns = both(log)
    met, every, times = Counter(), Counter(), []
    for own in tickets_of(log).values():
        if [*pieces(own, last_of(log))][-1][2]["category"] == "void":
            continue
        for group, waited, going_on in held(own, last_of(log), business=business):
            times += [waited] * (not going_on)
            if waited > SLOT * limit or not going_on:
                every[group] += 1
                met[group] += waited <= SLOT * limit
    calendar = HOURS if business else None
    made = kpi.held_within(facts, SLOT * limit, calendar=calendar)
    assert made == kpi.held_within(columns, SLOT * limit, calendar=calendar)
    assert {name: (each.numerator, each.n) for name, each in made.items()} == {
        group: (met[group], n) for group, n in every.items()
    }
    lengths = kpi.held_times(facts, calendar=calendar).micros
    assert [n * MICRO for n in lengths] == sorted(times)


@given(st.data(), st.integers(0, 4))
def test_each_stay_is_decided_in_one_period(data, limit):
    log = events(data.draw(logs()))
    facts, _ = both(log)
    cuts = sorted({START + SLOT * n for n in data.draw(st.lists(st.integers(0, 40), max_size=4))})
    edges = [START - HOUR, *cuts, max([last_of(log), *cuts]) + HOUR]
    whole = kpi.held_within(facts, SLOT * limit)
    added = {}
    for a, b in pairwise(edges):
        for group, share in kpi.held_within(facts, SLOT * limit, span=Span(a, b)).items():
            added[group] = added[group] + share if group in added else share
    assert added == whole


def acts(own):
    """When something was done: replies, notes, assignments, another status."""
    status = None
    for event in own:
        fields = dict(getattr(event, "fields", ()))
        if event.type == "message" and event.role == "agent":
            yield event.at
        if fields.get("agent") is not None:
            yield event.at
        if "status" in fields and fields["status"] != status:
            status = fields["status"]
            yield event.at


@given(logs(longest=12))
def test_hand_overs_are_those_of_a_replay(rows):
    log = events(rows)
    offers = any(e.role in {"system", "bot"} and dict(getattr(e, "fields", ())).get("agent")
                 for e in log)  # fmt: skip
    assume(not offers)
    facts, columns = both(log)
    expected = defaultdict(list)
    for own in tickets_of(log).values():
        parts = [*pieces(own, last_of(log))]
        if parts[-1][2]["category"] == "void":
            continue
        known = [(start, at["group"]) for start, _, at in parts if at["group"] is not None]
        moved = [known[0]] if known else []
        for at, group in known:
            if group != moved[-1][1]:
                moved.append((at, group))
        for place in range(1, len(moved)):
            (_, from_), (at, to) = moved[place - 1 : place + 1]
            back = place + 1 < len(moved) and moved[place + 1][1] == from_
            later = [each for each in (*acts(own), *(at for at, _ in moved)) if each > at]
            expected[from_, to].append((back, min(later) - at if later else None))
    made = kpi.hand_overs(facts)
    assert made == kpi.hand_overs(columns)
    assert {
        (each.from_, each.to): (
            each.count, each.returned, each.untouched, [n * MICRO for n in each.first_act.micros],
        )
        for each in made
    } == {
        pair: (
            len(moves),
            sum(back for back, _ in moves),
            sum(wait is None for _, wait in moves),
            sorted(wait for _, wait in moves if wait is not None),
        )
        for pair, moves in expected.items()
    }  # fmt: skip


def test_kinds_of_places_are_checked():
    with pytest.raises(InvalidValue, match="group"):
        kpi.time_in([], "grup")
    with pytest.raises(InvalidValue, match="group"):
        kpi.time_shares([], "grup")
    with pytest.raises(InvalidValue):
        kpi.held_within([], HOUR, by="status")
    with pytest.raises(InvalidValue):
        kpi.held_times([], by="status")
    with pytest.raises(InvalidValue):
        kpi.held_within([], -HOUR)


def test_a_place_is_a_row_of_plain_values():
    facts = kpi.Facts(
        ticket_id="T1", as_of=START + 5 * HOUR, created=START, stays=[(START, "desk")],
        history=[(START, "new"), (START + HOUR, "on_hold")],
        statuses=[(START, "new"), (START + HOUR, "vendor")],
    )  # fmt: skip
    vendor, new = (each.row() for each in kpi.time_in(facts, "status", calendar=HOURS))
    assert (vendor["place"], vendor["waiting_for"], vendor["now"]) == ("vendor", "others", 1)
    assert (vendor["wall_time"], vendor["business_time"]) == (4 * 3600.0, 1800.0)
    assert (new["wall_median_stay"], new["business_median_stay"]) == (3600.0, 3600.0)
    assert vendor["wall_median_stay"] is None  # it goes on
    (row,) = (each.row() for each in kpi.time_in(facts, "group"))
    assert (row["business_time"], row["waiting_for"], row["oldest"]) == (None, None, 5 * 3600.0)


def test_a_hand_over_is_a_row_of_plain_values():
    moves = [(START, "desk"), (START + HOUR, "net"), (START + 3 * HOUR, "desk")]
    facts = kpi.Facts(
        ticket_id="T1", as_of=START + 5 * HOUR, created=START, stays=moves,
        history=[(START, "new")], statuses=[(START, "new")],
    )  # fmt: skip
    rows = [each.row() for each in kpi.hand_overs(facts)]
    assert rows[0] == {
        "from": "desk", "to": "net", "count": 1, "returned": 1, "untouched": 0,
        "median_first_act": 2 * 3600.0,
    }  # fmt: skip
    assert (rows[1]["returned"], rows[1]["untouched"], rows[1]["median_first_act"]) == (0, 1, None)
