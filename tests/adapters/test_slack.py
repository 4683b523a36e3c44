"""Slack: threads of named channels become tickets, whatever the form and order of the files."""

import json
import random
import warnings
from copy import deepcopy
from datetime import timedelta
from itertools import groupby

import pytest
from adapters.scenario import DATA, SAMPLES
from attrs import evolve
from conformance import vendors
from hypothesis import given
from hypothesis import strategies as st
from whole import whole

from support_model._report.wording import Wording
from support_model.adapters import EVERY, Page, read_files, slack
from support_model.adapters.slack import Account
from support_model.calendars import BusinessCalendar
from support_model.errors import AdapterError, UnknownVendorValue
from support_model.report import make_report
from support_model.sla import FIRST_RESPONSE, RESOLUTION, PolicyBook, SlaPolicy, Target

FOLDER = DATA / "vendors" / "slack"
HELP = Account(channels=["help-it"], roles={"U7": "agent", "U8": "agent"})
USERS = [
    *({"id": person, "is_bot": False, "profile": {}} for person in ("U1", "U3", "U7", "U8")),
    {"id": "UBOT", "is_bot": True, "profile": {}},
]
CHANNELS = [{"id": "C1", "name": "help-it"}, {"id": "C2", "name": "random"}]
LISTED = Page("channels.json", CHANNELS)


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownVendorValue)
        yield


def message(user, ts, thread=None, **more):
    own = {"type": "message", "user": user, "text": "Geheim", "ts": ts}
    return own | ({} if thread is None else {"thread_ts": thread}) | more


def export(*messages, users=USERS, folder="help-it"):
    return [
        Page("users.json", users),
        LISTED,
        Page(f"{folder}/2026-03-28.json", list(messages)),
    ]


def told(reading):
    """What a reading says, in short: ticket, kind, role, actor."""
    return [(each.ticket_id[3:], each.type, each.role, each.actor) for each in reading.events]


def codes(reading):
    return {each.code: each.count for each in reading.findings}


A, B = "1774731600.000100", "1774733400.000300"
LATER = "1774820000.000400"
THREAD = (message("U1", A, A, reply_count=1), message("U7", B, A))


@pytest.mark.parametrize("case", list(vendors.cases(FOLDER)), ids=lambda case: case.id)
def test_the_cases(case):
    assert vendors.run(case) is None
    assert [*vendors.remarks()] == []


def test_folder_and_zip_are_one_reading():
    folder, zipped = (
        read_files(FOLDER / name, "slack", HELP) for name in ("export", "export.zip")
    )
    assert folder.events == zipped.events
    assert folder.left_out == zipped.left_out


def test_what_the_export_does_not_say_is_said():
    reading = read_files(FOLDER / "export", "slack", HELP)
    assert dict(reading.unknown) == {("user", "U404"): 1}
    assert reading.left_out["channel_join"] == 1
    assert codes(reading)["deleted_first"] == 1
    assert reading.undated == {"status"}
    assert codes(reading)["no_status"] == 1
    deleted = next(each for each in reading.findings if each.code == "deleted_first")
    assert deleted.tickets == ("C1:1774735200.000200",)


