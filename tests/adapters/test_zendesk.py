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
from support_model.adapters._zendesk_words import CATEGORIES, PRIORITIES
from support_model.adapters.zendesk import Account, custom_statuses, read
from support_model.errors import (
    AdapterError,
    InconsistentLog,
    InvalidValue,
    NaiveDatetime,
    SupportModelWarning,
    UnknownVendorValue,
)
from support_model.events import Changed, Created, Message, Rated, RatingRequested, Related
from support_model.figures import find
from support_model.report import make_report
from support_model.sla import (
    FIRST_RESPONSE,
    NEXT_RESPONSE,
    RESOLUTION,
    SlaPolicy,
    Target,
    evaluate,
)
from support_model.tickets import replay
from support_model.vocabulary import Priority, Status
from support_model.workflows import SIX_STEP, Transition, Workflow

PAGE = json.loads((DATA / "vendors/zendesk/constructed_A_ticket_audits.json").read_text("utf-8"))
ACCOUNT = Account(groups={101: "L1", 102: "L2"}, lines={"101": 1, "102": 2})
STATUSES = {native: Status(native, is_) for native, is_ in CATEGORIES.items()}
WORDS = Words(
    ticket="1001",
    statuses=STATUSES,
    priorities=PRIORITIES,
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
    assert reading.left_out == {"comment of a rating": 1, "field subject": 1}


def test_the_facts_of_the_scenario_come_out_equal():
    reading = read(PAGE, ACCOUNT)
    assert facts_of(reading.events) == FACTS | {"csat_last_score": 1}
    made = make_report(reading, by="channel")
    assert (made.log.form, list(made.groups)) == ("zendesk", ["email"])
    assert find(made.figures, "first_response").n == 1


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
    parts = [PAGE | {"audits": part} for part in (order[:cut], order[cut:], order[:2])]
    assert read(parts, ACCOUNT).events == whole
    assert [event.seq for event in whole] == list(range(1, 20))


def test_of_one_audit_with_two_contents_the_fuller_is_read_and_said():
    other = audit(
        {"type": "Comment", "author_id": 5, "public": True}, BIRTH, change("type", "task")
    )
    both = [audit(BIRTH, change("priority", "low")), other]
    for order in (both, both[::-1]):
        reading = read(page(*order))
        assert [event.type for event in reading.events] == ["created", "message", "changed"]
        assert [(found.code, found.tickets) for found in reading.findings] == [
            ("two_versions", ("42",))
        ]


def test_a_comment_that_was_redacted_is_no_other_version():
    said = {"type": "Comment", "id": 2, "author_id": 5, "public": True}
    written = [
        audit(BIRTH, {**said, "body": text}) for text in ("my card is 4111", "my card is ##")
    ]
    reading = read(page(*written))
    assert [event.type for event in reading.events] == ["created", "message"]
    assert reading.findings == ()


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
        ticket_id="42", at=by_agent.at, role="agent", actor="7", seq=1, source_id="8",
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
    assert [event.seq for event in (by_agent, by_rule, again)] == [2, 3, 4]


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
    comment, *_ = read(page(audit(said, change("status", "closed"), author=7, via=merge))).events
    assert (comment.type, comment.role, comment.actor) == ("message", "system", "7")
    assert comment.basis == "merge"
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


TOLD = [
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


def test_every_field_has_a_place_or_is_counted():
    reading = read(page(audit(*TOLD, {"type": "Cc"}, author=7)))
    assert dict(reading.events[0].fields) == {
        "agent": None,
        "type": None,
        "tags": frozenset({"a", "b"}),
        "custom.brand_id": "3",
    }
    names = ("subject", "collaborators", "weight", "first_reply_time", "satisfaction_comment")
    assert reading.left_out == {**{f"field {name}": 1 for name in names}, "Cc": 1}


def test_what_people_wrote_is_kept_only_where_the_account_says_so():
    account = Account(keep=["subject", "collaborators", "weight", "first_reply_time"])
    reading = read(page(audit(*TOLD, author=7)), account)
    fields = dict(reading.events[0].fields)
    assert (fields["topic"], fields["custom.weight"]) == ("Printer", 2.5)
    assert fields["custom.collaborators"] == frozenset({"1", "2"})
    assert reading.left_out == {"field first_reply_time": 1, "field satisfaction_comment": 1}


@pytest.mark.parametrize(
    ("payload", "path", "problem"),
    [
        ({"rows": []}, "", "no audits"),
        ("audits", "", "not an object"),
        (["audits"], "[0]", "not an object"),
        ({"audits": {"id": 1}}, "audits", "not a list"),
        ({"ticket_metrics": []}, "", r"figures and no history \(ticket_metrics\)"),
        ({"users": USERS}, "", "no ticket and no history"),
        ({"comments": [{"id": 1, "public": True}]}, "", r"no ticket and no history \(comments"),
    ],
)
def test_what_is_no_payload_is_refused_by_its_path(payload, path, problem):
    with pytest.raises(AdapterError, match=problem) as caught:
        read(payload)
    assert (caught.value.vendor, caught.value.path) == ("zendesk", path)


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (audit(BIRTH, at="soon", number=2), "audits[1]: created_at: not an instant"),
        (audit(BIRTH, number=True), "audits[1]: id: not a whole number"),
        ({**audit(BIRTH, number=2), "ticket_id": None}, "audits[1].ticket_id: missing"),
        ({**audit(number=2), "events": 7}, "audits[1].events: not a list"),
        (audit(7, number=2), "audits[1].events[0]: no event of a kind"),
        (
            audit({"type": "Change"}, number=2),
            "audits[1].events[0].field_name: no name of a field",
        ),
        (audit(change("status", None), number=2), "audits[1].status: missing"),
        (audit(change("tags", 7), number=2), "audits[1].tags: not a list of tags"),
        (
            audit({"type": "Comment", "public": 1}, number=2),
            "audits[1].events[0]: public: neither",
        ),
        (audit({"type": "Notification", "recipients": 5}, number=2), "recipients: not a list"),
    ],
)
def test_one_odd_part_is_left_out_and_said(odd, said):
    reading = read(page(audit(BIRTH), odd))
    assert [event.type for event in reading.events] == ["created"]
    (found,) = reading.findings
    assert found.code == "unreadable"
    assert said in found.example
    assert set(reading.incomplete) in ({"42"}, {"*"})


