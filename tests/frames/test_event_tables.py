"""Event rows as Arrow tables: every event comes back from them as it was."""

import pyarrow as pa
from frames.event_strategies import EVENTS, exactly
from hypothesis import given
from hypothesis import strategies as st

from support_model._columns.event_columns import raw_of_events
from support_model._columns.event_joining import joined
from support_model._columns.event_tables import (
    EVENT_SCHEMA,
    raw_of_table,
    table_of_raw,
)
from support_model.frames import Events

LOGS = st.lists(EVENTS, max_size=8)


def events_of(raw):
    return [raw.event(row) for row in range(raw.size)]


@given(LOGS)
def test_every_event_comes_back_from_its_row(events):
    raw = raw_of_events(events)
    assert exactly(events_of(raw)) == exactly(events)
    table = table_of_raw(raw)
    table.validate(full=True)
    assert exactly(events_of(raw_of_table(table))) == exactly(events)


@given(LOGS)
def test_columns_have_the_types_that_are_promised(events):
    table = table_of_raw(raw_of_events(events))
    for part in table.schema:
        custom = part.name.startswith("custom.")
        assert custom or part == EVENT_SCHEMA.field(part.name)
    whole = table_of_raw(raw_of_events(events), EVENT_SCHEMA)
    assert whole.schema == EVENT_SCHEMA


@given(st.lists(LOGS, max_size=4))
def test_pieces_make_one_log(logs):
    whole = joined([raw_of_table(table_of_raw(raw_of_events(log))) for log in logs])
    events = [event for log in logs for event in log]
    assert exactly(events_of(whole)) == exactly(events)
    assert whole.ids.to_pylist() == [*dict.fromkeys(event.ticket_id for event in events)]
    for words in whole.fields.values():
        assert len({(type(word), word) for word in words.words}) == len(words.words)


@given(LOGS, st.data())
def test_chunks_slices_and_texts_without_a_dictionary_say_the_same(events, data):
    table = table_of_raw(raw_of_events(events))
    plain = pa.table(
        {
            part.name: table[part.name].cast(pa.string())
            if pa.types.is_dictionary(part.type)
            else table[part.name]
            for part in table.schema
        }
    )
    cut = data.draw(st.integers(0, len(events)))
    for given_table in (plain, table):
        pieces = pa.concat_tables([given_table.slice(0, cut), given_table.slice(cut)])
        assert exactly(events_of(raw_of_table(pieces))) == exactly(events)
        assert exactly(events_of(raw_of_table(pieces.slice(cut)))) == exactly(events[cut:])


@given(LOGS)
def test_a_log_speaks_the_arrow_stream_protocol(events):
    log = Events.of(events)
    assert exactly(events_of(raw_of_table(pa.table(log)))) == exactly(events)
    assert log.rows == len(events)
    assert f"{len(events):,}" in log._repr_html_()
