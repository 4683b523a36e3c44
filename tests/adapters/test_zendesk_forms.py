"""The other forms of Zendesk: webhooks, lists, the account's export, figures beside audits."""

import json
import warnings
from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest
from adapters.test_zendesk import AT, BIRTH, RULE, USERS, audit, change, page
from hypothesis import given
from hypothesis import strategies as st
from whole import whole

from support_model.adapters import Account, Page
from support_model.adapters.zendesk import read, recognized
from support_model.errors import AdapterError, UnknownVendorValue
from support_model.events import Changed, Created, Rated, RatingRequested, Related
from support_model.tickets import replay
from support_model.vocabulary import Priority, Status

DETAIL = {
    "actor_id": "5", "assignee_id": "0", "brand_id": "3", "created_at": AT, "custom_status": "",
    "description": "Geheim", "external_id": "", "form_id": "4", "group_id": "31", "id": "42",
    "is_public": True, "organization_id": "", "priority": "HIGH", "requester_id": "5",
    "status": "NEW", "subject": "Geheim", "submitter_id": "5", "tags": ["room"],
    "type": "QUESTION", "updated_at": AT, "via": {"channel": "web_form"},
}  # fmt: skip


def hook(kind, place, at=AT, by="5", event=None, **detail):
    sequence = {"sequence": {"id": f"S{at}", "position": place, "total": 9}}
    return {
        "type": f"zen:event-type:ticket.{kind}", "account_id": 1, "id": f"u-{kind}-{place}-{at}",
        "time": at, "zendesk_event_version": "2022-11-06", "subject": "zen:ticket:42",
        "detail": {**DETAIL, "actor_id": by, **detail},
        "event": {**(event or {}), "meta": sequence},
    }  # fmt: skip


def said(place, who, at, *, staff, public=True):
    author = {"id": who, "is_staff": staff, "name": "Geheim"}
    comment = {"id": f"c{place}", "body": "Geheim", "is_public": public, "author": author}
    return hook("comment_added", place, at, who, {"comment": comment})


def moved(kind, before, now, place, at, by="7", **detail):
    return hook(f"{kind}_changed", place, at, by, {"previous": before, "current": now}, **detail)


LATER = [f"2026-03-0{day}T10:00:00.465719851Z" for day in range(3, 10)]
HOOKS = [
    hook("created", 1),
    said(2, "5", AT, staff=False),
    moved("status", "NEW", "OPEN", 1, LATER[0]),
    moved("agent_assignment", "0", "7", 2, LATER[0]),
    said(3, "7", LATER[0], staff=True),
    moved("group_assignment", "31", "32", 1, LATER[1]),
    moved("priority", "HIGH", "URGENT", 2, LATER[1]),
    hook("tags_changed", 3, LATER[1], "-1", {"tags_added": ["b"]}, tags=["room", "b"]),
    said(4, "7", LATER[1], staff=True, public=False),
    moved("status", "OPEN", "SOLVED", 1, LATER[2]),
    hook("csat_requested", 1, LATER[3], "-1"),
    hook("csat_received", 1, LATER[4], "5", {"satisfaction_score": {"score": "GOOD"}}),
    moved("status", "SOLVED", "OPEN", 1, LATER[5], "5"),
    hook("followers_changed", 2, LATER[5], "7", {"users_added": ["8"]}),
    hook("soft_deleted", 1, LATER[6], "7", status="DELETED"),
]


