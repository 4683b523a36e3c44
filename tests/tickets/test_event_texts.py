"""What each of the ten events says, in both languages and in the zone of whoever reads it."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from support_model._vocabulary import RELATIONS
from support_model.events import (
    EVENTS,
    Acknowledged,
    Changed,
    Created,
    Message,
    PolicyApplied,
    Promised,
    Rated,
    RatingRequested,
    Related,
    Worked,
)
from support_model.reasons import word
from support_model.reasons_ru import RUSSIAN
from support_model.vocabulary import Priority, Status

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ANN = {"ticket_id": "T1", "at": AT, "role": "agent", "actor": "ann"}
NEW = {"status": Status("new", "new"), "priority": Priority("P1", 1), "line": 2}
ROWS = {
    "status": Status("in progress", "open"),
    "agent": None,
    "tags": ["b", "a"],
    "custom.vip": True,
}
EVERY = [
    (
        Created(ticket_id="T1", at=AT, role="customer", fields=NEW),
        "customer: created; line: 2, priority: P1, status: new",
        "заявитель: создано; линия: 2, приоритет: P1, статус: новое",
    ),
    (
        Changed(**ANN, fields=ROWS),
        "ann (agent): agent: nothing, custom.vip: yes, status: in progress, tags: a, b",
        "ann (сотрудник): исполнитель: не задано, custom.vip: да, статус: в работе, метки: a, b",
    ),
    (
        Changed(**ANN, until=AT + timedelta(days=1)),
        "ann (agent): waits until Tue 2026-03-03 10:00 Europe/Berlin",
        "ann (сотрудник): ожидание до Вт 03.03.2026 10:00 Europe/Berlin",
    ),
    (Message(**ANN, public=True), "ann (agent): message", "ann (сотрудник): сообщение"),
    (
        Message(**ANN, public=False),
        "ann (agent): note among staff",
        "ann (сотрудник): внутренняя заметка",
    ),
    (Acknowledged(**ANN), "ann (agent): took notice", "ann (сотрудник): принято к сведению"),
    (
        Worked(**ANN, duration=timedelta(minutes=90)),
        "ann (agent): worked 1h30m",
        "ann (сотрудник): затрачено 1 ч 30 мин",
    ),
    (
        Promised(**ANN, metric="resolution", due=AT),
        "ann (agent): promised resolution by Mon 2026-03-02 10:00 Europe/Berlin",
        "ann (сотрудник): обещан срок «решение»: Пн 02.03.2026 10:00 Europe/Berlin",
    ),
    (
        Promised(**ANN, metric="resolution", due=None),
        "ann (agent): withdrew the date promised for resolution",
        "ann (сотрудник): отозван обещанный срок «решение»",
    ),
    (
        RatingRequested(**ANN, kind="csat"),
        "ann (agent): asked for a rating (csat)",
        "ann (сотрудник): запрошена оценка (csat)",
    ),
    (
        Rated(ticket_id="T1", at=AT, role="customer", kind="csat", score=4, scale=(1, 5)),
        "customer: rated 4 on a scale from 1 to 5 (csat)",
        "заявитель: оценка 4 по шкале от 1 до 5 (csat)",
    ),
    (
        Related(**ANN, kind="split_from", other="T2"),
        "ann (agent): split from T2",
        "ann (сотрудник): выделено из T2",
    ),
    (
        PolicyApplied(**ANN, policy="P1", version="2"),
        "ann (agent): policy P1 2 applies",
        "ann (сотрудник): применена политика P1 2",
    ),
]
NAMES = re.compile(r"\bann\b|custom\.vip|\bP1\b|\bT[12]\b|\bcsat\b|Europe/Berlin|\b[ab]\b")


@pytest.mark.parametrize(("event", "english", "russian"), EVERY)
def test_an_event_says_who_did_what(event, english, russian):
    assert event.text(tz=BERLIN) == english
    assert event.text(RUSSIAN, tz=BERLIN) == russian
    assert re.search("[A-Za-z]", NAMES.sub("", russian)) is None


def test_every_kind_of_event_and_of_relation_has_a_sentence():
    assert {type(event) for event, *_ in EVERY} == set(EVENTS.values())
    for kind in RELATIONS:
        event = Related(**ANN, kind=kind, other="T2")
        assert event.text().endswith(" T2")
        assert re.search("[A-Za-z]", NAMES.sub("", event.text(RUSSIAN))) is None


def test_instants_are_in_utc_unless_a_zone_is_given():
    promised = Promised(**ANN, metric="resolution", due=AT.astimezone(BERLIN))
    assert promised.text() == "ann (agent): promised resolution by Mon 2026-03-02 09:00 UTC"


def test_a_word_is_said_by_its_kind():
    assert word("action", "await_vendor") == "await vendor"
    assert word("status", "awaiting user", RUSSIAN) == "ждёт заявителя"
    assert word("action", "call_back", RUSSIAN) == "call_back"  # a name that somebody gave
    assert word("metric", "resolution", {"metric_resolution": "Lösung"}) == "Lösung"
    assert word("local", AT) == "Mon 02 Mar 2026 09:00"
    assert word("", AT) == "Mon 2026-03-02 09:00 UTC"
    assert word("duration", timedelta(hours=2)) == "2h"
    assert word("share", 0.5) == "50%"
