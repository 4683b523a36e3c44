"""The page that describes files: every example in it is read, and every key stands in one."""

import re
import tomllib
from pathlib import Path

import jsonschema
import pytest

from support_model import _records as doc
from support_model._calendar.holiday_data import COUNTRY
from support_model._documents import loaded
from support_model._escalation.data import STEP
from support_model._files.schemas import DESK
from support_model._oncall.data import LAYER, ONCALL
from support_model._routing.data import AGENT, LINE, QUEUE, ROUTING, TRIAGE_RULE
from support_model._sla.policy_data import LIKE_POLICY, METRIC, POLICY, TARGET
from support_model._workflows.data import LIKE_WORKFLOW, TRANSITION, WORKFLOW
from support_model.serde import load_calendar, load_desk, load_policies, load_workflow, schema

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "files.md"
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
OFFICE = """
[calendars.office]
kind = "hours"
tz = "Europe/Berlin"
weeks = [{mon-fri = "09:00-17:00"}]
"""
LOADERS = {
    "desk": load_desk,
    "policies": load_policies,
    "workflow": load_workflow,
    "calendar": load_calendar,
}
RECORDS = {
    record.made.__name__ + str(i): record
    for i, record in enumerate((
        *(DESK, COUNTRY, LINE, AGENT, TRIAGE_RULE, ROUTING, QUEUE, STEP, ONCALL, LAYER),
        *(TARGET, POLICY, LIKE_POLICY, METRIC, WORKFLOW, LIKE_WORKFLOW, TRANSITION),
    ))
}  # fmt: skip
WRITTEN = {"data", "closed"}
"""Keys that `resolve` writes."""


@pytest.mark.parametrize("text", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_is_read(tmp_path, text):
    if "schema" not in tomllib.loads(text):
        own = "[calendars.office]" in text
        text = f'schema = "support_model.desk/1"\n{text}{"" if own else OFFICE}'
    kind = re.match(r'schema = "support_model\.(\w+)/1"', text)
    assert kind is not None
    path = tmp_path / "example.toml"
    path.write_text(text, "utf-8")
    assert LOADERS[kind[1]](path) is not None
    jsonschema.validate(loaded(path).data, schema(kind[1]))


def keys_of(data):
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    found = {*data} if isinstance(data, dict) else set()
    return found.union(*map(keys_of, parts))


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_every_key_stands_in_an_example(record: doc.Record):
    shown = set().union(*(keys_of(tomllib.loads(text)) for text in EXAMPLES))
    assert record.by_key.keys() - shown <= WRITTEN
