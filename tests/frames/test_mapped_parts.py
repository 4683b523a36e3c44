"""A mapped table that is read part by part gives the events of the whole, in the same order."""

import gzip
import warnings
from contextlib import suppress
from itertools import pairwise

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from attrs import evolve
from frames.test_mapped import (
    ACCOUNT,
    BERLIN,
    CLOCKS,
    DATA,
    FIELDS,
    HISTORIES,
    LISTED,
    LISTS,
    ODD_LISTED,
    SLASHED,
    VARIANTS,
    Account,
    answer,
    arrow,
    beside,
    chained,
    events_of,
    listed,
    lively,
    shipped_rows,
    tables,
    written,
)
from hypothesis import given
from hypothesis import strategies as st

from support_model import frames
from support_model._columns.event_joining import joined
from support_model._frames import mapped_files, mapped_parts
from support_model._frames.mapped_whole import Part, whole_of
from support_model.adapters import table
from support_model.errors import InvalidLog

COUNTS = (2, 7)


def in_parts(log, count, folder):
    """The events of a log in so many parts; None where it has to be read whole."""
    folder.mkdir()
    spill = log.source._spilled(count, folder)
    if spill is None:
        return None
    pieces = [mapped_parts._in_order(*spill.read([bucket])) for bucket in range(count)]
    return joined(piece for piece in pieces if piece.size)


def same_events(found, whole):
    assert found.ids.to_pylist() == whole.ids.to_pylist()
    assert events_of(found) == events_of(whole)


def plain(rows):
    """A table without dictionaries, whose order is that in which words were met."""
    kinds = [
        each.value_type if pa.types.is_dictionary(each) else each for each in rows.schema.types
    ]
    return rows.cast(pa.schema(zip(rows.column_names, kinds, strict=True)))


def sound():
    """Tables that are read by columns, with what their rows mean."""
    for name, mapping in VARIANTS.items():
        rows = lively()
        rows[1:] = rows[:0:-1] if mapping.order else rows[1:]
        yield f"changes {name}", rows, mapping
    yield "changes, newest first", [lively()[0], *lively()[:0:-1]], VARIANTS["other"]
    one_each = [lively()[0], *lively()[1:41]]
    yield "changes, a row each", one_each, VARIANTS["other"]
    for name in ("plain", "stamps alone", "other", "bare", "formats"):
        yield f"list {name}", listed(), evolve(LISTS[name], other="open")
    for name in ("old", "new"):
        yield f"history {name}", chained(), HISTORIES[name]
        yield f"history {name}, backwards", [chained()[0], *chained()[:0:-1]], HISTORIES[name]


SOUND = {name: (rows, mapping) for name, rows, mapping in sound()}


@pytest.mark.filterwarnings("ignore::support_model.errors.UnknownVendorValue")
@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("name", SOUND)
def test_parts_give_the_events_of_the_whole(tmp_path, name, form, monkeypatch):
    rows, mapping = SOUND[name]
    path = written(tmp_path, rows, "log.csv")
    if form == "parquet":
        pq.write_table(arrow(rows), path := tmp_path / "log.parquet", row_group_size=50)
    monkeypatch.setattr(mapped_files, "PIECE", 700)
    log = frames.events(path, mapping)
    whole = log.raw
    assert not log.told.by_rows
    for count in COUNTS:
        found = in_parts(log, count, tmp_path / f"{count}")
        assert found is not None
        same_events(found, whole)


@pytest.mark.filterwarnings("ignore::support_model.errors.UnknownVendorValue")
@given(data=st.data(), lenient=st.booleans(), known=st.booleans())
def test_any_rows_are_read_in_parts_as_at_once(tmp_path_factory, data, lenient, known):
    shape = data.draw(st.sampled_from(["changes", "list", "fields"]))
    variants, columns, odd = {
        "changes": (VARIANTS, None, None),
        "list": (LISTS, LISTED, ODD_LISTED),
        "fields": (HISTORIES, FIELDS, {"id": ("",), "when": ("", "soon"), "new": ("Lost",)}),
    }[shape]
    mapping = variants[data.draw(st.sampled_from(sorted(variants)))]
    if shape == "list" and data.draw(st.booleans()):
        columns, mapping = SLASHED, evolve(mapping, stamps=LISTS["formats"].stamps)
    rows = data.draw(tables() if columns is None else tables(columns, odd, most=8))
    folder = tmp_path_factory.mktemp("log")
    path = written(folder, rows, "log.csv")
    more = {"account": ACCOUNT if known else None, "lenient": lenient}
    log = frames.events(path, mapping, **more)
    found = in_parts(log, 3, folder / "parts")
    if found is not None:
        same_events(found, log.raw)


@pytest.mark.filterwarnings("ignore::support_model.errors.UnknownVendorValue")
def test_a_table_without_an_event_is_read_whole(tmp_path):
    row = dict.fromkeys(FIELDS, "") | {"id": "T1", "when": CLOCKS[0], "what": "asks"}
    log = frames.events(written(tmp_path, [row], "log.csv"), HISTORIES["old"], lenient=True)
    assert in_parts(log, 3, tmp_path / "parts") is None
    assert log.raw.size == 0


