"""A document that cannot be read says where and what was meant, and nothing else happens."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from serde.broken import broken, read_or_refused
from serde.golden_values import DESK, OFFICE

from support_model import serde
from support_model._documents import DEEPEST, LARGEST
from support_model.calendars import WorkingDays
from support_model.errors import InvalidDocument, MissingExtra, SupportModelError
from support_model.patterns import Field, Function
from support_model.sla import RESOLUTION, SlaPolicy, Target

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
TOML = (GOLDEN / "desk-1.toml").read_text("utf-8")
JSON = json.loads((GOLDEN / "desk-1.json").read_text("utf-8"))

HAND = """
schema = "support_model.policies/1"
[calendars.office]
kind = "hours"
tz = "Europe/Berlin"
weeks = [{mon-fri = "09:00-17:00"}]
dates = {2026-12-24 = "09:00-12:00"}
[[policies]]
name = "standard"
when = {field = "created_at", after = 2026-01-01T00:00:00Z}
[[policies.targets]]
metric = "resolution"
within = "PT8H"
calendar = "office"
warn_at = [0.5, "-1h"]
"""


def refused(load, path):
    with pytest.raises(InvalidDocument) as caught:
        load(path)
    return caught.value


def written(tmp_path, text, name="desk.toml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_written_by_hand(tmp_path):
    (policy,) = serde.load_policies(written(tmp_path, HAND)).policies
    assert policy.when == Field("created_at").after(datetime(2026, 1, 1, tzinfo=UTC))
    assert policy.targets[0].calendar.tz.key == "Europe/Berlin"


@pytest.mark.parametrize(
    ("right", "wrong", "place", "said"),
    [
        ('within = "4h"', 'within = "4x"', "policies[0].targets[1].within", "'4x'"),
        ('calendar = "depot"', 'calendar = "depo"', "policies[0].targets[3].calendar", "'depot'"),
        ('"resolution"', '"resolutoin"', "policies[0].targets[2].metric", "'resolution'"),
        ("on_change", "on_chnage", "policies[0].targets[1]", "'on_change'"),
        ('"forward"', '"foward"', "policies[0].targets[1].on_change", "'forward'"),
        ('field = "tags"', 'field = "tag"', "start.some[0].field", "'tags'"),
        ("09:00-15:00", "09:00-15:60", "calendars.office.weeks[0].fri[0]", "'HH:MM'"),
        ("Europe/Berlin", "Europe/Berln", "calendars.office.tz", "'Europe/Berlin'"),
        ('category = "open"', 'category = "opn"', "workflow.statuses[2].category", "'open'"),
        ('action = "take"', 'atcion = "take"', "workflow.transitions[0]", "'action'"),
        ('ask = "nps"', 'aks = "nps"', "workflow.transitions[3].effects[0]", "'ask'"),
        ('from = ["waiting"]', 'from = ["waitin"]', "workflow", "'waiting'"),
        ('kind = "ola"', 'kind = "olla"', "policies[1].kind", "'ola'"),
        ('"most_specific"', '"most_specifc"', "select", "'most_specific'"),
        ("working_days = 2", "working_days = -1", "targets[2].working_days", "too small"),
        ("0.75", "-0.75", "warn_at[1]", "too small"),
        ("0.75", "true", "warn_at[1]", "not a number or text"),
        ('version = "2"', "version = []", "policies[0].version", "text"),
        ("desk/1", "desk/2", "schema", "reads up to 1"),
        ("desk/1", "dsek/1", "schema", "support_model.desk/1"),
        ("support_model.desk/1", "desk/one", "schema", "support_model.desk/1"),
    ],
)
def test_an_error_names_its_place_and_the_nearest_word(right, wrong, place, said, tmp_path):
    assert right in TOML
    error = refused(serde.load_desk, written(tmp_path, TOML.replace(right, wrong, 1)))
    assert error.document == "desk.toml"
    assert place in error.path
    assert said in str(error)
    assert "\n" not in str(error)


def test_two_policies_of_one_name_are_found_as_a_whole(tmp_path):
    text = HAND + HAND[HAND.index("[[policies]]") :]
    error = refused(serde.load_policies, written(tmp_path, text))
    assert "standard" in str(error)


def test_without_its_schema_a_document_is_refused(tmp_path):
    path = written(tmp_path, TOML.replace('schema = "support_model.desk/1"', ""))
    assert "write schema = 'support_model.desk/1'" in str(refused(serde.load_desk, path))


def test_another_kind_of_document_is_refused():
    error = refused(serde.load_desk, GOLDEN / "workflow-1.toml")
    assert (error.path, error.value) == ("schema", "support_model.workflow/1")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("desk.toml", "a = ", "no TOML"),
        ("desk.json", '{"a": ', "no JSON"),
        ("desk.json", "[]", "table of keys"),
        ("desk.json", '{"a": 1, "a": 2}', "a key given twice: 'a'"),
        ("desk.json", '{"a": NaN}', "not a finite number"),
        ("desk.toml", "a = [0, {b = inf}]", "at a[1].b: not a finite number"),
        ("desk.yaml", "a: 1", "neither .toml nor .json"),
        ("desk.json", '{"a":' * 100_000, "nested too deep"),
        ("desk.toml", "a = " + "[" * 5_000 + "]" * 5_000, "nested too deep"),
        ("desk.json", '{"a":' * (DEEPEST + 2) + "1" + "}" * (DEEPEST + 2), "nested too deep"),
        ("desk.toml", "a" + ".a" * 5_000 + " = 1", "too many dots"),
        ("desk.toml", 'a."\u2028"' + ".a" * 5_000 + " = 1", "too many dots"),
        ("desk.json", '"' + "x" * LARGEST + '"', "too large"),
        ("desk.json", "9" * 5_000, "no JSON"),
    ],
)
def test_no_such_text_is_a_document(name, text, said, tmp_path):
    assert said in str(refused(serde.load_desk, written(tmp_path, text, name)))


def test_a_file_that_is_not_there_or_no_text(tmp_path):
    assert "check the path" in str(refused(serde.load_desk, tmp_path / "no.toml"))
    (tmp_path / "bad.toml").write_bytes(b"a = '\xff'")
    assert "no TOML" in str(refused(serde.load_desk, tmp_path / "bad.toml"))


def test_a_mark_of_byte_order_is_no_harm(tmp_path):
    (tmp_path / "hand.toml").write_bytes(b"\xef\xbb\xbf" + HAND.replace("\n", "\r\n").encode())
    assert len(serde.load_policies(tmp_path / "hand.toml").policies) == 1


@given(broken(JSON))
def test_whatever_is_broken_is_an_invalid_document_or_a_desk(data):
    read_or_refused(data)


def test_functions_go_by_name_and_only_by_those_given(tmp_path):
    night = Function("night", lambda _step: True)
    hours = WorkingDays(1)
    policy = SlaPolicy(
        name="p", when=night, targets=[Target(metric=RESOLUTION, within=hours, calendar=OFFICE)]
    )
    serde.dump_policies(policy, tmp_path / "p.toml")
    read = serde.load_policies(tmp_path / "p.toml", functions={"night": lambda _step: False})
    assert read.policies == (policy,)
    error = refused(serde.load_policies, tmp_path / "p.toml")
    assert (error.path, error.value) == ("policies[0].when.function", "night")


def test_a_desk_may_name_a_ready_workflow(tmp_path):
    path = written(tmp_path, 'schema = "support_model.desk/1"\nworkflow = "incident"\n')
    assert serde.load_desk(path).workflow.name == "incident"
    path.write_text(path.read_text().replace("incident", "incidnt"))
    assert "did you mean 'incident'" in str(refused(serde.load_desk, path))


def test_writing_toml_without_its_package_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tomli_w", None)
    with pytest.raises(MissingExtra, match=r"support-model\[serde\]"):
        serde.dump_desk(DESK, tmp_path / "desk.toml")
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_written_is_said(tmp_path):
    with pytest.raises(SupportModelError, match="cannot be written"):
        serde.dump_desk(DESK, tmp_path / "no" / "desk.json")
    with pytest.raises(SupportModelError, match=r"neither \.toml nor \.json"):
        serde.dump_desk(DESK, tmp_path / "desk.yaml")


@pytest.mark.parametrize(
    ("written", "read"), [(3, "3"), ("2", "2"), ("1.10", "1.10"), ("007", "007")]
)
def test_a_version_written_as_a_whole_number_is_that_text(written, read, tmp_path):
    path = tmp_path / "policies.json"
    data = json.loads((GOLDEN / "policies-1.json").read_text("utf-8"))
    data["policies"][0]["version"] = written
    path.write_text(json.dumps(data), "utf-8")
    book = serde.load_policies(path)
    assert book.policies[0].version == read
    serde.dump_policies(book, path)
    assert serde.load_policies(path) == book


@pytest.mark.parametrize("written", [1.10, True, None, [2]])
def test_a_version_that_is_neither_text_nor_whole_is_refused(written, tmp_path):
    """1.10 would be 1.1, which is another version."""
    path = tmp_path / "policies.json"
    data = json.loads((GOLDEN / "policies-1.json").read_text("utf-8"))
    data["policies"][0]["version"] = written
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(
        InvalidDocument, match=r"policies\[0\]\.version: not text or a whole number"
    ):
        serde.load_policies(path)
