"""Vendor files, a folder of them: what a system exports, and beside it the events it tells.

For a file or folder `X` the expected facts stand in `X.expected.json` (what a user has to say,
what must be reported or refused) and the neutral events in `X.expected.jsonl`. What a user has to
say becomes the account of a system in `vendor_accounts/NAME.py`. Inside one second events are
compared as a multiset; several changes of one update are one `Changed` here, so they are compared
field by field; escalations are derived. Requests for a rating are compared where a case lists
them; what no event of the library tells (notifications, tags, SLA clocks of the vendor) is not.

What a reading must say beside its events is meant in meaning, not word for word; of it the runner
looks for ids and native names alone and prints, as a remark, those that the reading does not say.

Before this: `common.py`. Next: `vendor_accounts/`.
"""

from __future__ import annotations

import json
import re
import warnings
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.common import Case, NotSupported

from support_model import kpi
from support_model.adapters import read_files
from support_model.adapters._systems import SYSTEMS
from support_model.errors import SupportModelError
from support_model.events import Changed, Created, Message, Rated, RatingRequested, Related
from support_model.tickets import steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from support_model.adapters import Account, EventLog
    from support_model.events import Event

ROLES = {"automation": "system", "unknown": "third_party"}
DERIVED = {"escalated", "deescalated", "reopened"}
FIELDS = {"queue": "group", "assignee": "agent"}
COMPARED = frozenset({"status", "group", "agent", "priority"})
"""Fields whose changes are compared; a line moves with its group, others are kept on request."""
ASKED = "ticket.satisfaction.requested"
END = ".expected.json"
NATIVE = re.compile(
    r"\b(?:\w*[a-z\u0430-\u044f][A-Z\u0410-\u042f]\w*|\w+_\w+|U\d+)\b"
    r"|(?<![\w,.-])\d{3,}(?:\.\d+)?(?![\w-])(?!,\d)"
)
"""What a requirement to report calls by a native name or an id."""
_remarks: list[str] = []


def document(path: str) -> Path:
    """Return the folder; its cases are found below it, at any depth."""
    return Path(path)


def cases(folder: Path) -> Iterator[Case]:
    """Yield a case for each file of expectations."""
    if not folder.is_dir():
        message = "not a folder"
        raise TypeError(message)
    for path in sorted(folder.rglob(f"*{END}")):
        data = json.loads(path.read_text("utf-8"))
        name = path.name.removesuffix(END)
        vendor = path.parent.name
        yield Case(f"{vendor}/{name}", vendor, {**data, "path": path.with_name(name)})


def run(case: Case) -> str | None:
    """Return what differs, None where all agrees."""
    refused = case.data.get("refused")
    try:
        log = reading(case)
    except SupportModelError as error:
        if refused is None:
            return f"refused: {error}"
        missing = [text for text in refused["must_name"] if text not in str(error)]
        return f"the refusal does not name {missing}: {error}" if missing else None
    if refused is not None:
        return f"read {len(log.events)} events, and was to be refused: {refused['why']}"
    _remarks.extend(unreported(case, log))
    return events_differ(case, log) or facts_differ(case, log)


def remarks() -> list[str]:
    """Return what the cases run since the last call did not report by its name."""
    said = [*_remarks]
    _remarks.clear()
    return said


def unreported(case: Case, log: EventLog) -> Iterator[str]:
    """Yield the requirements to report whose ids and native names the reading does not say."""
    said = report_of(log)
    for required in case.data.get("must_report", ()):
        missing = [name for name in NATIVE.findall(required) if name not in said]
        if missing or not said:
            yield f"{case.id}: does not report {', '.join(missing) or 'anything'}: {required}"


def report_of(log: EventLog) -> str:
    """Return all that a reading says beside its events, as one text."""
    findings = (
        f"{each.code} {each.problem.text} {each.count} {each.example} {' '.join(each.tickets)}"
        for each in log.findings
    )
    stated = (figure.native for figures in log.stated.values() for figure in figures)
    said = (*findings, *log.left_out, *map(str, log.unknown), *log.incomplete, *stated)
    return "\n".join(said)


