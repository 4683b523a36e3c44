"""Tickets, activities and app events become the events they tell, and say what they lack."""

import copy
import json
import warnings
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from adapters.scenario import DATA, FACTS, SAMPLES, Words, bare, facts_of, mangled, places
from conformance import vendors
from hypothesis import given
from hypothesis import strategies as st
from whole import whole

from support_model import kpi
from support_model.adapters import Account, Page, freshdesk, read_files
from support_model.adapters import _freshdesk_words as words
from support_model.adapters.freshdesk import read
from support_model.errors import AdapterError, UnknownVendorValue
from support_model.events import Changed, Message, Rated, Worked
from support_model.tickets import replay
from support_model.vocabulary import Priority, Status

BUNDLE = json.loads(
    (DATA / "vendors/freshdesk/constructed_A_ticket_bundle.json").read_text("utf-8")
)
CASE = json.loads((DATA / "vendors/freshdesk/ticket_with_conversations.json").read_text("utf-8"))
ACCOUNT = Account(lines={"Support L1": 1, "Support L2": 2})
WORDS = Words(
    ticket="1001",
    statuses={"open": words.OPEN, "new": words.OPEN, "pending": words.STATUSES["3"],
              "solved": words.STATUSES["4"], "closed": words.STATUSES["5"]},
    priorities={priority.name: priority for priority in words.PRIORITIES.values()},
    people={name: name for name in ("501", "11", "12")} | {"-1": None},
    groups={"L1": "Support L1", "L2": "Support L2"},
    channel="email",
    score=103,
    scale=(-103, 103),
)  # fmt: skip
AT = "2026-03-02T09:00:00Z"
BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownVendorValue)
        yield


def ticket(number=51, *, stats=None, said=None, **more):
    item = {
        "id": number, "status": 2, "priority": 1, "source": 1, "requester_id": 880,
        "responder_id": 330, "group_id": 61, "created_at": AT, "updated_at": AT, "spam": False,
        **more,
    }  # fmt: skip
    if stats is not None:
        item["stats"] = stats
    if said is not None:
        item["conversations"] = said
    return item


def said(number=1, *, at="2026-03-02T10:00:00Z", user=330, incoming=False, private=False, **more):
    return {
        "id": number, "ticket_id": 51, "user_id": user, "incoming": incoming, "private": private,
        "source": 0, "created_at": at, "updated_at": at, **more,
    }  # fmt: skip


def activity(at, number=51, who=330, kind="user", **what):
    return {
        "performed_at": at, "ticket_id": number, "performer_type": kind, "performer_id": who,
        "activity": what,
    }  # fmt: skip


def created(at="02-03-2026 09:00:00 +0000", who=880, **what):
    what = {"requester_id": who, "status": "Open", "source": 1, "priority": 1, **what}
    return activity(at, who=who, new_ticket=True, **what)


def rating(number=1, score=103, at="2026-03-03T09:00:00Z", **more):
    return {
        "id": number, "survey_id": 4, "user_id": 880, "agent_id": 330, "ticket_id": 51,
        "ratings": {"default_question": score}, "created_at": at, "updated_at": at, **more,
    }  # fmt: skip


def app(name="onTicketUpdate", changes=None, at=1_772_446_000_000, actor=None, **more):
    data = {"ticket": ticket(**more)}
    if changes is not None:
        data["ticket"]["changes"] = changes
    if actor is not None:
        data["actor"] = actor
    return {"event": name, "timestamp": at, "data": data, "account_id": 13}


def codes(reading):
    return {found.code: found.count for found in reading.findings}


def told(reading, kind=Changed):
    """What events of a kind say: instant, role, actor, and fields or visibility."""
    return [
        (f"{event.at:%d %H:%M}", event.role, event.actor, *_said(event))
        for event in reading.events
        if isinstance(event, kind)
    ]


def _said(event):
    if isinstance(event, Message):
        return (event.public,)
    return tuple(f"{name}={getattr(v, 'name', v)}" for name, v in event.fields)


def statuses(reading):
    return [
        (f"{event.at:%d %H:%M}", dict(event.fields)["status"].name)
        for event in reading.events
        if isinstance(event, Changed) and "status" in dict(event.fields)
    ]


def test_the_scenario_comes_out_as_expected():
    """The losses: new is open, and the automatic reply and the description are not there."""
    reading = read(BUNDLE, ACCOUNT)
    first, *expected = WORDS.events()
    taken = {name: value for name, value in expected[2].fields if name != "status"}
    expected[2] = attrs.evolve(expected[2], fields=taken)
    assert [bare(event) for event in reading.events] == [first, *expected[2:]]
    assert not reading.unknown
    assert not reading.incomplete


