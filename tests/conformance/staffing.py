"""Staffing cases: one model, its inputs, its outputs, and how near they must be.

Inputs are numbers (times in seconds), expected outputs decimal texts with up to 25 digits
or `{num, den}`. Tolerances: `rel`, `abs`, `abs_each` (per output), `or_abs`, `exact`.

Before this: `common.py`, `run.py`. Next: nothing.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from conformance.common import Case, NotSupported

from support_model import kpi, queueing, shifts
from support_model._queueing import birth_death, closed_forms
from support_model._staffing import coverage, deadlines, demand
from support_model.calendars import BusinessCalendar
from support_model.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Numbers = dict[str, Any]
SHARES = frozenset({"quantile", "share", "percentile", "q"})
"""How a case may name the share of a quantile."""


def cases(document: dict[str, Any]) -> Iterable[Case]:
    """Yield the cases of a file, which keeps them under `cases`."""
    return (Case(row["id"], row["source"], row) for row in document["cases"])


def run(case: Case) -> str | None:
    """Grade one case."""
    name = case.data["fn"]
    if name not in ASK:
        reason = f"function {name!r}"
        raise NotSupported(reason)
    answers = ASK[name](case.data["in"])
    for name, expected in case.data["out"].items():
        if isinstance(answers, dict) and name not in answers:
            return f"no answer for {name}"
        answer = answers[name] if isinstance(answers, dict) else answers
        if not near(answer, expected, name, case.data["tol"]):
            return f"{name}: answered {answer}, expected {expected}"
    return None


def number(value: object) -> Any:
    """Read a decimal text, a rational or a plain value."""
    if isinstance(value, dict):
        return Fraction(value["num"], value["den"])
    if isinstance(value, str):
        return math.inf if value == "inf" else Fraction(value)
    return value


def near(answer: Any, expected: object, name: str, tolerance: Numbers) -> bool:
    """Compare by the rule of the case, in exact arithmetic.

    An absolute tolerance is meant for a probability; its logarithm is held to 1e-12.
    """
    if expected == "infeasible" or isinstance(expected, list):
        return bool(answer == expected)
    wanted = number(expected)
    if tolerance.get("exact") or math.inf in (answer, wanted):
        return bool(answer == wanted)
    gap = abs(Fraction(answer) - Fraction(wanted))
    if name.startswith("log_"):
        return gap <= Fraction("1e-12") * abs(Fraction(wanted))
    each = tolerance.get("abs_each", {})
    if name in each:
        return gap <= Fraction(str(each[name]))
    relative = Fraction(str(tolerance.get("rel", 0))) * abs(Fraction(wanted))
    absolute = max(Fraction(str(tolerance.get(key, 0))) for key in ("abs", "or_abs"))
    return gap <= max(relative, absolute)


def seconds(value: float) -> timedelta:
    """Return seconds as a duration."""
    return timedelta(seconds=value)


def load_of(given: Numbers) -> float:
    """Return the load, however it is given."""
    if "load" in given:
        return given["load"]
    if "calls" in given:
        return given["calls"] * given["aht"] / given["interval"]
    if "service_rate" in given:
        return given["arrival_rate"] / given["service_rate"]
    return given["arrival_rate"] * given["aht"]


def quantile(given: Numbers) -> float:
    """Ask the wait that a share does not exceed, at a handle time beside which ticks vanish."""
    share = next(given[name] for name in SHARES if name in given)
    long = timedelta(days=100_000)
    queue = queueing.erlang_c(load_of(given), agents=given["servers"], handle_time=long)
    wait = queue.wait_quantile(share)
    unit = 1 / given["service_rate"] if "service_rate" in given else given.get("aht", 1)
    return math.inf if wait is None else wait / long * unit


def erlang_c(given: Numbers) -> Numbers:
    """Ask Erlang C, in whatever unit of time the case has."""
    time = given.get("aht", 1)
    queue = queueing.erlang_c(load_of(given), agents=given["servers"], handle_time=seconds(time))
    within = seconds(given.get("threshold", 0))
    unit = 1 / given["service_rate"] if "service_rate" in given else time
    return {
        "p_wait": queue.p_wait,
        "asa": queue.relative_wait * unit,
        "wq": queue.relative_wait * unit,
        "w": (queue.relative_wait + 1) * unit,
        "p_wait_exceeds": queue.p_wait_exceeds(within),
        "service_level": queue.service_level(within),
        "occupancy": queue.occupancy,
        "queue_length": queue.queue_length,
        **({"wait_quantile": quantile(given)} if SHARES & given.keys() else {}),
    }


def erlang_a(given: Numbers) -> Numbers:
    """Ask Erlang A for everything."""
    queue = queueing.erlang_a(
        load_of(given),
        agents=given["servers"],
        handle_time=seconds(given["aht"]),
        patience=seconds(given["patience"]),
    )
    within = seconds(given.get("threshold", 0))
    return {
        "p_wait": queue.p_wait,
        "p_abandon": queue.p_abandon,
        "p_abandon_pct": 100 * queue.p_abandon,
        "mean_wait": queue.relative_wait * given["aht"],
        "asa_answered": queue.relative_wait_answered * given["aht"],
        "queue_length": queue.queue_length,
        "occupancy": queue.occupancy,
        "p_wait_exceeds": queue.p_wait_exceeds(within),
        "p_virtual_exceeds": queue.p_virtual_exceeds(within),
        "sl_offered": queue.service_level(within),
        "sl_answered": queue.service_level(within, "answered"),
        "sl_virtual": queue.service_level(within, "virtual"),
        "sl_excl_short_abandons": queue.service_level(within, "exclude_early_abandons"),
    }


def required_c(given: Numbers) -> Numbers:
    """Ask for agents without impatience; a share of 0 is no promise."""
    share, within = given.get("service_level", 0), seconds(given.get("threshold", 0))
    agents = queueing.agents_for(
        load_of(given),
        queueing.ServiceLevel(share, within=within) if share else None,
        handle_time=seconds(given["aht"]),
        max_occupancy=given.get("max_occupancy", 1),
        max_wait=seconds(given["mean_wait"]) if "mean_wait" in given else None,
    )
    shrinkage = given.get("shrinkage", 0)
    return {"agents": agents, "scheduled": coverage.scheduled(agents, shrinkage=shrinkage)}


def required_a(given: Numbers) -> Numbers:
    """Ask for agents with impatience."""
    metric, target = given["metric"], given["target"]
    promise, caps = None, {}
    if metric in ("mean_wait", "asa"):
        caps = {"max_wait": seconds(target)}
    elif metric == "p_abandon":
        caps = {"max_abandonment": target}
    elif metric == "occupancy":
        caps = {"max_occupancy": target}
    else:
        of = metric.removeprefix("sl_")
        promise = queueing.ServiceLevel(target, within=seconds(given["threshold"]), of=of)
    agents = queueing.agents_for(
        load_of(given),
        promise,
        handle_time=seconds(given["aht"]),
        patience=seconds(given["patience"]),
        **caps,
    )
    return {"agents": agents}


def finite_queue(given: Numbers) -> Numbers:
    """Ask the limited queue."""
    hangup = given["aht_over_patience"]
    queue = birth_death.finite_queue(
        given["load"],
        agents=given["servers"],
        places=given["places"],
        handle_time=seconds(given["aht"]),
        patience=seconds(given["aht"] / hangup) if hangup else None,
    )
    return {
        "p_block": queue.p_block,
        "p_wait": queue.p_wait,
        "p_abandon": queue.p_abandon,
        "queue_length": queue.queue_length,
        "asa_accepted": queue.relative_wait * given["aht"],
        "occupancy": queue.occupancy,
    }


def priorities(given: Numbers) -> Numbers:
    """Ask the waits by priority."""
    time = given["aht"]
    waits = closed_forms.priority_waits(
        given["loads"], agents=given["servers"], handle_time=seconds(time)
    )
    return {f"wait_{k}": wait * time for k, wait in enumerate(waits, 1)}


def chat(given: Numbers) -> Numbers:
    """Ask the chat desk."""
    time, patience = given["single_chat_aht"], given["patience"]
    desk = birth_death.chat(
        given["arrival_rate"] * time,
        agents=given["agents"],
        speedup=given["speedup"][: given["slots"]],
        handle_time=seconds(time),
        patience=seconds(patience) if patience else None,
    )
    return {
        "p_wait": desk.p_wait,
        "p_abandon": desk.p_abandon,
        "queue_length": desk.queue_length,
        "mean_wait": desk.relative_wait * time,
        "chats_in_service": desk.chats,
        "mean_session": desk.relative_session * time,
        "concurrency": desk.concurrency,
    }


def required_chat(given: Numbers) -> Numbers:
    """Ask for the agents of a chat desk."""
    time, patience = given["single_chat_aht"], given.get("patience")
    agents = birth_death.required_chat_agents(
        given["arrival_rate"] * time,
        speedup=given["speedup"][: given["slots"]],
        handle_time=seconds(time),
        patience=seconds(patience) if patience else None,
        max_waiting=given["max_waiting"],
    )
    return {"agents": agents}


def utilization(given: Numbers) -> Any:
    """Ask how busy people are: of paid time where that is given, else of a queue's agents."""
    if "paid" in given:
        parts = {name: seconds(given.get(name, 0)) for name in ("talk", "hold", "wrap", "paid")}
        return kpi.utilization(**parts).value
    return erlang_c({"aht": 1, **given})["occupancy"]


