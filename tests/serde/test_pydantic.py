"""An endpoint returns an answer in one line, and the schema of its API describes it in full."""

import json
import subprocess
import sys
import warnings
from typing import Annotated

import jsonschema
import pytest
from serde.answer_values import ANSWERS, MOMENT, RESULT, TAKEN

from support_model._files.answers import RECORDS
from support_model.agenda import Moment
from support_model.errors import InvalidValue
from support_model.reasons import Reason
from support_model.reasons_ru import RUSSIAN
from support_model.serde import answer_to_data, schema
from support_model.sla import Evaluation

pydantic = pytest.importorskip("pydantic", reason="needs pydantic: its types are what is tested")
from support_model.pydantic import Plain, PlainForm  # noqa: E402 - the extra is there by now


@pytest.fixture(scope="module")
def client():
    fastapi = pytest.importorskip("fastapi", reason="needs FastAPI, whose endpoints are asked")
    with warnings.catch_warnings():  # of the client that newer versions prefer
        warnings.simplefilter("ignore")
        testclient = pytest.importorskip("fastapi.testclient", reason="needs httpx")
    app = fastapi.FastAPI()

    @app.get("/clocks")
    def clocks() -> Plain[Evaluation]:
        return RESULT

    @app.get("/clocks-ru")
    def clocks_ru() -> Annotated[Evaluation, PlainForm(RUSSIAN)]:
        return RESULT

    @app.get("/findings")
    def findings() -> list[Plain[Reason]]:
        return [MOMENT.reason]

    @app.get("/decision")
    def decision() -> Plain[type(TAKEN)]:
        return TAKEN

    return testclient.TestClient(app)


def test_an_endpoint_returns_an_answer(client):
    assert client.get("/clocks").json() == json.loads(json.dumps(answer_to_data(RESULT)))
    assert client.get("/findings").json() == [answer_to_data(MOMENT.reason)]


def test_an_annotation_holds_the_words_of_a_catalogue(client):
    found = client.get("/clocks-ru").json()
    assert found == json.loads(json.dumps(answer_to_data(RESULT, RUSSIAN)))


def test_the_schema_of_an_api_describes_every_answer_as_the_schema_of_its_kind(client):
    api = client.get("/openapi.json").json()
    components = api["components"]["schemas"]
    expected = {
        *("Evaluation", "Clock", "Cycle", "Count", "Span", "Result"),
        *("Decision", "Reason", "Parameter"),
    }
    assert components.keys() == expected
    for kind in ("evaluation", "decision", "reason"):
        published = schema(kind)
        parts = {**published["$defs"], kind: published}
        for name, part in parts.items():
            found = dict(components[name.title()])
            assert found.pop("title") == name.title()
            said = {key: part[key] for key in part.keys() - {"$schema", "$defs", "title"}}
            assert found == referring(said)


def referring(part):
    """Return a part of a schema as OpenAPI has it: references, and one type at a time."""
    if isinstance(part, list):
        return [referring(each) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        name = part["$ref"].removeprefix("#/$defs/").title()
        return {"$ref": f"#/components/schemas/{name}"}
    if isinstance(part.get("type"), list):
        return {"anyOf": [{"type": kind} for kind in part["type"]]}
    return {key: referring(each) for key, each in part.items()}


@pytest.mark.parametrize("path", ["/clocks", "/findings", "/decision"])
def test_what_comes_out_fits_what_the_schema_of_the_api_says(client, path):
    api = client.get("/openapi.json").json()
    answered = api["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    jsonschema.Draft202012Validator({**api, **answered["schema"]}).validate(
        client.get(path).json()
    )


ONE_OF_EACH = {kind.__name__: answer for answer in ANSWERS if (kind := type(answer)) in RECORDS}


@pytest.mark.parametrize("answer", ONE_OF_EACH.values(), ids=ONE_OF_EACH)
def test_a_field_of_a_model_holds_any_answer(answer):
    model = pydantic.create_model("Model", answer=(Plain[type(answer)], ...))
    held = model(answer=answer)
    assert held.answer is answer
    assert json.loads(held.model_dump_json()) == json.loads(
        json.dumps({"answer": answer_to_data(answer)})
    )


def test_what_is_read_back_may_come_in():
    moments = pydantic.TypeAdapter(list[Plain[Moment]])
    assert moments.validate_python([answer_to_data(MOMENT)]) == [MOMENT]
    with pytest.raises(pydantic.ValidationError, match="lacks the key 'key'"):
        moments.validate_python([{"at": "2026-03-02T09:00:00+00:00"}])


def test_what_is_computed_may_not():
    with pytest.raises(pydantic.ValidationError, match="no Evaluation"):
        pydantic.TypeAdapter(Plain[Evaluation]).validate_python(answer_to_data(RESULT))


def test_what_has_no_plain_form_is_refused_where_it_is_declared():
    with pytest.raises(InvalidValue, match="no answer that has a plain form"):
        pydantic.TypeAdapter(Plain[int])


def test_without_pydantic_the_module_names_the_extra():
    code = "import sys; sys.modules['pydantic_core'] = None; import support_model.pydantic"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, text=True
    )
    assert "MissingExtra" in done.stderr
    assert "pip install 'support-model[pydantic]'" in done.stderr


def test_the_name_of_a_language_is_no_catalogue():
    with pytest.raises(InvalidValue, match="no catalogue of sentences: 'ru'"):
        PlainForm("ru")