def test_the_constructed_channel():
    payload = json.loads(
        (DATA / "vendors/slack/constructed_A_channel_history.json").read_text("utf-8")
    )
    account = Account(channels=["C0SUPPORT"], roles={"U00000011": "agent"})
    reading = slack.read(payload, account)
    ticket = "C0SUPPORT:1711707602.100000"
    assert [(each.ticket_id, each.type, each.role, each.actor) for each in reading.events] == [
        (ticket, "created", "system", "B000HELP"),
        (ticket, "message", "system", "B000HELP"),
        (ticket, "message", "agent", "U00000011"),
    ]
    assert reading.left_out == {"reaction eyes": 1}
    assert reading.incomplete == {}


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples lie beside the repository")
def test_the_real_samples():
    folder = SAMPLES / "slack"
    samples = {path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
    dump = samples["channel_dump_with_threads"]
    account = Account(channels=["everyone"], roles={"UHSD97ZA5": "agent"})
    reading = slack.read(dump, account)
    assert reading.incomplete == {}
    assert {what for what, _ in reading.unknown} <= {"user"}
    assert reading.left_out["reply to tombstone"] == 1
    assert reading.events[0].ticket_id == "CHY5HUESG:1736478514.897649"
    day = Page("everyone/2025-01-10.json", samples["export_day_2025-01-10"])
    assert slack.read([day], account).incomplete == {"everyone:1736478630.905399": "cut_history"}
    replies = slack.read([samples["thread_replies"]], account)
    assert [each.type for each in replies.events] == ["created", "message", "message"]
    assert replies.events[0].basis == "snapshot"
    for name in ("incoming_webhook_blocks", "block_kit_view_modal_001"):
        with pytest.raises(AdapterError, match="a message to be sent"):
            slack.read(samples[name], account)
    assert slack.read(samples["event_ReactionAddedPayload"], account).left_out == {
        "event reaction_added": 1
    }


def test_a_ts_is_read_to_the_microsecond_whatever_its_type():
    exact = told(slack.read(export(message("U1", "1774731600.000001")), HELP))
    assert exact[0][0] == "1774731600.000001"
    assert told(slack.read(export(message("U1", 1774731600.000001)), HELP)) == exact
    whole = slack.read(export(message("U1", 1774731600)), HELP)
    assert whole.events[0].ticket_id == "C1:1774731600.000000"


def test_a_short_ts_is_a_decimal():
    event = slack.read(export(message("U1", "1774731600.5")), HELP).events[0]
    assert event.at.microsecond == 500_000
    assert event.ticket_id == "C1:1774731600.500000"


@given(st.integers(0, 253_402_300_799_999_999))
def test_every_ts_is_its_instant(micros):
    ts = f"{micros // 10**6}.{micros % 10**6:06}"
    event = slack.read(export(message("U1", ts)), HELP).events[0]
    assert event.micros == micros
    assert event.ticket_id == f"C1:{ts}"


def test_who_speaks():
    reading = slack.read(
        export(
            message("U1", A, A),
            message("U3", "1774731601.000000", A),
            message("U8", "1774731602.000000", A),
            message("U7", "1774731603.000000", A, bot_id="B1"),
            message("UBOT", "1774731604.000000", A),
            message(None, "1774731605.000000", A, subtype="bot_message", bot_id="B2"),
            message("USLACKBOT", "1774731606.000000", A),
            message("U9", "1774731607.000000", A),
            message(None, "1774731608.000000", A),
        ),
        HELP,
    )
    assert [(each.role, each.actor) for each in reading.events[2:]] == [
        ("customer", "U3"),
        ("agent", "U8"),
        ("system", "B1"),
        ("system", "UBOT"),
        ("system", "B2"),
        ("system", "USLACKBOT"),
        ("third_party", "U9"),
        ("third_party", None),
    ]
    assert dict(reading.unknown) == {("user", "U9"): 1}
    assert codes(reading)["no_user"] == 1


def test_an_account_may_say_that_a_bot_is_a_person():
    account = Account(channels=["C1"], roles={"B1": "agent"}, bots=["U3"])
    said = (message("U1", A, A), message("U1", B, A, bot_id="B1"), message("U3", LATER, A))
    roles = [each.role for each in slack.read(export(*said), account).events]
    assert roles == ["customer", "customer", "agent", "system"]


def test_a_thread_that_an_agent_begins_has_no_customer_and_no_reply():
    reading = slack.read(export(message("U7", A)), HELP)
    assert told(reading) == [(A, "created", "agent", "U7"), (A, "message", "agent", "U7")]
    assert "requester" not in dict(reading.events[0].fields)


def test_another_organization_is_the_customer_of_its_own_threads_alone():
    foreign = [
        *({"id": each, "team_id": "T1", "is_bot": False} for each in ("U1", "U7", "U8")),
        {"id": "W2", "team_id": "T2", "is_bot": False},
    ]
    said = (message("W2", A, A), message("W2", B, A), message("U1", LATER, LATER),
            message("W2", "1774820001.000000", LATER))  # fmt: skip
    reading = slack.read(export(*said, users=foreign), HELP)
    assert [each.role for each in reading.events] == [
        *("customer", "customer", "customer"),
        *("customer", "customer", "third_party"),
    ]
    assert dict(reading.unknown) == {("user", "W2"): 1}


def test_messages_tell_the_organization_where_the_list_does_not():
    said = (message("U1", A, A, team="T1"), message("U7", B, A, team="T1"),
            message("U3", LATER, A, team="T2"))  # fmt: skip
    reading = slack.read(export(*said), HELP)
    assert [each.role for each in reading.events] == [
        "customer", "customer", "agent", "third_party",
    ]  # fmt: skip
    assert dict(reading.unknown) == {("user", "U3"): 1}


def test_a_user_with_a_bot_in_the_profile_is_a_bot():
    users = [{"id": "U1", "profile": {"bot_id": "B7"}}]
    assert slack.read(export(message("U1", A), users=users), HELP).events[0].role == "system"


def test_one_organization_of_several_workspaces_has_no_foreigners():
    grid = [
        {"id": "U1", "team_id": "T2", "is_bot": False, "enterprise_user": {"id": "U1"}},
        *({"id": each, "team_id": "T1", "is_bot": False} for each in ("U7", "U8")),
    ]
    said = (message("U8", A, A), message("U1", B, A))
    assert slack.read(export(*said, users=grid), HELP).events[-1].role == "customer"


def test_without_a_list_of_users_who_asks_is_the_customer():
    page = {"ok": True, "channel": "C1", "messages": [*THREAD, message("U3", LATER, A)]}
    reading = slack.read(page, Account(channels=["C1"], roles={"U7": "agent"}))
    assert [each.role for each in reading.events] == [
        "customer", "customer", "agent", "third_party",
    ]  # fmt: skip
    assert codes(reading)["no_users"] == 1


def test_nobody_named_as_an_agent_is_said():
    assert codes(slack.read(export(*THREAD), Account(channels=["C1"])))["no_agents"] == 1
    assert "no_agents" not in codes(slack.read(export(*THREAD), HELP))


def test_a_form_asks_for_the_person_whom_it_mentions():
    form = {"type": "message", "subtype": "bot_message", "bot_id": "BF", "ts": A, "thread_ts": A}
    account = Account(channels=["C1"], roles={"U7": "agent"}, forms=["BF"])
    said = (form | {"text": "*Laptop* for <@U3|cleo>, see <@U7>"}, message("U7", B, A))
    reading = slack.read(export(*said), account)
    assert told(reading)[:2] == [
        (A, "created", "customer", "U3"),
        (A, "message", "customer", "U3"),
    ]
    assert dict(reading.events[0].fields)["requester"] == "U3"
    plain = slack.read(export(*said), HELP)
    assert told(plain)[0] == (A, "created", "system", "BF")
    nobody = slack.read(export(form | {"text": "no name"}), account)
    assert told(nobody)[0] == (A, "created", "system", "BF")
    assert nobody.left_out == {"form that mentions nobody": 1}


def test_a_broadcast_and_an_edit_are_no_second_message():
    broadcast = message("U7", B, A, subtype="thread_broadcast", root={"ts": A})
    edited = message("U7", B, A, edited={"user": "U7", "ts": LATER})
    reading = slack.read(export(message("U1", A, A), broadcast, edited, broadcast), HELP)
    assert len(reading.events) == 3
    assert reading.left_out == {"edit": 1}


def test_a_first_message_that_is_there_and_deleted_later_is_a_ticket():
    gone = message("USLACKBOT", A, A, subtype="tombstone", reply_count=1, edited={"ts": LATER})
    reading = slack.read(export(gone, *THREAD), HELP)
    assert reading.events == slack.read(export(*THREAD), HELP).events


def test_what_slack_notes_is_left_out_by_name():
    kinds = (
        "channel_join",
        "channel_topic",
        "pinned_item",
        "huddle_thread",
        "tombstone",
        "new_kind",
    )
    notes = [message("U1", f"17747316{n:02}.000000", subtype=k) for n, k in enumerate(kinds)]
    thread = message("U7", B, "1774731600.000000")  # somebody welcomes whoever joined
    reading = slack.read(export(*notes, thread), HELP)
    assert reading.events == ()
    assert reading.left_out == {**dict.fromkeys(kinds, 1), "reply to channel_join": 1}
    assert dict(reading.unknown) == {("kind of message", "new_kind"): 1}
    assert codes(reading) == {}


def test_missing_replies_cut_the_ticket():
    reading = slack.read(export(message("U1", A, A, reply_count=2), message("U7", B, A)), HELP)
    assert reading.incomplete == {f"C1:{A}": "cut_history"}
    assert reading.events[0].basis == "snapshot"
    assert reading.stated[f"C1:{A}"][0].value == 3
    whole = slack.read(export(*THREAD), HELP)
    assert whole.incomplete == {}
    assert whole.events[0].basis is None


def test_a_thread_whose_beginning_is_in_no_file_is_of_whom_its_replies_name():
    reading = slack.read(export(message("U7", B, A, parent_user_id="U1")), HELP)
    assert reading.incomplete == {f"C1:{A}": "no_creation"}
    assert told(reading) == [(A, "created", "customer", "U1"), (A, "message", "agent", "U7")]
    assert reading.events[0].basis == "snapshot"
    unknown = slack.read(export(message("U7", B, A)), HELP)
    assert told(unknown)[0] == (A, "created", "third_party", None)


def page(*messages, more=None, **own):
    stated = {} if more is None else {"has_more": more}
    return {"ok": True, "messages": list(messages), **stated, **own}


def test_the_last_page_of_a_history():
    first = page(message("U1", LATER), more=True)
    last = page(message("U1", A), more=False)
    assert slack.read([first, last], HELP).incomplete == {}
    assert slack.read([last, first], HELP).incomplete == {}
    assert slack.read([first], HELP).incomplete == {EVERY: "more_pages"}
    cursor = {"response_metadata": {"next_cursor": "bmV4dA=="}}
    assert slack.read([page(message("U1", A)) | cursor], HELP).incomplete == {EVERY: "more_pages"}
    done = {"response_metadata": {"next_cursor": ""}}
    assert slack.read([page(message("U1", A)) | done], HELP).incomplete == {}


def test_pages_of_a_thread_are_whole_when_all_replies_are_there():
    half = page(message("U1", A, A, reply_count=2), message("U7", B, A), more=True)
    rest = page(message("U1", A, A, reply_count=2), message("U1", LATER, A), more=False)
    assert slack.read([half, rest], HELP).incomplete == {}
    assert slack.read([half], HELP).incomplete == {f"help-it:{A}": "cut_history"}


def test_a_thread_without_a_count_is_whole_when_its_last_page_is_there():
    first, last = (
        page(message("U1", A, A), message("U7", ts, A), more=more)
        for ts, more in ((B, True), (LATER, False))
    )
    assert slack.read([first, last], HELP).incomplete == {}
    cut = slack.read([first], HELP)
    assert cut.incomplete == {f"help-it:{A}": "more_pages"}
    assert cut.events[0].basis == "snapshot"


def test_the_answer_for_a_message_without_replies_ends_no_history():
    history = page(message("U1", LATER), message("U1", A), more=True)
    alone = page(message("U1", A), more=False)
    assert slack.read([history, alone], HELP).incomplete == {EVERY: "more_pages"}
    other = page(message("U1", B), more=False)  # the last page of the history
    assert slack.read([history, other], HELP).incomplete == {}


def test_reactions_are_counted_by_name_and_have_no_time():
    said = [{"name": "white_check_mark", "users": ["U7"], "count": 1},
            {"name": "+1::skin-tone-2", "count": 2}, {"name": "Geheim Wort"}, None]  # fmt: skip
    reading = slack.read(export(message("U1", A, reactions=said)), HELP)
    assert reading.left_out == {
        "reaction white_check_mark": 1, "reaction +1": 1, "reaction of no name": 2,
    }  # fmt: skip
    many = [{"name": f"e{n}"} for n in range(500)]
    assert len(slack.read(export(message("U1", A, reactions=many)), HELP).left_out) < 70


def test_a_plan_that_hides_old_messages_is_said():
    limited = page(message("U1", A), more=False, is_limited=True)
    assert slack.read(limited, HELP).incomplete == {EVERY: "cut_history"}


@pytest.mark.parametrize(
    "pages",
    [
        [Page("users.json", USERS), LISTED, page(*THREAD, channel="C1")],
        [Page("users.json", USERS), Page("help-it.json", page(*THREAD)), LISTED],
        [Page("x/users.json", USERS), Page("x/C1_history_2.json", page(*THREAD)), LISTED],
        [{"ok": True, "members": USERS}, {"ok": True, "channels": CHANNELS},
         *({**each, "channel": "C1"} for each in THREAD)],
        [*({"user": each, "ok": True} for each in USERS), {"ok": True, "channel": CHANNELS[0]},
         *({"type": "event_callback", "event": {**each, "channel": "C1"}} for each in THREAD)],
        [Page("users.json", USERS), LISTED,
         {"ok": True, "channel": {"id": "C1"}, "messages": list(THREAD)}],
        [Page(r"w\users.json", USERS), Page(r"w\channels.json", CHANNELS),
         Page(r"w\help-it\2026-03-28.json", list(THREAD))],
        [Page("org_users.json", USERS), Page("groups.json", CHANNELS),
         Page("help-it/2026-03-28.json", list(THREAD)), Page("integration_logs.json", [{"a": 1}])],
        [{"users": USERS, "channels": CHANNELS, "help-it": [THREAD[0]], "C1": [THREAD[1]]}],
        [{"channel": "C1", "users": {"ok": True, "members": USERS}, "channels": CHANNELS,
          "history": [page(THREAD[0], more=False)], "replies": {A: page(*THREAD, more=False)}}],
        [Page("users.json", USERS), LISTED,
         page({**THREAD[0], "replies": [THREAD[1]]}, channel="C1")],
        [Page("users.json", USERS), [{**CHANNELS[0], "name": "new", "previous_names": ["help-it"],
         "is_channel": True}], page(*THREAD, channel="C1")],
    ],
)  # fmt: skip
def test_every_form_tells_the_same(pages):
    assert slack.read(pages, HELP).events == slack.read(export(*THREAD), HELP).events


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (export(*THREAD)[0].value, "users of Slack"),
        (list(THREAD), "messages with a ts"),
        ([None, *THREAD], "messages with a ts"),
        ({"ok": True, "messages": []}, "messages with a ts"),
        ({"ok": True, "members": USERS}, "users of Slack's API"),
        ({"history": [{"ok": True, "messages": list(THREAD)}]}, "messages with a ts"),
        ([{"id": "C1", "members": ["U1"]}], "channels of Slack"),
        ({"type": "event_callback", "event": {}}, "events of Slack"),
        ({"ok": True, "result": [{"message": {"text": "x"}}]}, ""),
        ({"messages": [{"id": 1, "created_at": 1}]}, ""),
        ([{"id": 5, "profile": {}, "deleted": False}], ""),
        ({"ts": "2026-03-02"}, ""),
    ],
)  # fmt: skip
def test_what_is_recognized(value, why):
    assert slack.recognized(value) == why


