"""Changes read and checked, kept in a temporary file until the register is locked to make them.

However long a batch is, and however slowly it comes: nobody waits for its being read.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Final

import msgspec

from ksmy_tracker.domain.changes import BadLine, Change
from ksmy_tracker.storage.temporary_file import temporary_file

#: Bytes that say how long the next change is.
_LENGTH: Final = 4


class _Kept(msgspec.Struct, array_like=True):
    """A change, or a line that is none."""

    change: Change | None = None
    bad: BadLine | None = None


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(_Kept).decode


class Spool(AbstractContextManager["Spool"]):
    """The changes of a batch in their order, which can be gone through several times."""

    def __init__(self, lines: Iterable[Change | BadLine]) -> None:
        """Read all of the lines; raises `KsmyError` where there is no room to keep them."""
        self._file = temporary_file(map(_encoded, lines), "nothing was applied")

    def __iter__(self) -> Iterator[Change | BadLine]:
        """The changes and the bad lines, from the first."""
        self._file.seek(0)
        while length := self._file.read(_LENGTH):
            kept = _decode(self._file.read(int.from_bytes(length, "big")))
            if (line := kept.change or kept.bad) is not None:
                yield line

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _encoded(line: Change | BadLine) -> bytes:
    encoded = _encode(_Kept(change=line) if isinstance(line, Change) else _Kept(bad=line))
    return len(encoded).to_bytes(_LENGTH, "big") + encoded
