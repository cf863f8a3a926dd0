"""Writing a whole file or nothing: a temporary file beside it, fsync, then one step into place."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

from ksmy_tracker import signals
from ksmy_tracker.errors import KsmyError, Refused, Usage

#: "ksmy" in ASCII, in the header of every register, so that another program's file is not taken for one.
APPLICATION_ID: Final = 0x6B736D79


def expanded(path: str) -> Path:
    """A path with `~` as the home it stands for; raises `Usage` where there is none."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise Usage(f"the home directory in {path} is not known; give the whole path") from None


def write_whole(target: Path, text: str, what: str) -> None:
    """Put a text into a file, whole or not at all; an existing file keeps its mode, a new one gets the usual one.

    What is no file (a pipe, a device) is written to as it is. Raises `KsmyError` or `Refused`.
    """
    target = expanded(str(target))
    try:
        mode = target.stat().st_mode
    except OSError:
        umask = os.umask(0o077)
        os.umask(umask)
        mode = 0o666 & ~umask
    else:
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            try:
                target.write_text(text, encoding="utf-8")
            except OSError as error:
                raise KsmyError(f"the {what} {target} could not be written: {error.strerror}") from error
            return
    try:
        place = target.resolve()
    except (OSError, RuntimeError):
        raise KsmyError(f"the {what} {target} could not be written: its links lead in a circle") from None
    with placed(place, replace=True, what=what) as path:
        path.write_text(text, encoding="utf-8")
        path.chmod(stat.S_IMODE(mode))


def check_place(target: Path, *, replace: bool, what: str) -> None:
    """Raise `Refused` where something stands at `target` that may not be replaced."""
    if os.path.isdir(target):
        raise Refused(f"{target} is a directory; name a file for the {what}")
    if not os.path.lexists(target):
        return
    if not replace:
        how = "; --force replaces it" if what == "backup" else ""
        raise Refused(f"there is already a file at {target}; nothing was changed{how}")
    if os.path.islink(target) or not os.path.isfile(target):
        raise Refused(f"{target} is not a regular file; name another for the {what}")
    if what != "backup" and _is_register(target):
        raise Refused(f"{target} is a register; name another file for the {what}")


def _is_register(path: Path) -> bool:
    """Whether a file is an SQLite database with this program's mark in its header."""
    try:
        with path.open("rb") as file:
            header = file.read(72)
    except OSError:
        return False
    return header.startswith(b"SQLite format 3\0") and header[68:] == APPLICATION_ID.to_bytes(4)


@contextmanager
def placed(target: Path, *, replace: bool, what: str) -> Iterator[Path]:
    """Give the path of an empty new file (mode 0600) to fill, and put it at `target` if all goes well.

    With `replace` an existing file is replaced; without, `Refused` is raised if there is one by then, even if
    another process made it meanwhile. On any error the temporary file is gone and the target is as it was.
    """
    check_place(target, replace=replace, what=what)
    temporary = target.with_name(f".{uuid4().hex}.part")
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            yield temporary
            _sync(temporary)
            with signals.uninterrupted():
                if replace:
                    os.replace(temporary, target)
                else:
                    _put_new(temporary, target, what)
                signals.reached(signals.PLACED)
                _sync(target.parent)
        finally:
            for left in (temporary, f"{temporary}-journal"):  # SQLite's own, where the disk was full
                with suppress(FileNotFoundError):
                    os.unlink(left)
    except OSError as error:
        raise KsmyError(f"the {what} {target} could not be written: {error.strerror or error}") from error


def _put_new(temporary: Path, target: Path, what: str) -> None:
    """Move without ever replacing: a hard link fails if the target exists."""
    try:
        os.link(temporary, target)
        os.unlink(temporary)
    except FileExistsError:
        raise Refused(f"there is already a file at {target}; nothing was changed") from None
    except OSError:  # a file system without hard links
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            raise Refused(f"there is already a file at {target}; nothing was changed") from None
        os.replace(temporary, target)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
