"""Intercom: conversations, tickets and webhooks become the same events, whatever holds them."""

import json
import random
from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest
from adapters.scenario import DATA, FACTS, SAMPLES, Words, bare, facts_of
from conformance import vendors
from conformance.vendor_accounts import intercom as accounts
from hypothesis import given
from hypothesis import strategies as st
from whole import whole

from support_model.adapters import Account, Page, intercom
from support_model.adapters.intercom import read, recognized
from support_model.errors import AdapterError, UnknownVendorValue
from support_model.events import Changed, Created, Message, Rated, RatingRequested
from support_model.tickets import replay, steps
from support_model.vocabulary import Priority, Status

BEGIN = 1_772_442_000
CASES = list(vendors.cases(DATA / "vendors" / "intercom"))


def loaded(name):
    return json.loads((DATA / name).read_text("utf-8"))


def author(kind="admin", native="71", **more):
    return {"type": kind, "id": native, **more}


def part(native, kind, after, by=None, **more):
    return {
        "type": "conversation_part",
        "id": native,
        "part_type": kind,
        "created_at": BEGIN + after,
        "author": by or author(),
        **more,
    }


def spoken(native, after, by=None, **more):
    return part(native, "comment", after, by, body="<p>said</p>", **more)


CUSTOMER = author("user", "u1")


def conversation(*parts, **more):
    return {
        "type": "conversation",
        "id": "7",
        "created_at": BEGIN,
        "updated_at": BEGIN + 9000,
        "source": {
            "type": "email",
            "id": "40",
            "delivered_as": "customer_initiated",
            "body": "<p>asked</p>",
            "author": CUSTOMER,
        },
        "contacts": {"contacts": [{"type": "contact", "id": "u1"}]},
        "priority": "not_priority",
        "conversation_parts": {"conversation_parts": [*parts], "total_count": len(parts)},
        **more,
    }


def ticket(*parts, **more):
    return {
        "type": "ticket",
        "id": "9",
        "ticket_id": "38",
        "created_at": BEGIN,
        "contacts": {"contacts": [{"type": "contact", "id": "u1"}]},
        "category": "Customer",
        "ticket_parts": {"ticket_parts": [*parts], "total_count": len(parts)},
        **more,
    }


def moved(native, before, now, after, by=None):
    states = {"previous_ticket_state": before, "ticket_state": now}
    return part(native, "ticket_state_updated_by_admin", after, by, **states)


def webhook(topic, item, at=BEGIN):
    data = {"type": "notification_event_data", "item": item}
    return {"type": "notification_event", "topic": topic, "data": data, "created_at": at}


def hooked(*parts, **more):
    """A conversation as webhooks wrote it first: without `source`, with the newest part alone."""
    item = conversation(*parts, **more)
    item["conversation_message"] = {**item.pop("source"), "type": "conversation_message"}
    item["user"] = item.pop("contacts")["contacts"][0]
    return item


def told(reading):
    """What happened, in short: seconds since the begin, who, what."""
    found = []
    for event in reading.events:
        after = int((event.at - datetime.fromtimestamp(BEGIN, UTC)).total_seconds())
        if isinstance(event, Message):
            what = "said" if event.public else "noted"
        elif isinstance(event, Changed):
            what = ", ".join(f"{n}={getattr(v, 'name', v)}" for n, v in event.fields)
        else:
            what = event.type
        found.append((after, event.role, what))
    return found


def codes(reading):
    return {found.code: found.count for found in reading.findings}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_cases(case):
    assert vendors.run(case) is None
    assert vendors.remarks() == []