def test_what_nobody_did_is_a_third_partys():
    said = {"type": "Comment", "id": 2, "public": True, "author_id": None}
    reading = read(page(audit(BIRTH, said, author=None)))
    assert [(event.role, event.actor) for event in reading.events] == [("third_party", None)] * 2
    assert [(found.code, found.count) for found in reading.findings] == [("no_user", 2)]


def test_a_creation_without_a_status_begins_as_new():
    reading = read(page(audit({**BIRTH, "field_name": "type", "value": "task"})))
    (creation,) = reading.events
    assert dict(creation.fields) == {"status": Status("new", "new"), "type": "task"}
    assert creation.basis == "snapshot"
    assert reading.incomplete == {"42": "unreadable"}


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


recorded = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the recorded payloads are not beside this checkout"
)


@pytest.fixture(scope="module")
def samples():
    files = sorted((SAMPLES / "zendesk").glob("*.json"))
    return {path.name: json.loads(path.read_text("utf-8")) for path in files}


@recorded
def test_recorded_audits_are_read(samples):
    with pytest.warns(UnknownVendorValue, match="user '6130907993114', met 6 times"):
        reading = read(samples["ticket_audits_page.json"])
    logs = reading.logs()
    assert len(logs) == 15
    assert reading.left_out == {"field subject": 15}
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
    keeping = Account(keep=["subject"])
    reading = read(bodies[1], keeping)  # the ticket beside it says who asked, and when it began
    creation, update = reading.events
    assert (creation.basis, reading.incomplete) == (
        "snapshot",
        {creation.ticket_id: "no_creation"},
    )
    assert (dict(update.fields).keys(), update.role) == ({"topic"}, "customer")
    assert read(bodies, keeping).events[-1].fields == update.fields
    assert read(bodies[::-1], keeping).incomplete == {}
    with pytest.warns(UnknownVendorValue, match="user '28835702984212'"):
        (creation, text) = read(samples["stream_examples.json"]["ticket_audits"]).events
    assert (creation.fields[0], text.role) == (("agent", "28835702984212"), "customer")


