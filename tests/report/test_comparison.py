"""Two periods: what changed equals the slow twin's, and nothing is called real that is chance."""

import random
from datetime import UTC, datetime, timedelta
from math import erfc, sqrt
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import comparison_oracle as twin

from support_model import kpi
from support_model._cli import demo
from support_model._report import leads, report
from support_model._report.catalogue import ReportedKpi
from support_model._report.changes import by_week
from support_model._report.comparison import _outlasting, compare
from support_model._report.log_facts import cohorts
from support_model._report.log_views import RecordView
from support_model.adapters import EventLog, table
from support_model.adapters.table import load
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue
from support_model.inference import two_means, two_medians
from support_model.instants import Span
from support_model.kpi import Facts, Solve
from support_model.report import compare_periods, period

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
WEEKS = tuple(Span(START + k * WEEK, START + (k + 1) * WEEK) for k in range(10))
BEFORE, AFTER = Span(START, START + 6 * WEEK), Span(START + 6 * WEEK, START + 10 * WEEK)
RESOLVED = ReportedKpi(
    code="first_resolution", kpi=kpi.first_resolution(), worse="higher", timed=True
)
STRAIGHT = ReportedKpi(code="straight_through", kpi=kpi.STRAIGHT_THROUGH, worse="lower")
MOVES = ReportedKpi(
    code="transfers_per_ticket", kpi=kpi.KPIS["transfers_per_ticket"], worse="higher"
)
numbers = st.lists(st.integers(0, 50), min_size=2, max_size=30)


def ticket(number, created, hours, groups="a", **fields):
    """A ticket resolved some hours after its creation."""
    solved = created + hours * HOUR
    return Facts(
        ticket_id=str(number), as_of=START + 20 * WEEK, created=created,
        history=((created, "open"), (solved, "closed")), solves=(Solve(solved),),
        groups=tuple(groups), fields=fields,
    )  # fmt: skip


def compared(tickets, asked=(RESOLVED, STRAIGHT, MOVES), fields=("channel",), weeks=WEEKS):
    """Compare the two periods of a list of tickets."""
    inside = {
        span: [each for each in tickets if span.start <= each.created < span.end]
        for span in (BEFORE, AFTER, *weeks)
    }
    return compare(
        inside, before=BEFORE, after=AFTER, follow=10 * WEEK,
        asked=asked, fields=fields, weeks=weeks,
    )  # fmt: skip


def seeded(seed):
    return random.Random(seed)  # noqa: S311 - invents tickets, not secrets


def drawn(rng, slower_from=None, channel=None, factor=4):
    """A desk of 40 tickets a week; from one week on a channel, or all of it, is slower."""
    tickets = []
    for week in range(10):
        for number in range(40):
            name = ("mail", "chat")[number % 2]
            slow = slower_from is not None and week >= slower_from and channel in (None, name)
            hours = round(rng.uniform(1, 20)) * (factor if slow else 1)
            created = START + week * WEEK + number * HOUR
            tickets.append(ticket(len(tickets), created, hours, channel=name))
    return tickets


@given(numbers, numbers)
def test_medians_and_means_equal_the_twins(first, second):
    first, second = sorted(first), sorted(second)
    found = two_medians(first, second)
    assert found.value == float(twin.median(second) - twin.median(first))
    expected = twin.median_p(first, second)
    assert found.p == (None if expected is None else pytest.approx(expected, abs=1e-12))
    sums = [(sum(x), sum(each * each for each in x), len(x)) for x in (first, second)]
    means = two_means(*sums)
    difference, error = twin.welch(first, second)
    assert means.value == float(difference)
    if error:
        low, high = means.interval
        assert (high - low) / 2 == pytest.approx(1.959963984540054 * error)
        assert (low + high) / 2 == pytest.approx(float(difference), abs=1e-9)
        expected = erfc(abs(float(difference) / error) / sqrt(2))
        assert means.p == pytest.approx(expected, abs=1e-12)
    else:
        assert (means.p, means.interval) == (None, None)


