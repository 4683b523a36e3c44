"""Agents who are not to be named are named nowhere, and every figure is as it was."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from attrs import evolve
from report.test_untold import unnamed_log

from support_model import __main__ as command
from support_model import report
from support_model._cli import demo
from support_model._findings import Finding
from support_model._report.log_views import RecordView
from support_model.adapters import EventLog, table
from support_model.adapters.table import load
from support_model.calendars import BusinessCalendar
from support_model.desk import Desk
from support_model.events import Created
from support_model.lines import Agent, Skill
from support_model.patterns import Field
from support_model.report import Wording, make_report, read_by_columns
from support_model.sla import METRICS, PolicyBook, SlaPolicy, Target
from support_model.vocabulary import Status

AGENTS = {"Ana", "Bo", "Chris", "Dee", "Eli", "Fay", "Gus"}


@pytest.fixture(scope="module")
def views():
    mapping = load(demo.MAPPING)
    pytest.importorskip("pyarrow")
    return table.read(demo.LOG, mapping), read_by_columns([demo.LOG], mapping)


@pytest.mark.parametrize("language", report.LANGUAGES)
def test_no_output_names_an_agent(views, language):
    for view in views:
        made = make_report(view, hide_agents=True)
        wording = Wording(language, made.tz)
        printed = "\n".join(line.text for line in report.printed(made, wording))
        data = json.dumps(report.report_to_data(made, wording), ensure_ascii=False)
        files = "\n".join(report.csv_files(made, wording).values())
        for text in (printed, report.page(made, wording), data, files):
            assert not AGENTS & {*re.findall(r"\w+", text)}
            assert "#7" in text
        assert [*made.aliases.values()] == [f"#{n}" for n in range(1, 8)]
        assert made.aliases.keys() == AGENTS


def test_records_and_columns_number_alike(views):
    records, columns = (make_report(view, hide_agents=True) for view in views)
    assert records.aliases == columns.aliases
    assert report.page(records) == report.page(columns)


def test_every_figure_is_as_it_was(views):
    for view in views:
        hidden, named = make_report(view, hide_agents=True), make_report(view)
        assert hidden.figures == named.figures
        assert named.aliases == {}


def test_groups_of_agents_have_their_numbers(views):
    log = views[0]
    hidden, named = (make_report(log, by="agent", hide_agents=hide) for hide in (True, False))
    for name, figures in named.groups.items():
        assert hidden.groups[hidden.aliases.get(name, name)] == figures


def test_people_of_the_desk_are_not_named_either(views):
    skill = Skill(name="linux", expires=date(2026, 3, 1))
    people = [Agent(id=name, skills=[skill]) for name in ("Ana", "Zoe")]
    made = make_report(views[0], policies=Desk(agents=people), hide_agents=True)
    assert made.aliases["Zoe"] == "#8"
    told = report.page(made)
    assert "linux" in told
    assert not {"Ana", "Zoe"} & {*re.findall(r"\w+", told)}


def test_conditions_of_policies_still_know_agents(views):
    always = BusinessCalendar.always("UTC")
    within = Target(metric=METRICS["resolution"], within=timedelta(hours=8), calendar=always)
    book = PolicyBook([SlaPolicy(name="hers", targets=[within], when=Field("agent").is_("Ana"))])
    shares = [
        make_report(views[0], policies=book, hide_agents=hide).clocks.shares
        for hide in (True, False)
    ]
    assert shares[0] == shares[1]
    assert shares[0][0].share.n > 0


def test_people_whose_role_nobody_told_are_numbered_too():
    made = make_report(unnamed_log(), hide_agents=True)
    told = report.page(made)
    assert "U404" in made.aliases
    assert "U404" not in told
    assert made.aliases["U404"] in told


def test_a_problem_of_the_file_quotes_no_name(views):
    odd = Finding(code="malformed", count=1, example="line of Ana, for Bo")
    log = evolve(views[0], findings=(odd,))
    ana, bo = (make_report(log, hide_agents=True).aliases[name] for name in ("Ana", "Bo"))
    view = RecordView(log).renamed({"Ana": ana, "Bo": bo})
    assert view.log.findings[0].example == f"line of {ana}, for {bo}"


def asked_by(names):
    """Return a log in which each of some people asks twice, two weeks long."""
    start = datetime(2026, 1, 5, tzinfo=UTC)
    return EventLog(
        events=tuple(
            Created(
                ticket_id=f"{n}",
                at=start + n * timedelta(days=14) / len(names),
                role="customer",
                actor=name,
                fields={"requester": name, "status": Status("new", "new")},
            )
            for n, name in enumerate(names)
        ),
        findings=(Finding(code="malformed", count=1, example=f"line of {names[0]}"),),
    )


@pytest.mark.parametrize("language", report.LANGUAGES)
def test_no_output_names_a_requester(language):
    people = [name for name in ("Zora", "Yael", "Xaver") for _ in range(4)]
    made = make_report(asked_by(people), by="requester", hide_requesters=True)
    assert made.requesters == {"Zora": "@1", "Yael": "@2", "Xaver": "@3"}
    assert [*made.groups] == ["@1", "@2", "@3"]
    wording = Wording(language, made.tz)
    printed = "\n".join(line.text for line in report.printed(made, wording))
    data = json.dumps(report.report_to_data(made, wording), ensure_ascii=False)
    files = "\n".join(report.csv_files(made, wording).values())
    for text in (printed, report.page(made, wording), data, files):
        assert not {*people} & {*re.findall(r"\w+", text)}
        assert "@3" in text


def test_those_who_ask_are_named_where_only_agents_are_hidden():
    made = make_report(asked_by(["Zora", "Yael"]), by="requester", hide_agents=True)
    assert not made.requesters
    assert [*made.groups] == ["Yael", "Zora"]
    assert "Yael" in report.page(made)


def test_the_command_hides_them(capsys):
    assert command.main(["demo", "--hide-agents"]) == 0
    out = capsys.readouterr().out
    assert not AGENTS & {*re.findall(r"\w+", out)}
    assert "#7" in out
