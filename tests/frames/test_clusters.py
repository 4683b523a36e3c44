"""What clusters are told, without one: cuts between tickets, types of answers, keys of merges."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from support_model import frames
from support_model._frames import clusters
from support_model._frames.clusters import whole_keys
from support_model._frames.spills import hashes
from support_model.errors import InvalidValue


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize("least", [1, 4, 1_000])
def test_tables_of_whole_keys_end_where_a_key_does(size, least):
    keys = ["a"] * 5 + ["b"] + ["c"] * 7 + [None] * 2
    batch = pa.record_batch({"key": keys, "n": list(range(len(keys)))})
    batches = [batch.slice(start, size) for start in range(0, len(keys), size)]
    tables = list(whole_keys([batch.slice(0, 0), *batches], "key", least))
    assert [n for table in tables for n in table["n"].to_pylist()] == list(range(len(keys)))
    seen = [set(table["key"].to_pylist()) for table in tables]
    assert sum(map(len, seen)) == len(set(keys))
    assert all(table.num_rows >= least for table in tables[:-1])


def test_every_type_of_an_answer_has_a_name_in_spark_but_no_other():
    kinds = {
        "text": (pa.dictionary(pa.int32(), pa.string()), "STRING"),
        "a.b": (pa.large_string(), "STRING"),
        "flag": (pa.bool_(), "BOOLEAN"),
        "whole": (pa.int64(), "BIGINT"),
        "number": (pa.float64(), "DOUBLE"),
        "at": (pa.timestamp("us", "UTC"), "TIMESTAMP"),
        "wall": (pa.timestamp("us"), "TIMESTAMP_NTZ"),
        "length": (pa.duration("us"), "INTERVAL DAY TO SECOND"),
        "day": (pa.date32(), "DATE"),
        "nothing": (pa.null(), "STRING"),
        "list": (pa.list_(pa.dictionary(pa.int32(), pa.string())), "ARRAY<STRING>"),
        "parts": (
            pa.list_(pa.struct([("at", pa.timestamp("us", "UTC")), ("of", pa.null())])),
            "ARRAY<STRUCT<`at`: TIMESTAMP, `of`: STRING>>",
        ),
        "counts": (pa.map_(pa.string(), pa.int64()), "MAP<STRING, BIGINT>"),
    }
    schema = pa.schema([(name, clusters._plain(kind)) for name, (kind, _) in kinds.items()])
    said = ", ".join(f"`{name}` {word}" for name, (_, word) in kinds.items())
    assert clusters._ddl(schema) == said
    with pytest.raises(InvalidValue, match="no name for: 'decimal128"):
        clusters._ddl(pa.schema([("money", pa.decimal128(9, 2))]))


def test_an_answer_is_brought_to_the_columns_of_the_whole():
    schema = pa.schema([("a", pa.string()), ("b", pa.int64())])
    words = pa.table({"a": pa.array(["x", None]).dictionary_encode()})
    assert clusters._fitted(words, schema).to_pydict() == {"a": ["x", None], "b": [None, None]}
    with pytest.raises(InvalidValue, match="'c'; give schema="):
        clusters._fitted(pa.table({"c": [1]}), schema)


def test_the_answer_for_no_rows_has_each_field_in_the_type_of_its_column():
    rows = pa.schema(
        [
            *(("ticket_id", pa.string()), ("at", pa.timestamp("us", "UTC"))),
            *(("type", pa.string()), ("role", pa.string()), ("priority", pa.string())),
            *(("line", pa.int32()), ("tags", pa.list_(pa.string()))),
            *(("custom.size", pa.int64()), ("custom.weight", pa.float64())),
            *(("custom.vip", pa.bool_()), ("custom.seen", pa.timestamp("ms", "UTC"))),
            *(("custom.labels", pa.list_(pa.string())), ("custom.note", pa.large_string())),
        ]
    )

    def facts(log):
        return frames.facts(log, as_of=datetime(2026, 3, 2, tzinfo=UTC))

    _, answer = clusters._work(facts, frames.events, rows, None)
    assert {name: str(answer.field(name).type) for name in answer.names if "custom" in name} == {
        f"{moment}custom.{name}": kind
        for moment in ("", "created.", "first_reply.", "solved.", "rated.")
        for name, kind in {
            "size": "int64",
            "weight": "double",
            "vip": "bool",
            "seen": "timestamp[us, tz=UTC]",
            "labels": "list<item: string>",
            "note": "string",
        }.items()
    }
    assert str(answer.field("priority").type) == "string"
    assert str(answer.field("line").type) == "int64"


def test_tickets_that_merges_join_have_one_key_and_others_their_own():
    names = ["A", "B", "C", "D"]
    number = dict(zip(names, hashes(pa.array(names)).tolist(), strict=True))
    links = {number["A"]: number["B"], number["B"]: number["B"], number["C"]: number["B"]}
    links = dict(sorted(links.items()))
    pandas = pytest.importorskip("pandas", reason="pandas")
    part = pandas.DataFrame({"ticket_id": names})
    keyed = clusters._keyed(part, "ticket_id", links, {"number": 3})
    keys = keyed[clusters._KEY].to_numpy().view(np.uint64).tolist()
    assert keys == [number["B"]] * 3 + [number["D"]]
    assert keyed[clusters._ROW].tolist() == [(3 << 40) + place for place in range(4)]
