"""A host at random: late timers, windows or keys, kills; every moment goes out once."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from support_model.calendars import BusinessCalendar
from support_model.desk import Desk
from support_model.escalation import (
    AckMissing,
    EscalationRule,
    Plan,
    Repeat,
    Start,
    Step,
    Threshold,
)
from support_model.events import Acknowledged, Changed, Created, Message
from support_model.lines import Agent
from support_model.patterns import Field
from support_model.sla import NEXT_RESPONSE, RESOLUTION, SlaPolicy, Target, evaluate
from support_model.tickets import replay
from support_model.vocabulary import Actor, Priority, Status
from support_model.workflows import LastMessage, Say, Transition, Workflow

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NINE = datetime(2026, 3, 27, 9, tzinfo=UTC)  # a Friday before a clock change
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
ALWAYS = BusinessCalendar.always()
HIGH, LOW = Priority("p1", 1), Priority("p2", 2)
URGENT = Field("priority").is_("p1")
NEW, OPEN = Status("new", "new"), Status("open", "open")
WAITING, SOLVED, CLOSED = (
    Status("waiting", "pending"),
    Status("solved", "solved"),
    Status("closed", "closed"),
)


def target(metric, hours, calendar=ALWAYS, **more):
    return Target(metric=metric, within=hours * HOUR, calendar=calendar, warn_at=[0.5], **more)


PAGE = Step(id="page", to="assignee", anchor=AckMissing(), base="wall", repeat=Repeat(5 * HOUR))
BOSS = Step(id="boss", to="manager:1", anchor=Start(), after=2 * HOUR, level=2)
HALF = Step(id="half", to="assignee", anchor=Threshold(0.5))
NUDGE = Transition(
    "nudge",
    "waiting",
    after=8 * HOUR,
    anchor=LastMessage("agent"),
    effects=(Say(public=True),),
)
DESK = Desk(
    agents=[Agent(id="ann", manager="mia"), Agent(id="mia")],
    policies=SlaPolicy(
        name="gold",
        targets=[
            target(RESOLUTION, 4, when=URGENT, on_change="restart"),
            target(RESOLUTION, 10, OFFICE),
            target(NEXT_RESPONSE, 2),
        ],
    ),
    plans=[
        EscalationRule(
            Plan("urgent", [PAGE, BOSS]),
            "resolution",
            when=URGENT,
        ),
        EscalationRule(Plan("late", [HALF]), "resolution"),
    ],
    workflow=Workflow(
        name="w",
        statuses=(NEW, OPEN, WAITING, SOLVED, CLOSED),
        initial="new",
        transitions=(
            Transition("work", ("new", "waiting", "solved"), "open"),
            Transition("ask", ("new", "open"), "waiting"),
            Transition("solve", ("new", "open", "waiting"), "solved"),
            Transition("close", "solved", "closed", after=24 * HOUR),
            NUDGE,
            Transition("raise", "open", "waiting", after=5 * HOUR, guard=URGENT),
        ),
    ),
)
SYSTEM = Actor("system")
CHANGES = {
    "high": {"priority": HIGH},
    "low": {"priority": LOW},
    "open": {"status": OPEN},
    "wait": {"status": WAITING},
    "solve": {"status": SOLVED},
    "assign": {"agent": "ann"},
    "stranger": {"agent": "zoe"},
}
GAPS = st.sampled_from([0, 0.5, 1, 1, 2, 3, 5, 12, 26]).map(lambda hours: hours * HOUR)


class Host(RuleBasedStateMachine):
    """One ticket, a host that keeps windows and one that keeps keys."""

    @initialize(priority=st.sampled_from([HIGH, LOW]))
    def begin(self, priority):
        fields = {"status": NEW, "priority": priority}
        self.log = [Created(ticket_id="T1", at=NINE, role="customer", fields=fields)]
        self.now = NINE
        self.stored = NINE - HOUR  # through which instant the windows were sent
        self.asked = self.stored  # the last instant of which the keys were sent, stored or not
        self.windows, self.keys = [], {}

    def agenda(self):
        result = evaluate(self.log, DESK.policies, as_of=self.now)
        return DESK.agenda(result, self.log)

    def add(self, event):
        self.log.append(event)

    @rule(gap=GAPS, word=st.sampled_from([*CHANGES]), role=st.sampled_from(["agent", "system"]))
    def change(self, gap, word, role):
        self.wake(gap)
        self.add(Changed(ticket_id="T1", at=self.now, role=role, fields=CHANGES[word]))
        self.send()

    @rule(gap=GAPS, role=st.sampled_from(["agent", "customer"]))
    def say(self, gap, role):
        self.wake(gap)
        self.add(Message(ticket_id="T1", at=self.now, role=role, public=True))
        self.send()

    @rule(gap=GAPS)
    def acknowledge(self, gap):
        self.wake(gap)
        self.add(Acknowledged(ticket_id="T1", at=self.now, role="agent", actor="ann"))
        self.send()

    @rule(gap=GAPS)
    def late(self, gap):
        """An event that no timer was awake for: the host looks only at the next one."""
        self.wake(gap)
        self.add(Message(ticket_id="T1", at=self.now, role="agent", public=False))

    @rule()
    def sleep(self):
        """Wake at `next_at`: something is there, and nothing was before."""
        self.send()
        agenda = self.agenda()
        if agenda.next_at is not None:
            self.now = agenda.next_at
            assert agenda.between(self.stored, self.now)
            self.send()

    @rule()
    def act(self):
        """Do what came due, as the workflow has it."""
        self.send()
        due = self.agenda().through(self.now)
        self.wake(MINUTE)
        for moment in due:
            action = moment.action
            ticket = replay(self.log)
            if action in {o.transition.action for o in DESK.workflow.allowed(ticket) if o.allowed}:
                self.log += DESK.workflow.decide(
                    ticket, action, actor=Actor("system"), at=self.now
                )
        self.send()

    def wake(self, gap):
        """Go on; what happens at an instant that was asked about already comes a moment later."""
        self.now += gap
        if self.now == self.asked:
            self.now += MINUTE

    @rule(killed=st.booleans())
    def send(self, *, killed=False):
        """Send what is due; a kill before the end leaves what was stored, and no more."""
        agenda = self.agenda()
        self.asked = self.now
        due = agenda.between(self.stored, self.now)
        for moment in agenda.through(self.now):
            self.keys.setdefault(moment.key, moment)
        if killed:  # nothing of the window was stored: it is found again
            return
        self.windows += due
        self.stored = self.now

    @invariant()
    def nothing_twice(self):
        if hasattr(self, "log"):
            keys = [moment.key for moment in self.windows]
            assert len(keys) == len({*keys})

    def teardown(self):
        if not hasattr(self, "log"):
            return
        self.send()
        whole = {moment.key: moment for moment in self.agenda().through(self.now)}
        sent = {moment.key: moment for moment in self.windows}
        assert {moment.kind for key, moment in sent.items() if key not in whole} <= {"action_due"}
        assert whole.items() <= sent.items()
        assert whole.items() <= self.keys.items()


TestHost = Host.TestCase
TestHost.settings = settings(max_examples=20, stateful_step_count=12, deadline=None)
