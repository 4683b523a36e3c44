"""Event logs as XES and OCEL: well-formed, complete, and by the rules of their schemas."""

import gzip
import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serde.golden_values import LOG
from serde.test_event_files import EVENTS

from support_model.adapters._event_logs import by_ticket
from support_model.errors import InvalidLog
from support_model.events import Changed, Created, Message, Rated, Related, Worked
from support_model.serde import read_events, write_events
from support_model.vocabulary import Priority, Status

XES = "{http://www.xes-standard.org/}"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NAME = re.compile(r"[^\W\d][\w.:-]*")
KINDS = {"string", "date", "int", "float", "boolean"}
SHARED = {"ticket_id": "T1", "role": "agent", "actor": "ann"}
TICKET = (
    Created(
        ticket_id="T1", at=AT, role="customer", actor="cleo",
        fields={"status": Status("new", "new"), "priority": Priority("high", 2),
                "tags": {"b", "a"}, "requester": "cleo", "group": "desk"},
    ),
    Message(ticket_id="T1", at=AT, role="customer", actor="cleo", public=True),
    Changed(
        **SHARED, at=AT + timedelta(minutes=5),
        fields={"group": "network", "line": 2, "agent": "bo", "status": Status("busy", "open")},
    ),
    Message(**SHARED, at=AT + timedelta(minutes=6), public=True),
    Message(**SHARED, at=AT + timedelta(minutes=7), public=False),
    Worked(**SHARED, at=AT + timedelta(minutes=8), duration=timedelta(seconds=90)),
    Related(**SHARED, at=AT + timedelta(minutes=9), kind="merged_into", other="T2"),
    Rated(ticket_id="T1", at=AT + timedelta(minutes=10), role="customer", kind="csat", score=4,
          scale=(1, 5)),
)  # fmt: skip


def written(events, form):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"log{form}"
        assert write_events(events, path) == len(events)
        return path.read_bytes()


def traces(raw):
    """Each trace of a file as its name and its events, each as a dict of texts."""
    root = ET.fromstring(raw)  # noqa: S314 - written by this test
    return [
        (
            trace.find(f"{XES}string[@key='concept:name']").get("value"),
            [
                {part.get("key"): part.get("value") for part in event}
                for event in trace.iter(f"{XES}event")
            ],
        )
        for trace in root.iter(f"{XES}trace")
    ]


def test_a_ticket_is_a_trace_and_a_field_an_entry():
    ((ticket, entries),) = traces(written(TICKET, ".xes"))
    assert ticket == "T1"
    assert [entry["concept:name"] for entry in entries] == [
        "created", "message received", "agent changed", "group changed", "status busy",
        "message sent", "note added", "worked", "merged into", "rated",
    ]  # fmt: skip
    assert {entry["lifecycle:transition"] for entry in entries} == {"complete"}
    created, first = entries[0], entries[2]
    assert (created["status"], created["status_category"]) == ("new", "new")
    assert (created["priority"], created["priority_rank"], created["tags"]) == (
        "high",
        "2",
        "a, b",
    )
    assert (first["org:resource"], first["org:role"], first["org:group"]) == (
        "ann", "agent", "network",
    )  # fmt: skip
    assert (first["line"], first["time:timestamp"]) == ("2", "2026-03-02T09:05:00+00:00")
    assert entries[3]["old"] == "desk"
    assert entries[7]["duration"] == "90.0"


def test_the_file_declares_what_it_uses_in_the_order_of_the_schema():
    root = ET.fromstring(written(TICKET, ".xes"))  # noqa: S314 - written by this test
    assert root.tag == f"{XES}log"
    float(root.get("xes.version"))  # a decimal, by the schema
    order = [key for key, _ in groupby(child.tag.removeprefix(XES) for child in root)]
    assert order == ["extension", "global", "classifier", "string", "trace"]
    prefixes = {each.get("prefix") for each in root.iter(f"{XES}extension")}
    keys = {part.get("key") for event in root.iter(f"{XES}event") for part in event}
    assert {key.split(":")[0] for key in keys if ":" in key} <= prefixes
    needed = {part.get("key") for part in root.find(f"{XES}global[@scope='event']")}
    assert all(needed <= {part.get("key") for part in event} for event in root.iter(f"{XES}event"))


@given(st.lists(EVENTS, max_size=6))
def test_whatever_events_hold_the_xml_is_well_formed(events):
    together = [event for log in by_ticket(events).values() for event in log]
    raw = written(together, ".xes")
    root = ET.fromstring(raw)  # noqa: S314 - written by this test
    assert len(list(root.iter(f"{XES}trace"))) == len(by_ticket(events))
    assert len(list(root.iter(f"{XES}event"))) >= len(events)
    for event in root.iter(f"{XES}event"):
        keys = [part.get("key") for part in event]
        assert len(keys) == len(set(keys))
        assert all(NAME.fullmatch(key) for key in keys)
        assert {part.tag.removeprefix(XES) for part in event} <= KINDS


@pytest.mark.parametrize("odd", ['<&>"', "a\x00b", "\ud800", "￿", "line\nend\ttab", "🙂"])
def test_what_xml_cannot_hold_is_replaced_and_the_rest_comes_back(odd):
    ((ticket, _),) = traces(
        written([Message(ticket_id=odd, at=AT, role="agent", public=True)], ".xes")
    )
    legal = odd.replace("\x00", "�").replace("\ud800", "�").replace("￿", "�")
    assert ticket == legal