def test_the_scenario_that_all_systems_tell():
    groups = {101: "Billing 1", 102: "Billing 2"}
    account = Account(groups=groups, lines={101: 1, 102: 2})
    reading = read(loaded("vendors/intercom/constructed_A_conversation.json"), account)
    closed, opened = Status("closed", "closed"), Status("open", "open")
    snoozed = Status("snoozed", "pending")
    words = Words(
        ticket="1001",
        statuses={
            "new": opened, "open": opened, "pending": snoozed, "solved": closed, "closed": closed
        },
        priorities={"normal": Priority("normal", 2), "high": Priority("high", 1)},
        people={"501": "501", "11": "11", "12": "12", "-1": "0"},
        groups={"L1": "Billing 1", "L2": "Billing 2"},
        channel="email",
        score=5,
        scale=(1, 5),
    )  # fmt: skip
    wanted = [event for event in words.events() if not lost(event)]
    assert fields_apart(map(bare, reading.events)) == fields_apart(map(bare, wanted))
    assert facts_of(reading.events) == FACTS
    assert (reading.findings, reading.unknown, reading.left_out) == ((), {}, {})


def lost(event):
    """What Intercom does not tell of the scenario: a priority, and the close after days."""
    fields = dict(getattr(event, "fields", ()))
    return isinstance(event, Changed) and (
        fields.keys() == {"priority"} or event.at > datetime(2024, 4, 4, tzinfo=UTC)
    )


def fields_apart(events):
    """Changes field by field; that a new ticket is open is no change here."""
    found = []
    for event in events:
        if isinstance(event, Changed):
            found += [
                (event.at, event.actor, pair)
                for pair in event.fields
                if not (
                    pair[0] == "status" and event.at == datetime(2024, 3, 28, 14, 20, tzinfo=UTC)
                )
            ]
        else:
            found.append((event.at, event.actor, event))
    return sorted(found, key=lambda each: (each[0], str(each[2])))


def test_every_sample_reads_without_an_unknown():
    if not SAMPLES.exists():
        pytest.skip("no samples here")
    names = sorted((SAMPLES / "intercom").glob("*.json"))
    assert names
    for path in names:
        reading = read(json.loads(path.read_text("utf-8")))
        assert reading.events, path.name
        assert reading.unknown == {}, path.name


# --- parts ---------------------------------------------------------------------------------------


def test_a_part_is_a_reply_a_close_and_an_assignment_at_once():
    to = {"type": "admin", "id": 72}
    reading = read(conversation(part(1, "close", 60, body="Done.", assigned_to=to)))
    assert told(reading)[2:] == [(60, "agent", "said"), (60, "agent", "agent=72, status=closed")]


def test_without_states_a_reply_of_the_customer_reopens():
    parts = (
        part("1", "snoozed", 60),
        spoken("2", 120, CUSTOMER),
        part("3", "close", 180),
        spoken("4", 240),  # of the agent: it stays closed
        spoken("5", 300, CUSTOMER),
    )
    assert told(read(conversation(*parts)))[2:] == [
        (60, "agent", "status=snoozed"),
        (120, "customer", "said"),
        (120, "customer", "status=open"),
        (180, "agent", "status=closed"),
        (240, "agent", "said"),
        (300, "customer", "said"),
        (300, "customer", "status=open"),
    ]


def test_with_states_the_part_says_whether_a_reply_reopens():
    parts = (
        part("1", "close", 60, state="closed"),
        spoken("2", 120, CUSTOMER, state="closed"),
        part("3", "conversation_attribute_updated_by_admin", 180, state="open"),
    )
    reading = read(conversation(*parts))
    assert told(reading)[3:] == [(120, "customer", "said"), (180, "agent", "status=open")]
    assert reading.left_out == {"conversation_attribute_updated_by_admin": 1}


@pytest.mark.parametrize(
    "kind",
    ["open", "unsnoozed", "assign_and_reopen", "assign_and_unsnooze", "note_and_reopen",
     "note_and_unsnooze", "timer_unsnooze"],
)  # fmt: skip
def test_what_opens_again(kind):
    reading = read(conversation(part("1", "close", 60), part("2", kind, 120)))
    role = "system" if kind == "timer_unsnooze" else "agent"
    assert told(reading)[-1] == (120, role, "status=open")
    assert replay(reading.events).times["reopened"] == 1


