"""Work in one serializable transaction on a server, run again from fresh reads where the server asks for it."""

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from random import uniform
from time import monotonic, sleep
from typing import Any, Generic, TypeVar

from ksmy_tracker import signals
from ksmy_tracker.domain.entries import BrokenEntry
from ksmy_tracker.errors import Busy, KsmyError, NoRegister
from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.storage.postgres.attempts import Silent, psycopg
from ksmy_tracker.storage.postgres.connection import NoAnswer, connect
from ksmy_tracker.storage.postgres.failures import broken, explained, is_lost, original, runs_again, silent
from ksmy_tracker.storage.postgres.reader import stored_revision
from ksmy_tracker.storage.postgres.transaction import ServerTransaction
from ksmy_tracker.storage.postgres.url import Server
from ksmy_tracker.storage.revisions import require_current

Done = TypeVar("Done")


def done_once(
    server: Server, work: Callable[[Transaction], Done], timeout: float, *, dry_run: bool, invocation: str
) -> Done:
    """Do the work in one serializable transaction and return what it returns, once it is on the server.

    Where the server asks for it, or the connection is lost, the whole of it runs again from fresh reads until the
    time is over. A commit whose answer was lost is looked for by its invocation before anything is done again.
    Raises `Busy` past the timeout, and whatever the work raises.
    """
    until = monotonic() + timeout
    tried = _Tried[Done]()
    pause = 0.01
    while True:
        tried.ending = False
        try:
            return _attempt(server, work, until, invocation, tried, dry_run=dry_run)
        except BrokenEntry as error:
            raise broken(error, server) from error
        except Exception as error:
            cause = original(error)
            lost = cause is not None and is_lost(cause)
            unreachable = tried.committing is not None and isinstance(error, NoRegister | Silent)
            again = cause is not None and runs_again(cause)
            if not (lost or unreachable or again):
                if cause is None:
                    raise
                if tried.committing and not tried.ending:
                    raise _given_up(server, invocation, tried, lost=cause) from None
                raise explained(cause, server) from None
            if monotonic() + pause >= until:
                raise _given_up(server, invocation, tried, lost=None if again else error) from None
        sleep(uniform(pause / 2, pause))  # noqa: S311
        pause = min(pause * 2, 1.0)


@dataclass
class _Tried(Generic[Done]):
    """How far the tries have come.

    The newest was told to commit; a commit was asked for, of work that returned this.
    """

    ending: bool = False
    committing: tuple[Done] | None = None


def _attempt(
    server: Server,
    work: Callable[[Transaction], Done],
    until: float,
    invocation: str,
    tried: _Tried[Done],
    *,
    dry_run: bool,
) -> Done:
    """One try."""
    level = psycopg.IsolationLevel.REPEATABLE_READ if dry_run else psycopg.IsolationLevel.SERIALIZABLE
    left = max(0.05, until - monotonic())
    with closing(connect(server, left)) as connection:
        connection.isolation_level = level
        connection.read_only = dry_run
        if not dry_run and connection.schema:
            # Before the first read, which fixes what the transaction sees: writers stand in a line, none in vain.
            with suppress(psycopg.errors.UndefinedTable):
                connection.execute(f"LOCK TABLE {connection.schema}.commitment IN SHARE ROW EXCLUSIVE MODE")
            if connection.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
                connection.rollback()
        require_current(stored_revision(connection, server), server)
        transaction = ServerTransaction(connection)
        if tried.committing:
            sql = "SELECT id FROM entry WHERE invocation = :invocation LIMIT 1"
            if transaction.values(int, sql, invocation=invocation):
                signals.reached(signals.COMMITTED)
                return tried.committing[0]
        tried.committing = None
        signals.doubt(False)
        done = work(transaction)
        tried.committing, tried.ending = (done,), True
        connection.commit()
        return done


def _given_up(server: Server, invocation: str, tried: _Tried[Any], *, lost: Exception | None) -> KsmyError:
    """Why no further try is made. `lost` is the failure of the connection, if it was that."""
    no_answer = isinstance(original(lost), NoAnswer) if lost else False
    if tried.committing:
        happened = f"{server} has not answered" if no_answer else f"the connection to {server} was lost"
        return Busy(
            f"{happened} while the change was being recorded; whether it was is not known: "
            f"look for invocation {invocation} in `ksmy history --format json` before trying again"
        )
    if lost and no_answer:
        return silent(server)
    if lost:
        return Busy(
            f"the connection to {server} was lost again and again; nothing was changed; try again later"
        )
    return Busy(
        f"other writers of {server} kept this one from its turn; try again, or give a longer --timeout"
    )
