"""The host layer of the example help desk, on both databases."""

import contextlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from threading import Event as Signal
from zoneinfo import ZoneInfo

import pytest

sa = pytest.importorskip("sqlalchemy", reason="sqlalchemy")
pytest.importorskip("fastapi", reason="fastapi")

from examples.helpdesk import host as hosting
from examples.helpdesk import store
from examples.helpdesk.__main__ import DESK
from examples.helpdesk.sample import SAMPLE, Clock, catch_up, fill
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
    view = hosting.view(host, number, ANN)
    assert view.ticket.technology == "network"
    assert (view.ticket.agent, view.ticket.status.name) == ("ann", "in progress")
    assert [entry.text for entry in view.entries] == ["It drops every hour.", None, None]


def test_what_comes_due_is_sent_once_and_at_its_time(host, clock, sent):
    opened(host)
    due = catch_up(host)
    assert (due, sent) == (TUESDAY + timedelta(minutes=45), [])  # three quarters of an hour
    clock.run(host, TUESDAY + timedelta(hours=1))
    catch_up(host)
    catch_up(host)
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
    catch_up(host)
    assert [one.kind for one in sent] == ["warning", "hierarchical", "breach"]


def test_a_second_click_finds_the_ticket_changed(host):
    number = opened(host)
    version = hosting.view(host, number, ANN).ticket.version
    hosting.act(host, number, "reply", ANN, version=version, text="I look at it.")
    with pytest.raises(hosting.StaleError):
        hosting.act(host, number, "reply", ANN, version=version, text="I look at it.")
    assert hosting.view(host, number, ANN).entries[-1].text == "I look at it."
    hosting.act(host, number, "note", ANN, version=version + 1, text="And again.")


def test_of_two_who_act_at_once_one_is_refused(host):
    number = opened(host)
    version = hosting.view(host, number, ANN).ticket.version
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
    assert [one.text for one in hosting.view(host, number, ANN).entries[-1:]] == done


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
    assert catch_up(host) == TUESDAY + timedelta(days=7)
    clock.run(host, TUESDAY + timedelta(days=8))
    view = hosting.view(host, number, ANN)
    assert view.ticket.status.name == "closed"
    assert view.entries[-1].event.at == TUESDAY + timedelta(days=7)
    assert catch_up(host) is None


def test_what_came_due_in_a_stay_that_is_over_is_not_done_in_the_next(host, clock):
    number = opened(host)
    hosting.act(host, number, "resolve", ANN)
    clock.at = TUESDAY + timedelta(days=7, hours=1)  # the timer slept, and the customer writes
    hosting.act(host, number, "message", KIM, text="Still there.")
    hosting.act(host, number, "resolve", ANN)
    catch_up(host)
    assert hosting.view(host, number, ANN).ticket.status.name == "resolved"


def test_at_night_a_ticket_waits_for_the_morning(host, clock):
    clock.at = datetime(2026, 3, 24, 22, tzinfo=BERLIN)
    number = opened(host)
    assert hosting.view(host, number, ANN).ticket.agent is None
    clock.run(host, datetime(2026, 3, 25, 9, tzinfo=BERLIN))
    event = hosting.view(host, number, ANN).entries[-1].event
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
    again = catch_up(replace(host, send=broken))
    assert again == clock.at + timedelta(minutes=1)
    clock.at = again
    assert catch_up(replace(host, send=broken)) == again + timedelta(minutes=2)
    clock.at = again + timedelta(minutes=2)
    catch_up(host)
    assert [one.key for one in sent] == [key for _, key in tried[:1]] == [tried[1][1]]


def test_a_message_that_failed_for_years_is_sent_in_the_end(host, clock, sent):
    opened(host)
    clock.at = TUESDAY + timedelta(minutes=45)
    catch_up(replace(host, send=broken_receiver))
    with store.writing(host.engine) as db:
        db.execute(sa.update(store.outbox).values(attempts=9_000))
    clock.at += timedelta(hours=1)
    catch_up(replace(host, send=broken_receiver))
    clock.at += timedelta(hours=2)
    catch_up(host)
    assert "warning" in [one.kind for one in sent]


def broken_receiver(_):
    raise OSError


def test_a_timer_that_cannot_begin_says_so(host, monkeypatch):
    monkeypatch.setattr(store, "wake_all", broken_receiver)
    with pytest.raises(TypeError), hosting.timer(host):
        pass


def test_the_timer_goes_on_after_an_error(host, monkeypatch):
    def failing(db):
        asked.append(db)
        if len(asked) == 1:
            raise OSError
        again.set()

    asked, again = [], Signal()
    monkeypatch.setattr(store, "next_look", failing)
    monkeypatch.setattr(hosting, "LONGEST_SLEEP", timedelta(milliseconds=10))
    with hosting.timer(host):
        assert again.wait(20)


def test_no_event_is_kept_of_a_ticket_that_is_not_there(host):
    number = opened(host)
    with pytest.raises(sa.exc.IntegrityError), store.writing(host.engine) as db:
        store.append(db, RULES.begin(str(number + 1), actor=KIM, at=TUESDAY))


@pytest.fixture
def small(host, tmp_path):
    """Return a desk whose agents of the first line take one ticket each."""
    file = tmp_path / "small.toml"
    rules = (
        DESK.read_text("utf-8").replace("units = 8", "units = 1").replace("units = 6", "units = 1")
    )
    file.write_text(rules, "utf-8")
    return replace(host, desk=serde.load_desk(file))


