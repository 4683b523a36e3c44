"""`route`, `oncall` and `lint` answer from files, without help, and never with a traceback."""

import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from support_model import __main__ as command
from support_model import serde
from support_model._cli.desk_commands import month_of
from support_model.calendars import BusinessCalendar
from support_model.desk import Desk
from support_model.errors import InvalidValue
from support_model.events import Changed, Created
from support_model.instants import Span
from support_model.lines import Agent, CallOut, Capacity, SupportLine
from support_model.oncall import Absence, Layer, OnCall, Override
from support_model.patterns import Field
from support_model.routing import Fallback, Queue, Routing, TriageRule
from support_model.serde import write_events
from support_model.sla import FIRST_RESPONSE, RESOLUTION, SlaPolicy, Target
from support_model.vocabulary import Status

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "how-to"
AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
LATE = BusinessCalendar.weekly({"mon-fri": "12:00-20:00"}, tz="Europe/Berlin")
WEEK = Span(datetime(2026, 3, 14, tzinfo=UTC), datetime(2026, 3, 16, tzinfo=UTC))


def desk(**parts):
    agents = [
        Agent(id="ann", skills=["network"], calendar=OFFICE, capacity=Capacity(4, {"phone": 1})),
        Agent(id="bob", skills=["network"], calendar=LATE),
        Agent(id="dee", line=2, skills=["network"], calendar=OFFICE),
        Agent(id="acme", line=4, calendar=OFFICE),
    ]
    given = {
        "name": "made up",
        "calendars": {"office": OFFICE, "late": LATE},
        "policies": SlaPolicy(
            name="standard",
            targets=[
                Target(metric=FIRST_RESPONSE, within=HOUR, calendar=OFFICE),
                Target(metric=RESOLUTION, within=8 * HOUR, calendar=OFFICE),
            ],
        ),
        "lines": [
            *(SupportLine(level=level) for level in (1, 2)),
            SupportLine(level=4, call_out=CallOut(within=4 * HOUR, calendar=OFFICE, fee=150)),
        ],
        "agents": agents,
        "triage": [
            TriageRule(
                name="vpn",
                when=Field("topic").contains("vpn"),
                sets={"technology": "network", "line": 1},
            )
        ],
        "routing": Routing(
            queues=[Queue(name="net", when=Field("technology").is_("network"), needs=["network"])],
            fallback=[Fallback(timedelta(minutes=30), 2, of=1)],
        ),
        "oncall": [
            OnCall(
                [
                    Layer(["mia", "max"], start="2026-01-05 09:00", tz="Europe/Berlin"),
                    Layer(
                        ["ann", "bob"],
                        start="2026-01-05 09:00",
                        tz="Europe/Berlin",
                        windows={"mon-fri": "17:00-09:00"},
                    ),
                ],
                absences=[Absence("max", WEEK)],
                overrides=[Override("max", Span(WEEK.start, WEEK.start + HOUR))],
                name="primary",
            ),
            OnCall([Layer(["zoe"], start="2026-01-05 09:00", tz="UTC")], name="second"),
        ],
    }
    return Desk(**given | parts)


def created(name="T1", hours=0, **fields):
    new = {"status": Status("new", "new"), "channel": "phone", "topic": "VPN down"}
    at = AT + hours * HOUR
    return Created(ticket_id=name, at=at, role="customer", fields=new | fields)


WEEK_OF_MARCH = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def ask(tmp_path, capsys):
    """Run a command on a desk and events; return its exit code, output and errors."""

    def run(name, *arguments, events=(), more=(), of=None):
        path = tmp_path / "desk.toml"
        serde.dump_desk(of or desk(), path)
        files = []
        if name == "route":
            write_events(events, tmp_path / "log.jsonl")
            files = [tmp_path / "log.jsonl"]
        if more:
            write_events(more, tmp_path / "more.jsonl")
            arguments = (*arguments, "--workload", tmp_path / "more.jsonl")
        code = command.main([name, *map(str, [path, *files, *arguments])])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.mark.parametrize("days", ["30", "-3"])
