"""Whatever a document says of bases, holidays and priorities is read or refused by name."""

import json
import tomllib
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serde.broken import broken, read_or_refused

from support_model._cli.preset_commands import desk_text
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidDocument
from support_model.serde import resolved

SHORT = {**tomllib.loads(desk_text("two_offices"))}
for _key in ("agents", "oncall", "plans", "lines", "routing"):
    SHORT.pop(_key)
SHORT["metrics"] = {
    "on_us": {"base": "resolution", "pause": {"field": "category", "in": ["pending", "on_hold"]}},
    "again": {"base": "on_us", "after_stop": "again"},
}
SHORT["policies"] += [
    {
        "base": "standard",
        "version": "2",
        "remove": ["first_response"],
        "targets": [{"metric": "again", "within": "1h", "calendar": "both"}],
    }
]
SHORT["workflow"]["remove"] = ["on hold", {"action": "hand_back"}]
SHORT["calendars"]["berlin"]["holidays"] = [
    {"country": "DE", "years": [2026], "without": ["2026-05-01"]},
    "2026-12-24",
    {"days": {"12-31": "eve"}, "years": [2026]},
    {"rule": "FREQ=MONTHLY;BYDAY=1SU", "first": "2026-01-01", "last": "2026-06-01"},
    {"shortened": "12-30", "by": "4h", "years": [2026]},
    {"working": "2026-02-21", "as": "mon"},
]
NAMES = st.sampled_from(["a", "b", "c", "d", "resolution", "standard", "nobody"])
FEW = settings(
    deadline=timedelta(seconds=2), max_examples=60, suppress_health_check=list(HealthCheck)
)


@FEW
@given(broken(SHORT))
def test_a_broken_overlay_is_refused_by_name(data):
    read_or_refused(data)


@FEW
@given(broken(SHORT))
def test_a_broken_document_is_resolved_or_refused_by_name(data):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "desk.json"
        path.write_text(json.dumps(data), "utf-8")
        try:
            text = resolved(path)
        except InvalidDocument as error:
            assert error.document == "desk.json"  # noqa: PT017 - both outcomes are legal
        else:
            path.write_text(text, "utf-8")
            assert resolved(path) == text


def deep(levels, key=None):
    data = []
    for _ in range(levels):
        data = [data] if key is None else {key: data}
    return data


@pytest.mark.parametrize("levels", [60, 5_000])
@pytest.mark.parametrize(
    "make",
    [
        lambda nest: {"holidays": nest},
        lambda nest: {"holidays": [nest]},
        lambda nest: {"holidays": [{"days": nest}]},
        lambda nest: {"holidays": [{"days": {"2026-01-01": nest}}]},
        lambda nest: {"holidays": [{"country": nest, "years": nest}]},
        lambda nest: {"holidays": [{"rule": nest, "first": nest, "last": "2026-01-01"}]},
        lambda nest: {"holidays": [{"shortened": nest, "by": "1h"}]},
        lambda nest: {"holidays": [{"country": "DE", "years": [2026], "closed": nest}]},
        lambda nest: {"kind": "union", "left": nest, "right": "a"},
    ],
    ids=range(9),
)
@pytest.mark.parametrize("key", [None, "holidays", "left"])
def test_a_calendar_of_any_depth_is_refused(levels, make, key):
    hours = {"kind": "hours", "tz": "UTC", "weeks": [{"mon": "09:00-17:00"}]}
    with pytest.raises(InvalidDocument):
        BusinessCalendar.from_data({**hours, **make(deep(levels, key))})


@FEW
@given(
    st.lists(st.tuples(NAMES, NAMES), max_size=8),
    st.dictionaries(NAMES, NAMES, max_size=6),
    st.dictionaries(NAMES, st.tuples(NAMES, NAMES), max_size=6),
)
def test_any_net_of_bases_is_read_or_refused(policies, metrics, calendars):
    """Chains, circles, and names that nothing bears."""
    hours = {"kind": "hours", "tz": "UTC", "weeks": [{"mon": "09:00-17:00"}]}
    target = {"metric": "resolution", "within": "8h", "calendar": "a"}
    read_or_refused({
        "schema": "support_model.desk/1",
        "calendars": {
            **{
                name: {"base": left} if left == right
                else {"kind": "union", "left": left, "right": right}
                for name, (left, right) in calendars.items()
            },
            "a": hours,
        },
        "metrics": {name: {"base": base} for name, base in metrics.items()},
        "policies": [
            {"name": "standard", "targets": [target]},
            *({"name": name, "base": base} for name, base in policies),
        ],
    })  # fmt: skip
