"""A kept state is stale only where the log would make another one under the rules of today."""

from datetime import timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sla.differential import drawn
from sla.test_editions import applied, edits, gold
from sla.test_sla_rules import URGENT, at, life, of, says

from support_model._sla import clocks, state_data
from support_model._time import Span
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.errors import InvalidValue, StaleState
from support_model.events import PolicyApplied
from support_model.sla import METRICS, NEXT_RESPONSE, RESOLUTION, PolicyBook, SlaPolicy, SlaState
from support_model.testing._sla_strategies import metrics, policy_books, sla_scenes

DAY = timedelta(days=1)
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC", name="office")


def states(book, log, stored=()):
    """Yield the state after each event, moments stored after the events of some numbers."""
    state = SlaState.of(book)
    later = [*(event.at for event in log[1:]), None]
    for number, (event, following) in enumerate(zip(log, later, strict=True)):
        state = state.feed(event)
        if number in stored and event.at != following:
            state = state.stored(through=event.at)
        yield state


def fed(book, log, stored=()):
    """The state of a log."""
    return [*states(book, log, stored)][-1]


def judge(old, new, log, stored=(), *, must=False):
    """Restored under other rules a state is what the log makes of them, or it is refused."""
    empty = SlaState.of(new)
    for event, was, fresh in zip(
        log, states(old, log, stored), states(new, log, stored), strict=True
    ):
        try:
            state = empty.restore(was.to_data())
        except StaleState:
            if must:
                raise
            continue
        assert state == fresh
        assert state.to_data() == fresh.to_data()
        assert state.evaluate(event.at + DAY).agenda == fresh.evaluate(event.at + DAY).agenda


def with_hours(book, change):
    """A book whose calendars are changed."""
    policies = [
        attrs.evolve(
            policy,
            targets=[attrs.evolve(t, calendar=change(t.calendar)) for t in policy.targets],
        )
        for policy in book.policies
    ]
    return PolicyBook(policies, book.select)


def closed(start, length=DAY):
    """A function that closes calendars for a while."""
    span = Span(start, start + length)
    return lambda calendar: calendar - [span]


REPEATING = metrics(after_stop=st.sampled_from(("again", "again_after_due", "restart", "resume")))
MEASURED = policy_books(metrics=REPEATING, on_change=st.just("forward"))


@settings(max_examples=2 * settings.default.max_examples)
@given(sla_scenes(themes=("forward", "days", "instant")) | sla_scenes(books=MEASURED), st.data())
def test_one_more_holiday(scene, data):
    """Whatever closes, before, inside or after what was counted."""
    near = data.draw(st.sampled_from([event.at for event in scene.log]))
    start = near + data.draw(st.integers(-5, 5)) * DAY / 2
    stored = data.draw(st.sampled_from((range(20), range(1, 20), range(2, 20), ())))
    length = data.draw(st.sampled_from((DAY, 3 * DAY, DAY / 24)))
    judge(scene.book, with_hours(scene.book, closed(start, length)), scene.log, stored)


@given(sla_scenes(), st.data())
def test_hours_that_nothing_was_measured_by(scene, data):
    """Without `forward`, a repetition after the due or stored cycles no holiday makes it stale."""
    rules = {t.on_change for p in scene.book.policies for t in p.targets}
    after = {t.metric.after_stop for p in scene.book.policies for t in p.targets}
    start = data.draw(st.sampled_from([event.at for event in scene.log]))
    must = "forward" not in rules and "again_after_due" not in after
    judge(scene.book, with_hours(scene.book, closed(start)), scene.log, must=must)


@given(sla_scenes(), st.data())
def test_one_more_edition(scene, data):
    _, book = data.draw(edits(scene))
    judge(scene.book, book, scene.log)


@given(sla_scenes())
def test_an_edition_that_begins_after_the_last_event(scene):
    """It makes no state stale, and neither does one that is taken back before it began."""
    policy = attrs.evolve(scene.book.policies[0], version="next")
    policy = attrs.evolve(policy, targets=policy.targets[:1] * 2)
    book = scene.book.replaced(scene.log[-1].at, policy)
    judge(scene.book, book, scene.log, must=True)
    judge(book, scene.book, scene.log, must=True)


@given(sla_scenes(), policy_books())
def test_other_rules(scene, other):
    log = [event for event in scene.log if event.type != "policy_applied"]
    judge(scene.book, other, log)


