"""What to do about a connection that failed is told by the protocol, not by words: they may be in any language."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest

from ksmy_tracker.errors import NoRegister
from ksmy_tracker.storage.postgres import attempts
from ksmy_tracker.storage.postgres.connection import connect
from ksmy_tracker.storage.postgres.url import Server

PLACE = "check the host and the port, and that the server runs"
PASSWORD = "check the user and the password"
ENCRYPTION = "check sslmode in the URL"

#: What libpq and a server say here.
KOREAN = "연결할 수 없습니다: 비밀번호"

Answer = Callable[[socket.socket], None]


def message(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("!I", len(content) + 4) + content


def refusing(state: str) -> Answer:
    """A server that refuses everybody, in Korean."""
    fields = b"".join(
        code + value.encode() + b"\0"
        for code, value in ((b"S", "치명적오류"), (b"V", "FATAL"), (b"C", state), (b"M", KOREAN))
    )

    def answer(connection: socket.socket) -> None:
        connection.sendall(message(b"E", fields + b"\0"))

    return answer


def asking_for_a_password(connection: socket.socket) -> None:
    connection.sendall(message(b"R", struct.pack("!I", 3)))


def ready(connection: socket.socket) -> None:
    """The primary of a cluster."""
    parts = [message(b"R", struct.pack("!I", 0))]
    for name, value in (
        ("server_version", "15.0"),
        ("in_hot_standby", "off"),
        ("default_transaction_read_only", "off"),
    ):
        parts.append(message(b"S", f"{name}\0{value}\0".encode()))
    connection.sendall(b"".join((*parts, message(b"Z", b"I"))))


def closing(_: socket.socket) -> None:
    """No server of PostgreSQL's."""


Speaking = Callable[[Answer], int]


@pytest.fixture
def speaking() -> Iterator[Speaking]:
    """A server that knows no encryption and answers who logs in; its port."""
    opened: list[socket.socket] = []

    def start(answer: Answer) -> int:
        listening = socket.create_server(("127.0.0.1", 0))
        opened.append(listening)

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    said = connection.recv(4096)
                    if len(said) == 8 and answer is not closing:  # whether it knows encryption
                        connection.sendall(b"N")
                        said = connection.recv(4096)
                    if said and answer is not closing:
                        answer(connection)
                        connection.recv(4096)

        threading.Thread(target=serve, daemon=True).start()
        return int(listening.getsockname()[1])

    yield start
    for one in opened:
        one.shutdown(socket.SHUT_RDWR)
        one.close()


def told(url: str) -> str:
    with pytest.raises(NoRegister) as error:
        connect(Server(url), 5)
    return str(error.value)


@pytest.mark.parametrize(
    ("state", "hint"),
    [
        ("28P01", PASSWORD),
        ("28000", "check the user, and sslmode in the URL"),
        ("3D000", "have it created with createdb"),
        ("42501", "ask the database's owner for the right to connect"),
        ("53300", "try again later"),
        ("57P03", "try again later"),
        ("XX000", PLACE),
    ],
)
def test_a_server_that_speaks_korean_gets_the_hint_for_its_sqlstate(
    speaking: Speaking, state: str, hint: str
) -> None:
    url = f"postgresql://desk@127.0.0.1:{speaking(refusing(state))}/reg"
    assert f"{KOREAN}; {hint}" in told(url)


@pytest.mark.parametrize(
    ("answer", "parameters", "hint"),
    [
        (closing, "", PLACE),
        (closing, "sslmode=disable", PLACE),
        (asking_for_a_password, "", PASSWORD),
        (asking_for_a_password, "require_auth=scram-sha-256", PASSWORD),
        (asking_for_a_password, "channel_binding=require", PASSWORD),
        (asking_for_a_password, "sslmode=require", ENCRYPTION),
        (ready, "target_session_attrs=standby", "name a server that can be written to"),
    ],
)
def test_a_libpq_that_speaks_korean_gets_the_hint_for_how_far_it_came(
    speaking: Speaking, monkeypatch: pytest.MonkeyPatch, answer: Answer, parameters: str, hint: str
) -> None:
    monkeypatch.setattr(attempts, "_words_of", lambda _: KOREAN)
    url = f"postgresql://desk@127.0.0.1:{speaking(answer)}/reg?{parameters}"
    assert f"cannot be reached: {KOREAN}; {hint}" in told(url)


@pytest.mark.parametrize(
    "place", ["127.0.0.1:1/reg", "/reg?host=/nonexistent", "no-such-host.invalid/reg", "[::1]:1/reg"]
)
def test_where_nobody_answers_the_place_is_to_be_checked(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setattr(attempts, "_words_of", lambda _: KOREAN)
    assert told(f"postgresql://desk@{place}").endswith(f"; {PLACE}")


@pytest.mark.parametrize(
    "slip",
    ["sslmode=s3cret", "target_session_attrs=s3cret", "keepalives_idle=s3cret", "port=s3cret", "port=0"],
)
def test_a_url_that_libpq_refuses_is_told_to_be_so_and_nothing_of_it_is_shown(
    speaking: Speaking, monkeypatch: pytest.MonkeyPatch, slip: str
) -> None:
    monkeypatch.setattr(attempts, "_words_of", lambda _: f"{KOREAN} s3cret")
    said = told(f"postgresql://desk@127.0.0.1:{speaking(closing)}/reg?{slip}")
    assert said.endswith("the URL is not as it should be; write it as postgresql://USER@HOST:PORT/DATABASE")
    assert "s3cret" not in said
