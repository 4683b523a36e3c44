"""Notices: every message is one that its service accepts, and nothing in it is read as markup."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from support_model import notices
from support_model._vocabulary import MomentKind
from support_model.agenda import Moment
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue
from support_model.events import Created, Message
from support_model.instants import Span
from support_model.lines import Agent
from support_model.notices import Notice, NoticeList
from support_model.oncall import Layer, OnCall
from support_model.reasons import Reason
from support_model.reasons_ru import RUSSIAN
from support_model.routing import QueuedTicket, Routing, route
from support_model.sla import FIRST_RESPONSE, RESOLUTION, SlaPolicy, Target, evaluate
from support_model.vocabulary import Status

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
LINK = "https://desk.example.org/t/{ticket}?from=chat&x=1"
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
BERLIN, X = "Europe/Berlin", "https://x.example"
GOLD = SlaPolicy(
    name="gold",
    targets=[
        Target(metric=FIRST_RESPONSE, within=2 * HOUR, calendar=OFFICE),
        Target(metric=RESOLUTION, within=8 * HOUR, calendar=OFFICE),
    ],
)
ROTA = OnCall(
    [Layer(["ann", "bob"], start="2026-03-02 09:00", tz="Europe/Berlin")], name="primary"
)


def log(ticket, at=AT, **fields):
    status = {"status": fields.pop("status", Status("new", "new"))}
    return [Created(ticket_id=ticket, at=at, role="customer", fields=status | fields)]


def desk(as_of=AT + 3 * HOUR):
    answered = [
        *log("T4", agent="ann"),
        Message(ticket_id="T4", at=AT + HOUR, role="agent", public=True),
    ]
    logs = [
        log("T1"),
        log("T2", AT + 2 * HOUR, agent="ann"),
        log("T3", status=Status("done", "solved")),
        answered,
        log("T5", AT - 48 * HOUR),
        log("T6", status=Status("spam", "void")),
    ]
    return [evaluate(each, GOLD, as_of=as_of) for each in logs]


def moments():
    """A moment of every kind, and those that a ticket and a plan really have."""
    for kind in get_args(MomentKind):
        yield Moment(
            at=AT,
            key=(kind, 1),
            kind=kind,
            subject="T1",
            reason=Reason.of("escalation_notify", step="page", level=1, who=["ann", "bob"]),
            recipients=["ann", "bob"],
            plan="gold",
            level=1,
            action="close" if kind == "action_due" else None,
        )
    yield from evaluate(log("T1"), GOLD, as_of=AT + 3 * HOUR).agenda
    yield from ROTA.roster(AT, AT + 400 * HOUR).agenda(as_of=AT)
    gap = OnCall(
        [Layer(["ann"], start="2026-03-02 09:00", tz="UTC", windows={"mon": "09:00-17:00"})]
    )
    yield from gap.roster(AT, AT + 40 * HOUR).agenda(as_of=AT)


def decisions():
    ticket = QueuedTicket(id="T1", channel="chat", queued_at=AT, needs=["sap"])
    away = Agent(id="bob", skills=["sap"], absences=[Span(AT, AT + HOUR)])
    for team in (
        [Agent(id="ann", skills=["sap"])],
        [Agent(id="ann"), away],
        [Agent(id="ann")],
        [],
    ):
        yield route(ticket, team, {}, Routing(), as_of=AT)


def all_notices():
    yield from map(notices.of_moment, moments())
    yield from map(notices.of_decision, decisions())
    late = desk()[0]
    yield notices.of_moment(late.agenda.moments[0], clock=late["first_response"])
    yield notices.digest(desk(), as_of=AT + 3 * HOUR, tz="Europe/Berlin", on_call=[ROTA])
    yield notices.digest([], as_of=AT)


TEXT = {"type": "string", "minLength": 1}
CARD = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "attachments"],
    "properties": {
        "type": {"const": "message"},
        "summary": TEXT,
        "attachments": {
            "type": "array",
            "minItems": 1,
            "maxItems": 10,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["contentType", "content"],
                "properties": {
                    "contentType": {"const": "application/vnd.microsoft.card.adaptive"},
                    "contentUrl": {"type": "null"},
                    "content": {"$ref": "#/$defs/card"},
                },
            },
        },
    },
    "$defs": {
        "card": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type", "version", "body"],
            "properties": {
                "$schema": {"const": "http://adaptivecards.io/schemas/adaptive-card.json"},
                "type": {"const": "AdaptiveCard"},
                "version": {"enum": ["1.0", "1.1", "1.2", "1.3", "1.4"]},
                "fallbackText": TEXT,
                "body": {
                    "type": "array",
                    "items": {"oneOf": [{"$ref": "#/$defs/rich"}, {"$ref": "#/$defs/block"}]},
                },
                "actions": {"type": "array", "items": {"$ref": "#/$defs/open"}},
                "msteams": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "width": {"const": "Full"},
                        "entities": {"type": "array", "items": {"$ref": "#/$defs/mention"}},
                    },
                },
            },
        },
        "rich": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type", "inlines"],
            "properties": {
                "type": {"const": "RichTextBlock"},
                "inlines": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/run"}},
                "spacing": {"enum": ["Small", "Medium"]},
                "separator": {"type": "boolean"},
            },
        },
        "run": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type", "text"],
            "properties": {
                "type": {"const": "TextRun"},
                "text": TEXT,
                "size": {"enum": ["Default", "Small", "Medium", "Large", "ExtraLarge"]},
                "weight": {"enum": ["Default", "Lighter", "Bolder"]},
                "isSubtle": {"type": "boolean"},
                "selectAction": {"$ref": "#/$defs/open"},
            },
        },
        "block": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type", "text"],
            "properties": {
                "type": {"const": "TextBlock"},
                "text": {"type": "string", "pattern": r"^<at>[^<>]+</at>(, <at>[^<>]+</at>)*$"},
                "wrap": {"type": "boolean"},
            },
        },
        "open": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type", "url"],
            "properties": {
                "type": {"const": "Action.OpenUrl"},
                "title": TEXT,
                "url": {"type": "string", "pattern": "^https?://[^ ]+$"},
            },
        },
        "mention": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type", "text", "mentioned"],
            "properties": {
                "type": {"const": "mention"},
                "text": {"type": "string", "pattern": "^<at>[^<>]+</at>$"},
                "mentioned": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["id", "name"],
                    "properties": {"id": TEXT, "name": TEXT},
                },
            },
        },
    },
}
"""What of the schema of Adaptive Cards 1.4 and of messages to Teams a notice uses, and no more."""
PLAIN = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "text", "emoji"],
    "properties": {"type": {"const": "plain_text"}, "text": TEXT, "emoji": {"const": False}},
}
PART = {
    "oneOf": [
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["type", "text"],
            "properties": {
                "type": {"const": "text"},
                "text": TEXT,
                "style": {"const": {"bold": True}},
            },
        },
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["type", "url", "text"],
            "properties": {
                "type": {"const": "link"},
                "url": {"type": "string", "pattern": "^https?://", "maxLength": 3000},
                "text": TEXT,
            },
        },
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["type", "user_id"],
            "properties": {
                "type": {"const": "user"},
                "user_id": {"type": "string", "pattern": "^[UW][A-Z0-9]+$"},
            },
        },
    ]
}
SECTION = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "elements"],
    "properties": {
        "type": {"const": "rich_text_section"},
        "elements": {"type": "array", "minItems": 1, "items": PART},
    },
}
LIST = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "style", "elements"],
    "properties": {
        "type": {"const": "rich_text_list"},
        "style": {"const": "bullet"},
        "elements": {"type": "array", "minItems": 1, "items": SECTION},
    },
}
BUTTON = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "text", "action_id"],
    "properties": {
        "type": {"const": "button"},
        "text": {"allOf": [PLAIN, {"properties": {"text": {"maxLength": 75}}}]},
        "action_id": {"type": "string", "minLength": 1, "maxLength": 255},
        "value": {"type": "string", "maxLength": 2000},
        "url": {"type": "string", "pattern": "^https?://", "maxLength": 3000},
    },
}
BLOCK = {
    "oneOf": [
        {
            "properties": {
                "type": {"const": "header"},
                "text": {"allOf": [PLAIN, {"properties": {"text": {"maxLength": 150}}}]},
            },
        },
        {
            "properties": {
                "type": {"const": "rich_text"},
                "elements": {"type": "array", "minItems": 1, "items": {"oneOf": [SECTION, LIST]}},
            },
        },
        {
            "properties": {
                "type": {"const": "actions"},
                "elements": {"type": "array", "minItems": 1, "maxItems": 25, "items": BUTTON},
            },
        },
        {
            "properties": {
                "type": {"const": "context"},
                "elements": {"type": "array", "minItems": 1, "maxItems": 10, "items": PLAIN},
            },
        },
    ]
}
SLACK = Draft202012Validator(
    {
        "type": "object",
        "required": ["text", "blocks"],
        "properties": {
            "text": {"type": "string", "minLength": 1, "maxLength": 4000},
            "blocks": {"type": "array", "minItems": 1, "maxItems": 50, "items": BLOCK},
        },
    }
)
TEAMS = Draft202012Validator(CARD)


def texts(value):
    """Every text inside a message."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def accepted(notice, **more):
    """Every form of a notice, each held against the rules of its service."""
    buttons = more.pop("buttons", ())
    people = more.pop("people", {})
    message = notices.slack(notice, buttons=buttons, people=people, **more)
    SLACK.validate(message)
    json.dumps(message).encode("utf-8")
    card = notices.teams(notice, people=people, **more)
    TEAMS.validate(card)
    assert len(json.dumps(card)) <= 28 * 1024
    letter = notices.mail(notice, **more)
    assert len(letter.subject) <= 150
    assert not {"\r", "\n"} & {*letter.subject}
    return message, card, letter


