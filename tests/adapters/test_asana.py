"""Asana: tasks and their stories, in the words of one project and broken in many ways."""

import json
import random
import warnings
from copy import deepcopy
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from adapters import scenario
from adapters.scenario import DATA, SAMPLES, Words, bare
from conformance.vendor_accounts.asana import account as stated
from whole import whole

from support_model.adapters import EVERY, Page
from support_model.adapters.asana import (
    OPT_FIELDS,
    PRIORITIES,
    Account,
    read,
    read_tables,
    recognized,
    refuse_table,
)
from support_model.errors import AdapterError
from support_model.events import Changed, Created, Message, Related
from support_model.tickets import replay
from support_model.vocabulary import Status

CASE = DATA / "vendors" / "asana" / "task_with_stories.json"
DOCUMENT = json.loads(CASE.read_text("utf-8"))
TASK, STORIES = DOCUMENT["task"], DOCUMENT["stories"]
CONFIG = json.loads(CASE.with_name(f"{CASE.name}.expected.json").read_text("utf-8"))["config"]
OWN = stated(CONFIG)
NEW, OPEN, PENDING, SOLVED, CLOSED = (
    Status(name, name) for name in ("new", "open", "pending", "solved", "closed")
)
SECTIONS = {"snew": NEW, "sopen": OPEN, "spending": PENDING, "ssolved": SOLVED, "sclosed": CLOSED}
SAMPLE = Account(
    project=77,
    statuses=SECTIONS,
    lines={"L1": 1, "L2": 2},
    roles={9011: "agent", 9012: "agent"},
    internal_prefix="[internal]",
)
WORDS = Words(
    ticket="1001",
    statuses={status.name: status for status in SECTIONS.values()},
    priorities={"normal": PRIORITIES["Normal"], "high": PRIORITIES["High"]},
    people={"501": "9501", "11": "9011", "12": "9012", "-1": "-1"},
    groups={"L1": "L1", "L2": "L2"},
    channel="web",
    score=None,
    scale=(),
)


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def sample(name):
    path = SAMPLES / "asana" / name
    if not path.exists():
        pytest.skip("the samples are not here")
    return json.loads(path.read_text("utf-8"))


def task(**more):
    return {
        "gid": "3001",
        "resource_type": "task",
        "created_at": "2026-03-02T09:00:00.000Z",
        "created_by": {"gid": "91"},
        "memberships": [section_now("s1", "Inbox")],
        **more,
    }


def section_now(gid, name, project="77"):
    return {"project": {"gid": project}, "section": {"gid": gid, "name": name}}


def story(kind, number=1, *, by="98", at="10:00:00", **more):
    return {
        "gid": f"{12000 + number}",
        "resource_type": "story",
        "created_at": f"2026-03-02T{at}.000Z",
        "created_by": None if by is None else {"gid": by},
        "resource_subtype": kind,
        "type": "comment" if kind == "comment_added" else "system",
        "text": "prose in any language",
        "target": {"gid": "3001"},
        **more,
    }


def move(old, new, number=1, **more):
    sides = {"old_section": {"gid": old}, "new_section": {"gid": new}}
    return story("section_changed", number, **sides, **more)


def told(*stories, account=OWN, of=None):
    events = read({"task": task() if of is None else of, "stories": list(stories)}, account).events
    return [event for event in events if not isinstance(event, Created)]


def fields(event):
    return dict(event.fields)


def statuses(events):
    return [
        (f"{event.at:%H:%M:%S}", fields(event)["status"].name)
        for event in events
        if isinstance(event, Changed) and "status" in fields(event)
    ]


def test_the_scenario_comes_out_as_expected(monkeypatch):
    rows = [row for row in scenario.NEUTRAL if "satisfaction" not in row["event_type"]]
    monkeypatch.setattr(scenario, "NEUTRAL", [rows[0], *rows[2:]])  # the creation has no message
    path = DATA / "vendors" / "asana" / "constructed_A_task_stories.json"
    reading = read(json.loads(path.read_text("utf-8")), SAMPLE)
    assert [bare(event) for event in reading.events] == WORDS.events()
    assert reading.unknown == reading.incomplete == {}
    assert {name.split()[0] for name in reading.left_out} <= {
        "marked_complete",
        "marked_incomplete",
    }


