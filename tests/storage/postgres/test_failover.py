"""The primary dies, its synchronous standby takes over: every acknowledged change is there, once."""

import json
from collections.abc import Iterator
from time import monotonic

import pytest

from ksmy_tracker import cli
from tests.conftest import FORK, NOW, Ksmy, count
from tests.servers import Cluster

PRIMARY, STANDBY = 5433, 5434


@pytest.fixture
def pair(own_cluster: Cluster, ksmy: Ksmy) -> Iterator[tuple[Cluster, Cluster]]:
    """A primary with the seed, and a standby that it waits for."""
    primary, standby = (Cluster(own_cluster.folder, port) for port in (PRIMARY, STANDBY))
    primary.create()
    primary.start("wal_level=replica", "max_wal_senders=4", "synchronous_commit=remote_apply")
    primary.execute("CREATE DATABASE reg")
    assert ksmy("init", "--db", primary.url("reg")).code == 0
    source = ("-h", str(primary.folder), "-p", str(PRIMARY), "-U", "ksmy")
    primary.run("pg_basebackup", *source, "-c", "fast", "-D", str(standby.data), "-R")
    standby.start("hot_standby=on")
    primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
    yield primary, standby
    standby.stop()
    primary.stop()


def write_on(url: str, pipe: object, stop: object) -> None:
    """Update again and again; send what was acknowledged."""
    number, acknowledged = 0, []
    while not stop.is_set():  # type: ignore[attr-defined]
        number += 1
        note = f"change {number}"
        if cli.run(["update", "TOURISM", "--note", note, "--db", url, "--timeout", "20"], lambda: NOW) == 0:
            acknowledged.append(note)
            pipe.send(len(acknowledged))  # type: ignore[attr-defined]
    pipe.send(acknowledged)  # type: ignore[attr-defined]


def test_a_loop_of_changes_goes_on_after_a_failover_and_loses_none(
    pair: tuple[Cluster, Cluster], ksmy: Ksmy, pytestconfig: pytest.Config
) -> None:
    primary, standby = pair
    both = f"{primary.folder},{primary.folder}"
    url = f"postgresql://ksmy@/reg?host={both}&port={PRIMARY},{STANDBY}&target_session_attrs=read-write"
    here, there = FORK.Pipe(duplex=False)
    stop = FORK.Event()
    writer = FORK.Process(target=write_on, args=(url, there, stop))
    writer.start()
    wait_for(here, 15)
    look = f"postgresql://ksmy@/reg?host={standby.folder}&port={STANDBY}&target_session_attrs=any"
    for command in (("list",), ("report", "--format", "json"), ("history",), ("check",)):
        assert ksmy(*command, "--db", look).code == 0
    refused = ksmy("update", "TOURISM", "--note", "x", "--db", look, "--timeout", "1")
    assert refused.code in (1, 7)
    primary.stop("immediate")
    standby.run("pg_ctl", "-D", str(standby.data), "promote", "-w")
    before = here.recv()
    wait_for(here, before + 15)
    stop.set()
    acknowledged = here.recv()
    while isinstance(acknowledged, int):
        acknowledged = here.recv()
    writer.join()
    history = json.loads(ksmy("history", "TOURISM", "--format", "json", "--db", look).out)
    found = [entry["note"] for entry in history[1:]]
    assert len(found) == len(set(found))
    assert set(acknowledged) <= set(found)
    assert ksmy("check", "--db", look).code == 0
    lost = len(set(acknowledged) - set(found))
    count(
        pytestconfig,
        f"a failover in a loop of changes: {len(acknowledged)} acknowledged, lost: {lost}, doubled: 0",
    )


def wait_for(pipe: object, acknowledged: int) -> None:
    """Wait until so many changes were acknowledged."""
    until = monotonic() + 60
    while pipe.recv() < acknowledged:  # type: ignore[attr-defined]
        assert monotonic() < until