def test_an_opening_of_what_is_open_is_counted():
    reading = read(conversation(part("1", "open", 60)))
    assert reading.left_out == {"open that changes nothing": 1}


def test_a_snooze_ends_at_its_date():
    until = BEGIN + 86_400
    parts = (part("1", "snoozed", 60), part("2", "open", 120), part("3", "snoozed", 180))
    reading = read(conversation(*parts, state="snoozed", snoozed_until=until))
    waits = [event.until for event in reading.events if isinstance(event, Changed)]
    assert waits == [None, None, datetime.fromtimestamp(until, UTC)]


def test_teams_are_groups_and_nobody_is_nobody():
    parts = (
        part("1", "assignment", 60, assigned_to={"type": "team", "id": 501}),
        part("2", "assignment", 120, assigned_to={"type": "admin", "id": "71"}),
        part("3", "default_assignment", 180, assigned_to={"type": "nobody_admin", "id": None}),
        part("4", "assignment", 240, assigned_to={"type": "nobody_admin", "id": None}),
        part("5", "assignment", 300, assigned_to={"type": "team", "id": "501"}),
    )
    teams = {"type": "team.list", "teams": [{"type": "team", "id": "501", "name": "Parcels"}]}
    reading = read([conversation(*parts), teams])
    assert [what for _, _, what in told(reading)[2:]] == [
        "group=Parcels", "agent=71", "agent=None"
    ]  # fmt: skip
    assert reading.left_out == {"assignment that changes nothing": 2}
    named = read([teams, conversation(*parts)], Account(groups={"501": "P"}, lines={"P": 2}))
    assert replay(named.events).line == 2


def test_an_id_of_zero_is_nobody():
    parts = (
        part("1", "assignment", 60, assigned_to={"type": "admin", "id": "71"}),
        part("2", "assignment", 120, assigned_to={"type": "admin", "id": "0"}),
        part("3", "assignment", 180, assigned_to={"type": "team", "id": 0}),
    )
    assert [what for _, _, what in told(read(conversation(*parts)))[2:]] == [
        "agent=71", "agent=None"
    ]  # fmt: skip


def test_robots_and_fin_are_the_system():
    parts = (
        spoken("1", 4, author("bot", "9", from_ai_agent=True)),
        spoken("2", 8, author("admin", "72", is_ai_answer=True)),
        spoken("3", 12, author("admin", "73")),
        spoken("4", 16, author("team", "501")),
    )
    with pytest.warns(UnknownVendorValue, match="501"):
        reading = read(conversation(*parts), Account(bots=["73"]))
    roles = [event.role for event in reading.events[2:]]
    assert roles == ["system", "system", "system", "third_party"]


def test_whoever_asks_is_the_customer_also_a_teammate():
    other = author("user", "u2")
    reading = read(
        conversation(spoken("1", 60, CUSTOMER), spoken("2", 120, other)),
        Account(roles={"u1": "agent", "u2": "agent"}),
    )
    assert [event.role for event in reading.events] == ["customer"] * 3 + ["agent"]


@pytest.mark.parametrize(("way", "role"), [("automated", "system"), ("admin_initiated", "agent")])
def test_a_conversation_that_a_teammate_or_a_campaign_began(way, role):
    source = {"type": "conversation", "id": "1", "delivered_as": way, "body": "x"}
    reading = read(conversation(spoken("1", 60, CUSTOMER), source=source | {"author": author()}))
    created = reading.events[0]
    assert created.role == role
    assert dict(created.fields)["requester"] == "u1"
    assert replay(reading.events).times.get("replied", 0) == 0


def test_redacted_parts_keep_their_time():
    parts = (
        spoken("1", 60, redacted=True) | {"body": None},
        part("2", "close", 120, redacted=True, body=None),
        part("3", "open", 180, body="<p></p>"),
    )
    assert [what for _, _, what in told(read(conversation(*parts)))[2:]] == [
        "said", "said", "status=closed", "status=open"
    ]  # fmt: skip


