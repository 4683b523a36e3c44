"""A report as sections in reading order: what every output shows, each in its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._report import (
    brief,
    conclusions,
    curves,
    figure_sections,
    group_sections,
    headlines,
    now,
    places,
    qualifications,
    quality,
    volumes,
    whom,
)
from support_model._report.blocks import says
from support_model._report.spare_memory import release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model._report.blocks import Said, Section
    from support_model._report.report import Report


def title_of(report: Report) -> Said:
    """Return the heading of a whole report."""
    return says("report_on", file=report.log.file)


def document(report: Report) -> tuple[Section, ...]:
    """Return the sections of a report that hold anything, what is read first comes first."""
    made: list[Section] = []
    for section in _sections(report):
        made += () if section.empty else (section,)
        release(report.plain)
    return tuple(made)


def _sections(report: Report) -> Iterator[Section]:
    yield from headlines.sections(report)
    yield from brief.sections(report)
    yield from conclusions.sections(report)
    yield from volumes.sections(report)
    yield from quality.sections(report)
    yield from curves.sections(report)
    yield from places.sections(report)
    yield from now.sections(report)
    yield from whom.sections(report)
    yield from qualifications.sections(report)
    yield figure_sections.what_was_read(report)
    yield from group_sections.sections(report)
    yield from figure_sections.sections(report)
