"""GLPI: tickets with their history and sub-items, shuffled, cut and broken."""

import json
import random
import warnings
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from adapters.scenario import DATA, FACTS, SAMPLES, Words, bare, facts_of
from conformance.vendor_accounts.glpi import account as stated
from hypothesis import given, settings
from hypothesis import strategies as st
from whole import whole

from support_model.adapters import EVERY, Account, Page, check_stated, read_files
from support_model.adapters._glpi_words import STATUSES, doer_of, native_in
from support_model.adapters._local_stamps import Stamps
from support_model.adapters._payloads import Tally
from support_model.adapters.glpi import read, recognized
from support_model.errors import AdapterError, IncompleteLog, NaiveDatetime
from support_model.events import Changed, Created, Message, Rated, RatingRequested, Worked
from support_model.kpi import facts_of as figures_of
from support_model.tickets import replay
from support_model.vocabulary import Priority

CASES = DATA / "vendors" / "glpi"


def loaded(name):
    return json.loads((CASES / name).read_text("utf-8"))


BUNDLE, LISTED = loaded("ticket_log_and_subitems.json"), loaded("tickets_list.json")
OWN = stated(loaded("ticket_log_and_subitems.json.expected.json")["config"])
WORDS = Words(
    ticket="1001",
    statuses={
        name: STATUSES[number]
        for name, number in zip(
            ("new", "open", "pending", "solved", "closed"), "12456", strict=True
        )
    },
    priorities={"normal": Priority("normal", 4), "high": Priority("high", 3)},
    people={"501": "501", "11": "11", "12": "12", "-1": "-1"},
    groups={"L1": "L1", "L2": "L2"},
    channel=None,
    score=5,
    scale=(0.0, 5.0),
)
SAMPLE = Account(
    tz="Europe/Berlin",
    roles={"11": "agent", "12": "agent"},
    groups={"101": "L1", "102": "L2"},
    lines={"L1": 1, "L2": 2},
)
TICKET = {"id": 7, "name": "Geheim", "date": "2026-03-02 09:00:00", "status": 2, "priority": 3}


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def row(number, clock, who="Bo (42)", option=0, action=0, old="", new="", **more):
    return {
        "id": number,
        "date_mod": f"2026-03-02 {clock}:00",
        "user_name": who,
        "id_search_option": option,
        "linked_action": action,
        "old_value": old,
        "new_value": new,
        "itemtype_link": "",
        **more,
    }


BORN = row(1, "09:00", "Cleo (31)", action=20)


def history(*rows, account=OWN, ticket=TICKET, **more):
    return read({"ticket": ticket, "Log": [BORN, *rows], **more}, account)


def fields(event):
    return dict(event.fields)


def test_the_scenario_comes_out_as_expected():
    value = json.loads((DATA / "constructed_A_glpi_ticket_logs.json").read_text("utf-8"))
    reading = read(value, SAMPLE)
    assert [bare(event) for event in reading.events] == [
        *sorted(WORDS.events(), key=lambda event: event.at)
    ]
    assert reading.unknown == reading.left_out == reading.incomplete == {}
    found = facts_of(reading.events)
    assert {name: found[name] for name in FACTS if "csat" not in name} == {
        name: value for name, value in FACTS.items() if "csat" not in name
    }


def test_the_real_sample_is_read_and_said_to_be_cut():
    path = SAMPLES / "glpi" / "ticket_and_subitems.json"
    if not path.exists():
        pytest.skip("the samples are not here")
    reading = read(json.loads(path.read_text("utf-8")), Account(tz="America/Sao_Paulo"))
    assert [(event.type, event.role, event.actor) for event in reading.events] == [
        ("created", "third_party", None),
        ("message", "agent", "32"),
    ]
    assert fields(reading.events[0])["requester"] == "1615"
    assert reading.incomplete == {"14134": "no_creation"}
    assert reading.unknown == reading.left_out == {}


@pytest.mark.parametrize("seed", range(6))
def test_order_overlap_and_pages_change_nothing(seed):
    rng = random.Random(seed)  # noqa: S311 - a seeded shuffle
    once = read(BUNDLE, OWN)
    bundle = deepcopy(BUNDLE)
    for rows in bundle.values():
        if isinstance(rows, list):
            rng.shuffle(rows)
    log = bundle.pop("Log")
    cut = rng.randrange(1, len(log))
    pages = [bundle, log[: cut + 2], log[cut:]]
    rng.shuffle(pages)
    for payload in (
        [Page(f"{n}.json", page) for n, page in enumerate(pages)],
        pages,
        [BUNDLE] * 2,
    ):
        again = read(payload, OWN)
        assert again.events == once.events
        assert (again.left_out, again.unknown, again.incomplete) == (
            once.left_out, once.unknown, once.incomplete,
        )  # fmt: skip