@pytest.mark.parametrize("catalogue", [None, RUSSIAN], ids=["English", "Russian"])
def test_every_notice_is_accepted(catalogue):
    seen = set()
    for notice in all_notices():
        accepted(notice, catalogue=catalogue, link=LINK, buttons=["acknowledge", "hand_back"])
        seen.add(notice.kind)
    assert seen == {*get_args(MomentKind), "decision", "digest"}


def test_slack_itself_accepts_every_notice():
    blocks = pytest.importorskip("slack_sdk.models.blocks")
    messages = pytest.importorskip("slack_sdk.models.messages.message")
    metadata = pytest.importorskip("slack_sdk.models.metadata")
    for notice in all_notices():
        made = notices.slack(
            notice, link=LINK, buttons=["acknowledge"], people={"ann": "U07ANN"}, thread_ts="1.2"
        )
        parsed = blocks.Block.parse_all(made["blocks"])
        assert [each.to_dict() for each in parsed] == made["blocks"]
        assert messages.Message(text=made["text"], blocks=parsed).to_dict()["blocks"]
        assert metadata.Metadata(**made["metadata"]).to_dict() == made["metadata"]


def test_a_breach_in_three_forms():
    evaluation = evaluate(log("T1"), GOLD, as_of=AT + 3 * HOUR)
    breach = evaluation.agenda.through(AT + 3 * HOUR)[-1]
    notice = notices.of_moment(breach, clock=evaluation["first_response"])
    message, card, letter = accepted(notice, link=LINK, tz="Europe/Berlin")
    assert letter.subject == "Breach: T1"
    assert letter.text.splitlines() == [
        "Why: first response is breached: past 2h (gold)",
        "Clock: running, breached, 3:00:00 of 2:00:00, due Mon 02 Mar 2026 12:00 Europe/Berlin",
        "When: Mon 2026-03-02 12:00 Europe/Berlin",
        "",
        "Open: https://desk.example.org/t/T1?from=chat&x=1",
    ]
    assert message["text"] == "Breach: T1: first response is breached: past 2h (gold)"
    assert message["blocks"][0]["text"]["text"] == "Breach: T1"
    assert message["metadata"] == {
        "event_type": "support_breach",
        "event_payload": {
            "key": breach.key_text,
            "kind": "breach",
            "subject": "T1",
            "at": "2026-03-02T11:00:00+00:00",
            "metric": "first_response",
            "policy": "gold",
        },
    }
    assert card["attachments"][0]["content"]["actions"][0]["url"] == LINK.replace("{ticket}", "T1")