def offered(given: Numbers) -> Numbers:
    """Ask the load in motion; rates are per second."""
    interval = given["interval"]
    loads = demand.offered_loads(
        [rate * interval for rate in given["rates"]],
        interval=seconds(interval),
        handle_time=seconds(given["aht"]),
    )
    return {"mean": loads[given["index"]].mean, "end": loads[given["index"]].end}


def deferred(given: Numbers) -> Numbers:
    """Ask the deadline crew; slots are hours, a job may use its due slot to the end."""
    first = datetime(2024, 1, 1, tzinfo=UTC)
    hours: dict[date, list[str]] = {}
    for k, is_open in enumerate(given["open"]):
        day = (first + timedelta(hours=k)).date()
        hours.setdefault(day, []).extend([f"{k % 24:02}:00-{k % 24 + 1:02}:00"] if is_open else [])
    jobs = [
        deadlines.Job(
            release=first + timedelta(hours=release),
            due_at=first + timedelta(hours=due + 1),
            work=timedelta(seconds=float(3600 * number(work))),
        )
        for release, due, work in given["jobs"]
    ]
    calendar = BusinessCalendar.weekly({}, tz="UTC", dates=hours)
    return {"capacity": deadlines.deadline_capacity(jobs, calendar).crew}


def clearing(given: Numbers) -> Numbers:
    """Ask who clears a backlog."""
    crew = deadlines.agents_to_clear(
        given["backlog"],
        periods=given["clear_days"],
        arrivals=given["per_day"],
        handle_time=timedelta(minutes=given["aht_min"]),
        productive=timedelta(hours=given["productive_hours"]),
    )
    return {
        "per_day": crew.per_period,
        "per_agent": crew.per_agent,
        "raw": crew.exact,
        "agents": crew.agents,
    }