def test_logs_inside_the_ticket_by_their_ids_are_the_same():
    bundle = deepcopy(BUNDLE)
    ticket = {**bundle.pop("ticket"), "_logs": {str(r["id"]): r for r in bundle.pop("Log")}}
    assert read({"ticket": ticket, **bundle}, OWN).events == read(BUNDLE, OWN).events
    assert read([ticket, bundle], OWN).events == read(BUNDLE, OWN).events


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_broken_row_changes_only_what_it_tells(data):
    bundle = deepcopy(BUNDLE)
    place = data.draw(st.integers(0, len(bundle["Log"]) - 1))
    key = data.draw(st.sampled_from(sorted(bundle["Log"][place])))
    bundle["Log"][place][key] = data.draw(st.sampled_from([None, [], {}, True, 10**30, "\ud800"]))
    log = read([bundle, LISTED], OWN).logs()
    assert {each: log[each] for each in ("701", "702", "703")} == read(LISTED, OWN).logs()
    whole = [event for event in read(BUNDLE, OWN).events if isinstance(event, Message)]
    told = [event for event in log["711"] if isinstance(event, Message)]
    assert [(event.at, event.public) for event in told[-3:]] == [
        (event.at, event.public) for event in whole[-3:]
    ]


@pytest.mark.parametrize(
    ("shown", "actor", "impersonated"),
    [
        ("Ada (41)", "41", False),
        ("Pine Ada (2) (41)", "41", False),
        ("Bo (42) impersonated by Root (2)", "42", True),
        ("Bo (42) emprunte l'identité de Root (2)", "42", True),
        ("cron_mailgate", "-1", False),
        ("", None, False),
        (None, None, False),
        (7, None, False),
    ],
)
def test_who_a_row_names_is_found_in_any_language(shown, actor, impersonated):
    assert doer_of(OWN, shown) == (actor, impersonated)


def test_names_without_ids_become_pseudonyms():
    reading = history(row(2, "09:10", "Ada Pine", 12, old="1", new="2"), account=Account(tz="UTC"))
    assert reading.events[-1].actor.startswith("person-")
    assert "Pine" not in whole(reading)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Desk (N2) (52)", ("52", "Desk (N2)")),
        (52, ("52", "")),
        ("Desk", (None, "Desk")),
        ("(52)", ("52", "")),
        ("a (b)", (None, "a (b)")),
        (None, (None, "")),
        ("0", (None, "")),
    ],
)
def test_values_of_a_history_are_ids_or_names_with_ids(value, found):
    assert native_in(value) == found


def test_the_last_who_was_assigned_is_the_agent_and_a_removal_gives_back():
    reading = history(
        row(2, "09:10", option=5, action=15, new="Ada (41)"),
        row(3, "09:20", option=5, action=15, new="Bo (42)"),
        row(4, "09:30", option=5, action=16, old="Bo (42)"),
        row(5, "09:40", option=5, action=16, old="Ada (41)"),
    )
    agents = [fields(event)["agent"] for event in reading.events if isinstance(event, Changed)]
    assert agents == ["41", "42", "41", None]


def test_who_was_there_before_the_first_row_is_known_by_its_removal():
    reading = history(row(2, "09:10", option=8, action=16, old="Desk (52)"))
    assert [fields(event).get("group") for event in reading.events[:1]] == ["N2"]
    assert fields(reading.events[-1]) == {"group": None}


def test_what_the_creator_sets_in_that_second_belongs_to_the_creation():
    reading = history(
        row(2, "09:00", "Cleo (31)", 5, 15, new="Ada (41)"),
        row(3, "09:00", "Cleo (31)", 12, old="1", new="2"),
    )
    (created,) = reading.events[:1]
    assert fields(created)["agent"] == "41"
    assert fields(created)["status"].category == "open"
    assert not [event for event in reading.events if isinstance(event, Changed)]


