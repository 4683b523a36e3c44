"""The engine against its slow twin, which counts ticks: every clock, cycle and moment."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from oracles import sla_oracle as oracle
from sla.twin import answers, desk_hours, moments, plain_metric, scenario, twin

from support_model.events import Related
from support_model.instants import micros
from support_model.service_levels import clocks, cycles
from support_model.service_levels.metrics import METRICS
from support_model.sla import evaluate
from support_model.testing.calendar_strategies import CLOCK_CHANGES
from support_model.testing.sla_strategies import policy_books, sla_scenes

DAY = timedelta(days=1)


@st.composite
def meetings(draw, *, grain=timedelta(minutes=15), before=5, after=60, changes=CLOCK_CHANGES):
    """A scene within a few days of a turned clock, its calendars, and the window looked at."""
    zone, day = draw(st.sampled_from(changes))
    plans, values, names = desk_hours(zone, day)
    noon = datetime(day.year, day.month, day.day, tzinfo=UTC)
    start = st.integers(-2 * DAY // grain, DAY // grain).map(lambda n: noon + n * grain)
    books = policy_books(calendars=st.sampled_from([*values.values()]))
    scene = draw(sla_scenes(books=books, start=start, grain=grain))
    scene = draw(st.just(scene) | related(scene))
    return scene, plans, names, (noon - before * DAY, noon + after * DAY)


@st.composite
def related(draw, scene):
    """The scene with one more event: the ticket is merged, or related to another one."""
    log = [*scene.log]
    place = draw(st.integers(1, len(log)))
    before = log[place - 1]
    kind = draw(st.sampled_from(("merged_into", "merged_into", "parent", "split_from")))
    log.insert(
        place, Related(ticket_id="T1", at=before.at, seq=0, role="agent", kind=kind, other="T2")
    )
    numbered = [attrs.evolve(event, seq=seq) for seq, event in enumerate(log)]
    return attrs.evolve(scene, log=tuple(numbered))


def differences(scene, plans, names, window, tick):
    """What engine and twin say differently; nothing is known beyond the window."""
    mine, told = answers(evaluate(scene.log, scene.book, as_of=scene.as_of))
    theirs = twin(scenario(scene.book, scene.log, scene.as_of, plans, names), window, tick)
    end = micros(window[1] - DAY)
    found = []
    for key in {*mine, *theirs}:
        ours, others = mine.get(key, []), theirs.get(key, [])
        if len(ours) != len(others):
            found.append((key, "cycles", len(ours), len(others)))
        for one, other in zip(ours, others, strict=False):
            asked = set(one)
            if other["due_at"] == oracle.BEYOND:
                asked = asked - {"due_at", "remaining"}
                assert one["due_at"] is None or one["due_at"] >= end
            found += [(key, f, one[f], other[f]) for f in asked if one[f] != other[f]]
    known = {key: at for key, at in told.items() if at < end}
    wanted = {key: at for key, at in moments(theirs).items() if at < end}
    return found + [(*pair, "moment") for pair in known.items() ^ wanted.items()]


@settings(max_examples=2 * settings.default.max_examples)
@given(meetings())
def test_engine_and_twin_agree_by_quarter_hours(meeting):
    assert not differences(*meeting, 900)


@given(
    meetings(
        grain=timedelta(minutes=1),
        before=4,
        after=7,
        changes=[change for change in CLOCK_CHANGES if change[0] in ("UTC", "Europe/Berlin")],
    )
)
def test_engine_and_twin_agree_by_minutes(meeting):
    assert not differences(*meeting, 60)


@pytest.mark.parametrize("name", METRICS)
def test_the_ready_metrics_are_what_the_rules_say(name):
    """The twin has its own table of section 4; patterns may be told apart by their order only."""

    def canonical(data):
        if isinstance(data, dict):
            (key, value), *_ = data.items()
            if key in ("every", "some"):
                return key, frozenset(map(canonical, value))
            return frozenset((key, canonical(value)) for key, value in data.items())
        return frozenset(data) if isinstance(data, list) else data

    mine, wanted = plain_metric(METRICS[name]), oracle.METRICS[name]
    for part in ("start", "stop", "pause", "reset", "after_stop"):
        ours, theirs = mine[part], wanted[part]
        if part == "pause":
            ours, theirs = waiting(ours), waiting(theirs)
        assert canonical(ours) == canonical(theirs), part


def waiting(pattern):
    """The categories in which a ready metric pauses."""
    return sorted(pattern.get("in", [pattern["is"]] if "is" in pattern else []))


@pytest.mark.parametrize(
    ("owner", "name", "wrong"),
    [
        (cycles, "length", lambda right: lambda *given: right(*given) and right(*given) + 1),
        (cycles.CycleFold, "cuts", lambda right: lambda *given: right(*given)[1:]),
        (clocks, "_stop", lambda right: lambda cycle, at, now: right(cycle, at + 1, now)),
    ],
)
def test_the_twin_notices_a_wrong_engine(owner, name, wrong, monkeypatch):
    monkeypatch.setattr(owner, name, wrong(getattr(owner, name)))

    @settings(max_examples=100, phases=[Phase.generate], database=None, derandomize=True)
    @given(meetings())
    def judge(meeting):
        assert not differences(*meeting, 900)

    with pytest.raises(AssertionError):
        judge()
