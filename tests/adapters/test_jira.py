"""Jira: issues, pages of changes, webhooks and lists, in the words of one site and broken."""

import json
import random
import warnings
from copy import deepcopy
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from adapters import scenario
from adapters.scenario import DATA, FACTS, SAMPLES, Words, bare, facts_of, mangled, places
from conformance import vendors
from hypothesis import given
from hypothesis import strategies as st
from whole import whole

from support_model import BusinessCalendar, kpi
from support_model.adapters import Account as Shared
from support_model.adapters import Page, check_stated, read_files
from support_model.adapters._jira_words import PRIORITIES
from support_model.adapters.jira import Account, read, recognized
from support_model.errors import AdapterError, IncompleteLog
from support_model.events import Changed, Created, Message, Rated, Worked
from support_model.tickets import replay
from support_model.vocabulary import Status

CASE = json.loads((DATA / "vendors/jira/issue_and_changelog_pages.json").read_text("utf-8"))
OWN = Account(group_field="customfield_10050", lines={"L1": 1, "L2": 2})
STATUSES = {"new": "Waiting for support", "open": "In Progress", "pending": "Waiting for customer",
            "solved": "Resolved", "closed": "Closed"}  # fmt: skip
WORDS = Words(
    ticket="HELP-1001",
    statuses={name: Status(native, name if name != "new" else "open")
              for name, native in STATUSES.items()},
    priorities={each.name: each for each in PRIORITIES.values()},
    people={"501": "acc-501", "11": "acc-11", "12": "acc-12", "-1": "acc-1"},
    groups={"L1": "L1", "L2": "L2"},
    channel="web",
    score=None,
    scale=(),
)  # fmt: skip
ADA = {"accountId": "acc-7", "accountType": "atlassian", "displayName": "Ada Pine"}
BO = {"accountId": "acc-8", "accountType": "atlassian", "displayName": "Bo Reed"}
CLEO = {"accountId": "acc-1", "accountType": "customer", "displayName": "Cleo Marsh"}
ROBOT = {"accountId": "acc-x", "accountType": "app", "displayName": "Automation for Jira"}
BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def stamp(hours):
    return (BEGUN + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def millis(hours):
    return int((BEGUN + timedelta(hours=hours)).timestamp() * 1000)


def item(field, before, after, **more):
    return {
        "field": field, "fieldtype": "jira", "fieldId": field, "from": before[0],
        "fromString": before[1], "to": after[0], "toString": after[1], **more,
    }  # fmt: skip


def moved(before, after):
    ids = {"To Do": "1", "In Progress": "3", "Waiting for customer": "4", "Done": "6"}
    return item("status", (ids[before], before), (ids[after], after))


def taken(person):
    return item("assignee", (None, None), (person, "Some Body"))


def change(number, hours, *items, by=ADA):
    return {"id": str(number), "author": by, "created": stamp(hours), "items": [*items]}


def comment(number, hours, by=ADA, **more):
    more = {"jsdPublic": True, **more}
    return {"id": str(number), "author": by, "updateAuthor": by, "body": "secret",
            "created": stamp(hours), "updated": stamp(hours), **more}  # fmt: skip


def issue(*changes, said=(), key="HELP-1", number="1", total=None, status=None, **more):
    ids = {"To Do": "1", "In Progress": "3", "Waiting for customer": "4", "Done": "6"}
    steps = [
        each for row in changes for each in row["items"] if each and each["field"] == "status"
    ]
    last = (steps[-1]["to"], steps[-1]["toString"]) if steps else ("1", "To Do")
    last = last if status is None else (ids[status], status)
    fields = {
        "summary": "secret", "created": stamp(0), "updated": stamp(90), "reporter": CLEO,
        "creator": CLEO, "status": {"id": last[0], "name": last[1]},
        "priority": {"id": "3", "name": "Medium"},
        "comment": {"comments": [*said], "total": len(said), "startAt": 0}, **more,
    }  # fmt: skip
    total = len(changes) if total is None else total
    return {"id": number, "key": key, "fields": fields,
            "changelog": {"startAt": 0, "total": total, "histories": changes[::-1]}}  # fmt: skip


def hook(name, hours, row, by=ADA, **more):
    row = {name_: value for name_, value in row.items() if name_ != "changelog"}
    return {"webhookEvent": name, "timestamp": millis(hours), "user": by, "issue": row, **more}


def told(reading, kind=Changed):
    return [
        (int((event.at - BEGUN).total_seconds() // 3600), event.role, event.actor, *_said(event))
        for event in reading.events
        if isinstance(event, kind)
    ]


def _said(event):
    if isinstance(event, Message):
        return (event.public,)
    return tuple(f"{name}={getattr(v, 'name', v)}" for name, v in event.fields)


def codes(reading):
    return {found.code: found.count for found in reading.findings}


def first(reading):
    return dict(reading.events[0].fields)


def sample(name):
    path = SAMPLES / "jira" / name
    if not path.exists():
        pytest.skip("the samples are not here")
    return json.loads(path.read_text("utf-8"))


# ---- the scenario, the cases, the samples


def test_the_scenario_comes_out_as_expected(monkeypatch):
    """The rating has no instant, so it is a finding."""
    rows = [row for row in scenario.NEUTRAL if "satisfaction" not in row["event_type"]]
    monkeypatch.setattr(scenario, "NEUTRAL", rows)
    reading = read(sample("constructed_A_issue_expand_changelog.json"), OWN)
    assert [bare(event) for event in reading.events] == WORDS.events()
    assert codes(reading) == {"rating_untimed": 1}
    assert reading.unknown == reading.incomplete == {}


def test_the_facts_of_the_scenario_come_out_equal():
    events = read(sample("constructed_A_issue_expand_changelog.json"), OWN).events
    rated = Rated(ticket_id="HELP-1001", at=events[-1].at, seq=99, role="customer", kind="csat",
                  score=5, scale=(1, 5))  # fmt: skip
    assert facts_of([*events, rated]) == FACTS | {"csat_last_score": 5}


@pytest.mark.parametrize("case", [*vendors.cases(DATA / "vendors/jira")], ids=lambda case: case.id)
def test_the_cases_read_as_they_should(case):
    assert vendors.run(case) is None
    assert vendors.remarks() == []


@pytest.mark.parametrize(
    "name",
    ["search_expand_changelog.json", "webhook_change_status_v2.json",
     "webhook_comment_created.json", "webhook_created_v2.json", "webhook_reassigned_v2.json"],
)  # fmt: skip
def test_real_samples_hold_no_unknown_word(name):
    payload = sample(name)
    reading = read(payload)
    assert recognized(payload)
    assert reading.events
    assert not reading.unknown
    assert "@" not in whole(reading)


# ---- a changelog


def test_what_an_issue_began_with_is_what_its_first_changes_came_from():
    reading = read(issue(
        change(1, 1, moved("To Do", "In Progress"), taken("acc-7")),
        change(2, 2, item("priority", ("2", "High"), ("3", "Medium"))),
        change(3, 3, item("reporter", ("acc-9", "Kim"), ("acc-1", "Cleo Marsh"))),
        change(4, 4, moved("In Progress", "Done")),
        assignee=ADA,
    ))  # fmt: skip
    begun = first(reading)
    assert (begun["status"].name, begun["priority"].name, begun.get("agent")) == (
        "To Do",
        "high",
        None,
    )
    assert begun["requester"] == "acc-9"
    assert not reading.incomplete


def test_a_renamed_status_is_one_status_and_a_finding_that_names_both():
    old = item("status", ("6", "Erledigt"), ("3", "In Progress"))
    reading = read(issue(change(1, 1, moved("To Do", "Done")), change(2, 2, old)))
    names = {value.name for each in reading.events if isinstance(each, Changed)
             for _, value in each.fields}  # fmt: skip
    assert names == {"Erledigt", "In Progress"}
    found = next(each for each in reading.findings if each.code == "renamed")
    assert "Done" in found.example
    assert "Erledigt" in found.example
    assert replay(reading.events).times["reopened"] == 1


def test_a_former_name_in_the_account_is_enough():
    account = Account(statuses={"Alt": Status("parked", "on_hold")})
    rows = (change(1, 1, item("status", ("1", "To Do"), ("77", "Alt"))),
            change(2, 2, item("status", ("1", "To Do"), ("77", "Neu"))))  # fmt: skip
    assert {each[3] for each in told(read(issue(*rows), account))} == {"status=parked"}


@pytest.mark.parametrize(
    ("name", "category", "meant"),
    [
        ("Waiting for support", "new", "new"), ("Waiting for support", "indeterminate", "open"),
        ("Waiting for customer", "new", "pending"), ("Pending", "indeterminate", "on_hold"),
        ("Closed", "done", "closed"), ("Open", "indeterminate", "open"),
        ("Parked", "done", "solved"), ("Parked", "new", "new"),
    ],
)  # fmt: skip
def test_a_name_refines_the_category_that_the_site_says(name, category, meant):
    status = {"id": "5", "name": name, "statusCategory": {"key": category}}
    row = issue(change(1, 1, item("status", ("5", name), ("6", "Done"))))
    reading = read([row, {"statuses": [status]}])
    assert first(reading)["status"] == Status(name, meant)
    assert not reading.unknown


def test_an_own_status_that_is_in_progress_may_be_a_wait_and_is_listed():
    status = {"id": "5", "name": "Parked", "statusCategory": {"key": "indeterminate"}}
    row = issue(change(1, 1, item("status", ("5", "Parked"), ("6", "Done"))))
    assert read([row, [status]]).unknown == {("status", "Parked"): 1}


def test_several_items_of_one_entry_are_one_change():
    done = item("resolution", (None, None), ("10000", "Done"))
    rank = item("Rank", ("", ""), ("", "Ranked higher"))
    reading = read(issue(
        change(1, 1, done, rank, moved("To Do", "Done"), taken("acc-8"))
    ))  # fmt: skip
    assert told(reading) == [(1, "agent", "acc-7", "agent=acc-8", "status=Done")]
    assert reading.left_out == {"change of resolution": 1, "change of Rank": 1}


def test_a_custom_field_called_status_is_no_status():
    own = item("status", (None, "a"), (None, "b"), fieldtype="custom", fieldId="customfield_1")
    reading = read(issue(change(1, 1, own)))
    assert told(reading) == []
    assert reading.left_out == {"change of status": 1}


def test_changes_of_one_instant_are_ordered_by_their_id():
    rows = (
        change(10, 1, moved("In Progress", "Done")),
        change(9, 1, moved("To Do", "In Progress")),
    )
    assert [each[3] for each in told(read(issue(*rows)))] == ["status=In Progress", "status=Done"]


def test_a_changelog_with_a_larger_total_is_cut():
    reading = read(issue(change(5, 5, moved("In Progress", "Done")), total=120))
    assert reading.incomplete == {"HELP-1": "cut_history"}
    assert reading.events[0].basis == "snapshot"
    assert first(reading)["status"] == Status("new", "new")


def test_pages_complete_an_embedded_changelog():
    rows = [change(n, n, moved("To Do", "In Progress")) for n in range(1, 6)]
    cut = issue(*rows[3:], total=5)
    page = {"self": "https://x.example/rest/api/3/issue/HELP-1/changelog?startAt=0", "total": 5,
            "startAt": 0, "maxResults": 4, "isLast": False, "values": rows[:4]}  # fmt: skip
    reading = read([page, cut])
    assert not reading.incomplete
    assert len(told(reading)) == 5


def test_pages_without_a_total_are_cut_where_none_is_the_last():
    page = {"isLast": False, "startAt": 0, "values": [change(1, 1, moved("To Do", "Done"))]}
    row = issue()
    del row["changelog"]
    assert read({"issue": row, "pages": [page]}).incomplete == {"HELP-1": "cut_history"}


def test_a_status_that_no_change_of_a_whole_changelog_led_to_is_a_finding():
    reading = read(issue(change(1, 1, moved("To Do", "In Progress")), status="Done"))
    assert not reading.incomplete
    assert reading.events[0].basis is None
    assert codes(reading) == {"other_status": 1}


def test_missing_comments_are_a_finding_and_leave_the_first_status():
    row = issue(change(1, 1, moved("To Do", "In Progress")))
    row["fields"]["comment"]["total"] = 7
    reading = read(row)
    assert reading.incomplete == {"HELP-1": "cut_comments"}
    assert first(reading)["status"].name == "To Do"
    del row["fields"]["comment"]
    assert read(row).incomplete == {"HELP-1": "no_comments"}


@pytest.mark.parametrize(
    "beside",
    [
        {"comments": {"total": 1, "comments": [comment(1, 1)]}},
        {"comment_pages": [{"total": 1, "startAt": 0, "comments": [comment(1, 1)]}]},
        {"comments": [comment(1, 1)]},
        {"request_comments": {"size": 1, "isLastPage": True, "values": [
            {"id": "1", "author": ADA, "body": "x", "public": True,
             "created": {"iso8601": "2026-03-02T10:00:00+0000", "epochMillis": millis(1)}}]}},
    ],
)  # fmt: skip
def test_comments_may_stand_beside_an_issue_in_many_forms(beside):
    row = issue(change(1, 2, moved("To Do", "Done")))
    del row["fields"]["comment"]
    reading = read({"issue": row, **beside})
    assert told(reading, Message)[1:] == [(1, "agent", "acc-7", True)]
    assert not reading.incomplete


def test_pages_go_to_the_issue_in_their_address_or_in_the_name_of_their_file():
    rows = [issue(key=f"HELP-{n}", number=str(n)) for n in (1, 2)]
    for row in rows:
        del row["changelog"]
    page = {"total": 1, "startAt": 0, "values": [change(1, 1, moved("To Do", "Done"))]}
    for given_ in ({**page, "self": "https://x/rest/api/2/issue/2/changelog"},
                   Page("help-2-changelog.json", page)):  # fmt: skip
        reading = read([given_, *rows])
        assert [event.ticket_id for event in reading.events if isinstance(event, Changed)] == [
            "HELP-2"
        ]
    reading = read([page, *rows])
    assert reading.incomplete["*"] == "unreadable"


def test_a_bulk_answer_names_its_issues_by_id():
    row = issue()
    del row["changelog"]
    bulk = {"issueChangeLogs": [{"issueId": "1", "changeHistories": [
        {**change(1, 1, moved("To Do", "Done")), "created": millis(1)}]}]}  # fmt: skip
    assert recognized(bulk)
    assert told(read([bulk, row])) == [(1, "agent", "acc-7", "status=Done")]


def test_objects_keyed_by_issues_are_read():
    row = issue()
    del row["changelog"]
    histories = {"HELP-1": [change(1, 1, moved("To Do", "Done"))]}
    assert len(told(read({"issues": [row], "changelogs": histories}))) == 1


def test_objects_keyed_by_ids_are_read():
    row = issue(number="10051")
    del row["changelog"]
    histories = {"10051": [change(1, 1, moved("To Do", "Done"))]}
    assert len(told(read({"issues": [row], "changelogs": histories}))) == 1


@pytest.mark.parametrize(
    ("pages", "more"),
    [
        ([{"nextPageToken": "x"}, {"isLast": True}], 0), ([{"nextPageToken": "x"}], 1),
        ([{"isLast": False}], 1), ([{"total": 2}], 1), ([{"total": 1}, {"total": 1}], 0),
    ],
)  # fmt: skip
def test_what_a_search_says_of_further_answers(pages, more):
    reading = read([{**page, "issues": [issue()]} for page in pages])
    assert codes(reading).get("more_pages", 0) == more


def test_a_webhook_that_was_sent_again_says_nothing_twice():
    again = deepcopy(calls())
    for call in again[1:]:
        call["timestamp"] += 5000
    once = read(calls())
    for payload in ([*calls(), *again], [*again, *calls()]):
        assert read(payload).events == once.events


def test_a_moved_issue_is_one_ticket_under_its_present_key():
    key = item("Key", (None, "OLD-7"), (None, "HELP-1"))
    before = {**issue(key="OLD-7"), "fields": {**issue()["fields"], "updated": stamp(1)}}
    page = {"self": "https://x/rest/api/2/issue/OLD-7/comment", "total": 1,
            "comments": [comment(1, 3)]}  # fmt: skip
    row = issue(change(1, 2, key), said=[comment(1, 3)])
    del before["changelog"]
    reading = read([page, row, before])
    assert {event.ticket_id for event in reading.events} == {"HELP-1"}
    found = next(each for each in reading.findings if each.code == "moved")
    assert "OLD-7" in found.example
    del row["fields"]["comment"]
    assert len(told(read([page, row]), Message)) == 2


# ---- people


def test_an_agent_is_the_customer_of_an_own_issue_but_not_in_notes():
    reading = read(issue(
        change(1, 1, moved("To Do", "In Progress"), by=BO),
        said=[comment(1, 2), comment(2, 3, jsdPublic=False), comment(3, 4, BO)],
        reporter=ADA, creator=ADA,
    ))  # fmt: skip
    assert [each[1] for each in told(reading, Message)] == [
        "customer",
        "customer",
        "agent",
        "agent",
    ]


def test_apps_are_system_and_no_reply():
    reading = read(issue(said=[comment(1, 1, ROBOT)]))
    assert told(reading, Message)[1][1] == "system"
    assert not replay(reading.events).times.get("replied")


def test_the_account_decides_before_the_payload():
    account = Account(roles={"acc-7": "third_party"}, bots=["acc-8"])
    reading = read(issue(said=[comment(1, 1), comment(2, 2, BO)]), account)
    assert [each[1] for each in told(reading, Message)] == ["customer", "third_party", "system"]


def server(name, key=None):
    return {"name": name, "key": key or name, "displayName": name.title(), "active": True}


def test_a_server_knows_no_types_so_who_is_assigned_is_staff():
    kim, ann, joe = server("kim"), server("ann", "JIRAUSER10100"), server("joe")
    rows = (
        change(1, 1, item("assignee", (None, None), ("JIRAUSER10100", "Ann")), by=ann),
        change(2, 2, moved("To Do", "In Progress"), by=ann),
    )
    said = [
        comment(1, 3, ann),
        comment(2, 4, kim),
        comment(3, 5, joe),
        comment(4, 6, joe, jsdPublic=False),
    ]
    reading = read(issue(*rows, said=said, reporter=kim, creator=kim))
    assert [each[1:3] for each in told(reading, Message)] == [
        ("customer", "kim"), ("agent", "ann"), ("customer", "kim"), ("third_party", "joe"),
        ("agent", "joe"),
    ]  # fmt: skip
    assert told(reading)[0] == (1, "agent", "ann", "agent=ann")
    assert reading.unknown == {("user", "joe"): 1}


def test_whoever_is_assigned_anywhere_is_staff_on_every_issue():
    kim, ann = server("kim"), server("ann")
    one = issue(said=[comment(1, 1, ann)], reporter=kim, creator=kim)
    two = issue(change(9, 1, item("assignee", (None, None), ("ann", "Ann"))), key="HELP-2",
                number="2", reporter=kim, creator=kim)  # fmt: skip
    for payload in ([one, two], [two, one]):
        assert not read(payload).unknown


def test_names_and_addresses_become_pseudonyms():
    kim = {"name": "kim@example.com", "displayName": "Kim Vale", "emailAddress": "kim@example.com"}
    old = {"displayName": "Former Person"}
    reading = read(issue(said=[comment(1, 1, old)], reporter=kim, creator=kim))
    assert "@" not in whole(reading)
    assert "Former" not in whole(reading)
    assert reading.events[0].actor.startswith("person-")
    named = Account(roles={"kim@example.com": "agent"})
    assert read(issue(reporter=CLEO, creator=kim), named).events[0].role == "agent"


def test_a_change_by_nobody_is_a_third_partys_and_a_finding():
    reading = read(issue(change(1, 1, moved("To Do", "Done"), by=None)))
    assert told(reading) == [(1, "third_party", None, "status=Done")]
    assert codes(reading) == {"no_user": 1}


def test_who_asked_before_is_staff_if_the_account_of_the_cloud_says_so():
    row = change(1, 1, item("reporter", ("acc-7", "A"), ("acc-1", "C")))
    reading = read(issue(row, said=[comment(1, 2)], creator=ADA))
    assert [each[1] for each in told(reading, Message)] == ["agent", "agent"]
    assert first(reading)["requester"] == "acc-7"


# ---- comments


@pytest.mark.parametrize(
    ("marks", "public"),
    [
        ({"jsdPublic": False}, False),
        ({"jsdPublic": True, "visibility": {"type": "role", "value": "Agents"}}, False),
        ({"jsdPublic": None, "properties": [
            {"key": "sd.public.comment", "value": {"internal": True}}]}, False),
        ({"jsdPublic": None, "public": True}, True),
    ],
)  # fmt: skip
def test_who_can_read_a_comment(marks, public):
    reading = read(issue(said=[comment(1, 1, **marks)]))
    assert told(reading, Message)[1][3] is public
    assert not codes(reading)


def test_a_comment_that_does_not_say_who_can_read_it_is_public_and_a_finding():
    row = comment(1, 1)
    del row["jsdPublic"]
    reading = read(issue(said=[row]))
    assert told(reading, Message)[1][3] is True
    assert codes(reading) == {"visibility_untold": 1}


def test_of_two_editions_of_a_comment_the_later_holds():
    late = comment(1, 1, jsdPublic=False, updated=stamp(9))
    page = {"self": "https://x/rest/api/3/issue/HELP-1/comment", "total": 1, "comments": [late]}
    for payload in ([issue(said=[comment(1, 1)]), page], [page, issue(said=[comment(1, 1)])]):
        assert told(read(payload), Message)[1][3] is False


# ---- webhooks


def calls():
    row = issue(status="To Do", updated=stamp(0))
    later = issue(status="In Progress", updated=stamp(1))
    return [
        hook("jira:issue_created", 0, row, CLEO),
        hook("jira:issue_updated", 1, later, changelog={
            "id": "11", "items": [moved("To Do", "In Progress")]}),
        hook("comment_created", 2, {"id": "1", "key": "HELP-1"}, comment=comment(1, 2)),
        hook("comment_updated", 3, {"id": "1", "key": "HELP-1"},
             comment=comment(1, 2, updated=stamp(3))),
        hook("jira:issue_deleted", 4, later, BO),
    ]  # fmt: skip


def test_webhooks_tell_a_whole_issue():
    reading = read(calls())
    assert told(reading) == [
        (1, "agent", "acc-7", "status=In Progress"), (4, "agent", "acc-8", "status=deleted")
    ]  # fmt: skip
    assert told(reading, Message) == [(0, "customer", "acc-1", True), (2, "agent", "acc-7", True)]
    assert not reading.incomplete
    assert replay(reading.events).status.category == "void"


def test_webhooks_without_the_creation_or_a_change_are_cut():
    assert read(calls()[1:]).incomplete == {"HELP-1": "no_creation"}
    gap = calls()
    gap[1]["changelog"]["items"] = [moved("Waiting for customer", "In Progress")]
    assert read(gap).incomplete == {"HELP-1": "cut_history"}
    assert read([gap[0], gap[2], gap[4]]).incomplete == {"HELP-1": "cut_history"}


def test_a_change_of_a_webhook_and_of_the_changelog_is_one():
    row = issue(change(11, 1, moved("To Do", "In Progress")), status="In Progress")
    late = calls()[:2]
    late[1]["timestamp"] += 900
    page = {"self": "https://x/rest/api/3/issue/HELP-1/changelog", "total": 1,
            "values": row["changelog"]["histories"]}  # fmt: skip
    assert read([*late, page]).events == read([row, *late]).events == read([*late, row]).events
    assert [each.at for each in read([*late, row]).events if isinstance(each, Changed)] == [
        BEGUN + timedelta(hours=1)
    ]


def test_other_webhooks_are_counted():
    assert read(
        [*calls(), {"webhookEvent": "user_created", "timestamp": 1, "user": {}}]
    ).left_out == {"webhook user_created": 1}


def test_time_that_was_spent():
    row = {"id": "7", "issueId": "1", "author": ADA, "timeSpentSeconds": 1800,
           "started": stamp(-5), "updated": stamp(1)}  # fmt: skip
    reading = read([issue(), {"webhookEvent": "worklog_created", "timestamp": 1, "worklog": row}])
    worked = [event for event in reading.events if isinstance(event, Worked)]
    assert [(each.at, each.role, each.duration) for each in worked] == [
        (BEGUN, "agent", timedelta(minutes=30))
    ]


# ---- lists, figures, ratings


def test_an_issue_without_a_changelog_is_a_row_of_a_list():
    row = issue(status="Done", resolutiondate=stamp(5), said=[comment(1, 1)])
    del row["changelog"]
    reading = read({"issues": [row]})
    assert codes(reading) == {"list_export": 1}
    assert reading.events[0].basis == reading.events[-1].basis == "snapshot"
    assert first(reading)["status"] == Status("new", "new")
    assert told(reading) == [(5, "third_party", None, "status=Done")]
    assert kpi.facts_of(reading.events, as_of=reading.last).snapshot
    assert not reading.incomplete
    del row["fields"]["resolutiondate"]
    assert codes(read(row)) == {"list_export": 1, "since_unknown": 1}


def test_requests_as_their_customers_see_them_are_a_list():
    request = {
        "issueId": "1", "issueKey": "HELP-1", "requestTypeId": "11", "reporter": CLEO,
        "createdDate": {"epochMillis": millis(0)},
        "currentStatus": {"status": "Resolved", "statusCategory": "DONE",
                          "statusDate": {"epochMillis": millis(3)}},
    }  # fmt: skip
    reading = read({"size": 1, "isLastPage": True, "values": [request]})
    assert told(reading) == [(3, "third_party", None, "status=Resolved")]
    assert reading.events[0].actor == "acc-1"


def cycle(start, stop, *, elapsed, breached=False):
    return {"startTime": {"epochMillis": millis(start)}, "stopTime": {"epochMillis": millis(stop)},
            "breached": breached, "elapsedTime": {"millis": elapsed}}  # fmt: skip


def test_cycles_of_an_sla_are_stated_and_agree():
    stated = {f.native: (f.agrees, f.cause) for f in check_stated(read(CASE, OWN))}
    assert stated["Time to first response, cycle 1: stopTime"] == (True, "")
    assert stated["Time to resolution, cycle 1: stopTime"] == (True, "")
    assert stated["Time to resolution, cycle 2: stopTime"] == (True, "")
    always = BusinessCalendar.always()
    lengths = {f.native: f for f in check_stated(read(CASE, OWN), always) if "elapsed" in f.native}
    assert [f.agrees for f in lengths.values()] == [True, True]
    assert lengths["Time to resolution: elapsedTime"].theirs == timedelta(hours=6, minutes=20)


def test_an_sla_of_its_own_answer_in_another_language():
    sla = {"self": "https://x/rest/servicedeskapi/request/HELP-1/sla", "values": [
        {"id": "1", "name": "Zeit zur Lösung", "completedCycles": [cycle(0, 5, elapsed=60_000)],
         "_links": {"self": "https://x/rest/servicedeskapi/request/1/sla/1"}},
        {"id": "9", "name": "Time to close", "ongoingCycle": {"paused": True}},
    ]}  # fmt: skip
    reading = read([sla, issue()])
    assert [(f.name, f.value) for f in reading.stated["HELP-1"]] == [
        ("first_solved", BEGUN + timedelta(hours=5)), ("within_resolution", 1),
        ("requester_wait", timedelta(minutes=1)),
    ]  # fmt: skip
    assert reading.left_out == {"SLA Time to close": 1}


def test_a_rating_needs_its_date():
    answer = {"type": "csat", "rating": 4, "comment": {"body": "secret"}}
    payload = {"issue": issue(), "feedback": answer}
    reading = read(payload)
    assert codes(reading) == {"rating_untimed": 1}
    payload["issue"]["fields"]["customfield_9"] = stamp(50)
    named = {**payload, "names": {"customfield_9": "Satisfaction date"}}
    for reading in (read(payload, Account(rated_field="customfield_9")), read(named)):
        rated = reading.events[-1]
        assert isinstance(rated, Rated)
        assert (rated.score, rated.scale, rated.actor) == (4, (1, 5), "acc-1")
        assert "secret" not in whole(reading)


@pytest.mark.parametrize(
    "value", ["L2", {"value": "L2", "id": "9"}, [{"name": "L2"}], {"title": "L2"}]
)
def test_the_group_is_a_field_that_the_account_names(value):
    payload = {"issues": [issue(customfield_10050=value)], "names": {"customfield_10050": "Team"}}
    for account in (OWN, Account(group_field="Team", lines={"L2": 2})):
        begun = first(read(payload, account))
        assert (begun["group"], begun["line"]) == ("L2", 2)


def test_a_field_that_no_issue_has_is_a_finding():
    assert codes(read(issue(), OWN)) == {"no_field": 1}


# ---- what is refused, and what is left out


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"errorMessages": ["Issue does not exist or you do not have permission to see it."],
          "errors": {}}, ["do not have permission", "check the key"]),
        ({"errorMessages": [], "errors": {"jql": "Field 'x' does not exist"}}, ["does not exist"]),
        ({"message": "Client must be authenticated to access this resource.", "status-code": 401},
         ["authenticated", "check the token"]),
        ({"errorMessage": "Sorry, not found", "i18nErrorMessage": {}}, ["not found"]),
        ({"errorMessages": [], "errors": {}}, ["says nothing"]),
        ({"rows": []}, ["rows", "expand=changelog"]),
    ],
)  # fmt: skip
def test_what_holds_no_issues_is_refused_with_a_remedy(payload, words):
    with pytest.raises(AdapterError) as refused:
        read(payload)
    for word in words:
        assert word in str(refused.value)


