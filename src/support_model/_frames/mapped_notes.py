"""What a reading by columns has to say of rows, in the order in which a reader of rows says it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from attrs import Factory, define

if TYPE_CHECKING:
    from collections.abc import Callable

    from support_model._findings import Findings
    from support_model.adapters._payloads import Tally

__all__ = ["Notes", "asked"]


@define
class Notes:
    """Notes that wait until all of one stage are known.

    Attributes:
        findings: where they go.
    """

    findings: Findings
    _waiting: list[tuple[int, int, int, str, int | None, object, str | None]] = Factory(list)

    def add(
        self,
        place: tuple[int, int],
        code: str,
        line: int | None = None,
        value: object = None,
        ticket: str | None = None,
    ) -> None:
        """Keep a note; `place` is where a reader of rows is when it makes it: (row, step)."""
        self._waiting.append((*place, len(self._waiting), code, line, value, ticket))

    def end(self) -> None:
        """Make the notes of this stage."""
        self._waiting.sort(key=_place)
        for _, _, _, code, line, value, ticket in self._waiting:
            self.findings.note(code, line, value, ticket=ticket)
        self._waiting.clear()


def _place(note: tuple[Any, ...]) -> tuple[Any, ...]:
    return note[:3]


def asked(tally: Tally, times: int, function: Callable[[str], Any], text: str) -> Any:  # noqa: ANN401 - what the function returns
    """Return what a text means that stands in several cells; what is unknown counts in each."""
    known, tally.unknown = tally.unknown, Counter()
    try:
        return function(text)
    finally:
        met, tally.unknown = tally.unknown, known
        for key, count in met.items():
            known[key] += count * times
