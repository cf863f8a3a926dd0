"""A register that changes are made in."""

from pathlib import Path
from typing import Any

import pytest

from ksmy_tracker.domain.changes import Change
from ksmy_tracker.domain.receipt import Receipt
from tests.writing.changing import Make, make_in


@pytest.fixture
def make(register: Path) -> Make:
    """Make changes in one transaction of their own."""

    def run(*changes: Change, **more: Any) -> Receipt:
        return make_in(register, *changes, **more)

    return run
