"""Trello: boards and their actions, in the words of one board and broken in many ways."""

import json
import random
import warnings
from copy import deepcopy
from datetime import UTC, datetime

import pytest
from adapters import scenario
from adapters.scenario import DATA, FACTS, SAMPLES, Words, bare, facts_of
from conformance.vendor_accounts.trello import account as stated
from whole import whole

from support_model.adapters import Page
from support_model.adapters.trello import Account, read, read_tables, recognized, refuse_table
from support_model.errors import AdapterError
from support_model.events import Created, Rated
from support_model.tickets import replay
from support_model.vocabulary import Priority, Status

BOARD = json.loads((DATA / "vendors" / "trello" / "board_export.json").read_text("utf-8"))
CONFIG = json.loads(
    (DATA / "vendors" / "trello" / "board_export.json.expected.json").read_text("utf-8")
)["config"]
OWN = stated(CONFIG)
CARD = "69a54380000000000000000b"
OLD = "6905be000000000000000007"
NEW, OPEN, PENDING, SOLVED, CLOSED = (
    Status(name, name) for name in ("new", "open", "pending", "solved", "closed")
)
PRIORITIES = {name: Priority(name, rank) for rank, name in enumerate(("high", "normal"), 2)}
LISTS = {"Inbox": NEW, "In progress": OPEN, "Waiting customer": PENDING, "Done": SOLVED}
SAMPLE = Account(
    statuses=LISTS | {"Archive": CLOSED},
    priorities={f"prio:{name}": priority for name, priority in PRIORITIES.items()},
    groups={"line:L1": "L1", "line:L2": "L2"},
    lines={"L1": 1, "L2": 2},
    roles={"m11": "agent", "m12": "agent"},
    bots=["m-1"],
    internal_prefix="[internal]",
)
WORDS = Words(
    ticket="600000000000000000001001",
    statuses={status.name: status for status in SAMPLE.statuses.values()},
    priorities=PRIORITIES,
    people={"501": "m501", "11": "m11", "12": "m12", "-1": "m-1"},
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


def sample():
    path = DATA / "vendors" / "trello" / "constructed_A_card_actions.json"
    return json.loads(path.read_text("utf-8"))


def action(kind, number=1, *, actor="m7", card="69a54380000000000000000b", at="08:00:00", **data):
    return {
        "id": f"{number:024x}",
        "idMemberCreator": actor,
        "type": kind,
        "date": f"2026-03-02T{at}.000Z",
        "data": {"card": {"id": card, **data.pop("card_is", {})}, **data},
    }


def told(*actions, account=OWN):
    events = read(list(actions), account).events
    return [event for event in events if not isinstance(event, Created)]


def born(**more):
    return action("createCard", 1, actor="m1", list={"id": "L0", "name": "Inbox"}, **more)


def fields(event):
    return dict(event.fields)


def test_the_scenario_comes_out_as_expected(monkeypatch):
    rows = [row for row in scenario.NEUTRAL if "satisfaction" not in row["event_type"]]
    monkeypatch.setattr(scenario, "NEUTRAL", [rows[0], *rows[2:]])  # the creation has no message
    reading = read(sample(), SAMPLE)
    assert [bare(event) for event in reading.events] == WORDS.events()
    assert reading.unknown == reading.left_out == reading.incomplete == {}


def test_the_facts_of_the_scenario_come_out_equal():
    events = read(sample(), SAMPLE).events
    facts = {name: value for name, value in FACTS.items() if "csat" not in name}
    found = facts_of([*events, _rated(events[-1])])
    assert {name: found[name] for name in facts} == facts


def _rated(last):
    return Rated(ticket_id=last.ticket_id, at=last.at, seq=99, role="customer", kind="csat",
                 score=1, scale=(0, 1))  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_order_overlap_and_pages_change_nothing(seed):
    rng = random.Random(seed)  # noqa: S311 - a seeded shuffle
    board = deepcopy(BOARD)
    once = read(BOARD, OWN)
    rng.shuffle(board["actions"])
    rng.shuffle(board["cards"])
    rest = {key: value for key, value in board.items() if key != "actions"}
    cuts = sorted(rng.sample(range(len(board["actions"])), 2))
    pages = [board["actions"][: cuts[1]], board["actions"][cuts[0] :], rest]
    rng.shuffle(pages)
    for payload in ([Page(f"{n}.json", page) for n, page in enumerate(pages)], pages, [board] * 2):
        again = read(payload, OWN)
        assert again.events == once.events
        assert (again.left_out, again.unknown, again.incomplete) == (
            once.left_out, once.unknown, once.incomplete,
        )  # fmt: skip


def test_a_webhook_and_a_list_of_them_hold_the_same_actions():
    hooks = [{"model": {"id": "b"}, "action": each} for each in BOARD["actions"]]
    events = read(hooks, OWN).events
    assert events == read(BOARD["actions"], OWN).events
    assert recognized(hooks) == recognized(BOARD["actions"]) == "actions with idMemberCreator"


def test_cards_with_their_own_actions_are_read():
    cards = [
        {**card, "actions": [a for a in BOARD["actions"] if _card_of(a) == card["id"]]}
        for card in BOARD["cards"]
    ]
    own = {card["id"] for card in BOARD["cards"]}
    kept = [event for event in read(BOARD, OWN).events if event.ticket_id in own]
    assert [*read([cards], OWN).events] == kept


def _card_of(each):
    return each["data"].get("card", {}).get("id")


def test_the_board_says_what_is_odd():
    reading = read(BOARD, OWN)
    assert reading.incomplete == {OLD: "cut_history"}
    assert reading.unknown == {("user", "mgone"): 1}
    assert set(reading.left_out) == {"updateCard pos", "createList", "updateCheckItemStateOnCard"}


def test_a_card_older_than_the_oldest_action_begins_at_the_instant_in_its_id():
    (created, _) = [event for event in read(BOARD, OWN).events if event.ticket_id == OLD]
    assert created.at == datetime(2025, 11, 1, 8, tzinfo=UTC)
    assert (created.basis, created.role, created.actor) == ("snapshot", "third_party", None)


def test_an_id_later_than_the_first_action_tells_no_creation():
    reading = read([action("commentCard", card="7fffffff0000000000000000")], OWN)
    assert [event.at.hour for event in reading.events] == [8, 8]
    assert reading.incomplete == {"7fffffff0000000000000000": "no_creation"}


def test_the_last_member_of_staff_is_the_agent_and_the_one_before_comes_back():
    steps = [("add", "m7"), ("add", "m8"), ("add", "m1"), ("remove", "m8"), ("remove", "m7")]
    acts = [
        action(
            f"{what}Member{'To' if what == 'add' else 'From'}Card",
            n,
            idMember=who,
            at=f"09:0{n}:00",
        )
        for n, (what, who) in enumerate(steps, 2)
    ]
    assert [fields(each) for each in told(born(), *acts)] == [
        {"agent": "m7"}, {"agent": "m8"}, {"agent": "m7"}, {"agent": None},
    ]  # fmt: skip


def test_archiving_is_the_status_that_the_account_says_and_unarchiving_goes_back():
    lists = {"listBefore": {"id": "L0"}, "listAfter": {"id": "L1", "name": "Done"}}
    acts = [
        action("updateCard", 2, at="09:00:00", card_is={"closed": True}, old={"closed": False}),
        action("updateCard", 3, at="10:00:00", old={"idList": "L0"}, **lists),
        action("updateCard", 4, at="11:00:00", card_is={"closed": False}, old={"closed": True}),
    ]
    assert [fields(each)["status"] for each in told(born(), *acts)] == [CLOSED, SOLVED]
    assert [each.at.hour for each in told(born(), *acts)] == [9, 11]


def test_a_card_that_leaves_the_board_is_void_and_may_come_back():
    acts = [
        action("moveCardFromBoard", 2, at="09:00:00", list={"id": "L0", "name": "Inbox"}),
        action("moveCardToBoard", 3, at="10:00:00", list={"id": "L1", "name": "Doing"}),
        action("deleteCard", 4, at="11:00:00"),
    ]
    statuses = [fields(each)["status"] for each in told(born(), *acts)]
    assert [each.category for each in statuses] == ["void", "open", "void"]
    assert statuses[-1].name == "deleted"


@pytest.mark.parametrize(
    ("kind", "channel"),
    [("createCard", "web"), ("copyCard", "web"), ("emailCard", "email"),
     ("convertToCardFromCheckItem", "web"), ("moveCardToBoard", "web")],
)  # fmt: skip
def test_what_puts_a_card_on_the_board_creates_it(kind, channel):
    (created,) = read([action(kind, actor="stranger", list={"name": "Inbox"})], OWN).events
    assert isinstance(created, Created)
    assert (created.role, created.actor, created.basis) == ("customer", "stranger", None)
    assert fields(created) == {"channel": channel, "requester": "stranger", "status": NEW}


def test_a_card_by_staff_has_no_requester():
    (created,) = read([action("createCard", actor="m7", list={"name": "Inbox"})], OWN).events
    assert (created.role, fields(created).get("requester")) == ("agent", None)


def test_labels_change_priority_and_group_and_the_most_urgent_holds():
    own = Account(
        priorities=SAMPLE.priorities, groups=SAMPLE.groups, lines=SAMPLE.lines, statuses=LISTS
    )
    high, normal, two = (
        {"id": name, "name": name, "color": "red"}
        for name in ("prio:high", "prio:normal", "line:L2")
    )
    acts = [
        action("addLabelToCard", 2, at="09:00:00", label=normal),
        action("addLabelToCard", 3, at="09:01:00", label=high),
        action("addLabelToCard", 4, at="09:02:00", label=two),
        action("removeLabelFromCard", 5, at="09:03:00", label=high),
        action(
            "addLabelToCard", 6, at="09:04:00", label={"id": "x", "name": "", "color": "green"}
        ),
    ]
    reading = read([born(), *acts], own)
    assert [fields(event) for event in reading.events[1:]] == [
        {"priority": PRIORITIES["normal"]}, {"priority": PRIORITIES["high"]},
        {"group": "L2", "line": 2}, {"priority": PRIORITIES["normal"]},
    ]  # fmt: skip
    assert reading.left_out == {"label green": 1}


def test_a_label_that_is_there_now_and_that_no_action_put_there_counts_from_the_creation():
    card = {
        "id": CARD,
        "idList": "L0",
        "idShort": 1,
        "labels": [{"id": "l1", "name": "prio:high"}],
    }
    payload = {"actions": [born()], "cards": [card], "lists": []}
    reading = read(payload, OWN)
    assert fields(reading.events[0])["priority"].name == "high"
    assert [each.code for each in reading.findings] == ["as_now"]
    taken = action(
        "removeLabelFromCard", 2, at="09:00:00", label={"id": "l2", "name": "prio:high"}
    )
    first, gone = read([born(), taken], OWN).events
    assert fields(first)["priority"].name == "high"
    assert fields(gone) == {"priority": None}


def test_a_card_without_actions_tells_its_present_status_at_its_last_activity():
    card = {
        "id": OLD, "idList": "L3", "closed": False, "dateLastActivity": "2026-01-05T10:00:00.000Z"
    }  # fmt: skip
    lists = [
        {"id": "L3", "name": "Done", "closed": False},
        {"id": "L4", "name": "2024", "closed": True},
    ]
    other = action("createCard", card="69a54380000000000000000c", list={"name": "Inbox"})
    reading = read({"actions": [other], "cards": [card], "lists": lists}, OWN)
    created, changed = [event for event in reading.events if event.ticket_id == OLD]
    assert (fields(created)["status"], created.basis) == (NEW, "snapshot")
    assert (fields(changed), changed.basis) == ({"status": SOLVED}, "snapshot")
    assert changed.at == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert [each.code for each in reading.findings] == ["cut_history", "no_time_of"]
    hidden = read({"actions": [other], "cards": [{**card, "idList": "L4"}], "lists": lists}, OWN)
    assert fields(hidden.events[-1]) == {"status": CLOSED}


def test_a_later_edition_of_a_comment_is_the_one_that_holds():
    own = Account(internal_prefix="[internal]", roles={"m7": "agent"})
    for texts, public in ((("[internal] note", "reply"), True), (("reply", "[internal]"), False)):
        first, later = (action("commentCard", 2, at="09:00:00", text=text) for text in texts)
        later["data"]["dateLastEdited"] = "2026-03-02T09:05:00.000Z"
        for pair in ([first, later], [later, first]):
            assert [event.public for event in told(born(), *pair, account=own)] == [public]


def test_a_comment_with_the_prefix_is_internal_unless_a_customer_writes_it():
    own = Account(internal_prefix="[internal]", roles={"m7": "agent", "m1": "customer"})
    acts = [
        action("commentCard", 2, actor=who, at=f"09:0{n}:00", text=" [INTERNAL] see")
        | {"id": f"{n:024x}"}
        for n, who in enumerate(("m7", "m1"), 2)
    ]
    assert [event.public for event in told(born(), *acts, account=own)] == [False, True]


def test_a_rule_of_an_app_that_is_a_bot_acts_for_the_system():
    own = Account(bots=["butler"], roles={"m7": "agent"})
    rule = action("commentCard", 2, at="09:00:00", text="auto") | {"appCreator": {"id": "butler"}}
    assert [event.role for event in told(born(), rule, account=own)] == ["system"]


def test_somebody_who_left_without_an_id_is_nobody():
    gone = action("commentCard", 2, at="09:00:00", text="bye")
    del gone["idMemberCreator"]
    reading = read([born(), gone], OWN)
    assert (reading.events[-1].role, reading.events[-1].actor) == ("third_party", None)
    assert [each.code for each in reading.findings] == ["no_user"]


def test_an_unknown_kind_and_an_unknown_list_are_named():
    acts = [
        action("paintCard", 2),
        action("updateCard", 3, at="09:00:00", old={"idList": "L0"}, listAfter={"name": "Parts"}),
    ]
    reading = read([born(), *acts], OWN)
    assert dict(reading.unknown) == {("kind of action", "paintCard"): 1, ("status", "Parts"): 1}
    assert reading.left_out == {"paintCard": 1}


def test_a_broken_action_harms_no_other_card():
    other = action("createCard", 9, card="69a54380000000000000000c", list={"name": "Inbox"})
    whole = read([born(), other], OWN)
    for bad in (None, 7, {}, {"id": "x", "type": "createCard", "date": "no", "data": {}}):
        reading = read({"actions": [born(), bad, other]}, OWN)
        assert reading.events == whole.events
        assert [each.code for each in reading.findings] == ["unreadable"]


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"cards": BOARD["cards"], "lists": BOARD["lists"]}, ("actions", "JSON", "history")),
        ({"actions": [], "cards": [], "lists": []}, ("no actions",)),
        ([BOARD["cards"]], ("actions",)),
        ({"error": "API_TOKEN_LIMIT_EXCEEDED", "message": "Rate limit exceeded"},
         ("Rate limit exceeded", "Retry-After")),
        ({"message": "unauthorized card permission requested", "error": "UNAUTHORIZED"},
         ("unauthorized card", "token")),
    ],
)  # fmt: skip
def test_what_tells_no_history_is_refused_with_the_remedy(payload, words):
    with pytest.raises(AdapterError) as caught:
        read(payload, OWN)
    assert all(each in str(caught.value) for each in words)


