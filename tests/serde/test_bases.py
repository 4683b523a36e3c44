"""What is like something else: calendars, metrics, policies and workflows on a base."""

import json
from datetime import timedelta
from typing import ClassVar

import attrs
import pytest

from support_model import closures, serde
from support_model.calendars import BusinessCalendar
from support_model.errors import (
    InvalidDocument,
    InvalidLog,
    InvalidTarget,
    InvalidWorkflow,
    UnknownName,
)
from support_model.patterns import Field
from support_model.sla import METRICS, RESOLUTION, SlaPolicy, Target
from support_model.vocabulary import Priority, Status
from support_model.workflows import INCIDENT, SIX_STEP, Ask, Transition

HEAD = 'schema = "support_model.desk/1"\n'
OFFICE = """
[calendars.office]
kind = "hours"
tz = "Europe/Berlin"
weeks = [{mon-fri = "09:00-17:00"}]
breaks = {mon-fri = "12:00-13:00"}
holidays = [{country = "DE", years = [2026]}]
"""
STANDARD = """
[[policies]]
name = "standard"
[[policies.targets]]
metric = "first_response"
within = "30m"
calendar = "office"
when = {field = "priority", is = "high"}
warn_at = [0.5]
[[policies.targets]]
metric = "first_response"
within = "4h"
calendar = "office"
[[policies.targets]]
metric = "resolution"
working_days = 2
calendar = "office"
name = "solved"
"""
HIGH = Field("priority").is_("high")
DE = closures.country("DE", years=[2026])
WEEK = {"mon-fri": "09:00-17:00"}


@pytest.fixture
def load(tmp_path):
    def loaded(text, head=HEAD):
        path = tmp_path / "desk.toml"
        path.write_text(head + text, "utf-8")
        return serde.load_desk(path)

    return loaded


def office(**parts):
    given = {"tz": "Europe/Berlin", "breaks": {"mon-fri": "12:00-13:00"}, "holidays": DE, **parts}
    return BusinessCalendar.weekly(given.pop("hours", WEEK), **given)


def refused(load, text, head=HEAD):
    with pytest.raises(InvalidDocument) as caught:
        load(text, head)
    return caught.value


