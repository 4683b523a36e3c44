"""What a report says of changes agrees with the values that it says it of."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from support_model._cli import demo
from support_model._report import headlines
from support_model._report.blocks import says
from support_model._report.brief import sections
from support_model._report.conclusions import course_said, told
from support_model._report.spans import period
from support_model._report.wording import Wording
from support_model.adapters import EventLog, read_files, table
from support_model.calendars import BusinessCalendar
from support_model.changes import Change, Changes, Level, MixShift
from support_model.events import Changed, Created
from support_model.report import make_report
from support_model.vocabulary import Status

MEASURES = (
    *("created", "backlog", "first_response", "next_response", "resolution", "reopened"),
    *("handed_back", "escalated", "satisfied", "status_time", "void", "closing_delay"),
)
TIMES = {"first_response", "next_response", "resolution", "status_time", "closing_delay"}
MONDAY = date(2026, 3, 2)
FIRST = date(2026, 1, 5)
UP = {
    "en": ("longer", "More", "more", "grows", "later"),
    "ru": ("дольше", "ольше", "растёт", "позже"),
}
DOWN = {
    "en": ("sooner", "Fewer", "shrinks", "shorter"),
    "ru": ("раньше", "быстрее", "еньше", "сокращается"),
}


def level(measure, value):
    if measure in TIMES:
        return Level(value=timedelta(hours=value), n=50)
    return Level(
        value=value / 10 if measure not in {"created", "backlog", "void"} else value, n=50
    )


def change(measure="resolution", ratio=2.0, **more):
    return Change(
        **{
            "measure": measure,
            "where": (("channel", "chat <b>"),),
            "verdict": "worse",
            "since": MONDAY,
            "since_low": MONDAY,
            "since_high": MONDAY + timedelta(days=7),
            "before_since": FIRST,
            "lasting": True,
            "recent": True,
            "before": level(measure, 2.0),
            "after": level(measure, 2.0 * ratio),
            "ratio": ratio,
            "ratio_low": ratio * 0.8,
            "ratio_high": ratio * 1.2,
            "p": 0.00001,
            "p_adjusted": 0.0004,
            "tickets": 21,
            "examples": ("T1", "T2"),
        }
        | more
    )


@pytest.fixture(scope="module")
def made():
    hours = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz="Europe/Berlin")
    log = read_files([demo.LOG], table.load(demo.MAPPING))
    return make_report(log, calendar=hours, hours="office")


def changes(made, *items, **more):
    own = made.changes
    return Changes(
        **{
            "before": own.before, "after": own.after, "weeks": own.weeks, "looks": 400,
            "measures": ("resolution",),
            "level": 0.05, "items": items,
        }
        | more
    )  # fmt: skip


def said(made, *items, language="en", **more):
    """The title of each item and all of the section's text."""
    short, full = told(changes(made, *items, **more), made)
    wording = Wording(language)
    titles = [wording.say(item.title) for item in full.items]
    lines = [*short.lines, *short.notes]
    lines += [line for item in full.items for line in item.sentences]
    return titles, " ".join(map(wording.say, lines)), short


def rows(section, language="en"):
    """The rows of the table as texts."""
    (table,), wording = section.tables, Wording(language)
    return [[wording.cell(cell) for cell in row] for row in table.rows]


@pytest.mark.parametrize(("measure", "language"), [*product(MEASURES, ("en", "ru"))])
def test_the_title_says_which_way_it_went_and_for_whom(made, measure, language):
    for ratio, words in ((2.0, UP), (0.5, DOWN)):
        (title,), _, section = said(made, change(measure, ratio), language=language)
        assert any(word in title for word in words[language]), title
        assert "chat <b>" in title
        assert rows(section, language)[0][1].endswith("chat <b>")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_new_things_come_first_and_worse_before_better(made, language):
    items = [
        change(recent=False, where=(("group", "Archive"),)),
        change(verdict="better", ratio=0.5, where=(("group", "Good"),)),
        change(verdict="more", measure="created", where=(("group", "Many"),)),
        change("first_response", where=(("channel", "phone"),)),
    ]
    _, _, section = said(made, *items, language=language)
    groups = [row[1] for row in rows(section, language)]
    wanted = ["phone", "Good", "Many", "Archive"]
    assert [group.rpartition(" ")[2] for group in groups] == wanted
    assert section.tables[0].verdicts == ("worse", "better", "different", "worse")


def test_the_first_sentence_counts_what_is_told(made):
    items = [
        change(where=(("group", "Bad"),)),
        change(where=(("group", "Worse"),)),
        change(verdict="better", ratio=0.5),
        change(verdict="more", measure="created"),
        change(recent=False),
    ]
    _, _, section = said(made, *items)
    first = Wording().say(section.lines[0])
    assert "2 things got worse, 1 got better, 1 changed and is neither and 1 began" in first


