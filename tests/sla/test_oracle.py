"""The slow twin itself: its table of metrics, and that what is planted in it changes answers."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from oracles import sla_oracle as oracle
from sla.differential import AFTER, BEFORE, drawn, meetings
from sla.oracle_data import desk_hours, plain_metric, scenario, twin

from support_model.events import Changed, Created
from support_model.sla import METRICS, PolicyBook, SlaPolicy, Target
from support_model.testing._calendar_strategies import CLOCK_CHANGES
from support_model.vocabulary import Status


@pytest.mark.parametrize("name", METRICS)
def test_the_ready_metrics_are_what_the_rules_say(name):
    """The twin has its own table of section 4; patterns may be told apart by their order only."""
    mine, wanted = plain_metric(METRICS[name]), oracle.METRICS[name]
    for part in ("start", "stop", "pause", "reset", "after_stop"):
        ours, theirs = mine[part], wanted[part]
        if part == "pause":
            ours, theirs = waiting(ours), waiting(theirs)
        if part == "start" and name in oracle.PERSONAL:
            ours = unsettled(ours)
        assert canonical(ours) == canonical(theirs), part


def canonical(data):
    if isinstance(data, dict):
        (key, value), *_ = data.items()
        if key in ("every", "some"):
            return key, frozenset(map(canonical, value))
        return frozenset((key, canonical(value)) for key, value in data.items())
    return frozenset(data) if isinstance(data, list) else data


def waiting(pattern):
    """The categories in which a ready metric pauses."""
    return sorted(pattern.get("in", [pattern["is"]] if "is" in pattern else []))


def unsettled(pattern):
    """A start without the condition that the ticket is not settled, which the twin asks apart."""
    parts = [part for part in pattern["every"] if "not" not in part]
    return {"every": parts}


@cache
def scenes():
    """Three hundred scenes, drawn once, and a rare one, with what the twin says of them."""
    found = [paused_again_at_the_due()]
    for scene, plans, names, window in drawn(meetings(), 300):
        for as_of in (scene.later, scene.log[-1].at):
            given = scenario(scene.book, scene.log, as_of, plans, names)
            with suppress(oracle.Unknown):
                found.append((given, window, twin(given, window)))
    return found


def paused_again_at_the_due():
    """A ticket that is solved, reopened and paused in the instant in which it is due."""
    zone, day = CLOCK_CHANGES[0]
    plans, values, names = desk_hours(zone, day)
    noon, hour = datetime(day.year, day.month, day.day, 12, tzinfo=UTC), timedelta(hours=1)
    target = Target(metric=METRICS["resolution"], within=hour, calendar=values["always"])
    log = [
        event(ticket_id="T1", at=at, role="agent", seq=seq, fields={"status": Status(name, name)})
        for seq, (event, at, name) in enumerate(
            [(Created, noon, "new")]
            + [(Changed, noon + hour, name) for name in ("solved", "open", "pending")]
        )
    ]
    book = PolicyBook([SlaPolicy(name="gold", targets=[target])])
    window = (noon - BEFORE, noon + AFTER)
    given = scenario(book, log, noon + 2 * hour, plans, names)
    return given, window, twin(given, window)


@pytest.mark.parametrize("rule", oracle.OLD)
def test_each_rule_read_as_before_is_caught_within_the_scenes(rule):
    """What version 0.1 read otherwise, planted in the twin, is told apart by a drawn scene."""
    assert any(twin(given, window, old=[rule]) != told for given, window, told in scenes())