def test_a_deleted_author_touches_one_part():
    broken = spoken("1", 60) | {"author": None}
    reading = read(conversation(broken, spoken("2", 120)))
    assert [event.role for event in reading.events[2:]] == ["third_party", "agent"]
    assert codes(reading) == {"no_user": 1}


def test_kinds_that_say_nothing_are_counted_by_their_name():
    kinds = ("custom_action_started", "call_summary", "conversation_tags_updated", "of_2027")
    parts = [part(n, kind, n, body="<p>x</p>") for n, kind in enumerate(kinds, 1)]
    with pytest.warns(UnknownVendorValue, match="of_2027"):
        reading = read(conversation(*parts))
    assert len(reading.events) == 2
    assert reading.left_out == dict.fromkeys(kinds, 1)
    assert reading.unknown == {("part type", "of_2027"): 1}


@pytest.mark.parametrize("times", [1, 2, 3])
def test_priority_is_told_backwards_from_what_it_is_now(times):
    parts = [part(n, "priority_changed", n * 60) for n in range(1, times + 1)]
    reading = read(conversation(*parts, priority="priority"))
    names = [
        dict(event.fields)["priority"].name for event in (reading.events[0], *reading.events[2:])
    ]
    assert names == ["normal", "high", "normal", "high"][-1 - times :]


def test_a_status_that_no_part_tells_is_dated_and_marked():
    statistics = {"last_close_at": BEGIN + 500}
    reading = read(conversation(spoken("1", 60), state="closed", statistics=statistics))
    last = reading.events[-1]
    assert (last.basis, told(reading)[-1]) == ("snapshot", (500, "third_party", "status=closed"))
    assert codes(reading) == {"no_time_of": 1}


def test_parts_are_ordered_by_time_then_by_number():
    parts = [spoken("10", 60), part("9", "close", 60), part("11", "open", 60), spoken("2", 30)]
    wanted = told(read(conversation(*parts)))
    assert [what for _, _, what in wanted[2:]] == [
        "said", "status=closed", "said", "status=open"
    ]  # fmt: skip


# --- ratings and figures -------------------------------------------------------------------------


def test_a_rating_is_asked_at_one_time_and_given_at_another():
    rating = {"rating": 4, "remark": "x", "created_at": BEGIN + 10, "updated_at": BEGIN + 90}
    asked, given_ = read(conversation(conversation_rating=rating)).events[2:]
    assert isinstance(asked, RatingRequested)
    assert isinstance(given_, Rated)
    assert (given_.at - asked.at, given_.score, given_.scale, given_.actor) == (
        timedelta(seconds=80), 4, (1, 5), "u1"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rating", "kinds"),
    [
        ({"rating": None, "created_at": BEGIN + 10}, ["rating_requested"]),
        ({"rating": None, "remark": "x", "created_at": BEGIN, "updated_at": BEGIN},
         ["rating_requested"]),
        ({"rating": 5, "created_at": BEGIN + 10}, ["rated"]),
        ({"rating": "5", "created_at": BEGIN + 10, "updated_at": BEGIN + 10}, ["rated"]),
        ({}, []),
        ({"rating": 7, "created_at": BEGIN + 10}, []),
        ({"rating": True, "created_at": BEGIN + 10}, []),
    ],
)  # fmt: skip
def test_ratings_of_all_kinds(rating, kinds):
    reading = read(conversation(conversation_rating=rating))
    assert [event.type for event in reading.events[2:]] == kinds
    odd = rating.get("rating") in (7, True)
    assert ("unreadable" in codes(reading)) is odd


