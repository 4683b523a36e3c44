"""Folders of vendor cases: the project's copies, and all that lie beside the project."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from adapters.scenario import DATA
from conformance import vendors
from conformance.common import NotSupported

from support_model.events import RatingRequested

BESIDE = Path(__file__).parents[2] / ".." / "shared" / "cases" / "vendors"
CASES = {
    case.id: case
    for folder in (BESIDE, DATA / "vendors")
    if folder.is_dir()
    for case in vendors.cases(folder)
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_vendor_case_is_read_as_expected(case):
    try:
        assert vendors.run(case) is None
    except NotSupported as reason:
        pytest.skip(str(reason))
    assert vendors.remarks() == []


def test_the_copies_of_a_case_are_as_those_beside_the_project():
    if not BESIDE.is_dir():
        pytest.skip("no cases beside the project")
    theirs = {path.relative_to(BESIDE): path for path in BESIDE.rglob("*") if path.is_file()}
    ours = {path.relative_to(DATA / "vendors"): path for path in DATA.glob("vendors/**/*")}
    both = [name for name in theirs.keys() & ours.keys() if name.name != "SOURCES.md"]
    assert [name for name in both if theirs[name].read_bytes() != ours[name].read_bytes()] == []


SAID = {
    "zendesk/audits_messaging_transcript.json": (
        {},
        {"ChatJoin": 2, "ChatEndedEvent": 1, "OfferedToEvent": 1},
    ),
    "zendesk/incremental_ticket_events.json": ({"more_pages": 1}, None),
    "onec/odata_deleted_with_table_part.json": ({"no_time_of": 1, "undated_link": 1}, None),
    "onec/otchet": (
        {"encoding": 3, "no_row": 4, "filtered": 1, "dropped": 1, "newest_first": 1,
         "short_name": 1, "no_kind": 1},
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_what_has_no_place_is_said_once_and_counted(name):
    findings, left_out = SAID[name]
    log = vendors.reading(CASES[name])
    assert {found.code: found.count for found in log.findings} == findings
    assert left_out is None or log.left_out == left_out


EVENT_TYPES = (
    *("created", "message.received", "message.sent", "note.added", "notification.sent"),
    *("status.changed", "priority.changed", "queue.changed", "assignee.changed", "escalated"),
    *("deescalated", "reopened", "satisfaction.requested", "satisfaction.responded", "merged"),
    *("linked", "deleted", "restored", "sla.applied", "sla.paused", "sla.fulfilled"),
    *("sla.breached", "tag.changed", "field.changed"),
)
UNTOLD = {"notification.sent", "escalated", "deescalated", "reopened", "tag.changed"}
UNTOLD |= {"sla.applied", "sla.paused", "sla.fulfilled", "sla.breached", "field.changed"}


@pytest.mark.parametrize("what", EVENT_TYPES)
def test_every_type_of_neutral_events_is_compared_or_left_out(what):
    row = {
        "ticket_id": "7", "event_type": f"ticket.{what}", "occurred_at": "2026-03-02T09:00:00Z",
        "actor_role": "agent", "new_value": "x", "score": 5, "scale_min": 1, "scale_max": 5,
    }  # fmt: skip
    assert len(vendors.neutral([row])) == (what not in UNTOLD)


def test_requests_for_a_rating_are_compared_where_a_case_lists_them():
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    asked = RatingRequested(ticket_id="7", at=at, role="system", kind="csat")
    row = {
        "ticket_id": "7", "event_type": vendors.ASKED, "occurred_at": "2026-03-02T09:00:00Z",
        "actor_role": "automation",
    }  # fmt: skip
    assert vendors.translated([asked], [row]) == vendors.neutral([row])
    assert not vendors.translated([asked], [])
