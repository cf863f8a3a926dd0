"""Placing a whole file or nothing: made in a private folder beside its place, fsynced, then put there in one step."""

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from ksmy_tracker import signals
from ksmy_tracker.errors import KsmyError, Refused, Usage

#: "ksmy" in ASCII, in the header of every register, so that another program's file is not taken for one.
APPLICATION_ID: Final = 0x6B736D79

_AT_FDCWD, _RENAME_NOREPLACE = -100, 1


def expanded(path: str) -> Path:
    """A path with `~` as the home it stands for; raises `Usage` where there is none."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise Usage(f"the home directory in {path} is not known; give the whole path") from None


def write_whole(target: Path, text: str, what: str) -> None:
    """Put a text into a file that a user named, whole or not at all; see `output`."""
    with output(target, what) as path:
        path.write_text(text, encoding="utf-8")


@contextmanager
def output(target: Path, what: str, *, private: bool = False) -> Iterator[Path]:
    """Give the path of a new file to fill, and put it where a user named a file for a result.

    A file that is there is replaced, and its mode kept where it is the user's or root's or a group shares the folder;
    another gets the usual mode, or 0600 where it is `private`.
    Links are followed unless they are another user's. Raises `Refused` for what is no file; `KsmyError`.
    """
    from ksmy_tracker.storage.trust import followed, shared_by, users

    place = followed(expanded(str(target)), what)
    mode = 0o600 if private else 0o666 & ~umask()
    with suppress(OSError):
        found = place.lstat()
        if found.st_uid in users() or shared_by(place.parent) is not None:
            mode = found.st_mode & 0o777
    with placed(place, replace=True, what=what, mode=mode) as path:
        yield path


def check_place(target: Path, *, replace: bool, what: str) -> None:
    """Raise `Refused` for a place where something may not be replaced, or SQLite would take what is new for its own."""
    for ending in ("-journal", "-wal", "-shm"):
        if target.name.endswith(ending):
            raise Refused(
                f"{target} is what SQLite calls a file of its own beside a database "
                f"{target.name.removesuffix(ending)}; name another file for the {what}"
            )
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
def placed(target: Path, *, replace: bool, what: str, mode: int = 0o600) -> Iterator[Path]:
    """Give the path of an empty new file (mode 0600) to fill, and put it at `target` if all goes well.

    With `replace` an existing file is replaced; without, `Refused` is raised if there is one by then, even if
    another process made it meanwhile. On any error the new file is gone and the target is as it was, unless the
    error says that it is in place. What killed commands left beside the target is removed.
    """
    from ksmy_tracker.storage.private_folder import private_file, remains

    remains(target.parent, remove=True)
    check_place(target, replace=replace, what=what)
    # A signal that comes while it is put in place is answered once the private folder is gone, too.
    with unwritten(target, what), ExitStack() as held, private_file(target.parent) as path:
        yield path
        if mode != 0o600:
            path.chmod(mode)
        sync(path)
        held.enter_context(signals.uninterrupted())
        put_in_place(path, target, replace=replace, what=what)


@contextmanager
def unwritten(target: Path, what: str) -> Iterator[None]:
    """Turn what the system says into a sentence, as long as nothing is in place."""
    try:
        yield
    except OSError as error:
        raise KsmyError(f"the {what} {target} could not be written: {error.strerror or error}") from error


def put_in_place(path: Path, target: Path, *, replace: bool, what: str) -> None:
    """Move a synced file to its place, on the disk; raises `OSError` as long as it is not there."""
    with signals.uninterrupted():
        if replace:
            os.replace(path, target)
        else:
            try:
                rename_new(path, target)
            except FileExistsError:
                raise Refused(f"there is already a file at {target}; nothing was changed") from None
        signals.reached(signals.PLACED)
        try:
            sync(target.parent)
        except OSError as error:
            raise KsmyError(
                f"the {what} {target} is in place, but its folder could not be synced ({error.strerror}); "
                "it may be gone after a power cut"
            ) from error


def rename_new(source: Path, target: Path) -> None:
    """Move a file without ever replacing another; raises `FileExistsError`."""
    if _rename_noreplace(source, target):
        return
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        os.rename(source, target)
    else:
        with suppress(OSError):  # the private folder's end tries again
            os.unlink(source)


def _rename_noreplace(source: Path, target: Path) -> bool:
    """The same by Linux's own call; false where it, or the file system, cannot do that."""
    import ctypes

    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    names = _AT_FDCWD, os.fsencode(source), _AT_FDCWD, os.fsencode(target)
    if renameat2(*names, _RENAME_NOREPLACE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL):
        return False
    raise OSError(number, os.strerror(number), str(target))


def sync(path: Path) -> None:
    """Have a file's content, or a folder's names, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        with suppress(OSError):
            os.close(descriptor)


def umask() -> int:
    """The bits of a mode that the user takes from new files."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
