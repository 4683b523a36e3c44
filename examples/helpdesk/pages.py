"""The pages, as plain HTML: they work without JavaScript and in two languages."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field

from support_model.errors import SupportModelError, TransitionRefused
from support_model.events import Event
from support_model.instants import Span
from support_model.reasons import Reason, render
from support_model.reasons_ru import RUSSIAN
from support_model.vocabulary import Actor, Priority

from . import host as hosting
from . import store
from .host import Host

HERE = Path(__file__).parent
TEMPLATES = Jinja2Templates(HERE / "templates")
CATALOGUES = {"en": None, "ru": RUSSIAN}
WORDS: dict[str, dict[str, str]] = {"en": {}, "ru": json.loads((HERE / "ru.json").read_bytes())}
CUSTOMERS = ("kim", "lee")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
PRIORITIES = {
    name: Priority(name, rank)
    for rank, name in enumerate(("critical", "high", "normal", "low"), 1)
}
router = APIRouter(include_in_schema=False)


class NewTicket(BaseModel):
    """What the form for a new ticket sends."""

    topic: Annotated[str, Field(min_length=1, max_length=200)]
    text: Annotated[str, Field(max_length=20_000)] = ""
    priority: str = "normal"
    requester: str = CUSTOMERS[0]


class Deed(BaseModel):
    """What a button on a ticket sends."""

    action: str
    version: int
    text: Annotated[str, Field(max_length=20_000)] | None = None
    agent: str | None = None
    line: int | None = None

    def details(self) -> dict[str, Any]:
        """Return what an action needs besides who and when."""
        fields = {"agent": self.agent, "line": self.line}
        return {"fields": {name: value for name, value in fields.items() if value is not None}}


class Settings(BaseModel):
    """What the switches at the top of a page send."""

    me: str
    language: str
    back: str = "/"


class Page:
    """Who asks, in which language, and how the page says instants and reasons to them."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.host: Host = request.app.state.host
        self.desk = self.host.desk
        self.tz = self.desk.agents.tz
        self.now = self.host.now().astimezone(self.tz)
        self.people = [f"customer:{name}" for name in CUSTOMERS]
        self.people += [f"agent:{agent.id}" for agent in self.desk.agents]
        me = request.cookies.get("me", "")
        self.name = me if me in self.people else self.people[len(CUSTOMERS)]
        role, _, name = self.name.partition(":")
        self.staff = role == "agent"
        self.me = Actor("agent" if self.staff else "customer", name)
        self.language = request.cookies.get("language", "en")
        if self.language not in CATALOGUES:
            self.language = "en"

    def show(self, template: str, status: int = 200, **context: Any) -> Response:
        context = {"page": self, "t": self.t, **context}
        return TEMPLATES.TemplateResponse(self.request, template, context, status_code=status)

    def t(self, words: str) -> str:
        """Return words of this page, or of the desk, in the language of the visitor."""
        return WORDS[self.language].get(words, words.replace("_", " "))

    def text(self, reason: Reason) -> str:
        """Return what the library says in the language of the visitor."""
        return render(reason, CATALOGUES[self.language])

    def at(self, instant: datetime | None) -> str:
        """Return an instant on the clock of the desk, without the date where it is today's."""
        if instant is None:
            return ""
        local = instant.astimezone(self.tz)
        weekday = self.t(WEEKDAYS[local.weekday()])
        day = "" if local.date() == self.now.date() else f"{weekday} {local:%d.%m.} "
        return f"{day}{local:%H:%M}"

    def until(self, instant: datetime) -> str:
        """Return how long it is until something is due, or how long it has been."""
        which = "due in" if instant > self.now else "overdue by"
        return f"{self.t(which)} {self.length(abs(instant - self.now))}"

    def soon(self, instant: datetime | None) -> bool:
        """Return whether an instant is less than an hour ahead."""
        return instant is not None and instant - self.now < timedelta(hours=1)

    def metric(self, name: str) -> str:
        return self.text(Reason.of(f"metric_{name}"))

    def reasons(self, option: Any) -> str:
        return "; ".join(self.text(reason) for reason in option.reasons)

    def told(self, event: Event) -> str:
        """Return what an event changed, in a line."""
        fields = getattr(event, "fields", ())
        told = [
            f"{self.t(name)} → {self.t(str(getattr(value, 'name', value)))}"
            for name, value in fields
        ]
        return ", ".join(told) or self.t(event.type)

    def length(self, span: timedelta) -> str:
        minutes = int(span.total_seconds() // 60)
        days, rest = divmod(minutes, 24 * 60)
        whole = f"{days} {self.t('d')} " if days else ""
        return f"{whole}{rest // 60}:{rest % 60:02d}"


Visitor = Annotated[Page, Depends(Page)]


@router.get("/")
def queue(page: Visitor) -> Response:
    """The tickets that are not done, the next breach first."""
    with page.host.engine.connect() as db:
        rows = store.queue(db)
    mine = [row for row in rows if page.staff or row.requester == page.me.id]
    return page.show("queue.html", rows=mine)


@router.get("/new")
def new(page: Visitor) -> Response:
    """A form for a new ticket."""
    return page.show("new.html", priorities=PRIORITIES, customers=CUSTOMERS)


@router.post("/tickets")
def open_ticket(page: Visitor, form: Annotated[NewTicket, Form()]) -> Response:
    """Open a ticket, and show it."""
    fields = {
        "topic": form.topic,
        "channel": "phone" if page.staff else "portal",
        "requester": form.requester if page.staff else page.me.id,
        "priority": PRIORITIES[form.priority],
    }
    number = hosting.open_ticket(page.host, page.me, fields, form.text)
    return RedirectResponse(f"/tickets/{number}", 303)


@router.get("/tickets/{number}")
def ticket(page: Visitor, number: int) -> Response:
    """A ticket: what was said, what is promised and why, what may be done, what comes next."""
    view = hosting.view(page.host, number)
    allowed = page.host.workflow.allowed(view.ticket, actor=page.me)
    options = [one for one in allowed if not one.needs]
    line = view.ticket.line or 0
    writes = {one for one in options if one.writes}
    return page.show(
        "ticket.html",
        view=view,
        said=[one for one in view.entries if page.staff or getattr(one.event, "public", True)],
        answers=[one for one in options if one in writes and one.allowed],
        moves=[one for one in options if one not in writes],
        choices={
            "assign": ("agent", [agent.id for agent in page.desk.agents if agent.line]),
            "escalate": ("line", [level for level in page.desk.lines if level > line]),
            "hand_back": ("line", [level for level in page.desk.lines if level < line]),
        },
        key_text=store.key_text,
    )


@router.post("/tickets/{number}")
def act(page: Visitor, number: int, form: Annotated[Deed, Form()]) -> Response:
    """Do what the form asks for, or say why not and keep what was written."""
    try:
        hosting.act(
            page.host,
            number,
            form.action,
            page.me,
            version=form.version,
            text=form.text,
            **form.details(),
        )
    except (hosting.StaleError, SupportModelError) as error:
        view = hosting.view(page.host, number)
        return page.show("refused.html", 409, view=view, form=form, reasons=why_not(page, error))
    return RedirectResponse(f"/tickets/{number}", 303)


@router.get("/desk")
def desk(page: Visitor) -> Response:
    """Who is on call, and what in the rules contradicts itself."""
    month = Span(page.now, page.now + timedelta(days=30))
    return page.show("desk.html", findings=page.desk.lint(month, horizon=timedelta(days=30)))


@router.post("/settings")
def settings(form: Annotated[Settings, Form()]) -> Response:
    """Remember who somebody says they are, and their language."""
    back = form.back if form.back.startswith("/") and not form.back.startswith("//") else "/"
    answer = RedirectResponse(back, 303)
    answer.set_cookie("me", form.me, samesite="lax")
    answer.set_cookie("language", form.language, samesite="lax")
    return answer


def why_not(page: Page, error: Exception) -> list[str]:
    """Return why something was refused; nothing where somebody else was faster."""
    if isinstance(error, TransitionRefused):
        return [page.text(reason) for reason in error.reasons if isinstance(reason, Reason)]
    return [str(error)] if isinstance(error, SupportModelError) else []
