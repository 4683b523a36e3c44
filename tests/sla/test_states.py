"""A state that is fed event by event answers as the whole log does, also after it was stored."""

import json
from contextlib import suppress
from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sla.test_sla_laws import meetings
from sla.test_sla_rules import OFFICE, URGENT, at, life, of, promises, says

from support_model._common_shapes import given as names
from support_model._records import write
from support_model._sla.policy_data import POLICY
from support_model._sla.state_data import digest
from support_model._time import FIRST, LAST
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.errors import InvalidValue, OutOfOrder, StaleState, SupportModelError
from support_model.events import Changed
from support_model.patterns import Field
from support_model.sla import (
    NEXT_RESPONSE,
    RESOLUTION,
    PolicyBook,
    SlaPolicy,
    SlaState,
    Target,
    evaluate,
)
from support_model.testing._sla_strategies import SlaScene, sla_scenes
from support_model.vocabulary import Status

LATER = timedelta(days=2)


def told(result):
    """What a kept state must know: sums over all cycles, and all of the last one."""
    found = {}
    for clock in result.clocks:
        row = [clock.was_breached, clock.tally, clock.breach_at]
        if (last := clock.last) is not None:
            row += [clock.state, clock.due_at, clock.elapsed, clock.remaining, clock.breached]
            row += [last.number, last.start, last.stop, last.end, last.stopped_by, last.breach_at]
            row += [last.policy, last.earlier_breaches, last.gross_elapsed, last.pauses]
            row += [last.results]
        found[clock.slot, clock.metric.name] = row
    return found


def judge(scene):
    empty = SlaState.of(scene.book)
    state = empty
    for number, event in enumerate(scene.log, 1):
        state = state.feed(event)
        stored = empty.restore(json.loads(json.dumps(state.to_data())))
        assert stored == state
        for as_of in (event.at, event.at + LATER):
            whole = evaluate(scene.log[:number], scene.book, as_of=as_of)
            fed = stored.evaluate(as_of)
            assert told(fed) == told(whole)
            assert fed.next_at == whole.next_at == whole.agenda.next_at


@given(meetings())
def test_fed_is_evaluated_near_a_turned_clock(scene):
    judge(scene)


@given(sla_scenes())
def test_fed_is_evaluated(scene):
    judge(scene)


def gold(*targets):
    return SlaPolicy(name="gold", targets=targets)


@given(sla_scenes(), st.sampled_from([None, 1]))
def test_an_event_that_is_fed_twice_counts_once(scene, first):
    log = [attrs.evolve(event, seq=first and n) for n, event in enumerate(scene.log, 1)]
    state = SlaState.of(scene.book)
    for event in log:
        state = state.feed(event).feed(event)
    twice = [event for event in log for _ in range(2)]
    as_of = log[-1].at + LATER
    whole = evaluate(twice, scene.book, as_of=as_of)
    assert state.ticket == whole.ticket
    assert told(state.evaluate(as_of)) == told(whole)


def test_a_clock_stays_known_when_a_later_cycle_begins_without_a_target():
    log = life(
        *((1, says()), (2, says("customer")), (7, says()), (8, "normal")),
        *((9, says("customer")), (10, says()), (11, "urgent"), (12, says("customer"))),
        priority="urgent",
    )
    book = gold(of("2h", NEXT_RESPONSE, when=URGENT))
    judge(SlaScene(book=SlaState.of(book)._folds.book, log=tuple(log), as_of=at(1), later=at(1)))


def test_a_promise_withdrawn_leaves_the_target_with_warnings_of_its_own():
    """What the promised date reached stays; the four hours warn and are due by themselves."""
    log = life((0, promises("resolution", 1)), (1.5, promises("resolution", None)))
    result = evaluate(log, gold(of("4h", warn_at=[0.5])), as_of=at(1.75))
    assert [(moment.at, moment.key[-2:]) for moment in result.agenda] == [
        (at(0.5), ("0.5", "by 2026-03-02T10:00Z")),
        (at(1), ("due", "by 2026-03-02T10:00Z")),
        (at(2), ("0.5", "4h")),
        (at(4), ("due", "4h")),
    ]
    assert result.next_at == at(2)


def test_feeding_leaves_the_state_before_as_it_was():
    empty = SlaState.of(gold(of("2h")))
    first, second = life((1, "solved"))
    one = empty.feed(first)
    two = one.feed(second)
    assert empty.ticket is None
    assert one.evaluate(at(3))["resolution"].state == "running"
    assert two.evaluate(at(3))["resolution"].state == "met"


