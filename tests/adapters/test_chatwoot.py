"""Chatwoot: webhooks, conversations and messages become the same events, whatever holds them."""

import json
import random
from copy import deepcopy
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from adapters.scenario import DATA, FACTS, SAMPLES, Words, bare, facts_of
from conformance import vendors
from hypothesis import given
from hypothesis import strategies as st
from whole import whole

from support_model.adapters import Account, Page, chatwoot, check_stated
from support_model.adapters.chatwoot import read, recognized
from support_model.errors import AdapterError, UnknownVendorValue
from support_model.events import Changed, Created, Message, Rated, RatingRequested
from support_model.kpi import facts_of as kpi_facts
from support_model.tickets import replay
from support_model.vocabulary import Priority, Status

BEGIN = 1_772_442_000
CASES = list(vendors.cases(DATA / "vendors" / "chatwoot"))
CLEO = {"id": 31, "name": "Cleo Marsh", "email": "cleo@example.com", "type": "contact"}
ADA = {"id": 7, "name": "Ada", "email": "ada@example.com", "type": "user"}
BOT = {"id": 5, "name": "Bot", "type": "agent_bot"}


def loaded(name):
    return json.loads((DATA / name).read_text("utf-8"))


def iso(after):
    return f"{datetime.fromtimestamp(BEGIN + after, UTC):%Y-%m-%dT%H:%M:%S.000Z}"


def about(native=61, **more):
    """A conversation as it comes along with an event, made later and of another status."""
    return {
        "id": native,
        "inbox_id": 1,
        "can_reply": True,
        "channel": "Channel::WebWidget",
        "meta": {"sender": CLEO, "assignee": ADA, "team": {"id": 9, "name": "later"}},
        "status": "snoozed",
        "created_at": BEGIN,
        "timestamp": BEGIN,
        **more,
    }


def begun(native=61, **more):
    more = {"status": "open", "meta": {"sender": CLEO}, **more}
    return {"event": "conversation_created", **about(native, **more)}


def said(native, after, kind="incoming", sender=CLEO, *, of=61, name="message_created", **more):
    return {
        "event": name,
        "id": native,
        "content": "Geheim",
        "content_type": "text",
        "created_at": iso(after),
        "message_type": kind,
        "private": False,
        "sender": sender,
        "conversation": about(of),
        **more,
    }


def changed(after, name="conversation_updated", of=61, **pairs):
    told = [{key: {"previous_value": a, "current_value": b}} for key, (a, b) in pairs.items()]
    told.append({"updated_at": {"previous_value": None, "current_value": iso(after)}})
    return {"event": name, **about(of), "changed_attributes": told}


def message(native, after, kind=0, sender=CLEO, *, of=61, **more):
    """A message as the API answers it."""
    return {
        "id": native,
        "content": "Geheim",
        "content_type": "text",
        "conversation_id": of,
        "created_at": BEGIN + after,
        "message_type": kind,
        "private": False,
        "sender": sender,
        "content_attributes": {},
        **more,
    }


def answered(*messages):
    return {"meta": {"contact": CLEO, "labels": []}, "payload": [*messages]}


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
    pending = Status("pending", "pending")  # as this desk uses it
    groups = {101: "Billing 1", 102: "Billing 2"}
    account = Account(groups=groups, lines={101: 1, 102: 2}, statuses={"pending": pending})
    reading = read(loaded("constructed_A_webhooks.json"), account)
    opened, solved = Status("open", "open"), Status("resolved", "solved")
    words = Words(
        ticket="1001",
        statuses={
            "new": opened, "open": opened, "pending": pending, "solved": solved, "closed": solved
        },
        priorities={"normal": Priority("normal", 3), "high": Priority("high", 2)},
        people={"501": "501", "11": "11", "12": "12", "-1": "1"},
        groups={"L1": "Billing 1", "L2": "Billing 2"},
        channel=None,
        score=5,
        scale=(1, 5),
    )  # fmt: skip

    assigned = next(event.at for event in words.events() if isinstance(event, Changed))

    def told_by_webhooks(event):
        event = bare(event)
        if isinstance(event, Changed):  # nothing tells who changes a conversation
            fields = dict(event.fields)
            if event.at == assigned:  # new and open are one
                fields.pop("status", None)
            return attrs.evolve(event, role="third_party", actor=None, fields=fields)
        if isinstance(event, Created):
            fields = {n: v for n, v in event.fields if n not in {"priority", "channel"}}
            return attrs.evolve(event, fields=fields)
        return event

    last = words.events()[-1]  # solved and closed are one
    assert dict(last.fields) == {"status": solved}
    expected = sorted(map(told_by_webhooks, words.events()[:-1]), key=repr)
    assert sorted(map(told_by_webhooks, reading.events), key=repr) == expected
    assert facts_of(reading.events) == FACTS
    assert (reading.findings, reading.unknown, reading.incomplete) == ((), {}, {})


