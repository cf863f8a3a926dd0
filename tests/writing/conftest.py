"""Registers that changes are made in."""

from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.receipt import Receipt
from ksmy_tracker.storage.sqlite.register import FileRegister
from tests.writing.changing import Make, make_in
from tests.writing.desk import Desk


@pytest.fixture
def make(register: Path) -> Make:
    """Make changes in one transaction of their own."""

    def run(*changes: Change, **more: Any) -> Receipt:
        return make_in(register, *changes, **more)

    return run


@pytest.fixture
def desk(register: Path) -> Desk:
    """A register, and what the tests do with it; every change leaves it sound."""
    return Desk(FileRegister(register))
