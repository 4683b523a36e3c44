"""Presets are data that reads as it says; promises and desks are ready to use."""

import json
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conformance import sla, sla_rules
from conformance.common import Case
from presets.reference import CASES, PAGE, checked, page

from support_model._cli.preset_commands import DESKS, desk_text
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidDocument, InvalidPattern, InvalidTarget, InvalidValue
from support_model.events import Created
from support_model.presets import PRESETS, load_preset, load_promises
from support_model.presets import _loading as loading
from support_model.presets._loading import PROMISES, STANDARD, variants
from support_model.presets._preset import read_preset
from support_model.serde import load_desk
from support_model.sla import METRICS, PolicyBook, SlaPolicy, Target, evaluate
from support_model.vocabulary import Status

SIXTEEN = {
    *("zendesk", "jsm", "servicenow", "freshdesk", "intercom", "salesforce", "zammad", "otrs"),
    *("glpi", "frappe", "erpnext", "chatwoot", "itop", "rt", "osticket", "plain"),
}
FOLDER = Path(loading.__file__).parent
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
TINY = {
    "name": "tiny",
    "metrics": {"resolution": {}},
    "workflow": {
        "initial": "open",
        "statuses": [
            {"name": "open", "category": "open"},
            {"name": "done", "category": "solved"},
        ],
        "transitions": [{"action": "solve", "from": "open", "to": "done"}],
    },
}


def test_there_are_sixteen():
    assert set(PRESETS) == SIXTEEN


@pytest.mark.parametrize("name", sorted(SIXTEEN))
def test_a_preset_and_its_variants_are_whole(name):
    for each in (name, *variants(name)):
        preset = load_preset(each)
        assert preset.name == each
        assert preset.metrics
        assert preset.notes
        assert "resolution" in preset.metrics
        categories = {status.category for status in preset.workflow.statuses}
        assert "open" in categories
        assert categories & {"solved", "closed"}


@pytest.mark.parametrize("name", sorted(SIXTEEN))
def test_a_variant_differs(name):
    for each in variants(name):
        plain, varied = load_preset(name), load_preset(each)
        rules = ("metrics", "on_change", "before", "shown")
        assert any(getattr(plain, rule) != getattr(varied, rule) for rule in rules)


def test_no_product_is_named_outside_presets_and_adapters():
    package = FOLDER.parent
    words = {"zendesk", "zammad", "chatwoot", "servicenow", "freshdesk", "osticket", "erpnext"}
    for path in package.rglob("*.py"):
        room = path.relative_to(package).parts[0].removesuffix(".py")
        # an adapter's error names its vendor, and a report what form a log has
        if room not in {"presets", "adapters", "errors"} and path.parent.name != "words":
            text = path.read_text("utf-8").lower()
            assert not {word for word in words if word in text}, path


def test_cases_pass_by_preset_alone():
    added = [(case, key) for *_, needed in checked() for case, keys in needed for key in keys]
    assert added == [("erpnext-hold-exact-business-time", "hold_extension = exact")]
    assert sum(total for _, total, _ in checked()) == 125


@pytest.mark.parametrize(
    ("name", "removed"),
    [
        ("chatwoot", ("without_hours",)),
        ("chatwoot", ("variants", "polled", "shown")),
        ("erpnext", ("shown",)),
        ("erpnext", ("metrics", "resolution", "pause")),
        ("frappe", ("metrics", "resolution", "pause")),
        ("glpi", ("metrics", "resolution", "pause")),
        ("itop", ("shown",)),
        ("itop", ("metrics", "resolution", "pause")),
        ("jsm", ("variants", "unlinked", "on_change")),
        ("rt", ("shown",)),
        ("rt", ("metrics", "next_response", "start")),
        ("rt", ("metrics", "periodic_update", "pause")),
        ("rt", ("variants", "ignoring_stalled", "metrics")),
        ("servicenow", ("on_change",)),
        ("servicenow", ("metrics", "resolution", "pause")),
        ("servicenow", ("variants", "retroactive", "on_change")),
        ("zammad", ("before",)),
        ("zammad", ("shown",)),
        ("zammad", ("metrics", "first_response", "pause")),
        ("zammad", ("metrics", "next_response", "start")),
        ("zammad", ("metrics", "next_response", "pause")),
        ("zammad", ("metrics", "resolution", "pause")),
        ("zendesk", ("calendar_edit",)),
        ("zendesk", ("metrics", "first_response", "start")),
        ("zendesk", ("metrics", "requester_wait", "pause")),
        ("zendesk", ("metrics", "agent_work", "pause")),
    ],
    ids=lambda value: value if isinstance(value, str) else ".".join(value),
)
def test_a_preset_without_one_of_its_rules_fails_cases(name, removed, monkeypatch):
    data = tomllib.loads((FOLDER / "products" / f"{name}.toml").read_text("utf-8"))
    *path, key = removed
    table = data
    for part in path:
        table = table[part]
    del table[key]

    def without(asked):
        return read_preset(data, variant=asked.partition(":")[2])

    monkeypatch.setattr(sla_rules, "load_preset", without)
    scenarios = json.loads(CASES.read_text("utf-8"))["scenarios"]
    of_it = [row for row in scenarios if preset_of(row["source"]) == name]
    assert any(sla.run(Case(row["id"], row["source"], row)) for row in of_it)


def preset_of(source):
    product = sla_rules.product_of(source)
    return product and product["preset"]


def test_every_case_agrees_with_the_file_s_own_rules_too():
    for row in json.loads(CASES.read_text("utf-8"))["scenarios"]:
        assert sla.run(Case(row["id"], "no product", row)) is None, row["id"]


