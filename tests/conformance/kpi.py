"""KPI cases: a log, an instant and parameters onto the library's KPIs; the header defines each.

Statistics have an adapter of their own. Durations of the file are seconds.

Before this: `common.py`, `sla.py`, `run.py`. Next: `kpi_statistics.py`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from math import isclose
from typing import TYPE_CHECKING, Any

import attrs
from conformance import kpi_statistics
from conformance.common import Case, NotSupported, same
from conformance.sla import sla_calendar

from support_model import kpi
from support_model._sla import metrics
from support_model.calendars import BusinessCalendar
from support_model.events import Changed, Created, Message, Rated, RatingRequested
from support_model.figures import suppress
from support_model.patterns import NEVER, Field
from support_model.sla import SlaPolicy, Target, evaluate_many
from support_model.vocabulary import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from support_model.events import Event
    from support_model.figures import Distribution, Rate, Share
    from support_model.kpi import TimeKpi

SECOND = timedelta(seconds=1)
FIELDS = ("requester", "topic", "line", "group", "agent")
MESSAGES = {
    "customer_message": ("customer", True),
    "agent_reply": ("agent", True),
    "internal_note": ("agent", False),
    "bot_reply": ("bot", True),
}


def cases(document: dict[str, Any]) -> Iterable[Case]:
    """Yield the cases of a file."""
    return (Case(row["id"], row["group"], row) for row in document["cases"])


def instant(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text)


def seconds(amount: timedelta) -> float:
    """Write a duration."""
    return amount / SECOND


def events_of(rows: Iterable[dict[str, Any]]) -> Iterator[Event]:
    """Yield the ticket events of a log; a status beside something else is a change of its own."""
    for place, row in enumerate(rows):
        kind = row["type"]
        if kind == "session":
            continue
        role, public = MESSAGES.get(kind, (row.get("by", "agent"), True))
        common: dict[str, Any] = {
            "ticket_id": row["ticket"],
            "at": instant(row["at"]),
            "role": role,
            "seq": 2 * place,
        }
        fields = {name: row[name] for name in FIELDS if name in row}
        status = {"status": Status(row["status"], row["status"])} if "status" in row else {}
        if kind == "created":
            yield Created(**common, fields=fields | status)
            continue
        common["actor"] = row.get("agent") if kind != "assigned" else None
        if kind in MESSAGES:
            yield Message(**common, public=public)
        elif kind == "assigned":
            yield Changed(**common, fields=fields)
        elif kind == "survey_sent":
            yield RatingRequested(**common | {"role": "system"}, kind=row["kind"])
        elif kind == "survey_answered":
            score, scale = row["score"], tuple(row["scale"])
            yield Rated(
                **common | {"role": "customer"}, kind=row["kind"], score=score, scale=scale
            )
        if status:
            yield Changed(**common | {"seq": 2 * place + 1}, fields=status)


@attrs.frozen(kw_only=True)
class Asked:
    """A case, read: what every definition below is asked with."""

    rows: list[dict[str, Any]]
    as_of: datetime
    params: dict[str, Any]
    calendar: BusinessCalendar | None
    events: list[Event]
    facts: tuple[kpi.Facts, ...]

    def span(self, name: str) -> timedelta | None:
        """Return a parameter in seconds as a duration."""
        return timedelta(seconds=self.params[name]) if name in self.params else None

    def at(self, name: str) -> datetime | None:
        """Return a parameter that is an instant."""
        return instant(self.params[name]) if name in self.params else None

    def options(self, *names: str) -> dict[str, Any]:
        """Return the parameters of these names that are given."""
        return {name: self.params[name] for name in names if name in self.params}


def read(data: dict[str, Any]) -> Asked:
    """Read a case."""
    rows, as_of = data.get("events", []), instant(data["as_of"])
    events = list(events_of(rows))
    return Asked(
        rows=rows,
        as_of=as_of,
        params=data["params"],
        calendar=sla_calendar(data["calendar"]) if data["calendar"] else None,
        events=events,
        facts=kpi.case_table(events, as_of=as_of),
    )


def shown(figure: Share | Rate, denominator: str = "n", **more: Any) -> dict[str, Any]:
    """Return a share or a rate under the file's names."""
    return {
        "figure": figure,
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": getattr(figure, denominator),
        "excluded": dict(figure.excluded),
        **more,
    }


def rate(figure: Rate, **more: Any) -> dict[str, Any]:
    """Return a rate under the file's names."""
    return shown(figure, "denominator", **more)


