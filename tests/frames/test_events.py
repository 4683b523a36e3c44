"""Rows of events from any source: the same log, or the refusal that the events themselves give."""

import polars as pl
from frames.event_strategies import EVENTS, exactly
from hypothesis import given
from hypothesis import strategies as st

from support_model import frames
from support_model._columns.event_columns import raw_of_events
from support_model._columns.event_tables import table_of_raw

LOGS = st.lists(EVENTS, max_size=6)


def read(source, **how):
    raw = frames.events(source, **how).raw
    return [raw.event(row) for row in range(raw.size)]


@given(LOGS)
def test_rows_of_a_table_are_the_events_that_it_was_made_of(events):
    table = table_of_raw(raw_of_events(events))
    assert exactly(read(table)) == exactly(events)
    assert exactly(read(pl.from_arrow(table))) == exactly(events)
