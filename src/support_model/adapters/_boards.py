"""A ticket on a board while its history is read: lists and sections are its statuses.

Trello and Asana tell one act at a time. What one person changes in one instant is one
transaction; what the creator sets in the instant of the creation is part of the creation; what
changes nothing is no event.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from attrs import Factory, define

from support_model._vocabulary import Status
from support_model.adapters._account import known_role
from support_model.adapters._drafts import By

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support_model._vocabulary import Basis, Role
    from support_model.adapters._account import Account
    from support_model.adapters._drafts import Drafts
    from support_model.adapters._payloads import Tally

LISTS: Mapping[str, Status] = MappingProxyType(
    {
        "To Do": Status("To Do", "new"),
        "To do": Status("To do", "new"),
        "Doing": Status("Doing", "open"),
        "Done": Status("Done", "solved"),
    }
)
"""The lists, or sections, that are on a new board."""
LONGEST_ID: Final = 64
LONGEST_WORD: Final = 60
_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_NOTHING: Mapping[str, Any] = {}


def native_id(value: object) -> str | None:
    """Return a native id as text, None where it is none: a name or an address is no id.

    Example:
        >>> native_id(12005), native_id("12005"), native_id(True), native_id("Cleo Marsh")
        ('12005', '12005', None, None)
    """
    if isinstance(value, str):
        return value if _ID.fullmatch(value) else None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**LONGEST_ID:
        return str(value)
    return None


def word(value: object) -> str | None:
    """Return a word of the vendor's vocabulary, such as a kind; None where it is none."""
    return value[:LONGEST_WORD] if isinstance(value, str) and value else None


def part(value: object, key: str) -> Mapping[str, Any]:
    """Return the object under a key of what may be an object; an empty one where there is none."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else _NOTHING


def instant(value: object) -> datetime | None:
    """Return the instant of an ISO 8601 stamp with an offset, in UTC; None where it is none.

    Example:
        >>> instant("2026-03-02T09:00:00.000Z"), instant("2026-03-02T09:00:00"), instant(7)
        (datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.timezone.utc), None, None)
    """
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is UTC:
            return at
        return None if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def is_internal(text: object, prefix: str) -> bool:
    """Return whether a comment begins as internal ones do; without a prefix none does.

    Example:
        >>> is_internal(" [Internal] same part", "[internal]"), is_internal("same part", "")
        (True, False)
    """
    if not prefix or not isinstance(text, str):
        return False
    return text.lstrip()[: len(prefix)].casefold() == prefix.casefold()


@define
class Replay:
    """One ticket: what its fields are by now, and the transaction that is being told.

    Attributes:
        ticket: its id.
        account: what ids mean.
        drafts: where its events go.
        tally: what is odd.
        requester: whoever asks for help on it, its customer whatever the account says of others.
        at: when it was created.
        by: who created it.
        now: its fields by now.
    """

    ticket: str
    account: Account
    drafts: Drafts
    tally: Tally
    requester: str | None
    at: datetime
    by: By
    now: dict[str, Any] = Factory(dict)
    _born: dict[str, Any] = Factory(dict)
    _run: tuple[datetime, By, int, dict[str, Any]] | None = None

    def begins(self, fields: Mapping[str, Any]) -> None:
        """Set the fields that it is created with."""
        self._born.update(fields)
        self.now.update(fields)

    def doer(
        self,
        actor: str | None,
        source: str | None,
        *,
        app: str | None = None,
        basis: Basis | None = None,
    ) -> By:
        """Return who did something; somebody unknown is not credited with our replies."""
        if actor is None:
            self.tally.noted.note("no_user", None, self.ticket, ticket=self.ticket)
            return By("third_party", None, source, basis)
        if app is not None and known_role(self.account, app) == "system":
            return By("system", actor, source, basis)
        return By(self.role(actor), actor, source, basis)

    def role(self, actor: str) -> Role:
        """Return who a person is on this ticket."""
        known = known_role(self.account, actor)
        if known is not None:
            return known
        if actor == self.requester:
            return "customer"
        self.tally.met("user", actor, "third_party")
        return "third_party"

    def says(self, at: datetime, by: By, order: int, *, public: bool) -> None:
        """Tell a message."""
        self.settle()
        self.drafts.message(self.ticket, at, by, public=public, order=order)

    def sets(self, at: datetime, by: By, order: int, fields: Mapping[str, Any]) -> None:
        """Change fields, in one transaction with what the same person changed in that instant."""
        run = self._run
        if (
            run is not None
            and run[0] == at
            and run[1][:2] == by[:2]
            and run[1].basis == by.basis
            and not ("status" in fields and "status" in run[3])
        ):
            run[3].update(fields)
            return
        self.settle()
        self._run = at, by, order, dict(fields)

    def value(self, name: str) -> Any:  # noqa: ANN401 - of any field
        """Return a field by now, with what is being told."""
        run = self._run
        return run[3][name] if run is not None and name in run[3] else self.now.get(name)

    def settle(self) -> None:
        """Tell the transaction that is open; what it leaves as it was is no change."""
        if self._run is None:
            return
        at, by, order, fields = self._run
        self._run = None
        now = self.now
        changed = {name: value for name, value in fields.items() if now.get(name) != value}
        if not changed:
            return
        now.update(changed)
        if at == self.at and by[:2] == self.by[:2]:
            self._born.update(changed)
        else:
            self.drafts.changed(self.ticket, at, by, fields=changed, order=order)

    def ends(self) -> None:
        """Tell what is still open, and the creation."""
        self.settle()
        self.drafts.created(self.ticket, self.at, self.by, fields=self._born, order=-1)