def test_the_facts_of_the_scenario_come_out_equal():
    assert facts_of(read(BUNDLE, ACCOUNT).events) == FACTS | {"csat_last_score": 103}


@pytest.mark.parametrize(
    "case", [*vendors.cases(DATA / "vendors/freshdesk")], ids=lambda case: case.id
)
def test_the_cases_read_as_they_should(case):
    assert vendors.run(case) is None
    assert vendors.remarks() == []


def test_what_stats_cannot_tell_is_not_stated():
    facts = kpi.facts_of(read(CASE).events, as_of=datetime(2026, 3, 9, tzinfo=UTC))
    assert facts.snapshot
    calm = kpi.facts_of(read(ticket(stats={}, said=[])).events, as_of=BEGUN)
    assert calm.snapshot  # an open ticket may have moved between groups as well


@pytest.mark.parametrize(
    "mark", [{"auto_response": True}, {"automation_id": 9}, {"automation_type_id": 1}]
)
def test_what_a_rule_wrote_is_no_reply_though_it_carries_an_agent(mark):
    reading = read(ticket(said=[said(**mark)], stats={}))
    assert told(reading, Message) == [("02 10:00", "system", "330", True)]


@pytest.mark.parametrize(
    ("conversation", "expected"),
    [
        (said(), ("agent", "330", True)),
        (said(source=2), ("agent", "330", True)),  # a public note is a reply
        (said(source=2, private=True), ("agent", "330", False)),
        (said(user=880, incoming=True), ("customer", "880", True)),
        (said(user=880, incoming=False), ("customer", "880", True)),  # by the portal
        (said(user=999, incoming=True), ("third_party", "999", True)),
        (said(user=999, incoming=False), ("agent", "999", True)),
        (said(user=None, incoming=True), ("third_party", None, True)),
        (said(user=None, incoming=False), ("third_party", None, True)),
        (said(source=8), ("agent", "330", False)),  # forwarded to others than the customer
    ],
)
def test_who_wrote_and_who_could_read_it(conversation, expected):
    (message,) = told(read(ticket(said=[conversation], stats={})), Message)
    assert message[1:] == expected


def test_people_of_whom_nothing_is_known_are_reported():
    reading = read(ticket(said=[said(7, user=999, incoming=True), said(8, user=None)], stats={}))
    assert reading.unknown == {("user", "999"): 1}
    (nobody,) = [each for each in reading.findings if each.code == "no_user"]
    assert (nobody.example, nobody.tickets) == ("conversations/8", ("51",))
    contacts = {"contacts": [{"id": 999, "name": "Cleo", "email": "cleo@example.com"}]}
    known = read([ticket(said=[said(user=999, incoming=True)], stats={}), contacts])
    assert told(known, Message)[0][1] == "customer"


def test_an_agent_who_asks_is_the_customer_of_that_ticket_but_not_in_notes():
    item = ticket(requester_id=331, said=[
        said(1, user=331, incoming=True), said(2, user=331, private=True)], stats={})  # fmt: skip
    reading = read({"ticket": item, "agents": [{"id": 331, "contact": {"name": "Bo"}}]})
    assert [row[1:3] for row in told(reading, Message)] == [
        ("customer", "331"), ("agent", "331")]  # fmt: skip


def test_the_account_says_who_is_who_before_the_payload():
    account = Account(roles={"330": "third_party"}, bots=["331"])
    reading = read(ticket(said=[said(1), said(2, user=331)], stats={}), account)
    assert [row[1] for row in told(reading, Message)] == ["third_party", "system"]


def test_a_ticket_that_begins_with_a_mail_to_a_customer_is_the_agents():
    reading = read(ticket(source=10, description_text="x", said=[], stats={}))
    assert [(e.type, e.role, e.actor) for e in reading.events] == [
        ("created", "agent", None), ("message", "agent", None)]  # fmt: skip
    assert replay(reading.events).times.get("replied", 0) == 0


def test_the_comment_of_a_rating_is_no_message():
    reading = read(ticket(said=[said(source=6, incoming=True, user=880)], stats={}))
    assert told(reading, Message) == []
    assert reading.left_out == {"comment of a rating": 1}


R, C, U, P = "resolved_at", "closed_at", "status_updated_at", "pending_since"
T1, T2, T3 = "2026-03-03T08:00:00Z", "2026-03-04T08:00:00Z", "2026-03-05T08:00:00Z"


