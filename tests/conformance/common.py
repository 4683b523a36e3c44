"""What every conformance adapter shares: a case, how its values are read, how it fails.

An adapter is the sibling module named after its kind. It offers `cases(document)`, which turns
the parsed JSON file into cases, and `run(case)`, which returns None (passed) or says what
differs. Adapters map keys to library values; what the right answer is stands in the file.

Before this: nothing. Next: `run.py`, then the adapter of one kind, such as `calendar.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from support_model.instants import Span

__all__ = ["Case", "NotSupported", "differs", "expectation", "moment", "same"]


class NotSupported(Exception):
    """This case asks for something the library does not do yet; its text is the reason."""


@dataclass(frozen=True)
class Case:
    """One case of a file: its id, where it comes from, and its keys as they stand there."""

    id: str
    source: str
    data: dict[str, Any]


def expectation(data: dict[str, Any]) -> Any:
    """Return the answer to grade against: unverified answers yield to the recommended one."""
    if not data.get("verified", True) and "recommended" in data:
        return data["recommended"]
    return data["expected"]


def moment(text: str) -> date | datetime:
    """Read an ISO date or an ISO instant."""
    return (
        date.fromisoformat(text)
        if len(text) == len("2024-01-31")
        else datetime.fromisoformat(text)
    )


def same(answer: Any, expected: Any) -> bool:
    """Compare, instants as instants: a reading of a repeated hour equals its UTC instant."""
    return bool(settled(answer) == settled(expected))


def settled(value: Any) -> Any:
    """Return a value with every instant in it told in UTC."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    if isinstance(value, dict):
        return {key: settled(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [settled(held) for held in value]
    if isinstance(value, Span):
        return settled(value.start), settled(value.end)
    return value


def differs(answer: object, expected: object) -> str | None:
    """Return None where both are equal, and otherwise a line that says both."""
    return None if same(answer, expected) else f"answered {answer}, expected {expected}"
