"""Changes read and checked, kept in a temporary file until the register is locked to make them.

However long a batch is, and however slowly it comes: nobody waits for its being read.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from tempfile import TemporaryFile
from typing import Final

import msgspec

from ksmy_tracker.domain.changes import BadLine, Change
from ksmy_tracker.errors import KsmyError

#: Bytes that say how long the next change is.
_LENGTH: Final = 4


class _Kept(msgspec.Struct, array_like=True):
    """A change, or a line that is none."""

    change: Change | None = None
    bad: BadLine | None = None


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(_Kept).decode


def _no_room(error: OSError) -> KsmyError:
    return KsmyError(f"a temporary file could not be written: {error.strerror}; nothing was applied")


class Spool(AbstractContextManager["Spool"]):
    """The changes of a batch in their order, which can be gone through several times."""

    def __init__(self, lines: Iterable[Change | BadLine]) -> None:
        """Read all of the lines; raises `KsmyError` where there is no room to keep them."""
        try:
            self._file = TemporaryFile()  # noqa: SIM115  # closed by __exit__
        except OSError as error:
            raise _no_room(error) from error
        try:
            self._fill(lines)
        except BaseException:
            with suppress(OSError):  # it may have no room for the rest of what it was given
                self._file.close()
            raise

    def _fill(self, lines: Iterable[Change | BadLine]) -> None:
        for line in lines:  # whose failures are not this file's
            kept = _Kept(change=line) if isinstance(line, Change) else _Kept(bad=line)
            encoded = _encode(kept)
            try:
                self._file.write(len(encoded).to_bytes(_LENGTH, "big") + encoded)
            except OSError as error:
                raise _no_room(error) from error
        try:
            self._file.flush()
        except OSError as error:
            raise _no_room(error) from error

    def __iter__(self) -> Iterator[Change | BadLine]:
        """The changes and the bad lines, from the first."""
        self._file.seek(0)
        while length := self._file.read(_LENGTH):
            kept = _decode(self._file.read(int.from_bytes(length, "big")))
            if (line := kept.change or kept.bad) is not None:
                yield line

    def __exit__(self, *_: object) -> None:
        self._file.close()