def test_improvements_alone_are_said_beside_nothing_worse(made):
    _, _, section = said(made, change(verdict="better", ratio=0.5))
    first = Wording().say(section.lines[0])
    assert "nothing got worse beyond chance and 1 got better." in first


def test_nothing_new_says_what_still_stands(made):
    _, _, section = said(made, change(recent=False))
    first = Wording().say(section.lines[0])
    assert "nothing got worse" in first
    assert "1 began earlier and still stands" in first
    assert rows(section)[0][1] == "channel chat <b>"


def test_nothing_at_all_says_so(made):
    _, text, section = said(made)
    assert "nothing got worse or better" in text
    assert not section.tables[0].rows


def test_what_got_better_is_never_silent(made):
    _, _, section = said(made, change())
    assert "1 thing got worse and nothing got better beyond chance" in Wording().say(
        section.lines[0]
    )


def test_an_improvement_within_another_event_is_told_for_itself(made):
    better = change("first_response", 0.5, verdict="better")
    volume = change("created", 0.5, verdict="fewer", also=(better, better))
    titles, text, section = said(made, change(where=(("group", "Bad"),)), volume)
    assert "1 thing got worse, 1 got better" in text
    assert section.tables[0].verdicts == ("worse", "better", "different")
    assert sum("First replies come sooner" in title for title in titles) == 1
    assert "The same event" not in text


def test_what_follows_stands_alone_only_where_nothing_else_went_its_way(made):
    kept = change("status_time", 0.5, verdict="better", where=(("status", "Open"),))
    volume = change("created", 0.5, verdict="fewer", also=(kept,))
    titles, _, _ = said(made, volume)
    assert len(titles) == 2
    other = change("resolution", 0.5, verdict="better", where=(("group", "Good"),))
    titles, text, _ = said(made, volume, other)
    assert len(titles) == 2
    assert "The same event shows in: Tickets stay for a shorter time" in text


def test_an_event_tells_each_thing_once_and_nothing_that_went_the_other_way(made):
    slower = change("next_response")
    better = change(verdict="better", ratio=0.5, also=(slower, change("void", verdict="fewer")))
    worse = change("handed_back", also=(slower, slower))
    _, text, _ = said(made, better, worse)
    assert text.count("Later replies take longer") == 1
    assert "shows in: More tickets are spam" in text


def test_shifts_of_the_mix_stand_below_the_table(made):
    shift = MixShift(
        field="channel", value="chat", before=0.1, after=0.3, since=MONDAY, since_low=MONDAY,
        since_high=MONDAY, recent=True, p_adjusted=0.001,
    )  # fmt: skip
    _, _, section = said(made, mixes=(shift,))
    assert len(section.lines) == 1
    assert section.notes[0].code == "changes_mix"


def test_a_sentence_of_chance_never_contradicts_its_row(made):
    for p, words in ((0.0004, "< 0.001"), (0.03, "= 0.030")):
        _, text, _ = said(made, change(p_adjusted=p))
        assert f"p {words}" in text
        assert "may be" not in text


def test_the_same_event_tells_when_another_start_differs(made):
    other = change("first_response", since=MONDAY + timedelta(days=14))
    _, text, _ = said(made, change(also=(other, change("backlog"))))
    assert text.count("there since the week of 2026-03-16") == 1


def test_an_interval_of_the_start_is_said_where_there_is_one(made):
    _, text, _ = said(made, change())
    assert "between 2026-03-02 and 2026-03-09" in text
    _, text, _ = said(made, evolve(change(), since_high=MONDAY))
    assert "between" not in text


def test_a_timer_is_neither_worse_nor_better(made):
    _, text, section = said(made, change("closing_delay", verdict="different"))
    assert section.tables[0].verdicts == ("different",)
    assert "a timer" in text


def test_an_unknown_measure_is_named(made):
    (title,), _, _ = said(made, change("my_own_time"))
    assert "my own time: more" in title


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_median_that_is_not_reached_is_said_to_be(made, language):
    open_still = change(after=Level(value=None, n=3, open=40))
    new = change("first_response", before=Level(value=None, n=0), where=(("channel", "app"),))
    _, text, section = said(made, open_still, new, language=language)
    (first, second) = rows(section, language)
    wanted = {"en": ("half not done yet", "none"), "ru": ("половина ещё не готова", "не было")}
    assert (first[3], second[2]) == wanted[language]
    assert all(words in text for words in wanted[language])


def test_numbers_a_week_have_one_digit(made):
    few = change("created", before=Level(value=13.401, n=50), after=Level(value=2.0, n=9))
    _, text, section = said(made, few)
    assert rows(section)[0][2:4] == ["13.4 a week", "2.0 a week"]
    assert "13.4 a week before, 2.0 since" in text


