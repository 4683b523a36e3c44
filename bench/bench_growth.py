"""How the time of a question grows with what it is asked about: n, then twice n.

What is linear takes twice as long, what is quadratic four times; the bar is 2.3. Each subject
is a function of n that makes its question, so that only answering it is measured. Times are of
the processor, the rounds of n and 2n alternate, and the best of them counts.
"""

import gc
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from support_model._sla import metrics
from support_model.adapters import EventLog
from support_model.calendars import BusinessCalendar
from support_model.desk import Desk
from support_model.escalation import (
    Course,
    LineTimeout,
    Plan,
    Repeat,
    Start,
    Step,
    escalate,
    escalation_agenda,
)
from support_model.events import Changed, Created, Message, Related
from support_model.instants import Span
from support_model.kpi import case_table
from support_model.lines import Agent, SupportLine
from support_model.oncall import Absence, Layer, OnCall, Override, Swap
from support_model.patterns import Field
from support_model.report import make_report
from support_model.routing import Queue, Routing
from support_model.sla import Metric, PolicyBook, SlaPolicy, SlaState, Target, evaluate
from support_model.summaries import Lifetimes
from support_model.tickets import merged, replay
from support_model.vocabulary import Status

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOURS = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
OPEN, SOLVED = {"status": Status("open", "open")}, {"status": Status("solved", "solved")}
MOST, ROUNDS, LEAST, LARGEST = 2.3, 3, 0.02, 5_000

Question = Callable[[], object]


def at(minutes):
    return OPENED + minutes * MINUTE


def created(ticket="T1", **fields):
    return Created(ticket_id=ticket, at=OPENED, role="customer", fields=OPEN | fields)


def changed(minutes, fields, ticket="T1", **more):
    return Changed(ticket_id=ticket, at=at(minutes), role="agent", fields=fields, **more)


def said(minutes, role, ticket="T1"):
    return Message(ticket_id=ticket, at=at(minutes), role=role, public=True)


def book_of(*several, **target):
    targets = [
        Target(metric=metric, within=8 * HOUR, calendar=HOURS, warn_at=[0.75], **target)
        for metric in several
    ]
    return PolicyBook([SlaPolicy(name="gold", targets=targets)])


def reopened(n):
    """A ticket that is solved and reopened n times."""
    pairs = ((changed(2 * k + 1, SOLVED), changed(2 * k + 2, OPEN)) for k in range(n))
    return [created(), *(event for pair in pairs for event in pair)]


def talk(n):
    """A ticket on which customer and agent take turns, n messages in all."""
    return [created(), *(said(k + 1, ("agent", "customer")[k % 2]) for k in range(n))]


def after(kind: str) -> Metric:
    resolution = metrics.RESOLUTION
    return Metric(name="again", start=resolution.start, stop=resolution.stop, after_stop=kind)


def evaluated(log, book) -> Question:
    as_of = log[-1].at + HOUR
    return lambda: len(evaluate(log, book, as_of=as_of).agenda)


def reopenings(kind: str) -> Callable[[int], Question]:
    return lambda n: evaluated(reopened(n), book_of(after(kind)))


def messages(n: int) -> Question:
    return evaluated(
        talk(n), book_of(metrics.NEXT_RESPONSE, metrics.PERIODIC_UPDATE, metrics.RESOLUTION)
    )


def priorities(n: int) -> Question:
    """A target for each of two priorities, between which the ticket goes up and down."""
    line = Field("line")
    targets = [
        Target(
            metric=metrics.RESOLUTION,
            within=hours * HOUR,
            calendar=HOURS,
            when=line.is_(number),
            warn_at=[0.5],
        )
        for number, hours in ((1, 4), (2, 8))
    ]
    log = [created(line=1), *(changed(k + 1, {"line": 2 - k % 2}) for k in range(n))]
    return evaluated(log, PolicyBook([SlaPolicy(name="gold", targets=targets)]))


def fields(n: int) -> Question:
    """A custom field that each event sets for the first time."""
    log = [created(), *(changed(k + 1, {f"custom.field_{k}": k}) for k in range(n))]
    return lambda: replay(log)


def one_field(n: int) -> Question:
    log = [created(), *(changed(k + 1, {"custom.field": k}) for k in range(n))]
    return lambda: replay(log)


def into_one(n: int) -> Question:
    """n tickets merged into the first."""
    logs = {"T0": [created("T0")]}
    for k in range(1, n):
        into = Related(ticket_id=f"T{k}", at=at(k), role="agent", kind="merged_into", other="T0")
        logs[f"T{k}"] = [created(f"T{k}"), into, said(n + k, "customer", f"T{k}")]
    return lambda: merged(logs)