def test_a_ticket_of_a_mail_is_of_whoever_wrote_it():
    born = row(1, "09:00", "cron_mailgate", action=20)
    asks = {"id": 1, "tickets_id": 7, "users_id": 31, "type": 1}
    ticket = {**TICKET, "requesttypes_id": 2, "status": 1}
    reading = read({"ticket": ticket, "Log": [born], "Ticket_User": [asks]}, OWN)
    (created,) = [event for event in reading.events if isinstance(event, Created)]
    assert (created.role, created.actor, fields(created)["channel"]) == ("customer", "31", "email")


def test_an_agent_who_writes_a_ticket_for_somebody_does_not_reply_with_it():
    asks = {"id": 1, "tickets_id": 7, "users_id": 31, "type": 1}
    born = row(1, "09:00", "Bo (42)", action=20)
    ticket = {**TICKET, "content": "phone call", "status": 1}
    events = read({"ticket": ticket, "Log": [born], "Ticket_User": [asks]}, OWN).events
    assert [(event.type, event.role) for event in events] == [
        ("created", "agent"),
        ("message", "agent"),
    ]
    assert fields(events[0])["requester"] == "31"
    assert figures_of(events, as_of=events[-1].at).count("reply") == 0


def test_tasks_are_messages_and_effort():
    task = {"id": 5, "tickets_id": 7, "date": "2026-03-02 10:00:00", "users_id": 42,
            "is_private": 1, "actiontime": 900, "content": "Geheim"}  # fmt: skip
    reading = history(row(2, "09:30", option=12, old="1", new="2"), TicketTask=[task])
    said = [event for event in reading.events if isinstance(event, Message)][-1]
    worked = [event for event in reading.events if isinstance(event, Worked)]
    assert (said.role, said.public) == ("agent", False)
    assert [event.duration for event in worked] == [timedelta(minutes=15)]
    assert "Geheim" not in whole(reading)


def test_a_copied_followup_is_a_message_of_another_ticket():
    copied = {"id": 5, "items_id": 7, "date": "2026-03-02 10:00:00", "users_id": 42,
              "is_private": 0, "sourceitems_id": 6}  # fmt: skip
    reading = history(row(2, "09:30", option=12, old="1", new="2"), ITILFollowup=[copied])
    assert reading.left_out == {"ITILFollowup copied from another ticket": 1}


def test_ratings_are_of_five_or_not_told():
    def rated(**answer):
        survey = {"tickets_id": 7, "date_begin": "2026-03-03 09:00:00",
                  "date_answered": "2026-03-03 10:00:00", **answer}  # fmt: skip
        return history(row(2, "09:30", option=12, old="1", new="2"), TicketSatisfaction=[survey])

    events = rated(satisfaction=8, satisfaction_scaled_to_5=4).events
    assert [event.score for event in events if isinstance(event, Rated)] == [4]
    assert [event.at.hour for event in events if isinstance(event, RatingRequested)] == [8]
    outside = rated(satisfaction=8)
    assert not [event for event in outside.events if isinstance(event, Rated)]
    assert "outside_scale" in {each.code for each in outside.findings}
    assert not [e for e in rated(satisfaction=None).events if isinstance(e, Rated)]


def test_present_values_that_the_history_does_not_tell_cut_it():
    same = history(row(2, "09:30", option=12, old="1", new="2"))
    other = history(row(2, "09:30", option=12, old="1", new="4"))
    assert same.incomplete == {}
    assert other.incomplete == {"7": "cut_history"}
    named = history(
        row(2, "09:30", option=12, old="1", new="2"), ticket={**TICKET, "status": "x y"}
    )
    assert [each.example for each in named.findings] == ["status None"]


def test_an_answer_of_fifty_rows_may_go_on():
    rows = [row(n, "09:30", option=24, new="x") for n in range(2, 51)]
    assert history(*rows).incomplete == {"7": "full_page"}
    assert history(*rows[:-1]).incomplete == {}
    pages = [{"ticket": TICKET, "Log": [BORN, *rows]}, [{**row(60, "09:40"), "items_id": 7}]]
    assert read(pages, OWN).incomplete == {}
    listed = [{**LISTED[0], "id": n} for n in range(1, 51)]
    assert read(listed, OWN).incomplete == {EVERY: "full_page"}


