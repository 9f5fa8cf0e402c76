"""A private Postgres in a temporary folder that tests can stop and start."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

import psycopg

from tests.running import free_port


def programs() -> Path | None:
    """Debian's folder of the newest installed Postgres, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


class Cluster:
    """One database server on loopback. Postgres refuses to run as root, so root runs it as the user postgres."""

    def __init__(self, folder: Path, bin_folder: Path) -> None:
        self._folder = folder
        self._bin = bin_folder
        self._port = free_port()
        self._running = False
        self._as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if not os.getuid() else []
        if self._as_user:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    @property
    def url(self) -> str:
        """The URL, with a parameter that only Prisma knows, as in LiteLLM's own database URLs."""
        return f"postgresql://postgres@127.0.0.1:{self._port}/postgres?connection_limit=5"

    def start(self) -> None:
        """Starts the server unless it runs, and returns when it accepts connections."""
        if self._running:
            return
        options = f"-p {self._port} -h 127.0.0.1 -k {self._folder} -c fsync=off"
        self._run("pg_ctl", "-s", "-w", "-l", str(self._folder / "log"), "-o", options, "start")
        self._running = True

    def stop(self) -> None:
        """Stops the server immediately, and closes its connections."""
        if not self._running:
            return
        self._run("pg_ctl", "-s", "-w", "-m", "immediate", "stop")
        self._running = False

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Runs one statement."""
        with psycopg.connect(self.url.partition("?")[0], autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_user, str(self._bin / program), "-D", str(self._folder / "data"), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