def test_a_table_is_refused():
    with pytest.raises(AdapterError, match=r"no actions.*JSON"):
        read_tables({"board.csv": [["Card ID", "Card Name"]]})


def test_no_text_and_no_name_is_in_the_reading():
    said = whole(read(BOARD, OWN))
    for word in ("Broken chair", "Cleo", "Ada", "thanks", "someone who left", "Helpdesk", "cleo"):
        assert word not in said


def test_real_actions_are_read_and_what_is_unknown_is_explained():
    path = SAMPLES / "trello" / "board_actions.json"
    if not path.exists():
        pytest.skip("the samples are not here")
    actions = json.loads(path.read_text("utf-8"))
    hook = json.loads(
        (path.parent / "webhook_envelope_changing_cards_list.json").read_text("utf-8")
    )
    own = Account(
        statuses={"Intermediate": OPEN}, roles={"53582e2da0fac5676a714276": "agent"},
        priorities={"green": PRIORITIES["normal"]},
    )  # fmt: skip
    reading = read([actions, hook], own)
    assert reading.unknown == {}
    assert reading.left_out == {"updateCard due": 1}
    assert {event.ticket_id for event in reading.events} == {_card_of(each) for each in actions}
    assert replay([e for e in reading.events if e.ticket_id == "53582e2da0fac5676a71428b"]).agent