def test_a_notice_in_russian_has_no_english_word():
    evaluation = evaluate(log("1"), GOLD, as_of=AT + 3 * HOUR)
    for moment in evaluation.agenda.through(AT + 3 * HOUR):
        letter = notices.mail(notices.of_moment(moment), catalogue=RUSSIAN, tz="Europe/Moscow")
        said = letter.text.replace("Europe/Moscow", "").replace("gold", "") + letter.subject
        assert not [char for char in said if char.isascii() and char.isalpha()]


def test_a_decision():
    given, waits, stuck, nobody = map(notices.of_decision, decisions())
    assert notices.mail(given).subject == "T1: ann takes it"
    assert given.recipients == ("ann",)
    assert notices.mail(waits).subject == "T1: nobody can take it now"
    assert "Ask again: Mon 2026-03-02 10:00 UTC" in notices.mail(waits).text
    assert "missing skill: 1" in notices.mail(waits).text
    assert "only an event" in notices.mail(stuck).subject
    assert notices.mail(nobody).text == "When: Mon 2026-03-02 09:00 UTC"


def test_the_digest_counts_what_is_open():
    notice = notices.digest(desk(), as_of=AT + 3 * HOUR, tz="Europe/Berlin", on_call=[ROTA])
    assert notices.mail(notice, link="https://x.example/{ticket}").text.splitlines() == [
        "Open tickets: 4",
        "Past due: 2",
        "Due today: 2",
        "Unassigned: 2",
        "When: Mon 2026-03-02 13:00 Europe/Berlin",
        "",
        "Due until midnight",
        f"- T5: first response past due since Mon 2026-03-02 11:00 {BERLIN} (gold) {X}/T5",
        f"- T1: first response past due since Mon 2026-03-02 12:00 {BERLIN} (gold) {X}/T1",
        f"- T2: first response due Mon 2026-03-02 14:00 {BERLIN} (gold) {X}/T2",
        f"- T5: resolution due Mon 2026-03-02 17:00 {BERLIN} (gold) {X}/T5",
        "",
        "Waiting longest",
        f"- T5: waiting since Sat 2026-02-28 10:00 {BERLIN} {X}/T5",
        f"- T1: waiting since Mon 2026-03-02 10:00 {BERLIN} {X}/T1",
        f"- T2: waiting since Mon 2026-03-02 12:00 {BERLIN} {X}/T2",
        "",
        "On call",
        "- primary: ann",
    ]


