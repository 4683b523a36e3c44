"""Tables of responses to a survey: two header rows, then one row a respondent.

The first header row holds the questions, a blank under the one before it that goes on; the second
the rows and choices of each. What stands before the first question is told by its place, since its
names are in the language of the account. Stamps are local, in the order of the account's language.

Before this: `_survey_answers`. Next: `surveymonkey`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from attrs import Factory, define

from support_model._time import instant, instant_of_reading
from support_model.adapters._payloads import masked
from support_model.adapters._survey_answers import (
    USUAL,
    Answer,
    Question,
    Ratings,
    Response,
    Score,
    asked_scale,
    own_keys,
    plain,
    said,
    score_of,
    shown,
    ticket_id,
)
from support_model.errors import AdapterError, NaiveDatetime

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from support_model.adapters._payloads import Tally
    from support_model.adapters._survey_answers import Account

VENDOR = "surveymonkey"
RESPONDENT, START, END, CUSTOM = 0, 2, 3, 8
"""The columns before the questions, by place."""
FEWEST, HEADERS = 4, 2
STAMP = re.compile(
    r"\s{0,9}(\d{1,4})\s{0,9}([/.-])\s{0,9}(\d{1,2})\s{0,9}\2\s{0,9}(\d{1,4})\.?"
    r"(?:[T,\s]{1,9}(\D{0,12}?)\s{0,9}(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?"
    r"\s{0,9}(\D{0,12}))?\s{0,9}"
)
AFTERNOON = ("p", "\u5348\u5f8c", "\u4e0b\u5348", "\uc624\ud6c4", "nach")
MORNING = ("a", "\u5348\u524d", "\u4e0a\u5348", "\uc624\uc804", "vor")
"""How the words for the halves of a day begin, as interfaces of the vendor write them."""
NATIVE = re.compile(r"\d{4,20}")
MINUTE, HOUR, NOON, DAY_HOURS = 60, 3600, 12, 24
CENTURY, MONTHS, LAST_DAY = 2000, 12, 31
TWO_DIGITS, LONGEST = 100, 60
EXPORT = "export All responses data as CSV: Analyze, Save as, Export file"


class Row(NamedTuple):
    """A row of a table, and where it stands."""

    name: str
    line: int
    cells: Sequence[str]


class Column(NamedTuple):
    """A column of answers: the question, and the row or choice that the second header names."""

    place: int
    question: Question
    row: str


class Reading(NamedTuple):
    """What a stamp shows: a date as three numbers in their order, and seconds of the day."""

    parts: tuple[int, int, int]
    separator: str
    seconds: int


NO_ROW = Row("", 0, ())


@define
class Table:
    """One export: its columns, its rows, and the order of its dates by what separates them."""

    name: str
    before: list[str]
    columns: list[Column]
    rows: list[Row]
    ticket: int | None = None
    orders: dict[str, str] = Factory(dict)


@define
class Tables:
    """The tables of one reading."""

    account: Account
    tally: Tally
    ratings: Ratings
    tables: list[Table] = Factory(list)
    responses: dict[str, tuple[datetime, Row, Response | None]] = Factory(dict)

    def add(self, name: str, rows: Sequence[Sequence[str]]) -> None:
        """Take in the responses of one table; of two of one respondent the later holds.

        Raises:
            AdapterError: the rows are no responses.
            NaiveDatetime: the account says no zone.
        """
        table = table_of(name, rows)
        table.ticket = self.ticket_column(table)
        self.order(table)
        self.tables.append(table)
        zone = self.account.tz
        if zone is None and table.rows:
            problem = f"{name}: stamps of a table say no zone"
            remedy = 'say tz = "America/New_York", the zone of the account'
            raise NaiveDatetime(table.rows[0].cells[END], problem, remedy)
        if zone is None:
            return
        for row in table.rows:
            self.row(table, row, zone)
        for question in {id(each.question): each.question for each in table.columns}.values():
            self.scale(table, question)

    def row(self, table: Table, row: Row, zone: ZoneInfo) -> None:
        """Take in one respondent."""
        native = row.cells[RESPONDENT].strip()
        ended = self.instant(table, row, END, zone)
        if ended is None:
            return
        begun = self.instant(table, row, START, zone, quiet=True)
        ticket = self.ticket(table, row)
        if begun is not None and _offset(begun, zone) != _offset(ended, zone):
            self.tally.noted.note("over_clock_change", row.line, shown(native), ticket=ticket)
        answers = [*_answers(table, row, self.account)]
        response = None if ticket is None else Response(native, ticket, ended, answers)
        key = native or "\0".join(row.cells)  # two without an id are not one
        earlier = self.responses.get(key)
        if earlier is None or (ended, *row.cells) > (earlier[0], *earlier[1].cells):
            self.responses[key] = ended, row, response

    def emit(self) -> None:
        """Add the ratings of all responses."""
        if self.responses and all(each[2] is None for each in self.responses.values()):
            self.tally.noted.note("no_ticket_place", None, self.account.ticket)
        for native, (_, row, response) in sorted(
            self.responses.items(), key=lambda each: (each[1][0], each[0])
        ):
            if response is None:
                self.tally.left_out["response without a ticket"] += 1
                self.tally.noted.note("no_ticket", row.line, shown(native))
            else:
                self.ratings.add(response)

    def ticket(self, table: Table, row: Row) -> str | None:
        """Return the ticket's id of a row, from the column that the account names."""
        place = table.ticket
        return None if place is None else ticket_id(_cell(row, place).strip() or None)

    def ticket_column(self, table: Table) -> int | None:
        """Return the place of the column that holds the tickets' ids."""
        own = {plain(key) for key in own_keys(self.account)}
        named = self.account.ticket
        wanted = {plain(named), plain(named.rpartition(".")[2])} if named else set()
        for column in table.columns:
            if plain(column.question.heading) in own | wanted:
                return column.place
        for place, header in enumerate(table.before):
            if place > END and (plain(header) in wanted if named else place == CUSTOM):
                return place
        return None

    def order(self, table: Table) -> None:
        """Find the order of day and month, as the account says or the stamps show."""
        stamps = (_cell(row, place) for row in table.rows for place in (START, END))
        seen = [each for each in map(reading_of, stamps) if each and each.parts[0] <= LAST_DAY]
        for separator in {reading.separator for reading in seen}:
            dates = [each.parts for each in seen if each.separator == separator]
            table.orders[separator] = self.account.dates or self.order_of(table, separator, dates)

    def order_of(self, table: Table, separator: str, dates: list[tuple[int, int, int]]) -> str:
        """Return the order that dates show; where none does, the usual one of their form."""
        day_first = _day_first(dates)
        if day_first is not None:
            return "dmy" if day_first else "mdy"
        if separator != "/":
            return "dmy"
        if any(first != second for first, second, _ in dates):
            self.tally.noted.note("date_order", None, table.name)
        return "mdy"

    def instant(
        self, table: Table, row: Row, place: int, zone: ZoneInfo, *, quiet: bool = False
    ) -> datetime | None:
        """Return the instant of a stamp; None, and a finding, where there is none."""
        text = _cell(row, place)
        aware = _of_offset(text)
        if aware is not None:
            return aware
        reading = reading_of(text)
        local = None
        if reading is not None:
            local = local_of(reading, table.orders.get(reading.separator, "ymd"))
        if local is None:
            if not quiet:
                problem = f"{table.name}, line {row.line}: no time ({masked(text)})"
                self.tally.noted.note("unreadable", row.line, problem)
                self.tally.incomplete.setdefault("*", "unreadable")
            return None
        early, late = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
        if early is not None and late is not None and early != late and not quiet:
            code = "clock_skipped" if early < late else "clock_repeated"
            what = f"{shown(_cell(row, RESPONDENT))}: {local:%Y-%m-%d %H:%M:%S}"
            self.tally.noted.note(code, row.line, what)
        midnight = datetime(local.year, local.month, local.day)  # noqa: DTZ001 - a reading of a clock
        micros = (local - midnight) // timedelta(microseconds=1)
        return instant(instant_of_reading(zone, local.toordinal(), micros))

    def scale(self, table: Table, question: Question) -> None:
        """Find the scale of a question, where its text, the choices or the answers show one."""
        own = {plain(label): score for label, score in self.account.choices.items()}
        chosen, plainly = False, set[Score]()
        for column in table.columns:
            if column.question is not question:
                continue
            for row in table.rows:
                cell = _cell(row, column.place)
                if plain(cell) in own:
                    chosen = True
                elif (score := score_of(cell)) is not None:
                    plainly.add(score)
        question.scale = asked_scale(question.heading)
        if question.scale is None and chosen:
            question.scale = (min(own.values()), max(own.values()))
        elif question.scale is None and plainly and self.assumed(question, plainly):
            question.scale = USUAL

    def assumed(self, question: Question, scores: set[Score]) -> bool:
        """Tell whether a question that is a rating can only be assumed to be on a scale."""
        rows = {"", *question.rows}
        kinds = {self.ratings.asked(question, row) for row in rows}
        rated = [each for each in kinds if each.kind in ("csat", "ces")]
        unsaid = [each for each in rated if self.ratings.scale(question, each) is None]
        if not unsaid or not all(USUAL[0] <= score <= USUAL[1] for score in scores):
            return False
        self.tally.noted.note("assumed_scale", None, shown(unsaid[0].key))
        return True