def test_a_table_is_refused_by_its_columns_and_no_other_is():
    with pytest.raises(AdapterError):
        refuse_table(["Card ID", "Card Name", "List Name"])
    refuse_table(["type", "ticket_id", "at"])


def test_what_another_does_at_the_instant_of_the_creation_is_a_change():
    same, other = (
        action("addMemberToCard", 2, actor=who, at="08:00:00", idMember="m7")
        for who in ("m1", "m8")
    )
    assert told(born(), same) == []
    assert [fields(event) for event in told(born(), other)] == [{"agent": "m7"}]


def test_a_card_may_be_marked_as_complete_in_any_list():
    acts = [
        action("updateCard", 2, at="09:00:00", card_is={"dueComplete": True},
               old={"dueComplete": False}),
        action("updateCard", 3, at="10:00:00", card_is={"dueComplete": False},
               old={"dueComplete": True}),
    ]  # fmt: skip
    assert read([born(), *acts], OWN).left_out == {"updateCard dueComplete": 2}
    own = Account(statuses=LISTS, completed=SOLVED)
    assert [fields(each)["status"] for each in told(born(), *acts, account=own)] == [SOLVED, NEW]
    there = action("createCard", 1, list={"name": "Done"})
    assert told(there, *acts, account=own) == []


def test_a_label_that_is_there_and_means_nothing_is_named():
    card = {"id": CARD, "idList": "L0", "labels": [{"id": "l9", "name": "Berlin"}]}
    reading = read({"actions": [born()], "cards": [card], "lists": []}, OWN)
    assert reading.left_out == {"label Berlin": 1}
    assert reading.findings == ()


def test_a_card_that_is_cut_comes_back_from_the_archive_to_the_list_that_the_action_names():
    back = action("updateCard", 2, at="09:00:00", card=OLD, card_is={"closed": False},
                  old={"closed": True}, list={"id": "L9", "name": "Waiting"})  # fmt: skip
    created, returned = read([back], OWN).events
    assert (created.basis, fields(returned)["status"]) == ("snapshot", PENDING)