@pytest.mark.skipif(not (SAMPLES / "chatwoot").is_dir(), reason="the samples are not here")
def test_a_message_that_was_delivered_in_earnest():
    name = SAMPLES / "chatwoot" / "webhook_message_created.json"
    reading = read(json.loads(name.read_text("utf-8")))
    assert [(e.type, e.role, e.actor) for e in reading.events] == [
        ("created", "customer", "52870"),
        ("message", "customer", "52870"),
    ]
    assert reading.incomplete == {"13098": "no_creation"}
    assert reading.unknown == {}


def test_a_status_is_told_by_the_change_or_the_name_and_never_by_the_copy_beside_it():
    reading = read(
        [
            begun(),
            changed(60, "conversation_status_changed", status=("open", "resolved")),
            {"event": "conversation_opened", **about(timestamp=BEGIN + 120, status="resolved")},
            {"event": "conversation_resolved", **about(timestamp=BEGIN + 180, status="open")},
            said(1, 200),
        ]
    )
    assert told(reading) == [
        (0, "customer", "created"),
        (60, "third_party", "status=resolved"),
        (120, "third_party", "status=open"),
        (180, "third_party", "status=resolved"),
        (200, "customer", "said"),
    ]


def test_a_status_that_nothing_but_the_copy_tells_is_a_present_value():
    hook = {"event": "conversation_status_changed", "changed_attributes": None}
    reading = read([begun(), {**hook, **about(status="resolved", timestamp=BEGIN + 60)}])
    assert [event.basis for event in reading.events] == [None, "snapshot"]
    assert codes(reading) == {"status_as_now": 1}


def test_one_change_that_two_events_tell_is_one():
    pair = {"status": ("open", "resolved")}
    names = ("conversation_status_changed", "conversation_updated")
    reading = read([begun(), *(changed(60, name, **pair) for name in names)])
    assert told(reading)[1:] == [(60, "third_party", "status=resolved")]
    assert reading.incomplete == {}


def test_fields_that_change_together_are_one_transaction():
    reading = read([begun(), changed(60, team_id=(None, 3), assignee_id=(None, 7))])
    assert told(reading)[1:] == [(60, "third_party", "agent=7, group=3")]


def test_a_pending_conversation_waits_for_nobody():
    hooks = [
        begun(status="pending"),
        changed(60, "conversation_status_changed", status=("pending", "open")),
    ]
    assert told(read(hooks)) == [(0, "customer", "created")]
    account = Account(statuses={"pending": Status("with the bot", "on_hold")})
    assert told(read(hooks, account))[1:] == [(60, "third_party", "status=open")]
    assert dict(read(hooks, account).events[0].fields)["status"].name == "with the bot"


def test_a_snooze_has_an_end():
    pairs = {"status": ("open", "snoozed"), "snoozed_until": (None, iso(7200))}
    event = read([begun(), changed(60, **pairs)]).events[1]
    assert event.until == datetime.fromtimestamp(BEGIN + 7200, UTC)
    assert dict(event.fields)["status"].category == "on_hold"


def test_who_wrote_a_message():
    automatic = {"content_attributes": {"automation_rule_id": 3}}
    campaign = {"additional_attributes": {"campaign_id": 3}}
    echo = {"content_attributes": {"external_echo": True}}
    hooks = [
        begun(),
        said(1, 0, "incoming", {"id": 31, "name": "a contact has no type"}),
        said(2, 1, "template", None),
        said(3, 2, "outgoing", BOT),
        said(4, 3, "outgoing", {"id": 2, "type": "captain_assistant"}),
        said(5, 4, "outgoing", ADA, **automatic),
        said(6, 5, "outgoing", None, **campaign),
        said(7, 6, "outgoing", None, **echo),
        said(8, 7, "outgoing", None),
        said(9, 8, "outgoing", ADA, private=True),
        said(10, 9, 1, ADA),
        said(11, 10, "activity", None),
    ]
    reading = read(hooks)
    assert [(role, what) for _, role, what in told(reading)[1:]] == [
        ("customer", "said"),
        ("system", "said"),
        ("system", "said"),
        ("system", "said"),
        ("system", "said"),
        ("system", "said"),
        ("agent", "said"),
        ("third_party", "said"),
        ("agent", "noted"),
        ("agent", "said"),
    ]
    assert reading.left_out == {"activity": 1}
    assert codes(reading) == {"no_user": 1}