@beside
@pytest.mark.parametrize(
    ("name", "form", "tz"),
    [
        ("bpi2013_incidents.csv.gz", "bpi2013", None),
        ("uci_incidents_even.csv.gz", "uci-incidents", BERLIN),
    ],
)
def test_real_logs_in_parts(tmp_path, name, form, tz, monkeypatch):
    monkeypatch.setattr(mapped_files, "PIECE", 1 << 20)
    log = frames.events(DATA / name, form, tz=tz)
    whole, found = log.raw, in_parts(log, 7, tmp_path / "parts")
    assert found.ids.equals(whole.ids)
    assert plain(pa.table(frames.Events(found))).equals(plain(pa.table(frames.Events(whole))))


@pytest.mark.filterwarnings("ignore::support_model.errors.UnknownVendorValue")
@pytest.mark.parametrize("form", table.NAMED)
def test_every_shipped_mapping_is_read_in_parts(tmp_path, form):
    mapping = table.named(form)
    path = written(tmp_path, shipped_rows(mapping), "log.csv")
    log = frames.events(path, mapping, account=Account(tz="UTC"), lenient=True)
    found = in_parts(log, 4, tmp_path / "parts")
    if found is not None:
        same_events(found, log.raw)


def test_formats_of_stamps_are_those_that_all_parts_allow(tmp_path):
    rows = [["id", "opened"], *([f"T{n}", f"0{n % 9 + 1}/04/2026 08:00"] for n in range(30))]
    mapping = table.TableMapping(
        name="slashed", shape="list", ticket="id", created="opened", tz=BERLIN, other="open",
        stamps=LISTS["formats"].stamps,
    )  # fmt: skip
    path = written(tmp_path, rows, "log.csv")
    told = answer(lambda: frames.events(path, mapping).raw)
    assert in_parts(frames.events(path, mapping), 4, tmp_path / "unsure") is None
    assert "two ways" in told
    path = written(tmp_path, [*rows, ["T30", "04/30/2026 08:00"]], "log.csv")
    log = frames.events(path, mapping)
    found = in_parts(log, 4, tmp_path / "sure")
    same_events(found, log.raw)
    assert {at.month for at in (each.at for each in events_of(found))} > {4, 5}


def test_what_is_wrong_is_said_by_the_reader_of_the_whole(tmp_path, monkeypatch):
    rows = lively()
    rows[200][1] = "soon"
    path = written(tmp_path, rows, "log.csv")
    monkeypatch.setattr(mapped_parts, "PART", 1 << 10)
    log = frames.events(path, VARIANTS["other"])
    with pytest.raises(InvalidLog, match="line 201"):
        list(log.batches())


@pytest.mark.filterwarnings("ignore::support_model.errors.UnknownVendorValue")
def test_batches_of_a_large_file_are_parts_and_leave_nothing_behind(tmp_path, monkeypatch):
    path = tmp_path / "log.csv.gz"
    with gzip.open(path, "wt", newline="") as file:
        file.writelines(",".join(row) + "\n" for row in lively())
    monkeypatch.setattr(mapped_parts, "PART", 1 << 13)
    monkeypatch.setattr(mapped_parts, "TemporaryDirectory", beside_of(tmp_path))
    log = frames.events(path, VARIANTS["other"])
    pieces = [*log.batches()]
    assert len(pieces) > 2
    same_events(joined(pieces), log.raw)
    assert [each.name for each in tmp_path.iterdir()] == ["log.csv.gz"]
    jobs = {"job": lambda part: frames.facts(part, as_of=part.raw.event(0).at), "partitions": 3}
    with suppress(StopIteration):
        next(frames.partitioned(log, **jobs))
    assert [each.name for each in tmp_path.iterdir()] == ["log.csv.gz"]


def beside_of(folder):
    """A maker of temporary folders in another one."""
    return lambda prefix: mapped_parts_folder(prefix=prefix, dir=folder)


mapped_parts_folder = mapped_parts.TemporaryDirectory


def test_unknown_words_are_warned_of_once_for_all_parts(tmp_path, monkeypatch):
    path = written(tmp_path, listed(), "log.csv")
    monkeypatch.setattr(mapped_parts, "PART", 1 << 11)
    warned = []
    for read in (lambda log: log.raw, lambda log: joined(log.batches())):
        with warnings.catch_warnings(record=True) as met:
            warnings.simplefilter("always")
            read(frames.events(path, evolve(LISTS["plain"], other="open")))
        warned.append(sorted(str(each.message) for each in met))
    assert warned[0] == warned[1] != []


def test_which_way_a_file_runs_is_seen_over_its_parts():
    def part(lines, stamps, **more):
        found = Part(**more)
        found.backwards = False
        found.lines, found.stamps = (
            pa.array(each, pa.int64()).to_numpy() for each in (lines, stamps)
        )
        return found

    assert whole_of([part([1, 4], [9, 6]), part([2, 3], [8, 7])]).backwards
    assert not whole_of([part([1, 4], [9, 6]), part([2, 3], [5, 5])]).backwards
    assert not whole_of([part([1, 2], [9, 9]), part([3], [9])]).backwards
    assert not whole_of([part([1], [9]), part([2], [8], up=True)]).backwards
    assert whole_of([part([1], [1]), part([2], [8], down=True)]).backwards
    for one, other in pairwise([Part(), Part(several=True), Part(present=True)]):
        assert not whole_of([one, other]).listed or not (one.several or other.several)