def test_events_of_changes_are_versions_of_a_message():
    changed = {"type": "message", "subtype": "message_changed", "channel": "C1", "ts": LATER,
               "message": THREAD[1]}  # fmt: skip
    deleted = {"type": "message", "subtype": "message_deleted", "channel": "C1", "ts": LATER,
               "previous_message": THREAD[0]}  # fmt: skip
    pages = [
        Page("users.json", USERS),
        LISTED,
        {"event": changed},
        {"event": deleted},
    ]
    assert slack.read(pages, HELP).events == slack.read(export(*THREAD), HELP).events


def test_only_named_channels_are_read():
    both = [*export(*THREAD), Page("random/2026-03-28.json", [message("U1", LATER)])]
    reading = slack.read(both, HELP)
    assert reading.events == slack.read(export(*THREAD), HELP).events
    assert reading.left_out == {"another channel": 1}
    two = slack.read(both, Account(channels=["#help-it", "C2"]))
    assert {each.ticket_id[:2] for each in two.events} == {"C1", "C2"}


def test_a_channel_gives_group_and_line():
    account = Account(channels=["C1"], groups={"C1": "IT"}, lines={"IT": 1})
    fields = dict(slack.read(export(*THREAD), account).events[0].fields)
    assert (fields["group"], fields["line"]) == ("IT", 1)
    by_name = Account(channels=["C1"], lines={"help-it": 2})
    assert dict(slack.read(export(*THREAD), by_name).events[0].fields)["line"] == 2
    assert "group" not in dict(slack.read(export(*THREAD), HELP).events[0].fields)


