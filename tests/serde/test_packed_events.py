"""Packed events are those of the file, in the order of each log, whatever is asked of them."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model import serde
from support_model._packed_events import PackedColumns, PackedEvents, ends_of, of_kind, told_fields
from support_model.adapters import read_event_log, read_files
from support_model.errors import InconsistentLog
from support_model.events import Acknowledged, Changed, Created, Message, Related, ordered
from support_model.testing import events
from support_model.vocabulary import Status

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
NEW = {"status": Status("new", "new")}


def log_of(ticket, *, seq=None):
    """Return a log with an event of each kind that is kept in parts, and others."""
    parts = {"ticket_id": ticket, "role": "agent", "actor": "ann"}
    made = [
        Created(at=NINE, fields=NEW, **parts),
        Message(at=NINE + timedelta(minutes=1), public=True, source_id="m1", **parts),
        Acknowledged(at=NINE + timedelta(minutes=2), **parts),
        Related(at=NINE + timedelta(minutes=3), kind="linked", other="T9", **parts),
        Changed(at=NINE + timedelta(minutes=4), fields={"group": "desk"}, **parts),
        Changed(at=NINE + timedelta(minutes=5), until=NINE, **parts),
        Message(at=NINE + timedelta(minutes=6), public=False, basis="merge", **parts),
    ]
    if seq is not None:
        made = [attrs.evolve(each, seq=nth) for nth, each in enumerate(made, start=seq)]
    return ordered(made)


def packed(path, logs):
    """Return logs as packed events, read from a file in which their rows are mixed."""
    rows = sorted((event for log in logs for event in log), key=lambda event: event.at)
    serde.write_events(rows, path)
    return serde.read_packed(path)


@pytest.mark.parametrize("name", ["log.jsonl", "log.csv"])
def test_packed_events_are_those_of_the_file(tmp_path, name):
    logs = [log_of("T1"), log_of("T2", seq=1), log_of("T3", seq=-3), log_of("T4", seq=1 << 70)]
    made = packed(tmp_path / name, logs)
    whole = tuple(event for log in logs for event in log)
    assert isinstance(made, PackedEvents)
    assert tuple(made) == whole
    assert made == whole
    assert whole == made
    assert made == serde.read_packed(tmp_path / name)
    assert made != whole[1:]
    assert made != [*whole]
    assert hash(made) == hash(whole)
    assert (len(made), made[0], made[-1], made[9]) == (len(whole), whole[0], whole[-1], whole[9])
    assert made[3:20:4] == whole[3:20:4]
    assert dict(made.logs()) == {log[0].ticket_id: log for log in logs}
    assert [each.micros for each in made] == [each.micros for each in whole]
    assert ends_of(made) == ends_of(whole) == (NINE, NINE + timedelta(minutes=6))
    for kind in (Message, Related, Created, Changed):
        assert [*of_kind(made, kind)] == [*of_kind(whole, kind)]
    assert [*told_fields(made)] == [*told_fields(whole)]
    with pytest.raises(IndexError):
        made[len(whole)]


def test_nothing_packed_has_no_ends():
    nothing = PackedEvents(PackedColumns(), (), PackedColumns().seqs, PackedColumns().seqs)
    assert (tuple(nothing), ends_of(nothing), [*of_kind(nothing, Created)]) == ((), None, [])


@given(events(max_size=8), st.randoms(use_true_random=False))
def test_what_is_surely_in_order_is_in_order(log, random):
    if random.randrange(2):
        random.shuffle(log)
    columns = PackedColumns()
    for event in log:
        columns.add(event)
    rows = range(len(log))
    assert columns.events(log[0].ticket_id, rows) == [*log]
    try:
        same = ordered(log) == tuple(log)
    except InconsistentLog:
        same = False
    assert same or not columns.surely_ordered(rows)


def test_a_log_that_is_read_as_packed_is_the_log(tmp_path):
    path = tmp_path / "log.jsonl"
    packed(path, [log_of("T1"), log_of("T2", seq=1)])
    for read in (read_event_log, read_files):
        assert read(path, packed=True) == read(path)
    log = read_event_log(path, packed=True)
    assert isinstance(log.events, PackedEvents)
    assert isinstance(read_event_log(path).events, tuple)
    assert log.logs() == read_event_log(path).logs()