def test_what_the_project_does_not_tell_is_counted():
    reading = read(DOCUMENT, OWN)
    assert reading.left_out == {
        "section_changed of another project": 1,
        "marked_complete that says no more than section_changed": 1,
        "section_changed that says no more than marked_incomplete": 1,
        "dependency_marked_incomplete": 1,
        "due_date_changed": 1,
        "a_subtype_of_2027": 1,
    }
    assert reading.unknown == {("kind of story", "a_subtype_of_2027"): 1}


@pytest.mark.parametrize("seed", range(6))
def test_order_overlap_and_pages_change_nothing(seed):
    rng = random.Random(seed)  # noqa: S311 - a seeded shuffle
    once = read(DOCUMENT, OWN)
    stories = deepcopy(STORIES)
    rng.shuffle(stories)
    first, second = sorted(rng.sample(range(len(stories)), 2))
    pages = [
        {"data": TASK},
        {"data": stories[:second], "next_page": {"offset": "eyJ0", "path": "/tasks/3001/stories"}},
        {"data": stories[first:], "next_page": None},
    ]
    rng.shuffle(pages)
    apart = [{**TASK, "stories": stories}]
    for payload in (pages, [Page(f"{n}.json", page) for n, page in enumerate(pages)], apart):
        again = read(payload, OWN)
        assert again.events == once.events
        assert (again.left_out, again.unknown, again.incomplete) == (
            once.left_out, once.unknown, {},
        )  # fmt: skip


def test_the_last_page_that_is_not_there_cuts_the_task():
    page = {"data": STORIES[:9], "next_page": {"offset": "eyJ0"}}
    reading = read([{"data": TASK}, page], OWN)
    assert reading.incomplete == {"3001": "more_pages"}
    assert reading.events[0].basis == "snapshot"
    tasks = read([{"data": [{**TASK, "stories": STORIES}], "next_page": {"offset": "x"}}], OWN)
    assert tasks.incomplete == {EVERY: "more_pages"}


def test_stories_of_a_task_that_is_not_there_begin_with_the_first():
    reading = read({"data": STORIES}, OWN)
    created = reading.events[0]
    assert (created.basis, created.role, created.actor) == ("snapshot", "third_party", None)
    assert reading.incomplete == {"3001": "no_creation"}


def test_a_section_and_a_completion_within_seconds_say_one_thing():
    done = story("marked_complete", 3, at="11:00:00")
    both = [
        [move("s1", "s4", 1, at="10:59:58"), done],
        [done, move("s1", "s4", 4, at="11:00:02", by=None)],
    ]
    assert [statuses(told(*each)) for each in both] == [
        [("10:59:58", "solved")], [("11:00:00", "solved")],
    ]  # fmt: skip
    again = story("marked_incomplete", 6, at="12:00:00")
    for near in (
        [again, move("s4", "s2", 7, at="12:00:01")],
        [move("s4", "s2", 5, at="11:59:57"), again],
    ):
        first = min(each["created_at"][11:19] for each in near)
        assert statuses(told(*both[0], *near)) == [("10:59:58", "solved"), (first, "open")]


def test_a_completed_task_stays_so_wherever_it_is_moved():
    acts = [story("marked_complete", 2, at="10:00:00"), move("s1", "s2", 3, at="11:00:00")]
    assert statuses(told(*acts)) == [("10:00:00", "solved")]
    later = story("marked_incomplete", 4, at="12:00:00")
    assert statuses(told(*acts, later)) == [("10:00:00", "solved"), ("12:00:00", "open")]


def test_a_completion_without_a_section_has_a_status_of_its_own():
    own = Account(project=77, roles={98: "agent"})
    acts = [story("marked_complete", 2), story("marked_incomplete", 3, at="11:00:00")]
    (first, second) = told(*acts, account=own, of=task(memberships=[]))
    assert [fields(each)["status"] for each in (first, second)] == [
        Status("complete", "solved"), Status("incomplete", "open"),
    ]  # fmt: skip


def test_nothing_returns_to_new():
    acts = [story("marked_complete", 2), story("marked_incomplete", 3, at="11:00:00")]
    inbox = task(memberships=[section_now("s1", "Inbox")])
    assert statuses(told(*acts, of=inbox)) == [("10:00:00", "solved"), ("11:00:00", "open")]


def test_a_settled_section_counts_without_a_completion():
    own = stated(CONFIG | {"sections": {"s1": "new", "s4": "solved", "s5": "closed"}})
    acts = [move("s1", "s4", 1), move("s4", "s5", 2, at="11:00:00")]
    assert statuses(told(*acts, account=own)) == [("10:00:00", "solved"), ("11:00:00", "closed")]