def test_ids_of_contacts_and_users_are_counted_apart():
    contact = {**CLEO, "id": 7}
    reading = read([begun(), said(1, 0, sender=contact), said(2, 9, "outgoing", ADA)],
                   Account(roles={"7": "agent"}))  # fmt: skip
    assert [role for _, role, _ in told(reading)[1:]] == ["customer", "agent"]


def test_what_the_account_says_of_people_takes_precedence():
    hooks = [begun(), said(1, 60, "outgoing", ADA)]
    assert told(read(hooks, Account(bots=["7"])))[1][1] == "system"
    assert told(read(hooks, Account(roles={"7": "third_party"})))[1][1] == "third_party"


def test_the_first_message_of_an_agent_is_no_reply():
    reading = read(
        [begun(), said(1, 1, "outgoing", ADA), said(2, 90), said(3, 200, "outgoing", ADA)]
    )
    assert reading.events[0].role == "agent"
    assert dict(reading.events[0].fields)["requester"] == "31"
    late = read([begun(), said(1, 300, "outgoing", ADA)])
    assert late.events[0].role == "customer"


def test_a_message_told_anew_is_no_second_one():
    reading = read([begun(), said(1, 5), said("1", 5, name="message_updated", content="")])
    assert told(reading)[1:] == [(5, "customer", "said")]
    assert reading.left_out == {"message_updated": 1}
    alone = read([begun(), said(1, 5, name="message_updated")])
    assert told(alone) == told(reading)


def test_stamps_in_all_their_forms():
    stamps = (BEGIN + 60, str(BEGIN + 60), "2026-03-02 09:01:00 UTC", iso(60), BEGIN + 60.0)
    stamps += ("2026-03-02T10:01:00+01:00",)
    for stamp in stamps:
        reading = read([begun(), said(1, 0, created_at=stamp)])
        assert [at for at, *_ in told(reading)] == [0, 60], stamp
    local = [begun(), said(1, 0, created_at="2026-03-02 10:01:00")]
    assert codes(read(local)) == {"unreadable": 1}
    assert [at for at, *_ in told(read(local, Account(tz="Europe/Berlin")))] == [0, 60]


def test_webhooks_that_begin_in_the_middle_are_cut():
    reading = read([said(1, 60, "outgoing", ADA)])
    assert reading.incomplete == {"61": "no_creation"}
    assert [event.basis for event in reading.events] == ["snapshot", None]


def test_a_change_that_is_missing_is_noticed():
    hooks = [
        begun(),
        changed(60, status=("open", "snoozed")),
        changed(90, status=("resolved", "open")),
    ]
    assert read(hooks).incomplete == {"61": "cut_history"}
    hooks.insert(2, changed(75, status=("snoozed", "resolved")))
    assert read(hooks).incomplete == {}


def test_a_conversation_of_the_api_tells_its_messages_and_no_history():
    reading = read(
        [
            about(status="resolved"),
            answered(message(1, 0), message(2, 600, 1, ADA), message(3, 700, 2, None)),
        ]
    )
    assert told(reading) == [
        (0, "customer", "created"),
        (0, "customer", "said"),
        (600, "agent", "said"),
        (700, "third_party", "status=resolved"),
    ]
    assert reading.events[-1].basis == "snapshot"
    facts = kpi_facts(reading.events, as_of=reading.last)
    assert facts.snapshot
    assert reading.incomplete == {}


def test_an_open_conversation_with_activities_has_an_untold_history():
    page = answered(message(1, 0), message(2, 700, 2, None))
    assert read([about(status="open"), page]).events[0].basis == "snapshot"
    quiet = answered(message(1, 0), message(2, 700, 1, ADA))
    assert read([about(status="open"), quiet]).events[0].basis is None


