"""What came, was solved and waits: laws of the flows, and a twin that replays event by event."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from frames.histories import drawn_log
from hypothesis import given
from hypothesis import strategies as st
from kpi.drawn_logs import START, events, logs

from support_model import frames, kpi
from support_model._columns import fact_tables
from support_model._kpi.volumes import flows_of
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue
from support_model.events import Changed, Created
from support_model.instants import Span
from support_model.vocabulary import Status

MICRO = timedelta(microseconds=1)
BERLIN = ZoneInfo("Europe/Berlin")
FLOWS = ("created", "solved", "reopened", "voided", "restored")


def columns_of(log, as_of):
    return fact_tables.from_arrow(frames.facts(frames.events(log), as_of=as_of))


def states(log):
    """Every move of a ticket, event by event: (instant, before, after), told by a simple fold."""
    category, merged, state = "new", False, "open"
    for place, event in enumerate(log):
        if place == 0:
            yield event.at, None, "open"
        told = dict(getattr(event, "fields", ())).get("status")
        if event.type == "related" and event.kind == "merged_into":
            merged = True
        if told is not None:
            if category == "void" and told.category != "void":
                merged = False
            category = told.category
        kinds = {"solved": "done", "closed": "done", "void": "void"}
        now = "void" if merged else kinds.get(category, "open")
        if place == 0 and now == "done" and any(each.basis == "snapshot" for each in log):
            yield event.at, "open", "void"  # over, and nothing tells since when
            state = now
        if now != state:
            yield event.at, state, now
        state = now


NAMES = {
    (None, "open"): ("created",),
    ("open", "done"): ("solved",),
    ("done", "open"): ("reopened",),
    ("open", "void"): ("voided",),
    ("void", "open"): ("restored",),
    ("void", "done"): ("restored", "solved"),
    ("done", "void"): (),
}


def twin(log, start, end):
    """What moved in [start, end), and how many tickets are open just before its end."""
    by_ticket = {}
    for event in log:
        by_ticket.setdefault(event.ticket_id, []).append(event)
    counts, solvers, still_open = dict.fromkeys(FLOWS, 0), set(), 0
    for ticket, own in by_ticket.items():
        now = None
        for at, before, after in states(own):
            if at < end:
                now = after
            if start <= at < end:
                for name in NAMES[before, after]:
                    counts[name] += 1
                    if name == "solved":
                        solvers.add(ticket)
        still_open += now == "open"
    return counts, len(solvers), still_open


def check(log, spans):
    last = max(event.at for event in log)
    facts = kpi.case_table(log, as_of=last)
    made = kpi.volumes(facts, spans)
    assert made == kpi.volumes(columns_of(log, last), spans)
    for volume, span in zip(made, spans, strict=True):
        counts, solvers, still_open = twin(log, span.start, span.end)
        assert {name: getattr(volume, name) for name in FLOWS} == counts
        assert (volume.tickets_solved, volume.backlog) == (solvers, still_open)
        came = volume.created + volume.reopened + volume.restored
        assert volume.backlog == volume.backlog_before + came - volume.solved - volume.voided
        assert volume.net == volume.backlog - volume.backlog_before
        assert volume.complete is (span.end <= last)
        if span.start <= last:
            before = kpi.backlog(facts, at=span.start - MICRO).n
            assert volume.backlog_before == before
    return made


@st.composite
def cuts(draw, log):
    """Periods that follow each other, cut at instants of the log and beside them."""
    instants = sorted({event.at for event in log})
    some = draw(st.lists(st.sampled_from(instants), min_size=1, max_size=4))
    edges = {each + draw(st.sampled_from([timedelta(), MICRO, -MICRO])) for each in some}
    edges = sorted({*edges, START - timedelta(days=1), instants[-1] + timedelta(days=1)})
    return [Span(a, b) for a, b in pairwise(edges)]


@given(st.data())
def test_flows_add_up_and_are_those_of_a_replay(data):
    log = events(data.draw(logs()))
    made = check(log, data.draw(cuts(log)))
    for before, after in pairwise(made):
        assert before.backlog == after.backlog_before
    assert made[0].backlog_before == 0


@pytest.mark.parametrize("seed", range(20))
def test_flows_of_merges_and_present_values(seed):
    log = [*drawn_log(seed, 15)]
    first, last = min(each.at for each in log), max(each.at for each in log)
    facts = kpi.case_table(log, as_of=last)
    days = kpi.periods(first.date(), last.date() + timedelta(days=1), tz="UTC", every="day")
    merges = {(each.ticket_id, at, into) for each in facts for at, into in each.merges}
    log = [
        each
        for each in log
        if not (each.type == "related" and each.kind == "merged_into")
        or (each.ticket_id, each.at, each.other) in merges
    ]  # one that closes a circle has no effect, and the replay knows of none
    check(sorted(log, key=lambda event: (event.at, event.seq or 0)), days)


@pytest.mark.parametrize("seed", range(10))
def test_moves_by_columns_are_those_of_records(seed):
    log = [*drawn_log(seed, 15)]
    last = max(each.at for each in log)
    of_records = kpi.plain_facts(kpi.case_table(log, as_of=last))
    of_columns = kpi.plain_facts(columns_of(log, last))
    flows = [flows_of(plain) for plain in (of_records, of_columns)]
    for name in FLOWS:
        assert getattr(flows[0], name) == getattr(flows[1], name)
    ids = [plain.scalar("ticket_id") for plain in (of_records, of_columns)]
    solved = [
        sorted(zip(own.solved, map(names.__getitem__, own.solvers), strict=True))
        for own, names in zip(flows, ids, strict=True)
    ]
    assert solved[0] == solved[1]
    for field in ("agent", "group", "nobody has it"):
        one, other = (
            kpi.days_of_work_by(plain, field, tz="UTC") for plain in (of_records, of_columns)
        )
        assert one == other


def status(category):
    return Status(category, category)


def log_of(*moves):
    """A ticket that enters categories at hours."""
    for number, (hour, category) in enumerate(moves):
        at = START + timedelta(hours=hour)
        told = {"ticket_id": "T1", "at": at, "fields": {"status": status(category)}}
        yield Changed(role="agent", **told) if number else Created(role="customer", **told)


def volume_of(*moves):
    log = [*log_of(*moves)]
    facts = kpi.case_table(log, as_of=START + timedelta(days=2))
    (volume,) = kpi.volumes(facts, [Span(START, START + timedelta(days=1))])
    return volume


def test_a_ticket_made_void_after_its_solution_leaves_no_backlog():
    volume = volume_of((0, "new"), (1, "solved"), (2, "void"))
    assert (volume.solved, volume.voided, volume.backlog) == (1, 0, 0)


def test_a_ticket_restored_into_solved_is_restored_and_solved():
    volume = volume_of((0, "new"), (1, "void"), (2, "solved"))
    assert (volume.voided, volume.restored, volume.solved, volume.net) == (1, 1, 1, 0)


def test_a_ticket_solved_twice_is_two_solutions_of_one_ticket():
    volume = volume_of((0, "new"), (1, "solved"), (2, "open"), (3, "closed"))
    assert (volume.solved, volume.tickets_solved, volume.reopened) == (2, 1, 1)
    assert volume.row()["net"] == 0
    assert volume.row() | {"backlog": 0, "created": 1, "tickets_solved": 1} == volume.row()


def test_a_close_after_a_solution_is_no_second_one():
    assert volume_of((0, "new"), (1, "solved"), (2, "closed")).solved == 1


def test_a_period_without_end_is_refused():
    with pytest.raises(InvalidValue):
        kpi.volumes([], [Span(START)])


def desk(*created_and_solved):
    """Facts of tickets by the days on which they came and were solved."""
    for number, (came, solved) in enumerate(created_and_solved):
        history = [(START + timedelta(days=came), "new")]
        if solved is not None:
            history.append((START + timedelta(days=solved), "solved"))
        yield kpi.Facts(
            ticket_id=str(number), created=history[0][0], history=history,
            as_of=START + timedelta(days=28),
        )  # fmt: skip


def test_days_of_work_are_the_backlog_by_the_pace_of_the_last_weeks():
    facts = [*desk(*[(day, day + 1) for day in range(20)], *[(27, None)] * 6)]
    work = kpi.days_of_work(facts, tz="UTC")  # 2 to 30 March: four weeks of five days
    assert (work.backlog, work.solved, work.working_days) == (6, 20, 20)
    assert work.per_day == 1.0
    assert work.days == 6.0


def test_working_days_are_those_of_the_calendar():
    facts = [*desk(*[(day, day + 1) for day in range(20)], *[(27, None)] * 6)]
    hours = BusinessCalendar.weekly({"mon-sat": "09:00-17:00"}, tz="UTC")
    assert kpi.days_of_work(facts, tz="UTC", calendar=hours).working_days == 24


def test_the_pace_is_taken_over_the_days_of_the_log():
    facts = [*desk((21, 22), (21, 23), (22, None))]
    work = kpi.days_of_work(facts, tz="UTC")
    assert (work.solved, work.working_days, work.days) == (2, 5, 2.5)
    earlier = kpi.days_of_work(facts, tz="UTC", at=START + timedelta(days=22, hours=1))
    assert (earlier.backlog, earlier.solved, earlier.working_days, earlier.days) == (2, 0, 1, None)


@given(logs())
def test_work_of_groups_adds_up(rows):
    log = events(rows)
    last = max(event.at for event in log) + timedelta(days=3)
    facts = kpi.case_table(log, as_of=last)
    by_group = kpi.days_of_work_by(facts, "group", tz="UTC")
    assert by_group == kpi.days_of_work_by(columns_of(log, last), "group", tz="UTC")
    whole = kpi.days_of_work(facts, tz="UTC")
    assert sum(each.backlog for each in by_group.values()) == whole.backlog
    assert sum(each.solved for each in by_group.values()) == whole.solved
    assert {each.working_days for each in by_group.values()} <= {whole.working_days}
    for group, part in kpi.by(facts, "group").items():
        if group in by_group:
            assert by_group[group].backlog == kpi.backlog(part).n
    backlogs = [each.backlog for each in by_group.values()]
    assert backlogs == sorted(backlogs, reverse=True)


def test_nothing_open_is_no_work_whatever_the_pace():
    assert kpi.days_of_work([*desk((0, 1))], tz="UTC").days == 0.0
    assert kpi.days_of_work([], tz="UTC").per_day is None


def test_days_of_work_are_not_asked_of_what_is_not_known():
    with pytest.raises(InvalidValue, match="later instant"):
        kpi.days_of_work([*desk((0, 1))], tz="UTC", at=START + timedelta(days=90))
    with pytest.raises(InvalidValue, match="a week or more"):
        kpi.days_of_work([], tz="UTC", weeks=0)


@given(st.lists(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), max_size=30))
def test_arrivals_lie_in_the_hours_of_the_local_week(moments):
    facts = [
        kpi.Facts(
            ticket_id=str(n),
            created=at.replace(tzinfo=UTC),
            as_of=datetime(2027, 1, 1, tzinfo=UTC),
        )
        for n, at in enumerate(moments)
    ]
    counts = [[0] * 24 for _ in range(7)]
    for each in facts:
        local = each.created.astimezone(BERLIN)
        counts[local.weekday()][local.hour] += 1
    assert kpi.arrivals_by_hour(facts, tz="Europe/Berlin") == tuple(map(tuple, counts))


@given(
    st.dates(date(2026, 1, 1), date(2026, 6, 1)),
    st.integers(1, 90),
    st.sampled_from(["day", "week", "month"]),
)
def test_periods_that_need_not_be_whole_hold_every_day(start, days, every):
    end = start + timedelta(days=days)
    made = kpi.periods(start, end, tz=BERLIN, every=every, whole=False)
    inner = kpi.periods(start, end, tz=BERLIN, every=every)
    assert {*inner} <= {*made}
    assert all(a.end == b.start for a, b in pairwise(made))
    assert made[0].start.date() <= start
    assert made[-1].end.date() >= end
    assert made[0].end.date() > start
    assert made[-1].start.date() < end
    assert all(span.start.hour == 0 for span in made)