@pytest.mark.parametrize(
    ("status", "stats", "expected"),
    [
        (2, {U: AT}, []),
        (4, {R: T1, U: T1}, [("03 08:00", "Resolved")]),
        (5, {R: T1, C: T2, U: T2}, [("03 08:00", "Resolved"), ("04 08:00", "Closed")]),
        (5, {R: T1, C: T1, U: T1}, [("03 08:00", "Closed")]),  # closed at once
        (5, {C: T2}, [("04 08:00", "Closed")]),
        (3, {P: T1, U: T1}, [("03 08:00", "Pending")]),
        (3, {P: T1}, [("03 08:00", "Pending")]),
        (2, {R: T1, U: T2}, [("03 08:00", "Resolved"), ("04 08:00", "Open")]),  # reopened
        (4, {R: T1, C: T2, U: T1}, [("03 08:00", "Resolved")]),  # the close is left over
        (4, {R: T3, C: T1, U: T3}, [("03 08:00", "Closed"), ("05 08:00", "Resolved")]),
        (2, {R: T1, U: T1}, []),  # stamps of the vendor's own demo contradict each other
        (5, {R: "2026-03-01T08:00:00Z", C: T2, U: T2}, [("04 08:00", "Closed")]),
    ],
)
def test_statuses_come_from_the_last_stamps(status, stats, expected):
    reading = read(ticket(status=status, stats=stats, said=[]))
    assert statuses(reading) == expected
    assert {e.basis for e in reading.events if isinstance(e, Changed)} <= {"snapshot"}
    assert codes(reading)["last_stamps"] == 1


def test_what_stats_state_is_kept_apart_from_our_figures():
    stats = {"first_responded_at": T1, "resolved_at": T2, "closed_at": None, "reopened_at": T1}
    reading = read(ticket(status=4, stats=stats, said=[]))
    day = timedelta(days=1, hours=-1)
    assert {f.name: f.value for f in reading.stated["51"]} == {
        "first_reply": BEGUN + day, "last_solved": BEGUN + 2 * day + timedelta(hours=1),
        "closed": None, "reopened_at": BEGUN + day}  # fmt: skip


def test_a_list_tells_what_has_a_stamp_and_no_more():
    stats = {"first_responded_at": T1, "agent_responded_at": T2, "requester_responded_at": T2,
             "resolved_at": T3, "status_updated_at": T3}  # fmt: skip
    reading = read([ticket(status=4, stats=stats), ticket(52)])
    assert {event.basis for event in reading.events} == {"snapshot"}
    assert [(row[0], row[1]) for row in told(reading, Message)] == [
        ("03 08:00", "agent"), ("04 08:00", "agent"), ("04 08:00", "customer")]  # fmt: skip
    assert statuses(reading) == [("05 08:00", "Resolved")]
    assert codes(reading)["list_export"] == 2
    assert not reading.incomplete


def test_a_closed_ticket_without_stats_is_not_whole():
    reading = read([ticket(status=5), ticket(52)])
    assert reading.incomplete == {"51": "no_stats"}
    (why,) = [each for each in reading.findings if each.code == "no_stats"]
    assert "include=stats" in why.problem.remedy


def test_a_state_without_a_stamp_is_reported():
    reading = read(ticket(status=3, stats={R: None}, said=[], spam=True))
    (undated,) = [each for each in reading.findings if each.code == "since_unknown"]
    assert (undated.count, undated.tickets) == (2, ("51",))
    assert statuses(reading) == []


# ---- words


def test_numbers_and_labels_of_one_account():
    account = Account(
        statuses={8: Status("Parts", "on_hold"), "Esperando": Status("Esperando", "pending")},
        priorities={1: Priority("calm", 9)},
        groups={61: "front"},
        lines={"front": 2},
    )
    item = ticket(status=8, stats={U: T1}, said=[])
    reading = read(item, account)
    assert statuses(reading) == [("03 08:00", "Parts")]
    first = dict(reading.events[0].fields)
    assert (first["priority"].name, first["group"], first["line"]) == ("calm", "front", 2)
    by_label = read({"activities_data": [created(), activity(
        "03-03-2026 08:00:00 +0000", status="Esperando")]}, account)  # fmt: skip
    assert statuses(by_label) == [("03 08:00", "Esperando")]