class TestCalendars:
    CASES: ClassVar = {
        "holidays = []": office(holidays=None),
        'holidays = ["2026-08-01"]': office(holidays=closures.days(["2026-08-01"])),
        'weeks = [{sat = "10:00-12:00"}]': office(hours={"sat": "10:00-12:00"}),
        'tz = "UTC"\nbreaks = {}': office(tz="UTC", breaks=None),
        'dates = {2026-12-24 = "09:00-12:00"}': office(dates={"2026-12-24": "09:00-12:00"}),
        'closures = {holidays = [["2026-08-01", ""]]}': office(
            holidays=closures.days(["2026-08-01"])
        ),
    }

    @pytest.mark.parametrize("keys", CASES)
    def test_keys_given_replace_those_of_the_base(self, load, keys):
        made = load(f'{OFFICE}[calendars.other]\nbase = "office"\n{keys}\n').calendars["other"]
        assert made == self.CASES[keys]
        assert made.name == "other"

    def test_a_base_may_stand_below(self, load):
        desk = load(f'[calendars.b]\nbase = "a"\n[calendars.a]\nbase = "office"\n{OFFICE}')
        assert [*desk.calendars] == ["b", "a", "office"]
        assert desk.calendars["b"] == desk.calendars["office"]

    def test_calendars_are_made_of_others_by_name(self, load, tmp_path):
        desk = load(f"""
        [calendars.all]
        kind = "union"
        left = "office"
        right = {{kind = "difference", left = "day", right = "office"}}
        [calendars.day]
        kind = "always"
        tz = "UTC"
        {OFFICE}
        [calendars.later]
        kind = "versions"
        versions = [{{calendar = "office"}}, {{from = 2027-01-01T00:00:00Z, calendar = "day"}}]
        """)
        hours, day = desk.calendars["office"], desk.calendars["day"]
        assert desk.calendars["all"] == hours | (day - hours)
        assert [form for _, form in desk.calendars["later"].form.parts] == [hours.form, day.form]
        serde.dump_desk(desk, tmp_path / "again.toml")
        assert serde.load_desk(tmp_path / "again.toml") == desk

    WRONG: ClassVar = {
        '[calendars.b]\nbase = "offce"': ("calendars.b.base", "unknown calendar", "'office'"),
        '[calendars.b]\nbase = "b"': ("calendars.b.base", "a circle of names", ""),
        '[calendars.a]\nbase = "b"\n[calendars.b]\nbase = "a"': (
            "calendars.b.base",
            "a circle of names",
            "",
        ),
        '[calendars.a]\nkind = "union"\nleft = "office"\nright = "a"': (
            "calendars.a.right",
            "a circle of names",
            "",
        ),
        '[calendars.a]\nkind = "versions"\nversions = [{calendar = {base = "a"}}]': (
            "calendars.a.versions[0].calendar.base",
            "a circle of names",
            "",
        ),
        '[calendars.b]\nbase = "office"\nhours = 3': ("calendars.b", "unknown key", ""),
        '[calendars.b]\nbase = "office"\nweeks = [{mon = "9-17"}]': (
            "calendars.b.weeks[0].mon",
            "not a time of day",
            "",
        ),
        '[calendars.c]\nkind = "always"\ntz = "UTC"\n[calendars.b]\nbase = "c"': (
            "calendars.b.base",
            "a base that is no weekly hours",
            "",
        ),
    }

    @pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
    def test_a_slip_is_refused_at_its_place(self, load, text):
        place, problem, remedy = self.WRONG[text]
        error = refused(load, OFFICE + text)
        assert problem in error.problem
        assert remedy in error.remedy
        assert error.path.startswith(place)

    def test_names_do_not_multiply_without_end(self, load):
        """Each of forty calendars is made of the one before twice: two to the fortieth in all."""
        text = OFFICE + "[calendars.c0]\nbase = 'office'\n"
        for i in range(12):
            text += f"[calendars.c{i + 1}]\nkind = 'union'\nleft = 'c{i}'\nright = 'c{i}'\n"
        error = refused(load, text)
        assert "too many calendars in one" in error.problem
        assert error.path == "calendars.c8"  # 2 ** 9 - 1 parts

    def test_a_base_is_not_large(self, load):
        large = OFFICE.replace("[{country", '["2000-01-01/2005-01-01", {country')
        error = refused(load, large + '[calendars.b]\nbase = "office"\n')
        assert (error.path, error.problem) == ("calendars.b.base", "a base with too many dates")
        when = "when = {field = 'organization', is = 'c%d'}"
        targets = [
            f"{{metric = 'resolution', within = '1h', calendar = 'office', {when % i}}}"
            for i in range(201)
        ]
        text = f"[[policies]]\nname = 'a'\ntargets = [{', '.join(targets)}]\n"
        error = refused(load, f"{OFFICE}{text}[[policies]]\nname = 'b'\nbase = 'a'\n")
        assert (error.path, error.problem) == ("policies[1].base", "a base with too many targets")

    def test_bases_are_few(self, load):
        chain = "".join(f'[calendars.c{i + 1}]\nbase = "c{i}"\n' for i in range(17))
        start = '[calendars.c0]\nkind = "always"\ntz = "UTC"\n'
        assert "too many bases" in refused(load, start + chain).problem
        wide = "".join(f'[calendars.w{i}]\nbase = "office"\n' for i in range(65))
        assert "too many parts with a base" in refused(load, OFFICE + wide).problem


