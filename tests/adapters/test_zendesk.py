"""Audits become the events of the scenario; what they cannot say is counted, never guessed."""

import copy
import csv
import json
import warnings
from datetime import UTC, datetime, timedelta

import pytest
from adapters.scenario import DATA, FACTS, SAMPLES, Words, bare, facts_of, mangled, places
from hypothesis import given
from hypothesis import strategies as st

from support_model import BusinessCalendar
from support_model.adapters import zendesk
from support_model.adapters.zendesk import Account, custom_statuses, read
from support_model.errors import (
    AdapterError,
    DuplicateSequence,
    InconsistentLog,
    InvalidValue,
    NaiveDatetime,
    SupportModelWarning,
    UnknownVendorValue,
)
from support_model.events import Changed, Created, Message, Rated, RatingRequested, Related
from support_model.lifecycle.ready_workflows import SIX_STEP
from support_model.lifecycle.transitions import Transition
from support_model.lifecycle.vocabulary import Priority, Status
from support_model.lifecycle.workflows import Workflow
from support_model.service_levels.metrics import FIRST_RESPONSE, RESOLUTION
from support_model.sla import SlaPolicy, Target, evaluate
from support_model.tickets import replay

PAGE = json.loads((DATA / "constructed_A_ticket_audits.json").read_text("utf-8"))
ACCOUNT = Account(groups={101: "L1", 102: "L2"}, lines={"101": 1, "102": 2})
STATUSES = {native: Status(native, is_) for native, is_ in zendesk.CATEGORIES.items()}
WORDS = Words(
    ticket="1001",
    statuses=STATUSES,
    priorities=zendesk.PRIORITIES,
    people={name: name for name in ("501", "11", "12", "-1")},
    groups={"L1": "L1", "L2": "L2"},
    channel="email",
    score=1,  # the loss: a rating is good or bad
    scale=(0, 1),
)
AT = "2026-03-02T09:00:00Z"
USERS = [{"id": 5, "role": "end-user"}, {"id": 7, "role": "agent"}]
RULE = {"channel": "rule", "source": {"rel": "trigger", "from": {"id": 3}}}
BIRTH = {"type": "Create", "field_name": "status", "value": "new"}


def audit(*events, number=1, author=5, at=AT, **more):
    return {
        "id": number,
        "ticket_id": 42,
        "created_at": at,
        "author_id": author,
        "events": list(events),
        **more,
    }


def page(*audits):
    return {"audits": list(audits), "users": USERS}


def change(name, value, **more):
    return {"type": "Change", "field_name": name, "value": value, **more}


def changes(*events, account=zendesk.STANDARD, **more):
    """What one audit of an agent changes, as one dict for each event."""
    reading = read(page(audit(*events, author=7, **more)), account)
    return [dict(event.fields) for event in reading.events if isinstance(event, Changed)]


def test_the_scenario_comes_out_as_expected():
    reading = read(PAGE, ACCOUNT)
    assert [bare(event) for event in reading.events] == WORDS.events()
    assert reading.unknown == {}
    assert reading.left_out == {"comment of a rating": 1}


def test_the_facts_of_the_scenario_come_out_equal():
    assert facts_of(read(PAGE, ACCOUNT).events) == FACTS | {"csat_last_score": 1}


def test_the_events_replay_are_checked_and_evaluated():
    events = read(PAGE, ACCOUNT).events
    ticket = replay(events)
    assert (ticket.category, ticket.line, ticket.agent) == ("closed", 2, "12")
    every = tuple(STATUSES)
    vendor = Workflow(
        name="system statuses",
        initial="new",
        statuses=tuple(STATUSES.values()),
        transitions=[
            Transition(f"to {name}", [other for other in every if other != name], name)
            for name in every
            if name != "new"
        ],
    )
    assert vendor.check(events) == ()
    assert SIX_STEP.check(events)
    always = BusinessCalendar.always()
    targets = [
        Target(metric=metric, within=timedelta(days=3), calendar=always)
        for metric in (FIRST_RESPONSE, RESOLUTION)
    ]
    policy = SlaPolicy(name="gold", targets=targets)
    result = evaluate(events, policy, as_of=datetime(2024, 5, 1, tzinfo=UTC))
    assert result["first_response"].elapsed == timedelta(seconds=3430)
    pending, solved = timedelta(hours=18, minutes=37, seconds=50), timedelta(hours=22, minutes=30)
    assert result["resolution"].elapsed == timedelta(seconds=420_900) - pending - solved
    assert result["resolution"].state == "missed"