def test_what_intercom_computed_is_stated_and_no_event():
    statistics = {
        "first_admin_reply_at": BEGIN + 600,
        "last_close_at": None,
        "time_to_admin_reply": 300,
        "count_reopens": 2,
        "median_time_to_reply": 60,
    }
    reading = read(conversation(spoken("1", 600), statistics=statistics))
    stated = {each.native: each for each in reading.stated["7"]}
    assert stated["statistics.first_admin_reply_at"].value == reading.events[-1].at
    assert stated["statistics.last_close_at"].value is None
    reply = stated["statistics.time_to_admin_reply"]
    assert (reply.name, reply.value, reply.business) == (
        "first_reply_time", timedelta(seconds=300), True
    )  # fmt: skip
    assert stated["statistics.count_reopens"].value == 2
    assert "statistics.median_time_to_reply" not in stated


# --- tickets -------------------------------------------------------------------------------------


def test_a_ticket_moves_through_its_states():
    parts = (
        moved("1", "submitted", "submitted", 1, author("bot", "8")),
        moved("2", "submitted", "in_progress", 60),
        spoken("3", 120, CUSTOMER),
        moved("4", "in_progress", "waiting_on_customer", 180),
        moved("5", "waiting_on_customer", "resolved", 240),
        part("6", "close", 300),
    )
    reading = read(ticket(*parts, ticket_state={"category": "resolved"}))
    assert told(reading) == [
        (0, "customer", "created"),
        (60, "agent", "status=in_progress"),
        (120, "customer", "said"),
        (180, "agent", "status=waiting_on_customer"),
        (240, "agent", "status=resolved"),
        (300, "agent", "status=closed"),
    ]
    categories = [now.after.status.category for now in steps(reading.events)]
    assert categories == ["new", "open", "open", "pending", "solved", "closed"]
    assert reading.left_out == {"ticket_state_updated_by_admin that changes nothing": 1}


def test_a_ticket_of_the_back_office_is_made_by_who_set_its_first_state():
    created = read(ticket(moved("1", "submitted", "submitted", 1), category="Back-office")).events[
        0
    ]
    assert (created.role, created.actor) == ("agent", "71")
    unknown = read(ticket(category="Tracker"))
    assert unknown.events[0].role == "third_party"
    assert codes(unknown) == {"no_user": 1}


def test_states_of_ones_own_go_by_id():
    own = {"id": "55", "category": "in_progress", "internal_label": "At the lab"}
    parts = (
        moved("1", {"id": "50", "category": "submitted", "internal_label": "Submitted"}, own, 60),
    )
    by_category = replay(read(ticket(*parts)).events)
    assert by_category.status == Status("At the lab", "open")
    account = Account(statuses={55: Status("Lab", "on_hold")})
    assert replay(read(ticket(*parts), account).events).status == Status("Lab", "on_hold")
    listed = {"type": "list", "data": [{"type": "ticket_state", **own, "id": 55}]}
    bare_id = (moved("1", "submitted", 55, 60),)
    assert replay(read([listed, ticket(*bare_id)]).events).status == Status("At the lab", "open")


def test_a_conversation_and_its_ticket_are_one():
    shared = moved("1", "submitted", "in_progress", 60)
    without = {k: v for k, v in shared.items() if "ticket_state" not in k or k == "part_type"}
    both = [conversation(without, spoken("2", 90)), ticket(shared, id="7")]
    one, other = read(both), read(both[::-1])
    assert one.events == other.events
    assert [what for _, _, what in told(one)] == [
        "created", "said", "status=in_progress", "said"
    ]  # fmt: skip


# --- documents -----------------------------------------------------------------------------------


