"""What a form or a JSON body says, and what the rules are told of it."""

from datetime import datetime, tzinfo
from typing import Annotated, Any

from pydantic import BaseModel, Field

CUSTOMERS = ("kim", "lee")
FIELDS = ("agent", "line", "priority")
"""What an action sets on the ticket, of all that it says."""
SCALE = (1, 5)
Text = Annotated[str, Field(max_length=20_000)]


class NewTicket(BaseModel):
    """A new ticket; a customer opens it for themselves."""

    topic: Annotated[str, Field(min_length=1, max_length=200)]
    text: Text = ""
    priority: str | None = None
    requester: str = CUSTOMERS[0]

    def fields(self) -> dict[str, str]:
        """Return the fields with which the ticket begins."""
        return self.model_dump(include={"topic", "requester", "priority"}, exclude_none=True)


class Deed(BaseModel):
    """An action on the version of a ticket that somebody saw, and what it says."""

    action: str
    version: int
    text: Text | None = None
    agent: str | None = None
    line: int | None = None
    priority: str | None = None
    metric: str | None = None
    due: datetime | None = None
    score: int | None = None
    other: str | None = None

    def details(self, tz: tzinfo) -> dict[str, Any]:
        """Return what is said, as `host.act` takes it; a form gives local times."""
        said = self.model_dump(exclude={"action"}, exclude_none=True)
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

    me: str
    language: str
    back: str = "/"