def test_a_page_of_twenty_messages_may_not_be_all():
    later = [message(n, 3600 + n) for n in range(1, 21)]
    reading = read([about(status="open"), answered(*later)])
    assert reading.incomplete == {"61": "full_page"}
    whole = read([about(status="open"), answered(*later), answered(message(50, 0))])
    assert whole.incomplete == {}


def test_conversations_without_messages_are_refused_with_a_remedy():
    listed = {"data": {"meta": {"all_count": 1}, "payload": [about(messages=[message(1, 0)])]}}
    with pytest.raises(AdapterError, match=r"conversations/\{id\}/messages"):
        read(listed)
    with pytest.raises(AdapterError, match="no webhooks"):
        read([{"id": 3, "name": "parcels", "allow_auto_assign": True}])


@pytest.mark.parametrize(
    ("body", "remedy"),
    [
        ({"errors": ["You need to sign in or sign up before continuing."]}, "api_access_token"),
        ({"error": "Invalid Access Token"}, "api_access_token"),
        ({"error": "Resource could not be found"}, "ids of the account"),
        ({"error": "You are not authorized to do this action"}, "administrator"),
    ],
)
def test_errors_of_the_interface_are_named(body, remedy):
    with pytest.raises(AdapterError, match="error of the interface") as caught:
        read([begun(), body])
    assert remedy in str(caught.value)


def test_ratings_by_webhook_and_by_api_are_one():
    hook = {"event": "csat_survey_response_created", "id": 9, "rating": 2, "message_id": 4}
    hook |= {"conversation": about(), "created_at": iso(500)}
    api = {"id": 9, "rating": 2, "message_id": 4, "feedback_message": "Geheim"}
    api |= {"conversation_id": 61, "contact": CLEO, "created_at": BEGIN + 500}
    reading = read([begun(), said(4, 400, "template", None, content_type="input_csat"), hook, api])
    rated = [event for event in reading.events if isinstance(event, Rated)]
    assert [(each.score, each.scale, each.actor) for each in rated] == [(2, (1, 5), "31")]
    assert [e.at for e in reading.events if isinstance(e, RatingRequested)] == [
        datetime.fromtimestamp(BEGIN + 400, UTC)
    ]
    strange = [
        {**api, "id": n, "rating": each} for n, each in enumerate((0, 6, None, True, 4.5), 20)
    ]
    assert codes(read([begun(), strange])) == {"unreadable": 5}
    elsewhere = read([begun(), {**api, "conversation_id": 99}])
    assert codes(elsewhere) == {"not_in_log": 1}


def test_what_chatwoot_measured_stands_beside_ours():
    shared = {"conversation_id": 61, "value_in_business_hours": 0.0, "event_start_time": iso(0)}
    measured = [
        {"id": 1, "name": "first_response", "value": 600.0, "event_end_time": iso(600), **shared},
        {
            "id": 2,
            "name": "conversation_resolved",
            "value": 900,
            "event_end_time": iso(900),
            **shared,
        },
        {
            "id": 3,
            "name": "conversation_resolved",
            "value": 99,
            "event_end_time": iso(99),
            **shared,
        },
        {
            "id": 4,
            "name": "conversation_bot_handoff",
            "value": 1,
            "event_end_time": iso(9),
            **shared,
        },
    ]
    hooks = [begun(), said(1, 0), said(2, 600, "outgoing", ADA)]
    hooks += [changed(99, status=("open", "resolved")), changed(300, status=("resolved", "open"))]
    hooks += [changed(900, status=("open", "resolved"))]
    reading = read([*hooks, measured])
    compared = {(c.figure, c.theirs): c.agrees for c in check_stated(reading)}
    assert compared["first_reply_time", timedelta(seconds=600)]
    assert compared["first_solved_time", timedelta(seconds=99)]
    assert compared["last_solved_time", timedelta(seconds=900)]
    assert reading.left_out == {"reporting event conversation_bot_handoff": 1}
    assert reading.events == read(hooks).events


