"""What every conformance adapter shares: a case, how its values are read, how it fails.

An adapter is the sibling module named after its kind. It offers `cases(document)`, which turns
the parsed JSON file into cases, and `run(case)`, which returns None (passed) or says what
differs. Adapters map keys to library values; what the right answer is stands in the file.

Before this: nothing. Next: `run.py`, then the adapter of one kind, such as `calendar.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

__all__ = ["Case", "NotSupported", "differs", "expectation", "moment"]


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


def differs(answer: object, expected: object) -> str | None:
    """Return None where both are equal, and otherwise a line that says both."""
    return None if answer == expected else f"answered {answer}, expected {expected}"
