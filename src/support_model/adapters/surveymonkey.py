"""SurveyMonkey: responses to a survey, read as ratings of the tickets that they name.

What is read is pages of `GET /v3/surveys/{id}/responses/bulk`, in any order, with the answer to
`GET /v3/surveys/{id}/details` beside them, which says the scores of choices; or the CSV file of
all responses data, whose rows `read_tables` takes. A survey knows nothing of tickets: the account
says where a response holds the ticket's id, and which questions are ratings. The events are
ratings alone, without a creation; `support_model.adapters.joined` puts them into the log of the
system that has the tickets.

Sources: Surveys and Survey Responses, https://api.surveymonkey.com/v3/docs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from attrs import Factory, define

from support_model import _records as doc
from support_model.adapters._event_logs import EVERY
from support_model.adapters._payloads import Node, Tally, pages_of, refuse_error
from support_model.adapters._survey_answers import (
    KINDS,
    ORDERS,
    Account,
    Answer,
    Choice,
    Given,
    Question,
    Ratings,
    Response,
    own_keys,
    plain,
    said,
    scale_of,
    score_of,
    scored,
    shown,
    ticket_id,
)
from support_model.adapters._survey_tables import Tables, is_export

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from support_model.adapters._event_logs import EventLog

__all__ = ["Account", "read", "read_tables"]

VENDOR = "surveymonkey"
TITLE = "SurveyMonkey"
STANDARD = Account()
"""An account of which nothing is known."""
NUMBER = doc.leaf("number")
OWN_KEYS = (
    doc.optional("questions", doc.table_of(doc.one_of(KINDS))),
    doc.optional("ticket", doc.TEXT),
    doc.optional("choices", doc.table_of(NUMBER)),
    doc.optional("scales", doc.table_of(doc.row_of(NUMBER, NUMBER))),
    doc.optional("accept", doc.list_of(doc.TEXT, into=frozenset, out=sorted)),
    doc.optional("dates", doc.one_of(ORDERS)),
)
"""The keys of an account's own in a file."""
HOLDERS = ("data", "pages", "details", "questions")
RESPONSE_KEYS = frozenset(
    {"response_status", "collector_id", "survey_id", "recipient_id", "collection_mode"}
)
"""Keys of a response of which a survey has none."""
BULK = "ask for GET /v3/surveys/{id}/responses/bulk"
DETAILS = "put the answer to GET /v3/surveys/{id}/details beside the responses"
REMEDIES = (
    (
        "rate limit",
        "wait until the header X-Ratelimit-App-Global-Minute-Reset says, then ask again",
    ),
    ("authorization", "check the access token and the host of the data center"),
    ("permission", "give the app the scopes View Responses and View Response Details"),
    ("plan", "the plan does not allow this call"),
)
TICKETS = ("custom_variables.ticket_id", "custom_value")
"""Where a ticket's id stands where the account does not say it."""
SURVEY = re.compile(r"/surveys/(\d{1,20})")
WORD = re.compile(r"[A-Za-z0-9_-]{1,40}")
DEEPEST = 4
LONGEST_ID = 200
LAST_NUMBER = 10**20


def recognized(value: Any) -> str:  # noqa: ANN401 - JSON types
    """Return why a parsed document is one of SurveyMonkey's, "" where it is not.

    Example:
        >>> recognized({"data": [{"id": "7", "response_status": "completed", "pages": []}]})
        'a page of responses'
        >>> recognized({"data": []})
        ''
    """
    one = next(iter(value), None) if isinstance(value, list) else value
    if not isinstance(one, Mapping):
        return ""
    details = one.get("details")
    if isinstance(details, Mapping) and isinstance(one.get("pages"), list):
        return "a survey and pages of its responses" if _is_survey(details) else ""
    if _inside(one, "error", "http_status_code") is not None:
        return "an error of the interface: http_status_code"
    if isinstance(one.get("data"), list | tuple):
        return "a page of responses" if _is_page(one) else ""
    if _is_response(one):
        return "a response"
    return "the details of a survey" if _is_survey(one) else ""


def recognized_rows(rows: Sequence[Sequence[str]]) -> str:
    """Return why the rows of a table are responses, "" where they are not.

    Example:
        >>> recognized_rows([["Respondent ID", "Collector ID", "Start Date", "End Date"]])
        ''
    """
    return "two header rows, then respondents" if is_export(rows) else ""


def _is_page(value: Mapping[str, Any]) -> bool:
    """Tell whether a list of data is one of responses, by the first or its own address."""
    first = next(iter(value["data"]), None)
    if isinstance(first, Mapping) and _is_response(first):
        return True
    address = _inside(value, "links", "self")
    return isinstance(address, str) and SURVEY.search(address) is not None


