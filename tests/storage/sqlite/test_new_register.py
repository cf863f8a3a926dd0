"""A new register's file: whose it is, and that what is in place is what was made."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ksmy_tracker.errors import Damaged, NoRegister
from ksmy_tracker.storage.sqlite.new_register import head_of, new_mode, read_back

OTHER = "0" * 64


def head(register: Path) -> str | None:
    with closing(sqlite3.connect(register)) as connection:
        return head_of(connection)


def test_what_reads_as_it_was_made_is_left_alone(register: Path, behind: Path) -> None:
    for path in (register, behind):
        before = path.read_bytes()
        read_back(path, head(path), "register")
        assert path.read_bytes() == before


@pytest.mark.parametrize(("expected", "said"), [(OTHER, OTHER), (None, "none")])
def test_what_reads_as_something_else_is_told_and_named(
    register: Path, expected: str | None, said: str
) -> None:
    with pytest.raises(Damaged) as told:
        read_back(register, expected, "backup")
    assert str(told.value) == (
        f"the backup {register} is in place, but it is not what was put there: its head is {head(register)}, "
        f"not {said}; remove it"
    )


def test_what_cannot_be_read_back_is_said_to_be_in_place(register: Path) -> None:
    Path(f"{register}-wal").touch()
    with pytest.raises(NoRegister) as told:
        read_back(register, head(register), "register")
    assert str(told.value).startswith(
        f"the register {register} is in place, but could not be read back: {register}-wal was left by "
    )
    register.write_bytes(b"damaged" * 1000)
    Path(f"{register}-wal").unlink()
    with pytest.raises(
        NoRegister, match=r"is in place, but could not be read back: .* it is no SQLite database"
    ):
        read_back(register, None, "register")


@pytest.mark.parametrize(
    ("folder", "umask", "mode"),
    [
        (0o755, 0o002, 0o600),
        (0o770, 0o007, 0o600),
        (0o2755, 0o002, 0o600),
        (0o2770, 0o007, 0o660),
        (0o2770, 0o022, 0o640),
        (0o2770, 0o077, 0o600),
        (0o2775, 0o000, 0o660),
    ],
)
def test_a_register_is_its_user_s_alone_but_where_a_group_shares_the_folder(
    tmp_path: Path, folder: int, umask: int, mode: int
) -> None:
    tmp_path.chmod(folder)
    before = os.umask(umask)
    try:
        assert new_mode(tmp_path) == mode
    finally:
        os.umask(before)


def test_where_there_is_no_folder_it_is_its_user_s_alone(tmp_path: Path) -> None:
    assert new_mode(tmp_path / "none") == 0o600