@recorded
def test_recorded_tickets_are_lists(samples):
    reading = read(samples["incremental_tickets_cursor.json"])
    assert {event.basis for event in reading.events} == {"snapshot"}
    assert [event.type for event in reading.events] == ["created"] * 12
    assert [found.code for found in reading.findings] == ["list_export"]
    whole = read(samples["tickets_and_metrics.json"])
    assert whole.incomplete == {"15": "no_creation"}  # a rating of a ticket that is not there
    assert len(whole.logs()) == 7 + 1
    by_name = {figure.native: figure.value for figure in whole.stated["13"]}
    assert by_name["ticket_metrics.reply_time_in_minutes.calendar"] == timedelta(minutes=1)
    assert by_name["ticket_metrics.replies"] == 2


@recorded
def test_recorded_tables_are_refused_by_their_first_row(samples):
    tables = sorted((SAMPLES / "zendesk").glob("*.csv"))
    assert samples
    assert tables
    for path in tables:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with pytest.raises(AdapterError) as caught:
            read(rows)
        assert caught.value.path == "[0]"


@recorded
def test_recorded_custom_statuses_are_read(samples):
    first, second = map(custom_statuses, samples["custom_status_update.json"])
    assert first == {"22644243148813": Status("agent", "open")}
    assert second.keys() == first.keys()


def comment(number, who, hour, *more, public=True, **rest):
    said = {"type": "Comment", "id": number, "author_id": who, "public": public}
    return audit(said, *more, number=number, author=who, at=f"2024-03-13T{hour:02}:00:00Z", **rest)


def asked_by(who):
    return {"type": "Create", "field_name": "requester_id", "value": str(who)}


STAFF = [{"id": 11, "role": "agent"}, {"id": 12, "role": "agent"}, {"id": 5, "role": "end-user"}]


def roles(*audits, users=STAFF, account=zendesk.STANDARD, **more):
    events = read({"audits": list(audits), "users": users, **more}, account).events
    return [event.role for event in events if isinstance(event, Message)]


def test_an_agent_who_asks_for_help_is_the_customer_of_that_ticket():
    log = [comment(1, 11, 9, BIRTH, asked_by(11)), comment(2, 12, 11), comment(3, 11, 12)]
    assert roles(*log) == ["customer", "agent", "customer"]
    other = {**comment(4, 11, 13), "ticket_id": 43}
    assert roles(*log, other)[-1] == "agent"
    assert roles(*log, comment(5, 11, 13, public=False))[-1] == "agent"
    reading = read({"audits": log, "users": STAFF})
    assert reading.events[0].role == "customer"
    always = BusinessCalendar.always()
    targets = [
        Target(metric=metric, within=timedelta(hours=8), calendar=always)
        for metric in (FIRST_RESPONSE, NEXT_RESPONSE)
    ]
    policy = SlaPolicy(name="g", targets=targets)
    found = evaluate(reading.events, policy, as_of=datetime(2024, 3, 13, 13, tzinfo=UTC))
    assert [str(found["first_response"]), str(found["next_response"])] == [
        "met, 2:00:00 of 8:00:00, due Wed 13 Mar 2024 17:00 UTC",
        "running, 1:00:00 of 8:00:00, due Wed 13 Mar 2024 20:00 UTC",
    ]


def test_who_asks_is_told_for_each_instant():
    """An agent who files a ticket and then names the real requester answers as an agent."""
    moved = change("requester_id", "5", previous_value="11")
    log = [comment(1, 11, 9, BIRTH, asked_by(11)), comment(2, 11, 10, moved), comment(3, 11, 11)]
    assert roles(*log, comment(4, 5, 12)) == ["customer", "agent", "agent", "customer"]
    later = [comment(2, 11, 10), comment(3, 12, 11, moved), comment(4, 11, 12)]
    assert roles(*later) == ["customer", "agent", "agent"], "as the old value tells"
    beside = {"tickets": [{"id": 42, "requester_id": 11}]}
    assert roles(comment(2, 11, 10), **beside) == ["customer"]


def test_a_bot_that_asks_stays_a_bot():
    log = comment(1, 11, 9, BIRTH, asked_by(11))
    assert roles(log, account=Account(roles={11: "bot"})) == ["bot"]


