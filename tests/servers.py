"""A PostgreSQL server for the tests: real, on a socket in a directory of its own, one for a whole run."""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

#: Where Debian's package has the programs.
PROGRAMS: Final = Path("/usr/lib/postgresql/15/bin")

#: The user whom all may be asked of.
OWNER: Final = "ksmy"


def is_installed() -> bool:
    """Whether this machine has the server's programs."""
    return (PROGRAMS / "postgres").exists()


def as_unprivileged() -> dict[str, object]:
    """What to give subprocess so that a server is not run by root, which it refuses."""
    if os.geteuid() != 0:
        return {}
    user = next((one for one in ("postgres", "nobody") if _is_user(one)), "nobody")
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@dataclass(frozen=True)
class Cluster:
    """A server's directory, with its socket; `port` only names the socket."""

    folder: Path
    port: int = 5432

    def url(self, database: str = "postgres", user: str = OWNER, **parameters: str) -> str:
        """The URL of one of its databases."""
        rest = "".join(f"&{name}={value}" for name, value in parameters.items())
        return f"postgresql://{user}@/{database}?host={self.folder}&port={self.port}{rest}"

    def run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs as the user whose directory it is."""
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [str(PROGRAMS / program), *arguments],
            capture_output=True,
            text=True,
            check=check,
            cwd=self.folder,
            **as_unprivileged(),  # type: ignore[call-overload]
        )
        return done

    def create(self) -> None:
        """Make the directory's contents."""
        self.run(
            "initdb", "-D", str(self.data), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"
        )

    @property
    def data(self) -> Path:
        """Where the server keeps its databases."""
        return self.folder / f"data-{self.port}"

    def start(self, *settings: str) -> None:
        """Start the server, and wait until it answers."""
        given = [
            f"unix_socket_directories={self.folder}",
            "listen_addresses=",
            f"port={self.port}",
            *settings,
        ]
        options = " ".join(f"-c '{one}'" for one in given)
        log = self.folder / f"log-{self.port}"
        done = self.run(
            "pg_ctl", "-D", str(self.data), "-l", str(log), "-o", options, "-w", "start", check=False
        )
        assert done.returncode == 0, log.read_text() if log.exists() else done.stderr

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server."""
        self.run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop", check=False)

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements, each in a transaction of its own."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


def new_folder() -> Path:
    """A directory that the server's user may use; short, for a socket's path has room for little."""
    folder = Path(tempfile.mkdtemp(prefix="ksmy-pg-"))
    user = as_unprivileged().get("user")
    if isinstance(user, str):
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    return folder


@contextmanager
def shared(marker: Path) -> Iterator[Cluster]:
    """The one server of a run, started by the first process that asks; `marker` says where it is."""
    with open(f"{marker}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if marker.exists():
            yield Cluster(Path(marker.read_text()))
            return
        cluster = Cluster(new_folder())
        cluster.create()
        cluster.start("fsync=off", "full_page_writes=off", "max_connections=200", "autovacuum=off")
        marker.write_text(str(cluster.folder))
        yield cluster


def stop_shared(marker: Path) -> None:
    """Stop what `shared` started, if it did, and remove its directory."""
    if marker.exists():
        cluster = Cluster(Path(marker.read_text()))
        marker.unlink()
        cluster.stop()
        shutil.rmtree(cluster.folder)
