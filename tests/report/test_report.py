"""The report of a log equals its slow twin's, splits into groups that add up, and warns."""

import json
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import add

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from oracles import report_oracle as twin
from report.small_log import HEADER, MAPPING

from support_model import closures
from support_model._cli import demo
from support_model._report import figure_sections, group_sections, report, report_data
from support_model._report.log_facts import log_facts
from support_model._report.wording import ENGLISH, english
from support_model._report.written import written
from support_model.adapters import table
from support_model.adapters.table import load
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue
from support_model.figures import find

HOUR = timedelta(hours=1)
GERMANY = closures.country("DE", years=[2026])
CALENDAR = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz=demo.TZ, holidays=GERMANY)


@pytest.fixture(scope="module")
def log():
    return table.read(demo.LOG, load(demo.MAPPING), keep=["priority"])


@pytest.fixture(scope="module")
def made(log):
    return report.make_report(
        log, calendar=CALENDAR, hours="Mo-Fr 08:00-18:00", target=demo.TARGET, by="priority"
    )


@pytest.fixture(scope="module")
def twins():
    mapping = load(demo.MAPPING)
    return twin.cases(
        demo.LOG,
        ticket="ticket",
        at="at",
        status="status",
        category=mapping.categories,
        group="team",
    )


@pytest.mark.parametrize("clock", ["calendar", "business"])
@pytest.mark.parametrize(
    ("key", "start", "stop"),
    [
        ("acknowledgement", 0, 1),
        ("first_resolution", 0, 2),
        ("time_to_close", 0, 3),
        ("close_delay", 2, 3),
    ],
)
def test_times_equal_the_twins(key, start, stop, clock, made, twins):
    closed = frozenset(day for day, _ in GERMANY.holidays)
    durations = []
    for rows in twins.values():
        stamps = twin.times(rows, {"open", "pending", "on_hold"})
        if stamps[start] is not None and stamps[stop] is not None:
            if clock == "calendar":
                durations.append(stamps[stop] - stamps[start])
            else:
                durations.append(
                    twin.open_hours(
                        stamps[start],
                        stamps[stop],
                        zone=demo.TZ,
                        first=8,
                        last=18,
                        holidays=closed,
                    )
                )
    figure = find(made.figures, key, clock)
    assert list(figure.micros) == sorted(round(d / timedelta(microseconds=1)) for d in durations)
    for thousandths in (250, 500, 750, 900, 950, 990):
        ours = figure.quantile(thousandths / 1000)
        assert abs(ours - twin.linear_quantile(durations, thousandths, 1000)) <= timedelta(
            microseconds=1
        )


def test_shares_equal_the_twins(made, twins):
    groups = [twin.groups(rows) for rows in twins.values()]
    counts = {
        "reopened": sum(twin.reopenings(rows) > 0 for rows in twins.values()),
        "transferred": sum(len(set(order)) > 1 for order in groups),
        "bounced": sum(any(map(str.__eq__, order, order[2:])) for order in groups),
    }
    for key, count in counts.items():
        figure = find(made.figures, key)
        assert figure.numerator == count
        assert figure.n + sum(figure.excluded.values()) == len(twins)


histories = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3"]),
        st.integers(0, 90),
        st.sampled_from(sorted(MAPPING.categories)),
        st.sampled_from(["", "a", "b", "c"]),
    ),
    min_size=1,
    max_size=15,
)


@given(histories)
def test_facts_equal_the_twins_on_any_history(tmp_path_factory, history):
    start = datetime(2026, 3, 2, tzinfo=UTC)
    history.sort(key=lambda row: row[1])
    lines = [f"{t},{(start + h * HOUR).isoformat()},{s},{g},x\n" for t, h, s, g in history]
    path = tmp_path_factory.mktemp("history") / "log.csv"
    path.write_text(HEADER + "".join(lines))
    log = table.read(path, evolve(MAPPING, duplicates="keep"))
    twins = twin.cases(
        path, ticket="ticket", at="at", status="status", category=MAPPING.categories, group="team"
    )
    for fact in log_facts(log):
        rows = twins[fact.ticket_id]
        solved = fact.solves[0].at if fact.solves else None
        stamps = (fact.created, fact.acknowledged, solved, fact.closed)
        expected = twin.times(rows, MAPPING.acknowledged_by)
        if fact.snapshot and fact.category in {"solved", "closed"}:  # a list says no more
            expected = (*expected[:2], None, expected[3])
        assert stamps == expected
        assert len(fact.reopenings) == twin.reopenings(rows)
        assert list(fact.groups) == twin.groups(rows)


def test_groups_add_up_to_the_whole(made):
    compared = 0
    for part in zip(*made.groups.values(), strict=True):
        first = part[0]
        whole = find(made.figures, first.key, getattr(first, "clock", None))
        assert reduce(add, part) == whole
        compared += 1
    asked_of_all = [one for one in made.asked if one.kpi is None]
    assert compared == len(made.figures) - len(asked_of_all)


