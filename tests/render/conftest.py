"""The registers that these tests look at."""

from tests.registers import after_summit, empty, hostile

__all__ = ["after_summit", "empty", "hostile"]
