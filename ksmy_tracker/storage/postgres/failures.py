"""The sentence and the exit code for what a PostgreSQL server or its connection says went wrong."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import islice
from typing import Final

from ksmy_tracker.domain.entries import BrokenEntry
from ksmy_tracker.errors import Busy, Damaged, KsmyError
from ksmy_tracker.storage.postgres.attempts import psycopg
from ksmy_tracker.storage.postgres.connection import NoAnswer, connect
from ksmy_tracker.storage.postgres.reader import stored_revision
from ksmy_tracker.storage.postgres.url import Server
from ksmy_tracker.storage.revisions import REVISIONS

#: What PostgreSQL reports where a transaction must run again from its start: serialization_failure, deadlock_detected.
RUN_AGAIN: Final = ("40001", "40P01")

#: Seconds for looking at the schema after a failure.
LOOK_AGAIN: Final = 10.0


@contextmanager
def translated(server: Server) -> Iterator[None]:
    """Turn what the server says went wrong into the sentence and the exit code for it."""
    try:
        yield
    except BrokenEntry as error:
        raise broken(error, server) from error
    except Exception as error:
        if (cause := original(error)) is None:
            raise
        raise explained(cause, server) from error


def broken(error: BrokenEntry, server: Server) -> KsmyError:
    """The sentence for an entry that no writer can have written."""
    return Damaged(f"{server} is damaged: {error}; restore the newest sound backup")


def original(error: BaseException) -> psycopg.Error | None:
    """Psycopg's error, also where SQLAlchemy wraps it, or where going back failed after a server gave no answer."""
    found: list[psycopg.Error] = []
    link: BaseException | None = None if isinstance(error, KsmyError) else error
    while link is not None:
        one = link if isinstance(link, psycopg.Error) else getattr(link, "orig", None)
        if isinstance(one, NoAnswer):
            return one
        if isinstance(one, psycopg.Error) and (link is error or found):
            found.append(one)
        link = link.__cause__ or link.__context__
    return found[0] if found else None


def runs_again(error: psycopg.Error) -> bool:
    """Whether another transaction was in the way; some servers report it as the place in the chain being taken."""
    return error.sqlstate in RUN_AGAIN or (
        error.sqlstate == "23505" and error.diag.constraint_name == "pk_entry"
    )


def is_lost(error: psycopg.Error) -> bool:
    """Whether the connection is gone, rather than a statement refused."""
    state = error.sqlstate
    return isinstance(error, psycopg.OperationalError) and (
        state is None or state.startswith("08") or state in ("57P01", "57P02", "57P03", "25006")
    )


def is_lost_in(error: KsmyError) -> bool:
    """The same of the failure that a sentence was made for."""
    cause = original(error.__cause__) if error.__cause__ else None
    return cause is not None and is_lost(cause)


def explained(error: psycopg.Error, server: Server) -> KsmyError:
    """The sentence for what the server said, by its SQLSTATE alone: its words are in any language."""
    state = error.sqlstate or ""
    said = " ".join((error.diag.message_primary or str(error)).split())
    if isinstance(error, NoAnswer):
        return silent(server)
    if state in ("55P03", *RUN_AGAIN):
        return Busy(f"another process is writing to {server}; try again, or give a longer --timeout")
    if state == "25006":
        return KsmyError(f"{server} can only be read: it is a standby; name the primary to change anything")
    if state.startswith("53"):
        return KsmyError(f"there is no room left to write {server} ({said}); nothing was changed")
    if is_lost(error):
        return KsmyError(f"the connection to {server} was lost; try again")
    if state in ("XX001", "XX002"):
        return Damaged(f"{server} is damaged ({said}); restore the newest sound backup")
    if state.startswith(("22", "23", "42")) and (found := _damage(server)):
        return Damaged(f"{server} is damaged; restore the newest sound backup", tuple(found))
    if state == "42501":
        return KsmyError(f"this user may not do that in {server} ({said}); ask its owner for the right to")
    return KsmyError(f"the server could not go on with {server}: {said}")


def _damage(server: Server) -> list[str]:
    """What is wrong with the schema of a register in which a statement failed that cannot fail."""
    from ksmy_tracker.storage.postgres.schema_check import differences

    found: list[str] = []
    with suppress(Exception), closing(connect(server, LOOK_AGAIN)) as connection:
        connection.read_only = True
        if stored_revision(connection, server) == REVISIONS[-1]:
            found.extend(islice(differences(connection.execute, str(connection.schema)), 20))
    return found


def silent(server: Server) -> KsmyError:
    """The sentence for a server that did not answer before anything was committed."""
    return Busy(
        f"{server} has not answered in time; nothing was changed; try again, or give a longer --timeout"
    )
