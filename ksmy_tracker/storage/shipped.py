"""Where what ships with the program is: the migrations, the seed and the example of one."""

from pathlib import Path

import ksmy_tracker
from ksmy_tracker.errors import KsmyError


def shipped(name: str) -> Path:
    """`migrations`, `seed.json` or the example: beside the package in a wheel, above it in a checkout."""
    package = Path(ksmy_tracker.__file__).parent
    if (package / name).exists():
        return package / name
    if (package.parent / "pyproject.toml").exists() and (package.parent / name).exists():
        return package.parent / name
    raise KsmyError(f"this installation of ksmy-tracker lacks its {name}; install it again")