def test_a_section_is_of_the_project_of_the_one_that_was_left():
    here = task(memberships=[section_now("s1", "Inbox"), section_now("x3", "Sprint 3", "88")])
    acts = [
        move("x1", "x2", 1),
        move("x2", "x3", 2, at="11:00:00"),
        move("s1", "s2", 3, at="12:00:00"),
    ]
    reading = read({"task": here, "stories": acts}, OWN)
    assert statuses(reading.events) == [("12:00:00", "open")]
    assert reading.left_out == {"section_changed of another project": 2}
    named = Account(statuses={"s1": NEW, "s2": OPEN})
    assert statuses(read({"task": here, "stories": acts}, named).events) == [("12:00:00", "open")]
    nameless = read({"task": here, "stories": acts}, Account())
    assert [each.code for each in nameless.findings] == ["several_projects"]


def test_a_section_says_itself_which_project_it_is_of():
    acts = [
        story("section_changed", 1, old_section={"gid": "y1"},
              new_section={"gid": "y2", "name": "Doing", "project": {"gid": "77"}}),
        story("section_changed", 2, at="11:00:00", old_section={"gid": "y1"},
              new_section={"gid": "y3", "name": "Doing", "project": {"gid": "88"}}),
    ]  # fmt: skip
    reading = read({"task": task(memberships=[]), "stories": acts}, Account(project=77))
    assert statuses(reading.events) == [("10:00:00", "Doing")]


def test_tasks_of_other_projects_and_subtasks_are_no_tickets():
    other = task(gid="3002", memberships=[section_now("x1", "Sprint", "88")])
    below = task(gid="3003", memberships=[], parent={"gid": "3001"})
    line = task(gid="3004", is_rendered_as_separator=True)
    reading = read([{**each, "stories": []} for each in (task(), other, below, line)], OWN)
    assert [event.ticket_id for event in reading.events] == ["3001"]
    assert reading.left_out == {
        "task of another project": 1, "subtask": 1, "section between tasks": 1,
    }  # fmt: skip
    every = read([{**below, "stories": []}], Account())
    assert [(event.type, getattr(event, "other", None)) for event in every.events] == [
        ("created", None), ("related", "3001"),
    ]  # fmt: skip


def test_a_task_that_leaves_the_project_is_void_and_may_come_back():
    acts = [
        move("s1", "s2", 1),
        story("removed_from_project", 2, at="11:00:00", project={"gid": "77"}),
        story("added_to_project", 3, at="12:00:00", project={"gid": "77"}),
        story("removed_from_project", 4, at="13:00:00", project={"gid": "88"}),
    ]
    categories = [fields(each)["status"].category for each in told(*acts)]
    assert categories == ["open", "void", "open"]


def test_a_field_is_at_the_creation_what_its_first_change_calls_old_or_what_it_is_now():
    field = {"gid": "cf1", "name": "Priority"}
    now = task(
        custom_fields=[{**field, "display_value": "High"}, {"gid": "c2", "name": "Line",
                       "enum_value": {"gid": "o1", "name": "L2"}}],
        assignee={"gid": "97"},
    )  # fmt: skip
    own = Account(lines={"L2": 2})
    changed = story("enum_custom_field_changed", 1, custom_field=field,
                    old_enum_value={"gid": "e1", "name": "Low"},
                    new_enum_value={"gid": "e3", "name": "High"})  # fmt: skip
    reading = read({"task": now, "stories": [changed]}, own)
    created, priority = reading.events
    held = fields(created)
    assert (held["priority"].name, held["group"], held["line"], held["agent"]) == (
        "low", "L2", 2, "97",
    )  # fmt: skip
    assert fields(priority) == {"priority": PRIORITIES["High"]}
    assert [each.code for each in reading.findings] == ["as_now"]


def test_a_field_may_hold_the_status_and_then_sections_hold_none():
    own = Account(status_field="State", statuses={"Asked": PENDING, "s2": OPEN})
    state = story("enum_custom_field_changed", 1, custom_field={"gid": "f", "name": "State"},
                  old_enum_value=None, new_enum_value={"gid": "o", "name": "Asked"})  # fmt: skip
    events = told(state, move("s1", "s2", 2, at="11:00:00"), account=own)
    assert statuses(events) == [("10:00:00", "pending")]


