"""ServiceNow: incidents with their audit and journal, plain and in pairs."""

import json
import random
import warnings
from copy import deepcopy

import pytest
from adapters.scenario import DATA, SAMPLES, Words, bare
from adapters.test_trello import scenario
from conformance.vendor_accounts.servicenow import account as stated
from whole import whole

from support_model.adapters import EVERY, Account, Page
from support_model.adapters.servicenow import HOLDS, NEW, PRIORITIES, STATUSES, read, recognized
from support_model.errors import AdapterError
from support_model.events import Changed, Message

CASES = DATA / "vendors" / "servicenow"
PAIRS = json.loads((CASES / "incident_display_value_all.json").read_text("utf-8"))
OWN = stated(
    json.loads((CASES / "incident_display_value_all.json.expected.json").read_text("utf-8"))[
        "config"
    ]
)
IDS = {str(n): f"{n:032x}" for n in (501, 11, 12)}
WORDS = Words(
    ticket=f"{1001:032x}",
    statuses={
        "new": NEW,
        "open": STATUSES["2"],
        "pending": HOLDS["1"],
        "solved": STATUSES["6"],
        "closed": STATUSES["7"],
    },
    priorities={"normal": PRIORITIES["3"], "high": PRIORITIES["2"]},
    people={**IDS, "-1": "-1"},
    groups={"L1": "L1", "L2": "L2"},
    channel="email",
    score=None,
    scale=(),
)
INCIDENT = {
    "sys_id": "a1", "number": "INC1", "state": "2", "priority": "3", "caller_id": {"value": "u1"},
    "opened_at": "2026-03-02 09:00:00", "opened_by": {"value": "u1"}, "assigned_to": "",
}  # fmt: skip
USERS = [{"sys_id": "u1", "user_name": "cleo"}, {"sys_id": "u7", "user_name": "ada"}]


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def change(number, clock, field, old, new, user="ada"):
    return {
        "sys_id": f"x{number}", "documentkey": "a1", "tablename": "incident", "fieldname": field,
        "oldvalue": old, "newvalue": new, "user": user, "record_checkpoint": str(number),
        "sys_created_on": f"2026-03-02 {clock}:00",
    }  # fmt: skip


def told(*changes, account=OWN, **more):
    bundle = {"incident": INCIDENT, "sys_audit": [*changes], "sys_user": USERS}
    return read(bundle | more, account)


def statuses(reading):
    return [
        dict(event.fields)["status"].category
        for event in reading.events
        if isinstance(event, Changed) and "status" in dict(event.fields)
    ]


def test_the_scenario_comes_out_as_expected(monkeypatch):
    path = SAMPLES / "servicenow" / "constructed_A_incident_sys_audit_journal.json"
    if not path.exists():
        pytest.skip("the samples are not here")
    rows = [row for row in scenario.NEUTRAL if "satisfaction" not in row["event_type"]]
    monkeypatch.setattr(scenario, "NEUTRAL", [rows[0], *rows[2:]])  # the creation has no message
    groups = {f"{n:032x}": name for n, name in ((101, "L1"), (102, "L2"))}
    account = Account(groups=groups, lines={"L1": 1, "L2": 2})
    reading = read(json.loads(path.read_text("utf-8")), account)
    assert [bare(event) for event in reading.events] == WORDS.events()
    assert reading.unknown == reading.left_out == reading.incomplete == {}


def test_the_real_samples_are_read():
    for name in ("sys_journal_field.json", "incidents_flattened.json"):
        path = SAMPLES / "servicenow" / name
        if not path.exists():
            pytest.skip("the samples are not here")
        reading = read(json.loads(path.read_text("utf-8")), Account())
        assert reading.events


@pytest.mark.parametrize("seed", range(4))
def test_order_overlap_and_pages_change_nothing(seed):
    rng = random.Random(seed)  # noqa: S311 - a seeded shuffle
    once, bundle = read(PAIRS, OWN), deepcopy(PAIRS)
    for rows in bundle.values():
        if isinstance(rows, list):
            rng.shuffle(rows)
    audit = bundle.pop("sys_audit")
    cut = rng.randrange(1, len(audit) - 2)
    pages = [bundle, {"result": audit[: cut + 2]}, {"result": audit[cut:]}]
    rng.shuffle(pages)
    for payload in ([Page(f"{n}.json", page) for n, page in enumerate(pages)], pages, [PAIRS] * 2):
        again = read(payload, OWN)
        assert again.events == once.events
        assert (again.left_out, again.unknown, again.incomplete) == (
            once.left_out, once.unknown, once.incomplete,
        )  # fmt: skip