def in_a_chain(n: int) -> Question:
    """Each ticket is merged into the next."""
    logs = {}
    for k in range(n):
        into = Related(
            ticket_id=f"T{k}", at=at(k + 1), role="agent", kind="merged_into", other=f"T{k + 1}"
        )
        logs[f"T{k}"] = [created(f"T{k}"), into, said(n + k, "customer", f"T{k}")]
    logs[f"T{n}"] = [created(f"T{n}")]
    return lambda: merged(logs)


def policies(n: int) -> Question:
    topic = Field("topic")
    policies = [
        SlaPolicy(
            name=f"policy {k}",
            when=topic.is_(f"topic {k}"),
            targets=[Target(metric=metrics.RESOLUTION, within=8 * HOUR, calendar=HOURS)],
        )
        for k in range(n)
    ]
    desk = Desk(policies=PolicyBook(policies), calendars={"office": HOURS})
    return desk.lint


def agents(n: int) -> Question:
    team = [Agent(id=f"A{k}", line=1, calendar=HOURS) for k in range(n)]
    desk = Desk(
        lines=[SupportLine(level=1, name="first")], agents=team, calendars={"office": HOURS}
    )
    month = Span(OPENED, OPENED + 30 * 24 * HOUR)
    return lambda: desk.lint(month)


def queues(n: int) -> Question:
    team = [Agent(id=f"A{k}", skills=[f"skill {k}"]) for k in range(n)]
    topics = [
        Queue(name=f"queue {k}", when=Field("topic").is_(f"topic {k}"), needs=[f"skill {k}"])
        for k in range(n)
    ]
    desk = Desk(agents=team, routing=Routing(queues=topics))
    return desk.lint


def exceptions(n: int) -> Question:
    """Overrides, absences and swaps of an on-call plan, an hour each."""
    hours = [Span(OPENED + k * HOUR, OPENED + (k + 1) * HOUR) for k in range(n)]
    plan = OnCall(
        [Layer(["ann", "bob"], start="2026-01-05 09:00", tz="UTC")],
        overrides=[Override("ann", span) for span in hours],
        absences=[Absence("ann", span) for span in hours],
        swaps=[Swap("ann", "bob", span=span) for span in hours],
    )
    return plan.lint


def holidays(n: int) -> Question:
    """The next opening after n holidays in a row."""
    days = [date(2026, 3, 2) + timedelta(days=k) for k in range(n)]

    def ask() -> object:
        calendar = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC", holidays=days)
        return calendar.next_open(OPENED)

    return ask


def closures(n: int) -> Question:
    """The next opening after n closed spans, one in each hour."""
    spans = [Span(at(60 * k), at(60 * k + 50)) for k in range(n)]

    def ask() -> object:
        calendar = BusinessCalendar.always("UTC").without(spans)
        return [calendar.next_open(span.start) for span in spans]

    return ask


def steps(n: int) -> Question:
    plan = Plan(
        "plan",
        [Step(id=f"s{k}", to="somebody", anchor=Start(), after=k * MINUTE) for k in range(n)],
    )
    return along(
        plan, Course.of(ticket="T1", metric="resolution", cycle=1, start=OPENED, calendar=HOURS), n
    )


def repeats(n: int) -> Question:
    step = Step(id="s", to="somebody", anchor=Start(), base="wall", repeat=Repeat(MINUTE, n))
    course = Course.of(ticket="T1", metric="resolution", cycle=1, start=OPENED, calendar=HOURS)
    return along(Plan("plan", [step]), course, n)


def lines(n: int) -> Question:
    step = Step(id="s", to="somebody", anchor=LineTimeout(2), base="wall", after=MINUTE / 4)
    course = Course.of(
        ticket="T1",
        metric="resolution",
        cycle=1,
        start=OPENED,
        calendar=HOURS,
        lines=[(1 + k % 2, at(k / 2)) for k in range(n)],
    )
    return along(Plan("plan", [step]), course, n)


def along(plan, course, n) -> Question:
    through = at(2 * n)
    return lambda: escalate(plan, course, lambda *_: ["ann"], as_of=through, through=through)


def agenda_of(n: int) -> Question:
    """What a plan comes to on a ticket of n messages."""
    step = Step(id="s", to="somebody", anchor=Start(), after=MINUTE)
    log = talk(n)
    result = evaluate(log, book_of(metrics.RESOLUTION), as_of=log[-1].at + HOUR)
    (clock,) = result.clocks
    return lambda: escalation_agenda(Plan("plan", [step]), log, result, clock, lambda *_: ["ann"])


def kept(n: int) -> Question:
    """A state of a ticket of n messages, written and read."""
    book = book_of(metrics.NEXT_RESPONSE, metrics.RESOLUTION)
    empty = state = SlaState.of(book)
    for event in talk(n):
        state = state.feed(event)

    def ask() -> object:
        return empty.restore(state.report_to_data())

    return ask


