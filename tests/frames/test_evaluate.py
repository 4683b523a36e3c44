"""The cycles of a whole log are those of its tickets, evaluated one by one."""

from frames.cycle_rows import expected
from frames.histories import books, drawn_as_of, logs
from hypothesis import assume, given
from hypothesis import strategies as st

from support_model.errors import UnknownPolicy
from support_model.frames import Events, evaluate
from support_model.testing import sla_scenes

ENDINGS = ("merged", "deleted", "restored", "restored solved", "policy")
"""Acts after which a ticket is folded."""


def answered(log, book, as_of):
    """What the pure path answers; the log may name a policy that the book does not have."""
    try:
        return expected(log, book, as_of)
    except UnknownPolicy:
        assume(False)  # noqa: FBT003 - as Hypothesis has it
        raise


@given(st.one_of(logs(), logs(without=ENDINGS)), books, st.integers(0, 99))
def test_the_cycles_of_a_log_are_those_of_its_tickets(log, book, seed):
    as_of = drawn_as_of(seed, log)
    wanted = answered(log, book, as_of)
    assert evaluate(Events.of(log), book, as_of=as_of).to_pylist() == wanted


@given(sla_scenes())
def test_the_cycles_of_a_scene_are_those_of_its_ticket(scene):
    wanted = answered(scene.log, scene.book, scene.as_of)
    assert evaluate(Events.of(scene.log), scene.book, as_of=scene.as_of).to_pylist() == wanted