def test_waits_for_later_replies_are_added_up():
    shared = {"conversation_id": 61, "name": "reply_time", "value_in_business_hours": 1.0}
    measured = [{"id": n, "value": each, **shared} for n, each in enumerate((300, 50), 1)]
    hooks = [begun(), said(1, 0), said(2, 600, "outgoing", ADA), said(3, 700), said(4, 800)]
    hooks += [said(5, 900, "outgoing", ADA, private=True), said(6, 950, "outgoing", BOT)]
    hooks += [said(7, 1000, "outgoing", ADA), said(8, 1100, "outgoing", ADA)]
    hooks += [said(9, 1200), said(10, 1250, "outgoing", ADA)]
    for wrong, agrees in ((0, True), (9, False)):
        measured[0]["value"] = 300 + wrong
        theirs, inside = check_stated(read([*hooks, measured]))
        assert (theirs.native, theirs.agrees) == ("reporting_events.reply_time.value", agrees)
        assert theirs.ours == timedelta(seconds=350)
        assert (inside.ours, inside.agrees) == (None, False)


def test_a_priority_can_go_again_and_names_of_teams_come_from_their_list():
    team = {"id": 3, "name": "parcels", "allow_auto_assign": True}
    hooks = [begun(), changed(60, priority=(None, "urgent"), team_id=(None, 3))]
    hooks += [changed(90, priority=("urgent", None), team_id=(3, None))]
    assert [what for *_, what in told(read([*hooks, [team]]))[1:]] == [
        "group=parcels, priority=urgent",
        "group=None, priority=None",
    ]
    assert "group=Mail" in told(read([*hooks, [team]], Account(groups={3: "Mail"})))[1][2]


def test_unknown_words_are_counted_and_warned_of():
    hooks = [begun(), changed(60, status=("open", "parked")), said(1, 70, "carrier_pigeon")]
    with pytest.warns(UnknownVendorValue):
        reading = read(hooks)
    assert reading.unknown == {("status", "parked"): 2, ("message type", "carrier_pigeon"): 1}


def test_fields_that_the_account_keeps():
    hooks = [begun(custom_attributes={"plan": "gold"}, labels=["a", "b"])]
    fields = dict(read(hooks, Account(keep=["plan", "labels"])).events[0].fields)
    assert (fields["custom.plan"], fields["custom.labels"]) == ("gold", frozenset("ab"))
    assert not any(name.startswith("custom") for name, _ in read(hooks).events[0].fields)


def test_events_that_are_wrapped_by_whoever_kept_them():
    hooks = [begun(), said(1, 5)]
    wrapped = [{"headers": {"host": "x"}, "body": each} for each in hooks]
    assert read(wrapped).events == read(hooks).events
    assert recognized(wrapped[0])


PAYLOADS = {
    case.id: json.loads(case.data["path"].read_text("utf-8"))
    for case in CASES
    if case.data["path"].suffix == ".json"
}


@pytest.mark.parametrize("name", PAYLOADS)
@given(data=st.data())
def test_order_repetition_and_pages_say_nothing(name, data):
    items = list(PAYLOADS[name])
    whole = read(items)
    seed = data.draw(st.integers(0, 2**32))
    rng = random.Random(seed)  # noqa: S311 - the draw is Hypothesis's
    mixed = [*items, *deepcopy(rng.sample(items, rng.randint(0, len(items))))]
    rng.shuffle(mixed)
    cut = rng.randint(0, len(mixed))
    pages = [Page("b.json", mixed[cut:]), Page("a.json", mixed[:cut])]
    for other in (read(mixed), read(pages)):
        assert other.events == whole.events
        assert other.incomplete == whole.incomplete
        assert other.left_out == whole.left_out
        assert other.stated == whole.stated


@pytest.mark.parametrize("name", PAYLOADS)
def test_no_text_and_no_name_is_in_a_reading(name):
    shown = whole(read(PAYLOADS[name]))
    for word in ("said", "Cleo", "Ada", "example.com", "Cannot export", "resolvida", "quick"):
        assert word not in shown


def test_recognized_by_what_it_holds():
    assert recognized(begun()) == "a webhook: event is conversation_created"
    assert recognized(answered(message(1, 0)))
    assert recognized({"data": {"payload": [about()]}})
    for other in ({}, [], {"event": "issues"}, {"payload": [1]}, {"status": "open", "id": 1}):
        assert recognized(other) == ""


def test_a_conversation_folds():
    ticket = replay([e for e in chatwoot.read(PAYLOADS["chatwoot/webhooks.json"]).events
                     if e.ticket_id == "81"])  # fmt: skip
    assert (ticket.status.category, ticket.agent, ticket.group) == ("solved", None, "4")
