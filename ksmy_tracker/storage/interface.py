"""A register as all above this room see it, whichever engine keeps it: what reads it, and what changes it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

from ksmy_tracker.domain.kinds import FOREIGN, KINDS
from ksmy_tracker.domain.words import a
from ksmy_tracker.storage.rows_by_name import columns_of, made, values_in, values_of

Done = TypeVar("Done")
Row = TypeVar("Row")
Value = TypeVar("Value")

#: Seconds a command waits for another process that holds the register.
TIMEOUT: Final = 30.0

#: Rows that one INSERT takes: several cost far less than as many statements, and these fit a processor's cache.
INSERTED_AT_ONCE: Final = 200


#: The tables that keep a register; one of an older schema may lack some.
TABLES: Final = (*KINDS, "entry", "unchanged_key")


#: What a ref has but for what stands between it and its parts.
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"


class Reader(ABC):
    """A consistent view of a register for reading: one transaction, closed by the caller's `with`.

    SQL has named parameters (`:name`). A row is a NamedTuple or a slotted dataclass, built by the names of the columns;
    `BrokenEntry` is raised for a value that only damage can have put there.
    """

    #: What its driver raises where a statement fails.
    failures: tuple[type[Exception], ...]

    def rows(self, row: type[Row], sql: str, /, **parameters: Any) -> list[Row]:
        """The rows of a SELECT."""
        return made(row, *self.fetched(sql, parameters))

    def values(self, its: type[Value], sql: str, /, **parameters: Any) -> list[Value]:
        """The values of the only column of a SELECT, all of one type."""
        return values_in(its, *self.fetched(sql, parameters))

    @abstractmethod
    def fetched(self, sql: str, parameters: Mapping[str, Any]) -> tuple[list[str], Sequence[Sequence[Any]]]:
        """The names of the columns of a SELECT, and its rows as the driver has them."""

    @abstractmethod
    def stream(self, row: type[Row], sql: str, /, **parameters: Any) -> Iterator[Row]:
        """The same one by one, in bounded memory."""

    @abstractmethod
    def schema_faults(self) -> Iterator[str]:
        """What is wrong with the schema."""

    def broken_pages(self) -> Iterator[str]:
        """What the engine itself finds wrong below that; then nothing further can be asked."""
        return iter(())

    @contextmanager
    def seeking_broken_pages(self) -> Iterator[Callable[[], list[str]]]:
        """What is to be called for the broken pages; who can seeks them meanwhile, until the end of the block."""
        yield lambda: [*self.broken_pages()]

    def dangling(self) -> Iterator[str]:
        """Every record that belongs to one that is not there."""
        for kind, column, parent in FOREIGN:
            sql = (
                f"SELECT t.ref FROM {kind} t LEFT JOIN {parent} p ON p.ref = t.{column} "
                f"WHERE p.ref IS NULL AND t.{column} IS NOT NULL ORDER BY t.ref"
            )
            for ref in self.values(str, sql):
                yield f"{kind} {ref} belongs to {a(parent)} that is missing"

    @staticmethod
    @abstractmethod
    def among(column: str, parameter: str) -> str:
        """SQL for "the column is in the JSON list bound to the parameter"."""

    @staticmethod
    @abstractmethod
    def listed(parameter: str) -> str:
        """SQL for a table whose column `value` has the texts of the JSON list bound to the parameter."""

    @staticmethod
    @abstractmethod
    def items(column: str) -> str:
        """SQL for a table whose column `value` has the texts of the JSON list in a column."""

    @staticmethod
    @abstractmethod
    def new_value(column: str, name: str) -> str:
        """SQL for what the changes in a column set a field to, as text; null where they do not name it."""

    @staticmethod
    def family(column: str) -> str:
        """SQL for the ref of what a part such as `X/2` belongs to, itself or through another part; else the ref."""
        return f"substr({column}, 1, length({column}) - length(ltrim({column}, '{_LETTERS}')))"

    @staticmethod
    @abstractmethod
    def has_member(column: str, name: str) -> str:
        """SQL for "the JSON object in the column has a member of that name"."""

    @staticmethod
    @abstractmethod
    def like_or_beyond_ascii(column: str, parameters: Iterable[str]) -> str:
        """SQL for "the text in the column is like a pattern of some parameters, in any case, or is not of ASCII"."""

    @abstractmethod
    def whole(self, table: str, columns: Sequence[str]) -> str:
        """SQL for a table as it is, whatever stands in front of it under its name."""


class Transaction(Reader):
    """What work that writes gets: it sees what it has written, and all of it is committed or none."""

    #: What its driver raises for rows that break a rule of the schema.
    refusals: tuple[type[Exception], ...]

    def insert(self, table: str, rows: Sequence[Any]) -> None:
        """Insert rows of one class, or records of a kind, many with each statement; their fields are the columns."""
        self._put(table, rows, "")

    def upsert(self, table: str, rows: Sequence[Any]) -> None:
        """Insert rows in the same way, or update those whose ref is there already."""
        if rows:
            news = [f"{name} = excluded.{name}" for name in columns_of(type(rows[0])) if name != "ref"]
            self._put(table, rows, f" ON CONFLICT (ref) DO UPDATE SET {', '.join(news)}")

    @abstractmethod
    def delete(self, table: str, refs: Sequence[str]) -> None:
        """Delete the records of some refs."""

    def _put(self, table: str, rows: Sequence[Any], then: str) -> None:
        for begin in range(0, len(rows), INSERTED_AT_ONCE):
            some = rows[begin : begin + INSERTED_AT_ONCE]
            self.insert_tuples(table, columns_of(type(some[0])), values_of(some), then)

    @abstractmethod
    def insert_tuples(
        self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]], then: str = ""
    ) -> None:
        """Insert rows with one statement; `then` ends it."""

    @abstractmethod
    def bulk_loading(self) -> AbstractContextManager[None]:
        """Without triggers while much is inserted, and in a file without indexes, which are built again at the end.

        The caller answers for what the triggers would have refused.
        """


class Register(ABC):
    """A register in its place, by the name that a user gave it; shown without a password."""

    #: The step (see signals.py) at which a new register is there.
    made_once: ClassVar[str]

    @abstractmethod
    def __str__(self) -> str: ...

    @abstractmethod
    def reading(self, timeout: float = TIMEOUT) -> AbstractContextManager[Reader]:
        """Open it to read: nothing that does changes it. Raises `NoRegister`, `Busy` or `Damaged`."""

    @abstractmethod
    def write(
        self,
        work: Callable[[Transaction], Done],
        timeout: float = TIMEOUT,
        *,
        dry_run: bool = False,
        invocation: str,
    ) -> Done:
        """Do the work in one transaction and return what it returns, once that is committed.

        On a server the work may run several times; `invocation` tells whether an earlier time landed after all.
        """

    @abstractmethod
    def check_free(self) -> None:
        """Refuse a place where there is something already, or others may write, as far as that can be told before."""

    @abstractmethod
    def creating(self, timeout: float = TIMEOUT) -> AbstractContextManager[Transaction]:
        """Create it with its schema, to be filled; it appears at the end of the block, whole, or not at all.

        Raises `Refused` if there is one.
        """

    @abstractmethod
    def migrate(
        self, prove: Callable[[Transaction], None], timeout: float = TIMEOUT
    ) -> tuple[str | None, Path | None]:
        """Bring its schema up to this program's; return the revision it had and where its backup is.

        Nothing happens where it is up to date. A file is backed up beside itself before. What `prove` raises, in the
        same transaction, undoes the migration.
        """

    @abstractmethod
    def backup(self, target: Path, timeout: float = TIMEOUT, *, force: bool) -> str | None:
        """Copy it as it is at one moment to a file; return the head of the copy. `force` replaces a file."""

    def fault_outside(self) -> str | None:
        """What is wrong besides what a reader sees; not to be asked while it is open."""
        return None

    def remains(self) -> list[Path]:
        """What commands that were killed left beside it."""
        return []