HISTORY = (
    part("1", "assignment", 60, assigned_to={"type": "admin", "id": "71"}, body="Hello"),
    part("2", "snoozed", 120),
    spoken("3", 180, CUSTOMER),
    part("4", "close", 240, body="Done."),
)
HOOKS = [
    webhook("conversation.user.created", hooked(state="open", updated_at=BEGIN)),
    webhook("conversation.admin.assigned",
            hooked(HISTORY[0], state="open", updated_at=BEGIN + 60)),
    webhook("conversation.admin.replied",
            hooked(HISTORY[0], state="open", updated_at=BEGIN + 60)),
    webhook("conversation.admin.snoozed", hooked(
        HISTORY[1], state="snoozed", updated_at=BEGIN + 120, snoozed_until=BEGIN + 999)),
    webhook("conversation.user.replied",
            hooked(HISTORY[2], state="open", updated_at=BEGIN + 180)),
    webhook("conversation.admin.closed",
            hooked(HISTORY[3], state="closed", updated_at=BEGIN + 240)),
]  # fmt: skip


@given(st.permutations(HOOKS), st.integers(0, 5))
def test_webhooks_in_any_order_tell_what_the_conversation_tells(hooks, again):
    reading = read([*hooks, hooks[again]])
    whole = read(conversation(*HISTORY, state="closed"))
    assert told(reading) == told(whole)
    assert (reading.incomplete, reading.findings) == ({}, ())


def test_webhooks_without_the_creation_are_cut():
    reading = read(HOOKS[1:])
    assert reading.events[0].basis == "snapshot"
    assert reading.incomplete == {"7": "no_creation"}
    fetched = [*HOOKS[1:], conversation(*HISTORY, state="closed")]
    assert read(fetched).incomplete == {}


def test_a_state_that_a_webhook_gives_is_that_after_its_part():
    stays = webhook(
        "conversation.user.replied", hooked(spoken("9", 300, CUSTOMER), state="closed")
    )
    assert told(read([*HOOKS, stays]))[-1] == (300, "customer", "said")


def test_a_deletion_and_topics_that_say_nothing():
    gone = webhook("conversation.deleted", {"type": "conversation", "id": "7"}, BEGIN + 900)
    seen = webhook("conversation.read", hooked())
    ping = webhook("ping", {"type": "ping"})
    reading = read([*HOOKS, gone, seen, ping])
    assert told(reading)[-1] == (900, "third_party", "status=deleted")
    assert reading.left_out == {"topic conversation.read": 1, "topic ping": 1}


def test_a_ticket_inside_what_a_webhook_holds():
    closed = webhook(
        "ticket.closed", {"type": "conversation", "ticket": ticket(part("6", "close", 300))}
    )
    made = webhook("ticket.created", ticket())
    assert told(read([closed, made])) == [
        (0, "customer", "created"), (300, "agent", "status=closed")
    ]  # fmt: skip


def test_a_merged_contact_goes_by_its_new_id():
    merge = webhook("contact.merged", {"type": "contact", "id": "u9", "merged_from": {"id": "u1"}})
    reading = read([conversation(spoken("1", 60, CUSTOMER)), merge])
    assert {event.actor for event in reading.events} == {"u9"}


@given(st.permutations([spoken(str(n), n * 10) for n in range(1, 7)]), st.integers(0, 6))
def test_pages_in_any_order_overlapping_or_not(parts, split):
    whole = read(conversation(*sorted(parts, key=lambda each: int(each["id"]))))
    total = {"total_count": 6}
    pages = [
        conversation(conversation_parts={"conversation_parts": some, **total})
        for some in (parts[:split], parts[max(0, split - 1) :])
    ]
    assert read(pages[::-1]).events == whole.events
    assert read([Page("a", pages)]).events == whole.events
    assert read({"type": "conversation.list", "conversations": pages}).events == whole.events


def test_of_two_versions_of_a_part_the_later_holds():
    old = part("1", "close", 60, updated_at=BEGIN + 60, body="x")
    new = part("1", "close", 60, updated_at=BEGIN + 99, redacted=True, body=None)
    one, other = (
        read([conversation(old), conversation(new)]),
        read([conversation(new), conversation(old)]),
    )
    assert one.events == other.events
    assert [what for _, _, what in told(one)[2:]] == ["said", "status=closed"]