@pytest.mark.parametrize(
    ("before", "after", "ratio", "told"),
    [
        (0.0, 19.3, 411.4, "19.3 a week since, and hardly any before."),
        (13.4, 0.04, 0.008, "13.4 a week before, and hardly any since."),
    ],
)
def test_of_hardly_any_no_ratio_is_told(made, before, after, ratio, told):
    levels = {"before": Level(value=before, n=9), "after": Level(value=after, n=9)}
    pair = (("channel", "chat"), ("topic", "login"))
    some = change("created", **levels, ratio=ratio, where=pair)
    _, text, section = said(made, some)
    assert told in text
    assert rows(section)[0][4] == "-"


def arrivals(field, value, before, after, **more):
    levels = {"before": Level(value=before, n=9), "after": Level(value=after, n=90)}
    ratio = 20.0 if after > before else 0.05
    more = {"where": ((field, value),), "verdict": "more", "ratio": ratio, **more}
    return change("created", **levels, **more)


def test_who_begins_or_leaves_is_no_rise_of_arrivals(made):
    """Some tickets before the week told may be theirs; a busier agent or topic is a rise."""
    items = [
        arrivals("agent", "Anna", 0.1, 26.0),
        arrivals("agent", "Rosa", 0.33, 15.9),
        arrivals("agent", "Emil", 19.7, 0.0),
        arrivals("topic", "App crash", 0.0, 9.0),
        arrivals("topic", "Fax", 4.0, 0.01),
        arrivals("agent", "Vera", 15.4, 30.7),
        arrivals("topic", "Outage", 0.1, 26.0),
        arrivals("hours", "evening/night", 0.0, 4.0),
    ]
    titles, text, section = said(made, *items)
    assert [row[1].rpartition(" ")[2] for row in rows(section)][:2] == ["Vera", "Outage"]
    assert len(titles) == len(rows(section)) == 3
    assert (
        "Agents who began: Anna (2026-03-02) and Rosa (2026-03-02); "
        "Agents who left: Emil (2026-03-02)."
    ) in text
    assert "none came before: topic App crash (2026-03-02)" in text
    assert "none come any more: topic Fax (2026-03-02)." in text
    assert "outside opening hours" in " ".join(titles)
    changed = evolve(made, desk=None)
    object.__setattr__(changed, "changes", changes(made, *items))
    (brief,) = sections(changed)
    told = " ".join(map(Wording().say, brief.notes))
    assert "Anna" not in told
    assert "Vera" in told


def test_what_else_tells_of_a_turnover_is_kept(made):
    """A group that gets more while an agent begins is told; so is what got worse."""
    more = arrivals("group", "Network", 20.0, 40.0)
    worse = change("first_response", where=(("group", "Field"),))
    began = arrivals("agent", "Anna", 0.0, 26.0, also=(more, worse))
    _, text, section = said(made, began)
    assert [row[1].rpartition(" ")[2] for row in rows(section)] == ["Field", "Network"]
    assert "Agents who began: Anna (2026-03-02)." in text


def test_levels_that_go_against_the_change_are_told_after_it(made):
    hours = {n: Level(value=timedelta(hours=n), n=50) for n in (1, 2, 3)}
    worse = change("first_response", before=hours[2], after=hours[1], ratio=2.35)
    _, text, section = said(made, worse)
    assert "Among like tickets it takes 2.35 times as long" in text
    assert "The medians alone do not show it: 2.0 h before, 1.0 h since" in text
    assert rows(section)[0][4] == "2.35"
    (table,) = section.tables
    assert [note.code for note in table.notes] == ["changes_like_note", "changes_against_note"]
    assert Wording().say(course_said(worse, made)) == "2.35 times among like tickets"
    along = change("first_response", before=hours[2], after=hours[3], ratio=2.35)
    _, text, section = said(made, along)
    assert [note.code for note in section.tables[0].notes] == ["changes_like_note"]
    assert Wording().say(course_said(along, made)) == "2.0 to 3.0 h"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_which_weeks_before_is_of_is_said_once_and_where_it_is_another(made, language):
    wording, other = Wording(language), date(2026, 2, 2)
    later = change("first_response", before_since=other, where=(("group", "Late"),))
    _, text, section = said(made, change(), change("reopened"), later, language=language)
    (covered,) = [line for line in section.lines if line.code.startswith("changes_covered")]
    assert (covered.code, covered.params["first"]) == ("changes_covered_mostly", FIRST)
    assert wording.cell(FIRST) in wording.say(covered)
    told = [wording.cell(other) in cells[2] for cells in rows(section, language)]
    assert told == [each.before_since == other for each in (change(), change(), later)]
    assert text.count(wording.say(says("changes_since_before", first=other))) == 1
    _, _, section = said(made, change(), language=language)
    assert [line.code for line in section.lines[1:]] == ["changes_covered"]


