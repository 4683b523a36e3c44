"""The published JSON Schemas are the ones that documents are checked by."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from serde.broken import broken
from serde.golden_values import LOG

from support_model.__main__ import main
from support_model._records.schemas import DOCUMENTS
from support_model._records.shapes import KEYWORDS, located, misfit, path_text
from support_model.serde import event_to_data, schema

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "data" / "golden"
DESK, COMPLETE = (
    json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    for name in ("desk-1", "desk-1-complete")
)
every_kind = pytest.mark.parametrize("kind", DOCUMENTS)


@every_kind
def test_the_published_schema_is_the_one_in_force(kind, capsys):
    assert main(["schema", kind]) == 0
    path = ROOT / "docs" / "reference" / "schemas" / f"{kind}.json"
    remedy = f"run python -m support_model schema {kind} > {path.relative_to(ROOT)}"
    assert path.read_text("utf-8") == capsys.readouterr().out, remedy


@every_kind
def test_only_words_that_are_enforced(kind):
    def walk(shape):
        assert shape.keys() <= KEYWORDS
        for key in ("properties", "$defs"):
            for inner in shape.get(key, {}).values():
                walk(inner)
        for inner in shape.get("anyOf", ()):
            walk(inner)
        for key in ("items", "additionalProperties"):
            if isinstance(shape.get(key), dict):
                walk(shape[key])

    walk(schema(kind))


@pytest.mark.parametrize("kind", [kind for kind in DOCUMENTS if kind != "event"])
def test_golden_documents_fit(kind):
    for path in GOLDEN.glob(f"{kind}-1*.json"):
        assert misfit(json.loads(path.read_text("utf-8")), schema(kind)) is None


def test_events_fit():
    shape = schema("event")
    assert [misfit(json.loads(json.dumps(event_to_data(event))), shape) for event in LOG] == [
        None
    ] * len(LOG)


@given(broken(DESK) | broken(COMPLETE))
def test_the_checker_agrees_with_the_reference_implementation(data):
    validator = jsonschema.Draft202012Validator(schema("desk"))
    assert (misfit(data, schema("desk")) is None) == validator.is_valid(data)


@every_kind
def test_the_reference_implementation_accepts_the_schema(kind):
    jsonschema.Draft202012Validator.check_schema(schema(kind))


NUMBER = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 9}, {"type": "boolean"}]}


@pytest.mark.parametrize(
    ("data", "shape", "problem"),
    [
        (0, NUMBER, "too small a number"),
        (10, NUMBER, "too large a number"),
        ("x", NUMBER, "not a whole number or true or false"),
        (1.5, {"type": "integer"}, "not a whole number"),
        (True, {"const": 1}, "not the value expected"),
        ([1], {"minItems": 2}, "a list of 1"),
        ([1], {"maxItems": 0}, "a list of 1"),
        ({}, {"minProperties": 1}, "an empty table of keys"),
        ({"a": 1}, {"maxProperties": 0}, "too many keys"),
        ({1: 1}, {"type": "object"}, "a key that is no text"),
        ({"a": 1}, {"additionalProperties": {"type": "string"}}, "not text"),
        ({}, {"required": ["a"]}, "lacks the key 'a'"),
        ("", {"minLength": 1}, "empty text"),
        (None, {"type": ["string", "array"]}, "not text or a list"),
    ],
)
def test_each_word_of_a_shape_is_enforced(data, shape, problem):
    assert misfit(data, shape).problem == problem


def test_a_value_is_found_where_it_stands():
    data = {"a": ["x y", {"b": 1}], "x": True}
    assert located(data, data["a"][1]) == ("a", 1)
    assert located(data, 1) == ("a", 1, "b")
    assert located(data, "x") == ("x",)
    assert located(data, "y") == ("a", 0)
    assert located(data, "q") == located(data, "") == ()
    assert path_text(("a\nb",)) == '"a\\nb"'
    assert path_text(("a b", 0, "c")) == '"a b"[0].c'