def reading(case: Case) -> EventLog:
    """Return the log of a case, read as a user would, leniently."""
    path: Path = case.data["path"]
    files = [path.with_name(name) for name in config_of(case).get("files", [path.name])]
    account = account_of(case)
    if path.suffix.startswith(".json") and system_of(case) not in SYSTEMS:
        message = f"of {case.source!r} tables alone are read"
        raise NotSupported(message)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read_files(files, system_of(case), account, lenient=True)


def config_of(case: Case) -> dict[str, Any]:
    """Return what a user has to say."""
    return case.data.get("config", {})


def system_of(case: Case) -> str:
    """Return the name of the system."""
    return getattr(_accounts(case), "SYSTEM", case.source)


def account_of(case: Case) -> Account:
    """Return what a user has to say as the account of the system."""
    account: Account = _accounts(case).account(config_of(case))
    return account


def _accounts(case: Case) -> Any:
    try:
        return import_module(f"conformance.vendor_accounts.{case.source}")
    except ImportError:
        message = f"no account of {case.source!r}"
        raise NotSupported(message) from None


def events_differ(case: Case, log: EventLog) -> str | None:
    """Return the expected facts that are not told, and the told ones that are not expected."""
    path = case.data["path"].with_name(case.data["path"].name + ".expected.jsonl")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    expected, told = neutral(rows), translated(log.events, rows)
    missing, more = expected - told, told - expected
    if not missing and not more:
        return None
    return f"missing {[*missing.elements()]}; too much {[*more.elements()]}"


def second(at: datetime) -> str:
    """Return an instant to the second, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def neutral(rows: Iterable[dict[str, Any]]) -> Counter[tuple[object, ...]]:
    """Return the expected facts, in the library's words.

    A merge is one fact, whatever closes the ticket with it; a deletion is a void status.
    """
    facts = Counter[tuple[object, ...]]()
    merges = {
        (row["ticket_id"], row["occurred_at"])
        for row in rows
        if row["event_type"] == "ticket.merged"
    }
    for row in rows:
        what = row["event_type"].removeprefix("ticket.")
        at = second(datetime.fromisoformat(row["occurred_at"]))
        closes = what == "status.changed" and row["new_value"] == "closed"
        if what in DERIVED or (closes and (row["ticket_id"], row["occurred_at"]) in merges):
            continue
        role = ROLES.get(row["actor_role"], row["actor_role"])
        basis = None if row.get("basis") in {None, "merge"} else "snapshot"
        fact = _neutral(what, row)
        if fact is not None:
            facts[(row["ticket_id"], at, row.get("actor_id"), role, basis, *fact)] += 1
    return facts


def _neutral(what: str, row: dict[str, Any]) -> tuple[object, ...] | None:  # noqa: PLR0911 - a table of kinds
    """Return a fact in the library's words, None for what is not compared."""
    if what == "created":
        named = ("status", "channel", "queue", "line", "requester_id", "assignee_id", "priority")
        return ("created", *map(row.get, named))
    if what in {"message.received", "message.sent", "note.added"}:
        usual = "internal" if what == "note.added" else "public"
        return "message", row.get("visibility", usual) == "public"
    if what == "satisfaction.requested":
        return ("asked",)
    if what == "satisfaction.responded":
        kind = row.get("kind", "csat")
        return "rated", kind, row["score"], row["scale_min"], row["scale_max"]
    if what == "linked":
        return "related", row.get("relation", "linked"), row["new_value"]
    if what == "merged":
        return "related", "merged_into", row["new_value"]
    if what == "deleted":
        return "status", "void"
    if what == "restored":
        return "status", "restored"
    field = what.removesuffix(".changed")
    field = FIELDS.get(field, field)
    return (field, row["new_value"]) if field in COMPARED else None


def translated(events: Iterable[Event], rows: list[dict[str, Any]]) -> Counter[tuple[object, ...]]:
    """Return the same of events that were read; a line moves with its group."""
    facts = Counter[tuple[object, ...]]()
    merged: set[str] = set()
    asked = any(row["event_type"] == ASKED for row in rows)
    restored = {
        (row["ticket_id"], second(datetime.fromisoformat(row["occurred_at"])))
        for row in rows
        if row["event_type"] == "ticket.restored"
    }
    for event in events:
        basis = None if event.basis == "merge" else event.basis  # the role says it, too
        shared = (event.ticket_id, second(event.at), event.actor, event.role, basis)
        if isinstance(event, RatingRequested) and not asked:
            continue
        for fact in _translated(event):
            if fact == ("status", "void") and event.ticket_id in merged:
                continue
            if fact[:2] == ("related", "merged_into"):
                merged.add(event.ticket_id)
            back = fact[0] == "status" and shared[:2] in restored
            facts[(*shared, *(("status", "restored") if back else fact))] += 1
    return facts


