"""The shapes in which Zendesk hands out audits: pages, updates, exports, and errors.

All become the same audits, the users beside them, and who asked for help on which ticket. What
the payload says of its completeness is a finding; an error of the interface is no data.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from attrs import Factory, define

from support_model.adapters._payloads import Node, complete, refuse_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from support_model._vocabulary import Role
    from support_model.adapters._payloads import Tally


VENDOR = "zendesk"
HOLDERS = ("audits", "ticket_events", "audit", "events")
"""Keys of which one holds the audits of a page."""
VIAS = {"mail": "email", "web form": "web", "web service": "api", "closed ticket": "web"}
"""What the export of changes calls channels."""
RULE = 8
"""`via_reference_id` of rules there."""
NO_FIELDS = {
    *("id", "event_type", "type", "via", "via_reference_id", "previous_value", "audit_id"),
    *("created_at", "timestamp"),
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_SECOND = 253_402_300_799


@define
class Shapes:
    """What the pages of one payload hold.

    Attributes:
        audits: all audits, exact repetitions left out.
        users: all users beside them.
        tickets: the tickets beside them, as they are now.
    """

    audits: list[Node] = Factory(list)
    users: list[Node] = Factory(list)
    tickets: list[Node] = Factory(list)

    @classmethod
    def of(cls, payload: object, tally: Tally) -> Shapes:
        """Return what a payload holds.

        Raises:
            AdapterError: an error of the interface, or no audits.
        """
        root = Node(VENDOR, payload)
        found = cls()
        pages = root.items() if isinstance(root.value, list | tuple) else [root]
        found.audits = list(_once(audit for page in pages for audit in found.add(page)))
        complete(pages, len(found.audits), tally)
        return found

    def add(self, page: Node) -> Iterator[Node]:
        """Yield the audits of a page, which may be one audit, and keep what is beside them."""
        refuse_error(page, HOLDERS)
        if page.get("users") is not None:
            self.users += page["users"].items()
        if page.get("tickets") is not None:
            self.tickets += page["tickets"].items()
        if page.get("ticket") is not None:
            self.tickets.append(page["ticket"])
        if page.get("audits") is not None:
            yield from page["audits"].items()
        elif page.get("ticket_events") is not None:
            yield from map(_as_audit, page["ticket_events"].items())
        elif page.get("audit") is not None:
            yield page["audit"]
        elif page.get("events") is not None:
            yield page
        else:
            page.refuse("no audits", "ask for /api/v2/tickets/{id}/audits?include=users")


def _once(audits: Iterable[Node]) -> Iterator[Node]:
    """Leave out exact repetitions; one id with other contents is found out by its events."""
    first: dict[int, Node] = {}
    for audit in audits:
        earlier = first.setdefault(audit["id"].number(), audit)
        if earlier is audit or earlier.value != audit.value:
            yield audit


def _as_audit(node: Node) -> Node:
    """Return an event of the incremental export, whose fields are keys, as the audit it tells."""
    events = [part for child in node["child_events"].items() for part in _parts(child)]
    stamp = node.get("created_at")
    audit = {
        "id": node["id"].value,
        "ticket_id": node["ticket_id"].value,
        "author_id": node["updater_id"].value,
        "created_at": _seconds(node["timestamp"]) if stamp is None else stamp.value,
        "events": events,
        "via": _via(node),
    }
    return Node(VENDOR, audit, node.path)


def _parts(child: Node) -> Iterator[dict[str, Any]]:
    kind = child["event_type" if child.get("event_type") else "type"].text()
    shared = {"id": child.inside("id"), "type": kind}
    via = _via(child)
    if kind not in {"Create", "Change"}:
        yield {**child.mapping(), **shared, "via": via}
        return
    for name, value in child.mapping().items():
        if name not in NO_FIELDS:
            before = child.inside("previous_value")
            field = {"field_name": name, "value": value, "previous_value": before}
            yield {**shared, **field, "via": via}


def _via(node: Node) -> Mapping[str, Any]:
    told = node.inside("via")
    if isinstance(told, dict):
        return told
    if node.inside("via_reference_id") == RULE:
        return {"channel": "rule"}
    channel = str(told or "").lower()
    return {"channel": VIAS.get(channel, channel) or None}


def _seconds(node: Node) -> str:
    seconds = node.number()
    if not 0 <= seconds <= LAST_SECOND:
        node.refuse("not an instant", "expected seconds since 1970")
    return (EPOCH + timedelta(seconds=seconds)).isoformat()


class People:
    """Who acts in which role on which ticket, as far as payload and account tell.

    A role is a property of a person on a ticket: whoever asks for help is the customer there,
    whatever they are elsewhere.
    """

    def __init__(
        self, roles: Mapping[str, Role], audits: Iterable[Node], tickets: Iterable[Node]
    ) -> None:
        self.roles = roles
        self.asked: dict[str, list[tuple[int, str]]] = {}
        ordered = sorted(audits, key=lambda audit: audit["id"].number())
        for audit in ordered:
            for event in audit["events"].items():
                if event.inside("field_name") == "requester_id":
                    self._asks(audit, event)
        for ticket in tickets:
            native, requester = ticket.get("id"), ticket.get("requester_id")
            if native is not None and requester is not None:
                self.asked.setdefault(native.id(), [(-1, requester.id())])

    def _asks(self, audit: Node, event: Node) -> None:
        told = self.asked.setdefault(audit["ticket_id"].id(), [])
        before, now = event.get("previous_value"), event.get("value")
        if not told and before is not None:
            told.append((-1, before.id()))
        if now is not None:
            told.append((audit["id"].number(), now.id()))

    def role(
        self, ticket_id: str, person: str, number: int, *, public: bool = True
    ) -> Role | None:
        """Return the role of a person in an audit; None where nothing tells it.

        A note among staff is written by staff, also on a ticket of their own.
        """
        known = self.roles.get(person)
        told = self.asked.get(ticket_id, [])
        if known is None:
            return "customer" if any(person == each for _, each in told) else None
        asks = [each for since, each in told if since <= number][-1:]
        own = asks == [person] and known in {"customer", "agent"} and (public or known != "agent")
        return "customer" if own else known
