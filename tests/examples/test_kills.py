"""The example help desk is killed in the middle of things, and nobody notices."""

import pytest

pytest.importorskip("sqlalchemy", reason="sqlalchemy")
pytest.importorskip("fastapi", reason="fastapi")

from kills import Week


def test_each_notification_is_sent_once_whoever_is_killed(url):
    outcome = Week(url, kills=10, seed=7).run()
    assert outcome.faults == 0, str(outcome)
    assert outcome.kills == 10
    assert outcome.due > 50