def test_in_short_says_which_weeks_before_is_of(made):
    other = date(2026, 2, 2)
    later = change("first_response", before_since=other, where=(("group", "Late"),))
    changed = evolve(made, desk=None)
    object.__setattr__(changed, "changes", changes(made, change(), change("reopened"), later))
    (section,) = sections(changed)
    every = [*map(Wording().say, section.notes)]
    assert every[-1].startswith("What these were before: from 2026-01-05 ")
    assert sum("before is from 2026-02-02 on" in each for each in every) == 1
    object.__setattr__(changed, "changes", changes(made))
    (section,) = sections(changed)
    assert not [note for note in section.notes if note.code == "brief_covered"]


def test_factors_of_like_tickets_and_levels_of_all_are_named_apart(made):
    _, _, section = said(made, change())
    titles = {each.key: Wording().say(each.title) for each in section.tables[0].columns}
    assert "all as they came" in titles["before"]
    assert "all as they came" in titles["after"]
    assert "like tickets only" in titles["ratio"]
    assert "easier or harder" in Wording().say(section.tables[0].notes[0])
    _, _, section = said(made, change("backlog"))
    assert not section.tables[0].notes


def a_log(per_day, days):
    """Return a log of tickets that come each day and are never solved, so many on a day."""
    start = datetime(2026, 1, 1, 9, tzinfo=UTC)
    return EventLog(
        events=tuple(
            Created(
                ticket_id=f"{day}-{n}",
                at=start + timedelta(days=day, minutes=n),
                role="customer",
                fields={"status": Status("new", "new")},
            )
            for day in range(days)
            for n in range(per_day(day))
        )
    )


RISE = (date(2026, 4, 6) - date(2026, 1, 1)).days
LIVE = a_log(lambda day: 30 if day >= RISE else 10, 112)
MONTHS = [period(month, ZoneInfo("UTC")) for month in ("2026-02", "2026-03")]


def test_what_began_after_the_last_whole_month_is_told():
    made = make_report(LIVE)
    assert [*made.periods] == MONTHS
    assert [(each.measure, each.since, each.recent) for each in made.changes.items] == [
        ("created", date(2026, 4, 6), True)
    ]
    (section, _) = told(made.changes, made)
    assert section.lines[0].params["until"] == date(2026, 4, 22)
    (since,) = (note for note in brief(made) if note.code.startswith("brief_since"))
    assert since.code == "brief_since_growing"
    assert since.params["now"] == len(LIVE.events)


def test_nothing_is_sought_after_periods_that_were_asked_for():
    made = make_report(LIVE, periods=tuple(MONTHS))
    assert not made.changes.items
    assert made.changes.weeks[-1].end == MONTHS[1].end
    assert not [note for note in brief(made) if note.code.startswith("brief_since")]


def test_the_thin_end_of_a_log_is_no_change():
    made = make_report(a_log(lambda day: 10 if day < 90 else int(day % 20 == 0), 170))
    assert [*made.periods] == MONTHS
    assert made.changes.weeks[-1].end == MONTHS[1].end


def brief(made):
    return [note for section in sections(made) for note in section.notes]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_was_too_little_to_look_at_is_not_told_as_no_change(language):
    made = make_report(a_log(lambda day: int(day % 14 == 0), 112))
    assert not made.changes.measures
    (section, _) = told(made.changes, made)
    lines = [*section.lines, *section.notes]
    codes = [note.code for note in (*lines, *brief(made))]
    assert "changes_control" not in codes
    assert {"brief_worse_untold", "brief_better_untold"} <= {*codes}
    text = " ".join(Wording(language).say(line) for line in (*lines, *brief(made)))
    assert ("too few" if language == "en" else "слишком мало") in text
    assert ("beyond chance" if language == "en" else "сверх случайного") not in text
    assert "nothing got worse" not in text
    (resolution,) = [
        each
        for section in headlines.sections(made)
        for each in section.headlines
        if each.key == "resolution"
    ]
    assert "headline_untold" in [note.code for note in resolution.notes]


def test_of_few_tickets_that_are_all_done_nothing_is_said_to_press():
    log = a_log(lambda day: int(day % 14 == 0), 112)
    done = [
        Changed(
            ticket_id=event.ticket_id,
            at=event.at + timedelta(hours=1),
            role="agent",
            fields={"status": Status("solved", "solved")},
        )
        for event in log.events
    ]
    made = make_report(EventLog(events=(*log.events, *done)))
    (first,) = [note for note in brief(made) if note.code.startswith("brief_first")]
    assert first.code == "brief_first_untold"