def test_a_state_refuses_what_it_cannot_answer():
    empty = SlaState.of(gold(of("2h")))
    first, second = life((1, "solved"))
    two = empty.feed(first).feed(second)
    with pytest.raises(InvalidValue, match="before the first event"):
        empty.evaluate(at(0))
    with pytest.raises(InvalidValue, match="events after this were seen"):
        two.evaluate(at(0.5))
    with pytest.raises(OutOfOrder):
        two.feed(says()(0.5, 2))
    with pytest.raises(StaleState, match="other rules"):
        SlaState.of(gold(of("3h"))).restore(two.to_data())
    with pytest.raises(InvalidValue, match="was changed"):
        empty.restore({**two.to_data(), "folds": {"clocks": [{}]}})
    with pytest.raises(InvalidValue, match="cannot be read"):
        empty.restore(signed({**two.to_data(), "folds": {"clocks": [{"cycles": [[1, {}]]}]}}))


def signed(data):
    """A document that was changed, with the digest of what it now holds."""
    content = {key: part for key, part in data.items() if key != "digest"}
    return {**content, "digest": digest(content)}


JUNK = (
    *(None, True, -1, 0, 1, 2**70, 1.5, float("nan"), "", "x", [], [1], {}, {"x": 1}),
    *("2026-01-01", "9999-12-31T23:59:59+00:00", -(10**17)),
)


def places(data, path=()):
    """The paths of all parts of a document but itself."""
    items = enumerate(data) if isinstance(data, list) else dict(data).items()
    for key, part in items:
        yield (*path, key)
        if isinstance(part, dict | list):
            yield from places(part, (*path, key))


def broken(data, path, junk):
    """A copy of a document with one part replaced, or without it where the junk is `...`."""
    copied = json.loads(json.dumps(data))
    *way, last = path
    here = copied
    for key in way:
        here = here[key]
    if junk is ...:
        del here[last]
    else:
        here[last] = junk
    return signed(copied) if path != ("digest",) else copied


@given(scene=sla_scenes(), draw=st.data())
def test_whatever_is_broken_in_a_stored_state_is_refused_or_answers(scene, draw):
    """No part of a document can make an answer fail in another way than by a typed error."""
    empty = state = SlaState.of(scene.book)
    for event in scene.log:
        state = state.feed(event)
    data = json.loads(json.dumps(state.to_data()))
    path = draw.draw(st.sampled_from(sorted(places(data), key=str)))
    document = broken(data, path, draw.draw(st.sampled_from((..., *JUNK))))
    with suppress(SupportModelError):
        restored = empty.restore(document)
        found = restored.evaluate(scene.log[-1].at + LATER)
        assert (found.next_at is None) is (found.agenda.next_at is None)
        assert all(str(clock) for clock in found)
        json.dumps(restored.to_data())


def variants():
    """Books of which any two differ in one part."""
    own = attrs.evolve(NEXT_RESPONSE, name="own")
    base = {"metric": own, "within": timedelta(hours=2), "calendar": OFFICE}
    for change in (
        *({}, {"within": timedelta(hours=3)}, {"within": WorkingDays(1)}),
        *({"within": WorkingDays(2)}, {"within": WorkingDays(1, end_of_day=True)}),
        *({"calendar": BusinessCalendar.always()}, {"when": URGENT}, {"when": ~URGENT}),
        *({"warn_at": [0.5]}, {"warn_at": [0.75]}, {"warn_at": [timedelta(minutes=-5)]}),
        *({"on_change": word} for word in ("restart", "forward", "frozen")),
        *({"metric": attrs.evolve(own, after_stop=word)} for word in ("once", "resume")),
        {"metric": attrs.evolve(own, start=Field("category").is_("open"))},
        {"metric": attrs.evolve(own, stop=Field("category").is_("open"))},
        {"metric": attrs.evolve(own, pause=Field("category").is_("open"))},
        {"metric": attrs.evolve(own, reset=Field("category").is_("open"))},
        {"metric": attrs.evolve(own, name="other")},
    ):
        yield PolicyBook([gold(Target(**{**base, **change}))])
    plain = Target(**base)
    for change in ({"name": "silver"}, {"version": "2"}, {"kind": "ola"}, {"when": URGENT}):
        yield PolicyBook([SlaPolicy(**{"name": "gold", "targets": [plain], **change})])
    yield PolicyBook([gold(plain, plain)])
    yield PolicyBook([gold(plain)], select="all")
    yield PolicyBook([])


