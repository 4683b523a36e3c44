"""A ticket's life at random: what is refused leaves no trace, what is accepted passes check."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from support_model.errors import TransitionRefused
from support_model.testing._ticket_strategies import actors, field_values
from support_model.tickets import evolve, replay
from support_model.vocabulary import Actor
from support_model.workflows import WORKFLOWS

SYSTEM = Actor("system")
ACTIONS = sorted({row.action for workflow in WORKFLOWS.values() for row in workflow.transitions})
GAPS = st.sampled_from([0, 0, 1, 60, 10_000]).map(lambda minutes: timedelta(minutes=minutes))


class TicketMachine(RuleBasedStateMachine):
    """One ticket under one ready workflow, beside a plain table of where actions lead."""

    @initialize(
        workflow=st.sampled_from([*WORKFLOWS.values()]),
        actor=actors(),
        seq=st.none() | st.integers(0, 9),
    )
    def begin(self, workflow, actor, seq):
        self.workflow = workflow
        self.at = datetime(2026, 3, 27, 15, tzinfo=UTC)
        self.log = [*workflow.begin("T1", actor=actor, at=self.at, seq=seq)]
        self.ticket = replay(self.log)
        self.other = replay(workflow.begin("T9", actor=actor, at=self.at))
        self.status = workflow.initial[0]
        self.table = {
            (row.action, source): row.to or source
            for row in workflow.transitions
            for source in row.sources
        }

    @rule(action=st.sampled_from(ACTIONS), actor=actors(), gap=GAPS, fields=field_values())
    def act(self, action, actor, gap, fields):
        self.at += gap
        kept, fields_kept = self.ticket, dict(self.ticket.fields)
        try:
            made = self.workflow.decide(
                self.ticket, action, actor=actor, at=self.at, fields=fields, other=self.other
            )
        except TransitionRefused as refused:
            assert refused.reasons  # noqa: PT017 - acceptance is as good
            assert self.ticket is kept
            assert dict(self.ticket.fields) == fields_kept
            return
        assert self.status == kept.status.name
        self.status = self.table[action, self.status]
        for event in made:
            if event.ticket_id == "T1":
                self.log.append(event)
                self.ticket = evolve(self.ticket, event)

    @rule(gap=GAPS)
    def wake(self, gap):
        """Do what has come due, as a timer would."""
        self.at += gap
        for moment in self.workflow.agenda(self.log, as_of=self.at).through(self.at):
            if moment.kind == "action_due":
                self.act(moment.reason["action"], SYSTEM, timedelta(), {})

    @invariant()
    def holds(self):
        if not hasattr(self, "log"):
            return
        assert self.workflow.check(self.log) == ()
        assert replay(self.log) == self.ticket
        numbers = [event.seq for event in self.log]
        assert self.ticket.version == (len(self.log) if numbers[0] is None else numbers[-1])
        assert self.ticket.status.name == self.status
        keys = [moment.key for moment in self.workflow.agenda(self.log, as_of=self.at)]
        assert len(keys) == len(set(keys))


TestTicketMachine = TicketMachine.TestCase