def test_every_preset_says_which_sources_are_its_own():
    assert {row["preset"] for row in sla_rules.products().values()} == SIXTEEN
    for row in sla_rules.products().values():
        known = {name.partition(":")[2] for name in variants(row["preset"])}
        assert set(row.get("variants", {})) <= known


def test_the_reference_page_says_what_the_presets_say():
    assert PAGE.read_text("utf-8") == page(), "python tests/presets/reference.py --write"


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"metrisc": {}}, InvalidTarget, "unknown key in a preset: 'metrisc'; did you mean"),
        ({"metrics": {"resolution": {"stopp": []}}}, InvalidTarget, "did you mean 'stop'"),
        ({"metrics": {"callback": {}}}, InvalidValue, "the metric has no start: 'callback'"),
        ({"metrics": {"resolution": {"stop": ["reply"]}}}, InvalidPattern, "did you mean"),
        ({"metrics": {"resolution": {"after_stop": "resum"}}}, InvalidTarget, "resume"),
        ({"shown": "due_unless_pause"}, InvalidTarget, "unknown projection: 'due_unless_pause'"),
        ({"before": "floored"}, InvalidTarget, "unknown projection: 'floored'"),
        ({"select": "first"}, InvalidTarget, "unknown selection: 'first'"),
        ({"calendar_edit": "keep"}, InvalidTarget, "unknown calendar_edit: 'keep'"),
        ({"kinds": ["slo"]}, InvalidTarget, "unknown kind: 'slo'"),
        ({"on_change": "carrry"}, InvalidTarget, "unknown on_change: 'carrry'"),
    ],
)
def test_what_a_preset_cannot_say_is_told(change, error, message):
    assert read_preset(TINY).metrics["resolution"].pause.data() == {"some": []}
    with pytest.raises(error, match=message):
        read_preset({**TINY, **change})


def test_a_preset_is_a_mapping_with_known_variants():
    with pytest.raises(InvalidTarget, match="a preset is a mapping"):
        read_preset([])
    with pytest.raises(InvalidTarget, match="no variant of 'tiny': 'fast'"):
        read_preset(TINY, variant="fast")
    faster = {**TINY, "variants": {"fast": {"metrics": {"resolution": {"pause": ["pending"]}}}}}
    assert read_preset(faster, variant="fast").metrics["resolution"] == METRICS["resolution"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("zendisk", "no such preset: 'zendisk'; did you mean 'zendesk'"),
        ("servicenow:retro", "no such variant: 'servicenow:retro'; did you mean"),
        ("glpi:fast", "no such variant: 'glpi:fast'; it has none"),
    ],
)
def test_an_unknown_preset_is_told(name, message):
    with pytest.raises(InvalidValue, match=message):
        load_preset(name)


def test_the_standard_is_a_preset_too():
    assert load_preset("standard") is STANDARD
    assert dict(STANDARD.metrics) == METRICS


def test_a_calendar_without_hours_is_what_the_product_takes_it_for():
    empty = BusinessCalendar.weekly({}, tz="UTC")
    target = Target(metric=METRICS["resolution"], within=timedelta(hours=1), calendar=empty)
    book = PolicyBook([SlaPolicy(name="gold", targets=[target])])
    at = datetime(2026, 3, 2, tzinfo=UTC)
    opened = load_preset("chatwoot").opened(book, at)
    assert opened.policies[0].targets[0].calendar == BusinessCalendar.always("UTC")
    assert load_preset("zammad").opened(book, at) == book
    assert load_preset("chatwoot").hours(OFFICE, at) == OFFICE


def test_promises_are_kept_by_channel():
    nine = datetime(2026, 3, 6, 16, 55, tzinfo=UTC)  # a Friday, five minutes before closing

    def due(channel, name="usual"):
        fields = {"status": Status("new", "new"), "channel": channel}
        log = [Created(ticket_id="T1", at=nine, role="customer", fields=fields)]
        result = evaluate(log, load_promises(name, OFFICE), as_of=nine)
        return result["first_response"].due_at - nine

    assert due("phone") == timedelta(seconds=20)
    assert due("chat") == due("messenger") == timedelta(minutes=5)
    assert due("email") == due("portal") == timedelta(days=3)
    assert due("social") == timedelta(days=1)
    weekend = timedelta(days=2, hours=16)
    assert due("email", "expected") == timedelta(hours=1) + weekend
    assert due("email", "excellent") == timedelta(minutes=15) + weekend
    with pytest.raises(InvalidValue, match="no such promises: 'usuall'; did you mean 'usual'"):
        load_promises("usuall", OFFICE)
    assert set(PROMISES) == {"usual", "expected", "excellent"}


@pytest.mark.parametrize("name", DESKS)
def test_a_desk_to_begin_with_contradicts_nothing(name, tmp_path):
    path = tmp_path / "desk.toml"
    path.write_text(desk_text(name), "utf-8")
    desk = load_desk(path)
    assert desk.lint() == ()
    assert desk.workflow is not None
    assert desk.policies.policies


def test_an_unreadable_preset_says_where(tmp_path, monkeypatch):
    monkeypatch.setattr(loading, "HERE", tmp_path)
    (tmp_path / "products").mkdir()
    (tmp_path / "products" / "plain.toml").write_text('name = "plain"\nshown = "x"\n', "utf-8")
    load_preset.cache_clear()
    with pytest.raises(InvalidDocument, match=r"plain\.toml"):
        load_preset("plain")
    load_preset.cache_clear()


def test_every_file_is_named_as_its_preset():
    for path in (FOLDER / "products").glob("*.toml"):
        assert tomllib.loads(path.read_text("utf-8"))["name"] == path.stem