def test_webhooks_tell_the_same_life():
    account = Account(groups={31: "L1", 32: "L2"}, lines={"L1": 1, "L2": 2})
    reading = read(HOOKS, account)
    assert [(e.type, e.role, e.actor) for e in reading.events] == [
        ("created", "customer", "5"), ("message", "customer", "5"),
        ("message", "agent", "7"), ("changed", "agent", "7"), ("changed", "agent", "7"),
        ("message", "agent", "7"), ("changed", "agent", "7"), ("changed", "agent", "7"),
        ("changed", "system", "-1"), ("changed", "agent", "7"),
        ("rating_requested", "system", "-1"),
        ("rated", "customer", "5"), ("changed", "customer", "5"), ("changed", "agent", "7"),
    ]  # fmt: skip
    assert dict(reading.events[0].fields) == {
        "status": Status("new", "new"), "priority": Priority("high", 2), "type": "question",
        "group": "L1", "line": 1, "requester": "5", "channel": "web", "tags": frozenset({"room"}),
        "custom.brand_id": "3",
    }  # fmt: skip
    ticket = replay(reading.events)
    assert (ticket.category, ticket.line, ticket.agent) == ("void", 2, "7")
    assert {"replied": 1, "reopened": 1, "escalated": 1}.items() <= ticket.times.items()
    assert reading.left_out == {"webhook ticket.followers_changed": 1}
    assert (reading.unknown, reading.findings) == ({}, ())
    assert "Geheim" not in whole(reading)


@given(order=st.permutations(HOOKS), again=st.integers(0, 14))
def test_webhooks_in_any_order_or_twice_say_the_same(order, again):
    assert read(order + order[:again]).events == read(HOOKS).events
    assert read([Page("a.jsonl", order[:again] or order), Page("b.jsonl", order)]).events == (
        read(HOOKS).events
    )


def test_webhooks_without_the_creation_begin_with_what_the_ticket_says():
    reading = read(HOOKS[2:5])
    begun = reading.events[0]
    assert (type(begun), begun.basis, begun.role) == (Created, "snapshot", "third_party")
    assert dict(begun.fields)["priority"] == Priority("high", 2)
    assert dict(begun.fields)["status"] == Status("new", "new")
    assert reading.incomplete == {"42": "no_creation"}


def test_a_merge_by_webhook_is_one_fact():
    at = LATER[0]
    merge = [
        moved("status", "OPEN", "CLOSED", 3, LATER[1]),
        hook("merged", 2, at, "7", {"target_ticket_id": "43"}),
        moved("status", "OPEN", "CLOSED", 1, at),
    ]
    log = read([HOOKS[0], *merge], Account(roles={7: "agent"})).events
    assert [dict(event.fields)["status"].name for event in log if type(event) is Changed] == [
        "closed",
        "merged",
    ]
    assert [event.other for event in log if type(event) is Related] == ["43"]
    assert replay(log).merged_into == "43"


def test_webhooks_of_a_ticket_with_audits_say_nothing_more():
    reading = read([page(audit(BIRTH)), *HOOKS])
    assert [event.type for event in reading.events] == ["created"]
    assert reading.left_out == {"webhook of a ticket with audits": len(HOOKS)}


def test_odd_webhooks_are_counted():
    odd = [
        {**hook("created", 1), "id": "x0", "type": "zen:event-type:user.created"},
        {**hook("created", 1), "id": "x1", "detail": None},
        {**hook("created", 1), "id": "x2", "time": "soon"},
        hook("comment_added", 1, LATER[0], event={"comment": {"id": "1", "body": "Geheim"}}),
        hook("csat_received", 1, LATER[1]),
        hook("teleported", 1, LATER[2]),
        hook("marked_as_spam", 1, LATER[3]),
        hook("csat_received", 2, LATER[4], event={"rating": 4}),
        hook("undeleted", 2, LATER[5], status="OPEN"),
    ]
    with pytest.warns(UnknownVendorValue, match="kind of webhook 'teleported'"):
        reading = read([HOOKS[0], *odd])
    assert [event.type for event in reading.events] == ["created", "changed", "rated", "changed"]
    assert (reading.events[2].score, reading.events[2].scale) == (4, (1, 5))
    assert [dict(reading.events[place].fields)["status"].category for place in (1, 3)] == [
        "void",
        "open",
    ]
    assert reading.left_out == {
        "webhook user.created": 1,
        "webhook of a rating without a score": 1,
        "webhook ticket.teleported": 1,
    }
    assert [(found.code, found.count) for found in reading.findings] == [("unreadable", 3)]


