"""Partitions: the same answers from any number of them, and nothing left behind."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from frames.histories import drawn_as_of, logs
from hypothesis import given
from hypothesis import strategies as st

from support_model import kpi
from support_model._columns.event_columns import raw_of_events
from support_model._frames import partitions
from support_model._frames.logs import Events
from support_model._frames.partitions import partitioned
from support_model._frames.progress import Progress, show_progress
from support_model._frames.spills import Spill, hashes, linked
from support_model.errors import InvalidValue, MissingCreation
from support_model.events import Created, Message, Related
from support_model.vocabulary import Status

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
NEW = Status("new", "new")


def created(name, **more):
    return Created(ticket_id=name, at=NINE, role="customer", fields={"status": NEW, **more})


def merge(name, into, hours=1):
    at = NINE + timedelta(hours=hours)
    return Related(ticket_id=name, at=at, role="agent", kind="merged_into", other=into)


def events_of(log):
    """All events of a log, in the order given."""
    raw = log.raw
    return [raw.event(row) for row in range(raw.size)]


def told(log, *, as_of, into):
    """Note the facts of each ticket by the fold of one at a time, or its error; its tickets."""
    table, unread = kpi.readable_cases(events_of(log), as_of=as_of)
    into.update({each.ticket_id: (each, each.merged) for each in table})
    into.update({each.ticket_id: str(each.problem) for each in unread})
    return tickets(log)


def whole(tables):
    table = pa.concat_tables(tables, promote_options="default").sort_by("first_row")
    return table.drop_columns("first_row")


def tickets(log):
    return pa.table({"ticket_id": log.raw.ids})


@pytest.fixture
def cut(monkeypatch):
    """Set how many rows are held before they are written, so that short logs have many runs."""
    return lambda rows: monkeypatch.setattr(partitions, "_PIECE", rows)


@given(logs(broken=0.1, mixed=True), st.sampled_from([1, 2, 3, 16]), st.integers(1, 40))
def test_every_number_of_partitions_gives_the_facts_of_the_whole(log, number, rows):
    parted, unparted, as_of = {}, {}, drawn_as_of(0, log)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partitions, "_PIECE", rows)
        job = partial(told, as_of=as_of, into=parted)
        assert len(list(partitioned(Events.of(log), job, partitions=number))) == number
    told(Events.of(log), as_of=as_of, into=unparted)
    assert parted == unparted


@given(st.permutations([f"T{number}" for number in range(30)]), st.integers(2, 16))
def test_tickets_have_the_order_of_their_first_rows_over_all_partitions(names, number):
    log = Events.of([created(name) for name in [*names, *names[::-1]]])
    parts = list(partitioned(log, tickets, partitions=number, numbered=True))
    assert whole(parts)["ticket_id"].to_pylist() == names
    assert all(
        part["first_row"].to_pylist() == sorted(part["first_row"].to_pylist()) for part in parts
    )


def test_tickets_have_the_order_of_their_first_rows_where_a_partition_is_of_several_buckets():
    names = [f"T{number}" for number in range(2_000)]
    log = Events.of(map(created, names))
    (part,) = partitioned(log, tickets, memory_limit=10**9)
    assert part["ticket_id"].to_pylist() == names


def test_a_table_without_tickets_stays_as_the_job_made_it():
    log = Events.of([created("T1"), created("T2")])
    counts = partitioned(
        log, lambda part: pa.table({"n": [part.raw.size]}), partitions=3, numbered=True
    )
    assert sum(table["n"][0].as_py() for table in counts) == 2


def test_tickets_merged_in_a_chain_are_in_one_partition_wherever_the_merges_stand(cut):
    cut(7)
    chain = [f"T{number}" for number in range(40)]
    merges = [merge(one, other) for one, other in pairwise(chain)]
    log = [*map(created, chain), *[created(f"U{n}") for n in range(40)], *merges[::-1]]
    names = [
        set(part["ticket_id"].to_pylist())
        for part in partitioned(Events.of(log), tickets, partitions=16)
    ]
    assert sum(not names_of.isdisjoint(chain) for names_of in names) == 1
    assert set().union(*names) == {event.ticket_id for event in log}


def test_work_on_a_merged_ticket_counts_for_the_one_that_survives(cut):
    cut(3)
    names = [f"T{number}" for number in range(20)]
    reply = [
        Message(ticket_id=name, at=NINE + timedelta(minutes=5), role="agent", public=True)
        for name in names
    ]
    log = [*map(created, names), *reply, *[merge(name, "T19") for name in names[:19]]]
    as_of = NINE + timedelta(days=1)
    parted, unparted = {}, {}
    told(Events.of(log), as_of=as_of, into=unparted)
    job = partial(told, as_of=as_of, into=parted)
    parts = list(partitioned(Events.of(log), job, partitions=8, numbered=True))
    assert whole(parts)["ticket_id"].to_pylist() == names
    assert parted == unparted
    assert [part.ticket_id for part in parted["T19"][1]] == names[:19]


@given(logs(broken=0.1, mixed=True), st.integers(1, 16))
def test_each_partition_knows_the_fields_of_the_whole_and_their_types(log, number):
    def types(part):
        found = {
            name: {type(word) for word in words.words} for name, words in part.raw.fields.items()
        }
        return pa.table(
            {
                "types": [
                    repr(sorted((name, sorted(map(repr, kinds))) for name, kinds in found.items()))
                ]
            }
        )

    parts = partitioned(Events.of(log), types, partitions=number)
    assert {part["types"][0].as_py() for part in parts} == {
        types(Events.of(log))["types"][0].as_py()
    }


def test_a_field_of_numbers_in_one_run_and_of_text_in_another_keeps_both(cut):
    cut(1)
    log = [created("T1", **{"custom.x": 1}), created("T2", **{"custom.x": "one"}), created("T3")]
    log.append(created("T4", **{"custom.x": 2**70}))
    values = {}

    def note(part):
        values.update({event.ticket_id: event.fields for event in events_of(part)})
        return tickets(part)

    list(partitioned(Events.of(log), note, partitions=1))
    assert values == {event.ticket_id: event.fields for event in log}


def test_the_hash_of_a_ticket_is_the_same_on_every_machine():
    ids = ["", "T1", "1234567", "12345678", "123456789", "Zürich", "x" * 100]
    assert [f"{number:016x}" for number in hashes(pa.array(ids)).tolist()] == HASHES
    sliced = pa.array(["other", *ids], pa.large_string())[1:]
    assert np.array_equal(hashes(sliced), hashes(pa.array(ids)))
    assert np.array_equal(
        hashes(pa.array(ids * 2).dictionary_encode()), np.tile(hashes(pa.array(ids)), 2)
    )
    assert hashes(pa.array([], pa.string())).size == 0


HASHES = [
    *("e220a8397b1dcdaf", "74043ed1904cde4c", "b180d4a0b45b52ef", "83dbec76b33f9ca3"),
    *("7cf46f00f45fa22a", "bb34b4af91795c07", "4a5a4eb781588a2b"),
]


@given(st.sets(st.text(max_size=20), min_size=2, max_size=50))
def test_different_tickets_have_different_hashes(ids):
    assert len(set(hashes(pa.array(sorted(ids))).tolist())) == len(ids)


def test_partitions_are_about_equally_large():
    ids = pa.array([f"{number:08}" for number in range(100_000)])
    counts = np.bincount(hashes(ids) % np.uint64(16), minlength=16)
    assert counts.min() > 0.95 * ids.__len__() / 16


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=20))
def test_tickets_that_merges_join_have_one_leader(pairs):
    tickets, leaders = linked([np.array(pairs, np.uint64).T])
    leader = dict(zip(tickets.tolist(), leaders.tolist(), strict=True))
    group = {name: {name} for name in leader}
    for one, other in pairs:
        joint = group[one] | group[other]
        group.update(dict.fromkeys(joint, joint))
    assert leader == {name: min(group[name]) for name in leader}


class Broken(Exception):
    """What a job raises."""


def fail(_):
    raise Broken


@pytest.mark.parametrize("way", ["end", "close", "forget", "job", "caller", "source"])
def test_nothing_is_left_in_the_folder(way, tmp_path):
    names = [f"T{number}" for number in range(50)]
    log, job = Events.of(map(created, names)), fail if way == "job" else tickets
    if way == "source":
        log = Events(Failing())
    parts = partitioned(log, job, partitions=8, folder=tmp_path)
    assert not list(tmp_path.iterdir())
    if way in ("job", "source"):
        with pytest.raises(Broken):
            next(parts)
    elif way == "caller":
        with pytest.raises(KeyboardInterrupt):
            interrupted(log, tmp_path)
    else:
        next(parts)
        assert list(tmp_path.iterdir())
        if way == "end":
            assert len(list(parts)) == 7
        elif way == "close":
            parts.close()
        del parts
    assert not list(tmp_path.iterdir())


def interrupted(log, folder):
    for _ in partitioned(log, tickets, partitions=8, folder=folder):
        assert list(folder.iterdir())
        raise KeyboardInterrupt


class Failing:
    """Files of which the second cannot be read."""

    name, rows = "files", None

    def read(self):
        yield raw_of_events([created("T1")])
        raise Broken


STOPPED = """
import os, signal, sys, pyarrow as pa
from datetime import UTC, datetime
from support_model._frames.logs import Events
from support_model._frames.partitions import partitioned
from support_model.events import Acknowledged

signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
at = datetime(2026, 3, 2, 9, tzinfo=UTC)
log = Events.of(Acknowledged(ticket_id=f"T{n}", at=at, role="agent") for n in range(50))
for part in partitioned(log, lambda part: pa.table({}), partitions=8, folder=sys.argv[1]):
    print(os.listdir(sys.argv[1]), flush=True)
    os.kill(os.getpid(), signal.SIGINT)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a signal ends a process there")
def test_an_interrupted_process_leaves_nothing_in_the_folder(tmp_path):
    command = [sys.executable, "-c", STOPPED, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "KeyboardInterrupt" in ended.stderr
    assert "support-model-" in ended.stdout
    assert not list(tmp_path.iterdir())


def test_the_first_partition_that_a_job_fails_for_tells_its_error():
    log = [created("T1"), Message(ticket_id="T2", at=NINE, role="agent", public=True)]
    job = partial(cases, as_of=NINE)
    with pytest.raises(MissingCreation, match="no creation"):
        list(partitioned(Events.of(log), job, partitions=4))


def cases(part, *, as_of):
    return pa.table({"n": [len(kpi.case_table(events_of(part), as_of=as_of))]})


def test_a_log_without_rows_has_empty_partitions():
    assert [len(part) for part in partitioned(Events.of([]), tickets, partitions=3)] == [0, 0, 0]


def test_progress_tells_the_rows_and_the_partitions_that_are_done(cut):
    cut(10)
    log = Events.of([created(f"T{number}") for number in range(25)])
    seen = []
    list(partitioned(log, tickets, partitions=2, progress=seen.append))
    assert seen == [
        *(Progress(12, 25), Progress(25, 25)),
        *(Progress(25, 25, done, 2) for done in range(3)),
    ]
    assert [each.share for each in seen] == [0.24, 0.5, 0.5, 0.75, 1.0]
    assert [each.done for each in seen] == [False] * 4 + [True]


def test_progress_is_shown_in_one_line(capsys):
    show_progress(Progress(1_500, None))
    show_progress(Progress(1_500, 3_000))
    show_progress(Progress(3_000, 3_000, 16, 16))
    out, err = capsys.readouterr()
    lines = [line.rstrip() for line in err.removesuffix("\n").split("\r")[1:]]
    assert (out, lines) == (
        "",
        [
            "[........................] 1,500 rows",
            "[######..................] 1,500 of 3,000 rows",
            "[########################] 3,000 of 3,000 rows, 16 of 16 partitions",
        ],
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "give partitions=16"),
        ({"partitions": 4, "memory_limit": 10**9}, "give partitions=16"),
        ({"partitions": 0}, ">= 1"),
        ({"partitions": 2.0}, "whole number"),
        ({"partitions": 5_000}, "give up to 4,096"),
        ({"partitions": 1, "threads": 0}, ">= 1"),
        ({"memory_limit": 10**8}, "allow 240,000,000 bytes or more"),
        ({"memory_limit": "1 GB"}, "whole number"),
    ],
)
def test_what_cannot_be_a_plan_is_refused_before_a_row_is_read(given, words):
    with pytest.raises(InvalidValue, match=words):
        partitioned(Events(Failing()), tickets, **given)


