"""The published JSON Schemas are the ones that documents are checked by."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from serde.broken import broken
from serde.golden_values import LOG

from support_model import _records as r
from support_model.__main__ import main
from support_model._files.schemas import DOCUMENTS, SHAPES
from support_model.errors import InvalidDocument
from support_model.serde import event_to_data, schema

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "data" / "golden"
DESK, COMPLETE = (
    json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    for name in ("desk-1", "desk-1-complete")
)
KEYWORDS = {
    *("$defs", "$ref", "$schema", "title", "description", "format", "additionalProperties"),
    *("anyOf",),
    *("const", "enum", "exclusiveMaximum", "exclusiveMinimum", "items", "maxItems", "maximum"),
    *("maxProperties", "minItems", "minLength", "minProperties", "minimum", "patternProperties"),
    *("prefixItems", "properties", "required", "type"),
}
"""What a schema may say; every keyword is enforced by the readers or only describes."""
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
        for key in ("properties", "$defs", "patternProperties"):
            for inner in shape.get(key, {}).values():
                walk(inner)
        for inner in (*shape.get("anyOf", ()), *shape.get("prefixItems", ())):
            walk(inner)
        for key in ("items", "additionalProperties"):
            if isinstance(shape.get(key), dict):
                walk(shape[key])

    walk(schema(kind))


def accepted(kind, data):
    return jsonschema.Draft202012Validator(schema(kind)).is_valid(data)


@pytest.mark.parametrize("kind", ["desk", "policies", "workflow", "calendar"])
def test_golden_documents_fit(kind):
    paths = [*GOLDEN.glob(f"{kind}-1*.json")]
    assert paths
    for path in paths:
        assert accepted(kind, json.loads(path.read_text("utf-8")))


def test_events_fit():
    assert all(accepted("event", json.loads(json.dumps(event_to_data(each)))) for each in LOG)


@given(broken(DESK) | broken(COMPLETE))
def test_what_the_reference_implementation_refuses_is_refused(data):
    try:
        r.read(SHAPES["desk"], data, "desk")
    except InvalidDocument:
        return
    assert accepted("desk", data)


@every_kind
def test_the_reference_implementation_accepts_the_schema(kind):
    jsonschema.Draft202012Validator.check_schema(schema(kind))


NUMBER = r.either(r.leaf("integer", minimum=1, maximum=9), r.FLAG)
ONE = r.leaf("integer", exclusiveMinimum=0, exclusiveMaximum=2)


@pytest.mark.parametrize(
    ("data", "shape", "problem"),
    [
        (0, NUMBER, "too small a number"),
        (10, NUMBER, "too large a number"),
        ("x", NUMBER, "not a whole number or true or false"),
        (0, ONE, "too small a number"),
        (2, ONE, "too large a number"),
        (1.5, r.WHOLE, "not a whole number"),
        (True, r.const(1), "not the value expected"),
        ("b", r.one_of(("a", "c")), "unknown value"),
        ([1], r.list_of(r.WHOLE, 2), "a list of 1"),
        ([1], r.list_of(r.WHOLE, 0, 0), "a list of 1"),
        ([1], r.row_of(r.WHOLE, r.WHOLE), "a list of 1"),
        ({1: "x"}, r.table_of(r.WHOLE), "a key that is no text"),
        ({1: 1}, r.Record(dict, r.optional("a", r.WHOLE)), "a key that is no text"),
        ({"b": 1}, r.Record(dict, r.optional("a", r.WHOLE)), "unknown key"),
        ({"a": 1}, r.table_of(r.TEXT), "not text"),
        ({}, r.Record(dict, r.required("a", r.WHOLE)), "lacks the key 'a'"),
        ("", r.TEXT, "empty text"),
        (None, r.either(r.TEXT, r.list_of(r.TEXT)), "not text or a list"),
        ({}, r.tagged("kind", {}), "lacks the key 'kind'"),
        ({"kind": "x"}, r.tagged("kind", {}), "unknown value"),
        ({"b": 1}, r.keyed({"a": r.Record(dict, r.required("a", r.WHOLE))}), "unknown key"),
        ({}, r.keyed({"a": r.Record(dict, r.required("a", r.WHOLE))}), "lacks the key 'a'"),
    ],
)
def test_each_word_of_a_shape_is_enforced(data, shape, problem):
    with pytest.raises(InvalidDocument) as caught:
        r.read(shape, data, "it")
    assert caught.value.problem == problem
    assert not jsonschema.Draft202012Validator(r.schema_of(shape)).is_valid(data)


def test_a_value_is_found_where_it_stands():
    data = {"a": ["x y", {"b": 1}], "x": True}
    assert r.located(data, data["a"][1]) == ("a", 1)
    assert r.located(data, 1) == ("a", 1, "b")
    assert r.located(data, "x") == ("x",)
    assert r.located(data, "y") == ("a", 0)
    assert r.located(data, "q") == r.located(data, "") == ()
    assert r.path_text(("a\nb",)) == '"a\\nb"'
    assert r.path_text(("a b", 0, "c")) == '"a b"[0].c'
