"""Ready workflows: the six-step cycle of a service desk, and four ITIL practices.

Each is a value like any other: use it, or take it apart with `attrs.evolve`. All of them have
the same everyday actions (reply, note, message from the customer), a step that identifies the
client, closing with a question for a rating, and no way back into a `new` status. A closed
ticket is never opened again: a further message begins a linked follow-up.

Sources: the six steps are receive, register, classify and prioritize, assign, resolve or
escalate, close and ask; the others follow the value streams of ITIL 4 (incident management,
service request management, problem management, change enablement).
"""

from __future__ import annotations

from datetime import timedelta

from support_model._frozen import FrozenMap
from support_model._vocabulary import Status
from support_model._workflows.transitions import Ask, FollowUp, Relate, Say, Transition
from support_model._workflows.workflow import Workflow
from support_model.patterns import Field, fact

CLOSE_AFTER = timedelta(days=7)

CUSTOMER = Field("role").is_("customer")
STAFF = Field("role").in_("agent", "bot", "system")
IDENTIFIED = Field("requester").has()
CLASSIFIED = Field("type").has() & Field("priority").has()
ASSIGNED = Field("agent").has() | Field("group").has()
ESCALATED = fact("escalated", "transferred")
HANDED_BACK = fact("handed_back", "transferred")


def _everyday(
    *, early: tuple[str, ...], work: str, waits: tuple[str, ...], solved: str
) -> tuple[Transition, ...]:
    """Return the actions that every workflow has: talk, wait, reopen, close, call off, merge."""
    live = (*early, work, *waits)
    on_hold = waits[1:]
    return (
        Transition("identify", live, guard=STAFF & IDENTIFIED),
        Transition("reply", live, guard=STAFF, effects=(Say(public=True),)),
        Transition("note", (*live, solved, "closed"), guard=STAFF, effects=(Say(public=False),)),
        Transition(
            "message", (*early, work, *on_hold), guard=CUSTOMER, effects=(Say(public=True),)
        ),
        Transition(
            "message", (waits[0], solved), work, guard=CUSTOMER, effects=(Say(public=True),)
        ),
        Transition("message", "closed", guard=CUSTOMER, effects=(FollowUp(),)),
        Transition("ask", work, waits[0], guard=STAFF, effects=(Say(public=True),)),
        Transition("resume", waits, work),
        Transition("reopen", solved, work, guard=STAFF),
        Transition("close", solved, "closed", effects=(Ask("csat"),), after=CLOSE_AFTER),
        Transition("cancel", live, "cancelled"),
        Transition("merge", live, "merged", guard=STAFF, effects=(Relate("merged_into"),)),
        Transition("unmerge", "merged", work, guard=STAFF & ASSIGNED),
    )


def _workflow(
    name: str,
    statuses: str,
    *own: Transition,
    early: tuple[str, ...],
    work: str,
    waits: tuple[str, ...],
) -> Workflow:
    """Return a workflow of "name: category" pairs, its own actions and the everyday ones."""
    rows = [Status(*pair.split(": ")) for pair in statuses.split("; ")]  # type: ignore[arg-type]
    solved = next(status.name for status in rows if status.category == "solved")
    return Workflow(
        name=name,
        initial=rows[0].name,
        statuses=rows,
        transitions=(*own, *_everyday(early=early, work=work, waits=waits, solved=solved)),
    )


SIX_STEP = _workflow(
    "six-step cycle",
    "received: new; registered: new; classified: open; in work: open;"
    " waiting for customer: pending; on hold: on_hold; solved: solved; closed: closed;"
    " cancelled: void; merged: void",
    Transition("register", "received", "registered", guard=STAFF & IDENTIFIED),
    Transition("classify", "registered", "classified", guard=STAFF & CLASSIFIED),
    Transition("classify", ("classified", "in work"), guard=STAFF & CLASSIFIED),
    Transition("assign", "classified", "in work", guard=STAFF & ASSIGNED),
    Transition("assign", "in work", guard=STAFF & ASSIGNED),
    Transition("escalate", ("classified", "in work"), guard=STAFF & ESCALATED),
    Transition("hand_back", "in work", guard=STAFF & HANDED_BACK),
    Transition("hold", "in work", "on hold", guard=STAFF),
    Transition("solve", ("in work", "waiting for customer", "on hold"), "solved", guard=STAFF),
    early=("received", "registered", "classified"),
    work="in work",
    waits=("waiting for customer", "on hold"),
)
"""Receive, register, classify and prioritize, assign, resolve or escalate, close and ask."""