@pytest.mark.parametrize(
    ("given", "category", "unknown", "noted"),
    [
        (6, "pending", {}, True),
        (7, "on_hold", {}, True),
        (8, "open", {("status", "8"): 1}, False),
    ],
)
def test_statuses_of_each_accounts_own_surface(given, category, unknown, noted):
    reading = read(ticket(status=given, stats={U: T1}, said=[]))
    assert replay(reading.events).status.category == category
    assert reading.unknown == unknown
    assert ("seeded_status" in codes(reading)) is noted


def test_a_status_that_the_payload_names_is_known_by_its_label():
    field = {"id": 1, "label": "Status", "type": "default_status", "customers_can_edit": False,
             "choices": {"2": ["Open", "Being Processed"], "6": ["Waiting on Customer", "x"],
                         "7": ["Parts", "y"]}}  # fmt: skip
    payload = {"tickets": [ticket(status=6, stats={U: T1}, said=[]),
                           ticket(52, status=7, stats={U: T1}, said=[])],
               "ticket_fields": [field]}  # fmt: skip
    reading = read(payload)
    assert [name for _, name in statuses(reading)] == ["Waiting on Customer", "Parts"]
    assert reading.unknown == {("status", "Parts"): 1}


def test_what_is_kept_by_name_is_a_field_of_its_own():
    item = ticket(subject="Lamp", custom_fields={"cf_site": "Lyon"}, said=[], stats={})
    fields = dict(read(item, Account(keep=["subject", "cf_site", "absent"])).events[0].fields)
    assert (fields["custom.subject"], fields["custom.cf_site"]) == ("Lamp", "Lyon")
    assert "custom.absent" not in fields
    assert "Lamp" not in whole(read(item))


def test_older_answers_hold_each_item_under_its_name():
    note = {"note": {"id": 4, "user_id": 330, "incoming": False, "private": True, "source": 2,
                     "created_at": "2026-03-02T10:00:00+10:00"}}  # fmt: skip
    item = ticket(900, display_id=51, status_name="Open", notes=[note])
    reading = read([{"helpdesk_ticket": item}])
    assert [(e.ticket_id, e.type) for e in reading.events] == [("51", "created")]
    assert reading.left_out == {"conversation before the creation": 1}
    later = copy.deepcopy(item)
    later["notes"][0]["note"]["created_at"] = "2026-03-02T20:00:00+10:00"
    assert told(read([{"helpdesk_ticket": later}]), Message) == [
        ("02 10:00", "agent", "330", False)]  # fmt: skip


# ---- activities


def test_a_history_tells_statuses_and_stats_do_not_then():
    payload = {
        "activities_data": [
            created(),
            activity("02-03-2026 10:00:00 +0000", status="Pending", agent_id=330),
            activity("02-03-2026 11:00:00 +0000", who=880, status="Open"),
            activity("02-03-2026 12:00:00 +0000", status="Resolved", group="Field"),
        ],
        "tickets": [ticket(status=4, stats={R: "2026-03-02T12:00:00Z"}, updated_at=T1)],
    }
    reading = read(payload)
    assert statuses(reading) == [
        ("02 10:00", "Pending"), ("02 11:00", "Open"), ("02 12:00", "Resolved")]  # fmt: skip
    assert {event.basis for event in reading.events} == {None}
    assert not reading.incomplete
    assert reading.stated["51"][0].name == "last_solved"


def test_the_zone_of_an_activity_is_the_one_it_says():
    reading = read({"activities_data": [created("02-03-2026 09:00:00 +0530")]})
    assert reading.events[0].at == BEGUN - timedelta(hours=5, minutes=30)


def test_a_new_value_alone_is_a_change_only_if_it_is_another():
    rows = [created(), activity("02-03-2026 10:00:00 +0000", status="Open", priority=1),
            activity("02-03-2026 11:00:00 +0000", status="Open", priority=3)]  # fmt: skip
    assert told(read({"activities_data": rows})) == [
        ("02 11:00", "third_party", "330", "priority=high")]  # fmt: skip
    agents = {"agents": [{"id": 330, "contact": {}}]}
    assert told(read([{"activities_data": rows}, agents]))[0][1] == "agent"


def test_a_rule_acts_as_the_system_after_the_creation_of_the_same_second():
    what = {"automation": {"type": 1, "rule": "Front"}, "group": "Front", "agent_id": 330}
    rule = activity("02-03-2026 09:00:00 +0000", who=None, kind="system", **what)
    for rows in ([created(), rule], [rule, created()]):
        reading = read({"activities_data": rows})
        assert [event.type for event in reading.events] == ["created", "changed"]
        assert told(reading) == [("02 09:00", "system", None, "agent=330", "group=Front")]


