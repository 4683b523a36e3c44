"""Facts as plain lists are the same from records and from columns."""

import pytest
from frames.histories import drawn_log
from hypothesis import given
from kpi.drawn_logs import events, logs

from support_model import frames, kpi
from support_model._columns import fact_tables
from support_model._kpi.plain import ENTRIES, SCALARS, plain_facts
from support_model._time import micros


def both(log, as_of):
    columns = fact_tables.from_arrow(frames.facts(frames.events(log), as_of=as_of))
    return plain_facts(kpi.case_table(log, as_of=as_of)), plain_facts(columns)


def check(log):
    if not log:
        return
    of_records, of_columns = both(log, max(event.at for event in log))
    places = {ticket: place for place, ticket in enumerate(of_columns.scalar("ticket_id"))}
    order = [places[ticket] for ticket in of_records.scalar("ticket_id")]
    for name in SCALARS:
        told = of_columns.scalar(name)
        assert of_records.scalar(name) == tuple(told[place] for place in order), name
    for name in ENTRIES:
        told = [*of_columns.entries(name).each()]
        assert [*of_records.entries(name).each()] == [told[place] for place in order], name
    for name in ("group", "agent", "line", "nobody has it"):
        told = of_columns.field(name)
        assert of_records.field(name) == tuple(told[place] for place in order), name


@given(logs())
def test_records_and_columns_give_the_same_lists(rows):
    check(events(rows))


@pytest.mark.parametrize("seed", range(8))
def test_so_do_logs_with_merges_and_present_values(seed):
    check([*drawn_log(seed, 12)])


def test_instants_are_microseconds_and_nothing_is_none():
    log = [*drawn_log(1, 5)]
    facts = kpi.case_table(log, as_of=max(event.at for event in log))
    plain = plain_facts(facts)
    assert plain.size == len(facts)
    assert plain.scalar("created") == tuple(micros(each.created) for each in facts)
    assert plain.scalar("merged_into") == tuple(each.merged_into for each in facts)
    assert plain.scalar("created") is plain.scalar("created")
