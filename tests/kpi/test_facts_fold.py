"""The facts of a log are those read off the steps of its fold, whatever it holds."""

import pickle
from copy import copy
from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kpi import facts_of_steps
from kpi.drawn_logs import at, events, scenes

from support_model import kpi
from support_model._cli import demo
from support_model._frozen import FrozenMap
from support_model._kpi.facts import act, done, drafted, solve, wait
from support_model.adapters import table
from support_model.errors import InconsistentLog
from support_model.events import Changed, Created, Message, Rated, Related
from support_model.kpi import Facts
from support_model.testing import events as drawn_events
from support_model.vocabulary import Status

MINUTE = timedelta(minutes=1)


@st.composite
def logs(draw):
    """Draw a log in which some events come from present values, are merges, or are told twice."""
    log = draw(drawn_events(max_size=20))
    made = []
    for event in log:
        basis = draw(st.sampled_from([None, None, "snapshot"]))
        kind = "merged_into" if draw(st.booleans()) else "linked"
        more = {"kind": kind} if isinstance(event, Related) else {}
        made.append(attrs.evolve(event, basis=basis, **more))
    return draw(st.permutations([*made, *draw(st.lists(st.sampled_from(made), max_size=2))]))


@given(logs(), st.integers(0, 3))
def test_facts_are_those_of_the_steps(log, later):
    as_of = max(event.at for event in log) + later * MINUTE
    try:
        expected = facts_of_steps.facts_of(log, as_of)
    except InconsistentLog as error:  # an event of the same instant now stands before the creation
        with pytest.raises(type(error)):
            kpi.facts_of(log, as_of=as_of)
    else:
        assert kpi.facts_of(log, as_of=as_of) == expected


@given(scenes())
def test_facts_of_lives_are_those_of_their_steps(scene):
    rows, as_of, _ = scene
    by_ticket = {}
    for event in events(rows):
        by_ticket.setdefault(event.ticket_id, []).append(event)
    for log in by_ticket.values():
        if min(event.at for event in log) <= at(as_of):
            assert kpi.facts_of(log, as_of=at(as_of)) == facts_of_steps.facts_of(log, at(as_of))


def test_facts_of_a_table_are_those_of_its_steps():
    log = table.read(demo.LOG, table.load(demo.MAPPING))
    for own in log.logs().values():
        assert kpi.facts_of(own, as_of=log.last) == facts_of_steps.facts_of(own, log.last)


def example():
    """Return facts in which most parts hold something."""
    nine = at(0)
    by, new = {"ticket_id": "T1", "role": "agent", "actor": "ann"}, Status("new", "new")
    log = [
        Created(ticket_id="T1", at=nine, role="customer", fields={"status": new, "group": "A"}),
        Message(**by, at=nine + MINUTE, public=True),
        Changed(**by, at=nine + 2 * MINUTE, fields={"status": Status("done", "solved")}),
        Rated(**by, at=nine + 3 * MINUTE, kind="csat", score=4, scale=(1, 5)),
    ]
    return kpi.facts_of(log, as_of=nine + 4 * MINUTE)


@pytest.mark.parametrize("part", attrs.fields(Facts), ids=lambda part: part.name)
def test_facts_made_unchecked_hold_what_checked_ones_hold(part):
    found = example()
    checked = Facts(**{each.name: getattr(found, each.name) for each in attrs.fields(Facts)})
    held, same = getattr(found, part.name), getattr(checked, part.name)
    assert held == same
    assert type(held) is type(same) or part.name == "as_were"  # kept as the changes that led there


def test_facts_made_unchecked_are_values_like_others():
    found = example()
    assert pickle.loads(pickle.dumps(found)) == copy(found) == found  # noqa: S301 - our own
    assert hash(found) == hash(attrs.evolve(found))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        found.worked = None
    for made in (act(at(0), "contact"), wait(at(0), None, "waiting", True), solve(at(0), None)):  # noqa: FBT003 - as of `Wait`
        assert attrs.evolve(made) == made
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            made.at = None


def test_what_is_not_said_is_as_in_facts_that_are_checked():
    nine = at(0)
    draft = drafted()
    draft.ticket_id, draft.as_of, draft.created = "T1", nine, nine
    assert done(draft) == Facts(ticket_id="T1", as_of=nine, created=nine)


def test_facts_revised_differ_in_what_is_named_alone():
    found = example()
    assert found.revised() == found
    assert found.revised(worked=MINUTE) == attrs.evolve(found, worked=MINUTE)


def test_fields_as_they_were_are_like_a_mapping_of_them():
    found = example()
    were = found.as_were
    assert dict(were) == {
        moment: were[moment] for moment in ("created", "first_reply", "solved", "rated")
    }
    assert were["solved"]["status"].name == "new"
    assert were["rated"]["status"].name == "done"
    assert len(were) == 4
    assert were == FrozenMap(were)
    assert FrozenMap(were) == were
    for never in ("as_of", "closed", 5):
        with pytest.raises(KeyError):
            were[never]
    assert attrs.evolve(found) == found


@given(logs())
def test_a_priority_may_be_read_as_its_word_also_as_it_was(log):
    try:
        found = kpi.facts_of(log, as_of=max(event.at for event in log))
    except InconsistentLog:
        return
    kept = attrs.evolve(found)  # the same fields, each as a mapping of its own

    def worded(fields):
        priority = fields.get("priority")
        return {**fields, "priority": priority.name} if priority is not None else fields

    for facts in (found, kept):
        named = facts.with_named_priority()
        assert named.fields == worded(found.fields)
        assert dict(named.as_were) == {at: worded(were) for at, were in found.as_were.items()}
        assert named.with_named_priority() == named
        assert named.revised(fields=found.fields, as_were=found.as_were) == found
