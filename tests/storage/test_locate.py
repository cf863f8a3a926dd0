"""Where a register is: a path, a URL, the option, the variable, or the user's data."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from ksmy_tracker.errors import Usage
from ksmy_tracker.storage.locate import locate
from ksmy_tracker.storage.sqlite.register import FileRegister
from tests.conftest import Ksmy, everything_in, sentence

NOTE = ("update", "FTA-CONCLUDE", "--note", "seen")
ADD = ("add", "TIN", "--title", "Tin", "--agreement", "FTA", "--sector", "tin", "--firmness", "agreed")


def test_a_path_is_a_location() -> None:
    assert locate("some/register.db") == FileRegister(Path("some/register.db"))


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///register.db", "register.db"),
        ("sqlite:////srv/register.db", "/srv/register.db"),
        ("sqlite+pysqlite:////srv/register.db", "/srv/register.db"),
        ("sqlite:////srv/register.db?timeout=3", "/srv/register.db"),
    ],
)
def test_an_sqlite_url_is_a_location(url: str, path: str) -> None:
    assert locate(url) == FileRegister(Path(path))


def test_a_tilde_is_the_home(tmp_path: Path) -> None:
    assert locate("~/register.db") == FileRegister(tmp_path / "home" / "register.db")


def test_a_tilde_with_a_name_nobody_has_is_refused_in_a_sentence(ksmy: Ksmy) -> None:
    ran = ksmy("list", "--db", "~no-such-user/register.db")
    assert ran.code == 2
    assert sentence(ran) == (
        "the home directory in ~no-such-user/register.db is not known; give the whole path"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep a user's data elsewhere")
@pytest.mark.parametrize("unnamed", [None, ""])
def test_without_a_name_the_register_is_in_the_users_data(
    unnamed: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert locate(unnamed) == FileRegister(tmp_path / "home/.local/share/ksmy/register.db")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert locate(unnamed) == FileRegister(tmp_path / "data/ksmy/register.db")


@pytest.mark.parametrize("arguments", [("list",), NOTE, ("init", "--empty")], ids=" ".join)
def test_an_empty_name_is_refused(ksmy: Ksmy, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    before = everything_in(tmp_path)
    ran = ksmy(*arguments, "--db", "")
    assert ran.code == 2
    assert "--db" in sentence(ran)
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("url", ["oracle://clerk:s3cret@server/register?password=s3cret", "sqlite://"])
def test_another_kind_of_url_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(Usage) as refused:
        locate(url)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "postgresql//seoul:s3cret@/ksmy",
            "ostgresql:/seoul:s3cret@h/ksmy",
            "postgresqI:seoul:s3cret@h/ksmy",
        ),
        *("PGPASSWORD=s3cret host=h", "h password = s3cret", "seoul:s3cret@db.example.org/ksmy"),
        "postgresql\uff1a//seoul:s3cret@h/ksmy",
    ],
)
def test_a_server_s_name_with_a_slip_in_it_is_neither_shown_nor_made_a_file(
    ksmy: Ksmy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = everything_in(tmp_path)
    for command in ("list", "init"):
        ran = ksmy(command, "--db", name)
        assert ran.code == 2
        assert sentence(ran).endswith("; put ./ before the name of a file")
        assert "s3cret" not in ran.err
    assert everything_in(tmp_path) == before
    assert locate(f"./{name}") == FileRegister(Path(name))


def test_the_option_goes_before_the_variable(ksmy: Ksmy, register: Path, tmp_path: Path) -> None:
    other = Path(shutil.copy(register, tmp_path / "other.db"))
    assert ksmy(*ADD, "--db", str(other)).code == 0
    assert "TIN" in ksmy("list", "--db", str(other)).out
    assert "TIN" not in ksmy("list").out


@pytest.mark.parametrize(
    "name", ["a register.db", "what?.db", "#1.db", "100%25.db", "대장.db", "a&b=c.db", "-"]
)
def test_any_name_a_file_can_have_is_taken_literally(
    ksmy: Ksmy, register: Path, tmp_path: Path, name: str
) -> None:
    register = register.rename(tmp_path / name)
    assert ksmy(*ADD, "--db", str(register)).code == 0
    assert "TIN" in ksmy("list", "--db", str(register)).out
    assert os.listdir(tmp_path) == [name]