class TestMetrics:
    def test_a_metric_by_name_on_a_ready_one(self, load, tmp_path):
        desk = load(f"""{OFFICE}
        [metrics.on_us]
        base = "resolution"
        pause = {{field = "category", in = ["pending", "on_hold"]}}
        [metrics.again]
        base = "on_us"
        after_stop = "again"
        [[policies]]
        name = "p"
        targets = [
          {{metric = "on_us", within = "8h", calendar = "office"}},
          {{metric = "again", within = "8h", calendar = "office"}},
          {{metric = {{base = "again", name = "inline"}}, within = "8h", calendar = "office"}},
        ]
        """)
        waits = Field("category").in_("pending", "on_hold")
        on_us = attrs.evolve(RESOLUTION, name="on_us", pause=waits)
        made = [target.metric for target in desk.policies.policies[0].targets]
        again = attrs.evolve(on_us, name="again", after_stop="again")
        assert made == [on_us, again, attrs.evolve(again, name="inline")]
        serde.dump_desk(desk, tmp_path / "again.toml")
        text = (tmp_path / "again.toml").read_text("utf-8")
        assert "[metrics.on_us]" in text
        assert 'metric = "on_us"' in text
        assert serde.load_desk(tmp_path / "again.toml") == desk
        assert serde.load_policies(tmp_path / "again.toml") == desk.policies

    WRONG: ClassVar = {
        '[metrics.a]\nbase = "resolutoin"': ("metrics.a.base", "unknown metric"),
        '[metrics.""]\nbase = "resolution"': ("metrics", "an empty name"),
        '[calendars.""]\nkind = "always"\ntz = "UTC"': ("calendars", "an empty name"),
        "oncall = {'' = 3}": ("oncall", "an empty name"),
        '[metrics.a]\nbase = "a"': ("metrics.a.base", "a circle of names"),
        '[metrics.resolution]\nbase = "ownership"': ("metrics.resolution", "ready metric"),
        '[metrics.a]\nbase = "resolution"\nname = "b"': ("metrics.a", "unknown key"),
        '[metrics.a]\nbase = "resolution"\npause = {field = "categry", is = "open"}': (
            "metrics.a.pause.field",
            "unknown field",
        ),
        "[metrics.a]\nstart = {every = []}": ("metrics.a", "lacks the key 'stop'"),
    }

    @pytest.mark.parametrize("text", WRONG)
    def test_a_slip_is_refused_at_its_place(self, load, text):
        place, problem = self.WRONG[text]
        error = refused(load, text)
        assert (error.path, problem in error.problem) == (place, True)


def policy(load, text, i=1):
    return load(f"{OFFICE}{STANDARD}{text}").policies.policies[i]