def test_the_day_of_a_digest_ends_at_its_own_midnight():
    late = [evaluate(log("T1"), GOLD, as_of=AT)]
    for tz, due in (("Europe/Berlin", 1), ("Pacific/Kiritimati", 0), ("UTC", 1)):
        counts = dict(notices.digest(late, as_of=AT, tz=tz).facts)
        assert counts["head_due_today"]["n"] == due, tz
    night = AT.replace(hour=0)
    west = dict(notices.digest(late, as_of=night, tz="America/Chicago").facts)
    assert west["head_due_today"]["n"] == 0  # there it is still Sunday
    title = notices.digest([], as_of=night, tz="America/Chicago").title
    assert title == Reason.of("notice_digest", date=datetime(2026, 3, 1, tzinfo=UTC).date())


def test_what_does_not_fit_is_counted():
    many = [evaluate(log(f"T{n:03}"), GOLD, as_of=AT + HOUR) for n in range(300)]
    notice = notices.digest(many, as_of=AT + HOUR, most=250)
    assert [(len(each.rows), each.hidden) for each in notice.lists] == [(250, 50), (250, 50)]
    message, card, letter = accepted(notice, link=LINK)
    assert "- and 50 more" in letter.text
    for made in (message, card):
        rows = [text for text in texts(made) if re.fullmatch(r"T\d{3}", text)]
        more = [text for text in texts(made) if text.startswith("and ")]
        shown = sum(int(text.split()[1]) for text in more) + len(rows)
        assert shown == 600  # 300 first responses until midnight, and 300 who wait


