"""A PostgreSQL server of one's own, for as long as it is needed."""

import getpass
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

SERVER = "postgres"
"""The user under which the server runs where the tests run as root, which it refuses."""


def programs():
    """Return the folder with the programs of PostgreSQL; None where there is none."""
    found = shutil.which("initdb")
    places = [Path(found)] if found else [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(places).parent if places else None


@contextmanager
def server():
    """Start a server in a new folder, yield its URL, stop it."""
    folder = programs()
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
    try:
        yield f"postgresql+psycopg://{user}@/postgres?host={home}"
    finally:
        run("pg_ctl", "-D", home / "data", "-m", "immediate", "stop")
        shutil.rmtree(home)
