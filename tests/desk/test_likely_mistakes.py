"""The mistakes that a developer makes first: each is an error of this library with its remedy."""

from datetime import UTC, datetime, timedelta

import pytest

from support_model import (
    RESOLUTION,
    Actor,
    BusinessCalendar,
    Created,
    Desk,
    Field,
    Message,
    Reason,
    Related,
    SlaPolicy,
    SlaState,
    SupportModelError,
    Target,
    evaluate,
    replay,
    serde,
)
from support_model._files.answers import ANSWERS
from support_model._files.schemas import SHAPES
from support_model.agenda import Moment, changes
from support_model.errors import brief_repr, nearest
from support_model.escalation import rules_agenda
from support_model.reasons import lint_catalogue
from support_model.simulation import backtest, impact, impact_summary
from support_model.sla import evaluate_many
from support_model.tickets import merge, numbered, split
from support_model.workflows import INCIDENT, StatusMap

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NAIVE = AT.replace(tzinfo=None)
ANN = Actor("agent", "ann")
HOURS = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
EIGHT = Target(metric=RESOLUTION, within=timedelta(hours=8), calendar=HOURS)
POLICY = SlaPolicy(name="gold", targets=[EIGHT])
DESK = Desk(workflow=INCIDENT, policies=POLICY, calendars={"office": HOURS})
LOG = INCIDENT.begin("T1", actor=Actor("customer"), at=AT)
TICKET = replay(LOG)
RESULT = evaluate(LOG, POLICY, as_of=AT)
OTHERS = INCIDENT.begin("T2", actor=Actor("customer"), at=AT)
REFUSED = "'merge' refused for ticket 'T1' in 'new': {}"
HOUR = timedelta(hours=1)
LATER = replay(INCIDENT.begin("T3", actor=Actor("customer"), at=AT + HOUR))
NOTED = DESK.act(TICKET, "note", actor=ANN, at=AT)

EVENTS = "give the ticket's log, a list of events"
INSTANT = "give datetime(..., tzinfo=...)"
EVALUATED = "give the events that were evaluated: desk.agenda(result, events)"
CATALOGUE = "give a mapping such as support_model.reasons_ru.RUSSIAN"
EVALUATION = "give evaluate(events, desk.policies, as_of=...), then the events"


def said(problem, value, remedy):
    return f"{problem}: {brief_repr(value)}; {remedy}"


def told(problem, event, remedy):
    """What an error says that names an event of a log."""
    named = f"{type(event).__name__} of ticket {event.ticket_id!r} at {event.at.isoformat()}"
    return f"{problem}: {named}; {remedy}"


def wrote(ticket_id, at):
    return Message(ticket_id=ticket_id, at=at, role="customer", public=True)


def act(action="note", **more):
    return lambda: DESK.act(TICKET, action, **{"actor": ANN, "at": AT, **more})


def judged(events=LOG, policies=POLICY, as_of=AT):
    return lambda: evaluate(events, policies, as_of=as_of)


def target(**more):
    return lambda: Target(
        **{"metric": RESOLUTION, "within": timedelta(hours=8), "calendar": HOURS, **more}
    )


