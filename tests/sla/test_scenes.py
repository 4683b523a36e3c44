"""The scene files: the twin and the engine both answer what stands in them."""

from functools import cache

import pytest
from sla import oracle_data, scene_files

from support_model.instants import instant
from support_model.sla import evaluate
from support_model.tickets import merged

ONE, SEVERAL = scene_files.files("clocks", "laws"), scene_files.files("merges")
SETTINGS = {"ask", "ticket", "clock", "cycle"}


@cache
def scene_of(path):
    return scene_files.read(path)["scene"]


def rows(*paths):
    """Each expected answer of the files, named by its file and place."""
    for path in paths:
        for number, row in enumerate(scene_files.read(path)["expect"], 1):
            yield pytest.param(path, row, id=f"{path.stem}-{number}")


def problems(row, cycles):
    """What an answer says differently from what is expected."""
    if "cycle" not in row:
        return [] if len(cycles) == row["cycles"] else [("cycles", len(cycles))]
    (cycle,) = [cycle for cycle in cycles if cycle["number"] == row["cycle"]]
    asked = {name: plain(cycle[name]) for name in row if name not in SETTINGS}
    return [(name, value, row[name]) for name, value in asked.items() if value != row[name]]


def plain(value):
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize(("path", "row"), [*rows(*ONE)])
def test_the_twin_answers_what_the_file_says(path, row):
    clocks = scene_files.told(scene_of(path), row["ask"])
    cycles = clocks.get(tuple(row["clock"].split("/")), [])
    for cycle in cycles:
        cycle["moments"] = sorted([at, *rest[2:]] for at, *rest in cycle["moments"])
    assert not problems({**row, **ordered(row)}, cycles)


def ordered(row):
    return {"moments": sorted(row["moments"])} if "moments" in row else {}


@pytest.mark.parametrize(("path", "row"), [*rows(*ONE, *SEVERAL)])
def test_the_engine_answers_what_the_file_says(path, row):
    scene = scene_of(path)
    log = scene_files.logs(scene)[row.get("ticket", scene.get("ticket"))]
    result = evaluate(log, scene_files.policy_book(scene), as_of=instant(row["ask"]))
    clocks, moments = oracle_data.answers(result)
    slot, metric = row["clock"].split("/")
    cycles = clocks.get((slot, metric), [])
    for cycle in cycles:
        cycle["moments"] = sorted(
            [at, count, kind, "" if kind == "breach" else threshold, target]
            for at, _, number, count, kind, threshold, target in moments.get(metric, ())
            if number == cycle["number"]
        )
    assert not problems({**row, **ordered(row)}, cycles)


@pytest.mark.parametrize("path", SEVERAL, ids=lambda path: path.stem)
def test_merged_again_changes_nothing(path):
    once = scene_files.logs(scene_of(path))
    assert merged(once) == once


def test_a_merge_that_closes_a_circle_is_a_finding_and_left_out():
    (path,) = [path for path in SEVERAL if path.stem.startswith("59-")]
    found = scene_files.logs(scene_of(path))
    assert len(found.findings) == 1
    assert [event.type for event in found["B"]].count("related") == 0