def timed(measure: TimeKpi, *, several: bool = False) -> Callable[[Asked], dict[str, Any]]:
    """Return the answers of a time; tickets may have several."""

    def answer(asked: Asked) -> dict[str, Any]:
        times = measure.per_ticket(asked.facts, calendar=asked.calendar)
        figure = measure.of(asked.facts, calendar=asked.calendar)
        return length(figure) | {
            "per_ticket": {
                ticket: [seconds(each) for each in found] if several else seconds(found[0])
                for ticket, found in times.items()
            }
        }

    return answer


def length(figure: Distribution) -> dict[str, Any]:
    """Return a distribution under the file's names."""
    median, p90 = figure.quantile(0.5), figure.quantile(0.9)
    return {
        "value": seconds(figure.total) / figure.n if figure.n else None,
        "numerator": seconds(figure.total),
        "denominator": figure.n,
        "median": None if median is None else seconds(median),
        "p90": None if p90 is None else seconds(p90),
        "excluded": dict(figure.excluded),
        "zero_share": figure.zero_share,
    }


def first_response(asked: Asked) -> dict[str, Any]:
    measure = kpi.first_response(
        **asked.options("agent_created", "start"),
        bots="bot" in asked.params.get("replies_from", ()),
        notes=asked.params.get("internal_counts", False),
    )
    return timed(measure)(asked)


def backlog(asked: Asked) -> dict[str, Any]:
    options = asked.options("age_from")
    ages = kpi.backlog(asked.facts, calendar=asked.calendar, **options)
    edges = [timedelta(seconds=edge) for edge in asked.params.get("buckets", ())]
    each = {
        fact.ticket_id: kpi.backlog([fact], calendar=asked.calendar, **options)
        for fact in asked.facts
    }
    found = length(ages)
    return {
        "value": ages.n,
        "numerator": ages.n,
        "ages": {ticket: seconds(one.total) for ticket, one in each.items() if one.n},
        "mean_age": found["value"],
        "median_age": found["median"],
        "bucket_counts": list(ages.histogram(edges)),
    }


def sla_compliance(asked: Asked) -> dict[str, Any]:
    name = asked.params["metric"]
    metric = metrics.METRICS[name]
    if "pause" in asked.params:
        pause = asked.params["pause"]
        metric = attrs.evolve(metric, pause=Field("category").in_(*pause) if pause else NEVER)
    hours = asked.calendar or BusinessCalendar.always()
    target = Target(metric=metric, within=asked.span("target_s"), calendar=hours)
    logs = defaultdict(list)
    for event in asked.events:
        logs[event.ticket_id].append(event)
    policy = SlaPolicy(name="policy", targets=[target])
    results = evaluate_many(logs.values(), policy, as_of=asked.as_of)
    found = kpi.sla_compliance(results, name, **asked.options("unit"))
    counts = ("met", "missed", "running_late", "undecided")
    return shown(found.share, **{each: getattr(found, each) for each in counts})


def repeat_contacts(asked: Asked) -> dict[str, Any]:
    found = kpi.repeat_contacts(
        asked.facts,
        within=asked.span("window_s"),
        history_from=asked.at("history_from"),
        **asked.options("anchor", "link", "shared"),
    )
    return shown(found.share, chains=found.chains, longest_chain=found.longest_chain)


def reopened(asked: Asked) -> dict[str, Any]:
    within = asked.span("within_s")
    events = kpi.reopenings(within=within).of(asked.facts).numerator
    return shown(kpi.reopened(within=within).of(asked.facts), events=events)


def solved_per_created(asked: Asked) -> dict[str, Any]:
    since, until = asked.at("since"), asked.at("until")
    return rate(kpi.solved_per_created(asked.facts, since=since, until=until))


def resolution_curve(asked: Asked) -> dict[str, Any]:
    curve = kpi.resolution_curve(asked.facts)
    running = curve.at(asked.span("horizon_s") / timedelta(microseconds=1))
    void = sum(fact.category == "void" for fact in asked.facts)
    value = None if running is None else 1 - running
    return {"value": value, "n": curve.n, "excluded": {"void": void} if void else {}}


def handoffs(asked: Asked) -> dict[str, Any]:
    each = kpi.KPIS["handoffs"].per_ticket(asked.facts)
    stations = {fact.ticket_id: len(set(fact.agents)) for fact in asked.facts}
    per_ticket = {ticket: [n, stations[ticket]] for ticket, n in each.items()}
    return rate(kpi.KPIS["handoffs"].of(asked.facts), per_ticket=per_ticket)


def touches(asked: Asked) -> dict[str, Any]:
    measure = kpi.touches(gap=asked.span("gap_s"))
    return rate(measure.of(asked.facts), per_ticket=measure.per_ticket(asked.facts))


def cost_per_ticket(asked: Asked) -> dict[str, Any]:
    costs = {int(line): cost for line, cost in asked.params["line_cost"].items()}
    measure = kpi.cost_per_ticket(costs)
    return rate(measure.of(asked.facts), per_ticket=measure.per_ticket(asked.facts))


