"""Scene files about escalation and timers: each gives the answer that its `why` says."""

import pytest
from escalation.scene_values import at, log_of, since_start, told, workflow_of
from sla.scene_files import FOLDER, files, read

HOUR = 3_600_000_000
ANSWERS = {
    "20-escalated-inside-a-pause": [(12, [])],
    "34-a-plan-that-comes-into-force-late-begins-its-course-there": [
        (2, []),
        (5, [(3, "due", 0, "notify"), (4, "a", 0, "notify")]),
    ],
    "37-nobody-is-reported-once-for-a-state-not-at-each-repeat": [
        (5, [(1, "a", 0, "nobody_resolvable")]),
    ],
}
TIMERS = {
    "45-a-timer-whose-guard-would-refuse": [],
    "61-guards-of-timers-are-asked-as-role-system": [],
}


def scene_of(name):
    return read(FOLDER / f"{name}.json")["scene"]


def test_every_scene_of_these_kinds_has_an_answer():
    names = {path.stem for path in files("along", "rules", "plans", "timers")}
    assert names == ANSWERS.keys() | TIMERS.keys()


@pytest.mark.parametrize("name", ANSWERS)
def test_an_escalation_scene_gives_its_answer(name):
    scene = scene_of(name)
    for hours, answer in ANSWERS[name]:
        as_of = at(scene["events"][0]["at"] + hours * HOUR)
        assert told(scene, as_of) == answer


def test_the_scene_inside_a_pause_goes_on_at_the_resume():
    scene = scene_of("20-escalated-inside-a-pause")
    resumed = {
        "at": scene["events"][0]["at"] + 13 * HOUR,
        "role": "system",
        "seq": 3,
        "type": "changed",
        "fields": {"status": {"name": "open", "category": "open"}},
    }
    longer = {**scene, "events": [*scene["events"], resumed]}
    assert told(longer, at(resumed["at"])) == [(13, "c", 0, "notify")]


@pytest.mark.parametrize("name", TIMERS)
def test_a_timer_scene_gives_its_answer(name):
    scene = scene_of(name)
    agenda = workflow_of(scene).agenda(log_of(scene), as_of=at(scene["as_of"]))
    assert [(since_start(scene, m), m.key[2]) for m in agenda] == TIMERS[name]
