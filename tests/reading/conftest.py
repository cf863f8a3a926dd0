"""A register with one agreement, to be changed."""

import io
import shutil
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from tests.conftest import run
from tests.reading.made import add, make


@pytest.fixture(scope="module")
def empty_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "register.db"
    with redirect_stdout(io.StringIO()):
        assert run("init", "--empty", "--db", str(path), "--by", "clerk") == 0
    return path


@pytest.fixture
def path(empty_register: Path, tmp_path: Path) -> Path:
    """A register with one agreement, PACT, since 1 January 2025."""
    copy = Path(shutil.copy(empty_register, tmp_path / "own.db"))
    make(copy, add("PACT", "2025-01-01", "agreement"))
    return copy
