"""Databases of the examples: SQLite in a folder, PostgreSQL from a server of this session."""

import pytest
from postgresql import programs, server


@pytest.fixture(scope="session")
def postgresql():
    """Yield the URL of a server that stops with the session."""
    pytest.importorskip("psycopg", reason="psycopg")
    if programs() is None:
        pytest.skip("postgresql")
    with server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """Yield the URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'helpdesk.db'}"
        return
    server = request.getfixturevalue("postgresql")
    yield server
    sqlalchemy = pytest.importorskip("sqlalchemy")
    engine = sqlalchemy.create_engine(server)
    with engine.begin() as db:
        db.exec_driver_sql("DROP SCHEMA public CASCADE")
        db.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
