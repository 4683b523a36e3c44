"""Facts as plain lists are the same from records and from columns."""

import pickle
import weakref

import numpy as np
import pyarrow as pa
import pytest
from frames.histories import drawn_log
from hypothesis import given
from kpi.drawn_logs import events, logs

from support_model import frames, kpi
from support_model._columns import fact_tables
from support_model._columns.event_columns import EventColumns
from support_model._columns.recorded_facts import recorded_facts
from support_model._columns.told import CHUNK, Told, told
from support_model._columns.values import NONE, NULL, Texts, Words
from support_model._kpi.plain import ENTRIES, SCALARS, plain_facts
from support_model._time import micros
from support_model.errors import InvalidValue


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


INSTANTS = np.array([5, NULL, 7, 7], np.int64)
NAMES = Words(np.array([1, -1, 0, -2], np.int8), ("ann", "bob"))


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (INSTANTS, (5, None, 7, 7)),
        (NAMES, ("bob", None, "ann", None)),
        (np.array([True, False]), (True, False)),
        (np.array([0.5, 2.0]), (0.5, 2.0)),
        (np.array([], np.int64), ()),
    ],
)
def test_a_column_is_told_as_a_tuple_would_be(column, values):
    own = told(column)
    assert own == values
    assert (len(own), [*own], own[:], own[1:3]) == (len(values), [*values], values, values[1:3])
    for place, value in enumerate(values):
        assert own[place] == value
        assert own[place].__class__ is value.__class__
        assert value in own
    assert "carl" not in own
    assert pickle.loads(pickle.dumps(own)) == values  # noqa: S301 - its own
    if values:
        assert own[-1] == values[-1]
        assert own != values[:-1]
        assert hash(own) == hash(values)


def test_a_long_column_is_walked_by_parts():
    own = Told(np.arange(2 * CHUNK + 3))
    assert [*own] == [*range(2 * CHUNK + 3)]
    assert repr(own) == f"<{len(own):,} values, 0 to {len(own) - 1}>"
    assert repr(Told(INSTANTS)) == "(5, None, 7, 7)"


def test_words_of_which_every_row_may_have_its_own_are_kept_as_they_are():
    names = Words(np.array([0, 2], np.int32), ("T1", "T2", "T3"))
    assert told(names) == ("T1", "T3")
    assert told(names).__class__ is tuple


def test_texts_of_which_every_row_may_have_its_own_stay_in_arrow_until_they_are_asked_for():
    texts = Texts(pa.array([f"T{n}" for n in range(3 * CHUNK)]))
    codes = np.arange(2 * CHUNK + 3, dtype=np.int32)[::-1].copy()
    codes[1] = NONE
    own = told(Words(codes, texts))
    names = [None if code == NONE else f"T{code}" for code in codes.tolist()]
    assert [*own] == names
    assert own == tuple(names)
    assert (own[0], own[1], own[-1], own[2:4]) == (names[0], None, "T0", tuple(names[2:4]))
    assert "T7" in own
    assert "T-1" not in own
    assert None in own


@pytest.mark.parametrize("seed", range(12))
def test_packed_facts_are_those_of_the_records(seed):
    log = [*drawn_log(seed, 9)]
    facts = kpi.case_table(log, as_of=max(event.at for event in log))
    lazy, packed = kpi.plain_facts(facts), kpi.plain_facts(facts).packed()
    assert packed.packed() is packed
    curve = kpi.resolution_curve(facts)
    assert kpi.resolution_curve(packed) == curve
    for own in (facts, packed):
        (half,) = kpi.resolution_quantiles(own, [0.5])
        assert (half.n, half.events, half.value) == (curve.n, curve.events, curve.quantile(0.5))
    must_be_alike(lazy, packed, facts)
    for own, other in zip(
        kpi.plain_parts(facts, size=4), kpi.plain_parts(packed, size=4), strict=True
    ):
        must_be_alike(own, other, facts)


@pytest.mark.parametrize("seed", range(12))
def test_packed_facts_of_columns_hold_no_events(seed):
    log = [*drawn_log(seed, 9)]
    as_of = max(event.at for event in log)
    events = EventColumns.known_by(frames.events(log).raw, micros(as_of))
    facts = recorded_facts(events, micros(as_of))
    lazy, packed = kpi.plain_facts(facts), kpi.plain_facts(facts).packed()
    assert packed.packed() is packed
    assert kpi.resolution_curve(packed) == kpi.resolution_curve(facts)
    must_be_alike(lazy, packed, kpi.case_table(log, as_of=as_of))
    for name in ("contact", *(f"created.{name}" for name in packed.columns.fields)):
        with pytest.raises(InvalidValue, match=f"'{name}'"):
            packed.columns.part(name)
    held = weakref.ref(events)
    del events, facts, lazy
    assert held() is None


def must_be_alike(one, other, facts):
    assert one.size == other.size
    for name in SCALARS:
        assert [*one.scalar(name)] == [*other.scalar(name)]
    for name in (*{name for each in facts for name in each.fields}, "custom.none"):
        assert [*one.field(name)] == [*other.field(name)]
    for name in ENTRIES:
        own, theirs = one.entries(name), other.entries(name)
        assert [*own.offsets] == [*theirs.offsets]
        assert [[*part] for part in own.parts] == [[*part] for part in theirs.parts]