def read(payloads: object, account: Account = STANDARD) -> EventLog:
    """Return the ratings in pages of responses, with the survey beside them.

    Responses of the states in `Account.accept` count, each once; of two versions of one response
    the one modified later holds. What gives no rating is counted by its reason.

    Args:
        payloads: a page ({"data": [...]}), the details of a survey, a response, an object with
            "details" and "pages", or a list of such documents or pages (`Page`), in any order.
        account: which questions are ratings, and where the ticket's id stands.

    Raises:
        AdapterError: an error of the interface, no responses, or choices of rated questions
            without the survey that says their scores.

    Example:
        >>> details = {"id": "318", "title": "...", "pages": [{"questions": [
        ...     {"id": "11", "answers": {"choices": [
        ...         {"id": "c1", "weight": 1}, {"id": "c5", "weight": 5}]}}]}]}
        >>> page = {"data": [{
        ...     "id": "201", "survey_id": "318", "response_status": "completed",
        ...     "date_modified": "2026-03-28T10:00:00+00:00",
        ...     "custom_variables": {"ticket_id": "T-200"},
        ...     "pages": [{"questions": [{"id": "11", "answers": [{"choice_id": "c5"}]}]}]}]}
        >>> rated = read([page, details], Account(questions={"11": "csat"})).events[0]
        >>> rated.ticket_id, rated.kind, rated.score, rated.scale
        ('T-200', 'csat', 5, (1, 5))
    """
    tally = Tally(VENDOR)
    found = Found(account, tally)
    pages = pages_of(VENDOR, payloads)
    for page in pages:
        found.add(page)
    found.must_have_responses(pages)
    ratings = Ratings(account, tally)
    found.emit(ratings)
    return tally.reading(ratings.drafts)


def read_tables(
    tables: Mapping[str, Sequence[Sequence[str]]], account: Account = STANDARD
) -> EventLog:
    """Return the ratings in tables of all responses data, exported as CSV.

    Args:
        tables: the rows of cells of each file by its name, both header rows included.
        account: which questions are ratings, where the ticket's id stands, and the zone.

    Raises:
        AdapterError: a table without respondents.
        NaiveDatetime: the account says no zone.

    Example:
        >>> rows = [
        ...     ["Respondent ID", "Collector ID", "Start Date", "End Date", "Ticket", "Happy?"],
        ...     ["", "", "", "", "", "Response"],
        ...     ["118000001", "415", "03/29/2026 01:00 PM", "03/29/2026 01:05 PM", "T1", "4"]]
        >>> own = {"ticket": "Ticket", "tz": "America/New_York"}
        >>> account = Account(questions={"Happy?": "csat"}, scales={"csat": (1, 5)}, **own)
        >>> [(each.at.hour, each.score) for each in read_tables({"a.csv": rows}, account).events]
        [(17, 4)]
    """
    tally = Tally(VENDOR)
    ratings = Ratings(account, tally)
    found = Tables(account, tally, ratings)
    for name, rows in sorted(tables.items()):
        found.add(name, rows)
    found.emit()
    columns = [column for table in found.tables for column in table.columns]
    ratings.unmatched({id(each.question): each.question for each in columns}.values())
    return tally.reading(ratings.drafts)


def _inside(value: object, *keys: str) -> object:
    """Return what stands under keys within keys, None where one is absent."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _is_response(value: Mapping[str, Any]) -> bool:
    return "pages" in value and not RESPONSE_KEYS.isdisjoint(value.keys())


def _is_survey(value: Mapping[str, Any]) -> bool:
    pages = value.get("pages")
    if not isinstance(pages, list | tuple) or "id" not in value or _is_response(value):
        return False
    return any(isinstance(page, Mapping) and "questions" in page for page in pages)


def text_id(value: object) -> str | None:
    """Return an id as text; None for what is none."""
    if isinstance(value, str):
        native = value.strip()
        return native if 0 < len(native) <= LONGEST_ID else None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < LAST_NUMBER:
        return str(value)
    return None


def instant_of(value: object) -> datetime | None:
    """Return the instant of a stamp with an offset; None for what is none."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return None if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def objects(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list; anything else in it is none."""
    if isinstance(value, list | tuple):
        for each in value:
            if each.__class__ is dict or isinstance(each, Mapping):
                yield each