def test_the_roles_of_the_account_precede_those_of_the_payload():
    """Who has left is an end-user now, and was an agent when they wrote."""
    log = [comment(1, 501, 9, BIRTH, asked_by(501)), comment(2, 12, 10)]
    users = [{"id": 501, "role": "end-user"}, {"id": 12, "role": "end-user"}]
    assert roles(*log, users=users) == ["customer", "customer"]
    account = Account(roles={12: "agent"})
    assert roles(*log, users=users, account=account) == ["customer", "agent"]
    policy = SlaPolicy(
        name="g",
        targets=[
            Target(
                metric=FIRST_RESPONSE,
                within=timedelta(hours=8),
                calendar=BusinessCalendar.always(),
            )
        ],
    )
    events = read({"audits": log, "users": users}, account).events
    found = evaluate(events, policy, as_of=datetime(2024, 3, 14, tzinfo=UTC))
    assert str(found["first_response"]).startswith("met, 1:00:00 of 8:00:00")


def test_a_rule_named_on_a_whole_audit_did_all_of_it():
    said = {"type": "Comment", "author_id": 7, "public": True, "id": 8}
    update = audit(said, change("status", "pending"), author=7, via=RULE)
    events = read(page(update)).events
    assert [(event.role, event.actor) for event in events] == [("system", "-1")] * 2


def test_a_deleted_user_refuses_nobody_else():
    users = [{"id": 5, "role": None, "name": "Permanently deleted user"}, {"role": "agent"}]
    users += [None, {"id": 6, "role": 7}, {"id": True, "role": "agent"}, {"id": 6, "role": ""}]
    log = [comment(1, 5, 9, BIRTH, asked_by(5)), comment(2, 12, 10)]
    reading = read({"audits": log, "users": [*users, {"id": 12, "role": "agent"}]})
    said = [event.role for event in reading.events if isinstance(event, Message)]
    assert said == ["customer", "agent"]
    assert [(found.code, found.count) for found in reading.findings] == [("no_role", 6)]


def spoken(place, who, kind="end-user", at=AT, **more):
    micros = int(datetime.fromisoformat(at).timestamp()) * 1000 + place
    message = {"type": "ChatMessage", "actor_id": who, "actor_type": kind, "timestamp": micros}
    return message | {"message_id": f"m{place}", "chat_index": place} | more


def test_the_messages_of_a_transcript_are_messages():
    bot = {"original_message": {"source": {"type": "zd:answerBot"}}}
    history = [
        {"type": "ChatJoin", "actor_id": "5", "timestamp": 0},
        spoken(1, "5"),
        spoken(2, "agent:7", "agent", **bot),
        spoken(3, "agent:7", "agent", at="2026-03-02T09:04:00Z"),
        spoken(4, "agent:9", "agent", at="2026-03-02T09:05:00Z"),
        spoken(5, "visitor", at="2026-03-02T08:00:00Z"),
    ]
    begun = {"type": "ChatStartedEvent", "value": {"chat_id": "c", "history": history}}
    reading = read(page(audit(BIRTH, begun), audit({"type": "ChatEndedEvent"}, number=2)))
    assert [event.type for event in reading.events] == ["created", *["message"] * 5]
    said = [(event.actor, event.role, event.source_id) for event in reading.events[1:]]
    assert said == [
        ("visitor", "customer", "m5"),  # before the ticket was there: at its creation
        ("5", "customer", "m1"),
        ("7", "system", "m2"),
        ("7", "agent", "m3"),
        ("9", "agent", "m4"),
    ]
    assert reading.events[4].at == datetime(2026, 3, 2, 9, 4, 0, 3000, tzinfo=UTC)
    assert reading.left_out == {"ChatJoin": 1, "ChatEndedEvent": 1}
    assert [found.code for found in reading.findings] == ["before_creation"]
    replay(reading.events)
    odd = read(page(audit({**begun, "value": {"history": [spoken(1, "5", timestamp=10**19)]}})))
    assert odd.findings[0].example.endswith("history[0]: not an instant")


