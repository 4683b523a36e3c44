"""Whatever rules are drawn mean the same after the way through a file."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from serde.desks import desks
from serde.golden_values import DESK, NIGHTS, OFFICE

from support_model import serde
from support_model._sla.policy_data import rule_digests
from support_model.calendars import BusinessCalendar
from support_model.desk import Desk
from support_model.testing import calendars
from support_model.testing._sla_strategies import policy_books
from support_model.workflows import WORKFLOWS

FORMS = st.sampled_from(["toml", "json"])
NAMES = st.text(min_size=1, max_size=8)
ALWAYS = BusinessCalendar.always()


@given(calendars(), FORMS)
def test_calendars(calendar, form):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"it.{form}"
        serde.dump_calendar(calendar, path)
        read = serde.load_calendar(path)
    assert read == calendar
    assert (read.name, read.fingerprint) == (calendar.name, calendar.fingerprint)


@given(policy_books(), st.dictionaries(NAMES, calendars(), max_size=2), NAMES, FORMS)
def test_desks(book, named, name, form):
    desk = Desk(name=name, workflow=WORKFLOWS["incident"], calendars=named, policies=book)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"it.{form}"
        serde.dump_desk(desk, path)
        read = serde.load_desk(path)
    assert read == desk
    assert rule_digests(read.policies) == rule_digests(book)


@given(desks(st.sampled_from([OFFICE, NIGHTS]), st.sampled_from([DESK.policies, ()])), FORMS)
def test_desks_with_people(desk, form):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"it.{form}"
        serde.dump_desk(desk, path)
        read = serde.load_desk(path)
        serde.dump_desk(read, path.with_stem("again"))
        assert path.read_bytes() == path.with_stem("again").read_bytes()
    assert read == desk


@pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=WORKFLOWS)
@pytest.mark.parametrize("form", ["toml", "json"])
def test_ready_workflows(workflow, form, tmp_path):
    timed = [evolve(t, calendar=ALWAYS) if t.after else t for t in workflow.transitions]
    for one in (workflow, evolve(workflow, transitions=timed)):
        serde.dump_workflow(one, tmp_path / f"it.{form}")
        assert serde.load_workflow(tmp_path / f"it.{form}") == one