def test_other_fields_are_kept_only_if_the_account_says_so():
    changed = story("enum_custom_field_changed", custom_field={"gid": "f", "name": "Site"},
                    old_enum_value=None, new_enum_value={"gid": "o", "name": "Oslo"})  # fmt: skip
    assert read({"task": task(), "stories": [changed]}, OWN).left_out == {"field Site": 1}
    (kept,) = told(changed, account=Account(keep=["Site"]))
    assert fields(kept) == {"custom.Site": "Oslo"}


def test_people_and_rules():
    acts = [
        story("comment_added", 1, by=None, at="10:00:00", text="We received it"),
        story("comment_added", 2, by="91", at="10:01:00", text="[internal] by the customer"),
        story("comment_added", 3, by="97", at="10:02:00", text="[Internal] by staff"),
        story("comment_added", 4, by="555", at="10:03:00"),
    ]
    reading = read({"task": task(), "stories": acts}, OWN)
    messages = [event for event in reading.events if isinstance(event, Message)]
    assert [(each.role, each.actor, each.public) for each in messages] == [
        ("system", "-1", True), ("customer", "91", True), ("agent", "97", False),
        ("third_party", "555", True),
    ]  # fmt: skip
    assert reading.unknown == {("user", "555"): 1}


def test_a_task_by_staff_has_no_requester_and_one_by_nobody_known_begins_with_its_first_story():
    (created,) = read({"task": task(created_by={"gid": "97"}), "stories": []}, OWN).events
    assert (created.role, fields(created).get("requester")) == ("agent", None)
    first = story("added_to_project", 1, by="91", at="09:00:02", project={"gid": "77"})
    nobody = {**task(), "created_by": None}
    (created,) = read({"task": nobody, "stories": [first]}, OWN).events
    assert (created.role, fields(created)["requester"]) == ("customer", "91")
    (created,) = read({"task": nobody, "stories": []}, OWN).events
    assert (created.role, created.actor) == ("third_party", None)


def test_a_duplicate_and_an_approval():
    acts = [
        story("marked_duplicate", 1, duplicate_of={"gid": "2999"}),
        story("approval_status_changed", 2, at="11:00:00", new_approval_status="approved"),
    ]
    related, approved = told(*acts)
    assert isinstance(related, Related)
    assert (related.kind, related.other) == ("duplicate", "2999")
    assert fields(approved)["status"].category == "solved"


def test_an_export_without_stories_tells_present_values():
    now = task(
        completed=True, completed_at="2026-03-03T11:00:00.000Z", created_by=None,
        memberships=[section_now("s4", "Done")], assignee={"gid": "98"},
    )  # fmt: skip
    reading = read({"data": [now, task(gid="3002", completed=False)]}, OWN)
    created, solved, other = reading.events
    assert {event.basis for event in reading.events} == {"snapshot"}
    assert (fields(created)["status"], "agent" in fields(created)) == (NEW, False)
    assert (solved.at, fields(solved)["status"]) == (datetime(2026, 3, 3, 11, tzinfo=UTC), SOLVED)
    assert other.ticket_id == "3002"
    (listed,) = reading.findings
    assert (listed.code, listed.tickets) == ("list_export", ("3001", "3002"))


def test_a_completion_that_no_story_tells_has_its_own_stamp():
    now = task(completed=True, completed_at="2026-03-03T11:00:00.000Z", completed_by={"gid": "98"})
    (solved,) = told(of=now)
    assert (solved.actor, solved.role, solved.basis) == ("98", "agent", "snapshot")


def test_a_broken_story_harms_no_other_task():
    other = {**task(gid="3002"), "stories": [story("marked_complete", 9, target={"gid": "3002"})]}
    whole = read([other], OWN).events
    for bad in (
        None,
        7,
        {"gid": "1", "type": "system"},
        {"gid": 5, "resource_subtype": "assigned"},
    ):
        reading = read([{"task": task(), "stories": [bad]}, other], OWN)
        assert [event for event in reading.events if event.ticket_id == "3002"] == [*whole]
        assert [each.code for each in reading.findings] == ["unreadable"]


