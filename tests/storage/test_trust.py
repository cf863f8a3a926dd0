"""Whose files are trusted: each owner, mode and group that a register, its journal and its folder may have."""

import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ksmy_tracker.errors import NoRegister
from ksmy_tracker.storage.trust import require_trusted, require_trusted_folder
from tests.conftest import forked

#: Users and groups of whom this machine knows nothing.
ME, COLLEAGUE, MINE, DESK, OTHERS = 54321, 54322, 54321, 54330, 54340


@dataclass(frozen=True)
class Found:
    """The owner, the group and the mode of a folder and of the register in it, and of its journal if it has one."""

    folder: tuple[int, int, int] = (ME, MINE, 0o755)
    file: tuple[int, int, int] = (ME, MINE, 0o600)
    journal: tuple[int, int, int] | None = None

    def make(self, root: Path) -> Path:
        folder = root / "folder"
        folder.mkdir()
        register = folder / "register.db"
        for path, wanted in (
            (register, self.file),
            (Path(f"{register}-journal"), self.journal),
            (folder, self.folder),
        ):
            if wanted is not None:
                path.touch()
                os.chown(path, wanted[0], wanted[1])
                path.chmod(wanted[2])
        return register


def asked(path: Path, user: int = ME, groups: tuple[int, ...] = (MINE, DESK), folder: bool = False) -> str:
    """What a user is told of a register, or of a folder for one; nothing where it is trusted."""

    def ask() -> str:
        os.setgroups(groups)
        os.setgid(groups[0])
        os.setuid(user)
        try:
            if folder:
                require_trusted_folder(path.parent)
            else:
                require_trusted(path)
        except NoRegister as error:
            return str(error)
        return ""

    return forked(ask)()


SHARED = Found((COLLEAGUE, DESK, 0o2770), (COLLEAGUE, DESK, 0o660), (COLLEAGUE, DESK, 0o660))


@pytest.mark.parametrize(
    "found",
    [
        Found(),
        Found(journal=(ME, MINE, 0o600)),
        Found((0, 0, 0o755), (0, 0, 0o644), (0, 0, 0o644)),
        Found((ME, OTHERS, 0o750), (ME, OTHERS, 0o640)),
        Found((ME, MINE, 0o775), (ME, MINE, 0o664)),
        SHARED,
        replace(SHARED, file=(ME, DESK, 0o660), journal=(0, DESK, 0o660)),
        replace(SHARED, folder=(0, DESK, 0o2750), file=(COLLEAGUE, DESK, 0o640)),
    ],
    ids=str,
)
def test_what_is_the_user_s_or_root_s_or_a_group_s_is_trusted(root: Path, found: Found) -> None:
    assert asked(found.make(root)) == ""


ANY = "any user may put a file into {folder}, and so into a register that is there; "
GROUP = "a group you are not in may put a file into {folder}, and so into a register that is there; "
THEIRS = f"{{folder}} belongs to user {COLLEAGUE}, who may put anything into a register that is there; "
SHARE = "its owner can share it with a group that you are in: `chgrp GROUP {folder} && chmod g+rxs {folder}`"
OWN = "`mkdir -m 700 {folder}/ksmy` makes a folder of your own"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Found((ME, MINE, 0o777)), ANY + "run `chmod o-w {folder}`"),
        (Found((ME, MINE, 0o1777)), ANY + OWN),
        (Found((0, 0, 0o1777)), ANY + OWN),
        (Found((0, DESK, 0o2777)), ANY + "run `chmod o-w {folder}`"),
        (Found((ME, OTHERS, 0o775)), GROUP + "run `chmod g-w {folder}`"),
        (Found((0, OTHERS, 0o2775)), GROUP + "run `chmod g-w {folder}`"),
        (Found((COLLEAGUE, MINE, 0o755)), THEIRS + SHARE),
        (Found((COLLEAGUE, DESK, 0o770)), THEIRS + SHARE),
        (Found((COLLEAGUE, OTHERS, 0o2755)), THEIRS + SHARE),
    ],
    ids=str,
)
def test_a_folder_that_others_may_write_is_refused_with_what_to_run(
    root: Path, found: Found, said: str
) -> None:
    register = found.make(root)
    expected = said.format(folder=register.parent)
    assert asked(register) == expected
    assert asked(register, folder=True) == expected


