"""Every error and warning says what is wrong in one line that a terminal can show."""

import pickle
from datetime import UTC, datetime

import attrs
import pytest

from support_model import errors
from support_model.errors import InvalidEvent, SupportModelError, SupportModelWarning, nearest
from support_model.reasons import Reason
from support_model.vocabulary import Status

FOUL = "\x1b[31mred\u202egnp.exe\r\n\x00\x07" + "x" * 3_000
VALUES = [FOUL, [FOUL] * 300, dict.fromkeys(range(300), FOUL), 10**4_000, FOUL.encode(), {FOUL}]
KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, SupportModelError | SupportModelWarning)
]


class Hostile:
    """A value whose repr fails."""

    def __repr__(self):
        raise RuntimeError(FOUL)


def made(kind, value):
    """Return an error with a foul value in every part of it."""
    if not attrs.has(kind):
        return kind(FOUL if isinstance(value, Hostile) else value)
    parts = {}
    for part in attrs.fields(kind):
        told = str(part.type)
        if told.startswith("tuple[str"):
            parts[part.name] = (FOUL, FOUL)
        elif told.startswith("tuple"):
            parts[part.name] = (Reason.of("holiday", name=FOUL), Reason.of(FOUL, a=FOUL))
        elif told == "datetime":
            parts[part.name] = datetime(2026, 3, 2, tzinfo=UTC)
        elif told.startswith("Mapping"):
            parts[part.name] = {FOUL: value}
        elif told.startswith("int"):
            parts[part.name] = 3
        else:
            parts[part.name] = value if told == "object" else FOUL
    return kind(**parts)


# A broken law shows the author of a test the whole value.
SHORT = [kind for kind in KINDS if kind is not errors.LawBroken]


@pytest.mark.parametrize("kind", SHORT, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("value", [*VALUES, Hostile()], ids=range(7))
def test_a_message_is_short_and_clean(kind, value):
    told = str(made(kind, value))
    assert told.isprintable()
    assert len(told) <= errors.LONGEST


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_errors_pickle(kind):
    error = made(kind, "value")
    loaded = pickle.loads(pickle.dumps(error))  # noqa: S301 - made here
    assert (type(loaded), str(loaded)) == (kind, str(error))


def test_what_is_short_is_shown_whole():
    error = InvalidEvent(Status("новый", "new"), "no priority", "give one")
    assert str(error) == "no priority: Status(name='новый', category='new'); give one"


def test_a_remedy_lists_some_of_many_words():
    told = nearest("zzz", [f"name-{n:04}" for n in range(3_000)])
    assert told.endswith("name-0019 and 2980 more")
    assert nearest("nme-0003" + "x" * 10**6, ["a", "b"]) == "known: a, b"