def volume(given: Numbers) -> Numbers:
    """Ask a quantile of a volume."""
    found = demand.volume_quantile(
        given["mean"], rate_cv=given["rate_cv"], quantile=given["quantile"]
    )
    return {"quantile": found.count, "cdf": found.reached, "variance": found.variance}


def relief_of(given: Numbers) -> Numbers:
    """Ask the relief factor."""
    factor = coverage.relief_factor(given["coverage_hours"], given["effective_hours"])
    return {"relief": factor, "headcount": math.ceil(factor)}


def cover(given: Numbers) -> Numbers:
    """Ask the least cost of covering a demand with shifts."""
    try:
        found = shifts.cover_shifts(given["demand"], given["shifts"], costs=given["cost"])
    except MissingExtra as missing:
        raise NotSupported(str(missing)) from None
    return {
        "cost": found.cost,
        "counts": list(found.counts),
        "status": "infeasible" if found.uncoverable else "covered",
        "uncoverable": list(found.uncoverable),
    }


ASK: dict[str, Callable[[Numbers], Any]] = {
    "apply_shrinkage": lambda given: {
        "scheduled": coverage.scheduled(given["base"], shrinkage=given["shrinkage"])
    },
    "backlog_agents": clearing,
    "chat_balanced": chat,
    "chat_effective_aht": lambda given: {
        "effective_aht": birth_death.chat_effective_time(
            seconds(given["aht"]), slots=given["concurrency"], speedup=given["factor"]
        ).total_seconds()
    },
    "cover_shifts": cover,
    "deferred_capacity": deferred,
    "effective_hours": lambda given: coverage.effective_hours(**given),
    "erlang_a": erlang_a,
    "erlang_b": lambda given: {
        "blocking": queueing.erlang_b(given["load"], agents=given["servers"]),
        "log_blocking": closed_forms.erlang_b_log(given["load"], agents=given["servers"]),
    },
    "erlang_b_offered_load": lambda given: {
        "load": closed_forms.erlang_b_load(agents=given["servers"], blocking=given["blocking"])
    },
    "erlang_b_servers": lambda given: {
        "servers": closed_forms.erlang_b_agents(given["load"], blocking=given["blocking"])
    },
    "erlang_c": erlang_c,
    "erlang_c_wait_quantile": quantile,
    "finite_queue": finite_queue,
    "garnett_alpha": lambda given: {
        "p_wait": closed_forms.garnett_wait(
            given["beta"], patience_ratio=given["sqrt_mu_over_theta"]
        )
    },
    "halfin_whitt_alpha": lambda given: {"p_wait": closed_forms.halfin_whitt_wait(given["beta"])},
    "halfin_whitt_beta": lambda given: {"beta": closed_forms.halfin_whitt_slack(given["p_wait"])},
    "k_of_n_availability": lambda given: {
        "probability": coverage.k_of_n(
            given["needed"],
            given["headcount"],
            availability=Fraction(*given["availability_exact"]),
        )
    },
    "modified_offered_load": offered,
    "mol_sinusoid": lambda given: {
        "load": demand.sinusoidal_load(
            given["mean_rate"],
            amplitude=given["amplitude"],
            frequency=given["frequency"],
            service_rate=given["service_rate"],
            at=given["t"],
        )
    },
    "on_call_share": lambda given: coverage.on_call_share(
        given["simultaneous"], headcount=given["headcount"], sites=given.get("sites", 1)
    ),
    "planned_leave_coverage": lambda given: {
        "coverage": coverage.planned_leave_coverage(
            given["needed"],
            given["headcount"],
            leave_weeks=given["leave_weeks"],
            sick=given["sick"],
        )
    },
    "priority_waits": priorities,
    "relief_factor": relief_of,
    "required_agents_erlang_a": required_a,
    "required_agents_erlang_c": required_c,
    "required_chat_agents": required_chat,
    "rotation_size": lambda given: {
        "headcount": coverage.rotation_size(
            given["simultaneous"], max_share=given["max_share"], sites=given.get("sites", 1)
        )
    },
    "utilisation": utilization,
    "utilization": utilization,
    "volume_quantile": volume,
    "wait_quantile": quantile,
}
"""Functions by name; an answer that is no dictionary is a function's only one."""