def test_the_events_of_a_ticket_have_to_come_together(tmp_path):
    apart = [Message(ticket_id=ticket, at=AT, role="agent", public=True) for ticket in "aba"]
    path = tmp_path / "log.xes"
    path.write_text("as it was")
    with pytest.raises(InvalidLog, match=r"in two places.*ticket by ticket"):
        write_events(apart, path)
    assert path.read_text() == "as it was"


def test_xes_may_be_packed_and_is_the_same_every_time():
    assert gzip.decompress(written(TICKET, ".xes.gz")) == written(TICKET, ".xes")
    assert written(TICKET, ".xes.gz") == written(TICKET, ".xes.gz")


def test_a_log_without_events_is_a_log_all_the_same():
    assert traces(written([], ".xes")) == []
    assert json.loads(written([], ".ocel.json"))["events"] == []


@pytest.mark.parametrize("form", [".xes", ".xes.gz", ".ocel.json"])
def test_what_is_for_process_mining_is_not_read_again(form, tmp_path):
    path = tmp_path / f"log{form}"
    write_events(TICKET, path)
    with pytest.raises(InvalidLog, match=r"written and not read.*\.jsonl"):
        list(read_events(path))


def checked(log):
    """Check a log by the rules of the OCEL 2.0 schema for JSON, and return it."""
    assert set(log) == {"objectTypes", "eventTypes", "objects", "events"}
    declared = {}
    for key in ("objectTypes", "eventTypes"):
        names = [each["name"] for each in log[key]]
        assert len(names) == len(set(names))
        declared[key] = {
            each["name"]: {part["name"]: part["type"] for part in each["attributes"]}
            for each in log[key]
        }
    ids = [each["id"] for each in log["objects"]]
    assert len(ids) == len(set(ids))
    assert len({each["id"] for each in log["events"]}) == len(log["events"])
    for key, types in (("objects", "objectTypes"), ("events", "eventTypes")):
        for each in log[key]:
            known = declared[types][each["type"]]
            for part in each["attributes"]:
                assert known[part["name"]] == "string"
                assert isinstance(part["value"], str)
                assert ("time" in part) is (key == "objects")
            for other in each["relationships"]:
                assert other["objectId"] in ids
                assert other["qualifier"]
    return log


def test_an_event_names_its_objects_and_what_they_are_to_it():
    log = checked(json.loads(written(TICKET, ".ocel.json")))
    about = [
        {each["qualifier"]: each["objectId"] for each in event["relationships"]}
        for event in log["events"]
    ]
    assert about[0] == {
        "subject": "ticket:T1", "actor": "customer:cleo", "requester": "customer:cleo",
        "to_group": "group:desk",
    }  # fmt: skip
    assert about[2] == {"subject": "ticket:T1", "actor": "agent:ann", "assignee": "agent:bo"}
    assert about[3] == {
        "subject": "ticket:T1", "actor": "agent:ann", "from_group": "group:desk",
        "to_group": "group:network",
    }  # fmt: skip
    assert about[8]["merged_into"] == "ticket:T2"
    ticket = next(each for each in log["objects"] if each["id"] == "ticket:T1")
    assert ticket["relationships"] == [{"objectId": "ticket:T2", "qualifier": "merged_into"}]
    statuses = [
        (each["time"], each["value"]) for each in ticket["attributes"] if each["name"] == "status"
    ]
    assert statuses == [
        ("2026-03-02T09:00:00+00:00", "new"),
        ("2026-03-02T09:05:00+00:00", "busy"),
    ]


@given(st.lists(EVENTS, max_size=6))
def test_whatever_events_hold_the_object_log_keeps_the_rules(events):
    log = checked(json.loads(written(events, ".ocel.json")))
    assert len(log["events"]) >= len(events)


@pytest.mark.parametrize("form", [".xes", ".ocel.json"])
def test_every_kind_of_event_has_an_activity(form):
    together = [event for log in by_ticket(LOG).values() for event in log]
    raw = written(together, form).decode()
    for event in together:
        assert event.at.isoformat() in raw


def test_xes_is_written_while_events_come(tmp_path):
    path = tmp_path / "log.xes"
    sizes = []

    def coming():
        for number in range(300):
            sizes.append(sum(each.stat().st_size for each in tmp_path.iterdir()))
            yield Message(ticket_id=f"T{number}", at=AT, role="agent", public=True)

    assert write_events(coming(), path) == 300
    assert 0 < sizes[150] < sizes[-1]  # it is in the file before the last one is known


def test_names_of_fields_in_any_script_are_kept_apart(tmp_path):
    fields = {"custom.Отдел": "a", "custom.Город": "b", "custom.x y": "c", "custom.x:y": "d"}
    created = Created(
        ticket_id="T1", at=AT, role="agent", fields={"status": Status("new", "new"), **fields}
    )
    path = tmp_path / "log.xes"
    write_events([created], path)
    event = ET.parse(path).find(f".//{XES}event")  # noqa: S314 - our own file
    held = {each.get("key"): each.get("value") for each in event}
    assert {*"abcd"} <= {*held.values()}
    assert (held["custom.Отдел"], held["custom.Город"]) == ("a", "b")
    assert all(NAME.fullmatch(key) for key in held)
