"""How well the tickets of a period were handled is what their facts say."""

from datetime import timedelta

import pytest
from frames.histories import drawn_log

from support_model import kpi
from support_model._cli import demo
from support_model._report.blocks import Withheld
from support_model._report.log_facts import log_facts
from support_model._report.quality import SEEN_FIRST, Quality, sections
from support_model._report.wording import LANGUAGES, Wording
from support_model.adapters import EventLog, read_files, table
from support_model.calendars import BusinessCalendar
from support_model.figures import Distribution
from support_model.report import make_report

HOURS = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz="Europe/Berlin")


@pytest.fixture(scope="module")
def made():
    logs = [EventLog(events=tuple(drawn_log(seed, 90))) for seed in range(4)]
    logs.append(read_files([demo.LOG], table.load(demo.MAPPING)))
    reports = [(log, make_report(log, calendar=HOURS)) for log in logs]
    return [(log, report) for log, report in reports if report.periods is not None]


def test_figures_are_those_of_the_tickets_solved_in_the_period(made):
    told = 0
    for log, report in made:
        before, after = report.periods
        asked = {one.code: one for one in report.asked if one.kpi is not None}
        compared = kpi.compare_periods(
            log_facts(log),
            [one.kpi for key, one in asked.items() if key not in SEEN_FIRST],
            before=before,
            after=after,
            calendar=HOURS,
            dated="first_solved",
        )
        wanted = {each.key: each for each in compared.differences if each.after.n}
        own = {now.key: (then, now) for _, then, now in Quality.of(report).pairs}
        assert own.keys() == wanted.keys()
        for key, (then, now) in own.items():
            for mine, theirs in ((then, wanted[key].before), (now, wanted[key].after)):
                assert (mine.n, mine.excluded) == (theirs.n, theirs.excluded)
                if isinstance(mine, Distribution):
                    if asked[key].timed:
                        assert list(mine.micros) == list(theirs.micros)
                else:
                    assert mine.numerator == theirs.numerator
                told += 1
    assert told


@pytest.mark.parametrize("language", LANGUAGES)
def test_few_tickets_tell_no_share(made, language):
    kept = withheld = 0
    for _, report in made:
        for section in sections(report):
            assert Wording(language).say(section.notes[0])
            for each in section.tables:
                for row in each.rows:
                    few = row[1] < (5 if each.key == "quality_times" else 10)
                    assert isinstance(row[2], Withheld) is few
                    withheld += few
                    kept += not few
    assert kept
    assert withheld


def test_in_short_tells_first_contact_and_what_came_back(made):
    for _, report in made:
        for said in Quality.of(report).in_short():
            assert 0 < len(said.params["parts"]) <= 3
            text = Wording().say(said)
            shares = {now.key: now for _, _, now in Quality.of(report).pairs}
            if shares["reopened_within"].n >= 10 and len(said.params["parts"]) < 3:
                assert "Reopened within 7 days" in text


def test_a_log_without_two_periods_or_solutions_tells_nothing():
    assert not [*sections(make_report(EventLog(events=())))]
    log = EventLog(events=tuple(each for each in drawn_log(1, 3))[:3])
    assert not [*Quality.of(make_report(log)).in_short()]


def test_lengths_are_on_the_clock_of_the_report(made):
    for _, report in made:
        for told in (each for part in sections(report) for each in part.tables):
            if told.key == "quality_times":
                cells = {type(row[2]).__name__ for row in told.rows if row[2] is not None}
                assert cells <= {"OpenTime", "Withheld", timedelta.__name__}