def test_a_state_is_stale_under_rules_that_differ_in_any_part():
    books = [*variants()]
    log = life((1, says()))
    states = [SlaState.of(book).feed(log[0]).feed(log[1]) for book in books]
    assert len({state.rules for state in states}) == len(books)
    for number, state in enumerate(states):
        assert SlaState.of(books[number]).restore(state.to_data()) == state
        with pytest.raises(StaleState):
            states[number - 1].restore(state.to_data())


def test_a_policy_as_data_names_the_calendars_that_have_a_name():
    policy = gold(of("2h", calendar=OFFICE), of("1h", NEXT_RESPONSE))
    named = write(POLICY, policy, "policy", names({"office": OFFICE}))
    assert [type(row["calendar"]) for row in named["targets"]] == [str, dict]
    assert named["targets"][0]["calendar"] == "office"
    assert [row["metric"] for row in named["targets"]] == ["resolution", "next_response"]
    spelled = write(POLICY, policy, "policy")
    assert spelled["targets"][0]["calendar"] == OFFICE.to_data()


def test_a_target_of_another_clock_is_no_state_of_this_one():
    empty = SlaState.of(gold(of("2h"), of("1h", NEXT_RESPONSE)))
    first, second = life((1, says()))
    data = empty.feed(first).feed(second).to_data()
    data["folds"]["clocks"][0]["cycles"][0][1]["terms"][0][1] = [0, 1, None]
    with pytest.raises(InvalidValue, match="no target of the clock"):
        empty.restore(signed(data))


def size(state):
    return len(json.dumps(state.to_data(), separators=(",", ":")))


def test_a_state_is_small_and_grows_by_its_pauses_alone():
    """Four clocks of which all pause: at most 2,000 bytes, and 30 for each pause of each."""
    four = [
        attrs.evolve(RESOLUTION, name=name, pause=Field("category").in_("pending", "on_hold"))
        for name in ("resolution", "work", "wait", "other")
    ]
    empty = SlaState.of(gold(*(of("8h", metric, calendar=OFFICE) for metric in four)))
    rows = [says()(0.25, 1), says("customer")(0.5, 2), says()(0.75, 3)]
    state = empty.feed(*life())
    for event in rows:
        state = state.feed(event)
    begun = size(state)
    assert begun <= 2000
    for number in range(100):
        for status in ("pending", "open"):
            waits = {"status": Status(f"{status}, we were told so by them", status)}
            hours = 1 + number + (0.5 if status == "open" else 0)
            change = event_of(hours, state.ticket.version, fields=waits)
            state = state.feed(change)
    assert size(state) - begun <= 30 * 100 * len(four)
    assert empty.restore(json.loads(json.dumps(state.to_data()))) == state


def test_closed_cycles_of_a_long_conversation_are_counts_once_they_are_stored():
    empty = SlaState.of(gold(of("2h", NEXT_RESPONSE)))
    state = empty.feed(*life())
    sizes = []
    for number in range(1, 61):
        state = state.feed(says("customer" if number % 2 else "agent")(number, number))
        state = state.stored(through=at(number))
        sizes.append(size(state))
    assert max(sizes[20:]) <= max(sizes[:20]) + 20  # the digits of the counts
    assert state.evaluate(at(61))["next_response"].tally["met"] == 29


def test_nothing_is_folded_before_the_host_says_that_it_is_stored():
    """A timer that comes late finds the breach of an answer that is long closed."""
    book = gold(of("1h", NEXT_RESPONSE))
    log = life(
        *((1, says()), (2, says("customer")), (5, says()), (6, says("customer")), (6.5, says())),
    )
    state = SlaState.of(book)
    for event in log:
        state = state.feed(event)
    whole = evaluate(log, book, as_of=at(7))
    assert [moment.at for moment in whole.agenda] == [at(3)]
    assert state.evaluate(at(7)).agenda == whole.agenda
    kept = state.stored(through=at(6.5))
    assert kept.evaluate(at(7)).agenda.between(at(6.5), at(20)) == ()
    assert kept.evaluate(at(7))["next_response"].tally == whole["next_response"].tally
    assert SlaState.of(book).restore(kept.to_data()) == kept


