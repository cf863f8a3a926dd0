"""Whose files are trusted: what nobody but the user, root or an office's group can have put there."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from ksmy_tracker.errors import KsmyError, NoRegister, Refused


def users() -> set[int]:
    """The ids of users whose files are trusted: this one, root, and whoever became root through sudo."""
    found = {0, os.geteuid()}
    behind = os.environ.get("SUDO_UID", "")
    if os.geteuid() == 0 and behind.isdecimal():
        found.add(int(behind))
    return found


def shared_by(folder: Path) -> int | None:
    """The group that shares what is in a folder: it is set-gid, and the user is in its group."""
    found = folder.stat()
    return found.st_gid if found.st_mode & stat.S_ISGID and _is_in(found.st_gid) else None


def require_trusted(path: Path) -> None:
    """Raise `NoRegister` where somebody else could have changed a register, its journal or what is beside it.

    SQLite takes a journal or a write-ahead log of the right name for the newest pages, whoever put it there. Each
    link on the way is looked at in its folder too; what is above a folder is not.
    """
    try:
        at = path.absolute()
        while at.is_symlink():
            group = _require_folder(at.parent)
            _require_owner(at, "a symbolic link to the register", at.lstat(), group)
            at = at.parent / os.readlink(at)
        group = _require_folder(at.parent)
        _require_file(at, "the register", group)
        if at.stat().st_nlink > 1:
            raise NoRegister(
                f"{at} has a second name (a hard link), and what a killed writer left under one name is not undone "
                f"under the other; keep one of those that `find / -xdev -samefile {_quoted(at)}` shows"
            )
        if os.path.lexists(f"{at}-wal"):
            raise NoRegister(
                f"{at}-wal was left by another database, or by a program that changed the journal mode; no register "
                "has one, and its content would be taken for the register's: move it away"
            )
        journal = Path(f"{at}-journal")
        if os.path.lexists(journal):
            _require_file(journal, "the journal of the register", group)
    except FileNotFoundError:  # the journal of a writer that has ended meanwhile; or it is for SQLite to tell
        pass
    except OSError as error:
        raise NoRegister(f"{path} cannot be opened: {error.strerror}") from None


def require_trusted_folder(folder: Path) -> None:
    """Raise `NoRegister` where somebody else could plant a file beside a register that is to be made."""
    with suppress(OSError):  # for what makes the file to tell
        _require_folder(folder)


def _require_folder(folder: Path) -> int | None:
    """Refuse a folder that somebody else may write; return the group that shares it."""
    found, group = folder.stat(), shared_by(folder)
    shown = _quoted(folder)
    if found.st_mode & stat.S_IWOTH:
        do = (
            f"`mkdir -m 700 {_quoted(folder / 'ksmy')}` makes a folder of your own"
            if found.st_mode & stat.S_ISVTX
            else f"run `chmod o-w {shown}`"
        )
        raise NoRegister(f"any user may put a file into {folder}, and so into a register that is there; {do}")
    if found.st_mode & stat.S_IWGRP and not _is_in(found.st_gid):
        raise NoRegister(
            f"a group you are not in may put a file into {folder}, and so into a register that is there; "
            f"run `chmod g-w {shown}`"
        )
    if found.st_uid not in users() and group is None:
        raise NoRegister(
            f"{folder} belongs to {_name(found.st_uid)}, who may put anything into a register that is there; "
            f"its owner can share it with a group that you are in: `chgrp GROUP {shown} && chmod g+rxs {shown}`"
        )
    return group


def _require_owner(path: Path, what: str, found: os.stat_result, group: int | None) -> None:
    """Refuse what somebody else owns, unless it belongs to the group that shares its folder."""
    if found.st_uid not in users() and found.st_gid != group:
        do = (
            f"if you trust it, have it given to you: `chown -h {os.geteuid()} {_quoted(path)}`"
            if group is None
            else f"its owner can share it with the folder's group: `chgrp {group} {_quoted(path)}`"
        )
        raise NoRegister(f"{path}, {what}, belongs to {_name(found.st_uid)}; {do}")


def _require_file(path: Path, what: str, group: int | None) -> None:
    """Refuse a file that somebody else owns or may write."""
    found = path.lstat()
    _require_owner(path, what, found, group)
    if not stat.S_ISREG(found.st_mode):
        raise NoRegister(f"{path}, {what}, is not a regular file; move it away")
    if found.st_mode & stat.S_IWOTH:
        raise NoRegister(
            f"any user may write to {path}, {what}; run `chmod o-w {_quoted(path)}` if you trust it"
        )
    if found.st_mode & stat.S_IWGRP and not _is_in(found.st_gid):
        raise NoRegister(
            f"a group you are not in may write to {path}, {what}; run `chmod g-w {_quoted(path)}` if you trust it"
        )


def followed(path: Path, what: str) -> Path:
    """Where a path leads through symbolic links, none of which is another user's.

    Raises `Refused` at one that is, and where a link is no file's but a descriptor's; `KsmyError` at a circle.
    """
    waiting = [*reversed(path.absolute().parts)]
    at, links = "", 0
    while waiting:
        part = waiting.pop()
        if part == "..":
            at = os.path.dirname(at)
            continue
        here = os.path.join(at, part)
        try:
            found = os.lstat(here)
        except OSError:  # for what puts a file there to tell
            return Path(here, *reversed(waiting))
        if not stat.S_ISLNK(found.st_mode):
            at = here
            continue
        links += 1
        if links > 40:
            raise KsmyError(f"the {what} {path} could not be written: its links lead in a circle")
        if here.startswith("/proc/"):
            raise Refused(f"{path} is not a regular file; name another for the {what}")
        leads = os.readlink(here)
        if found.st_uid not in users():
            raise Refused(
                f"{here} is a symbolic link of {_name(found.st_uid)}; name the place that it leads to, {leads}, "
                "if that is meant"
            )
        waiting.extend(reversed(Path(leads).parts))
    return Path(at)


def _is_in(group: int) -> bool:
    """Whether the user is in a group; root counts as in each."""
    return os.geteuid() == 0 or group == os.getegid() or group in os.getgroups()


def _name(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _quoted(path: Path) -> str:
    from shlex import quote

    return quote(str(path))