def expense(asked: Asked) -> dict[str, Any]:
    variable = asked.params["variable"]
    whole = kpi.expense_per_ticket(asked.facts, variable=variable, fixed=asked.params["fixed"])
    return rate(whole, marginal=kpi.expense_per_ticket(asked.facts, variable=variable).value)


def tickets_per_agent(asked: Asked) -> dict[str, Any]:
    found, fte = kpi.attributed(asked.facts, asked.params["attribution"]), asked.params["fte"]
    by_agent = {agent: float(n) for agent, n in found.by_agent.items()}
    return rate(found.rate(fte), by_agent=by_agent, per_fte=found.per_fte(fte))


def deflection(asked: Asked) -> dict[str, Any]:
    sessions = [
        kpi.Session(at=instant(row["at"]), requester=row.get("requester"))
        for row in asked.rows
        if row["type"] == "session"
    ]
    window = asked.span("window_s")
    found = kpi.deflection(asked.facts, sessions, within=window, as_of=asked.as_of)
    return shown(found, deflected=found.numerator, tickets=found.n - found.numerator)


def responses(asked: Asked, kind: str) -> dict[str, Any]:
    """Return how many were asked, and answered."""
    found = kpi.response_rate(kind).of(asked.facts)
    return {"sent": found.n, "response_rate": found.value}


def satisfied(asked: Asked) -> dict[str, Any]:
    dates = {"since": asked.at("since"), "until": asked.at("until")}
    measure = kpi.satisfied(**asked.options("top", "date"), **dates)
    by_agent = {
        agent or "unassigned": measure.of(part)
        for agent, part in kpi.by_rated_agent(asked.facts).items()
    }
    credit = {agent: [one.numerator, one.n] for agent, one in by_agent.items() if one.n}
    return shown(measure.of(asked.facts), by_agent=credit, **responses(asked, "csat"))


def mean_satisfaction(asked: Asked) -> dict[str, Any]:
    dates = {"since": asked.at("since"), "until": asked.at("until")}
    measure = kpi.mean_satisfaction(**asked.options("date"), **dates)
    return rate(measure.of(asked.facts), **responses(asked, "csat"))


def nps(asked: Asked) -> dict[str, Any]:
    dates = {"since": asked.at("since"), "until": asked.at("until")}
    measure = kpi.net_promoter_score(**asked.options("date"), **dates)
    sides = list(measure.per_ticket(asked.facts).values())
    counts = {
        name: sides.count(side)
        for name, side in (("promoters", 1), ("passives", 0), ("detractors", -1))
    }
    return rate(measure.of(asked.facts), **counts, **responses(asked, "nps"))


def effort(asked: Asked) -> dict[str, Any]:
    direction = asked.params["direction"]
    ease = kpi.ease(direction=direction).of(asked.facts).value
    mean = kpi.effort(direction=direction).of(asked.facts)
    return rate(mean, ease=ease, **responses(asked, "ces"))


def low_effort(asked: Asked) -> dict[str, Any]:
    found = kpi.low_effort(direction=asked.params["direction"]).of(asked.facts)
    return shown(found, **responses(asked, "ces"))


def maturity(asked: Asked) -> dict[str, Any]:
    until = kpi.mature_until(asked.as_of, asked.span("window_s"))
    periods = asked.params["periods"]
    mature = [instant(end) <= until for _, end in periods]
    return {"mature_until": until.timestamp(), "mature": mature}


def calls(asked: Asked) -> list[kpi.Call]:
    """Read the calls."""
    return [
        kpi.Call(wait=timedelta(seconds=row["wait_s"]), answered=row["answered"])
        for row in asked.params["calls"]
    ]


def abandonment(asked: Asked) -> dict[str, Any]:
    short = asked.span("short_s") if asked.params["variant"] == "exclude_short" else None
    return shown(kpi.abandonment(calls(asked), short=short))


def service_level(asked: Asked) -> dict[str, Any]:
    of = asked.params["variant"].removesuffix("_only")
    return shown(kpi.service_level(calls(asked), within=asked.span("threshold_s"), of=of))


def times(asked: Asked, last: str) -> dict[str, timedelta]:
    """Read paid time and its parts."""
    return {name: asked.span(f"{name}_s") for name in ("talk", "hold", "wrap", last)}


def topics(asked: Asked) -> dict[str, Any]:
    periods = {name: tuple(map(instant, asked.params[name])) for name in ("current", "previous")}
    found = kpi.top_topics(asked.facts, **periods, **asked.options("min_count"))
    return {
        "denominator": found.n,
        "top": [[one.name, one.share.numerator, one.share.value] for one in found.topics],
        "new": [one.name for one in found.topics if one.new],
        "excluded": dict(found.excluded),
    }