def test_plain_values_say_what_pairs_say():
    def plain(value):
        if isinstance(value, dict):
            if "display_value" in value:
                return value["value"]
            return {key: plain(each) for key, each in value.items()}
        return [plain(each) for each in value] if isinstance(value, list) else value

    reading, pairs = read(plain(PAIRS), OWN), read(PAIRS, OWN)
    assert reading.events == pairs.events
    assert [each.code for each in pairs.findings] == ["display_values"]
    assert reading.findings == ()


@pytest.mark.parametrize(
    ("reason", "category"),
    [("1", "pending"), ("3", "on_hold"), ("4", "on_hold"), ("5", "on_hold"), ("", "on_hold")],
)
def test_the_reason_of_a_hold_says_for_whom(reason, category):
    reading = told(
        change(1, "09:10", "state", "2", "3"),
        change(2, "09:10", "incident_state", "2", "3"),
        change(3, "09:10", "hold_reason", "", reason),
        change(4, "09:20", "state", "3", "2"),
        change(5, "09:20", "hold_reason", reason, ""),
    )
    assert statuses(reading) == [category, "open"]
    assert reading.incomplete == {}


def test_one_update_is_one_change_and_both_names_of_the_state_are_one():
    reading = told(
        change(1, "09:10", "state", "1", "2"),
        change(2, "09:10", "incident_state", "1", "2"),
        change(3, "09:10", "assigned_to", "", "u7"),
    )
    (found,) = [event for event in reading.events if isinstance(event, Changed)]
    assert dict(found.fields) == {"agent": "u7", "status": STATUSES["2"]}
    assert (found.role, found.actor) == ("agent", "u7")
    assert dict(reading.events[0].fields)["status"] == NEW


def test_names_in_the_audit_without_users_become_pseudonyms():
    rows = [change(1, "09:10", "state", "1", "2", "jane.doe")]
    reading = read({"incident": INCIDENT, "sys_audit": rows}, Account())
    assert reading.events[-1].actor.startswith("person-")
    assert "jane" not in whole(reading)
    known = read({"incident": INCIDENT, "sys_audit": rows}, Account(roles={"jane.doe": "agent"}))
    assert (known.events[-1].role, known.events[-1].actor) == ("agent", "jane.doe")


def test_comments_that_the_audit_repeats_are_told_once():
    row = {
        "sys_id": "j1", "name": "incident", "element": "comments", "element_id": "a1",
        "value": "Geheim", "sys_created_on": "2026-03-02 09:10:00", "sys_created_by": "ada",
    }  # fmt: skip
    audit = [
        change(1, "09:10", "comments", "", "Geheim"),
        change(2, "09:20", "work_notes", "", "Geheim"),
        change(3, "09:30", "state", "1", "2"),
    ]
    reading = told(*audit, sys_journal_field=[row])
    said = [(e.at.minute, e.public) for e in reading.events if isinstance(e, Message)]
    assert said == [(10, True), (20, False)]
    assert "Geheim" not in whole(reading)


def test_incidents_without_audit_are_present_values():
    incident = {**INCIDENT, "state": "6", "resolved_at": "2026-03-02 10:00:00", "made_sla": "true"}
    reading = read({"result": [incident]}, Account())
    assert {event.basis for event in reading.events} == {"snapshot"}
    assert statuses(reading) == ["solved"]
    assert [each.code for each in reading.findings] == ["list_export"]
    assert "within_resolution" in [each.name for each in reading.stated["a1"]]
    undated = read({"result": [INCIDENT]}, Account())
    assert [each.code for each in undated.findings] == ["list_export", "since_unknown"]


def test_what_the_audit_does_not_tell_cuts_the_history():
    assert told(change(1, "09:10", "state", "1", "6")).incomplete == {"a1": "cut_history"}
    rows = [change(1, "09:10", "state", "1", "2")]
    assert read({"result": rows}, OWN).incomplete == {"a1": "no_creation"}


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("User Not Authenticated", "password"),
        ("Operation Failed", "may read this table"),
        ("Transaction cancelled: maximum execution time exceeded", "sysparm_limit"),
        ("Invalid table foo", "name of the table"),
    ],
)
def test_errors_of_the_api_are_named_as_such(message, remedy):
    error = {"error": {"message": message, "detail": "Required"}, "status": "failure"}
    assert recognized(error) == "an error of the Table API"
    with pytest.raises(AdapterError, match=f"error of the interface.*{remedy}"):
        read(error, OWN)


def test_an_answer_that_was_cancelled_may_go_on():
    error = {"error": {"message": "Transaction cancelled"}, "status": "failure"}
    reading = read({"result": [INCIDENT], **error}, OWN)
    assert reading.incomplete[EVERY] == "more_pages"


def test_display_values_alone_are_refused():
    shown = {"display_value": "Cleo", "link": "https://example.com"}
    incident = {**INCIDENT, "state": "Resolved", "caller_id": shown}
    with pytest.raises(AdapterError, match="sysparm_display_value=false"):
        read({"result": [incident]}, OWN)
