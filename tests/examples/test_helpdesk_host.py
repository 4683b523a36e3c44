"""The host layer of the example help desk, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from threading import Event as Bell
from zoneinfo import ZoneInfo

import pytest

sa = pytest.importorskip("sqlalchemy", reason="sqlalchemy")
pytest.importorskip("fastapi", reason="fastapi")

from examples.helpdesk import host as hosting
from examples.helpdesk import store
from examples.helpdesk.__main__ import DESK
from examples.helpdesk.sample import SAMPLE, Clock, fill
from support_model import serde
from support_model.errors import TransitionRefused
from support_model.sla import evaluate
from support_model.vocabulary import Actor, Priority

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 3, 24, 9, tzinfo=UTC)  # 10:00 in Berlin
KIM, ANN = Actor("customer", "kim"), Actor("agent", "ann")
HIGH = Priority("high", 2)
RULES = serde.load_desk(DESK)


@pytest.fixture
def clock():
    return Clock(TUESDAY)


@pytest.fixture
def sent():
    return []


@pytest.fixture
def host(url, clock, sent):
    engine = store.connected(url)
    yield hosting.Host(RULES, engine, clock, sent.append)
    engine.dispose()


def opened(host, topic="VPN drops", priority=HIGH):
    fields = {"topic": topic, "requester": "kim", "channel": "portal", "priority": priority}
    return hosting.open_ticket(host, KIM, fields, "It drops every hour.")


def rows(host, table):
    with host.engine.connect() as db:
        return db.execute(sa.select(table)).all()


def test_a_new_ticket_is_sorted_and_given_to_who_can_take_it(host):
    number = opened(host)
    view = hosting.view(host, number)
    assert view.ticket.technology == "network"
    assert (view.ticket.agent, view.ticket.status.name) == ("ann", "in progress")
    assert [entry.text for entry in view.entries] == ["It drops every hour.", None, None]


def test_what_comes_due_is_sent_once_and_at_its_time(host, clock, sent):
    opened(host)
    due = hosting.tick(host)
    assert (due, sent) == (TUESDAY + timedelta(minutes=45), [])  # three quarters of an hour
    clock.run(host, TUESDAY + timedelta(hours=1))
    hosting.tick(host)
    hosting.tick(host)
    assert [one.kind for one in sent] == ["warning", "hierarchical", "breach"]
    assert [one.recipients for one in sent] == [[], ["mia"], []]
    at = {row.kind: row.sent_at for row in rows(host, store.outbox)}
    assert at == {
        "warning": TUESDAY + timedelta(minutes=45),
        "hierarchical": TUESDAY + timedelta(hours=1),
        "breach": TUESDAY + timedelta(hours=1),
    }


def test_a_late_timer_sends_the_same(host, clock, sent):
    opened(host)
    clock.at = TUESDAY + timedelta(hours=1)
    hosting.tick(host)
    assert [one.kind for one in sent] == ["warning", "hierarchical", "breach"]


def test_a_second_click_finds_the_ticket_changed(host):
    number = opened(host)
    version = hosting.view(host, number).ticket.version
    hosting.act(host, number, "reply", ANN, version=version, text="I look at it.")
    with pytest.raises(hosting.StaleError):
        hosting.act(host, number, "reply", ANN, version=version, text="I look at it.")
    assert hosting.view(host, number).entries[-1].text == "I look at it."
    hosting.act(host, number, "note", ANN, version=version + 1, text="And again.")


def test_of_two_who_act_at_once_one_is_refused(host):
    number = opened(host)
    version = hosting.view(host, number).ticket.version
    start = Barrier(2)

    def reply(name):
        start.wait(30)
        try:
            hosting.act(host, number, "reply", Actor("agent", name), version=version, text=name)
        except hosting.StaleError:
            return None
        return name

    with ThreadPoolExecutor() as pool:
        done = [name for name in pool.map(reply, ("ann", "ben")) if name]
    assert len(done) == 1
    assert [one.text for one in hosting.view(host, number).entries[-1:]] == done


def test_a_refused_action_changes_nothing(host):
    number = opened(host)
    before = rows(host, store.events), rows(host, store.tickets)
    with pytest.raises(TransitionRefused):
        hosting.act(host, number, "close", ANN)
    assert (rows(host, store.events), rows(host, store.tickets)) == before
    with pytest.raises(store.NoTicketError):
        hosting.act(host, number + 1, "close", ANN)


def test_the_timer_closes_what_stayed_resolved_and_nothing_comes_after(host, clock):
    number = opened(host)
    hosting.act(host, number, "reply", ANN, text="Done.")
    hosting.act(host, number, "resolve", ANN)
    assert hosting.tick(host) == TUESDAY + timedelta(days=7)
    clock.run(host, TUESDAY + timedelta(days=8))
    view = hosting.view(host, number)
    assert view.ticket.status.name == "closed"
    assert view.entries[-1].event.at == TUESDAY + timedelta(days=7)
    assert hosting.tick(host) is None


def test_what_came_due_in_a_stay_that_is_over_is_not_done_in_the_next(host, clock):
    number = opened(host)
    hosting.act(host, number, "resolve", ANN)
    clock.at = TUESDAY + timedelta(days=7, hours=1)  # the timer slept, and the customer writes
    hosting.act(host, number, "message", KIM, text="Still there.")
    hosting.act(host, number, "resolve", ANN)
    hosting.tick(host)
    assert hosting.view(host, number).ticket.status.name == "resolved"


def test_at_night_a_ticket_waits_for_the_morning(host, clock):
    clock.at = datetime(2026, 3, 24, 22, tzinfo=BERLIN)
    number = opened(host)
    assert hosting.view(host, number).ticket.agent is None
    clock.run(host, datetime(2026, 3, 25, 9, tzinfo=BERLIN))
    event = hosting.view(host, number).entries[-1].event
    assert (event.at, dict(event.fields)["agent"]) == (
        datetime(2026, 3, 25, 8, tzinfo=BERLIN),
        "ann",
    )


def test_a_receiver_that_fails_is_asked_again_later(host, clock, sent):
    def broken(one):
        tried.append((clock.at, one.key))
        raise OSError

    tried = []
    opened(host)
    clock.at = TUESDAY + timedelta(minutes=45)
    again = hosting.tick(replace(host, send=broken))
    assert again == clock.at + timedelta(minutes=1)
    clock.at = again
    assert hosting.tick(replace(host, send=broken)) == again + timedelta(minutes=2)
    clock.at = again + timedelta(minutes=2)
    hosting.tick(host)
    assert [one.key for one in sent] == [key for _, key in tried[:1]] == [tried[1][1]]


def test_a_message_that_failed_for_years_is_sent_in_the_end(host, clock, sent):
    opened(host)
    clock.at = TUESDAY + timedelta(minutes=45)
    hosting.tick(replace(host, send=broken_receiver))
    with store.writing(host.engine) as db:
        db.execute(sa.update(store.outbox).values(attempts=9_000))
    clock.at += timedelta(hours=1)
    hosting.tick(replace(host, send=broken_receiver))
    clock.at += timedelta(hours=2)
    hosting.tick(host)
    assert "warning" in [one.kind for one in sent]


def broken_receiver(_):
    raise OSError


def test_the_timer_begins_when_the_database_answers(host, monkeypatch):
    def failing(db, now):
        asked.append(now)
        if len(asked) == 1:
            raise OSError
        wake_all(db, now)
        woken.set()

    asked, woken, wake_all = [], Bell(), store.wake_all
    monkeypatch.setattr(store, "wake_all", failing)
    monkeypatch.setattr(hosting, "LONGEST_SLEEP", timedelta(milliseconds=10))
    with running(host):
        assert woken.wait(20)


def test_no_event_is_kept_of_a_ticket_that_is_not_there(host):
    number = opened(host)
    with pytest.raises(sa.exc.IntegrityError), store.writing(host.engine) as db:
        store.append(db, RULES.begin(str(number + 1), actor=KIM, at=TUESDAY))


def test_one_broken_ticket_does_not_hold_up_the_others(host, clock, sent):
    first, second = opened(host), opened(host)
    with store.writing(host.engine) as db:
        broken = sa.update(store.events).where(store.events.c.ticket_id == first)
        db.execute(broken.where(store.events.c.seq == 2).values(event={"type": "unknown"}))
    clock.at = TUESDAY + timedelta(hours=1)
    again = hosting.tick(host)
    assert {one.ticket_id for one in sent} == {second}
    assert again == clock.at + hosting.LONGEST_SLEEP


def test_the_queue_is_ordered_by_what_is_due_next(host):
    low = opened(host, "A question", Priority("low", 4))
    high = opened(host)
    waits = opened(host, "Another question")
    hosting.act(host, waits, "ask", ANN, text="Which one?")
    critical = opened(host, "Outage of everything", Priority("low", 4))
    with host.engine.connect() as db:
        queue = store.queue(db)
    assert [row.id for row in queue] == [critical, high, low, waits]
    assert queue[-1].first_due is None
    assert queue[0].first_due == TUESDAY + timedelta(minutes=15)


def test_a_message_on_a_closed_ticket_opens_a_follow_up(host, clock):
    number = opened(host)
    hosting.act(host, number, "resolve", ANN)
    clock.run(host, TUESDAY + timedelta(days=8))
    hosting.act(host, number, "message", KIM, text="It is back.", other=hosting.NEW)
    follow_up = hosting.view(host, number + 1)
    assert follow_up.ticket.relations == (("follow_up", str(number)),)
    assert follow_up.entries[0].text == "It is back."


@pytest.mark.parametrize("now", ["2026-03-25T14:20", "2026-03-29T02:30", "2026-12-26T23:00"])
def test_the_sample_is_what_the_events_say(host, clock, sent, now):
    clock.at = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
    fill(host)
    fill(host)  # a second time there is nothing to do
    assert sent == []
    with host.engine.connect() as db:
        queue = store.queue(db)
        logs = {row.id: store.log(db, row.id) for row in queue}
        known = {row.id: store.sent(db, row.id) for row in queue}
    assert len(queue) == len([one for one in SAMPLE if "topic" in one])
    for row in queue:
        result = evaluate(logs[row.id], RULES.policies, as_of=clock.at)
        agenda = RULES.agenda(result, logs[row.id])
        assert row.next_at == agenda.next_at
        assert set(known[row.id]) == {store.key_text(m) for m in agenda.through(clock.at)}
        assert None not in known[row.id].values()


@contextmanager
def running(host):
    stop = Bell()
    timer = Thread(target=hosting.run, args=(host, stop))
    timer.start()
    try:
        yield
    finally:
        stop.set()
        host.bell.set()
        timer.join()


def test_the_timer_wakes_for_what_is_new(host):
    heard = Bell()
    host = replace(host, send=lambda _: heard.set())
    with running(host):
        opened(host, "Outage of everything")  # whoever is on call hears at once
        assert heard.wait(20)