@given(numbers, numbers)
def test_a_difference_of_medians_turns_with_its_sides(first, second):
    there, back = (
        two_medians(sorted(first), sorted(second)),
        two_medians(sorted(second), sorted(first)),
    )
    assert there.value == -back.value
    assert there.p == (None if back.p is None else pytest.approx(back.p))
    if there.interval:
        low, high = back.interval
        assert there.interval == (pytest.approx(-high), pytest.approx(-low))
        assert there.interval[0] <= there.value <= there.interval[1]


def test_nothing_to_compare_has_no_difference():
    assert two_medians([], [1]).value is None
    assert two_means((0, 0, 0), (1, 1, 1)).value is None
    assert two_means((1, 1, 1), (5, 25, 1)).interval is None


tickets = st.lists(
    st.tuples(
        st.integers(0, 69), st.integers(0, 30), st.sampled_from(["a", "ab"]),
        st.sampled_from(["mail", "chat", None]),
    ),
    min_size=4, max_size=60,
)  # fmt: skip


@given(tickets)
@settings(max_examples=60)
def test_counts_splits_and_groups_equal_the_twins(rows):
    facts = [
        ticket(n, START + day * DAY, hours, groups, **({"channel": name} if name else {}))
        for n, (day, hours, groups, name) in enumerate(rows)
    ]
    sides = [
        [
            (name or report.MISSING, hours, groups)
            for day, hours, groups, name in rows
            if within(day)
        ]
        for within in (lambda day: day < 42, lambda day: day >= 42)
    ]
    found = compared(facts, weeks=())
    if not all(sides):
        assert found.changes == ()
        return
    slow = twin.median([hours for _, hours, _ in sides[0]])
    expected = {
        "first_resolution": [
            twin.shares([(g, h) for g, h, _ in side], lambda h: h > slow) for side in sides
        ],
        "straight_through": [
            twin.shares([(g, held) for g, _, held in side], lambda held: held == "a")
            for side in sides
        ],
    }
    p_values = [change.difference.p for change in found.changes]
    assert [change.p_adjusted for change in found.changes] == pytest.approx(
        twin.adjusted(p_values), abs=1e-9
    )
    for change in found.changes:
        if change.before.key not in expected:
            assert (change.counts, change.groups, change.tickets) == (None, (), None)
            continue
        cells = expected[change.before.key]
        higher = change.asked.worse == "higher"
        whole = [tuple(map(sum, zip(*side.values(), strict=True))) for side in cells]
        assert list(change.counts) == whole
        assert change.tickets == pytest.approx(float(twin.excess(*whole, higher)))
        (_, (k, n)) = change.counts
        assert len(change.affected) == (k if higher else n - k)
        (split,) = change.splits
        assert split.parts.rate + split.parts.mix == pytest.approx(split.parts.change, abs=1e-12)
        assert split.parts.change == pytest.approx(
            whole[1][0] / whole[1][1] - whole[0][0] / whole[0][1]
        )
        for each in change.groups:
            before, after = (side.get(each.group, (0, 0)) for side in cells)
            assert (each.before, each.after) == (before, after)
            assert each.tickets == pytest.approx(float(twin.excess(before, after, higher)))
            few = min(before[1], after[1]) < 10
            assert each.p_adjusted is None or not few