@pytest.mark.parametrize(
    ("note", "who", "kind", "expected"),
    [
        (0, 330, "user", ("agent", "330", True)),
        (4, 330, "user", ("agent", "330", True)),
        (1, 330, "user", ("agent", "330", False)),
        (0, 880, "user", ("customer", "880", True)),
        (0, None, "system", ("system", None, True)),
        (9, 330, "user", ("agent", "330", False)),  # of no known type: claims no reply
    ],
)
def test_notes_of_activities_are_messages(note, who, kind, expected):
    row = activity("02-03-2026 10:00:00 +0000", who=who, kind=kind, note={"id": 70, "type": note})
    reading = read({"activities_data": [created(), activity(
        "02-03-2026 09:00:01 +0000", agent_id=330), row]})  # fmt: skip
    assert [message[1:] for message in told(reading, Message)] == [expected]


def test_a_note_that_is_also_a_conversation_is_one_message():
    row = activity("02-03-2026 10:00:00 +0000", note={"id": 70, "type": 0})
    payload = {"activities_data": [created(), row], "conversations": [said(70, private=True)]}
    assert told(read(payload), Message) == [("02 10:00", "agent", "330", False)]


@pytest.mark.parametrize("mark", ["spam", "deleted"])
def test_spam_and_deletion_are_void_and_what_comes_back_is_as_it_was(mark):
    rows = [created(), activity("02-03-2026 10:00:00 +0000", status="Pending"),
            activity("02-03-2026 11:00:00 +0000", **{mark: True}),
            activity("02-03-2026 12:00:00 +0000", **{mark: False})]  # fmt: skip
    reading = read({"activities_data": rows})
    assert [name for _, name in statuses(reading)] == ["Pending", mark, "Pending"]
    assert replay(reading.events[:3]).status.category == "void"
    assert replay(reading.events).times.get("reopened", 0) == 0


def test_what_an_activity_says_besides_is_counted():
    row = activity("02-03-2026 10:00:00 +0000", sla_policy="Gold", due_by="x", Empresa="N/A",
                   added_tags=["a"])  # fmt: skip
    reading = read({"activities_data": [created(product="P"), row]})
    assert reading.left_out == {
        "activity product": 1, "activity sla_policy": 1, "activity due_by": 1,
        "activity added_tags": 1, "custom field": 1}  # fmt: skip
    assert "Empresa" not in whole(reading)
    account = Account(keep=["Empresa"], roles={"330": "agent"})
    kept = read({"activities_data": [created(), row]}, account)
    assert told(kept) == [("02 10:00", "agent", "330", "custom.Empresa=N/A")]


def test_a_ticket_whose_creation_is_in_no_file_is_not_whole():
    rows = [activity("02-03-2026 10:00:00 +0000", status="Resolved")]
    reading = read({"activities_data": rows})
    assert reading.incomplete == {"51": "no_creation"}
    assert [event.type for event in reading.events] == ["changed"]
    beside = read({"activities_data": rows, "tickets": [ticket(status=4, group_id=61)]})
    assert beside.incomplete == {"51": "no_creation"}
    assert (beside.events[0].type, beside.events[0].basis) == ("created", "snapshot")


def metadata(first, last, count):
    return {"start_at": f"{first} 00:00:00 +0000", "end_at": f"{last} 23:59:59 +0000",
            "activities_count": count}  # fmt: skip


def test_days_between_the_files_are_missed():
    def day(date, *rows):
        return {"activities_data": [*rows], "metadata": metadata(date, date, len(rows))}

    first = day("02-03-2026", created())
    later = activity("03-03-2026 10:00:00 +0000", status="Resolved")
    assert not read([day("03-03-2026", later), first]).incomplete
    reading = read(
        [day("04-03-2026", {**later, "performed_at": "04-03-2026 10:00:00 +0000"}), first]
    )
    assert reading.incomplete == {"*": "missing_days"}
    (missing,) = reading.findings
    assert missing.example == "2026-03-02 23:59 to 2026-03-04 00:00 UTC"


def test_a_file_of_fewer_activities_than_it_says_is_cut():
    reading = read(
        {"activities_data": [created()], "metadata": metadata("02-03-2026", "02-03-2026", 3)}
    )
    assert reading.incomplete == {"*": "more_pages"}


def test_a_status_that_no_activity_led_to_is_a_hole():
    payload = {"activities_data": [created()],
               "tickets": [ticket(status=5, updated_at=T1, stats={})]}  # fmt: skip
    assert read(payload).incomplete == {"51": "cut_history"}
    payload["tickets"][0]["updated_at"] = "2026-03-01T00:00:00Z"  # asked before the activities
    assert not read(payload).incomplete


