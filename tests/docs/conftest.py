"""The register that the pages speak of."""

from pathlib import Path

import pytest

from tests import registers


@pytest.fixture(scope="session")
def _seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register as `ksmy init` makes it, to be copied."""
    path = tmp_path_factory.mktemp("shipped") / "register.db"
    registers.run(path, "init", "--by", "seeder")
    return path