@pytest.mark.parametrize("envelope", ["detail", "input"])
def test_the_bridge_of_amazon_and_flows_tell_the_same(envelope):
    def bridge(kind, at, **more):
        meta = {"occurred_at": at, "actor_id": 5, "sequence": {"id": "A", "position": 1}}
        ticket = {
            "id": 42,
            "created_at": AT,
            "status": "new",
            "requester_id": 5,
            "priority": "low",
        }
        inner = {"meta": meta, "type": kind, "ticket": ticket, **more}
        named = {"id": f"{kind}-{at}", "detail-type": f"Support Ticket: {kind}"}
        return {**(named if envelope == "detail" else {}), envelope: {"ticket_event": inner}}

    comment = {"id": 9, "is_public": True, "author": {"id": 5, "is_staff": False}}
    reading = read(
        [
            bridge("Status Changed", LATER[0], previous="new", current="open"),
            bridge("Comment Created", AT, comment=comment),
            bridge("Ticket Created", AT),
        ]
    )
    assert [(event.type, event.role) for event in reading.events] == [
        ("created", "customer"),
        ("message", "customer"),
        ("changed", "customer"),
    ]


METRICS = {
    "ticket_id": 42, "created_at": AT, "group_stations": 1, "assignee_stations": 2, "reopens": 1,
    "replies": 3, "status_updated_at": "2026-03-05T09:00:00Z", "solved_at": "2026-03-04T09:00:00Z",
    "initially_assigned_at": "2026-03-02T09:10:00Z",
    "reply_time_in_minutes": {"calendar": 42, "business": 12},
    "first_resolution_time_in_minutes": {"calendar": 1440, "business": None},
    "full_resolution_time_in_minutes": {"calendar": 2880, "business": 960},
    "agent_wait_time_in_minutes": {"calendar": None, "business": None},
    "requester_wait_time_in_minutes": {"calendar": 60, "business": 20},
    "on_hold_time_in_minutes": {"calendar": 0, "business": 0},
}  # fmt: skip


def ticket(status, **more):
    return {
        "url": "https://example.zendesk.com/api/v2/tickets/42.json", "id": 42, "created_at": AT,
        "updated_at": "2026-03-06T09:00:00Z", "status": status, "priority": "high",
        "requester_id": 5, "submitter_id": 5, "assignee_id": 7, "group_id": 31,
        "via": {"channel": "email"}, "subject": "Geheim", "description": "Geheim", **more,
    }  # fmt: skip


def test_a_list_is_present_values():
    payload = {"tickets": [ticket("closed")], "metric_sets": [METRICS], "users": USERS}
    reading = read(payload, Account(lines={31: 1}))
    assert {event.basis for event in reading.events} == {"snapshot"}
    assert [(event.type, event.role, f"{event.at:%d %H:%M}") for event in reading.events] == [
        ("created", "third_party", "02 09:00"),
        ("message", "agent", "02 09:42"),
        ("changed", "third_party", "04 09:00"),
        ("changed", "third_party", "05 09:00"),
    ]
    assert dict(reading.events[0].fields) == {
        "status": Status("new", "new"), "priority": Priority("high", 2), "requester": "5",
        "channel": "email",
    }  # fmt: skip
    assert [(found.code, found.tickets) for found in reading.findings] == [
        ("list_export", ("42",))
    ]
    assert reading.incomplete == {}
    assert "Geheim" not in whole(reading)


