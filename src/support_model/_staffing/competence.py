"""Who holds which technology: gaps, single points of failure, and the least training.

A coverage rule holds for every technology by itself: five people around the clock are five
who know it. Here a team's skills are checked against that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._checks import checked_whole
from support_model._frozen import frozen
from support_model._time import micros
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from support_model.lines import Agent


@frozen(kw_only=True)
class Competence:
    """Who holds one technology on one line.

    Attributes:
        technology: the skill's name.
        line: the support line; None counts all lines together.
        holders: ids of those who hold it, unexpired, at the level asked.
        missing: how many holders are lacking: the least number of people to train.
        trainees: ids of those on the line who could be trained.
    """

    technology: str
    line: int | None
    holders: tuple[str, ...]
    missing: int
    trainees: tuple[str, ...]

    @property
    def single_point_of_failure(self) -> bool:
        """Whether exactly one person holds it."""
        return len(self.holders) == 1

    @property
    def hires(self) -> int:
        """How many people are lacking even if everybody on the line is trained."""
        return max(0, self.missing - len(self.trainees))


def competence_coverage(
    agents: Iterable[Agent],
    technologies: Collection[str],
    *,
    least: int,
    as_of: datetime,
    lines: Collection[int] | None = None,
    level: int = 1,
) -> tuple[Competence, ...]:
    """Return, per technology and line, who holds it and how many must be trained.

    `least` holders are wanted of each technology on each line in `lines` (None: on all lines
    together). Each training makes one holder, so the least extra training is the sum of
    `missing`.

    Raises:
        InvalidValue: `least` or `level` below 1.
        NaiveDatetime: `as_of` without a zone.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.lines import Agent
        >>> people = [Agent(id="ann", skills=["linux", "sap"]), Agent(id="bob", skills=["linux"])]
        >>> at = datetime(2026, 1, 1, tzinfo=UTC)
        >>> for found in competence_coverage(people, ["linux", "sap"], least=2, as_of=at):
        ...     print(found.technology, found.holders, found.missing)
        linux ('ann', 'bob') 0
        sap ('ann',) 1
    """
    checked_whole(least, "holders", least=1)
    checked_whole(level, "a skill level", least=1)
    micros(as_of)
    if isinstance(technologies, str):
        problem = "a list of technologies is asked for"
        raise InvalidValue(technologies, problem, f"give [{technologies!r}]")
    staff = sorted(agents, key=lambda agent: agent.id)
    rows = []
    for line in [None] if lines is None else sorted(lines):
        crew = [agent for agent in staff if line is None or agent.line == line]
        for technology in technologies:
            able = [agent.id for agent in crew if agent.can(technology, as_of=as_of, level=level)]
            rows.append(
                Competence(
                    technology=technology,
                    line=line,
                    holders=tuple(able),
                    missing=max(0, least - len(able)),
                    trainees=tuple(agent.id for agent in crew if agent.id not in able),
                )
            )
    return tuple(rows)