class TestPolicies:
    def test_a_policy_like_another(self, load):
        gold = policy(load, '[[policies]]\nname = "gold"\nbase = "standard"\nversion = "7"')
        standard = policy(load, "", 0)
        assert gold == attrs.evolve(standard, name="gold", version="7")

    def test_scaled_lengths(self, load):
        gold = policy(load, '[[policies]]\nname = "gold"\nbase = "standard"\nscale = 0.5')
        urgent, usual, solved = gold.targets
        assert (urgent.within, urgent.warn_at) == (timedelta(minutes=15), (0.5,))
        assert usual.within == timedelta(hours=2)
        assert solved.within.n == 1

    def test_a_ratio_scales_exactly(self, load):
        third = policy(load, """
        [[policies]]
        name = "third"
        base = "standard"
        remove = ["solved"]
        scale = "1/3"
        """)  # fmt: skip
        assert [target.within for target in third.targets] == [
            timedelta(minutes=10),
            timedelta(hours=1, minutes=20),
        ]

    def test_keys_of_a_target_are_replaced_where_metric_and_condition_agree(self, load):
        made = policy(load, """
        [[policies]]
        name = "gold"
        base = "standard"
        targets = [
          {metric = "first_response", when = {field = "priority", is = "high"}, within = "10m"},
          {name = "solved", within = "8h"},
          {metric = "first_response", when = {field = "channel", is = "chat"}, within = "1m",
           calendar = "office"},
          {metric = "ownership", within = "1h", calendar = "office"},
        ]
        """.replace("},\n          {", "}, {").replace(",\n           ", ", "))  # fmt: skip
        chat, urgent, usual, solved, owned = made.targets
        assert (urgent.within, urgent.warn_at, urgent.when) == (
            timedelta(minutes=10),
            (0.5,),
            HIGH,
        )
        assert (solved.within, solved.metric) == (timedelta(hours=8), RESOLUTION)
        assert usual == policy(load, "", 0).targets[1]
        assert chat.when == Field("channel").is_("chat")  # new, with a condition: first
        assert owned.metric == METRICS["ownership"]  # new, without one: last

    def test_targets_are_taken_out_by_metric_or_name(self, load):
        head = '[[policies]]\nname = "gold"\nbase = "standard"\n'
        assert len(policy(load, head + 'remove = ["first_response"]').targets) == 1
        assert len(policy(load, head + 'remove = ["solved"]').targets) == 2

    def test_a_new_edition_is_like_the_last_one_above(self, load):
        book = load(f"""{OFFICE}
        [[policies]]
        name = "vip"
        base = "standard"
        {STANDARD}
        [[policies]]
        base = "standard"
        version = "2"
        remove = ["solved"]
        [[policies]]
        base = "standard"
        version = "3"
        since = 2027-01-01T00:00:00Z
        """).policies
        assert [each.since is None for each in book.policies] == [True, True, True, False]
        assert [(each.name, each.version, len(each.targets)) for each in book.policies] == [
            ("vip", "1", 2),
            ("standard", "1", 3),
            ("standard", "2", 2),
            ("standard", "3", 2),
        ]

    LATER = """
    [[policies]]
    base = "standard"
    version = "2"
    since = 2027-01-01T00:00:00Z
    remove = ["solved"]
    """

    @pytest.mark.parametrize("place", ["above", "between", "below"])
    def test_a_later_edition_leaves_what_is_like_the_first_one_as_it_is(self, load, place):
        gold = '[[policies]]\nname = "gold"\nbase = "standard"\n'
        rows = [STANDARD, self.LATER]
        rows.insert({"above": 0, "between": 1, "below": 2}[place], gold)
        found = load(OFFICE + "".join(rows)).policies.named("gold", "1")
        assert found == policy(load, gold)
        assert len(found.targets) == 3

    @pytest.mark.parametrize(
        ("since", "targets"), [("2026-12-31T23:59:59Z", 3), ("2027-01-01T01:00:00+01:00", 2)]
    )
    def test_a_base_is_the_edition_in_force_when_a_policy_begins(self, load, since, targets):
        head = f'[[policies]]\nname = "gold"\nbase = "standard"\nsince = {since}\n'
        assert len(load(OFFICE + head + STANDARD + self.LATER).policies.policies[0].targets) == (
            targets
        )

    def test_a_base_that_begins_later_is_refused(self, load):
        dated = STANDARD.replace("standard", "late", 1) + self.LATER.replace("standard", "late")
        dated = dated.replace('name = "late"', 'name = "late"\nsince = 2026-06-01T00:00:00Z')
        error = refused(load, f'{OFFICE}[[policies]]\nname = "gold"\nbase = "late"\n{dated}')
        assert (error.path, error.problem) == ("policies[0].base", "a base that begins later")

    WRONG: ClassVar = {
        'base = "standrad"\nname = "b"': ("policies[1].base", "unknown policy", "'standard'"),
        'name = "b"\nscale = 0.5\ntargets = []': (
            "policies[1]",
            "a key of what is like another: 'scale'",
            "give its `base` too",
        ),
        'name = "b"\nwhen = {every = {}}\ntargets = []': (
            "policies[1].when.every",
            "not a list",
            "give {'every': [...]}",
        ),
        'name = "b"\nwhen = {function = 3}\ntargets = []': (
            "policies[1].when.function",
            "not the name of a function",
            "give text",
        ),
        'base = "standard"\nname = "b"\nscale = 0': ("policies[1].scale", "too small", ""),
        'base = "standard"\nname = "b"\nscale = 0.3': (
            "policies[1].scale",
            "no whole number of 2 working days",
            "a length of its own",
        ),
        'base = "standard"\nname = "b"\nremove = ["solve"]': (
            "policies[1].remove[0]",
            "no target of 'standard'",
            "'solved'",
        ),
        'base = "standard"\nname = "b"\ntargets = [{metric = "ownership", within = "1h"}]': (
            "policies[1].targets[0]",
            "lacks the key 'calendar'",
            "",
        ),
        'base = "standard"\nname = "b"\ntargets = [{within = "1h"}]': (
            "policies[1].targets[0]",
            "lacks the key 'metric'",
            "",
        ),
        'base = "standard"\nname = "b"\ntargets = [{name = "solved", within = "-1h"}]': (
            "policies[1].targets[0].within",
            "a target must be positive",
            "",
        ),
        'base = "standard"\nname = "b"\ntargets = [{metric = "resoluton", within = "1h"}]': (
            "policies[1].targets[0].metric",
            "unknown metric",
            "'resolution'",
        ),
        'base = "b"\nname = "b"': ("policies[1].base", "a circle of names: 'b'", ""),
        'base = "c"\nname = "b"\n[[policies]]\nbase = "b"\nname = "c"': (
            "policies[2].base",
            "a circle of names: 'b'",
            "",
        ),
        'base = "standard"': ("policies[1]", "a policy twice", "version"),
        'name = "b"\nbase = "c"\n[[policies]]\nname = "c"\nbase = "standard"\n'
        "since = 2026-03-30T00:00:00Z": (
            "policies[1].base",
            "a base that begins later: 'c'",
            "give `since`, 2026-03-30T00:00:00+00:00 or later",
        ),
        'name = "b"\nbase = "standard"\nsince = 2026-03-30': (
            "policies[1].since",
            "an instant without an offset",
            "write 2026-03-30T00:00:00+01:00",
        ),
    }

    @pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
    def test_a_slip_is_refused_at_its_place(self, load, text):
        place, problem, remedy = self.WRONG[text]
        error = refused(load, f"{OFFICE}{STANDARD}[[policies]]\n{text}")
        assert problem in str(error)
        assert error.path == place
        assert remedy in error.remedy

    def test_python_says_the_same(self):
        always = BusinessCalendar.always()
        within = timedelta(hours=8)
        base = SlaPolicy(
            name="p", targets=[Target(metric=RESOLUTION, within=within, calendar=always)]
        )
        other = Target(metric=RESOLUTION, within=within / 4, calendar=always)
        assert base.revised([other]).targets == (other,)
        urgent = attrs.evolve(other, when=HIGH)
        assert base.revised([urgent], scale=2).targets == (
            urgent,
            attrs.evolve(other, within=within * 2),
        )
        assert base.revised(remove=["resolution"]).targets == ()
        for scale in (0, -1, float("nan"), float("inf"), True, "2"):
            with pytest.raises(InvalidTarget, match="no positive scale"):
                base.revised(scale=scale)


