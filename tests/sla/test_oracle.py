"""The slow twin itself: its table of metrics, and that what is planted in it changes answers."""

from contextlib import suppress
from functools import cache

import pytest
from oracles import sla_oracle as oracle
from sla.differential import drawn, meetings
from sla.twin import plain_metric, scenario, twin

from support_model.service_levels.metrics import METRICS


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
    """Three hundred scenes, drawn once, with what the twin says of them."""
    found = []
    for scene, plans, names, window in drawn(meetings(), 300):
        for as_of in (scene.later, scene.log[-1].at):
            given = scenario(scene.book, scene.log, as_of, plans, names)
            with suppress(oracle.Unknown):
                found.append((given, window, twin(given, window)))
    return found


@pytest.mark.parametrize("rule", oracle.OLD)
def test_each_rule_read_as_before_is_caught_within_the_scenes(rule):
    """What version 0.1 read otherwise, planted in the twin, is told apart by a drawn scene."""
    assert any(twin(given, window, old=[rule]) != told for given, window, told in scenes())