def test_days_of_lint_need_an_instant_to_begin_at(ask, days):
    code, out, err = ask("lint", "--days", days)
    assert (code, out) == (2, "")
    assert "say --from" in err


@pytest.mark.parametrize("name", ["desk.json", "desk"])
def test_a_desk_to_begin_with_is_toml(tmp_path, capsys, name):
    assert command.main(["init", "two_offices", "--to", str(tmp_path / name)]) == 2
    assert "end in .toml" in capsys.readouterr().err
    assert not (tmp_path / name).exists()


def test_a_decision_reads_from_top_to_bottom(ask):
    code, out, err = ask("route", events=[created(requester="kim")])
    assert (code, err) == (0, "")
    assert out.splitlines()[:9] == [
        "T1 as of Wed 04 Mar 2026 11:00, clock of Europe/Berlin",
        "VPN down, by phone, from kim, status new",
        "Triage: rule 'vpn' sets line = 1, technology = network: topic contains one of 'vpn'.",
        "Queue 'net': line 1, needs network at level 1 or above.",
        "Waits since Wed 04 Mar 2026 11:00.",
        "Due Wed 04 Mar 2026 12:00 (first response).",
        "Due Thu 05 Mar 2026 11:00 (resolution).",
        "",
        "T1: ann takes it (Europe/Berlin)",
    ]
    rows = [line.split("  ")[0] for line in out.splitlines()[11:]]
    assert [row for row in rows if row] == ["ann", "bob", "dee", "acme"]
    assert "fits best" in out
    assert "outside the agent's hours" in out
    assert "Wed 04 Mar 2026 12:00" in out  # from when bob can


def test_other_tickets_are_what_people_have_in_hand(ask):
    mine, hers = created(), created("T0", -1, agent="ann")
    for code, out, _ in (
        ask("route", "--ticket", "T1", events=[mine, hers]),
        ask("route", events=[mine], more=[hers, mine]),
        ask("route", "--ticket", "T1", events=[mine, hers], more=[hers]),  # counted once
    ):
        assert code == 0
        assert "T1: nobody can take it now; ask again Wed 04 Mar 2026 11:30" in out
        assert "has 1 of 1 places on phone taken" in out
        assert "To escalate: line 2 can help." in out
    done = Changed(
        ticket_id="T0", at=AT, role="agent", fields={"status": Status("done", "solved")}
    )
    _, out, _ = ask("route", "--ticket", "T1", events=[mine, hers, done])
    assert "T1: ann takes it" in out


def test_a_contractor_comes_on_terms_and_a_dead_end_goes_to_a_manager(ask):
    _, out, _ = ask("route", events=[created(topic="on site", line=4)])
    assert "Triage: no rule matches." in out
    assert "No queue matches: line 4, needs no skill." in out
    assert "T1: acme takes it" in out
    assert "called out now, they answer by Wed 04 Mar 2026 15:00, for 150 a call" in out
    agents = [Agent(id="ann", line=1), Agent(id="bob", skills=["network"], line=1),
              Agent(id="dee", line=2)]  # fmt: skip
    queue = Queue(name="net", when=Field("technology").is_("network"), needs=["network"])
    alone = desk(agents=agents, routing=Routing(queues=[queue]))
    _, out, _ = ask("route", events=[created(requester="bob")], of=alone)
    assert "only an event can change that" in out
    assert "taken out: author" in out
    assert "No line above can help; nobody on line 2 holds network" in out
    assert "Bring in a manager." in " ".join(out.split())


def test_a_rule_of_triage_may_set_nothing(ask):
    rule = TriageRule(name="leave it", when=Field("topic").has(), sets={})
    code, out, _ = ask("route", events=[created(line=2)], of=desk(triage=[rule]))
    assert code == 0
    assert "Triage: rule 'leave it' sets nothing: topic is given." in out
    assert "T1: dee takes it" in out