@st.composite
def pinned(draw, log, book):
    """A log that names an edition, perhaps one that is yet to begin, beside one of its events."""
    place = draw(st.integers(0, len(log) - 1))
    policy = draw(st.sampled_from(book.policies))
    rows = [attrs.evolve(event, seq=2 * number) for number, event in enumerate(log)]
    applied_then = PolicyApplied(
        ticket_id="T1",
        at=log[place].at,
        seq=2 * place + 1,
        role="system",
        policy=policy.name,
        version=policy.version,
    )
    return [*rows[: place + 1], applied_then, *rows[place + 1 :]]


@given(sla_scenes(themes=("forward", "days", "instant")) | sla_scenes(books=MEASURED), st.data())
def test_editions_hours_and_logs_that_name_an_edition(scene, data):
    since, old = data.draw(edits(scene))
    log = data.draw(pinned(scene.log, old))
    new = with_hours(old, closed(since)) if data.draw(st.booleans()) else old
    if data.draw(st.booleans()):
        first, *rest = new.policies
        longer = [attrs.evolve(target, name="another") for target in first.targets]
        new = PolicyBook([attrs.evolve(first, targets=longer), *rest], new.select)
    judge(old, new, log, data.draw(st.sampled_from((range(20), range(1, 20), ()))))


FRIDAY = at(4 * 24)


def chat(*, metric=NEXT_RESPONSE, calendar=OFFICE, **more):
    """A question on Monday at 13:00, answered at 15:00, and another of Tuesday."""
    book = PolicyBook.of(gold(of("4h", metric, calendar=calendar, **more)))
    rows = ((1, says()), (4, says("customer")), (6, says()), (26, says("customer")), (27, says()))
    return book, life(*rows)


@pytest.mark.parametrize(
    ("start", "stale"), [(-24, False), (1, False), (5, True), (8, False), (24, False), (96, False)]
)
def test_a_cycle_kept_as_a_count_depends_on_the_hours_it_took(start, stale):
    book, log = chat()
    new = with_hours(book, closed(at(start), timedelta(hours=0.5)))
    data = fed(book, log, {5}).to_data()
    if stale:
        with pytest.raises(StaleState, match="calendar 'office' differs from 2026-03-02T13"):
            SlaState.of(new).restore(data)
    else:
        assert SlaState.of(new).restore(data) == fed(new, log, {5})
    unstored = SlaState.of(new).restore(fed(book, log).to_data())
    assert unstored == fed(new, log)


def test_what_was_forwarded_depends_on_the_hours_until_the_change():
    first, then = of("4h", when=URGENT, calendar=OFFICE), of("8h", calendar=OFFICE)
    book = PolicyBook.of(gold(first, attrs.evolve(then, on_change="forward")))
    state = fed(book, life((2, "normal"), (3, says()), priority="urgent"))
    for hours, stale in ((-1, False), (1, True), (2, False), (30, False)):
        new = SlaState.of(with_hours(book, closed(at(hours), timedelta(hours=1))))
        if stale:
            with pytest.raises(StaleState, match="office"):
                new.restore(state.to_data())
        else:
            new.restore(state.to_data())


def test_a_next_question_after_the_due_depends_on_the_hours_until_the_due():
    again = attrs.evolve(NEXT_RESPONSE, after_stop="again_after_due")
    book, log = chat(metric=again)
    state = fed(book, [*log, *life((28, says()))[1:]])
    for hours, stale in ((3, False), (4, True), (7.5, True), (24, False)):
        new = SlaState.of(with_hours(book, closed(at(hours), timedelta(hours=0.5))))
        if stale:
            with pytest.raises(StaleState, match="office"):
                new.restore(state.to_data())
        else:
            new.restore(state.to_data())


def test_a_count_that_is_yet_to_begin_may_have_lost_its_target():
    """It begins at the due of the one before, 19:00; at 14:00 the ticket is urgent no more."""
    again = attrs.evolve(NEXT_RESPONSE, after_stop="again_after_due")
    book = PolicyBook.of(gold(of("8h", again, when=URGENT)))
    rows = ((1, says()), (2, says("customer")), (3, says()), (4, says("customer")), (5, "normal"))
    log = life(*rows, (6, says("bot")), priority="urgent")
    state = fed(book, log)
    assert [len(count.terms) for count in state._folds.clocks[0].cycles[-1].counts] == [2]
    assert SlaState.of(book).restore(state.to_data()) == state