INCIDENT = _workflow(
    "incident",
    "new: new; triaged: open; in progress: open; awaiting user: pending;"
    " awaiting vendor: on_hold; awaiting change: on_hold; resolved: solved; closed: closed;"
    " cancelled: void; merged: void",
    Transition("triage", "new", "triaged", guard=STAFF & IDENTIFIED & CLASSIFIED),
    Transition("assign", ("new", "triaged"), "in progress", guard=STAFF & ASSIGNED),
    Transition("assign", "in progress", guard=STAFF & ASSIGNED),
    Transition("escalate", ("triaged", "in progress"), guard=STAFF & ESCALATED),
    Transition("hand_back", "in progress", guard=STAFF & HANDED_BACK),
    Transition("await_vendor", "in progress", "awaiting vendor", guard=STAFF),
    Transition("await_change", "in progress", "awaiting change", guard=STAFF),
    Transition(
        "resolve",
        ("in progress", "awaiting user", "awaiting vendor", "awaiting change"),
        "resolved",
        guard=STAFF,
    ),
    early=("new", "triaged"),
    work="in progress",
    waits=("awaiting user", "awaiting vendor", "awaiting change"),
)
"""Restore service: triage, diagnose, escalate, resolve, close."""

REQUEST = _workflow(
    "service request",
    "submitted: new; fulfilment: open; awaiting user: pending; awaiting approval: on_hold;"
    " awaiting supplier: on_hold; fulfilled: solved; closed: closed; cancelled: void;"
    " rejected: void; merged: void",
    Transition("ask_approval", "submitted", "awaiting approval", guard=STAFF & IDENTIFIED),
    Transition("approve", "awaiting approval", "fulfilment", guard=~CUSTOMER),
    Transition("reject", "awaiting approval", "rejected", guard=~CUSTOMER),
    Transition("assign", "submitted", "fulfilment", guard=STAFF & IDENTIFIED & ASSIGNED),
    Transition("assign", "fulfilment", guard=STAFF & ASSIGNED),
    Transition("escalate", "fulfilment", guard=ESCALATED),
    Transition("order", "fulfilment", "awaiting supplier", guard=STAFF),
    Transition("fulfil", ("fulfilment", "awaiting user"), "fulfilled", guard=STAFF),
    early=("submitted", "awaiting approval"),
    work="fulfilment",
    waits=("awaiting user", "awaiting supplier"),
)
"""Fulfil what the catalogue offers: approve where needed, fulfil, close."""

PROBLEM = _workflow(
    "problem",
    "logged: new; under investigation: open; known error: open; awaiting evidence: pending;"
    " awaiting change: on_hold; resolved: solved; closed: closed; cancelled: void;"
    " merged: void",
    Transition("assign", "logged", "under investigation", guard=STAFF & CLASSIFIED & ASSIGNED),
    Transition("assign", ("under investigation", "known error"), guard=STAFF & ASSIGNED),
    Transition("escalate", ("under investigation", "known error"), guard=ESCALATED),
    Transition("find_cause", "under investigation", "known error", guard=STAFF),
    Transition(
        "await_change", ("under investigation", "known error"), "awaiting change", guard=STAFF
    ),
    Transition(
        "resolve",
        ("under investigation", "known error", "awaiting change"),
        "resolved",
        guard=STAFF,
    ),
    early=("logged", "known error"),
    work="under investigation",
    waits=("awaiting evidence", "awaiting change"),
)
"""Find and remove causes: investigate, record the known error, change, resolve."""

CHANGE = _workflow(
    "change",
    "requested: new; assessment: open; awaiting information: pending;"
    " awaiting authorization: on_hold; scheduled: on_hold; implementation: open;"
    " implemented: solved; closed: closed; cancelled: void; rejected: void; merged: void",
    Transition("assess", "requested", "assessment", guard=STAFF & CLASSIFIED),
    Transition("assign", ("assessment", "implementation"), guard=STAFF & ASSIGNED),
    Transition("submit", "assessment", "awaiting authorization", guard=STAFF),
    Transition("authorize", "awaiting authorization", "scheduled", guard=~CUSTOMER),
    Transition("reject", "awaiting authorization", "rejected", guard=~CUSTOMER),
    Transition("implement", "scheduled", "implementation", guard=STAFF & ASSIGNED),
    Transition("back_out", ("implementation", "implemented"), "assessment", guard=STAFF),
    Transition("complete", "implementation", "implemented", guard=STAFF),
    early=("requested", "awaiting authorization", "scheduled", "implementation"),
    work="assessment",
    waits=("awaiting information",),
)
"""Change under control: assess, authorize, schedule, implement, review."""

WORKFLOWS = FrozenMap(
    {workflow.name: workflow for workflow in (SIX_STEP, INCIDENT, REQUEST, PROBLEM, CHANGE)}
)
"""The ready workflows by name."""