def _day_first(dates: list[tuple[int, int, int]]) -> bool | None:
    """Tell whether the day comes before the month; None where nothing shows it."""
    day_first = sum(first > MONTHS for first, _, _ in dates)
    month_first = sum(second > MONTHS for _, second, _ in dates)
    return None if day_first == month_first else day_first > month_first


def table_of(name: str, rows: Sequence[Sequence[str]]) -> Table:
    """Return the columns and rows of one export.

    Raises:
        AdapterError: the rows are no responses.
    """
    filled = [
        Row(name, line, [str(cell) for cell in row])
        for line, row in enumerate(rows, 1)
        if any(str(cell).strip() for cell in row)
    ]
    first = next((n for n, row in enumerate(filled) if _is_respondent(row)), len(filled))
    heads = filled[:first]
    if not heads or len(heads[-1].cells) < FEWEST or first == len(filled) > HEADERS:
        problem = "no rows of respondents below two header rows"
        raise AdapterError(VENDOR, name, None, problem, EXPORT)
    top, below = ([*row.cells] for row in (heads[-2:] if len(heads) > 1 else [*heads, NO_ROW]))
    top[0] = top[0].lstrip("\ufeff")
    before, columns = _columns(top, below)
    return Table(name, before, columns, filled[first:])


def is_export(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether rows are an export of responses: two header rows above the first respondent.

    Below the four names of the first columns the second header row is empty, in every language.
    """
    if len(rows) <= HEADERS or any(map(str.strip, rows[1][:FEWEST])):
        return False
    names = [*map(str.strip, rows[0][:FEWEST])]
    return (
        all(names) and len({*names}) == FEWEST and _is_respondent(Row("", HEADERS, rows[HEADERS]))
    )


def _is_respondent(row: Row) -> bool:
    """Tell whether a row is a respondent's: it begins with a long number, and has a stamp."""
    if len(row.cells) < FEWEST or not NATIVE.fullmatch(row.cells[RESPONDENT].strip()):
        return False
    stamps = (row.cells[START], row.cells[END])
    return any(reading_of(each) is not None or _of_offset(each) is not None for each in stamps)


def _columns(top: Sequence[str], below: Sequence[str]) -> tuple[list[str], list[Column]]:
    """Return the headers before the questions, and the columns of answers."""
    seconds = [*below, *[""] * (len(top) - len(below))]
    begin = next((n for n, cell in enumerate(seconds) if cell.strip() and n > END), None)
    if begin is None:
        begin = len(top) if below else FEWEST
    before, columns = [*top[:begin]], list[Column]()
    question = Question("")
    for place in range(begin, max(len(top), len(seconds))):
        heading = top[place].strip() if place < len(top) else ""
        if heading:
            question = Question(heading, heading, place, called=heading[:LONGEST])
        row = seconds[place].strip()
        question.rows[row] = row
        columns.append(Column(place, question, row))
    return before, columns


def _offset(at: datetime, zone: ZoneInfo) -> timedelta | None:
    try:
        return at.astimezone(zone).utcoffset()
    except OverflowError:  # within a day of the first or last date of the calendar
        return None


def _answers(table: Table, row: Row, account: Account) -> Iterator[Answer]:
    """Yield the answers of a row; an empty cell is none.

    Of several columns of a question, a text in a later one that is no score stands beside the
    choices: what was typed as another answer.
    """
    for column in table.columns:
        cell = _cell(row, column.place).strip()
        if cell:
            choice = said(cell, account)
            later = column.place > column.question.place and choice.counts
            yield Answer(column.question, column.row, choice, later and choice.score is None)


def _cell(row: Row, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""


def reading_of(text: str) -> Reading | None:
    """Return what a stamp shows, in whatever language; None where it is none.

    Example:
        >>> reading_of("03/08/2026 01:30:00 PM")
        Reading(parts=(3, 8, 2026), separator='/', seconds=48600)
        >>> reading_of("8.3.2026 13:30").seconds, reading_of("soon")
        (48600, None)
    """
    found = STAMP.fullmatch(text) if text.isprintable() and len(text) <= LONGEST else None
    if found is None:
        return None
    first, separator, second, third, before, hour, minute, seconds, after = found.groups("")
    hours = _hour(int(hour or 0), before + after)
    rest = int(minute or 0) * MINUTE + int(seconds or 0)
    if hours is None or rest >= HOUR or int(seconds or 0) >= MINUTE:
        return None
    return Reading((int(first), int(second), int(third)), separator, hours * HOUR + rest)


def _hour(hour: int, half: str) -> int | None:
    """Return the hour of a day, of 24, by the word for its half."""
    word = half.casefold().replace(".", "").replace("\u202f", "").strip()
    if word and hour <= NOON:
        if word.startswith(AFTERNOON):
            return hour % NOON + NOON
        if word.startswith(MORNING):
            return hour % NOON
    return hour if hour < DAY_HOURS and (not word or word == "uhr") else None


def local_of(reading: Reading, order: str) -> datetime | None:
    """Return what a local clock shows; None for a date that there is none."""
    first, second, third = reading.parts
    if first > LAST_DAY or order == "ymd":
        year, month, day = first, second, third
    elif order == "mdy":
        month, day, year = first, second, third
    else:
        day, month, year = first, second, third
    if year < TWO_DIGITS:
        year += CENTURY
    try:
        midnight = datetime(year, month, day)  # noqa: DTZ001 - a reading of a clock
    except ValueError:
        return None
    return midnight + timedelta(seconds=reading.seconds)


def _of_offset(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.strip())
        return None if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