@define
class Found:
    """What the documents of one payload hold.

    Attributes:
        questions: of all surveys, by id.
        responses: by id, with when they were modified last and where they stand.
        totals: how many responses of a survey there are, as a page says.
        held: the ids of those that are there, by survey.
        numbers: the numbers of the pages that are there, by survey.
        follow: the numbers of pages that follow them.
        detailed: whether the details of a survey are there.
        references: how many ids of responses or surveys stand without their answers.
        pages: how many pages there are.
    """

    account: Account
    tally: Tally
    questions: dict[str, Question] = Factory(dict)
    responses: dict[str, tuple[datetime, Node]] = Factory(dict)
    totals: dict[str, int] = Factory(dict)
    held: dict[str, set[str]] = Factory(dict)
    numbers: dict[str, set[int]] = Factory(dict)
    follow: dict[str, set[int]] = Factory(dict)
    detailed: bool = False
    references: int = 0
    pages: int = 0

    def add(self, node: Node, depth: int = 0) -> None:
        """Take in one document, or a list of documents."""
        value = node.value
        if isinstance(value, list | tuple) and depth < DEEPEST:
            for each in node.items():
                self.add(each, depth + 1)
            return
        if not isinstance(value, Mapping):
            self.tally.unread(node, None, "no document")
            return
        refuse_error(node, HOLDERS, REMEDIES)
        if _is_response(value):
            self.response(node)
        elif _is_survey(value):
            self.survey(value)
        elif isinstance(value.get("data"), list | tuple):
            self.page(node)
        elif "event_type" in value or "object_id" in value or {"id", "href"} <= value.keys():
            self.references += 1
        else:
            self.inside(node, depth)

    def inside(self, node: Node, depth: int) -> None:
        """Take in what an object of several documents holds."""
        known = False
        for key in ("details", "survey", "pages", "responses"):
            part = node.mapping().get(key)
            if isinstance(part, list | tuple | Mapping) and depth < DEEPEST:
                known = True
                self.add(Node(VENDOR, part, f"{node.path}.{key}".lstrip(".")), depth + 1)
        if not known:
            self.tally.left_out["document of another kind"] += 1

    def page(self, node: Node) -> None:
        """Take in a page of responses, of which there may be more."""
        doc_ = node.mapping()
        self.pages += 1
        survey = ""
        for row in node["data"].items():
            if isinstance(row.value, Mapping) and _is_response(row.value):
                survey = text_id(row.value.get("survey_id")) or survey
                self.response(row)
            elif isinstance(row.value, Mapping):
                self.references += 1
            else:
                self.tally.unread(row, None, "no response")
        if not survey:
            address = SURVEY.search(_text(_inside(doc_, "links", "self")))
            survey = address[1] if address else ""
        number = doc_.get("page")
        if isinstance(number, int):
            self.numbers.setdefault(survey, set()).add(number)
            if _inside(doc_, "links", "next"):
                self.follow.setdefault(survey, set()).add(number + 1)
        total = doc_.get("total")
        if isinstance(total, int) and not isinstance(total, bool):
            self.totals[survey] = max(total, self.totals.get(survey, 0))

    def response(self, node: Node) -> None:
        """Keep a response; of two versions the one modified later holds."""
        doc_ = node.mapping()
        native = text_id(doc_.get("id"))
        at = instant_of(doc_.get("date_modified")) or instant_of(doc_.get("date_created"))
        if native is None:
            self.tally.unread(node, None, "no id of a response")
            return
        self.held.setdefault(text_id(doc_.get("survey_id")) or "", set()).add(native)
        if at is None:
            self.tally.unread(node, self.ticket(doc_), "date_modified is no instant")
            return
        earlier = self.responses.get(native)
        if earlier is None:
            self.responses[native] = at, node
        elif earlier[1].value != doc_:
            versions = (earlier, (at, node))
            self.responses[native] = max(versions, key=_age)

    def survey(self, survey: Mapping[str, Any]) -> None:
        """Take in the questions of a survey."""
        self.detailed = True
        for page in objects(survey.get("pages")):
            for question in objects(page.get("questions")):
                native = text_id(question.get("id"))
                if native is not None:
                    place = len(self.questions) + 1
                    self.questions.setdefault(native, self.question(native, question, place))

    def question(self, native: str, given: Mapping[str, Any], place: int) -> Question:
        """Return a question with its rows, and the scores of its choices."""
        heading = next((each.get("heading") for each in objects(given.get("headings"))), "")
        question = Question(native, _text(heading), place)
        for row in objects(_inside(given, "answers", "rows")):
            row_id = text_id(row.get("id"))
            if row_id is not None:
                question.rows[row_id] = _text(row.get("text"))
        by_place = given.get("family") == "matrix" and given.get("subtype") == "rating"
        choices = _choices(_inside(given, "answers", "choices"))
        question.choices = scored(choices, self.account, by_place=by_place)
        question.scale = scale_of(question.choices)
        if question.scale is None:
            low, high = (score_of(_inside(given, "validation", end)) for end in ("min", "max"))
            if low is not None and high is not None and low < high:
                question.scale = (low, high)
        return question

    def must_have_responses(self, pages: list[Node]) -> None:
        """Refuse a payload without answers.

        Raises:
            AdapterError: there are none.
        """
        if self.responses or self.held or not pages or (self.pages and not self.references):
            return
        if self.references:
            pages[0].refuse("ids of responses or surveys, and no answers", BULK)
        if self.questions:
            pages[0].refuse("a survey, and no responses to it", BULK)
        pages[0].refuse("no responses", BULK)

    def emit(self, ratings: Ratings) -> None:
        """Add the ratings of all responses that count."""
        self.completeness()
        for native, (at, node) in sorted(
            self.responses.items(), key=lambda each: (each[1][0], each[0])
        ):
            doc_ = node.mapping()
            status = doc_.get("response_status")
            state = status if isinstance(status, str) and WORD.fullmatch(status) else "of no state"
            if state not in self.account.accept:
                self.tally.left_out[f"response {state}"] += 1
                continue
            ticket = self.ticket(doc_)
            if ticket is None:
                self.tally.left_out["response without a ticket"] += 1
                self.tally.noted.note("no_ticket", None, shown(native))
                continue
            ratings.add(Response(native, ticket, at, [*self.answers(node, ratings, ticket)]))
        if self.responses:
            ratings.unmatched(self.questions.values())
            if all(self.ticket(node.mapping()) is None for _, node in self.responses.values()):
                self.tally.noted.note("no_ticket_place", None, self.account.ticket)

    def completeness(self) -> None:
        """Note where pages are missing: by the number of all responses, or the next page."""
        if any(len(self.held.get(each, ())) < total for each, total in self.totals.items()):
            total, held = sum(self.totals.values()), sum(map(len, self.held.values()))
            self.tally.cut(EVERY, "more_pages", f"total is {total}, and {held} are there")
            return
        for survey, numbers in self.follow.items():
            missing = numbers - self.numbers.get(survey, set())
            if survey not in self.totals and missing:
                self.tally.cut(EVERY, "more_pages", f"page {min(missing)} follows")

    def ticket(self, response: Mapping[str, Any]) -> str | None:
        """Return the ticket's id that a response holds where the account says."""
        for key in own_keys(self.account):
            found = ticket_id(self.written(response, key))
            if found is not None:
                return found
        for path in (self.account.ticket,) if self.account.ticket else TICKETS:
            holder, _, name = path.partition(".")
            keys = (holder, name) if holder == "custom_variables" and name else path.split(".")
            value = _inside(response, *keys)
            if value is None and not name:
                value = _inside(response, "custom_variables", path)
            native = text_id(value.get("value") if isinstance(value, Mapping) else value)
            if ticket_id(native) is not None:
                return native
        return None

    def written(self, response: Mapping[str, Any], key: str) -> str | None:
        """Return what a respondent wrote as the answer to a question."""
        for page in objects(response.get("pages")):
            for asked in objects(page.get("questions")):
                native = text_id(asked.get("id")) or ""
                question = self.questions.get(native)
                heading = "" if question is None else question.heading
                if plain(key) in (plain(native), plain(heading)):
                    for answer in objects(asked.get("answers")):
                        return text_id(answer.get("text"))
        return None

    def answers(self, node: Node, ratings: Ratings, ticket: str) -> Iterator[Answer]:
        """Yield the answers of a response."""
        for page in objects(node.value.get("pages")):
            for asked in objects(page.get("questions")):
                native = text_id(asked.get("id"))
                if native is None:
                    self.tally.unread(node, ticket, "a question without an id")
                    continue
                question = self.questions.get(native)
                if question is None:
                    question = self.questions[native] = Question(native)
                for answer in objects(asked.get("answers")):
                    yield self.answer(node, ratings, question, answer)

    def answer(
        self, node: Node, ratings: Ratings, question: Question, given: Mapping[str, Any]
    ) -> Answer:
        """Return one answer, with the score of its choice."""
        row, native = text_id(given.get("row_id")) or "", text_id(given.get("choice_id"))
        if native is None:
            if given.get("other_id") is not None:
                return Answer(question, row, Choice(None), other=True)
            return Answer(question, row, said(_text(given.get("text")), self.account))
        choice = question.choices.get(native)
        if choice is None:
            known = self.account.choices.get(native)
            weight = score_of(_inside(given, "choice_metadata", "weight"))
            choice = Choice(weight if known is None else known)
        kind = ratings.asked(question, row).kind
        if choice.score is None and not self.detailed and kind in ("csat", "ces", "nps"):
            node.refuse("a choice whose score nothing says", DETAILS)
        return Answer(question, row, choice)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _choices(given: object) -> Iterator[Given]:
    """Yield the choices of a question that have an id."""
    for each in objects(given):
        native, flag = text_id(each.get("id")), each.get("is_na")
        if native is not None:
            none = flag if isinstance(flag, bool) else None
            yield native, _text(each.get("text")), each.get("weight"), each.get("position"), none


def _age(version: tuple[datetime, Node]) -> tuple[datetime, str]:
    shown_ = sorted((str(key), repr(value)) for key, value in version[1].value.items())
    return version[0], repr(shown_)