def test_what_is_stored_cannot_be_changed_by_a_late_event():
    state = SlaState.of(gold(of("2h"))).feed(*life()).stored(through=at(1))
    with pytest.raises(StaleState, match="to which moments are stored"):
        state.feed(says()(1, 1))
    with pytest.raises(InvalidValue, match="does not stand at this instant"):
        state.stored(through=at(0.5))
    with pytest.raises(InvalidValue, match="does not stand at this instant"):
        SlaState.of(gold(of("2h"))).stored(through=at(1))
    later = state.feed(says()(1.5, 1))
    assert later.through == state.through
    with pytest.raises(InvalidValue, match="does not stand at this instant"):
        later.stored(through=at(1))


def test_events_of_one_instant_are_one_step_in_a_state_too():
    """Priority down and up again at one instant: the target between never held."""
    book = gold(of("4h", when=URGENT), of("8h", when=~URGENT, on_change="restart"))
    log = life((3, "normal"), (3, "urgent"), priority="urgent")
    state = SlaState.of(book)
    for event in log:
        state = SlaState.of(book).restore(json.loads(json.dumps(state.feed(event).to_data())))
    assert state.evaluate(at(3))["resolution"].due_at == at(4)
    assert state.evaluate(at(3)).agenda == evaluate(log, book, as_of=at(3)).agenda


def test_a_state_hashes():
    state = SlaState.of(gold(of("2h"))).feed(*life())
    assert hash(state) == hash(SlaState.of(gold(of("2h"))).feed(*life()))


def event_of(hours, seq, **more):
    return Changed(ticket_id="T1", at=at(hours), seq=seq, role="agent", **more)


def eventful():
    """A state of three clocks that has everything a state can hold."""
    again = attrs.evolve(RESOLUTION, name="again", after_stop="restart")
    book = gold(of("2h", warn_at=[0.5]), of("2h", again, warn_at=[0.5]), of("1h", NEXT_RESPONSE))
    log = life(
        *((0.5, "pending"), (1, "open"), (2, says()), (3, says("customer")), (4, says())),
        *((5, "solved"), (6, "open"), (7, says("customer")), (7.5, promises("resolution", 20))),
        *((8, "pending"), (9, says())),
    )
    empty = state = SlaState.of(book)
    for event in log:
        state = state.feed(event)
    return empty, json.loads(json.dumps(state.stored(through=at(9)).to_data()))


def test_everything_that_a_state_can_hold_is_told_in_its_data():
    empty, data = eventful()
    restored = empty.restore(data)
    assert restored.to_data() == data
    held = [
        set(count)
        for clock in data["folds"]["clocks"]
        for _, *counts in clock["cycles"]
        for count in counts
    ]
    assert set.union(*held) == {
        *("start", "terms", "pauses", "names", "paused", "gaps", "stopped", "by", "ended")
    }
    assert data["folds"]["clocks"][2]["folded"] == [1, 0, 0, 0, None]
    assert data["ticket"].keys() >= {"times", "promises", "waiting_since", "status_since"}