def test_a_search_is_a_list_and_says_how_many_there_are():
    row_of = {"1": "Geheim", "2": 7, "12": 5, "15": "2026-03-02 09:00"}
    row_of["17"] = "2026-03-02 10:00:00"
    found = {"totalcount": 2, "count": 1, "data": [row_of]}
    reading = read(found, OWN)
    assert [(event.type, event.at.hour) for event in reading.events] == [
        ("created", 8),
        ("changed", 9),
    ]
    assert reading.incomplete == {EVERY: "more_pages"}
    assert "Geheim" not in whole(reading)


@pytest.mark.parametrize(
    ("more", "told", "codes"),
    [
        ({"status": 1}, ["new"], set()),
        ({"status": 2}, ["new"], {"since_unknown"}),
        ({"status": 4, "begin_waiting_date": "2026-03-02 10:00:00"}, ["new", "pending"], set()),
        ({"status": 4}, ["new"], {"since_unknown"}),
        ({"status": 2, "solvedate": "2026-03-02 10:00:00"}, ["new"], {"since_unknown"}),
        ({"status": 6, "closedate": "2026-03-02 10:00:00"}, ["new", "closed"], set()),
        ({"status": 6, "solvedate": "2026-03-02 08:00:00"}, ["new"], {"since_unknown"}),
    ],
)
def test_a_list_tells_what_has_a_stamp(more, told, codes):
    reading = read([{**TICKET, "itilcategories_id": 0, **more}], OWN)
    assert [fields(event)["status"].category for event in reading.events] == told
    assert {event.basis for event in reading.events} == {"snapshot"}
    assert {each.code for each in reading.findings} == {"list_export", *codes}


def test_what_glpi_computed_is_stated_and_compared():
    compared = check_stated(read(LISTED, Account(tz="America/Belem")))
    assert {(each.ticket, each.native, each.figure) for each in compared} >= {
        ("701", "solve_delay_stat", "last_solved_time"),
        ("701", "takeintoaccount_delay_stat", "first_assigned_time"),
        ("702", "solve_delay_stat", "agent_work"),
        ("702", "waiting_duration", "pending"),
    }
    assert [each.agrees for each in compared if each.native == "solvedate"] == [True, True]


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (["ERROR_SESSION_TOKEN_INVALID", "session_token semble incorrect"], "initSession"),
        ([["ERROR_RIGHT_MISSING", "no"]], "profile"),
        ([Page("a.json", ["ERROR_ITEM_NOT_FOUND", "none"])], "check the id"),
        ({"status": "ERROR_RIGHT_MISSING", "title": "no right", "detail": None}, "profile"),
    ],
)
def test_errors_of_the_api_are_named_as_such(payload, words):
    with pytest.raises(AdapterError, match=f"error of the interface.*{words}"):
        read(payload, OWN)


def test_a_local_stamp_needs_a_zone():
    with pytest.raises(NaiveDatetime, match="zone of the GLPI server"):
        read(BUNDLE, Account())


@settings(max_examples=200, deadline=None)
@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)),
    st.sampled_from(["Europe/Paris", "America/Belem", "Asia/Kolkata", "Africa/Casablanca"]),
)
def test_stamps_are_the_first_instant_at_which_the_clock_shows_them(at, zone):
    at, tz = at.replace(microsecond=0), ZoneInfo(zone)
    stamps = Stamps(tz, Tally("x"), "")
    for _ in range(2):
        found = stamps.at(f"{at:%Y-%m-%d %H:%M:%S}")
        shown = at.replace(tzinfo=tz)
        if shown.astimezone(UTC).astimezone(tz).replace(tzinfo=None) == at:
            assert found == shown.astimezone(UTC)
        else:
            assert found.astimezone(tz).replace(tzinfo=None) > at
            assert stamps.tally.noted.all()[0].code == "never_shown"


def test_deleted_and_restored_keeps_the_status(tmp_path):
    events = read(BUNDLE, OWN).events
    assert [fields(event)["status"].name for event in events[-2:]] == ["deleted", "Closed"]
    assert replay(events).status.category == "closed"
    path = tmp_path / "glpi.json"
    path.write_text(json.dumps(BUNDLE), "utf-8")
    reading = read_files(path, account=OWN)
    assert reading.events == events
    assert recognized(BUNDLE) == "it holds ITILFollowup"
    path.write_text(json.dumps({**BUNDLE, "Log": BUNDLE["Log"][:3]}), "utf-8")
    with pytest.raises(IncompleteLog, match="711"):
        read_files(path, account=OWN)