def test_what_got_worse_for_whom_and_since_when():
    found = compared(drawn(seeded(1), slower_from=7, channel="chat"))
    (change,) = found.worse
    assert change.asked is RESOLVED
    assert (change.verdict, change.real) == ("worse", True)
    assert change.weeks.since == START + 7 * WEEK
    first, *rest = change.groups
    assert (first.field, first.group) == ("channel", "chat")
    assert first.p_adjusted < 0.01
    assert all(each.p_adjusted > 0.05 for each in rest)
    (lead,) = leads.leads(found)
    assert "channel chat" in lead.whom
    assert "mail" not in lead.whom
    assert lead.mix.startswith("Not the mix")
    assert first.since == START + 7 * WEEK
    assert lead.since == "Since the week of 2026-02-23."
    late = evolve(change, groups=[evolve(first, since=START + 8 * WEEK)])
    told = leads.leads(evolve(found, changes=(late,)))[0].since
    assert told == "Since the week of 2026-02-23; in channel chat since the week of 2026-03-02."
    gradual = evolve(late, weeks=evolve(change.weeks, since=None))
    told = leads.leads(evolve(found, changes=(gradual,)))[0].since
    assert told.startswith("Since when: no week stands out overall, but in channel chat since")
    nowhere = evolve(gradual, groups=[evolve(first, since=None)])
    told = leads.leads(evolve(found, changes=(nowhere,)))[0].since
    assert told.startswith("Since when: no single week stands out")
    assert lead.real == "Real: p < 0.001, adjusted for all figures tested (1)."


def test_the_later_period_is_held_against_the_weeks_before_the_earlier_one_too():
    early, late = Span(START + 4 * WEEK, START + 6 * WEEK), AFTER
    for factor, usual in ((1, False), (4, True)):  # the earlier period was good, or it was not
        first = [each for each in drawn(seeded(2), slower_from=0, factor=factor)
                 if each.created < early.start]  # fmt: skip
        then = [each for each in drawn(seeded(2), slower_from=6) if each.created >= early.start]
        spans = (early, late, *WEEKS)
        tickets = {
            span: [each for each in (*first, *then) if span.start <= each.created < span.end]
            for span in spans
        }
        (change,) = compare(
            tickets, before=early, after=late, follow=10 * WEEK, asked=(RESOLVED,), weeks=WEEKS
        ).worse
        assert change.background.before.n == len(first) == 160
        assert change.background.after is change.after
        assert change.usual is usual
    (alone,) = compared(drawn(seeded(1), slower_from=7)).worse
    assert (alone.background, alone.usual) == (None, False)  # no weeks before the earlier period


@pytest.mark.parametrize(("follow", "share"), [(HOUR, 1.0), (2 * HOUR, 0.5), (30 * HOUR, 0.0)])
def test_tickets_that_outlast_the_following_are_counted(follow, share):
    since = BEFORE.start + HOUR
    facts = [
        evolve(ticket(n, since, hours), closed=since + hours * HOUR)
        for n, hours in enumerate((2, 2, 30, 30))
    ]
    later = ticket(9, AFTER.start, 500)
    view = RecordView(EventLog(events=()))
    assert _outlasting(view.lives([*facts, later], BEFORE), follow) == share
    assert _outlasting(view.lives([later], BEFORE), follow) is None


def test_a_desk_that_did_not_change_has_nothing_real_to_say():
    called = 0
    for seed in range(20):
        found = compared(drawn(seeded(seed)))
        called += bool(found.worse or found.better)
        assert all(change.weeks.trend is None for change in found.changes if not change.real)
    assert called <= 3  # one in twenty is expected, and the seeds are fixed


def test_another_mix_alone_is_called_mix():
    rng = seeded(3)
    tickets = []
    for week in range(10):
        for number in range(40):
            slow = number % 4 == 0 if week < 6 else number % 4 != 0
            hours = rng.randint(40, 60) if slow else rng.randint(1, 9)
            tickets.append(
                ticket(len(tickets), START + week * WEEK + number * HOUR, hours,
                       channel="hard" if slow else "easy")
            )  # fmt: skip
    (change,) = compared(tickets).worse
    (split,) = change.splits
    assert split.parts.mix / split.parts.change > 0.8
    (lead,) = leads.leads(compared(tickets))
    assert lead.mix.startswith("Mostly mix: the mix of tickets by channel accounts for")
    assert lead.whom == "For whom: nothing stands out by channel; it is spread over all tickets."


