"""A temporary file, for what is too long to be kept in memory."""

from collections.abc import Iterable
from contextlib import suppress
from tempfile import TemporaryFile
from typing import BinaryIO

from ksmy_tracker.errors import KsmyError


def temporary_file(blocks: Iterable[bytes], then: str = "name a folder with room in TMPDIR") -> BinaryIO:
    """A temporary file with these bytes, at its start.

    Raises `KsmyError` where there is no room for it, with what follows from that; what `blocks` raise is theirs.
    """
    try:
        whole: BinaryIO = TemporaryFile()  # noqa: SIM115  # closed by the caller
    except OSError as error:
        raise _no_room(error, then) from error
    try:
        for block in blocks:
            try:
                whole.write(block)
            except OSError as error:
                raise _no_room(error, then) from error
        try:
            whole.seek(0)
        except OSError as error:
            raise _no_room(error, then) from error
    except BaseException:
        with suppress(OSError):  # what is still to be written has no room either
            whole.close()
        raise
    return whole


def _no_room(error: OSError, then: str) -> KsmyError:
    return KsmyError(f"a temporary file could not be written: {error.strerror}; {then}")
