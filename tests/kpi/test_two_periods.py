"""Two periods compared from facts: who is in which period, what changed, how sure it is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from support_model import kpi
from support_model._kpi.two_periods import OUTCOMES, _dated
from support_model.errors import InvalidValue
from support_model.inference import benjamini_hochberg, two_means, two_medians, two_proportions
from support_model.instants import Span
from support_model.kpi import Facts, Solve
from support_model.vocabulary import Priority

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MARCH, APRIL = kpi.periods(date(2026, 3, 1), date(2026, 5, 1), tz="UTC", every="month")
END = START + 90 * DAY
PERIODS = {"before": MARCH, "after": APRIL}
FIELDS = ["channel", "priority"]


def ticket(n, *, created, solved=None, reopened=None, channel="mail", groups=("desk",)):
    at = START + created * HOUR
    entered = [(at, "open")]
    if solved is not None:
        entered.append((at + solved * HOUR, "solved"))
    return Facts(
        ticket_id=f"T{n:04d}",
        created=at,
        as_of=END,
        fields={"channel": channel, "priority": Priority("urgent", 1) if n % 2 else None},
        history=entered,
        solves=[] if solved is None else [Solve(at + solved * HOUR)],
        reopenings=[] if reopened is None or solved is None else [at + (solved + reopened) * HOUR],
        groups=groups,
    )


DRAWN = st.lists(
    st.builds(
        lambda created, solved, reopened, channel: {
            "created": created,
            "solved": solved,
            "reopened": reopened,
            "channel": channel,
        },
        st.integers(0, 1_600),
        st.none() | st.integers(0, 900),
        st.none() | st.integers(1, 200),
        st.sampled_from(["mail", "chat"]),
    ),
    max_size=40,
)


def tickets(rows):
    return [ticket(n, **row) for n, row in enumerate(rows)]


def inside(period, at):
    return at is not None and period.start <= at < period.end


MOMENTS = {
    "created": lambda facts: facts.created,
    "first_solved": lambda facts: facts.solves[0].at if facts.solves else None,
    "solved": lambda facts: facts.solves[-1].at if facts.solves else None,
    "reopened": lambda facts: (
        facts.reopenings[-1] if facts.reopenings else MOMENTS["first_solved"](facts)
    ),
}
ASKED = [
    (kpi.FIRST_RESOLUTION, "first_solved"),
    (kpi.FULL_RESOLUTION, "solved"),
    (kpi.STRAIGHT_THROUGH, "solved"),
    (kpi.REOPENED, "reopened"),
    (kpi.reopenings(), "reopened"),
    (kpi.solved_within(DAY), "created"),
]


@given(DRAWN, st.booleans())
def test_each_ticket_counts_in_the_period_of_its_outcome(rows, split):
    facts = tickets(rows)
    found = kpi.compare_periods(
        facts, [one for one, _ in ASKED], **PERIODS, by=["channel"] if split else []
    )
    for one, moment in ASKED:
        for channel in ("mail", "chat") if split else (None,):
            of_group = [each for each in facts if channel in {None, each.fields["channel"]}]
            before, after = (
                one.of([each for each in of_group if inside(period, MOMENTS[moment](each))])
                for period in (MARCH, APRIL)
            )
            row = found.find(one.key, *([channel] if channel else []))
            if not before.n and not after.n:
                assert row is None
                continue
            assert (row.before, row.after, row.dated) == (before, after, moment)


@given(DRAWN)
def test_columns_tell_the_same(rows):
    columns_of = pytest.importorskip("frames.fact_columns").columns_of
    facts = tickets(rows)
    asked = [one for one, _ in ASKED]
    for by in ([], FIELDS):
        records = kpi.compare_periods(facts, asked, **PERIODS, by=by)
        assert kpi.compare_periods(columns_of(facts), asked, **PERIODS, by=by) == records


@given(DRAWN)
def test_the_statistics_are_those_of_inference(rows):
    facts = tickets(rows)
    found = kpi.compare_periods(facts, [one for one, _ in ASKED], **PERIODS, by=["channel"])
    for row in found.differences:
        one, other = row.before, row.after
        if one.undefined or other.undefined:
            assert row.change.undefined == "no_cases"
        elif row.key in {"first_resolution", "full_resolution"}:
            wanted = two_medians(one.micros, other.micros)
            assert row.change.value == pytest.approx(wanted.value / 1e6)
            assert row.change.p == wanted.p
        elif row.key == "reopenings":
            sides = ((each.numerator, each.squares, each.n) for each in (one, other))
            assert row.change == two_means(*sides)
        else:
            sides = ((each.numerator, each.n) for each in (one, other))
            assert row.change == two_proportions(*sides)
    adjusted = benjamini_hochberg([row.change.p for row in found.differences])
    assert sorted(map(str, adjusted)) == sorted(str(row.p_adjusted) for row in found.differences)


def moved():
    """Two hundred tickets, solved in 8 hours in March and in 24 in April; chat does not change."""
    for n in range(400):
        chat, late = n % 4 == 0, n >= 200
        solved = 8 + n % 5 if chat or not late else 24 + n % 5
        channel = "chat" if chat else "mail"
        yield ticket(n, created=3 * (n % 200) + 744 * late, solved=solved, channel=channel)


def test_what_changed_is_found_and_what_did_not_is_not():
    found = kpi.compare_periods(moved(), kpi.KPIS.values(), **PERIODS, by=["channel"])
    assert {(row.key, row.group) for row in found.changed} == {
        (key, ("mail",))
        for key in ("first_resolution", "full_resolution", "agent_work", "requester_wait")
    }
    row = found.find("first_resolution", "mail")
    assert str(row) == (
        "first_resolution in mail: 10h before (n 150), 26h after (n 150), "
        "+16h (+16h to +16h), p < 0.001"
    )
    assert found.find("first_resolution", "chat").change.value == 0
    assert "changed beyond chance: " in str(found)


def test_rows_are_plain_and_say_what_they_are():
    found = kpi.compare_periods(moved(), [kpi.FIRST_RESOLUTION], **PERIODS, by=FIELDS)
    rows = found.rows()
    assert {(row["channel"], row["priority"]) for row in rows} == {
        (channel, priority) for channel in ("chat", "mail") for priority in ("urgent", None)
    } - {("chat", "urgent")}  # every fourth number is even
    first = rows[0]
    assert (first["key"], first["unit"], first["dated"]) == (
        "first_resolution",
        "seconds",
        "first_solved",
    )
    assert first["after"] - first["before"] == pytest.approx(first["difference"])


def test_one_date_for_all():
    facts = [ticket(1, created=700, solved=100)]
    found = kpi.compare_periods(facts, [kpi.FIRST_RESOLUTION], **PERIODS)
    assert (found.differences[0].before.n, found.differences[0].after.n) == (0, 1)
    found = kpi.compare_periods(facts, [kpi.FIRST_RESOLUTION], **PERIODS, dated="created")
    assert (found.differences[0].before.n, found.differences[0].after.n) == (1, 0)


def test_priorities_are_in_the_order_of_their_ranks():
    ranks = {"urgent": 1, "high": 2, "normal": 3}
    facts = [
        evolve(
            ticket(n, created=n, solved=1),
            fields={"priority": name and Priority(name, ranks[name])},
        )
        for n, name in enumerate(["normal", None, "urgent", "high"])
    ]
    found = kpi.compare_periods(
        facts, [kpi.FIRST_RESOLUTION], **PERIODS, by=["priority"], dated="created"
    )
    assert [row.group for row in found.differences] == [
        ("urgent",),
        ("high",),
        ("normal",),
        (None,),
    ]


def test_a_rating_is_dated_by_its_answer_and_a_kpi_of_your_own_by_creation():
    mine = kpi.ShareKpi(key="mine", definition="all", judge=lambda _: True)
    found = kpi.compare_periods([ticket(1, created=1)], [mine, kpi.SATISFIED], **PERIODS)
    assert [(row.key, row.dated) for row in found.differences] == [("mine", "created")]
    assert _dated(kpi.SATISFIED, None) == _dated(kpi.mean_satisfaction(), None) == "rated"
    assert _dated(kpi.response_rate("csat"), None) == "created"


def test_every_ready_kpi_is_dated_on_purpose():
    assert {key for key in kpi.KPIS if key not in OUTCOMES} <= {"csat_top_boxes"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"before": APRIL, "after": MARCH}, "begins in the earlier one"),
        ({"before": MARCH, "after": MARCH}, "begins in the earlier one"),
        ({"before": MARCH, "after": Span(APRIL.start)}, "without an end"),
        ({"before": "2026-03", "after": APRIL}, "without an end"),
        ({**PERIODS, "dated": "solve"}, "did you mean 'solved'"),
        ({**PERIODS, "by": "channel"}, "a collection of names"),
        ({**PERIODS, "by": ["chanel"]}, "chanel"),
        ({**PERIODS, "kpis": ["reopened"]}, "no KPI"),
    ],
)
def test_what_cannot_be_compared_is_told(options, told):
    asked = {"facts": [ticket(1, created=1)], "kpis": [kpi.REOPENED, kpi.STRAIGHT_THROUGH]}
    with pytest.raises(InvalidValue, match=told):
        kpi.compare_periods(**asked | options)
