"""The same as JSON, described at /docs."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from support_model.agenda import Agenda
from support_model.pydantic import Plain
from support_model.routing import Decision
from support_model.sla import Evaluation

from . import host, store
from .forms import Deed, NewTicket
from .pages import Visitor

router = APIRouter(prefix="/api")


class Row(BaseModel, from_attributes=True):
    """A ticket as lists show it."""

    id: int
    topic: str
    status: str
    priority: str | None
    line: int | None
    agent: str | None
    first_due: datetime | None


@router.get("/tickets")
def tickets(visitor: Visitor) -> list[Row]:
    """Return the tickets that are not done, the next breach first."""
    with visitor.host.engine.connect() as db:
        return [Row.model_validate(row) for row in store.queue(db)]


@router.post("/tickets", status_code=201)
def open_ticket(visitor: Visitor, new: NewTicket) -> Plain[Evaluation]:
    """Open a ticket, and return where it stands."""
    number = host.open_ticket(visitor.host, visitor.me, new.fields(), new.text)
    return evaluation(visitor, number)


@router.get("/tickets/{number}")
def evaluation(visitor: Visitor, number: int) -> Plain[Evaluation]:
    """Return the clocks of a ticket."""
    return host.view(visitor.host, number).result


@router.post("/tickets/{number}")
def act(visitor: Visitor, number: int, deed: Deed) -> Plain[Evaluation]:
    """Do something to a ticket, and return where it stands."""
    details = deed.details(visitor.tz)
    number = host.act(visitor.host, number, deed.action, visitor.me, **details)
    return evaluation(visitor, number)


@router.get("/tickets/{number}/agenda")
def agenda(visitor: Visitor, number: int) -> Plain[Agenda]:
    """Return what came due and what will, if nobody acts."""
    return host.view(visitor.host, number).agenda


@router.get("/tickets/{number}/decision")
def decision(visitor: Visitor, number: int) -> Plain[Decision]:
    """Return who should have a ticket, and why."""
    return host.view(visitor.host, number).decision