def test_no_channel_is_named():
    with pytest.raises(AdapterError, match="there are help-it, random"):
        slack.read(export(*THREAD))
    with pytest.raises(AdapterError, match=r"none of the named channels is there.*help-it"):
        slack.read(export(*THREAD), Account(channels=["help-hr"]))
    some = slack.read(export(*THREAD), Account(channels=["help-it", "help-hr"]))
    assert codes(some)["no_channel"] == 1
    with pytest.raises(AdapterError, match="do not say their channel"):
        slack.read(page(*THREAD), Account(channels=["C1", "C2"]))


def test_a_few_people_are_not_named_by_their_channel():
    few = [Page("mpims.json", [{"id": "G9", "name": "mpdm-cleo--ada-1"}]), *export(*THREAD)]
    with pytest.raises(AdapterError, match="there are G9, help-it") as caught:
        slack.read(few)
    assert "cleo" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": "missing_scope", "needed": "groups:history"}, ("groups:history", "install")),
        ({"error": "not_in_channel"}, ("not_in_channel", "/invite")),
        ({"error": "channel_not_found"}, ("channel_not_found", "id of the channel")),
        ({"error": "ratelimited"}, ("ratelimited", "Retry-After")),
        ({"error": "token_revoked"}, ("token_revoked", "token")),
        ({"error": "thread_not_found"}, ("thread_not_found", "first message")),
        ({"error": "something_new"}, ("something_new", "correct the request")),
        ({"error": "missing_scope", "needed": None}, ("missing_scope",)),
        ({}, ("an error of the interface",)),
    ],
)
def test_an_error_of_the_api(body, words):
    for payload in ({"ok": False, **body}, [page(*THREAD), {"ok": False, **body}]):
        with pytest.raises(AdapterError) as caught:
            slack.read(payload, HELP)
        assert all(word in str(caught.value) for word in words)
    assert slack.recognized({"ok": False, **body}) or not body