def fed(n: int) -> Question:
    """A state that is fed n messages one by one."""
    book = book_of(metrics.NEXT_RESPONSE, metrics.RESOLUTION)
    log = talk(n)

    def ask() -> object:
        state = SlaState.of(book)
        for event in log:
            state = state.feed(event)
        return state

    return ask


def report(n: int) -> Question:
    cases = [
        (
            created(f"T{k}", group=f"G{k % 5}", requester=f"R{k % 50}"),
            said(60 + k % 600, "agent", f"T{k}"),
            changed(600 + k % 5000, SOLVED, f"T{k}"),
        )
        for k in range(n)
    ]
    log = EventLog(events=[event for case in cases for event in case], file="drawn")
    return lambda: make_report(log, calendar=HOURS, by="group", target=8 * HOUR)


def facts_of_merged(n: int) -> Question:
    """The facts of n tickets, each merged into the next, the last ones first."""
    log = [created(f"T{k}") for k in range(n)]
    log += [
        Related(
            ticket_id=f"T{k}", at=at(n - k), role="agent", kind="merged_into", other=f"T{k + 1}"
        )
        for k in range(n - 1)
    ]
    return lambda: case_table(log, as_of=at(2 * n))


def lifetimes(n: int) -> Question:
    """The curve of n lives as a state that merges; their buckets are as many for any n."""
    lives = Lifetimes.of(range(1, n + 1), [k % 3 > 0 for k in range(n)], key="k", definition="d")
    return lives.curve


SUBJECTS: dict[str, tuple[Callable[[int], Question], int]] = {
    "evaluate: reopenings, resume": (reopenings("resume"), 25),
    "evaluate: reopenings, count": (reopenings("count"), 25),
    "evaluate: reopenings, restart": (reopenings("restart"), 25),
    "evaluate: reopenings, again": (reopenings("again"), 25),
    "evaluate: messages": (messages, 25),
    "evaluate: targets up and down": (priorities, 25),
    "replay: one custom field, changed": (one_field, 25),
    "replay: another custom field each time": (fields, 25),
    "merged: all into one": (into_one, 25),
    "merged: a chain": (in_a_chain, 25),
    "lint: policies": (policies, 25),
    "lint: agents over a month": (agents, 25),
    "lint: queues and skills": (queues, 25),
    "lint: exceptions on call": (exceptions, 25),
    "next_open: holidays in a row": (holidays, 25),
    "next_open: each of many closures": (closures, 25),
    "escalate: steps": (steps, 25),
    "escalate: repeats": (repeats, 25),
    "escalate: stays on lines": (lines, 25),
    "escalation_agenda: messages": (agenda_of, 25),
    "restore: messages": (kept, 25),
    "feed: messages": (fed, 25),
    "report: tickets": (report, 25),
    "case_table: a chain of merges": (facts_of_merged, 25),
    "Lifetimes.curve: subjects": (lifetimes, 25),
}
"""What is asked, and the first n to try: it is doubled until an answer takes long enough."""


def seconds(ask: Question) -> float:
    start = time.process_time()
    ask()
    return time.process_time() - start


def enough(make: Callable[[int], Question], n: int) -> int:
    """Return an n at which an answer takes long enough to be told from noise."""
    # the first answer warms caches
    while n < LARGEST and min(seconds(ask) for ask in [make(n)] * 2) < LEAST:
        n *= 2
    return n


def grown(make: Callable[[int], Question], n: int) -> tuple[int, float, float]:
    """Return n and the best times at n and at 2n."""
    n = enough(make, n)
    once, twice = make(n), make(2 * n)
    best = [float("inf"), float("inf")]
    gc.collect()
    gc.disable()
    try:
        for _ in range(ROUNDS):
            for place, ask in enumerate((once, twice)):
                best[place] = min(best[place], seconds(ask))
    finally:
        gc.enable()
    return n, *best


def measure():
    """Return the table and a bar for each row."""
    rows = []
    for what, (make, n) in SUBJECTS.items():
        size, once, twice = grown(make, n)
        ratio = twice / once
        verdict = "linear" if ratio <= MOST else "grows faster"
        rows.append(
            {
                "what": what,
                "n": size,
                "ms at n": 1_000 * once,
                "ms at 2n": 1_000 * twice,
                "ratio": ratio,
                "verdict": verdict,
            }
        )
    bars = [
        {
            "bar": row["what"],
            "at most": MOST,
            "measured": row["ratio"],
            "met": row["ratio"] <= MOST,
        }
        for row in rows
    ]
    return {f"time at 2n over time at n, at most {MOST}": rows, "bars": bars}
