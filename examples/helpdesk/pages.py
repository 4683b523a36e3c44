"""The pages, as plain HTML: they work without JavaScript and in two languages."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from support_model.desk import Desk
from support_model.errors import TransitionRefused
from support_model.instants import Span
from support_model.reasons import ENGLISH, word
from support_model.reasons_ru import RUSSIAN
from support_model.vocabulary import Actor
from support_model.workflows import Option

from . import host as hosting
from . import store
from .forms import CUSTOMERS, Action, NewTicket, Number, Settings
from .host import Host, View

HERE = Path(__file__).parent
TEMPLATES = Jinja2Templates(HERE / "templates")
CATALOGUES = {"en": ENGLISH, "ru": RUSSIAN}
WORDS: dict[str, dict[str, str]] = {"en": {}, "ru": json.loads((HERE / "ru.json").read_bytes())}
WHY_NOT: dict[type[Exception], str] = {
    hosting.StaleError: "Somebody else was faster: the ticket has changed since you saw it.",
    hosting.NoTextError: "The message is empty.",
    store.NoTicketError: "There is no such ticket.",
}

router = APIRouter(include_in_schema=False)


class Page:
    """Who asks, in which language, and how the page says instants and reasons to them."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.host: Host = request.app.state.host
        self.desk = self.host.desk
        self.tz = self.desk.agents.tz
        self.now = self.host.now().astimezone(self.tz)
        self.people = [f"agent:{agent.id}" for agent in self.desk.agents]
        self.people += [f"customer:{name}" for name in CUSTOMERS]
        who = request.cookies.get("me", "")
        self.who = who if who in self.people else self.people[0]
        role, _, self.name = self.who.partition(":")
        self.staff = role == "agent"
        self.me = Actor("agent" if self.staff else "customer", self.name)
        self.language = request.cookies.get("language", "en")
        if self.language not in CATALOGUES:
            self.language = "en"
        self.catalogue = CATALOGUES[self.language]

    def show(self, template: str, status: int = 200, **context: Any) -> Response:
        context = {"page": self, "t": self.t, "status": status, **context}
        return TEMPLATES.TemplateResponse(self.request, template, context, status_code=status)

    def queue(self) -> Sequence[Any]:
        """Return the tickets that the visitor may see, the next breach first."""
        with self.host.engine.connect() as db:
            return store.queue(db, None if self.staff else self.name)

    def view(self, number: int) -> View:
        return hosting.view(self.host, number, self.me)

    def conversation(self, view: View) -> list[store.Entry]:
        """Return what the visitor may read of a ticket: customers read no notes."""
        seen = ("created", "message")
        return [
            one
            for one in view.entries
            if self.staff or (one.event.type in seen and getattr(one.event, "public", True))
        ]

    def options(self, view: View) -> list[Option]:
        return [*self.desk.allowed(view.ticket, actor=self.me)]

    def act(self, number: int, form: Action) -> int:
        """Do what a form asks for; return the ticket to show."""
        details = form.details(self.tz)
        request = form.source_id()
        return hosting.act(self.host, number, form.action, self.me, request=request, **details)

    def request_id(self) -> str:
        """Return what a form is known by, should it be sent twice."""
        return uuid4().hex

    def t(self, words: str) -> str:
        """Return words of this page, or of the desk, in the language of the visitor."""
        return WORDS[self.language].get(words, words.replace("_", " "))

    def text(self, said: Any) -> str:
        """Return what the library says in the language of the visitor."""
        return str(said.text(self.catalogue))

    def at(self, instant: datetime | None) -> str:
        """Return an instant on the clock of the desk, without the date where it is today's."""
        if instant is None:
            return ""
        local = instant.astimezone(self.tz)
        today = local.date() == self.now.date()
        return f"{local:%H:%M}" if today else self.word("reading", local)

    def until(self, instant: datetime) -> str:
        """Return how long it is until something is due, or how long it has been."""
        which = "due in" if instant > self.now else "overdue by"
        return f"{self.t(which)} {self.length(abs(instant - self.now))}"

    def soon(self, instant: datetime | None) -> bool:
        """Return whether an instant is less than an hour ahead."""
        return instant is not None and instant - self.now < timedelta(hours=1)

    def word(self, kind: str, value: object) -> str:
        """Return a word of the library, such as a metric, an action or a length of time."""
        return word(kind, value, self.catalogue)

    def reasons(self, option: Any) -> str:
        return "; ".join(self.text(reason) for reason in option.reasons)

    def why_not(self, error: Exception) -> list[str]:
        """Return why something was refused."""
        if isinstance(error, TransitionRefused):
            return [self.text(error)]
        if isinstance(error, RequestValidationError):
            return [f"{one['loc'][-1]}: {one['msg']}" for one in error.errors()]
        said = WHY_NOT.get(type(error))
        return [str(error) if said is None else self.t(said)]

    def length(self, span: timedelta) -> str:
        """Return how long something takes, in whole minutes."""
        return self.word("duration", span - span % timedelta(minutes=1))


Visitor = Annotated[Page, Depends(Page)]


@router.get("/")
def queue(page: Visitor) -> Response:
    """The tickets that are not done, the next breach first."""
    return page.show("queue.html", rows=page.queue())


@router.get("/new")
def new(page: Visitor) -> Response:
    """A form for a new ticket."""
    return page.show("new.html", customers=CUSTOMERS)


@router.post("/tickets")
def open_ticket(page: Visitor, form: Annotated[NewTicket, Form()]) -> Response:
    """Open a ticket, and show it."""
    number = hosting.open_ticket(
        page.host, page.me, form.fields(page.me), form.text, form.source_id()
    )
    return RedirectResponse(f"/tickets/{number}", 303)


@router.get("/tickets/{number}")
def ticket(page: Visitor, number: Number) -> Response:
    """A ticket: what was said, what is promised and why, what may be done, what comes next."""
    view = page.view(number)
    options = page.options(view)
    forms = choices(page.desk, view)
    return page.show(
        "ticket.html",
        view=view,
        options=options,
        said=page.conversation(view),
        answers=[one for one in options if one.allowed and one.writes],
        moves=[one for one in options if one.action in forms or moves(one)],
        choices=forms,
    )


@router.post("/tickets/{number}")
def act(page: Visitor, number: Number, form: Annotated[Action, Form()]) -> Response:
    """Do what the form asks for."""
    page.request.state.text = form.text  # should it be refused
    return RedirectResponse(f"/tickets/{page.act(number, form)}", 303)


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


def moves(option: Option) -> bool:
    """Return whether a button is enough for an action: it writes no message and sets no field."""
    row = option.transition
    return option.action == "acknowledge" if row is None else bool(row.to) and not option.writes


def choices(desk: Desk, view: View) -> dict[str, tuple[str, list[Any]]]:
    """Return what a form offers to choose from, by action: a field, and its values."""
    ticket, line = view.ticket, view.ticket.line or 0
    clocks = [clock for clock in view.result if clock.state in ("running", "paused")]
    others = [priority for priority in desk.priorities if priority != ticket.priority]
    return {
        "assign": ("agent", [agent.id for agent in desk.agents if agent.line]),
        "escalate": ("line", [level for level in desk.lines if level > line]),
        "hand_back": ("line", [level for level in desk.lines if level < line]),
        "change": ("priority", [one.name for one in others]),
        "promise": ("metric", [clock.metric.name for clock in clocks]),
    }