def test_a_search_is_refused_with_the_call_that_has_threads():
    found = {"ok": True, "query": "x", "messages": {"total": 1, "matches": [dict(THREAD[0])]}}
    with pytest.raises(AdapterError, match=r"conversations\.replies"):
        slack.read(found, HELP)


def test_one_broken_message_harms_no_other():
    for broken in (None, "text", [], {}, {"type": "message"}, message("U1", "soon"),
                   message("U1", LATER, "soon"), message("U1", float("nan")),
                   message("U1", "9" * 30), message("U1", "")):  # fmt: skip
        reading = slack.read(export(*THREAD, broken), HELP)
        assert reading.events == slack.read(export(*THREAD), HELP).events
        assert reading.incomplete == {EVERY: "unreadable"}
    users = [*USERS, None, {"name": "x"}, {"id": ["U1"]}]
    assert slack.read(export(*THREAD, users=users), HELP).events == (
        slack.read(export(*THREAD), HELP).events
    )


def test_ids_that_are_mail_or_words_are_no_ids():
    reading = slack.read(export(message("cleo@example.com", A), message("Cleo M", B)), HELP)
    assert [each.actor for each in reading.events] == [None] * 4
    assert "cleo" not in whole(reading).lower()


def test_a_report_states_no_figure_of_a_solution():
    asked = [(message("U1", f"17747{n}600.000000"), message("U7", f"17747{n}900.000000",
             f"17747{n}600.000000")) for n in range(10, 40)]  # fmt: skip
    log = slack.read(export(*(each for pair in asked for each in pair)), HELP)
    hours = BusinessCalendar.always()
    within = {"within": timedelta(hours=1), "calendar": hours}
    promised = [Target(metric=metric, **within) for metric in (FIRST_RESPONSE, RESOLUTION)]
    book = PolicyBook.of([SlaPolicy(name="gold", targets=promised)])
    made = make_report(log, calendar=hours, hours="24/7", target=timedelta(hours=8), policies=book)
    assert {each.key for each in made.figures} == {
        *("acknowledgement", "first_response", "next_response", "average_response", "touches"),
    }
    assert {each.n for each in made.figures if each.key == "first_response"} == {30}
    say = Wording().say
    absent = {say(each.title): say(each.reason) for each in made.absent}
    for title in ("Until resolved", "Resolved within 8 h of opening hours", "Reopenings",
                  "Age of what is open at the end",
                  "Tickets solved per ticket created"):  # fmt: skip
        assert "no statuses" in absent[title]
    assert made.solved_by[0.5].n == 0
    assert [(each.metric, each.share.value) for each in made.clocks.shares] == [
        ("first_response", 1.0)
    ]
    notes = {each.code: say(each.said) for each in made.notes}
    assert "resolution" in notes["clocks_untold_statuses"]
    assert "unsolved_left_out" not in notes