def _translated(event: Event) -> Iterator[tuple[object, ...]]:
    if isinstance(event, Created):
        held = dict(event.fields)
        names = ("channel", "group", "line", "requester", "agent")
        told = [held.get(name) for name in names]
        priority = held.get("priority")
        yield "created", held["status"].category, *told, getattr(priority, "name", priority)
    elif isinstance(event, Message):
        yield "message", event.public
    elif isinstance(event, Rated):
        yield "rated", event.kind, event.score, *event.scale
    elif isinstance(event, RatingRequested):
        yield ("asked",)
    elif isinstance(event, Related):
        yield "related", event.kind, event.other
    elif isinstance(event, Changed):
        for name, value in event.fields:
            if name in COMPARED:
                told = getattr(value, "category", getattr(value, "name", value))
                yield name, told


def facts_differ(case: Case, log: EventLog) -> str | None:
    """Return which facts of a ticket differ; what a form cannot tell must be undefined."""
    logs = log.logs()
    for ticket, stated in case.data.get("facts", {}).items():
        own = logs.get(ticket)
        if own is None:
            return f"no events of {ticket}"
        answered = answers(own)
        for name, value in stated.items():
            if name == "not_told":
                continue
            if name not in answered:
                return f"{ticket}: no figure is called {name!r}"
            answer = answered[name]
            if name in stated.get("not_told", ()):
                if not isinstance(answer, NotTold):
                    return f"{ticket}: {name} is {answer!r}, and nothing tells it"
                continue
            plain = answer.value if isinstance(answer, NotTold) else answer
            if plain != value:
                return f"{ticket}: {name} is {plain!r}, expected {value!r}"
    return None


def answers(events: tuple[Event, ...]) -> dict[str, object]:
    """Return what the log says of a ticket: by its fold, and by figures for what is not told."""
    ratings = [event.score for event in events if isinstance(event, Rated)]
    answered: dict[str, object] = dict.fromkeys(
        ("first_human_reply_seconds", "first_solved_seconds", "last_solved_seconds")
    )
    answered |= {"agent_public_replies": 0, "reopens": 0, "escalations": 0, "internal_notes": 0}
    answered |= {"deescalations": 0, "first_assigned_seconds": None}
    answered |= {"deleted": False, "merged_into": None}
    answered["csat_last_score"] = ratings[-1] if ratings else None
    if not isinstance(events[0], Created):
        return answered
    walk = list(steps(events))
    begun = walk[0].after.at

    def since(at: datetime | None) -> int | None:
        return None if at is None else (at - begun) // timedelta(seconds=1)

    times = walk[-1].after.times
    replies = [now.after.at for now in walk if "replied" in now.facts]
    solves = [  # a ticket that is brought back solved was not solved then
        now.after.at for now in walk if "resolved" in now.facts and "restored" not in now.facts
    ]
    assigned = next((now.after.at for now in walk if now.after.agent is not None), None)
    answered |= {
        "first_human_reply_seconds": since(replies[0] if replies else None),
        "first_solved_seconds": since(solves[0] if solves else None),
        "last_solved_seconds": since(solves[-1] if solves else None),
        "agent_public_replies": len(replies),
        "reopens": times.get("reopened", 0),
        "escalations": times.get("escalated", 0),
        "deescalations": times.get("handed_back", 0),
        "first_assigned_seconds": since(assigned),
        "internal_notes": sum(isinstance(each, Message) and not each.public for each in events),
        "deleted": any(now.after.status.name == "deleted" for now in walk),
        "merged_into": walk[-1].after.merged_into,
    }
    if kpi.facts_of(events, as_of=events[-1].at).snapshot:
        answered |= {name: NotTold(answered[name]) for name in answered}
    return answered


@dataclass(frozen=True)
class NotTold:
    """What the events of present values say: a figure that needs a history leaves it out."""

    value: object