def stripped(each):
    kept = ("gid", "resource_type", "created_at", "created_by", "type", "text", "resource_subtype")
    return {key: each[key] for key in kept if key in each}


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"task": TASK, "stories": [stripped(each) for each in STORIES]},
         ("text alone", f"opt_fields={OPT_FIELDS}")),
        ({"data": [{"gid": gid, "type": "system", "text": "moved"} for gid in "12"]},
         ("no resource_subtype",)),
        ({"events": [{"action": "changed", "resource": {"gid": "3001"}}]},
         ("events without content", "/tasks/{gid}/stories")),
        ({"data": [{"action": "added"}], "sync": "de4774f6915eae04714ca93bb2f5ee81"},
         ("events without content",)),
        ({"errors": [{"message": "task: Not a recognized ID: 12", "help": "For more"}]},
         ("Not a recognized ID", "an error of the interface")),
        ({"data": []}, ("no tasks and no stories", "opt_fields")),
        ({"data": {"gid": "77", "resource_type": "project"}}, ("no tasks and no stories",)),
    ],
)  # fmt: skip
def test_what_tells_no_history_is_refused_with_the_remedy(payload, words):
    with pytest.raises(AdapterError) as caught:
        read(payload, OWN)
    assert all(each in str(caught.value) for each in words)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (["Task ID", "Created At", "Completed At"], "dates without times"),
        (["Aufgaben-ID", "Erstellt am"], "dates without times"),
        (["id", "created_at", "target_id", "text", "type"], "text alone"),
        (["id", "assignee_id", "completed_at", "created_at", "name"], "no history"),
    ],
)
def test_tables_are_refused_with_the_reason(header, words):
    with pytest.raises(AdapterError, match=words):
        read_tables({"export.csv": [header, ["1", "2026-03-02", "", "", ""]]})


def test_no_text_and_no_name_is_in_the_reading():
    said = whole(read(DOCUMENT, OWN))
    for word in ("Scanner", "Cleo", "Ada", "Bo Reed", "same part", "prose", "Which floor"):
        assert word not in said


def test_real_payloads_are_read_and_what_is_unknown_is_explained():
    tasks = sample("tasks.json")
    reading = read(tasks, Account(roles={"1201075972474976": "agent"}))
    assert reading.unknown == {}
    assert {each.code for each in reading.findings} == {"as_now"}
    assert {event.ticket_id for event in reading.events} == {each["gid"] for each in tasks}
    redacted = read(sample("stream_examples.json"))  # its stamps are "redacted-timestamp"
    assert redacted.events == ()
    assert set(redacted.incomplete) == {"1205846055668625"}


def test_the_ticket_folds_to_the_present_state_of_the_task():
    ticket = replay(read(DOCUMENT, OWN).events)
    assert (ticket.category, ticket.agent, ticket.priority.name) == ("solved", "98", "high")


def test_a_table_is_refused_by_its_columns_and_no_other_is():
    with pytest.raises(AdapterError):
        refuse_table(["Task ID", "Created At", "Completed At"])
    refuse_table(["type", "ticket_id", "at"])


def test_the_first_change_of_a_field_says_what_it_was():
    names = [None, "Low", "High"]
    acts = [
        story(
            "enum_custom_field_changed",
            number,
            at=f"1{number}:00:00",
            custom_field={"gid": "cf1", "name": "Priority"},
            old_enum_value=old and {"gid": old, "name": old},
            new_enum_value={"gid": new, "name": new},
        )
        for number, (old, new) in enumerate(pairwise(names))
    ]
    events = read({"task": task(), "stories": acts}, OWN).events
    assert [fields(event).get("priority") for event in events] == [
        None, PRIORITIES["Low"], PRIORITIES["High"],
    ]  # fmt: skip


def test_sections_of_two_projects_may_have_the_same_names():
    here = task(memberships=[section_now("s1", "Inbox"), section_now("x4", "Doing", "88")])
    named = [{"gid": f"x{n}", "name": "Doing"} for n in range(5)]
    sides = [{"old_section": old, "new_section": new} for old, new in pairwise(named)]
    acts = [story("section_changed", n, at=f"1{n}:00:00", **each) for n, each in enumerate(sides)]
    own = Account(project=77, statuses={"Inbox": NEW, "Doing": OPEN})
    reading = read({"task": here, "stories": acts}, own)
    assert statuses(reading.events) == []
    assert reading.left_out == {"section_changed of another project": 4}


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (DOCUMENT, True),
        ({"data": STORIES, "next_page": None}, True),
        ([TASK], True),
        ({"events": [{"action": "changed", "resource": {"gid": "3001"}}]}, True),
        ({"data": [{"resource": {"gid": "1"}}], "sync": "de47"}, True),
        ({"events": [{"id": 1, "type": "Create"}]}, False),
        ({"data": [{"id": "7", "pages": []}]}, False),
    ],
)
def test_what_is_recognized(value, known):
    assert bool(recognized(value)) is known
