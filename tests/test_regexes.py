"""No regular expression takes longer than its text deserves: repeats have an end, or a reason."""

import ast
import re._constants as kinds
import re._parser as parser
from importlib import import_module
from pathlib import Path

import pytest

import support_model
from support_model._files import event_rows
from support_model._report import directions
from support_model.errors import InvalidValue
from support_model.figures import Rate
from support_model.instants import duration
from support_model.serde import answer_from_data, answer_to_data

SOURCES_ROOT = Path(support_model.__file__).parent
SOURCES = sorted(SOURCES_ROOT.rglob("*.py"))
CALLS = {"compile", "fullmatch", "match", "search", "sub", "split", "findall", "finditer"}
LINEAR = {  # why a repeat without an end costs no more than the text is long
    r"(\d+)": "whatever it begins it matches",
    r"[^a-z0-9]+": "whatever it begins it matches",
    "[\x00-\x1f\x7f-\x9f\u2028\u2029]+": "whatever it begins it matches",
    r"font-family: [^;]*": "whatever it begins it matches",
    r"url\(#([^)]{0,200})\)|^#(.*)": "anchored at the beginning",
    r"0*[1-9]\d{0,8}": "a full match, with one repeat",
    r"(?P<sign>[+-]?)(?=\s*\d)(?:\s*(?P<h>\d{1,9})\s*h)?(?:\s*(?P<m>\d{1,9})\s*m(?:in)?)?"
    r"(?:\s*(?P<s>\d{1,9}(?:\.\d{1,6})?)\s*s)?": "a digit stands between any two repeats",
    r'(?P<space>\s+)|(?P<comment>"[^"]*")|(?P<always>24/7)|(?P<time>\d{1,2}:\d\d)|(?P<year>\d{4})'
    r"|(?P<number>\d{1,2})|(?P<word>[A-Za-z]+)|(?P<sign>\|\||.)": "only the last quote fails",
}
LINEAR |= {
    directions._NAMES.pattern: "whatever it begins it matches",
    event_rows._WRITTEN.pattern: "no text holds the quote that ends it; only the last brace fails",
}
MADE = {"_LISTS[key]", "''.join(pieces)"}
"""Expressions put together from parts with an end."""


def endless(parts):
    """Tell whether a parsed expression holds a repeat without an end."""
    for kind, given in parts:
        if kind in {kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT}:
            if given[1] is kinds.MAXREPEAT or endless(given[2]):
                return True
        elif kind is kinds.SUBPATTERN:
            if endless(given[3]):
                return True
        elif kind is kinds.BRANCH:
            if any(map(endless, given[1])):
                return True
        elif (kind in {kinds.ASSERT, kinds.ASSERT_NOT} and endless(given[1])) or (
            kind is kinds.ATOMIC_GROUP and endless(given)
        ):
            return True
    return False


def expressions():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if not isinstance(called, ast.Attribute) or called.attr not in CALLS:
                continue
            if isinstance(called.value, ast.Name) and called.value.id == "re":
                yield path, node.args[0]


def made_of(path, given):
    """The expression of a text that a module puts together from its own constants."""
    module = ".".join(path.relative_to(SOURCES_ROOT.parent).with_suffix("").parts)
    return eval(ast.unparse(given), vars(import_module(module)))  # noqa: S307 - our own source


def test_every_repeat_has_an_end_or_a_reason():
    met = set()
    for path, given in expressions():
        name = path.name
        if not isinstance(given, ast.Constant | ast.JoinedStr):
            assert ast.unparse(given) in MADE, name
            continue
        text = made_of(path, given)
        text = text if isinstance(text, str) else text.decode("latin-1")
        if endless(parser.parse(text)):
            assert text in LINEAR, f"{name}: {text}"
            met.add(text)
    assert met == set(LINEAR), "a reason for an expression that is gone"


def test_the_check_sees_what_it_forbids():
    for text in (r"a+", r"(?:a*b)?", r"a|b+", r"(?=\s*\d)", r"(a{2,})"):
        assert endless(parser.parse(text))
    assert not endless(parser.parse(r"a{1,9}(?:b|c)?\d{4}"))


@pytest.mark.parametrize(("before", "after"), [("1h", "x"), ("1", "h 1 m x"), ("", "")])
def test_a_run_of_blanks_is_no_reason_to_try_for_long(before, after):
    with pytest.raises(InvalidValue):
        duration(before + " " * 10**6 + after)


@pytest.mark.parametrize(
    "text", ["1e99999999", "1E9", "0x1", "1/0", "\u0663", "1_0", "5" * 4001, ""]
)
def test_figures_of_no_plain_number_are_refused(text):
    data = answer_to_data(
        Rate(key="cost", definition="per ticket", numerator=5, denominator=3, n=3)
    )
    assert answer_from_data("figure", data).numerator == 5
    with pytest.raises(InvalidValue):
        answer_from_data("figure", {**data, "numerator": text})