@pytest.mark.parametrize(
    ("status", "metrics", "told", "since_unknown"),
    [
        ("new", {}, [], 0),
        ("open", {"solved_at": None}, ["open"], 0),
        ("open", {}, ["solved", "open"], 0),
        ("open", {"status_updated_at": None}, [], 1),
        ("hold", {"solved_at": None, "status_updated_at": None}, [], 1),
        ("solved", {}, ["solved"], 0),
        ("solved", {"solved_at": None}, ["solved"], 0),
        ("closed", {"status_updated_at": None}, ["solved"], 1),
        ("deleted", None, [], 1),
    ],
)
def test_a_status_is_told_where_a_stamp_tells_when(status, metrics, told, since_unknown):
    payload = {"tickets": [ticket(status)]}
    if metrics is not None:
        payload["metric_sets"] = [{**METRICS, **metrics, "reply_time_in_minutes": None}]
    reading = read(payload)
    names = [dict(event.fields)["status"].name for event in reading.events[1:]]
    assert names == told
    counts = {found.code: found.count for found in reading.findings}
    assert counts.get("since_unknown", 0) == since_unknown


def comment(number, who, at, *, public=True, **more):
    said = {"id": number, "type": "Comment", "author_id": who, "public": public, "body": "Geheim"}
    return {**said, "created_at": at, "via": {"channel": "web"}, **more}


LINE = ticket(
    "solved",
    comments=[
        comment(3, 7, "2026-03-02T10:00:00Z"),
        comment(1, 5, AT),
        comment(2, 5, "2026-03-02T09:00:01Z", via=RULE),
        comment(4, 7, "2026-03-02T10:05:00Z", public=False),
    ],
    requester={"id": 5, "role": "end-user", "name": "Geheim", "email": "geheim@example.com"},
    assignee={"id": 7, "role": "agent", "name": "Geheim"},
    group={"id": 31, "name": "Front desk"},
    metric_set=METRICS,
)


def test_a_line_of_the_export_has_its_comments():
    reading = read(LINE)
    assert [(e.type, e.role, e.actor, e.basis) for e in reading.events] == [
        ("created", "customer", "5", None),
        ("message", "customer", "5", None),
        ("message", "system", "-1", None),
        ("message", "agent", "7", None),
        ("message", "agent", "7", None),
        ("changed", "third_party", None, "snapshot"),
    ]
    assert dict(reading.events[0].fields)["group"] == "Front desk"
    assert read([Page("export.ndjson", [LINE, {**LINE, "id": 43}])]).logs().keys() == {"42", "43"}
    assert "Geheim" not in whole(reading)
    assert "geheim@" not in whole(reading)


def test_a_line_with_audits_is_a_history():
    begun = audit(BIRTH)
    del begun["ticket_id"]
    reading = read(
        {**LINE, "audits": [begun, audit(change("status", "open"), number=2, author=7)]}
    )
    assert [(event.type, event.basis) for event in reading.events] == [
        ("created", None),
        ("changed", None),
    ]
    assert reading.findings == ()
    assert "42" in reading.stated


def test_comments_beside_their_ticket_are_its_own():
    bare = ticket("open")
    beside = read({"ticket": bare, "comments": LINE["comments"], "users": USERS})
    named = [{**each, "ticket_id": 42} for each in LINE["comments"]]
    apart = read([{"comments": named, "users": USERS}, {"tickets": [bare]}])
    assert beside.events == apart.events
    assert [event.type for event in beside.events] == ["created", *["message"] * 4]
    alone = read({"comments": named, "users": USERS})
    assert alone.incomplete == {"42": "no_creation"}


