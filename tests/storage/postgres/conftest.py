"""A server that a test stops, restarts and reconfigures as it likes, and the program as a process of its own."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests import servers
from tests.conftest import Ran
from tests.servers import Cluster

#: Runs the program on the register of a URL: `run(url, "list", PGPASSWORD=...)`.
Run = Callable[..., Ran]


@pytest.fixture
def cluster(_server: Cluster) -> Cluster:
    """The run's server."""
    return _server


@pytest.fixture
def own_cluster(_server: Cluster) -> Iterator[Cluster]:
    """A server that no other test uses; not started yet."""
    cluster = Cluster(servers.new_folder())
    cluster.create()
    yield cluster
    cluster.stop()
    shutil.rmtree(cluster.folder)


@pytest.fixture
def free_port() -> int:
    """A port of the loopback interface that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def run() -> Run:
    """Run the program as a process of its own."""

    def on(url: str, *arguments: str, before: str = "", **variables: str) -> Ran:
        program = (
            ["-c", f"{before}; from ksmy_tracker.__main__ import main; main()"]
            if before
            else ["-m", "ksmy_tracker"]
        )
        env = {"PATH": os.environ["PATH"], "KSMY_DATABASE_URL": url, "KSMY_ACTOR": "tester", **variables}
        done = subprocess.run(
            [sys.executable, *program, *arguments], capture_output=True, text=True, env=env, check=False
        )
        return Ran(done.stdout, done.stderr, done.returncode)

    return on
