"""The same as JSON, described at /docs."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from support_model.serde import answer_to_data

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
def open_ticket(visitor: Visitor, new: NewTicket) -> Any:
    """Open a ticket, and return where it stands."""
    number = host.open_ticket(visitor.host, visitor.me, new.fields(), new.text)
    return evaluation(visitor, number)


@router.get("/tickets/{number}")
def evaluation(visitor: Visitor, number: int) -> Any:
    """Return the clocks of a ticket."""
    return answer_to_data(host.view(visitor.host, number).result)


@router.post("/tickets/{number}")
def act(visitor: Visitor, number: int, deed: Deed) -> Any:
    """Do something to a ticket, and return where it stands."""
    details = deed.details(visitor.tz)
    number = host.act(
        visitor.host,
        number,
        deed.action,
        visitor.me,
        version=deed.version,
        text=deed.text,
        **details,
    )
    return evaluation(visitor, number)


@router.get("/tickets/{number}/agenda")
def agenda(visitor: Visitor, number: int) -> Any:
    """Return what came due and what will, if nobody acts."""
    return answer_to_data(host.view(visitor.host, number).agenda)


@router.get("/tickets/{number}/decision")
def decision(visitor: Visitor, number: int) -> Any:
    """Return who should have a ticket, and why."""
    return answer_to_data(host.view(visitor.host, number).decision)
