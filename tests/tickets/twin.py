"""Events and patterns as the plain data that the slow twin reads."""

from datetime import datetime

from support_model.events import Event
from support_model.instants import micros
from support_model.vocabulary import Priority, Status

__all__ = ["plain", "plain_fields", "plain_pattern"]


def plain_value(value):
    if isinstance(value, Status):
        return value.name, value.category
    if isinstance(value, Priority):
        return value.name, value.rank
    return value


def plain_fields(pairs):
    return {name: plain_value(value) for name, value in dict(pairs).items()}


def plain(event: Event) -> dict[str, object]:
    row = {"type": event.type, "at": event.micros, "role": event.role, "actor": event.actor}
    if hasattr(event, "public"):
        row["public"] = event.public
    if hasattr(event, "fields"):
        row["fields"] = plain_fields(event.fields)
    return row


def plain_pattern(pattern):
    """The pattern's data with instants as the integers that plain events carry."""

    def converted(data):
        if "field" in data:
            return {
                key: micros(datetime.fromisoformat(value)) if key in {"before", "after"} else value
                for key, value in data.items()
            }
        ((key, value),) = data.items()
        parts = (
            [converted(part) for part in value] if isinstance(value, list) else converted(value)
        )
        return {key: parts}

    return converted(pattern.data())