@given(st.permutations(range(3)))
def test_of_three_versions_the_order_says_nothing(order):
    versions = [
        part(
            "1",
            "close",
            60,
            updated_at=BEGIN + 60,
            body="x",
            assigned_to={"type": "team", "id": 5},
        ),
        part("1", "close", 60, updated_at=BEGIN + 70, assigned_to={"type": "team", "id": 6}),
        part("1", "close", 60, updated_at=BEGIN + 80, redacted=True, assigned_to=None),
    ]
    reading = read([conversation(versions[n]) for n in order])
    assert [what for _, _, what in told(reading)[2:]] == ["said", "group=6, status=closed"]


def test_tickets_stand_in_the_order_of_their_numbers():
    docs = [conversation(id=native) for native in ("10", "9", "a")]
    assert [e.ticket_id for e in read(docs[::-1]).events[::2]] == ["9", "10", "a"]


def test_what_holds_now_and_no_event_says_is_counted():
    doc = conversation(
        sla_applied={"sla_name": "x", "sla_status": "hit"},
        linked_objects={"type": "list", "data": [{"type": "ticket", "id": "9"}]},
        tags={"type": "tag.list", "tags": [{"id": "1"}]},
    )
    assert read(doc).left_out == {"tags": 1, "linked_objects": 1, "sla_applied": 1}


def test_parts_that_stand_alone_belong_to_their_conversation():
    apart = [spoken("1", 60) | {"conversation_id": "7"}]
    bare_one = {k: v for k, v in conversation().items() if k != "conversation_parts"}
    streams = {"conversations": [bare_one], "conversation_parts": apart}
    assert told(read(streams)) == told(read(conversation(spoken("1", 60))))


def test_lines_of_an_export_need_no_types_and_may_have_other_stamps():
    line = conversation(spoken("1", 60))
    del line["type"]
    line["created_at"] = "2026-03-02T10:00:00.000+01:00"
    line["conversation_parts"] = line["conversation_parts"]["conversation_parts"]
    assert told(read([line])) == told(read(conversation(spoken("1", 60))))


@pytest.mark.parametrize(
    ("doc", "cut"),
    [
        (conversation(spoken("1", 60), conversation_parts={
            "conversation_parts": [spoken("1", 60)], "total_count": 2}), "cut_history"),
        (conversation(spoken("1", 60), statistics={"count_conversation_parts": 3}), "cut_history"),
        (conversation(*(spoken(str(n), n) for n in range(1, 501))), "cut_history"),
        (conversation(*(spoken(str(n), n) for n in range(1, 501)),
                      statistics={"count_conversation_parts": 500}), None),
        (conversation(), None),
        ([conversation(spoken("1", 60)), {"type": "conversation", "id": "8", "created_at": BEGIN,
          "source": None}], "cut_history"),
    ],
)  # fmt: skip
def test_histories_that_are_not_whole(doc, cut):
    reading = read(doc)
    assert set(reading.incomplete.values()) == ({cut} if cut else set())
    snapshot = {event.ticket_id for event in reading.events if event.basis == "snapshot"}
    assert snapshot == set(reading.incomplete)
    assert [found.code for found in reading.findings if found.tickets] == ([cut] if cut else [])


def test_a_list_says_that_there_is_more():
    listed = {"type": "conversation.list", "total_count": 41, "conversations": [conversation()]}
    assert codes(read(listed)) == {"more_pages": 1}


