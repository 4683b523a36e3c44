"""The same as JSON, described at /docs."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from support_model.agenda import Agenda
from support_model.pydantic import Plain
from support_model.routing import Decision
from support_model.sla import Evaluation
from support_model.workflows import Option

from . import host
from .forms import Action, NewTicket, Number
from .pages import Visitor


class Problem(BaseModel):
    """Why something was not done."""

    detail: list[str]


class Row(BaseModel, from_attributes=True):
    """A ticket as lists show it."""

    id: int
    topic: str
    requester: str | None
    status: str
    priority: str | None
    line: int | None
    agent: str | None
    first_due: datetime | None


class Said(BaseModel):
    """A message, or what else happened."""

    at: datetime
    type: str
    role: str
    actor: str | None
    text: str | None


class Ticket(BaseModel):
    """A ticket: what was said, where its clocks stand, what can be done with it."""

    id: int
    version: int
    topic: str | None
    status: str
    conversation: list[Said]
    evaluation: Plain[Evaluation]
    options: list[Plain[Option]]


PROBLEMS = {404: "no such ticket", 409: "not allowed, or out of date", 422: "not understood"}
router = APIRouter(
    prefix="/api",
    responses={code: {"model": Problem, "description": why} for code, why in PROBLEMS.items()},
)


@router.get("/tickets")
def tickets(visitor: Visitor) -> list[Row]:
    """Return the tickets that are not done, the next breach first; to customers all of theirs."""
    return [Row.model_validate(row) for row in visitor.queue()]


@router.post("/tickets", status_code=201)
def open_ticket(visitor: Visitor, new: NewTicket) -> Ticket:
    """Open a ticket, and return it."""
    fields = new.fields(visitor.me)
    number = host.open_ticket(visitor.host, visitor.me, fields, new.text, new.source_id())
    return ticket(visitor, number)


@router.get("/tickets/{number}")
def ticket(visitor: Visitor, number: Number) -> Ticket:
    """Return a ticket."""
    view = visitor.view(number)
    return Ticket(
        id=number,
        version=view.ticket.version,
        topic=view.ticket.topic,
        status=view.ticket.status.name,
        conversation=[
            Said(
                text=text,
                **{name: getattr(event, name) for name in ("at", "type", "role", "actor")},
            )
            for event, text in visitor.conversation(view)
        ],
        evaluation=view.result,
        options=visitor.options(view),
    )


@router.post("/tickets/{number}")
def act(visitor: Visitor, number: Number, form: Action) -> Ticket:
    """Do something to a ticket; return it, or the one that this opened."""
    return ticket(visitor, visitor.act(number, form))


@router.get("/tickets/{number}/agenda")
def agenda(visitor: Visitor, number: Number) -> Plain[Agenda]:
    """Return what came due and what will, if nobody acts."""
    return visitor.view(number).agenda


@router.get("/tickets/{number}/decision")
def decision(visitor: Visitor, number: Number) -> Plain[Decision]:
    """Return who should have a ticket, and why."""
    return visitor.view(number).decision
