"""Twenty-one small tickets on which products disagree, and the page that tells their answers.

`python tests/presets/disagreements.py --write` writes docs/explanation/disagreements.md.

Before this: `support_model.presets._comparison`. Next: `test_disagreements.py`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
from english import english

from support_model._time import duration_text
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.events import Changed, Created, Message
from support_model.patterns import Field
from support_model.presets import PRESETS, compare, load_preset
from support_model.presets._translation import PARTS, rule_text
from support_model.sla import METRICS, SlaPolicy, Target
from support_model.vocabulary import Priority, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support_model.presets._preset import Preset

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "disagreements.md"
ALWAYS = BusinessCalendar.always("UTC")
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
NEVER_OPEN = BusinessCalendar.weekly({}, tz="UTC")
BERLIN = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
TUESDAY_OFF = BusinessCalendar.weekly(
    {"mon-fri": "09:00-17:00"}, tz="UTC", holidays={date(2026, 3, 3): "Founders' Day"}
)
DAYS = {"Fri": -3, "Sat": -2, "Sun": -1, "Mon": 0, "Tue": 1, "Wed": 2}
RANKS = {"high": 1, "medium": 2}


def at(text: str) -> datetime:
    """Read 'Mon 09:00' as an instant of the week of Monday, 2 March 2026, UTC."""
    day, clock = text.split()
    hour, minute, second = (*map(int, clock.split(":")), 0)[:3]
    found = timedelta(days=DAYS[day], hours=hour, minutes=minute, seconds=second)
    return datetime(2026, 3, 2, tzinfo=UTC) + found


@dataclass(frozen=True)
class Happening:
    """Something that happens to a ticket."""

    when: str
    who: str
    what: str
    value: str = ""

    def __str__(self) -> str:
        said = {
            "opens": f"the {self.who} opens the ticket" + (f", {self.value}" * bool(self.value)),
            "writes": f"the {self.who} writes",
            "status": f"the {self.who} sets it {self.value.replace('_', ' ')}",
            "priority": f"the {self.who} makes it {self.value} priority",
            "merges": f"the {self.who} merges it into another ticket",
        }
        return f"{self.when}, {said[self.what]}"


def events(rows: tuple[Happening, ...], preset: Preset) -> Iterator[Any]:
    """Yield the events of what happened, as a product can say them."""
    for seq, row in enumerate(rows):
        common = {"ticket_id": "T1", "at": at(row.when), "role": row.who, "seq": seq}
        if row.what == "opens":
            priority = {"priority": Priority(row.value, RANKS[row.value])} if row.value else {}
            yield Created(**common, fields={"status": Status("open", "open"), **priority})
        elif row.what == "writes":
            yield Message(**common, public=True)
        elif row.what == "status":
            yield Changed(**common, fields={"status": Status(row.value, row.value)})
        elif row.what == "priority":
            yield Changed(**common, fields={"priority": Priority(row.value, RANKS[row.value])})
        elif (status := merged(preset)) is not None:
            yield Changed(**common, fields={"status": status})


def merged(preset: Preset) -> Status | None:
    """Return the status of a merged ticket under a preset; None where nothing merges."""
    statuses = {status.name: status for status in preset.workflow.statuses}
    for transition in preset.workflow.transitions:
        if transition.action == "merge" and transition.to is not None:
            return statuses[transition.to]
    return None


@dataclass(frozen=True)
class Ticket:
    """One disagreement: what happened, what is promised, and which rule of a product decides."""

    title: str
    asks: str
    log: tuple[Happening, ...]
    promises: tuple[tuple[str, Any], ...]
    as_of: str
    rules: tuple[str, ...]
    reading: str
    hours: BusinessCalendar | Callable[[Preset], BusinessCalendar] = ALWAYS
    hours_said: str = "around the clock"
    others: tuple[str, ...] = ()
    shorter: tuple[Happening, ...] = ()
    agreed: bool = False


def ticket(title: str, asks: str, *log: tuple[str, ...], **more: Any) -> Ticket:
    return Ticket(title, asks, tuple(Happening(*row) for row in log), **more)


TICKETS = (
    ticket(
        "Priority change in mid-flight",
        "Does the hour that has passed count against the new target?",
        ("Mon 10:00", "customer", "opens", "medium"),
        ("Mon 11:00", "agent", "priority", "high"),
        promises=(("resolution", {"medium": "3h", "high": "2h"}),),
        as_of="Mon 11:30",
        rules=("on_change",),
        reading="Carrying keeps the promise to the customer; restarting lets an edit buy time.",
        others=("jsm:unlinked", "servicenow:retroactive"),
    ),
    ticket(
        "A pause while waiting for the customer",
        "Does the wait count, and is the part outside the hours part of it?",
        ("Mon 10:00", "customer", "opens"),
        ("Mon 16:00", "agent", "status", "pending"),
        ("Tue 09:30", "customer", "status", "open"),
        promises=(("resolution", "8h"),),
        as_of="Tue 09:45",
        rules=("pause", "shown"),
        reading="Of the wait of 17.5 hours only 1.5 lie in the hours; added as wall time it puts"
        " the due into the night.",
        hours=OFFICE,
        hours_said="Mon-Fri 09:00-17:00",
    ),
    ticket(
        "The due while paused",
        "What does the screen show while nobody can say when the wait ends?",
        ("Mon 09:00", "customer", "opens"),
        ("Mon 10:00", "agent", "status", "pending"),
        promises=(("resolution", "4h"),),
        as_of="Mon 11:00",
        rules=("pause", "shown"),
        reading="Nothing, the due as it was, or the due if the ticket resumed now.",
    ),
    ticket(
        "Flapping",
        "Do three waits of forty seconds cost two minutes, or three?",
        ("Mon 09:00", "customer", "opens"),
        *(
            row
            for minute in (10, 20, 30)
            for row in (
                (f"Mon 09:{minute}:40", "agent", "status", "pending"),
                (f"Mon 09:{minute + 1}:20", "customer", "status", "open"),
            )
        ),
        promises=(("resolution", "1h"),),
        as_of="Mon 09:45",
        rules=("pause", "before"),
        reading="Edges floored to the minute gain or lose time at every change.",
    ),
    ticket(
        "A reply before opening",
        "How long did a reply take that came before anybody worked?",
        ("Sun 08:00", "customer", "opens"),
        ("Sun 08:30", "agent", "writes"),
        promises=(("first_response", "1h"),),
        as_of="Mon 09:30",
        rules=("start", "stop"),
        agreed=True,
        reading="No business time at all. All agree that measure a first response, one stores a"
        " second instead of zero.",
        hours=OFFICE,
        hours_said="Mon-Fri 09:00-17:00",
    ),
    ticket(
        "A ticket that staff opened",
        "Who owes whom an answer, and from when?",
        ("Mon 09:00", "agent", "opens"),
        ("Mon 10:00", "agent", "writes"),
        ("Mon 11:00", "customer", "writes"),
        promises=(("first_response", "4h"), ("next_response", "4h")),
        as_of="Mon 11:30",
        rules=("start",),
        reading="Some count from the creation to the next public reply, others owe a response to"
        " the customer's first word only.",
    ),
    ticket(
        "Merge",
        "What becomes of the clocks of the ticket that was merged away?",
        ("Mon 09:00", "customer", "opens"),
        ("Mon 10:00", "agent", "merges"),
        promises=(("resolution", "4h"),),
        as_of="Mon 14:00",
        rules=("merge",),
        reading="A merged ticket that stays open becomes overdue. Where a preset has no"
        " merge, both tickets go on.",
    ),
    ticket(
        "Reopened after it was solved",
        "Does the clock go on, begin again, count the gap, or stay stopped?",
        ("Mon 09:00", "customer", "opens"),
        ("Mon 11:00", "agent", "status", "solved"),
        ("Mon 14:00", "customer", "writes"),
        ("Mon 14:00", "customer", "status", "open"),
        promises=(("resolution", "4h"),),
        as_of="Mon 15:00",
        rules=("after_stop",),
        reading="Overdue at the very reopening is what people complain of most.",
    ),
    ticket(
        "Opened outside the hours",
        "When is a ticket due that came on a Saturday?",
        ("Sat 12:00", "customer", "opens"),
        promises=(("resolution", "4h"),),
        as_of="Mon 10:00",
        rules=("start",),
        agreed=True,
        reading="From the next opening on: all agree.",
        hours=OFFICE,
        hours_said="Mon-Fri 09:00-17:00",
    ),
    ticket(
        "A target that ends at closing time",
        "Is the due the closing instant, or the next opening?",
        ("Mon 09:00", "customer", "opens"),
        promises=(("resolution", "8h"),),
        as_of="Mon 12:00",
        rules=("shown",),
        reading="The same in business time; a clock on the wall sees a night between them.",
        hours=OFFICE,
        hours_said="Mon-Fri 09:00-17:00",
        others=("zammad:next_open",),
    ),
    ticket(
        "Solved exactly at the due",
        "Is a target kept at the very instant at which it ends?",
        ("Mon 09:00", "customer", "opens"),
        ("Mon 10:00", "agent", "status", "solved"),
        promises=(("resolution", "1h"),),
        as_of="Mon 11:00",
        rules=("shown",),
        reading="Equality is on time, save where nothing left already counts as late.",
    ),
    ticket(
        "A holiday that is added later",
        "On Tuesday noon Tuesday turns out to be a holiday: do open tickets follow?",
        ("Mon 16:00", "customer", "opens"),
        promises=(("resolution", "4h"),),
        as_of="Tue 13:00",
        rules=("calendar_edit",),
        reading="A new calendar for the whole life may undo a breach; an old one keeps it.",
        hours=lambda preset: preset.edited(OFFICE, TUESDAY_OFF),
        hours_said="Mon-Fri 09:00-17:00, and closed on Tuesday after the edit",
    ),
    ticket(
        "A clock that is turned",
        "Does the night in which clocks are turned cost or give an hour?",
        ("Fri 15:30", "customer", "opens"),
        promises=(("resolution", "2h"),),
        as_of="Fri 15:45",
        rules=("start",),
        agreed=True,
        reading="Hours are local wall times, elapsed time is real: all agree in this model."
        " Products whose clock knows no zone are an hour off; no preset imitates that.",
        hours=BERLIN,
        hours_said="Mon-Fri 09:00-17:00 in Berlin, whose clocks are turned on that Sunday",
    ),
    ticket(
        "Several messages, one answer owed",
        "From which of two unanswered messages does the next response count?",
        ("Mon 09:00", "customer", "opens"),
        ("Mon 09:30", "agent", "writes"),
        ("Mon 10:00", "customer", "writes"),
        ("Mon 11:00", "customer", "writes"),
        promises=(("next_response", "2h"),),
        as_of="Mon 11:30",
        rules=("start",),
        agreed=True,
        reading="From the oldest: asking twice buys the desk no time.",
    ),
    ticket(
        "A periodic update before the first reply",
        "Is an update owed before anybody has answered?",
        ("Mon 09:00", "customer", "opens"),
        promises=(("periodic_update", "4h"),),
        as_of="Mon 10:00",
        rules=("start",),
        reading="Where it counts from creation, a short update target overrules the first"
        " response.",
    ),
    ticket(
        "A pause while breached",
        "Does the overrun grow while the ticket waits?",
        ("Mon 09:00", "customer", "opens"),
        ("Mon 11:00", "agent", "status", "pending"),
        promises=(("resolution", "1h"),),
        as_of="Mon 13:00",
        rules=("pause", "shown"),
        reading="A breach stays a breach; whether the overrun grows is what the pause says.",
    ),
    ticket(
        "Solved late, before anybody looked",
        "Is a breach missed when the ticket was solved before the checker ran?",
        ("Mon 09:00", "customer", "opens"),
        ("Mon 11:00", "agent", "status", "solved"),
        promises=(("resolution", "1h"),),
        as_of="Mon 12:00",
        rules=("shown",),
        reading="A checker that sees open tickets only never learns of it. Exact replay has no"
        " such gap, so it is a variant here.",
        others=("chatwoot:polled",),
    ),
    ticket(
        "A target in days",
        "What is one working day from Friday, 15:00?",
        ("Fri 15:00", "customer", "opens"),
        promises=(("resolution", WorkingDays(1)),),
        as_of="Fri 16:00",
        rules=("working_days",),
        reading="The same time on the next working day, or nothing that can be said: one day is"
        " never turned into eight hours, nor into 24 office hours.",
        hours=OFFICE,
        hours_said="Mon-Fri 09:00-17:00",
    ),
    ticket(
        "A calendar that never opens",
        "When is something due if nobody ever works?",
        ("Mon 09:00", "customer", "opens"),
        promises=(("resolution", "4h"),),
        as_of="Mon 10:00",
        rules=("without_hours",),
        reading="Never, or as if the desk were open around the clock.",
        hours=NEVER_OPEN,
        hours_said="none at all",
    ),
    ticket(
        "Two things at one instant",
        "Solved and reopened in the same second: one cycle or two?",
        ("Mon 09:00", "customer", "opens"),
        ("Mon 10:00", "agent", "status", "solved"),
        ("Mon 10:00", "customer", "status", "open"),
        promises=(("resolution", "4h"),),
        as_of="Mon 11:00",
        rules=("after_stop",),
        reading="The stop comes first; then each does what it does after a stop.",
    ),
    ticket(
        "Half of a history",
        "What remains to be known when an import lost the waits?",
        ("Mon 09:00", "customer", "opens"),
        ("Mon 10:00", "agent", "status", "pending"),
        ("Mon 12:00", "customer", "status", "open"),
        ("Mon 13:00", "agent", "status", "solved"),
        promises=(("resolution", "3h"),),
        as_of="Mon 14:00",
        rules=("pause",),
        reading="The same ticket, late in one log and in time in the other: an exact answer needs"
        " every event.",
        shorter=(
            Happening("Mon 09:00", "customer", "opens"),
            Happening("Mon 13:00", "agent", "status", "solved"),
        ),
    ),
)


def moved(one: Ticket) -> timedelta:
    """Return how far the ticket on turned clocks lies after the usual week."""
    return timedelta(days=28) if one.hours is BERLIN else timedelta()


def answered(
    one: Ticket, rows: tuple[Happening, ...], preset: Preset
) -> Iterator[tuple[str, str, str]]:
    """Yield for each metric promised: its name, what a product says, and by which rule."""
    hours = one.hours if isinstance(one.hours, BusinessCalendar) else one.hours(preset)
    policy = SlaPolicy(name="promised", targets=tuple(targets(one, hours)))
    shift = moved(one)
    log = [attrs.evolve(event, at=event.at + shift) for event in events(rows, preset)]
    exact = attrs.evolve(preset, before="", shown="")
    as_of = at(one.as_of) + shift
    for answer, plain in zip(
        compare(log, policy, [preset], as_of=as_of),
        compare(log, policy, [exact], as_of=as_of),
        strict=True,
    ):
        own = attrs.evolve(plain, reasons=answer.reasons) != answer
        parts = [answer.state.replace("_", " ")]
        if answer.due_at is not None:
            parts.append(f"due {english(answer.due_at, '%a %H:%M:%S')}".removesuffix(":00"))
        elif answer.elapsed is not None and answer.state != "not_started":
            parts.append("no due")
        if answer.elapsed is not None and answer.state != "not_started":
            parts.append(f"{duration_text(answer.elapsed)} counted")
        if answer.breached:
            parts.append(f"breached {english(answer.breach_at, '%a %H:%M')}")
        yield answer.metric, ", ".join(parts), reasons(one, preset, answer.metric, own=own)


def targets(one: Ticket, hours: BusinessCalendar) -> Iterator[Target]:
    for metric, within in one.promises:
        held = within.items() if isinstance(within, dict) else [("", within)]
        for priority, length in held:
            when = {"when": Field("priority").is_(priority)} if priority else {}
            yield Target(metric=METRICS[metric], within=read(length), calendar=hours, **when)


def read(length: Any) -> Any:
    return timedelta(hours=int(length[:-1])) if isinstance(length, str) else length


def reasons(one: Ticket, preset: Preset, metric: str, *, own: bool) -> str:
    """Return what the rules that decide say under a preset.

    A projection is named only where this ticket is shown in the product's own way.
    """
    if metric not in preset.metrics:
        return "no such clock"
    found = []
    for rule in dict.fromkeys((*one.rules, "before", "shown")):
        name = rule.replace("_", " ")
        if rule == "merge":
            status = merged(preset)
            found.append("no merge" if status is None else f"merged tickets are {status.category}")
        elif rule in ("before", "shown"):
            found += [f"{name}: {rule_text(preset, rule)}"] if own else []
        else:
            found.append(f"{name}: {rule_text(preset, rule, metric if rule in PARTS else '')}")
    return "; ".join(found) or "as it is"


def page() -> str:
    """Return the page: every ticket, what each product says, and why."""
    lines = [
        "# Twenty-one disagreements",
        "",
        "The same ticket is due at different times in different products, late in one and in time",
        "in another. Here are twenty-one small tickets, each with one question in it, and what",
        "each of the sixteen presets answers. The answers are computed by",
        "{py:func}`~support_model.presets.compare`, and this page is generated from",
        "them; the last column is the rule that decides, as it stands in the preset.",
        "",
        "All times are of the week of Monday, 2 March 2026, UTC, where nothing else is said.",
        "Names with a colon are settings of a product.",
        "The presets are what is known of the products from their sources, tests and manuals;",
        "[](../reference/presets.md) says how they were checked.",
    ]
    for number, one in enumerate(TICKETS, 1):
        lines += ["", f"## {number}. {one.title}", "", one.asks, ""]
        lines += [f"- {row}" for row in one.log]
        lines += ["", f"Promised: {promised(one)}; hours: {one.hours_said}. Asked on {one.as_of}."]
        lines += table(one, one.log, "")
        if one.shorter:
            lines += table(one, one.shorter, "The log without the wait")
        lines += ["", one.reading]
    return "\n".join(lines) + "\n"


def promised(one: Ticket) -> str:
    found = []
    for metric, within in one.promises:
        name = metric.replace("_", " ")
        if isinstance(within, dict):
            found += [f"{name} within {length} at {word}" for word, length in within.items()]
        elif isinstance(within, WorkingDays):
            found.append(f"{name} within {within.n} working day")
        else:
            found.append(f"{name} within {within}")
    return ", ".join(found)


def table(one: Ticket, rows: tuple[Happening, ...], title: str) -> list[str]:
    """Return a table a metric, products that say the same on one line."""
    found: dict[str, dict[str, tuple[list[str], list[str]]]] = {}
    for name in (*PRESETS, *one.others):
        for metric, answer, why in answered(one, rows, load_preset(name)):
            names, reasons_held = found.setdefault(metric, {}).setdefault(answer, ([], []))
            names.append(name)
            reasons_held += [why] * (why not in reasons_held)
    lines = []
    for metric, said_by in found.items():
        heading = title or (metric.replace("_", " ").capitalize() if len(found) > 1 else "")
        lines += ["", *([f"{heading}:", ""] if heading else [])]
        lines += ["| says | who | because |", "|---|---|---|"]
        held = sorted(said_by.items(), key=lambda item: (-len(item[1][0]), item[0]))
        lines += [
            f"| {answer} | {', '.join(names)} | {' / '.join(whys)} |"
            for answer, (names, whys) in held
        ]
    return lines


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    PAGE.write_text(page(), "utf-8")