def test_the_same_events_of_a_system_with_statuses_have_these_figures():
    log = evolve(slack.read(export(*THREAD), HELP), undated=frozenset())
    assert "first_resolution" in {each.key for each in make_report(log).figures}


@st.composite
def channels_of_messages(draw):
    """Messages of a few threads, some of which lack their beginning, edits and bots among them."""
    found = []
    stamps = draw(st.lists(st.integers(0, 40), min_size=1, max_size=25, unique=True))
    begun = stamps[: draw(st.integers(1, 4))]
    for stamp in stamps:
        ts = f"17747316{stamp:02}.000100"
        thread = ts if stamp in begun else f"17747316{draw(st.sampled_from(begun)):02}.000100"
        who = draw(st.sampled_from(["U1", "U3", "U7", "UBOT", "U9", None]))
        more = draw(
            st.sampled_from(
                [{}, {}, {"bot_id": "B1"}, {"subtype": "channel_join"}, {"subtype": "tombstone"},
                 {"edited": {"ts": "1774739999.000000"}}, {"reply_count": 2}]
            )
        )  # fmt: skip
        found.append(message(who, ts, thread, **more))
    return found


@given(channels_of_messages(), st.randoms(use_true_random=False), st.data())
def test_order_repetition_and_cuts_of_files_say_nothing(messages, rng, data):
    whole = slack.read(export(*messages), HELP)
    pages = export()[:2]
    rest = [*messages, *(deepcopy(each) for each in rng.sample(messages, len(messages) // 2))]
    rng.shuffle(rest)
    day = 1
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        pages.append(Page(f"help-it/2026-03-{day:02}.json", rest[:size]))
        rest, day = rest[size:], day + 1
    rng.shuffle(pages)
    other = slack.read(pages, HELP)
    assert other.events == whole.events
    assert (other.left_out, other.unknown, other.incomplete, other.stated) == (
        *(whole.left_out, whole.unknown, whole.incomplete, whole.stated),
    )
    assert codes(other) == codes(whole)


@given(channels_of_messages(), st.integers(0, 24))
def test_a_message_changes_its_own_thread_alone(messages, place):
    gone = messages[place % len(messages)]
    rest = [each for each in messages if each is not gone]
    before, after = (by_ticket(slack.read(export(*some), HELP)) for some in (messages, rest))
    thread = f"C1:{gone['thread_ts']}"
    assert {k: v for k, v in before.items() if k != thread} == {
        k: v for k, v in after.items() if k != thread
    }


def by_ticket(reading):
    return {key: list(events) for key, events in groupby(reading.events, lambda e: e.ticket_id)}


def test_no_text_of_a_message_is_in_a_reading():
    rng = random.Random(3)  # noqa: S311 - the same order each time
    said = [message("U1", A, A, reply_count=3), message("U9", B, A), message("U1", LATER)]
    rng.shuffle(said)
    users = [{**each, "name": "Geheim", "profile": {"email": "Geheim"}} for each in USERS]
    assert "Geheim" not in whole(slack.read(export(*said, users=users), HELP))
