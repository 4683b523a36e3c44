"""On call between people: seats, stand-ins, changes of members, holidays, and what lint finds."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest
from conformance import oncall as oncall_cases
from english import english
from escalation import cases
from hypothesis import given
from hypothesis import strategies as st

from support_model._escalation.recipients import NotKnownYet
from support_model._oncall.windows import DutyWindow
from support_model._sentences import local_instant
from support_model.agenda import changes
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidRotation, InvalidValue
from support_model.escalation import Directory
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
    icalendar,
)

BERLIN, PARIS, NEW_YORK = map(ZoneInfo, ("Europe/Berlin", "Europe/Paris", "America/New_York"))
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
OFFICE = BusinessCalendar.weekly(
    {"mon-fri": "09:00-17:00"}, tz="Europe/Berlin", holidays={"2026-04-03": "Good Friday"}
)


def berlin(*parts):
    return datetime(*parts, tzinfo=BERLIN)


def weekly(names, **more):
    return Layer(list(names), start="2026-03-02 09:00", tz="Europe/Berlin", **more)


def pair(first, second, **more):
    return OnCall([weekly(first), weekly(second)], same_priority="union", **more)


def at_noon(plan, first, n):
    whole = [first + timedelta(days=k) for k in range(n)]
    return " ".join("+".join(sorted(plan.who(at.replace(hour=12)))) or "-" for at in whole)


def codes(plan, *window):
    return [reason.code for reason in plan.lint(*window)]


def test_a_member_leaves_and_everybody_else_keeps_the_turn():
    old = Layer(
        ["a", "b", "c", "d"], start="2022-08-23 08:00", tz="Europe/Paris", form=Every(1, "days")
    )
    said = OnCall(old.changed("2022-09-01 08:00", ["a", "b", "d"]))
    first = datetime(2022, 8, 28, tzinfo=PARIS)
    assert at_noon(said, first, 11) == "b c d a b d a b d a b"
    by_hand = OnCall(
        [
            attrs.evolve(old, until="2022-09-01 08:00"),
            Layer(
                ["b", "d", "a"], start="2022-09-01 08:00", tz="Europe/Paris", form=Every(1, "days")
            ),
        ]
    )
    assert at_noon(by_hand, first, 11) == at_noon(said, first, 11)
    assert at_noon(OnCall(old.changed("2022-09-02 08:00", ["a", "b", "d"])), first, 8) == (
        "b c d a b d a b"  # c would have been next
    )


FORMS = (
    Every(1, "days"),
    Every(2, "weeks", handoff="mon 09:00"),
    Every(7, "hours"),
    ByRule("FREQ=WEEKLY;BYDAY=MO,TH"),
    ByWorkedDates(2),
)


@given(
    st.sampled_from(FORMS),
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=5),
    st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5),
    st.integers(1, 24 * 40),
)
def test_a_dated_change_moves_no_handoff_and_passes_over_only_who_left(form, old, new, hours):
    layer = weekly(old, form=form)
    at = datetime(2026, 3, 2, 9) + hours * HOUR
    before, after = layer.changed(at, new)
    window = berlin(2026, 3, 2, 9), berlin(2026, 5, 20)
    cut = at.replace(tzinfo=BERLIN)
    assert OnCall([before, after]).roster(window[0], cut) == OnCall([layer]).roster(window[0], cut)
    turns = {
        turn[1:]: turn[2] for turn in layer.turns(after.begin, after.begin + 60 * 86_400 * 10**6)
    }
    assert [end for end, _ in turns] == [
        end for _, end, _ in after.turns(after.begin, after.begin + 60 * 86_400 * 10**6)
    ]
    numbers = iter(turns.values())
    now = next(numbers)
    on, (then,) = layer.participants[now % len(old)], after.participants[now % len(new)]
    if on[0] in new:
        assert (then,) == on
    else:
        before_it = [old[(now - k) % len(old)] for k in range(1, len(old))]
        last = next((name for name in before_it if name in new), None)
        follows = {new[(i + 1) % len(new)] for i, name in enumerate(new) if name == last}
        assert then in (follows or {new[0]})


def test_a_change_outside_the_time_of_a_layer_is_refused():
    layer = weekly("ab", until="2026-04-01 09:00")
    for at in ("2026-03-02 09:00", "2026-04-01 09:00", "2026-01-01 00:00"):
        with pytest.raises(InvalidRotation, match="outside the time of the layer"):
            layer.changed(at, ["a"])
    with pytest.raises(InvalidRotation, match="nobody takes turns"):
        layer.changed("2026-03-09 09:00", [])


def test_a_layer_is_evolved_like_any_value():
    layer = weekly(
        "ab", form=Every(1, "days"), active_from="2026-03-03 09:00", until="2026-04-01 09:00"
    )
    assert attrs.evolve(layer) == layer
    assert attrs.evolve(layer, priority=2).start == layer.start == datetime(2026, 3, 2, 9)
    assert attrs.evolve(layer, until=None).until is None


def test_exceptions_are_checked_when_they_are_made():
    span = Span(MONDAY, MONDAY + DAY)
    for make in (
        lambda: Override("m", None),
        lambda: Override(None, span),
        lambda: Override("m", (MONDAY, MONDAY + DAY)),
        lambda: Absence("m", (MONDAY, MONDAY + DAY)),
        lambda: Absence("", span),
        lambda: Swap("a", ["b"], span=span),
        lambda: Swap(None, "b", span=span),
        lambda: Swap("a", "b", span=None),
        lambda: Swap("a", "b", span=span, back=(MONDAY, MONDAY + DAY)),
    ):
        with pytest.raises(InvalidRotation, match=r"not a span|named by text"):
            make()


@pytest.mark.parametrize("until", ["2026-02-02 09:00", "2026-03-02 09:00"])
def test_a_layer_that_ends_before_it_begins_is_refused(until):
    with pytest.raises(InvalidRotation, match="ends before its duty begins"):
        weekly("a", until=until)
    with pytest.raises(InvalidRotation, match="ends before its duty begins"):
        weekly("a", active_from="2026-05-01 00:00", until="2026-04-01 00:00")
    assert weekly("a", until="2026-03-02 09:00:00.000001").people == ("a",)


def test_five_hour_turns_over_a_night_without_an_hour():
    layer = Layer(
        ["a", "b", "c"], start="2026-03-07 20:00", tz="America/New_York", form=Every(5, "hours")
    )
    a, b = datetime(2026, 3, 7, 20, tzinfo=NEW_YORK), datetime(2026, 3, 8, 16, tzinfo=NEW_YORK)
    shifts = OnCall([layer]).shifts(a, b)
    assert [
        (f"{x.span.start.astimezone(NEW_YORK):%H:%M}", str(x.span.length), *x.who) for x in shifts
    ] == [
        ("20:00", "5:00:00", "a"),
        ("01:00", "4:00:00", "b"),
        ("06:00", "5:00:00", "c"),
        ("11:00", "5:00:00", "a"),
    ]
    assert OnCall([layer]).gaps(a, b) == ()


def test_turns_by_duties_and_not_by_weeks():
    layer = Layer(
        ["A", "B", "C"],
        start="2026-03-01 00:00",
        tz="Europe/Berlin",
        form=ByWorkedDates(1),
        windows={"sun,tue": "00:00-24:00"},
    )
    shifts = OnCall([layer]).shifts(berlin(2026, 3, 1), berlin(2026, 3, 20))
    assert [
        english(x.span.start.astimezone(BERLIN), f"%a %d {','.join(x.who)}") for x in shifts
    ] == [
        "Sun 01 A",
        "Tue 03 B",
        "Sun 08 C",
        "Tue 10 A",
        "Sun 15 B",
        "Tue 17 C",
    ]


def test_a_night_belongs_to_its_start():
    layer = Layer(
        ["red", "blue"],
        start="2026-03-01 18:00",
        tz="Europe/Berlin",
        form=Every(1, "days"),
        windows={"mon-sun": "18:00-06:00"},
    )
    plan = OnCall([layer])
    asked = [(1, 55), (5, 59, 59), (6, 0), (18, 0)]
    assert [sorted(plan.who(berlin(2026, 3, 2, *x))) for x in asked] == [
        ["red"],
        ["red"],
        [],
        ["blue"],
    ]


def test_changed_handoffs_are_told():
    before, after = (OnCall([weekly(names)], name="p") for names in ("abc", "acb"))
    window = berlin(2026, 3, 2, 9), berlin(2026, 3, 24)
    new, gone = changes(*(x.roster(*window).agenda(as_of=MONDAY) for x in (before, after)))
    assert [x.reason["taker"] for x in new] == [("c",), ("b",), ("a",)]
    assert [x.reason["taker"] for x in gone] == [("b",), ("c",), ("a",)]


def test_paid_hours_of_a_weekend_are_what_a_calendar_measures():
    paid = BusinessCalendar.weekly({"sat,sun": "00:00-09:00,18:00-24:00"}, tz="Europe/Berlin")
    shifts = OnCall([weekly(["ann"])]).shifts(berlin(2026, 3, 2, 9), berlin(2026, 3, 9, 9))
    assert sum((paid.elapsed(x.span.start, x.span.end) for x in shifts), timedelta()) == 30 * HOUR


# two on call


def test_a_doubled_seat_is_a_gap_of_two_and_lint_names_it():
    plan = pair("abcde", "bcda")
    window = berlin(2026, 3, 2, 9), berlin(2026, 9, 1)
    assert plan.gaps(*window) == ()
    (thin,) = plan.gaps(*window, least=2)
    assert (thin.start, thin.end) == (berlin(2026, 6, 15, 9), berlin(2026, 7, 13, 9))
    found = plan.lint(*window)
    assert [(x.code, x["person"], x["start"][:10], x["total"]) for x in found] == [
        ("two_seats", "a", "2026-06-15", "168h"),
        ("two_seats", "b", "2026-06-22", "168h"),
        ("two_seats", "c", "2026-06-29", "168h"),
        ("two_seats", "d", "2026-07-06", "168h"),
    ]
    assert codes(plan) == ["two_seats"] * 4
    with pytest.raises(InvalidRotation, match="whole number from 1"):
        plan.gaps(*window, least=0)


def test_a_stand_in_is_a_third():
    away = [Absence("a", Span(berlin(2026, 3, 3), berlin(2026, 3, 5)))]
    window = berlin(2026, 3, 2, 9), berlin(2026, 3, 9, 9)
    plan = pair("abc", "bca", absences=away, when_away="next")
    assert [sorted(x.who) for x in plan.shifts(*window)] == [["a", "b"], ["b", "c"], ["a", "b"]]
    assert plan.gaps(*window, least=2) == ()
    none_left = pair("ab", "ba", absences=away, when_away="next")
    assert [sorted(x.who) for x in none_left.shifts(*window)] == [["a", "b"], ["b"], ["a", "b"]]
    assert codes(none_left, *window) == ["empty_seat"]
    assert codes(pair("abc", "bca", absences=away), *window) == ["empty_seat"]


def test_two_stand_ins_are_two_people():
    away = [Absence(x, Span(MONDAY, MONDAY + 7 * DAY)) for x in "ab"]
    plan = pair("acd", "bcd", absences=away, when_away="next")
    assert plan.who(MONDAY + DAY) == {"c", "d"}


@given(cases.seats() | cases.plans())
def test_a_stand_in_never_has_a_second_seat(drawn):
    data, first, last = drawn
    data["options"] = {"absence": "next", "same_priority": "union"}
    plan = oncall_cases.plan_of(data)
    without = attrs.evolve(plan, when_away="hole")
    roster = plan.roster(first, last)
    for at in (first, *roster.handoffs()[:20]):
        t = (at - datetime(1970, 1, 1, tzinfo=UTC)) // MICROSECOND
        ((_, override, seats),) = plan.seating(t, t + 1)
        ((_, _, own),) = without.seating(t, t + 1)
        if override is not None or own.keys() != seats.keys():
            continue  # others are asked where the whole level was away
        for number, crew in seats.items():
            if crew != own[number]:
                assert not own[number], "only an empty seat is filled"
                others = [served for k, served in seats.items() if k != number]
                assert not crew & frozenset().union(*others)


def test_who_is_next():
    plan = OnCall([weekly(["ann", "bob", "cid"])], name="primary")
    assert (sorted(plan.who(MONDAY)), sorted(plan.next_crew(MONDAY))) == (["ann"], ["bob"])
    assert plan.next_crew(MONDAY, within=DAY) is None
    assert OnCall([weekly(["ann"])]).next_crew(MONDAY) is None
    days = weekly(["ann", "bob"], form=Every(1, "days"), windows={"mon-sun": "09:00-17:00"})
    evening = berlin(2026, 3, 2, 12), berlin(2026, 3, 2, 20)
    assert [[*OnCall([days]).next_crew(at)] for at in evening] == [["bob"], ["bob"]]
    house = Directory(on_call={"primary": plan, "old": plan.roster(MONDAY, MONDAY + DAY)})
    who = house.resolver()
    named = [who(f"oncall:{x}", MONDAY) for x in ("primary", "primary:next")]
    assert named == [("ann",), ("bob",)]
    assert isinstance(who("oncall:old:next", MONDAY), NotKnownYet), "the roster ends before"


# hours that know dates


def test_windows_of_a_calendar_know_its_holidays():
    office = weekly(["ann", "bob"], windows=OFFICE)
    others = weekly(["cid"], windows=BusinessCalendar.always() - OFFICE)
    plan = OnCall([others, office])
    assert [sorted(plan.who(berlin(2026, 4, day, 12))) for day in (2, 3, 7)] == [
        ["ann"],
        ["cid"],
        ["bob"],
    ]
    assert plan.gaps(berlin(2026, 3, 2, 9), berlin(2027, 3, 2)) == ()
    assert office.turns(office.begin, office.begin + 1)[0][2] == 0
    assert hash(attrs.evolve(office)) == hash(office)


def test_worked_dates_of_a_calendar_pass_over_holidays():
    plan = OnCall([weekly("abc", form=ByWorkedDates(1), windows=OFFICE)])
    assert at_noon(plan, berlin(2026, 4, 1), 8) == "b c - - - a b c"
    nights = BusinessCalendar.weekly({"mon-sun": "18:00-06:00"}, tz="Europe/Berlin")
    night = OnCall([weekly("ab", form=ByWorkedDates(1), windows=nights)])
    asked = [berlin(2026, 3, 2, 23), berlin(2026, 3, 3, 5), berlin(2026, 3, 3, 18)]
    assert [sorted(night.who(at)) for at in asked] == [["a"], ["a"], ["b"]]
    always = weekly("ab", form=ByWorkedDates(1), windows=BusinessCalendar.always("Europe/Berlin"))
    dates = weekly("ab", form=ByWorkedDates(1))
    window = berlin(2026, 3, 2, 9), berlin(2026, 4, 20)
    assert OnCall([always]).roster(*window) == OnCall([dates]).roster(*window)


WITH_DUTY = (
    Every(1, "days", duration=10 * HOUR),
    ByRule("FREQ=DAILY", 30 * HOUR),
    ByWorkedDates(1, 6 * HOUR),
    ByWorkedDates(2, timedelta(days=2, hours=3)),
)


@given(
    st.sampled_from(["09:00-17:00", "18:00-06:00", "00:00-24:00"]),
    st.sampled_from([*FORMS, *WITH_DUTY]),
)
def test_a_calendar_without_holidays_is_the_windows_of_its_week(hours, form):
    week = {"mon,wed,sat": hours}
    calendar = BusinessCalendar.weekly(week, tz="Europe/Berlin")
    window = berlin(2026, 3, 2, 9), berlin(2026, 11, 2)
    said = [OnCall([weekly("abc", form=form, windows=given_)]) for given_ in (week, calendar)]
    assert said[0].roster(*window) == said[1].roster(*window)


# lint


def test_lint_finds_who_never_serves():
    plan = OnCall([weekly("abcdefg", form=Every(1, "days"), windows={"mon": "09:00-17:00"})])
    assert [(x.code, x["person"]) for x in plan.lint()] == [
        ("person_never_serves", person) for person in "bcdefg"
    ]
    assert codes(OnCall([weekly([f"p{n}" for n in range(80)])])) == [], (
        "a round is longer than a year"
    )


def test_lint_finds_layers_that_never_act():
    plan = OnCall([weekly("a"), weekly("bc")])
    (found,) = plan.lint()
    assert (found.code, found["layer"]) == ("layer_never_acts", 1)
    windowed = OnCall([weekly("a"), weekly("bc", windows={"mon-fri": "09:00-17:00"})])
    assert windowed.lint() == ()
    summer = MONDAY + 100 * DAY, MONDAY + 130 * DAY
    over = attrs.evolve(windowed, overrides=[Override("z", Span(*summer))])
    assert codes(over, *summer) == ["layer_never_acts"] * 2


def test_lint_finds_a_substitute_of_a_substitute():
    week, later = Span(MONDAY, MONDAY + 7 * DAY), Span(MONDAY + 7 * DAY, MONDAY + 8 * DAY)
    chain = [Swap("a", "b", span=week), Swap("b", "c", span=week)]
    (found,) = OnCall([weekly("abc")], swaps=chain).lint()
    assert (found.code, found["taker"], found["third"]) == ("swap_of_taker", "b", "c")
    exchange = [Swap("a", "b", span=week), Swap("b", "a", span=week)]
    after = [Swap("a", "b", span=week), Swap("b", "c", span=later)]
    for swaps in (exchange, after):
        assert OnCall([weekly("abc")], swaps=swaps).lint() == ()


@pytest.mark.parametrize(
    ("form", "found"),
    [
        (Every(1, "days", duration=timedelta(days=2)), ["duration_beyond_turn"]),
        (Every(1, "days", duration=DAY + MICROSECOND), ["duration_beyond_turn"]),
        (Every(1, "days", duration=DAY), []),
        (ByRule("FREQ=WEEKLY;BYDAY=MO,TH", timedelta(days=4)), ["duration_beyond_turn"]),
        (ByRule("FREQ=WEEKLY;BYDAY=MO,TH", timedelta(days=3)), []),
        (ByWorkedDates(1, timedelta(days=3)), []),
    ],
)
def test_lint_finds_durations_beyond_the_turn(form, found):
    assert codes(OnCall([weekly("ab", form=form)])) == found


def test_lint_finds_months_without_anybody():
    rule = ByRule("FREQ=MONTHLY;BYMONTHDAY=31", 15 * HOUR)
    found = OnCall([weekly("a", form=rule)]).lint(berlin(2026, 1, 1), berlin(2027, 1, 1))
    assert [(x.code, x["first"], x["last"]) for x in found] == [
        ("months_without_anybody", first, last)
        for first, last in (
            ("2026-01", "2026-02"),
            ("2026-04", "2026-04"),
            ("2026-06", "2026-06"),
            ("2026-09", "2026-09"),
            ("2026-11", "2026-11"),
        )
    ]
    assert codes(OnCall([weekly("a")]), berlin(2026, 3, 2, 9), berlin(2036, 1, 1)) == []
    ended = OnCall([weekly("a", until="2026-05-01 00:00")])
    assert ended.lint() == ()
    (gap,) = ended.lint(berlin(2026, 3, 2, 9), berlin(2026, 7, 1))
    assert (gap["first"], gap["last"]) == ("2026-05", "2026-06")


def test_lint_refuses_half_a_window():
    for window in ((MONDAY, None), (None, MONDAY), (MONDAY, MONDAY)):
        with pytest.raises(InvalidRotation, match="window"):
            OnCall([weekly("a")]).lint(*window)
    assert OnCall([]).lint() == ()


@given(cases.plans())
def test_what_lint_says_of_a_window_is_seen_in_it(drawn):
    data, first, last = drawn
    plan = oncall_cases.plan_of(data)
    roster = plan.roster(first, last)
    served = frozenset().union(*roster.crews)
    for finding in plan.lint(first, last):
        if finding.code == "person_never_serves":
            assert finding["person"] not in served
        if finding.code in {"two_seats", "empty_seat"}:
            assert roster.who(local_instant(finding["start"])[0])
    silent = {x["layer"] for x in plan.lint(first, last) if x.code == "layer_never_acts"}
    kept = [layer for i, layer in enumerate(plan.layers) if i + 1 not in silent]
    if plan.when_away == "hole":  # a layer that never acts may be left out
        assert attrs.evolve(plan, layers=kept).roster(first, last).crews == roster.crews


def test_horizons_of_decades_are_answered():
    plan = OnCall([weekly("ab"), weekly("cde", windows=OFFICE)])
    roster = plan.roster(berlin(2026, 3, 2, 9), berlin(2066, 3, 1, 9))
    assert roster.gaps() == ()
    assert sum((x.span.length for x in roster.shifts()), timedelta()) == berlin(
        2066, 3, 1, 9
    ).astimezone(UTC) - MONDAY.replace(hour=8)
    assert [*roster.who(berlin(2060, 1, 5, 12))] == [*plan.who(berlin(2060, 1, 5, 12))]


def test_an_empty_window_has_no_shifts_and_is_no_error():
    plan = OnCall([weekly(["ann"])])
    roster = plan.roster(MONDAY, MONDAY)
    assert (roster.shifts(), roster.gaps(), roster.handoffs()) == ((), (), ())
    assert roster.loads(tz="UTC", people=["ann"])["ann"].total == timedelta()
    assert plan.shifts(MONDAY, MONDAY) == plan.gaps(MONDAY, MONDAY, least=2) == ()
    assert len(roster.agenda(as_of=MONDAY)) == 0
    assert "VEVENT" not in icalendar(roster, as_of=MONDAY, person="ann")
    assert repr(roster).endswith("0 stretches>")
    assert roster._repr_html_()
    for ask in (lambda: roster.who(MONDAY), lambda: plan.roster(MONDAY, MONDAY - MICROSECOND)):
        with pytest.raises(InvalidValue, match=r"outside|forward"):
            ask()


# one person's feed


def test_a_personal_feed_has_an_event_for_each_unbroken_stretch():
    plan = OnCall(
        [weekly(["ann"]), weekly(["bob", "cid"], form=Every(1, "days"))], same_priority="union"
    )
    roster = plan.roster(berlin(2026, 3, 2, 9), berlin(2026, 3, 9, 9))
    ann, bob = (icalendar(roster, as_of=MONDAY, person=person) for person in ("ann", "bob"))
    assert (ann.count("BEGIN:VEVENT"), bob.count("BEGIN:VEVENT")) == (1, 4)
    assert "SUMMARY:ann\r\n" in ann
    assert icalendar(roster, as_of=MONDAY).count("BEGIN:VEVENT") == 7


def test_windows_are_frozen_whatever_they_are_made_of():
    window = DutyWindow([0, 1], start=0, end=1)
    assert hash(window) == hash(DutyWindow((0, 1), start=0, end=1))
    rule = ByRule("FREQ=DAILY")
    rule.parts["FREQ"] = "SECONDLY"
    assert rule.parts == {"FREQ": "DAILY"}