# ---- app events


def test_changes_are_believed_and_not_what_stands_beside():
    event = app(changes={"priority": [1, 2], "source": [2, 3], "cf_x": [1, 2]}, status=5,
                actor={"id": 330, "type": "agent"})  # fmt: skip
    reading = read([app("onTicketCreate", status=2, source=2), event])
    assert told(reading) == [("02 10:06", "agent", "330", "channel=phone", "priority=normal")]
    assert reading.left_out == {"change of cf_x": 1}
    assert not reading.incomplete


def test_the_creation_is_as_it_was_before_the_first_changes():
    reading = read(app(changes={"priority": [3, 2], "status": [3, 4]}))
    first = dict(reading.events[0].fields)
    assert (first["priority"].name, first["status"].name) == ("high", "Pending")
    assert reading.events[0].basis == "snapshot"
    assert reading.incomplete == {"51": "no_creation"}


def test_a_value_before_that_is_not_the_last_one_is_a_hole():
    events = [app("onTicketCreate", status=2), app(changes={"status": [3, 4]})]
    assert read(events).incomplete == {"51": "cut_history"}
    events.insert(1, app(changes={"status": [2, 3]}, at=1_772_445_000_000))
    assert not read(events).incomplete


@pytest.mark.parametrize("stamp", [1_772_446_000_000, 1_772_446_000, 1_772_446_000.0])
def test_the_stamp_of_an_event_counts_milliseconds_or_seconds(stamp):
    reading = read(app(changes={"status": [2, 3]}, at=stamp))
    assert reading.events[-1].at == datetime(2026, 3, 2, 10, 6, 40, tzinfo=UTC)


def test_changes_may_stand_beside_the_ticket_too():
    event = app()
    event["data"]["changes"] = {"model_changes": {"status": [2, 4]}}
    assert [name for _, name in statuses(read(event))] == ["Resolved"]


def test_an_event_of_the_system_and_a_deletion():
    events = [app("onTicketCreate"), app("onTicketDelete", actor={"id": None, "type": "system"})]
    assert told(read(events)) == [("02 10:06", "system", None, "status=deleted")]


def test_a_conversation_comes_as_an_event_too():
    event = {"event": "onConversationCreate", "timestamp": 1, "data": {"conversation": said()}}
    reading = read([event, ticket(said=[said()], stats={}), {**event, "event": "onAgentUpdate"}])
    assert told(reading, Message) == [("02 10:00", "agent", "330", True)]
    assert reading.left_out == {"onAgentUpdate": 1}


# ---- ratings and time


def scores(reading):
    return [(f"{e.at:%d %H:%M}", e.score) for e in reading.events if isinstance(e, Rated)]


def test_a_changed_score_is_a_further_answer():
    later = "2026-03-03T10:00:00Z"
    rows = [rating(score=-103), rating(2, at=later)]
    assert scores(read([ticket(said=[], stats={}), {"satisfaction_ratings": rows}])) == [
        ("03 09:00", -103), ("03 10:00", 103)]  # fmt: skip
    editions = [rating(score=-103), rating(updated_at=later)]
    for both in (editions, editions[::-1]):
        reading = read([ticket(said=[], stats={}), {"satisfaction_ratings": both}])
        assert scores(reading) == [("03 09:00", -103), ("03 10:00", 103)]
    assert {e.scale for e in reading.events if isinstance(e, Rated)} == {(-103, 103)}


def test_scores_of_the_older_survey_are_as_freshdesk_carries_them_over():
    reading = read([ticket(said=[], stats={}), *(rating(n, n) for n in (1, 2, 3))])
    assert sorted(score for _, score in scores(reading)) == [-103, 100, 103]
    assert codes(reading)["older_scores"] == 3


def test_a_score_of_no_scale_is_reported():
    odd = rating(ratings={"default_question": 7, "question_2": 103})
    reading = read([ticket(said=[], stats={}), odd])
    assert scores(reading) == []
    assert reading.unknown == {("satisfaction score", "7"): 1}
    assert reading.left_out == {"rating of a further question": 1}


