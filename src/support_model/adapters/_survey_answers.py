"""Answers of a survey as ratings of tickets, whichever form they came in.

A question says which scores its choices have and on which scale; an account says which questions
are ratings. A score is as it was given: never the id of a choice, never brought to another scale.

Next: `_survey_tables`, `surveymonkey`.
"""

from __future__ import annotations

import html
import re
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, get_args

from attrs import Factory, define, field

from support_model._checks import valid
from support_model._frozen import FrozenMap, frozen
from support_model.adapters import _account
from support_model.adapters._drafts import By, Drafts
from support_model.adapters._payloads import masked
from support_model.errors import InvalidMapping, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from support_model.adapters._payloads import Tally

Kind: TypeAlias = Literal["csat", "ces", "nps", "comment", "ticket"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Order: TypeAlias = Literal["mdy", "dmy", "ymd"]
ORDERS: tuple[Order, ...] = get_args(Order)
Score: TypeAlias = "int | float"
Scale: TypeAlias = "tuple[Score, Score]"
Given: TypeAlias = "tuple[str, str, object, object, bool | None]"
"""What a survey says of a choice: id, text, weight, place, whether it is "N/A"."""
NPS: Scale = (0, 10)
USUAL: Scale = (1, 5)
"""The scale of most questions: what is assumed, with a finding, where nothing says one."""
NO_ANSWERS = frozenset({"n/a", "na", "n.a.", "not applicable"})
TAG = re.compile(r"<[^>]{0,500}>")
LEADING = re.compile(r"\s{0,9}(-?\d{1,9}(?:[.,]\d{1,9})?)(?=$|[\s\-\u2013\u2014:(/=★]|\.(?:\s|$))")
TRAILING = re.compile(r"[^\d]{1,200}(?:[-\u2013\u2014:=]\s{0,9}|[(\[])(\d{1,9})[)\]]?\s{0,9}")
BETWEEN = re.compile(r"(?<![\d.,])\d{1,3}(?![\d.,]{0,9}\d)")
PLAIN_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
MOST = 10**9


def _plain_keys(given: Mapping[object, Any]) -> FrozenMap[str, Any]:
    return FrozenMap({str(key): value for key, value in given.items()})


def _check_kinds(given: Mapping[str, object]) -> None:
    for question, kind in given.items():
        if kind not in KINDS:
            problem = f"unknown kind of question {question!r}"
            raise InvalidMapping(kind, problem, nearest(str(kind), KINDS))


def _scales(given: Mapping[object, Any]) -> FrozenMap[str, Scale]:
    return FrozenMap({str(key): tuple(value) for key, value in given.items()})


def _check_scales(given: Mapping[str, Any]) -> None:
    for question, scale in given.items():
        numbers = len(scale) == 2 and all(score_of(each) is not None for each in scale)
        if not numbers or not scale[0] < scale[1]:
            raise InvalidMapping(scale, f"no scale of {question!r}", "give (lowest, highest)")


def _check_choices(given: Mapping[str, object]) -> None:
    for label, weight in given.items():
        if isinstance(weight, str) or score_of(weight) is None:
            raise InvalidMapping(weight, f"no score of {label!r}", "give a number")


def _check_order(order: str) -> None:
    if order and order not in ORDERS:
        raise InvalidMapping(order, "unknown order of dates", nearest(order, ORDERS))


@frozen(kw_only=True)
class Account(_account.Account):
    """What the questions of a survey mean, and where the ticket of a response stands.

    Attributes:
        questions: "csat", "ces", "nps", "comment" or "ticket" (the answer is the ticket's id), by
            the question's id, by "id/row" for one row of it, or by its text; in a table by the
            text in its first header row, or "text/row" with that in the second. A row that has a
            text of its own may go by that alone.
        ticket: where the ticket's id stands: "custom_variables.ticket_id", "custom_value",
            "metadata.contact.NAME", in a table the name of a column. Empty: the custom variable
            ticket_id, else the custom value; in a table the first column of custom data.
        choices: the score of a choice by its text or its id; before what the survey says.
        scales: the scale (lowest, highest) of a question as under `questions`, or of a kind.
        accept: the states of responses that count.
        dates: the order of dates in a table, "mdy", "dmy" or "ymd", where it does not show.

    Raises:
        InvalidMapping: an unknown kind or order, a score that is no number, a scale that is none.

    Example:
        >>> Account(questions={"11/r1": "csat"}, scales={"csat": (1, 7)}).scales["csat"]
        (1, 7)
    """

    questions: Mapping[str, Kind] = field(
        factory=FrozenMap, converter=_plain_keys, validator=valid(_check_kinds), hash=False
    )
    ticket: str = ""
    choices: Mapping[str, Score] = field(
        factory=FrozenMap, converter=_plain_keys, validator=valid(_check_choices), hash=False
    )
    scales: Mapping[str, Scale] = field(
        factory=FrozenMap, converter=_scales, validator=valid(_check_scales), hash=False
    )
    accept: frozenset[str] = field(default=frozenset({"completed"}), converter=frozenset)
    dates: str = field(default="", validator=valid(_check_order))


def plain(text: object) -> str:
    """Return a text as it is compared: without markup, entities, case and doubled blanks.

    Example:
        >>> plain("<b>How&nbsp;satisfied</b>  are you? ")
        'how satisfied are you?'
    """
    if not isinstance(text, str):
        return ""
    return " ".join(html.unescape(TAG.sub(" ", text)).split()).casefold()


def score_of(value: object) -> Score | None:
    """Return a number, or the one that a text is, begins or ends with; None for what is none.

    Example:
        >>> score_of("10 - Extremely likely"), score_of("4,5"), score_of("★★★"), score_of("1st")
        (10, 4.5, 3, None)
        >>> score_of("Not at all likely - 0"), score_of("Good (5)"), score_of("room 7")
        (0, 5, None)
        >>> score_of(3.0), score_of(True), score_of("")
        (3, None, None)
    """
    if isinstance(value, str):
        found = LEADING.match(value) or TRAILING.fullmatch(value)
        if found is None:
            stars = value.strip()
            return len(stars) if stars and not stars.strip("★") else None
        value = float(found[1].replace(",", "."))
    if isinstance(value, bool) or not isinstance(value, int | float) or not -MOST < value < MOST:
        return None
    if isinstance(value, float):
        if not isfinite(value):
            return None
        return int(value) if value.is_integer() else value
    return value


def asked_scale(heading: str) -> Scale | None:
    """Return the scale that the text of a question says, by the only two numbers in it.

    Example:
        >>> asked_scale("How easy was it, from 1 to 5?"), asked_scale("How easy was it?")
        ((1, 5), None)
    """
    numbers = [int(each) for each in BETWEEN.findall(heading)]
    if len(numbers) == 2 and numbers[0] < numbers[1]:
        return numbers[0], numbers[1]
    return None


def shown(native: str) -> str:
    """Return an id as a message may show it."""
    return native if PLAIN_ID.fullmatch(native) else str(masked(native))


def ticket_id(native: str | None) -> str | None:
    """Return a ticket's id; None for a mail address, which stands as often in the same places.

    Example:
        >>> ticket_id("T-100"), ticket_id("cleo@example.com")
        ('T-100', None)
    """
    return None if native is None or "@" in native else native


class Choice(NamedTuple):
    """A choice of a question.

    Attributes:
        score: its score; None where nothing says one.
        counts: whether it is an answer at all, and not "N/A".
    """

    score: Score | None
    counts: bool = True


@define
class Question:
    """A question of a survey.

    Attributes:
        native: its id; in a table its text.
        heading: its text.
        called: how messages call it.
        place: its number among all questions.
        rows: the texts of its rows by id.
        choices: by id, in a table by text.
        scale: the scale that the survey itself says.
    """

    native: str
    heading: str = ""
    place: int = 0
    called: str = Factory(lambda self: shown(self.native), takes_self=True)
    rows: dict[str, str] = Factory(dict)
    choices: dict[str, Choice] = Factory(dict)
    scale: Scale | None = None


class Answer(NamedTuple):
    """An answer to a question, or to one row of it.

    Attributes:
        question: what was asked.
        row: which row of it.
        choice: what was chosen, or what a text says as one.
        other: whether it is a text beside the choices.
    """

    question: Question
    row: str
    choice: Choice
    other: bool = False


class Response(NamedTuple):
    """What one respondent answered at one time about one ticket."""

    native: str
    ticket: str
    at: datetime
    answers: list[Answer]


class Asked(NamedTuple):
    """What a row of a question is to the account.

    Attributes:
        kind: what it asks for; None where the account does not name it.
        key: by which the account names it.
        left_out: how it is counted where it is not named.
        named: whether the account names this row, or others of the question.
    """

    kind: Kind | None
    key: str
    left_out: str
    named: bool = True


@define
class Ratings:
    """What turns responses into drafts of ratings."""

    account: Account
    tally: Tally
    drafts: Drafts = Factory(Drafts)
    met: set[str] = Factory(set)
    _kinds: dict[str, tuple[str, Kind]] = Factory(dict)
    _asked: dict[tuple[int, str], Asked] = Factory(dict)
    _by_row: dict[int, bool] = Factory(dict)

    def __attrs_post_init__(self) -> None:
        named = self.account.questions.items()
        self._kinds = {plain(key): (key, kind) for key, kind in named if plain(key)}

    def asked(self, question: Question, row: str) -> Asked:
        """Return what a row of a question is to the account."""
        known = self._asked.get((id(question), row))
        if known is None:
            known = self._asked[id(question), row] = self._look_up(question, row)
        return known

    def _look_up(self, question: Question, row: str) -> Asked:
        names = [plain(name) for name in (question.native, question.heading) if name]
        label = plain(question.rows.get(row, ""))
        exact = self._first(f"{name}/{each}" for name in names for each in (plain(row), label))
        if exact is not None:
            return self._named(exact)
        if self._names_rows(question, names):
            return Asked(None, "", f"row {question.called}/{shown(row)}")
        whole = self._first((*names, label))
        if whole is not None:
            return self._named(whole)
        return Asked(None, "", f"question {question.called}", named=False)

    def _names_rows(self, question: Question, names: Iterable[str]) -> bool:
        """Tell whether the account names single rows of a question; once for all of them."""
        known = self._by_row.get(id(question))
        if known is None:
            rows = {plain(each) for pair in question.rows.items() for each in pair}
            first = self._first(f"{name}/{each}" for name in names for each in rows)
            known = self._by_row[id(question)] = first is not None
        return known

    def _first(self, keys: Iterable[str]) -> str | None:
        return next((key for key in keys if key in self._kinds), None)

    def _named(self, key: str) -> Asked:
        self.met.add(key)
        native, kind = self._kinds[key]
        return Asked(kind, native, "")

    def add(self, response: Response) -> None:
        """Add the ratings of a response; one that holds none of them is reported."""
        rated: set[str] = set()
        answered = False
        for answer in response.answers:
            asked = self.asked(answer.question, answer.row)
            if answer.other and asked.named and asked.kind != "comment":
                self.tally.left_out["other text"] += 1
            elif asked.kind is None:
                self.tally.left_out[asked.left_out] += 1
            elif asked.kind == "comment":
                answered = True
                self.tally.left_out["comment"] += 1
            elif asked.kind != "ticket":
                answered = True
                if self.rate(response, answer, asked) and asked.key in rated:
                    self.tally.noted.note("many_rows", None, shown(asked.key))
                rated.add(asked.key)
        if not answered:
            self.tally.left_out["response without an answer"] += 1
            self.tally.noted.note(
                "no_answer", None, shown(response.native), ticket=response.ticket
            )

    def rate(self, response: Response, answer: Answer, asked: Asked) -> bool:
        """Add one rating, and return whether it was one."""
        question, (score, counts) = answer.question, answer.choice
        if not counts:
            self.tally.left_out["N/A"] += 1
            return False
        scale = self.scale(question, asked)
        if score is None or scale is None or not scale[0] <= score <= scale[1]:
            code = "no_weight" if score is None else "outside_scale" if scale else "no_scale"
            what = f"{shown(response.native)}: {shown(asked.key)}"
            self.tally.noted.note(code, None, what, ticket=response.ticket)
            return False
        source = f"{response.native}/{question.native}/{answer.row}"
        self.drafts.rated(
            response.ticket,
            response.at,
            By("customer", response.native or None, source),
            kind=str(asked.kind),
            score=score,
            scale=scale,
            order=question.place,
        )
        return True

    def scale(self, question: Question, asked: Asked) -> Scale | None:
        """Return the scale on which a question asks, as the account or the survey says."""
        said = self.account.scales.get(asked.key) or self.account.scales.get(str(asked.kind))
        return said or question.scale or (NPS if asked.kind == "nps" else None)

    def unmatched(self, questions: Iterable[Question]) -> None:
        """Report what the account names and no form has, and, if nothing fits, what there is."""
        asked = [*questions]
        for question in asked:
            for row in ("", *question.rows):
                self.asked(question, row)
        for key, (native, _) in self._kinds.items() if asked else ():
            if key not in self.met:
                self.tally.noted.note("no_question", None, native)  # the account's own words
        for question in () if self.met else asked:
            self.tally.met("question", question.called, "no rating")


def scored(
    choices: Iterable[Given],
    account: Account,
    *,
    by_place: bool,
) -> dict[str, Choice]:
    """Return the choices of a question by id, with their scores.

    A weight says the score, unless two choices share one, as those of a question about
    recommending do, of which ten are worth -100; then the number in the text of a choice says it,
    or its place, where a question is a scale of its own.

    Args:
        choices: of each its id, text, weight, place, and whether it is "N/A".
        account: whose `choices` come first.
        by_place: whether a place says a score.
    """
    own = {plain(label): score for label, score in account.choices.items()}
    rows = [*choices]
    counting = [row for row in rows if not _is_none(row, rows)]
    usual = _usual(counting, by_place=by_place)
    found = {row[0]: Choice(None, counts=False) for row in rows}
    for place, (native, text, *_) in enumerate(counting):
        said = own.get(plain(native), own.get(plain(text)))
        found[native] = Choice(usual[place] if said is None else said)
    return found


def _usual(counting: list[Given], *, by_place: bool) -> list[Score | None]:
    """Return the scores of choices by the first way that gives each one of its own."""
    for part in (2, 1, 3) if by_place else (2, 1):
        scores = [score_of(row[part]) for row in counting]
        if None not in scores and len({*scores}) == len(scores):
            return scores
    return [None] * len(counting)


def _is_none(row: Given, rows: list[Given]) -> bool:
    """Tell whether a choice is "N/A": it says so, or is the last and weighs 0 beside 1, 2, 3..."""
    if row[4] is not None:
        return row[4]
    if plain(row[1]) in NO_ANSWERS:
        return True
    if score_of(row[2]) != 0 or score_of(row[1]) is not None:
        return False
    return min((score_of(each[2]) or 0 for each in rows[:-1]), default=0) == 1


def said(text: str, account: Account) -> Choice:
    """Return a text as a choice: by what the account says of it, else by the number in it."""
    for label, score in account.choices.items():
        if plain(label) == plain(text):
            return Choice(score)
    return Choice(None, counts=False) if plain(text) in NO_ANSWERS else Choice(score_of(text))


def scale_of(choices: Mapping[str, Choice]) -> Scale | None:
    """Return the scale that the scores of choices span; None where they span none."""
    scores = [choice.score for choice in choices.values() if choice.score is not None]
    return (min(scores), max(scores)) if len({*scores}) > 1 else None


def own_keys(account: Account) -> Iterator[str]:
    """Yield the questions whose answers are ids of tickets."""
    yield from (key for key, kind in account.questions.items() if kind == "ticket")
