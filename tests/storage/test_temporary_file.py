"""A temporary file: whole, at its start, or a sentence."""

import errno
import os
from collections.abc import Iterator
from io import BytesIO

import pytest

from ksmy_tracker.errors import KsmyError
from ksmy_tracker.storage import temporary_file as module
from ksmy_tracker.storage.temporary_file import temporary_file


class Full(BytesIO):
    """A file that has no room from some step on."""

    def __init__(self, fails: str) -> None:
        super().__init__()
        self._fails = fails

    def write(self, block: object) -> int:
        return self._do("write")

    def seek(self, *place: int) -> int:
        return self._do("seek")

    def close(self) -> None:
        self._do("close")

    def _do(self, step: str) -> int:
        if step == self._fails or (step == "close" and not self.closed):
            super().close()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return 0


def test_what_is_put_in_comes_out_from_the_start() -> None:
    with temporary_file(iter([b"one ", b"", b"two"])) as whole:
        assert whole.read() == b"one two"


@pytest.mark.parametrize("fails", ["write", "seek"])
def test_no_room_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    monkeypatch.setattr(module, "TemporaryFile", lambda: Full(fails))
    with pytest.raises(KsmyError) as refused:
        temporary_file([b"x"])
    assert str(refused.value) == (
        "a temporary file could not be written: No space left on device; name a folder with room in TMPDIR"
    )
    with pytest.raises(KsmyError, match=r"No space left on device; nothing was applied$"):
        temporary_file([b"x"], "nothing was applied")


def test_a_failure_of_what_is_put_in_is_its_own() -> None:
    def broken() -> Iterator[bytes]:
        yield b"x"
        raise OSError(errno.EIO, "the reader's own")

    with pytest.raises(OSError, match="the reader's own"):
        temporary_file(broken())