def test_a_limit_too_small_for_the_largest_part_is_refused_with_the_least_that_suffices(
    monkeypatch,
):
    log = Events.of([created("T1", topic="x" * 10_000)])
    monkeypatch.setattr(partitions, "_TIMES", 10_000)
    with pytest.raises(InvalidValue, match="too small for a partition") as refused:
        list(partitioned(log, tickets, memory_limit=240_000_000))
    least = int(refused.value.remedy.split()[1].replace(",", ""))
    assert len(list(partitioned(log, tickets, memory_limit=least))) > 0


def test_a_smaller_limit_makes_more_partitions(monkeypatch):
    log = Events.of([created(f"T{number}") for number in range(2_000)])
    monkeypatch.setattr(partitions, "_TIMES", 5_000)
    numbers = [
        len(list(partitioned(log, tickets, memory_limit=limit)))
        for limit in (300_000_000, 600_000_000, 3_000_000_000)
    ]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] > numbers[-1] >= 1


def test_one_bucket_of_a_spill_has_whole_tickets_only(tmp_path):
    spill = Spill(tmp_path / "rows", 4)
    names = [f"T{number}" for number in range(40)]
    for start in (0, 20):
        spill.add(raw_of_events([created(name) for name in names[start : start + 20] + names[:5]]))
    found = [spill.read([bucket]) for bucket in range(4)]
    assert sorted(name for raw, _ in found for name in raw.ids.to_pylist()) == sorted(names)
    assert sum(raw.size for raw, _ in found) == spill.rows == 50