@given(order=st.permutations(PAGE["audits"]), cut=st.integers(0, 13))
def test_pages_in_any_order_or_twice_say_the_same(order, cut):
    whole = read(PAGE, ACCOUNT).events
    assert read(PAGE | {"audits": order + order[:cut]}, ACCOUNT).events == whole
    parts = [read(PAGE | {"audits": part}, ACCOUNT) for part in (order[:cut], order[cut:]) if part]
    together = [event for part in parts for event in part.events]
    assert sorted(together, key=lambda event: event.seq) == list(whole)


def test_one_audit_with_two_contents_is_no_repetition():
    other = audit({"type": "Comment", "author_id": 5, "public": True}, BIRTH)
    with pytest.raises(DuplicateSequence):
        read(page(audit(BIRTH, change("priority", "low")), other))


@pytest.mark.parametrize(
    "payload",
    [
        PAGE["audits"][0],
        {"ticket": {}, "audit": PAGE["audits"][0]},
        PAGE["audits"][:1],
        {"audits": PAGE["audits"][:1]},
    ],
)
def test_all_shapes_of_audits_are_read(payload):
    creation, text = read(payload).events
    assert (creation.type, creation.role, text.role) == ("created", "customer", "customer")


def test_changes_of_rules_stand_apart_from_those_of_the_agent():
    update = audit(
        {"type": "Comment", "author_id": 7, "public": True, "id": 8},
        change("status", "pending"),
        change("priority", "high"),
        change("status", "open", via=RULE),
        change("tags", ["a", "b"], via=RULE),
        change("tags", ["a"], via=RULE),
        author=7,
    )
    said, by_agent, by_rule, again = read(page(update)).events
    assert said == Message(
        ticket_id="42", at=by_agent.at, role="agent", actor="7", seq=10_000, source_id="8",
        public=True,
    )  # fmt: skip
    assert (by_agent.role, dict(by_agent.fields)) == (
        "agent",
        {"status": Status("pending", "pending"), "priority": Priority("high", 2)},
    )
    assert (by_rule.role, by_rule.actor) == ("system", "-1")
    assert dict(by_rule.fields) == {
        "status": Status("open", "open"),
        "tags": frozenset({"a", "b"}),
    }
    assert dict(again.fields) == {"tags": frozenset({"a"})}
    assert [event.seq for event in (by_agent, by_rule, again)] == [10_001, 10_002, 10_003]


def test_a_notification_is_a_message_only_to_the_customer():
    def notified(*recipients):
        note = {"type": "Notification", "via": RULE, "recipients": list(recipients)}
        return read(page(audit(note, author=7)))

    (told,) = notified(5, 7).events
    assert (told.role, told.public) == ("system", True)
    assert notified(7).events == notified().events == ()
    assert notified(7).left_out == {"Notification to staff": 1}


def test_custom_statuses_are_the_callers_and_default_to_the_system_status():
    known = custom_statuses(
        {"custom_statuses": [{"id": 9, "agent_label": "At the lab", "status_category": "hold"}]}
    )
    lab = Status("At the lab", "on_hold")
    account = Account(statuses=known)
    assert known == {"9": lab}
    assert changes(change("status", "hold"), change("custom_status_id", "9"), account=account) == [
        {"status": lab}
    ]
    assert changes(change("custom_status_id", 9), account=account) == [{"status": lab}]
    assert changes(change("custom_status_id", "9")) == [{"custom.custom_status_id": "9"}]
    with pytest.warns(UnknownVendorValue, match="custom status '8', met 1 time; taken as its sys"):
        found = changes(change("custom_status_id", "8"), change("status", "open"), account=account)
    assert found == [{"custom.custom_status_id": "8", "status": Status("open", "open")}]
    deleted = [change("custom_status_id", "9"), change("status", "deleted")]
    assert changes(*deleted, account=account) == [{"status": Status("deleted", "void")}]
    with pytest.raises(AdapterError, match=r"custom_status\.status_category: unknown category"):
        custom_statuses({"custom_status": {"id": 9, "agent_label": "x", "status_category": "y"}})