def entry(**more):
    return {"id": 1, "ticket_id": 51, "agent_id": 330, "time_spent": "01:30", "billable": True,
            "timer_running": False, "executed_at": T1, "created_at": T2, **more}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, [("03 08:00", timedelta(minutes=90))]),
        ({"time_spent": "100:05:30"}, [("03 08:00", timedelta(hours=100, minutes=5, seconds=30))]),
        ({"executed_at": "2026-03-01T22:00:00Z"}, [("04 08:00", timedelta(minutes=90))]),
        ({"timer_running": True}, []),
        ({"time_spent": None}, []),
    ],
)
def test_time_entries_are_work(more, expected):
    reading = read([ticket(said=[], stats={}), {"time_entries": [entry(**more)]}])
    work = [event for event in reading.events if isinstance(event, Worked)]
    assert [(f"{e.at:%d %H:%M}", e.duration) for e in work] == expected
    assert all((e.role, e.actor) == ("agent", "330") for e in work)


# ---- pages


def test_ten_conversations_may_be_a_part_of_them():
    ten = [said(n) for n in range(10)]
    assert read(ticket(said=ten, stats={})).incomplete == {"51": "ten_conversations"}
    assert not read(ticket(said=ten[:9], stats={})).incomplete
    assert not read([ticket(said=ten, stats={}), {"conversations": ten}]).incomplete


@pytest.mark.parametrize(("count", "whole"), [(29, True), (30, False), (31, True), (100, False)])
def test_a_full_page_may_not_be_the_last(count, whole):
    page = [said(n) for n in range(count)]
    reading = read([ticket(stats={}), Page("1.json", page)])
    assert (reading.incomplete == {}) is whole
    assert whole or reading.incomplete == {"51": "full_page"}
    last = Page("2.json", [said(count)])
    assert not read([ticket(stats={}), Page("1.json", page), last]).incomplete


def test_a_full_page_of_tickets_is_said():
    tickets = [ticket(n, stats={}) for n in range(1, 31)]
    for payload in (tickets, Page("1.json", tickets), {"results": tickets, "total": 30}):
        reading = read(payload)
        assert codes(reading)["full_page"] == 1
        assert not reading.incomplete
    assert codes(read({"results": tickets[:5], "total": 57}))["more_pages"] == 1


# ---- refusals


@pytest.mark.parametrize(
    ("payload", "texts"),
    [
        ({"code": "invalid_credentials", "message": "You have to be logged in to perform this."},
         ["an error of the interface", "invalid_credentials", "logged in", "check the token"]),
        ({"code": "access_denied", "message": "You are not authorized to perform this action."},
         ["an error of the interface", "access_denied", "check the token"]),
        ({"message": "You have exceeded the limit of requests per hour"},
         ["an error of the interface", "exceeded the limit", "Retry-After"]),
        ({"description": "Validation failed",
          "errors": [{"field": "x", "message": "Unexpected field", "code": "invalid_field"}]},
         ["an error of the interface", "Validation failed", "invalid_field", "correct the"]),
        ({"freshdesk_webhook": {"ticket_id": "11"}},
         ["webhook of an automation rule", "names no time", "ticket activities"]),
        ('{"freshdesk_webhook": {"a": "b",}}',
         ["webhook of an automation rule", "no JSON", "ticket activities"]),
        ({"agents": [{"id": 1, "contact": {}}], "groups": []}, ["no tickets", "agent"]),
        ([{"working_hours": {}, "time_zone": "Berlin"}], ["no tickets", "business hours"]),
    ],
)  # fmt: skip
def test_what_is_no_data_is_refused_with_a_true_remedy(payload, texts):
    with pytest.raises(AdapterError) as caught:
        read(payload)
    assert [text for text in texts if text not in str(caught.value)] == []


@pytest.mark.parametrize("name", ["auto", "freshdesk"])
def test_a_webhook_that_is_no_json_is_refused_for_what_it_is(tmp_path, name):
    body = tmp_path / "hook.txt"
    body.write_text('{"freshdesk_webhook":\n  {\n  "ticket_id":"11",\n  }\n}\n', "utf-8")
    with pytest.raises(AdapterError, match="webhook of an automation rule: it names no time"):
        read_files(body, name)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not here")
def test_every_real_sample_reads_or_says_why_not():
    for path in sorted((SAMPLES / "freshdesk").glob("*")):
        text = path.read_text("utf-8")
        value = json.loads(text) if path.suffix == ".json" else text
        if path.stem in {"v2_agents", "v2_groups", "sla_policies_business_hours_groups"} or (
            path.suffix == ".txt"
        ):
            with pytest.raises(AdapterError):
                read(value)
            continue
        reading = read(value)
        assert reading.events, path
        people = {("user", "149018"): 2} if path.stem == "ticket_activities_export" else {}
        assert reading.unknown == people, path


# ---- laws

