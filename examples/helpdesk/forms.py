"""What a form or a JSON body says, and what the rules are told of it."""

from datetime import datetime, tzinfo
from hashlib import sha256
from typing import Annotated, Any
from unicodedata import category

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from support_model.vocabulary import Actor

CUSTOMERS = ("kim", "lee")
FIELDS = ("agent", "line", "priority")
"""What an action sets on the ticket, of all that it says."""
SCALE = (1, 5)


def printable(said: str) -> str:
    """Refuse characters that databases and pages do not take, such as NUL."""
    if any(category(one) in ("Cc", "Cs") and one not in "\n\r\t" for one in said):
        raise ValueError("a character that no text holds")
    return said


Word = Annotated[str, AfterValidator(printable), Field(max_length=200)]
Text = Annotated[str, AfterValidator(printable), Field(max_length=20_000)]
Topic = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(printable),
]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Form(BaseModel):
    """What somebody sends; `request` is drawn anew for each form that is shown."""

    request: Word | None = None

    def source_id(self) -> str | None:
        """Return what tells a form that is sent twice: its request, with all that it says."""
        said = self.model_dump_json()
        return sha256(said.encode()).hexdigest() if self.request else None


class NewTicket(Form):
    """A new ticket."""

    topic: Topic
    text: Text = ""
    priority: Word | None = None
    requester: Word = CUSTOMERS[0]

    def fields(self, actor: Actor) -> dict[str, Any]:
        """Return the fields with which the ticket begins; customers open it for themselves."""
        said = self.model_dump(include={"topic", "requester", "priority"}, exclude_none=True)
        return said | ({"requester": actor.id} if actor.role == "customer" else {})


class Action(Form):
    """What somebody does to a ticket, and what it says.

    `version` is that of the ticket they saw; None where nothing depends on what was shown.
    """

    action: Word
    version: int | None = None
    text: Text | None = None
    agent: Word | None = None
    line: int | None = None
    priority: Word | None = None
    metric: Word | None = None
    due: datetime | None = None
    score: int | None = None
    kind: Word | None = None
    other: Number | None = None

    def details(self, tz: tzinfo) -> dict[str, Any]:
        """Return what is said, as `host.act` takes it; a form gives local times."""
        said = self.model_dump(exclude={"action", "request"}, exclude_none=True)
        fields = {name: said.pop(name) for name in FIELDS if name in said}
        if fields:
            said["fields"] = fields
        if self.due is not None:
            said["due"] = self.due.replace(tzinfo=self.due.tzinfo or tz)
        if self.score is not None:
            said["scale"] = SCALE
        return said


class Settings(BaseModel):
    """What the switches at the top of a page say."""

    me: Word
    language: Word
    back: Word = "/"