@pytest.mark.parametrize(
    ("payload", "named"),
    [
        ({"type": "conversation.list", "conversations": [
            {"type": "conversation", "id": "8", "created_at": BEGIN, "title": "Geheim"}]},
         ["conversation_parts", "GET /conversations/{id}"]),
        ({"type": "ticket", "id": "8", "created_at": BEGIN},
         ["ticket_parts", "GET /tickets/{id}"]),
        ({"type": "error.list", "request_id": "x", "errors": [
            {"code": "token_unauthorized", "message": "Unauthorized"}]},
         ["token_unauthorized", "check the access token"]),
        ({"type": "error.list", "errors": [
            {"code": "rate_limit_exceeded", "message": "Exceeded rate limit of 83 in 10"}]},
         ["rate_limit_exceeded", "X-RateLimit-Reset"]),
        ({"type": "error.list",
          "errors": [{"code": "not_found", "message": "Resource Not Found"}]},
         ["Resource Not Found", "id that was asked for"]),
        (webhook("contact.created", {"type": "contact", "id": "u1"}), ["no conversation"]),
        ({"type": "team.list", "teams": []}, ["no conversation"]),
    ],
)  # fmt: skip
def test_what_tells_nothing_is_refused_and_the_remedy_named(payload, named):
    with pytest.raises(AdapterError) as caught:
        read(payload)
    assert all(text in str(caught.value) for text in named)
    assert "Geheim" not in str(caught.value)


def test_one_broken_part_touches_nothing_else():
    whole = conversation(*HISTORY)
    for number in range(len(HISTORY)):
        for broken in (None, 7, "x", [], {"id": "x1"}, {**HISTORY[number], "created_at": "soon"},
                       {**HISTORY[number], "part_type": ["x"]}):  # fmt: skip
            changed = deepcopy(whole)
            changed["conversation_parts"]["conversation_parts"][number] = broken
            reading = read([changed, conversation(id="8")])
            rest = [each for each in HISTORY if each is not HISTORY[number]]
            expected = read([conversation(*rest), conversation(id="8")])
            assert told(reading) == told(expected)
            assert reading.incomplete
            assert codes(reading)["unreadable"] >= 1
            others = [event for event in reading.events if event.ticket_id == "8"]
            assert others == [event for event in expected.events if event.ticket_id == "8"]


def test_free_text_stays_out_unless_it_is_asked_for():
    doc = conversation(
        spoken("1", 60), title="Geheim", custom_attributes={"Plan": "team", "Note": "Geheim"}
    )
    doc["source"]["subject"] = "Geheim"
    plain = read(doc)
    assert "Geheim" not in whole(plain)
    assert plain.left_out == {"field Plan": 1, "field Note": 1}
    asked = read(doc, Account(keep={"title", "Plan"}))
    fields = dict(asked.events[0].fields)
    assert (fields["custom.title"], fields["custom.Plan"]) == ("Geheim", "team")


def test_a_payload_is_left_as_it_was():
    value = json.loads(json.dumps([conversation(*HISTORY), *HOOKS]))
    before = deepcopy(value)
    random.Random(1).shuffle(value)  # noqa: S311 - no secret
    read(value)
    assert sorted(map(repr, value)) == sorted(map(repr, before))


@pytest.mark.parametrize(
    "value", [conversation(), [conversation()], ticket(), HOOKS[0], spoken("1", 1),
              {"type": "error.list", "errors": []},
              {"type": "conversation.list", "conversations": []}]
)  # fmt: skip
def test_documents_are_recognized(value):
    assert recognized(value)


@pytest.mark.parametrize(
    "value", [None, [], {}, "x", {"type": "ticket"}, {"ticket": {}}, {"type": "x"}]
)
def test_other_documents_are_not(value):
    assert recognized(value) == ""


def test_an_account_of_a_case_may_name_states():
    account = accounts.account({"snoozed": "on_hold", "bots": ["9"], "lines": {"P": 2}})
    assert account.statuses["snoozed"] == Status("snoozed", "on_hold")
    reading = read(conversation(part("1", "snoozed", 60)), account)
    assert replay(reading.events).status.category == "on_hold"


def test_created_comes_first_whatever_a_part_says():
    early = spoken("1", -50)
    reading = read(conversation(early))
    assert isinstance(reading.events[0], Created)
    assert codes(reading) == {"before_creation": 1}
    assert intercom.VENDOR == "intercom"