def test_what_to_look_at_first_is_what_most_tickets_suffer():
    tickets = [
        evolve(each, groups=("a", "b") if n % 8 == 0 and each.created >= AFTER.start else ("a",))
        for n, each in enumerate(drawn(seeded(5), slower_from=6))
    ]
    found = compared(tickets, asked=(MOVES, STRAIGHT, RESOLVED))
    codes = [change.asked.code for change in found.worse]
    assert codes == [
        "first_resolution",
        "straight_through",
        "transfers_per_ticket",
    ]  # a rate counts no tickets
    first, second, _ = (change.tickets for change in found.worse)
    assert first > second == 20


def test_what_cannot_be_told_for_whom_says_so():
    tickets = [
        evolve(each, groups=("a", "b") if n % 3 == 0 and each.created >= AFTER.start else ("a",))
        for n, each in enumerate(drawn(seeded(5)))
    ]
    rate = leads.leads(compared(tickets, asked=(MOVES,)))[0]
    assert rate.whom == "For whom: groups are compared by shares and times, not for means."
    assert rate.mix == "Mix or rates: cannot be determined."
    bare = leads.leads(compared(tickets, asked=(STRAIGHT,), fields=()))[0]
    assert bare.whom == "For whom: the log names no groups to tell apart."
    assert bare.title == "Resolved in one group, never reopened: less often"


def test_few_weeks_draw_no_limits():
    tickets = drawn(seeded(1), slower_from=6)
    found = compared(tickets, weeks=WEEKS[3:])
    (change,) = found.worse
    assert change.weeks.since is None
    (lead,) = leads.leads(found)
    assert lead.since == "Since when: too few weeks before the change to tell."


@pytest.mark.parametrize(
    ("values", "since"),
    [
        ([4, 5, 6, 5, 4, 6, 5, 8, 5, 5], None),  # inside the limits
        ([4, 5, 6, 5, 4, 6, 5, 20, 5, 5], 7),  # one week beyond them
        ([4, 5, 6, 5, 4, 6, 5, 1, 5, 20], 9),  # what goes the other way is none
        ([4, 5, 20, 5, 4, 6, 5, 5, 5, 5], None),  # nor what lies before
        ([2, 9, 9, 2, 8, 7, 8, 7, 8, 8, 8, 8], 4),  # a run, half of it later
        ([2, 8, 7, 8, 7, 8, 7, 8, 7, 8], None),  # an older one
    ],
)
def test_the_first_week_that_shows_it(values, since):
    weeks = [Span(START + k * WEEK, START + (k + 1) * WEEK) for k in range(len(values))]
    weekly = {
        week: [ticket(n, week.start, hours + n % 2 / 10) for n in range(12)]
        for week, hours in zip(weeks, values, strict=True)
    }
    until = Span(START + (8 if len(values) == 12 else 6) * WEEK, START + 12 * WEEK)
    found = by_week(RESOLVED, weekly, until=until, up=True)
    assert found.since == (None if since is None else START + since * WEEK)
    down = {
        week: [ticket(n, week.start, 40 - hours + n % 2 / 10) for n in range(12)]
        for week, hours in zip(weeks, values, strict=True)
    }
    assert by_week(RESOLVED, down, until=until, up=False).since == found.since


def test_weeks_with_few_tickets_take_no_part():
    weekly = {
        week: [ticket(n, week.start, 5) for n in range(9 if place < 3 else 10)]
        for place, week in enumerate(WEEKS)
    }
    found = by_week(RESOLVED, weekly, until=AFTER, up=True)
    assert found.baseline is None  # three weeks of six
    assert sum(point.value is not None for point in found.trend.points) == 7
    assert by_week(RESOLVED, {}, until=AFTER, up=True).trend is None
    alone = {WEEKS[5]: weekly[WEEKS[5]], WEEKS[0]: weekly[WEEKS[0]]}
    assert len(by_week(RESOLVED, alone, until=AFTER, up=True).trend.points) == 2
    few = {WEEKS[0]: weekly[WEEKS[0]]}
    assert by_week(RESOLVED, few, until=AFTER, up=True).trend is None
    enough = {week: facts for week, facts in weekly.items() if week is not WEEKS[5]}
    four = enough | {WEEKS[0]: weekly[WEEKS[5]], WEEKS[1]: weekly[WEEKS[6]]}
    assert by_week(RESOLVED, four, until=AFTER, up=True).baseline == 4