@pytest.mark.parametrize(
    ("path", "junk"),
    [
        (("folds",), None),
        (("folds", "clocks"), None),
        (("folds", "clocks"), {}),
        (("folds", "clocks", 0), ...),
        (("folds", "clocks", 0), []),
        (("folds", "clocks", 0, "cycle"), []),
        (("folds", "clocks", 0, "cycles", 0, 1, "paus"), []),
        (("folds", "clocks", 0, "cycles", 0, 0), 0),
        (("folds", "clocks", 0, "cycles", 0, 0), True),
        (("folds", "clocks", 0, "cycles", 0, 1, "start"), 1.5),
        (("folds", "clocks", 0, "cycles", 0, 1, "start"), LAST + 1),
        (("folds", "clocks", 0, "cycles", 0, 1, "start"), FIRST - 1),
        (("folds", "clocks", 0, "cycles", 0, 1, "terms"), []),
        (("folds", "clocks", 0, "cycles", 0, 1, "terms", 0), [0, None]),
        (("folds", "clocks", 0, "cycles", 0, 1, "terms", 0, 0), "0"),
        (("folds", "clocks", 0, "cycles", 0, 1, "terms", 0, 1), [-1, 0, None]),
        (("folds", "clocks", 0, "cycles", 0, 1, "terms", 0, 1), [0, -3, None]),
        (("folds", "clocks", 0, "cycles", 0, 1, "terms", 0, 1), [0, 3, None]),
        (("folds", "clocks", 0, "cycles", 0, 1, "terms", 0, 1), [0, 0, "soon"]),
        (("folds", "clocks", 0, "cycles", 0, 1, "terms", 0, 3), None),
        (("folds", "clocks", 0, "cycles", 0, 1, "terms", 0, 4), 0.5),
        (("folds", "clocks", 0, "cycles", 0, 1, "pauses", 0, 1), 0),
        (("folds", "clocks", 0, "cycles", 0, 1, "pauses", 0, 2), -1),
        (("folds", "clocks", 0, "cycles", 0, 1, "pauses", 0, 2), 9),
        (("folds", "clocks", 0, "cycles", 0, 1, "names", 0), 5),
        (("folds", "clocks", 0, "cycles", 0, 1, "paused", 1), None),
        (("folds", "clocks", 0, "cycles", 0, 1, "voided"), 1),
        (("folds", "clocks", 0, "cycles", 0, 1, "stopped"), 5),
        (("folds", "clocks", 0, "cycles", 0, 1, "gaps", 0, 2), 7),
        (("folds", "clocks", 0, "cycles", 0, 1, "gaps", 0, 1), LAST),
        (("folds", "clocks", 0, "cycles", 0, 1, "terms", 1, 0), 10**12),
        (("folds", "clocks", 0, "cycles", 0, 1, "ended"), 10),
        (("folds", "clocks", 1, "cycles", 0, 1, "ended"), ...),
        (("folds", "void"), [0, "spam"]),
        (("folds", "voids"), [[0, LAST, "spam"]]),
        (("events",), []),
        (("events", 0, "at"), "noon"),
        (("events", 0, "seq"), None),
        (("through",), -1),
        (("through",), "noon"),
        (("digest",), "0123456789abcdef"),
        (("folds", "clocks", 2, "folded"), [1, 0, 0, 0]),
        (("folds", "clocks", 2, "folded", 0), -1),
        (("folds", "clocks", 2, "folded", 4), "first"),
        (("ticket",), None),
        (("ticket", "id"), 5),
        (("ticket", "idd"), "T1"),
        (("ticket", "version"), "9"),
        (("ticket", "seq"), 1.5),
        (("ticket", "created_by"), "robot"),
        (("ticket", "at"), ...),
        (("ticket", "at"), "2026-03-02T09:00:00"),
        (("ticket", "status_since"), "noon"),
        (("ticket", "fields"), ...),
        (("ticket", "fields", "status"), ...),
        (("ticket", "fields", "status"), "open"),
        (("ticket", "fields", "group"), 5),
        (("ticket", "times"), [1]),
        (("ticket", "times", "replied"), 0),
        (("ticket", "times", "repleid"), 1),
        (("ticket", "known"), {"agent": "ann"}),
        (("ticket", "known"), {"group": None}),
        (("ticket", "relations"), [["eaten_by", "T2"]]),
        (("ticket", "relations"), [["parent", 5]]),
        (("ticket", "promises", 0, 0), 5),
        (("ticket", "promises", 0, 1), "soon"),
        (("ticket", "policy"), ["gold"]),
        (("ticket", "policy"), ["gold", 1]),
    ],
    ids=str,
)
def test_no_such_state_was_ever_written(path, junk):
    empty, data = eventful()
    with pytest.raises(InvalidValue):
        empty.restore(broken(data, path, junk))


@pytest.mark.parametrize("on_change", ["carry", "restart", "forward", "frozen"])
def test_what_a_change_did_to_a_cycle_is_kept(on_change):
    book = gold(of("2h", when=URGENT, on_change=on_change), of("8h", on_change=on_change))
    empty = state = SlaState.of(book)
    for event in life((1, "urgent"), (2, "normal"), (2.5, "pending"), (3, "open")):
        state = state.feed(event)
    assert empty.restore(json.loads(json.dumps(state.to_data()))) == state


def test_the_shortest_pause_is_one():
    empty, data = eventful()
    shortest = broken(data, ("folds", "clocks", 0, "cycles", 0, 1, "pauses", 0, 1), 1)
    assert empty.restore(shortest).to_data() == shortest
