"""Whether a page made of a log tells what is planted: a row with the right group and week.

Rows of tables in the section on changes are read as a person reads them: each has to name every
value of the group ("all tickets" of the whole), a status where a status is meant, and a Monday
that is a right start. Which measure a row is about is held against the truth by `judge` alone.
"""

from __future__ import annotations

import contextlib
import io
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from support_model import __main__ as command

from . import crowded, desk
from .judge import Judged, near

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .plants import Truth
    from .simulation import Scenario

SECTION = "changes"
WHOLE = "all tickets"


class _Rows(HTMLParser):
    """The rows of the tables of one section, as text."""

    def __init__(self) -> None:
        super().__init__()
        self.within, self.rows, self.row = 0, [], None

    def handle_starttag(self, tag, attrs):
        if tag == "section" and (self.within or dict(attrs).get("id") == SECTION):
            self.within += 1
        if tag == "tr" and self.within:
            self.row = []

    def handle_endtag(self, tag):
        if tag == "section" and self.within:
            self.within -= 1
        if tag == "tr" and self.row is not None:
            self.rows.append(" ".join(self.row))
            self.row = None

    def handle_data(self, data):
        if self.row is not None:
            self.row.append(data)


def rows_of(page: str) -> list[str]:
    """Return the rows of the section on changes."""
    reader = _Rows()
    reader.feed(page)
    return reader.rows


def tells(rows: Sequence[str], truth: Truth, scenario: Scenario) -> tuple[bool, bool]:
    """Return whether rows tell a truth, and whether with a right start."""
    right = [row for row in rows if _of_group(row, truth)]
    in_time = any(near(day, truth, scenario) for row in right for day in _days(row))
    return bool(right) if truth.sort != "episode" else in_time, in_time


def _of_group(row: str, truth: Truth) -> bool:
    statuses = {status for status in truth.statuses if status}
    if statuses and None not in truth.statuses and not any(each in row for each in statuses):
        return False
    return any(_names(row, where) for where in truth.wheres)


def _names(row: str, where) -> bool:
    if not where:
        others = [value for shares in desk.MADE_OF.values() for value in shares]
        return WHOLE in row or not any(value in row for value in (*others, *desk.WORK))
    return all(
        any(each in row for each in desk.MADE_OF[name]) if value == "*" else value in row
        for name, value in where
    )


def _days(row: str) -> Iterator[date]:
    for word in row.replace(",", " ").split():
        with contextlib.suppress(ValueError):
            yield date.fromisoformat(word)


def judged_page(seed: int) -> Judged:
    """Draw a log with twelve facts, let the command make its page, and read what it tells."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        truths = crowded.write(folder, seed)
        scenario, _ = crowded.crowded(seed)
        page = folder / "page.html"
        asked = ["report", str(folder / "log.jsonl"), "--tz", desk.ZONE.key]
        asked += ["--hours", desk.HOURS, "--policy", str(folder / "policy.toml")]
        with contextlib.redirect_stdout(io.StringIO()):
            code = command.main([*asked, "--html", str(page)])
        if code:
            raise RuntimeError(asked)
        rows = rows_of(page.read_text("utf-8"))
    told = [tells(rows, truth, scenario) for truth in truths]
    faults = [
        f"{scenario.monday(truth.start)} {truth.says}: not in a row of the page"
        for truth, (_, in_time) in zip(truths, told, strict=True)
        if not in_time
    ]
    named, in_time = zip(*told, strict=True)
    return Judged(named, in_time, (), len(rows), tuple(faults))