def test_a_long_text_is_shortened_and_says_so():
    long = "x" * 5000
    notice = Notice(
        kind="breach",
        subject=long,
        at=AT,
        title=Reason.of("notice_title", kind="breach", subject=long),
        facts=(("head_why", Reason.of("notice_name", name=long)),) * 30,
        recipients=(long,) * 200,
        lists=(NoticeList(title=Reason.of("nobody"), rows=((long, Reason.of("nobody")),) * 60),)
        * 60,
        ticket=long,
        key=long,
    )
    message, card, letter = accepted(
        notice, link=LINK, buttons=[f"act{n}" for n in range(40)], people={long: "U1"}
    )
    for made in (message, card, [letter.subject]):
        assert any(text.endswith("…") for text in texts(made))
    for made in (message, card, [letter.text]):
        assert any("shortened" in text.lower() for text in texts(made))
    value = message["blocks"][-2]["elements"][0]["value"]
    assert value.startswith("blake2s:")


def test_nothing_is_shortened_that_fits():
    for notice in all_notices():
        for made in accepted(notice):
            said = list(texts(made)) if isinstance(made, dict) else [made.text]
            assert not any("shortened" in text.lower() for text in said)


HOSTILE = (
    "<!channel>", "<!here|x>", "<@U07ANN>", "<#C1>", "*b* _i_ ~s~ `c`", "&lt;!channel&gt;",
    "[a](https://evil.example)", "**b**", "<at>ann</at>", "{{DATE(2026-01-01T00:00:00Z)}}",
    "T1\r\nBcc: all@example.com", "\u202egnirts\u2066", "\ud800", "<b>x</b>",
    "javascript:alert(1)", "{ticket}", "../../x", "x" * 3000, "\U0001f600" * 400, "\0", "", " ",
)  # fmt: skip


@given(st.sampled_from(HOSTILE) | st.text(max_size=60), st.sampled_from([None, RUSSIAN]))
def test_what_users_typed_is_never_markup(typed, catalogue):
    notice = Notice(
        kind="breach",
        subject=typed,
        at=AT,
        title=Reason.of("notice_title", kind="breach", subject=typed),
        facts=(("head_why", Reason.of("notice_name", name=typed)),),
        recipients=(typed,),
        lists=(
            NoticeList(
                title=Reason.of("head_queue"),
                rows=((typed, Reason.of("notice_on_call", plan=typed, who=typed)),),
            ),
        ),
        ticket=typed,
        key=json.dumps([typed]),
    )
    message, card, letter = accepted(notice, catalogue=catalogue, link=LINK)
    assert "<" not in message["text"]
    for text in texts(message["blocks"]):
        assert not any(sign in text for sign in ("<!", "<@", "<#"))
    for text in texts(card):
        assert "{{" not in text
    assert not [text for text in texts([message, card]) if "\u202e" in text or "\r" in text]
    assert "\nBcc" not in letter.text
    assert "<at>" not in [*texts([b for b in body(card) if b["type"] == "TextBlock"])]
    for url in (text for text in texts(card) if text.startswith("https://desk")):
        assert url.startswith("https://desk.example.org/t/")
        assert "/" not in url.removeprefix("https://desk.example.org/t/").partition("?")[0]


def body(card):
    return card["attachments"][0]["content"]["body"]


