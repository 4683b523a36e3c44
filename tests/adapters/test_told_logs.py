"""A file of events says what its reading knew besides them, and a report of it says the same."""

import json
from datetime import UTC, datetime

import pytest

from support_model._findings import Finding
from support_model.adapters import EventLog, read_event_log
from support_model.adapters._event_logs import told_of
from support_model.errors import InvalidLog
from support_model.events import Created
from support_model.report import make_report
from support_model.serde import write_events
from support_model.vocabulary import Status

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
OPEN = {"status": Status("open", "open")}
EVENT = Created(ticket_id="T1", at=NINE, role="customer", actor="c1", fields=OPEN)
LOG = EventLog(
    events=(EVENT,),
    form="slack",
    undated={"status"},
    incomplete={"T1": "more_pages"},
    unknown={("user", "U404"): 2},
    left_out={"reaction": 3},
    findings=(Finding("more_pages", 1, (), "T1"),),
)


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_what_a_reading_knew_is_read_back(tmp_path, name):
    assert write_events(LOG.events, tmp_path / name, told=lambda: told_of(LOG)) == 1
    again = read_event_log(tmp_path / name)
    for part in ("events", "form", "undated", "incomplete", "unknown", "left_out", "findings"):
        assert getattr(again, part) == getattr(LOG, part), part
    direct, passed = make_report(LOG), make_report(again)
    assert passed.notes == direct.notes
    assert passed.figures == direct.figures
    assert passed.absent == direct.absent


def test_a_log_of_which_there_is_nothing_to_say_is_written_as_before(tmp_path):
    for name, told in (("a.jsonl", None), ("b.jsonl", lambda: told_of(EventLog(events=())))):
        write_events([EVENT], tmp_path / name, told=told)
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


@pytest.mark.parametrize(
    "told",
    [
        *(
            {"undatd": ["status"]},
            {"undated": "status", "findings": 3},
            {"unknown": [["user", 3]]},
        ),
        *({"incomplete": {"T1": "nothing"}}, {"left_out": {"a": -1}}, [], None, {"form": 1}),
    ],
)
def test_what_is_said_otherwise_is_refused(tmp_path, told):
    path = tmp_path / "log.jsonl"
    write_events([EVENT], path)
    line = json.dumps({"schema": "support_model.events/1", "log": told})
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(InvalidLog):
        read_event_log(path)
