"""Hosts that wake late, are killed and begin anew tell each moment exactly once.

Three hosts live through a drawn history. One asks the whole log and knows by its keys what it
has told; one keeps the state between events, cuts time into windows and forgets what is stored;
one sleeps until `next_at` and wakes late. At the end each has told what one look from scratch
tells, each moment once, under its key and at its instant.
"""

import json
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from support_model.instants import instant, micros
from support_model.sla import SlaState, evaluate
from support_model.testing._sla_strategies import sla_scenes

LATE = (0, 0, 1, 60_000_000, 3_600_000_000, 40 * 3_600_000_000)
END = timedelta(days=40)


@st.composite
def lives(draw):
    """A scene, the instant at which it is over, instants of waking, and what goes wrong."""
    scene = draw(sla_scenes())
    end = scene.log[-1].at + END
    told = evaluate(scene.log, scene.book, as_of=end).agenda.through(end)
    edges = [micros(moment.at) for moment in told] + [event.micros for event in scene.log]
    places = st.tuples(st.sampled_from(edges), st.sampled_from((-1, *LATE)))
    wakes = draw(st.lists(places, max_size=8))
    first = scene.log[0].micros
    return scene, told, sorted({max(first, at + late) for at, late in wakes} | {micros(end)})


def known(scene, at):
    return [event for event in scene.log if event.micros <= at]


@given(lives())
def test_a_host_that_knows_keys_tells_each_moment_once(life):
    scene, told, wakes = life
    outbox = {}
    for now in wakes:
        agenda = evaluate(known(scene, now), scene.book, as_of=instant(now)).agenda
        for moment in agenda.through(instant(now)):
            outbox.setdefault(moment.key, moment)
    assert outbox == {moment.key: moment for moment in told}


@given(lives(), st.lists(st.booleans(), min_size=4, max_size=4))
def test_a_host_that_keeps_the_state_and_cuts_time_tells_each_moment_once(life, kills):
    scene, told, wakes = life
    empty = state = SlaState.of(scene.book)
    sent, through, fed = [], None, 0
    for turn, now in enumerate(wakes):
        for event in known(scene, now)[fed:]:
            state, fed = state.feed(event), fed + 1
        agenda = state.evaluate(instant(now)).agenda
        since = agenda.through(instant(now))
        sent += since if through is None else agenda.between(through, instant(now))
        through = instant(now)
        if kills[turn % 4]:
            state = state.stored(through=through)
        if kills[(turn + 1) % 4]:
            state = empty.restore(json.loads(json.dumps(state.to_data())))
    assert sorted(sent, key=place) == sorted(told, key=place)


def place(moment):
    return moment.at, str(moment.key)


@given(lives(), st.lists(st.sampled_from(LATE), min_size=3, max_size=3))
def test_a_host_that_sleeps_until_the_next_moment_misses_none(life, lateness):
    scene, told, wakes = life
    outbox, events, now, turn = {}, [*scene.log], scene.log[0].micros, 0
    while now is not None and now <= wakes[-1]:
        agenda = evaluate(known(scene, now), scene.book, as_of=instant(now)).agenda
        for moment in agenda.through(instant(now)):
            outbox.setdefault(moment.key, moment)
        turn += 1
        late = lateness[turn % 3]
        events = [event for event in events if event.micros > now]
        timers = [] if agenda.next_at is None else [micros(agenda.next_at) + late]
        now = min([*timers, *(event.micros for event in events[:1])], default=None)
    assert {key: m for key, m in outbox.items() if m in told} == {m.key: m for m in told}
    assert all(moment in told for moment in outbox.values())
