"""Databases of the examples: SQLite in a folder, PostgreSQL from a server of this session."""

import getpass
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

SERVER = "postgres"
"""The user under which the server runs where the tests run as root, which it refuses."""


def programs():
    """Return the folder with the programs of PostgreSQL; None where there is none."""
    found = shutil.which("initdb")
    places = [Path(found)] if found else [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(places).parent if places else None


@pytest.fixture(scope="session")
def postgresql():
    """Yield the URL of a server that stops with the session."""
    pytest.importorskip("psycopg", reason="psycopg")
    folder = programs()
    if folder is None:
        pytest.skip("postgresql")
    root = os.name != "nt" and os.geteuid() == 0
    become = ["runuser", "-u", SERVER, "--"] if root else []
    home = Path(tempfile.mkdtemp(prefix="postgresql-"))
    if root:
        shutil.chown(home, SERVER)

    def run(program, *words):
        command = [*become, folder / program, *words]
        subprocess.run(command, check=True, cwd=home, capture_output=True)

    run("initdb", "-D", home / "data", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{home}' -c fsync=off"
    run("pg_ctl", "-D", home / "data", "-w", "-l", home / "log", "-o", options, "start")
    user = SERVER if root else getpass.getuser()
    yield f"postgresql+psycopg://{user}@/postgres?host={home}"
    run("pg_ctl", "-D", home / "data", "-m", "immediate", "stop")
    shutil.rmtree(home)


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