def test_figures_of_zendesk_are_kept_beside_the_events():
    reading = read([page(audit(BIRTH)), {"ticket_metrics": [METRICS], "count": 1}])
    told = {(figure.name, figure.business): figure.value for figure in reading.stated["42"]}
    assert told == {
        ("first_reply_time", False): timedelta(minutes=42),
        ("first_reply_time", True): timedelta(minutes=12),
        ("first_solved_time", False): timedelta(days=1),
        ("first_solved_time", True): None,
        ("last_solved_time", False): timedelta(days=2),
        ("last_solved_time", True): timedelta(hours=16),
        ("requester_wait", False): timedelta(hours=1),
        ("requester_wait", True): timedelta(minutes=20),
        ("on_hold", False): timedelta(0),
        ("on_hold", True): timedelta(0),
        ("reopens", False): 1,
        ("replies", False): 3,
        ("group_stations", False): 1,
        ("agent_stations", False): 2,
        ("first_assigned", False): datetime(2026, 3, 2, 9, 10, tzinfo=UTC),
        ("last_solved", False): datetime(2026, 3, 4, 9, tzinfo=UTC),
    }
    assert [event.type for event in reading.events] == ["created"]


def metric_event(number, metric, kind, **more):
    return {
        "id": number, "ticket_id": 42, "metric": metric, "type": kind, "instance_id": 1,
        "time": "2026-03-02T09:42:00Z", **more,
    }  # fmt: skip


def test_metric_events_are_figures_too():
    rows = [
        metric_event(1, "reply_time", "activate"),
        metric_event(2, "reply_time", "fulfill"),
        metric_event(3, "reply_time", "update_status", status={"calendar": 42, "business": 12}),
        metric_event(4, "reply_time", "breach"),
        metric_event(5, "reply_time", "breach", deleted=True, ticket_id=43),
        metric_event(6, "reply_time", "fulfill", instance_id=2, time="2026-03-03T09:42:00Z"),
        metric_event(7, "agent_work_time", "update_status", status={"calendar": 7, "business": 1}),
        metric_event(8, "agent_work_time", "update_status", status={"calendar": 9, "business": 3}),
        metric_event(9, "requester_wait_time", "breach"),
    ]
    both = [page(audit(BIRTH)), {"ticket_metric_events": rows, "end_of_stream": True}]
    reading = read(both)
    assert {(figure.name, figure.business): figure.value for figure in reading.stated["42"]} == {
        ("first_reply", False): datetime(2026, 3, 2, 9, 42, tzinfo=UTC),
        ("first_reply_time", False): timedelta(minutes=42),
        ("first_reply_time", True): timedelta(minutes=12),
        ("within_first_reply", False): 0,
        ("agent_work", False): timedelta(minutes=9),
        ("agent_work", True): timedelta(minutes=3),
        ("within_resolution", False): 0,
    }
    assert "43" not in reading.stated
    with pytest.raises(AdapterError, match="figures and no history"):
        read(both[1])


def rating(number, score, **more):
    return {
        "id": number, "ticket_id": 42, "requester_id": 5, "assignee_id": 7, "score": score,
        "created_at": "2026-03-05T00:35:00Z", "updated_at": "2026-03-05T00:47:00Z",
        "comment": "Geheim", **more,
    }  # fmt: skip


def test_ratings_beside_tickets_count_once_and_when_they_were_given():
    rows = {"satisfaction_ratings": [rating(1, "offered"), rating(2, "good")]}
    asked, given_ = read([{"tickets": [ticket("new")]}, rows]).events[1:]
    assert (type(asked), asked.at.minute) == (RatingRequested, 35)
    assert (type(given_), given_.at.minute, given_.role) == (Rated, 47, "customer")
    told = page(audit(BIRTH), audit(change("satisfaction_score", "bad"), number=2))
    (score,) = [event for event in read([told, rows]).events if type(event) is Rated]
    assert score.score == 0
    (score,) = [event for event in read([page(audit(BIRTH)), rows]).events if type(event) is Rated]
    assert score.score == 1