def test_the_data_is_json_and_says_what_the_figures_say(made):
    data = json.loads(json.dumps(report_data.report_to_data(made), allow_nan=False))
    assert data["schema"] == "support_model.report/3"
    assert data["settings"] == {
        "hours": "Mo-Fr 08:00-18:00", "holidays": None, "working_day": 36590.163934,
        "zone": "Europe/Berlin", "target": "8h", "by": "priority",
    }  # fmt: skip
    assert [group["value"] for group in data["groups"]] == list(made.groups)
    for figure, plain in zip(made.figures, data["figures"], strict=True):
        assert (figure.key, figure.n) == (plain["key"], plain["n"])
        if figure.key not in {"backlog_age", "solved_per_created"}:
            assert sum(plain["excluded"].values()) + plain["n"] == made.plain.size


def test_without_hours_there_is_calendar_time_only(log):
    plain = report.make_report(log)
    assert {getattr(figure, "clock", "calendar") for figure in plain.figures} == {"calendar"}
    assert find(plain.figures, "solved_in_time") is None
    with pytest.raises(InvalidValue, match="a target needs opening hours"):
        report.make_report(log, target=HOUR)
    with pytest.raises(InvalidValue, match="read without this column"):
        report.make_report(log, by="agent name")


def test_a_log_without_cases_has_no_figures_rather_than_zeros(small):
    log = table.read(small(HEADER), MAPPING, lenient=True)
    empty = report.make_report(log, calendar=CALENDAR, hours="x", target=HOUR)
    data = report_data.report_to_data(empty)
    assert data["log"]["cases"] == 0
    for figure in data["figures"]:
        assert figure["n"] == 0
        assert figure.get("value") is None
        assert figure.get("mean") is None
    assert written(figure_sections.times(empty), ENGLISH).rows[0][2:] == ("0", *("-",) * 5)


def test_the_notes_tell_the_traps(made):
    notes = {note.code: english(note.said) for note in made.notes}
    assert "no customer messages" in notes["no_first_response"]
    assert "closed by a timer" in notes["closed_by_a_timer"]
    assert "38 of 994 tickets are unsolved" in notes["unsolved_left_out"]
    assert "Never average averages" in notes["no_average_of_averages"]


def split_tables(made):
    """The tables of the whole log by its split and by team, as texts."""
    (section,) = group_sections.sections(made)
    return {table.key: written(table, ENGLISH) for table in section.tables}


def test_small_groups_say_so(small):
    log = table.read(small(), MAPPING, keep=["topic"])
    rows = split_tables(report.make_report(log, by="topic"))["groups_topic"].rows
    few, fewer = "too few (under 5)", "too few (under 10)"
    assert ("mail", "1", few, "-", "-", "-", fewer) in rows
    assert ("vpn", "1", few, few, few, fewer, fewer) in rows


def test_teams_are_told_apart_whatever_the_split(small):
    lines = [
        f"{n},2026-03-02T{hour}:00:00Z,{status},{team},x\n"
        for n, team in enumerate("aab")
        for hour, status in (("08", "New"), ("09", "Done"))
    ]
    log = table.read(small(HEADER + "".join(lines)), MAPPING, keep=["topic"])
    made = report.make_report(log, by="topic")
    shown = split_tables(made)
    assert [*shown] == ["groups_topic", "groups_group"]
    by_team = shown["groups_group"]
    assert [row[:2] for row in by_team.rows] == [("a", "2"), ("b", "1")]
    assert any("the group that held it last" in note for note in by_team.notes)
    assert "Times count round the clock." in by_team.notes
    keys = {figure.key for part in made.teams.values() for figure in part}
    assert keys == {"acknowledgement", "first_resolution", "reopened", "transferred"}
    alone = report.make_report(log, by="group")
    assert [*split_tables(alone)] == ["groups_group"]
    one = table.read(small(HEADER + "".join(lines[:4])), MAPPING, keep=["topic"])
    assert report.make_report(one).teams == {}


def test_groups_stand_in_natural_order_and_missing_last(small):
    topics = ["10", "9", "", "9 b"]
    lines = [f"{n},2026-03-02T08:00:00Z,New,a,{topic}\n" for n, topic in enumerate(topics)]
    log = table.read(small(HEADER + "".join(lines)), MAPPING, keep=["topic"])
    assert list(report.make_report(log, by="topic").groups) == ["9", "9 b", "10", report.MISSING]


def test_a_void_ticket_is_out_of_every_figure(small):
    void = evolve(MAPPING, categories={**MAPPING.categories, "Spam": "void"})
    text = HEADER + "1,2026-03-02T08:00:00Z,Done,a,x\n1,2026-03-02T09:00:00Z,Spam,a,x\n"
    for figure in report.make_report(table.read(small(text), void)).figures:
        left_out = {} if figure.key == "backlog_age" else {"void": 1}
        assert (figure.n, dict(figure.excluded)) == (0, left_out)