def agents(host):
    return [row.agent for row in sorted(rows(host, store.tickets))]


def test_who_becomes_free_gets_what_waits(small):
    numbers = [opened(small) for _ in range(3)]
    assert agents(small) == ["ann", "cem", None]
    hosting.act(small, numbers[0], "reply", ANN, text="Done.")
    catch_up(small)
    assert agents(small) == ["ann", "cem", None]
    hosting.act(small, numbers[0], "resolve", ANN)
    catch_up(small)
    assert agents(small) == ["ann", "cem", "ann"]


def test_nobody_gets_more_than_their_capacity_however_many_open_at_once(small):
    start = Barrier(4)

    def opening(_):
        start.wait(30)
        return opened(small)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(opening, range(4))) == [1, 2, 3, 4]
    assert sorted(agents(small), key=str) == [None, None, "ann", "cem"]


def test_a_request_that_comes_twice_at_once_opens_one_ticket(host):
    start = Barrier(2)

    def opening(_):
        start.wait(30)
        return hosting.open_ticket(host, KIM, {"topic": "VPN", "requester": "kim"}, "", "r1")

    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(opening, range(2))] == [1, 1]
    assert len(rows(host, store.tickets)) == 1


def test_processes_may_start_at_once_on_a_new_database(url):
    start = Barrier(4)

    def connecting(_):
        start.wait(30)
        engine = store.connected(url)
        engine.dispose()

    with ThreadPoolExecutor(4) as pool:
        assert [*pool.map(connecting, range(4))] == [None] * 4


def test_a_start_waits_for_another_that_writes_to_the_new_file(tmp_path):
    other = sqlite3.connect(tmp_path / "desk.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")  # the change to a write-ahead log fails beside it, at once
    other.execute("CREATE TABLE something (id INTEGER)")
    with ThreadPoolExecutor(1) as pool:
        start = pool.submit(store.connected, f"sqlite:///{tmp_path / 'desk.db'}")
        with pytest.raises(TimeoutError):
            start.result(0.3)
        other.execute("COMMIT")
        start.result(30).dispose()
    other.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "desk.db")) as later:
        assert later.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_ticket_on_which_somebody_acted_is_not_postponed(host):
    number = opened(host)
    (row,) = rows(host, store.tickets)
    late = TUESDAY + timedelta(days=1)
    with store.writing(host.engine) as db:
        store.postpone(db, number, row.next_at + timedelta(seconds=1), late)
    assert rows(host, store.tickets) == [row]


def test_a_receiver_that_hangs_holds_up_no_ticket(host, clock):
    def hanging(_):
        asked.set()
        assert release.wait(60)

    asked, release = Signal(), Signal()
    critical, waits = opened(host, "Outage of everything"), opened(host)
    with hosting.timer(replace(host, send=hanging)):
        assert asked.wait(20)
        clock.at = TUESDAY + timedelta(minutes=45)
        for _ in range(200):
            if waits in {row.ticket_id for row in rows(host, store.outbox)}:
                break
            release.wait(0.1)
        known = {row.ticket_id for row in rows(host, store.outbox)}
        release.set()
    assert known == {critical, waits}


def test_only_an_empty_database_is_filled_with_the_sample(host):
    number = opened(host)
    hosting.act(host, number, "resolve", ANN)
    hosting.act(host, number, "close", ANN)
    fill(host)
    assert len(rows(host, store.tickets)) == 1


def test_a_follow_up_is_sorted_as_every_new_ticket(host):
    number = opened(host)
    hosting.act(host, number, "resolve", ANN)
    hosting.act(host, number, "close", ANN)
    again = hosting.act(host, number, "message", KIM, text="It is back.")
    assert hosting.view(host, again, KIM).ticket.line == 1


def test_one_broken_ticket_does_not_hold_up_the_others(host, clock, sent):
    first, second = opened(host), opened(host)
    with store.writing(host.engine) as db:
        broken = sa.update(store.events).where(store.events.c.ticket_id == first)
        db.execute(broken.where(store.events.c.seq == 2).values(event={"type": "unknown"}))
    clock.at = TUESDAY + timedelta(hours=1)
    again = catch_up(host)
    assert {one.ticket_id for one in sent} == {second}
    assert again == clock.at + hosting.RETRY


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
    hosting.act(host, number, "message", KIM, text="It is back.")
    follow_up = hosting.view(host, number + 1, ANN)
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
        known = {row.id: store.sent_at(db, row.id) for row in queue}
    assert len(queue) == len([one for one in SAMPLE if "topic" in one])
    for row in queue:
        result = evaluate(logs[row.id], RULES.policies, as_of=clock.at)
        agenda = RULES.agenda(result, logs[row.id])
        assert row.next_at == agenda.next_at
        assert set(known[row.id]) == {m.key_text for m in agenda.through(clock.at)}
        assert None not in known[row.id].values()


def test_the_timer_wakes_for_what_is_new(host):
    heard = Signal()
    host = replace(host, send=lambda _: heard.set())
    with hosting.timer(host):
        opened(host, "Outage of everything")  # whoever is on call hears at once
        assert heard.wait(20)