def test_a_notification_with_copies_is_one():
    note = {"type": "NotificationWithCcs", "via": RULE, "recipients": [5]}
    (told,) = read(page(audit(note, author=7))).events
    assert (told.role, told.public) == ("system", True)


@pytest.mark.parametrize(
    ("payload", "said", "remedy"),
    [
        ({"error": "APIRateLimitExceeded", "description": "Number of allowed"},
         "APIRateLimitExceeded; Number of allowed", "Retry-After"),
        ({"error": {"title": "Forbidden", "message": "You do not have access"}},
         "Forbidden; You do not have access", "check the token"),
        ({"error": "RecordNotFound", "description": "Not found"}, "RecordNotFound", "check the n"),
        ({"error": "Couldn't authenticate you"}, "Couldn't authenticate you", "check the token"),
        ({"errors": [{"code": "X\x1b[2J", "detail": "odd"}]}, "X [2J; odd", "correct the request"),
    ],
)  # fmt: skip
def test_an_error_of_the_interface_is_no_data(payload, said, remedy):
    for given_ in (payload, [page(audit(BIRTH)), payload]):
        with pytest.raises(AdapterError, match="an error of the interface") as caught:
            read(given_)
        assert said in str(caught.value)
        assert remedy in caught.value.hint
        assert "\x1b" not in str(caught.value)
        assert "include=users" not in str(caught.value)


def test_pages_are_read_together_and_their_end_is_told():
    pages = [
        {**page(audit(BIRTH)), "next_page": "https://x.example.com/2", "count": 2},
        {**page(audit(change("status", "open"), number=2)), "next_page": None, "count": 2},
    ]
    whole = read(pages)
    assert [event.type for event in whole.events] == ["created", "changed"]
    assert whole.findings == ()

    def told(payload):
        return [(found.code, found.example) for found in read(payload).findings]

    assert told(pages[0]) == [("more_pages", "next_page is given; count is 2")]
    assert told(page(audit(BIRTH)) | {"meta": {"has_more": True}}) == [
        ("more_pages", "has_more is true")
    ]
    assert told(page(audit(BIRTH)) | {"meta": {"has_more": False}, "count": 1}) == []
    assert told(page(audit(BIRTH)) | {"end_of_stream": False}) == [
        ("more_pages", "end_of_stream is false")
    ]
    assert told(page(audit(BIRTH)) | {"end_of_stream": True}) == []


def test_the_incremental_export_says_the_same_as_the_audits():
    def child(kind, number, **more):
        return {"event_type": kind, "id": number, "via": "Mail", "via_reference_id": 4, **more}

    begun = {
        "id": 1, "ticket_id": 42, "updater_id": 5, "event_type": "Audit", "via": "Mail",
        "timestamp": 1772442000,
        "child_events": [
            child("Comment", 2, author_id=5, public=True, type="Comment"),
            child("Create", 3, status="new"),
            child("Create", 4, requester_id=5),
            child("Create", 5, tags=["a", "b"], custom_ticket_fields={"7": "x"}),
        ],
    }  # fmt: skip
    moved = {
        **begun, "id": 9, "updater_id": -1, "created_at": "2026-03-02T10:00:00Z",
        "via": "Rule", "via_reference_id": 8,
        "child_events": [child("Change", 10, priority="high", previous_value=None)],
    }  # fmt: skip
    del moved["timestamp"]
    reading = read({"ticket_events": [moved, begun, moved], "end_of_stream": False})
    assert [(e.type, e.role, e.actor) for e in reading.events] == [
        ("created", "customer", "5"), ("message", "customer", "5"), ("changed", "system", "-1"),
    ]  # fmt: skip
    assert dict(reading.events[0].fields) == {
        "status": Status("new", "new"), "requester": "5", "channel": "email",
        "tags": frozenset({"a", "b"}),
    }  # fmt: skip
    assert reading.events[0].at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert reading.left_out == {"field 7": 1}
    assert [found.code for found in reading.findings] == ["more_pages"]
    assert reading.incomplete == {"*": "more_pages"}
    for odd in ({**begun, "timestamp": -1}, {**begun, "timestamp": 10**15}):
        reading = read({"ticket_events": [odd]})
        assert reading.events == ()
        assert [found.example for found in reading.findings] == [
            "ticket_events[0]: not an instant"
        ]
