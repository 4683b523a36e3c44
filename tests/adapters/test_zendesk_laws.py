"""What holds of Zendesk however its documents are cut, ordered, repeated or broken."""

import json
import warnings
from copy import deepcopy
from itertools import groupby

import pytest
from adapters.scenario import DATA, mangled, places
from adapters.test_zendesk import BIRTH, USERS, asked_by, audit, change, page
from adapters.test_zendesk_forms import AT, HOOKS, LINE, METRICS, metric_event, rating, ticket
from conformance import vendors
from hypothesis import given
from hypothesis import strategies as st

from support_model.adapters import Account, Page
from support_model.adapters.zendesk import read
from support_model.errors import AdapterError

SAID = {"type": "Comment", "id": 90, "author_id": 7, "public": True}
MERGE = {"channel": "web", "source": {"rel": "merge", "to": {"ticket_id": 53}}}
AUDITS = [
    {**audit(BIRTH, asked_by(5), number=1), "ticket_id": 51},
    {**audit(SAID, change("status", "pending"), number=2, author=7), "ticket_id": 51},
    {**audit(change("status", "solved"), number=5, author=7), "ticket_id": 51},
    {**audit(BIRTH, asked_by(5), number=3), "ticket_id": 52},
    {**audit(change("status", "closed"), number=6, author=7, via=MERGE), "ticket_id": 52},
]
EXPORT = [
    {
        "id": number, "ticket_id": 54, "updater_id": 5, "created_at": AT, "via": "Mail",
        "child_events": [{"id": 10 + number, "event_type": kind, "status": status}],
    }
    for number, kind, status in ((7, "Create", "new"), (8, "Change", "open"))
]  # fmt: skip
WHOLE = [
    {"audits": AUDITS, "users": USERS, "meta": {"has_more": False}},
    {"ticket_events": EXPORT, "end_of_stream": True},
    {"tickets": [{**ticket("closed"), "id": 55}, {**ticket("open"), "id": 56}], "count": 2},
    {"ticket_metrics": [{**METRICS, "ticket_id": each} for each in (51, 55)]},
    {"ticket_metric_events": [metric_event(1, "reply_time", "fulfill", ticket_id=51)]},
    {"satisfaction_ratings": [rating(1, "good", ticket_id=55)]},
    {**LINE, "id": 57},
    *({**hook, "detail": {**hook["detail"], "id": "58"}} for hook in HOOKS),
]
WHOLE = json.loads(json.dumps(WHOLE))  # no part is one object with another
LISTS = ("audits", "ticket_events", "tickets", "ticket_metrics")


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def told(payload):
    reading = read(payload)
    events = sorted(reading.events, key=lambda event: (event.ticket_id, event.seq))
    stated = {key: set(figures) for key, figures in reading.stated.items()}
    findings = {(found.code, frozenset(found.tickets)) for found in reading.findings}
    return events, stated, findings, dict(reading.incomplete)


def cut(document, places_):
    """A document as several pages, which share what lies at a cut."""
    key = next((key for key in LISTS if key in document), None)
    if key is None:
        return [document]
    rows = document[key]
    place = places_ % (len(rows) + 1)
    parts = (rows[:place], rows[max(place - 1, 0) :])
    return [{**document, key: part} for part in parts if part]


@given(data=st.data())
def test_pages_may_be_cut_repeated_and_in_any_order(data):
    pages = [part for document in WHOLE for part in cut(document, data.draw(st.integers(0, 9)))]
    again = data.draw(st.lists(st.sampled_from(pages), max_size=3))
    shuffled = data.draw(st.permutations([*pages, *again]))
    rows = []
    for document in shuffled:
        key = next((key for key in LISTS if key in document), None)
        order = [] if key is None else data.draw(st.permutations(document[key]))
        rows.append(document if key is None else {**document, key: order})
    assert told(rows) == told(WHOLE)
    assert told([Page("all.jsonl", rows)]) == told(WHOLE)


def test_order_of_documents_does_not_name_tickets_otherwise():
    assert [event.ticket_id for event in read(WHOLE).events] == [
        event.ticket_id for event in read(WHOLE[::-1]).events
    ]


def by_ticket(payload):
    events = read(payload, Account(roles={5: "customer", 7: "agent"})).events
    return {key: list(log) for key, log in groupby(events, lambda event: event.ticket_id)}


def owner(path):
    """The ticket in whose data a place lies; None where it lies in no item."""
    value = WHOLE
    for key in path:
        if isinstance(value, dict) and "ticket_id" in value:
            return str(value["ticket_id"])
        if isinstance(value, dict) and "detail" in value:
            return str(value["detail"]["id"])
        if isinstance(value, dict) and "id" in value and "status" in value:
            return str(value["id"])
        value = value[key]
    return None


SHARED = {"group", "requester", "assignee"}  # names and roles are of all tickets
BREAKS = [path for path in places(WHOLE) if owner(path) is not None and SHARED.isdisjoint(path)]


@pytest.mark.parametrize("value", [..., None, 7, [None]])
def test_a_broken_part_touches_its_own_ticket_alone(value):
    whole = by_ticket(WHOLE)
    assert len(whole) == 7
    for path in BREAKS:
        broken = deepcopy(WHOLE)
        mangled(broken, path, value)
        own = {owner(path), "53"}
        try:
            found = by_ticket(broken)
        except AdapterError:  # a document that is none any more
            assert len(path) <= 2
            continue
        named = path[-1] in {"id", "ticket_id"}  # then it is of another ticket
        for key in whole.keys() - own:
            assert named or found.get(key) == whole[key], (path, key)


def test_the_constructed_cases_agree():
    for case in vendors.cases(DATA / "vendors" / "zendesk"):
        assert vendors.run(case) is None, case.id
    assert vendors.remarks() == []


def test_one_page_more_changes_no_other_ticket():
    other = page({**audit(BIRTH, number=99), "ticket_id": 99})
    before, after = by_ticket(WHOLE), by_ticket([*WHOLE, other])
    assert after.keys() - before.keys() == {"99"}
    assert all(after[key] == log for key, log in before.items())
