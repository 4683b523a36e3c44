"""A table of changed fields is a history: its rows become transactions."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whole import whole

from support_model import kpi
from support_model.adapters import Account, read_files, table
from support_model.errors import IncompleteLog, InvalidLog
from support_model.events import Created
from support_model.tickets import replay
from support_model.vocabulary import Priority

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples"
pytestmark = pytest.mark.filterwarnings("ignore::support_model.errors.UnknownVendorValue")

ZENDESK = ["field_name", "ticket_id", "updated", "user_id", "value"]
TOLD = [
    ["status", "7", "2026-03-02 09:00:00", "1", "new"],
    ["priority", "7", "2026-03-02 09:00:00", "1", "high"],
    ["requester_id", "7", "2026-03-02 09:00:00", "1", "1"],
    ["status", "7", "2026-03-02 09:20:00", "2", "open"],
    ["assignee_id", "7", "2026-03-02 09:20:00", "2", "2"],
    ["group_id", "7", "2026-03-02 10:00:00", "2", "31"],
    ["status", "7", "2026-03-02 11:00:00", "-1", "pending"],
    ["status", "7", "2026-03-02 12:00:00", "1", "open"],
    ["tags", "7", "2026-03-02 12:00:00", "1", "vip"],
    ["status", "7", "2026-03-02 13:00:00", "2", "solved"],
]
DESK = Account(roles={"2": "agent"}, groups={"31": "network"}, lines={"31": 2})


def read(rows, account=DESK, header=ZENDESK, system="zendesk", **beside):
    return table.read_tables({"h.csv": [header, *rows], **beside}, account, system)


def told(log, ticket="7"):
    return [
        (event.at.hour, event.at.minute, event.role, event.actor, sorted(dict(event.fields)))
        for event in log.logs()[ticket]
    ]


def test_rows_of_one_instant_and_person_are_one_transaction():
    log = read(TOLD)
    assert told(log) == [
        (9, 0, "third_party", "1", ["priority", "requester", "status"]),
        (9, 20, "agent", "2", ["agent", "status"]),
        (10, 0, "agent", "2", ["group", "line"]),
        (11, 0, "system", "-1", ["status"]),
        (12, 0, "customer", "1", ["status"]),
        (13, 0, "agent", "2", ["status"]),
    ]
    last = replay(log.logs()["7"])
    assert (last.category, last.group, last.fields["line"]) == ("solved", "network", 2)
    assert last.fields["priority"] == Priority("high", 2)
    assert log.left_out == {"field tags": 1}
    assert log.incomplete == {}


def test_a_history_tells_what_needs_one():
    facts = kpi.facts_of(read(TOLD).logs()["7"], as_of=datetime(2026, 3, 3, tzinfo=UTC))
    assert not facts.snapshot


@given(st.integers(0, 2**32))
def test_order_and_repetition_of_rows_say_nothing(seed):
    rows = [*TOLD, *TOLD]
    random.Random(seed).shuffle(rows)  # noqa: S311 - an order
    log = read(rows)
    assert log.events == read(TOLD).events
    assert {each.code: each.count for each in log.findings}["dropped"] == len(TOLD) - 1


def test_a_value_that_a_field_had_already_is_no_change():
    again = ["status", "7", "2026-03-02 12:30:00", "2", "open"]
    assert told(read([*TOLD, again])) == told(read(TOLD))


def test_a_ticket_that_begins_amid_its_life_is_not_whole():
    log = read([["status", "8", "2026-03-02 09:00:00", "", "solved"]])
    assert log.incomplete == {"8": "no_creation"}
    assert log.events[0].basis == "snapshot"


def test_the_table_of_tickets_beside_tells_the_creation():
    header = ["id", "status", "created_at", "requester_id", "submitter_id", "via_channel"]
    tickets = [
        header,
        ["8", "solved", "2026-03-02 08:00:00", "1", "2", "phone"],
        ["9", "open", "2026-03-02 08:30:00", "1", "1", "web"],
    ]
    rows = [["status", "8", "2026-03-02 09:00:00", "2", "solved"]]
    log = read(rows, **{"t.csv": tickets})
    created, solved = log.logs()["8"]
    assert (created.at.hour, created.role, created.actor, created.basis) == (8, "agent", "2", None)
    assert dict(created.fields)["channel"] == "phone"
    assert (solved.at.hour, solved.role) == (9, "agent")
    assert log.incomplete == {}
    (alone,) = log.logs()["9"]
    assert (alone.basis, alone.role) == ("snapshot", "customer")


AUDIT = ["documentkey", "fieldname", "oldvalue", "newvalue", "user", "sys_created_on",
         "record_checkpoint"]  # fmt: skip
AUDITED = [
    ["a1", "state", "1", "2", "ann", "2026-03-02 09:00:00", "1"],
    ["a1", "incident_state", "1", "2", "ann", "2026-03-02 09:00:00", "1"],
    ["a1", "priority", "4", "2", "ann", "2026-03-02 10:00:00", "2"],
    ["a1", "state", "2", "3", "system", "2026-03-02 11:00:00", "3"],
    ["a1", "state", "3", "6", "ann", "2026-03-02 11:00:00", "4"],
]


def test_what_a_ticket_began_with_is_computed_back_from_old_values():
    account = Account(tz="UTC", roles={"ann": "agent"})
    log = read(AUDITED[::-1], account, AUDIT, "servicenow")
    created, *rest = log.events
    fields = dict(created.fields)
    assert (fields["status"].category, fields["priority"].name) == ("new", "low")
    assert [sorted(dict(event.fields)) for event in rest] == [
        ["status"], ["priority"], ["status"], ["status"],
    ]  # fmt: skip
    assert [event.role for event in rest] == ["agent", "agent", "system", "agent"]
    assert replay(log.events).category == "solved"
    assert log.incomplete == {"a1": "no_creation"}  # the insert of a record is not audited


def test_a_list_beside_may_call_tickets_otherwise():
    incidents = [
        ["Number", "Sys ID", "State", "Opened", "Caller"],
        ["INC7", "a1", "Resolved", "2026-03-02 08:00:00", "kim"],
    ]
    log = read(AUDITED, Account(tz="UTC"), AUDIT, "servicenow", **{"i.csv": incidents})
    assert [*log.logs()] == ["INC7"]
    created = log.events[0]
    assert (created.at.hour, dict(created.fields)["status"].name, created.basis) == (8, "1", None)
    assert log.incomplete == {}
    assert not kpi.facts_of(log.events, as_of=log.last).snapshot


def test_changes_of_one_instant_follow_their_old_values():
    """No count tells them apart here, and the file has them in any order."""
    rows = [
        ["a1", "state", old, new, "ann", "2026-03-02 11:00:00", ""]
        for old, new in (("2", "3"), ("1", "2"), ("3", "6"))
    ]
    for order in (rows, rows[::-1], [rows[1], rows[2], rows[0]]):
        log = read(order, Account(tz="UTC"), AUDIT, "servicenow")
        names = [dict(event.fields)["status"].name for event in log.events]
        assert names == ["1", "2", "3", "6"]


JIRA = ["issue_id", "field", "fromString", "toString", "created", "author"]


def test_a_row_that_is_the_creation_says_when_in_its_value():
    rows = [
        ["10", "created", "", "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z", "kim"],
        ["10", "status", "To Do", "Done", "2026-03-02T10:00:00Z", "ann"],
    ]
    log = read(rows, Account(roles={"kim": "customer"}), JIRA, "jira")
    created, done = log.events
    assert (created.at.hour, created.role, created.actor) == (8, "customer", "kim")
    assert [dict(each.fields)["status"].category for each in (created, done)] == ["new", "solved"]
    assert log.incomplete == {}


def test_rows_that_cannot_be_read_are_refused_or_left_out_by_name(tmp_path):
    path = tmp_path / "h.csv"
    text = ",".join(ZENDESK) + "\n"
    text += "".join(",".join(row) + "\n" for row in [*TOLD, ["status", "7", "soon", "", "open"]])
    path.write_text(f"{text}status,7\n", "utf-8")
    mapping = table.named("zendesk-field-history")
    with pytest.raises(InvalidLog, match=r"as many cells as the header has columns"):
        table.read(path, mapping, account=DESK)
    log = table.read(path, mapping, account=DESK, lenient=True)
    assert told(log) == told(read(TOLD))
    assert log.incomplete == {"*": "cells", "7": "bad_time"}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not beside this checkout")
def test_the_tables_of_a_warehouse():
    history = SAMPLES / "zendesk/fivetran_ticket_field_history.csv"
    with pytest.raises(IncompleteLog):
        read_files(history, "zendesk")
    log = read_files([history, history], "zendesk", lenient=True)
    assert (log.rows, len(log.logs())) == (9, 9)
    jira = [SAMPLES / f"jira/fivetran_{name}.csv" for name in ("issue_field_history", "issue")]
    log = read_files(jira, "jira", lenient=True)
    assert {event.ticket_id for event in log.events} == {"10011", "10015", "10018", "10027"}
    assert all(isinstance(event, Created) for event in log.events)
    assert "permissions" not in whole(log)


def test_a_history_of_fields_that_the_mapping_does_not_name_says_which(tmp_path):
    path = tmp_path / "h.csv"
    words = ("stage", "owner", "amount", "closing", "stage")
    rows = [f"{word},7,2026-03-02 09:00:00,1,x" for word in words]
    path.write_text("\n".join([",".join(ZENDESK), *rows]) + "\n")
    mapping = table.TableMapping(
        name="mine", shape="fields", ticket="ticket_id", at="updated", field="field_name",
        value="value", changed={"status": "status", "owner_id": "agent"},
    )  # fmt: skip
    said = "stage, owner, amount and 1 more'; the mapping names status, owner_id; "
    with pytest.raises(InvalidLog, match=f"no row of a field that the mapping names: '{said}"):
        table.read(path, mapping, tz=UTC)
    log = table.read(path, mapping, tz=UTC, lenient=True)
    assert "no_known_field" in {finding.code for finding in log.findings}
    path.write_text(",".join(ZENDESK) + "\n")
    with pytest.raises(InvalidLog, match="no rows; check the export"):
        table.read(path, mapping, tz=UTC)
