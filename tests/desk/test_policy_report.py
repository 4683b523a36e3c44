"""What policies say of a log of statuses, counted again by hand and against each event log."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from support_model import serde
from support_model.__main__ import main
from support_model._cli import demo
from support_model._report.log_facts import log_facts
from support_model._report.log_views import RecordView
from support_model._report.policy_report import clock_shares
from support_model._report.report import MISSING, grouped
from support_model._report.wording import english
from support_model._sla.metrics import OWNERSHIP
from support_model.adapters import _mapping_files as mappings
from support_model.adapters import table
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue
from support_model.patterns import Field
from support_model.report import make_report, read_by_columns, report_to_data, with_asked
from support_model.sla import (
    ACKNOWLEDGEMENT,
    FIRST_RESPONSE,
    METRICS,
    RESOLUTION,
    PolicyBook,
    SlaPolicy,
    Target,
)
from support_model.tickets import replay

MAPPING = """
[columns]
ticket = "ticket"
at = "at"
status = "status"
group = "team"
priority = "prio"
[statuses]
new = ["New"]
open = ["Open"]
pending = ["Wait"]
solved = ["Done"]
void = ["Spam"]
"""
LOG = """ticket,at,status,team,prio,site
1,2026-03-02T09:00Z,New,L1,high,A
1,2026-03-02T10:00Z,Open,L1,high,A
1,2026-03-02T11:00Z,Wait,L1,high,A
1,2026-03-02T15:00Z,Open,L2,high,A
1,2026-03-02T16:00Z,Done,L2,high,A
2,2026-03-02T09:00Z,New,L1,low,B
2,2026-03-02T16:00Z,Done,L1,low,B
3,2026-03-02T14:00Z,New,L1,low,
4,2026-03-02T09:00Z,New,L1,low,B
5,2026-03-02T09:00Z,New,L1,low,B
5,2026-03-02T17:00Z,Spam,L1,low,B
"""
HOUR = timedelta(hours=1)
ALWAYS = BusinessCalendar.always("UTC")


def target(metric, hours, **more):
    return Target(metric=metric, within=hours * HOUR, calendar=ALWAYS, **more)


def book(*targets, **more):
    return PolicyBook([SlaPolicy(name="p", targets=targets, **more)])


@pytest.fixture
def mapping(tmp_path):
    (tmp_path / "mapping.toml").write_text(MAPPING)
    return mappings.load(tmp_path / "mapping.toml")


@pytest.fixture
def log(tmp_path, mapping):
    (tmp_path / "log.csv").write_text(LOG)
    return table.read(tmp_path / "log.csv", mapping, keep=["prio", "site"])


def counted(found):
    return {
        (clock.policy, clock.metric): (
            clock.share.numerator, clock.share.n, dict(clock.share.excluded),
        )
        for clock in found
    }  # fmt: skip


def test_cycles_are_counted_by_how_they_stand(log):
    # 1 took 3 h without its wait; 2 took 7 h; 3 has 3 h so far; 4 has 8 h so far; 5 is spam
    found = clock_shares(RecordView(log), book(target(RESOLUTION, 5)))
    assert counted(found.shares) == {("p", "resolution"): (1, 3, {"undecided": 1, "cancelled": 1})}


def test_every_ticket_of_a_clock_is_accounted_for(log):
    (clock,) = clock_shares(RecordView(log), book(target(RESOLUTION, 5))).shares
    assert clock.share.n + sum(clock.share.excluded.values()) == len(log.logs())


def test_a_target_when_only_its_tickets(log):
    found = clock_shares(
        RecordView(log), book(target(RESOLUTION, 5, when=Field("priority").is_("high")))
    )
    assert counted(found.shares) == {("p", "resolution"): (1, 1, {})}
    assert "4 of 5 tickets fall under no policy" in texts(found)


def texts(found):
    return " ".join(english(note.said) for note in found.notes)


def test_what_messages_alone_could_tell_is_left_out_and_said(log):
    metrics = [metric for metric in METRICS.values() if metric.name != "promise"]
    found = clock_shares(RecordView(log), book(*(target(metric, 5) for metric in metrics)))
    known = {clock.metric for clock in found.shares}
    assert known == {
        "requester_wait", "agent_work", "resolution", "total_resolution", "ownership",
        "acknowledgement",
    }  # fmt: skip
    left = (
        "response of the assignee, first response, next response and periodic update cannot be"
        " computed"
    )
    assert left in texts(found)


def test_ownership_needs_a_column_of_groups(log):
    assert counted(clock_shares(RecordView(log), book(target(OWNERSHIP, 7))).shares)
    without = evolve(log, fields=log.fields - {"group"})
    assert not clock_shares(RecordView(without), book(target(OWNERSHIP, 7))).shares


def test_groups_split_the_whole(log):
    sites = grouped(log_facts(log), "custom.site")
    found = clock_shares(RecordView(log), book(target(RESOLUTION, 5)), groups=sites)
    assert {*found.groups} == {"A", "B", MISSING}
    whole = counted(found.shares)["p", "resolution"][1]
    assert whole == sum(counted(part)["p", "resolution"][1] for part in found.groups.values())


def test_fields_come_from_the_last_row(log, mapping):
    policies = book(target(RESOLUTION, 5), when=Field("custom.site").is_("B"))
    assert with_asked(mapping, policies) == (mapping, ("site",))
    sites = [replay(events).fields.get("custom.site") for events in log.logs().values()]
    assert sites == ["A", "B", None, "B", "B"]
    assert "chosen by site as the last row" in texts(clock_shares(RecordView(log), policies))


def test_a_word_that_no_ticket_has_is_a_slip(log):
    found = clock_shares(
        RecordView(log), book(target(RESOLUTION, 5), when=Field("priority").is_("hihg"))
    )
    assert "Policies ask for prio 'hihg', which no ticket" in texts(found)
    assert "'high' and 'low'" in texts(found)


@pytest.mark.parametrize(
    "when",
    [
        Field("tags").contains("vip"),
        Field("line").is_(1),
        Field("waiting").is_(value=True),
    ],
)
def test_what_a_log_cannot_hold_is_refused(when, log):
    with pytest.raises(InvalidValue, match="ask for status, category"):
        clock_shares(RecordView(log), book(target(RESOLUTION, 5), when=when))


RANKS = "[priorities]\nhigh = 1\nlow = 3\n"


@pytest.mark.parametrize("columns", [False, True], ids=["rows", "columns"])
@pytest.mark.parametrize("file", ["log.csv", "mapping.toml"])
def test_ranks_are_asked_of_priorities_that_have_them(tmp_path, columns, file):
    (tmp_path / "mapping.toml").write_text(MAPPING + RANKS * (file == "mapping.toml"))
    (tmp_path / "log.csv").write_text(LOG)
    policies = book(
        target(RESOLUTION, 2, when=Field("priority_rank").at_most(1)), target(RESOLUTION, 8)
    )
    asked, keep = with_asked(mappings.load(tmp_path / "mapping.toml"), policies)
    paths = [tmp_path / "log.csv"]
    if columns:
        view = read_by_columns(paths, asked, keep=keep)
    else:
        view = RecordView(table.read(paths[0], asked, keep=keep))
    if file == "mapping.toml":
        named = book(
            target(RESOLUTION, 2, when=Field("priority").is_("high")), target(RESOLUTION, 8)
        )
        found = [counted(clock_shares(view, each).shares) for each in (policies, named)]
        # 1 took 3 h of its 2, 2 took 7 h of its 8
        shown = {("p", "resolution"): (1, 2, {"undecided": 2, "cancelled": 1})}
        assert found == [shown, shown]
    else:
        with pytest.raises(InvalidValue, match="no priority of the log has one"):
            clock_shares(view, policies)


def test_a_rank_that_no_ticket_has_is_a_slip(tmp_path):
    (tmp_path / "mapping.toml").write_text(MAPPING + RANKS)
    (tmp_path / "log.csv").write_text(LOG)
    log = table.read(tmp_path / "log.csv", mappings.load(tmp_path / "mapping.toml"))
    when = Field("priority_rank").is_(2)
    found = clock_shares(RecordView(log), book(target(RESOLUTION, 5, when=when)))
    assert "Policies ask for priority_rank '2', which no ticket" in texts(found)


def test_the_lint_of_the_policies_is_among_the_notes(log):
    both = PolicyBook(
        [
            SlaPolicy(name="a", targets=[target(RESOLUTION, 5)]),
            SlaPolicy(name="b", targets=[target(RESOLUTION, 5)]),
        ]
    )
    assert "policy 'b' is never picked" in texts(clock_shares(RecordView(log), both))


def test_the_report_holds_it_and_is_as_before_without(log):
    plain = report_to_data(make_report(log))
    assert "clocks" not in plain
    data = report_to_data(make_report(log, by="site", policies=book(target(ACKNOWLEDGEMENT, 2))))
    (clock,) = data["clocks"]
    assert (clock["policy"], clock["metric"], clock["kind"]) == ("p", "acknowledgement", "share")
    assert all("clocks" in group for group in data["groups"])
    assert data["figures"] == plain["figures"]


def test_the_command_reads_a_policy_file(tmp_path, capsys):
    hours = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz="Europe/Berlin")
    policy = SlaPolicy(
        name="=standard",
        targets=[
            Target(metric=RESOLUTION, within=16 * HOUR, calendar=hours),
            Target(metric=FIRST_RESPONSE, within=HOUR, calendar=hours),
        ],
    )
    serde.dump_policies(policy, tmp_path / "sla.toml", calendars={"office": hours})
    out = tmp_path / "out.json"
    command = ["report", str(demo.LOG), "--mapping", str(demo.MAPPING), "--by", "priority"]
    command += ["--policy", str(tmp_path / "sla.toml"), "--json", str(out)]
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert "What the policies promise" in printed
    assert "first response cannot be computed" in printed.replace("\n", " ")
    data = json.loads(out.read_text("utf-8"))
    (clock,) = data["clocks"]
    log = table.read(demo.LOG, mappings.load(demo.MAPPING))
    late, undecided = by_hand(log, hours, 16 * HOUR)
    assert clock["excluded"] == {"undecided": undecided}
    assert (clock["numerator"], clock["n"]) == (
        len(log.logs()) - undecided - late, len(log.logs()) - undecided,
    )  # fmt: skip


def by_hand(log, hours, within):
    """Add up the open time of each ticket between its rows, whatever waits or is solved aside."""
    late = undecided = 0
    for events in log.logs().values():
        rows = [
            (event.at, dict(event.fields)["status"].category)
            for event in events
            if event.type in {"created", "changed"}
        ]
        ends = [*(at for at, _ in rows[1:]), log.last]
        spent = [
            hours.elapsed(at, end)
            for (at, category), end in zip(rows, ends, strict=True)
            if category in {"new", "open", "on_hold"}
        ]
        over = sum(spent, timedelta()) > within
        late += over
        undecided += not over and rows[-1][1] not in {"solved", "closed"}
    return late, undecided


def test_a_bad_policy_file_is_one_line(tmp_path, capsys):
    path = tmp_path / "sla.toml"
    path.write_text('schema = "support_model.policies/1"\n[[policies]]\nname = "x"\ntarget = 1\n')
    command = ["report", str(demo.LOG), "--mapping", str(demo.MAPPING), "--policy", str(path)]
    assert main(command) == 2
    error = capsys.readouterr().err
    assert (
        error == "error: sla.toml at policies[0]: unknown key: 'target'; did you mean 'targets'?\n"
    )


def test_a_ticket_of_a_table_keeps_its_instants(log):
    ticket = replay(next(iter(log.logs().values())))
    assert ticket.created_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert ticket.category == "solved"
