"""What is wrong with a log: raised at once, or counted and listed, but never passed over.

A reader reports every problem to one `Findings`. Strictly read, the first problem that can
change a figure is an `InvalidLog`; leniently read, it is counted, its lines are listed, and
the reader does what `PROBLEMS` says of it.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from attrs import Factory, define

from support_model._frozen import frozen
from support_model.errors import InvalidLog

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PROBLEMS", "Finding", "Findings"]


LISTED = 1000
SHOWN = 60


@frozen
class Problem:
    """One kind of problem.

    Attributes:
        text: what is wrong, in words.
        remedy: what to do about it, in words.
        lenient: what a lenient reading does instead, in words.
    """

    text: str
    remedy: str
    lenient: str = "row left out"


_PROBLEMS = {
    # the file
    "corrupt": Problem(
        "the compressed data is damaged or cut short",
        "fetch the file again, or read what is whole with --lenient",
        "the rest of the file not read",
    ),
    "too_large": Problem(
        "the compressed data expands without measure",
        "check where the file comes from; unpack it yourself if it is sound",
        "the rest of the file not read",
    ),
    "empty": Problem("no rows", "check the export", "reported as a log without cases"),
    "no_known_field": Problem(
        "no row of a field that the mapping names",
        "give the words of its fields in `changed` of the mapping",
        "reported as a log without cases",
    ),
    # the line
    "long_line": Problem(
        "a line longer than 1 MiB", "check quotes and line ends, or skip it with --lenient"
    ),
    "undecodable": Problem(
        "bytes that are not in the encoding of the mapping",
        'say encoding = "latin-1" (or "cp1252") in the mapping, or read on with --lenient',
        r"bytes kept as \x..",
    ),
    "not_utf8": Problem(
        "bytes that are not UTF-8",
        "save the file as UTF-8, or read on with --lenient",
        r"bytes kept as \x..",
    ),
    "nul": Problem(
        "a NUL byte",
        "export the file again as UTF-8 text, or read on with --lenient",
        r"byte kept as \x00",
    ),
    "malformed": Problem("not well-formed CSV", "fix its quotes, or skip it with --lenient"),
    "blank": Problem("a blank line", "", "passed over"),
    "cells": Problem(
        "as many cells as the header has columns are needed",
        "fix the row, or skip it with --lenient",
    ),
    # the row
    "no_ticket": Problem("a row without a ticket", "fix the row, or skip it with --lenient"),
    "no_time": Problem("a row without a time", "fix the row, or skip it with --lenient"),
    "bad_time": Problem(
        "no time in the format of the mapping, or an impossible one",
        "fix the stamp or [stamps] format, or skip the row with --lenient",
    ),
    "skipped_time": Problem(
        "a local time that the clock skipped",
        "check --tz: the log may be in another zone",
        "the first instant at or after it taken",
    ),
    "ambiguous_time": Problem("a local time that the clock showed twice", "", "first one taken"),
    "bad_status": Problem(
        "a status that the mapping does not know",
        "add it to [statuses] of a mapping of your own, or skip the row with --lenient",
    ),
    "bad_sequence": Problem(
        "an update count that is no whole number", "fix the row, or skip it with --lenient"
    ),
    "bad_line": Problem(
        "a support line that the mapping does not know",
        "add it to [lines] of a mapping of your own, or take it as unknown with --lenient",
        "the line taken as unknown",
    ),
    "repeated": Problem(
        "an exact repetition of a row",
        'say duplicates = "drop" or "keep" in the mapping, or count it once with --lenient',
        "counted once",
    ),
    "dropped": Problem("an exact repetition of a row", "", "counted once, as the mapping says"),
    "kept": Problem("an exact repetition of a row", "", "counted again, as the mapping says"),
    "no_event": Problem(
        "a line that is no event", "fix the line, or skip it with --lenient", "line left out"
    ),
    # the files of an export
    "recognized": Problem("nobody said which system the files are of", "", "told by their form"),
    "encoding": Problem(
        "a text in another encoding than UTF-8", "", "read in the one that its bytes show"
    ),
    "no_document": Problem(
        "a file, or a line of one, that cannot be read",
        "fetch the export again, or leave it out with --lenient",
        "left out, so any ticket may lack events",
    ),
    # the table
    "encoding_taken": Problem("text that is not in UTF-8", "", "read in the encoding it is in"),
    "delimiter_taken": Problem("cells apart by no comma", "", "read with the delimiter it has"),
    "stamps_taken": Problem(
        "stamps whose order of day and month the mapping leaves open",
        "",
        "read in the one order in which all of them are dates",
    ),
    "no_column": Problem(
        "columns of the mapping that the table lacks", "", "what they say is not stated"
    ),
    "repeated_header": Problem("the header once more among the rows", "", "passed over"),
    "ticket_twice": Problem(
        "a ticket in several rows that differ", "", "the row that was updated last holds"
    ),
    "settled_before": Problem(
        "a stamp of a solution or a close that holds no longer", "", "not told by an event"
    ),
    "rating_untimed": Problem("a rating without a time", "", "left out"),
    "bad_rating": Problem("a rating that is on no scale of the mapping", "", "left out"),
    "none_word": Problem("a length of zero that means none, not at once", "", "taken as none"),
    "visibility_untold": Problem(
        "comments of which the form does not say who could read them",
        "",
        "taken as the mapping says: as messages to the requester unless it says otherwise",
    ),
    "bad_comment": Problem("a comment that cannot be read", "", "left out"),
    "bad_figure": Problem("a figure of the tool that cannot be read", "", "not compared"),
    # the payload
    "display_values": Problem(
        "cells as pairs: value is in UTC, display_value in the zone and form of whoever asked",
        "",
        "only value is read",
    ),
    "last_stamps": Problem(
        "a ticket of whose statuses the last stamps alone are told",
        "",
        "reopenings, first solutions and moves between groups are not stated",
    ),
    "no_stats": Problem(
        "a ticket that is no longer open, and no stamp tells since when",
        "ask again with include=stats, or read what is there with --lenient",
        "the ticket stays open",
    ),
    "ten_conversations": Problem(
        "a ticket that came with ten conversations, which is the most",
        "fetch GET /api/v2/tickets/{id}/conversations, or read on with --lenient",
        "read as far as it goes",
    ),
    "full_page": Problem(
        "a page that holds as many items as a page can, and none after it",
        "fetch the next page until one is shorter, or read on with --lenient",
        "read as far as it goes",
    ),
    "missing_days": Problem(
        "a time between two files that is in neither",
        "fetch the files of these days, or read what is there with --lenient",
        "what only a whole history shows is not stated",
    ),
    "seeded_status": Problem(
        "a number of a status that each account may have given away anew",
        "",
        "taken as in an account that has not",
    ),
    "older_scores": Problem(
        "scores of the older survey: 1 happy, 2 neutral, 3 unhappy",
        "",
        "taken as 103, 100 and -103, as they are when they are carried over",
    ),
    "renamed": Problem(
        "a status or priority that has had several names", "", "told apart by its id"
    ),
    "moved": Problem(
        "a ticket that was moved and called otherwise before", "", "called as it is called now"
    ),
    "other_status": Problem(
        "a status that no change of the whole history led to",
        "",
        "the changes are read as they are",
    ),
    "no_field": Problem(
        "a field that is named in the account, and no ticket has it",
        "check its id or name",
        "what it says is not stated",
    ),
    "cut_comments": Problem(
        "a ticket of which some comments are missing",
        "fetch all pages of its comments, or read what is there with --lenient",
        "replies are not stated",
    ),
    "no_comments": Problem(
        "a ticket that came without its comments",
        "ask for the comments too (fields=*all, or /comment), or read on with --lenient",
        "replies are not stated",
    ),
    "cut_works": Problem(
        "a ticket of which some entries of time are missing",
        "fetch all pages of them",
        "the time that is there is taken",
    ),
    "more_pages": Problem("the payload says that there is more", "", "read as far as it goes"),
    "no_row": Problem("a title, parameter, filter or total around the rows", "", "passed over"),
    "filtered": Problem(
        "a report that was made of a part: a filter or a period stands above its rows",
        "make it without the filter, or quote its figures as those of that part",
        "figures are of that part alone",
    ),
    "no_kind": Problem("a comment of no kind by staff", "", "taken as internal"),
    "other_customer": Problem(
        "somebody not called as the requester is, whose comments are all a customer's",
        "",
        "a customer, and no staff, on that ticket",
    ),
    "no_time_of": Problem(
        "something that holds now, and no record since when",
        "",
        "dated at the last known change of the ticket",
    ),
    "cut_history": Problem(
        "a ticket whose history is cut: what came before or after is in no file",
        "fetch the rest, or read what is there with --lenient",
        "what only a whole history shows is not stated",
    ),
    "no_creation": Problem(
        "a ticket whose creation is in no file",
        "fetch it from its beginning, or read what is there with --lenient",
        "what only a whole history shows is not stated",
    ),
    "two_versions": Problem(
        "one item of the payload with two contents", "", "the fuller of the two is read"
    ),
    "since_unknown": Problem(
        "a present value of which nothing tells since when it holds", "", "left out"
    ),
    "left_unknown": Problem(
        "a ticket that is over, and no stamp tells when",
        "name the column of the stamp under [recorded], if there is one",
        "open at no time, and in none of the times",
    ),
    "unreadable": Problem(
        "a part of the payload that cannot be read",
        "check that the export is whole, or leave the part out with --lenient",
        "the part left out",
    ),
    "no_user": Problem(
        "something done by nobody, as by a user who was deleted", "", "a third party"
    ),
    "as_now": Problem(
        "a label, member or field that is there now, and no record since when",
        "",
        "taken as there from the creation on",
    ),
    "several_projects": Problem(
        "a task in several projects, and nothing says which of them is the help desk's",
        "",
        "its moves between sections that [statuses] does not name are left out; say the project",
    ),
    "no_role": Problem(
        "a user without a role, as one who was deleted",
        "",
        "the requester of a ticket is its customer, anybody else a third party",
    ),
    "no_status": Problem(
        "a system without statuses: nothing tells when a ticket was solved or closed",
        "",
        "tickets stay open; what needs a solution is not stated",
    ),
    "no_agents": Problem(
        "nobody is named as an agent, so that no message is a reply",
        "",
        "name the agents by their ids under [roles]",
    ),
    "no_users": Problem(
        "no list of users, so that nothing tells who is a bot or of another organization",
        "",
        "who begins a thread and is no agent is its customer",
    ),
    "no_channel": Problem("a channel that was asked for and is not there", "", "passed over"),
    "deleted_first": Problem(
        "a thread whose first message was deleted", "", "its replies have no ticket"
    ),
    "no_answer": Problem("a response that answers no question that was named", "", "no rating"),
    "no_weight": Problem(
        "an answer whose score nothing says",
        "say the scores of choices under choices, by their texts",
        "no rating",
    ),
    "no_scale": Problem(
        "a rating on a scale that nothing says", "say its ends under scales", "no rating"
    ),
    "assumed_scale": Problem(
        "a rating on a scale that nothing says, whose answers all lie between 1 and 5",
        "say its ends under scales",
        "taken as a scale of 1 to 5",
    ),
    "outside_scale": Problem(
        "a score outside the scale of its question", "check scales and choices", "no rating"
    ),
    "many_rows": Problem(
        "a question of several rows of which none is named",
        "name the row: question/row",
        "every row counted as a rating",
    ),
    "no_ticket_place": Problem(
        "no response says its ticket where the account says that it stands",
        "",
        "no rating; say where it stands with ticket =, see the page of the system",
    ),
    "no_question": Problem("a question that is named and not there", "", "passed over"),
    "over_clock_change": Problem(
        "a response during which the clock of the zone was changed", "", "read by its end"
    ),
    "clock_skipped": Problem(
        "a local time that the clock skipped", "check tz", "the first instant after it"
    ),
    "clock_repeated": Problem("a local time that the clock showed twice", "", "the first taken"),
    "date_order": Problem(
        "dates whose day and month could be exchanged",
        'say dates = "dmy" if the day comes first',
        "read with the month first",
    ),
    "not_in_log": Problem(
        "a rating of a ticket that is not in the log, or began later",
        "check which field holds the ticket's id",
        "left out",
    ),
    "undated_link": Problem(
        "a link to another ticket, and no record since when",
        "",
        "dated at the last known change of the ticket",
    ),
    "short_name": Problem(
        "a short name whose initials agree with one full name alone",
        "",
        "taken as that person",
    ),
    "same_number": Problem(
        "a number that several tickets have, as numbers begin anew each year",
        "",
        "called by the number and the date of creation",
    ),
    "never_shown": Problem(
        "a local time that the clock skipped", "", "the first instant after it taken"
    ),
    "status_as_now": Problem(
        "an event of another status that does not say which",
        "",
        "the status that came along with it is taken",
    ),
    "impersonated": Problem(
        "something done by one user in the name of another", "", "told as done by the other"
    ),
    # the case
    "newest_first": Problem(
        "rows that run from the newest to the oldest", "", "read from the end, ties included"
    ),
    "list_export": Problem(
        "one row a ticket, so present values and no history",
        "",
        "what only a history shows is not stated",
    ),
    "no_log": Problem(
        "the events of a ticket are no log of it",
        "fix them, or leave the ticket out with --lenient",
        "ticket left out",
    ),
    "count_repeats": Problem(
        "one update count at two instants of a ticket", "", "rows of the ticket ordered by time"
    ),
    "stamp_contradicts": Problem(
        "a stamp earlier than that of the update before it",
        "",
        "the update count is the order, and the later stamp holds",
    ),
    "out_of_order": Problem(
        "a row earlier than the ticket's row before it",
        "sort the file by time, or let --lenient sort it",
        "rows of the ticket sorted",
    ),
    "before_creation": Problem("a row before the ticket's recorded creation", "", "kept"),
    "bad_recorded": Problem(
        "a recorded value that cannot be read",
        "fix the cell or the mapping, or leave it out with --lenient",
        "taken as missing",
    ),
    "ends_before_start": Problem(
        "a ticket that ends before its creation",
        "fix the row, or leave the time out with --lenient",
        "the end taken as missing",
    ),
}
PROBLEMS: Mapping[str, Problem] = MappingProxyType(_PROBLEMS)
"""Every kind of problem a table reader reports, by code."""


@frozen
class Finding:
    """One kind of problem found in one log.

    Attributes:
        code: key of `PROBLEMS`.
        count: how often, over the whole file.
        lines: 1-based lines of the first thousand.
        example: the text at the first of them, shortened.
        tickets: the tickets that have it, the first thousand, where it is about tickets.
    """

    code: str
    count: int
    lines: tuple[int, ...] = ()
    example: str = ""
    tickets: tuple[str, ...] = ()

    @property
    def problem(self) -> Problem:
        """The kind of problem, in words."""
        return PROBLEMS[self.code]


@define
class Findings:
    """What one reading of one file has found so far.

    Example:
        >>> found = Findings("log.csv", lenient=True)
        >>> found.refuse("bad_status", 7, "Solvd")
        >>> found.all()
        (Finding(code='bad_status', count=1, lines=(7,), example='Solvd', tickets=()),)
    """

    file: str
    lenient: bool = False
    told: list[object] = Factory(list)  # what files of events say of their log
    _counts: dict[str, int] = Factory(dict)
    _lines: dict[str, list[int]] = Factory(dict)
    _examples: dict[str, str] = Factory(dict)
    _tickets: dict[str, dict[str, None]] = Factory(dict)

    def refuse(
        self, code: str, line: int | None, value: object = None, *, hint: str = "", times: int = 1
    ) -> None:
        """Report a problem that can change a figure.

        Raises:
            InvalidLog: the log is read strictly.
        """
        if not self.lenient:
            problem = PROBLEMS[code]
            remedy = f"{hint}; {problem.remedy}" if hint else problem.remedy
            raise InvalidLog(self.file, line, problem.text, shortened(value), remedy)
        self.note(code, line, value, times=times)

    def note(
        self,
        code: str,
        line: int | None,
        value: object = None,
        *,
        times: int = 1,
        ticket: str | None = None,
    ) -> None:
        """Report something a reader should know, which is no reason to stop."""
        count = self._counts.get(code)
        if count is None:
            count, self._tickets[code], self._lines[code] = 0, {}, []
            self._examples[code] = "" if value is None else str(shortened(value))
        self._counts[code] = count + times
        if ticket is not None and len(tickets := self._tickets[code]) < LISTED:
            tickets[ticket] = None
        if line is not None and len(lines := self._lines[code]) < LISTED:
            lines.append(line)

    def sentences(self) -> tuple[str, ...]:
        """Return what was found, a sentence each.

        Example:
            >>> found = Findings("log.csv")
            >>> found.note("newest_first", None)
            >>> found.sentences()
            ('log.csv: rows that run from the newest to the oldest; read from the end, ties ...)
        """
        return tuple(
            f"{self.file}: {found.problem.text}; {found.problem.lenient}." for found in self.all()
        )

    def all(self) -> tuple[Finding, ...]:
        """Return what was found, in the order of first sight."""
        return tuple(
            Finding(
                code,
                count,
                tuple(self._lines[code]),
                self._examples[code],
                tuple(self._tickets[code]),
            )
            for code, count in self._counts.items()
        )


def shortened(value: object) -> object:
    """Return a text cut to what fits on a line; anything else as it is."""
    if isinstance(value, str) and len(value) > SHOWN:
        return value[: SHOWN - 3] + "..."
    return value
