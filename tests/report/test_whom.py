"""The tables for whom add up to what is told of all tickets."""

import pytest
from frames.histories import drawn_book, drawn_log

from support_model import kpi
from support_model._report.blocks import says
from support_model._report.headlines import sections as first_sections
from support_model._report.whom import sections
from support_model._report.wording import english
from support_model._time import instant
from support_model.adapters import EventLog, Recorded
from support_model.report import make_report

SEEDS = range(6)


def report(seed):
    events = (*drawn_log(seed, 60),)
    return make_report(EventLog(events=events), policies=drawn_book(seed))


@pytest.fixture(scope="module")
def made():
    return [each for each in map(report, SEEDS) if each.changes is not None]


def tables(one):
    return {table.key: table for section in sections(one) for table in section.tables}


def test_there_is_something_to_add_up(made):
    assert any(len(tables(one)) > 3 for one in made)
    assert any(row[2] for one in made for row in tables(one)["by_hour"].rows)


def test_every_split_of_all_tickets_adds_up_to_the_volumes(made):
    for one in made:
        (volume,) = kpi.volumes(one.plain, (one.changes.after,))
        whole = (volume.created, volume.solved, volume.backlog)
        for key, table in tables(one).items():
            if key not in {"by_week", "by_requester", "extremes"}:
                columns = [*zip(*table.rows, strict=True)]
                created, _, solved, held = map(sum, columns[1:5])
                assert (key, created, solved, held) == (key, *whole)


def test_weeks_have_the_volumes_of_weeks(made):
    for one in made:
        rows = tables(one)["by_week"].rows
        volumes = kpi.volumes(one.plain, one.weeks)
        assert [(row[1], row[3], row[4]) for row in rows] == [
            (each.created, each.solved, each.backlog) for each in volumes
        ]


def test_hours_are_those_of_the_zone_of_the_report(made):
    for one in made:
        low, high = one.changes.after.edges
        hours = {
            f"{instant(at).astimezone(one.tz):%H}:00"
            for at in one.plain.scalar("created")
            if low <= at < high
        }
        assert hours == {row[0] for row in tables(one)["by_hour"].rows if row[1]}


def test_requesters_are_those_with_several_tickets_the_most_first(made):
    for one in made:
        table = tables(one).get("by_requester")
        if table is not None:
            came = [row[1] for row in table.rows]
            assert came == sorted(came, reverse=True)
            assert min(came) > 1


def test_the_worst_of_a_field_is_so_in_its_table():
    named = 0
    for made in map(larger, range(2)):
        every = tables(made)
        worst = every["extremes"]
        fields = [table for key, table in every.items() if key[:3] == "by_"]
        by_title = {table.columns[0].title: table for table in fields}
        for field, *cells in worst.rows[:-1]:
            table = by_title[field]
            keys = [column.key for column in table.columns]
            for column, cell in zip(worst.columns[1:], cells, strict=True):
                if cell is not None:
                    at = keys.index(column.key)
                    told = [row for row in table.rows if row[0] != says("missing_value")]
                    known = {row[0]: row[at] for row in told if row[at - 1] >= 10}
                    own = known.pop(cell.params["name"])
                    assert not any(worse(column.key, other, own) for other in known.values())
                    named += 1
    assert named


def larger(seed):
    return make_report(EventLog(events=tuple(drawn_log(seed, 400))), policies=drawn_book(seed))


def worse(key, one, other):
    """Whether a figure is worse than another; a time that half have not reached is the worst."""
    if None in {one, other}:
        return one is None and other is not None
    return one > other if key in {"first_response", "resolution", "reopened"} else one < other


def test_what_is_solved_again_counts_as_often_as_at_the_top_where_solutions_are_recorded():
    again = 0
    for seed in SEEDS:
        events = (*drawn_log(seed, 60),)
        ids = {each.ticket_id for each in events}
        recorded = {name: Recorded(instants={"solved": None}) for name in ids}
        one = make_report(EventLog(events=events, recorded=recorded))
        if one.changes is None:
            continue
        (volume,) = kpi.volumes(one.plain, (one.changes.after,))
        again += volume.solved
        for key, table in tables(one).items():
            if key not in {"by_week", "by_requester", "extremes"}:
                at = [column.key for column in table.columns].index("solved")
                assert sum(row[at] for row in table.rows) == volume.solved
    assert again


def test_one_figure_has_one_name(made):
    for one in made:
        columns = tables(one)["by_hour"].columns
        titles = {each.key: english(each.title) for each in columns}
        headlines = {
            each.key: english(each.title)
            for section in first_sections(one)
            for each in section.headlines
        }
        assert titles["solved"] == headlines["solved"] == "Solutions"
        if "resolution_n" in titles:
            assert titles["resolution_n"] == "Solved for the first time"