def test_deletion_and_restore_are_no_reopening():
    log = read(
        page(
            audit(BIRTH),
            audit(change("status", "deleted"), number=2, author=7),
            audit(change("status", "new"), number=3, author=7),
        )
    ).events
    assert {"voided": 1, "restored": 1}.items() <= replay(log).times.items()
    assert "reopened" not in replay(log).times


def test_merged_and_followed_up_tickets_are_related():
    merge = {"channel": "web", "source": {"rel": "merge", "to": {"ticket_id": 43}}}
    closing = audit(change("status", "closed"), author=7, via=merge)
    related, closed = read(page(closing)).events
    assert (related.type, related.kind, related.other) == ("related", "merged_into", "43")
    assert dict(closed.fields) == {"status": Status("merged", "void")}
    said = {"type": "Comment", "id": 5, "public": True, "author_id": 7}
    *_, comment, _, _ = read(
        page(audit(said, change("status", "closed"), author=7, via=merge))
    ).events
    assert (comment.type, comment.role, comment.actor) == ("message", "system", "7")
    unnamed = audit(change("status", "closed"), author=7, via={"source": {"rel": "merge"}})
    reading = read(page(unnamed))
    assert [event.type for event in reading.events] == ["changed"]
    assert reading.left_out == {"merged_into without the other ticket": 1}
    follow_up = {"channel": "web", "source": {"rel": "follow_up", "from": {"ticket_id": "7"}}}
    (_, related) = read(page(audit(BIRTH, via=follow_up))).events
    assert isinstance(related, Related)
    assert (related.kind, related.other) == ("follow_up", "7")


@pytest.mark.parametrize(
    ("score", "kinds"),
    [("offered", [RatingRequested]), ("bad", [Rated]), ("unoffered", []), (None, [])],
)
def test_ratings(score, kinds):
    for part in (
        change("satisfaction_score", score),
        {"type": "SatisfactionRating", "score": score},
    ):
        assert [type(event) for event in read(page(audit(part))).events] == kinds


def test_unknown_values_warn_and_are_counted():
    odd = audit(
        change("status", "snoozed"),
        change("priority", "meh"),
        change("group_id", 3),
        change("satisfaction_score", "great"),
        {"type": "Teleported"},
        {"type": "Comment", "author_id": 6, "public": True},
        author=7,
    )
    with pytest.warns(UnknownVendorValue) as caught:
        reading = read(page(odd), ACCOUNT)
    assert reading.unknown == {
        ("status", "snoozed"): 1,
        ("priority", "meh"): 1,
        ("group", "3"): 1,
        ("satisfaction score", "great"): 1,
        ("kind of event", "Teleported"): 1,
        ("user", "6"): 1,
    }
    assert len(caught) == 6
    assert {warning.filename for warning in caught} == {__file__}
    said, changed = reading.events
    assert said.role == "third_party"
    assert dict(changed.fields) == {
        "status": Status("snoozed", "open"),
        "priority": Priority("meh", 5),
        "group": "3",
        "line": None,
    }


def test_every_field_has_a_place_or_is_counted():
    told = [
        change("assignee_id", ""),
        change("subject", "Printer"),
        change("type", None),
        change("tags", "a b"),
        change("brand_id", "3"),
        change("collaborators", [1, 2]),
        change("weight", 2.5),
        change("first_reply_time", {"minutes": 10}),
        change("satisfaction_comment", "thanks"),
    ]
    reading = read(page(audit(*told, {"type": "Cc"}, author=7)))
    assert dict(reading.events[0].fields) == {
        "agent": None,
        "topic": "Printer",
        "type": None,
        "tags": frozenset({"a", "b"}),
        "custom.brand_id": "3",
        "custom.collaborators": frozenset({"1", "2"}),
        "custom.weight": 2.5,
    }
    assert reading.left_out == {
        "field first_reply_time": 1,
        "field satisfaction_comment": 1,
        "Cc": 1,
    }