REGISTER = "{path}, the register, "
JOURNAL = "{path}-journal, the journal of the register, "


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            Found(file=(COLLEAGUE, MINE, 0o644)),
            REGISTER + f"belongs to user {COLLEAGUE}; if you trust it, have it given to you: "
            f"`chown -h {ME} {{path}}`",
        ),
        (
            replace(SHARED, file=(COLLEAGUE, MINE, 0o640)),
            REGISTER + f"belongs to user {COLLEAGUE}; its owner can share it with the folder's group: "
            f"`chgrp {DESK} {{path}}`",
        ),
        (
            Found(file=(ME, MINE, 0o606)),
            "any user may write to {path}, the register; run `chmod o-w {path}` if you trust it",
        ),
        (
            replace(SHARED, file=(ME, DESK, 0o662)),
            "any user may write to {path}, the register; run `chmod o-w {path}` if you trust it",
        ),
        (
            Found(file=(ME, OTHERS, 0o660)),
            "a group you are not in may write to {path}, the register; run `chmod g-w {path}` if you trust it",
        ),
        (
            Found(journal=(COLLEAGUE, MINE, 0o600)),
            JOURNAL + f"belongs to user {COLLEAGUE}; if you trust it, have it given to you: "
            f"`chown -h {ME} {{path}}-journal`",
        ),
        (
            Found(journal=(ME, MINE, 0o602)),
            (
                "any user may write to {path}-journal, the journal of the register; "
                "run `chmod o-w {path}-journal` if you trust it"
            ),
        ),
    ],
    ids=str,
)
def test_a_file_of_another_or_that_others_may_write_is_refused_with_what_to_run(
    root: Path, found: Found, said: str
) -> None:
    register = found.make(root)
    assert asked(register) == said.format(path=register)
    assert asked(register, folder=True) == ""


def test_root_counts_as_in_every_group_but_trusts_no_other_user(root: Path) -> None:
    assert asked(Found((0, OTHERS, 0o775), (0, OTHERS, 0o664)).make(root), 0, (0,)) == ""
    assert asked(root / "folder" / "register.db", ME) != ""
    os.chown(root / "folder" / "register.db", COLLEAGUE, 0)
    assert "if you trust it, have it given to you: `chown -h 0 " in asked(
        root / "folder" / "register.db", 0, (0,)
    )


def test_behind_sudo_the_files_of_its_user_are_trusted_too(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = Found((COLLEAGUE, OTHERS, 0o755), (COLLEAGUE, OTHERS, 0o600)).make(root)
    monkeypatch.setenv("SUDO_UID", str(COLLEAGUE))
    assert asked(register, 0, (0,)) == ""
    assert asked(register, ME) != ""  # who is not root may say anything of itself
    monkeypatch.setenv("SUDO_UID", "nonsense")
    assert asked(register, 0, (0,)) != ""


def test_a_link_is_looked_at_where_it_lies_and_where_it_leads(root: Path) -> None:
    register = Found().make(root)
    public = root / "public"
    public.mkdir()
    public.chmod(0o1777)
    (public / "link.db").symlink_to(register)
    assert asked(public / "link.db") == (
        ANY + "`mkdir -m 700 {folder}/ksmy` makes a folder of your own"
    ).format(folder=public)
    link = root / "link.db"
    link.symlink_to("folder/register.db")
    assert asked(link) == ""
    os.lchown(link, COLLEAGUE, COLLEAGUE)
    assert asked(link).startswith(f"{link}, a symbolic link to the register, belongs to user {COLLEAGUE}; ")
    os.lchown(link, 0, 0)
    register.parent.chmod(0o777)
    assert asked(link).startswith(f"any user may put a file into {register.parent}")


@pytest.mark.parametrize("kind", ["a link", "a folder", "a pipe"])
def test_a_journal_is_a_regular_file(root: Path, kind: str) -> None:
    register = Found().make(root)
    journal = Path(f"{register}-journal")
    if kind == "a link":
        journal.symlink_to("elsewhere")
    elif kind == "a folder":
        journal.mkdir()
    else:
        os.mkfifo(journal)
    assert asked(register) == (f"{journal}, the journal of the register, is not a regular file; move it away")


def test_a_register_with_a_second_name_is_refused(root: Path) -> None:
    register = Found().make(root)
    os.link(register, root / "second.db")
    assert asked(register) == (
        f"{register} has a second name (a hard link), and what a killed writer left under one name is not undone "
        f"under the other; keep one of those that `find / -xdev -samefile {register}` shows"
    )


def test_a_write_ahead_log_is_refused_whoever_left_it(root: Path) -> None:
    register = Found().make(root)
    Path(f"{register}-wal").touch()
    assert asked(register).startswith(f"{register}-wal was left by another database, ")
    assert asked(register).endswith(": move it away")


def test_a_path_that_a_shell_would_part_is_quoted_where_it_is_to_be_run(tmp_path: Path) -> None:
    folder = tmp_path / "a folder; of $mine"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(NoRegister) as refused:
        require_trusted_folder(folder)
    assert str(refused.value).endswith(f"run `chmod o-w '{folder}'`")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o777