def test_people_are_mentioned_by_their_ids_alone():
    moment = Moment(
        at=AT, key=("k",), kind="notify", subject="T1", reason=Reason.of("nobody"),
        recipients=["ann", "bob", "cid"],
    )  # fmt: skip
    people = {"ann": "U07ANN", "bob": "<!channel>"}
    parts = notices.slack(notices.of_moment(moment), people=people)["blocks"][1]["elements"][0]
    assert [each for each in parts["elements"] if each["type"] == "user"] == [
        {"type": "user", "user_id": "U07ANN"}
    ]
    assert [each["text"] for each in parts["elements"] if each["type"] == "text"].count("bob") == 1
    card = notices.teams(notices.of_moment(moment), people={"ann": "ann@example.org"})
    TEAMS.validate(card)
    content = card["attachments"][0]["content"]
    assert content["msteams"]["entities"] == [
        {
            "type": "mention",
            "text": "<at>ann</at>",
            "mentioned": {"id": "ann@example.org", "name": "ann"},
        }
    ]
    assert content["body"][-1] == {"type": "TextBlock", "text": "<at>ann</at>", "wrap": True}


def test_each_button_is_there_once_and_carries_the_key():
    notice = notices.of_moment(next(moments()))
    made = notices.slack(notice, buttons=["acknowledge", "close", "acknowledge"], link=LINK)
    buttons = made["blocks"][-1]["elements"]
    assert [each["action_id"] for each in buttons] == ["acknowledge", "close", "open_ticket"]
    assert {each.get("value") for each in buttons} == {notice.key, None}
    assert notice.key == made["metadata"]["event_payload"]["key"]


def test_where_a_message_goes():
    notice = notices.digest([], as_of=AT)
    sent = notices.slack(notice, channel="C1", thread_ts="1774731600.000100")
    assert (sent["channel"], sent["thread_ts"]) == ("C1", "1774731600.000100")
    assert not {"channel", "thread_ts"} & notices.slack(notice).keys()
    assert (sent["unfurl_links"], sent["unfurl_media"]) == (False, False)


def test_a_plan_has_no_link_and_a_ticket_has_one():
    turn = ROTA.roster(AT, AT + 400 * HOUR).agenda(as_of=AT).moments[0]
    assert notices.of_moment(turn).ticket is None
    assert "actions" not in [
        b["type"] for b in notices.slack(notices.of_moment(turn), link=LINK)["blocks"]
    ]


def test_a_ticket_is_quoted_in_a_link():
    moment = Moment(
        at=AT, key=("k",), kind="breach", subject="a/b ж?#", reason=Reason.of("nobody")
    )
    text = notices.mail(notices.of_moment(moment), link="https://x.example/{ticket}").text
    assert text.endswith("https://x.example/a%2Fb%20%D0%B6%3F%23")


@pytest.mark.parametrize(
    "link",
    ["desk/{ticket}", "https://x.example/", "javascript:alert({ticket})",
     "https://x y/{ticket}", 7, "https://x.example/{ticket}>", "ftp://x.example/{ticket}"],
)  # fmt: skip
def test_what_is_no_link_is_refused(link):
    notice = notices.digest([], as_of=AT)
    for say in (notices.slack, notices.teams, notices.mail):
        with pytest.raises(InvalidValue, match="write https://"):
            say(notice, link=link)


def test_something_else_than_the_librarys_answers_is_refused():
    with pytest.raises(InvalidValue, match="no moment"):
        notices.of_moment("T1")
    with pytest.raises(InvalidValue, match="no decision"):
        notices.of_decision("T1")
    with pytest.raises(InvalidValue, match="no evaluation"):
        notices.digest(["T1"], as_of=AT)
    with pytest.raises(InvalidValue, match="evaluations are several"):
        notices.digest("T1", as_of=AT)
    with pytest.raises(InvalidValue, match="no on-call plan"):
        notices.digest([], as_of=AT, on_call=["primary"])
    for say in (notices.slack, notices.teams, notices.mail):
        with pytest.raises(InvalidValue, match="no notice"):
            say("T1")


def test_instants_are_said_on_one_clock_down_to_the_last_reason():
    inner = Reason.of("decision_waits", at=AT)
    notice = Notice(
        kind="decision",
        subject="T1",
        at=AT,
        title=Reason.of("nobody"),
        facts=(("head_why", Reason.of("listed_rows", listed=(inner, inner))),),
    )
    assert "09:00 UTC" in notices.mail(notice).text
    said = notices.mail(notice, tz="Asia/Tokyo").text
    assert said.count("18:00 Asia/Tokyo") == 2
    assert "UTC" not in said