OTHER = [
    ticket(52, status=5, stats={R: T1, C: T2, U: T2}, said=[
        {**said(90), "ticket_id": 52}, {**said(91, user=None), "ticket_id": 52}]),
    rating(9, at=T3, ticket_id=52),
    {**entry(), "id": 77, "ticket_id": 52},
]  # fmt: skip
WHOLE = {
    "activities_data": [
        created(),
        activity("02-03-2026 10:00:00 +0000", status="Pending", note={"id": 7, "type": 0}),
        activity("02-03-2026 10:00:00 +0000", who=None, kind="system", group="Field"),
        activity("02-03-2026 11:00:00 +0000", who=880, status="Open"),
    ],
    "conversations": [said(1), said(2, at="2026-03-02T10:00:00Z", private=True), said(3, at=T1)],
    "satisfaction_ratings": [rating(), rating(2, -103, at=T2)],
    "time_entries": [entry()],
    "agents": [{"id": 330, "contact": {}}],
}  # fmt: skip


def by_ticket(reading):
    logs = {}
    for event in reading.events:
        logs.setdefault(event.ticket_id, []).append(event)
    return logs


@given(st.randoms(use_true_random=False), st.integers(1, 5))
def test_however_the_items_lie_in_pages_the_reading_is_the_same(rng, count):
    items = [(key, item) for key, held in WHOLE.items() for item in held]
    items += zip(("tickets", "satisfaction_ratings", "time_entries"), OTHER, strict=True)
    items += rng.sample(items, 3)  # overlapping
    rng.shuffle(items)
    pages = [{} for _ in range(count)]
    for key, item in items:
        rng.choice(pages).setdefault(key, []).append(copy.deepcopy(item))
    payload = [page for page in pages if page]
    expected = read([WHOLE, *OTHER]).events
    assert len(expected) > 15
    assert read(payload).events == expected


@pytest.mark.parametrize("value", [..., None, [], {}, "x", float("nan"), True, -1])
def test_what_is_wrong_inside_one_item_touches_no_other_ticket(value):
    payload = [copy.deepcopy(OTHER[0]), WHOLE]
    expected = by_ticket(read(payload))["51"]
    for path in places(OTHER[0]):
        changed = copy.deepcopy(payload)
        mangled(changed[0], path, value)
        assert by_ticket(read(changed))["51"] == expected, path


@pytest.mark.parametrize("value", [..., None, {}, "x", float("nan"), True])
def test_one_broken_conversation_leaves_the_others(value):
    item = ticket(said=[said(1), said(2, at=T1)], stats={})
    for key in [*said(1), "body", "new"]:
        changed = copy.deepcopy(item)
        mangled(changed["conversations"][0], (key,), value)
        last, expected = read(changed).events[-1], read(item).events[-1]
        assert attrs.evolve(last, seq=None) == attrs.evolve(expected, seq=None), key


def test_nothing_that_people_wrote_is_in_a_reading():
    texts = {"body": "geheim", "body_text": "geheim", "from_email": "geheim@example.com"}
    item = ticket(subject="geheim", description="geheim", said=[said(**texts)], stats={},
                  cc_emails=["geheim@example.com"], custom_fields={"cf": "geheim"})  # fmt: skip
    agents = {"agents": [{"id": 330, "contact": {"name": "geheim", "email": "geheim"}}]}
    payload = [item, rating(feedback="geheim"), {**entry(), "note": "geheim"}, agents]
    reading = read(payload)
    assert len(reading.events) == 5
    assert "geheim" not in whole(reading)


def test_a_payload_is_not_changed():
    payload = [copy.deepcopy(WHOLE), *copy.deepcopy(OTHER), app(changes={"status": [2, 3]})]
    before = repr(payload)
    read(payload)
    assert repr(payload) == before


def test_a_stamp_without_a_zone_needs_one_said():
    item = ticket(created_at="2026-03-02T10:00:00", said=[], stats={})
    assert read(item).incomplete == {"51": "no_creation"}
    reading = read(item, Account(tz="Europe/Berlin"))
    assert reading.events[0].at == BEGUN


def test_it_is_recognized_by_what_it_holds():
    assert freshdesk.recognized(ticket())
    assert freshdesk.recognized([said()])
    assert freshdesk.recognized({"satisfaction_ratings": [rating()]})
    assert not freshdesk.recognized({"tickets": [{"id": 1, "requester_id": 2, "status": "open"}]})
    assert not freshdesk.recognized({"conversations": [{"type": "conversation", "id": "7"}]})