def test_what_a_ticket_went_through_is_said(ask):
    log = [created(line=1, topic="odd")]
    log += [
        Changed(ticket_id="T1", at=AT + hour * HOUR, role="agent", fields={"line": line})
        for hour, line in enumerate([2, 1, 2], start=1)
    ]
    work = {"agent": "dee", "status": Status("work", "open")}
    log.append(Changed(ticket_id="T1", at=AT + 4 * HOUR, role="agent", fields=work))
    _, out, _ = ask("route", events=log)
    assert "Triage" not in out  # it is no longer new
    assert "Now with dee." in out
    assert "It keeps coming back: it went through lines 1, 2, 1, 2." in out
    early, zone = ("--as-of", AT.isoformat()), ("--tz", "America/New_York")
    _, out, _ = ask("route", *early, *zone, events=log)
    assert out.startswith("T1 as of Wed 04 Mar 2026 05:00, clock of America/New_York")
    assert "Now with" not in out


def test_a_month_on_call_reads_from_top_to_bottom(ask):
    code, out, err = ask("oncall", "--month", "2026-03", "--plan", "primary")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "On call, primary: 01 Mar 2026 to 31 Mar 2026, clock of Europe/Berlin"
    assert sum(line[4:6].isdigit() and line[7:10] == "Mar" for line in lines) == 31
    words = " ".join(out.split())  # whatever room there is between columns
    assert "Sun 29 Mar +01:00, then +02:00 23h 00:00-24:00 max" in words
    assert "Tue 03 Mar +01:00 24h 00:00-09:00 ann; 09:00-17:00 mia;" in words
    assert "Who carries how much" in out
    assert "Nobody is on call in " in out
    assert "If mia is away, nobody is on call in another " in out
    assert "Look at this: an override names max, who is away from" in out
    assert "second" not in out


@pytest.mark.parametrize(("gaps", "more"), [(3, ""), (5, ", and 2 times more")])
def test_of_many_gaps_the_first_three_are_named(ask, gaps, more):
    away = [
        Span(datetime(2026, 3, 2 * day, tzinfo=UTC), datetime(2026, 3, 2 * day, 1, tzinfo=UTC))
        for day in range(1, gaps + 1)
    ]
    plan = OnCall(
        [Layer(["zoe"], start="2026-01-05 09:00", tz="UTC")],
        absences=[Absence("zoe", span) for span in away],
        name="p",
    )
    _, out, _ = ask("oncall", "--month", "2026-03", of=desk(oncall=[plan]))
    said = " ".join(out.split())
    assert (
        f"Nobody is on call in {gaps}h: Mon 02 Mar 2026 00:00 for 1h; Wed 04 Mar"
        f" 2026 00:00 for 1h; Fri 06 Mar 2026 00:00 for 1h{more}."
    ) in said
    assert f"If zoe is away, nobody is on call in another {744 - gaps}h: Sun 01 Mar 2026" in said


def test_without_a_plan_all_are_shown_and_a_covered_month_says_so(ask):
    _, out, _ = ask("oncall", "--month", "2026-04", "--tz", "Asia/Kolkata")
    assert out.count("clock of Asia/Kolkata") == 2
    assert "Every hour is covered." in out
    assert "With any one person away" not in out
    two = OnCall(
        [Layer(["zoe", "yan"], start="2026-01-05 09:00", tz="UTC")], when_away="next", name="p"
    )
    _, out, _ = ask("oncall", "--month", "2026-04", of=desk(oncall=[two]))
    assert "Every hour is covered." in out
    assert "With any one person away, every hour is still covered." in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("oncall", "--month", "2026-13"), "no month: '2026-13'; write 2026-03"),
        (("oncall", "--month", "march"), "no month: 'march'"),
        (("oncall", "--month", "2026-03", "--plan", "primry"), "did you mean 'primary'"),
        (("oncall", "--month", "2026-03", "--tz", "Berlin"), "'Berlin'"),
        (("lint", "--from", "March"), "no instant with an offset: 'March'"),
        (("lint", "--from", "2026-03-01T00:00Z", "--days", "0"), "no number of days to read: 0"),
        (("route", "--ticket", "T9"), "no such ticket in the file: 'T9'"),
        (("route",), "the file holds 2 tickets"),
        (("route", "--ticket", "T1", "--as-of", "noon"), "no instant with an offset: 'noon'"),
        (("route", "--ticket", "T1", "--as-of", "2026-03-04"), "no instant with an offset"),
        (("route", "--ticket", "T1", "--as-of", "2020-01-01T00:00Z"), "does not exist yet"),
    ],
)
def test_a_slip_is_one_line_on_standard_error(ask, arguments, says):
    name, *rest = arguments
    code, out, err = ask(name, *rest, events=[created(), created("T2")])
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert says in err
    assert len(err.splitlines()) == 1