class TestWorkflows:
    def test_six_steps_closed_after_three_days_with_one_more_status(self, load, tmp_path):
        desk = load("""
        [workflow]
        base = "six-step cycle"
        name = "ours"
        statuses = [{name = "at the vendor", category = "on_hold"}]
        transitions = [
          {action = "close", from = "solved", after = "72h"},
          {action = "await_vendor", from = "in work", to = "at the vendor"},
          {action = "resume", from = "at the vendor", to = "in work"},
        ]
        """)
        close = Transition(
            "close", "solved", "closed", after=timedelta(days=3), effects=[Ask("csat")]
        )
        ours = SIX_STEP.revised(
            name="ours",
            statuses=[Status("at the vendor", "on_hold")],
            transitions=[
                close,
                Transition("await_vendor", "in work", "at the vendor"),
                Transition("resume", "at the vendor", "in work"),
            ],
        )
        assert desk.workflow == ours
        rows = [row.action for row in ours.transitions]
        assert rows == [
            *(row.action for row in SIX_STEP.transitions),
            *("await_vendor", "resume"),
        ]
        assert ours.transitions[rows.index("close")] == close
        assert len(ours.transitions) == len(SIX_STEP.transitions) + 2
        assert len(ours.statuses) == len(SIX_STEP.statuses) + 1
        serde.dump_desk(desk, tmp_path / "again.toml")
        assert serde.load_desk(tmp_path / "again.toml") == desk

    def test_a_ready_workflow_goes_by_its_name(self, load, tmp_path):
        desk = load('workflow = "incident"\n')
        assert desk.workflow == INCIDENT
        serde.dump_desk(desk, tmp_path / "again.toml")
        assert 'workflow = "incident"' in (tmp_path / "again.toml").read_text("utf-8")

    def test_one_status_of_several_gets_another_rule(self, load):
        """`message` leads to work from two statuses; in one of them it now stays."""
        made = load("""
        [workflow]
        base = "six-step cycle"
        transitions = [{action = "message", from = "solved", to = "solved"}]
        """).workflow
        rows = {(row.action, name): row for row in made.transitions for name in row.sources}
        assert rows["message", "solved"].to == "solved"
        assert rows["message", "solved"].effects == rows["message", "received"].effects
        assert rows["message", "waiting for customer"].to == "in work"

    def test_statuses_and_actions_are_taken_out(self, load):
        made = load("""
        [workflow]
        base = "six-step cycle"
        remove = [
          "on hold",
          {action = "hand_back"},
          {action = "note", from = ["closed", "solved"]},
        ]
        """).workflow
        assert "on hold" not in {status.name for status in made.statuses}
        rows = {(row.action, name) for row in made.transitions for name in row.sources}
        assert not any("on hold" in row for row in rows)
        assert {"hold", "hand_back"}.isdisjoint(action for action, _ in rows)
        assert ("note", "solved") not in rows
        assert ("note", "received") in rows

    def test_a_status_gets_another_category(self, load):
        made = load("""
        [workflow]
        base = "six-step cycle"
        statuses = [{name = "on hold", category = "pending"}]
        """).workflow
        assert Status("on hold", "pending") in made.statuses
        assert len(made.statuses) == len(SIX_STEP.statuses)

    WRONG: ClassVar = {
        'base = "six-step cicle"': ("workflow.base", "unknown workflow", "'six-step cycle'"),
        'base = "incident"\nremove = ["tiraged"]': (
            "workflow.remove[0]",
            "no status of 'incident'",
            "'triaged'",
        ),
        'base = "incident"\nremove = [{action = "reslove"}]': (
            "workflow.remove[0].action",
            "no action of 'incident'",
            "'resolve'",
        ),
        'base = "incident"\nremove = [{action = "resolve", from = "new"}]': (
            "workflow.remove[0].from",
            "no status in which 'resolve' is possible",
            "'in progress'",
        ),
        'base = "incident"\ntransitions = [{action = "close", from = "resolved",'
        ' after = "-1h"}]': (
            "workflow.transitions[0].after",
            "not a positive duration",
            "",
        ),
        'base = "incident"\ntransitions = [{action = "close"}]': (
            "workflow.transitions[0]",
            "lacks the key 'from'",
            "",
        ),
        'base = "incident"\nstatuses = [{name = "at sea", category = "open"}]': (
            "workflow",
            "at sea",
            "",
        ),
        'base = "incident"\nremove = ["resolved"]': ("workflow", "", ""),
        'base = "incident"\ntransition = []': ("workflow", "unknown key", "'transitions'"),
    }

    @pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
    def test_a_slip_is_refused_at_its_place(self, load, text):
        place, problem, remedy = self.WRONG[text]
        error = refused(load, f"[workflow]\n{text}\n")
        assert problem in error.problem
        assert error.path == place
        assert remedy in error.remedy

    def test_python_refuses_too(self):
        with pytest.raises(UnknownName, match="no status of"):
            SIX_STEP.revised(remove=["at sea"])
        with pytest.raises(UnknownName, match="is possible"):
            SIX_STEP.revised(remove=[("solve", "closed")])
        with pytest.raises(InvalidWorkflow):
            SIX_STEP.revised(statuses=[Status("at sea", "open")])

    def test_nothing_given_changes_nothing(self):
        assert SIX_STEP.revised() == SIX_STEP


