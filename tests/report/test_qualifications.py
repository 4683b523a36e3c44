"""What a desk's people know is shown beside the lines, and when it ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
from report.small_log import HEADER, MAPPING, ROWS

from support_model._report.qualifications import sections
from support_model._report.wording import Wording
from support_model.adapters import read_files
from support_model.desk import Desk
from support_model.lines import Agent, Skill, SupportLine
from support_model.report import make_report

ENDS = {
    "ann": date(2026, 3, 6),  # the log ends on 2026-03-07 at noon
    "bob": date(2026, 3, 7),
    "cy": date(2026, 6, 6),
    "dot": date(2026, 6, 7),
    "eve": date(2026, 9, 6),
    "flo": date(2026, 9, 7),
    "gus": None,
}
STATES = {"ann": "expired", "bob": "soon", "cy": "soon", "dot": "later", "eve": "later"}


@pytest.fixture
def made(tmp_path):
    def of(desk):
        path = tmp_path / "log.csv"
        path.write_text(HEADER + ROWS)
        return make_report(read_files([path], MAPPING), policies=desk)

    return of


def desk(ends, needed=("vpn",)):
    agents = [
        Agent(id=name, line=2, skills=[Skill(name="vpn", expires=until)])
        for name, until in ends.items()
    ]
    return Desk(lines=[SupportLine(level=2, name="experts", qualifications=needed)], agents=agents)


def test_each_skill_is_told_by_when_it_ends(made):
    (section,) = sections(made(desk(ENDS)))
    by_line, by_person = section.tables
    told = {row[0]: row[4].code.removeprefix("skills_state_") for row in by_person.rows}
    assert told == STATES
    assert [row[0] for row in by_person.rows] == ["ann", "bob", "cy", "dot", "eve"]
    assert by_line.rows[0][3:] == (7, 6, 1, 2, 2, 2)


def test_a_skill_that_nobody_of_the_line_holds_is_named(made):
    (section,) = sections(made(desk({"ann": ENDS["ann"]}, needed=("vpn", "mail"))))
    text = " ".join(map(Wording().say, section.lines))
    assert "vpn (line 2) and mail (line 2)" in text


def test_nothing_is_shown_where_nothing_is_known(made):
    assert not list(sections(made(Desk())))
    assert not list(sections(made(None)))


def test_training_that_lasts_is_said_to(made):
    (section,) = sections(made(desk({"gus": None})))
    assert "No training" in Wording().say(section.lines[0])
    assert "истекло и не истечёт" in Wording("ru").say(section.lines[0])


def test_an_instant_at_which_a_skill_ends_is_no_longer_its_own(made):
    at = datetime(2026, 3, 7, 12, tzinfo=UTC)
    for ends, state in ((at, "expired"), (at + timedelta.resolution, "soon")):
        (section,) = sections(made(desk({"ann": ends})))
        assert section.tables[1].rows[0][4].code == f"skills_state_{state}"