MISTAKES = {
    "an actor by name": (
        act(actor="ann"),
        "an actor has a role: 'ann'; give Actor('agent', 'ann')",
    ),
    "an actor whose role is his name": (
        lambda: Actor("ann"),
        "unknown role: 'ann'; known: agent, bot, customer, system, third_party",
    ),
    "a desk for policies": (
        judged(policies=DESK),
        said("no policies but a desk", DESK, "give desk.policies"),
    ),
    "a desk for the policies of a state": (
        lambda: SlaState.of(DESK),
        said("no policies but a desk", DESK, "give desk.policies"),
    ),
    "a desk for the policies of many": (
        lambda: list(evaluate_many([LOG], DESK, as_of=AT)),
        said("no policies but a desk", DESK, "give desk.policies"),
    ),
    "policies by name": (
        judged(policies={"gold": POLICY}),
        said("policies are a list", {"gold": POLICY}, "give list(policies.values())"),
    ),
    "the name of a policy": (
        judged(policies="gold"),
        "policies are several: 'gold'; give a list of them",
    ),
    "targets for policies": (
        judged(policies=[EIGHT]),
        said("a book holds policies", EIGHT, "use SlaPolicy(...)"),
    ),
    "one event for a log": (judged(LOG[0]), said("no events", LOG[0], EVENTS)),
    "a ticket for a log": (judged(TICKET), said("no events", TICKET, EVENTS)),
    "a ticket replayed": (lambda: replay(TICKET), said("no events", TICKET, EVENTS)),
    "logs for a log": (
        judged({"T1": LOG}),
        said("no events", {"T1": LOG}, "give the log of one ticket, such as logs['T1']"),
    ),
    "a list of logs for a log": (judged([LOG]), said("no event", LOG, "give one log")),
    "an id for a log": (
        judged("T1"),
        "no events: 'T1'; give the log of one ticket, such as logs['T1']",
    ),
    "a row for an event": (
        judged([{"type": "created"}]),
        said("no event", {"type": "created"}, "make one, or read it with serde.event_from_data"),
    ),
    "no zone": (
        judged(as_of=NAIVE),
        said(
            "a datetime without a zone names no instant",
            NAIVE,
            "attach one: value.replace(tzinfo=ZoneInfo('Europe/Berlin'))",
        ),
    ),
    "text for an instant": (
        judged(as_of="now"),
        f"an instant must be an aware datetime: 'now'; {INSTANT}",
    ),
    "no instant": (
        judged(as_of=None),
        f"an instant must be an aware datetime: None; {INSTANT}",
    ),
    "a misspelt metric": (
        lambda: RESULT["resolutoin"],
        "no clock of this metric: 'resolutoin'; did you mean 'resolution'?",
    ),
    "a metric for its name": (
        lambda: RESULT[RESOLUTION],
        said("no clock of this metric", RESOLUTION, "ask by name: result['resolution']"),
    ),
    "a misspelt action": (
        act("repli"),
        "'repli' refused for ticket 'T1' in 'new': no such action: 'repli'; did you mean 'reply'?",
    ),
    "no action": (act(None), "an action goes by name: None; desk.allowed(ticket) lists all"),
    "a list of actions": (
        act(["reply"]),
        "an action goes by name: ['reply']; desk.allowed(ticket) lists all",
    ),
    "the id of a ticket": (
        lambda: DESK.act("T1", "note", actor=ANN, at=AT),
        "no ticket: 'T1'; give replay(events)",
    ),
    "a log for a ticket": (
        lambda: DESK.allowed(LOG),
        said("no ticket", LOG, "give replay(events)"),
    ),
    "a log for the ticket it goes on": (
        lambda: numbered(LOG, LOG),
        said("no ticket", LOG, "give replay(events)"),
    ),
    "text for a length": (
        target(within="8h"),
        "not a length: '8h'; give timedelta(hours=8)",
    ),
    "a number for a length": (target(within=8), "not a length: 8; give timedelta(hours=8)"),
    "the name of a metric": (
        target(metric="resolution"),
        "a target needs a metric: 'resolution'; use METRICS[...]",
    ),
    "the name of a calendar": (
        target(calendar="office"),
        "a target needs a calendar: 'office'; use BusinessCalendar",
    ),
    "a comparison for a condition": (
        target(when=Field("priority_rank") == 1),
        "a target's condition is a pattern: False; write Field(...).is_(...)",
    ),
    "a priority by name": (
        act("change", fields={"priority": "high"}),
        "not a value of 'priority': 'high'; give Priority(name, rank)",
    ),
    "a priority by rank": (
        act("change", fields={"priority": 1}),
        "not a value of 'priority': 1; give Priority(name, rank)",
    ),
    "a status by name": (
        lambda: Created(ticket_id="T1", at=AT, role="customer", fields={"status": "new"}),
        "not a value of 'status': 'new'; give Status(name, category)",
    ),
    "a misspelt field": (
        act("assign", fields={"agnet": "ann"}),
        "unknown field of a ticket: 'agnet'; did you mean 'agent'?",
    ),
    "a list of fields": (
        act("assign", fields=["agent"]),
        "not fields: ['agent']; give {'group': 'billing'}",
    ),
    "a misspelt role": (
        lambda: Message(ticket_id="T1", at=AT, role="agnet", public=True),
        "unknown role: 'agnet'; did you mean 'agent'?",
    ),
    "an agenda without events": (
        lambda: DESK.agenda(RESULT),
        said(
            "workflow and escalation need the ticket's events",
            "T1",
            "give the events that were evaluated: desk.agenda(result, events)",
        ),
    ),
    "an agenda of a ticket": (
        lambda: DESK.agenda(TICKET, LOG),
        said("no evaluation", TICKET, EVALUATION),
    ),
    "the events first": (
        lambda: DESK.next_at(LOG, RESULT),
        said("no evaluation", LOG, EVALUATION),
    ),
    "an agenda of a ticket's present": (
        lambda: DESK.agenda(RESULT, TICKET),
        said("no events", TICKET, EVENTS),
    ),
    "an agenda of another ticket's events": (
        lambda: DESK.agenda(RESULT, OTHERS),
        told("an event beside ticket 'T1'", OTHERS[0], EVALUATED),
    ),
    "the next instant of another ticket's events": (
        lambda: DESK.next_at(RESULT, OTHERS),
        told("an event beside ticket 'T1'", OTHERS[0], EVALUATED),
    ),
    "an agenda of a part of the log": (
        lambda: DESK.agenda(evaluate([*LOG, *NOTED], POLICY, as_of=AT), LOG),
        said("not the log of version 2 that was evaluated", 1, EVALUATED),
    ),
    "the next instant of a log that went on": (
        lambda: DESK.next_at(RESULT, [*LOG, *NOTED]),
        said("not the log of version 1 that was evaluated", 2, EVALUATED),
    ),
    "numbers for the events of a desk that reads none": (
        lambda: Desk(policies=POLICY).agenda(RESULT, [1]),
        said("no event", 1, "make one, or read it with serde.event_from_data"),
    ),
    "escalation by another ticket's events": (
        lambda: rules_agenda([], OTHERS, RESULT, print),
        told("an event beside ticket 'T1'", OTHERS[0], EVALUATED),
    ),
    "evaluations for agendas": (
        lambda: changes(RESULT, RESULT),
        said("no moment", RESULT.clocks[0], "give agendas: changes(before.agenda, after.agenda)"),
    ),
    "no agenda to join": (
        lambda: RESULT.agenda | None,
        "no agenda: None; give the agenda of a decision or an evaluation",
    ),
    "the name of a workflow": (
        lambda: Desk(workflow="incident"),
        "not a workflow: 'incident'; make one with Workflow(...)",
    ),
    "calendars without names": (
        lambda: Desk(calendars=[HOURS]),
        said("calendars go by name", [HOURS], "give {'office': calendar}"),
    ),
    "minutes for a duration": (
        act("work", duration=5),
        "a duration must be a timedelta: 5; say timedelta(hours=...)",
    ),
    "text for a date": (
        act("promise", metric="resolution", due="tomorrow"),
        f"an instant must be an aware datetime: 'tomorrow'; {INSTANT}",
    ),
    "the id of the other ticket of a merge": (
        act("merge", other="T2"),
        (
            "'merge' refused for ticket 'T1' in 'new': 'merge' needs the other ticket as it is"
            " now, not only its id"
        ),
    ),
    "a promise of no date": (
        act("promise", metric="resolution", due=None),
        "a promise without a date: None; give the date, or withdraw it with the action 'withdraw'",
    ),
    "a promise for ever": (
        act("promise", metric="resolution", due=AT.replace(year=9999, month=12, day=31)),
        said(
            "a date that some zones do not have",
            AT.replace(year=9999, month=12, day=31),
            "give one from 0001-01-02 to 9999-12-30",
        ),
    ),
    "a merge into nothing": (
        act("merge"),
        REFUSED.format("'merge' needs the other ticket as it is now, not only its id"),
    ),
    "a merge before the other's last event": (
        lambda: merge(TICKET, LATER, actor=ANN, at=AT),
        told(
            "a merge before the last event of one of the tickets",
            Related(
                ticket_id="T1", at=AT, role="agent", actor="ann", kind="merged_into", other="T3"
            ),
            "act at max(now, ticket.at, other.at)",
        ),
    ),
    **{
        f"the comment {comment!r} of a merge": (
            lambda comment=comment: merge(TICKET, LATER, actor=ANN, at=AT + HOUR, comment=comment),
            f"unknown visibility of a comment: {comment!r}; {remedy}",
        )
        for comment, remedy in {
            "Public": "did you mean 'public'?",
            "loud": "known: internal, public",
            5: "known: internal, public",
        }.items()
    },
    "the name of a merge's status": (
        lambda: merge(TICKET, LATER, actor=ANN, at=AT + HOUR, status="gone"),
        "a ticket merged away is void: 'gone'; give such a status, or none",
    ),
    "a split off from itself": (
        lambda: split(TICKET, "T1", actor=ANN, at=AT),
        "'split' refused for ticket 'T1' in 'new': T1 would be related to itself",
    ),
    "the text of the message of a split": (
        act("split", other="T4", message="x"),
        "no message: 'x'; give one of the ticket's log",
    ),
    "the creation as the message of a split": (
        act("split", other="T4", message=LOG[0]),
        said("no message", LOG[0], "give one of the ticket's log"),
    ),
    "another ticket's message of a split": (
        act("split", other="T4", message=wrote("T2", AT)),
        told("an event beside ticket 'T1'", wrote("T2", AT), "split the log"),
    ),
    "a message to come of a split": (
        act("split", other="T4", message=wrote("T1", AT + HOUR)),
        told(
            "a message written after the split",
            wrote("T1", AT + HOUR),
            "split at max(now, message.at)",
        ),
    ),
    "a number for an event": (
        lambda: serde.event_to_data(5),
        said("no event", 5, "make one, or read it with serde.event_from_data"),
    ),
    "no path": (lambda: serde.load_desk(None), "no path: None; give the name of a file"),
    "bytes for a path": (
        lambda: serde.resolved(b"x"),
        "no path: b'x'; give the name of a file",
    ),
    "a number for a file of events": (
        lambda: serde.read_logs(5),
        "no path: 5; give the name of a file",
    ),
    "a list for a kind of answer": (
        lambda: serde.answer_from_data([], {}),
        said("no such kind of answer", [], nearest("[]", ANSWERS)),
    ),
    "a number for a kind of document": (
        lambda: serde.schema(5),
        said("no such kind of document", 5, nearest("5", SHAPES)),
    ),
    "the name of a policy that replaces": (
        lambda: DESK.policies.replaced(AT, "gold"),
        said("a book holds policies", "gold", "use SlaPolicy(...)"),
    ),
    "the name of a target that replaces": (
        lambda: POLICY.revised("resolution"),
        "targets are several: 'resolution'; give a list of them",
    ),
    "names of targets that replace": (
        lambda: POLICY.revised(["resolution"]),
        "a policy holds targets: 'resolution'; use Target(...)",
    ),
    "the name of a target to remove": (
        lambda: POLICY.revised(remove="resolution"),
        "names are a list: 'resolution'; give ['resolution']",
    ),
    "lengths beyond every date": (
        lambda: POLICY.revised(scale=1e300),
        "lengths beyond every date: 1e+300; give a smaller one",
    ),
    "the name of a status that replaces": (
        lambda: INCIDENT.revised(statuses="new"),
        "parts of a workflow are several: 'new'; give a list of Status(name, category)",
    ),
    "the name of a transition that replaces": (
        lambda: INCIDENT.revised(transitions=["close"]),
        "no part of a workflow: 'close'; give a list of Transition(action, source, to)",
    ),
    "no pairs of statuses": (
        lambda: StatusMap(INCIDENT, INCIDENT, None),
        "no pairs of statuses: None; give {'old': 'new'}",
    ),
    "one ticket that may be stranded": (
        lambda: DESK.stranded(TICKET),
        said("tickets are several", TICKET, "give a list of them"),
    ),
    "no logs": (
        lambda: [*impact(None, POLICY, POLICY, as_of=AT)],
        "logs are several: None; give a list of them",
    ),
    "text for impacts": (
        lambda: impact_summary("T1", as_of=AT),
        "impacts are several: 'T1'; give impact(logs, old, new, as_of=...)",
    ),
    "a log twice in a summary": (
        lambda: impact_summary(impact([LOG, LOG], POLICY, Desk(), as_of=AT), as_of=AT),
        "a ticket twice: 'T1'; give one log for each ticket",
    ),
    "a log twice in a backtest": (
        lambda: backtest([LOG, LOG], POLICY, POLICY, as_of=AT),
        "a ticket twice: 'T1'; give one log for each ticket",
    ),
    **{
        f"{examples!r} examples": (
            lambda examples=examples: impact_summary((), as_of=AT, examples=examples),
            f"examples must be a whole number >= 1: {examples!r}",
        )
        for examples in ("x", 0, -1)
    },
    "no agenda to compare with": (
        lambda: changes(RESULT.agenda, None),
        "moments are several: None; give agendas: changes(before.agenda, after.agenda)",
    ),
    **{
        f"no {part}": (
            lambda part=part: Desk(**{part: None}),
            f"{what} are several: None; give a list of them",
        )
        for part, what in {
            "priorities": "parts of a desk",
            "channels": "channels",
            "lines": "parts of a desk",
            "agents": "agents",
            "triage": "rules of triage",
            "plans": "parts of a desk",
            "oncall": "parts of a desk",
        }.items()
    },
    "the name of a language": (
        lambda: Reason.of("holiday", name="New Year").text("ru"),
        f"no catalogue of sentences: 'ru'; {CATALOGUE}",
    ),
    "the name of a language for plain data": (
        lambda: serde.answer_to_data(RESULT.agenda, "ru"),
        f"no catalogue of sentences: 'ru'; {CATALOGUE}",
    ),
    "the name of a language to check": (
        lambda: lint_catalogue("ru"),
        f"no catalogue of sentences: 'ru'; {CATALOGUE}",
    ),
    **{
        f"the sentence {sentence!r}": (
            lambda sentence=sentence: Reason.of("breach").text({"breach": sentence}),
            f"no sentence: {sentence!r}; write a parameter as {{name}}, and a brace as {{{{",
        )
        for sentence in ("{", 5)
    },
    "a number that no reader of JSON knows": (
        act("change", fields={"custom.x": 10**5000}),
        said(
            "not a value of 'custom.x'",
            10**5000,
            "give text, a finite number, an aware datetime or a set of text",
        ),
    ),
    "the name of a desk": (
        lambda: serde.dump_desk("desk", "desk.json"),
        "no desk: 'desk'; give Desk(...)",
    ),
    "the name of a workflow to write": (
        lambda: serde.dump_workflow("incident", "workflow.json"),
        "not a workflow: 'incident'; give Workflow(...)",
    ),
    "the name of a calendar to write": (
        lambda: serde.dump_calendar("office", "office.json"),
        "not a calendar: 'office'; give BusinessCalendar.weekly(...)",
    ),
    "two instants for a span": (
        lambda: DESK.lint((AT, AT)),
        said("no span", (AT, AT), "give Span(start, end)"),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_likely_mistake_is_told_with_its_remedy(mistake):
    make, message = MISTAKES[mistake]
    with pytest.raises(SupportModelError) as caught:
        make()
    assert str(caught.value) == message


def test_a_key_is_a_value_however_it_is_given():
    key = ["T1", "breach"]
    moment = Moment(at=AT, key=key, kind="breach", subject="T1", reason=Reason.of("always"))
    assert moment.key == ("T1", "breach")
