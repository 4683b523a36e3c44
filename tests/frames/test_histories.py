"""Drawn logs are logs, and hold every kind of situation; drawn books serve every drawn log."""

from collections import Counter

import pytest
from frames.histories import (
    BREAKS,
    CUSTOM,
    TEXTS,
    books,
    calendars,
    drawn_as_of,
    drawn_book,
    drawn_log,
    logs,
    situations,
    smallest,
)
from hypothesis import given

from support_model._vocabulary import CATEGORIES, FACTS, RELATIONS, ROLES, AfterStop, OnChange
from support_model.calendars import WorkingDays
from support_model.events import EVENTS, Message
from support_model.kpi import case_table, readable_cases
from support_model.sla import METRICS, evaluate

MOVES = (
    *("new to open", "open to pending", "pending to open", "open to on_hold", "open to solved"),
    *("solved to open", "solved to closed", "closed to open", "open to void", "void to open"),
    *(
        "void to solved",
        "solved to void",
        "open to closed",
        "closed to solved",
        "pending to solved",
    ),
)
NAMES = (*TEXTS, *CUSTOM, "tags", "priority", "group", "agent", "line", "management_level")
EXPECTED = {
    *(f"event: {name}" for name in EVENTS),
    *(f"role: {name}" for name in ROLES),
    *(f"relation: {name}" for name in RELATIONS),
    *(f"created {name}" for name in CATEGORIES),
    *(f"{name} set" for name in NAMES),
    *(f"{name} emptied" for name in NAMES),
    *(f"wait {outcome}" for outcome in ("replied", "solved", "waiting")),
    *("basis: snapshot", "basis: merge", "until", "set to what it was", "first wait"),
    *("numbered", "unnumbered", "equal instants", "repeated equal event", "over years"),
    *("rows out of time", "rows of tickets mixed", "clock change", "at a clock change"),
    *("offer taken", "offer not taken", "held", "rated twice", "silent wait"),
    *("chain of merges", "circle of merges", "merge taken back"),
    *("merged into an unknown ticket", "closed without a solution"),
    *("cut log", "present values alone"),
    *FACTS,
    *MOVES,
}


def test_drawn_logs_reach_every_kind_of_situation():
    found = Counter()
    for seed in range(1_500):
        found += situations(drawn_log(seed))
    assert sorted(EXPECTED - found.keys()) == []


def test_one_seed_is_one_log():
    assert drawn_log(7) == drawn_log(7)
    assert drawn_log(7) != drawn_log(8)


@pytest.mark.parametrize("way", BREAKS, ids=lambda way: way.__name__)
def test_each_way_to_break_makes_a_log_unreadable(way, monkeypatch):
    monkeypatch.setattr("frames.histories.BREAKS", (way,))
    unread = 0
    for seed in range(60):
        log = drawn_log(seed, broken=0.5)
        if log:
            unread += len(readable_cases(log, as_of=max(event.at for event in log))[1])
    assert unread


def test_drawn_books_hold_every_word_and_serve_every_log():
    words = set()
    for seed in range(150):
        book = drawn_book(seed, plain=seed % 4 == 0)
        words.add(book.select)
        for policy in book.policies:
            words.add(policy.kind)
            for target in policy.targets:
                words |= {target.on_change, target.metric.after_stop, target.metric.name}
                words |= {type(target.within), target.calendar}
        log = drawn_log(seed, policies=[(one.name, one.version) for one in book.policies])
        by_ticket = {}
        for event in log:
            by_ticket.setdefault(event.ticket_id, []).append(event)
        as_of = drawn_as_of(seed, log)
        for own in by_ticket.values():
            if min(event.at for event in own) <= as_of:
                evaluate(own, book, as_of=as_of)
    expected = {*AfterStop.__args__, *OnChange.__args__, *METRICS, *calendars()}
    expected |= {"first_match", "most_specific", "shortest", "all", "sla", "ola", "custom"}
    assert sorted(map(str, (expected | {WorkingDays, type(None)}) - words)) == []


@given(logs(), books)
def test_the_strategies_draw_logs_and_books(log, book):
    assert case_table(log, as_of=max(event.at for event in log))
    assert book.policies


def test_the_smallest_log_keeps_what_fails():
    log = drawn_log(3, tickets=4)

    def fails(rows):
        case_table(rows, as_of=log[0].at.replace(year=9000))
        return any(isinstance(event, Message) for event in rows)

    found = smallest(log, fails)
    assert len(found) == 2
    assert {event.type for event in found} == {"created", "message"}


def test_a_part_that_is_no_log_is_not_what_fails():
    log = sorted(drawn_log(3, tickets=1), key=lambda event: event.micros)
    found = smallest(log, lambda rows: bool(case_table(rows, as_of=log[-1].at)))
    assert [event.type for event in found] == ["created"]