PRIORITIES = 'priorities = [{name = "high", rank = 1}, {name = "normal", rank = 2}]\n'
TRIAGE = '[[triage]]\nname = "t"\nwhen = {every = []}\n'


class TestPriorities:
    def test_a_name_gets_its_rank(self, load, tmp_path):
        desk = load(f"""{PRIORITIES}
        workflow = {{base = "incident", transitions = [{{action = "close", from = "resolved",
          effects = [{{put = {{priority = "normal"}}}}]}}]}}
        {TRIAGE}sets = {{priority = "high"}}
        """.replace("\n          ", " "))  # fmt: skip
        assert desk.priorities == (Priority("high", 1), Priority("normal", 2))
        assert dict(desk.triage[0].sets) == {"priority": Priority("high", 1)}
        serde.dump_desk(desk, tmp_path / "again.toml")
        assert serde.load_desk(tmp_path / "again.toml") == desk

    def test_bounds_of_ranks_lie_between_the_first_and_the_last(self, load):
        load(f"{PRIORITIES}{TRIAGE.replace('{every = []}', RANKS)}sets = {{}}")

    WRONG: ClassVar = {
        f'{TRIAGE}sets = {{priority = "hihg"}}': (
            "triage[0].sets.priority",
            "unknown priority",
            "'high'",
        ),
        f'{TRIAGE}sets = {{priority = {{name = "hihg", rank = 1}}}}': (
            "triage[0].sets.priority.name",
            "unknown priority",
            "'high'",
        ),
        f'{TRIAGE}sets = {{priority = {{name = "high", rank = 2}}}}': (
            "triage[0].sets.priority.rank",
            "another rank",
            "'high' has rank 1",
        ),
        '[[policies]]\nname = "p"\ntargets = []\nwhen = {field = "priority", is = "hihg"}': (
            "policies[0].when.is",
            "unknown priority",
            "'high'",
        ),
        '[[policies]]\nname = "p"\ntargets = []\nwhen = {field = "priority_rank", at_most = 3}': (
            "policies[0].when.at_most",
            "a rank that no priority has",
            "1, 2",
        ),
        '[[policies]]\nname = "p"\ntargets = [{metric = "resolution", within = "1h",'
        ' calendar = {kind = "always", tz = "UTC"},'
        ' when = {not = {field = "old.priority", in = ["high", "nromal"]}}}]': (
            "policies[0].targets[0].when.not.in[1]",
            "unknown priority",
            "'normal'",
        ),
        '[metrics.m]\nbase = "resolution"\npause = {field = "priority", is = "low"}': (
            "metrics.m.pause.is",
            "unknown priority",
            "known: high, normal",
        ),
        '[[routing.queues]]\nname = "q"\nwhen = {field = "priority", is = "low"}': (
            "routing.queues[0].when.is",
            "unknown priority",
            "",
        ),
        '[[plans]]\nname = "p"\nmetric = "resolution"\nwhen = {field = "priority", is = "low"}\n'
        'steps = [{id = "a", to = "user:ann"}]': ("plans[0].when.is", "unknown priority", ""),
        '[workflow]\nbase = "incident"\ntransitions = [{action = "close", from = "resolved",'
        ' guard = {field = "priority_rank", is = 3}}]': (
            "workflow.transitions[0].guard.is",
            "a rank that no priority has",
            "",
        ),
        '[workflow]\nbase = "incident"\ntransitions = [{action = "close", from = "resolved",'
        ' effects = [{put = {priority = "low"}}]}]': (
            "workflow.transitions[0].effects[0].put.priority",
            "unknown priority",
            "",
        ),
    }

    @pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
    def test_what_the_desk_does_not_list_is_refused_at_its_place(self, load, text):
        place, problem, remedy = self.WRONG[text]
        error = refused(load, f"{PRIORITIES}{text}")
        assert (error.path, error.problem) == (place, error.problem)
        assert problem in error.problem
        assert remedy in error.remedy

    def test_a_name_alone_needs_a_list(self, load):
        error = refused(load, f'{TRIAGE}sets = {{priority = "high"}}')
        assert error.path == "triage[0].sets.priority"
        assert "list priorities" in error.remedy

    def test_an_event_may_name_a_priority_that_is_listed(self, load, tmp_path):
        desk = load(PRIORITIES)
        row = {
            "type": "created",
            "ticket_id": "T1",
            "at": "2026-03-02T09:00:00+00:00",
            "role": "customer",
            "fields": {"status": {"name": "new", "category": "new"}, "priority": "high"},
        }
        event = serde.event_from_data(row, priorities=desk.priorities)
        assert dict(event.fields)["priority"] == Priority("high", 1)
        with pytest.raises(InvalidDocument, match="list priorities") as caught:
            serde.event_from_data(row)
        assert caught.value.path == "fields.priority"
        path = tmp_path / "log.jsonl"
        path.write_text(json.dumps(row) + "\n", "utf-8")
        assert [*serde.read_events(path, priorities=desk.priorities)] == [event]
        assert serde.read_logs(path, priorities=desk.priorities) == {"T1": (event,)}
        with pytest.raises(InvalidLog, match="unknown priority: 'high'"):
            serde.read_logs(path)
        row["fields"]["priority"] = {"name": "strange", "rank": 9}  # a fact is a fact
        strange = serde.event_from_data(row, priorities=desk.priorities)
        assert dict(strange.fields)["priority"] == Priority("strange", 9)

    def test_a_priority_is_listed_once(self, load):
        twice = 'priorities = [{name = "a", rank = 1}, {name = "a", rank = 2}]\n'
        assert "given twice" in refused(load, twice).problem


RANKS = '{some = [{field = "priority_rank", at_least = 1}, {field = "priority_rank", is = 2}]}'
