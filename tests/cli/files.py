"""What tests of whole registers share: files in the states that killed commands leave, and heads."""

import json
import os
import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ksmy_tracker.storage.private_folder import private_file
from tests.conftest import FORK, Ksmy


def dump(register: Path) -> list[str]:
    with closing(sqlite3.connect(register)) as connection:
        return list(connection.iterdump())


@contextmanager
def disk_with(room: int) -> Iterator[None]:
    """No file grows beyond so many bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def leave_a_hot_journal(register: Path) -> None:
    """Leave half a transaction in a file and its journal beside it, as a killed writer does."""

    def write() -> None:
        connection = sqlite3.connect(register, isolation_level=None)
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE commitment SET title = title || hex(zeroblob(5000))")
        connection.execute("UPDATE agreement SET title = title || hex(zeroblob(5000))")
        os.kill(os.getpid(), signal.SIGKILL)

    writer = FORK.Process(target=write)
    writer.start()
    writer.join()
    assert register.with_name(f"{register.name}-journal").stat().st_size > 512


def head_of(ksmy: Ksmy, *db: str) -> str:
    head: str = json.loads(ksmy("report", "--format", "json", *db).out)["head"]
    return head


def leave_a_private_folder(folder: Path) -> Path:
    """Leave what a command does that is killed while it makes a file."""

    def die() -> None:
        with private_file(folder) as path:
            path.write_text("half a register")
            os._exit(9)

    process = FORK.Process(target=die)
    process.start()
    process.join()
    (left,) = folder.glob(".ksmy-*")
    return left