def test_the_new_surveys_are_on_a_scale_of_five():
    options = [{"rating": number} for number in (1, 2, 3)]
    parts = [
        {"type": "SurveyOffered", "survey_id": "s"},
        {"type": "SurveyResponseSubmitted", "responder_id": 5, "answers": [
            {"type": "open_ended", "value": "Geheim"}, {"type": "rating_scale", "rating": 4}]},
        {"type": "SurveyResponseSubmitted", "answers": [
            {"question": {"options": options}, "rating": 3}]},
        {"type": "SurveyResponseSubmitted", "answers": [{"value": "Geheim"}]},
    ]  # fmt: skip
    reading = read(page(audit(BIRTH), audit(*parts, number=2, author=5)))
    asked, first, second = reading.events[1:]
    assert type(asked) is RatingRequested
    assert [(each.score, each.scale) for each in (first, second)] == [(4, (1, 5)), (3, (1, 3))]
    assert reading.left_out == {"survey answer without a rating": 1}
    assert "Geheim" not in whole(reading)


def test_answer_bots_are_no_agents():
    said_ = {"type": "Comment", "id": 9, "author_id": 7, "public": True}
    bot = {"channel": "answer_bot_for_sdk"}
    reading = read(page(audit(BIRTH), audit(said_, author=7, number=2, via=bot)))
    assert [(event.role, event.actor) for event in reading.events[1:]] == [("system", "7")]
    own = {**said_, "author_id": 5}
    (creation, text) = read(page(audit(BIRTH, own, via=bot))).events
    assert (creation.role, text.role, dict(creation.fields)["channel"]) == (
        "customer", "customer", "bot",
    )  # fmt: skip
    bots = read(page(audit(BIRTH), audit(said_, author=7, number=2)), Account(bots=[7]))
    assert [event.role for event in bots.events[1:]] == ["system"]


def test_a_revision_of_a_rule_is_a_rule():
    moved_ = {
        "id": 2, "ticket_id": 42, "updater_id": 7, "created_at": LATER[0], "via": "Rule Revision",
        "child_events": [{"id": 3, "event_type": "Change", "priority": "low"}],
    }  # fmt: skip
    assert [event.role for event in read({"ticket_events": [moved_]}).events] == ["system"]


def test_names_of_groups_and_statuses_beside_audits_are_used():
    moved_ = audit(change("group_id", "31"), change("custom_status_id", "77"), number=2, author=7)
    beside = {
        "groups": [{"id": 31, "name": "Front desk"}],
        "custom_statuses": [
            {"id": 77, "agent_label": "Waiting for parts", "status_category": "hold"},
            {"id": 78, "agent_label": None, "status_category": "hold"},
        ],
    }
    reading = read([page(audit(BIRTH), moved_), beside], Account(lines={"Front desk": 2}))
    assert dict(reading.events[1].fields) == {
        "group": "Front desk", "line": 2, "status": Status("Waiting for parts", "on_hold"),
    }  # fmt: skip
    assert [found.code for found in reading.findings] == ["unreadable"]
    own = Account(groups={31: "Empfang"}, statuses={"77": Status("Teile", "pending")})
    fields = dict(read([page(audit(BIRTH), moved_), beside], own).events[1].fields)
    assert (fields["group"], fields["status"].name) == ("Empfang", "Teile")


def test_a_field_made_later_is_a_change():
    later = audit({"type": "Create", "field_name": "priority", "value": "low"}, number=2, author=7)
    reading = read(page(audit(BIRTH), later))
    assert [event.type for event in reading.events] == ["created", "changed"]


def test_the_export_of_changes_without_its_comments_tells_them_all_the_same():
    told = {
        "id": 1, "ticket_id": 42, "updater_id": 5, "created_at": AT, "via": "Mail",
        "child_events": [
            {"id": 2, "event_type": "Create", "status": "new", "requester_id": 5},
            {"id": 3, "event_type": "Comment", "comment_present": True, "comment_public": True},
            {"id": 4, "event_type": "Create", "tags": ["a"], "added_tags": ["a"]},
        ],
    }  # fmt: skip
    reading = read({"ticket_events": [told], "end_of_stream": True, "next_page": "https://x"})
    assert [(event.type, event.role) for event in reading.events] == [
        ("created", "customer"),
        ("message", "customer"),
    ]
    assert (reading.findings, reading.left_out) == ((), {})
    merged = deepcopy(told) | {"id": 9, "updater_id": 7, "via": "Web form", "child_events": [
        {"id": 10, "event_type": "Change", "status": "closed", "previous_value": "open"},
        {"id": 11, "event_type": "Change", "tags": ["closed_by_merge"], "previous_value": []},
    ]}  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        closed = read({"ticket_events": [told, merged]}).events[-1]
    assert dict(closed.fields)["status"] == Status("merged", "void")


