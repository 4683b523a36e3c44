"""What holds of every system: its cases read as they should, whatever else is in a payload."""

import json
import re
import warnings
from contextlib import suppress
from copy import deepcopy
from itertools import groupby
from pathlib import Path

import pytest
from adapters.payload_fuzz import fuzzed
from adapters.scenario import DATA, mangled, places
from conformance import vendors
from whole import whole

from support_model.adapters import Page
from support_model.adapters._systems import SYSTEMS, system
from support_model.errors import AdapterError
from support_model.events import Created
from support_model.kpi import KPIS, facts_of

DOCUMENTS = {
    case.id: (case.source, json.loads(case.data["path"].read_text("utf-8")), case)
    for case in vendors.cases(DATA / "vendors")
    if case.source in SYSTEMS and case.data["path"].suffix == ".json"
}
READABLE = {name: each for name, each in DOCUMENTS.items() if "refused" not in each[2].data}
TEXTS = frozenset(
    {
        *(
            "body",
            "plain_body",
            "html_body",
            "text",
            "body_text",
            "description",
            "description_text",
        ),
        *("subject", "title", "raw_subject", "desc", "notes", "content", "summary", "remark"),
        *("email", "mail", "from_email", "phone", "mobile", "real_name", "display_name"),
        *("fullName", "comment", "Тема", "Описание", "Текст", "Комментарий"),
    }
)
"""Keys under which every system keeps what people wrote, or how they are reached."""
SHARED = frozenset({"users", "agents", "groups"})
"""Keys of what stands beside tickets and is of all of them."""
OF_HISTORY = [each for each in KPIS.values() if getattr(each, "history", False)]


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def read(name, payload):
    vendor, _, case = DOCUMENTS[name]
    return system(vendor).read(payload, vendors.account_of(case))


@pytest.mark.parametrize("vendor", SYSTEMS)
def test_x6_2000_broken_payloads_give_events_or_a_typed_error(vendor):
    outcomes = fuzzed(2000 // len(SYSTEMS), 7, [vendor])
    assert outcomes[vendor, "events"] > 50


@pytest.mark.parametrize("name", READABLE)
def test_x1_a_payload_read_twice_says_nothing_twice(name):
    value = DOCUMENTS[name][1]
    once, twice = read(name, [value]), read(name, [value, deepcopy(value)])
    assert once.events
    assert twice.events == once.events
    assert read(name, [Page("a.json", value)]).events == once.events


@pytest.mark.parametrize("name", READABLE)
def test_x5_what_people_wrote_is_in_no_reading(name):
    value = deepcopy(DOCUMENTS[name][1])
    texts = [path for path in places(value) if path[-1] in TEXTS]
    for path in texts:
        mangled(value, path, "Geheim Wort zq@example.com")
    reading = read(name, value)
    assert reading.events
    assert "Geheim" not in whole(reading)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_x7_a_document_is_recognized_by_its_own_system_alone(name):
    vendor, value, _ = DOCUMENTS[name]
    by = [each for each in SYSTEMS if system(each).recognized(value)]
    assert by == [vendor]


@pytest.mark.parametrize("vendor", SYSTEMS)
@pytest.mark.parametrize("payload", [None, 7, "text", {}, [], [None], [[]], {"a": 1}, [{"a": 1}]])
def test_what_is_no_payload_is_refused_or_recognized_as_empty(vendor, payload):
    module = system(vendor)
    assert module.recognized(payload) == ""
    if payload == []:
        assert module.read(payload, module.Account()).events == ()
        return
    with pytest.raises(AdapterError):
        module.read(payload, module.Account())


def read_together(name, beside):
    """Tell whether a document and another one are of different tickets, by the same account."""
    (vendor, value, _), (its, more, _) = READABLE[name], READABLE[beside]
    if its != vendor or beside == name:
        return False
    with warnings.catch_warnings(), suppress(AdapterError):
        warnings.simplefilter("ignore")
        one, other = (by_ticket(read(name, each)).keys() for each in (value, more))
        return one.isdisjoint(other) and by_ticket(read(name, [value, more])).keys() == one | other
    return False


def by_ticket(reading):
    return {key: list(events) for key, events in groupby(reading.events, lambda e: e.ticket_id)}


BESIDE = {
    name: READABLE[beside][1]
    for name in READABLE
    for beside in READABLE
    if read_together(name, beside)
}


def test_every_system_has_documents_that_are_read_together():
    assert {READABLE[name][0] for name in BESIDE} == set(SYSTEMS)


@pytest.mark.parametrize("name", BESIDE)
def test_x2_documents_in_any_order_say_the_same(name):
    value, beside = READABLE[name][1], BESIDE[name]
    logs = [by_ticket(read(name, each)) for each in ([value, beside], [beside, value])]
    assert logs[0] == logs[1]


@pytest.mark.parametrize("name", READABLE)
def test_x4_what_present_values_cannot_tell_is_no_figure(name):
    for log in read(name, READABLE[name][1]).logs().values():
        if isinstance(log[0], Created):
            facts = facts_of(log, as_of=log[-1].at)
            assert facts.snapshot == any(event.basis == "snapshot" for event in log)
            assert not facts.snapshot or {each.of([facts]).n for each in OF_HISTORY} == {0}


def test_the_page_lists_the_laws_of_exports():
    page = Path(__file__).parents[2] / "docs" / "explanation" / "laws.md"
    listed = set(re.findall(r"^\| (X\d) ", page.read_text("utf-8"), re.MULTILINE))
    assert listed == {name[5:7].upper() for name in globals() if name.startswith("test_x")}


@pytest.mark.parametrize("name", BESIDE)
def test_x3_one_part_that_is_missing_or_null_harms_no_other_ticket(name):
    value, beside = READABLE[name][1], BESIDE[name]
    whole = by_ticket(read(name, [value, beside]))
    own = {ticket: whole[ticket] for ticket in by_ticket(read(name, beside))}
    refused = []
    for path in [path for path in places(value) if len(path) > 2 and path[0] not in SHARED]:
        for change in (..., None):
            changed = deepcopy(value)
            mangled(changed, path, change)
            try:
                log = by_ticket(read(name, [changed, beside]))
            except AdapterError:
                refused.append(path)
                continue
            assert all(log.get(ticket) == events for ticket, events in own.items()), path
    assert refused == []
