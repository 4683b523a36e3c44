"""Who acts in which role on a ticket of Freshdesk, as far as payload and account tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import Factory, define

from support_model.adapters._account import Account, known_role
from support_model.adapters._drafts import By
from support_model.adapters._freshdesk_pages import native
from support_model.adapters._freshdesk_words import OUTBOUND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support_model._vocabulary import Role
    from support_model.adapters._freshdesk_pages import Shapes
    from support_model.adapters._payloads import Tally


ASSIGNED = ("responder_id", "agent_id")
UNASKED: Any = object()


@define
class People:
    """The people of one payload.

    Attributes:
        account: what it says of people takes precedence.
        tally: where people are counted of whom nothing is known.
        agents: whom something in the payload shows to be an agent: its list of agents, or that
            a ticket is or was assigned to them.
        contacts: whom the payload lists as contacts.
        asked: who has asked for help, by ticket.
    """

    account: Account
    tally: Tally
    agents: set[str] = Factory(set)
    contacts: set[str] = Factory(set)
    asked: dict[str, set[str]] = Factory(dict)
    _said: dict[str, Any] = Factory(dict)
    _acting: dict[tuple[str, str], By] = Factory(dict)

    def listed(self, shapes: Shapes) -> None:
        """Note the people of lists."""
        for people, kind, key in (
            (self.agents, "agent", "id"),
            (self.agents, "rating", "agent_id"),
            (self.agents, "time entry", "agent_id"),
            (self.contacts, "contact", "id"),
        ):
            people.update(filter(None, (native(item.get(key)) for *_, item in shapes.each(kind))))

    def of_ticket(self, ticket: str, item: Mapping[str, Any]) -> None:
        """Note who asks and who is assigned, as a ticket or a change of it says."""
        for key in ASSIGNED:
            given = item.get(key)
            if given is not None and (agent := native(given)) is not None:
                self.agents.add(agent)
        given = item.get("requester_id")
        if given is not None and (asks := native(given)) is not None:
            self.asked.setdefault(ticket, set()).add(asks)

    def acts(self, ticket: str, person: str, *, ours: bool) -> By:
        """Return who changed something, known once for all acts of a person on a ticket."""
        by = self._acting.get((ticket, person))
        if by is None:
            role = self.role(ticket, person, public=True, ours=ours)
            by = tuple.__new__(By, (role, person, None, None))  # in half the time of its own call
            if by.role != "third_party":  # of whom nothing is known is counted each time
                self._acting[ticket, person] = by
        return by

    def role(self, ticket: str, person: str, *, public: bool, ours: bool = False) -> Role:
        """Return the role of a person on a ticket; `ours` says that the act is the agents' side's.

        Who asks for help is the customer there, also an agent, but not in a note among agents.
        """
        known: Role | None = self._said.get(person, UNASKED)
        if known is UNASKED:
            known = self._said[person] = known_role(self.account, person)
        asks = person in self.asked.get(ticket, ())
        if asks and public:
            return "system" if known == "system" else "customer"
        if known is not None:
            return known
        if ours or person in self.agents:
            return "agent"
        if asks or person in self.contacts:
            return "customer"
        self.tally.met("user", person, "third_party")
        return "third_party"

    def asker(self, ticket: str, item: Mapping[str, Any]) -> By:
        """Return who began a ticket: its requester, or an agent who wrote to a customer."""
        if str(item.get("source", item.get("source_name"))) in OUTBOUND:
            return By("agent")
        asks = native(item.get("requester_id"))
        if asks is None:
            self.tally.noted.note("no_user", None, "a ticket without a requester", ticket=ticket)
            return By("third_party")
        return By(self.role(ticket, asks, public=True), asks)