def test_a_desk_that_cannot_answer_says_what_to_add(ask):
    code, _, err = ask("oncall", "--month", "2026-03", of=desk(oncall=[]))
    assert code == 2
    assert "[oncall.primary]" in err
    code, _, err = ask("route", events=[created()], of=Desk(name="bare"))
    assert code == 2
    assert "[[agents]]" in err


def test_findings_fail_and_are_what_the_desk_says(ask):
    code, out, _ = ask("lint")
    found = desk().lint()
    assert (code, bool(found)) == (1, True)
    assert " ".join(out.split()) == " ".join(f"- {reason}".strip() for reason in found)
    code, out, _ = ask("lint", "--from", "2026-03-02T00:00Z", "--days", "7")
    more = desk().lint(Span(WEEK_OF_MARCH, WEEK_OF_MARCH + timedelta(days=7)))
    assert code == 1
    assert len(more) > len(found)
    assert out.count("- ") >= len(more)


def test_a_desk_without_contradictions_passes(ask):
    assert ask("lint", of=Desk(name="bare")) == (0, "Nothing found.\n", "")


def test_what_a_user_typed_is_one_line_and_steers_no_terminal(ask):
    topic = "VPN\nT1: max takes it\x1b[2J"
    code, out, _ = ask("route", events=[created(topic=topic, requester="a\nb")])
    assert code == 0
    assert "\x1b" not in out
    assert [line for line in out.splitlines() if line.startswith("T1:")] == [
        "T1: ann takes it (Europe/Berlin)"
    ]


@pytest.mark.parametrize(
    ("text", "zone", "hours"),
    [
        ("2026-03", "Europe/Berlin", 743),
        ("2026-10", "Europe/Berlin", 745),
        ("2028-02", "UTC", 29 * 24),
        ("2026-12", "America/Havana", 31 * 24),
    ],
)
def test_a_month_is_that_of_its_clock(text, zone, hours):
    start, end = month_of(text, ZoneInfo(zone))
    assert f"{start:%Y-%m-%d %H:%M}" == f"{text}-01 00:00"
    assert (end.astimezone(UTC) - start.astimezone(UTC)) / HOUR == hours
    for wrong in ("2026", "2026-3", "0000-01", "2026-00"):
        with pytest.raises(InvalidValue):
            month_of(wrong, ZoneInfo(zone))


@pytest.mark.parametrize("page", ["route-tickets.md", "plan-on-call.md"])
def test_the_guides_show_what_the_commands_print(page, tmp_path, monkeypatch, capsys):
    text = (GUIDES / page).read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL):
        (tmp_path / "tickets.jsonl").write_text(block, "utf-8")
    (block,) = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    init, asked, *shown = block.splitlines()
    for line in (init, asked):
        assert command.main(shlex.split(line.removeprefix("$ python -m support_model "))) == 0
    # releases of rich make columns, and so the rule below their heads, of different widths
    printed = iter([line.split() for line in capsys.readouterr().out.splitlines()[1:]])
    for line in shown:
        if line != "..." and {*line} != {"─"}:  # lines are left out at dots
            assert line.split() in printed, f"{line!r} is not printed, or not in this order"
