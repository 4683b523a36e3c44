"""Bad input is refused at definition, typed, with its remedy."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from support_model._escalation.plans import Edition, PlanHistory
from support_model._oncall.windows import DutyWindow, daily, read_windows, weekly
from support_model.errors import (
    InvalidEscalation,
    InvalidHours,
    InvalidRecurrence,
    InvalidRotation,
    ManagerCycle,
    NaiveDatetime,
    UnknownZone,
)
from support_model.escalation import (
    AckMissing,
    Course,
    Directory,
    EscalationRule,
    Plan,
    Repeat,
    Start,
    Step,
    Threshold,
)
from support_model.instants import Span
from support_model.oncall import (
    Absence,
    ByRule,
    ByWorkedDates,
    Every,
    Layer,
    OnCall,
    Override,
    Swap,
)

HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = Span(MONDAY, MONDAY + timedelta(days=7))


def layer(participants=("ann", "bob"), **parts):
    return Layer(participants, **{"start": "2026-03-02 09:00", "tz": "Europe/Berlin", **parts})


def step(**parts):
    return Step(**{"id": "a", "to": "assignee", **parts})


BAD = {
    "nobody": (InvalidRotation, lambda: layer([])),
    "empty group": (InvalidRotation, lambda: layer(["ann", []])),
    "a text for a list": (InvalidRotation, lambda: layer("ann")),
    "no name": (InvalidRotation, lambda: layer(["ann", ""])),
    "a number for a name": (InvalidRotation, lambda: layer([["ann", 7]])),
    "start with a zone": (InvalidRotation, lambda: layer(start=MONDAY)),
    "unreadable start": (InvalidRotation, lambda: layer(start="monday")),
    "unknown zone": (UnknownZone, lambda: layer(tz="Mars/Olympus")),
    "no form": (InvalidRotation, lambda: layer(form="weekly")),
    "a broken priority": (InvalidRotation, lambda: layer(priority=0.5)),
    "windows that are none": (InvalidHours, lambda: layer(windows=["09:00-17:00"])),
    "no turns": (InvalidRotation, lambda: Every(0)),
    "half turns": (InvalidRotation, lambda: Every(0.5)),
    "unknown unit": (InvalidRotation, lambda: Every(1, "fortnights")),
    "unreadable handoff": (InvalidRotation, lambda: Every(handoff="noon")),
    "two days of handoff": (InvalidRotation, lambda: Every(handoff="mon-tue 09:00")),
    "no duty": (InvalidRotation, lambda: Every(duration=timedelta())),
    "no worked dates": (InvalidRotation, lambda: ByWorkedDates(0)),
    "a counted rule without duration": (InvalidRotation, lambda: ByRule("FREQ=DAILY;COUNT=3")),
    "a dated rule without duration": (
        InvalidRotation,
        lambda: ByRule("FREQ=DAILY;UNTIL=20260401T000000Z"),
    ),
    "no rule": (InvalidRecurrence, lambda: ByRule("every other day")),
    "not even text": (InvalidRecurrence, lambda: ByRule(None)),
    "unknown part": (InvalidRecurrence, lambda: ByRule("FREQ=DAILY;BYMOON=1")),
    "a part twice": (InvalidRecurrence, lambda: ByRule("FREQ=DAILY;FREQ=DAILY")),
    "every second": (InvalidRecurrence, lambda: ByRule("FREQ=SECONDLY")),
    "no interval": (InvalidRecurrence, lambda: ByRule("FREQ=DAILY;INTERVAL=0")),
    "no end": (InvalidRecurrence, lambda: ByRule("FREQ=DAILY;UNTIL=SOON", HOUR)),
    "no such end": (InvalidRecurrence, lambda: ByRule("FREQ=DAILY;UNTIL=20261399", HOUR)),
    "a window without days": (InvalidHours, lambda: DutyWindow((), start=0, end=1)),
    "a window of no length": (InvalidHours, lambda: DutyWindow((0,), start=5, end=5)),
    "a window over a week": (
        InvalidHours,
        lambda: DutyWindow((0,), start=0, end=8 * 86_400_000_000),
    ),
    "two ranges": (InvalidHours, lambda: daily("mon", "09:00-12:00, 13:00-17:00")),
    "half a week": (InvalidHours, lambda: weekly("fri", "mon 09:00")),
    "no windows": (InvalidHours, lambda: read_windows(7)),
    "a swap with oneself": (InvalidRotation, lambda: Swap("ann", "ann", span=WEEK)),
    "one giver twice": (
        InvalidRotation,
        lambda: OnCall(
            [layer()],
            swaps=[
                Swap("ann", "bob", span=WEEK),
                Swap("ann", "cid", span=Span(MONDAY + timedelta(days=6), MONDAY + 9 * 24 * HOUR)),
            ],
        ),
    ),
    "one giver twice by a return": (
        InvalidRotation,
        lambda: OnCall(
            [layer()],
            swaps=[Swap("ann", "bob", span=WEEK), Swap("cid", "ann", span=WEEK, back=WEEK)],
        ),
    ),
    "no layer": (InvalidRotation, lambda: OnCall(["ann"])),
    "an absence among overrides": (
        InvalidRotation,
        lambda: OnCall([layer()], overrides=[Absence("ann", WEEK)]),
    ),
    "unknown rule of absence": (InvalidRotation, lambda: OnCall([layer()], when_away="skip")),
    "unknown rule of layers": (InvalidRotation, lambda: OnCall([layer()], same_priority="all")),
    "a naive question": (NaiveDatetime, lambda: OnCall([layer()]).who(datetime(2026, 3, 2))),
    "a negative offset on the wall": (
        InvalidEscalation,
        lambda: step(after=-HOUR, base="wall"),
    ),
    "no id": (InvalidEscalation, lambda: step(id="")),
    "no target": (InvalidEscalation, lambda: step(to=None)),
    "no anchor": (InvalidEscalation, lambda: step(anchor="due")),
    "unknown base": (InvalidEscalation, lambda: step(base="business")),
    "unknown kind": (InvalidEscalation, lambda: step(kind="page")),
    "unknown end": (InvalidEscalation, lambda: step(until="close")),
    "half a level": (InvalidEscalation, lambda: step(level=1.5)),
    "no share": (InvalidEscalation, lambda: Threshold(0)),
    "a boolean share": (InvalidEscalation, lambda: Threshold(True)),  # noqa: FBT003
    "an endless share": (InvalidEscalation, lambda: Threshold(float("nan"))),
    "no interval of repeats": (InvalidEscalation, lambda: Repeat(timedelta())),
    "negative repeats": (InvalidEscalation, lambda: Repeat(HOUR, -1)),
    "a step twice": (InvalidEscalation, lambda: Plan("p", [step(), step()])),
    "no step": (InvalidEscalation, lambda: Plan("p", ["a"])),
    "of nothing": (InvalidEscalation, lambda: Plan("p", [step(anchor=AckMissing("b"))])),
    "of itself": (InvalidEscalation, lambda: Plan("p", [step(anchor=AckMissing("a"))])),
    "of each other": (
        InvalidEscalation,
        lambda: Plan("p", [step(anchor=AckMissing("b")), step(id="b", anchor=AckMissing("a"))]),
    ),
    "an edition before the last": (
        InvalidEscalation,
        lambda: EscalationRule(
            PlanHistory([Edition(Plan("p", []), MONDAY)]), "resolution"
        ).replaced(MONDAY, Plan("p", [])),
    ),
    "an edition of another plan": (
        InvalidEscalation,
        lambda: EscalationRule(Plan("p", []), "resolution").replaced(MONDAY, Plan("q", [])),
    ),
    "no editions": (InvalidEscalation, lambda: PlanHistory([])),
    "editions out of order": (
        InvalidEscalation,
        lambda: PlanHistory([Edition(Plan("p", []), MONDAY), Edition(Plan("p", []))]),
    ),
    "dated editions out of order": (
        InvalidEscalation,
        lambda: PlanHistory(
            [Edition(Plan("p", []), MONDAY + HOUR), Edition(Plan("p", []), MONDAY)]
        ),
    ),
    "editions of two plans": (
        InvalidEscalation,
        lambda: PlanHistory([Edition(Plan("p", [])), Edition(Plan("q", []), MONDAY)]),
    ),
    "unknown follow": (
        InvalidEscalation,
        lambda: PlanHistory([Edition(Plan("p", []))], follow="latest"),
    ),
    "targets out of order": (
        InvalidEscalation,
        lambda: Course.of(
            ticket="T1",
            metric="resolution",
            start=MONDAY,
            targets=[(MONDAY + HOUR, HOUR), (MONDAY, HOUR)],
        ),
    ),
    "a naive start": (
        NaiveDatetime,
        lambda: Course.of(ticket="T1", metric="m", start=datetime(2026, 3, 2)),
    ),
    "managers in a circle": (
        ManagerCycle,
        lambda: Directory(managers={"ann": "mia", "mia": "max", "max": "ann"}),
    ),
    "her own manager": (ManagerCycle, lambda: Directory(managers={"ann": "ann"})),
    "unknown kind of target": (InvalidEscalation, lambda: Directory().check("team:a")),
    "unknown line": (InvalidEscalation, lambda: Directory(lines={"1": ["a"]}).check("line:2")),
    "which manager": (InvalidEscalation, lambda: Directory().check("manager:0")),
    "which user": (InvalidEscalation, lambda: Directory().check("user:")),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_a_typed_error_at_definition(name):
    error, make = BAD[name]
    with pytest.raises(error) as caught:
        make()
    assert isinstance(caught.value, ValueError)
    assert str(caught.value)


def test_the_giver_of_two_swaps_may_give_again_when_the_first_ends():
    later = Span(WEEK.end, WEEK.end + HOUR)
    OnCall([layer()], swaps=[Swap("ann", "bob", span=WEEK), Swap("ann", "cid", span=later)])


def test_shares_are_what_they_say():
    assert Threshold(0.1).exact == Threshold(Fraction(1, 10)).exact == Fraction(1, 10)


def test_steps_of_an_edition_may_be_none():
    assert PlanHistory(
        [Edition(Plan("p", [step(anchor=Start())])), Edition(Plan("p", []), MONDAY)]
    )
    assert Override("ann", WEEK).person == "ann"


def test_a_percentage_is_no_share():
    """75 was taken as 75 times the target: a step that nothing reaches."""
    for share in (75, 10.5, Fraction(21, 2)):
        with pytest.raises(InvalidEscalation, match=r"75 % is 0\.75"):
            Threshold(share)
    assert Threshold(10).exact == 10


def test_remedies_where_nothing_is_known():
    with pytest.raises(InvalidEscalation, match="none is known"):
        Directory().check("oncall:primary")
    with pytest.raises(InvalidHours, match="not a duty window: 'nights'"):
        read_windows("nights")


def test_one_thing_where_several_go_is_refused():
    layer = Layer(["ann"], start="2026-03-02", tz="UTC")
    step = Step(id="page", to="assignee")
    for make in (lambda: OnCall(layer), lambda: OnCall([layer], overrides=layer)):
        with pytest.raises(InvalidRotation, match="give a list of them"):
            make()
    with pytest.raises(InvalidEscalation, match="steps are several"):
        Plan("p", step)
    for parts in ({"managers": ["ann"]}, {"groups": ["ann"]}, {"lines": "ann"}):
        with pytest.raises(InvalidEscalation, match="names for names"):
            Directory(**parts)