def test_a_stale_state_names_the_policy():
    book = PolicyBook([gold(of("4h")), SlaPolicy(name="ola", targets=[of("8h")], kind="ola")])
    data = fed(book, life((1, says()))).to_data()
    for policies, words in (
        ([gold(of("5h")), book.policies[1]], "policy 'gold' '1' differs"),
        ([book.policies[0]], "what followed policy 'gold' '1' differs, is new or gone"),
        ([*book.policies, gold(of("4h"), version="2")], "policy 'gold' '2' differs, is new"),
        ([], "policies differ"),
        (
            [*book.policies, gold(of("4h"), of("1h", METRICS["promise"]), version="2")],
            "policy 'gold' '2'",
        ),
    ):
        with pytest.raises(StaleState, match=words):
            SlaState.of(policies).restore(data)
    with pytest.raises(StaleState, match="the metrics, or which targets share"):
        SlaState.of(attrs.evolve(book, select="all")).restore(data)


@pytest.mark.parametrize(
    ("owner", "name", "wrong"),
    [
        (clocks.ClockFold, "depends", lambda *_: None),
        (state_data, "_opened", lambda _: "alike"),
        (state_data.Begun, "check", lambda *_: None),
    ],
)
def test_a_state_that_trusts_too_much_is_noticed(owner, name, wrong, monkeypatch):
    monkeypatch.setattr(owner, name, wrong)
    scenes = sla_scenes(themes=("forward", "days", "instant")) | sla_scenes(books=MEASURED)

    def run():
        for scene in drawn(scenes, 60):
            for event in scene.log[1:]:
                new = with_hours(scene.book, closed(event.at - DAY / 2))
                judge(scene.book, new, scene.log, range(1, 20))
            longer = attrs.evolve(scene.book.policies[0], version="longer")
            judge(scene.book, scene.book.replaced(scene.log[0].at, longer), scene.log)

    with pytest.raises((AssertionError, InvalidValue)):
        run()


def test_targets_that_come_to_share_a_calendar_are_other_targets():
    """Two targets that differ in their calendar alone are one where the calendars are equal."""
    first = of("4h", when=URGENT, calendar=OFFICE, on_change="restart")
    second = of("4h", when=~URGENT, calendar=BusinessCalendar.always(), on_change="restart")
    book = PolicyBook.of(gold(first, second))
    data = fed(book, life((1, "normal"), (2, says()), priority="urgent")).to_data()
    with pytest.raises(StaleState, match="share a calendar"):
        SlaState.of(with_hours(book, lambda _: OFFICE)).restore(data)


def test_an_edition_that_a_log_names_beforehand_is_part_of_what_a_state_depends_on():
    old, later = gold(of("4h")), gold(of("8h"), version="2", since=FRIDAY)
    log = life((1, applied("2")), (2, applied("1")), (3, says()))
    data = fed(PolicyBook([old, later]), log).to_data()
    same = SlaState.of([old, later]).restore(data)
    assert same == fed(PolicyBook([old, later]), log)
    with pytest.raises(StaleState, match="policy 'gold' '2'"):
        SlaState.of([old, attrs.evolve(later, targets=[of("7h")])]).restore(data)
    with pytest.raises(StaleState, match="what followed policy 'gold' '1'"):
        SlaState.of([old]).restore(data)


def test_a_state_after_its_first_instant_depends_on_nothing():
    data = SlaState.of(gold(of("4h"))).feed(*life()).to_data()
    other = PolicyBook.of(gold(of("1h", RESOLUTION, calendar=OFFICE), version="7"))
    assert SlaState.of(other).restore(data) == fed(other, life())


def test_days_are_read_beside_the_instants():
    """Which dates are working dates is read a little beyond the instants."""
    days = attrs.evolve(of("1h", NEXT_RESPONSE, calendar=OFFICE), within=WorkingDays(1))
    book = PolicyBook.of(gold(days))
    log = chat()[1]
    judge(book, with_hours(book, closed(at(-9))), log, {5})
    with pytest.raises(StaleState, match="office"):
        SlaState.of(with_hours(book, closed(at(-9)))).restore(fed(book, log, {5}).to_data())