@pytest.mark.parametrize(
    ("payload", "path", "problem"),
    [
        ({"tickets": []}, "", "no audits"),
        ("audits", "", "not an object"),
        (page(audit(author=None)), "audits[0].author_id", "missing"),
        (page(audit(BIRTH), audit(at="soon")), "audits[1].created_at", "not an instant"),
        (page(audit(change("status", None))), "audits[0].events[0].value", "missing"),
        (page(audit(number=True)), "audits[0].id", "not a whole number"),
        (page(audit({"type": "Comment", "public": 1})), "audits[0].events[0].public", "neither"),
        (page(audit({**BIRTH, "field_name": "type"})), "audits[0].events", "without a status"),
        ({"audits": [audit(BIRTH)], "users": [{"id": 5}]}, "users[0].role", "missing"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(payload, path, problem):
    with pytest.raises(AdapterError, match=problem) as caught:
        read(payload)
    assert (caught.value.vendor, caught.value.path) == ("zendesk", path)


def test_a_channel_gets_its_common_name():
    (creation,) = read(page(audit(BIRTH, via={"channel": "voice"}))).events
    assert dict(creation.fields)["channel"] == "phone"


def test_a_stamp_without_an_offset_is_refused():
    with pytest.raises(NaiveDatetime, match=r"audits\[0\]\.created_at"):
        read(page(audit(BIRTH, at="2026-03-02T09:00:00")))


JUNK = (
    st.just(...)
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["0001-01-01T00:00:00+23:59", "Create", "Change", "status", "merge", "rule"])
    | st.lists(
        st.none() | st.integers() | st.dictionaries(st.text(max_size=2), st.none()), max_size=2
    )
    | st.dictionaries(st.sampled_from(["id", "type", "value", "source"]), st.text(max_size=2))
)


@given(
    places_=st.lists(st.sampled_from(list(places(PAGE))), min_size=1, max_size=4),
    data=st.data(),
)
def test_mangled_payloads_are_read_or_refused(places_, data):
    payload = copy.deepcopy(PAGE)
    for place in places_:
        mangled(payload, place, data.draw(JUNK))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SupportModelWarning)
        try:
            for log in read(payload, ACCOUNT).logs().values():
                replay(log)
        except (AdapterError, InconsistentLog, InvalidValue):
            return


@pytest.fixture(scope="module")
def samples():
    folder = SAMPLES / "zendesk"
    if not folder.is_dir():
        pytest.skip("no recorded payloads beside the project")
    return {
        path.name: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))
    }


def test_recorded_audits_are_read(samples):
    with pytest.warns(UnknownVendorValue, match="user '6130907993114', met 6 times"):
        reading = read(samples["ticket_audits_page.json"])
    logs = reading.logs()
    assert len(logs) == 15
    assert reading.left_out == {}
    assert all(isinstance(log[0], Created) for log in logs.values())
    assert [event.type for event in logs["1"]] == [
        "created",
        *["message", *["changed"] * 3],
        *["message"] * 2,
    ]
    staff = Account(roles={6130907993114: "agent"})
    first = replay(read(samples["ticket_audits_page.json"], staff).logs()["1"])
    assert {
        "contacted": 1,
        "replied": 1,
        "voided": 1,
        "restored": 1,
    }.items() <= first.times.items()
    assert "reopened" not in first.times
    answers = samples["ticket_create_then_update_responses.json"]
    bodies = [answer["body"] for answer in answers]
    assert [event.type for event in read(bodies[0]).events] == ["created", "message"]
    with pytest.warns(UnknownVendorValue, match="user"):
        assert dict(read(bodies[1]).events[0].fields).keys() == {"topic"}
    with pytest.warns(UnknownVendorValue, match="user '28835702984212'"):
        (creation, text) = read(samples["stream_examples.json"]["ticket_audits"]).events
    assert (creation.fields[0], text.role) == (("agent", "28835702984212"), "customer")


@pytest.mark.parametrize("name", ["incremental_tickets_cursor.json", "tickets_and_metrics.json"])
def test_recorded_payloads_without_history_are_refused(samples, name):
    with pytest.raises(AdapterError, match="no audits"):
        read(samples[name])


def test_recorded_tables_are_refused_by_their_first_row(samples):
    tables = sorted((SAMPLES / "zendesk").glob("*.csv"))
    assert samples
    assert tables
    for path in tables:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with pytest.raises(AdapterError) as caught:
            read(rows)
        assert caught.value.path.startswith("[0].")


def test_recorded_custom_statuses_are_read(samples):
    first, second = map(custom_statuses, samples["custom_status_update.json"])
    assert first == {"22644243148813": Status("agent", "open")}
    assert second.keys() == first.keys()