def test_one_broken_item_touches_its_own_event_alone():
    rows = [
        change(1, 1, moved("To Do", "In Progress")),
        change(2, 2, None, moved("In Progress", "Done")),
    ]
    said = [comment(1, 1), None, {**comment(2, 2), "created": "yesterday"}]
    reading = read(issue(*rows, said=said))
    assert len(told(reading)) == 2
    assert len(told(reading, Message)) == 2
    assert codes(reading)["unreadable"] == 3


def test_the_shared_account_serves_too():
    assert read(issue(), Shared(roles={"acc-1": "customer"})).events


def test_files_are_read_strictly_unless_asked(tmp_path):
    path = tmp_path / "HELP-1.json"
    path.write_text(json.dumps(issue(change(1, 1, moved("To Do", "Done")), total=9)))
    with pytest.raises(IncompleteLog, match="HELP-1"):
        read_files(path)
    assert read_files(path, lenient=True).incomplete == {"HELP-1": "cut_history"}


def test_a_table_is_read_under_the_same_name():
    table = DATA / "vendors/jira/issues_export.csv"
    assert read_files(table, "jira", Account(tz="America/New_York")).events


# ---- laws


def pieces(seed):
    """The case as pages of changes and comments, a few at a time, shuffled, overlapping."""
    rng = random.Random(seed)  # noqa: S311 - a seeded shuffle
    row = deepcopy(CASE["issue"])
    said = row["fields"].pop("comment")["comments"]
    rows = [each for page in CASE["changelog_pages"] for each in page["values"]]
    rng.shuffle(rows)
    rng.shuffle(said)
    where = "https://x/rest/api/3/issue/HELP-51"
    pages = [
        {
            "self": f"{where}/changelog?startAt={n}",
            "total": 9,
            "startAt": n,
            "values": rows[n : n + 4],
        }
        for n in range(0, len(rows), rng.randint(1, 4))
    ]
    pages += [
        {"self": f"{where}/comment", "total": 5, "comments": said[n : n + 3]}
        for n in range(0, 5, rng.randint(1, 3))
    ]
    documents = [row, *pages, *rng.sample(pages, 2)]
    rng.shuffle(documents)
    return documents


