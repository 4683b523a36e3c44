"""GitHub: timelines, webhooks and lists of issues become the same events."""

import json
import random
from copy import deepcopy

import attrs
import pytest
from adapters.scenario import DATA, FACTS, Words, bare, facts_of
from conformance import vendors
from hypothesis import given
from hypothesis import strategies as st
from whole import whole

from support_model.adapters import Account, github
from support_model.adapters.github import read, recognized
from support_model.errors import AdapterError, UnknownVendorValue
from support_model.events import Changed, Created, Message, Rated
from support_model.vocabulary import Priority, Status

CASES = list(vendors.cases(DATA / "vendors" / "github"))
HIGH = Priority("high", 2)
ADA, CLEO = {"login": "ada", "type": "User"}, {"login": "cleo", "type": "User"}
ACCOUNT = Account(roles={"ada": "agent"}, priorities={"prio:high": HIGH})


def stamp(minute):
    return f"2026-03-02T{9 + minute // 60:02}:{minute % 60:02}:00Z"


def issue(**more):
    return {
        "number": 7,
        "state": "open",
        "user": CLEO,
        "created_at": stamp(0),
        "title": "Geheim",
        "body": "Geheim",
        **more,
    }


def act(native, minute, kind, actor=ADA, **more):
    return {"id": native, "event": kind, "created_at": stamp(minute), "actor": actor, **more}


def comment(native, minute, user=ADA, side="MEMBER", **more):
    more = {"user": user, "author_association": side, "body": "Geheim", **more}
    return act(native, minute, "commented", user, updated_at=stamp(minute), **more)


def hook(action, minute, sender=ADA, **more):
    return {"action": action, "issue": issue(updated_at=stamp(minute)), "sender": sender, **more}


def bundle(*timeline, **more):
    return {"issue": issue(**more), "timeline": [*timeline]}


def unnumbered(event):
    return attrs.evolve(event, seq=None)


def told(reading):
    found = []
    for event in reading.events:
        what = event.type
        if isinstance(event, Changed):
            what = ", ".join(f"{n}={getattr(v, 'name', v)}" for n, v in event.fields)
        minute = (event.at.hour - 9) * 60 + event.at.minute
        found.append((minute, event.role, what))
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_cases(case):
    assert vendors.run(case) is None
    assert vendors.remarks() == []


def test_the_scenario_that_all_systems_tell():
    waiting, closed = Status("waiting", "pending"), Status("closed", "closed")
    opened = Status("open", "open")
    account = Account(
        priorities={"priority: normal": Priority("normal", 3), "priority: high": HIGH},
        statuses={"status: waiting-for-reporter": waiting},
        groups={"line: L1": "L1", "line: L2": "L2"},
        lines={"L1": 1, "L2": 2},
    )
    value = json.loads((DATA / "constructed_A_issue_timeline.json").read_text("utf-8"))
    reading = read(value, account)
    words = Words(
        ticket="1001",
        statuses={
            "new": opened, "open": opened, "pending": waiting, "solved": closed, "closed": closed
        },
        priorities={"normal": Priority("normal", 3), "high": HIGH},
        people={"501": "cust", "11": "anna", "12": "boris", "-1": "bot"},
        groups={"L1": "L1", "L2": "L2"},
        channel="web",
        score=5,
        scale=(1, 5),
    )  # fmt: skip
    expected = [bare(event) for event in words.events()]
    kept = [event for event in expected if not isinstance(event, Rated | Changed)]
    kept = [event for event in kept if not (isinstance(event, Message) and not event.public)]
    same = [bare(event) for event in reading.events if not isinstance(event, Changed)]
    assert same == kept  # no ratings and no notes in GitHub
    changes = [event for event in expected if isinstance(event, Changed)]
    assert [bare(e).at for e in reading.events if isinstance(e, Changed)] == [
        e.at
        for e in changes[:-1]  # the last closes what is closed
    ]
    rated = [event for event in words.events() if isinstance(event, Rated)]
    facts = facts_of(sorted([*map(unnumbered, reading.events), *rated], key=lambda e: e.at))
    assert facts | {"internal_notes": 1} == FACTS
    assert (reading.findings, reading.unknown, reading.left_out) == ((), {}, {})


def test_labels_and_assignees_say_what_holds_last():
    high = {"label": {"name": "prio:high"}}
    reading = read(
        bundle(
            act(1, 1, "labeled", **high),
            act(2, 2, "labeled", label={"name": "bug"}),
            act(3, 3, "assigned", assignee=ADA),
            act(4, 4, "assigned", assignee={"login": "bo"}),
            act(5, 5, "unassigned", assignee={"login": "bo"}),
            act(6, 6, "unlabeled", **high),
        ),
        ACCOUNT,
    )
    assert told(reading)[2:] == [
        (1, "agent", "priority=high"),
        (3, "agent", "agent=ada"),
        (4, "agent", "agent=bo"),
        (5, "agent", "agent=ada"),
        (6, "agent", "priority=None"),
    ]
    assert reading.left_out == {"label bug": 1}


def test_what_is_taken_off_and_was_never_put_on_was_there_at_first():
    timeline = (
        act(1, 5, "unlabeled", label={"name": "prio:high"}),
        act(2, 6, "unassigned", assignee=ADA),
    )
    reading = read(bundle(*timeline), ACCOUNT)
    fields = dict(reading.events[0].fields)
    assert (fields["priority"], fields["agent"]) == (HIGH, "ada")


