"""What a reader is shown of a table: parts that can be followed, lengths that compare."""

from datetime import timedelta

import pytest
from frames.histories import drawn_book, drawn_log

from support_model._cli import demo
from support_model._report.blocks import Bounds, Column, Table, says
from support_model._report.wording import Wording
from support_model._report.written import MOST_COLUMNS, parts_of, written
from support_model.adapters import EventLog, read_files, table
from support_model.report import document, make_report

HOUR = timedelta(hours=1)
NAME = says("column_figure")


@pytest.fixture(scope="module")
def tables():
    logs = [EventLog(events=tuple(drawn_log(seed, 80))) for seed in range(3)]
    reports = [make_report(log, policies=drawn_book(n)) for n, log in enumerate(logs)]
    reports.append(make_report(read_files([demo.LOG], table.load(demo.MAPPING)), by="group"))
    return [
        each
        for report in reports
        for section in document(report)
        for each in section.tables
        if each.rows
    ]


def test_no_table_has_more_columns_than_a_reader_can_follow(tables):
    parts = [part for each in tables for part in parts_of(each)]
    assert len(parts) > len(tables)
    assert max(len(written(part, Wording()).titles) for part in parts) <= MOST_COLUMNS


def test_parts_hold_every_shown_cell_once_and_begin_with_the_names_of_the_rows(tables):
    for whole in tables:
        parts = parts_of(whole)
        named = [each.key for each in whole.columns if each.part is None]
        keys = [column.key for part in parts for column in part.columns]
        cut = named * (len(parts) - 1)  # they stand once in each part
        assert sorted(keys) == sorted([*cut, *(each.key for each in whole.columns)])
        for part in parts:
            assert part.columns[0] == whole.columns[0]
            at = [[each.key for each in whole.columns].index(each.key) for each in part.columns]
            rows = whole.rows[: whole.shown]
            assert list(part.rows[: part.shown]) == [tuple(row[n] for n in at) for row in rows]
        assert [part.notes for part in parts[:-1]] == [()] * (len(parts) - 1)
        assert parts[-1].notes == whole.notes


def shown(rows, *, by_row):
    columns = (
        Column(key="name", title=NAME, kind="word"),
        Column(key="now", title=NAME, kind="duration"),
        Column(key="interval", title=NAME, kind="range"),
        Column(key="before", title=NAME, kind="duration", joined=True),
        Column(key="oldest", title=NAME, kind="duration"),
    )
    made = Table(key="t", title=NAME, columns=columns, rows=rows, by_row=by_row)
    return [row[1:] for row in written(made, Wording()).rows]


def test_lengths_of_a_column_or_of_a_row_are_told_in_one_unit():
    rows = (
        ("a", 20 * HOUR, Bounds(10 * HOUR, 30 * HOUR), 60 * HOUR, HOUR / 2),
        ("b", 80 * HOUR, Bounds(HOUR / 6, 100 * HOUR), 7 * HOUR, HOUR),
    )
    assert shown(rows, by_row=False) == [
        ("0.8 days", "0.42 to 1.2 days", "2.5 days", "0.5 h"),
        ("3.3 days", "10 min to 4.2 days", "0.29 days", "1.0 h"),
    ]
    cells = ("0.8 days", "0.42 to 1.2 days", "2.5 days", "0.02 days")
    assert shown(rows[:1], by_row=True) == [cells]
    lone = (("a", 20 * HOUR, None, None, None),)
    assert shown(lone, by_row=True) == shown(lone, by_row=False) == [("20.0 h", "-", "-", "-")]