@given(st.integers(0, 10_000))
def test_order_overlap_and_pages_change_nothing(seed):
    whole = read(CASE, OWN)
    reading = read(pieces(seed), OWN)
    assert reading.events == whole.events
    assert reading.left_out == whole.left_out
    assert codes(reading) == codes(whole)


PLACES = [path for path in places(CASE) if path[0] != "issue" or "comment" in path]


@given(st.sampled_from(PLACES), st.sampled_from([..., None, 7, "Geheim zq@example.com", [], {}]))
def test_what_is_broken_in_one_change_or_comment_touches_no_other(path, value):
    payload = deepcopy(CASE)
    mangled(payload, path, value)
    step = item("status", ("71", "First"), ("72", "Second"))
    other = issue(change(90, 1, step, by=BO), key="HELP-2", number="2")
    alone = read(other, OWN).events
    reading = read([{"bundle": payload}, other], OWN)
    assert tuple(e for e in reading.events if e.ticket_id == "HELP-2") == alone
    assert any(e.ticket_id == "HELP-51" and isinstance(e, Created) for e in reading.events)


def test_nothing_is_written_into_the_payload_and_events_are_sound():
    payload, before = deepcopy(CASE), deepcopy(CASE)
    for event in read(payload, OWN).events:
        assert attrs.evolve(event) == event
    assert payload == before