def test_a_label_of_a_status_holds_while_the_issue_is_open():
    account = Account(roles={"ada": "agent"}, statuses={"wait": Status("wait", "pending")})
    wait = {"label": {"name": "wait"}}
    timeline = [act(1, 1, "labeled", **wait), act(2, 2, "closed"), act(3, 3, "reopened")]
    timeline.append(act(4, 4, "unlabeled", **wait))
    names = [what for *_, what in told(read(bundle(*timeline), account))[2:]]
    assert names == ["status=wait", "status=closed", "status=wait", "status=open"]


def test_who_is_who():
    timeline = [
        comment(1, 1),
        comment(2, 2, {"login": "guest"}, "NONE"),
        comment(3, 3, CLEO, "OWNER"),
        comment(4, 4, {"login": "helper[bot]"}, "NONE"),
        comment(5, 5, None, "NONE"),
        comment(6, 6, {"login": "ghost"}, "NONE"),
        act(7, 7, "closed", {"login": "stranger"}),
    ]
    with pytest.warns(UnknownVendorValue):
        reading = read(bundle(*timeline, state="closed"))
    roles = [role for _, role, _ in told(reading)[2:]]
    third = "third_party"
    assert roles == ["agent", third, "customer", "system", third, third, third]
    assert reading.unknown == {("user", "stranger"): 1}


def test_reasons_of_closing():
    def closed(reason, account=ACCOUNT):
        reading = read(bundle(act(1, 1, "closed", state_reason=reason), state="closed"), account)
        return dict(reading.events[-1].fields)["status"]

    assert closed("completed") == closed(None) == Status("closed", "closed")
    assert closed("not_planned") == Status("not planned", "closed")
    own = Account(statuses={"not_planned": Status("dropped", "void")}, roles={"ada": "agent"})
    assert closed("not_planned", own).category == "void"


def test_pull_requests_are_no_tickets():
    reading = read([bundle(comment(1, 1)), {**bundle()["issue"], "number": 8, "pull_request": {}}])
    assert {event.ticket_id for event in reading.events} == {"7"}
    assert reading.left_out == {"pull request": 1}


def test_webhooks_without_the_opening_are_cut():
    reading = read([hook("assigned", 5, assignee=ADA)])
    assert reading.incomplete == {"7": "no_creation"}
    assert reading.events[0].basis == "snapshot"
    assert read([hook("opened", 0, CLEO), hook("assigned", 5, assignee=ADA)]).incomplete == {}


def test_a_full_page_of_a_timeline_may_not_be_all():
    timeline = [comment(n, 1) for n in range(1, 101)]
    assert read(bundle(*timeline)).incomplete == {"7": "full_page"}
    assert read([bundle(*timeline), bundle(comment(200, 2))]).incomplete == {}
    assert read(bundle(comment(1, 1), state="closed")).incomplete == {"7": "cut_history"}


def test_a_timeline_beside_its_issue_alone():
    timeline = [comment(1, 1), act(2, 2, "closed")]
    closed = issue(state="closed")
    assert read([closed, timeline], ACCOUNT).events == read(
        {"issue": closed, "timeline": timeline}, ACCOUNT
    ).events  # fmt: skip
    with pytest.raises(AdapterError, match="timeline"):
        read(timeline)


def test_what_tells_no_history_is_refused_and_errors_are_named():
    with pytest.raises(AdapterError, match="gh issue list"):
        read([issue(comments=2)])
    body = {
        "message": "Not Found",
        "documentation_url": "https://docs.github.com",
        "status": "404",
    }
    with pytest.raises(AdapterError, match="may read its issues"):
        read(body)
    limit = {**body, "message": "API rate limit exceeded for user"}
    with pytest.raises(AdapterError, match="X-RateLimit-Reset"):
        read(limit)


def test_recognized_by_what_it_holds():
    assert recognized(hook("opened", 0)) == "a webhook: action is opened"
    assert recognized(bundle())
    assert recognized([act(1, 1, "closed")])
    for other in (
        {},
        [],
        {"action": "opened"},
        {"number": 7, "state": "open"},
        {"event": "closed"},
    ):
        assert recognized(other) == ""


PAYLOADS = {
    case.id: json.loads(case.data["path"].read_text("utf-8"))
    for case in CASES
    if case.data["path"].suffix == ".json"
}


@pytest.mark.filterwarnings("ignore:github")
@pytest.mark.parametrize("name", PAYLOADS)
@given(seed=st.integers(0, 2**32))
def test_order_and_repetition_say_nothing(name, seed):
    items, rng = list(PAYLOADS[name]), random.Random(seed)  # noqa: S311 - the draw is Hypothesis's
    whole = read(items, ACCOUNT)
    mixed = [*items, *deepcopy(rng.sample(items, rng.randint(0, len(items))))]
    rng.shuffle(mixed)
    other = read(mixed, ACCOUNT)
    assert (other.events, other.incomplete, other.left_out) == (
        whole.events, whole.incomplete, whole.left_out
    )  # fmt: skip


def test_no_text_is_in_a_reading():
    reading = github.read(
        [bundle(comment(1, 1)), hook("edited", 3, comment=comment(1, 2))], ACCOUNT
    )
    assert isinstance(reading.events[0], Created)
    assert "Geheim" not in whole(reading)