def test_one_audit_in_both_forms_is_read_once():
    begun = audit(BIRTH, {"type": "Comment", "id": 2, "author_id": 5, "public": True})
    export = {
        "id": 1, "ticket_id": 42, "updater_id": 5, "timestamp": 1772442000, "via": "Mail",
        "child_events": [{"id": 2, "event_type": "Create", "status": "new"}],
    }  # fmt: skip
    reading = read([{"ticket_events": [export]}, page(begun)])
    assert reading.events == read(page(begun)).events


def test_of_pages_one_must_be_the_last():
    first = {**page(audit(BIRTH)), "meta": {"has_more": True}}
    last = {**page(audit(change("status", "open"), number=2)), "meta": {"has_more": False}}
    other = {**page({**audit(BIRTH, number=3), "ticket_id": 43}), "meta": {"has_more": True}}
    assert read([first, last]).incomplete == read([last, first]).incomplete == {}
    reading = read([last, other, first])
    assert reading.incomplete == {"43": "more_pages"}
    both = {**first, "audits": [audit(BIRTH), other["audits"][0]]}
    assert read(both).incomplete == {"*": "more_pages"}


def test_a_list_cut_into_pages_of_one_ticket_is_whole():
    rows = [{**ticket("new"), "id": number} for number in (42, 43)]
    pages = [{"tickets": [row], "count": 2, "next_page": None} for row in rows]
    assert read(pages).incomplete == {}
    assert read(pages[0]).incomplete == {"*": "more_pages"}


def test_pages_of_the_stream_of_all_audits_are_one_stream():
    address = "https://example.zendesk.com/api/v2/ticket_audits?cursor=b"
    first = {**page(audit(BIRTH)), "links": {"next": address}, "meta": {"has_more": True}}
    other = {**page({**audit(BIRTH, number=3), "ticket_id": 43}), "meta": {"has_more": False}}
    second = {**other, "audits": [*other["audits"], audit(change("status", "open"), number=4)]}
    assert read([first, second]).incomplete == {}
    assert read([first, other]).incomplete == {"*": "more_pages"}, "the other is of one ticket"


def test_a_local_stamp_needs_the_zone_of_the_account():
    local = page(audit(BIRTH, at="2026-03-29 02:30:00"))
    reading = read(local, Account(tz="Europe/Berlin"))
    assert reading.events[0].at == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert [found.code for found in reading.findings] == ["skipped_time"]
    twice = read(page(audit(BIRTH, at="2026-10-25 02:30:00")), Account(tz="Europe/Berlin"))
    assert twice.events[0].at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert [found.code for found in twice.findings] == ["ambiguous_time"]


@pytest.mark.parametrize(
    "value",
    [
        page(audit(BIRTH)),
        [page(audit(BIRTH))],
        audit(BIRTH),
        {"ticket_events": []},
        HOOKS[0],
        LINE,
        {"tickets": [ticket("new")], "next_page": None},
        {"ticket": ticket("new")},
        {"error": "RecordNotFound", "description": "Not found"},
    ],
)
def test_forms_are_recognized(value):
    assert recognized(json.loads(json.dumps(value)))


def test_other_tables_are_not_recognized():
    for value in (
        {"tickets": [{"id": 1, "subject": "x"}]},
        {"error": "x"},
        [],
        [[]],
        "x",
        {"id": 1},
    ):
        assert recognized(value) == ""
