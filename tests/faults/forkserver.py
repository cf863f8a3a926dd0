"""A process that has imported the program and forks a child for each run: Python starts slowly, forks do not."""

import ctypes
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ksmy_tracker import cli
from ksmy_tracker.storage.sqlite import connection as sqlite

#: The moment at which the clock of tests/conftest.py stands still.
NOW = datetime(2026, 1, 15, 4, 0, tzinfo=UTC)

#: What a child does, as its parent asked; None in the parent.
Job = dict[str, Any] | None


def serve() -> Job:
    """Answer requests, a JSON object a line, until stdin ends; return in each child with what it is to do."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "w")
    children: set[int] = set()
    for line in requests:
        request = json.loads(line)
        reply: dict[str, Any]
        if "wait" in request:
            children.discard(request["wait"])
            status = os.waitpid(request["wait"], 0)[1]
            reply = {"code": os.waitstatus_to_exitcode(status)}
        elif "call" in request:
            done = subprocess.run(request["call"], capture_output=True, text=True, check=False)
            reply = {"code": done.returncode, "out": done.stdout, "err": done.stderr}
        else:
            pid = os.fork()
            if pid == 0:
                requests.close()
                replies.close()
                return dict(request)
            children.add(pid)
            reply = {"pid": pid}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    return None


def work(job: dict[str, Any]) -> int:
    """Run a job's commands in turn, again until its file `until` is there; stop at the first failure.

    With `linger` the process stays after all went well, until it is killed; with `user` it is that one, in no group
    but those given. With `fault` one call on files fails (see failing.c), and `calls` says which there were.
    """
    for descriptor, (path, flags) in enumerate(
        [
            (job["input"] or os.devnull, os.O_RDONLY),
            (job["folder"] + "/out", os.O_WRONLY | os.O_CREAT),
            (job["folder"] + "/err", os.O_WRONLY | os.O_CREAT),
        ]
    ):
        os.dup2(os.open(path, flags, 0o600), descriptor)
    done = os.open(job["folder"] + "/done", os.O_WRONLY | os.O_CREAT, 0o600)
    if job["user"]:
        user, group, *groups = job["user"]
        os.setgroups(groups)
        os.setgid(group)
        os.setuid(user)
    os.umask(job["umask"])
    _set_pragmas(job["pragmas"])
    if job["gate"]:
        # Opening returns once the other end is open too, reading once it is closed.
        Path(job["gate"]).read_bytes()
    runs, longest, calls = 0, 0.0, ""
    failing: Any = ctypes.CDLL(None) if job["fault"] else None
    while True:
        for arguments in job["commands"]:
            begun = time.monotonic()
            if failing:
                under, number, error = job["fault"]
                failing.failing_begin(os.fsencode(under), number, error)
            try:
                code = cli.run(arguments, lambda: NOW)
            finally:
                if failing:
                    failing.failing_calls.restype = ctypes.c_char_p
                    calls = failing.failing_calls().decode()
            longest = max(longest, time.monotonic() - begun)
            runs += 1
            if code:
                return code
        if not job["until"] or os.path.exists(job["until"]):
            break
    os.write(done, json.dumps({"runs": runs, "longest": longest, "calls": calls.split()}).encode())
    while job["linger"]:
        signal.pause()
    return 0


def _set_pragmas(pragmas: list[str]) -> None:
    """Have every connection of this process begin with these."""
    connect = sqlite3.connect

    def limited(*arguments: Any, **more: Any) -> Any:
        connection = connect(*arguments, **more)
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    sqlite3.connect = limited


def warm_up() -> None:
    """Run what the children will run, so that no child has to import anything."""
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:
        seen, sys.stdout, sys.stderr = (sys.stdout, sys.stderr), nowhere, nowhere
        db = ("--db", folder + "/register.db")
        for command in ("init", "check", "list", "report", "history"):
            cli.run([command, *db], lambda: NOW)
        batch = Path(folder, "batch.jsonl")
        batch.write_text('{"ref": "TOURISM", "status": "in-progress"}\n')
        cli.run(["update", "TOURISM", "--note", "x", "--format", "json", *db], lambda: NOW)
        cli.run(["apply", str(batch), *db], lambda: NOW)
        cli.run(["backup", folder + "/copy.db", *db], lambda: NOW)
        cli.run(["export", "--output", folder + "/export.jsonl", *db], lambda: NOW)
        cli.run(["import", folder + "/export.jsonl", "--db", folder + "/new.db"], lambda: NOW)
        cli.run(["report", "--output", folder + "/report.txt", *db], lambda: NOW)
        with closing(sqlite.connect(Path(folder, "register.db"), 0)) as connection:
            connection.execute("SELECT 1")
        sys.stdout, sys.stderr = seen


if __name__ == "__main__":
    warm_up()
    job = serve()
    if job is None:
        sys.exit()
    code = 1
    try:
        code = work(job)
    except BaseException:
        traceback.print_exc()
    finally:
        # Taking down an interpreter with so much in it takes longer than all that went before.
        os._exit(code)