def test_groups_of_fewer_than_ten_are_not_tested():
    def desk(number, start, slow):
        return [ticket(n, start, 30 if slow else 2, channel="chat") for n in range(number)]

    for before, after, tested in ((10, 10, True), (9, 40, False), (40, 9, False)):
        tickets = [*desk(before, BEFORE.start, slow=False), *desk(after, AFTER.start, slow=True)]
        (change,) = compared(tickets, asked=(RESOLVED,), weeks=()).changes
        assert (change.groups[0].p_adjusted is not None) is tested


def test_periods_that_overlap_are_refused():
    with pytest.raises(InvalidValue, match="begins before the earlier one ends"):
        compare({}, before=AFTER, after=BEFORE, follow=WEEK, asked=())


@pytest.fixture(scope="module")
def made():
    calendar = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz=demo.TZ)
    return report.make_report(table.read(demo.LOG, load(demo.MAPPING)), calendar=calendar)


def test_both_periods_are_seen_the_same_time_after_their_end(made):
    tz = ZoneInfo(demo.TZ)
    spans = period("2026-01", tz), period("2026-02", tz)
    for span, facts in cohorts(made.log, spans, follow=3 * DAY).items():
        assert facts
        for fact in facts:
            assert fact.as_of == span.end + 3 * DAY
            assert span.start <= fact.created < span.end
            assert all(solve.at <= fact.as_of for solve in fact.solves)
    found = compare_periods(made, *spans, tz=tz)
    assert found.follow == made.log.last - spans[1].end
    assert found.fields == ("priority", "channel", "group")
    assert not found.selected
    plain = list(leads.headline(found))
    for outlasting, says in (
        (None, "Long tickets may be missing"), (0.01, "hardly touches these two"),
        (0.02, "Careful: 2.0% of the earlier"),
    ):  # fmt: skip
        told = list(leads.headline(evolve(found, selected=True, outlasting=outlasting)))
        assert told[:-1] == plain
        assert "selected by completion" in told[-1]
        assert says in told[-1]
    assert sum(found.created) == sum(fact.created < spans[1].end for fact in made.facts)


def test_the_change_that_the_made_up_log_hides_is_found(made):
    tz = ZoneInfo(demo.TZ)
    found = compare_periods(made, period("2026-02", tz), period("2026-03", tz), tz=tz)
    resolved = next(change for change in found.worse if change.asked.code == "first_resolution")
    assert resolved.weeks.since.astimezone(UTC).date() <= demo.SLOWED.date()
    told = [each for each in resolved.groups if (each.p_adjusted or 1) <= 0.05]
    assert [(each.field, each.group) for each in told] == [("channel", demo.SLOW_CHANNEL)]
    untouched = {"Until acknowledged", "Handed to another group", "Reopened after being resolved"}
    assert not untouched & {change.asked.code for change in found.worse}
    before = compare_periods(made, period("2026-01", tz), period("2026-02", tz), tz=tz)
    assert before.worse == ()


@pytest.mark.parametrize(
    ("periods", "says"),
    [
        (("2026-03", "2026-04"), "the log ends before the period does"),
        (("2025-11", "2026-02"), "the log begins after the period"),
        (("2026-03", "2026-02"), "begins before the earlier one ends"),
    ],
)
def test_periods_that_the_log_does_not_hold_are_refused(periods, says, made):
    tz = ZoneInfo(demo.TZ)
    with pytest.raises(InvalidValue, match=says):
        compare_periods(made, *(period(text, tz) for text in periods), tz=tz)