DEFINITIONS: dict[str, Callable[[Asked], dict[str, Any]]] = {
    "frt": first_response,
    "average_response": timed(kpi.KPIS["average_response"], several=True),
    "next_response": timed(kpi.KPIS["next_response"], several=True),
    "mtta": timed(kpi.MTTA),
    "resolution.first": lambda asked: timed(kpi.first_resolution(**asked.options("pause")))(asked),
    "resolution.full": lambda asked: timed(kpi.full_resolution(**asked.options("pause")))(asked),
    "requester_wait": timed(kpi.KPIS["requester_wait"]),
    "agent_work": timed(kpi.KPIS["agent_work"]),
    "on_hold_time": timed(kpi.KPIS["on_hold_time"]),
    "backlog": backlog,
    "sla.compliance": sla_compliance,
    "fcr.one_reply": lambda asked: shown(
        kpi.KPIS["fcr_one_reply"].of(asked.facts),
        zero_reply=kpi.KPIS["zero_reply"].of(asked.facts).numerator,
    ),
    "fcr.no_further_contact": lambda asked: shown(
        kpi.KPIS["fcr_no_further_contact"].of(asked.facts)
    ),
    "fcr.no_handoff": lambda asked: shown(
        kpi.no_handoff(**asked.options("handoff")).of(asked.facts)
    ),
    "fcr.no_repeat": lambda asked: shown(
        kpi.no_repeat(asked.facts, within=asked.span("window_s"), **asked.options("shared"))
    ),
    "reopen.rate": reopened,
    "reopen.events": lambda asked: rate(kpi.reopenings().of(asked.facts)),
    "repeat.rate": repeat_contacts,
    "resolution_rate.cohort": lambda asked: shown(
        kpi.solved_within(asked.span("horizon_s")).of(asked.facts)
    ),
    "resolution_rate.flow": solved_per_created,
    "resolution_rate.km": resolution_curve,
    "escalation.rate": lambda asked: shown(
        kpi.KPIS["escalated"].of(asked.facts),
        moves=kpi.KPIS["escalations_per_ticket"].of(asked.facts).numerator,
    ),
    "transfer.rate": lambda asked: shown(
        kpi.KPIS["transferred"].of(asked.facts),
        moves=kpi.KPIS["transfers_per_ticket"].of(asked.facts).numerator,
    ),
    "pingpong.rate": lambda asked: shown(
        kpi.KPIS["bounced"].of(asked.facts),
        bounces=kpi.KPIS["bounces_per_ticket"].of(asked.facts).numerator,
    ),
    "handoffs": handoffs,
    "touches": touches,
    "deflection.rate": deflection,
    "bot_containment": lambda asked: shown(kpi.KPIS["contained_by_bot"].of(asked.facts)),
    "csat.top2": satisfied,
    "csat.mean": mean_satisfaction,
    "nps": nps,
    "ces.mean": effort,
    "ces.share": low_effort,
    "cost.per_ticket": cost_per_ticket,
    "cost.expense": expense,
    "occupancy": lambda asked: rate(kpi.occupancy(**times(asked, "available"))),
    "utilisation": lambda asked: rate(kpi.utilization(**times(asked, "paid"))),
    "tickets_per_agent": tickets_per_agent,
    "maturity": maturity,
    "abandonment": abandonment,
    "service_level": service_level,
    "topics": topics,
}


def run(case: Case) -> str | None:
    """Ask the library and compare everything that is expected."""
    data = case.data
    if "op" in data:
        return kpi_statistics.run(data)
    if data["kpi"] not in DEFINITIONS:
        reason = f"definition {data['kpi']!r}"
        raise NotSupported(reason)
    answer = DEFINITIONS[data["kpi"]](read(data))
    if "min_n" in data["params"]:
        figure = suppress(answer["figure"], data["params"]["min_n"])
        answer |= {"value": figure.value, "suppressed": figure.suppressed}
    problems = [
        f"{name}: answered {answer[name]!r}, expected {wanted!r}"
        for name, wanted in data["expect"].items()
        if not agrees(answer[name], wanted)
    ]
    return "; ".join(problems) or None


def agrees(answer: Any, wanted: Any) -> bool:
    """Compare: fractions to 1e-9, all else exactly."""
    if isinstance(wanted, dict) and isinstance(answer, dict):
        return wanted.keys() == answer.keys() and all(
            agrees(answer[key], value) for key, value in wanted.items()
        )
    if isinstance(wanted, list) and isinstance(answer, list):
        return len(wanted) == len(answer) and all(map(agrees, answer, wanted))
    if isinstance(wanted, float) and answer is not None:
        return isclose(answer, wanted, rel_tol=1e-9, abs_tol=0)
    return same(answer, wanted)
